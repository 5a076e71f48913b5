//! What nobody named yet: a forged assertion at every place of a signed message, and what was signed at every place of
//! a forged one. An error, or alice.

use saml_sp::testing::TestIdpError;
use saml_sp::testing::forge::Tree;
use serde_json::{Value, json};

use crate::door;
use crate::stage::{ALL, ASSERTION_SIGNED, RESPONSE_SIGNED, Shape, Stage};
use crate::vector::outcome;

/// Where one tag ends and another begins.
fn seams(xml: &str) -> Vec<usize> {
    let ends = xml.match_indices('>').map(|(at, _)| at + 1).filter(|at| *at < xml.len());
    ends.filter(|at| xml[*at..].starts_with('<')).collect()
}

/// The outcome with `guest` at every seam of `host`.
fn outcomes(stage: &Stage, host: &str, guest: &str) -> Vec<Result<String, String>> {
    let places = seams(host);
    assert!(places.len() > 20, "{host}");
    let at = |place: &usize| {
        let xml = [&host[..*place], guest, &host[*place..]].concat();
        let mut case: Value = stage.case("everywhere");
        case["message"] = json!({"xml": xml});
        outcome(&door::answer(case.to_string().as_bytes()))
    };
    places.iter().map(at).collect()
}

/// A forged assertion under every kind of ID next to the one that is signed.
fn forged_assertions(stage: &Stage, signed_id: &str) -> Result<Vec<String>, TestIdpError> {
    let mut forged = Vec::new();
    for id in
        [None, Some(("ID", "_evil")), Some(("Id", "_evil")), Some(("ID", signed_id)), Some(("saml:ID", signed_id))]
    {
        let mut tree = Tree::parse("<none/>")?;
        let assertion = stage.forged_assertion(&mut tree)?;
        tree.unset(assertion, "ID")?;
        if let Some((name, value)) = id {
            tree.set(assertion, name, value)?;
        }
        forged.push(tree.xml_of(assertion));
    }
    Ok(forged)
}

fn no_signature(tree: &mut Tree) -> Result<String, TestIdpError> {
    let signature = tree.find("Signature")?;
    let text = tree.xml_of(signature);
    tree.remove(signature)?;
    Ok(text)
}

#[test]
fn a_forged_assertion_at_every_place_of_a_signed_message() -> Result<(), TestIdpError> {
    for shape in ALL {
        let stage = Stage::new(*shape);
        let genuine = stage.genuine()?;
        let signed_id = genuine.attribute(stage.carrier(&genuine)?, "ID").unwrap_or("_encrypted").to_owned();
        let mut victims = 0;
        for forged in forged_assertions(&stage, &signed_id)? {
            for outcome in outcomes(&stage, &genuine.to_xml(), &forged) {
                let name = outcome.unwrap_or_else(|_| "alice".to_owned());
                assert_eq!(name, "alice", "{shape:?}");
                victims += 1;
            }
        }
        // Passed over where nothing is read: in the unsigned wrapper, and in KeyInfo, which no signature covers.
        assert!(victims > 0, "{shape:?}");
    }
    Ok(())
}

/// Wherever the signed assertion stands, the sole one that can be read is the forged one: nobody is signed in.
#[test]
fn a_signed_assertion_at_every_place_of_a_forged_message() -> Result<(), TestIdpError> {
    for shape in ASSERTION_SIGNED {
        let stage = Stage::new(*shape);
        let mut genuine = stage.genuine()?;
        let carrier = stage.carrier(&genuine)?;
        genuine.declare_inherited(carrier)?;
        let host = stage.forged_response()?;
        assert!(outcomes(&stage, &host.to_xml(), &genuine.xml_of(carrier)).iter().all(Result::is_err), "{shape:?}");
        if !shape.is_encrypted() {
            let mut signed = Tree::parse(&genuine.xml_of(carrier))?;
            let mut host = stage.forged_response()?;
            let signature = no_signature(&mut signed)?;
            let signature = host.element(&signature)?;
            host.insert_before(host.find("Subject")?, signature)?;
            assert!(outcomes(&stage, &host.to_xml(), &signed.to_xml()).iter().all(Result::is_err), "{shape:?}");
        }
    }
    Ok(())
}

/// The same with a signed Response, whose root is the forged one.
#[test]
fn a_signed_response_at_every_place_of_a_forged_one() -> Result<(), TestIdpError> {
    for shape in RESPONSE_SIGNED {
        let stage = Stage::new(*shape);
        let mut genuine = stage.genuine()?;
        let mut host = stage.forged_response()?;
        assert!(outcomes(&stage, &host.to_xml(), &genuine.to_xml()).iter().all(Result::is_err), "{shape:?}");
        let signature = no_signature(&mut genuine)?;
        let signature = host.element(&signature)?;
        host.insert_before(host.find("Status")?, signature)?;
        assert!(outcomes(&stage, &host.to_xml(), &genuine.to_xml()).iter().all(Result::is_err), "{shape:?}");
    }
    Ok(())
}

/// A forged ciphertext at every place of a signed message, under every shape.
#[test]
fn a_forged_ciphertext_at_every_place_of_a_signed_message() -> Result<(), TestIdpError> {
    use saml_sp::testing::Encrypted;
    for shape in [Shape::EncryptedAssertionSigned, Shape::EncryptedResponseSigned, Shape::EncryptedBothSigned] {
        let stage = Stage::new(shape);
        let mut forged = Tree::parse("<none/>")?;
        let assertion = stage.forged_assertion(&mut forged)?;
        let mut encryption = stage.encryption(Encrypted::Assertion);
        encryption.plaintext = Some(forged.xml_of(assertion).into_bytes());
        let ciphertext = encryption.encrypt("<sealed ID=\"_sealed\"/>", "_sealed")?;
        for outcome in outcomes(&stage, &stage.genuine()?.to_xml(), &ciphertext) {
            assert_eq!(outcome.unwrap_or_else(|_| "alice".to_owned()), "alice", "{shape:?}");
        }
    }
    Ok(())
}
