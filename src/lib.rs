//! A SAML 2.0 service provider in which only what was signed can be read.
//!
//! The library does no I/O: bytes and the time go in, decisions and bytes come out. It sends users to their identity
//! provider, and turns the answer into an [`Identity`], or into an [`Error`] that says what was found, what was wanted,
//! who can put it right and how.
//!
//! # A login
//!
//! ```no_run
//! use saml_sp::{Expect, LoginRequest, Metadata, MetadataTrust, Outbound, PostedResponse, ReplayCache, ServiceProvider};
//!
//! # fn fetched() -> Vec<u8> { Vec::new() }
//! # fn form_fields() -> (String, Option<String>) { (String::new(), None) }
//! # fn main() -> Result<(), saml_sp::Error> {
//! // Once, at start: who we are, who they are, and which assertions were taken. Parsed now, shared by all requests.
//! let sp = ServiceProvider::builder("https://app.example.com/saml", "https://app.example.com/saml/acs").build()?;
//! let idp = Metadata::read(&fetched(), MetadataTrust::Transport)?.only_identity_provider()?;
//! let seen = ReplayCache::default();
//!
//! // Out: send the browser away, keep the pending login for this browser alone.
//! let LoginRequest { send, pending } = sp.begin_login(&idp)?;
//! match send {
//!     Outbound::Redirect(url) => println!("303 to {url}"),
//!     Outbound::Post(form) => println!("200 with {}", form.html()),
//! }
//!
//! // Back, at the ACS: the fields of the form, and the pending login by value.
//! let (saml_response, relay_state) = form_fields();
//! let posted = PostedResponse::new(&saml_response, relay_state.as_deref());
//! let login = sp.accept(&idp, &posted, Expect::AnswerTo(pending))?.confirm_with(&seen)?;
//! println!("{:?} {:?}", login.identity.name_id(), login.identity.attribute("mail"));
//! # Ok(())
//! # }
//! ```
//!
//! # Where to read on
//!
//! - [`manual`], the book: every check and its code, pending logins and cookies, replay records, threats, limits.
//! - [`ServiceProvider`] and [`IdentityProvider`] are the two ends, [`PendingLogin`] what lies between request and
//!   answer, [`Accepted`] an answer that waits for the replay record, [`Login`] the result.
//! - `testing` (a feature) is an identity provider in memory for your own tests, in the likeness of Entra ID, AD FS, Okta and nine others
//!   where you name one.
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::as_conversions)
)]

// Floor 0
mod few;
mod limits;
mod text;
// Floor 1
mod xml;
// Floor 2
mod c14n;
mod crypto;
// Floor 3
mod dsig;
mod xmlenc;
// Floor 4
mod binding;
mod saml;
// Floor 4½
mod error;
// Floor 5
mod profile;
// Floor 6
mod identity;
mod idp;
mod session;
mod sp;
mod sp_metadata;
// Sees every floor
#[cfg(any(test, feature = "testing"))]
pub mod testing;

#[cfg(fuzzing)]
#[doc(hidden)]
pub mod fuzzing;

// The book
pub mod manual;

// The public interface is:
pub use binding::EncodingError;
pub use binding::post::PostForm;
pub use binding::redirect::Spelling;
pub use c14n::C14nError;
pub use crypto::algorithm::{DigestAlgorithm, SignatureAlgorithm};
pub use crypto::certificate::{Certificate, CertificateError, Fingerprint, Pasted, Validity};
pub use crypto::credential::{Credential, KeyState};
pub use crypto::decryption_key::DecryptionKey;
pub use crypto::key::{Curve, KeyError, KeyType, VerifyingKey};
pub use crypto::key_transport::KeyTransport;
pub use crypto::policy::{AlgorithmPolicy, AlgorithmRefused};
pub use crypto::private_key::PrivateKeyError;
pub use crypto::signing_key::SigningKey;
pub use dsig::{Engine, SignatureError, SignedOctets};
pub use error::{AttributeError, ConfigError, Error, Rejection};
pub use identity::{AttributeMap, Explanation, Field, Gate, Groups, Identity, Login, MappedAttributes, SubjectKey};
pub use idp::{
    Changes, Endpoint, EntityAttribute, EntityIds, IdentityProvider, Localized, Logo, Mdq, Metadata, MetadataError,
    MetadataNote, MetadataSigner, MetadataTrust,
};
pub use limits::Limits;
pub use profile::discovery::{Discovery, DiscoveryOptions};
pub use profile::login::accept::Accepted;
pub use profile::login::begin::{LoginOptions, LoginRequest};
pub use profile::login::open::Proof;
pub use profile::login::pending::PendingLogin;
pub use profile::login::report::{
    CertificateFacts, Failure, Finding, FoundSignature, Note, Outcome, Rejected, Report, Stage,
};
pub use profile::login::{Expect, PostedResponse};
pub use profile::logout::accept::LoggedOut;
pub use profile::logout::begin::{LogoutCall, LogoutOptions, LogoutReason, LogoutStart};
pub use profile::logout::inbound::Inbound;
pub use profile::logout::pending::PendingLogout;
pub use profile::logout::respond::{LogoutOutcome, LogoutReply};
pub use profile::outbound::Outbound;
pub use profile::replay::{ReplayCache, ReplayKey, Seen};
pub use profile::return_to::ReturnTo;
pub use profile::seal::SealKeys;
pub use profile::signing::ToSign;
pub use saml::authn_request::{NameIdPolicy, RequestedAuthnContext, Scoping};
pub use saml::ids::{InvalidEntityId, InvalidLocation, Location};
pub use saml::metadata::sp::{
    AttributeConsumingService, ContactPerson, Organization, RequestedAttribute, SubjectIdRequirement, UiInfo,
};
pub use saml::product::{FieldToEnter, FieldToTake, Guide, IdpValue, Product, Remedy, SpValue, Way};
pub use saml::sent::{
    Sent, SentAssertion, SentAttribute, SentAuthnStatement, SentConditions, SentConfirmation, SentNameId, SentResponse,
    SentValue,
};
pub use saml::urn;
pub use saml::urn::Binding;
pub use saml::{Attribute, AttributeValue, EntityId, MessageError, NameId, Status, Window};
pub use session::Session;
pub use sp::{
    AcceptStep, AcceptedLogout, Clock, LogoutAnswer, LogoutRequest, ReceivedLogout, SOAP_FAULT, ServiceProvider,
    ServiceProviderBuilder, ToUnwrap,
};
pub use sp_metadata::{AdminCertificate, AdminValue, AdminValues, ServiceProviderMetadata};
pub use text::base64::Base64Error;
pub use text::deflate::InflateError;
pub use text::instant::InstantError;
pub use text::personal::Personal;
pub use text::quoted::Quoted;
pub use text::whose::Whose;
pub use xml::{Flaw, Position, XmlError, XmlErrorKind};
pub use xmlenc::{DecryptError, Decrypted};
