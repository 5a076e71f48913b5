//! Which algorithms and key sizes are good enough.

use std::ops::RangeInclusive;

use super::algorithm::{DigestAlgorithm, KeyFamily, SignatureAlgorithm};
use super::key::{Curve, KeyType, VerifyingKey};
use super::provider::AWS_LC;

/// SP 800-131A (revision 2, section 3) disallows signatures by shorter RSA keys, SHA-1 in signatures too.
const MIN_RSA_BITS: usize = 2048;
/// Not even on request: 829 bits were factored in public (RSA-250, 2020).
const MIN_SMALL_RSA_BITS: usize = 1024;
/// Longer keys cost more to verify with than they are worth; the bound of the library behind us as well.
const MAX_RSA_BITS: usize = 8192;

/// Which algorithms and key sizes a signature may have.
///
/// The default is what is sound today: SHA-2, RSA from 2048 to 8192 bits, ECDSA on P-256, P-384 and P-521, Ed25519. There is
/// no way to allow less than RSA 1024, MD5, DSA or HMAC.
///
/// ```
/// # use saml_sp::{AlgorithmPolicy, DigestAlgorithm};
/// let policy = AlgorithmPolicy::new();
/// assert_eq!(policy.check_digest(DigestAlgorithm::Sha1).unwrap_err().code(), "sha1-refused");
/// assert!(policy.dangerous_allow_sha1().check_digest(DigestAlgorithm::Sha1).is_ok());
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AlgorithmPolicy {
    sha1: bool,
    small_rsa: bool,
}

impl AlgorithmPolicy {
    /// The safe policy; the same as `default()`.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes SHA-1, in signatures and in digests.
    ///
    /// What an attacker gains: two documents with the same SHA-1 can be made on rented machines (the chosen-prefix collisions
    /// of Leurent and Peyrin, 2020). Whoever can get the identity provider to sign text of his choice, an attribute of his own
    /// account for example, may prepare one such pair and present the half that was never signed.
    #[must_use]
    pub fn dangerous_allow_sha1(self) -> Self {
        Self { sha1: true, ..self }
    }

    /// Takes RSA keys from 1024 to 2047 bits, with PKCS#1 v1.5 and SHA-1, SHA-256 or SHA-512.
    ///
    /// What an attacker gains: a key of 1024 bits is within reach of a well-funded factoring effort, after which every login
    /// of every user of that identity provider can be forged, unnoticed.
    #[must_use]
    pub fn dangerous_allow_small_rsa(self) -> Self {
        Self { small_rsa: true, ..self }
    }

    /// Whether a signature of this algorithm by this key may count.
    ///
    /// # Errors
    /// [`AlgorithmRefused`]: the type of the key first, then its size, then the hash.
    pub fn check_signature(&self, algorithm: SignatureAlgorithm, key: &VerifyingKey) -> Result<(), AlgorithmRefused> {
        if !key.fits(algorithm) {
            return Err(AlgorithmRefused::OtherKeyType { algorithm, key: key.key_type() });
        }
        self.check_key(key)?;
        if let Some(digest) = algorithm.digest() {
            self.check_digest(digest)?;
        }
        if !key.can_verify(algorithm) {
            return Err(AlgorithmRefused::Unavailable { algorithm, key: key.key_type() });
        }
        Ok(())
    }

    /// Whether this key is long enough, whatever it signs.
    ///
    /// # Errors
    /// [`AlgorithmRefused::SmallRsa`], [`AlgorithmRefused::HugeRsa`].
    pub fn check_key(&self, key: &VerifyingKey) -> Result<(), AlgorithmRefused> {
        let KeyType::Rsa { bits } = key.key_type() else { return Ok(()) };
        let minimum = self.least_rsa_bits();
        if bits < minimum {
            return Err(AlgorithmRefused::SmallRsa { bits, minimum });
        }
        if bits > MAX_RSA_BITS {
            return Err(AlgorithmRefused::HugeRsa { bits, maximum: MAX_RSA_BITS });
        }
        Ok(())
    }

