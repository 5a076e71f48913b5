//! Rows over the envelope: signed or not, it can only reject.

use saml_sp::testing::{Sign, TestIdp};
use saml_sp::{Error, Expect, PostedResponse, Whose};

use crate::world::*;

const SUCCESS: &str = "urn:oasis:names:tc:SAML:2.0:status:Success";
const REQUESTER: &str = "urn:oasis:names:tc:SAML:2.0:status:Requester";
const RESPONDER: &str = "urn:oasis:names:tc:SAML:2.0:status:Responder";
const AUTHN_FAILED: &str = "urn:oasis:names:tc:SAML:2.0:status:AuthnFailed";
const NO_PASSIVE: &str = "urn:oasis:names:tc:SAML:2.0:status:NoPassive";
const OTHER_IDP: &str = "https://other.example.net/idp";
const BOTH: [Sign; 2] = [Sign::Assertion, Sign::Response];

#[test]
fn version_other_than_2_0() {
    for sign in BOTH {
        for version in ["1.1", "2.1", "2"] {
            let outcome = World::new().answered(|answer| {
                answer.sign = sign;
                answer.version = version.to_owned();
            });
            rejects(outcome, "version", "version-unsupported", Whose::IdentityProvider, &[version, "2.0"]);
        }
        accepts(World::new().answered(|answer| answer.sign = sign));
    }
}

#[test]
fn prof_4_1_4_2_signed_response_names_its_issuer() {
    let outcome = World::new().answered(|answer| {
        answer.sign = Sign::Response;
        answer.issuer = None;
    });
    rejects(outcome, "issuer", "issuer-missing", Whose::IdentityProvider, &["no Issuer", IDP]);
    // Unsigned it may be left out: it says nothing either way.
    accepts(World::new().answered(|answer| answer.issuer = None));
}

/// Before any key is touched, and the message never selects one.
#[test]
fn prof_4_1_4_2_issuer_of_another_identity_provider() {
    for sign in [Sign::Assertion, Sign::Response, Sign::Nothing] {
        for found in [OTHER_IDP, "https://idp.example.com/metadata/", "https://IDP.example.com/metadata"] {
            let outcome = World::new().answered(|answer| {
                answer.sign = sign;
                answer.issuer = Some(found.to_owned());
            });
            stops(outcome, "issuer-mismatch", Whose::ServiceProvider, &[found, IDP]);
        }
    }
}

#[test]
fn core_1_3_1_issuer_is_trimmed_of_xml_white_space_and_nothing_else() {
    for sign in BOTH {
        accepts(World::new().answered(|answer| {
            answer.sign = sign;
            answer.issuer = Some(format!("\n\t {IDP}\n "));
        }));
        let outcome = World::new().answered(|answer| {
            answer.sign = sign;
            answer.issuer = Some(format!("\u{a0}{IDP}"));
        });
        stops(outcome, "issuer-mismatch", Whose::ServiceProvider, &[IDP]);
    }
}

#[test]
fn prof_4_1_4_2_issuer_format_is_entity_or_absent() {
    let with_format = |format: &str| {
        let issuer = format!("<saml:Issuer Format=\"{format}\">");
        World::new().written(Sign::Response, |_| (), |xml| xml.replacen("<saml:Issuer>", &issuer, 1))
    };
    accepts(with_format("urn:oasis:names:tc:SAML:2.0:nameid-format:entity"));
    let persistent = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent";
    stops(with_format(persistent), "message-bad-value", Whose::IdentityProvider, &[persistent, "format:entity"]);
}

#[test]
fn core_3_2_2_destination_of_another_url() {
    for sign in BOTH {
        for (found, clue) in [
            ("https://evil.example.com/acs", ""),
            ("https://app.example.com/saml/acs/", "trailing slash"),
            ("http://app.example.com/saml/acs", "http and https"),
            ("https://APP.example.com/saml/acs", "letter case"),
            ("https://app.example.com/saml/acs?x=1", ""),
            ("https://app.example.com/saml/ac", ""),
            ("https://app.example.com:443/saml/acs", ""),
        ] {
            let outcome = World::new().answered(|answer| {
                answer.sign = sign;
                answer.destination = Some(found.to_owned());
            });
            let shows = [&format!("{found:?}")[..], &format!("{ACS:?}"), clue];
            let error = rejects(outcome, "destination", "destination-mismatch", Whose::IdentityProvider, &shows);
            assert!(error.hint().contains(clue) && error.hint().contains(ACS), "{}", error.hint());
        }
        // White space is collapsed, as XSD says of anyURI.
        accepts(World::new().answered(|answer| {
            answer.sign = sign;
            answer.destination = Some(format!(" {ACS} "));
        }));
    }
}

