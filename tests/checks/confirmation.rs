//! The four rows over the bearer confirmation: one and the same must pass them all.

use saml_sp::testing::{Answer, AnswerConfirmation, Sign};
use saml_sp::{Expect, Whose};

use crate::world::*;

const HOLDER_OF_KEY: &str = "urn:oasis:names:tc:SAML:2.0:cm:holder-of-key";
const SENDER_VOUCHES: &str = "urn:oasis:names:tc:SAML:2.0:cm:sender-vouches";
const BEARER: &str = "urn:oasis:names:tc:SAML:2.0:cm:bearer";
const ELSEWHERE: &str = "https://other.example.net/acs";

fn only(answer: &mut Answer) -> &mut AnswerConfirmation {
    assert_eq!(answer.confirmations.len(), 1);
    &mut answer.confirmations[0]
}

#[test]
fn prof_4_1_4_2_a_bearer_confirmation_is_required() {
    for method in [HOLDER_OF_KEY, SENDER_VOUCHES, "urn:oasis:names:tc:SAML:2.0:cm:Bearer", "bearer"] {
        let outcome = World::new().answered(|answer| only(answer).method = method.to_owned());
        let shows = [method, BEARER];
        rejects(outcome, "confirmation-method", "confirmation-method", Whose::IdentityProvider, &shows);
    }
    let outcome = World::new().answered(|answer| answer.confirmations.clear());
    rejects(outcome, "confirmation-method", "confirmation-method", Whose::IdentityProvider, &["nothing", BEARER]);
    let outcome = World::new().answered(|answer| {
        answer.confirmations.clear();
        answer.name_id = None;
    });
    rejects(outcome, "confirmation-method", "confirmation-method", Whose::IdentityProvider, &["nothing", BEARER]);
}

#[test]
fn holder_of_key_beside_a_bearer_is_passed_over() {
    accepts(World::new().answered(|answer| {
        let mut other = only(answer).clone();
        other.method = HOLDER_OF_KEY.to_owned();
        other.recipient = Some(ELSEWHERE.to_owned());
        answer.confirmations.insert(0, other);
    }));
    // It lends nothing to the bearer's: a good holder-of-key beside a bearer for somebody else.
    let outcome = World::new().answered(|answer| {
        let mut bearer = only(answer).clone();
        only(answer).method = HOLDER_OF_KEY.to_owned();
        bearer.recipient = Some(ELSEWHERE.to_owned());
        answer.confirmations.push(bearer);
    });
    rejects(outcome, "confirmation-recipient", "recipient-mismatch", Whose::IdentityProvider, &[ELSEWHERE, ACS]);
}

#[test]
fn prof_4_1_4_3_recipient_is_our_acs_to_the_letter() {
    for (found, clue) in [
        (ELSEWHERE, ""),
        ("https://app.example.com/saml/acs/", "trailing slash"),
        ("https://app.example.com/saml/ac", ""),
        ("https://app.example.com/saml/acs/evil", ""),
        ("https://app.example.com/saml/ACS", "letter case"),
        ("http://app.example.com/saml/acs", "http and https"),
        ("https://app.example.com/s\u{430}ml/acs", "beyond ASCII"),
        ("", ""),
    ] {
        let outcome = World::new().answered(|answer| only(answer).recipient = Some(found.to_owned()));
        let shows = [&format!("{found:?}")[..], &format!("{ACS:?}"), clue];
        let error = rejects(outcome, "confirmation-recipient", "recipient-mismatch", Whose::IdentityProvider, &shows);
        assert!(error.hint().contains(clue) && error.hint().contains(ACS), "{}", error.hint());
    }
    let outcome = World::new().answered(|answer| only(answer).recipient = None);
    rejects(outcome, "confirmation-recipient", "recipient-missing", Whose::IdentityProvider, &["no Recipient", ACS]);
    accepts(World::new().answered(|answer| only(answer).recipient = Some(format!("\n {ACS} "))));
}

