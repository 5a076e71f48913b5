use super::*;
use crate::crypto::decryption_key::DecryptionKey;
use crate::text::base64;

const OURS: &str = include_str!("../testdata/test_only_rsa_2048.pem");
const AES_256: ContentCipher = ContentCipher::Aes256Gcm;

fn ours() -> DecryptionKey {
    DecryptionKey::from_pem(OURS).unwrap()
}

fn oaep(digest: DigestAlgorithm, mgf1: DigestAlgorithm, label: &[u8]) -> KeyTransport {
    KeyTransport::RsaOaep { digest, mgf1, label: label.to_vec() }
}

fn pairs() -> impl Iterator<Item = (DigestAlgorithm, DigestAlgorithm)> {
    DigestAlgorithm::ALL.into_iter().flat_map(|digest| DigestAlgorithm::ALL.map(|mgf1| (digest, mgf1)))
}

#[test]
fn identifiers() {
    for digest in DigestAlgorithm::ALL {
        assert_eq!(KeyTransport::mgf1_from_uri(KeyTransport::mgf1_uri(digest)), Some(digest));
    }
    assert_eq!(KeyTransport::mgf1_from_uri("http://www.w3.org/2009/xmlenc11#mgf1sha224"), None);
}

#[test]
fn every_transport_carries_a_key_of_every_cipher() {
    let ours = ours();
    let transports = pairs()
        .map(|(digest, mgf1)| oaep(digest, mgf1, b""))
        .chain([oaep(DigestAlgorithm::Sha256, DigestAlgorithm::Sha1, b"a label"), KeyTransport::Rsa15]);
    for transport in transports {
        for cipher in ContentCipher::ALL {
            let key = ContentKey::generate(cipher).unwrap();
            let wrapped = wrap_key(ours.spki(), &transport, &key).unwrap();
            let unwrapped = ours.unwrap_key(&transport, &wrapped, cipher).unwrap();
            assert_eq!(unwrapped.as_ref(), key.as_ref(), "{transport}, {cipher}");
        }
    }
}

