//! The query of the Redirect binding: what is signed is what came, octet by octet.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use saml_sp::{Binding, Error, Inbound, ReceivedLogout, Seen, Spelling, Whose};

use crate::stage::*;

fn receive(stage: &Stage, query: &str) -> Result<ReceivedLogout, Error> {
    stage.sp.receive_logout(&stage.idp, &Inbound::query(query))
}

/// A request with this RelayState, and a stage for it.
fn asked(relay_state: Option<&str>) -> (Stage, String) {
    let stage = Stage::new();
    let mut request = stage.request(&Binding::Redirect);
    request.relay_state = relay_state.map(str::to_owned);
    let query = stage.test_idp.logout_query(&request).unwrap();
    (stage, query)
}

fn parameter<'q>(query: &'q str, name: &str) -> &'q str {
    let pair = query.split('&').find(|pair| pair.starts_with(&format!("{name}="))).unwrap();
    &pair[name.len() + 1..]
}

/// The RelayState that comes back.
fn relay_state(stage: &Stage, received: ReceivedLogout) -> Option<String> {
    let ReceivedLogout::Request(request) = received else { panic!("it is a response") };
    let reply = request.confirm(Seen::FirstTime).unwrap().respond(saml_sp::LogoutOutcome::Done).unwrap();
    stage.test_idp.receive_logout_reply(&reply).unwrap().relay_state
}

#[test]
fn parameters_in_any_order_and_foreign_ones_among_them() {
    let (stage, query) = asked(Some("state"));
    let mut pairs: Vec<&str> = query.split('&').collect();
    for _ in 0..pairs.len() {
        pairs.rotate_left(1);
        let received = receive(&stage, &pairs.join("&")).unwrap();
        assert_eq!(relay_state(&stage, received).as_deref(), Some("state"));
    }
    for noise in ["utm_source=x&", "a&", "&&", "SAMLencoding=x&", "relaystate=other&", "=&", "%ff=%zz&"] {
        _ = receive(&stage, &format!("{noise}{query}&{noise}")).unwrap();
    }
    _ = receive(&stage, &format!("?{query}")).unwrap();
    let deflate = "SAMLEncoding=urn%3aoasis%3Anames:tc:SAML:2.0:bindings:URL-Encoding:DEFLATE";
    _ = receive(&stage, &format!("{deflate}&{query}")).unwrap();
}

/// AD FS and Entra ID write escapes in lower case (pysaml2 #957, php-saml #243).
#[test]
fn signed_with_lower_case_escapes_and_a_plus() {
    let (stage, query) = asked(None);
    let octets = query.split("&Signature=").next().unwrap();
    let (message, sig_alg) = (parameter(octets, "SAMLRequest"), parameter(octets, "SigAlg"));
    let lower = |value: &str| {
        let mut out = String::new();
        let mut rest = value.chars();
        while let Some(c) = rest.next() {
            out.push(c);
            if c == '%' {
                out.extend(rest.by_ref().take(2).map(|c| c.to_ascii_lowercase()));
            }
        }
        out
    };
    for (octets, state) in [
        (format!("SAMLRequest={}&SigAlg={}", lower(message), lower(sig_alg)), None),
        (format!("SAMLRequest={message}&RelayState=a+b%2bc&SigAlg={sig_alg}"), Some("a b+c")),
        (format!("SAMLRequest={message}&RelayState=a%20b%2Bc&SigAlg={sig_alg}"), Some("a b+c")),
        (format!("SAMLRequest={message}&RelayState=&SigAlg={sig_alg}"), Some("")),
        // Base64 as it is: no browser minds, and a plus is a plus.
        (
            format!(
                "SAMLRequest={}&SigAlg={}",
                message.replace("%2B", "+").replace("%2F", "/").replace("%3D", "="),
                sig_alg.replace("%3A", ":").replace("%2F", "/")
            ),
            None,
        ),
    ] {
        let query = stage.test_idp.sign_query(octets.clone()).unwrap();
        let received = receive(&stage, &query).unwrap_or_else(|error| panic!("{octets}: {error}"));
        assert_eq!(relay_state(&stage, received).as_deref(), state, "{octets}");
    }
}

