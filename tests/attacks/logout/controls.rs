//! Logout messages that look odd and are right: the octets that came are what was signed.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::Duration;
use saml_sp::testing::Encrypted;
use serde_json::json;

use super::query::{ECDSA_SHA256, Query, as_decoded, escaped, lower, signed, unsigned};
use super::{FORM, QUERY, SOAP, answered, asked, carried, enveloped, genuine, now, written};
use crate::stage::{LOGOUT, LOGOUT_IN_XML, Stage};
use crate::vector::{Made, Outcome, vectors};

const NONE: &str = "";
const SUCCESS: &str = "urn:oasis:names:tc:SAML:2.0:status:Success";
const PARTIAL: &str = "urn:oasis:names:tc:SAML:2.0:status:PartialLogout";

/// A genuine query as `write` has it, which the identity provider did not sign anew.
fn rewritten(stage: &Stage, write: impl FnOnce(&Query) -> String) -> super::MadeHere {
    Ok(Made::query(write(&Query::of(stage)?)))
}

/// The identity provider signs these octets, and a framework decodes them.
fn decoded(stage: &Stage, octets: String) -> super::MadeHere {
    Ok(as_decoded(stage.idp.sign_query(octets)?, &[]))
}

/// r‖s as DER (RFC 3279 2.2.3).
fn der(signature: &[u8]) -> Vec<u8> {
    let integer = |number: &[u8]| {
        let mut number: Vec<u8> = number.iter().copied().skip_while(|byte| *byte == 0).collect();
        if number.first().is_none_or(|byte| *byte >= 0x80) {
            number.insert(0, 0);
        }
        [vec![2, u8::try_from(number.len()).unwrap()], number].concat()
    };
    let (r, s) = signature.split_at(signature.len() / 2);
    let inside = [integer(r), integer(s)].concat();
    [vec![0x30, u8::try_from(inside.len()).unwrap()], inside].concat()
}

