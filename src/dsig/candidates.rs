//! Which of the trusted keys may have made a signature, and what to say where none has.

use super::{Signature, SignatureError};
use crate::crypto::{AlgorithmPolicy, AlgorithmRefused, SignatureAlgorithm, VerifyingKey};

/// At most this many trusted signing keys per identity provider: real ones publish one to four, federations in the
/// middle of a rollover six. It bounds the signature operations that one unauthenticated message can cause.
pub(crate) const MAX_KEYS: usize = 16;

/// The trusted keys that the algorithm and the policy leave.
pub(super) struct Candidates<'k> {
    trusted: &'k [VerifyingKey],
    algorithm: SignatureAlgorithm,
    policy: &'k AlgorithmPolicy,
}

impl<'k> Candidates<'k> {
    pub(super) fn new(trusted: &'k [VerifyingKey], algorithm: SignatureAlgorithm, policy: &'k AlgorithmPolicy) -> Self {
        Self { trusted, algorithm, policy }
    }

    /// With their places among the trusted keys.
    pub(super) fn usable(&self) -> impl Iterator<Item = (usize, &'k VerifyingKey)> + '_ {
        let usable = |key: &VerifyingKey| self.policy.check_signature(self.algorithm, key).is_ok();
        self.trusted.iter().enumerate().take(MAX_KEYS).filter(move |(_, key)| usable(key))
    }

    /// Why no key could be tried, where none could: one that may not count is the reason only then.
    fn refused(&self) -> Option<AlgorithmRefused> {
        let tried = self.trusted.iter().take(MAX_KEYS);
        let mut refused = tried.filter_map(|key| self.policy.check_signature(self.algorithm, key).err());
        // The key decides which algorithms are possible, never the message.
        let last = refused.rfind(|refused| !matches!(refused, AlgorithmRefused::OtherKeyType { .. }));
        last.filter(|_| self.usable().next().is_none())
    }

    /// The content is what was signed, and no usable key signed it.
    pub(super) fn none_fits(self, signature: &Signature<'_>) -> SignatureError {
        let element = signature.signed_name();
        match self.refused() {
            Some(source) => SignatureError::Refused { element, source },
            None => SignatureError::WrongKey {
                element,
                algorithm: signature.algorithm,
                trusted: describe(self.trusted),
                carried: signature
                    .carried_certificate()
                    .map_or_else(|| "no certificate".to_owned(), |certificate| certificate.key().to_string()),
            },
        }
    }
}

impl Candidates<'_> {
    /// No usable key signed the octets of a query.
    pub(super) fn none_signed_query(self, element: &'static str, algorithm: SignatureAlgorithm) -> SignatureError {
        match self.refused() {
            Some(source) => SignatureError::Refused { element, source },
            None => SignatureError::QueryMismatch { algorithm, trusted: describe(self.trusted) },
        }
    }
}

fn describe(keys: &[VerifyingKey]) -> String {
    if keys.is_empty() {
        return "no key".to_owned();
    }
    keys.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
