//! What an administrator is told, from errors that really happened.

use saml_sp::testing::{Answer, ReceivedRequest, TestIdp};
use saml_sp::{Clock, Error, Expect, LoginRequest, PostedResponse, Product, urn};

use super::sp;

/// The error of what this identity provider answers.
fn error_of(answer: impl FnOnce(&TestIdp, &ReceivedRequest) -> Answer) -> Error {
    let sp = sp();
    let test_idp = TestIdp::new("http://fs.example.com/adfs/services/trust").unwrap();
    let test_idp = test_idp.clock(Clock::Fixed("2026-01-15T12:00:00Z".parse().unwrap()));
    let idp = test_idp.identity_provider().unwrap();
    assert_eq!(Product::recognise(&idp), Some(Product::AdFs));
    let LoginRequest { send, pending } = sp.begin_login(&idp).unwrap();
    let form = test_idp.post(&answer(&test_idp, &test_idp.receive(&send).unwrap())).unwrap();
    let posted = PostedResponse::new(&form.saml_response, form.relay_state.as_deref());
    sp.accept(&idp, &posted, Expect::AnswerTo(pending)).unwrap_err()
}

#[test]
fn an_audience_that_is_not_ours_names_the_products_own_field() {
    let error = error_of(|test_idp, request| {
        let mut answer = test_idp.answer(request, "alice");
        answer.audience_restrictions = vec![vec!["https://app.example.com/saml/".to_owned()]];
        answer
    });
    assert_eq!(error.code(), "audience-mismatch");
    let field = |product: Product| product.remedy(error.code()).unwrap();
    assert!(field(Product::AdFs).contains("-Identifier"));
    assert!(field(Product::EntraId).contains("Identifier (Entity ID)"));
    assert!(field(Product::Okta).contains("Audience URI (SP Entity ID)"));
    assert!(field(Product::SecSignId).contains("Audience Restriction"));
}

#[test]
fn a_refusal_is_explained_by_its_innermost_code_that_is_known() {
    let refused = |codes: &[&str]| match error_of(|test_idp, request| test_idp.failure(request, codes.iter().copied()))
    {
        Error::Refused { status, .. } => status,
        other => panic!("{other}"),
    };
    let policy = refused(&[urn::status::REQUESTER, urn::status::INVALID_NAME_ID_POLICY]);
    assert!(Product::AdFs.remedy_for_status(&policy).unwrap().contains("Transform an Incoming Claim"));
    let context = refused(&[urn::status::RESPONDER, urn::status::NO_AUTHN_CONTEXT]);
    assert!(Product::EntraId.remedy_for_status(&context).unwrap().contains("AADSTS75011"));
    // AD FS says no more than this to anybody but its own log.
    let responder = refused(&[urn::status::RESPONDER]);
    assert!(Product::AdFs.remedy_for_status(&responder).unwrap().contains("Event Viewer"));
    assert_eq!(Product::SecSignId.remedy_for_status(&responder), None);
}
