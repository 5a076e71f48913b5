//! The identity provider inside, so that all of Secure Share can be seen on one machine: the library's own in memory, behind pages.
//!
//! It has a listener and a name of its own, so that to a browser it is another site, as every real one is. It asks for no
//! password, and makes a mistake where it is told to.

#[path = "test_idp/page.rs"] // also for a test that includes this file by its path
mod page;

use std::collections::HashMap;
use std::error::Error as StdError;
use std::iter::once;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aws_lc_rs::digest::{SHA256, digest};
use axum::Router;
use axum::extract::{Form, RawQuery, State};
use axum::http::header::{CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use saml_sp::testing::{Answer, Encrypted, ReceivedRequest, Sign, TestIdp, TestIdpError};
use saml_sp::{AdminValues, Binding, urn};

use page::{Page, posting};

type Fields = HashMap<String, String>;
type AnyError = Box<dyn StdError + Send + Sync>;

/// Somebody who can sign in, with no password.
struct User {
    name: &'static str,
    first_name: &'static str,
    last_name: &'static str,
    groups: &'static [&'static str],
}

const USERS: [User; 3] = [
    User { name: "alice", first_name: "Alice", last_name: "Archer", groups: &["engineering", "on-call"] },
    User { name: "bob", first_name: "Bob", last_name: "Baker", groups: &["sales"] },
    User { name: "carol", first_name: "Carol", last_name: "Chen", groups: &[] },
];

/// The values of `mistake`, each with what it does.
const MISTAKES: [(&str, &str); 6] = [
    ("none", "No mistake"),
    ("audience", "For another audience: the answer is meant for somebody else"),
    ("key", "By another key than the one in the metadata"),
    ("clock", "With a clock an hour behind: the answer is over when it arrives"),
    ("email", "Without an e-mail address"),
    ("unsigned", "Without any signature"),
];

pub(crate) struct TestProvider {
    base_url: String,
    idp: Mutex<TestIdp>,
    /// Has the same name and another key.
    impostor: TestIdp,
    service: Box<dyn Fn() -> Result<AdminValues, AnyError> + Send + Sync>,
    sessions: Mutex<Vec<SignedIn>>,
}

struct SignedIn {
    user: &'static User,
    since: DateTime<Utc>,
    answer: Answer,
}

/// Why it does not go on: for whoever tries it out, so with the reason.
struct Refusal(StatusCode, String);

impl TestProvider {
    /// `service` is the one service provider it knows, as that is now: it is asked at each message, so that new keys count at once.
    pub(crate) fn new(
        base_url: &str,
        service: impl Fn() -> Result<AdminValues, AnyError> + Send + Sync + 'static,
    ) -> Result<Self, TestIdpError> {
        let entity_id = format!("{base_url}/metadata");
        let slo_url = format!("{base_url}/slo");
        let idp = TestIdp::new(&entity_id)?
            .sso_url(format!("{base_url}/sso"))
            .slo_endpoint(Binding::Redirect, &slo_url)
            .slo_endpoint(Binding::Post, slo_url);
        Ok(Self {
            base_url: base_url.to_owned(),
            idp: Mutex::new(idp),
            impostor: TestIdp::new(entity_id)?,
            service: Box::new(service),
            sessions: Mutex::default(),
        })
    }

    pub(crate) fn metadata_url(&self) -> String {
        format!("{}/metadata", self.base_url)
    }

    pub(crate) fn router(self: Arc<Self>) -> Router {
        Router::new()
            .route("/", get(async |State(idp): Provider| idp.home("")))
            .route("/metadata", get(async |State(idp): Provider, headers: HeaderMap| idp.metadata(&headers)))
            .route("/sso", get(choose_by_redirect).post(async |State(idp): Provider, Form(form)| idp.choose(&form)))
            .route("/answer", post(async |State(idp): Provider, Form(form)| idp.answer(&form)))
            .route("/start", post(async |State(idp): Provider, Form(form)| idp.start(&form)))
            .route("/sign-out", post(async |State(idp): Provider, Form(form)| idp.sign_out(&form)))
            .route("/slo", get(slo_by_redirect).post(async |State(idp): Provider, Form(form)| idp.slo(&form)))
            .route("/style.css", get(async || ([(CONTENT_TYPE, "text/css; charset=utf-8")], page::STYLE)))
            .with_state(self)
    }

