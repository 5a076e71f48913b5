//! What the application stores: sessions, and keys for linking accounts.

use saml_sp::testing::{Answer, AnswerNameId, TestIdp};
use saml_sp::{Session, Whose};

use crate::world::*;

fn session(change: impl FnOnce(&mut Answer)) -> Session {
    accepts(World::new().answered(change)).session
}

#[test]
fn session_survives_its_storage_form() {
    let full = session(|answer| {
        let name_id = answer.name_id.as_mut().unwrap();
        name_id.value = " \u{1f600}&=%+\n".to_owned();
        name_id.name_qualifier = Some(IDP.to_owned());
        name_id.sp_name_qualifier = Some(String::new());
        answer.session_index = Some("_s&v=2".to_owned());
        answer.session_not_on_or_after = Some(noon() + chrono::Duration::milliseconds(1));
    });
    let bare = session(|answer| {
        answer.name_id = None;
        answer.session_index = None;
    });
    for session in [full, bare] {
        let bytes = session.to_bytes().unwrap();
        assert!(bytes.is_ascii());
        assert_eq!(Session::from_bytes(&bytes).unwrap(), session);
    }
}

#[test]
fn session_of_at_most_4_kib() {
    let fixed = session(|answer| answer.session_index = Some(String::new())).to_bytes().unwrap().len();
    let with = |n: usize| session(|answer| answer.session_index = Some("i".repeat(n)));
    let room = 4 * 1024 - fixed;
    assert_eq!(with(room - 1).to_bytes().unwrap().len(), 4095);
    let longest = with(room);
    let bytes = longest.to_bytes().unwrap();
    assert_eq!(bytes.len(), 4096);
    assert_eq!(Session::from_bytes(&bytes).unwrap(), longest);
    is_error(&with(room + 1).to_bytes().unwrap_err(), "config-too-long", Whose::Application, &["4097", "4096"]);
    let too_long = [&bytes[..], b"i"].concat();
    assert_eq!(Session::from_bytes(&too_long).unwrap_err().code(), "config-stored-session");
}

#[test]
fn bytes_that_are_no_session() {
    for bytes in [
        &b""[..],
        b"v=1",
        b"idp=urn:x",
        b"v=2&idp=urn:x",
        b"v=1&idp=",
        b"v=1&idp=urn:x&until=soon",
        b"v=1&idp=urn:x&until=99999999999999999999",
        b"v=1&idp=urn:x&until=9223372036854775807",
        b"{\"v\":1}",
        b"\xff\xfe",
    ] {
        let error = Session::from_bytes(bytes).unwrap_err();
        is_error(&error, "config-stored-session", Whose::Application, &["stored session"]);
    }
    assert!(Session::from_bytes(b"v=1&idp=urn:x").is_ok());
}

fn key(entity_id: &str, name_id: AnswerNameId) -> Option<String> {
    let world = World::of(TestIdp::with_ecdsa(entity_id).unwrap());
    let login = accepts(world.answered(|answer| answer.name_id = Some(name_id)));
    login.identity.subject_key().map(|key| key.to_string())
}

fn name_id(change: impl FnOnce(&mut AnswerNameId)) -> AnswerNameId {
    let mut name_id = None;
    accepts(World::new().answered(|answer| {
        let one = answer.name_id.as_mut().unwrap();
        change(one);
        name_id = Some(one.clone());
    }));
    name_id.unwrap()
}

#[test]
fn subject_key_is_the_same_at_every_login_and_for_nobody_else() {
    let base = key(IDP, name_id(|_| ())).unwrap();
    assert_eq!(key(IDP, name_id(|_| ())).unwrap(), base);
    assert_eq!(base.len(), 64);
    let others = [
        key("https://other.example.net/idp", name_id(|_| ())),
        key(IDP, name_id(|n| n.value = "Alice".to_owned())),
        key(IDP, name_id(|n| n.value = "alice ".to_owned())),
        key(IDP, name_id(|n| n.format = None)),
        key(IDP, name_id(|n| n.format = Some("urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress".to_owned()))),
        key(IDP, name_id(|n| n.name_qualifier = Some(IDP.to_owned()))),
        key(IDP, name_id(|n| n.sp_name_qualifier = Some(IDP.to_owned()))),
    ];
    let all: std::collections::BTreeSet<_> = others.iter().flatten().chain([&base]).collect();
    assert_eq!(all.len(), others.len() + 1);
}

/// Moving characters over the border of two parts makes another key.
#[test]
fn subject_key_knows_where_its_parts_end() {
    let parts = |qualifier: &str, value: &str| {
        key(
            IDP,
            name_id(|n| {
                n.sp_name_qualifier = Some(qualifier.to_owned());
                n.value = value.to_owned();
            }),
        )
    };
    assert_ne!(parts("urn:a", "b1"), parts("urn:ab", "1"));
    assert_ne!(parts("urn:a", "5:x"), parts("urn:a5", ":x"));
}

#[test]
fn iip_sso05_transient_names_are_no_key() {
    let transient = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient";
    for format in [transient.to_owned(), format!(" {transient}\n")] {
        assert_eq!(key(IDP, name_id(|n| n.format = Some(format))), None);
    }
    // An absent format and `unspecified` are the same (core 8.3.1).
    let unspecified = "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified";
    assert_eq!(key(IDP, name_id(|n| n.format = None)), key(IDP, name_id(|n| n.format = Some(unspecified.to_owned()))));
}
