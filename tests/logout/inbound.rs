//! The identity provider asks, we answer.

use saml_sp::testing::TestIdp;
use saml_sp::{Binding, LogoutOutcome, LogoutReply, Outbound, ReceivedLogout, ReplayCache, Seen, Session, Whose, urn};

use crate::stage::*;
use crate::world::*;

#[test]
fn iip_sp15_iip_sp17_sdp_sp26_sdp_sp31_a_request_by_each_binding_and_its_answer() {
    let stage = Stage::new();
    for binding in BINDINGS {
        let relay_state = (binding != Binding::Soap).then(|| " a+b&c=%41\u{e9} ".to_owned());
        let request = stage.asked(&binding, |request| request.relay_state.clone_from(&relay_state)).unwrap();
        assert_eq!(Some(request.name_id()), stage.session.name_id());
        assert_eq!(request.session_indexes(), stage.session.session_indexes());
        assert_eq!(request.idp().entity_id().as_str(), IDP);
        assert_eq!(request.not_on_or_after(), Some(noon() + minutes(5)));
        assert!(request.ends(&stage.session));
        let reply = request.respond(LogoutOutcome::Done).unwrap();
        match (&binding, &reply) {
            (Binding::Redirect, LogoutReply::Browser(Outbound::Redirect(url))) => {
                assert!(url.starts_with(IDP_SLO_ANSWERS), "IIP-SP17: to ResponseLocation where there is one");
            }
            (Binding::Post, LogoutReply::Browser(Outbound::Post(form))) => assert_eq!(form.action, IDP_SLO_ANSWERS),
            (Binding::Soap, LogoutReply::Soap(_)) => {}
            other => panic!("{other:?}"),
        }
        let response = stage.test_idp.receive_logout_reply(&reply).unwrap();
        assert_eq!((response.element.as_str(), response.issuer.as_str()), ("LogoutResponse", SP));
        assert_eq!(response.in_response_to.as_deref(), Some(request.id()));
        assert_eq!(response.status, [urn::status::SUCCESS]);
        assert_eq!(response.relay_state, relay_state, "bindings 3.4.3: as it came");
        let destination = (binding != Binding::Soap).then_some(IDP_SLO_ANSWERS);
        assert_eq!(response.destination.as_deref(), destination);
    }
}

#[test]
fn each_outcome_has_its_status() {
    let stage = Stage::new();
    let request = stage.asked(&Binding::Redirect, |_| ()).unwrap();
    for (outcome, status) in [
        (LogoutOutcome::Done, vec![urn::status::SUCCESS]),
        (LogoutOutcome::Partial, vec![urn::status::SUCCESS, urn::status::PARTIAL_LOGOUT]),
        (LogoutOutcome::Failed, vec![urn::status::RESPONDER]),
    ] {
        let reply = request.respond(outcome).unwrap();
        assert_eq!(stage.test_idp.receive_logout_reply(&reply).unwrap().status, status);
    }
}

/// Where the identity provider has no endpoint of the binding that it used.
#[test]
fn the_answer_goes_where_there_is_an_endpoint() {
    let stage = Stage::new();
    let mail = stage.mail(&stage.request(&Binding::Redirect), &Binding::Redirect);
    let by_hand =
        || saml_sp::IdentityProvider::manual(IDP, "https://idp.example.com/sso", stage.test_idp.certificate()).unwrap();
    let respond = |idp: &saml_sp::IdentityProvider| {
        let ReceivedLogout::Request(request) = stage.sp.receive_logout(idp, &mail.inbound()).unwrap() else { panic!() };
        request.confirm(Seen::FirstTime).unwrap().respond(LogoutOutcome::Done)
    };
    let post = by_hand().with_slo_url(Binding::Post, IDP_SLO, None).unwrap();
    assert!(matches!(respond(&post).unwrap(), LogoutReply::Browser(Outbound::Post(form)) if form.action == IDP_SLO));
    let redirect = by_hand().with_slo_url(Binding::Redirect, IDP_SLO, None).unwrap();
    let by_post = stage.mail(&stage.request(&Binding::Post), &Binding::Post);
    let ReceivedLogout::Request(request) = stage.sp.receive_logout(&redirect, &by_post.inbound()).unwrap() else {
        panic!()
    };
    let reply = request.confirm(Seen::FirstTime).unwrap().respond(LogoutOutcome::Done).unwrap();
    assert!(matches!(reply, LogoutReply::Browser(Outbound::Redirect(url)) if url.starts_with(IDP_SLO)));
    is(respond(&by_hand()), "metadata-no-slo-endpoint", Whose::IdentityProvider, &[]);
    let http = by_hand().with_slo_url(Binding::Redirect, IDP_SLO, Some("http://idp.example.com/slo")).unwrap();
    is(respond(&http), "idp-http-endpoint", Whose::IdentityProvider, &["http://idp.example.com/slo"]);
}

