//! Published vulnerabilities of SAML software, by class, and the structure that answers each class here.
//!
//! Read it as a list of what a service provider gets wrong when each check is a reminder to somebody. Every class is a test.
//!
//! | class | published as | answered by |
//! |---|---|---|
//! | a forged assertion beside the signed one | CVE-2016-5697, CVE-2020-5390, CVE-2021-21238, CVE-2022-41912, CVE-2024-45409, CVE-2025-47949 | reading starts from the hashed bytes |
//! | several assertions, the wrong one taken | CVE-2021-28091, CVE-2026-25922 | exactly one, or an error |
//! | two parsers that read one document differently | CVE-2025-25291, CVE-2025-25292, CVE-2025-23369 | one parser, no DOCTYPE |
//! | text cut at a comment | VU#475445, CVE-2017-11427, CVE-2018-0489 | whole text or an error |
//! | a second `SignedInfo`, a comment inside `DigestValue` | CVE-2025-29774, CVE-2025-29775 | one shape of signature, exact children in exact order |
//! | canonicalization that fails and yields nothing, whose digest everybody knows | CVE-2025-66475, CVE-2025-66568, CVE-2025-66578 | canonicalization is a `Result`, empty signed bytes cannot be made, relative namespace URIs are refused |
//! | attributes found by local name | CVE-2025-66567 | exact expanded names only |
//! | several references, or none | CVE-2026-33487 | exactly one, to the signature's own parent |
//! | keys taken from the message | CVE-2018-7644, CVE-2021-21239 | `KeyInfo` is never a source of trust |
//! | a truncated HMAC | CVE-2009-0217 | there is no HMAC |
//! | `InResponseTo` read from the unsigned wrapper | CVE-2026-49284 | it must stand in signed octets |
//! | bounds in `SubjectConfirmationData` not looked at | CVE-2026-1190 | one confirmation must pass all four rows |
//! | a LogoutRequest that nobody signed | GHSA-pcgw-qcv5-h8ch | signed, or refused, by each binding |
//! | a signed query with parameters repeated or spelled anew | CVE-2025-31335 | verified as it came, read from what was verified |
//! | used twice | CVE-2026-18967 | an identity exists only after `confirm` |
//! | RelayState as an open redirect | CVE-2019-13038 | on the wire it is a random handle; the return path is a type |
//! | script as an endpoint URL in metadata | CVE-2023-45683, CVE-2026-29191 | locations are parsed, http(s) only |
//! | decompression bombs | CVE-2023-26483, CVE-2023-28119, CVE-2025-25293 | a bound on the *inflated* size, checked while inflating |
//! | quadratic attribute checks | RUSTSEC-2026-0194, RUSTSEC-2026-0195 | a bound on attributes per element; metadata is cut by a release past the fix, messages by a scanner of our own |
//! | nesting that exhausts the stack | CVE-2022-28131 | no recursion over documents, a bound on depth |
//! | slow parsing of times | CVE-2018-6519 | a linear parser of our own |
//!
//! And bugs without a number that keep coming back, each of which cannot be written against this interface, or is refused:
//!
//! - An expired assertion reported as a *warning* beside a success. Here an error and an identity cannot both come back.
//! - A missing `Status` taken for success; a missing `InResponseTo` accepted although a request is pending.
//! - One switch for unsolicited answers that turns the request check off for everybody. Here they are another argument of `accept`.
//! - Assertions taken out of a signed *error* Response. Here no assertion is read unless the status is success.
//! - A verify function whose "error" is a number that counts as true. Here it is a `Result` whose success is the signed bytes.
//! - URLs to compare with taken from the `Host` header. Here they come from configuration.
