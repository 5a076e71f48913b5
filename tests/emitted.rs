//! What we send, as others would read it: every kind of AuthnRequest and our metadata.
//!
//! With `SAML_SP_EMIT=folder` the same documents are written there, for the judges of tests/interop/judge_emitted.sh
//! (the OASIS schemas, pysaml2, Lasso).
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test may stop where it stands

mod keys;

use std::io::Read as _;
use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Duration, Utc};
use saml_sp::{
    Binding, Clock, Credential, EntityId, IdentityProvider, LoginOptions, LoginRequest, Metadata, MetadataTrust,
    NameId, NameIdPolicy, Outbound, RequestedAuthnContext, Scoping, ServiceProvider,
};

const ENTITY_ID: &str = "https://sp.example.com/saml";
const ACS: &str = "https://sp.example.com/saml/acs";
const SECOND_ACS: &str = "https://sp.example.com/tenants/b/acs?x=1&y=2";
const PERSISTENT: &str = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent";
const PASSWORD: &str = "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport";
const X509: &str = "urn:oasis:names:tc:SAML:2.0:ac:classes:X509";

fn now() -> DateTime<Utc> {
    "2026-01-15T12:00:00Z".parse().unwrap()
}

fn sp() -> ServiceProvider {
    ServiceProvider::builder(ENTITY_ID, ACS).acs_url(SECOND_ACS).clock(Clock::Fixed(now())).build().unwrap()
}

/// The provider of the golden messages, with an endpoint that has a query of its own, and one for POST.
fn idp() -> IdentityProvider {
    let golden = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/both-exclusive.json");
    let golden: serde_json::Value = serde_json::from_slice(&std::fs::read(golden).unwrap()).unwrap();
    let metadata = golden["idp_metadata"]
        .as_str()
        .unwrap()
        .replace("https://idp.example/sso", "https://idp.example/sso?tenant=a&amp;v=2");
    let metadata = Metadata::read(metadata.as_bytes(), MetadataTrust::Transport).unwrap();
    metadata.only_identity_provider().unwrap().with_sso_post_url("https://idp.example/sso/post").unwrap()
}

/// Every option, alone and all at once.
fn requests() -> Vec<(&'static str, LoginOptions)> {
    let extension = r#"<x:hint xmlns:x="urn:example:hint" for="a &amp; b">text</x:hint>"#;
    let scoping = || {
        let entity = |id: &str| EntityId::new(id).unwrap();
        Scoping::new()
            .proxy_count(1)
            .idp(entity("https://idp.example/a"))
            .idp(entity("b"))
            .requester(entity("urn:example:r"))
    };
    let policy = || NameIdPolicy::format(PERSISTENT).sp_name_qualifier(ENTITY_ID).allow_create();
    vec![
        ("plain", LoginOptions::new()),
        ("force", LoginOptions::new().force_authn()),
        ("passive", LoginOptions::new().is_passive().provider_name("Ørsted & \"Søn\" <x> '\u{1F980}'")),
        ("policy-any", LoginOptions::new().name_id_policy(NameIdPolicy::any())),
        ("policy", LoginOptions::new().name_id_policy(policy())),
        ("context-exact", LoginOptions::new().requested_authn_context(RequestedAuthnContext::exact([PASSWORD, X509]))),
        (
            "context-minimum",
            LoginOptions::new().requested_authn_context(RequestedAuthnContext::minimum([PASSWORD], [PASSWORD, X509])),
        ),
        (
            "context-maximum",
            LoginOptions::new().requested_authn_context(RequestedAuthnContext::maximum([X509], [PASSWORD, X509])),
        ),
        (
            "context-better",
            LoginOptions::new().requested_authn_context(RequestedAuthnContext::better([PASSWORD], [X509])),
        ),
        ("subject", LoginOptions::new().subject(NameId::new("ada <&> \u{1F980}"))),
        ("scoping", LoginOptions::new().scoping(scoping())),
        ("extension", LoginOptions::new().extension(extension)),
        ("second-acs", LoginOptions::new().acs_url(SECOND_ACS)),
        ("attributes", LoginOptions::new().attribute_consuming_service(7)),
        (
            "everything",
            LoginOptions::new()
                .force_authn()
                .provider_name("everything")
                .name_id_policy(policy())
                .requested_authn_context(RequestedAuthnContext::exact([PASSWORD]))
                .subject(NameId::new("ada"))
                .scoping(scoping())
                .extension(extension)
                .max_authn_age(Duration::minutes(5))
                .tag("tenant a"),
        ),
    ]
}

