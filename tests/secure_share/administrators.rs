//! The administrator's pages.

use saml_sp::testing::TestIdp;

use crate::site::{Site, url_of};

#[test]
fn strangers_see_none_of_them() {
    let (site, provider) = Site::ready();
    let mut stranger = site.person();
    for path in
        ["/admin", "/admin/providers", "/admin/spaces", "/admin/certificates", "/admin/trace", "/admin/metadata.xml"]
    {
        assert_eq!(stranger.get(path).status, 403, "{path}");
    }
    assert_eq!(stranger.get("/admin/enter?key=guessed").status, 403);
    assert_eq!(stranger.post(&format!("/admin/providers/{provider}/delete"), &[]).status, 403);
    assert_eq!(site.administrator().get(&format!("/admin/providers/{provider}")).status, 200);
}

#[test]
fn what_identity_providers_ask_for() {
    let site = Site::new();
    let mut administrator = site.administrator();
    let page = administrator.get("/admin").body;
    for value in ["saml", "saml/acs", "saml/slo", "saml/metadata"] {
        assert!(page.contains(&format!("data-copy=\"http://{}/{value}\"", site.address)), "{value}");
    }
    for label in [
        "SP entity ID",
        "ACS URL",
        "SLO URL",
        "Audience",
        "Recipient",
        "BEGIN CERTIFICATE",
        "Service Provider Issuer",
        "Audience Restriction",
        "SAML response URL",
        "Identifier",
        "Reply URL",
        "Logout Url",
        "on loopback",
    ] {
        assert!(page.contains(label), "{label}");
    }
    let download = administrator.get("/admin/metadata.xml");
    assert!(download.header("content-disposition").unwrap().contains("attachment"));
    assert_eq!(download.body, administrator.get("/saml/metadata").body);
}

#[test]
fn import_from_a_url_a_file_and_a_text() {
    let site = Site::new();
    let xml = site.person().there.get("/metadata").body;
    let mut administrator = site.administrator();
    let by_url = administrator.import(&[("name", "By URL"), ("url", &site.metadata_url)]);
    assert!(administrator.get(&format!("/admin/providers/{by_url}")).body.contains("It is read again at"));
    // The same entity is the same identity provider, however it comes.
    assert_eq!(administrator.import(&[("name", "By text"), ("text", &xml)]), by_url);
    assert_eq!(administrator.import(&[("name", "By file"), ("file", &xml), ("text", "")]), by_url);
    // A URL with a hole in it, and what fills it.
    let holed = site.metadata_url.replace("metadata", "{tenant_ID}");
    let missing = administrator.try_import(&[("name", "Entra"), ("url", &holed)]);
    assert!(missing.status == 400 && missing.body.contains("fill in the tenant ID"), "{}", missing.body);
    assert_eq!(administrator.import(&[("name", "Entra"), ("url", &holed), ("tenant", "metadata")]), by_url);
}

#[test]
fn one_of_several_is_chosen() {
    let site = Site::new();
    let other = TestIdp::new("https://other.example/idp").unwrap().metadata().unwrap();
    let this = site.person().there.get("/metadata").body;
    let both = [this, other].map(|xml| xml.split_once("?>").map_or(xml.clone(), |(_, rest)| rest.to_owned())).concat();
    let document = format!(
        "<md:EntitiesDescriptor xmlns:md=\"urn:oasis:names:tc:SAML:2.0:metadata\">{both}</md:EntitiesDescriptor>"
    );
    let mut administrator = site.administrator();
    let page = administrator.try_import(&[("name", "Federation"), ("text", &document)]);
    assert!(page.body.contains("Which of them?") && page.body.contains("https://other.example/idp"), "{}", page.body);
    let chosen = [("name", "Federation"), ("text", document.as_str()), ("entity_id", "https://other.example/idp")];
    let id = administrator.import(&chosen);
    assert!(administrator.get(&format!("/admin/providers/{id}")).body.contains("https://other.example/idp"));
}

#[test]
fn manual_configuration_is_shown_back_before_it_is_saved() {
    let site = Site::new();
    let idp = TestIdp::new("https://idp.example/saml").unwrap();
    let certificate = idp.certificate();
    let fields = [
        ("name", "By hand"),
        ("entity_id", "https://idp.example/saml"),
        ("sso_url", "https://idp.example/sso"),
        ("slo_url", ""),
        ("certificate", certificate.as_str()),
    ];
    let mut administrator = site.administrator();
    let shown = administrator.post("/admin/providers/manual", &fields).body;
    let read = saml_sp::Certificate::from_pasted(&certificate).unwrap().certificate;
    for fact in [read.subject(), &read.sha256().to_string(), &read.not_after().format("%Y-%m-%d").to_string()] {
        assert!(shown.contains(fact), "{fact}");
    }
    assert!(administrator.get("/admin/providers").body.contains("There is none yet"));
    let saved = administrator.post("/admin/providers/manual", &[&fields[..], &[("seen", "1")]].concat());
    assert!(administrator.get(saved.header("location").unwrap()).body.contains("https://idp.example/sso"));
}

