//! One identity provider.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{Form, Path, State};
use axum::response::Redirect;
use maud::{Markup, html};
use rusqlite::params;
use saml_sp::{IdentityProvider, Product};

use super::page as admin;
use crate::app::{App, Problem};
use crate::pages::layout::{day, pill};
use crate::providers::{self, FIELDS, Provider, changes};

/// GET `/admin/providers/{id}`.
pub(crate) async fn page(State(app): State<Arc<App>>, Path(id): Path<String>) -> Result<Markup, Problem> {
    let config = app.config()?;
    let provider = config.provider(&id)?;
    let (changes, reports) = (changes(&app, &id)?, super::test::reports(&app, &id)?);
    let action = |what: &str| format!("/admin/providers/{id}/{what}");
    Ok(admin(
        "/admin/providers",
        &provider.name,
        &html! {
            h1 { (provider.name) }
            p.lead { code { (provider.entity_id) } }
            @match &provider.idp {
                Err(error) => div."note bad" { p { strong { "It cannot be used: " } (error) ". " (error.hint()) } },
                Ok(idp) => (keys_and_endpoints(idp)),
            }
            section {
                h2 { "Test configuration" }
                p.hint { "A real login, with a report on every check and on everything that came back. It signs nobody in." }
                div.buttons { form method="post" action=(action("test")) { button { "Test configuration" } } }
                @if !reports.is_empty() { h3 { "Reports" } ul { @for (report, at) in &reports {
                    li { a href={ "/admin/providers/" (id) "/reports/" (report) } { (at) } }
                } } }
            }
            (mapping(provider, &action("map")))
            @if !provider.manual { section {
                h2 { "Metadata" }
                @if let Some(url) = &provider.url {
                    p { code { (url) } }
                    @if let Some(problem) = &provider.problem { div."note warn" { p { strong { "The last fetch failed, and what was known before goes on: " } (problem) } } }
                    p.hint { "It is read again at " (provider.refetch_at.as_deref().unwrap_or("some time")) "." }
                    form method="post" action=(action("refetch")) { button.quiet { "Read it now" } }
                } @else { p.hint { "It was given by hand: import it again where something changes." } }
            } }
            section {
                h2 { "What has changed" }
                table { tbody { @for (at, change) in &changes { tr { th scope="row" { (at) } td { (change) } } } } }
                div.buttons { form method="post" action=(action("delete")) { button.bad { "Delete " (provider.name) } } }
            }
        },
    ))
}

fn keys_and_endpoints(idp: &IdentityProvider) -> Markup {
    html! { section {
        h2 { "Keys and endpoints" }
        table { tbody {
            @if let Some(product) = Product::recognise(idp) { tr { th scope="row" { "Looks like" } td { (product.name()) } } }
            @for endpoint in idp.single_sign_on() { tr { th scope="row" { "Sign-on, " (endpoint.binding().name()) } td { code { (endpoint.location().as_str()) } } } }
            @for endpoint in idp.single_logout() { tr { th scope="row" { "Logout, " (endpoint.binding().name()) } td { code { (endpoint.location().as_str()) } } } }
            @for certificate in idp.certificates() { tr { th scope="row" { "Signing certificate" } td {
                (certificate.subject()) ", " (day(certificate.not_before())) " to " (day(certificate.not_after())) br;
                code { (certificate.sha256()) }
            } } }
        } }
        @for note in idp.notes() { p.hint { (note) } }
    } }
}

fn mapping(provider: &Provider, action: &str) -> Markup {
    html! { section {
        h2 { "Attribute mapping" }
        p.hint { "Names of attributes, exactly as they are sent; empty for the names that products are known to use. The report of a test has buttons for it." }
        form method="post" action=(action) {
            div.columns { @for ((column, label, _), name) in FIELDS.iter().zip(&provider.mapped) { div {
                label for=(column) { (label) @if *column == "email" { " " (pill("", "required")) } }
                input id=(column) name=(column) value=(name.as_deref().unwrap_or_default()) placeholder="known names";
            } } }
            label.check { input type="checkbox" name="unsolicited" checked[provider.unsolicited];
                span { "Take logins that began at the identity provider " span.hint { "(nothing then tells whose browser it is: a stranger could sign somebody in as themselves)" } } }
            div.buttons { button { "Save" } }
        }
    } }
}

/// POST `/admin/providers/{id}/map`.
pub(crate) async fn map(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Form(form): Form<HashMap<String, String>>,
) -> Result<Redirect, Problem> {
    let unsolicited = form.contains_key("unsolicited");
    let name = |column: &str| form.get(column).map(|name| name.trim()).filter(|name| !name.is_empty());
    let names = FIELDS.map(|(column, _, _)| name(column));
    let [email, first_name, last_name, groups] = names;
    let sql =
        "UPDATE provider SET email = ?2, first_name = ?3, last_name = ?4, groups = ?5, unsolicited = ?6 WHERE id = ?1";
    app.database
        .change(|connection| connection.execute(sql, params![id, email, first_name, last_name, groups, unsolicited]))?;
    Ok(Redirect::to(&format!("/admin/providers/{id}")))
}

#[derive(serde::Deserialize)]
pub(crate) struct Use {
    field: String,
    attribute: String,
}

/// POST `/admin/providers/{id}/use`: an attribute of a report becomes a field.
pub(crate) async fn use_as(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Form(Use { field, attribute }): Form<Use>,
) -> Result<Redirect, Problem> {
    let known = FIELDS.iter().find(|(column, _, _)| *column == field).ok_or(Problem::NotFound("field"))?;
    // The column is one of ours, never what was sent.
    let sql = format!("UPDATE provider SET {} = ?2 WHERE id = ?1", known.0);
    app.database.change(|connection| connection.execute(&sql, [&id, &attribute]))?;
    Ok(Redirect::to(&format!("/admin/providers/{id}")))
}

/// POST `/admin/providers/{id}/refetch`.
pub(crate) async fn refetch(State(app): State<Arc<App>>, Path(id): Path<String>) -> Result<Redirect, Problem> {
    let (config, to) = (app.config()?, format!("/admin/providers/{id}"));
    let fetched = tokio::task::spawn_blocking(move || {
        let provider = config.provider(&id)?;
        // A failure stands on the page.
        _ = providers::refetch(&app, provider);
        Ok::<_, Problem>(())
    });
    fetched.await??;
    Ok(Redirect::to(&to))
}

/// POST `/admin/providers/{id}/delete`, with its reports, which are about people. Spaces that chose it have none then, and let nobody in
/// whom they asked to sign in.
pub(crate) async fn delete(State(app): State<Arc<App>>, Path(id): Path<String>) -> Result<Redirect, Problem> {
    app.database.change(|connection| {
        connection.execute("DELETE FROM report WHERE provider = ?1", [&id])?;
        connection.execute("DELETE FROM provider_change WHERE provider = ?1", [&id])?;
        connection.execute("DELETE FROM provider WHERE id = ?1", [&id])
    })?;
    Ok(Redirect::to("/admin/providers"))
}
