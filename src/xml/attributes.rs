//! What stands inside a start tag: its name, and the attributes with their quotes and white space.

use super::characters::is_space;
use super::error::{Fault, Flaw};
use super::is_ncname;
use super::scan::resolve;
use std::ops::Range;

/// A qualified name in the source: prefix (empty if there is none) and local part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct QName {
    pub(super) prefix: Range<usize>,
    pub(super) local: Range<usize>,
}

/// One attribute as it is spelled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Spelled {
    pub(super) name: QName,
    /// What stands between the quotes.
    pub(super) value: Range<usize>,
    /// Whether the value has references or white space other than spaces and thus differs from what it means.
    pub(super) decode: bool,
    /// Whether it is spelled as canonical XML would: one space, no space around `=`, double quotes, plain value.
    pub(super) canonical: bool,
}

/// Reads the inside of one start tag, from left to right.
pub(super) struct Tag<'i> {
    source: &'i str,
    at: usize,
    end: usize,
}

impl<'i> Tag<'i> {
    /// `tag` is a whole start tag, from `<` to `>`.
    pub(super) fn new(source: &'i str, tag: &Range<usize>, empty: bool) -> Self {
        let back = if empty { "/>".len() } else { ">".len() };
        Self { source, at: tag.start.saturating_add("<".len()), end: tag.end.saturating_sub(back) }
    }

    /// The element's name, which stands first.
    pub(super) fn name(&mut self) -> Result<QName, Fault> {
        let name = self.qname()?;
        match self.peek() {
            None => Ok(name),
            Some(byte) if is_space(byte) => Ok(name),
            Some(_) => Err(Fault::flaw(Flaw::Tag, self.at)),
        }
    }

    /// The next attribute, or `None` when the tag is at its end.
    pub(super) fn next_attribute(&mut self) -> Result<Option<Spelled>, Fault> {
        let before = self.at;
        self.skip_space();
        let name_at = self.at;
        let Some(_) = self.peek() else { return Ok(None) };
        if name_at == before {
            return Err(Fault::flaw(Flaw::AttributeSpace, name_at));
        }
        let one_space = name_at.saturating_sub(before) == 1 && self.byte(before) == Some(b' ');
        let name = self.qname()?;
        let equals = self.at;
        self.skip_space();
        if self.peek() != Some(b'=') {
            return Err(Fault::flaw(Flaw::AttributeSyntax, self.at));
        }
        self.at = self.at.saturating_add(1);
        self.skip_space();
        let Some(quote @ (b'"' | b'\'')) = self.peek() else {
            return Err(Fault::flaw(Flaw::AttributeSyntax, self.at));
        };
        let tight = self.at.saturating_sub(equals) == 1;
        self.at = self.at.saturating_add(1);
        let (value, decode) = self.value(quote)?;
        let canonical = one_space && tight && quote == b'"' && !decode;
        Ok(Some(Spelled { name, value, decode, canonical }))
    }

    /// Whether white space stands between the last attribute (or the name) and the end: canonical XML has none.
    pub(super) fn ends_tight(&self, last: usize) -> bool {
        last == self.end
    }

    /// Where the next attribute would begin.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// The value up to its closing quote, and whether it differs from what it means.
    fn value(&mut self, quote: u8) -> Result<(Range<usize>, bool), Fault> {
        let start = self.at;
        let bytes = self.source.as_bytes().get(start..self.end).unwrap_or_default();
        let mut decode = false;
        for (length, byte) in bytes.iter().enumerate() {
            match *byte {
                byte if byte == quote => {
                    let end = start.saturating_add(length);
                    self.at = end.saturating_add(1);
                    return Ok((start..end, decode));
                }
                b'<' => return Err(Fault::flaw(Flaw::LessThanInValue, start.saturating_add(length))),
                b'&' | b'\t' | b'\r' | b'\n' => decode = true,
                _ => {}
            }
        }
        Err(Fault::flaw(Flaw::AttributeSyntax, start))
    }

    fn qname(&mut self) -> Result<QName, Fault> {
        let start = self.at;
        let bytes = self.source.as_bytes().get(start..self.end).unwrap_or_default();
        let mut colon = None;
        let mut plain = true;
        let mut length = bytes.len();
        for (at, byte) in bytes.iter().enumerate() {
            match *byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'_' => {}
                b'0'..=b'9' | b'-' | b'.' => plain &= at > 0 && colon.is_none_or(|colon| at.saturating_sub(colon) > 1),
                b':' if colon.is_none() => colon = Some(at),
                b'=' | b' ' | b'\t' | b'\r' | b'\n' => {
                    length = at;
                    break;
                }
                _ => plain = false,
            }
        }
        self.at = start.saturating_add(length);
        let (prefix, local) = match colon {
            Some(colon) => {
                let colon = start.saturating_add(colon);
                (start..colon, colon.saturating_add(1)..self.at)
            }
            None => (start..start, start..self.at),
        };
        let bad = local.is_empty()
            || (colon.is_some() && prefix.is_empty())
            || !(plain || (is_ncname(self.slice(&local)) && (colon.is_none() || is_ncname(self.slice(&prefix)))));
        if bad { Err(Fault::flaw(Flaw::Name, start)) } else { Ok(QName { prefix, local }) }
    }

    fn slice(&self, range: &Range<usize>) -> &'i str {
        self.source.get(range.clone()).unwrap_or_default()
    }

    fn byte(&self, at: usize) -> Option<u8> {
        self.source.as_bytes().get(at).copied()
    }

    fn peek(&self) -> Option<u8> {
        self.byte(self.at).filter(|_| self.at < self.end)
    }

    fn skip_space(&mut self) {
        while self.peek().is_some_and(is_space) {
            self.at = self.at.saturating_add(1);
        }
    }
}

/// What an attribute value means: references resolved, white space made spaces (XML 1.0, 3.3.3).
///
/// CR LF is one line end (2.11) and so becomes one space; white space given by reference stays what it is.
pub(super) fn decode_value(raw: &str, offset: usize, into: &mut String) -> Result<(), Fault> {
    let mut rest = raw;
    while let Some(at) = rest.find(['&', '\t', '\r', '\n']) {
        let (plain, special) = rest.split_at(at);
        into.push_str(plain);
        if special.starts_with('&') {
            let here = offset.saturating_add(raw.len().saturating_sub(special.len()));
            let length = special.find(';').map_or(special.len(), |end| end.saturating_add(1));
            let (reference, after) = special.split_at(length);
            into.push(resolve(reference).map_err(|flaw| Fault::flaw(flaw, here))?);
            rest = after;
        } else {
            into.push(' ');
            rest = special.strip_prefix("\r\n").or_else(|| special.get(1..)).unwrap_or_default();
        }
    }
    into.push_str(rest);
    Ok(())
}

/// Line ends as LF (XML 1.0, 2.11).
pub(super) fn normalise_line_ends(raw: &str, into: &mut String) {
    let mut rest = raw;
    while let Some((line, after)) = rest.split_once('\r') {
        into.push_str(line);
        into.push('\n');
        rest = after.strip_prefix('\n').unwrap_or(after);
    }
    into.push_str(rest);
}
