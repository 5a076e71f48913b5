//! The query of the Redirect binding: what is signed are its octets, and what is read must be the same ones.

use std::io::Write as _;

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};
use saml_sp::testing::{TestIdp, TestIdpError};
use saml_sp::{Clock, DigestAlgorithm, SignatureAlgorithm};
use serde_json::json;

use super::{MISMATCH, MISSING, MadeHere, QUERY, forged, genuine, now, plain};
use crate::naive::public_key_pem;
use crate::stage::{IDP, Stage};
use crate::vector::{Made, Outcome, vectors};

pub(super) const ECDSA_SHA256: &str = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256";

const MANIPULATED: &str = "CVE-2025-31335";
const REPEATED: Outcome = Outcome::Reject("query-repeated");
const DISGUISED: Outcome = Outcome::Reject("query-disguised");
const TWO: Outcome = Outcome::Reject("two-messages");
const UNKNOWN: Outcome = Outcome::Reject("algorithm-unknown");

/// Percent-encoded, in capitals.
pub(super) fn escaped(value: &str) -> String {
    url::form_urlencoded::byte_serialize(value.as_bytes()).collect()
}

/// A message as it stands in a query: compressed, base64, percent-encoded.
pub(super) fn packed(xml: &[u8]) -> String {
    escaped(&STANDARD.encode(deflated(xml)))
}

fn deflated(bytes: &[u8]) -> Vec<u8> {
    let mut deflate = DeflateEncoder::new(Vec::new(), Compression::best());
    deflate.write_all(bytes).unwrap();
    deflate.finish().unwrap()
}

/// Parameters in this order, and SigAlg behind them.
pub(super) fn unsigned(parameters: &[(&str, &str)]) -> String {
    let pairs: Vec<String> = parameters.iter().map(|(name, value)| format!("{name}={value}")).collect();
    format!("{}&SigAlg={}", pairs.join("&"), escaped(ECDSA_SHA256))
}

/// The identity provider signs these parameters, as they are and in this order.
pub(super) fn signed(stage: &Stage, parameters: &[(&str, &str)]) -> MadeHere {
    Ok(Made::query(stage.idp.sign_query(unsigned(parameters))?))
}

/// The identity provider signs this as a SAMLRequest, after base64.
fn signed_octets(stage: &Stage, octets: &[u8]) -> MadeHere {
    signed(stage, &[("SAMLRequest", &escaped(&STANDARD.encode(octets)))])
}

/// A genuine query, part by part.
pub(super) struct Query {
    pub(super) message: String,
    pub(super) state: String,
    pub(super) sig_alg: String,
    pub(super) signature: String,
    /// The message that the attacker would like to be believed.
    pub(super) forged: String,
}

impl Query {
    pub(super) fn of(stage: &Stage) -> Result<Self, TestIdpError> {
        Self::from(stage, &stage.idp.logout_query(&stage.logout())?)
    }

    /// Without a RelayState.
    pub(super) fn stateless(stage: &Stage) -> Result<Self, TestIdpError> {
        let mut logout = stage.logout();
        logout.relay_state = None;
        Self::from(stage, &stage.idp.logout_query(&logout)?)
    }

    fn from(stage: &Stage, query: &str) -> Result<Self, TestIdpError> {
        let part = |name: &str| {
            let value = query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
            value.unwrap_or_default().to_owned()
        };
        let forged = packed(stage.idp.signed_logout(&forged(stage))?.as_bytes());
        Ok(Self {
            message: part("SAMLRequest"),
            state: part("RelayState"),
            sig_alg: part("SigAlg"),
            signature: part("Signature"),
            forged,
        })
    }

    /// As it was signed.
    pub(super) fn whole(&self) -> String {
        let Self { message, state, sig_alg, signature, .. } = self;
        let state = if state.is_empty() { String::new() } else { format!("&RelayState={state}") };
        format!("SAMLRequest={message}{state}&SigAlg={sig_alg}&Signature={signature}")
    }
}

/// A genuine query, altered.
fn altered(stage: &Stage, alter: impl FnOnce(&mut Query)) -> MadeHere {
    let mut query = Query::of(stage)?;
    alter(&mut query);
    Ok(Made::query(query.whole()))
}

/// A genuine query with something before and behind it.
fn between(stage: &Stage, before: impl FnOnce(&Query) -> String, behind: impl FnOnce(&Query) -> String) -> MadeHere {
    let query = Query::of(stage)?;
    Ok(Made::query([before(&query), query.whole(), behind(&query)].concat()))
}

