//! The metadata of the test identity provider, as plain as can be or as a product writes it.

use super::answer::new_id;
use super::products::{Published, WebServices};
use super::{TestIdp, TestIdpError};
use crate::error::Error;
use crate::saml::metadata::{IdentityProvider, Metadata, MetadataTrust};
use crate::saml::urn;
use crate::xml::{WriteError, Writer, ns};

/// What metadata of Microsoft's says in the roles of WS-Federation, which stand before the one that counts here.
const FEDERATION: &str = "http://docs.oasis-open.org/wsfed/federation/200706";

impl TestIdp {
    /// Its metadata document.
    ///
    /// # Errors
    /// Where the entityID or the URL cannot stand in XML.
    pub fn metadata(&self) -> Result<String, TestIdpError> {
        let published = self.imitation.map_or(Published::PLAIN, |imitation| imitation.metadata);
        let id = published.signed.then(new_id);
        let xml = self.write_metadata(&published, id.as_deref());
        let xml = xml.map_err(|error| TestIdpError::new("write its metadata", error))?;
        // Our own writer's text: a `<` stands only where a tag begins.
        let xml = if published.default_namespace {
            xml.replace("<md:", "<").replace("</md:", "</").replacen(" xmlns:md=", " xmlns=", 1)
        } else {
            xml
        };
        match id {
            Some(id) => self.sign_element(&xml, &id),
            None => Ok(xml),
        }
    }

    /// This identity provider as a service provider sees it: its metadata, imported. Of a product that has none, what its
    /// administrator would copy.
    ///
    /// # Errors
    /// What [`Metadata::read`] refuses.
    pub fn identity_provider(&self) -> Result<IdentityProvider, Error> {
        if self.imitation.is_some_and(|imitation| imitation.metadata.by_hand) {
            return Ok(IdentityProvider::manual(&self.entity_id, self.first_sso_url(), self.certificate())?);
        }
        let unusable = |_| crate::error::ConfigError::Unwritable;
        let metadata = self.metadata().map_err(unusable)?;
        Ok(Metadata::read(metadata.as_bytes(), MetadataTrust::Transport)?.only_identity_provider()?)
    }

    fn write_metadata(&self, published: &Published, id: Option<&str>) -> Result<String, WriteError> {
        let mut w = Writer::new();
        w.open("md:EntityDescriptor").attribute("xmlns:md", ns::MD).optional("ID", id);
        w.attribute("entityID", &self.entity_id);
        if let Some(services) = &published.web_services {
            self.write_web_services(services, &mut w);
        }
        w.open("md:IDPSSODescriptor");
        w.optional("WantAuthnRequestsSigned", self.wants_signed_requests.then_some("true"));
        w.attribute("protocolSupportEnumeration", published.protocols);
        if let Some(scope) = published.scope {
            w.open("md:Extensions").open("shibmd:Scope").attribute("xmlns:shibmd", ns::SHIBMD);
            w.attribute("regexp", "false").text(scope).close().close();
        }
        if published.encryption_key {
            write_key(&self.key.certificate_base64(), "encryption", &mut w);
        }
        for key in std::iter::once(&self.key).chain(&self.further_keys) {
            write_key(&key.certificate_base64(), "signing", &mut w);
        }
        self.write_logout(published, &mut w);
        for format in published.name_id_formats {
            w.open("md:NameIDFormat").text(format).close();
        }
        for (binding, url) in self.sso_endpoints(published) {
            w.open("md:SingleSignOnService").attribute("Binding", binding).attribute("Location", url).close();
        }
        w.close().close();
        w.finish()
    }

    fn sso_endpoints<'a>(&'a self, published: &Published) -> Vec<(&'static str, &'a str)> {
        match &self.sso_url {
            Some(url) => vec![(urn::binding::REDIRECT, url), (urn::binding::POST, url)],
            None => published.sso.to_vec(),
        }
    }

    fn first_sso_url(&self) -> &str {
        let published = self.imitation.map_or(Published::PLAIN, |imitation| imitation.metadata);
        let url = published.sso.first().map(|(_, url)| *url);
        self.sso_url.as_deref().or(url).unwrap_or_default()
    }

    fn write_logout(&self, published: &Published, w: &mut Writer) {
        let ours = self.slo_endpoints.iter().map(|(binding, url)| (binding.uri(), url.as_str()));
        let endpoints: Vec<(&str, &str)> = match self.slo_endpoints.is_empty() {
            true => published.slo.to_vec(),
            false => ours.collect(),
        };
        for (binding, url) in endpoints {
            w.open("md:SingleLogoutService").attribute("Binding", binding).attribute("Location", url);
            w.optional("ResponseLocation", self.slo_response_url.as_deref()).close();
        }
    }

    /// A service that issues tokens and one that takes them, with the key that signs here.
    fn write_web_services(&self, services: &WebServices, w: &mut Writer) {
        for (kind, endpoint) in [
            ("fed:SecurityTokenServiceType", "fed:PassiveRequestorEndpoint"),
            ("fed:ApplicationServiceType", "fed:ApplicationServiceEndpoint"),
        ] {
            w.open("md:RoleDescriptor").attribute("xmlns:xsi", ns::XSI).attribute("xmlns:fed", FEDERATION);
            w.attribute("xsi:type", kind).attribute("protocolSupportEnumeration", FEDERATION);
            write_key(&self.key.certificate_base64(), "signing", w);
            w.open(endpoint).open("wsa:EndpointReference");
            w.attribute("xmlns:wsa", "http://www.w3.org/2005/08/addressing");
            w.open("wsa:Address").text(services.url).close().close().close().close();
        }
    }
}

fn write_key(certificate: &str, purpose: &'static str, w: &mut Writer) {
    w.open("md:KeyDescriptor").attribute("use", purpose);
    w.open("ds:KeyInfo").attribute("xmlns:ds", ns::DS).open("ds:X509Data").open("ds:X509Certificate");
    w.text(certificate).close().close().close().close();
}
