//! We ask, the identity provider answers.

use saml_sp::testing::AnswerNameId;
use saml_sp::{Binding, LogoutOptions, LogoutReason, Outbound, ReceivedLogout, ReturnTo, Session, Whose, urn};

use crate::keys::Pair;
use crate::stage::*;
use crate::world::*;

#[test]
fn iip_sp14_iip_sp15_sdp_sp25_sdp_sp32_a_logout_by_each_binding() {
    let stage = Stage::new();
    for binding in BINDINGS {
        let (pending, request) = stage.begin(&binding);
        assert_eq!((request.element.as_str(), request.issuer.as_str()), ("LogoutRequest", SP));
        assert_eq!(request.destination.as_deref(), Some(IDP_SLO), "profiles 4.4.5: requests go to Location");
        assert_eq!(request.id, pending.request_id());
        assert_eq!(request.session_indexes, stage.session.session_indexes());
        assert!(!request.session_indexes.is_empty());
        let by_browser = (binding != Binding::Soap).then(|| pending.handle().to_owned());
        assert_eq!(request.relay_state, by_browser);
        let ended = stage.answered(&binding, |_| ()).unwrap();
        assert!(ended.everywhere && ended.status.is_success());
    }
}

/// Redirect is the one that every identity provider knows (IIP-SP15).
#[test]
fn redirect_unless_the_application_chose_or_there_is_none() {
    let stage = Stage::new();
    assert!(matches!(stage.sp.begin_logout(&stage.idp, &stage.session).unwrap().send, Outbound::Redirect(_)));
    let by_hand =
        || saml_sp::IdentityProvider::manual(IDP, "https://idp.example.com/sso", stage.test_idp.certificate()).unwrap();
    let post_only = by_hand().with_slo_url(Binding::Post, IDP_SLO, None).unwrap();
    assert!(matches!(stage.sp.begin_logout(&post_only, &stage.session).unwrap().send, Outbound::Post(_)));
    is(
        stage.sp.begin_logout(&by_hand(), &stage.session),
        "metadata-no-slo-endpoint",
        Whose::IdentityProvider,
        &["SingleLogoutService", "none"],
    );
    let http = by_hand().with_slo_url(Binding::Redirect, "http://idp.example.com/slo", None).unwrap();
    is(stage.sp.begin_logout(&http, &stage.session), "idp-http-endpoint", Whose::IdentityProvider, &["http://"]);
    let artifact = LogoutOptions::new().binding(Binding::Artifact);
    is(
        stage.sp.begin_logout_with(&stage.idp, &stage.session, &artifact),
        "config-no-endpoint",
        Whose::Application,
        &["Redirect or POST"],
    );
}

/// As it was received, with every qualifier; and not encrypted.
#[test]
fn sdp_sp29_sdp_sp30_the_name_goes_back_as_it_came() {
    let stage = Stage::signed_in(|answer| {
        let name_id: &mut AnswerNameId = answer.name_id.as_mut().unwrap();
        name_id.value = " A&b <\u{1f600}>\t".to_owned();
        name_id.format = Some(urn::name_id_format::PERSISTENT.to_owned());
        name_id.name_qualifier = Some(IDP.to_owned());
        name_id.sp_name_qualifier = Some("urn:affiliation".to_owned());
    });
    // Through the application's store.
    let session = Session::from_bytes(&stage.session.to_bytes().unwrap()).unwrap();
    for binding in [Binding::Redirect, Binding::Post] {
        let options = LogoutOptions::new().binding(binding);
        let send = stage.sp.begin_logout_with(&stage.idp, &session, &options).unwrap().send;
        let name_id = stage.test_idp.receive_logout(&send).unwrap().name_id.unwrap();
        assert_eq!(
            name_id,
            "<saml:NameID NameQualifier=\"https://idp.example.com/metadata\" SPNameQualifier=\"urn:affiliation\" \
             Format=\"urn:oasis:names:tc:SAML:2.0:nameid-format:persistent\"> A&amp;b &lt;\u{1f600}&gt;\t</saml:NameID>"
        );
    }
}