#[test]
fn iip_sp16_an_encrypted_name_is_opened_by_either_key() {
    let (new, old) = (rsa_pair(), &crate::keys::Pair::rsa());
    let signs = crate::keys::Pair::ecdsa();
    for active in [old, new] {
        let other = if std::ptr::eq(active, old) { new } else { old };
        let builder = builder()
            .credential(saml_sp::Credential::active(signs.certificate()).signing(signs.signing()))
            .credential(saml_sp::Credential::active(active.certificate()).decryption(active.decryption()));
        let test_idp = || TestIdp::with_ecdsa(IDP).unwrap().clock(saml_sp::Clock::Fixed(noon())).slo_url(IDP_SLO);
        let stage = Stage::of(test_idp(), builder.clone(), |_| ());
        // The identity provider still encrypts to the key that was active when it read the metadata.
        let rolled =
            builder.credential(saml_sp::Credential::retiring(other.certificate()).decryption(other.decryption()));
        for sp in [stage.sp.clone(), rolled.build().unwrap()] {
            for binding in BINDINGS {
                let request = stage.encrypted_request(&binding);
                let mail = stage.mail(&request, &binding);
                let ReceivedLogout::Request(request) = sp.receive_logout(&stage.idp, &mail.inbound()).unwrap() else {
                    panic!()
                };
                let request = request.confirm(Seen::FirstTime).unwrap();
                assert_eq!(Some(request.name_id()), stage.session.name_id());
            }
        }
    }
}

#[test]
fn without_a_key_an_encrypted_name_is_no_name() {
    let signs = crate::keys::Pair::ecdsa();
    let stage = Stage::new();
    let request = stage.encrypted_request(&Binding::Post);
    let mail = stage.mail(&request, &Binding::Post);
    let keyless = builder()
        .credential(saml_sp::Credential::active(signs.certificate()).signing(signs.signing()))
        .build()
        .unwrap();
    let outcome = keyless.receive_logout(&stage.idp, &mail.inbound());
    is(outcome, "decrypt-no-key", Whose::ServiceProvider, &["EncryptedID"]);
}

/// GHSA-pcgw-qcv5-h8ch.
#[test]
fn sdp_sp28_sdp_sp33_unsigned_is_refused_whatever_it_is() {
    let stage = Stage::new();
    for binding in BINDINGS {
        let outcome = stage.asked(&binding, |request| request.sign = false);
        is(outcome, "signature-missing", Whose::IdentityProvider, &["LogoutRequest"]);
        let outcome = stage.answered(&binding, |response| response.sign = false);
        is(outcome, "signature-missing", Whose::IdentityProvider, &["LogoutResponse"]);
    }
}

