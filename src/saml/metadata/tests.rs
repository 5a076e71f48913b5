//! Metadata from the outside: one test per promise.

use chrono::{DateTime, TimeDelta, Utc};

use super::*;
use crate::crypto::Certificate;
use crate::limits::Limits;
use crate::saml::urn::{Binding, name_id_format};

pub(super) const RSA_CERTIFICATE: &str = include_str!("testdata/rsa.pem");
const SECOND_CERTIFICATE: &str = include_str!("testdata/second.pem");
const EC_CERTIFICATE: &str = include_str!("testdata/ec.pem");
const SMALL_CERTIFICATE: &str = include_str!("testdata/small.pem");
const CA_CERTIFICATE: &str = include_str!("testdata/ca.pem");
const ISSUED_CERTIFICATE: &str = include_str!("testdata/issued.pem");
const RSA_MODULUS: &str = include_str!("testdata/rsa-modulus.b64");
const RSA_SPKI: &str = include_str!("testdata/rsa-spki.b64");
/// The point of `ec.pem`, uncompressed.
const EC_POINT: &str = "BGYvc7sOjgSfUpiMFb7/FY5jBn9bpYx6bZCByTHNtMNru5rfFNPkmi2YdAjzsaT59MwNu/Hq1Zd4UAqvb8FnPsM=";

const RSA_KEY: &str = "893b3378f4c053d129d43f5895faec6d322f4fd7aad61d41f97d46ba8547ce69";
const EC_KEY: &str = "68af564688d096b32182349aac540293f5427be956d7d9f2427072705a6d97b5";

const NAMESPACES: &str = concat!(
    r#"xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="http://www.w3.org/2000/09/xmldsig#" "#,
    r#"xmlns:ds11="http://www.w3.org/2009/xmldsig11#" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" "#,
    r#"xmlns:mdui="urn:oasis:names:tc:SAML:metadata:ui" xmlns:shibmd="urn:mace:shibboleth:metadata:1.0" "#,
    r#"xmlns:alg="urn:oasis:names:tc:SAML:metadata:algsupport" xmlns:mdattr="urn:oasis:names:tc:SAML:metadata:attribute" "#,
    r#"xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance""#,
);
const ID: &str = "https://idp.example.com/saml";
const SSO: &str = r#"<md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://idp.example.com/sso"/>"#;

fn now() -> DateTime<Utc> {
    time("2027-01-15T12:00:00Z")
}

