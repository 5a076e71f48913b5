//! Three fields of a configuration page.

use super::*;

fn manual() -> IdentityProvider {
    IdentityProvider::manual_at(ID, "https://idp.example.com/sso", RSA_CERTIFICATE.as_bytes(), now()).unwrap()
}

#[test]
fn three_fields_are_enough() {
    let idp = manual();
    assert_eq!(keys_of(&idp), [RSA_KEY]);
    assert_eq!(idp.sso_location(&Binding::Redirect).unwrap().as_str(), "https://idp.example.com/sso");
    assert_eq!(idp.sso_location(&Binding::Post).unwrap_err().code(), "metadata-no-sso-endpoint");
    assert_eq!(idp.notes(), []);
    let idp = idp.with_sso_post_url("https://idp.example.com/post").unwrap();
    assert_eq!(idp.sso_location(&Binding::Post).unwrap().as_str(), "https://idp.example.com/post");
}

#[test]
fn without_a_key_there_is_none() {
    for certificate in ["", "no certificate", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"] {
        let error =
            IdentityProvider::manual_at(ID, "https://idp.example.com/sso", certificate.as_bytes(), now()).unwrap_err();
        assert!(matches!(error, MetadataError::Certificate(_)), "{error}");
    }
}

#[test]
fn fields_that_cannot_be_used() {
    let make = |id: &str, url: &str| IdentityProvider::manual_at(id, url, RSA_CERTIFICATE.as_bytes(), now());
    assert_eq!(make(" ", "https://idp.example.com/").unwrap_err().code(), "metadata-bad-entity-id");
    let error = make(ID, "javascript:alert(1)").unwrap_err();
    assert_eq!(error.code(), "location-not-http");
    assert!(error.to_string().contains("sign-on URL"), "{error}");
    assert!(make(ID, " https://idp.example.com/\n").is_ok(), "pasted white space is trimmed");
}

#[test]
fn sdp_sp37_further_keys_each_once_up_to_sixteen() {
    let idp = manual().with_signing_certificate_at(EC_CERTIFICATE.as_bytes(), now()).unwrap();
    assert_eq!(keys_of(&idp), [RSA_KEY, EC_KEY]);
    let again = idp.with_signing_certificate_at(RSA_CERTIFICATE.as_bytes(), now()).unwrap();
    assert_eq!(keys_of(&again), [RSA_KEY, EC_KEY]);
}

#[test]
fn logout_endpoint() {
    let idp = manual()
        .with_slo_url(Binding::Post, "https://idp.example.com/slo", Some("https://idp.example.com/answer"))
        .unwrap();
    assert_eq!(idp.single_logout()[0].location().as_str(), "https://idp.example.com/slo");
    assert_eq!(idp.single_logout()[0].response_location().unwrap().as_str(), "https://idp.example.com/answer");
    assert!(manual().with_slo_url(Binding::Post, "ftp://x/", None).is_err());
}

#[test]
fn is_shared_between_threads() {
    fn shared<T: Clone + Send + Sync + 'static>() {}
    shared::<IdentityProvider>();
    shared::<Metadata>();
}
