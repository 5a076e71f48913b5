//! Our own metadata: what to publish, for whom, and how it stays true.
//!
//! [`ServiceProvider::metadata`](crate::ServiceProvider::metadata) knows what the configuration says. Serve it as
//! `application/samlmetadata+xml`, best at the URL that is the entityID, or hand over the file; it holds nothing secret. It changes
//! when the configuration does, so whoever has a copy of it is told, or fetches it again.
//!
//! # For one identity provider
//!
//! `to_xml()` is enough: most import it once and ask for nothing else. A contact and an organization cost nothing and are
//! read when something breaks. Where somebody types, [`admin_values`](crate::ServiceProvider::admin_values) has the same value
//! by value, under the names that [their product](crate::AdminValues::for_product) has for it.
//!
//! # For a federation
//!
//! | it asks for | here |
//! |---|---|
//! | a key to encrypt to (SDP-MD08) | an active [`Credential`](crate::Credential) that decrypts |
//! | a display name, a logo over https, a privacy statement (SDP-MD09, SDP-MD10) | [`UiInfo`](crate::UiInfo) |
//! | a technical contact (SDP-MD11), often one for security incidents | [`ContactPerson`](crate::ContactPerson) |
//! | which subject identifier the service needs (SDP-SP14, SDP-SP15) | [`subject_id`](crate::ServiceProviderMetadata::subject_id) |
//! | which attributes it needs | [`AttributeConsumingService`](crate::AttributeConsumingService) |
//! | keys of 2048 bits at least (SDP-MD06) | smaller ones are refused by `build` |
//!
//! It then signs its copy with a key of its own, so it takes the document unsigned.
//!
//! # Signed
//!
//! [`to_signed_xml`](crate::ServiceProviderMetadata::to_signed_xml) signs with the active credential. Whoever verifies that
//! already trusts this key, so it protects a *refresh*: a copy that is fetched over the years. Give such a document an
//! end, [`valid_for`](crate::ServiceProviderMetadata::valid_for): without one an old copy, with an old key in it, can be
//! served for ever, and readers that follow the profiles refuse it (IIP-MD04). Ten days to two weeks, made anew every day,
//! leave time to notice a job that stopped.
//!
//! # How long copies live
//!
//! [`cache_for`](crate::ServiceProviderMetadata::cache_for) says how soon a copy should be fetched again. In a
//! [rollover](super::rollover) it is the least time between two edits; those who imported a file follow when somebody tells
//! them.
//!
//! # What it says about algorithms
//!
//! EncryptionMethod, alg:DigestMethod and alg:SigningMethod are made from the policies that judge messages, the best first. They
//! change when a `dangerous_…` method is called, and then the weak algorithm stands last. AES-CBC is not among them by default, although it is opened
//! where the Response is signed: a list cannot say that. OpenSAML reads these lists and chooses AES-GCM; those products that know AES-CBC
//! only do not read them.
//!
//! # What it asks for
//!
//! `AuthnRequestsSigned` is there where
//! [`always_sign_requests`](crate::ServiceProviderBuilder::always_sign_requests) is called, `WantAssertionsSigned` where
//! [`want_assertions_signed`](crate::ServiceProviderMetadata::want_assertions_signed) is. Neither is written as `false`: SimpleSAMLphp,
//! for one, would take that as the setting to sign no assertions, and to verify no requests, for us.