/// The attribute that nobody sends, and that belongs to the name all the same.
#[test]
fn sdp_sp29_so_does_the_name_that_we_gave() {
    let given = |xml: String| replace(&xml, "<saml:NameID ", "<saml:NameID SPProvidedID=\"A&amp;b\" ");
    let login = accepts(World::new().written(saml_sp::testing::Sign::Assertion, |_| (), given));
    let session = Session::from_bytes(&login.session.to_bytes().unwrap()).unwrap();
    let stage = Stage::new();
    let send = stage.sp.begin_logout(&stage.idp, &session).unwrap().send;
    let name_id = stage.test_idp.receive_logout(&send).unwrap().name_id.unwrap();
    assert!(name_id.contains(" SPProvidedID=\"A&amp;b\"") && name_id.ends_with(">alice</saml:NameID>"), "{name_id}");
}

#[test]
fn what_the_application_says_goes_along() {
    let stage = Stage::new();
    let options = LogoutOptions::new()
        .reason(LogoutReason::User)
        .session_index("of another browser")
        .session_index(stage.session.session_indexes()[0].clone())
        .return_to(ReturnTo::path("/bye").unwrap())
        .tag("tenant 7");
    let start = stage.sp.begin_logout_with(&stage.idp, &stage.session, &options).unwrap();
    let request = stage.test_idp.receive_logout(&start.send).unwrap();
    assert_eq!(request.session_indexes, [stage.session.session_indexes()[0].as_str(), "of another browser"]);
    assert!(request.xml.contains(" Reason=\"urn:oasis:names:tc:SAML:2.0:logout:user\""), "{}", request.xml);
    assert!(request.xml.contains(" NotOnOrAfter=\"2026-01-15T12:05:00Z\""), "{}", request.xml);
    let response = stage.test_idp.logout_response(&request, SLO);
    let ReceivedLogout::Response(answer) = stage.receive(&stage.mail(&response, &Binding::Redirect)).unwrap() else {
        panic!()
    };
    assert_eq!(answer.relay_state(), Some(start.pending.handle()));
    assert_eq!(start.pending.tag(), Some("tenant 7"));
    let ended = answer.accept(start.pending).unwrap();
    assert_eq!((ended.return_to.unwrap().as_str(), ended.tag.as_deref()), ("/bye", Some("tenant 7")));
    let admin = LogoutOptions::new().reason(LogoutReason::Admin);
    let send = stage.sp.begin_logout_with(&stage.idp, &stage.session, &admin).unwrap().send;
    assert!(stage.test_idp.receive_logout(&send).unwrap().xml.contains("logout:admin"));
}

#[test]
fn a_session_that_cannot_be_named_or_belongs_elsewhere() {
    let nameless = Stage::signed_in(|answer| answer.name_id = None);
    is(
        nameless.sp.begin_logout(&nameless.idp, &nameless.session),
        "config-no-name-id",
        Whose::Application,
        &["NameID"],
    );
    let stage = Stage::new();
    let other = saml_sp::testing::TestIdp::with_ecdsa("https://other.example.com").unwrap().slo_url(IDP_SLO);
    is(
        stage.sp.begin_logout(&other.identity_provider().unwrap(), &stage.session),
        "wrong-idp",
        Whose::Application,
        &["session", IDP, "https://other.example.com"],
    );
    let long = LogoutOptions::new().tag("t".repeat(257));
    is(stage.sp.begin_logout_with(&stage.idp, &stage.session, &long), "config-too-long", Whose::Application, &["257"]);
    let unwritable = LogoutOptions::new().session_index("\u{1}");
    is(
        stage.sp.begin_logout_with(&stage.idp, &stage.session, &unwritable),
        "config-unwritable",
        Whose::Application,
        &[],
    );
}

