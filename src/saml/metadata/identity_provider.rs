//! An identity provider as we know it: whom to send users to, and whose signatures to believe.

use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use super::diff::Changes;
use super::endpoint::{Endpoint, note_http};
use super::error::MetadataError;
use super::keys::{self, RoleKeys};
use super::note::MetadataNote;
use crate::crypto::{Certificate, VerifyingKey};
use crate::saml::ids::{EntityId, Location};
use crate::saml::urn::Binding;
use crate::text::quoted::Quoted;
use crate::text::whitespace;

/// An identity provider: its name, its signing keys, its endpoints.
///
/// It comes from metadata ([`Metadata::read`](super::Metadata::read)) or from three fields of a configuration page
/// ([`IdentityProvider::manual`]). Either way it has at least one signing key: one without cannot be made. Everything in it was
/// parsed once; a clone is a reference.
///
/// ```
/// use saml_sp::{IdentityProvider, Metadata, MetadataTrust};
///
/// /// A refresh: look at what changes before the new one takes the old one's place.
/// fn refresh(old: &IdentityProvider, metadata: &[u8]) -> Result<IdentityProvider, saml_sp::Error> {
///     let new = Metadata::read(metadata, MetadataTrust::Transport)?.identity_provider(old.entity_id())?;
///     let changes = old.diff(&new)?;
///     if !changes.is_empty() {
///         eprintln!("{}: {changes}", old.entity_id());
///     }
///     Ok(new)
/// }
/// ```
#[derive(Clone)]
pub struct IdentityProvider(Arc<Parts>);

/// What an [`IdentityProvider`] is made of. Floor 4 fills it in, nobody changes it afterwards.
#[derive(Clone)]
pub(super) struct Parts {
    pub(super) entity_id: EntityId,
    pub(super) keys: RoleKeys,
    pub(super) single_sign_on: Vec<Endpoint>,
    pub(super) single_logout: Vec<Endpoint>,
    pub(super) artifact_resolution: Vec<Endpoint>,
    pub(super) name_id_formats: Vec<String>,
    pub(super) wants_authn_requests_signed: bool,
    pub(super) valid_until: Option<DateTime<Utc>>,
    pub(super) refresh_after: Option<TimeDelta>,
    pub(super) error_url: Option<Location>,
    pub(super) declared: Declared,
    pub(super) http_endpoints_allowed: bool,
    pub(super) notes: Vec<MetadataNote>,
}

/// What an identity provider says about itself in extensions and for people.
#[derive(Clone, Default)]
pub(super) struct Declared {
    pub(super) display_names: Vec<Localized>,
    pub(super) organization_names: Vec<Localized>,
    pub(super) logos: Vec<Logo>,
    pub(super) scopes: Vec<String>,
    pub(super) entity_attributes: Vec<EntityAttribute>,
    pub(super) signing_methods: Vec<String>,
    pub(super) digest_methods: Vec<String>,
}

/// A text in one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Localized {
    pub(super) language: String,
    pub(super) text: String,
}

impl Localized {
    /// The language tag, as it stands in the metadata; empty where there is none.
    #[must_use]
    pub fn language(&self) -> &str {
        &self.language
    }

    /// The text. It is foreign: escape it.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }
}

/// A picture that stands for an identity provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logo {
    pub(super) location: Location,
    pub(super) width: Option<u32>,
    pub(super) height: Option<u32>,
}

impl Logo {
    /// Where the picture is.
    #[must_use]
    pub fn location(&self) -> &Location {
        &self.location
    }

    /// Its width in pixels.
    #[must_use]
    pub fn width(&self) -> Option<u32> {
        self.width
    }

    /// Its height in pixels.
    #[must_use]
    pub fn height(&self) -> Option<u32> {
        self.height
    }
}

/// A statement about an entity by whoever publishes its metadata: its categories, the subject identifiers it gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntityAttribute {
    pub(super) name: String,
    pub(super) values: Vec<String>,
}

impl EntityAttribute {
    /// The attribute's Name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its values.
    pub fn values(&self) -> impl Iterator<Item = &str> {
        self.values.iter().map(String::as_str)
    }
}

impl IdentityProvider {
    pub(super) fn from_parts(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }

