//! What an administrator should know about metadata that works.

use chrono::{DateTime, Utc};

use super::error::MetadataError;
use crate::crypto::CertificateError;
use crate::saml::ids::{EntityId, InvalidLocation, Location};
use crate::text::quoted::Quoted;

/// Something in metadata that is not as it should be, and does not stand in the way of a login by itself.
///
/// Show them to whoever configures the identity provider: an expired certificate or an endpoint without TLS today is
/// the outage of tomorrow.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MetadataNote {
    /// validUntil was over when this was imported. Logins are refused until it is refreshed.
    #[error("the metadata expired at {valid_until}: logins are refused until it is refreshed")]
    Expired {
        /// The end, from the document.
        valid_until: DateTime<Utc>,
    },
    /// A time without a zone, or with another than UTC (core 1.3.3).
    #[error("validUntil is {found}: without the zone Z, taken as {taken}")]
    TimeZone {
        /// As it stands there.
        found: Quoted,
        /// As it was understood.
        taken: DateTime<Utc>,
    },
    /// A cacheDuration that is no xs:duration, ignored.
    #[error("cacheDuration is {found}, which is no xs:duration; it is ignored")]
    CacheDurationUnreadable {
        /// As it stands there.
        found: Quoted,
    },
    /// The entityID is free text (core 8.3.6 wants a URI).
    #[error("the entityID is no absolute URI")]
    EntityIdNoUri,
    /// An entity of an aggregate that cannot be used; asking for it by name gives the reason.
    #[error("the entity {} is left out: {reason}", entity_id.as_ref().map_or_else(|| "without an entityID".to_owned(), |id| Quoted::new(id).to_string()))]
    EntityLeftOut {
        /// Its name, where it has one.
        entity_id: Option<EntityId>,
        /// Why.
        reason: Box<MetadataError>,
    },
    /// A role of another standard, or one that is not known here.
    #[error("the role {name} is not read")]
    UnknownRole {
        /// The element, with its xsi:type where it has one.
        name: Quoted,
    },
    /// An IDPSSODescriptor beside the one that is used.
    #[error("a further IDPSSODescriptor is not read ({})", protocols)]
    FurtherIdpRole {
        /// Its protocolSupportEnumeration.
        protocols: Quoted,
    },
    /// Certificates are containers for keys here, and the key goes on working (IIP-MD12); other software may refuse it.
    #[error("the signing certificate {subject} expired at {not_after}; its key is still trusted")]
    CertificateExpired {
        /// The certificate's subject.
        subject: Quoted,
        /// Its end.
        not_after: DateTime<Utc>,
    },
    /// As [`CertificateExpired`](Self::CertificateExpired), at the other end.
    #[error("the signing certificate {subject} begins at {not_before}; its key is trusted already")]
    CertificateNotYetValid {
        /// The certificate's subject.
        subject: Quoted,
        /// Its beginning.
        not_before: DateTime<Utc>,
    },
    /// A certificate that cannot be read, beside others.
    #[error("a certificate cannot be read: {reason}")]
    CertificateUnreadable {
        /// Why.
        reason: CertificateError,
    },
    /// A KeyValue that cannot be read.
    #[error("a key cannot be read: {reason}")]
    KeyUnreadable {
        /// Why.
        reason: &'static str,
    },
    /// A KeyDescriptor with neither a certificate nor a key, for example a KeyName only.
    #[error("a KeyDescriptor has neither a certificate nor a key")]
    KeyWithoutMaterial,
    /// `use` is neither `signing` nor `encryption`.
    #[error("a KeyDescriptor is for {found}, which is not known; it is left out")]
    KeyForUnknownUse {
        /// The attribute.
        found: Quoted,
    },
    /// A chain instead of a certificate: the key of the one that issued no other is used.
    #[error("{others} further certificates in a chain are not trusted, only {taken}")]
    CertificateChain {
        /// The subject of the certificate whose key is trusted.
        taken: Quoted,
        /// How many others there are.
        others: usize,
    },
    /// More signing keys than are tried for one login.
    #[error("{left_out} signing keys are left out, {kept} are the most that are tried")]
    TooManyKeys {
        /// How many are used, the first in the document.
        kept: usize,
        /// How many are not.
        left_out: usize,
    },
    /// RSA below 2,048 bits: signatures of this key are refused unless that is allowed by name.
    #[error("a signing key has {bits} bits only: its signatures are refused unless small RSA keys are allowed by name")]
    SmallRsaKey {
        /// The size of the modulus.
        bits: usize,
    },
    /// An endpoint without TLS. It is used on loopback only.
    #[error("the {what} {} is not https and is not used outside this machine", Quoted::new(location.as_str()))]
    HttpEndpoint {
        /// The element, or the field of the configuration.
        what: &'static str,
        /// The endpoint.
        location: Location,
    },
    /// A URL that is treated as if it were not there.
    #[error("{what} {found} is left out: {reason}")]
    LocationLeftOut {
        /// The element or attribute.
        what: &'static str,
        /// As it stands there.
        found: Quoted,
        /// What is wrong with it.
        reason: InvalidLocation,
    },
    /// An endpoint without the Binding or Location that the schema requires.
    #[error("{what} has no {missing}; it is left out")]
    EndpointIncomplete {
        /// The element.
        what: &'static str,
        /// The attribute.
        missing: &'static str,
    },
    /// A scope that is a regular expression: who writes it could claim anything.
    #[error("the scope {found} is a regular expression and is ignored")]
    ScopeRegularExpression {
        /// The expression.
        found: Quoted,
    },
}
