//! Odd values, in every place where an application may say something: an error, or a document that is well-formed and that
//! the schemas take (tests/interop/judge_emitted.sh).

use chrono::Duration;
use saml_sp::{
    AttributeConsumingService, ContactPerson, Limits, Metadata, MetadataTrust, Organization, RequestedAttribute,
    ServiceProvider, ServiceProviderMetadata, UiInfo,
};

use crate::everything::emit;
use crate::*;

const ODD: &[&str] = &[
    "",
    " ",
    "\n",
    "a\tb\nc",
    "\r\n",
    "]]>",
    "<!--",
    "&amp;",
    "&#0;",
    "<a b='c'/>",
    "\" onload=\"x",
    "'",
    "\u{0}",
    "\u{7f}",
    "\u{85}",
    "\u{a0}",
    "\u{2028}",
    "\u{200b}",
    "\u{202e}",
    "\u{fffe}",
    "\u{10ffff}",
    "é",
    "雲",
    "%",
    "%zz",
    "a:b c",
    "urn:x",
    "urn:%zz",
    "urn:a|b^c`d{e}",
    "urn:[x]",
    "urn:a#b#c",
    "://",
    ":",
    "1:2",
    "https://",
    "https://a.example",
    "https://a.example/ ",
    "https://a.example/%zz",
    "https://a.example/a|b^c`d{e}\"f<g>",
    "https://a.example/[x]",
    "https://a.example/?q=[x]&y={z}",
    "https://a.example/é/雲",
    "https://exämple.example/",
    "https://a.example:99999/",
    "https://[::1]:8443/x",
    "https://a.example/#f#g",
    "https://a.example/#[x]",
    "https://a.example/#%zz",
    "HTTPS://A.EXAMPLE/",
    "https://a_b.example/",
    "https://a.example/\\",
    "http://127.0.0.1",
    "data:image/png;base64,AAAA",
    "data:image/png;base64,%zz",
    "data:image/svg+xml,{x}[y]|z^`",
    "data:image/png;base64,é",
    "javascript:alert(1)",
    "en",
    "EN-us",
    "i-klingon",
    "x",
    "12",
    "en--us",
    "a@b",
    "a'b@c",
    "a|b^c`{d}@e",
    "é@é.example",
    "a@[127.0.0.1]",
    "a/b@c",
    "c+d",
];

type Place = fn(ServiceProviderMetadata, &str) -> ServiceProviderMetadata;

fn attribute(attribute: RequestedAttribute) -> AttributeConsumingService {
    AttributeConsumingService::new(0, "en", "a").attribute(attribute)
}

const PLACES: &[(&str, Place)] = &[
    ("organization-language", |m, v| m.organization(Organization::new(v, "a", "b", "https://c.example"))),
    ("organization-name", |m, v| m.organization(Organization::new("en", v, "b", "https://c.example"))),
    ("organization-display-name", |m, v| m.organization(Organization::new("en", "a", v, "https://c.example"))),
    ("organization-url", |m, v| m.organization(Organization::new("en", "a", "b", v))),
    ("contact-email", |m, v| m.contact(ContactPerson::technical(v))),
    ("contact-company", |m, v| m.contact(ContactPerson::technical("a@b").company(v))),
    ("contact-given-name", |m, v| m.contact(ContactPerson::security(v, "a@b"))),
    ("contact-surname", |m, v| m.contact(ContactPerson::technical("a@b").surname(v))),
    ("contact-telephone", |m, v| m.contact(ContactPerson::technical("a@b").telephone(v))),
    ("ui-language", |m, v| m.ui_info(UiInfo::new().display_name(v, "a"))),
    ("ui-display-name", |m, v| m.ui_info(UiInfo::new().display_name("en", v))),
    ("ui-description", |m, v| m.ui_info(UiInfo::new().description("en", v))),
    ("ui-keywords", |m, v| m.ui_info(UiInfo::new().keywords("en", [v, "a"]))),
    ("ui-keywords-language", |m, v| m.ui_info(UiInfo::new().keywords(v, ["a"]))),
    ("ui-logo", |m, v| m.ui_info(UiInfo::new().logo(v, 1, u32::MAX))),
    ("ui-logo-language", |m, v| m.ui_info(UiInfo::new().logo_in(v, "https://a.example", 1, 1))),
    ("ui-information", |m, v| m.ui_info(UiInfo::new().information_url("en", v))),
    ("ui-privacy", |m, v| m.ui_info(UiInfo::new().privacy_statement_url("en", v))),
    ("name-id-format", |m, v| m.name_id_format(v)),
    ("service-name", |m, v| {
        m.attribute_consuming_service(attribute(RequestedAttribute::new("a")).service_name("de", v))
    }),
    ("service-description", |m, v| {
        m.attribute_consuming_service(attribute(RequestedAttribute::new("a")).service_description("de", v))
    }),
    ("attribute-name", |m, v| m.attribute_consuming_service(attribute(RequestedAttribute::new(v)))),
    ("attribute-format", |m, v| m.attribute_consuming_service(attribute(RequestedAttribute::new("a").name_format(v)))),
    ("attribute-friendly", |m, v| {
        m.attribute_consuming_service(attribute(RequestedAttribute::new("a").friendly_name(v)))
    }),
    ("attribute-value", |m, v| m.attribute_consuming_service(attribute(RequestedAttribute::new("a").value(v)))),
    ("entity-attribute-name", |m, v| m.entity_attribute(v, ["a"])),
    ("entity-attribute-value", |m, v| m.entity_attribute("a", [v])),
    ("discovery", |m, v| m.discovery_response(v)),
];

#[test]
fn odd_values_are_errors_or_valid_documents() {
    let mut published = 0;
    let mut keep = |name: &str, xml: &str| {
        let read = Metadata::read_with(xml.as_bytes(), MetadataTrust::Transport, &Limits::default(), now());
        assert!(read.is_ok(), "{name}: {:?} in {xml}", read.err());
        emit(&format!("sp-metadata-odd-{name}.xml"), xml);
        published += 1;
    };
    for (place, say) in PLACES {
        for (number, odd) in ODD.iter().enumerate() {
            match say(metadata(), odd).to_xml() {
                Ok(xml) => keep(&format!("{place}-{number}"), &xml),
                Err(error) => {
                    assert!(["config-description", "config-url"].contains(&error.code()), "{place} {odd:?}: {error}")
                }
            }
        }
    }
    for (number, odd) in ODD.iter().enumerate() {
        for (place, sp) in
            [("entity-id", ServiceProvider::builder(*odd, ACS)), ("acs", ServiceProvider::builder(SP, *odd))]
        {
            let Ok(sp) = sp.build() else { continue };
            match sp.metadata().to_xml() {
                Ok(xml) => keep(&format!("{place}-{number}"), &xml),
                Err(error) => assert_eq!(error.code(), "config-description", "{place} {odd:?}: {error}"),
            }
        }
    }
    for (number, seconds) in [1, 59, 60, 315_360_000].into_iter().enumerate() {
        let span = Duration::seconds(seconds) + Duration::milliseconds(if number == 0 { 999 } else { 0 });
        keep(&format!("span-{number}"), &metadata().valid_for(span).cache_for(span).to_xml().unwrap());
    }
    assert!(published > 500, "{published}");
}
