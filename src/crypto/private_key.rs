//! Private keys as people keep them: PEM or DER, PKCS#8 or the traditional forms, under a password or not.

use pkcs8::EncryptedPrivateKeyInfoRef;
use pkcs8::pkcs5::pbes2::Kdf;
use zeroize::Zeroizing;

use super::algorithm::SignatureAlgorithm;
use super::certificate::pem_blocks;
use super::der;
use super::key::KeyType;
use super::provider::KeyForm;
use super::spki::dotted;
use crate::text::quoted::Quoted;

/// The most iterations of PBKDF2 that we do for a password: what RFC 8018 section 4.2 names for the most critical keys; openssl
/// writes 2,048 unless told otherwise. Measured, a million takes about a second in a build with little optimization.
const MAX_ITERATIONS: u64 = 10_000_000;

/// The most memory for scrypt, 128 · r · (N + p) bytes (RFC 7914): twice the 32 MiB beyond which openssl reads no key.
const MAX_SCRYPT_BYTES: u64 = 64 << 20;

/// The most passes of scrypt through its memory; openssl writes 1.
const MAX_SCRYPT_PASSES: u64 = 16;

const ITERATIONS: &str = "PBKDF2 iterations";
const SCRYPT_BYTES: &str = "bytes of memory for scrypt";
const SCRYPT_PASSES: &str = "passes of scrypt";

/// Why there is no private key.
///
/// ```
/// # use saml_sp::{DecryptionKey, PrivateKeyError};
/// let error = DecryptionKey::from_pem("-----BEGIN CERTIFICATE-----\nMII=\n-----END CERTIFICATE-----").unwrap_err();
/// assert_eq!(error, PrivateKeyError::NotPrivateKey);
/// assert_eq!(error.code(), "private-key-missing");
/// ```
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PrivateKeyError {
    /// Nothing that is a private key, or a damaged one.
    #[error("there is no private key here that we can read")]
    NotPrivateKey,
    /// A private key under a password, where none was given.
    #[error("the private key is encrypted with a password")]
    Encrypted,
    /// A private key without a password, where one was given.
    #[error("the private key is not encrypted, and a password was given")]
    NotEncrypted,
    /// The password does not open it.
    #[error("the password does not open the private key")]
    WrongPassword,
    /// Encrypted in a way that we do not know.
    #[error("the private key is encrypted with {found}; we know PBES2 with AES or 3DES, and PBKDF2 or scrypt")]
    UnknownEncryption {
        /// Its name, or what the file says.
        found: Quoted,
    },
    /// The password would have to be stretched beyond all measure.
    #[error("the private key asks for {found} {what}; at most {maximum} are done for a password")]
    TooCostly {
        /// What is counted: "PBKDF2 iterations", "bytes of memory for scrypt", "passes of scrypt".
        what: &'static str,
        /// What the file asks for.
        found: u64,
        /// The bound.
        maximum: u64,
    },
    /// A key that cannot decrypt: only RSA can.
    #[error("a decryption key has to be RSA of 1024 to 8192 bits, and this is {found}")]
    NotRsa {
        /// What it is.
        found: KeyType,
    },
    /// A key that is too short, or too long, to sign with.
    #[error(
        "a signing key has to be RSA of 2048 to 8192 bits, ECDSA on P-256, P-384 or P-521, or Ed25519, and this is {found}"
    )]
    NotForSigning {
        /// What it is.
        found: KeyType,
    },
    /// An algorithm of another kind of key; or SHA-1, which nothing that we send is signed by.
    #[error("nothing is signed by {algorithm} with a key of type {key}")]
    Algorithm {
        /// What was asked.
        algorithm: SignatureAlgorithm,
        /// What the key is.
        key: KeyType,
    },
}