/// CVE-2025-31335 and its kin.
#[test]
fn nothing_signed_may_be_spelled_anew_added_taken_or_changed() {
    let (stage, query) = asked(Some("state"));
    let (message, sig_alg, signature) =
        (parameter(&query, "SAMLRequest"), parameter(&query, "SigAlg"), parameter(&query, "Signature"));
    let with =
        |state: &str, sig_alg: &str| format!("SAMLRequest={message}{state}&SigAlg={sig_alg}&Signature={signature}");
    assert_eq!(with("&RelayState=state", sig_alg), query);
    for altered in [
        with("&RelayState=%73tate", sig_alg),
        with("&RelayState=other", sig_alg),
        with("&RelayState=", sig_alg),
        with("", sig_alg),
        with("&RelayState=state", &sig_alg.to_ascii_lowercase()),
        with("&RelayState=state", &sig_alg.replace("%3A", ":")),
        query.replacen("SAMLRequest=", "SAMLResponse=", 1),
    ] {
        let error = receive(&stage, &altered).unwrap_err();
        assert!(["query-signature-mismatch", "algorithm-unknown"].contains(&error.code()), "{altered}: {error}");
        assert!(!error.hint().is_empty());
    }
    let (stage, bare) = asked(None);
    for added in ["&RelayState=x", "&RelayState="] {
        is(
            receive(&stage, &format!("{bare}{added}")),
            "query-signature-mismatch",
            Whose::ServiceProvider,
            &["we trust"],
        );
    }
}

#[test]
fn duplicates_and_disguises_of_what_counts() {
    let (stage, query) = asked(Some("state"));
    for name in ["SAMLRequest", "RelayState", "SigAlg", "Signature"] {
        let again = format!("{name}={}", parameter(&query, name));
        for altered in [
            format!("{query}&{again}"),
            format!("{again}&{query}"),
            format!("{query}&{name}"),
            format!("{query}&{name}=x"),
        ] {
            is(receive(&stage, &altered), "query-repeated", Whose::Attack, &[name]);
        }
        let disguised = name.replacen('S', "%53", 1).replacen('R', "%52", 1);
        is(receive(&stage, &format!("{query}&{disguised}=x")), "query-disguised", Whose::Attack, &[name]);
    }
    is(receive(&stage, &format!("{query}&SAMLResponse=x")), "two-messages", Whose::Attack, &[]);
    is(receive(&stage, &format!("SAMLEncoding=a&{query}&SAMLEncoding=a")), "query-repeated", Whose::Attack, &[]);
}

#[test]
fn without_signature_or_algorithm() {
    let (stage, query) = asked(None);
    let (message, sig_alg, signature) =
        (parameter(&query, "SAMLRequest"), parameter(&query, "SigAlg"), parameter(&query, "Signature"));
    for (altered, part) in [
        (format!("SAMLRequest={message}"), "SigAlg"),
        (format!("SAMLRequest={message}&Signature={signature}"), "SigAlg"),
        (format!("SAMLRequest={message}&SigAlg=&Signature={signature}"), "SigAlg"),
        (format!("SAMLRequest={message}&SigAlg&Signature={signature}"), "SigAlg"),
        (format!("SAMLRequest={message}&SigAlg={sig_alg}"), "Signature"),
        (format!("SAMLRequest={message}&SigAlg={sig_alg}&Signature="), "Signature"),
    ] {
        is(receive(&stage, &altered), "signature-missing", Whose::IdentityProvider, &["LogoutRequest", part]);
    }
    let unknown = format!("SAMLRequest={message}&SigAlg=urn:x&Signature={signature}");
    is(receive(&stage, &unknown), "algorithm-unknown", Whose::IdentityProvider, &["urn:x", "ECDSA"]);
    let garbled = format!("SAMLRequest={message}&SigAlg={sig_alg}&Signature=!");
    is(receive(&stage, &garbled), "signature-base64", Whose::IdentityProvider, &["Signature"]);
    is(receive(&stage, ""), "message-empty", Whose::Application, &["SAMLRequest or SAMLResponse"]);
}

#[test]
fn sha1_in_a_query_is_refused_as_in_xml() {
    let (stage, query) = asked(None);
    let (message, signature) = (parameter(&query, "SAMLRequest"), parameter(&query, "Signature"));
    let sha1 = "http%3A%2F%2Fwww.w3.org%2F2000%2F09%2Fxmldsig%23rsa-sha1";
    let outcome = receive(&stage, &format!("SAMLRequest={message}&SigAlg={sha1}&Signature={signature}"));
    is(outcome, "sha1-refused", Whose::IdentityProvider, &["SHA-1"]);
}