fn begin(options: LoginOptions, binding: Binding) -> LoginRequest {
    sp().begin_login_with(&idp(), &options.binding(binding)).unwrap()
}

fn emit(name: &str, text: &str) {
    if let Some(folder) = std::env::var_os("SAML_SP_EMIT").map(PathBuf::from) {
        let file = folder.join(name);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
    }
}

/// The one parameter of that name.
fn parameter(url: &url::Url, name: &str) -> String {
    let found: Vec<_> = url.query_pairs().filter(|(key, _)| key == name).map(|(_, value)| value.into_owned()).collect();
    let [one] = found.as_slice() else { panic!("{} parameters {name} in {url}", found.len()) };
    one.clone()
}

#[test]
fn redirects_carry_the_request_and_the_handle_of_the_pending_login() {
    for (name, options) in requests() {
        let LoginRequest { send: Outbound::Redirect(location), pending } = begin(options, Binding::Redirect) else {
            panic!("{name}: asked for a redirect");
        };
        emit(&format!("authn-request-{name}.url"), &location);
        assert!(location.starts_with("https://idp.example/sso?tenant=a&v=2&SAMLRequest="), "{name}: {location}");
        let url = url::Url::parse(&location).unwrap();
        assert_eq!(parameter(&url, "RelayState"), pending.handle());
        assert!(pending.handle().len() <= 80, "bindings 3.4.3");
        let mut xml = String::new();
        let deflated = STANDARD.decode(parameter(&url, "SAMLRequest")).unwrap();
        flate2::read::DeflateDecoder::new(deflated.as_slice()).read_to_string(&mut xml).unwrap();
        is_our_request(name, &xml, pending.request_id(), "https://idp.example/sso?tenant=a&amp;v=2");
    }
}

#[test]
fn forms_carry_the_request_and_the_handle_of_the_pending_login() {
    for (name, options) in requests() {
        let LoginRequest { send: Outbound::Post(form), pending } = begin(options, Binding::Post) else {
            panic!("{name}: asked for a form");
        };
        assert_eq!(form.action, "https://idp.example/sso/post");
        let [("SAMLRequest", message), ("RelayState", handle)] = form.fields.as_slice() else {
            panic!("{name}: {:?}", form.fields);
        };
        assert_eq!(handle, pending.handle());
        let xml = String::from_utf8(STANDARD.decode(message).unwrap()).unwrap();
        emit(&format!("authn-request-{name}.xml"), &xml);
        is_our_request(name, &xml, pending.request_id(), "https://idp.example/sso/post");
    }
}

