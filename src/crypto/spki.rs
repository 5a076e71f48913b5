//! SubjectPublicKeyInfo (RFC 5280 section 4.1.2.7): read from certificates, built from the bare numbers of a KeyValue.

use super::der;
use super::key::{Curve, KeyError, KeyType};
use super::provider::KeyForm;
use crate::text::quoted::Quoted;
use zeroize::Zeroizing;

const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
/// A key that its owner wants to use with PSS only; its parameters are not looked at, the message names the algorithm.
const RSA_PSS: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0a];
const EC: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
const ED25519: &[u8] = &[0x2b, 0x65, 0x70];

/// A public key as DER in the one form all equal keys share, and what it is.
pub(super) struct Spki {
    pub(super) key_type: KeyType,
    pub(super) der: Vec<u8>,
}

impl Spki {
    /// Reads DER; nothing may follow.
    pub(super) fn read(input: &[u8]) -> Result<Self, KeyError> {
        let outer = der::read_tagged(input, der::SEQUENCE).filter(|outer| outer.rest.is_empty());
        let outer = outer.ok_or(KeyError::NotPublicKey)?;
        let algorithm = der::read_tagged(outer.content, der::SEQUENCE).ok_or(KeyError::NotPublicKey)?;
        let oid = der::read_tagged(algorithm.content, der::OBJECT_IDENTIFIER).ok_or(KeyError::NotPublicKey)?;
        let bits = der::read_tagged(algorithm.rest, der::BIT_STRING).ok_or(KeyError::NotPublicKey)?;
        // The first octet counts unused bits, and a key has none.
        let Some((0, key)) = bits.content.split_first() else { return Err(KeyError::NotPublicKey) };
        match oid.content {
            RSA | RSA_PSS => Self::read_rsa(key),
            EC => Self::ec(named_curve(oid.rest)?, key),
            ED25519 => Ok(Self { key_type: KeyType::Ed25519, der: input.to_vec() }),
            other => Err(KeyError::UnknownAlgorithm { oid: dotted(other) }),
        }
    }

    fn read_rsa(key: &[u8]) -> Result<Self, KeyError> {
        let numbers = der::read_tagged(key, der::SEQUENCE).ok_or(KeyError::NotPublicKey)?;
        let modulus = der::read_tagged(numbers.content, der::INTEGER).ok_or(KeyError::NotPublicKey)?;
        let exponent = der::read_tagged(modulus.rest, der::INTEGER).ok_or(KeyError::NotPublicKey)?;
        Self::rsa(modulus.content, exponent.content)
    }

    /// From the two numbers, big-endian.
    pub(super) fn rsa(modulus: &[u8], exponent: &[u8]) -> Result<Self, KeyError> {
        let (modulus, exponent) = (der::without_leading_zeros(modulus), der::without_leading_zeros(exponent));
        let bits = bit_length(modulus);
        // An exponent of 1 verifies any message, and an even modulus or exponent is no RSA.
        let odd = |number: &[u8]| number.last().is_some_and(|last| last & 1 == 1);
        if !odd(modulus) || !odd(exponent) || exponent == [1] {
            return Err(KeyError::InvalidNumbers { key: KeyType::Rsa { bits } });
        }
        let numbers = der::unsigned_integers([modulus, exponent]);
        // RFC 3279 section 2.3.1: the parameters are an explicit NULL.
        let parameters = der::write(der::NULL, &[]);
        Ok(Self { key_type: KeyType::Rsa { bits }, der: build(RSA, &parameters, &numbers) })
    }

    /// From a point of SEC 1 section 2.3.3, with its leading octet.
    pub(super) fn ec(curve: Curve, point: &[u8]) -> Result<Self, KeyError> {
        let key_type = KeyType::Ec(curve);
        let length = match point.first() {
            Some(2 | 3) => 1 + curve.field_bytes(),
            Some(4) => 1 + 2 * curve.field_bytes(),
            _ => 0,
        };
        if point.len() != length {
            return Err(KeyError::InvalidNumbers { key: key_type });
        }
        let parameters = der::write(der::OBJECT_IDENTIFIER, curve.oid_content());
        Ok(Self { key_type, der: build(EC, &parameters, point) })
    }
}

/// The public numbers of an RSA private key (RFC 8017 appendix A.1.2), read without looking at the others.
pub(super) struct RsaNumbers<'d> {
    pub(super) modulus: &'d [u8],
    pub(super) exponent: &'d [u8],
}

