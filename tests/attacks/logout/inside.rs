//! Logout messages that carry their signature, by POST and by SOAP: wrapping, as of answers to logins.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use saml_sp::testing::TestIdpError;
use saml_sp::testing::forge::{Place, Tree};

use super::{
    EXTENSIONS, FORM, MISSING, MadeHere, SOAP, UNEXPECTED, WRAPPED, carried, enveloped, forged, genuine, plain,
};
use crate::stage::{LOGOUT_IN_XML, Stage};
use crate::vector::{Made, Outcome, vectors};

const XSW: &str = "Somorovsky et al. 2012";
const ELSEWHERE: Outcome = Outcome::Reject("reference-elsewhere");
const DUPLICATE: Outcome = Outcome::Reject("xml-duplicate-id");
const SHAPE: Outcome = Outcome::Reject("signature-shape");
const SOAP_SHAPE: Outcome = Outcome::Reject("soap-shape");
const OBJECT: &str = "<ds:Object xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"/>";
const SOAP_NS: &str = "http://schemas.xmlsoap.org/soap/envelope/";

/// A forged request that carries the Signature of the genuine one: the tree, that Signature, and the genuine request
/// without it.
fn with_its_signature(stage: &Stage) -> Result<(Tree, Place, String), TestIdpError> {
    let mut tree = Tree::parse(&stage.idp.signed_logout(&forged(stage))?)?;
    let mut genuine = genuine(stage)?;
    let signature = genuine.find("Signature")?;
    let text = genuine.xml_of(signature);
    genuine.remove(signature)?;
    let signature = tree.element(&text)?;
    tree.insert_after(tree.find("Issuer")?, signature)?;
    Ok((tree, signature, genuine.to_xml()))
}

/// A forged request with the genuine one, whole, somewhere in it.
fn with_it(stage: &Stage, put: impl FnOnce(&mut Tree, Place) -> Result<(), TestIdpError>) -> MadeHere {
    let mut tree = Tree::parse(&stage.idp.signed_logout(&forged(stage))?)?;
    let genuine = tree.element(&genuine(stage)?.to_xml())?;
    put(&mut tree, genuine)?;
    Ok(carried(stage, &tree.to_xml()))
}

/// The genuine request with a forged one somewhere in it.
fn with_forged(stage: &Stage, put: impl FnOnce(&mut Tree, Place) -> Result<(), TestIdpError>) -> MadeHere {
    let mut tree = genuine(stage)?;
    let forged = tree.element(&stage.idp.signed_logout(&forged(stage))?)?;
    put(&mut tree, forged)?;
    Ok(carried(stage, &tree.to_xml()))
}

fn into_extensions(tree: &mut Tree, place: Place) -> Result<(), TestIdpError> {
    tree.insert_after(tree.find("Issuer")?, place)?;
    tree.wrap(place, EXTENSIONS).map(|_| ())
}

/// One element of the request has an ID and is signed by the identity provider; it is true of mallory too.
fn fragment(stage: &Stage, local: &str) -> Result<Tree, TestIdpError> {
    let mut tree = Tree::parse(&stage.idp.signed_logout(&forged(stage))?)?;
    tree.set(tree.find(local)?, "ID", "_fragment")?;
    Tree::parse(&stage.idp.sign_element(&tree.to_xml(), "_fragment")?)
}

fn soap(header: &str, body: &str) -> Made {
    Made::soap(format!(
        "<soap:Envelope xmlns:soap=\"{SOAP_NS}\"><soap:Header>{header}</soap:Header><soap:Body>{body}</soap:Body></soap:Envelope>"
    ))
}

fn forged_xml(stage: &Stage) -> Result<String, TestIdpError> {
    stage.idp.signed_logout(&forged(stage))
}

fn genuine_xml(stage: &Stage) -> Result<String, TestIdpError> {
    stage.idp.signed_logout(&stage.logout())
}

