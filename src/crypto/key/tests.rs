use super::*;
use crate::crypto::signing_key::SigningKey;
use crate::text::base64;

const OCTETS: &[u8] = b"<ds:SignedInfo/>";

/// Orders of the curves, from SP 800-186 section 3.2.1.
const ORDERS: [(Curve, &str); 3] = [
    (Curve::P256, "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"),
    (Curve::P384, "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973"),
    (
        Curve::P521,
        "01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409",
    ),
];

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

fn keys() -> Vec<SigningKey> {
    let mut keys = vec![
        SigningKey::generate_rsa(1024).unwrap(),
        SigningKey::generate_rsa(2048).unwrap(),
        SigningKey::generate_ed25519().unwrap(),
    ];
    keys.extend(Curve::ALL.map(|curve| SigningKey::generate_ecdsa(curve).unwrap()));
    keys
}

fn available(key: &VerifyingKey) -> Vec<SignatureAlgorithm> {
    SignatureAlgorithm::ALL.into_iter().filter(|algorithm| key.can_verify(*algorithm)).collect()
}

fn ecdsa(curve: Curve) -> (VerifyingKey, SignatureAlgorithm, Vec<u8>) {
    let key = SigningKey::generate_ecdsa(curve).unwrap();
    let algorithm = key.algorithm();
    let signature = key.sign(algorithm, OCTETS).unwrap();
    (key.verifying_key().clone(), algorithm, signature)
}

#[test]
fn every_algorithm_verifies_what_its_key_signed_and_nothing_else() {
    for key in keys() {
        let public = key.verifying_key();
        for algorithm in available(public) {
            let signature = key.sign(algorithm, OCTETS).unwrap();
            assert!(public.verify(algorithm, OCTETS, &signature), "{public} {algorithm}");
            assert!(!public.verify(algorithm, b"<ds:SignedInfo></ds:SignedInfo>", &signature), "{public} {algorithm}");
            for other in SignatureAlgorithm::ALL.into_iter().filter(|other| *other != algorithm) {
                assert!(!public.verify(other, OCTETS, &signature), "{public}: {algorithm} taken for {other}");
            }
        }
    }
}

#[test]
fn signatures_of_openssl_verify() {
    let mut seen = Vec::new();
    for line in include_str!("../testdata/openssl_signatures.txt").lines().filter(|line| !line.starts_with('#')) {
        let [name, spki, signature] = line.split(" | ").collect::<Vec<_>>().try_into().unwrap();
        let algorithm = SignatureAlgorithm::ALL.into_iter().find(|algorithm| algorithm.name() == name).unwrap();
        let spki = base64::decode(spki.as_bytes(), 10_000).unwrap();
        let signature = base64::decode(signature.as_bytes(), 10_000).unwrap();
        let key = VerifyingKey::from_spki(&spki).unwrap();
        assert_eq!(key.spki(), spki, "already in the form all equal keys share");
        assert!(key.verify(algorithm, OCTETS, &signature), "{key} {algorithm}");
        assert!(!key.verify(algorithm, b"", &signature), "{key} {algorithm}");
        seen.push(algorithm);
    }
    assert!(SignatureAlgorithm::ALL.iter().all(|algorithm| seen.contains(algorithm)));
}

#[test]
fn each_flipped_bit_breaks_the_signature() {
    for key in keys() {
        let (public, algorithm) = (key.verifying_key(), key.algorithm());
        let signature = key.sign(algorithm, OCTETS).unwrap();
        for bit in (0..signature.len() * 8).step_by(5) {
            let mut changed = signature.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert!(!public.verify(algorithm, OCTETS, &changed), "{public} bit {bit}");
        }
    }
}

#[test]
fn a_signature_of_another_length_is_none() {
    for key in keys() {
        let (public, algorithm) = (key.verifying_key(), key.algorithm());
        let signature = key.sign(algorithm, OCTETS).unwrap();
        let longer = [&signature[..], &[0]].concat();
        let zero_in_front = [&[0], &signature[..]].concat();
        for wrong in [&[][..], &[0], &signature[1..], &signature[..signature.len() - 1], &longer, &zero_in_front] {
            assert!(!public.verify(algorithm, OCTETS, wrong), "{public} {} bytes", wrong.len());
        }
        assert!(!public.verify(algorithm, OCTETS, &vec![0; 1_000_000]));
    }
}

#[test]
fn an_ecdsa_signature_in_der_is_none() {
    for curve in Curve::ALL {
        let (key, algorithm, signature) = ecdsa(curve);
        let der = ecdsa_der(curve, &signature).unwrap();
        assert!(!key.verify(algorithm, OCTETS, &der), "XML carries r and s, not DER");
    }
}

