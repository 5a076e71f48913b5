//! Rows over the signed assertion: who, when, for whom, how long.

use saml_sp::Whose;
use saml_sp::testing::{Answer, Sign};

use crate::world::*;

/// Bounds so wide that only the row under test can be reached.
fn wide(answer: &mut Answer) {
    answer.not_before = Some(noon() - days(400));
    answer.not_on_or_after = Some(noon() + days(400));
    for confirmation in &mut answer.confirmations {
        confirmation.not_on_or_after = answer.not_on_or_after;
    }
}

#[test]
fn prof_4_1_4_2_assertion_is_issued_by_the_same_identity_provider() {
    for found in ["https://other.example.net/idp", "https://idp.example.com/metadata/"] {
        for sign in [Sign::Assertion, Sign::Response] {
            let outcome = World::new().answered(|answer| {
                answer.sign = sign;
                answer.assertion_issuer = found.to_owned();
            });
            let shows = [&format!("{found:?}")[..], IDP];
            rejects(outcome, "assertion-issuer", "assertion-issuer-mismatch", Whose::ServiceProvider, &shows);
        }
    }
    accepts(World::new().answered(|answer| answer.assertion_issuer = format!("\n  {IDP}\n")));
}

#[test]
fn iip_g01_issued_in_the_future_by_more_than_the_skew() {
    let world = |ahead| {
        let world = World::new().at(noon() - ahead);
        World { begun: noon() - minutes(10), ..world }
    };
    let outcome = |world: World| {
        world.answered(|answer| {
            wide(answer);
            answer.authn_instant = Some(noon() - minutes(10));
        })
    };
    accepts(outcome(world(skew())));
    let error = outcome(world(skew() + tick()));
    let shows = ["2026-01-15T12:00:00Z", "2026-01-15T11:56:5", "180 s"];
    rejects(error, "issue-instant", "issued-in-future", Whose::IdentityProvider, &shows);
}

#[test]
fn assertion_older_than_a_day() {
    let outcome = |world: World| world.unsolicited(wide);
    let end = noon() + days(1) + skew();
    accepts(outcome(World::new().at(end - tick())));
    let shows = ["2026-01-15T12:00:00Z", "86400 s", "2026-01-16T12:03:00Z"];
    rejects(outcome(World::new().at(end)), "issue-instant", "issued-too-long-ago", Whose::IdentityProvider, &shows);
    // Another age, and none, by name.
    let hour = World::new().built(|builder| builder.max_assertion_age(minutes(60)));
    accepts(outcome(hour.at(noon() + minutes(63) - tick())));
    let hour = World::new().built(|builder| builder.max_assertion_age(minutes(60)));
    let shows = ["3600 s"];
    rejects(
        outcome(hour.at(noon() + minutes(63))),
        "issue-instant",
        "issued-too-long-ago",
        Whose::IdentityProvider,
        &shows,
    );
    let any = World::new().built(|builder| builder.dangerous_allow_old_assertions());
    accepts(outcome(any.at(noon() + days(300))));
}

#[test]
fn core_2_5_1_2_conditions_window_is_half_open_and_skewed_iip_g01() {
    let ends = |arrives| {
        World::new().at(arrives).answered(|answer| {
            let until = answer.not_on_or_after;
            wide(answer);
            answer.not_on_or_after = until;
        })
    };
    // Five minutes and the skew.
    let end = noon() + minutes(8);
    accepts(ends(end - tick()));
    let shows = ["until before 2026-01-15T12:05:00Z", "2026-01-15T12:08:00Z", "180 s"];
    let error = rejects(ends(end), "conditions-window", "conditions-window", Whose::IdentityProvider, &shows);
    assert!(error.hint().contains("180 s ago"), "{}", error.hint());

    let begins = |not_before| {
        World::new().answered(|answer| {
            wide(answer);
            answer.not_before = Some(not_before);
        })
    };
    accepts(begins(noon() + skew()));
    let outcome = World::new().at(noon() - tick()).answered(|answer| {
        wide(answer);
        answer.not_before = Some(noon() + skew());
    });
    let shows = ["from 2026-01-15T12:03:00Z", "2026-01-15T11:59:59.", "180 s"];
    let error = rejects(outcome, "conditions-window", "conditions-window", Whose::IdentityProvider, &shows);
    assert!(error.hint().contains("clock is ahead"), "{}", error.hint());
}

