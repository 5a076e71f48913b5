//! Public keys: parsed once, kept ready for each algorithm they fit.

use std::borrow::Cow;
use std::fmt;
use std::sync::{Arc, OnceLock};

use super::algorithm::{KeyFamily, SignatureAlgorithm};
use super::certificate::Fingerprint;
use super::der;
use super::digest::sha256;
use super::provider::{AWS_LC, Verify};
use super::spki::Spki;
use crate::text::displayed;
use crate::text::quoted::Quoted;

/// The elliptic curves we know, all of NIST (FIPS 186-5, SP 800-186).
///
/// ```
/// # use saml_sp::{Certificate, Curve, KeyType};
/// let pasted = Certificate::from_pasted(include_str!("testdata/compressed_point.pem"))?;
/// assert_eq!(pasted.certificate.key().key_type(), KeyType::Ec(Curve::P384));
/// # Ok::<(), saml_sp::CertificateError>(())
/// ```
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Curve {
    /// secp256r1, prime256v1.
    P256,
    /// secp384r1.
    P384,
    /// secp521r1.
    P521,
}

impl Curve {
    pub(crate) const ALL: [Self; 3] = [Self::P256, Self::P384, Self::P521];

    /// The name for people: "P-256".
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::P256 => "P-256",
            Self::P384 => "P-384",
            Self::P521 => "P-521",
        }
    }

    /// The curve of a `dsig11:NamedCurve` URI, an object identifier as a URN; `None` for another.
    pub(crate) fn from_uri(uri: &str) -> Option<Self> {
        match uri {
            "urn:oid:1.2.840.10045.3.1.7" => Some(Self::P256),
            "urn:oid:1.3.132.0.34" => Some(Self::P384),
            "urn:oid:1.3.132.0.35" => Some(Self::P521),
            _ => None,
        }
    }

    /// Length of a coordinate, and of r and of s in an XML signature value, in bytes.
    pub(crate) const fn field_bytes(self) -> usize {
        match self {
            Self::P256 => 32,
            Self::P384 => 48,
            Self::P521 => 66,
        }
    }

    pub(super) const fn oid_content(self) -> &'static [u8] {
        match self {
            Self::P256 => &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07],
            Self::P384 => &[0x2b, 0x81, 0x04, 0x00, 0x22],
            Self::P521 => &[0x2b, 0x81, 0x04, 0x00, 0x23],
        }
    }
}

/// What a public key is.
///
/// ```
/// # use saml_sp::{Certificate, KeyType};
/// let pasted = Certificate::from_pasted(include_str!("testdata/ed25519.pem"))?;
/// assert_eq!(pasted.certificate.key().key_type(), KeyType::Ed25519);
/// # Ok::<(), saml_sp::CertificateError>(())
/// ```
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyType {
    /// RSA, for PKCS#1 v1.5 and for PSS.
    #[non_exhaustive]
    Rsa {
        /// Length of the modulus, in bits.
        bits: usize,
    },
    /// ECDSA on one of our curves.
    Ec(Curve),
    /// Ed25519.
    Ed25519,
}

impl KeyType {
    pub(crate) const fn family(self) -> KeyFamily {
        match self {
            Self::Rsa { .. } => KeyFamily::Rsa,
            Self::Ec(_) => KeyFamily::Ecdsa,
            Self::Ed25519 => KeyFamily::Ed25519,
        }
    }

    /// The algorithm that shows whether a key is a key at all, and the one to sign with.
    pub(crate) const fn default_algorithm(self) -> SignatureAlgorithm {
        match self {
            Self::Rsa { .. } => SignatureAlgorithm::RsaSha256,
            Self::Ec(Curve::P256) => SignatureAlgorithm::EcdsaSha256,
            Self::Ec(Curve::P384) => SignatureAlgorithm::EcdsaSha384,
            Self::Ec(Curve::P521) => SignatureAlgorithm::EcdsaSha512,
            Self::Ed25519 => SignatureAlgorithm::Ed25519,
        }
    }
}

impl fmt::Display for KeyType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rsa { bits } => write!(f, "RSA {bits}"),
            Self::Ec(curve) => write!(f, "ECDSA {}", curve.name()),
            Self::Ed25519 => f.write_str("Ed25519"),
        }
    }
}

/// Why octets are no public key that we can verify with.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Not a SubjectPublicKeyInfo in DER.
    #[error("this is no public key (DER SubjectPublicKeyInfo)")]
    NotPublicKey,
    /// A kind of key we have no algorithm for.
    #[error("the public key has the algorithm {oid}; we know RSA, ECDSA and Ed25519")]
    UnknownAlgorithm {
        /// The object identifier.
        oid: Quoted,
    },
    /// An elliptic curve that is none of ours.
    #[error("the public key is on the curve {oid}; we know P-256, P-384 and P-521")]
    UnknownCurve {
        /// The object identifier.
        oid: Quoted,
    },
    /// A curve spelled out by its numbers instead of its name.
    #[error("the public key spells out its elliptic curve instead of naming it")]
    ExplicitCurve,
    /// Numbers that make no key: a point beside the curve, an even modulus, an exponent of 1.
    #[error("the numbers of this {key} key make no key")]
    InvalidNumbers {
        /// What it would be.
        key: KeyType,
    },
}

