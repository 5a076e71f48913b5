//! What can be wrong with a document, and where.

use super::tree::Span;
use crate::text::whose::Whose;
use std::fmt;

/// Why bytes were refused as a document, and where.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{kind}, at {position}")]
pub struct XmlError {
    /// What is wrong.
    pub kind: XmlErrorKind,
    /// Where it was found.
    pub position: Position,
}

/// A place in a document.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// The row, from 1. Rows end at LF, CR or CR LF.
    pub row: usize,
    /// The column in characters, from 1.
    pub column: usize,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "row {}, column {}", self.row, self.column)
    }
}

impl Position {
    /// The position of a byte offset. Linear in the offset: for one error, not for a loop.
    pub(super) fn of(source: &str, offset: usize) -> Self {
        let before = source.get(..offset).unwrap_or(source);
        let returns = count(before, b'\r');
        let pairs = if returns == 0 { 0 } else { before.matches("\r\n").count() };
        let row = count(before, b'\n').saturating_add(returns).saturating_sub(pairs);
        let end = before.rfind('\n').max(before.rfind('\r'));
        let line = end.and_then(|end| before.get(end.saturating_add(1)..)).unwrap_or(before);
        Self { row: row.saturating_add(1), column: line.chars().count().saturating_add(1) }
    }
}

/// How often a byte occurs. In pieces that are short enough for sums of eight bits, which vector units add sixteen at a time.
fn count(text: &str, wanted: u8) -> usize {
    const PIECE: usize = 128;
    let in_piece = |piece: &[u8]| piece.iter().fold(0_u8, |sum, byte| sum.wrapping_add(u8::from(*byte == wanted)));
    text.as_bytes().chunks(PIECE).map(|piece| usize::from(in_piece(piece))).sum()
}

/// What is wrong with a document.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum XmlErrorKind {
    /// More bytes than [`Limits`](crate::limits::Limits) allow.
    #[error("the document has {found} bytes, the limit is {limit}")]
    TooLarge {
        /// Bytes found.
        found: usize,
        /// Bytes allowed.
        limit: usize,
    },
    /// Not UTF-8, or declared to be something else.
    #[error("the document is not UTF-8")]
    NotUtf8,
    /// A document type declaration.
    #[error("the document has a DOCTYPE")]
    Doctype,
    /// A processing instruction.
    #[error("the document has a processing instruction")]
    ProcessingInstruction,
    /// A violation of XML 1.0 or Namespaces in XML 1.0.
    #[error("the document is not well-formed XML: {0}")]
    NotWellFormed(Flaw),
    /// A prefix that no namespace declaration in scope declares.
    #[error("a namespace prefix is used that is not declared")]
    UndeclaredPrefix,
    /// A namespace name that is not an absolute URI.
    #[error("a namespace name is not an absolute URI")]
    RelativeNamespace,
    /// Two attributes of one element with the same expanded name.
    #[error("an element has two attributes of the same name")]
    DuplicateAttribute,
    /// Elements nested too deep.
    #[error("elements are nested more than {limit} deep")]
    TooDeep {
        /// Levels allowed.
        limit: usize,
    },
    /// Too many elements.
    #[error("the document has more than {limit} elements")]
    TooManyElements {
        /// Elements allowed.
        limit: usize,
    },
    /// Too many attributes on one element.
    #[error("an element has more than {limit} attributes")]
    TooManyAttributes {
        /// Attributes allowed.
        limit: usize,
    },
    /// Too many namespace declarations on one element.
    #[error("an element has more than {limit} namespace declarations")]
    TooManyDeclarations {
        /// Declarations allowed.
        limit: usize,
    },
    /// Too many namespace declarations on an element and its ancestors together.
    #[error("more than {limit} namespace declarations are in scope")]
    TooManyInScope {
        /// Declarations allowed.
        limit: usize,
    },
    /// Two equal IDs.
    #[error("two elements have the same ID")]
    DuplicateId,
}

/// A violation of XML 1.0 (fifth edition) or Namespaces in XML 1.0.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// A character outside production `Char`, as itself or by reference.
    #[error("a character that XML does not allow")]
    Character,
    /// A name that is no `QName`, or an ID-like name with a colon too many.
    #[error("an invalid name")]
    Name,
    /// A tag without its `>`, or with something in it that does not belong there.
    #[error("an invalid tag")]
    Tag,
    /// An attribute without white space before it.
    #[error("an attribute without white space before it")]
    AttributeSpace,
    /// An attribute that is not `name="value"`.
    #[error("an attribute that is not name=\"value\"")]
    AttributeSyntax,
    /// `<` in an attribute value.
    #[error("\"<\" in an attribute value")]
    LessThanInValue,
    /// `]]>` in text.
    #[error("\"]]>\" in text")]
    CDataEndInText,
    /// `--` in a comment, or a comment without an end.
    #[error("a comment with \"--\" in it or without an end")]
    Comment,
    /// A CDATA section without an end, or outside the root.
    #[error("a CDATA section without an end or outside the root element")]
    CData,
    /// `<!` followed by something unknown.
    #[error("unknown markup after \"<!\"")]
    Markup,
    /// `&` that begins no reference.
    #[error("\"&\" that begins no reference")]
    Ampersand,
    /// A reference to an entity other than the five predefined ones.
    #[error("a reference to an entity that XML does not predefine")]
    Entity,
    /// An XML declaration with errors, or not at the very start.
    #[error("an invalid or misplaced XML declaration")]
    Declaration,
    /// An XML version other than 1.0.
    #[error("an XML version other than 1.0")]
    Version,
    /// An end tag that does not match its start tag.
    #[error("an end tag that does not match its start tag")]
    EndTag,
    /// The document ends inside an element.
    #[error("an element without an end tag")]
    Unclosed,
    /// No root element.
    #[error("no root element")]
    NoRoot,
    /// A second root element.
    #[error("a second root element")]
    SecondRoot,
    /// Text before or after the root element.
    #[error("text outside the root element")]
    TextOutsideRoot,
    /// Misuse of the prefixes `xml` and `xmlns` or of their namespaces.
    #[error("a reserved namespace prefix or name declared otherwise")]
    ReservedPrefix,
    /// `xmlns:p=""`, which Namespaces in XML 1.0 forbids.
    #[error("a namespace prefix declared with an empty name")]
    EmptyPrefixDeclaration,
}

