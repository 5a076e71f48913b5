//! The identity provider that the example plays where none is named: the library's own in memory, behind a page.

use std::error::Error as StdError;
use std::sync::Arc;

use axum::extract::{Form, RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use saml_sp::testing::{ReceivedRequest, TestIdp, TestIdpError};
use saml_sp::{Error, IdentityProvider, ServiceProvider};

use super::{App, Fields, page};

/// Who can sign in, with no password: for the form and for people.
const USERS: [(&str, &str); 2] = [("alice", "Alice Archer"), ("bob", "Bob Baker")];

pub(crate) struct LoginPage {
    idp: TestIdp,
    /// The one service provider it knows: its entityID and its ACS URL.
    knows: (String, String),
}

impl LoginPage {
    pub(crate) fn new(base_url: &str, sp: &ServiceProvider) -> Result<Self, Box<dyn StdError>> {
        let idp = TestIdp::new(format!("{base_url}/idp"))?.sso_url(format!("{base_url}/idp/sso"));
        Ok(Self { idp, knows: (sp.entity_id().to_string(), sp.acs_url().to_owned()) })
    }

    pub(crate) fn identity_provider(&self) -> Result<IdentityProvider, Error> {
        self.idp.identity_provider()
    }

    /// An answer goes to a service provider that is known, at a URL that is known, or nowhere.
    fn receive(&self, query: &str) -> Option<ReceivedRequest> {
        let request = self.idp.receive_query(query).map_err(|error| log(&error)).ok()?;
        if (&request.issuer, &request.acs_url) != (&self.knows.0, &self.knows.1) {
            eprintln!("identity provider: {:?} at {:?} is unknown", request.issuer, request.acs_url);
            return None;
        }
        Some(request)
    }

    fn answer(&self, request: &ReceivedRequest, user: &str) -> Result<String, TestIdpError> {
        let name = USERS.iter().find(|(known, _)| *known == user).map_or(user, |(_, name)| name);
        let groups: &[&str] = if user == "alice" { &["staff", "on-call"] } else { &["staff"] };
        let mut answer = self.idp.answer(request, user);
        answer
            .attribute("displayName", [name])
            .attribute("mail", [format!("{user}@example.com")])
            .attribute("groups", groups.iter().copied());
        Ok(self.idp.post(&answer)?.html())
    }
}

/// GET `/idp/sso`: a request by the Redirect binding.
pub(crate) async fn choose(State(app): State<Arc<App>>, RawQuery(query): RawQuery) -> Response {
    let query = query.unwrap_or_default();
    match app.login_page.as_ref().and_then(|login_page| login_page.receive(&query)) {
        Some(request) => page::choose_user(&request.issuer, &query, &USERS).into_response(),
        None => unusable(),
    }
}

/// POST `/idp/sso`: the user has chosen.
pub(crate) async fn answer(State(app): State<Arc<App>>, Form(form): Form<Fields>) -> Response {
    let user = form.get("user").filter(|user| USERS.iter().any(|(known, _)| known == user));
    let (Some(login_page), Some(query), Some(user)) = (&app.login_page, form.get("request"), user) else {
        return unusable();
    };
    let Some(request) = login_page.receive(query) else { return unusable() };
    match login_page.answer(&request, user) {
        Ok(html) => page::posting(html).into_response(),
        Err(error) => {
            log(&error);
            unusable()
        }
    }
}

fn unusable() -> Response {
    (StatusCode::BAD_REQUEST, page::refused()).into_response()
}

fn log(error: &TestIdpError) {
    eprintln!("identity provider: {error}");
}
