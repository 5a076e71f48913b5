//! The judge's door: what each line is answered, and that any number of lines passes through.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)] // a test may stop where it stands

#[path = "../examples/judge/door.rs"]
mod door;

use std::io::{BufReader, Read, Write};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use saml_sp::testing::{Answer, Encrypted, Encryption, Sign, TestIdp};
use saml_sp::{Clock, DecryptionKey, DigestAlgorithm, SignatureAlgorithm};
use serde_json::{Value, json};

const NOW: &str = "2026-01-15T12:00:00Z";
const SP: &str = "https://sp.example.com/saml";
const ACS: &str = "http://sp.example.com/acs"; // http is fine for our own URLs
const IDP: &str = "https://idp.example.com/metadata";

fn idp() -> TestIdp {
    TestIdp::new(IDP).unwrap().clock(Clock::Fixed(NOW.parse().unwrap()))
}

fn answer(idp: &TestIdp) -> Answer {
    idp.unsolicited(SP, ACS, "alice")
}

/// A case about this message, expected unsolicited.
fn case(idp: &TestIdp, xml: &str) -> Value {
    json!({
        "id": "c1", "op": "login", "engine": "native",
        "sp": {"entity_id": SP, "acs_url": ACS, "slo_url": null, "decryption_keys": [], "signing_key": null,
               "signing_certificate": null},
        "idp": {"entity_id": IDP, "sso_url": "https://idp.example.com/sso", "slo_url": null,
                "certificates": [idp.certificate()]},
        "message": {"xml": xml},
        "expect": {"unsolicited": true},
        "now": NOW,
        "allow": [],
    })
}

fn judged(case: &Value) -> Value {
    door::answer(case.to_string().as_bytes())
}

/// The code of a rejection; `accept` for none, and a panic for an error verdict.
fn code(case: &Value) -> String {
    let verdict = judged(case);
    match verdict["verdict"].as_str().unwrap() {
        "accept" => "accept".to_owned(),
        "reject" => {
            assert!(!verdict["message"].as_str().unwrap().is_empty() && !verdict["hint"].as_str().unwrap().is_empty());
            verdict["code"].as_str().unwrap().to_owned()
        }
        _ => panic!("{verdict}"),
    }
}

#[test]
fn an_accepted_answer_field_by_field() {
    let idp = idp();
    let mut answer = answer(&idp);
    answer.sign = Sign::Nothing;
    answer.session_index = Some("s-1".into());
    answer.attribute("mail", ["alice@example.com"]).attribute("none", [""; 0]).attribute("null", ["x"]);
    answer
        .attribute("groups", ["a", " b "])
        .attribute("eduPersonTargetedID", ["STRUCTURED"])
        .attribute("groups", ["c"]);
    answer.attributes[2].values = vec![None];
    let structured = "\n <saml:NameID>opaque</saml:NameID>\n";
    let xml = idp.sign(&answer).unwrap().replace("STRUCTURED", structured);
    let xml = idp.sign_element(&xml, &answer.assertion_id).unwrap();
    let xml = idp.sign_element(&xml, &answer.response_id).unwrap();
    let mut verdict = judged(&case(&idp, &xml));
    // The canonical assertion, without its signature.
    let octets = verdict.as_object_mut().unwrap().remove("signed_octets").unwrap();
    let octets = octets.as_str().unwrap();
    assert!(octets.starts_with("<saml:Assertion ") && octets.ends_with("</saml:Assertion>"), "{octets}");
    assert!(octets.contains(structured) && !octets.contains("Signature"), "{octets}");
    assert_eq!(
        verdict.to_string(),
        r#"{"id":"c1","verdict":"accept","name_id":"alice","name_id_format":"urn:oasis:names:tc:SAML:2.0:nameid-format:persistent","attributes":{"mail":["alice@example.com"],"none":[],"null":[null],"groups":["a"," b ","c"],"eduPersonTargetedID":["opaque"]},"session_index":"s-1","signed":["response","assertion"],"encrypted":false}"#
    );
}

