//! Few operations, so that valgrind can watch them in reasonable time:
//! `valgrind --leak-check=full --error-exitcode=1 target/debug/deps/saml_sp-… crypto::oaep`.

use super::*;
use crate::crypto::certificate::pem_blocks;
use crate::crypto::decryption_key::DecryptionKey;

const OAEP: RsaPadding<'_> =
    RsaPadding::Oaep { digest: DigestAlgorithm::Sha256, mgf1: DigestAlgorithm::Sha1, label: b"" };

fn pkcs8() -> Vec<u8> {
    let text = include_str!("../testdata/test_only_rsa_2048.pem");
    pem_blocks(text).next().unwrap().unwrap().decode().unwrap()
}

fn pair() -> (RsaKey, RsaKey) {
    let text = include_str!("../testdata/test_only_rsa_2048.pem");
    let spki = DecryptionKey::from_pem(text).unwrap().spki().to_vec();
    (RsaKey::private(&pkcs8()).unwrap(), RsaKey::public(&spki).unwrap())
}

#[test]
fn opens_what_it_encrypted_with_any_hashes_and_label() {
    let (private, public) = pair();
    let long_label = vec![b'l'; 10_000];
    for digest in DigestAlgorithm::ALL {
        for mgf1 in DigestAlgorithm::ALL {
            for label in [&b""[..], b"l", &long_label] {
                let padding = RsaPadding::Oaep { digest, mgf1, label };
                for plaintext in [&b""[..], b"a content key"] {
                    let encrypted = public.encrypt(padding, plaintext).unwrap();
                    assert_eq!(encrypted.len(), private.modulus_bytes());
                    assert_eq!(*private.decrypt(padding, &encrypted).unwrap(), plaintext);
                }
            }
        }
    }
}

#[test]
fn without_padding_it_is_the_bare_operation() {
    let (private, public) = pair();
    let plaintext: Vec<u8> = std::iter::repeat_n(0, 10).chain(1..=246).collect();
    let encrypted = public.encrypt(RsaPadding::None, &plaintext).unwrap();
    assert_eq!(*private.decrypt(RsaPadding::None, &encrypted).unwrap(), plaintext);
}

#[test]
fn failures_are_nothing() {
    let (private, public) = pair();
    let encrypted = public.encrypt(OAEP, b"a content key").unwrap();
    for length in [0, 1, 255] {
        assert!(private.decrypt(OAEP, &encrypted[..length]).is_none());
        assert!(private.decrypt(RsaPadding::None, &encrypted[..length]).is_none());
    }
    let longer = [&encrypted[..], &[0]].concat();
    let label = RsaPadding::Oaep { digest: DigestAlgorithm::Sha256, mgf1: DigestAlgorithm::Sha1, label: b"label" };
    assert!(private.decrypt(OAEP, &longer).is_none());
    assert!(private.decrypt(OAEP, &[0xff; 256]).is_none());
    assert!(private.decrypt(OAEP, &[0; 256]).is_none());
    assert!(private.decrypt(RsaPadding::None, &[0xff; 256]).is_none());
    assert!(private.decrypt(label, &encrypted).is_none());
    assert!(public.decrypt(OAEP, &encrypted).is_none(), "a public key decrypts nothing");
    assert!(public.encrypt(OAEP, &[1; 191]).is_none(), "too long");
    assert_eq!(*private.decrypt(OAEP, &encrypted).unwrap(), b"a content key", "and nothing is left behind");
}

#[test]
fn what_is_no_key_is_nothing() {
    let der = pkcs8();
    for length in (0..der.len()).step_by(7) {
        assert!(RsaKey::private(&der[..length]).is_none(), "cut off at {length}");
    }
    assert!(RsaKey::private(&[&der[..], &[0]].concat()).is_none(), "something follows");
    assert!(RsaKey::public(&der).is_none());
    let ec = crate::crypto::SigningKey::generate_ecdsa(crate::crypto::Curve::P256).unwrap();
    assert!(RsaKey::private(&ec.to_pkcs8_der().unwrap()).is_none(), "no RSA");
    assert!(RsaKey::public(ec.verifying_key().spki()).is_none(), "no RSA");
}

#[test]
fn one_key_serves_many_threads() {
    let (private, public) = pair();
    let encrypted = public.encrypt(OAEP, b"a content key").unwrap();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..4 {
                    assert_eq!(*private.decrypt(OAEP, &encrypted).unwrap(), b"a content key");
                    assert!(private.decrypt(OAEP, &[1; 256]).is_none());
                }
            });
        }
    });
}
