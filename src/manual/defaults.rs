//! What is on, what is off, and why. Each relaxation is one method named `dangerous_…`, whose documentation says what an attacker gains.
//!
//! # Signatures
//!
//! | default | why |
//! |---|---|
//! | at least one signature, at the Response or at the Assertion; every one that is present must verify | providers differ in what they sign: some the assertion only, some the Response only, some both. Demanding one particular place refuses whole products, and gains nothing here, because reading is confined to what was signed |
//! | RSA PKCS#1 v1.5 and PSS with SHA-256/384/512, ECDSA, Ed25519 | what the XML Signature specifications name and current libraries still stand behind |
//! | no SHA-1 | chosen-prefix collisions are practical: an attacker who can have one document signed may own another with its digest |
//! | no RSA key below 2048 bits | 1024 bits are within reach of a well-funded attacker; a signing key at a provider is worth that |
//! | no HMAC, at all | a key that everybody knows (the public one) must never be usable as a secret |
//! | at most 16 trusted keys per provider | each is tried: a bound on work for anybody who sends a message |
//! | certificates are containers of keys: expired, not yet valid, self-signed ones work, and are reported | trust comes from configuration or metadata, not from a certification authority. Most outages of SAML logins are an expired certificate that changed nothing about the key |
//!
//! # Encryption
//!
//! | default | why |
//! |---|---|
//! | AES-GCM is opened wherever it stands | its tag covers the ciphertext: nobody altered it but who has the key. That says nothing about who wrote it; only a signature does |
//! | AES-CBC is opened only under a signature that verified before: the Response's, for a NameID or an attribute also the Assertion's | CBC lets whoever alters the ciphertext ask us, answer by answer, what it says. Entra ID and AD FS encrypt by CBC and sign the assertion only, unless told to sign the Response too. [`Accepted::decrypted`](crate::Accepted::decrypted) and reports say where CBC came, for a warning |
//! | keys come by RSA-OAEP, any pair of hashes, SHA-1 among them | OAEP does not lean on collisions, and `rsa-oaep-mgf1p` means SHA-1 for most products |
//! | no RSA 1.5 | Bleichenbacher's attack. Where it is allowed, a key that does not unwrap is replaced by a random one, in constant time |
//! | no Triple DES | blocks of 64 bits |
//! | no decryption key below 2048 bits | as for signing keys; the same relaxation names both |
//! | decryption keys here are tried before those elsewhere | a question to an HSM is a round trip. Where CBC under no signature is allowed, all of them are asked, since a question can be seen |
//! | every decryption key is tried | a new key can be published while the old one is still used |
//! | decryption proves nothing | anybody can encrypt to a published key. A decrypted assertion counts under its own signature, or under that of the Response that carried it |
//!
//! # Time
//!
//! | default | why |
//! |---|---|
//! | 3 minutes of clock skew, both ways | federation profiles ask for 3 to 5; real providers are ahead by fractions of a second and do not backdate |
//! | an assertion older than 24 hours is refused, whatever its window says | a window of a month turns one leaked message into a month of access |
//! | a pending login lives 60 minutes | see [`state`](super::state#the-pending-login) |
//! | windows are half-open: the moment of `NotOnOrAfter` is outside | core 2.5.1.2 says so, in the name |
//! | times without a zone are UTC, offsets are converted, any number of fractional digits | real providers send all three; each is noted in reports. What cannot be parsed is an error, never an absent bound |
//!
//! # What must be there
//!
//! | default | why |
//! |---|---|
//! | an audience restriction that names us | without one, another application's assertion logs in here |
//! | Recipient, and Destination where the message is signed | the same, for one of our own other endpoints |
//! | `InResponseTo` in signed octets, equal to the pending request | read from the unsigned wrapper alone, it can be written by the attacker |
//! | exactly one assertion on success, none otherwise | "which one did you mean" has no safe answer |
//! | at least one `AuthnStatement` | an assertion without one says nothing about a login (profiles 4.1.4.2) |
//! | a NameID is *not* required | federations send users by attributes alone. `Identity::name_id()` is an `Option`, so the question is asked where it matters |
//!
//! # What we ask for
//!
//! | default | why |
//! |---|---|
//! | no `NameIDPolicy` | a provider refuses one it has no rule for, and then nobody logs in. The format that it sends by itself is the one its administrator chose |
//! | no `RequestedAuthnContext` | asking for a password refuses users who came with something better |
//! | our assertion consumer service by URL, not by index | an index means what a copy of our metadata somewhere says that it means |
//! | request ids of 160 random bits, beginning with `_` | an id is the only thing that binds an answer to a request; XML wants a letter or `_` in front, and one large provider refuses digits |
//! | no `WantAssertionsSigned` | a signature on the Response is as good. Asking for both would make some providers change what works, and a written "false" makes others stop signing |
//! | metadata that lists AES-GCM for encryption, and no AES-CBC | a list cannot say "under the Response's signature". Who reads it chooses GCM; those who know CBC only do not read it, and are taken where that signature is there |
//!
//! # URLs
//!
//! | default | why |
//! |---|---|
//! | a provider's endpoints are https; http ones work on loopback only | the AuthnRequest is not secret, but who may change it chooses what the user sees |
//! | endpoints that are no http(s) URL do not exist for us | `javascript:` in metadata is script in our page |
//! | our own assertion consumer service may be http | TLS often ends in front of the app; it is noted |
//! | where the user returns to is a path on our origin | anything else is an open redirect |
