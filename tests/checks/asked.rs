//! What was asked is checked on the way back.

use saml_sp::testing::{Answer, Sign, TestIdp};
use saml_sp::{EntityId, Gate, LoginOptions, NameId, NameIdPolicy, RequestedAuthnContext, Whose};

use crate::world::*;

const PERSISTENT: &str = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent";
const TRANSIENT: &str = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient";
const UNSPECIFIED: &str = "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified";
const ENCRYPTED: &str = "urn:oasis:names:tc:SAML:2.0:nameid-format:encrypted";
const MFA: &str = "https://refeds.org/profile/mfa";
const TIMESYNC: &str = "urn:oasis:names:tc:SAML:2.0:ac:classes:TimeSyncToken";
const PASSWORD: &str = "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport";

fn milliseconds(n: i64) -> chrono::Duration {
    chrono::Duration::milliseconds(n)
}

#[test]
fn force_authn_answered_from_an_old_session() {
    let world = || World::asking(LoginOptions::new().force_authn());
    let authenticated = |at| world().answered(move |answer| answer.authn_instant = Some(at));
    let begun = world().begun;
    accepts(authenticated(begun));
    accepts(authenticated(begun - skew()));
    let shows = ["2026-01-15T11:59:00Z", "2026-01-15T11:55:59.999Z", "180 s"];
    let outcome = authenticated(begun - skew() - milliseconds(1));
    rejects(outcome, "authn-instant", "authn-before-request", Whose::IdentityProvider, &shows);
    // Without the demand an old session is what single sign-on is for.
    accepts(World::new().answered(|answer| answer.authn_instant = Some(noon() - days(7))));
    assert!(world().begin().1.force_authn);
    assert!(!World::new().begin().1.force_authn);
}

#[test]
fn authentication_older_than_asked() {
    let outcome = |at| {
        World::asking(LoginOptions::new().max_authn_age(minutes(60))).answered(move |a| a.authn_instant = Some(at))
    };
    let bound = noon() - minutes(60) - skew();
    accepts(outcome(bound + milliseconds(1)));
    let shows = ["2026-01-15T10:57:00Z", "3600 s", "2026-01-15T12:00:00Z"];
    rejects(outcome(bound), "authn-instant", "authn-too-long-ago", Whose::IdentityProvider, &shows);
    accepts(World::new().answered(|answer| answer.authn_instant = Some(noon() - days(7))));
}

/// A rare subtlety of durations: what was asked survives the cookie to the millisecond.
#[test]
fn authentication_age_survives_the_seal() {
    let keys = saml_sp::SealKeys::ephemeral().unwrap();
    for age in [milliseconds(1_500), minutes(60)] {
        let world = World::asking(LoginOptions::new().max_authn_age(age));
        let (pending, _) = world.begin();
        let opened = world.sp().open_pending(&keys, &pending.seal(&keys).unwrap()).unwrap();
        assert_eq!(opened, pending);
    }
}

#[test]
fn iip_sp06_requested_authn_context_exact() {
    let world = |classes: &[&str]| {
        World::asking(
            LoginOptions::new().requested_authn_context(RequestedAuthnContext::exact(classes.iter().copied())),
        )
    };
    accepts(world(&[PASSWORD]).answered(|_| ()));
    accepts(world(&[MFA, PASSWORD]).answered(|_| ()));
    accepts(world(&[MFA]).answered(|answer| answer.authn_context = Some(format!("\n{MFA}  "))));
    let outcome = world(&[MFA, TIMESYNC]).answered(|_| ());
    let shows = [PASSWORD, MFA, TIMESYNC];
    rejects(outcome, "authn-context", "authn-context-mismatch", Whose::IdentityProvider, &shows);
    let outcome = world(&[MFA]).answered(|answer| answer.authn_context = None);
    rejects(outcome, "authn-context", "authn-context-mismatch", Whose::IdentityProvider, &["no class", MFA]);
    let outcome = world(&[MFA]).answered(|answer| answer.authn_context = Some(MFA.to_uppercase()));
    rejects(outcome, "authn-context", "authn-context-mismatch", Whose::IdentityProvider, &[MFA]);
    // SDP-SP07: nothing asked, everything accepted, and reported (IIP-SP07).
    let login = accepts(World::new().answered(|answer| answer.authn_context = Some(TIMESYNC.to_owned())));
    assert_eq!(login.identity.authn_context(), Some(TIMESYNC));
}

