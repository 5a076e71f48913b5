//! What was signed as one thing, presented as another: other kinds of message, other answers, refusals.

use saml_sp::testing::forge::{Place, Tree};
use saml_sp::testing::{Sign, TestIdpError};

use super::{
    ADVICE, ASSERTION_VISIBLE, COUNT, DUPLICATE, Done, ELSEWHERE, IN_FAILURE, MISSING, OBJECT, SEVERAL, SHAPE,
    UNEXPECTED, inside, into_extensions, stripped,
};
use crate::stage::Shape::{AssertionSigned, ResponseSigned};
use crate::stage::{ALL, ASSERTION_SIGNED, IDP, NOW, RESPONSE_UNSIGNED, Shape, Stage};
use crate::vector::{Made, Outcome, vectors};

const ONCE: &[Shape] = &[AssertionSigned];
const REFUSAL: &[Shape] = &[ResponseSigned];
const SUCCESS: &str = "urn:oasis:names:tc:SAML:2.0:status:Success";
const RESPONDER: &str = "urn:oasis:names:tc:SAML:2.0:status:Responder";
const AUTHN_FAILED: &str = "urn:oasis:names:tc:SAML:2.0:status:AuthnFailed";

/// A message of the protocol, of any kind, signed by the identity provider.
fn signed_message(stage: &Stage, local: &str, content: &str) -> Result<String, TestIdpError> {
    let xml = format!(
        "<samlp:{local} xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" \
         xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" ID=\"_message\" Version=\"2.0\" IssueInstant=\"{NOW}\">\
         <saml:Issuer>{IDP}</saml:Issuer>{content}</samlp:{local}>"
    );
    stage.idp.sign_element(&xml, "_message")
}

fn logout_request(stage: &Stage) -> Result<String, TestIdpError> {
    signed_message(stage, "LogoutRequest", "<saml:NameID>alice</saml:NameID>")
}

fn logout_response(stage: &Stage) -> Result<String, TestIdpError> {
    let status = format!("<samlp:Status><samlp:StatusCode Value=\"{SUCCESS}\"/></samlp:Status>");
    signed_message(stage, "LogoutResponse", &status)
}

fn metadata(stage: &Stage) -> Result<String, TestIdpError> {
    let mut tree = Tree::parse(&stage.idp.metadata()?)?;
    tree.set(tree.root(), "ID", "_metadata")?;
    stage.idp.sign_element(&tree.to_xml(), "_metadata")
}

/// A forged Response with a genuine message of another kind somewhere in it.
fn with_message(stage: &Stage, message: &str, put: fn(&mut Tree, Place) -> Done) -> Result<Made, TestIdpError> {
    let mut tree = stage.forged_response()?;
    let message = tree.element(message)?;
    put(&mut tree, message)?;
    Ok(tree.into())
}

/// The message in Extensions, its Signature in the Response.
fn signature_to_the_response(tree: &mut Tree, message: Place) -> Done {
    let signature = tree.under(message, "Signature")?;
    into_extensions(tree, message)?;
    tree.insert_after(tree.find("Issuer")?, signature)
}

/// The message in Extensions, its Signature in the forged assertion.
fn signature_to_the_assertion(tree: &mut Tree, message: Place) -> Done {
    let signature = tree.under(message, "Signature")?;
    into_extensions(tree, message)?;
    tree.insert_before(tree.find("Subject")?, signature)
}

fn in_the_place_of_the_assertion(tree: &mut Tree, message: Place) -> Done {
    tree.replace(tree.find("Assertion")?, message)
}

/// What the identity provider answers, signed, where it does not sign somebody in.
fn refusal(stage: &Stage, codes: &[&str]) -> Result<Tree, TestIdpError> {
    stage.changed(|answer| {
        answer.sign = Sign::Response;
        answer.encryption.clear();
        answer.status = codes.iter().map(|code| (*code).to_owned()).collect();
    })
}

fn failed(stage: &Stage) -> Result<Tree, TestIdpError> {
    refusal(stage, &[RESPONDER, AUTHN_FAILED])
}

/// A genuine refusal with a forged assertion where `put` puts it.
fn refusal_with(stage: &Stage, put: fn(&mut Tree, Place) -> Done) -> Result<Made, TestIdpError> {
    let mut tree = failed(stage)?;
    let forged = stage.forged_assertion(&mut tree)?;
    put(&mut tree, forged)?;
    Ok(tree.into())
}