    fn home(&self, news: &str) -> Page {
        page::home(&lock(&self.sessions), &self.metadata_url(), news)
    }

    fn metadata(&self, headers: &HeaderMap) -> Result<Response, Refusal> {
        let xml = lock(&self.idp).metadata()?;
        let etag = format!("\"{}\"", URL_SAFE_NO_PAD.encode(digest(&SHA256, xml.as_bytes())));
        let known = headers.get(IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == etag.as_bytes());
        let response = match known {
            true => StatusCode::NOT_MODIFIED.into_response(),
            false => ([(CONTENT_TYPE, "application/samlmetadata+xml")], xml).into_response(),
        };
        Ok(([(ETAG, etag)], response).into_response())
    }

    /// The login page. The request travels in it, and is verified again when it comes back.
    fn choose(&self, fields: &Fields) -> Result<Page, Refusal> {
        let (service, idp) = self.now()?;
        receive(&service, &idp, fields)?;
        Ok(page::choose(service.entity_id(), fields, service.encryption_certificate().is_some()))
    }

    fn answer(&self, fields: &Fields) -> Result<Page, Refusal> {
        let (service, idp) = self.now()?;
        let (request, user) = (receive(&service, &idp, fields)?, user(fields)?);
        let mut answer = idp.answer(&request, user.name);
        user.describe(&mut answer);
        if fields.contains_key("encrypt") {
            answer.encryption.push(idp.encryption(service.entity_id(), Encrypted::Assertion)?);
        }
        let mistake = fields.get("mistake").map_or("none", String::as_str);
        make(mistake, &mut answer)?;
        self.send(user, answer, if mistake == "key" { &self.impostor } else { &idp })
    }

    /// An answer that nobody asked for: what a portal of an identity provider sends.
    fn start(&self, fields: &Fields) -> Result<Page, Refusal> {
        let (service, idp) = self.now()?;
        let user = user(fields)?;
        let mut answer = idp.unsolicited(service.entity_id(), service.acs_url(), user.name);
        user.describe(&mut answer);
        self.send(user, answer, &idp)
    }

    fn send(&self, user: &'static User, answer: Answer, signer: &TestIdp) -> Result<Page, Refusal> {
        let page = posting(signer.post(&answer)?.html());
        lock(&self.sessions).push(SignedIn { user, since: Utc::now(), answer });
        Ok(page)
    }

    /// Ends a session here, and asks the service to do so there; its answer comes to `/slo`.
    fn sign_out(&self, fields: &Fields) -> Result<Redirect, Refusal> {
        let (service, idp) = self.now()?;
        let ended = {
            let mut sessions = lock(&self.sessions);
            let at = sessions.iter().position(|session| session.answer.session_index.as_ref() == fields.get("session"));
            at.map(|at| sessions.remove(at))
        };
        let Some(SignedIn { answer, .. }) = ended else { return Ok(Redirect::to("/")) };
        let url = slo_url(&service)?;
        Ok(to(url, &idp.logout_query(&idp.logout_of(&answer, url))?))
    }

    /// A logout message of the service: a request of its own, or the answer to ours.
    fn slo(&self, fields: &Fields) -> Result<Response, Refusal> {
        let (service, idp) = self.now()?;
        let field = |name| fields.get(name).map(String::as_str);
        let message = match field("query") {
            Some(query) => idp.receive_logout_query(query)?,
            None => idp.receive_logout_form(field("SAMLRequest"), field("SAMLResponse"), field("RelayState"))?,
        };
        if message.issuer != service.entity_id() {
            return Err(Refusal::unknown(&message.issuer));
        }
        if message.element == "LogoutResponse" {
            let everywhere = message.status == [urn::status::SUCCESS];
            let news = if everywhere { "The service has ended the session too." } else { "The service did not." };
            return Ok(self.home(news).into_response());
        }
        let meant =
            |one: &SignedIn| one.answer.session_index.as_ref().is_some_and(|i| message.session_indexes.contains(i));
        lock(&self.sessions).retain(|session| !meant(session));
        let url = slo_url(&service)?;
        Ok(to(url, &idp.logout_query(&idp.logout_response(&message, url))?).into_response())
    }

