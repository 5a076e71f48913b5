//! Answers a LogoutRequest (profiles 4.4.3.4), signed always.

use chrono::{DateTime, Utc};

use crate::error::{ConfigError, Error};
use crate::limits::Limits;
use crate::profile::outbound::{Outbound, Unsigned};
use crate::profile::settings::Settings;
use crate::profile::signing::{self, Signer, ToSign};
use crate::saml::ids::{Location, MessageId};
use crate::saml::logout::NewResponse;
use crate::saml::metadata::IdentityProvider;
use crate::saml::urn::{Binding, status};

/// What became of a request to log a user out here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "apps construct it; core 3.7.3 knows these ends")]
pub enum LogoutOutcome {
    /// The sessions that were meant are over. Also where there were none: that is what was asked for.
    Done,
    /// Some are over, some could not be ended.
    Partial,
    /// None could be ended.
    Failed,
}

/// An answer on its way out.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "apps match on it: an answer goes back by the channel that the request came by"
)]
pub enum LogoutReply {
    /// By way of the browser that brought the request.
    Browser(Outbound),
    /// As the body of the HTTP response, `text/xml`.
    Soap(String),
}

/// What an answer needs of the request.
pub(crate) struct Answered<'r> {
    pub(crate) id: &'r str,
    pub(crate) binding: &'r Binding,
    pub(crate) relay_state: Option<&'r str>,
}

pub(crate) fn respond(
    settings: &Settings,
    idp: &IdentityProvider,
    request: &Answered<'_>,
    outcome: LogoutOutcome,
    now: DateTime<Utc>,
) -> Result<ToSign<LogoutReply>, Error> {
    let signer = Signer::wanted_by(settings, idp)?;
    let id = MessageId::random().map_err(|_| ConfigError::NoRandomness)?;
    let write = |destination: Option<&Location>| {
        let response = NewResponse {
            id: &id,
            in_response_to: request.id,
            issue_instant: now,
            destination: destination.map(Location::as_str),
            issuer: &settings.entity_id,
            status: match outcome {
                LogoutOutcome::Done => (status::SUCCESS, None),
                LogoutOutcome::Partial => (status::SUCCESS, Some(status::PARTIAL_LOGOUT)),
                LogoutOutcome::Failed => (status::RESPONDER, None),
            },
        };
        response.to_xml().map_err(|_| ConfigError::Unwritable)
    };
    if *request.binding == Binding::Soap {
        let algorithms = (signer.algorithm_for(idp)?, signing::digest_for(idp)?);
        let to_sign = signer.in_soap(&write(None)?, id.as_str(), algorithms, &Limits::default().message())?;
        return Ok(to_sign.map(LogoutReply::Soap));
    }
    let (binding, location) = endpoint(idp, request.binding)?;
    let xml = write(Some(location))?;
    let (location, relay_state) = (location.clone(), request.relay_state.map(str::to_owned));
    let message = Unsigned { parameter: "SAMLResponse", xml, id, binding, location, relay_state };
    Ok(message.for_signer(&signer, idp)?.map(LogoutReply::Browser))
}

/// By the binding of the request where the identity provider has it, else by the other one of the browser's.
fn endpoint<'i>(idp: &'i IdentityProvider, asked_by: &Binding) -> Result<(Binding, &'i Location), Error> {
    let other = if *asked_by == Binding::Post { Binding::Redirect } else { Binding::Post };
    let (binding, endpoint) = match (idp.slo_endpoint(asked_by), idp.slo_endpoint(&other)) {
        (Ok(endpoint), _) => (asked_by.clone(), endpoint),
        (Err(_), Ok(endpoint)) => (other, endpoint),
        (Err(error), Err(_)) => return Err(error.into()),
    };
    let location = endpoint.response_location().unwrap_or(endpoint.location());
    idp.check_location(location)?;
    Ok((binding, location))
}
