//! Canonicalization is linear in input and output, and its output bounded (attacks, parts 2 and 7).

use super::super::*;
use crate::limits::{Limits, XmlLimits};
use crate::xml::{Document, work};

const METHODS: [Method; 3] = [
    Method::Exclusive { comments: true },
    Method::Inclusive10 { comments: true },
    Method::Inclusive11 { comments: true },
];

fn deep() -> XmlLimits {
    let most = usize::MAX;
    XmlLimits {
        depth: most,
        attributes: most,
        namespace_declarations: most,
        in_scope_declarations: most,
        prefix_list: most,
        ..Limits::default().metadata()
    }
}

/// Steps and bytes of the canonical form of the innermost first element, or of the root.
fn cost(xml: &str, innermost: bool, how: &Canonicalization) -> (usize, Result<usize, C14nError>) {
    let document = Document::parse(xml.as_bytes(), &deep()).unwrap();
    let apex = if innermost { document.root().descendants_or_self().last().unwrap() } else { document.root() };
    let mut out = Vec::new();
    work::take();
    let result = canonicalize(apex, None, how, &mut out);
    (work::take(), result.map(|()| out.len()))
}

fn linear(n: usize, attack: impl Fn(usize) -> String, prefixes: &[String]) {
    for method in METHODS {
        let how = Canonicalization { method, prefixes: prefixes.to_vec() };
        for innermost in [false, true] {
            let ratio = |n| {
                let xml = attack(n);
                let (steps, written) = cost(&xml, innermost, &how);
                steps / (xml.len() + written.unwrap()) + 1
            };
            let (small, large) = (ratio(n / 8), ratio(n));
            assert!(large <= small * 2 && large <= 20, "{method:?}: {small} steps a byte, then {large}");
        }
    }
}

/// 20 KB of it cost libxml2 seconds.
#[test]
fn nested_namespace_declarations() {
    let nested = |n: usize| {
        let open = (0..n).map(|n| format!("<p{n}:a xmlns:p{n}='urn:{n}' xmlns='urn:d{n}'>")).collect::<String>();
        open + &(0..n).rev().map(|n| format!("</p{n}:a>")).collect::<String>()
    };
    linear(400, nested, &[]);
    linear(2_400, nested, &[]);
    linear(2_400, nested, &(0..2_400).map(|n| format!("p{n}")).collect::<Vec<_>>());
}

#[test]
fn many_attributes_of_two_long_namespaces() {
    linear(
        1_600,
        |n| {
            let long = "x".repeat(n * 20);
            format!(
                "<r xmlns:p='urn:{long}1' xmlns:q='urn:{long}2' p:r='' q:r=''>{}</r>",
                "<a q:x='' p:x='' />".repeat(n)
            )
        },
        &[],
    );
    linear(8_000, |n| format!("<a{}/>", (0..n).rev().map(|n| format!(" a{n}=''")).collect::<String>()), &[]);
    linear(8_000, |n| format!("<a{}/>", (0..n).rev().map(|n| format!(" xmlns:p{n}='urn:p'")).collect::<String>()), &[]);
}

#[test]
fn many_inherited_attributes() {
    let nested =
        |n: usize| format!("{}{}", (0..n).map(|n| format!("<a xml:a{n}=''>")).collect::<String>(), "</a>".repeat(n));
    linear(8_000, nested, &[]);
}

/// A namespace name of 40 KB, declared once and used by each of 4,000 siblings: exclusive canonicalization would make
/// 160 MB of it.
#[test]
fn a_declaration_repeated_on_every_sibling_is_bounded() {
    let xml = format!("<r xmlns:p='urn:{}'>{}</r>", "x".repeat(40_000), "<p:a/>".repeat(4_000));
    let (steps, result) = cost(&xml, false, &Canonicalization::new(METHODS[0]));
    let limit = xml.len() * 4 + 16 * 1024;
    assert_eq!(result, Err(C14nError::TooLarge { limit }));
    assert!(steps <= limit * 2);
    assert_eq!(result.unwrap_err().code(), "c14n-too-large");
    let (_, inclusive) = cost(&xml, false, &Canonicalization::new(METHODS[1]));
    assert_eq!(inclusive, Ok(xml.len() + "></p:a".len() * 4_000 - "/".len() * 4_000));
}

#[test]
fn the_output_limit_is_exact() {
    let source = "<r/>";
    for (room, fits) in [(0, true), (1, false)] {
        let mut out = Vec::new();
        let mut sink = Sink::new(source, &mut out);
        sink.write(&"x".repeat(4 * 4 + 16 * 1024)).unwrap();
        assert_eq!(sink.write(&"y".repeat(room)).is_ok(), fits);
    }
    // What does not fit is an error, even where something shorter behind it would fit.
    let long = format!("{}&", "y".repeat(100));
    for attribute in [true, false] {
        let mut out = Vec::new();
        let mut sink = Sink::new(source, &mut out);
        sink.write(&"x".repeat(4 * 4 + 16 * 1024 - 50)).unwrap();
        let result = if attribute { sink.attribute("", "a", &long) } else { sink.text(&long) };
        assert_eq!(result, Err(C14nError::TooLarge { limit: 4 * 4 + 16 * 1024 }));
    }
}

#[test]
fn prefix_lists_are_limited() {
    let limits = Limits::default().message();
    let document = Document::parse(b"<a/>", &limits).unwrap();
    let spelled = |n: usize| (0..n).map(|n| format!("p{n}\r\n")).collect::<String>();
    let how = Canonicalization::new(METHODS[0]);
    for (count, fits) in [(63, true), (64, true), (65, false)] {
        assert_eq!(how.clone().with_prefix_list(&spelled(count), limits.prefix_list).is_ok(), fits);
        let how = Canonicalization { method: METHODS[0], prefixes: vec!["p".to_owned(); count] };
        let result = canonicalize(document.root(), None, &how, &mut Vec::new());
        assert_eq!(result, if fits { Ok(()) } else { Err(C14nError::TooManyPrefixes { limit: 64 }) });
    }
    let listed = how.with_prefix_list(" #default\tp ", 2).unwrap();
    assert_eq!(listed.prefixes, ["", "p"]);
}

/// Room is made by doubling, and never for more than may be written.
#[test]
fn room_is_made_in_few_steps() {
    let limit = 4 * 4 + 16 * 1024;
    let mut out = Vec::new();
    let mut sink = Sink::new("<r/>", &mut out);
    let mut grown = 0;
    for _ in 0..limit / 5 {
        let before = sink.out.capacity();
        sink.write("xxxxx").unwrap();
        grown += usize::from(sink.out.capacity() > before);
    }
    assert!(grown <= 20 && out.capacity() == limit, "{grown} times, to {}", out.capacity());
}
