//! What can be wrong with metadata, in words for whoever has to fix it.

use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};

use crate::crypto::CertificateError;
use crate::dsig::SignatureError;
use crate::saml::ids::{EntityId, InvalidEntityId, InvalidLocation};
use crate::text::instant;
use crate::text::quoted::Quoted;
use crate::text::whose::Whose;
use crate::xml::XmlError;

/// Why a metadata document, or an identity provider in it, cannot be used.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MetadataError {
    /// The document is no XML that we read.
    #[error("the metadata cannot be read: {0}")]
    Xml(#[from] XmlError),
    /// The document's signature does not verify with the keys of [`MetadataTrust::SignedBy`](super::MetadataTrust).
    #[error("the metadata's signature is not accepted: {0}")]
    Signature(#[from] SignatureError),
    /// Signed metadata was asked for, and the document element carries no signature.
    #[error("the metadata's document element is not signed, and it is trusted only when signed")]
    NotSigned,
    /// XML, but no metadata.
    #[error("the document element is {found}, wanted EntityDescriptor or EntitiesDescriptor of SAML 2.0 metadata")]
    NotMetadata {
        /// Its local name and namespace.
        found: Quoted,
    },
    /// Signed metadata without a validUntil never ends: an old copy of it could be served for ever.
    #[error("the signed metadata has no validUntil on its document element")]
    NoValidUntil,
    /// The metadata would be valid for longer than is accepted from this signer.
    #[error("the metadata is valid until {}, which is more than {} days ahead", instant::format(*valid_until), max.num_days())]
    ValidUntilTooFar {
        /// What the document says.
        valid_until: DateTime<Utc>,
        /// The configured maximum from now.
        max: TimeDelta,
    },
    /// The identity provider's metadata has run out.
    #[error("the metadata of {} was valid until {}, it is {} now, skew {} s", Quoted::new(entity_id), instant::format(*valid_until), instant::format(*now), skew.num_seconds())]
    Expired {
        /// The identity provider.
        entity_id: EntityId,
        /// The end, from the document.
        valid_until: DateTime<Utc>,
        /// The time it was compared with.
        now: DateTime<Utc>,
        /// The tolerance.
        skew: TimeDelta,
    },
    /// A validUntil that is no xs:dateTime. It is not the same as none.
    #[error("validUntil on {element} is {found}, which is no xs:dateTime")]
    BadValidUntil {
        /// The element's local name.
        element: Quoted,
        /// What the attribute says.
        found: Quoted,
    },
    /// The same entityID twice: which of the two is meant has no safe answer.
    #[error("the entityID {} stands twice in this document", Quoted::new(entity_id))]
    DuplicateEntity {
        /// The name.
        entity_id: EntityId,
    },
    /// An EntityDescriptor without an entityID that can be one.
    #[error("an EntityDescriptor has no usable entityID: {}", reason.as_ref().map_or_else(|| "the attribute is missing".to_owned(), ToString::to_string))]
    BadEntityId {
        /// Why; none where the attribute is missing.
        reason: Option<InvalidEntityId>,
    },
    /// No entity in the document is an identity provider.
    #[error("none of the {entities} entities in the metadata is an identity provider (no IDPSSODescriptor)")]
    NoIdp {
        /// How many entities there are.
        entities: usize,
    },
    /// The entity is in the document and has no role as an identity provider.
    #[error("{} is no identity provider (no IDPSSODescriptor)", Quoted::new(entity_id))]
    NotIdp {
        /// The entity.
        entity_id: EntityId,
    },
    /// The identity provider speaks something else than SAML 2.0.
    #[error("{} supports {found}, not urn:oasis:names:tc:SAML:2.0:protocol", Quoted::new(entity_id))]
    NoSaml2Role {
        /// The identity provider.
        entity_id: EntityId,
        /// Its protocolSupportEnumeration.
        found: Quoted,
    },
    /// No key with which the identity provider could sign: nothing it says could be believed.
    #[error("{} has no usable signing key: {}", Quoted::new(entity_id), first_problem.as_deref().map_or_else(|| "no KeyDescriptor for signing has a certificate or a key".to_owned(), ToString::to_string))]
    NoSigningKey {
        /// The identity provider.
        entity_id: EntityId,
        /// Where there are keys or certificates that cannot be read: the first of them.
        first_problem: Option<Box<super::MetadataNote>>,
    },
    /// No location to send a user to by Redirect or POST.
    #[error(
        "{} has no usable SingleSignOnService for the Redirect or POST binding; found: {found}",
        Quoted::new(entity_id)
    )]
    NoSsoEndpoint {
        /// The identity provider.
        entity_id: EntityId,
        /// The bindings it has, or "none".
        found: Quoted,
    },
    /// No location for logout messages by the binding that is wanted.
    #[error("{} has no usable SingleLogoutService for the {wanted} binding; found: {found}", Quoted::new(entity_id))]
    NoSloEndpoint {
        /// The identity provider.
        entity_id: EntityId,
        /// The binding.
        wanted: Quoted,
        /// The bindings it has, or "none".
        found: Quoted,
    },
    /// More than one identity provider, and the caller did not say which.
    #[error("the metadata has {} identity providers, which one is meant? {among}", among.total)]
    SeveralIdps {
        /// Their names.
        among: EntityIds,
    },
    /// The document has no entity of that name.
    #[error("the metadata has no entity {}; its identity providers: {among}", Quoted::new(wanted))]
    UnknownEntity {
        /// The name asked for.
        wanted: EntityId,
        /// The names that are there.
        among: EntityIds,
    },
    /// There are identity providers, and each is refused.
    #[error("none of the {refused} identity providers in the metadata is usable; the first: {first}")]
    NoneUsable {
        /// How many were refused.
        refused: usize,
        /// Why the first one was.
        first: Box<Self>,
    },
    /// New metadata of another entity: a refresh never changes who somebody is.
    #[error("the new metadata is of {}, this identity provider is {}", Quoted::new(found), Quoted::new(ours))]
    EntityIdChanged {
        /// The one we have.
        ours: EntityId,
        /// The new one.
        found: EntityId,
    },
    /// More keys than are tried for one login.
    #[error("{} has {max} trusted signing keys already, which is the most", Quoted::new(entity_id))]
    TooManyKeys {
        /// The identity provider.
        entity_id: EntityId,
        /// The most.
        max: usize,
    },
    /// A pasted certificate is none.
    #[error("the signing certificate cannot be read: {0}")]
    Certificate(#[from] CertificateError),
    /// A name that was given is no entityID.
    #[error("the identity provider's entityID cannot be one: {0}")]
    EntityId(#[from] InvalidEntityId),
    /// A URL that was given is no location.
    #[error("the {what} {found} cannot be used: {reason}")]
    Location {
        /// Which one: `sign-on URL`, `logout URL`.
        what: &'static str,
        /// What was given.
        found: Quoted,
        /// What is wrong with it.
        reason: InvalidLocation,
    },
    /// An endpoint without TLS that is not on this machine.
    #[error("the endpoint {} of {} is not https", Quoted::new(location), Quoted::new(entity_id))]
    HttpEndpoint {
        /// The identity provider.
        entity_id: EntityId,
        /// The endpoint.
        location: String,
    },
}

impl MetadataError {
    /// The stable name of this error.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Xml(error) => error.code(),
            Self::Signature(error) => error.code(),
            Self::NotSigned => "metadata-not-signed",
            Self::NotMetadata { .. } => "metadata-not-metadata",
            Self::NoValidUntil => "metadata-no-valid-until",
            Self::ValidUntilTooFar { .. } => "metadata-valid-until-too-far",
            Self::Expired { .. } => "metadata-expired",
            Self::BadValidUntil { .. } => "metadata-bad-valid-until",
            Self::DuplicateEntity { .. } => "metadata-duplicate-entity",
            Self::BadEntityId { .. } | Self::EntityId(_) => "metadata-bad-entity-id",
            Self::NoIdp { .. } | Self::NotIdp { .. } => "metadata-no-idp",
            Self::NoSaml2Role { .. } => "metadata-no-saml2-role",
            Self::NoSigningKey { .. } => "metadata-no-signing-key",
            Self::NoSsoEndpoint { .. } => "metadata-no-sso-endpoint",
            Self::NoSloEndpoint { .. } => "metadata-no-slo-endpoint",
            Self::SeveralIdps { .. } => "metadata-several-idps",
            Self::UnknownEntity { .. } => "metadata-unknown-entity",
            Self::NoneUsable { first, .. } => first.code(),
            Self::EntityIdChanged { .. } => "metadata-entity-id-changed",
            Self::TooManyKeys { .. } => "metadata-too-many-keys",
            Self::Certificate(error) => error.code(),
            Self::Location { reason, .. } => reason.code(),
            Self::HttpEndpoint { .. } => "idp-http-endpoint",
        }
    }

    /// What an operator can do about it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Xml(error) => error.hint(),
            Self::Signature(error) => error.hint(),
            Self::NotSigned => {
                "ask the publisher for the signed document, or fetch it over TLS from the identity provider itself and trust that"
            }
            Self::NotMetadata { .. } => {
                "this may be an error page, a WS-Federation document or a message: download the SAML 2.0 metadata of the identity provider"
            }
            Self::NoValidUntil => {
                "ask the publisher to set validUntil; a single identity provider that never sets it (AD FS) can be relaxed by name"
            }
            Self::ValidUntilTooFar { .. } => {
                "ask the publisher for a shorter validity, or raise the maximum for this signer"
            }
            Self::Expired { .. } => {
                "fetch the metadata again; if the new copy has the same validUntil, its publisher has stopped refreshing it"
            }
            Self::BadValidUntil { .. } => {
                "write it as 2026-01-15T12:00:00Z; a placeholder in braces means the document is an unfilled template"
            }
            Self::DuplicateEntity { .. } => "remove one of the two EntityDescriptors",
            Self::BadEntityId { .. } | Self::EntityId(_) => {
                "the entityID is the identity provider's name (issuer); copy it from its configuration page"
            }
            Self::NoIdp { .. } | Self::NotIdp { .. } => {
                "this is metadata of a service provider (perhaps our own) or of another protocol (WS-Federation): take that of the SAML 2.0 identity \
                 provider, which has an IDPSSODescriptor"
            }
            Self::NoSaml2Role { .. } => "switch SAML 2.0 on at the identity provider, then download its metadata again",
            Self::NoSigningKey { .. } => {
                "download the metadata again, or paste the signing certificate from the identity provider's configuration page"
            }
            Self::NoSsoEndpoint { .. } => {
                "switch the HTTP-Redirect or HTTP-POST binding on at the identity provider, with an https URL"
            }
            Self::NoSloEndpoint { .. } => {
                "some identity providers take no logout at all: end the application's own session only. Others need it switched on; \
                 then import their metadata again, or use IdentityProvider::with_slo_url"
            }
            Self::SeveralIdps { .. } => "choose one by its entityID",
            Self::UnknownEntity { .. } => {
                "compare the names letter by letter: a trailing slash, http or https, and case all matter"
            }
            Self::NoneUsable { first, .. } => first.hint(),
            Self::EntityIdChanged { .. } => {
                "an identity provider with another entityID is another one: configure it anew, accounts are linked to the old name"
            }
            Self::TooManyKeys { .. } => "remove the certificates that are no longer used",
            Self::Certificate(error) => error.hint(),
            Self::Location { reason, .. } => reason.hint(),
            Self::HttpEndpoint { .. } => {
                "change the URL to https at the identity provider; dangerous_allow_http_endpoints is for closed test networks"
            }
        }
    }

    /// Who can put it right.
    #[must_use]
    pub fn whose(&self) -> Whose {
        match self {
            Self::SeveralIdps { .. } | Self::UnknownEntity { .. } => Whose::Application,
            Self::Signature(error) => error.whose(),
            Self::NoneUsable { first, .. } => first.whose(),
            _ => Whose::IdentityProvider,
        }
    }
}

/// Some names out of perhaps thousands: an error names ten and says how many there are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntityIds {
    shown: Vec<EntityId>,
    total: usize,
}

impl EntityIds {
    const SHOWN: usize = 10;

    pub(crate) fn of<'a>(ids: impl Iterator<Item = &'a EntityId> + Clone) -> Self {
        Self { total: ids.clone().count(), shown: ids.take(Self::SHOWN).cloned().collect() }
    }

    /// How many there are in all.
    #[must_use]
    pub fn total(&self) -> usize {
        self.total
    }

    /// The first ten of them.
    pub fn shown(&self) -> impl Iterator<Item = &EntityId> {
        self.shown.iter()
    }
}

impl fmt::Display for EntityIds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.shown.is_empty() {
            return f.write_str("none");
        }
        for (index, id) in self.shown.iter().enumerate() {
            write!(f, "{}{}", if index == 0 { "" } else { ", " }, Quoted::new(id))?;
        }
        match self.total.saturating_sub(self.shown.len()) {
            0 => Ok(()),
            more => write!(f, " and {more} more"),
        }
    }
}