    /// The shortest RSA key that counts, to verify or to decrypt with.
    pub(crate) fn least_rsa_bits(&self) -> usize {
        if self.small_rsa { MIN_SMALL_RSA_BITS } else { MIN_RSA_BITS }
    }

    /// Whether a digest of this algorithm may count.
    ///
    /// # Errors
    /// [`AlgorithmRefused::Sha1`].
    pub fn check_digest(&self, algorithm: DigestAlgorithm) -> Result<(), AlgorithmRefused> {
        match algorithm {
            DigestAlgorithm::Sha1 if !self.sha1 => Err(AlgorithmRefused::Sha1),
            _ => Ok(()),
        }
    }
}

/// An algorithm whose signatures count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Verifiable {
    pub(crate) algorithm: SignatureAlgorithm,
    /// The sizes of RSA keys that count for it; none where the algorithm is of another kind of key.
    pub(crate) rsa_bits: Option<RangeInclusive<usize>>,
}

/// What counts, for those who ask before they sign: the best first, SHA-1 last.
impl AlgorithmPolicy {
    pub(crate) fn allowed_digests(&self) -> Vec<DigestAlgorithm> {
        let (weak, sound): (Vec<_>, Vec<_>) =
            DigestAlgorithm::ALL.into_iter().partition(|digest| *digest == DigestAlgorithm::Sha1);
        sound.into_iter().chain(weak).filter(|digest| self.check_digest(*digest).is_ok()).collect()
    }

    /// An algorithm that the cryptographic library has for some keys of its kind only is left out: who reads the list has
    /// no way to know which.
    pub(crate) fn verifiable(&self) -> Vec<Verifiable> {
        let (weak, sound): (Vec<_>, Vec<_>) =
            SignatureAlgorithm::ALL.into_iter().partition(|a| a.digest() == Some(DigestAlgorithm::Sha1));
        let algorithms = sound.into_iter().chain(weak);
        let allowed = algorithms.filter(|a| a.digest().is_none_or(|digest| self.check_digest(digest).is_ok()));
        allowed.filter_map(|algorithm| self.verifiable_by(algorithm)).collect()
    }

    fn verifiable_by(&self, algorithm: SignatureAlgorithm) -> Option<Verifiable> {
        let has = |key_type| (AWS_LC.supports)(key_type, algorithm);
        let has_rsa = |bits| has(KeyType::Rsa { bits });
        let (any, rsa_bits) = match algorithm.family() {
            KeyFamily::Rsa => {
                let least = [self.least_rsa_bits(), MIN_RSA_BITS].into_iter().find(|bits| has_rsa(*bits))?;
                (has_rsa(MAX_RSA_BITS), Some(least..=MAX_RSA_BITS))
            }
            KeyFamily::Ecdsa => (Curve::ALL.into_iter().all(|curve| has(KeyType::Ec(curve))), None),
            KeyFamily::Ed25519 => (has(KeyType::Ed25519), None),
        };
        any.then_some(Verifiable { algorithm, rsa_bits })
    }
}

/// Why a signature does not count, whatever its value.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AlgorithmRefused {
    /// SHA-1, which was not allowed.
    #[error("SHA-1 is not allowed in signatures and digests; we want SHA-256, SHA-384 or SHA-512")]
    Sha1,
    /// An RSA key that is too short.
    #[error("the key is RSA with {bits} bits; we want at least {minimum}")]
    SmallRsa {
        /// Length of the modulus, in bits.
        bits: usize,
        /// The least that this policy takes, in bits.
        minimum: usize,
    },
    /// An RSA key that is too long.
    #[error("the key is RSA with {bits} bits; we take at most {maximum}")]
    HugeRsa {
        /// Length of the modulus, in bits.
        bits: usize,
        /// The most that any policy takes, in bits.
        maximum: usize,
    },
    /// The message names an algorithm of another kind of key.
    #[error("the signature says {algorithm}, but the trusted key is {key}")]
    OtherKeyType {
        /// What the message says.
        algorithm: SignatureAlgorithm,
        /// What we trust.
        key: KeyType,
    },
    /// Allowed, but the cryptographic library cannot do it for this key.
    #[error("{algorithm} by a key of type {key} is not built")]
    Unavailable {
        /// What the message says.
        algorithm: SignatureAlgorithm,
        /// What we trust.
        key: KeyType,
    },
}