/// core 3.2.2.2: told apart, under Success and under Responder alike.
#[test]
fn partial_logout_is_told_apart() {
    let stage = Stage::new();
    for top in [urn::status::SUCCESS, urn::status::RESPONDER] {
        let status = [top, urn::status::PARTIAL_LOGOUT].map(str::to_owned).to_vec();
        let ended = stage.answered(&Binding::Redirect, |response| response.status = status).unwrap();
        assert!(!ended.everywhere);
    }
    let status = vec![urn::status::RESPONDER.to_owned(), urn::status::REQUEST_DENIED.to_owned()];
    is(
        stage.answered(&Binding::Redirect, |response| response.status = status),
        "status-not-success",
        Whose::IdentityProvider,
        &["RequestDenied"],
    );
}

#[test]
fn an_answer_to_something_else() {
    let stage = Stage::new();
    for binding in BINDINGS {
        is(
            stage.answered(&binding, |response| response.in_response_to = Some("_other".to_owned())),
            "in-response-to-mismatch",
            Whose::User,
            &["LogoutResponse", "_other"],
        );
        is(
            stage.answered(&binding, |response| response.in_response_to = None),
            "in-response-to-missing",
            Whose::IdentityProvider,
            &[],
        );
    }
}

/// What a pending logout was made for: this service provider, this identity provider, its time.
#[test]
fn a_pending_logout_answers_for_its_own_request_only() {
    let stage = Stage::new();
    let (_, request) = stage.begin(&Binding::Redirect);
    let response = stage.test_idp.logout_response(&request, SLO);
    let mail = stage.mail(&response, &Binding::Redirect);
    let answer = |sp: &saml_sp::ServiceProvider| match sp.receive_logout(&stage.idp, &mail.inbound()).unwrap() {
        ReceivedLogout::Response(answer) => answer,
        ReceivedLogout::Request(_) => panic!(),
    };
    let pending = || stage.begin(&Binding::Redirect).0;
    let late = stage.sp_at(noon() + minutes(60));
    is(answer(&late).accept(pending()), "pending-expired", Whose::User, &["logout"]);
    let in_time = stage.sp_at(noon() + minutes(60) - tick());
    is(answer(&in_time).accept(pending()), "in-response-to-mismatch", Whose::User, &[]);

    let mut other = saml_sp::testing::TestIdp::with_ecdsa("https://other.example.com").unwrap().slo_url(IDP_SLO);
    other = other.clock(saml_sp::Clock::Fixed(noon()));
    let elsewhere = Stage::of(other, stage.builder.clone(), |_| ());
    is(
        answer(&stage.sp).accept(elsewhere.begin(&Binding::Redirect).0),
        "wrong-idp",
        Whose::Application,
        &["logout", "https://other.example.com"],
    );
    let pair = Pair::ecdsa();
    let namesake = saml_sp::ServiceProvider::builder("https://app.example.com/other", ACS)
        .slo_url(Binding::Redirect, SLO)
        .clock(saml_sp::Clock::Fixed(noon()))
        .credential(saml_sp::Credential::active(pair.certificate()).signing(pair.signing()))
        .build()
        .unwrap();
    let pending = namesake.begin_logout(&stage.idp, &stage.session).unwrap().pending;
    is(answer(&stage.sp).accept(pending), "wrong-sp", Whose::Application, &["logout", "https://app.example.com/other"]);
    let none = answer(&stage.sp).without_pending();
    is_error(&none, "pending-missing", Whose::Application, &["logout"]);
}

/// Another tenant registered the entityID that was asked, with a key of its own.
#[test]
fn a_namesake_does_not_answer_for_the_one_that_was_asked() {
    let (asked, namesake) = (Stage::new(), Stage::new());
    let (pending, request) = asked.begin(&Binding::Post);
    let mail = namesake.mail(&namesake.test_idp.logout_response(&request, SLO), &Binding::Post);
    let received = asked.sp.receive_logout(&namesake.idp, &mail.inbound()).unwrap();
    let ReceivedLogout::Response(answer) = received else { panic!() };
    is(answer.accept(pending), "idp-keys-changed", Whose::Application, &["logout", IDP]);
}