#[test]
fn a_test_reports_every_check_and_everything_that_was_sent() {
    let (site, provider) = Site::ready();
    let mut administrator = site.administrator();
    let passed = administrator.report(&provider, &[("user", "alice")]).body;
    assert!(passed.contains("This login would be accepted"), "{passed}");
    for sent in ["alice@example.org", "Archer", "engineering", "on-call", "groups"] {
        assert!(passed.contains(sent), "{sent}");
    }
    for (mistake, code) in [
        ("audience", "audience-mismatch"),
        ("key", "signature-wrong-key"),
        ("clock", "conditions-window"),
        ("unsigned", "signature-missing"),
    ] {
        let report = administrator.report(&provider, &[("user", "bob"), ("mistake", mistake)]).body;
        assert!(report.contains(code) && !report.contains("would be accepted"), "{mistake}: {report}");
        assert!(report.contains("bob@example.org"), "{mistake}");
    }
    let encrypted = administrator.report(&provider, &[("user", "alice"), ("encrypt", "on")]).body;
    assert!(encrypted.contains("This login would be accepted"), "{encrypted}");
}

#[test]
fn what_is_missing_is_named_and_mapped_by_a_button() {
    let (site, provider) = Site::ready();
    let link = format!("{}/welcome", site.share(&[]));
    let mut alice = site.person();
    let refused = alice.sign_in(&link, &[("user", "alice"), ("mistake", "email")]);
    assert!(refused.status == 403 && refused.body.contains("such as an e-mail address"), "{}", refused.body);
    assert!(site.last_flow().contains("attribute-missing"), "{}", site.last_flow());
    let mut administrator = site.administrator();
    let report = administrator.report(&provider, &[("user", "alice"), ("mistake", "email")]).body;
    assert!(report.contains("it has no e-mail address"), "{report}");
    let used = administrator
        .post(&format!("/admin/providers/{provider}/use"), &[("field", "email"), ("attribute", "displayName")]);
    assert_eq!(used.status, 303);
    assert!(alice.sign_in(&link, &[("user", "alice"), ("mistake", "email")]).body.contains("Alice Archer"));
    // A column that is no field of ours.
    let forged =
        administrator.post(&format!("/admin/providers/{provider}/use"), &[("field", "name"), ("attribute", "x")]);
    assert_eq!(forged.status, 404);
}

#[test]
fn keys_roll_over_in_three_clicks_without_a_failed_login() {
    let (site, _) = Site::ready();
    let link = format!("{}/welcome", site.share(&[]));
    let mut administrator = site.administrator();
    let log_in = || {
        for encrypt in [&[("user", "alice")][..], &[("user", "alice"), ("encrypt", "on")]] {
            assert_eq!(site.person().sign_in(&link, encrypt).status, 200);
        }
    };
    let before = site.app.config().unwrap().keys[0].certificate.sha256();
    for (step, keys) in [("announce", 2), ("use", 2), ("forget", 1)] {
        log_in();
        // One that was begun before the click, and ends after it.
        let mut across = site.person();
        let leaving = across.follow(&link);
        let answer = across.answer(&leaving, &[("user", "bob"), ("encrypt", "on")]);
        assert_eq!(administrator.post(&format!("/admin/certificates/{step}"), &[]).status, 303);
        assert_eq!(site.app.config().unwrap().keys.len(), keys);
        let landed = across.here.post("/saml/acs", &answer);
        assert!(landed.header("location").is_some(), "{step}: {}", landed.body);
        log_in();
        // A step that is not due changes nothing.
        administrator.post(&format!("/admin/certificates/{step}"), &[]);
        assert_eq!(site.app.config().unwrap().keys.len(), if step == "forget" { 1 } else { keys });
    }
    assert_ne!(site.app.config().unwrap().keys[0].certificate.sha256(), before);
}

