//! Logout, in both directions: what the application calls, and the values it gets.

use std::fmt;

use chrono::{DateTime, Utc};

use super::ServiceProvider;
use crate::binding::redirect::Spelling;
use crate::binding::soap;
use crate::dsig::SignedOctets;
use crate::error::{Error, Rejection};
use crate::profile::logout::accept::{self, LoggedOut};
use crate::profile::logout::begin::{self, LogoutCall, LogoutOptions, LogoutStart};
use crate::profile::logout::inbound::Inbound;
use crate::profile::logout::pending::{PendingLogout, cookie_name};
use crate::profile::logout::receive::{self, Arrival, Received};
use crate::profile::logout::respond::{self, Answered, LogoutOutcome, LogoutReply};
use crate::profile::outstanding;
use crate::profile::replay::{ReplayCache, ReplayKey, Seen};
use crate::profile::seal::SealKeys;
use crate::profile::signing::{Signer, ToSign};
use crate::saml::NameId;
use crate::saml::ids::Location;
use crate::saml::logout::{Request, Response};
use crate::saml::metadata::IdentityProvider;
use crate::saml::urn::Binding;
use crate::session::Session;
use crate::text::quoted::Quoted;

/// What to answer, with status 500 and as `text/xml`, to a SOAP request that was not taken (bindings 3.2.3.3). It gives no
/// reason: that is for the log.
pub const SOAP_FAULT: &str = soap::FAULT;

impl ServiceProvider {
    /// Our logout URL for this binding, where there is one.
    #[must_use]
    pub fn slo_url(&self, binding: &Binding) -> Option<&str> {
        self.settings.slo(binding).map(Location::as_str)
    }

    /// Asks the identity provider to end a session, by way of the browser.
    ///
    /// End the application's own session first (SDP-SP34): the answer may never come. Ask only where the user
    /// wants it, never because a session was idle (SDP-SP35): it signs the user out of everything.
    ///
    /// ```
    /// use saml_sp::{Error, IdentityProvider, LogoutStart, ServiceProvider, Session};
    ///
    /// fn log_out(sp: &ServiceProvider, idp: &IdentityProvider, session: &Session) -> Result<LogoutStart, Error> {
    ///     sp.begin_logout(idp, session)
    /// }
    /// ```
    ///
    /// # Errors
    /// See [`begin_logout_with`](Self::begin_logout_with).
    pub fn begin_logout(&self, idp: &IdentityProvider, session: &Session) -> Result<LogoutStart, Error> {
        self.begin_logout_with(idp, session, &LogoutOptions::new())
    }

    /// As [`begin_logout`](Self::begin_logout), and says more. The request is signed always.
    ///
    /// # Errors
    /// The identity provider cannot be asked: `metadata-no-slo-endpoint` (some know no logout: then the application's own
    /// session is all there is), `idp-http-endpoint`, `metadata-expired`, `config-no-endpoint`; or it is not the one
    /// of the session: `wrong-idp`.
    ///
    /// We cannot ask: `config-no-slo-url`, `config-no-signing-key`, `config-signing-key-elsewhere`,
    /// `config-no-common-algorithm`, `config-not-signed`, `config-no-randomness`; or not for this session:
    /// `config-no-name-id`, `config-no-encryption-key`, `config-too-long`, `config-unwritable`.
    pub fn begin_logout_with(
        &self,
        idp: &IdentityProvider,
        session: &Session,
        options: &LogoutOptions,
    ) -> Result<LogoutStart, Error> {
        let to_sign = self.begin_logout_to_sign(idp, session, options)?;
        to_sign.sign(self.signer(idp)?.key()?)
    }

    /// As [`begin_logout_with`](Self::begin_logout_with), signed by a key that is somewhere else.
    ///
    /// # Errors
    /// The same, but `config-signing-key-elsewhere`.
    pub fn begin_logout_to_sign(
        &self,
        idp: &IdentityProvider,
        session: &Session,
        options: &LogoutOptions,
    ) -> Result<ToSign<LogoutStart>, Error> {
        begin::begin(&self.settings, idp, &session.ending(), options, self.clock.now())
    }

    /// Asks the identity provider to end a session by SOAP, without the browser: it can say no more than that it tried, for the
    /// cookies of other applications are out of its reach.
    ///
    /// # Errors
    /// As [`begin_logout_with`](Self::begin_logout_with).
    pub fn begin_logout_by_soap(
        &self,
        idp: &IdentityProvider,
        session: &Session,
        options: &LogoutOptions,
    ) -> Result<LogoutCall, Error> {
        let to_sign = self.begin_logout_by_soap_to_sign(idp, session, options)?;
        to_sign.sign(self.signer(idp)?.key()?)
    }

