//! What a service provider is built from: what is not set is safe, and what does not fit is an error here.

use std::sync::Arc;

use chrono::Duration;

use super::{Clock, ServiceProvider};
use crate::crypto::{AlgorithmPolicy, Certificate, Credential, Decryption, DecryptionKey, KeyState};
use crate::dsig::Engine;
use crate::error::{ConfigError, Error};
use crate::limits::Limits;
use crate::profile::settings::Settings;
use crate::profile::signing::Signer;
use crate::saml::EntityId;
use crate::saml::ids::Location;
use crate::saml::metadata::sp::LogoutService;
use crate::saml::urn::Binding;
use crate::text::quoted::Quoted;
use crate::xmlenc;

/// Clock skew that is granted: three minutes, as IIP-G01 asks (three to five).
const DEFAULT_SKEW: Duration = Duration::seconds(180);
/// More than ten minutes would keep replayed answers alive for little gain; clocks are off by seconds.
const MAX_SKEW: Duration = Duration::seconds(600);
/// How old an assertion may be: a day is far above what answers need and below what backups and logs leak late.
const DEFAULT_MAX_ASSERTION_AGE: Duration = Duration::hours(24);
/// How long a user may take to sign in: an hour covers a password reset on the way.
const DEFAULT_PENDING_LIFETIME: Duration = Duration::minutes(60);
const MAX_PENDING_LIFETIME: Duration = Duration::hours(24);

/// Builds a [`ServiceProvider`]. What is not set is safe.
#[derive(Clone, Debug)]
#[must_use]
pub struct ServiceProviderBuilder {
    entity_id: String,
    acs_urls: Vec<String>,
    slo_urls: Vec<(Binding, String)>,
    skew: Duration,
    max_assertion_age: Option<Duration>,
    pending_lifetime: Duration,
    limits: Limits,
    algorithms: AlgorithmPolicy,
    engine: Engine,
    decryption_keys: Vec<Arc<DecryptionKey>>,
    credentials: Vec<Credential>,
    always_sign_requests: bool,
    decryption: xmlenc::Policy,
    clock: Clock,
    allow_missing_audience: bool,
    allow_missing_destination: bool,
}

impl ServiceProviderBuilder {
    pub(super) fn new(entity_id: String, acs_url: String) -> Self {
        Self {
            entity_id,
            acs_urls: vec![acs_url],
            slo_urls: Vec::new(),
            skew: DEFAULT_SKEW,
            max_assertion_age: Some(DEFAULT_MAX_ASSERTION_AGE),
            pending_lifetime: DEFAULT_PENDING_LIFETIME,
            limits: Limits::default(),
            algorithms: AlgorithmPolicy::default(),
            engine: Engine::default(),
            decryption_keys: Vec::new(),
            credentials: Vec::new(),
            always_sign_requests: false,
            decryption: xmlenc::Policy::default(),
            clock: Clock::default(),
            allow_missing_audience: false,
            allow_missing_destination: false,
        }
    }

    /// Adds a further ACS URL, which [`LoginOptions::acs_url`](crate::LoginOptions::acs_url) can ask for. The one given to
    /// [`builder`](ServiceProvider::builder) stays the default.
    ///
    /// All of them stand in the metadata that every identity provider gets. For one per tenant, where tenants come and
    /// go and need not know of one another, build a service provider per tenant, with the same entityID.
    pub fn acs_url(mut self, url: impl Into<String>) -> Self {
        self.acs_urls.push(url.into());
        self
    }

    /// Takes logout messages at this URL by this binding: Redirect, POST or SOAP, each at one URL, which may be the same. It
    /// stands in the metadata, and [`receive_logout`](ServiceProvider::receive_logout) is what to call there.
    ///
    /// Redirect is the one that every identity provider knows. `build` refuses a URL without TLS that is not on loopback,
    /// another binding, and logout without an active credential that signs: every logout message is signed.
    pub fn slo_url(mut self, binding: Binding, url: impl Into<String>) -> Self {
        self.slo_urls.push((binding, url.into()));
        self
    }

    /// The difference of clocks that is granted, at most ten minutes; by default three (the SAML implementation profile asks for three to five, IIP-G01).
    pub fn skew(mut self, skew: Duration) -> Self {
        self.skew = skew;
        self
    }