#[test]
fn other_encodings_and_bytes_behind_the_stream() {
    let (stage, query) = asked(None);
    let sig_alg = parameter(&query, "SigAlg");
    is(
        receive(&stage, &format!("SAMLEncoding=urn:x:gzip&{query}")),
        "query-encoding",
        Whose::IdentityProvider,
        &["urn:x:gzip", "DEFLATE"],
    );
    let xml = stage.test_idp.signed_logout(&stage.request(&Binding::Redirect)).unwrap();
    let deflated = {
        use std::io::Write as _;
        let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(xml.as_bytes()).unwrap();
        encoder.finish().unwrap()
    };
    let signed = |bytes: &[u8]| {
        let message: String = url::form_urlencoded::byte_serialize(STANDARD.encode(bytes).as_bytes()).collect();
        stage.test_idp.sign_query(format!("SAMLRequest={message}&SigAlg={sig_alg}")).unwrap()
    };
    _ = receive(&stage, &signed(&deflated)).unwrap();
    let trailing = [&deflated[..], b"<x/>"].concat();
    is(receive(&stage, &signed(&trailing)), "inflate-trailing-bytes", Whose::IdentityProvider, &["4 bytes"]);
    is(receive(&stage, &signed(&deflated[..deflated.len() - 1])), "inflate-truncated", Whose::IdentityProvider, &[]);
    is(receive(&stage, &signed(xml.as_bytes())), "inflate-invalid", Whose::IdentityProvider, &[]);
    let bomb = {
        use std::io::Write as _;
        let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(&vec![b' '; 2 * 1024 * 1024]).unwrap();
        encoder.finish().unwrap()
    };
    is(receive(&stage, &signed(&bomb)), "message-too-large", Whose::IdentityProvider, &["1048576"]);
    // Unsigned, none of this is looked at.
    let unsigned = signed(&bomb).replace("Signature=", "Signature=AAAA");
    is(receive(&stage, &unsigned), "query-signature-mismatch", Whose::ServiceProvider, &[]);
}

/// Before anything is hashed, by each trusted key.
#[test]
fn a_query_that_is_longer_than_any_message() {
    let (stage, query) = asked(None);
    let padded = |length: usize| format!("{query}&pad={}", "x".repeat(length - query.len() - 5));
    let longest = 4 * 1024 * 1024;
    _ = receive(&stage, &padded(longest)).unwrap();
    is(receive(&stage, &padded(longest + 1)), "message-too-large", Whose::IdentityProvider, &["1048576"]);
}

/// The kind of message is said twice, by the parameter and by the element.
#[test]
fn a_response_under_the_name_of_a_request() {
    let (stage, query) = asked(None);
    let (_, sent) = stage.begin(&Binding::Redirect);
    let mut response = stage.test_idp.logout_response(&sent, SLO);
    response.relay_state = None;
    let by_redirect = stage.test_idp.logout_query(&response).unwrap();
    let (message, sig_alg) = (parameter(&by_redirect, "SAMLResponse"), parameter(&query, "SigAlg"));
    let renamed = stage.test_idp.sign_query(format!("SAMLRequest={message}&SigAlg={sig_alg}")).unwrap();
    is(receive(&stage, &renamed), "message-unexpected", Whose::IdentityProvider, &["LogoutRequest", "LogoutResponse"]);
}

/// Bindings 3.4.4.1 wants none there. Where there is one all the same, it has to be right.
#[test]
fn a_signature_inside_a_signed_query_must_verify_too() {
    let (stage, query) = asked(None);
    let sig_alg = parameter(&query, "SigAlg");
    let signed = |xml: &str| {
        use std::io::Write as _;
        let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(xml.as_bytes()).unwrap();
        let message = STANDARD.encode(encoder.finish().unwrap());
        let message: String = url::form_urlencoded::byte_serialize(message.as_bytes()).collect();
        stage.test_idp.sign_query(format!("SAMLRequest={message}&SigAlg={sig_alg}")).unwrap()
    };
    let xml = stage.test_idp.signed_logout(&stage.request(&Binding::Redirect)).unwrap();
    _ = receive(&stage, &signed(&xml)).unwrap();
    let altered = xml.replacen(">alice<", ">mallory<", 1);
    assert_ne!(altered, xml);
    is(receive(&stage, &signed(&altered)), "digest-mismatch", Whose::IdentityProvider, &["LogoutRequest"]);
}