    /// As [`begin_logout_by_soap`](Self::begin_logout_by_soap), signed by a key that is somewhere else.
    ///
    /// # Errors
    /// The same, but `config-signing-key-elsewhere`.
    pub fn begin_logout_by_soap_to_sign(
        &self,
        idp: &IdentityProvider,
        session: &Session,
        options: &LogoutOptions,
    ) -> Result<ToSign<LogoutCall>, Error> {
        begin::begin_by_soap(&self.settings, idp, &session.ending(), options, self.clock.now())
    }

    /// Takes a logout message that arrived at one of our logout URLs: a request of the identity provider, or its answer to
    /// one of ours. One that is not signed is nobody's, whichever binding it came by.
    ///
    /// The application chooses `idp` by its own tenant, as for [`accept`](Self::accept); among several of one tenant by
    /// [`claimed_idp_of_logout`](Self::claimed_idp_of_logout).
    ///
    /// ```
    /// use saml_sp::{
    ///     Error, IdentityProvider, Inbound, LogoutOutcome, LogoutReply, PendingLogout, ReceivedLogout, ReplayCache,
    ///     ServiceProvider,
    /// };
    ///
    /// # struct Store;
    /// # impl Store { fn end(&self, _: &str, _: &[String]) {} }
    /// fn logout_url(
    ///     sp: &ServiceProvider,
    ///     idp: &IdentityProvider,
    ///     inbound: &Inbound<'_>,
    ///     seen: &ReplayCache,
    ///     store: &Store,
    ///     pending: Option<PendingLogout>,
    /// ) -> Result<Option<LogoutReply>, Error> {
    ///     match sp.receive_logout(idp, inbound)? {
    ///         ReceivedLogout::Request(request) => {
    ///             let request = request.confirm_with(seen)?;
    ///             // Every session of that name, or just those with one of these indexes.
    ///             store.end(&request.name_key(), request.session_indexes());
    ///             request.respond(LogoutOutcome::Done).map(Some)
    ///         }
    ///         ReceivedLogout::Response(answer) => {
    ///             let pending = pending.ok_or_else(|| answer.without_pending())?;
    ///             answer.accept(pending)?;
    ///             Ok(None)
    ///         }
    ///     }
    /// }
    /// ```
    ///
    /// # Errors
    /// Any [`Error`]: what was found, what was wanted, who fixes it and how. For the log; the browser gets a constant text, the other end
    /// of a SOAP request [`SOAP_FAULT`].
    pub fn receive_logout(&self, idp: &IdentityProvider, inbound: &Inbound<'_>) -> Result<ReceivedLogout, Error> {
        let now = self.clock.now();
        let (sp, idp) = (self.clone(), idp.clone());
        Ok(match receive::receive(&self.settings, &idp, inbound, now)? {
            Received::Request(arrival, content) => {
                ReceivedLogout::Request(AcceptedLogout(Message { sp, idp, arrival, content, now }))
            }
            Received::Response(arrival, content) => {
                ReceivedLogout::Response(LogoutAnswer(Message { sp, idp, arrival, content, now }))
            }
        })
    }

    /// Opens what [`PendingLogout::seal`] made for this service provider.
    ///
    /// # Errors
    /// `pending-forged` when none of the keys opens it.
    pub fn open_pending_logout(&self, keys: &SealKeys, sealed: &str) -> Result<PendingLogout, Error> {
        PendingLogout::open(sealed, keys, &self.settings.entity_id)
    }

    /// The pending logout of an answer, from the request's `Cookie` header: the cookie that the answer's
    /// [RelayState](LogoutAnswer::relay_state) names.
    ///
    /// # Errors
    /// `pending-missing`, `pending-forged`.
    pub fn pending_logout_from_cookies(
        &self,
        keys: &SealKeys,
        cookie_header: Option<&str>,
        answer: &LogoutAnswer,
    ) -> Result<PendingLogout, Error> {
        let relay_state = answer.relay_state();
        let (sealed, handle) = outstanding::from_cookies("logout", cookie_header, relay_state, cookie_name)?;
        let pending = self.open_pending_logout(keys, sealed)?;
        if pending.handle == handle { Ok(pending) } else { Err(Rejection::PendingForged { what: "logout" }.into()) }
    }

    fn signer(&self, idp: &IdentityProvider) -> Result<Signer<'_>, Error> {
        Ok(Signer::wanted_by(&self.settings, idp)?)
    }
}

