//! Everything set, for the judges: with `SAML_SP_EMIT=folder` the document is written there, beside it what stands in it as
//! JSON, which others must read out of it (tests/interop/judge_metadata.py).

use std::path::PathBuf;

use chrono::Duration;
use saml_sp::{
    AttributeConsumingService, Certificate, ContactPerson, Credential, KeyState, Organization, RequestedAttribute,
    ServiceProvider, ServiceProviderMetadata, SignatureAlgorithm, SubjectIdRequirement, UiInfo,
};
use serde_json::{Value, json};

use crate::configured::{EXPIRED, NOT_YET_VALID};
use crate::keys::Pair;
use crate::*;

pub(crate) fn emit(name: &str, text: &str) {
    if let Some(folder) = std::env::var_os("SAML_SP_EMIT").map(PathBuf::from) {
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join(name), text).unwrap();
    }
}

/// What the application says; the document is made of this.
fn description() -> Value {
    json!({
        "valid_until": "2036-01-13T12:00:00Z", // ten years less some days: judges have the real clock
        "cache_duration": "PT21600S",
        "name_id_formats": [
            "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent",
            "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress",
        ],
        "attribute_consuming_services": [
            {
                "index": 1,
                "is_default": false,
                "names": [["en", "Example <Cloud> & \"more\""], ["de", "Beispielwolke für Ø"]],
                "descriptions": [["en", "Keeps things."], ["zh-Hant-TW", "雲"]],
                "attributes": [
                    {
                        "name": "urn:oid:1.3.6.1.4.1.5923.1.1.1.7",
                        "name_format": "urn:oasis:names:tc:SAML:2.0:attrname-format:uri",
                        "friendly_name": "eduPersonEntitlement",
                        "required": true,
                        "values": ["urn:example:a&b", "urn:example:<c>"],
                    },
                    {"name": "mail", "name_format": null, "friendly_name": null, "required": false, "values": []},
                ],
            },
            {
                "index": 9,
                "is_default": true,
                "names": [["en", "Another"]],
                "descriptions": [],
                "attributes": [
                    {
                        "name": "displayName",
                        "name_format": "urn:oasis:names:tc:SAML:2.0:attrname-format:basic",
                        "friendly_name": null,
                        "required": true,
                        "values": [],
                    },
                ],
            },
        ],
        "organization": {
            "names": [["en", "Example Ltd & Co"], ["pt-BR", "Exemplo Ltda"]],
            "display_names": [["en", "Example"], ["pt-BR", "Exemplo"]],
            "urls": [["en", "https://example.com/en?a=1&b=2#top"], ["pt-BR", "https://example.com/pt"]],
        },
        "contacts": [
            {
                "kind": "technical", "security": false, "company": "Example & Co", "given_name": "Identity", "surname": "Team",
                "emails": ["mailto:saml@example.com", "mailto:second+tag@example.com"],
                "telephones": ["+45 35 32 26 26", "112"],
            },
            contact("support"), contact("administrative"), contact("billing"), contact("other"),
            {
                "kind": "other", "security": true, "company": null, "given_name": "Incident Response", "surname": null,
                "emails": ["mailto:cert@example.com"], "telephones": [],
            },
        ],
        "ui_info": {
            "display_names": [["en", "Example <Cloud>"], ["de", "Beispielwolke"]],
            "descriptions": [["en", "Keeps \"things\" & more."], ["de", "Hebt Dinge auf."]],
            "keywords": [["en", "cloud two+words"], ["de", "wolke"]],
            "logos": [
                {"url": "https://app.example.com/logo.png?a=1&b=2", "width": 120, "height": 60, "language": null},
                {"url": "data:image/png;base64,iVBORw0KGgo=", "width": 16, "height": 16, "language": "de"},
            ],
            "information_urls": [["en", "http://app.example.com/about#us"]],
            "privacy_statement_urls": [["en", "https://app.example.com/privacy"], ["de", "https://app.example.com/de"]],
        },
        "entity_attributes": {
            "http://macedir.org/entity-category": [
                "https://refeds.org/category/code-of-conduct/v2",
                "http://refeds.org/category/research-and-scholarship",
            ],
            "urn:oasis:names:tc:SAML:attribute:assurance-certification": ["https://refeds.org/sirtfi"],
            "urn:oasis:names:tc:SAML:profiles:subject-id:req": ["pairwise-id"],
        },
        "discovery_responses": ["https://app.example.com/discovered?a=1&b=2", "https://app.example.com/2"],
    })
}

