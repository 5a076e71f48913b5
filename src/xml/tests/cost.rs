//! Work before the signature check is linear in the bytes sent, whatever they are (attacks, part 7).

use super::message_limits;
use crate::limits::XmlLimits;
use crate::xml::{Document, parse_by_both, work};

/// Steps for one document, and its code.
fn cost(xml: &str, limits: &XmlLimits) -> (usize, &'static str) {
    let code = parse_by_both(xml.as_bytes(), limits).map_or_else(|error| error.code(), |_| "ok");
    work::take();
    _ = Document::parse_metadata(xml.as_bytes(), limits);
    let by_quick_xml = work::take();
    _ = Document::parse(xml.as_bytes(), limits);
    (work::take().max(by_quick_xml), code)
}

fn unlimited() -> XmlLimits {
    let most = usize::MAX;
    XmlLimits {
        bytes: most,
        depth: most,
        elements: most,
        attributes: most,
        namespace_declarations: most,
        in_scope_declarations: most,
        prefix_list: most,
    }
}

/// `attack(n)` under the limits is refused with the code, early; without limits, steps for each byte stay the same
/// when it grows eightfold (sorting may add a little).
fn linear(expected: &str, n: usize, attack: impl Fn(usize) -> String) {
    let xml = attack(n);
    let (steps, code) = cost(&xml, &XmlLimits { bytes: usize::MAX, ..message_limits() });
    assert_eq!(code, expected);
    assert!(steps <= xml.len() * 8, "{steps} steps for {} bytes", xml.len());
    let ratio = |n| {
        let xml = attack(n);
        let (steps, code) = cost(&xml, &unlimited());
        assert_eq!(code, "ok");
        steps / xml.len().max(1) + 1
    };
    let (small, large) = (ratio(n / 8), ratio(n));
    assert!(large <= small * 2 && large <= 40, "{small} steps a byte, then {large}");
}

#[test]
fn sixty_thousand_attributes() {
    linear("xml-too-many-attributes", 60_000, |n| {
        format!("<a{}/>", (0..n).map(|n| format!(" a{n}=''")).collect::<String>())
    });
}

#[test]
fn nested_elements_by_the_thousand() {
    for (code, n) in [("xml-too-deep", 32_000), ("xml-too-many-elements", 200_000)] {
        linear(code, n, |n| "<a>".repeat(n) + &"</a>".repeat(n));
    }
}

#[test]
fn nested_namespace_declarations() {
    let nested = |n: usize| {
        let open = (0..n).map(|n| format!("<p{n}:a xmlns:p{n}='urn:{n}' xmlns='urn:d{n}'>")).collect::<String>();
        open + &(0..n).rev().map(|n| format!("</p{n}:a>")).collect::<String>()
    };
    linear("xml-too-deep", 400, nested);
    linear("xml-too-deep", 10_000, nested);
}

#[test]
fn sixty_thousand_declarations() {
    linear("xml-too-many-declarations", 50_000, |n| {
        format!("<a{}/>", (0..n).map(|n| format!(" xmlns:p{n}='u:'")).collect::<String>())
    });
}

#[test]
fn many_prefixes_and_long_names() {
    linear("ok", 20_000, |n| {
        format!("<r>{}</r>", (0..n).map(|n| format!("<p{n}:a xmlns:p{n}='urn:{n}'/>")).collect::<String>())
    });
    linear("ok", 10_000, |n| {
        let long = "x".repeat(n * 20);
        format!("<r xmlns:p='urn:{long}1' xmlns:q='urn:{long}2'>{}</r>", "<a p:x='' q:x=''/>".repeat(n))
    });
}

#[test]
fn many_ids() {
    linear("ok", 16_000, |n| {
        let ids = (0..n).map(|n| format!("<a ID='_{n}'/>")).collect::<String>();
        format!("<r xmlns='urn:oasis:names:tc:SAML:2.0:assertion'>{ids}</r>")
    });
}

#[test]
fn many_pieces_of_text() {
    linear("ok", 100_000, |n| format!("<a>{}</a>", "&#x41;".repeat(n)));
    linear("ok", 60_000, |n| format!("<a>{}</a>", "<![CDATA[x]]>y".repeat(n)));
    linear("ok", 60_000, |n| format!("<a>{}</a>", "<!---->\r".repeat(n)));
    linear("ok", 100_000, |n| format!("<a b='{}'/>", "&#x41;\n".repeat(n)));
    linear("ok", 200_000, |n| format!("<a>{}</a>", "]] >".repeat(n)));
}

/// Room for attributes and nodes that do not come is not kept.
#[test]
fn what_only_looked_like_being_needed_is_given_back() {
    for text in ["=", "&lt;=", "<!---->", "</a><a>"] {
        let xml = format!("<r><a>{}</a></r>", text.repeat(20_000));
        let document = Document::parse(xml.as_bytes(), &unlimited()).unwrap();
        assert!(document.attributes.capacity() <= 1024, "{text}");
        assert!(document.elements.capacity() <= document.elements.len() * 4 + 1024, "{text}");
        assert!(document.nodes.capacity() <= document.nodes.len() * 4 + 1024, "{text}");
    }
}

/// A hundred namespace names that only a whole comparison tells apart: after a few of them there is a table.
#[test]
fn names_of_one_length_and_one_end() {
    let long = "x".repeat(200);
    let name = |n: usize| format!("<a xmlns:p='urn:{long}{:03}aaaaaaaa'/>", n % 100);
    let (steps, code) = cost(&format!("<r>{}</r>", (0..4_000).map(name).collect::<String>()), &unlimited());
    assert_eq!(code, "ok");
    assert!(steps <= 4_000 * 230 * 20, "{steps} steps");
}
