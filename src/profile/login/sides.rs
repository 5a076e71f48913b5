//! The two sides of each row of the table, in words, for reports: what the message says and what is wanted. Nothing is
//! decided here, and no name or value of the person is in it.

use chrono::{DateTime, Utc};

use super::checks::{Check, Context, judged};
use crate::saml::assertion::Assertion;
use crate::saml::response::Envelope;
use crate::saml::urn;
use crate::text::instant;
use crate::text::quoted::Quoted;

/// What was found, and what is wanted.
#[derive(Default)]
pub(super) struct Sides {
    pub(super) found: String,
    pub(super) wanted: String,
}

const NOTHING: &str = "nothing";
const ANYTHING: &str = "anything or nothing";

pub(super) fn sides(
    check: &Check,
    envelope: &Envelope,
    assertion: Option<&Assertion>,
    context: &Context<'_>,
) -> Option<Sides> {
    let (found, wanted) = of_envelope(check.id, envelope, context).or_else(|| {
        let assertion = assertion?;
        of_confirmation(check.id, assertion, context)
            .or_else(|| of_conditions(check.id, assertion, context))
            .or_else(|| of_statement(check.id, assertion, context))
            .or_else(|| of_subject(check.id, assertion, context))
    })?;
    Some(Sides { found, wanted })
}

type Pair = (String, String);

fn of_envelope(row: &str, envelope: &Envelope, context: &Context<'_>) -> Option<Pair> {
    Some(match row {
        "version" => (quoted(&envelope.version), quoted(urn::VERSION)),
        "issuer" => (optional(envelope.issuer.as_deref()), quoted(context.idp.entity_id().as_str())),
        "destination" => (optional(envelope.destination.as_deref()), quoted(context.acs)),
        "in-response-to" => (optional(envelope.in_response_to.as_deref()), request(context)),
        "status" => (envelope.status.to_string(), quoted(urn::status::SUCCESS)),
        _ => return None,
    })
}

fn of_confirmation(row: &str, assertion: &Assertion, context: &Context<'_>) -> Option<Pair> {
    let confirmation = judged(assertion, context);
    let methods = || {
        let all = assertion.subject.iter().flat_map(|subject| &subject.confirmations);
        list(all.map(|confirmation| confirmation.method.as_str()))
    };
    Some(match row {
        "confirmation-method" => (methods(), quoted(urn::confirmation::BEARER)),
        "confirmation-recipient" => {
            (optional(confirmation.and_then(|found| found.recipient.as_deref())), quoted(context.acs))
        }
        "confirmation-window" => (confirmation.map_or_else(nothing, |found| found.window.to_string()), inside(context)),
        "confirmation-in-response-to" => {
            (optional(confirmation.and_then(|found| found.in_response_to.as_deref())), request(context))
        }
        _ => return None,
    })
}

fn of_conditions(row: &str, assertion: &Assertion, context: &Context<'_>) -> Option<Pair> {
    let conditions = assertion.conditions.as_ref();
    let audiences = || {
        let restrictions = conditions.iter().flat_map(|conditions| &conditions.audience_restrictions);
        joined(restrictions.map(|audiences| list(audiences.iter().map(String::as_str))), " and ")
    };
    Some(match row {
        "conditions-window" => {
            (conditions.map_or_else(nothing, |conditions| conditions.window.to_string()), inside(context))
        }
        "audience" => (audiences(), quoted(context.settings.entity_id.as_str())),
        "unknown-condition" => {
            (conditions.and_then(|found| found.unknown.as_ref()).map_or_else(nothing, ToString::to_string), nothing())
        }
        "one-time-use" => {
            let asked = conditions.is_some_and(|conditions| conditions.one_time_use);
            (if asked { "OneTimeUse".to_owned() } else { nothing() }, "that it is new to the replay record".to_owned())
        }
        _ => return None,
    })
}

