//! Prefixes and namespace names as small numbers.
//!
//! Equal texts get equal numbers, so that everything after the scan compares integers. That is what keeps lookups and
//! canonicalization linear when somebody sends a namespace name of half a megabyte that every element uses.

use super::tree::Span;
use crate::few::Few;
use std::collections::HashMap;

/// So many texts are compared one by one, each by one number as a rule; where there are more, all are in a table. Real documents have
/// fewer than twenty, and none may have more declarations in scope: to make the table costs more than to look through these.
const COMPARED: usize = 128;

/// Texts of the document, each once, in order of appearance.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Interned {
    known: Few<Known, 8>,
    /// All of them, where they are more than [`COMPARED`].
    table: HashMap<Box<str>, u32>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Known {
    /// What it ends with.
    key: u64,
    span: Span,
}

/// The last eight octets in one number, for names of namespaces begin alike; of a shorter text, which has no NUL, all of it.
fn key(text: &str) -> u64 {
    match text.as_bytes().last_chunk::<8>() {
        Some(last) => u64::from_le_bytes(*last),
        None => text.bytes().rev().fold(0, |key, byte| (key << 8) | u64::from(byte)),
    }
}

impl Interned {
    /// The number of a text, `span` being where it stands if it is new. `resolve` reads a span.
    pub(super) fn intern<'a>(&mut self, text: &str, span: Span, resolve: impl Fn(Span) -> &'a str) -> u32 {
        if let Some(found) = self.find(text, &resolve) {
            return found;
        }
        let number = Span::offset(self.known.len());
        self.known.push(Known { key: key(text), span });
        if self.known.len() > COMPARED {
            if self.table.is_empty() {
                let all = self.known.as_slice().iter().zip(0..);
                self.table = all.map(|(known, number)| (resolve(known.span).into(), number)).collect();
            } else {
                self.table.insert(text.into(), number);
            }
        }
        number
    }

    /// The number of a text that is there already.
    pub(super) fn find<'a>(&self, text: &str, resolve: impl Fn(Span) -> &'a str) -> Option<u32> {
        super::work::count(text.len());
        if !self.table.is_empty() {
            return self.table.get(text).copied();
        }
        super::work::count(self.known.len());
        let ends = key(text);
        let same = |known: &Known| {
            known.key == ends
                && known.span.len() == text.len()
                && (text.len() <= size_of::<u64>() || resolve(known.span) == text)
        };
        self.known.as_slice().iter().position(same).map(Span::offset)
    }

    /// Where the text of a number stands.
    pub(super) fn span(&self, number: u32) -> Option<Span> {
        self.known.get(Span::index(number)).map(|known| known.span)
    }

    pub(super) fn len(&self) -> usize {
        self.known.len()
    }
}
