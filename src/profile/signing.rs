//! Signatures on what we send: who signs and by what, and the two steps for a key that is somewhere else.

use std::fmt;

use super::settings::Settings;
use crate::binding::soap;
use crate::crypto::credential::Signing;
use crate::crypto::{Certificate, Credential, DigestAlgorithm, KeyState, SignatureAlgorithm, SigningKey, signing_key};
use crate::dsig::sign::{SignOptions, prepare};
use crate::error::{ConfigError, Error};
use crate::saml::metadata::IdentityProvider;
use crate::text::quoted::Quoted;
use crate::xml::XmlLimits;

/// A message that waits for its signature, by a key that is somewhere else: in an HSM, in a key management service.
///
/// Hand [`octets`](Self::octets) to the key, to be signed by [`algorithm`](Self::algorithm), and what comes back to
/// [`finish`](Self::finish). Nothing here waits or does I/O: the wait between the two steps is yours, and the value can be
/// held across an `await`.
#[must_use = "the message is not made before its signature comes"]
pub struct ToSign<T> {
    octets: Vec<u8>,
    algorithm: SignatureAlgorithm,
    certificate: Certificate,
    message: Message<T>,
}

type Message<T> = Box<dyn FnOnce(&[u8]) -> T + Send + Sync>;

impl<T> ToSign<T> {
    /// What is to be signed: the octets themselves, and not a digest of them.
    #[must_use]
    pub fn octets(&self) -> &[u8] {
        &self.octets
    }

    /// What they are to be signed by.
    #[must_use]
    pub fn algorithm(&self) -> SignatureAlgorithm {
        self.algorithm
    }

    /// The certificate whose private key is to sign. Find the key in your service by its
    /// [fingerprint](Certificate::sha256), or by that of its [public key](crate::VerifyingKey::spki_sha256).
    #[must_use]
    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// The message with its signature. ECDSA signatures may come in either form, r‖s or DER.
    ///
    /// # Errors
    /// `config-foreign-signature`: it was checked, and it is not the key's signature of the octets by the algorithm.
    pub fn finish(self, signature: &[u8]) -> Result<T, Error> {
        let key = self.certificate.key();
        let signature = key.signature_in_xml_form(signature);
        if !key.verify(self.algorithm, &self.octets, &signature) {
            let (algorithm, key) = (self.algorithm, Quoted::new(key.to_string()));
            return Err(ConfigError::ForeignSignature { algorithm, key }.into());
        }
        Ok((self.message)(&signature))
    }

    /// What the message becomes once it is signed.
    pub(super) fn map<U>(self, then: impl FnOnce(T) -> U + Send + Sync + 'static) -> ToSign<U>
    where
        T: 'static,
    {
        let Self { octets, algorithm, certificate, message } = self;
        ToSign { octets, algorithm, certificate, message: Box::new(move |signature| then(message(signature))) }
    }

    /// As [`finish`](Self::finish), with a key that is here.
    pub(crate) fn sign(self, key: &SigningKey) -> Result<T, Error> {
        let unsigned = |_| ConfigError::NotSigned { algorithm: self.algorithm };
        let signature = key.sign(self.algorithm, &self.octets).map_err(unsigned)?;
        Ok((self.message)(&signature))
    }
}

impl<T> fmt::Debug for ToSign<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ToSign({} octets, {}, {})", self.octets.len(), self.algorithm, self.certificate.sha256())
    }
}

/// The credential that signs what we send.
#[derive(Clone, Copy)]
pub(crate) struct Signer<'s> {
    certificate: &'s Certificate,
    signing: &'s Signing,
}

impl<'s> Signer<'s> {
    /// The active one, of which there is at most one.
    pub(crate) fn of(credentials: &'s [Credential]) -> Option<Self> {
        let mut active = credentials.iter().filter(|credential| credential.state == KeyState::Active);
        active.find_map(|credential| {
            Some(Self { certificate: &credential.certificate, signing: credential.signing.as_ref()? })
        })
    }

    /// Who signs requests to this identity provider; `None` where they go unsigned.
    pub(crate) fn of_requests(settings: &'s Settings, idp: &IdentityProvider) -> Result<Option<Self>, ConfigError> {
        if !settings.always_sign_requests && !idp.wants_authn_requests_signed() {
            return Ok(None);
        }
        Self::wanted_by(settings, idp).map(Some)
    }

    /// Who signs what this identity provider takes only signed.
    pub(crate) fn wanted_by(settings: &'s Settings, idp: &IdentityProvider) -> Result<Self, ConfigError> {
        let missing = || ConfigError::NoSigningKey { wanted_by: Quoted::new(idp.entity_id().as_str()) };
        Self::of(&settings.credentials).ok_or_else(missing)
    }

