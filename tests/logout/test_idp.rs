//! The other end: what the identity provider of tests takes by the channels that a page behind its logout URL sees.

use saml_sp::testing::{ReceivedLogoutMessage, TestIdp, TestIdpError};
use saml_sp::{Binding, LogoutOptions, LogoutOutcome, LogoutReply, Outbound};

use crate::stage::*;
use crate::world::*;

type Fields = Vec<(&'static str, String)>;

/// The query, or the form fields.
fn arrived(send: Outbound) -> Result<String, Fields> {
    match send {
        Outbound::Redirect(url) => Ok(url.split_once('?').unwrap().1.to_owned()),
        Outbound::Post(form) => Err(form.fields),
    }
}

fn take(test_idp: &TestIdp, arrived: &Result<String, Fields>) -> Result<ReceivedLogoutMessage, TestIdpError> {
    match arrived {
        Ok(query) => test_idp.receive_logout_query(query),
        Err(fields) => {
            let field = |name| fields.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str());
            test_idp.receive_logout_form(field("SAMLRequest"), field("SAMLResponse"), field("RelayState"))
        }
    }
}

fn begun(stage: &Stage, binding: &Binding) -> Outbound {
    let options = LogoutOptions::new().binding(binding.clone());
    stage.sp.begin_logout_with(&stage.idp, &stage.session, &options).unwrap().send
}

#[test]
fn requests_and_answers_arrive_by_query_and_by_form() {
    let stage = Stage::new();
    for binding in [Binding::Redirect, Binding::Post] {
        let send = begun(&stage, &binding);
        let whole = stage.test_idp.receive_logout(&send).unwrap();
        let request = take(&stage.test_idp, &arrived(send)).unwrap();
        assert_eq!(request, whole, "{binding}");
        assert!(request.element == "LogoutRequest" && request.relay_state.is_some(), "{binding}");

        let asked = stage.asked(&binding, |request| request.relay_state = Some("a b&c".to_owned())).unwrap();
        let LogoutReply::Browser(send) = asked.respond(LogoutOutcome::Done).unwrap() else { panic!("by the browser") };
        let answer = take(&stage.test_idp, &arrived(send)).unwrap();
        assert_eq!((answer.element.as_str(), answer.relay_state.as_deref()), ("LogoutResponse", Some("a b&c")));
        assert_eq!(answer.in_response_to.as_deref(), Some(asked.id()), "{binding}");
    }
}

#[test]
fn a_message_of_another_key_or_unsigned_or_altered_is_refused() {
    let (stage, other) = (Stage::new(), Stage::new());
    for binding in [Binding::Redirect, Binding::Post] {
        assert!(take(&stage.test_idp, &arrived(begun(&other, &binding))).is_err(), "{binding}");
    }
    let query = arrived(begun(&stage, &Binding::Redirect)).unwrap();
    let (unsigned, _) = query.split_once("&SigAlg=").unwrap();
    let refused = stage.test_idp.receive_logout_query(unsigned).unwrap_err();
    assert_eq!(refused.reason, "it has no signature");
    assert!(stage.test_idp.receive_logout_query(&query.replace("RelayState=", "RelayState=0")).is_err());
}

#[test]
fn neither_message_and_both_at_once_are_refused() {
    let stage = Stage::new();
    let fields = arrived(begun(&stage, &Binding::Post)).unwrap_err();
    let message = Some(fields[0].1.as_str());
    for (request, response, reason) in [(None, None, "no SAMLRequest"), (message, message, "two")] {
        let refused = stage.test_idp.receive_logout_form(request, response, None).unwrap_err();
        assert!(refused.reason.contains(reason), "{refused}");
    }
    let query = arrived(begun(&stage, &Binding::Redirect)).unwrap();
    for (query, reason) in [("", "no SAMLRequest"), (&*format!("SAMLResponse=x&{query}"), "two")] {
        let refused = stage.test_idp.receive_logout_query(query).unwrap_err();
        assert!(refused.reason.contains(reason), "{refused}");
    }
    assert!(stage.test_idp.receive_logout_form(Some("not base64"), None, None).is_err());
}

#[test]
fn only_the_bindings_that_were_chosen_are_published() {
    let plain = || TestIdp::with_ecdsa(IDP).unwrap();
    let published = |test_idp: TestIdp| {
        let xml = test_idp.metadata().unwrap();
        let services = xml.split("<md:SingleLogoutService Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:").skip(1);
        services.map(|rest| rest.split_once('>').unwrap().0.replace("\" Location=\"", " ")).collect::<Vec<_>>()
    };
    assert!(published(plain()).is_empty());
    let everywhere = published(plain().slo_url(IDP_SLO));
    assert_eq!(everywhere, ["HTTP-Redirect", "HTTP-POST", "SOAP"].map(|binding| format!("{binding} {IDP_SLO}\"")));
    let chosen = plain().slo_endpoint(Binding::Redirect, "https://idp.example.com/1");
    let chosen = chosen.slo_endpoint(Binding::Post, IDP_SLO).slo_endpoint(Binding::Redirect, IDP_SLO);
    assert_eq!(published(chosen), ["HTTP-POST", "HTTP-Redirect"].map(|binding| format!("{binding} {IDP_SLO}\"")));
    // Entra ID, which takes logouts by Redirect only.
    let like = TestIdp::like(saml_sp::Product::EntraId).unwrap().slo_endpoint(Binding::Post, IDP_SLO);
    let xml = like.metadata().unwrap();
    assert_eq!(xml.matches("<SingleLogoutService ").count(), 1, "{xml}");
    assert!(xml.contains(&format!("HTTP-POST\" Location=\"{IDP_SLO}\"")), "{xml}");
}
