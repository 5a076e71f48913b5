//! Any bytes at all: an answer, within the limits.

use super::*;

/// Everything that is read, in one document.
fn everything() -> String {
    let ec = format!(
        r#"<ds:KeyValue><ds11:ECKeyValue><ds11:NamedCurve URI="urn:oid:1.2.840.10045.3.1.7"/><ds11:PublicKey>{EC_POINT}</ds11:PublicKey></ds11:ECKeyValue></ds:KeyValue>"#
    );
    let extensions = r#"<md:Extensions><shibmd:Scope>a.b</shibmd:Scope><mdui:UIInfo><mdui:DisplayName xml:lang="en">A</mdui:DisplayName></mdui:UIInfo></md:Extensions>"#;
    let keys = key_info(r#"use="signing""#, &ec)
        + &key_info("", &format!("<ds11:DEREncodedKeyValue>{RSA_SPKI}</ds11:DEREncodedKeyValue>"));
    let role =
        role_with(r#"validUntil="2027-03-01T00:00:00Z" cacheDuration="PT6H""#, &format!("{extensions}{keys}{SSO}"));
    group("", &entity(ID, r#"validUntil="2027-03-01T00:00:00.5+01:00""#, &role))
}

#[test]
fn one_byte_changed_anywhere_is_no_panic() {
    let good = everything().into_bytes();
    assert!(Metadata::read_at(&good, &MetadataTrust::Transport, &Limits::default(), now()).is_ok());
    for position in (0..good.len()).step_by(3) {
        let mut bad = good.clone();
        bad[position] = b"<>\"/ A\0\xff"[position % 8];
        if let Ok(metadata) = Metadata::read_at(&bad, &MetadataTrust::Transport, &Limits::default(), now()) {
            let _ = metadata.only_identity_provider().map_err(|error| (error.to_string(), error.hint(), error.whose()));
        }
        let cut = &good[..position];
        assert!(Metadata::read_at(cut, &MetadataTrust::Transport, &Limits::default(), now()).is_err());
    }
}

#[test]
fn limits_of_metadata_are_its_own() {
    let xml = entity(ID, "", &good_role());
    let read = |limits: &Limits| {
        Metadata::read_at(xml.as_bytes(), &MetadataTrust::Transport, limits, now()).map_err(|error| error.code())
    };
    let mut limits = Limits { message_bytes: 1, metadata_bytes: xml.len(), ..Limits::default() };
    assert!(read(&limits).is_ok());
    limits.metadata_bytes = xml.len() - 1;
    assert_eq!(read(&limits).unwrap_err(), "xml-too-large");
}

#[test]
fn groups_nest_as_deep_as_elements_may() {
    let nested = |groups: usize| {
        let inner = entity(ID, "", &good_role());
        let open = "<md:EntitiesDescriptor>".repeat(groups);
        let close = "</md:EntitiesDescriptor>".repeat(groups);
        group("", &format!("{open}{inner}{close}"))
    };
    assert!(only(&nested(50)).is_ok());
    assert_eq!(read(&nested(20_000)).unwrap_err().code(), "xml-too-deep");
}

#[test]
fn thousands_of_anything_are_answered_at_once() {
    let many = |one: &str| one.repeat(5_000);
    let certificate = format!("<ds:X509Certificate>{}</ds:X509Certificate>", base64_of(SMALL_CERTIFICATE));
    let chain = key_info("", &format!("<ds:X509Data>{}</ds:X509Data>", many(&certificate)));
    assert_eq!(idp(&(chain + SSO)).unwrap().signing_keys().len(), 1);
    assert_eq!(idp(&(rsa_key() + &many(SSO))).unwrap().single_sign_on().len(), 5_000);
    let scopes = format!("<md:Extensions>{}</md:Extensions>", many("<shibmd:Scope>a.b</shibmd:Scope>"));
    assert_eq!(idp(&(scopes + &rsa_key() + SSO)).unwrap().scopes().count(), 5_000);
    let error = only(&entity(ID, "", &many(&role(SSO)))).unwrap_err();
    assert!(error.to_string().len() < 1_000);
    let entities: String = (0..5_000).map(|n| entity(&format!("urn:idp:{n}"), "", &role(SSO))).collect();
    assert_eq!(only(&group("", &entities)).unwrap_err().code(), "metadata-no-signing-key");
}
