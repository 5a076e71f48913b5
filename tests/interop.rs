//! Real messages, replayed: recorded logins at real identity providers (tests/interop/recorded), and messages that the
//! xmlsec1 program or its library made (tests/golden). The clock stands at the moment of the recording; nothing needs to be installed.
//!
//! `SAML_SP_RECORDINGS=folder` replays the recordings of that folder instead of the stored ones.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test may stop where it stands

mod keys;
#[path = "interop/logouts.rs"]
mod logouts;
#[path = "interop/octets.rs"]
mod octets;

use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Duration, Utc};
use saml_sp::{
    Accepted, AttributeMap, Clock, DecryptionKey, Error, Expect, Field, IdentityProvider, Limits, Login, Metadata,
    MetadataTrust, PendingLogin, PostedResponse, ReplayCache, ServiceProvider, ServiceProviderBuilder,
};
use serde_json::Value;

struct Recording {
    name: String,
    json: Value,
}

impl Recording {
    fn text(&self, path: &str) -> &str {
        self.json.pointer(path).and_then(Value::as_str).unwrap_or_else(|| panic!("{}: no {path}", self.name))
    }

    fn now(&self) -> DateTime<Utc> {
        self.text("/now").parse().unwrap()
    }

    fn sp(&self, now: DateTime<Utc>) -> ServiceProvider {
        self.builder(now, self.json["expect"]["allow"].as_str()).build().unwrap()
    }

    fn builder(&self, now: DateTime<Utc>, allow: Option<&str>) -> ServiceProviderBuilder {
        let builder = ServiceProvider::builder(self.text("/sp/entity_id"), self.text("/sp/acs_url"));
        let builder = match self.json["sp"]["decryption_key"].as_str() {
            Some(pem) => builder.decryption_key(DecryptionKey::from_pem(pem).unwrap()),
            None => builder,
        };
        let builder = match allow {
            Some("sha1") => builder.dangerous_allow_sha1(),
            Some("unauthenticated-cbc") => builder.dangerous_allow_unauthenticated_cbc(),
            Some("triple-des") => builder.dangerous_allow_triple_des(),
            Some("rsa-1-5") => builder.dangerous_allow_rsa_1_5(),
            Some(other) => panic!("{}: no relaxation {other}", self.name),
            None => builder,
        };
        // LemonLDAP::NG confirms for as long as its session lasts: the pending login must not be what ends first.
        builder.pending_lifetime(Duration::hours(24)).clock(Clock::Fixed(now))
    }

    fn idp(&self) -> IdentityProvider {
        let bytes = self.text("/idp_metadata").as_bytes();
        let metadata = Metadata::read_with(bytes, MetadataTrust::Transport, &Limits::default(), self.now()).unwrap();
        // Requests are not signed here: the key that signed the recorded one is gone.
        metadata.only_identity_provider().unwrap().with_authn_requests_signed(false)
    }

    /// The login that this answer belongs to, begun a minute before it arrived.
    fn pending(&self, request_id: &str) -> PendingLogin {
        let issued = self.now() - Duration::minutes(1);
        saml_sp::testing::pending_login(&self.sp(issued), &self.idp(), request_id).unwrap()
    }

    fn accept_at(&self, now: DateTime<Utc>, form_value: &str, request_id: &str) -> Result<Accepted, Error> {
        let posted = PostedResponse::new(form_value, self.json["answer"]["RelayState"].as_str());
        self.sp(now).accept(&self.idp(), &posted, Expect::AnswerTo(self.pending(request_id)))
    }

    #[cfg(feature = "xmlsec")]
    fn accept_by(&self, engine: saml_sp::Engine) -> Result<Accepted, Error> {
        let builder = self.builder(self.now(), self.json["expect"]["allow"].as_str());
        let posted = PostedResponse::new(self.text("/answer/SAMLResponse"), self.json["answer"]["RelayState"].as_str());
        let expect = Expect::AnswerTo(self.pending(self.text("/request/id")));
        builder.engine(engine).build().unwrap().accept(&self.idp(), &posted, expect)
    }

    fn accept(&self) -> Result<Accepted, Error> {
        self.accept_at(self.now(), self.text("/answer/SAMLResponse"), self.text("/request/id"))
    }

    fn xml(&self) -> String {
        String::from_utf8(STANDARD.decode(self.text("/answer/SAMLResponse")).unwrap()).unwrap()
    }

