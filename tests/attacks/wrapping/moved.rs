//! Signatures that stand elsewhere than in what they sign, or sign something that says nothing about the user.

use saml_sp::testing::TestIdpError;
use saml_sp::testing::forge::{Place, Tree};

use super::{ASSERTION_VISIBLE, BAD_VALUE, DUPLICATE, Done, ELSEWHERE, MISSING, SEVERAL, into_extensions};
use crate::stage::Shape::{AssertionSigned, ResponseSigned};
use crate::stage::{RESPONSE_SIGNED, Stage};
use crate::vector::{Made, vectors};

const ONCE: &[crate::stage::Shape] = &[AssertionSigned];

/// A genuine message whose assertion's Signature `put` puts elsewhere. The Response has none.
fn from_the_assertion(stage: &Stage, put: fn(&mut Tree, Place) -> Done) -> Result<Made, TestIdpError> {
    let mut tree = super::stripped(stage)?;
    let signature = tree.find("Signature")?;
    put(&mut tree, signature)?;
    Ok(tree.into())
}

/// A genuine message whose Response's Signature `put` puts elsewhere.
fn from_the_response(stage: &Stage, put: fn(&mut Tree, Place) -> Done) -> Result<Made, TestIdpError> {
    let mut tree = stage.genuine()?;
    let signature = tree.find("Signature")?;
    put(&mut tree, signature)?;
    Ok(tree.into())
}

/// A forged message of which the identity provider signed one element, that has an ID for the purpose: a fragment that
/// is true of mallory and alice alike. `put` then moves the Signature.
fn fragment(
    stage: &Stage,
    signed: fn(&Tree) -> Result<Place, TestIdpError>,
    put: fn(&mut Tree, Place) -> Done,
) -> Result<Made, TestIdpError> {
    let mut tree = stage.forged_response()?;
    tree.set(signed(&tree)?, "ID", "_fragment")?;
    let mut tree = Tree::parse(&stage.idp.sign_element(&tree.to_xml(), "_fragment")?)?;
    let signature = tree.find("Signature")?;
    put(&mut tree, signature)?;
    Ok(tree.into())
}

fn left(_: &mut Tree, _: Place) -> Done {
    Ok(())
}

fn to_the_assertion(tree: &mut Tree, signature: Place) -> Done {
    tree.insert_before(tree.find("Subject")?, signature)
}

fn to_the_response(tree: &mut Tree, signature: Place) -> Done {
    tree.insert_before(tree.find("Status")?, signature)
}

fn assertion_issuer(tree: &Tree) -> Result<Place, TestIdpError> {
    tree.under(tree.find("Assertion")?, "Issuer")
}

