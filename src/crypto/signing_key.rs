//! The private keys that sign what we send; and, in tests, what an identity provider sends.

use std::fmt;

use super::algorithm::{DigestAlgorithm, SignatureAlgorithm};
#[cfg(any(test, feature = "testing"))]
use super::key::Curve;
use super::key::{KeyType, VerifyingKey};
use super::policy::{AlgorithmPolicy, AlgorithmRefused};
use super::private_key::{PrivateKeyDer, PrivateKeyError};
#[cfg(any(test, feature = "testing"))]
use super::provider::NewKey;
use super::provider::{AWS_LC, KeyForm, PrivateKey};
use super::spki::RsaNumbers;

/// A private key that signs requests, logout messages and metadata: RSA from 2048 to 8192 bits, ECDSA on P-256, P-384 or
/// P-521, or Ed25519.
///
/// It signs by the algorithm of its type that everybody verifies: RSA with SHA-256 (PKCS#1 v1.5), ECDSA with the hash of the
/// curve's size. [`sign_with`](Self::sign_with) chooses another.
///
/// It is not `Clone`; a service provider holds it behind its own `Arc`. `Debug` shows the fingerprint of the public half.
/// When it is dropped, the numbers of the key are overwritten by the cryptographic library, and so are the octets that they
/// were read from. Not overwritten are the text that you passed in, what decoding base64 left behind, and, for a key under
/// a password, what the decryption of the file left behind.
///
/// ```
/// # use saml_sp::{PrivateKeyError, SignatureAlgorithm, SigningKey};
/// # fn read() -> String { include_str!("testdata/test_only_rsa_2048.pem").to_owned() }
/// let key = SigningKey::from_pem(&read())?;
/// assert_eq!(key.algorithm(), SignatureAlgorithm::RsaSha256);
/// # Ok::<(), PrivateKeyError>(())
/// ```
pub struct SigningKey {
    private: PrivateKey,
    public: VerifyingKey,
    algorithm: SignatureAlgorithm,
}

/// Why there is no signature.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SigningKeyError {
    /// The library could not make a key.
    #[cfg(any(test, feature = "testing"))]
    #[error("no key could be generated")]
    Generation,
    /// A signature of an algorithm that this key does not make.
    #[error("a key of type {key} does not sign {algorithm}")]
    CannotSign {
        /// What was asked.
        algorithm: SignatureAlgorithm,
        /// What the key is.
        key: KeyType,
    },
}

impl SigningKey {
    /// Reads the first private key of a PEM text: PKCS#8 (`BEGIN PRIVATE KEY`), PKCS#1 (`BEGIN RSA PRIVATE KEY`) or SEC 1
    /// (`BEGIN EC PRIVATE KEY`).
    ///
    /// # Errors
    /// [`PrivateKeyError`]: no private key, one under a password, one of a type or size that does not sign.
    pub fn from_pem(text: &str) -> Result<Self, PrivateKeyError> {
        Self::read(&PrivateKeyDer::from_pem(text)?)
    }

    /// Reads DER: PKCS#8, PKCS#1 or SEC 1.
    ///
    /// # Errors
    /// As [`SigningKey::from_pem`].
    pub fn from_der(octets: &[u8]) -> Result<Self, PrivateKeyError> {
        Self::read(&PrivateKeyDer::from_der(octets)?)
    }

    /// Reads the first private key of a PEM text, PKCS#8 under a password (`BEGIN ENCRYPTED PRIVATE KEY`); how it may be
    /// encrypted, and at what cost, is said at [`DecryptionKey::from_encrypted_pem`](crate::DecryptionKey::from_encrypted_pem).
    ///
    /// # Errors
    /// As [`SigningKey::from_pem`]; and a wrong password, a key without one, an encryption that we do not know or that
    /// costs too much.
    pub fn from_encrypted_pem(text: &str, password: &str) -> Result<Self, PrivateKeyError> {
        Self::read(&PrivateKeyDer::from_encrypted_pem(text, password)?)
    }

    /// Signs by this algorithm, where the identity provider does not declare that it verifies others only.
    ///
    /// # Errors
    /// [`PrivateKeyError::Algorithm`]: one of another kind of key, or SHA-1, which nothing that we send is signed by.
    pub fn sign_with(self, algorithm: SignatureAlgorithm) -> Result<Self, PrivateKeyError> {
        check(&self.public, algorithm)?;
        Ok(Self { algorithm, ..self })
    }