impl<'d> RsaNumbers<'d> {
    pub(super) fn of(form: KeyForm, private_key: &'d [u8]) -> Option<Self> {
        let mut key = der::read_tagged(private_key, der::SEQUENCE)?;
        if form == KeyForm::Pkcs8 {
            let version = der::read_tagged(key.content, der::INTEGER)?;
            let algorithm = der::read_tagged(version.rest, der::SEQUENCE)?;
            let inside = der::read_tagged(algorithm.rest, der::OCTET_STRING)?;
            key = der::read_tagged(inside.content, der::SEQUENCE)?;
        }
        let version = der::read_tagged(key.content, der::INTEGER)?;
        let modulus = der::read_tagged(version.rest, der::INTEGER)?;
        let exponent = der::read_tagged(modulus.rest, der::INTEGER)?;
        Some(Self { modulus: modulus.content, exponent: exponent.content })
    }

    pub(super) fn bits(&self) -> usize {
        bit_length(der::without_leading_zeros(self.modulus))
    }
}

/// An RSA private key of PKCS#1 as PKCS#8 (RFC 5208 section 5). Leaves no copy of it behind.
pub(super) fn pkcs8_of_rsa(pkcs1: &[u8]) -> Zeroizing<Vec<u8>> {
    let identifier = der::nest(der::SEQUENCE, &[&der::write(der::OBJECT_IDENTIFIER, RSA), &der::write(der::NULL, &[])]);
    let inner = [der::unsigned_integer(&[0]), identifier, der::header(der::OCTET_STRING, pkcs1.len())].concat();
    let length = inner.len().saturating_add(pkcs1.len());
    let outer = der::header(der::SEQUENCE, length);
    let mut out = Zeroizing::new(Vec::with_capacity(outer.len().saturating_add(length)));
    out.extend_from_slice(&outer);
    out.extend_from_slice(&inner);
    out.extend_from_slice(pkcs1);
    out
}

fn build(algorithm: &[u8], parameters: &[u8], key: &[u8]) -> Vec<u8> {
    let identifier = der::nest(der::SEQUENCE, &[&der::write(der::OBJECT_IDENTIFIER, algorithm), parameters]);
    der::nest(der::SEQUENCE, &[&identifier, &der::bit_string(key)])
}

fn named_curve(parameters: &[u8]) -> Result<Curve, KeyError> {
    match der::read(parameters) {
        Some(oid) if oid.tag == der::OBJECT_IDENTIFIER => {
            let known = Curve::ALL.into_iter().find(|curve| curve.oid_content() == oid.content);
            known.ok_or_else(|| KeyError::UnknownCurve { oid: dotted(oid.content) })
        }
        // Parameters chosen by the sender made CVE-2020-0601 possible; RFC 5480 section 2.1.1 forbids them.
        Some(explicit) if explicit.tag == der::SEQUENCE => Err(KeyError::ExplicitCurve),
        _ => Err(KeyError::NotPublicKey),
    }
}

pub(super) fn bit_length(number: &[u8]) -> usize {
    let unused = number.first().map_or(0, |first| first.leading_zeros());
    (number.len() * 8).saturating_sub(usize::try_from(unused).unwrap_or_default())
}

/// An object identifier as people write it: "1.3.132.0.10".
pub(super) fn dotted(content: &[u8]) -> Quoted {
    let mut arcs = Vec::new();
    let mut arc = 0_u64;
    for byte in content {
        arc = arc.saturating_mul(128).saturating_add(u64::from(byte & 0x7f));
        if byte & 0x80 == 0 {
            arcs.push(arc);
            arc = 0;
        }
    }
    let mut out = Vec::new();
    if let Some((first, rest)) = arcs.split_first() {
        // The first two arcs share one number (X.690 section 8.19.4).
        let top = (first / 40).min(2);
        out.push((top).to_string());
        out.push((first - top * 40).to_string());
        out.extend(rest.iter().map(u64::to_string));
    }
    Quoted::new(out.join("."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn object_identifiers_are_named() {
        assert_eq!(dotted(RSA).as_str(), "1.2.840.113549.1.1.1");
        assert_eq!(dotted(&[0x2b, 0x81, 0x04, 0x00, 0x0a]).as_str(), "1.3.132.0.10");
        assert_eq!(dotted(&[0x88, 0x37]).as_str(), "2.999");
        assert_eq!(dotted(&[]).as_str(), "");
    }

    #[test]
    fn bits_are_those_of_the_number() {
        assert_eq!(bit_length(&[0x80, 0]), 16);
        assert_eq!(bit_length(&[1, 0]), 9);
        assert_eq!(bit_length(&[]), 0);
    }
}
