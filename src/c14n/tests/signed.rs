//! Asks a published signature which octets its signer saw.
//!
//! Canonicalization sees no neighbours, so that this is done by the cryptographic library directly, for the algorithms
//! and keys of the corpus only. It is no verification: the key comes from the message.

use crate::xml::{Element, ns};
use aws_lc_rs::signature as verifier;

/// Whether the signature value of a Signature was made over these octets, by a key that its KeyInfo carries.
pub(super) fn verifies(signature: Element<'_>, octets: &[u8]) -> bool {
    let ds = |local: &str| {
        signature.descendants_or_self().filter(move |e| e.namespace() == ns::DS && e.local() == local).collect()
    };
    let bytes = |element: &Element<'_>| {
        use base64::Engine as _;
        let text: String = element.text().unwrap().split_whitespace().collect();
        base64::engine::general_purpose::STANDARD.decode(text).unwrap()
    };
    let (methods, values): (Vec<_>, Vec<_>) = (ds("SignatureMethod"), ds("SignatureValue"));
    let (algorithm, value) = (methods[0].attribute("Algorithm").unwrap(), bytes(&values[0]));
    let (moduli, exponents): (Vec<_>, Vec<_>) = (ds("Modulus"), ds("Exponent"));
    let mut keys: Vec<Vec<u8>> = Vec::new();
    for certificate in ds("X509Certificate").iter().map(bytes) {
        let parsed = x509_parser::parse_x509_certificate(&certificate);
        keys.extend(parsed.map(|(_, certificate)| certificate.public_key().subject_public_key.data.to_vec()));
    }
    let ec_point = signature.descendants_or_self().find(|element| element.local() == "PublicKey");
    keys.extend(ec_point.iter().map(bytes));
    let spki = signature.descendants_or_self().find(|element| element.local() == "DEREncodedKeyValue");
    for der in spki.iter().map(bytes) {
        use x509_parser::prelude::FromDer;
        keys.push(x509_parser::x509::SubjectPublicKeyInfo::from_der(&der).unwrap().1.subject_public_key.data.to_vec());
    }
    let rsa: &verifier::RsaParameters = match algorithm.rsplit_once('-').unwrap().1 {
        "sha1" => &verifier::RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY,
        "sha256" => &verifier::RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY,
        "sha384" => &verifier::RSA_PKCS1_2048_8192_SHA384,
        _ => &verifier::RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY,
    };
    // A leading zero, which CryptoBinary forbids, is common and no fault of the octets.
    let number = |element: &Element<'_>| bytes(element).into_iter().skip_while(|byte| *byte == 0).collect::<Vec<_>>();
    let components = moduli.iter().zip(&exponents);
    let mut by_components = components.map(|(n, e)| {
        let key = verifier::RsaPublicKeyComponents { n: number(n), e: number(e) };
        key.verify(rsa, octets, &value).is_ok() || small_rsa_verifies(&key, algorithm, octets, &value)
    });
    let curves: [&dyn verifier::VerificationAlgorithm; 7] = [
        &verifier::ECDSA_P256_SHA256_ASN1,
        &verifier::ECDSA_P256_SHA384_ASN1,
        &verifier::ECDSA_P256_SHA512_ASN1,
        &verifier::ECDSA_P384_SHA384_ASN1,
        &verifier::ECDSA_P384_SHA512_ASN1,
        &verifier::ECDSA_P521_SHA384_ASN1,
        &verifier::ECDSA_P521_SHA512_ASN1,
    ];
    let value_der = ecdsa_der(&value);
    by_components.any(|verified| verified)
        || keys.iter().any(|key| verifier::UnparsedPublicKey::new(rsa, key).verify(octets, &value).is_ok())
        || keys.iter().any(|key| curves.iter().any(|curve| curve.verify_sig(key, octets, &value_der).is_ok()))
}

/// RSA of 512 bits, which no cryptographic library verifies any more: `value` to the power e modulo n, by doubling and
/// adding, must end with the digest (PKCS #1 v1.5).
fn small_rsa_verifies(
    key: &verifier::RsaPublicKeyComponents<Vec<u8>>,
    algorithm: &str,
    octets: &[u8],
    value: &[u8],
) -> bool {
    use aws_lc_rs::digest;
    let size = key.n.len() + 1;
    if size != 65 || value.len() >= size {
        return false;
    }
    let modulus: Vec<u8> = [vec![0; size - key.n.len()], key.n.clone()].concat();
    let add = |a: &[u8], b: &[u8]| {
        let mut carry = 0_u16;
        let mut sum: Vec<u8> = a
            .iter()
            .zip(b)
            .rev()
            .map(|(a, b)| {
                carry = (carry >> 8) + u16::from(*a) + u16::from(*b);
                carry.to_le_bytes()[0]
            })
            .collect();
        sum.reverse();
        if sum < modulus {
            return sum;
        }
        let mut borrow = 0_i16;
        let mut rest: Vec<u8> = sum
            .iter()
            .zip(&modulus)
            .rev()
            .map(|(a, b)| {
                borrow = i16::from(*a) - i16::from(*b) + (borrow >> 8);
                borrow.to_le_bytes()[0]
            })
            .collect();
        rest.reverse();
        rest
    };
    let bits = |bytes: &[u8]| {
        bytes.iter().flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1 == 1)).collect::<Vec<_>>()
    };
    let zero = vec![0; size];
    let multiply = |a: &[u8], b: &[u8]| {
        bits(b).into_iter().fold(zero.clone(), |sum, bit| {
            let doubled = add(&sum, &sum);
            if bit { add(&doubled, a) } else { doubled }
        })
    };
    let base = [vec![0; size - value.len()], value.to_vec()].concat();
    let power = bits(&key.e).into_iter().skip_while(|bit| !bit).skip(1).fold(base.clone(), |power, bit| {
        let square = multiply(&power, &power);
        if bit { multiply(&square, &base) } else { square }
    });
    let hash = match algorithm.rsplit_once('-').unwrap().1 {
        "sha1" => &digest::SHA1_FOR_LEGACY_USE_ONLY,
        "sha256" => &digest::SHA256,
        _ => return false,
    };
    power.starts_with(&[0, 0, 1, 0xFF]) && power.ends_with(digest::digest(hash, octets).as_ref())
}

/// The halves r and s as a DER sequence of two integers.
fn ecdsa_der(value: &[u8]) -> Vec<u8> {
    let integer = |half: &[u8]| {
        let digits: Vec<u8> = half.iter().copied().skip_while(|byte| *byte == 0).collect();
        let sign = if digits.first().is_some_and(|first| *first >= 0x80) { vec![0] } else { vec![] };
        let length = u8::try_from(sign.len() + digits.len()).unwrap_or_default();
        [vec![2, length], sign, digits].concat()
    };
    let (r, s) = value.split_at(value.len() / 2);
    let body = [integer(r), integer(s)].concat();
    let length = u8::try_from(body.len()).unwrap_or_default();
    let header = if length < 0x80 { vec![0x30, length] } else { vec![0x30, 0x81, length] };
    [header, body].concat()
}
