//! The whole walk of `accept` is linear in what anybody can send (attacks, part 7): counted steps, not seconds.

use crate::testing::{Sign, TestIdp};
use crate::xml::work;
use crate::{Expect, Limits, PostedResponse, ServiceProvider};

const ACS: &str = "https://app.example.com/saml/acs";
const SP: &str = "https://app.example.com/saml";

struct Door {
    test_idp: TestIdp,
    sp: ServiceProvider,
}

impl Door {
    fn new() -> Self {
        let limits = Limits { message_bytes: 64 * 1024 * 1024, ..Limits::default() };
        let sp = ServiceProvider::builder(SP, ACS).limits(limits).build().unwrap();
        Self { test_idp: TestIdp::with_ecdsa("https://idp.example.com").unwrap(), sp }
    }

    fn signed(&self) -> String {
        let mut answer = self.test_idp.unsolicited(SP, ACS, "alice");
        answer.sign = Sign::Assertion;
        self.test_idp.sign(&answer).unwrap()
    }

    /// Steps, and the code of the answer.
    fn knock(&self, xml: &str) -> (usize, &'static str) {
        let idp = self.test_idp.identity_provider().unwrap();
        let field = crate::text::base64::encode(xml.as_bytes());
        work::take();
        let result = self.sp.accept(&idp, &PostedResponse::new(&field, None), Expect::unsolicited(ACS));
        (work::take(), result.map_or_else(|error| error.code(), |_| "ok"))
    }

    /// `attack(n)` and one eight times as large cost the same number of steps for each byte, about.
    fn linear(&self, expected: &str, n: usize, attack: impl Fn(&str, usize) -> String) {
        let signed = self.signed();
        let ratio = |n| {
            let xml = attack(&signed, n);
            let (steps, code) = self.knock(&xml);
            assert_eq!(code, expected, "{n}");
            steps / xml.len() + 1
        };
        let (small, large) = (ratio(n / 8), ratio(n));
        assert!(large <= small * 2 && large <= 40, "{expected}: {small} steps a byte, then {large}");
    }
}

/// Puts `what` right behind the first `place`.
fn behind(xml: &str, place: &str, what: &str) -> String {
    let at = xml.find(place).unwrap() + place.len();
    [&xml[..at], what, &xml[at..]].concat()
}

#[test]
fn a_thousand_references() {
    let door = Door::new();
    door.linear("signature-references", 1000, |signed, n| {
        let start = signed.find("<ds:Reference ").unwrap();
        let end = signed.find("</ds:Reference>").unwrap() + "</ds:Reference>".len();
        behind(signed, "</ds:Reference>", &signed[start..end].repeat(n - 1))
    });
}

