//! A login with each product, and what an application learns of the user.

use saml_sp::testing::{TestIdp, TestUser};
use saml_sp::{AttributeMap, Expect, Field, Groups, LoginOptions, PostedResponse, Product, Seen};

use crate::stage::*;

/// What each product signs, and what an application finds by the names of the table alone.
struct Row {
    product: Product,
    signs: &'static [&'static str],
    name_id: Option<&'static str>,
    email: Option<&'static str>,
    first_and_last: Option<[&'static str; 2]>,
    has_groups: bool,
}

const EMAIL: Option<&str> = Some("alice@example.com");
const NAMES: Option<[&str; 2]> = Some(["Alice", "Example"]);

fn row(product: Product, signs: &'static [&'static str], name_id: Option<&'static str>) -> Row {
    Row { product, signs, name_id, email: EMAIL, first_and_last: NAMES, has_groups: true }
}

fn rows() -> [Row; 12] {
    let (assertion, response, both): (&[_], &[_], &[_]) = (&["Assertion"], &["Response"], &["Response", "Assertion"]);
    [
        row(Product::EntraId, assertion, EMAIL),
        row(Product::AdFs, assertion, EMAIL),
        row(Product::Okta, both, EMAIL),
        row(Product::GoogleWorkspace, assertion, EMAIL),
        row(Product::Keycloak, response, Some("alice")),
        // Groups are an extension of the tenant's there.
        Row { has_groups: false, ..row(Product::Auth0, assertion, Some("auth0|5f3297bd8f6e5a0068a1b2c3")) },
        row(Product::OneLogin, response, EMAIL),
        row(Product::PingFederate, response, Some("alice")),
        row(Product::Shibboleth, response, None),
        row(Product::SimpleSamlPhp, both, None),
        row(Product::JumpCloud, response, EMAIL),
        Row { first_and_last: None, has_groups: false, ..row(Product::SecSignId, assertion, EMAIL) },
    ]
}

/// Metadata or pasted fields, request, answer, checks, attributes: for all products but Auth0, which needs a setting, as they
/// come.
#[test]
fn every_product_logs_in_under_the_default_policy() {
    let rows = rows();
    assert!(Product::ALL.iter().all(|product| rows.iter().any(|row| row.product == *product)));
    for Row { product, signs, name_id, email, first_and_last, has_groups } in rows {
        let auth0;
        let stage = if product == Product::Auth0 {
            auth0 = auth0_by_sha256();
            &auth0
        } else {
            like(product)
        };
        let accepted = stage.login(PLAIN, |_| ()).unwrap_or_else(|error| panic!("{product}: {error}"));
        assert_eq!(accepted.proofs().iter().map(|proof| proof.element).collect::<Vec<_>>(), signs, "{product}");
        let identity = accepted.confirm(Seen::FirstTime).unwrap().identity;
        if let Some(name_id) = name_id {
            assert_eq!(identity.name_id().unwrap().value, name_id, "{product}");
        }
        let user = AttributeMap::new().read(&identity, &stage.idp).unwrap();
        assert_eq!(user.get(&Field::Email), email, "{product}");
        let [first, last] = first_and_last.map_or([None, None], |names| names.map(Some));
        assert_eq!((user.get(&Field::FirstName), user.get(&Field::LastName)), (first, last), "{product}");
        let groups = Groups::Listed(vec!["staff".to_owned(), "on-call".to_owned()]);
        assert_eq!(*user.groups(), if has_groups { groups } else { Groups::Absent }, "{product}");
    }
}

/// The switch that Auth0 needs.
pub(crate) fn auth0_by_sha256() -> Stage {
    let sha256 = (saml_sp::SignatureAlgorithm::RsaSha256, saml_sp::DigestAlgorithm::Sha256);
    Stage::with(Product::Auth0, TestIdp::like(Product::Auth0).unwrap().algorithms(sha256.0, sha256.1))
}

#[test]
fn every_product_is_recognised_by_what_was_imported() {
    for stage in stages() {
        assert_eq!(Product::recognise(&stage.idp), Some(stage.product), "{}", stage.idp.entity_id());
    }
}

/// What trips products by default is not asked for: Entra ID takes no request whose ID begins with a digit, AD FS no format but its
/// own, and most no authentication context.
#[test]
fn a_request_that_every_product_takes() {
    for stage in stages() {
        let (_, request) = stage.begin(PLAIN, &LoginOptions::new());
        assert!(request.id.starts_with('_'), "{}", request.id);
        assert_eq!((&request.name_id_format, request.authn_contexts.len()), (&None, 0), "{}", stage.product);
    }
}

