//! The book: what an application must know around the types, and why things are as they are.
//!
//! | chapter | the question it answers |
//! |---|---|
//! | [`login`] | What happens from the click on *Sign in* to the identity, and what is mine to do? |
//! | [`state`] | Where do pending logins and used assertions live: cookies, replay records, fleets, tenants? |
//! | [`attributes`] | How do I get at an email, at groups, and at who may enter? |
//! | [`logout`] | What do I do when somebody logs out, here or at the identity provider? |
//! | [`rollover`] | How do keys change, ours and theirs, without a failed login? |
//! | [`our_metadata`] | What do I publish about the service, for whom, and how does it stay true? |
//! | [`keys_elsewhere`] | How do I use a private key in an HSM or a key management service? |
//! | [`defaults`] | What is on, what is off, and why? |
//! | [`diagnosis`] | What does a *Test configuration* page show, and to whom? |
//! | [`checks`] | Which checks are there, and what does this error code mean? |
//! | [`limits`] | How large may a message be, and who says so? |
//! | [`idps`] | What do I enter at Entra ID, Okta, Google, Keycloak, AD FS, …, and what do I take from there? |
//! | [`providers`] | What do their messages look like, and what goes wrong most often? |
//! | [`threats`] | Who attacks a service provider, and what stops them here? |
//! | [`other_peoples_bugs`] | Which published vulnerabilities shaped this library? |
//!
//! Throughout the documentation, *core*, *bindings*, *profiles* and *metadata* with a number are sections of the four OASIS standards of
//! SAML 2.0. IIP with a number is a requirement of Kantara's "SAML V2.0 Implementation Profile for Federation Interoperability", SDP one of
//! its "SAML V2.0 Deployment Profile for Federation Interoperability".

pub mod attributes;
pub mod checks;
pub mod defaults;
pub mod diagnosis;
pub mod idps;
pub mod keys_elsewhere;
pub mod limits;
pub mod login;
pub mod logout;
pub mod other_peoples_bugs;
pub mod our_metadata;
pub mod providers;
pub mod rollover;
pub mod state;
pub mod threats;

/// The README's walk through the API compiles.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
mod readme {}