    /// The service as it is now, and the identity provider, which has just read its metadata.
    fn now(&self) -> Result<(AdminValues, MutexGuard<'_, TestIdp>), Refusal> {
        let service =
            (self.service)().map_err(|error| Refusal(StatusCode::INTERNAL_SERVER_ERROR, error.to_string()))?;
        let mut idp = lock(&self.idp);
        idp.know(service.metadata_xml())?;
        Ok((service, idp))
    }
}

type Provider = State<Arc<TestProvider>>;

/// The query goes on as it came, for that is what is signed.
async fn choose_by_redirect(State(idp): Provider, RawQuery(query): RawQuery) -> Result<Page, Refusal> {
    idp.choose(&Fields::from([("query".to_owned(), query.unwrap_or_default())]))
}

/// Likewise.
async fn slo_by_redirect(State(idp): Provider, RawQuery(query): RawQuery) -> Result<Response, Refusal> {
    idp.slo(&Fields::from([("query".to_owned(), query.unwrap_or_default())]))
}

/// An answer goes to the service provider that is known, at a URL of its own, or nowhere.
fn receive(service: &AdminValues, idp: &TestIdp, fields: &Fields) -> Result<ReceivedRequest, Refusal> {
    let field = |name| fields.get(name).map(String::as_str);
    let request = match field("query") {
        Some(query) => idp.receive_query(query)?,
        None => idp.receive_form(field("SAMLRequest").unwrap_or_default(), field("RelayState"))?,
    };
    let mut urls = once(service.acs_url()).chain(service.further_acs_urls());
    if request.issuer != service.entity_id() || !urls.any(|url| url == request.acs_url) {
        return Err(Refusal::unknown(&format!("{} at {}", request.issuer, request.acs_url)));
    }
    Ok(request)
}

fn user(fields: &Fields) -> Result<&'static User, Refusal> {
    let name = fields.get("user").map_or("", String::as_str);
    USERS.iter().find(|user| user.name == name).ok_or_else(|| Refusal::unknown(name))
}

impl User {
    fn email(&self) -> String {
        format!("{}@example.org", self.name)
    }

    fn full_name(&self) -> String {
        format!("{} {}", self.first_name, self.last_name)
    }

    fn describe(&self, answer: &mut Answer) {
        answer
            .attribute("mail", [self.email()])
            .attribute("givenName", [self.first_name])
            .attribute("sn", [self.last_name])
            .attribute("displayName", [self.full_name()]);
        // As products do it: no group, no attribute.
        if !self.groups.is_empty() {
            answer.attribute("groups", self.groups.iter().copied());
        }
    }
}

fn make(mistake: &str, answer: &mut Answer) -> Result<(), Refusal> {
    match mistake {
        // Another key: that is up to who signs.
        "none" | "key" => {}
        "audience" => answer.audience_restrictions = vec![vec!["https://another.example.com/saml".to_owned()]],
        "clock" => {
            answer.shift(-TimeDelta::hours(1));
        }
        "email" => answer.attributes.retain(|attribute| attribute.name != "mail"),
        "unsigned" => answer.sign = Sign::Nothing,
        other => return Err(Refusal::unknown(other)),
    }
    Ok(())
}

/// Where the service takes logout messages by Redirect.
fn slo_url(service: &AdminValues) -> Result<&str, Refusal> {
    let url = service.slo_urls().find(|(binding, _)| **binding == Binding::Redirect).map(|(_, url)| url);
    let reason = "the service takes no logout messages by Redirect: the session is over here, and only here";
    url.ok_or_else(|| Refusal(StatusCode::BAD_REQUEST, reason.to_owned()))
}

fn to(url: &str, query: &str) -> Redirect {
    let separator = if url.contains('?') { '&' } else { '?' };
    Redirect::to(&format!("{url}{separator}{query}"))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Refusal {
    fn unknown(what: &str) -> Self {
        Self(StatusCode::BAD_REQUEST, format!("{what:?} is unknown here"))
    }
}

impl From<TestIdpError> for Refusal {
    fn from(error: TestIdpError) -> Self {
        Self(StatusCode::BAD_REQUEST, error.to_string())
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.0, page::refused(&self.1)).into_response()
    }
}
