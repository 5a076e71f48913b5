//! What somebody tries who knows how it is built, and what two people do at the same time.

use std::sync::Arc;

use base64::Engine as _;
use saml_sp::testing::TestIdp;

use crate::app::App;
use crate::database::Database;
use crate::fetch::{Fetch, Reach};
use crate::providers::refetch;
use crate::records::Records;
use crate::site::{Person, Site, url_of};

fn handle(person: &Person<'_>) -> String {
    person.here.cookies.keys().find_map(|name| name.strip_prefix("__Host-pending-")).unwrap().to_owned()
}

fn garbage(relay_state: &str) -> Vec<(String, String)> {
    [("SAMLResponse", "PHg+"), ("RelayState", relay_state)].map(|(name, value)| (name.into(), value.into())).into()
}

#[test]
fn a_stranger_sends_no_more_than_a_message_may_have() {
    let site = Site::new();
    // 1 MB, in base64, with some of it escaped; then more.
    for (bytes, refused) in [(2 << 20, false), ((4 << 20) + 4096, true)] {
        let body = format!("SAMLResponse={}", "A".repeat(bytes));
        for path in ["/saml/acs", "/saml/slo", "/saml/slo/soap"] {
            let kind = if path.ends_with("soap") { "text/xml" } else { "application/x-www-form-urlencoded" };
            let answer = site.person().here.send("POST", path, Some((kind, &body)));
            assert_eq!(answer.status == 413, refused, "{path}: {}", answer.status);
        }
    }
}

#[test]
fn what_waits_for_a_logout_is_no_login() {
    let (site, _) = Site::ready();
    let mut alice = site.person();
    alice.sign_in(&format!("{}/welcome", site.share(&[])), &[("user", "alice")]);
    alice.post("/sign-out", &[]);
    let refused = alice.here.post("/saml/acs", &garbage(&handle(&alice)));
    assert!(refused.status == 403 && refused.body.contains("could not be signed in"), "{}", refused.body);
    assert!(site.last_flow().contains("pending-"), "{}", site.last_flow());
}

#[test]
fn a_logout_request_that_comes_again_is_refused_with_the_reason_in_the_trace() {
    let (site, _) = Site::ready();
    let link = format!("{}/welcome", site.share(&[]));
    let mut alice = site.person();
    alice.sign_in(&link, &[("user", "alice")]);
    let home = alice.there.get("/").body;
    let session = home.split_once("name=\"session\" value=\"").unwrap().1.split_once('"').unwrap().0.to_owned();
    let request = alice.there.post("/sign-out", &[("session".to_owned(), session)]);
    assert_eq!(alice.get(request.header("location").unwrap()).status, 200);
    let again = alice.get(request.header("location").unwrap());
    assert!(again.status == 403 && !again.body.contains("could not be signed in"), "{}", again.body);
    assert!(site.last_flow().contains("replayed"), "{}", site.last_flow());
}

#[test]
fn a_logout_that_cannot_be_answered_is_told_in_the_way_it_came() {
    let site = Site::new();
    let mut administrator = site.administrator();
    let service = site.app.config().unwrap().sp.admin_values().unwrap();
    let mut idp = TestIdp::new("https://idp.example/saml").unwrap();
    idp.know(service.metadata_xml()).unwrap();
    administrator.import(&[("name", "Example"), ("text", &idp.metadata().unwrap())]);
    let answer = idp.unsolicited(service.entity_id(), service.acs_url(), "alice");
    // Where to answer is not known; by SOAP the connection is the way back.
    let (by_redirect, by_soap) =
        (format!("http://{}/saml/slo", site.address), format!("http://{}/saml/slo/soap", site.address));
    let query = idp.logout_query(&idp.logout_of(&answer, &by_redirect)).unwrap();
    let page = site.person().get(&format!("/saml/slo?{query}"));
    assert!(page.status == 403 && page.body.contains("may still be signed in"), "{}", page.body);
    assert!(site.last_flow().contains("metadata-no-slo-endpoint"), "{}", site.last_flow());
    let envelope = idp.logout_soap(&idp.logout_of(&answer, &by_soap)).unwrap();
    for (status, says) in [(200, "LogoutResponse"), (500, "Fault")] {
        let reply = site.person().here.send("POST", "/saml/slo/soap", Some(("text/xml", &envelope)));
        assert!(reply.status == status && reply.body.contains(says), "{} {}", reply.status, reply.body);
    }
    assert!(site.last_flow().contains("replayed"), "{}", site.last_flow());
}

