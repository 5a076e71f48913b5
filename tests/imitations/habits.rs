//! Each habit is really in the message, or in the metadata: what is not there proves nothing.

use saml_sp::testing::TestUser;
use saml_sp::{Binding, Clock, Expect, LoginOptions, PostedResponse, Product, ServiceProvider};

use crate::logins::auth0_by_sha256;
use crate::stage::*;

const SAML: &str = "urn:oasis:names:tc:SAML:2.0:assertion";

fn message(product: Product) -> String {
    like(product).message(&TestUser::new("alice"))
}

fn count(xml: &str, text: &str) -> usize {
    xml.matches(text).count()
}

#[track_caller]
fn has(xml: &str, texts: &[&str]) {
    for text in texts {
        assert!(xml.contains(text), "no {text} in {xml}");
    }
}

/// From `start` to the first `end` behind it.
fn part<'x>(xml: &'x str, start: &str, end: &str) -> &'x str {
    let from = xml.find(start).unwrap_or_else(|| panic!("no {start} in {xml}"));
    &xml[from..from + xml[from..].find(end).unwrap()]
}

#[test]
fn entra_id() {
    let xml = message(Product::EntraId);
    has(&xml, &["<samlp:Response ", "<samlp:Status>", "<NameID Format=", "</Assertion>"]);
    assert_eq!((count(&xml, "<saml:"), count(&xml, "<ds:")), (0, 0));
    has(
        &xml,
        &[&format!("<Assertion xmlns=\"{SAML}\" ID="), "<Signature xmlns=\"http://www.w3.org/2000/09/xmldsig#\">"],
    );
    // Seven digits, everywhere.
    has(&xml, &["IssueInstant=\"2026-01-15T12:00:00.1234567Z\"", "AuthnInstant=\"2026-01-15T12:00:00.1234567Z\""]);
    // Name and values, without NameFormat and type; several methods in one attribute.
    let statement = part(&xml, "<AttributeStatement>", "</AttributeStatement>");
    assert_eq!((count(statement, "NameFormat"), count(statement, "xsi:type")), (0, 0));
    let methods = part(statement, "authnmethodsreferences", "</Attribute>");
    assert_eq!(count(methods, "<AttributeValue>"), 2);
    has(statement, &["identity/claims/tenantid\"", "identity/claims/objectidentifier\"", "claims/groups\""]);
    has(&xml, &["ac:classes:Password<"]);
}

/// Two roles of WS-Federation come first, several keys sign, and the document is signed; logout is by Redirect only.
#[test]
fn metadata_of_entra_id_and_ad_fs() {
    for product in [Product::EntraId, Product::AdFs] {
        let xml = like(product).test_idp.metadata().unwrap();
        has(&xml, &["<EntityDescriptor xmlns=\"urn:oasis:names:tc:SAML:2.0:metadata\" ID=\"_", "ServiceType\""]);
        let role = xml.find("<IDPSSODescriptor").unwrap();
        assert_eq!(count(&xml[..role], "<RoleDescriptor "), 2);
        has(&xml[..role], &["fed:SecurityTokenServiceType", "fed:ApplicationServiceType", "SignedInfo"]);
        assert_eq!(count(&xml, "<md:"), 0);
    }
    let entra = &like(Product::EntraId).idp;
    assert_eq!(entra.signing_keys().len(), 2);
    assert_eq!(entra.single_logout().iter().map(|slo| slo.binding()).collect::<Vec<_>>(), [&Binding::Redirect]);
    has(&like(Product::AdFs).test_idp.metadata().unwrap(), &["<KeyDescriptor use=\"encryption\">"]);
}

#[test]
fn metadata_of_the_others() {
    let metadata = |product| like(product).test_idp.metadata().unwrap();
    has(&metadata(Product::Keycloak), &["WantAuthnRequestsSigned=\"true\"", "bindings:SOAP"]);
    has(&metadata(Product::PingFederate), &["entityID=\"gefssprd\""]);
    has(&metadata(Product::JumpCloud), &["entityID=\"JumpCloud\""]);
    let shibboleth = like(Product::Shibboleth);
    has(&metadata(Product::Shibboleth), &["urn:mace:shibboleth:1.0\"", "HTTP-POST-SimpleSign", "<shibmd:Scope "]);
    assert_eq!(shibboleth.idp.scopes().collect::<Vec<_>>(), ["example.edu"]);
    assert_eq!(shibboleth.idp.signing_keys().len(), 2);
    for product in [Product::Okta, Product::GoogleWorkspace, Product::JumpCloud, Product::SecSignId] {
        assert!(like(product).idp.single_logout().is_empty(), "{product}");
    }
    assert!(like(Product::SecSignId).idp.entity_id().as_str().ends_with("/SAML_Login"));
}

#[test]
fn ad_fs() {
    let xml = message(Product::AdFs);
    has(&xml, &["Consent=\"urn:oasis:names:tc:SAML:2.0:consent:unspecified\"", "<Assertion xmlns=", "<ds:Signature "]);
    assert_eq!(count(&xml, "<saml:"), 0);
    // Milliseconds, and valid from this very one.
    has(&xml, &["IssueInstant=\"2026-01-15T12:00:00.123Z\"", "<Conditions NotBefore=\"2026-01-15T12:00:00.123Z\""]);
    has(&xml, &["<Attribute Name=\"http://schemas.xmlsoap.org/claims/Group\"><AttributeValue>staff<"]);
    // A clock that is behind by less than the skew does no harm.
    let stage = like(Product::AdFs);
    let form = stage.test_idp.post(&stage.test_idp.unsolicited(PLAIN, ACS, "alice")).unwrap();
    let behind = noon() - chrono::Duration::milliseconds(31);
    let sp = ServiceProvider::builder(PLAIN, ACS).clock(Clock::Fixed(behind)).build().unwrap();
    _ = sp.accept(&stage.idp, &PostedResponse::new(&form.saml_response, None), Expect::unsolicited(ACS)).unwrap();
}

