//! Key transport: a content key under an RSA key (XML Encryption 1.1 section 5.5).

use std::hint::black_box;

use super::algorithm::DigestAlgorithm;
use super::content::{ContentCipher, ContentKey};
use super::provider::{RsaDecryption, RsaPadding};
use crate::text::displayed;

/// How a content key is encrypted to an RSA key (XML Encryption 1.1 section 5.5).
///
/// ```
/// use saml_sp::{DigestAlgorithm, KeyTransport};
///
/// /// The name of an algorithm in a key service that knows OAEP with one hash for both purposes, and no label.
/// fn name(transport: &KeyTransport) -> Option<&'static str> {
///     match transport {
///         KeyTransport::RsaOaep { digest, mgf1, label } if digest == mgf1 && label.is_empty() => match digest {
///             DigestAlgorithm::Sha1 => Some("RSAES_OAEP_SHA_1"),
///             DigestAlgorithm::Sha256 => Some("RSAES_OAEP_SHA_256"),
///             _ => None,
///         },
///         _ => None,
///     }
/// }
///
/// let sha1 = DigestAlgorithm::Sha1;
/// assert_eq!(name(&KeyTransport::RsaOaep { digest: sha1, mgf1: sha1, label: Vec::new() }), Some("RSAES_OAEP_SHA_1"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "who holds a key elsewhere has to do all of them; one more is to be noticed"
)]
pub enum KeyTransport {
    /// RSAES-OAEP (RFC 8017 section 7.1). Any pair of hashes; SHA-1 is sound here, where nobody gains by a collision.
    RsaOaep {
        /// The hash of the label, `DigestMethod`.
        digest: DigestAlgorithm,
        /// The hash of the mask generation.
        mgf1: DigestAlgorithm,
        /// The octets of `OAEPparams`, at most 1,024; empty where there are none, as it is with nearly everybody.
        label: Vec<u8>,
    },
    /// RSAES-PKCS1-v1_5 (RFC 8017 section 7.2): refused unless
    /// [allowed by name](crate::ServiceProviderBuilder::dangerous_allow_rsa_1_5), for Bleichenbacher's attack of 1998.
    Rsa15,
}

impl KeyTransport {
    /// RSA-OAEP whose MGF1 is that with SHA-1, the one of XML Encryption 1.0.
    pub(crate) const RSA_OAEP_MGF1P: &'static str = "http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p";
    /// RSA-OAEP that names its MGF1.
    pub(crate) const RSA_OAEP: &'static str = "http://www.w3.org/2009/xmlenc11#rsa-oaep";
    /// RSA 1.5.
    pub(crate) const RSA_15: &'static str = "http://www.w3.org/2001/04/xmlenc#rsa-1_5";

    /// The hash of an `xenc11:MGF` identifier; `None` for one we do not know.
    pub(crate) fn mgf1_from_uri(uri: &str) -> Option<DigestAlgorithm> {
        DigestAlgorithm::ALL.into_iter().find(|digest| Self::mgf1_uri(*digest) == uri)
    }

    /// The `xenc11:MGF` identifier of MGF1 with a hash (XML Encryption 1.1 section 5.5.2).
    pub(crate) const fn mgf1_uri(digest: DigestAlgorithm) -> &'static str {
        match digest {
            DigestAlgorithm::Sha1 => "http://www.w3.org/2009/xmlenc11#mgf1sha1",
            DigestAlgorithm::Sha256 => "http://www.w3.org/2009/xmlenc11#mgf1sha256",
            DigestAlgorithm::Sha384 => "http://www.w3.org/2009/xmlenc11#mgf1sha384",
            DigestAlgorithm::Sha512 => "http://www.w3.org/2009/xmlenc11#mgf1sha512",
        }
    }

    /// What it displays.
    pub(crate) fn describe(&self) -> String {
        displayed(self, "RSA-OAEP with SHA-256, MGF1 with SHA-256".len())
    }
}

/// "RSA-OAEP with SHA-256, MGF1 with SHA-1".
impl std::fmt::Display for KeyTransport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::RsaOaep { digest, mgf1, .. } => write!(f, "RSA-OAEP with {digest}, MGF1 with {mgf1}"),
            Self::Rsa15 => f.write_str("RSA 1.5"),
        }
    }
}