    /// One from the three fields of a configuration page, at this moment (which only decides about notes).
    pub(crate) fn manual_at(
        entity_id: &str,
        sso_url: &str,
        certificate: &[u8],
        now: DateTime<Utc>,
    ) -> Result<Self, MetadataError> {
        let entity_id = EntityId::new(entity_id)?;
        let mut notes = Vec::new();
        let location = location("sign-on URL", sso_url, &mut notes)?;
        let mut signing = RoleKeys::default();
        signing.trust_pasted(certificate, now, &mut notes)?;
        if !entity_id.is_absolute_uri() {
            notes.push(MetadataNote::EntityIdNoUri);
        }
        Ok(Self::from_parts(Parts {
            entity_id,
            keys: signing,
            single_sign_on: vec![Endpoint::new(Binding::Redirect, location)],
            single_logout: Vec::new(),
            artifact_resolution: Vec::new(),
            name_id_formats: Vec::new(),
            wants_authn_requests_signed: false,
            valid_until: None,
            refresh_after: None,
            error_url: None,
            declared: Declared::default(),
            http_endpoints_allowed: false,
            notes,
        }))
    }

    pub(crate) fn with_signing_certificate_at(
        mut self,
        certificate: &[u8],
        now: DateTime<Utc>,
    ) -> Result<Self, MetadataError> {
        let parts = Arc::make_mut(&mut self.0);
        if !parts.keys.trust_pasted(certificate, now, &mut parts.notes)? {
            return Err(MetadataError::TooManyKeys { entity_id: parts.entity_id.clone(), max: keys::MAX_SIGNING_KEYS });
        }
        Ok(self)
    }

    /// Adds a place for requests by the POST binding, as large requests and some products need it.
    ///
    /// # Errors
    /// [`MetadataError::Location`] if it is no absolute http(s) URL.
    pub fn with_sso_post_url(mut self, sso_url: &str) -> Result<Self, MetadataError> {
        let parts = Arc::make_mut(&mut self.0);
        let location = location("sign-on URL", sso_url, &mut parts.notes)?;
        parts.single_sign_on.push(Endpoint::new(Binding::Post, location));
        Ok(self)
    }

    /// Adds the place for logout messages. `response_url` is where our answers go, if that is another place.
    ///
    /// # Errors
    /// [`MetadataError::Location`] if one of them is no absolute http(s) URL.
    pub fn with_slo_url(
        mut self,
        binding: Binding,
        slo_url: &str,
        response_url: Option<&str>,
    ) -> Result<Self, MetadataError> {
        let parts = Arc::make_mut(&mut self.0);
        let mut endpoint = Endpoint::new(binding, location("logout URL", slo_url, &mut parts.notes)?);
        endpoint.response_location = match response_url {
            Some(url) => Some(location("logout response URL", url, &mut parts.notes)?),
            None => None,
        };
        parts.single_logout.push(endpoint);
        Ok(self)
    }

    /// Says that this identity provider wants requests to be signed, as WantAuthnRequestsSigned does in metadata.
    #[must_use]
    pub fn with_authn_requests_signed(mut self, wanted: bool) -> Self {
        Arc::make_mut(&mut self.0).wants_authn_requests_signed = wanted;
        self
    }

    /// Uses endpoints of this identity provider that have no TLS, for closed test networks. On loopback they are used anyway.
    ///
    /// What an attacker gains: whoever is on the network between a user and the identity provider sees the request, and
    /// can put another login page in its place.
    #[must_use]
    pub fn dangerous_allow_http_endpoints(mut self) -> Self {
        Arc::make_mut(&mut self.0).http_endpoints_allowed = true;
        self
    }

    /// Its name: the Issuer of everything it says.
    #[must_use]
    pub fn entity_id(&self) -> &EntityId {
        &self.0.entity_id
    }

    /// The keys whose signatures are believed, each once, in document order; at least one, at most 16.
    #[must_use]
    pub fn signing_keys(&self) -> &[VerifyingKey] {
        &self.0.keys.signing
    }

    /// The certificates in which signing keys came, for people. Keys without a certificate have none here.
    #[must_use]
    pub fn certificates(&self) -> &[Certificate] {
        &self.0.keys.certificates
    }

