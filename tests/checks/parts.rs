//! Parts of a message that are missing, or there twice: which one speaks has no safe answer.

use saml_sp::Whose;
use saml_sp::testing::Sign;

use crate::world::*;

/// Signed over the whole, so that the message is genuine and wrong.
fn rewritten(rewrite: impl FnOnce(String) -> String) -> Outcomes {
    World::new().written(Sign::Response, |_| (), rewrite)
}

#[test]
fn parts_that_stand_once() {
    for (start, end, within) in [
        ("<samlp:Status>", "</samlp:Status>", "Response"),
        ("<samlp:StatusCode ", "</samlp:StatusCode>", "StatusCode"),
        ("<saml:Subject>", "</saml:Subject>", "Assertion"),
        ("<saml:NameID ", "</saml:NameID>", "Subject"),
        ("<saml:SubjectConfirmationData ", "</saml:SubjectConfirmationData>", "SubjectConfirmation"),
        ("<saml:Conditions ", "</saml:Conditions>", "Assertion"),
        ("<saml:AuthnContext>", "</saml:AuthnContext>", "AuthnStatement"),
        ("<saml:AuthnContextClassRef>", "</saml:AuthnContextClassRef>", "AuthnContext"),
    ] {
        let part = start.trim_matches(['<', '>', ' ']).split_once(':').unwrap().1;
        let within = if part == "StatusCode" { "Status" } else { within };
        let outcome = rewritten(|xml| {
            let text = cut(&xml, start, end).to_owned();
            replace(&xml, &text, &text.repeat(2))
        });
        stops(outcome, "message-repeated-part", Whose::IdentityProvider, &[part, within, "more than once"]);
    }
    // Both Issuers, which are the same text.
    for nth in [0, 1] {
        let outcome = rewritten(|xml| {
            let issuer = format!("<saml:Issuer>{IDP}</saml:Issuer>");
            let (at, _) = xml.match_indices(&issuer).nth(nth).unwrap();
            format!("{}{issuer}{}", &xml[..at], &xml[at..])
        });
        let within = ["Response", "Assertion"][nth];
        stops(outcome, "message-repeated-part", Whose::IdentityProvider, &["Issuer", within]);
    }
    let outcome = World::new().written(
        Sign::Response,
        |answer| answer.status_message = Some("well".to_owned()),
        |xml| replace(&xml, "</samlp:Status>", "<samlp:StatusMessage>no</samlp:StatusMessage></samlp:Status>"),
    );
    stops(outcome, "message-repeated-part", Whose::IdentityProvider, &["StatusMessage", "Status"]);
}

#[test]
fn attributes_that_must_stand() {
    for (element, attribute, within) in [
        ("<samlp:Response ", "Version", "Response"),
        ("<samlp:Response ", "IssueInstant", "Response"),
        ("<samlp:StatusCode ", "Value", "StatusCode"),
        ("<saml:Assertion ", "Version", "Assertion"),
        ("<saml:Assertion ", "IssueInstant", "Assertion"),
        ("<saml:Assertion ", "ID", "Assertion"),
        ("<saml:SubjectConfirmation ", "Method", "SubjectConfirmation"),
        ("<saml:AuthnStatement ", "AuthnInstant", "AuthnStatement"),
    ] {
        let outcome = rewritten(|xml| {
            let tag = cut(&xml, element, ">").to_owned();
            let pair = cut(&tag, &format!(" {attribute}=\""), "\"").to_owned();
            let value_and_quote = tag.split_once(&pair).unwrap().1.split_once('"').unwrap().0;
            let whole = format!("{pair}{value_and_quote}\"");
            replace(&xml, &tag, &replace(&tag, &whole, ""))
        });
        stops(outcome, "message-missing-part", Whose::IdentityProvider, &[within, "no", attribute]);
    }
    let outcome = World::new().written(
        Sign::Response,
        |_| (),
        |xml| {
            let issuer = format!("<saml:Issuer>{IDP}</saml:Issuer>");
            let (at, _) = xml.match_indices(&issuer).nth(1).unwrap();
            format!("{}{}", &xml[..at], &xml[at + issuer.len()..])
        },
    );
    stops(outcome, "message-missing-part", Whose::IdentityProvider, &["Assertion", "Issuer"]);
}