#[test]
fn signed_by_somebody_else() {
    let stage = Stage::new();
    let mallory = TestIdp::with_ecdsa(IDP).unwrap().clock(saml_sp::Clock::Fixed(noon()));
    for (binding, code) in
        BINDINGS.into_iter().zip(["query-signature-mismatch", "signature-wrong-key", "signature-wrong-key"])
    {
        let request = mallory.logout_request(&stage.session, slo(&binding));
        let mail = match binding {
            Binding::Redirect => Mail::Query(mallory.logout_query(&request).unwrap()),
            Binding::Post => Mail::Form(mallory.logout_form(&request).unwrap()),
            _ => Mail::Soap(mallory.logout_soap(&request).unwrap()),
        };
        is(stage.receive(&mail), code, Whose::ServiceProvider, &["we trust"]);
    }
}

#[test]
fn from_another_issuer_or_none() {
    let stage = Stage::new();
    for binding in BINDINGS {
        let outcome = stage.asked(&binding, |request| request.issuer = Some("https://other.example.com".to_owned()));
        is(outcome, "issuer-mismatch", Whose::ServiceProvider, &["LogoutRequest", "https://other.example.com", IDP]);
        let outcome = stage.asked(&binding, |request| request.issuer = None);
        is(outcome, "issuer-missing", Whose::IdentityProvider, &["LogoutRequest"]);
        let outcome = stage.asked(&binding, |request| request.version = "1.1".to_owned());
        is(outcome, "version-unsupported", Whose::IdentityProvider, &["LogoutRequest", "1.1"]);
    }
}

#[test]
fn for_another_url_or_none() {
    let stage = Stage::new();
    for binding in [Binding::Redirect, Binding::Post] {
        for found in ["https://app.example.com/saml/slo/", ACS, SLO_SOAP] {
            let outcome = stage.asked(&binding, |request| request.destination = Some(found.to_owned()));
            is(outcome, "destination-mismatch", Whose::IdentityProvider, &["LogoutRequest", found, SLO]);
            let outcome = stage.answered(&binding, |response| response.destination = Some(found.to_owned()));
            is(outcome, "destination-mismatch", Whose::IdentityProvider, &["LogoutResponse", found, SLO]);
        }
        for none in [None, Some(String::new())] {
            let outcome = stage.asked(&binding, |request| request.destination = none);
            is(outcome, "destination-missing", Whose::IdentityProvider, &["LogoutRequest", SLO]);
        }
        let outcome = stage.answered(&binding, |response| response.destination = None);
        is(outcome, "destination-missing", Whose::IdentityProvider, &["LogoutResponse", SLO]);
    }
    // Nothing carries a SOAP message anywhere else; one that names another URL is still wrong.
    _ = stage.asked(&Binding::Soap, |request| request.destination = None).unwrap();
    let outcome = stage.asked(&Binding::Soap, |request| request.destination = Some(SLO.to_owned()));
    is(outcome, "destination-mismatch", Whose::IdentityProvider, &[SLO, SLO_SOAP]);
    stage.answered(&Binding::Soap, |response| response.destination = None).unwrap();
}

#[test]
fn the_hint_for_a_near_miss() {
    let stage = Stage::new();
    let near = stage.asked(&Binding::Post, |request| request.destination = Some(format!("{SLO}/"))).unwrap_err();
    assert!(near.hint().contains("trailing slash") && near.hint().contains("logout URL"), "{}", near.hint());
}

/// core 3.7.1, IIP-G01: NotOnOrAfter and the skew; and a bound where there is none.
#[test]
fn iip_g01_a_request_in_its_time() {
    let stage = Stage::new();
    let binding = Binding::Post;
    let at = |now, change: fn(&mut saml_sp::testing::Logout)| {
        let mut request = stage.request(&binding);
        change(&mut request);
        let mail = stage.mail(&request, &binding);
        stage.sp_at(now).receive_logout(&stage.idp, &mail.inbound())
    };
    let end = noon() + minutes(5) + skew();
    _ = at(end - tick(), |_| ()).unwrap();
    is(at(end, |_| ()), "logout-expired", Whose::User, &["2026-01-15T12:05:00Z", "180 s"]);
    _ = at(noon() - skew(), |_| ()).unwrap();
    is(at(noon() - skew() - tick(), |_| ()), "issued-in-future", Whose::IdentityProvider, &["LogoutRequest"]);
    let endless: fn(&mut saml_sp::testing::Logout) = |request| request.not_on_or_after = None;
    let end = noon() + minutes(60) + skew();
    _ = at(end - tick(), endless).unwrap();
    is(at(end, endless), "issued-too-long-ago", Whose::IdentityProvider, &["LogoutRequest", "3600 s"]);
    let far: fn(&mut saml_sp::testing::Logout) = |request| request.not_on_or_after = Some(noon() + days(300));
    is(at(end, far), "issued-too-long-ago", Whose::IdentityProvider, &[]);
}

