//! What holds of every document: canonical octets are canonical, and say the same when they are read again.

use super::*;
use crate::testing::forge::Tree;

const DOCUMENT: &str = concat!(
    r#"<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" "#,
    r#"ID="_r" b="2" xml:lang="en"><saml:Issuer xmlns="urn:x">i</saml:Issuer><ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#">"#,
    r#"<ds:SignedInfo a="&#9;&lt;"/></ds:Signature><saml:Assertion ID="_a"><saml:Subject><saml:NameID>alice &amp; bob</saml:NameID>"#,
    r#"</saml:Subject><x xmlns="" saml:q="1"><!-- c --></x></saml:Assertion></samlp:Response>"#
);

/// Documents as random surgery leaves them, those that are still well-formed.
fn documents() -> impl Iterator<Item = String> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()
    };
    (0..2_000).filter_map(move |_| {
        let mut tree = Tree::parse(DOCUMENT).unwrap();
        (0..6).for_each(|_| tree.operate(&next()[..4]));
        Some(tree.to_xml()).filter(|xml| Document::parse(xml.as_bytes(), &Limits::default().message()).is_ok())
    })
}

fn whole(xml: &str, method: Method) -> Option<String> {
    let document = Document::parse(xml.as_bytes(), &Limits::default().message()).unwrap();
    let mut octets = Vec::new();
    canonicalize(document.root(), None, &Canonicalization::new(method), &mut octets).ok()?;
    Some(String::from_utf8(octets).unwrap())
}

#[test]
fn canonical_octets_are_canonical() {
    let methods = [
        Method::Exclusive { comments: true },
        Method::Exclusive { comments: false },
        Method::Inclusive10 { comments: true },
        Method::Inclusive10 { comments: false },
        Method::Inclusive11 { comments: true },
    ];
    let mut seen = 0;
    for xml in documents() {
        for method in methods {
            let Some(once) = whole(&xml, method) else { continue };
            assert_eq!(whole(&once, method).as_deref(), Some(once.as_str()), "{method:?} of {xml}");
            seen += 1;
        }
    }
    assert!(seen > 2_000, "only {seen} canonical forms");
}

/// A reader of the canonical octets finds the same elements, attributes and texts as a reader of the document.
#[test]
fn nothing_is_lost_or_found_on_the_way() {
    fn says(xml: &str) -> Vec<String> {
        let document = Document::parse(xml.as_bytes(), &Limits::default().message()).unwrap();
        let mut found = Vec::new();
        for element in document.root().descendants_or_self() {
            let mut attributes: Vec<_> = element
                .attributes()
                .map(|a| {
                    format!("{{{}}}{}={}", element.document().namespace(a.binding().namespace), a.local(), a.value())
                })
                .collect();
            attributes.sort();
            let text: String = element
                .nodes()
                .filter_map(|node| if let crate::xml::Node::Text(text) = node { Some(text) } else { None })
                .collect();
            found.push(format!("{{{}}}{} {attributes:?} {text}", element.namespace(), element.local()));
        }
        found
    }
    for xml in documents() {
        let octets = whole(&xml, Method::Exclusive { comments: false }).unwrap();
        assert_eq!(says(&octets), says(&xml), "{xml}");
    }
}
