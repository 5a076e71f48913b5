//! Floor 3: signatures. A document and trusted keys go in, [`SignedOctets`] come out.
//!
//! `signature` is the shape gate: it recognises the one shape of `ds:Signature` that SAML allows (core 5.4) and
//! nothing else, by position and exact expanded names. `verify` then proves the digest and the signature value.

mod candidates;
#[cfg(all(feature = "xmlsec", any(test, fuzzing)))]
pub(crate) mod engines;
mod error;
#[cfg(test)]
mod golden;
mod native;
pub(crate) mod query;
pub(crate) mod sign;
mod signature;
#[cfg(feature = "xmlsec")]
mod xmlsec;

pub use error::SignatureError;
pub(crate) use signature::Signature;

use candidates::Candidates;

use crate::c14n::{C14nError, Canonicalization, Method, canonicalize};
use crate::crypto::{AlgorithmPolicy, DigestAlgorithm, SignatureAlgorithm, VerifyingKey};
use crate::xml::Element;

pub(crate) use candidates::MAX_KEYS;

/// Who verifies signatures.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Engine {
    /// This library's own canonicalization, with the cryptography of aws-lc-rs. Needs no system library.
    #[default]
    Native,
    /// libxml2 and libxmlsec1 with OpenSSL, below the same gate: the Signature must have the one allowed shape before they
    /// see the message, and they may use nothing but the algorithms it names and one of the trusted keys. For those
    /// who must verify with these libraries, and as a second opinion. Decryption and signing stay with aws-lc-rs.
    ///
    /// The message is parsed once more, and hashed once for each key that is tried. What would cost libxml2 far more than it costs us is
    /// refused ([`limits`](crate::manual::limits)). Two settings of libxmlsec1 belong to the whole process, and the
    /// first verification makes them: it prints no errors, and opens no files and no connections. Where the application uses
    /// libxmlsec1 for itself, verify once before it does. That first verification panics where libxmlsec1 or its OpenSSL
    /// cannot be initialized at all, as with a broken `openssl.cnf`; no message can make it do so.
    #[cfg(feature = "xmlsec")]
    Xmlsec,
}

/// The exact canonical bytes that were hashed under a signature that verified.
///
/// Of a logout message by Redirect, where the query is signed and nothing in the message: the message, written canonical, that was
/// decoded from what was signed. And where something in a message was encrypted, with it opened.
///
/// This type is the proof: it has no public constructor, and everything that ends in an
/// [`Identity`](crate::Identity) is read from one. Keep a copy where an audit must later show what the identity
/// provider signed: [`Accepted::signed_octets`](crate::Accepted::signed_octets).
#[derive(Clone, PartialEq, Eq)]
pub struct SignedOctets(Vec<u8>);

impl SignedOctets {
    /// For `xmlenc` alone: signed octets in which plaintexts have taken the place of their ciphertexts, canonical
    /// again (exclusive, without comments).
    pub(crate) fn opened(root: Element<'_>) -> Result<Self, C14nError> {
        Self::written(root)
    }

    /// A proven document, canonical.
    fn written(root: Element<'_>) -> Result<Self, C14nError> {
        let mut octets = Vec::with_capacity(root.span().len());
        canonicalize(root, None, &Canonicalization::new(Method::Exclusive { comments: false }), &mut octets)?;
        Ok(Self(octets))
    }

    /// The canonical XML, never empty.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl std::fmt::Debug for SignedOctets {
    /// The length only: the bytes hold personal data.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SignedOctets({} bytes)", self.0.len())
    }
}

/// What one signature proved.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Verified {
    pub(crate) octets: SignedOctets,
    /// Which of the given keys verified it.
    pub(crate) key: usize,
    pub(crate) algorithm: SignatureAlgorithm,
    pub(crate) digest: DigestAlgorithm,
}

/// Proves one signature with one of the trusted keys.
///
/// The digest is compared first, then the signature over the canonical `SignedInfo`, so that the error can say
/// whether the content was altered or the key is another one.
pub(crate) fn verify(
    engine: Engine,
    signature: &Signature<'_>,
    keys: &[VerifyingKey],
    policy: &AlgorithmPolicy,
) -> Result<Verified, SignatureError> {
    let refused = |source| SignatureError::Refused { element: signature.signed_name(), source };
    policy.check_digest(signature.digest_algorithm).map_err(refused)?;
    if let Some(digest) = signature.algorithm.digest() {
        policy.check_digest(digest).map_err(refused)?;
    }
    let keys = Candidates::new(keys, signature.algorithm, policy);
    let proven = match engine {
        Engine::Native => native::verify(signature, &keys)?,
        #[cfg(feature = "xmlsec")]
        Engine::Xmlsec => xmlsec::verify(signature, &keys)?,
    };
    let Some((octets, key)) = proven else { return Err(keys.none_fits(signature)) };
    Ok(Verified { octets, key, algorithm: signature.algorithm, digest: signature.digest_algorithm })
}

#[cfg(test)]
mod tests;
