//! A login in a browser, end to end.
//!
//! ```sh
//! cargo run --example axum_login     # then open http://127.0.0.1:3000
//! ```
//!
//! Without an identity provider's metadata it plays one itself, on loopback only. `examples/README.md` has the options.

#[path = "axum_login/options.rs"]
pub(crate) mod options;
#[path = "axum_login/page.rs"]
mod page;
#[path = "axum_login/sessions.rs"]
mod sessions;
#[path = "axum_login/test_idp.rs"]
mod test_idp;

use std::collections::HashMap;
use std::error::Error as StdError;
use std::process::ExitCode;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Form, Query, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, SET_COOKIE};
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use saml_sp::{
    EncodingError, Error, Expect, IdentityProvider, Login, LoginOptions, LoginRequest, Outbound, PendingLogin,
    PostedResponse, ReplayCache, ReturnTo, SealKeys, ServiceProvider,
};

use options::{Keys, Options};
use sessions::Sessions;
use test_idp::LoginPage;

type Fields = HashMap<String, String>;

/// What lives as long as the application. All of it is parsed once, at start.
pub(crate) struct App {
    /// What browsers know us by. It comes from the command line, never from a request.
    base_url: String,
    sp: ServiceProvider,
    idp: IdentityProvider,
    /// Seal pending logins in cookies. Made at start here; a real application keeps them with its other secrets.
    keys: SealKeys,
    /// Which assertions were seen. One process, so memory will do; several need one shared record.
    seen: ReplayCache,
    sessions: Sessions,
    /// The login page of the identity provider in memory, where we play one.
    login_page: Option<LoginPage>,
}

// ---- Single sign-on: all that an application needs, from here to the next line like this ----

/// `/saml/login?to=/path`: sends the browser away, with the pending login sealed in a cookie.
async fn login(State(app): State<Arc<App>>, Query(query): Query<Fields>) -> Response {
    match begin(&app, query.get("to").map_or("/", String::as_str)) {
        Ok((Outbound::Redirect(url), cookie)) => (once(cookie), Redirect::to(&url)).into_response(),
        Ok((Outbound::Post(form), cookie)) => (once(cookie), page::posting(form.html())).into_response(),
        Err(error) => refused(&error),
    }
}

/// A cookie on a page that no cache may keep (bindings 3.4.5.1).
fn once(cookie: String) -> [(HeaderName, String); 2] {
    [(SET_COOKIE, cookie), (CACHE_CONTROL, "no-store".to_owned())]
}

fn begin(app: &App, to: &str) -> Result<(Outbound, String), Error> {
    let options = LoginOptions::new().return_to(ReturnTo::path(to)?);
    let LoginRequest { send, pending } = app.sp.begin_login_with(&app.idp, &options)?;
    Ok((send, pending.cookie(&app.keys)?))
}

/// `/saml/acs`: takes the answer. Whatever comes of it, the pending login is used up.
async fn acs(State(app): State<Arc<App>>, headers: HeaderMap, Form(form): Form<Fields>) -> Response {
    let field = |name| form.get(name).map(String::as_str);
    let posted = PostedResponse::new(field("SAMLResponse").unwrap_or_default(), field("RelayState"));
    let pending = match app.sp.pending_from_cookies(&app.keys, sessions::cookies(&headers).as_deref(), &posted) {
        Ok(pending) => pending,
        Err(error) => return refused(&error),
    };
    let used_up = pending.delete_cookie();
    match finish(&app, &posted, pending) {
        Ok((cookie, to)) => (AppendHeaders([(SET_COOKIE, used_up), (SET_COOKIE, cookie)]), to).into_response(),
        Err(error) => ([(SET_COOKIE, used_up)], refused(&error)).into_response(),
    }
}

fn finish(app: &App, posted: &PostedResponse<'_>, pending: PendingLogin) -> Result<(String, Redirect), Error> {
    let accepted = app.sp.accept(&app.idp, posted, Expect::AnswerTo(pending))?;
    let Login { identity, session, return_to, .. } = accepted.confirm_with(&app.seen)?;
    let cookie = app.sessions.begin(identity, session)?;
    Ok((cookie, Redirect::to(return_to.as_ref().map_or("/", ReturnTo::as_str))))
}