#[test]
fn core_1_3_1_values_of_nothing_but_white_space() {
    for (from, to, part) in [
        (format!("<saml:Audience>{SP}<"), "<saml:Audience> \n<".to_owned(), "Audience"),
        (format!("<saml:Audience>{SP}<"), "<saml:Audience><".to_owned(), "Audience"),
        (
            "PasswordProtectedTransport<".to_owned(),
            "PasswordProtectedTransport<x xmlns=\"\"/><".to_owned(),
            "AuthnContextClassRef",
        ),
    ] {
        stops(rewritten(|xml| replace(&xml, &from, &to)), "message-bad-value", Whose::IdentityProvider, &[part]);
    }
    for nth in [0, 1] {
        let outcome = rewritten(|xml| {
            let issuer = format!("<saml:Issuer>{IDP}</saml:Issuer>");
            let (at, _) = xml.match_indices(&issuer).nth(nth).unwrap();
            format!("{}<saml:Issuer> </saml:Issuer>{}", &xml[..at], &xml[at + issuer.len()..])
        });
        stops(outcome, "message-bad-value", Whose::IdentityProvider, &["Issuer"]);
    }
}

/// Lookups are by exact expanded name: what only looks like a part is none.
#[test]
fn parts_of_another_namespace_are_not_seen() {
    let foreign = "urn:oasis:names:tc:SAML:1.0:assertion";
    for (part, row) in
        [("Conditions", "audience"), ("Subject", "confirmation-method"), ("AuthnStatement", "authn-statement")]
    {
        let outcome = rewritten(|xml| {
            xml.replace(&format!("<saml:{part}>"), &format!("<o:{part} xmlns:o=\"{foreign}\">"))
                .replace(&format!("<saml:{part} "), &format!("<o:{part} xmlns:o=\"{foreign}\" "))
                .replace(&format!("</saml:{part}>"), &format!("</o:{part}>"))
        });
        let rejected = outcome.unwrap_err();
        let failed = rejected.report.findings().iter().find(|finding| finding.outcome != saml_sp::Outcome::Pass);
        assert_eq!(failed.unwrap().check, row, "{}", rejected.report);
    }
    let outcome = rewritten(|xml| {
        xml.replace("<saml:Assertion ", &format!("<o:Assertion xmlns:o=\"{foreign}\" "))
            .replace("</saml:Assertion>", "</o:Assertion>")
    });
    stops(outcome, "assertion-count", Whose::Attack, &["has 0"]);
}

/// A prefix that nothing uses is outside what exclusive canonicalization covers: rebinding it changes no meaning.
#[test]
fn prefixes_rebound_on_the_unsigned_wrapper() {
    for prefix in ["xs", "xsi", "other", "ds"] {
        for sign in [Sign::Assertion, Sign::Response, Sign::Both] {
            let login = accepts(World::new().answered_with(
                |answer| {
                    answer.sign = sign;
                    answer.attribute("role", ["user"]);
                },
                |xml| {
                    replace(&xml, "<samlp:Response ", &format!("<samlp:Response xmlns:{prefix}=\"urn:example:evil\" "))
                },
            ));
            assert_eq!(login.identity.attribute("role"), Some("user"));
        }
    }
    // One that is used is covered.
    for prefix in ["saml", "samlp"] {
        for sign in [Sign::Assertion, Sign::Response] {
            let outcome = World::new().answered_with(
                |answer| answer.sign = sign,
                |xml| {
                    let declaration = cut(&xml, &format!("xmlns:{prefix}=\""), "\"").to_owned();
                    replace(&xml, &declaration, &format!("{declaration}urn:example:evil:"))
                },
            );
            let code = outcome.unwrap_err().error.code();
            assert!(matches!(code, "message-unexpected" | "message-missing-part" | "assertion-count"), "{code}");
        }
    }
}
