//! `"op":"logout"`: one logout message, as if it had just arrived at one of our logout URLs.

use chrono::{DateTime, TimeDelta, Utc};
use saml_sp::{Error, Inbound, LogoutAnswer, ReceivedLogout, Seen, testing};
use serde_json::{Map, Value, json};

use super::Stop;
use super::case::{Fields, TextOrTexts};
use super::idp::Idp;
use super::sp::Sp;

/// Everything is read before anything is judged, as for a login.
struct Case<'a> {
    sp: Sp<'a>,
    idp: Idp<'a>,
    message: Message<'a>,
    /// The ID of the LogoutRequest that is pending.
    answer_to: Option<&'a str>,
    now: DateTime<Utc>,
}

enum Message<'a> {
    Query(&'a str),
    Decoded(Vec<(&'a str, &'a str)>),
    Form { request: Option<&'a str>, response: Option<&'a str>, relay_state: Option<&'a str> },
    Soap(&'a str),
}

pub(crate) fn judge(fields: &Fields<'_>) -> Result<Map<String, Value>, Stop> {
    let case = Case::read(fields)?;
    let idp = case.idp.build(case.now, &case.sp.allow)?;
    let sp = case.sp.build_for_logout(case.now)?;
    let received = sp.receive_logout(&idp, &case.message.inbound())?;
    let octets = String::from_utf8_lossy(received.signed_octets().as_bytes()).into_owned();
    let mut facts = match received {
        // Nothing is remembered from line to line.
        ReceivedLogout::Request(request) => {
            let request = request.confirm(Seen::FirstTime)?;
            let (name_id, indexes) = (request.name_id(), request.session_indexes());
            facts("request", (json!(name_id.value), json!(name_id.format)), json!(indexes), [Value::Null, Value::Null])
        }
        ReceivedLogout::Response(answer) => {
            let pending = match case.answer_to {
                Some(id) => testing::pending_logout(&case.sp.build_for_logout(case.begun())?, &idp, id)?,
                None => return Err(answer.without_pending().into()),
            };
            answered(answer, pending)?
        }
    };
    facts.insert("signed_octets".to_owned(), json!(octets));
    Ok(facts)
}

fn answered(answer: LogoutAnswer, pending: saml_sp::PendingLogout) -> Result<Map<String, Value>, Error> {
    let done = answer.accept(pending)?;
    let codes: Vec<&str> = done.status.codes.iter().map(saml_sp::Quoted::as_str).collect();
    Ok(facts("response", (Value::Null, Value::Null), Value::Null, [json!(codes), json!(done.everywhere)]))
}

/// Every field is there always; null is what the other kind of message has.
fn facts(
    kind: &str,
    (name_id, format): (Value, Value),
    session_indexes: Value,
    [status, everywhere]: [Value; 2],
) -> Map<String, Value> {
    Map::from_iter([
        ("kind".to_owned(), json!(kind)),
        ("name_id".to_owned(), name_id),
        ("name_id_format".to_owned(), format),
        ("session_indexes".to_owned(), session_indexes),
        ("status".to_owned(), status),
        ("everywhere".to_owned(), everywhere),
    ])
}

impl<'a> Case<'a> {
    fn read(case: &Fields<'a>) -> Result<Self, Stop> {
        let answer_to = case.optional_object("expect", "expect.")?.optional_text("answer_to")?;
        Ok(Self {
            sp: Sp::read_to_sign(case)?,
            idp: Idp::read(case)?,
            message: Message::read(&case.object("message", "message.")?, answer_to.is_some())?,
            answer_to,
            now: case.time("now")?,
        })
    }

    fn begun(&self) -> DateTime<Utc> {
        self.now.checked_sub_signed(TimeDelta::minutes(1)).unwrap_or(self.now)
    }
}

impl<'a> Message<'a> {
    fn read(message: &Fields<'a>, is_answer: bool) -> Result<Self, Stop> {
        Ok(match message.one_of(&["query", "decoded_query", "post", "soap"])? {
            "query" => Self::Query(message.text("query")?),
            "decoded_query" => Self::Decoded(message.pairs("decoded_query")?),
            "soap" => Self::Soap(message.text("soap")?),
            name => match message.text_or_texts(name, "message.post.")? {
                Some(TextOrTexts::Texts(form)) => Self::Form {
                    request: form.optional_text("SAMLRequest")?,
                    response: form.optional_text("SAMLResponse")?,
                    relay_state: form.optional_text("RelayState")?,
                },
                // The one field, whichever it has to be.
                Some(TextOrTexts::Text(value)) => Self::Form {
                    request: Some(value).filter(|_| !is_answer),
                    response: Some(value).filter(|_| is_answer),
                    relay_state: None,
                },
                None => return Err(Stop::no_case("message.post: missing")),
            },
        })
    }

    fn inbound(&self) -> Inbound<'_> {
        match self {
            Self::Query(query) => Inbound::query(query),
            Self::Decoded(parameters) => Inbound::decoded_query(parameters),
            Self::Form { request, response, relay_state } => Inbound::form(*request, *response, *relay_state),
            Self::Soap(body) => Inbound::soap(body.as_bytes()),
        }
    }
}