#[test]
fn bind_3_5_5_2_signed_response_names_its_destination() {
    let without = |sign, destination: Option<&'static str>| {
        move |answer: &mut saml_sp::testing::Answer| {
            answer.sign = sign;
            answer.destination = destination.map(str::to_owned);
        }
    };
    for absent in [None, Some(""), Some(" ")] {
        let outcome = World::new().answered(without(Sign::Response, absent));
        rejects(outcome, "destination", "destination-missing", Whose::IdentityProvider, &["no Destination", ACS]);
        accepts(World::new().answered(without(Sign::Assertion, absent)));
        let relaxed = World::new().built(|builder| builder.dangerous_allow_missing_destination());
        accepts(relaxed.answered(without(Sign::Response, absent)));
    }
    // The relaxation is for none, not for another.
    let relaxed = World::new().built(|builder| builder.dangerous_allow_missing_destination());
    let outcome = relaxed.answered(without(Sign::Response, Some("https://evil.example.com/")));
    rejects(outcome, "destination", "destination-mismatch", Whose::IdentityProvider, &[ACS]);
}

#[test]
fn core_3_2_2_b_in_response_to_is_our_request() {
    for sign in BOTH {
        for found in ["_another", "", "_"] {
            let outcome = World::new().answered(|answer| {
                answer.sign = sign;
                answer.in_response_to = Some(found.to_owned());
            });
            let shows = ["Response", &format!("{found:?}"), "we asked \"_"];
            rejects(outcome, "in-response-to", "in-response-to-mismatch", Whose::User, &shows);
        }
        // Absent is fine where the confirmation, which is signed, has it.
        accepts(World::new().answered(|answer| {
            answer.sign = sign;
            answer.in_response_to = None;
        }));
    }
}

#[test]
fn core_3_2_2_b_unsolicited_answers_answer_nothing() {
    accepts(World::new().unsolicited(|_| ()));
    for sign in BOTH {
        for claimed in ["_any", ""] {
            let outcome = World::new().unsolicited(|answer| {
                answer.sign = sign;
                answer.in_response_to = Some(claimed.to_owned());
            });
            let shows = ["Response", &format!("{claimed:?}"), "unsolicited"];
            rejects(outcome, "in-response-to", "in-response-to-unexpected", Whose::Application, &shows);
        }
    }
}

#[test]
fn sdp_sp11_failures_end_with_the_status_signed_or_not() {
    for (codes, whose) in [
        (&[REQUESTER][..], Whose::ServiceProvider),
        (&[RESPONDER], Whose::IdentityProvider),
        (&["urn:oasis:names:tc:SAML:2.0:status:VersionMismatch"], Whose::IdentityProvider),
        (&[RESPONDER, AUTHN_FAILED], Whose::User),
        (&[RESPONDER, NO_PASSIVE], Whose::User),
        (&[REQUESTER, "urn:oasis:names:tc:SAML:2.0:status:InvalidNameIDPolicy"], Whose::ServiceProvider),
        (&[RESPONDER, "urn:oasis:names:tc:SAML:2.0:status:RequestDenied", "urn:example:why"], Whose::IdentityProvider),
        // A second-level code on top, as some products send it, is a failure with an odd shape.
        (&[AUTHN_FAILED], Whose::User),
        (&["urn:example:whatever"], Whose::IdentityProvider),
        // Success below a failure is no success.
        (&[RESPONDER, SUCCESS], Whose::IdentityProvider),
        // Nor is anything that looks like it.
        (&["urn:oasis:names:tc:SAML:2.0:status:success"], Whose::IdentityProvider),
        (&[" urn:oasis:names:tc:SAML:2.0:status:Success"], Whose::IdentityProvider),
    ] {
        for sign in [Sign::Response, Sign::Nothing] {
            let world = World::new();
            let (pending, request) = world.begin();
            let mut failure = world.test_idp.failure(&request, codes.iter().copied());
            failure.sign = sign;
            failure.status_message = Some("AADSTS50105: not\nassigned".to_owned());
            let outcome = world.take(&world.test_idp.sign(&failure).unwrap(), Expect::AnswerTo(pending));
            let mut shows: Vec<&str> = codes.to_vec();
            shows.push("\"AADSTS50105: not\\u{a}assigned\"");
            let error = rejects(outcome, "status", "status-not-success", whose, &shows);
            let Error::Refused { status, signed, .. } = error else { panic!("{error}") };
            assert_eq!(signed, sign == Sign::Response);
            assert_eq!(status.codes.iter().map(|code| code.as_str()).collect::<Vec<_>>(), codes);
            assert_eq!(status.message.unwrap().as_str(), "AADSTS50105: not\nassigned");
        }
    }
}

