//! `"op":"login"`: one answer, as if it had just been posted to the ACS. `"op":"diagnose"`: the report on it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, TimeDelta, Utc};
use saml_sp::{
    Accepted, Attribute, EncodingError, Error, Expect, IdentityProvider, PostedResponse, Seen, ServiceProvider, testing,
};
use serde_json::{Map, Value, json};

use super::Stop;
use super::case::Fields;
use super::idp::Idp;
use super::sp::Sp;

/// Everything is read before anything is judged: a line with a field missing is no case, whatever else is wrong with it.
struct Case<'a> {
    sp: Sp<'a>,
    idp: Idp<'a>,
    message: Message<'a>,
    /// The request's ID; `None` for an unsolicited answer.
    answer_to: Option<&'a str>,
    now: DateTime<Utc>,
}

enum Message<'a> {
    /// Base64: what the form field holds.
    Posted(&'a str),
    Xml(&'a str),
    Query,
}

pub(crate) fn judge(fields: &Fields<'_>) -> Result<Map<String, Value>, Stop> {
    let (sp, idp, form_value, expect) = Case::read(fields)?.build()?;
    let accepted = sp.accept(&idp, &PostedResponse::new(&form_value, None), expect)?;
    Ok(facts(accepted)?)
}

/// The verdict is that of `judge`; the report stands beside it.
pub(crate) fn diagnose(fields: &Fields<'_>) -> Result<Map<String, Value>, Stop> {
    let values = fields.optional_flag("values")?.unwrap_or(false);
    let (sp, idp, form_value, expect) = Case::read(fields)?.build()?;
    let posted = PostedResponse::new(&form_value, None);
    let report = match &expect {
        Expect::AnswerTo(pending) => sp.diagnose(&idp, &posted, pending),
        Expect::Unsolicited { at, .. } => sp.diagnose_unsolicited(&idp, &posted, at),
    };
    let report = if values { report.with_values() } else { report };
    let report = serde_json::to_value(&report).map_err(|error| Stop::no_case(error.to_string()))?;
    let error = sp.accept(&idp, &posted, expect).err();
    let mut facts = Map::new();
    if let Some(error) = error {
        facts.insert("verdict".to_owned(), "reject".into());
        facts.insert("code".to_owned(), error.code().into());
        facts.insert("message".to_owned(), error.to_string().into());
        facts.insert("hint".to_owned(), error.hint().into());
    }
    facts.insert("report".to_owned(), report);
    Ok(facts)
}

impl<'a> Case<'a> {
    fn read(case: &Fields<'a>) -> Result<Self, Stop> {
        let message = case.object("message", "message.")?;
        Ok(Self {
            sp: Sp::read(case)?,
            idp: Idp::read(case)?,
            message: match message.one_of(&["post", "xml", "base64_xml", "query"])? {
                "xml" => Message::Xml(message.text("xml")?),
                "query" => message.text("query").map(|_| Message::Query)?,
                // Base64 of the bytes is what the form carries.
                name => Message::Posted(message.text(name)?),
            },
            answer_to: answer_to(&case.object("expect", "expect.")?)?,
            now: case.time("now")?,
        })
    }

    fn build(self) -> Result<(ServiceProvider, IdentityProvider, String, Expect), Stop> {
        let idp = self.idp.build(self.now, &self.sp.allow)?;
        let sp = self.sp.build(self.now)?;
        let form_value = match self.message {
            Message::Posted(value) => value.to_owned(),
            Message::Xml(text) => STANDARD.encode(text),
            // Whatever the query holds: the library has no door for a Response that comes this way.
            Message::Query => return Err(EncodingError::ResponseByRedirect.into()),
        };
        let expect = match self.answer_to {
            // Begun as any other login, by the same configuration: an identity provider that could not have been asked is
            // refused here.
            Some(id) => Expect::AnswerTo(testing::pending_login(&self.sp.build(self.begun())?, &idp, id)?),
            None => Expect::unsolicited(self.sp.acs_url),
        };
        Ok((sp, idp, form_value, expect))
    }

    fn begun(&self) -> DateTime<Utc> {
        self.now.checked_sub_signed(TimeDelta::minutes(1)).unwrap_or(self.now)
    }
}

/// `{"answer_to": id}` or `{"unsolicited": true}`, and never both.
fn answer_to<'a>(expect: &Fields<'a>) -> Result<Option<&'a str>, Stop> {
    let unsolicited = expect.optional_flag("unsolicited")?.unwrap_or(false);
    match (expect.optional_text("answer_to")?, unsolicited) {
        (Some(id), false) => Ok(Some(id)),
        (None, true) => Ok(None),
        (None, false) => Err(Stop::no_case("expect: wanted an answer_to, or unsolicited: true")),
        (Some(_), true) => Err(Stop::no_case("expect: answer_to and unsolicited exclude one another")),
    }
}

fn facts(accepted: Accepted) -> Result<Map<String, Value>, Error> {
    let signed: Vec<String> = accepted.proofs().iter().map(|proof| proof.element.to_ascii_lowercase()).collect();
    let encrypted = accepted.was_encrypted();
    let octets = String::from_utf8_lossy(accepted.signed_octets().as_bytes()).into_owned();
    // Nothing is remembered from line to line.
    let login = accepted.confirm(Seen::FirstTime)?;
    let name_id = login.identity.name_id();
    let attributes: Map<String, Value> =
        login.identity.attributes().iter().map(|attribute| (attribute.name.clone(), values(attribute))).collect();
    let mut facts = Map::new();
    let mut put = |name: &str, value: Value| facts.insert(name.to_owned(), value);
    put("name_id", json!(name_id.map(|name_id| &name_id.value)));
    put("name_id_format", json!(name_id.and_then(|name_id| name_id.format.as_deref())));
    put("attributes", Value::Object(attributes));
    put("session_index", json!(login.session.session_indexes().first()));
    put("signed", json!(signed));
    put("encrypted", json!(encrypted));
    put("signed_octets", json!(octets));
    Ok(facts)
}

/// Null for `xsi:nil`; for structured values the text of what is inside, trimmed.
fn values(attribute: &Attribute) -> Value {
    attribute.values.iter().map(|value| json!(value.text())).collect()
}
