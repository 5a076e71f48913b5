//! Spaces: who has to sign in, the pages, and the links to them.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{Form, Path, State};
use axum::response::Redirect;
use chrono::NaiveDate;
use maud::{Markup, html};
use rusqlite::params;

use super::page as admin;
use crate::app::{App, Problem};
use crate::pages::layout::{copy, pill};
use crate::wiki::{self, Share, Space, create_share};

/// GET `/admin/spaces`.
pub(crate) async fn page(State(app): State<Arc<App>>) -> Result<Markup, Problem> {
    let (config, spaces) = (app.config()?, wiki::spaces(&app.database.lock())?);
    Ok(admin(
        "/admin/spaces",
        "Spaces",
        &html! {
            h1 { "Spaces" }
            p.lead { "Each space says whether external users have to sign in, and where." }
            div.tiles { @for space in &spaces {
                a href={ "/admin/spaces/" (space.id) } {
                    strong { (space.title) }
                    @match (space.enforced, &space.provider) {
                        (false, _) => (pill("", "links are enough")),
                        (true, None) => (pill("bad", "no identity provider")),
                        (true, Some(id)) => (pill("good", &config.provider(id).map_or("deleted".into(), |p| format!("sign in at {}", p.name)))),
                    }
                }
            } }
        },
    ))
}

fn find(app: &App, id: &str) -> Result<Space, Problem> {
    wiki::spaces(&app.database.lock())?.into_iter().find(|space| space.id == id).ok_or(Problem::NotFound("space"))
}

/// GET `/admin/spaces/{id}`.
pub(crate) async fn space(State(app): State<Arc<App>>, Path(id): Path<String>) -> Result<Markup, Problem> {
    let (config, space) = (app.config()?, find(&app, &id)?);
    let pages = wiki::pages(&app.database.lock(), &id)?;
    let shares = wiki::shares(&app.database.lock())?;
    let shares: Vec<_> = shares.iter().filter(|share| share.space.id == id).collect();
    let action = |what: &str| format!("/admin/spaces/{id}/{what}");
    Ok(admin(
        "/admin/spaces",
        &space.title,
        &html! {
            h1 { (space.title) }
            section {
                h2 { "Single sign-on" }
                form method="post" action=(action("sign-in")) {
                    label.check { input type="checkbox" name="enforced" checked[space.enforced]; span { "External users have to sign in" } }
                    label for="provider" { "Identity provider" }
                    select id="provider" name="provider" {
                        option value="" { "none" }
                        @for provider in &config.providers { option value=(provider.id) selected[space.provider.as_ref() == Some(&provider.id)] { (provider.name) } }
                    }
                    div.buttons { button { "Save" } }
                }
            }
            section {
                h2 { "Share" }
                form method="post" action=(action("shares")) {
                    div.columns {
                        div { label for="page" { "What" } select id="page" name="page" {
                            option value="" { "All pages" } @for page in &pages { option value=(page.id) { (page.title) } }
                        } }
                        div { label for="expires" { "Last day " span.hint { "may be empty" } } input id="expires" name="expires" type="date"; }
                        div { label for="groups" { "Only for groups " span.hint { "one a line" } } textarea id="groups" name="groups" {} }
                    }
                    div.buttons { button { "Create link" } }
                }
                (links(&app.base_url, &shares, &action("shares")))
            }
            section {
                h2 { "Pages" }
                table { tbody { @for page in &pages { tr { td { (page.title) }
                    td.act { form method="post" action={ (action("pages")) "/" (page.id) "/delete" } { button.bad.small aria-label={ "Delete " (page.title) } { "Delete" } } } } } } }
                details { summary { "Write a page" } form method="post" action=(action("pages")) {
                    label for="title" { "Title" } input id="title" name="title" required;
                    label for="body" { "Text" } textarea id="body" name="body" {}
                    div.buttons { button { "Save" } }
                } }
            }
        },
    ))
}

