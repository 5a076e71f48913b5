//! The application of `axum_login`, line for line, on actix-web.
//!
//! ```sh
//! cargo run --example actix_login    # then open http://127.0.0.1:3000
//! ```

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

use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE};
use actix_web::web::{Bytes, Data, Form, FormConfig, Query, ServiceConfig, get, post, resource};
use actix_web::{HttpRequest, HttpResponse, HttpServer, Responder};
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
async fn login(app: Data<App>, query: Query<Fields>) -> HttpResponse {
    match begin(&app, query.get("to").map_or("/", String::as_str)) {
        Ok((outbound, cookie)) => send(outbound, &[cookie]),
        Err(error) => refused(&error),
    }
}

/// A message for the identity provider, by way of the browser; no cache may keep it (bindings 3.4.5.1).
fn send(outbound: Outbound, cookies: &[String]) -> HttpResponse {
    let mut response = match outbound {
        Outbound::Redirect(url) => {
            HttpResponse::SeeOther().insert_header((CACHE_CONTROL, "no-store")).insert_header((LOCATION, url)).finish()
        }
        Outbound::Post(form) => show(StatusCode::OK, page::posting(form.html())),
    };
    for cookie in cookies {
        set_cookie(&mut response, cookie);
    }
    response
}

fn begin(app: &App, to: &str) -> Result<(Outbound, String), Error> {
    let options = LoginOptions::new().return_to(ReturnTo::path(to)?);
    let LoginRequest { send, pending } = app.sp.begin_login_with(&app.idp, &options)?;
    Ok((send, pending.cookie(&app.keys)?))
}

/// `/saml/acs`: takes the answer. Whatever comes of it, the pending login is used up.
async fn acs(app: Data<App>, request: HttpRequest, form: Form<Fields>) -> HttpResponse {
    let field = |name| form.get(name).map(String::as_str);
    let posted = PostedResponse::new(field("SAMLResponse").unwrap_or_default(), field("RelayState"));
    let pending = match app.sp.pending_from_cookies(&app.keys, cookies(&request).as_deref(), &posted) {
        Ok(pending) => pending,
        Err(error) => return refused(&error),
    };
    let used_up = pending.delete_cookie();
    let mut response = match finish(&app, &posted, pending) {
        Ok((cookie, to)) => {
            let mut response = see_other(&to);
            set_cookie(&mut response, &cookie);
            response
        }
        Err(error) => refused(&error),
    };
    set_cookie(&mut response, &used_up);
    response
}

fn finish(app: &App, posted: &PostedResponse<'_>, pending: PendingLogin) -> Result<(String, String), Error> {
    let accepted = app.sp.accept(&app.idp, posted, Expect::AnswerTo(pending))?;
    let Login { identity, session, return_to, .. } = accepted.confirm_with(&app.seen)?;
    let cookie = app.sessions.begin(identity, session)?;
    Ok((cookie, return_to.as_ref().map_or("/", ReturnTo::as_str).to_owned()))
}

/// POST `/saml/logout`: ends the session here, then asks the identity provider to end it everywhere.
async fn logout(app: Data<App>, request: HttpRequest) -> HttpResponse {
    let Some(session) = app.sessions.end(cookies(&request).as_deref()) else {
        return see_other("/");
    };
    let begun = app.sp.begin_logout(&app.idp, &session);
    match begun.and_then(|LogoutStart { send, pending }| Ok((send, pending.cookie(&app.keys)?))) {
        Ok((outbound, cookie)) => send(outbound, &[cookie, Sessions::delete_cookie()]),
        Err(error) => {
            log(&error);
            let mut response = show(StatusCode::OK, page::signed_out(false));
            set_cookie(&mut response, &Sessions::delete_cookie());
            response
        }
    }
}

/// GET `/saml/slo`: a logout message by Redirect, with the query as it came, for that is what is signed.
async fn slo_by_redirect(app: Data<App>, request: HttpRequest) -> HttpResponse {
    slo(&app, &request, &Inbound::query(request.query_string()))
}

