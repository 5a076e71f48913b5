//! Signature wrapping (Somorovsky et al. 2012, "On Breaking SAML"): what is verified is not what is read.
//!
//! Here the eight classic forms, and several assertions in one message. `planted` puts a forged assertion somewhere
//! into a genuine message, `parked` a signed one somewhere into a forged message; `moved` moves signatures, `reused`
//! presents what was signed as something else, `encrypted` hides the forgery in a ciphertext.

pub(crate) mod encrypted;
pub(crate) mod moved;
pub(crate) mod parked;
pub(crate) mod planted;
pub(crate) mod reused;

use saml_sp::testing::TestIdpError;
use saml_sp::testing::forge::{Place, Tree};

use crate::stage::Shape::{AssertionSigned, BothSigned};
use crate::stage::{ALL, ASSERTION_SIGNED, RESPONSE_SIGNED, Shape, Stage};
use crate::vector::{Made, Outcome, vectors};

const EXTENSIONS: &str = "<samlp:Extensions xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\"/>";
const OBJECT: &str = "<ds:Object xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"/>";
const STATUS_DETAIL: &str = "<samlp:StatusDetail xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\"/>";
const ADVICE: &str = "<saml:Advice xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\"/>";

const MISSING: Outcome = Outcome::Reject("signature-missing");
const ELSEWHERE: Outcome = Outcome::Reject("reference-elsewhere");
const COUNT: Outcome = Outcome::Reject("assertion-count");
const SHAPE: Outcome = Outcome::Reject("signature-shape");
const DUPLICATE: Outcome = Outcome::Reject("xml-duplicate-id");
const SEVERAL: Outcome = Outcome::Reject("signature-several");
const UNEXPECTED: Outcome = Outcome::Reject("message-unexpected");
const CONTENT: Outcome = Outcome::Reject("decrypt-content-unexpected");
const IN_FAILURE: Outcome = Outcome::Reject("assertion-in-failure");
const BAD_VALUE: Outcome = Outcome::Reject("message-bad-value");

/// The assertion has a signature that everybody can see.
const ASSERTION_VISIBLE: &[Shape] = &[AssertionSigned, BothSigned];