    fn must_be_refused(&self) -> bool {
        self.json["expect"]["code"].is_string()
    }
}

fn read(folder: &Path) -> Vec<Recording> {
    let mut recordings = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "json") {
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            recordings.push(Recording { name, json: serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap() });
        }
    }
    recordings.sort_by(|a, b| a.name.cmp(&b.name));
    recordings
}

fn fresh() -> Option<PathBuf> {
    std::env::var_os("SAML_SP_RECORDINGS").map(PathBuf::from)
}

fn recorded() -> Vec<Recording> {
    let Some(fresh) = fresh() else { return stored() };
    let recordings = read(&fresh);
    // They are of one product.
    assert!(recordings.len() >= 4, "only {} fresh recordings", recordings.len());
    recordings
}

fn stored() -> Vec<Recording> {
    let recordings = read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/interop/recorded"));
    assert!(recordings.len() >= 40, "only {} recordings", recordings.len());
    recordings
}

fn golden() -> Vec<Recording> {
    let recordings = read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden"));
    assert!(recordings.len() >= 57, "only {} golden messages", recordings.len());
    recordings
}

fn says_what_was_expected(recording: &Recording) {
    let name = &recording.name;
    let expect = &recording.json["expect"];
    let accepted = recording.accept().unwrap_or_else(|error| panic!("{name}: {}: {error}", error.code()));
    let signed: Vec<String> = accepted.proofs().iter().map(|proof| proof.element.to_lowercase()).collect();
    assert_eq!(serde_json::json!(signed), expect["signed"], "{name}: whose signatures verified");
    assert_eq!(accepted.was_encrypted(), recording.json["sp"]["decryption_key"].is_string(), "{name}: encrypted");

    let Login { identity, session, .. } = accepted.confirm_with(&ReplayCache::default()).unwrap();
    let name_id = identity.name_id().unwrap_or_else(|| panic!("{name}: no NameID"));
    assert_eq!(name_id.value, recording.text("/expect/name_id"), "{name}");
    assert_eq!(name_id.format.as_deref(), expect["name_id_format"].as_str(), "{name}");
    assert_eq!(session.session_indexes().first().map(String::as_str), expect["session_index"].as_str(), "{name}");
    assert_eq!(identity.idp().as_str(), recording.idp().entity_id().as_str(), "{name}");
    for (attribute, values) in expect["attributes"].as_object().unwrap() {
        let found: Vec<&str> = identity.attribute_values(attribute).collect();
        assert_eq!(serde_json::json!(found), *values, "{name}: {attribute}");
    }
}

#[test]
fn recorded_logins_are_accepted_and_say_who_it_was() {
    for recording in recorded().iter().filter(|recording| !recording.must_be_refused()) {
        says_what_was_expected(recording);
        let expected = recording.json["expect"]["attributes"].as_object().unwrap().len();
        let login = recording.accept().unwrap().confirm_with(&ReplayCache::default()).unwrap();
        assert_eq!(login.identity.attributes().len(), expected, "{}: as many attributes as were sent", recording.name);
    }
}

/// Each product by its own names: what an application asks for is found wherever it was sent.
#[test]
fn recorded_logins_have_an_email_and_names() {
    let mut found = 0;
    for recording in recorded().iter().filter(|recording| !recording.must_be_refused()) {
        let login = recording.accept().unwrap().confirm_with(&ReplayCache::default()).unwrap();
        let user = AttributeMap::new().read(&login.identity, &recording.idp()).unwrap();
        let attributes = recording.json["expect"]["attributes"].as_object().unwrap();
        for (field, names) in [
            (Field::Email, ["urn:oid:0.9.2342.19200300.100.1.3", "emailaddress", "mail"]),
            (Field::FirstName, ["urn:oid:2.5.4.42", "givenname", "givenName"]),
            (Field::LastName, ["urn:oid:2.5.4.4", "surname", "sn"]),
        ] {
            let sent = attributes.iter().find(|(name, _)| names.iter().any(|known| name.ends_with(known)));
            assert_eq!(
                user.get(&field),
                sent.and_then(|(_, values)| values[0].as_str()),
                "{}: {field}",
                recording.name
            );
            found += usize::from(sent.is_some());
        }
    }
    // Fresh recordings are of one product, which may send none of the three.
    if fresh().is_none() {
        assert!(found >= 90, "only {found} fields were sent");
    }
}

