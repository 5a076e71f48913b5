//! What lives as long as the application, its routes, and what holds for each of them.

use std::error::Error as StdError;
use std::sync::{Arc, PoisonError, RwLock};

use aws_lc_rs::digest::{SHA256, digest};
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, COOKIE, HOST, HeaderName, HeaderValue, ORIGIN,
    REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{SecondsFormat, Utc};
use saml_sp::{SealKeys, ServiceProvider};

use crate::database::Database;
use crate::fetch::Fetch;
use crate::keys::{self, Key};
use crate::providers::{self, Provider};
use crate::records::Records;
use crate::{pages, sso};

pub(crate) struct App {
    /// What browsers know us by. It comes from the command line, never from a request.
    pub(crate) base_url: String,
    pub(crate) database: Arc<Database>,
    pub(crate) records: Records,
    pub(crate) fetch: Fetch,
    /// Seals pending logins, for every instance.
    pub(crate) seal: SealKeys,
    pub(crate) support: String,
    pub(crate) pending_same_site: &'static str,
    config: RwLock<Option<Arc<Config>>>,
}

/// What administrators have set up, parsed once for each change.
pub(crate) struct Config {
    revision: String,
    pub(crate) sp: ServiceProvider,
    pub(crate) keys: Vec<Key>,
    pub(crate) providers: Vec<Provider>,
}

impl Config {
    pub(crate) fn provider(&self, id: &str) -> Result<&Provider, Problem> {
        self.providers.iter().find(|provider| provider.id == id).ok_or(Problem::NotFound("identity provider"))
    }
}

/// Why a page cannot be shown.
#[derive(Debug)]
pub(crate) enum Problem {
    NotFound(&'static str),
    /// What an administrator sent cannot be used; the text says why.
    Input(String),
    /// For the log; people learn that something is wrong.
    Internal(String),
}

impl<E: Into<Box<dyn StdError>>> From<E> for Problem {
    fn from(error: E) -> Self {
        Self::Internal(error.into().to_string())
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (status, title, text) = match &self {
            Self::NotFound(what) => (
                StatusCode::NOT_FOUND,
                format!("This {what} is not here"),
                "It may have been deleted, or the address is not whole.",
            ),
            Self::Input(reason) => (StatusCode::BAD_REQUEST, "This cannot be used".to_owned(), reason.as_str()),
            Self::Internal(reason) => {
                eprintln!("internal: {reason}");
                (
                    StatusCode::INTERNAL_SERVER_ERROR,
                    "Something is wrong here".to_owned(),
                    "It is in the log. Please try again.",
                )
            }
        };
        (status, pages::layout::message(&title, text)).into_response()
    }
}

impl App {
    pub(crate) fn new(
        base_url: &str,
        database: Arc<Database>,
        records: Records,
        fetch: Fetch,
        support: &str,
        pending_same_site: &'static str,
    ) -> Result<Self, Box<dyn StdError>> {
        let (base_url, support) = (origin_of(base_url)?, support.to_owned());
        keys::ensure(&database, &base_url)?;
        crate::wiki::seed(&database)?;
        let seal = SealKeys::new(sha256(&database.secret("seal")?));
        let app =
            Self { base_url, database, records, fetch, seal, support, pending_same_site, config: RwLock::default() };
        app.config()?;
        Ok(app)
    }

    /// As it is now: another instance may have changed it.
    pub(crate) fn config(&self) -> Result<Arc<Config>, Box<dyn StdError>> {
        let revision = self.database.revision()?;
        let known = self.config.read().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(known) = known.filter(|known| known.revision == revision) {
            return Ok(known);
        }
        let connection = self.database.lock();
        let (sp, keys) = keys::service_provider(&connection, &self.base_url)?;
        let config = Arc::new(Config { revision, sp, keys, providers: providers::all(&connection)? });
        *self.config.write().unwrap_or_else(PoisonError::into_inner) = Some(config.clone());
        Ok(config)
    }