#[test]
fn a_request_counts_once() {
    let stage = Stage::new();
    let seen = ReplayCache::default();
    let accepted =
        |request: &saml_sp::testing::Logout| match stage.receive(&stage.mail(request, &Binding::Redirect)).unwrap() {
            ReceivedLogout::Request(request) => request,
            ReceivedLogout::Response(_) => panic!(),
        };
    let request = stage.request(&Binding::Redirect);
    let first = accepted(&request);
    assert_eq!(first.keep_until(), noon() + minutes(5) + skew());
    _ = first.confirm_with(&seen).unwrap();
    is(accepted(&request).confirm_with(&seen), "replayed", Whose::User, &["logout request"]);
    is(accepted(&request).confirm(Seen::Before), "replayed", Whose::User, &[]);
    _ = accepted(&stage.request(&Binding::Redirect)).confirm_with(&seen).unwrap();
    let mut endless = stage.request(&Binding::Redirect);
    endless.not_on_or_after = None;
    assert_eq!(accepted(&endless).keep_until(), noon() + minutes(60) + skew());
    endless.not_on_or_after = Some(noon() + days(2));
    assert_eq!(accepted(&endless).keep_until(), noon() + minutes(60) + skew());
}

/// The ID of a request is no ID of an assertion, in one record for both.
#[test]
fn a_request_does_not_use_up_an_assertion() {
    let stage = Stage::signed_in(|answer| answer.assertion_id = "_same".to_owned());
    let seen = ReplayCache::default();
    let (mut answer, mut request) = (stage.test_idp.unsolicited(SP, ACS, "alice"), stage.request(&Binding::Post));
    (answer.assertion_id, request.id) = ("_same".to_owned(), "_same".to_owned());
    let ReceivedLogout::Request(request) = stage.receive(&stage.mail(&request, &Binding::Post)).unwrap() else {
        panic!()
    };
    _ = request.confirm_with(&seen).unwrap();
    let form = stage.test_idp.post(&answer).unwrap();
    let posted = saml_sp::PostedResponse::new(&form.saml_response, None);
    stage.sp.accept(&stage.idp, &posted, saml_sp::Expect::unsolicited(ACS)).unwrap().confirm_with(&seen).unwrap();
}

/// The identity provider of another tenant with the same entityID: signed by its own key, about anybody. The application looks among the
/// sessions of its tenant (`manual::state`); the library cannot tell the two apart.
#[test]
fn a_namesake_s_request_means_a_session_of_the_same_name() {
    let (ours, theirs) = (Stage::new(), Stage::new());
    let mail = theirs.mail(&theirs.request(&Binding::Post), &Binding::Post);
    is(ours.receive(&mail), "signature-wrong-key", Whose::ServiceProvider, &[]);
    let ReceivedLogout::Request(request) = ours.sp.receive_logout(&theirs.idp, &mail.inbound()).unwrap() else {
        panic!()
    };
    let request = request.confirm(Seen::FirstTime).unwrap();
    assert_eq!(Some(request.name_key()), ours.session.name_key());
}