#[test]
fn the_answer_to_somebody_elses_logout_does_not_say_that_one_is_signed_out() {
    let (site, _) = Site::ready();
    let link = format!("{}/welcome", site.share(&[]));
    let (mut alice, mut mallory) = (site.person(), site.person());
    for (person, user) in [(&mut alice, "alice"), (&mut mallory, "bob")] {
        assert_eq!(person.sign_in(&link, &[("user", user)]).status, 200);
    }
    let leaving = mallory.post("/sign-out", &[]);
    let answer = mallory.there.get(&url_of(&leaving)).header("location").unwrap().to_owned();
    let page = alice.get(&answer).body;
    assert!(!page.contains("You are signed out"), "{page}");
    assert_eq!(alice.get(&link).status, 200);
    assert!(mallory.get(&answer).body.contains("signed out of every application"));
}

#[test]
fn who_came_by_an_identity_provider_that_is_gone_can_sign_out() {
    let (site, provider) = Site::ready();
    let mut alice = site.person();
    alice.sign_in(&format!("{}/welcome", site.share(&[])), &[("user", "alice")]);
    site.administrator().post(&format!("/admin/providers/{provider}/delete"), &[]);
    let page = alice.post("/sign-out", &[]);
    assert!(page.status == 200 && page.body.contains("You are signed out"), "{}", page.body);
    assert!(!alice.here.cookies.contains_key("__Host-session"));
}

#[test]
fn a_fetch_that_was_on_its_way_brings_nothing_back() {
    let (site, provider) = Site::ready();
    let mut administrator = site.administrator();
    // So that it is a document that arrives.
    let forget = "UPDATE provider SET etag = NULL";
    site.app.database.change(|connection| connection.execute(forget, ())).unwrap();
    let before = site.app.config().unwrap();
    let xml = site.person().there.get("/metadata").body;
    administrator.import(&[("name", "By hand"), ("text", &xml)]);
    refetch(&site.app, &before.providers[0]).unwrap();
    let now = site.app.config().unwrap();
    assert!(now.providers[0].url.is_none() && now.providers[0].name == "By hand");
    administrator.post(&format!("/admin/providers/{provider}/delete"), &[]);
    refetch(&site.app, &before.providers[0]).unwrap();
    assert!(site.app.config().unwrap().providers.is_empty());
}

#[test]
fn what_was_kept_of_an_identity_provider_goes_with_it() {
    let (site, provider) = Site::ready();
    let mut administrator = site.administrator();
    assert!(administrator.report(&provider, &[("user", "alice")]).body.contains("alice@example.org"));
    administrator.post(&format!("/admin/providers/{provider}/delete"), &[]);
    for table in ["report", "provider_change"] {
        let sql = format!("SELECT count(*) FROM {table}");
        let left: i64 = site.app.database.lock().query_row(&sql, (), |row| row.get(0)).unwrap();
        assert_eq!(left, 0, "{table}");
    }
}

#[test]
fn a_new_page_takes_no_other_ones_place() {
    let site = Site::new();
    let mut administrator = site.administrator();
    let mut write =
        |title, body| administrator.post("/admin/spaces/handbook/pages", &[("title", title), ("body", body)]);
    // Its address is the one of "On call".
    let refused = write("On-Call", "gone");
    assert!(refused.status == 400 && refused.body.contains("On call"), "{}", refused.body);
    assert_eq!(write("On call", "written anew").status, 303);
    let pages = crate::wiki::pages(&site.app.database.lock(), "handbook").unwrap();
    let page = pages.iter().find(|page| page.id == "on-call").unwrap();
    assert!(page.title == "On call" && page.body == "written anew", "{} {}", page.title, page.body);
}

#[test]
fn to_stop_recording_twice_does_not_begin_it() {
    let site = Site::new();
    let mut administrator = site.administrator();
    let recording = || site.app.database.setting("record").unwrap().is_some();
    for (keep, after) in [("1", true), ("1", true), ("0", false), ("0", false)] {
        assert_eq!(administrator.post("/admin/trace/record", &[("keep", keep)]).status, 303);
        assert_eq!(recording(), after, "{keep}");
    }
}

#[test]
fn a_group_may_have_a_comma_in_its_name() {
    let (site, _) = Site::ready();
    let names = "cn=staff,ou=groups,dc=example\r\nsales\r\n";
    let link = site.share(&[("page", "welcome"), ("groups", names)]);
    let share = crate::wiki::share(&site.app.database.lock(), link.trim_start_matches("/s/")).unwrap().unwrap();
    assert_eq!(share.groups, ["cn=staff,ou=groups,dc=example", "sales"]);
}

