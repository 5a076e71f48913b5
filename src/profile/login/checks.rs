//! The closed table of checks. `accept` stops at the first failure, `diagnose` runs every row.
//!
//! A row over the envelope sees claims that may be unsigned: it can only reject. A row over the assertion sees what was
//! signed. Cheapest first, and the status after the envelope's other rows: a stranger's "no" is not the answer.

use super::pending::PendingLogin;
use crate::error::{Error, Rejection};
use crate::profile::settings::{Moment, Settings};
use crate::saml::assertion::{Assertion, AuthnStatement};
use crate::saml::metadata::IdentityProvider;
use crate::saml::response::Envelope;
use crate::saml::subject::SubjectConfirmation;
use crate::saml::{NameId, urn};
use crate::text::quoted::Quoted;

/// What the claims are held against.
pub(super) struct Context<'a> {
    pub(super) settings: &'a Settings,
    pub(super) idp: &'a IdentityProvider,
    pub(super) moment: Moment,
    /// The one URL that Destination and Recipient are compared to.
    pub(super) acs: &'a str,
    /// `None` for an unsolicited answer.
    pub(super) pending: Option<&'a PendingLogin>,
    /// True where the envelope's InResponseTo stands in signed octets.
    pub(super) signed_in_response_to: bool,
}

pub(super) type Verdict = Result<(), Error>;

pub(super) struct Check {
    /// Names the row in reports.
    pub(super) id: &'static str,
    /// The section that demands it.
    pub(super) cites: &'static str,
    pub(super) test: Test,
}

