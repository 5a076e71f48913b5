//! What waits for an answer, sealed so that it can lie in the browser: only our keys open it, and only for what it is.

use zeroize::Zeroizing;

use crate::crypto::aead;
use crate::error::{ConfigError, Error};
use crate::saml::EntityId;
use crate::text::base64;

/// A cookie holds 4,096 bytes with its name and attributes; what is left is 3 KiB.
const MAX_SEALED: usize = 3 * 1024;

/// The longest tag, in bytes: a key into the application's own data, not the data.
const MAX_TAG: usize = 256;

pub(super) fn check_tag(tag: &str) -> Result<(), ConfigError> {
    if tag.len() > MAX_TAG {
        return Err(ConfigError::TooLong { what: "tag", found: tag.len(), limit: MAX_TAG });
    }
    Ok(())
}

/// A kind of state: what is sealed for one never opens as another.
pub(super) struct Purpose {
    /// For people.
    pub(super) what: &'static str,
    /// With the storage form's version: an old one never opens as a new one.
    pub(super) associated_data: &'static str,
}

/// Seals `text` for this purpose and this service provider.
pub(super) fn seal(keys: &SealKeys, purpose: &Purpose, sp: &EntityId, text: &str) -> Result<String, ConfigError> {
    let sealed = aead::seal(&keys.seals, associated_data(purpose, sp).as_bytes(), text.as_bytes())
        .map_err(|_| ConfigError::NoRandomness)?;
    let sealed = base64::encode_url(&sealed);
    if sealed.len() > MAX_SEALED {
        return Err(ConfigError::TooLong { what: purpose.what, found: sealed.len(), limit: MAX_SEALED });
    }
    Ok(sealed)
}

/// Opens what [`seal`] made for this purpose and this service provider.
pub(super) fn open(keys: &SealKeys, purpose: &Purpose, sp: &EntityId, sealed: &str) -> Option<String> {
    let bytes = base64::decode_url(sealed.as_bytes(), MAX_SEALED).ok()?;
    let data = associated_data(purpose, sp);
    let mut ours = std::iter::once(&keys.seals).chain(&keys.opens);
    String::from_utf8(ours.find_map(|key| aead::open(key, data.as_bytes(), &bytes))?).ok()
}

fn associated_data(purpose: &Purpose, sp: &EntityId) -> String {
    format!("{}\n{sp}", purpose.associated_data)
}

/// The value of a `Set-Cookie` header: for as many seconds, or to delete it.
///
/// `__Host-` makes browsers insist on `Secure`, `Path=/` and no `Domain`; an answer may be a cross-site POST, on which
/// they send no cookie but those of `SameSite=None`.
pub(super) fn set_cookie(name: &str, value: &str, max_age: i64) -> String {
    format!("{name}={value}; Path=/; Secure; HttpOnly; SameSite=None; Max-Age={max_age}")
}

/// The value of a cookie in a `Cookie` header.
pub(super) fn cookie<'h>(header: &'h str, name: &str) -> Option<&'h str> {
    header.split(';').find_map(|cookie| cookie.trim().strip_prefix(name)?.strip_prefix('='))
}

/// The keys that seal what is pending, logins and logouts: the first seals, all open.
///
/// Make 32 random bytes once, keep them with the application's other secrets, share them among all nodes. To roll
/// them, seal with the new and keep the old to open until the longest login has expired. They are overwritten when they
/// are dropped; the arrays that you passed in are yours.
#[derive(Clone)]
pub struct SealKeys {
    seals: SealKey,
    opens: Vec<SealKey>,
}

/// In a box, so that a move leaves no copy behind.
type SealKey = Box<Zeroizing<[u8; 32]>>;

impl SealKeys {
    /// One key of 32 random bytes.
    #[must_use]
    pub fn new(key: [u8; 32]) -> Self {
        Self { seals: Box::new(Zeroizing::new(key)), opens: Vec::new() }
    }

    /// Adds an older key, which opens and does not seal.
    #[must_use]
    pub fn also_opens(mut self, key: [u8; 32]) -> Self {
        self.opens.push(Box::new(Zeroizing::new(key)));
        self
    }

    /// A new random key, for a single process that may lose its pending logins when it restarts.
    ///
    /// # Errors
    /// `config-no-randomness`.
    pub fn ephemeral() -> Result<Self, Error> {
        let key = crate::crypto::random::bytes().map_err(|_| ConfigError::NoRandomness)?;
        Ok(Self::new(key))
    }
}

impl std::fmt::Debug for SealKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SealKeys({} keys)", self.opens.len().saturating_add(1))
    }
}
