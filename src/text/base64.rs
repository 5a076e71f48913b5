//! Base64 as peers send it: broken into lines anywhere, padded or not, and nothing else tolerated.
//!
//! Leniency beyond that has a price: two texts that decode to the same octets let an attacker change a message
//! without changing what was hashed. White space is the one exception, because XML and RFC 2045 wrap lines.

use base64::Engine as _;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, NO_PAD, STANDARD};

use super::whitespace::is_space;

/// Padding may be left out, but where it stands it must be right; bits that no octet uses must be zero.
const LENIENT: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
const STANDARD_ANY_PADDING: GeneralPurpose = GeneralPurpose::new(&base64::alphabet::STANDARD, LENIENT);
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&base64::alphabet::URL_SAFE, NO_PAD);

/// Why a text is not base64 of acceptable length.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Base64Error {
    /// The decoded octets would be more than the bound of the place where the text stood.
    #[error("the base64 text decodes to more than {max} bytes")]
    TooLong {
        /// The bound, in decoded bytes.
        max: usize,
    },
    /// A byte that base64 does not know, padding that is not at the end included.
    #[error("byte {byte:#04x} at offset {position} is not base64")]
    Invalid {
        /// Offset in the text as received, in bytes.
        position: usize,
        /// The byte that stands there.
        byte: u8,
    },
    /// The text ends inside a group of four symbols, its padding does not fit, or its last symbol has bits that belong to no octet.
    #[error("the base64 text of {symbols} symbols is cut off or badly padded")]
    Incomplete {
        /// How many bytes of the text are not white space.
        symbols: usize,
    },
}

impl Base64Error {
    /// The stable name of this error.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooLong { .. } => "base64-too-long",
            Self::Invalid { .. } => "base64-invalid",
            Self::Incomplete { .. } => "base64-incomplete",
        }
    }

    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::TooLong { .. } => "raise the limit of bytes if a legitimate peer sends this much",
            Self::Invalid { .. } => "give the text exactly as it was received: URL-decoded once, and not decoded twice",
            Self::Incomplete { .. } => {
                "a part of the text was lost on the way, often at a length limit of a form or proxy"
            }
        }
    }
}

/// Decodes standard base64 with XML white space anywhere; at most `max_bytes` octets come out.
pub(crate) fn decode(text: &[u8], max_bytes: usize) -> Result<Vec<u8>, Base64Error> {
    // Four symbols make three octets. Counted before anything is made: the memory used is bounded by `max_bytes`.
    let fits = |symbols: usize| symbols / 4 <= max_bytes / 3 + 1;
    let too_long = || Base64Error::TooLong { max: max_bytes };
    let octets = match text.iter().rposition(|byte| !is_space(*byte)).and_then(|last| text.get(..=last)) {
        // Most form values are one line, and need no copy without white space: what is in the way says so by itself.
        Some(line) if fits(line.len()) => match decode_with(&STANDARD_ANY_PADDING, line, |offset| offset) {
            Err(_) if line.iter().any(|byte| is_space(*byte)) => None,
            decoded => Some(decoded?),
        },
        _ => None,
    };
    let octets = match octets {
        Some(octets) => octets,
        None => {
            let symbols = || text.iter().copied().filter(|byte| !is_space(*byte));
            let count = symbols().count();
            if !fits(count) {
                return Err(too_long());
            }
            let mut compact = Vec::with_capacity(count);
            compact.extend(symbols());
            decode_with(&STANDARD_ANY_PADDING, &compact, |offset| received_offset(text, offset))?
        }
    };
    if octets.len() > max_bytes { Err(too_long()) } else { Ok(octets) }
}

