//! One attack or control: what is done, to which base shapes, and what must come of it.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use saml_sp::VerifyingKey;
use saml_sp::testing::forge::Tree;
use saml_sp::testing::{TestIdp, TestIdpError};
use serde_json::{Value, json};

use crate::naive::Seen;
use crate::stage::{IDP, MALLORY, REQUEST, Shape, Stage};
use crate::{door, naive};

/// An attack, or a control.
pub(crate) struct Vector {
    pub(crate) name: &'static str,
    pub(crate) family: &'static str,
    /// What is done and why it might work.
    pub(crate) what: &'static str,
    /// Where it was published; empty for a control.
    pub(crate) cites: &'static str,
    pub(crate) shapes: &'static [Shape],
    pub(crate) outcome: Outcome,
    /// Why no signature in it verifies, where none does.
    pub(crate) not_live: Option<&'static str>,
    pub(crate) make: fn(&Stage) -> Result<Made, TestIdpError>,
}

/// What must come of it.
#[derive(Clone, Copy)]
pub(crate) enum Outcome {
    /// Rejected with this code, in every shape.
    Reject(&'static str),
    /// Rejected with a code that depends on the shape.
    RejectBy(fn(Shape) -> &'static str),
    /// Accepted, as what the identity provider signed: alice.
    Alice,
    /// Accepted, as this other name that the identity provider signed.
    Name(&'static str),
    /// Accepted as alice, and the verdict has this value at this JSON pointer.
    Says(&'static str, &'static str),
    /// Metadata that is accepted, and the verdict has this value at this JSON pointer.
    Publishes(&'static str, &'static str),
    /// An answer to a logout of ours that is accepted, and the verdict has this value at this JSON pointer.
    Answers(&'static str, &'static str),
    /// Accepted in some shapes (`None`, as alice), rejected in others.
    Depends(fn(Shape) -> Option<&'static str>),
}

impl Outcome {
    /// The code, or the name.
    pub(crate) fn of(self, shape: Shape) -> Result<&'static str, &'static str> {
        match self {
            Self::Reject(code) => Err(code),
            Self::RejectBy(code) => Err(code(shape)),
            Self::Alice | Self::Says(..) => Ok("alice"),
            Self::Name(name) => Ok(name),
            Self::Publishes(..) => Ok(IDP),
            Self::Answers(..) => Ok("none"),
            Self::Depends(code) => code(shape).map_or(Ok("alice"), Err),
        }
    }
}

/// A message, and how it is presented.
pub(crate) struct Made {
    message: Message,
    /// What is different in the case: JSON pointer and value.
    changes: Vec<(&'static str, Value)>,
    /// The key that is trusted, where it is another than the stage's.
    trusted: Option<VerifyingKey>,
}

enum Message {
    Xml(String),
    Bytes(Vec<u8>),
    /// The form field as it is.
    Field(String),
    /// No message at all, but a metadata document.
    Metadata(String),
    /// A logout message by Redirect: the query as it comes.
    Query(String),
    /// A logout message by POST: the fields of the form.
    Form(Vec<(&'static str, String)>),
    /// A logout message by SOAP: the body.
    Soap(String),
}

impl Made {
    pub(crate) fn field(value: impl Into<String>) -> Self {
        Message::Field(value.into()).into()
    }

    pub(crate) fn metadata(document: String) -> Self {
        Message::Metadata(document).into()
    }

    pub(crate) fn query(query: impl Into<String>) -> Self {
        Message::Query(query.into()).into()
    }

    pub(crate) fn form(fields: impl Into<Vec<(&'static str, String)>>) -> Self {
        Message::Form(fields.into()).into()
    }

    pub(crate) fn soap(body: impl Into<String>) -> Self {
        Message::Soap(body.into()).into()
    }

    /// Presented where a logout of ours is pending.
    pub(crate) fn answering(self) -> Self {
        self.with("/expect", json!({"answer_to": REQUEST}))
    }

    /// The case differs here: a JSON pointer into it.
    pub(crate) fn with(mut self, pointer: &'static str, value: impl Into<Value>) -> Self {
        self.changes.push((pointer, value.into()));
        self
    }

    /// With this relaxation.
    pub(crate) fn allowing(self, relaxation: &'static str) -> Self {
        self.with("/allow", json!([relaxation]))
    }

    /// Presented as an answer that nobody asked for.
    pub(crate) fn unsolicited(self) -> Self {
        self.with("/expect", json!({"unsolicited": true}))
    }

    /// To a service provider that knows this identity provider instead.
    pub(crate) fn trusting(mut self, idp: &TestIdp) -> Self {
        self.trusted = Some(idp.identity_provider().unwrap().signing_keys()[0].clone());
        self.with("/idp/certificates", json!([idp.certificate()]))
    }

    /// The bytes of the message, if they can be had at all.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        match &self.message {
            Message::Xml(text) | Message::Metadata(text) | Message::Soap(text) | Message::Query(text) => {
                text.clone().into_bytes()
            }
            Message::Bytes(bytes) => bytes.clone(),
            Message::Field(value) => base64(value),
            Message::Form(fields) => fields.first().map(|(_, value)| base64(value)).unwrap_or_default(),
        }
    }

    /// What careless software makes of it.
    fn seen(&self, trusted: &VerifyingKey, decryption: &str) -> Seen {
        let look_at = |bytes: &[u8]| naive::look_at(bytes, trusted.clone(), decryption);
        match &self.message {
            Message::Query(query) => naive::query::look_at(query, trusted, decryption),
            Message::Form(fields) => {
                let values = fields.iter().filter(|(name, _)| name.starts_with("SAML"));
                values.map(|(_, value)| look_at(&base64(value))).fold(Seen::default(), Seen::or)
            }
            _ => look_at(&self.bytes()),
        }
    }
}

/// The bytes, if they can be had at all: whatever is no base64 is passed over, as many decoders do.
pub(crate) fn base64(value: &str) -> Vec<u8> {
    let standard = value.replace('-', "+").replace('_', "/").replace("%3D", "");
    let symbol = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/');
    let mut symbols: String = standard.chars().filter(symbol).collect();
    symbols.truncate(symbols.len() / 4 * 4 + [0, 0, 2, 3][symbols.len() % 4]);
    STANDARD_NO_PAD.decode(symbols).unwrap_or_default()
}

impl From<Message> for Made {
    fn from(message: Message) -> Self {
        Self { message, changes: Vec::new(), trusted: None }
    }
}

impl From<Tree> for Made {
    fn from(tree: Tree) -> Self {
        tree.to_xml().into()
    }
}

impl From<String> for Made {
    fn from(xml: String) -> Self {
        Message::Xml(xml).into()
    }
}

impl From<Vec<u8>> for Made {
    fn from(bytes: Vec<u8>) -> Self {
        Message::Bytes(bytes).into()
    }
}

/// One vector in one shape: a case for the judge, and what else is known of it.
pub(crate) struct Trial {
    pub(crate) id: String,
    pub(crate) case: Value,
    pub(crate) expected: Result<&'static str, &'static str>,
    /// What else the verdict has to say: JSON pointer and value.
    pub(crate) says: Option<(&'static str, &'static str)>,
    /// Whether a naive verifier accepts one of its signatures.
    pub(crate) live: bool,
    /// Who a naive service provider takes the user for.
    pub(crate) naive: Option<String>,
}

impl Vector {
    pub(crate) fn trials(&self) -> Vec<Trial> {
        self.shapes.iter().map(|shape| self.trial(*shape)).collect()
    }

    pub(crate) fn trial(&self, shape: Shape) -> Trial {
        let stage = Stage::new(shape);
        let id = format!("{}/{}/{}", self.family, self.name, shape.name());
        let made = (self.make)(&stage).unwrap_or_else(|error| panic!("{id}: {error}"));
        let trusted = made.trusted.clone().unwrap_or_else(|| stage.trusted());
        let seen = made.seen(&trusted, stage.decryption());
        let mut case = stage.case(&id);
        match &made.message {
            Message::Xml(text) => case["message"] = json!({"xml": text}),
            Message::Bytes(bytes) => case["message"] = json!({"base64_xml": STANDARD.encode(bytes)}),
            Message::Field(value) => case["message"] = json!({"post": value}),
            Message::Query(query) => case["message"] = json!({"query": query}),
            Message::Soap(body) => case["message"] = json!({"soap": body}),
            Message::Form(fields) => {
                let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), json!(value)));
                case["message"] = json!({"post": Value::Object(fields.collect())});
            }
            Message::Metadata(document) => {
                case = stage.metadata_case(&id);
                case["metadata"] = json!(document);
            }
        }
        for (pointer, value) in made.changes {
            let (place, name) = pointer.rsplit_once('/').unwrap();
            case.pointer_mut(place).unwrap_or_else(|| panic!("{id}: no {pointer} in the case"))[name] = value;
        }
        let says = match self.outcome {
            Outcome::Says(pointer, value) | Outcome::Publishes(pointer, value) | Outcome::Answers(pointer, value) => {
                Some((pointer, value))
            }
            _ => None,
        };
        Trial { id, case, expected: self.outcome.of(shape), says, live: seen.live, naive: seen.identity }
    }

    /// Judges it in every shape, and says everything that is not as it must be.
    pub(crate) fn run(&self) {
        let mut wrong = String::new();
        let trials = self.trials();
        if self.not_live.is_some() && trials.iter().all(|trial| trial.live) {
            writeln!(wrong, "{}: a signature verifies, and something says why none does", self.name).unwrap();
        }
        for (index, trial) in trials.into_iter().enumerate() {
            let verdict = door::answer(trial.case.to_string().as_bytes());
            if outcome(&verdict) != trial.expected.map(str::to_owned).map_err(str::to_owned) {
                writeln!(wrong, "{}: wanted {:?}, not {verdict}", trial.id, trial.expected).unwrap();
            }
            if let Some((pointer, value)) = trial.says
                && verdict.pointer(pointer).and_then(Value::as_str) != Some(value)
            {
                writeln!(wrong, "{}: wanted {value:?} at {pointer}, not {verdict}", trial.id).unwrap();
            }
            // One shape of each: the way to a report is the same in all, and it is walked twice.
            if index == 0
                && let Err(what) = diagnosed(&trial.case, &verdict)
            {
                writeln!(wrong, "{}: {what}", trial.id).unwrap();
            }
            if !trial.live && self.not_live.is_none() {
                writeln!(wrong, "{}: no signature in it verifies, and nothing says why", trial.id).unwrap();
            }
        }
        assert!(wrong.is_empty(), "{wrong}");
    }
}

/// The report on the same case: it fails at a stage or a row exactly where the answer is refused, with that code, and what it shows as
/// signed is what was accepted, or at least nobody's forgery.
fn diagnosed(case: &Value, verdict: &Value) -> Result<(), String> {
    if case["op"] != "login" {
        return Ok(());
    }
    let mut case = case.clone();
    case["op"] = "diagnose".into();
    case["values"] = true.into();
    let diagnosed = door::answer(case.to_string().as_bytes());
    let code = verdict["code"].as_str();
    if diagnosed["verdict"] != verdict["verdict"] || diagnosed["code"].as_str() != code {
        return Err(format!("diagnosed as {} {}", diagnosed["verdict"], diagnosed["code"]));
    }
    let report = &diagnosed["report"];
    if report.is_null() {
        // Refused as a case, before there is an answer: the binding, or the configuration that it begins with.
        return if code.is_some() { Ok(()) } else { Err("no report".to_owned()) };
    }
    let outcomes = ["stages", "findings"].into_iter().flat_map(|part| report[part].as_array().unwrap());
    let failed: Vec<&str> = outcomes.filter_map(|row| row["outcome"]["Fail"]["code"].as_str()).collect();
    if code.is_none() != failed.is_empty() || code.is_some_and(|code| !failed.contains(&code)) {
        return Err(format!("the report fails at {failed:?}"));
    }
    let assertion = &report["sent"]["assertion"];
    let shown = assertion["name_id"]["value"]["text"].as_str().filter(|_| assertion["signed"] == true);
    match (shown, verdict["name_id"].as_str()) {
        (Some(shown), Some(accepted)) if shown != accepted => {
            Err(format!("{shown} is shown as signed, not {accepted}"))
        }
        (None, Some(accepted)) => Err(format!("{accepted} is accepted, and not shown as signed")),
        (Some(MALLORY), None) => Err("the report shows a forgery as signed".to_owned()),
        _ => Ok(()),
    }
}

/// The name (in metadata the entityID), or the code.
pub(crate) fn outcome(verdict: &Value) -> Result<String, String> {
    let text = |field: &str| verdict[field].as_str().unwrap_or("none").to_owned();
    match verdict["verdict"].as_str() {
        Some("accept") => Ok(text(if verdict["name_id"].is_string() { "name_id" } else { "entity_id" })),
        Some("reject") => Err(text("code")),
        _ => Err(format!("error: {}", text("message"))),
    }
}

/// The vectors of a family, each a test of its own. The doc comment says what is done.
macro_rules! vectors {
    ($family:literal; $(
        $(#[doc = $what:literal])+
        $name:ident: $cites:expr, $shapes:expr, $outcome:expr $(, not_live $why:literal)? => $make:expr;
    )+) => {
        pub(crate) const VECTORS: &[$crate::vector::Vector] = &[$(
            $crate::vector::Vector {
                name: stringify!($name),
                family: $family,
                what: concat!($($what),+),
                cites: $cites,
                shapes: $shapes,
                outcome: $outcome,
                not_live: [$(Some($why),)? None][0],
                make: $make,
            }
        ),+];

        $(
            #[test]
            fn $name() {
                VECTORS.iter().find(|vector| vector.name == stringify!($name)).unwrap().run();
            }
        )+
    };
}
pub(crate) use vectors;
