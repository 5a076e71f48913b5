//! What the test identity provider knows about a service provider: a copy of its metadata, which may be an old one.

use super::{Encrypted, Encryption, TestIdp, TestIdpError};
use crate::crypto::{AlgorithmPolicy, Certificate, SignatureAlgorithm, VerifyingKey};
use crate::dsig::{self, Engine, Signature};
use crate::limits::Limits;
use crate::text::base64;
use crate::xml::{Document, Element, Name};

/// A service provider, as its metadata described it.
#[derive(Clone, Debug)]
pub(super) struct Known {
    entity_id: String,
    pub(super) signs_requests: bool,
    verify_with: Vec<VerifyingKey>,
    encrypt_to: Vec<VerifyingKey>,
}

impl TestIdp {
    /// Takes a copy of a service provider's metadata, in the place of an older one. From then on its requests are refused
    /// where their signature is wrong, or missing against what the metadata says; and [`encryption`](Self::encryption) knows
    /// its key.
    ///
    /// # Errors
    /// Where the document is no metadata of a service provider.
    pub fn know(&mut self, sp_metadata: &str) -> Result<(), TestIdpError> {
        let known = Known::read(sp_metadata)?;
        self.known.retain(|other| other.entity_id != known.entity_id);
        self.known.push(known);
        Ok(())
    }

    /// Says in its metadata that it wants requests signed, and refuses those of [known](Self::know) service providers that
    /// are not.
    #[must_use]
    pub fn want_signed_requests(mut self) -> Self {
        self.wants_signed_requests = true;
        self
    }

    /// Encrypts to the first key that the metadata of a [known](Self::know) service provider offers for it.
    ///
    /// # Errors
    /// Where the service provider is not known, or offers no such key.
    pub fn encryption(&self, sp_entity_id: &str, what: Encrypted) -> Result<Encryption, TestIdpError> {
        let key = self.known(sp_entity_id).and_then(|known| known.encrypt_to.first());
        let key =
            key.ok_or_else(|| TestIdpError::new("encrypt", format!("to {sp_entity_id}, whose key is not known")))?;
        Ok(Encryption::to_spki(what, key.spki().to_vec()))
    }

    pub(super) fn known(&self, sp_entity_id: &str) -> Option<&Known> {
        self.known.iter().find(|known| known.entity_id == sp_entity_id)
    }
}

impl Known {
    fn read(metadata: &str) -> Result<Self, TestIdpError> {
        let doing = "read the metadata of a service provider";
        let document = Document::parse(metadata.as_bytes(), &Limits::default().metadata())
            .map_err(|error| TestIdpError::new(doing, error))?;
        let root = document.root();
        let missing = |what: &str| TestIdpError::new(doing, format!("it has no {what}"));
        let role = root.child(Name::md("SPSSODescriptor")).ok_or_else(|| missing("SPSSODescriptor"))?;
        let mut known = Self {
            entity_id: root.attribute("entityID").ok_or_else(|| missing("entityID"))?.to_owned(),
            signs_requests: role.attribute("AuthnRequestsSigned") == Some("true"),
            verify_with: Vec::new(),
            encrypt_to: Vec::new(),
        };
        for descriptor in role.children().filter(|child| child.is(Name::md("KeyDescriptor"))) {
            let key = key(descriptor).ok_or_else(|| missing("certificate in a KeyDescriptor"))?;
            let purpose = descriptor.attribute("use");
            if purpose != Some("encryption") {
                known.verify_with.push(key.clone());
            }
            if purpose != Some("signing") {
                known.encrypt_to.push(key);
            }
        }
        Ok(known)
    }

    /// Whether a query is signed; over its octets as they came, in the order of bindings 3.4.4.1.
    pub(super) fn verify_query(&self, query: &str) -> Result<bool, TestIdpError> {
        let raw =
            |name: &str| query.split('&').find(|pair| pair.split_once('=').is_some_and(|(known, _)| known == name));
        let value = |name: &str| {
            let (_, value) = url::form_urlencoded::parse(raw(name)?.as_bytes()).next()?;
            Some(value.into_owned())
        };
        let Some(signature) = value("Signature") else { return Ok(false) };
        let wrong = |reason: &str| TestIdpError::new("verify a query", reason);
        let uri = value("SigAlg").ok_or_else(|| wrong("it has no SigAlg"))?;
        let algorithm = SignatureAlgorithm::from_uri(&uri).ok_or_else(|| wrong("its SigAlg is unknown"))?;
        let signature = base64::decode(signature.as_bytes(), Limits::default().message_bytes)
            .map_err(|_| wrong("its Signature is not base64"))?;
        let octets: Vec<&str> =
            ["SAMLRequest", "SAMLResponse", "RelayState", "SigAlg"].into_iter().filter_map(raw).collect();
        let octets = octets.join("&");
        let fits = |key: &&VerifyingKey| AlgorithmPolicy::new().check_signature(algorithm, key).is_ok();
        let mut keys = self.verify_with.iter().filter(fits);
        if keys.any(|key| key.verify(algorithm, octets.as_bytes(), &signature)) {
            return Ok(true);
        }
        Err(wrong("no key of the service provider verifies its signature"))
    }

    /// Whether a message is signed.
    pub(super) fn verify_document(&self, xml: &str) -> Result<bool, TestIdpError> {
        let doing = "verify a message";
        let limits = Limits::default();
        let document =
            Document::parse(xml.as_bytes(), &limits.message()).map_err(|error| TestIdpError::new(doing, error))?;
        let signature = Signature::of(document.root(), &limits).map_err(|error| TestIdpError::new(doing, error))?;
        let Some(signature) = signature else { return Ok(false) };
        dsig::verify(Engine::Native, &signature, &self.verify_with, &AlgorithmPolicy::new())
            .map(|_| true)
            .map_err(|error| TestIdpError::new(doing, error))
    }
}

fn key(descriptor: Element<'_>) -> Option<VerifyingKey> {
    let mut inside = descriptor.descendants_or_self();
    let certificate = inside.find(|element| element.is(Name::ds("X509Certificate")))?.text()?.into_owned();
    let der = base64::decode(certificate.as_bytes(), Limits::default().metadata_bytes).ok()?;
    Some(Certificate::from_der(&der).ok()?.key().clone())
}
