//! Logout messages of real identity providers, replayed: what `logouts.sh` recorded (tests/interop/logouts).
//!
//! `SAML_SP_LOGOUTS=folder` replays those of that folder instead of the stored ones.

use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Duration, Utc};
use saml_sp::testing::{pending_login, pending_logout};
use saml_sp::{
    Binding, Certificate, Clock, Credential, DecryptionKey, Error, Expect, IdentityProvider, Inbound, Limits,
    LogoutCall, LogoutOptions, LogoutOutcome, LogoutReply, Metadata, MetadataTrust, Outbound, PendingLogout,
    PostedResponse, Quoted, ReceivedLogout, ReplayCache, Seen, ServiceProvider, ServiceProviderBuilder, Session,
    SigningKey, Status,
};
use serde_json::{Value, json};

use crate::keys::Pair;

struct Recording {
    name: String,
    json: Value,
}

/// A message as it arrived, or altered.
#[derive(Clone, PartialEq)]
enum Mail {
    Query(String),
    Form { field: &'static str, value: String, relay_state: Option<String> },
    Soap(String),
}

impl Mail {
    fn inbound(&self) -> Inbound<'_> {
        match self {
            Self::Query(query) => Inbound::query(query),
            Self::Form { field: "SAMLRequest", value, relay_state } => {
                Inbound::form(Some(value), None, relay_state.as_deref())
            }
            Self::Form { value, relay_state, .. } => Inbound::form(None, Some(value), relay_state.as_deref()),
            Self::Soap(body) => Inbound::soap(body.as_bytes()),
        }
    }

    fn binding(&self) -> Binding {
        match self {
            Self::Query(_) => Binding::Redirect,
            Self::Form { .. } => Binding::Post,
            Self::Soap(_) => Binding::Soap,
        }
    }

    /// The query, or the XML in what carries it.
    fn text(&self) -> String {
        match self {
            Self::Query(text) | Self::Soap(text) => text.clone(),
            Self::Form { value, .. } => String::from_utf8(STANDARD.decode(value).unwrap()).unwrap(),
        }
    }

    fn with_text(&self, text: String) -> Self {
        match self.clone() {
            Self::Query(_) => Self::Query(text),
            Self::Form { field, relay_state, .. } => Self::Form { field, value: STANDARD.encode(text), relay_state },
            Self::Soap(_) => Self::Soap(text),
        }
    }

    fn unsigned(&self) -> Self {
        let text = self.text();
        if let Self::Query(_) = self {
            let kept = text.split('&').filter(|part| !part.starts_with("Sig"));
            return self.with_text(kept.collect::<Vec<_>>().join("&"));
        }
        // With a prefix, or without.
        let start = text.find("Signature ").and_then(|at| text[..at].rfind('<')).unwrap();
        let end = text.rfind("Signature>").unwrap() + "Signature>".len();
        self.with_text(format!("{}{}", &text[..start], &text[end..]))
    }
}

impl Recording {
    fn text(&self, path: &str) -> &str {
        self.json.pointer(path).and_then(Value::as_str).unwrap_or_else(|| panic!("{}: no {path}", self.name))
    }

    fn is_request(&self) -> bool {
        self.text("/expect/kind") == "request"
    }

    fn mail(&self) -> Mail {
        let message = &self.json["message"];
        let text = |value: &Value| value.as_str().map(str::to_owned);
        match (text(&message["query"]), text(&message["soap"]), &message["form"]) {
            (Some(query), ..) => Mail::Query(query),
            (_, Some(body), _) => Mail::Soap(body),
            (.., form) => {
                let field = if self.is_request() { "SAMLRequest" } else { "SAMLResponse" };
                let (value, relay_state) = (text(&form[field]).unwrap(), text(&form["RelayState"]));
                Mail::Form { field, value, relay_state }
            }
        }
    }

    fn now(&self) -> DateTime<Utc> {
        self.text("/now").parse().unwrap()
    }

    fn builder(&self) -> ServiceProviderBuilder {
        self.builder_at(self.text("/sp/slo_url"))
    }

    fn builder_at(&self, slo_url: &str) -> ServiceProviderBuilder {
        let sp = &self.json["sp"];
        // The key that signed in the recorded run is gone, unless the run goes on.
        let credential = match (sp["signing_key"].as_str(), sp["signing_certificate"].as_str()) {
            (Some(key), Some(certificate)) => {
                Credential::active(Certificate::from_pasted(certificate).unwrap().certificate)
                    .signing(SigningKey::from_pem(key).unwrap())
            }
            _ => {
                let pair = Pair::ecdsa();
                Credential::active(pair.certificate()).signing(pair.signing())
            }
        };
        let builder = ServiceProvider::builder(self.text("/sp/entity_id"), self.text("/sp/acs_url"))
            .credential(credential)
            .slo_url(self.mail().binding(), slo_url)
            .clock(Clock::Fixed(self.now()));
        match sp["decryption_key"].as_str() {
            Some(pem) => builder.decryption_key(DecryptionKey::from_pem(pem).unwrap()),
            None => builder,
        }
    }