#[test]
fn recorded_refusals_end_with_their_code() {
    for recording in recorded().iter().filter(|recording| recording.must_be_refused()) {
        let error = recording.accept().unwrap_err();
        assert_eq!(error.code(), recording.text("/expect/code"), "{}: {error}", recording.name);
        let named = recording.json["expect"]["hint"].as_str().unwrap_or_default();
        assert!(error.hint().contains(named), "{}: no {named} in the hint: {}", recording.name, error.hint());
    }
}

#[test]
fn recordings_that_need_a_relaxation_are_refused_without_it() {
    for recording in recorded().iter().filter(|recording| recording.json["expect"]["allow"].is_string()) {
        let sp = recording.builder(recording.now(), None).build().unwrap();
        let posted = PostedResponse::new(recording.text("/answer/SAMLResponse"), None);
        let expect = Expect::AnswerTo(recording.pending(recording.text("/request/id")));
        let error = sp.accept(&recording.idp(), &posted, expect).unwrap_err();
        assert_eq!(error.code(), recording.text("/expect/code_without"), "{}: {error}", recording.name);
    }
}

#[test]
fn golden_messages_are_accepted_and_say_who_it_was() {
    golden().iter().for_each(says_what_was_expected);
}

/// The same octets, or the same refusal. RSA-PSS has come to libxmlsec1 with 1.3.
#[cfg(feature = "xmlsec")]
#[test]
fn engines_agree_on_every_message() {
    use saml_sp::Engine;
    let (mut accepted, mut unsupported) = (0, 0);
    for recording in recorded().iter().chain(&golden()) {
        let name = &recording.name;
        match (recording.accept_by(Engine::Native), recording.accept_by(Engine::Xmlsec)) {
            (Ok(native), Ok(xmlsec)) => {
                assert_eq!(native.signed_octets(), xmlsec.signed_octets(), "{name}");
                accepted += 1;
            }
            (_, Err(error)) if error.code() == "unsupported-by-engine" => {
                assert!(error.to_string().contains("-rsa-MGF1"), "{name}: {error}");
                unsupported += 1;
            }
            (Err(native), Err(xmlsec)) => assert_eq!(native, xmlsec, "{name}"),
            (native, xmlsec) => panic!("{name}: {native:?} and {xmlsec:?}"),
        }
    }
    println!("{accepted} accepted by both, {unsupported} unsupported");
    assert!(accepted >= 80, "only {accepted} accepted by both");
}

/// What we read and another implementation can make: XML Signature 1.1, RFC 9231, XML Encryption 1.0 and 1.1.
const ALGORITHMS: [&str; 24] = [
    "http://www.w3.org/2000/09/xmldsig#rsa-sha1",
    "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
    "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384",
    "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512",
    "http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1",
    "http://www.w3.org/2007/05/xmldsig-more#sha384-rsa-MGF1",
    "http://www.w3.org/2007/05/xmldsig-more#sha512-rsa-MGF1",
    "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256",
    "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384",
    "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512",
    "http://www.w3.org/2009/xmlenc11#aes128-gcm",
    "http://www.w3.org/2009/xmlenc11#aes192-gcm",
    "http://www.w3.org/2009/xmlenc11#aes256-gcm",
    "http://www.w3.org/2001/04/xmlenc#aes128-cbc",
    "http://www.w3.org/2001/04/xmlenc#aes192-cbc",
    "http://www.w3.org/2001/04/xmlenc#aes256-cbc",
    "http://www.w3.org/2001/04/xmlenc#tripledes-cbc",
    "http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p",
    "http://www.w3.org/2009/xmlenc11#rsa-oaep",
    "http://www.w3.org/2001/04/xmlenc#rsa-1_5",
    "http://www.w3.org/2009/xmlenc11#mgf1sha1",
    "http://www.w3.org/2009/xmlenc11#mgf1sha256",
    "http://www.w3.org/2009/xmlenc11#mgf1sha384",
    "http://www.w3.org/2009/xmlenc11#mgf1sha512",
];

/// A message that the tests above accept.
#[test]
fn each_algorithm_has_a_message_by_another_implementation() {
    let accepted = |recording: &Recording| (!recording.must_be_refused()).then(|| recording.xml());
    let messages: Vec<String> = stored().iter().chain(&golden()).filter_map(accepted).collect();
    for algorithm in ALGORITHMS {
        let named = format!("Algorithm=\"{algorithm}\"");
        assert!(messages.iter().any(|message| message.contains(&named)), "{algorithm}");
    }
}

