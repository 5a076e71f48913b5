//! Several tenants, several identity providers, several ACS URLs, several service providers.

use saml_sp::testing::{Sign, TestIdp};
use saml_sp::{
    Clock, Expect, LoginOptions, LoginRequest, Metadata, MetadataTrust, PostedResponse, ServiceProvider,
    ServiceProviderBuilder, Whose,
};

use crate::world::*;

const OTHER_IDP: &str = "https://other.example.net/idp";
const ACS_2: &str = "https://app.example.com/saml/acs/tenant-2";

/// The mix-up: the login was begun with A, and B's answer arrives for it.
#[test]
fn pending_login_of_another_identity_provider() {
    let (a, b) = (World::new(), World::of(TestIdp::with_ecdsa(OTHER_IDP).unwrap()));
    let (pending, request) = a.begin();
    let mut answer = b.test_idp.answer(&request, MALLORY);
    let xml = b.test_idp.sign(&answer).unwrap();
    // Taken for B: refused before the message is looked at.
    stops(b.take(&xml, Expect::AnswerTo(pending)), "wrong-idp", Whose::Application, &[IDP, OTHER_IDP]);
    // Taken for A: B is not A.
    let (pending, _) = a.begin();
    stops(a.take(&xml, Expect::AnswerTo(pending)), "issuer-mismatch", Whose::ServiceProvider, &[IDP, OTHER_IDP]);
    // B says it is A: A's keys decide.
    for sign in [Sign::Assertion, Sign::Response, Sign::Both] {
        answer.sign = sign;
        (answer.issuer, answer.assertion_issuer) = (Some(IDP.to_owned()), IDP.to_owned());
        let (pending, request) = a.begin();
        answer.in_response_to = Some(request.id.clone());
        answer.confirmations[0].in_response_to = Some(request.id);
        let outcome = a.take(&b.test_idp.sign(&answer).unwrap(), Expect::AnswerTo(pending));
        stops(outcome, "signature-wrong-key", Whose::ServiceProvider, &[]);
    }
    // The issuer's name on the wrapper only: the assertion's is checked too.
    let (pending, request) = a.begin();
    let mut answer = a.test_idp.answer(&request, MALLORY);
    answer.assertion_issuer = OTHER_IDP.to_owned();
    let outcome = a.take(&a.test_idp.sign(&answer).unwrap(), Expect::AnswerTo(pending));
    rejects(outcome, "assertion-issuer", "assertion-issuer-mismatch", Whose::ServiceProvider, &[OTHER_IDP, IDP]);
}

/// Entity IDs are typed by administrators: a tenant registers another's, with a key of its own.
#[test]
fn tenant_that_registers_anothers_entity_id() {
    let (victim, evil) = (World::new(), World::new());
    assert_eq!(victim.idp.entity_id(), evil.idp.entity_id());
    for sign in [Sign::Assertion, Sign::Response, Sign::Both] {
        let (pending, request) = victim.begin();
        let mut answer = evil.test_idp.answer(&request, "alice");
        answer.sign = sign;
        let outcome = victim.take(&evil.test_idp.sign(&answer).unwrap(), Expect::AnswerTo(pending));
        let shows = [&victim.idp.signing_keys()[0].to_string()[..], &evil.idp.signing_keys()[0].to_string()];
        stops(outcome, "signature-wrong-key", Whose::ServiceProvider, &shows);
    }
}

/// The other direction: the login begins with the victim's identity provider, and the application takes its answer for
/// the evil tenant's of the same entityID. The keys that were trusted when the login began decide.
#[test]
fn answer_taken_for_a_tenant_of_the_same_entity_id() {
    let (victim, evil) = (World::new(), World::new());
    for sign in [Sign::Assertion, Sign::Response, Sign::Both] {
        let (pending, request) = victim.begin();
        let mut answer = evil.test_idp.answer(&request, "alice");
        answer.sign = sign;
        let outcome = evil.take(&evil.test_idp.sign(&answer).unwrap(), Expect::AnswerTo(pending));
        stops(outcome, "idp-keys-changed", Whose::Application, &[IDP]);
    }
    // It registers the victim's public certificate beside its own, so that a key of the pending login is there.
    let both = evil.idp.clone().with_signing_certificate(victim.test_idp.certificate()).unwrap();
    let evil = World { idp: both, ..evil };
    let (pending, request) = victim.begin();
    let xml = evil.test_idp.sign(&evil.test_idp.answer(&request, "alice")).unwrap();
    stops(evil.take(&xml, Expect::AnswerTo(pending)), "signature-wrong-key", Whose::ServiceProvider, &[]);
}

