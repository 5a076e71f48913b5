//! The judge's door, outwards: requests and our metadata, as foreign tools get them.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)] // a test may stop where it stands

#[path = "../examples/judge/door.rs"]
#[allow(dead_code)] // the lines are judged one by one here
mod door;
mod keys;

use chrono::Duration;
use keys::Pair;
use saml_sp::testing::{ReceivedRequest, TestIdp};
use saml_sp::{
    AttributeConsumingService, Clock, ContactPerson, Credential, Limits, Metadata, MetadataTrust, Organization,
    RequestedAttribute, ServiceProvider, SubjectIdRequirement, UiInfo,
};
use serde_json::{Value, json};

const NOW: &str = "2026-01-15T12:00:00Z";
const SP: &str = "https://sp.example.com/saml";
const ACS: &str = "https://sp.example.com/acs";
const IDP: &str = "https://idp.example.com/metadata";

fn idp() -> TestIdp {
    TestIdp::with_ecdsa(IDP).unwrap().clock(Clock::Fixed(NOW.parse().unwrap()))
}

fn request(idp: &TestIdp) -> Value {
    json!({
        "id": "r1", "op": "request", "engine": "native",
        "sp": {"entity_id": SP, "acs_url": ACS, "signing_key": null, "signing_certificate": null},
        "idp": {"entity_id": IDP, "sso_url": "https://idp.example.com/sso?a=b", "certificates": [idp.certificate()]},
        "now": NOW,
    })
}

fn sp_metadata() -> Value {
    json!({"id": "s1", "op": "sp-metadata", "sp": {"entity_id": SP, "acs_url": ACS}, "now": NOW})
}

fn judged(case: &Value) -> Value {
    door::answer(case.to_string().as_bytes())
}

fn accepted(case: &Value) -> Value {
    let verdict = judged(case);
    assert_eq!(verdict["verdict"], "accept", "{verdict}");
    verdict
}

#[track_caller]
fn rejected(case: &Value, code: &str) {
    let verdict = judged(case);
    assert_eq!((&verdict["verdict"], &verdict["code"]), (&json!("reject"), &json!(code)), "{verdict}");
}

/// Both requests of a verdict, as the identity provider receives them.
fn received(idp: &TestIdp, verdict: &Value) -> [ReceivedRequest; 2] {
    let url = verdict["redirect_url"].as_str().unwrap();
    let by_redirect = idp.receive_query(url.split_once('?').unwrap().1).unwrap();
    let fields = &verdict["form"]["fields"];
    let by_post = idp.receive_form(fields["SAMLRequest"].as_str().unwrap(), fields["RelayState"].as_str()).unwrap();
    for (request, name) in [(&by_redirect, "redirect_url"), (&by_post, "form")] {
        assert_eq!(verdict["request_ids"][name], json!(request.id));
        assert_eq!((request.issuer.as_str(), request.relay_state.is_some()), (SP, true));
    }
    [by_redirect, by_post]
}

#[test]
fn a_request_by_redirect_and_as_a_form() {
    let idp = idp();
    let verdict = accepted(&request(&idp));
    let names: Vec<&String> = verdict.as_object().unwrap().keys().collect();
    assert_eq!(names, ["id", "verdict", "redirect_url", "form", "request_ids"]);
    let url = verdict["redirect_url"].as_str().unwrap();
    assert!(url.starts_with("https://idp.example.com/sso?a=b&SAMLRequest=") && !url.contains("Signature"), "{url}");
    assert_eq!(verdict["form"]["action"], "https://idp.example.com/sso?a=b");
    let [by_redirect, by_post] = received(&idp, &verdict);
    assert_ne!(by_redirect.id, by_post.id);
    for request in [by_redirect, by_post] {
        assert!(!request.signed && !request.force_authn && !request.is_passive);
        assert_eq!((request.acs_url.as_str(), request.name_id_format), (ACS, None));
        assert!(request.xml.contains(&format!("IssueInstant=\"{NOW}\"")), "{}", request.xml);
    }
}

