//! The external user's way.

use crate::site::{Site, url_of};

#[test]
fn a_link_leads_to_the_identity_provider_and_back_to_the_very_page() {
    let (site, _) = Site::ready();
    let link = site.share(&[]);
    let mut alice = site.person();
    let page = alice.sign_in(&format!("{link}/on-call"), &[("user", "alice")]);
    assert!(page.body.contains("<h1>On call</h1>") && page.body.contains("alice@example.org"), "{}", page.body);
    // She stays signed in, for the whole space and for what else she may see.
    assert!(alice.get(&link).body.contains("Welcome"));
    let home = alice.get("/").body;
    assert!(home.contains("Team handbook") && home.contains(&link), "{home}");
    assert!(site.last_flow().contains("signed in"));
}

#[test]
fn a_link_for_groups_lets_their_members_in_and_tells_the_others_what_is_needed() {
    let (site, _) = Site::ready();
    let link = site.share(&[("page", "welcome"), ("groups", "engineering\nboard")]);
    assert!(site.person().sign_in(&link, &[("user", "alice")]).header("location").unwrap().ends_with("/welcome"));
    for other in ["bob", "carol"] {
        let mut person = site.person();
        let page = person.sign_in(&link, &[("user", other)]);
        assert_eq!(page.status, 403);
        assert!(page.body.contains("<li>engineering</li>") && page.body.contains("<li>board</li>"), "{}", page.body);
        assert!(page.body.contains("help@example.org") && !page.body.contains("sales"), "{}", page.body);
        assert!(!person.get("/").body.contains(&link), "what would not open is not listed");
    }
}

#[test]
fn without_enforced_sign_on_the_link_is_enough() {
    let (site, provider) = Site::ready();
    let (link, for_some) = (site.share(&[]), site.share(&[("groups", "engineering")]));
    let open = site.administrator().post("/admin/spaces/handbook/sign-in", &[("provider", &provider)]);
    assert_eq!(open.status, 303);
    assert_eq!(site.person().get(&link).status, 200);
    // A link for groups is one for people who are known.
    assert_eq!(site.person().get(&for_some).status, 303);
    // And nobody finds links without having one.
    assert!(!site.person().get("/").body.contains("/s/"));
}

#[test]
fn links_that_lead_nowhere_say_why() {
    let (site, _) = Site::ready();
    let (link, expired) = (site.share(&[]), site.share(&[("expires", "2020-02-29")]));
    let mut alice = site.person();
    assert_eq!(alice.sign_in(&format!("{link}/welcome"), &[("user", "alice")]).status, 200);
    assert!(alice.get(&expired).body.contains("Its last day was 2020-02-29"));
    assert_eq!(alice.get(&expired).status, 410);
    assert!(alice.get("/s/nobody-made-this").body.contains("This link is not here"));
    assert_eq!(alice.get(&format!("{link}/never-written")).status, 404);
    let mut administrator = site.administrator();
    assert_eq!(administrator.post("/admin/spaces/handbook/pages/welcome/delete", &[]).status, 303);
    let gone = alice.get(&format!("{link}/welcome"));
    assert!(gone.status == 404 && gone.body.contains("This page is not here"), "{}", gone.body);
    // A link to one page opens no other.
    let one = site.share(&[("page", "on-call")]);
    assert_eq!(alice.get(&format!("{one}/on-call")).status, 200);
    administrator.post("/admin/spaces/handbook/pages", &[("title", "New"), ("body", "text")]);
    assert_eq!(alice.get(&format!("{one}/new")).status, 404);
    // Nor does a link of another space.
    let other = one.replace("/s/", "/s/x");
    assert_eq!(alice.get(&other).status, 404);
}

#[test]
fn a_session_of_another_identity_provider_is_none() {
    let (site, provider) = Site::ready();
    let link = site.share(&[]);
    let mut alice = site.person();
    assert_eq!(alice.sign_in(&format!("{link}/welcome"), &[("user", "alice")]).status, 200);
    let mut administrator = site.administrator();
    administrator.post(&format!("/admin/providers/{provider}/delete"), &[]);
    assert!(alice.get(&link).body.contains("Nobody can sign in yet"));
}

#[test]
fn logins_that_begin_at_the_identity_provider_land_on_what_is_shared() {
    let (site, provider) = Site::ready();
    let link = site.share(&[]);
    let mut alice = site.person();
    let start = |person: &mut crate::site::Person<'_>| {
        let form = vec![("user".to_owned(), "alice".to_owned())];
        let posting = person.there.post("/start", &form);
        let answer = vec![("SAMLResponse".to_owned(), posting.field("SAMLResponse"))];
        person.here.post("/saml/acs", &answer)
    };
    // Only where an administrator has said so.
    assert_eq!(start(&mut alice).status, 403);
    assert!(site.last_flow().contains("pending-missing"));
    let mut administrator = site.administrator();
    administrator.post(&format!("/admin/providers/{provider}/map"), &[("unsolicited", "on")]);
    let landed = start(&mut alice);
    assert_eq!(landed.header("location"), Some("/"), "{}", landed.body);
    assert!(alice.get("/").body.contains(&link));
}

#[test]
fn logout_here_and_logout_there() {
    let (site, _) = Site::ready();
    let link = format!("{}/welcome", site.share(&[]));
    let mut alice = site.person();
    alice.sign_in(&link, &[("user", "alice")]);
    // From here: the identity provider is asked, and answers.
    let leaving = alice.post("/sign-out", &[]);
    let answer = alice.there.get(&url_of(&leaving));
    let back = alice.get(answer.header("location").unwrap());
    assert!(back.body.contains("signed out of every application"), "{}", back.body);
    assert_eq!(alice.get(&link).status, 303);
    assert!(site.last_flow().contains("signed out everywhere"));
    // From there, with a second browser of the same person that stays.
    alice.sign_in(&link, &[("user", "alice")]);
    let mut other = site.person();
    other.sign_in(&link, &[("user", "alice")]);
    let home = alice.there.get("/");
    let request = alice.there.post("/sign-out", &[("session".to_owned(), session(&home.body))]);
    let answered = alice.get(request.header("location").unwrap());
    let done = alice.there.get(&url_of(&answered));
    assert!(done.body.contains("ended the session too"), "{}", done.body);
    let signed_in = [&mut alice, &mut other].map(|person| person.get(&link).status == 200);
    assert_eq!(signed_in.iter().filter(|signed_in| **signed_in).count(), 1, "one of two sessions was meant");
}

fn session(home: &str) -> String {
    let (_, rest) = home.split_once("name=\"session\" value=\"").unwrap();
    rest.split_once('"').unwrap().0.to_owned()
}