#[test]
fn what_may_be_null_is_null() {
    let idp = idp();
    let mut answer = answer(&idp);
    (answer.name_id, answer.session_index, answer.sign) = (None, None, Sign::Response);
    let verdict = judged(&case(&idp, &idp.sign(&answer).unwrap()));
    for field in ["name_id", "name_id_format", "session_index"] {
        assert_eq!((&verdict["verdict"], verdict.get(field)), (&json!("accept"), Some(&Value::Null)), "{field}");
    }
    assert_eq!((&verdict["attributes"], &verdict["signed"]), (&json!({}), &json!(["response"])));
}

#[test]
fn the_same_message_in_each_form_and_twice() {
    let idp = idp();
    let xml = idp.sign(&answer(&idp)).unwrap();
    let first = judged(&case(&idp, &xml));
    assert_eq!(first["verdict"], "accept");
    let base64 = STANDARD.encode(&xml);
    for message in [json!({"xml": xml}), json!({"post": base64}), json!({"base64_xml": base64})] {
        let mut case = case(&idp, &xml);
        case["message"] = message;
        assert_eq!(judged(&case), first);
    }
    // By Redirect never, deflated or not (profiles 4.1.2).
    for query in [format!("SAMLResponse={}", base64.replace('+', "%2B")), "SAMLResponse=".into(), String::new()] {
        let mut case = case(&idp, &xml);
        case["message"] = json!({"query": query});
        assert_eq!(code(&case), "response-by-redirect");
    }
}

#[test]
fn an_identity_provider_by_metadata_or_by_hand() {
    let idp = idp();
    let xml = idp.sign(&answer(&idp)).unwrap();
    let metadata = idp.metadata().unwrap();
    let other = TestIdp::new("https://other.example.com/").unwrap();
    let both = format!(
        "<md:EntitiesDescriptor xmlns:md=\"urn:oasis:names:tc:SAML:2.0:metadata\">{metadata}{}</md:EntitiesDescriptor>",
        other.metadata().unwrap()
    );
    let with = |idp_case: Value| {
        let mut case = case(&idp, &xml);
        case["idp"] = idp_case;
        code(&case)
    };
    assert_eq!(with(json!({"metadata": metadata})), "accept");
    assert_eq!(with(json!({"metadata": both, "entity_id": IDP})), "accept");
    assert_eq!(with(json!({"metadata": both})), "metadata-several-idps");
    assert_eq!(with(json!({"metadata": both, "entity_id": "https://other.example.com/"})), "issuer-mismatch");
    assert_eq!(with(json!({"metadata": both, "entity_id": "https://nobody.example.com/"})), "metadata-unknown-entity");
    assert_eq!(with(json!({"metadata": "<x/>"})), "metadata-not-metadata");
    let by_hand = |certificates: Value| {
        with(json!({"entity_id": IDP, "sso_url": "https://idp.example.com/sso", "certificates": certificates}))
    };
    // Each entry is one trusted key.
    assert_eq!(by_hand(json!([other.certificate(), idp.certificate()])), "accept");
    assert_eq!(by_hand(json!([other.certificate()])), "signature-wrong-key");
    assert_eq!(by_hand(json!([])), "certificate-empty");
    assert_eq!(by_hand(json!([idp.certificate(), "rubbish"])), "certificate-not-base64");
}

#[test]
fn an_answer_to_a_request_that_was_begun_a_minute_ago() {
    let idp = idp();
    let mut answer = answer(&idp);
    answer.confirmations[0].in_response_to = Some("_request".into());
    let xml = idp.sign(&answer).unwrap();
    let expecting = |expect: Value| {
        let mut case = case(&idp, &xml);
        case["expect"] = expect;
        code(&case)
    };
    assert_eq!(expecting(json!({"answer_to": "_request"})), "accept");
    assert_eq!(expecting(json!({"answer_to": "_request", "unsolicited": false})), "accept");
    assert_eq!(expecting(json!({"answer_to": "_other"})), "in-response-to-mismatch");
    assert_eq!(expecting(json!({"unsolicited": true})), "in-response-to-unexpected");
}

