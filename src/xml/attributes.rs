//! What stands inside a start tag: its name, and the attributes with their quotes and white space.
//!
//! Names and attributes have two readers each. The exact one is the grammar. The quick one knows only how canonical XML spells
//! them, in ASCII, and gives up on everything else; what it does read, the exact one reads the same.

use super::characters::{ascii_ncname_end, behind, find, find_from, is_space};
use super::error::{Fault, Flaw};
use super::is_ncname;
use super::token::resolve;
use super::tree::Span;

/// A qualified name in the source: prefix (empty if there is none) and local part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct QName {
    pub(super) prefix: Span,
    pub(super) local: Span,
}

/// One attribute as it is spelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Spelled {
    pub(super) name: QName,
    /// What stands between the quotes.
    pub(super) value: Span,
    /// Whether the value has references or white space other than spaces and thus differs from what it means.
    pub(super) decode: bool,
}

impl QName {
    /// Where it begins.
    pub(super) fn at(self) -> u32 {
        if self.prefix.len() == 0 { self.local.start } else { self.prefix.start }
    }
}

impl Spelled {
    /// Where it begins.
    pub(super) fn at(&self) -> u32 {
        self.name.at()
    }
}

/// The prefix that elements had last, as it is spelled: the next one has it too, as a rule. Nothing by default.
#[derive(Clone, Copy)]
pub(super) struct LastPrefix {
    /// With its colon, at most eight octets in one number.
    letters: u64,
    /// Of eight octets those that `letters` has.
    mask: u64,
    length: u32,
    pub(super) number: u32,
}

impl Default for LastPrefix {
    fn default() -> Self {
        // The letters have a bit outside of the mask, so that they fit nothing.
        Self { letters: 1, mask: 0, length: 0, number: 0 }
    }
}

impl LastPrefix {
    /// The prefix of a name; nothing where it is too long, or where the source ends behind it.
    pub(super) fn of(source: &str, name: QName, number: u32) -> Self {
        let length = name.local.start - name.prefix.start;
        match (behind(source, name.prefix.start).first_chunk::<8>(), length) {
            (Some(word), 2..=8) => {
                let mask = u64::MAX >> (64 - 8 * length);
                Self { letters: u64::from_le_bytes(*word) & mask, mask, length, number }
            }
            _ => Self::default(),
        }
    }

    /// The name of the element whose tag begins at a place, if it has this prefix.
    #[inline]
    pub(super) fn name(self, source: &str, tag: u32) -> Option<QName> {
        let start = tag + 1;
        let word = u64::from_le_bytes(*behind(source, start).first_chunk::<8>()?);
        if word & self.mask != self.letters {
            return None;
        }
        let local = start + self.length;
        let end = ascii_ncname_end(source.as_bytes(), local)?;
        whole(source, QName { prefix: Span::new(start, local - 1), local: Span::new(local, end) })
    }
}

/// The name of the element whose tag begins at a place.
pub(super) fn element_name(source: &str, tag: u32) -> Result<QName, Fault> {
    let at = tag + 1;
    if let Some(name) = quick_qname(source, at).and_then(|name| whole(source, name)) {
        return Ok(name);
    }
    let name = Exact { source, at }.qname()?;
    match behind(source, name.local.end) {
        [b'=', ..] => Err(Fault::flaw(Flaw::Tag, name.local.end)),
        _ => Ok(name),
    }
}

/// A name behind which nothing more of it can follow.
#[inline]
fn whole(source: &str, name: QName) -> Option<QName> {
    matches!(behind(source, name.local.end), [b'>' | b' ', ..]).then_some(name)
}

/// What follows the name in a start tag, from left to right, up to its `>`.
pub(super) struct Tag<'i> {
    source: &'i str,
    at: u32,
    tight: bool,
}

impl<'i> Tag<'i> {
    /// The tag of the element of this name.
    pub(super) fn of(source: &'i str, name: QName) -> Self {
        Self { source, at: name.local.end, tight: true }
    }

    /// The next attribute, or `None` when the tag is at its end.
    #[inline]
    pub(super) fn next_attribute(&mut self) -> Result<Option<Spelled>, Fault> {
        match behind(self.source, self.at) {
            [b'>', ..] => return Ok(None),
            [b' ', ..] => {
                if let Some(attribute) = quick_attribute(self.source, self.at + 1) {
                    self.at = attribute.value.end + 1;
                    return Ok(Some(attribute));
                }
            }
            _ => {}
        }
        let (attribute, at) = Exact { source: self.source, at: self.at }.attribute()?;
        (self.at, self.tight) = (at, false);
        Ok(attribute)
    }

    /// Whether everything so far is spelled as canonical XML would, which has no empty-element tags: one space before each attribute, none
    /// elsewhere, double quotes, plain values. `false` of what is rare (names beyond ASCII) only costs speed.
    pub(super) fn is_tight(&self) -> bool {
        self.tight
    }