    /// Where administrators come in: whoever has read the terminal.
    pub(crate) fn admin_url(&self) -> Result<String, Box<dyn StdError>> {
        Ok(format!("{}/admin/enter?key={}", self.base_url, self.database.secret("admin")?))
    }
}

/// As browsers write it in `Host` and `Origin`: with a port that goes without saying, or in capitals, no request would be one to us.
fn origin_of(base_url: &str) -> Result<String, Box<dyn StdError>> {
    let url = url::Url::parse(base_url).map_err(|why| format!("{base_url} is no URL: {why}"))?;
    let origin = url.origin().ascii_serialization();
    if !matches!(url.scheme(), "http" | "https") || url.as_str() != format!("{origin}/") {
        return Err(format!("{base_url} is not https:// and a name, with nothing behind it").into());
    }
    Ok(origin)
}

/// 256 random bits, for names that nobody guesses.
pub(crate) fn random() -> Result<String, Box<dyn StdError>> {
    let mut bytes = [0; 32];
    aws_lc_rs::rand::fill(&mut bytes).map_err(|_| "no randomness")?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

pub(crate) fn sha256(text: &str) -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes.iter_mut().zip(digest(&SHA256, text.as_bytes()).as_ref()).for_each(|(to, from)| *to = *from);
    bytes
}

pub(crate) fn now_text() -> String {
    Utc::now().to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// The value of a cookie, of all `Cookie` headers.
pub(crate) fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let values = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = values.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(known, _)| *known == name).map(|(_, value)| value)
}

/// One style, one script, forms to ourselves, no frames. The page that posts itself away has the library's own policy.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self'; \
                      base-uri 'none'; frame-ancestors 'none'";

async fn headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let mut set = |name: HeaderName, value| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    set(CONTENT_SECURITY_POLICY, POLICY);
    set(CACHE_CONTROL, "no-store");
    set(REFERRER_POLICY, "same-origin");
    set(X_CONTENT_TYPE_OPTIONS, "nosniff");
    response
}

/// The doors that other sites' forms are meant to come to. What they bring is signed.
const FOREIGN_FORMS: [&str; 3] = ["/saml/acs", "/saml/slo", "/saml/slo/soap"];

/// A form of another site has the cookies of some browsers with it and must do nothing. Browsers say whose form it is: by
/// `Sec-Fetch-Site` (W3C Fetch Metadata), older ones by `Origin` alone; who says neither is refused.
async fn own_forms_only(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    if matches!(*request.method(), Method::GET | Method::HEAD)
        || FOREIGN_FORMS.contains(&request.uri().path())
        || is_own_form(request.headers(), &app.base_url)
    {
        return next.run(request).await;
    }
    let text = "The form that was sent is none of ours. Open the page again, and send it from there.";
    (StatusCode::FORBIDDEN, pages::layout::message("Nothing was changed", text)).into_response()
}

fn is_own_form(headers: &HeaderMap, base_url: &str) -> bool {
    match (headers.get("sec-fetch-site"), headers.get(ORIGIN)) {
        (Some(site), _) => site == "same-origin",
        (None, origin) => origin.is_some_and(|origin| origin == base_url),
    }
}

/// `localhost` is another host than `127.0.0.1`, with cookies of its own: whoever comes by another name is led to ours.
async fn own_name(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let host = request.headers().get(HOST).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let named = app.base_url.split_once("://").is_some_and(|(_, name)| name == host);
    if named || *request.method() != Method::GET || request.uri().path().starts_with("/saml/") {
        return next.run(request).await;
    }
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
    Redirect::to(&format!("{}{path}", app.base_url)).into_response()
}

/// More than any form or document of this application needs.
const LARGEST_BODY: usize = 24 * 1024 * 1024;

/// What strangers may send: the largest message that is read, in base64, with some of it escaped.
const LARGEST_MESSAGE: usize = 4 * 1024 * 1024;

pub(crate) fn router(app: &Arc<App>) -> Router {
    let asset = |kind: &'static str, text: &'static str| get(move || async move { ([(CONTENT_TYPE, kind)], text) });
    let doors = Router::new()
        .route("/saml/acs", post(sso::acs))
        .route("/saml/slo", get(sso::slo_by_redirect).post(sso::slo_by_post))
        .route("/saml/slo/soap", post(sso::slo_by_soap))
        .layer(DefaultBodyLimit::max(LARGEST_MESSAGE));
    Router::new()
        .route("/", get(pages::share::home))
        .route("/s/{share}", get(pages::share::pages))
        .route("/s/{share}/{page}", get(pages::share::page))
        .route("/sign-out", post(sso::sign_out))
        .route("/saml/login/{provider}", get(sso::login))
        .merge(doors)
        .route("/saml/metadata", get(sso::metadata))
        .route("/style.css", asset("text/css; charset=utf-8", include_str!("pages/style.css")))
        .route("/icon.svg", asset("image/svg+xml", include_str!("pages/icon.svg")))
        .route("/app.js", asset("text/javascript; charset=utf-8", include_str!("pages/app.js")))
        .nest("/admin", pages::admin::router(app))
        .fallback(|| async { Problem::NotFound("page") })
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .layer(from_fn_with_state(app.clone(), own_forms_only))
        .layer(from_fn_with_state(app.clone(), own_name))
        .layer(axum::middleware::from_fn(headers))
        .with_state(app.clone())
}
