//! A forged assertion, or a part of one, planted in a genuine message where no signature reaches: it is not read.

use saml_sp::testing::TestIdpError;
use saml_sp::testing::forge::{Place, Tree};

use super::{ADVICE, BAD_VALUE, Done, EXTENSIONS, OBJECT, STATUS_DETAIL, inside, into_extensions, stripped};
use crate::stage::Shape::AssertionSigned;
use crate::stage::{ALL, ASSERTION_SIGNED, RESPONSE_SIGNED, Stage};
use crate::vector::{Made, Outcome, vectors};

/// A genuine message, its assertion alone signed, with a forged assertion where `put` puts it.
fn planted(stage: &Stage, put: fn(&mut Tree, Place) -> Done) -> Result<Made, TestIdpError> {
    let mut tree = stripped(stage)?;
    let forged = stage.forged_assertion(&mut tree)?;
    put(&mut tree, forged)?;
    Ok(tree.into())
}

/// Before the Status, as far in front as schema order has room for something foreign.
fn in_front(tree: &mut Tree, planted: Place) -> Done {
    tree.insert_before(tree.find("Status")?, planted)
}

/// A part of a forged assertion, loose in the Response.
fn loose(stage: &Stage, part: &str) -> Result<Made, TestIdpError> {
    let mut tree = stripped(stage)?;
    let forged = stage.forged_assertion(&mut tree)?;
    let part = tree.under(forged, part)?;
    tree.declare_inherited(part)?;
    in_front(&mut tree, part)?;
    Ok(tree.into())
}

/// A forged assertion by another qualified name, in front of the signed one.
fn renamed(stage: &Stage, name: &str, declaration: (&str, &str)) -> Result<Made, TestIdpError> {
    let mut tree = stripped(stage)?;
    let forged = stage.forged_assertion(&mut tree)?;
    tree.rename(forged, name)?;
    tree.set(forged, declaration.0, declaration.1)?;
    tree.insert_before(stage.carrier(&tree)?, forged)?;
    Ok(tree.into())
}