fn of_statement(row: &str, assertion: &Assertion, context: &Context<'_>) -> Option<Pair> {
    let statement = assertion.authn_statement();
    let asked = context.pending.map(|pending| &pending.asked);
    let at = |moment: Option<DateTime<Utc>>| moment.map_or_else(nothing, instant::format);
    let fresh = || {
        let pending = context.pending?;
        let age = pending.asked.max_authn_age.map(|age| format!("at most {} s ago", age.num_seconds()));
        let force = pending.asked.force_authn.then(|| format!("after {}", instant::format(pending.issued)));
        force.or(age)
    };
    Some(match row {
        "authn-statement" => (assertion.authn_statements.len().to_string(), "at least 1".to_owned()),
        "authn-instant" => {
            (at(statement.map(|statement| statement.instant)), fresh().unwrap_or_else(|| "any moment".to_owned()))
        }
        "authn-context" => {
            let accepted = asked.map(|asked| asked.accepted_contexts.as_slice()).unwrap_or_default();
            let wanted =
                if accepted.is_empty() { ANYTHING.to_owned() } else { list(accepted.iter().map(String::as_str)) };
            (optional(statement.and_then(|statement| statement.class_ref.as_deref())), wanted)
        }
        "session-expiry" => {
            (at(statement.and_then(|statement| statement.session_not_on_or_after)), format!("after {}", now(context)))
        }
        _ => return None,
    })
}

fn of_subject(row: &str, assertion: &Assertion, context: &Context<'_>) -> Option<Pair> {
    let asked = context.pending.map(|pending| &pending.asked);
    let name_id = assertion.name_id();
    Some(match row {
        "assertion-issuer" => (quoted(&assertion.issuer), quoted(context.idp.entity_id().as_str())),
        "issue-instant" => {
            let age = context
                .settings
                .max_assertion_age
                .map_or_else(String::new, |age| format!(", at most {} s ago", age.num_seconds()));
            (instant::format(assertion.issue_instant.utc), format!("not after {}{age}", now(context)))
        }
        "name-id-policy" => {
            let format = asked.and_then(|asked| asked.name_id_format.as_deref());
            let qualifier = asked.and_then(|asked| asked.sp_name_qualifier.as_deref());
            let wanted: Vec<String> = [("Format", format), ("SPNameQualifier", qualifier)]
                .into_iter()
                .filter_map(|(what, wanted)| Some(format!("{what} {}", quoted(wanted?))))
                .collect();
            let found = name_id.map_or_else(nothing, |name_id| {
                let qualifier =
                    name_id.sp_name_qualifier.as_ref().map(|found| format!(", SPNameQualifier {}", quoted(found)));
                format!("Format {}{}", optional(name_id.format.as_deref()), qualifier.unwrap_or_default())
            });
            (found, if wanted.is_empty() { ANYTHING.to_owned() } else { wanted.join(", ") })
        }
        "subject-match" => {
            let found = if name_id.is_some() { "a NameID".to_owned() } else { nothing() };
            let wanted =
                if asked.is_some_and(|asked| asked.subject.is_some()) { "the subject asked for" } else { ANYTHING };
            (found, wanted.to_owned())
        }
        _ => return None,
    })
}

fn quoted(text: impl AsRef<str>) -> String {
    Quoted::new(text).describe()
}

fn nothing() -> String {
    NOTHING.to_owned()
}

fn optional(text: Option<&str>) -> String {
    text.map_or_else(nothing, quoted)
}

fn list<'a>(texts: impl Iterator<Item = &'a str>) -> String {
    joined(texts.map(quoted), ", ")
}

/// The first eight, and an ellipsis for the rest.
fn joined(mut texts: impl Iterator<Item = String>, by: &str) -> String {
    let mut first: Vec<String> = texts.by_ref().take(8).collect();
    first.extend(texts.next().map(|_| "…".to_owned()));
    if first.is_empty() { nothing() } else { first.join(by) }
}

fn request(context: &Context<'_>) -> String {
    context.pending.map_or_else(nothing, |pending| quoted(&pending.request_id))
}

fn inside(context: &Context<'_>) -> String {
    format!("{} inside", now(context))
}

fn now(context: &Context<'_>) -> String {
    format!("{} (skew {} s)", instant::format(context.moment.now), context.moment.skew.num_seconds())
}
