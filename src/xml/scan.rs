//! A document cut into pieces: how messages, and the octets that were signed, are read.
//!
//! The subset of XML that is left after what `token` refuses on sight needs no state but a place in the source: each piece says by
//! its first bytes what it is, and by its last where it ends. The second scanner, over quick-xml, is in `reader`.

use super::characters::find;
use super::error::{Fault, Flaw};
use super::token::{CDATA, COMMENT, DECLARATION, Markup, TextForm, Token, declaration};
use std::ops::Range;

/// The piece that begins at a place, or `None` at the end of the document.
///
/// `source` has no byte order mark and consists of characters that XML allows.
pub(super) fn next(source: &str, at: usize) -> Result<Option<Token>, Fault> {
    match source.as_bytes().get(at) {
        None => Ok(None),
        Some(b'<') => markup(source, at),
        Some(b'&') => reference(source, at).map(Some),
        Some(_) => text(source, at).map(Some),
    }
}

fn markup(source: &str, at: usize) -> Result<Option<Token>, Fault> {
    match Markup::of(source, at)? {
        Markup::Start => Ok(Some(Token::Start { at })),
        Markup::End => Ok(Some(Token::End { at })),
        Markup::Comment => Token::comment(source, &section(source, at, COMMENT, Flaw::Comment)?).map(Some),
        Markup::CData => Ok(Some(Token::cdata(source, &section(source, at, CDATA, Flaw::CData)?))),
        Markup::Declaration => {
            let raw = section(source, at, DECLARATION, Flaw::Declaration)?;
            declaration(source.get(raw.clone()).unwrap_or_default()).map_err(|kind| Fault::new(kind, at))?;
            next(source, raw.end)
        }
    }
}

/// Character data, up to the next tag or reference.
fn text(source: &str, at: usize) -> Result<Token, Fault> {
    let rest = source.as_bytes().get(at..).unwrap_or_default();
    let length = find(rest, [b'<', b'&', b'>', b'\r'], 0).unwrap_or(rest.len());
    let end = at.saturating_add(length);
    if matches!(source.as_bytes().get(end), Some(b'<' | b'&') | None) {
        return Ok(Token::Text { raw: at..end, form: TextForm { carriage_return: false, canonical: true } });
    }
    let rest = rest.get(length..).unwrap_or_default();
    let more = find(rest, [b'<', b'&'], 0).unwrap_or(rest.len());
    Token::text(source, at..end.saturating_add(more))
}

/// `&…;`: nothing in it but its name or number.
fn reference(source: &str, at: usize) -> Result<Token, Fault> {
    let inside = at.saturating_add("&".len());
    let rest = source.as_bytes().get(inside..).unwrap_or_default();
    match find(rest, [b';', b'&', b'<'], 0) {
        Some(length) if rest.get(length) == Some(&b';') => {
            Token::reference(source, at..inside.saturating_add(length).saturating_add(";".len()))
        }
        _ => Err(Fault::flaw(Flaw::Ampersand, at)),
    }
}

/// From its first mark to the first of its last.
fn section(source: &str, at: usize, (front, back): (&str, &str), unclosed: Flaw) -> Result<Range<usize>, Fault> {
    let inside = at.saturating_add(front.len());
    match source.get(inside..).unwrap_or_default().find(back) {
        Some(length) => Ok(at..inside.saturating_add(length).saturating_add(back.len())),
        None => Err(Fault::flaw(unclosed, at)),
    }
}
