//! What people and others send that is not meant to work: a clear message, the reason in the trace, and nobody let in.

use crate::site::Site;

#[test]
fn forms_of_other_sites_change_nothing() {
    let (site, provider) = Site::ready();
    let mut administrator = site.administrator();
    let delete = format!("/admin/providers/{provider}/delete");
    for origin in ["https://evil.example", "null", ""] {
        origin.clone_into(&mut administrator.here.origin);
        let refused = administrator.post(&delete, &[]);
        assert!(refused.status == 403 && refused.body.contains("Nothing was changed"), "{origin}: {}", refused.body);
    }
    assert_eq!(site.app.config().unwrap().providers.len(), 1);
}

#[test]
fn every_page_has_its_policy() {
    let (site, provider) = Site::ready();
    let link = format!("{}/welcome", site.share(&[]));
    let mut administrator = site.administrator();
    administrator.sign_in(&link, &[("user", "alice")]);
    for path in [
        "/",
        &link,
        "/admin",
        "/admin/spaces/handbook",
        &format!("/admin/providers/{provider}"),
        "/nowhere",
        "/style.css",
    ] {
        let page = administrator.get(path);
        let policy = page.header("content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'none'") && policy.contains("form-action 'self'"), "{path}: {policy}");
        assert!(!policy.contains("unsafe") && page.header("x-content-type-options") == Some("nosniff"), "{path}");
        assert!(!page.body.contains("style=") && !page.body.contains("onclick"), "{path}");
    }
    for cookie in ["__Host-session", "__Host-admin"] {
        assert!(administrator.here.cookies.contains_key(cookie));
    }
}

#[test]
fn documents_that_are_no_metadata() {
    let site = Site::new();
    let mut administrator = site.administrator();
    let ours = administrator.get("/saml/metadata").body;
    for (text, says) in [
        ("not XML at all", "cannot be used"),
        (ours.as_str(), "identity provider"),
        ("<!DOCTYPE x><x/>", "DOCTYPE"),
        ("", "one of the three"),
    ] {
        let page = administrator.try_import(&[("name", "X"), ("text", text)]);
        assert!(page.status == 400 && page.body.contains(says), "{text}: {}", page.body);
    }
    for url in ["ftp://example.org/x", "http://192.168.0.1/metadata", "not a url", "http://127.0.0.1:1/metadata"] {
        let page = administrator.try_import(&[("name", "X"), ("url", url)]);
        assert!(page.status == 400 && page.body.contains("This cannot be used"), "{url}: {}", page.body);
    }
    let huge = "x".repeat(25 * 1024 * 1024);
    assert_eq!(administrator.try_import(&[("name", "X"), ("text", &huge)]).status, 400);
    assert!(site.app.config().unwrap().providers.is_empty());
}

#[test]
fn certificates_that_are_none() {
    let site = Site::new();
    let fields = |certificate| {
        [
            ("name", "X"),
            ("entity_id", "https://idp.example"),
            ("sso_url", "https://idp.example/sso"),
            ("certificate", certificate),
            ("seen", "1"),
        ]
    };
    let key = "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----";
    for certificate in ["", "garbage", key] {
        let page = site.administrator().post("/admin/providers/manual", &fields(certificate));
        assert!(page.status == 400 && page.body.contains("The certificate:"), "{certificate}: {}", page.body);
    }
    assert!(site.app.config().unwrap().providers.is_empty());
}

#[test]
fn an_answer_that_was_used_signs_nobody_in() {
    let (site, _) = Site::ready();
    let link = format!("{}/welcome", site.share(&[]));
    let mut alice = site.person();
    let leaving = alice.follow(&link);
    let cookies = alice.here.cookies.clone();
    let answer = alice.answer(&leaving, &[("user", "alice")]);
    assert!(alice.here.post("/saml/acs", &answer).header("location").is_some());
    // With the very cookie that was there before.
    let mut thief = site.person();
    thief.here.cookies = cookies;
    let refused = thief.here.post("/saml/acs", &answer);
    assert!(refused.status == 403 && refused.body.contains("could not be signed in"), "{}", refused.body);
    assert!(site.last_flow().contains("pending-missing"));
    assert_eq!(thief.get(&link).status, 303);
}

