//! The example application from the outside, as a browser sees it, on each of its frameworks: on a free port of this machine,
//! with a browser of thirty lines.
#![expect(clippy::duplicate_mod, reason = "the two applications share files, and each has them as its own modules")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test may stop where it stands

#[path = "../examples/actix_login.rs"]
#[expect(dead_code, reason = "the example's own file; its command line is not called here")]
mod actix_login;
#[path = "../examples/axum_login.rs"]
#[expect(dead_code, reason = "the example's own file; its command line is not called here")]
mod axum_login;

mod browser;

use std::net::SocketAddr;

use browser::{Browser, Form, serve};
use saml_sp::testing::TestIdp;
use saml_sp::{Metadata, MetadataTrust, Outbound, ServiceProvider};

/// Starts one of the applications on a free port, with the identity provider in memory.
type Start = fn() -> SocketAddr;

/// The same application on two frameworks: each of these tests looks at both.
macro_rules! on_both {
    ($($test:ident)*) => {
        mod on_axum {
            $(#[test] fn $test() { super::$test(super::start_on_axum); })*
        }
        mod on_actix {
            $(#[test] fn $test() { super::$test(super::start_on_actix); })*
        }
    };
}

on_both! {
    a_login_from_the_first_page_to_the_identity
    sdp_sp27_sdp_sp34_a_logout_that_begins_here
    a_logout_that_begins_at_the_identity_provider
    logout_messages_that_nobody_signed
    cookies_are_for_this_host_and_no_script
    a_replayed_answer_signs_nobody_in
    an_answer_for_another_browser_or_login_signs_nobody_in
    refusals_look_alike
    the_identity_provider_in_memory_answers_nobody_else
    its_metadata_is_served_as_metadata
}

const REFUSED: &str = "You could not be signed in";

fn a_login_from_the_first_page_to_the_identity(start: Start) {
    let mut browser = Browser::new(start());
    let page = browser.get("/");
    let types: Vec<_> = page.headers.iter().filter(|(name, _)| name == "content-type").collect();
    assert_eq!(types, [&("content-type".to_owned(), "text/html; charset=utf-8".to_owned())]);
    let nobody = page.body;
    assert!(nobody.contains("Nobody is signed in"));
    // Also for a browser that came by another name of this machine: the cookie must be where the answer arrives.
    assert!(nobody.contains(&format!("href=\"http://{}/saml/login?to=/\"", browser.address)), "{nobody}");
    let form = browser.answer_for("alice", "/?page=7");
    let pending = browser.cookies.keys().find(|name| name.starts_with("__Host-saml-")).cloned().unwrap();

    let page = browser.post("/saml/acs", &form);
    assert_eq!((page.status, page.header("location")), (303, Some("/?page=7")));
    assert!(!browser.cookies.contains_key(&pending), "the pending login is used up");
    let home = browser.get("/?page=7").body;
    for text in ["alice is signed in", "Alice Archer", "alice@example.com", "staff<br>on-call"] {
        assert!(home.contains(text), "{text}: {home}");
    }

    let signed_out = browser.post("/sign-out", &[]);
    assert!(signed_out.status == 303 && signed_out.cookie("__Host-session").unwrap().contains("Max-Age=0"));
    assert!(browser.get("/").body.contains("Nobody is signed in"));
}

/// From here to the identity provider and back, with the session over before the answer comes.
fn sdp_sp27_sdp_sp34_a_logout_that_begins_here(start: Start) {
    let mut browser = Browser::new(start());
    browser.sign_in("alice");
    let page = browser.post("/saml/logout", &[]);
    assert_eq!((page.status, page.header("cache-control")), (303, Some("no-store")));
    assert!(!browser.cookies.contains_key("__Host-session"));
    assert!(browser.cookies.keys().any(|name| name.starts_with("__Host-saml-logout-")), "{:?}", browser.cookies);
    assert!(browser.get("/").body.contains("Nobody is signed in"), "SDP-SP34: before the answer comes");
    let at_idp = browser.get(page.header("location").unwrap());
    let answer = at_idp.header("location").unwrap().to_owned();
    assert!(answer.contains("/saml/slo?SAMLResponse="), "{answer}");
    let page = browser.get(&answer);
    assert!(page.body.contains("signed out of every application"), "{}", page.body);
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.contains("frame-ancestors 'none'"), "SDP-SP27: in the whole window, {policy}");
    assert!(browser.cookies.is_empty(), "{:?}", browser.cookies);
    assert!(browser.get("/idp").body.contains("Nobody is signed in here"));
    // Once only: the pending logout is used up.
    assert_eq!(browser.get(&answer).status, 403);
}

fn a_logout_that_begins_at_the_identity_provider(start: Start) {
    let address = start();
    let (mut browser, mut other) = (Browser::new(address), Browser::new(address));
    other.sign_in("bob");
    browser.sign_in("alice");
    assert!(browser.get("/idp").body.contains("alice"));
    let request = browser.post("/idp/sign-out", &[]).header("location").unwrap().to_owned();
    // The browser that brings it has a session of its own, which is not meant.
    let page = other.get(&request);
    let answer = page.header("location").unwrap().to_owned();
    assert!(answer.contains("/idp/slo?SAMLResponse="), "{answer}");
    assert!(browser.get(&answer).body.contains("bob"), "the other session at the identity provider goes on");
    assert!(browser.cookies.contains_key("__Host-session") && browser.get("/").body.contains("Nobody is signed in"));
    assert!(other.get("/").body.contains("bob is signed in"));
    // The request again, from a log or a history.
    assert_eq!(browser.get(&request).status, 403);
}

fn logout_messages_that_nobody_signed(start: Start) {
    let mut browser = Browser::new(start());
    browser.sign_in("alice");
    browser.post("/idp/sign-out", &[]);
    for url in ["/saml/slo", "/saml/slo?SAMLRequest=fZ&SigAlg=x&Signature=y", "/saml/slo?SAMLResponse=x"] {
        assert_eq!(browser.get(url).status, 403, "{url}");
    }
    for field in ["SAMLRequest", "SAMLResponse", "other"] {
        assert_eq!(browser.post("/saml/slo", &[(field.to_owned(), "PGEvPg==".to_owned())]).status, 403, "{field}");
    }
    let soap = browser.post("/saml/slo/soap", &[]);
    assert_eq!((soap.status, soap.header("content-type")), (500, Some("text/xml; charset=utf-8")));
    assert!(soap.body.contains("soap:Fault"), "{}", soap.body);
    assert!(browser.get("/").body.contains("alice is signed in"));
    // A form on a page elsewhere, with which the cookie does not come: the browser is not made to forget it.
    let forged = Browser::new(browser.address).post("/sign-out", &[]);
    assert_eq!((forged.status, forged.header("set-cookie")), (303, None));
    // Nobody is signed in: nothing to log out.
    let nobody = Browser::new(browser.address).post("/saml/logout", &[]);
    assert_eq!((nobody.status, nobody.header("location")), (303, Some("/")));
}

fn cookies_are_for_this_host_and_no_script(start: Start) {
    let mut browser = Browser::new(start());
    let login = browser.get("/saml/login?to=/");
    assert_eq!(login.header("cache-control"), Some("no-store"));
    let cookie = login.header("set-cookie").unwrap();
    for part in ["__Host-saml-", "; Path=/", "; Secure", "; HttpOnly", "; SameSite=None", "; Max-Age=3600"] {
        assert!(cookie.contains(part), "{part}: {cookie}");
    }
    let form = browser.answer_for("bob", "/");
    let page = browser.post("/saml/acs", &form);
    let session = page.cookie("__Host-session").unwrap();
    for part in ["; Path=/", "; Secure", "; HttpOnly", "; SameSite=Lax"] {
        assert!(session.contains(part), "{part}: {session}");
    }
}

fn a_replayed_answer_signs_nobody_in(start: Start) {
    let mut browser = Browser::new(start());
    let form = browser.answer_for("alice", "/");
    let before = browser.cookies.clone();
    assert_eq!(browser.post("/saml/acs", &form).status, 303);
    // The same form again: its pending login is gone. And once more by whoever kept the cookie: the assertion was seen.
    for cookies in [browser.cookies.clone(), before] {
        let mut again = Browser { cookies, ..Browser::new(browser.address) };
        again.cookies.remove("__Host-session");
        again.is_refused(&form);
    }
}

fn an_answer_for_another_browser_or_login_signs_nobody_in(start: Start) {
    let address = start();
    let mut attacker = Browser::new(address);
    let form = attacker.answer_for("bob", "/");
    // Login CSRF: the attacker's genuine answer in the victim's browser, without and with a login of the victim's own.
    let mut victim = Browser::new(address);
    victim.is_refused(&form);
    let own = victim.answer_for("alice", "/");
    victim.is_refused(&form);
    // With the RelayState of the victim's login the answer is still to another request.
    victim.is_refused(&[form[0].clone(), own[1].clone()]);
    // Without RelayState, and with what is no handle.
    victim.is_refused(&[form[0].clone()]);
    victim.is_refused(&[form[0].clone(), ("RelayState".to_owned(), "https://evil.example/".to_owned())]);
}

fn refusals_look_alike(start: Start) {
    let mut browser = Browser::new(start());
    let mut form = browser.answer_for("alice", "/");
    form[0].1 = form[0].1.replacen('A', "B", 1);
    let altered = browser.post("/saml/acs", &form);
    let empty = browser.post("/saml/acs", &[]);
    let large = browser.post("/saml/acs", &[("SAMLResponse".to_owned(), "A".repeat(1_000_000))]);
    let by_get = browser.get("/saml/acs?SAMLResponse=PHg%2BPC94Pg%3D%3D");
    let elsewhere = browser.get("/saml/login?to=//evil.example/");
    for page in [&altered, &empty, &large, &by_get, &elsewhere] {
        assert_eq!((page.status, &page.body), (403, &empty.body));
        assert!(page.body.contains(REFUSED));
    }
}

fn the_identity_provider_in_memory_answers_nobody_else(start: Start) {
    let address = start();
    let mut browser = Browser::new(address);
    let idp = TestIdp::new("https://idp.example.com/").unwrap().sso_url(format!("http://{address}/idp/sso"));
    for (entity_id, acs_url) in [
        ("https://evil.example/saml".to_owned(), format!("http://{address}/saml/acs")),
        (format!("http://{address}/saml"), "https://evil.example/acs".to_owned()),
    ] {
        let sp = ServiceProvider::builder(entity_id, acs_url).build().unwrap();
        let Outbound::Redirect(url) = sp.begin_login(&idp.identity_provider().unwrap()).unwrap().send else {
            panic!("a redirect was wanted");
        };
        assert_eq!(browser.get(&url).status, 400);
        let (_, query) = url.split_once('?').unwrap();
        let form = [("request".to_owned(), query.to_owned()), ("user".to_owned(), "alice".to_owned())];
        assert_eq!(browser.post("/idp/sso", &form).status, 400);
    }
    // Nor about a user whom it does not know.
    let login = browser.get("/saml/login");
    let (_, query) = login.header("location").unwrap().split_once('?').unwrap();
    let form = [("request".to_owned(), query.to_owned()), ("user".to_owned(), "<mallory>".to_owned())];
    assert_eq!(browser.post("/idp/sso", &form).status, 400);
}

#[test]
fn an_identity_provider_without_passwords_stays_on_loopback() {
    let loopback = SocketAddr::from(([127, 0, 0, 1], 3000));
    let everywhere = SocketAddr::from(([0, 0, 0, 0], 3000));
    use axum_login::options::on_loopback_only;
    assert!(on_loopback_only("http://127.0.0.1:3000", loopback).is_ok());
    assert!(on_loopback_only("http://localhost:3000", loopback).is_ok());
    assert!(on_loopback_only("http://127.0.0.1:3000", everywhere).is_err());
    assert!(on_loopback_only("https://app.example.com", loopback).is_err());
}

/// A certificate that nothing is decrypted with, a key that nobody could verify: said at once, not dropped.
#[test]
fn keys_and_certificates_go_together() {
    let read = |names: &[&str]| {
        let arguments: Vec<String> = names.iter().flat_map(|name| [(*name).to_owned(), "file".to_owned()]).collect();
        axum_login::options::Options::read(arguments.into_iter()).map(|_| ()).map_err(|error| error.to_string())
    };
    assert!(read(&["--decryption-key"]).is_ok() && read(&["--decryption-key", "--encryption-certificate"]).is_ok());
    assert!(read(&["--encryption-certificate"]).unwrap_err().contains("--decryption-key"));
    assert!(read(&["--signing-key"]).is_err() && read(&["--signing-certificate"]).is_err());
}

fn its_metadata_is_served_as_metadata(start: Start) {
    let address = start();
    let page = Browser::new(address).get("/saml/metadata");
    assert_eq!(page.header("content-type"), Some("application/samlmetadata+xml"));
    assert!(page.body.contains(&format!("entityID=\"http://{address}/saml\"")), "{}", page.body);
    assert!(page.body.contains(&format!("Location=\"http://{address}/saml/acs\"")), "{}", page.body);
    // It has no identity provider in it, and the reader says so.
    let metadata = Metadata::read(page.body.as_bytes(), MetadataTrust::Transport).unwrap();
    assert_eq!(metadata.only_identity_provider().unwrap_err().code(), "metadata-no-idp");
}

/// A session that is over ends here, and nobody else is told.
#[test]
fn sdp_sp35_a_session_that_is_over_sends_no_logout() {
    let idp = TestIdp::with_ecdsa("https://idp.example.com/").unwrap().slo_url("https://idp.example.com/slo");
    let metadata = idp.metadata().unwrap();
    let address = serve(move |base_url| {
        let keys = axum_login::options::Keys::default().or_fresh();
        let sp = axum_login::service_provider(base_url, &keys).unwrap();
        axum_login::router(axum_login::App::new(sp, base_url, Some(metadata.as_bytes())).unwrap())
    });
    let mut browser = Browser::new(address);
    let login = browser.get("/saml/login");
    let request = idp.receive(&Outbound::Redirect(login.header("location").unwrap().to_owned())).unwrap();
    let mut answer = idp.answer(&request, "alice");
    answer.session_not_on_or_after = Some(chrono::Utc::now() + chrono::Duration::seconds(1));
    let form = idp.post(&answer).unwrap();
    let fields = [("SAMLResponse", form.saml_response), ("RelayState", form.relay_state.unwrap())];
    let page = browser.post("/saml/acs", &fields.map(|(name, value)| (name.to_owned(), value)));
    assert_eq!(page.status, 303);
    std::thread::sleep(std::time::Duration::from_millis(1100));
    let page = browser.get("/");
    assert!(page.status == 200 && page.body.contains("Nobody is signed in"), "{}", page.body);
    assert_eq!(page.header("location"), None);
}

fn start_on_axum() -> SocketAddr {
    serve(|base_url| {
        let keys = axum_login::options::Keys::default().or_fresh();
        let sp = axum_login::service_provider(base_url, &keys).unwrap();
        axum_login::router(axum_login::App::new(sp, base_url, None).unwrap())
    })
}

fn start_on_actix() -> SocketAddr {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        let base_url = format!("http://{address}");
        let keys = actix_login::options::Keys::default().or_fresh();
        let sp = actix_login::service_provider(&base_url, &keys).unwrap();
        let routes =
            actix_login::routes(&actix_web::web::Data::new(actix_login::App::new(sp, &base_url, None).unwrap()));
        let app = move || actix_web::App::new().configure(routes.clone());
        let server = async { actix_web::HttpServer::new(app).workers(1).listen(listener).unwrap().run().await };
        actix_web::rt::System::new().block_on(server).unwrap();
    });
    address
}

