//! Step 8: claims against expectations. What passes is `Accepted`, and waits for the replay record.

use std::borrow::Cow;

use chrono::{DateTime, Duration, Utc};

use super::checks::{CHECKS, Context, bearers};
use super::diagnose::Subject;
use super::open::{Opened, Proof, SignedAssertion, decode, obscured, open};
use super::pending::PendingLogin;
use super::report::{Rejected, Report};
use super::{Expect, PostedResponse};
use crate::crypto::VerifyingKey;
use crate::dsig::SignedOctets;
use crate::error::{Error, Rejection};
use crate::profile::replay::ReplayKey;
use crate::profile::return_to::ReturnTo;
use crate::profile::settings::Settings;
use crate::saml::EntityId;
use crate::saml::assertion::Assertion;
use crate::saml::metadata::IdentityProvider;
use crate::xmlenc::{Decrypted, Unwrapped};

/// An assertion that passed every check but one: whether it was presented before.
///
/// Record [`replay_key`](Self::replay_key) until [`keep_until`](Self::keep_until), atomically, and close the question
/// with [`confirm`](Self::confirm). Without that there is no identity.
#[derive(Debug)]
#[must_use = "an accepted answer signs nobody in until it is confirmed"]
pub struct Accepted {
    pub(crate) assertion: Assertion,
    pub(crate) idp: EntityId,
    pub(crate) return_to: Option<ReturnTo>,
    pub(crate) tag: Option<String>,
    pub(crate) now: DateTime<Utc>,
    octets: SignedOctets,
    decrypted: Vec<Decrypted>,
    proofs: Vec<Proof>,
    replay_key: ReplayKey,
    keep_until: DateTime<Utc>,
}

impl Accepted {
    /// The name under which to record this assertion.
    #[must_use]
    pub fn replay_key(&self) -> &ReplayKey {
        &self.replay_key
    }

    /// How long to record it: until this moment it would be accepted again.
    #[must_use]
    pub fn keep_until(&self) -> DateTime<Utc> {
        self.keep_until
    }

    /// The exact bytes that the identity provider signed and that the identity is read from.
    #[must_use]
    pub fn signed_octets(&self) -> &SignedOctets {
        &self.octets
    }

    /// True where anything in the answer was encrypted: the assertion, its NameID or an attribute.
    #[must_use]
    pub fn was_encrypted(&self) -> bool {
        !self.decrypted.is_empty()
    }

    /// How it was encrypted: one entry for each way in which a part of it was. Warn where one is
    /// [outdated](Decrypted::outdated).
    ///
    /// ```
    /// # use saml_sp::Accepted;
    /// fn warn(accepted: &Accepted) {
    ///     for part in accepted.decrypted().iter().filter(|part| part.outdated) {
    ///         eprintln!("the {} came by {}, {}", part.element, part.content, part.key_transport);
    ///     }
    /// }
    /// ```
    #[must_use]
    pub fn decrypted(&self) -> &[Decrypted] {
        &self.decrypted
    }

    /// Whose own signature verified: the Response's, the Assertion's, or both (Response first).
    #[must_use]
    pub fn proofs(&self) -> &[Proof] {
        &self.proofs
    }
}

/// What the answer is held against, whichever door it came by.
pub(crate) enum Expected<'a> {
    AnswerTo(&'a PendingLogin),
    Unsolicited { at: &'a str },
}

impl Expect {
    pub(crate) fn as_expected(&self) -> Expected<'_> {
        match self {
            Self::AnswerTo(pending) => Expected::AnswerTo(pending),
            Self::Unsolicited { at } => Expected::Unsolicited { at },
        }
    }

    fn into_pending(self) -> Option<PendingLogin> {
        match self {
            Self::AnswerTo(pending) => Some(pending),
            Self::Unsolicited { .. } => None,
        }
    }
}

/// Steps 1 to 8, up to the first failure.
pub(crate) fn accept(
    settings: &Settings,
    idp: &IdentityProvider,
    posted: &PostedResponse<'_>,
    expect: Expect,
    now: DateTime<Utc>,
) -> Result<Accepted, Error> {
    let opened = judge(settings, idp, posted.saml_response, &expect, now, &mut Unwrapped::in_one_step())?;
    accepted(settings, idp, opened, expect, now)
}

