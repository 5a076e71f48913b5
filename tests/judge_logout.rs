//! The judge's door, for logout messages.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)] // a test may stop where it stands

#[path = "../examples/judge/door.rs"]
#[allow(dead_code)] // the lines are judged one by one here
mod door;
mod keys;

use keys::Pair;
use saml_sp::testing::{Encrypted, Encryption, Logout, TestIdp};
use saml_sp::{Clock, Session};
use serde_json::{Value, json};

const NOW: &str = "2026-01-15T12:00:00Z";
const SP: &str = "https://sp.example.com/saml";
const ACS: &str = "https://sp.example.com/acs";
const SLO: &str = "https://sp.example.com/slo";
const SLO_SOAP: &str = "https://sp.example.com/slo/soap";
const IDP: &str = "https://idp.example.com/metadata";
const IDP_SLO: &str = "https://idp.example.com/slo";
const NAME: &str = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress";

fn idp() -> TestIdp {
    TestIdp::with_ecdsa(IDP).unwrap().clock(Clock::Fixed(NOW.parse().unwrap()))
}

fn request(idp: &TestIdp) -> Logout {
    let session = format!("v=1&idp={IDP}&n=alice%40example.com&f={NAME}&index=1&index=2");
    idp.logout_request(&Session::from_bytes(session.as_bytes()).unwrap(), SLO)
}

/// An answer to a request with the ID `_request`.
fn response(idp: &TestIdp) -> Logout {
    let mut response = request(idp);
    (response.element, response.name_id) = ("LogoutResponse", None);
    (response.session_indexes, response.not_on_or_after) = (Vec::new(), None);
    response.in_response_to = Some("_request".to_owned());
    response.status = vec!["urn:oasis:names:tc:SAML:2.0:status:Success".to_owned()];
    response
}

fn case(idp: &TestIdp, message: Value) -> Value {
    let keys = Pair::ecdsa();
    json!({
        "id": "l1", "op": "logout", "engine": "native",
        "sp": {"entity_id": SP, "acs_url": ACS, "slo_url": {"redirect": SLO, "post": SLO, "soap": SLO_SOAP},
               "decryption_keys": [], "signing_key": keys.pem(), "signing_certificate": keys.certificate_base64()},
        "idp": {"entity_id": IDP, "sso_url": "https://idp.example.com/sso", "slo_url": IDP_SLO,
                "certificates": [idp.certificate()]},
        "message": message,
        "now": NOW,
    })
}

fn judged(case: &Value) -> Value {
    door::answer(case.to_string().as_bytes())
}

#[track_caller]
fn rejected(case: &Value, code: &str) {
    let verdict = judged(case);
    assert_eq!((&verdict["verdict"], &verdict["code"]), (&json!("reject"), &json!(code)), "{verdict}");
    assert!(!verdict["hint"].as_str().unwrap().is_empty());
}

/// A message by each binding, as the field `message`.
fn by_each(idp: &TestIdp, logout: &Logout) -> [Value; 4] {
    let query = idp.logout_query(logout).unwrap();
    let pairs: Vec<[String; 2]> = query
        .split('&')
        .map(|pair| pair.split_once('=').unwrap())
        .map(|(name, value)| [name.to_owned(), value.replace("%2B", "+").replace("%2F", "/").replace("%3D", "=")])
        .map(|[name, value]| [name, value.replace("%3A", ":").replace("%23", "#")])
        .collect();
    let form = idp.logout_form(logout).unwrap();
    let mut fields = json!({"SAMLRequest": form.saml_request, "SAMLResponse": form.saml_response});
    fields["RelayState"] = json!(form.relay_state);
    let mut soap = logout.clone();
    soap.destination = None;
    [
        json!({"query": query}),
        json!({"decoded_query": pairs}),
        json!({"post": fields}),
        json!({"soap": idp.logout_soap(&soap).unwrap()}),
    ]
}

