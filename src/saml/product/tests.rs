//! The tables of all products: every row is about something that exists, has its page, and is found by those who look.

use std::collections::BTreeSet;

use super::*;
use crate::saml::urn::status;

/// The chapter with every code; [`checks`](crate::manual::checks) has a test that none is missing in it.
const CODES: &str = include_str!("../../manual/checks.rs");

/// What real ones are called, and where they send users: each row fits one product, and every mark fits a row.
const SEEN: &[(Product, Place, &str)] = &[
    (Product::EntraId, Place::EntityId, "https://sts.windows.net/11bb11bb-cc22-dd33-ee44-55ff55ff55ff/"),
    (Product::EntraId, Place::SignOn, "https://login.microsoftonline.com/contoso.onmicrosoft.com/saml2"),
    (Product::EntraId, Place::SignOn, "https://login.microsoftonline.us/11bb11bb-cc22-dd33-ee44-55ff55ff55ff/saml2"),
    (Product::EntraId, Place::SignOn, "https://login.partner.microsoftonline.cn/contoso.partner.onmschina.cn/saml2"),
    (Product::AdFs, Place::EntityId, "http://fs.example.com/adfs/services/trust"),
    (Product::AdFs, Place::SignOn, "https://fs.example.com/adfs/ls/"),
    (Product::AdFs, Place::SignOn, "https://fs.example.com/adfs/ls"),
    (Product::Okta, Place::EntityId, "http://www.okta.com/exk410hnrc2i3lsMb0h7"),
    (Product::Okta, Place::SignOn, "https://example.okta.com/app/example_app_1/exk410hnrc2i3lsMb0h7/sso/saml"),
    (Product::Okta, Place::SignOn, "https://example.oktapreview.com/app/example_app_1/exk410hnrc2i3lsMb0h7/sso/saml"),
    (Product::Okta, Place::SignOn, "https://example.okta-emea.com/app/example_app_1/exk410hnrc2i3lsMb0h7/sso/saml"),
    (Product::GoogleWorkspace, Place::EntityId, "https://accounts.google.com/o/saml2?idpid=C01abc2de"),
    (Product::GoogleWorkspace, Place::SignOn, "https://accounts.google.com/o/saml2/idp?idpid=C01abc2de"),
    (Product::Keycloak, Place::EntityId, "https://id.example.com/realms/staff"),
    (Product::Keycloak, Place::EntityId, "http://localhost:8080/auth/realms/staff"),
    (Product::Keycloak, Place::SignOn, "https://id.example.com/realms/staff/protocol/saml"),
    (Product::Auth0, Place::EntityId, "urn:example.eu.auth0.com"),
    (Product::Auth0, Place::SignOn, "https://example.eu.auth0.com/samlp/GOSRASs9ubrhuQrKXMq1j5UOZEQZtL9u"),
    (Product::OneLogin, Place::EntityId, "https://app.onelogin.com/saml/metadata/715551"),
    (Product::OneLogin, Place::SignOn, "https://example-dev.onelogin.com/trust/saml2/http-post/sso/715551"),
    (Product::PingFederate, Place::SignOn, "https://ping.example.com:9031/idp/SSO.saml2"),
    (Product::Shibboleth, Place::EntityId, "https://idp.example.edu/idp/shibboleth"),
    (Product::Shibboleth, Place::SignOn, "https://idp.example.edu/idp/profile/SAML2/Redirect/SSO"),
    (Product::SimpleSamlPhp, Place::EntityId, "https://idp.example.org/simplesaml/saml2/idp/metadata.php"),
    (Product::SimpleSamlPhp, Place::SignOn, "https://idp.example.org/simplesaml/saml2/idp/SSOService.php"),
    (Product::SimpleSamlPhp, Place::SignOn, "https://idp.example.org/module.php/saml/idp/singleSignOnService"),
    (Product::JumpCloud, Place::SignOn, "https://sso.jumpcloud.com/saml2/example"),
    (Product::SecSignId, Place::EntityId, "https://admin.secsign.com/SAML_Login"),
    (Product::SecSignId, Place::SignOn, "https://admin.secsign.com/SAML_Login"),
];

