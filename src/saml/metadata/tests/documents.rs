//! Documents: which are metadata, who is in them, who can be chosen.

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
    let xml =
        group("", &(named("urn:a") + &group("", &(named("urn:b") + &group("", &named("urn:c")))) + &named("urn:d")));
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
            + &role_with(r#"x:y="z""#, &format!("<md:Extensions><x:a/>text</md:Extensions>{}{SSO}<x:a/>", rsa_key()))
            + "<x:after/><md:Extensions/>"),
    );
    let idp = only(&xml).unwrap();
    assert!(matches!(idp.notes(), [MetadataNote::UnknownRole { .. }]), "{:?}", idp.notes());
}
