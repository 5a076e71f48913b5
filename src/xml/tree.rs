//! A document as three flat tables over its source.
//!
//! Nodes stand in document order, so that a subtree is a range of indices and walking needs no recursion. Text is a
//! span of the source where it means what it spells, else a span of `decoded`; one address space covers both, the
//! decoded text beginning where the source ends.

use super::build::Builder;
use super::characters::Survey;
use super::element::Element;
use super::error::{Fault, Flaw, XmlError, XmlErrorKind};
use super::excess::excess;
use super::intern::Interned;
use super::name::NUMBERED;
use super::{XmlLimits, characters, reader, scan};
use std::ops::Range;

/// A well-formed document within limits; immutable.
#[derive(Debug, PartialEq)]
pub(crate) struct Document<'i> {
    pub(super) source: &'i str,
    pub(super) decoded: String,
    pub(super) nodes: Vec<Node>,
    pub(super) elements: Vec<ElementRecord>,
    pub(super) attributes: Vec<AttributeRecord>,
    pub(super) declarations: Vec<DeclarationRecord>,
    pub(super) prefixes: Interned,
    pub(super) namespaces: Interned,
    pub(super) limits: XmlLimits,
}

/// A stretch of the address space: the source, and behind it the decoded text, which is never longer. Two billion bytes of each
/// fit into 32 bits, so that no sum of a place and a few bytes overflows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) start: u32,
    pub(super) end: u32,
}

/// One node; text and comments are complete here, elements have a record of their own.
#[derive(Debug, PartialEq)]
pub(super) struct Node {
    pub(super) parent: u32,
    /// The index after the last node of its subtree.
    pub(super) after: u32,
    /// An element's bytes in the source; the value of text and comments.
    pub(super) span: Span,
    pub(super) what: What,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// With the index of its record.
    Element(u32),
    /// `plain`: its bytes in the source are its canonical form.
    Text {
        plain: bool,
    },
    Comment,
}

#[derive(Debug, PartialEq)]
pub(super) struct ElementRecord {
    pub(super) prefix: u32,
    pub(super) namespace: u32,
    pub(super) local: Span,
    /// From behind the start tag to before the end tag.
    pub(super) content: Span,
    pub(super) attributes: Span,
    pub(super) declarations: Span,
    /// The start tag is spelled as canonical XML would, its declarations left out of account.
    pub(super) canonical_start: bool,
    /// The end tag is spelled as canonical XML would.
    pub(super) canonical_end: bool,
}

#[derive(Debug, PartialEq)]
pub(super) struct AttributeRecord {
    pub(super) prefix: u32,
    pub(super) namespace: u32,
    pub(super) local: Span,
    pub(super) value: Span,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct DeclarationRecord {
    pub(super) prefix: u32,
    pub(super) namespace: u32,
    /// What the prefix was bound to outside: an index of a declaration, or [`UNBOUND`].
    pub(super) outer: u32,
    /// From the start of its tag to behind its closing quote: tags of the same letters share it.
    pub(super) end: u32,
}

/// No declaration binds the prefix.
pub(super) const UNBOUND: u32 = u32::MAX;

/// Numbers of the prefixes that need no declaration; those of the document follow.
pub(super) const NO_PREFIX: u32 = 0;
pub(super) const PREFIX_XML: u32 = 1;

/// Positions are 32 bits, and source and decoded text share them.
const MAX_BYTES: usize = 0x7FFF_FFFF;

impl Span {
    pub(super) const fn new(start: u32, end: u32) -> Self {
        Self { start, end }
    }

    /// Documents are below [`MAX_BYTES`], so that nothing is ever cut off here.
    pub(super) fn offset(at: usize) -> u32 {
        u32::try_from(at).unwrap_or(u32::MAX)
    }

    pub(super) fn index(at: u32) -> usize {
        usize::try_from(at).unwrap_or(usize::MAX)
    }

    pub(super) fn range(self) -> Range<usize> {
        Self::index(self.start)..Self::index(self.end)
    }

    /// The same stretch so many bytes further on.
    pub(super) fn moved(self, by: u32) -> Self {
        Self { start: self.start + by, end: self.end + by }
    }

    pub(super) fn len(self) -> usize {
        Self::index(self.end.saturating_sub(self.start))
    }
}

impl Node {
    /// Stands in for a node that cannot be missing: every document has a root.
    pub(super) const NONE: Self = Self { parent: 0, after: 0, span: Span { start: 0, end: 0 }, what: What::Comment };
}

impl ElementRecord {
    /// See [`Node::NONE`].
    pub(super) const NONE: Self = {
        let empty = Span { start: 0, end: 0 };
        Self {
            prefix: 0,
            namespace: 0,
            local: empty,
            content: empty,
            attributes: empty,
            declarations: empty,
            canonical_start: false,
            canonical_end: false,
        }
    };
}

impl<'i> Document<'i> {
    /// Reads a document: one pass, no recursion, linear in its length.
    pub(crate) fn parse(bytes: &'i [u8], limits: &XmlLimits) -> Result<Self, XmlError> {
        Self::read(bytes, limits, scan::read)
    }

