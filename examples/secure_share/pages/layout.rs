//! What the pages have in common, and the ones that say one thing.

use axum::http::StatusCode;
use axum::response::IntoResponse;
use chrono::{DateTime, Utc};
use maud::{DOCTYPE, Markup, html};
use saml_sp::{Error, Whose};

/// A page with whatever stands in its bar.
pub(crate) fn page(title: &str, bar: &Markup, main: &Markup, narrow: bool) -> Markup {
    document(
        title,
        &html! { script src="/app.js" defer {} },
        &html! {
            header.bar { a.brand href="/" { "Secure Share" } (bar) }
            main.narrow[narrow] { (main) }
        },
    )
}

fn document(title: &str, head: &Markup, body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " · Secure Share" }
                link rel="icon" href="/icon.svg";
                link rel="stylesheet" href="/style.css";
                (head)
            }
            body { (body) }
        }
    }
}

/// One heading and one text, for whatever happened.
pub(crate) fn message(title: &str, text: &str) -> Markup {
    said(title, &html! {}, &html! { p.lead { (text) } a.button.quiet href="/" { "To the first page" } })
}

pub(crate) fn said(title: &str, bar: &Markup, text: &Markup) -> Markup {
    page(title, bar, &html! { section { h1 { (title) } (text) } }, true)
}

/// On the way to the identity provider; the link is for browsers that do not go by themselves.
pub(crate) fn leaving(url: &str) -> Markup {
    let title = "To your identity provider";
    document(
        title,
        &html! { meta http-equiv="refresh" content={ "0;url=" (url) }; },
        &html! { main.narrow { section {
            h1 { (title) }
            p.lead { "You are being sent there." }
            a.button href=(url) { "Continue" }
        } } },
    )
}

/// For the person who was refused: who can do something about it, and nothing that helps an attacker.
pub(crate) fn refused(error: &Error, support: &str) -> impl IntoResponse + use<> {
    let text = match (error.code(), error.whose()) {
        ("attribute-missing", _) => {
            "Your identity provider has signed you in, but did not send what this wiki needs, such as an e-mail address."
        }
        ("replayed" | "pending-missing" | "pending-expired", _) => {
            "This login was over, or began in another window. Please open the link once more."
        }
        (_, Whose::User) => "Your identity provider did not sign you in. Please open the link once more.",
        _ => "Your identity provider and this wiki did not understand each other.",
    };
    let said = said(
        "You could not be signed in",
        &html! {},
        &html! {
            p.lead { (text) }
            p { "If it happens again, ask " (support) ": their list of the last logins says why." }
            a.button.quiet href="/" { "To the first page" }
        },
    );
    (StatusCode::FORBIDDEN, said)
}

/// For the person whose logout could not be done, or not be answered.
pub(crate) fn not_signed_out(support: &str) -> impl IntoResponse + use<> {
    let text = html! {
        p.lead { "Your identity provider and this wiki did not understand each other. Sign out here too, where you still can, and close the browser to be sure." }
        p { "If it happens again, ask " (support) ": their list of the last logins says why." }
        a.button.quiet href="/" { "To the first page" }
    };
    (StatusCode::FORBIDDEN, said("You may still be signed in", &html! {}, &text))
}

pub(crate) fn signed_out(everywhere: bool) -> Markup {
    let text = if everywhere {
        "Your identity provider says that you are signed out of every application."
    } else {
        "You are signed out here. Other applications may still know you: close the browser to be sure."
    };
    message("You are signed out", text)
}

/// A value with a button that copies it.
pub(crate) fn copy(value: &str) -> Markup {
    html! { td { code { (value) } } td.act { button.quiet.small type="button" data-copy=(value) aria-label={ "Copy " (value) } { "Copy" } } }
}

pub(crate) fn pill(kind: &str, text: &str) -> Markup {
    html! { span class={ "pill " (kind) } { (text) } }
}

pub(crate) fn day(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d").to_string()
}
