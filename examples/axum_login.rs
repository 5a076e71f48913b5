//! A login in a browser, end to end, and the logout after it, from either side.
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
use axum::body::Bytes;
use axum::extract::{Form, Query, RawQuery, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, COOKIE, SET_COOKIE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use saml_sp::{
    Binding, EncodingError, Error, Expect, IdentityProvider, Inbound, Login, LoginOptions, LoginRequest, LogoutOutcome,
    LogoutReply, LogoutStart, Outbound, PendingLogin, PostedResponse, ReceivedLogout, ReplayCache, ReturnTo,
    SOAP_FAULT, SealKeys, ServiceProvider,
};

use options::{Keys, Options};
use page::Page;
use sessions::Sessions;
use test_idp::{LoginPage, Step};

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
        Ok((outbound, cookie)) => send(outbound, &[cookie]),
        Err(error) => refused(&error),
    }
}

/// A message for the identity provider, by way of the browser; no cache may keep it (bindings 3.4.5.1).
fn send(outbound: Outbound, cookies: &[String]) -> Response {
    let cookies = AppendHeaders(cookies.iter().map(|cookie| (SET_COOKIE, cookie.clone())));
    match outbound {
        Outbound::Redirect(url) => (cookies, [(CACHE_CONTROL, "no-store")], Redirect::to(&url)).into_response(),
        Outbound::Post(form) => (cookies, page::posting(form.html())).into_response(),
    }
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
    let pending = match app.sp.pending_from_cookies(&app.keys, cookies(&headers).as_deref(), &posted) {
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

/// POST `/saml/logout`: ends the session here, then asks the identity provider to end it everywhere.
async fn logout(State(app): State<Arc<App>>, headers: HeaderMap) -> Response {
    let Some(session) = app.sessions.end(cookies(&headers).as_deref()) else {
        return Redirect::to("/").into_response();
    };
    let begun = app.sp.begin_logout(&app.idp, &session);
    match begun.and_then(|LogoutStart { send, pending }| Ok((send, pending.cookie(&app.keys)?))) {
        Ok((outbound, cookie)) => send(outbound, &[cookie, Sessions::delete_cookie()]),
        Err(error) => {
            log(&error);
            ([(SET_COOKIE, Sessions::delete_cookie())], page::signed_out(false)).into_response()
        }
    }
}

/// GET `/saml/slo`: a logout message by Redirect, with the query as it came, for that is what is signed.
async fn slo_by_redirect(State(app): State<Arc<App>>, headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    slo(&app, &headers, &Inbound::query(&query.unwrap_or_default()))
}

/// POST `/saml/slo`: one by POST.
async fn slo_by_post(State(app): State<Arc<App>>, headers: HeaderMap, Form(form): Form<Fields>) -> Response {
    let field = |name| form.get(name).map(String::as_str);
    slo(&app, &headers, &Inbound::form(field("SAMLRequest"), field("SAMLResponse"), field("RelayState")))
}

/// POST `/saml/slo/soap`: a request straight from the identity provider, with no browser and no cookies.
async fn slo_by_soap(State(app): State<Arc<App>>, body: Bytes) -> Response {
    let reply = receive_logout(&app, None, &Inbound::soap(&body));
    match reply {
        Ok(Received::Reply(LogoutReply::Soap(xml))) => {
            ([(CONTENT_TYPE, "text/xml; charset=utf-8")], xml).into_response()
        }
        other => {
            _ = other.inspect_err(log);
            (StatusCode::INTERNAL_SERVER_ERROR, [(CONTENT_TYPE, "text/xml; charset=utf-8")], SOAP_FAULT).into_response()
        }
    }
}

fn slo(app: &App, headers: &HeaderMap, inbound: &Inbound<'_>) -> Response {
    match receive_logout(app, cookies(headers).as_deref(), inbound) {
        // With no cookie deleted: the session that this browser shows need not be the one that was meant.
        Ok(Received::Reply(LogoutReply::Browser(outbound))) => send(outbound, &[]),
        Ok(Received::Reply(LogoutReply::Soap(xml))) => xml.into_response(),
        Ok(Received::Answer { everywhere, used_up }) => {
            ([(SET_COOKIE, used_up)], page::signed_out(everywhere)).into_response()
        }
        Err(error) => refused(&error),
    }
}

/// What a logout message leads to.
enum Received {
    Reply(LogoutReply),
    Answer { everywhere: bool, used_up: String },
}

fn receive_logout(app: &App, cookies: Option<&str>, inbound: &Inbound<'_>) -> Result<Received, Error> {
    match app.sp.receive_logout(&app.idp, inbound)? {
        ReceivedLogout::Request(request) => {
            let request = request.confirm_with(&app.seen)?;
            app.sessions.end_all(&request);
            Ok(Received::Reply(request.respond(LogoutOutcome::Done)?))
        }
        ReceivedLogout::Response(answer) => {
            let pending = app.sp.pending_logout_from_cookies(&app.keys, cookies, &answer)?;
            let used_up = pending.delete_cookie();
            // Whatever it says: here the session is over.
            let everywhere = answer.accept(pending).inspect_err(log).is_ok_and(|ended| ended.everywhere);
            Ok(Received::Answer { everywhere, used_up })
        }
    }
}

/// The `Cookie` header, of which there may be several.
fn cookies(headers: &HeaderMap) -> Option<String> {
    let all: Vec<&str> = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok()).collect();
    (!all.is_empty()).then(|| all.join("; "))
}

/// A constant text for the browser; the reason is for the log.
fn refused(error: &Error) -> Response {
    log(error);
    (StatusCode::FORBIDDEN, page::refused()).into_response()
}

fn log(error: &Error) {
    eprintln!("refused: {} ({:?}): {error}\n  hint: {}", error.code(), error.whose(), error.hint());
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
    match app.sessions.find(cookies(&headers).as_deref()) {
        Some(identity) => page::signed_in(&identity, app.logs_out_everywhere()).into_response(),
        None => {
            page::nobody(app.idp.display_name().unwrap_or(app.idp.entity_id().as_str()), &app.base_url).into_response()
        }
    }
}

/// Ends the session here; the identity provider's goes on.
async fn sign_out(State(app): State<Arc<App>>, headers: HeaderMap) -> Response {
    // Another page's form has no cookie with it, and must not make the browser forget.
    match app.sessions.end(cookies(&headers).as_deref()) {
        Some(_) => ([(SET_COOKIE, Sessions::delete_cookie())], Redirect::to("/")).into_response(),
        None => Redirect::to("/").into_response(),
    }
}

impl IntoResponse for Page {
    fn into_response(self) -> Response {
        (self.headers(), self.html).into_response()
    }
}

/// GET `/idp/sso`: the login page of the identity provider in memory. Its other pages follow.
async fn choose(State(app): State<Arc<App>>, RawQuery(query): RawQuery) -> Response {
    or_bad(app.login_page.as_ref().and_then(|idp| idp.choose(&query.unwrap_or_default()).map(Step::Show)))
}

async fn answer(State(app): State<Arc<App>>, Form(form): Form<Fields>) -> Response {
    let field = |name| form.get(name).map_or("", String::as_str);
    or_bad(app.login_page.as_ref().and_then(|idp| idp.answer(field("request"), field("user")).map(Step::Show)))
}

async fn idp_home(State(app): State<Arc<App>>) -> Response {
    or_bad(app.login_page.as_ref().map(|idp| Step::Show(idp.home())))
}

async fn idp_slo(State(app): State<Arc<App>>, RawQuery(query): RawQuery) -> Response {
    or_bad(app.login_page.as_ref().and_then(|idp| idp.slo(&query.unwrap_or_default())))
}

async fn idp_sign_out(State(app): State<Arc<App>>) -> Response {
    or_bad(app.login_page.as_ref().and_then(LoginPage::sign_out))
}

fn or_bad(step: Option<Step>) -> Response {
    match step {
        Some(Step::Show(page)) => page.into_response(),
        Some(Step::Redirect(url)) => Redirect::to(&url).into_response(),
        None => (StatusCode::BAD_REQUEST, page::refused()).into_response(),
    }
}

impl App {
    fn logs_out_everywhere(&self) -> bool {
        self.sp.slo_url(&Binding::Redirect).is_some() && !self.idp.single_logout().is_empty()
    }

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

/// Every logout message is signed: without a key there is no logout everywhere.
pub(crate) fn service_provider(base_url: &str, keys: &Keys) -> Result<ServiceProvider, Box<dyn StdError>> {
    let mut builder = ServiceProvider::builder(format!("{base_url}/saml"), format!("{base_url}/saml/acs"));
    if keys.sign() {
        for binding in keys.slo_bindings() {
            let path = if binding == Binding::Soap { "/saml/slo/soap" } else { "/saml/slo" };
            builder = builder.slo_url(binding, format!("{base_url}{path}"));
        }
    }
    Ok(keys.set(builder)?.build()?)
}

pub(crate) fn router(app: App) -> Router {
    let mut router = Router::new()
        .route("/", get(home))
        .route("/sign-out", post(sign_out))
        .route("/saml/login", get(login))
        .route("/saml/acs", post(acs).get(acs_by_get))
        .route("/saml/logout", post(logout))
        .route("/saml/slo", get(slo_by_redirect).post(slo_by_post))
        .route("/saml/slo/soap", post(slo_by_soap))
        .route("/saml/metadata", get(metadata));
    if app.login_page.is_some() {
        router = router
            .route("/idp", get(idp_home))
            .route("/idp/sso", get(choose).post(answer))
            .route("/idp/slo", get(idp_slo))
            .route("/idp/sign-out", post(idp_sign_out));
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
    let mut keys = options.keys;
    if idp_metadata.is_none() {
        options::on_loopback_only(&base_url, listener.local_addr()?)?;
        keys = keys.or_fresh();
    }
    let sp = service_provider(&base_url, &keys)?;
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
