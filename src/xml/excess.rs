//! More elements than a document may have, found before any record is made of them.
//!
//! Thirty thousand records of `<y/>` cost more than the login with a genuine message of the same length, and a refusal must not
//! cost more than what it prevents.

use super::attributes::tag_end;
use super::tree::Span;
use super::{XmlLimits, scan, work};

/// Where the first element beyond the limit begins.
///
/// Not asked of a document that has fewer tags than the limit has elements. Where the nesting is wrong before that element, this is silent and the
/// tree says what is wrong.
pub(super) fn excess(source: &str, limits: &XmlLimits) -> Option<u32> {
    let (mut behind, mut elements, mut depth) = (0, 0_usize, 0_usize);
    loop {
        let from = behind;
        behind = match source.as_bytes().get(Span::index(behind)..)? {
            [] => return None,
            [b'<', b'/', ..] => {
                depth = depth.checked_sub(1)?;
                tag_end(source, from)?
            }
            // Tags are most of such a document, and are told by their first octets without a token.
            [b'<', rest @ ..] if !matches!(rest.first(), Some(b'!' | b'?')) => {
                if depth >= limits.depth || (depth == 0 && elements > 0) {
                    return None;
                }
                if elements >= limits.elements {
                    return Some(from);
                }
                elements = elements.saturating_add(1);
                let end = tag_end(source, from)?;
                let empty = source.as_bytes().get(Span::index(end - 2)) == Some(&b'/');
                depth = depth.saturating_add(usize::from(!empty));
                end
            }
            // A declaration ends where the piece behind it does, which may be a tag that is read in the next round.
            _ => scan::next(source, from).ok()??.end(),
        };
        work::count(Span::new(from, behind).len());
    }
}
