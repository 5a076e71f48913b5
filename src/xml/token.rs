//! One piece of a document, whoever cut it out: what it is, where it lies, and that it obeys the grammar.
//!
//! Two scanners cut documents into these pieces, `scan` and `reader`. What a piece may hold is written here; `scan` tells plain text and
//! comments by fewer looks and asks here about the rest. That both agree is asserted by `both`.

use super::characters::{behind, is_space};
use super::error::{Fault, Flaw, XmlErrorKind};
use super::tree::Span;

/// One piece of a document; the spans are bytes of the source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// `<name …>` or `<name …/>` begins here. Whoever reads the tag says where it ends.
    Start { at: u32 },
    /// `</name >` begins here.
    End { at: u32 },
    /// Character data without references.
    Text { raw: Span, form: TextForm },
    /// `&…;`, already resolved.
    Reference { raw: Span, character: char },
    /// A CDATA section: what is inside.
    CData { content: Span, form: TextForm },
    /// A comment: what is inside.
    Comment { content: Span, form: TextForm },
}

/// What a stretch of text needs before it can be read or written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TextForm {
    /// It has a carriage return: line ends are to be normalised (XML 1.0, 2.11).
    pub(super) carriage_return: bool,
    /// It is its own canonical form: no character of it would be escaped.
    pub(super) canonical: bool,
}

/// What a `<` begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Markup {
    Start,
    End,
    Comment,
    CData,
    /// The XML declaration, which only the very start of a document can have.
    Declaration,
}

pub(super) const COMMENT: (&str, &str) = ("<!--", "-->");
pub(super) const CDATA: (&str, &str) = ("<![CDATA[", "]]>");
pub(super) const DECLARATION: (&str, &str) = ("<?xml", "?>");

impl Markup {
    /// A DOCTYPE or a processing instruction is refused on sight, before anybody looks for its end.
    pub(super) fn of(source: &str, at: u32) -> Result<Self, Fault> {
        match behind(source, at) {
            [_, b'/', ..] => Ok(Self::End),
            [_, b'!', b'-', b'-', ..] => Ok(Self::Comment),
            [_, b'!', rest @ ..] if rest.starts_with(b"[CDATA[") => Ok(Self::CData),
            [_, b'!', rest @ ..] if rest.get(..7).is_some_and(|word| word.eq_ignore_ascii_case(b"DOCTYPE")) => {
                Err(Fault::new(XmlErrorKind::Doctype, at))
            }
            [_, b'!', ..] => Err(Fault::flaw(Flaw::Markup, at)),
            [_, b'?', b'x', b'm', b'l', next, ..] if is_space(*next) => match at {
                0 => Ok(Self::Declaration),
                _ => Err(Fault::flaw(Flaw::Declaration, at)),
            },
            [_, b'?', ..] => Err(Fault::new(XmlErrorKind::ProcessingInstruction, at)),
            _ => Ok(Self::Start),
        }
    }
}

impl Token {
    /// `raw` is a reference from `&` to `;`.
    pub(super) fn reference(source: &str, raw: Span) -> Result<Self, Fault> {
        let character = resolve(slice(source, raw)).map_err(|flaw| Fault::flaw(flaw, raw.start))?;
        Ok(Self::Reference { raw, character })
    }

    /// `raw` is a section from `<![CDATA[` to `]]>`.
    pub(super) fn cdata(source: &str, raw: Span) -> Self {
        let content = inside(raw, CDATA);
        Self::CData { form: TextForm::of(source, content), content }
    }

    /// Production `Comment` (XML 1.0, 2.5): no `--`, and hence no `--->` at the end either. `raw` is from `<!--` to `-->`.
    pub(super) fn comment(source: &str, raw: Span) -> Result<Self, Fault> {
        let content = inside(raw, COMMENT);
        let text = slice(source, content);
        match text.find("--").or_else(|| if text.ends_with('-') { text.len().checked_sub(1) } else { None }) {
            Some(at) => Err(Fault::flaw(Flaw::Comment, content.start + Span::offset(at))),
            None => Ok(Self::Comment { form: TextForm::of(source, content), content }),
        }
    }
}

