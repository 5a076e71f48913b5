//! Floor 2: Canonical XML 1.0 and 1.1, and Exclusive XML Canonicalization 1.0, of one element.
//!
//! Input is a subtree of a parsed document, less one subtree inside it (the enveloped signature); output is bytes.
//! Node sets of any other form (XPath) do not exist here. Our documents have no DOCTYPE and no processing
//! instructions, so that half of the specifications never applies.
//!
//! Work is linear in input plus output, and output is bounded: exclusive canonicalization repeats a declaration on
//! every sibling that uses it, with which a long namespace name could turn a megabyte into gigabytes.

mod sink;
mod subtree;

use crate::text::whose::Whose;
use crate::xml::Element;
use sink::Sink;
use subtree::{Canonicalizer, FEW};

/// A canonicalization algorithm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Method {
    /// Exclusive XML Canonicalization 1.0.
    Exclusive { comments: bool },
    /// Canonical XML 1.0.
    Inclusive10 { comments: bool },
    /// Canonical XML 1.1, except that it fails where it would have to join several `xml:base` values.
    Inclusive11 { comments: bool },
}

const METHODS: [(Method, &str); 6] = [
    (Method::Exclusive { comments: false }, "http://www.w3.org/2001/10/xml-exc-c14n#"),
    (Method::Exclusive { comments: true }, "http://www.w3.org/2001/10/xml-exc-c14n#WithComments"),
    (Method::Inclusive10 { comments: false }, "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"),
    (Method::Inclusive10 { comments: true }, "http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments"),
    (Method::Inclusive11 { comments: false }, "http://www.w3.org/2006/12/xml-c14n11"),
    (Method::Inclusive11 { comments: true }, "http://www.w3.org/2006/12/xml-c14n11#WithComments"),
];

impl Method {
    /// The algorithm an identifier names.
    pub(crate) fn from_uri(uri: &str) -> Option<Self> {
        METHODS.iter().find(|(_, known)| *known == uri).map(|(method, _)| *method)
    }

    /// Its identifier.
    pub(crate) fn uri(self) -> &'static str {
        METHODS.iter().find(|(known, _)| *known == self).map_or("", |(_, uri)| uri)
    }

    /// Its identifiers: with and without comments.
    #[cfg(feature = "xmlsec")]
    pub(crate) fn uris(self) -> impl Iterator<Item = &'static str> {
        let this = self.without_comments();
        METHODS.iter().filter(move |(known, _)| known.without_comments() == this).map(|(_, uri)| *uri)
    }

    /// Whether comments are part of its output.
    pub(crate) fn comments(self) -> bool {
        let (Self::Exclusive { comments } | Self::Inclusive10 { comments } | Self::Inclusive11 { comments }) = self;
        comments
    }

    /// The same algorithm without comments.
    pub(crate) fn without_comments(self) -> Self {
        match self {
            Self::Exclusive { .. } => Self::Exclusive { comments: false },
            Self::Inclusive10 { .. } => Self::Inclusive10 { comments: false },
            Self::Inclusive11 { .. } => Self::Inclusive11 { comments: false },
        }
    }
}

/// An algorithm with its parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Canonicalization {
    pub(crate) method: Method,
    /// The PrefixList of InclusiveNamespaces, the empty string meaning the default namespace. Exclusive only.
    pub(crate) prefixes: Vec<String>,
}

impl Canonicalization {
    /// An algorithm without a parameter.
    pub(crate) fn new(method: Method) -> Self {
        Self { method, prefixes: Vec::new() }
    }

    /// With the PrefixList of InclusiveNamespaces as it is spelled: prefixes and `#default`, separated by white space.
    pub(crate) fn with_prefix_list(mut self, list: &str, limit: usize) -> Result<Self, C14nError> {
        let prefixes = list.split([' ', '\t', '\r', '\n']).filter(|token| !token.is_empty());
        for prefix in prefixes {
            if self.prefixes.len() >= limit {
                return Err(C14nError::TooManyPrefixes { limit });
            }
            self.prefixes.push(if prefix == "#default" { String::new() } else { prefix.to_owned() });
        }
        Ok(self)
    }
}

/// Why there is no canonical form.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum C14nError {
    /// Canonical XML 1.1 would have to join `xml:base` values (2.4), which no SAML message needs.
    #[error("several xml:base values, or an empty one, on and around the canonicalized element")]
    XmlBase,
    /// More output than a genuine document can have.
    #[error("the canonical form has more than {limit} bytes")]
    TooLarge {
        /// Bytes allowed.
        limit: usize,
    },
    /// A PrefixList longer than [`Limits`](crate::limits::Limits) allow.
    #[error("the PrefixList has more than {limit} prefixes")]
    TooManyPrefixes {
        /// Prefixes allowed.
        limit: usize,
    },
    /// The omitted element is the canonicalized one, or contains it.
    #[error("nothing is left to canonicalize")]
    Nothing,
}

impl C14nError {
    /// A stable code, documented in the manual.
    pub fn code(&self) -> &'static str {
        match self {
            Self::XmlBase => "c14n-xml-base",
            Self::TooLarge { .. } => "c14n-too-large",
            Self::TooManyPrefixes { .. } => "c14n-too-many-prefixes",
            Self::Nothing => "c14n-nothing",
        }
    }

    /// What an operator can do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::XmlBase => "Ask for signatures with exclusive canonicalization, as SAML recommends (core 5.4.3).",
            Self::TooLarge { .. } => "No genuine document expands like this; treat it as an attack.",
            Self::TooManyPrefixes { .. } => {
                "Real lists have a handful of prefixes; if this one is genuine, raise Limits::prefix_list."
            }
            Self::Nothing => "A signature must be inside the element that it signs.",
        }
    }

    /// Who can put it right.
    pub fn whose(&self) -> Whose {
        match self {
            Self::XmlBase => Whose::IdentityProvider,
            Self::TooLarge { .. } | Self::TooManyPrefixes { .. } | Self::Nothing => Whose::Attack,
        }
    }
}

/// Appends the canonical form of an element to `out`, leaving out the subtree of `omit`.
///
/// What surrounds the element in the document counts as the specifications say: namespace declarations in scope, and
/// for the inclusive methods `xml:…` attributes of ancestors. On an error `out` holds an unfinished form.
pub(crate) fn canonicalize(
    element: Element<'_>,
    omit: Option<Element<'_>>,
    how: &Canonicalization,
    out: &mut Vec<u8>,
) -> Result<(), C14nError> {
    let limit = element.document().limits().prefix_list;
    if how.prefixes.len() > limit {
        return Err(C14nError::TooManyPrefixes { limit });
    }
    let count = element.document().prefix_count();
    let (mut few, mut many) = ([0; FEW], Vec::new());
    let rendered = if let Some(few) = few.get_mut(..count) {
        few
    } else {
        many.resize(count, 0);
        &mut many
    };
    Canonicalizer::new(element, how, rendered, Sink::new(element.document().source(), out)).run(omit)
}

#[cfg(test)]
mod tests;
