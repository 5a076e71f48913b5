//! The parser's promises, one test each.

mod both;
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
    let document = parse_by_both(xml.as_bytes(), &message_limits()).unwrap();
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
    assert!(!root.is_element_only());
    assert!(root.contains_comment());
    assert_eq!(root.declarations().collect::<Vec<_>>(), [("p", "urn:p"), ("", "urn:d")]);
}

/// Elements are first tried with the prefix of the one before them: what it stands for now is asked each time.
#[test]
fn prefixes_of_any_length_come_and_go() {
    let limits = message_limits();
    for length in 1..12 {
        let long = "p".repeat(length);
        let xml = format!(
            "<{long}:a xmlns:{long}='urn:1'><{long}:b/><{long}p/><{long}:b xmlns:{long}='urn:2'><{long}:c>\
             <q:d xmlns:q='urn:q'/></{long}:c></{long}:b><{long}:b/></{long}:a>"
        );
        let document = parse_by_both(xml.as_bytes(), &limits).unwrap();
        let names: Vec<_> =
            document.root().descendants_or_self().map(|e| (e.namespace(), e.prefix(), e.local())).collect();
        let (one, two) = (|local| ("urn:1", &*long, local), |local| ("urn:2", &*long, local));
        let other = format!("{long}p");
        assert_eq!(names, [one("a"), one("b"), ("", "", &other), two("b"), two("c"), ("urn:q", "q", "d"), one("b")]);
        // Out of scope it is unknown again, and a colon more makes no other name of it.
        for (wrong, code) in [
            (format!("<a><{long}:b xmlns:{long}='urn:1'/><{long}:b/></a>"), "xml-undeclared-prefix"),
            (format!("<{long}:a xmlns:{long}='urn:1'><{long}::b/></{long}:a>"), "xml-not-well-formed"),
            (format!("<{long}:a xmlns:{long}='urn:1'><{long}:1/></{long}:a>"), "xml-not-well-formed"),
            (format!("<{long}:a xmlns:{long}='urn:1'><{long}:"), "xml-not-well-formed"),
        ] {
            assert_eq!(parse_by_both(wrong.as_bytes(), &limits).unwrap_err().code(), code, "{wrong}");
        }
    }
}

/// A section without content is no node.
#[test]
fn nothing_is_not_a_text() {
    let limits = message_limits();
    let document = parse_by_both(b"<a><b><![CDATA[]]></b><![CDATA[]]><b/></a>", &limits).unwrap();
    assert_eq!(document.root().nodes().count(), 2);
    assert!(document.root().children().all(|b| b.nodes().next().is_none()));
}

/// Records of a start tag are taken over from the same tag before it, of the same parent.
#[test]
fn a_tag_like_the_one_before_it_means_the_same() {
    let limits = message_limits();
    let tag = "<p:b xmlns:p='urn:p' xmlns='urn:d' c='d&lt;' p:e='f'>";
    let xml = format!("<a>{tag}1</p:b>{tag}<g/><g/></p:b>{tag}<p:b/><p:b/></p:b><b/><b/></a>");
    let document = parse_by_both(xml.as_bytes(), &limits).unwrap();
    let repeated: Vec<_> = document.root().children().take(3).collect();
    for element in &repeated {
        assert!(element.is(Name::new("urn:p", "b")));
        assert_eq!(element.attribute("c"), Some("d<"));
        assert_eq!(element.attribute_in(Name::new("urn:p", "e")), Some("f"));
        assert_eq!(element.declarations().collect::<Vec<_>>(), [("p", "urn:p"), ("", "urn:d")]);
        assert_eq!(document.source().get(element.span().start..element.content_span().start), Some(tag));
        assert!(
            element.children().all(|child| child.namespace() == if child.local() == "g" { "urn:d" } else { "urn:p" })
        );
    }
    assert_eq!(repeated.iter().filter_map(|element| element.text()).collect::<Vec<_>>(), ["1"]);
    // What it declared ended with it.
    assert!(document.root().children().skip(3).all(|child| child.is(Name::new("", "b"))));
    // The same letters under another parent may mean something else.
    let xml = "<a><b xmlns:p='urn:1'><p:c/></b><b xmlns:p='urn:2'><p:c/></b></a>";
    let document = parse_by_both(xml.as_bytes(), &limits).unwrap();
    let inner: Vec<_> = document.root().children().flat_map(|child| child.children()).map(|c| c.namespace()).collect();
    assert_eq!(inner, ["urn:1", "urn:2"]);
    let xml = "<a xmlns:p='urn:1'><p:c/><b xmlns:p='urn:2'><p:c/></b></a>";
    let document = parse_by_both(xml.as_bytes(), &limits).unwrap();
    let b = document.root().children().nth(1).unwrap();
    assert_eq!(b.children().map(|c| c.namespace()).collect::<Vec<_>>(), ["urn:2"]);
    // Nothing is overlooked in it.
    let saml = ns::SAML;
    let repeated = format!("<r xmlns='{saml}'>\n<x ID='_1'/>\n<x ID='_1'/></r>");
    let error = parse_by_both(repeated.as_bytes(), &limits).unwrap_err();
    assert_eq!((error.code(), error.position.row, error.position.column), ("xml-duplicate-id", 3, 4));
    // Its declarations count while they are in force, and only then.
    let two = XmlLimits { in_scope_declarations: 2, ..limits.clone() };
    let tags = "<b xmlns:p='urn:p'></b>".repeat(3);
    let code = |last: &str| {
        let xml = format!("<a xmlns:x='urn:x'>{tags}{last}</a>");
        parse_by_both(xml.as_bytes(), &two).map_or_else(|error| error.code(), |_| "ok")
    };
    assert_eq!(code("<c xmlns:q='urn:q'/>"), "ok");
    assert_eq!(code("<c xmlns:q='urn:q' xmlns:r='urn:r'/>"), "xml-too-many-in-scope");
    assert_eq!(code("<b xmlns:p='urn:p'><c xmlns:q='urn:q'/></b>"), "xml-too-many-in-scope");
}
