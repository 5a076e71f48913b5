//! The identity provider inside, and a service provider that takes its answers.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use saml_sp::testing::{TestIdp, signing_credential};
use saml_sp::{
    Binding, Certificate, Credential, DecryptionKey, Error, Expect, IdentityProvider, Inbound, Login, LoginOptions,
    LoginRequest, LogoutOptions, LogoutOutcome, LogoutReply, LogoutStart, Metadata, MetadataTrust, Outbound, PostForm,
    PostedResponse, ReceivedLogout, ReplayCache, ServiceProvider, ServiceProviderBuilder,
};

use crate::browser::{Browser, Form, Page, serve};
use crate::test_idp::TestProvider;

const SERVICE: &str = "http://127.0.0.1:3000/saml";
const ACS: &str = "http://127.0.0.1:3000/saml/acs";
const SLO: &str = "http://127.0.0.1:3000/saml/slo";

/// A service and the identity provider that knows it, which sees each change of it.
struct Stage {
    service: Arc<Mutex<ServiceProvider>>,
    address: SocketAddr,
    idp: IdentityProvider,
}

fn service() -> ServiceProviderBuilder {
    let builder = ServiceProvider::builder(SERVICE, ACS).slo_url(Binding::Redirect, SLO);
    builder.credential(signing_credential().unwrap()).always_sign_requests()
}

impl Stage {
    fn new() -> Self {
        Self::of(service())
    }

    fn of(service: ServiceProviderBuilder) -> Self {
        let service = Arc::new(Mutex::new(service.build().unwrap()));
        let now = Arc::clone(&service);
        let address = serve(move |base_url| {
            let values = move || Ok(now.lock().unwrap().admin_values()?);
            Arc::new(TestProvider::new(base_url, values).unwrap()).router()
        });
        let metadata = Browser::new(address).get("/metadata");
        assert_eq!(metadata.header("content-type"), Some("application/samlmetadata+xml"));
        let metadata = Metadata::read(metadata.body.as_bytes(), MetadataTrust::Transport).unwrap();
        Self { service, address, idp: metadata.only_identity_provider().unwrap() }
    }

    fn sp(&self) -> ServiceProvider {
        self.service.lock().unwrap().clone()
    }

    fn browser(&self) -> Browser {
        Browser::new(self.address)
    }

    /// A login of this user, with these choices on the page; the form may be altered before it is posted.
    fn login(&self, user: &str, choices: &[(&str, &str)]) -> Result<Login, Error> {
        let LoginRequest { send, pending } = self.sp().begin_login(&self.idp).unwrap();
        let page = self.browser().get(&url(send));
        let query = ("query".to_owned(), page.field("query"));
        let form = posted(&self.choose(query, user, choices));
        self.sp().accept(&self.idp, &response(&form), Expect::AnswerTo(pending))?.confirm_with(&ReplayCache::default())
    }

    fn choose(&self, request: (String, String), user: &str, choices: &[(&str, &str)]) -> Page {
        let mut form = vec![request, ("user".to_owned(), user.to_owned())];
        form.extend(choices.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        self.browser().post("/answer", &form)
    }

    fn is_refused(&self, request: &str, reason: &str) {
        let (_, query) = request.split_once('?').unwrap();
        let answered = self.choose(("query".to_owned(), query.to_owned()), "alice", &[]);
        for page in [self.browser().get(request), answered] {
            assert!(page.status == 400 && page.body.contains(reason), "{}", page.body);
        }
    }
}

fn url(send: Outbound) -> String {
    let Outbound::Redirect(url) = send else { panic!("a redirect was wanted") };
    url
}

/// The form that the browser goes on to post to the service.
fn posted(page: &Page) -> Form {
    assert!(page.body.contains(&format!("action=\"{ACS}\"")), "{}", page.body);
    assert_eq!(page.header("content-security-policy"), Some(PostForm::CONTENT_SECURITY_POLICY));
    assert_eq!(page.header("cache-control"), Some("no-store"));
    let fields = ["SAMLResponse", "RelayState"].into_iter();
    let there = fields.filter(|name| page.body.contains(&format!("name=\"{name}\"")));
    there.map(|name| (name.to_owned(), page.field(name))).collect()
}

fn response(form: &Form) -> PostedResponse<'_> {
    PostedResponse::new(&form[0].1, form.get(1).map(|(_, value)| value.as_str()))
}

