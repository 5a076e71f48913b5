//! A subtree step by step, in document order and without recursion: what canonicalization needs to see.
//!
//! Prefixes and namespaces are numbers here, equal numbers for equal texts, so that nothing above compares names over
//! and over. Number 0 is no prefix or no namespace.

use super::element::{Attribute, Element, Node};
use super::name::NUMBERED;
use super::tree::{Document, PREFIX_XML, Span};
use std::ops::Range;

/// One step of a walk.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Step<'d> {
    /// A start tag.
    Open(Element<'d>),
    /// Character data; with its bytes in the source where those are its canonical form as they stand.
    Text { text: &'d str, canonical: Option<Range<usize>> },
    /// A comment.
    Comment(&'d str),
    /// The end tag of the innermost open element.
    Close(Element<'d>),
}

/// A prefix and the namespace it stands for, by number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Binding {
    pub(crate) prefix: u32,
    pub(crate) namespace: u32,
}

/// The steps of a subtree, less one omitted subtree.
pub(crate) struct Walk<'d> {
    next: u32,
    open: Option<Element<'d>>,
    apex: Element<'d>,
    omit: Range<u32>,
}

impl<'d> Element<'d> {
    /// The steps from its start tag to its end tag, leaving out the subtree of `omit`.
    pub(crate) fn walk(&self, omit: Option<Element<'_>>) -> Walk<'d> {
        let omit = omit.filter(|omit| self.document().is(omit.document())).map_or(0..0, |omit| omit.indices());
        Walk { next: self.indices().start, open: None, apex: *self, omit }
    }

    /// Its own prefix.
    pub(crate) fn binding(&self) -> Binding {
        Binding { prefix: self.record().prefix, namespace: self.record().namespace }
    }

    /// Its own declarations, as far as they can matter: one of `xml` never does.
    pub(crate) fn declared(&self) -> impl Iterator<Item = Binding> + use<'d> {
        let records = self.declaration_records().iter();
        records.filter(|d| d.prefix != PREFIX_XML).map(|d| Binding { prefix: d.prefix, namespace: d.namespace })
    }

    /// Its start tag in the source, if that is canonical as it stands, but for the choice and the order of declarations.
    pub(crate) fn canonical_start_tag(&self) -> Option<Range<usize>> {
        self.record().canonical_start.then(|| self.span().start..self.content_span().start)
    }

    /// Of a [canonical start tag](Self::canonical_start_tag), where each of its own declarations stands, the space before it
    /// included: the first right behind the name, then one behind the other, the attributes behind the last.
    pub(crate) fn spelled_declarations(&self) -> impl Iterator<Item = (Binding, Range<usize>)> + use<'d> {
        let tag = self.span().start;
        let mut from = self.name_end();
        self.declaration_records().iter().map(move |d| {
            let range = from..tag.saturating_add(Span::index(d.end));
            from = range.end;
            (Binding { prefix: d.prefix, namespace: d.namespace }, range)
        })
    }

    /// Of a [canonical start tag](Self::canonical_start_tag), the offset behind its last declaration, where it has one.
    pub(crate) fn declarations_end(&self) -> Option<usize> {
        self.declaration_records().last().map(|last| self.span().start.saturating_add(Span::index(last.end)))
    }

    /// The offset behind the name in its start tag.
    pub(crate) fn name_end(&self) -> usize {
        Span::index(self.record().local.end)
    }

    /// Its end tag in the source, if that is canonical as it stands.
    pub(crate) fn canonical_end_tag(&self) -> Option<Range<usize>> {
        self.record().canonical_end.then(|| self.content_span().end..self.span().end)
    }
}

impl Attribute<'_> {
    /// Its own prefix.
    pub(crate) fn binding(&self) -> Binding {
        Binding { prefix: self.record().prefix, namespace: self.record().namespace }
    }
}

impl Binding {
    /// Whether the prefix is `xml`, which needs no declaration.
    pub(crate) fn is_xml(self) -> bool {
        self.prefix == PREFIX_XML
    }

    /// Whether there is no prefix.
    pub(crate) fn is_default(self) -> bool {
        self.prefix == 0
    }
}

impl Document<'_> {
    /// How many prefixes there are, numbered from 0.
    pub(crate) fn prefix_count(&self) -> usize {
        self.prefixes.len().saturating_add(2)
    }

    /// How many namespaces there are, numbered from 0.
    pub(crate) fn namespace_count(&self) -> usize {
        self.namespaces.len().saturating_add(NUMBERED.len())
    }

    /// Whether two references are to the same document.
    fn is(&self, other: &Document<'_>) -> bool {
        std::ptr::eq(self.source.as_ptr(), other.source.as_ptr())
            && std::ptr::eq(self.nodes.as_ptr(), other.nodes.as_ptr())
    }
}

impl<'d> Iterator for Walk<'d> {
    type Item = Step<'d>;

    #[inline]
    fn next(&mut self) -> Option<Step<'d>> {
        if self.omit.contains(&self.next) {
            self.next = self.omit.end;
        }
        if let Some(open) = self.open.filter(|open| self.next >= open.indices().end) {
            self.open = if open == self.apex { None } else { open.parent() };
            return Some(Step::Close(open));
        }
        if self.next >= self.apex.indices().end {
            return None;
        }
        let index = self.next;
        self.next = index.saturating_add(1);
        match Node::at(self.apex.document(), index)? {
            Node::Element(element) => {
                self.open = Some(element);
                Some(Step::Open(element))
            }
            Node::Text(text) => Some(Step::Text { text, canonical: self.apex.document().plain_text(index) }),
            Node::Comment(comment) => Some(Step::Comment(comment)),
        }
    }
}

impl Document<'_> {
    fn plain_text(&self, index: u32) -> Option<Range<usize>> {
        let node = self.nodes.get(Span::index(index))?;
        (node.what == super::tree::What::Text { plain: true }).then(|| node.span.range())
    }
}
