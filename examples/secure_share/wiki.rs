//! The wiki: spaces, their pages, and the links by which they are shared.

use std::error::Error as StdError;

use chrono::{NaiveDate, Utc};
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use crate::app::random;
use crate::database::Database;
use crate::records::SignedIn;

pub(crate) const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS space (
    id TEXT PRIMARY KEY, title TEXT NOT NULL,
    -- Whether visitors have to sign in, and where.
    enforced INTEGER NOT NULL DEFAULT 0,
    provider TEXT REFERENCES provider (id) ON DELETE SET NULL
) STRICT;
CREATE TABLE IF NOT EXISTS page (
    space TEXT NOT NULL REFERENCES space (id), id TEXT NOT NULL, title TEXT NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (space, id)
) STRICT;
CREATE TABLE IF NOT EXISTS share (
    -- The link itself: whoever has it may try.
    id TEXT PRIMARY KEY,
    space TEXT NOT NULL REFERENCES space (id), page TEXT,
    -- The last day, and groups, one a line.
    expires TEXT, groups TEXT NOT NULL DEFAULT ''
) STRICT;
";

const SEED: &str = "
INSERT INTO space (id, title) VALUES ('handbook', 'Team handbook'), ('launch', 'Product launch');
INSERT INTO page VALUES
    ('handbook', 'welcome', 'Welcome', 'This wiki is shared with people outside, through links.

Whoever opens one signs in at the identity provider of their own organization, and comes back to this very page.'),
    ('handbook', 'on-call', 'On call', 'The week begins on Tuesday at ten.

Whoever is on call keeps the pager, the notebook, and the good chair.'),
    ('launch', 'plan', 'The plan', 'First the press, then the partners, then everybody.

Nothing of this leaves the building before the first of the month.'),
    ('launch', 'prices', 'Prices', 'They are on the next page, which nobody has written yet.');
";

#[derive(Clone)]
pub(crate) struct Space {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) enforced: bool,
    pub(crate) provider: Option<String>,
}

pub(crate) struct Page {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) body: String,
}

pub(crate) struct Share {
    pub(crate) id: String,
    pub(crate) space: Space,
    /// All pages of the space without one.
    pub(crate) page: Option<String>,
    pub(crate) expires: Option<String>,
    pub(crate) groups: Vec<String>,
}

/// What a visitor with a link may do.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Entry {
    Open,
    SignIn {
        provider: String,
    },
    /// In one of these groups nobody has seen them.
    Group(Vec<String>),
    Expired(String),
    /// It wants people to sign in, and nobody has said where.
    NoProvider,
}

impl Share {
    /// Decides over a visitor, who may have signed in.
    pub(crate) fn entry(&self, visitor: Option<&SignedIn>, today: NaiveDate) -> Entry {
        if let Some(expires) = self.expires.as_ref().filter(|day| today.to_string() > **day) {
            return Entry::Expired(expires.clone());
        }
        // A link for groups is one for people who are known, whatever the space says.
        if !self.space.enforced && self.groups.is_empty() {
            return Entry::Open;
        }
        let Some(provider) = &self.space.provider else { return Entry::NoProvider };
        match visitor {
            Some(visitor) if visitor.provider == *provider => {
                let admitted = self.groups.is_empty() || self.groups.iter().any(|g| visitor.groups.contains(g));
                if admitted { Entry::Open } else { Entry::Group(self.groups.clone()) }
            }
            _ => Entry::SignIn { provider: provider.clone() },
        }
    }

    fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        let groups: String = row.get("groups")?;
        let (title, enforced, provider) = (row.get("title")?, row.get("enforced")?, row.get("provider")?);
        Ok(Self {
            id: row.get("id")?,
            space: Space { id: row.get("space")?, title, enforced, provider },
            page: row.get("page")?,
            expires: row.get("expires")?,
            groups: groups.lines().map(str::to_owned).collect(),
        })
    }
}

const SHARES: &str = "SELECT share.*, space.title, space.enforced, space.provider \
                      FROM share JOIN space ON space.id = share.space";

/// The two spaces that one can begin with, where there is none.
pub(crate) fn seed(database: &Database) -> rusqlite::Result<()> {
    let connection = database.lock();
    let empty: bool = connection.query_row("SELECT NOT EXISTS (SELECT 1 FROM space)", (), |row| row.get(0))?;
    if empty { connection.execute_batch(SEED) } else { Ok(()) }
}

pub(crate) fn spaces(connection: &Connection) -> rusqlite::Result<Vec<Space>> {
    let mut statement = connection.prepare("SELECT id, title, enforced, provider FROM space ORDER BY title")?;
    let rows = statement.query_map((), |row| {
        Ok(Space { id: row.get(0)?, title: row.get(1)?, enforced: row.get(2)?, provider: row.get(3)? })
    })?;
    rows.collect()
}

pub(crate) fn pages(connection: &Connection, space: &str) -> rusqlite::Result<Vec<Page>> {
    let mut statement = connection.prepare("SELECT id, title, body FROM page WHERE space = ?1 ORDER BY title")?;
    let rows =
        statement.query_map([space], |row| Ok(Page { id: row.get(0)?, title: row.get(1)?, body: row.get(2)? }))?;
    rows.collect()
}

pub(crate) fn share(connection: &Connection, id: &str) -> rusqlite::Result<Option<Share>> {
    connection.query_row(&format!("{SHARES} WHERE share.id = ?1"), [id], Share::from_row).optional()
}

pub(crate) fn shares(connection: &Connection) -> rusqlite::Result<Vec<Share>> {
    connection.prepare(&format!("{SHARES} ORDER BY share.rowid DESC"))?.query_map((), Share::from_row)?.collect()
}

/// A new link, for a page or for all of them.
pub(crate) fn create_share(
    database: &Database,
    space: &str,
    page: Option<&str>,
    expires: Option<NaiveDate>,
    groups: &[String],
) -> Result<String, Box<dyn StdError>> {
    let id = random()?;
    let expires = expires.map(|day| day.to_string());
    let sql = "INSERT INTO share (id, space, page, expires, groups) VALUES (?1, ?2, ?3, ?4, ?5)";
    database.lock().execute(sql, params![id, space, page, expires, groups.join("\n")])?;
    Ok(id)
}

pub(crate) fn today() -> NaiveDate {
    Utc::now().date_naive()
}
