//! The metadata document of a service provider: its configuration, and what the application says about itself.

mod admin_values;

pub use admin_values::{AdminCertificate, AdminValue, AdminValues};

use std::sync::Arc;

use chrono::{DateTime, Duration, Utc};

use crate::crypto::{Credential, Decryption, DigestAlgorithm, KeyState};
use crate::error::{ConfigError, Error};
use crate::limits::Limits;
use crate::profile::settings::Settings;
use crate::profile::signing::{Signer, ToSign};
use crate::saml::ids::MessageId;
use crate::saml::metadata::sp::{
    AssertionConsumer, AttributeConsumingService, Capabilities, ContactPerson, EntityAttributes, KeyPurpose,
    NotWritten, Organization, PublishedKey, SpMetadata, SubjectIdRequirement, UiInfo, Unpublishable,
};

/// A copy that is valid or kept for longer than this will never see a change.
const MAX_LIFETIME: Duration = Duration::days(3650);

/// The metadata document of a service provider.
///
/// What the configuration knows is in it already: the entityID, every ACS URL with its index, the certificates by the
/// [state](crate::KeyState) of their keys, and which algorithms are taken. These lists come from the policies that judge
/// messages later; what is refused, or depends on more than the algorithm, is not among them. So AES-CBC, which is
/// opened where the Response is signed, is named only by a service provider that opens it anywhere.
///
/// The methods here add what people and federations want to know. None of them changes which answers are accepted. A
/// value that cannot be published is an error of [`to_xml`](Self::to_xml).
///
/// ```
/// use saml_sp::{ContactPerson, Organization, ServiceProvider, SubjectIdRequirement, UiInfo};
///
/// let sp = ServiceProvider::builder("https://app.example.com/saml", "https://app.example.com/saml/acs").build()?;
/// let metadata = sp
///     .metadata()
///     .organization(Organization::new("en", "Example Ltd", "Example", "https://example.com"))
///     .contact(ContactPerson::technical("saml@example.com"))
///     .ui_info(
///         UiInfo::new()
///             .display_name("en", "Example Cloud")
///             .logo("https://app.example.com/logo.png", 120, 60)
///             .privacy_statement_url("en", "https://app.example.com/privacy"),
///     )
///     .subject_id(SubjectIdRequirement::PairwiseId)
///     .valid_for(chrono::Duration::days(14))
///     .to_xml()?;
/// assert!(metadata.contains("Example Cloud"));
/// # Ok::<(), saml_sp::Error>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct ServiceProviderMetadata {
    settings: Arc<Settings>,
    document: SpMetadata,
    /// When it was asked for: what `valid_for` counts from.
    now: DateTime<Utc>,
    valid_for: Option<Duration>,
    cache_for: Option<Duration>,
}

impl ServiceProviderMetadata {
    pub(crate) fn new(settings: &Arc<Settings>, now: DateTime<Utc>) -> Self {
        let capabilities = Capabilities::new(&settings.algorithms, settings.decryption);
        let mut document = SpMetadata::new(settings.entity_id.clone(), settings.acs_url.clone(), capabilities);
        let further = settings.further_acs_urls.iter().zip(1_usize..);
        document.assertion_consumers.1 = further
            .map(|(location, index)| AssertionConsumer { location: location.clone(), index, is_default: None })
            .collect();
        document.single_logout.clone_from(&settings.single_logout);
        document.keys = published_keys(&settings.credentials);
        document.authn_requests_signed = settings.always_sign_requests;
        Self { settings: Arc::clone(settings), document, now, valid_for: None, cache_for: None }
    }

    /// Who runs the service.
    pub fn organization(mut self, organization: Organization) -> Self {
        self.document.organization = Some(organization);
        self
    }

    /// Adds somebody to write to.
    pub fn contact(mut self, contact: ContactPerson) -> Self {
        self.document.contacts.push(contact);
        self
    }

    /// How identity providers present the service to users.
    pub fn ui_info(mut self, ui_info: UiInfo) -> Self {
        self.document.ui_info = Some(ui_info);
        self
    }

    /// Adds a format in which names are understood, one of [`urn::name_id_format`](crate::urn::name_id_format) or another
    /// URI; the first is liked best. By default there is none, which leaves the choice to the identity provider.
    pub fn name_id_format(mut self, uri: impl Into<String>) -> Self {
        self.document.name_id_formats.push(uri.into());
        self
    }