#[test]
fn sdp_sp28_signed_by_a_key_elsewhere() {
    let pair = Pair::ecdsa();
    let hsm = pair.hsm();
    let credential = saml_sp::Credential::active(pair.certificate()).signing_elsewhere(hsm.algorithm());
    let test_idp = saml_sp::testing::TestIdp::with_ecdsa(IDP).unwrap();
    let test_idp = test_idp.clock(saml_sp::Clock::Fixed(noon())).slo_url(IDP_SLO);
    let stage = Stage::of(test_idp, builder().credential(credential), |_| ());
    is(stage.sp.begin_logout(&stage.idp, &stage.session), "config-signing-key-elsewhere", Whose::Application, &[]);
    for binding in [Binding::Redirect, Binding::Post] {
        let options = LogoutOptions::new().binding(binding.clone());
        let to_sign = stage.sp.begin_logout_to_sign(&stage.idp, &stage.session, &options).unwrap();
        let signature = hsm.sign(to_sign.octets());
        stage.test_idp.receive_logout(&to_sign.finish(&signature).unwrap().send).unwrap();

        let request = stage.asked(&binding, |_| ()).unwrap();
        let to_sign = request.respond_to_sign(saml_sp::LogoutOutcome::Done).unwrap();
        let signature = hsm.sign_as_der(to_sign.octets());
        stage.test_idp.receive_logout_reply(&to_sign.finish(&signature).unwrap()).unwrap();
    }
    let to_sign = stage.sp.begin_logout_by_soap_to_sign(&stage.idp, &stage.session, &LogoutOptions::new()).unwrap();
    let signature = hsm.sign(to_sign.octets());
    let call = to_sign.finish(&signature).unwrap();
    assert_eq!(call.url, IDP_SLO);
    stage.test_idp.receive_logout_call(&call).unwrap();
}

/// The identity provider, with these keys to encrypt to in its metadata.
fn with_encryption_keys(stage: &Stage, pairs: &[&Pair]) -> saml_sp::IdentityProvider {
    let descriptor = |pair: &&Pair| {
        format!(
            "<md:KeyDescriptor use=\"encryption\"><ds:KeyInfo xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"><ds:X509Data>\
             <ds:X509Certificate>{}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>",
            pair.certificate_base64()
        )
    };
    let keys: String = pairs.iter().map(descriptor).collect();
    let metadata = stage.test_idp.metadata().unwrap();
    let first = metadata.find("<md:KeyDescriptor").unwrap();
    let metadata = [&metadata[..first], &keys, &metadata[first..]].concat();
    let metadata = saml_sp::Metadata::read(metadata.as_bytes(), saml_sp::MetadataTrust::Transport).unwrap();
    metadata.only_identity_provider().unwrap()
}

/// The name in an EncryptedID of ours, for whoever has this key.
fn opened_by(stage: &Stage, theirs: &Pair, encrypted: &str) -> Result<saml_sp::NameId, saml_sp::Error> {
    let mut request = stage.request(&Binding::Post);
    let opens = Pair::ecdsa();
    let other_end = builder()
        .credential(saml_sp::Credential::active(opens.certificate()).signing(opens.signing()))
        .decryption_key(theirs.decryption())
        .build()
        .unwrap();
    request.sign = false;
    let plain = stage.test_idp.signed_logout(&request).unwrap();
    let name_id = cut(&plain, "<saml:NameID", "</saml:NameID>").to_owned();
    let signed = stage.test_idp.sign_element(&replace(&plain, &name_id, encrypted), &request.id).unwrap();
    let field = form_value(&signed);
    match other_end.receive_logout(&stage.idp, &saml_sp::Inbound::form(Some(&field), None, None))? {
        ReceivedLogout::Request(request) => Ok(request.confirm(saml_sp::Seen::FirstTime)?.name_id().clone()),
        ReceivedLogout::Response(_) => panic!("it is a request"),
    }
}