    /// The certificates of keys to encrypt to.
    #[must_use]
    pub fn encryption_certificates(&self) -> &[Certificate] {
        &self.0.keys.encryption
    }

    /// Where users are sent to sign in, in document order.
    #[must_use]
    pub fn single_sign_on(&self) -> &[Endpoint] {
        &self.0.single_sign_on
    }

    /// Where logout messages go, in document order.
    #[must_use]
    pub fn single_logout(&self) -> &[Endpoint] {
        &self.0.single_logout
    }

    /// Where artifacts are resolved, in document order.
    #[must_use]
    pub fn artifact_resolution(&self) -> &[Endpoint] {
        &self.0.artifact_resolution
    }

    /// The first sign-on location for this binding that may be used.
    ///
    /// # Errors
    /// [`MetadataError::NoSsoEndpoint`] if there is none, [`MetadataError::HttpEndpoint`] if the only ones have no TLS.
    pub(crate) fn sso_location(&self, binding: &Binding) -> Result<&Location, MetadataError> {
        let mut candidates = self.0.single_sign_on.iter().filter(|endpoint| endpoint.binding == *binding).peekable();
        let Some(first) = candidates.peek().copied() else {
            return Err(MetadataError::NoSsoEndpoint {
                entity_id: self.0.entity_id.clone(),
                found: bindings(&self.0.single_sign_on),
            });
        };
        match candidates.find(|endpoint| self.may_use(&endpoint.location)) {
            Some(endpoint) => Ok(&endpoint.location),
            None => self.check_location(&first.location).map(|()| &first.location),
        }
    }

    /// The first logout endpoint for this binding that may be used.
    ///
    /// # Errors
    /// [`MetadataError::NoSloEndpoint`] if there is none, [`MetadataError::HttpEndpoint`] if the only ones have no TLS.
    pub(crate) fn slo_endpoint(&self, binding: &Binding) -> Result<&Endpoint, MetadataError> {
        let mut candidates = self.0.single_logout.iter().filter(|endpoint| endpoint.binding == *binding).peekable();
        let Some(first) = candidates.peek().copied() else {
            return Err(MetadataError::NoSloEndpoint {
                entity_id: self.0.entity_id.clone(),
                wanted: Quoted::new(binding.name()),
                found: bindings(&self.0.single_logout),
            });
        };
        match candidates.find(|endpoint| self.may_use(&endpoint.location)) {
            Some(endpoint) => Ok(endpoint),
            None => self.check_location(&first.location).map(|()| first),
        }
    }

    /// Whether messages may go there: over TLS, on this machine, or anywhere once that is allowed.
    pub(crate) fn may_use(&self, location: &Location) -> bool {
        location.is_https() || location.is_loopback() || self.0.http_endpoints_allowed
    }

    /// As [`may_use`](Self::may_use), with the error that says so.
    pub(crate) fn check_location(&self, location: &Location) -> Result<(), MetadataError> {
        if self.may_use(location) {
            return Ok(());
        }
        Err(MetadataError::HttpEndpoint { entity_id: self.0.entity_id.clone(), location: location.as_str().to_owned() })
    }

    /// Whether its metadata still holds: refused after validUntil and the skew (IIP-G01).
    pub(crate) fn check_valid(&self, now: DateTime<Utc>, skew: TimeDelta) -> Result<(), MetadataError> {
        match self.0.valid_until {
            Some(valid_until) if now.signed_duration_since(valid_until) >= skew => {
                Err(MetadataError::Expired { entity_id: self.0.entity_id.clone(), valid_until, now, skew })
            }
            _ => Ok(()),
        }
    }

    /// The formats of subject names that it says it knows, in document order.
    pub fn name_id_formats(&self) -> impl Iterator<Item = &str> {
        self.0.name_id_formats.iter().map(String::as_str)
    }

    /// Whether it wants requests to be signed (WantAuthnRequestsSigned).
    #[must_use]
    pub fn wants_authn_requests_signed(&self) -> bool {
        self.0.wants_authn_requests_signed
    }

    /// When this stops holding: the earliest validUntil of the role and everything around it. Logins are refused after it.
    #[must_use]
    pub fn valid_until(&self) -> Option<DateTime<Utc>> {
        self.0.valid_until
    }

