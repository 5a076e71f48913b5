//! Logout messages: whoever can forge one signs others out, at will and from anywhere.
//!
//! Here what holds by every binding: unsigned messages, other signers, and genuine signatures over wrong claims. `query` manipulates the
//! parameters of the Redirect binding, `inside` wraps messages that carry their signature, `controls` must be accepted. The
//! identity provider asks for alice to be logged out; the attacker would like to log out mallory.

pub(crate) mod controls;
pub(crate) mod inside;
pub(crate) mod query;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Duration, Utc};
use saml_sp::testing::forge::Tree;
use saml_sp::testing::{Encrypted, Logout, TestIdp, TestIdpError};
use serde_json::json;

use crate::stage::{ACS, LOGOUT, LOGOUT_IN_XML, MALLORY, NOW, SLO, SLO_SOAP, Shape, Stage};
use crate::vector::{Made, Outcome, vectors};

const QUERY: &[Shape] = &[Shape::Query];
const FORM: &[Shape] = &[Shape::Form];
const SOAP: &[Shape] = &[Shape::Soap];
/// A browser carries it.
const BY_BROWSER: &[Shape] = &[Shape::Query, Shape::Form];

const MISSING: Outcome = Outcome::Reject("signature-missing");
const UNEXPECTED: Outcome = Outcome::Reject("message-unexpected");
const MISMATCH: Outcome = Outcome::Reject("query-signature-mismatch");

const UNSIGNED: &str = "GHSA-pcgw-qcv5-h8ch";
const WRAPPED: &str = "GHSA-63ch-w8pw-4mf2";

type MadeHere = Result<Made, TestIdpError>;

fn now() -> DateTime<Utc> {
    NOW.parse().unwrap()
}

/// The key is not the one that is trusted.
const FOREIGN: Outcome = Outcome::RejectBy(|shape| match shape {
    Shape::Query => "query-signature-mismatch",
    _ => "signature-wrong-key",
});

/// This message by the binding of the shape, signed by whoever sends it.
fn sent_by(idp: &TestIdp, stage: &Stage, logout: &Logout) -> MadeHere {
    Ok(match stage.shape {
        Shape::Query => Made::query(idp.logout_query(logout)?),
        Shape::Form => {
            let form = idp.logout_form(logout)?;
            let fields = [
                ("SAMLRequest", form.saml_request),
                ("SAMLResponse", form.saml_response),
                ("RelayState", form.relay_state),
            ];
            let fields = fields.into_iter().filter_map(|(name, value)| Some((name, value?)));
            Made::form(fields.collect::<Vec<_>>())
        }
        _ => Made::soap(idp.logout_soap(logout)?),
    })
}

/// The identity provider sends this request.
fn asked(stage: &Stage, change: impl FnOnce(&mut Logout)) -> MadeHere {
    let mut logout = stage.logout();
    change(&mut logout);
    sent_by(stage.idp, stage, &logout)
}

/// The identity provider sends this answer, while a logout of ours is pending.
fn answered(stage: &Stage, change: impl FnOnce(&mut Logout)) -> MadeHere {
    let mut answer = stage.logout_answer();
    change(&mut answer);
    Ok(sent_by(stage.idp, stage, &answer)?.answering())
}

/// The request that the attacker would like to be believed.
fn forged(stage: &Stage) -> Logout {
    let mut logout = stage.logout_of(MALLORY);
    logout.sign = false;
    logout
}

/// The genuine request as XML, signed inside.
fn genuine(stage: &Stage) -> Result<Tree, TestIdpError> {
    Tree::parse(&stage.idp.signed_logout(&stage.logout())?)
}

/// This XML by the binding of the shape, as it is; a query goes without a signature of its own.
fn carried(stage: &Stage, xml: &str) -> Made {
    carried_as("SAMLRequest", stage, xml)
}

fn carried_as(parameter: &'static str, stage: &Stage, xml: &str) -> Made {
    match stage.shape {
        Shape::Query => Made::query(format!("{parameter}={}", query::packed(xml.as_bytes()))),
        Shape::Form => Made::form([(parameter, STANDARD.encode(xml))]),
        _ => Made::soap(enveloped(xml)),
    }
}

fn enveloped(content: &str) -> String {
    format!(
        "<soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"><soap:Body>{content}</soap:Body></soap:Envelope>"
    )
}

/// This message as the identity provider would send it: the query signed, or its document element.
fn signed(parameter: &'static str, stage: &Stage, tree: &Tree) -> MadeHere {
    let xml = tree.to_xml();
    if stage.shape == Shape::Query {
        return query::signed(stage, &[(parameter, &query::packed(xml.as_bytes()))]);
    }
    let id = tree.attribute(tree.root(), "ID").unwrap_or_default();
    Ok(carried_as(parameter, stage, &stage.idp.sign_element(&xml, id)?))
}

