//! The signed assertion, parked somewhere in a forged message for the verifier to find.
//!
//! Whole, it leaves the forged assertion without a signature; its Signature moved into the forged assertion references
//! something other than what it stands in.

use saml_sp::testing::TestIdpError;
use saml_sp::testing::forge::{Place, Tree};

use super::{
    ADVICE, ASSERTION_VISIBLE, BAD_VALUE, COUNT, Done, ELSEWHERE, EXTENSIONS, MISSING, OBJECT, STATUS_DETAIL,
    UNEXPECTED, inside, into_extensions, signature_of_another_assertion, signed_assertion,
};
use crate::stage::{ASSERTION_SIGNED, RESPONSE_SIGNED, Stage};
use crate::vector::{Made, Outcome, vectors};

const WRAPPER: &str = "<w:wrapper xmlns:w=\"urn:example:wrapper\"/>";
const HOLDER: &str = "<saml:EncryptedAssertion xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\"/>";
const RESPONSE: &str = "<samlp:Response xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" ID=\"_outer\" \
     Version=\"2.0\" IssueInstant=\"2026-01-15T12:00:00Z\"/>";
const KEY_INFO: &str = "<ds:KeyInfo xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"/>";

/// A forged message in which the signed assertion stands whole where `put` puts it.
fn parked(stage: &Stage, put: fn(&mut Tree, Place) -> Done) -> Result<Made, TestIdpError> {
    let mut tree = stage.forged_response()?;
    let signed = tree.element(&signed_assertion(stage)?)?;
    put(&mut tree, signed)?;
    Ok(tree.into())
}

/// The same, with its Signature in the forged assertion.
fn detached(stage: &Stage, put: fn(&mut Tree, Place) -> Done) -> Result<Made, TestIdpError> {
    let (mut tree, _, _, signed) = signature_of_another_assertion(stage)?;
    put(&mut tree, signed)?;
    Ok(tree.into())
}

fn in_status_detail(tree: &mut Tree, signed: Place) -> Done {
    let detail = inside(tree, signed, STATUS_DETAIL)?;
    tree.append(tree.find("Status")?, detail)
}

fn in_advice(tree: &mut Tree, signed: Place) -> Done {
    let advice = inside(tree, signed, ADVICE)?;
    tree.insert_after(tree.find("Conditions")?, advice)
}

fn in_an_object(tree: &mut Tree, signed: Place) -> Done {
    let object = inside(tree, signed, OBJECT)?;
    tree.insert_before(tree.find("Status")?, object)
}

fn in_confirmation_data(tree: &mut Tree, signed: Place) -> Done {
    tree.append(tree.find("SubjectConfirmationData")?, signed)
}

fn in_an_attribute_value(tree: &mut Tree, signed: Place) -> Done {
    tree.append(tree.find("AttributeValue")?, signed)
}

/// The forged assertion's, which stands in front of its Subject.
fn in_the_issuer(tree: &mut Tree, signed: Place) -> Done {
    let assertion = tree.find("Assertion")?;
    tree.append(tree.under(assertion, "Issuer")?, signed)
}

fn in_a_response(tree: &mut Tree, signed: Place) -> Done {
    let response = inside(tree, signed, RESPONSE)?;
    tree.insert_before(tree.find("Status")?, response)
}

fn in_a_foreign_element(tree: &mut Tree, signed: Place) -> Done {
    let wrapper = inside(tree, signed, WRAPPER)?;
    tree.append(tree.root(), wrapper)
}

fn twenty_levels_deep(tree: &mut Tree, signed: Place) -> Done {
    let mut inner = signed;
    for _ in 0..20 {
        inner = inside(tree, inner, EXTENSIONS)?;
    }
    tree.insert_before(tree.find("Status")?, inner)
}

fn in_the_subject(tree: &mut Tree, signed: Place) -> Done {
    tree.prepend(tree.find("Subject")?, signed)
}

fn in_the_conditions(tree: &mut Tree, signed: Place) -> Done {
    tree.append(tree.find("Conditions")?, signed)
}