/// A logout message that was signed by the identity provider, and arrived where it belongs.
#[derive(Debug)]
#[must_use]
#[expect(clippy::exhaustive_enums, reason = "apps match on it: the profile has these two messages")]
pub enum ReceivedLogout {
    /// The identity provider wants sessions of a user ended.
    Request(AcceptedLogout),
    /// It answers a request of ours.
    Response(LogoutAnswer),
}

impl ReceivedLogout {
    /// How the query was spelled, where [`Inbound::decoded_query`] had to guess. Worth a line in the log.
    #[must_use]
    pub fn spelling(&self) -> Option<Spelling> {
        self.arrival().spelling
    }

    /// The bytes that the message is read from: what was hashed under the signature by POST and SOAP. By Redirect it is the query
    /// that was signed, and this the message in it, written canonical; as evidence keep the query.
    #[must_use]
    pub fn signed_octets(&self) -> &SignedOctets {
        &self.arrival().octets
    }

    fn arrival(&self) -> &Arrival {
        match self {
            Self::Request(AcceptedLogout(message)) => &message.arrival,
            Self::Response(LogoutAnswer(message)) => &message.arrival,
        }
    }
}

struct Message<C> {
    sp: ServiceProvider,
    idp: IdentityProvider,
    arrival: Arrival,
    content: C,
    now: DateTime<Utc>,
}

impl<C> fmt::Debug for Message<C> {
    /// What it is, without what it says.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Arrival { frame, binding, .. } = &self.arrival;
        write!(f, "{} by {binding} from {}", frame.element, self.idp.entity_id())
    }
}

/// A LogoutRequest that passed every check but one: whether it was presented before.
///
/// Record [`replay_key`](Self::replay_key) until [`keep_until`](Self::keep_until), atomically, and close the question with
/// [`confirm`](Self::confirm): as for a login, in the same store. An old request that came again would end newer sessions.
#[derive(Debug)]
#[must_use = "a logout that was received ends nothing until it is confirmed"]
pub struct AcceptedLogout(Message<Request>);

impl AcceptedLogout {
    /// The name under which to record this request.
    #[must_use]
    pub fn replay_key(&self) -> ReplayKey {
        receive::replay_key(&self.0.idp, &self.0.arrival.frame)
    }

    /// How long to record it: until this moment it would be taken again.
    #[must_use]
    pub fn keep_until(&self) -> DateTime<Utc> {
        receive::keep_until(&self.0.sp.settings, &self.0.arrival.frame, &self.0.content)
    }

    /// Closes the question whether the request was presented before, with the answer of the application's store.
    ///
    /// # Errors
    /// `replayed` for [`Seen::Before`].
    pub fn confirm(self, seen: Seen) -> Result<LogoutRequest, Error> {
        match seen {
            Seen::Before => Err(Rejection::Replayed { element: "logout request" }.into()),
            Seen::FirstTime => Ok(LogoutRequest(self.0)),
        }
    }

    /// Closes the question with the record in memory.
    ///
    /// # Errors
    /// `replayed`, `replay-record-full`.
    pub fn confirm_with(self, record: &ReplayCache) -> Result<LogoutRequest, Error> {
        let seen = record.insert(&self.replay_key(), self.keep_until(), self.0.now)?;
        self.confirm(seen)
    }
}

/// A request of the identity provider to end sessions of a user.
#[derive(Debug)]
#[must_use = "the identity provider, and often the browser, wait for an answer"]
pub struct LogoutRequest(Message<Request>);

impl LogoutRequest {
    /// The identity provider that asks.
    #[must_use]
    pub fn idp(&self) -> &IdentityProvider {
        &self.0.idp
    }