/// core 3.7.3: an assertion of before the logout, presented after it.
#[test]
fn a_login_that_is_finished_after_the_logout_can_be_told() {
    let stage = Stage::signed_in(|answer| answer.session_index = Some("1".to_owned()));
    let request = stage.asked(&Binding::Redirect, |_| ()).unwrap();
    assert_eq!(request.keep_until(), noon() + minutes(5) + skew());
    let late = Stage::signed_in(|answer| answer.session_index = Some("1".to_owned()));
    assert!(request.ends(&late.session));
    let another = Stage::signed_in(|answer| answer.session_index = Some("2".to_owned()));
    assert!(!request.ends(&another.session));
}

/// core 3.7.3: all sessions of the name, or just the ones that are named.
#[test]
fn which_sessions_a_request_ends() {
    let of = |name: &str, index: Option<&str>| {
        let (name, index) = (name.to_owned(), index.map(str::to_owned));
        Stage::signed_in(|answer| {
            answer.name_id.as_mut().unwrap().value = name;
            answer.session_index = index;
        })
        .session
    };
    let stage = Stage::signed_in(|answer| answer.session_index = Some("1".to_owned()));
    let sessions: Vec<Session> =
        vec![stage.session.clone(), of("alice", Some("2")), of("alice", None), of("Alice", Some("1"))];
    let ends = |indexes: &[&str]| -> Vec<bool> {
        let indexes = indexes.iter().map(|index| (*index).to_owned()).collect();
        let request = stage.asked(&Binding::Redirect, |request| request.session_indexes = indexes).unwrap();
        for session in &sessions {
            let same = session.name_key().as_ref() == Some(&request.name_key());
            assert_eq!(same, session.name_id().unwrap().value == "alice");
        }
        sessions.iter().map(|session| request.ends(session)).collect()
    };
    assert_eq!(ends(&[]), [true, true, true, false]);
    assert_eq!(ends(&["1"]), [true, false, true, false]);
    assert_eq!(ends(&["1", "2"]), [true, true, true, false]);
    assert_eq!(ends(&["3"]), [false, false, true, false]);
    let bare = stage.asked(&Binding::Redirect, |request| {
        let name_id = request.name_id.as_mut().unwrap();
        (name_id.format, name_id.name_qualifier) = (None, Some("urn:another way to write it".to_owned()));
    });
    assert!(bare.unwrap().ends(&stage.session), "products leave format and qualifiers out");
    let other = TestIdp::with_ecdsa("https://other.example.com").unwrap();
    let elsewhere = Stage::with(other, |_| ());
    assert!(!stage.asked(&Binding::Redirect, |_| ()).unwrap().ends(&elsewhere.session));
}

#[test]
fn a_message_of_another_kind() {
    let stage = Stage::new();
    for binding in BINDINGS {
        for element in ["samlp:AuthnRequest", "saml:Assertion", "samlp:Response"] {
            let outcome = stage.asked(&binding, |request| request.element = element);
            is(outcome, "message-unexpected", Whose::IdentityProvider, &["LogoutRequest"]);
        }
    }
    // A response in the place of a request, and the reverse.
    let form = stage.test_idp.logout_form(&stage.request(&Binding::Post)).unwrap();
    let swapped = saml_sp::Inbound::form(None, form.saml_request.as_deref(), None);
    is(
        stage.sp.receive_logout(&stage.idp, &swapped),
        "message-unexpected",
        Whose::IdentityProvider,
        &["LogoutRequest", "LogoutResponse"],
    );
}

#[test]
fn a_request_that_names_nobody_or_too_much() {
    let stage = Stage::new();
    is(
        stage.asked(&Binding::Post, |request| request.name_id = None),
        "message-missing-part",
        Whose::IdentityProvider,
        &["NameID"],
    );
    let indexes = |n: usize| (0..n).map(|n| n.to_string()).collect::<Vec<_>>();
    _ = stage.asked(&Binding::Post, |request| request.session_indexes = indexes(256)).unwrap();
    is(
        stage.asked(&Binding::Post, |request| request.session_indexes = indexes(257)),
        "message-bad-value",
        Whose::IdentityProvider,
        &["257"],
    );
}

