//! The Web Browser SSO profile (profiles 4.1), from the service provider's side.
//!
//! Out: `begin` makes the request and the `PendingLogin`. In: `open` takes a message apart up to the signed assertion,
//! `checks` judges its claims, `accept` keeps what passed until the replay record has answered. `claimed` reads
//! from whom an answer says it is, for those that nobody asked for. Where a decryption key is
//! in an HSM or a key management service, `steps` walks in as often as it has to be asked. For administrators `diagnose` makes a
//! `report` of what the walk came to, of the message as received (`examine`) and of every row of the table (`sides`).

pub(crate) mod accept;
pub(crate) mod begin;
pub(crate) mod checks;
pub(crate) mod claimed;
#[cfg(test)]
mod cost;
mod diagnose;
mod examine;
pub(crate) mod open;
pub(crate) mod pending;
pub(crate) mod report;
mod sides;
pub(crate) mod steps;

use pending::PendingLogin;

use crate::error::Error;
use crate::profile::outstanding;

/// Which answer is expected: the answer to a login that we began, or one that nobody asked for.
///
/// A missing pending login is an error and never a reason to take an answer as unsolicited.
#[derive(Debug)]
#[expect(clippy::exhaustive_enums, reason = "apps choose one of two doors; a third would be another profile")]
#[expect(
    clippy::large_enum_variant,
    reason = "one value a login, moved twice; a box would be one more word in every app"
)]
pub enum Expect {
    /// The answer to this login. It is used up: one answer per request.
    AnswerTo(PendingLogin),
    /// An answer that the identity provider started by itself ("IdP-initiated").
    ///
    /// Login CSRF is inherent here: an attacker can post *their* genuine answer through the victim's browser, and the
    /// victim works in the attacker's account. Offer it only where that does no harm, and ask before anything is
    /// entered.
    #[non_exhaustive]
    Unsolicited {
        /// The ACS URL at which it was posted, one of those the service provider was built with.
        at: String,
    },
}

impl Expect {
    /// An unsolicited answer, posted to this ACS URL of ours (from configuration, never from the HTTP request).
    #[must_use]
    pub fn unsolicited(at: impl Into<String>) -> Self {
        Self::Unsolicited { at: at.into() }
    }
}

/// The form that the browser posted to the ACS: two foreign strings.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PostedResponse<'a> {
    pub(crate) saml_response: &'a str,
    pub(crate) relay_state: Option<&'a str>,
}

impl<'a> PostedResponse<'a> {
    /// The form fields `SAMLResponse` and `RelayState`, as the framework decoded them (once).
    #[must_use]
    pub fn new(saml_response: &'a str, relay_state: Option<&'a str>) -> Self {
        Self { saml_response, relay_state }
    }

    /// What the browser brought as RelayState. For an answer to one of our requests it is the handle of the pending
    /// login. For an unsolicited one anybody may have written it: never redirect to it.
    #[must_use]
    pub fn unverified_relay_state(&self) -> Option<&'a str> {
        self.relay_state
    }

    /// The handle of the pending login that this answers, where the RelayState has the shape of one. Anybody can bring one, so it
    /// proves nothing: look for a pending login that *this browser* has under it. For applications that keep them elsewhere than
    /// [in cookies](crate::ServiceProvider::pending_from_cookies); see [`manual::state`](crate::manual::state).
    ///
    /// Where there is none, the answer is to no login of ours. Where there is one, it is never one that nobody asked for.
    ///
    /// ```
    /// use saml_sp::PostedResponse;
    ///
    /// let posted = PostedResponse::new("PHNhbWxwOl…", Some("00112233445566778899aabbccddeeff"));
    /// assert_eq!(posted.handle(), posted.unverified_relay_state());
    /// assert_eq!(PostedResponse::new("PHNhbWxwOl…", Some("https://app.example.com/")).handle(), None);
    /// ```
    #[must_use]
    pub fn handle(&self) -> Option<&'a str> {
        outstanding::handle(self.relay_state)
    }

    /// The error for an answer to which no pending login was found: `pending-missing`.
    ///
    /// ```
    /// use saml_sp::{Error, PendingLogin, PostedResponse};
    ///
    /// /// `find` knows what this browser has under a handle.
    /// fn pending(posted: &PostedResponse<'_>, find: impl Fn(&str) -> Option<PendingLogin>) -> Result<PendingLogin, Error> {
    ///     posted.handle().and_then(find).ok_or_else(|| posted.without_pending())
    /// }
    /// ```
    #[must_use]
    pub fn without_pending(&self) -> Error {
        outstanding::without("login", self.relay_state).into()
    }
}

impl std::fmt::Debug for PostedResponse<'_> {
    /// Sizes only: the message holds personal data.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PostedResponse({} bytes)", self.saml_response.len())
    }
}
