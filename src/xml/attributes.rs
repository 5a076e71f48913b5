//! What stands inside a start tag: its name, and the attributes with their quotes and white space.

use super::characters::{find, is_space, table};
use super::error::{Fault, Flaw};
use super::is_ncname;
use super::token::resolve;
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

/// Reads one start tag, from left to right, up to its `>`.
pub(super) struct Tag<'i> {
    source: &'i str,
    at: usize,
    tight: bool,
}

impl<'i> Tag<'i> {
    /// The tag whose `<` stands at a place.
    pub(super) fn new(source: &'i str, start: usize) -> Self {
        Self { source, at: start.saturating_add("<".len()), tight: true }
    }

    /// The element's name, which stands first.
    pub(super) fn name(&mut self) -> Result<QName, Fault> {
        let name = self.qname()?;
        match self.peek() {
            Some(b'=') => Err(Fault::flaw(Flaw::Tag, self.at)),
            _ => Ok(name),
        }
    }

    /// The next attribute, or `None` when the tag is at its end.
    pub(super) fn next_attribute(&mut self) -> Result<Option<Spelled>, Fault> {
        let before = self.at;
        self.skip_space();
        let start = self.at;
        if is_tag_end(self.rest()) {
            self.tight &= start == before;
            return Ok(None);
        }
        if start == before {
            return Err(Fault::flaw(Flaw::AttributeSpace, start));
        }
        let one_space = start.saturating_sub(before) == 1 && self.source.as_bytes().get(before) == Some(&b' ');
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

    /// The offset behind the tag, and whether it is an empty-element tag.
    pub(super) fn end(&self) -> Result<(usize, bool), Fault> {
        match self.rest() {
            [b'>', ..] => Ok((self.at.saturating_add(">".len()), false)),
            [b'/', b'>', ..] => Ok((self.at.saturating_add("/>".len()), true)),
            _ => Err(Fault::flaw(Flaw::Tag, self.at)),
        }
    }

    /// The value up to its closing quote, and whether it differs from what it means.
    fn value(&mut self, quote: u8) -> Result<(Range<usize>, bool), Fault> {
        let start = self.at;
        let mut decode = false;
        loop {
            // No other control character than white space is left by now.
            let length = find(self.rest(), [quote, b'<', b'&'], b' ');
            let length = length.ok_or_else(|| Fault::flaw(Flaw::AttributeSyntax, start))?;
            self.at = self.at.saturating_add(length);
            match self.peek() {
                Some(b'<') => return Err(Fault::flaw(Flaw::LessThanInValue, self.at)),
                Some(byte) if byte == quote => break,
                _ => decode = true,
            }
            self.at = self.at.saturating_add(1);
        }
        let value = start..self.at;
        self.at = self.at.saturating_add(1);
        Ok((value, decode))
    }

    /// A name of ASCII characters, as those of real messages are; any other goes the exact way.
    fn qname(&mut self) -> Result<QName, Fault> {
        let start = self.at;
        let mut name = QName { prefix: start..start, local: start..self.ascii_name_end(start) };
        if self.source.as_bytes().get(name.local.end) == Some(&b':') {
            let local = name.local.end.saturating_add(":".len());
            let prefix = std::mem::replace(&mut name.local, local..self.ascii_name_end(local));
            if prefix.is_empty() {
                return self.exact_qname();
            }
            name.prefix = prefix;
        }
        self.at = name.local.end;
        if name.local.is_empty() || !is_name_end(self.rest()) {
            self.at = start;
            return self.exact_qname();
        }
        Ok(name)
    }

    /// The offset behind an NCName of ASCII characters; the same offset where there is none.
    fn ascii_name_end(&self, start: usize) -> usize {
        let rest = self.source.as_bytes().get(start..).unwrap_or_default();
        if !rest.first().is_some_and(|first| first.is_ascii_alphabetic() || *first == b'_') {
            return start;
        }
        let length = rest.iter().position(|byte| !is_ascii_name_byte(*byte)).unwrap_or(rest.len());
        start.saturating_add(length)
    }

    /// Whatever stands before the next byte that ends a name.
    fn exact_qname(&mut self) -> Result<QName, Fault> {
        let start = self.at;
        while !is_name_end(self.rest()) {
            self.at = self.at.saturating_add(1);
        }
        let text = self.source.get(start..self.at).unwrap_or_default();
        let (prefix, local) = match text.split_once(':') {
            Some((prefix, local)) if !prefix.is_empty() => (prefix, local),
            _ => ("", text),
        };
        if !is_ncname(local) || !(prefix.is_empty() || is_ncname(prefix)) {
            return Err(Fault::flaw(Flaw::Name, start));
        }
        Ok(QName {
            prefix: start..start.saturating_add(prefix.len()),
            local: self.at.saturating_sub(local.len())..self.at,
        })
    }

    fn rest(&self) -> &'i [u8] {
        self.source.as_bytes().get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<u8> {
        self.source.as_bytes().get(self.at).copied()
    }

    fn skip_space(&mut self) {
        while self.peek().is_some_and(is_space) {
            self.at = self.at.saturating_add(1);
        }
    }
}

/// Whether a tag ends here, or the document does.
fn is_tag_end(rest: &[u8]) -> bool {
    matches!(rest, [] | [b'>', ..] | [b'/', b'>', ..])
}

/// Whether a name that came this far is over.
fn is_name_end(rest: &[u8]) -> bool {
    is_tag_end(rest) || matches!(rest, [b'=' | b' ' | b'\t' | b'\r' | b'\n', ..])
}

/// Productions `NameStartChar` and `NameChar` without the colon (XML 1.0, 2.3), as far as ASCII goes.
fn is_ascii_name_byte(byte: u8) -> bool {
    const ALL: [bool; 256] = table(b"_-.");
    ALL.get(usize::from(byte)).copied().unwrap_or_default()
}

/// The offset behind the `>` that ends the tag at a place: the first that does not stand between quotes.
pub(super) fn tag_end(source: &str, start: usize) -> Option<usize> {
    let mut quote = None;
    let ends = |byte: u8| {
        match (quote, byte) {
            (None, b'>') => return true,
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), _) if open == byte => quote = None,
            _ => {}
        }
        false
    };
    let length = source.get(start..)?.bytes().position(ends)?;
    Some(start.saturating_add(length).saturating_add(1))
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