impl XmlError {
    /// A stable code, documented in the manual.
    pub fn code(&self) -> &'static str {
        match self.kind {
            XmlErrorKind::TooLarge { .. } => "xml-too-large",
            XmlErrorKind::NotUtf8 => "xml-not-utf8",
            XmlErrorKind::Doctype => "xml-doctype",
            XmlErrorKind::ProcessingInstruction => "xml-processing-instruction",
            XmlErrorKind::NotWellFormed(_) => "xml-not-well-formed",
            XmlErrorKind::UndeclaredPrefix => "xml-undeclared-prefix",
            XmlErrorKind::RelativeNamespace => "xml-relative-namespace",
            XmlErrorKind::DuplicateAttribute => "xml-duplicate-attribute",
            XmlErrorKind::TooDeep { .. } => "xml-too-deep",
            XmlErrorKind::TooManyElements { .. } => "xml-too-many-elements",
            XmlErrorKind::TooManyAttributes { .. } => "xml-too-many-attributes",
            XmlErrorKind::TooManyDeclarations { .. } => "xml-too-many-declarations",
            XmlErrorKind::TooManyInScope { .. } => "xml-too-many-in-scope",
            XmlErrorKind::DuplicateId => "xml-duplicate-id",
        }
    }

    /// What an operator can do about it.
    pub fn hint(&self) -> &'static str {
        match self.kind {
            XmlErrorKind::TooLarge { .. }
            | XmlErrorKind::TooDeep { .. }
            | XmlErrorKind::TooManyElements { .. }
            | XmlErrorKind::TooManyAttributes { .. }
            | XmlErrorKind::TooManyDeclarations { .. }
            | XmlErrorKind::TooManyInScope { .. } => {
                "Real documents stay far below this limit. If this one is genuine, raise the number in Limits; \
                 for a message, first ask the identity provider to send fewer attribute values."
            }
            XmlErrorKind::NotUtf8 => {
                "SAML messages are UTF-8. A file saved by an editor may be UTF-16 or Latin-1: fetch it again from \
                 the identity provider, or convert it and its XML declaration."
            }
            XmlErrorKind::Doctype | XmlErrorKind::ProcessingInstruction => {
                "SAML needs neither a DOCTYPE nor processing instructions, and both are known ways to deceive \
                 parsers; remove them at the sender. An HTML page instead of metadata also begins with a DOCTYPE."
            }
            XmlErrorKind::NotWellFormed(Flaw::TextOutsideRoot | Flaw::NoRoot) => {
                "This may not be XML at all: look for base64 or percent-encoding that is still to be undone, or for \
                 a message of an error page."
            }
            XmlErrorKind::NotWellFormed(_) => {
                "The document was damaged or was not written by an XML library: fetch it again, unaltered by \
                 editors, templates and copy and paste."
            }
            XmlErrorKind::UndeclaredPrefix | XmlErrorKind::RelativeNamespace => {
                "Namespaces must be declared, with absolute URIs. A fragment cut out of a larger document loses the \
                 declarations of its ancestors: fetch the whole document."
            }
            XmlErrorKind::DuplicateAttribute | XmlErrorKind::DuplicateId => {
                "No genuine software writes this; treat the document as forged."
            }
        }
    }

    /// Who can put it right.
    pub fn whose(&self) -> Whose {
        match self.kind {
            XmlErrorKind::DuplicateId | XmlErrorKind::DuplicateAttribute | XmlErrorKind::Doctype => Whose::Attack,
            _ => Whose::IdentityProvider,
        }
    }
}

/// An error on its way up: the offset becomes a row and a column once, at the end.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) kind: XmlErrorKind,
    pub(super) offset: u32,
}

impl Fault {
    pub(super) fn new(kind: XmlErrorKind, offset: u32) -> Self {
        Self { kind, offset }
    }

    pub(super) fn flaw(flaw: Flaw, offset: u32) -> Self {
        Self::new(XmlErrorKind::NotWellFormed(flaw), offset)
    }

    pub(super) fn located(self, source: &str) -> XmlError {
        XmlError { kind: self.kind, position: Position::of(source, Span::index(self.offset)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_counted_beyond_what_eight_bits_hold() {
        for end in ["\n", "\r", "\r\n"] {
            let source = end.repeat(1000);
            assert_eq!(Position::of(&source, source.len()).row, 1001, "{end:?}");
        }
    }

    #[test]
    fn positions_count_rows_and_characters() {
        let source = "a\nbé\r\nc\rd";
        let at = |offset| {
            let position = Position::of(source, offset);
            (position.row, position.column)
        };
        assert_eq!(at(0), (1, 1));
        assert_eq!(at(2), (2, 1));
        assert_eq!(at(5), (2, 3));
        assert_eq!(at(7), (3, 1));
        assert_eq!(at(9), (4, 1));
        assert_eq!(at(99), (4, 2));
    }
}