    /// How long a copy may be kept before it is fetched again: the least cacheDuration of the role and everything around it.
    #[must_use]
    pub fn refresh_after(&self) -> Option<TimeDelta> {
        self.0.refresh_after
    }

    /// Where to send users whose attributes are not sufficient (errorURL, SDP-SP12).
    #[must_use]
    pub fn error_url(&self) -> Option<&Location> {
        self.0.error_url.as_ref()
    }

    /// What to call it in a list: its English name, else its first one, else its organization's. Foreign text: escape it.
    #[must_use]
    pub fn display_name(&self) -> Option<&str> {
        let english = |names: &'_ [Localized]| names.iter().position(|name| is_english(&name.language)).unwrap_or(0);
        let names = &self.0.declared;
        [&names.display_names, &names.organization_names]
            .into_iter()
            .find_map(|names| names.get(english(names)))
            .map(|name| name.text.as_str())
    }

    /// Its names in all languages (mdui:DisplayName).
    #[must_use]
    pub fn display_names(&self) -> &[Localized] {
        &self.0.declared.display_names
    }

    /// Its pictures (mdui:Logo), those at http(s) URLs.
    #[must_use]
    pub fn logos(&self) -> &[Logo] {
        &self.0.declared.logos
    }

    /// The scopes that its scoped attributes may have (shibmd:Scope). Worth something only where a third party vouches for
    /// the metadata.
    pub fn scopes(&self) -> impl Iterator<Item = &str> {
        self.0.declared.scopes.iter().map(String::as_str)
    }

    /// What its publisher says about it: entity categories, assurance, subject identifiers (mdattr:EntityAttributes).
    #[must_use]
    pub fn entity_attributes(&self) -> &[EntityAttribute] {
        &self.0.declared.entity_attributes
    }

    /// The URIs of the signature algorithms it says it verifies (alg:SigningMethod); none where it does not say.
    #[must_use]
    pub fn signing_methods(&self) -> &[String] {
        &self.0.declared.signing_methods
    }

    /// The URIs of the digest algorithms it says it computes (alg:DigestMethod); none where it does not say.
    #[must_use]
    pub fn digest_methods(&self) -> &[String] {
        &self.0.declared.digest_methods
    }

    /// What an administrator should know about its configuration.
    #[must_use]
    pub fn notes(&self) -> &[MetadataNote] {
        &self.0.notes
    }

    /// What is different in `new`, for a refresh. To adopt it is to use `new` in the place of this one, after looking at
    /// the changes or not.
    ///
    /// # Errors
    /// [`MetadataError::EntityIdChanged`] if `new` is another identity provider.
    pub fn diff(&self, new: &Self) -> Result<Changes, MetadataError> {
        if self.0.entity_id != new.0.entity_id {
            return Err(MetadataError::EntityIdChanged {
                ours: self.0.entity_id.clone(),
                found: new.0.entity_id.clone(),
            });
        }
        Ok(Changes::between(self, new))
    }
}

impl fmt::Debug for IdentityProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IdentityProvider")
            .field("entity_id", &self.0.entity_id)
            .field("signing_keys", &self.0.keys.signing)
            .field("single_sign_on", &self.0.single_sign_on)
            .field("single_logout", &self.0.single_logout)
            .field("valid_until", &self.0.valid_until)
            .finish_non_exhaustive()
    }
}

/// The bindings of these endpoints, for an error.
pub(super) fn bindings(endpoints: &[Endpoint]) -> Quoted {
    let mut names: Vec<&str> = endpoints.iter().map(|endpoint| endpoint.binding.name()).collect();
    names.dedup();
    Quoted::new(if names.is_empty() { "none".to_owned() } else { names.join(", ") })
}

fn location(what: &'static str, text: &str, notes: &mut Vec<MetadataNote>) -> Result<Location, MetadataError> {
    let location = Location::new(whitespace::trim(text)).map_err(|reason| MetadataError::Location {
        what,
        found: Quoted::new(text),
        reason,
    })?;
    note_http(&location, what, notes);
    Ok(location)
}

fn is_english(language: &str) -> bool {
    language.split('-').next().is_some_and(|primary| primary.eq_ignore_ascii_case("en"))
}
