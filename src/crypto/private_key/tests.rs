use std::time::{Duration, Instant};

use super::*;
use crate::crypto::decryption_key::DecryptionKey;
use crate::text::base64;

const PLAIN: &str = include_str!("../testdata/test_only_rsa_2048.pem");
const PASSWORD: &str = "correct horse";
const ENCRYPTED: [(&str, &str); 4] = [
    ("AES-256, PBKDF2 with SHA-256", include_str!("../testdata/pkcs8_pbkdf2_sha256.pem")),
    ("AES-256, PBKDF2 with SHA-1", include_str!("../testdata/pkcs8_pbkdf2_sha1.pem")),
    ("3DES, PBKDF2 with SHA-1", include_str!("../testdata/pkcs8_pbkdf2_des3.pem")),
    ("AES-128, scrypt", include_str!("../testdata/pkcs8_scrypt.pem")),
];

fn open(text: &str, password: &str) -> Result<DecryptionKey, PrivateKeyError> {
    DecryptionKey::from_encrypted_pem(text, password)
}

fn pem(der: &[u8]) -> String {
    format!("-----BEGIN ENCRYPTED PRIVATE KEY-----\n{}\n-----END ENCRYPTED PRIVATE KEY-----\n", base64::encode(der))
}

#[test]
fn a_password_opens_what_openssl_encrypted() {
    let plain = DecryptionKey::from_pem(PLAIN).unwrap();
    for (name, text) in ENCRYPTED {
        assert_eq!(open(text, PASSWORD).unwrap().spki_sha256(), plain.spki_sha256(), "{name}");
        assert_eq!(DecryptionKey::from_pem(text).unwrap_err(), PrivateKeyError::Encrypted, "{name}");
    }
}

#[test]
fn another_password_does_not() {
    for (name, text) in ENCRYPTED {
        for password in ["", "Correct horse", "correct horse\n"] {
            assert_eq!(open(text, password).unwrap_err(), PrivateKeyError::WrongPassword, "{name}, {password:?}");
        }
    }
}

#[test]
fn what_is_no_encrypted_key_is_named() {
    let error = |text: &str| open(text, PASSWORD).unwrap_err();
    assert_eq!(error(""), PrivateKeyError::NotPrivateKey);
    assert_eq!(error(PLAIN), PrivateKeyError::NotEncrypted);
    assert_eq!(error(include_str!("../testdata/rsa_1024.pem")), PrivateKeyError::NotPrivateKey);
    assert_eq!(error(&pem(b"x")), PrivateKeyError::NotPrivateKey);
    let traditional = include_str!("../testdata/traditional_encrypted.pem");
    assert_eq!(DecryptionKey::from_pem(traditional).unwrap_err(), PrivateKeyError::Encrypted);
    assert_eq!(error(traditional).code(), "private-key-encryption");
    let PrivateKeyError::UnknownEncryption { found } = error(include_str!("../testdata/pkcs8_pbes1.pem")) else {
        panic!("PBES1 is not read")
    };
    assert_eq!(found.as_str(), "1.2.840.113549.1.12.1.3");
}

fn block(text: &str) -> Vec<u8> {
    pem_blocks(text).next().unwrap().unwrap().decode().unwrap()
}

#[test]
fn a_cut_or_changed_file_is_an_error() {
    let der = block(ENCRYPTED[0].1);
    assert_eq!(PrivateKeyDer::from_der(&der).map(|key| key.form).unwrap_err(), PrivateKeyError::Encrypted);
    for length in (0..der.len()).step_by(11) {
        assert_eq!(open(&pem(&der[..length]), PASSWORD).unwrap_err(), PrivateKeyError::NotPrivateKey, "{length}");
    }
    // The head, up to the encrypted octets: algorithms, salt, cost, IV. A changed IV may change what does not matter.
    let plain = DecryptionKey::from_pem(PLAIN).unwrap();
    for (name, text) in [ENCRYPTED[0], ENCRYPTED[3]] {
        let der = block(text);
        for at in 0..110 {
            for bits in [0x01, 0x80, 0xff] {
                let mut changed = der.clone();
                changed[at] ^= bits;
                let opened = open(&pem(&changed), PASSWORD);
                assert!(
                    opened.is_err() || opened.is_ok_and(|key| key.spki_sha256() == plain.spki_sha256()),
                    "{name}, octet {at}"
                );
            }
        }
    }
}

