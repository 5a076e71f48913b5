//! Step 8: claims against expectations. What passes is `Accepted`, and waits for the replay record.

use chrono::{DateTime, Duration, Utc};

use super::checks::{CHECKS, Context, bearers};
use super::diagnose::Subject;
use super::open::{Opened, Proof, SignedAssertion, decode, obscured, open};
use super::pending::PendingLogin;
use super::report::Report;
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
    judge_or_report(settings, idp, posted.saml_response, expected, now, &mut Unwrapped::in_one_step()).1
}

/// As [`accept`], with every row of the table run and written down.
pub(crate) fn accept_or_report(
    settings: &Settings,
    idp: &IdentityProvider,
    posted: &PostedResponse<'_>,
    expect: Expect,
    now: DateTime<Utc>,
) -> (Result<Accepted, Error>, Report) {
    let mut unwrapped = Unwrapped::in_one_step();
    let (judged, report) =
        judge_or_report(settings, idp, posted.saml_response, &expect.as_expected(), now, &mut unwrapped);
    (judged.and_then(|opened| accepted(settings, idp, opened, expect, now)), report)
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
    let context = context(settings, idp, now, acs, pending, &opened);
    for check in CHECKS {
        let claims = opened.signed.as_ref().map(|signed| &signed.assertion);
        if let Some(Err(error)) = check.run(&opened.envelope, claims, &context) {
            return Err(obscured(error, opened.authentic));
        }
    }
    Ok(opened)
}

/// As [`judge`], with a report, whatever it comes to.
pub(super) fn judge_or_report(
    settings: &Settings,
    idp: &IdentityProvider,
    saml_response: &str,
    expected: &Expected<'_>,
    now: DateTime<Utc>,
    unwrapped: &mut Unwrapped,
) -> (Result<Opened, Error>, Report) {
    let keys = expectation(settings, idp, expected, now)
        .and_then(|(_, pending)| trusted_keys(idp, pending).map_err(Error::from));
    let message = decode(settings, saml_response);
    let opened = keys.clone().and_then(|keys| {
        let message = message.as_ref().map_err(Clone::clone)?;
        open(settings, idp, &keys, message, unwrapped)
    });
    let keys = keys.unwrap_or_default();
    let subject = Subject { settings, idp, expected, keys: &keys, now, message: message.as_deref() };
    let error = match opened {
        Ok(opened) => match subject.report(Ok(&opened)) {
            (Ok(()), report) => return (Ok(opened), report),
            (Err(error), report) if opened.authentic => return (Err(error), report),
            // A report of the rows would say what the one error must not.
            (Err(error), _) => obscured(error, false),
        },
        Err(error) => error,
    };
    let (_, report) = subject.report(Err(&error));
    (Err(error), report)
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
fn trusted_keys(idp: &IdentityProvider, pending: Option<&PendingLogin>) -> Result<Vec<VerifyingKey>, Rejection> {
    pending.map_or_else(|| Ok(idp.signing_keys().to_vec()), |pending| pending.outstanding().trusted_keys(idp))
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
