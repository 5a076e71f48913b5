//! The administrator's pages.

pub(crate) mod certificates;
pub(crate) mod import;
pub(crate) mod provider;
pub(crate) mod service;
pub(crate) mod spaces;
pub(crate) mod test;
pub(crate) mod trace;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Query, Request, State};
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use maud::{Markup, html};

use super::layout;
use crate::app::{App, Problem, cookie, now_text, random, sha256};

/// Administrators who are in, by the digest of their cookie, and the reports that they asked for.
pub(crate) const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS administrator (cookie BLOB PRIMARY KEY, since TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS report (id TEXT PRIMARY KEY, provider TEXT NOT NULL, at TEXT NOT NULL, html TEXT NOT NULL) STRICT;
";

const COOKIE: &str = "__Host-admin";

const TABS: [(&str, &str); 5] = [
    ("/admin", "Service"),
    ("/admin/providers", "Identity providers"),
    ("/admin/spaces", "Spaces"),
    ("/admin/certificates", "Certificates"),
    ("/admin/trace", "Trace"),
];

pub(crate) fn router(app: &Arc<App>) -> Router<Arc<App>> {
    Router::new()
        .route("/", get(service::page))
        .route("/metadata.xml", get(service::download))
        .route("/providers", get(import::page).post(import::import))
        .route("/providers/manual", post(import::manual))
        .route("/providers/{id}", get(provider::page))
        .route("/providers/{id}/test", post(test::begin))
        .route("/providers/{id}/reports/{report}", get(test::page))
        .route("/providers/{id}/map", post(provider::map))
        .route("/providers/{id}/use", post(provider::use_as))
        .route("/providers/{id}/refetch", post(provider::refetch))
        .route("/providers/{id}/delete", post(provider::delete))
        .route("/spaces", get(spaces::page))
        .route("/spaces/{id}", get(spaces::space))
        .route("/spaces/{id}/sign-in", post(spaces::sign_in))
        .route("/spaces/{id}/pages", post(spaces::write))
        .route("/spaces/{id}/pages/{page}/delete", post(spaces::delete_page))
        .route("/spaces/{id}/shares", post(spaces::share))
        .route("/spaces/{id}/shares/{share}/delete", post(spaces::delete_share))
        .route("/certificates", get(certificates::page))
        .route("/certificates/{step}", post(certificates::take))
        .route("/trace", get(trace::page))
        .route("/trace/record", post(trace::record))
        .layer(from_fn_with_state(app.clone(), administrators_only))
        .route("/enter", get(enter))
}

#[derive(serde::Deserialize)]
struct Key {
    key: String,
}

/// GET `/admin/enter?key=…`: whoever has read the terminal. Your own application has administrators already.
async fn enter(State(app): State<Arc<App>>, Query(Key { key }): Query<Key>) -> Result<Response, Problem> {
    if sha256(&key) != sha256(&app.database.secret("admin")?) {
        return Ok((StatusCode::FORBIDDEN, stranger()).into_response());
    }
    let name = random()?;
    let sql = "INSERT INTO administrator VALUES (?1, ?2)";
    app.database.lock().execute(sql, rusqlite::params![sha256(&name), now_text()])?;
    let cookie = format!("{COOKIE}={name}; Path=/; Secure; HttpOnly; SameSite=Lax");
    Ok((AppendHeaders([(SET_COOKIE, cookie)]), Redirect::to("/admin")).into_response())
}

async fn administrators_only(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let sql = "SELECT EXISTS (SELECT 1 FROM administrator WHERE cookie = ?1)";
    let known = match cookie(&headers, COOKIE) {
        Some(name) => app.database.lock().query_row(sql, [sha256(name)], |row| row.get(0))?,
        None => false,
    };
    if known { Ok(next.run(request).await) } else { Ok((StatusCode::FORBIDDEN, stranger()).into_response()) }
}

fn stranger() -> Markup {
    layout::message("For administrators", "The address that lets you in was printed when the application was started.")
}

/// A page under one of the tabs.
fn page(tab: &str, title: &str, main: &Markup) -> Markup {
    let bar = html! { nav aria-label="Administration" { @for (path, name) in TABS {
        a href=(path) aria-current=[(path == tab).then_some("page")] { (name) }
    } } };
    layout::page(title, &bar, main, false)
}
