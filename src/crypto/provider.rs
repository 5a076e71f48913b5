//! The one place where a cryptographic library is plugged in.
//!
//! A provider is a plain struct of functions with one constant per library. There is no process-wide default that could
//! be swapped under a running program, and today there is one library; the struct says exactly what another would have to do.

use super::algorithm::{DigestAlgorithm, SignatureAlgorithm};
pub(crate) use super::aws_lc::AWS_LC;
use super::digest::Digest;
use super::key::{Curve, KeyType};

/// Everything this crate asks of a cryptographic library.
#[cfg_attr(
    not(any(test, feature = "testing")),
    expect(dead_code, reason = "today only the test identity provider signs")
)]
pub(crate) struct CryptoProvider {
    /// Whether keys of this type can verify this algorithm.
    pub(crate) supports: fn(KeyType, SignatureAlgorithm) -> bool,
    /// Parses a DER SubjectPublicKeyInfo for one algorithm; `None` where it is no valid key of that type.
    pub(crate) public_key: fn(KeyType, SignatureAlgorithm, spki: &[u8]) -> Option<PublicKey>,
    /// Parses an unencrypted PKCS#8 private key of any type we know.
    pub(crate) private_key: fn(pkcs8: &[u8]) -> Option<PrivateKey>,
    /// Parses a private key in its traditional form (RFC 8017, RFC 5915).
    pub(crate) traditional_private_key: fn(der: &[u8]) -> Option<PrivateKey>,
    /// A fresh private key.
    pub(crate) generate: fn(NewKey) -> Option<PrivateKey>,
    /// Hashes.
    pub(crate) digest: fn(DigestAlgorithm, &[u8]) -> Digest,
    /// AES-256-GCM: the ciphertext with its tag of 16 bytes behind it.
    pub(crate) seal: Aead,
    /// The inverse of `seal`; `None` where the tag does not fit.
    pub(crate) open: Aead,
    /// Fills with octets that nobody can guess; `false` if the system has none.
    pub(crate) fill_random: fn(&mut [u8]) -> bool,
    /// Compares in time that depends on the lengths only.
    pub(crate) equal: fn(&[u8], &[u8]) -> bool,
}

/// Key, nonce, associated data, and the text to seal or to open.
pub(crate) type Aead = fn(&[u8; 32], [u8; 12], &[u8], &[u8]) -> Option<Vec<u8>>;

/// A public key parsed for one algorithm.
pub(crate) struct PublicKey {
    /// The key as the library writes it: named curve, uncompressed point, explicit NULL, whatever it was read from.
    pub(crate) spki: Vec<u8>,
    pub(crate) verify: Verify,
}

/// Whether a signature over the octets is good. ECDSA signatures come as DER.
pub(crate) type Verify = Box<dyn Fn(/* octets */ &[u8], /* signature */ &[u8]) -> bool + Send + Sync>;

/// A private key, ready to sign.
#[cfg_attr(
    not(any(test, feature = "testing")),
    expect(dead_code, reason = "today only the test identity provider signs")
)]
pub(crate) struct PrivateKey {
    /// Its public half, DER.
    pub(crate) spki: Vec<u8>,
    /// For tests, which hand their keys to other tools.
    pub(crate) pkcs8: Pkcs8,
    pub(crate) sign: Sign,
}

/// Writes the key out again, as unencrypted PKCS#8 that nobody clears from memory.
pub(crate) type Pkcs8 = Box<dyn Fn() -> Option<Vec<u8>> + Send + Sync>;

/// Signs octets in the form XML carries: ECDSA as r‖s. `None` where the key cannot make such signatures.
pub(crate) type Sign = Box<dyn Fn(SignatureAlgorithm, /* octets */ &[u8]) -> Option<Vec<u8>> + Send + Sync>;

/// What to generate.
#[cfg_attr(
    not(any(test, feature = "testing")),
    expect(dead_code, reason = "today only the test identity provider signs")
)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NewKey {
    Rsa2048,
    Rsa3072,
    Rsa4096,
    Ecdsa(Curve),
    Ed25519,
}
