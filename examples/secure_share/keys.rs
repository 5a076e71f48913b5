//! Our keys, and the three steps of a rollover.

use std::error::Error as StdError;

use chrono::{Datelike as _, NaiveDate, TimeDelta, Utc};
use rcgen::{CertificateParams, DnType, KeyPair, PKCS_RSA_SHA256, RsaKeySize};
use rusqlite::Connection;
use saml_sp::{Binding, Certificate, Credential, DecryptionKey, KeyState, ServiceProvider, SigningKey};

use crate::database::Database;

/// Private keys stand here as they are: an application of your own keeps them where it keeps its other secrets.
pub(crate) const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS credential (
    id INTEGER PRIMARY KEY,
    state TEXT NOT NULL UNIQUE CHECK (state IN ('next', 'active', 'retiring')),
    private_key TEXT NOT NULL,
    certificate TEXT NOT NULL
) STRICT;
";

/// A step of a rollover. Between two of them every identity provider has to read our metadata again.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// A next key is published.
    Announce,
    /// It is used, and the old one is still known.
    Use,
    /// The old one is forgotten.
    Forget,
}

/// One of our keys.
pub(crate) struct Key {
    pub(crate) state: KeyState,
    pub(crate) certificate: Certificate,
}

/// The service provider as the database describes it, with its keys.
pub(crate) fn service_provider(
    connection: &Connection,
    base_url: &str,
) -> Result<(ServiceProvider, Vec<Key>), Box<dyn StdError>> {
    let mut builder = ServiceProvider::builder(format!("{base_url}/saml"), format!("{base_url}/saml/acs"));
    for (binding, path) in [(Binding::Redirect, "slo"), (Binding::Post, "slo"), (Binding::Soap, "slo/soap")] {
        builder = builder.slo_url(binding, format!("{base_url}/saml/{path}"));
    }
    let mut statement = connection.prepare("SELECT state, private_key, certificate FROM credential ORDER BY id")?;
    let rows = statement.query_map((), |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    let mut keys = Vec::new();
    for row in rows {
        let (state, private_key, certificate): (String, String, String) = row?;
        let state = match state.as_str() {
            "next" => KeyState::Next,
            "active" => KeyState::Active,
            _ => KeyState::Retiring,
        };
        let certificate = Certificate::from_pasted(&certificate)?.certificate;
        let credential = Credential::new(state, certificate.clone())
            .signing(SigningKey::from_pem(&private_key)?)
            .decryption(DecryptionKey::from_pem(&private_key)?);
        builder = builder.credential(credential);
        keys.push(Key { state, certificate });
    }
    Ok((builder.build()?, keys))
}

/// The first key, where there is none.
pub(crate) fn ensure(database: &Database, base_url: &str) -> Result<(), Box<dyn StdError>> {
    let (private_key, certificate) = generate(base_url)?;
    let sql = "INSERT INTO credential (state, private_key, certificate) \
               SELECT 'active', ?1, ?2 WHERE NOT EXISTS (SELECT 1 FROM credential)";
    Ok(database.change(|connection| connection.execute(sql, [&private_key, &certificate]).map(drop))?)
}

/// Takes a step; one that is not due changes nothing.
pub(crate) fn roll(database: &Database, base_url: &str, step: Step) -> Result<(), Box<dyn StdError>> {
    let (private_key, certificate) = generate(base_url)?;
    Ok(database.change(|connection| {
        let count = |state: &str| -> rusqlite::Result<i64> {
            connection.query_row("SELECT count(*) FROM credential WHERE state = ?1", [state], |row| row.get(0))
        };
        match (step, count("next")?, count("retiring")?) {
            (Step::Announce, 0, 0) => connection
                .execute(
                    "INSERT INTO credential (state, private_key, certificate) VALUES ('next', ?1, ?2)",
                    [&private_key, &certificate],
                )
                .map(drop),
            (Step::Use, 1, 0) => connection.execute_batch(
                "UPDATE credential SET state = 'retiring' WHERE state = 'active';
                 UPDATE credential SET state = 'active' WHERE state = 'next';",
            ),
            (Step::Forget, 0, 1) => connection.execute_batch("DELETE FROM credential WHERE state = 'retiring';"),
            _ => Ok(()),
        }
    })?)
}

/// A private key and its certificate, each in PEM. Identity providers read the key out of the certificate and nothing else.
fn generate(base_url: &str) -> Result<(String, String), Box<dyn StdError>> {
    let key = KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048)?;
    let host = url::Url::parse(base_url)?.host_str().unwrap_or("secure share").to_owned();
    let mut parameters = CertificateParams::default();
    parameters.distinguished_name.push(DnType::CommonName, format!("{host}, {}", Utc::now().format("%Y-%m-%d")));
    let (today, ends) = (Utc::now().date_naive(), Utc::now().date_naive() + TimeDelta::days(3 * 365));
    let at = |day: NaiveDate| -> Result<_, std::num::TryFromIntError> {
        Ok(rcgen::date_time_ymd(day.year(), day.month().try_into()?, day.day().try_into()?))
    };
    (parameters.not_before, parameters.not_after) = (at(today)?, at(ends)?);
    Ok((key.serialize_pem(), parameters.self_signed(&key)?.pem()))
}
