//! Looking at a document: elements, their names, attributes, text and place.

use super::characters::same;
use super::name::{NO_NAMESPACE, Name};
use super::tree::{AttributeRecord, DeclarationRecord, Document, ElementRecord, Node as NodeRecord, Span, What};
use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

/// One element of a document. Equal means the same node of the same document.
#[derive(Clone, Copy)]
pub(crate) struct Element<'d> {
    document: &'d Document<'d>,
    index: u32,
    node: &'d NodeRecord,
    record: &'d ElementRecord,
}

/// A child of an element.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Node<'d> {
    Element(Element<'d>),
    /// Decoded, and whole up to the next tag or comment: CDATA sections and references are part of it.
    Text(&'d str),
    Comment(&'d str),
}

/// An attribute that is not a namespace declaration.
#[derive(Clone, Copy)]
pub(crate) struct Attribute<'d> {
    document: &'d Document<'d>,
    record: &'d AttributeRecord,
}

impl<'d> Element<'d> {
    pub(super) fn root(document: &'d Document<'d>) -> Self {
        Self {
            document,
            index: 0,
            node: document.nodes.first().unwrap_or(&NodeRecord::NONE),
            record: document.elements.first().unwrap_or(&ElementRecord::NONE),
        }
    }

    fn at(document: &'d Document<'d>, index: u32) -> Option<Self> {
        if let Some(Node::Element(element)) = Node::at(document, index) { Some(element) } else { None }
    }

    pub(super) fn record(&self) -> &'d ElementRecord {
        self.record
    }

    /// The indices of its subtree.
    pub(super) fn indices(&self) -> Range<u32> {
        self.index..self.node.after
    }

    /// The document it belongs to.
    pub(crate) fn document(&self) -> &'d Document<'d> {
        self.document
    }

    /// Its namespace name, empty if it is in none.
    pub(crate) fn namespace(&self) -> &'d str {
        self.document.namespace(self.record.namespace)
    }

    /// Its name without the prefix.
    pub(crate) fn local(&self) -> &'d str {
        self.document.text(self.record.local)
    }

    /// Its prefix, empty if it has none.
    pub(crate) fn prefix(&self) -> &'d str {
        self.document.prefix(self.record.prefix)
    }

    /// Whether it has exactly this expanded name.
    pub(crate) fn is(&self, name: Name) -> bool {
        self.document.is_named(self.record.namespace, self.record.local, name)
    }

    /// The element around it; none around the root.
    pub(crate) fn parent(&self) -> Option<Self> {
        if self.index == 0 { None } else { Self::at(self.document, self.node.parent) }
    }

    /// The elements directly inside.
    pub(crate) fn children(&self) -> impl Iterator<Item = Self> + use<'d> {
        Children { document: self.document, next: self.index.saturating_add(1), after: self.node.after }
    }

    /// Everything directly inside: elements, text, comments.
    pub(crate) fn nodes(&self) -> impl Iterator<Item = Node<'d>> + use<'d> {
        Nodes { document: self.document, next: self.index.saturating_add(1), after: self.node.after }
    }

    /// The first element directly inside that has this expanded name.
    pub(crate) fn child(&self, name: Name) -> Option<Self> {
        self.children().find(|child| child.is(name))
    }

    /// The normalised value of the attribute of this name in no namespace.
    pub(crate) fn attribute(&self, local: &str) -> Option<&'d str> {
        let named =
            |a: &Attribute<'_>| a.record.namespace == NO_NAMESPACE && self.document.spells(a.record.local, local);
        self.attributes().find(named).map(|a| a.value())
    }

    /// The normalised value of the attribute of this expanded name.
    pub(crate) fn attribute_in(&self, name: Name) -> Option<&'d str> {
        let named = |a: &Attribute<'_>| self.document.is_named(a.record.namespace, a.record.local, name);
        self.attributes().find(named).map(|a| a.value())
    }

    /// Its attributes in document order, without namespace declarations.
    pub(crate) fn attributes(&self) -> impl ExactSizeIterator<Item = Attribute<'d>> + use<'d> {
        let document = self.document;
        let records = document.attributes.get(self.record.attributes.range()).unwrap_or_default();
        records.iter().map(move |record| Attribute { document, record })
    }

    /// Its own namespace declarations, prefix (empty for the default) and namespace name (empty for none).
    pub(crate) fn declarations(&self) -> impl ExactSizeIterator<Item = (&'d str, &'d str)> + use<'d> {
        let document = self.document;
        self.declaration_records().iter().map(move |d| (document.prefix(d.prefix), document.namespace(d.namespace)))
    }

    pub(super) fn declaration_records(&self) -> &'d [DeclarationRecord] {
        self.document.declarations.get(self.record.declarations.range()).unwrap_or_default()
    }

    /// The namespace a prefix is bound to here; for the empty prefix the default namespace, if there is one.
    pub(crate) fn in_scope(&self, prefix: &str) -> Option<&'d str> {
        let found = self.ancestors_or_self().find_map(|element| element.declarations().find(|(own, _)| *own == prefix));
        found.map(|(_, name)| name).filter(|name| !name.is_empty())
    }

    /// Itself, its parent, and so on to the root.
    pub(crate) fn ancestors_or_self(&self) -> impl Iterator<Item = Self> + use<'d> {
        std::iter::successors(Some(*self), Self::parent)
    }

    /// All text directly inside, joined across comments; none if there is an element inside.
    ///
    /// Whole or nothing: a prefix of the text is how comments have turned `admin@example.com<!---->.evil.com` into
    /// an administrator (VU#475445).
    pub(crate) fn text(&self) -> Option<Cow<'d, str>> {
        // One text and nothing else, as a rule.
        if let [_, only] = self.subtree()
            && matches!(only.what, What::Text { .. })
        {
            return Some(Cow::Borrowed(self.document.text(only.span)));
        }
        let mut text = Cow::Borrowed("");
        for node in self.nodes() {
            match node {
                Node::Element(_) => return None,
                Node::Text(more) if text.is_empty() => text = Cow::Borrowed(more),
                Node::Text(more) => text.to_mut().push_str(more),
                Node::Comment(_) => {}
            }
        }
        Some(text)
    }

    /// All text inside it and inside its descendants, in document order.
    pub(crate) fn descendant_text(&self) -> String {
        let texts = self.subtree().iter().filter(|node| matches!(node.what, What::Text { .. }));
        texts.map(|node| self.document.text(node.span)).collect()
    }

    /// Whether no text stands directly inside, white space aside.
    pub(crate) fn is_element_only(&self) -> bool {
        self.nodes().all(|node| match node {
            Node::Text(text) => text.bytes().all(super::characters::is_space),
            Node::Element(_) | Node::Comment(_) => true,
        })
    }

    /// Itself and every element inside it, in document order.
    pub(crate) fn descendants_or_self(&self) -> Descendants<'d> {
        Descendants { document: self.document, next: self.index, after: self.node.after }
    }

    /// Whether a comment stands anywhere inside.
    pub(crate) fn contains_comment(&self) -> bool {
        self.subtree().iter().any(|node| node.what == What::Comment)
    }

    fn subtree(&self) -> &'d [NodeRecord] {
        self.document.nodes.get(Span::index(self.index)..Span::index(self.node.after)).unwrap_or_default()
    }

    /// Its bytes in the source, both tags included.
    pub(crate) fn span(&self) -> Range<usize> {
        self.node.span.range()
    }

    /// The bytes between its tags. An empty-element tag has none: the span is empty and lies behind the tag.
    pub(crate) fn content_span(&self) -> Range<usize> {
        self.record.content.range()
    }
}

