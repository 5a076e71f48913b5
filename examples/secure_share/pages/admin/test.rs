//! Test configuration: a login that ends in a report.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use maud::{Markup, PreEscaped, html};
use rusqlite::{OptionalExtension as _, params};
use saml_sp::{Failure, Field, Outcome, Report, SentAssertion, SentAttribute, Whose};

use super::page as admin;
use crate::app::{App, Problem, now_text, random};
use crate::pages::layout::pill;
use crate::providers::{FIELDS, Provider};
use crate::sso;

/// POST `/admin/providers/{id}/test`: off to the identity provider.
pub(crate) async fn begin(State(app): State<Arc<App>>, Path(id): Path<String>) -> Result<Response, Problem> {
    sso::begin_test(&app, &id).await
}

/// Keeps a report for the administrators; the browser that brought the answer shows no cookie of theirs yet. Returns where it stands.
pub(crate) fn keep(app: &App, provider: &Provider, report: &Report) -> Result<String, Problem> {
    let (id, connection) = (random()?, app.database.lock());
    connection.execute(
        "INSERT INTO report VALUES (?1, ?2, ?3, ?4)",
        params![id, provider.id, now_text(), render(provider, report).into_string()],
    )?;
    connection.execute(
        "DELETE FROM report WHERE provider = ?1 AND rowid NOT IN \
         (SELECT rowid FROM report WHERE provider = ?1 ORDER BY rowid DESC LIMIT 10)",
        [&provider.id],
    )?;
    Ok(format!("/admin/providers/{}/reports/{id}", provider.id))
}