#[test]
fn a_form_with_both_or_neither() {
    let stage = Stage::new();
    let receive = |inbound: saml_sp::Inbound<'_>| stage.sp.receive_logout(&stage.idp, &inbound);
    is(receive(saml_sp::Inbound::form(Some("PGEvPg=="), Some("PGEvPg=="), None)), "two-messages", Whose::Attack, &[]);
    is(receive(saml_sp::Inbound::form(None, None, None)), "message-empty", Whose::Application, &["SAMLRequest"]);
    is(receive(saml_sp::Inbound::form(Some(""), None, None)), "message-empty", Whose::Application, &[]);
    is(receive(saml_sp::Inbound::form(Some("%"), None, None)), "message-not-base64", Whose::Application, &[]);
}

/// Bindings 3.2: one message, alone in its Body.
#[test]
fn soap_as_saml_has_it() {
    let stage = Stage::new();
    let [good, other] = [(); 2].map(|()| stage.test_idp.logout_soap(&stage.request(&Binding::Soap)).unwrap());
    let receive = |body: &str| stage.sp.receive_logout(&stage.idp, &saml_sp::Inbound::soap(body.as_bytes()));
    let with_header =
        |header: &str| replace(&good, "<soap:Body>", &format!("<soap:Header>{header}</soap:Header><soap:Body>"));
    _ = receive(&good).unwrap();
    _ = receive(&with_header("")).unwrap();
    _ = receive(&with_header("<x:h xmlns:x=\"urn:x\" soap:mustUnderstand=\"0\"/>")).unwrap();
    for (body, shows) in [
        (with_header("<x:h xmlns:x=\"urn:x\" soap:mustUnderstand=\"1\"/>"), "must be understood"),
        (replace(&good, "</soap:Body>", "<x/></soap:Body>"), "Body"),
        (replace(&good, "</soap:Body>", "</soap:Body><soap:Body/>"), "Body"),
        (
            replace(&good, "<soap:Body>", &format!("{}<soap:Body>", cut(&other, "<soap:Body>", "</soap:Body>"))),
            "the Envelope is \"Body\"",
        ),
        (replace(&good, "</soap:Body>", "</soap:Body><soap:Header/>"), "Header"),
        (
            good.replace("http://schemas.xmlsoap.org/soap/envelope/", "http://www.w3.org/2003/05/soap-envelope"),
            "SOAP 1.1",
        ),
        ("<soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"/>".to_owned(), "without a Body"),
        (
            "<soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"><soap:Body/></soap:Envelope>"
                .to_owned(),
            "empty",
        ),
    ] {
        is(receive(&body), "soap-shape", Whose::IdentityProvider, &[shows]);
    }
    is(receive(saml_sp::SOAP_FAULT), "soap-fault", Whose::IdentityProvider, &["the message was not accepted"]);
    let alone = stage.test_idp.signed_logout(&stage.request(&Binding::Soap)).unwrap();
    is(receive(&alone), "soap-shape", Whose::IdentityProvider, &["LogoutRequest"]);
}

#[test]
fn why_as_the_identity_provider_says() {
    let stage = Stage::new();
    let request = stage.asked(&Binding::Post, |request| request.reason = Some("urn:x:<why>".to_owned())).unwrap();
    assert_eq!(request.reason().map(ToString::to_string).as_deref(), Some("\"urn:x:<why>\""));
    assert_eq!(stage.asked(&Binding::Post, |_| ()).unwrap().reason(), None);
}

/// Names and messages are personal data.
#[test]
fn debug_forms_say_what_it_is_and_not_what_it_says() {
    let stage = Stage::new();
    for (binding, name) in BINDINGS.into_iter().zip(["redirect", "post", "soap"]) {
        let mail = stage.mail(&stage.request(&binding), &binding);
        let inbound = format!("{:?}", mail.inbound());
        assert!(inbound.starts_with(&format!("Inbound({name}, ")) && inbound.len() < 40, "{inbound}");
        let received = format!("{:?}", stage.receive(&mail).unwrap());
        assert!(received.contains(&format!("LogoutRequest by {name} from {IDP}")), "{received}");
        assert!(!received.contains("alice"), "{received}");
    }
    for binding in [Binding::Redirect, Binding::Post] {
        let options = saml_sp::LogoutOptions::new().binding(binding);
        let start = stage.sp.begin_logout_with(&stage.idp, &stage.session, &options).unwrap();
        let debug = format!("{:?}", start.send);
        assert!(debug.contains(IDP_SLO) && debug.ends_with(" bytes)") && debug.len() < 70, "{debug}");
    }
    let call = stage.sp.begin_logout_by_soap(&stage.idp, &stage.session, &saml_sp::LogoutOptions::new()).unwrap();
    assert_eq!(format!("{call:?}"), format!("LogoutCall({IDP_SLO}, {} bytes)", call.body.len()));
    let decoded = format!("{:?}", saml_sp::Inbound::decoded_query(&[("a", "12"), ("b", "345")]));
    assert_eq!(decoded, "Inbound(redirect, 5 bytes)");
}

/// After its metadata has ended an identity provider is nobody's, in either direction.
#[test]
fn metadata_that_has_expired() {
    let stage = Stage::new();
    let metadata = stage.test_idp.metadata().unwrap();
    let metadata =
        metadata.replacen("<md:EntityDescriptor", "<md:EntityDescriptor validUntil=\"2026-01-15T11:00:00Z\"", 1);
    let expired = saml_sp::Metadata::read(metadata.as_bytes(), saml_sp::MetadataTrust::Transport).unwrap();
    let expired = expired.only_identity_provider().unwrap();
    is(stage.sp.begin_logout(&expired, &stage.session), "metadata-expired", Whose::IdentityProvider, &["11:00:00"]);
    let mail = stage.mail(&stage.request(&Binding::Redirect), &Binding::Redirect);
    is(stage.sp.receive_logout(&expired, &mail.inbound()), "metadata-expired", Whose::IdentityProvider, &[]);
}

/// GHSA-63ch-w8pw-4mf2: what was signed stands inside something else.
#[test]
fn a_signed_request_inside_another_message() {
    let stage = Stage::new();
    let signed = stage.test_idp.signed_logout(&stage.request(&Binding::Post)).unwrap();
    let mut outer = stage.request(&Binding::Post);
    outer.sign = false;
    outer.name_id.as_mut().unwrap().value = "victim".to_owned();
    let outer = stage.test_idp.signed_logout(&outer).unwrap();
    let wrapped = replace(
        &outer,
        "</samlp:LogoutRequest>",
        &format!("<samlp:Extensions>{signed}</samlp:Extensions></samlp:LogoutRequest>"),
    );
    let field = form_value(&wrapped);
    let outcome = stage.sp.receive_logout(&stage.idp, &saml_sp::Inbound::form(Some(&field), None, None));
    is(outcome, "signature-missing", Whose::IdentityProvider, &["LogoutRequest"]);
}

/// Two hosts of one application are two service providers: what is meant for one ends nothing at the other.
#[test]
fn sdp_sp36_each_host_has_its_own_sessions() {
    let stage = Stage::new();
    let pair = crate::keys::Pair::ecdsa();
    let other =
        saml_sp::ServiceProvider::builder("https://other.example.com/saml", "https://other.example.com/saml/acs")
            .clock(saml_sp::Clock::Fixed(noon()))
            .credential(saml_sp::Credential::active(pair.certificate()).signing(pair.signing()))
            .slo_url(Binding::Redirect, "https://other.example.com/saml/slo")
            .slo_url(Binding::Post, "https://other.example.com/saml/slo")
            .build()
            .unwrap();
    for binding in [Binding::Redirect, Binding::Post] {
        let mail = stage.mail(&stage.request(&binding), &binding);
        let outcome = other.receive_logout(&stage.idp, &mail.inbound());
        is(outcome, "destination-mismatch", Whose::IdentityProvider, &[SLO, "https://other.example.com/saml/slo"]);
    }
}