/// By the options of each login, and by a gate afterwards, which judges answers that nobody asked for as well.
#[test]
fn iip_sp07_egov_067_each_identity_provider_has_its_own_authentication_contexts() {
    let (strict, legacy) = ("https://strict.example.net/idp", "https://legacy.example.net/idp");
    let of = |entity_id: &str| World::of(TestIdp::with_ecdsa(entity_id).unwrap());
    let by = |class: &'static str| move |answer: &mut Answer| answer.authn_context = Some(class.to_owned());
    for (entity_id, accepted) in [(IDP, &[PASSWORD, MFA][..]), (strict, &[MFA])] {
        let context = RequestedAuthnContext::exact(accepted.iter().copied());
        let world = World { options: LoginOptions::new().requested_authn_context(context), ..of(entity_id) };
        for class in [PASSWORD, MFA, TIMESYNC] {
            assert_eq!(world.answered(by(class)).is_ok(), accepted.contains(&class), "{class} at {entity_id}");
        }
    }
    let at = |entity_id| Gate::idp(EntityId::new(entity_id).unwrap());
    let gate = at(IDP)
        .and(Gate::authn_context([PASSWORD, MFA]))
        .or(at(strict).and(Gate::authn_context([MFA])))
        .or(at(legacy).and(!Gate::authn_context([PASSWORD])));
    for (entity_id, class, admitted) in [
        (IDP, PASSWORD, true),
        (IDP, MFA, true),
        (IDP, TIMESYNC, false),
        (strict, MFA, true),
        (strict, PASSWORD, false),
        (legacy, TIMESYNC, true),
        (legacy, PASSWORD, false),
        ("https://other.example.net/idp", MFA, false),
    ] {
        for outcome in [of(entity_id).answered(by(class)), of(entity_id).unsolicited(by(class))] {
            let identity = accepts(outcome).identity;
            assert_eq!(identity.require(&gate).is_ok(), admitted, "{class} at {entity_id}");
        }
    }
}

/// No class has an order that everybody knows: the application says which ones it takes.
#[test]
fn core_3_3_2_2_1_comparisons_are_judged_by_what_the_application_accepts() {
    for (name, context) in [
        ("minimum", RequestedAuthnContext::minimum([PASSWORD], [PASSWORD, MFA])),
        ("maximum", RequestedAuthnContext::maximum([MFA], [PASSWORD, MFA])),
        ("better", RequestedAuthnContext::better([TIMESYNC], [PASSWORD, MFA])),
        ("exact", RequestedAuthnContext::exact([PASSWORD, MFA])),
    ] {
        let world = || World::asking(LoginOptions::new().requested_authn_context(context.clone()));
        assert!(world().begin().1.xml.contains(&format!("Comparison=\"{name}\"")), "{name}");
        for class in [PASSWORD, MFA] {
            let login = accepts(world().answered(|answer| answer.authn_context = Some(class.to_owned())));
            assert_eq!(login.identity.authn_context(), Some(class));
        }
        let outcome = world().answered(|answer| answer.authn_context = Some(TIMESYNC.to_owned()));
        let shows = [TIMESYNC, PASSWORD, MFA];
        rejects(outcome, "authn-context", "authn-context-mismatch", Whose::IdentityProvider, &shows);
    }
}

