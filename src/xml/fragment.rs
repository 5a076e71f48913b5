//! XML that an application hands in, such as Extensions of a request.

use super::tree::Document;
use super::{XmlError, XmlLimits};

/// One well-formed element with every prefix it uses declared inside itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fragment {
    text: String,
    namespace: String,
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Limits;
    use crate::xml::{WriteError, Writer};

    fn parse(text: &str) -> Result<Fragment, XmlError> {
        Fragment::parse(text, &Limits::default().message())
    }

    #[test]
    fn the_element_is_kept_and_what_surrounds_it_is_not() {
        let fragment = parse("<?xml version='1.0'?>\n<!-- x --><p:a xmlns:p='urn:p'>&amp;</p:a>\n").unwrap();
        assert_eq!(fragment.as_str(), "<p:a xmlns:p='urn:p'>&amp;</p:a>");
        assert_eq!(fragment.namespace(), "urn:p");
    }

    #[test]
    fn it_must_stand_on_its_own() {
        let broken =
            [("<p:a/>", "xml-undeclared-prefix"), ("<a/><b/>", "xml-not-well-formed"), ("a", "xml-not-well-formed")];
        for (text, code) in broken {
            assert_eq!(parse(text).unwrap_err().code(), code);
        }
    }

    /// An element in no namespace would move into the default namespace of what it is written into.
    #[test]
    fn a_default_namespace_around_it_must_not_catch_it() {
        let write = |text: &str| {
            let mut writer = Writer::new();
            writer.open("r").attribute("xmlns", "urn:d").fragment(&parse(text).unwrap()).close();
            writer.finish()
        };
        assert_eq!(write("<a/>"), Err(WriteError::Fragment));
        assert_eq!(write("<a xmlns=''/>").unwrap(), "<r xmlns=\"urn:d\"><a xmlns=''/></r>");
    }
}
