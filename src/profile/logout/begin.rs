//! Begins a logout: the LogoutRequest, and the pending logout that waits for its answer.

use chrono::{DateTime, Duration, Utc};

use super::pending::PendingLogout;
use crate::binding::soap;
use crate::crypto::Certificate;
use crate::error::{ConfigError, Error, Rejection};
use crate::limits::Limits;
use crate::profile::outbound::{self, Outbound, Unsigned};
use crate::profile::outstanding;
use crate::profile::return_to::ReturnTo;
use crate::profile::seal;
use crate::profile::settings::Settings;
use crate::profile::signing::{self, Signer, ToSign};
use crate::saml::ids::{Location, MessageId};
use crate::saml::logout::{NewName, NewRequest, reason};
use crate::saml::metadata::{Endpoint, IdentityProvider};
use crate::saml::urn::Binding;
use crate::saml::{EntityId, NameId};
use crate::text::quoted::Quoted;
use crate::xml::Fragment;
use crate::xmlenc::encrypt::encrypted_id;

/// How long a request of ours may be acted on (core 3.7.1): it is sent at once, and a browser needs seconds.
const REQUEST_LIFETIME: Duration = Duration::minutes(5);

/// A logout that has begun by way of the browser: what to send, and what to keep until the answer comes.
#[derive(Debug)]
#[must_use = "without the pending logout no answer can be taken"]
#[expect(clippy::exhaustive_structs, reason = "apps take it apart; both parts are needed and nothing else is")]
pub struct LogoutStart {
    /// For the browser.
    pub send: Outbound,
    /// For this browser.
    pub pending: PendingLogout,
}

/// A logout that has begun behind the browser's back, by SOAP.
///
/// POST the body to the URL with `Content-Type: text/xml` and `SOAPAction: "http://www.oasis-open.org/committees/security"`
/// ([`SOAP_ACTION`](Self::SOAP_ACTION)), and hand what comes back to
/// [`receive_logout`](crate::ServiceProvider::receive_logout) as [`Inbound::soap`](crate::Inbound::soap).
#[must_use = "nothing is sent before the application sends it"]
#[expect(clippy::exhaustive_structs, reason = "apps take it apart; each part is needed and nothing else is")]
pub struct LogoutCall {
    /// Where to.
    pub url: String,
    /// The SOAP envelope.
    pub body: String,
    /// For the answer.
    pub pending: PendingLogout,
}

impl std::fmt::Debug for LogoutCall {
    /// Where to, and how much: the message holds a name.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "LogoutCall({}, {} bytes)", self.url, self.body.len())
    }
}

impl LogoutCall {
    /// The value of the header `SOAPAction`, to be put in quotation marks (bindings 3.2.2.1).
    pub const SOAP_ACTION: &'static str = soap::ACTION;
}

/// Why a session is to end (core 3.7.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LogoutReason {
    /// The user wants it.
    User,
    /// An administrator wants it.
    Admin,
}

/// What to say beyond "end this session".
#[derive(Clone, Debug, Default)]
pub struct LogoutOptions {
    binding: Option<Binding>,
    reason: Option<LogoutReason>,
    encrypt_name_id: bool,
    session_indexes: Vec<String>,
    return_to: Option<ReturnTo>,
    tag: Option<String>,
}

impl LogoutOptions {
    /// Nothing.
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

    /// Says why.
    #[must_use]
    pub fn reason(mut self, reason: LogoutReason) -> Self {
        self.reason = Some(reason);
        self
    }

    /// Encrypts the NameID to the first key for it in the identity provider's metadata, by AES-128-GCM and RSA-OAEP. By default it
    /// goes as it came (SDP-SP30): by Redirect it then stands in logs of servers, which matters where it tells more than a
    /// random name.
    #[must_use]
    pub fn encrypt_name_id(mut self) -> Self {
        self.encrypt_name_id = true;
        self
    }

    /// Ends this session of the same user too, by its [SessionIndex](crate::Session::session_indexes): of another browser,
    /// for example.
    #[must_use]
    pub fn session_index(mut self, index: impl Into<String>) -> Self {
        self.session_indexes.push(index.into());
        self
    }

    /// Where the user goes after the logout; comes back in [`LoggedOut`](crate::LoggedOut).
    #[must_use]
    pub fn return_to(mut self, target: ReturnTo) -> Self {
        self.return_to = Some(target);
        self
    }

    /// The application's own note on this logout, at most 256 bytes, for example the tenant.
    #[must_use]
    pub fn tag(mut self, tag: impl Into<String>) -> Self {
        self.tag = Some(tag.into());
        self
    }
}

/// Which session is to end. It comes out of the application's own store.
pub(crate) struct Ending<'s> {
    pub(crate) idp: &'s EntityId,
    pub(crate) name_id: Option<&'s NameId>,
    pub(crate) session_indexes: &'s [String],
}

