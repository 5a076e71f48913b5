use super::*;
use crate::text::base64;

const SHORT: &str = "<a/>";

fn key(cipher: ContentCipher) -> ContentKey {
    ContentKey::generate(cipher).unwrap()
}

fn hex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

fn cbc() -> impl Iterator<Item = ContentCipher> {
    ContentCipher::ALL.into_iter().filter(|cipher| !cipher.is_authenticated())
}

fn gcm() -> impl Iterator<Item = ContentCipher> {
    ContentCipher::ALL.into_iter().filter(|cipher| cipher.is_authenticated())
}

#[test]
fn identifiers_lead_back_to_their_cipher() {
    for cipher in ContentCipher::ALL {
        assert_eq!(ContentCipher::from_uri(cipher.uri()), Some(cipher));
    }
    for uri in [
        "",
        "http://www.w3.org/2001/04/xmlenc#aes128-gcm",
        "http://www.w3.org/2009/xmlenc11#aes128-cbc",
        "http://www.w3.org/2001/04/xmlenc#AES128-CBC",
        "http://www.w3.org/2001/04/xmlenc#aes128-cbc ",
        "http://www.w3.org/2001/04/xmlenc#kw-aes128",
    ] {
        assert_eq!(ContentCipher::from_uri(uri), None, "{uri}");
    }
}

#[test]
fn opens_what_it_encrypted() {
    for cipher in ContentCipher::ALL {
        let key = key(cipher);
        for length in (0..=48).chain([4096]) {
            let plaintext = vec![b'x'; length];
            let encrypted = encrypt(cipher, &key, &plaintext).unwrap();
            assert_eq!(decrypt(cipher, &key, &encrypted).unwrap(), plaintext, "{cipher}, {length} octets");
        }
        assert_ne!(encrypt(cipher, &key, b"x"), encrypt(cipher, &key, b"x"), "{cipher} has fresh IVs");
    }
}

#[test]
fn opens_what_openssl_encrypted() {
    let mut seen = Vec::new();
    for line in include_str!("../testdata/openssl_content.txt").lines().filter(|line| !line.starts_with('#')) {
        let [name, octets, encrypted, plaintext] = line.splitn(4, ' ').collect::<Vec<_>>().try_into().unwrap();
        let cipher = ContentCipher::ALL.into_iter().find(|cipher| cipher.name() == name).unwrap();
        let key = ContentKey::new(cipher, &hex(octets)).unwrap();
        let encrypted = base64::decode(encrypted.as_bytes(), 1000).unwrap();
        assert_eq!(decrypt(cipher, &key, &encrypted).unwrap(), plaintext.as_bytes(), "{line}");
        seen.push(cipher);
    }
    assert!(ContentCipher::ALL.iter().all(|cipher| seen.contains(cipher)));
}

/// Test cases 2, 8 and 14 of the GCM specification (McGrew and Viega): zero key, zero nonce, sixteen zeros.
#[test]
fn known_answers_of_gcm() {
    for (cipher, sealed) in [
        (ContentCipher::Aes128Gcm, "0388dace60b6a392f328c2b971b2fe78ab6e47d42cec13bdf53a67b21257bddf"),
        (ContentCipher::Aes192Gcm, "98e7247c07f0fe411c267e4384b0f6002ff58d80033927ab8ef4d4587514f0fb"),
        (ContentCipher::Aes256Gcm, "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919"),
    ] {
        let key = ContentKey::new(cipher, &vec![0; cipher.key_bytes()]).unwrap();
        let input = [vec![0; 12], hex(sealed)].concat();
        assert_eq!(decrypt(cipher, &key, &input).unwrap(), [0; 16], "{cipher}");
    }
}

/// NIST SP 800-38A, F.2.1, F.2.3 and F.2.5, first blocks.
#[test]
fn known_answers_of_cbc() {
    let iv = hex("000102030405060708090a0b0c0d0e0f");
    for (cipher, key, ciphertext) in [
        (ContentCipher::Aes128Cbc, "2b7e151628aed2a6abf7158809cf4f3c", "7649abac8119b246cee98e9b12e9197d"),
        (
            ContentCipher::Aes192Cbc,
            "8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b",
            "4f021db243bc633d7178183a9fa071e8",
        ),
        (
            ContentCipher::Aes256Cbc,
            "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
            "f58c4c04d6e5f1ba779eabfb5f7bfbd6",
        ),
    ] {
        let plaintext = (AWS_LC.decrypt)(cipher, &hex(key), &iv, &hex(ciphertext)).unwrap();
        assert_eq!(plaintext, hex("6bc1bee22e409f96e93d7e117393172a"), "{cipher}");
    }
}

