//! The role that is read, and what it says about itself.

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
