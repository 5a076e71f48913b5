//! Floor 4½: one error, a variant per room. It sees the floors below; everything from `profile` up returns it.

mod attribute;
mod config;
mod near_miss;
mod rejection;

pub use attribute::AttributeError;
pub use config::ConfigError;
pub use rejection::Rejection;

use crate::binding::EncodingError;
use crate::dsig::SignatureError;
use crate::saml::metadata::MetadataError;
use crate::saml::{MessageError, Status};
use crate::text::quoted::Quoted;
use crate::text::whose::Whose;
use crate::xml::XmlError;
use crate::xmlenc::DecryptError;

/// Everything that can go wrong, by the kind of work in which it went wrong.
///
/// For each error there is a stable [`code`](Self::code) for programs, a `Display` with both sides of the comparison
/// for the log, a [`hint`](Self::hint) for the operator, and [`whose`](Self::whose) says who can put it right. The
/// text quotes foreign values, cut and escaped; it never holds attribute values or key material. Show the browser a
/// constant text and keep this for the log.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The form field could not be decoded.
    #[error(transparent)]
    Encoding(#[from] EncodingError),
    /// The bytes are not XML as we read it.
    #[error(transparent)]
    Xml(#[from] XmlError),
    /// A signature is missing, malformed, or wrong.
    #[error(transparent)]
    Signature(#[from] SignatureError),
    /// Something encrypted could not be opened.
    #[error(transparent)]
    Decrypt(#[from] DecryptError),
    /// The message lacks a part, or has one that cannot be read.
    #[error(transparent)]
    Message(#[from] MessageError),
    /// The identity provider did not sign the user in, and says so.
    #[error("the identity provider answered {status}{}", rejection::asked_for(requested))]
    #[non_exhaustive]
    Refused {
        /// What it said.
        status: Status,
        /// What the request had demanded: authentication context classes, and a NameID format.
        requested: Vec<Quoted>,
        /// True where a verified signature covers the answer; otherwise anybody may have said it.
        signed: bool,
    },
    /// The message is genuine or unsigned, and a claim in it is not acceptable here and now.
    #[error(transparent)]
    Rejected(#[from] Rejection),
    /// A metadata document cannot be used.
    #[error(transparent)]
    Metadata(#[from] MetadataError),
    /// The user is signed in, and is not what the application asks for.
    #[error(transparent)]
    Attribute(#[from] AttributeError),
    /// The configuration, or an argument, is not usable.
    #[error(transparent)]
    Config(#[from] ConfigError),
}

impl Error {
    /// A stable code in lower case with hyphens, such as `audience-mismatch`. `manual::checks` lists them all.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Encoding(error) => error.code(),
            Self::Xml(error) => error.code(),
            Self::Signature(error) => error.code(),
            Self::Decrypt(error) => error.code(),
            Self::Message(error) => error.code(),
            Self::Refused { .. } => "status-not-success",
            Self::Rejected(error) => error.code(),
            Self::Metadata(error) => error.code(),
            Self::Attribute(error) => error.code(),
            Self::Config(error) => error.code(),
        }
    }

    /// What an operator can do about it, as one or two sentences.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            Self::Encoding(error) => error.hint().into(),
            Self::Xml(error) => error.hint().into(),
            Self::Signature(error) => error.hint().into(),
            Self::Decrypt(error) => error.hint().into(),
            Self::Message(error) => error.hint().into(),
            Self::Refused { status, .. } => rejection::status_hint(status).into(),
            Self::Rejected(error) => error.hint(),
            Self::Metadata(error) => error.hint().into(),
            Self::Attribute(error) => error.hint().into(),
            Self::Config(error) => error.hint().into(),
        }
    }

    /// Who can put it right.
    #[must_use]
    pub fn whose(&self) -> Whose {
        match self {
            Self::Encoding(error) => error.whose(),
            Self::Xml(_) => Whose::IdentityProvider,
            Self::Signature(error) => error.whose(),
            Self::Decrypt(error) => error.whose(),
            Self::Message(error) => error.whose(),
            Self::Refused { status, .. } => rejection::status_whose(status),
            Self::Rejected(error) => error.whose(),
            Self::Metadata(error) => error.whose(),
            Self::Attribute(error) => error.whose(),
            Self::Config(_) => Whose::Application,
        }
    }
}