fn time(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn id(text: &str) -> EntityId {
    EntityId::new(text).unwrap()
}

fn base64_of(pem: &str) -> String {
    pem.lines().filter(|line| !line.starts_with("---")).collect()
}

/// A KeyDescriptor with attributes and the certificates of one X509Data.
fn key(attributes: &str, certificates: &[&str]) -> String {
    let certificates: String =
        certificates.iter().map(|text| format!("<ds:X509Certificate>{text}</ds:X509Certificate>")).collect();
    key_info(attributes, &format!("<ds:X509Data>{certificates}</ds:X509Data>"))
}

fn key_info(attributes: &str, content: &str) -> String {
    format!("<md:KeyDescriptor {attributes}><ds:KeyInfo>{content}</ds:KeyInfo></md:KeyDescriptor>")
}

fn rsa_key() -> String {
    key("", &[&base64_of(RSA_CERTIFICATE)])
}

fn role(content: &str) -> String {
    role_with("", content)
}

fn role_with(attributes: &str, content: &str) -> String {
    format!(
        r#"<md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol" {attributes}>{content}</md:IDPSSODescriptor>"#
    )
}

fn good_role() -> String {
    role(&(rsa_key() + SSO))
}

fn entity(entity_id: &str, attributes: &str, content: &str) -> String {
    format!(r#"<md:EntityDescriptor {NAMESPACES} entityID="{entity_id}" {attributes}>{content}</md:EntityDescriptor>"#)
}

fn group(attributes: &str, content: &str) -> String {
    format!("<md:EntitiesDescriptor {NAMESPACES} {attributes}>{content}</md:EntitiesDescriptor>")
}

fn read(xml: &str) -> Result<Metadata, MetadataError> {
    Metadata::read_at(xml.as_bytes(), &MetadataTrust::Transport, &Limits::default(), now())
}

fn only(xml: &str) -> Result<IdentityProvider, MetadataError> {
    read(xml)?.only_identity_provider()
}

/// The one identity provider with this content of its role.
fn idp(content: &str) -> Result<IdentityProvider, MetadataError> {
    only(&entity(ID, "", &role(content)))
}

fn keys_of(idp: &IdentityProvider) -> Vec<String> {
    let hex = |bytes: [u8; 32]| bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    idp.signing_keys().iter().map(|key| hex(key.spki_sha256())).collect()
}

fn code(xml: &str) -> &'static str {
    only(xml).unwrap_err().code()
}

mod documents {
    use super::*;

    #[test]
    fn one_entity() {
        let idp = only(&entity(ID, "", &good_role())).unwrap();
        assert_eq!(idp.entity_id(), &id(ID));
        assert_eq!(keys_of(&idp), [RSA_KEY]);
        assert_eq!(idp.single_sign_on().len(), 1);
        assert_eq!(idp.single_sign_on()[0].binding(), &Binding::Redirect);
        assert_eq!(idp.single_sign_on()[0].location().as_str(), "https://idp.example.com/sso");
        assert_eq!(idp.notes(), []);
    }

    #[test]
    fn a_byte_order_mark_is_fine() {
        assert!(only(&format!("\u{feff}<?xml version=\"1.0\"?>\n{}\n", entity(ID, "", &good_role()))).is_ok());
    }

    #[test]
    fn iip_md02_groups_in_groups_are_read_in_document_order() {
        let named = |name: &str| entity(name, "", &good_role());
        let xml = group(
            "",
            &(named("urn:a") + &group("", &(named("urn:b") + &group("", &named("urn:c")))) + &named("urn:d")),
        );
        let metadata = read(&xml).unwrap();
        let names: Vec<_> = metadata.identity_providers().iter().map(|idp| idp.entity_id().as_str()).collect();
        assert_eq!(names, ["urn:a", "urn:b", "urn:c", "urn:d"]);
        assert_eq!(metadata.identity_provider(&id("urn:c")).unwrap().entity_id().as_str(), "urn:c");
    }

    #[test]
    fn several_identity_providers_must_be_chosen_from() {
        let xml: String = (0..12).map(|n| entity(&format!("urn:idp:{n}"), "", &good_role())).collect();
        let error = only(&group("", &xml)).unwrap_err();
        assert_eq!(error.code(), "metadata-several-idps");
        let text = error.to_string();
        assert!(text.contains("12") && text.contains("urn:idp:9") && text.contains("2 more"), "{text}");
        assert!(!text.contains("urn:idp:10"), "{text}");
    }

    #[test]
    fn a_name_that_is_not_there() {
        let metadata = read(&entity(ID, "", &good_role())).unwrap();
        let error = metadata.identity_provider(&id("https://idp.example.com/saml/")).unwrap_err();
        assert_eq!(error.code(), "metadata-unknown-entity");
        assert!(error.to_string().contains(ID));
    }

    #[test]
    fn the_same_name_twice_has_no_answer() {
        let sp = entity(ID, "", "<md:SPSSODescriptor/>");
        for second in [entity(ID, "", &good_role()), entity(&format!(" {ID} "), "", &good_role()), sp] {
            let error = read(&group("", &(entity(ID, "", &good_role()) + &group("", &second)))).unwrap_err();
            assert_eq!(error, MetadataError::DuplicateEntity { entity_id: id(ID) });
            assert_eq!(error.code(), "metadata-duplicate-entity");
        }
    }

    #[test]
    fn other_documents_are_named() {
        let error = read("<html><body/></html>").unwrap_err();
        assert_eq!(error.code(), "metadata-not-metadata");
        assert!(error.to_string().contains("html of no namespace"), "{error}");
        assert_eq!(
            read(&good_role().replacen(' ', &format!(" {NAMESPACES} "), 1)).unwrap_err().code(),
            "metadata-not-metadata"
        );
        assert_eq!(read(r#"<EntityDescriptor entityID="a"/>"#).unwrap_err().code(), "metadata-not-metadata");
        assert!(matches!(read("").unwrap_err(), MetadataError::Xml(_)));
        assert_eq!(read("<!DOCTYPE a><a/>").unwrap_err().code(), "xml-doctype");
    }

    #[test]
    fn no_identity_provider_in_it() {
        let sp = entity("urn:sp", "", "<md:SPSSODescriptor/>");
        assert_eq!(code(&sp), "metadata-no-idp");
        assert_eq!(code(&group("", "")), "metadata-no-idp");
        let metadata = read(&group("", &(sp + &entity(ID, "", &good_role())))).unwrap();
        assert_eq!(metadata.identity_provider(&id("urn:sp")).unwrap_err().code(), "metadata-no-idp");
    }

    #[test]
    fn one_bad_entity_does_not_spoil_a_federation() {
        let xml = group("", &(entity("urn:bad", "", &role(SSO)) + &entity("urn:good", "", &good_role())));
        let metadata = read(&xml).unwrap();
        assert_eq!(metadata.only_identity_provider().unwrap().entity_id().as_str(), "urn:good");
        assert_eq!(metadata.identity_provider(&id("urn:bad")).unwrap_err().code(), "metadata-no-signing-key");
        assert!(matches!(metadata.notes(), [MetadataNote::EntityLeftOut { .. }]));
    }

    #[test]
    fn when_none_is_usable_the_first_reason_is_given() {
        let bad = |name: &str| entity(name, "", &role(SSO));
        let error = only(&group("", &(bad("urn:a") + &bad("urn:b")))).unwrap_err();
        assert!(matches!(error, MetadataError::NoneUsable { refused: 2, .. }));
        assert_eq!(error.code(), "metadata-no-signing-key");
    }

    #[test]
    fn core_8_3_6_names_that_cannot_be_one() {
        assert_eq!(code(&entity("", "", &good_role())), "metadata-bad-entity-id");
        assert_eq!(code(&entity(" \n ", "", &good_role())), "metadata-bad-entity-id");
        assert_eq!(code(&entity(&"a".repeat(1025), "", &good_role())), "metadata-bad-entity-id");
        assert_eq!(
            code(&entity(ID, "", &good_role()).replace(&format!(r#"entityID="{ID}""#), "")),
            "metadata-bad-entity-id"
        );
        let idp = only(&entity("gefssprd", "", &good_role())).unwrap();
        assert_eq!(idp.notes(), [MetadataNote::EntityIdNoUri]);
    }

    #[test]
    fn iip_ext01_unknown_content_is_passed_over() {
        let xml = entity(
            ID,
            r#"xmlns:x="urn:x" x:y="z" unknown="1""#,
            &("<md:Extensions><x:a><x:b/></x:a></md:Extensions>".to_owned()
                + &role_with(
                    r#"x:y="z""#,
                    &format!("<md:Extensions><x:a/>text</md:Extensions>{}{SSO}<x:a/>", rsa_key()),
                )
                + "<x:after/><md:Extensions/>"),
        );
        let idp = only(&xml).unwrap();
        assert!(matches!(idp.notes(), [MetadataNote::UnknownRole { .. }]), "{:?}", idp.notes());
    }
}

mod roles {
    use super::*;

    #[test]
    fn ws_federation_roles_before_the_role_are_skipped_with_a_note() {
        let foreign = format!(
            r#"<md:RoleDescriptor xmlns:fed="http://docs.oasis-open.org/wsfed/federation/200706" xsi:type="fed:SecurityTokenServiceType" protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">{}</md:RoleDescriptor>"#,
            key("", &[&base64_of(SECOND_CERTIFICATE)])
        );
        let idp = only(&entity(ID, "", &(foreign + &good_role()))).unwrap();
        assert_eq!(keys_of(&idp), [RSA_KEY], "keys come from the SAML 2.0 role alone");
        let [MetadataNote::UnknownRole { name }] = idp.notes() else { panic!("{:?}", idp.notes()) };
        assert!(name.to_string().contains("fed:SecurityTokenServiceType"));
    }

    #[test]
    fn keys_of_other_roles_do_not_sign_assertions() {
        let sp = format!(
            r#"<md:SPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">{}</md:SPSSODescriptor>"#,
            key("", &[&base64_of(SECOND_CERTIFICATE)])
        );
        assert_eq!(keys_of(&only(&entity(ID, "", &(sp.clone() + &good_role()))).unwrap()), [RSA_KEY]);
        assert_eq!(code(&entity(ID, "", &(sp + &role(SSO)))), "metadata-no-signing-key");
    }

    #[test]
    fn meta_2_4_1_a_role_without_saml2_is_none() {
        let old = good_role().replace("SAML:2.0:protocol", "SAML:1.1:protocol");
        let error = only(&entity(ID, "", &old)).unwrap_err();
        assert_eq!(error.code(), "metadata-no-saml2-role");
        assert!(error.to_string().contains("SAML:1.1:protocol"));
        let both = good_role().replace(
            r#""urn:oasis:names:tc:SAML:2.0:protocol""#,
            "\"urn:oasis:names:tc:SAML:1.1:protocol\n urn:oasis:names:tc:SAML:2.0:protocol\"",
        );
        assert!(only(&entity(ID, "", &both)).is_ok());
        let with_old =
            role(&(key("", &[&base64_of(SECOND_CERTIFICATE)]) + SSO)).replace("SAML:2.0:protocol", "SAML:1.1:protocol");
        let idp = only(&entity(ID, "", &(with_old + &good_role()))).unwrap();
        assert_eq!(keys_of(&idp), [RSA_KEY]);
        assert!(matches!(idp.notes(), [MetadataNote::FurtherIdpRole { .. }]));
    }

    #[test]
    fn what_an_identity_provider_says_about_itself() {
        let extensions = r#"<md:Extensions>
            <shibmd:Scope regexp="false">example.com</shibmd:Scope><shibmd:Scope regexp="true">.*</shibmd:Scope>
            <mdui:UIInfo><mdui:DisplayName xml:lang="de">Beispiel</mdui:DisplayName><mdui:DisplayName xml:lang="en-GB">Example</mdui:DisplayName>
            <mdui:Logo height="16" width="32">https://idp.example.com/logo.png</mdui:Logo><mdui:Logo height="16" width="16">data:image/png;base64,AAAA</mdui:Logo></mdui:UIInfo>
            <alg:SigningMethod Algorithm="urn:role"/></md:Extensions>"#;
        let entity_extensions = r#"<md:Extensions><alg:SigningMethod Algorithm="urn:entity"/><alg:DigestMethod Algorithm="urn:digest"/>
            <mdattr:EntityAttributes><saml:Attribute Name="urn:category"><saml:AttributeValue> urn:a </saml:AttributeValue><saml:AttributeValue>urn:b</saml:AttributeValue></saml:Attribute></mdattr:EntityAttributes></md:Extensions>"#;
        let rest = r#"<md:NameIDFormat>
              urn:oasis:names:tc:SAML:2.0:nameid-format:persistent </md:NameIDFormat><md:NameIDFormat/>"#;
        let organization = r#"<md:Organization><md:OrganizationDisplayName xml:lang="en">Org</md:OrganizationDisplayName></md:Organization>"#;
        let attributes = r#"WantAuthnRequestsSigned=" 1 " errorURL="https://idp.example.com/error""#;
        let role = role_with(attributes, &format!("{extensions}{}{rest}{SSO}", rsa_key()));
        let idp = only(&entity(ID, "", &format!("{entity_extensions}{role}{organization}"))).unwrap();
        assert!(idp.wants_authn_requests_signed());
        assert_eq!(idp.error_url().unwrap().as_str(), "https://idp.example.com/error");
        assert_eq!(idp.name_id_formats().collect::<Vec<_>>(), [name_id_format::PERSISTENT]);
        assert_eq!(idp.display_name(), Some("Example"));
        assert_eq!(idp.scopes().collect::<Vec<_>>(), ["example.com"]);
        assert_eq!(idp.logos().len(), 1);
        assert_eq!((idp.logos()[0].width(), idp.logos()[0].height()), (Some(32), Some(16)));
        assert_eq!(idp.signing_methods(), ["urn:role"]);
        assert_eq!(idp.digest_methods(), ["urn:digest"]);
        assert_eq!(idp.entity_attributes()[0].name(), "urn:category");
        assert_eq!(idp.entity_attributes()[0].values().collect::<Vec<_>>(), ["urn:a", "urn:b"]);
        assert!(
            matches!(
                idp.notes(),
                [MetadataNote::LocationLeftOut { .. }, MetadataNote::ScopeRegularExpression { .. }]
                    | [MetadataNote::ScopeRegularExpression { .. }, MetadataNote::LocationLeftOut { .. }]
            ),
            "{:?}",
            idp.notes()
        );
    }

    #[test]
    fn without_a_display_name_the_organization_lends_its_own() {
        let organization = r#"<md:Organization><md:OrganizationDisplayName xml:lang="sv">Org</md:OrganizationDisplayName></md:Organization>"#;
        assert_eq!(only(&entity(ID, "", &(good_role() + organization))).unwrap().display_name(), Some("Org"));
    }
}

mod endpoints {
    use super::*;

    fn sso(binding: &str, location: &str) -> String {
        format!(
            r#"<md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:{binding}" Location="{location}"/>"#
        )
    }

    #[test]
    fn iip_sso02_redirect_or_post_is_needed() {
        assert!(idp(&(rsa_key() + &sso("HTTP-POST", "https://idp.example.com/"))).is_ok());
        let error = idp(&(rsa_key() + &sso("SOAP", "https://idp.example.com/"))).unwrap_err();
        assert_eq!(error.code(), "metadata-no-sso-endpoint");
        assert!(error.to_string().contains("soap"), "{error}");
        assert_eq!(idp(&rsa_key()).unwrap_err().code(), "metadata-no-sso-endpoint");
    }

    #[test]
    fn cve_2023_45683_locations_that_are_script_are_absent() {
        for location in [
            "javascript:alert(1)",
            "data:text/html;base64,PHNjcmlwdD4=",
            "https://idp.example.com@evil.example/",
            "https://idp.example.com/#x",
            "https://idp.example.com/&#10;Set-Cookie:a=b",
            "/sso",
            "",
        ] {
            let error = idp(&(rsa_key() + &sso("HTTP-Redirect", location))).unwrap_err();
            assert_eq!(error.code(), "metadata-no-sso-endpoint", "{location}");
            let idp = idp(&(rsa_key() + &sso("HTTP-POST", location) + SSO)).unwrap();
            assert_eq!(idp.single_sign_on().len(), 1);
            assert!(matches!(idp.notes(), [MetadataNote::LocationLeftOut { .. }]));
        }
    }

    #[test]
    fn core_1_3_2_any_uri_white_space_is_collapsed() {
        let idp = idp(&(rsa_key() + &sso("HTTP-Redirect", "\n https://idp.example.com/sso\t"))).unwrap();
        assert_eq!(idp.single_sign_on()[0].location().as_str(), "https://idp.example.com/sso");
    }

    #[test]
    fn http_endpoints_are_imported_and_not_used() {
        let xml = rsa_key() + &sso("HTTP-Redirect", "http://idp.example.com/sso");
        let idp = idp(&xml).unwrap();
        assert!(matches!(idp.notes(), [MetadataNote::HttpEndpoint { .. }]));
        assert_eq!(idp.sso_location(&Binding::Redirect).unwrap_err().code(), "idp-http-endpoint");
        assert_eq!(idp.sso_location(&Binding::Post).unwrap_err().code(), "metadata-no-sso-endpoint");
        let allowed = idp.dangerous_allow_http_endpoints();
        assert_eq!(allowed.sso_location(&Binding::Redirect).unwrap().as_str(), "http://idp.example.com/sso");
    }

    #[test]
    fn http_on_loopback_is_used_and_https_before_http() {
        let local = idp(&(rsa_key() + &sso("HTTP-Redirect", "http://127.0.0.1:8080/sso"))).unwrap();
        assert!(local.sso_location(&Binding::Redirect).is_ok());
        let both = idp(&(rsa_key() + &sso("HTTP-Redirect", "http://idp.example.com/sso") + SSO)).unwrap();
        assert_eq!(both.sso_location(&Binding::Redirect).unwrap().as_str(), "https://idp.example.com/sso");
    }

    #[test]
    fn logout_endpoints_keep_their_response_location() {
        let slo = r#"<md:SingleLogoutService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="https://idp.example.com/slo" ResponseLocation="https://idp.example.com/slo-answer"/>"#;
        let other = idp(&(rsa_key() + slo + SSO)).unwrap();
        assert_eq!(
            other.single_logout()[0].response_location().unwrap().as_str(),
            "https://idp.example.com/slo-answer"
        );
        let bad = idp(&(rsa_key() + &slo.replace("https://idp.example.com/slo-answer", "javascript:x") + SSO)).unwrap();
        assert_eq!(bad.single_logout(), []);
    }

    #[test]
    fn meta_2_2_3_the_default_of_indexed_endpoints() {
        let indexed = |index: &str, default: &str| {
            format!(
                r#"<md:ArtifactResolutionService Binding="urn:oasis:names:tc:SAML:2.0:bindings:SOAP" Location="https://idp.example.com/{index}" index="{index}" {default}/>"#
            )
        };
        let (yes, no) = (r#"isDefault="true""#, r#"isDefault="0""#);
        for (flags, expected) in
            [([no, "", yes], Some(3)), ([no, "", ""], Some(2)), ([no, no, no], Some(1)), (["", "", no], Some(1))]
        {
            let services: String =
                flags.iter().zip(["1", "2", "3"]).map(|(flag, index)| indexed(index, flag)).collect();
            let idp = idp(&(rsa_key() + &services + SSO)).unwrap();
            assert_eq!(Endpoint::default_of(idp.artifact_resolution()).unwrap().index(), expected, "{flags:?}");
        }
    }
}

mod keys {
    use super::*;

    #[test]
    fn iip_md11_key_without_use_signs() {
        let idp = idp(&(key("", &[&base64_of(RSA_CERTIFICATE)]) + SSO)).unwrap();
        assert_eq!(keys_of(&idp), [RSA_KEY]);
        assert_eq!(idp.encryption_certificates().len(), 1);
    }

    #[test]
    fn keys_for_encryption_never_sign() {
        let encryption = key(r#"use="encryption""#, &[&base64_of(RSA_CERTIFICATE)]);
        assert_eq!(idp(&(encryption.clone() + SSO)).unwrap_err().code(), "metadata-no-signing-key");
        let signing = key(r#"use="signing""#, &[&base64_of(EC_CERTIFICATE)]);
        let idp = idp(&(encryption + &signing + SSO)).unwrap();
        assert_eq!(keys_of(&idp), [EC_KEY]);
        assert_eq!(idp.encryption_certificates().len(), 1);
    }

    #[test]
    fn iip_md07_several_signing_keys_each_once_in_document_order() {
        let one = |pem: &str| key(r#"use="signing""#, &[&base64_of(pem)]);
        let idp = idp(&(one(EC_CERTIFICATE) + &one(RSA_CERTIFICATE) + &one(EC_CERTIFICATE) + SSO)).unwrap();
        assert_eq!(keys_of(&idp), [EC_KEY, RSA_KEY]);
        assert_eq!(idp.certificates().len(), 2);
    }

    #[test]
    fn certificates_in_any_dress() {
        let wrapped = base64_of(RSA_CERTIFICATE).chars().enumerate().fold(String::new(), |mut text, (n, c)| {
            if n % 50 == 0 {
                text.push_str("\r\n\t ");
            }
            text.push(c);
            text
        });
        for dress in
            [RSA_CERTIFICATE, &wrapped, &format!("\n{RSA_CERTIFICATE}\n"), &RSA_CERTIFICATE.replace('\n', "&#13;\n")]
        {
            let idp = idp(&(key("", &[dress]) + SSO)).unwrap();
            assert_eq!(keys_of(&idp), [RSA_KEY], "{dress}");
        }
    }

    #[test]
    fn a_chain_is_one_key_that_of_the_certificate_that_issued_no_other() {
        let issued = Certificate::from_pasted(ISSUED_CERTIFICATE.as_bytes()).unwrap().certificate;
        for certificates in [[CA_CERTIFICATE, ISSUED_CERTIFICATE], [ISSUED_CERTIFICATE, CA_CERTIFICATE]] {
            let separate = key("", &[&base64_of(certificates[0]), &base64_of(certificates[1])]);
            let together = key("", &[&certificates.concat()]);
            for chain in [separate, together] {
                let idp = idp(&(chain + SSO)).unwrap();
                assert_eq!(idp.signing_keys(), [issued.key().clone()]);
                assert!(matches!(idp.notes(), [MetadataNote::CertificateChain { others: 1, .. }]), "{:?}", idp.notes());
            }
        }
    }

    #[test]
    fn a_broken_certificate_beside_a_good_one_is_a_note() {
        let broken = key("", &["MIIB"]);
        let idp_of = |content: String| idp(&(content + SSO));
        let good = idp_of(broken.clone() + &rsa_key()).unwrap();
        assert_eq!(keys_of(&good), [RSA_KEY]);
        assert!(matches!(good.notes(), [MetadataNote::CertificateUnreadable { .. }]));
        let same = idp_of(key("", &["MIIB", &base64_of(RSA_CERTIFICATE)])).unwrap();
        assert_eq!(keys_of(&same), [RSA_KEY]);
        let error = idp_of(broken).unwrap_err();
        assert_eq!(error.code(), "metadata-no-signing-key");
        assert!(matches!(error, MetadataError::NoSigningKey { first_problem: Some(_), .. }));
    }

    #[test]
    fn iip_md12_certificates_out_of_their_time_are_keys_all_the_same() {
        let xml = entity(ID, "", &good_role());
        for (moment, expired) in [("2300-01-01T00:00:00Z", true), ("2001-01-01T00:00:00Z", false)] {
            let idp = Metadata::read_at(xml.as_bytes(), &MetadataTrust::Transport, &Limits::default(), time(moment))
                .unwrap()
                .only_identity_provider()
                .unwrap();
            assert_eq!(keys_of(&idp), [RSA_KEY]);
            let [note] = idp.notes() else { panic!("{:?}", idp.notes()) };
            assert_eq!(matches!(note, MetadataNote::CertificateExpired { .. }), expired);
            assert_eq!(matches!(note, MetadataNote::CertificateNotYetValid { .. }), !expired);
        }
    }

    #[test]
    fn key_values_without_a_certificate() {
        let rsa = format!(
            "<ds:KeyValue><ds:RSAKeyValue><ds:Modulus>{RSA_MODULUS}</ds:Modulus><ds:Exponent>AQAB</ds:Exponent></ds:RSAKeyValue></ds:KeyValue>"
        );
        let ec = format!(
            r#"<ds:KeyValue><ds11:ECKeyValue><ds11:NamedCurve URI="urn:oid:1.2.840.10045.3.1.7"/><ds11:PublicKey>{EC_POINT}</ds11:PublicKey></ds11:ECKeyValue></ds:KeyValue>"#
        );
        let der = format!("<ds11:DEREncodedKeyValue>{RSA_SPKI}</ds11:DEREncodedKeyValue>");
        for (value, expected) in [(&rsa, RSA_KEY), (&ec, EC_KEY), (&der, RSA_KEY)] {
            let idp = idp(&(key_info(r#"use="signing""#, value) + SSO)).unwrap();
            assert_eq!(keys_of(&idp), [expected]);
            assert!(idp.certificates().is_empty());
            assert_eq!(idp.notes(), []);
        }
        let beside = key_info(
            "",
            &format!(
                "{ec}<ds:X509Data><ds:X509Certificate>{}</ds:X509Certificate></ds:X509Data>",
                base64_of(RSA_CERTIFICATE)
            ),
        );
        assert_eq!(keys_of(&idp(&(beside + SSO)).unwrap()), [RSA_KEY], "a certificate speaks for its KeyInfo");
        for broken in [
            rsa.replace("AQAB", ""),
            rsa.replace("ds:Modulus", "ds:Module"),
            ec.replace("3.1.7", "3.1.1"),
            ec.replace("BGYv", "BGYw"),
        ] {
            assert_eq!(idp(&(key_info("", &broken) + SSO)).unwrap_err().code(), "metadata-no-signing-key", "{broken}");
        }
    }

    #[test]
    fn names_and_addresses_of_keys_are_not_followed() {
        for content in ["<ds:KeyName>idp</ds:KeyName>", r#"<ds:RetrievalMethod URI="https://evil.example/key"/>"#, ""] {
            let error = idp(&(key_info("", content) + SSO)).unwrap_err();
            assert_eq!(error.code(), "metadata-no-signing-key");
            assert!(error.to_string().contains("neither a certificate nor a key"), "{error}");
        }
    }

    #[test]
    fn small_keys_are_noted() {
        let idp = idp(&(key("", &[&base64_of(SMALL_CERTIFICATE)]) + SSO)).unwrap();
        assert_eq!(idp.notes(), [MetadataNote::SmallRsaKey { bits: 1024 }]);
    }
}

mod times {
    use super::*;

    #[test]
    fn meta_2_3_the_least_of_the_inherited_bounds_wins() {
        let inner = |until: &str, cache: &str| {
            entity(
                ID,
                &format!(r#"validUntil="{until}" cacheDuration="{cache}""#),
                &role_with(r#"validUntil="2027-03-01T00:00:00Z" cacheDuration="PT6H""#, &(rsa_key() + SSO)),
            )
        };
        for (outer_until, until, expected) in [
            ("2027-02-01T00:00:00Z", "2027-04-01T00:00:00Z", "2027-02-01T00:00:00Z"),
            ("2027-05-01T00:00:00Z", "2027-02-15T00:00:00Z", "2027-02-15T00:00:00Z"),
            ("2027-05-01T00:00:00Z", "2027-04-01T00:00:00Z", "2027-03-01T00:00:00Z"),
        ] {
            let xml = group(&format!(r#"validUntil="{outer_until}" cacheDuration="P1D""#), &inner(until, "PT8H"));
            let idp = only(&xml).unwrap();
            assert_eq!(idp.valid_until(), Some(time(expected)));
            assert_eq!(idp.refresh_after(), Some(TimeDelta::hours(6)));
        }
        let xml = group(r#"cacheDuration="PT1H""#, &entity(ID, "", &good_role()));
        assert_eq!(only(&xml).unwrap().refresh_after(), Some(TimeDelta::hours(1)));
        assert_eq!(only(&xml).unwrap().valid_until(), None);
    }

    #[test]
    fn siblings_do_not_inherit_from_each_other() {
        let xml = group(
            "",
            &(group(r#"validUntil="2027-02-01T00:00:00Z""#, &entity("urn:a", "", &good_role()))
                + &entity("urn:b", "", &good_role())),
        );
        let metadata = read(&xml).unwrap();
        assert!(metadata.identity_provider(&id("urn:a")).unwrap().valid_until().is_some());
        assert!(metadata.identity_provider(&id("urn:b")).unwrap().valid_until().is_none());
    }

    #[test]
    fn expired_metadata_is_imported_with_a_note_and_refused_at_use() {
        let end = time("2027-01-15T12:00:00Z");
        let idp = only(&entity(ID, r#"validUntil="2027-01-15T12:00:00Z""#, &good_role())).unwrap();
        assert_eq!(idp.notes(), [MetadataNote::Expired { valid_until: end }]);
        let skew = TimeDelta::minutes(3);
        assert!(idp.check_valid(end + skew - TimeDelta::seconds(1), skew).is_ok(), "iip_g01: within the skew");
        let error = idp.check_valid(end + skew, skew).unwrap_err();
        assert_eq!(error.code(), "metadata-expired");
        let before = only(&entity(ID, r#"validUntil="2027-01-15T12:00:01Z""#, &good_role())).unwrap();
        assert_eq!(before.notes(), []);
    }

    #[test]
    fn core_1_3_3_times_without_z_are_noted_and_no_times_are_errors() {
        let idp = only(&entity(ID, r#"validUntil="2027-02-01T00:00:00""#, &good_role())).unwrap();
        assert_eq!(idp.valid_until(), Some(time("2027-02-01T00:00:00Z")));
        assert!(matches!(idp.notes(), [MetadataNote::TimeZone { .. }]));
        assert_eq!(code(&entity(ID, r#"validUntil="{{ validUntil }}""#, &good_role())), "metadata-bad-valid-until");
        assert_eq!(code(&entity(ID, r#"validUntil="""#, &good_role())), "metadata-bad-valid-until");
        let group = group(r#"validUntil="tomorrow""#, &entity(ID, "", &good_role()));
        assert_eq!(read(&group).unwrap_err().code(), "metadata-bad-valid-until");
        let advice = only(&entity(ID, r#"cacheDuration="an hour""#, &good_role())).unwrap();
        assert!(matches!(advice.notes(), [MetadataNote::CacheDurationUnreadable { .. }]));
    }
}

mod trust {
    use super::*;

    #[test]
    fn iip_md03_signed_by_wants_a_signature() {
        let signer = Certificate::from_pasted(RSA_CERTIFICATE.as_bytes()).unwrap().certificate;
        let trust = MetadataTrust::signed_by(signer);
        let xml = entity(ID, "", &good_role());
        let error = Metadata::read_at(xml.as_bytes(), &trust, &Limits::default(), now()).unwrap_err();
        assert_eq!(error.code(), "metadata-not-signed");
    }
}

mod manual {
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
            let error = IdentityProvider::manual_at(ID, "https://idp.example.com/sso", certificate.as_bytes(), now())
                .unwrap_err();
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
}

mod refresh {
    use super::*;

    #[test]
    fn a_rolled_key_is_seen() {
        let old = only(&entity(ID, "", &good_role())).unwrap();
        let new = only(&entity(ID, "", &role(&(key("", &[&base64_of(EC_CERTIFICATE)]) + SSO)))).unwrap();
        let changes = old.diff(&new).unwrap();
        assert_eq!(changes.added_keys(), new.signing_keys());
        assert_eq!(changes.removed_keys(), old.signing_keys());
        assert!(!changes.endpoints_changed());
        assert!(changes.to_string().contains("new signing key"));
        assert!(old.diff(&old).unwrap().is_empty());
    }

    #[test]
    fn a_moved_endpoint_is_seen() {
        let old = only(&entity(ID, "", &good_role())).unwrap();
        let new = only(&entity(ID, "", &good_role()).replace("/sso", "/sso2")).unwrap();
        assert!(old.diff(&new).unwrap().endpoints_changed());
    }

    #[test]
    fn a_refresh_never_changes_who_it_is() {
        let old = only(&entity(ID, "", &good_role())).unwrap();
        let new = only(&entity("urn:other", "", &good_role())).unwrap();
        assert_eq!(old.diff(&new).unwrap_err().code(), "metadata-entity-id-changed");
    }
}
