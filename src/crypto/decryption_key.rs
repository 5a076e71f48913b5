//! The private keys that open what was encrypted to us.

use std::fmt;

use super::certificate::Fingerprint;
use super::content::{ContentCipher, ContentKey};
use super::digest::sha256;
use super::key::KeyType;
use super::key_transport::{self, KeyTransport};
use super::private_key::{PrivateKeyDer, PrivateKeyError};
use super::provider::{AWS_LC, KeyForm, RsaDecryption};
use super::spki::RsaNumbers;

/// An RSA private key that opens what an identity provider encrypted to us.
///
/// RSA, for XML Encryption to an elliptic curve was not seen at any identity provider; of 2048 to 8192 bits, or from 1024 on
/// where [`dangerous_allow_small_rsa`](crate::ServiceProviderBuilder::dangerous_allow_small_rsa) was called.
///
/// It is not `Clone`; a service provider holds it behind its own `Arc`. `Debug` shows the fingerprint of the public half.
/// When it is dropped, the numbers of the key are overwritten by the cryptographic library, and so are the octets that they
/// were read from. Not overwritten are the text that you passed in, what decoding base64 left behind, and, for a key under
/// a password, what the decryption of the file left behind. Drop the text after reading, and give the process no swap and no
/// core dumps where that matters.
///
/// The private operation runs in constant time and blinded, as AWS-LC says of its RSA.
///
/// ```
/// # use saml_sp::{DecryptionKey, PrivateKeyError};
/// # fn read() -> String { include_str!("testdata/test_only_rsa_2048.pem").to_owned() }
/// let key = DecryptionKey::from_pem(&read())?;
/// assert_eq!(key.spki_sha256().len(), 32);
/// # Ok::<(), PrivateKeyError>(())
/// ```
pub struct DecryptionKey {
    private: RsaDecryption,
    bits: usize,
    spki_sha256: [u8; 32],
}

impl DecryptionKey {
    /// Reads the first private key of a PEM text: PKCS#8 (`BEGIN PRIVATE KEY`) or PKCS#1 (`BEGIN RSA PRIVATE KEY`).
    ///
    /// # Errors
    /// [`PrivateKeyError`]: no private key, one under a password, one that is not RSA of 1024 to 8192 bits.
    pub fn from_pem(text: &str) -> Result<Self, PrivateKeyError> {
        Self::new(&PrivateKeyDer::from_pem(text)?)
    }

    /// Reads DER: PKCS#8 or PKCS#1.
    ///
    /// # Errors
    /// As [`DecryptionKey::from_pem`].
    pub fn from_der(octets: &[u8]) -> Result<Self, PrivateKeyError> {
        Self::new(&PrivateKeyDer::from_der(octets)?)
    }

    /// Reads the first private key of a PEM text, PKCS#8 under a password (`BEGIN ENCRYPTED PRIVATE KEY`).
    ///
    /// PBES2 with AES or 3DES, and PBKDF2 or scrypt. What the file may ask for is bounded: ten million iterations of PBKDF2,
    /// 64 MiB and 16 passes of scrypt. So the call may take seconds, and runs once, when the program starts.
    ///
    /// ```
    /// # use saml_sp::{DecryptionKey, PrivateKeyError};
    /// # fn read() -> String { include_str!("testdata/pkcs8_pbkdf2_sha256.pem").to_owned() }
    /// assert!(DecryptionKey::from_encrypted_pem(&read(), "correct horse").is_ok());
    /// assert_eq!(DecryptionKey::from_pem(&read()).unwrap_err(), PrivateKeyError::Encrypted);
    /// ```
    ///
    /// # Errors
    /// As [`DecryptionKey::from_pem`]; and a wrong password, a key without one, an encryption that we do not know or that
    /// costs too much.
    pub fn from_encrypted_pem(text: &str, password: &str) -> Result<Self, PrivateKeyError> {
        Self::new(&PrivateKeyDer::from_encrypted_pem(text, password)?)
    }

    fn new(key: &PrivateKeyDer) -> Result<Self, PrivateKeyError> {
        let private = (AWS_LC.rsa_decryption)(key.form, &key.der).ok_or_else(|| refusal(key))?;
        let bits = RsaNumbers::of(key.form, &key.der).map(|numbers| numbers.bits()).unwrap_or_default();
        Ok(Self { bits, spki_sha256: sha256(&private.spki), private })
    }

    /// Length of the modulus.
    pub(crate) fn bits(&self) -> usize {
        self.bits
    }

    /// SHA-256 of the public half as DER SubjectPublicKeyInfo, equal to [`VerifyingKey::spki_sha256`](crate::VerifyingKey::spki_sha256)
    /// of its certificate's key.
    #[must_use]
    pub fn spki_sha256(&self) -> [u8; 32] {
        self.spki_sha256
    }

    /// The public half, DER SubjectPublicKeyInfo.
    #[cfg(any(test, feature = "testing"))]
    pub(crate) fn spki(&self) -> &[u8] {
        &self.private.spki
    }

    /// The content key, of exactly the length that `cipher` wants.
    ///
    /// OAEP: `None` says nothing about why. RSA 1.5: always a key, a random one where anything is wrong, so that the content
    /// fails and not the key; `None` only where the system has no random octets. Which transports may count is asked before.
    pub(crate) fn unwrap_key(
        &self,
        transport: &KeyTransport,
        wrapped: &[u8],
        cipher: ContentCipher,
    ) -> Option<ContentKey> {
        key_transport::unwrap(&self.private, transport, wrapped, cipher)
    }

    /// What a key elsewhere would answer: the octets, whatever they are; `None` where the padding is wrong.
    #[cfg(any(test, feature = "testing"))]
    pub(crate) fn stand_in(&self, transport: &KeyTransport, wrapped: &[u8]) -> Option<Vec<u8>> {
        key_transport::stand_in(&self.private, transport, wrapped)
    }
}

/// Shows the public half only.
impl fmt::Debug for DecryptionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DecryptionKey(RSA {}, {})", self.bits, Fingerprint::new(self.spki_sha256))
    }
}

/// Why the library did not take it.
fn refusal(key: &PrivateKeyDer) -> PrivateKeyError {
    let read = match key.form {
        KeyForm::Pkcs8 => AWS_LC.private_key,
        KeyForm::Traditional => AWS_LC.traditional_private_key,
    };
    let other = || read(&key.der).and_then(|key| super::key::VerifyingKey::from_spki(&key.spki).ok());
    match other() {
        Some(key) => PrivateKeyError::NotRsa { found: key.key_type() },
        None => match RsaNumbers::of(key.form, &key.der).map(|numbers| numbers.bits()) {
            Some(bits) if !(1024..=8192).contains(&bits) => PrivateKeyError::NotRsa { found: KeyType::Rsa { bits } },
            _ => PrivateKeyError::NotPrivateKey,
        },
    }
}

#[cfg(test)]
mod tests;
