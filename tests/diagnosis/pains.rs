//! The twenty things that people ask about most, whatever the toolkit: each is produced, and the error has both sides and
//! says what to do.

use saml_sp::testing::{Answer, Encrypted, Encryption, Sign, TestIdp};
use saml_sp::{
    AttributeMap, Certificate, Error, Expect, Field, Inbound, LoginOptions, Metadata, MetadataTrust, NameIdPolicy,
    Outcome, PostedResponse, ReceivedLogout, RequestedAuthnContext, SealKeys, urn,
};

use crate::keys::Pair;
use crate::world::*;

/// The error has this code, shows these texts, and its hint these. The most telling line of the report is the same.
#[track_caller]
fn says(outcome: Outcomes, code: &str, shows: &[&str], hints: &[&str]) {
    let rejected = outcome.expect_err("accepted");
    says_error(&rejected.error, code, shows, hints);
    let cause = *rejected.report.causes().first().unwrap();
    assert_eq!(cause.code, code, "{}", rejected.report);
    assert_eq!((&cause.message, &cause.hint), (&rejected.error.to_string(), &rejected.error.hint()));
    assert_eq!(cause.whose, rejected.error.whose());
}

#[track_caller]
fn says_error(error: &Error, code: &str, shows: &[&str], hints: &[&str]) {
    assert_eq!(error.code(), code, "{error}");
    for part in shows {
        assert!(error.to_string().contains(part), "{error} does not show {part}");
    }
    for part in hints {
        assert!(error.hint().contains(part), "{} does not show {part}", error.hint());
    }
}

/// Signed by another key, the digest is right; altered, it is wrong. Both certificates are shown with their dates.
#[test]
fn pain_01_invalid_signature() {
    let world = World::new();
    let other = TestIdp::with_ecdsa(IDP).unwrap();
    let (pending, request) = world.begin();
    let xml = other.sign(&world.test_idp.answer(&request, "alice")).unwrap();
    let theirs = other.identity_provider().unwrap();
    let (carried, trusted) = (theirs.signing_keys()[0].to_string(), world.idp.signing_keys()[0].to_string());
    let rejected = world.take(&xml, Expect::AnswerTo(pending)).unwrap_err();
    let signature = &rejected.report.signatures()[0];
    assert_eq!((signature.element, signature.digest_matches), ("Assertion", Some(true)));
    let shown = rejected.report.to_string();
    for certificate in [&theirs.certificates()[0], &world.idp.certificates()[0]] {
        assert!(shown.contains(&certificate.sha256().to_string()), "{shown}");
        assert!(shown.contains(&certificate.not_after().format("%Y-%m-%dT%H:%M:%SZ").to_string()), "{shown}");
    }
    says(Err(rejected), "signature-wrong-key", &[&carried, &trusted], &["unaltered", "import its metadata again"]);

    let altered = world.answered_with(|_| (), |xml| replace(&xml, ">alice<", ">admin<"));
    let report = &altered.as_ref().unwrap_err().report;
    assert_eq!(report.signatures()[0].digest_matches, Some(false));
    says(altered, "digest-mismatch", &["Assertion"], &["changed after signing"]);
}

/// Either is enough here. Where neither is signed, or CBC needs the other one, the switch of the product is named.
#[test]
fn pain_02_assertion_signed_or_response_signed() {
    let world = World::new();
    for (sign, signed) in [(Sign::Assertion, "Assertion"), (Sign::Response, "Response")] {
        let accepted = world.answered(|answer| answer.sign = sign).unwrap();
        assert_eq!(accepted.proofs().iter().map(|proof| proof.element).collect::<Vec<_>>(), [signed]);
    }
    let unsigned = world.answered(|answer| answer.sign = Sign::Nothing);
    says(
        unsigned,
        "signature-missing",
        &["neither the Response nor the Assertion"],
        &["Signing Option", "Signed response"],
    );
    let pair = Pair::rsa();
    let key = pair.decryption();
    let world = World::new().built(|builder| builder.decryption_key(pair.decryption()));
    let outcome = world.answered(|answer| {
        let mut encryption = Encryption::of(Encrypted::Assertion, &key);
        encryption.content = "http://www.w3.org/2001/04/xmlenc#aes256-cbc".to_owned();
        answer.encryption = vec![encryption];
    });
    let hints = ["Sign SAML response and assertion", "SamlResponseSignature MessageAndAssertion"];
    says(outcome, "decrypt-unauthenticated-cbc", &["AES-256-CBC", "no verified signature"], &hints);
}

