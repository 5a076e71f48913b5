//! Our own metadata: what identity providers have to know about a service provider.
//!
//! A plain description goes in, a document comes out. The order of elements is that of the schema (metadata 2.3.2, 2.4.1,
//! 2.4.2, 2.4.4) and is written down here, part by part, and nowhere else. What an application says about itself is looked
//! at while it is written: whatever comes out is valid.

mod attributes;
mod capabilities;
mod people;
mod ui_info;
mod value;

use chrono::{DateTime, Utc};

pub use self::attributes::{AttributeConsumingService, RequestedAttribute, SubjectIdRequirement};
pub use self::people::{ContactPerson, Organization};
pub use self::ui_info::UiInfo;

pub(crate) use self::attributes::EntityAttributes;
pub(crate) use self::capabilities::Capabilities;
pub(crate) use self::value::Unpublishable;

use self::value::{check_any_uri, check_uri};
use crate::crypto::Certificate;
use crate::saml::ids::{EntityId, Location};
use crate::saml::urn::{self, Binding};
use crate::text::quoted::Quoted;
use crate::text::{base64, instant};
use crate::xml::{WriteError, Writer, ns};

/// A service provider, as it describes itself.
#[derive(Clone, Debug)]
pub(crate) struct SpMetadata {
    pub(crate) entity_id: EntityId,
    /// What a signature of the document refers to.
    pub(crate) id: Option<String>,
    pub(crate) valid_until: Option<DateTime<Utc>>,
    /// Whole seconds for which a copy may be kept.
    pub(crate) cache_seconds: Option<i64>,
    pub(crate) capabilities: Capabilities,
    pub(crate) entity_attributes: EntityAttributes,
    pub(crate) authn_requests_signed: bool,
    pub(crate) want_assertions_signed: bool,
    pub(crate) ui_info: Option<UiInfo>,
    /// Where discovery services send users back to.
    pub(crate) discovery_responses: Vec<String>,
    pub(crate) keys: Vec<PublishedKey>,
    pub(crate) single_logout: Vec<LogoutService>,
    pub(crate) name_id_formats: Vec<String>,
    /// At least one: without it there is nothing to describe.
    pub(crate) assertion_consumers: (AssertionConsumer, Vec<AssertionConsumer>),
    pub(crate) attribute_consumers: Vec<AttributeConsumingService>,
    pub(crate) organization: Option<Organization>,
    pub(crate) contacts: Vec<ContactPerson>,
}

/// A key that we publish, in a certificate.
#[derive(Clone, Debug)]
pub(crate) struct PublishedKey {
    pub(crate) purpose: KeyPurpose,
    pub(crate) certificate: Certificate,
    /// Whether an HSM or a key management service decrypts with it.
    pub(crate) decrypts_elsewhere: bool,
}

/// What others may use a key of ours for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeyPurpose {
    /// To verify what we sign.
    Signing,
    /// To encrypt to us.
    Encryption,
    /// Both.
    Any,
}

/// Where we take logout messages.
#[derive(Clone, Debug)]
pub(crate) struct LogoutService {
    pub(crate) binding: Binding,
    pub(crate) location: Location,
}

/// Where we take answers: an assertion consumer service, always by POST.
#[derive(Clone, Debug)]
pub(crate) struct AssertionConsumer {
    pub(crate) location: Location,
    pub(crate) index: usize,
    /// Whether it is the default; no attribute where it does not say.
    pub(crate) is_default: Option<bool>,
}

/// Why there is no document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum NotWritten {
    Value(Unpublishable),
    Xml(WriteError),
}

impl From<Unpublishable> for NotWritten {
    fn from(value: Unpublishable) -> Self {
        Self::Value(value)
    }
}

impl SpMetadata {
    /// One with an entityID and an assertion consumer service, and nothing that may be left out.
    pub(crate) fn new(entity_id: EntityId, acs: Location, capabilities: Capabilities) -> Self {
        Self {
            entity_id,
            id: None,
            valid_until: None,
            cache_seconds: None,
            capabilities,
            entity_attributes: EntityAttributes::default(),
            authn_requests_signed: false,
            want_assertions_signed: false,
            ui_info: None,
            discovery_responses: Vec::new(),
            keys: Vec::new(),
            single_logout: Vec::new(),
            name_id_formats: Vec::new(),
            assertion_consumers: (AssertionConsumer { location: acs, index: 0, is_default: Some(true) }, Vec::new()),
            attribute_consumers: Vec::new(),
            organization: None,
            contacts: Vec::new(),
        }
    }

    /// The document, unsigned.
    pub(crate) fn to_xml(&self) -> Result<String, NotWritten> {
        check_any_uri("entityID", self.entity_id.as_str())?;
        let mut xml = Writer::new();
        let valid_until = self.valid_until.map(instant::format);
        let cache_duration = self.cache_seconds.map(|seconds| format!("PT{seconds}S"));
        xml.open("md:EntityDescriptor").attribute("xmlns:md", ns::MD);
        xml.optional("ID", self.id.as_deref())
            .optional("cacheDuration", cache_duration.as_deref())
            .attribute("entityID", self.entity_id.as_str())
            .optional("validUntil", valid_until.as_deref());
        xml.open("md:Extensions");
        if !self.entity_attributes.is_empty() {
            self.entity_attributes.write(&mut xml)?;
        }
        self.capabilities.write_signing(&mut xml);
        xml.close();
        self.write_role(&mut xml)?;
        if let Some(organization) = &self.organization {
            organization.write(&mut xml)?;
        }
        for contact in &self.contacts {
            contact.write(&mut xml)?;
        }
        xml.close();
        xml.finish().map_err(NotWritten::Xml)
    }