#[test]
fn conditions_may_be_open_at_either_end() {
    accepts(World::new().answered(|answer| answer.not_before = None));
    accepts(World::new().answered(|answer| answer.not_on_or_after = None));
}

#[test]
fn skew_of_zero_grants_nothing() {
    let exact = || World::new().built(|builder| builder.skew(minutes(0)));
    accepts(exact().at(noon() + minutes(5) - tick()).answered(|_| ()));
    let late = exact().at(noon() + minutes(5)).answered(|_| ());
    rejects(late, "confirmation-window", "confirmation-window", Whose::IdentityProvider, &["0 s"]);
}

#[test]
fn core_2_5_1_2_not_before_is_before_not_on_or_after() {
    for gap in [minutes(0), minutes(1)] {
        let outcome = World::new().answered(|answer| {
            answer.not_before = Some(noon());
            answer.not_on_or_after = Some(noon() - gap);
        });
        let shows = ["from 2026-01-15T12:00:00Z", "2026-01-15T12:00:00Z"];
        rejects(outcome, "conditions-window", "conditions-window", Whose::IdentityProvider, &shows);
    }
    accepts(World::new().answered(|answer| {
        answer.not_before = Some(noon());
        answer.not_on_or_after = Some(noon() + chrono::Duration::milliseconds(1));
    }));
}

#[test]
fn core_2_5_1_4_restrictions_and_audiences_or() {
    let other = "https://other.example.net/sp";
    let with = |restrictions: &[&[&str]]| {
        let restrictions: Vec<Vec<String>> =
            restrictions.iter().map(|audiences| audiences.iter().map(|a| (*a).to_owned()).collect()).collect();
        World::new().answered(move |answer| answer.audience_restrictions = restrictions)
    };
    accepts(with(&[&[SP]]));
    accepts(with(&[&[other, SP]]));
    accepts(with(&[&[SP], &[other, SP]]));
    accepts(with(&[&["\n  https://app.example.com/saml\n"]]));
    for (restrictions, shown) in [
        (&[&[other][..]][..], other),
        (&[&[SP], &[other]], other),
        (&[&[other], &[SP]], other),
        (&[&[]], "no audience at all"),
        (&[&[SP], &[]], "no audience at all"),
        (&[&["https://app.example.com/saml/"]], "https://app.example.com/saml/"),
        (&[&["https://app.example.com/sam"]], "https://app.example.com/sam\""),
        (&[&["https://app.example.com/SAML"]], "https://app.example.com/SAML"),
        (&[&["https://app.example.com/saml https://app.example.com/saml"]], "https://app.example.com/saml https"),
        (&[&["\u{a0}https://app.example.com/saml"]], "https://app.example.com/saml"),
    ] {
        rejects(with(restrictions), "audience", "audience-mismatch", Whose::IdentityProvider, &[shown, SP]);
    }
}

#[test]
fn audience_hints_name_what_people_overlook() {
    for (audience, clue) in [
        ("https://app.example.com/saml/", "trailing slash"),
        ("http://app.example.com/saml", "http and https"),
        ("https://app.example.com/Saml", "letter case"),
        ("spn:https://app.example.com/saml", "spn:"),
        ("https://\u{430}pp.example.com/saml", "beyond ASCII"),
    ] {
        let outcome = World::new().answered(|answer| answer.audience_restrictions = vec![vec![audience.to_owned()]]);
        let error = rejects(outcome, "audience", "audience-mismatch", Whose::IdentityProvider, &[audience]);
        assert!(error.hint().contains(clue), "{}", error.hint());
    }
}