/// Standard alphabet, padded, in one line.
pub(crate) fn encode(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// Decodes the URL-safe alphabet without padding (RFC 4648 section 5); no white space, this is our own text.
pub(crate) fn decode_url(text: &[u8], max_bytes: usize) -> Result<Vec<u8>, Base64Error> {
    if text.len() / 4 > max_bytes / 3 + 1 {
        return Err(Base64Error::TooLong { max: max_bytes });
    }
    let octets = decode_with(&URL_SAFE, text, |offset| offset)?;
    if octets.len() > max_bytes {
        return Err(Base64Error::TooLong { max: max_bytes });
    }
    Ok(octets)
}

/// URL-safe alphabet, unpadded.
pub(crate) fn encode_url(bytes: &[u8]) -> String {
    URL_SAFE.encode(bytes)
}

fn decode_with(
    engine: &GeneralPurpose,
    compact: &[u8],
    received: impl Fn(usize) -> usize,
) -> Result<Vec<u8>, Base64Error> {
    let octets = engine.decode(compact).map_err(|error| match error {
        base64::DecodeError::InvalidByte(offset, byte) => Base64Error::Invalid { position: received(offset), byte },
        _ => Base64Error::Incomplete { symbols: compact.len() },
    })?;
    // The engine takes one `=` where two belong; a group of four is whole or has none.
    if compact.last() == Some(&b'=') && !compact.len().is_multiple_of(4) {
        return Err(Base64Error::Incomplete { symbols: compact.len() });
    }
    Ok(octets)
}

/// Where the `nth` byte that is not white space stands in `text`.
fn received_offset(text: &[u8], nth: usize) -> usize {
    let mut symbols = text.iter().enumerate().filter(|(_, byte)| !is_space(**byte));
    symbols.nth(nth).map_or(text.len(), |(offset, _)| offset)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc_4648_vectors() {
        for (octets, text) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(encode(octets.as_bytes()), text);
            assert_eq!(decode(text.as_bytes(), 100).unwrap(), octets.as_bytes());
            let unpadded = text.trim_end_matches('=');
            assert_eq!(decode(unpadded.as_bytes(), 100).unwrap(), octets.as_bytes(), "padding is optional");
        }
    }

    #[test]
    fn lines_may_break_anywhere() {
        assert_eq!(decode(b" Zm\r\n9v\tYg\n=\r\n= ", 100).unwrap(), b"foob");
    }

    #[test]
    fn other_white_space_is_no_base64() {
        for text in ["Zm9v\u{b}", "Zm9v\u{c}", "Zm9v\u{a0}", "Zm9v\0"] {
            assert!(matches!(decode(text.as_bytes(), 100), Err(Base64Error::Invalid { position: 4, .. })), "{text:?}");
        }
    }

    #[test]
    fn wrong_padding_is_refused() {
        for text in ["Zg=", "Zm8==", "Zm9v=", "====", "=", "Zg===", "Z", "Zm9vY"] {
            assert!(decode(text.as_bytes(), 100).is_err(), "{text}");
        }
    }

    #[test]
    fn nothing_follows_the_padding() {
        assert!(decode(b"Zg==Zg==", 100).is_err());
        assert!(decode(b"Zg==Z", 100).is_err());
    }

    #[test]
    fn bits_without_an_octet_must_be_zero() {
        assert_eq!(decode(b"Zh==", 100), Err(Base64Error::Incomplete { symbols: 4 }));
        assert_eq!(decode(b"Zm9", 100), Err(Base64Error::Incomplete { symbols: 3 }));
    }

    #[test]
    fn the_position_is_that_of_the_received_text() {
        assert_eq!(decode(b"Zm\n\n9v!Yg==", 100), Err(Base64Error::Invalid { position: 6, byte: b'!' }));
        assert_eq!(decode(b"Zm-_", 100), Err(Base64Error::Invalid { position: 2, byte: b'-' }));
    }

    #[test]
    fn bound_of_decoded_bytes_at_below_and_above() {
        let text = encode(&[7; 30]);
        assert_eq!(decode(text.as_bytes(), 31).unwrap().len(), 30);
        assert_eq!(decode(text.as_bytes(), 30).unwrap().len(), 30);
        assert_eq!(decode(text.as_bytes(), 29), Err(Base64Error::TooLong { max: 29 }));
        assert_eq!(decode(&[b'A'; 4000], 10), Err(Base64Error::TooLong { max: 10 }));
        assert_eq!(decode(b"", 0).unwrap(), b"");
        for length in 0..40 {
            let text = encode(&vec![7; length]);
            assert_eq!(decode(text.as_bytes(), length).unwrap().len(), length);
            assert_eq!(decode(format!("{text}\n\n\n\n\n\n\n\n").as_bytes(), length).unwrap().len(), length);
            assert_eq!(decode(format!("\n\n\n\n\n\n\n\n{text}").as_bytes(), length).unwrap().len(), length);
        }
        // The length speaks first: nothing is decoded, not even to find what is no symbol.
        for text in [[b'!'; 4000].as_slice(), &[b"!\n".as_slice(); 2000].concat()] {
            assert_eq!(decode(text, 10), Err(Base64Error::TooLong { max: 10 }));
        }
    }

    #[test]
    fn url_safe_is_unpadded() {
        assert_eq!(encode_url(&[0xfb, 0xff, 0xfe, 1]), "-__-AQ");
        assert_eq!(decode_url(b"-__-AQ", 10).unwrap(), [0xfb, 0xff, 0xfe, 1]);
        assert!(decode_url(b"-__-AQ==", 10).is_err());
        assert!(decode_url(b"+//+AQ", 10).is_err());
        assert_eq!(decode_url(b"-__-AQ", 3), Err(Base64Error::TooLong { max: 3 }));
    }
}
