//! By what a product is recognised: its entityID, else where it sends users.

use saml_sp::Product;

use super::pasted;

#[test]
fn by_the_entity_id_first() {
    for (product, entity_id) in [
        (Product::EntraId, "https://sts.windows.net/11bb11bb-cc22-dd33-ee44-55ff55ff55ff/"),
        (Product::AdFs, "http://fs.example.com/adfs/services/trust"),
        (Product::Okta, "http://www.okta.com/exk410hnrc2i3lsMb0h7"),
        (Product::GoogleWorkspace, "https://accounts.google.com/o/saml2?idpid=C01abc2de"),
        (Product::Keycloak, "https://id.example.com/realms/staff"),
        (Product::Auth0, "urn:example.auth0.com"),
        (Product::OneLogin, "https://app.onelogin.com/saml/metadata/715551"),
        (Product::Shibboleth, "https://idp.example.edu/idp/shibboleth"),
        (Product::SimpleSamlPhp, "https://idp.example.org/simplesaml/saml2/idp/metadata.php"),
        (Product::SecSignId, "https://admin.secsign.com/SAML_Login"),
    ] {
        // A name in front of a gateway that says nothing, and one in front of another product's URL.
        for sso in ["https://gateway.example.com/sso", "https://sso.jumpcloud.com/saml2/example"] {
            assert_eq!(Product::recognise(&pasted(entity_id, sso)), Some(product), "{entity_id} {sso}");
        }
    }
}

#[test]
fn else_by_any_of_its_sign_on_urls() {
    let free = "any text that somebody chose";
    for (product, sso) in [
        (Product::EntraId, "https://login.microsoftonline.com/contoso.onmicrosoft.com/saml2"),
        (Product::JumpCloud, "https://sso.jumpcloud.com/saml2/example"),
        (Product::PingFederate, "https://ping.example.com:9031/idp/SSO.saml2"),
    ] {
        assert_eq!(Product::recognise(&pasted(free, sso)), Some(product), "{sso}");
        let behind = pasted(free, "https://gateway.example.com/sso").with_sso_post_url(sso).unwrap();
        assert_eq!(Product::recognise(&behind), Some(product), "{sso} as the second");
    }
}

#[test]
fn what_shows_nothing_is_no_product() {
    for (entity_id, sso) in [
        ("https://idp.example.com/saml", "https://idp.example.com/sso"),
        ("gefssprd", "https://idp.example.com/"),
        ("https://STS.windows.net/", "https://idp.example.com/adfs"),
        ("https://idp.example.com/?as=https://sts.windows.net/", "https://idp.example.com/okta.com/sso/saml"),
    ] {
        assert_eq!(Product::recognise(&pasted(entity_id, sso)), None, "{entity_id} {sso}");
    }
}