#[test]
fn each_relaxation_by_its_name() {
    let idp = idp();
    let relaxed = |name: &str, refused_as: &str, change: &dyn Fn(&mut Answer)| {
        let mut answer = answer(&idp);
        change(&mut answer);
        let mut case = case(&idp, &idp.sign(&answer).unwrap());
        assert_eq!(code(&case), refused_as);
        case["allow"] = json!([name]);
        assert_eq!(code(&case), "accept", "{name}");
    };
    relaxed("missing-audience", "audience-missing", &|answer| answer.audience_restrictions.clear());
    relaxed("missing-destination", "destination-missing", &|answer| {
        (answer.destination, answer.sign) = (None, Sign::Response);
    });
    relaxed("old-assertion", "issued-too-long-ago", &|answer| answer.issue_instant -= chrono::TimeDelta::days(2));

    let sha1 = TestIdp::new(IDP).unwrap().clock(Clock::Fixed(NOW.parse().unwrap()));
    let sha1 = sha1.algorithms(SignatureAlgorithm::RsaSha1, DigestAlgorithm::Sha1);
    let mut by_sha1 = case(&sha1, &sha1.sign(&answer(&sha1)).unwrap());
    assert_eq!(code(&by_sha1), "sha1-refused");
    by_sha1["allow"] = json!(["sha1"]);
    assert_eq!(code(&by_sha1), "accept");

    // A request could not have been sent there; an answer that nobody asked for needs no such URL.
    let mut answer = answer(&idp);
    answer.in_response_to = Some("_request".into());
    answer.sign = Sign::Response;
    let mut by_http = case(&idp, &idp.sign(&answer).unwrap());
    by_http["expect"] = json!({"answer_to": "_request"});
    by_http["idp"]["sso_url"] = json!("http://idp.example.com/sso");
    assert_eq!(code(&by_http), "idp-http-endpoint");
    by_http["allow"] = json!(["http-endpoints"]);
    assert_eq!(code(&by_http), "accept");

    // Without effect where nothing calls for them. Of nothing: no case.
    let mut plain = case(&idp, &idp.sign(&self::answer(&idp)).unwrap());
    plain["allow"] = json!(["small-rsa", "unauthenticated-cbc", "rsa-1-5", "triple-des"]);
    assert_eq!(code(&plain), "accept");
    plain["allow"] = json!(["everything"]);
    assert_eq!(judged(&plain)["verdict"], "error");
}

/// An answer with an encrypted assertion, in the style that a test sets.
fn encrypted_case(pem: &str, sign: Sign, style: impl FnOnce(&mut Encryption)) -> Value {
    let idp = idp();
    let mut answer = answer(&idp);
    answer.sign = sign;
    let mut encryption = Encryption::of(Encrypted::Assertion, &DecryptionKey::from_pem(pem).unwrap());
    style(&mut encryption);
    answer.encryption.push(encryption);
    let mut case = case(&idp, &idp.sign(&answer).unwrap());
    case["sp"]["decryption_keys"] = json!([pem]);
    case
}

