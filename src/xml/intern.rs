//! Prefixes and namespace names as small numbers.
//!
//! Equal texts get equal numbers, so that everything after the scan compares integers. That is what keeps lookups and
//! canonicalization linear when somebody sends a namespace name of half a megabyte that every element uses.

use super::tree::Span;
use crate::few::Few;
use std::collections::HashMap;

/// So many texts are compared one by one; beyond them a table is kept. Real documents have fewer than twenty.
const COMPARED: usize = 16;

/// Texts of the document, each once, in order of appearance.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Interned {
    known: Few<Known, 8>,
    beyond: HashMap<Box<str>, u32>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Known {
    /// What it begins with.
    key: u64,
    span: Span,
}

/// The first eight octets in one number; of a shorter text, which has no NUL, all of it.
fn key(text: &str) -> u64 {
    match text.as_bytes().first_chunk::<8>() {
        Some(first) => u64::from_le_bytes(*first),
        None => text.bytes().rev().fold(0, |key, byte| (key << 8) | u64::from(byte)),
    }
}

impl Interned {
    /// The number of a text, `span` being where it stands if it is new. `resolve` reads a span.
    pub(super) fn intern<'a>(&mut self, text: &str, span: Span, resolve: impl Fn(Span) -> &'a str) -> u32 {
        if let Some(found) = self.find(text, resolve) {
            return found;
        }
        let number = Span::offset(self.known.len());
        if self.known.len() >= COMPARED {
            self.beyond.insert(text.into(), number);
        }
        self.known.push(Known { key: key(text), span });
        number
    }

    /// The number of a text that is there already.
    pub(super) fn find<'a>(&self, text: &str, resolve: impl Fn(Span) -> &'a str) -> Option<u32> {
        super::work::count(self.known.len().min(COMPARED).saturating_add(text.len()));
        let begins = key(text);
        let same = |known: &Known| {
            known.key == begins
                && known.span.len() == text.len()
                && (text.len() <= size_of::<u64>() || resolve(known.span) == text)
        };
        let compared = self.known.as_slice().iter().take(COMPARED).position(same);
        compared
            .map(Span::offset)
            .or_else(|| if self.beyond.is_empty() { None } else { self.beyond.get(text).copied() })
    }

    /// Where the text of a number stands.
    pub(super) fn span(&self, number: u32) -> Option<Span> {
        self.known.get(Span::index(number)).map(|known| known.span)
    }

    pub(super) fn len(&self) -> usize {
        self.known.len()
    }
}