    fn sp(&self) -> ServiceProvider {
        self.builder().build().unwrap()
    }

    fn idp(&self) -> IdentityProvider {
        let bytes = self.text("/idp_metadata").as_bytes();
        let metadata = Metadata::read_with(bytes, MetadataTrust::Transport, &Limits::default(), self.now()).unwrap();
        metadata.only_identity_provider().unwrap()
    }

    fn receive(&self, mail: &Mail) -> Result<ReceivedLogout, Error> {
        self.sp().receive_logout(&self.idp(), &mail.inbound())
    }

    fn received(&self) -> ReceivedLogout {
        self.receive(&self.mail()).unwrap_or_else(|error| panic!("{}: {}: {error}", self.name, error.code()))
    }

    /// What a message says, in the form of `expect`.
    fn meaning(&self, received: ReceivedLogout) -> Value {
        match received {
            ReceivedLogout::Request(request) => {
                let request = request.confirm(Seen::FirstTime).unwrap();
                let name_id = request.name_id();
                let ended = request.not_on_or_after().map(|end| end.format("%Y-%m-%dT%H:%M:%SZ").to_string());
                json!({"kind": "request", "name_id": name_id.value, "name_id_format": name_id.format, "reason": request.reason().map(Quoted::as_str),
                    "session_indexes": request.session_indexes(), "not_on_or_after": ended})
            }
            ReceivedLogout::Response(answer) => {
                let codes = |status: &Status| json!(status.codes.iter().map(Quoted::as_str).collect::<Vec<_>>());
                match answer.accept(self.pending(self.text("/request_id"))) {
                    Ok(ended) => {
                        assert_eq!(ended.everywhere, ended.status.codes.len() == 1, "{}", self.name);
                        json!({"kind": "response", "status": codes(&ended.status)})
                    }
                    Err(ref error @ Error::Refused { ref status, signed: true, .. }) => {
                        json!({"kind": "response", "status": codes(status), "code": error.code()})
                    }
                    Err(error) => panic!("{}: {}: {error}", self.name, error.code()),
                }
            }
        }
    }

    fn pending(&self, request_id: &str) -> PendingLogout {
        pending_logout(&self.sp(), &self.idp(), request_id).unwrap()
    }

    /// The session of the login that a call by SOAP ended, where it stands beside it.
    fn session(&self) -> Option<Session> {
        let login = self.json.get("login")?;
        let posted = PostedResponse::new(login["SAMLResponse"].as_str().unwrap(), login["RelayState"].as_str());
        let (sp, idp) = (self.sp(), self.idp());
        let pending = pending_login(&sp, &idp, login["request_id"].as_str().unwrap()).unwrap();
        let accepted = sp.accept(&idp, &posted, Expect::AnswerTo(pending)).unwrap();
        Some(accepted.confirm_with(&ReplayCache::default()).unwrap().session)
    }
}

fn read(folder: &Path) -> Vec<Recording> {
    let files = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let paths = files.map(|entry| entry.unwrap().path()).filter(|path| path.extension().is_some_and(|e| e == "json"));
    let recording = |path: PathBuf| Recording {
        name: path.file_stem().unwrap().to_string_lossy().into_owned(),
        json: serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap(),
    };
    paths.map(recording).collect()
}

fn recorded() -> Vec<Recording> {
    let fresh = std::env::var_os("SAML_SP_LOGOUTS").map(PathBuf::from);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/interop/logouts");
    let recordings = read(fresh.as_deref().unwrap_or(&folder));
    // Fresh ones are of one product, or the sessions that a logout by SOAP begins with.
    let least = if fresh.is_some() { 2 } else { 22 };
    assert!(recordings.len() >= least, "only {} recorded logouts", recordings.len());
    recordings
}

#[test]
fn recorded_logout_requests_say_whose_sessions_are_to_end() {
    for recording in recorded().iter().filter(|recording| recording.is_request()) {
        let name = &recording.name;
        assert_eq!(recording.meaning(recording.received()), recording.json["expect"], "{name}");
        let seen = ReplayCache::default();
        let (ReceivedLogout::Request(first), ReceivedLogout::Request(again)) =
            (recording.received(), recording.received())
        else {
            panic!("{name}: no request");
        };
        let request = first.confirm_with(&seen).unwrap();
        assert_eq!(again.confirm_with(&seen).unwrap_err().code(), "replayed", "{name}");
        // By the way it came, with the RelayState it brought.
        let reply = request.respond(LogoutOutcome::Done).unwrap();
        match (reply, recording.mail()) {
            (LogoutReply::Browser(Outbound::Redirect(url)), Mail::Query(query)) => {
                let relay_state =
                    |of: &str| of.split(['?', '&']).find(|part| part.starts_with("RelayState=")).map(str::to_owned);
                assert_eq!(relay_state(&url), relay_state(&query), "{name}");
            }
            (LogoutReply::Browser(Outbound::Post(form)), Mail::Form { relay_state, .. }) => {
                let sent = form.fields.into_iter().find(|(field, _)| *field == "RelayState").map(|(_, value)| value);
                assert_eq!(sent, relay_state, "{name}");
            }
            (LogoutReply::Soap(body), Mail::Soap(_)) => assert!(body.contains(request.id()), "{name}"),
            (reply, _) => panic!("{name}: {reply:?}"),
        }
    }
}

