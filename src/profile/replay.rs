//! The replay record (profiles 4.1.4.5): a bearer assertion is taken once.

use std::collections::{BTreeSet, HashMap};
use std::fmt::Write as _;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, Utc};

use crate::crypto::{hex_digits, sha256};
use crate::error::{Error, Rejection};
use crate::saml::EntityId;

/// What the replay record said about an assertion's [`ReplayKey`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "apps construct it from their store's answer; there is no third answer")]
pub enum Seen {
    /// The key was not there, and is now: inserted atomically.
    FirstTime,
    /// The key was there.
    Before,
}

/// The name under which an accepted assertion is recorded: a hash of the identity provider's entityID and the
/// assertion's (or logout request's) ID, both from signed octets. 64 hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ReplayKey(String);

impl ReplayKey {
    pub(crate) fn new(idp: &EntityId, assertion_id: &str) -> Self {
        Self::of("", idp, assertion_id)
    }

    /// Of a LogoutRequest: no assertion has the same, whatever its ID.
    pub(crate) fn of_logout(idp: &EntityId, request_id: &str) -> Self {
        Self::of("logout ", idp, request_id)
    }

    fn of(what: &str, idp: &EntityId, id: &str) -> Self {
        /// Of the hash, which take the room of what is hashed.
        const DIGITS: usize = 64;
        let idp = idp.as_str();
        let room = idp.len().saturating_add(id.len()).saturating_add("logout 1024:".len());
        let mut text = String::with_capacity(room.max(DIGITS));
        // The length in front keeps two pairs with the same concatenation apart.
        _ = write!(text, "{what}{}:{idp}{id}", idp.len());
        let hash = sha256(text.as_bytes());
        text.clear();
        text.extend(hex_digits(&hash));
        Self(text)
    }

    /// The digits, for a key in a store.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for ReplayKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// A replay record in memory, for one process. A fleet needs one shared record: Redis `SET key 1 NX PXAT t`, or an
/// SQL table with a unique key.
///
/// When it is full of assertions that could still be replayed it refuses (`replay-record-full`); it never forgets one
/// early to make room.
#[derive(Debug)]
pub struct ReplayCache {
    capacity: usize,
    entries: Mutex<Entries>,
}

#[derive(Debug, Default)]
struct Entries {
    until: HashMap<ReplayKey, DateTime<Utc>>,
    by_end: BTreeSet<(DateTime<Utc>, ReplayKey)>,
    /// The latest end of an entry that is gone. Nothing is known any more about keys that end no later.
    forgotten: Option<DateTime<Utc>>,
}

impl ReplayCache {
    /// A record of at most `capacity` live assertions (about 250 bytes each). Reckon with every login within the
    /// validity of an assertion, five minutes to an hour with most identity providers.
    #[must_use]
    pub fn new(capacity: usize) -> Self {
        Self { capacity, entries: Mutex::default() }
    }

    /// Inserts the key if it is absent, atomically, and keeps it until `keep_until`.
    ///
    /// A caller whose `now` lies behind what the record has forgotten meanwhile (it accepted in time and asks late) is
    /// answered [`Seen::Before`]: whether the key was there is no longer known.
    ///
    /// # Errors
    /// `replay-record-full`.
    pub fn insert(&self, key: &ReplayKey, keep_until: DateTime<Utc>, now: DateTime<Utc>) -> Result<Seen, Error> {
        // A panic elsewhere cannot leave the two collections half changed in a way that forgets an entry.
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        while let Some((end, _)) = entries.by_end.first()
            && *end <= now
            && let Some((end, ended)) = entries.by_end.pop_first()
        {
            entries.until.remove(&ended);
            // They leave in the order of their ends, but a clock may have been set back in between.
            entries.forgotten = entries.forgotten.max(Some(end));
        }
        let too_late = now < keep_until && entries.forgotten.is_some_and(|forgotten| keep_until <= forgotten);
        if too_late || entries.until.contains_key(key) {
            return Ok(Seen::Before);
        }
        if entries.until.len() >= self.capacity {
            return Err(Rejection::ReplayRecordFull { capacity: self.capacity }.into());
        }
        entries.by_end.insert((keep_until, key.clone()));
        entries.until.insert(key.clone(), keep_until);
        Ok(Seen::FirstTime)
    }
}

impl Default for ReplayCache {
    /// Room for 100,000 assertions, about 25 MB when full.
    fn default() -> Self {
        Self::new(100_000)
    }
}
