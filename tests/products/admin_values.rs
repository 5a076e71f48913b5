//! What a page shows to copy is what the metadata says, and stands under the product's own names.

use saml_sp::testing::signing_credential;
use saml_sp::{AdminValues, Binding, Certificate, Product, ServiceProvider, ServiceProviderBuilder, SpValue, urn};

const SP: &str = "https://app.example.com/saml";
const ACS: &str = "https://app.example.com/saml/acs";
const SLO: &str = "https://app.example.com/saml/slo";

fn bare() -> AdminValues {
    ServiceProvider::builder(SP, ACS).build().unwrap().admin_values().unwrap()
}

fn values(adapt: impl FnOnce(ServiceProviderBuilder) -> ServiceProviderBuilder) -> AdminValues {
    adapt(ServiceProvider::builder(SP, ACS)).build().unwrap().admin_values().unwrap()
}

/// One that signs and takes logouts.
fn full() -> AdminValues {
    values(|sp| {
        sp.credential(signing_credential().unwrap())
            .acs_url("https://app.example.com/tenant/acs")
            .slo_url(Binding::Post, "https://app.example.com/saml/slo-post")
            .slo_url(Binding::Redirect, SLO)
    })
}

/// The values of this attribute, in document order.
fn attribute<'x>(xml: &'x str, element: &str, name: &str) -> Vec<&'x str> {
    let (element, name) = (format!("<{element} "), format!("{name}=\""));
    let value = |rest: &'x str| rest.split_once(&name).unwrap().1.split_once('"').unwrap().0;
    xml.split(&element).skip(1).map(value).collect()
}

#[test]
fn they_are_what_the_metadata_says() {
    let values = full();
    let xml = values.metadata_xml();
    assert_eq!(attribute(xml, "md:EntityDescriptor", "entityID"), [values.entity_id()]);
    let acs: Vec<_> = std::iter::once(values.acs_url()).chain(values.further_acs_urls()).collect();
    assert_eq!(attribute(xml, "md:AssertionConsumerService", "Location"), acs);
    let slo: Vec<_> = values.slo_urls().map(|(_, url)| url).collect();
    assert_eq!(attribute(xml, "md:SingleLogoutService", "Location"), slo);
    assert_eq!(values.slo_url(), Some(SLO), "the one for Redirect, whatever stands first");
    let [certificate] = values.certificates() else { panic!("{:?}", values.certificates()) };
    assert_eq!(attribute(xml, "md:KeyDescriptor", "use"), ["signing"]);
    let base64: String = certificate.pem().lines().filter(|line| !line.starts_with('-')).collect();
    assert!(xml.contains(&format!("<ds:X509Certificate>{base64}</ds:X509Certificate>")));
    let sp = ServiceProvider::builder(SP, ACS).build().unwrap();
    assert_eq!(sp.admin_values().unwrap().metadata_xml(), sp.metadata().to_xml().unwrap());
}

#[test]
fn what_it_is_called_elsewhere_is_the_same_value() {
    let values = bare();
    assert_eq!((values.entity_id(), values.audience()), (SP, SP));
    assert_eq!((values.acs_url(), values.recipient()), (ACS, ACS));
    assert!(values.name_id_formats().is_empty());
    let sp = ServiceProvider::builder(SP, ACS).build().unwrap();
    let asked = sp.metadata().name_id_format(urn::name_id_format::PERSISTENT).admin_values().unwrap();
    assert_eq!(asked.name_id_formats(), [urn::name_id_format::PERSISTENT]);
    assert!(asked.metadata_xml().contains(urn::name_id_format::PERSISTENT));
}

#[test]
fn a_certificate_is_a_pem_file_with_its_purpose() {
    let values = full();
    let certificate = values.signing_certificate().unwrap();
    assert!(certificate.verifies() && !certificate.encrypts());
    let pem = certificate.pem();
    assert!(pem.starts_with("-----BEGIN CERTIFICATE-----\n") && pem.ends_with("\n-----END CERTIFICATE-----\n"));
    assert!(pem.lines().all(|line| (1..=64).contains(&line.len())), "{pem}");
    assert_eq!(&Certificate::from_pasted(&pem).unwrap().certificate, certificate.certificate());
    assert!(values.encryption_certificate().is_none());
}

#[test]
fn each_product_has_its_own_names_for_them() {
    let values = full();
    let field = |product, field: &str| {
        let all = values.for_product(product);
        let found = all.iter().find(|value| value.field == field);
        found.unwrap_or_else(|| panic!("{product}: no {field} in {all:?}")).value.clone()
    };
    assert_eq!(field(Product::EntraId, "Basic SAML Configuration > Identifier (Entity ID)"), SP);
    assert_eq!(field(Product::EntraId, "Basic SAML Configuration > Reply URL (Assertion Consumer Service URL)"), ACS);
    assert_eq!(field(Product::Okta, "Audience URI (SP Entity ID)"), SP);
    assert_eq!(field(Product::Keycloak, "Advanced > Logout Service Redirect Binding URL"), SLO);
    assert_eq!(field(Product::SecSignId, "Service Provider Issuer"), SP);
    assert_eq!(field(Product::SecSignId, "Audience Restriction"), SP);
    assert_eq!(field(Product::SecSignId, "SAML response URL"), ACS);
    assert_eq!(field(Product::Shibboleth, "A MetadataProvider with our document"), values.metadata_xml());
    assert_eq!(
        field(Product::OneLogin, "Configuration > ACS (Consumer) URL Validator"),
        r"^https:\/\/app\.example\.com\/saml\/acs$"
    );
}

#[test]
fn what_a_service_does_not_have_is_not_asked_for() {
    for &product in Product::ALL {
        let shown = bare().for_product(product);
        assert!(shown.iter().all(|value| !value.value.is_empty()), "{product}");
        for absent in [SpValue::SloUrl, SpValue::SigningCertificate, SpValue::EncryptionCertificate] {
            assert!(shown.iter().all(|value| value.what != absent), "{product}: {absent}");
        }
        // Whatever else, no connection works without these two, or the document that has both.
        for needed in [SpValue::EntityId, SpValue::AcsUrl] {
            let there = shown.iter().any(|value| [needed, SpValue::Metadata].contains(&value.what));
            assert!(there, "{product}: {needed}");
        }
    }
}
