//! The identity provider that the example plays where none is named: the library's own in memory, behind a page.

use std::error::Error as StdError;
use std::sync::{Mutex, MutexGuard, PoisonError};

use saml_sp::testing::{Answer, ReceivedRequest, TestIdp, TestIdpError};
use saml_sp::{Binding, Error, IdentityProvider, ServiceProvider};

use super::page::{self, Page};

/// Who can sign in, with no password: for the form and for people.
const USERS: [(&str, &str); 2] = [("alice", "Alice Archer"), ("bob", "Bob Baker")];

pub(crate) struct LoginPage {
    idp: TestIdp,
    /// The one service provider it knows: its entityID, its ACS URL, its logout URL.
    knows: (String, String, String),
    /// What it has answered since somebody signed out.
    sessions: Mutex<Vec<Answer>>,
}

/// What it does with a logout message.
pub(crate) enum Step {
    Show(Page),
    Redirect(String),
}

impl LoginPage {
    pub(crate) fn new(base_url: &str, sp: &ServiceProvider) -> Result<Self, Box<dyn StdError>> {
        let idp = TestIdp::new(format!("{base_url}/idp"))?.sso_url(format!("{base_url}/idp/sso"));
        let mut idp = idp.slo_endpoint(Binding::Redirect, format!("{base_url}/idp/slo"));
        idp.know(&sp.metadata().to_xml()?)?;
        let slo_url = sp.slo_url(&Binding::Redirect).unwrap_or_default();
        let knows = (sp.entity_id().to_string(), sp.acs_url().to_owned(), slo_url.to_owned());
        Ok(Self { idp, knows, sessions: Mutex::default() })
    }

    pub(crate) fn identity_provider(&self) -> Result<IdentityProvider, Error> {
        self.idp.identity_provider()
    }

    /// GET `/idp/sso`: a request by the Redirect binding.
    pub(crate) fn choose(&self, query: &str) -> Option<Page> {
        let request = self.receive(query)?;
        Some(page::choose_user(&request.issuer, query, &USERS))
    }

    /// POST `/idp/sso`: the user has chosen.
    pub(crate) fn answer(&self, query: &str, user: &str) -> Option<Page> {
        let (user, name) = USERS.into_iter().find(|(known, _)| *known == user)?;
        let groups: &[&str] = if user == "alice" { &["staff", "on-call"] } else { &["staff"] };
        let mut answer = self.idp.answer(&self.receive(query)?, user);
        answer
            .attribute("displayName", [name])
            .attribute("mail", [format!("{user}@example.com")])
            .attribute("groups", groups.iter().copied());
        let form = logged(self.idp.post(&answer))?;
        self.sessions().push(answer);
        Some(page::posting(form.html()))
    }

    /// An answer goes to a service provider that is known, at a URL that is known, or nowhere.
    fn receive(&self, query: &str) -> Option<ReceivedRequest> {
        let request = logged(self.idp.receive_query(query))?;
        if (&request.issuer, &request.acs_url) != (&self.knows.0, &self.knows.1) {
            eprintln!("identity provider: {:?} at {:?} is unknown", request.issuer, request.acs_url);
            return None;
        }
        Some(request)
    }

    /// GET `/idp`: who is signed in here.
    pub(crate) fn home(&self) -> Page {
        let name = |answer: &Answer| answer.name_id.as_ref().map(|name_id| name_id.value.clone());
        page::sessions(&self.sessions().iter().filter_map(name).collect::<Vec<_>>())
    }

    /// POST `/idp/sign-out`: asks the application to end the session that began last; its answer comes to `/idp/slo`.
    pub(crate) fn sign_out(&self) -> Option<Step> {
        let answer = self.sessions().pop()?;
        let query = logged(self.idp.logout_query(&self.idp.logout_of(&answer, &self.knows.2)))?;
        Some(Step::Redirect(format!("{}?{query}", self.knows.2)))
    }

    /// GET `/idp/slo`: a logout message by the Redirect binding, a request or an answer.
    pub(crate) fn slo(&self, query: &str) -> Option<Step> {
        let message = logged(self.idp.receive_logout_query(query))?;
        if message.issuer != self.knows.0 {
            return None;
        }
        if message.element == "LogoutResponse" {
            return Some(Step::Show(self.home()));
        }
        let ends = |answer: &Answer| answer.session_index.as_ref().is_some_and(|i| message.session_indexes.contains(i));
        self.sessions().retain(|answer| !ends(answer));
        let query = logged(self.idp.logout_query(&self.idp.logout_response(&message, &self.knows.2)))?;
        Some(Step::Redirect(format!("{}?{query}", self.knows.2)))
    }

    fn sessions(&self) -> MutexGuard<'_, Vec<Answer>> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn logged<T>(result: Result<T, TestIdpError>) -> Option<T> {
    result.map_err(|error| eprintln!("identity provider: {error}")).ok()
}