/// How a forged assertion is named, next to the signed one.
#[derive(Clone, Copy)]
enum Named {
    Otherwise,
    NotAtAll,
    /// As the signed one, in the attribute that every verifier looks at.
    Same,
    /// As the signed one, in this attribute.
    SameIn(&'static str),
}

type Done = Result<(), TestIdpError>;

/// The genuine message without the Response's own Signature, as anybody can make it: what carries the assertion is
/// untouched.
fn stripped(stage: &Stage) -> Result<Tree, TestIdpError> {
    let mut tree = stage.genuine()?;
    if stage.shape.response_is_signed() {
        tree.remove(tree.find("Signature")?)?;
    }
    Ok(tree)
}

/// The signed assertion, encrypted or not, of a genuine message: its text, to be put anywhere.
fn signed_assertion(stage: &Stage) -> Result<String, TestIdpError> {
    let mut tree = stage.genuine()?;
    let carrier = stage.carrier(&tree)?;
    tree.declare_inherited(carrier)?;
    Ok(tree.xml_of(carrier))
}

fn rename(tree: &mut Tree, forged: Place, named: Named, signed_id: &str) -> Done {
    match named {
        Named::Otherwise => Ok(()),
        Named::NotAtAll => tree.unset(forged, "ID"),
        Named::Same => tree.set(forged, "ID", signed_id),
        Named::SameIn(attribute) => {
            tree.unset(forged, "ID")?;
            tree.set(forged, attribute, signed_id)
        }
    }
}

/// A forged assertion directly before or behind the signed one.
fn beside(stage: &Stage, named: Named, before: bool) -> Result<Made, TestIdpError> {
    let mut tree = stage.genuine()?;
    let carrier = stage.carrier(&tree)?;
    let id = tree.attribute(carrier, "ID").unwrap_or("_encrypted").to_owned();
    let forged = stage.forged_assertion(&mut tree)?;
    rename(&mut tree, forged, named, &id)?;
    if before {
        tree.insert_before(carrier, forged)?
    } else {
        tree.insert_after(carrier, forged)?
    }
    Ok(tree.into())
}

/// The forged Response of XSW 1 and 2: it carries the Signature of the genuine one, which has none any more. Gives the
/// Signature, and the text of the genuine one.
fn signature_of_another_response(stage: &Stage) -> Result<(Tree, Place, String), TestIdpError> {
    let mut tree = stage.forged_response()?;
    let mut genuine = stage.genuine()?;
    let signature = genuine.find("Signature")?;
    let signature_text = genuine.xml_of(signature);
    genuine.remove(signature)?;
    let signature = tree.element(&signature_text)?;
    tree.insert_after(tree.find("Issuer")?, signature)?;
    Ok((tree, signature, genuine.to_xml()))
}

/// A forged Response whose assertion carries the Signature of the genuine one: the assertion, that Signature, and the
/// genuine assertion without it, cut out.
fn signature_of_another_assertion(stage: &Stage) -> Result<(Tree, Place, Place, Place), TestIdpError> {
    let mut tree = stage.forged_response()?;
    let forged = tree.find("Assertion")?;
    let signed = tree.element(&signed_assertion(stage)?)?;
    let signature = tree.under(signed, "Signature")?;
    tree.insert_after(tree.under(forged, "Issuer")?, signature)?;
    Ok((tree, forged, signature, signed))
}

/// Moves something into an element of its own, which stands nowhere yet.
fn inside(tree: &mut Tree, moved: Place, wrapper: &str) -> Result<Place, TestIdpError> {
    let wrapper = tree.element(wrapper)?;
    tree.append(wrapper, moved)?;
    Ok(wrapper)
}

/// Puts an Extensions element behind the Response's Issuer, with this inside.
fn into_extensions(tree: &mut Tree, moved: Place) -> Done {
    let extensions = inside(tree, moved, EXTENSIONS)?;
    tree.insert_before(tree.find("Status")?, extensions)
}

/// `xml-duplicate-id` where both IDs can be seen.
fn same_id_before_counting(shape: Shape) -> &'static str {
    if shape.is_encrypted() { "assertion-count" } else { "xml-duplicate-id" }
}

