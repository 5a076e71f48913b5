//! Wrapping with ciphertexts: anybody can encrypt to a service provider, so that what is encrypted proves nothing.

use saml_sp::testing::forge::Tree;
use saml_sp::testing::{Encrypted, TestIdpError};
use serde_json::json;

use super::{
    ADVICE, ASSERTION_VISIBLE, CONTENT, COUNT, ELSEWHERE, EXTENSIONS, MISSING, inside, into_extensions,
    signature_of_another_assertion, signed_assertion, stripped,
};
use crate::stage::Shape::{
    AssertionSigned, BothSigned, EncryptedAssertionSigned, EncryptedBothSigned, EncryptedResponseSigned, ResponseSigned,
};
use crate::stage::{ALL, ASSERTION_SIGNED, ENCRYPTED, RESPONSE_SIGNED, Stage};
use crate::vector::{Made, Outcome, vectors};

/// An EncryptedAssertion around this, made by the attacker.
fn sealed(stage: &Stage, plaintext: &str) -> Result<String, TestIdpError> {
    let mut encryption = stage.encryption(Encrypted::Assertion);
    encryption.plaintext = Some(plaintext.as_bytes().to_vec());
    // The element around a ciphertext takes the prefix of what it replaces.
    encryption.encrypt("<saml:sealed xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" ID=\"_sealed\"/>", "_sealed")
}

fn forged(stage: &Stage) -> Result<String, TestIdpError> {
    let mut tree = Tree::parse("<none/>")?;
    let forged = stage.forged_assertion(&mut tree)?;
    Ok(tree.xml_of(forged))
}

/// The service provider has a decryption key, whether anything genuine is encrypted or not.
fn presented(stage: &Stage, xml: impl Into<Made>) -> Made {
    xml.into().with("/sp/decryption_keys", json!([stage.decryption()]))
}

/// An unsigned Response whose assertion is this, encrypted by the attacker.
fn holding(stage: &Stage, plaintext: &str) -> Result<Tree, TestIdpError> {
    let mut tree = stage.forged_response()?;
    let sealed = tree.element(&sealed(stage, plaintext)?)?;
    tree.replace(tree.find("Assertion")?, sealed)?;
    Ok(tree)
}

/// The signed assertion, unencrypted, in the Extensions of a message.
fn park(stage: &Stage, tree: &mut Tree) -> Result<(), TestIdpError> {
    let signed = tree.element(&signed_assertion(stage)?)?;
    into_extensions(tree, signed)
}

/// A forged, encrypted assertion beside the signed one.
fn beside(stage: &Stage, before: bool) -> Result<Made, TestIdpError> {
    let mut tree = stripped(stage)?;
    let sealed = tree.element(&sealed(stage, &forged(stage)?)?)?;
    let carrier = stage.carrier(&tree)?;
    if before {
        tree.insert_before(carrier, sealed)?
    } else {
        tree.insert_after(carrier, sealed)?
    }
    Ok(presented(stage, tree))
}

