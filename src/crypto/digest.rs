//! Hashes and the comparison of secrets.

use super::algorithm::DigestAlgorithm;
use super::provider::AWS_LC;

/// The output of a hash.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Digest {
    bytes: [u8; 64],
    length: usize,
}

impl Digest {
    /// At most 64 bytes, which is the longest hash we know; what is beyond is left out.
    pub(crate) fn new(output: &[u8]) -> Self {
        let mut bytes = [0; 64];
        bytes.iter_mut().zip(output).for_each(|(to, from)| *to = *from);
        Self { bytes, length: output.len().min(64) }
    }

    /// Lower-case hexadecimal.
    pub(crate) fn to_hex(self) -> String {
        hex(self.as_ref())
    }
}

impl AsRef<[u8]> for Digest {
    fn as_ref(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }
}

impl std::fmt::Debug for Digest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.to_hex())
    }
}

/// Hashes `octets`.
pub(crate) fn digest(algorithm: DigestAlgorithm, octets: &[u8]) -> Digest {
    (AWS_LC.digest)(algorithm, octets)
}

/// SHA-256 as an array, for fingerprints and lookup keys.
pub(crate) fn sha256(octets: &[u8]) -> [u8; 32] {
    let digest = digest(DigestAlgorithm::Sha256, octets);
    digest.bytes.first_chunk::<32>().copied().unwrap_or_default()
}

/// Whether both are equal, in time that depends on their lengths only.
pub(crate) fn constant_time_eq(left: &[u8], right: &[u8]) -> bool {
    (AWS_LC.equal)(left, right)
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().saturating_mul(2));
    text.extend(hex_digits(bytes));
    text
}

/// The same, digit by digit.
pub(crate) fn hex_digits(bytes: &[u8]) -> impl Iterator<Item = char> {
    let digit = |value: u8| char::from(b"0123456789abcdef".get(usize::from(value)).copied().unwrap_or_default());
    bytes.iter().flat_map(move |byte| [digit(byte >> 4), digit(byte & 15)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fips_180_4_vectors_for_abc() {
        for (algorithm, expected) in [
            (DigestAlgorithm::Sha1, "a9993e364706816aba3e25717850c26c9cd0d89d"),
            (DigestAlgorithm::Sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                DigestAlgorithm::Sha384,
                "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7",
            ),
            (
                DigestAlgorithm::Sha512,
                "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
            ),
        ] {
            assert_eq!(digest(algorithm, b"abc").to_hex(), expected);
        }
        assert_eq!(sha256(b"abc"), digest(DigestAlgorithm::Sha256, b"abc").as_ref());
    }

    #[test]
    fn comparison_sees_every_byte_and_the_length() {
        assert!(constant_time_eq(b"", b""));
        assert!(constant_time_eq(b"abc", b"abc"));
        assert!(!constant_time_eq(b"abc", b"abd"));
        assert!(!constant_time_eq(b"abc", b"bbc"));
        assert!(!constant_time_eq(b"abc", b"abcd"));
        assert!(!constant_time_eq(b"", b"a"));
    }
}
