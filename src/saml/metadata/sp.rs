//! Our own metadata: what identity providers have to know about a service provider.
//!
//! A plain description goes in, a document comes out. The order of elements is that of the schema (metadata 2.3.2, 2.4.1,
//! 2.4.2, 2.4.4) and is written down here and nowhere else.

use chrono::{DateTime, Utc};

use crate::crypto::Certificate;
use crate::saml::ids::{EntityId, Location};
use crate::saml::urn::{self, Binding};
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
    pub(crate) cache_seconds: Option<u32>,
    pub(crate) authn_requests_signed: bool,
    pub(crate) want_assertions_signed: bool,
    pub(crate) keys: Vec<PublishedKey>,
    pub(crate) single_logout: Vec<LogoutService>,
    pub(crate) name_id_formats: Vec<String>,
    /// At least one: without it there is nothing to describe.
    pub(crate) assertion_consumers: (AssertionConsumer, Vec<AssertionConsumer>),
}

/// A key that we publish, in a certificate.
#[derive(Clone, Debug)]
pub(crate) struct PublishedKey {
    pub(crate) purpose: KeyPurpose,
    pub(crate) certificate: Certificate,
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
    pub(crate) response_location: Option<Location>,
}

/// Where we take answers: an assertion consumer service, always by POST.
#[derive(Clone, Debug)]
pub(crate) struct AssertionConsumer {
    pub(crate) location: Location,
    pub(crate) index: u16,
    /// Whether it is the default; no attribute where it does not say.
    pub(crate) is_default: Option<bool>,
}

impl SpMetadata {
    /// One with an entityID and an assertion consumer service, and nothing that may be left out.
    pub(crate) fn new(entity_id: EntityId, acs: Location) -> Self {
        Self {
            entity_id,
            id: None,
            valid_until: None,
            cache_seconds: None,
            authn_requests_signed: false,
            want_assertions_signed: false,
            keys: Vec::new(),
            single_logout: Vec::new(),
            name_id_formats: Vec::new(),
            assertion_consumers: (AssertionConsumer { location: acs, index: 0, is_default: Some(true) }, Vec::new()),
        }
    }

    /// The document, unsigned.
    pub(crate) fn to_xml(&self) -> Result<String, WriteError> {
        let mut xml = Writer::new();
        let valid_until = self.valid_until.map(instant::format);
        let cache_duration = self.cache_seconds.map(|seconds| format!("PT{seconds}S"));
        xml.open("md:EntityDescriptor").attribute("xmlns:md", ns::MD);
        xml.optional("ID", self.id.as_deref())
            .optional("cacheDuration", cache_duration.as_deref())
            .attribute("entityID", self.entity_id.as_str())
            .optional("validUntil", valid_until.as_deref());
        self.write_role(&mut xml);
        xml.close();
        xml.finish()
    }

    /// SPSSODescriptor: first what every role has, then what every single sign-on role has, then its own.
    fn write_role(&self, xml: &mut Writer) {
        xml.open("md:SPSSODescriptor")
            .attribute("AuthnRequestsSigned", boolean(self.authn_requests_signed))
            .attribute("WantAssertionsSigned", boolean(self.want_assertions_signed))
            .attribute("protocolSupportEnumeration", urn::PROTOCOL);
        for key in &self.keys {
            key.write(xml);
        }
        for service in &self.single_logout {
            xml.open("md:SingleLogoutService")
                .attribute("Binding", service.binding.uri())
                .attribute("Location", service.location.as_str())
                .optional("ResponseLocation", service.response_location.as_ref().map(Location::as_str))
                .close();
        }
        for format in &self.name_id_formats {
            xml.open("md:NameIDFormat").text(format).close();
        }
        let (first, further) = &self.assertion_consumers;
        for consumer in std::iter::once(first).chain(further) {
            xml.open("md:AssertionConsumerService")
                .attribute("Binding", urn::binding::POST)
                .attribute("Location", consumer.location.as_str())
                .attribute("index", &consumer.index.to_string())
                .optional("isDefault", consumer.is_default.map(boolean))
                .close();
        }
        xml.close();
    }
}

impl PublishedKey {
    fn write(&self, xml: &mut Writer) {
        let purpose = match self.purpose {
            KeyPurpose::Signing => Some("signing"),
            KeyPurpose::Encryption => Some("encryption"),
            KeyPurpose::Any => None,
        };
        xml.open("md:KeyDescriptor").optional("use", purpose);
        xml.open("ds:KeyInfo").attribute("xmlns:ds", ns::DS).open("ds:X509Data").open("ds:X509Certificate");
        xml.text(&base64::encode(self.certificate.der())).close().close().close().close();
    }
}

fn boolean(value: bool) -> &'static str {
    if value { "true" } else { "false" }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example() -> SpMetadata {
        SpMetadata::new(
            EntityId::new("https://app.example.com/saml?a=1&b=2").unwrap(),
            Location::new("https://app.example.com/saml/acs").unwrap(),
        )
    }

    #[test]
    fn the_least_document() {
        let expected = concat!(
            r#"<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="https://app.example.com/saml?a=1&amp;b=2">"#,
            r#"<md:SPSSODescriptor AuthnRequestsSigned="false" WantAssertionsSigned="false" protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">"#,
            r#"<md:AssertionConsumerService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="https://app.example.com/saml/acs" index="0" isDefault="true"></md:AssertionConsumerService>"#,
            r#"</md:SPSSODescriptor></md:EntityDescriptor>"#,
        );
        let written = example().to_xml().unwrap().replace("/>", "></md:AssertionConsumerService>");
        assert_eq!(written, expected);
    }

    /// Everything set. `SAML_SP_WRITE` names a file to validate against the schemas by hand.
    #[test]
    fn sdp_md05_everything_in_the_order_of_the_schema() {
        let mut sp = example();
        let certificate =
            Certificate::from_pasted(super::super::tests::RSA_CERTIFICATE.as_bytes()).unwrap().certificate;
        sp.id = Some("_1".to_owned());
        sp.valid_until = DateTime::from_timestamp(1_768_478_400, 0);
        sp.cache_seconds = Some(3600);
        for purpose in [KeyPurpose::Signing, KeyPurpose::Encryption, KeyPurpose::Any] {
            sp.keys.push(PublishedKey { purpose, certificate: certificate.clone() });
        }
        sp.single_logout.push(LogoutService {
            binding: Binding::Redirect,
            location: Location::new("https://app.example.com/saml/slo").unwrap(),
            response_location: Some(Location::new("https://app.example.com/saml/slo-answer").unwrap()),
        });
        sp.name_id_formats.push(urn::name_id_format::PERSISTENT.to_owned());
        sp.assertion_consumers.1.push(AssertionConsumer {
            location: Location::new("https://app.example.com/other/acs").unwrap(),
            index: 1,
            is_default: None,
        });
        let xml = sp.to_xml().unwrap();
        let mut rest = xml.as_str();
        for element in [
            "<md:EntityDescriptor",
            "<md:SPSSODescriptor",
            r#"<md:KeyDescriptor use="signing""#,
            r#"<md:KeyDescriptor use="encryption""#,
            "<md:KeyDescriptor>",
            "<md:SingleLogoutService",
            "<md:NameIDFormat",
            "<md:AssertionConsumerService",
            r#"index="1""#,
        ] {
            let at = rest.find(element).unwrap_or_else(|| panic!("{element} is missing or out of order in {xml}"));
            rest = &rest[at + element.len()..];
        }
        if let Ok(path) = std::env::var("SAML_SP_WRITE") {
            std::fs::write(path, xml).unwrap();
        }
    }
}
