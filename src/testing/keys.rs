//! The signing keys of the test identity provider, and how they change.

use chrono::Duration;

use super::{TestIdp, TestIdpError};
use crate::crypto::certificate::self_signed;
use crate::crypto::key::KeyType;
use crate::crypto::{Certificate, Credential, Curve, SigningKey};
use crate::sp::Clock;
use crate::text::base64;

/// A private key and a self-signed certificate around its public half.
#[derive(Debug)]
pub(super) struct KeyPair {
    pub(super) private: SigningKey,
    /// DER.
    pub(super) certificate: Vec<u8>,
}

impl KeyPair {
    pub(super) fn around(private: SigningKey) -> Result<Self, TestIdpError> {
        let now = Clock::System.now();
        let (from, until) = (now - Duration::days(1), now + Duration::days(365));
        let certificate = self_signed(&private, "test identity provider", from, until)
            .map_err(|error| TestIdpError::new("make a certificate", error))?;
        Ok(Self { private, certificate })
    }

    pub(super) fn certificate_base64(&self) -> String {
        base64::encode(&self.certificate)
    }
}

/// An active credential that signs, with a fresh key and a self-signed certificate: for a service provider in a test.
///
/// ```
/// use saml_sp::{Binding, ServiceProvider};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let sp = ServiceProvider::builder("https://app.example.com/saml", "https://app.example.com/saml/acs")
///     .credential(saml_sp::testing::signing_credential()?)
///     .slo_url(Binding::Redirect, "https://app.example.com/saml/slo")
///     .build()?;
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// Where no key can be made.
pub fn signing_credential() -> Result<Credential, TestIdpError> {
    let cannot = |reason: &dyn ToString| TestIdpError::new("make a key", reason.to_string());
    let pair = KeyPair::around(SigningKey::generate_ecdsa(Curve::P256).map_err(|error| cannot(&error))?)?;
    let certificate = Certificate::from_der(&pair.certificate).map_err(|error| cannot(&error))?;
    Ok(Credential::active(certificate).signing(pair.private))
}

/// A rollover in the three steps of a careful identity provider. A careless one leaves the first or the wait after it out:
/// call [`roll_over`](TestIdp::roll_over) for a key that was never published before.
impl TestIdp {
    /// Publishes a fresh key of the same kind beside the one that signs.
    ///
    /// # Errors
    /// Where no key can be made.
    pub fn publish_next_key(&mut self) -> Result<(), TestIdpError> {
        let fresh = match self.key.private.verifying_key().key_type() {
            KeyType::Ec(curve) => SigningKey::generate_ecdsa(curve),
            KeyType::Ed25519 => SigningKey::generate_ed25519(),
            KeyType::Rsa { bits } => SigningKey::generate_rsa(bits),
        };
        self.further_keys.push(KeyPair::around(fresh.map_err(|error| TestIdpError::new("make a key", error))?)?);
        Ok(())
    }

    /// Signs with the key that was published last, from now on; both stay published.
    pub fn sign_with_next_key(&mut self) {
        if let Some(next) = self.further_keys.pop() {
            self.further_keys.push(std::mem::replace(&mut self.key, next));
        }
    }

    /// Publishes the key that signs, and no other any more.
    pub fn forget_old_keys(&mut self) {
        self.further_keys.clear();
    }

    /// All three steps at once: what was imported before knows nothing of the new key.
    ///
    /// # Errors
    /// Where no key can be made.
    pub fn roll_over(&mut self) -> Result<(), TestIdpError> {
        self.publish_next_key()?;
        self.sign_with_next_key();
        self.forget_old_keys();
        Ok(())
    }
}