/// The report alone: nothing is used up.
pub(crate) fn diagnose(
    settings: &Settings,
    idp: &IdentityProvider,
    posted: &PostedResponse<'_>,
    expected: &Expected<'_>,
    now: DateTime<Utc>,
) -> Report {
    Judged::new(settings, idp, posted.saml_response, expected, now, &mut Unwrapped::in_one_step()).report()
}

/// As [`accept`], and a report where it fails.
pub(crate) fn accept_or_report(
    settings: &Settings,
    idp: &IdentityProvider,
    posted: &PostedResponse<'_>,
    expect: Expect,
    now: DateTime<Utc>,
) -> Result<Accepted, Box<Rejected>> {
    let expected = expect.as_expected();
    let judged = Judged::new(settings, idp, posted.saml_response, &expected, now, &mut Unwrapped::in_one_step());
    let (opened, report) = judged.into_result();
    let accepted = opened.and_then(|opened| accepted(settings, idp, opened, expect, now));
    accepted.map_err(|error| Box::new(Rejected { error, report }))
}

/// Takes the message apart and checks its claims, up to the first failure.
pub(super) fn judge(
    settings: &Settings,
    idp: &IdentityProvider,
    saml_response: &str,
    expect: &Expect,
    now: DateTime<Utc>,
    unwrapped: &mut Unwrapped,
) -> Result<Opened, Error> {
    let expected = expect.as_expected();
    let (acs, pending) = expectation(settings, idp, &expected, now)?;
    let keys = trusted_keys(idp, pending)?;
    let opened = open(settings, idp, &keys, &decode(settings, saml_response)?, unwrapped)?;
    check(&opened, &context(settings, idp, now, acs, pending, &opened))?;
    Ok(opened)
}

/// The table of checks, up to the first row that fails.
fn check(opened: &Opened, context: &Context<'_>) -> Result<(), Error> {
    let claims = opened.signed.as_ref().map(|signed| &signed.assertion);
    for check in CHECKS {
        if let Some(Err(error)) = check.run(&opened.envelope, claims, context) {
            return Err(obscured(error, opened.authentic));
        }
    }
    Ok(())
}

/// As [`judge`], with what a report is made of.
pub(super) struct Judged<'a> {
    settings: &'a Settings,
    idp: &'a IdentityProvider,
    expected: &'a Expected<'a>,
    now: DateTime<Utc>,
    keys: Cow<'a, [VerifyingKey]>,
    message: Result<Vec<u8>, Error>,
    walked: Walked,
}

/// How far the walk in came.
enum Walked {
    Passed(Opened),
    /// With what was opened, where it may be spoken of.
    Failed(Error, Option<Opened>),
}

impl<'a> Judged<'a> {
    pub(super) fn new(
        settings: &'a Settings,
        idp: &'a IdentityProvider,
        saml_response: &str,
        expected: &'a Expected<'a>,
        now: DateTime<Utc>,
        unwrapped: &mut Unwrapped,
    ) -> Self {
        let message = decode(settings, saml_response);
        let trusted = expectation(settings, idp, expected, now)
            .and_then(|(acs, pending)| Ok((acs, pending, trusted_keys(idp, pending)?)));
        let walked = trusted.as_ref().map_err(Clone::clone).and_then(|(acs, pending, keys)| {
            let message = message.as_ref().map_err(Clone::clone)?;
            let opened = open(settings, idp, keys, message, unwrapped)?;
            let failed = check(&opened, &context(settings, idp, now, acs, *pending, &opened)).err();
            Ok((opened, failed))
        });
        let walked = match walked {
            Ok((opened, None)) => Walked::Passed(opened),
            // A report of the rows would say what the one error must not.
            Ok((opened, Some(error))) => Walked::Failed(error, Some(opened).filter(|opened| opened.authentic)),
            Err(error) => Walked::Failed(error, None),
        };
        // A login that rules itself out says nothing about signatures: they are shown by the keys that are trusted now.
        let keys = trusted.map_or_else(|_| Cow::Borrowed(idp.signing_keys()), |(_, _, keys)| keys);
        Self { settings, idp, expected, now, keys, message, walked }
    }