#[test]
fn a_thousand_transforms_and_signatures_and_assertions() {
    let door = Door::new();
    door.linear("signature-transform", 1000, |signed, n| {
        behind(signed, "<ds:Transforms>", &"<ds:Transform Algorithm=\"urn:x\"/>".repeat(n))
    });
    door.linear("signature-several", 1000, |signed, n| {
        behind(signed, "</ds:Signature>", &"<ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"/>".repeat(n))
    });
    door.linear("assertion-count", 1000, |signed, n| {
        behind(signed, "</saml:Assertion>", &"<saml:Assertion/>".repeat(n))
    });
}

#[test]
fn a_thousand_parts_of_a_signature() {
    let door = Door::new();
    door.linear("signature-shape", 1000, |signed, n| behind(signed, "</ds:SignedInfo>", &"<ds:SignedInfo/>".repeat(n)));
    door.linear("signature-shape", 1000, |signed, n| behind(signed, "</ds:KeyInfo>", &"<ds:KeyInfo/>".repeat(n)));
    door.linear("signature-shape", 20_000, |signed, n| behind(signed, "<ds:SignedInfo>", &" ".repeat(n + 16 * 1024)));
    door.linear("ok", 8000, |signed, n| {
        behind(signed, "<ds:X509Data>", &"<ds:X509Certificate>AAAA</ds:X509Certificate>".repeat(n))
    });
    door.linear("c14n-too-many-prefixes", 20_000, |signed, n| {
        let list: String = (0..n + 64).map(|n| format!("p{n} ")).collect();
        let namespace = "http://www.w3.org/2001/10/xml-exc-c14n#";
        let list = format!("<ec:InclusiveNamespaces xmlns:ec=\"{namespace}\" PrefixList=\"{list}\"/>");
        behind(signed, &format!("<ds:Transform Algorithm=\"{namespace}\">"), &list)
    });
}

/// What is encrypted is looked for at fixed places, once.
#[test]
fn thousands_of_encrypted_elements() {
    let door = Door::new();
    let xenc = "xmlns:xenc=\"http://www.w3.org/2001/04/xmlenc#\"";
    let many =
        |n: usize| format!("<saml:EncryptedAttribute><xenc:EncryptedData {xenc}/></saml:EncryptedAttribute>").repeat(n);
    door.linear("digest-mismatch", 8000, |signed, n| {
        behind(
            signed,
            "</saml:AuthnStatement>",
            &format!("<saml:AttributeStatement>{}</saml:AttributeStatement>", many(n)),
        )
    });
    door.linear("assertion-count", 8000, |signed, n| {
        behind(signed, "</saml:Assertion>", &"<saml:EncryptedAssertion/>".repeat(n))
    });
}

/// Pieces of text, identifiers and prefixes by the thousand, in the wrapper.
#[test]
fn thousands_of_small_things_in_the_wrapper() {
    let door = Door::new();
    let small: [fn(usize) -> String; 6] = [
        |_| "&#65;".to_owned(),
        |_| "<![CDATA[x]]>y".to_owned(),
        |_| "<!---->".to_owned(),
        |_| "\r".to_owned(),
        |n| format!("<saml:x ID=\"_{n}\"/>"),
        |n| format!("<p{n}:x xmlns:p{n}=\"urn:{n}\"/>"),
    ];
    for piece in small {
        door.linear("ok", 16_000, |signed, n| {
            let text: String = (0..n).map(piece).collect();
            behind(signed, "<samlp:Status>", &format!("<samlp:StatusDetail>{text}</samlp:StatusDetail>"))
        });
    }
}

/// Twenty kilobytes that cost libxml2 seconds.
#[test]
fn nested_namespace_declarations() {
    let door = Door::new();
    door.linear("xml-too-deep", 800, |signed, n| {
        let open: String = (0..n).map(|n| format!("<p{n}:a xmlns:p{n}=\"urn:{n}\">")).collect();
        let close: String = (0..n).rev().map(|n| format!("</p{n}:a>")).collect();
        behind(signed, "<samlp:Status>", &(open + &close))
    });
}

#[test]
fn sixty_thousand_attributes_and_two_hundred_thousand_elements() {
    let door = Door::new();
    door.linear("xml-too-many-attributes", 60_000, |signed, n| {
        let attributes: String = (0..n).map(|n| format!(" a{n}=\"\"")).collect();
        behind(signed, "<samlp:Status", &attributes)
    });
    let nested = |signed: &str, n| behind(signed, "<samlp:Status>", &("<x>".repeat(n) + &"</x>".repeat(n)));
    door.linear("xml-too-deep", 32_000, nested);
    door.linear("xml-too-many-elements", 200_000, |signed, n| nested(signed, n + 262_144));
    door.linear("xml-too-many-elements", 200_000, |signed, n| {
        behind(signed, "<samlp:Status>", &"<x/>".repeat(n + 262_144))
    });
}

/// Exclusive canonicalization repeats a declaration on every sibling that uses it: a long namespace name and many of
/// them would be gigabytes.
#[test]
fn a_long_namespace_name_used_by_many_is_bounded() {
    let door = Door::new();
    let signed = door.signed();
    let many = "<p:x/>".repeat(20_000);
    let xml = behind(&signed, "</saml:Issuer><ds:Signature", "");
    let xml = behind(&xml, "</ds:Signature>", &many);
    let xml = xml.replacen("<samlp:Response ", &format!("<samlp:Response xmlns:p=\"urn:{}\" ", "x".repeat(200_000)), 1);
    let (steps, code) = door.knock(&xml);
    assert_eq!(code, "c14n-too-large");
    assert!(steps <= xml.len() * 20, "{steps} steps for {} bytes", xml.len());
}