/// PBES2 with a function to make the key, AES-256-CBC, and one block.
fn pbes2(function: &[u8], parameters: &[&[u8]]) -> String {
    use der::{OBJECT_IDENTIFIER, OCTET_STRING, SEQUENCE, nest, write};
    const PBES2: [u8; 9] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x05, 0x0d];
    const AES_256_CBC: [u8; 9] = [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01, 0x2a];
    let algorithm = |name: &[u8], parameters: &[u8]| nest(SEQUENCE, &[&write(OBJECT_IDENTIFIER, name), parameters]);
    let function = algorithm(function, &nest(SEQUENCE, parameters));
    let cipher = algorithm(&AES_256_CBC, &write(OCTET_STRING, &[0; 16]));
    let scheme = algorithm(&PBES2, &nest(SEQUENCE, &[&function, &cipher]));
    pem(&nest(SEQUENCE, &[&scheme, &write(OCTET_STRING, &[0; 16])]))
}

fn number(value: u64) -> Vec<u8> {
    der::unsigned_integer(&value.to_be_bytes())
}

const PBKDF2: [u8; 9] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x05, 0x0c];
const SCRYPT: [u8; 9] = [0x2b, 0x06, 0x01, 0x04, 0x01, 0xda, 0x47, 0x04, 0x0b];

#[test]
fn an_iteration_bomb_is_refused_at_once() {
    let salt = der::write(der::OCTET_STRING, b"8 octets");
    let begun = Instant::now();
    for found in [10_000_001, u64::from(u32::MAX)] {
        let error = open(&pbes2(&PBKDF2, &[&salt, &number(found)]), PASSWORD).unwrap_err();
        assert_eq!(error, PrivateKeyError::TooCostly { what: ITERATIONS, found, maximum: 10_000_000 });
    }
    for (cost, block, passes, what) in [
        (1 << 20, 8, 1, SCRYPT_BYTES),
        (u64::MAX >> 1, 8, 1, SCRYPT_BYTES),
        (2, 65_535, 65_535, SCRYPT_BYTES),
        (16_384, 8, 17, SCRYPT_PASSES),
        (2, 1, 65_535, SCRYPT_PASSES),
    ] {
        let text = pbes2(&SCRYPT, &[&salt, &number(cost), &number(block), &number(passes)]);
        let error = open(&text, PASSWORD).unwrap_err();
        let PrivateKeyError::TooCostly { what: refused, .. } = error else {
            panic!("{cost} {block} {passes}: {error}")
        };
        assert_eq!(refused, what);
    }
    assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
}

#[test]
fn parameters_without_sense_are_an_error() {
    let salt = der::write(der::OCTET_STRING, b"8 octets");
    for (cost, block, passes) in [(0, 8, 1), (1, 8, 1), (3, 8, 1), (16, 0, 1), (16, 8, 0)] {
        let text = pbes2(&SCRYPT, &[&salt, &number(cost), &number(block), &number(passes)]);
        assert_eq!(open(&text, PASSWORD).unwrap_err().code(), "private-key-encryption", "{cost} {block} {passes}");
    }
    for iterations in [0, 1] {
        assert!(open(&pbes2(&PBKDF2, &[&salt, &number(iterations)]), PASSWORD).is_err());
    }
    // A salt of any length, and a length that is not the cipher's.
    for length in [0, 1, 64, 65, 1000] {
        let salt = der::write(der::OCTET_STRING, &vec![0; length]);
        assert!(open(&pbes2(&PBKDF2, &[&salt, &number(1)]), PASSWORD).is_err());
    }
    let error = open(&pbes2(&PBKDF2, &[&salt, &number(1), &number(16)]), PASSWORD).unwrap_err();
    assert_eq!(error.code(), "private-key-encryption");
    // HKDF is no function for passwords.
    let error = open(&pbes2(&[0x2a, 0x03], &[&salt]), PASSWORD).unwrap_err();
    let text = error.to_string();
    assert!(text.contains("1.2.840.113549.1.5.13 of 1.2.3 and 2.16.840.1.101.3.4.1.42"), "{text}");
}

#[test]
fn every_error_has_a_code_and_a_hint() {
    let all = [
        PrivateKeyError::NotPrivateKey,
        PrivateKeyError::Encrypted,
        PrivateKeyError::NotEncrypted,
        PrivateKeyError::WrongPassword,
        PrivateKeyError::UnknownEncryption { found: Quoted::new("x") },
        PrivateKeyError::TooCostly { what: ITERATIONS, found: 2, maximum: 1 },
        PrivateKeyError::NotRsa { found: KeyType::Ed25519 },
    ];
    let codes: std::collections::BTreeSet<_> = all.iter().map(PrivateKeyError::code).collect();
    assert_eq!(codes.len(), all.len());
    assert!(all.iter().all(|error| !error.hint().is_empty()));
}
