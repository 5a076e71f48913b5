//! What careless software makes of the query of the Redirect binding: parameters decoded, then written anew in whichever way is at
//! hand, the first or the last of a name, defaults for what is missing; then "a signature" verifies, and some message is
//! read.
//!
//! Each carelessness was in a product (CVE-2025-31335, and what is told of re-encoded queries in `manual::logout`).

use aws_lc_rs::hmac;
use flate2::{Decompress, FlushDecompress};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use saml_sp::VerifyingKey;

use super::{Dom, Seen, is_signed, public_key_pem};
use crate::vector::base64;

/// What is inflated of a message, in bytes: a careless product has no such bound.
const ENOUGH: usize = 2 * 1024 * 1024;
/// For a query that names none: what the stage's key signs by.
const DEFAULT_ALGORITHM: &str = "http%3A%2F%2Fwww.w3.org%2F2001%2F04%2Fxmldsig-more%23ecdsa-sha256";

const UNESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// Looks at a query as it came.
pub(crate) fn look_at(query: &str, trusted: &VerifyingKey, decryption: &str) -> Seen {
    let query = query.trim_start_matches('?');
    let messages = messages(query);
    let detached = signed_as_it_came(query, trusted) || signed_anew(query, &messages, trusted);
    messages
        .iter()
        .map(|value| {
            let text = String::from_utf8_lossy(&inflated(&base64(&decoded(value)))).into_owned();
            let opened = Dom::read(&text).opened(decryption);
            let live = detached || Dom::read(&text).verifies(trusted);
            Seen { live, identity: opened.identity().filter(|_| live) }
        })
        .fold(Seen { live: detached, identity: None }, Seen::or)
}

/// All values of a parameter as they came; its name decoded, without the white space and brackets that some drop.
fn values<'q>(query: &'q str, name: &str) -> Vec<&'q str> {
    let pairs = query.split(['&', ';']).map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    let is = |found: &str| decoded(found).trim().trim_end_matches("[]").eq_ignore_ascii_case(name);
    pairs.filter(|(found, _)| is(found)).map(|(_, value)| value).collect()
}

fn messages(query: &str) -> Vec<&str> {
    [values(query, "SAMLRequest"), values(query, "SAMLResponse")].concat()
}

/// Everything that stands before the signature, in whatever order.
fn signed_as_it_came(query: &str, trusted: &VerifyingKey) -> bool {
    let Some((octets, _)) = query.rsplit_once("&Signature=") else { return false };
    let algorithms = values(query, "SigAlg");
    let signatures = values(query, "Signature");
    signatures.iter().any(|value| algorithms.iter().any(|algorithm| holds(octets, algorithm, value, trusted)))
}

fn signed_anew(query: &str, messages: &[&str], trusted: &VerifyingKey) -> bool {
    // Where there is none, and where there is an empty one, either may be made of the other.
    let states = [None, Some("")].into_iter().chain(values(query, "RelayState").into_iter().map(Some));
    let states: Vec<Option<&str>> = states.collect();
    let algorithms = [values(query, "SigAlg"), vec![DEFAULT_ALGORITHM]].concat();
    let signatures = values(query, "Signature");
    let ways = WAYS.iter().flat_map(|way| messages.iter().map(move |message| (way, message)));
    ways.flat_map(|(way, message)| states.iter().map(move |state| (way, message, state)))
        .flat_map(|(way, message, state)| algorithms.iter().map(move |algorithm| (way, message, state, algorithm)))
        .any(|(way, message, state, algorithm)| {
            let state = state.map(|state| format!("&RelayState={}", way(state))).unwrap_or_default();
            ["SAMLRequest", "SAMLResponse"].iter().any(|name| {
                let octets = format!("{name}={}{state}&SigAlg={}", way(message), way(algorithm));
                signatures.iter().any(|value| holds(&octets, algorithm, value, trusted))
            })
        })
}

fn holds(octets: &str, algorithm: &str, signature: &str, trusted: &VerifyingKey) -> bool {
    let (algorithm, value) = (decoded(algorithm).trim().to_owned(), base64(&decoded(signature)));
    if algorithm.ends_with("#hmac-sha256") {
        // "The key" is the public one.
        let keys = [trusted.spki().to_vec(), public_key_pem(trusted.spki()).into_bytes()];
        return keys
            .iter()
            .any(|key| hmac::verify(&hmac::Key::new(hmac::HMAC_SHA256, key), octets.as_bytes(), &value).is_ok());
    }
    is_signed(&algorithm, octets.as_bytes(), &value, trusted)
}

/// How a value is written once more.
const WAYS: [fn(&str) -> String; 5] = [
    |value| value.to_owned(),
    |value| url::form_urlencoded::byte_serialize(spaced(value).as_bytes()).collect(),
    // Base64 has no spaces: a plus was one.
    |value| utf8_percent_encode(&decoded(value), UNESCAPED).to_string(),
    |value| utf8_percent_encode(&spaced(value), UNESCAPED).to_string(),
    |value| {
        let upper = utf8_percent_encode(&decoded(value), UNESCAPED).to_string();
        let mut escapes = upper.split('%');
        let first = escapes.next().unwrap_or_default().to_owned();
        escapes.fold(first, |text, rest| format!("{text}%{}{}", rest[..2].to_ascii_lowercase(), &rest[2..]))
    },
];

fn decoded(value: &str) -> String {
    percent_decode_str(value).decode_utf8_lossy().into_owned()
}

fn spaced(value: &str) -> String {
    decoded(&value.replace('+', " "))
}

/// As much as comes out, with a header or without, and what comes out of that which stands behind the end.
fn inflated(bytes: &[u8]) -> Vec<u8> {
    let [raw, zlib] = [false, true].map(|header| {
        let mut inflate = Decompress::new(header);
        let mut out = Vec::with_capacity(ENOUGH);
        let _ = inflate.decompress_vec(bytes, &mut out, FlushDecompress::Finish);
        (out, usize::try_from(inflate.total_in()).unwrap())
    });
    let (mut out, used) = if raw.0.len() >= zlib.0.len() { raw } else { zlib };
    if out.is_empty() {
        return bytes.to_vec();
    }
    if used > 0 && used < bytes.len() && out.len() < ENOUGH {
        out.extend(inflated(&bytes[used..]));
    }
    out
}