vectors! { "wrapping";
    /// In StatusDetail, which may hold anything, in front of the assertions.
    forged_assertion_in_status_detail: "CVE-2021-21238", ASSERTION_SIGNED,
        Outcome::Alice => |stage| planted(stage, |tree, forged| {
        let detail = inside(tree, forged, STATUS_DETAIL)?;
        tree.append(tree.find("Status")?, detail)
    });

    /// Inside StatusCode.
    forged_assertion_in_status_code: "CVE-2021-21238", ASSERTION_SIGNED,
        Outcome::Alice => |stage| planted(stage, |tree, forged| {
        tree.append(tree.find("StatusCode")?, forged)
    });

    /// In a ds:Object that no Signature is around.
    forged_assertion_in_a_loose_object: "CVE-2026-47201", ASSERTION_SIGNED,
        Outcome::Alice => |stage| planted(stage, |tree, forged| {
        let object = inside(tree, forged, OBJECT)?;
        in_front(tree, object)
    });

    /// In an element that nobody knows, as a child of the Response.
    forged_assertion_in_a_foreign_element: "CVE-2024-45409", ASSERTION_SIGNED,
        Outcome::Alice => |stage| planted(stage, |tree, forged| {
        let wrapper = inside(tree, forged, "<w:wrapper xmlns:w=\"urn:example:wrapper\"/>")?;
        in_front(tree, wrapper)
    });

    /// In a whole forged Response, in Extensions: `//Response/Assertion` finds it first.
    forged_response_in_extensions: "CVE-2025-47949", ASSERTION_SIGNED, Outcome::Alice => |stage| {
        let mut tree = stripped(stage)?;
        let forged = tree.element(&stage.forged_response()?.to_xml())?;
        into_extensions(&mut tree, forged)?;
        Ok(tree.into())
    };

    /// In a whole forged Response, as a child of the genuine one.
    forged_response_in_the_response: "CVE-2025-47949", ASSERTION_SIGNED, Outcome::Alice => |stage| {
        let mut tree = stripped(stage)?;
        let forged = tree.element(&stage.forged_response()?.to_xml())?;
        in_front(&mut tree, forged)?;
        Ok(tree.into())
    };

    /// Twenty levels below Extensions.
    forged_assertion_twenty_levels_deep: "CVE-2025-54369", ASSERTION_SIGNED,
        Outcome::Alice => |stage| planted(stage, |tree, forged| {
        let mut inner = forged;
        for _ in 0..20 {
            inner = inside(tree, inner, EXTENSIONS)?;
        }
        in_front(tree, inner)
    });

    /// In Advice, loose in the Response.
    forged_assertion_in_loose_advice: "CVE-2026-2092", ASSERTION_SIGNED,
        Outcome::Alice => |stage| planted(stage, |tree, forged| {
        let advice = inside(tree, forged, ADVICE)?;
        in_front(tree, advice)
    });

    /// In the Response's Issuer: an element inside a value is never passed over.
    forged_assertion_in_the_issuer: "CVE-2021-21238", ASSERTION_SIGNED,
        BAD_VALUE => |stage| {
        planted(stage, |tree, forged| tree.append(tree.find("Issuer")?, forged))
    };

    /// In the KeyInfo of the assertion's own Signature, in front of its Subject: an enveloped signature does not cover
    /// itself.
    forged_assertion_in_key_info: "CVE-2020-5390; CVE-2021-21239", &[AssertionSigned],
        Outcome::Alice => |stage| planted(stage, |tree, forged| {
        tree.append(tree.find("KeyInfo")?, forged)
    });

    /// In the KeyInfo of the Response's Signature.
    forged_assertion_in_the_key_info_of_the_response: "CVE-2020-5390; CVE-2021-21239", RESPONSE_SIGNED,
        Outcome::Alice => |stage| {
        let mut tree = stage.genuine()?;
        let forged = stage.forged_assertion(&mut tree)?;
        tree.prepend(tree.find("KeyInfo")?, forged)?;
        Ok(tree.into())
    };

    /// A whole forged Response in the KeyInfo of the Response's Signature.
    forged_response_in_key_info: "CVE-2020-5390; CVE-2021-21239", RESPONSE_SIGNED, Outcome::Alice => |stage| {
        let mut tree = stage.genuine()?;
        let forged = tree.element(&stage.forged_response()?.to_xml())?;
        tree.prepend(tree.find("KeyInfo")?, forged)?;
        Ok(tree.into())
    };

    /// An Assertion in the namespace of the protocol.
    forged_assertion_in_the_protocol_namespace: "CVE-2025-66567", ASSERTION_SIGNED, Outcome::Alice => |stage| {
        renamed(stage, "samlp:Assertion", ("xmlns:samlp", "urn:oasis:names:tc:SAML:2.0:protocol"))
    };

    /// An Assertion in no namespace.
    forged_assertion_in_no_namespace: "CVE-2025-66567", ASSERTION_SIGNED, Outcome::Alice => |stage| {
        renamed(stage, "Assertion", ("xmlns", ""))
    };

    /// An Assertion of SAML 1.1.
    forged_assertion_of_saml_1_1: "CVE-2025-66567", ASSERTION_SIGNED, Outcome::Alice => |stage| {
        renamed(stage, "old:Assertion", ("xmlns:old", "urn:oasis:names:tc:SAML:1.0:assertion"))
    };

    /// An Assertion in a namespace that differs from SAML's by letter case.
    forged_assertion_in_a_namespace_like_samls: "CVE-2025-66567", ASSERTION_SIGNED, Outcome::Alice => |stage| {
        renamed(stage, "like:Assertion", ("xmlns:like", "urn:oasis:names:tc:SAML:2.0:Assertion"))
    };

    /// A forged Subject, loose in the Response: `//Subject` finds it first.
    forged_subject_in_the_response: "CVE-2025-47949", ASSERTION_SIGNED, Outcome::Alice =>
        |stage| loose(stage, "Subject");

    /// A forged NameID, loose in the Response.
    forged_name_id_in_the_response: "CVE-2025-47949", ASSERTION_SIGNED, Outcome::Alice =>
        |stage| loose(stage, "NameID");

    /// Forged attributes, loose in the Response.
    forged_attributes_in_the_response: "CVE-2025-47949", ASSERTION_SIGNED, Outcome::Alice =>
        |stage| loose(stage, "AttributeStatement");

    /// A forged NameID in StatusMessage.
    forged_name_id_in_status_message: "CVE-2025-47949", ASSERTION_SIGNED,
        Outcome::Alice => |stage| planted(stage, |tree, forged| {
        let name = tree.under(forged, "NameID")?;
        let message = "<samlp:StatusMessage xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\"/>";
        let message = inside(tree, name, message)?;
        tree.append(tree.find("Status")?, message)
    });

    /// The identity provider signs an assertion with another one in its Advice, in front of the Subject.
    assertion_in_signed_advice: "CVE-2026-2092", ALL, Outcome::Alice => |stage| {
        let xml = stage.written(|tree| {
            let forged = stage.forged_assertion(tree)?;
            let advice = inside(tree, forged, ADVICE)?;
            tree.insert_before(tree.find("Subject")?, advice)
        })?;
        Ok(xml.into())
    };

    /// The identity provider signs an attribute whose value is an assertion.
    assertion_in_a_signed_attribute_value: "CVE-2021-21238", ALL, Outcome::Alice => |stage| {
        let xml = stage.written(|tree| {
            let forged = stage.forged_assertion(tree)?;
            let value = tree.find("AttributeValue")?;
            tree.set_text(value, "")?;
            tree.append(value, forged)
        })?;
        Ok(xml.into())
    };
}