#[test]
fn encrypted_answers_with_the_keys_and_relaxations_of_the_case() {
    let pem = || TestIdp::new("https://keys.example.com").unwrap().private_key().unwrap();
    let (key, other) = (pem(), pem());
    let mut case = encrypted_case(&key, Sign::Both, |_| ());
    let verdict = judged(&case);
    assert_eq!((&verdict["verdict"], &verdict["encrypted"]), (&json!("accept"), &json!(true)), "{verdict}");
    assert_eq!((&verdict["name_id"], &verdict["signed"]), (&json!("alice"), &json!(["response", "assertion"])));
    case["sp"]["decryption_keys"] = json!([other, key]);
    assert_eq!(code(&case), "accept");
    for (keys, refused_as) in [
        (json!([other]), "decrypt-failed"),
        (json!([]), "decrypt-no-key"),
        (json!(null), "decrypt-no-key"),
        // Configuration, which the library refuses before it looks at the message.
        (json!([key, "nothing"]), "private-key-missing"),
        (json!([include_str!("../src/crypto/testdata/pkcs8_pbkdf2_sha256.pem")]), "private-key-encrypted"),
        (json!([include_str!("../src/crypto/testdata/test_only_rsa_512.pem")]), "private-key-not-rsa"),
        (json!([include_str!("../src/crypto/testdata/test_only_rsa_1024.pem")]), "config-small-decryption-key"),
    ] {
        case["sp"]["decryption_keys"] = keys;
        assert_eq!(code(&case), refused_as);
    }

    let relaxed = |name: &str, refused_as: &str, mut case: Value| {
        assert_eq!(code(&case), refused_as);
        case["allow"] = json!([name]);
        assert_eq!(code(&case), "accept", "{name}");
    };
    let uri = |name: &str| format!("http://www.w3.org/2001/04/xmlenc#{name}");
    let cbc = encrypted_case(&key, Sign::Assertion, |style| style.content = uri("aes256-cbc"));
    relaxed("unauthenticated-cbc", "decrypt-unauthenticated-cbc", cbc);
    let rsa_1_5 = encrypted_case(&key, Sign::Assertion, |style| style.key_transport = uri("rsa-1_5"));
    relaxed("rsa-1-5", "decrypt-algorithm-refused", rsa_1_5);
    let triple_des = encrypted_case(&key, Sign::Response, |style| style.content = uri("tripledes-cbc"));
    relaxed("triple-des", "decrypt-algorithm-refused", triple_des);
    let small = include_str!("../src/crypto/testdata/test_only_rsa_1024.pem");
    relaxed("small-rsa", "config-small-decryption-key", encrypted_case(small, Sign::Both, |_| ()));
}

/// IIP-ALG05: this door says no more than the others do about a ciphertext that nothing authenticates.
#[test]
fn every_flipped_byte_of_unauthenticated_cbc_has_one_verdict() {
    let key = TestIdp::new("https://keys.example.com").unwrap().private_key().unwrap();
    let cbc = |style: &mut Encryption| style.content = "http://www.w3.org/2001/04/xmlenc#aes128-cbc".to_owned();
    let mut case = encrypted_case(&key, Sign::Assertion, cbc);
    case["allow"] = json!(["unauthenticated-cbc"]);
    assert_eq!(code(&case), "accept");
    let xml = case["message"]["xml"].as_str().unwrap().to_owned();
    let start = xml.rfind("<xenc:CipherValue>").unwrap() + "<xenc:CipherValue>".len();
    let end = start + xml[start..].find('<').unwrap();
    let ciphertext = STANDARD.decode(&xml[start..end]).unwrap();
    // The report is much longer and says no more: every seventh, and each one of the last two blocks.
    for (op, step) in [("login", 1), ("diagnose", 7)] {
        case["op"] = op.into();
        case["message"]["xml"] = json!(xml);
        let original = judged(&case).to_string();
        let mut verdicts = std::collections::BTreeSet::new();
        for at in (0..ciphertext.len()).filter(|at| at % step == 0 || at + 32 >= ciphertext.len()) {
            let mut altered = ciphertext.clone();
            altered[at] ^= 0x01;
            case["message"]["xml"] = json!([&xml[..start], &STANDARD.encode(altered), &xml[end..]].concat());
            verdicts.insert(judged(&case).to_string());
        }
        // A last block of nothing but padding may become another of the same count: the same plaintext.
        verdicts.remove(&original);
        assert_eq!(verdicts.len(), 1, "{verdicts:#?}");
        assert!(verdicts.first().unwrap().contains("decrypt-failed"), "{verdicts:?}");
    }
}