fn before(stage: &Stage, what: impl FnOnce(&Query) -> String) -> MadeHere {
    between(stage, |query| what(query) + "&", |_| String::new())
}

fn behind(stage: &Stage, what: impl FnOnce(&Query) -> String) -> MadeHere {
    between(stage, |_| String::new(), |query| format!("&{}", what(query)))
}

pub(super) fn lower(value: &str) -> String {
    let mut escapes = value.split('%');
    let first = escapes.next().unwrap_or_default().to_owned();
    escapes.fold(first, |text, rest| format!("{text}%{}{}", rest[..2].to_ascii_lowercase(), &rest[2..]))
}

/// A query whose parameters, and these, a framework has decoded.
pub(super) fn as_decoded(query: String, more: &[(&str, &str)]) -> Made {
    let pairs: Vec<(String, String)> = url::form_urlencoded::parse(query.as_bytes())
        .into_owned()
        .chain(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
        .collect();
    let message = json!({"decoded_query": pairs});
    Made::query(query).with("/message", message)
}

/// An RSA key of the identity provider that signs by this.
fn by_rsa(algorithm: SignatureAlgorithm) -> Result<TestIdp, TestIdpError> {
    Ok(TestIdp::new(IDP)?.clock(Clock::Fixed(now())).algorithms(algorithm, DigestAlgorithm::Sha256))
}

/// A bomb of this many bytes: spaces behind the request.
fn bomb(stage: &Stage, bytes: usize) -> Result<Vec<u8>, TestIdpError> {
    let mut xml = plain(stage)?.to_xml().into_bytes();
    xml.resize(bytes, b' ');
    Ok(deflated(&xml))
}

vectors! { "logout";
    // ---- parameters that stand twice

    /// A forged request behind the signed query: the last one counts for many.
    second_request_behind_the_signature: MANIPULATED, QUERY, REPEATED => |stage| behind(stage, |query| format!("SAMLRequest={}", query.forged));

    /// In front of it: the first one counts for others.
    second_request_in_front: MANIPULATED, QUERY, REPEATED => |stage| before(stage, |query| format!("SAMLRequest={}", query.forged));

    /// The same request twice.
    the_same_request_twice: MANIPULATED, QUERY, REPEATED => |stage| behind(stage, |query| format!("SAMLRequest={}", query.message));

    /// A second one without a value.
    second_request_without_a_value: MANIPULATED, QUERY, REPEATED => |stage| behind(stage, |_| "SAMLRequest".to_owned());

    /// A second RelayState behind the signature.
    second_relay_state_behind: MANIPULATED, QUERY, REPEATED => |stage| behind(stage, |_| "RelayState=https%3A%2F%2Fevil.example".to_owned());

    /// A second RelayState in front.
    second_relay_state_in_front: MANIPULATED, QUERY, REPEATED => |stage| before(stage, |_| "RelayState=https%3A%2F%2Fevil.example".to_owned());

    /// A second SigAlg, which may choose how the first signature is looked at.
    second_sig_alg_behind: MANIPULATED, QUERY, REPEATED => |stage| behind(stage, |_| "SigAlg=none".to_owned());

    /// In front.
    second_sig_alg_in_front: MANIPULATED, QUERY, REPEATED => |stage| before(stage, |_| "SigAlg=none".to_owned());

    /// A second Signature.
    second_signature_behind: MANIPULATED, QUERY, REPEATED => |stage| behind(stage, |_| "Signature=AAAA".to_owned());

    /// In front.
    second_signature_in_front: MANIPULATED, QUERY, REPEATED => |stage| before(stage, |_| "Signature=AAAA".to_owned());

    /// An empty Signature behind the good one.
    second_signature_that_is_empty: MANIPULATED, QUERY, REPEATED => |stage| behind(stage, |_| "Signature=".to_owned());

    /// A whole unsigned query behind a whole signed one.
    a_query_behind_a_query: MANIPULATED, QUERY, REPEATED => |stage| {
        behind(stage, |query| format!("SAMLRequest={}&SigAlg={}&Signature={}", query.forged, query.sig_alg, query.signature))
    };

    // ---- two messages

    /// An answer beside the signed request: what is verified is one, what is read may be the other.
    answer_beside_the_request: MANIPULATED, QUERY, TWO => |stage| behind(stage, |query| format!("SAMLResponse={}", query.forged));

    /// In front of it.
    answer_in_front_of_the_request: MANIPULATED, QUERY, TWO => |stage| before(stage, |query| format!("SAMLResponse={}", query.forged));

    /// An empty one: not there, or there?
    empty_answer_beside_the_request: MANIPULATED, QUERY, TWO => |stage| behind(stage, |_| "SAMLResponse=".to_owned());

    /// The signed request as an answer, by its name alone.
    request_renamed_to_an_answer: MANIPULATED, QUERY, MISMATCH => |stage| {
        Ok(Made::query(Query::of(stage)?.whole().replacen("SAMLRequest=", "SAMLResponse=", 1)).answering())
    };

    // ---- parameters under another name

    /// A name that only decodes to the right one, and is a second SAMLRequest behind a proxy that decodes.
    request_under_an_escaped_name: MANIPULATED, QUERY, DISGUISED => |stage| behind(stage, |query| format!("%53AMLRequest={}", query.forged));

    /// In the middle of the name.
    request_under_a_partly_escaped_name: MANIPULATED, QUERY, DISGUISED => |stage| before(stage, |query| format!("SAMLRequ%65st={}", query.forged));

    /// A RelayState likewise, where the signed query has none.
    relay_state_under_an_escaped_name: MANIPULATED, QUERY, DISGUISED => |stage| {
        Ok(Made::query(Query::stateless(stage)?.whole() + "&Relay%53tate=evil"))
    };

    /// The signature under an escaped name.
    signature_under_an_escaped_name: MANIPULATED, QUERY, DISGUISED => |stage| {
        Ok(Made::query(Query::of(stage)?.whole().replacen("&Signature=", "&%53ignature=", 1)))
    };

    // ---- written anew, so that it decodes to the same

    /// Escapes in lower case, where capitals were signed.
    escapes_in_lower_case_after_signing: MANIPULATED, QUERY, MISMATCH => |stage| {
        altered(stage, |query| query.sig_alg = lower(&query.sig_alg))
    };

    /// Everything in lower-case escapes.
    all_escapes_in_lower_case_after_signing: MANIPULATED, QUERY, MISMATCH => |stage| altered(stage, |query| {
        (query.sig_alg, query.message) = (lower(&query.sig_alg), lower(&query.message));
    });

    /// Escapes undone: a slash and a colon need none.
    escapes_undone_after_signing: MANIPULATED, QUERY, MISMATCH => |stage| {
        altered(stage, |query| query.sig_alg = query.sig_alg.replace("%3A", ":").replace("%2F", "/"))
    };

    /// A letter escaped that needs it not.
    letter_escaped_after_signing: MANIPULATED, QUERY, MISMATCH => |stage| altered(stage, |query| query.state = "%73tate".to_owned());

    /// The message with a letter escaped.
    message_escaped_after_signing: MANIPULATED, QUERY, MISMATCH => |stage| {
        altered(stage, |query| query.message = format!("%{:02X}{}", query.message.as_bytes()[0], &query.message[1..]))
    };

    /// A space that was signed as a plus, as an escape.
    plus_becomes_an_escape: MANIPULATED, QUERY, MISMATCH => |stage| {
        let message = Query::of(stage)?.message;
        let made = stage.idp.sign_query(unsigned(&[("SAMLRequest", &message), ("RelayState", "a+b")]))?;
        Ok(Made::query(made.replace("RelayState=a+b", "RelayState=a%20b")))
    };

    /// And the reverse.
    escape_becomes_a_plus: MANIPULATED, QUERY, MISMATCH => |stage| {
        let message = Query::of(stage)?.message;
        let made = stage.idp.sign_query(unsigned(&[("SAMLRequest", &message), ("RelayState", "a%20b")]))?;
        Ok(Made::query(made.replace("RelayState=a%20b", "RelayState=a+b")))
    };

    /// Signed over values that were not escaped, as some products sign.
    signed_over_decoded_values: MANIPULATED, QUERY, MISMATCH, not_live "signed over what never travels" => |stage| {
        let message = STANDARD.encode(deflated(plain(stage)?.to_xml().as_bytes()));
        let made = stage.idp.sign_query(format!("SAMLRequest={message}&SigAlg={ECDSA_SHA256}"))?;
        let signature = made.rsplit_once("&Signature=").unwrap().1.to_owned();
        Ok(Made::query(format!("{}&Signature={signature}", unsigned(&[("SAMLRequest", &escaped(&message))]))))
    };

    /// Signed in the order in which it travels, which is not that of the standard.
    signed_in_another_order: "bindings 3.4.4.1", QUERY, MISMATCH => |stage| {
        let message = Query::of(stage)?.message;
        Ok(Made::query(stage.idp.sign_query(format!("RelayState=state&SAMLRequest={message}&SigAlg={}", escaped(ECDSA_SHA256)))?))
    };

    /// A foreign parameter under the signature, in front.
    foreign_parameter_under_the_signature: "bindings 3.4.4.1", QUERY, MISMATCH => |stage| {
        let message = Query::of(stage)?.message;
        Ok(Made::query(stage.idp.sign_query(format!("tenant=1&SAMLRequest={message}&SigAlg={}", escaped(ECDSA_SHA256)))?))
    };

    // ---- without an algorithm, without a signature

    /// No SigAlg: who falls back to one of his own verifies what was signed.
    sig_alg_taken_away: MANIPULATED, QUERY, MISSING => |stage| {
        let query = Query::of(stage)?;
        Ok(Made::query(query.whole().replace(&format!("&SigAlg={}", query.sig_alg), "")))
    };

    /// An empty SigAlg.
    sig_alg_emptied: MANIPULATED, QUERY, MISSING => |stage| altered(stage, |query| query.sig_alg.clear());

    /// SigAlg without a value.
    sig_alg_without_a_value: MANIPULATED, QUERY, MISSING => |stage| {
        let query = Query::of(stage)?;
        Ok(Made::query(query.whole().replace(&format!("&SigAlg={}", query.sig_alg), "&SigAlg")))
    };

    /// No Signature, and all the rest.
    signature_taken_away: MANIPULATED, QUERY, MISSING, not_live "the signature is gone" => |stage| {
        let query = Query::of(stage)?;
        Ok(Made::query(format!("SAMLRequest={}&SigAlg={}", query.forged, query.sig_alg)))
    };

    /// An empty Signature.
    signature_emptied: MANIPULATED, QUERY, MISSING, not_live "the signature is gone" => |stage| altered(stage, |query| {
        (query.message, query.signature) = (query.forged.clone(), String::new());
    });

    /// Signature without a value.
    signature_without_a_value: MANIPULATED, QUERY, MISSING, not_live "the signature is gone" => |stage| {
        let query = Query::of(stage)?;
        Ok(Made::query(format!("SAMLRequest={}&SigAlg={}&Signature", query.forged, query.sig_alg)))
    };

    /// Neither SigAlg nor Signature.
    sig_alg_and_signature_taken_away: MANIPULATED, QUERY, MISSING, not_live "the signature is gone" => |stage| {
        Ok(Made::query(format!("SAMLRequest={}&RelayState=state", Query::of(stage)?.forged)))
    };

    /// A signature that decodes to nothing.
    signature_of_no_bytes: MANIPULATED, QUERY, Outcome::Reject("signature-base64"), not_live "the signature is gone" => |stage| {
        altered(stage, |query| "====".clone_into(&mut query.signature))
    };

    /// Zeros, which are a signature to whoever forgets to look.
    signature_of_zeros: "CVE-2022-21449", QUERY, MISMATCH, not_live "zeros are no signature" => |stage| altered(stage, |query| {
        (query.message, query.signature) = (query.forged.clone(), escaped(&STANDARD.encode([0; 64])));
    });

    /// The signature of a genuine query at a forged one.
    signature_of_another_query: MANIPULATED, QUERY, MISMATCH, not_live "what it signed is not in the query" => |stage| {
        altered(stage, |query| query.message = query.forged.clone())
    };

    // ---- another algorithm

    /// No algorithm by its name.
    sig_alg_none: MANIPULATED, QUERY, UNKNOWN => |stage| altered(stage, |query| "none".clone_into(&mut query.sig_alg));

    /// An HMAC whose key is the public key of the identity provider.
    query_hmac_with_the_public_key: "HMAC confusion; CVE-2009-0217", QUERY, UNKNOWN => |stage| {
        let forged = Query::of(stage)?.forged;
        let octets = format!("SAMLRequest={forged}&SigAlg={}", escaped("http://www.w3.org/2001/04/xmldsig-more#hmac-sha256"));
        let key = hmac::Key::new(hmac::HMAC_SHA256, public_key_pem(stage.trusted().spki()).as_bytes());
        let tag = hmac::sign(&key, octets.as_bytes());
        Ok(Made::query(format!("{octets}&Signature={}", escaped(&STANDARD.encode(tag)))))
    };

    /// The digest of another algorithm by name.
    sig_alg_of_another_digest: MANIPULATED, QUERY, MISMATCH => |stage| altered(stage, |query| {
        query.sig_alg = query.sig_alg.replace("sha256", "sha512");
    });

    /// Letters in another case: URIs are compared character by character.
    sig_alg_in_capitals: MANIPULATED, QUERY, UNKNOWN => |stage| altered(stage, |query| {
        query.sig_alg = query.sig_alg.replace("ecdsa-sha256", "ECDSA-SHA256");
    });

    /// A space behind it.
    sig_alg_with_a_space: MANIPULATED, QUERY, UNKNOWN => |stage| altered(stage, |query| query.sig_alg += "%20");

    /// Encoded twice.
    sig_alg_encoded_twice: MANIPULATED, QUERY, UNKNOWN => |stage| altered(stage, |query| query.sig_alg = query.sig_alg.replace('%', "%25"));

    /// Signed by RSA with SHA-1, which the identity provider still may do.
    query_signed_with_sha1: "RFC 6194", QUERY, Outcome::Reject("sha1-refused") => |stage| {
        let idp = by_rsa(SignatureAlgorithm::RsaSha1)?;
        Ok(Made::query(idp.logout_query(&stage.logout())?).trusting(&idp))
    };

    // ---- the RelayState

    /// Added to a signed query that has none.
    relay_state_added: MANIPULATED, QUERY, MISMATCH => |stage| {
        Ok(Made::query(Query::stateless(stage)?.whole() + "&RelayState=https%3A%2F%2Fevil.example"))
    };

    /// Added, and empty: not there to some.
    empty_relay_state_added: MANIPULATED, QUERY, MISMATCH => |stage| Ok(Made::query(Query::stateless(stage)?.whole() + "&RelayState="));

    /// Added without a value.
    relay_state_without_a_value_added: MANIPULATED, QUERY, MISMATCH => |stage| Ok(Made::query(Query::stateless(stage)?.whole() + "&RelayState"));

    /// Changed.
    relay_state_changed: MANIPULATED, QUERY, MISMATCH, not_live "the signature covers the state" => |stage| altered(stage, |query| "other".clone_into(&mut query.state));

    /// Taken away.
    relay_state_taken_away: MANIPULATED, QUERY, MISMATCH, not_live "the signature covers the state" => |stage| altered(stage, |query| query.state.clear());

    /// Taken away where an empty one was signed.
    empty_relay_state_taken_away: MANIPULATED, QUERY, MISMATCH => |stage| {
        let message = Query::of(stage)?.message;
        let made = stage.idp.sign_query(unsigned(&[("SAMLRequest", &message), ("RelayState", "")]))?;
        Ok(Made::query(made.replacen("&RelayState=", "", 1)))
    };

    /// Bytes that are no UTF-8: they could not be given back.
    relay_state_that_is_no_text: "bindings 3.4.3", QUERY, Outcome::Reject("relay-state-not-utf8") => |stage| {
        signed(stage, &[("SAMLRequest", &Query::of(stage)?.message), ("RelayState", "%FF%FE")])
    };

    // ---- the stream

    /// A forged request as a second stream behind the signed one's end: who reads to the end of the bytes reads it.
    second_stream_behind_the_end: "RFC 1951, bindings 3.4.4.1", QUERY, Outcome::Reject("inflate-trailing-bytes") => |stage| {
        let forged = deflated(stage.idp.signed_logout(&forged(stage))?.as_bytes());
        signed_octets(stage, &[deflated(plain(stage)?.to_xml().as_bytes()), forged].concat())
    };

    /// One byte behind the end.
    byte_behind_the_end: "RFC 1951, bindings 3.4.4.1", QUERY, Outcome::Reject("inflate-trailing-bytes") => |stage| {
        signed_octets(stage, &[deflated(plain(stage)?.to_xml().as_bytes()), vec![0]].concat())
    };

    /// A stream that is cut off, of which some take what came out.
    stream_cut_off: "RFC 1951", QUERY, Outcome::Reject("inflate-truncated") => |stage| {
        let mut octets = deflated(plain(stage)?.to_xml().as_bytes());
        octets.truncate(octets.len() - 3);
        signed_octets(stage, &octets)
    };

    /// With the header of zlib, which some take too.
    stream_with_a_zlib_header: "RFC 1950", QUERY, Outcome::Reject("inflate-invalid") => |stage| {
        let mut zlib = ZlibEncoder::new(Vec::new(), Compression::best());
        zlib.write_all(plain(stage)?.to_xml().as_bytes()).unwrap();
        signed_octets(stage, &zlib.finish().unwrap())
    };

    /// As gzip.
    stream_as_gzip: "RFC 1952", QUERY, Outcome::Reject("inflate-invalid") => |stage| {
        let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
        gzip.write_all(plain(stage)?.to_xml().as_bytes()).unwrap();
        signed_octets(stage, &gzip.finish().unwrap())
    };

    /// Not compressed at all, as by POST.
    message_that_is_not_compressed: "bindings 3.4.4.1", QUERY, Outcome::Reject("inflate-invalid") => |stage| signed_octets(stage, plain(stage)?.to_xml().as_bytes());

    /// No message in the signed parameter.
    empty_message_that_is_signed: "bindings 3.4.4.1", QUERY, Outcome::Reject("message-empty") => |stage| signed(stage, &[("SAMLRequest", "")]);

    /// Eight megabytes in eight thousand.
    deflate_bomb: "CWE-409", QUERY, Outcome::Reject("message-too-large") => |stage| signed_octets(stage, &bomb(stage, 8 * 1024 * 1024)?);

    /// A bomb in a bomb: the stream is compressed twice.
    deflate_bomb_in_a_bomb: "CWE-409", QUERY, Outcome::Reject("xml-not-utf8") => |stage| signed_octets(stage, &deflated(&bomb(stage, 64 * 1024 * 1024)?));

    /// A bomb that nobody signed: it is not even inflated.
    deflate_bomb_unsigned: "CWE-409", QUERY, MISSING, not_live "nobody signed anything" => |stage| {
        Ok(Made::query(format!("SAMLRequest={}", escaped(&STANDARD.encode(bomb(stage, 8 * 1024 * 1024)?)))))
    };

    /// A bomb with a signature of somebody else.
    deflate_bomb_of_somebody_else: "CWE-409", QUERY, MISMATCH, not_live "nothing is signed by the trusted key" => |stage| {
        let octets = unsigned(&[("SAMLRequest", &escaped(&STANDARD.encode(bomb(stage, 8 * 1024 * 1024)?)))]);
        Ok(Made::query(stage.foreign.sign_query(octets)?))
    };

    /// Another encoding by name.
    another_encoding_by_name: "bindings 3.4.4", QUERY, Outcome::Reject("query-encoding") => |stage| behind(stage, |_| "SAMLEncoding=urn%3Aexample%3Agzip".to_owned());

    /// The right one and another.
    two_encodings: "bindings 3.4.4", QUERY, REPEATED => |stage| {
        let deflate = escaped("urn:oasis:names:tc:SAML:2.0:bindings:URL-Encoding:DEFLATE");
        behind(stage, |_| format!("SAMLEncoding={deflate}&SAMLEncoding=urn%3Aexample"))
    };

    // ---- where a framework gives away decoded parameters only

    /// A name that holds a whole second request once it is decoded.
    decoded_name_that_holds_a_request: MANIPULATED, QUERY, REPEATED => |stage| {
        let query = Query::of(stage)?;
        Ok(as_decoded(query.whole(), &[(&format!("x&SAMLRequest={}", query.forged), "")]))
    };

    /// A second RelayState among the decoded ones.
    second_relay_state_among_decoded_parameters: MANIPULATED, QUERY, REPEATED => |stage| {
        Ok(as_decoded(Query::of(stage)?.whole(), &[("RelayState", "https://evil.example")]))
    };

    /// A RelayState added to decoded parameters, of which any spelling would do.
    relay_state_added_to_decoded_parameters: MANIPULATED, QUERY, MISMATCH => |stage| {
        Ok(as_decoded(Query::stateless(stage)?.whole(), &[("RelayState", "https://evil.example")]))
    };

    // ---- both kinds of signature

    /// The query is signed; in the message a Signature over something else.
    broken_signature_inside_a_signed_query: "bindings 3.4.4.1", QUERY, Outcome::Reject("digest-mismatch") => |stage| {
        let mut tree = genuine(stage)?;
        tree.set(tree.root(), "Reason", "urn:example:altered")?;
        signed(stage, &[("SAMLRequest", &packed(tree.to_xml().as_bytes()))])
    };

    /// A genuine message signed inside, and the query signed by somebody else.
    foreign_query_around_a_signed_message: "bindings 3.4.4.1", QUERY, MISMATCH => |stage| {
        let octets = unsigned(&[("SAMLRequest", &packed(genuine(stage)?.to_xml().as_bytes()))]);
        Ok(Made::query(stage.foreign.sign_query(octets)?))
    };
}