#[test]
fn prof_4_1_4_2_audience_is_required() {
    let none = |answer: &mut Answer| answer.audience_restrictions.clear();
    rejects(World::new().answered(none), "audience", "audience-missing", Whose::IdentityProvider, &["no audience", SP]);
    accepts(World::new().built(|builder| builder.dangerous_allow_missing_audience()).answered(none));
    // The relaxation is for none, not for others and not for an empty restriction.
    for others in [vec!["https://other.example.net/sp".to_owned()], Vec::new()] {
        let relaxed = World::new().built(|builder| builder.dangerous_allow_missing_audience());
        let outcome = relaxed.answered(|answer| answer.audience_restrictions = vec![others]);
        rejects(outcome, "audience", "audience-mismatch", Whose::IdentityProvider, &[SP]);
    }
    // No Conditions at all.
    let outcome = World::new().written(
        Sign::Assertion,
        |_| (),
        |xml| xml.replace(cut(&xml, "<saml:Conditions", "</saml:Conditions>"), ""),
    );
    rejects(outcome, "audience", "audience-missing", Whose::IdentityProvider, &[SP]);
}

#[test]
fn core_2_5_1_unknown_condition_decides_nothing_and_so_refuses() {
    let outcome = World::new().answered(|answer| answer.unknown_condition = Some("OnlyOnTuesdays"));
    rejects(outcome, "unknown-condition", "unknown-condition", Whose::IdentityProvider, &["OnlyOnTuesdays"]);
    // Core's own extension point, and a known name in a foreign namespace.
    for condition in [
        "<saml:Condition xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"saml:OneTimeUseType\"/>",
        "<OneTimeUse xmlns=\"urn:example:x\"/>",
        "<saml:onetimeuse/>",
    ] {
        let outcome = World::new().written(
            Sign::Assertion,
            |_| (),
            |xml| replace(&xml, "</saml:Conditions>", &format!("{condition}</saml:Conditions>")),
        );
        rejects(outcome, "unknown-condition", "unknown-condition", Whose::IdentityProvider, &["condition"]);
    }
}

#[test]
fn core_2_5_1_5_one_time_use_and_2_5_1_6_proxy_restriction_are_known() {
    let login = accepts(World::new().answered(|answer| answer.one_time_use = true));
    assert_eq!(login.identity.name_id().unwrap().value, "alice");
    accepts(World::new().written(
        Sign::Assertion,
        |_| (),
        |xml| replace(&xml, "</saml:Conditions>", "<saml:ProxyRestriction Count=\"0\"/></saml:Conditions>"),
    ));
    for twice in ["<saml:OneTimeUse/><saml:OneTimeUse/>", "<saml:ProxyRestriction/><saml:ProxyRestriction/>"] {
        let outcome = World::new().written(
            Sign::Assertion,
            |_| (),
            |xml| replace(&xml, "</saml:Conditions>", &format!("{twice}</saml:Conditions>")),
        );
        stops(outcome, "message-repeated-part", Whose::IdentityProvider, &["Conditions", "more than once"]);
    }
}

#[test]
fn prof_4_1_4_2_authn_statement_is_required() {
    let outcome = World::new().answered(|answer| answer.authn_instant = None);
    rejects(outcome, "authn-statement", "authn-statement-missing", Whose::IdentityProvider, &["AuthnStatement"]);
}

#[test]
fn prof_4_1_4_3_session_is_over_at_session_not_on_or_after() {
    let ended = |arrives| {
        World::new().at(arrives).answered(|answer| {
            wide(answer);
            answer.session_not_on_or_after = Some(noon() + minutes(1));
        })
    };
    let login = accepts(ended(noon() + minutes(4) - tick()));
    assert_eq!(login.session.not_on_or_after(), Some(noon() + minutes(1)));
    let shows = ["2026-01-15T12:01:00Z", "2026-01-15T12:04:00Z", "180 s"];
    rejects(ended(noon() + minutes(4)), "session-expiry", "session-expired", Whose::User, &shows);
}