/// rsa-oaep-mgf1p and rsa-oaep of XML Encryption 1.1, each with SHA-1 and SHA-256, MGF1 with SHA-1 where nothing else is said.
#[test]
fn iip_alg06_both_forms_of_oaep_with_both_digests() {
    let all: Vec<Recording> = stored().into_iter().chain(golden()).collect();
    for name in [
        "pysaml2-encrypted-aes128-gcm",
        "encrypted-mgf1p-sha256",
        "encrypted-defaults",
        "encrypted-sha256-mgf1-sha1",
        "encrypted-sha256-mgf1-sha256",
    ] {
        says_what_was_expected(all.iter().find(|recording| recording.name == name).unwrap());
    }
}

/// One character of what was signed, somewhere else each time: never an identity, unless it is the original one.
#[test]
fn an_altered_recording_is_an_error_or_the_original_identity() {
    for recording in recorded().iter().chain(&golden()).filter(|recording| !recording.must_be_refused()) {
        let xml = recording.xml();
        let original = recording.text("/expect/name_id");
        let places: Vec<usize> = xml.char_indices().map(|(at, _)| at).filter(|at| at % 397 == 13).collect();
        for at in places {
            let mut altered = xml.clone();
            let old = altered.remove(at);
            altered.insert(at, if old == 'x' { 'y' } else { 'x' });
            let form_value = STANDARD.encode(&altered);
            if let Ok(accepted) = recording.accept_at(recording.now(), &form_value, recording.text("/request/id")) {
                let login = accepted.confirm_with(&ReplayCache::default()).unwrap();
                let found = login.identity.name_id().map(|name_id| name_id.value.as_str());
                assert_eq!(found, Some(original), "{}: byte {at} altered", recording.name);
            }
        }
    }
}

#[test]
fn a_recording_is_no_answer_to_another_request() {
    for recording in recorded().iter().filter(|recording| !recording.must_be_refused()) {
        let error =
            recording.accept_at(recording.now(), recording.text("/answer/SAMLResponse"), "_another").unwrap_err();
        let one_for_all = recording.json["expect"]["allow"] == "unauthenticated-cbc";
        let wanted = if one_for_all { "decrypt-failed" } else { "in-response-to-mismatch" };
        assert_eq!(error.code(), wanted, "{}: {error}", recording.name);
    }
}

#[test]
fn a_recording_is_accepted_once() {
    for recording in recorded().iter().filter(|recording| !recording.must_be_refused()) {
        let seen = ReplayCache::default();
        recording.accept().unwrap().confirm_with(&seen).unwrap();
        let error = recording.accept().unwrap().confirm_with(&seen).unwrap_err();
        assert_eq!(error.code(), "replayed", "{}: {error}", recording.name);
    }
}

/// Just before `keep_until` the record still matters; from then on no check lets the assertion pass.
#[test]
fn a_recording_is_refused_from_keep_until_on() {
    for recording in recorded().iter().filter(|recording| !recording.must_be_refused()) {
        let keep_until = recording.accept().unwrap().keep_until();
        let at = |now| recording.accept_at(now, recording.text("/answer/SAMLResponse"), recording.text("/request/id"));
        let before = at(keep_until - Duration::milliseconds(1));
        // The provider's session may end a moment earlier than what it confirms.
        let code = before.as_ref().map_or_else(Error::code, |_| "accepted");
        assert!(["accepted", "session-expired"].contains(&code), "{}: just before: {code}", recording.name);
        assert!(at(keep_until).is_err(), "{}: at keep_until", recording.name);
    }
}

/// What is read stands in the octets that were signed. With `SAML_SP_EMIT=folder` each pair is written there, for another reader:
/// tests/interop/read_by_lxml.py.
#[test]
fn what_is_read_stands_in_the_signed_octets() {
    let folder = octets::folder();
    for recording in recorded().iter().chain(&golden()).filter(|recording| !recording.must_be_refused()) {
        let accepted = recording.accept().unwrap();
        let octets = String::from_utf8(accepted.signed_octets().as_bytes().to_vec()).unwrap();
        let identity = accepted.confirm_with(&ReplayCache::default()).unwrap().identity;
        let name_id = identity.name_id().unwrap();
        let escaped = name_id.value.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        assert!(octets.contains(&format!(">{escaped}<")), "{}: {escaped}", recording.name);
        if let Some(folder) = &folder {
            octets::emit(folder, &recording.name, &octets, &identity);
        }
    }
}
