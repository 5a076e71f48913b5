//! The records in Redis 7 or later, for several machines. It must not evict (`maxmemory-policy noeviction`, the default): a replay
//! record that forgets under pressure forgets what an attacker wants it to.

use std::time::Duration;

use chrono::{TimeDelta, Utc};
use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{cmd, pipe};
use saml_sp::Seen;

use super::{Record, RecordError};

/// Before every key: the server may have other users.
const PREFIX: &str = "secure_share:";

const PATIENCE: Duration = Duration::from_secs(5);

/// By Redis's own clock, by which it forgets: `SET` alone would take an end in the past for a first time.
const SEE: &str = "
    local now = redis.call('TIME')
    if tonumber(ARGV[1]) <= now[1] * 1000 + math.floor(now[2] / 1000) then return 'over' end
    return redis.call('SET', KEYS[1], '', 'NX', 'PXAT', ARGV[1]) and 'first' or 'before'";

/// What was taken counts until it would have been over.
const KEEP_LAST: &str = "
    local gone = redis.call('ZPOPMIN', KEYS[1], math.max(0, redis.call('ZCARD', KEYS[1]) - ARGV[1]))
    for i = 1, #gone, 2 do redis.call('DEL', ARGV[2] .. gone[i]) end";

#[derive(Clone)]
pub(crate) struct RedisRecords(ConnectionManager);

impl RedisRecords {
    /// Connects, and again whenever the connection is lost.
    pub(crate) async fn open(url: &str) -> Result<Self, RecordError> {
        // Browsers wait, and some seconds at most: sooner an error than many attempts, and the next request makes another.
        let config = ConnectionManagerConfig::new().set_number_of_retries(1);
        let config = config.set_connection_timeout(Some(PATIENCE)).set_response_timeout(Some(PATIENCE));
        Ok(Self(redis::Client::open(url)?.get_connection_manager_with_config(config).await?))
    }

    pub(super) async fn keep(&self, record: &Record) -> Result<(), RecordError> {
        let (key, until) = (prefixed(&record.key), record.until);
        let mut both = pipe();
        both.atomic().cmd("SET").arg(&key).arg(&record.text).arg("PXAT").arg(until).ignore();
        if let Some(belongs_to) = &record.belongs_to {
            let set = prefixed(belongs_to);
            // In the order of their ends. The set itself lasts as long as its last member: GT alone leaves a new one without an end.
            both.cmd("ZADD").arg(&set).arg(until).arg(&record.key).ignore();
            both.cmd("PEXPIREAT").arg(&set).arg(until).arg("NX").ignore();
            both.cmd("PEXPIREAT").arg(&set).arg(until).arg("GT").ignore();
            // What has been over for an hour; sooner, a clock ahead of Redis's would take out one that still lives.
            let over = (Utc::now() - TimeDelta::hours(1)).timestamp_millis();
            both.cmd("ZREMRANGEBYSCORE").arg(&set).arg("-inf").arg(over).ignore();
        }
        Ok(both.query_async(&mut self.0.clone()).await?)
    }

    pub(super) async fn take(&self, key: &str) -> Result<Option<String>, RecordError> {
        Ok(cmd("GETDEL").arg(prefixed(key)).query_async(&mut self.0.clone()).await?)
    }

    pub(super) async fn read(&self, key: &str) -> Result<Option<String>, RecordError> {
        Ok(cmd("GET").arg(prefixed(key)).query_async(&mut self.0.clone()).await?)
    }

    pub(super) async fn see(&self, key: &str, until: i64) -> Result<Seen, RecordError> {
        let mut see = cmd("EVAL");
        see.arg(SEE).arg(1).arg(prefixed(key)).arg(until);
        let answer: String = see.query_async(&mut self.0.clone()).await?;
        match answer.as_str() {
            "first" => Ok(Seen::FirstTime),
            "before" => Ok(Seen::Before),
            _ => Err(RecordError::Over),
        }
    }

    /// The keys and texts of what belongs to it.
    pub(super) async fn belonging(&self, belongs_to: &str) -> Result<Vec<(String, String)>, RecordError> {
        let connection = &mut self.0.clone();
        let mut all = cmd("ZRANGE");
        let keys: Vec<String> = all.arg(prefixed(belongs_to)).arg(0).arg(-1).query_async(connection).await?;
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let prefixed: Vec<String> = keys.iter().map(|key| prefixed(key)).collect();
        let texts: Vec<Option<String>> = cmd("MGET").arg(prefixed).query_async(connection).await?;
        Ok(keys.into_iter().zip(texts).filter_map(|(key, text)| Some((key, text?))).collect())
    }

    /// Forgets what ends before the last `most` of those that belong to it.
    pub(super) async fn keep_last(&self, belongs_to: &str, most: u32) -> Result<(), RecordError> {
        let mut keep = cmd("EVAL");
        keep.arg(KEEP_LAST).arg(1).arg(prefixed(belongs_to)).arg(most).arg(PREFIX);
        Ok(keep.query_async(&mut self.0.clone()).await?)
    }

    /// Returns how many of them were still there.
    pub(super) async fn remove(&self, belongs_to: &str, keys: &[String]) -> Result<usize, RecordError> {
        if keys.is_empty() {
            return Ok(0);
        }
        let mut both = pipe();
        both.atomic().cmd("ZREM").arg(prefixed(belongs_to)).arg(keys).ignore();
        both.cmd("DEL").arg(keys.iter().map(|key| prefixed(key)).collect::<Vec<_>>());
        let (gone,): (usize,) = both.query_async(&mut self.0.clone()).await?;
        Ok(gone)
    }
}

fn prefixed(key: &str) -> String {
    format!("{PREFIX}{key}")
}
