//! Canonical forms: rules one by one, recorded pairs, a corpus, and cost.

mod corpus;
mod cost;
mod golden;
mod properties;
mod signed;

use super::*;
use crate::limits::Limits;
use crate::xml::{Document, Name};

fn canonical(xml: &str, path: &[&str], method: Method, prefixes: &[&str]) -> String {
    let document = Document::parse(xml.as_bytes(), &Limits::default().message()).unwrap();
    let mut element = document.root();
    for step in path {
        element = element.children().find(|child| child.local() == *step).unwrap();
    }
    let how = Canonicalization { method, prefixes: prefixes.iter().map(|p| (*p).to_owned()).collect() };
    let mut out = Vec::new();
    canonicalize(element, None, &how, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

const EXC: Method = Method::Exclusive { comments: false };
const INC: Method = Method::Inclusive10 { comments: false };

#[test]
fn exclusive_writes_what_is_used() {
    let xml = "<r xmlns='urn:d' xmlns:a='urn:a' xmlns:b='urn:b'><a:x b:y='1' z='2'><c/><a:d xmlns=''/><e xmlns=''/></a:x></r>";
    let expected =
        "<a:x xmlns:a=\"urn:a\" xmlns:b=\"urn:b\" z=\"2\" b:y=\"1\"><c xmlns=\"urn:d\"></c><a:d></a:d><e></e></a:x>";
    assert_eq!(canonical(xml, &["x"], EXC, &[]), expected);
    let expected = "<a:x xmlns=\"urn:d\" xmlns:a=\"urn:a\" xmlns:b=\"urn:b\" z=\"2\" b:y=\"1\"><c></c><a:d xmlns=\"\"></a:d><e xmlns=\"\"></e></a:x>";
    assert_eq!(canonical(xml, &["x"], EXC, &[""]), expected);
    assert_eq!(canonical(xml, &["x"], INC, &[]), expected);
}

#[test]
fn every_prefix_is_declared_however_many_there_are() {
    for count in [1, FEW - 3, FEW - 2, FEW - 1, 40] {
        let one = |n| format!("<p{n}:a xmlns:p{n}=\"urn:{n}\"></p{n}:a>");
        let xml = format!("<r>{}</r>", (0..count).map(one).collect::<String>());
        assert_eq!(canonical(&xml, &[], EXC, &[]), xml);
        // Written anew, not copied.
        assert_eq!(canonical(&xml.replace("></p", " ></p"), &[], EXC, &[]), xml);
    }
}

#[test]
fn inclusive_inherits_from_ancestors() {
    let xml = "<r xml:lang='de' xml:id='i' xmlns:a='urn:a'><x/></r>";
    assert_eq!(canonical(xml, &["x"], INC, &[]), "<x xmlns:a=\"urn:a\" xml:id=\"i\" xml:lang=\"de\"></x>");
    let eleven = Method::Inclusive11 { comments: false };
    assert_eq!(canonical(xml, &["x"], eleven, &[]), "<x xmlns:a=\"urn:a\" xml:lang=\"de\"></x>");
    // Also where the tag as it is spelled has nothing else to change.
    assert_eq!(canonical("<r xml:lang='de'><x></x></r>", &["x"], INC, &[]), "<x xml:lang=\"de\"></x>");
    // An attribute of that name without a namespace is another one.
    let xml = "<r xml:lang='de' xml:space='preserve'><x lang='en' space=''/></r>";
    for method in [INC, eleven] {
        let expected = "<x lang=\"en\" space=\"\" xml:lang=\"de\" xml:space=\"preserve\"></x>";
        assert_eq!(canonical(xml, &["x"], method, &[]), expected);
    }
}

/// Canonical XML 1.1, 2.4: where values of `xml:base` would have to be joined there is no canonical form.
#[test]
fn bases_are_not_joined() {
    let by = |method: Method, xml: &str| {
        let document = Document::parse(xml.as_bytes(), &Limits::default().message()).unwrap();
        let how = Canonicalization::new(method);
        canonicalize(document.root().children().next().unwrap(), None, &how, &mut Vec::new())
    };
    let eleven = |xml: &str| by(Method::Inclusive11 { comments: false }, xml);
    for one in ["<r xml:base='urn:a'><x/></r>", "<r><x xml:base='urn:a'/></r>", "<r base=''><x base='urn:a'/></r>"] {
        assert_eq!(eleven(one), Ok(()), "{one}");
    }
    for joined in ["<r xml:base=''><x/></r>", "<r xml:base='urn:a'><x xml:base='b'/></r>", "<r><x xml:base=''/></r>"] {
        assert_eq!(eleven(joined), Err(C14nError::XmlBase), "{joined}");
        // 1.0 takes the nearest as it is, and the exclusive method none.
        assert_eq!((by(INC, joined), by(EXC, joined)), (Ok(()), Ok(())), "{joined}");
    }
    assert!(C14nError::XmlBase.hint().contains("exclusive canonicalization"));
}

#[test]
fn each_method_has_its_identifier() {
    for (method, uri) in METHODS {
        assert_eq!((Method::from_uri(uri), method.uri()), (Some(method), uri));
    }
}

/// An even number of them is no less than one: found by a mutant.
#[test]
fn what_needs_care_may_stand_twice() {
    assert_eq!(canonical("<r>a\r\n\r\nb</r>", &[], EXC, &[]), "<r>a\n\nb</r>");
    assert_eq!(canonical("<r>a>>b</r>", &[], EXC, &[]), "<r>a&gt;&gt;b</r>");
}

/// A section is text, and what it may hold unescaped is escaped.
#[test]
fn sections_are_text() {
    for (content, expected) in [("a", "a"), ("<", "&lt;"), (">", "&gt;"), ("&", "&amp;"), ("\r\n", "\n"), ("", "")] {
        let xml = format!("<r><![CDATA[{content}]]></r>");
        assert_eq!(canonical(&xml, &[], EXC, &[]), format!("<r>{expected}</r>"));
    }
}

/// Attributes in another order than theirs, each tag otherwise spelled as it will be.
#[test]
fn attributes_are_put_in_order() {
    assert_eq!(canonical("<a c=\"1\" b=\"2\"></a>", &[], EXC, &[]), "<a b=\"2\" c=\"1\"></a>");
    let declared = " xmlns:p=\"urn:z\" xmlns:q=\"urn:a\"";
    let xml = format!("<a{declared} p:b=\"1\" q:c=\"2\"></a>");
    assert_eq!(canonical(&xml, &[], EXC, &[]), format!("<a{declared} q:c=\"2\" p:b=\"1\"></a>"));
    let xml = format!("<a{declared} p:c=\"1\" p:b=\"2\" q:a=\"\"></a>");
    assert_eq!(canonical(&xml, &[], EXC, &[]), format!("<a{declared} q:a=\"\" p:b=\"2\" p:c=\"1\"></a>"));
}

#[test]
fn canonical_slices_are_copied_and_the_signature_left_out() {
    let xml = "<p:r xmlns:p=\"urn:p\"><p:a b=\"1\" c=\"2\">text</p:a><s>no</s>more</p:r>";
    let document = Document::parse(xml.as_bytes(), &Limits::default().message()).unwrap();
    let signature = document.root().child(Name::new("", "s"));
    let mut out = Vec::new();
    canonicalize(document.root(), signature, &Canonicalization::new(EXC), &mut out).unwrap();
    assert_eq!(String::from_utf8(out).unwrap(), xml.replace("<s>no</s>", ""));
    assert_eq!(
        canonicalize(document.root(), Some(document.root()), &Canonicalization::new(EXC), &mut Vec::new()),
        Err(C14nError::Nothing)
    );
}

/// Whatever is spelled otherwise than canonical XML spells it is written anew.
#[test]
fn every_spelling_of_a_tag_has_one_canonical_form() {
    let tags = [
        "<p:a xmlns:p=\"urn:p\" b=\"1\">",
        "<p:a xmlns:p=\"urn:p\" b=\"1\" >",
        "<p:a xmlns:p=\"urn:p\" b=\"1\"\n>",
        "<p:a  xmlns:p=\"urn:p\" b=\"1\">",
        "<p:a\txmlns:p=\"urn:p\" b=\"1\">",
        "<p:a xmlns:p=\"urn:p\"  b=\"1\">",
        "<p:a xmlns:p =\"urn:p\" b=\"1\">",
        "<p:a xmlns:p= \"urn:p\" b=\"1\">",
        "<p:a xmlns:p='urn:p' b=\"1\">",
        "<p:a xmlns:p=\"urn:p\" b='1'>",
        "<p:a xmlns:p=\"urn:p\" b=\"&#49;\">",
        // Every attribute spelled alike.
        "<p:a  xmlns:p=\"urn:p\"  b=\"1\">",
        "<p:a\txmlns:p=\"urn:p\"\tb=\"1\">",
        "<p:a xmlns:p = \"urn:p\" b = \"1\">",
        "<p:a xmlns:p='urn:p' b='1'>",
        "<p:a xmlns:p=\"urn&#58;p\" b=\"&#49;\">",
        "<p:a b=\"1\" xmlns:p=\"urn:p\">",
        "<p:a xmlns:q=\"urn:q\" xmlns:p=\"urn:p\" b=\"1\">",
        "<p:a xmlns:p=\"urn:p\" xmlns:q=\"urn:q\" b=\"1\">",
        "<p:a xmlns:xml=\"http://www.w3.org/XML/1998/namespace\" xmlns:p=\"urn:p\" b=\"1\">",
    ];
    for tag in tags {
        let once = format!("{tag}x</p:a>");
        assert_eq!(canonical(&once, &[], EXC, &[]), "<p:a xmlns:p=\"urn:p\" b=\"1\">x</p:a>", "{tag}");
        let spaced = format!("{tag}x</p:a >");
        assert_eq!(canonical(&spaced, &[], EXC, &[]), "<p:a xmlns:p=\"urn:p\" b=\"1\">x</p:a>", "{tag}");
        // The second is read as a repetition of the first.
        let twice = format!("<r>{once}{once}{once}</r>");
        let expected = "<p:a xmlns:p=\"urn:p\" b=\"1\">x</p:a>".repeat(3);
        assert_eq!(canonical(&twice, &[], EXC, &[]), format!("<r>{expected}</r>"), "{tag}");
    }
    let (q, p, inner) = (" xmlns:q=\"urn:q\"", " xmlns:p=\"urn:p\"", "<p:b q:c=\"1\"></p:b>");
    for declared in [[p, q], [q, p]] {
        let xml = format!("<p:a{}><p:b q:c=\"1\"></p:b></p:a>", declared.concat());
        assert_eq!(canonical(&xml, &[], INC, &[]), format!("<p:a{p}{q}>{inner}</p:a>"));
        assert_eq!(canonical(&xml, &[], EXC, &[]), format!("<p:a{p}><p:b{q} q:c=\"1\"></p:b></p:a>"));
        let (tag, end) = (format!("<p:b{} q:c=\"1\">", declared.concat()), "</p:b>");
        assert_eq!(canonical(&format!("{tag}{end}"), &[], EXC, &[]), format!("<p:b{p}{q} q:c=\"1\">{end}"));
    }
    let (bare, empty) = ("<a ></a>", "<a />");
    assert_eq!(canonical(bare, &[], EXC, &[]), "<a></a>");
    assert_eq!(canonical(empty, &[], EXC, &[]), "<a></a>");
}