    /// Reads a metadata document: the same, its pieces cut out by quick-xml.
    pub(crate) fn parse_metadata(bytes: &'i [u8], limits: &XmlLimits) -> Result<Self, XmlError> {
        Self::read(bytes, limits, reader::read)
    }

    fn read(
        bytes: &'i [u8],
        limits: &XmlLimits,
        cut: impl FnOnce(&mut Builder<'i>) -> Result<(), Fault>,
    ) -> Result<Self, XmlError> {
        let (source, survey) = Self::gate(bytes, limits)?;
        let mut builder = Builder::new(source, &survey, limits);
        match cut(&mut builder).and_then(|()| builder.complete()) {
            Ok(()) => Ok(builder.document),
            Err(fault) => Err(fault.located(source)),
        }
    }

    /// What every document must be before anything is made of it: not too long, UTF-8, of characters that XML allows, and of no
    /// more elements than allowed.
    fn gate(bytes: &'i [u8], limits: &XmlLimits) -> Result<(&'i str, Survey), XmlError> {
        let limit = limits.bytes.min(MAX_BYTES);
        if bytes.len() > limit {
            let kind = XmlErrorKind::TooLarge { found: bytes.len(), limit };
            return Err(Fault::new(kind, 0).located(""));
        }
        let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
        let source = match str::from_utf8(bytes) {
            // A NUL on either side of the first `<` is UTF-16 without a byte order mark.
            Ok(source) if source.starts_with("<\0") || source.starts_with("\0<") => {
                return Err(Fault::new(XmlErrorKind::NotUtf8, 0).located(source));
            }
            Ok(source) => source,
            Err(error) => {
                let valid = bytes.get(..error.valid_up_to()).and_then(|valid| str::from_utf8(valid).ok());
                return Err(Fault::new(XmlErrorKind::NotUtf8, Span::offset(error.valid_up_to()))
                    .located(valid.unwrap_or_default()));
            }
        };
        // A second byte order mark would be text; quick-xml would skip it without counting its bytes.
        if source.starts_with('\u{FEFF}') {
            return Err(Fault::flaw(Flaw::TextOutsideRoot, 0).located(source));
        }
        let survey = characters::survey(source);
        if let Some(at) = survey.illegal_character {
            return Err(Fault::flaw(Flaw::Character, Span::offset(at)).located(source));
        }
        // Each element has a tag: in real documents this comparison is all.
        if survey.tags > limits.elements
            && let Some(at) = excess(source, limits)
        {
            return Err(Fault::new(XmlErrorKind::TooManyElements { limit: limits.elements }, at).located(source));
        }
        Ok((source, survey))
    }

    /// The document element.
    pub(crate) fn root(&self) -> Element<'_> {
        Element::root(self)
    }

    /// The text it was read from, without a byte order mark. Spans are bytes of it.
    pub(crate) fn source(&self) -> &str {
        self.source
    }

    /// The limits it was read under.
    pub(crate) fn limits(&self) -> &XmlLimits {
        &self.limits
    }

    pub(super) fn text(&self, span: Span) -> &str {
        text_at(self.source, &self.decoded, span)
    }

    /// The text of a prefix number.
    pub(crate) fn prefix(&self, number: u32) -> &str {
        match number {
            NO_PREFIX => "",
            PREFIX_XML => "xml",
            other => self.prefixes.span(other.saturating_sub(2)).map_or("", |span| self.text(span)),
        }
    }

    /// The number of a prefix, if the document has it.
    pub(crate) fn prefix_number(&self, prefix: &str) -> Option<u32> {
        match prefix {
            "" => Some(NO_PREFIX),
            "xml" => Some(PREFIX_XML),
            other => self.prefixes.find(other, |span| self.text(span)).map(|number| number.saturating_add(2)),
        }
    }

    /// The text of a namespace number.
    pub(crate) fn namespace(&self, number: u32) -> &str {
        match NUMBERED.get(Span::index(number)) {
            Some(name) => name,
            None => {
                let own = number.saturating_sub(Span::offset(NUMBERED.len()));
                self.namespaces.span(own).map_or("", |span| self.text(span))
            }
        }
    }
}

/// The text of a span of the address space.
pub(super) fn text_at<'a>(source: &'a str, decoded: &'a str, span: Span) -> &'a str {
    let range = span.range();
    if range.start < source.len() {
        return source.get(range).unwrap_or_default();
    }
    let start = range.start.saturating_sub(source.len());
    decoded.get(start..range.end.saturating_sub(source.len())).unwrap_or_default()
}
