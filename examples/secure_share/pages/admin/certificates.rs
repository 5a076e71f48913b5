//! Our keys, and a rollover in three clicks.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Redirect;
use maud::{Markup, html};
use saml_sp::KeyState;

use super::page as admin;
use crate::app::{App, Problem};
use crate::keys::{Step, roll};
use crate::pages::layout::{day, pill};

const STEPS: [(&str, Step, &str, &str); 3] = [
    (
        "announce",
        Step::Announce,
        "Make a new key",
        "It stands in the metadata beside the old one, and is not used to sign. What is encrypted to it can be read.",
    ),
    (
        "use",
        Step::Use,
        "Use the new key",
        "It signs from now on. The old one stays in the metadata, for identity providers that have not read it again.",
    ),
    ("forget", Step::Forget, "Forget the old key", "It leaves the metadata, and its private key is deleted."),
];

/// GET `/admin/certificates`.
pub(crate) async fn page(State(app): State<Arc<App>>) -> Result<Markup, Problem> {
    let config = app.config()?;
    let has = |state| config.keys.iter().any(|key| key.state == state);
    let due = match (has(KeyState::Next), has(KeyState::Retiring)) {
        (true, _) => Step::Use,
        (_, true) => Step::Forget,
        _ => Step::Announce,
    };
    Ok(admin(
        "/admin/certificates",
        "Certificates",
        &html! {
            h1 { "Certificates" }
            p.lead { "The keys of this service: they sign its requests, and open what is encrypted to it." }
            section { table {
                thead { tr { th { "State" } th { "Certificate" } th { "Valid" } } }
                tbody { @for key in &config.keys { tr {
                    td { (match key.state {
                        KeyState::Active => pill("good", "current"),
                        KeyState::Next => pill("warn", "next"),
                        _ => pill("", "retiring"),
                    }) }
                    td { (key.certificate.subject()) br; code { (key.certificate.sha256()) } }
                    td { (day(key.certificate.not_before())) " to " (day(key.certificate.not_after())) }
                } } }
            } }
            section {
                h2 { "Rollover" }
                p.hint { "Between two clicks every identity provider reads our metadata again, by itself or by hand. No login fails on the way." }
                ol.steps { @for (path, step, name, what) in STEPS { li.due[step == due] {
                    p { strong { (name) } } p.hint { (what) }
                    @if step == due { form method="post" action={ "/admin/certificates/" (path) } { button { (name) } } }
                } } }
            }
        },
    ))
}

/// POST `/admin/certificates/{step}`.
pub(crate) async fn take(State(app): State<Arc<App>>, Path(name): Path<String>) -> Result<Redirect, Problem> {
    let step = STEPS.iter().find(|(path, ..)| *path == name).ok_or(Problem::NotFound("step"))?.1;
    // An RSA key takes its time.
    let rolled = tokio::task::spawn_blocking(move || {
        roll(&app.database, &app.base_url, step).map_err(|error| error.to_string())
    });
    rolled.await??;
    Ok(Redirect::to("/admin/certificates"))
}