#[test]
fn each_user_signs_in_with_what_is_told_of_them() {
    let stage = Stage::new();
    for (user, full_name, groups) in [
        ("alice", "Alice Archer", &["engineering", "on-call"][..]),
        ("bob", "Bob Baker", &["sales"]),
        ("carol", "Carol Chen", &[]),
    ] {
        let identity = stage.login(user, &[("mistake", "none")]).unwrap().identity;
        assert_eq!(identity.name_id().unwrap().value, user);
        assert_eq!(identity.name_id().unwrap().format.as_deref(), Some(saml_sp::urn::name_id_format::PERSISTENT));
        let told = |name| identity.attribute(name).unwrap();
        assert_eq!(told("mail"), format!("{user}@example.org"));
        assert_eq!(
            (told("displayName"), format!("{} {}", told("givenName"), told("sn"))),
            (full_name, full_name.to_owned())
        );
        let told = identity.attributes().iter().find(|attribute| attribute.name == "groups");
        let told: Vec<_> = told.into_iter().flat_map(|told| &told.values).filter_map(|value| value.text()).collect();
        assert_eq!(told, groups);
    }
    let home = stage.browser().get("/").body;
    assert!(["Alice Archer", "Bob Baker", "Carol Chen"].iter().all(|name| home.contains(name)), "{home}");
}

#[test]
fn each_mistake_is_found_for_what_it_is() {
    let stage = Stage::new();
    for (mistake, code) in [
        ("audience", "audience-mismatch"),
        ("key", "signature-wrong-key"),
        ("clock", "confirmation-window"),
        ("unsigned", "signature-missing"),
    ] {
        let refused = stage.login("alice", &[("mistake", mistake)]).unwrap_err();
        assert_eq!(refused.code(), code, "{mistake}: {refused}");
    }
    let identity = stage.login("alice", &[("mistake", "email")]).unwrap().identity;
    assert_eq!((identity.attribute("mail"), identity.attribute("sn")), (None, Some("Archer")));
}

#[test]
fn an_answer_is_encrypted_to_the_key_of_now() {
    let keys = TestIdp::new("keys").unwrap();
    let certificate = Certificate::from_pasted(keys.certificate()).unwrap().certificate;
    let opens =
        Credential::active(certificate).decryption(DecryptionKey::from_pem(&keys.private_key().unwrap()).unwrap());
    let stage = Stage::new();
    let page = stage.browser().get(&url(stage.sp().begin_login(&stage.idp).unwrap().send));
    assert!(!page.body.contains("name=\"encrypt\""), "nothing to encrypt to");
    let query = ("query".to_owned(), page.field("query"));
    assert_eq!(stage.choose(query, "alice", &[("encrypt", "on")]).status, 400);

    *stage.service.lock().unwrap() = service().credential(opens).build().unwrap();
    let LoginRequest { send, pending } = stage.sp().begin_login(&stage.idp).unwrap();
    let page = stage.browser().get(&url(send));
    assert!(page.body.contains("name=\"encrypt\""));
    let query = ("query".to_owned(), page.field("query"));
    let form = posted(&stage.choose(query, "alice", &[("encrypt", "on")]));
    let accepted = stage.sp().accept(&stage.idp, &response(&form), Expect::AnswerTo(pending)).unwrap();
    assert!(!accepted.decrypted().is_empty());
}