#[test]
fn core_3_2_2_2_success_with_a_nested_code_is_success() {
    accepts(World::new().answered(|answer| answer.status.push("urn:example:remark".to_owned())));
}

/// Rows before the status: a stranger's "no" is not the answer to our request.
#[test]
fn failure_for_another_request_is_not_ours() {
    let world = World::new();
    let (pending, request) = world.begin();
    let mut failure = world.test_idp.failure(&request, [RESPONDER]);
    failure.in_response_to = Some("_another".to_owned());
    let outcome = world.take(&world.test_idp.sign(&failure).unwrap(), Expect::AnswerTo(pending));
    rejects(outcome, "in-response-to", "in-response-to-mismatch", Whose::User, &["_another"]);
}

#[test]
fn failure_with_a_broken_signature_is_the_broken_signature() {
    let world = World::new();
    let (pending, request) = world.begin();
    let failure = world.test_idp.failure(&request, [RESPONDER, AUTHN_FAILED]);
    let xml = replace(&world.test_idp.sign(&failure).unwrap(), AUTHN_FAILED, NO_PASSIVE);
    let outcome = world.take(&xml, Expect::AnswerTo(pending));
    stops(outcome, "digest-mismatch", Whose::IdentityProvider, &["Response"]);

    let (pending, request) = world.begin();
    let stranger = TestIdp::with_ecdsa(IDP).unwrap();
    let xml = stranger.sign(&stranger.failure(&request, [RESPONDER])).unwrap();
    stops(world.take(&xml, Expect::AnswerTo(pending)), "signature-wrong-key", Whose::ServiceProvider, &["Response"]);
}

/// A genuinely signed error Response as the carrier of an assertion.
#[test]
fn prof_4_1_4_2_failure_with_an_assertion_is_refused_whole() {
    for sign in [Sign::Assertion, Sign::Response, Sign::Both] {
        let outcome = World::new().written(sign, |_| (), |xml| replace(&xml, SUCCESS, RESPONDER));
        stops(outcome, "assertion-in-failure", Whose::Attack, &[RESPONDER, "assertion"]);
    }
    let encrypted = "</samlp:Status><saml:EncryptedAssertion/>";
    let world = World::new();
    let (pending, request) = world.begin();
    let mut failure = world.test_idp.failure(&request, [RESPONDER]);
    let xml = world.rewritten(&mut failure, Sign::Response, |xml| replace(&xml, "</samlp:Status>", encrypted));
    stops(world.take(&xml, Expect::AnswerTo(pending)), "assertion-in-failure", Whose::Attack, &[RESPONDER]);
}