/// IIP-MD07: a key that is added while a login is under way does no harm to it.
#[test]
fn iip_md07_key_added_while_a_login_is_under_way() {
    let world = World::new();
    let (pending, request) = world.begin();
    let xml = world.test_idp.sign(&world.test_idp.answer(&request, "alice")).unwrap();
    let next = TestIdp::with_ecdsa(IDP).unwrap();
    let rolled = World { idp: world.idp.clone().with_signing_certificate(next.certificate()).unwrap(), ..world };
    accepts(rolled.take(&xml, Expect::AnswerTo(pending)));
}

/// Why accounts are kept by tenant and subject key: both tenants' identity providers sign in an "alice" of that name.
#[test]
fn subject_key_does_not_tell_tenants_apart() {
    let login = |world: &World| accepts(world.answered(|_| ())).identity;
    let (one, other) = (login(&World::new()), login(&World::new()));
    assert_eq!(one.subject_key(), other.subject_key());
}

fn two_acs(builder: ServiceProviderBuilder) -> ServiceProviderBuilder {
    builder.acs_url(ACS_2)
}

/// One service provider, one URL: which one answers is known from whom was asked.
#[test]
fn iip_sp05_sdp_sp20_many_identity_providers_at_one_acs() {
    let worlds = [IDP, "https://other.example.net/idp", "urn:example:third"];
    let worlds = worlds.map(|entity_id| World::of(TestIdp::with_ecdsa(entity_id).unwrap()));
    let sp = worlds[0].sp();
    let begun: Vec<_> = worlds.iter().map(|world| (world, sp.begin_login(&world.idp).unwrap())).collect();
    let mut subjects = std::collections::BTreeSet::new();
    for (world, LoginRequest { send, pending }) in begun.into_iter().rev() {
        let request = world.test_idp.receive(&send).unwrap();
        assert_eq!(request.acs_url, ACS);
        let form = world.test_idp.post(&world.test_idp.answer(&request, "alice")).unwrap();
        let posted = PostedResponse::new(&form.saml_response, form.relay_state.as_deref());
        let accepted = sp.accept(&world.idp, &posted, Expect::AnswerTo(pending)).unwrap();
        let identity = accepted.confirm(saml_sp::Seen::FirstTime).unwrap().identity;
        assert_eq!(identity.idp(), world.idp.entity_id());
        subjects.insert(identity.subject_key());
    }
    assert_eq!(subjects.len(), 3, "three people of one name");
}

#[test]
fn iip_sp05_each_acs_takes_its_own_answers() {
    let world = World::asking(LoginOptions::new().acs_url(ACS_2)).built(two_acs);
    assert_eq!(world.begin().1.acs_url, ACS_2);
    accepts(world.answered(|_| ()));
    assert!(world.sp().metadata().to_xml().unwrap().contains(ACS_2));
    // The wrapper is unsigned and readdressed: Recipient stays.
    let outcome = world.answered(|answer| {
        answer.confirmations[0].recipient = Some(ACS.to_owned());
    });
    rejects(outcome, "confirmation-recipient", "recipient-mismatch", Whose::IdentityProvider, &[ACS, ACS_2]);
}

/// The answer for one ACS posted to another: the pending login says which one was asked for.
#[test]
fn answer_for_one_acs_posted_to_another() {
    let first = World::new().built(two_acs);
    for sign in [Sign::Assertion, Sign::Response] {
        let (pending, request) = first.begin();
        // The identity provider was asked for the first, and sends for the second.
        let mut answer = first.test_idp.answer(&request, "alice");
        answer.sign = sign;
        answer.destination = Some(ACS_2.to_owned());
        answer.confirmations[0].recipient = Some(ACS_2.to_owned());
        let outcome = first.take(&first.test_idp.sign(&answer).unwrap(), Expect::AnswerTo(pending));
        rejects(outcome, "destination", "destination-mismatch", Whose::IdentityProvider, &[ACS, ACS_2]);
    }
    // Unsolicited: where it is taken is the application's word, one URL and no list.
    let mut answer = first.test_idp.unsolicited(SP, ACS, "alice");
    let xml = first.test_idp.sign(&answer).unwrap();
    accepts(first.take(&xml, Expect::unsolicited(ACS)));
    rejects(
        first.take(&xml, Expect::unsolicited(ACS_2)),
        "destination",
        "destination-mismatch",
        Whose::IdentityProvider,
        &[ACS, ACS_2],
    );
    answer.destination = None;
    let xml = first.test_idp.sign(&answer).unwrap();
    let outcome = first.take(&xml, Expect::unsolicited(ACS_2));
    rejects(outcome, "confirmation-recipient", "recipient-mismatch", Whose::IdentityProvider, &[ACS, ACS_2]);
}

#[test]
fn acs_urls_are_those_of_the_configuration() {
    let world = World::new();
    for url in ["https://evil.example.com/acs", "https://app.example.com/saml/acs/", ""] {
        let options = LoginOptions::new().acs_url(url);
        let error = world.sp().begin_login_with(&world.idp, &options).unwrap_err();
        is_error(&error, "config-unknown-acs", Whose::Application, &[&format!("{url:?}")]);
        let xml = world.test_idp.sign(&world.test_idp.unsolicited(SP, url, "alice")).unwrap();
        stops(
            world.take(&xml, Expect::unsolicited(url)),
            "config-unknown-acs",
            Whose::Application,
            &[&format!("{url:?}")],
        );
    }
}

