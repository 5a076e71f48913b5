//! What a browser carries to an identity provider: by Redirect or by POST, signed in that binding's own way or not at all.

use super::signing::{self, Signer, ToSign};
use crate::binding::post::PostForm;
use crate::binding::redirect;
use crate::crypto::SignatureAlgorithm;
use crate::error::{ConfigError, Error};
use crate::limits::Limits;
use crate::saml::ids::{Location, MessageId};
use crate::saml::metadata::{IdentityProvider, MetadataError};
use crate::saml::urn::Binding;
use crate::text::quoted::Quoted;

/// A message on its way out, by way of the browser.
#[derive(Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "apps match on it: a redirect or a page, there is no third way out")]
pub enum Outbound {
    /// Answer 302 or 303 with this Location.
    Redirect(String),
    /// Answer with this page.
    Post(PostForm),
}

impl std::fmt::Debug for Outbound {
    /// Where to, and how much: the message may hold a name.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Redirect(url) => {
                let (location, query) = url.split_once('?').unwrap_or((url, ""));
                write!(f, "Redirect({location}, {} bytes)", query.len())
            }
            Self::Post(form) => form.fmt(f),
        }
    }
}

/// The endpoint to send to, and how: Redirect before POST unless the application chose. `find` is what the identity provider
/// has for a binding.
pub(super) fn endpoint<'i>(
    idp: &'i IdentityProvider,
    wanted: Option<&Binding>,
    find: impl Fn(&Binding) -> Result<&'i Location, MetadataError>,
) -> Result<(Binding, &'i Location), Error> {
    match wanted {
        Some(binding @ (Binding::Redirect | Binding::Post)) => Ok((binding.clone(), find(binding)?)),
        Some(_) => {
            let idp = Quoted::new(idp.entity_id().as_str());
            Err(ConfigError::NoEndpoint { idp, binding: "Redirect or POST" }.into())
        }
        None => match find(&Binding::Redirect) {
            Ok(location) => Ok((Binding::Redirect, location)),
            Err(redirect) => match find(&Binding::Post) {
                Ok(location) => Ok((Binding::Post, location)),
                Err(_) => Err(redirect.into()),
            },
        },
    }
}

/// A message with everything in it but a signature, and where it goes.
pub(super) struct Unsigned {
    /// `SAMLRequest` or `SAMLResponse`.
    pub(super) parameter: &'static str,
    pub(super) xml: String,
    pub(super) id: MessageId,
    /// POST; anything else is Redirect.
    pub(super) binding: Binding,
    pub(super) location: Location,
    pub(super) relay_state: Option<String>,
}

impl Unsigned {
    pub(super) fn send(self) -> Outbound {
        match self.binding {
            Binding::Post => self.form(&self.xml),
            _ => self.redirect(&self.query(None)),
        }
    }

    /// By the binding's own kind of signature: over the query, or in the message. It is our own message: the application's
    /// limits are for those of others.
    pub(super) fn for_signer(
        self,
        signer: &Signer<'_>,
        idp: &IdentityProvider,
    ) -> Result<ToSign<Outbound>, ConfigError> {
        let algorithm = signer.algorithm_for(idp)?;
        if self.binding != Binding::Post {
            let query = self.query(Some(algorithm));
            return Ok(signer.detached(query, algorithm, move |query, signature| {
                self.redirect(&redirect::signed(query, signature))
            }));
        }
        let algorithms = (algorithm, signing::digest_for(idp)?);
        let limits = Limits::default().message();
        let to_sign = signer.enveloped(&self.xml, self.id.as_str(), algorithms, &limits, |xml| xml)?;
        Ok(to_sign.map(move |xml| self.form(&xml)))
    }

    fn query(&self, algorithm: Option<SignatureAlgorithm>) -> String {
        redirect::query(self.parameter, &self.xml, self.relay_state.as_deref(), algorithm)
    }

    fn redirect(&self, query: &str) -> Outbound {
        Outbound::Redirect(redirect::url(self.location.as_str(), query))
    }

    fn form(&self, xml: &str) -> Outbound {
        Outbound::Post(PostForm::new(self.location.as_str(), self.parameter, xml, self.relay_state.as_deref()))
    }
}
