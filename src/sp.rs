//! The service provider and the verbs of a login.

mod builder;
mod claimed;
mod logout;
mod steps;

pub use builder::ServiceProviderBuilder;
pub use logout::{AcceptedLogout, LogoutAnswer, LogoutRequest, ReceivedLogout, SOAP_FAULT};
pub use steps::{AcceptStep, ToUnwrap};

use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::error::{Error, Rejection};
use crate::profile::login::accept::{self, Accepted, Expected};
use crate::profile::login::begin::{self, LoginOptions, LoginRequest};
use crate::profile::login::pending::{PendingLogin, cookie_name};
use crate::profile::login::report::{Rejected, Report};
use crate::profile::login::{Expect, PostedResponse};
use crate::profile::outstanding;
use crate::profile::seal::SealKeys;
use crate::profile::settings::Settings;
use crate::profile::signing::ToSign;
use crate::saml::EntityId;
use crate::saml::metadata::IdentityProvider;
use crate::sp_metadata::{AdminValues, ServiceProviderMetadata};

/// Where the time comes from.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Clock {
    /// The operating system's clock.
    #[default]
    System,
    /// Always this moment: for tests and for looking at recorded messages.
    Fixed(DateTime<Utc>),
}

impl Clock {
    pub(crate) fn now(self) -> DateTime<Utc> {
        match self {
            Self::System => Utc::now(),
            Self::Fixed(moment) => moment,
        }
    }
}

/// A service provider: this application, as identity providers know it.
///
/// Cheap to clone and to share among threads; everything in it was parsed when it was built.
///
/// ```
/// use saml_sp::ServiceProvider;
///
/// let sp = ServiceProvider::builder("https://app.example.com/saml", "https://app.example.com/saml/acs").build()?;
/// assert!(sp.metadata().to_xml()?.contains("AssertionConsumerService"));
/// # Ok::<(), saml_sp::Error>(())
/// ```
#[derive(Clone)]
pub struct ServiceProvider {
    settings: Arc<Settings>,
    clock: Clock,
}

impl ServiceProvider {
    /// A service provider with this entityID, which takes answers at this URL (its assertion consumer service).
    ///
    /// The entityID is any non-empty text of at most 1,024 characters; use a URL of the application. The ACS URL is
    /// absolute, exactly as browsers reach it: messages are compared to it to the letter, and it never comes from an
    /// HTTP request.
    pub fn builder(entity_id: impl Into<String>, acs_url: impl Into<String>) -> ServiceProviderBuilder {
        ServiceProviderBuilder::new(entity_id.into(), acs_url.into())
    }

    /// The entityID.
    #[must_use]
    pub fn entity_id(&self) -> &EntityId {
        &self.settings.entity_id
    }

    /// The default ACS URL.
    #[must_use]
    pub fn acs_url(&self) -> &str {
        self.settings.acs_url.as_str()
    }

    /// The metadata document to give to identity providers. It lists every ACS URL, the default one first.
    pub fn metadata(&self) -> ServiceProviderMetadata {
        ServiceProviderMetadata::new(&self.settings, self.clock.now())
    }

    /// What an administrator enters at an identity provider, value by value: the [metadata](Self::metadata) for a page to copy
    /// from, and [by product](AdminValues::for_product) under the names of its own fields.
    ///
    /// ```
    /// use saml_sp::ServiceProvider;
    ///
    /// let sp = ServiceProvider::builder("https://app.example.com/saml", "https://app.example.com/saml/acs").build()?;
    /// assert_eq!(sp.admin_values()?.recipient(), "https://app.example.com/saml/acs");
    /// # Ok::<(), saml_sp::Error>(())
    /// ```
    ///
    /// # Errors
    /// A value of the configuration that cannot be published: as [`to_xml`](ServiceProviderMetadata::to_xml).
    pub fn admin_values(&self) -> Result<AdminValues, Error> {
        self.metadata().admin_values()
    }

    /// Begins a login with this identity provider, with no demands.
    ///
    /// # Errors
    /// See [`begin_login_with`](Self::begin_login_with).
    pub fn begin_login(&self, idp: &IdentityProvider) -> Result<LoginRequest, Error> {
        self.begin_login_with(idp, &LoginOptions::new())
    }

    /// Begins a login with this identity provider.
    ///
    /// # Errors
    /// The identity provider cannot be asked: `metadata-expired`; `metadata-no-sso-endpoint` or `idp-http-endpoint`
    /// where no endpoint of the binding can be used, `config-no-endpoint` for a binding that is neither Redirect nor POST.
    ///
    /// An option does not fit: `config-unknown-acs`, `config-too-long` for the tag, `config-authn-context`,
    /// `config-extension`, `config-unwritable`. And `config-no-randomness`.
    ///
    /// The request has to be signed, because the identity provider wants it or
    /// [`always_sign_requests`](ServiceProviderBuilder::always_sign_requests) says so: `config-no-signing-key`,
    /// `config-signing-key-elsewhere`, `config-no-common-algorithm`, `config-not-signed`.
    pub fn begin_login_with(&self, idp: &IdentityProvider, options: &LoginOptions) -> Result<LoginRequest, Error> {
        begin::begin(&self.settings, idp, options, self.clock.now())
    }

