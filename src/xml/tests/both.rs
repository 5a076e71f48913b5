//! Two scanners, one grammar: the same tree or the same refusal, on real messages, on attacks, and on what is left of a
//! document when bytes of it are lost or changed.

use super::message_limits;
use crate::limits::Limits;
use crate::text::base64;
use crate::xml::parse_by_both;
use std::path::Path;

/// Every text of the stored cases that is or carries a document: attacks, recorded logins and logouts.
fn stored() -> Vec<Vec<u8>> {
    let mut documents = Vec::new();
    for folder in ["corpus", "interop/recorded", "interop/logouts", "golden"] {
        collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(folder), &mut documents);
    }
    assert!(documents.len() > 500, "only {} documents: the walk is broken", documents.len());
    documents
}

fn collect(folder: &Path, documents: &mut Vec<Vec<u8>>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, documents);
        } else if path.extension().is_some_and(|extension| extension == "json") {
            texts(&serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap(), documents);
        }
    }
}

fn texts(value: &serde_json::Value, documents: &mut Vec<Vec<u8>>) {
    match value {
        serde_json::Value::String(text) if text.contains('<') => documents.push(text.clone().into_bytes()),
        serde_json::Value::String(text) if text.len() > 200 => {
            documents.extend(base64::decode(text.as_bytes(), usize::MAX).ok().filter(|bytes| bytes.contains(&b'<')));
        }
        serde_json::Value::Array(values) => values.iter().for_each(|value| texts(value, documents)),
        serde_json::Value::Object(fields) => fields.values().for_each(|value| texts(value, documents)),
        _ => {}
    }
}

#[test]
fn stored_messages_and_attacks() {
    let limits = message_limits();
    let (mut read, mut refused) = (0, 0);
    for document in stored() {
        match parse_by_both(&document, &limits) {
            Ok(_) => read += 1,
            Err(_) => refused += 1,
        }
    }
    assert!(read > 300 && refused > 30, "{read} read, {refused} refused");
}

/// Each of these cut short at every byte, with each byte left out, and with each byte replaced by each that means something.
#[test]
fn what_is_left_of_a_document() {
    let marks = b"<>/!?-[]&;='\" \t\r\n:x#\0\xC3";
    let limits = Limits { elements: 12, depth: 4, attributes: 3, ..Limits::default() }.message();
    for document in [
        "<?xml version='1.0' encoding=\"UTF-8\"?>\n<a b='c'>d</a>",
        "<p:a xmlns:p=\"urn:p\" p:b='&amp;&#x41;' c = \"d\" ><p:b/><c\n/>e</p:a >",
        "<a><!-- - --><![CDATA[]] >]]>t&lt;u]]&gt;<b></b></a><!-->-->",
        "<saml:A xmlns:saml='urn:oasis:names:tc:SAML:2.0:assertion' ID='1'>\r\n<saml:B ID='2'/><saml:B ID='3'/></saml:A>",
        "<\u{e9}:\u{540d} xmlns:\u{e9}='urn:a' \u{e9}:b='\u{10000}'>]]\u{e9}</\u{e9}:\u{540d}>",
        "<a b='1' d='2' c='>'><b xmlns='urn:x'>1</b><b xmlns='urn:x'>2</b><b xmlns='urn:x' /></a>",
    ] {
        assert!(parse_by_both(document.as_bytes(), &limits).is_ok(), "{document}");
        let bytes = document.as_bytes();
        for at in 0..bytes.len() {
            _ = parse_by_both(&bytes[..at], &limits);
            _ = parse_by_both(&bytes[at..], &limits);
            _ = parse_by_both(&[&bytes[..at], &bytes[at + 1..]].concat(), &limits);
            for mark in marks {
                _ = parse_by_both(&[&bytes[..at], &[*mark], &bytes[at + 1..]].concat(), &limits);
                _ = parse_by_both(&[&bytes[..at], &[*mark], &bytes[at..]].concat(), &limits);
            }
        }
    }
}
