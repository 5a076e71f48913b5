//! Our own keys: a certificate, the private keys that belong to it, and where it is in its life.

use std::sync::Arc;

use super::algorithm::SignatureAlgorithm;
use super::certificate::Certificate;
use super::decryption_key::DecryptionKey;
use super::private_key::PrivateKeyError;
use super::signing_key::{self, SigningKey};

/// Where a key of ours is in its life. What each state publishes and uses is the same for every key:
///
/// | state | signs what we send | in metadata to verify with | decrypts | in metadata to encrypt to |
/// |---|---|---|---|---|
/// | `Next` | no | yes | yes | no |
/// | `Active` | yes | yes | yes | yes |
/// | `Retiring` | no | yes | yes | no |
///
/// So a rollover is three edits of the configuration, and no login fails at any step; the manual's chapter
/// [`rollover`](crate::manual::rollover) says how long to wait between them, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a key is in one of these states; a fourth would be another procedure")]
pub enum KeyState {
    /// Published to verify with, and not used yet. Messages encrypted to it are opened.
    Next,
    /// Used for everything that it can do.
    Active,
    /// No longer used by us, for those who follow late.
    Retiring,
}

/// A certificate of ours with the private keys that belong to it.
///
/// One certificate may sign and decrypt: give it both keys, read from the same file. Two certificates, one for each
/// purpose, are better, since a weakness of one use then does not touch the other.
///
/// ```
/// use saml_sp::{Certificate, Credential, DecryptionKey, ServiceProvider, SigningKey};
///
/// fn build(key: &str, certificate: &str) -> Result<ServiceProvider, Box<dyn std::error::Error>> {
///     let credential = Credential::active(Certificate::from_pasted(certificate)?.certificate)
///         .signing(SigningKey::from_pem(key)?)
///         .decryption(DecryptionKey::from_pem(key)?);
///     Ok(ServiceProvider::builder("https://app.example.com/saml", "https://app.example.com/saml/acs")
///         .credential(credential)
///         .build()?)
/// }
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Credential {
    pub(crate) certificate: Certificate,
    pub(crate) state: KeyState,
    pub(crate) signing: Option<Signing>,
    pub(crate) decryption: Option<Decryption>,
}

/// Who signs.
#[derive(Clone, Debug)]
pub(crate) enum Signing {
    Here(Arc<SigningKey>),
    /// A key that never comes here, and what it signs by.
    Elsewhere(SignatureAlgorithm),
}

/// Who decrypts.
#[derive(Clone, Debug)]
pub(crate) enum Decryption {
    Here(Arc<DecryptionKey>),
    Elsewhere,
}

impl Credential {
    /// One in this state, without keys yet; `build` wants one at least.
    pub fn new(state: KeyState, certificate: Certificate) -> Self {
        Self { certificate, state, signing: None, decryption: None }
    }

    /// One that comes into use next; see [`KeyState::Next`].
    pub fn next(certificate: Certificate) -> Self {
        Self::new(KeyState::Next, certificate)
    }

    /// One in use; see [`KeyState::Active`].
    pub fn active(certificate: Certificate) -> Self {
        Self::new(KeyState::Active, certificate)
    }

    /// One that went out of use; see [`KeyState::Retiring`].
    pub fn retiring(certificate: Certificate) -> Self {
        Self::new(KeyState::Retiring, certificate)
    }

    /// It signs what we send, with this private key.
    pub fn signing(mut self, key: SigningKey) -> Self {
        self.signing = Some(Signing::Here(Arc::new(key)));
        self
    }

    /// It signs what we send, with a private key that is somewhere else: in an HSM, in a key management service. Each
    /// message that it has to sign is then made in two steps:
    /// [`begin_login_to_sign`](crate::ServiceProvider::begin_login_to_sign).
    pub fn signing_elsewhere(mut self, algorithm: SignatureAlgorithm) -> Self {
        self.signing = Some(Signing::Elsewhere(algorithm));
        self
    }

    /// It opens what identity providers encrypt to us, with this private key.
    pub fn decryption(mut self, key: DecryptionKey) -> Self {
        self.decryption = Some(Decryption::Here(Arc::new(key)));
        self
    }

    /// It opens what identity providers encrypt to us, with a private key that is somewhere else. Answers are then
    /// accepted in steps: [`accept_in_steps`](crate::ServiceProvider::accept_in_steps). The certificate's key has to be RSA,
    /// which `build` checks, and its length as for keys that are here.
    pub fn decryption_elsewhere(mut self) -> Self {
        self.decryption = Some(Decryption::Elsewhere);
        self
    }
}

impl Signing {
    /// Whether this is a private key of that certificate, and the algorithm one to sign with.
    pub(crate) fn check(&self, certificate: &Certificate) -> Result<bool, PrivateKeyError> {
        match self {
            Self::Here(key) => Ok(key.verifying_key() == certificate.key()),
            Self::Elsewhere(algorithm) => signing_key::check(certificate.key(), *algorithm).map(|()| true),
        }
    }
}