#[test]
fn an_answer_for_another_browser_or_with_another_relay_state() {
    let (site, _) = Site::ready();
    let link = format!("{}/welcome", site.share(&[]));
    let (mut alice, mut mallory) = (site.person(), site.person());
    let leaving = mallory.follow(&link);
    let answer = mallory.answer(&leaving, &[("user", "bob")]);
    // Mallory's answer in Alice's browser.
    assert_eq!(alice.here.post("/saml/acs", &answer).status, 403);
    // And under the login that Alice began herself.
    alice.follow(&link);
    let handle = alice.here.cookies.keys().find_map(|name| name.strip_prefix("__Host-pending-")).unwrap().to_owned();
    let forged = vec![answer[0].clone(), ("RelayState".to_owned(), handle)];
    assert_eq!(alice.here.post("/saml/acs", &forged).status, 403);
    assert!(site.last_flow().contains("in-response-to"), "{}", site.last_flow());
    for state in ["https://evil.example/", "", &"x".repeat(5000)] {
        let forged = vec![answer[0].clone(), ("RelayState".to_owned(), state.to_owned())];
        assert_eq!(alice.here.post("/saml/acs", &forged).status, 403, "{state}");
    }
    assert_eq!(alice.get(&link).status, 303);
}

/// Not even where the identity provider may send answers that nobody asked for.
#[test]
fn an_answer_to_a_login_that_is_not_here_is_none_that_nobody_asked_for() {
    let (site, provider) = Site::ready();
    let mut administrator = site.administrator();
    administrator.post(&format!("/admin/providers/{provider}/map"), &[("unsolicited", "on")]);
    let (mut alice, mut mallory) = (site.person(), site.person());
    let leaving = mallory.follow(&format!("{}/welcome", site.share(&[])));
    let answer = mallory.answer(&leaving, &[("user", "bob")]);
    let refused = alice.here.post("/saml/acs", &answer);
    assert_eq!(refused.status, 403, "{}", refused.body);
    assert!(site.last_flow().contains("pending-missing"), "{}", site.last_flow());
    // One that nobody asked for is none either under a RelayState of ours.
    let started = mallory.there.post("/start", &[("user".to_owned(), "bob".to_owned())]);
    let started = ("SAMLResponse".to_owned(), started.field("SAMLResponse"));
    let refused = alice.here.post("/saml/acs", &[started.clone(), answer[1].clone()]);
    assert_eq!(refused.status, 403, "{}", refused.body);
    assert!(site.last_flow().contains("pending-missing"), "{}", site.last_flow());
    assert_eq!(alice.here.post("/saml/acs", &[started]).header("location"), Some("/"));
}

#[test]
fn where_to_go_afterwards_is_a_path_of_ours() {
    let (site, provider) = Site::ready();
    for to in ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"] {
        let mut alice = site.person();
        let leaving = alice.get(&format!("/saml/login/{provider}?to={to}"));
        let answer = alice.answer(&leaving, &[("user", "alice")]);
        assert_eq!(alice.here.post("/saml/acs", &answer).header("location"), Some("/"), "{to}");
    }
}

#[test]
fn a_cookie_that_browsers_do_not_send_has_its_hint() {
    let site = Site::with_pending_cookie("Lax");
    let mut administrator = site.administrator();
    let provider = administrator.import(&[("name", "Test IdP"), ("url", &site.metadata_url)]);
    let mut alice = site.person();
    let leaving = alice.get(&format!("/saml/login/{provider}?to=/"));
    let answer = alice.answer(&leaving, &[("user", "alice")]);
    // What a browser does with a Lax cookie and a form of another site.
    alice.here.cookies.clear();
    assert_eq!(alice.here.post("/saml/acs", &answer).status, 403);
    assert!(site.last_flow().contains("SameSite"), "{}", site.last_flow());
}

#[test]
fn options_that_do_not_go_together() {
    let read = |line: &str| crate::options::Options::read(line.split_whitespace().map(str::to_owned));
    for (line, says) in [
        ("--redis redis://127.0.0.1:6379", "share a --database"),
        ("--idp-listen 0.0.0.0:3001", "stays on loopback"),
        ("--pending-cookie strict", "--pending-cookie strict"),
        ("--listen nowhere", "--listen"),
        ("--database", "wants a value"),
        ("--help", "no option"),
    ] {
        let refused = read(line).err().map(|error| error.to_string()).unwrap_or_default();
        assert!(refused.contains(says), "{line}: {refused}");
    }
    let options = read("--listen 127.0.0.1:4000 --database x.db --redis redis://127.0.0.1:6379").unwrap();
    assert_eq!(options.base_url(options.listen), "http://127.0.0.1:4000");
    assert!(options.test_idp && !read("--listen 0.0.0.0:4000").unwrap().test_idp, "nobody else may meet it");
    assert!(!read("--idp-metadata idp.xml").unwrap().test_idp && !read("--no-test-idp").unwrap().test_idp);
    let all = "--base-url https://share.example/ --allow-private-network --support us --pending-cookie lax";
    let all = read(all).unwrap();
    assert_eq!((all.base_url(options.listen).as_str(), all.support.as_str()), ("https://share.example", "us"));
    assert!(all.private_network && all.pending_same_site == "Lax" && all.redis.is_none() && all.database.is_none());
    assert!(all.idp_metadata.is_none() && all.idp_listen.is_none());
}
