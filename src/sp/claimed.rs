//! Which of several identity providers a message claims to be from, where nothing else says it.

use super::ServiceProvider;
use crate::error::{Error, Rejection};
use crate::profile::login::{self, PostedResponse};
use crate::profile::logout::{self, inbound::Inbound};
use crate::saml::metadata::IdentityProvider;
use crate::text::quoted::Quoted;

impl ServiceProvider {
    /// Which of these identity providers an answer that nobody asked for claims to be from: the one to
    /// [`accept`](Self::accept) it with, where one organization has several behind one ACS URL.
    ///
    /// The Issuer that chooses is nobody's word yet: the Response's own, or that of its only assertion where the Response has none
    /// and the assertion is not encrypted. Nothing but the choice comes out, and the chosen one's keys must have signed whatever
    /// `accept` then reads. It costs one decoding and one parsing of the message, under the same [`Limits`](crate::Limits).
    ///
    /// Never pass the identity providers of several tenants: each tenant may register any entityID, so the message would choose the
    /// tenant ([`manual::state`](crate::manual::state#tenants)). An answer to a request needs no choice: its pending login has the
    /// [`idp`](crate::PendingLogin::idp) that was asked, and the application's own [`tag`](crate::PendingLogin::tag).
    ///
    /// ```
    /// use saml_sp::{Accepted, Error, Expect, IdentityProvider, PostedResponse, ServiceProvider};
    ///
    /// /// For those of the organization whose portals may start a login. What comes out waits for the replay record.
    /// fn from_a_portal(
    ///     sp: &ServiceProvider,
    ///     idps: &[IdentityProvider],
    ///     posted: &PostedResponse<'_>,
    /// ) -> Result<Accepted, Error> {
    ///     let idp = sp.claimed_idp(idps, posted)?;
    ///     sp.accept(idp, posted, Expect::unsolicited(sp.acs_url()))
    /// }
    /// ```
    ///
    /// # Errors
    /// `issuer-unknown` where none of them has the name, `issuer-ambiguous` where several do, `message-missing-part` where the
    /// message has no name that can be read. And whatever keeps it from being read, as for `accept`.
    pub fn claimed_idp<'i>(
        &self,
        idps: impl IntoIterator<Item = &'i IdentityProvider>,
        posted: &PostedResponse<'_>,
    ) -> Result<&'i IdentityProvider, Error> {
        let (element, issuer) = login::claimed::claimed_issuer(&self.settings, posted)?;
        Ok(only_one(idps, element, &issuer)?)
    }

    /// Which of these identity providers a logout message claims to be from: the one to
    /// [`receive_logout`](Self::receive_logout) it with. As [`claimed_idp`](Self::claimed_idp), for requests and answers by each
    /// binding; never across tenants either.
    ///
    /// By Redirect, `receive_logout` decodes nothing before the signature is verified; this has to. It stays within the same
    /// [`Limits`](crate::Limits), and nothing but the choice comes out.
    ///
    /// ```
    /// use saml_sp::{Error, IdentityProvider, Inbound, ReceivedLogout, ServiceProvider};
    ///
    /// fn received(sp: &ServiceProvider, idps: &[IdentityProvider], inbound: &Inbound<'_>) -> Result<ReceivedLogout, Error> {
    ///     let idp = sp.claimed_idp_of_logout(idps, inbound)?;
    ///     sp.receive_logout(idp, inbound)
    /// }
    /// ```
    ///
    /// # Errors
    /// `issuer-unknown`, `issuer-ambiguous`, and `message-missing-part` for one without Issuer (which profiles 4.4.4.1 and 4.4.4.2
    /// require). And whatever keeps it from being read, as for `receive_logout`.
    pub fn claimed_idp_of_logout<'i>(
        &self,
        idps: impl IntoIterator<Item = &'i IdentityProvider>,
        inbound: &Inbound<'_>,
    ) -> Result<&'i IdentityProvider, Error> {
        let (element, issuer) = logout::claimed::claimed_issuer(&self.settings, inbound)?;
        Ok(only_one(idps, element, &issuer)?)
    }
}

/// The one of that name, character by character (core 1.3.1).
fn only_one<'i>(
    idps: impl IntoIterator<Item = &'i IdentityProvider>,
    element: &'static str,
    issuer: &str,
) -> Result<&'i IdentityProvider, Rejection> {
    let (mut named, mut known) = (Vec::new(), Vec::new());
    for idp in idps {
        if idp.entity_id().as_str() == issuer {
            named.push(idp);
        } else {
            known.push(idp);
        }
    }
    let found = || Quoted::new(issuer);
    match named.as_slice() {
        [idp] => Ok(*idp),
        [] => {
            let known = known.into_iter().map(|idp| idp.entity_id().clone()).collect();
            Err(Rejection::IssuerUnknown { element, found: found(), known })
        }
        several => Err(Rejection::IssuerAmbiguous { element, found: found(), count: several.len() }),
    }
}
