//! What the xmlsec1 program canonicalized, byte for byte (tests/golden, made by make.py there).

use std::path::Path;

use crate::c14n::{Canonicalization, Method, canonicalize};
use crate::limits::Limits;
use crate::text::base64;
use crate::xml::{Document, Element, Name, ns};

const PAIRS: usize = 158;

fn only<'d>(parent: Element<'d>, name: Name) -> Element<'d> {
    let found: Vec<_> = parent.children().filter(|child| child.is(name)).collect();
    let [one] = found.as_slice() else { panic!("{} {} in {}", found.len(), name.local, parent.local()) };
    *one
}

fn method(of: Element<'_>) -> Canonicalization {
    let method = Method::from_uri(of.attribute("Algorithm").unwrap()).unwrap();
    match of.child(Name::new(ns::EC, "InclusiveNamespaces")) {
        Some(list) => {
            Canonicalization::new(method).with_prefix_list(list.attribute("PrefixList").unwrap(), 64).unwrap()
        }
        None => Canonicalization::new(method),
    }
}

fn canonical(element: Element<'_>, omit: Option<Element<'_>>, how: &Canonicalization) -> String {
    let mut out = Vec::new();
    canonicalize(element, omit, how, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// The two octet strings of one signature: what the Reference hashes, and what the signature value signs.
fn octets(signed: Element<'_>) -> [String; 2] {
    let signature = only(signed, Name::ds("Signature"));
    let signed_info = only(signature, Name::ds("SignedInfo"));
    let transforms = only(only(signed_info, Name::ds("Reference")), Name::ds("Transforms"));
    let mut reference = match transforms.children().nth(1) {
        Some(transform) => method(transform),
        None => Canonicalization::new(Method::Inclusive10 { comments: false }),
    };
    // A same-document reference has no comments, whatever the transform would do with them (XML Signature 4.4.3.3).
    reference.method = reference.method.without_comments();
    let how = method(only(signed_info, Name::ds("CanonicalizationMethod")));
    [canonical(signed, Some(signature), &reference), canonical(signed_info, None, &how)]
}

#[test]
fn octets_agree_with_xmlsec1_on_every_golden_message() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let mut pairs = 0;
    let mut differences = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let golden: serde_json::Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        let Some(canonical) = golden["canonical"].as_object() else { continue };
        let message = base64::decode(golden["answer"]["SAMLResponse"].as_str().unwrap().as_bytes(), 1 << 20).unwrap();
        let document = Document::parse(&message, &Limits::default().message()).unwrap();
        for (element, wanted) in canonical {
            let signed =
                if element == "response" { document.root() } else { only(document.root(), Name::saml("Assertion")) };
            for (ours, part) in octets(signed).iter().zip(["reference", "signed_info"]) {
                pairs += 1;
                let theirs = wanted[part].as_str().unwrap();
                if ours != theirs {
                    differences.push(format!("{name}: {element} {part}\n  ours   {ours:?}\n  theirs {theirs:?}"));
                }
            }
        }
    }
    assert!(differences.is_empty(), "{} differ:\n{}", differences.len(), differences.join("\n"));
    assert_eq!(pairs, PAIRS, "golden pairs have come or gone: make.py says how many there are");
}