    /// Adds a set of attributes that the service asks for.
    pub fn attribute_consuming_service(mut self, service: AttributeConsumingService) -> Self {
        self.document.attribute_consumers.push(service);
        self
    }

    /// Which subject identifier the service needs; the last word counts.
    pub fn subject_id(mut self, requirement: SubjectIdRequirement) -> Self {
        self.document.entity_attributes.set_subject_id(requirement);
        self
    }

    /// Says that the service belongs to this category, a URI (RFC 8409). Federations add the ones that they vouch for.
    pub fn entity_category(self, uri: impl Into<String>) -> Self {
        self.entity_attribute(EntityAttributes::CATEGORY, [uri.into()])
    }

    /// Adds values to the entity attribute of this name.
    pub fn entity_attribute<V: Into<String>>(
        mut self,
        name: impl Into<String>,
        values: impl IntoIterator<Item = V>,
    ) -> Self {
        self.document.entity_attributes.add(name, values);
        self
    }

    /// Adds a URL of ours to which discovery services may send the user back with a choice (Identity Provider Discovery
    /// Service Protocol and Profile), one of [`Discovery::response_urls`](crate::Discovery::response_urls). What arrives there is
    /// anybody's: look it up among the providers of your own.
    pub fn discovery_response(mut self, url: impl Into<String>) -> Self {
        self.document.discovery_responses.push(url.into());
        self
    }

    /// Asks for a signature on the assertion, whatever else is signed (`WantAssertionsSigned`).
    ///
    /// By default the metadata does not ask, because the library does not demand it: a signature on the Response is as
    /// good, and one of the two has to be there. Ask where an identity provider would sign neither by itself, or where
    /// assertions are kept as evidence. Either way an answer with just one of the two is accepted.
    pub fn want_assertions_signed(mut self) -> Self {
        self.document.want_assertions_signed = true;
        self
    }

    /// Ends the validity of the document this long after [`metadata`](crate::ServiceProvider::metadata) was called, by the
    /// service provider's clock; from a second to ten years. Publish it anew long before: identity providers stop
    /// serving us at that moment. Federations ask for it; by default it does not end.
    pub fn valid_for(mut self, span: Duration) -> Self {
        self.valid_for = Some(span);
        self
    }

    /// How long a copy may be used before it is fetched again, in whole seconds; from a second to ten years. A
    /// [rollover](crate::manual::rollover) waits at least this long between its edits.
    pub fn cache_for(mut self, span: Duration) -> Self {
        self.cache_for = Some(span);
        self
    }

    /// The document, unsigned. Serve it as `application/samlmetadata+xml`.
    ///
    /// # Errors
    /// A value that cannot be published: `config-url`, `config-out-of-range`, and `config-description` for everything
    /// else, such as an empty name, a language that is none or is there twice, a control character; and an entityID or a
    /// URL, of the configuration too, that is no `xs:anyURI`, since readers that validate refuse the document for it.
    pub fn to_xml(&self) -> Result<String, Error> {
        Ok(self.write(self.document.clone())?)
    }