vectors! { "wrapping";
    /// A forged assertion, encrypted by the attacker, in front of the signed one.
    encrypted_forged_assertion_before_the_signed_one: "CVE-2026-2092", ASSERTION_SIGNED, COUNT =>
        |stage| beside(stage, true);

    /// The same behind the signed one.
    encrypted_forged_assertion_behind_the_signed_one: "CVE-2026-2092", ASSERTION_SIGNED, COUNT =>
        |stage| beside(stage, false);

    /// A forged assertion, encrypted, in the place of the signed one, which stands in Extensions.
    encrypted_forged_assertion_and_the_signed_one_in_extensions: "CVE-2026-2092", ASSERTION_SIGNED, MISSING => |stage| {
        let mut tree = holding(stage, &forged(stage)?)?;
        park(stage, &mut tree)?;
        Ok(presented(stage, tree))
    };

    /// XSW 4 in a ciphertext: the forged assertion around the signed one, encrypted together.
    encrypted_forged_assertion_around_the_signed_one: "Somorovsky et al. 2012, XSW 4; CVE-2026-2092", ASSERTION_SIGNED,
        MISSING => |stage| {
        let mut inner = Tree::parse(&forged(stage)?)?;
        let signed = inner.element(&signed_assertion(stage)?)?;
        inner.append(inner.root(), signed)?;
        Ok(presented(stage, holding(stage, &inner.to_xml())?))
    };

    /// The encrypted, forged assertion carries the Signature of the signed one, which stands in Extensions.
    encrypted_forged_assertion_with_the_signature: "Somorovsky et al. 2012, XSW 5; CVE-2026-2092", ASSERTION_VISIBLE,
        ELSEWHERE => |stage| {
        let (mut tree, forged, _, signed) = signature_of_another_assertion(stage)?;
        tree.declare_inherited(forged)?;
        let sealed = tree.element(&sealed(stage, &tree.xml_of(forged))?)?;
        tree.replace(forged, sealed)?;
        into_extensions(&mut tree, signed)?;
        Ok(presented(stage, tree))
    };

    /// The same under the ID of the signed one, which nobody can see before it is decrypted.
    encrypted_forged_assertion_of_the_same_id: "Somorovsky et al. 2012, XSW 5; CVE-2026-2092", ASSERTION_VISIBLE,
        Outcome::Reject("decrypt-content") => |stage| {
        let (mut tree, forged, _, signed) = signature_of_another_assertion(stage)?;
        let id = tree.attribute(signed, "ID").unwrap().to_owned();
        tree.set(forged, "ID", &id)?;
        tree.declare_inherited(forged)?;
        let sealed = tree.element(&sealed(stage, &tree.xml_of(forged))?)?;
        tree.replace(forged, sealed)?;
        into_extensions(&mut tree, signed)?;
        Ok(presented(stage, tree))
    };

    /// The plaintext closes the EncryptedAssertion that it stands in and opens another, with the forged assertion
    /// between.
    plaintext_that_leaves_its_place: "CVE-2026-2092", ASSERTION_VISIBLE, CONTENT => |stage| {
        let between = "</saml:EncryptedAssertion>";
        let again = "<saml:EncryptedAssertion xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\">";
        let escape = [&signed_assertion(stage)?, between, &forged(stage)?, again].concat();
        Ok(presented(stage, holding(stage, &escape)?))
    };

    /// A whole signed Response in the ciphertext.
    signed_response_in_a_ciphertext: "CVE-2026-2092", &[ResponseSigned, BothSigned],
        CONTENT => |stage| {
        Ok(presented(stage, holding(stage, &stage.genuine()?.to_xml())?))
    };

    /// A ciphertext in a ciphertext: what is inside is never opened.
    encrypted_assertion_in_a_ciphertext: "CVE-2026-2092", ASSERTION_VISIBLE, CONTENT => |stage| {
        let inner = sealed(stage, &signed_assertion(stage)?)?;
        Ok(presented(stage, holding(stage, &inner)?))
    };

    /// Two ciphertexts in one EncryptedAssertion, the genuine one first.
    two_ciphertexts_in_one_encrypted_assertion: "CVE-2026-2092", &[EncryptedAssertionSigned, EncryptedBothSigned],
        Outcome::Reject("decrypt-shape") => |stage| {
        let mut tree = stripped(stage)?;
        let second = Tree::parse(&sealed(stage, &forged(stage)?)?)?;
        let second = tree.element(&second.xml_of(second.find("EncryptedData")?))?;
        tree.append(stage.carrier(&tree)?, second)?;
        Ok(tree.into())
    };

    /// A forged assertion, not encrypted, in front of the genuine ciphertext in one EncryptedAssertion.
    forged_assertion_beside_the_ciphertext: "CVE-2026-2092", &[EncryptedAssertionSigned, EncryptedBothSigned],
        Outcome::Alice => |stage| {
        let mut tree = stripped(stage)?;
        let forged = stage.forged_assertion(&mut tree)?;
        tree.prepend(stage.carrier(&tree)?, forged)?;
        Ok(tree.into())
    };

    /// The signed assertion, not encrypted, in front of a forged ciphertext in one EncryptedAssertion.
    signed_assertion_beside_a_forged_ciphertext: "CVE-2026-2092", ASSERTION_VISIBLE, MISSING => |stage| {
        let mut tree = holding(stage, &forged(stage)?)?;
        let signed = tree.element(&signed_assertion(stage)?)?;
        tree.prepend(tree.find("EncryptedAssertion")?, signed)?;
        Ok(presented(stage, tree))
    };

    /// The attacker encrypts the signed assertion: it says what it said.
    signed_assertion_encrypted_by_the_attacker: "CVE-2026-2092", ASSERTION_VISIBLE, Outcome::Alice => |stage| {
        Ok(presented(stage, holding(stage, &signed_assertion(stage)?)?))
    };

    /// A forged ciphertext in the KeyInfo of the Response's Signature.
    encrypted_forged_assertion_in_key_info: "CVE-2026-2092", RESPONSE_SIGNED, Outcome::Alice => |stage| {
        let mut tree = stage.genuine()?;
        let sealed = tree.element(&sealed(stage, &forged(stage)?)?)?;
        tree.prepend(tree.find("KeyInfo")?, sealed)?;
        Ok(presented(stage, tree))
    };

    /// A forged ciphertext in Extensions, in front of the signed assertion.
    encrypted_forged_assertion_in_extensions: "CVE-2026-2092", ASSERTION_SIGNED, Outcome::Alice => |stage| {
        let mut tree = stripped(stage)?;
        let sealed = tree.element(&sealed(stage, &forged(stage)?)?)?;
        into_extensions(&mut tree, sealed)?;
        Ok(presented(stage, tree))
    };

    /// The identity provider signs an assertion with a ciphertext in its Advice that somebody else made.
    encrypted_forged_assertion_in_signed_advice: "CVE-2026-2092", ALL, Outcome::Alice => |stage| {
        let xml = stage.written(|tree| {
            let sealed = tree.element(&sealed(stage, &forged(stage)?)?)?;
            let advice = inside(tree, sealed, ADVICE)?;
            tree.insert_before(tree.find("Subject")?, advice)
        })?;
        Ok(presented(stage, xml))
    };

    /// A forged EncryptedAssertion in the namespace of the protocol, in front of the signed assertion.
    encrypted_forged_assertion_in_the_protocol_namespace: "CVE-2026-2092; CVE-2025-66567", ASSERTION_SIGNED,
        Outcome::Alice => |stage| {
        let mut tree = stripped(stage)?;
        let sealed = tree.element(&sealed(stage, &forged(stage)?)?)?;
        tree.rename(sealed, "samlp:EncryptedAssertion")?;
        tree.set(sealed, "xmlns:samlp", "urn:oasis:names:tc:SAML:2.0:protocol")?;
        tree.insert_before(stage.carrier(&tree)?, sealed)?;
        Ok(presented(stage, tree))
    };

    /// A forged EncryptedID, loose in the Response.
    encrypted_forged_name_in_the_response: "CVE-2026-2092", ASSERTION_SIGNED, Outcome::Alice => |stage| {
        let mut tree = stripped(stage)?;
        let name = "<saml:NameID xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\">mallory</saml:NameID>";
        let sealed = sealed(stage, name)?;
        let sealed = tree.element(&sealed)?;
        tree.rename(sealed, "saml:EncryptedID")?;
        tree.insert_before(tree.find("Status")?, sealed)?;
        Ok(presented(stage, tree))
    };

    /// A signed Response over a ciphertext, whole in the Extensions of a forged one with another ciphertext.
    signed_ciphertext_in_extensions: "CVE-2026-2092", &[EncryptedResponseSigned], MISSING => |stage| {
        let mut tree = holding(stage, &forged(stage)?)?;
        let genuine = tree.element(&stage.genuine()?.to_xml())?;
        into_extensions(&mut tree, genuine)?;
        Ok(tree.into())
    };

    /// The same, the Signature in the forged Response.
    signature_over_another_ciphertext: "CVE-2026-2092", &[EncryptedResponseSigned, EncryptedBothSigned],
        ELSEWHERE => |stage| {
        let mut tree = holding(stage, &forged(stage)?)?;
        let genuine = tree.element(&stage.genuine()?.to_xml())?;
        let signature = tree.under(genuine, "Signature")?;
        into_extensions(&mut tree, genuine)?;
        tree.insert_after(tree.find("Issuer")?, signature)?;
        Ok(tree.into())
    };

    /// The genuine ciphertext twenty levels deep in Extensions, a forged one in its place.
    signed_ciphertext_twenty_levels_deep: "CVE-2026-2092; CVE-2025-54419",
        &[EncryptedAssertionSigned, EncryptedBothSigned], MISSING => |stage| {
        let mut tree = holding(stage, &forged(stage)?)?;
        let mut inner = tree.element(&signed_assertion(stage)?)?;
        for _ in 0..20 {
            inner = inside(&mut tree, inner, EXTENSIONS)?;
        }
        tree.insert_before(tree.find("Status")?, inner)?;
        Ok(tree.into())
    };

    /// The genuine ciphertext with another EncryptedKey, made by the attacker, in front of its own: one error,
    /// whichever key is tried.
    another_key_for_the_ciphertext: "CVE-2026-2092", ENCRYPTED,
        Outcome::Depends(|shape| shape.response_is_signed().then_some("digest-mismatch")),
        not_live "in front of the genuine one the key does not open it, and the Response was altered" => |stage| {
        let mut tree = stage.genuine()?;
        let other = Tree::parse(&sealed(stage, &forged(stage)?)?)?;
        let key = tree.element(&other.xml_of(other.find("EncryptedKey")?))?;
        tree.insert_before(tree.find("EncryptedKey")?, key)?;
        Ok(tree.into())
    };

    /// The signed assertion in the clear and the same encrypted: there are two.
    signed_assertion_in_the_clear_and_encrypted: "CVE-2026-2092", &[AssertionSigned], COUNT => |stage| {
        let mut tree = stage.genuine()?;
        let text = signed_assertion_of(&mut tree)?;
        let sealed = tree.element(&sealed(stage, &text)?)?;
        tree.append(tree.root(), sealed)?;
        Ok(presented(stage, tree))
    };
}

/// The assertion of this message, with every prefix that it leans on.
fn signed_assertion_of(tree: &mut Tree) -> Result<String, TestIdpError> {
    let mut copy = tree.clone();
    let assertion = copy.find("Assertion")?;
    copy.declare_inherited(assertion)?;
    Ok(copy.xml_of(assertion))
}