/// The request, to be signed by a key wherever it is.
pub(crate) fn begin(
    settings: &Settings,
    idp: &IdentityProvider,
    session: &Ending<'_>,
    options: &LogoutOptions,
    now: DateTime<Utc>,
) -> Result<ToSign<LogoutStart>, Error> {
    let signer = Signer::wanted_by(settings, idp)?;
    // The answer comes back by way of the browser.
    if settings.single_logout.iter().all(|service| service.binding == Binding::Soap) {
        return Err(ConfigError::NoSloUrl { binding: "Redirect or POST" }.into());
    }
    let find = |binding: &Binding| idp.slo_endpoint(binding).map(Endpoint::location);
    let (binding, location) = outbound::endpoint(idp, options.binding.as_ref(), find)?;
    let Draft { id, xml, pending } = Draft::new(settings, idp, session, options, location, now)?;
    let (relay_state, location) = (Some(pending.handle.clone()), location.clone());
    let message = Unsigned { parameter: "SAMLRequest", xml, id, binding, location, relay_state };
    Ok(message.for_signer(&signer, idp)?.map(|send| LogoutStart { send, pending }))
}

/// The request for the back channel, likewise.
pub(crate) fn begin_by_soap(
    settings: &Settings,
    idp: &IdentityProvider,
    session: &Ending<'_>,
    options: &LogoutOptions,
    now: DateTime<Utc>,
) -> Result<ToSign<LogoutCall>, Error> {
    let signer = Signer::wanted_by(settings, idp)?;
    let location = idp.slo_endpoint(&Binding::Soap)?.location();
    let Draft { id, xml, pending } = Draft::new(settings, idp, session, options, location, now)?;
    let algorithms = (signer.algorithm_for(idp)?, signing::digest_for(idp)?);
    let to_sign = signer.in_soap(&xml, id.as_str(), algorithms, &Limits::default().message())?;
    let url = location.as_str().to_owned();
    Ok(to_sign.map(|body| LogoutCall { url, body, pending }))
}

/// A request that is not signed yet.
struct Draft {
    id: MessageId,
    xml: String,
    pending: PendingLogout,
}

impl Draft {
    fn new(
        settings: &Settings,
        idp: &IdentityProvider,
        session: &Ending<'_>,
        options: &LogoutOptions,
        location: &Location,
        now: DateTime<Utc>,
    ) -> Result<Self, Error> {
        idp.check_valid(now, settings.skew)?;
        if session.idp != idp.entity_id() {
            let (pending, given) = (session.idp.clone(), idp.entity_id().clone());
            return Err(Rejection::WrongIdp { what: "session", pending, given }.into());
        }
        let name_id = session.name_id.ok_or(ConfigError::NoNameId)?;
        if let Some(tag) = &options.tag {
            seal::check_tag(tag)?;
        }
        let ours = session.session_indexes;
        let further = options.session_indexes.iter().filter(|index| !ours.contains(index));
        let session_indexes: Vec<String> = ours.iter().chain(further).cloned().collect();
        let (id, handle) = outstanding::id_and_handle()?;
        let request = NewRequest {
            id: &id,
            issue_instant: now,
            destination: location.as_str(),
            issuer: &settings.entity_id,
            not_on_or_after: now.checked_add_signed(REQUEST_LIFETIME).unwrap_or(now),
            reason: options.reason.map(|reason| match reason {
                LogoutReason::User => reason::USER,
                LogoutReason::Admin => reason::ADMIN,
            }),
            name_id: if options.encrypt_name_id { encrypted(name_id, idp, settings)? } else { NewName::Plain(name_id) },
            session_indexes: &session_indexes,
        };
        let xml = request.to_xml().map_err(|_| ConfigError::Unwritable)?;
        let pending = PendingLogout {
            request_id: id.as_str().to_owned(),
            handle,
            sp: settings.entity_id.clone(),
            idp: idp.entity_id().clone(),
            signers: outstanding::signers(idp),
            issued: now,
            expires: now.checked_add_signed(settings.pending_lifetime).unwrap_or(now),
            return_to: options.return_to.clone(),
            tag: options.tag.clone(),
        };
        Ok(Self { id, xml, pending })
    }
}

fn encrypted<'n>(name_id: &NameId, idp: &IdentityProvider, settings: &Settings) -> Result<NewName<'n>, ConfigError> {
    let least = settings.algorithms.least_rsa_bits();
    let mut keys = idp.encryption_certificates().iter().map(Certificate::key);
    let key = keys.find(|key| key.rsa_bits().is_some_and(|bits| bits >= least));
    let key = key.ok_or_else(|| ConfigError::NoEncryptionKey { idp: Quoted::new(idp.entity_id().as_str()) })?;
    let name_id = name_id.to_xml().map_err(|_| ConfigError::Unwritable)?;
    let encrypted = encrypted_id(&name_id, key).ok_or(ConfigError::NoRandomness)?;
    let encrypted = encrypted.map_err(|_| ConfigError::Unwritable)?;
    let fragment = Fragment::parse(&encrypted, &Limits::default().message()).map_err(|_| ConfigError::Unwritable)?;
    Ok(NewName::Encrypted(fragment))
}
