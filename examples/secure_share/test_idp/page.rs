//! The pages of the identity provider inside.

use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS};
use axum::response::{IntoResponse, Response};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use saml_sp::PostForm;

use super::{Fields, MISTAKES, SignedIn, USERS, User};

pub(super) const STYLE: &str = include_str!("style.css");
/// One stylesheet, no scripts, no frames. Nothing about forms: browsers apply `form-action` to the redirects after a form too, and
/// the one that signs out leads to the service.
const POLICY: &str = "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'";

pub(super) struct Page {
    html: Markup,
    policy: &'static str,
}

impl IntoResponse for Page {
    fn into_response(self) -> Response {
        let headers = [
            (CACHE_CONTROL, "no-store"),
            (CONTENT_SECURITY_POLICY, self.policy),
            (REFERRER_POLICY, "no-referrer"),
            (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        ];
        (headers, self.html).into_response()
    }
}

/// The login page.
pub(super) fn choose(service: &str, fields: &Fields, encrypts: bool) -> Page {
    let request = ["query", "SAMLRequest", "RelayState"];
    let request = request.into_iter().filter_map(|name| Some((name, fields.get(name)?)));
    let body = html! {
        h1 { "Who are you?" }
        p { b { (service) } " asks, and will be told whom you choose. There are no passwords here." }
        form method="post" action="/answer" {
            @for (name, value) in request { input type="hidden" name=(name) value=(value); }
            div.users { @for user in &USERS { (person(user)) } }
            details {
                summary { "Answer with a mistake" }
                fieldset {
                    legend { "What should be wrong with the answer?" }
                    @for (mistake, text) in MISTAKES {
                        label { input type="radio" name="mistake" value=(mistake) checked[mistake == "none"]; span { (text) } }
                    }
                }
                fieldset {
                    legend { "What else?" }
                    @if encrypts {
                        label { input type="checkbox" name="encrypt"; span { "Encrypt the answer to the key in the service’s metadata" } }
                    } @else {
                        p { "Nothing can be encrypted: there is no key for it in the service’s metadata." }
                    }
                }
            }
        }
    };
    page("Who are you?", &body)
}

fn person(user: &User) -> Markup {
    html! {
        button.user name="user" value=(user.name) {
            span.initials aria-hidden="true" { (initial(user.first_name)) (initial(user.last_name)) }
            span.who { b { (user.full_name()) } span { (user.email()) } }
            span.groups {
                @for group in user.groups { span { (group) } }
                @if user.groups.is_empty() { em { "no groups" } }
            }
        }
    }
}

fn initial(name: &str) -> String {
    name.chars().take(1).collect()
}

/// Who is signed in, and the way in from here.
pub(super) fn home(sessions: &[SignedIn], metadata_url: &str, news: &str) -> Page {
    let body = html! {
        h1 { "Who is signed in" }
        @if !news.is_empty() { p.news role="status" { (news) } }
        @if sessions.is_empty() {
            p.empty { "Nobody is signed in here. Sessions appear when somebody signs in to Secure Share." }
        } @else {
            table {
                thead { tr { th scope="col" { "Name" } th scope="col" { "Since" } th scope="col" { span.unseen { "Sign out" } } } }
                tbody { @for session in sessions { (row(session)) } }
            }
        }
        h2 { "Open Secure Share" }
        p { "As a portal does it: with an answer that nobody asked for." }
        form.buttons method="post" action="/start" {
            @for user in &USERS { button name="user" value=(user.name) { "Open Secure Share as " (user.first_name) } }
        }
        h2 { "For the service" }
        p { "Metadata, which is its entityID too: " a href=(metadata_url) { (metadata_url) } }
    };
    page("Who is signed in", &body)
}

fn row(SignedIn { user, since, answer }: &SignedIn) -> Markup {
    let index = answer.session_index.as_deref().unwrap_or_default();
    html! {
        tr {
            th scope="row" { (user.full_name()) small { (user.email()) } }
            td { time datetime=(since.to_rfc3339()) { (since.format("%H:%M:%S UTC")) } }
            td {
                form method="post" action="/sign-out" {
                    button.quiet name="session" value=(index) { "Sign out everywhere" span.unseen { ": " (user.full_name()) } }
                }
            }
        }
    }
}

pub(super) fn refused(reason: &str) -> Page {
    let body = html! {
        h1 { "No answer to that" }
        p { "This identity provider knows one service, and takes only what that one sends." }
        p.reason { (reason) }
        p { a href="/" { "Back to who is signed in" } }
    };
    page("No answer to that", &body)
}

/// A page of the library, which posts its form by itself.
pub(super) fn posting(html: String) -> Page {
    Page { html: PreEscaped(html), policy: PostForm::CONTENT_SECURITY_POLICY }
}

fn page(title: &str, body: &Markup) -> Page {
    let html = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " · Identity provider inside" }
                link rel="stylesheet" href="/style.css";
            }
            body { main { header { "Identity provider inside" } (body) } }
        }
    };
    Page { html, policy: POLICY }
}
