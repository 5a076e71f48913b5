//! A *Test configuration* page: what was sent, what failed, what was wanted, and what to change where.
//!
//! Whoever sets up single sign-on has two windows open, one of the application and one of the identity provider, and an error in
//! neither that says which field is wrong. [`ServiceProvider::diagnose`](crate::ServiceProvider::diagnose) is for the page between them.
//! It takes the answer as `accept` does, borrows the pending login, and gives a [`Report`](crate::Report): every stage of the way in,
//! every row of the [table of checks](super::checks), the signatures with the certificates of both sides, and what was sent, as far as
//! checks and applications look at it.
//!
//! # The page
//!
//! 1. A button begins a login like any other, with a tag of its own in the pending login
//!    ([`LoginOptions::tag`](crate::LoginOptions::tag)), so that the ACS knows that this answer is a test.
//! 2. The ACS finds that tag, diagnoses, keeps the report for this administrator and sends the browser back to the page. It signs
//!    nobody in with it, whatever the report says.
//! 3. The page shows [`causes`](crate::Report::causes) first: the most telling failure, what to do about it and who can. Below it
//!    the rows, and the attributes with their names and values, from which the fields of an [`AttributeMap`](crate::AttributeMap) can be chosen.
//!
//! ```
//! use saml_sp::testing::TestIdp;
//! use saml_sp::{LoginRequest, PostedResponse, ServiceProvider};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let test_idp = TestIdp::new("https://idp.example.com/metadata")?;
//! let idp = test_idp.identity_provider()?;
//! let sp = ServiceProvider::builder("https://app.example.com/saml", "https://app.example.com/saml/acs").build()?;
//! let LoginRequest { send, pending } = sp.begin_login(&idp)?;
//! let mut answer = test_idp.answer(&test_idp.receive(&send)?, "alice");
//! answer.audience_restrictions = vec![vec!["https://app.example.com/saml/".to_owned()]];
//! let form = test_idp.post(&answer)?;
//!
//! let report = sp.diagnose(&idp, &PostedResponse::new(&form.saml_response, None), &pending);
//! let cause = report.causes()[0];
//! assert_eq!(cause.code, "audience-mismatch");
//! assert!(cause.hint.contains("they differ only by a trailing slash"));
//! # Ok(())
//! # }
//! ```
//!
//! # What it shows, and to whom
//!
//! - **For administrators only.** A page that shows what an identity provider sent, to anybody who posts something, has been a
//!   vulnerability of other products. Names and values of the person are hidden until [`with_values`](crate::Report::with_values) is
//!   asked; they stay out of `Display`, `Debug` and serde.
//! - **Also what proves nothing.** Where a signature is missing or wrong, rows and attributes are those of the message as it was
//!   received, each marked as unsigned: [`Finding::signed`](crate::Finding::signed), [`SentAssertion::signed`](crate::SentAssertion::signed). Nothing of a report can become an
//!   [`Identity`](crate::Identity), whatever it says.
//! - **Plaintext where it was signed.** It decrypts exactly where `accept` does, and shows what was opened under a signature that verified.
//!   Otherwise: *encrypted, not opened*. Where nothing authenticates a ciphertext, the report on every alteration of it is the same to the letter.
//! - **It uses nothing up.** The replay record is not asked and the pending login stays, so an answer that was diagnosed could still be
//!   accepted. Keep no message beside its report, or `accept` it as well and put its [`replay_key`](crate::Accepted::replay_key) on the
//!   [record](super::state) first.
//!
//! `accept_or_report` is the same in one pass, with the report beside the error: for a log that administrators read. In a terminal,
//! `cargo run --example inspect` prints the report of a captured answer.
