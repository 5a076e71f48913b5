//! The last logins and logouts.

use std::sync::Arc;

use axum::extract::{Form, State};
use axum::response::Redirect;
use maud::{Markup, html};

use super::page as admin;
use crate::app::{App, Problem};
use crate::pages::layout::pill;
use crate::trace::last;

/// GET `/admin/trace`.
pub(crate) async fn page(State(app): State<Arc<App>>) -> Result<Markup, Problem> {
    let (flows, recording) = (last(&app)?, app.database.setting("record")?.is_some());
    Ok(admin(
        "/admin/trace",
        "Trace",
        &html! {
            h1 { "Trace" }
            p.lead { "The last logins and logouts, with the reason where one was refused." }
            section { form method="post" action="/admin/trace/record" {
                @if recording {
                    p { (pill("warn", "recording")) " What was signed of accepted logins is kept, with names and values of people. It is used up before it is kept: nobody can sign in with it." }
                    button name="keep" value="0" { "Stop, and delete what was recorded" }
                } @else {
                    p { "No message is kept." }
                    button.quiet name="keep" value="1" { "Record messages" }
                }
            } }
            section {
                @if flows.is_empty() { p.empty { "Nobody has signed in yet." } }
                @else { table { thead { tr { th { "When" } th { "What" } th { "Outcome" } th { "Time" } } } tbody { @for flow in &flows { tr {
                    td { (flow.at) }
                    td { (flow.what) br; small { (flow.provider) } }
                    td {
                        (flow.outcome) @if let Some(code) = &flow.code { " " (pill("bad", code)) }
                        @if let Some(hint) = &flow.hint { br; small { (hint) } }
                        @for (name, text) in [("Report", &flow.report), ("What was signed", &flow.message)] {
                            @if let Some(text) = text { details { summary { (name) } pre { (text) } } }
                        }
                    }
                    td { (format!("{:.1} ms", flow.milliseconds)) }
                } } } } }
            }
        },
    ))
}

#[derive(serde::Deserialize)]
pub(crate) struct Record {
    keep: u8,
}

/// POST `/admin/trace/record`: turns it on, or off with everything that it kept. It says which: the page may be an old one.
pub(crate) async fn record(
    State(app): State<Arc<App>>,
    Form(Record { keep }): Form<Record>,
) -> Result<Redirect, Problem> {
    app.database.lock().execute_batch(match keep {
        1 => "INSERT OR IGNORE INTO setting VALUES ('record', 'on');",
        _ => "DELETE FROM setting WHERE name = 'record'; UPDATE flow SET message = NULL;",
    })?;
    Ok(Redirect::to("/admin/trace"))
}