#[test]
fn success_without_exactly_one_assertion() {
    let world = World::new();
    let none = world.written(
        Sign::Response,
        |_| (),
        |xml| xml.replace(cut(&xml, "<saml:Assertion ", "</saml:Assertion>"), ""),
    );
    stops(none, "assertion-count", Whose::Attack, &["exactly one", "has 0"]);
    let two = world.written(
        Sign::Response,
        |_| (),
        |xml| {
            let assertion = cut(&xml, "<saml:Assertion ", "</saml:Assertion>").to_owned();
            replace(&xml, "</samlp:Status>", &format!("</samlp:Status>{}", assertion.replace(" ID=\"_", " ID=\"_f")))
        },
    );
    stops(two, "assertion-count", Whose::Attack, &["exactly one", "has 2"]);
    let mixed = world.written(
        Sign::Response,
        |_| (),
        |xml| replace(&xml, "</samlp:Status>", "</samlp:Status><saml:EncryptedAssertion/>"),
    );
    stops(mixed, "assertion-count", Whose::Attack, &["has 2"]);
}

#[test]
fn status_without_a_code_is_no_status() {
    let code = format!("<samlp:StatusCode Value=\"{SUCCESS}\"></samlp:StatusCode>");
    let outcome = World::new().written(Sign::Response, |_| (), |xml| replace(&xml, &code, ""));
    stops(outcome, "message-missing-part", Whose::IdentityProvider, &["Status", "StatusCode"]);
    let outcome = World::new().written(
        Sign::Response,
        |_| (),
        |xml| replace(&xml, &format!("<samlp:Status>{code}</samlp:Status>"), ""),
    );
    stops(outcome, "message-missing-part", Whose::IdentityProvider, &["Response", "Status"]);
    let outcome = World::new().written(
        Sign::Response,
        |_| (),
        |xml| replace(&xml, &format!("Value=\"{SUCCESS}\""), "Value=\"\""),
    );
    stops(outcome, "message-bad-value", Whose::IdentityProvider, &["Value"]);
}

#[test]
fn iip_ext01_unknown_content_in_extensions_is_no_failure() {
    let extensions =
        "</saml:Issuer><samlp:Extensions><x xmlns=\"urn:example:x\" a=\"b\">t</x></samlp:Extensions><samlp:Status>";
    accepts(World::new().written(
        Sign::Response,
        |_| (),
        |xml| replace(&xml, "</saml:Issuer><samlp:Status>", extensions),
    ));
}

/// Where the schema has xs:any and xs:anyAttribute, and what it knows and we do not read.
#[test]
fn iip_ext01_unknown_content_wherever_the_schema_lets_it_in() {
    let any = "<x:a xmlns:x=\"urn:example:x\" x:b=\"c\">t<x:d/></x:a>";
    let foreign = "xmlns:y=\"urn:example:y\" y:b=\"c\" ";
    for (from, to) in [
        ("<saml:SubjectConfirmationData ", format!("<saml:SubjectConfirmationData {foreign}")),
        ("</saml:SubjectConfirmationData>", format!("{any}</saml:SubjectConfirmationData>")),
        ("<saml:Attribute ", format!("<saml:Attribute {foreign}")),
        ("<saml:AttributeValue", format!("<saml:AttributeValue {foreign}")),
        ("</samlp:Status>", format!("<samlp:StatusDetail>{any}</samlp:StatusDetail></samlp:Status>")),
        (
            "</saml:AuthnContextClassRef>",
            format!("</saml:AuthnContextClassRef><saml:AuthnContextDecl>{any}</saml:AuthnContextDecl>"),
        ),
        ("<saml:AuthnContext>", "<saml:SubjectLocality Address=\"192.0.2.1\"/><saml:AuthnContext>".to_owned()),
    ] {
        let with_role = |answer: &mut saml_sp::testing::Answer| _ = answer.attribute("role", ["user"]);
        let login = accepts(World::new().written(Sign::Response, with_role, |xml| replace(&xml, from, &to)));
        assert_eq!(login.identity.attribute("role"), Some("user"), "{from}");
    }
}

#[test]
fn another_kind_of_message_is_named() {
    let world = World::new();
    let (pending, request) = world.begin();
    let posted = form_value(&request.xml);
    let error =
        world.sp().accept(&world.idp, &PostedResponse::new(&posted, None), Expect::AnswerTo(pending)).unwrap_err();
    is_error(&error, "message-unexpected", Whose::IdentityProvider, &["AuthnRequest", "SAML 2.0 Response"]);
}