/// The request as XML before it is signed.
fn plain(stage: &Stage) -> Result<Tree, TestIdpError> {
    unsigned(stage, stage.logout())
}

fn unsigned(stage: &Stage, mut logout: Logout) -> Result<Tree, TestIdpError> {
    logout.sign = false;
    Tree::parse(&stage.idp.signed_logout(&logout)?)
}

/// The identity provider writes its request so, and signs it.
fn written(stage: &Stage, rewrite: impl FnOnce(&mut Tree) -> Result<(), TestIdpError>) -> MadeHere {
    let mut tree = plain(stage)?;
    rewrite(&mut tree)?;
    signed("SAMLRequest", stage, &tree)
}

vectors! { "logout";
    // ---- nobody signed it

    /// A LogoutRequest without a signature: anybody can write one.
    unsigned_logout_request: UNSIGNED, LOGOUT, MISSING, not_live "nobody signed anything" => |stage| {
        sent_by(stage.idp, stage, &forged(stage))
    };

    /// The same with the issuer, the ID and the session of a genuine one.
    unsigned_copy_of_a_genuine_request: UNSIGNED, LOGOUT, MISSING, not_live "nobody signed anything" => |stage| {
        let mut logout = stage.logout();
        (logout.sign, logout.name_id) = (false, forged(stage).name_id);
        sent_by(stage.idp, stage, &logout)
    };

    /// A LogoutResponse without a signature: the user believes that all sessions are over.
    unsigned_logout_response: UNSIGNED, LOGOUT, MISSING, not_live "nobody signed anything" => |stage| {
        answered(stage, |answer| answer.sign = false)
    };

    /// Unsigned, while a logout of ours is pending: what is expected proves nothing.
    unsigned_request_while_a_logout_is_pending: UNSIGNED, LOGOUT, MISSING, not_live "nobody signed anything" => |stage| {
        Ok(sent_by(stage.idp, stage, &forged(stage))?.answering())
    };

    /// An empty Signature element: something that is called so is there.
    request_with_an_empty_signature: UNSIGNED, LOGOUT_IN_XML, Outcome::Reject("signature-shape"), not_live "the Signature is empty" => |stage| {
        let mut tree = Tree::parse(&stage.idp.signed_logout(&forged(stage))?)?;
        let signature = tree.element("<ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"/>")?;
        tree.insert_after(tree.find("Issuer")?, signature)?;
        Ok(carried(stage, &tree.to_xml()))
    };

    /// The Signature of a genuine request in a forged one of the same ID.
    genuine_signature_in_a_forged_request: UNSIGNED, LOGOUT_IN_XML, Outcome::Reject("digest-mismatch"), not_live "what it signed is not in the message" => |stage| {
        let mut tree = genuine(stage)?;
        tree.set_text(tree.find("NameID")?, MALLORY)?;
        Ok(carried(stage, &tree.to_xml()))
    };

    /// The genuine request with its sessions left out: all sessions of alice are meant then.
    sessions_taken_out_of_a_genuine_request: "core 3.7.3.1", LOGOUT_IN_XML, Outcome::Reject("digest-mismatch"), not_live "what it signed is not in the message" => |stage| {
        let mut tree = genuine(stage)?;
        tree.remove(tree.find("SessionIndex")?)?;
        Ok(carried(stage, &tree.to_xml()))
    };

    /// An unsigned request, and in its Extensions an assertion that the identity provider signed for a login.
    unsigned_request_around_a_signed_assertion: UNSIGNED, LOGOUT, MISSING => |stage| {
        let login = Stage::new(Shape::AssertionSigned);
        let mut answer = login.genuine()?;
        let assertion = answer.find("Assertion")?;
        answer.declare_inherited(assertion)?;
        around(stage, &answer.xml_of(assertion))
    };

    /// An unsigned request with a genuine one in its Extensions.
    unsigned_request_around_a_signed_one: WRAPPED, LOGOUT, MISSING => |stage| around(stage, &genuine(stage)?.to_xml());

    /// The request signed in the message, as POST would have it, and the query not: by Redirect that is no signature.
    query_signed_in_the_message_only: "bindings 3.4.4.1", QUERY, MISSING => |stage| {
        Ok(carried(stage, &genuine(stage)?.to_xml()))
    };

    // ---- somebody else signed it

    /// Another tenant's identity provider, with the same entityID typed in by its administrator.
    request_signed_by_another_tenant: "GHSA-pcgw-qcv5-h8ch, and tenants who choose an entityID", LOGOUT, FOREIGN, not_live "nothing is signed by the trusted key" => |stage| {
        sent_by(stage.foreign, stage, &stage.logout_of(MALLORY))
    };

    /// Its answer to our request.
    answer_signed_by_another_tenant: "GHSA-pcgw-qcv5-h8ch, and tenants who choose an entityID", LOGOUT, FOREIGN, not_live "nothing is signed by the trusted key" => |stage| {
        Ok(sent_by(stage.foreign, stage, &stage.logout_answer())?.answering())
    };

    /// The other tenant's request, with a genuine one of ours in its Extensions.
    foreign_request_around_a_genuine_one: WRAPPED, LOGOUT, FOREIGN => |stage| {
        let outer = forged(stage);
        let mut tree = Tree::parse(&stage.idp.signed_logout(&outer)?)?;
        let inner = tree.element(&genuine(stage)?.to_xml())?;
        tree.insert_after(tree.find("Issuer")?, inner)?;
        tree.wrap(inner, EXTENSIONS)?;
        if stage.shape == Shape::Query {
            let octets = query::unsigned(&[("SAMLRequest", &query::packed(tree.to_xml().as_bytes()))]);
            return Ok(Made::query(stage.foreign.sign_query(octets)?));
        }
        Ok(carried(stage, &stage.foreign.sign_element(&tree.to_xml(), &outer.id)?))
    };

    /// The key of several tenants, as Entra ID has it, and the name of another one.
    issuer_of_another_tenant: "core 2.2.5, profiles 4.4.4.1", LOGOUT, Outcome::Reject("issuer-mismatch") => |stage| {
        asked(stage, |logout| logout.issuer = Some("https://other-idp.example.com/metadata".to_owned()))
    };

    /// The name of the trusted one is the beginning of the issuer's.
    issuer_that_begins_with_the_trusted_one: "core 2.2.5, profiles 4.4.4.1", LOGOUT, Outcome::Reject("issuer-mismatch") => |stage| {
        asked(stage, |logout| logout.issuer = Some(format!("{}.evil.example", crate::stage::IDP)))
    };

    /// No Issuer at all.
    request_without_an_issuer: "profiles 4.4.4.1", LOGOUT, Outcome::Reject("issuer-missing") => |stage| asked(stage, |logout| logout.issuer = None);

    /// An answer without one.
    answer_without_an_issuer: "profiles 4.4.4.2", LOGOUT, Outcome::Reject("issuer-missing") => |stage| answered(stage, |answer| answer.issuer = None);

    // ---- for somebody else

    /// A genuine request to another service provider, handed on to us.
    request_to_another_service_provider: "bindings 3.4.5.2, 3.5.5.2", LOGOUT, Outcome::Reject("destination-mismatch") => |stage| {
        asked(stage, |logout| logout.destination = Some("https://other.example.com/slo".to_owned()))
    };

    /// The Destination begins with our logout URL.
    logout_url_that_begins_with_ours: "bindings 3.4.5.2, 3.5.5.2", LOGOUT, Outcome::Reject("destination-mismatch") => |stage| {
        asked(stage, |logout| logout.destination = Some(format!("{}/../../evil", if stage.shape == Shape::Soap { SLO_SOAP } else { SLO })))
    };

    /// Our assertion consumer service.
    destination_is_the_acs: "bindings 3.4.5.2, 3.5.5.2", LOGOUT, Outcome::Reject("destination-mismatch") => |stage| {
        asked(stage, |logout| logout.destination = Some(ACS.to_owned()))
    };

    /// The logout URL of another binding.
    destination_of_another_binding: "bindings 3.4.5.2, 3.5.5.2", LOGOUT, Outcome::Reject("destination-mismatch") => |stage| {
        asked(stage, |logout| logout.destination = Some((if stage.shape == Shape::Soap { SLO } else { SLO_SOAP }).to_owned()))
    };

    /// None, so that it would fit everywhere.
    request_without_a_destination: "bindings 3.4.5.2, 3.5.5.2", BY_BROWSER, Outcome::Reject("destination-missing") => |stage| asked(stage, |logout| logout.destination = None);

    /// An empty one.
    request_with_an_empty_destination: "bindings 3.4.5.2, 3.5.5.2", BY_BROWSER, Outcome::Reject("destination-missing") => |stage| {
        asked(stage, |logout| logout.destination = Some(String::new()))
    };

    /// An answer to another service provider.
    answer_to_another_service_provider: "bindings 3.4.5.2, 3.5.5.2", BY_BROWSER, Outcome::Reject("destination-mismatch") => |stage| {
        answered(stage, |answer| answer.destination = Some("https://other.example.com/slo".to_owned()))
    };

    // ---- at another time

    /// A request that has expired, kept until the user was back.
    expired_request: "core 3.7.1", LOGOUT, Outcome::Reject("logout-expired") => |stage| {
        asked(stage, |logout| logout.not_on_or_after = Some(now() - Duration::seconds(181)))
    };

    /// On the second at which it expires, with what is granted for clocks.
    request_at_its_end: "core 3.7.1", LOGOUT, Outcome::Reject("logout-expired") => |stage| {
        asked(stage, |logout| logout.not_on_or_after = Some(now() - Duration::seconds(180)))
    };

    /// A request of last year that says nothing about its end.
    old_request_without_an_end: "core 3.7.1", LOGOUT, Outcome::Reject("issued-too-long-ago") => |stage| {
        asked(stage, |logout| {
            logout.issue_instant -= Duration::days(365);
            logout.not_on_or_after = None;
        })
    };

    /// One that may be acted on for a century.
    old_request_without_end: "core 3.7.1", LOGOUT, Outcome::Reject("issued-too-long-ago") => |stage| {
        asked(stage, |logout| {
            logout.issue_instant -= Duration::days(1);
            logout.not_on_or_after = Some(now() + Duration::days(36_500));
        })
    };

    /// A request that will be issued tomorrow.
    request_of_tomorrow: "core 3.2.1", LOGOUT, Outcome::Reject("issued-in-future") => |stage| {
        asked(stage, |logout| logout.issue_instant += Duration::days(1))
    };

    /// An end that cannot be read is no end.
    end_that_is_no_time: "core 1.3.3", LOGOUT, Outcome::Reject("message-bad-time") => |stage| {
        written(stage, |tree| tree.set(tree.root(), "NotOnOrAfter", "never"))
    };

    // ---- an answer to something else

    /// An answer to another request, of another browser.
    answer_to_another_logout: "core 3.2.2", LOGOUT, Outcome::Reject("in-response-to-mismatch") => |stage| {
        answered(stage, |answer| answer.in_response_to = Some("_other".to_owned()))
    };

    /// An answer that says not to what.
    answer_to_nothing: "core 3.2.2", LOGOUT, Outcome::Reject("in-response-to-missing") => |stage| answered(stage, |answer| answer.in_response_to = None);

    /// An answer where nothing was asked.
    answer_that_nobody_waits_for: "core 3.2.2", LOGOUT, Outcome::Reject("pending-missing") => |stage| sent_by(stage.idp, stage, &stage.logout_answer());

    /// The identity provider ended nothing.
    answer_that_nothing_was_ended: "core 3.2.2.2", LOGOUT, Outcome::Reject("status-not-success") => |stage| {
        answered(stage, |answer| answer.status = vec!["urn:oasis:names:tc:SAML:2.0:status:Responder".to_owned()])
    };

    /// Success below a failure: who looks for the word anywhere finds it.
    logged_out_below_a_failure: "core 3.2.2.2", LOGOUT, Outcome::Reject("status-not-success") => |stage| {
        let codes = ["Responder", "Success"].map(|code| format!("urn:oasis:names:tc:SAML:2.0:status:{code}"));
        answered(stage, |answer| answer.status = codes.to_vec())
    };

    /// An answer without a Status.
    answer_without_a_status: "core 3.2.2", LOGOUT, Outcome::Reject("message-missing-part") => |stage| {
        let mut tree = unsigned(stage, stage.logout_answer())?;
        tree.remove(tree.find("Status")?)?;
        Ok(signed("SAMLResponse", stage, &tree)?.answering())
    };

    // ---- another kind of message

    /// A genuine answer to a login, at the logout URL.
    login_response_at_the_logout_url: "core 3.2", LOGOUT, UNEXPECTED => |stage| {
        let login = Stage::new(Shape::ResponseSigned).genuine()?.to_xml();
        Ok(match stage.shape {
            Shape::Query => query::signed(stage, &[("SAMLResponse", &query::packed(login.as_bytes()))])?,
            _ => carried_as("SAMLResponse", stage, &login),
        }.answering())
    };

    /// An assertion alone.
    assertion_at_the_logout_url: "core 3.2", LOGOUT, UNEXPECTED => |stage| {
        let mut login = Stage::new(Shape::AssertionSigned).genuine()?;
        let assertion = login.find("Assertion")?;
        login.declare_inherited(assertion)?;
        let assertion = login.xml_of(assertion);
        Ok(match stage.shape {
            Shape::Query => query::signed(stage, &[("SAMLRequest", &query::packed(assertion.as_bytes()))])?,
            _ => carried(stage, &assertion),
        })
    };

    /// A request in the field of an answer.
    request_in_the_field_of_an_answer: "bindings 3.4.4, 3.5.4", BY_BROWSER, UNEXPECTED => |stage| {
        Ok(signed("SAMLResponse", stage, &plain(stage)?)?.answering())
    };

    /// An answer in the field of a request.
    answer_in_the_field_of_a_request: "bindings 3.4.4, 3.5.4", BY_BROWSER, UNEXPECTED => |stage| {
        signed("SAMLRequest", stage, &unsigned(stage, stage.logout_answer())?)
    };

    /// A LogoutRequest of another namespace, found by whoever looks for local names.
    request_in_another_namespace: "CVE-2025-66567", LOGOUT, UNEXPECTED => |stage| {
        written(stage, |tree| {
            tree.set(tree.root(), "xmlns:other", "urn:example:other")?;
            tree.rename(tree.root(), "other:LogoutRequest")
        })
    };

    /// A request of SAML 1.1 by its version.
    request_of_another_version: "core 3.2.1", LOGOUT, Outcome::Reject("version-unsupported") => |stage| asked(stage, |logout| logout.version = "1.1".to_owned());

    // ---- about somebody, and somebody else

    /// Two names, signed: who reads the first or the last sees one.
    request_with_two_names: "core 3.7.1", LOGOUT, Outcome::Reject("message-repeated-part") => |stage| {
        written(stage, |tree| {
            let name = tree.find("NameID")?;
            let second = tree.copy(name);
            tree.set_text(second, MALLORY)?;
            tree.insert_after(name, second)
        })
    };

    /// A name and a ciphertext of another name.
    request_with_a_name_and_an_encrypted_one: "core 3.7.1", LOGOUT, Outcome::Reject("message-repeated-part") => |stage| {
        let mut other = Tree::parse(&stage.encryption(Encrypted::NameId).encrypt(&stage.idp.signed_logout(&forged(stage))?, "")?)?;
        let ciphertext = other.find("EncryptedID")?;
        other.declare_inherited(ciphertext)?;
        let made = written(stage, |tree| {
            let ciphertext = tree.element(&other.xml_of(ciphertext))?;
            tree.insert_after(tree.find("NameID")?, ciphertext)
        })?;
        Ok(made.with("/sp/decryption_keys", json!([stage.decryption()])))
    };

    /// No name, and a SessionIndex.
    request_without_a_name: "core 3.7.1", LOGOUT, Outcome::Reject("message-missing-part") => |stage| asked(stage, |logout| logout.name_id = None);

    /// The name in Extensions only.
    name_in_extensions_only: "core 3.7.1", LOGOUT, Outcome::Reject("message-missing-part") => |stage| {
        written(stage, |tree| tree.wrap(tree.find("NameID")?, EXTENSIONS).map(|_| ()))
    };

    /// More sessions than anybody has.
    thousands_of_sessions: "CWE-770", LOGOUT, Outcome::Reject("message-bad-value") => |stage| {
        asked(stage, |logout| logout.session_indexes = (0..2_000).map(|n| n.to_string()).collect())
    };

    /// A document type in a signed request: entities.
    request_with_a_doctype: "CWE-776", LOGOUT, Outcome::Reject("xml-doctype") => |stage| {
        let doctype = "<!DOCTYPE samlp:LogoutRequest [<!ENTITY a \"aaaa\">]>";
        Ok(match stage.shape {
            Shape::Query => {
                let xml = format!("{doctype}{}", plain(stage)?.to_xml());
                query::signed(stage, &[("SAMLRequest", &query::packed(xml.as_bytes()))])?
            }
            Shape::Form => carried(stage, &format!("{doctype}{}", genuine(stage)?.to_xml())),
            _ => Made::soap(format!("{doctype}{}", enveloped(&genuine(stage)?.to_xml()))),
        })
    };
}

const EXTENSIONS: &str = "<samlp:Extensions xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\"/>";

/// A forged request around this.
fn around(stage: &Stage, inner: &str) -> MadeHere {
    let mut tree = Tree::parse(&stage.idp.signed_logout(&forged(stage))?)?;
    let inner = tree.element(inner)?;
    tree.insert_after(tree.find("Issuer")?, inner)?;
    tree.wrap(inner, EXTENSIONS)?;
    Ok(carried(stage, &tree.to_xml()))
}