#[test]
fn every_product_is_listed_once() {
    let names: BTreeSet<_> = Product::ALL.iter().map(|product| product.name()).collect();
    assert_eq!(names.len(), Product::ALL.len());
    // The variants are counted by their order: whoever adds one has to say so here.
    assert_eq!(Product::ALL.iter().max(), Some(&Product::SecSignId));
    assert!(Product::ALL.iter().enumerate().all(|(index, &product)| index == product as usize));
}

#[test]
fn what_is_seen_fits_its_product_and_no_other() {
    for &(product, place, text) in SEEN {
        for &other in Product::ALL {
            let fits = other.facts().marks.iter().any(|mark| mark.place == place && mark.fits(text));
            assert_eq!(fits, other == product, "{other}: {text}");
        }
    }
}

#[test]
fn every_mark_is_of_something_seen() {
    for &product in Product::ALL {
        for mark in product.facts().marks {
            let seen = SEEN.iter().any(|&(of, place, text)| of == product && place == mark.place && mark.fits(text));
            assert!(seen, "{product}: nothing for {}", mark.shape);
            assert!(mark.source.starts_with("https://"), "{product}: {}", mark.source);
        }
    }
}

#[test]
fn shapes_are_matched_to_both_ends() {
    let shape = |shape| Mark::entity_id(shape, "");
    for (pattern, yes, no) in [
        ("a*c", ["ac", "abc"], ["abcd", "xabc"]),
        ("*b*", ["b", "abc"], ["", "ac"]),
        ("a*b*c", ["abc", "axbxbxc"], ["acb", "abxcx"]),
        ("abc", ["abc", "abc"], ["ab", "abcd"]),
        ("ab*bc", ["abbc", "abxbc"], ["abc", "ab"]),
    ] {
        assert!(yes.iter().all(|text| shape(pattern).fits(text)), "{pattern}: {yes:?}");
        assert!(!no.iter().any(|text| shape(pattern).fits(text)), "{pattern}: {no:?}");
    }
}

#[test]
fn every_remedy_is_for_codes_that_exist_and_for_each_once() {
    for &product in Product::ALL {
        let mut codes = BTreeSet::new();
        for remedy in product.remedies() {
            assert!(!remedy.codes.is_empty(), "{product}");
            for code in remedy.codes {
                assert!(codes.insert(code), "{product}: {code} twice");
                let ours = CODES.contains(&format!("| `{code}` |"));
                assert!(ours || code.starts_with("urn:oasis:names:tc:SAML:2.0:status:"), "{product}: {code}");
                assert_eq!(product.remedy(code), Some(remedy.text));
            }
        }
        // Shibboleth takes both from our metadata, where nobody types them.
        let typed = ["audience-mismatch", "recipient-mismatch"].iter().all(|code| codes.contains(code));
        assert_eq!(typed, product != Product::Shibboleth, "{product}");
    }
}

#[test]
fn a_remedy_reads_as_one_line_and_has_its_page() {
    for &product in Product::ALL {
        for Remedy { codes, text, source } in product.remedies() {
            assert!(text.ends_with('.') && text.len() < 400, "{product} {codes:?}: {text}");
            assert!(
                !text.contains("  ") && !text.contains('\n') && text.trim() == *text,
                "{product} {codes:?}: {text}"
            );
            assert!(source.starts_with("https://") && !source.contains(' '), "{product} {codes:?}: {source}");
        }
    }
}

#[test]
fn a_code_without_a_row_has_no_remedy() {
    assert_eq!(Product::EntraId.remedy("replayed"), None);
    assert_eq!(Product::EntraId.remedy(""), None);
    assert_eq!(Product::EntraId.remedy(status::SUCCESS), None);
}