/// A demand that accepts nothing is a mistake, and must not turn into no demand at all.
#[test]
fn requested_authn_context_without_classes_is_refused_before_it_is_sent() {
    let world = World::new();
    for context in [
        RequestedAuthnContext::exact([""; 0]),
        RequestedAuthnContext::minimum([PASSWORD], [""; 0]),
        RequestedAuthnContext::maximum([""; 0], [PASSWORD]),
        RequestedAuthnContext::better([""; 0], [""; 0]),
    ] {
        let options = LoginOptions::new().requested_authn_context(context);
        let error = world.sp().begin_login_with(&world.idp, &options).unwrap_err();
        is_error(&error, "config-authn-context", Whose::Application, &["class"]);
    }
}

#[test]
fn core_3_4_1_1_name_id_policy_format() {
    let world = |format: &str| World::asking(LoginOptions::new().name_id_policy(NameIdPolicy::format(format)));
    let found = |format: Option<&str>| {
        let format = format.map(str::to_owned);
        move |answer: &mut Answer| answer.name_id.as_mut().unwrap().format = format
    };
    accepts(world(PERSISTENT).answered(|_| ()));
    accepts(world(PERSISTENT).answered(found(Some(&format!(" {PERSISTENT}\n")))));
    for other in [Some(TRANSIENT), Some(UNSPECIFIED), None] {
        let outcome = world(PERSISTENT).answered(found(other));
        let shows = ["Format", other.unwrap_or("none"), PERSISTENT];
        rejects(outcome, "name-id-policy", "name-id-policy-mismatch", Whose::IdentityProvider, &shows);
    }
    let outcome = world(PERSISTENT).answered(|answer| answer.name_id = None);
    let shows = ["none", PERSISTENT];
    rejects(outcome, "name-id-policy", "name-id-policy-mismatch", Whose::IdentityProvider, &shows);
    // These two leave the format of the name to the identity provider.
    for open in [UNSPECIFIED, ENCRYPTED] {
        accepts(world(open).answered(found(Some(TRANSIENT))));
        accepts(world(open).answered(found(None)));
    }
}

#[test]
fn core_3_4_1_1_name_id_policy_sp_name_qualifier() {
    let world = || {
        World::asking(
            LoginOptions::new().name_id_policy(NameIdPolicy::any().sp_name_qualifier("urn:example:affiliation")),
        )
    };
    let found = |qualifier: Option<&str>| {
        let qualifier = qualifier.map(str::to_owned);
        move |answer: &mut Answer| answer.name_id.as_mut().unwrap().sp_name_qualifier = qualifier
    };
    accepts(world().answered(found(Some("urn:example:affiliation"))));
    for other in [Some(SP), None] {
        let shows = ["SPNameQualifier", other.unwrap_or("none"), "urn:example:affiliation"];
        let outcome = world().answered(found(other));
        rejects(outcome, "name-id-policy", "name-id-policy-mismatch", Whose::IdentityProvider, &shows);
    }
}

/// Errata E14.
#[test]
fn core_3_4_1_1_allow_create_is_not_sent_for_transient_names() {
    let sent = |policy: NameIdPolicy| {
        let world = World::asking(LoginOptions::new().name_id_policy(policy.allow_create()));
        world.begin().1.xml.contains("AllowCreate=")
    };
    assert!(sent(NameIdPolicy::format(PERSISTENT)) && sent(NameIdPolicy::any()));
    assert!(!sent(NameIdPolicy::format(TRANSIENT)));
}

#[test]
fn iip_sp03_no_name_id_policy_and_one_without_format() {
    assert!(!World::new().begin().1.xml.contains("NameIDPolicy"));
    let any = World::asking(LoginOptions::new().name_id_policy(NameIdPolicy::any().allow_create()));
    let (_, request) = any.begin();
    assert!(request.xml.contains("<samlp:NameIDPolicy AllowCreate=\"true\""), "{}", request.xml);
    accepts(any.answered(|answer| answer.name_id = None));
}