#[test]
fn every_option_reaches_the_request() {
    let idp = idp();
    let mut case = request(&idp);
    case["sp"]["further_acs_urls"] = json!(["https://sp.example.com/acs2"]);
    case["options"] = json!({
        "force_authn": true, "is_passive": true, "name_id_format": "urn:example:format", "allow_create": true,
        "requested_authn_context": ["urn:example:a", "urn:example:b"], "acs_url": "https://sp.example.com/acs2",
        "provider_name": "Example", "extensions": ["<x:x xmlns:x=\"urn:example:x\"/>"],
    });
    for request in received(&idp, &accepted(&case)) {
        assert!(request.force_authn && request.is_passive);
        assert_eq!(request.acs_url, "https://sp.example.com/acs2");
        assert_eq!(request.name_id_format.as_deref(), Some("urn:example:format"));
        for part in
            ["AllowCreate=\"true\"", ">urn:example:a</", ">urn:example:b</", "ProviderName=\"Example\"", "<x:x "]
        {
            assert!(request.xml.contains(part), "no {part} in {}", request.xml);
        }
    }
    case["options"]["acs_url"] = json!("https://sp.example.com/acs3");
    rejected(&case, "config-unknown-acs");
}

/// The provider knows us by the metadata that the judge writes, and verifies what the judge signs.
#[test]
fn with_a_key_every_request_is_signed() {
    for pair in [Pair::rsa(), Pair::ecdsa(), Pair::ed25519()] {
        let mut idp = idp();
        let (mut case, mut metadata) = (request(&idp), sp_metadata());
        for case in [&mut case, &mut metadata] {
            case["sp"]["signing_key"] = json!(pair.pem());
            case["sp"]["signing_certificate"] = json!(pair.certificate_base64());
        }
        let metadata = accepted(&metadata)["xml"].as_str().unwrap().to_owned();
        assert!(metadata.contains("AuthnRequestsSigned=\"true\"") && metadata.contains(&pair.certificate_base64()));
        idp.know(&metadata).unwrap();
        for request in received(&idp, &accepted(&case)) {
            assert!(request.signed);
        }
    }
}

#[test]
fn what_cannot_be_asked() {
    let wants = idp().want_signed_requests();
    let mut case = request(&wants);
    let metadata = wants.metadata().unwrap();
    case["idp"] = json!({"metadata": metadata});
    rejected(&case, "config-no-signing-key");
    let pair = Pair::rsa();
    case["sp"]["signing_key"] = json!(pair.pem());
    assert_eq!(judged(&case)["verdict"], "error", "a key without its certificate");
    case["sp"]["signing_certificate"] = json!(Pair::rsa().certificate_base64());
    rejected(&case, "config-credential-key");
    case["sp"]["signing_certificate"] = json!(pair.certificate_base64());
    accepted(&case);
    // One endpoint is enough.
    let post = "<md:SingleSignOnService Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST\"";
    assert!(metadata.contains(post), "{metadata}");
    case["idp"]["metadata"] = json!(metadata.replace(post, &post.replace("HTTP-POST", "SOAP")));
    let verdict = accepted(&case);
    assert!(verdict["redirect_url"].is_string() && verdict["form"].is_null(), "{verdict}");
    assert_eq!(verdict["request_ids"].as_object().unwrap().len(), 1);
    case["idp"]["metadata"] = json!(metadata.replace("https://", "http://"));
    rejected(&case, "idp-http-endpoint");
    case["allow"] = json!(["http-endpoints"]);
    accepted(&case);
}

/// An answer that was recorded answers a request that was sent long ago: who takes it needs no key to sign with.
#[test]
fn a_login_at_a_provider_that_wants_signed_requests_needs_no_key() {
    let idp = idp().want_signed_requests();
    let mut answer = idp.unsolicited(SP, ACS, "alice");
    answer.in_response_to = Some("_request".into());
    answer.confirmations[0].in_response_to = Some("_request".into());
    let case = json!({
        "id": "c1", "op": "login", "sp": {"entity_id": SP, "acs_url": ACS}, "idp": {"metadata": idp.metadata().unwrap()},
        "message": {"xml": idp.sign(&answer).unwrap()}, "expect": {"answer_to": "_request"}, "now": NOW,
    });
    accepted(&case);
}