/// Two service providers with one store: an answer for one is no answer for the other.
#[test]
fn pending_login_of_another_service_provider() {
    let world = World::new();
    let (pending, request) = world.begin();
    let xml = world.test_idp.sign(&world.test_idp.answer(&request, "alice")).unwrap();
    let other = "https://other.example.com/saml";
    let sp = ServiceProvider::builder(other, ACS).clock(Clock::Fixed(noon())).build().unwrap();
    let posted = form_value(&xml);
    let error = sp.accept(&world.idp, &PostedResponse::new(&posted, None), Expect::AnswerTo(pending)).unwrap_err();
    is_error(&error, "wrong-sp", Whose::Application, &[SP, other]);
}

/// What the same identity provider made for another service provider.
#[test]
fn answer_for_another_service_provider() {
    let world = World::new();
    let other = "https://other.example.com/saml";
    let outcome = world.answered(|answer| answer.audience_restrictions = vec![vec![other.to_owned()]]);
    rejects(outcome, "audience", "audience-mismatch", Whose::IdentityProvider, &[other, SP]);
}

/// A missing pending login never becomes an unsolicited one: it is another door, and says so by another type.
#[test]
fn solicited_answer_at_the_unsolicited_door() {
    let world = World::new();
    let (_, request) = world.begin();
    let xml = world.test_idp.sign(&world.test_idp.answer(&request, "alice")).unwrap();
    let outcome = world.take(&xml, Expect::unsolicited(ACS));
    rejects(outcome, "in-response-to", "in-response-to-unexpected", Whose::Application, &[&request.id]);
    // With the wrapper's stripped, the signed one still says whose answer it is.
    let outcome =
        world.take(&xml.replacen(&format!(" InResponseTo=\"{}\"", request.id), "", 1), Expect::unsolicited(ACS));
    let shows = ["SubjectConfirmation", &request.id];
    rejects(outcome, "confirmation-in-response-to", "in-response-to-unexpected", Whose::Application, &shows);
}

#[test]
fn unsolicited_answer_for_a_pending_login() {
    let world = World::new();
    let (pending, _) = world.begin();
    let xml = world.test_idp.sign(&world.test_idp.unsolicited(SP, ACS, MALLORY)).unwrap();
    let outcome = world.take(&xml, Expect::AnswerTo(pending));
    rejects(outcome, "confirmation-in-response-to", "in-response-to-missing", Whose::IdentityProvider, &["we asked"]);
}

#[test]
fn relay_state_of_an_unsolicited_answer_is_anybodys() {
    let world = World::new();
    let mut answer = world.test_idp.unsolicited(SP, ACS, "alice");
    answer.relay_state = Some("https://evil.example/".to_owned());
    let form = world.test_idp.post(&answer).unwrap();
    let posted = PostedResponse::new(&form.saml_response, form.relay_state.as_deref());
    let accepted = world.sp().accept(&world.idp, &posted, Expect::unsolicited(ACS)).unwrap();
    let login = accepted.confirm(saml_sp::Seen::FirstTime).unwrap();
    assert_eq!((login.return_to, login.tag), (None, None));
    assert_eq!(posted.unverified_relay_state(), Some("https://evil.example/"));
}

#[test]
fn iip_g01_metadata_is_over_at_valid_until_and_the_skew() {
    let world = World::new();
    let document = replace(
        &world.test_idp.metadata().unwrap(),
        "<md:EntityDescriptor ",
        "<md:EntityDescriptor validUntil=\"2026-01-15T12:00:00Z\" ",
    );
    let metadata = Metadata::read(document.as_bytes(), MetadataTrust::Transport).unwrap();
    let idp = metadata.only_identity_provider().unwrap();
    let world = World { idp, ..world };
    accepts(World { arrives: noon() + skew() - tick(), ..World { ..world } }.answered(|_| ()));
    let world = World { idp: metadata.only_identity_provider().unwrap(), ..World::new() };
    let (pending, request) = world.begin();
    let xml = world.test_idp.sign(&world.test_idp.answer(&request, "alice")).unwrap();
    let late = world.at(noon() + skew());
    let shows = [IDP, "2026-01-15T12:00:00Z", "2026-01-15T12:03:00Z", "180 s"];
    stops(late.take(&xml, Expect::AnswerTo(pending)), "metadata-expired", Whose::IdentityProvider, &shows);
    let error = late.sp().begin_login(&late.idp).unwrap_err();
    is_error(&error, "metadata-expired", Whose::IdentityProvider, &shows);
    assert!(late.sp_at(noon() + skew() - tick()).begin_login(&late.idp).is_ok());
}
