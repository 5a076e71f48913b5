//! Begins a login: the AuthnRequest for the browser, and the pending login that waits for its answer.

use chrono::{DateTime, Duration, Utc};

use super::pending::{Asked, PendingLogin};
use crate::error::{ConfigError, Error};
use crate::limits::Limits;
use crate::profile::outbound::{self, Outbound, Unsigned};
use crate::profile::outstanding;
use crate::profile::return_to::ReturnTo;
use crate::profile::seal;
use crate::profile::settings::Settings;
use crate::profile::signing::{Signer, ToSign};
use crate::saml::NameId;
use crate::saml::authn_request::{AuthnRequest, NameIdPolicy, RequestedAuthnContext, Scoping};
use crate::saml::metadata::IdentityProvider;
use crate::saml::urn::{self, Binding};
use crate::text::quoted::Quoted;
use crate::xml::{Fragment, ns};

const SAML_REQUEST: &str = "SAMLRequest";

/// A login that has begun: what to send, and what to keep until the answer comes.
#[derive(Debug)]
#[must_use = "without the pending login no answer can be accepted"]
#[expect(clippy::exhaustive_structs, reason = "apps take it apart; both parts are needed and nothing else is")]
pub struct LoginRequest {
    /// For the browser.
    pub send: Outbound,
    /// For the session of this browser.
    pub pending: PendingLogin,
}

/// What to ask of the identity provider beyond "who is this?". By default nothing: every demand more is a login that
/// can fail.
#[derive(Clone, Debug, Default)]
pub struct LoginOptions {
    binding: Option<Binding>,
    acs_url: Option<String>,
    force_authn: bool,
    is_passive: bool,
    max_authn_age: Option<Duration>,
    name_id_policy: Option<NameIdPolicy>,
    requested_authn_context: Option<RequestedAuthnContext>,
    subject: Option<NameId>,
    scoping: Option<Scoping>,
    provider_name: Option<String>,
    extensions: Vec<String>,
    attribute_consuming_service: Option<u16>,
    return_to: Option<ReturnTo>,
    tag: Option<String>,
}

impl LoginOptions {
    /// No demands.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sends by this binding; by default by Redirect where the identity provider has it, else by POST.
    #[must_use]
    pub fn binding(mut self, binding: Binding) -> Self {
        self.binding = Some(binding);
        self
    }

    /// Wants the answer at this ACS URL, one of those the service provider was built with; by default the first.
    #[must_use]
    pub fn acs_url(mut self, url: impl Into<String>) -> Self {
        self.acs_url = Some(url.into());
        self
    }

    /// Makes the user sign in anew. An answer from an older session is rejected (`authn-before-request`).
    #[must_use]
    pub fn force_authn(mut self) -> Self {
        self.force_authn = true;
        self
    }

    /// Forbids the identity provider to show anything to the user; without a session there it answers `NoPassive`.
    #[must_use]
    pub fn is_passive(mut self) -> Self {
        self.is_passive = true;
        self
    }

    /// Rejects an authentication that is older than this when the answer arrives (`authn-too-long-ago`).
    #[must_use]
    pub fn max_authn_age(mut self, age: Duration) -> Self {
        self.max_authn_age = Some(age);
        self
    }

    /// What kind of NameID is wanted.
    #[must_use]
    pub fn name_id_policy(mut self, policy: NameIdPolicy) -> Self {
        self.name_id_policy = Some(policy);
        self
    }

    /// How the user must be authenticated.
    #[must_use]
    pub fn requested_authn_context(mut self, context: RequestedAuthnContext) -> Self {
        self.requested_authn_context = Some(context);
        self
    }

    /// Asks about this user and no other; an answer about another is rejected (`subject-mismatch`).
    #[must_use]
    pub fn subject(mut self, name_id: NameId) -> Self {
        self.subject = Some(name_id);
        self
    }

    /// Which identity providers a proxy may ask.
    #[must_use]
    pub fn scoping(mut self, scoping: Scoping) -> Self {
        self.scoping = Some(scoping);
        self
    }

    /// A name for the application that the identity provider may show to the user.
    #[must_use]
    pub fn provider_name(mut self, name: impl Into<String>) -> Self {
        self.provider_name = Some(name.into());
        self
    }

    /// An extension: one XML element, in a namespace of its own that it declares.
    #[must_use]
    pub fn extension(mut self, xml: impl Into<String>) -> Self {
        self.extensions.push(xml.into());
        self
    }

    /// Asks for the attributes of this [`AttributeConsumingService`](crate::AttributeConsumingService) of our metadata, by its
    /// index; by default for those of the default one. What comes is the identity provider's choice all the same.
    #[must_use]
    pub fn attribute_consuming_service(mut self, index: u16) -> Self {
        self.attribute_consuming_service = Some(index);
        self
    }

    /// Where the user goes after the login; comes back in [`Login`](crate::Login).
    #[must_use]
    pub fn return_to(mut self, target: ReturnTo) -> Self {
        self.return_to = Some(target);
        self
    }

    /// The application's own note on this login, at most 256 bytes, for example the tenant.
    #[must_use]
    pub fn tag(mut self, tag: impl Into<String>) -> Self {
        self.tag = Some(tag.into());
        self
    }
}

