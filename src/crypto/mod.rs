//! Floor 2: keys, certificates, algorithms. No XML and no SAML.
//!
//! Everything that computes goes through [`provider::AWS_LC`]; the library behind it is named in `aws_lc.rs` and nowhere else.

pub(crate) mod aead;
pub(crate) mod algorithm;
mod aws_lc;
pub(crate) mod certificate;
mod der;
pub(crate) mod digest;
pub(crate) mod key;
pub(crate) mod policy;
pub(crate) mod provider;
pub(crate) mod random;
pub(crate) mod signing_key;
mod spki;
#[cfg(any(test, feature = "testing"))]
mod weak;