impl Browser {
    /// Begins a login and chooses a user: the form that the identity provider would have this browser post.
    fn answer_for(&mut self, user: &str, to: &str) -> Form {
        let to = url::form_urlencoded::byte_serialize(to.as_bytes()).collect::<String>();
        let login = self.get(&format!("/saml/login?to={to}"));
        assert_eq!(login.status, 303);
        let page = self.get(login.header("location").unwrap());
        assert!(page.body.contains(&format!("value=\"{user}\"")), "{}", page.body);
        let form = [("request".to_owned(), page.field("request")), ("user".to_owned(), user.to_owned())];
        let page = self.post("/idp/sso", &form);
        assert!(page.body.contains(&format!("action=\"http://{}/saml/acs\"", self.address)), "{}", page.body);
        ["SAMLResponse", "RelayState"].map(|name| (name.to_owned(), page.field(name))).into()
    }

    fn sign_in(&mut self, user: &str) {
        let form = self.answer_for(user, "/");
        assert_eq!(self.post("/saml/acs", &form).status, 303);
        assert!(self.get("/").body.contains(&format!("{user} is signed in")));
    }

    fn is_refused(&mut self, form: &[(String, String)]) {
        let page = self.post("/saml/acs", form);
        assert_eq!(page.status, 403);
        assert!(page.body.contains(REFUSED) && page.cookie("__Host-session").is_none());
        assert!(self.get("/").body.contains("Nobody is signed in"));
    }
}