#[test]
fn a_line_that_is_no_case_is_an_error_with_its_id() {
    let idp = idp();
    // What the library would refuse as well: a case has to be one before it is judged.
    let good = case(&idp, "<nothing/>");
    assert_eq!(code(&good), "message-unexpected");
    let changes: &[(&str, Value)] = &[
        ("/op", json!("artifact")),
        ("/sp/slo_url", json!(7)),
        ("/idp/slo_url", json!({"redirect": 7})),
        ("/op", json!(null)),
        ("/engine", json!("openssl")),
        ("/engine", json!(1)),
        ("/sp", json!([])),
        ("/sp/entity_id", json!(null)),
        ("/sp/acs_url", json!(7)),
        ("/sp/decryption_keys", json!("PEM")),
        ("/sp/signing_key", json!(true)),
        ("/idp", json!({})),
        ("/idp/certificates", json!([1])),
        ("/idp/certificates", json!(null)),
        ("/message", json!({})),
        ("/message", json!({"xml": "<a/>", "post": "YQ=="})),
        ("/message/xml", json!(["<a/>"])),
        ("/expect", json!({})),
        ("/expect", json!({"unsolicited": false})),
        ("/expect", json!({"unsolicited": "yes"})),
        ("/expect", json!({"unsolicited": true, "answer_to": "_id"})),
        ("/now", json!("yesterday")),
        ("/now", json!("2026-01-15T12:00:00+01:00")),
        ("/now", json!(1_768_478_400)),
        ("/allow", json!("sha1")),
        ("/allow", json!(["SHA1"])),
    ];
    for (pointer, value) in changes {
        let mut case = good.clone();
        *case.pointer_mut(pointer).unwrap() = value.clone();
        let verdict = judged(&case);
        assert_eq!(
            (&verdict["id"], &verdict["verdict"]),
            (&json!("c1"), &json!("error")),
            "{pointer} {value}: {verdict}"
        );
        let name = pointer.split('/').nth(1).unwrap();
        assert!(verdict["message"].as_str().unwrap().contains(name), "{pointer}: {verdict}");
    }
    for name in good.as_object().unwrap().keys() {
        let mut case = good.clone();
        case.as_object_mut().unwrap().remove(name);
        let optional = ["engine", "allow"].contains(&name.as_str());
        assert_eq!(judged(&case)["verdict"], if optional { "reject" } else { "error" }, "without {name}");
    }
    for (line, id) in [
        (&b"{"[..], Value::Null),
        (b"", Value::Null),
        (b"[]", Value::Null),
        (b"\"login\"", Value::Null),
        (b"{\"id\":\"\xFF\"}", Value::Null),
        (b"{\"id\":\"a\"} x", Value::Null),
        (b"{}", Value::Null),
        (b"{\"id\":7}", json!(7)),
        (b"{\"id\":[\"a\"],\"op\":\"login\"}", Value::Null),
        (b"{\"id\":\"a\"}", json!("a")),
    ] {
        let verdict = door::answer(line);
        assert_eq!((&verdict["id"], &verdict["verdict"]), (&id, &json!("error")), "{}", line.escape_ascii());
    }
}

#[test]
fn fields_that_nobody_asks_for_are_ignored() {
    let idp = idp();
    let mut extended = case(&idp, &idp.sign(&answer(&idp)).unwrap());
    extended["comment"] = json!({"any": ["thing"]});
    extended["sp"]["name"] = json!(1);
    extended["message"]["relay_state"] = json!("x");
    assert_eq!(code(&extended), "accept");
}

