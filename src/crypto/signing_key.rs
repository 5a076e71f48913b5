//! Private keys: for our requests, and for the identity provider of tests.

use std::fmt;

use super::algorithm::SignatureAlgorithm;
use super::key::{Curve, KeyError, KeyType, VerifyingKey};
use super::provider::{AWS_LC, NewKey, PrivateKey};

/// A private key and its public half. Not `Clone`: share it behind an `Arc`.
pub(crate) struct SigningKey {
    private: PrivateKey,
    public: VerifyingKey,
}

/// Why there is no private key, or no signature.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SigningKeyError {
    /// Not an unencrypted private key of a type we know.
    #[error("this is no unencrypted private key of RSA (2048 to 8192 bits), ECDSA (P-256, P-384, P-521) or Ed25519")]
    NotPrivateKey,
    /// A private key under a password.
    #[error("the private key is encrypted with a password")]
    Encrypted,
    /// Its public half is unusable.
    #[error("the public half of the private key: {0}")]
    Public(#[from] KeyError),
    /// The library could not make a key.
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
    /// Reads an unencrypted PKCS#8 private key (RFC 5958).
    #[cfg(test)]
    pub(crate) fn from_pkcs8_der(der: &[u8]) -> Result<Self, SigningKeyError> {
        Self::new((AWS_LC.private_key)(der).ok_or(SigningKeyError::NotPrivateKey)?)
    }

    /// Reads a PEM private key: PKCS#8, or the traditional forms of RSA and EC.
    pub(crate) fn from_pem(text: &str) -> Result<Self, SigningKeyError> {
        for block in super::certificate::pem_blocks(text) {
            let block = block.map_err(|_| SigningKeyError::NotPrivateKey)?;
            if !block.label.ends_with("PRIVATE KEY") {
                continue;
            }
            if block.label.starts_with("ENCRYPTED") || block.body.contains("ENCRYPTED") {
                return Err(SigningKeyError::Encrypted);
            }
            let der = block.decode().map_err(|_| SigningKeyError::NotPrivateKey)?;
            let read = if block.label == "PRIVATE KEY" { AWS_LC.private_key } else { AWS_LC.traditional_private_key };
            return Self::new(read(&der).ok_or(SigningKeyError::NotPrivateKey)?);
        }
        Err(SigningKeyError::NotPrivateKey)
    }

    /// A fresh RSA key of 2048, 3072 or 4096 bits.
    pub(crate) fn generate_rsa(bits: usize) -> Result<Self, SigningKeyError> {
        let new = match bits {
            2048 => NewKey::Rsa2048,
            3072 => NewKey::Rsa3072,
            4096 => NewKey::Rsa4096,
            #[cfg(any(test, feature = "testing"))]
            1024 => return Self::new(super::weak::generate_rsa_1024().ok_or(SigningKeyError::Generation)?),
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
        Self::new((AWS_LC.generate)(new).ok_or(SigningKeyError::Generation)?)
    }

    fn new(private: PrivateKey) -> Result<Self, SigningKeyError> {
        let public = VerifyingKey::from_spki(&private.spki)?;
        Ok(Self { private, public })
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
        if algorithm.digest() == Some(super::algorithm::DigestAlgorithm::Sha1) && !cfg!(any(test, feature = "testing"))
        {
            return Err(cannot);
        }
        (self.private.sign)(algorithm, octets).ok_or(cannot)
    }

    /// The public half.
    pub(crate) fn verifying_key(&self) -> &VerifyingKey {
        &self.public
    }

    /// The algorithm to sign with where nobody chose one.
    pub(crate) fn default_algorithm(&self) -> SignatureAlgorithm {
        self.public.key_type().default_algorithm()
    }

    /// The key as unencrypted PKCS#8, to hand to other tools in tests.
    #[cfg(any(test, feature = "testing"))]
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
            assert_eq!(SigningKey::from_pkcs8_der(&der).unwrap().verifying_key(), key.verifying_key());
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
        assert_eq!(error(""), SigningKeyError::NotPrivateKey);
        assert_eq!(error(&pem("CERTIFICATE", b"x")), SigningKeyError::NotPrivateKey);
        assert_eq!(error(&pem("PRIVATE KEY", b"x")), SigningKeyError::NotPrivateKey);
        assert_eq!(error(&pem("ENCRYPTED PRIVATE KEY", b"x")), SigningKeyError::Encrypted);
        let old = "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nAAAA\n-----END RSA PRIVATE KEY-----";
        assert_eq!(error(old), SigningKeyError::Encrypted);
        let der = SigningKey::generate_ecdsa(Curve::P256).unwrap().to_pkcs8_der().unwrap();
        for length in 0..der.len() {
            assert!(SigningKey::from_pkcs8_der(&der[..length]).is_err(), "cut off at {length}");
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