/// Where no product is imitated, a user of the test's own has the short names of LDAP.
#[test]
fn a_user_of_no_product() {
    let test_idp = TestIdp::with_ecdsa("https://idp.example.com/metadata").unwrap();
    let user = TestUser::new("alice@example.org");
    let answer = test_idp.unsolicited_about(PLAIN, ACS, &user);
    let value = |name: &str| {
        let found = answer.attributes.iter().find(|attribute| attribute.name == name).unwrap();
        found.values[0].clone().unwrap()
    };
    assert_eq!(["mail", "givenName", "uid"].map(value), ["alice@example.org", "Alice", "alice@example.org"]);
    assert_eq!(answer.name_id.unwrap().value, "alice@example.org");
    assert!(test_idp.unsolicited(PLAIN, ACS, "alice").attributes.is_empty());
}

/// Started there, taken where the application asked for it by name.
#[test]
fn every_product_may_begin_a_login_itself() {
    for stage in stages().filter(|stage| stage.product != Product::Auth0) {
        let answer = stage.test_idp.unsolicited(PLAIN, ACS, "alice");
        let form = stage.test_idp.post(&answer).unwrap();
        for engine in engines() {
            let posted = PostedResponse::new(&form.saml_response, None);
            let outcome = sp(PLAIN, engine, noon()).accept(&stage.idp, &posted, Expect::unsolicited(ACS));
            _ = outcome.unwrap_or_else(|error| panic!("{}: {error}", stage.product));
        }
    }
}

/// Without a mailbox there is no such attribute, and a NameID is an address only where its Format says so.
#[test]
fn somebody_without_a_mailbox() {
    let stage = like(Product::EntraId);
    let mut user = TestUser::new("alice");
    user.email = None;
    assert!(!stage.message(&user).contains("claims/emailaddress\""));
    let (pending, request) = stage.begin(PLAIN, &LoginOptions::new());
    let form = stage.test_idp.post(&stage.test_idp.answer_about(&request, &user)).unwrap();
    let identity = stage.take(PLAIN, &form, pending).unwrap().confirm(Seen::FirstTime).unwrap().identity;
    // Entra ID's NameID is the principal name, under the Format of an address.
    let read = AttributeMap::new().read(&identity, &stage.idp).unwrap();
    assert_eq!(read.get(&Field::Email), Some("alice@example.com"));
    let claim = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress";
    let strict = AttributeMap::new().alias(Field::Email, claim).require(Field::Email);
    is_refused(
        Product::EntraId,
        strict.read(&identity, &stage.idp),
        "attribute-missing",
        "without a mailbox there is no emailaddress",
    );
}

#[test]
fn a_guest_of_entra_id() {
    let stage = like(Product::EntraId);
    let mut user = TestUser::new("x@hotmail.example");
    user.is_guest = true;
    let (pending, request) = stage.begin(PLAIN, &LoginOptions::new());
    let form = stage.test_idp.post(&stage.test_idp.answer_about(&request, &user)).unwrap();
    let identity = stage.take(PLAIN, &form, pending).unwrap().confirm(Seen::FirstTime).unwrap().identity;
    let read = AttributeMap::new().read(&identity, &stage.idp).unwrap();
    assert_eq!(read.get(&Field::Username), Some("x_hotmail.example#EXT#@example.onmicrosoft.com"));
    assert_eq!(read.get(&Field::Email), Some("x@hotmail.example"));
}

/// 150 groups are a list, one more is a link.
#[test]
fn more_groups_than_entra_id_sends() {
    let stage = like(Product::EntraId);
    for (number, is_listed) in [(150, true), (151, false)] {
        let mut user = TestUser::new("alice");
        user.groups = (0..number).map(|n| format!("{n:08x}-0000-4000-8000-000000000000")).collect();
        let (pending, request) = stage.begin(PLAIN, &LoginOptions::new());
        let form = stage.test_idp.post(&stage.test_idp.answer_about(&request, &user)).unwrap();
        let identity = stage.take(PLAIN, &form, pending).unwrap().confirm(Seen::FirstTime).unwrap().identity;
        match AttributeMap::new().groups(&identity) {
            Groups::Listed(listed) => assert!(is_listed && listed == user.groups),
            Groups::Overage { link } => assert!(!is_listed && link.starts_with("https://graph.windows.net/")),
            Groups::Absent => panic!("neither groups nor a link"),
        }
    }
}
