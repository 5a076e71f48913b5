//! Why a claim was not acceptable. Every mismatch carries both sides.

use chrono::{DateTime, Duration, Utc};

use super::near_miss::near_miss;
use crate::saml::{EntityId, Status, Window, urn};
use crate::text::instant;
use crate::text::quoted::Quoted;
use crate::text::whose::Whose;

/// Why a message is not acceptable here and now.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the fields are the two sides of the comparison that the Display text names")]
pub enum Rejection {
    /// The pending login or logout is older than its lifetime.
    #[error("the {what} was begun at {} and expired at {}, it is {} now", t(issued), t(expires), t(now))]
    #[non_exhaustive]
    PendingExpired { what: &'static str, issued: DateTime<Utc>, expires: DateTime<Utc>, now: DateTime<Utc> },
    /// No pending login or logout was found for this answer.
    #[error("no pending {what} belongs to this answer: {reason}")]
    #[non_exhaustive]
    PendingMissing { what: &'static str, reason: &'static str },
    /// A sealed pending login or logout that does not open: another key, another service provider, altered, or cut.
    #[error("the sealed pending {what} does not open with our keys")]
    #[non_exhaustive]
    PendingForged { what: &'static str },
    /// The pending login or logout was begun with another identity provider.
    #[error("the {what} was begun with {}, this answer is taken for {}", q(pending), q(given))]
    #[non_exhaustive]
    WrongIdp { what: &'static str, pending: EntityId, given: EntityId },
    /// None of the signing keys that were trusted when the login or logout began is trusted now.
    #[error("the signing keys of {} are all others than when the {what} was begun", q(idp))]
    #[non_exhaustive]
    IdpKeysChanged { what: &'static str, idp: EntityId },
    /// The pending login or logout was begun by another service provider.
    #[error("the {what} was begun by {}, we are {}", q(pending), q(ours))]
    #[non_exhaustive]
    WrongSp { what: &'static str, pending: EntityId, ours: EntityId },
    /// Not SAML 2.0.
    #[error("the {element} has version {found}, we speak 2.0")]
    #[non_exhaustive]
    Version { element: &'static str, found: Quoted },
    /// The message has no Issuer and must have one: a Response that is signed or holds an EncryptedAssertion, a logout message.
    #[error("the {element} has no Issuer, wanted {}", q(wanted))]
    #[non_exhaustive]
    IssuerMissing { element: &'static str, wanted: EntityId },
    /// The message is from another identity provider.
    #[error("the {element} is issued by {found}, it is taken for one of {}", q(wanted))]
    #[non_exhaustive]
    IssuerMismatch { element: &'static str, found: Quoted, wanted: EntityId },
    /// None of the identity providers to choose from has the name that the message gives as its Issuer.
    #[error("the {element} is issued by {found}, the identity providers to choose from are {}", names(known))]
    #[non_exhaustive]
    IssuerUnknown { element: &'static str, found: Quoted, known: Vec<EntityId> },
    /// Several of the identity providers to choose from have the name that the message gives as its Issuer.
    #[error(
        "the {element} is issued by {found}, and {count} of the identity providers to choose from have that entity ID"
    )]
    #[non_exhaustive]
    IssuerAmbiguous { element: &'static str, found: Quoted, count: usize },
    /// The message is signed and names no Destination, which bindings 3.4.5.2 and 3.5.5.2 require.
    #[error("the signed {element} has no Destination, wanted {wanted}")]
    #[non_exhaustive]
    DestinationMissing { element: &'static str, wanted: Quoted },
    /// The message is for another URL.
    #[error("the {element} is destined for {found}, we take it at {wanted}{}", differ(found, wanted))]
    #[non_exhaustive]
    DestinationMismatch { element: &'static str, found: Quoted, wanted: Quoted },
    /// The answer belongs to another request.
    #[error("the {element} answers {found}, we asked {wanted}")]
    #[non_exhaustive]
    InResponseToMismatch { element: &'static str, found: Quoted, wanted: Quoted },
    /// Nothing signed says which request is answered (CVE-2026-49284).
    #[error("nothing that is signed says which request is answered, we asked {wanted}")]
    #[non_exhaustive]
    InResponseToMissing { wanted: Quoted },
    /// An unsolicited answer that claims to answer a request (profiles 4.1.5).
    #[error("the {element} answers {found}, but is taken as unsolicited")]
    #[non_exhaustive]
    InResponseToUnexpected { element: &'static str, found: Quoted },
    /// The assertion is from another identity provider.
    #[error("the Assertion is issued by {found}, this login is with {}", q(wanted))]
    #[non_exhaustive]
    AssertionIssuerMismatch { found: Quoted, wanted: EntityId },
    /// The assertion or request was issued in the future.
    #[error("the {element} was issued at {}, it is {} now, skew {} s", t(issued), t(now), skew.num_seconds())]
    #[non_exhaustive]
    IssuedInFuture { element: &'static str, issued: DateTime<Utc>, now: DateTime<Utc>, skew: Duration },
    /// The assertion or request is older than allowed.
    #[error("the {element} was issued at {}, at most {} s ago is allowed, it is {} now", t(issued), max_age.num_seconds(), t(now))]
    #[non_exhaustive]
    IssuedTooLongAgo { element: &'static str, issued: DateTime<Utc>, max_age: Duration, now: DateTime<Utc> },
    /// No bearer SubjectConfirmation (profiles 4.1.4.2).
    #[error("the Assertion confirms its subject by {found}, wanted urn:oasis:names:tc:SAML:2.0:cm:bearer")]
    #[non_exhaustive]
    ConfirmationMethod { found: Quoted },
    /// The bearer confirmation names no Recipient.
    #[error("the bearer SubjectConfirmation has no Recipient, wanted {wanted}")]
    #[non_exhaustive]
    RecipientMissing { wanted: Quoted },
    /// The bearer confirmation is for another URL.
    #[error("the bearer SubjectConfirmation is for {found}, we take it at {wanted}{}", differ(found, wanted))]
    #[non_exhaustive]
    RecipientMismatch { found: Quoted, wanted: Quoted },
    /// The bearer confirmation has no NotOnOrAfter.
    #[error("the bearer SubjectConfirmation has no NotOnOrAfter")]
    ConfirmationUnbounded,
    /// The bearer confirmation is not valid now.
    #[error("the bearer SubjectConfirmation is valid {window}, it is {} now, skew {} s", t(now), skew.num_seconds())]
    #[non_exhaustive]
    ConfirmationWindow { window: Window, now: DateTime<Utc>, skew: Duration },
    /// The conditions are not met now.
    #[error("the Assertion is valid {window}, it is {} now, skew {} s", t(now), skew.num_seconds())]
    #[non_exhaustive]
    ConditionsWindow { window: Window, now: DateTime<Utc>, skew: Duration },
    /// No AudienceRestriction (profiles 4.1.4.2).
    #[error("the Assertion names no audience, we are {}", q(ours))]
    #[non_exhaustive]
    AudienceMissing { ours: EntityId },
    /// An AudienceRestriction that does not name us.
    #[error("the Assertion is for {}, we are {}", list(found), q(ours))]
    #[non_exhaustive]
    AudienceMismatch { ours: EntityId, found: Vec<Quoted> },
    /// A condition that we do not know makes the assertion's validity undetermined (core 2.5.1).
    #[error("the Assertion has the unknown condition {found}")]
    #[non_exhaustive]
    UnknownCondition { found: Quoted },
    /// No AuthnStatement (profiles 4.1.4.2).
    #[error("the Assertion has no AuthnStatement")]
    AuthnStatementMissing,
    /// A new authentication was demanded, and an older one is reported.
    #[error("a new authentication was demanded at {}, the user authenticated at {}, skew {} s", t(requested), t(found), skew.num_seconds())]
    #[non_exhaustive]
    AuthnBeforeRequest { found: DateTime<Utc>, requested: DateTime<Utc>, skew: Duration },
    /// The authentication is older than asked for.
    #[error("the user authenticated at {}, at most {} s ago is allowed, it is {} now", t(found), max_age.num_seconds(), t(now))]
    #[non_exhaustive]
    AuthnTooLongAgo { found: DateTime<Utc>, max_age: Duration, now: DateTime<Utc> },
    /// Another authentication context than asked for.
    #[error("the user authenticated by {found}, accepted are {}", list(wanted))]
    #[non_exhaustive]
    AuthnContextMismatch { found: Quoted, wanted: Vec<Quoted> },
    /// The session at the identity provider is over.
    #[error("the identity provider's session ended at {}, it is {} now, skew {} s", t(ended), t(now), skew.num_seconds())]
    #[non_exhaustive]
    SessionExpired { ended: DateTime<Utc>, now: DateTime<Utc>, skew: Duration },
    /// Another NameID than the NameIDPolicy asked for (core 3.4.1.1).
    #[error("the NameID has {what} {found}, asked for {wanted}")]
    #[non_exhaustive]
    NameIdPolicyMismatch { what: &'static str, found: Quoted, wanted: Quoted },
    /// Another subject than the one asked for (core 3.3.4).
    #[error("the Assertion speaks of another subject than the one asked for")]
    SubjectMismatch,
    /// The assertion or request was presented before.
    #[error("this {element} was presented before")]
    #[non_exhaustive]
    Replayed { element: &'static str },
    /// The replay record is full of live entries.
    #[error("the replay record is full: {capacity} messages are still valid")]
    #[non_exhaustive]
    ReplayRecordFull { capacity: usize },
    /// A LogoutRequest after its NotOnOrAfter (core 3.7.1).
    #[error("the LogoutRequest was valid until {}, it is {} now, skew {} s", t(ended), t(now), skew.num_seconds())]
    #[non_exhaustive]
    LogoutExpired { ended: DateTime<Utc>, now: DateTime<Utc>, skew: Duration },
}

/// EntityIDs are typed by people too, and may hold characters that turn a line of a log around.
fn q(entity_id: &EntityId) -> Quoted {
    Quoted::new(entity_id.as_str())
}

fn t(time: &DateTime<Utc>) -> String {
    instant::format(*time)
}

fn list(values: &[Quoted]) -> String {
    if values.is_empty() {
        return "no audience at all".to_owned();
    }
    values.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// The first eight: a federation has thousands.
fn names(entity_ids: &[EntityId]) -> String {
    if entity_ids.is_empty() {
        return "none at all".to_owned();
    }
    let shown: Vec<String> = entity_ids.iter().take(8).map(|entity_id| q(entity_id).to_string()).collect();
    let more = match entity_ids.len().saturating_sub(shown.len()) {
        0 => String::new(),
        more => format!(", and {more} more"),
    };
    format!("{}{more}", shown.join(", "))
}

fn differ(found: &Quoted, wanted: &Quoted) -> String {
    near_miss(found.as_str(), wanted.as_str()).map(|text| format!(" ({text})")).unwrap_or_default()
}

impl Rejection {
    /// A stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::PendingExpired { .. } => "pending-expired",
            Self::PendingMissing { .. } => "pending-missing",
            Self::PendingForged { .. } => "pending-forged",
            Self::WrongIdp { .. } => "wrong-idp",
            Self::IdpKeysChanged { .. } => "idp-keys-changed",
            Self::WrongSp { .. } => "wrong-sp",
            Self::Version { .. } => "version-unsupported",
            Self::IssuerMissing { .. } => "issuer-missing",
            Self::IssuerMismatch { .. } => "issuer-mismatch",
            Self::IssuerUnknown { .. } => "issuer-unknown",
            Self::IssuerAmbiguous { .. } => "issuer-ambiguous",
            Self::DestinationMissing { .. } => "destination-missing",
            Self::DestinationMismatch { .. } => "destination-mismatch",
            Self::InResponseToMismatch { .. } => "in-response-to-mismatch",
            Self::InResponseToMissing { .. } => "in-response-to-missing",
            Self::InResponseToUnexpected { .. } => "in-response-to-unexpected",
            Self::AssertionIssuerMismatch { .. } => "assertion-issuer-mismatch",
            Self::IssuedInFuture { .. } => "issued-in-future",
            Self::IssuedTooLongAgo { .. } => "issued-too-long-ago",
            Self::ConfirmationMethod { .. } => "confirmation-method",
            Self::RecipientMissing { .. } => "recipient-missing",
            Self::RecipientMismatch { .. } => "recipient-mismatch",
            Self::ConfirmationUnbounded => "confirmation-unbounded",
            Self::ConfirmationWindow { .. } => "confirmation-window",
            Self::ConditionsWindow { .. } => "conditions-window",
            Self::AudienceMissing { .. } => "audience-missing",
            Self::AudienceMismatch { .. } => "audience-mismatch",
            Self::UnknownCondition { .. } => "unknown-condition",
            Self::AuthnStatementMissing => "authn-statement-missing",
            Self::AuthnBeforeRequest { .. } => "authn-before-request",
            Self::AuthnTooLongAgo { .. } => "authn-too-long-ago",
            Self::AuthnContextMismatch { .. } => "authn-context-mismatch",
            Self::SessionExpired { .. } => "session-expired",
            Self::NameIdPolicyMismatch { .. } => "name-id-policy-mismatch",
            Self::SubjectMismatch => "subject-mismatch",
            Self::Replayed { .. } => "replayed",
            Self::ReplayRecordFull { .. } => "replay-record-full",
            Self::LogoutExpired { .. } => "logout-expired",
        }
    }

    /// What an operator can do about it.
    #[must_use]
    pub fn hint(&self) -> String {
        let fixed = match self {
            Self::PendingExpired { .. } => {
                "Let the user start again; raise the lifetime of pending logins if they need longer to sign in."
            }
            Self::PendingMissing { .. } => {
                "Let the user start again: the back button or a reload sends an answer whose login is used up. If it \
                 happens to everybody, the cookie does not come back: without SameSite=None it is not sent on the \
                 identity provider's cross-site POST, and it belongs to the one host name under which the login began. \
                 Never fall back to Expect::Unsolicited."
            }
            Self::PendingForged { .. } => {
                "Let the user start again. If it happens to everybody, the nodes do not share their seal keys."
            }
            Self::WrongIdp { .. } => {
                "Choose the identity provider by the tenant of the pending login (its tag), not by the message."
            }
            Self::IdpKeysChanged { .. } => {
                "Let the user start again: the identity provider's keys were replaced while the login was under way. If \
                 it happens always, the answer is taken for another tenant's identity provider of the same entity ID."
            }
            Self::WrongSp { .. } => {
                "The pending login was made for another entity ID; do not share stores between service providers."
            }
            Self::Version { .. } => "Configure the identity provider for SAML 2.0.",
            Self::IssuerMissing { .. } | Self::DestinationMissing { .. } => {
                "The standard requires it on a signed message; the identity provider's administrator or vendor can add it."
            }
            Self::IssuerMismatch { .. } | Self::AssertionIssuerMismatch { .. } => {
                "If this is the right identity provider, its entity ID is configured wrongly here; import its metadata again."
            }
            Self::IssuerUnknown { found, known, .. } => return hint_for_issuer(found, known),
            Self::IssuerAmbiguous { .. } => {
                "Give each identity provider once. Two of one entity ID belong to two tenants: then the tenant chooses (an ACS URL \
                 of its own), never the message."
            }
            Self::DestinationMismatch { element: "Response", found, wanted }
            | Self::RecipientMismatch { found, wanted } => {
                return hint_for_url("ACS URL (reply URL, single sign-on URL)", found, wanted);
            }
            Self::DestinationMismatch { found, wanted, .. } => {
                return hint_for_url("logout URL (SLO URL)", found, wanted);
            }
            Self::RecipientMissing { .. } => "Let the identity provider send the ACS URL as Recipient.",
            Self::InResponseToMismatch { .. } => {
                "The answer belongs to another login: two tabs, the back button, or a stolen answer. Let the user start again."
            }
            Self::InResponseToMissing { .. } => {
                "Turn InResponseTo on at the identity provider. A login that it starts itself needs Expect::Unsolicited, \
                 which is open to login CSRF."
            }
            Self::InResponseToUnexpected { .. } => {
                "Pass the pending login of this request, or let the user start again here."
            }
            Self::IssuedInFuture { issued, now, skew, .. } => return hint_for_clock_ahead(*issued, *now, *skew),
            Self::IssuedTooLongAgo { .. } => {
                "Let the user sign in again. Answers are short-lived; this one was kept somewhere."
            }
            Self::ConfirmationMethod { .. } => {
                "Configure the identity provider for the web browser single sign-on profile."
            }
            Self::ConfirmationUnbounded => {
                "The standard requires an end for a bearer confirmation; the identity provider must send NotOnOrAfter."
            }
            Self::ConfirmationWindow { window, now, skew } | Self::ConditionsWindow { window, now, skew } => {
                return hint_for_window(window, *now, *skew);
            }
            Self::AudienceMissing { ours } => {
                return format!("Enter {} as audience (entity ID, identifier) at the identity provider.", q(ours));
            }
            Self::AudienceMismatch { ours, found } => return hint_for_audience(ours, found),
            Self::UnknownCondition { .. } => {
                "Remove the custom condition at the identity provider; what it demands is not known here."
            }
            Self::AuthnStatementMissing => "The identity provider must say how and when the user signed in.",
            Self::AuthnBeforeRequest { .. } => {
                "The identity provider ignored ForceAuthn and answered from an old session."
            }
            Self::AuthnTooLongAgo { .. } => "Ask for ForceAuthn, so that the user signs in anew.",
            Self::AuthnContextMismatch { .. } => {
                "Ask for no RequestedAuthnContext unless it is needed, or for the class that the identity provider reports."
            }
            Self::SessionExpired { .. } => "Let the user sign in again.",
            Self::NameIdPolicyMismatch { .. } => {
                "Ask for no NameIDPolicy, or set the NameID format at the identity provider."
            }
            Self::SubjectMismatch => "The user signed in with another account than the one asked for.",
            Self::Replayed { .. } => {
                "Let the user start again: the back button or a reload sends an old answer. Many of them are an attack."
            }
            Self::LogoutExpired { .. } => {
                "An old request was presented again, or a clock is wrong: compare both with a time server."
            }
            Self::ReplayRecordFull { .. } => {
                "Give the replay record room for every login within the validity of an assertion."
            }
        };
        fixed.to_owned()
    }

    /// Who can put it right.
    #[must_use]
    pub fn whose(&self) -> Whose {
        match self {
            // The back button, a reload and two tabs are far more often the reason than an attack is.
            Self::PendingExpired { .. }
            | Self::InResponseToMismatch { .. }
            | Self::Replayed { .. }
            | Self::LogoutExpired { .. }
            | Self::SessionExpired { .. }
            | Self::SubjectMismatch => Whose::User,
            Self::PendingMissing { .. }
            | Self::WrongIdp { .. }
            | Self::IssuerAmbiguous { .. }
            | Self::IdpKeysChanged { .. }
            | Self::WrongSp { .. }
            | Self::InResponseToUnexpected { .. }
            | Self::ReplayRecordFull { .. } => Whose::Application,
            Self::IssuerMismatch { .. } | Self::IssuerUnknown { .. } | Self::AssertionIssuerMismatch { .. } => {
                Whose::ServiceProvider
            }
            Self::PendingForged { .. } => Whose::Attack,
            _ => Whose::IdentityProvider,
        }
    }
}

fn hint_for_url(what: &str, found: &Quoted, wanted: &Quoted) -> String {
    let near = near_miss(found.as_str(), wanted.as_str());
    let near = near.map(|text| format!("Compare the two URLs: {text}. ")).unwrap_or_default();
    format!(
        "{near}Enter {wanted} as {what} at the identity provider, to the letter. If browsers reach the application by \
         another URL than that (a proxy that ends TLS, another host or port), build the service provider with theirs."
    )
}

fn hint_for_issuer(found: &Quoted, known: &[EntityId]) -> String {
    let near = known.iter().find_map(|idp| Some((idp, near_miss(found.as_str(), idp.as_str())?)));
    match near {
        Some((idp, text)) => format!(
            "Compare it with {}: {text}. If they are one identity provider, its entity ID is configured wrongly here; import its metadata again.",
            q(idp)
        ),
        None => "If this identity provider is one of ours, import its metadata. Otherwise somebody sends messages that are not for us.".to_owned(),
    }
}

fn hint_for_audience(ours: &EntityId, found: &[Quoted]) -> String {
    let near = found.iter().find_map(|audience| near_miss(audience.as_str(), ours.as_str()));
    match near {
        Some(text) => {
            format!("Compare the two: {text}. Enter {} as audience at the identity provider, to the letter.", q(ours))
        }
        None => format!(
            "The assertion is for another application. If it is ours, enter {} as audience at the identity provider.",
            q(ours)
        ),
    }
}

fn hint_for_clock_ahead(bound: DateTime<Utc>, now: DateTime<Utc>, skew: Duration) -> String {
    // Whole seconds, rounded up: this many would have been enough.
    let ahead = bound.signed_duration_since(now).num_milliseconds().saturating_add(999).div_euclid(1000);
    format!(
        "The identity provider's clock is ahead of ours by at least {ahead} s; a skew of {ahead} s would have let it pass (it is {} s). Set both clocks by a time server.",
        skew.num_seconds()
    )
}

fn hint_for_window(window: &Window, now: DateTime<Utc>, skew: Duration) -> String {
    if window.is_empty() {
        return "NotBefore is not before NotOnOrAfter: no moment is inside. The identity provider's administrator or vendor can mend it.".to_owned();
    }
    if let Some(bound) = window.not_before
        && now < bound
    {
        return hint_for_clock_ahead(bound, now, skew);
    }
    match window.not_on_or_after {
        Some(bound) if now >= bound => {
            let late = now.signed_duration_since(bound).num_seconds();
            format!(
                "It ended {late} s ago (skew {} s). An old answer was presented again, or the identity provider's clock is behind ours.",
                skew.num_seconds()
            )
        }
        _ => "Compare both clocks with a time server.".to_owned(),
    }
}

pub(super) fn asked_for(requested: &[Quoted]) -> String {
    if requested.is_empty() { String::new() } else { format!("; we asked for {}", list(requested)) }
}

/// The code that Entra ID puts into its message where a RequestedAuthnContext excludes how the user signed in.
const ENTRA_AUTHN_CONTEXT: &str = "AADSTS75011";

pub(super) fn status_hint(status: &Status) -> &'static str {
    if status.message.as_ref().is_some_and(|message| message.as_str().contains(ENTRA_AUTHN_CONTEXT)) {
        "Entra ID signed the user in by another method than the RequestedAuthnContext allows (a second factor, a certificate, \
         Windows Hello). Ask for no authentication context."
    } else if status.names(urn::status::NO_PASSIVE) {
        "The user has no session at the identity provider, and IsPassive forbids asking. Begin a login without it."
    } else if status.names(urn::status::NO_AUTHN_CONTEXT) {
        "The requested authentication context cannot be met. Ask for none unless the application needs one."
    } else if status.names(urn::status::INVALID_NAME_ID_POLICY) {
        "The identity provider has no NameID of the requested format. Ask for no NameIDPolicy, or add a rule that emits one (AD FS: a claim rule)."
    } else if status.names(urn::status::AUTHN_FAILED) {
        "The user could not be authenticated, or may not use this application: assign the user at the identity provider."
    } else if status.names(urn::status::REQUEST_DENIED) {
        "The identity provider denies this application. The reason is in its log."
    } else if status.names(urn::status::REQUESTER) {
        "The identity provider found fault with our request. The reason is in its log; often an unknown entity ID or ACS URL."
    } else {
        "The reason is in the identity provider's log (AD FS: the event log)."
    }
}

pub(super) fn status_whose(status: &Status) -> Whose {
    if status.names(urn::status::AUTHN_FAILED) || status.names(urn::status::NO_PASSIVE) {
        Whose::User
    } else if status.names(urn::status::REQUESTER) {
        Whose::ServiceProvider
    } else {
        Whose::IdentityProvider
    }
}