impl KeyError {
    /// The stable name of this error.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotPublicKey => "key-not-public-key",
            Self::UnknownAlgorithm { .. } => "key-unknown-algorithm",
            Self::UnknownCurve { .. } => "key-unknown-curve",
            Self::ExplicitCurve => "key-explicit-curve",
            Self::InvalidNumbers { .. } => "key-invalid",
        }
    }

    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::NotPublicKey | Self::InvalidNumbers { .. } => {
                "take the key again from the identity provider; this one was damaged on the way"
            }
            Self::UnknownAlgorithm { .. } | Self::UnknownCurve { .. } | Self::ExplicitCurve => {
                "let the identity provider sign with an RSA key of 2048 bits or more, or an ECDSA key on P-256 by its name"
            }
        }
    }
}

/// A public key to verify signatures with.
///
/// Parsed once, then shared: a clone is a pointer, and a verification parses nothing. Two keys are equal when they are the
/// same key, whatever certificate or XML they came in. `Display` and `Debug` show what it is and the SHA-256 of its SPKI.
///
/// ```
/// # use saml_sp::VerifyingKey;
/// let spki = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00,
///     0xd7, 0x5a, 0x98, 0x01, 0x82, 0xb1, 0x0a, 0xb7, 0xd5, 0x4b, 0xfe, 0xd3, 0xc9, 0x64, 0x07, 0x3a,
///     0x0e, 0xe1, 0x72, 0xf3, 0xda, 0xa6, 0x23, 0x25, 0xaf, 0x02, 0x1a, 0x68, 0xf7, 0x07, 0x51, 0x1a];
/// let key = VerifyingKey::from_spki(&spki)?;
/// assert_eq!(key.description(), "Ed25519");
/// # Ok::<(), saml_sp::KeyError>(())
/// ```
#[derive(Clone)]
pub struct VerifyingKey(Arc<Parsed>);

struct Parsed {
    key_type: KeyType,
    spki: Vec<u8>,
    spki_sha256: [u8; 32],
    /// One slot per algorithm the library has for this key, filled at its first use: most keys see one algorithm in their life, and
    /// metadata of a federation holds thousands of keys.
    verifiers: Vec<(SignatureAlgorithm, OnceLock<Option<Verify>>)>,
}

impl VerifyingKey {
    /// Reads a DER SubjectPublicKeyInfo (RFC 5280 section 4.1.2.7).
    ///
    /// # Errors
    /// [`KeyError`]: not such a structure, an algorithm or curve that we do not know, numbers that make no key.
    pub fn from_spki(der: &[u8]) -> Result<Self, KeyError> {
        Self::parse(Spki::read(der)?)
    }

    /// From the two big-endian numbers of a `ds:RSAKeyValue`.
    pub(crate) fn from_rsa(modulus: &[u8], exponent: &[u8]) -> Result<Self, KeyError> {
        Self::parse(Spki::rsa(modulus, exponent)?)
    }

    /// From the curve and the point of a `dsig11:ECKeyValue`; the point with its leading octet (SEC 1 section 2.3.3).
    pub(crate) fn from_ec(curve: Curve, point: &[u8]) -> Result<Self, KeyError> {
        Self::parse(Spki::ec(curve, point)?)
    }

    fn parse(spki: Spki) -> Result<Self, KeyError> {
        let Spki { key_type, der } = spki;
        let available = SignatureAlgorithm::ALL.into_iter().filter(|algorithm| (AWS_LC.supports)(key_type, *algorithm));
        let verifiers: Vec<_> = available.map(|algorithm| (algorithm, OnceLock::new())).collect();
        // RSA below 1024 bits verifies nothing and is kept nevertheless, so that the refusal can say what it is.
        let spki = if verifiers.is_empty() {
            der
        } else {
            let first = key_type.default_algorithm();
            let parsed =
                (AWS_LC.public_key)(key_type, first, &der).ok_or(KeyError::InvalidNumbers { key: key_type })?;
            if let Some((_, slot)) = verifiers.iter().find(|(algorithm, _)| *algorithm == first) {
                slot.get_or_init(|| Some(parsed.verify));
            }
            parsed.spki
        };
        Ok(Self(Arc::new(Parsed { key_type, spki_sha256: sha256(&spki), spki, verifiers })))
    }

    /// What it is, for messages: "RSA 2048", "ECDSA P-256", "Ed25519".
    #[must_use]
    pub fn description(&self) -> String {
        self.0.key_type.to_string()
    }

    /// What it is.
    #[must_use]
    pub fn key_type(&self) -> KeyType {
        self.0.key_type
    }

