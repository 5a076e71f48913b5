//! Why a metadata document is believed.

use chrono::TimeDelta;

use crate::crypto::{AlgorithmPolicy, Certificate, VerifyingKey};
use crate::dsig::Engine;

/// Why a metadata document is believed. Whoever writes it chooses the keys that sign users in.
///
/// ```no_run
/// use saml_sp::{Certificate, Metadata, MetadataTrust};
///
/// let federation = Certificate::from_pasted(std::fs::read("federation.pem")?)?.certificate;
/// let bytes = std::fs::read("federation-metadata.xml")?;
/// let metadata = Metadata::read(&bytes, MetadataTrust::signed_by(federation))?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[non_exhaustive]
#[derive(Clone, Debug)]
pub enum MetadataTrust {
    /// Because of how it arrived: over TLS from the identity provider itself, or from an administrator's hands. A
    /// signature in it is not looked at.
    Transport,
    /// Because it is signed, whoever delivered it: by a federation, or an identity provider whose key is known from
    /// elsewhere (IIP-MD03). Only what the signature covers is read.
    SignedBy(MetadataSigner),
}

impl MetadataTrust {
    /// Trust in a signature by this certificate's key, or by this key.
    #[must_use]
    pub fn signed_by(signer: impl Into<MetadataSigner>) -> Self {
        Self::SignedBy(signer.into())
    }
}

/// Who signs metadata, and what is asked of it.
///
/// Of a certificate only the key counts (IIP-MD03, MDIOP): its dates and its issuer are not looked at.
///
/// ```no_run
/// use saml_sp::{Certificate, MetadataSigner, MetadataTrust};
///
/// let federation = Certificate::from_pasted(std::fs::read("federation.pem")?)?.certificate;
/// let signer = MetadataSigner::from(federation).valid_for_at_most(chrono::TimeDelta::weeks(4));
/// let trust = MetadataTrust::signed_by(signer);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct MetadataSigner {
    pub(super) keys: Vec<VerifyingKey>,
    pub(super) policy: AlgorithmPolicy,
    pub(super) engine: Engine,
    pub(super) valid_until: ValidUntil,
}

/// What a signed document must say about its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ValidUntil {
    Optional,
    Required,
    AtMost(TimeDelta),
}

impl MetadataSigner {
    /// A signer with this key.
    #[must_use]
    pub fn new(key: VerifyingKey) -> Self {
        Self {
            keys: vec![key],
            policy: AlgorithmPolicy::default(),
            engine: Engine::default(),
            valid_until: ValidUntil::Required,
        }
    }

    /// A further key of the same signer, for the time in which it changes keys.
    #[must_use]
    pub fn or_key(mut self, key: VerifyingKey) -> Self {
        self.keys.push(key);
        self
    }

    /// Refuses documents whose validUntil is further away than this (IIP-MD04). Without a call there is no maximum.
    ///
    /// A federation signs anew every day; a document that is good for years lets an attacker who delivers it keep a key
    /// alive that was withdrawn. Four weeks is a usual maximum.
    #[must_use]
    pub fn valid_for_at_most(mut self, max: TimeDelta) -> Self {
        self.valid_until = ValidUntil::AtMost(max);
        self
    }

    /// Accepts signed documents without a validUntil.
    ///
    /// What an attacker gains: an old document stays good for ever, so whoever can deliver it can bring back a key that
    /// the identity provider has withdrawn.
    #[must_use]
    pub fn dangerous_allow_missing_valid_until(mut self) -> Self {
        self.valid_until = ValidUntil::Optional;
        self
    }

    /// Which algorithms its signature may use; the modern ones without a call.
    #[must_use]
    pub fn algorithms(mut self, policy: AlgorithmPolicy) -> Self {
        self.policy = policy;
        self
    }

    /// Which engine verifies its signature.
    #[must_use]
    pub fn engine(mut self, engine: Engine) -> Self {
        self.engine = engine;
        self
    }
}

impl From<Certificate> for MetadataSigner {
    fn from(certificate: Certificate) -> Self {
        Self::new(certificate.key().clone())
    }
}

impl From<VerifyingKey> for MetadataSigner {
    fn from(key: VerifyingKey) -> Self {
        Self::new(key)
    }
}