pub(super) enum Test {
    /// Over data that may be unsigned.
    Envelope(fn(&Envelope, &Context<'_>) -> Verdict),
    /// Over signed data.
    Assertion(fn(&Assertion, &Context<'_>) -> Verdict),
}

pub(super) const CHECKS: &[Check] = &[
    Check { id: "version", cites: "core 3.2.2", test: Test::Envelope(version) },
    Check { id: "issuer", cites: "profiles 4.1.4.2", test: Test::Envelope(issuer) },
    Check { id: "destination", cites: "core 3.2.2, bindings 3.5.5.2", test: Test::Envelope(destination) },
    Check { id: "in-response-to", cites: "core 3.2.2, profiles 4.1.5", test: Test::Envelope(in_response_to) },
    Check { id: "status", cites: "core 3.2.2.2", test: Test::Envelope(status) },
    Check { id: "assertion-issuer", cites: "profiles 4.1.4.2", test: Test::Assertion(assertion_issuer) },
    Check { id: "issue-instant", cites: "core 2.3.3", test: Test::Assertion(issue_instant) },
    Check { id: "confirmation-method", cites: "profiles 4.1.4.2", test: Test::Assertion(confirmation_method) },
    Check { id: "confirmation-recipient", cites: "profiles 4.1.4.3", test: Test::Assertion(confirmation_recipient) },
    Check { id: "confirmation-window", cites: "profiles 4.1.4.3", test: Test::Assertion(confirmation_window) },
    Check {
        id: "confirmation-in-response-to",
        cites: "profiles 4.1.4.3",
        test: Test::Assertion(confirmation_in_response_to),
    },
    Check { id: "conditions-window", cites: "core 2.5.1.2", test: Test::Assertion(conditions_window) },
    Check { id: "audience", cites: "core 2.5.1.4, profiles 4.1.4.2", test: Test::Assertion(audience) },
    Check { id: "unknown-condition", cites: "core 2.5.1", test: Test::Assertion(unknown_condition) },
    Check { id: "authn-statement", cites: "profiles 4.1.4.2", test: Test::Assertion(authn_statement) },
    Check { id: "authn-instant", cites: "core 3.4.1", test: Test::Assertion(authn_instant) },
    Check { id: "authn-context", cites: "core 3.3.2.2.1", test: Test::Assertion(authn_context) },
    Check { id: "session-expiry", cites: "profiles 4.1.4.3", test: Test::Assertion(session_expiry) },
    Check { id: "name-id-policy", cites: "core 3.4.1.1", test: Test::Assertion(name_id_policy) },
    Check { id: "subject-match", cites: "core 3.3.4", test: Test::Assertion(subject_match) },
    Check { id: "one-time-use", cites: "core 2.5.1.5", test: Test::Assertion(one_time_use) },
];

impl Check {
    /// `None` where the row speaks of an assertion and there is none.
    pub(super) fn run(
        &self,
        envelope: &Envelope,
        assertion: Option<&Assertion>,
        context: &Context<'_>,
    ) -> Option<Verdict> {
        match self.test {
            Test::Envelope(test) => Some(test(envelope, context)),
            Test::Assertion(test) => assertion.map(|assertion| test(assertion, context)),
        }
    }
}

fn version(envelope: &Envelope, _: &Context<'_>) -> Verdict {
    if envelope.version == urn::VERSION {
        return Ok(());
    }
    reject(Rejection::Version { element: "Response", found: Quoted::new(&envelope.version) })
}

/// Required where the Response is signed or its assertion encrypted; never a reason to choose a key.
fn issuer(envelope: &Envelope, context: &Context<'_>) -> Verdict {
    let wanted = context.idp.entity_id();
    match &envelope.issuer {
        Some(issuer) if issuer == wanted.as_str() => Ok(()),
        Some(issuer) => reject(Rejection::IssuerMismatch {
            element: "Response",
            found: Quoted::new(issuer),
            wanted: wanted.clone(),
        }),
        None if envelope.signed || envelope.encrypted => {
            reject(Rejection::IssuerMissing { element: "Response", wanted: wanted.clone() })
        }
        None => Ok(()),
    }
}

fn destination(envelope: &Envelope, context: &Context<'_>) -> Verdict {
    let wanted = || Quoted::new(context.acs);
    match &envelope.destination {
        Some(found) if found == context.acs => Ok(()),
        Some(found) => {
            reject(Rejection::DestinationMismatch { element: "Response", found: Quoted::new(found), wanted: wanted() })
        }
        None if envelope.signed && !context.settings.allow_missing_destination => {
            reject(Rejection::DestinationMissing { element: "Response", wanted: wanted() })
        }
        None => Ok(()),
    }
}

fn in_response_to(envelope: &Envelope, context: &Context<'_>) -> Verdict {
    answers("Response", envelope.in_response_to.as_deref(), context)
}

/// Where an InResponseTo is present it is our request's; an unsolicited answer has none.
fn answers(element: &'static str, found: Option<&str>, context: &Context<'_>) -> Verdict {
    match (found, context.pending) {
        (None, _) => Ok(()),
        (Some(found), Some(pending)) if found == pending.request_id => Ok(()),
        (Some(found), Some(pending)) => reject(Rejection::InResponseToMismatch {
            element,
            found: Quoted::new(found),
            wanted: Quoted::new(&pending.request_id),
        }),
        (Some(found), None) => reject(Rejection::InResponseToUnexpected { element, found: Quoted::new(found) }),
    }
}

fn status(envelope: &Envelope, context: &Context<'_>) -> Verdict {
    if envelope.status.is_success() {
        return Ok(());
    }
    let asked = context.pending.iter().map(|pending| &pending.asked);
    let requested = asked.flat_map(|asked| asked.accepted_contexts.iter().chain(&asked.name_id_format));
    Err(Error::Refused {
        status: envelope.status.clone(),
        requested: requested.map(Quoted::new).collect(),
        signed: envelope.signed,
    })
}

fn assertion_issuer(assertion: &Assertion, context: &Context<'_>) -> Verdict {
    let wanted = context.idp.entity_id();
    if assertion.issuer == wanted.as_str() {
        return Ok(());
    }
    reject(Rejection::AssertionIssuerMismatch { found: Quoted::new(&assertion.issuer), wanted: wanted.clone() })
}

fn issue_instant(assertion: &Assertion, context: &Context<'_>) -> Verdict {
    let Moment { now, skew } = context.moment;
    let issued = assertion.issue_instant.utc;
    if context.moment.is_ahead(issued) {
        return reject(Rejection::IssuedInFuture { element: "Assertion", issued, now, skew });
    }
    if let Some(max_age) = context.settings.max_assertion_age
        && issued.checked_add_signed(max_age).is_some_and(|end| context.moment.is_past(end))
    {
        return reject(Rejection::IssuedTooLongAgo { element: "Assertion", issued, max_age, now });
    }
    Ok(())
}

/// The bearer confirmation that the four rows judge: the first that passes all, else the one that gets furthest. One
/// and the same must pass them all, or two halves would make a whole.
pub(super) fn judged<'a>(assertion: &'a Assertion, context: &Context<'_>) -> Option<&'a SubjectConfirmation> {
    let passed = |confirmation: &SubjectConfirmation| {
        let rows = [recipient, window, answers_confirmation];
        rows.iter().take_while(|row| row(confirmation, context).is_ok()).count()
    };
    let mut best = None;
    for confirmation in bearers(assertion) {
        let rows = passed(confirmation);
        if best.is_none_or(|(most, _)| rows > most) {
            best = Some((rows, confirmation));
        }
    }
    best.map(|(_, confirmation)| confirmation)
}

pub(super) fn bearers(assertion: &Assertion) -> impl Iterator<Item = &SubjectConfirmation> {
    let confirmations = assertion.subject.iter().flat_map(|subject| &subject.confirmations);
    confirmations.filter(|confirmation| confirmation.method == urn::confirmation::BEARER)
}

fn confirmation_method(assertion: &Assertion, _: &Context<'_>) -> Verdict {
    if bearers(assertion).next().is_some() {
        return Ok(());
    }
    let other = assertion.subject.iter().flat_map(|subject| &subject.confirmations).next();
    let found = other.map_or("nothing", |confirmation| confirmation.method.as_str());
    reject(Rejection::ConfirmationMethod { found: Quoted::new(found) })
}

/// The rows below say nothing of their own where there is no bearer confirmation: the row above has.
fn on_judged(
    assertion: &Assertion,
    context: &Context<'_>,
    row: fn(&SubjectConfirmation, &Context<'_>) -> Verdict,
) -> Verdict {
    judged(assertion, context).map_or(Ok(()), |confirmation| row(confirmation, context))
}

fn confirmation_recipient(assertion: &Assertion, context: &Context<'_>) -> Verdict {
    on_judged(assertion, context, recipient)
}

fn confirmation_window(assertion: &Assertion, context: &Context<'_>) -> Verdict {
    on_judged(assertion, context, window)
}

fn confirmation_in_response_to(assertion: &Assertion, context: &Context<'_>) -> Verdict {
    on_judged(assertion, context, answers_confirmation)
}

fn recipient(confirmation: &SubjectConfirmation, context: &Context<'_>) -> Verdict {
    let wanted = || Quoted::new(context.acs);
    match &confirmation.recipient {
        Some(found) if found == context.acs => Ok(()),
        Some(found) => reject(Rejection::RecipientMismatch { found: Quoted::new(found), wanted: wanted() }),
        None => reject(Rejection::RecipientMissing { wanted: wanted() }),
    }
}

fn window(confirmation: &SubjectConfirmation, context: &Context<'_>) -> Verdict {
    let Moment { now, skew } = context.moment;
    if confirmation.window.not_on_or_after.is_none() {
        return reject(Rejection::ConfirmationUnbounded);
    }
    // Core 2.4.1.2 forbids an empty window here as 2.5.1.2 does in Conditions; the skew alone would open it.
    if !confirmation.window.contains(now, skew) || confirmation.window.is_empty() {
        return reject(Rejection::ConfirmationWindow { window: confirmation.window.clone(), now, skew });
    }
    Ok(())
}

/// Besides matching: where the Response's own InResponseTo is not signed, this one must be there (CVE-2026-49284).
fn answers_confirmation(confirmation: &SubjectConfirmation, context: &Context<'_>) -> Verdict {
    let found = confirmation.in_response_to.as_deref();
    if let (None, Some(pending), false) = (found, context.pending, context.signed_in_response_to) {
        return reject(Rejection::InResponseToMissing { wanted: Quoted::new(&pending.request_id) });
    }
    answers("SubjectConfirmation", found, context)
}

fn conditions_window(assertion: &Assertion, context: &Context<'_>) -> Verdict {
    let Moment { now, skew } = context.moment;
    let Some(conditions) = &assertion.conditions else { return Ok(()) };
    let window = &conditions.window;
    if !window.contains(now, skew) || window.is_empty() {
        return reject(Rejection::ConditionsWindow { window: window.clone(), now, skew });
    }
    Ok(())
}

fn audience(assertion: &Assertion, context: &Context<'_>) -> Verdict {
    let ours = &context.settings.entity_id;
    let restrictions = assertion.conditions.as_ref().map(|c| c.audience_restrictions.as_slice()).unwrap_or_default();
    if restrictions.is_empty() {
        if context.settings.allow_missing_audience {
            return Ok(());
        }
        return reject(Rejection::AudienceMissing { ours: ours.clone() });
    }
    for audiences in restrictions {
        if !audiences.iter().any(|audience| audience == ours.as_str()) {
            let found = audiences.iter().take(8).map(Quoted::new).collect();
            return reject(Rejection::AudienceMismatch { ours: ours.clone(), found });
        }
    }
    Ok(())
}

fn unknown_condition(assertion: &Assertion, _: &Context<'_>) -> Verdict {
    match assertion.conditions.as_ref().and_then(|conditions| conditions.unknown.clone()) {
        Some(found) => reject(Rejection::UnknownCondition { found }),
        None => Ok(()),
    }
}

fn authn_statement(assertion: &Assertion, _: &Context<'_>) -> Verdict {
    if assertion.authn_statement().is_some() { Ok(()) } else { reject(Rejection::AuthnStatementMissing) }
}

fn authn_instant(assertion: &Assertion, context: &Context<'_>) -> Verdict {
    let (Some(statement), Some(pending)) = (assertion.authn_statement(), context.pending) else { return Ok(()) };
    let Moment { now, skew } = context.moment;
    let found = statement.instant;
    if pending.asked.force_authn && found.checked_add_signed(skew).is_some_and(|latest| latest < pending.issued) {
        return reject(Rejection::AuthnBeforeRequest { found, requested: pending.issued, skew });
    }
    if let Some(max_age) = pending.asked.max_authn_age
        && found.checked_add_signed(max_age).is_some_and(|end| context.moment.is_past(end))
    {
        return reject(Rejection::AuthnTooLongAgo { found, max_age, now });
    }
    Ok(())
}

fn authn_context(assertion: &Assertion, context: &Context<'_>) -> Verdict {
    let (Some(statement), Some(pending)) = (assertion.authn_statement(), context.pending) else { return Ok(()) };
    let accepted = &pending.asked.accepted_contexts;
    let found = statement.class_ref.as_deref();
    if accepted.is_empty() || found.is_some_and(|found| accepted.iter().any(|class| class == found)) {
        return Ok(());
    }
    reject(Rejection::AuthnContextMismatch {
        found: Quoted::new(found.unwrap_or("no class")),
        wanted: accepted.iter().map(Quoted::new).collect(),
    })
}

fn session_expiry(assertion: &Assertion, context: &Context<'_>) -> Verdict {
    let Moment { now, skew } = context.moment;
    match assertion.authn_statement().and_then(|statement| statement.session_not_on_or_after) {
        Some(ended) if context.moment.is_past(ended) => reject(Rejection::SessionExpired { ended, now, skew }),
        _ => Ok(()),
    }
}

fn name_id_policy(assertion: &Assertion, context: &Context<'_>) -> Verdict {
    let Some(pending) = context.pending else { return Ok(()) };
    let name_id = assertion.name_id();
    let mismatch = |what, found: Option<&str>, wanted: &str| {
        let (found, wanted) = (Quoted::new(found.unwrap_or("none")), Quoted::new(wanted));
        reject(Rejection::NameIdPolicyMismatch { what, found, wanted })
    };
    if let Some(wanted) = &pending.asked.name_id_format {
        let found = name_id.and_then(|name_id| name_id.format.as_deref());
        if found != Some(wanted) {
            return mismatch("the Format", found, wanted);
        }
    }
    if let Some(wanted) = &pending.asked.sp_name_qualifier {
        let found = name_id.and_then(|name_id| name_id.sp_name_qualifier.as_deref());
        if found != Some(wanted) {
            return mismatch("the SPNameQualifier", found, wanted);
        }
    }
    Ok(())
}

/// "Strongly matches" (core 3.3.4): the same name, format and qualifiers; what the request left open is open.
fn subject_match(assertion: &Assertion, context: &Context<'_>) -> Verdict {
    let Some(asked) = context.pending.and_then(|pending| pending.asked.subject.as_ref()) else { return Ok(()) };
    let same = |asked: &Option<String>, found: &Option<String>| asked.is_none() || asked == found;
    let matches = |found: &NameId| {
        found.value == asked.value
            && same(&asked.format, &found.format)
            && same(&asked.name_qualifier, &found.name_qualifier)
            && same(&asked.sp_name_qualifier, &found.sp_name_qualifier)
    };
    if assertion.name_id().is_some_and(matches) { Ok(()) } else { reject(Rejection::SubjectMismatch) }
}

/// Every assertion is taken once here, OneTimeUse or not: `Accepted::confirm` asks the replay record. The row stands
/// so that reports show where the condition is met.
fn one_time_use(_: &Assertion, _: &Context<'_>) -> Verdict {
    Ok(())
}

fn reject(rejection: Rejection) -> Verdict {
    Err(rejection.into())
}

impl Assertion {
    /// The AuthnStatement that the rows judge and the identity reports: the most recent one.
    pub(crate) fn authn_statement(&self) -> Option<&AuthnStatement> {
        let mut statements = self.authn_statements.iter();
        let first = statements.next()?;
        Some(statements.fold(first, |latest, next| if next.instant > latest.instant { next } else { latest }))
    }

    pub(crate) fn name_id(&self) -> Option<&NameId> {
        self.subject.as_ref()?.name_id.as_ref()
    }
}
