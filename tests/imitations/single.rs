//! Habits of products that are no table of their own: one change to an answer each.

use saml_sp::testing::{Encrypted, Sign, TestIdp};
use saml_sp::{
    AttributeMap, Clock, Engine, Error, Expect, Field, Groups, LoginOptions, PostedResponse, Product, Seen, Whose, urn,
};

use crate::stage::*;

/// Any of them will do.
fn plain() -> &'static Stage {
    like(Product::OneLogin)
}

/// Duo Access Gateway left InResponseTo out on the Response; the confirmation has it, and is signed: kolide fleet #2004.
#[test]
fn duo_says_in_the_assertion_alone_what_it_answers() {
    _ = plain().login(PLAIN, |answer| answer.in_response_to = None).unwrap();
    let outcome = plain().login(PLAIN, |answer| {
        answer.in_response_to = None;
        answer.confirmations[0].in_response_to = None;
    });
    is_refused_with_hint(outcome, "in-response-to-missing", "InResponseTo");
}

/// Rippling sends a fixed InResponseTo with what nobody asked for (crewjam PR 320, 659): refused, for it answers no request of
/// ours; a login that begins here works.
#[test]
fn rippling_answers_what_was_not_asked() {
    let stage = plain();
    let mut answer = stage.test_idp.unsolicited(PLAIN, ACS, "alice");
    answer.in_response_to = Some("_a-fixed-one".to_owned());
    let form = stage.test_idp.post(&answer).unwrap();
    let posted = PostedResponse::new(&form.saml_response, None);
    let outcome = sp(PLAIN, Engine::Native, noon()).accept(&stage.idp, &posted, Expect::unsolicited(ACS));
    is_refused_with_hint(outcome, "in-response-to-unexpected", "start again here");
}

/// Salesforce answers AuthnFailed at the top, without a message, for somebody who may not use the application: saml20 #15.
#[test]
fn salesforce_lets_somebody_not_in() {
    let (pending, request) = plain().begin(PLAIN, &LoginOptions::new());
    let answer = plain().test_idp.failure(&request, [urn::status::AUTHN_FAILED]);
    let error = plain().take(PLAIN, &plain().test_idp.post(&answer).unwrap(), pending).unwrap_err();
    assert_eq!((error.code(), error.whose()), ("status-not-success", Whose::User));
    let Error::Refused { status, signed: true, .. } = &error else { panic!("{error}") };
    assert_eq!((status.codes.len(), &status.message), (1, &None));
    assert!(error.hint().contains("assign the user"), "{}", error.hint());
}

/// The signature of OpenAthens is over the encrypted form: saml20, lib/response.ts.
#[test]
fn open_athens_signs_the_encrypted_form() {
    let stage = plain();
    let encryption = stage.test_idp.encryption(OPENS, Encrypted::Assertion).unwrap();
    let sealed = |sign| {
        let encryption = encryption.clone();
        stage.login(OPENS, move |answer| {
            answer.sign = sign;
            answer.encryption.push(encryption);
        })
    };
    assert_eq!(sealed(Sign::Response).unwrap().decrypted().len(), 1);
    assert_eq!(sealed(Sign::Both).unwrap().decrypted().len(), 1);
}

/// FusionAuth's Issuer is another than the entityID of its metadata until its tenant says so: danielkov saml, docs/interop.md.
#[test]
fn fusion_auth_under_another_name() {
    let outcome = plain().login(PLAIN, |answer| {
        answer.issuer = Some("acme.com".to_owned());
        answer.assertion_issuer = "acme.com".to_owned();
    });
    is_refused_with_hint(outcome, "issuer-mismatch", "entity ID is configured wrongly here");
}

/// Without an AttributeStatement the NameID is what there is: gosaml2 PR 23.
#[test]
fn one_login_without_attributes() {
    let accepted = plain().login(PLAIN, |answer| answer.attributes.clear()).unwrap();
    let identity = accepted.confirm(Seen::FirstTime).unwrap().identity;
    assert!(identity.attributes().is_empty());
    let read = AttributeMap::new().read(&identity, &plain().idp).unwrap();
    assert_eq!(read.get(&Field::Email), Some("alice@example.com"));
}

/// All groups in one value: OpenCTI #1603.
#[test]
fn groups_in_one_value() {
    let outcome = like(Product::Okta).login(PLAIN, |answer| {
        let groups = answer.attributes.iter_mut().find(|attribute| attribute.name == "groups").unwrap();
        groups.values = vec![Some("staff, on-call".to_owned())];
    });
    let identity = outcome.unwrap().confirm(Seen::FirstTime).unwrap().identity;
    let groups = AttributeMap::new().split_groups_at(',').groups(&identity);
    assert_eq!(groups, Groups::Listed(vec!["staff".to_owned(), "on-call".to_owned()]));
}

/// Some IdPs on OpenSAML name SHA-256 for RSA-OAEP and for its mask: ITfoxtec #140.
#[test]
fn oaep_by_sha256() {
    let accepted = like(Product::Shibboleth).login(OPENS, |answer| {
        let encryption = &mut answer.encryption[0];
        "http://www.w3.org/2009/xmlenc11#rsa-oaep".clone_into(&mut encryption.key_transport);
        encryption.digest = Some("http://www.w3.org/2001/04/xmlenc#sha256".to_owned());
        encryption.mask_generation = Some("http://www.w3.org/2009/xmlenc11#mgf1sha256".to_owned());
    });
    assert_eq!(accepted.unwrap().decrypted().len(), 1);
}

/// Certificates are rolled over where nobody announces it: an import from before knows only those of before.
#[test]
fn a_key_that_was_rolled_over_unannounced() {
    let mut stage = Stage::with(Product::EntraId, TestIdp::like(Product::EntraId).unwrap().clock(Clock::Fixed(noon())));
    _ = stage.login(PLAIN, |_| ()).unwrap();
    // The second of the published keys begins to sign.
    stage.test_idp.sign_with_next_key();
    _ = stage.login(PLAIN, |_| ()).unwrap();
    stage.test_idp.roll_over().unwrap();
    is_refused(Product::EntraId, stage.login(PLAIN, |_| ()), "signature-wrong-key", "App Federation Metadata Url");
}
