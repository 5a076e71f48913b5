//! The report itself: its text to the letter, what it hides, what it shows of messages that prove nothing, and that nothing in it
//! depends on what a ciphertext holds.

use std::collections::BTreeSet;

use saml_sp::testing::{Encrypted, Encryption, Sign, TestIdp};
use saml_sp::{Clock, Outcome, PostedResponse, Report, ServiceProvider};

use crate::keys::Pair;
use crate::world::*;

/// The report on an answer of this world, changed and then altered.
fn diagnosed(
    world: &World,
    change: impl FnOnce(&mut saml_sp::testing::Answer),
    alter: impl FnOnce(String) -> String,
) -> Report {
    let (pending, request) = world.begin();
    let mut answer = world.test_idp.answer(&request, "alice-name");
    answer.attribute("mail", ["alice@example.com"]).attribute("groups", ["staff", "on-call"]);
    change(&mut answer);
    let field = form_value(&alter(world.test_idp.sign(&answer).unwrap()));
    let posted = PostedResponse::new(&field, None);
    let report = world.sp().diagnose(&world.idp, &posted, &pending);
    // The same comes with the error where there is one, and only then.
    match world.sp().accept_or_report(&world.idp, &posted, saml_sp::Expect::AnswerTo(pending)) {
        Ok(_) => assert!(report.is_pass(), "{report}"),
        Err(rejected) => {
            assert!(!report.is_pass());
            assert_eq!(rejected.report, report);
            assert!(report.causes().iter().any(|cause| cause.code == rejected.error.code()), "{report}");
        }
    }
    report
}

fn stage(report: &Report, name: &str) -> (Option<&'static str>, bool) {
    let stage = report.stages().iter().find(|stage| stage.stage == name).unwrap();
    (stage.outcome.failure().map(|failure| failure.code), stage.outcome == Outcome::Pass)
}

const PASS: (Option<&str>, bool) = (None, true);
const SKIPPED: (Option<&str>, bool) = (None, false);

