//! Content encryption: the symmetric ciphers of XML Encryption, their keys, and what stands around a ciphertext.
//!
//! GCM (XML Encryption 1.1 section 5.2.4): a nonce of 96 bits in front, a tag of exactly 128 bits behind, no associated
//! data. CBC (section 5.2): an IV of one block in front, and padding whose last octet counts it all.

use zeroize::Zeroize;

use super::provider::AWS_LC;

/// The longest key: AES-256.
const MAX_KEY_BYTES: usize = 32;

/// How content is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum ContentCipher {
    Aes128Gcm,
    Aes192Gcm,
    Aes256Gcm,
    Aes128Cbc,
    Aes192Cbc,
    Aes256Cbc,
    /// Three different keys; blocks of 64 bits, so it is refused unless allowed by name.
    TripleDesCbc,
}

impl ContentCipher {
    /// All of them, the best families first.
    pub(crate) const ALL: [Self; 7] = [
        Self::Aes128Gcm,
        Self::Aes192Gcm,
        Self::Aes256Gcm,
        Self::Aes128Cbc,
        Self::Aes192Cbc,
        Self::Aes256Cbc,
        Self::TripleDesCbc,
    ];

    /// The cipher of an XML identifier; `None` for one we do not know. Compared byte for byte.
    pub(crate) fn from_uri(uri: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|cipher| cipher.uri() == uri)
    }

    /// The XML identifier (XML Encryption 1.1 section 5.1.1).
    pub(crate) const fn uri(self) -> &'static str {
        match self {
            Self::Aes128Gcm => "http://www.w3.org/2009/xmlenc11#aes128-gcm",
            Self::Aes192Gcm => "http://www.w3.org/2009/xmlenc11#aes192-gcm",
            Self::Aes256Gcm => "http://www.w3.org/2009/xmlenc11#aes256-gcm",
            Self::Aes128Cbc => "http://www.w3.org/2001/04/xmlenc#aes128-cbc",
            Self::Aes192Cbc => "http://www.w3.org/2001/04/xmlenc#aes192-cbc",
            Self::Aes256Cbc => "http://www.w3.org/2001/04/xmlenc#aes256-cbc",
            Self::TripleDesCbc => "http://www.w3.org/2001/04/xmlenc#tripledes-cbc",
        }
    }

    /// The name for people: "AES-128-GCM".
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Aes128Gcm => "AES-128-GCM",
            Self::Aes192Gcm => "AES-192-GCM",
            Self::Aes256Gcm => "AES-256-GCM",
            Self::Aes128Cbc => "AES-128-CBC",
            Self::Aes192Cbc => "AES-192-CBC",
            Self::Aes256Cbc => "AES-256-CBC",
            Self::TripleDesCbc => "3DES-CBC",
        }
    }

    /// Length of a key.
    pub(crate) const fn key_bytes(self) -> usize {
        match self {
            Self::Aes128Gcm | Self::Aes128Cbc => 16,
            Self::Aes192Gcm | Self::Aes192Cbc | Self::TripleDesCbc => 24,
            Self::Aes256Gcm | Self::Aes256Cbc => 32,
        }
    }

    /// Whether a changed ciphertext is noticed by the cipher itself.
    pub(crate) const fn is_authenticated(self) -> bool {
        matches!(self, Self::Aes128Gcm | Self::Aes192Gcm | Self::Aes256Gcm)
    }

    /// Length of what stands in front of the ciphertext.
    const fn iv_bytes(self) -> usize {
        match self {
            Self::Aes128Gcm | Self::Aes192Gcm | Self::Aes256Gcm => 12,
            Self::Aes128Cbc | Self::Aes192Cbc | Self::Aes256Cbc => 16,
            Self::TripleDesCbc => 8,
        }
    }

    /// Length of a block, for the modes that pad.
    const fn padded_block(self) -> Option<usize> {
        match self {
            Self::Aes128Gcm | Self::Aes192Gcm | Self::Aes256Gcm => None,
            Self::Aes128Cbc | Self::Aes192Cbc | Self::Aes256Cbc => Some(16),
            Self::TripleDesCbc => Some(8),
        }
    }
}