#[test]
fn metadata_field_by_field() {
    let certificate = idp().certificate();
    let key = saml_sp::Certificate::from_pasted(&certificate).unwrap().certificate.key().spki_sha256();
    let key: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
    let ns = "xmlns:md=\"urn:oasis:names:tc:SAML:2.0:metadata\" xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"";
    let bindings = "urn:oasis:names:tc:SAML:2.0:bindings:";
    let key_descriptor = format!(
        "<md:KeyDescriptor><ds:KeyInfo><ds:X509Data><ds:X509Certificate>{certificate}</ds:X509Certificate></ds:X509Data>\
         </ds:KeyInfo></md:KeyDescriptor>"
    );
    let document = format!(
        "<md:EntityDescriptor {ns} entityID=\"{IDP}\" validUntil=\"2026-02-01T00:00:00Z\">\
         <md:IDPSSODescriptor protocolSupportEnumeration=\"urn:oasis:names:tc:SAML:2.0:protocol\">\
         {key_descriptor}{key_descriptor}\
         <md:SingleLogoutService Binding=\"{bindings}HTTP-POST\" Location=\"https://a.example/slo\" ResponseLocation=\"https://a.example/slo/r\"/>\
         <md:SingleLogoutService Binding=\"{bindings}SOAP\" Location=\"https://a.example/soap\"/>\
         <md:NameIDFormat>urn:oasis:names:tc:SAML:2.0:nameid-format:transient</md:NameIDFormat>\
         <md:SingleSignOnService Binding=\"{bindings}HTTP-Redirect\" Location=\"https://a.example/sso\"/>\
         <md:SingleSignOnService Binding=\"urn:mace:shibboleth:1.0:profiles:AuthnRequest\" Location=\"https://a.example/1\"/>\
         </md:IDPSSODescriptor></md:EntityDescriptor>"
    );
    let case =
        json!({"id": "m1", "op": "metadata", "metadata": document, "entity_id": null, "signed_by": null, "now": NOW});
    assert_eq!(
        judged(&case),
        json!({
            "id": "m1", "verdict": "accept", "entity_id": IDP,
            "sso": [{"binding": "redirect", "location": "https://a.example/sso"},
                    {"binding": "urn:mace:shibboleth:1.0:profiles:AuthnRequest", "location": "https://a.example/1"}],
            "slo": [{"binding": "post", "location": "https://a.example/slo", "response_location": "https://a.example/slo/r"},
                    {"binding": "soap", "location": "https://a.example/soap", "response_location": null}],
            "signing_keys": [key],
            "name_id_formats": ["urn:oasis:names:tc:SAML:2.0:nameid-format:transient"],
            "valid_until": "2026-02-01T00:00:00Z",
        })
    );
    let changed = |field: &str, value: Value| {
        let mut case = case.clone();
        case[field] = value;
        judged(&case)
    };
    // The bytes win, in whatever encoding base64 carries them.
    assert_eq!(changed("metadata_base64", json!(STANDARD.encode("<x/>")))["code"], "metadata-not-metadata");
    let wrapped = STANDARD.encode(document.as_bytes()).replacen("bWQ6", "\r\nbWQ6", 3);
    let mut bytes_only = case.clone();
    bytes_only.as_object_mut().unwrap().remove("metadata");
    bytes_only["metadata_base64"] = json!(wrapped.trim_end_matches('='));
    assert_eq!(judged(&bytes_only), judged(&case));
    assert_eq!(changed("metadata_base64", json!("%"))["verdict"], "error");
    assert_eq!(changed("metadata", json!(null))["verdict"], "error");
    assert_eq!(changed("entity_id", json!("https://other.example/"))["code"], "metadata-unknown-entity");
    assert_eq!(changed("signed_by", json!(certificate))["code"], "metadata-not-signed");
    assert_eq!(changed("signed_by", json!(""))["code"], "certificate-empty");
}

#[test]
fn twenty_thousand_lines_in_order_and_in_constant_memory() {
    const LINES: usize = 20_000;
    let idp = idp();
    let good = case(&idp, &idp.sign(&answer(&idp)).unwrap());
    let mut refused = good.clone();
    refused["sp"]["entity_id"] = json!("https://other.example/");
    // Most of them short ones, for the sake of whoever waits.
    let mut kinds = vec![(good, "accept"), (refused, "reject")];
    for _ in 0..6 {
        kinds.push((case(&idp, "<nothing/>"), "reject"));
        kinds.push((json!({"op": "other"}), "error"));
    }
    let line = |number: usize| {
        let mut case = kinds[number % kinds.len()].0.clone();
        case["id"] = json!(number.to_string());
        format!("{case}\n").into_bytes()
    };
    let input = BufReader::new(Lines { make: &line, next: 0, end: LINES, left: Vec::new() });
    let mut output =
        Verdicts { expected: kinds.iter().map(|(_, verdict)| *verdict).collect(), line: Vec::new(), count: 0 };
    let (begun, before) = (Instant::now(), resident_bytes());
    door::run(input, &mut output).unwrap();
    assert_eq!(output.count, LINES);
    // Twenty times what it takes without optimisation on two busy cores.
    assert!(begun.elapsed() < Duration::from_secs(240), "{:?}", begun.elapsed());
    if let (Some(before), Some(after)) = (before, resident_bytes()) {
        // The lines together have some 40 MB.
        assert!(after < before + 16 * 1024 * 1024, "{before} bytes before, {after} after");
    }
    println!("{LINES} lines in {:?}", begun.elapsed());
}

