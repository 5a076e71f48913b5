//! The parser's promises, one test each.

mod corpus;
mod cost;
mod limits;
mod refusals;

use super::*;
use crate::limits::Limits;

pub(super) fn message_limits() -> XmlLimits {
    Limits::default().message()
}

#[test]
fn names_text_and_attributes_are_read() {
    let xml = "\u{FEFF}<?xml version='1.0' encoding=\"utf-8\" standalone='yes' ?>\n<!-- c --><p:a xmlns:p='urn:p' xmlns=\"urn:d\"\n x = 'a&#10;b\tc\r\nd' p:x=\"2\">t&amp;<![CDATA[<x>]]>u<!-- v -->w<b/>\r\n</p:a ><!---->\n";
    let document = Document::parse(xml.as_bytes(), &message_limits()).unwrap();
    let root = document.root();
    assert_eq!((root.namespace(), root.prefix(), root.local()), ("urn:p", "p", "a"));
    assert_eq!(root.attribute("x"), Some("a\nb c d"));
    assert_eq!(root.attribute_in(Name::new("urn:p", "x")), Some("2"));
    let nodes: Vec<_> = root.nodes().collect();
    let b = root.child(Name::new("urn:d", "b")).unwrap();
    assert_eq!(
        nodes,
        [Node::Text("t&<x>u"), Node::Comment(" v "), Node::Text("w"), Node::Element(b), Node::Text("\n")]
    );
    assert_eq!(root.text(), None);
    assert_eq!(root.descendant_text(), "t&<x>uw\n");
    assert_eq!(b.text().unwrap(), "");
    assert_eq!(b.parent(), Some(root));
    assert_eq!(&document.source()[b.span()], "<b/>");
    assert!(b.is_empty_tag());
    assert!(!root.is_element_only());
    assert!(root.contains_comment());
    assert_eq!(root.declarations().collect::<Vec<_>>(), [("p", "urn:p"), ("", "urn:d")]);
}