vectors! { "controls";
    /// A request to log out, as products send it.
    logout_request: NONE, LOGOUT, Outcome::Says("/session_indexes/0", "_session") => |stage| asked(stage, |_| ());

    /// An answer to ours.
    logout_response: NONE, LOGOUT, Outcome::Answers("/status/0", SUCCESS) => |stage| answered(stage, |_| ());

    /// An answer that some sessions go on.
    logout_response_in_part: NONE, LOGOUT, Outcome::Answers("/status/1", PARTIAL) => |stage| {
        answered(stage, |answer| answer.status = vec![SUCCESS.to_owned(), PARTIAL.to_owned()])
    };

    /// PartialLogout on top, as some send it.
    logout_response_in_part_on_top: NONE, LOGOUT, Outcome::Answers("/status/0", PARTIAL) => |stage| answered(stage, |answer| answer.status = vec![PARTIAL.to_owned()]);

    /// A request while an answer is awaited: it is for another session.
    logout_request_while_ours_is_pending: NONE, LOGOUT, Outcome::Says("/kind", "request") => |stage| Ok(asked(stage, |_| ())?.answering());

    /// All sessions: no SessionIndex.
    logout_of_all_sessions: NONE, LOGOUT, Outcome::Alice => |stage| asked(stage, |logout| logout.session_indexes.clear());

    /// No end, and fresh.
    logout_request_without_an_end: NONE, LOGOUT, Outcome::Alice => |stage| asked(stage, |logout| logout.not_on_or_after = None);

    /// In the last second before its end, with what is granted for clocks.
    logout_request_just_before_its_end: NONE, LOGOUT, Outcome::Alice => |stage| {
        asked(stage, |logout| logout.not_on_or_after = Some(now() - Duration::seconds(179)))
    };

    /// The name encrypted to our key.
    logout_request_with_an_encrypted_name: NONE, LOGOUT, Outcome::Alice => |stage| {
        let made = asked(stage, |logout| logout.encryption = Some(stage.encryption(Encrypted::NameId)))?;
        Ok(made.with("/sp/decryption_keys", json!([stage.decryption()])))
    };

    /// Extensions, a Reason, and Consent.
    logout_request_with_everything: NONE, LOGOUT, Outcome::Alice => |stage| written(stage, |tree| {
        tree.set(tree.root(), "Reason", "urn:oasis:names:tc:SAML:2.0:logout:user")?;
        tree.set(tree.root(), "Consent", "urn:oasis:names:tc:SAML:2.0:consent:unspecified")?;
        let extensions = tree.element(super::EXTENSIONS)?;
        let asynchronous = tree.element("<aslo:Asynchronous xmlns:aslo=\"urn:oasis:names:tc:SAML:2.0:protocol:ext:async-slo\"/>")?;
        tree.append(extensions, asynchronous)?;
        tree.insert_after(tree.find("Issuer")?, extensions)
    });

    // ---- by Redirect

    /// Escapes in lower case, as AD FS and Entra ID write them.
    query_with_escapes_in_lower_case: NONE, QUERY, Outcome::Alice => |stage| {
        let query = Query::of(stage)?;
        let octets = format!("SAMLRequest={}&RelayState=a%2fb&SigAlg={}", lower(&query.message), lower(&query.sig_alg));
        Ok(Made::query(stage.idp.sign_query(octets)?))
    };

    /// Signed and sent with as few escapes as a browser lets through: a plus in base64 is a plus.
    query_with_hardly_any_escapes: NONE, QUERY, Outcome::Alice => |stage| {
        let message = Query::of(stage)?.message.replace("%2B", "+").replace("%2F", "/").replace("%3D", "=");
        Ok(Made::query(stage.idp.sign_query(format!("SAMLRequest={message}&SigAlg={}", ECDSA_SHA256.replace('#', "%23")))?))
    };

    /// A plus for a space in RelayState.
    relay_state_with_a_plus: NONE, QUERY, Outcome::Alice => |stage| signed(stage, &[("SAMLRequest", &Query::of(stage)?.message), ("RelayState", "a+b%2Bc")]);

    /// An escape for a space.
    relay_state_with_an_escaped_space: NONE, QUERY, Outcome::Alice => |stage| signed(stage, &[("SAMLRequest", &Query::of(stage)?.message), ("RelayState", "a%20b")]);

    /// Letters beyond ASCII, and what stands for something in a query.
    relay_state_with_everything: NONE, QUERY, Outcome::Alice => |stage| {
        signed(stage, &[("SAMLRequest", &Query::of(stage)?.message), ("RelayState", &escaped("é😀&SAMLRequest=x;#?%41"))])
    };

    /// An empty RelayState that was signed.
    empty_relay_state: NONE, QUERY, Outcome::Alice => |stage| signed(stage, &[("SAMLRequest", &Query::of(stage)?.message), ("RelayState", "")]);

    /// None at all.
    no_relay_state: NONE, QUERY, Outcome::Alice => |stage| Ok(Made::query(Query::stateless(stage)?.whole()));

    /// The parameters in another order than they were signed in.
    parameters_in_another_order: NONE, QUERY, Outcome::Alice => |stage| rewritten(stage, |query| {
        let Query { message, state, sig_alg, signature, .. } = query;
        format!("Signature={signature}&SigAlg={sig_alg}&RelayState={state}&SAMLRequest={message}")
    });

    /// Foreign parameters before, between and behind.
    foreign_parameters: NONE, QUERY, Outcome::Alice => |stage| rewritten(stage, |query| {
        format!("tenant=1&{}&utm_source=x&empty&=&&%ff=%zz", query.whole().replace("&SigAlg", "&x=y&SigAlg"))
    });

    /// Names that are nearly ours: another letter case, brackets, a space, a semicolon.
    names_that_are_nearly_ours: NONE, QUERY, Outcome::Alice => |stage| rewritten(stage, |query| {
        let forged = &query.forged;
        format!("samlrequest={forged}&SAMLRequest[]={forged}&%20SAMLRequest={forged}&x=y;SAMLRequest={forged}&{}&relaystate=x", query.whole())
    });

    /// The encoding by its name.
    encoding_by_its_name: NONE, QUERY, Outcome::Alice => |stage| rewritten(stage, |query| {
        format!("SAMLEncoding={}&{}", escaped("urn:oasis:names:tc:SAML:2.0:bindings:URL-Encoding:DEFLATE"), query.whole())
    });

    /// With the question mark in front.
    query_with_its_question_mark: NONE, QUERY, Outcome::Alice => |stage| rewritten(stage, |query| format!("?{}", query.whole()));

    /// The signature as DER, as outside XML many write it.
    query_signature_as_der: NONE, QUERY, Outcome::Alice => |stage| rewritten(stage, |query| {
        let fixed = STANDARD.decode(query.signature.replace("%2B", "+").replace("%2F", "/").replace("%3D", "=")).unwrap();
        query.whole().replace(&query.signature, &escaped(&STANDARD.encode(der(&fixed))))
    });

    /// Signed inside as well.
    query_around_a_signed_message: NONE, QUERY, Outcome::Alice => |stage| {
        let octets = unsigned(&[("SAMLRequest", &super::query::packed(genuine(stage)?.to_xml().as_bytes()))]);
        Ok(Made::query(stage.idp.sign_query(octets)?))
    };

    /// Stored in the stream, not compressed.
    message_that_is_only_stored: NONE, QUERY, Outcome::Alice => |stage| {
        let xml = super::plain(stage)?.to_xml().into_bytes();
        let length = u16::try_from(xml.len()).unwrap();
        let stored = [vec![1], length.to_le_bytes().to_vec(), (!length).to_le_bytes().to_vec(), xml].concat();
        signed(stage, &[("SAMLRequest", &escaped(&STANDARD.encode(stored)))])
    };

    // ---- where a framework gives away decoded parameters only

    /// Spelled as by AD FS and Entra ID: lower case, and a plus for a space.
    decoded_query_of_dot_net: NONE, QUERY, Outcome::Alice => |stage| {
        let query = Query::of(stage)?;
        decoded(stage, format!("SAMLRequest={}&RelayState=a+b%2fc(!)&SigAlg={}", lower(&query.message), lower(&query.sig_alg)))
    };

    /// Spelled as by PHP's rawurlencode.
    decoded_query_of_rfc_3986: NONE, QUERY, Outcome::Alice => |stage| {
        let query = Query::of(stage)?;
        decoded(stage, format!("SAMLRequest={}&RelayState=a%20b%2Fc%28%21%29~&SigAlg={}", query.message, query.sig_alg))
    };

    /// Spelled as by Java's URLEncoder.
    decoded_query_of_java: NONE, QUERY, Outcome::Alice => |stage| {
        let query = Query::of(stage)?;
        decoded(stage, format!("SAMLRequest={}&RelayState=a+b*%7E&SigAlg={}", query.message, query.sig_alg))
    };

    // ---- by POST and by SOAP

    /// The form value in lines.
    form_value_in_lines: NONE, FORM, Outcome::Alice => |stage| {
        let value = STANDARD.encode(genuine(stage)?.to_xml());
        let lines: Vec<&str> = value.as_bytes().chunks(76).map(|line| std::str::from_utf8(line).unwrap()).collect();
        Ok(Made::form([("SAMLRequest", lines.join("\r\n"))]))
    };

    /// A RelayState that nobody signed: by POST none is.
    form_with_any_relay_state: NONE, FORM, Outcome::Alice => |stage| {
        Ok(Made::form([("SAMLRequest", STANDARD.encode(genuine(stage)?.to_xml())), ("RelayState", "https://evil.example".to_owned())]))
    };

    /// An XML declaration, comments and white space around it.
    form_with_something_around_the_request: NONE, FORM, Outcome::Alice => |stage| {
        Ok(carried(stage, &format!("<?xml version=\"1.0\"?>\n<!-- a -->\n{}\n", genuine(stage)?.to_xml())))
    };

    /// A request by SOAP that names no Destination: it arrives where it was sent.
    soap_request_without_a_destination: NONE, SOAP, Outcome::Alice => |stage| asked(stage, |logout| logout.destination = None);

    /// An answer on our own connection, to nowhere.
    soap_answer_without_a_destination: NONE, SOAP, Outcome::Answers("/kind", "response") => |stage| answered(stage, |answer| answer.destination = None);

    /// White space, comments and a Header in the envelope.
    soap_with_a_header: NONE, SOAP, Outcome::Alice => |stage| {
        let body = format!("\n<soap:Header>\n<x:y xmlns:x=\"urn:example\" soap:mustUnderstand=\"0\"/></soap:Header>\n<soap:Body>\n<!-- a -->{}\n</soap:Body>\n", genuine(stage)?.to_xml());
        Ok(Made::soap(format!("<?xml version=\"1.0\" encoding=\"utf-8\"?><soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\">{body}</soap:Envelope>")))
    };

    /// Other prefixes in the envelope, and a default namespace.
    soap_in_a_default_namespace: NONE, SOAP, Outcome::Alice => |stage| {
        Ok(Made::soap(enveloped(&genuine(stage)?.to_xml()).replace("soap:", "").replace("xmlns:soap", "xmlns").replace(":soap=", "=")))
    };

    /// A comment in the name: it is not part of it.
    comment_in_the_name_to_log_out: NONE, LOGOUT_IN_XML, Outcome::Name("alice@example.com.evil.example") => |stage| {
        written(stage, |tree| tree.set_raw(tree.find("NameID")?, "alice@example.com<!---->.evil.example"))
    };
}