/// A proxy that ends TLS, another port, another host: the one configured URL is compared, and what differs is said.
#[test]
fn pain_03_a_proxy_changed_the_url() {
    for (found, difference) in [
        ("http://app.example.com/saml/acs", "they differ only by http and https"),
        ("https://app.example.com:8443/saml/acs", "they differ only by the port"),
        ("http://app.example.com:8080/saml/acs", "they differ only by http and https and the port"),
        ("https://internal.example.com/saml/acs", "they differ only by the host name"),
        ("https://app.example.com/saml/acs/", "they differ only by a trailing slash"),
        ("https://app.example.com/SAML/acs", "they differ only by letter case"),
    ] {
        let hints = [difference, "a proxy that ends TLS", ACS];
        let outcome = World::new().answered(|answer| answer.destination = Some(found.to_owned()));
        says(outcome, "destination-mismatch", &[found, ACS, difference], &hints);
        let outcome = World::new().answered(|answer| answer.confirmations[0].recipient = Some(found.to_owned()));
        says(outcome, "recipient-mismatch", &[found, ACS, difference], &hints);
    }
}

/// The new key is seen in the metadata before it signs; and where nobody looked, the error names both.
#[test]
fn pain_04_the_certificate_was_rolled() {
    let mut test_idp = TestIdp::with_ecdsa(IDP).unwrap();
    let before = test_idp.identity_provider().unwrap();
    test_idp.publish_next_key().unwrap();
    let after = test_idp.identity_provider().unwrap();
    let changes = before.diff(&after).unwrap();
    let new = changes.added_keys()[0].to_string();
    assert!(changes.removed_keys().is_empty());
    test_idp.sign_with_next_key();
    let mut world = World::of(test_idp);
    world.idp = before;
    let old = world.idp.signing_keys()[0].to_string();
    says(world.answered(|_| ()), "signature-wrong-key", &[&old, &new], &["rolled its certificate", "beside the old"]);
    world.idp = after;
    accepts(world.answered(|_| ()));
}

#[test]
fn pain_05_the_audience_is_nearly_ours() {
    for (found, difference) in [
        ("https://app.example.com/saml/".to_owned(), "trailing slash"),
        ("http://app.example.com/saml".to_owned(), "http and https"),
        ("https://app.example.com/SAML".to_owned(), "letter case"),
        (format!("spn:{SP}"), "prefix spn:"),
    ] {
        let outcome = World::new().answered(|answer| answer.audience_restrictions = vec![vec![found.clone()]]);
        says(outcome, "audience-mismatch", &[&found, SP], &[difference, SP]);
    }
    let outcome = World::new().answered(|answer| answer.audience_restrictions = vec![vec!["urn:other".to_owned()]]);
    says(outcome, "audience-mismatch", &["urn:other", SP], &["for another application"]);
}

/// By how much, and the skew that would have let it pass; which it does.
#[test]
fn pain_06_the_clock_is_ahead() {
    let ahead = |answer: &mut Answer| answer.not_before = Some(noon() + chrono::Duration::milliseconds(200_031));
    let hints = ["ahead of ours by at least 201 s", "a skew of 201 s would have let it pass (it is 180 s)"];
    says(World::new().answered(ahead), "conditions-window", &["12:03:20.031Z", "12:00:00Z", "skew 180 s"], &hints);
    accepts(World::new().built(|builder| builder.skew(chrono::Duration::seconds(201))).answered(ahead));
    let issued = World::new().answered(|answer| answer.issue_instant = noon() + minutes(4));
    says(issued, "issued-in-future", &["12:04:00Z", "12:00:00Z"], &["240 s would have let it pass"]);
    let late = World::new().at(noon() + minutes(9)).answered(|_| ());
    says(late, "confirmation-window", &["12:05:00Z", "12:09:00Z"], &["It ended 240 s ago"]);
}

