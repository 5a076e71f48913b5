//! The engines over canonicalization pairs, and over documents at random.

use super::*;
use crate::crypto::{Curve, random};

const RUNS: usize = 1000;

fn key() -> SigningKey {
    SigningKey::generate_ecdsa(Curve::P256).unwrap()
}

fn both_of(xml: &str, key: &SigningKey) -> Both {
    Both::in_document(xml, &[key.verifying_key().clone()]).unwrap()
}

/// Most of what is spelled at random is accepted by both, by every method; agreeing to refuse proves little.
#[test]
fn engines_agree_on_documents_at_random() {
    let key = key();
    let mut outcomes = Vec::new();
    for _ in 0..RUNS {
        let octets: [u8; 160] = random::bytes().unwrap();
        outcomes.push(compare(&octets, &key));
    }
    let count = |what: &dyn Fn(&Signed) -> bool| {
        outcomes.iter().filter(|outcome| matches!(outcome, Outcome::Accepted(signed) if what(signed))).count()
    };
    assert!(count(&|_| true) > RUNS * 3 / 10, "{}", count(&|_| true));
    assert!(count(&|signed| signed.subtree) > RUNS / 10, "{}", count(&|signed| signed.subtree));
    assert!(count(&|signed| signed.prefix_list) > RUNS / 20, "{}", count(&|signed| signed.prefix_list));
    for method in [Method::Inclusive10 { comments: false }, Method::Inclusive11 { comments: false }] {
        assert!(count(&|signed| signed.method == method) > RUNS / 20, "{}", method.uri());
    }
    assert!(outcomes.contains(&Outcome::Refused));
}

/// Every document of the canonicalization pairs, signed as a part of another one.
#[test]
fn engines_agree_on_canonicalization_pairs() {
    let key = key();
    let limits = Limits::default();
    let mut agreed_on = 0;
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/c14n");
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let record: serde_json::Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        let document = Document::parse(record["input"].as_str().unwrap().as_bytes(), &limits.message()).unwrap();
        // An ID of the same value in the document itself would be refused.
        let part = document.source()[document.root().span()].replace("_signed", "_other");
        let xml = format!("<w><s xmlns:s='urn:s' ID='_signed'>{part}</s></w>");
        for case in record["cases"].as_array().unwrap() {
            let mut how = Canonicalization::new(Method::from_uri(case["method"].as_str().unwrap()).unwrap());
            let prefixes = case["prefixes"].as_array().unwrap().iter();
            how.prefixes = prefixes.map(|prefix| prefix.as_str().unwrap().to_owned()).collect();
            let mut options = SignOptions::new(key.algorithm());
            options.reference = Some(how.clone());
            options.signed_info = how;
            let signed = sign::enveloped(&xml, "_signed", &key, &options, &limits.message()).unwrap();
            let both = both_of(&signed, &key);
            assert!(both.native.is_ok() && both.native == both.xmlsec, "{}: {both:?}", path.display());
            agreed_on += 1;
        }
    }
    assert_eq!(agreed_on, 168, "canonicalization pairs have come or gone");
}

/// What is allowed to libxmlsec1 is what the gate read, so that a Signature which it reads otherwise is no signature.
#[test]
fn an_xml_id_of_the_same_value_is_no_id() {
    let key = key();
    let xml = "<w><x xml:id='_signed'>not this</x><s ID='_signed'>this</s></w>";
    let limits = Limits::default();
    let options = SignOptions::new(key.algorithm());
    let Ok(signed) = sign::enveloped(xml, "_signed", &key, &options, &limits.message()) else {
        panic!("the parser refuses it: what is in the engine against it can go");
    };
    let both = both_of(&signed, &key);
    assert_eq!(both.native, both.xmlsec);
    assert_eq!(both.xmlsec.unwrap().octets.as_bytes(), b"<s ID=\"_signed\">this</s>");
}

/// A canonical form of 300 MB, asked for by anybody: libxmlsec1 would write it before it compares a digest.
#[test]
fn a_canonical_form_without_bound_is_not_asked_for() {
    let key = key();
    let xml = format!("<w xmlns:p='urn:{}' ID='_signed'>here</w>", "a".repeat(100_000));
    let options = SignOptions::new(key.algorithm());
    let signed = sign::enveloped(&xml, "_signed", &key, &options, &Limits::default().message()).unwrap();
    let both = both_of(&signed.replace("here", &"<p:x/>".repeat(3_000)), &key);
    assert_eq!(both.native, both.xmlsec);
    assert_eq!(both.xmlsec.unwrap_err().code(), "c14n-too-large");
}

/// 135 KB that would take libxml2 fourteen seconds, and as long again for each key.
#[test]
fn many_declarations_around_many_elements_are_not_asked_for() {
    let key = key();
    let declarations = |letter: char| (0..62).map(|n| format!(" xmlns:{letter}{n}='urn:x'")).collect::<String>();
    let (outer, inner, deep) = (declarations('a'), declarations('c'), ("<b>".repeat(55), "</b>".repeat(55)));
    let many = "<d/>".repeat(32_000);
    let declared = format!("<w ID='_signed'>t<a{outer}>{}<c{inner}>{many}</c>{}</a></w>", deep.0, deep.1);
    let inclusive = Canonicalization::new(Method::Inclusive10 { comments: false });
    // Prefixes that a PrefixList names are looked for likewise, whether they are declared or not.
    let bare = format!("<w ID='_signed'>t{}{many}{}</w>", deep.0, deep.1);
    let mut listed = Canonicalization::new(Method::Exclusive { comments: false });
    listed.prefixes = (0..64).map(|n| format!("p{n}")).collect();
    for (xml, how) in [(declared, inclusive), (bare, listed)] {
        let mut options = SignOptions::new(key.algorithm());
        options.reference = Some(how);
        let signed = sign::enveloped(&xml, "_signed", &key, &options, &Limits::default().message()).unwrap();
        let both = both_of(&signed, &key);
        assert!(both.native.is_ok());
        assert_eq!(both.xmlsec.unwrap_err().code(), "unsupported-by-engine");
    }
}

/// Whether the content is what was signed is said where no key is of the right kind, too.
#[test]
fn an_altered_content_is_one_whatever_keys_there_are() {
    let key = key();
    let options = SignOptions::new(key.algorithm());
    let xml = "<w ID='_signed'>this</w>";
    let signed = sign::enveloped(xml, "_signed", &key, &options, &Limits::default().message()).unwrap();
    let other = SigningKey::generate_ed25519().unwrap();
    for (xml, code) in [(signed.replace("this", "that"), "digest-mismatch"), (signed, "signature-wrong-key")] {
        let both = both_of(&xml, &other);
        assert_eq!(both.native, both.xmlsec);
        assert_eq!(both.native.unwrap_err().code(), code);
    }
}