#[test]
fn recorded_logout_responses_end_the_logout_that_they_answer() {
    for recording in recorded().iter().filter(|recording| !recording.is_request()) {
        let name = &recording.name;
        assert_eq!(recording.meaning(recording.received()), recording.json["expect"], "{name}");
        let ReceivedLogout::Response(answer) = recording.received() else { panic!("{name}: no response") };
        let error = answer.accept(recording.pending("_another")).unwrap_err();
        assert_eq!(error.code(), "in-response-to-mismatch", "{name}");
    }
}

#[test]
fn a_recorded_logout_message_without_its_signature_is_refused() {
    for recording in recorded() {
        let unsigned = recording.mail().unsigned();
        assert_eq!(recording.receive(&unsigned).unwrap_err().code(), "signature-missing", "{}", recording.name);
    }
}

/// One character, somewhere else each time: another message never, at most the same one.
#[test]
fn an_altered_logout_message_is_an_error_or_says_the_same() {
    for recording in recorded() {
        let (mail, sp, idp) = (recording.mail(), recording.sp(), recording.idp());
        let (text, original) = (mail.text(), recording.meaning(recording.received()));
        for at in text.char_indices().map(|(at, _)| at).filter(|at| at % 97 == 13) {
            let mut altered = text.clone();
            let old = altered.remove(at);
            altered.insert(at, if old == 'x' { 'y' } else { 'x' });
            if let Ok(received) = sp.receive_logout(&idp, &mail.with_text(altered).inbound()) {
                assert_eq!(recording.meaning(received), original, "{}: byte {at} altered", recording.name);
            }
        }
    }
}

/// By Redirect and POST the message names where it belongs; so does every request by SOAP that names anything.
#[test]
fn a_recorded_logout_message_is_for_this_service_provider() {
    for recording in recorded() {
        let mail = recording.mail();
        let elsewhere = recording.builder_at("http://127.0.0.1:1/saml/slo").build().unwrap();
        let result = elsewhere.receive_logout(&recording.idp(), &mail.inbound());
        match (mail.binding(), recording.is_request()) {
            // It comes back on our own connection.
            (Binding::Soap, false) => assert!(result.is_ok(), "{}", recording.name),
            _ => assert_eq!(result.unwrap_err().code(), "destination-mismatch", "{}", recording.name),
        }
    }
}

#[test]
fn a_recorded_logout_request_is_refused_when_it_has_expired() {
    for recording in recorded().iter().filter(|recording| recording.is_request()) {
        let late = recording.now() + Duration::hours(2);
        let sp = recording.builder().clock(Clock::Fixed(late)).build().unwrap();
        let code = sp.receive_logout(&recording.idp(), &recording.mail().inbound()).unwrap_err().code();
        assert!(["logout-expired", "issued-too-long-ago"].contains(&code), "{}: {code}", recording.name);
    }
}

#[cfg(feature = "xmlsec")]
#[test]
fn engines_agree_on_every_logout_message() {
    use saml_sp::Engine;
    for recording in recorded() {
        let by = |engine| {
            let sp = recording.builder().engine(engine).build().unwrap();
            sp.receive_logout(&recording.idp(), &recording.mail().inbound())
        };
        let (native, xmlsec) = (by(Engine::Native).unwrap(), by(Engine::Xmlsec).unwrap());
        assert_eq!(native.signed_octets(), xmlsec.signed_octets(), "{}", recording.name);
    }
}

/// What the identity provider answered in the recorded run. With `SAML_SP_EMIT=folder` it is written there, for an identity provider
/// that waits: logouts.py.
#[test]
fn a_recorded_session_is_asked_to_end_by_soap() {
    let folder = std::env::var_os("SAML_SP_EMIT").map(PathBuf::from);
    for recording in recorded() {
        let Some(session) = recording.session() else {
            assert!(recording.is_request() || recording.mail().binding() != Binding::Soap, "{}", recording.name);
            continue;
        };
        let call = recording.sp().begin_logout_by_soap(&recording.idp(), &session, &LogoutOptions::new()).unwrap();
        let LogoutCall { url, body, pending } = call;
        assert!(recording.text("/idp_metadata").contains(&format!("\"{url}\"")), "{}: {url}", recording.name);
        let name_id = session.name_id().unwrap();
        for text in [&name_id.value, &session.session_indexes()[0], pending.request_id(), "<ds:Signature"] {
            assert!(body.contains(text), "{}: no {text} in {body}", recording.name);
        }
        if let Some(folder) = &folder {
            let call = json!({"url": url, "body": body, "request_id": pending.request_id()});
            std::fs::write(folder.join(format!("{}.call", recording.name)), call.to_string()).unwrap();
        }
    }
}
