//! What an administrator copies into an identity provider, as values for a page.

use crate::crypto::Certificate;
use crate::saml::metadata::sp::{KeyPurpose, LogoutService, PublishedKey, SpMetadata};
use crate::saml::product::{Product, SpValue};
use crate::saml::urn::Binding;
use crate::text::base64;

/// What an administrator has to enter at an identity provider: the metadata, value by value.
///
/// ```
/// use saml_sp::{Product, ServiceProvider};
///
/// let sp = ServiceProvider::builder("https://app.example.com/saml", "https://app.example.com/saml/acs").build()?;
/// let values = sp.admin_values()?;
/// let mut page = String::new();
/// for value in values.for_product(Product::EntraId) {
///     page += &format!("{}: {}: {}\n", value.way, value.field, value.value); // escape it in HTML
/// }
/// assert!(page.contains("Basic SAML Configuration > Identifier (Entity ID): https://app.example.com/saml\n"));
/// # Ok::<(), saml_sp::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct AdminValues {
    document: SpMetadata,
    certificates: Vec<AdminCertificate>,
    metadata_xml: String,
}

/// A certificate of the service, and what identity providers need it for.
///
/// ```
/// use saml_sp::AdminValues;
///
/// /// The lines above the buttons that download them.
/// fn certificates(values: &AdminValues) -> Vec<String> {
///     let line = |one: &saml_sp::AdminCertificate| {
///         let what = if one.encrypts() { "to encrypt to us" } else { "to verify our signatures" };
///         format!("{}, {what}, until {}, {} bytes", one.certificate().subject(), one.certificate().not_after(), one.pem().len())
///     };
///     values.certificates().iter().map(line).collect()
/// }
/// ```
#[derive(Clone, Debug)]
pub struct AdminCertificate {
    certificate: Certificate,
    purpose: KeyPurpose,
}

/// A field of a product with a value of this service in it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AdminValue {
    /// To which [way](crate::Way) of setting it up the field belongs: any one way is enough.
    pub way: &'static str,
    /// The product's own name for the field.
    pub field: &'static str,
    /// What the value is. Certificates and metadata are many lines, which products take as a file.
    pub what: SpValue,
    /// The value: a line, a certificate in PEM, or the metadata document.
    pub value: String,
}

impl AdminValues {
    pub(super) fn new(document: SpMetadata, metadata_xml: String) -> Self {
        let certificate =
            |key: &PublishedKey| AdminCertificate { certificate: key.certificate.clone(), purpose: key.purpose };
        let certificates = document.keys.iter().map(certificate).collect();
        Self { document, certificates, metadata_xml }
    }

    /// The entityID: what is called entity ID, identifier, or issuer of the service provider.
    #[must_use]
    pub fn entity_id(&self) -> &str {
        self.document.entity_id.as_str()
    }

    /// What assertions have to name as their audience: the entityID.
    #[must_use]
    pub fn audience(&self) -> &str {
        self.entity_id()
    }

    /// The default ACS URL: what is called reply URL, callback URL, or single sign-on URL of the service provider.
    #[must_use]
    pub fn acs_url(&self) -> &str {
        self.document.assertion_consumers.0.location.as_str()
    }

    /// What a login's answer has to name as Recipient and Destination: the ACS URL that it was asked to come to, by default
    /// this one.
    #[must_use]
    pub fn recipient(&self) -> &str {
        self.acs_url()
    }

    /// The other ACS URLs, in the order of the metadata.
    pub fn further_acs_urls(&self) -> impl Iterator<Item = &str> {
        self.document.assertion_consumers.1.iter().map(|consumer| consumer.location.as_str())
    }

    /// The URL for logout messages, where there is one: that for Redirect, else for POST, else for SOAP.
    #[must_use]
    pub fn slo_url(&self) -> Option<&str> {
        let by = |binding: &Binding| self.document.single_logout.iter().find(|service| service.binding == *binding);
        let service: Option<&LogoutService> = [Binding::Redirect, Binding::Post, Binding::Soap].iter().find_map(by);
        service.map(|service| service.location.as_str())
    }