impl TextForm {
    /// Production `CharData` (XML 1.0, 2.4): `raw` has neither `<` nor `&`.
    pub(super) fn of_text(source: &str, raw: Span) -> Result<Self, Fault> {
        let form = Self::of(source, raw);
        // `>` is not canonical in text.
        if !form.canonical
            // Not by `str::find`, see `scan::section_end`.
            && let Some(at) = slice(source, raw).as_bytes().windows(3).position(|three| matches!(three, b"]]>"))
        {
            return Err(Fault::flaw(Flaw::CDataEndInText, raw.start + Span::offset(at)));
        }
        Ok(form)
    }

    pub(super) fn of(source: &str, range: Span) -> Self {
        // Two flags in one pass without branches, which the compiler turns into vector code.
        let bytes = slice(source, range).as_bytes();
        let (carriage_return, special) = bytes.iter().fold((false, false), |(cr, special), byte| {
            (cr | (*byte == b'\r'), special | matches!(*byte, b'<' | b'>' | b'&'))
        });
        Self { carriage_return, canonical: !carriage_return && !special }
    }
}

fn slice(source: &str, span: Span) -> &str {
    source.get(span.range()).unwrap_or_default()
}

/// A span without what it begins and ends with.
fn inside(span: Span, (front, back): (&str, &str)) -> Span {
    let start = span.start + Span::offset(front.len());
    Span::new(start, span.end.saturating_sub(Span::offset(back.len())).max(start))
}

/// The character a reference stands for: `&name;` of the five predefined, `&#n;` or `&#xn;` (XML 1.0, 4.1 and 4.6).
pub(super) fn resolve(reference: &str) -> Result<char, Flaw> {
    let name = reference.strip_prefix('&').and_then(|rest| rest.strip_suffix(';')).ok_or(Flaw::Ampersand)?;
    let (digits, radix) = match name {
        "amp" => return Ok('&'),
        "lt" => return Ok('<'),
        "gt" => return Ok('>'),
        "quot" => return Ok('"'),
        "apos" => return Ok('\''),
        _ => match name.strip_prefix("#x").map(|hex| (hex, 16)).or_else(|| name.strip_prefix('#').map(|dec| (dec, 10)))
        {
            Some(number) => number,
            None if super::is_ncname(name) => return Err(Flaw::Entity),
            None => return Err(Flaw::Ampersand),
        },
    };
    // `from_str_radix` takes a sign, production `CharRef` does not. Leading zeros are fine, so length says nothing.
    if digits.is_empty() || !digits.chars().all(|digit| digit.is_digit(radix)) {
        return Err(Flaw::Ampersand);
    }
    let character = u32::from_str_radix(digits, radix).ok().and_then(char::from_u32);
    character.filter(|c| super::characters::is_char(*c)).ok_or(Flaw::Character)
}

/// Production `XMLDecl` (XML 1.0, 2.8): version, then encoding, then standalone, the last two optional.
pub(super) fn declaration(raw: &str) -> Result<(), XmlErrorKind> {
    const SPACE: [char; 4] = [' ', '\t', '\r', '\n'];
    const BROKEN: XmlErrorKind = XmlErrorKind::NotWellFormed(Flaw::Declaration);
    /// ` name="value"`: the value, and the rest.
    fn pseudo_attribute<'a>(text: &'a str, name: &str) -> Option<(&'a str, &'a str)> {
        let after_space = text.trim_start_matches(SPACE);
        let rest = after_space.strip_prefix(name).filter(|_| after_space.len() < text.len())?;
        let rest = rest.trim_start_matches(SPACE).strip_prefix('=')?.trim_start_matches(SPACE);
        let quote = rest.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
        rest.strip_prefix(quote)?.split_once(quote)
    }
    let (front, back) = DECLARATION;
    let inner = raw.strip_prefix(front).and_then(|rest| rest.strip_suffix(back)).ok_or(BROKEN)?;
    let (version, mut rest) = pseudo_attribute(inner, "version").ok_or(BROKEN)?;
    if version != "1.0" {
        return Err(XmlErrorKind::NotWellFormed(Flaw::Version));
    }
    if let Some((encoding, after)) = pseudo_attribute(rest, "encoding") {
        if !encoding.eq_ignore_ascii_case("UTF-8") {
            return Err(XmlErrorKind::NotUtf8);
        }
        rest = after;
    }
    if let Some((standalone, after)) = pseudo_attribute(rest, "standalone") {
        if !matches!(standalone, "yes" | "no") {
            return Err(BROKEN);
        }
        rest = after;
    }
    if rest.trim_matches(SPACE).is_empty() { Ok(()) } else { Err(BROKEN) }
}
