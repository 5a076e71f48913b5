//! What the application keeps while a logout is under way.

use saml_sp::{Binding, ReceivedLogout, ReturnTo, SealKeys, Whose};

use crate::stage::*;
use crate::world::*;

#[test]
fn a_pending_logout_in_a_cookie() {
    let stage = Stage::new();
    let keys = SealKeys::new([7; 32]);
    let options = saml_sp::LogoutOptions::new().return_to(ReturnTo::path("/bye?a=1&b").unwrap()).tag("t\u{e9}");
    let start = stage.sp.begin_logout_with(&stage.idp, &stage.session, &options).unwrap();
    let cookie = start.pending.cookie(&keys).unwrap();
    assert!(cookie.starts_with(&format!("__Host-saml-logout-{}=", start.pending.handle())), "{cookie}");
    assert!(cookie.ends_with("; Path=/; Secure; HttpOnly; SameSite=None; Max-Age=3600"), "{cookie}");
    assert!(start.pending.delete_cookie().ends_with("Max-Age=0"));
    assert_eq!(format!("{:?}", keys.clone().also_opens([8; 32])), "SealKeys(2 keys)");
    let request = stage.test_idp.receive_logout(&start.send).unwrap();
    let mail = stage.mail(&stage.test_idp.logout_response(&request, SLO), &Binding::Redirect);
    let answer = || match stage.receive(&mail).unwrap() {
        ReceivedLogout::Response(answer) => answer,
        ReceivedLogout::Request(_) => panic!(),
    };
    let header = format!("theme=dark; {}; x=y", cookie.split(';').next().unwrap());
    let from = |header: Option<&str>, keys: &SealKeys| stage.sp.pending_logout_from_cookies(keys, header, &answer());
    let pending = from(Some(&header), &keys).unwrap();
    assert_eq!(pending, start.pending);
    assert_eq!(pending.idp().as_str(), IDP);
    assert_eq!(pending.expires(), noon() + minutes(60));
    let ended = answer().accept(pending).unwrap();
    assert_eq!((ended.return_to.unwrap().as_str(), ended.tag.as_deref()), ("/bye?a=1&b", Some("t\u{e9}")));

    is(from(None, &keys), "pending-missing", Whose::Application, &["logout", "no cookies"]);
    is(from(Some("theme=dark"), &keys), "pending-missing", Whose::Application, &["no cookie for it"]);
    is(from(Some(&header), &SealKeys::new([8; 32])), "pending-forged", Whose::Attack, &["logout"]);
    let stranger = stage.begin(&Binding::Redirect).0.seal(&keys).unwrap();
    let renamed = format!("{}={stranger}", start.pending.cookie_name());
    is(from(Some(&renamed), &keys), "pending-forged", Whose::Attack, &[]);
}

#[test]
fn a_login_and_a_logout_do_not_open_as_each_other() {
    let stage = Stage::new();
    let keys = SealKeys::new([7; 32]);
    let login = stage.sp.begin_login(&stage.idp).unwrap().pending.seal(&keys).unwrap();
    let logout = stage.begin(&Binding::Redirect).0.seal(&keys).unwrap();
    is(stage.sp.open_pending_logout(&keys, &login), "pending-forged", Whose::Attack, &["logout"]);
    is(stage.sp.open_pending(&keys, &logout), "pending-forged", Whose::Attack, &["login"]);
    stage.sp.open_pending_logout(&keys, &logout).unwrap();
    for cut in [&logout[..logout.len() - 1], "", "AAAA"] {
        is(stage.sp.open_pending_logout(&keys, cut), "pending-forged", Whose::Attack, &[]);
    }
}

#[test]
fn an_answer_without_a_relay_state_of_ours_finds_no_cookie() {
    let stage = Stage::new();
    let (pending, request) = stage.begin(&Binding::Post);
    for state in [None, Some("../../x"), Some("00")] {
        let mut response = stage.test_idp.logout_response(&request, SLO);
        response.relay_state = state.map(str::to_owned);
        let ReceivedLogout::Response(answer) = stage.receive(&stage.mail(&response, &Binding::Post)).unwrap() else {
            panic!()
        };
        let found = stage.sp.pending_logout_from_cookies(&SealKeys::new([7; 32]), Some("a=b"), &answer);
        is(found, "pending-missing", Whose::Application, &["RelayState"]);
        assert_eq!(answer.handle(), None, "{state:?}");
        is_error(&answer.without_pending(), "pending-missing", Whose::Application, &["logout", "RelayState"]);
    }
    let response = stage.test_idp.logout_response(&request, SLO);
    let ReceivedLogout::Response(answer) = stage.receive(&stage.mail(&response, &Binding::Post)).unwrap() else {
        panic!()
    };
    assert_eq!(answer.handle(), Some(pending.handle()));
    is_error(&answer.without_pending(), "pending-missing", Whose::Application, &["logout", "none was found"]);
}