fn contact(kind: &str) -> Value {
    json!({
        "kind": kind, "security": false, "company": null, "given_name": null, "surname": null,
        "emails": [format!("mailto:{kind}@example.com")], "telephones": [],
    })
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

fn owned(value: &Value) -> String {
    text(value).to_owned()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap()
}

/// `[[language, text], …]` into a builder.
fn localized<B>(builder: B, texts: &Value, add: impl Fn(B, String, String) -> B) -> B {
    list(texts).iter().fold(builder, |builder, pair| add(builder, owned(&pair[0]), owned(&pair[1])))
}

fn number<N: TryFrom<u64, Error: std::fmt::Debug>>(value: &Value) -> N {
    value.as_u64().unwrap().try_into().unwrap()
}

fn ui_info_of(value: &Value) -> UiInfo {
    let ui = localized(UiInfo::new(), &value["display_names"], UiInfo::display_name);
    let ui = localized(ui, &value["descriptions"], UiInfo::description);
    let words = |list: &str| list.split(' ').map(|word| word.replace('+', " ")).collect::<Vec<_>>();
    let ui = localized(ui, &value["keywords"], |ui, language, list| ui.keywords(language, words(&list)));
    let ui = list(&value["logos"]).iter().fold(ui, |ui, logo| {
        let (url, width, height) = (text(&logo["url"]), number(&logo["width"]), number(&logo["height"]));
        match logo["language"].as_str() {
            Some(language) => ui.logo_in(language, url, width, height),
            None => ui.logo(url, width, height),
        }
    });
    let ui = localized(ui, &value["information_urls"], UiInfo::information_url);
    localized(ui, &value["privacy_statement_urls"], UiInfo::privacy_statement_url)
}

fn contact_of(value: &Value) -> ContactPerson {
    let emails: Vec<&str> = list(&value["emails"]).iter().map(text).collect();
    let given_name = value["given_name"].as_str();
    let mut contact = match (text(&value["kind"]), value["security"].as_bool().unwrap()) {
        ("other", true) => ContactPerson::security(given_name.unwrap(), emails[0]),
        ("technical", _) => ContactPerson::technical(emails[0]),
        ("support", _) => ContactPerson::support(emails[0]),
        ("administrative", _) => ContactPerson::administrative(emails[0]),
        ("billing", _) => ContactPerson::billing(emails[0]),
        (_, _) => ContactPerson::other(emails[0]),
    };
    let part = |name: &str| value[name].as_str().into_iter();
    contact = part("company").fold(contact, ContactPerson::company);
    contact = part("given_name").fold(contact, ContactPerson::given_name);
    contact = part("surname").fold(contact, ContactPerson::surname);
    let contact = emails[1..].iter().copied().fold(contact, ContactPerson::email);
    list(&value["telephones"]).iter().map(text).fold(contact, ContactPerson::telephone)
}

fn attribute_of(value: &Value) -> RequestedAttribute {
    let attribute = RequestedAttribute::new(text(&value["name"]));
    let attribute = value["name_format"].as_str().into_iter().fold(attribute, RequestedAttribute::name_format);
    let attribute = value["friendly_name"].as_str().into_iter().fold(attribute, RequestedAttribute::friendly_name);
    let attribute = list(&value["values"]).iter().map(text).fold(attribute, RequestedAttribute::value);
    if value["required"] == true { attribute.required() } else { attribute }
}

fn service_of(value: &Value) -> AttributeConsumingService {
    let [first, further @ ..] = list(&value["names"]) else { panic!("a name") };
    let service = AttributeConsumingService::new(number(&value["index"]), text(&first[0]), text(&first[1]));
    let service = localized(service, &json!(further), AttributeConsumingService::service_name);
    let service = localized(service, &value["descriptions"], AttributeConsumingService::service_description);
    let service =
        list(&value["attributes"]).iter().map(attribute_of).fold(service, AttributeConsumingService::attribute);
    if value["is_default"] == true { service.as_default() } else { service }
}

fn described(metadata: ServiceProviderMetadata, description: &Value) -> ServiceProviderMetadata {
    let organization = &description["organization"];
    let languages = list(&organization["names"]).iter().enumerate().map(|(i, name)| {
        let of = |part: &str| text(&organization[part][i][1]).to_owned();
        (text(&name[0]).to_owned(), of("names"), of("display_names"), of("urls"))
    });
    let organization = languages
        .fold(None, |all: Option<Organization>, (language, name, display_name, url)| {
            Some(match all {
                None => Organization::new(language, name, display_name, url),
                Some(all) => all.also_in(language, name, display_name, url),
            })
        })
        .unwrap();
    let until: DateTime<Utc> = text(&description["valid_until"]).parse().unwrap();
    let mut metadata = metadata
        .organization(organization)
        .ui_info(ui_info_of(&description["ui_info"]))
        .subject_id(SubjectIdRequirement::PairwiseId)
        .valid_for(until - now())
        .cache_for(Duration::hours(6))
        .want_assertions_signed();
    for (name, values) in description["entity_attributes"].as_object().unwrap() {
        if name != "urn:oasis:names:tc:SAML:profiles:subject-id:req" {
            metadata = metadata.entity_attribute(name, list(values).iter().map(text));
        }
    }
    let m = list(&description["contacts"]).iter().map(contact_of).fold(metadata, ServiceProviderMetadata::contact);
    let services = list(&description["attribute_consuming_services"]).iter().map(service_of);
    let m = services.fold(m, ServiceProviderMetadata::attribute_consuming_service);
    let formats = list(&description["name_id_formats"]).iter().map(text);
    let m = formats.fold(m, ServiceProviderMetadata::name_id_format);
    let responses = list(&description["discovery_responses"]).iter().map(text);
    responses.fold(m, ServiceProviderMetadata::discovery_response)
}

#[test]
fn sdp_md05_everything_is_read_back_by_others_as_it_was_meant() {
    let (signs, decrypts, next) = (Pair::rsa(), Pair::rsa(), Pair::ecdsa());
    let expired = || Credential::new(KeyState::Retiring, Certificate::from_pasted(EXPIRED).unwrap().certificate);
    let early = || Credential::active(Certificate::from_pasted(NOT_YET_VALID).unwrap().certificate);
    let sp = builder()
        .acs_url("https://b.example.com/acs?x=1&y=2")
        .acs_url("https://c.example.com/acs")
        .credential(Credential::active(signs.certificate()).signing(signs.signing()))
        .credential(Credential::next(next.certificate()).signing(next.signing()))
        .credential(Credential::active(decrypts.certificate()).decryption(decrypts.decryption()))
        .credential(expired().signing_elsewhere(SignatureAlgorithm::RsaSha256))
        .credential(early().decryption_elsewhere())
        .always_sign_requests()
        .build()
        .unwrap();
    let mut facts = description();
    let metadata = described(sp.metadata(), &facts);

    let body = |pem: &str| pem.lines().filter(|line| !line.starts_with("---")).collect::<String>();
    let gcm = ["aes128-gcm", "aes192-gcm", "aes256-gcm"].map(|name| format!("http://www.w3.org/2009/xmlenc11#{name}"));
    let gcm = || gcm.iter().map(|uri| json!([uri, null]));
    let oaep = json!(["http://www.w3.org/2009/xmlenc11#rsa-oaep", null]);
    let mgf1p = |digest: Value| json!(["http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p", digest]);
    // A key elsewhere is said to do what all of them do.
    let here: Value = gcm().chain([oaep, mgf1p(Value::Null)]).collect();
    let elsewhere: Value = gcm().chain([mgf1p(json!("http://www.w3.org/2000/09/xmldsig#sha1"))]).collect();
    let signing = |certificate: String| json!({"use": "signing", "certificate": certificate, "encryption_methods": []});
    let encryption = |certificate: String, methods: Value| json!({"use": "encryption", "certificate": certificate, "encryption_methods": methods});
    facts["entity_id"] = json!(SP);
    facts["authn_requests_signed"] = json!(true);
    facts["want_assertions_signed"] = json!(true);
    facts["keys"] = json!([
        // The active ones first.
        signing(signs.certificate_base64()),
        encryption(decrypts.certificate_base64(), here),
        encryption(body(NOT_YET_VALID), elsewhere),
        signing(next.certificate_base64()),
        signing(body(EXPIRED)),
    ]);
    facts["assertion_consumers"] = json!([
        {"location": ACS, "index": 0, "is_default": true},
        {"location": "https://b.example.com/acs?x=1&y=2", "index": 1, "is_default": false},
        {"location": "https://c.example.com/acs", "index": 2, "is_default": false},
    ]);
    let hashes = ["sha256", "sha384", "sha512"];
    facts["digest_methods"] = json!([
        "http://www.w3.org/2001/04/xmlenc#sha256",
        "http://www.w3.org/2001/04/xmldsig-more#sha384",
        "http://www.w3.org/2001/04/xmlenc#sha512",
    ]);
    let rsa = |uri: String| json!({"algorithm": uri, "least": 2048, "most": 8192});
    let other = |uri: String| json!({"algorithm": uri, "least": null, "most": null});
    let more = "http://www.w3.org/2001/04/xmldsig-more#";
    let methods = hashes.map(|hash| rsa(format!("{more}rsa-{hash}"))).into_iter();
    let methods =
        methods.chain(hashes.map(|hash| rsa(format!("http://www.w3.org/2007/05/xmldsig-more#{hash}-rsa-MGF1"))));
    let methods = methods.chain(hashes.map(|hash| other(format!("{more}ecdsa-{hash}"))));
    let ed25519 = other("http://www.w3.org/2021/04/xmldsig-more#eddsa-ed25519".to_owned());
    facts["signing_methods"] = methods.chain([ed25519]).collect();

    let xml = metadata.to_xml().unwrap();
    for (descriptor, key) in xml.split("<md:KeyDescriptor").skip(1).zip(list(&facts["keys"])) {
        let methods: Vec<&str> = list(&key["encryption_methods"]).iter().map(|method| text(&method[0])).collect();
        let descriptor = descriptor.split_once("</md:KeyDescriptor>").unwrap().0;
        assert_eq!(algorithms(descriptor, "md:EncryptionMethod"), methods, "{key}");
    }
    every_text(&facts, &mut |text| {
        let escaped = text.replace('&', "&amp;").replace('<', "&lt;");
        let spelled = [escaped.replace('>', "&gt;"), escaped.replace('"', "&quot;")];
        assert!(spelled.iter().any(|text| xml.contains(text.as_str())), "no {text:?} in {xml}");
    });
    emit("sp-metadata-everything.xml", &xml);
    emit("sp-metadata-everything.json", &facts.to_string());
    for (name, key) in [("rsa", &signs), ("ecdsa", &next)] {
        let signer = Credential::active(key.certificate()).signing(key.signing());
        let sp =
            ServiceProvider::builder(SP, ACS).clock(saml_sp::Clock::Fixed(now())).credential(signer).build().unwrap();
        let xml = described(sp.metadata(), &facts).to_signed_xml().unwrap();
        emit(&format!("sp-metadata-signed-{name}.xml"), &xml);
    }
}

/// Every string in a JSON value.
fn every_text(value: &Value, see: &mut impl FnMut(&str)) {
    match value {
        Value::String(text) => see(text),
        Value::Array(values) => values.iter().for_each(|value| every_text(value, see)),
        Value::Object(values) => values.values().for_each(|value| every_text(value, see)),
        _ => {}
    }
}
