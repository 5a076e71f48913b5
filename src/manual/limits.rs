//! The upper bounds, what they count, and where each number comes from.
//!
//! Whatever happens before a signature is checked can be asked for by anybody, so it costs time linear in the input and
//! is bounded. The numbers of [`Limits`](crate::Limits) can be raised by the application, for a partner whose real messages need it; the others are
//! fixed. None of them is near what real documents have.
//!
//! # One document: `Limits`
//!
//! | field | default | unit | code | why this number |
//! |---|---|---|---|---|
//! | `message_bytes` | 1 MiB | bytes, after base64 and DEFLATE are undone | `message-too-large`, `xml-too-large` | a response with 5,000 group names has about 600 KB |
//! | `metadata_bytes` | 64 MiB | bytes | `xml-too-large` | interfederation aggregates reach 50 to 60 MB |
//! | `depth` | 64 | elements inside one another, the root being the first | `xml-too-deep` | real messages reach 12 |
//! | `elements` | 32,768 | elements of a message | `xml-too-many-elements` | 5,000 group names make about 5,100 |
//! | `metadata_elements` | 4,194,304 | elements of a metadata document | `xml-too-many-elements` | an aggregate of 60 MB has about one million |
//! | `attributes` | 64 | attributes of one element, without namespace declarations | `xml-too-many-attributes` | real elements have 8 at most; checking for duplicates is what a flood of them makes expensive |
//! | `namespace_declarations` | 64 | declarations on one element | `xml-too-many-declarations` | real roots have 20 at most |
//! | `in_scope_declarations` | 128 | declarations on an element and its ancestors | `xml-too-many-in-scope` | each is looked at when an element is canonicalized: nested ones are how 20 KB cost seconds elsewhere |
//! | `prefix_list` | 64 | prefixes of one exclusive canonicalization | `c14n-too-many-prefixes` | real lists have 4 at most |
//!
//! # Fixed bounds
//!
//! | what | bound | why |
//! |---|---|---|
//! | trusted signing keys of one identity provider | 16 | each is tried for a signature; a roll-over needs two |
//! | signatures of one login | 2 | the Response's and the Assertion's; nothing else is looked at |
//! | References of one signature | 1 | with two, "which one did I verify" has no safe answer |
//! | entity id | 1,024 characters | core 8.3.6 |
//! | a pending login, sealed | 3 KiB of text | browsers keep 4 KiB for a cookie with its name and attributes |
//! | a session, stored | 4 KiB | a name and an index, with room |
//! | a return path | 1 KiB | it travels inside the pending login |
//! | RelayState that we send | 80 bytes | bindings 3.4.3 and 3.5.3 |
//! | foreign text in an error | 200 characters | a log line stays a line |