impl PrivateKeyError {
    /// The stable name of this error.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotPrivateKey => "private-key-missing",
            Self::Encrypted => "private-key-encrypted",
            Self::NotEncrypted => "private-key-not-encrypted",
            Self::WrongPassword => "private-key-password",
            Self::UnknownEncryption { .. } => "private-key-encryption",
            Self::TooCostly { .. } => "private-key-cost",
            Self::NotRsa { .. } => "private-key-not-rsa",
            Self::NotForSigning { .. } => "private-key-not-for-signing",
            Self::Algorithm { .. } => "private-key-algorithm",
        }
    }

    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::NotPrivateKey => {
                "give the file that begins with BEGIN PRIVATE KEY, BEGIN RSA PRIVATE KEY or BEGIN EC PRIVATE KEY, whole; a certificate holds no private key"
            }
            Self::Encrypted => "give its password with from_encrypted_pem",
            Self::NotEncrypted => {
                "read it with from_pem, or encrypt it: openssl pkcs8 -topk8 -v2 aes-256-cbc -in key.pem"
            }
            Self::WrongPassword => "check the password, a line break at its end, and that it belongs to this file",
            Self::UnknownEncryption { .. } | Self::TooCostly { .. } => {
                "encrypt it anew: openssl pkcs8 -topk8 -v2 aes-256-cbc -in old.pem -out new.pem"
            }
            Self::NotRsa { .. } | Self::NotForSigning { .. } => {
                "make one: openssl req -x509 -newkey rsa:3072 -nodes -keyout key.pem -out certificate.pem"
            }
            Self::Algorithm { .. } => "name an algorithm of the key's own type, with SHA-256 or longer",
        }
    }
}

/// An unencrypted private key of any type, not yet parsed. Cleared when dropped.
pub(super) struct PrivateKeyDer {
    pub(super) form: KeyForm,
    pub(super) der: Zeroizing<Vec<u8>>,
}

impl PrivateKeyDer {
    /// Reads DER: PKCS#8 or traditional.
    pub(super) fn from_der(octets: &[u8]) -> Result<Self, PrivateKeyError> {
        let outer = der::read_tagged(octets, der::SEQUENCE).filter(|outer| outer.rest.is_empty());
        let outer = outer.ok_or(PrivateKeyError::NotPrivateKey)?;
        let first = der::read(outer.content).ok_or(PrivateKeyError::NotPrivateKey)?;
        let second = der::read(first.rest).ok_or(PrivateKeyError::NotPrivateKey)?;
        let form = match (first.tag, second.tag) {
            // EncryptedPrivateKeyInfo begins with an algorithm, all others with a version.
            (der::SEQUENCE, der::OCTET_STRING) => return Err(PrivateKeyError::Encrypted),
            (der::INTEGER, der::SEQUENCE) => KeyForm::Pkcs8,
            (der::INTEGER, _) => KeyForm::Traditional,
            _ => return Err(PrivateKeyError::NotPrivateKey),
        };
        Ok(Self { form, der: Zeroizing::new(octets.to_vec()) })
    }

    /// Reads the first private key of a PEM text, whatever stands around it.
    pub(super) fn from_pem(text: &str) -> Result<Self, PrivateKeyError> {
        let (encryption, der) = first_block(text)?;
        match encryption {
            Encryption::None => Self::from_der(&der),
            Encryption::Pkcs8 | Encryption::Traditional => Err(PrivateKeyError::Encrypted),
        }
    }

    /// As [`PrivateKeyDer::from_pem`], for a key under a password.
    pub(super) fn from_encrypted_pem(text: &str, password: &str) -> Result<Self, PrivateKeyError> {
        let (encryption, der) = first_block(text)?;
        match encryption {
            Encryption::None => Err(PrivateKeyError::NotEncrypted),
            Encryption::Pkcs8 => open(&der, password),
            // Key and IV come from one round of MD5 there (PEM_BYTES_TO_KEY): worth converting, not worth reading.
            Encryption::Traditional => {
                Err(PrivateKeyError::UnknownEncryption { found: Quoted::new("the traditional PEM encryption") })
            }
        }
    }
}

enum Encryption {
    None,
    Pkcs8,
    /// RFC 1421 headers: `Proc-Type: 4,ENCRYPTED`.
    Traditional,
}

fn first_block(text: &str) -> Result<(Encryption, Zeroizing<Vec<u8>>), PrivateKeyError> {
    for block in pem_blocks(text) {
        let block = block.map_err(|_| PrivateKeyError::NotPrivateKey)?;
        if !block.label.ends_with("PRIVATE KEY") {
            continue;
        }
        let encryption = match block.label.as_str() {
            "ENCRYPTED PRIVATE KEY" => Encryption::Pkcs8,
            _ if block.body.contains("ENCRYPTED") => Encryption::Traditional,
            _ => Encryption::None,
        };
        let der = block.decode().map_err(|_| PrivateKeyError::NotPrivateKey)?;
        return Ok((encryption, Zeroizing::new(der)));
    }
    Err(PrivateKeyError::NotPrivateKey)
}