    /// The offset behind the tag, and whether it is an empty-element tag.
    pub(super) fn end(&self) -> Result<(u32, bool), Fault> {
        match behind(self.source, self.at) {
            [b'>', ..] => Ok((self.at + 1, false)),
            [b'/', b'>', ..] => Ok((self.at + 2, true)),
            _ => Err(Fault::flaw(Flaw::Tag, self.at)),
        }
    }
}

/// `name="value"`.
#[inline]
fn quick_attribute(source: &str, at: u32) -> Option<Spelled> {
    let name = quick_qname(source, at)?;
    let [b'=', b'"', ..] = behind(source, name.local.end) else { return None };
    let start = name.local.end + 2;
    // No other control character than white space is left by now.
    let end = find_from(source, start, [b'"', b'<', b'&'], b' ')?;
    let [b'"', ..] = behind(source, end) else { return None };
    Some(Spelled { name, value: Span::new(start, end), decode: false })
}

/// A name of ASCII characters; whether more of it follows, shows what stands behind it.
#[inline]
fn quick_qname(source: &str, start: u32) -> Option<QName> {
    let end = ascii_ncname_end(source.as_bytes(), start)?;
    if behind(source, end).first() != Some(&b':') {
        return Some(QName { prefix: Span::new(start, start), local: Span::new(start, end) });
    }
    let local = end + 1;
    Some(QName { prefix: Span::new(start, end), local: Span::new(local, ascii_ncname_end(source.as_bytes(), local)?) })
}

/// The grammar of what stands in tags. `#[cold]` is not said of what is rare, but keeps it out of the code of the quick readers.
struct Exact<'i> {
    source: &'i str,
    at: u32,
}

