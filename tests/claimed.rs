//! Several identity providers of one organization behind one URL: which of them a message claims to be from.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test may stop where it stands

mod world;

use saml_sp::testing::{Answer, Encrypted, Encryption, Logout, Sign, TestIdp};
use saml_sp::{
    Binding, Clock, DecryptionKey, Error, Expect, IdentityProvider, Inbound, Limits, PostedResponse, ReceivedLogout,
    Seen, ServiceProvider, Session, Whose,
};
use world::*;

const FIRST: &str = "https://idp.example.com/one";
const SECOND: &str = "https://idp.example.com/two";
const SLO: &str = "https://app.example.com/saml/slo";

/// Two identity providers of one organization, and the service provider that takes messages of both.
struct Organization {
    test_idps: [TestIdp; 2],
    idps: Vec<IdentityProvider>,
    sp: ServiceProvider,
}

impl Organization {
    fn new() -> Self {
        let test_idps = [FIRST, SECOND].map(|entity_id| {
            TestIdp::with_ecdsa(entity_id).unwrap().clock(Clock::Fixed(noon())).slo_url("https://idp.example.com/slo")
        });
        let idps = test_idps.iter().map(|test_idp| test_idp.identity_provider().unwrap()).collect();
        let sp = ServiceProvider::builder(SP, ACS)
            .clock(Clock::Fixed(noon()))
            .credential(saml_sp::testing::signing_credential().unwrap())
            .slo_url(Binding::Redirect, SLO)
            .slo_url(Binding::Post, SLO)
            .slo_url(Binding::Soap, SLO)
            .build()
            .unwrap();
        Self { test_idps, idps, sp }
    }

    /// An answer of the second that nobody asked for.
    fn answer(&self, change: impl FnOnce(&mut Answer)) -> String {
        let mut answer = self.test_idps[1].unsolicited(SP, ACS, "alice");
        change(&mut answer);
        self.test_idps[1].sign(&answer).unwrap()
    }

    fn claimed(&self, xml: &str) -> Result<&IdentityProvider, Error> {
        self.sp.claimed_idp(&self.idps, &PostedResponse::new(&form_value(xml), None))
    }

    /// A logout message of the second.
    fn logout(&self, change: impl FnOnce(&mut Logout)) -> Logout {
        let session = Session::from_bytes(format!("v=1&idp={SECOND}&n=alice&index=_session").as_bytes()).unwrap();
        let mut logout = self.test_idps[1].logout_request(&session, SLO);
        change(&mut logout);
        logout
    }

    fn claimed_of(&self, inbound: &Inbound<'_>) -> Result<&IdentityProvider, Error> {
        self.sp.claimed_idp_of_logout(&self.idps, inbound)
    }

    /// The same for each binding.
    fn claimed_by_each(&self, logout: &Logout) -> [Result<&IdentityProvider, Error>; 4] {
        let test_idp = &self.test_idps[1];
        let (query, form) = (test_idp.logout_query(logout).unwrap(), test_idp.logout_form(logout).unwrap());
        let soap = test_idp.logout_soap(logout).unwrap();
        let decoded: Vec<_> = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let decoded: Vec<_> = decoded.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let (request, response) = (form.saml_request.as_deref(), form.saml_response.as_deref());
        [
            self.claimed_of(&Inbound::query(&query)),
            self.claimed_of(&Inbound::decoded_query(&decoded)),
            self.claimed_of(&Inbound::form(request, response, None)),
            self.claimed_of(&Inbound::soap(soap.as_bytes())),
        ]
    }
}

#[track_caller]
fn is(outcome: Result<&IdentityProvider, Error>, code: &str, whose: Whose, shows: &[&str]) -> Error {
    let error = outcome.unwrap_err();
    is_error(&error, code, whose, shows);
    error
}