#[test]
fn a_relay_state_that_is_no_text_cannot_be_sent_back() {
    let (stage, query) = asked(None);
    let (message, sig_alg) = (parameter(&query, "SAMLRequest"), parameter(&query, "SigAlg"));
    let query = stage.test_idp.sign_query(format!("SAMLRequest={message}&RelayState=%ff&SigAlg={sig_alg}")).unwrap();
    is(receive(&stage, &query), "relay-state-not-utf8", Whose::IdentityProvider, &[]);
}

/// Whatever the framework does: parameters that came decoded, by each spelling that products use.
#[test]
fn decoded_parameters_are_spelled_anew_until_one_fits() {
    let state = "a b~c*d!(e)'f/\u{e9}";
    let (stage, query) = asked(None);
    let message: String =
        percent_encoding::percent_decode_str(parameter(&query, "SAMLRequest")).decode_utf8().unwrap().into();
    let sig_alg: String =
        percent_encoding::percent_decode_str(parameter(&query, "SigAlg")).decode_utf8().unwrap().into();
    let cases = [
        (Spelling::FormUrlEncoded, "a+b%7Ec*d%21%28e%29%27f%2F%C3%A9", "%3D"),
        (Spelling::DotNet, "a+b%7ec*d!(e)%27f%2f%c3%a9", "%3d"),
        (Spelling::Rfc3986, "a%20b~c%2Ad%21%28e%29%27f%2F%C3%A9", "%3D"),
        (Spelling::EncodeUriComponent, "a%20b~c*d!(e)'f%2F%C3%A9", "%3D"),
        (Spelling::Python, "a+b~c%2Ad%21%28e%29%27f%2F%C3%A9", "%3D"),
        (Spelling::Php, "a+b%7Ec%2Ad%21%28e%29%27f%2F%C3%A9", "%3D"),
        (Spelling::LowerRfc3986, "a%20b~c%2ad%21%28e%29%27f%2f%c3%a9", "%3d"),
    ];
    for (spelling, spelled, equals) in cases {
        let lower = equals == "%3d";
        let base64 = |value: &str| {
            let escaped = value
                .replace('+', "%2B")
                .replace('/', "%2F")
                .replace('=', "%3D")
                .replace(':', "%3A")
                .replace('#', "%23");
            if lower {
                escaped.replace("%2B", "%2b").replace("%2F", "%2f").replace("%3D", "%3d").replace("%3A", "%3a")
            } else {
                escaped
            }
        };
        let octets = format!("SAMLRequest={}&RelayState={spelled}&SigAlg={}", base64(&message), base64(&sig_alg));
        let signed = stage.test_idp.sign_query(octets).unwrap();
        _ = receive(&stage, &signed).unwrap();
        let decoded: Vec<(String, String)> = url::form_urlencoded::parse(signed.as_bytes()).into_owned().collect();
        let mut parameters: Vec<(&str, &str)> =
            decoded.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        parameters.rotate_right(1);
        let received = stage.sp.receive_logout(&stage.idp, &Inbound::decoded_query(&parameters)).unwrap();
        assert_eq!(received.spelling(), Some(spelling));
        assert_eq!(relay_state(&stage, received).as_deref(), Some(state));
        for parameter in &mut parameters {
            if parameter.0 == "RelayState" {
                parameter.1 = "other";
            }
        }
        let outcome = stage.sp.receive_logout(&stage.idp, &Inbound::decoded_query(&parameters));
        is(outcome, "query-signature-mismatch", Whose::ServiceProvider, &[]);
    }
    let outcome = stage.sp.receive_logout(&stage.idp, &Inbound::decoded_query(&[("SAMLRequest", message.as_str())]));
    is(outcome, "signature-missing", Whose::IdentityProvider, &["SigAlg"]);
    let long = "x".repeat(1_400_000);
    let outcome = stage.sp.receive_logout(&stage.idp, &Inbound::decoded_query(&[("SAMLRequest", &long)]));
    is(outcome, "message-too-large", Whose::IdentityProvider, &[]);
    let twice = [("SAMLRequest", message.as_str()), ("SAMLRequest", "x")];
    is(stage.sp.receive_logout(&stage.idp, &Inbound::decoded_query(&twice)), "query-repeated", Whose::Attack, &[]);
    is(stage.sp.receive_logout(&stage.idp, &Inbound::decoded_query(&[])), "message-empty", Whose::Application, &[]);
}