    /// The document, signed by the active credential: the one that signs requests, whose certificate the document
    /// publishes too. Federations that sign metadata with a key of their own want it [unsigned](Self::to_xml).
    ///
    /// ```
    /// # use saml_sp::{Error, ServiceProvider};
    /// # fn publish(sp: &ServiceProvider) -> Result<String, Error> {
    /// sp.metadata().valid_for(chrono::Duration::days(14)).to_signed_xml()
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`to_xml`](Self::to_xml); `config-no-signing-key` without an active credential that signs,
    /// `config-signing-key-elsewhere` where [`to_sign`](Self::to_sign) is needed, `config-not-signed`,
    /// `config-no-randomness`.
    pub fn to_signed_xml(&self) -> Result<String, Error> {
        let key = self.signer()?.key()?;
        self.to_sign()?.sign(key)
    }

    /// The document, to be signed by a key that is somewhere else.
    ///
    /// ```
    /// # use saml_sp::{Error, ServiceProvider};
    /// # fn publish(sp: &ServiceProvider, kms: impl Fn(&[u8]) -> Vec<u8>) -> Result<String, Error> {
    /// let to_sign = sp.metadata().to_sign()?;
    /// let signature = kms(to_sign.octets());
    /// to_sign.finish(&signature)
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`to_xml`](Self::to_xml); `config-no-signing-key`, `config-no-randomness`.
    pub fn to_sign(&self) -> Result<ToSign<String>, Error> {
        let signer = self.signer()?;
        let id = MessageId::random().map_err(|_| ConfigError::NoRandomness)?;
        let xml = self.write(SpMetadata { id: Some(id.as_str().to_owned()), ..self.document.clone() })?;
        let how = (signer.own_algorithm(), DigestAlgorithm::Sha256);
        // It is our own document: the application's limits are for those of others.
        let limits = Limits::default().metadata();
        Ok(signer.enveloped(&xml, id.as_str(), how, &limits, |signed| signed)?)
    }

    /// What this document says, value by value, for a page from which administrators copy.
    ///
    /// ```
    /// use saml_sp::{ServiceProvider, urn};
    ///
    /// let sp = ServiceProvider::builder("https://app.example.com/saml", "https://app.example.com/saml/acs").build()?;
    /// let values = sp.metadata().name_id_format(urn::name_id_format::PERSISTENT).admin_values()?;
    /// assert_eq!(values.name_id_formats(), [urn::name_id_format::PERSISTENT]);
    /// # Ok::<(), saml_sp::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`to_xml`](Self::to_xml).
    pub fn admin_values(&self) -> Result<AdminValues, Error> {
        Ok(AdminValues::new(self.document.clone(), self.to_xml()?))
    }

    fn signer(&self) -> Result<Signer<'_>, ConfigError> {
        Signer::of(&self.settings.credentials).ok_or(ConfigError::NoMetadataSigner)
    }

    fn write(&self, mut document: SpMetadata) -> Result<String, ConfigError> {
        let seconds = |what, span: Option<Duration>| span.map(|span| lifetime(what, span)).transpose();
        let valid_for = seconds("validity of the metadata", self.valid_for)?;
        document.valid_until = valid_for.and_then(|span| self.now.checked_add_signed(span));
        let cache_for = seconds("time for which metadata may be kept", self.cache_for)?;
        document.cache_seconds = cache_for.map(|span| span.num_seconds());
        document.to_xml().map_err(|error| match error {
            NotWritten::Value(Unpublishable::Url { what, found, source }) => ConfigError::Url { what, found, source },
            NotWritten::Value(Unpublishable::Value { what, found, reason }) => {
                ConfigError::Description { what, found, reason }
            }
            NotWritten::Xml(_) => ConfigError::Unwritable,
        })
    }
}

fn lifetime(what: &'static str, found: Duration) -> Result<Duration, ConfigError> {
    let least = Duration::seconds(1);
    if found < least || found > MAX_LIFETIME {
        let (found, least, most) = (found.num_seconds(), least.num_seconds(), MAX_LIFETIME.num_seconds());
        return Err(ConfigError::OutOfRange { what, found, least, most });
    }
    Ok(found)
}

/// What the table of [`KeyState`] says, the active ones first: some readers take one key, and that is the first.
/// Certificates are containers of keys: whether they are in their time is not asked (IIP-MD12).
fn published_keys(credentials: &[Credential]) -> Vec<PublishedKey> {
    let purpose = |credential: &Credential| {
        let encryption = credential.decryption.is_some() && credential.state == KeyState::Active;
        match (credential.signing.is_some(), encryption) {
            (true, true) => Some(KeyPurpose::Any),
            (true, false) => Some(KeyPurpose::Signing),
            (false, true) => Some(KeyPurpose::Encryption),
            (false, false) => None,
        }
    };
    let (active, others): (Vec<_>, Vec<_>) =
        credentials.iter().partition(|credential| credential.state == KeyState::Active);
    let ordered = active.into_iter().chain(others);
    let published = ordered.filter_map(|credential| Some((purpose(credential)?, credential)));
    let published_key = |(purpose, key): (KeyPurpose, &Credential)| PublishedKey {
        purpose,
        certificate: key.certificate.clone(),
        decrypts_elsewhere: matches!(key.decryption, Some(Decryption::Elsewhere)),
    };
    published.map(published_key).collect()
}