#[test]
fn unwraps_what_openssl_wrapped() {
    let hex = |text: &str| -> Vec<u8> {
        (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
    };
    let digest = |name: &str| match name {
        "sha1" => DigestAlgorithm::Sha1,
        "sha256" => DigestAlgorithm::Sha256,
        "sha384" => DigestAlgorithm::Sha384,
        "sha512" => DigestAlgorithm::Sha512,
        _ => panic!("{name}"),
    };
    let ours = ours();
    let mut lines = 0;
    for line in include_str!("../testdata/openssl_key_transport.txt").lines().filter(|line| !line.starts_with('#')) {
        let fields: Vec<_> = line.split(' ').collect();
        let transport = match fields[..] {
            ["oaep", hash, mgf1, "-", ..] => oaep(digest(hash), digest(mgf1), b""),
            ["oaep", hash, mgf1, label, ..] => oaep(digest(hash), digest(mgf1), &hex(label)),
            ["rsa15", ..] => KeyTransport::Rsa15,
            _ => panic!("{line}"),
        };
        let key = hex(fields[4]);
        let cipher = ContentCipher::ALL.into_iter().find(|cipher| cipher.key_bytes() == key.len()).unwrap();
        let wrapped = base64::decode(fields[5].as_bytes(), 256).unwrap();
        assert_eq!(ours.unwrap_key(&transport, &wrapped, cipher).unwrap().as_ref(), key, "{line}");
        lines += 1;
    }
    assert_eq!(lines, 32);
}

/// What no key was wrapped as: cut, longer, not below the modulus, all zeros, and octets of chance.
fn garbage(wrapped: &[u8]) -> Vec<Vec<u8>> {
    let mut all = vec![vec![], vec![0], vec![0; 256], vec![0xff; 256], vec![7; 256], vec![7; 257], vec![0; 4096]];
    all.extend([1, 128, 255].map(|length| wrapped[..length].to_vec()));
    all.push([wrapped, &[0]].concat());
    all.push([&[0], wrapped].concat());
    all.extend((0..wrapped.len()).step_by(17).map(|at| {
        let mut changed = wrapped.to_vec();
        changed[at] ^= 1;
        changed
    }));
    all
}

#[test]
fn oaep_gives_nothing_for_anything_else() {
    let ours = ours();
    let right = oaep(DigestAlgorithm::Sha256, DigestAlgorithm::Sha1, b"label");
    let key = ContentKey::generate(AES_256).unwrap();
    let wrapped = wrap_key(ours.spki(), &right, &key).unwrap();
    for wrong in garbage(&wrapped) {
        assert!(ours.unwrap_key(&right, &wrong, AES_256).is_none(), "{wrong:?}");
    }
    for transport in [
        oaep(DigestAlgorithm::Sha256, DigestAlgorithm::Sha1, b""),
        oaep(DigestAlgorithm::Sha256, DigestAlgorithm::Sha1, b"Label"),
        oaep(DigestAlgorithm::Sha256, DigestAlgorithm::Sha256, b"label"),
        oaep(DigestAlgorithm::Sha1, DigestAlgorithm::Sha1, b"label"),
    ] {
        assert!(ours.unwrap_key(&transport, &wrapped, AES_256).is_none(), "{transport}");
    }
    // A key of another length than the content's algorithm has.
    assert!(ours.unwrap_key(&right, &wrapped, ContentCipher::Aes128Gcm).is_none());
    for length in [0, 1, 31, 33, 64] {
        let wrapped = wrap(ours.spki(), &right, &vec![1; length]).unwrap();
        assert!(ours.unwrap_key(&right, &wrapped, AES_256).is_none(), "{length} octets");
    }
    // The other transport's.
    let wrapped = wrap_key(ours.spki(), &KeyTransport::Rsa15, &key).unwrap();
    assert!(ours.unwrap_key(&right, &wrapped, AES_256).is_none());
}

#[test]
fn another_key_opens_nothing() {
    let other = crate::crypto::SigningKey::generate_rsa(2048).unwrap();
    let other = DecryptionKey::from_der(&other.to_pkcs8_der().unwrap()).unwrap();
    let key = ContentKey::generate(AES_256).unwrap();
    for (digest, mgf1) in pairs() {
        let transport = oaep(digest, mgf1, b"");
        let wrapped = wrap_key(ours().spki(), &transport, &key).unwrap();
        assert!(other.unwrap_key(&transport, &wrapped, AES_256).is_none());
    }
    let wrapped = wrap_key(ours().spki(), &KeyTransport::Rsa15, &key).unwrap();
    assert_ne!(other.unwrap_key(&KeyTransport::Rsa15, &wrapped, AES_256).unwrap().as_ref(), key.as_ref());
}

/// Bleichenbacher 1998: nothing tells a wrong padding from a right one with another key inside.
#[test]
fn rsa_15_gives_a_key_for_everything() {
    let ours = ours();
    let key = ContentKey::generate(AES_256).unwrap();
    let wrapped = wrap_key(ours.spki(), &KeyTransport::Rsa15, &key).unwrap();
    for cipher in ContentCipher::ALL {
        for wrong in garbage(&wrapped) {
            let unwrapped = || ours.unwrap_key(&KeyTransport::Rsa15, &wrong, cipher).unwrap();
            let (one, two) = (unwrapped(), unwrapped());
            assert_eq!(one.as_ref().len(), cipher.key_bytes());
            assert_ne!(one.as_ref(), two.as_ref(), "a key of chance, each time");
        }
    }
    // A good padding around a key of another length.
    for length in [0, 1, 16, 31, 33, 64] {
        let wrapped = wrap(ours.spki(), &KeyTransport::Rsa15, &vec![1; length]).unwrap();
        let unwrapped = ours.unwrap_key(&KeyTransport::Rsa15, &wrapped, AES_256).unwrap();
        assert!(unwrapped.as_ref().iter().any(|octet| *octet != 1), "{length} octets");
    }
}

#[test]
fn the_padding_of_rsa_15_is_looked_at_octet_by_octet() {
    let kept = [9; 32];
    let held: Vec<u8> = (100..132).collect();
    let chosen = |encoded: &[u8]| {
        let mut chosen = ContentKey::new(AES_256, &kept).unwrap();
        keep_or_replace(&mut chosen, encoded);
        chosen.as_ref().to_vec()
    };
    let right = [&[0, 2][..], &[1; 221], &[0], &held].concat();
    assert_eq!(chosen(&right), held);
    for at in 0..256 {
        for value in 0..=255 {
            let mut encoded = right.clone();
            encoded[at] = value;
            let padding = (2..223).contains(&at);
            let good = value == right[at] || (padding && value != 0) || at > 223;
            let expected = if good { &encoded[224..] } else { &kept[..] };
            assert_eq!(chosen(&encoded), expected, "octet {at} is {value}");
        }
    }
    for length in 0..=34 {
        assert_eq!(chosen(&right[..length]), kept, "shorter than any modulus");
    }
}

#[test]
fn zero_is_zero_and_nothing_else() {
    for octet in 0..=255 {
        assert_eq!(ones_if_zero(octet), if octet == 0 { 0xff } else { 0 });
    }
}

#[test]
fn nothing_is_wrapped_to_what_is_no_rsa_key() {
    let key = ContentKey::generate(AES_256).unwrap();
    let ec = crate::crypto::SigningKey::generate_ecdsa(crate::crypto::Curve::P256).unwrap();
    for spki in [&b""[..], b"x", ec.verifying_key().spki()] {
        assert_eq!(wrap_key(spki, &KeyTransport::Rsa15, &key), None);
        assert_eq!(wrap_key(spki, &oaep(DigestAlgorithm::Sha1, DigestAlgorithm::Sha1, b""), &key), None);
    }
    // OAEP with SHA-512 has room for 126 octets in 2048 bits, RSA 1.5 for 245.
    let sha512 = oaep(DigestAlgorithm::Sha512, DigestAlgorithm::Sha512, b"");
    for (transport, room) in [(sha512, 126), (KeyTransport::Rsa15, 245)] {
        assert!(wrap(ours().spki(), &transport, &vec![1; room]).is_some());
        assert!(wrap(ours().spki(), &transport, &vec![1; room + 1]).is_none());
    }
}

/// What a key elsewhere answers follows the same rules.
#[test]
fn what_a_key_elsewhere_answers() {
    let sha1 = oaep(DigestAlgorithm::Sha1, DigestAlgorithm::Sha1, b"");
    for cipher in ContentCipher::ALL {
        let length = cipher.key_bytes();
        let key = vec![7; length];
        for transport in [&sha1, &KeyTransport::Rsa15] {
            assert_eq!(answered(transport, Some(&key), cipher).unwrap().as_ref(), key);
        }
        for wrong in [None, Some(vec![]), Some(vec![7; length - 1]), Some(vec![7; length + 1]), Some(vec![7; 5000])] {
            assert!(answered(&sha1, wrong.as_deref(), cipher).is_none());
            let random = || answered(&KeyTransport::Rsa15, wrong.as_deref(), cipher).unwrap();
            let (one, two) = (random(), random());
            assert_eq!(one.as_ref().len(), length);
            assert_ne!(one.as_ref(), two.as_ref(), "a key of chance, each time");
        }
    }
}
