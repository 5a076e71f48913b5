//! More elements than a document may have, found before any record is made of them.
//!
//! Thirty thousand records of `<y/>` cost more than the login with a genuine message of the same length, and a refusal must not
//! cost more than what it prevents.

use super::scan::section_end;
use super::token::{CDATA, COMMENT};
use super::tree::Span;
use super::{XmlLimits, work};

/// So many bytes are looked at in one go.
const PIECE: usize = 64;

/// Where the first element beyond the limit begins.
///
/// Start tags are told by their first two bytes, so that of a document with too many this alone is said, whether or not it
/// is well-formed and nested within limits. Where more than comments and sections would have to be skipped, this is silent
/// and the tree says what is wrong.
pub(super) fn excess(source: &str, limits: &XmlLimits) -> Option<u32> {
    let bytes = source.as_bytes();
    let (mut at, mut elements) = (0, 0_usize);
    loop {
        let piece = bytes.get(Span::index(at)..)?.first_chunk();
        let with_piece = piece.and_then(start_tags).map(|more| elements.saturating_add(more));
        if let Some(with_piece) = with_piece.filter(|elements| *elements <= limits.elements) {
            elements = with_piece;
            at += Span::offset(PIECE);
            work::count(PIECE);
            continue;
        }
        let (begin, end) = (at, at + Span::offset(PIECE));
        while at < end {
            at = match bytes.get(Span::index(at)..)? {
                [] => return None,
                [b'<', b'!', b'-', ..] => section_end(source, at, COMMENT)?,
                [b'<', b'!', b'[', ..] => section_end(source, at, CDATA)?,
                // The XML declaration, which can stand nowhere else. A processing instruction here goes unnamed.
                [b'<', b'?', ..] if at == 0 => 1,
                [b'<', b'!' | b'?', ..] => return None,
                [b'<', next, ..] if *next != b'/' => {
                    if elements >= limits.elements {
                        return Some(at);
                    }
                    elements = elements.saturating_add(1);
                    at + 1
                }
                _ => at + 1,
            };
        }
        work::count(Span::new(begin, at).len());
    }
}

/// How many start tags begin in a piece, which the byte behind it follows; none of a piece with `<!` or `<?`.
///
/// The sums have eight bits for the sake of vector units, which add sixteen at a time.
fn start_tags(piece: &[u8; PIECE + 1]) -> Option<usize> {
    let (mut tags, mut others) = (0_u8, 0_u8);
    for (byte, next) in piece.iter().zip(piece.iter().skip(1)) {
        let tag = u8::from(*byte == b'<');
        others |= tag & (u8::from(*next == b'!') | u8::from(*next == b'?'));
        tags = tags.wrapping_add(tag & u8::from(*next != b'/'));
    }
    (others == 0).then_some(usize::from(tags))
}