    /// What it signs by.
    #[must_use]
    pub fn algorithm(&self) -> SignatureAlgorithm {
        self.algorithm
    }

    /// The public half.
    #[must_use]
    pub fn verifying_key(&self) -> &VerifyingKey {
        &self.public
    }

    fn read(key: &PrivateKeyDer) -> Result<Self, PrivateKeyError> {
        let read = match key.form {
            KeyForm::Pkcs8 => AWS_LC.private_key,
            KeyForm::Traditional => AWS_LC.traditional_private_key,
        };
        let private = read(&key.der).and_then(Self::new);
        private.ok_or_else(|| match RsaNumbers::of(key.form, &key.der).map(|numbers| numbers.bits()) {
            Some(bits) if !(2048..=8192).contains(&bits) => {
                PrivateKeyError::NotForSigning { found: KeyType::Rsa { bits } }
            }
            _ => PrivateKeyError::NotPrivateKey,
        })
    }

    fn new(private: PrivateKey) -> Option<Self> {
        let public = VerifyingKey::from_spki(&private.spki).ok()?;
        Some(Self { private, algorithm: public.key_type().default_algorithm(), public })
    }

    /// Signs `octets`; the value in the form XML carries, ECDSA as r‖s.
    ///
    /// SHA-1 is signed by tests only.
    pub(crate) fn sign(&self, algorithm: SignatureAlgorithm, octets: &[u8]) -> Result<Vec<u8>, SigningKeyError> {
        let cannot = SigningKeyError::CannotSign { algorithm, key: self.public.key_type() };
        if !self.public.fits(algorithm) {
            return Err(cannot);
        }
        #[cfg(any(test, feature = "testing"))]
        if algorithm == SignatureAlgorithm::RsaSha1 {
            return super::weak::sign_rsa_sha1(&self.private, octets).ok_or(cannot);
        }
        if algorithm.digest() == Some(DigestAlgorithm::Sha1) && !cfg!(any(test, feature = "testing")) {
            return Err(cannot);
        }
        (self.private.sign)(algorithm, octets).ok_or(cannot)
    }
}

/// Whether what we send may be signed by this algorithm, with the private half of this key.
pub(crate) fn check(key: &VerifyingKey, algorithm: SignatureAlgorithm) -> Result<(), PrivateKeyError> {
    // The rules for what we verify, by default; its words are about other people's messages.
    AlgorithmPolicy::new().check_signature(algorithm, key).map_err(|refused| match refused {
        AlgorithmRefused::SmallRsa { .. } | AlgorithmRefused::HugeRsa { .. } => {
            PrivateKeyError::NotForSigning { found: key.key_type() }
        }
        _ => PrivateKeyError::Algorithm { algorithm, key: key.key_type() },
    })
}

/// Keys that live as long as a test.
#[cfg(any(test, feature = "testing"))]
impl SigningKey {
    /// A fresh RSA key of 2048, 3072 or 4096 bits; or of 1024, which is made here only.
    pub(crate) fn generate_rsa(bits: usize) -> Result<Self, SigningKeyError> {
        let new = match bits {
            2048 => NewKey::Rsa2048,
            3072 => NewKey::Rsa3072,
            4096 => NewKey::Rsa4096,
            1024 => return super::weak::generate_rsa_1024().and_then(Self::new).ok_or(SigningKeyError::Generation),
            _ => return Err(SigningKeyError::Generation),
        };
        Self::generate(new)
    }

    /// A fresh ECDSA key.
    pub(crate) fn generate_ecdsa(curve: Curve) -> Result<Self, SigningKeyError> {
        Self::generate(NewKey::Ecdsa(curve))
    }

    /// A fresh Ed25519 key.
    pub(crate) fn generate_ed25519() -> Result<Self, SigningKeyError> {
        Self::generate(NewKey::Ed25519)
    }

    fn generate(new: NewKey) -> Result<Self, SigningKeyError> {
        (AWS_LC.generate)(new).and_then(Self::new).ok_or(SigningKeyError::Generation)
    }

    /// The key as unencrypted PKCS#8, to hand to other tools.
    pub(crate) fn to_pkcs8_der(&self) -> Option<Vec<u8>> {
        (self.private.pkcs8)()
    }
}