impl Exact<'_> {
    /// The next attribute, or `None` at the end of the tag; and where it was read to.
    #[cold]
    fn attribute(mut self) -> Result<(Option<Spelled>, u32), Fault> {
        let before = self.at;
        self.skip_space();
        let start = self.at;
        if is_tag_end(behind(self.source, start)) {
            return Ok((None, start));
        }
        if start == before {
            return Err(Fault::flaw(Flaw::AttributeSpace, start));
        }
        let name = self.qname()?;
        self.skip_space();
        if self.peek() != Some(b'=') {
            return Err(Fault::flaw(Flaw::AttributeSyntax, self.at));
        }
        self.at += 1;
        self.skip_space();
        let Some(quote @ (b'"' | b'\'')) = self.peek() else {
            return Err(Fault::flaw(Flaw::AttributeSyntax, self.at));
        };
        self.at += 1;
        let (value, decode) = self.value(quote)?;
        Ok((Some(Spelled { name, value, decode }), self.at))
    }

    /// The value up to its closing quote, and whether it differs from what it means.
    fn value(&mut self, quote: u8) -> Result<(Span, bool), Fault> {
        let start = self.at;
        let unclosed = || Fault::flaw(Flaw::AttributeSyntax, start);
        // No other control character than white space is left by now.
        self.at = find_from(self.source, start, [quote, b'<', b'&'], b' ').ok_or_else(unclosed)?;
        let decode = !matches!(self.peek(), Some(byte) if byte == quote || byte == b'<');
        if decode {
            self.at = find_from(self.source, self.at, [quote, b'<'], 0).ok_or_else(unclosed)?;
        }
        if self.peek() == Some(b'<') {
            return Err(Fault::flaw(Flaw::LessThanInValue, self.at));
        }
        let value = Span::new(start, self.at);
        self.at += 1;
        Ok((value, decode))
    }

    /// Whatever stands before the next byte that ends a name.
    #[cold]
    fn qname(&mut self) -> Result<QName, Fault> {
        let start = self.at;
        // None of the characters of a name ends one.
        self.at = ascii_ncname_end(self.source.as_bytes(), start).unwrap_or(start);
        while !is_name_end(behind(self.source, self.at)) {
            self.at += 1;
        }
        let text = self.source.get(Span::new(start, self.at).range()).unwrap_or_default();
        let (prefix, local) = match text.split_once(':') {
            Some((prefix, local)) if !prefix.is_empty() => (prefix, local),
            _ => ("", text),
        };
        if !is_ncname(local) || !(prefix.is_empty() || is_ncname(prefix)) {
            return Err(Fault::flaw(Flaw::Name, start));
        }
        Ok(QName {
            prefix: Span::new(start, start + Span::offset(prefix.len())),
            local: Span::new(self.at - Span::offset(local.len()), self.at),
        })
    }

    fn peek(&self) -> Option<u8> {
        behind(self.source, self.at).first().copied()
    }

    fn skip_space(&mut self) {
        while self.peek().is_some_and(is_space) {
            self.at += 1;
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

/// The offset behind the `>` that ends the tag at a place: the first that does not stand between quotes.
pub(super) fn tag_end(source: &str, start: u32) -> Option<u32> {
    let mut at = start;
    loop {
        let hit = find_from(source, at, [b'>', b'"', b'\''], 0)?;
        match behind(source, hit) {
            [quote @ (b'"' | b'\''), ..] => at = find_from(source, hit + 1, [*quote], 0)? + 1,
            _ => return Some(hit + 1),
        }
    }
}

/// What an attribute value means: references resolved, white space made spaces (XML 1.0, 3.3.3).
///
/// CR LF is one line end (2.11) and so becomes one space; white space given by reference stays what it is.
pub(super) fn decode_value(raw: &str, offset: u32, into: &mut String) -> Result<(), Fault> {
    let mut rest = raw;
    // No other control character than white space is left by now.
    while let Some((plain, special)) = find(rest.as_bytes(), [b'&'], b' ').and_then(|at| rest.split_at_checked(at)) {
        into.push_str(plain);
        if special.starts_with('&') {
            let here = offset + Span::offset(raw.len().saturating_sub(special.len()));
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
    while let Some((line, end)) = find(rest.as_bytes(), [b'\r'], 0).and_then(|at| rest.split_at_checked(at)) {
        into.push_str(line);
        into.push('\n');
        rest = end.strip_prefix("\r\n").or_else(|| end.get(1..)).unwrap_or_default();
    }
    into.push_str(rest);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every text of these characters up to a length.
    fn texts(alphabet: &str, longest: usize) -> Vec<String> {
        let mut all = vec![String::new()];
        let mut from = 0;
        for _ in 0..longest {
            let before = all[from..].to_vec();
            from = all.len();
            all.extend(before.iter().flat_map(|text| alphabet.chars().map(move |c| format!("{text}{c}"))));
        }
        all
    }

    /// The quick readers may give up, and may not read anything else than the exact ones: of names and attributes so spelled, and with
    /// more behind them than eight bytes, which they look at at once.
    #[test]
    fn what_is_read_quickly_is_read_the_same_exactly() {
        let mut read = [0; 4];
        // Behind an element of another prefix.
        let befores = ["a", "aa", "a1", "aaaaaaa", "aaaaaaaa", ""];
        let lasts = befores.map(|prefix| {
            let before = format!("<{prefix}:b >       ").replace("<:", "<");
            LastPrefix::of(&before, element_name(&before, 0).unwrap(), 7)
        });
        for rest in ["", ">", " lettersletters=\"\">", "lettersletters:letters >", "é=\"1\">"] {
            for text in texts("a:1=\" >é", 5) {
                let source = &format!("<{text}{rest}");
                if let Some(name) = quick_qname(source, 1).and_then(|name| whole(source, name)) {
                    let mut exact = Exact { source, at: 1 };
                    assert_eq!((exact.qname().unwrap(), exact.at), (name, name.local.end), "{source}");
                    let again = LastPrefix::of(source, name, 7).name(source, 0);
                    assert!(again.is_none_or(|again| again == name), "{source}");
                    read[0] += 1;
                    read[1] += usize::from(again.is_some());
                }
                for (prefix, last) in befores.iter().zip(lasts) {
                    if let Some(name) = last.name(source, 0) {
                        assert_eq!(Exact { source, at: 1 }.qname().unwrap(), name, "{source}");
                        assert_eq!(source.get(name.prefix.range()), Some(*prefix), "{source}");
                        read[3] += 1;
                    }
                }
            }
            for text in texts(" a:=\"<&\n", 4) {
                for before in ["", "a=", "a=\"", "p:lettersletters=\"lettersletters"] {
                    let source = &format!(" {before}{text}{rest}");
                    if let Some(attribute) = quick_attribute(source, 1) {
                        let exact = Exact { source, at: 0 }.attribute().unwrap();
                        assert_eq!(exact, (Some(attribute), attribute.value.end + 1), "{source}");
                        read[2] += 1;
                    }
                }
            }
        }
        assert!(read.iter().all(|read| *read > 50), "{read:?}");
    }

    /// What the exact reader makes of a tag does not depend on what the quick one took before.
    #[test]
    fn a_tag_ends_where_it_ends() {
        for (source, end) in [("<a b=\">\">", 9), ("<a b='\"' c=\"'\" >x>", 16), ("<a/>", 4), ("<a b=\"1\"/>", 10)] {
            assert_eq!(tag_end(source, 0), Some(end));
            let mut tag = Tag::of(source, element_name(source, 0).unwrap());
            while tag.next_attribute().unwrap().is_some() {}
            assert_eq!(tag.end().unwrap(), (end, source.ends_with("/>")), "{source}");
        }
    }
}
