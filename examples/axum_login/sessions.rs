//! The application's own sessions: in memory, by a random cookie. They begin with a login and know nothing of SAML's.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::http::HeaderMap;
use axum::http::header::{COOKIE, SET_COOKIE};
use axum::response::AppendHeaders;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use saml_sp::{ConfigError, Error, Identity, Session};

/// `__Host-`: browsers take it from this host alone, with `Secure` and `Path=/`.
const COOKIE_NAME: &str = "__Host-session";
const LIFETIME: TimeDelta = TimeDelta::hours(8);

#[derive(Default)]
pub(crate) struct Sessions(Mutex<HashMap<String, SignedIn>>);

struct SignedIn {
    identity: Identity,
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
        sessions.insert(name.clone(), SignedIn { identity, until });
        Ok(format!("{COOKIE_NAME}={name}; Path=/; Secure; HttpOnly; SameSite=Lax"))
    }

    pub(crate) fn find(&self, headers: &HeaderMap) -> Option<Identity> {
        let sessions = self.lock();
        let signed_in = sessions.get(&session_name(headers)?)?;
        (signed_in.until > Utc::now()).then(|| signed_in.identity.clone())
    }

    /// Ends the session that the browser shows, and no other: a page elsewhere cannot make it show one (SameSite).
    pub(crate) fn end(&self, headers: &HeaderMap) -> AppendHeaders<Option<(axum::http::HeaderName, String)>> {
        let ended = session_name(headers).and_then(|name| self.lock().remove(&name));
        let delete = || format!("{COOKIE_NAME}=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0");
        AppendHeaders(ended.map(|_| (SET_COOKIE, delete())))
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, SignedIn>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The `Cookie` header, of which there may be several.
pub(crate) fn cookies(headers: &HeaderMap) -> Option<String> {
    let all: Vec<&str> = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok()).collect();
    (!all.is_empty()).then(|| all.join("; "))
}

fn session_name(headers: &HeaderMap) -> Option<String> {
    let cookies = cookies(headers)?;
    let mut pairs = cookies.split(';').filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == COOKIE_NAME).map(|(_, value)| value.to_owned())
}
