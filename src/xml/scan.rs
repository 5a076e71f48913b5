//! The document cut into pieces, each of which obeys the grammar.
//!
//! quick-xml finds where a tag, a comment or a section ends; it lives in this file and nowhere else. It is lax on
//! purpose (names, characters, `]]>`, the XML declaration, everything inside a tag), so each piece is checked here
//! against XML 1.0 before anybody sees it. A DOCTYPE or a processing instruction is refused on sight, before
//! quick-xml looks inside.

use super::characters::is_space;
use super::error::{Fault, Flaw, XmlErrorKind};
use quick_xml::Reader;
use quick_xml::errors::{Error as ReaderError, SyntaxError};
use quick_xml::events::Event;
use std::ops::Range;

/// One piece of a document; the spans are bytes of the source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// `<name …>` or `<name …/>`: the whole tag.
    Start { tag: Range<usize>, empty: bool },
    /// `</name >`: the whole tag, and the name in it.
    End { tag: Range<usize>, name: Range<usize> },
    /// Character data without references.
    Text { raw: Range<usize>, form: TextForm },
    /// `&…;`, already resolved.
    Reference { raw: Range<usize>, character: char },
    /// A CDATA section: what is inside.
    CData { content: Range<usize>, form: TextForm },
    /// A comment: what is inside.
    Comment { content: Range<usize>, form: TextForm },
}

/// What a stretch of text needs before it can be read or written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TextForm {
    /// It has a carriage return: line ends are to be normalised (XML 1.0, 2.11).
    pub(super) carriage_return: bool,
    /// It is its own canonical form: no character of it would be escaped.
    pub(super) canonical: bool,
}

/// Cuts a source into tokens.
pub(super) struct Scanner<'i> {
    source: &'i str,
    reader: Reader<&'i [u8]>,
}

impl<'i> Scanner<'i> {
    /// `source` has no byte order mark and consists of characters that XML allows.
    pub(super) fn new(source: &'i str) -> Self {
        let mut reader = Reader::from_str(source);
        let config = reader.config_mut();
        // The tree compares end tags with the start tags it keeps anyway; a second copy of all names is not needed.
        config.check_end_names = false;
        config.allow_unmatched_ends = true;
        config.trim_markup_names_in_closing_tags = false;
        Self { source, reader }
    }

    /// The next piece, or `None` at the end of the document.
    pub(super) fn next_token(&mut self) -> Result<Option<Token>, Fault> {
        loop {
            let start = self.offset();
            self.refuse_on_sight(start)?;
            let event = match self.reader.read_event() {
                Ok(event) => event,
                Err(error) => return Err(fault(&error, start)),
            };
            let raw = start..self.offset();
            return Ok(Some(match event {
                Event::Start(_) => Token::Start { tag: raw, empty: false },
                Event::Empty(_) => Token::Start { tag: raw, empty: true },
                Event::End(_) => self.end_tag(raw)?,
                Event::Text(_) => {
                    let form = self.form(&raw);
                    // `>` is not canonical in text.
                    if !form.canonical {
                        self.refuse_cdata_end(&raw)?;
                    }
                    Token::Text { raw, form }
                }
                Event::GeneralRef(_) => {
                    let character = resolve(self.slice(&raw)).map_err(|flaw| Fault::flaw(flaw, raw.start))?;
                    Token::Reference { raw, character }
                }
                Event::CData(_) => {
                    let content = inside(&raw, "<![CDATA[".len(), "]]>".len());
                    Token::CData { form: self.form(&content), content }
                }
                Event::Comment(_) => {
                    let content = inside(&raw, "<!--".len(), "-->".len());
                    self.refuse_double_hyphen(&content)?;
                    Token::Comment { form: self.form(&content), content }
                }
                Event::Decl(_) if raw.start == 0 => {
                    declaration(self.slice(&raw)).map_err(|kind| Fault::new(kind, raw.start))?;
                    continue;
                }
                Event::Decl(_) => return Err(Fault::flaw(Flaw::Declaration, raw.start)),
                Event::PI(_) => return Err(Fault::new(XmlErrorKind::ProcessingInstruction, raw.start)),
                Event::DocType(_) => return Err(Fault::new(XmlErrorKind::Doctype, raw.start)),
                Event::Eof => return Ok(None),
            }));
        }
    }