#[test]
fn metadata_of_the_configuration() {
    let (signs, decrypts, unpublished) = (Pair::ecdsa(), Pair::rsa(), Pair::rsa());
    let mut case = sp_metadata();
    let sp = ServiceProvider::builder(SP, ACS);
    assert_eq!(accepted(&case)["xml"], json!(sp.build().unwrap().metadata().to_xml().unwrap()));
    case["sp"] = json!({
        "entity_id": SP, "acs_url": ACS, "further_acs_urls": ["https://sp.example.com/acs2"],
        "decryption_keys": [decrypts.pem(), unpublished.pem()],
        "encryption_certificates": [decrypts.certificate_base64()],
        "signing_key": signs.pem(), "signing_certificate": signs.certificate_base64(),
    });
    case["allow"] = json!(["sha1", "unauthenticated-cbc"]);
    let sp = ServiceProvider::builder(SP, ACS)
        .acs_url("https://sp.example.com/acs2")
        .credential(Credential::active(decrypts.certificate()).decryption(decrypts.decryption()))
        .credential(Credential::active(signs.certificate()).signing(signs.signing()))
        .decryption_key(unpublished.decryption())
        .always_sign_requests()
        .dangerous_allow_sha1()
        .dangerous_allow_unauthenticated_cbc();
    assert_eq!(accepted(&case)["xml"], json!(sp.build().unwrap().metadata().to_xml().unwrap()));
    case["sp"]["encryption_certificates"] = json!([signs.certificate_base64()]);
    rejected(&case, "config-credential-key");
    let too_many = [&decrypts, &unpublished, &signs].map(Pair::certificate_base64);
    case["sp"]["encryption_certificates"] = json!(too_many);
    assert_eq!(judged(&case)["verdict"], "error");
}

#[test]
fn every_part_of_the_description() {
    let mut case = sp_metadata();
    case["description"] = json!({
        "organization": [
            {"language": "en", "name": "a", "display_name": "b", "url": "https://c.example"},
            {"language": "de", "name": "d", "display_name": "e", "url": "https://f.example"},
        ],
        "contacts": [
            {"type": "technical", "emails": ["a@b", "c@d"], "company": "e", "given_name": "f", "surname": "g", "telephones": ["1"]},
            {"type": "support", "emails": ["a@b"]}, {"type": "administrative", "emails": ["a@b"]},
            {"type": "billing", "emails": ["a@b"]}, {"type": "other", "emails": ["a@b"]},
            {"type": "security", "emails": ["a@b"], "given_name": "c"},
        ],
        "ui_info": {
            "display_names": {"en": "a", "de": "b"}, "descriptions": {"en": "c"}, "keywords": {"en": ["d", "e f"]},
            "logos": [{"url": "https://g.example", "width": 1, "height": 2}, {"url": "https://h.example", "width": 3, "height": 4, "language": "de"}],
            "information_urls": {"en": "https://i.example"}, "privacy_statement_urls": {"en": "https://j.example"},
        },
        "attribute_consuming_services": [
            {"index": 3, "is_default": true, "names": {"en": "a", "de": "b"}, "descriptions": {"en": "c"}, "attributes": [
                {"name": "d", "name_format": "urn:e", "friendly_name": "f", "required": true, "values": ["g", "h"]}, {"name": "i"}]},
        ],
        "subject_id": "any", "entity_attributes": {"urn:a": ["b", "c"]},
        "name_id_formats": ["urn:d", "urn:e"], "discovery_responses": ["https://f.example"],
        "want_assertions_signed": true, "valid_for": 3600, "cache_for": 60,
    });
    let organization = Organization::new("en", "a", "b", "https://c.example");
    let technical =
        ContactPerson::technical("a@b").email("c@d").company("e").given_name("f").surname("g").telephone("1");
    let ui_info = UiInfo::new()
        .display_name("en", "a")
        .display_name("de", "b")
        .description("en", "c")
        .keywords("en", ["d", "e f"])
        .logo("https://g.example", 1, 2)
        .logo_in("de", "https://h.example", 3, 4)
        .information_url("en", "https://i.example")
        .privacy_statement_url("en", "https://j.example");
    let wanted = RequestedAttribute::new("d").name_format("urn:e").friendly_name("f").required().value("g").value("h");
    let service = AttributeConsumingService::new(3, "en", "a")
        .service_name("de", "b")
        .service_description("en", "c")
        .attribute(wanted)
        .attribute(RequestedAttribute::new("i"))
        .as_default();
    let metadata = ServiceProvider::builder(SP, ACS).clock(Clock::Fixed(NOW.parse().unwrap())).build().unwrap();
    let metadata = metadata
        .metadata()
        .organization(organization.also_in("de", "d", "e", "https://f.example"))
        .contact(technical)
        .contact(ContactPerson::support("a@b"))
        .contact(ContactPerson::administrative("a@b"))
        .contact(ContactPerson::billing("a@b"))
        .contact(ContactPerson::other("a@b"))
        .contact(ContactPerson::security("c", "a@b"))
        .ui_info(ui_info)
        .attribute_consuming_service(service)
        .subject_id(SubjectIdRequirement::Any)
        .entity_attribute("urn:a", ["b", "c"])
        .name_id_format("urn:d")
        .name_id_format("urn:e")
        .discovery_response("https://f.example")
        .want_assertions_signed()
        .valid_for(Duration::hours(1))
        .cache_for(Duration::minutes(1));
    assert_eq!(accepted(&case)["xml"], json!(metadata.to_xml().unwrap()));
}

