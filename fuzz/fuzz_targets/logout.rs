//! Surgery that the fuzzer chooses, on logout messages with live signatures, by each binding: an error, or exactly what was
//! signed.
//!
//! The first octet chooses the message, the others operate. A query is taken apart into its parameters; a form's message and a
//! SOAP envelope are trees (`testing::forge`), or bytes of which some are changed.
#![no_main]

use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use libfuzzer_sys::fuzz_target;
use saml_sp::testing::forge::Tree;
use saml_sp::testing::{Encrypted, Encryption, Logout, TestIdp, pending_logout};
use saml_sp::{
    Binding, Certificate, Clock, Credential, DecryptionKey, IdentityProvider, Inbound, LogoutOutcome, LogoutReply,
    Outbound, ReceivedLogout, Seen, ServiceProvider, Session, SigningKey,
};

const IDP: &str = "https://idp.example.com/metadata";
const SLO: &str = "https://app.example.com/saml/slo";
const REQUEST: &str = "_request";
const SUCCESS: &str = "urn:oasis:names:tc:SAML:2.0:status:Success";

enum Message {
    /// The parameters as they travel.
    Query(Vec<String>),
    Form {
        is_request: bool,
        tree: Tree,
    },
    Soap(Tree),
}

struct Parties {
    sp: ServiceProvider,
    idp: IdentityProvider,
    messages: Vec<Message>,
}

static PARTIES: LazyLock<Parties> = LazyLock::new(|| {
    // The clock stands still, so that messages stay fresh for as long as the fuzzer runs.
    let now = Clock::Fixed("2026-01-15T12:00:00Z".parse().unwrap());
    let test_idp = TestIdp::with_ecdsa(IDP).unwrap().clock(now).slo_url("https://idp.example.com/slo");
    let (ours, pem) = (TestIdp::with_ecdsa("keys").unwrap(), TestIdp::new("keys").unwrap().private_key().unwrap());
    let certificate = Certificate::from_pasted(ours.certificate()).unwrap().certificate;
    let key = || DecryptionKey::from_pem(&pem).unwrap();
    let sp = ServiceProvider::builder("https://app.example.com/saml", "https://app.example.com/saml/acs")
        .credential(
            Credential::active(certificate).signing(SigningKey::from_pem(&ours.private_key().unwrap()).unwrap()),
        )
        .decryption_key(key())
        .slo_url(Binding::Redirect, SLO)
        .slo_url(Binding::Post, SLO)
        .slo_url(Binding::Soap, SLO)
        .clock(now)
        .build()
        .unwrap();
    let idp = test_idp.identity_provider().unwrap();
    let mut messages = Vec::new();
    for logout in logouts(&test_idp, &key()) {
        let is_request = logout.element == "LogoutRequest";
        let query = test_idp.logout_query(&logout).unwrap();
        messages.push(Message::Query(query.split('&').map(str::to_owned).collect()));
        messages
            .push(Message::Form { is_request, tree: Tree::parse(&test_idp.signed_logout(&logout).unwrap()).unwrap() });
        messages.push(Message::Soap(Tree::parse(&test_idp.logout_soap(&logout).unwrap()).unwrap()));
    }
    Parties { sp, idp, messages }
});

/// A request, one with its name encrypted, and an answer.
fn logouts(idp: &TestIdp, to: &DecryptionKey) -> [Logout; 3] {
    let session = Session::from_bytes(format!("v=1&idp={IDP}&n=alice&index=_session").as_bytes()).unwrap();
    let mut request = idp.logout_request(&session, SLO);
    request.relay_state = Some("state".to_owned());
    let (mut encrypted, mut answer) = (request.clone(), request.clone());
    encrypted.encryption = Some(Encryption::of(Encrypted::NameId, to));
    (answer.element, answer.name_id, answer.not_on_or_after) = ("LogoutResponse", None, None);
    answer.session_indexes.clear();
    answer.in_response_to = Some(REQUEST.to_owned());
    answer.status = vec![SUCCESS.to_owned()];
    [request, encrypted, answer]
}

fuzz_target!(|choices: &[u8]| {
    let Some((first, operations)) = choices.split_first() else { return };
    let operations = operations.get(..64).unwrap_or(operations);
    let Parties { messages, .. } = &*PARTIES;
    let (as_bytes, first) = (*first >= 128, usize::from(*first & 127));
    let altered = |tree: &Tree| {
        let mut tree = tree.clone();
        if as_bytes {
            return bytes_changed(tree.to_xml(), operations);
        }
        tree.operate(operations);
        tree.to_xml().into_bytes()
    };
    match &messages[first % messages.len()] {
        Message::Query(parameters) => {
            let query = operate(parameters, operations);
            received(&Inbound::query(&query), true);
        }
        Message::Form { is_request, tree } => {
            let field = STANDARD.encode(altered(tree));
            let (request, response) = if *is_request { (Some(&*field), None) } else { (None, Some(&*field)) };
            received(&Inbound::form(request, response, Some("state")), true);
        }
        Message::Soap(tree) => received(&Inbound::soap(&altered(tree)), false),
    }
});