fn is_our_request(name: &str, xml: &str, id: &str, destination: &str) {
    let acs = if name == "second-acs" { SECOND_ACS.replace('&', "&amp;") } else { ACS.to_owned() };
    for expected in [
        format!(r#" ID="{id}""#),
        format!(r#" Destination="{destination}""#),
        format!(r#" AssertionConsumerServiceURL="{acs}""#),
        r#" IssueInstant="2026-01-15T12:00:00Z""#.to_owned(),
        format!(">{ENTITY_ID}</saml:Issuer>"),
    ] {
        assert!(xml.contains(&expected), "{name}: no {expected} in {xml}");
    }
    // SDP-SP05, SDP-SP04 and SDP-SP07: no index, and nothing is asked for that the application did not ask for.
    assert!(!xml.contains("AssertionConsumerServiceIndex"), "{name}: {xml}");
    assert_eq!(xml.contains("NameIDPolicy"), ["policy-any", "policy", "everything"].contains(&name), "{name}: {xml}");
    assert_eq!(
        xml.contains("RequestedAuthnContext"),
        name.starts_with("context") || name == "everything",
        "{name}: {xml}"
    );
    assert_eq!(xml.contains(r#" AttributeConsumingServiceIndex="7""#), name == "attributes", "{name}: {xml}");
    assert!(!xml.contains("<!"), "SDP-G03: never a DTD");
}

/// A port or an escape more would be another URL to an identity provider that compares them.
#[test]
fn sdp_sp06_the_acs_url_of_a_request_is_that_of_the_metadata_to_the_letter() {
    for acs in
        [ACS, "https://SP.example.com:443/saml/%7Eacs", "https://sp.example.com", "https://sp.example.com/a/../acs/?"]
    {
        let sp = ServiceProvider::builder(ENTITY_ID, ACS).acs_url(acs).build().unwrap();
        let options = LoginOptions::new().binding(Binding::Post).acs_url(acs);
        let Outbound::Post(form) = sp.begin_login_with(&idp(), &options).unwrap().send else { panic!("a form") };
        let xml = String::from_utf8(STANDARD.decode(&form.fields[0].1).unwrap()).unwrap();
        assert!(xml.contains(&format!(r#" AssertionConsumerServiceURL="{acs}""#)), "{xml}");
        assert!(sp.metadata().to_xml().unwrap().contains(&format!(r#" Location="{acs}" index"#)), "{acs}");
    }
}

/// Attributes and texts alike, where the application's own are short.
#[test]
fn sdp_g02_what_we_make_ourselves_is_short() {
    let longest = |xml: &str| xml.split(['"', '<', '>']).map(|piece| piece.chars().count()).max().unwrap();
    for (name, options) in requests() {
        let LoginRequest { send: Outbound::Post(form), pending } = begin(options, Binding::Post) else {
            panic!("{name}")
        };
        let xml = String::from_utf8(STANDARD.decode(&form.fields[0].1).unwrap()).unwrap();
        assert!(longest(&xml) <= 256 && pending.handle().len() <= 256, "{name}: {xml}");
    }
    let metadata = sp().metadata().to_xml().unwrap();
    assert!(longest(&metadata) <= 256, "{metadata}");
}

/// For Lasso: one request by each binding, and metadata that says so and is signed.
#[test]
fn signed_requests_with_the_metadata_to_verify_them() {
    let pair = keys::Pair::rsa();
    let sp = ServiceProvider::builder(ENTITY_ID, ACS).clock(Clock::Fixed(now())).always_sign_requests();
    let sp = sp.credential(Credential::active(pair.certificate()).signing(pair.signing())).build().unwrap();
    let options = |binding| LoginOptions::new().binding(binding);
    let Outbound::Redirect(url) = sp.begin_login_with(&idp(), &options(Binding::Redirect)).unwrap().send else {
        panic!("a redirect")
    };
    emit("by-lasso/request.url", &url);
    let Outbound::Post(form) = sp.begin_login_with(&idp(), &options(Binding::Post)).unwrap().send else {
        panic!("a form")
    };
    let xml = String::from_utf8(STANDARD.decode(&form.fields[0].1).unwrap()).unwrap();
    emit("by-lasso/request.xml", &xml);
    let metadata = sp.metadata().to_signed_xml().unwrap();
    emit("by-lasso/sp-metadata.xml", &metadata);
    emit("by-lasso/certificate", &pair.certificate_base64());
    assert!(url.contains("&Signature=") && xml.contains("<ds:Signature") && metadata.contains("<ds:Signature"));
    assert!(metadata.contains("AuthnRequestsSigned=\"true\""), "{metadata}");
}

#[test]
fn request_ids_are_ncnames_of_160_bits_and_never_repeat() {
    let ids: std::collections::BTreeSet<_> =
        (0..200).map(|_| begin(LoginOptions::new(), Binding::Redirect).pending.request_id().to_owned()).collect();
    assert_eq!(ids.len(), 200);
    for id in ids {
        let digits = id.strip_prefix('_').expect("core 1.3.4: an NCName does not begin with a digit");
        assert!(digits.len() >= 40 && digits.bytes().all(|b| b.is_ascii_hexdigit()), "{id}");
    }
}

#[test]
fn metadata_names_what_was_configured() {
    let xml = sp().metadata().to_xml().unwrap();
    emit("sp-metadata.xml", &xml);
    assert!(xml.contains(&format!(r#" entityID="{ENTITY_ID}""#)), "{xml}");
    for acs in [ACS.to_owned(), SECOND_ACS.replace('&', "&amp;")] {
        assert!(xml.contains(&format!(r#" Location="{acs}""#)), "{xml}");
    }
    let foreign = ServiceProvider::builder("ours & \"theirs\" <x>", ACS).build().unwrap().metadata().to_xml().unwrap();
    emit("sp-metadata-free-text.xml", &foreign);
    assert!(foreign.contains(r#" entityID="ours &amp; &quot;theirs&quot; &lt;x"#), "{foreign}");
}