/// CVE-2026-32600 and its like: a tag is 128 bits and no other number.
#[test]
fn gcm_changed_or_cut_anywhere_is_nothing() {
    for cipher in gcm() {
        let key = key(cipher);
        let encrypted = encrypt(cipher, &key, SHORT.as_bytes()).unwrap();
        for bit in 0..encrypted.len() * 8 {
            let mut changed = encrypted.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(decrypt(cipher, &key, &changed), None, "{cipher}, bit {bit}");
        }
        for length in 0..encrypted.len() {
            assert_eq!(decrypt(cipher, &key, &encrypted[..length]), None, "{cipher}, cut off at {length}");
        }
        assert_eq!(decrypt(cipher, &key, &[&encrypted[..], &[0]].concat()), None);
        assert_eq!(decrypt(cipher, &self::key(cipher), &encrypted), None);
    }
}

#[test]
fn cbc_changed_or_cut_anywhere_is_no_panic() {
    for cipher in cbc() {
        let key = key(cipher);
        let encrypted = encrypt(cipher, &key, b"twenty octets of it.").unwrap();
        for bit in 0..encrypted.len() * 8 {
            let mut changed = encrypted.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            decrypt(cipher, &key, &changed);
        }
        for length in 0..encrypted.len() {
            let opened = decrypt(cipher, &key, &encrypted[..length]);
            let whole_blocks = length % cipher.padded_block().unwrap() == 0 && length > cipher.iv_bytes();
            assert!(opened.is_none() || whole_blocks, "{cipher}, cut off at {length}");
        }
    }
}

/// The last octet alone counts (GHSA-hwqm-qvj9-4jr2: others panicked here).
#[test]
fn cbc_padding_is_one_to_a_block() {
    for cipher in cbc() {
        let key = key(cipher);
        let block = cipher.padded_block().unwrap();
        let iv = vec![7; cipher.iv_bytes()];
        for blocks in 1..=3 {
            for last in 0..=255 {
                // Arbitrary octets before it, as XML Encryption allows.
                let mut text: Vec<u8> = (0..block * blocks).map(|at| u8::try_from(at * 5 + 3).unwrap()).collect();
                *text.last_mut().unwrap() = last;
                let encrypted = encrypt_blocks(cipher, &key, &iv, &text).unwrap();
                let padding = usize::from(last);
                let expected = (1..=block).contains(&padding).then(|| text[..text.len() - padding].to_vec());
                assert_eq!(decrypt(cipher, &key, &encrypted), expected, "{cipher}, {blocks} blocks, padding {last}");
            }
        }
        assert_eq!(decrypt(cipher, &key, &iv), None, "no block at all");
    }
}

/// NIST SP 800-67: three different keys, none of them weak. That they are refused is not said.
#[test]
fn triple_des_with_a_weak_or_repeated_key_is_nothing() {
    let (one, two, weak) = ([0x13; 8], [0x37; 8], [0x01; 8]);
    for keys in [[one, one, two], [one, two, two], [one, two, one], [one, one, one], [weak, one, two], [one, two, weak]]
    {
        let key = ContentKey::new(ContentCipher::TripleDesCbc, &keys.concat()).unwrap();
        assert_eq!(decrypt(ContentCipher::TripleDesCbc, &key, &[0; 24]), None);
        assert_eq!(encrypt(ContentCipher::TripleDesCbc, &key, b""), None);
    }
}

#[test]
fn parity_of_a_triple_des_key_does_not_count() {
    let key = |octet| {
        let octets = [[octet; 8], [0x37; 8], [0x5b; 8]].concat();
        ContentKey::new(ContentCipher::TripleDesCbc, &octets).unwrap()
    };
    let encrypted = encrypt(ContentCipher::TripleDesCbc, &key(0x12), SHORT.as_bytes()).unwrap();
    assert_eq!(decrypt(ContentCipher::TripleDesCbc, &key(0x13), &encrypted).unwrap(), SHORT.as_bytes());
}

#[test]
fn a_key_is_of_its_ciphers_length() {
    for cipher in ContentCipher::ALL {
        for length in 0..=64 {
            assert_eq!(ContentKey::new(cipher, &vec![1; length]).is_some(), length == cipher.key_bytes());
        }
        for other in ContentCipher::ALL {
            let key = key(other);
            let opened = decrypt(cipher, &key, &[0; 64]);
            assert!(other.key_bytes() == cipher.key_bytes() || opened.is_none(), "{cipher} with a key of {other}");
        }
    }
}

#[test]
fn debug_shows_no_key() {
    let key = ContentKey::new(ContentCipher::Aes128Gcm, &[0xab; 16]).unwrap();
    assert_eq!(format!("{key:?}"), "ContentKey(128 bits)");
}