/// What differs from run to run: keys, IDs, dates of certificates.
fn without_randomness(report: &Report) -> String {
    let mut text = String::new();
    for line in report.to_string().lines() {
        let mut line = line.to_owned();
        while let Some(at) = line.find("\"_").filter(|at| line[at + 2..].starts_with(|c: char| c.is_ascii_hexdigit())) {
            let end = at + 2 + line[at + 2..].find('"').unwrap();
            line.replace_range(at..=end, "(an ID)");
        }
        if let Some(at) = line.find(" key ").filter(|_| line.contains('…')) {
            line.truncate(at + " key".len());
        }
        // A certificate in DER is an octet longer or shorter.
        if line.ends_with(" octets)") {
            line = "pass     encoding (… octets)".to_owned();
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

#[track_caller]
fn is_golden(report: &Report, name: &str) {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/diagnosis/golden").join(name);
    let found = without_randomness(report);
    if std::env::var_os("SAML_SP_WRITE_GOLDEN").is_some() {
        std::fs::write(&path, &found).unwrap();
    }
    let wanted = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    assert_eq!(found, wanted, "{name}; SAML_SP_WRITE_GOLDEN=1 writes it anew");
}

#[test]
fn a_report_as_text_to_the_letter() {
    let world = World::new();
    is_golden(&diagnosed(&world, |_| (), |xml| xml), "accepted.txt");
    is_golden(&diagnosed(&world, |_| (), |xml| xml).with_values(), "accepted_with_values.txt");
    is_golden(
        &diagnosed(
            &world,
            |answer| {
                answer.destination = Some("http://app.example.com/saml/acs".to_owned());
                answer.audience_restrictions = vec![vec![format!("{SP}/")]];
                answer.not_before = Some(noon() + minutes(5));
            },
            |xml| xml,
        ),
        "three_failures.txt",
    );
    is_golden(&diagnosed(&world, |answer| answer.sign = Sign::Nothing, |xml| xml), "unsigned.txt");
}

/// A stage for each kind of failure, and what can be said of the others.
#[test]
fn the_stage_that_failed() {
    let world = World::new();
    let accepted = diagnosed(&world, |_| (), |xml| xml);
    for name in ["login", "encoding", "xml", "message", "signatures", "assertion"] {
        assert_eq!(stage(&accepted, name), PASS, "{name}");
    }
    assert_eq!(stage(&accepted, "decryption"), SKIPPED);

    let (pending, _) = world.begin();
    let report = world.sp().diagnose(&world.idp, &PostedResponse::new("%%%", None), &pending);
    assert_eq!(stage(&report, "encoding"), (Some("message-not-base64"), false), "{report}");
    assert!(report.findings().iter().all(|finding| finding.outcome == Outcome::Skipped));

    let report = diagnosed(&world, |_| (), |xml| xml.replace("</samlp:Response>", ""));
    assert_eq!(report.causes()[0].code, stage(&report, "xml").0.unwrap());
    let report = diagnosed(&world, |_| (), |xml| xml.replace("samlp:Status>", "samlp:Stat>"));
    assert_eq!(stage(&report, "message").0, Some("message-missing-part"), "{report}");
    assert_eq!(report.sent().unwrap().response.issuer.as_ref().unwrap().as_str(), IDP);
    let report = diagnosed(&world, |_| (), |xml| replace(&xml, "alice@example.com", "admin@example.com"));
    assert_eq!(stage(&report, "signatures").0, Some("digest-mismatch"));
    let late = World::new().at(noon() + minutes(120));
    let report = diagnosed(&late, |_| (), |xml| xml);
    // The login has expired; all the rest is said nevertheless.
    assert_eq!(stage(&report, "login").0, Some("pending-expired"));
    assert_eq!(report.causes()[0].code, "pending-expired");
    let codes: BTreeSet<&str> = report.causes().iter().map(|cause| cause.code).collect();
    assert!(codes.contains("conditions-window") && codes.contains("confirmation-window"), "{report}");
    assert!(report.findings().iter().all(|finding| !finding.signed));
    // And of signatures what the keys say that are trusted now, not that there are none.
    assert_eq!(report.signatures()[0].key.as_deref(), Some(&*late.idp.signing_keys()[0].to_string()), "{report}");
    assert!(!codes.contains("signature-wrong-key"));
}

/// A document element is named by a stranger: quoted, and not at any length.
#[test]
fn foreign_names_are_quoted_and_cut() {
    let world = World::new();
    let (pending, _) = world.begin();
    let field = form_value(&format!("<a\u{200c}{}/>", "b".repeat(5000)));
    let report = world.sp().diagnose(&world.idp, &PostedResponse::new(&field, None), &pending).to_string();
    assert!(report.contains("a\\u{200c}bbb") && report.len() < 3000, "{report}");
}

/// What stands inside the value of an attribute is the user's, whatever it looks like.
#[test]
fn a_time_inside_a_value_is_not_noted() {
    let world = World::new();
    let (pending, request) = world.begin();
    let mut answer = world.test_idp.answer(&request, "alice");
    answer.attribute("born", ["HERE"]);
    let inside = "<x:p xmlns:x=\"urn:x\" NotBefore=\"1980-05-01T00:00:00+02:00\"/>";
    let xml = world.rewritten(&mut answer, Sign::Assertion, |xml| replace(&xml, "HERE", inside));
    let field = form_value(&xml);
    let report = world.sp().diagnose(&world.idp, &PostedResponse::new(&field, None), &pending);
    assert!(report.is_pass() && report.notes().is_empty(), "{report}");
    assert!(!report.to_string().contains("1980"));
}

/// Every row has words for both sides, signed or not.
#[test]
fn every_row_says_what_was_found_and_what_is_wanted() {
    let world = World::new();
    for sign in [Sign::Assertion, Sign::Both, Sign::Nothing] {
        let report = diagnosed(&world, |answer| answer.sign = sign, |xml| xml);
        assert_eq!(report.findings().len(), 21);
        for finding in report.findings() {
            assert!(!finding.found.is_empty() && !finding.wanted.is_empty(), "{}: {report}", finding.check);
            assert_eq!(finding.outcome, Outcome::Pass, "{}", finding.check);
            let on_envelope = ["version", "issuer", "destination", "in-response-to", "status"].contains(&finding.check);
            let signed = if on_envelope { sign == Sign::Both } else { sign != Sign::Nothing };
            assert_eq!(finding.signed, signed, "{}", finding.check);
        }
    }
}

/// What nobody signed is shown, and marked; what was signed is read from what was signed.
#[test]
fn unproven_claims_are_marked() {
    let world = World::new();
    let unsigned = diagnosed(&world, |answer| answer.sign = Sign::Nothing, |xml| xml);
    let sent = unsigned.sent().unwrap();
    assert!(!sent.response.signed && !sent.assertion.as_ref().unwrap().signed);
    assert!(unsigned.to_string().contains("Assertion, UNPROVEN"));
    let sent = diagnosed(&world, |_| (), |xml| xml);
    let assertion = sent.sent().unwrap().assertion.as_ref().unwrap();
    assert!(assertion.signed && !sent.sent().unwrap().response.signed);
    let mail = &assertion.attributes[0];
    assert_eq!(mail.name.as_ref().unwrap().as_str(), "mail");
    assert_eq!(mail.values[0].text.reveal(), "alice@example.com");
    assert_eq!(mail.values[0].xsi_type.as_ref().unwrap().as_str(), "xs:string");
    // A forged assertion in the wrapper of a signed one is never what is shown as signed.
    let wrapped = diagnosed(
        &world,
        |_| (),
        |xml| {
            let assertion = cut(&xml, "<saml:Assertion ", "</saml:Assertion>").to_owned();
            let forged = assertion.replace("alice", MALLORY).replacen("ID=\"_", "ID=\"_0", 1);
            replace(&xml, &assertion, &format!("{forged}{assertion}"))
        },
    );
    assert!(wrapped.sent().unwrap().assertion.as_ref().is_none_or(|assertion| !assertion.signed));
}

/// An attribute inside of something else is none, to the identity and to the report alike.
#[test]
fn what_is_shown_as_signed_is_what_an_identity_has() {
    let world = World::new();
    let (pending, request) = world.begin();
    let mut answer = world.test_idp.answer(&request, "alice");
    answer.attribute("mail", ["alice@example.com"]);
    let xml = world.rewritten(&mut answer, Sign::Assertion, |xml| {
        let attribute = cut(&xml, "<saml:Attribute ", "</saml:Attribute>").to_owned();
        let inside = attribute.replace("alice", MALLORY).replace("\"mail\"", "\"role\"");
        replace(&xml, &attribute, &format!("{attribute}<x:wrapper xmlns:x=\"urn:x\">{inside}</x:wrapper>"))
    });
    let field = form_value(&xml);
    let posted = PostedResponse::new(&field, None);
    let report = world.sp().diagnose(&world.idp, &posted, &pending);
    let shown = &report.sent().unwrap().assertion.as_ref().unwrap().attributes;
    let shown: Vec<&str> = shown.iter().filter_map(|attribute| Some(attribute.name.as_ref()?.as_str())).collect();
    let identity = accepts(world.take(&xml, saml_sp::Expect::AnswerTo(pending))).identity;
    assert_eq!(shown, identity.attributes().iter().map(|attribute| attribute.name.as_str()).collect::<Vec<_>>());
}

/// In text, `Debug` and serde, and in every error.
#[test]
fn values_are_hidden_until_asked_for() {
    let world = World::new();
    for sign in [Sign::Assertion, Sign::Nothing] {
        let report = diagnosed(&world, |answer| answer.sign = sign, |xml| xml);
        let json = |report: &Report| serde_json::to_string(report).unwrap();
        let hidden = [report.to_string(), format!("{report:?}"), json(&report)];
        for value in ["alice-name", "alice@example.com", "staff", "on-call"] {
            assert!(hidden.iter().all(|text| !text.contains(value)), "{value}");
        }
        assert!(
            hidden[0].contains("(17 characters, hidden)") && hidden[2].contains(r#"{"characters":17,"text":null}"#)
        );
        let shown = report.with_values();
        for value in ["alice-name", "alice@example.com", "staff", "on-call"] {
            assert!(shown.to_string().contains(value) && json(&shown).contains(value), "{value}");
        }
    }
}

/// An identity provider can name its attributes and values as it likes: no line of the text is forged.
#[test]
fn foreign_text_forges_no_line() {
    let report = diagnosed(
        &World::new(),
        |answer| {
            answer.attribute("mail\npass     audience", ["x\nFAIL     status"]);
            answer.sign = Sign::Nothing;
        },
        |xml| xml,
    );
    let text = report.with_values().to_string();
    assert_eq!(text.lines().filter(|line| line.starts_with("pass     audience")).count(), 1, "{text}");
    assert!(!text.lines().any(|line| line.starts_with("FAIL     status")));
}

/// Encrypted: opened where accept opens it, shown where it was signed.
#[test]
fn plaintext_is_shown_where_it_was_signed() {
    let pair = Pair::rsa();
    let key = pair.decryption();
    let world = World::new().built(|builder| builder.decryption_key(pair.decryption()));
    let encrypted = |sign, after_signing| {
        let mut encryption = Encryption::of(Encrypted::Assertion, &key);
        encryption.after_signing = after_signing;
        move |answer: &mut saml_sp::testing::Answer| {
            answer.sign = sign;
            answer.encryption = vec![encryption];
        }
    };
    let report = diagnosed(&world, encrypted(Sign::Assertion, false), |xml| xml);
    assert_eq!(stage(&report, "decryption"), PASS, "{report}");
    assert!(report.sent().unwrap().assertion.as_ref().unwrap().signed);
    assert_eq!(report.signatures()[0].element, "Assertion");
    // Signed by somebody else inside: it was opened, and is not shown.
    let stranger = TestIdp::with_ecdsa(IDP).unwrap().clock(Clock::Fixed(noon()));
    let (pending, request) = world.begin();
    let mut answer = stranger.answer(&request, "alice-name");
    encrypted(Sign::Assertion, false)(&mut answer);
    let field = form_value(&stranger.sign(&answer).unwrap());
    let report = world.sp().diagnose(&world.idp, &PostedResponse::new(&field, None), &pending);
    assert_eq!(report.causes()[0].code, "signature-wrong-key");
    let sent = report.sent().unwrap();
    assert!(sent.assertion.is_none());
    assert_eq!(sent.encrypted, ["EncryptedAssertion"]);
    assert!(
        report.to_string().contains("EncryptedAssertion: encrypted, not opened: nothing here is signed"),
        "{report}"
    );
    assert!(!format!("{:?} {}", report, report.clone().with_values()).contains("alice-name"));
}

/// Whatever an altered ciphertext decrypts to, where nothing authenticates it: one report, in every form.
#[test]
fn a_flipped_ciphertext_has_one_report() {
    let pair = Pair::rsa();
    let key = pair.decryption();
    let world = World::new().built(|b| b.decryption_key(pair.decryption()).dangerous_allow_unauthenticated_cbc());
    let (pending, request) = world.begin();
    let mut answer = world.test_idp.answer(&request, "alice-name");
    let mut encryption = Encryption::of(Encrypted::Assertion, &key);
    encryption.content = "http://www.w3.org/2001/04/xmlenc#aes128-cbc".to_owned();
    answer.encryption = vec![encryption];
    // It passes no check that is left, so that also the right plaintext ends in a failure.
    answer.audience_restrictions = vec![vec!["urn:other".to_owned()]];
    let xml = world.test_idp.sign(&answer).unwrap();
    let sp: ServiceProvider = world.sp();
    let at = xml.rfind("<xenc:CipherValue>").unwrap() + "<xenc:CipherValue>".len();
    let mut reports = BTreeSet::new();
    let length = xml[at..].find('<').unwrap();
    let places = (0..64).chain((64..length - 4).step_by(97)).chain(length - 44..length - 4);
    for place in places {
        let mut altered = xml.clone().into_bytes();
        let octet = &mut altered[at + place];
        *octet = if *octet == b'A' { b'B' } else { b'A' };
        let field = form_value(std::str::from_utf8(&altered).unwrap());
        let report = sp.diagnose(&world.idp, &PostedResponse::new(&field, None), &pending);
        assert_eq!(report.causes()[0].code, "decrypt-failed");
        reports.insert(format!("{report:?}"));
        reports.insert(report.to_string());
        reports.insert(serde_json::to_string(&report).unwrap());
    }
    let field = form_value(&xml);
    let report = sp.diagnose(&world.idp, &PostedResponse::new(&field, None), &pending);
    reports.insert(report.to_string());
    assert_eq!(reports.len(), 3);
}

/// Diagnosis of an answer that nobody asked for; and nothing is used up by either.
#[test]
fn unsolicited_answers_and_a_second_look() {
    let world = World::new();
    let field = form_value(&world.test_idp.sign(&world.test_idp.unsolicited(SP, ACS, "alice")).unwrap());
    let posted = PostedResponse::new(&field, None);
    let report = world.sp().diagnose_unsolicited(&world.idp, &posted, ACS);
    assert!(report.is_pass(), "{report}");
    assert_eq!(world.sp().diagnose_unsolicited(&world.idp, &posted, ACS), report);
    let elsewhere = world.sp().diagnose_unsolicited(&world.idp, &posted, "https://app.example.com/other");
    assert_eq!(stage(&elsewhere, "login").0, Some("config-unknown-acs"));
    accepts(world.take(std::str::from_utf8(&base64_of(&field)).unwrap(), saml_sp::Expect::unsolicited(ACS)));
}

fn base64_of(field: &str) -> Vec<u8> {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.decode(field).unwrap()
}

/// In the words of the product, where the identity provider is known by its entityID.
#[test]
fn remedies_of_the_product() {
    let adfs = World::of(TestIdp::with_ecdsa("http://fs.example.com/adfs/services/trust").unwrap());
    let report = diagnosed(&adfs, |answer| answer.sign = Sign::Nothing, |xml| xml);
    assert_eq!(report.product(), Some(saml_sp::Product::AdFs));
    let remedy = report.causes()[0].remedy.unwrap();
    assert!(remedy.contains("MessageAndAssertion"), "{remedy}");
    assert_eq!(report.to_string().matches(remedy).count(), 2, "{report}");
    let (pending, request) = adfs.begin();
    let codes = [saml_sp::urn::status::RESPONDER, saml_sp::urn::status::INVALID_NAME_ID_POLICY];
    let field = form_value(&adfs.test_idp.sign(&adfs.test_idp.failure(&request, codes)).unwrap());
    let report = adfs.sp().diagnose(&adfs.idp, &PostedResponse::new(&field, None), &pending);
    let remedy = report.causes()[0].remedy.unwrap();
    assert!(remedy.contains("claim rule"), "{remedy}");
    assert_eq!(diagnosed(&World::new(), |answer| answer.sign = Sign::Nothing, |xml| xml).product(), None);
}