#[test]
fn no_message_is_kept_unless_somebody_asks_for_it() {
    let (site, _) = Site::ready();
    let link = format!("{}/welcome", site.share(&[]));
    let mut administrator = site.administrator();
    site.person().sign_in(&link, &[("user", "alice")]);
    assert!(!administrator.get("/admin/trace").body.contains("What was signed"));
    administrator.post("/admin/trace/record", &[("keep", "1")]);
    site.person().sign_in(&link, &[("user", "alice")]);
    assert!(site.last_flow().contains("What was signed") && site.last_flow().contains("alice@example.org"));
    // A refused one is not used up: of it there is a report, without values.
    site.person().sign_in(&link, &[("user", "alice"), ("mistake", "audience")]);
    let refused = site.last_flow();
    assert!(
        refused.contains("audience-mismatch") && refused.contains("Report") && !refused.contains("alice@"),
        "{refused}"
    );
    administrator.post("/admin/trace/record", &[("keep", "0")]);
    assert!(!administrator.get("/admin/trace").body.contains("alice@"));
}

#[test]
fn metadata_is_read_again_and_changes_are_told() {
    let (site, provider) = Site::ready();
    let mut administrator = site.administrator();
    let page = format!("/admin/providers/{provider}");
    let changes = |page: &str| page.split_once("What has changed").unwrap().1.matches("<tr>").count();
    assert_eq!(changes(&administrator.get(&page).body), 1);
    // Its time has not come, and then it has.
    let refetch_at = || site.app.config().unwrap().providers[0].refetch_at.clone().unwrap();
    let planned = refetch_at();
    crate::providers::refetch_due(&site.app).unwrap();
    assert_eq!(refetch_at(), planned);
    let due = "UPDATE provider SET refetch_at = '2020-01-01T00:00:00Z'";
    site.app.database.change(|connection| connection.execute(due, ())).unwrap();
    crate::providers::refetch_due(&site.app).unwrap();
    assert!(refetch_at() >= planned);
    // Nothing new: no change, no problem.
    administrator.post(&format!("{page}/refetch"), &[]);
    let same = administrator.get(&page).body;
    assert!(changes(&same) == 1 && !same.contains("last fetch failed"));
    // Another key under the same name, as after a rollover there.
    let entity_id = site.app.config().unwrap().providers[0].entity_id.clone();
    let rolled = TestIdp::new(entity_id).unwrap().metadata().unwrap();
    administrator.import(&[("name", "Test IdP"), ("text", &rolled)]);
    let told = administrator.get(&page).body;
    assert!(changes(&told) == 2 && told.contains("key"), "{told}");
}

#[test]
fn a_fetch_that_fails_keeps_what_was_known() {
    let (site, provider) = Site::ready();
    let database = &site.app.database;
    database.change(|connection| connection.execute("UPDATE provider SET url = url || '/gone'", ())).unwrap();
    let mut administrator = site.administrator();
    administrator.post(&format!("/admin/providers/{provider}/refetch"), &[]);
    let page = administrator.get(&format!("/admin/providers/{provider}")).body;
    assert!(page.contains("The last fetch failed"), "{page}");
    // And it is tried again soon, not in an hour as where it went well.
    let next = site.app.config().unwrap().providers[0].refetch_at.clone().unwrap();
    let wait = next.parse::<chrono::DateTime<chrono::Utc>>().unwrap() - chrono::Utc::now();
    assert!(wait <= chrono::TimeDelta::minutes(5), "{wait}");
    let link = format!("{}/welcome", site.share(&[]));
    assert_eq!(site.person().sign_in(&link, &[("user", "alice")]).status, 200);
}

/// Directories send empty texts for what they do not know. At a login they count as nothing, and a test says so.
#[test]
fn an_empty_email_address_is_none() {
    let site = Site::new();
    let mut administrator = site.administrator();
    let sp = site.app.config().unwrap().sp.clone();
    let mut idp = TestIdp::new("https://idp.example/saml").unwrap().sso_url("https://idp.example/sso");
    idp.know(&sp.metadata().to_xml().unwrap()).unwrap();
    let provider = administrator.import(&[("name", "Example"), ("text", &idp.metadata().unwrap())]);
    for (mail, says) in [(" ", "it has no e-mail address"), ("alice@example.org", "This login would be accepted")] {
        let leaving = administrator.post(&format!("/admin/providers/{provider}/test"), &[]);
        let url = url_of(&leaving);
        let request = idp.receive_query(url.split_once('?').unwrap().1).unwrap();
        let mut answer = idp.answer(&request, "alice");
        answer.attribute("mail", [mail]);
        let form = idp.post(&answer).unwrap();
        let fields = [("SAMLResponse", &*form.saml_response), ("RelayState", form.relay_state.as_deref().unwrap())];
        let report = administrator.post("/saml/acs", &fields).header("location").unwrap().to_owned();
        let report = administrator.get(&report).body;
        assert!(report.contains(says), "{mail:?}: {report}");
    }
}