/// A line at the bound is read, one beyond it is passed over without being kept, and the next is read again.
#[test]
fn a_line_without_end_is_an_error_and_the_run_goes_on() {
    let short = r#"{"id":"s","op":"other"}"#;
    let bound = short.len() + 4;
    let at = |pad: usize| format!("{short}{}", " ".repeat(pad));
    let lines = [at(4), at(5), at(100_000), at(3), at(4)].join("\n");
    let mut output = Vec::new();
    door::run_within(bound, BufReader::with_capacity(7, lines.as_bytes()), &mut output).unwrap();
    let verdicts: Vec<Value> =
        String::from_utf8(output).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let ids: Vec<&Value> = verdicts.iter().map(|verdict| &verdict["id"]).collect();
    assert_eq!(ids, [&json!("s"), &Value::Null, &Value::Null, &json!("s"), &json!("s")]);
    assert!(verdicts[1]["message"].as_str().unwrap().contains(&bound.to_string()));
}

/// Lines that are made when they are read.
struct Lines<'a> {
    make: &'a dyn Fn(usize) -> Vec<u8>,
    next: usize,
    end: usize,
    left: Vec<u8>,
}

impl Read for Lines<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.left.is_empty() && self.next < self.end {
            self.left = (self.make)(self.next);
            self.next += 1;
        }
        let count = self.left.len().min(buffer.len());
        buffer[..count].copy_from_slice(&self.left[..count]);
        self.left.drain(..count);
        Ok(count)
    }
}

/// Verdicts that are looked at when they are flushed, one by one.
struct Verdicts {
    expected: Vec<&'static str>,
    line: Vec<u8>,
    count: usize,
}

impl Write for Verdicts {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.line.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        assert_eq!(self.line.iter().filter(|byte| **byte == b'\n').count(), 1, "one line a flush");
        let verdict: Value = serde_json::from_slice(&self.line).unwrap();
        assert_eq!(verdict["id"], json!(self.count.to_string()));
        assert_eq!(verdict["verdict"], self.expected[self.count % self.expected.len()]);
        self.count += 1;
        self.line.clear();
        Ok(())
    }
}

/// What the process has in memory; `None` where the system does not say it this way.
fn resident_bytes() -> Option<usize> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    line.split_whitespace().nth(1)?.parse::<usize>().ok().map(|kilobytes| kilobytes * 1024)
}

/// The login's verdict with the report beside it; the person's values only where the case asks.
#[test]
fn diagnose_answers_with_the_report() {
    let idp = idp();
    let mut answer = answer(&idp);
    answer.attribute("mail", ["alice@example.com"]);
    let diagnose = |answer: &Answer, values: bool| {
        let mut case = case(&idp, &idp.sign(answer).unwrap());
        case["op"] = "diagnose".into();
        if values {
            case["values"] = true.into();
        }
        judged(&case)
    };
    let good = diagnose(&answer, false);
    assert_eq!(good["verdict"], "accept");
    assert!(
        good["report"]["findings"].as_array().unwrap().iter().all(|finding| finding["outcome"] == "Pass"),
        "{good}"
    );
    assert!(!good.to_string().contains("alice"));
    let value = "/report/sent/assertion/attributes/0/values/0/text/text";
    assert_eq!(diagnose(&answer, true).pointer(value).unwrap(), "alice@example.com");
    answer.audience_restrictions.clear();
    let bad = diagnose(&answer, false);
    assert_eq!((&bad["verdict"], &bad["code"]), (&json!("reject"), &json!("audience-missing")));
    let audience = bad["report"]["findings"].as_array().unwrap().iter().find(|finding| finding["check"] == "audience");
    assert_eq!(audience.unwrap()["outcome"]["Fail"]["code"], "audience-missing");
    assert_eq!(judged(&json!({"id": "x", "op": "diagnose"}))["verdict"], "error");
}