/// CVE-2022-21449, "psychic signatures": zeros verified everything.
#[test]
fn zero_r_or_s_is_no_signature() {
    for curve in Curve::ALL {
        let (key, algorithm, signature) = ecdsa(curve);
        let (r, s) = signature.split_at(curve.field_bytes());
        let zero = vec![0; curve.field_bytes()];
        for wrong in [[&zero[..], &zero].concat(), [r, &zero].concat(), [&zero, s].concat()] {
            assert!(!key.verify(algorithm, OCTETS, &wrong), "{key}");
        }
    }
}

#[test]
fn r_and_s_lie_below_the_order_of_the_curve() {
    for (curve, order) in ORDERS {
        let (key, algorithm, signature) = ecdsa(curve);
        let order = unhex(order);
        assert_eq!(order.len(), curve.field_bytes());
        let (r, s) = signature.split_at(curve.field_bytes());
        let largest = vec![0xff; curve.field_bytes()];
        let one = [&vec![0; curve.field_bytes() - 1][..], &[1]].concat();
        for wrong in [
            [&order[..], &order].concat(),
            [r, &order].concat(),
            [&order, s].concat(),
            [&largest[..], &largest].concat(),
            [r, &largest].concat(),
            [&one[..], &order].concat(),
            [&one[..], &one].concat(),
            [s, r].concat(),
        ] {
            assert!(!key.verify(algorithm, OCTETS, &wrong), "{key}");
        }
    }
}

#[test]
fn r_and_s_of_p521_have_66_bytes_each() {
    let (key, algorithm, signature) = ecdsa(Curve::P521);
    assert_eq!(signature.len(), 132);
    let (r, s) = signature.split_at(66);
    let shorter = [&r[1..], &s[1..]].concat();
    assert!(!key.verify(algorithm, OCTETS, &shorter), "leading zeros belong to the value");
}

#[test]
fn the_key_decides_which_algorithms_are_possible() {
    let expected = |key: &SigningKey| available(key.verifying_key()).len();
    assert_eq!(expected(&SigningKey::generate_rsa(2048).unwrap()), 7);
    assert_eq!(expected(&SigningKey::generate_rsa(1024).unwrap()), 3, "no SHA-384 and no PSS below 2048 bits");
    assert_eq!(expected(&SigningKey::generate_ecdsa(Curve::P256).unwrap()), 4);
    assert_eq!(expected(&SigningKey::generate_ecdsa(Curve::P384).unwrap()), 3, "no SHA-1 on P-384");
    assert_eq!(expected(&SigningKey::generate_ecdsa(Curve::P521).unwrap()), 4);
    assert_eq!(expected(&SigningKey::generate_ed25519().unwrap()), 1);
    let ed25519 = SigningKey::generate_ed25519().unwrap();
    assert!(ed25519.verifying_key().fits(SignatureAlgorithm::Ed25519));
    assert!(!ed25519.verifying_key().fits(SignatureAlgorithm::EcdsaSha256));
}

#[test]
fn equal_keys_are_equal_whatever_they_came_in() {
    let rsa = SigningKey::generate_rsa(2048).unwrap();
    let spki = rsa.verifying_key().spki().to_vec();
    // The last element of the structure: SEQUENCE { modulus, exponent }, after 24 bytes of frame and algorithm.
    let numbers = &spki[24..];
    let modulus = &numbers[9..9 + 256];
    let exponent = &numbers[9 + 256 + 2..];
    assert_eq!(exponent, [1, 0, 1]);
    for (modulus, exponent) in
        [(modulus.to_vec(), exponent.to_vec()), ([&[0, 0], modulus].concat(), [&[0], exponent].concat())]
    {
        let key = VerifyingKey::from_rsa(&modulus, &exponent).unwrap();
        assert_eq!(&key, rsa.verifying_key());
        assert_eq!(key.spki_sha256(), rsa.verifying_key().spki_sha256());
    }
    for curve in Curve::ALL {
        let key = SigningKey::generate_ecdsa(curve).unwrap();
        let spki = key.verifying_key().spki();
        let point = &spki[spki.len() - 1 - 2 * curve.field_bytes()..];
        assert_eq!(&VerifyingKey::from_ec(curve, point).unwrap(), key.verifying_key());
        // The same point compressed: its y is even or odd.
        let sign = 2 + (point[point.len() - 1] & 1);
        let compressed = [&[sign], &point[1..=curve.field_bytes()]].concat();
        assert_eq!(&VerifyingKey::from_ec(curve, &compressed).unwrap(), key.verifying_key());
    }
    assert_ne!(rsa.verifying_key(), SigningKey::generate_rsa(2048).unwrap().verifying_key());
}

