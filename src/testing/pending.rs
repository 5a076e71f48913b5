//! A pending login whose request was made elsewhere: for messages that were recorded.

use crate::error::Error;
use crate::profile::login::pending::PendingLogin;
use crate::saml::metadata::IdentityProvider;
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