#[test]
fn signed_metadata() {
    let pair = Pair::rsa();
    let mut case = sp_metadata();
    case["signed"] = json!(true);
    rejected(&case, "config-no-signing-key");
    case["sp"]["signing_key"] = json!(pair.pem());
    case["sp"]["signing_certificate"] = json!(pair.certificate_base64());
    case["description"] = json!({"valid_for": 3600});
    let xml = accepted(&case)["xml"].as_str().unwrap().to_owned();
    let trust = MetadataTrust::signed_by(pair.certificate());
    assert!(Metadata::read_with(xml.as_bytes(), trust, &Limits::default(), NOW.parse().unwrap()).is_ok());
}

#[test]
fn what_cannot_be_published_is_a_reject_and_what_is_no_case_an_error() {
    for (description, code) in [
        (json!({"name_id_formats": ["persistent"]}), "config-description"),
        (json!({"contacts": [{"type": "security", "emails": ["a@b"]}]}), "config-description"),
        (json!({"discovery_responses": ["/x"]}), "config-url"),
        (json!({"valid_for": 0}), "config-out-of-range"),
        (json!({"cache_for": i64::MIN}), "config-out-of-range"),
        (json!({"ui_info": {"logos": [{"url": "https://a.example", "width": 0, "height": 1}]}}), "config-description"),
    ] {
        let mut case = sp_metadata();
        case["description"] = description;
        rejected(&case, code);
    }
    let mut case = request(&idp());
    for (pointer, value, shows) in [
        ("/options", json!([]), "options"),
        ("/options", json!({"force_authn": "yes"}), "options.force_authn"),
        ("/options", json!({"requested_authn_context": "urn:a"}), "options.requested_authn_context"),
        ("/sp/signing_certificate", json!("MII"), "signing_key"),
        ("/sp/further_acs_urls", json!("https://a.example"), "further_acs_urls"),
        ("/op", json!("artifact"), "request, sp-metadata"),
    ] {
        let mut broken = case.clone();
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        broken.pointer_mut(parent).unwrap()[name] = value;
        let verdict = judged(&broken);
        let message = verdict["message"].as_str().unwrap();
        assert!(verdict["verdict"] == "error" && message.contains(shows), "{verdict}");
    }
    case["op"] = json!("sp-metadata");
    for (description, shows) in [
        (json!([]), "description"),
        (json!({"contacts": {}}), "description.contacts"),
        (json!({"contacts": [{"type": "technical", "emails": []}]}), "contacts.emails"),
        (json!({"contacts": [{"type": "tech", "emails": ["a@b"]}]}), "tech"),
        (json!({"ui_info": {"display_names": {"en": 1}}}), "ui_info.display_names.en"),
        (json!({"ui_info": {"logos": [{"url": "https://a.example", "width": -1, "height": 1}]}}), "logos.width"),
        (json!({"attribute_consuming_services": [{"index": 65536, "names": {"en": "a"}}]}), "index"),
        (json!({"attribute_consuming_services": [{"index": 1, "names": {}}]}), "names"),
        (json!({"subject_id": "both"}), "both"),
        (json!({"valid_for": 1.5}), "valid_for"),
        (json!({"entity_attributes": {"a": "b"}}), "entity_attributes.a"),
    ] {
        case["description"] = description;
        let verdict = judged(&case);
        let message = verdict["message"].as_str().unwrap();
        assert!(verdict["verdict"] == "error" && message.contains(shows), "{verdict}");
    }
}
