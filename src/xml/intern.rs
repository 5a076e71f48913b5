//! Prefixes and namespace names as small numbers.
//!
//! Equal texts get equal numbers, so that everything after the scan compares integers. That is what keeps lookups and
//! canonicalization linear when somebody sends a namespace name of half a megabyte that every element uses.

use super::tree::Span;
use std::collections::HashMap;

/// So many texts are compared one by one; beyond them a table is kept. Real documents have fewer than twenty.
const COMPARED: usize = 16;

/// Texts of the document, each once, in order of appearance.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Interned {
    spans: Vec<Span>,
    beyond: HashMap<Box<str>, u32>,
}

impl Interned {
    /// The number of a text, `span` being where it stands if it is new. `resolve` reads a span.
    pub(super) fn intern<'a>(&mut self, text: &str, span: Span, resolve: impl Fn(Span) -> &'a str) -> u32 {
        if let Some(found) = self.find(text, resolve) {
            return found;
        }
        let number = Span::offset(self.spans.len());
        if self.spans.len() >= COMPARED {
            self.beyond.insert(text.into(), number);
        }
        if self.spans.capacity() == 0 {
            self.spans.reserve(COMPARED);
        }
        self.spans.push(span);
        number
    }

    /// The number of a text that is there already.
    pub(super) fn find<'a>(&self, text: &str, resolve: impl Fn(Span) -> &'a str) -> Option<u32> {
        super::work::count(self.spans.len().min(COMPARED).saturating_add(text.len()));
        let compared =
            self.spans.iter().take(COMPARED).position(|span| span.len() == text.len() && resolve(*span) == text);
        compared
            .map(Span::offset)
            .or_else(|| if self.beyond.is_empty() { None } else { self.beyond.get(text).copied() })
    }

    /// Where the text of a number stands.
    pub(super) fn span(&self, number: u32) -> Option<Span> {
        self.spans.get(Span::index(number)).copied()
    }

    pub(super) fn len(&self) -> usize {
        self.spans.len()
    }
}
