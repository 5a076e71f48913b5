//! What became of the last logins and logouts. No message is kept, unless an administrator asks for it.

use std::time::Duration;

use rusqlite::params;
use saml_sp::{Error, Report};

use crate::app::{App, now_text};

pub(crate) const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS flow (
    id INTEGER PRIMARY KEY,
    at TEXT NOT NULL, what TEXT NOT NULL, provider TEXT NOT NULL,
    outcome TEXT NOT NULL, code TEXT, hint TEXT, milliseconds REAL NOT NULL,
    report TEXT, message TEXT
) STRICT;
";

const KEPT: i64 = 200;

/// Of a report: strangers bring what it is made of, and that of a login is much shorter.
const REPORT_CHARACTERS: usize = 64 * 1024;

/// One login or logout.
#[derive(Default)]
pub(crate) struct Flow {
    pub(crate) at: String,
    pub(crate) what: String,
    pub(crate) provider: String,
    pub(crate) outcome: String,
    pub(crate) code: Option<String>,
    pub(crate) hint: Option<String>,
    pub(crate) milliseconds: f64,
    /// Without the values of the person.
    pub(crate) report: Option<String>,
    /// What was signed, of a login that cannot be repeated. It is kept only while that is asked for.
    pub(crate) message: Option<String>,
}

impl Flow {
    pub(crate) fn new(what: &str, provider: &str, took: Duration) -> Self {
        let milliseconds = took.as_secs_f64() * 1000.0;
        Self { at: now_text(), what: what.into(), provider: provider.into(), milliseconds, ..Self::default() }
    }

    pub(crate) fn done(self, outcome: &str) -> Self {
        Self { outcome: outcome.to_owned(), ..self }
    }

    pub(crate) fn refused(self, error: &Error) -> Self {
        let code = Some(error.code().to_owned());
        Self { outcome: format!("refused: {error}"), code, hint: Some(error.hint()), ..self }
    }

    /// A login that was a test.
    pub(crate) fn reported(self, report: &Report) -> Self {
        match report.causes().first() {
            None => self.done("would have been accepted"),
            Some(cause) => {
                let (code, hint) = (Some(cause.code.to_owned()), Some(cause.hint.clone()));
                Self { outcome: format!("would have been refused: {}", cause.message), code, hint, ..self }
            }
        }
    }

    /// A failure to write it down is for the log: nobody is kept out for it.
    pub(crate) fn write(self, app: &App) {
        let Self { at, what, provider, outcome, code, hint, milliseconds, report, message } = &self;
        let report = report.as_ref().map(|report| report.chars().take(REPORT_CHARACTERS).collect::<String>());
        eprintln!("{what} {provider}: {outcome}{}", code.as_ref().map(|code| format!(" ({code})")).unwrap_or_default());
        let connection = app.database.lock();
        let written = connection.execute(
            "INSERT INTO flow (at, what, provider, outcome, code, hint, milliseconds, report, message)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8,
                 (SELECT ?9 WHERE EXISTS (SELECT 1 FROM setting WHERE name = 'record')))",
            params![at, what, provider, outcome, code, hint, milliseconds, report, message],
        );
        let trimmed = connection.execute("DELETE FROM flow WHERE id <= (SELECT max(id) FROM flow) - ?1", [KEPT]);
        if let Err(error) = written.and(trimmed) {
            eprintln!("the trace cannot be written: {error}");
        }
    }
}

pub(crate) fn last(app: &App) -> rusqlite::Result<Vec<Flow>> {
    let connection = app.database.lock();
    let mut statement = connection.prepare("SELECT * FROM flow ORDER BY id DESC LIMIT 50")?;
    let rows = statement.query_map((), |row| {
        Ok(Flow {
            at: row.get("at")?,
            what: row.get("what")?,
            provider: row.get("provider")?,
            outcome: row.get("outcome")?,
            code: row.get("code")?,
            hint: row.get("hint")?,
            milliseconds: row.get("milliseconds")?,
            report: row.get("report")?,
            message: row.get("message")?,
        })
    })?;
    rows.collect()
}
