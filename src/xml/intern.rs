//! Prefixes and namespace names as small numbers.
//!
//! Equal texts get equal numbers, so that everything after the scan compares integers. That is what keeps lookups and
//! canonicalization linear when somebody sends a namespace name of half a megabyte that every element uses.

use super::tree::Span;
use crate::few::Few;
use std::collections::HashMap;

/// So many texts are looked through one by one, each by one number; where there are more, all are in a table. Real documents have
/// fewer than twenty, and to make the table costs more than to look through these.
const COMPARED: usize = 128;

/// So many of them may be told apart by a whole comparison alone, having one length and one end. Those of real documents have not.
const ALIKE: usize = 4;

/// Texts of the document, each once, in order of appearance.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Interned {
    known: Few<Known, 8>,
    /// All of them, where they are more than [`COMPARED`], or more than [`ALIKE`] alike.
    table: HashMap<Box<str>, u32>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Known {
    end: u64,
    span: Span,
}

/// The last eight octets in one number, for names of namespaces begin alike; of a shorter text, which has no NUL, all of it.
pub(super) fn end_of(text: &str) -> u64 {
    match text.as_bytes().last_chunk::<8>() {
        Some(last) => u64::from_le_bytes(*last),
        None => text.bytes().rev().fold(0, |end, byte| (end << 8) | u64::from(byte)),
    }
}

impl Interned {
    /// The number of a text, `span` being where it stands if it is new. `resolve` reads a span.
    pub(super) fn intern<'a>(&mut self, text: &str, span: Span, resolve: impl Fn(Span) -> &'a str) -> u32 {
        let (found, alike) = self.look(text, &resolve);
        if let Some(found) = found {
            return found;
        }
        let number = Span::offset(self.known.len());
        self.known.push(Known { end: end_of(text), span });
        if !self.table.is_empty() {
            self.table.insert(text.into(), number);
        } else if self.known.len() > COMPARED || alike >= ALIKE {
            let all = self.known.as_slice().iter().zip(0..);
            self.table = all.map(|(known, number)| (resolve(known.span).into(), number)).collect();
        }
        number
    }

    /// The number of a text that is there already.
    pub(super) fn find<'a>(&self, text: &str, resolve: impl Fn(Span) -> &'a str) -> Option<u32> {
        self.look(text, &resolve).0
    }

    /// The same, and with how many others it was compared whole.
    fn look<'a>(&self, text: &str, resolve: &impl Fn(Span) -> &'a str) -> (Option<u32>, usize) {
        super::work::count(text.len());
        if !self.table.is_empty() {
            return (self.table.get(text).copied(), 0);
        }
        super::work::count(self.known.len());
        let end = end_of(text);
        let mut alike = 0_usize;
        for (known, number) in self.known.as_slice().iter().zip(0..) {
            if known.end == end && known.span.len() == text.len() {
                super::work::count(text.len());
                if text.len() <= size_of::<u64>() || resolve(known.span) == text {
                    return (Some(number), alike);
                }
                alike = alike.saturating_add(1);
            }
        }
        (None, alike)
    }

    /// Where the text of a number stands.
    pub(super) fn span(&self, number: u32) -> Option<Span> {
        self.known.get(Span::index(number)).map(|known| known.span)
    }

    pub(super) fn len(&self) -> usize {
        self.known.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Equal texts have one number and different ones two, of whatever length and end, with a table and without.
    #[test]
    fn numbers_are_equal_as_the_texts_are() {
        let kinds: [fn(usize) -> String; 7] = [
            |n| n.to_string(),
            |n| "x".repeat(n + 1),
            // The longest first of those that end like one of eight octets.
            |n| "x".repeat(if n < ALIKE { 7 + ALIKE - n } else { n + 8 }),
            |n| format!("{n:03}yyyyyyyy"),
            |n| format!("{n:03}{}", "y".repeat(n % 7)),
            |n| format!("yyyyyyyy{n:03}"),
            |n| format!("urn:{}:{:03}yyyyyyyy", n % 2, n / 2),
        ];
        for kind in kinds {
            for count in [1, ALIKE, ALIKE + 1, ALIKE + 2, COMPARED, COMPARED + 1, 300] {
                let texts: Vec<String> = (0..count).map(kind).collect();
                let source = texts.concat();
                let starts = texts.iter().scan(0, |end, text| Some(std::mem::replace(end, *end + text.len())));
                let spans: Vec<Span> = starts
                    .zip(&texts)
                    .map(|(at, text)| Span::new(Span::offset(at), Span::offset(at + text.len())))
                    .collect();
                let resolve = |span: Span| &source[span.range()];
                let mut interned = Interned::default();
                for round in 0..2 {
                    for ((text, span), number) in texts.iter().zip(&spans).zip(0..) {
                        assert_eq!(interned.find(text, resolve), (round > 0).then_some(number), "{text}");
                        assert_eq!(interned.intern(text, *span, resolve), number, "{text}");
                        assert_eq!(interned.span(number), Some(*span));
                    }
                }
                assert_eq!(interned.len(), count);
                assert_eq!(interned.find("elsewhere", resolve), None);
            }
        }
    }
}
