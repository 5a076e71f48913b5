//! The records in SQLite: one table. Each operation is one statement, so that two instances on one file cannot come in between.

use std::sync::Arc;

use chrono::Utc;
use rusqlite::{Connection, OptionalExtension as _, params};
use saml_sp::Seen;

use super::{Database, Record, RecordError};

pub(crate) const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS record (
        key TEXT PRIMARY KEY,
        text TEXT NOT NULL,
        until INTEGER NOT NULL, -- milliseconds since 1970
        belongs_to TEXT
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS record_until ON record (until);
    CREATE INDEX IF NOT EXISTS record_belongs_to ON record (belongs_to, until);
";

pub(super) async fn keep(database: &Arc<Database>, record: Record) -> Result<(), RecordError> {
    ask(database, move |database| {
        forget(database)?;
        let Record { key, text, until, belongs_to } = record;
        let sql = "INSERT OR REPLACE INTO record (key, text, until, belongs_to) VALUES (?1, ?2, ?3, ?4)";
        database.execute(sql, params![key, text, until, belongs_to]).map(|_| ())
    })
    .await
}

pub(super) async fn take(database: &Arc<Database>, key: String) -> Result<Option<String>, RecordError> {
    let sql = "DELETE FROM record WHERE key = ?1 RETURNING text, until";
    let taken = ask(database, move |database| {
        database.query_row(sql, [key], |row| Ok((row.get(0)?, row.get::<_, i64>(1)?))).optional()
    });
    Ok(taken.await?.filter(|(_, until)| now() < *until).map(|(text, _)| text))
}

pub(super) async fn read(database: &Arc<Database>, key: String) -> Result<Option<String>, RecordError> {
    let sql = "SELECT text FROM record WHERE key = ?1 AND ?2 < until";
    ask(database, move |database| database.query_row(sql, params![key, now()], |row| row.get(0)).optional()).await
}

pub(super) async fn see(database: &Arc<Database>, key: String, until: i64) -> Result<Seen, RecordError> {
    let new = ask(database, move |database| {
        forget(database)?;
        let sql = "INSERT INTO record (key, text, until) VALUES (?1, '', ?2) ON CONFLICT (key) DO NOTHING";
        database.execute(sql, params![key, until])
    });
    let new = new.await?;
    // Asked afterwards: while it waited for the other instance, that one may have forgotten the key.
    if until <= now() {
        return Err(RecordError::Over);
    }
    Ok(if new == 1 { Seen::FirstTime } else { Seen::Before })
}

/// The keys and texts of what belongs to it.
pub(super) async fn belonging(
    database: &Arc<Database>,
    belongs_to: String,
) -> Result<Vec<(String, String)>, RecordError> {
    ask(database, move |database| {
        let mut sql = database.prepare("SELECT key, text FROM record WHERE belongs_to = ?1 AND ?2 < until")?;
        sql.query_map(params![belongs_to, now()], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
    })
    .await
}

/// Forgets what ends before the last `most` of those that belong to it.
pub(super) async fn keep_last(
    database: &Arc<Database>,
    belongs_to: &'static str,
    most: u32,
) -> Result<(), RecordError> {
    ask(database, move |database| {
        let sql = "DELETE FROM record WHERE belongs_to = ?1 AND until <= \
                   (SELECT until FROM record WHERE belongs_to = ?1 ORDER BY until DESC LIMIT 1 OFFSET ?2)";
        database.execute(sql, params![belongs_to, most]).map(|_| ())
    })
    .await
}

/// Returns how many of them were still there.
pub(super) async fn remove(database: &Arc<Database>, keys: Vec<String>) -> Result<usize, RecordError> {
    ask(database, move |database| {
        let mut sql = database.prepare("DELETE FROM record WHERE key = ?1")?;
        keys.iter().map(|key| sql.execute([key])).sum()
    })
    .await
}

/// SQLite may wait, for the disk or for another instance: not on a thread that others need.
async fn ask<T: Send + 'static>(
    database: &Arc<Database>,
    question: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
) -> Result<T, RecordError> {
    let database = Arc::clone(database);
    let answer = tokio::task::spawn_blocking(move || question(&database.lock()));
    Ok(answer.await.map_err(|_| RecordError::Stopped)??)
}

/// What is over goes when something new comes. By the index, so that it costs nothing where there is nothing.
fn forget(database: &Connection) -> rusqlite::Result<usize> {
    database.execute("DELETE FROM record WHERE until <= ?1", [now()])
}

fn now() -> i64 {
    Utc::now().timestamp_millis()
}