#[test]
fn requests_are_taken_signed_by_a_key_of_now_and_no_other() {
    let stage = Stage::new();
    let request = url(stage.sp().begin_login(&stage.idp).unwrap().send);
    assert_eq!(stage.browser().get(&request).status, 200);
    let (unsigned, _) = request.split_once("&SigAlg=").unwrap();
    stage.is_refused(unsigned, "it has no signature");
    // Signed by a key that the service does not have, and after a rollover by one that it has no more.
    stage.is_refused(
        &url(service().build().unwrap().begin_login(&stage.idp).unwrap().send),
        "no key of the service provider",
    );
    *stage.service.lock().unwrap() = service().build().unwrap();
    stage.is_refused(&request, "no key of the service provider");
    assert!(stage.login("alice", &[]).is_ok());
}

#[test]
fn a_request_may_come_by_post() {
    let stage = Stage::new();
    let options = LoginOptions::new().binding(Binding::Post);
    let LoginRequest { send, pending } = stage.sp().begin_login_with(&stage.idp, &options).unwrap();
    let Outbound::Post(form) = send else { panic!("a form was wanted") };
    let mut fields: Form = form.fields.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    let page = stage.browser().post("/sso", &fields);
    assert!(page.status == 200 && page.field("SAMLRequest") == fields[0].1, "{}", page.body);
    fields.push(("user".to_owned(), "bob".to_owned()));
    let form = posted(&stage.browser().post("/answer", &fields));
    let accepted = stage.sp().accept(&stage.idp, &response(&form), Expect::AnswerTo(pending)).unwrap();
    assert!(accepted.confirm_with(&ReplayCache::default()).is_ok());
}

#[test]
fn nobody_else_is_answered() {
    let builder = service();
    let stage = Stage::of(builder.clone());
    let foreign = ServiceProvider::builder("https://evil.example/saml", ACS).build().unwrap();
    stage.is_refused(&url(foreign.begin_login(&stage.idp).unwrap().send), "is unknown here");
    // Signed by the service's own key, for a URL that its metadata does not have.
    let elsewhere = builder.acs_url("https://evil.example/acs").build().unwrap();
    let options = LoginOptions::new().acs_url("https://evil.example/acs");
    stage.is_refused(&url(elsewhere.begin_login_with(&stage.idp, &options).unwrap().send), "is unknown here");
    for path in ["/sso", "/sso?SAMLRequest=x", "/slo", "/slo?SAMLResponse=x"] {
        assert_eq!(stage.browser().get(path).status, 400, "{path}");
    }
    for path in ["/sso", "/answer", "/start", "/slo"] {
        assert_eq!(stage.browser().post(path, &[]).status, 400, "{path}");
    }
    let query = (
        "query".to_owned(),
        stage.browser().get(&url(stage.sp().begin_login(&stage.idp).unwrap().send)).field("query"),
    );
    let mallory = stage.choose(query.clone(), "<mallory>", &[]);
    assert!(mallory.status == 400 && mallory.body.contains("&lt;mallory&gt;"), "{}", mallory.body);
    assert_eq!(stage.choose(query, "alice", &[("mistake", "other")]).status, 400);
}

#[test]
fn a_login_that_begins_here() {
    let stage = Stage::new();
    let form = posted(&stage.browser().post("/start", &[("user".to_owned(), "carol".to_owned())]));
    assert_eq!(form.len(), 1, "no RelayState");
    let accepted = stage.sp().accept(&stage.idp, &response(&form), Expect::unsolicited(ACS)).unwrap();
    assert_eq!(accepted.confirm_with(&ReplayCache::default()).unwrap().identity.attribute("sn"), Some("Chen"));
}

#[test]
fn a_logout_that_begins_at_the_service() {
    let stage = Stage::new();
    let session = stage.login("alice", &[]).unwrap().session;
    stage.login("bob", &[]).unwrap();
    let LogoutStart { send, pending } = stage.sp().begin_logout(&stage.idp, &session).unwrap();
    let request = url(send);
    let (unsigned, _) = request.split_once("&SigAlg=").unwrap();
    assert_eq!(stage.browser().get(unsigned).status, 400);
    let page = stage.browser().get(&request);
    let (to, query) = page.header("location").unwrap().split_once('?').unwrap();
    assert_eq!((page.status, to), (303, SLO));
    let ReceivedLogout::Response(answer) = stage.sp().receive_logout(&stage.idp, &Inbound::query(query)).unwrap()
    else {
        panic!("an answer was wanted");
    };
    assert!(answer.accept(pending).unwrap().everywhere);
    let home = stage.browser().get("/").body;
    assert!(!home.contains("Alice Archer<") && home.contains("Bob Baker<"), "{home}");
}

