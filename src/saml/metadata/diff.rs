//! What a refresh of metadata changes, so that a rolled key is seen before it is an outage.

use std::fmt;

use super::identity_provider::IdentityProvider;
use crate::crypto::VerifyingKey;

/// The differences between an identity provider as we know it and its new metadata.
#[derive(Clone, Debug, PartialEq)]
pub struct Changes {
    added_keys: Vec<VerifyingKey>,
    removed_keys: Vec<VerifyingKey>,
    endpoints_changed: bool,
    signed_requests_changed: bool,
    algorithms_changed: bool,
}

impl Changes {
    pub(super) fn between(old: &IdentityProvider, new: &IdentityProvider) -> Self {
        Self {
            added_keys: missing(new.signing_keys(), old.signing_keys()),
            removed_keys: missing(old.signing_keys(), new.signing_keys()),
            endpoints_changed: old.single_sign_on() != new.single_sign_on()
                || old.single_logout() != new.single_logout()
                || old.artifact_resolution() != new.artifact_resolution(),
            signed_requests_changed: old.wants_authn_requests_signed() != new.wants_authn_requests_signed(),
            algorithms_changed: old.signing_methods() != new.signing_methods()
                || old.digest_methods() != new.digest_methods(),
        }
    }

    /// Signing keys that are new.
    #[must_use]
    pub fn added_keys(&self) -> &[VerifyingKey] {
        &self.added_keys
    }

    /// Signing keys that are gone. When all old keys go at once, every login begun before the refresh fails.
    #[must_use]
    pub fn removed_keys(&self) -> &[VerifyingKey] {
        &self.removed_keys
    }

    /// Whether any endpoint for sign-on, logout or artifacts is another, or their order.
    #[must_use]
    pub fn endpoints_changed(&self) -> bool {
        self.endpoints_changed
    }

    /// Whether the wish for signed requests is another.
    #[must_use]
    pub fn signed_requests_changed(&self) -> bool {
        self.signed_requests_changed
    }

    /// Whether the algorithms that it declares are others: what we sign by may become another, or none (`config-no-common-algorithm`).
    #[must_use]
    pub fn algorithms_changed(&self) -> bool {
        self.algorithms_changed
    }

    /// Whether nothing of these is different.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.added_keys.is_empty()
            && self.removed_keys.is_empty()
            && !self.endpoints_changed
            && !self.signed_requests_changed
            && !self.algorithms_changed
    }
}

/// One line, for a log.
impl fmt::Display for Changes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return f.write_str("no changes");
        }
        let mut separator = "";
        for (what, keys) in [("new signing key", &self.added_keys), ("signing key gone", &self.removed_keys)] {
            for key in keys {
                write!(f, "{separator}{what} {key:?}")?;
                separator = "; ";
            }
        }
        for (what, changed) in [
            ("endpoints changed", self.endpoints_changed),
            ("the wish for signed requests changed", self.signed_requests_changed),
            ("declared algorithms changed", self.algorithms_changed),
        ] {
            if changed {
                write!(f, "{separator}{what}")?;
                separator = "; ";
            }
        }
        Ok(())
    }
}

fn missing(keys: &[VerifyingKey], from: &[VerifyingKey]) -> Vec<VerifyingKey> {
    keys.iter().filter(|key| !from.contains(key)).cloned().collect()
}