#[test]
fn a_request_by_each_binding_field_by_field() {
    let idp = idp();
    for message in by_each(&idp, &request(&idp)) {
        let mut verdict = judged(&case(&idp, message));
        let octets = verdict.as_object_mut().unwrap().remove("signed_octets").unwrap();
        assert!(octets.as_str().unwrap().starts_with("<samlp:LogoutRequest "), "{octets}");
        assert_eq!(
            verdict,
            json!({"id": "l1", "verdict": "accept", "kind": "request", "name_id": "alice@example.com",
                   "name_id_format": NAME, "session_indexes": ["1", "2"], "status": null, "everywhere": null})
        );
    }
}

#[test]
fn an_answer_by_each_binding_to_the_request_that_is_pending() {
    let idp = idp();
    for message in by_each(&idp, &response(&idp)) {
        let mut case = case(&idp, message);
        rejected(&case, "pending-missing");
        case["expect"] = json!({"answer_to": "_other"});
        rejected(&case, "in-response-to-mismatch");
        case["expect"] = json!({"answer_to": "_request"});
        let mut verdict = judged(&case);
        let octets = verdict.as_object_mut().unwrap().remove("signed_octets").unwrap();
        assert!(octets.as_str().unwrap().starts_with("<samlp:LogoutResponse "), "{octets}");
        assert_eq!(
            verdict,
            json!({"id": "l1", "verdict": "accept", "kind": "response", "name_id": null, "name_id_format": null,
                   "session_indexes": null, "status": ["urn:oasis:names:tc:SAML:2.0:status:Success"],
                   "everywhere": true})
        );
        // Whom could we have asked?
        case["idp"]["slo_url"] = json!({"soap": IDP_SLO});
        assert_eq!(judged(&case)["verdict"], "accept");
        case["idp"]["slo_url"] = json!(null);
        rejected(&case, "metadata-no-slo-endpoint");
    }
}

#[test]
fn what_became_of_a_logout() {
    let idp = idp();
    let status = |name: &str| format!("urn:oasis:names:tc:SAML:2.0:status:{name}");
    let answered = |codes: &[&str]| {
        let mut response = response(&idp);
        response.status = codes.iter().map(|code| status(code)).collect();
        let mut case = case(&idp, json!({"query": idp.logout_query(&response).unwrap()}));
        case["expect"] = json!({"answer_to": "_request"});
        case
    };
    let partial = judged(&answered(&["Success", "PartialLogout"]));
    assert_eq!(partial["everywhere"], false, "{partial}");
    assert_eq!(partial["status"], json!([status("Success"), status("PartialLogout")]));
    rejected(&answered(&["Responder"]), "status-not-success");
}

#[test]
fn a_form_value_alone_is_the_request_or_the_answer_that_is_expected() {
    let idp = idp();
    let request = idp.logout_form(&request(&idp)).unwrap().saml_request;
    assert_eq!(judged(&case(&idp, json!({"post": request})))["kind"], "request");
    let mut case = case(&idp, json!({"post": idp.logout_form(&response(&idp)).unwrap().saml_response}));
    rejected(&case, "message-unexpected");
    case["expect"] = json!({"answer_to": "_request"});
    assert_eq!(judged(&case)["kind"], "response");
}

#[test]
fn an_encrypted_name_with_the_keys_of_the_case() {
    let (idp, key) = (idp(), TestIdp::new("keys").unwrap().private_key().unwrap());
    let mut request = request(&idp);
    request.encryption = Some(Encryption::of(Encrypted::NameId, &saml_sp::DecryptionKey::from_pem(&key).unwrap()));
    for message in by_each(&idp, &request) {
        let mut case = case(&idp, message);
        rejected(&case, "decrypt-no-key");
        case["sp"]["decryption_keys"] = json!([key]);
        assert_eq!(judged(&case)["name_id"], "alice@example.com");
    }
}