impl std::fmt::Display for ContentCipher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// The key of one ciphertext. Cleared when dropped; in a box, so that a move leaves no copy behind.
pub(crate) struct ContentKey {
    octets: Box<[u8; MAX_KEY_BYTES]>,
    length: usize,
}

impl ContentKey {
    /// From octets of the length that `cipher` wants.
    pub(crate) fn new(cipher: ContentCipher, octets: &[u8]) -> Option<Self> {
        (octets.len() == cipher.key_bytes()).then_some(())?;
        let mut key = Self { octets: Box::new([0; MAX_KEY_BYTES]), length: octets.len() };
        key.as_mut().copy_from_slice(octets);
        Some(key)
    }

    /// A fresh one; `None` where the system gives no random octets.
    pub(crate) fn generate(cipher: ContentCipher) -> Option<Self> {
        let mut key = Self { octets: Box::new([0; MAX_KEY_BYTES]), length: cipher.key_bytes() };
        (AWS_LC.fill_random)(key.as_mut()).then_some(key)
    }
}

impl AsRef<[u8]> for ContentKey {
    fn as_ref(&self) -> &[u8] {
        self.octets.get(..self.length).unwrap_or_default()
    }
}

impl AsMut<[u8]> for ContentKey {
    fn as_mut(&mut self) -> &mut [u8] {
        self.octets.get_mut(..self.length).unwrap_or_default()
    }
}

impl Drop for ContentKey {
    fn drop(&mut self) {
        self.octets.zeroize();
    }
}

impl std::fmt::Debug for ContentKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ContentKey({} bits)", self.length * 8)
    }
}

/// The plaintext. `None` says nothing about why: a key of another length, a truncated input, a wrong tag, wrong padding, and
/// the weak or repeated keys that 3DES must not have are one answer. How long the answer takes may differ: an attacker can
/// tell a padding failure from what comes after it, which is why CBC counts only under a signature.
pub(crate) fn decrypt(cipher: ContentCipher, key: &ContentKey, iv_and_ciphertext: &[u8]) -> Option<Vec<u8>> {
    let (iv, ciphertext) = iv_and_ciphertext.split_at_checked(cipher.iv_bytes())?;
    let plaintext = (AWS_LC.decrypt)(cipher, key.as_ref(), iv, ciphertext)?;
    match cipher.padded_block() {
        Some(block) => unpad(block, plaintext),
        None => Some(plaintext),
    }
}

/// XML Encryption 1.1 section 5.2: the last octet says how many octets are padding, itself among them; the others are
/// arbitrary and not looked at.
fn unpad(block: usize, mut padded: Vec<u8>) -> Option<Vec<u8>> {
    let padding = usize::from(*padded.last()?);
    (1..=block).contains(&padding).then_some(())?;
    padded.truncate(padded.len().checked_sub(padding)?);
    Some(padded)
}

/// Encrypts under a fresh IV, with random octets for padding, as other implementations do.
pub(crate) fn encrypt(cipher: ContentCipher, key: &ContentKey, plaintext: &[u8]) -> Option<Vec<u8>> {
    let mut iv = vec![0; cipher.iv_bytes()];
    (AWS_LC.fill_random)(&mut iv).then_some(())?;
    let mut text = plaintext.to_vec();
    if let Some(block) = cipher.padded_block() {
        let padding = block - text.len() % block;
        let mut octets = vec![0; padding];
        (AWS_LC.fill_random)(&mut octets).then_some(())?;
        *octets.last_mut()? = u8::try_from(padding).ok()?;
        text.extend(octets);
    }
    encrypt_blocks(cipher, key, &iv, &text)
}

/// IV, ciphertext and tag, of what is already padded.
fn encrypt_blocks(cipher: ContentCipher, key: &ContentKey, iv: &[u8], text: &[u8]) -> Option<Vec<u8>> {
    let ciphertext = (AWS_LC.encrypt)(cipher, key.as_ref(), iv, text)?;
    Some([iv, &ciphertext].concat())
}

#[cfg(test)]
mod tests;