vectors! { "wrapping";
    /// The signed Response, without its Signature, in an Object of that Signature, inside a forged Response.
    xsw1_response_in_an_object_of_its_signature: "Somorovsky et al. 2012, XSW 1; CVE-2016-5697", RESPONSE_SIGNED,
        SHAPE => |stage| {
        let (mut tree, signature, genuine) = signature_of_another_response(stage)?;
        let original = tree.element(&genuine)?;
        let object = inside(&mut tree, original, OBJECT)?;
        tree.append(signature, object)?;
        Ok(tree.into())
    };

    /// XSW 1 with the ID of the signed Response on the forged one, so that the Reference names both.
    xsw1_under_the_same_id: "Somorovsky et al. 2012, XSW 1; CVE-2016-5697", RESPONSE_SIGNED,
        DUPLICATE => |stage| {
        let (mut tree, signature, genuine) = signature_of_another_response(stage)?;
        let original = tree.element(&genuine)?;
        let id = tree.attribute(original, "ID").unwrap().to_owned();
        tree.set(tree.root(), "ID", &id)?;
        let object = inside(&mut tree, original, OBJECT)?;
        tree.append(signature, object)?;
        Ok(tree.into())
    };

    /// XSW 1 with the signed Response in KeyInfo, where anything may stand.
    xsw1_response_in_the_key_info_of_its_signature: "Somorovsky et al. 2012, XSW 1; CVE-2016-1000253", RESPONSE_SIGNED,
        ELSEWHERE => |stage| {
        let (mut tree, signature, genuine) = signature_of_another_response(stage)?;
        let original = tree.element(&genuine)?;
        tree.append(tree.under(signature, "KeyInfo")?, original)?;
        Ok(tree.into())
    };

    /// The signed Response, without its Signature, before that Signature in a forged Response.
    xsw2_response_before_its_signature: "Somorovsky et al. 2012, XSW 2; CVE-2016-1000253", RESPONSE_SIGNED,
        ELSEWHERE => |stage| {
        let (mut tree, signature, genuine) = signature_of_another_response(stage)?;
        let original = tree.element(&genuine)?;
        tree.insert_before(signature, original)?;
        Ok(tree.into())
    };

    /// The same, behind its Signature.
    xsw2_response_behind_its_signature: "Somorovsky et al. 2012, XSW 2; CVE-2016-1000253", RESPONSE_SIGNED,
        ELSEWHERE => |stage| {
        let (mut tree, signature, genuine) = signature_of_another_response(stage)?;
        let original = tree.element(&genuine)?;
        tree.insert_after(signature, original)?;
        Ok(tree.into())
    };

    /// The forged Response has the signed one's ID too, in a namespace: software that looks IDs up by local name is led
    /// to the signed one by one lookup and to the forged one by the other.
    xsw2_with_a_namespaced_id_beside_the_id: "Somorovsky et al. 2012, XSW 2; CVE-2025-66567", RESPONSE_SIGNED,
        ELSEWHERE => |stage| {
        let (mut tree, signature, genuine) = signature_of_another_response(stage)?;
        let original = tree.element(&genuine)?;
        let id = tree.attribute(original, "ID").unwrap().to_owned();
        tree.set(tree.root(), "samlp:ID", &id)?;
        tree.insert_after(signature, original)?;
        Ok(tree.into())
    };

    /// The forged Response has no ID at all.
    xsw2_without_an_id: "Somorovsky et al. 2012, XSW 2", RESPONSE_SIGNED,
        Outcome::Reject("message-missing-part") => |stage| {
        let (mut tree, signature, genuine) = signature_of_another_response(stage)?;
        let original = tree.element(&genuine)?;
        tree.unset(tree.root(), "ID")?;
        tree.insert_after(signature, original)?;
        Ok(tree.into())
    };

    /// A forged assertion in front of the signed one.
    forged_assertion_before_the_signed_one: "Somorovsky et al. 2012, XSW 3; CVE-2022-41912", ASSERTION_SIGNED,
        COUNT => |stage| beside(stage, Named::Otherwise, true);

    /// A forged assertion without an ID in front of the signed one: no lookup by ID can find it.
    forged_assertion_without_an_id_before_the_signed_one: "Somorovsky et al. 2012, XSW 3; CVE-2025-47949",
        ASSERTION_SIGNED, COUNT => |stage| beside(stage, Named::NotAtAll, true);

    /// A forged assertion with the same ID in front of the signed one: the lookup that verifies may take the last, the
    /// one that reads the first.
    forged_assertion_of_the_same_id_before_the_signed_one: "Somorovsky et al. 2012, XSW 3; CVE-2020-5390",
        ASSERTION_VISIBLE, DUPLICATE => |stage| beside(stage, Named::Same, true);

    /// The same ID, as `Id`, which some parsers treat as an ID as well.
    forged_assertion_of_the_same_capitalized_id: "Somorovsky et al. 2012, XSW 3; CVE-2021-21238", ASSERTION_VISIBLE,
        DUPLICATE => |stage| beside(stage, Named::SameIn("Id"), true);

    /// The same ID, as `xml:id`, which is an ID for every XML parser.
    forged_assertion_of_the_same_xml_id: "Somorovsky et al. 2012, XSW 3; CVE-2021-21238", ASSERTION_VISIBLE,
        DUPLICATE => |stage| beside(stage, Named::SameIn("xml:id"), true);

    /// The same ID in a namespace.
    forged_assertion_of_the_same_namespaced_id: "CVE-2025-66567", ASSERTION_VISIBLE,
        COUNT => |stage| beside(stage, Named::SameIn("saml:ID"), true);

    /// A forged assertion behind the signed one: software that reads the last one takes it.
    forged_assertion_behind_the_signed_one: "Somorovsky et al. 2012, XSW 3; CVE-2022-41912", ASSERTION_SIGNED,
        COUNT => |stage| beside(stage, Named::Otherwise, false);

    /// The same without an ID.
    forged_assertion_without_an_id_behind_the_signed_one: "Somorovsky et al. 2012, XSW 3; CVE-2025-47949",
        ASSERTION_SIGNED, COUNT => |stage| beside(stage, Named::NotAtAll, false);

    /// The same under the ID of the signed one.
    forged_assertion_of_the_same_id_behind_the_signed_one: "Somorovsky et al. 2012, XSW 3; CVE-2020-5390",
        ASSERTION_VISIBLE, DUPLICATE => |stage| beside(stage, Named::Same, false);

    /// The forged assertion around the signed one.
    xsw4_signed_assertion_inside_the_forged_one: "Somorovsky et al. 2012, XSW 4; CVE-2024-45409", ASSERTION_SIGNED,
        MISSING => |stage| {
        let mut tree = stripped(stage)?;
        let signed = stage.carrier(&tree)?;
        let forged = stage.forged_assertion(&mut tree)?;
        tree.replace(signed, forged)?;
        tree.append(forged, signed)?;
        Ok(tree.into())
    };

    /// The forged assertion, without an ID, around the signed one.
    xsw4_without_an_id: "Somorovsky et al. 2012, XSW 4", ASSERTION_SIGNED, MISSING => |stage| {
        let mut tree = stripped(stage)?;
        let signed = stage.carrier(&tree)?;
        let forged = stage.forged_assertion(&mut tree)?;
        tree.unset(forged, "ID")?;
        tree.replace(signed, forged)?;
        tree.append(forged, signed)?;
        Ok(tree.into())
    };

    /// The forged assertion around the signed one, under the same ID.
    xsw4_under_the_same_id: "Somorovsky et al. 2012, XSW 4", ASSERTION_VISIBLE, DUPLICATE => |stage| {
        let mut tree = stripped(stage)?;
        let signed = stage.carrier(&tree)?;
        let id = tree.attribute(signed, "ID").unwrap().to_owned();
        let forged = stage.forged_assertion(&mut tree)?;
        tree.set(forged, "ID", &id)?;
        tree.replace(signed, forged)?;
        tree.append(forged, signed)?;
        Ok(tree.into())
    };

    /// The forged assertion carries the Signature, the signed one stands at the end without it.
    xsw5_signed_assertion_behind_the_one_with_its_signature: "Somorovsky et al. 2012, XSW 5; CVE-2025-46572",
        ASSERTION_VISIBLE, COUNT => |stage| {
        let (mut tree, _, _, signed) = signature_of_another_assertion(stage)?;
        tree.append(tree.root(), signed)?;
        Ok(tree.into())
    };

    /// The same with the signed one in front.
    xsw5_signed_assertion_before_the_one_with_its_signature: "Somorovsky et al. 2012, XSW 5; CVE-2025-46572",
        ASSERTION_VISIBLE, COUNT => |stage| {
        let (mut tree, forged, _, signed) = signature_of_another_assertion(stage)?;
        tree.insert_before(forged, signed)?;
        Ok(tree.into())
    };

    /// The forged assertion carries the Signature, and that the signed assertion.
    xsw6_signed_assertion_in_the_signature_of_the_forged_one: "Somorovsky et al. 2012, XSW 6; CVE-2025-46573",
        ASSERTION_VISIBLE, SHAPE => |stage| {
        let (mut tree, _, signature, signed) = signature_of_another_assertion(stage)?;
        tree.append(signature, signed)?;
        Ok(tree.into())
    };

    /// The forged assertion in Extensions, in front of the signed one. Nothing is read there.
    xsw7_forged_assertion_in_extensions: "Somorovsky et al. 2012, XSW 7; CVE-2025-54369", ASSERTION_SIGNED,
        Outcome::Alice => |stage| {
        let mut tree = stripped(stage)?;
        let forged = stage.forged_assertion(&mut tree)?;
        into_extensions(&mut tree, forged)?;
        Ok(tree.into())
    };

    /// XSW 7 as published: the forged assertion in Extensions has the ID of the signed one.
    xsw7_under_the_same_id: "Somorovsky et al. 2012, XSW 7; CVE-2025-54419", ASSERTION_VISIBLE,
        DUPLICATE => |stage| {
        let mut tree = stripped(stage)?;
        let id = tree.attribute(stage.carrier(&tree)?, "ID").unwrap().to_owned();
        let forged = stage.forged_assertion(&mut tree)?;
        tree.set(forged, "ID", &id)?;
        into_extensions(&mut tree, forged)?;
        Ok(tree.into())
    };

    /// The signed assertion in an Object of the Signature that the forged one carries.
    xsw8_signed_assertion_in_an_object: "Somorovsky et al. 2012, XSW 8; CVE-2026-47201", ASSERTION_VISIBLE,
        SHAPE => |stage| {
        let (mut tree, _, signature, signed) = signature_of_another_assertion(stage)?;
        let object = inside(&mut tree, signed, OBJECT)?;
        tree.append(signature, object)?;
        Ok(tree.into())
    };

    /// XSW 8 under one ID.
    xsw8_under_the_same_id: "Somorovsky et al. 2012, XSW 8; CVE-2026-47201", ASSERTION_VISIBLE,
        DUPLICATE => |stage| {
        let (mut tree, forged, signature, signed) = signature_of_another_assertion(stage)?;
        let id = tree.attribute(signed, "ID").unwrap().to_owned();
        tree.set(forged, "ID", &id)?;
        let object = inside(&mut tree, signed, OBJECT)?;
        tree.append(signature, object)?;
        Ok(tree.into())
    };

    /// Two assertions, each signed by the identity provider, about two users: which one is meant?
    two_signed_assertions: "CVE-2021-28091; CVE-2026-25922", ASSERTION_SIGNED, COUNT => |stage| {
        let mut tree = stripped(stage)?;
        let mut other = Tree::parse(&stage.idp.sign(&stage.answer_about("bob"))?)?;
        let assertion = stage.carrier(&other)?;
        other.declare_inherited(assertion)?;
        let assertion = tree.element(&other.xml_of(assertion))?;
        tree.insert_before(stage.carrier(&tree)?, assertion)?;
        Ok(tree.into())
    };

    /// The signed assertion twice.
    the_signed_assertion_twice: "CVE-2021-28091", ASSERTION_SIGNED,
        Outcome::RejectBy(same_id_before_counting) => |stage| {
        let mut tree = stripped(stage)?;
        let carrier = stage.carrier(&tree)?;
        let copy = tree.copy(carrier);
        tree.insert_after(carrier, copy)?;
        Ok(tree.into())
    };

    /// The identity provider answers with a second, unsigned assertion in front: where the Response is signed, both
    /// are.
    a_second_assertion_by_the_identity_provider: "CVE-2022-41912; CVE-2026-25922", ALL, COUNT => |stage| {
        let xml = stage.written(|tree| {
            let forged = stage.forged_assertion(tree)?;
            tree.insert_before(tree.find("Assertion")?, forged)
        })?;
        Ok(xml.into())
    };

    /// Three assertions, the signed one in the middle.
    the_signed_assertion_between_two_forged_ones: "CVE-2022-41912", ASSERTION_SIGNED, COUNT => |stage| {
        let mut tree = stripped(stage)?;
        for before in [true, false] {
            let forged = stage.forged_assertion(&mut tree)?;
            let name = if stage.shape.is_encrypted() { "EncryptedAssertion" } else { "Assertion" };
            let carrier = *tree.find_all(name).last().unwrap();
            if before { tree.insert_before(carrier, forged)? } else { tree.insert_after(carrier, forged)? }
        }
        Ok(tree.into())
    };

    /// Success, signed, and no assertion at all: there is nobody to sign in.
    success_without_an_assertion: "CVE-2026-25922", &[Shape::ResponseSigned], COUNT => |stage| {
        let xml = stage.written(|tree| tree.remove(tree.find("Assertion")?))?;
        Ok(xml.into())
    };

    /// A forged assertion whose prefix is the attacker's and whose namespace is SAML's: it counts.
    forged_assertion_under_another_prefix: "CVE-2022-41912", ASSERTION_VISIBLE, COUNT => |stage| {
        let mut tree = stage.genuine()?;
        let forged = stage.forged_assertion(&mut tree)?;
        tree.rename(forged, "evil:Assertion")?;
        tree.set(forged, "xmlns:evil", "urn:oasis:names:tc:SAML:2.0:assertion")?;
        tree.insert_before(stage.carrier(&tree)?, forged)?;
        Ok(tree.into())
    };
}
