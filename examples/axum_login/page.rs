//! The pages. Whatever is foreign goes through [`escape`].

use chrono::SecondsFormat;
use saml_sp::{Attribute, Identity, PostForm};

const STYLE: &str = "
body { margin: 4rem auto; max-width: 48rem; padding: 0 1.5rem; font: 1rem/1.5 system-ui, sans-serif; color: #1d2433; background: #f5f6f8 }
main { padding: 2rem 2.5rem; background: #fff; border: 1px solid #dfe3ea; border-radius: .75rem; box-shadow: inset 0 .25rem #2f5fd0; overflow-wrap: anywhere }
h1 { margin: 0 0 .25rem; font-size: 1.5rem; line-height: 1.25 } h2 { margin: 2rem 0 .5rem; font-size: 1rem } p { margin: .5rem 0 1.25rem; color: #566074 }
header { margin: 0 0 1rem; font-size: .875rem; font-weight: 600; color: #2f5fd0 }
table { width: 100%; border-collapse: collapse; font-size: .925rem } td, th { padding: .45rem .5rem .45rem 0; text-align: left; vertical-align: top; border-top: 1px solid #eceff4 }
th { width: 22%; font-weight: 500; color: #566074 }
.buttons { display: flex; flex-wrap: wrap; gap: .75rem; margin: 1.75rem 0 0 }
a.button, button { padding: .55rem 1.1rem; font: inherit; color: #fff; background: #2f5fd0; border: 0; border-radius: .5rem; text-decoration: none; cursor: pointer }
a.button:hover, button:hover { background: #274fae } button.quiet { color: #1d2433; background: #e7eaf0 } button.quiet:hover { background: #d9dee7 } small { color: #566074 }
.idp main { box-shadow: inset 0 .25rem #8a5a00 } .idp header { color: #8a5a00 } .idp button { background: #8a5a00 } .idp button:hover { background: #704900 }
@media (max-width: 36rem) {
body { margin: 1rem auto; padding: 0 1rem } main { padding: 1.25rem }
th, td { display: block; width: auto; padding-right: 0 } th { padding-bottom: 0 } td { padding-top: 0; border: 0 }
}
";
/// One style, no scripts, no frames. Nothing about forms: browsers apply `form-action` to the redirects after a form too, and the
/// one that signs out everywhere leads to the identity provider.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'";

/// A page, for whatever framework.
pub(crate) struct Page {
    pub(crate) html: String,
    policy: &'static str,
}

impl Page {
    pub(crate) fn headers(&self) -> [(&'static str, &'static str); 5] {
        [
            ("content-type", "text/html; charset=utf-8"),
            ("cache-control", "no-store"),
            ("content-security-policy", self.policy),
            ("referrer-policy", "no-referrer"),
            ("x-content-type-options", "nosniff"),
        ]
    }
}

/// The link begins the login under the base URL: whoever came by another name of this machine (`localhost`) would
/// leave the pending login's cookie there, and come back without it.
pub(crate) fn nobody(idp: &str, base_url: &str) -> Page {
    let body = format!(
        "<h1>Nobody is signed in</h1>\n<p>Users of this application come from <b>{}</b>.</p>\n\
         <div class=\"buttons\"><a class=\"button\" href=\"{}/saml/login?to=/\">Sign in</a></div>",
        escape(idp),
        escape(base_url)
    );
    page(APP, "Sign in", &body)
}

pub(crate) fn signed_in(identity: &Identity, everywhere: bool) -> Page {
    let name_id = identity.name_id();
    let name = name_id.map_or("somebody without a name", |name_id| &name_id.value);
    let facts = [
        ("Identity provider", Some(identity.idp().to_string())),
        ("NameID", name_id.map(|name_id| name_id.value.clone())),
        ("NameID format", name_id.and_then(|name_id| name_id.format.clone())),
        ("Authenticated", identity.authn_instant().map(|instant| instant.to_rfc3339_opts(SecondsFormat::Secs, true))),
        ("Authenticated by", identity.authn_context().map(str::to_owned)),
    ];
    let facts = facts.iter().filter_map(|(label, value)| Some(row(label, &escape(value.as_deref()?))));
    let attributes = identity.attributes().iter().map(|attribute| row(&attribute.name, &values(attribute)));
    let mut body = format!(
        "<h1>{} is signed in</h1>\n<p>The identity provider signed every value on this page.</p>\n",
        escape(name)
    );
    body.push_str(&format!("<table id=\"identity\">\n{}</table>\n", facts.collect::<String>()));
    body.push_str("<h2>Attributes</h2>\n");
    if identity.attributes().is_empty() {
        body.push_str("<p>The identity provider sent none.</p>\n");
    }
    body.push_str(&format!("<table id=\"attributes\">\n{}</table>\n", attributes.collect::<String>()));
    body.push_str("<form class=\"buttons\" method=\"post\" action=\"/sign-out\">\n");
    if everywhere {
        body.push_str("<button formaction=\"/saml/logout\">Sign out everywhere</button>\n");
    }
    body.push_str("<button class=\"quiet\">Sign out of this application</button></form>");
    page(APP, "Signed in", &body)
}

/// The same for every reason: the reason is in the log.
pub(crate) fn refused() -> Page {
    let body = "<h1>You could not be signed in</h1>\n<p>Please try again. If it fails again, ask the people who run this \
                application: their log says why.</p>\n<div class=\"buttons\"><a class=\"button\" href=\"/\">Back</a></div>";
    page(APP, "Not signed in", body)
}

/// After a logout everywhere, or nearly.
pub(crate) fn signed_out(everywhere: bool) -> Page {
    let text = if everywhere {
        "The identity provider says that you are signed out of every application."
    } else {
        "You are signed out here, but not of every application. Close the browser to be sure."
    };
    let body = format!(
        "<h1>You are signed out</h1>\n<p>{text}</p>\n<div class=\"buttons\"><a class=\"button\" href=\"/\">Back</a></div>"
    );
    page(APP, "Signed out", &body)
}

/// The first page of the identity provider in memory: whom it has signed in.
pub(crate) fn sessions(users: &[String]) -> Page {
    let mut body = String::from("<h1>Nobody is signed in here</h1>\n");
    if !users.is_empty() {
        let rows: String = users.iter().map(|user| row("Signed in", &escape(user))).collect();
        body = format!(
            "<h1>Sessions</h1>\n<p>Signing out here ends them at the application too.</p>\n<table>{rows}</table>\n\
             <form class=\"buttons\" method=\"post\" action=\"/idp/sign-out\"><button>Sign out</button></form>"
        );
    }
    page(TEST_IDP, "Sessions", &body)
}

/// The login page of the identity provider in memory.
pub(crate) fn choose_user(service_provider: &str, request: &str, users: &[(&str, &str)]) -> Page {
    let buttons = users
        .iter()
        .map(|(user, name)| format!("<button name=\"user\" value=\"{}\">{}</button>\n", escape(user), escape(name)));
    let body = format!(
        "<h1>Who are you?</h1>\n<p><b>{}</b> asks who you are, and will be told whom you choose. There are no passwords \
         here.</p>\n<form class=\"buttons\" method=\"post\" action=\"/idp/sso\">\n<input type=\"hidden\" name=\"request\" value=\"{}\">\n\
         {}</form>",
        escape(service_provider),
        escape(request),
        buttons.collect::<String>()
    );
    page(TEST_IDP, "Who are you?", &body)
}

/// A page of the library, which posts its form by itself.
pub(crate) fn posting(html: String) -> Page {
    Page { html, policy: PostForm::CONTENT_SECURITY_POLICY }
}

/// Whose page it is: the class of its body, which sets the colour, and the line above everything.
type Whose = (&'static str, &'static str);
const APP: Whose = ("app", "Example application");
const TEST_IDP: Whose = ("idp", "Identity provider in memory");

fn page((class, whose): Whose, title: &str, body: &str) -> Page {
    let html = format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <title>{title} · {whose}</title>\n<style>{STYLE}</style></head>\n<body class=\"{class}\"><main>\n\
         <header>{whose}</header>\n{body}\n</main></body></html>\n"
    );
    Page { html, policy: POLICY }
}

/// `value` is HTML already.
fn row(label: &str, value: &str) -> String {
    format!("<tr><th scope=\"row\">{}</th><td>{value}</td></tr>\n", escape(label))
}

fn values(attribute: &Attribute) -> String {
    let values = attribute.values.iter().map(|value| match value.text() {
        Some(text) => escape(text),
        None => "<small>null</small>".to_owned(),
    });
    values.collect::<Vec<_>>().join("<br>")
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}