#[test]
fn numbers_that_make_no_rsa_key() {
    let rsa = SigningKey::generate_rsa(2048).unwrap();
    let modulus = rsa.verifying_key().spki()[33..33 + 256].to_vec();
    let mut even = modulus.clone();
    even[255] &= 0xfe;
    let invalid = |modulus: &[u8], exponent: &[u8]| VerifyingKey::from_rsa(modulus, exponent).unwrap_err().code();
    assert_eq!(invalid(&modulus, &[1]), "key-invalid", "an exponent of 1 verifies anything");
    assert_eq!(invalid(&modulus, &[]), "key-invalid");
    assert_eq!(invalid(&modulus, &[0]), "key-invalid");
    assert_eq!(invalid(&modulus, &[2]), "key-invalid");
    assert_eq!(invalid(&modulus, &[0xff; 256]), "key-invalid", "the exponent is bounded, or a verification is not");
    assert_eq!(invalid(&even, &[1, 0, 1]), "key-invalid");
    assert_eq!(invalid(&[], &[1, 0, 1]), "key-invalid");
    assert!(VerifyingKey::from_rsa(&modulus, &[3]).is_ok());
}

#[test]
fn points_that_make_no_ec_key() {
    for curve in Curve::ALL {
        let key = SigningKey::generate_ecdsa(curve).unwrap();
        let spki = key.verifying_key().spki();
        let point = spki[spki.len() - 1 - 2 * curve.field_bytes()..].to_vec();
        let mut beside = point.clone();
        beside[point.len() - 1] ^= 1;
        let other = if curve == Curve::P256 { Curve::P384 } else { Curve::P256 };
        let hybrid = [&[6 + (point[point.len() - 1] & 1)], &point[1..]].concat();
        for wrong in [
            &beside[..],
            &[],
            &[0],
            &[4],
            &point[1..],
            &point[..point.len() - 1],
            &[&point[..], &[0]].concat(),
            &hybrid,
        ] {
            assert_eq!(VerifyingKey::from_ec(curve, wrong).unwrap_err().code(), "key-invalid", "{curve:?}");
        }
        assert!(VerifyingKey::from_ec(other, &point).is_err(), "a point of another curve");
    }
}

#[test]
fn what_is_no_spki() {
    let spki = SigningKey::generate_ecdsa(Curve::P256).unwrap().verifying_key().spki().to_vec();
    for length in 0..spki.len() {
        assert!(VerifyingKey::from_spki(&spki[..length]).is_err(), "cut off at {length}");
    }
    assert_eq!(VerifyingKey::from_spki(&[&spki[..], &[0]].concat()), Err(KeyError::NotPublicKey));
    assert_eq!(VerifyingKey::from_spki(b"ssh-ed25519 AAAA"), Err(KeyError::NotPublicKey));
}

#[test]
fn rsa_below_1024_bits_is_named_and_never_verifies() {
    let mut modulus = vec![0xc1; 64];
    modulus[63] = 0xc5;
    let key = VerifyingKey::from_rsa(&modulus, &[1, 0, 1]).unwrap();
    assert_eq!((key.description().as_str(), key.rsa_bits()), ("RSA 512", Some(512)));
    assert!(!key.verify(SignatureAlgorithm::RsaSha256, OCTETS, &[0; 64]));
    assert!(!key.verify(SignatureAlgorithm::RsaSha256, OCTETS, &[1; 64]));
}

/// Nothing about a verification needs `&mut` or a lock that others wait for.
#[test]
fn a_key_is_shared_between_threads() {
    let key = SigningKey::generate_rsa(2048).unwrap();
    let signature = key.sign(SignatureAlgorithm::RsaSha512, OCTETS).unwrap();
    let public = key.verifying_key().clone();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| assert!(public.verify(SignatureAlgorithm::RsaSha512, OCTETS, &signature)));
        }
    });
}

#[test]
fn shows_what_it_is_and_its_fingerprint() {
    let key = SigningKey::generate_ecdsa(Curve::P384).unwrap();
    let fingerprint = Fingerprint::new(key.verifying_key().spki_sha256());
    assert_eq!(format!("{:?}", key.verifying_key()), format!("VerifyingKey(ECDSA P-384, {fingerprint})"));
    assert_eq!(key.verifying_key().to_string(), format!("ECDSA P-384 key {}", fingerprint.short()));
    assert_eq!(format!("{key:?}"), format!("SigningKey({:?})", key.verifying_key()));
}