#[test]
fn confirmation_without_data_confirms_nothing() {
    let outcome = World::new().written(
        Sign::Assertion,
        |_| (),
        |xml| xml.replace(cut(&xml, "<saml:SubjectConfirmationData", "</saml:SubjectConfirmationData>"), ""),
    );
    rejects(outcome, "confirmation-recipient", "recipient-missing", Whose::IdentityProvider, &[ACS]);
}

#[test]
fn prof_4_1_4_3_confirmation_window_ends_at_not_on_or_after_iip_g01() {
    let outcome = |arrives| World::new().at(arrives).answered(|answer| answer.not_on_or_after = Some(noon() + days(1)));
    let end = noon() + minutes(5) + skew();
    accepts(outcome(end - tick()));
    let shows = ["until before 2026-01-15T12:05:00Z", "2026-01-15T12:08:00Z", "180 s"];
    let error = rejects(outcome(end), "confirmation-window", "confirmation-window", Whose::IdentityProvider, &shows);
    assert!(error.hint().contains("ended 180 s ago"), "{}", error.hint());
}

#[test]
fn prof_4_1_4_2_confirmation_has_an_end() {
    let outcome = World::new().answered(|answer| only(answer).not_on_or_after = None);
    let shows = ["no NotOnOrAfter"];
    rejects(outcome, "confirmation-window", "confirmation-unbounded", Whose::IdentityProvider, &shows);
}

/// The profile forbids a NotBefore there, real products send one: honoured, it can only refuse.
#[test]
fn prof_4_1_4_2_confirmation_not_before_is_a_lower_bound() {
    let outcome = |not_before| World::new().answered(|answer| only(answer).not_before = Some(not_before));
    accepts(outcome(noon() + skew()));
    let late = outcome(noon() + skew() + chrono::Duration::milliseconds(1));
    let shows = ["from 2026-01-15T12:03:00.001Z", "2026-01-15T12:00:00Z", "180 s"];
    let error = rejects(late, "confirmation-window", "confirmation-window", Whose::IdentityProvider, &shows);
    assert!(error.hint().contains("a skew of 181 s would have let it pass"), "{}", error.hint());
}

/// Core 2.4.1.2 demands of these bounds what 2.5.1.2 demands of the Conditions'.
#[test]
fn confirmation_window_without_a_moment_in_it() {
    let outcome = World::new().answered(|answer| {
        let confirmation = only(answer);
        confirmation.not_before = Some(noon());
        confirmation.not_on_or_after = Some(noon());
    });
    let shows = ["from 2026-01-15T12:00:00Z until before 2026-01-15T12:00:00Z"];
    let error = rejects(outcome, "confirmation-window", "confirmation-window", Whose::IdentityProvider, &shows);
    assert!(error.hint().contains("no moment is inside"), "{}", error.hint());
}

#[test]
fn prof_4_1_4_3_confirmation_in_response_to_is_our_request() {
    for sign in [Sign::Assertion, Sign::Response] {
        for found in ["_another", ""] {
            let outcome = World::new().answered(|answer| {
                answer.sign = sign;
                only(answer).in_response_to = Some(found.to_owned());
            });
            let shows = ["SubjectConfirmation", &format!("{found:?}"), "we asked \"_"];
            rejects(outcome, "confirmation-in-response-to", "in-response-to-mismatch", Whose::User, &shows);
        }
    }
}

