//! Logout in both directions, by each binding that a product has.

use saml_sp::testing::{Logout, LogoutForm};
use saml_sp::{
    Binding, Engine, Error, Inbound, LogoutOptions, LogoutOutcome, Product, ReceivedLogout, Seen, ServiceProvider,
    Session, urn,
};

use crate::logins::auth0_by_sha256;
use crate::stage::*;

fn session(stage: &Stage) -> Session {
    stage.login(PLAIN, |_| ()).unwrap().confirm(Seen::FirstTime).unwrap().session
}

fn receive(stage: &Stage, sp: &ServiceProvider, logout: &Logout, binding: &Binding) -> Result<ReceivedLogout, Error> {
    let idp = &stage.test_idp;
    match binding {
        Binding::Redirect => sp.receive_logout(&stage.idp, &Inbound::query(&idp.logout_query(logout).unwrap())),
        Binding::Post => {
            let LogoutForm { saml_request, saml_response, relay_state, .. } = idp.logout_form(logout).unwrap();
            let form = Inbound::form(saml_request.as_deref(), saml_response.as_deref(), relay_state.as_deref());
            sp.receive_logout(&stage.idp, &form)
        }
        _ => sp.receive_logout(&stage.idp, &Inbound::soap(idp.logout_soap(logout).unwrap().as_bytes())),
    }
}

/// With what a product does not sign by itself, signed: see below.
fn signed(mut logout: Logout) -> Logout {
    logout.sign = true;
    logout
}

fn both_directions(stage: &Stage, engine: Engine) {
    let (sp, session) = (sp(PLAIN, engine, noon()), session(stage));
    for endpoint in stage.idp.single_logout() {
        let binding = endpoint.binding();
        // From here: our request, its answer.
        let (received, pending) = if *binding == Binding::Soap {
            let call = sp.begin_logout_by_soap(&stage.idp, &session, &LogoutOptions::new()).unwrap();
            (stage.test_idp.receive_logout_call(&call).unwrap(), call.pending)
        } else {
            let options = LogoutOptions::new().binding(binding.clone());
            let start = sp.begin_logout_with(&stage.idp, &session, &options).unwrap();
            (stage.test_idp.receive_logout(&start.send).unwrap(), start.pending)
        };
        // Keycloak and PingFederate take no message without: simplesamlphp #1812, node-saml PR 87.
        assert_eq!(received.destination.as_deref(), Some(endpoint.location().as_str()), "{}", stage.product);
        let answer = signed(stage.test_idp.logout_response(&received, SLO));
        match receive(stage, &sp, &answer, binding).unwrap_or_else(|error| panic!("{}: {error}", stage.product)) {
            ReceivedLogout::Response(answer) => _ = answer.accept(pending).unwrap(),
            ReceivedLogout::Request(_) => panic!("it is a request"),
        }
        // From there: its request, our answer.
        let request = signed(stage.test_idp.logout_request(&session, SLO));
        match receive(stage, &sp, &request, binding).unwrap_or_else(|error| panic!("{}: {error}", stage.product)) {
            ReceivedLogout::Request(request) => {
                let reply = request.confirm(Seen::FirstTime).unwrap().respond(LogoutOutcome::Done).unwrap();
                let answer = stage.test_idp.receive_logout_reply(&reply).unwrap();
                assert_eq!(answer.status, [urn::status::SUCCESS]);
                assert!(answer.destination.is_some() || *binding == Binding::Soap, "{}", stage.product);
            }
            ReceivedLogout::Response(_) => panic!("it is a response"),
        }
    }
}

#[test]
fn every_product_logs_out_by_its_own_bindings() {
    for stage in stages().filter(|stage| stage.product != Product::Auth0) {
        for engine in engines() {
            both_directions(stage, engine);
        }
    }
    both_directions(&auth0_by_sha256(), Engine::Native);
}

#[test]
fn products_without_logout() {
    for product in [Product::Okta, Product::GoogleWorkspace, Product::JumpCloud, Product::SecSignId] {
        let (sp, stage) = (sp(PLAIN, Engine::Native, noon()), like(product));
        let error = sp.begin_logout(&stage.idp, &session(stage)).unwrap_err();
        assert_eq!(error.code(), "metadata-no-slo-endpoint", "{product}: {error}");
    }
}

/// Signed as .NET spells it: escapes in lower case.
#[test]
fn entra_id_and_ad_fs_escape_in_lower_case() {
    for product in [Product::EntraId, Product::AdFs] {
        let stage = like(product);
        let mut request = stage.test_idp.logout_request(&session(stage), SLO);
        request.relay_state = Some("https://app.example.com/?a b".to_owned());
        let query = stage.test_idp.logout_query(&request).unwrap();
        assert!(query.contains("&RelayState=https%3a%2f%2fapp.example.com%2f%3fa+b&SigAlg=http%3a%2f%2f"), "{query}");
        assert!(!query.contains("%2F") && !query.contains("%3D"), "{query}");
        let received = sp(PLAIN, Engine::Native, noon()).receive_logout(&stage.idp, &Inbound::query(&query));
        assert!(matches!(received, Ok(ReceivedLogout::Request(_))), "{product}: {received:?}");
    }
    let stage = like(Product::PingFederate);
    let query = stage.test_idp.logout_query(&stage.test_idp.logout_request(&session(stage), SLO)).unwrap();
    assert!(query.contains("&SigAlg=http%3A%2F%2F"), "{query}");
}

/// Logout messages that are not signed, as SimpleSAMLphp's are at first and Keycloak's were in some versions: anybody could
/// have written them.
#[test]
fn nobody_is_logged_out_by_an_unsigned_message() {
    let stage = like(Product::SimpleSamlPhp);
    let (sp, session) = (sp(PLAIN, Engine::Native, noon()), session(stage));
    let request = stage.test_idp.logout_request(&session, SLO);
    assert!(!request.sign);
    let outcome = receive(stage, &sp, &request, &Binding::Redirect);
    is_refused(Product::SimpleSamlPhp, outcome, "signature-missing", "sign.logout");
    _ = receive(stage, &sp, &signed(request), &Binding::Redirect).unwrap();
    let keycloak = like(Product::Keycloak);
    let mut request = keycloak.test_idp.logout_request(&self::session(keycloak), SLO);
    assert!(request.sign);
    request.sign = false;
    let outcome = receive(keycloak, &sp, &request, &Binding::Post);
    is_refused(Product::Keycloak, outcome, "signature-missing", "Sign documents");
}

/// Okta answers AuthnFailed to a request whose signature it does not know (python3-saml #290, ruby-saml #512); here OneLogin does, for Okta's
/// imitation has no logout.
#[test]
fn a_logout_that_the_other_side_refuses() {
    let stage = like(Product::OneLogin);
    let sp = sp(PLAIN, Engine::Native, noon());
    let start = sp.begin_logout(&stage.idp, &session(stage)).unwrap();
    let mut answer = stage.test_idp.logout_response(&stage.test_idp.receive_logout(&start.send).unwrap(), SLO);
    answer.status = vec![urn::status::RESPONDER.to_owned(), urn::status::AUTHN_FAILED.to_owned()];
    let Ok(ReceivedLogout::Response(answer)) = receive(stage, &sp, &answer, &Binding::Redirect) else { panic!() };
    let error = answer.accept(start.pending).unwrap_err();
    assert_eq!(error.code(), "status-not-success");
    assert!(error.to_string().contains("AuthnFailed"), "{error}");
}