/// POST `/saml/slo`: one by POST.
async fn slo_by_post(app: Data<App>, request: HttpRequest, form: Form<Fields>) -> HttpResponse {
    let field = |name| form.get(name).map(String::as_str);
    slo(&app, &request, &Inbound::form(field("SAMLRequest"), field("SAMLResponse"), field("RelayState")))
}

/// POST `/saml/slo/soap`: a request straight from the identity provider, with no browser and no cookies.
async fn slo_by_soap(app: Data<App>, body: Bytes) -> HttpResponse {
    let reply = receive_logout(&app, None, &Inbound::soap(&body));
    match reply {
        Ok(Received::Reply(LogoutReply::Soap(xml))) => {
            HttpResponse::Ok().insert_header((CONTENT_TYPE, "text/xml; charset=utf-8")).body(xml)
        }
        other => {
            _ = other.inspect_err(log);
            HttpResponse::InternalServerError()
                .insert_header((CONTENT_TYPE, "text/xml; charset=utf-8"))
                .body(SOAP_FAULT)
        }
    }
}

fn slo(app: &App, request: &HttpRequest, inbound: &Inbound<'_>) -> HttpResponse {
    match receive_logout(app, cookies(request).as_deref(), inbound) {
        // With no cookie deleted: the session that this browser shows need not be the one that was meant.
        Ok(Received::Reply(LogoutReply::Browser(outbound))) => send(outbound, &[]),
        Ok(Received::Reply(LogoutReply::Soap(xml))) => HttpResponse::Ok().body(xml),
        Ok(Received::Answer { everywhere, used_up }) => {
            let mut response = show(StatusCode::OK, page::signed_out(everywhere));
            set_cookie(&mut response, &used_up);
            response
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
fn cookies(request: &HttpRequest) -> Option<String> {
    let all: Vec<&str> = request.headers().get_all(COOKIE).filter_map(|value| value.to_str().ok()).collect();
    (!all.is_empty()).then(|| all.join("; "))
}

/// A constant text for the browser; the reason is for the log.
fn refused(error: &Error) -> HttpResponse {
    log(error);
    show(StatusCode::FORBIDDEN, page::refused())
}

fn log(error: &Error) {
    eprintln!("refused: {} ({:?}): {error}\n  hint: {}", error.code(), error.whose(), error.hint());
}

// ---- Single sign-on ends here ----

/// A Response that comes by GET is not read; the log says why nothing happens.
async fn acs_by_get() -> HttpResponse {
    refused(&EncodingError::ResponseByRedirect.into())
}

async fn metadata(app: Data<App>) -> HttpResponse {
    match app.sp.metadata().to_xml() {
        Ok(xml) => HttpResponse::Ok().insert_header((CONTENT_TYPE, "application/samlmetadata+xml")).body(xml),
        Err(error) => refused(&error),
    }
}

/// `/`: who is signed in.
async fn home(app: Data<App>, request: HttpRequest) -> Page {
    match app.sessions.find(cookies(&request).as_deref()) {
        Some(identity) => page::signed_in(&identity, app.logs_out_everywhere()),
        None => page::nobody(app.idp.display_name().unwrap_or(app.idp.entity_id().as_str()), &app.base_url),
    }
}

/// Ends the session here; the identity provider's goes on.
async fn sign_out(app: Data<App>, request: HttpRequest) -> HttpResponse {
    let mut response = see_other("/");
    // Another page's form has no cookie with it, and must not make the browser forget.
    if app.sessions.end(cookies(&request).as_deref()).is_some() {
        set_cookie(&mut response, &Sessions::delete_cookie());
    }
    response
}

impl Responder for Page {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        show(StatusCode::OK, self)
    }
}

fn show(status: StatusCode, page: Page) -> HttpResponse {
    let mut response = HttpResponse::build(status);
    for header in page.headers() {
        response.insert_header(header);
    }
    response.body(page.html)
}

fn see_other(url: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((LOCATION, url)).finish()
}

/// What no header can carry is not a cookie that this application made.
fn set_cookie(response: &mut HttpResponse, cookie: &str) {
    if let Ok(value) = cookie.parse() {
        response.headers_mut().append(SET_COOKIE, value);
    }
}

/// GET `/idp/sso`: the login page of the identity provider in memory. Its other pages follow.
async fn choose(app: Data<App>, request: HttpRequest) -> HttpResponse {
    or_bad(app.login_page.as_ref().and_then(|idp| idp.choose(request.query_string()).map(Step::Show)))
}

async fn answer(app: Data<App>, form: Form<Fields>) -> HttpResponse {
    let field = |name| form.get(name).map_or("", String::as_str);
    or_bad(app.login_page.as_ref().and_then(|idp| idp.answer(field("request"), field("user")).map(Step::Show)))
}

async fn idp_home(app: Data<App>) -> HttpResponse {
    or_bad(app.login_page.as_ref().map(|idp| Step::Show(idp.home())))
}

async fn idp_slo(app: Data<App>, request: HttpRequest) -> HttpResponse {
    or_bad(app.login_page.as_ref().and_then(|idp| idp.slo(request.query_string())))
}

async fn idp_sign_out(app: Data<App>) -> HttpResponse {
    or_bad(app.login_page.as_ref().and_then(LoginPage::sign_out))
}

fn or_bad(step: Option<Step>) -> HttpResponse {
    match step {
        Some(Step::Show(page)) => show(StatusCode::OK, page),
        Some(Step::Redirect(url)) => see_other(&url),
        None => show(StatusCode::BAD_REQUEST, page::refused()),
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

pub(crate) fn routes(app: &Data<App>) -> impl Fn(&mut ServiceConfig) + Clone + Send + 'static + use<> {
    let app = app.clone();
    move |config| {
        config
            .app_data(app.clone())
            // By default 16 KB: an answer with some hundred groups has more, and would be refused before anybody looks at it.
            .app_data(FormConfig::default().limit(2 * 1024 * 1024))
            .route("/", get().to(home))
            .route("/sign-out", post().to(sign_out))
            .route("/saml/login", get().to(login))
            .service(resource("/saml/acs").route(post().to(acs)).route(get().to(acs_by_get)))
            .route("/saml/logout", post().to(logout))
            .service(resource("/saml/slo").route(get().to(slo_by_redirect)).route(post().to(slo_by_post)))
            .route("/saml/slo/soap", post().to(slo_by_soap))
            .route("/saml/metadata", get().to(metadata));
        if app.login_page.is_some() {
            config
                .route("/idp", get().to(idp_home))
                .service(resource("/idp/sso").route(get().to(choose)).route(post().to(answer)))
                .route("/idp/slo", get().to(idp_slo))
                .route("/idp/sign-out", post().to(idp_sign_out));
        }
    }
}

async fn run() -> Result<(), Box<dyn StdError>> {
    let options = Options::read(std::env::args().skip(1))?;
    if options.print_sp_metadata {
        let sp = service_provider(&options.base_url(options.listen), &options.keys)?;
        println!("{}", sp.metadata().to_xml()?);
        return Ok(());
    }
    let idp_metadata = options.idp_metadata.as_ref().map(std::fs::read).transpose()?;
    let listener = std::net::TcpListener::bind(options.listen);
    let listener = listener.map_err(|error| format!("--listen {}: {error}", options.listen))?;
    let base_url = options.base_url(listener.local_addr()?);
    let mut keys = options.keys;
    if idp_metadata.is_none() {
        options::on_loopback_only(&base_url, listener.local_addr()?)?;
        keys = keys.or_fresh();
    }
    let sp = service_provider(&base_url, &keys)?;
    let app = Data::new(App::new(sp, &base_url, idp_metadata.as_deref())?);
    println!("ready {base_url}");
    let routes = routes(&app);
    HttpServer::new(move || actix_web::App::new().configure(routes.clone())).listen(listener)?.run().await?;
    Ok(())
}

fn main() -> ExitCode {
    match actix_web::rt::System::new().block_on(run()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
