//! Genuine signatures over wrong claims, and right claims presented wrongly; and metadata that sends users elsewhere.
//!
//! A long file, because each vector is one entry of one table, and a claim has many ways to be wrong.

use chrono::{DateTime, Duration, Utc};
use saml_sp::testing::forge::Tree;
use saml_sp::testing::{Answer, AnswerConfirmation, TestIdpError};

use crate::stage::{
    ACS, ALL, IDP, MALLORY, METADATA, NOW, PLAIN, REQUEST, RESPONSE_SIGNED, RESPONSE_UNSIGNED, SP, Shape, Stage,
};
use crate::vector::{Made, Outcome, vectors};

const OTHER_IDP: &str = "https://other-idp.example.com/metadata";

fn now() -> DateTime<Utc> {
    NOW.parse().unwrap()
}

/// What is granted at either end of a window.
fn skew() -> Duration {
    Duration::seconds(180)
}

type MadeHere = Result<Made, TestIdpError>;

/// The identity provider signs this.
fn changed(stage: &Stage, change: impl FnOnce(&mut Answer)) -> MadeHere {
    Ok(stage.changed(change)?.into())
}

/// The identity provider signs this about its one confirmation.
fn confirmed(stage: &Stage, change: impl FnOnce(&mut AnswerConfirmation)) -> MadeHere {
    changed(stage, |answer| change(&mut answer.confirmations[0]))
}

/// The identity provider writes its XML so, and signs it.
fn written(stage: &Stage, rewrite: impl FnOnce(&mut Tree) -> Result<(), TestIdpError>) -> MadeHere {
    Ok(stage.written(rewrite)?.into())
}

fn audiences(stage: &Stage, restrictions: &[&[&str]]) -> MadeHere {
    let texts = |audiences: &&[&str]| audiences.iter().map(|audience| (*audience).to_owned()).collect();
    changed(stage, |answer| answer.audience_restrictions = restrictions.iter().map(texts).collect())
}

fn recipient(stage: &Stage, url: &str) -> MadeHere {
    confirmed(stage, |confirmation| confirmation.recipient = Some(url.to_owned()))
}

/// The assertion is there, whatever the status.
fn status(stage: &Stage, code: &str) -> MadeHere {
    written(stage, |tree| tree.set(tree.find("StatusCode")?, "Value", code))
}

/// Every single sign-on endpoint of the metadata is there.
fn located(stage: &Stage, location: &str) -> MadeHere {
    stage.metadata(|tree| {
        let mut places = tree.find_all("SingleSignOnService").into_iter();
        places.try_for_each(|place| tree.set(place, "Location", location))
    })
}