vectors! { "wrapping";
    /// The assertion's Signature as a child of the Response.
    assertion_signature_in_the_response: "CVE-2024-45409", ASSERTION_VISIBLE, ELSEWHERE => |stage| {
        from_the_assertion(stage, to_the_response)
    };

    /// The assertion's Signature in Status.
    assertion_signature_in_the_status: "CVE-2024-45409", ASSERTION_VISIBLE, MISSING => |stage| {
        from_the_assertion(stage, |tree, signature| tree.append(tree.find("Status")?, signature))
    };

    /// The assertion's Signature in Extensions.
    assertion_signature_in_extensions: "CVE-2024-45409", ASSERTION_VISIBLE, MISSING => |stage| {
        from_the_assertion(stage, into_extensions)
    };

    /// The assertion's Signature in its own Subject: inside what it signs, but no child of it.
    assertion_signature_in_the_subject: "CVE-2024-45409", ASSERTION_VISIBLE, MISSING => |stage| {
        from_the_assertion(stage, |tree, signature| tree.append(tree.find("Subject")?, signature))
    };

    /// The assertion's Signature in its own SubjectConfirmation.
    assertion_signature_in_the_confirmation: "CVE-2024-45409", ASSERTION_VISIBLE, MISSING => |stage| {
        from_the_assertion(stage, |tree, signature| tree.append(tree.find("SubjectConfirmation")?, signature))
    };

    /// The assertion's Signature in its own AuthnContext.
    assertion_signature_in_the_authn_context: "CVE-2024-45409", ASSERTION_VISIBLE, MISSING => |stage| {
        from_the_assertion(stage, |tree, signature| tree.append(tree.find("AuthnContext")?, signature))
    };

    /// The assertion's Signature in its own Issuer.
    assertion_signature_in_the_issuer: "CVE-2024-45409", ASSERTION_VISIBLE, MISSING => |stage| {
        from_the_assertion(stage, |tree, signature| tree.append(assertion_issuer(tree)?, signature))
    };

    /// The assertion's Signature in an element of its own, as a child of the assertion.
    assertion_signature_in_a_foreign_element: "CVE-2024-45409", ASSERTION_VISIBLE, MISSING,
        not_live "the element around the Signature is content that was not signed" => |stage| {
        from_the_assertion(stage, |tree, signature| {
            tree.wrap(signature, "<w:wrapper xmlns:w=\"urn:example:wrapper\"/>").map(drop)
        })
    };

    /// The Response's Signature in its Status.
    response_signature_in_the_status: "CVE-2024-45409", &[ResponseSigned], MISSING => |stage| {
        from_the_response(stage, |tree, signature| tree.append(tree.find("Status")?, signature))
    };

    /// The Response's Signature in the Subject, which it covers.
    response_signature_in_the_subject: "CVE-2024-45409", &[ResponseSigned], MISSING => |stage| {
        from_the_response(stage, |tree, signature| tree.append(tree.find("Subject")?, signature))
    };

    /// The Response's Signature in the Conditions.
    response_signature_in_the_conditions: "CVE-2024-45409", &[ResponseSigned], MISSING => |stage| {
        from_the_response(stage, |tree, signature| tree.append(tree.find("Conditions")?, signature))
    };

    /// The Response's Signature as a child of the assertion.
    response_signature_in_the_assertion: "CVE-2024-45409", &[ResponseSigned], ELSEWHERE => |stage| {
        from_the_response(stage, to_the_assertion)
    };

    /// The Response's Signature in the Issuer of the Response.
    response_signature_in_its_issuer: "CVE-2024-45409", RESPONSE_SIGNED, BAD_VALUE => |stage| {
        from_the_response(stage, |tree, signature| tree.append(tree.find("Issuer")?, signature))
    };

    /// A Response without a signature, whose assertion has the two Signatures of a message in which both were signed.
    both_signatures_in_the_assertion: "CVE-2024-45409", &[crate::stage::Shape::BothSigned], SEVERAL => |stage| {
        from_the_response(stage, |tree, signature| {
            let assertion = tree.find("Assertion")?;
            let own = tree.under(assertion, "Signature")?;
            tree.insert_before(own, signature)
        })
    };

    /// The same the other way round: the Response has both.
    both_signatures_in_the_response: "CVE-2024-45409", &[crate::stage::Shape::BothSigned], SEVERAL => |stage| {
        from_the_response(stage, |tree, signature| {
            let assertion = tree.find("Assertion")?;
            let own = tree.under(assertion, "Signature")?;
            tree.insert_after(signature, own)
        })
    };

    /// The two Signatures of a message change places.
    signatures_change_places: "CVE-2024-45409", &[crate::stage::Shape::BothSigned], ELSEWHERE => |stage| {
        from_the_response(stage, |tree, signature| {
            let assertion = tree.find("Assertion")?;
            let own = tree.under(assertion, "Signature")?;
            tree.insert_after(signature, own)?;
            tree.insert_after(assertion_issuer(tree)?, signature)
        })
    };

    /// A genuine signature over the Issuer alone.
    signature_over_the_issuer: "Somorovsky et al. 2012", ONCE, MISSING => |stage| {
        fragment(stage, assertion_issuer, left)
    };

    /// The same, moved to where the assertion's Signature would stand.
    signature_over_the_issuer_in_the_assertion: "Somorovsky et al. 2012", ONCE, ELSEWHERE => |stage| {
        fragment(stage, assertion_issuer, to_the_assertion)
    };

    /// A genuine signature over the Subject alone.
    signature_over_the_subject: "Somorovsky et al. 2012", ONCE, MISSING => |stage| {
        fragment(stage, |tree| tree.find("Subject"), left)
    };

    /// The same, moved to where the assertion's Signature would stand.
    signature_over_the_subject_in_the_assertion: "Somorovsky et al. 2012", ONCE, ELSEWHERE => |stage| {
        fragment(stage, |tree| tree.find("Subject"), to_the_assertion)
    };

    /// The same, moved to where the Response's Signature would stand.
    signature_over_the_subject_in_the_response: "Somorovsky et al. 2012", ONCE, ELSEWHERE => |stage| {
        fragment(stage, |tree| tree.find("Subject"), to_the_response)
    };

    /// The Subject that was signed has the assertion's ID.
    signature_over_a_subject_of_the_same_id: "Somorovsky et al. 2012", ONCE, DUPLICATE => |stage| {
        let mut tree = stage.forged_response()?;
        tree.set(tree.find("Subject")?, "ID", "_fragment")?;
        let mut tree = Tree::parse(&stage.idp.sign_element(&tree.to_xml(), "_fragment")?)?;
        let signature = tree.find("Signature")?;
        to_the_assertion(&mut tree, signature)?;
        tree.set(tree.find("Assertion")?, "ID", "_fragment")?;
        Ok(tree.into())
    };

    /// A genuine signature over the Conditions alone.
    signature_over_the_conditions: "Somorovsky et al. 2012", ONCE, MISSING => |stage| {
        fragment(stage, |tree| tree.find("Conditions"), left)
    };

    /// The same, moved to the assertion.
    signature_over_the_conditions_in_the_assertion: "Somorovsky et al. 2012", ONCE, ELSEWHERE => |stage| {
        fragment(stage, |tree| tree.find("Conditions"), to_the_assertion)
    };

    /// A genuine signature over the AuthnStatement alone, moved to the assertion.
    signature_over_the_authn_statement: "Somorovsky et al. 2012", ONCE, ELSEWHERE => |stage| {
        fragment(stage, |tree| tree.find("AuthnStatement"), to_the_assertion)
    };

    /// A genuine signature over the attributes alone, moved to the assertion.
    signature_over_the_attributes: "Somorovsky et al. 2012", ONCE, ELSEWHERE => |stage| {
        fragment(stage, |tree| tree.find("AttributeStatement"), to_the_assertion)
    };

    /// A genuine signature over the Status alone, which is the same in every answer.
    signature_over_the_status: "Somorovsky et al. 2012", ONCE, MISSING => |stage| {
        fragment(stage, |tree| tree.find("Status"), left)
    };

    /// The same, moved to the Response.
    signature_over_the_status_in_the_response: "Somorovsky et al. 2012", ONCE, ELSEWHERE => |stage| {
        fragment(stage, |tree| tree.find("Status"), |tree, signature| {
            tree.insert_after(tree.find("Issuer")?, signature)
        })
    };
}
