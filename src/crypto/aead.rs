//! Sealing of our own state: AES-256-GCM under random nonces.
//!
//! A nonce is 96 random bits and stands in front of the ciphertext. NIST SP 800-38D (section 8.3) bounds one key with
//! random nonces to 2³² seals.

use super::provider::AWS_LC;
use super::random::{self, RandomFailed};

const NONCE_BYTES: usize = 12;

/// Nonce, ciphertext, tag.
pub(crate) fn seal(key: &[u8; 32], associated_data: &[u8], plaintext: &[u8]) -> Result<Vec<u8>, RandomFailed> {
    let nonce = random::bytes::<NONCE_BYTES>()?;
    let ciphertext = (AWS_LC.seal)(key, nonce, associated_data, plaintext).ok_or(RandomFailed)?;
    let mut sealed = nonce.to_vec();
    sealed.extend(ciphertext);
    Ok(sealed)
}

/// The plaintext, where key, associated data and every bit of `sealed` are those of the sealing.
pub(crate) fn open(key: &[u8; 32], associated_data: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
    let (nonce, ciphertext) = sealed.split_first_chunk::<NONCE_BYTES>()?;
    (AWS_LC.open)(key, *nonce, associated_data, ciphertext)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: [u8; 32] = [7; 32];

    #[test]
    fn opens_what_it_sealed() {
        for plaintext in [&b""[..], b"pending login", &[0; 4096]] {
            let sealed = seal(&KEY, b"purpose", plaintext).unwrap();
            assert_eq!(sealed.len(), plaintext.len() + 12 + 16);
            assert_eq!(open(&KEY, b"purpose", &sealed).unwrap(), plaintext);
        }
    }

    #[test]
    fn every_flipped_bit_is_noticed() {
        let sealed = seal(&KEY, b"purpose", b"pending login").unwrap();
        for bit in 0..sealed.len() * 8 {
            let mut changed = sealed.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(open(&KEY, b"purpose", &changed), None, "bit {bit}");
        }
    }

    #[test]
    fn another_key_purpose_or_length_does_not_open() {
        let sealed = seal(&KEY, b"purpose", b"pending login").unwrap();
        assert_eq!(open(&[8; 32], b"purpose", &sealed), None);
        assert_eq!(open(&KEY, b"another", &sealed), None);
        for length in 0..sealed.len() {
            assert_eq!(open(&KEY, b"purpose", &sealed[..length]), None, "{length}");
        }
    }

    #[test]
    fn the_same_text_is_never_sealed_the_same_way() {
        assert_ne!(seal(&KEY, b"", b"x").unwrap(), seal(&KEY, b"", b"x").unwrap());
    }

    /// Test case 13 of the GCM specification (McGrew and Viega): 256-bit zero key, zero nonce, nothing to encrypt.
    #[test]
    fn known_answer_of_an_empty_plaintext() {
        let mut sealed = vec![0; NONCE_BYTES];
        sealed.extend([0x53, 0x0f, 0x8a, 0xfb, 0xc7, 0x45, 0x36, 0xb9, 0xa9, 0x63, 0xb4, 0xf1, 0xc4, 0xcb, 0x73, 0x8b]);
        assert_eq!(open(&[0; 32], b"", &sealed).unwrap(), b"");
    }
}
