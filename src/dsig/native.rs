//! The native engine: our canonicalization, the cryptography of `crypto::provider`.

use super::{MAX_KEYS, Signature, SignatureError, SignedOctets, Verified};
use crate::c14n::{Canonicalization, canonicalize};
use crate::crypto::{AlgorithmPolicy, AlgorithmRefused, VerifyingKey, constant_time_eq, digest};
use crate::xml::{Element, Name};

pub(super) fn verify(
    signature: &Signature<'_>,
    keys: &[VerifyingKey],
    policy: &AlgorithmPolicy,
) -> Result<Verified, SignatureError> {
    let element = signature.signed_name();
    let refused = |source| SignatureError::Refused { element, source };
    policy.check_digest(signature.digest_algorithm).map_err(refused)?;
    if let Some(digest) = signature.algorithm.digest() {
        policy.check_digest(digest).map_err(refused)?;
    }

    let octets = canonical(signature.signed, Some(signature.element), &signature.reference_c14n, element)?;
    let computed = digest(signature.digest_algorithm, &octets);
    // A canonicalizer that fails softly would leave nothing, and the digest of nothing is well known
    // (CVE-2025-66475). Ours returns a Result; this line is the belt to it.
    if octets.is_empty() || !constant_time_eq(computed.as_ref(), &signature.digest_value) {
        return Err(SignatureError::DigestMismatch {
            element,
            algorithm: signature.digest_algorithm,
            encrypted_inside: signature.signed.children().any(|child| child.is(Name::saml("EncryptedAssertion"))),
        });
    }

    let signed_info = canonical(signature.signed_info, None, &signature.signed_info_c14n, element)?;
    let (mut too_weak, mut tried) = (None, false);
    for (index, key) in keys.iter().enumerate().take(MAX_KEYS) {
        match policy.check_signature(signature.algorithm, key) {
            // The key decides which algorithms are possible, never the message.
            Err(AlgorithmRefused::OtherKeyType { .. }) => {}
            Err(source) => too_weak = Some(source),
            Ok(()) if key.verify(signature.algorithm, &signed_info, &signature.signature_value) => {
                return Ok(Verified {
                    octets: SignedOctets(octets),
                    key: index,
                    algorithm: signature.algorithm,
                    digest: signature.digest_algorithm,
                });
            }
            Ok(()) => tried = true,
        }
    }
    match too_weak {
        // A key that may not count is the reason only where no other could be tried.
        Some(source) if !tried => Err(refused(source)),
        _ => Err(SignatureError::WrongKey {
            element,
            algorithm: signature.algorithm,
            trusted: describe(keys),
            carried: signature
                .carried_certificate()
                .map_or_else(|| "no certificate".to_owned(), |certificate| certificate.key().to_string()),
        }),
    }
}

fn canonical(
    element: Element<'_>,
    omit: Option<Element<'_>>,
    how: &Canonicalization,
    name: &'static str,
) -> Result<Vec<u8>, SignatureError> {
    let mut out = Vec::with_capacity(element.span().len());
    canonicalize(element, omit, how, &mut out)
        .map_err(|source| SignatureError::Canonicalization { element: name, source })?;
    Ok(out)
}

fn describe(keys: &[VerifyingKey]) -> String {
    if keys.is_empty() {
        return "no key".to_owned();
    }
    keys.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