pub(crate) fn reports(app: &App, provider: &str) -> rusqlite::Result<Vec<(String, String)>> {
    let connection = app.database.lock();
    let mut statement = connection.prepare("SELECT id, at FROM report WHERE provider = ?1 ORDER BY rowid DESC")?;
    statement.query_map([provider], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
}

/// GET `/admin/providers/{id}/reports/{report}`.
pub(crate) async fn page(
    State(app): State<Arc<App>>,
    Path((id, report)): Path<(String, String)>,
) -> Result<Markup, Problem> {
    let sql = "SELECT html FROM report WHERE provider = ?1 AND id = ?2";
    let kept: Option<String> = app.database.lock().query_row(sql, [&id, &report], |row| row.get(0)).optional()?;
    let kept = kept.ok_or(Problem::NotFound("report"))?;
    Ok(admin("/admin/providers", "Report", &html! { (PreEscaped(kept)) }))
}

fn render(provider: &Provider, report: &Report) -> Markup {
    let assertion = report.sent().and_then(|sent| sent.assertion.as_ref());
    html! {
        h1 { "Test of " (provider.name) }
        p.lead { "Judged at " (report.judged_at().to_rfc3339_opts(chrono::SecondsFormat::Secs, true)) ". Nobody was signed in." }
        @if report.is_pass() { (accepted(assertion.is_some_and(|sent| taken(provider, sent, &Field::Email).is_some()))) }
        @for cause in report.causes() { (failure(cause)) }
        @if let Some(assertion) = assertion { (values(provider, assertion)) }
        section {
            h2 { "Every check" }
            p.hint { "Where it says “unsigned”, the check looked at what nobody signed: a failure counts, a pass is for your information." }
            table { thead { tr { th { "Check" } th { "Outcome" } th { "Found" } th { "Wanted" } } }
                tbody { @for finding in report.findings() { tr {
                    th scope="row" { (finding.check) br; small { (finding.cites) } }
                    td { (outcome(&finding.outcome)) @if !finding.signed && finding.outcome != Outcome::Skipped { " " (pill("warn", "unsigned")) } }
                    td { (finding.found) } td { (finding.wanted) }
                } } } }
        }
        section {
            h2 { "The way in" }
            table { tbody { @for stage in report.stages() { tr {
                th scope="row" { (stage.stage) } td { (outcome(&stage.outcome)) } td { (stage.found) }
            } } } }
            @for signature in report.signatures() { p.hint {
                "Signature of the " (signature.element) ": "
                (signature.algorithms.map_or("of an unexpected shape".to_owned(), |(signature, digest)| format!("{signature}, {digest}")))
                @match &signature.key { Some(key) => { ", made by the trusted " (key) }, None => { ", by none of the trusted keys" } }
                @if let Some(carried) = &signature.carried { "; the message carries " (carried) }
            } }
            @for certificate in report.trusted() { p.hint { "Trusted: " (certificate) } }
        }
        details { summary { "The report as text" } pre { (report) } }
        div.buttons { a.button.quiet href={ "/admin/providers/" (provider.id) } { "Back to " (provider.name) } }
    }
}

fn accepted(has_email: bool) -> Markup {
    if has_email {
        return html! { div."note good" { p { strong { "This login would be accepted." } } } };
    }
    html! { div."note bad" {
        p { strong { "The answer is right, and nobody would come in: it has no e-mail address." } }
        p { "Let the identity provider send one, or choose another attribute for it below." }
    } }
}

fn failure(failure: &Failure) -> Markup {
    let whose = match failure.whose {
        Whose::User => "the person who signs in",
        Whose::IdentityProvider => "the administrator of the identity provider",
        Whose::Attack => "nobody: a message like this is made to deceive",
        _ => "the administrator of this service",
    };
    html! { div."note bad" {
        p { strong { (failure.message) } " " code { (failure.code) } }
        p { (failure.hint) }
        @if let Some(remedy) = failure.remedy { p { (remedy) } }
        p.hint { "Who can put it right: " (whose) "." }
    } }
}

fn outcome(outcome: &Outcome) -> Markup {
    match outcome {
        Outcome::Pass => pill("good", "pass"),
        Outcome::Fail(failure) => html! { (pill("bad", "fail")) br; small { (failure.code) } },
        _ => pill("", "skipped"),
    }
}

/// Everything that was sent about the person, and which of it this application would use.
fn values(provider: &Provider, assertion: &SentAssertion) -> Markup {
    html! { section {
        h2 { "What the identity provider sent" }
        @if !assertion.signed { div."note warn" { p { "Nothing of this is proven: no signature over it could be verified." } } }
        table { thead { tr { th { "Field" } th { "Taken from" } } } tbody { @for (_, label, field) in &FIELDS { tr {
            th scope="row" { (label) }
            td { @match taken(provider, assertion, field) {
                Some(name) => { (name) },
                None if *field == Field::Email => { (pill("bad", "missing")) },
                None => { (pill("", "not sent")) },
            } }
        } } } }
        h3 { "NameID and attributes" }
        table { thead { tr { th { "Name" } th { "Values" } th { "Use as" } } } tbody {
            @if let Some(name_id) = &assertion.name_id { tr {
                th scope="row" { "NameID" @if let Some(format) = &name_id.format { br; small { (format.as_str()) } } }
                td { (name_id.value.reveal()) } td {}
            } }
            @for attribute in &assertion.attributes { tr {
                th scope="row" { (name(attribute)) @if let Some(friendly) = &attribute.friendly_name { br; small { (friendly.as_str()) } } }
                td { @for value in &attribute.values { (value.text.reveal()) br; } }
                td { form method="post" action={ "/admin/providers/" (provider.id) "/use" } {
                    input type="hidden" name="attribute" value=(name(attribute));
                    @for (column, label, _) in &FIELDS { button.quiet.small name="field" value=(column) aria-label={ "Use " (name(attribute)) " as " (label) } { (label) } " " }
                } }
            } }
        } }
    } }
}

fn name(attribute: &SentAttribute) -> &str {
    attribute.name.as_ref().map_or("", |name| name.as_str())
}

/// Under which of the names that are looked for a field was sent. What has no text is passed over, as it is at a login.
fn taken<'a>(provider: &Provider, assertion: &'a SentAssertion, field: &Field) -> Option<&'a str> {
    let map = provider.map();
    let mut wanted = map.names(field);
    let says_something = |sent: &&SentAttribute| sent.values.iter().any(|value| !value.text.reveal().trim().is_empty());
    let sent = assertion.attributes.iter().filter(says_something).map(name);
    let sent = wanted.find_map(|wanted| sent.clone().find(|sent| *sent == wanted));
    let is_email = |format: &str| *field == Field::Email && format == saml_sp::urn::name_id_format::EMAIL_ADDRESS;
    let name_id = assertion.name_id.as_ref().and_then(|name_id| name_id.format.as_ref());
    let unmapped = provider.mapped.first().is_none_or(Option::is_none);
    sent.or_else(|| name_id.filter(|format| unmapped && is_email(format.as_str())).map(|_| "the NameID"))
}
