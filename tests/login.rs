//! A login from the outside, as an application does it.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a test may stop where it stands

use saml_sp::testing::{Sign, TestIdp};
use saml_sp::{
    Expect, IdentityProvider, LoginOptions, LoginRequest, PostedResponse, ReplayCache, ReturnTo, Seen, ServiceProvider,
};

const SP: &str = "https://app.example.com/saml";
const ACS: &str = "https://app.example.com/saml/acs";
const IDP: &str = "https://idp.example.com/metadata";

fn sp() -> ServiceProvider {
    ServiceProvider::builder(SP, ACS).build().unwrap()
}

#[test]
fn a_login_whatever_is_signed_and_by_whatever_key() {
    for test_idp in [TestIdp::new(IDP).unwrap(), TestIdp::with_ecdsa(IDP).unwrap()] {
        let idp: IdentityProvider = test_idp.identity_provider().unwrap();
        for (sign, elements) in [
            (Sign::Assertion, &["Assertion"][..]),
            (Sign::Response, &["Response"][..]),
            (Sign::Both, &["Response", "Assertion"][..]),
        ] {
            let sp = sp();
            let options = LoginOptions::new().return_to(ReturnTo::path("/wiki?page=7").unwrap()).tag("tenant-1");
            let LoginRequest { send, pending } = sp.begin_login_with(&idp, &options).unwrap();
            let request = test_idp.receive(&send).unwrap();
            assert_eq!(request.relay_state.as_deref(), Some(pending.handle()));
            let mut answer = test_idp.answer(&request, "alice");
            answer.sign = sign;
            answer
                .attribute("mail", ["alice@example.com"])
                .attribute("groups", ["admins", "on-call"])
                .attribute("groups", ["more"]);
            let form = test_idp.post(&answer).unwrap();
            assert_eq!(form.action, ACS);

            let posted = PostedResponse::new(&form.saml_response, form.relay_state.as_deref());
            let accepted = sp.accept(&idp, &posted, Expect::AnswerTo(pending)).unwrap();
            assert_eq!(accepted.proofs().iter().map(|proof| proof.element).collect::<Vec<_>>(), elements);
            let login = accepted.confirm_with(&ReplayCache::default()).unwrap();
            assert_eq!(login.identity.name_id().unwrap().value, "alice");
            assert_eq!(login.identity.attribute("mail"), Some("alice@example.com"));
            assert_eq!(login.identity.attribute_values("groups").collect::<Vec<_>>(), ["admins", "on-call", "more"]);
            assert_eq!(login.return_to.unwrap().as_str(), "/wiki?page=7");
            assert_eq!(login.tag.as_deref(), Some("tenant-1"));
        }
    }
}

#[test]
fn nothing_signed_is_nobody() {
    let test_idp = TestIdp::new(IDP).unwrap();
    let idp = test_idp.identity_provider().unwrap();
    let LoginRequest { send, pending } = sp().begin_login(&idp).unwrap();
    let mut answer = test_idp.answer(&test_idp.receive(&send).unwrap(), "alice");
    answer.sign = Sign::Nothing;
    let form = test_idp.post(&answer).unwrap();
    let error =
        sp().accept(&idp, &PostedResponse::new(&form.saml_response, None), Expect::AnswerTo(pending)).unwrap_err();
    assert_eq!(error.code(), "signature-missing");
}

#[test]
fn replay_is_refused_by_every_node_that_shares_the_record() {
    let test_idp = TestIdp::new(IDP).unwrap();
    let idp = test_idp.identity_provider().unwrap();
    let keys = saml_sp::SealKeys::ephemeral().unwrap();
    let (node_1, node_2) = (sp(), sp());
    let LoginRequest { send, pending } = node_1.begin_login(&idp).unwrap();
    let sealed = pending.seal(&keys).unwrap();
    let answer = test_idp.answer(&test_idp.receive(&send).unwrap(), "alice");
    let form = test_idp.post(&answer).unwrap();
    let posted = PostedResponse::new(&form.saml_response, form.relay_state.as_deref());
    let record = ReplayCache::default();
    let pending = node_1.open_pending(&keys, &sealed).unwrap();
    node_1.accept(&idp, &posted, Expect::AnswerTo(pending)).unwrap().confirm_with(&record).unwrap();
    let pending = node_2.open_pending(&keys, &sealed).unwrap();
    let again = node_2.accept(&idp, &posted, Expect::AnswerTo(pending)).unwrap();
    assert_eq!(again.confirm_with(&record).unwrap_err().code(), "replayed");
    let pending = node_2.open_pending(&keys, &sealed).unwrap();
    let again = node_2.accept(&idp, &posted, Expect::AnswerTo(pending)).unwrap();
    assert_eq!(again.confirm(Seen::Before).unwrap_err().code(), "replayed");
}

/// With `serde` results can be written, for logs and other services; nothing that proves anything can be read back.
#[test]
fn a_login_is_written_as_data() {
    let test_idp = TestIdp::new(IDP).unwrap();
    let idp = test_idp.identity_provider().unwrap();
    let mut answer = test_idp.unsolicited(SP, ACS, "alice");
    answer.attribute("groups", ["admins", "on-call"]);
    let form = test_idp.post(&answer).unwrap();
    let posted = PostedResponse::new(&form.saml_response, None);
    let accepted = sp().accept(&idp, &posted, Expect::unsolicited(ACS)).unwrap();
    let json = serde_json::to_value(accepted.confirm(Seen::FirstTime).unwrap()).unwrap();
    assert_eq!(json["identity"]["idp"], IDP);
    assert_eq!(json["identity"]["name_id"]["value"], "alice");
    assert_eq!(json["identity"]["attributes"][0]["values"], serde_json::json!(["admins", "on-call"]));
    assert_eq!(json["session"]["name_id"]["value"], "alice");
    assert!(json["return_to"].is_null());
}

/// A key that was written to a file signs again later.
#[test]
fn a_private_key_comes_back() {
    for test_idp in [TestIdp::new(IDP).unwrap(), TestIdp::with_ecdsa(IDP).unwrap(), TestIdp::with_ed25519(IDP).unwrap()]
    {
        let idp = test_idp.identity_provider().unwrap();
        let again = TestIdp::with_private_key(IDP, &test_idp.private_key().unwrap()).unwrap();
        let form = again.post(&again.unsolicited(SP, ACS, "alice")).unwrap();
        let posted = PostedResponse::new(&form.saml_response, None);
        let _ = sp().accept(&idp, &posted, Expect::unsolicited(ACS)).unwrap();
    }
    assert!(TestIdp::with_private_key(IDP, "no key").is_err());
}