    /// How old an assertion may be, by its IssueInstant; by default 24 hours.
    pub fn max_assertion_age(mut self, age: Duration) -> Self {
        self.max_assertion_age = Some(age);
        self
    }

    /// How long a login may take, at most 24 hours; by default one.
    pub fn pending_lifetime(mut self, lifetime: Duration) -> Self {
        self.pending_lifetime = lifetime;
        self
    }

    /// Bounds on what is read.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Which engine verifies signatures.
    pub fn engine(mut self, engine: Engine) -> Self {
        self.engine = engine;
        self
    }

    /// A certificate of ours and its private keys, to sign requests with or to open what is encrypted to us. Any
    /// number of them, of which at most one is active and signs; see [`KeyState`].
    ///
    /// Of encrypted messages AES-GCM is taken always, AES-CBC only where a verified signature covers the ciphertext,
    /// keys by RSA-OAEP.
    pub fn credential(mut self, credential: Credential) -> Self {
        self.credentials.push(credential);
        self
    }

    /// Signs the requests to every identity provider; otherwise only to those that want it: by WantAuthnRequestsSigned in
    /// their metadata, or by [`with_authn_requests_signed`](crate::IdentityProvider::with_authn_requests_signed).
    /// The metadata says so (AuthnRequestsSigned), and some identity providers then insist on it. `build` refuses it
    /// without an active credential that signs.
    pub fn always_sign_requests(mut self) -> Self {
        self.always_sign_requests = true;
        self
    }

    /// A private key that opens what identity providers encrypt to us, and that stands in no metadata: its certificate
    /// was handed over in another way. Any number of them; each is tried (IIP-SP08).
    ///
    /// `build` refuses a key below 2048 bits.
    pub fn decryption_key(mut self, key: DecryptionKey) -> Self {
        self.decryption_keys.push(Arc::new(key));
        self
    }

    /// Where the time comes from.
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// Accepts SHA-1 in signatures and digests.
    ///
    /// What an attacker gains: whoever can have the identity provider sign content of their choice can look for
    /// collisions, and give another meaning to a signature. Such collisions cost a few ten thousand dollars in 2020.
    pub fn dangerous_allow_sha1(mut self) -> Self {
        self.algorithms = self.algorithms.dangerous_allow_sha1();
        self
    }

    /// Accepts RSA keys of 1024 to 2047 bits: those that identity providers sign with, and decryption keys.
    ///
    /// What an attacker gains: a key of 1024 bits is within reach of a well-funded attacker, who then signs anything,
    /// or reads what was encrypted to it.
    pub fn dangerous_allow_small_rsa(mut self) -> Self {
        self.algorithms = self.algorithms.dangerous_allow_small_rsa();
        self
    }

    /// Accepts an assertion that names no audience at all (one that names others only is still refused).
    ///
    /// What an attacker gains: an assertion that the identity provider made for any other application, whose operator
    /// can present it here.
    pub fn dangerous_allow_missing_audience(mut self) -> Self {
        self.allow_missing_audience = true;
        self
    }

    /// Opens AES-CBC where no signature covers the ciphertext: an assertion signed inside, in an unsigned Response.
    ///
    /// What an attacker gains: a padding oracle. With a captured answer, and some thousand altered copies of it sent
    /// to the ACS, its plaintext can be read from what the application does next; this includes captured answers that
    /// were encrypted with AES-GCM to the same key. All failures look the same in this library, but not to a clock.
    pub fn dangerous_allow_unauthenticated_cbc(mut self) -> Self {
        self.decryption.unauthenticated_cbc = true;
        self
    }

    /// Takes content keys that are wrapped by RSA with PKCS#1 v1.5 padding.
    ///
    /// What an attacker gains: Bleichenbacher's attack. Failures are answered with a random key instead of an error,
    /// which leaves timing; an attacker who overcomes that opens every message to this key, RSA-OAEP ones included,
    /// and makes signatures if it also signs.
    pub fn dangerous_allow_rsa_1_5(mut self) -> Self {
        self.decryption.rsa_1_5 = true;
        self
    }