#[test]
fn the_most_recent_authn_statement_speaks() {
    let older = "<saml:AuthnStatement AuthnInstant=\"2026-01-15T08:00:00Z\" SessionIndex=\"old\"><saml:AuthnContext><saml:AuthnContextClassRef>urn:example:old</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>";
    for place in ["<saml:AuthnStatement", "</saml:Assertion>"] {
        let login = accepts(World::new().written(
            Sign::Assertion,
            |answer| answer.session_index = Some("new".to_owned()),
            |xml| replace(&xml, place, &format!("{older}{place}")),
        ));
        let mut indexes = login.session.session_indexes().to_vec();
        indexes.sort();
        assert_eq!(indexes, ["new", "old"], "both can be logged out");
        assert_eq!(login.identity.authn_instant(), Some(noon()));
        assert_ne!(login.identity.authn_context(), Some("urn:example:old"));
    }
}

#[test]
fn core_2_3_3_assertion_version() {
    let outcome = World::new().written(
        Sign::Assertion,
        |_| (),
        |xml| {
            let tag = cut(&xml, "<saml:Assertion ", ">").to_owned();
            replace(&xml, &tag, &tag.replace("Version=\"2.0\"", "Version=\"1.1\""))
        },
    );
    stops(outcome, "message-bad-value", Whose::IdentityProvider, &["Assertion Version", "1.1", "2.0"]);
}

#[test]
fn core_1_3_3_times_of_every_lexical_form_mean_the_same() {
    for (written, why) in [
        ("2026-01-15T12:00:00.1234567Z", ".NET writes seven digits"),
        ("2026-01-15T12:00:00.000000000000000000000001Z", "any number of digits"),
        ("2026-01-15T12:00:00", "no zone is UTC"),
        ("2026-01-15T13:00:00+01:00", "an offset is converted"),
        ("2026-01-15T06:30:00.5-05:30", "an offset is converted"),
        (" 2026-01-15T12:00:00Z ", "white space is collapsed"),
        ("2026-01-14T24:00:00Z", "midnight at the end of a day"),
    ] {
        let login = accepts(World::new().written(
            Sign::Assertion,
            |_| (),
            |xml| {
                let attribute = cut(&xml, "AuthnInstant=\"", "Z\"").to_owned();
                replace(&xml, &attribute, &format!("AuthnInstant=\"{written}\""))
            },
        ));
        let found = login.identity.authn_instant().unwrap();
        let wanted = if written.contains("24:00") { noon() - minutes(12 * 60) } else { noon() };
        assert!((found - wanted).num_milliseconds().abs() < 1000, "{written}: {why}");
    }
}

/// One that cannot be read is an error and never an absent one.
#[test]
fn unparsable_time_is_not_an_absent_one() {
    for (attribute, from) in [
        ("NotBefore", "<saml:Conditions NotBefore=\"2026-01-15T12:00:00Z\""),
        ("NotOnOrAfter", "NotOnOrAfter=\"2026-01-15T12:05:00Z\" Recipient"),
        ("AuthnInstant", "AuthnInstant=\"2026-01-15T12:00:00Z\""),
        ("SessionNotOnOrAfter", "SessionNotOnOrAfter=\"2026-01-15T20:00:00Z\""),
        ("IssueInstant", "Version=\"2.0\" IssueInstant=\"2026-01-15T12:00:00Z\"><saml:Issuer>"),
    ] {
        for wrong in [
            "",
            "soon",
            "2026-13-01T00:00:00Z",
            "2026-02-30T00:00:00Z",
            "1768478400",
            "2026-01-15",
            "2026-01-15T12:00:60Z",
            "2026-01-15T12:00:00Zulu",
            "-2026-01-15T12:00:00+99:00",
        ] {
            let outcome = World::new().written(
                Sign::Assertion,
                |answer| answer.session_not_on_or_after = Some(noon() + minutes(480)),
                |xml| {
                    let (start, rest) = from.split_once(&format!("{attribute}=\"")).unwrap();
                    let (_, rest) = rest.split_once('"').unwrap();
                    replace(&xml, from, &format!("{start}{attribute}=\"{wrong}\"{rest}"))
                },
            );
            let shows = [attribute, &format!("{wrong:?}"), "2026-01-15T12:00:00Z"];
            stops(outcome, "message-bad-time", Whose::IdentityProvider, &shows);
        }
    }
}
