//! Who attacks a service provider, and what stops them here.
//!
//! # The attackers
//!
//! | who | holds | wants |
//! |---|---|---|
//! | anybody | the network address of the assertion consumer service | to crash it, to exhaust it, to learn something from its errors |
//! | a user of the same provider | a genuine signed answer for their own account | somebody else's account |
//! | another application of the same provider | genuine signed answers about *our* users, made for *it* | to log in here as them |
//! | a tenant's administrator | the right to configure a provider with any entity id and key | to be a user of another tenant |
//! | a thief of one answer | a used or intercepted message, from a log or a proxy | to use it again |
//! | a page the victim visits | the victim's browser, cross-site | to log the victim into the attacker's account, or to send them to a phishing page |
//!
//! Out of scope: a provider that signs something untrue, and whoever holds a provider's private key or ours.
//!
//! # What stops them
//!
//! **Wrapping: "verified one thing, read another".** The whole family (a forged assertion before, after, around or inside the signed one, the
//! signature moved, two assertions, two signatures, signatures over something else) needs a reader that looks at the document. Here the
//! reader gets the bytes that were hashed. In addition, a signature counts only as a direct child of the one element it references, by that
//! element's own id.
//!
//! **Comments and split text.** A value is the whole text of its element or an error, never its first piece. Comments never reach signed
//! bytes.
//!
//! **Parsers that disagree.** One parser, one pass; UTF-8 and XML 1.0; DOCTYPE, processing instructions, relative namespace
//! URIs, undeclared prefixes and duplicate ids are refused.
//!
//! **Key confusion.** `KeyInfo` is read for error messages only. Keys come from configuration; the key's type decides which algorithms are
//! possible; there is no HMAC.
//!
//! **Another application's assertion, another endpoint, another request, an old one, a second time.** One row each in the table of checks,
//! and `confirm` for the last.
//!
//! **Tenants that impersonate each other.** Keys are those of the provider that the *app* chose; see [`state`](super::state#tenants).
//! A ciphertext is anybody's who has seen it: under the signature of their own provider it opens as theirs, so tenants share no decryption key.
//!
//! **Oracles.** Where a ciphertext is not authenticated, what we answer must not say how far its decryption came. Key, padding, tag and, with
//! unauthenticated CBC allowed, everything after them end in one error with one text, and a report that has nothing more. What is claimed:
//! RSA runs blinded and in constant time as AWS-LC says of it; the replacement of an RSA 1.5 key branches on nothing secret. What is *not*
//! claimed: that the time of a whole login is independent of the plaintext. It is not, since only what opened is parsed; that is why CBC
//! counts under a signature only, and why its relaxation is called dangerous. What a key elsewhere is asked, and when, follows the same
//! rules; see [`keys_elsewhere`](super::keys_elsewhere#what-must-not-be-seen-from-outside).
//!
//! **Plaintext in another's clothes.** Plaintext is put in the place of its ciphertext and parsed again with every check; it must be the one
//! element that belongs there. What is signed outside is opened in the signed octets, so that no unsigned namespace declaration gives a
//! meaning to a prefix inside.
//!
//! **Cost.** Everything before the signature check is linear in the input and bounded by limits: bytes, depth, elements, attributes,
//! namespace declarations, in-scope declarations, keys tried. Digests are compared before signatures.
//!
//! **Errors as a channel.** Errors name what the sender wrote and what we are, which both sides know; no key material, no attribute values.
//! Foreign text is quoted, its control and bidirectional characters escaped, and cut, so that a log line stays one line.
//!
//! **What we emit.** All XML goes through one writer that escapes; HTML forms and URLs are built from parsed URLs that were
//! checked to be http(s).
//!
//! # What is left to the application
//!
//! To keep the pending login bound to the browser, the replay record shared, the tenant's own provider chosen by tenant, the session id
//! renewed after login, and the browser's error page free of details. [`login`](super::login) and [`state`](super::state) say how.