/// The content key, of exactly the length that `cipher` wants.
///
/// OAEP: `None` where anything is wrong. RSA 1.5: always a key, a random one where anything is wrong, so that the failure
/// is that of the content and no other (RFC 3218); `None` only where the system has no random octets.
pub(super) fn unwrap(
    key: &RsaDecryption,
    transport: &KeyTransport,
    wrapped: &[u8],
    cipher: ContentCipher,
) -> Option<ContentKey> {
    // RFC 8017 sections 7.1.2 and 7.2.2 step 1: as long as the modulus, neither longer nor shorter. The length is public.
    let fits = wrapped.len() == key.modulus_bytes;
    match transport {
        KeyTransport::RsaOaep { digest, mgf1, label } => {
            let padding = RsaPadding::Oaep { digest: *digest, mgf1: *mgf1, label };
            let octets = fits.then(|| (key.decrypt)(padding, wrapped))??;
            ContentKey::new(cipher, &octets)
        }
        KeyTransport::Rsa15 => {
            // Drawn before the operation, whatever comes of it: the draw must not tell how the operation ended.
            let mut chosen = ContentKey::generate(cipher)?;
            // This fails for what anybody can see, the length or a number that is not below the modulus, or where the machine does.
            if let Some(encoded) = fits.then(|| (key.decrypt)(RsaPadding::None, wrapped)).flatten() {
                keep_or_replace(&mut chosen, &encoded);
            }
            Some(chosen)
        }
    }
}

/// The content key, from what a private key elsewhere answered: as [`unwrap`] does, with no word about what was wrong.
///
/// Whether it answered and how long the answer is were seen by whoever carried it; only the key itself is a secret here.
pub(crate) fn answered(transport: &KeyTransport, octets: Option<&[u8]>, cipher: ContentCipher) -> Option<ContentKey> {
    let answered = |octets| ContentKey::new(cipher, octets);
    match transport {
        KeyTransport::RsaOaep { .. } => octets.and_then(answered),
        KeyTransport::Rsa15 => {
            let random = ContentKey::generate(cipher)?;
            octets.and_then(answered).or(Some(random))
        }
    }
}

/// Puts the key that `encoded` holds in place of `chosen` where the encoding is right: 0, 2, no zero for as long as the
/// modulus has room, 0, then a key of just this length. Looks at every octet, branches on none.
fn keep_or_replace(chosen: &mut ContentKey, encoded: &[u8]) {
    let chosen = chosen.as_mut();
    // All lengths are public: the modulus, and the algorithm that the message names.
    let split = encoded.len().checked_sub(chosen.len()).and_then(|at| encoded.split_at_checked(at));
    let Some(([zero, two, padding @ .., end], key)) = split else { return };
    let zeros_in_padding = padding.iter().fold(0, |wrong, octet| wrong | ones_if_zero(*octet));
    let wrong = zero | (two ^ 2) | zeros_in_padding | end;
    // The optimizer may not learn that this is one of two values only, and branch after all.
    let replace = black_box(ones_if_zero(black_box(wrong)));
    for (chosen, key) in chosen.iter_mut().zip(key) {
        *chosen = (key & replace) | (*chosen & !replace);
    }
}

/// 0xff for zero, 0 for anything else.
fn ones_if_zero(octet: u8) -> u8 {
    let [high, _] = u16::from(octet).wrapping_sub(1).to_be_bytes();
    high
}

/// What stands in the place of a key elsewhere, in tests.
#[cfg(any(test, feature = "testing"))]
pub(super) fn stand_in(key: &RsaDecryption, transport: &KeyTransport, wrapped: &[u8]) -> Option<Vec<u8>> {
    match transport {
        KeyTransport::RsaOaep { digest, mgf1, label } => {
            let padding = RsaPadding::Oaep { digest: *digest, mgf1: *mgf1, label };
            (key.decrypt)(padding, wrapped).map(|octets| octets.to_vec())
        }
        KeyTransport::Rsa15 => {
            let encoded = (key.decrypt)(RsaPadding::None, wrapped)?;
            let padded = encoded.strip_prefix(&[0, 2])?;
            let end = padded.iter().position(|octet| *octet == 0).filter(|end| *end >= 8)?;
            padded.get(end + 1..).map(<[u8]>::to_vec)
        }
    }
}

/// Encrypts a content key to a DER SubjectPublicKeyInfo.
pub(crate) fn wrap_key(spki: &[u8], transport: &KeyTransport, key: &ContentKey) -> Option<Vec<u8>> {
    wrap(spki, transport, key.as_ref())
}

/// As [`wrap_key`], for octets that may be no key at all.
fn wrap(spki: &[u8], transport: &KeyTransport, octets: &[u8]) -> Option<Vec<u8>> {
    let public = (super::provider::AWS_LC.rsa_encryption)(spki)?;
    match transport {
        KeyTransport::RsaOaep { digest, mgf1, label } => {
            (public.encrypt)(RsaPadding::Oaep { digest: *digest, mgf1: *mgf1, label }, octets)
        }
        KeyTransport::Rsa15 => {
            // RFC 8017 section 7.2.1: at least eight octets of padding, none of them zero.
            let length = public.modulus_bytes.checked_sub(octets.len() + 3).filter(|length| *length >= 8)?;
            let mut padding = vec![0; length];
            (super::provider::AWS_LC.fill_random)(&mut padding).then_some(())?;
            padding.iter_mut().for_each(|octet| *octet = (*octet).max(1));
            (public.encrypt)(RsaPadding::None, &[&[0, 2][..], &padding, &[0], octets].concat())
        }
    }
}

#[cfg(test)]
mod tests;