vectors! { "protocol";
    // ---- for whom

    /// A genuine assertion for another service provider of the same identity provider.
    audience_of_another_service_provider: "core 2.5.1.4, profiles 4.1.4.2", ALL, Outcome::Reject("audience-mismatch") => |stage| audiences(stage, &[&["https://other.example.com/saml"]]);

    /// Ours is the beginning of the audience.
    audience_that_begins_with_ours: "core 2.5.1.4, profiles 4.1.4.2", ALL, Outcome::Reject("audience-mismatch") => |stage| audiences(stage, &[&["https://app.example.com/saml/evil"]]);

    /// The audience is the beginning of ours.
    audience_that_ours_begins_with: "core 2.5.1.4, profiles 4.1.4.2", ALL, Outcome::Reject("audience-mismatch") => |stage| audiences(stage, &[&["https://app.example.com/"]]);

    /// The audience contains ours.
    audience_that_contains_ours: "core 2.5.1.4, profiles 4.1.4.2", ALL, Outcome::Reject("audience-mismatch") => |stage| audiences(stage, &[&["https://evil.example.com/?sp=https://app.example.com/saml"]]);

    /// Ours in other letters: entityIDs are compared character by character.
    audience_in_other_letter_case: "core 2.5.1.4, profiles 4.1.4.2", ALL, Outcome::Reject("audience-mismatch") => |stage| audiences(stage, &[&["HTTPS://APP.EXAMPLE.COM/SAML"]]);

    /// Another entity, whose name has a slash more.
    audience_with_a_trailing_slash: "core 2.5.1.4, profiles 4.1.4.2", ALL, Outcome::Reject("audience-mismatch") => |stage| audiences(stage, &[&["https://app.example.com/saml/"]]);

    /// Another entity, by http.
    audience_by_http: "core 2.5.1.4, profiles 4.1.4.2", ALL, Outcome::Reject("audience-mismatch") => |stage| audiences(stage, &[&["http://app.example.com/saml"]]);

    /// The port that https has anyway, and a letter percent-encoded: the same URL to some, another entity.
    audience_as_an_equivalent_url: "core 2.5.1.4, profiles 4.1.4.2", ALL, Outcome::Reject("audience-mismatch") => |stage| audiences(stage, &[&["https://app.example.com:443/saml", "https://app.example.com/%73aml"]]);

    /// Two names in one element, as if it were a list.
    two_audiences_in_one_element: "core 2.5.1.4, profiles 4.1.4.2", ALL, Outcome::Reject("audience-mismatch") => |stage| audiences(stage, &[&["https://app.example.com/saml https://other.example.com/saml"]]);

    /// A restriction to us and one to another: all of them must be met.
    second_restriction_to_another: "core 2.5.1.4, profiles 4.1.4.2", ALL, Outcome::Reject("audience-mismatch") => |stage| audiences(stage, &[&[SP], &["https://other.example.com/saml"]]);

    /// A restriction to another and then one to us.
    first_restriction_to_another: "core 2.5.1.4, profiles 4.1.4.2", ALL, Outcome::Reject("audience-mismatch") => |stage| audiences(stage, &[&["https://other.example.com/saml"], &[SP]]);

    /// A restriction to nobody beside one to us.
    restriction_to_nobody: "core 2.5.1.4, profiles 4.1.4.2", ALL, Outcome::Reject("audience-mismatch") => |stage| audiences(stage, &[&[SP], &[]]);

    /// No restriction at all: an assertion for everybody.
    no_audience_restriction: "core 2.5.1.4, profiles 4.1.4.2", ALL, Outcome::Reject("audience-missing") => |stage| audiences(stage, &[]);

    /// An empty Audience, which a search for a substring finds in every name.
    empty_audience: "core 2.5.1.4", ALL, Outcome::Reject("message-bad-value") => |stage| written(stage, |tree| tree.set_text(tree.find("Audience")?, ""));

    /// No Conditions at all.
    no_conditions: "core 2.5.1.4, profiles 4.1.4.2", ALL, Outcome::Reject("audience-missing") => |stage| written(stage, |tree| tree.remove(tree.find("Conditions")?));

    /// We are named where the identity provider says who may issue further assertions, and nowhere else.
    audience_of_a_proxy_restriction: "core 2.5.1.6", ALL, Outcome::Reject("audience-missing") => |stage| written(stage, |tree| tree.rename(tree.find("AudienceRestriction")?, "saml:ProxyRestriction"));

    /// An Audience of another namespace, found by whoever looks for local names.
    audience_in_another_namespace: "core 2.5.1.4", ALL, Outcome::Reject("audience-mismatch") => |stage| written(stage, |tree| {
        let audience = tree.find("Audience")?;
        tree.set(audience, "xmlns:other", "urn:example:other")?;
        tree.rename(audience, "other:Audience")
    });

    /// The restriction to us stands in Advice, outside the Conditions.
    audience_restriction_in_advice: "core 2.6.1", ALL, Outcome::Reject("audience-missing") => |stage| written(stage, |tree| {
        let restriction = tree.find("AudienceRestriction")?;
        let conditions = tree.find("Conditions")?;
        let advice = tree.element("<saml:Advice xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\"/>")?;
        tree.insert_after(conditions, advice)?;
        tree.append(advice, restriction)
    });

    /// Conditions for us, and a second element of that name for another: who reads the first or the last sees one.
    two_conditions: "core 2.3.3", ALL, Outcome::Reject("message-repeated-part") => |stage| written(stage, |tree| {
        let conditions = tree.find("Conditions")?;
        let second = tree.copy(conditions);
        tree.set_text(tree.under(second, "Audience")?, "https://other.example.com/saml")?;
        tree.insert_after(conditions, second)
    });

    // ---- where it is delivered

    /// The Recipient begins with our ACS URL.
    recipient_that_begins_with_ours: "profiles 4.1.4.3", ALL, Outcome::Reject("recipient-mismatch") => |stage| recipient(stage, "https://app.example.com/saml/acs/../../evil");

    /// Our ACS URL begins with the Recipient.
    recipient_that_ours_begins_with: "profiles 4.1.4.3", ALL, Outcome::Reject("recipient-mismatch") => |stage| recipient(stage, "https://app.example.com/");

    /// Another ACS of the same application.
    recipient_of_another_acs: "profiles 4.1.4.3", ALL, Outcome::Reject("recipient-mismatch") => |stage| recipient(stage, "https://app.example.com/saml/acs/tenant-2");

    /// Ours without TLS.
    recipient_by_http: "profiles 4.1.4.3", ALL, Outcome::Reject("recipient-mismatch") => |stage| recipient(stage, "http://app.example.com/saml/acs");

    /// Ours at another port.
    recipient_at_another_port: "profiles 4.1.4.3", ALL, Outcome::Reject("recipient-mismatch") => |stage| recipient(stage, "https://app.example.com:8443/saml/acs");

    /// Ours with the port that https has anyway: compared to the letter.
    recipient_with_the_default_port: "profiles 4.1.4.3", ALL, Outcome::Reject("recipient-mismatch") => |stage| recipient(stage, "https://app.example.com:443/saml/acs");

    /// Ours in other letters.
    recipient_in_other_letter_case: "profiles 4.1.4.3", ALL, Outcome::Reject("recipient-mismatch") => |stage| recipient(stage, "https://APP.example.com/saml/ACS");

    /// Ours with a slash at the end.
    recipient_with_a_trailing_slash: "profiles 4.1.4.3", ALL, Outcome::Reject("recipient-mismatch") => |stage| recipient(stage, "https://app.example.com/saml/acs/");

    /// Our host is only the user info of another.
    recipient_with_our_host_as_user_info: "profiles 4.1.4.3", ALL, Outcome::Reject("recipient-mismatch") => |stage| recipient(stage, "https://app.example.com@evil.example.com/saml/acs");

    /// Ours with a query.
    recipient_with_a_query: "profiles 4.1.4.3", ALL, Outcome::Reject("recipient-mismatch") => |stage| recipient(stage, "https://app.example.com/saml/acs?next=https://evil.example.com/");

    /// No Recipient.
    no_recipient: "profiles 4.1.4.2", ALL, Outcome::Reject("recipient-missing") => |stage| confirmed(stage, |confirmation| confirmation.recipient = None);

    /// A Recipient of another namespace.
    recipient_in_another_namespace: "profiles 4.1.4.2", ALL, Outcome::Reject("recipient-missing") => |stage| written(stage, |tree| {
        let data = tree.find("SubjectConfirmationData")?;
        tree.unset(data, "Recipient")?;
        tree.set(data, "xmlns:other", "urn:example:other")?;
        tree.set(data, "other:Recipient", ACS)
    });

    /// An answer for another service provider's ACS, posted to ours.
    destination_of_another_service_provider: "bindings 3.5.5.2", ALL, Outcome::Reject("destination-mismatch") => |stage| {
        let elsewhere = "https://other.example.com/saml/acs";
        changed(stage, |answer| {
            answer.destination = Some(elsewhere.to_owned());
            answer.confirmations[0].recipient = Some(elsewhere.to_owned());
        })
    };

    /// The same, and whoever delivers it corrects the Destination that nobody signed: the Recipient is signed.
    destination_corrected_in_the_unsigned_wrapper: "bindings 3.5.5.2", RESPONSE_UNSIGNED, Outcome::Reject("recipient-mismatch") => |stage| {
        let mut tree = stage.changed(|answer| {
            answer.destination = Some("https://other.example.com/saml/acs".to_owned());
            answer.confirmations[0].recipient = Some("https://other.example.com/saml/acs".to_owned());
        })?;
        tree.set(tree.root(), "Destination", ACS)?;
        Ok(tree.into())
    };

    /// The same, and the Destination is taken away.
    destination_removed_from_the_unsigned_wrapper: "bindings 3.5.5.2", RESPONSE_UNSIGNED, Outcome::Reject("recipient-mismatch") => |stage| {
        let mut tree = stage.changed(|answer| {
            answer.confirmations[0].recipient = Some("https://other.example.com/saml/acs".to_owned());
        })?;
        tree.unset(tree.root(), "Destination")?;
        Ok(tree.into())
    };

    /// The genuine answer for one ACS of ours, posted to another that belongs to another tenant.
    answer_for_one_acs_posted_to_another: "core 3.2.2, profiles 4.1.4.3", ALL, Outcome::Reject("destination-mismatch") => |stage| {
        let made: Made = stage.genuine()?.into();
        Ok(made.with("/sp/acs_url", "https://app.example.com/saml/acs/tenant-2"))
    };

    /// The Destination begins with our ACS URL.
    destination_that_begins_with_ours: "core 3.2.2", ALL, Outcome::Reject("destination-mismatch") => |stage| changed(stage, |answer| answer.destination = Some(format!("{ACS}.evil.example.com")));

    /// Our ACS URL begins with the Destination.
    destination_that_ours_begins_with: "core 3.2.2", ALL, Outcome::Reject("destination-mismatch") => |stage| changed(stage, |answer| answer.destination = Some("https://app.example.com/saml".to_owned()));

    /// A Destination without TLS.
    destination_by_http: "core 3.2.2", ALL, Outcome::Reject("destination-mismatch") => |stage| changed(stage, |answer| answer.destination = Some(ACS.replace("https", "http")));

    /// A signed Response without Destination could have been meant for anybody.
    no_destination_on_a_signed_response: "bindings 3.5.5.2", RESPONSE_SIGNED, Outcome::Reject("destination-missing") => |stage| changed(stage, |answer| answer.destination = None);

    /// An empty Destination on a signed Response is none.
    empty_destination_on_a_signed_response: "bindings 3.5.5.2", RESPONSE_SIGNED, Outcome::Reject("destination-missing") => |stage| changed(stage, |answer| answer.destination = Some(String::new()));

    // ---- by whom

    /// Both Issuers are another identity provider, whose key is ours by mistake of a federation.
    issuers_of_another_identity_provider: "profiles 4.1.4.2", ALL, Outcome::Reject("issuer-mismatch") => |stage| changed(stage, |answer| {
        answer.issuer = Some(OTHER_IDP.to_owned());
        answer.assertion_issuer = OTHER_IDP.to_owned();
    });

    /// The assertion is another identity provider's, the wrapper says ours.
    assertion_issuer_of_another_identity_provider: "profiles 4.1.4.2", ALL, Outcome::Reject("assertion-issuer-mismatch") => |stage| changed(stage, |answer| answer.assertion_issuer = OTHER_IDP.to_owned());

    /// The unsigned wrapper names another identity provider, so that its tenant would be chosen by the message.
    issuer_rewritten_in_the_unsigned_wrapper: "profiles 4.1.4.2", RESPONSE_UNSIGNED, Outcome::Reject("issuer-mismatch") => |stage| {
        let mut tree = stage.genuine()?;
        tree.set_text(tree.find("Issuer")?, OTHER_IDP)?;
        Ok(tree.into())
    };

    /// A signed Response that does not say whose it is.
    no_issuer_on_a_signed_response: "profiles 4.1.4.2", RESPONSE_SIGNED, Outcome::Reject("issuer-missing") => |stage| changed(stage, |answer| answer.issuer = None);

    /// An assertion that does not say whose it is.
    no_issuer_on_the_assertion: "core 2.3.3", ALL, Outcome::Reject("message-missing-part") => |stage| written(stage, |tree| {
        let assertion = tree.find("Assertion")?;
        tree.remove(tree.under(assertion, "Issuer")?)
    });

    /// The Issuer's name in other letters, and with a slash more: other entities.
    issuer_in_other_letter_case: "core 8.3.6", ALL, Outcome::Reject("assertion-issuer-mismatch") => |stage| changed(stage, |answer| answer.assertion_issuer = IDP.to_uppercase());

    /// The name of our identity provider, and more behind it.
    issuer_that_begins_with_ours: "core 8.3.6", ALL, Outcome::Reject("assertion-issuer-mismatch") => |stage| changed(stage, |answer| answer.assertion_issuer = format!("{IDP}.evil.example.com"));

    /// An Issuer that is a user's name by its Format.
    issuer_with_the_format_of_a_user: "profiles 4.1.4.2", ALL, Outcome::Reject("message-bad-value") => |stage| written(stage, |tree| {
        let assertion = tree.find("Assertion")?;
        let format = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent";
        tree.set(tree.under(assertion, "Issuer")?, "Format", format)
    });

    /// Two Issuers in an assertion: ours, and another's.
    two_issuers: "core 2.3.3", ALL, Outcome::Reject("message-repeated-part") => |stage| written(stage, |tree| {
        let assertion = tree.find("Assertion")?;
        let first = tree.under(assertion, "Issuer")?;
        let second = tree.copy(first);
        tree.set_text(second, OTHER_IDP)?;
        tree.insert_after(first, second)
    });

    /// A tenant registers the entityID of another tenant's identity provider with a key of its own: the answer that the other one
    /// signed is not for it.
    answer_of_a_namesake_identity_provider: "profiles 4.1.4.2, identity providers of several tenants", ALL, Outcome::Reject("signature-wrong-key"),
        not_live "the key that signed is trusted for the other tenant alone" => |stage| {
        let made: Made = stage.genuine()?.into();
        Ok(made.trusting(stage.foreign))
    };

    /// An answer that a tenant's identity provider signed for the application, presented where the application chose another one.
    answer_where_another_identity_provider_was_chosen: "profiles 4.1.4.2", ALL, Outcome::Reject("issuer-mismatch") => |stage| {
        let made: Made = stage.genuine()?.into();
        Ok(made.with("/idp/entity_id", OTHER_IDP))
    };

    // ---- when

    /// The Conditions are over to the instant, the skew included: the bound itself is outside.
    conditions_over: "CVE-2026-1190, core 2.5.1.2", ALL, Outcome::Reject("conditions-window") => |stage| changed(stage, |answer| answer.not_on_or_after = Some(now() - skew()));

    /// The Conditions begin a millisecond later than the skew allows.
    conditions_not_yet: "core 2.5.1.2", ALL, Outcome::Reject("conditions-window") => |stage| changed(stage, |answer| answer.not_before = Some(now() + skew() + Duration::milliseconds(1)));

    /// Conditions without a moment in them, which the skew alone would open.
    conditions_that_are_empty: "core 2.5.1.2", ALL, Outcome::Reject("conditions-window") => |stage| changed(stage, |answer| {
        answer.not_before = Some(now());
        answer.not_on_or_after = Some(now());
    });

    /// The confirmation is over to the instant, and the Conditions are not.
    confirmation_over: "CVE-2026-1190, profiles 4.1.4.3", ALL, Outcome::Reject("confirmation-window") => |stage| confirmed(stage, |confirmation| confirmation.not_on_or_after = Some(now() - skew()));

    /// The confirmation begins later: a bound that the profile forbids, and that counts where it stands.
    confirmation_not_yet: "core 2.4.1.2", ALL, Outcome::Reject("confirmation-window") => |stage| confirmed(stage, |confirmation| confirmation.not_before = Some(now() + skew() + Duration::milliseconds(1)));

    /// A confirmation for ever.
    confirmation_without_end: "profiles 4.1.4.2", ALL, Outcome::Reject("confirmation-unbounded") => |stage| confirmed(stage, |confirmation| confirmation.not_on_or_after = None);

    /// A confirmation whose end is in another namespace: for ever.
    end_of_the_confirmation_in_another_namespace: "profiles 4.1.4.2", ALL, Outcome::Reject("confirmation-unbounded") => |stage| written(stage, |tree| {
        let data = tree.find("SubjectConfirmationData")?;
        let end = tree.attribute(data, "NotOnOrAfter").unwrap_or_default().to_owned();
        tree.unset(data, "NotOnOrAfter")?;
        tree.set(data, "xmlns:other", "urn:example:other")?;
        tree.set(data, "other:NotOnOrAfter", &end)
    });

    /// A confirmation that ends before it begins.
    confirmation_that_is_empty: "core 2.4.1.2", ALL, Outcome::Reject("confirmation-window") => |stage| confirmed(stage, |confirmation| {
        confirmation.not_before = Some(now() + Duration::seconds(60));
        confirmation.not_on_or_after = Some(now() - Duration::seconds(60));
    });

    /// An assertion from the future, valid since long ago.
    issued_in_the_future: "core 2.3.3", ALL, Outcome::Reject("issued-in-future") => |stage| changed(stage, |answer| answer.issue_instant = now() + skew() + Duration::milliseconds(1));

    /// An assertion of the day before yesterday, valid for years.
    issued_long_ago: "core 2.3.3", ALL, Outcome::Reject("issued-too-long-ago") => |stage| changed(stage, |answer| {
        answer.issue_instant = now() - Duration::days(2);
        answer.not_before = Some(now() - Duration::days(400));
        answer.not_on_or_after = Some(now() + Duration::days(400));
        answer.confirmations[0].not_on_or_after = Some(now() + Duration::days(400));
    });

    /// A message that was recorded, presented the next day.
    presented_a_day_later: "CVE-2026-1190", ALL, Outcome::Reject("confirmation-window") => |stage| {
        let made: Made = stage.genuine()?.into();
        Ok(made.with("/now", "2026-01-16T11:59:59Z"))
    };

    /// The session at the identity provider is over, the assertion is not.
    session_that_is_over: "core 2.7.2, profiles 4.1.4.3", ALL, Outcome::Reject("session-expired") => |stage| changed(stage, |answer| answer.session_not_on_or_after = Some(now() - skew()));

    /// A bound that cannot be read must not be no bound.
    conditions_end_that_is_no_time: "core 1.3.3", ALL, Outcome::Reject("message-bad-time") => |stage| written(stage, |tree| tree.set(tree.find("Conditions")?, "NotOnOrAfter", "never"));

    /// An empty bound is not an absent one.
    conditions_end_that_is_empty: "core 1.3.3", ALL, Outcome::Reject("message-bad-time") => |stage| written(stage, |tree| tree.set(tree.find("Conditions")?, "NotOnOrAfter", ""));

    /// A reader that stops where the time ends sees a good one.
    conditions_end_with_more_behind_it: "core 1.3.3", ALL, Outcome::Reject("message-bad-time") => |stage| written(stage, |tree| tree.set(tree.find("Conditions")?, "NotOnOrAfter", "2026-01-15T12:05:00Z or later"));

    /// A date is no time, and not midnight of any zone.
    conditions_end_that_is_a_date: "core 1.3.3", ALL, Outcome::Reject("message-bad-time") => |stage| written(stage, |tree| tree.set(tree.find("Conditions")?, "NotOnOrAfter", "2026-01-16"));

    /// Seconds since 1970, as some programs write them.
    conditions_end_that_is_a_number: "core 1.3.3", ALL, Outcome::Reject("message-bad-time") => |stage| written(stage, |tree| tree.set(tree.find("Conditions")?, "NotOnOrAfter", "1768478700"));

    /// A calendar that counts on makes the second of March of it.
    conditions_end_on_a_day_that_no_calendar_has: "core 1.3.3", ALL, Outcome::Reject("message-bad-time") => |stage| written(stage, |tree| tree.set(tree.find("Conditions")?, "NotOnOrAfter", "2026-02-30T12:00:00Z"));

    /// A 61st second, which the standard forbids.
    conditions_end_in_a_leap_second: "core 1.3.3", ALL, Outcome::Reject("message-bad-time") => |stage| written(stage, |tree| tree.set(tree.find("Conditions")?, "NotOnOrAfter", "2026-06-30T23:59:60Z"));

    /// A year that overflows a number becomes the past or the far future.
    conditions_end_beyond_all_calendars: "core 1.3.3", ALL, Outcome::Reject("message-bad-time") => |stage| written(stage, |tree| tree.set(tree.find("Conditions")?, "NotOnOrAfter", "99999999999999999999-01-01T00:00:00Z"));

    /// Digits that some libraries read as digits.
    conditions_end_in_digits_of_another_script: "core 1.3.3", ALL, Outcome::Reject("message-bad-time") => |stage| written(stage, |tree| tree.set(tree.find("Conditions")?, "NotOnOrAfter", "٢٠٢٦-01-15T12:05:00Z"));

    /// A zone that only some know.
    conditions_end_with_a_zone_by_name: "core 1.3.3", ALL, Outcome::Reject("message-bad-time") => |stage| written(stage, |tree| tree.set(tree.find("Conditions")?, "NotOnOrAfter", "2026-01-15T12:05:00 PST"));

    /// An offset that moves the bound by four days.
    conditions_end_with_an_offset_of_days: "core 1.3.3", ALL, Outcome::Reject("message-bad-time") => |stage| written(stage, |tree| tree.set(tree.find("Conditions")?, "NotOnOrAfter", "2026-01-15T12:05:00-99:00"));

    /// A timestamp of a hundred thousand characters, on which patterns backtrack.
    slow_timestamp: "CVE-2018-6519", PLAIN, Outcome::Reject("message-bad-time") => |stage| written(stage, |tree| tree.set(tree.find("Conditions")?, "NotOnOrAfter", &format!("2026-01-15T12:05:00.{}Q", "0".repeat(100_000))));

    /// NotOnOrAfter of SubjectConfirmationData cannot be read.
    confirmation_end_that_is_no_time: "core 1.3.3", ALL, Outcome::Reject("message-bad-time") => |stage| written(stage, |tree| tree.set(tree.find("SubjectConfirmationData")?, "NotOnOrAfter", "soon"));

    /// NotBefore of SubjectConfirmationData cannot be read.
    confirmation_begin_that_is_no_time: "core 1.3.3", ALL, Outcome::Reject("message-bad-time") => |stage| written(stage, |tree| tree.set(tree.find("SubjectConfirmationData")?, "NotBefore", "soon"));

    /// NotBefore of Conditions cannot be read.
    conditions_begin_that_is_no_time: "core 1.3.3", ALL, Outcome::Reject("message-bad-time") => |stage| written(stage, |tree| tree.set(tree.find("Conditions")?, "NotBefore", "soon"));

    /// AuthnInstant of AuthnStatement cannot be read.
    authn_instant_that_is_no_time: "core 1.3.3", ALL, Outcome::Reject("message-bad-time") => |stage| written(stage, |tree| tree.set(tree.find("AuthnStatement")?, "AuthnInstant", "soon"));

    /// SessionNotOnOrAfter of AuthnStatement cannot be read.
    session_end_that_is_no_time: "core 1.3.3", ALL, Outcome::Reject("message-bad-time") => |stage| written(stage, |tree| tree.set(tree.find("AuthnStatement")?, "SessionNotOnOrAfter", "soon"));

    /// IssueInstant of Assertion cannot be read.
    issue_instant_that_is_no_time: "core 1.3.3", ALL, Outcome::Reject("message-bad-time") => |stage| written(stage, |tree| tree.set(tree.find("Assertion")?, "IssueInstant", "soon"));

    // ---- in answer to what

    /// The assertion answers nothing; whoever delivers it writes our request's ID on the wrapper.
    in_response_to_only_on_the_unsigned_wrapper: "CVE-2026-49284", RESPONSE_UNSIGNED, Outcome::Reject("in-response-to-missing") => |stage| {
        let mut tree = stage.changed(|answer| {
            answer.in_response_to = None;
            answer.confirmations[0].in_response_to = None;
        })?;
        tree.set(tree.root(), "InResponseTo", REQUEST)?;
        Ok(tree.into())
    };

    /// A genuine answer to the attacker's own request, delivered for the victim's.
    answer_to_another_request: "core 3.2.2, profiles 4.1.4.3", ALL, Outcome::Reject("in-response-to-mismatch") => |stage| changed(stage, |answer| {
        answer.in_response_to = Some("_other".to_owned());
        answer.confirmations[0].in_response_to = Some("_other".to_owned());
    });

    /// The same, with our request's ID on the unsigned wrapper.
    answer_to_another_request_in_our_wrapper: "CVE-2026-49284", RESPONSE_UNSIGNED, Outcome::Reject("in-response-to-mismatch") => |stage| {
        let mut tree = stage.changed(|answer| {
            answer.in_response_to = Some("_other".to_owned());
            answer.confirmations[0].in_response_to = Some("_other".to_owned());
        })?;
        tree.set(tree.root(), "InResponseTo", REQUEST)?;
        Ok(tree.into())
    };

    /// Yesterday's answer: the login that it belongs to is over, another one waits.
    answer_to_a_login_before: "core 3.2.2, profiles 4.1.4.3", ALL, Outcome::Reject("in-response-to-mismatch") => |stage| {
        let made: Made = stage.genuine()?.into();
        Ok(made.with("/expect/answer_to", "_today"))
    };

    /// Only the Response answers, and the confirmation answers another request.
    confirmation_of_another_request: "core 3.2.2, profiles 4.1.4.3", ALL, Outcome::Reject("in-response-to-mismatch") => |stage| confirmed(stage, |confirmation| confirmation.in_response_to = Some("_other".to_owned()));

    /// Only the confirmation answers us, the Response another request.
    response_to_another_request: "core 3.2.2, profiles 4.1.4.3", ALL, Outcome::Reject("in-response-to-mismatch") => |stage| changed(stage, |answer| answer.in_response_to = Some("_other".to_owned()));

    /// The ID of our request, and more.
    in_response_to_that_begins_with_ours: "core 3.2.2, profiles 4.1.4.3", ALL, Outcome::Reject("in-response-to-mismatch") => |stage| changed(stage, |answer| {
        answer.in_response_to = Some("_request-2".to_owned());
        answer.confirmations[0].in_response_to = Some("_request-2".to_owned());
    });

    /// The beginning of our request's ID.
    in_response_to_that_ours_begins_with: "core 3.2.2, profiles 4.1.4.3", ALL, Outcome::Reject("in-response-to-mismatch") => |stage| changed(stage, |answer| {
        answer.in_response_to = Some("_req".to_owned());
        answer.confirmations[0].in_response_to = Some("_req".to_owned());
    });

    /// Our request's ID in other letters.
    in_response_to_in_other_letter_case: "core 3.2.2, profiles 4.1.4.3", ALL, Outcome::Reject("in-response-to-mismatch") => |stage| changed(stage, |answer| {
        answer.in_response_to = Some("_REQUEST".to_owned());
        answer.confirmations[0].in_response_to = Some("_REQUEST".to_owned());
    });

    /// Our request's ID among others.
    in_response_to_that_is_a_list: "core 3.2.2, profiles 4.1.4.3", ALL, Outcome::Reject("in-response-to-mismatch") => |stage| changed(stage, |answer| {
        answer.in_response_to = Some("_other _request".to_owned());
        answer.confirmations[0].in_response_to = Some("_other _request".to_owned());
    });

    /// Nothing, which is the beginning of everything.
    in_response_to_that_is_empty: "core 3.2.2, profiles 4.1.4.3", ALL, Outcome::Reject("in-response-to-mismatch") => |stage| changed(stage, |answer| {
        answer.in_response_to = Some("".to_owned());
        answer.confirmations[0].in_response_to = Some("".to_owned());
    });

    /// An answer that nobody asked for, where a login waits: an identity that the victim did not ask for.
    unsolicited_where_solicited_was_expected: "profiles 4.1.5, login CSRF", ALL, Outcome::Reject("in-response-to-missing") => |stage| changed(stage, |answer| {
        answer.in_response_to = None;
        answer.confirmations[0].in_response_to = None;
    });

    /// An answer to somebody's request, stolen, at the door for those that nobody asked for.
    solicited_at_the_unsolicited_door: "profiles 4.1.5", ALL, Outcome::Reject("in-response-to-unexpected") => |stage| {
        let made: Made = stage.genuine()?.into();
        Ok(made.unsolicited())
    };

    /// The same, with the InResponseTo that nobody signed taken away.
    solicited_and_stripped_at_the_unsolicited_door: "profiles 4.1.5", RESPONSE_UNSIGNED, Outcome::Reject("in-response-to-unexpected") => |stage| {
        let mut tree = stage.genuine()?;
        tree.unset(tree.root(), "InResponseTo")?;
        let made: Made = tree.into();
        Ok(made.unsolicited())
    };

    /// An empty InResponseTo at the door for answers that nobody asked for.
    empty_in_response_to_at_the_unsolicited_door: "profiles 4.1.5", ALL, Outcome::Reject("in-response-to-unexpected") => |stage| {
        let made = changed(stage, |answer| {
            answer.in_response_to = None;
            answer.confirmations[0].in_response_to = Some(String::new());
        })?;
        Ok(made.unsolicited())
    };

    /// InResponseTo in another namespace, in the Response and in the confirmation.
    in_response_to_in_another_namespace: "core 3.2.2, profiles 4.1.4.3", ALL, Outcome::Reject("in-response-to-missing") => |stage| written(stage, |tree| {
        for place in [tree.root(), tree.find("SubjectConfirmationData")?] {
            tree.unset(place, "InResponseTo")?;
            tree.set(place, "xmlns:other", "urn:example:other")?;
            tree.set(place, "other:InResponseTo", REQUEST)?;
        }
        Ok(())
    });

    /// InResponseTo one element above its place.
    in_response_to_on_the_confirmation_itself: "core 3.2.2, profiles 4.1.4.3", ALL, Outcome::Reject("in-response-to-missing") => |stage| written(stage, |tree| {
        tree.unset(tree.root(), "InResponseTo")?;
        tree.unset(tree.find("SubjectConfirmationData")?, "InResponseTo")?;
        tree.set(tree.find("SubjectConfirmation")?, "InResponseTo", REQUEST)
    });

    // ---- confirmed how

    /// The one who holds a key may present it, and nobody asked for the key.
    confirmation_method_holder_of_key: "profiles 4.1.4.2, profiles 3", ALL, Outcome::Reject("confirmation-method") => |stage| confirmed(stage, |confirmation| confirmation.method = "urn:oasis:names:tc:SAML:2.0:cm:holder-of-key".to_owned());

    /// Whoever sends it vouches for it.
    confirmation_method_sender_vouches: "profiles 4.1.4.2, profiles 3", ALL, Outcome::Reject("confirmation-method") => |stage| confirmed(stage, |confirmation| confirmation.method = "urn:oasis:names:tc:SAML:2.0:cm:sender-vouches".to_owned());

    /// The method's name of SAML 1.
    confirmation_method_bearer_of_saml_1: "profiles 4.1.4.2, profiles 3", ALL, Outcome::Reject("confirmation-method") => |stage| confirmed(stage, |confirmation| confirmation.method = "urn:oasis:names:tc:SAML:1.0:cm:bearer".to_owned());

    /// The method's name in other letters.
    confirmation_method_bearer_in_other_letter_case: "profiles 4.1.4.2, profiles 3", ALL, Outcome::Reject("confirmation-method") => |stage| confirmed(stage, |confirmation| confirmation.method = "urn:oasis:names:tc:SAML:2.0:cm:Bearer".to_owned());

    /// A method that nobody knows.
    confirmation_method_unknown: "profiles 4.1.4.2, profiles 3", ALL, Outcome::Reject("confirmation-method") => |stage| confirmed(stage, |confirmation| confirmation.method = "urn:example:cm:trust-me".to_owned());

    /// No confirmation.
    no_confirmation: "profiles 4.1.4.2, profiles 3", ALL, Outcome::Reject("confirmation-method") => |stage| changed(stage, |answer| answer.confirmations.clear());

    /// No Subject: the name of nobody, confirmed by nothing.
    no_subject: "profiles 4.1.4.2, profiles 3", ALL, Outcome::Reject("confirmation-method") => |stage| changed(stage, |answer| {
        answer.confirmations.clear();
        answer.name_id = None;
    });

    /// A bearer confirmation without data: anybody, anywhere, for ever.
    confirmation_without_data: "profiles 4.1.4.2, profiles 3", ALL, Outcome::Reject("recipient-missing") => |stage| written(stage, |tree| tree.remove(tree.find("SubjectConfirmationData")?));

    /// The data of a confirmation in another namespace.
    confirmation_data_in_another_namespace: "profiles 4.1.4.2, profiles 3", ALL, Outcome::Reject("recipient-missing") => |stage| written(stage, |tree| {
        let data = tree.find("SubjectConfirmationData")?;
        tree.set(data, "xmlns:other", "urn:example:other")?;
        tree.rename(data, "other:SubjectConfirmationData")
    });

    /// The holder-of-key confirmation fits, the bearer confirmation is over.
    bearer_that_is_over_beside_a_holder_of_key: "profiles 4.1.4.2, profiles 3", ALL, Outcome::Reject("confirmation-window") => |stage| changed(stage, |answer| {
        let mut bearer = answer.confirmations[0].clone();
        bearer.not_on_or_after = Some(now() - skew());
        answer.confirmations[0].method = "urn:oasis:names:tc:SAML:2.0:cm:holder-of-key".to_owned();
        answer.confirmations.push(bearer);
    });

    /// The Recipient from one bearer confirmation, the validity from another: two halves make no whole.
    two_halves_of_a_confirmation: "profiles 4.1.4.3", ALL, Outcome::Reject("confirmation-window") => |stage| changed(stage, |answer| {
        let mut other = answer.confirmations[0].clone();
        other.recipient = Some("https://other.example.com/saml/acs".to_owned());
        answer.confirmations[0].not_on_or_after = Some(now() - skew());
        answer.confirmations.push(other);
    });

    /// The request's ID from one bearer confirmation, everything else from another.
    two_halves_of_an_answer: "profiles 4.1.4.3", ALL, Outcome::Reject("in-response-to-mismatch") => |stage| changed(stage, |answer| {
        let mut other = answer.confirmations[0].clone();
        other.in_response_to = Some("_other".to_owned());
        answer.confirmations[0].recipient = Some("https://other.example.com/saml/acs".to_owned());
        answer.confirmations.push(other);
    });

    /// Two elements of data in one confirmation: one fits, one does not.
    two_elements_of_confirmation_data: "core 2.4.1.1", ALL, Outcome::Reject("message-repeated-part") => |stage| written(stage, |tree| {
        let data = tree.find("SubjectConfirmationData")?;
        let second = tree.copy(data);
        tree.set(second, "Recipient", "https://other.example.com/saml/acs")?;
        tree.insert_after(data, second)
    });

    /// Two Subjects.
    two_subjects: "core 2.3.3", ALL, Outcome::Reject("message-repeated-part") => |stage| written(stage, |tree| {
        let subject = tree.find("Subject")?;
        let second = tree.copy(subject);
        tree.set_text(tree.under(second, "NameID")?, MALLORY)?;
        tree.insert_before(subject, second)
    });

    /// Two names of one Subject.
    two_names: "core 2.4.1", ALL, Outcome::Reject("message-repeated-part") => |stage| written(stage, |tree| {
        let name = tree.find("NameID")?;
        let second = tree.copy(name);
        tree.set_text(second, MALLORY)?;
        tree.insert_before(name, second)
    });

    // ---- on which conditions

    /// A condition that we do not know: the assertion's validity is undetermined.
    unknown_condition: "core 2.5.1", ALL, Outcome::Reject("unknown-condition") => |stage| changed(stage, |answer| answer.unknown_condition = Some("OnlyOnSundays"));

    /// The abstract Condition with a type of somebody's own.
    condition_of_an_unknown_type: "core 2.5.1.3", ALL, Outcome::Reject("unknown-condition") => |stage| written(stage, |tree| {
        let condition = tree.element(
            "<saml:Condition xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" \
             xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xmlns:x=\"urn:example:x\" xsi:type=\"x:Sunday\"/>",
        )?;
        tree.append(tree.find("Conditions")?, condition)
    });

    /// An AudienceRestriction of another namespace is no restriction that we know.
    audience_restriction_of_another_namespace: "core 2.5.1", ALL, Outcome::Reject("unknown-condition") => |stage| written(stage, |tree| {
        let restriction = tree.element("<AudienceRestriction xmlns=\"urn:example:other\"/>")?;
        tree.append(tree.find("Conditions")?, restriction)
    });

    /// OneTimeUse twice, which the standard forbids.
    one_time_use_twice: "CVE-2026-18967, core 2.5.1.5", ALL, Outcome::Reject("message-repeated-part") => |stage| written(stage, |tree| {
        let conditions = tree.find("Conditions")?;
        for _ in 0..2 {
            let once = tree.element("<saml:OneTimeUse xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\"/>")?;
            tree.append(conditions, once)?;
        }
        Ok(())
    });

    /// No AuthnStatement: a statement about a user's attributes is no login.
    no_authn_statement: "profiles 4.1.4.2", ALL, Outcome::Reject("authn-statement-missing") => |stage| changed(stage, |answer| answer.authn_instant = None);

    /// An AuthnStatement in Advice is nobody's statement.
    authn_statement_in_advice: "core 2.6.1", ALL, Outcome::Reject("authn-statement-missing") => |stage| written(stage, |tree| {
        let statement = tree.find("AuthnStatement")?;
        let advice = tree.element("<saml:Advice xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\"/>")?;
        tree.insert_after(tree.find("Conditions")?, advice)?;
        tree.append(advice, statement)
    });

    /// An assertion of another version of SAML.
    assertion_of_another_version: "core 4.1.2", ALL, Outcome::Reject("message-bad-value") => |stage| written(stage, |tree| tree.set(tree.find("Assertion")?, "Version", "1.1"));

    /// A Response of another version of SAML.
    response_of_another_version: "core 4.1.3.2", ALL, Outcome::Reject("version-unsupported") => |stage| changed(stage, |answer| answer.version = "2.1".to_owned());

    // ---- with what status

    /// A signed failure that carries an assertion.
    failure_with_an_assertion: "OneUptime #2981", ALL, Outcome::Reject("assertion-in-failure") => |stage| status(stage, "urn:oasis:names:tc:SAML:2.0:status:Responder");

    /// Success in other letters.
    success_in_other_letter_case: "core 3.2.2.2", ALL, Outcome::Reject("assertion-in-failure") => |stage| status(stage, "urn:oasis:names:tc:SAML:2.0:status:success");

    /// Success without its namespace.
    success_in_short: "core 3.2.2.2", ALL, Outcome::Reject("assertion-in-failure") => |stage| status(stage, "Success");

    /// A code that ends with Success.
    code_that_ends_with_success: "core 3.2.2.2", ALL, Outcome::Reject("assertion-in-failure") => |stage| status(stage, "urn:example:NoSuccess urn:oasis:names:tc:SAML:2.0:status:Success");

    /// A code that begins with Success.
    code_that_begins_with_success: "core 3.2.2.2", ALL, Outcome::Reject("assertion-in-failure") => |stage| status(stage, "urn:oasis:names:tc:SAML:2.0:status:SuccessNot");

    /// Success below a failure.
    success_below_a_failure: "core 3.2.2.2", ALL, Outcome::Reject("assertion-in-failure") => |stage| written(stage, |tree| {
        let success = tree.find("StatusCode")?;
        let failure = tree.wrap(success, "<samlp:StatusCode xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\"/>")?;
        tree.set(failure, "Value", "urn:oasis:names:tc:SAML:2.0:status:Responder")
    });

    /// An empty code.
    empty_status_code: "core 3.2.2.2", ALL, Outcome::Reject("message-bad-value") => |stage| status(stage, "");

    /// A StatusCode without a Value.
    status_code_without_value: "core 3.2.2.2", ALL, Outcome::Reject("message-missing-part") => |stage| written(stage, |tree| tree.unset(tree.find("StatusCode")?, "Value"));

    /// No Status: a missing one is not a good one.
    no_status: "core 3.2.2", ALL, Outcome::Reject("message-missing-part") => |stage| written(stage, |tree| tree.remove(tree.find("Status")?));

    /// A Status without a code.
    status_without_code: "core 3.2.2.1", ALL, Outcome::Reject("message-missing-part") => |stage| written(stage, |tree| tree.remove(tree.find("StatusCode")?));

    /// A StatusCode of another namespace.
    status_code_in_another_namespace: "core 3.2.2.1", ALL, Outcome::Reject("message-missing-part") => |stage| written(stage, |tree| {
        let code = tree.find("StatusCode")?;
        tree.set(code, "xmlns:other", "urn:example:other")?;
        tree.rename(code, "other:StatusCode")
    });

    /// Two Status elements: a failure and a success.
    two_status_elements: "core 3.2.2", ALL, Outcome::Reject("message-repeated-part") => |stage| written(stage, |tree| {
        let success = tree.find("Status")?;
        let failure = tree.copy(success);
        tree.set(tree.under(failure, "StatusCode")?, "Value", "urn:oasis:names:tc:SAML:2.0:status:Responder")?;
        tree.insert_before(success, failure)
    });

    /// Two codes on top: a failure and a success.
    two_status_codes: "core 3.2.2.1", ALL, Outcome::Reject("message-repeated-part") => |stage| written(stage, |tree| {
        let success = tree.find("StatusCode")?;
        let failure = tree.copy(success);
        tree.set(failure, "Value", "urn:oasis:names:tc:SAML:2.0:status:Responder")?;
        tree.insert_after(success, failure)
    });

    /// A signed failure whose message says Success.
    failure_that_says_success: "core 3.2.2.2", &[Shape::ResponseSigned], Outcome::Reject("status-not-success") => |stage| changed(stage, |answer| {
        answer.status = vec!["urn:oasis:names:tc:SAML:2.0:status:Requester".to_owned()];
        answer.status_message = Some("urn:oasis:names:tc:SAML:2.0:status:Success".to_owned());
        answer.encryption.clear();
    });

    // ---- metadata of the identity provider: where users are sent

    /// A script instead of a place.
    sso_location_of_javascript: "CVE-2023-45683, CVE-2026-29191", METADATA, Outcome::Reject("metadata-no-sso-endpoint") => |stage| located(stage, "javascript:alert(document.domain)");

    /// A script whose scheme is written in other letters.
    sso_location_of_javascript_in_other_letter_case: "CVE-2023-45683, CVE-2026-29191", METADATA, Outcome::Reject("metadata-no-sso-endpoint") => |stage| located(stage, "JaVaScRiPt:alert(1)//https://idp.example.com/sso");

    /// A space before the scheme, which browsers pass over.
    sso_location_of_javascript_behind_a_space: "CVE-2023-45683, CVE-2026-29191", METADATA, Outcome::Reject("metadata-no-sso-endpoint") => |stage| located(stage, " javascript:alert(1)");

    /// A tab within the scheme, which browsers pass over.
    sso_location_of_javascript_with_a_tab_in_it: "CVE-2023-45683, CVE-2026-29191", METADATA, Outcome::Reject("metadata-no-sso-endpoint") => |stage| located(stage, "java\tscript:alert(1)");

    /// A document instead of a place.
    sso_location_of_data: "CVE-2023-45683, CVE-2026-29191", METADATA, Outcome::Reject("metadata-no-sso-endpoint") => |stage| located(stage, "data:text/html,<script>alert(1)</script>");

    /// Another kind of script.
    sso_location_of_vbscript: "CVE-2023-45683, CVE-2026-29191", METADATA, Outcome::Reject("metadata-no-sso-endpoint") => |stage| located(stage, "vbscript:msgbox(1)");

    /// A file of the user's.
    sso_location_of_file: "CVE-2023-45683, CVE-2026-29191", METADATA, Outcome::Reject("metadata-no-sso-endpoint") => |stage| located(stage, "file:///etc/passwd");

    /// A document of the application's own origin.
    sso_location_of_blob: "CVE-2023-45683, CVE-2026-29191", METADATA, Outcome::Reject("metadata-no-sso-endpoint") => |stage| located(stage, "blob:https://app.example.com/1234");

    /// The identity provider's host as user info of the attacker's.
    sso_location_of_user_info: "CVE-2023-45683, CVE-2026-29191", METADATA, Outcome::Reject("metadata-no-sso-endpoint") => |stage| located(stage, "https://idp.example.com@evil.example.com/sso");

    /// Line breaks that end a header.
    sso_location_of_line_breaks: "CVE-2023-45683, CVE-2026-29191", METADATA, Outcome::Reject("metadata-no-sso-endpoint") => |stage| located(stage, "https://idp.example.com/sso\r\nSet-Cookie: a=b");

    /// A backslash, which browsers read as a slash.
    sso_location_of_a_backslash: "CVE-2023-45683, CVE-2026-29191", METADATA, Outcome::Reject("metadata-no-sso-endpoint") => |stage| located(stage, "https://evil.example.com\\@idp.example.com/sso");

    /// A place on whatever origin the page has.
    sso_location_of_no_scheme: "CVE-2023-45683, CVE-2026-29191", METADATA, Outcome::Reject("metadata-no-sso-endpoint") => |stage| located(stage, "//evil.example.com/sso");

    /// A place on our own origin.
    sso_location_of_a_path: "CVE-2023-45683, CVE-2026-29191", METADATA, Outcome::Reject("metadata-no-sso-endpoint") => |stage| located(stage, "/saml/acs");

    /// A browser takes the next part of the path for the host.
    sso_location_of_no_host: "CVE-2023-45683, CVE-2026-29191", METADATA, Outcome::Reject("metadata-no-sso-endpoint") => |stage| located(stage, "https:///evil.example.com/sso");

    /// What stands behind # never reaches a server, and swallows our parameters.
    sso_location_of_a_fragment: "CVE-2023-45683, CVE-2026-29191", METADATA, Outcome::Reject("metadata-no-sso-endpoint") => |stage| located(stage, "https://idp.example.com/sso#");

    /// A space within.
    sso_location_of_a_space: "CVE-2023-45683, CVE-2026-29191", METADATA, Outcome::Reject("metadata-no-sso-endpoint") => |stage| located(stage, "https://idp.example.com/ sso");

    /// No place at all.
    sso_location_of_no_characters: "CVE-2023-45683, CVE-2026-29191", METADATA, Outcome::Reject("metadata-no-sso-endpoint") => |stage| located(stage, "");

    /// White space around a good place is no part of it: what is published is the clean one.
    sso_location_with_white_space_around: "CVE-2023-45683, CVE-2026-29191", METADATA, Outcome::Publishes("/sso/0/location", "https://idp.example.com/sso") => |stage| located(stage, "\n https://idp.example.com/sso \t");

    /// A good Location and a script as ResponseLocation: the endpoint counts as a whole.
    script_as_response_location: "CVE-2023-45683, CVE-2026-29191", METADATA, Outcome::Reject("metadata-no-sso-endpoint") => |stage| stage.metadata(|tree| {
        tree.find_all("SingleSignOnService").into_iter().try_for_each(|place| {
            tree.set(place, "ResponseLocation", "javascript:alert(1)")
        })
    });

    /// A place without TLS is read, and no login is sent there.
    sso_location_without_tls: "CVE-2026-29191", &[Shape::AssertionSigned], Outcome::Reject("idp-http-endpoint") => |stage| {
        let made: Made = stage.genuine()?.into();
        Ok(made.with("/idp/sso_url", "http://idp.example.com/sso"))
    };

    /// Two entities of one name in one signed federation: the second has its own key and place.
    two_entities_of_one_name: "metadata 2.3.2", METADATA, Outcome::Reject("metadata-duplicate-entity") => |stage| {
        let mut victim = Tree::parse(&stage.idp.metadata()?)?;
        let evil = Tree::parse(&stage.foreign.metadata()?)?;
        let mut tree = Tree::parse("<md:EntitiesDescriptor xmlns:md=\"urn:oasis:names:tc:SAML:2.0:metadata\" ID=\"_all\" validUntil=\"2026-02-01T00:00:00Z\"/>")?;
        victim.declare_inherited(victim.root())?;
        for entity in [evil.to_xml(), victim.to_xml()] {
            let entity = tree.element(&entity)?;
            tree.append(tree.root(), entity)?;
        }
        Ok(Made::metadata(stage.idp.sign_element(&tree.to_xml(), "_all")?))
    };

    /// The key stands in another role of the same entity: a service provider's key signs no assertions.
    signing_key_of_another_role: "metadata 2.4.1.1", METADATA, Outcome::Reject("metadata-no-signing-key") => |stage| stage.metadata(|tree| {
        let key = tree.find("KeyDescriptor")?;
        let role = tree.element(
            "<md:SPSSODescriptor xmlns:md=\"urn:oasis:names:tc:SAML:2.0:metadata\" \
             protocolSupportEnumeration=\"urn:oasis:names:tc:SAML:2.0:protocol\"/>",
        )?;
        tree.append(tree.root(), role)?;
        tree.append(role, key)
    });

    /// A key for encryption signs nothing.
    signing_key_that_is_for_encryption: "metadata 2.4.1.1", METADATA, Outcome::Reject("metadata-no-signing-key") => |stage| stage.metadata(|tree| tree.set(tree.find("KeyDescriptor")?, "use", "encryption"));

    /// A role of another protocol, with a place and a key that this protocol would take.
    role_of_another_protocol: "metadata 2.4.1", METADATA, Outcome::Reject("metadata-no-saml2-role") => |stage| stage.metadata(|tree| {
        tree.set(tree.find("IDPSSODescriptor")?, "protocolSupportEnumeration", "urn:oasis:names:tc:SAML:1.1:protocol")
    });

    /// A signed document without an end, with which an old key is kept alive.
    metadata_without_an_end: "metadata 2.3.2", METADATA, Outcome::Reject("metadata-no-valid-until") => |stage| stage.metadata(|tree| tree.unset(tree.root(), "validUntil"));

    /// A signed document whose end cannot be read.
    metadata_with_an_end_that_is_no_time: "metadata 2.3.2", METADATA, Outcome::Reject("metadata-bad-valid-until") => |stage| stage.metadata(|tree| tree.set(tree.root(), "validUntil", "later"));
}