#[test]
fn iip_sp05_an_answer_that_nobody_asked_for_finds_its_identity_provider() {
    let organization = Organization::new();
    for sign in [Sign::Response, Sign::Assertion, Sign::Both] {
        let form = form_value(&organization.answer(|answer| answer.sign = sign));
        let posted = PostedResponse::new(&form, None);
        let idp = organization.sp.claimed_idp(&organization.idps, &posted).unwrap();
        assert!(std::ptr::eq(idp, &organization.idps[1]), "one of the list itself");
        let accepted = organization.sp.accept(idp, &posted, Expect::unsolicited(ACS)).unwrap();
        assert_eq!(accepted.confirm(Seen::FirstTime).unwrap().identity.idp().as_str(), SECOND);
    }
}

/// The Response of a message whose assertion alone is signed may go without an Issuer (profiles 4.1.4.2).
#[test]
fn the_issuer_of_the_assertion_where_the_response_has_none() {
    let organization = Organization::new();
    let signed = |answer: &mut Answer| (answer.sign, answer.issuer) = (Sign::Assertion, None);
    let idp = organization.claimed(&organization.answer(signed)).unwrap();
    assert_eq!(idp.entity_id().as_str(), SECOND);
    // The Response's own comes first, and accept wants both to be the same.
    let both = organization.answer(|answer| answer.assertion_issuer = FIRST.to_owned());
    let idp = organization.claimed(&both).unwrap();
    let outcome = organization.sp.accept(idp, &PostedResponse::new(&form_value(&both), None), Expect::unsolicited(ACS));
    is_error(&outcome.unwrap_err(), "assertion-issuer-mismatch", Whose::ServiceProvider, &[FIRST, SECOND]);
}

/// The name is anybody's. Who takes another's is held against the other's keys.
#[test]
fn a_false_name_chooses_keys_that_did_not_sign() {
    let organization = Organization::new();
    let xml = organization.answer(|answer| {
        (answer.issuer, answer.assertion_issuer) = (Some(FIRST.to_owned()), FIRST.to_owned());
    });
    let idp = organization.claimed(&xml).unwrap();
    assert_eq!(idp.entity_id().as_str(), FIRST);
    let outcome = organization.sp.accept(idp, &PostedResponse::new(&form_value(&xml), None), Expect::unsolicited(ACS));
    is_error(&outcome.unwrap_err(), "signature-wrong-key", Whose::ServiceProvider, &[]);
}

