//! What the application says about itself.

use chrono::Duration;
use saml_sp::{
    AttributeConsumingService, ContactPerson, KeyState, Limits, Metadata, MetadataTrust, Organization,
    RequestedAttribute, ServiceProvider, ServiceProviderMetadata, SubjectIdRequirement, UiInfo, urn,
};

use crate::keys::Pair;
use crate::*;

#[test]
fn sdp_md09_and_10_how_the_service_presents_itself() {
    let xml = metadata().ui_info(ui_info()).to_xml().unwrap();
    let expected = concat!(
        r#"<md:Extensions><mdui:UIInfo xmlns:mdui="urn:oasis:names:tc:SAML:metadata:ui">"#,
        r#"<mdui:DisplayName xml:lang="en">Example &lt;Cloud&gt; &amp; "Söhne"</mdui:DisplayName>"#,
        r#"<mdui:DisplayName xml:lang="de">Beispielwolke</mdui:DisplayName>"#,
        "<mdui:Description xml:lang=\"en\">Keeps\nthings.</mdui:Description>",
        r#"<mdui:Keywords xml:lang="en">cloud two+words</mdui:Keywords>"#,
        r#"<mdui:Logo height="60" width="120">https://app.example.com/logo.png?a=1&amp;b=2</mdui:Logo>"#,
        r#"<mdui:Logo height="16" width="16" xml:lang="de">data:image/png;base64,iVBORw0KGgo=</mdui:Logo>"#,
        r#"<mdui:InformationURL xml:lang="en">http://app.example.com/about#us</mdui:InformationURL>"#,
        r#"<mdui:PrivacyStatementURL xml:lang="en">https://app.example.com/privacy</mdui:PrivacyStatementURL>"#,
        r#"</mdui:UIInfo></md:Extensions>"#,
    );
    assert!(xml.contains(expected), "{xml}");
}

#[test]
fn sdp_md10_logos_come_over_https_or_in_the_document() {
    let with = |url: &str| metadata().ui_info(UiInfo::new().logo(url, 1, 1));
    for url in [
        "http://app.example.com/logo.png",
        "data:text/html,<script>",
        "data:image/png",
        "data:image/png;base64,",
        "data:image/svg+xml,<svg>",
        "data:image/png;base64,a b",
    ] {
        refused(&with(url), "config-description", &["mdui:Logo"]);
    }
    for url in ["logo.png", "javascript:alert(1)", "https://user@app.example.com/logo.png", ""] {
        refused(&with(url), "config-url", &["mdui:Logo", &format!("{url:?}")]);
    }
    for (width, height) in [(0, 1), (1, 0)] {
        let logo = UiInfo::new().logo("https://app.example.com/logo.png", width, height);
        refused(&metadata().ui_info(logo), "config-description", &["mdui:Logo", "pixel"]);
    }
    let languages = UiInfo::new().logo_in("e_n", "https://app.example.com/logo.png", 1, 1);
    refused(&metadata().ui_info(languages), "config-description", &["mdui:Logo", "e_n"]);
}