    /// Takes content encrypted with Triple DES, in CBC mode and under the rules for it.
    ///
    /// What an attacker gains: blocks of 64 bits collide after some 32 GB under one key (Sweet32); one message is far
    /// below that, but the cipher has no margin left.
    pub fn dangerous_allow_triple_des(mut self) -> Self {
        self.decryption.triple_des = true;
        self
    }

    /// Accepts a signed Response without Destination.
    ///
    /// What an attacker gains: the Response may have been meant for another URL; Recipient still binds the assertion.
    pub fn dangerous_allow_missing_destination(mut self) -> Self {
        self.allow_missing_destination = true;
        self
    }

    /// Accepts assertions of any age whose other bounds still hold.
    ///
    /// What an attacker gains: an identity provider that sets far-off bounds makes answers that stay usable for as
    /// long, from logs and backups.
    pub fn dangerous_allow_old_assertions(mut self) -> Self {
        self.max_assertion_age = None;
        self
    }

    /// Checks everything and parses it once.
    ///
    /// # Errors
    /// [`Error::Config`]: an entityID or a URL that is none, a span of time out of range; keys that do not fit: too short
    /// to decrypt with, not the key of their certificate, none at all, two active ones that sign, none where requests are always signed,
    /// or one that signs and decrypts where RSA 1.5 is allowed; a logout URL without TLS (`config-slo-url`), or logout
    /// without a key that signs.
    pub fn build(self) -> Result<ServiceProvider, Error> {
        let decryption_keys = self.check_keys()?;
        let entity_id = EntityId::new(&self.entity_id)
            .map_err(|source| ConfigError::EntityId { found: Quoted::new(&self.entity_id), source })?;
        let mut locations = Vec::with_capacity(self.acs_urls.len());
        for url in self.acs_urls {
            let found = Quoted::new(&url);
            locations.push(Location::new(url).map_err(|source| ConfigError::Url { what: "ACS URL", found, source })?);
        }
        let mut locations = locations.into_iter();
        let Some(acs_url) = locations.next() else {
            return Err(ConfigError::UnknownAcs { found: Quoted::new("") }.into());
        };
        range("skew", self.skew, Duration::zero(), MAX_SKEW)?;
        range("lifetime of pending logins", self.pending_lifetime, Duration::seconds(1), MAX_PENDING_LIFETIME)?;
        if let Some(age) = self.max_assertion_age {
            range("maximum age of an assertion", age, Duration::seconds(1), Duration::days(3650))?;
        }
        let single_logout = logout_services(self.slo_urls)?;
        if !single_logout.is_empty() && Signer::of(&self.credentials).is_none() {
            return Err(ConfigError::NoSigningKey { wanted_by: Quoted::new("logouts") }.into());
        }
        let settings = Settings {
            entity_id,
            acs_url,
            further_acs_urls: locations.collect(),
            single_logout,
            skew: self.skew,
            max_assertion_age: self.max_assertion_age,
            pending_lifetime: self.pending_lifetime,
            limits: self.limits,
            algorithms: self.algorithms,
            engine: self.engine,
            credentials: self.credentials,
            always_sign_requests: self.always_sign_requests,
            decryption_keys,
            decryption: self.decryption,
            allow_missing_audience: self.allow_missing_audience,
            allow_missing_destination: self.allow_missing_destination,
        };
        Ok(ServiceProvider { settings: Arc::new(settings), clock: self.clock })
    }