/// EncryptedPrivateKeyInfo (RFC 5958 section 3) under PBES2 (RFC 8018 section 6.2).
fn open(encrypted: &[u8], password: &str) -> Result<PrivateKeyDer, PrivateKeyError> {
    let Ok(info) = EncryptedPrivateKeyInfoRef::try_from(encrypted) else {
        return Err(unknown_encryption(encrypted));
    };
    let Some(scheme) = info.encryption_algorithm.pbes2() else { return Err(unknown_encryption(encrypted)) };
    // Before it is tried, since trying is what costs.
    check_cost(&scheme.kdf)?;
    if !makes_sense(&scheme.kdf) {
        return Err(unknown_encryption(encrypted));
    }
    let der = info.decrypt(password).map_err(|error| refusal(&error, encrypted))?;
    PrivateKeyDer::from_der(der.as_bytes()).map_err(|_| PrivateKeyError::WrongPassword)
}

fn check_cost(function: &Kdf) -> Result<(), PrivateKeyError> {
    let bound = |what, found, maximum| {
        if found <= maximum { Ok(()) } else { Err(PrivateKeyError::TooCostly { what, found, maximum }) }
    };
    match function {
        Kdf::Pbkdf2(parameters) => bound(ITERATIONS, u64::from(parameters.iteration_count), MAX_ITERATIONS),
        Kdf::Scrypt(parameters) => {
            let passes = u64::from(parameters.parallelization);
            let blocks = parameters.cost_parameter.saturating_add(passes);
            let bytes = blocks.saturating_mul(u64::from(parameters.block_size)).saturating_mul(128);
            bound(SCRYPT_BYTES, bytes, MAX_SCRYPT_BYTES)?;
            bound(SCRYPT_PASSES, passes, MAX_SCRYPT_PASSES)
        }
        _ => Err(PrivateKeyError::UnknownEncryption { found: Quoted::new(function.oid().to_string()) }),
    }
}

/// RFC 8018 section 5.2 and RFC 7914 section 6: something has to be done, and N is a power of two. Crate pkcs5 (0.8.1) subtracts
/// from N before it looks whether it is zero, and panics.
fn makes_sense(function: &Kdf) -> bool {
    match function {
        Kdf::Pbkdf2(parameters) => parameters.iteration_count > 0,
        Kdf::Scrypt(parameters) => {
            parameters.cost_parameter.is_power_of_two()
                && parameters.cost_parameter > 1
                && parameters.block_size > 0
                && parameters.parallelization > 0
        }
        _ => false,
    }
}

fn refusal(error: &pkcs8::Error, encrypted: &[u8]) -> PrivateKeyError {
    use pkcs8::pkcs5::Error::{AlgorithmParametersInvalid, UnsupportedAlgorithm};
    match error {
        pkcs8::Error::EncryptedPrivateKey(AlgorithmParametersInvalid { .. } | UnsupportedAlgorithm { .. }) => {
            unknown_encryption(encrypted)
        }
        // A wrong password is seen by what comes out: wrong padding, or no DER.
        _ => PrivateKeyError::WrongPassword,
    }
}

/// Names the algorithms of an EncryptedPrivateKeyInfo, if it is one.
fn unknown_encryption(encrypted: &[u8]) -> PrivateKeyError {
    let algorithm = || {
        let outer = der::read_tagged(encrypted, der::SEQUENCE).filter(|outer| outer.rest.is_empty())?;
        let algorithm = der::read_tagged(outer.content, der::SEQUENCE)?;
        der::read_tagged(algorithm.rest, der::OCTET_STRING)?;
        der::read_tagged(algorithm.content, der::OBJECT_IDENTIFIER)
    };
    let Some(scheme) = algorithm() else { return PrivateKeyError::NotPrivateKey };
    let parts = || {
        let parameters = der::read_tagged(scheme.rest, der::SEQUENCE)?;
        let function = der::read_tagged(parameters.content, der::SEQUENCE)?;
        let cipher = der::read_tagged(function.rest, der::SEQUENCE)?;
        let name = |part: &[u8]| der::read_tagged(part, der::OBJECT_IDENTIFIER).map(|name| dotted(name.content));
        Some((name(function.content)?, name(cipher.content)?))
    };
    let scheme = dotted(scheme.content);
    let found = match parts() {
        Some((function, cipher)) => format!("{} of {} and {}", scheme.as_str(), function.as_str(), cipher.as_str()),
        None => scheme.as_str().to_owned(),
    };
    PrivateKeyError::UnknownEncryption { found: Quoted::new(found) }
}

#[cfg(test)]
mod tests;
