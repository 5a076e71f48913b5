//! What external users see: the page behind a link, and what they may see besides.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};

use super::layout::{page as layout, said};
use crate::app::{App, Problem};
use crate::records::SignedIn;
use crate::sso::visitor;
use crate::wiki::{self, Entry, Page, Share, today};

/// GET `/`: every link that would open.
pub(crate) async fn home(State(app): State<Arc<App>>, headers: HeaderMap) -> Result<Response, Problem> {
    let visitor = visitor(&app, &headers).await?;
    let shares = wiki::shares(&app.database.lock())?;
    let known = visitor.as_ref();
    // What is open to everybody who has its link is not told to those who have not.
    let open = |share: &&Share| known.is_some_and(|v| share.space.provider.as_ref() == Some(&v.provider));
    let open: Vec<_> = shares.iter().filter(open).filter(|share| share.entry(known, today()) == Entry::Open).collect();
    let main = html! {
        @if known.is_none() {
            h1 { "Shared with you, by a link" }
            p.lead { "Open the link that you were sent. It leads you to the sign-in page of your organization, and back to what was shared." }
        } @else {
            h1 { "Shared with you" }
            @if open.is_empty() {
                section { p.empty { "Nothing is shared with you now. Ask " (app.support) " for a link." } }
            } @else {
                p.lead { "Everything that you may see here." }
                div.tiles { @for share in &open {
                    a href={ "/s/" (share.id) } { strong { (share.space.title) }
                        span.hint { (share.page.as_deref().unwrap_or("All pages")) } }
                } }
            }
        }
    };
    Ok(layout("Shared with you", &bar(known), &main, false).into_response())
}

/// GET `/s/{share}`: what a link leads to.
pub(crate) async fn pages(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (share, visitor) = match entered(&app, &id, &format!("/s/{id}"), &headers).await? {
        Ok(entered) => entered,
        Err(elsewhere) => return Ok(elsewhere),
    };
    if let Some(page) = &share.page {
        return Ok(Redirect::to(&format!("/s/{id}/{page}")).into_response());
    }
    let pages = wiki::pages(&app.database.lock(), &share.space.id)?;
    let main = html! {
        h1 { (share.space.title) }
        p.lead { "The pages of this space." }
        @if pages.is_empty() { section { p.empty { "Nobody has written a page yet." } } }
        div.tiles { @for page in &pages {
            a href={ "/s/" (id) "/" (page.id) } { strong { (page.title) } span.hint { (beginning(&page.body)) } }
        } }
    };
    Ok(layout(&share.space.title, &bar(visitor.as_ref()), &main, false).into_response())
}

/// GET `/s/{share}/{page}`.
pub(crate) async fn page(
    State(app): State<Arc<App>>,
    Path((id, page)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (share, visitor) = match entered(&app, &id, &format!("/s/{id}/{page}"), &headers).await? {
        Ok(entered) => entered,
        Err(elsewhere) => return Ok(elsewhere),
    };
    if share.page.as_ref().is_some_and(|only| *only != page) {
        return Err(Problem::NotFound("page"));
    }
    let pages = wiki::pages(&app.database.lock(), &share.space.id)?;
    let Page { title, body, .. } = pages.iter().find(|known| known.id == page).ok_or(Problem::NotFound("page"))?;
    let main = html! {
        p.hint { (share.space.title) }
        section { article { h1 { (title) } @for paragraph in body.split("\n\n") { p { (paragraph) } } } }
        @if share.page.is_none() { a href={ "/s/" (id) } { "All pages of this space" } }
    };
    Ok(layout(title, &bar(visitor.as_ref()), &main, true).into_response())
}

/// The share, if this visitor may see it; else where to go, or why not.
async fn entered(
    app: &App,
    id: &str,
    here: &str,
    headers: &HeaderMap,
) -> Result<Result<(Share, Option<SignedIn>), Response>, Problem> {
    let visitor = visitor(app, headers).await?;
    let share = wiki::share(&app.database.lock(), id)?.ok_or(Problem::NotFound("link"))?;
    let (status, title, text) = match share.entry(visitor.as_ref(), today()) {
        Entry::Open => return Ok(Ok((share, visitor))),
        Entry::SignIn { provider } => {
            let to: String = url::form_urlencoded::byte_serialize(here.as_bytes()).collect();
            return Ok(Err(Redirect::to(&format!("/saml/login/{provider}?to={to}")).into_response()));
        }
        Entry::Group(groups) => (
            StatusCode::FORBIDDEN,
            "This is for another group",
            html! {
                p.lead { "You are signed in, and this link is for members of one of these groups:" }
                ul { @for group in &groups { li { (group) } } }
                p { "Your organization decides who is in them." }
            },
        ),
        Entry::Expired(day) => (
            StatusCode::GONE,
            "This link has expired",
            html! {
                p.lead { "Its last day was " (day) ". What it led to may still be there: ask for a new one." }
            },
        ),
        Entry::NoProvider => (
            StatusCode::SERVICE_UNAVAILABLE,
            "Nobody can sign in yet",
            html! {
                p.lead { "This link wants people to sign in, and no identity provider is set up for it." }
            },
        ),
    };
    let text = html! { (text) p { "The people to ask: " (app.support) "." } };
    Ok(Err((status, said(title, &bar(visitor.as_ref()), &text)).into_response()))
}

fn bar(visitor: Option<&SignedIn>) -> Markup {
    html! { @if let Some(SignedIn { email, first_name, last_name, .. }) = visitor {
        span.who { (first_name.as_deref().unwrap_or_default()) " " (last_name.as_deref().unwrap_or_default()) " · " (email) }
        form method="post" action="/sign-out" { button.quiet.small { "Sign out" } }
    } }
}

fn beginning(body: &str) -> &str {
    body.lines().next().unwrap_or_default()
}
