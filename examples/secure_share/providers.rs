//! Identity providers, side by side: how each was set up, its metadata and when to read it again, and which attributes say what.

use std::error::Error as StdError;

use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::{Connection, Row, params};
use saml_sp::{AttributeMap, Binding, EntityId, Field, IdentityProvider, Metadata, MetadataError, MetadataTrust};

use crate::app::{App, now_text, random};
use crate::fetch::Fetched;

pub(crate) const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS provider (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    -- Set up with a document, which came from a URL or by hand, or with four fields.
    url TEXT, document BLOB, etag TEXT, refetch_at TEXT, problem TEXT,
    entity_id TEXT NOT NULL UNIQUE, sso_url TEXT, slo_url TEXT, certificate TEXT,
    -- Names of attributes; where there is none, those that products are known to use.
    email TEXT, first_name TEXT, last_name TEXT, groups TEXT,
    -- Whether answers are taken that nobody asked for.
    unsolicited INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE IF NOT EXISTS provider_change (provider TEXT NOT NULL, at TEXT NOT NULL, change TEXT NOT NULL) STRICT;
";

/// What an administrator can map, with the column that holds it.
pub(crate) const FIELDS: [(&str, &str, Field); 4] = [
    ("email", "E-mail", Field::Email),
    ("first_name", "First name", Field::FirstName),
    ("last_name", "Last name", Field::LastName),
    ("groups", "Groups", Field::Groups),
];

/// How an identity provider is set up.
pub(crate) enum Setup {
    Document { url: Option<String>, etag: Option<String>, document: Vec<u8>, entity_id: Option<String> },
    Manual { entity_id: String, sso_url: String, slo_url: String, certificate: String },
}

pub(crate) struct Provider {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) entity_id: String,
    /// As it can be used now, or why it cannot.
    pub(crate) idp: Result<IdentityProvider, MetadataError>,
    pub(crate) url: Option<String>,
    pub(crate) manual: bool,
    /// Why the last fetch failed; what was known before goes on.
    pub(crate) problem: Option<String>,
    pub(crate) refetch_at: Option<String>,
    /// The names of the attributes, in the order of [`FIELDS`].
    pub(crate) mapped: [Option<String>; 4],
    pub(crate) unsolicited: bool,
    etag: Option<String>,
}

impl Setup {
    pub(crate) fn read(&self) -> Result<IdentityProvider, MetadataError> {
        match self {
            // The document came over TLS, or from an administrator's hands.
            Self::Document { document, entity_id, .. } => {
                let metadata = Metadata::read(document, MetadataTrust::Transport)?;
                match entity_id {
                    Some(entity_id) => metadata.identity_provider(&EntityId::new(entity_id)?),
                    None => metadata.only_identity_provider(),
                }
            }
            Self::Manual { entity_id, sso_url, slo_url, certificate } => {
                let idp = IdentityProvider::manual(entity_id, sso_url, certificate)?;
                match slo_url.trim() {
                    "" => Ok(idp),
                    slo_url => idp.with_slo_url(Binding::Redirect, slo_url, None),
                }
            }
        }
    }
}

impl Provider {
    fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        let text = |name| row.get::<_, Option<String>>(name);
        let entity_id: String = row.get("entity_id")?;
        let (url, etag) = (text("url")?, text("etag")?);
        let setup = match row.get::<_, Option<Vec<u8>>>("document")? {
            Some(document) => Setup::Document { url: None, etag: None, document, entity_id: Some(entity_id.clone()) },
            None => Setup::Manual {
                entity_id: entity_id.clone(),
                sso_url: text("sso_url")?.unwrap_or_default(),
                slo_url: text("slo_url")?.unwrap_or_default(),
                certificate: text("certificate")?.unwrap_or_default(),
            },
        };
        Ok(Self {
            id: row.get("id")?,
            name: row.get("name")?,
            entity_id,
            idp: setup.read(),
            manual: matches!(setup, Setup::Manual { .. }),
            url,
            problem: text("problem")?,
            refetch_at: text("refetch_at")?,
            mapped: [text("email")?, text("first_name")?, text("last_name")?, text("groups")?],
            unsolicited: row.get("unsolicited")?,
            etag,
        })
    }

    /// What the attributes of its users mean. Without an e-mail address nobody comes in.
    pub(crate) fn map(&self) -> AttributeMap {
        let mapped = FIELDS.iter().zip(&self.mapped).filter_map(|((_, _, field), name)| Some((field, name.as_ref()?)));
        let map = AttributeMap::new().require(Field::Email);
        mapped.fold(map, |map, (field, name)| map.alias(field.clone(), name))
    }
}

pub(crate) fn all(connection: &Connection) -> rusqlite::Result<Vec<Provider>> {
    connection.prepare("SELECT * FROM provider ORDER BY name")?.query_map((), Provider::from_row)?.collect()
}

