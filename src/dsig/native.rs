//! The native engine: our canonicalization, the cryptography of `crypto::provider`.

use super::candidates::Candidates;
use super::{Signature, SignatureError, SignedOctets};
use crate::c14n::{Canonicalization, canonicalize};
use crate::crypto::{constant_time_eq, digest};
use crate::xml::Element;

/// The octets, and the place of the key that signed them; none where no usable key did.
pub(super) fn verify(
    signature: &Signature<'_>,
    keys: &Candidates<'_>,
) -> Result<Option<(SignedOctets, usize)>, SignatureError> {
    let octets = reference(signature)?;
    check_digest(signature, &octets)?;
    let signed_info = signed_info(signature)?;
    let signer = keys
        .usable()
        .find(|(_, key)| key.verify(signature.algorithm, &signed_info, &signature.signature_value))
        .map(|(index, _)| index);
    Ok(signer.map(|index| (SignedOctets(octets), index)))
}

/// What the Reference hashes.
pub(super) fn reference(signature: &Signature<'_>) -> Result<Vec<u8>, SignatureError> {
    canonical(signature, signature.signed, Some(signature.element), &signature.reference_c14n)
}

/// What the signature value signs.
pub(super) fn signed_info(signature: &Signature<'_>) -> Result<Vec<u8>, SignatureError> {
    canonical(signature, signature.signed_info, None, &signature.signed_info_c14n)
}

pub(super) fn check_digest(signature: &Signature<'_>, octets: &[u8]) -> Result<(), SignatureError> {
    let computed = digest(signature.digest_algorithm, octets);
    // A canonicalizer that fails softly would leave nothing, and the digest of nothing is well known
    // (CVE-2025-66475). Ours returns a Result; this line is the belt to it.
    if octets.is_empty() || !constant_time_eq(computed.as_ref(), &signature.digest_value) {
        return Err(signature.digest_mismatch());
    }
    Ok(())
}

fn canonical(
    signature: &Signature<'_>,
    element: Element<'_>,
    omit: Option<Element<'_>>,
    how: &Canonicalization,
) -> Result<Vec<u8>, SignatureError> {
    // Its own bytes, and room for one declaration of an ancestor that exclusive canonicalization repeats: as a rule it need not grow.
    let mut out = Vec::with_capacity(element.span().len().saturating_add(64));
    canonicalize(element, omit, how, &mut out)
        .map_err(|source| SignatureError::Canonicalization { element: signature.signed_name(), source })?;
    Ok(out)
}