impl Document<'_> {
    /// Whether a namespace, by number, and a local name in the source are those of a name.
    fn is_named(&self, namespace: u32, local: Span, name: Name) -> bool {
        let same_namespace = match name.number {
            Some(number) => namespace == number,
            None => self.namespace(namespace) == name.namespace,
        };
        same_namespace && self.spells(local, name.local)
    }

    fn spells(&self, span: Span, name: &str) -> bool {
        span.len() == name.len()
            && self.source.as_bytes().get(span.range()).is_some_and(|spelled| same(spelled, name.as_bytes()))
    }
}

impl PartialEq for Element<'_> {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.document, other.document) && self.index == other.index
    }
}

impl Eq for Element<'_> {}

impl fmt::Debug for Element<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{{{}}}{} at byte {}", self.namespace(), self.local(), self.node.span.start)
    }
}

impl<'d> Attribute<'d> {
    pub(super) fn record(&self) -> &'d AttributeRecord {
        self.record
    }

    /// Its prefix, empty if it has none.
    pub(crate) fn prefix(&self) -> &'d str {
        self.document.prefix(self.record.prefix)
    }

    /// Its name without the prefix.
    pub(crate) fn local(&self) -> &'d str {
        self.document.text(self.record.local)
    }

    /// Its value, normalised.
    pub(crate) fn value(&self) -> &'d str {
        self.document.text(self.record.value)
    }
}

impl<'d> Node<'d> {
    /// The node of an index.
    pub(super) fn at(document: &'d Document<'d>, index: u32) -> Option<Self> {
        let node = document.nodes.get(Span::index(index))?;
        match node.what {
            What::Element(record) => {
                let record = document.elements.get(Span::index(record))?;
                Some(Self::Element(Element { document, index, node, record }))
            }
            What::Text { .. } => Some(Self::Text(document.text(node.span))),
            What::Comment => Some(Self::Comment(document.text(node.span))),
        }
    }
}

struct Nodes<'d> {
    document: &'d Document<'d>,
    next: u32,
    after: u32,
}

impl<'d> Iterator for Nodes<'d> {
    type Item = Node<'d>;

    fn next(&mut self) -> Option<Node<'d>> {
        if self.next >= self.after {
            return None;
        }
        let index = self.next;
        let node = self.document.nodes.get(Span::index(index))?;
        self.next = node.after;
        Node::at(self.document, index)
    }
}

/// The same, without text and comments.
struct Children<'d> {
    document: &'d Document<'d>,
    next: u32,
    after: u32,
}

impl<'d> Iterator for Children<'d> {
    type Item = Element<'d>;

    #[inline]
    fn next(&mut self) -> Option<Element<'d>> {
        let document = self.document;
        while self.next < self.after {
            let index = self.next;
            let node = document.nodes.get(Span::index(index))?;
            self.next = node.after;
            if let What::Element(record) = node.what {
                let record = document.elements.get(Span::index(record))?;
                return Some(Element { document, index, node, record });
            }
        }
        None
    }
}

/// The elements of a subtree in document order.
#[derive(Clone)]
pub(crate) struct Descendants<'d> {
    document: &'d Document<'d>,
    next: u32,
    after: u32,
}

impl<'d> Iterator for Descendants<'d> {
    type Item = Element<'d>;

    fn next(&mut self) -> Option<Element<'d>> {
        while self.next < self.after {
            let index = self.next;
            self.next = index.saturating_add(1);
            if let Some(element) = Element::at(self.document, index) {
                return Some(element);
            }
        }
        None
    }
}