#[test]
fn an_answer_of_nobody_here_shows_both_sides() {
    let organization = Organization::new();
    let named = |issuer: &str| organization.answer(|answer| answer.issuer = Some(issuer.to_owned()));
    let unknown = named("https://elsewhere.example.net/\u{202e}idp");
    let shows = ["Response", r#""https://elsewhere.example.net/\u{202e}idp""#, FIRST, SECOND];
    let error = is(organization.claimed(&unknown), "issuer-unknown", Whose::ServiceProvider, &shows);
    assert!(error.hint().contains("import its metadata"), "{}", error.hint());
    // What people overlook is said.
    let near = is(organization.claimed(&named(&format!("{SECOND}/"))), "issuer-unknown", Whose::ServiceProvider, &[]);
    assert!(near.hint().contains(SECOND) && near.hint().contains("trailing slash"), "{}", near.hint());
    // Character by character, and a name that begins with a known one is not it.
    for other in [SECOND.to_uppercase(), format!("{SECOND}x"), SECOND[..SECOND.len() - 1].to_owned()] {
        is(organization.claimed(&named(&other)), "issuer-unknown", Whose::ServiceProvider, &[]);
    }
    let form = form_value(&unknown);
    let nobody = organization.sp.claimed_idp([], &PostedResponse::new(&form, None));
    is(nobody, "issuer-unknown", Whose::ServiceProvider, &["none at all"]);
}

/// A federation has thousands: an error names eight.
#[test]
fn a_long_list_is_cut() {
    let organization = Organization::new();
    let by_hand = |n: usize| {
        let certificate = organization.test_idps[0].certificate();
        IdentityProvider::manual(&format!("urn:example:{n}"), "https://idp.example.com/sso", certificate).unwrap()
    };
    let idps: Vec<_> = (0..20).map(by_hand).collect();
    let form = form_value(&organization.answer(|_| ()));
    let error = is(
        organization.sp.claimed_idp(&idps, &PostedResponse::new(&form, None)),
        "issuer-unknown",
        Whose::ServiceProvider,
        &["\"urn:example:0\"", "\"urn:example:7\", and 12 more"],
    );
    assert!(!error.to_string().contains("urn:example:8"));
}

/// Two tenants' identity providers in one list: the message must not choose the tenant.
#[test]
fn two_of_one_name_are_nobodys_choice() {
    let organization = Organization::new();
    let evil = TestIdp::with_ecdsa(SECOND).unwrap().identity_provider().unwrap();
    let form = form_value(&organization.answer(|_| ()));
    for idps in [[&organization.idps[1], &evil], [&evil, &organization.idps[1]], [&evil, &evil]] {
        let error = is(
            organization.sp.claimed_idp(idps, &PostedResponse::new(&form, None)),
            "issuer-ambiguous",
            Whose::Application,
            &[SECOND, "2 of the identity providers"],
        );
        assert!(error.hint().contains("tenant"), "{}", error.hint());
    }
    let query = organization.test_idps[1].logout_query(&organization.logout(|_| ())).unwrap();
    let outcome = organization.sp.claimed_idp_of_logout([&organization.idps[1], &evil], &Inbound::query(&query));
    is(outcome, "issuer-ambiguous", Whose::Application, &["LogoutRequest", SECOND]);
}

#[test]
fn without_a_name_there_is_no_choice() {
    let organization = Organization::new();
    let shows = ["Response has no Issuer"];
    // Its issuer is behind a ciphertext, and nothing is decrypted for a message of nobody.
    let key = DecryptionKey::from_pem(&TestIdp::new("keys").unwrap().private_key().unwrap()).unwrap();
    let encrypted = organization.answer(|answer| {
        (answer.sign, answer.issuer) = (Sign::Assertion, None);
        answer.encryption = vec![Encryption::of(Encrypted::Assertion, &key)];
    });
    is(organization.claimed(&encrypted), "message-missing-part", Whose::IdentityProvider, &shows);
    // A failure has no assertion that could say it.
    let failure = organization.answer(|answer| {
        (answer.sign, answer.issuer) = (Sign::Nothing, None);
        answer.status = vec![saml_sp::urn::status::RESPONDER.to_owned()];
    });
    is(organization.claimed(&failure), "message-missing-part", Whose::IdentityProvider, &shows);
    let nameless = organization.answer(|answer| answer.sign = Sign::Nothing);
    let issuer = cut(&nameless, "<saml:Issuer", "</saml:Issuer>").to_owned();
    let nameless = nameless.replace(&issuer, "");
    is(organization.claimed(&nameless), "message-missing-part", Whose::IdentityProvider, &["Assertion has no Issuer"]);
    // Two names in one place are none.
    let twice = organization.answer(|answer| answer.sign = Sign::Nothing);
    let twice = twice.replacen(&issuer, &issuer.repeat(2), 1);
    is(organization.claimed(&twice), "message-repeated-part", Whose::IdentityProvider, &["Issuer"]);
}

#[test]
fn what_cannot_be_read_is_refused_as_accept_refuses_it() {
    let organization = Organization::new();
    let deep = format!("{}{}", "<a>".repeat(65), "</a>".repeat(65));
    let wide = "a".repeat(Limits::default().message_bytes + 1);
    let signed = organization.answer(|_| ());
    let other = cut(&signed, "<saml:Assertion", "</saml:Assertion>").replace(" ID=\"", " ID=\"other");
    let two = replace(&signed, "</samlp:Response>", &format!("{other}</samlp:Response>"));
    for (message, code) in [
        ("", "message-empty"),
        ("not XML at all", "xml-not-well-formed"),
        ("<!DOCTYPE a><a/>", "xml-doctype"),
        ("<html><body>404</body></html>", "message-unexpected"),
        (deep.as_str(), "xml-too-deep"),
        (wide.as_str(), "message-too-large"),
        (two.as_str(), "assertion-count"),
    ] {
        let form = form_value(message);
        let posted = PostedResponse::new(&form, None);
        let error = organization.sp.claimed_idp(&organization.idps, &posted).unwrap_err();
        assert_eq!(error.code(), code, "{error}");
        let accept = organization.sp.accept(&organization.idps[1], &posted, Expect::unsolicited(ACS)).unwrap_err();
        assert_eq!(error, accept);
    }
    let outcome = organization.sp.claimed_idp(&organization.idps, &PostedResponse::new("%3C", None));
    is(outcome, "message-not-base64", Whose::Application, &[]);
    // The limits are those of the service provider.
    let mut limits = Limits::default();
    limits.message_bytes = signed.len() - 1;
    let sp = ServiceProvider::builder(SP, ACS).limits(limits).build().unwrap();
    let form = form_value(&signed);
    let outcome = sp.claimed_idp(&organization.idps, &PostedResponse::new(&form, None));
    is(outcome, "message-too-large", Whose::IdentityProvider, &[]);
}

#[test]
fn logout_messages_of_each_kind_by_each_binding() {
    let organization = Organization::new();
    let response = |logout: &mut Logout| {
        (logout.element, logout.name_id, logout.not_on_or_after) = ("LogoutResponse", None, None);
        logout.session_indexes.clear();
        logout.in_response_to = Some("_request".to_owned());
        logout.status = vec![saml_sp::urn::status::SUCCESS.to_owned()];
    };
    for logout in [organization.logout(|_| ()), organization.logout(response)] {
        for outcome in organization.claimed_by_each(&logout) {
            assert_eq!(outcome.unwrap().entity_id().as_str(), SECOND);
        }
        let query = organization.test_idps[1].logout_query(&logout).unwrap();
        let inbound = Inbound::query(&query);
        let idp = organization.claimed_of(&inbound).unwrap();
        match organization.sp.receive_logout(idp, &inbound).unwrap() {
            ReceivedLogout::Request(_) => assert_eq!(logout.element, "LogoutRequest"),
            ReceivedLogout::Response(_) => assert_eq!(logout.element, "LogoutResponse"),
        }
    }
    for (issuer, code) in [(Some("urn:example:nobody"), "issuer-unknown"), (None, "message-missing-part")] {
        let logout = organization.logout(|logout| logout.issuer = issuer.map(str::to_owned));
        for outcome in organization.claimed_by_each(&logout) {
            let error = outcome.unwrap_err();
            assert_eq!(error.code(), code, "{error}");
            assert!(error.to_string().contains("LogoutRequest"), "{error}");
        }
    }
}

#[test]
fn what_is_no_logout_message() {
    let organization = Organization::new();
    let of = |inbound: Inbound<'_>| organization.claimed_of(&inbound).unwrap_err();
    let query = organization.test_idps[1].logout_query(&organization.logout(|_| ())).unwrap();
    let long = format!("SAMLRequest={}", "A".repeat(8 * Limits::default().message_bytes));
    for (query, code) in [
        ("", "message-empty"),
        ("SAMLRequest=AAAA", "inflate-truncated"),
        (&format!("{query}&SAMLResponse=AAAA"), "two-messages"),
        (&format!("{query}&{query}"), "query-repeated"),
        (&format!("{query}&%53AMLRequest=AAAA"), "query-disguised"),
        (&query.replace("SAMLRequest=", "SAMLResponse="), "message-unexpected"),
        (&long, "message-too-large"),
    ] {
        assert_eq!(of(Inbound::query(query)).code(), code, "{query:.80}");
    }
    // A small query that inflates to more than any message.
    let bomb = format!("SAMLRequest={}", escaped(&deflated(&vec![b' '; Limits::default().message_bytes + 1])));
    assert!(bomb.len() < 4096, "{}", bomb.len());
    assert_eq!(of(Inbound::query(&bomb)).code(), "message-too-large");
    let decoded = "A".repeat(2 * Limits::default().message_bytes);
    assert_eq!(of(Inbound::decoded_query(&[("SAMLRequest", &decoded)])).code(), "message-too-large");
    assert_eq!(of(Inbound::decoded_query(&[])).code(), "message-empty");

    let (login, doctype) = (form_value(&organization.answer(|_| ())), form_value("<!DOCTYPE a><a/>"));
    let logout = organization.test_idps[1].logout_form(&organization.logout(|_| ())).unwrap().saml_request.unwrap();
    for (request, response, code) in [
        (None, None, "message-empty"),
        (Some("AAAA"), Some("AAAA"), "two-messages"),
        (None, Some(&*login), "message-unexpected"),
        (None, Some(&*logout), "message-unexpected"),
        (Some(&*doctype), None, "xml-doctype"),
    ] {
        assert_eq!(of(Inbound::form(request, response, None)).code(), code);
    }
    for (body, code) in [
        ("<a/>", "soap-shape"),
        ("", "xml-not-well-formed"),
        (saml_sp::SOAP_FAULT, "soap-fault"),
        ("<!DOCTYPE a><a/>", "xml-doctype"),
    ] {
        assert_eq!(of(Inbound::soap(body.as_bytes())).code(), code, "{body}");
    }
}

fn deflated(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write as _;
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn escaped(bytes: &[u8]) -> String {
    use base64::Engine as _;
    url::form_urlencoded::byte_serialize(base64::engine::general_purpose::STANDARD.encode(bytes).as_bytes()).collect()
}

/// A small generator of numbers, the same at every run (xorshift64*, Vigna 2016).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let number = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d);
        usize::try_from(number % u64::try_from(n).unwrap()).unwrap()
    }
}