/// Shows the public half only.
impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({:?})", self.public)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::base64;

    fn pem(label: &str, der: &[u8]) -> String {
        format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", base64::encode(der))
    }

    fn all() -> Vec<SigningKey> {
        let mut keys = vec![SigningKey::generate_rsa(2048).unwrap(), SigningKey::generate_ed25519().unwrap()];
        keys.extend(Curve::ALL.map(|curve| SigningKey::generate_ecdsa(curve).unwrap()));
        keys
    }

    #[test]
    fn reads_what_it_wrote() {
        for key in all() {
            let der = key.to_pkcs8_der().unwrap();
            assert_eq!(SigningKey::from_der(&der).unwrap().verifying_key(), key.verifying_key());
            let text = pem("PRIVATE KEY", &der);
            assert_eq!(SigningKey::from_pem(&text).unwrap().verifying_key(), key.verifying_key());
            assert_eq!(SigningKey::from_pem(&text.replace('\n', "\r\n")).unwrap().verifying_key(), key.verifying_key());
        }
    }

    #[test]
    fn reads_traditional_rsa_and_ec_keys() {
        let rsa = SigningKey::generate_rsa(2048).unwrap();
        // PKCS#8 is a frame around PKCS#1, of 26 bytes for an RSA key of this size, or around SEC 1, of 29 for P-256.
        let text = pem("RSA PRIVATE KEY", &rsa.to_pkcs8_der().unwrap()[26..]);
        assert_eq!(SigningKey::from_pem(&text).unwrap().verifying_key(), rsa.verifying_key());
        let ec = SigningKey::generate_ecdsa(Curve::P256).unwrap();
        let parameters = pem("EC PARAMETERS", &[6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7]);
        let text = parameters + &pem("EC PRIVATE KEY", &ec.to_pkcs8_der().unwrap()[29..]);
        assert_eq!(SigningKey::from_pem(&text).unwrap().verifying_key(), ec.verifying_key());
    }

    #[test]
    fn what_is_no_private_key() {
        let error = |text: &str| SigningKey::from_pem(text).unwrap_err();
        assert_eq!(error(""), PrivateKeyError::NotPrivateKey);
        assert_eq!(error(&pem("CERTIFICATE", b"x")), PrivateKeyError::NotPrivateKey);
        assert_eq!(error(&pem("PRIVATE KEY", b"x")), PrivateKeyError::NotPrivateKey);
        assert_eq!(error(&pem("ENCRYPTED PRIVATE KEY", b"x")), PrivateKeyError::Encrypted);
        let old = "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nAAAA\n-----END RSA PRIVATE KEY-----";
        assert_eq!(error(old), PrivateKeyError::Encrypted);
        let der = SigningKey::generate_ecdsa(Curve::P256).unwrap().to_pkcs8_der().unwrap();
        for length in 0..der.len() {
            assert!(SigningKey::from_der(&der[..length]).is_err(), "cut off at {length}");
        }
    }

    #[test]
    fn small_rsa_keys_do_not_sign() {
        let small = include_str!("testdata/test_only_rsa_1024.pem");
        let found = KeyType::Rsa { bits: 1024 };
        assert_eq!(SigningKey::from_pem(small).unwrap_err(), PrivateKeyError::NotForSigning { found });
    }

    #[test]
    fn another_algorithm_is_one_of_the_key_s_own_and_never_sha_1() {
        for key in all() {
            for algorithm in SignatureAlgorithm::ALL {
                let key = SigningKey::from_der(&key.to_pkcs8_der().unwrap()).unwrap();
                let may = key.public.can_verify(algorithm) && algorithm.digest() != Some(DigestAlgorithm::Sha1);
                match key.sign_with(algorithm) {
                    Ok(key) => assert!(may && key.algorithm() == algorithm, "{key:?} {algorithm}"),
                    Err(_) => assert!(!may, "{algorithm}"),
                }
            }
        }
    }

    #[test]
    fn signs_its_own_algorithms_only() {
        for key in all() {
            for algorithm in SignatureAlgorithm::ALL {
                match key.sign(algorithm, b"octets") {
                    Ok(_) => assert!(key.verifying_key().fits(algorithm), "{key:?} {algorithm}"),
                    Err(error) => {
                        let key = key.verifying_key().key_type();
                        assert_eq!(error, SigningKeyError::CannotSign { algorithm, key });
                    }
                }
                if key.verifying_key().can_verify(algorithm) {
                    assert!(key.sign(algorithm, b"octets").is_ok(), "{key:?} {algorithm}");
                }
            }
        }
    }

    #[test]
    fn sizes_that_are_not_generated() {
        for bits in [0, 512, 2047, 8192] {
            assert_eq!(SigningKey::generate_rsa(bits).unwrap_err(), SigningKeyError::Generation);
        }
    }
}