fn links(base_url: &str, shares: &[&Share], action: &str) -> Markup {
    html! {
        @if shares.is_empty() { p.empty { "Nothing is shared yet." } }
        @for share in shares { table { tbody {
            tr { th scope="row" { (share.page.as_deref().unwrap_or("All pages")) } (copy(&format!("{base_url}/s/{}", share.id))) }
            tr { th scope="row" { "For" } td {
                (if share.groups.is_empty() { "everybody who has it".to_owned() } else { share.groups.join(" or ") })
                @if let Some(day) = &share.expires { ", until " (day) }
            } td.act { form method="post" action={ (action) "/" (share.id) "/delete" } { button.bad.small aria-label={ "Delete the link " (share.id) } { "Delete" } } } }
        } } }
    }
}

type Fields = HashMap<String, String>;

fn filled<'a>(form: &'a Fields, name: &str) -> Option<&'a str> {
    form.get(name).map(|value| value.trim()).filter(|value| !value.is_empty())
}

fn back(id: &str) -> Redirect {
    Redirect::to(&format!("/admin/spaces/{id}"))
}

/// POST `/admin/spaces/{id}/sign-in`.
pub(crate) async fn sign_in(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Form(form): Form<Fields>,
) -> Result<Redirect, Problem> {
    let (enforced, provider) = (form.contains_key("enforced"), filled(&form, "provider"));
    if enforced && provider.is_none() {
        return Err(Problem::Input("Choose where external users sign in.".to_owned()));
    }
    if let Some(provider) = provider {
        app.config()?.provider(provider)?;
    }
    let sql = "UPDATE space SET enforced = ?2, provider = ?3 WHERE id = ?1";
    app.database.lock().execute(sql, params![id, enforced, provider])?;
    Ok(back(&id))
}

/// POST `/admin/spaces/{id}/shares`.
pub(crate) async fn share(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Form(form): Form<Fields>,
) -> Result<Redirect, Problem> {
    find(&app, &id)?;
    let day = |day: &str| day.parse::<NaiveDate>().map_err(|_| Problem::Input("The last day is no date.".to_owned()));
    let expires = filled(&form, "expires").map(day).transpose()?;
    // Directories have commas in their names of groups.
    let groups = filled(&form, "groups").unwrap_or_default().lines();
    let groups: Vec<String> = groups.map(|group| group.trim().to_owned()).filter(|group| !group.is_empty()).collect();
    create_share(&app.database, &id, filled(&form, "page"), expires, &groups)?;
    Ok(back(&id))
}

/// POST `/admin/spaces/{id}/shares/{share}/delete`.
pub(crate) async fn delete_share(
    State(app): State<Arc<App>>,
    Path((id, share)): Path<(String, String)>,
) -> Result<Redirect, Problem> {
    app.database.lock().execute("DELETE FROM share WHERE space = ?1 AND id = ?2", [&id, &share])?;
    Ok(back(&id))
}

/// POST `/admin/spaces/{id}/pages`.
pub(crate) async fn write(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Form(form): Form<Fields>,
) -> Result<Redirect, Problem> {
    find(&app, &id)?;
    let title = filled(&form, "title").ok_or_else(|| Problem::Input("A page wants a title.".to_owned()))?;
    let page: String = title.to_lowercase().chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).collect();
    let body = filled(&form, "body").unwrap_or_default().replace("\r\n", "\n");
    // Under its own title a page is written anew; another one that would have its address takes nothing from it.
    let sql = "INSERT INTO page VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE SET body = ?4 WHERE title = ?3";
    let connection = app.database.lock();
    if connection.execute(sql, params![id, page, title, body])? == 0 {
        let sql = "SELECT title FROM page WHERE space = ?1 AND id = ?2";
        let known: String = connection.query_row(sql, [&id, &page], |row| row.get(0))?;
        return Err(Problem::Input(format!("The page “{known}” has the same address. Choose another title.")));
    }
    Ok(back(&id))
}

/// POST `/admin/spaces/{id}/pages/{page}/delete`. Links to it stay, and say that it is gone.
pub(crate) async fn delete_page(
    State(app): State<Arc<App>>,
    Path((id, page)): Path<(String, String)>,
) -> Result<Redirect, Problem> {
    app.database.lock().execute("DELETE FROM page WHERE space = ?1 AND id = ?2", [&id, &page])?;
    Ok(back(&id))
}
