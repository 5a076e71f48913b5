//! SQLite: what administrators set up, and what there is to read.

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension as _};

use crate::{keys, pages, providers, records, trace, wiki};

pub(crate) struct Database(Mutex<Connection>);

const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
INSERT OR IGNORE INTO setting VALUES ('revision', '0');
";

impl Database {
    /// In memory without a path. Several instances may open one file.
    pub(crate) fn open(path: Option<&Path>) -> rusqlite::Result<Self> {
        // Our private keys stand in it, so it is nobody else's to read; the files that SQLite puts beside it are as it is.
        #[cfg(unix)]
        if let Some(path) = path {
            use std::os::unix::fs::OpenOptionsExt as _;
            // What fails here fails below, with its reason.
            _ = std::fs::OpenOptions::new().append(true).create(true).mode(0o600).open(path);
        }
        let connection = match path {
            Some(path) => Connection::open(path)?,
            None => Connection::open_in_memory()?,
        };
        connection.busy_timeout(Duration::from_secs(5))?;
        connection.execute_batch("PRAGMA journal_mode = WAL; PRAGMA foreign_keys = ON;")?;
        for schema in [
            SCHEMA,
            keys::SCHEMA,
            providers::SCHEMA,
            wiki::SCHEMA,
            trace::SCHEMA,
            records::SCHEMA,
            pages::admin::SCHEMA,
        ] {
            connection.execute_batch(schema)?;
        }
        Ok(Self(Mutex::new(connection)))
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, Connection> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Grows whenever something changes that [`Config`](crate::app::Config) is made of, in this instance or in another.
    pub(crate) fn revision(&self) -> rusqlite::Result<String> {
        self.lock().query_row("SELECT value FROM setting WHERE name = 'revision'", (), |row| row.get(0))
    }

    /// Changes what [`Config`](crate::app::Config) is made of, as a whole or not at all.
    pub(crate) fn change<T>(&self, change: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> rusqlite::Result<T> {
        let mut connection = self.lock();
        let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        let changed = change(&transaction)?;
        transaction.execute("UPDATE setting SET value = value + 1 WHERE name = 'revision'", ())?;
        transaction.commit()?;
        Ok(changed)
    }

    pub(crate) fn setting(&self, name: &str) -> rusqlite::Result<Option<String>> {
        self.lock().query_row("SELECT value FROM setting WHERE name = ?1", [name], |row| row.get(0)).optional()
    }

    /// A secret of the installation, made by whoever asks for it first.
    pub(crate) fn secret(&self, name: &str) -> Result<String, Box<dyn std::error::Error>> {
        let fresh = crate::app::random()?;
        self.lock().execute("INSERT OR IGNORE INTO setting VALUES (?1, ?2)", [name, &fresh])?;
        Ok(self.setting(name)?.unwrap_or(fresh))
    }
}