    /// Begins a login whose request is signed by a key that is somewhere else; it is signed whether the identity
    /// provider wants that or not.
    ///
    /// ```
    /// # use saml_sp::{Error, IdentityProvider, LoginOptions, LoginRequest, ServiceProvider};
    /// # fn begin(sp: &ServiceProvider, idp: &IdentityProvider, kms: impl Fn(&[u8]) -> Vec<u8>) -> Result<LoginRequest, Error> {
    /// let to_sign = sp.begin_login_to_sign(idp, &LoginOptions::new())?;
    /// let signature = kms(to_sign.octets());
    /// to_sign.finish(&signature)
    /// # }
    /// ```
    ///
    /// # Errors
    /// As for [`begin_login_with`](Self::begin_login_with).
    pub fn begin_login_to_sign(
        &self,
        idp: &IdentityProvider,
        options: &LoginOptions,
    ) -> Result<ToSign<LoginRequest>, Error> {
        begin::begin_to_sign(&self.settings, idp, options, self.clock.now())
    }

    /// Takes an answer that was posted to the ACS.
    ///
    /// The application chooses `idp` by its own tenant (the pending login's tag, or a per-tenant ACS URL), never by
    /// what the message says; among several of one tenant see [`claimed_idp`](Self::claimed_idp). The result is nobody's login
    /// before [`Accepted::confirm`].
    ///
    /// # Errors
    /// Any [`Error`]: what was found, what was wanted, who fixes it and how. For the log; the browser gets a constant
    /// text. `decrypt-key-elsewhere` asks for [`accept_in_steps`](Self::accept_in_steps).
    pub fn accept(
        &self,
        idp: &IdentityProvider,
        posted: &PostedResponse<'_>,
        expect: Expect,
    ) -> Result<Accepted, Error> {
        accept::accept(&self.settings, idp, posted, expect, self.clock.now())
    }

    /// As [`accept`](Self::accept), and where it fails a [`Report`] comes with the error.
    ///
    /// # Errors
    /// The same, boxed with a [`Report`].
    pub fn accept_or_report(
        &self,
        idp: &IdentityProvider,
        posted: &PostedResponse<'_>,
        expect: Expect,
    ) -> Result<Accepted, Box<Rejected>> {
        accept::accept_or_report(&self.settings, idp, posted, expect, self.clock.now())
    }

    /// Says everything about an answer to a login: what was sent, what failed, what was wanted, and what to change where.
    /// For the *Test configuration* page of administrators, and for them alone.
    ///
    /// It uses nothing up, neither the pending login nor the replay record, and signs nobody in. It decrypts where `accept`
    /// would, and shows plaintext only where it was signed.
    ///
    /// ```
    /// # use saml_sp::{IdentityProvider, PendingLogin, PostedResponse, ServiceProvider};
    /// fn test_page(sp: &ServiceProvider, idp: &IdentityProvider, posted: &PostedResponse<'_>, pending: &PendingLogin) -> String {
    ///     let report = sp.diagnose(idp, posted, pending);
    ///     match report.causes().first() {
    ///         None => format!("This login works.\n{}", report.with_values()),
    ///         Some(cause) => format!("{}\n{}\n\n{report}", cause.message, cause.hint),
    ///     }
    /// }
    /// ```
    #[must_use]
    pub fn diagnose(&self, idp: &IdentityProvider, posted: &PostedResponse<'_>, pending: &PendingLogin) -> Report {
        accept::diagnose(&self.settings, idp, posted, &Expected::AnswerTo(pending), self.clock.now())
    }

    /// As [`diagnose`](Self::diagnose), for an answer that the identity provider started by itself, posted to this ACS URL of ours.
    #[must_use]
    pub fn diagnose_unsolicited(&self, idp: &IdentityProvider, posted: &PostedResponse<'_>, at: &str) -> Report {
        accept::diagnose(&self.settings, idp, posted, &Expected::Unsolicited { at }, self.clock.now())
    }

    /// Opens what [`PendingLogin::seal`] made for this service provider.
    ///
    /// # Errors
    /// `pending-forged` when none of the keys opens it: another key, another service provider, altered, or cut.
    pub fn open_pending(&self, keys: &SealKeys, sealed: &str) -> Result<PendingLogin, Error> {
        PendingLogin::open(sealed, keys, &self.settings.entity_id)
    }

    /// The pending login of an answer, from the request's `Cookie` header: the cookie that the RelayState names.
    ///
    /// # Errors
    /// `pending-missing` when the answer brought no RelayState of ours or the browser no such cookie; `pending-forged`.
    pub fn pending_from_cookies(
        &self,
        keys: &SealKeys,
        cookie_header: Option<&str>,
        posted: &PostedResponse<'_>,
    ) -> Result<PendingLogin, Error> {
        let (sealed, handle) = outstanding::from_cookies("login", cookie_header, posted.relay_state, cookie_name)?;
        let pending = self.open_pending(keys, sealed)?;
        if pending.handle == handle { Ok(pending) } else { Err(Rejection::PendingForged { what: "login" }.into()) }
    }
}

impl fmt::Debug for ServiceProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ServiceProvider({})", self.settings.entity_id)
    }
}
