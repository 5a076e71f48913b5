//! Canonical forms recorded from libxml2, lxml and xmlsec1 (`tests/golden/generate.py`), replayed byte for byte.

use super::super::*;
use crate::limits::Limits;
use crate::xml::{Document, Element};
use serde_json::Value;
use std::path::Path;

const PAIRS: usize = 168;

/// Calls back with each recorded document, its apex, the omitted element, and its cases.
fn each_record(mut check: impl FnMut(&str, Element<'_>, Option<Element<'_>>, &[Value])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/c14n");
    for file in std::fs::read_dir(&folder).expect("the golden pairs") {
        let path = file.unwrap().path();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let record: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        let document = Document::parse(record["input"].as_str().unwrap().as_bytes(), &Limits::default().message())
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        let find = |id: &Value| {
            let id = id.as_str()?;
            Some(document.root().descendants_or_self().find(|element| element.attribute("ID") == Some(id)).unwrap())
        };
        let apex = find(&record["apex"]).unwrap_or(document.root());
        check(&name, apex, find(&record["omit"]), record["cases"].as_array().unwrap());
    }
}

fn how(case: &Value) -> Canonicalization {
    let prefixes = case["prefixes"].as_array().unwrap().iter().map(|prefix| prefix.as_str().unwrap().to_owned());
    Canonicalization {
        method: Method::from_uri(case["method"].as_str().unwrap()).unwrap(),
        prefixes: prefixes.collect(),
    }
}

#[test]
fn recorded_forms_are_reproduced() {
    let mut pairs = 0;
    each_record(|name, apex, omit, cases| {
        for case in cases {
            let mut out = Vec::new();
            canonicalize(apex, omit, &how(case), &mut out).unwrap();
            let ours = String::from_utf8(out).unwrap();
            assert_eq!(ours, case["expected"].as_str().unwrap(), "{name}, {:?}", how(case));
            pairs += 1;
        }
    });
    assert_eq!(pairs, PAIRS, "golden pairs have come or gone: generate.py says how many there are");
}

/// Canonical octets are read again with our own parser, and are canonical already.
#[test]
fn canonical_forms_are_their_own_canonical_forms() {
    each_record(|name, _, _, cases| {
        for case in cases {
            let how = how(case);
            let expected = case["expected"].as_str().unwrap();
            let document = Document::parse(expected.as_bytes(), &Limits::default().message()).unwrap();
            let mut out = Vec::new();
            canonicalize(document.root(), None, &how, &mut out).unwrap();
            assert_eq!(String::from_utf8(out).unwrap(), expected, "{name}, {how:?}");
        }
    });
}