    fn offset(&self) -> usize {
        usize::try_from(self.reader.buffer_position()).unwrap_or(usize::MAX)
    }

    fn slice(&self, range: &Range<usize>) -> &'i str {
        self.source.get(range.clone()).unwrap_or_default()
    }

    /// What we never take is not handed to quick-xml: its DOCTYPE parser is code that nobody needs to reach.
    fn refuse_on_sight(&self, at: usize) -> Result<(), Fault> {
        let ahead = self.source.as_bytes().get(at..).unwrap_or_default();
        match ahead {
            [b'<', b'!', b'-', b'-', ..] => Ok(()),
            [b'<', b'!', rest @ ..] if rest.starts_with(b"[CDATA[") => Ok(()),
            [b'<', b'!', rest @ ..] if rest.get(..7).is_some_and(|word| word.eq_ignore_ascii_case(b"DOCTYPE")) => {
                Err(Fault::new(XmlErrorKind::Doctype, at))
            }
            [b'<', b'!', ..] => Err(Fault::flaw(Flaw::Markup, at)),
            [b'<', b'?', b'x', b'm', b'l', next, ..] if is_space(*next) => Ok(()),
            [b'<', b'?', ..] => Err(Fault::new(XmlErrorKind::ProcessingInstruction, at)),
            _ => Ok(()),
        }
    }

    fn end_tag(&self, tag: Range<usize>) -> Result<Token, Fault> {
        let inner = inside(&tag, "</".len(), ">".len());
        // ASCII white space is that of XML and the form feed, which no document has by now.
        let name = self.slice(&inner).trim_ascii_end();
        let name = inner.start..inner.start.saturating_add(name.len());
        Ok(Token::End { tag, name })
    }

    fn form(&self, range: &Range<usize>) -> TextForm {
        // Two flags in one pass without branches, which the compiler turns into vector code.
        let bytes = self.slice(range).as_bytes();
        let (carriage_return, special) = bytes.iter().fold((false, false), |(cr, special), byte| {
            (cr | (*byte == b'\r'), special | matches!(*byte, b'<' | b'>' | b'&'))
        });
        TextForm { carriage_return, canonical: !carriage_return && !special }
    }

    /// Production `CharData` (XML 1.0, 2.4).
    fn refuse_cdata_end(&self, raw: &Range<usize>) -> Result<(), Fault> {
        match self.slice(raw).find("]]>") {
            Some(at) => Err(Fault::flaw(Flaw::CDataEndInText, raw.start.saturating_add(at))),
            None => Ok(()),
        }
    }

    /// Production `Comment` (XML 1.0, 2.5): no `--`, and hence no `--->` at the end either.
    fn refuse_double_hyphen(&self, content: &Range<usize>) -> Result<(), Fault> {
        let text = self.slice(content);
        match text.find("--").or_else(|| if text.ends_with('-') { text.len().checked_sub(1) } else { None }) {
            Some(at) => Err(Fault::flaw(Flaw::Comment, content.start.saturating_add(at))),
            None => Ok(()),
        }
    }
}

/// A range without so many bytes at its ends.
fn inside(range: &Range<usize>, front: usize, back: usize) -> Range<usize> {
    let start = range.start.saturating_add(front);
    start..range.end.saturating_sub(back).max(start)
}

fn fault(error: &ReaderError, at: usize) -> Fault {
    let flaw = match error {
        ReaderError::Syntax(SyntaxError::UnclosedComment) => Flaw::Comment,
        ReaderError::Syntax(SyntaxError::UnclosedCData) => Flaw::CData,
        ReaderError::Syntax(SyntaxError::UnclosedXmlDecl | SyntaxError::UnclosedPI) => Flaw::Declaration,
        ReaderError::IllFormed(_) => Flaw::Ampersand,
        _ => Flaw::Tag,
    };
    Fault::flaw(flaw, at)
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
fn declaration(raw: &str) -> Result<(), XmlErrorKind> {
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
    let inner = raw.strip_prefix("<?xml").and_then(|rest| rest.strip_suffix("?>")).ok_or(BROKEN)?;
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