/// AD FS and Entra ID escape in lower case, and sign that.
#[test]
fn pain_07_lower_case_escapes_in_signed_queries() {
    let world = World::of(TestIdp::with_ecdsa(IDP).unwrap().slo_url("https://idp.example.com/slo"));
    let slo = "https://app.example.com/saml/slo";
    let credential = saml_sp::testing::signing_credential().unwrap();
    let sp = world.builder.clone().credential(credential).slo_url(urn::Binding::Redirect, slo);
    let sp = sp.clock(saml_sp::Clock::Fixed(noon())).build().unwrap();
    let (_, request) = world.begin();
    let logout = world.test_idp.logout_of(&world.test_idp.answer(&request, "alice"), slo);
    let query = world.test_idp.logout_query(&logout).unwrap();
    let octets = query.split("&Signature=").next().unwrap();
    let lower: String = octets
        .split('%')
        .enumerate()
        .map(
            |(at, part)| {
                if at == 0 { part.to_owned() } else { format!("%{}{}", part[..2].to_lowercase(), &part[2..]) }
            },
        )
        .collect();
    assert_ne!(lower, octets);
    let query = world.test_idp.sign_query(lower).unwrap();
    assert!(matches!(sp.receive_logout(&world.idp, &Inbound::query(&query)), Ok(ReceivedLogout::Request(_))));
    // Escaped anew on its way, which is what frameworks do that hand over decoded parameters.
    let query = query.replace("%2b", "%2B").replace("%2f", "%2F").replace("%3d", "%3D").replace("%3a", "%3A");
    let error = sp.receive_logout(&world.idp, &Inbound::query(&query)).unwrap_err();
    let key = world.idp.signing_keys()[0].to_string();
    says_error(&error, "query-signature-mismatch", &[&key], &["before any decoding", "encoded it anew"]);
}

#[test]
fn pain_08_the_state_was_lost() {
    let world = World::new();
    let keys = SealKeys::new([7; 32]);
    let (pending, request) = world.begin();
    let handle = pending.handle().to_owned();
    let posted = PostedResponse::new("", Some(&handle));
    let missing = |cookies| world.sp().pending_from_cookies(&keys, cookies, &posted).unwrap_err();
    says_error(&missing(None), "pending-missing", &["sent no cookies"], &["SameSite=None", "Never fall back"]);
    says_error(&missing(Some("a=b")), "pending-missing", &["no cookie for it"], &["SameSite=None"]);
    // Another tab's login is found instead.
    let other = world.begin().0;
    let wanted = other.request_id().to_owned();
    let xml = world.test_idp.sign(&world.test_idp.answer(&request, "alice")).unwrap();
    let outcome = world.take(&xml, Expect::AnswerTo(other));
    says(outcome, "in-response-to-mismatch", &[&request.id, &wanted], &["two tabs", "start again"]);
}

#[test]
fn pain_09_the_requested_authentication_context() {
    let class = urn::authn_context::PASSWORD_PROTECTED_TRANSPORT;
    let world = World::asking(LoginOptions::new().requested_authn_context(RequestedAuthnContext::exact([class])));
    let (pending, request) = world.begin();
    let failure = |message: Option<&str>, codes: [&str; 2]| {
        let mut answer = world.test_idp.failure(&request, codes);
        answer.status_message = message.map(str::to_owned);
        world.test_idp.sign(&answer).unwrap()
    };
    let no_context = failure(None, [urn::status::RESPONDER, urn::status::NO_AUTHN_CONTEXT]);
    let says_what_was_asked = ["NoAuthnContext", "we asked for", class];
    says(
        world.take(&no_context, Expect::AnswerTo(pending)),
        "status-not-success",
        &says_what_was_asked,
        &["Ask for none"],
    );
    let text = "AADSTS75011: Authentication method 'X509, MultiFactor' by which the user authenticated doesn't match";
    let entra = failure(Some(text), [urn::status::RESPONDER, urn::status::NO_AUTHN_CONTEXT]);
    let pending = saml_sp::testing::pending_login(&world.sp_at(world.begun), &world.idp, &request.id).unwrap();
    let hints = ["Entra ID", "no authentication context"];
    says(world.take(&entra, Expect::AnswerTo(pending)), "status-not-success", &["AADSTS75011"], &hints);
}

/// Keycloak sends one element for each value.
#[test]
fn pain_10_repeated_attributes_are_one_with_all_values() {
    let outcome = World::new().answered(|answer| {
        answer.attribute("Role", ["admin"]).attribute("mail", ["a@example.com"]).attribute("Role", ["user", "admin"]);
    });
    let identity = accepts(outcome).identity;
    assert_eq!(identity.attribute_values("Role").collect::<Vec<_>>(), ["admin", "user", "admin"]);
    assert_eq!(identity.attributes().len(), 2);
}

