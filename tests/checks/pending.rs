//! The pending login: its lifetime, its seal, its cookie.

use saml_sp::{
    Expect, LoginOptions, NameId, NameIdPolicy, PostedResponse, RequestedAuthnContext, ReturnTo, SealKeys,
    ServiceProvider, Whose,
};

use crate::world::*;

fn demanding() -> LoginOptions {
    let mut subject = NameId::new("é&=\n");
    subject.format = Some("urn:f".to_owned());
    subject.name_qualifier = Some("q&".to_owned());
    LoginOptions::new()
        .force_authn()
        .max_authn_age(minutes(10))
        .name_id_policy(NameIdPolicy::format("urn:f").sp_name_qualifier("urn:q"))
        .requested_authn_context(RequestedAuthnContext::exact(["urn:a", "urn:b"]))
        .subject(subject)
        .return_to(ReturnTo::path("/wiki?a=b&c=%20").unwrap())
        .tag("tenant=1&x")
}

#[test]
fn pending_login_expires() {
    let begun = noon() - minutes(1);
    let answered = |arrives| {
        World::new().at(arrives).answered(|answer| {
            let until = Some(noon() + days(2));
            (answer.not_on_or_after, answer.confirmations[0].not_on_or_after) = (until, until);
        })
    };
    let end = begun + minutes(60);
    accepts(answered(end - tick()));
    // Our own clock at both ends: no skew is granted.
    let shows = ["2026-01-15T11:59:00Z", "2026-01-15T12:59:00Z"];
    stops(answered(end), "pending-expired", Whose::User, &shows);
    stops(answered(end + days(1)), "pending-expired", Whose::User, &shows);
    // Another lifetime, which is the pending login's own: it is not judged by later configuration.
    let world = World::new().built(|builder| builder.pending_lifetime(minutes(5)));
    let (pending, request) = world.begin();
    assert_eq!(pending.expires(), begun + minutes(5));
    let xml = world.test_idp.sign(&world.test_idp.answer(&request, "alice")).unwrap();
    let world = world.built(|builder| builder.pending_lifetime(minutes(60))).at(begun + minutes(5));
    stops(world.take(&xml, Expect::AnswerTo(pending)), "pending-expired", Whose::User, &["12:04:00Z"]);
}

#[test]
fn sealed_login_opens_as_it_was() {
    let keys = SealKeys::new([7; 32]);
    for options in [LoginOptions::new(), demanding()] {
        let world = World::asking(options);
        let (pending, _) = world.begin();
        let sealed = pending.seal(&keys).unwrap();
        assert!(sealed.len() <= 3 * 1024);
        assert!(sealed.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b)), "{sealed}");
        assert_ne!(pending.seal(&keys).unwrap(), sealed, "nonces are random");
        assert_eq!(world.sp().open_pending(&keys, &sealed).unwrap(), pending);
    }
}

#[test]
fn sealed_login_expires_as_well() {
    let keys = SealKeys::new([7; 32]);
    let world = World::new().at(noon() + minutes(59));
    let (pending, request) = world.begin();
    let opened = world.sp().open_pending(&keys, &pending.seal(&keys).unwrap()).unwrap();
    let xml = world.test_idp.sign(&world.test_idp.answer(&request, "alice")).unwrap();
    stops(world.take(&xml, Expect::AnswerTo(opened)), "pending-expired", Whose::User, &["2026-01-15T12:59:00Z"]);
}

