//! The application and its test identity provider on two ports, with people in front of them.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use crate::app::{self, App};
use crate::browser::{Browser, Form, Page};
use crate::database::Database;
use crate::fetch::{Fetch, Reach};
use crate::records::Records;
use crate::test_idp::TestProvider;

pub(crate) struct Site {
    pub(crate) app: Arc<App>,
    pub(crate) address: SocketAddr,
    pub(crate) idp: SocketAddr,
    /// Where the identity provider's metadata is.
    pub(crate) metadata_url: String,
}

/// Somebody with a browser, which keeps the cookies of each site apart.
pub(crate) struct Person<'a> {
    pub(crate) here: Browser,
    pub(crate) there: Browser,
    site: &'a Site,
}

fn listener() -> TcpListener {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    listener
}

impl Site {
    pub(crate) fn new() -> Self {
        Self::with_pending_cookie("None")
    }

    pub(crate) fn with_pending_cookie(same_site: &'static str) -> Self {
        let (here, there) = (listener(), listener());
        let (address, idp) = (here.local_addr().unwrap(), there.local_addr().unwrap());
        let base_url = format!("http://{address}");
        let database = Arc::new(Database::open(None).unwrap());
        let records = Records::Sqlite(database.clone());
        let fetch = Fetch::new(Reach { private: false, loopback: true });
        let app = App::new(&base_url, database, records, fetch, "help@example.org", same_site).unwrap();
        let app = Arc::new(app);
        let knows = app.clone();
        let provider = TestProvider::new(&format!("http://localhost:{}", idp.port()), move || {
            Ok(knows.config().map_err(|error| error.to_string())?.sp.admin_values()?)
        });
        let provider = Arc::new(provider.unwrap());
        let metadata_url = provider.metadata_url();
        let router = app::router(&app);
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
            runtime.block_on(async {
                let listen = tokio::net::TcpListener::from_std;
                tokio::spawn(axum::serve(listen(there).unwrap(), provider.router()).into_future());
                axum::serve(listen(here).unwrap(), router).await.unwrap();
            });
        });
        Self { app, address, idp, metadata_url }
    }

    /// One with the test identity provider set up, and the handbook for those who sign in there.
    pub(crate) fn ready() -> (Self, String) {
        let site = Self::new();
        let provider = site.administrator().import(&[("name", "Test IdP"), ("url", &site.metadata_url)]);
        let mut administrator = site.administrator();
        let saved =
            administrator.post("/admin/spaces/handbook/sign-in", &[("enforced", "on"), ("provider", &provider)]);
        assert_eq!(saved.status, 303, "{}", saved.body);
        (site, provider)
    }

    pub(crate) fn person(&self) -> Person<'_> {
        Person { here: Browser::new(self.address), there: Browser::new(self.idp), site: self }
    }

    pub(crate) fn administrator(&self) -> Person<'_> {
        let mut person = self.person();
        let entered = person.get(&self.app.admin_url().unwrap());
        assert_eq!(entered.header("location"), Some("/admin"));
        person
    }

    /// A link to the handbook, or to a page of it.
    pub(crate) fn share(&self, fields: &[(&str, &str)]) -> String {
        let mut administrator = self.administrator();
        assert_eq!(administrator.post("/admin/spaces/handbook/shares", fields).status, 303);
        let page = administrator.get("/admin/spaces/handbook").body;
        // The newest stands first.
        let (_, rest) = page.split_once(&format!("data-copy=\"http://{}/s/", self.address)).unwrap();
        format!("/s/{}", rest.split_once('"').unwrap().0)
    }

    /// What the trace says of the last flow.
    pub(crate) fn last_flow(&self) -> String {
        let page = self.administrator().get("/admin/trace").body;
        let (_, rows) = page.split_once("<tbody>").unwrap();
        rows.split_once("</tr>").unwrap().0.to_owned()
    }
}

impl Person<'_> {
    pub(crate) fn get(&mut self, url: &str) -> Page {
        self.here.get(url)
    }

    pub(crate) fn post(&mut self, url: &str, fields: &[(&str, &str)]) -> Page {
        let form: Form = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        self.here.post(url, &form)
    }

    /// The form of the import page; returns the id of what was imported.
    pub(crate) fn import(&mut self, fields: &[(&str, &str)]) -> String {
        let page = self.try_import(fields);
        let to = page.header("location").unwrap_or_else(|| panic!("{}", page.body));
        to.strip_prefix("/admin/providers/").unwrap().to_owned()
    }

    pub(crate) fn try_import(&mut self, fields: &[(&str, &str)]) -> Page {
        let mut body = String::new();
        for (name, value) in fields {
            body += &format!("--cut\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        }
        self.here.send(
            "POST",
            "/admin/providers",
            Some(("multipart/form-data; boundary=cut", &format!("{body}--cut--\r\n"))),
        )
    }

    /// Follows where a login leads, chooses on the identity provider's page, and brings back the form that it gives.
    pub(crate) fn answer(&mut self, leaving: &Page, choices: &[(&str, &str)]) -> Form {
        let url = url_of(leaving);
        let page = self.there.get(url.split_once("/sso").map(|_| url.as_str()).unwrap());
        let mut form: Form = vec![("query".to_owned(), page.field("query"))];
        form.extend(choices.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let posting = self.there.post("/answer", &form);
        assert!(posting.body.contains("SAMLResponse"), "{}", posting.body);
        let relay_state = posting.body.contains("name=\"RelayState\"").then(|| posting.field("RelayState"));
        let mut answer: Form = vec![("SAMLResponse".to_owned(), posting.field("SAMLResponse"))];
        answer.extend(relay_state.map(|state| ("RelayState".to_owned(), state)));
        answer
    }

    /// The whole way from a page that asks for a login to the page that follows it.
    pub(crate) fn sign_in(&mut self, path: &str, choices: &[(&str, &str)]) -> Page {
        let leaving = self.follow(path);
        let answer = self.answer(&leaving, choices);
        let page = self.here.post("/saml/acs", &answer);
        match page.header("location") {
            Some(to) => self.get(to),
            None => page,
        }
    }

    /// Goes on to the page that leads away, or to what is shown at once.
    pub(crate) fn follow(&mut self, path: &str) -> Page {
        let mut page = self.get(path);
        while let Some(to) = page.header("location").map(str::to_owned) {
            page = self.get(&to);
        }
        page
    }

    /// A test configuration of the administrator's, up to its report.
    pub(crate) fn report(&mut self, provider: &str, choices: &[(&str, &str)]) -> Page {
        let leaving = self.post(&format!("/admin/providers/{provider}/test"), &[]);
        let answer = self.answer(&leaving, choices);
        // The browser brings no administrator's cookie along with a form of another site.
        let mut foreign = self.site.person();
        foreign.here.cookies = self.here.cookies.clone();
        foreign.here.cookies.remove("__Host-admin");
        let to = foreign.here.post("/saml/acs", &answer).header("location").unwrap().to_owned();
        assert_eq!(foreign.get(&to).status, 403);
        assert_eq!(self.get("/").body.matches("Sign out").count(), 0, "a test signs nobody in");
        self.get(&to)
    }
}

/// Where the page in between leads.
pub(crate) fn url_of(leaving: &Page) -> String {
    let (_, rest) = leaving.body.split_once("content=\"0;url=").unwrap_or_else(|| panic!("{}", leaving.body));
    rest.split_once('"').unwrap().0.replace("&amp;", "&")
}
