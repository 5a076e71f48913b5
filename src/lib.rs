//! SAML 2.0 service provider.
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::as_conversions)
)]
#![allow(dead_code, unused_imports, unreachable_pub, missing_docs)] // while the floors are being built

// Floor 0
mod limits;
mod text;
// Floor 1
mod xml;
// Floor 2
mod c14n;
mod crypto;
// Floor 3
mod dsig;
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
// Sees every floor
#[cfg(any(test, feature = "testing"))]
pub mod testing;

// The book
pub mod manual;

#[cfg(test)]
mod golden;

// The public interface is:
pub use binding::EncodingError;
pub use binding::post::PostForm;
pub use crypto::algorithm::{DigestAlgorithm, SignatureAlgorithm};
pub use crypto::certificate::{Certificate, CertificateError, Fingerprint, Pasted, Validity};
pub use crypto::key::{Curve, KeyError, KeyType, VerifyingKey};
pub use crypto::policy::{AlgorithmPolicy, AlgorithmRefused};
pub use dsig::{Engine, SignatureError, SignedOctets};
pub use error::{ConfigError, Error, Rejection};
pub use identity::{Identity, Login, SubjectKey};
pub use idp::{
    Changes, Endpoint, EntityAttribute, EntityIds, IdentityProvider, Localized, Logo, Metadata, MetadataError,
    MetadataNote, MetadataSigner, MetadataTrust,
};
pub use limits::Limits;
pub use profile::login::accept::Accepted;
pub use profile::login::begin::{LoginOptions, LoginRequest, Outbound};
pub use profile::login::open::Proof;
pub use profile::login::pending::{PendingLogin, SealKeys};
pub use profile::login::replay::{ReplayCache, ReplayKey, Seen};
pub use profile::login::report::{Failure, Finding, Outcome, Report};
pub use profile::login::return_to::ReturnTo;
pub use profile::login::{Expect, PostedResponse};
pub use saml::authn_request::{NameIdPolicy, RequestedAuthnContext, Scoping};
pub use saml::ids::{InvalidEntityId, InvalidLocation, Location};
pub use saml::urn::Binding;
pub use saml::{Attribute, AttributeValue, EntityId, MessageError, NameId, Status, Window};
pub use session::Session;
pub use sp::{Clock, Rejected, ServiceProvider, ServiceProviderBuilder, ServiceProviderMetadata};
pub use text::base64::Base64Error;
pub use text::deflate::InflateError;
pub use text::instant::InstantError;
pub use text::quoted::Quoted;
pub use text::whose::Whose;
