//! A pending login or logout whose request was made elsewhere: for messages that were recorded.

use crate::error::Error;
use crate::profile::login::pending::PendingLogin;
use crate::profile::logout::begin::LogoutOptions;
use crate::profile::logout::pending::PendingLogout;
use crate::saml::NameId;
use crate::saml::metadata::IdentityProvider;
use crate::session::Session;
use crate::sp::ServiceProvider;

/// The pending login of a request with this ID, begun at this moment of the service provider's clock, with no demands.
///
/// A request's ID is random and comes back in the answer; whoever replays a recorded answer has to begin a login that
/// was begun already. In an application this would let anybody choose what an answer may answer, so it is here.
///
/// ```
/// use saml_sp::ServiceProvider;
/// use saml_sp::testing::{TestIdp, pending_login};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let idp = TestIdp::new("https://idp.example.com/metadata")?.identity_provider()?;
/// let sp = ServiceProvider::builder("https://app.example.com/saml", "https://app.example.com/saml/acs").build()?;
/// assert_eq!(pending_login(&sp, &idp, "_from-the-recording")?.request_id(), "_from-the-recording");
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// As for [`ServiceProvider::begin_login`].
pub fn pending_login(sp: &ServiceProvider, idp: &IdentityProvider, request_id: &str) -> Result<PendingLogin, Error> {
    // Nothing is sent, so nothing is signed, whatever the identity provider wants.
    let mut pending = sp.begin_login(&idp.clone().with_authn_requests_signed(false))?.pending;
    pending.request_id = request_id.to_owned();
    Ok(pending)
}

/// The pending logout of a request with this ID, as [`pending_login`] makes a pending login: of whom does not matter to an
/// answer.
///
/// ```
/// use saml_sp::testing::{TestIdp, pending_logout};
/// use saml_sp::{Binding, Certificate, Credential, ServiceProvider, SigningKey};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let keys = TestIdp::with_ecdsa("keys")?;
/// # let (certificate, key) = (Certificate::from_pasted(&keys.certificate())?.certificate, SigningKey::from_pem(&keys.private_key()?)?);
/// let idp = TestIdp::new("https://idp.example.com/metadata")?.slo_url("https://idp.example.com/slo").identity_provider()?;
/// let sp = ServiceProvider::builder("https://app.example.com/saml", "https://app.example.com/saml/acs")
///     .credential(Credential::active(certificate).signing(key))
///     .slo_url(Binding::Redirect, "https://app.example.com/saml/slo")
///     .build()?;
/// assert_eq!(pending_logout(&sp, &idp, "_from-the-recording")?.request_id(), "_from-the-recording");
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// As for [`ServiceProvider::begin_logout`]; where that has no URL to send to or to be answered at, as for
/// [`ServiceProvider::begin_logout_by_soap`].
pub fn pending_logout(sp: &ServiceProvider, idp: &IdentityProvider, request_id: &str) -> Result<PendingLogout, Error> {
    let name_id = NameId {
        value: "somebody".to_owned(),
        format: None,
        name_qualifier: None,
        sp_name_qualifier: None,
        sp_provided_id: None,
    };
    let session = Session {
        idp: idp.entity_id().clone(),
        name_id: Some(name_id),
        session_indexes: Vec::new(),
        not_on_or_after: None,
    };
    let mut pending = match sp.begin_logout(idp, &session) {
        Ok(start) => start.pending,
        Err(by_browser) => {
            let by_soap = sp.begin_logout_by_soap(idp, &session, &LogoutOptions::new());
            by_soap.map_err(|_| by_browser)?.pending
        }
    };
    request_id.clone_into(&mut pending.request_id);
    Ok(pending)
}