    /// Every key that opens messages, once all of them fit.
    fn check_keys(&self) -> Result<xmlenc::Keys, ConfigError> {
        let mut keys = self.decryption_keys.clone();
        let mut signs = false;
        for Credential { certificate, state, signing, decryption } in &self.credentials {
            let subject = || Quoted::new(certificate.subject());
            let mismatch = |purpose| ConfigError::CredentialKey { purpose, subject: subject() };
            if signing.is_none() && decryption.is_none() {
                return Err(ConfigError::CredentialWithoutKey { subject: subject() });
            }
            if let Some(signing) = signing {
                let fits = signing.check(certificate).map_err(|source| ConfigError::SigningAlgorithm { source })?;
                if !fits {
                    return Err(mismatch("signing"));
                }
                if *state == KeyState::Active && std::mem::replace(&mut signs, true) {
                    return Err(ConfigError::TwoSigningKeys { subject: subject() });
                }
            }
            match decryption {
                Some(Decryption::Here(key)) if key.spki_sha256() == certificate.key().spki_sha256() => {
                    keys.push(Arc::clone(key));
                }
                Some(Decryption::Elsewhere) if certificate.key().rsa_bits().is_some() => {}
                Some(_) => return Err(mismatch("decryption")),
                None => {}
            }
        }
        if self.always_sign_requests && !signs {
            return Err(ConfigError::NoSigningKey { wanted_by: Quoted::new("everybody") });
        }
        let least = self.algorithms.least_rsa_bits();
        let elsewhere = self.elsewhere(&keys);
        let bits_elsewhere = elsewhere.iter().filter_map(|certificate| certificate.key().rsa_bits());
        if let Some(found) = keys.iter().map(|key| key.bits()).chain(bits_elsewhere).find(|bits| *bits < least) {
            return Err(ConfigError::SmallDecryptionKey { found, least });
        }
        let keys = xmlenc::Keys { here: keys, elsewhere };
        if self.decryption.rsa_1_5 {
            self.check_purposes_apart(&keys)?;
        }
        Ok(keys)
    }

    /// The certificates of the keys that are elsewhere and not here too, in the order in which they are asked: the one
    /// that identity providers are told to encrypt to comes first, for each question may be a round trip.
    fn elsewhere(&self, here: &[Arc<DecryptionKey>]) -> Vec<Certificate> {
        let elsewhere = |credential: &&Credential| matches!(credential.decryption, Some(Decryption::Elsewhere));
        let (active, others): (Vec<_>, Vec<_>) =
            self.credentials.iter().filter(elsewhere).partition(|credential| credential.state == KeyState::Active);
        let mut known: Vec<_> = here.iter().map(|key| key.spki_sha256()).collect();
        let mut asked = Vec::new();
        for Credential { certificate, .. } in active.into_iter().chain(others) {
            let key = certificate.key().spki_sha256();
            if !known.contains(&key) {
                known.push(key);
                asked.push(certificate.clone());
            }
        }
        asked
    }

    /// Whoever breaks RSA 1.5 gets the private operation of the key, and with it signatures in our name.
    fn check_purposes_apart(&self, keys: &xmlenc::Keys) -> Result<(), ConfigError> {
        let here = keys.here.iter().map(|key| key.spki_sha256());
        let elsewhere = keys.elsewhere.iter().map(|certificate| certificate.key().spki_sha256());
        let decrypt: Vec<_> = here.chain(elsewhere).collect();
        let mut signing = self.credentials.iter().filter(|credential| credential.signing.is_some());
        match signing.find(|credential| decrypt.contains(&credential.certificate.key().spki_sha256())) {
            Some(both) => Err(ConfigError::Rsa15KeySigns { subject: Quoted::new(both.certificate.subject()) }),
            None => Ok(()),
        }
    }
}

fn logout_services(urls: Vec<(Binding, String)>) -> Result<Vec<LogoutService>, ConfigError> {
    let mut services: Vec<LogoutService> = Vec::with_capacity(urls.len());
    for (binding, url) in urls {
        let found = Quoted::new(&url);
        let refused =
            |reason| ConfigError::SloUrl { found: found.clone(), binding: Quoted::new(binding.name()), reason };
        if !matches!(binding, Binding::Redirect | Binding::Post | Binding::Soap) {
            return Err(refused("logout messages come by Redirect, POST or SOAP"));
        }
        if services.iter().any(|service| service.binding == binding) {
            return Err(refused("there is one for this binding already"));
        }
        let location = Location::new(url).map_err(|source| ConfigError::Url {
            what: "logout URL",
            found: found.clone(),
            source,
        })?;
        if !location.is_https() && !location.is_loopback() {
            return Err(refused("it has no TLS, and is not on loopback"));
        }
        services.push(LogoutService { binding, location });
    }
    Ok(services)
}

fn range(what: &'static str, found: Duration, least: Duration, most: Duration) -> Result<(), ConfigError> {
    if found < least || found > most {
        let (found, least, most) = (found.num_seconds(), least.num_seconds(), most.num_seconds());
        return Err(ConfigError::OutOfRange { what, found, least, most });
    }
    Ok(())
}