impl AlgorithmRefused {
    /// The stable name of this error.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Sha1 => "sha1-refused",
            Self::SmallRsa { .. } => "small-rsa-refused",
            Self::HugeRsa { .. } => "huge-rsa-refused",
            Self::OtherKeyType { .. } => "algorithm-of-another-key-type",
            Self::Unavailable { .. } => "algorithm-unavailable",
        }
    }

    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Sha1 => {
                "set the identity provider to sign with SHA-256 (Auth0 signs by SHA-1 until signatureAlgorithm and digestAlgorithm are \
                 set for its SAML2 addon); until then AlgorithmPolicy::dangerous_allow_sha1 takes SHA-1"
            }
            Self::SmallRsa { minimum: MIN_RSA_BITS, .. } => {
                "let the identity provider use a key of 2048 bits; until then AlgorithmPolicy::dangerous_allow_small_rsa takes 1024"
            }
            Self::SmallRsa { .. } | Self::HugeRsa { .. } => {
                "let the identity provider use an RSA key of 2048 to 4096 bits"
            }
            Self::OtherKeyType { .. } => {
                "the identity provider signs with another key than the configured one; import its metadata again"
            }
            Self::Unavailable { .. } => {
                "set the identity provider to sign with SHA-256 and a key of at least 2048 bits"
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::key::Curve;
    use crate::crypto::signing_key::SigningKey;

    const MODERN: AlgorithmPolicy = AlgorithmPolicy { sha1: false, small_rsa: false };

    /// A number of this many bits that nobody can factor by looking at it, odd.
    fn rsa(bits: usize) -> VerifyingKey {
        let mut modulus = vec![0x5b; bits.div_ceil(8)];
        modulus[0] = 0xff >> (modulus.len() * 8 - bits);
        VerifyingKey::from_rsa(&modulus, &[1, 0, 1]).unwrap()
    }

    fn code(policy: AlgorithmPolicy, algorithm: SignatureAlgorithm, key: &VerifyingKey) -> &'static str {
        policy.check_signature(algorithm, key).map_or_else(|refused| refused.code(), |()| "allowed")
    }

    #[test]
    fn modern_algorithms_need_no_permission() {
        let keys = [rsa(2048), SigningKey::generate_ed25519().unwrap().verifying_key().clone()];
        let curves = Curve::ALL.map(|curve| SigningKey::generate_ecdsa(curve).unwrap().verifying_key().clone());
        for key in keys.iter().chain(&curves) {
            for algorithm in SignatureAlgorithm::ALL.into_iter().filter(|algorithm| key.fits(*algorithm)) {
                let sha1 = algorithm.digest() == Some(DigestAlgorithm::Sha1);
                assert_eq!(
                    code(MODERN, algorithm, key),
                    if sha1 { "sha1-refused" } else { "allowed" },
                    "{key} {algorithm}"
                );
            }
        }
    }

    /// What is advertised is what `check_signature` says, at both ends of the sizes and just beyond them.
    #[test]
    fn iip_md09_what_is_advertised_is_what_is_checked() {
        let keys: Vec<_> = [1024, 2047, 2048, 8192].map(rsa).into_iter().collect();
        let others = Curve::ALL.map(|curve| SigningKey::generate_ecdsa(curve).unwrap().verifying_key().clone());
        let ed25519 = SigningKey::generate_ed25519().unwrap().verifying_key().clone();
        for policy in [MODERN, MODERN.dangerous_allow_sha1(), MODERN.dangerous_allow_small_rsa().dangerous_allow_sha1()]
        {
            let list = policy.verifiable();
            for algorithm in SignatureAlgorithm::ALL {
                let advertised = list.iter().find(|entry| entry.algorithm == algorithm);
                for key in &keys {
                    let within = advertised
                        .and_then(|entry| entry.rsa_bits.clone())
                        .is_some_and(|range| range.contains(&key.rsa_bits().unwrap()));
                    assert_eq!(within, policy.check_signature(algorithm, key).is_ok(), "{policy:?} {algorithm} {key}");
                }
                let family: Vec<_> = others.iter().chain([&ed25519]).filter(|key| key.fits(algorithm)).collect();
                if !family.is_empty() {
                    let all = family.iter().all(|key| policy.check_signature(algorithm, key).is_ok());
                    assert_eq!(advertised.is_some(), all, "{policy:?} {algorithm}");
                }
            }
            let weak = list.iter().position(|entry| entry.algorithm.digest() == Some(DigestAlgorithm::Sha1));
            assert!(weak.is_none_or(|at| at == list.len() - 1), "SHA-1 is last: {list:?}");
            assert!(policy.allowed_digests().starts_with(&[DigestAlgorithm::Sha256]));
        }
    }

    #[test]
    fn sha1_only_by_name() {
        let allowed = MODERN.dangerous_allow_sha1();
        assert_eq!(code(MODERN, SignatureAlgorithm::RsaSha1, &rsa(2048)), "sha1-refused");
        assert_eq!(code(allowed, SignatureAlgorithm::RsaSha1, &rsa(2048)), "allowed");
        assert_eq!(code(allowed, SignatureAlgorithm::RsaSha1, &rsa(1024)), "small-rsa-refused");
        assert!(MODERN.check_digest(DigestAlgorithm::Sha1).is_err());
        assert!(allowed.check_digest(DigestAlgorithm::Sha1).is_ok());
        assert!(MODERN.check_digest(DigestAlgorithm::Sha256).is_ok());
    }

    #[test]
    fn rsa_bits_at_below_and_above_each_bound() {
        let small = MODERN.dangerous_allow_small_rsa();
        for (bits, modern, relaxed) in [
            (512, "small-rsa-refused", "small-rsa-refused"),
            (1023, "small-rsa-refused", "small-rsa-refused"),
            (1024, "small-rsa-refused", "allowed"),
            (1025, "small-rsa-refused", "allowed"),
            (2047, "small-rsa-refused", "allowed"),
            (2048, "allowed", "allowed"),
            (2049, "allowed", "allowed"),
            (8192, "allowed", "allowed"),
            (8193, "huge-rsa-refused", "huge-rsa-refused"),
        ] {
            let key = rsa(bits);
            assert_eq!(key.rsa_bits(), Some(bits));
            assert_eq!(code(MODERN, SignatureAlgorithm::RsaSha256, &key), modern, "{bits}");
            assert_eq!(code(small, SignatureAlgorithm::RsaSha256, &key), relaxed, "{bits}");
        }
        assert_eq!(code(small, SignatureAlgorithm::RsaPssSha256, &rsa(1024)), "algorithm-unavailable");
        assert_eq!(code(small, SignatureAlgorithm::RsaSha384, &rsa(1024)), "algorithm-unavailable");
    }

    #[test]
    fn both_sides_are_named() {
        let refused = MODERN.check_signature(SignatureAlgorithm::EcdsaSha256, &rsa(2048)).unwrap_err();
        assert_eq!(refused.to_string(), "the signature says ECDSA with SHA-256, but the trusted key is RSA 2048");
        let refused = MODERN.check_signature(SignatureAlgorithm::RsaSha256, &rsa(1024)).unwrap_err();
        assert_eq!(refused.to_string(), "the key is RSA with 1024 bits; we want at least 2048");
        assert!(refused.hint().contains("dangerous_allow_small_rsa"));
        let refused = MODERN.dangerous_allow_small_rsa().check_key(&rsa(512)).unwrap_err();
        assert!(!refused.hint().contains("dangerous"), "512 bits are never allowed");
    }
}
