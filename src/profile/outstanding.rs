//! A request of ours that waits for its answer, login or logout: who may answer it, and until when.

use std::borrow::Cow;

use chrono::{DateTime, Utc};

use crate::binding::relay_state;
use crate::crypto::{VerifyingKey, hex, hex_digits, random};
use crate::error::{ConfigError, Rejection};
use crate::profile::seal;
use crate::profile::settings::Settings;
use crate::saml::EntityId;
use crate::saml::ids::MessageId;
use crate::saml::metadata::IdentityProvider;

/// What a pending login and a pending logout remember alike.
pub(super) struct Outstanding<'p> {
    /// `login` or `logout`, for people.
    pub(super) what: &'static str,
    pub(super) sp: &'p EntityId,
    pub(super) idp: &'p EntityId,
    /// The signing keys that were trusted when it began, each as [`signer`] writes it.
    pub(super) signers: &'p [String],
    pub(super) issued: DateTime<Utc>,
    pub(super) expires: DateTime<Utc>,
}

impl Outstanding<'_> {
    /// Whether an answer may be taken at all, for this service provider, from this identity provider, now.
    pub(super) fn check(
        &self,
        settings: &Settings,
        idp: &IdentityProvider,
        now: DateTime<Utc>,
    ) -> Result<(), Rejection> {
        let Self { what, issued, expires, .. } = *self;
        if *self.sp != settings.entity_id {
            return Err(Rejection::WrongSp { what, pending: self.sp.clone(), ours: settings.entity_id.clone() });
        }
        if self.idp != idp.entity_id() {
            return Err(Rejection::WrongIdp { what, pending: self.idp.clone(), given: idp.entity_id().clone() });
        }
        // Our own clock at both ends, so no skew.
        if now >= expires {
            return Err(Rejection::PendingExpired { what, issued, expires, now });
        }
        Ok(())
    }

    /// The keys that may sign the answer: those that were trusted when it began and still are. EntityIDs are typed by
    /// administrators: a tenant that registers another's with a key of its own has none of them.
    pub(super) fn trusted_keys<'i>(&self, idp: &'i IdentityProvider) -> Result<Cow<'i, [VerifyingKey]>, Rejection> {
        let current = idp.signing_keys();
        let remembered = |key: &VerifyingKey| self.signers.iter().any(|signer| is_signer(signer, key));
        let keys = if current.iter().all(remembered) {
            Cow::Borrowed(current)
        } else {
            Cow::Owned(current.iter().filter(|key| remembered(key)).cloned().collect())
        };
        if keys.is_empty() {
            return Err(Rejection::IdpKeysChanged { what: self.what, idp: idp.entity_id().clone() });
        }
        Ok(keys)
    }
}

/// The ID of a new request, and the random handle that its answer will bring back as RelayState. Both by one call: it takes longer
/// than the octets do.
pub(super) fn id_and_handle() -> Result<(MessageId, String), ConfigError> {
    const BOTH: usize = MessageId::BYTES + relay_state::HANDLE_BYTES;
    let octets = random::bytes::<BOTH>().map_err(|_| ConfigError::NoRandomness)?;
    let (id, handle) = octets.split_at(MessageId::BYTES);
    Ok((MessageId::from_random(id), hex(handle)))
}

/// The keys that are trusted now, to be remembered.
pub(super) fn signers(idp: &IdentityProvider) -> Vec<String> {
    idp.signing_keys().iter().map(signer).collect()
}

/// How a signing key is remembered: 128 bits of its SHA-256, which nobody finds a second key for.
fn signer(key: &VerifyingKey) -> String {
    hex(remembered_octets(&key.spki_sha256()))
}

/// Whether `signer` is what [`signer`] writes of this key.
fn is_signer(signer: &str, key: &VerifyingKey) -> bool {
    hex_digits(remembered_octets(&key.spki_sha256())).eq(signer.chars())
}

fn remembered_octets(spki_sha256: &[u8; 32]) -> &[u8] {
    spki_sha256.get(..16).unwrap_or_default()
}

/// What came as RelayState, where it has the shape of a handle of ours.
pub(crate) fn handle(relay_state: Option<&str>) -> Option<&str> {
    relay_state.filter(|state| relay_state::is_handle(state))
}

/// Why nothing waits for an answer with this RelayState, where the application looked by itself.
pub(crate) fn without(what: &'static str, relay_state: Option<&str>) -> Rejection {
    let reason = match handle(relay_state) {
        Some(_) => "none was found for this browser",
        None => "it brought no RelayState that this application made",
    };
    Rejection::PendingMissing { what, reason }
}

/// What is sealed in the cookie that the RelayState of an answer names, and the handle that has to be inside: the name of
/// a cookie is not sealed.
pub(crate) fn from_cookies<'a>(
    what: &'static str,
    cookie_header: Option<&'a str>,
    relay_state: Option<&'a str>,
    cookie_name: impl FnOnce(&str) -> String,
) -> Result<(&'a str, &'a str), Rejection> {
    let missing = |reason| Rejection::PendingMissing { what, reason };
    let handle = handle(relay_state).ok_or_else(|| without(what, relay_state))?;
    let cookies = cookie_header.ok_or_else(|| missing("the browser sent no cookies with it"))?;
    let sealed = seal::cookie(cookies, &cookie_name(handle));
    Ok((sealed.ok_or_else(|| missing("the browser has no cookie for it"))?, handle))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neither_an_id_nor_its_handle_tells_of_the_other_or_comes_twice() {
        let drawn: Vec<(MessageId, String)> = (0..100).map(|_| id_and_handle().unwrap()).collect();
        let mut texts: Vec<&str> = Vec::new();
        for (id, handle) in &drawn {
            assert_eq!(id.as_str().len(), 41);
            assert!(relay_state::is_handle(handle), "{handle}");
            texts.extend([id.as_str().get(1..33).unwrap(), id.as_str().get(9..41).unwrap(), handle]);
        }
        texts.sort_unstable();
        texts.dedup();
        assert_eq!(texts.len(), 300);
    }
}