/// The names that did arrive are there, the values are not.
#[test]
fn pain_11_the_email_is_missing() {
    let world = World::new();
    let identity = accepts(world.answered(|answer| {
        answer.attribute("urn:example:primary-address", ["alice@example.com"]).attribute("role", ["secret"]);
    }))
    .identity;
    let error = AttributeMap::new().require(Field::Email).read(&identity, &world.idp).unwrap_err();
    let shows = ["email", "emailaddress", "urn:oid:0.9.2342.19200300.100.1.3", "urn:example:primary-address", "role"];
    says_error(&error, "attribute-missing", &shows, &["AttributeMap::alias"]);
    assert!(!format!("{error} {error:?} {}", error.hint()).contains("alice@example.com"));
    let map = AttributeMap::new().alias(Field::Email, "urn:example:primary-address").require(Field::Email);
    assert_eq!(map.read(&identity, &world.idp).unwrap().get(&Field::Email), Some("alice@example.com"));
}

#[test]
fn pain_12_a_pasted_certificate() {
    let body = TestIdp::with_ecdsa(IDP).unwrap().certificate();
    let certificate = Certificate::from_pasted(&body).unwrap().certificate;
    let lines: Vec<&str> = body.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    let pem = format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", lines.join("\n"));
    let pastes = [
        body.clone(),
        pem.replace('\n', "\r\n"),
        pem.replace('\n', " "),
        format!("  {body}\n\n"),
        format!("Certificate:\n    Data:\n        Version: 3 (0x2)\n{pem}"),
        format!("{pem}{pem}"),
    ];
    for paste in pastes {
        assert_eq!(Certificate::from_pasted(&paste).unwrap().certificate, certificate, "{paste}");
    }
    let error = Certificate::from_pasted("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----").unwrap_err();
    assert!(error.to_string().contains("bare public key") && !error.hint().is_empty(), "{error}: {}", error.hint());
}