fn in_the_authn_context(tree: &mut Tree, signed: Place) -> Done {
    tree.append(tree.find("AuthnContext")?, signed)
}

vectors! { "wrapping";
    /// The signed assertion in Extensions.
    signed_assertion_in_extensions: "CVE-2025-54369", ASSERTION_SIGNED, MISSING =>
        |stage| parked(stage, into_extensions);

    /// The same, its Signature in the forged assertion.
    signed_assertion_in_extensions_without_its_signature: "CVE-2025-54369", ASSERTION_VISIBLE,
        ELSEWHERE => |stage| detached(stage, into_extensions);

    /// The signed assertion in StatusDetail.
    signed_assertion_in_status_detail: "CVE-2024-45409", ASSERTION_SIGNED, MISSING =>
        |stage| parked(stage, in_status_detail);

    /// The same, its Signature in the forged assertion.
    signed_assertion_in_status_detail_without_its_signature: "CVE-2024-45409", ASSERTION_VISIBLE,
        ELSEWHERE => |stage| detached(stage, in_status_detail);

    /// The signed assertion in the Advice of the forged one, where SAML itself has room for assertions.
    signed_assertion_in_advice: "CVE-2026-2092; CVE-2025-46572", ASSERTION_SIGNED,
        MISSING =>
        |stage| parked(stage, in_advice);

    /// The same, its Signature in the forged assertion.
    signed_assertion_in_advice_without_its_signature: "CVE-2026-2092; CVE-2025-46572", ASSERTION_VISIBLE,
        ELSEWHERE => |stage| detached(stage, in_advice);

    /// The signed assertion in a ds:Object that is a child of the Response.
    signed_assertion_in_a_loose_object: "CVE-2026-47201", ASSERTION_SIGNED, MISSING =>
        |stage| parked(stage, in_an_object);

    /// The same, its Signature in the forged assertion.
    signed_assertion_in_a_loose_object_without_its_signature: "CVE-2026-47201", ASSERTION_VISIBLE,
        ELSEWHERE => |stage| detached(stage, in_an_object);

    /// The signed assertion in SubjectConfirmationData, which may hold anything.
    signed_assertion_in_confirmation_data: "CVE-2021-21238", ASSERTION_SIGNED, MISSING =>
        |stage| parked(stage, in_confirmation_data);

    /// The same, its Signature in the forged assertion.
    signed_assertion_in_confirmation_data_without_its_signature: "CVE-2021-21238", ASSERTION_VISIBLE,
        ELSEWHERE => |stage| detached(stage, in_confirmation_data);

    /// The signed assertion in an AttributeValue, which may hold anything.
    signed_assertion_in_an_attribute_value: "CVE-2021-21238", ASSERTION_SIGNED, MISSING =>
        |stage| parked(stage, in_an_attribute_value);

    /// The same, its Signature in the forged assertion.
    signed_assertion_in_an_attribute_value_without_its_signature: "CVE-2021-21238", ASSERTION_VISIBLE,
        ELSEWHERE => |stage| detached(stage, in_an_attribute_value);

    /// The signed assertion in the Issuer of the forged one, behind its text.
    signed_assertion_in_the_issuer: "CVE-2020-5390", ASSERTION_SIGNED, MISSING =>
        |stage| parked(stage, in_the_issuer);

    /// The same, its Signature in the forged assertion.
    signed_assertion_in_the_issuer_without_its_signature: "CVE-2020-5390", ASSERTION_VISIBLE,
        ELSEWHERE => |stage| detached(stage, in_the_issuer);

    /// The signed assertion in the Issuer of the Response.
    signed_assertion_in_the_issuer_of_the_response: "CVE-2020-5390", ASSERTION_SIGNED,
        BAD_VALUE => |stage| {
        parked(stage, |tree, signed| tree.append(tree.find("Issuer")?, signed))
    };

    /// The signed assertion in a KeyInfo of the SubjectConfirmationData, as a holder-of-key confirmation would have it.
    signed_assertion_in_the_key_info_of_a_confirmation: "CVE-2020-5390", ASSERTION_SIGNED,
        MISSING => |stage| {
        parked(stage, |tree, signed| {
            let key_info = inside(tree, signed, KEY_INFO)?;
            in_confirmation_data(tree, key_info)
        })
    };

    /// The signed assertion in the KeyInfo of its own Signature, which the forged assertion carries.
    signed_assertion_in_the_key_info_of_its_signature: "CVE-2020-5390", ASSERTION_VISIBLE,
        ELSEWHERE => |stage| {
        detached(stage, |tree, signed| tree.append(tree.find("KeyInfo")?, signed))
    };

    /// The signed assertion in the SignatureValue of its own Signature.
    signed_assertion_in_its_signature_value: "CVE-2020-5390; CVE-2025-29775", ASSERTION_VISIBLE,
        ELSEWHERE => |stage| {
        detached(stage, |tree, signed| {
            // Its text must not be taken for base64.
            tree.prepend(tree.find("SignatureValue")?, signed)
        })
    };

    /// The signed assertion in a Response of its own, inside the forged one.
    signed_assertion_in_a_nested_response: "CVE-2025-47949", ASSERTION_SIGNED, MISSING =>
        |stage| parked(stage, in_a_response);

    /// The same, its Signature in the forged assertion.
    signed_assertion_in_a_nested_response_without_its_signature: "CVE-2025-47949", ASSERTION_VISIBLE,
        ELSEWHERE => |stage| detached(stage, in_a_response);

    /// The signed assertion in an element that nobody knows.
    signed_assertion_in_a_foreign_element: "CVE-2025-54419", ASSERTION_SIGNED, MISSING =>
        |stage| parked(stage, in_a_foreign_element);

    /// The same, its Signature in the forged assertion.
    signed_assertion_in_a_foreign_element_without_its_signature: "CVE-2025-54419", ASSERTION_VISIBLE,
        ELSEWHERE => |stage| detached(stage, in_a_foreign_element);

    /// The signed assertion twenty levels deep.
    signed_assertion_twenty_levels_deep: "CVE-2025-54419", ASSERTION_SIGNED, MISSING =>
        |stage| parked(stage, twenty_levels_deep);

    /// The same, its Signature in the forged assertion.
    signed_assertion_twenty_levels_deep_without_its_signature: "CVE-2025-54419", ASSERTION_VISIBLE,
        ELSEWHERE => |stage| detached(stage, twenty_levels_deep);

    /// The signed assertion in the Subject of the forged one, in front of the NameID.
    signed_assertion_in_the_subject: "CVE-2021-21238", ASSERTION_SIGNED, MISSING =>
        |stage| parked(stage, in_the_subject);

    /// The signed assertion among the Conditions of the forged one.
    signed_assertion_in_the_conditions: "CVE-2021-21238", ASSERTION_SIGNED, MISSING =>
        |stage| parked(stage, in_the_conditions);

    /// The signed assertion in AuthnContext, where a declaration may stand.
    signed_assertion_in_the_authn_context: "CVE-2021-21238", ASSERTION_SIGNED, MISSING =>
        |stage| parked(stage, in_the_authn_context);

    /// The signed assertion in an EncryptedAssertion that encrypts nothing, beside the forged one.
    signed_assertion_in_an_encrypted_assertion: "CVE-2026-2092", ASSERTION_VISIBLE,
        COUNT => |stage| {
        parked(stage, |tree, signed| {
            let holder = inside(tree, signed, HOLDER)?;
            tree.append(tree.root(), holder)
        })
    };

    /// Both assertions in an EncryptedAssertion that encrypts nothing: it is no way around the signature.
    both_assertions_in_an_encrypted_assertion: "CVE-2026-2092", ASSERTION_VISIBLE,
        Outcome::Reject("decrypt-shape") => |stage| {
        parked(stage, |tree, signed| {
            let forged = tree.find("Assertion")?;
            let holder = tree.wrap(forged, HOLDER)?;
            tree.append(holder, signed)
        })
    };

    /// The forged assertion has no ID, so that the Signature in it can only mean the signed one.
    signature_in_an_assertion_without_an_id: "CVE-2025-54369", ASSERTION_VISIBLE,
        ELSEWHERE => |stage| {
        let (mut tree, forged, _, signed) = signature_of_another_assertion(stage)?;
        tree.unset(forged, "ID")?;
        into_extensions(&mut tree, signed)?;
        Ok(tree.into())
    };

    /// The forged assertion has the signed one's ID in a namespace: the Reference seems to name it.
    signature_in_an_assertion_with_a_namespaced_id: "CVE-2025-66567", ASSERTION_VISIBLE,
        ELSEWHERE => |stage| {
        let (mut tree, forged, _, signed) = signature_of_another_assertion(stage)?;
        let id = tree.attribute(signed, "ID").unwrap().to_owned();
        tree.set(forged, "saml:ID", &id)?;
        into_extensions(&mut tree, signed)?;
        Ok(tree.into())
    };

    /// The signed assertion has its ID in a namespace, the forged one as it should be: the Reference names the forged
    /// one, and a lookup by local name finds the signed one first.
    signed_assertion_found_by_a_namespaced_id: "CVE-2025-66567", ASSERTION_VISIBLE, Outcome::Reject("digest-mismatch"),
        not_live "its content was altered: the name of the ID" => |stage| {
        let (mut tree, forged, _, signed) = signature_of_another_assertion(stage)?;
        let id = tree.attribute(signed, "ID").unwrap().to_owned();
        tree.unset(signed, "ID")?;
        tree.set(signed, "saml:ID", &id)?;
        tree.set(forged, "ID", &id)?;
        into_extensions(&mut tree, signed)?;
        Ok(tree.into())
    };

    /// A foreign document element around a forged Response and the signed assertion.
    foreign_element_around_the_response: "CVE-2024-45409", ASSERTION_SIGNED,
        UNEXPECTED => |stage| {
        parked(stage, |tree, signed| {
            let response = tree.to_xml();
            let response = tree.element(&response)?;
            for name in ["Issuer", "Status", "Assertion"] {
                tree.remove(tree.find(name)?)?;
            }
            tree.rename(tree.root(), "w:wrapper")?;
            tree.set(tree.root(), "xmlns:w", "urn:example:wrapper")?;
            tree.unset(tree.root(), "ID")?;
            tree.append(tree.root(), response)?;
            tree.append(tree.root(), signed)
        })
    };

    /// A forged Response around a signed one, which stands where an assertion would.
    signed_response_in_the_forged_one: "CVE-2025-47949", RESPONSE_SIGNED,
        MISSING => |stage| {
        let mut tree = stage.forged_response()?;
        let genuine = tree.element(&stage.genuine()?.to_xml())?;
        tree.append(tree.root(), genuine)?;
        Ok(tree.into())
    };

    /// A signed Response in the Extensions of a forged one.
    signed_response_in_extensions: "CVE-2025-54369", RESPONSE_SIGNED, MISSING => |stage| {
        let mut tree = stage.forged_response()?;
        let genuine = tree.element(&stage.genuine()?.to_xml())?;
        into_extensions(&mut tree, genuine)?;
        Ok(tree.into())
    };

    /// A signed Response in the Advice of a forged assertion.
    signed_response_in_advice: "CVE-2026-2092", RESPONSE_SIGNED, MISSING => |stage| {
        let mut tree = stage.forged_response()?;
        let genuine = tree.element(&stage.genuine()?.to_xml())?;
        in_advice(&mut tree, genuine)?;
        Ok(tree.into())
    };

    /// A signed Response in an attribute of a forged assertion.
    signed_response_in_an_attribute_value: "CVE-2021-21238", RESPONSE_SIGNED,
        MISSING => |stage| {
        let mut tree = stage.forged_response()?;
        let genuine = tree.element(&stage.genuine()?.to_xml())?;
        in_an_attribute_value(&mut tree, genuine)?;
        Ok(tree.into())
    };
}
