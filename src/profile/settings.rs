//! What a service provider is, and the moment at which it judges.

use chrono::{DateTime, Duration, Utc};

use crate::crypto::{AlgorithmPolicy, Credential};
use crate::dsig::Engine;
use crate::error::ConfigError;
use crate::limits::Limits;
use crate::saml::EntityId;
use crate::saml::ids::Location;
use crate::saml::metadata::sp::LogoutService;
use crate::text::quoted::Quoted;
use crate::xmlenc;

/// What a service provider is, parsed once. The facade's builder makes it.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) entity_id: EntityId,
    /// The default one.
    pub(crate) acs_url: Location,
    pub(crate) further_acs_urls: Vec<Location>,
    /// Our logout URLs, at most one for each binding; none where logout is not offered.
    pub(crate) single_logout: Vec<LogoutService>,
    pub(crate) skew: Duration,
    /// `None` where old assertions are allowed by name.
    pub(crate) max_assertion_age: Option<Duration>,
    pub(crate) pending_lifetime: Duration,
    pub(crate) limits: Limits,
    pub(crate) algorithms: AlgorithmPolicy,
    pub(crate) engine: Engine,
    /// Our keys; at most one of them is active and signs.
    pub(crate) credentials: Vec<Credential>,
    /// Whether requests are signed for every identity provider, and not only for those that want it.
    pub(crate) always_sign_requests: bool,
    /// Every key that opens messages: those of the credentials, and those without a certificate.
    pub(crate) decryption_keys: xmlenc::Keys,
    pub(crate) decryption: xmlenc::Policy,
    pub(crate) allow_missing_audience: bool,
    pub(crate) allow_missing_destination: bool,
}

impl Settings {
    /// One of our own ACS URLs, by its exact text.
    pub(crate) fn acs(&self, url: &str) -> Result<&Location, ConfigError> {
        let mut ours = std::iter::once(&self.acs_url).chain(&self.further_acs_urls);
        ours.find(|own| own.as_str() == url).ok_or_else(|| ConfigError::UnknownAcs { found: Quoted::new(url) })
    }

    pub(crate) fn moment(&self, now: DateTime<Utc>) -> Moment {
        Moment { now, skew: self.skew }
    }
}

/// The moment and the grant with which all times are judged.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment {
    pub(crate) now: DateTime<Utc>,
    pub(crate) skew: Duration,
}

impl Moment {
    /// True once `bound` plus the skew is reached.
    pub(crate) fn is_past(self, bound: DateTime<Utc>) -> bool {
        bound.checked_add_signed(self.skew).is_some_and(|end| self.now >= end)
    }

    /// True while `bound` is still ahead by more than the skew.
    pub(crate) fn is_ahead(self, bound: DateTime<Utc>) -> bool {
        self.now.checked_add_signed(self.skew).is_some_and(|latest| bound > latest)
    }
}