/// Refused, or what the identity provider signed.
fn received(inbound: &Inbound<'_>, by_browser: bool) {
    let Parties { sp, idp, .. } = &*PARTIES;
    match sp.receive_logout(idp, inbound) {
        Err(error) => {
            let _ = (error.to_string(), error.hint(), error.code());
        }
        Ok(ReceivedLogout::Request(request)) => {
            let request = request.confirm(Seen::FirstTime).unwrap();
            assert_eq!(request.name_id().value, "alice");
            assert_eq!(request.session_indexes(), ["_session"]);
            let reply = request.respond(LogoutOutcome::Done).unwrap();
            // The RelayState goes back as it came, and by Redirect it was signed.
            match reply {
                LogoutReply::Browser(Outbound::Redirect(url)) => assert!(url.contains("&RelayState=state&"), "{url}"),
                LogoutReply::Browser(Outbound::Post(form)) => assert!(form.html().contains("value=\"state\"")),
                LogoutReply::Soap(_) => assert!(!by_browser),
            }
        }
        Ok(ReceivedLogout::Response(answer)) => {
            assert_eq!(answer.relay_state(), by_browser.then_some("state"));
            let done = answer.accept(pending_logout(sp, idp, REQUEST).unwrap()).unwrap();
            assert!(done.everywhere && done.status.is_success());
        }
    }
}

/// Operations on parameters, of four octets each.
fn operate(parameters: &[String], operations: &[u8]) -> String {
    const NAMES: [&str; 8] = [
        "SAMLRequest=",
        "SAMLResponse=",
        "RelayState=",
        "SigAlg=",
        "Signature=",
        "SAMLEncoding=",
        "%53AMLRequest=",
        "x=",
    ];
    let mut parameters = parameters.to_vec();
    for operation in operations.chunks_exact(4) {
        let [what, at, to, with] = [0, 1, 2, 3].map(|n| usize::from(operation[n]));
        if parameters.is_empty() || parameters.len() > 32 {
            break;
        }
        let (at, to) = (at % parameters.len(), to % parameters.len());
        let name = NAMES[with % NAMES.len()];
        let value = parameters[to].split_once('=').map_or("", |(_, value)| value).to_owned();
        match what % 9 {
            0 => parameters.swap(at, to),
            1 => drop(parameters.remove(at)),
            2 => parameters.insert(at, parameters[to].clone()),
            3 => parameters.insert(at, format!("{name}{value}")),
            4 => parameters.insert(at, name.to_owned()),
            5 => parameters[at] = format!("{name}{value}"),
            6 => parameters[at] = parameters[at].replace("%2", "%2f").replace("%3A", "%3a"),
            // One character is spelled otherwise, or another one.
            7 => respell(&mut parameters[at], with, |octet| format!("%{octet:02X}")),
            _ => respell(&mut parameters[at], with, |octet| char::from(octet ^ 1 & 127).to_string()),
        }
    }
    parameters.join("&")
}

fn respell(parameter: &mut String, at: usize, how: fn(u8) -> String) {
    let places: Vec<usize> =
        parameter.bytes().enumerate().filter(|(_, octet)| octet.is_ascii()).map(|(at, _)| at).collect();
    if let Some(at) = places.get(at % places.len().max(1)) {
        let octet = parameter.as_bytes()[*at];
        parameter.replace_range(at..&(at + 1), &how(octet));
    }
}

/// Of four octets each: where, and by what.
fn bytes_changed(xml: String, operations: &[u8]) -> Vec<u8> {
    let mut bytes = xml.into_bytes();
    for operation in operations.chunks_exact(4) {
        let [high, low, what, with] = [0, 1, 2, 3].map(|n| operation[n]);
        if bytes.is_empty() {
            break;
        }
        let at = usize::from(high) * 256 + usize::from(low);
        let at = at % bytes.len();
        match what % 4 {
            0 => bytes[at] = with,
            1 => bytes.insert(at, with),
            2 => drop(bytes.remove(at)),
            _ => {
                let end = (at + usize::from(with)).min(bytes.len());
                bytes.drain(at..end);
            }
        }
    }
    bytes
}
