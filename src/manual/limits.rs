//! The upper bounds, what they count, and where each number comes from.
//!
//! Whatever happens before a signature is checked can be asked for by anybody, so it costs time linear in the input and
//! is bounded. The numbers of [`Limits`](crate::Limits) can be raised by the application, for a partner whose real messages need it; the
//! others are fixed. None of them is near what real documents have.
//!
//! With the defaults one answer takes at most 64 KiB and 40 times its bytes of heap at a time, and less than 16 MiB, whoever
//! made it; a real login at most 64 KiB and 8 times. Nothing recurses on the input, so that a small stack is enough. All of it is
//! measured by tests.
//!
//! Where libxml2 and libxmlsec1 are chosen to verify (the feature `xmlsec`), they are not asked for a canonical form that is too large
//! for us, nor where the declarations in scope of each element and the listed prefixes, times its depth, summed up for each usable
//! key, exceed 1,000,000 and 16 for each byte (`unsupported-by-engine`); real messages have less than one for each byte. They take no
//! element deeper than 256.
//!
//! # One document: `Limits`
//!
//! | field | default | unit | code | why this number |
//! |---|---|---|---|---|
//! | `message_bytes` | 1,048,576 | bytes, after base64 and DEFLATE are undone | `message-too-large`, `xml-too-large` | a response with 5,000 group names has about 600 KB |
//! | `metadata_bytes` | 67,108,864 | bytes | `xml-too-large` | interfederation aggregates have tens of MB |
//! | `depth` | 64 | elements inside one another, the root being the first | `xml-too-deep` | real messages and metadata reach 9 |
//! | `elements` | 32,768 | elements of a message | `xml-too-many-elements` | 5,000 group names make about 5,100 |
//! | `metadata_elements` | 1,048,576 | elements of a metadata document | `xml-too-many-elements` | real metadata has one for each 157 bytes |
//! | `attributes` | 64 | attributes of one element, without namespace declarations | `xml-too-many-attributes` | real elements have 6 at most; looking for duplicates is what makes a flood of them expensive |
//! | `namespace_declarations` | 64 | declarations on one element | `xml-too-many-declarations` | real roots have 13 at most |
//! | `in_scope_declarations` | 128 | declarations on an element and its ancestors | `xml-too-many-in-scope` | real documents have 13 at most; each is looked at when an element is canonicalized, which is how 20 KB can cost seconds |
//! | `prefix_list` | 64 | prefixes of one exclusive canonicalization | `c14n-too-many-prefixes` | real lists have a handful |
//!
//! # Fixed bounds
//!
//! | what | bound | why |
//! |---|---|---|
//! | trusted signing keys of one identity provider | 16 | each is tried for a signature; a roll-over needs two |
//! | signatures of one login | 2 | the Response's and the Assertion's; nothing else is looked at |
//! | private-key operations of one message | 32 (`decrypt-too-many-keys`) | EncryptedKeys times our keys, asked before the first of them, here and elsewhere together; two levels in a rollover stay below ten |
//! | EncryptedKeys of one encrypted element | 32 (`decrypt-too-many-keys`) | real ones have one per recipient, two at most |
//! | a wrapped key, and the label of RSA-OAEP | 1 KiB each (`decrypt-shape`) | the ciphertext of RSA 8192 |
//! | levels of encryption | 2 | a NameID inside an assertion |
//! | a decryption key under a password | 10,000,000 iterations of PBKDF2, 64 MiB and 16 passes of scrypt (`private-key-cost`) | far above what tools write; the file is ours, and may still be the wrong one |
//! | References of one signature | 1 | with two, "which one did I verify" has no safe answer |
//! | a canonical form | 4 times the document and 16 KiB (`c14n-too-large`) | escaping and repeated declarations lengthen it; no genuine document comes near |
//! | an RSA key | 8,192 bits (`huge-rsa-refused`) | verification gets slower with the square of its length |
//! | pasted certificates | 256 KiB, 32 of them | longer than any chain |
//! | an entity id | 1,024 characters | core 8.3.6 |
//! | a pending login or logout, sealed | 3 KiB of text | browsers keep 4 KiB for a cookie with its name and attributes |
//! | its tag | 256 bytes | a key into the application's own data, not the data |
//! | a return path | 1 KiB | it travels inside the pending login |
//! | a query of the Redirect binding | 4 times `message_bytes` (`message-too-large`) | it is hashed for each trusted key; escaped base64 is no longer |
//! | a LogoutRequest | an hour, or its NotOnOrAfter (`issued-too-long-ago`, `logout-expired`) | it waits for slower applications before us; the replay record keeps it as long |
//! | SessionIndexes of one LogoutRequest | 256 (`message-bad-value`) | the sessions of one user here; real requests have one or two |
//! | a session, stored | 4 KiB | a name and an index, with room |
//! | RelayState that we send | 80 bytes at most | bindings 3.4.3 and 3.5.3 |
//! | clock skew | 10 minutes at most | more keeps used answers alive for little gain |
//! | a pending login's life | 24 hours at most | a login that takes longer is another login |
//! | foreign text in an error | 200 characters | a log line stays a line |

#[cfg(test)]
mod tests {
    use crate::Limits;

    #[test]
    fn the_chapter_has_every_limit_with_its_default() {
        let mut listed = Vec::new();
        for line in include_str!("limits.rs").lines() {
            let Some((name, rest)) = line.strip_prefix("//! | `").and_then(|row| row.split_once("` | ")) else {
                continue;
            };
            let default = rest.split(" |").next().unwrap_or_default().replace(',', "");
            listed.push(format!("{name}: {default}"));
        }
        let debug = format!("{:?}", Limits::default());
        let fields = debug.trim_start_matches("Limits { ").trim_end_matches(" }");
        assert_eq!(listed, fields.split(", ").collect::<Vec<_>>());
    }
}