#[test]
fn sealed_login_foreign_altered_or_cut_does_not_open() {
    let keys = SealKeys::new([7; 32]);
    let world = World::asking(demanding());
    let (pending, _) = world.begin();
    let sealed = pending.seal(&keys).unwrap();
    let forged = |sp: &ServiceProvider, keys: &SealKeys, text: &str| {
        let error = sp.open_pending(keys, text).unwrap_err();
        is_error(&error, "pending-forged", Whose::Attack, &["does not open"]);
    };
    let sp = world.sp();
    forged(&sp, &SealKeys::new([8; 32]), &sealed);
    // Another service provider with the same keys, even one whose name differs by a character.
    for other in ["https://app.example.com/saml/", "https://other.example.com/saml"] {
        forged(&ServiceProvider::builder(other, ACS).build().unwrap(), &keys, &sealed);
    }
    for at in 0..sealed.len() {
        let mut bytes = sealed.clone().into_bytes();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        forged(&sp, &keys, std::str::from_utf8(&bytes).unwrap());
        forged(&sp, &keys, &sealed[..at]);
    }
    for text in
        ["", "A", "%", "é", &format!("{sealed}A"), &format!("{sealed}="), &format!(" {sealed}"), &"A".repeat(100_000)]
    {
        forged(&sp, &keys, text);
    }
}

#[test]
fn keys_roll() {
    let (old, new) = ([1; 32], [2; 32]);
    let world = World::new();
    let (pending, _) = world.begin();
    let sealed_before = pending.seal(&SealKeys::new(old)).unwrap();
    let rolled = SealKeys::new(new).also_opens(old).also_opens([3; 32]);
    assert_eq!(world.sp().open_pending(&rolled, &sealed_before).unwrap(), pending);
    // The first key seals.
    let sealed_after = pending.seal(&rolled).unwrap();
    assert_eq!(world.sp().open_pending(&SealKeys::new(new), &sealed_after).unwrap(), pending);
    assert!(world.sp().open_pending(&SealKeys::new(old), &sealed_after).is_err());
    assert!(!format!("{rolled:?}").contains('['), "no key material in Debug");
}

#[test]
fn sealed_login_is_at_most_3_kib() {
    let keys = SealKeys::new([7; 32]);
    let sealed = |n: usize| {
        // No character of these is escaped in the sealed form.
        let classes = RequestedAuthnContext::exact(["c".repeat(n)]);
        let (pending, _) = World::asking(LoginOptions::new().requested_authn_context(classes)).begin();
        pending.seal(&keys)
    };
    let fixed = sealed(1).unwrap().len() * 3 / 4;
    let longest = (fixed..3 * 1024).rev().find(|n| sealed(n - fixed).is_ok()).unwrap() - fixed;
    assert_eq!(sealed(longest).unwrap().len(), 3 * 1024);
    let error = sealed(longest + 1).unwrap_err();
    is_error(&error, "config-too-long", Whose::Application, &["sealed pending login", "3072"]);
}

#[test]
fn tag_is_at_most_256_bytes() {
    let world = World::new();
    let begin = |n| world.sp().begin_login_with(&world.idp, &LoginOptions::new().tag("t".repeat(n)));
    assert_eq!(begin(255).unwrap().pending.tag().unwrap().len(), 255);
    assert_eq!(begin(256).unwrap().pending.tag().unwrap().len(), 256);
    is_error(&begin(257).unwrap_err(), "config-too-long", Whose::Application, &["tag", "257", "256"]);
}

#[test]
fn cookie_is_the_hosts_own_and_lives_as_long_as_the_login() {
    let keys = SealKeys::new([7; 32]);
    let (pending, _) = World::new().built(|builder| builder.pending_lifetime(minutes(7))).begin();
    let cookie = pending.cookie(&keys).unwrap();
    let (pair, attributes) = cookie.split_once("; ").unwrap();
    let (name, value) = pair.split_once('=').unwrap();
    assert_eq!(name, format!("__Host-saml-{}", pending.handle()));
    assert_eq!(name, pending.cookie_name());
    assert!(!value.is_empty());
    assert_eq!(attributes, "Path=/; Secure; HttpOnly; SameSite=None; Max-Age=420");
    assert_eq!(pending.delete_cookie(), format!("{name}=; Path=/; Secure; HttpOnly; SameSite=None; Max-Age=0"));
}