/// The metadata says that it takes them by POST too, and by SOAP it says nothing.
#[test]
fn a_logout_may_come_by_post() {
    let stage = Stage::new();
    let session = stage.login("alice", &[]).unwrap().session;
    let options = LogoutOptions::new().binding(Binding::Post);
    let LogoutStart { send, pending } = stage.sp().begin_logout_with(&stage.idp, &session, &options).unwrap();
    let Outbound::Post(form) = send else { panic!("a form was wanted") };
    let fields: Form = form.fields.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    let page = stage.browser().post("/slo", &fields);
    let (_, query) = page.header("location").unwrap_or_else(|| panic!("{}", page.body)).split_once('?').unwrap();
    let ReceivedLogout::Response(answer) = stage.sp().receive_logout(&stage.idp, &Inbound::query(query)).unwrap()
    else {
        panic!("an answer was wanted");
    };
    assert!(answer.accept(pending).unwrap().everywhere);
    assert!(stage.browser().get("/").body.contains("Nobody is signed in"));
    let by_soap = stage.sp().begin_logout_by_soap(&stage.idp, &session, &LogoutOptions::new());
    assert_eq!(by_soap.unwrap_err().code(), "metadata-no-slo-endpoint");
}

#[test]
fn a_logout_that_begins_here() {
    let stage = Stage::new();
    let session = stage.login("alice", &[]).unwrap().session;
    let index = stage.browser().get("/").body;
    let (_, index) = index.split_once("name=\"session\" value=\"").unwrap();
    let form = [("session".to_owned(), index.split_once('"').unwrap().0.to_owned())];
    let page = stage.browser().post("/sign-out", &form);
    let (to, query) = page.header("location").unwrap().split_once('?').unwrap();
    assert_eq!((page.status, to), (303, SLO));
    let ReceivedLogout::Request(request) = stage.sp().receive_logout(&stage.idp, &Inbound::query(query)).unwrap()
    else {
        panic!("a request was wanted");
    };
    let request = request.confirm_with(&ReplayCache::default()).unwrap();
    assert!(request.ends(&session));
    let LogoutReply::Browser(answer) = request.respond(LogoutOutcome::Done).unwrap() else { panic!("by Redirect") };
    let home = stage.browser().get(&url(answer)).body;
    assert!(home.contains("The service has ended the session too.") && home.contains("Nobody is signed in"), "{home}");
    // Once more, and one that never was.
    assert_eq!(stage.browser().post("/sign-out", &form).header("location"), Some("/"));
    assert_eq!(stage.browser().post("/sign-out", &[]).header("location"), Some("/"));
}

#[test]
fn its_metadata_is_sent_again_only_where_it_changed() {
    let stage = Stage::new();
    let etag = stage.browser().get("/metadata").header("etag").unwrap().to_owned();
    assert_eq!(stage.browser().get("/metadata").header("etag"), Some(etag.as_str()));
    let ask =
        |known: &str| ureq::get(format!("http://{}/metadata", stage.address)).header("If-None-Match", known).call();
    assert_eq!(ask(&etag).unwrap().status(), 304);
    assert_eq!(ask("\"other\"").unwrap().status(), 200);
}

#[test]
fn its_pages_run_no_scripts_and_are_in_no_frames() {
    let stage = Stage::new();
    let login = stage.browser().get(&url(stage.sp().begin_login(&stage.idp).unwrap().send));
    for page in [login, stage.browser().get("/"), stage.browser().get("/sso")] {
        let policy = page.header("content-security-policy").unwrap();
        assert_eq!(policy, "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'");
        assert!(page.header("cache-control") == Some("no-store") && !page.body.contains("style=\""));
    }
    assert_eq!(stage.browser().get("/style.css").header("content-type"), Some("text/css; charset=utf-8"));
}