/// A constant text for the browser; the reason is for the log.
fn refused(error: &Error) -> Response {
    eprintln!("login refused: {} ({:?}): {error}\n  hint: {}", error.code(), error.whose(), error.hint());
    (StatusCode::FORBIDDEN, page::refused()).into_response()
}

// ---- Single sign-on ends here ----

/// A Response that comes by GET is not read; the log says why nothing happens.
async fn acs_by_get() -> Response {
    refused(&EncodingError::ResponseByRedirect.into())
}

async fn metadata(State(app): State<Arc<App>>) -> Response {
    match app.sp.metadata().to_xml() {
        Ok(xml) => ([(CONTENT_TYPE, "application/samlmetadata+xml")], xml).into_response(),
        Err(error) => refused(&error),
    }
}

/// `/`: who is signed in.
async fn home(State(app): State<Arc<App>>, headers: HeaderMap) -> Response {
    match app.sessions.find(&headers) {
        Some(identity) => page::signed_in(&identity).into_response(),
        None => {
            page::nobody(app.idp.display_name().unwrap_or(app.idp.entity_id().as_str()), &app.base_url).into_response()
        }
    }
}

/// Ends the session here; the identity provider's goes on.
async fn sign_out(State(app): State<Arc<App>>, headers: HeaderMap) -> Response {
    (app.sessions.end(&headers), Redirect::to("/")).into_response()
}

impl App {
    pub(crate) fn new(
        sp: ServiceProvider,
        base_url: &str,
        idp_metadata: Option<&[u8]>,
    ) -> Result<Self, Box<dyn StdError>> {
        let (idp, login_page) = match idp_metadata {
            Some(bytes) => (options::only_identity_provider(bytes)?, None),
            None => {
                let page = LoginPage::new(base_url, &sp)?;
                (page.identity_provider()?, Some(page))
            }
        };
        let (keys, seen) = (SealKeys::ephemeral()?, ReplayCache::default());
        Ok(Self { base_url: base_url.to_owned(), sp, idp, keys, seen, sessions: Sessions::default(), login_page })
    }
}

pub(crate) fn service_provider(base_url: &str, keys: &Keys) -> Result<ServiceProvider, Box<dyn StdError>> {
    let builder = ServiceProvider::builder(format!("{base_url}/saml"), format!("{base_url}/saml/acs"));
    Ok(keys.set(builder)?.build()?)
}

pub(crate) fn router(app: App) -> Router {
    let mut router = Router::new()
        .route("/", get(home))
        .route("/sign-out", post(sign_out))
        .route("/saml/login", get(login))
        .route("/saml/acs", post(acs).get(acs_by_get))
        .route("/saml/metadata", get(metadata));
    if app.login_page.is_some() {
        router = router.route("/idp/sso", get(test_idp::choose).post(test_idp::answer));
    }
    router.with_state(Arc::new(app))
}

async fn run() -> Result<(), Box<dyn StdError>> {
    let options = Options::read(std::env::args().skip(1))?;
    if options.print_sp_metadata {
        let sp = service_provider(&options.base_url(options.listen), &options.keys)?;
        println!("{}", sp.metadata().to_xml()?);
        return Ok(());
    }
    let idp_metadata = options.idp_metadata.as_ref().map(std::fs::read).transpose()?;
    let listener = tokio::net::TcpListener::bind(options.listen);
    let listener = listener.await.map_err(|error| format!("--listen {}: {error}", options.listen))?;
    let base_url = options.base_url(listener.local_addr()?);
    if idp_metadata.is_none() {
        options::on_loopback_only(&base_url, listener.local_addr()?)?;
    }
    let sp = service_provider(&base_url, &options.keys)?;
    let app = App::new(sp, &base_url, idp_metadata.as_deref())?;
    println!("ready {base_url}");
    axum::serve(listener, router(app)).await?;
    Ok(())
}

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