    /// The request's ID.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.0.arrival.frame.id
    }

    /// Whose sessions are to end.
    #[must_use]
    pub fn name_id(&self) -> &NameId {
        &self.0.content.name_id
    }

    /// Which of them: those with one of these SessionIndexes; all of them where there are none (core 3.7.3).
    #[must_use]
    pub fn session_indexes(&self) -> &[String] {
        &self.0.content.session_indexes
    }

    /// Why, as a URI: foreign text.
    #[must_use]
    pub fn reason(&self) -> Option<&Quoted> {
        self.0.content.reason.as_ref()
    }

    /// Until when the request stands. A login that is finished before this moment, and whose session the request
    /// [ends](Self::ends), was confirmed by an assertion of before the logout, and must begin no session (core 3.7.3).
    #[must_use]
    pub fn keep_until(&self) -> DateTime<Utc> {
        receive::keep_until(&self.0.sp.settings, &self.0.arrival.frame, &self.0.content)
    }

    /// The moment from which the request must not be acted on any more.
    #[must_use]
    pub fn not_on_or_after(&self) -> Option<DateTime<Utc>> {
        self.0.content.not_on_or_after
    }

    /// The key to find the sessions by: that of each [`Session`](Session::name_key) of this user is the same. Where tenants register
    /// their own identity providers, look among the sessions of this tenant only: another may have registered the same entityID.
    #[must_use]
    pub fn name_key(&self) -> String {
        receive::name_key(self.0.idp.entity_id().as_str(), &self.name_id().value)
    }

    /// Whether this session, one of this tenant's, is among those that are to end: for applications that look at each. One without
    /// SessionIndex ends with every request for its name, for it may be the one that is meant.
    #[must_use]
    pub fn ends(&self, session: &Session) -> bool {
        let (wanted, has) = (self.session_indexes(), session.session_indexes());
        session.name_key().is_some_and(|key| key == self.name_key())
            && (wanted.is_empty() || has.is_empty() || has.iter().any(|index| wanted.contains(index)))
    }

    /// The answer, signed, to the identity provider's ResponseLocation where it has one; the RelayState of the request goes with
    /// it as it came.
    ///
    /// # Errors
    /// `metadata-no-slo-endpoint`, `idp-http-endpoint`, `config-no-signing-key`, `config-signing-key-elsewhere`,
    /// `config-no-common-algorithm`, `config-not-signed`, `config-no-randomness`.
    pub fn respond(&self, outcome: LogoutOutcome) -> Result<LogoutReply, Error> {
        let to_sign = self.respond_to_sign(outcome)?;
        to_sign.sign(self.0.sp.signer(&self.0.idp)?.key()?)
    }

    /// As [`respond`](Self::respond), signed by a key that is somewhere else.
    ///
    /// # Errors
    /// The same, but `config-signing-key-elsewhere`.
    pub fn respond_to_sign(&self, outcome: LogoutOutcome) -> Result<ToSign<LogoutReply>, Error> {
        let Message { sp, idp, arrival: Arrival { frame, binding, relay_state, .. }, .. } = &self.0;
        let answered = Answered { id: &frame.id, binding, relay_state: relay_state.as_deref() };
        respond::respond(&sp.settings, idp, &answered, outcome, sp.clock.now())
    }
}

/// An answer of the identity provider to a LogoutRequest; to one of ours, if a pending logout says so.
#[derive(Debug)]
#[must_use = "which logout it answers is not known yet"]
pub struct LogoutAnswer(Message<Response>);

impl LogoutAnswer {
    /// The RelayState that came with it: the handle of the pending logout. By POST it is not signed.
    #[must_use]
    pub fn relay_state(&self) -> Option<&str> {
        self.0.arrival.relay_state.as_deref()
    }

    /// The handle of the pending logout that this answers, where the RelayState has the shape of one: as
    /// [`PostedResponse::handle`](crate::PostedResponse::handle).
    ///
    /// ```
    /// use saml_sp::{Error, LoggedOut, LogoutAnswer, PendingLogout};
    ///
    /// /// `find` knows what this browser has under a handle.
    /// fn ended(answer: LogoutAnswer, find: impl Fn(&str) -> Option<PendingLogout>) -> Result<LoggedOut, Error> {
    ///     let pending = answer.handle().and_then(find).ok_or_else(|| answer.without_pending())?;
    ///     answer.accept(pending)
    /// }
    /// ```
    #[must_use]
    pub fn handle(&self) -> Option<&str> {
        outstanding::handle(self.relay_state())
    }

    /// Takes it as the answer to this request.
    ///
    /// # Errors
    /// `wrong-sp`, `wrong-idp`, `idp-keys-changed`, `pending-expired`; `in-response-to-mismatch` or `in-response-to-missing`
    /// where it answers another one; `status-not-success` where the identity provider ended nothing. In each case the
    /// application's own session is over all the same.
    pub fn accept(self, pending: PendingLogout) -> Result<LoggedOut, Error> {
        let Message { sp, idp, content, now, .. } = self.0;
        accept::accept(&sp.settings, &idp, content, pending, now)
    }

    /// The error for an answer to which no pending logout was found: `pending-missing`.
    #[must_use]
    pub fn without_pending(&self) -> Error {
        outstanding::without("logout", self.relay_state()).into()
    }
}
