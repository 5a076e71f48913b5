//! Signatures that nobody should make any more, for tests that show how they are refused: RSA with SHA-1, RSA 1024.
//!
//! The cryptographic library rightly does not make them. What is here is plain arithmetic: slow, and not in constant
//! time, so it must never sign anything but test messages with keys that live as long as a test.

use x509_parser::num_bigint::BigUint;

use super::algorithm::{DigestAlgorithm, SignatureAlgorithm};
use super::der;
use super::digest::digest;
use super::provider::PrivateKey;
use super::random;
use super::spki::Spki;

const PRIME_BYTES: usize = 64;
const PUBLIC_EXPONENT: u32 = 65_537;

struct Numbers {
    modulus: BigUint,
    private_exponent: BigUint,
}

/// A fresh key of exactly 1024 bits.
pub(super) fn generate_rsa_1024() -> Option<PrivateKey> {
    let exponent = BigUint::from(PUBLIC_EXPONENT);
    let (modulus, private_exponent) = loop {
        let (p, q) = (prime()?, prime()?);
        let order = (&p - 1_u32) * (&q - 1_u32);
        // None where the exponent divides p-1 or q-1, about once in thirty thousand.
        if let (true, Some(inverse)) = (p != q, exponent.modinv(&order)) {
            break (&p * &q, inverse);
        }
    };
    let spki = Spki::rsa(&modulus.to_bytes_be(), &exponent.to_bytes_be()).ok()?.der;
    let numbers = Numbers { modulus, private_exponent };
    Some(PrivateKey {
        spki,
        pkcs8: Box::new(|| None),
        sign: Box::new(move |algorithm, octets| pkcs1(&numbers, algorithm, octets)),
    })
}

/// RSA PKCS#1 v1.5 with SHA-1, by any RSA key.
pub(super) fn sign_rsa_sha1(key: &PrivateKey, octets: &[u8]) -> Option<Vec<u8>> {
    match (key.pkcs8)() {
        Some(pkcs8) => pkcs1(&read_numbers(&pkcs8)?, SignatureAlgorithm::RsaSha1, octets),
        None => (key.sign)(SignatureAlgorithm::RsaSha1, octets),
    }
}

/// RFC 8017 section 8.2.1.
fn pkcs1(key: &Numbers, algorithm: SignatureAlgorithm, octets: &[u8]) -> Option<Vec<u8>> {
    use SignatureAlgorithm::{RsaSha1, RsaSha256, RsaSha384, RsaSha512};
    if !matches!(algorithm, RsaSha1 | RsaSha256 | RsaSha384 | RsaSha512) {
        return None;
    }
    let length = usize::try_from(key.modulus.bits().div_ceil(8)).ok()?;
    let info = digest_info(algorithm.digest()?, octets);
    let padding = length.checked_sub(info.len() + 3)?;
    let encoded = [&[0, 1][..], &vec![0xff; padding], &[0], &info].concat();
    let signature = BigUint::from_bytes_be(&encoded).modpow(&key.private_exponent, &key.modulus).to_bytes_be();
    let zeros = length.checked_sub(signature.len())?;
    Some([vec![0; zeros], signature].concat())
}

fn digest_info(algorithm: DigestAlgorithm, octets: &[u8]) -> Vec<u8> {
    let oid: &[u8] = match algorithm {
        DigestAlgorithm::Sha1 => &[0x2b, 0x0e, 0x03, 0x02, 0x1a],
        DigestAlgorithm::Sha256 => &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01],
        DigestAlgorithm::Sha384 => &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02],
        DigestAlgorithm::Sha512 => &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x03],
    };
    let identifier = der::nest(der::SEQUENCE, &[&der::write(der::OBJECT_IDENTIFIER, oid), &der::write(der::NULL, &[])]);
    let hash = der::write(der::OCTET_STRING, digest(algorithm, octets).as_ref());
    der::nest(der::SEQUENCE, &[&identifier, &hash])
}

/// Modulus and private exponent out of PKCS#8 (RFC 5958) around RSAPrivateKey (RFC 8017 appendix A.1.2).
fn read_numbers(pkcs8: &[u8]) -> Option<Numbers> {
    let outer = der::read_tagged(pkcs8, der::SEQUENCE)?;
    let version = der::read_tagged(outer.content, der::INTEGER)?;
    let algorithm = der::read_tagged(version.rest, der::SEQUENCE)?;
    let wrapped = der::read_tagged(algorithm.rest, der::OCTET_STRING)?;
    let key = der::read_tagged(wrapped.content, der::SEQUENCE)?;
    let version = der::read_tagged(key.content, der::INTEGER)?;
    let modulus = der::read_tagged(version.rest, der::INTEGER)?;
    let public_exponent = der::read_tagged(modulus.rest, der::INTEGER)?;
    let private_exponent = der::read_tagged(public_exponent.rest, der::INTEGER)?;
    Some(Numbers {
        modulus: BigUint::from_bytes_be(modulus.content),
        private_exponent: BigUint::from_bytes_be(private_exponent.content),
    })
}

/// A random prime of 512 bits whose two top bits are set, so that a product of two has all 1024.
fn prime() -> Option<BigUint> {
    loop {
        let mut bytes = random::bytes::<PRIME_BYTES>().ok()?;
        let [first, .., last] = &mut bytes;
        *first |= 0xc0;
        *last |= 1;
        let candidate = BigUint::from_bytes_be(&bytes);
        if is_prime(&candidate) {
            return Some(candidate);
        }
    }
}

/// Trial division, then Miller-Rabin with fixed bases: enough for candidates that nobody chose with intent.
fn is_prime(candidate: &BigUint) -> bool {
    let small = || (3_u32..2000).step_by(2);
    if small().any(|divisor| (candidate % divisor) == BigUint::ZERO) {
        return false;
    }
    let one = BigUint::from(1_u32);
    let minus_one = candidate - 1_u32;
    let twos = minus_one.trailing_zeros().unwrap_or_default();
    let odd_part = &minus_one >> twos;
    [2_u32, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37].into_iter().all(|base| {
        let mut power = BigUint::from(base).modpow(&odd_part, candidate);
        if power == one || power == minus_one {
            return true;
        }
        (1..twos).any(|_| {
            power = power.modpow(&BigUint::from(2_u32), candidate);
            power == minus_one
        })
    })
}