/// Any bytes, and genuine messages in which some were changed: an error, or one of the list.
#[test]
fn any_bytes() {
    let organization = Organization::new();
    let (answer, logout) = (organization.answer(|_| ()), organization.logout(|_| ()));
    let test_idp = &organization.test_idps[1];
    let (query, soap) = (test_idp.logout_query(&logout).unwrap(), test_idp.logout_soap(&logout).unwrap());
    let signed = test_idp.signed_logout(&logout).unwrap();
    let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15);
    let mut chosen = 0;
    for round in 0..2_000 {
        let messages =
            [&answer, &signed, &soap, &query].map(|message| altered(message.as_bytes(), round, &mut numbers));
        let [answer, form, soap, query] = &messages;
        let (answer, form, query) = (encoded(answer), encoded(form), String::from_utf8_lossy(query));
        for outcome in [
            organization.sp.claimed_idp(&organization.idps, &PostedResponse::new(&answer, None)),
            organization.claimed_of(&Inbound::form(Some(&form), None, None)),
            organization.claimed_of(&Inbound::soap(soap)),
            organization.claimed_of(&Inbound::query(&query)),
            organization.claimed_of(&Inbound::decoded_query(&[("SAMLRequest", &query)])),
        ] {
            match outcome {
                Ok(idp) => {
                    assert!([FIRST, SECOND].contains(&idp.entity_id().as_str()));
                    chosen += 1;
                }
                Err(error) => assert!(!error.code().is_empty() && !error.hint().is_empty(), "{error}"),
            }
        }
    }
    assert!(chosen > 500, "nearly nothing was read: {chosen}");
}

fn altered(message: &[u8], round: usize, numbers: &mut Numbers) -> Vec<u8> {
    if round.is_multiple_of(4) {
        return (0..numbers.below(300)).map(|_| u8::try_from(numbers.below(256)).unwrap()).collect();
    }
    let mut message = message.to_vec();
    for _ in 0..=numbers.below(3) {
        let at = numbers.below(message.len());
        match numbers.below(3) {
            0 => message[at] = u8::try_from(numbers.below(256)).unwrap(),
            1 => drop(message.remove(at)),
            _ => message.insert(at, b"<>&\"'=/ \n"[numbers.below(9)]),
        }
    }
    message
}

fn encoded(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}
