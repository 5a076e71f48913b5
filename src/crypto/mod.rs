//! Floor 2: keys, certificates, algorithms. No XML and no SAML.
//!
//! Everything that computes goes through [`provider::AWS_LC`]; the library behind it is named in `aws_lc.rs`, its C interface
//! in `oaep.rs`, and neither anywhere else.

pub(crate) mod aead;
pub(crate) mod algorithm;
mod aws_lc;
pub(crate) mod certificate;
pub(crate) mod content;
pub(crate) mod credential;
pub(crate) mod decryption_key;
mod der;
pub(crate) mod digest;
pub(crate) mod key;
pub(crate) mod key_transport;
mod oaep;
pub(crate) mod policy;
pub(crate) mod private_key;
pub(crate) mod provider;
pub(crate) mod random;
pub(crate) mod signing_key;
mod spki;
#[cfg(any(test, feature = "testing"))]
mod weak;

pub(crate) use algorithm::{DigestAlgorithm, SignatureAlgorithm};
pub(crate) use certificate::{Certificate, CertificateError};
pub(crate) use content::encrypt;
pub(crate) use content::{ContentCipher, ContentKey, decrypt};
pub(crate) use credential::{Credential, Decryption, KeyState};
pub(crate) use decryption_key::DecryptionKey;
pub(crate) use digest::{constant_time_eq, digest, hex, hex_digits, sha256};
pub(crate) use key::{Curve, VerifyingKey};
pub(crate) use key_transport::wrap_key;
pub(crate) use key_transport::{KeyTransport, answered};
pub(crate) use policy::{AlgorithmPolicy, AlgorithmRefused, Verifiable};
pub(crate) use signing_key::SigningKey;
#[cfg(any(test, feature = "testing"))]
pub(crate) use signing_key::SigningKeyError;