/// A forged success with a genuine refusal where `put` puts it.
fn success_with_refusal(stage: &Stage, put: fn(&mut Tree, Place) -> Done) -> Result<Made, TestIdpError> {
    let refusal = failed(stage)?.to_xml();
    with_message(stage, &refusal, put)
}

/// The assertion of another message in the place of this one's.
fn with_the_assertion_of(stage: &Stage, mut other: Tree) -> Result<Made, TestIdpError> {
    let mut tree = stage.genuine()?;
    let carrier = stage.carrier(&other)?;
    other.declare_inherited(carrier)?;
    let carrier = tree.element(&other.xml_of(carrier))?;
    tree.replace(stage.carrier(&tree)?, carrier)?;
    Ok(tree.into())
}

/// The Response's signature covers which assertion it was made for.
fn or_digest(shape: Shape, code: &'static str) -> &'static str {
    if shape.response_is_signed() { "digest-mismatch" } else { code }
}

vectors! { "wrapping";
    /// The signed assertion as the whole message.
    signed_assertion_as_the_message: "GHSA-63ch-w8pw-4mf2", ASSERTION_VISIBLE,
        UNEXPECTED => |stage| {
        Ok(super::signed_assertion(stage)?.into())
    };

    /// Signed metadata as the message.
    signed_metadata_as_the_message: "GHSA-63ch-w8pw-4mf2", ONCE, UNEXPECTED =>
        |stage| Ok(metadata(stage)?.into());

    /// A signed LogoutRequest as the message: it has a NameID.
    signed_logout_request_as_the_message: "GHSA-63ch-w8pw-4mf2", ONCE, UNEXPECTED =>
        |stage| Ok(logout_request(stage)?.into());

    /// A signed LogoutResponse as the message: it has a Status of Success.
    signed_logout_response_as_the_message: "GHSA-63ch-w8pw-4mf2", ONCE, UNEXPECTED =>
        |stage| Ok(logout_response(stage)?.into());

    /// A signed LogoutResponse around a forged assertion: the identity provider would have to sign that; without it the
    /// root is still of another type.
    logout_response_with_an_assertion: "GHSA-63ch-w8pw-4mf2", ONCE, UNEXPECTED => |stage| {
        let forged = stage.forged_response()?;
        let assertion = forged.xml_of(forged.find("Assertion")?);
        let status = format!("<samlp:Status><samlp:StatusCode Value=\"{SUCCESS}\"/></samlp:Status>{assertion}");
        Ok(signed_message(stage, "LogoutResponse", &status)?.into())
    };

    /// A signed AuthnRequest, which an identity provider that is a proxy sends as well.
    signed_authn_request_as_the_message: "GHSA-63ch-w8pw-4mf2", ONCE, UNEXPECTED => |stage| {
        let subject = "<saml:Subject><saml:NameID>alice</saml:NameID></saml:Subject>";
        Ok(signed_message(stage, "AuthnRequest", subject)?.into())
    };

    /// A signed ArtifactResponse around a forged Response: what is inside was not received by this binding.
    signed_artifact_response_as_the_message: "GHSA-63ch-w8pw-4mf2", ONCE,
        UNEXPECTED => |stage| {
        Ok(signed_message(stage, "ArtifactResponse", &stage.forged_response()?.to_xml())?.into())
    };

    /// A genuine message in a SOAP envelope.
    response_in_a_soap_envelope: "GHSA-63ch-w8pw-4mf2", ALL, UNEXPECTED => |stage| {
        let genuine = stage.genuine()?.to_xml();
        let soap = "http://schemas.xmlsoap.org/soap/envelope/";
        Ok(format!("<S:Envelope xmlns:S=\"{soap}\"><S:Body>{genuine}</S:Body></S:Envelope>").into())
    };

    /// A genuine Response whose element the attacker calls by the name of SAML 1.1.
    response_in_another_namespace: "GHSA-63ch-w8pw-4mf2", &[AssertionSigned, Shape::EncryptedAssertionSigned],
        UNEXPECTED => |stage| {
        let mut tree = stage.genuine()?;
        tree.set(tree.root(), "xmlns:old", "urn:oasis:names:tc:SAML:1.0:protocol")?;
        tree.rename(tree.root(), "old:Response")?;
        Ok(tree.into())
    };

    /// Signed metadata in the place of the assertion.
    signed_metadata_for_an_assertion: "GHSA-63ch-w8pw-4mf2", ONCE, COUNT => |stage| {
        with_message(stage, &metadata(stage)?, in_the_place_of_the_assertion)
    };

    /// Signed metadata in Extensions, its Signature in the forged Response. Metadata is public: a signature that
    /// everybody can have.
    signature_of_metadata_in_the_response: "GHSA-63ch-w8pw-4mf2", ONCE,
        ELSEWHERE => |stage| {
        with_message(stage, &metadata(stage)?, signature_to_the_response)
    };

    /// The same, in the forged assertion.
    signature_of_metadata_in_the_assertion: "GHSA-63ch-w8pw-4mf2", ONCE,
        ELSEWHERE => |stage| {
        with_message(stage, &metadata(stage)?, signature_to_the_assertion)
    };

    /// Signed metadata whole in Extensions.
    signed_metadata_in_extensions: "GHSA-63ch-w8pw-4mf2", ONCE, MISSING => |stage| {
        with_message(stage, &metadata(stage)?, into_extensions)
    };

    /// A signed LogoutRequest in the place of the assertion: the element that is signed has an Issuer and a NameID.
    signed_logout_request_for_an_assertion: "GHSA-63ch-w8pw-4mf2", ONCE, COUNT => |stage| {
        with_message(stage, &logout_request(stage)?, in_the_place_of_the_assertion)
    };

    /// A signed LogoutRequest in Extensions, its Signature in the forged Response.
    signature_of_a_logout_request_in_the_response: "GHSA-63ch-w8pw-4mf2", ONCE,
        ELSEWHERE => |stage| {
        with_message(stage, &logout_request(stage)?, signature_to_the_response)
    };

    /// The same under the same ID: the Reference names what the Signature stands in, and something else.
    signature_of_a_logout_request_of_the_same_id: "GHSA-63ch-w8pw-4mf2", ONCE,
        DUPLICATE => |stage| {
        with_message(stage, &logout_request(stage)?, |tree, message| {
            signature_to_the_response(tree, message)?;
            tree.set(tree.root(), "ID", "_message")
        })
    };

    /// The assertion of an answer to another request of ours, perhaps of another browser.
    assertion_for_another_request: "Somorovsky et al. 2012; CVE-2026-49284", ASSERTION_SIGNED,
        Outcome::RejectBy(|shape| or_digest(shape, "in-response-to-mismatch")) => |stage| {
        let other = stage.changed(|answer| {
            answer.in_response_to = Some("_another".to_owned());
            answer.confirmations[0].in_response_to = Some("_another".to_owned());
        })?;
        with_the_assertion_of(stage, other)
    };

    /// The assertion of an answer that nobody asked for, in a Response that says it answers our request.
    assertion_of_an_unsolicited_answer: "CVE-2026-49284", ASSERTION_SIGNED,
        Outcome::RejectBy(|shape| or_digest(shape, "in-response-to-missing")) => |stage| {
        let other = stage.changed(|answer| {
            answer.in_response_to = None;
            answer.confirmations[0].in_response_to = None;
        })?;
        with_the_assertion_of(stage, other)
    };

    /// The assertion of another answer to the same request, about another user, under a Response that was signed for
    /// the first.
    assertion_of_another_signed_response: "Somorovsky et al. 2012", &[Shape::BothSigned, Shape::EncryptedBothSigned],
        Outcome::Reject("digest-mismatch") => |stage| {
        with_the_assertion_of(stage, Tree::parse(&stage.idp.sign(&stage.answer_about("bob"))?)?)
    };

    /// An unsigned Response is made to answer another request than its assertion.
    response_for_another_request: "CVE-2026-49284", RESPONSE_UNSIGNED,
        Outcome::Reject("in-response-to-mismatch") => |stage| {
        let mut tree = stage.genuine()?;
        tree.set(tree.root(), "InResponseTo", "_another")?;
        Ok(tree.into())
    };

    /// A signed refusal with a forged assertion appended.
    refusal_with_an_assertion: "OneUptime #2981", REFUSAL, IN_FAILURE,
        not_live "the signature covers what was added" => |stage| {
        refusal_with(stage, |tree, forged| tree.append(tree.root(), forged))
    };

    /// A signed refusal with a forged assertion in front of the Status.
    refusal_with_an_assertion_before_the_status: "OneUptime #2981", REFUSAL, IN_FAILURE,
        not_live "the signature covers what was added" => |stage| {
        refusal_with(stage, |tree, forged| tree.insert_before(tree.find("Status")?, forged))
    };

    /// A signed refusal with a forged assertion in an Object of its Signature.
    refusal_with_an_assertion_in_an_object: "OneUptime #2981", REFUSAL, SHAPE => |stage| {
        refusal_with(stage, |tree, forged| {
            let object = inside(tree, forged, OBJECT)?;
            tree.append(tree.find("Signature")?, object)
        })
    };

    /// A signed refusal with a forged assertion in KeyInfo, where the signature does not reach: it stays a refusal.
    refusal_with_an_assertion_in_key_info: "OneUptime #2981", REFUSAL,
        Outcome::Reject("status-not-success") => |stage| {
        refusal_with(stage, |tree, forged| tree.append(tree.find("KeyInfo")?, forged))
    };

    /// A signed refusal whose second status code says Success, with a forged assertion.
    refusal_with_success_inside: "OneUptime #2981", REFUSAL, IN_FAILURE,
        not_live "the signature covers what was added" => |stage| {
        let mut tree = refusal(stage, &[RESPONDER, SUCCESS])?;
        let forged = stage.forged_assertion(&mut tree)?;
        tree.append(tree.root(), forged)?;
        Ok(tree.into())
    };

    /// A signed refusal and a decoy: the attacker's own Signature in front of the genuine one.
    refusal_with_a_decoy_signature_in_front: "OneUptime #2981", REFUSAL,
        SEVERAL => |stage| {
        let mut tree = failed(stage)?;
        let decoy = Tree::parse(&stage.foreign.sign(&stage.answer())?)?;
        let decoy = tree.element(&decoy.xml_of(decoy.find("Signature")?))?;
        tree.insert_before(tree.find("Signature")?, decoy)?;
        Ok(tree.into())
    };

    /// The same with the decoy behind it, and that has an Object with a forged assertion.
    refusal_with_a_decoy_signature_behind: "OneUptime #2981", REFUSAL, SEVERAL => |stage| {
        refusal_with(stage, |tree, forged| {
            let object = inside(tree, forged, OBJECT)?;
            let decoy = inside(tree, object, "<ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"/>")?;
            tree.insert_after(tree.find("Signature")?, decoy)
        })
    };

    /// A signed refusal in the Extensions of a forged success.
    refusal_in_the_extensions_of_a_success: "OneUptime #2981", REFUSAL,
        MISSING => |stage| {
        success_with_refusal(stage, into_extensions)
    };

    /// The same, the Signature of the refusal in the success.
    signature_of_a_refusal_in_a_success: "OneUptime #2981", REFUSAL, ELSEWHERE => |stage| {
        success_with_refusal(stage, signature_to_the_response)
    };

    /// The same, the Signature of the refusal in the forged assertion.
    signature_of_a_refusal_in_an_assertion: "OneUptime #2981", REFUSAL,
        ELSEWHERE => |stage| {
        success_with_refusal(stage, signature_to_the_assertion)
    };

    /// The Signature of a refusal in a success, the refusal in an Object of it.
    refusal_in_an_object_of_its_signature: "OneUptime #2981", REFUSAL, SHAPE => |stage| {
        success_with_refusal(stage, |tree, refusal| {
            let signature = tree.under(refusal, "Signature")?;
            tree.insert_after(tree.find("Issuer")?, signature)?;
            let object = inside(tree, refusal, OBJECT)?;
            tree.append(signature, object)
        })
    };

    /// A signed refusal in the Advice of a forged assertion.
    refusal_in_the_advice_of_an_assertion: "OneUptime #2981", REFUSAL, MISSING => |stage| {
        success_with_refusal(stage, |tree, refusal| {
            let advice = inside(tree, refusal, ADVICE)?;
            tree.insert_after(tree.find("Conditions")?, advice)
        })
    };

    /// A signed assertion in an unsigned refusal: the Status is the attacker's, and can only say no.
    signed_assertion_in_an_unsigned_refusal: "OneUptime #2981", ASSERTION_SIGNED,
        IN_FAILURE => |stage| {
        let mut tree = stripped(stage)?;
        tree.set(tree.find("StatusCode")?, "Value", RESPONDER)?;
        Ok(tree.into())
    };

    /// A signed assertion in a Response of two Statuses, a failure behind the success.
    second_status: "OneUptime #2981", RESPONSE_UNSIGNED, Outcome::Reject("message-repeated-part") => |stage| {
        let mut tree = stage.genuine()?;
        let status = tree.find("Status")?;
        let second = tree.copy(status);
        tree.set(tree.under(second, "StatusCode")?, "Value", RESPONDER)?;
        tree.insert_after(status, second)?;
        Ok(tree.into())
    };
}