#[test]
fn what_the_library_refuses_has_its_code() {
    let idp = idp();
    let mut unsigned = request(&idp);
    unsigned.sign = false;
    for message in by_each(&idp, &unsigned) {
        rejected(&case(&idp, message), "signature-missing");
    }
    for (message, by) in by_each(&idp, &request(&idp)).into_iter().zip(["redirect", "redirect", "post", "soap"]) {
        let good = case(&idp, message);
        for (pointer, value, code) in [
            (
                "/idp/certificates",
                json!([self::idp().certificate()]),
                &["signature-wrong-key", "query-signature-mismatch"][..],
            ),
            ("/sp/slo_url", json!(null), &["config-no-slo-url"]),
            ("/sp/slo_url", json!("http://sp.example.com/slo"), &["config-slo-url"]),
            ("/now", json!("2026-01-15T12:30:00Z"), &["logout-expired"]),
            ("/message", json!({"post": {}}), &["message-empty"]),
            ("/message", json!({"query": "a=b"}), &["message-empty"]),
            ("/message", json!({"decoded_query": []}), &["message-empty"]),
            ("/message", json!({"soap": "<a/>"}), &["soap-shape"]),
        ] {
            let mut case = good.clone();
            *case.pointer_mut(pointer).unwrap() = value;
            let verdict = judged(&case);
            assert!(code.iter().any(|code| verdict["code"] == *code), "{pointer}: {verdict}");
        }
        let mut case = good.clone();
        (case["sp"]["signing_key"], case["sp"]["signing_certificate"]) = (json!(null), json!(null));
        rejected(&case, "config-no-signing-key");
        let mut case = good;
        case["sp"]["slo_url"].as_object_mut().unwrap().remove(by);
        rejected(&case, "config-no-slo-url");
    }
}

#[test]
fn a_line_that_is_no_case_of_a_logout() {
    let idp = idp();
    let good = case(&idp, json!({"query": "x"}));
    assert_eq!(judged(&good)["verdict"], "reject");
    for (field, value) in [
        ("message", json!(null)),
        ("message", json!({})),
        ("message", json!({"xml": "<a/>"})),
        ("message", json!({"query": "x", "soap": "x"})),
        ("message", json!({"query": 7})),
        ("message", json!({"post": 7})),
        ("message", json!({"post": {"SAMLRequest": 7}})),
        ("message", json!({"decoded_query": {"a": "b"}})),
        ("message", json!({"decoded_query": [["a"]]})),
        ("message", json!({"decoded_query": [["a", 7]]})),
        ("expect", json!("_request")),
        ("expect", json!({"answer_to": 7})),
        ("now", json!("noon")),
        ("sp", json!({"entity_id": SP, "acs_url": ACS, "signing_key": "alone"})),
    ] {
        let mut case = good.clone();
        case[field] = value.clone();
        let verdict = judged(&case);
        assert_eq!(
            (&verdict["id"], &verdict["verdict"]),
            (&json!("l1"), &json!("error")),
            "{field} {value}: {verdict}"
        );
        assert!(verdict["message"].as_str().unwrap().contains(field), "{verdict}");
    }
}

#[test]
fn our_metadata_names_the_logout_urls() {
    let idp = idp();
    let mut case = case(&idp, json!(null));
    case["op"] = json!("sp-metadata");
    let xml = judged(&case)["xml"].as_str().unwrap().to_owned();
    assert_eq!(xml.matches("<md:SingleLogoutService ").count(), 3, "{xml}");
    case["sp"]["slo_url"] = json!(SLO);
    let xml = judged(&case)["xml"].as_str().unwrap().to_owned();
    assert_eq!(xml.matches(&format!("Location=\"{SLO}\"")).count(), 3, "{xml}");
    case["sp"]["slo_url"] = json!(null);
    assert!(!judged(&case)["xml"].as_str().unwrap().contains("SingleLogoutService"));
}
