//! The guides: complete for each product, and what they promise about URLs is how products are recognised.

use saml_sp::{IdpValue, Product, SpValue};

use super::pasted;

/// A shape with something in the place of each brace.
fn example(shape: &str) -> String {
    let mut example = String::new();
    for (index, part) in shape.split(['{', '}']).enumerate() {
        example += match (index % 2, part) {
            (0, text) => text,
            (_, "port") => "9031",
            _ => "abc-123",
        };
    }
    example
}

#[test]
fn every_guide_says_what_to_enter_and_what_to_take() {
    for &product in Product::ALL {
        let guide = product.guide();
        assert_eq!(guide.product, product);
        assert!(
            !guide.sources.is_empty() && guide.sources.iter().all(|page| page.starts_with("https://")),
            "{product}"
        );
        for text in [guide.attributes, guide.groups, guide.encryption, guide.logout].iter().chain(guide.oddities) {
            assert!(text.ends_with('.') && !text.contains("  "), "{product}: {text}");
        }
        for way in guide.ways {
            let enters = |value| way.enter.iter().any(|entry| entry.value == value);
            assert!(enters(SpValue::Metadata) || enters(SpValue::EntityId) && enters(SpValue::AcsUrl), "{product}");
            let takes = |value| way.take.iter().any(|field| field.value == value);
            let by_hand = [IdpValue::EntityId, IdpValue::SsoUrl, IdpValue::SigningCertificate].into_iter().all(takes);
            assert!(takes(IdpValue::Metadata) || by_hand, "{product}: {}", way.name);
        }
    }
}

#[test]
fn what_is_taken_from_a_product_is_recognised_as_its_own() {
    for &product in Product::ALL {
        let fields = || product.guide().ways.iter().flat_map(|way| way.take);
        for field in fields().filter(|field| field.value == IdpValue::EntityId) {
            let Some(shape) = field.shape else { continue };
            let idp = pasted(&example(shape), "https://gateway.example.com/sso");
            assert_eq!(Product::recognise(&idp), Some(product), "{shape}");
        }
        for field in fields().filter(|field| field.value == IdpValue::SsoUrl) {
            let Some(shape) = field.shape else { continue };
            let idp = pasted("a name that says nothing", &example(shape));
            assert_eq!(Product::recognise(&idp), Some(product), "{shape}");
        }
    }
}

#[test]
fn a_guide_is_markdown_with_the_remedies_in_it() {
    let entra = Product::EntraId.guide().to_string();
    assert!(entra.starts_with("# Microsoft Entra ID\n\n## Enterprise application\n"), "{entra}");
    assert!(entra.contains("| Basic SAML Configuration \\> Identifier (Entity ID) | entity ID |"), "{entra}");
    assert!(entra.contains("federationmetadata.xml?appid={application id}` | metadata |"), "{entra}");
    assert!(entra.contains("| `audience-mismatch`, `audience-missing` |"), "{entra}");
    assert!(entra.contains("\\#EXT\\#"), "what Markdown would read is escaped: {entra}");
}