fn subject() -> NameId {
    let mut subject = NameId::new("alice");
    subject.format = Some(PERSISTENT.to_owned());
    subject
}

#[test]
fn core_3_3_4_subject_hint_is_matched_strongly() {
    let world = |subject: NameId| World::asking(LoginOptions::new().subject(subject));
    assert!(
        world(subject()).begin().1.xml.contains(&format!("<saml:NameID Format=\"{PERSISTENT}\">alice</saml:NameID>"))
    );
    accepts(world(subject()).answered(|_| ()));
    // What the request left open is open.
    accepts(world(NameId::new("alice")).answered(|_| ()));
    accepts(world(subject()).answered(|answer| {
        answer.name_id.as_mut().unwrap().name_qualifier = Some(IDP.to_owned());
    }));
    let spoilers: [fn(&mut Answer); 6] = [
        |answer| answer.name_id = None,
        |answer| answer.name_id.as_mut().unwrap().value = "mallory".to_owned(),
        |answer| answer.name_id.as_mut().unwrap().value = "Alice".to_owned(),
        |answer| answer.name_id.as_mut().unwrap().value = "alice ".to_owned(),
        |answer| answer.name_id.as_mut().unwrap().format = None,
        |answer| answer.name_id.as_mut().unwrap().format = Some(TRANSIENT.to_owned()),
    ];
    for spoil in spoilers {
        let error = rejects(world(subject()).answered(spoil), "subject-match", "subject-mismatch", Whose::User, &[]);
        // Personal data stays out of logs, on both sides.
        assert!(!error.to_string().contains("alice"));
    }
    let mut qualified = subject();
    qualified.name_qualifier = Some(IDP.to_owned());
    qualified.sp_name_qualifier = Some(SP.to_owned());
    accepts(world(qualified.clone()).answered(|answer| {
        let name_id = answer.name_id.as_mut().unwrap();
        (name_id.name_qualifier, name_id.sp_name_qualifier) = (Some(IDP.to_owned()), Some(SP.to_owned()));
    }));
    rejects(world(qualified).answered(|_| ()), "subject-match", "subject-mismatch", Whose::User, &[]);
}

#[test]
fn is_passive_and_its_refusal() {
    let world = World::asking(LoginOptions::new().is_passive());
    let (pending, request) = world.begin();
    assert!(request.is_passive);
    let codes = ["urn:oasis:names:tc:SAML:2.0:status:Responder", "urn:oasis:names:tc:SAML:2.0:status:NoPassive"];
    let xml = world.test_idp.sign(&world.test_idp.failure(&request, codes)).unwrap();
    let outcome = world.take(&xml, saml_sp::Expect::AnswerTo(pending));
    let error = rejects(outcome, "status", "status-not-success", Whose::User, &codes);
    assert!(error.hint().contains("IsPassive"));
}

/// What was asked is on the record of the request, not in the message: an answer cannot loosen it.
#[test]
fn demands_are_those_of_the_pending_login() {
    let demanding = World::asking(
        LoginOptions::new()
            .force_authn()
            .requested_authn_context(RequestedAuthnContext::exact([MFA]))
            .name_id_policy(NameIdPolicy::format(TRANSIENT)),
    );
    for sign in [Sign::Assertion, Sign::Response, Sign::Both] {
        let rejected = demanding.answered(|answer| {
            answer.sign = sign;
            answer.authn_instant = Some(noon() - days(1));
            answer.name_id.as_mut().unwrap().format = Some(PERSISTENT.to_owned());
        });
        let rejected = rejected.unwrap_err();
        let failed = rejected.report.findings().iter().filter(|f| f.outcome != saml_sp::Outcome::Pass);
        assert_eq!(failed.map(|f| f.check).collect::<Vec<_>>(), ["authn-instant", "authn-context", "name-id-policy"]);
    }
}
