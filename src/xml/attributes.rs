//! What stands inside a start tag: its name, and the attributes with their quotes and white space.

use super::characters::{find, is_space};
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
}

/// Reads the inside of one start tag, from left to right.
pub(super) struct Tag<'i> {
    source: &'i str,
    /// The source as far as the tag goes, without its `>` or `/>`.
    bytes: &'i [u8],
    at: usize,
    tight: bool,
}

impl<'i> Tag<'i> {
    /// `tag` is a whole start tag, from `<` to `>`.
    pub(super) fn new(source: &'i str, tag: &Range<usize>, empty: bool) -> Self {
        let back = if empty { "/>".len() } else { ">".len() };
        let bytes = source.as_bytes().get(..tag.end.saturating_sub(back)).unwrap_or_default();
        Self { source, bytes, at: tag.start.saturating_add("<".len()), tight: true }
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
        let start = self.at;
        if self.peek().is_none() {
            self.tight &= start == before;
            return Ok(None);
        }
        if start == before {
            return Err(Fault::flaw(Flaw::AttributeSpace, start));
        }
        let one_space = start.saturating_sub(before) == 1 && self.bytes.get(before) == Some(&b' ');
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
        let touching = self.at.saturating_sub(equals) == 1;
        self.at = self.at.saturating_add(1);
        let (value, decode) = self.value(quote)?;
        self.tight &= one_space && touching && quote == b'"' && !decode;
        Ok(Some(Spelled { name, value, decode }))
    }

    /// Whether everything so far is spelled as canonical XML would: one space before each attribute, none elsewhere, double
    /// quotes, plain values.
    pub(super) fn is_tight(&self) -> bool {
        self.tight
    }

    /// The value up to its closing quote, and whether it differs from what it means.
    fn value(&mut self, quote: u8) -> Result<(Range<usize>, bool), Fault> {
        let start = self.at;
        let mut decode = false;
        let mut at = start;
        loop {
            let rest = self.bytes.get(at..).unwrap_or_default();
            // No other control character than white space is left by now.
            let length = find(rest, [quote, b'<', b'&'], b' ');
            at = at.saturating_add(length.ok_or_else(|| Fault::flaw(Flaw::AttributeSyntax, start))?);
            match self.bytes.get(at) {
                Some(b'<') => return Err(Fault::flaw(Flaw::LessThanInValue, at)),
                Some(byte) if *byte == quote => break,
                _ => decode = true,
            }
            at = at.saturating_add(1);
        }
        self.at = at.saturating_add(1);
        Ok((start..at, decode))
    }

    fn qname(&mut self) -> Result<QName, Fault> {
        let start = self.at;
        let mut colon = None;
        let mut plain = true;
        let mut length = 0_usize;
        for byte in self.bytes.get(start..).unwrap_or_default() {
            match NameByte::of(*byte) {
                NameByte::Start => {}
                NameByte::Follow => {
                    plain &= length > 0 && colon.is_none_or(|colon| length.saturating_sub(colon) > 1);
                }
                NameByte::Colon if colon.is_none() => colon = Some(length),
                NameByte::Colon | NameByte::Other => plain = false,
                NameByte::Behind => break,
            }
            length = length.saturating_add(1);
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

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn skip_space(&mut self) {
        while self.peek().is_some_and(is_space) {
            self.at = self.at.saturating_add(1);
        }
    }
}

/// What a byte can be in a name or behind it.
#[derive(Clone, Copy)]
enum NameByte {
    /// May begin a name.
    Start,
    /// May stand in a name, not begin it.
    Follow,
    Colon,
    /// Ends a name.
    Behind,
    /// Beyond ASCII, or wrong.
    Other,
}

impl NameByte {
    #[expect(
        clippy::as_conversions,
        clippy::indexing_slicing,
        reason = "at compile time, where a wrong index is an error"
    )]
    const ALL: [Self; 256] = {
        let mut all = [Self::Other; 256];
        let mut byte = 0;
        while byte < 256 {
            all[byte as usize] = match byte as u8 {
                b'a'..=b'z' | b'A'..=b'Z' | b'_' => Self::Start,
                b'0'..=b'9' | b'-' | b'.' => Self::Follow,
                b':' => Self::Colon,
                b'=' | b' ' | b'\t' | b'\r' | b'\n' => Self::Behind,
                _ => Self::Other,
            };
            byte += 1;
        }
        all
    };

    fn of(byte: u8) -> Self {
        Self::ALL.get(usize::from(byte)).copied().unwrap_or(Self::Other)
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
