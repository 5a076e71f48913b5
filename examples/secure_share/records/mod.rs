//! Sessions, pending logins and logouts, the replay record: what belongs to browsers and moments, and what all instances share.
//!
//! Whoever reads the store can use none of it: names, which are what browsers show, are there as digests only, and what is pending
//! is sealed.

mod redis;
mod sqlite;

use std::fmt::{self, Display, Formatter};
use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use saml_sp::{LogoutRequest, Seen, Session};
use serde::{Deserialize, Serialize};

use super::database::Database;

pub(crate) use self::redis::RedisRecords;
pub(crate) use sqlite::SCHEMA;

pub(crate) enum Records {
    /// For one instance, or several on one machine.
    Sqlite(Arc<Database>),
    Redis(RedisRecords),
}

/// Whoever has a link can begin logins, and what is pending waits for an hour. Of more than these the oldest go, so that there is room
/// for sessions and for the replay record.
pub(crate) const MOST_PENDING: u32 = 20_000;

/// What all of it belongs to.
const PENDING: &str = "pending";

/// Somebody who is signed in here.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct SignedIn {
    /// The connection that they came by: its id.
    pub(crate) provider: String,
    /// [`Session::to_bytes`].
    pub(crate) session: Vec<u8>,
    pub(crate) email: String,
    pub(crate) first_name: Option<String>,
    pub(crate) last_name: Option<String>,
    pub(crate) groups: Vec<String>,
}

/// What a store keeps.
struct Record {
    /// `session` or `pending`, and the digest of the name.
    key: String,
    text: String,
    /// Milliseconds since 1970, as everywhere here; from then on it is not found.
    until: i64,
    /// What it is found by, besides its key.
    belongs_to: Option<String>,
}

impl Records {
    /// Keeps a pending login or logout for the browser that shows this name.
    pub(crate) async fn keep_pending(&self, name: &str, sealed: &str, until: DateTime<Utc>) -> Result<(), RecordError> {
        let (key, text, belongs_to) = (key(PENDING, name), sealed.to_owned(), Some(PENDING.to_owned()));
        self.keep(Record { key, text, until: until.timestamp_millis(), belongs_to }).await?;
        match self {
            Self::Sqlite(database) => sqlite::keep_last(database, PENDING, MOST_PENDING).await,
            Self::Redis(redis) => redis.keep_last(PENDING, MOST_PENDING).await,
        }
    }

    /// Once: it is gone then.
    pub(crate) async fn take_pending(&self, name: &str) -> Result<Option<String>, RecordError> {
        self.take(key(PENDING, name)).await
    }

    /// Whether this replay key was there; it is now. Where `keep_until` is over nobody can know any more, and that is an error.
    pub(crate) async fn see(&self, key: &str, keep_until: DateTime<Utc>) -> Result<Seen, RecordError> {
        let key = format!("seen:{key}");
        // Rounded up: forgotten a moment early, it could be replayed in that moment.
        let until = keep_until.timestamp_millis().saturating_add(1);
        match self {
            Self::Sqlite(database) => sqlite::see(database, key, until).await,
            Self::Redis(redis) => redis.see(&key, until).await,
        }
    }

    pub(crate) async fn begin(&self, name: &str, who: &SignedIn, until: DateTime<Utc>) -> Result<(), RecordError> {
        let name_key = who.session()?.name_key();
        let record = Record {
            key: key("session", name),
            text: serde_json::to_string(who).map_err(|_| RecordError::Damaged)?,
            until: until.timestamp_millis(),
            belongs_to: name_key.map(|name_key| belongs_to(&who.provider, &name_key)),
        };
        self.keep(record).await
    }

    pub(crate) async fn find(&self, name: &str) -> Result<Option<SignedIn>, RecordError> {
        let key = key("session", name);
        let text = match self {
            Self::Sqlite(database) => sqlite::read(database, key).await,
            Self::Redis(redis) => redis.read(&key).await,
        };
        text?.as_deref().map(SignedIn::read).transpose()
    }

    /// Ends a session; of several who try, one gets it.
    pub(crate) async fn end(&self, name: &str) -> Result<Option<SignedIn>, RecordError> {
        self.take(key("session", name)).await?.as_deref().map(SignedIn::read).transpose()
    }

    /// Ends what a logout means among the sessions of its own connection: others' names may be the same. Returns how many.
    pub(crate) async fn end_all(&self, provider: &str, request: &LogoutRequest) -> Result<usize, RecordError> {
        let belongs_to = belongs_to(provider, &request.name_key());
        let found = match self {
            Self::Sqlite(database) => sqlite::belonging(database, belongs_to.clone()).await,
            Self::Redis(redis) => redis.belonging(&belongs_to).await,
        };
        let mut meant = Vec::new();
        for (key, text) in found? {
            if request.ends(&SignedIn::read(&text)?.session()?) {
                meant.push(key);
            }
        }
        match self {
            Self::Sqlite(database) => sqlite::remove(database, meant).await,
            Self::Redis(redis) => redis.remove(&belongs_to, &meant).await,
        }
    }

    async fn keep(&self, record: Record) -> Result<(), RecordError> {
        match self {
            Self::Sqlite(database) => sqlite::keep(database, record).await,
            Self::Redis(redis) => redis.keep(&record).await,
        }
    }

    async fn take(&self, key: String) -> Result<Option<String>, RecordError> {
        match self {
            Self::Sqlite(database) => sqlite::take(database, key).await,
            Self::Redis(redis) => redis.take(&key).await,
        }
    }
}

impl SignedIn {
    /// The identity provider's session, to be logged out there.
    pub(crate) fn session(&self) -> Result<Session, RecordError> {
        Session::from_bytes(&self.session).map_err(|_| RecordError::Damaged)
    }

    fn read(text: &str) -> Result<Self, RecordError> {
        serde_json::from_str(text).map_err(|_| RecordError::Damaged)
    }
}

/// Names have 128 random bits or more, so their digest needs no salt.
fn key(what: &str, name: &str) -> String {
    format!("{what}:{}", URL_SAFE_NO_PAD.encode(digest(&SHA256, name.as_bytes())))
}

/// Names of users count within their connection only.
fn belongs_to(provider: &str, name_key: &str) -> String {
    format!("of:{provider}:{name_key}")
}

/// Why a store did not answer. Nobody is let in then.
#[derive(Debug)]
pub(crate) enum RecordError {
    Sqlite(rusqlite::Error),
    Redis(::redis::RedisError),
    /// The end of what is to be remembered is over, so that the store may have forgotten it already.
    Over,
    /// What is stored is not what we store.
    Damaged,
    /// The thread that asks was stopped.
    Stopped,
}

impl Display for RecordError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(error) => write!(f, "the database does not answer: {error}"),
            Self::Redis(error) => write!(f, "Redis does not answer: {error}"),
            Self::Over => f.write_str("the answer came too late to be found in the replay record"),
            Self::Damaged => f.write_str("what is stored about a session cannot be read"),
            Self::Stopped => f.write_str("the database was not asked: its thread was stopped"),
        }
    }
}

impl std::error::Error for RecordError {}

impl From<rusqlite::Error> for RecordError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

impl From<::redis::RedisError> for RecordError {
    fn from(error: ::redis::RedisError) -> Self {
        Self::Redis(error)
    }
}
