use super::*;
use crate::crypto::certificate::pem_blocks;
use crate::crypto::key::{Curve, VerifyingKey};
use crate::crypto::signing_key::SigningKey;
use crate::text::base64;

const PKCS8: &str = include_str!("../testdata/test_only_rsa_2048.pem");
const PKCS1: &str = include_str!("../testdata/test_only_rsa_2048_pkcs1.pem");

fn pem(label: &str, der: &[u8]) -> String {
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", base64::encode(der))
}

#[test]
fn reads_both_forms_in_pem_and_der() {
    let key = DecryptionKey::from_pem(PKCS8).unwrap();
    for text in [PKCS1.to_owned(), PKCS8.replace('\n', "\r\n"), format!("Bag Attributes\n{PKCS1}trailing")] {
        assert_eq!(DecryptionKey::from_pem(&text).unwrap().spki_sha256(), key.spki_sha256());
    }
    for text in [PKCS8, PKCS1] {
        let der = pem_blocks(text).next().unwrap().unwrap().decode().unwrap();
        assert_eq!(DecryptionKey::from_der(&der).unwrap().spki_sha256(), key.spki_sha256());
    }
    // As key stores export it, the certificate first.
    let bundle = format!("{}{PKCS8}", include_str!("../testdata/rsa_1024.pem"));
    assert_eq!(DecryptionKey::from_pem(&bundle).unwrap().spki_sha256(), key.spki_sha256());
}

#[test]
fn its_fingerprint_is_that_of_its_public_half() {
    let key = DecryptionKey::from_pem(PKCS8).unwrap();
    assert_eq!(VerifyingKey::from_spki(key.spki()).unwrap().spki_sha256(), key.spki_sha256());
}

#[test]
fn debug_shows_the_public_half() {
    let key = DecryptionKey::from_pem(PKCS8).unwrap();
    let shown = format!("{key:?}");
    assert_eq!(shown, format!("DecryptionKey(RSA 2048, {})", Fingerprint::new(key.spki_sha256())));
}

#[test]
fn only_rsa_of_a_sound_size() {
    let ec = SigningKey::generate_ecdsa(Curve::P256).unwrap().to_pkcs8_der().unwrap();
    let found = KeyType::Ec(Curve::P256);
    assert_eq!(DecryptionKey::from_der(&ec).unwrap_err(), PrivateKeyError::NotRsa { found });
    assert_eq!(
        DecryptionKey::from_pem(&pem("EC PRIVATE KEY", &ec[29..])).unwrap_err(),
        PrivateKeyError::NotRsa { found }
    );
    // 512 bits, made by openssl for this test.
    let error = DecryptionKey::from_pem(include_str!("../testdata/test_only_rsa_512.pem")).unwrap_err();
    assert_eq!(error, PrivateKeyError::NotRsa { found: KeyType::Rsa { bits: 512 } });
    assert_eq!(error.to_string(), "a decryption key has to be RSA of 1024 to 8192 bits, and this is RSA 512");
}

/// Read, so that a service provider that relaxes this by name can use it; `build` refuses it otherwise.
#[test]
fn a_small_key_in_both_forms() {
    let pkcs8 = include_str!("../testdata/test_only_rsa_1024.pem");
    let der = pem_blocks(pkcs8).next().unwrap().unwrap().decode().unwrap();
    let pkcs1 = include_str!("../testdata/test_only_rsa_1024_pkcs1.pem");
    let traditional = pem_blocks(pkcs1).next().unwrap().unwrap().decode().unwrap();
    let key = DecryptionKey::from_pem(pkcs8).unwrap();
    assert_eq!(key.bits(), 1024);
    assert_eq!(VerifyingKey::from_spki(key.spki()).unwrap().spki_sha256(), key.spki_sha256());
    assert_eq!(DecryptionKey::from_pem(pkcs1).unwrap().spki_sha256(), key.spki_sha256());
    assert_eq!(*super::super::spki::pkcs8_of_rsa(&traditional), der);
    for der in [der, traditional] {
        for length in (0..der.len()).step_by(5) {
            assert!(DecryptionKey::from_der(&der[..length]).is_err(), "{length}");
        }
        // A changed modulus, and changed secrets: the numbers do not belong together.
        for at in [60, 250, 400] {
            let mut changed = der.clone();
            changed[at] ^= 1;
            assert_eq!(DecryptionKey::from_der(&changed).unwrap_err(), PrivateKeyError::NotPrivateKey, "octet {at}");
        }
    }
    for transport in [
        KeyTransport::Rsa15,
        KeyTransport::RsaOaep {
            digest: crate::crypto::DigestAlgorithm::Sha1,
            mgf1: crate::crypto::DigestAlgorithm::Sha1,
            label: Vec::new(),
        },
    ] {
        let content = ContentKey::generate(ContentCipher::Aes256Gcm).unwrap();
        let wrapped = crate::crypto::wrap_key(key.spki(), &transport, &content).unwrap();
        let opened = key.unwrap_key(&transport, &wrapped, ContentCipher::Aes256Gcm).unwrap();
        assert_eq!(opened.as_ref(), content.as_ref());
    }
}

#[test]
fn a_damaged_key_is_none() {
    for text in [PKCS8, PKCS1] {
        let der = pem_blocks(text).next().unwrap().unwrap().decode().unwrap();
        for length in (0..der.len()).step_by(5) {
            assert_eq!(
                DecryptionKey::from_der(&der[..length]).unwrap_err(),
                PrivateKeyError::NotPrivateKey,
                "{length}"
            );
        }
        // Numbers that do not belong together: a changed modulus, a changed prime.
        for at in [100, 900] {
            let mut changed = der.clone();
            changed[at] ^= 1;
            assert_eq!(DecryptionKey::from_der(&changed).unwrap_err(), PrivateKeyError::NotPrivateKey, "octet {at}");
        }
    }
}