/// CVE-2026-49284: the assertion says nothing, and whoever delivers it writes our request's ID on the wrapper.
#[test]
fn in_response_to_only_on_the_unsigned_wrapper() {
    let outcome = World::new().answered(|answer| only(answer).in_response_to = None);
    let shows = ["nothing that is signed", "we asked \"_"];
    rejects(outcome, "confirmation-in-response-to", "in-response-to-missing", Whose::IdentityProvider, &shows);
    // The same on a signed Response is signed, and enough.
    for sign in [Sign::Response, Sign::Both] {
        accepts(World::new().answered(|answer| {
            answer.sign = sign;
            only(answer).in_response_to = None;
        }));
    }
    // On neither.
    for sign in [Sign::Assertion, Sign::Response] {
        let outcome = World::new().answered(|answer| {
            answer.sign = sign;
            answer.in_response_to = None;
            only(answer).in_response_to = None;
        });
        rejects(outcome, "confirmation-in-response-to", "in-response-to-missing", Whose::IdentityProvider, &shows);
    }
}

/// A genuine answer to an attacker's own request, delivered for the victim's.
#[test]
fn answer_to_another_login_of_the_same_identity_provider() {
    let world = World::new();
    let (_, attackers) = world.begin();
    for sign in [Sign::Assertion, Sign::Response] {
        let (fresh, request) = world.begin();
        let mut answer = world.test_idp.answer(&attackers, MALLORY);
        answer.sign = sign;
        if sign == Sign::Assertion {
            answer.in_response_to = Some(request.id);
        }
        let outcome = world.take(&world.test_idp.sign(&answer).unwrap(), Expect::AnswerTo(fresh));
        assert_eq!(outcome.unwrap_err().error.code(), "in-response-to-mismatch");
    }
}

#[test]
fn core_3_2_2_b_unsolicited_confirmations_answer_nothing() {
    let outcome = World::new().unsolicited(|answer| only(answer).in_response_to = Some("_any".to_owned()));
    let shows = ["SubjectConfirmation", "_any", "unsolicited"];
    rejects(outcome, "confirmation-in-response-to", "in-response-to-unexpected", Whose::Application, &shows);
}

#[test]
fn of_two_confirmations_one_fits() {
    for fits_first in [true, false] {
        let spoilers: [fn(&mut AnswerConfirmation); 6] = [
            |other| other.recipient = Some(ELSEWHERE.to_owned()),
            |other| other.recipient = None,
            |other| other.not_on_or_after = None,
            |other| other.not_on_or_after = Some(noon() - days(1)),
            |other| other.in_response_to = Some("_another".to_owned()),
            |other| other.method = SENDER_VOUCHES.to_owned(),
        ];
        for spoil in spoilers {
            accepts(World::new().answered(|answer| {
                let mut other = only(answer).clone();
                spoil(&mut other);
                answer.confirmations.insert(usize::from(fits_first), other);
            }));
        }
    }
}

/// Recipient from one, validity from the other: neither is a confirmation.
#[test]
fn two_halves_make_no_whole() {
    for (first_spoiled, second_spoiled, row, code) in [
        ("window", "recipient", "confirmation-window", "confirmation-window"),
        ("recipient", "window", "confirmation-window", "confirmation-window"),
        ("recipient", "in-response-to", "confirmation-in-response-to", "in-response-to-mismatch"),
        ("in-response-to", "window", "confirmation-in-response-to", "in-response-to-mismatch"),
    ] {
        let outcome = World::new().answered(|answer| {
            let mut second = only(answer).clone();
            for (confirmation, part) in [(only(answer), first_spoiled), (&mut second, second_spoiled)] {
                match part {
                    "window" => confirmation.not_on_or_after = Some(noon() - days(1)),
                    "recipient" => confirmation.recipient = Some(ELSEWHERE.to_owned()),
                    _ => confirmation.in_response_to = Some("_another".to_owned()),
                }
            }
            answer.confirmations.push(second);
        });
        let rejected = outcome.unwrap_err();
        assert_eq!(rejected.error.code(), code, "{}", rejected.report);
        // The one that gets furthest is the one that is explained, and it is the only row that fails.
        let failed: Vec<_> = rejected
            .report
            .findings()
            .iter()
            .filter(|f| f.outcome != saml_sp::Outcome::Pass)
            .map(|f| f.check)
            .collect();
        assert_eq!(failed, [row]);
    }
}
