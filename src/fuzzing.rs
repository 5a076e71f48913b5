//! Doors for fuzzers, to rooms that have no public one. They exist under `cfg(fuzzing)` only.

use std::sync::LazyLock;

use crate::c14n::{Canonicalization, Method, canonicalize};
use crate::crypto::{AlgorithmPolicy, SigningKey, VerifyingKey};
use crate::dsig::{self, Engine, Signature};
use crate::limits::Limits;
use crate::xml::{Document, Node, parse_by_both};

/// Any bytes as a document: from both scanners the same error, or the same elements, whose places lie in the source and inside
/// one another.
pub fn xml(bytes: &[u8]) {
    let Ok(document) = parse_by_both(bytes, &Limits::default().message()) else { return };
    for element in document.root().descendants_or_self() {
        let span = element.span();
        assert!(document.source().get(span.clone()).is_some(), "a span that cuts a character");
        if let Some(parent) = element.parent() {
            let around = parent.content_span();
            assert!(around.start <= span.start && span.end <= around.end, "a child outside its parent");
        }
        for node in element.nodes() {
            if let Node::Element(child) = node {
                assert!(child.parent() == Some(element), "a child of somebody else");
            }
        }
        assert!(!element.local().is_empty());
        assert!(
            element.prefix().is_empty() || element.in_scope(element.prefix()).is_some() || element.prefix() == "xml"
        );
    }
}

/// Any bytes as a document: its canonical octets are a document again, and canonical.
pub fn c14n(bytes: &[u8]) {
    let methods = [
        Method::Exclusive { comments: false },
        Method::Exclusive { comments: true },
        Method::Inclusive10 { comments: false },
        Method::Inclusive11 { comments: true },
    ];
    let limits = Limits::default().message();
    let Ok(document) = Document::parse(bytes, &limits) else { return };
    for method in methods {
        let how = Canonicalization::new(method);
        let mut once = Vec::new();
        if canonicalize(document.root(), None, &how, &mut once).is_err() {
            continue;
        }
        assert!(!once.is_empty());
        // What is written out in full can be larger than what is read.
        let Ok(again) = Document::parse(&once, &Limits::default().octets()) else { continue };
        let mut twice = Vec::new();
        if canonicalize(again.root(), None, &how, &mut twice).is_ok() {
            assert!(once == twice, "canonical octets that are not canonical");
        }
    }
}

/// Any bytes as a document: no element of it is signed by a key that has signed nothing.
pub fn dsig(bytes: &[u8]) {
    static KEY: LazyLock<Option<VerifyingKey>> =
        LazyLock::new(|| Some(SigningKey::generate_ed25519().ok()?.verifying_key().clone()));
    let limits = Limits::default();
    let (Ok(document), Some(key)) = (Document::parse(bytes, &limits.message()), KEY.as_ref()) else { return };
    for element in document.root().descendants_or_self() {
        if let Ok(Some(signature)) = Signature::of(element, &limits) {
            let verified =
                dsig::verify(Engine::Native, &signature, std::slice::from_ref(key), &AlgorithmPolicy::default());
            assert!(verified.is_err(), "a forged signature");
        }
    }
}

/// A document that the octets spell, signed, and sometimes altered: both engines accept it for the same octets, or both
/// refuse it. Says every 10,000 documents how many were accepted, for agreeing to refuse proves little.
#[cfg(feature = "xmlsec")]
pub fn engines(octets: &[u8]) {
    use crate::crypto::Curve;
    use crate::dsig::engines::{Outcome, compare};
    use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

    const COUNTED: [&str; 7] =
        ["documents", "accepted", "of a part", "with a PrefixList", "exclusive", "inclusive 1.0", "inclusive 1.1"];
    static COUNTS: [AtomicU64; 7] = [const { AtomicU64::new(0) }; 7];
    static KEY: LazyLock<Option<SigningKey>> = LazyLock::new(|| SigningKey::generate_ecdsa(Curve::P256).ok());
    let Some(key) = KEY.as_ref() else { return };
    let outcome = compare(octets, key);
    let mut counts = [true, false, false, false, false, false, false];
    if let Outcome::Accepted(signed) = outcome {
        let (exclusive, inclusive10) =
            (matches!(signed.method, Method::Exclusive { .. }), matches!(signed.method, Method::Inclusive10 { .. }));
        counts = [true, true, signed.subtree, signed.prefix_list, exclusive, inclusive10, !exclusive && !inclusive10];
    }
    for (counter, counts) in COUNTS.iter().zip(counts) {
        counter.fetch_add(u64::from(counts), Relaxed);
    }
    let [documents, ..] = &COUNTS;
    if documents.load(Relaxed).is_multiple_of(10_000) {
        let line: Vec<String> =
            COUNTED.iter().zip(&COUNTS).map(|(what, count)| format!("{} {what}", count.load(Relaxed))).collect();
        eprintln!("engines: {}", line.join(", "));
    }
}