/// The request, signed where it has to be, by a key that is here.
pub(crate) fn begin(
    settings: &Settings,
    idp: &IdentityProvider,
    options: &LoginOptions,
    now: DateTime<Utc>,
) -> Result<LoginRequest, Error> {
    match Signer::of_requests(settings, idp)? {
        Some(signer) => {
            let key = signer.key()?;
            Draft::new(settings, idp, options, now)?.for_signer(&signer, idp)?.sign(key)
        }
        None => {
            let Draft { message, pending } = Draft::new(settings, idp, options, now)?;
            Ok(LoginRequest { send: message.send(), pending })
        }
    }
}

/// The request before it is signed, by a key wherever it is.
pub(crate) fn begin_to_sign(
    settings: &Settings,
    idp: &IdentityProvider,
    options: &LoginOptions,
    now: DateTime<Utc>,
) -> Result<ToSign<LoginRequest>, Error> {
    Draft::new(settings, idp, options, now)?.for_signer(&Signer::wanted_by(settings, idp)?, idp)
}

/// A request that is not signed yet.
struct Draft {
    message: Unsigned,
    pending: PendingLogin,
}

impl Draft {
    fn new(
        settings: &Settings,
        idp: &IdentityProvider,
        options: &LoginOptions,
        now: DateTime<Utc>,
    ) -> Result<Self, Error> {
        idp.check_valid(now, settings.skew)?;
        let find = |binding: &Binding| idp.sso_location(binding);
        let (binding, location) = outbound::endpoint(idp, options.binding.as_ref(), find)?;
        let acs_url = match &options.acs_url {
            None => &settings.acs_url,
            Some(url) => settings.acs(url)?,
        };
        if let Some(tag) = &options.tag {
            seal::check_tag(tag)?;
        }
        // An empty list of accepted classes would read as no demand at all when the answer comes.
        if let Some(context) = &options.requested_authn_context
            && (context.classes.is_empty() || context.accepted.is_empty())
        {
            return Err(ConfigError::NoAuthnContextClass.into());
        }
        let (id, handle) = outstanding::id_and_handle()?;
        let extensions =
            options.extensions.iter().map(|xml| extension(xml, &settings.limits)).collect::<Result<Vec<_>, _>>()?;
        let request = AuthnRequest {
            id: &id,
            issue_instant: now,
            destination: location.as_str(),
            issuer: &settings.entity_id,
            acs_url: acs_url.as_str(),
            force_authn: options.force_authn,
            is_passive: options.is_passive,
            provider_name: options.provider_name.as_deref(),
            attribute_consuming_service: options.attribute_consuming_service,
            extensions: &extensions,
            subject: options.subject.as_ref(),
            name_id_policy: options.name_id_policy.as_ref(),
            requested_authn_context: options.requested_authn_context.as_ref(),
            scoping: options.scoping.as_ref(),
        };
        let xml = request.to_xml().map_err(|_| ConfigError::Unwritable)?;
        let pending = PendingLogin {
            request_id: id.as_str().to_owned(),
            handle,
            sp: settings.entity_id.clone(),
            idp: idp.entity_id().clone(),
            signers: outstanding::signers(idp),
            acs_url: acs_url.as_str().to_owned(),
            issued: now,
            expires: now.checked_add_signed(settings.pending_lifetime).unwrap_or(now),
            asked: options.asked(),
            return_to: options.return_to.clone(),
            tag: options.tag.clone(),
        };
        let relay_state = Some(pending.handle.clone());
        let location = location.clone();
        let message = Unsigned { parameter: SAML_REQUEST, xml, id, binding, location, relay_state };
        Ok(Self { message, pending })
    }

    fn for_signer(self, signer: &Signer<'_>, idp: &IdentityProvider) -> Result<ToSign<LoginRequest>, Error> {
        let Self { message, pending } = self;
        Ok(message.for_signer(signer, idp)?.map(|send| LoginRequest { send, pending }))
    }
}

impl LoginOptions {
    fn asked(&self) -> Asked {
        // `unspecified` and `encrypted` leave the format of the name to the identity provider (core 3.4.1.1).
        let open = [urn::name_id_format::UNSPECIFIED, urn::name_id_format::ENCRYPTED];
        let policy = self.name_id_policy.as_ref();
        Asked {
            force_authn: self.force_authn,
            max_authn_age: self.max_authn_age,
            name_id_format: policy.and_then(|p| p.format.clone()).filter(|format| !open.contains(&format.as_str())),
            sp_name_qualifier: policy.and_then(|p| p.sp_name_qualifier.clone()),
            accepted_contexts: self.requested_authn_context.as_ref().map(|c| c.accepted.clone()).unwrap_or_default(),
            subject: self.subject.clone(),
        }
    }
}

fn extension(xml: &str, limits: &Limits) -> Result<Fragment, ConfigError> {
    let fragment = Fragment::parse(xml, &limits.message()).map_err(|source| ConfigError::Extension { source })?;
    // Extensions must be namespace-qualified, in a namespace that is not SAML's own (core 3.2.1).
    if ["", ns::SAMLP, ns::SAML].contains(&fragment.namespace()) {
        return Err(ConfigError::ExtensionNamespace { found: Quoted::new(fragment.namespace()) });
    }
    Ok(fragment)
}
