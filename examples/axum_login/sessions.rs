//! The application's own sessions: in memory, by a random cookie. Each keeps the identity provider's session beside it, to be
//! logged out there, and to be found when the identity provider logs it out here.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use saml_sp::{ConfigError, Error, Identity, LogoutRequest, Session};

/// `__Host-`: browsers take it from this host alone, with `Secure` and `Path=/`.
const COOKIE_NAME: &str = "__Host-session";
const LIFETIME: TimeDelta = TimeDelta::hours(8);

#[derive(Default)]
pub(crate) struct Sessions(Mutex<HashMap<String, SignedIn>>);

struct SignedIn {
    identity: Identity,
    /// A table of a database would have two columns of it: `session.name_key()`, and the indexes.
    session: Session,
    until: DateTime<Utc>,
}

impl Sessions {
    /// Begins a session under a fresh name, so that nobody can have known it before. Returns its cookie.
    pub(crate) fn begin(&self, identity: Identity, session: Session) -> Result<String, Error> {
        let mut name = [0; 32];
        aws_lc_rs::rand::fill(&mut name).map_err(|_| ConfigError::NoRandomness)?;
        let name = URL_SAFE_NO_PAD.encode(name);
        let (now, ours) = (Utc::now(), Utc::now() + LIFETIME);
        // Not beyond what the identity provider allows (SessionNotOnOrAfter).
        let until = session.not_on_or_after().map_or(ours, |theirs| theirs.min(ours));
        let mut sessions = self.lock();
        sessions.retain(|_, signed_in| signed_in.until > now);
        sessions.insert(name.clone(), SignedIn { identity, session, until });
        Ok(format!("{COOKIE_NAME}={name}; Path=/; Secure; HttpOnly; SameSite=Lax"))
    }

    pub(crate) fn find(&self, cookies: Option<&str>) -> Option<Identity> {
        let sessions = self.lock();
        let signed_in = sessions.get(session_name(cookies)?)?;
        (signed_in.until > Utc::now()).then(|| signed_in.identity.clone())
    }

    /// Ends the session that the browser shows, and no other: a page elsewhere cannot make it show one (SameSite).
    pub(crate) fn end(&self, cookies: Option<&str>) -> Option<Session> {
        self.lock().remove(session_name(cookies)?).map(|signed_in| signed_in.session)
    }

    /// Ends what the identity provider means: all sessions of a name, or just some of them. In a database: those with the
    /// request's `name_key()` and, where it names indexes, one of these or none.
    pub(crate) fn end_all(&self, request: &LogoutRequest) {
        self.lock().retain(|_, signed_in| !request.ends(&signed_in.session));
    }

    /// Makes the browser forget.
    pub(crate) fn delete_cookie() -> String {
        format!("{COOKIE_NAME}=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0")
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, SignedIn>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn session_name(cookies: Option<&str>) -> Option<&str> {
    let mut pairs = cookies?.split(';').filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == COOKIE_NAME).map(|(_, value)| value)
}
