//! What `build` and the metadata say about logout.

use saml_sp::{Binding, ConfigError, Credential, Error, ServiceProvider, Whose};

use crate::keys::Pair;
use crate::stage::*;
use crate::world::*;

fn plain() -> saml_sp::ServiceProviderBuilder {
    let pair = Pair::ecdsa();
    ServiceProvider::builder(SP, ACS).credential(Credential::active(pair.certificate()).signing(pair.signing()))
}

#[test]
fn sdp_sp39_the_metadata_names_the_logout_urls() {
    let xml = Stage::new().sp.metadata().to_xml().unwrap();
    for (binding, url) in [("HTTP-Redirect", SLO), ("HTTP-POST", SLO), ("SOAP", SLO_SOAP)] {
        let service = format!(
            "<md:SingleLogoutService Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:{binding}\" Location=\"{url}\">"
        );
        assert!(xml.contains(&service), "{xml}");
    }
    let keys = xml.find("</md:KeyDescriptor>").unwrap();
    assert!(keys < xml.find("<md:SingleLogoutService").unwrap(), "metadata 2.4.2: behind the keys");
    assert!(xml.find("<md:SingleLogoutService").unwrap() < xml.find("<md:AssertionConsumerService").unwrap());
}

/// No key, no URL, no word of it in the metadata; and logins.
#[test]
fn sdp_sp24_logout_is_optional() {
    let sp = ServiceProvider::builder(SP, ACS).clock(saml_sp::Clock::Fixed(noon())).build().unwrap();
    assert!(!sp.metadata().to_xml().unwrap().contains("SingleLogoutService"));
    assert_eq!(sp.slo_url(&Binding::Redirect), None);
    let stage = Stage::new();
    assert!(sp.begin_login(&stage.idp).is_ok());
    assert_eq!(stage.sp.slo_url(&Binding::Soap), Some(SLO_SOAP));
}

#[test]
fn a_logout_url_without_tls_or_twice_or_for_nothing() {
    let build = |binding: Binding, url: &str| plain().slo_url(binding, url).build();
    for (result, shows) in [
        (build(Binding::Redirect, "http://app.example.com/slo"), "TLS"),
        (build(Binding::Artifact, "https://app.example.com/slo"), "Redirect, POST or SOAP"),
        (plain().slo_url(Binding::Post, SLO).slo_url(Binding::Post, SLO_SOAP).build(), "already"),
    ] {
        is(result, "config-slo-url", Whose::Application, &[shows]);
    }
    is(build(Binding::Redirect, "/slo"), "config-url", Whose::Application, &["logout URL", "/slo"]);
    build(Binding::Redirect, "http://127.0.0.1:3000/slo").unwrap();
    build(Binding::Redirect, "http://localhost/slo").unwrap();
}

#[test]
fn logout_needs_a_key_that_signs() {
    let without = ServiceProvider::builder(SP, ACS).slo_url(Binding::Redirect, SLO).build().unwrap_err();
    is_error(&without, "config-no-signing-key", Whose::Application, &["logouts"]);
    assert!(without.hint().contains("Credential::active"), "{}", without.hint());
    assert!(matches!(without, Error::Config(ConfigError::NoSigningKey { .. })));
}

#[test]
fn logout_needs_a_logout_url() {
    let stage = Stage::new();
    let without = plain().clock(saml_sp::Clock::Fixed(noon())).build().unwrap();
    let error = without.begin_logout(&stage.idp, &stage.session).unwrap_err();
    is_error(&error, "config-no-slo-url", Whose::Application, &["Redirect or POST"]);
    assert!(error.hint().contains("slo_url"), "{}", error.hint());
    for (binding, name) in BINDINGS.into_iter().zip(["Redirect", "POST", "SOAP"]) {
        let mail = stage.mail(&stage.request(&binding), &binding);
        let error = without.receive_logout(&stage.idp, &mail.inbound()).unwrap_err();
        is_error(&error, "config-no-slo-url", Whose::Application, &[name]);
    }
    let soap_only = plain().slo_url(Binding::Soap, SLO_SOAP).build().unwrap();
    is(soap_only.begin_logout(&stage.idp, &stage.session), "config-no-slo-url", Whose::Application, &[]);
    // By SOAP the answer comes back on the connection.
    let options = saml_sp::LogoutOptions::new();
    let call = without.begin_logout_by_soap(&stage.idp, &stage.session, &options).unwrap();
    let request = stage.test_idp.receive_logout_call(&call).unwrap_err();
    assert!(
        request.to_string().contains("verify"),
        "it is signed by a key that the other side does not know: {request}"
    );
}

#[test]
fn whom_we_cannot_ask() {
    let stage = Stage::new();
    let keyless = ServiceProvider::builder(SP, ACS).build().unwrap();
    is(keyless.begin_logout(&stage.idp, &stage.session), "config-no-signing-key", Whose::Application, &[IDP]);
}
