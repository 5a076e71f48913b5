//! Which of the trusted keys may have made a signature, and what to say where none has.

use super::{Signature, SignatureError};
use crate::crypto::{AlgorithmPolicy, AlgorithmRefused, SignatureAlgorithm, VerifyingKey};

/// At most this many trusted signing keys per identity provider: real ones publish one to four, federations in the
/// middle of a rollover six. It bounds the signature operations that one unauthenticated message can cause.
pub(crate) const MAX_KEYS: usize = 16;

/// The trusted keys that the algorithm and the policy leave.
pub(super) struct Candidates<'k> {
    trusted: &'k [VerifyingKey],
    /// With their places among the trusted keys.
    usable: Vec<(usize, &'k VerifyingKey)>,
    refused: Option<AlgorithmRefused>,
}

impl<'k> Candidates<'k> {
    pub(super) fn new(trusted: &'k [VerifyingKey], algorithm: SignatureAlgorithm, policy: &AlgorithmPolicy) -> Self {
        let (mut usable, mut refused) = (Vec::new(), None);
        for (index, key) in trusted.iter().enumerate().take(MAX_KEYS) {
            match policy.check_signature(algorithm, key) {
                Ok(()) => usable.push((index, key)),
                // The key decides which algorithms are possible, never the message.
                Err(AlgorithmRefused::OtherKeyType { .. }) => {}
                Err(source) => refused = Some(source),
            }
        }
        Self { trusted, usable, refused }
    }

    pub(super) fn usable(&self) -> impl Iterator<Item = (usize, &'k VerifyingKey)> + '_ {
        self.usable.iter().copied()
    }

    /// The content is what was signed, and no usable key signed it.
    pub(super) fn none_fits(self, signature: &Signature<'_>) -> SignatureError {
        let element = signature.signed_name();
        match self.refused {
            // A key that may not count is the reason only where no other could be tried.
            Some(source) if self.usable.is_empty() => SignatureError::Refused { element, source },
            _ => SignatureError::WrongKey {
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
        match self.refused {
            Some(source) if self.usable.is_empty() => SignatureError::Refused { element, source },
            _ => SignatureError::QueryMismatch { algorithm, trusted: describe(self.trusted) },
        }
    }
}

fn describe(keys: &[VerifyingKey]) -> String {
    if keys.is_empty() {
        return "no key".to_owned();
    }
    keys.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