    /// Every URL for logout messages with its binding, in the order of the metadata.
    pub fn slo_urls(&self) -> impl Iterator<Item = (&Binding, &str)> {
        self.document.single_logout.iter().map(|service| (&service.binding, service.location.as_str()))
    }

    /// The formats of names that the metadata asks for; by default none, and any is taken. Where a product wants one to be
    /// chosen, a persistent one is best.
    #[must_use]
    pub fn name_id_formats(&self) -> &[String] {
        &self.document.name_id_formats
    }

    /// The certificates of the metadata, those in use first.
    #[must_use]
    pub fn certificates(&self) -> &[AdminCertificate] {
        &self.certificates
    }

    /// The certificate to verify our signatures with, the first of the metadata: the active one, where there is one.
    #[must_use]
    pub fn signing_certificate(&self) -> Option<&AdminCertificate> {
        self.certificates.iter().find(|certificate| certificate.verifies())
    }

    /// The certificate to encrypt to us with, where there is one.
    #[must_use]
    pub fn encryption_certificate(&self) -> Option<&AdminCertificate> {
        self.certificates.iter().find(|certificate| certificate.encrypts())
    }

    /// The metadata document, unsigned.
    #[must_use]
    pub fn metadata_xml(&self) -> &str {
        &self.metadata_xml
    }

    /// The fields of a product, by its own names, with what goes into them; fields for what this service does not have, such as
    /// a logout URL, are left out. The order is that of [`Product::guide`].
    #[must_use]
    pub fn for_product(&self, product: Product) -> Vec<AdminValue> {
        let ways = product.guide().ways.iter();
        let entries = ways.flat_map(|way| way.enter.iter().map(|entry| (way.name, entry.field, entry.value)));
        entries
            .filter_map(|(way, field, what)| Some(AdminValue { way, field, what, value: self.value(what)? }))
            .collect()
    }

    /// One of them, where this service has it.
    #[must_use]
    pub fn value(&self, what: SpValue) -> Option<String> {
        match what {
            SpValue::EntityId => Some(self.entity_id().to_owned()),
            SpValue::AcsUrl => Some(self.acs_url().to_owned()),
            SpValue::AcsUrlPattern => Some(pattern(self.acs_url())),
            SpValue::SloUrl => self.slo_url().map(str::to_owned),
            SpValue::SigningCertificate => self.signing_certificate().map(AdminCertificate::pem),
            SpValue::EncryptionCertificate => self.encryption_certificate().map(AdminCertificate::pem),
            SpValue::Metadata => Some(self.metadata_xml.clone()),
        }
    }
}

impl AdminCertificate {
    /// The certificate: its subject, its dates, its fingerprint.
    #[must_use]
    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// Whether our signatures are verified with it.
    #[must_use]
    pub fn verifies(&self) -> bool {
        self.purpose != KeyPurpose::Encryption
    }

    /// Whether identity providers may encrypt to it.
    #[must_use]
    pub fn encrypts(&self) -> bool {
        self.purpose != KeyPurpose::Signing
    }

    /// As a file: PEM (RFC 7468), with a line break at its end.
    #[must_use]
    pub fn pem(&self) -> String {
        let mut pem = "-----BEGIN CERTIFICATE-----\n".to_owned();
        let mut line = 0;
        for character in base64::encode(self.certificate.der()).chars() {
            if line == 64 {
                pem.push('\n');
                line = 0;
            }
            pem.push(character);
            line += 1;
        }
        pem + "\n-----END CERTIFICATE-----\n"
    }
}

/// A regular expression that matches this URL and no other line, as Ruby and JavaScript read it.
fn pattern(url: &str) -> String {
    let mut pattern = "^".to_owned();
    for character in url.chars() {
        if character.is_ascii_punctuation() && !matches!(character, ':' | '-' | '_' | '=' | '&' | '%' | '~' | '@') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern + "$"
}
