//! Takes an answer to a LogoutRequest of ours (profiles 4.4.4.2).

use chrono::{DateTime, Utc};

use super::pending::PendingLogout;
use crate::error::{Error, Rejection};
use crate::profile::return_to::ReturnTo;
use crate::profile::settings::Settings;
use crate::saml::Status;
use crate::saml::logout::{Response, is_partial};
use crate::saml::metadata::IdentityProvider;
use crate::text::quoted::Quoted;

/// A logout that the identity provider has answered.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LoggedOut {
    /// False for PartialLogout (core 3.2.2.2): another application's session goes on, and the user should be told to close the
    /// browser.
    pub everywhere: bool,
    /// The whole status.
    pub status: Status,
    /// Where the user wanted to go when the logout began.
    pub return_to: Option<ReturnTo>,
    /// The application's own tag of the pending logout.
    pub tag: Option<String>,
}

/// Everything about the message itself was checked when it arrived: here is whether it answers this request, and what it says.
pub(crate) fn accept(
    settings: &Settings,
    idp: &IdentityProvider,
    response: Response,
    pending: PendingLogout,
    now: DateTime<Utc>,
) -> Result<LoggedOut, Error> {
    let Response { in_response_to, status } = response;
    pending.outstanding().check(settings, idp, now)?;
    pending.outstanding().trusted_keys(idp)?;
    let wanted = Quoted::new(&pending.request_id);
    match in_response_to {
        Some(found) if found == pending.request_id => {}
        Some(found) => {
            let (element, found) = ("LogoutResponse", Quoted::new(found));
            return Err(Rejection::InResponseToMismatch { element, found, wanted }.into());
        }
        None => return Err(Rejection::InResponseToMissing { wanted }.into()),
    }
    let everywhere = !is_partial(&status);
    if !status.is_success() && everywhere {
        return Err(Error::Refused { status, requested: Vec::new(), signed: true });
    }
    Ok(LoggedOut { everywhere, status, return_to: pending.return_to, tag: pending.tag })
}