    /// SPSSODescriptor: first what every role has, then what every single sign-on role has, then its own.
    fn write_role(&self, xml: &mut Writer) -> Result<(), Unpublishable> {
        // What is false is left out, which means the same (metadata 2.4.4). Identity providers that import a written
        // "false" take it for a wish and switch their own default off.
        let if_true = |flag: bool| flag.then_some("true");
        xml.open("md:SPSSODescriptor")
            .optional("AuthnRequestsSigned", if_true(self.authn_requests_signed))
            .optional("WantAssertionsSigned", if_true(self.want_assertions_signed))
            .attribute("protocolSupportEnumeration", urn::PROTOCOL);
        self.write_role_extensions(xml)?;
        for key in &self.keys {
            key.write(xml, &self.capabilities);
        }
        for service in &self.single_logout {
            check_any_uri("md:SingleLogoutService", service.location.as_str())?;
            xml.open("md:SingleLogoutService")
                .attribute("Binding", service.binding.uri())
                .attribute("Location", service.location.as_str())
                .close();
        }
        for format in &self.name_id_formats {
            check_uri("md:NameIDFormat", format)?;
            xml.open("md:NameIDFormat").text(format).close();
        }
        let (first, further) = &self.assertion_consumers;
        for consumer in std::iter::once(first).chain(further) {
            let (what, location) = ("md:AssertionConsumerService", consumer.location.as_str());
            check_any_uri(what, location)?;
            check_index(what, location, consumer.index)?;
            xml.open(what)
                .attribute("Binding", urn::binding::POST)
                .attribute("Location", location)
                .attribute("index", &consumer.index.to_string())
                .optional("isDefault", consumer.is_default.map(boolean))
                .close();
        }
        self.check_attribute_consumers()?;
        for service in &self.attribute_consumers {
            service.write(xml)?;
        }
        xml.close();
        Ok(())
    }

    fn write_role_extensions(&self, xml: &mut Writer) -> Result<(), Unpublishable> {
        // The schema wants something inside.
        if self.ui_info.is_none() && self.discovery_responses.is_empty() {
            return Ok(());
        }
        xml.open("md:Extensions");
        if let Some(ui_info) = &self.ui_info {
            ui_info.write(xml)?;
        }
        for (index, url) in self.discovery_responses.iter().enumerate() {
            let what = "idpdisc:DiscoveryResponse";
            let found = || Quoted::new(url);
            Location::new(url).map_err(|source| Unpublishable::Url { what, found: found(), source })?;
            check_any_uri(what, url)?;
            let index =
                u16::try_from(index).map_err(|_| Unpublishable::value(what, url, "there are 65,536 before it"))?;
            xml.open(what)
                .attribute("xmlns:idpdisc", ns::IDPDISC)
                .attribute("Binding", ns::IDPDISC)
                .attribute("Location", url)
                .attribute("index", &index.to_string())
                .close();
        }
        xml.close();
        Ok(())
    }

    /// What a request names by its index is one thing, and at most one is the default (metadata 2.4.4).
    fn check_attribute_consumers(&self) -> Result<(), Unpublishable> {
        let name = "md:AttributeConsumingService";
        let refused = |index: u16, reason| Err(Unpublishable::value(name, &index.to_string(), reason));
        let mut indexes = Vec::new();
        let mut default = false;
        for AttributeConsumingService { index, is_default, .. } in &self.attribute_consumers {
            if indexes.contains(index) {
                return refused(*index, "another has the same index");
            }
            if *is_default && std::mem::replace(&mut default, true) {
                return refused(*index, "another is the default already");
            }
            indexes.push(*index);
        }
        Ok(())
    }
}

impl PublishedKey {
    fn write(&self, xml: &mut Writer, capabilities: &Capabilities) {
        let purpose = match self.purpose {
            KeyPurpose::Signing => Some("signing"),
            KeyPurpose::Encryption => Some("encryption"),
            KeyPurpose::Any => None,
        };
        xml.open("md:KeyDescriptor").optional("use", purpose);
        xml.open("ds:KeyInfo").attribute("xmlns:ds", ns::DS).open("ds:X509Data").open("ds:X509Certificate");
        xml.text(&base64::encode(self.certificate.der())).close().close().close();
        if self.purpose != KeyPurpose::Signing {
            capabilities.write_encryption(xml, self.decrypts_elsewhere);
        }
        xml.close();
    }
}

/// An index is an unsignedShort (metadata 2.2.3); who has more endpoints than that has them by tenant.
fn check_index(what: &'static str, location: &str, index: usize) -> Result<(), Unpublishable> {
    match u16::try_from(index) {
        Ok(_) => Ok(()),
        Err(_) => Err(Unpublishable::value(what, location, "there are 65,536 before it")),
    }
}

fn boolean(value: bool) -> &'static str {
    if value { "true" } else { "false" }
}
