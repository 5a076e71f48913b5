//! Configuration and options that are refused before a message is sent.

use saml_sp::{Binding, IdentityProvider, LoginOptions, Outbound, ServiceProvider, Whose};

use crate::world::*;

fn begin(world: &World, options: &LoginOptions) -> Result<saml_sp::LoginRequest, saml_sp::Error> {
    world.sp().begin_login_with(&world.idp, options)
}

#[test]
fn entity_ids_that_are_none() {
    for id in ["", " \n", "a\0b", &"e".repeat(1025)] {
        let error = ServiceProvider::builder(id, ACS).build().unwrap_err();
        is_error(&error, "config-entity-id", Whose::Application, &[]);
    }
    for id in ["e", "spn:00000002-0000", "our app", &"e".repeat(1024)] {
        assert_eq!(ServiceProvider::builder(id, ACS).build().unwrap().entity_id().as_str(), id);
    }
}

#[test]
fn acs_urls_that_are_none() {
    for url in [
        "",
        "/acs",
        "app.example.com/acs",
        "javascript:alert(1)",
        "https://user@app.example.com/acs",
        "https://app.example.com/acs#x",
        " https://app.example.com/acs",
    ] {
        let shown = format!("{url:?}");
        let error = ServiceProvider::builder(SP, url).build().unwrap_err();
        is_error(&error, "config-url", Whose::Application, &["ACS URL", &shown]);
        let error = ServiceProvider::builder(SP, ACS).acs_url(url).build().unwrap_err();
        is_error(&error, "config-url", Whose::Application, &["ACS URL", &shown]);
    }
    // Behind a proxy that ends TLS, and on loopback.
    assert!(ServiceProvider::builder(SP, "http://app.internal/acs").build().is_ok());
}

#[test]
fn bindings_by_which_no_request_goes_out() {
    let world = World::new();
    for binding in [Binding::Soap, Binding::Artifact, Binding::Paos, Binding::Other("urn:x".to_owned())] {
        let error = begin(&world, &LoginOptions::new().binding(binding)).unwrap_err();
        is_error(&error, "config-no-endpoint", Whose::Application, &[IDP, "Redirect or POST"]);
    }
    assert!(matches!(begin(&world, &LoginOptions::new()).unwrap().send, Outbound::Redirect(_)));
    let by_post = LoginOptions::new().binding(Binding::Post);
    assert!(matches!(begin(&world, &by_post).unwrap().send, Outbound::Post(_)));
}

#[test]
fn endpoints_without_tls_are_for_loopback_or_by_name() {
    let world = World::new();
    let idp = |url: &str| IdentityProvider::manual(IDP, url, world.test_idp.certificate()).unwrap();
    let login = |idp: &IdentityProvider| world.sp().begin_login(idp).map(|_| ());
    let plain = idp("http://idp.example.com/sso");
    is_error(
        &login(&plain).unwrap_err(),
        "idp-http-endpoint",
        Whose::IdentityProvider,
        &[IDP, "http://idp.example.com/sso"],
    );
    assert_eq!(login(&plain.dangerous_allow_http_endpoints()), Ok(()));
    for loopback in ["http://localhost:8080/sso", "http://127.0.0.1/sso", "http://[::1]/sso"] {
        assert_eq!(login(&idp(loopback)), Ok(()));
    }
}

#[test]
fn options_that_cannot_stand_in_xml() {
    let world = World::new();
    for text in ["a\0b", "\u{1b}[31m", "\u{ffff}"] {
        let error = begin(&world, &LoginOptions::new().provider_name(text)).unwrap_err();
        is_error(&error, "config-unwritable", Whose::Application, &["character"]);
    }
    let markup = LoginOptions::new().provider_name("<a href=\"x\">&'");
    let request = world.test_idp.receive(&begin(&world, &markup).unwrap().send).unwrap();
    assert!(request.xml.contains("ProviderName=\"&lt;a href=&quot;x&quot;>&amp;'\""), "{}", request.xml);
}

#[test]
fn extensions_are_one_element_of_another_namespace() {
    let world = World::new();
    let with = |xml: &str| begin(&world, &LoginOptions::new().extension(xml));
    for (xml, shows) in [
        ("", "well-formed"),
        ("text", "well-formed"),
        ("<a xmlns=\"urn:a\"/><b xmlns=\"urn:b\"/>", "well-formed"),
        ("<a xmlns=\"urn:a\">", "well-formed"),
        ("<p:a/>", "well-formed"),
        ("<!DOCTYPE a><a xmlns=\"urn:a\"/>", "DOCTYPE"),
        ("<a/>", "\"\""),
        ("<a xmlns=\"urn:oasis:names:tc:SAML:2.0:protocol\"/>", "SAML:2.0:protocol"),
        ("<a xmlns=\"urn:oasis:names:tc:SAML:2.0:assertion\"/>", "SAML:2.0:assertion"),
    ] {
        is_error(&with(xml).unwrap_err(), "config-extension", Whose::Application, &["extension", shows]);
    }
    let xml = "<a:Asynchronous xmlns:a=\"urn:oasis:names:tc:SAML:2.0:protocol:ext:async-slo\"/>";
    let request = world.test_idp.receive(&with(xml).unwrap().send).unwrap();
    assert!(request.xml.contains(&format!("<samlp:Extensions>{xml}</samlp:Extensions>")), "{}", request.xml);
}
