//! A document cut into pieces: how messages, and the octets that were signed, are read.
//!
//! The subset of XML that is left after what `token` refuses on sight needs no state but a place in the source: each piece says by
//! its first bytes what it is, and by its last where it ends. The second scanner, over quick-xml, is in `reader`.

use super::characters::find_from;
use super::error::{Fault, Flaw};
use super::token::{CDATA, COMMENT, DECLARATION, Markup, TextForm, Token, declaration};
use super::tree::Span;

/// The piece that begins at a place, or `None` at the end of the document.
///
/// `source` has no byte order mark and consists of characters that XML allows.
#[inline(always)]
pub(super) fn next(source: &str, at: u32) -> Result<Option<Token>, Fault> {
    match source.as_bytes().get(Span::index(at)..).unwrap_or_default() {
        [] => Ok(None),
        // Two of three pieces of a message: told by their first octets, and read by others.
        [b'<', b'/', ..] => Ok(Some(Token::End { at })),
        [b'<', b'a'..=b'z' | b'A'..=b'Z', ..] => Ok(Some(Token::Start { at })),
        [b'<', ..] => markup(source, at),
        [b'&', ..] => reference(source, at).map(Some),
        _ => text(source, at).map(Some),
    }
}

#[cold]
fn markup(source: &str, at: u32) -> Result<Option<Token>, Fault> {
    match Markup::of(source, at)? {
        Markup::Start => Ok(Some(Token::Start { at })),
        Markup::End => Ok(Some(Token::End { at })),
        Markup::Comment => Token::comment(source, section(source, at, COMMENT, Flaw::Comment)?).map(Some),
        Markup::CData => Ok(Some(Token::cdata(source, section(source, at, CDATA, Flaw::CData)?))),
        Markup::Declaration => {
            let raw = section(source, at, DECLARATION, Flaw::Declaration)?;
            declaration(source.get(raw.range()).unwrap_or_default()).map_err(|kind| Fault::new(kind, at))?;
            next(source, raw.end)
        }
    }
}

/// Character data, up to the next tag or reference.
#[inline]
fn text(source: &str, at: u32) -> Result<Token, Fault> {
    let bytes = source.as_bytes();
    let ends = |at| matches!(bytes.get(Span::index(at)), Some(b'<' | b'&') | None);
    let all = Span::offset(bytes.len());
    let end = find_from(source, at, [b'<', b'&', b'>', b'\r'], 0).unwrap_or(all);
    if ends(end) {
        let form = TextForm { carriage_return: false, canonical: true };
        return Ok(Token::Text { raw: Span::new(at, end), form });
    }
    let end = find_from(source, end, [b'<', b'&'], 0).unwrap_or(all);
    Token::text(source, Span::new(at, end))
}

/// `&…;`: nothing in it but its name or number.
#[cold]
fn reference(source: &str, at: u32) -> Result<Token, Fault> {
    let bytes = source.as_bytes();
    match find_from(source, at + 1, [b';', b'&', b'<'], 0) {
        Some(end) if bytes.get(Span::index(end)) == Some(&b';') => Token::reference(source, Span::new(at, end + 1)),
        _ => Err(Fault::flaw(Flaw::Ampersand, at)),
    }
}

/// From its first mark to the first of its last.
fn section(source: &str, at: u32, (front, back): (&str, &str), unclosed: Flaw) -> Result<Span, Fault> {
    let inside = Span::index(at).saturating_add(front.len());
    match source.get(inside..).unwrap_or_default().find(back) {
        Some(length) => Ok(Span::new(at, Span::offset(inside.saturating_add(length).saturating_add(back.len())))),
        None => Err(Fault::flaw(unclosed, at)),
    }
}