#[test]
fn sdp_md11_whom_to_write_to() {
    let technical = ContactPerson::technical("saml@example.com")
        .email("mailto:second+tag@example.com")
        .company("Example & Co")
        .given_name("Identity")
        .surname("Team")
        .telephone("+45 35 32 26 26")
        .telephone("112");
    let metadata = metadata()
        .contact(technical)
        .contact(ContactPerson::support("a@b"))
        .contact(ContactPerson::administrative("a@b"))
        .contact(ContactPerson::billing("a@b"))
        .contact(ContactPerson::other("a@b"))
        .contact(ContactPerson::security("Incident Response", "cert@example.com"));
    let xml = metadata.to_xml().unwrap();
    let email = "<md:EmailAddress>mailto:a@b</md:EmailAddress>";
    let expected = [
        concat!(
            r#"</md:SPSSODescriptor><md:ContactPerson contactType="technical"><md:Company>Example &amp; Co</md:Company>"#,
            "<md:GivenName>Identity</md:GivenName><md:SurName>Team</md:SurName>",
            "<md:EmailAddress>mailto:saml@example.com</md:EmailAddress>",
            "<md:EmailAddress>mailto:second+tag@example.com</md:EmailAddress>",
            "<md:TelephoneNumber>+45 35 32 26 26</md:TelephoneNumber><md:TelephoneNumber>112</md:TelephoneNumber>",
            "</md:ContactPerson>",
        )
        .to_owned(),
        format!(r#"<md:ContactPerson contactType="support">{email}</md:ContactPerson>"#),
        format!(r#"<md:ContactPerson contactType="administrative">{email}</md:ContactPerson>"#),
        format!(r#"<md:ContactPerson contactType="billing">{email}</md:ContactPerson>"#),
        format!(r#"<md:ContactPerson contactType="other">{email}</md:ContactPerson>"#),
        concat!(
            r#"<md:ContactPerson xmlns:remd="http://refeds.org/metadata" contactType="other" "#,
            r#"remd:contactType="http://refeds.org/metadata/contactType/security">"#,
            "<md:GivenName>Incident Response</md:GivenName><md:EmailAddress>mailto:cert@example.com</md:EmailAddress>",
            "</md:ContactPerson></md:EntityDescriptor>",
        )
        .to_owned(),
    ];
    assert!(xml.ends_with(&expected.concat()), "{xml}");
}

#[test]
fn addresses_that_are_none() {
    for address in [
        "",
        "mailto:",
        "example.com",
        "@example.com",
        "a@",
        "a@b@c",
        "a b@example.com",
        "a@example.com?subject=x",
        "a%40b@example.com",
        "A <a@example.com>",
        "a@example.com\n",
        "a\0@example.com",
        "a@example.com,b@example.com",
        "MAILTO:a@example.com",
    ] {
        refused(&metadata().contact(ContactPerson::support(address)), "config-description", &["md:EmailAddress"]);
        let second = ContactPerson::support("a@b").email(address);
        refused(&metadata().contact(second), "config-description", &["md:EmailAddress"]);
    }
}

#[test]
fn organizations_in_several_languages() {
    let ours = Organization::new("en", "Example Ltd", "Example", "https://example.com/en#top").also_in(
        "pt-BR",
        "Exemplo Ltda",
        "Exemplo",
        "https://example.com/pt",
    );
    let xml = metadata().organization(ours).contact(ContactPerson::support("a@b")).to_xml().unwrap();
    let expected = concat!(
        "</md:SPSSODescriptor><md:Organization>",
        r#"<md:OrganizationName xml:lang="en">Example Ltd</md:OrganizationName>"#,
        r#"<md:OrganizationName xml:lang="pt-BR">Exemplo Ltda</md:OrganizationName>"#,
        r#"<md:OrganizationDisplayName xml:lang="en">Example</md:OrganizationDisplayName>"#,
        r#"<md:OrganizationDisplayName xml:lang="pt-BR">Exemplo</md:OrganizationDisplayName>"#,
        r#"<md:OrganizationURL xml:lang="en">https://example.com/en#top</md:OrganizationURL>"#,
        r#"<md:OrganizationURL xml:lang="pt-BR">https://example.com/pt</md:OrganizationURL>"#,
        "</md:Organization><md:ContactPerson ",
    );
    assert!(xml.contains(expected), "{xml}");
}

fn service(index: u16) -> AttributeConsumingService {
    AttributeConsumingService::new(index, "en", "Example Cloud").attribute(RequestedAttribute::new("mail"))
}

#[test]
fn attributes_that_are_asked_for() {
    let wanted = AttributeConsumingService::new(7, "en", "Example Cloud")
        .service_name("de", "Beispielwolke")
        .service_description("en", "Keeps things.")
        .attribute(
            RequestedAttribute::new("urn:oid:1.3.6.1.4.1.5923.1.1.1.7")
                .name_format(urn::attribute_name_format::URI)
                .friendly_name("eduPersonEntitlement")
                .required()
                .value("urn:example:a & b")
                .value(" spaces count "),
        )
        .attribute(RequestedAttribute::new("mail"))
        .as_default();
    let xml = metadata().attribute_consuming_service(service(0)).attribute_consuming_service(wanted).to_xml().unwrap();
    let expected = concat!(
        r#"</md:AssertionConsumerService><md:AttributeConsumingService index="0">"#,
        r#"<md:ServiceName xml:lang="en">Example Cloud</md:ServiceName>"#,
        r#"<md:RequestedAttribute Name="mail"></md:RequestedAttribute></md:AttributeConsumingService>"#,
        r#"<md:AttributeConsumingService index="7" isDefault="true">"#,
        r#"<md:ServiceName xml:lang="en">Example Cloud</md:ServiceName>"#,
        r#"<md:ServiceName xml:lang="de">Beispielwolke</md:ServiceName>"#,
        r#"<md:ServiceDescription xml:lang="en">Keeps things.</md:ServiceDescription>"#,
        r#"<md:RequestedAttribute FriendlyName="eduPersonEntitlement" Name="urn:oid:1.3.6.1.4.1.5923.1.1.1.7" "#,
        r#"NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:uri" isRequired="true">"#,
        r#"<saml:AttributeValue xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">urn:example:a &amp; b</saml:AttributeValue>"#,
        r#"<saml:AttributeValue xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"> spaces count </saml:AttributeValue>"#,
        r#"</md:RequestedAttribute><md:RequestedAttribute Name="mail"></md:RequestedAttribute>"#,
        r#"</md:AttributeConsumingService></md:SPSSODescriptor>"#,
    );
    assert!(xml.contains(expected), "{xml}");
}

#[test]
fn sets_of_attributes_differ_and_are_not_empty() {
    let with = |services: Vec<AttributeConsumingService>| {
        services.into_iter().fold(metadata(), ServiceProviderMetadata::attribute_consuming_service)
    };
    let empty = AttributeConsumingService::new(3, "en", "Example Cloud");
    refused(&with(vec![empty]), "config-description", &["AttributeConsumingService", "\"3\"", "no attribute"]);
    refused(&with(vec![service(5), service(5)]), "config-description", &["\"5\"", "same index"]);
    let default = |index| service(index).as_default();
    refused(&with(vec![default(1), default(2)]), "config-description", &["\"2\"", "default"]);
    let unnamed = service(0).attribute(RequestedAttribute::new(""));
    refused(&with(vec![unnamed]), "config-description", &["RequestedAttribute", "empty"]);
    let format = service(0).attribute(RequestedAttribute::new("a").name_format("basic"));
    refused(&with(vec![format]), "config-description", &["RequestedAttribute", "\"basic\"", "URI"]);
    let friendly = service(0).attribute(RequestedAttribute::new("a").friendly_name(" "));
    refused(&with(vec![friendly]), "config-description", &["RequestedAttribute"]);
    let value = service(0).attribute(RequestedAttribute::new("a").value(""));
    refused(&with(vec![value]), "config-description", &["AttributeValue"]);
}

#[test]
fn sdp_sp14_and_15_which_subject_identifier_is_needed() {
    use SubjectIdRequirement::{Any, None, PairwiseId, SubjectId};
    for (requirement, value) in [(None, "none"), (Any, "any"), (SubjectId, "subject-id"), (PairwiseId, "pairwise-id")] {
        let xml = metadata().subject_id(Any).subject_id(requirement).to_xml().unwrap();
        let expected = format!(
            "<md:Extensions><mdattr:EntityAttributes xmlns:mdattr=\"urn:oasis:names:tc:SAML:metadata:attribute\" \
             xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\">\
             <saml:Attribute Name=\"urn:oasis:names:tc:SAML:profiles:subject-id:req\" \
             NameFormat=\"urn:oasis:names:tc:SAML:2.0:attrname-format:uri\">\
             <saml:AttributeValue>{value}</saml:AttributeValue></saml:Attribute></mdattr:EntityAttributes><alg:"
        );
        assert!(xml.contains(&expected), "{xml}");
    }
}

#[test]
fn entity_attributes_of_one_name_are_one_attribute() {
    let xml = metadata()
        .entity_category("https://refeds.org/category/code-of-conduct/v2")
        .entity_attribute("urn:example:other", ["a", "b & c"])
        .entity_category("http://refeds.org/category/research-and-scholarship")
        .to_xml()
        .unwrap();
    let attributes: Vec<Vec<&str>> = xml
        .split("<saml:Attribute ")
        .skip(1)
        .map(|attribute| {
            let name = between(attribute, "Name=\"", "\"");
            let values = attribute.split("<saml:AttributeValue>").skip(1).map(|rest| rest.split_once('<').unwrap().0);
            [name].into_iter().chain(values).collect()
        })
        .collect();
    let categories = [
        "http://macedir.org/entity-category",
        "https://refeds.org/category/code-of-conduct/v2",
        "http://refeds.org/category/research-and-scholarship",
    ];
    assert_eq!(attributes, [categories.to_vec(), vec!["urn:example:other", "a", "b &amp; c"]]);
}

#[test]
fn other_values_that_are_not_published() {
    let m = metadata;
    let none: [&str; 0] = [];
    let name = |language: &str, text: &str| m().ui_info(UiInfo::new().display_name(language, text));
    let organization = |language: &str, url: &str| m().organization(Organization::new(language, "a", "a", url));
    let url = "https://example.com";
    let cases: Vec<(ServiceProviderMetadata, &str, &[&str])> = vec![
        (name("en", ""), "config-description", &["mdui:DisplayName", "empty"]),
        (name("en", " \n"), "config-description", &["empty"]),
        (name("en", "a\u{0}b"), "config-description", &["control character", r"a\u{0}b"]),
        (name("en", "\u{ffff}"), "config-description", &["control character"]),
        (name("", "a"), "config-description", &["language tag", "\"\""]),
        (name("en_US", "a"), "config-description", &["language tag", "en_US"]),
        (name("toolonglanguage", "a"), "config-description", &["language tag"]),
        (name("e1", "a"), "config-description", &["language tag"]),
        (name("en-", "a"), "config-description", &["language tag"]),
        (
            m().ui_info(UiInfo::new().display_name("en", "a").display_name("EN", "b")),
            "config-description",
            &["twice", "\"EN\""],
        ),
        (m().ui_info(UiInfo::new().keywords("en", ["c++"])), "config-description", &["mdui:Keywords", "c++"]),
        (m().ui_info(UiInfo::new().keywords("en", none)), "config-description", &["mdui:Keywords", "empty"]),
        (m().ui_info(UiInfo::new().keywords("en", [" "])), "config-description", &["mdui:Keywords", "empty"]),
        (m().ui_info(UiInfo::new().description("en", "\u{1b}[31m")), "config-description", &["mdui:Description"]),
        (m().ui_info(UiInfo::new().information_url("en", "/about")), "config-url", &["InformationURL", "/about"]),
        (
            m().ui_info(UiInfo::new().privacy_statement_url("en", "https://a.example/#b#c")),
            "config-url",
            &["PrivacyStatementURL"],
        ),
        (organization("en", "ftp://example.com"), "config-url", &["OrganizationURL"]),
        (organization("en", "https://example.com/#a b"), "config-url", &["OrganizationURL", "U+0020"]),
        (organization("-", url), "config-description", &["OrganizationName"]),
        (m().contact(ContactPerson::support("a@b").telephone("")), "config-description", &["TelephoneNumber"]),
        (m().contact(ContactPerson::support("a@b").company("")), "config-description", &["md:Company"]),
        (m().contact(ContactPerson::security("", "a@b")), "config-description", &["md:GivenName"]),
        (m().name_id_format("persistent"), "config-description", &["md:NameIDFormat", "persistent"]),
        (m().name_id_format("urn:a b"), "config-description", &["md:NameIDFormat"]),
        (m().name_id_format(""), "config-description", &["md:NameIDFormat", "empty"]),
        (m().discovery_response("/discovered"), "config-url", &["DiscoveryResponse"]),
        (m().entity_category(""), "config-description", &["AttributeValue", "empty"]),
        (m().entity_attribute("", ["a"]), "config-description", &["saml:Attribute", "empty"]),
        (m().entity_attribute("a", none), "config-description", &["saml:Attribute", "no value"]),
        (m().valid_for(Duration::zero()), "config-out-of-range", &["validity", "0"]),
        (m().valid_for(Duration::days(3651)), "config-out-of-range", &["validity"]),
        (m().valid_for(Duration::MAX), "config-out-of-range", &["validity"]),
        (m().cache_for(Duration::milliseconds(999)), "config-out-of-range", &["kept"]),
        (m().cache_for(Duration::seconds(-5)), "config-out-of-range", &["kept", "-5"]),
    ];
    for (metadata, code, shows) in cases {
        refused(&metadata, code, shows);
    }
    for language in ["e", "EN", "pt-BR", "zh-Hant-TW", "sl-1994", "abcdefgh-12345678"] {
        assert!(name(language, "a").to_xml().is_ok(), "{language}");
    }
}

#[test]
fn an_entity_id_of_any_text_is_escaped() {
    let sp = ServiceProvider::builder("a<b>&\"c\"", ACS).build().unwrap();
    assert!(sp.metadata().to_xml().unwrap().contains(" entityID=\"a&lt;b>&amp;&quot;c&quot;\">"));
}

#[test]
fn lifetimes_count_from_the_service_provider_s_clock() {
    let metadata = metadata().valid_for(Duration::days(14)).cache_for(Duration::hours(6));
    let xml = metadata.to_xml().unwrap();
    assert!(xml.contains(" cacheDuration=\"PT21600S\" entityID="), "{xml}");
    assert!(xml.contains(" validUntil=\"2026-01-29T12:00:00Z\">"), "{xml}");
}

#[test]
fn discovery_services_and_name_formats() {
    let xml = metadata()
        .discovery_response("https://app.example.com/discovered?a&b")
        .discovery_response("https://app.example.com/2")
        .name_id_format(urn::name_id_format::PERSISTENT)
        .name_id_format("urn:example:format")
        .to_xml()
        .unwrap();
    let expected = concat!(
        r#"<md:Extensions><idpdisc:DiscoveryResponse xmlns:idpdisc="urn:oasis:names:tc:SAML:profiles:SSO:idp-discovery-protocol" "#,
        r#"Binding="urn:oasis:names:tc:SAML:profiles:SSO:idp-discovery-protocol" "#,
        r#"Location="https://app.example.com/discovered?a&amp;b" index="0"></idpdisc:DiscoveryResponse>"#,
    );
    assert!(xml.contains(expected) && xml.contains(" Location=\"https://app.example.com/2\" index=\"1\">"), "{xml}");
    let formats = concat!(
        "<md:NameIDFormat>urn:oasis:names:tc:SAML:2.0:nameid-format:persistent</md:NameIDFormat>",
        "<md:NameIDFormat>urn:example:format</md:NameIDFormat><md:AssertionConsumerService "
    );
    assert!(xml.contains(formats), "{xml}");
}

/// The reader of identity providers' metadata, told that this is one: it reads the same values.
#[test]
fn our_own_reader_reads_what_we_write() {
    let pair = Pair::rsa();
    let sp = builder().credential(pair.both(KeyState::Active)).build().unwrap();
    let xml = sp
        .metadata()
        .ui_info(ui_info())
        .organization(Organization::new("en", "Example Ltd", "Example", "https://example.com"))
        .subject_id(SubjectIdRequirement::Any)
        .name_id_format(urn::name_id_format::TRANSIENT)
        .valid_for(Duration::days(14))
        .cache_for(Duration::hours(6))
        .to_xml()
        .unwrap();
    let as_idp = xml.replace("SPSSODescriptor", "IDPSSODescriptor");
    let as_idp = as_idp.replace("AssertionConsumerService", "SingleSignOnService");
    let read = Metadata::read_with(as_idp.as_bytes(), MetadataTrust::Transport, &Limits::default(), now()).unwrap();
    let read = read.only_identity_provider().unwrap();
    assert_eq!(read.entity_id().as_str(), SP);
    assert_eq!(read.signing_keys()[0].spki_sha256(), pair.certificate().key().spki_sha256());
    let names: Vec<_> = read.display_names().iter().map(|name| (name.language(), name.text())).collect();
    assert_eq!(names, [("en", "Example <Cloud> & \"Söhne\""), ("de", "Beispielwolke")]);
    let logo = &read.logos()[0];
    assert_eq!(logo.location().as_str(), "https://app.example.com/logo.png?a=1&b=2");
    assert_eq!((logo.width(), logo.height()), (Some(120), Some(60)));
    let [subject_id] = read.entity_attributes() else { panic!("{:?}", read.entity_attributes()) };
    assert_eq!(subject_id.name(), "urn:oasis:names:tc:SAML:profiles:subject-id:req");
    assert_eq!(subject_id.values().collect::<Vec<_>>(), ["any"]);
    assert_eq!(read.signing_methods(), algorithms(&xml, "alg:SigningMethod"));
    assert_eq!(read.digest_methods(), algorithms(&xml, "alg:DigestMethod"));
    assert_eq!(read.name_id_formats().collect::<Vec<_>>(), [urn::name_id_format::TRANSIENT]);
    assert_eq!(read.valid_until(), Some(now() + Duration::days(14)));
    assert_eq!(read.refresh_after(), Some(Duration::hours(6)));
}

/// All that a federation asks of a service provider without logout.
#[test]
fn sdp_sp39_what_federations_ask_for() {
    let pair = Pair::rsa();
    let sp = builder().credential(pair.both(KeyState::Active)).build().unwrap();
    let xml = sp
        .metadata()
        .ui_info(ui_info())
        .subject_id(SubjectIdRequirement::PairwiseId)
        .contact(ContactPerson::technical("saml@example.com"))
        .to_xml()
        .unwrap();
    for (part, count) in [
        ("<md:SPSSODescriptor ", 1),
        ("<md:KeyDescriptor>", 1),
        ("<md:EncryptionMethod ", 5),
        ("<md:AssertionConsumerService ", 1),
        ("<mdui:DisplayName ", 2),
        ("<mdui:Logo ", 2),
        ("<mdui:PrivacyStatementURL ", 1),
        ("urn:oasis:names:tc:SAML:profiles:subject-id:req", 1),
        ("contactType=\"technical\"", 1),
        ("<md:SingleLogoutService ", 0),
    ] {
        assert_eq!(xml.matches(part).count(), count, "{part} in {xml}");
    }
}
