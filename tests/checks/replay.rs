//! One assertion, one login: the replay record, and how long it must remember.

use chrono::{DateTime, Utc};
use saml_sp::testing::Answer;
use saml_sp::{Accepted, Expect, PostedResponse, ReplayCache, ReplayKey, SealKeys, Seen, Whose};

use crate::world::*;

fn accepted(change: impl FnOnce(&mut Answer)) -> Accepted {
    World::new().answered(change).unwrap()
}

#[test]
fn replayed_assertion_signs_nobody_in() {
    let error = accepted(|_| ()).confirm(Seen::Before).unwrap_err();
    is_error(&error, "replayed", Whose::User, &["presented before"]);
}

#[test]
fn replay_key_is_of_the_assertion_and_its_issuer() {
    let one = |assertion: &str, response: &str| {
        accepted(|answer| {
            answer.assertion_id = assertion.to_owned();
            answer.response_id = response.to_owned();
        })
    };
    let key = |accepted: Accepted| accepted.replay_key().clone();
    assert_eq!(key(one("_a", "_1")), key(one("_a", "_2")), "the wrapper's ID is anybody's choice");
    assert_ne!(key(one("_a", "_1")), key(one("_b", "_1")));
    let text = key(one("_a", "_1"));
    assert_eq!((text.as_str().len(), text.as_str()), (64, text.to_string().as_str()));
    // The same ID by another identity provider is another assertion, however the two texts are joined.
    let by = |entity_id: &str, assertion: &str| {
        let world = World::of(saml_sp::testing::TestIdp::with_ecdsa(entity_id).unwrap());
        key(world.answered(|answer| answer.assertion_id = assertion.to_owned()).unwrap())
    };
    assert_ne!(by("urn:a", "b1"), by("urn:ab", "1"));
}

/// Each bound in turn is the earliest. Just before `keep_until` some check or other still passes everything; at it, none.
#[test]
fn keep_until_is_the_first_moment_at_which_the_assertion_is_refused_anyway() {
    type Change = fn(&mut Answer);
    let long = noon() + days(3);
    let cases: [(&str, DateTime<Utc>, Change, &str); 4] = [
        ("confirmation", noon() + minutes(8), |_| (), "confirmation-window"),
        (
            "conditions",
            noon() + minutes(4),
            |answer| answer.not_on_or_after = Some(noon() + minutes(1)),
            "conditions-window",
        ),
        (
            "age",
            noon() + days(1) + minutes(3),
            |answer| {
                answer.not_on_or_after = Some(noon() + days(3));
                answer.confirmations[0].not_on_or_after = Some(noon() + days(3));
            },
            "issued-too-long-ago",
        ),
        (
            "the longest of two confirmations",
            noon() + minutes(33),
            |answer| {
                answer.not_on_or_after = Some(noon() + days(3));
                let mut longer = answer.confirmations[0].clone();
                longer.not_on_or_after = Some(noon() + minutes(30));
                answer.confirmations.push(longer);
            },
            "confirmation-window",
        ),
    ];
    for (bound, keep_until, change, code) in cases {
        // Unsolicited, so that no pending login ends first.
        let world = World::new();
        let mut answer = world.test_idp.unsolicited(SP, ACS, "alice");
        change(&mut answer);
        let xml = world.test_idp.sign(&answer).unwrap();
        let take = |world: &World| world.take(&xml, Expect::unsolicited(ACS));
        assert_eq!(take(&world).unwrap().keep_until(), keep_until, "{bound}");
        assert!(keep_until < long);

        let record = ReplayCache::default();
        assert!(take(&world).unwrap().confirm_with(&record).is_ok());
        let just_before = world.at(keep_until - tick());
        let again = take(&just_before).unwrap();
        assert_eq!(again.keep_until(), keep_until, "the same at any moment");
        let error = again.confirm_with(&record).unwrap_err();
        assert_eq!(error.code(), "replayed", "{bound}");
        let at = just_before.at(keep_until);
        assert_eq!(take(&at).unwrap_err().error.code(), code, "{bound}");
    }
}

#[test]
fn without_any_age_limit_the_record_still_ends() {
    let world = World::new().built(|builder| builder.dangerous_allow_old_assertions());
    let accepted = world.answered(|answer| answer.not_on_or_after = None).unwrap();
    assert_eq!(accepted.keep_until(), noon() + minutes(8));
}

fn key(name: usize) -> ReplayKey {
    accepted(|answer| answer.assertion_id = format!("_{name}")).replay_key().clone()
}

