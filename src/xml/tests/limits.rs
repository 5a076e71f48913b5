//! Each limit at, below and above its number.

use crate::limits::{Limits, XmlLimits};
use crate::xml::parse_by_both;

fn code(xml: &str, limits: &XmlLimits) -> &'static str {
    parse_by_both(xml.as_bytes(), limits).map_or_else(|error| error.code(), |_| "ok")
}

/// `document(n)` has n of what is limited.
fn check(expected: &str, set: impl Fn(&mut XmlLimits, usize), document: impl Fn(usize) -> String) {
    for limit in [2, 5, 64] {
        let mut limits = Limits::default().message();
        (limits.depth, limits.in_scope_declarations, limits.namespace_declarations) = (1000, 1000, 1000);
        set(&mut limits, limit);
        assert_eq!(code(&document(limit - 1), &limits), "ok", "one below {limit}");
        assert_eq!(code(&document(limit), &limits), "ok", "at {limit}");
        assert_eq!(code(&document(limit + 1), &limits), expected, "one above {limit}");
    }
}

fn declarations(count: usize) -> String {
    (0..count).map(|n| format!(" xmlns:p{n}='urn:{n}'")).collect()
}

#[test]
fn bytes() {
    for (limit, length) in [(10, 9), (10, 10), (10, 11)] {
        let limits = XmlLimits { bytes: limit, ..Limits::default().message() };
        let xml = format!("<a>{}</a>", "x".repeat(length - 7));
        assert_eq!(code(&xml, &limits), if length <= limit { "ok" } else { "xml-too-large" });
    }
}

#[test]
fn depth() {
    check("xml-too-deep", |limits, n| limits.depth = n, |n| format!("{}{}", "<a>".repeat(n), "</a>".repeat(n)));
    check(
        "xml-too-deep",
        |limits, n| limits.depth = n,
        |n| format!("{}<a/>{}", "<a>".repeat(n - 1), "</a>".repeat(n - 1)),
    );
}

#[test]
fn elements() {
    check("xml-too-many-elements", |limits, n| limits.elements = n, |n| format!("<r>{}</r>", "<a/>".repeat(n - 1)));
}

/// They are counted before a tree is made, whatever else looks like them; of a document with too many this alone is said.
#[test]
fn elements_are_counted_as_the_tree_counts_them() {
    let limits = XmlLimits { elements: 3, depth: 3, ..Limits::default().message() };
    for (xml, expected) in [
        ("<a><b><c/></b></a>", "ok"),
        ("<?xml version='1.0'?><!--<<<<--><a b='>'><![CDATA[<<<<]]><b/><c d=\"/>\"></c></a><!-- < -->", "ok"),
        ("<a><!--</>--><!--</>--><!--</>--></a>", "ok"),
        ("<a><b/><c/><d/></a>", "xml-too-many-elements"),
        ("<a><b/><!-- <x> --><c></c>\n<d", "xml-too-many-elements"),
        ("<a><b/><c/></a><d/>", "xml-too-many-elements"),
        ("<a><b/>&<c/></a></a><d/>", "xml-too-many-elements"),
        ("<a><b><c><d>", "xml-too-many-elements"),
        ("<a><b/><c/><", "xml-not-well-formed"),
        ("<a><b/><c/></", "xml-not-well-formed"),
        ("<a><b/><c/><!-- <d/></a>", "xml-not-well-formed"),
        ("<a><b/><c/><![CDATA[ <d/></a>", "xml-not-well-formed"),
        ("<a><b/><?pi?><c/><d/></a>", "xml-processing-instruction"),
        ("<?pi?><a><b/><c/><d/></a>", "xml-too-many-elements"),
        ("<!DOCTYPE a><a><b/><c/><d/></a>", "xml-doctype"),
    ] {
        assert_eq!(code(xml, &limits), expected, "{xml}");
    }
    // Wherever the sixty-four bytes end that are looked at together.
    for before in 0..140 {
        for between in ["", "<![CDATA[<<]]>", "<!--<<-->"] {
            let text = between.to_owned() + &" ".repeat(before);
            let few = format!("<a><b/>{text}<c></c>{text}</a><!--<-->");
            assert_eq!(code(&few, &limits), "ok", "{few}");
            let many = format!("<a><b/>{text}<c></c>{text}\n<d/></a><!--<-->");
            let error = parse_by_both(many.as_bytes(), &limits).unwrap_err();
            assert_eq!(
                (error.code(), error.position.row, error.position.column),
                ("xml-too-many-elements", 2, 1),
                "{many}"
            );
        }
    }
    let error = parse_by_both(b"<a><b/><c/>\n<d/></a>", &limits).unwrap_err();
    assert_eq!((error.position.row, error.position.column), (2, 1));
}

#[test]
fn attributes() {
    let attributes = |n: usize| (0..n).map(|n| format!(" a{n}=''")).collect::<String>();
    check(
        "xml-too-many-attributes",
        |limits, n| limits.attributes = n,
        |n| format!("<r><a xmlns='urn:a'{}/></r>", attributes(n)),
    );
}

#[test]
fn namespace_declarations() {
    check(
        "xml-too-many-declarations",
        |limits, n| limits.namespace_declarations = n,
        |n| format!("<r a=''><a{}/></r>", declarations(n)),
    );
}

#[test]
fn in_scope_declarations() {
    let set = |limits: &mut XmlLimits, n| limits.in_scope_declarations = n;
    check("xml-too-many-in-scope", set, |n| format!("<r{}><a xmlns='urn:a'/></r>", declarations(n - 1)));
    // Declarations that went out of scope do not count, hidden ones do.
    check("xml-too-many-in-scope", set, |n| {
        format!("<r xmlns='urn:a'>{}<a{}/></r>", "<a xmlns='urn:b'/>".repeat(9), declarations(n - 1))
    });
    check("xml-too-many-in-scope", set, |n| format!("{}{}", "<a xmlns='urn:a'>".repeat(n), "</a>".repeat(n)));
}

#[test]
fn defaults() {
    let limits = Limits::default();
    let (message, metadata) = (limits.message(), limits.metadata());
    assert_eq!((message.bytes, metadata.bytes), (1 << 20, 64 << 20));
    assert!(metadata.elements > message.elements && metadata.depth == message.depth);
}