/// Those that will not do stand in front, and do not hide the others.
#[test]
fn iip_md08_of_several_keys_of_theirs_one_that_can_be_encrypted_to() {
    let stage = Stage::new();
    let (curve, small, one, two) = (Pair::ecdsa(), Pair::small_rsa(), Pair::rsa(), Pair::rsa());
    let idp = with_encryption_keys(&stage, &[&curve, &small, &one, &two]);
    assert_eq!(idp.encryption_certificates().len(), 4);
    let options = LogoutOptions::new().binding(Binding::Post).encrypt_name_id();
    let start = stage.sp.begin_logout_with(&idp, &stage.session, &options).unwrap();
    let sent = stage.test_idp.receive_logout(&start.send).unwrap();
    assert_eq!((sent.name_id, sent.xml.matches("<saml:EncryptedID").count()), (None, 1));
    let encrypted = cut(&sent.xml, "<saml:EncryptedID", "</saml:EncryptedID>");
    let opened = [&one, &two].map(|pair| opened_by(&stage, pair, encrypted).ok());
    assert_eq!(opened.into_iter().flatten().collect::<Vec<_>>(), [stage.session.name_id().unwrap().clone()]);
}

/// The other end of what we encrypt is played by a second service provider, which opens names in logout requests.
#[test]
fn iip_alg04_iip_alg06_an_encrypted_name_where_the_application_asks() {
    let stage = Stage::new();
    let options = LogoutOptions::new().binding(Binding::Post).encrypt_name_id();
    is(
        stage.sp.begin_logout_with(&stage.idp, &stage.session, &options),
        "config-no-encryption-key",
        Whose::Application,
        &[IDP],
    );
    let publish = |pair: &Pair| with_encryption_keys(&stage, &[pair]);
    // Nothing can be encrypted to a key on a curve, and nothing is to one that is within reach.
    for weak in [Pair::ecdsa(), Pair::small_rsa()] {
        is(
            stage.sp.begin_logout_with(&publish(&weak), &stage.session, &options),
            "config-no-encryption-key",
            Whose::Application,
            &["2048"],
        );
    }
    let theirs = rsa_pair();
    let start = stage.sp.begin_logout_with(&publish(theirs), &stage.session, &options).unwrap();
    let sent = stage.test_idp.receive_logout(&start.send).unwrap();
    assert_eq!(sent.name_id, None);
    assert!(!sent.xml.contains("alice"), "{}", sent.xml);
    let encrypted = cut(&sent.xml, "<saml:EncryptedID", "</saml:EncryptedID>");
    assert_eq!(Some(&opened_by(&stage, theirs, encrypted).unwrap()), stage.session.name_id());
}

/// What comes back on a connection of ours arrives at no URL of ours, whatever it names.
#[test]
fn an_answer_by_soap_has_no_destination_to_be_wrong() {
    let stage = Stage::new();
    let elsewhere = "https://app.example.com/elsewhere".to_owned();
    let ended = stage.answered(&Binding::Soap, |response| response.destination = Some(elsewhere));
    assert!(ended.unwrap().everywhere);
    let pair = Pair::ecdsa();
    let without_url = saml_sp::ServiceProvider::builder(SP, ACS)
        .clock(saml_sp::Clock::Fixed(noon()))
        .credential(saml_sp::Credential::active(pair.certificate()).signing(pair.signing()))
        .build()
        .unwrap();
    let call = without_url.begin_logout_by_soap(&stage.idp, &stage.session, &LogoutOptions::new()).unwrap();
    let mut test_idp = saml_sp::testing::TestIdp::with_ecdsa(IDP).unwrap().clock(saml_sp::Clock::Fixed(noon()));
    test_idp.know(&without_url.metadata().to_xml().unwrap()).unwrap();
    let request = test_idp.receive_logout_call(&call).unwrap();
    let body = stage.test_idp.logout_soap(&stage.test_idp.logout_response(&request, SLO)).unwrap();
    let received = without_url.receive_logout(&stage.idp, &saml_sp::Inbound::soap(body.as_bytes())).unwrap();
    let ReceivedLogout::Response(answer) = received else { panic!() };
    assert!(answer.accept(call.pending).unwrap().everywhere);
}