/// For a store of the application's own: which cookie to look at, and what to say where there is nothing.
#[test]
fn the_handle_of_an_answer_is_a_relay_state_that_we_can_have_made() {
    let (pending, _) = World::new().begin();
    let handle = pending.handle();
    let posted = PostedResponse::new("", Some(handle));
    assert_eq!(posted.handle(), Some(handle));
    let shows = ["none was found for this browser"];
    is_error(&posted.without_pending(), "pending-missing", Whose::Application, &shows);
    for foreign in [
        None,
        Some(""),
        Some("/wiki"),
        Some("https://evil.example/"),
        Some(&handle[1..]),
        Some(&*format!("{handle}0")),
        Some(&*handle.replace(|c: char| c.is_ascii_hexdigit(), "A")),
        Some(&*format!(" {}", &handle[1..])),
        Some(&*format!("{}\n", &handle[1..])),
        Some(&*"é".repeat(16)),
    ] {
        let posted = PostedResponse::new("", foreign);
        assert_eq!(posted.handle(), None, "{foreign:?}");
        is_error(&posted.without_pending(), "pending-missing", Whose::Application, &["no RelayState that this"]);
        assert!(posted.without_pending().hint().contains("Never fall back to Expect::Unsolicited"));
    }
}

#[test]
fn pending_login_from_cookies_by_relay_state() {
    let keys = SealKeys::new([7; 32]);
    let world = World::new();
    let sp = world.sp();
    let ((first, _), (second, _)) = (world.begin(), world.begin());
    let pair = |cookie: String| cookie.split_once(';').unwrap().0.to_owned();
    let (one, two) = (pair(first.cookie(&keys).unwrap()), pair(second.cookie(&keys).unwrap()));
    // Two tabs: each answer finds its own.
    let header = format!("theme=dark; {one};{two} ; a=b=c; lonely");
    for pending in [&first, &second] {
        let posted = PostedResponse::new("", Some(pending.handle()));
        assert_eq!(sp.pending_from_cookies(&keys, Some(&header), &posted).unwrap(), *pending);
    }
    let missing = |header: Option<&str>, relay_state: Option<&str>, shows: &str| {
        let error = sp.pending_from_cookies(&keys, header, &PostedResponse::new("", relay_state)).unwrap_err();
        is_error(&error, "pending-missing", Whose::Application, &[shows]);
        assert!(error.hint().contains("Never fall back to Expect::Unsolicited"));
    };
    missing(None, Some(first.handle()), "no cookies");
    missing(Some(""), Some(first.handle()), "no cookie for it");
    missing(Some(&one), Some(second.handle()), "no cookie for it");
    missing(Some(&header), None, "no RelayState");
    for foreign in [
        "",
        "/wiki",
        "https://evil.example/",
        &first.handle()[1..],
        &first.handle().to_uppercase(),
        &format!("{}0", first.handle()),
    ] {
        missing(Some(&header), Some(foreign), "no RelayState");
    }
    // A name that only begins like ours.
    missing(Some(&one.replacen('=', "x=", 1)), Some(first.handle()), "no cookie for it");

    let forged = |header: &str, handle: &str| {
        let posted = PostedResponse::new("", Some(handle));
        let error = sp.pending_from_cookies(&keys, Some(header), &posted).unwrap_err();
        is_error(&error, "pending-forged", Whose::Attack, &[]);
    };
    // The value of one login under the name of another: the handle inside is sealed, the name is not.
    let swapped = format!("{}={}", first.cookie_name(), two.split_once('=').unwrap().1);
    forged(&swapped, first.handle());
    forged(&format!("{}=x", first.cookie_name()), first.handle());
    forged(&format!("{}=", first.cookie_name()), first.handle());
}

#[test]
fn relay_state_is_a_handle_and_never_a_url() {
    let world = World::asking(LoginOptions::new().return_to(ReturnTo::path("/secret/page").unwrap()));
    let (pending, request) = world.begin();
    assert_eq!(request.relay_state.as_deref(), Some(pending.handle()));
    assert!(pending.handle().len() <= 80, "bindings 3.4.3");
    assert!(!request.xml.contains("secret"));
    let (again, other) = world.begin();
    assert_ne!((again.handle(), again.request_id()), (pending.handle(), pending.request_id()));
    assert_ne!(request.id, other.id);
}
