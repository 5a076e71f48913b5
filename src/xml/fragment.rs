//! XML that an application hands in, such as Extensions of a request.

use super::tree::Document;
use super::{XmlError, XmlLimits};

/// One well-formed element with every prefix it uses declared inside itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fragment {
    text: String,
    namespace: String,
    local: String,
    declares_default: bool,
}

impl Fragment {
    /// Reads a fragment: a whole document by itself, of which the root element is kept.
    pub(crate) fn parse(text: &str, limits: &XmlLimits) -> Result<Self, XmlError> {
        let document = Document::parse(text.as_bytes(), limits)?;
        let root = document.root();
        Ok(Self {
            text: document.source().get(root.span()).unwrap_or_default().to_owned(),
            namespace: root.namespace().to_owned(),
            local: root.local().to_owned(),
            declares_default: root.declarations().any(|(prefix, _)| prefix.is_empty()),
        })
    }

    /// The element as it was given, without what stood around it.
    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// The namespace of the element, empty if it is in none.
    pub(crate) fn namespace(&self) -> &str {
        &self.namespace
    }

    /// Whether it says itself what names without a prefix mean.
    pub(super) fn declares_default(&self) -> bool {
        self.declares_default
    }
}