/// The ciphertext's wrapping is AD FS's own: no prefix on EncryptedAssertion, the key inside, SHA-1 named.
#[test]
fn ad_fs_encrypted() {
    let stage = like(Product::AdFs);
    let (_, request) = stage.begin(OPENS, &LoginOptions::new());
    let xml = stage.test_idp.sign(&stage.test_idp.answer(&request, "alice")).unwrap();
    has(&xml, &["<EncryptedAssertion xmlns=", "xmlenc#aes256-cbc", "xmlenc#rsa-oaep-mgf1p", "xmldsig#sha1"]);
    assert_eq!(count(&xml, "SignedInfo"), 0);
}

#[test]
fn okta() {
    let xml = message(Product::Okta);
    has(
        &xml,
        &[
            "<saml2p:Response xmlns:saml2p=",
            "nameid-format:entity\">http://www.okta.com/exk",
            "NameFormat=\"urn:oasis:names:tc:SAML:2.0:attrname-format:unspecified\"",
        ],
    );
    assert_eq!(count(&xml, "PrefixList=\"xs\""), 4, "two signatures, each over SignedInfo and over its element");
    // At the Response's Issuer, the Assertion, and each child of that but the Signature.
    assert_eq!(count(&xml, &format!("xmlns:saml2=\"{SAML}\"")), 7);
    assert_eq!(count(&xml, "<saml:"), 0);
    has(part(&xml, "<saml2p:Response", ">"), &["xmlns:xs="]);
}

#[test]
fn google_workspace() {
    let xml = message(Product::GoogleWorkspace);
    has(&xml, &["<saml2:Attribute Name=\"email\"><saml2:AttributeValue", "xsi:type=\"xs:anyType\""]);
    assert_eq!(count(&xml, "<ds:Signature "), 1);
    assert!(xml.find("<saml2:Assertion").unwrap() < xml.find("<ds:Signature ").unwrap());
}

#[test]
fn keycloak() {
    let xml = message(Product::Keycloak);
    // One Attribute for each role, all of one name.
    assert_eq!(count(&xml, "<saml:Attribute Name=\"Role\""), 2);
    has(&xml, &["Name=\"urn:oid:1.2.840.113549.1.9.1\"", "FriendlyName=\"email\"", "<dsig:Signature xmlns:dsig="]);
    assert!(xml.find("<dsig:Signature").unwrap() < xml.find("<saml:Assertion").unwrap());
    // The default namespace that nothing uses.
    has(&xml, &[&format!("<saml:Assertion xmlns=\"{SAML}\" ID=")]);
}

#[test]
fn auth0() {
    for (stage, algorithm) in [(like(Product::Auth0), "rsa-sha1"), (&auth0_by_sha256(), "rsa-sha256")] {
        let xml = stage.message(&TestUser::new("alice"));
        has(&xml, &[algorithm, "xsi:type=\"xs:boolean\">false<", "xsi:type=\"xs:anyType\">Tue Aug 11 2020"]);
        assert_eq!(count(&xml, "Name=\"http://schemas.auth0.com/"), 7);
    }
}

#[test]
fn one_login_and_jump_cloud() {
    has(&message(Product::OneLogin), &["Name=\"User.email\"", "Name=\"memberOf\"", "SessionNotOnOrAfter="]);
    let xml = message(Product::JumpCloud);
    assert_eq!(count(&xml, "Name=\"memberOf\""), 2);
    has(&xml, &["xsi:type=\"xs:anyType\""]);
}

#[test]
fn ping_federate() {
    let xml = message(Product::PingFederate);
    assert_eq!(count(&xml, "KeyInfo"), 0);
    assert_eq!(count(&xml, "<ds:Signature "), 1);
    has(&xml, &["<saml:Issuer>gefssprd</saml:Issuer>"]);
}

#[test]
fn shibboleth() {
    let xml = message(Product::Shibboleth);
    has(
        &xml,
        &[
            "PrefixList=\"xsd\"",
            "nameid-format:transient\" NameQualifier=\"https://idp.example.edu/idp/shibboleth\" SPNameQualifier=",
        ],
    );
    has(
        &xml,
        &[
            "Name=\"urn:oid:0.9.2342.19200300.100.1.3\" NameFormat=\"urn:oasis:names:tc:SAML:2.0:attrname-format:uri\" FriendlyName=\"mail\"",
        ],
    );
    assert_eq!(count(&xml, "xsi:type"), 0);
    let stage = like(Product::Shibboleth);
    let (_, request) = stage.begin(OPENS, &LoginOptions::new());
    let xml = stage.test_idp.sign(&stage.test_idp.answer(&request, "alice")).unwrap();
    has(&xml, &["<saml2:EncryptedAssertion xmlns:saml2=", "xmlenc11#aes128-gcm"]);
    assert!(xml.find("<ds:Signature ").unwrap() < xml.find("EncryptedAssertion").unwrap());
}

/// Another name at every login, for those that send transient ones.
#[test]
fn transient_names_differ() {
    for product in [Product::Shibboleth, Product::SimpleSamlPhp] {
        let name = || part(&message(product), "NameID Format=", "</").rsplit('>').next().unwrap().to_owned();
        assert_ne!(name(), name(), "{product}");
    }
}