#[test]
fn full_record_refuses_and_never_forgets_early() {
    let record = ReplayCache::new(2);
    let (until, now) = (noon() + minutes(5), noon());
    let (a, b, c) = (key(1), key(2), key(3));
    assert_eq!(record.insert(&a, until, now).unwrap(), Seen::FirstTime);
    assert_eq!(record.insert(&b, until + minutes(5), now).unwrap(), Seen::FirstTime);
    let error = record.insert(&c, until, now).unwrap_err();
    is_error(&error, "replay-record-full", Whose::Application, &["2"]);
    // Both are still known; asking again takes no room.
    for known in [&a, &b] {
        assert_eq!(record.insert(known, until, now).unwrap(), Seen::Before);
    }
    // An entry leaves exactly at its end, and makes room.
    assert!(record.insert(&c, until, until - tick()).is_err());
    assert_eq!(record.insert(&a, until, until - tick()).unwrap(), Seen::Before);
    assert_eq!(record.insert(&c, until + minutes(5), until).unwrap(), Seen::FirstTime);
    assert_eq!(record.insert(&b, until, until).unwrap(), Seen::Before, "b lives longer");
    assert!(record.insert(&a, until, until).is_err(), "a is gone, and b and c fill the record");
}

/// Accepted a moment before `keep_until`, confirmed after another login made the record forget: it cannot know any more
/// whether the assertion was there, so it does not call it the first time.
#[test]
fn accepted_in_time_and_confirmed_late_is_no_first_time() {
    let world = World::new();
    let xml = world.test_idp.sign(&world.test_idp.unsolicited(SP, ACS, "alice")).unwrap();
    let take = |world: &World| world.take(&xml, Expect::unsolicited(ACS)).unwrap();
    let record = ReplayCache::default();
    let first = take(&world);
    let end = first.keep_until();
    first.confirm_with(&record).unwrap();
    let held = take(&world.at(end - tick()));
    assert_eq!(record.insert(&key(1), end + minutes(5), end).unwrap(), Seen::FirstTime);
    assert_eq!(held.confirm_with(&record).unwrap_err().code(), "replayed");
    // What outlives everything forgotten is not touched by this.
    assert_eq!(record.insert(&key(2), end + tick(), end - minutes(1)).unwrap(), Seen::FirstTime);
}

#[test]
fn full_record_in_a_login() {
    let record = ReplayCache::new(1);
    accepted(|_| ()).confirm_with(&record).unwrap();
    let error = accepted(|_| ()).confirm_with(&record).unwrap_err();
    is_error(&error, "replay-record-full", Whose::Application, &[]);
    // A record without room takes nobody.
    assert!(accepted(|_| ()).confirm_with(&ReplayCache::new(0)).is_err());
}

/// A sealed login can be presented once per node; one shared record makes them one.
#[test]
fn two_nodes_with_one_replay_record() {
    let keys = SealKeys::new([7; 32]);
    let world = World::new();
    let (node_1, node_2) = (world.sp(), world.sp());
    let (pending, request) = world.begin();
    let sealed = pending.seal(&keys).unwrap();
    let form = world.test_idp.post(&world.test_idp.answer(&request, "alice")).unwrap();
    let posted = PostedResponse::new(&form.saml_response, form.relay_state.as_deref());
    let shared = ReplayCache::default();
    let login = |node: &saml_sp::ServiceProvider, record: &ReplayCache| {
        let pending = node.open_pending(&keys, &sealed).unwrap();
        node.accept(&world.idp, &posted, Expect::AnswerTo(pending)).unwrap().confirm_with(record)
    };
    assert!(login(&node_1, &shared).is_ok());
    is_error(&login(&node_2, &shared).unwrap_err(), "replayed", Whose::User, &[]);
    is_error(&login(&node_1, &shared).unwrap_err(), "replayed", Whose::User, &[]);
    // Each with its own record would have let it in: the reason for one.
    assert!(login(&node_2, &ReplayCache::default()).is_ok());
}

/// CVE-2026-18967: OneTimeUse is no special case, every assertion is taken once.
#[test]
fn one_time_use_is_for_every_assertion() {
    for one_time_use in [true, false] {
        let world = World::new();
        let mut answer = world.test_idp.unsolicited(SP, ACS, "alice");
        answer.one_time_use = one_time_use;
        let xml = world.test_idp.sign(&answer).unwrap();
        let record = ReplayCache::default();
        let take = || world.take(&xml, Expect::unsolicited(ACS)).unwrap().confirm_with(&record);
        assert!(take().is_ok());
        assert_eq!(take().unwrap_err().code(), "replayed");
    }
}

/// Threads that present the same assertion at the same time: one of them is first.
#[test]
fn record_is_atomic() {
    let record = ReplayCache::default();
    let key = key(1);
    let first = std::thread::scope(|scope| {
        let threads: Vec<_> =
            (0..8).map(|_| scope.spawn(|| record.insert(&key, noon() + minutes(5), noon()).unwrap())).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).filter(|seen| *seen == Seen::FirstTime).count()
    });
    assert_eq!(first, 1);
}
