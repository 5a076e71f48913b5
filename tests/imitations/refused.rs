//! What is refused as it comes, with advice that names the product's own setting; and taken once that is set.

use saml_sp::testing::Sign;
use saml_sp::{LoginOptions, NameIdPolicy, Product, RequestedAuthnContext, Seen, ServiceProvider, urn};

use crate::logins::auth0_by_sha256;
use crate::stage::*;

#[test]
fn auth0_signs_by_sha1_until_told_otherwise() {
    is_refused(
        Product::Auth0,
        like(Product::Auth0).login(PLAIN, |_| ()),
        "sha1-refused",
        "\"signatureAlgorithm\": \"rsa-sha256\"",
    );
    _ = auth0_by_sha256().login(PLAIN, |_| ()).unwrap();
}

/// AES-256-CBC, and nothing signed over it: what was made to be decrypted by trial.
#[test]
fn ad_fs_encrypts_what_it_does_not_sign_until_told_otherwise() {
    let stage = like(Product::AdFs);
    let outcome = stage.login(OPENS, |answer| assert_eq!(answer.encryption.len(), 1));
    is_refused(Product::AdFs, outcome, "decrypt-unauthenticated-cbc", "SamlResponseSignature MessageAndAssertion");
    let accepted = stage.login(OPENS, |answer| answer.sign = Sign::Both).unwrap();
    assert_eq!(accepted.decrypted()[0].content, "AES-256-CBC");
    assert!(accepted.decrypted()[0].outdated);
    assert_eq!(accepted.confirm(Seen::FirstTime).unwrap().identity.name_id().unwrap().value, "alice@example.com");
}

/// The Response's signature is over the ciphertext.
#[test]
fn shibboleth_encrypts_and_is_read() {
    let accepted = like(Product::Shibboleth).login(OPENS, |_| ()).unwrap();
    assert_eq!(accepted.decrypted()[0].content, "AES-128-GCM");
    for stage in stages().filter(|stage| !matches!(stage.product, Product::Shibboleth | Product::AdFs | Product::Auth0))
    {
        assert!(stage.login(OPENS, |_| ()).unwrap().decrypted().is_empty(), "{}", stage.product);
    }
}

/// Entered as a bare application id, the identifier comes back with a prefix.
#[test]
fn entra_id_puts_spn_before_a_bare_application_id() {
    let stage = like(Product::EntraId);
    is_refused(Product::EntraId, stage.login(BARE_ID, |_| ()), "audience-mismatch", "spn:");
    _ = stage.login(PLAIN, |_| ()).unwrap();
    _ = like(Product::Okta).login(BARE_ID, |_| ()).unwrap();
}

/// AADSTS75011: whoever signed in by two factors did not sign in by a password alone.
#[test]
fn entra_id_and_an_exact_authentication_context() {
    let stage = like(Product::EntraId);
    let password = || RequestedAuthnContext::exact([urn::authn_context::PASSWORD_PROTECTED_TRANSPORT]);
    let options = LoginOptions::new().requested_authn_context(password());
    let outcome = stage.login_with(PLAIN, &options, |answer| {
        assert!(answer.status_message.as_deref().unwrap().starts_with("AADSTS75011"));
    });
    let error = outcome.as_ref().unwrap_err().to_string();
    assert!(error.contains("NoAuthnContext") && error.contains("AADSTS75011"), "{error}");
    is_refused(Product::EntraId, outcome, "status-not-success", "Let this service ask for none");
    _ = stage.login(PLAIN, |_| ()).unwrap();
    let own = RequestedAuthnContext::exact([urn::authn_context::PASSWORD]);
    _ = stage.login_with(PLAIN, &LoginOptions::new().requested_authn_context(own), |_| ()).unwrap();
}

/// No claim rule issues what was asked for; asked for none, AD FS sends its own.
#[test]
fn ad_fs_and_a_format_that_no_rule_issues() {
    let stage = like(Product::AdFs);
    let options = LoginOptions::new().name_id_policy(NameIdPolicy::format(urn::name_id_format::PERSISTENT));
    let outcome = stage.login_with(PLAIN, &options, |_| ());
    is_refused(Product::AdFs, outcome, "status-not-success", "Transform an Incoming Claim");
    let options = LoginOptions::new().name_id_policy(NameIdPolicy::format(urn::name_id_format::UNSPECIFIED));
    _ = stage.login_with(PLAIN, &options, |_| ()).unwrap();
}

/// A status without detail: the reason is in the event log of the federation server, and nowhere else.
#[test]
fn ad_fs_says_responder_and_nothing_more() {
    let stage = like(Product::AdFs);
    let outcome = stage.login(PLAIN, |answer| {
        answer.status = vec![urn::status::RESPONDER.to_owned()];
        answer.sign = Sign::Response;
    });
    is_refused(Product::AdFs, outcome, "status-not-success", "Event Viewer");
}

/// Its test connectors leave the Destination empty, which a signed Response must not.
#[test]
fn one_login_without_a_recipient() {
    let stage = like(Product::OneLogin);
    let outcome = stage.login(PLAIN, |answer| answer.destination = Some(String::new()));
    is_refused(Product::OneLogin, outcome, "destination-missing", "Recipient");
    _ = stage
        .login(PLAIN, |answer| {
            answer.destination = Some(String::new());
            answer.sign = Sign::Assertion;
        })
        .unwrap();
}

/// "Signed response" in Google's console signs the Response in the place of the Assertion, and there is no way to have both.
#[test]
fn google_with_the_option_signed_response() {
    let accepted = like(Product::GoogleWorkspace).login(PLAIN, |answer| answer.sign = Sign::Response).unwrap();
    assert_eq!(accepted.proofs().iter().map(|proof| proof.element).collect::<Vec<_>>(), ["Response"]);
    let outcome = like(Product::GoogleWorkspace).login(PLAIN, |answer| answer.sign = Sign::Nothing);
    is_refused(Product::GoogleWorkspace, outcome, "signature-missing", "Signed response");
}

/// Keycloak wants signed requests of every new client.
#[test]
fn keycloak_and_a_service_provider_that_does_not_sign() {
    let (stage, sp) = (like(Product::Keycloak), ServiceProvider::builder(PLAIN, ACS).build().unwrap());
    is_refused(Product::Keycloak, sp.begin_login(&stage.idp), "config-no-signing-key", "Client signature required");
    let unsigned = sp.begin_login(&stage.idp.clone().with_authn_requests_signed(false)).unwrap();
    // Whose metadata it knows it holds to its word.
    assert!(stage.test_idp.receive(&unsigned.send).is_err());
}