    /// Length of the modulus in bits, where it is an RSA key.
    #[must_use]
    pub fn rsa_bits(&self) -> Option<usize> {
        match self.0.key_type {
            KeyType::Rsa { bits } => Some(bits),
            _ => None,
        }
    }

    /// The DER SubjectPublicKeyInfo, in the one form all equal keys share.
    #[must_use]
    pub fn spki(&self) -> &[u8] {
        &self.0.spki
    }

    /// SHA-256 of [`VerifyingKey::spki`].
    #[must_use]
    pub fn spki_sha256(&self) -> [u8; 32] {
        self.0.spki_sha256
    }

    /// Whether a key of this type makes signatures of this algorithm; which sizes and hashes may count is a matter of
    /// [`AlgorithmPolicy`](crate::AlgorithmPolicy).
    #[must_use]
    pub fn fits(&self, algorithm: SignatureAlgorithm) -> bool {
        self.0.key_type.family() == algorithm.family()
    }

    /// Whether the cryptographic library verifies this algorithm for this key.
    pub(super) fn can_verify(&self, algorithm: SignatureAlgorithm) -> bool {
        self.0.verifiers.iter().any(|(available, _)| *available == algorithm)
    }

    /// Whether `signature`, in the form XML carries, is this key's over `octets`.
    ///
    /// The key decides which algorithms are possible: `false` for one that does not fit. What may count is asked of
    /// [`AlgorithmPolicy`](crate::AlgorithmPolicy) before.
    pub(crate) fn verify(&self, algorithm: SignatureAlgorithm, octets: &[u8], signature: &[u8]) -> bool {
        let Some((_, slot)) = self.0.verifiers.iter().find(|(available, _)| *available == algorithm) else {
            return false;
        };
        let parse = || (AWS_LC.public_key)(self.0.key_type, algorithm, &self.0.spki).map(|parsed| parsed.verify);
        let Some(verify) = slot.get_or_init(parse) else { return false };
        match self.0.key_type {
            KeyType::Ec(curve) => ecdsa_der(curve, signature).is_some_and(|signature| verify(octets, &signature)),
            _ => verify(octets, signature),
        }
    }
}

impl VerifyingKey {
    /// A signature of this key as XML carries it. Outside XML an ECDSA signature is a DER structure (RFC 3279 section 2.2.3);
    /// what is none is left as it is.
    pub(crate) fn signature_in_xml_form<'s>(&self, signature: &'s [u8]) -> Cow<'s, [u8]> {
        match self.0.key_type {
            KeyType::Ec(curve) if signature.len() != 2 * curve.field_bytes() => {
                ecdsa_fixed(curve, signature).map_or(Cow::Borrowed(signature), Cow::Owned)
            }
            _ => Cow::Borrowed(signature),
        }
    }
}

impl PartialEq for VerifyingKey {
    fn eq(&self, other: &Self) -> bool {
        self.0.spki == other.0.spki
    }
}

impl Eq for VerifyingKey {}

impl VerifyingKey {
    /// What it displays.
    pub(crate) fn describe(&self) -> String {
        displayed(self, "ECDSA P-256 key 4F:1A:09:C3:55:0E:71:9D…".len())
    }
}

/// What it is and the beginning of its fingerprint: "RSA 2048 key 4F:1A:09:C3:55:0E:71:9D…".
impl fmt::Display for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} key ", self.0.key_type)?;
        Fingerprint::new(self.0.spki_sha256).write_short(f)
    }
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VerifyingKey({}, {})", self.0.key_type, Fingerprint::new(self.0.spki_sha256))
    }
}

/// An ECDSA signature as XML carries it, r‖s, each as long as the field (XML Signature 1.1 section 6.4.3), as DER.
pub(super) fn ecdsa_der(curve: Curve, signature: &[u8]) -> Option<Vec<u8>> {
    if signature.len() != 2 * curve.field_bytes() {
        return None;
    }
    let (r, s) = signature.split_at_checked(curve.field_bytes())?;
    Some(der::unsigned_integers([r, s]))
}

/// The inverse of [`ecdsa_der`].
fn ecdsa_fixed(curve: Curve, signature: &[u8]) -> Option<Vec<u8>> {
    let outer = der::read_tagged(signature, der::SEQUENCE).filter(|outer| outer.rest.is_empty())?;
    let r = der::read_tagged(outer.content, der::INTEGER)?;
    let s = der::read_tagged(r.rest, der::INTEGER).filter(|s| s.rest.is_empty())?;
    let mut fixed = Vec::with_capacity(2 * curve.field_bytes());
    for number in [r.content, s.content] {
        let number = der::without_leading_zeros(number);
        let zeros = curve.field_bytes().checked_sub(number.len())?;
        fixed.resize(fixed.len().saturating_add(zeros), 0);
        fixed.extend_from_slice(number);
    }
    Some(fixed)
}

#[cfg(test)]
mod tests;
