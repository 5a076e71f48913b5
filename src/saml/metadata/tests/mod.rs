//! Metadata from the outside: one test per promise.

mod bad_input;
mod documents;
mod endpoints;
mod keys;
mod manual;
mod refresh;
mod roles;
mod times;
mod trust;

use chrono::{DateTime, TimeDelta, Utc};

use super::*;
use crate::crypto::Certificate;
use crate::limits::Limits;
use crate::saml::urn::{Binding, name_id_format};

pub(super) const RSA_CERTIFICATE: &str = include_str!("../testdata/rsa.pem");
const SECOND_CERTIFICATE: &str = include_str!("../testdata/second.pem");
const EC_CERTIFICATE: &str = include_str!("../testdata/ec.pem");
const SMALL_CERTIFICATE: &str = include_str!("../testdata/small.pem");
const CA_CERTIFICATE: &str = include_str!("../testdata/ca.pem");
const ISSUED_CERTIFICATE: &str = include_str!("../testdata/issued.pem");
const RSA_MODULUS: &str = include_str!("../testdata/rsa-modulus.b64");
const RSA_SPKI: &str = include_str!("../testdata/rsa-spki.b64");
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