/// Stores a new identity provider, or new data of one that is there, with what has changed. Returns its id.
pub(crate) fn save(app: &App, name: &str, setup: &Setup) -> Result<String, Box<dyn StdError>> {
    let new = setup.read()?;
    let entity_id = new.entity_id().to_string();
    let config = app.config()?;
    let known = config.providers.iter().find(|provider| provider.entity_id == entity_id);
    let id = known.map_or_else(random, |known| Ok(known.id.clone()))?;
    let change = match known.and_then(|known| known.idp.as_ref().ok()) {
        Some(old) => old.diff(&new).map(|changes| (!changes.is_empty()).then(|| changes.to_string()))?,
        None => Some(format!("set up; signing keys: {}", new.signing_keys().len())),
    };
    let (url, etag, document) = match setup {
        Setup::Document { url, etag, document, .. } => (url.as_deref(), etag.as_deref(), Some(document)),
        Setup::Manual { .. } => (None, None, None),
    };
    let (sso_url, slo_url, certificate) = match setup {
        Setup::Manual { sso_url, slo_url, certificate, .. } => (Some(sso_url), Some(slo_url), Some(certificate)),
        Setup::Document { .. } => (None, None, None),
    };
    let refetch_at = url.map(|_| text_of(next_fetch(&new)));
    app.database.change(|connection| {
        connection.execute(
            "INSERT INTO provider (id, name, entity_id, url, etag, document, refetch_at, sso_url, slo_url, certificate)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
             ON CONFLICT (id) DO UPDATE SET name = ?2, url = ?4, etag = ?5, document = ?6, refetch_at = ?7,
                 sso_url = ?8, slo_url = ?9, certificate = ?10, problem = NULL",
            params![id, name, entity_id, url, etag, document, refetch_at, sso_url, slo_url, certificate],
        )?;
        if let Some(change) = &change {
            eprintln!("{name}: {change}");
            connection.execute("INSERT INTO provider_change VALUES (?1, ?2, ?3)", params![id, now_text(), change])?;
        }
        Ok(())
    })?;
    Ok(id)
}

pub(crate) fn changes(app: &App, id: &str) -> rusqlite::Result<Vec<(String, String)>> {
    let connection = app.database.lock();
    let sql = "SELECT at, change FROM provider_change WHERE provider = ?1 ORDER BY rowid DESC LIMIT 20";
    connection.prepare(sql)?.query_map([id], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
}

/// Reads the metadata of one again. A fetch that fails changes nothing but the note that it did.
pub(crate) fn refetch(app: &App, provider: &Provider) -> Result<(), Box<dyn StdError>> {
    let Some(url) = &provider.url else { return Ok(()) };
    let fetched = app.fetch.get(url, provider.etag.as_deref()).map_err(Box::<dyn StdError>::from);
    // That took its time: an administrator may have deleted it since, or set it up in another way.
    let config = app.config()?;
    let same = |now: &&Provider| now.id == provider.id && now.url == provider.url;
    let Some(provider) = config.providers.iter().find(same) else { return Ok(()) };
    let outcome = fetched.and_then(|fetched| match fetched {
        // What is saved has its time with it.
        Fetched::Document { bytes, etag } => {
            let entity_id = Some(provider.entity_id.clone());
            let setup = Setup::Document { url: provider.url.clone(), etag, document: bytes, entity_id };
            save(app, &provider.name, &setup).map(|_| None)
        }
        Fetched::NotModified => Ok(Some(provider.idp.as_ref().map_or_else(|_| soon(), next_fetch))),
    });
    let (problem, next) = match &outcome {
        Ok(None) => return Ok(()),
        Ok(Some(next)) => (None, *next),
        Err(problem) => (Some(problem.to_string()), soon()),
    };
    if let Some(problem) = &problem {
        eprintln!("{}: the old metadata stays: {problem}", provider.name);
    }
    let sql = "UPDATE provider SET problem = ?2, refetch_at = ?3 WHERE id = ?1";
    app.database
        .change(|connection| connection.execute(sql, params![provider.id, problem, text_of(next)]).map(drop))?;
    outcome.map(drop)
}

/// Those whose time has come, one after the other.
pub(crate) fn refetch_due(app: &App) -> Result<(), Box<dyn StdError>> {
    let now = now_text();
    for provider in &app.config()?.providers {
        if provider.refetch_at.as_ref().is_some_and(|at| *at <= now) {
            // It has been logged, and is shown on its page.
            _ = refetch(app, provider);
        }
    }
    Ok(())
}

const SOON: TimeDelta = TimeDelta::minutes(5);

/// As often as its `cacheDuration` says, within reason; hourly without.
fn next_fetch(idp: &IdentityProvider) -> DateTime<Utc> {
    let after = idp.refresh_after().unwrap_or(TimeDelta::hours(1));
    Utc::now() + after.clamp(SOON, TimeDelta::hours(24))
}

/// Where something went wrong.
fn soon() -> DateTime<Utc> {
    Utc::now() + SOON
}

fn text_of(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}