    /// The private key, where it is here.
    pub(crate) fn key(&self) -> Result<&'s SigningKey, ConfigError> {
        match self.signing {
            Signing::Here(key) => Ok(key),
            Signing::Elsewhere(_) => {
                Err(ConfigError::SigningKeyElsewhere { subject: Quoted::new(self.certificate.subject()) })
            }
        }
    }

    /// The octets of a message without an XML signature: a query.
    pub(crate) fn detached<T>(
        &self,
        octets: String,
        algorithm: SignatureAlgorithm,
        message: impl FnOnce(String, &[u8]) -> T + Send + Sync + 'static,
    ) -> ToSign<T> {
        ToSign {
            octets: octets.clone().into_bytes(),
            algorithm,
            certificate: self.certificate.clone(),
            message: Box::new(move |signature| message(octets, signature)),
        }
    }

    /// A document whose element with this ID is to be signed, exclusively canonicalized, with our certificate in KeyInfo.
    pub(crate) fn enveloped<T>(
        &self,
        xml: &str,
        id: &str,
        (algorithm, digest): (SignatureAlgorithm, DigestAlgorithm),
        limits: &XmlLimits,
        message: impl FnOnce(String) -> T + Send + Sync + 'static,
    ) -> Result<ToSign<T>, ConfigError> {
        let certificate = Some(self.certificate.der().to_vec());
        let options = SignOptions { digest, certificate, ..SignOptions::new(algorithm) };
        let prepared = prepare(xml, id, &options, limits).map_err(|_| ConfigError::Unwritable)?;
        Ok(ToSign {
            octets: prepared.octets().to_vec(),
            algorithm,
            certificate: self.certificate.clone(),
            message: Box::new(move |signature| message(prepared.finish(signature))),
        })
    }

    /// As [`enveloped`](Self::enveloped), in a SOAP envelope.
    pub(super) fn in_soap(
        &self,
        xml: &str,
        id: &str,
        algorithms: (SignatureAlgorithm, DigestAlgorithm),
        limits: &XmlLimits,
    ) -> Result<ToSign<String>, ConfigError> {
        let (before, after) = soap::ENVELOPE;
        self.enveloped(xml, id, algorithms, limits, move |xml| [before, &xml, after].concat())
    }

    /// What this key signs by where nobody says what they verify.
    pub(crate) fn own_algorithm(&self) -> SignatureAlgorithm {
        match self.signing {
            Signing::Here(key) => key.algorithm(),
            Signing::Elsewhere(algorithm) => *algorithm,
        }
    }

    /// What this key signs by for an identity provider: its own algorithm, unless the metadata of the other side lists some
    /// and not that one (IIP-MD10). A key elsewhere has one algorithm.
    pub(crate) fn algorithm_for(&self, idp: &IdentityProvider) -> Result<SignatureAlgorithm, ConfigError> {
        let own = self.own_algorithm();
        let declared = idp.signing_methods();
        let understood = |algorithm: &SignatureAlgorithm| declared.iter().any(|uri| uri == algorithm.uri());
        if declared.is_empty() || understood(&own) {
            return Ok(own);
        }
        let mut others = SignatureAlgorithm::ALL.into_iter().filter(understood);
        let key = self.certificate.key();
        let other = match self.signing {
            Signing::Here(_) => others.find(|algorithm| signing_key::check(key, *algorithm).is_ok()),
            Signing::Elsewhere(_) => None,
        };
        other.ok_or_else(|| ConfigError::NoCommonAlgorithm {
            idp: Quoted::new(idp.entity_id().as_str()),
            declared: Quoted::new(declared.join(", ")),
            ours: own.name(),
        })
    }
}

/// The digest of a Reference for an identity provider: SHA-256, unless its metadata lists others only.
pub(crate) fn digest_for(idp: &IdentityProvider) -> Result<DigestAlgorithm, ConfigError> {
    let declared = idp.digest_methods();
    let ours = [DigestAlgorithm::Sha256, DigestAlgorithm::Sha384, DigestAlgorithm::Sha512];
    let mut understood =
        ours.into_iter().filter(|digest| declared.is_empty() || declared.iter().any(|uri| uri == digest.uri()));
    understood.next().ok_or_else(|| ConfigError::NoCommonAlgorithm {
        idp: Quoted::new(idp.entity_id().as_str()),
        declared: Quoted::new(declared.join(", ")),
        ours: "SHA-256, SHA-384 and SHA-512",
    })
}
