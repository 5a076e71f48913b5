//! Every check, and every code that an error can have.
//!
//! A code is stable: programs may match on it, dashboards may count it, a support page may be named after it. An error carries
//! more than its code: its `Display` has both sides of the comparison, `hint()` says what an operator can do, and `whose()` who can do it
//! (the user, this application, the service provider's or the identity provider's configuration, or nobody: an attack).
//!
//! # The table of checks
//!
//! What a message claims is judged by one closed table, in this order. `accept` ends at the first failure; [`diagnose`](super::diagnosis) runs every row. A
//! row over the envelope sees claims that may be unsigned, and can only reject. A row over the assertion sees what was signed.
//!
//! | row | sees | section | codes |
//! |---|---|---|---|
//! | `version` | envelope | core 3.2.2 | `version-unsupported` |
//! | `issuer` | envelope | profiles 4.1.4.2 | `issuer-missing`, `issuer-mismatch` |
//! | `destination` | envelope | core 3.2.2, bindings 3.5.5.2 | `destination-missing`, `destination-mismatch` |
//! | `in-response-to` | envelope | core 3.2.2, profiles 4.1.5 | `in-response-to-mismatch`, `in-response-to-unexpected` |
//! | `status` | envelope | core 3.2.2.2 | `status-not-success` |
//! | `assertion-issuer` | assertion | profiles 4.1.4.2 | `assertion-issuer-mismatch` |
//! | `issue-instant` | assertion | core 2.3.3 | `issued-in-future`, `issued-too-long-ago` |
//! | `confirmation-method` | assertion | profiles 4.1.4.2 | `confirmation-method` |
//! | `confirmation-recipient` | assertion | profiles 4.1.4.3 | `recipient-missing`, `recipient-mismatch` |
//! | `confirmation-window` | assertion | profiles 4.1.4.3 | `confirmation-unbounded`, `confirmation-window` |
//! | `confirmation-in-response-to` | assertion | profiles 4.1.4.3 | `in-response-to-missing`, `in-response-to-mismatch`, `in-response-to-unexpected` |
//! | `conditions-window` | assertion | core 2.5.1.2 | `conditions-window` |
//! | `audience` | assertion | core 2.5.1.4, profiles 4.1.4.2 | `audience-missing`, `audience-mismatch` |
//! | `unknown-condition` | assertion | core 2.5.1 | `unknown-condition` |
//! | `authn-statement` | assertion | profiles 4.1.4.2 | `authn-statement-missing` |
//! | `authn-instant` | assertion | core 3.4.1 | `authn-before-request`, `authn-too-long-ago` |
//! | `authn-context` | assertion | core 3.3.2.2.1 | `authn-context-mismatch` |
//! | `session-expiry` | assertion | profiles 4.1.4.3 | `session-expired` |
//! | `name-id-policy` | assertion | core 3.4.1.1 | `name-id-policy-mismatch` |
//! | `subject-match` | assertion | core 3.3.4 | `subject-mismatch` |
//! | `one-time-use` | assertion | core 2.5.1.5 | `replayed` (by the replay record, which serves every assertion) |
//!
//! One and the same bearer confirmation must pass all four confirmation rows: two halves do not make a whole.
//!
//! # Codes of a login
//!
//! ## The login that the answer belongs to
//!
//! | code | it means |
//! |---|---|
//! | `pending-missing` | the browser brought no pending login (or logout) for this answer: most often a cookie without `SameSite=None` |
//! | `pending-forged` | the sealed pending login does not open: another key, another service provider, altered, or cut |
//! | `pending-expired` | the user took longer than a pending login lives |
//! | `wrong-idp` | the login was begun with another identity provider |
//! | `idp-keys-changed` | none of the signing keys trusted when the login began is trusted now |
//! | `wrong-sp` | the login was begun by another service provider |
//! | `metadata-expired` | the identity provider's metadata is past its validUntil |
//! | `replayed` | the assertion (or logout request) was presented before |
//! | `replay-record-full` | the replay record is full of live entries and forgets none of them |
//!
//! ## Claims
//!
//! | code | it means |
//! |---|---|
//! | `status-not-success` | the identity provider did not sign the user in, and says so; the whole status is in the error |
//! | `version-unsupported` | not SAML 2.0 |
//! | `issuer-missing` | a signed Response without Issuer |
//! | `issuer-mismatch` | the Response is from another identity provider |
//! | `issuer-unknown` | none of the identity providers to choose from has the name of the Issuer |
//! | `issuer-ambiguous` | several of the identity providers to choose from have the name of the Issuer |
//! | `assertion-issuer-mismatch` | the assertion is from another identity provider |
//! | `destination-missing` | a signed Response without Destination |
//! | `destination-mismatch` | the Response is for another URL |
//! | `in-response-to-mismatch` | the answer belongs to another request |
//! | `in-response-to-missing` | nothing that is signed says which request is answered |
//! | `in-response-to-unexpected` | an answer taken as unsolicited claims to answer a request |
//! | `issued-in-future` | issued later than now, beyond the skew: a clock is wrong |
//! | `issued-too-long-ago` | older than the maximum age, whatever its window says |
//! | `confirmation-method` | no bearer SubjectConfirmation |
//! | `recipient-missing` | the bearer confirmation names no Recipient |
//! | `recipient-mismatch` | the bearer confirmation is for another URL |
//! | `confirmation-unbounded` | the bearer confirmation has no NotOnOrAfter |
//! | `confirmation-window` | the bearer confirmation is not valid now |
//! | `conditions-window` | the assertion is not valid now |
//! | `audience-missing` | the assertion names no audience |
//! | `audience-mismatch` | the assertion is for somebody else |
//! | `unknown-condition` | a condition that we do not know leaves the validity undetermined |
//! | `authn-statement-missing` | the assertion does not say that anybody signed in |
//! | `authn-before-request` | a new authentication was demanded, an older one is reported |
//! | `authn-too-long-ago` | the authentication is older than was asked for |
//! | `authn-context-mismatch` | another way of signing in than was asked for |
//! | `session-expired` | the session at the identity provider is over |
//! | `name-id-policy-mismatch` | another NameID than was asked for |
//! | `subject-mismatch` | another user than the one asked about |
//!
//! ## What the application asks for
//!
//! | code | it means |
//! |---|---|
//! | `attribute-missing` | a field that is required has no value under any of its names |
//! | `attribute-scope` | a required field came with a scope that is not this identity provider's |
//! | `not-admitted` | signed in, and not let in by the application's own rules |
//!
//! ## The message
//!
//! | code | it means |
//! |---|---|
//! | `message-empty` | the form field has no bytes in it |
//! | `message-too-large` | more bytes than [`limits`](super::limits) allow |
//! | `message-not-base64` | the form field is not base64: most often decoded twice, or not at all |
//! | `response-by-redirect` | a Response came in the query of a URL, which profiles 4.1.2 rules out |
//! | `message-unexpected` | another kind of document than a Response, or than a logout message |
//! | `message-missing-part` | a required element or attribute is not there |
//! | `message-repeated-part` | an element stands twice where it may stand once |
//! | `message-bad-value` | a value cannot be one of its type |
//! | `message-bad-time` | a moment in time cannot be read; it is never taken for an absent one |
//! | `assertion-count` | a successful Response without exactly one assertion |
//! | `assertion-in-failure` | a failure that carries an assertion all the same |
//!
//! ## Choosing an identity provider
//!
//! | code | it means |
//! |---|---|
//! | `discovery-answer` | what came back from a discovery service names no identity provider, or could be read as two |
//!
//! ## Logout
//!
//! Codes above serve logout messages too: the Issuer, the Destination, the time, the request that is answered. These are
//! its own.
//!
//! | code | it means |
//! |---|---|
//! | `logout-expired` | a LogoutRequest after its NotOnOrAfter |
//! | `query-signature-mismatch` | no trusted key made the signature of the query over it as it came |
//! | `query-repeated` | a parameter that counts stands in the query twice |
//! | `query-disguised` | a parameter that counts, its name spelled in another way |
//! | `query-encoding` | a SAMLEncoding other than DEFLATE |
//! | `two-messages` | a SAMLRequest and a SAMLResponse at once |
//! | `relay-state-not-utf8` | a RelayState that cannot be sent back as it came |
//! | `soap-shape` | not a SOAP 1.1 envelope with one message alone in its Body |
//! | `soap-fault` | the identity provider answered with a SOAP fault |
//! | `inflate-invalid` | not DEFLATE, or damaged |
//! | `inflate-truncated` | the input ends before the stream does |
//! | `inflate-trailing-bytes` | something follows the end of the stream |
//!
//! ## Encryption
//!
//! | code | it means |
//! |---|---|
//! | `decrypt-no-key` | something is encrypted, and we have no key to open it |
//! | `decrypt-key-elsewhere` | something is encrypted, our keys are in an HSM or a key management service, and this call cannot ask them |
//! | `decrypt-failed` | it does not open. More is not said, for each further word would help to open it without the key |
//! | `decrypt-unauthenticated-cbc` | encrypted with CBC, where no signature covers the ciphertext |
//! | `decrypt-algorithm-unknown` | an algorithm that we do not know |
//! | `decrypt-algorithm-refused` | Triple DES or RSA 1.5, which was not allowed |
//! | `decrypt-shape` | a part of the EncryptedData or EncryptedKey is missing, or not what belongs there; or no key in it is for us |
//! | `decrypt-too-many-keys` | more key decryptions than one message may cause |
//! | `decrypt-content` | it opens, and is not XML at its place |
//! | `decrypt-content-unexpected` | it opens, and is not the one element that belongs there |
//!
//! ## Signatures
//!
//! | code | it means |
//! |---|---|
//! | `signature-missing` | nothing that we read is signed; of a logout message, which counts signed only, also a query without SigAlg or Signature |
//! | `signature-several` | more than one Signature in one element |
//! | `signature-shape` | a part of the Signature is not what the one allowed shape has in its place |
//! | `signature-references` | not exactly one Reference |
//! | `reference-elsewhere` | the Reference names something other than the element in which the Signature stands |
//! | `signature-transform` | a transform beyond enveloped-signature and one canonicalization |
//! | `signature-base64` | digest or signature value is not base64 |
//! | `c14n-xml-base` | canonical XML 1.1 under an `xml:base` |
//! | `c14n-too-large` | more output than a genuine document can have |
//! | `c14n-too-many-prefixes` | a PrefixList longer than [`limits`](super::limits) allow |
//! | `c14n-nothing` | nothing is left to canonicalize |
//! | `algorithm-unknown` | an algorithm that we do not know |
//! | `algorithm-of-another-key-type` | the message names an algorithm of another kind of key |
//! | `algorithm-unavailable` | allowed, but the cryptographic library cannot do it for this key |
//! | `sha1-refused` | SHA-1, which was not allowed |
//! | `small-rsa-refused` | an RSA key that is too short |
//! | `huge-rsa-refused` | an RSA key that is too long |
//! | `digest-mismatch` | the content is not what was signed |
//! | `signature-wrong-key` | the content is what was signed, and no trusted key signed it |
//! | `unsupported-by-engine` | libxmlsec1, as it is on the system, does not know the algorithm, or must not be asked because it would cost too much; only with the feature `xmlsec` |
//!
//! ## XML
//!
//! | code | it means |
//! |---|---|
//! | `xml-not-utf8` | not UTF-8, or declared to be something else |
//! | `xml-not-well-formed` | a violation of XML 1.0 or of its namespaces |
//! | `xml-doctype` | a document type declaration |
//! | `xml-processing-instruction` | a processing instruction |
//! | `xml-undeclared-prefix` | a prefix that nothing declares |
//! | `xml-relative-namespace` | a namespace name that is no absolute URI |
//! | `xml-duplicate-attribute` | two attributes of one name |
//! | `xml-duplicate-id` | two equal IDs |
//! | `xml-too-large` | more bytes than [`limits`](super::limits) allow |
//! | `xml-too-deep` | elements nested too deep |
//! | `xml-too-many-elements` | too many elements |
//! | `xml-too-many-attributes` | too many attributes on one element |
//! | `xml-too-many-declarations` | too many namespace declarations on one element |
//! | `xml-too-many-in-scope` | too many namespace declarations on an element and its ancestors |
//!
//! # Codes of configuration
//!
//! ## An identity provider
//!
//! | code | it means |
//! |---|---|
//! | `metadata-not-metadata` | XML, but no metadata |
//! | `metadata-not-signed` | signed metadata was asked for, and the document is not signed |
//! | `metadata-no-valid-until` | signed metadata that never ends |
//! | `metadata-valid-until-too-far` | signed metadata that would be valid for longer than is accepted |
//! | `metadata-bad-valid-until` | a validUntil that is no time |
//! | `metadata-duplicate-entity` | the same entity id twice in one document |
//! | `metadata-bad-entity-id` | an entity id that cannot be one |
//! | `metadata-no-idp` | no identity provider in it: perhaps a service provider's metadata |
//! | `metadata-no-saml2-role` | an identity provider of another protocol |
//! | `metadata-no-signing-key` | no key with which it could sign |
//! | `metadata-no-sso-endpoint` | nowhere to send a user by Redirect or POST |
//! | `metadata-no-slo-endpoint` | nowhere to send a logout message by that binding |
//! | `metadata-several-idps` | several identity providers, and none was chosen |
//! | `metadata-unknown-entity` | the chosen entity is not in the document |
//! | `metadata-entity-id-changed` | a refresh that would change who somebody is |
//! | `metadata-too-many-keys` | more trusted keys than are tried |
//! | `idp-http-endpoint` | an endpoint without TLS that is not on this machine |
//!
//! ## A certificate or key
//!
//! | code | it means |
//! |---|---|
//! | `certificate-empty` | nothing was pasted |
//! | `certificate-too-long` | longer than any chain of certificates |
//! | `certificate-too-many` | more certificates than any chain has |
//! | `certificate-is-private-key` | a private key was pasted: treat it as disclosed |
//! | `certificate-is-public-key` | a public key without a certificate |
//! | `certificate-is-request` | what is sent to a certification authority |
//! | `certificate-is-other-pem` | another kind of PEM |
//! | `certificate-is-description` | what tools print about a certificate, without the certificate |
//! | `certificate-is-xml` | XML, perhaps a whole metadata document |
//! | `certificate-cut-off` | a PEM block that begins and does not end |
//! | `certificate-not-base64` | neither DER nor PEM nor base64 |
//! | `certificate-invalid` | bytes that are no certificate |
//! | `certificate-trailing-bytes` | something follows the certificate |
//! | `certificate-unrelated` | several certificates of which none belongs to another |
//! | `key-not-public-key` | not a public key |
//! | `key-unknown-algorithm` | a kind of key that we have no algorithm for |
//! | `key-unknown-curve` | an elliptic curve that is none of ours |
//! | `key-explicit-curve` | a curve spelled out by its numbers |
//! | `key-invalid` | numbers that make no key |
//! | `private-key-missing` | no private key, or a damaged one |
//! | `private-key-encrypted` | a private key under a password, and none was given |
//! | `private-key-not-encrypted` | a password was given for a private key that has none |
//! | `private-key-password` | the password does not open the private key |
//! | `private-key-encryption` | a private key under a password, in a way that we do not know |
//! | `private-key-cost` | the password would have to be stretched beyond all measure |
//! | `private-key-not-rsa` | a private key that cannot decrypt: not RSA, or of a length that nobody should use |
//! | `private-key-not-for-signing` | an RSA key outside 2048 to 8192 bits was given to sign with |
//! | `private-key-algorithm` | a key is to sign by an algorithm of another kind of key, or by SHA-1 |
//!
//! ## This application
//!
//! | code | it means |
//! |---|---|
//! | `config-entity-id` | our entity id cannot be one |
//! | `config-url` | a URL that messages cannot go to |
//! | `config-unknown-acs` | an ACS URL that the service provider was not built with |
//! | `config-no-endpoint` | the identity provider has no endpoint for the binding |
//! | `config-no-slo-url` | logout needs a logout URL of ours for that binding |
//! | `config-slo-url` | a logout URL without TLS, a second one for its binding, or for a binding that logout does not use |
//! | `config-no-name-id` | the session has no NameID, and a LogoutRequest needs one |
//! | `config-no-encryption-key` | a name is to be encrypted, and the identity provider publishes no key for it |
//! | `config-discovery` | a URL or a parameter by which no discovery service can be asked, or a URL to come back to that is none of ours |
//! | `config-return-to` | a return path that could lead to another origin |
//! | `config-too-long` | an argument does not fit |
//! | `config-out-of-range` | a span of time that makes no sense here |
//! | `config-small-decryption-key` | a decryption key below 2048 bits, which was not allowed |
//! | `config-credential-key` | a private key that is not the one of its certificate, or cannot decrypt; or a certificate without one |
//! | `config-signing-algorithm` | the algorithm of a signing key elsewhere does not fit its certificate, or is SHA-1; or its RSA key is too short |
//! | `config-two-signing-keys` | two active credentials that sign |
//! | `config-rsa-1-5-key-signs` | RSA 1.5 is allowed, and a key that decrypts also signs |
//! | `config-no-signing-key` | requests, logout messages or the metadata are to be signed, and no active credential signs |
//! | `config-signing-key-elsewhere` | a message has to be signed by a key that is elsewhere: two steps |
//! | `config-no-common-algorithm` | the identity provider declares algorithms, none of them ours |
//! | `config-foreign-signature` | what came back from a key elsewhere is not its signature |
//! | `config-not-signed` | the signing key made no signature |
//! | `config-unwritable` | a text that cannot stand in XML |
//! | `config-description` | a value that cannot stand in our metadata |
//! | `config-extension` | an extension that is not one well-formed element in a namespace of its own |
//! | `config-authn-context` | a requested authentication context that names no class, or accepts none |
//! | `config-stored-session` | bytes that are no stored session |
//! | `config-no-randomness` | the operating system gave no random bytes |
//!
//! # Codes of parts
//!
//! These stand inside the text of another error, or come from making a part by itself.
//!
//! | code | it means |
//! |---|---|
//! | `bad-entity-id` | empty, too long, or with a character that XML cannot carry |
//! | `location-not-http` | not `http://…` or `https://…` |
//! | `location-bad-character` | white space, a control character or a backslash |
//! | `location-user-info` | `user:password@` before the host |
//! | `location-fragment` | `#…` at the end |
//! | `location-malformed` | the host or the port is broken |
//! | `base64-too-long` | more bytes than fit there |
//! | `base64-invalid` | a byte that base64 does not know |
//! | `base64-incomplete` | the text ends inside a group, or has bits to spare |
//! | `inflate-too-long` | the stream goes on after the bound |
//! | `datetime-invalid` | not a time, or a date that no calendar has |
//! | `datetime-leap-second` | a 61st second, which core 1.3.3 forbids |
//! | `datetime-out-of-range` | a year beyond what can be computed with |
//! | `duration-invalid` | not a duration |

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::{Path, PathBuf};

    const CHAPTER: &str = include_str!("checks.rs");

    /// Every Rust file below `src`, in no order.
    fn sources() -> Vec<(PathBuf, String)> {
        let (mut folders, mut found) = (vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")], Vec::new());
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|extension| extension == "rs") {
                    let text = std::fs::read_to_string(&path).unwrap();
                    found.push((path, text));
                }
            }
        }
        found
    }

    /// The text between the first brace from here on and the one that closes it.
    fn body(text: &str) -> &str {
        let mut depth = 0;
        for (at, c) in text.char_indices() {
            match c {
                '{' => depth += 1,
                '}' if depth == 1 => return &text[..at],
                '}' => depth -= 1,
                _ => {}
            }
        }
        panic!("no end of {}", &text[..40.min(text.len())]);
    }

    fn is_code(text: &str) -> bool {
        !text.is_empty() && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    }

    /// The string literals in the bodies of all functions named `code`.
    fn codes_in_source() -> BTreeSet<String> {
        let mut codes = BTreeSet::new();
        for (_, text) in sources() {
            for (at, _) in text.match_indices("fn code(").filter(|(at, _)| text[at + 8..].starts_with(['&', 's'])) {
                let literals = body(&text[at..]).split('"').skip(1).step_by(2);
                codes.extend(literals.filter(|literal| is_code(literal)).map(str::to_owned));
            }
        }
        codes
    }

    /// The rows of this chapter: the first cell of each, without its quotes.
    fn rows() -> impl Iterator<Item = (&'static str, &'static str)> {
        CHAPTER.lines().filter_map(|line| line.strip_prefix("//! | `")?.split_once("` | "))
    }

    fn is_table_of_checks(rest: &str) -> bool {
        rest.starts_with("envelope |") || rest.starts_with("assertion |")
    }

    #[test]
    fn the_chapter_has_every_code_once_and_no_other() {
        let mut listed = BTreeSet::new();
        for (code, _) in rows().filter(|(_, rest)| !is_table_of_checks(rest)) {
            assert!(listed.insert(code.to_owned()), "{code} has two rows");
        }
        let codes = codes_in_source();
        assert!(codes.len() > 100, "only {} codes found in the sources", codes.len());
        let missing: Vec<_> = codes.difference(&listed).collect();
        let gone: Vec<_> = listed.difference(&codes).collect();
        assert!(missing.is_empty() && gone.is_empty(), "without a row: {missing:?}; rows without a code: {gone:?}");
    }

    #[test]
    fn the_chapter_has_the_table_of_checks_row_by_row() {
        let (_, table) = sources().into_iter().find(|(path, _)| path.ends_with("profile/login/checks.rs")).unwrap();
        let listed: Vec<String> = rows()
            .filter(|(_, rest)| is_table_of_checks(rest))
            .map(|(id, rest)| {
                let cells: Vec<&str> = rest.split(" | ").collect();
                format!("{id}: {} ({})", cells[1], cells[0])
            })
            .collect();
        let quoted = |text: &str, field: &str| {
            let (_, after) = text.split_once(&format!("{field}: \"")).unwrap();
            after.split_once('"').unwrap().0.to_owned()
        };
        let start = table.find("const CHECKS").unwrap();
        let end = start + table[start..].find("];").unwrap();
        let rows: Vec<String> = table[start..end]
            .split("Check {")
            .skip(1)
            .map(|row| {
                let sees = if row.contains("Test::Envelope") { "envelope" } else { "assertion" };
                format!("{}: {} ({sees})", quoted(row, "id"), quoted(row, "cites"))
            })
            .collect();
        assert!(rows.len() > 15, "only {} checks found", rows.len());
        assert_eq!(listed, rows);
    }
}