#[test]
fn an_identity_provider_without_a_name_would_have_no_link() {
    let site = Site::new();
    let mut administrator = site.administrator();
    let xml = site.person().there.get("/metadata").body;
    assert_eq!(administrator.try_import(&[("name", "  "), ("text", &xml)]).status, 400);
    assert!(site.app.config().unwrap().providers.is_empty());
}

#[cfg(unix)]
#[test]
fn nobody_else_on_the_machine_reads_the_keys() {
    use std::os::unix::fs::PermissionsExt as _;
    let path = std::env::temp_dir().join(format!("secure-share-{}.sqlite", crate::app::random().unwrap()));
    let database = Database::open(Some(&path)).unwrap();
    database.secret("seal").unwrap();
    let modes = ["", "-wal", "-shm"].map(|end| {
        let mut file = path.clone().into_os_string();
        file.push(end);
        let mode = std::fs::metadata(&file).unwrap().permissions().mode() & 0o777;
        (file, mode)
    });
    drop(database);
    for (file, mode) in modes {
        _ = std::fs::remove_file(&file);
        assert_eq!(mode, 0o600, "{}", file.display());
    }
}

#[test]
fn the_base_url_is_an_origin_as_browsers_write_it() {
    let app = |base_url| {
        let database = Arc::new(Database::open(None).unwrap());
        let (records, fetch) =
            (Records::Sqlite(database.clone()), Fetch::new(Reach { private: false, loopback: true }));
        App::new(base_url, database, records, fetch, "nobody", "None")
    };
    for (given, known) in [
        ("https://Share.Example:443", "https://share.example"),
        ("https://share.example/", "https://share.example"),
        ("http://127.0.0.1:3000", "http://127.0.0.1:3000"),
    ] {
        assert_eq!(app(given).unwrap().base_url, known);
    }
    for wrong in ["https://share.example/wiki", "https://share.example/?x", "ftp://share.example", "share.example"] {
        assert!(app(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn a_refused_answer_leaves_little_behind() {
    let (site, _) = Site::ready();
    let mut mallory = site.person();
    mallory.follow(&format!("{}/welcome", site.share(&[])));
    let attribute = "<saml:Attribute Name=\"a\"><saml:AttributeValue>x</saml:AttributeValue></saml:Attribute>";
    let xml = format!(
        "<samlp:Response xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" \
         ID=\"_1\" Version=\"2.0\" IssueInstant=\"2026-01-01T00:00:00Z\"><saml:Assertion ID=\"_2\" Version=\"2.0\" \
         IssueInstant=\"2026-01-01T00:00:00Z\"><saml:Issuer>x</saml:Issuer><saml:AttributeStatement>{}</saml:AttributeStatement></saml:Assertion></samlp:Response>",
        attribute.repeat(8000)
    );
    let message = base64::engine::general_purpose::STANDARD.encode(xml);
    let form = [("SAMLResponse".to_owned(), message), ("RelayState".to_owned(), handle(&mallory))];
    assert_eq!(mallory.here.post("/saml/acs", &form).status, 403);
    let sql =
        "SELECT coalesce(length(report), 0) + length(outcome) + coalesce(length(hint), 0) FROM flow ORDER BY id DESC";
    let bytes: i64 = site.app.database.lock().query_row(sql, (), |row| row.get(0)).unwrap();
    assert!((1..=66 * 1024).contains(&bytes), "{bytes}");
}

#[test]
fn buttons_that_look_the_same_say_what_they_are_for() {
    let (site, provider) = Site::ready();
    site.share(&[]);
    site.share(&[]);
    let mut administrator = site.administrator();
    let report = administrator.report(&provider, &[("user", "alice")]);
    let pages = ["/admin", "/admin/providers", "/admin/spaces/handbook"].map(|path| administrator.get(path));
    for page in pages.iter().chain([&report]) {
        for same in [">Copy<", ">Delete<", ">Test<", ">E-mail</button>"] {
            let labels = page.body.split(same).map(|before| before.rsplit_once('<').unwrap_or_default().1);
            let count = page.body.matches(same).count();
            let labels: Vec<_> = labels.take(count).collect();
            assert!(labels.iter().all(|label| label.contains("aria-label=")), "{same} {labels:?}");
        }
    }
    assert!(report.body.contains("Use mail as E-mail"));
}
