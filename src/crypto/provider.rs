//! The one place where a cryptographic library is plugged in.
//!
//! A provider is a plain struct of functions with one constant per library. There is no process-wide default that could
//! be swapped under a running program, and today there is one library; the struct says exactly what another would have to do.

use super::algorithm::{DigestAlgorithm, SignatureAlgorithm};
pub(crate) use super::aws_lc::AWS_LC;
use super::content::ContentCipher;
use super::digest::Digest;
#[cfg(any(test, feature = "testing"))]
use super::key::Curve;
use super::key::KeyType;
use zeroize::Zeroizing;

/// Everything this crate asks of a cryptographic library.
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
    #[cfg(any(test, feature = "testing"))]
    pub(crate) generate: fn(NewKey) -> Option<PrivateKey>,
    /// Hashes.
    pub(crate) digest: fn(DigestAlgorithm, &[u8]) -> Digest,
    /// AES-256-GCM: the ciphertext with its tag of 16 bytes behind it.
    pub(crate) seal: Aead,
    /// The inverse of `seal`; `None` where the tag does not fit.
    pub(crate) open: Aead,
    /// A content cipher without its padding: plaintext, with padding where the cipher has one; `None` where key, IV, length or
    /// tag do not fit.
    pub(crate) decrypt: Content,
    /// The inverse of `decrypt`: ciphertext, with the tag of 16 bytes behind it where the cipher has one.
    pub(crate) encrypt: Content,
    /// Parses an RSA private key of 1024 to 8192 bits, to decrypt with.
    pub(crate) rsa_decryption: fn(KeyForm, der: &[u8]) -> Option<RsaDecryption>,
    /// Parses the SubjectPublicKeyInfo of an RSA key, to encrypt with.
    pub(crate) rsa_encryption: fn(spki: &[u8]) -> Option<RsaEncryption>,
    /// Fills with octets that nobody can guess; `false` if the system has none.
    pub(crate) fill_random: fn(&mut [u8]) -> bool,
    /// Compares in time that depends on the lengths only.
    pub(crate) equal: fn(&[u8], &[u8]) -> bool,
}

/// Key, nonce, associated data, and the text to seal or to open.
pub(crate) type Aead = fn(&[u8; 32], [u8; 12], &[u8], &[u8]) -> Option<Vec<u8>>;

/// Cipher, key, IV, and the text to decrypt or to encrypt.
pub(crate) type Content = fn(ContentCipher, &[u8], &[u8], &[u8]) -> Option<Vec<u8>>;

/// A public key parsed for one algorithm.
pub(crate) struct PublicKey {
    /// The key as the library writes it: named curve, uncompressed point, explicit NULL, whatever it was read from.
    pub(crate) spki: Vec<u8>,
    pub(crate) verify: Verify,
}

/// Whether a signature over the octets is good. ECDSA signatures come as DER.
pub(crate) type Verify = Box<dyn Fn(/* octets */ &[u8], /* signature */ &[u8]) -> bool + Send + Sync>;

/// A private key, ready to sign.
pub(crate) struct PrivateKey {
    /// Its public half, DER.
    pub(crate) spki: Vec<u8>,
    /// For tests, which hand their keys to other tools.
    #[cfg(any(test, feature = "testing"))]
    pub(crate) pkcs8: Pkcs8,
    pub(crate) sign: Sign,
}

/// Writes the key out again, as unencrypted PKCS#8 that nobody clears from memory.
#[cfg(any(test, feature = "testing"))]
pub(crate) type Pkcs8 = Box<dyn Fn() -> Option<Vec<u8>> + Send + Sync>;

/// Signs octets in the form XML carries: ECDSA as r‖s. `None` where the key cannot make such signatures.
pub(crate) type Sign = Box<dyn Fn(SignatureAlgorithm, /* octets */ &[u8]) -> Option<Vec<u8>> + Send + Sync>;

/// How a private key is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeyForm {
    /// PKCS#8 (RFC 5958).
    Pkcs8,
    /// The form of its type: RFC 8017 for RSA, RFC 5915 for elliptic curves.
    Traditional,
}

/// An RSA private key, ready to decrypt. Cleared from memory when dropped.
pub(crate) struct RsaDecryption {
    /// Its public half, DER.
    pub(crate) spki: Vec<u8>,
    /// Length of the modulus.
    pub(crate) modulus_bytes: usize,
    /// In time that does not depend on the key or on what comes out, and `None` for every failure; without a padding, a
    /// failure is one of the input's length or size.
    pub(crate) decrypt: RsaDecrypt,
}

/// Padding, and octets of the length of the modulus.
pub(crate) type RsaDecrypt = Box<dyn Fn(RsaPadding<'_>, &[u8]) -> Option<Zeroizing<Vec<u8>>> + Send + Sync>;

/// An RSA public key, ready to encrypt.
pub(crate) struct RsaEncryption {
    /// Length of the modulus.
    pub(crate) modulus_bytes: usize,
    pub(crate) encrypt: RsaEncrypt,
}

/// Padding, and the octets to encrypt.
pub(crate) type RsaEncrypt = Box<dyn Fn(RsaPadding<'_>, &[u8]) -> Option<Vec<u8>>>;

/// What stands between the octets and the RSA operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RsaPadding<'p> {
    /// RFC 8017 section 7.1.
    Oaep { digest: DigestAlgorithm, mgf1: DigestAlgorithm, label: &'p [u8] },
    /// Nothing: as many octets as the modulus has.
    None,
}

/// What to generate.
#[cfg(any(test, feature = "testing"))]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NewKey {
    Rsa2048,
    Rsa3072,
    Rsa4096,
    Ecdsa(Curve),
    Ed25519,
}