vectors! { "logout";
    // ---- the signature moved to the forged request

    /// XSW 1: the Signature in the forged request, the genuine one inside the Signature.
    request_inside_its_signature: XSW, LOGOUT_IN_XML, SHAPE => |stage| {
        let (mut tree, signature, genuine) = with_its_signature(stage)?;
        let genuine = tree.element(&genuine)?;
        tree.append(signature, genuine)?;
        tree.wrap(genuine, OBJECT)?;
        Ok(carried(stage, &tree.to_xml()))
    };

    /// XSW 2: the genuine one beside the Signature.
    request_beside_its_signature: XSW, LOGOUT_IN_XML, ELSEWHERE => |stage| {
        let (mut tree, signature, genuine) = with_its_signature(stage)?;
        let genuine = tree.element(&genuine)?;
        tree.insert_after(signature, genuine)?;
        Ok(carried(stage, &tree.to_xml()))
    };

    /// The genuine one in Extensions.
    request_in_extensions_its_signature_outside: WRAPPED, LOGOUT_IN_XML, ELSEWHERE => |stage| {
        let (mut tree, _, genuine) = with_its_signature(stage)?;
        let genuine = tree.element(&genuine)?;
        into_extensions(&mut tree, genuine)?;
        Ok(carried(stage, &tree.to_xml()))
    };

    /// Under the same ID: which one is meant?
    request_in_extensions_under_the_same_id: XSW, LOGOUT_IN_XML, DUPLICATE => |stage| {
        let (mut tree, _, genuine) = with_its_signature(stage)?;
        let genuine = tree.element(&genuine)?;
        into_extensions(&mut tree, genuine)?;
        let id = tree.attribute(genuine, "ID").unwrap().to_owned();
        tree.set(tree.root(), "ID", &id)?;
        Ok(carried(stage, &tree.to_xml()))
    };

    /// The forged one without an ID.
    forged_request_without_an_id: XSW, LOGOUT_IN_XML, ELSEWHERE => |stage| {
        let (mut tree, _, genuine) = with_its_signature(stage)?;
        let genuine = tree.element(&genuine)?;
        into_extensions(&mut tree, genuine)?;
        tree.unset(tree.root(), "ID")?;
        Ok(carried(stage, &tree.to_xml()))
    };

    /// The forged one names its ID in another attribute.
    forged_request_with_an_id_in_xml_id: XSW, LOGOUT_IN_XML, DUPLICATE => |stage| {
        let (mut tree, _, genuine) = with_its_signature(stage)?;
        let genuine = tree.element(&genuine)?;
        into_extensions(&mut tree, genuine)?;
        let id = tree.attribute(genuine, "ID").unwrap().to_owned();
        tree.set(tree.root(), "xml:id", &id)?;
        Ok(carried(stage, &tree.to_xml()))
    };

    /// The genuine one in the NameID of the forged one.
    request_inside_a_name: XSW, LOGOUT_IN_XML, ELSEWHERE => |stage| {
        let (mut tree, _, genuine) = with_its_signature(stage)?;
        let genuine = tree.element(&genuine)?;
        tree.append(tree.find("NameID")?, genuine)?;
        Ok(carried(stage, &tree.to_xml()))
    };

    // ---- the genuine request whole, in a forged one

    /// In Extensions, first.
    signed_request_in_extensions: WRAPPED, LOGOUT_IN_XML, MISSING => |stage| with_it(stage, into_extensions);

    /// At the end of the forged one.
    signed_request_at_the_end: WRAPPED, LOGOUT_IN_XML, MISSING => |stage| with_it(stage, |tree, genuine| tree.append(tree.root(), genuine));

    /// At the beginning: who looks for the first Issuer and the first Signature finds them.
    signed_request_at_the_beginning: WRAPPED, LOGOUT_IN_XML, MISSING => |stage| with_it(stage, |tree, genuine| tree.prepend(tree.root(), genuine));

    /// In the NameID.
    signed_request_in_the_name: WRAPPED, LOGOUT_IN_XML, MISSING => |stage| with_it(stage, |tree, genuine| tree.append(tree.find("NameID")?, genuine));

    /// In an unsigned answer.
    signed_request_in_an_unsigned_answer: WRAPPED, LOGOUT_IN_XML, MISSING => |stage| {
        let mut tree = super::unsigned(stage, stage.logout_answer())?;
        let genuine = tree.element(&genuine_xml(stage)?)?;
        into_extensions(&mut tree, genuine)?;
        Ok(super::carried_as("SAMLResponse", stage, &tree.to_xml()).answering())
    };

    /// In a message of another kind, which is unsigned.
    signed_request_in_another_message: WRAPPED, LOGOUT_IN_XML, UNEXPECTED => |stage| {
        let mut tree = Tree::parse(&forged_xml(stage)?)?;
        let genuine = tree.element(&genuine_xml(stage)?)?;
        tree.append(tree.root(), genuine)?;
        tree.rename(tree.root(), "samlp:ManageNameIDRequest")?;
        Ok(carried(stage, &tree.to_xml()))
    };

    /// In an element of nobody.
    signed_request_in_an_unknown_element: WRAPPED, LOGOUT_IN_XML, UNEXPECTED => |stage| Ok(carried(stage, &format!("<x>{}{}</x>", forged_xml(stage)?, genuine_xml(stage)?)));

    // ---- a forged request in the genuine one

    /// In Extensions: the signature does not hold any more.
    forged_request_in_extensions: XSW, LOGOUT_IN_XML, Outcome::Reject("digest-mismatch"), not_live "what it signed is not in the message" => |stage| with_forged(stage, into_extensions);

    /// In the Signature, which no signature covers.
    forged_request_in_an_object: XSW, LOGOUT_IN_XML, SHAPE => |stage| with_forged(stage, |tree, forged| {
        tree.append(tree.find("Signature")?, forged)?;
        tree.wrap(forged, OBJECT).map(|_| ())
    });

    /// In KeyInfo, which is passed over: what was signed counts.
    forged_request_in_key_info: XSW, LOGOUT_IN_XML, Outcome::Alice => |stage| with_forged(stage, |tree, forged| {
        tree.append(tree.find("KeyInfo")?, forged)
    });

    /// A second Signature, of the attacker, in front.
    second_signature_of_somebody_else: XSW, LOGOUT_IN_XML, Outcome::Reject("signature-several") => |stage| {
        let foreign = Tree::parse(&stage.foreign.signed_logout(&stage.logout())?)?;
        let foreign = foreign.xml_of(foreign.find("Signature")?);
        let mut tree = genuine(stage)?;
        let second = tree.element(&foreign)?;
        tree.insert_before(tree.find("Signature")?, second)?;
        Ok(carried(stage, &tree.to_xml()))
    };

    // ---- parts that are signed

    /// Only the Issuer is signed, and has elements inside now.
    only_the_issuer_is_signed: XSW, LOGOUT_IN_XML, Outcome::Reject("message-bad-value") => |stage| Ok(carried(stage, &fragment(stage, "Issuer")?.to_xml()));

    /// Only the SessionIndex.
    only_the_session_is_signed: XSW, LOGOUT_IN_XML, MISSING => |stage| Ok(carried(stage, &fragment(stage, "SessionIndex")?.to_xml()));

    /// Only the Issuer, and its Signature in the request.
    only_the_issuer_is_signed_from_outside: XSW, LOGOUT_IN_XML, ELSEWHERE => |stage| {
        let mut tree = fragment(stage, "Issuer")?;
        let signature = tree.find("Signature")?;
        tree.insert_after(tree.find("Issuer")?, signature)?;
        Ok(carried(stage, &tree.to_xml()))
    };

    /// Only the SessionIndex, and its Signature in the request.
    only_the_session_is_signed_from_outside: XSW, LOGOUT_IN_XML, ELSEWHERE => |stage| {
        let mut tree = fragment(stage, "SessionIndex")?;
        let signature = tree.find("Signature")?;
        tree.insert_after(tree.find("Issuer")?, signature)?;
        Ok(carried(stage, &tree.to_xml()))
    };

    /// The Signature of an assertion, of a login, in a forged request, with the assertion behind it.
    signature_of_an_assertion: XSW, LOGOUT_IN_XML, ELSEWHERE => |stage| {
        let mut login = Stage::new(crate::stage::Shape::AssertionSigned).genuine()?;
        let assertion = login.find("Assertion")?;
        login.declare_inherited(assertion)?;
        let mut tree = Tree::parse(&forged_xml(stage)?)?;
        let assertion = tree.element(&login.xml_of(assertion))?;
        let signature = tree.under(assertion, "Signature")?;
        tree.insert_after(tree.find("Issuer")?, signature)?;
        tree.append(tree.root(), assertion)?;
        Ok(carried(stage, &tree.to_xml()))
    };

    // ---- the form

    /// A genuine request, and a forged answer beside it.
    form_with_two_messages: "bindings 3.5.4", FORM, Outcome::Reject("two-messages") => |stage| {
        Ok(Made::form([("SAMLRequest", STANDARD.encode(genuine_xml(stage)?)), ("SAMLResponse", STANDARD.encode(forged_xml(stage)?))]))
    };

    /// A forged request, and a genuine answer beside it.
    form_with_a_genuine_answer_beside: "bindings 3.5.4", FORM, Outcome::Reject("two-messages") => |stage| {
        let answer = stage.idp.signed_logout(&stage.logout_answer())?;
        Ok(Made::form([("SAMLRequest", STANDARD.encode(forged_xml(stage)?)), ("SAMLResponse", STANDARD.encode(answer))]).answering())
    };

    /// The alphabet of URLs.
    form_in_the_alphabet_of_urls: "RFC 4648 5", FORM, Outcome::Reject("message-not-base64") => |stage| {
        // Three bytes that both alphabets write otherwise.
        let xml = genuine_xml(stage)?.replace("</samlp:LogoutRequest>", "</samlp:LogoutRequest><!--~~~???>>>-->");
        Ok(Made::form([("SAMLRequest", STANDARD.encode(xml).replace('+', "-").replace('/', "_"))]))
    };

    /// Compressed, as by Redirect.
    form_that_is_compressed: "bindings 3.5.4", FORM, Outcome::Reject("xml-not-utf8"), not_live "a form is not inflated" => |stage| {
        let packed = super::query::packed(genuine_xml(stage)?.as_bytes());
        Ok(Made::form([("SAMLRequest", packed.replace("%2B", "+").replace("%2F", "/").replace("%3D", "="))]))
    };

    // ---- the envelope

    /// A forged request in front of the signed one.
    forged_request_first_in_the_body: XSW, SOAP, SOAP_SHAPE => |stage| Ok(Made::soap(enveloped(&(forged_xml(stage)? + &genuine_xml(stage)?))));

    /// Behind it.
    forged_request_second_in_the_body: XSW, SOAP, SOAP_SHAPE => |stage| Ok(Made::soap(enveloped(&(genuine_xml(stage)? + &forged_xml(stage)?))));

    /// The signed one in the Header, the forged one in the Body: XSW as it was first found (McIntosh and Austel 2005).
    signed_request_in_the_header: "McIntosh and Austel 2005", SOAP, MISSING => |stage| Ok(soap(&genuine_xml(stage)?, &forged_xml(stage)?));

    /// And its Signature in the Body.
    signed_request_in_the_header_its_signature_in_the_body: "McIntosh and Austel 2005", SOAP, ELSEWHERE => |stage| {
        let (tree, _, genuine) = with_its_signature(stage)?;
        Ok(soap(&genuine, &tree.to_xml()))
    };

    /// Two Bodies.
    second_body: XSW, SOAP, SOAP_SHAPE => |stage| {
        let body = |xml: String| format!("<soap:Body>{xml}</soap:Body>");
        Ok(Made::soap(format!("<soap:Envelope xmlns:soap=\"{SOAP_NS}\">{}{}</soap:Envelope>", body(forged_xml(stage)?), body(genuine_xml(stage)?))))
    };

    /// An envelope in the envelope.
    envelope_in_the_body: XSW, SOAP, UNEXPECTED => |stage| Ok(Made::soap(enveloped(&enveloped(&genuine_xml(stage)?))));

    /// The signed request in a Fault.
    request_in_a_fault: "bindings 3.2.3.3", SOAP, Outcome::Reject("soap-fault") => |stage| {
        Ok(Made::soap(enveloped(&format!("<soap:Fault><faultcode>x</faultcode><faultstring>x</faultstring><detail>{}</detail></soap:Fault>", genuine_xml(stage)?))))
    };

    /// The Body is signed as a whole, the message in it not.
    body_signed_instead_of_the_message: "bindings 3.2.2.1", SOAP, SOAP_SHAPE => |stage| {
        let body = format!("<soap:Body xmlns:soap=\"{SOAP_NS}\" ID=\"_body\"><saml:Issuer xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\">x</saml:Issuer>{}</soap:Body>", plain(stage)?.to_xml());
        Ok(Made::soap(format!("<soap:Envelope xmlns:soap=\"{SOAP_NS}\">{}</soap:Envelope>", stage.idp.sign_element(&body, "_body")?)))
    };

    /// No envelope: as by POST, without base64.
    request_without_an_envelope: "bindings 3.2.2.1", SOAP, SOAP_SHAPE => |stage| Ok(Made::soap(genuine_xml(stage)?));

    /// An envelope of SOAP 1.2.
    envelope_of_another_version: "bindings 3.2.2", SOAP, SOAP_SHAPE => |stage| {
        Ok(Made::soap(enveloped(&genuine_xml(stage)?).replace(SOAP_NS, "http://www.w3.org/2003/05/soap-envelope")))
    };

    /// A block of the Header that has to be understood, and is not.
    header_that_must_be_understood: "SOAP 1.1 4.2.3", SOAP, SOAP_SHAPE => |stage| {
        Ok(soap("<x:y xmlns:x=\"urn:example\" soap:mustUnderstand=\"1\"/>", &genuine_xml(stage)?))
    };

    /// What the envelope declares is in scope for the message: a prefix rebound.
    prefix_rebound_in_the_envelope: XSW, SOAP, Outcome::Alice => |stage| {
        Ok(Made::soap(enveloped(&genuine_xml(stage)?).replacen("<soap:Envelope ", "<soap:Envelope xmlns:saml=\"urn:example\" ", 1)))
    };
}
