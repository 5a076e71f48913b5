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
//! **Logouts that nobody asked for.** A logout message counts with a signature of the provider that the app chose, or not at all, by each
//! binding. By Redirect it is the query as it came that is verified, and the very slices that were signed are read; a parameter twice, or under
//! another spelling of its name, ends it. A request counts once, for an hour at most, and by way of the browser only where it names our URL. By
//! SOAP it need not name any: a provider that leaves Destination out there lets whoever holds its request to another application hand it to us, and
//! a name that both know loses its session.
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
//! # Class by class
//!
//! Each row is a family of `tests/attacks`: messages with live signatures, each with its expected code, and with where it was published.
//!
//! | family | what is attacked | what answers it |
//! |---|---|---|
//! | `wrapping` | that the element which was verified is the one that is read: forged beside signed, signed parts parked elsewhere, signatures moved, messages reused, ciphertexts by anybody | reading starts from the octets that were hashed; a Signature counts as a child of what it references; exactly one assertion |
//! | `signed-info` | what the signature itself covers: several SignedInfo, digests out of comments, References to something else or to nothing | one closed shape, by exact names and order; one Reference, to the parent's own ID |
//! | `transforms` | that what is hashed is not what stands there: XPath, XSLT, void canonicalization, prefixes rebound outside of what is hashed | enveloped-signature and at most one canonicalization exist; canonicalization is a `Result`; plaintext is opened in signed octets |
//! | `parser` | two readers that see two documents: DOCTYPE, encodings, entities, duplicate attributes, two roots | one parser and one pass over each document; UTF-8 and XML 1.0; nothing is expanded or fetched |
//! | `text` | values cut, joined or made to look alike: comments and CDATA in names, homoglyphs, spaces | the whole text of an element or an error; compared and reported byte for byte |
//! | `keys` | whose signature it is, and by what: certificates in KeyInfo, HMAC with a public key, SHA-1, short keys, padding forgeries | keys come from configuration; the key's type decides the algorithm; there is no HMAC |
//! | `encryption` | what a ciphertext tells and who made it: padding oracles, cut tags, RSA 1.5, unsigned content encrypted to us | one error until something is authenticated; CBC under a signature only; plaintext goes through every gate again |
//! | `protocol` | genuine statements for somebody else, from another time, in answer to something else | a row each in the table of [`checks`](super::checks), over signed octets; the pending login; metadata endpoints that are parsed |
//! | `logout` | whose logout it is: unsigned requests, queries with parameters added, repeated, spelled anew or taken away, requests of others, for others, of yesterday | signed always; the octets of the query as they came; the replay record; [`logout`](super::logout) |
//! | `cost` | how much work one unauthenticated message causes | limits, each with a code of its own; work that is linear up to them; nothing recurses on depth |
//!
//! `controls` are the reverse: odd messages that are right, and must be accepted. What no row of a table can say is said by
//! the compiler (`tests/misuse`: what must not compile), by random surgery on signed messages, and by the fuzzers.
//!
//! # What is left to the application
//!
//! To keep the pending login bound to the browser, the replay record shared, the tenant's own provider chosen by tenant, the session id
//! renewed after login, and the browser's error page free of details. [`login`](super::login) and [`state`](super::state) say how.
