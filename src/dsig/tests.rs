//! What can only be seen from inside: keys beyond the bound, no keys at all, and what octets are.
//!
//! The shape of signatures is tested from outside: what is accepted in `tests/signature_shape.rs`, what is not in
//! `tests/attacks`.

use super::sign::{self, SignOptions};
use super::*;
use crate::c14n::{Canonicalization, Method};
use crate::crypto::{Curve, SigningKey};
use crate::limits::Limits;
use crate::xml::Document;

const XML: &str = r#"<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" xmlns:unused="urn:u" ID="_a"><!-- c --><saml:Issuer>i</saml:Issuer>text</saml:Assertion>"#;

fn key() -> SigningKey {
    SigningKey::generate_ecdsa(Curve::P256).unwrap()
}

fn signed(key: &SigningKey) -> String {
    sign::enveloped(XML, "_a", key, &SignOptions::new(key.algorithm()), &Limits::default().message()).unwrap()
}

/// By every engine that is built.
fn verified(xml: &str, keys: &[VerifyingKey]) -> Result<Verified, SignatureError> {
    let document = Document::parse(xml.as_bytes(), &Limits::default().message()).unwrap();
    let signature = Signature::of(document.root(), &Limits::default())?.unwrap();
    #[cfg(feature = "xmlsec")]
    return engines::agreed(&signature, keys, &AlgorithmPolicy::default());
    #[cfg(not(feature = "xmlsec"))]
    verify(Engine::Native, &signature, keys, &AlgorithmPolicy::default())
}

#[test]
fn octets_are_canonical_without_comments_and_without_the_signature() {
    let key = key();
    let verified = verified(&signed(&key), &[key.verifying_key().clone()]).unwrap();
    let expected = r#"<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_a"><saml:Issuer>i</saml:Issuer>text</saml:Assertion>"#;
    assert_eq!(std::str::from_utf8(verified.octets.as_bytes()).unwrap(), expected);
    assert_eq!(verified.key, 0);
    assert_eq!(format!("{:?}", verified.octets), format!("SignedOctets({} bytes)", expected.len()));
}

#[test]
fn no_trusted_key_is_no_signature() {
    let error = verified(&signed(&key()), &[]).unwrap_err();
    assert_eq!(error.code(), "signature-wrong-key");
    assert!(error.to_string().contains("we trust no key"), "{error}");
}

/// The sixteenth key counts, the seventeenth is not tried: one message costs a bounded number of signature operations.
#[test]
fn at_most_sixteen_keys_are_tried() {
    let own = key();
    let xml = signed(&own);
    let strangers: Vec<VerifyingKey> = (0..MAX_KEYS).map(|_| key().verifying_key().clone()).collect();
    let with_own_after = |n: usize| {
        let mut keys = strangers[..n].to_vec();
        keys.push(own.verifying_key().clone());
        verified(&xml, &keys).map(|verified| verified.key).map_err(|error| error.code())
    };
    assert_eq!(with_own_after(MAX_KEYS - 2), Ok(MAX_KEYS - 2));
    assert_eq!(with_own_after(MAX_KEYS - 1), Ok(MAX_KEYS - 1));
    assert_eq!(with_own_after(MAX_KEYS), Err("signature-wrong-key"));
}

/// A key that may not count is the reason only where it would have been tried, and no other could be.
#[test]
fn a_key_that_may_not_count_is_named_where_no_other_could_be_tried() {
    let xml = signed(&SigningKey::generate_rsa(2048).unwrap());
    let small = SigningKey::generate_rsa(1024).unwrap().verifying_key().clone();
    let stranger = SigningKey::generate_rsa(2048).unwrap().verifying_key().clone();
    let other_type = key().verifying_key().clone();
    let code = |keys: &[VerifyingKey]| verified(&xml, keys).unwrap_err().code();
    assert_eq!(code(&[other_type.clone(), small.clone()]), "small-rsa-refused");
    assert_eq!(code(&[small.clone(), other_type.clone()]), "small-rsa-refused");
    assert_eq!(code(&[small.clone(), stranger.clone()]), "signature-wrong-key");
    assert_eq!(code(&[stranger, small.clone()]), "signature-wrong-key");
    let behind = [vec![other_type; MAX_KEYS], vec![small]].concat();
    assert_eq!(code(&behind[1..]), "small-rsa-refused");
    assert_eq!(code(&behind), "signature-wrong-key");
}

/// A comment inside the signed element, whatever the method's name says (XML Signature 4.4.3.3).
#[test]
fn with_comments_is_without_for_a_reference() {
    let key = key();
    let mut options = SignOptions::new(key.algorithm());
    options.reference = Some(Canonicalization::new(Method::Exclusive { comments: true }));
    let named = sign::enveloped(XML, "_a", &key, &options, &Limits::default().message()).unwrap();
    assert!(named.contains("xml-exc-c14n#WithComments"), "{named}");
    let octets = verified(&named, &[key.verifying_key().clone()]).unwrap().octets;
    assert!(!String::from_utf8_lossy(octets.as_bytes()).contains("<!--"));
}

#[test]
fn an_element_without_a_signature_has_none() {
    let document = Document::parse(XML.as_bytes(), &Limits::default().message()).unwrap();
    assert!(Signature::of(document.root(), &Limits::default()).unwrap().is_none());
}