    pub(super) fn report(&self) -> Report {
        let Self { settings, idp, expected, now, keys, message, .. } = self;
        let subject = Subject { settings, idp, expected, keys, now: *now, message: message.as_deref() };
        match &self.walked {
            Walked::Passed(opened) | Walked::Failed(_, Some(opened)) => subject.report(Ok(opened)),
            Walked::Failed(error, None) => subject.report(Err(error)),
        }
    }

    /// As [`judge`], and a report that says something where it fails.
    pub(super) fn into_result(self) -> (Result<Opened, Error>, Report) {
        let report = match &self.walked {
            Walked::Passed(_) => Report::empty(self.now),
            Walked::Failed(..) => self.report(),
        };
        match self.walked {
            Walked::Passed(opened) => (Ok(opened), report),
            Walked::Failed(error, _) => (Err(error), report),
        }
    }
}

/// Whether an answer may be taken at all: the login it belongs to, and where it must arrive.
fn expectation<'a>(
    settings: &'a Settings,
    idp: &IdentityProvider,
    expected: &Expected<'a>,
    now: DateTime<Utc>,
) -> Result<(&'a str, Option<&'a PendingLogin>), Error> {
    idp.check_valid(now, settings.skew)?;
    let pending = match expected {
        Expected::Unsolicited { at } => return Ok((settings.acs(at)?.as_str(), None)),
        Expected::AnswerTo(pending) => *pending,
    };
    pending.outstanding().check(settings, idp, now)?;
    Ok((&pending.acs_url, Some(pending)))
}

/// The keys that may sign: for an answer to a login those that were trusted when it began.
fn trusted_keys<'a>(
    idp: &'a IdentityProvider,
    pending: Option<&PendingLogin>,
) -> Result<Cow<'a, [VerifyingKey]>, Rejection> {
    let all = || Ok(Cow::Borrowed(idp.signing_keys()));
    pending.map_or_else(all, |pending| pending.outstanding().trusted_keys(idp))
}

fn context<'a>(
    settings: &'a Settings,
    idp: &'a IdentityProvider,
    now: DateTime<Utc>,
    acs: &'a str,
    pending: Option<&'a PendingLogin>,
    opened: &Opened,
) -> Context<'a> {
    let signed_in_response_to = opened.envelope.signed && opened.envelope.in_response_to.is_some();
    Context { settings, idp, moment: settings.moment(now), acs, pending, signed_in_response_to }
}

pub(super) fn accepted(
    settings: &Settings,
    idp: &IdentityProvider,
    opened: Opened,
    expect: Expect,
    now: DateTime<Utc>,
) -> Result<Accepted, Error> {
    let Some(SignedAssertion { assertion, octets }) = opened.signed else {
        // The status row has rejected every answer without an assertion; this keeps the compiler's word for it.
        return Err(Error::Refused {
            status: opened.envelope.status,
            requested: Vec::new(),
            signed: opened.envelope.signed,
        });
    };
    let (return_to, tag) = expect.into_pending().map_or((None, None), |pending| (pending.return_to, pending.tag));
    Ok(Accepted {
        replay_key: ReplayKey::new(idp.entity_id(), &assertion.id),
        keep_until: keep_until(settings, &assertion, now),
        assertion,
        idp: idp.entity_id().clone(),
        octets,
        decrypted: opened.decrypted,
        proofs: opened.proofs,
        return_to,
        tag,
        now,
    })
}

/// The first moment at which no check would let this assertion pass again: the earliest of its bounds, each with the
/// skew that the checks grant. Of several bearer confirmations the longest counts, for any of them may be presented.
fn keep_until(settings: &Settings, assertion: &Assertion, now: DateTime<Utc>) -> DateTime<Utc> {
    let with =
        |bound: DateTime<Utc>, span: Duration| bound.checked_add_signed(span).unwrap_or(DateTime::<Utc>::MAX_UTC);
    let confirmations = bearers(assertion).filter_map(|confirmation| confirmation.window.not_on_or_after).max();
    let conditions = assertion.conditions.as_ref().and_then(|conditions| conditions.window.not_on_or_after);
    let age = settings.max_assertion_age.map(|max_age| with(assertion.issue_instant.utc, max_age));
    let end = [confirmations, conditions, age].into_iter().flatten().min();
    with(end.unwrap_or(now), settings.skew)
}