/// Entra ID and AD FS put roles of WS-Federation before the one of SAML.
#[test]
fn pain_13_metadata_with_roles_of_other_protocols() {
    let world = World::new();
    let metadata = world.test_idp.metadata().unwrap();
    let role = r#"<md:RoleDescriptor xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
        xmlns:fed="http://docs.oasis-open.org/wsfed/federation/200706" xsi:type="fed:SecurityTokenServiceType"
        protocolSupportEnumeration="http://docs.oasis-open.org/wsfed/federation/200706"/>"#;
    let metadata = metadata.replacen("<md:IDPSSODescriptor", &format!("{role}<md:IDPSSODescriptor"), 1);
    assert!(metadata.contains("fed:SecurityTokenServiceType"));
    let read = Metadata::read(metadata.as_bytes(), MetadataTrust::Transport).unwrap();
    assert_eq!(read.only_identity_provider().unwrap().signing_keys(), world.idp.signing_keys());
    let only = Metadata::read(
        format!(r#"<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="urn:x">{role}</md:EntityDescriptor>"#).as_bytes(),
        MetadataTrust::Transport,
    );
    let error = only.and_then(|metadata| metadata.only_identity_provider()).unwrap_err();
    says_error(&error.into(), "metadata-no-idp", &[], &["IDPSSODescriptor"]);
}

/// Metadata says itself when to fetch it again, and what was not fetched in time is said.
#[test]
fn pain_14_metadata_is_configuration_and_is_refreshed() {
    let world = World::new();
    let metadata = world.test_idp.metadata().unwrap();
    let with = |attributes: &str| {
        let text = metadata.replacen("<md:EntityDescriptor ", &format!("<md:EntityDescriptor {attributes} "), 1);
        Metadata::read(text.as_bytes(), MetadataTrust::Transport).unwrap().only_identity_provider().unwrap()
    };
    assert_eq!(with("cacheDuration=\"PT6H\"").refresh_after(), Some(chrono::Duration::hours(6)));
    let mut world = world;
    world.idp = with("validUntil=\"2026-01-15T11:00:00Z\"");
    let error = world.sp().begin_login(&world.idp).unwrap_err();
    says_error(&error, "metadata-expired", &["2026-01-15T11:00:00Z", "2026-01-15T12:00:00Z"], &["again"]);
}

#[test]
fn pain_15_several_identity_providers() {
    let (a, b) = (World::new(), World::of(TestIdp::with_ecdsa("https://other.example.net/idp").unwrap()));
    let (pending, request) = a.begin();
    let xml = a.test_idp.sign(&a.test_idp.answer(&request, "alice")).unwrap();
    let outcome = b.take(&xml, Expect::AnswerTo(pending));
    says(outcome, "wrong-idp", &[IDP, "https://other.example.net/idp"], &["tenant of the pending login"]);
}

/// No library of the system by default: a compiler builds it.
#[test]
fn pain_16_nothing_native_to_install() {
    let manifest = include_str!("../../Cargo.toml");
    assert!(manifest.contains("\ndefault = []\n"));
    for library in ["libxml", "xmlsec"] {
        let line = manifest.lines().find(|line| line.starts_with(&format!("{library} = {{"))).unwrap();
        assert!(line.contains("optional = true"), "{line}");
    }
}

#[test]
fn pain_17_encrypted_by_an_algorithm_we_do_not_have() {
    let pair = Pair::rsa();
    let key = pair.decryption();
    let world = World::new().built(|builder| builder.decryption_key(pair.decryption()));
    let unknown = "http://www.w3.org/2001/04/xmldsig-more#camellia256-cbc";
    let outcome = world.answered_with(
        |answer| answer.encryption = vec![Encryption::of(Encrypted::Assertion, &key)],
        |xml| xml.replacen("http://www.w3.org/2009/xmlenc11#aes128-gcm", unknown, 1),
    );
    says(outcome, "decrypt-algorithm-unknown", &[unknown, "AES-GCM"], &["AES-GCM and RSA-OAEP"]);
    let none = World::new().answered(|answer| answer.encryption = vec![Encryption::of(Encrypted::Assertion, &key)]);
    says(none, "decrypt-no-key", &["EncryptedAssertion", "no decryption key"], &["Credential", "token encryption off"]);
}

/// The whole tree of codes, and where the reason is.
#[test]
fn pain_18_responder_and_nothing_else() {
    let world = World::new();
    for (codes, hint) in [
        (vec![urn::status::RESPONDER], "AD FS: the event log"),
        (vec![urn::status::RESPONDER, urn::status::INVALID_NAME_ID_POLICY], "AD FS: a claim rule"),
        (vec![urn::status::REQUESTER], "unknown entity ID or ACS URL"),
        (vec![urn::status::RESPONDER, urn::status::AUTHN_FAILED], "assign the user"),
        (vec![urn::status::AUTHN_FAILED], "assign the user"),
        (vec![urn::status::RESPONDER, urn::status::REQUEST_DENIED], "in its log"),
    ] {
        let (pending, request) = world.begin();
        let xml = world.test_idp.sign(&world.test_idp.failure(&request, codes.clone())).unwrap();
        says(world.take(&xml, Expect::AnswerTo(pending)), "status-not-success", &codes, &[hint]);
    }
}

/// Another door, never opened by accident, and no RelayState is followed.
#[test]
fn pain_19_the_identity_provider_starts() {
    let world = World::new();
    let request = Some("ONELOGIN_fixed".to_owned());
    let outcome = world.unsolicited(|answer| answer.in_response_to = request);
    says(outcome, "in-response-to-unexpected", &["ONELOGIN_fixed", "unsolicited"], &["pending login"]);
    let login = accepts(world.unsolicited(|answer| answer.relay_state = Some("https://evil.example.org".to_owned())));
    assert!(login.return_to.is_none());
    // An answer without InResponseTo is none to a request.
    let (pending, _) = world.begin();
    let wanted = pending.request_id().to_owned();
    let xml = world.test_idp.sign(&world.test_idp.unsolicited(SP, ACS, "alice")).unwrap();
    let outcome = world.take(&xml, Expect::AnswerTo(pending));
    says(outcome, "in-response-to-missing", &[&wanted], &["Expect::Unsolicited"]);
}

#[test]
fn pain_20_another_name_id_or_none() {
    let login = accepts(World::new().answered(|answer| {
        answer.name_id = None;
        answer.attributes.clear();
    }));
    assert!(login.identity.name_id().is_none() && login.identity.attributes().is_empty());
    let (email, transient) = (urn::name_id_format::EMAIL_ADDRESS, urn::name_id_format::TRANSIENT);
    let world = World::asking(LoginOptions::new().name_id_policy(NameIdPolicy::format(email)));
    let change = |format: &str| {
        let format = format.to_owned();
        move |answer: &mut Answer| answer.name_id.as_mut().unwrap().format = Some(format)
    };
    accepts(world.answered(change(email)));
    let rejected = world.answered(change(transient)).unwrap_err();
    let row = rejected.report.findings().iter().find(|finding| finding.check == "name-id-policy").unwrap();
    assert!(matches!(row.outcome, Outcome::Fail(_)) && row.found.contains(transient) && row.wanted.contains(email));
    says(Err(rejected), "name-id-policy-mismatch", &[transient, email], &["no NameIDPolicy"]);
}
