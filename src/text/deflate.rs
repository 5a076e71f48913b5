//! The raw DEFLATE streams of the Redirect binding (bindings 3.4.4.1), with no room for bombs or stowaways.

use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};

/// Output grows by this much at a time, so that a short stream never reserves what only a bomb would need.
const STEP_BYTES: usize = 16 * 1024;

/// Why octets are not one complete DEFLATE stream of acceptable length.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InflateError {
    /// The stream goes on after the bound; how far is not looked at.
    #[error("the DEFLATE stream inflates to more than {max} bytes")]
    TooLong {
        /// The bound, in inflated bytes.
        max: usize,
    },
    /// Not DEFLATE (RFC 1951) at all, or damaged.
    #[error("the {received} bytes received are no DEFLATE stream")]
    Invalid {
        /// Length of the input, in bytes.
        received: usize,
    },
    /// The input ends before the stream does.
    #[error("the DEFLATE stream of {received} bytes is cut off")]
    Truncated {
        /// Length of the input, in bytes.
        received: usize,
    },
    /// Something follows the end of the stream, which another reader might take for part of the message.
    #[error("{bytes} bytes follow the end of the DEFLATE stream")]
    TrailingBytes {
        /// How many.
        bytes: usize,
    },
}

impl InflateError {
    /// The stable name of this error.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooLong { .. } => "inflate-too-long",
            Self::Invalid { .. } => "inflate-invalid",
            Self::Truncated { .. } => "inflate-truncated",
            Self::TrailingBytes { .. } => "inflate-trailing-bytes",
        }
    }

    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::TooLong { .. } => "raise the limit of message bytes if a legitimate peer sends this much",
            Self::Invalid { .. } => {
                "the Redirect binding sends raw DEFLATE: no zlib or gzip header, and no message without compression"
            }
            Self::Truncated { .. } => "a part of the URL was lost on the way, often at a length limit of a proxy",
            Self::TrailingBytes { .. } => "the peer must send the DEFLATE stream and nothing else",
        }
    }
}

/// Compresses into one raw stream.
pub(crate) fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut compress = Compress::new(Compression::best(), false);
    let mut out = Vec::new();
    // What does not compress grows by a few octets (RFC 1951, 3.2.4). flate2 fills all the room that it gets before it writes there.
    let room = bytes.len().saturating_add(64).min(STEP_BYTES);
    loop {
        out.reserve(room);
        let rest = rest(bytes, compress.total_in());
        match compress.compress_vec(rest, &mut out, FlushCompress::Finish) {
            Ok(Status::Ok | Status::BufError) => {}
            // With the whole input at hand and room to write, compression has no way to fail.
            Ok(Status::StreamEnd) | Err(_) => return out,
        }
    }
}

/// Inflates one whole raw stream into at most `max_bytes`.
pub(crate) fn inflate(bytes: &[u8], max_bytes: usize) -> Result<Vec<u8>, InflateError> {
    let received = bytes.len();
    let mut decompress = Decompress::new(false);
    let mut out = Vec::new();
    loop {
        if out.len() > max_bytes {
            return Err(InflateError::TooLong { max: max_bytes });
        }
        out.reserve(STEP_BYTES.min(max_bytes.saturating_sub(out.len()).saturating_add(1)));
        let before = (decompress.total_in(), decompress.total_out());
        let status = decompress
            .decompress_vec(rest(bytes, decompress.total_in()), &mut out, FlushDecompress::None)
            .map_err(|_| InflateError::Invalid { received })?;
        if status == Status::StreamEnd {
            break;
        }
        if before == (decompress.total_in(), decompress.total_out()) {
            return Err(InflateError::Truncated { received });
        }
    }
    if out.len() > max_bytes {
        return Err(InflateError::TooLong { max: max_bytes });
    }
    match rest(bytes, decompress.total_in()).len() {
        0 => Ok(out),
        bytes => Err(InflateError::TrailingBytes { bytes }),
    }
}

fn rest(bytes: &[u8], consumed: u64) -> &[u8] {
    usize::try_from(consumed).ok().and_then(|consumed| bytes.get(consumed..)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_went_in_comes_out() {
        for length in [0, 1, 100, STEP_BYTES - 1, STEP_BYTES, 3 * STEP_BYTES + 7] {
            // A cheap generator: incompressible enough to need more than one step.
            let mut state = 1_u32;
            let bytes: Vec<u8> = (0..length)
                .map(|_| {
                    state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    (state >> 24) as u8
                })
                .collect();
            assert_eq!(inflate(&deflate(&bytes), length).unwrap(), bytes);
        }
    }

    #[test]
    fn known_stream_of_another_compressor() {
        // zlib's raw output for this text.
        let stream = [0xcb, 0x48, 0xcd, 0xc9, 0xc9, 0x57, 0xc8, 0x40, 0x90, 0x00];
        assert_eq!(inflate(&stream, 100).unwrap(), b"hello hello hello");
    }

    #[test]
    fn bound_at_below_and_above() {
        let stream = deflate(&[b'a'; 1000]);
        assert_eq!(inflate(&stream, 1001).unwrap().len(), 1000);
        assert_eq!(inflate(&stream, 1000).unwrap().len(), 1000);
        assert_eq!(inflate(&stream, 999), Err(InflateError::TooLong { max: 999 }));
        assert_eq!(inflate(&stream, 0), Err(InflateError::TooLong { max: 0 }));
    }

    #[test]
    fn deflate_bomb_stops_at_the_bound() {
        let stream = deflate(&vec![0; 50 * 1024 * 1024]);
        assert!(stream.len() < 64 * 1024);
        assert_eq!(inflate(&stream, 1024 * 1024), Err(InflateError::TooLong { max: 1024 * 1024 }));
    }

    #[test]
    fn cut_off_at_every_byte() {
        let stream = deflate(b"<samlp:AuthnRequest/>");
        for length in 0..stream.len() {
            assert_eq!(inflate(&stream[..length], 1000), Err(InflateError::Truncated { received: length }), "{length}");
        }
    }

    #[test]
    fn bytes_after_the_stream_are_refused() {
        let mut stream = deflate(b"<samlp:AuthnRequest/>");
        stream.extend(b"<x/>");
        assert_eq!(inflate(&stream, 1000), Err(InflateError::TrailingBytes { bytes: 4 }));
    }

    #[test]
    fn zlib_header_or_plain_xml_is_no_raw_stream() {
        assert!(matches!(
            inflate(&[0x78, 0x9c, 0x4b, 0x04, 0x00, 0x00, 0x62, 0x00, 0x62], 100),
            Err(InflateError::Invalid { .. })
        ));
        assert!(inflate(b"<samlp:AuthnRequest/>", 1000).is_err());
    }
}
