//! A document cut into pieces: how messages, and the octets that were signed, are read.
//!
//! The subset of XML that is left after what `token` refuses on sight needs no state but a place in the source: each piece says by
//! its first bytes what it is, and by its last where it ends. The second scanner, over quick-xml, is in `reader`.

use super::build::Builder;
use super::characters::{behind, find_from};
use super::error::{Fault, Flaw};
use super::token::{CDATA, COMMENT, DECLARATION, Markup, TextForm, Token, declaration};
use super::tree::Span;

/// Gives all pieces of a document to its builder.
///
/// The source has no byte order mark and consists of characters that XML allows.
pub(super) fn read(builder: &mut Builder<'_>) -> Result<(), Fault> {
    let source = builder.document.source;
    let mut at = 0;
    loop {
        at = match behind(source, at) {
            // Nearly all pieces of a message are told by their first octets, and need no token.
            [b'<', b'/', ..] => builder.end_tag(at)?,
            [b'<', b'a'..=b'z' | b'A'..=b'Z', ..] => builder.start_tag(at)?,
            [b'<' | b'&', ..] | [] => match next(source, at)? {
                Some(token) => builder.token(token)?,
                None => return Ok(()),
            },
            _ => {
                let (raw, form) = text(source, at)?;
                builder.text(raw, form)?
            }
        };
    }
}

/// The piece that begins at a place, or `None` at the end of the document.
pub(super) fn next(source: &str, at: u32) -> Result<Option<Token>, Fault> {
    match behind(source, at) {
        [] => Ok(None),
        [b'<', ..] => markup(source, at),
        [b'&', ..] => reference(source, at).map(Some),
        _ => text(source, at).map(|(raw, form)| Some(Token::Text { raw, form })),
    }
}

fn markup(source: &str, at: u32) -> Result<Option<Token>, Fault> {
    match Markup::of(source, at)? {
        Markup::Start => Ok(Some(Token::Start { at })),
        Markup::End => Ok(Some(Token::End { at })),
        Markup::Comment => comment(source, at).map(Some),
        Markup::CData => Ok(Some(Token::cdata(source, section(source, at, CDATA, Flaw::CData)?))),
        Markup::Declaration => {
            let raw = section(source, at, DECLARATION, Flaw::Declaration)?;
            declaration(source.get(raw.range()).unwrap_or_default()).map_err(|kind| Fault::new(kind, at))?;
            next(source, raw.end)
        }
    }
}

/// A comment ends at its first `--`, or is none.
fn comment(source: &str, at: u32) -> Result<Token, Fault> {
    let start = at + Span::offset(COMMENT.0.len());
    let mut hyphen = start;
    while let Some(next) = find_from(source, hyphen, [b'-'], 0) {
        match behind(source, next) {
            [_, b'-', b'>', ..] => {
                let content = Span::new(start, next);
                return Ok(Token::Comment { form: TextForm::of(source, content), content });
            }
            [_, b'-', ..] => break,
            _ => hyphen = next + 1,
        }
    }
    // Where it would end says what is wrong with it.
    Token::comment(source, section(source, at, COMMENT, Flaw::Comment)?)
}

/// Character data, up to the next tag or reference.
fn text(source: &str, at: u32) -> Result<(Span, TextForm), Fault> {
    let bytes = source.as_bytes();
    let ends = |at| matches!(bytes.get(Span::index(at)), Some(b'<' | b'&') | None);
    let all = Span::offset(bytes.len());
    let end = find_from(source, at, [b'<', b'&', b'>', b'\r'], 0).unwrap_or(all);
    if ends(end) {
        return Ok((Span::new(at, end), TextForm { carriage_return: false, canonical: true }));
    }
    let raw = Span::new(at, find_from(source, end, [b'<', b'&'], 0).unwrap_or(all));
    Ok((raw, TextForm::of_text(source, raw)?))
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
fn section(source: &str, at: u32, marks: (&str, &str), unclosed: Flaw) -> Result<Span, Fault> {
    section_end(source, at, marks).map(|end| Span::new(at, end)).ok_or_else(|| Fault::flaw(unclosed, at))
}

/// The offset behind a section that begins at a place.
///
/// Not by `str::find`: to begin a search of the standard library costs more than most sections are long, and they come by the thousand.
pub(super) fn section_end(source: &str, at: u32, (front, back): (&str, &str)) -> Option<u32> {
    let first = *back.as_bytes().first()?;
    let mut from = at + Span::offset(front.len());
    loop {
        let hit = find_from(source, from, [first], 0)?;
        if behind(source, hit).starts_with(back.as_bytes()) {
            return Some(hit + Span::offset(back.len()));
        }
        from = hit + 1;
    }
}
