//! The pending logout: what we asked, whom, and when.

use chrono::{DateTime, Utc};

use crate::error::{Error, Rejection};
use crate::profile::outstanding::Outstanding;
use crate::profile::return_to::ReturnTo;
use crate::profile::seal::{self, Purpose, SealKeys};
use crate::saml::EntityId;

const PURPOSE: Purpose = Purpose { what: "sealed pending logout", associated_data: "saml-sp pending logout 1" };

/// A logout that waits for its answer.
///
/// The application's own session is over when this exists: it ends *before* the request is sent (SDP-SP34), and whatever
/// the answer says it does not come back. So this holds little: to which request the answer belongs, and where the user
/// goes then. Keep it for this browser, as a [`PendingLogin`](crate::PendingLogin).
#[derive(Debug, PartialEq, Eq)]
pub struct PendingLogout {
    pub(crate) request_id: String,
    pub(crate) handle: String,
    pub(crate) sp: EntityId,
    pub(crate) idp: EntityId,
    /// The signing keys that were trusted when the logout began.
    pub(crate) signers: Vec<String>,
    pub(crate) issued: DateTime<Utc>,
    pub(crate) expires: DateTime<Utc>,
    pub(crate) return_to: Option<ReturnTo>,
    pub(crate) tag: Option<String>,
}

impl PendingLogout {
    /// The random handle that travels as RelayState and comes back as [`LogoutAnswer::handle`](crate::LogoutAnswer::handle).
    #[must_use]
    pub fn handle(&self) -> &str {
        &self.handle
    }

    /// The ID of the LogoutRequest, which the answer's InResponseTo must repeat.
    #[must_use]
    pub fn request_id(&self) -> &str {
        &self.request_id
    }

    /// The identity provider that was asked.
    #[must_use]
    pub fn idp(&self) -> &EntityId {
        &self.idp
    }

    /// The application's own tag.
    #[must_use]
    pub fn tag(&self) -> Option<&str> {
        self.tag.as_deref()
    }

    /// The first moment at which an answer comes too late.
    #[must_use]
    pub fn expires(&self) -> DateTime<Utc> {
        self.expires
    }

    /// The name of the cookie for this logout: `__Host-saml-logout-` and the handle.
    #[must_use]
    pub fn cookie_name(&self) -> String {
        cookie_name(&self.handle)
    }

    /// The value of a `Set-Cookie` header that keeps this logout, sealed, in the browser. The answer may be a cross-site
    /// POST, as that of a login is.
    ///
    /// # Errors
    /// `config-too-long` when it does not fit a cookie, `config-no-randomness`.
    pub fn cookie(&self, keys: &SealKeys) -> Result<String, Error> {
        let lifetime = self.expires.signed_duration_since(self.issued).num_seconds();
        Ok(seal::set_cookie(&self.cookie_name(), &self.seal(keys)?, lifetime))
    }

    /// The value of a `Set-Cookie` header that deletes the cookie of this logout.
    #[must_use]
    pub fn delete_cookie(&self) -> String {
        seal::set_cookie(&self.cookie_name(), "", 0)
    }

    /// This logout as text that only our keys open, as [`PendingLogin::seal`](crate::PendingLogin::seal) makes it of a
    /// login; neither opens as the other.
    ///
    /// # Errors
    /// `config-too-long`, `config-no-randomness`.
    pub fn seal(&self, keys: &SealKeys) -> Result<String, Error> {
        Ok(seal::seal(keys, &PURPOSE, &self.sp, &self.to_text())?)
    }

    /// Opens what [`seal`](Self::seal) made for this service provider.
    pub(crate) fn open(sealed: &str, keys: &SealKeys, sp: &EntityId) -> Result<Self, Error> {
        let opened = seal::open(keys, &PURPOSE, sp, sealed);
        opened.and_then(|text| Self::from_text(&text)).ok_or_else(|| Rejection::PendingForged { what: "logout" }.into())
    }

    pub(super) fn outstanding(&self) -> Outstanding<'_> {
        let Self { sp, idp, signers, issued, expires, .. } = self;
        Outstanding { what: "logout", sp, idp, signers, issued: *issued, expires: *expires }
    }

    fn to_text(&self) -> String {
        let mut text = url::form_urlencoded::Serializer::new(String::new());
        text.append_pair("id", &self.request_id).append_pair("handle", &self.handle);
        text.append_pair("sp", self.sp.as_str()).append_pair("idp", self.idp.as_str());
        for signer in &self.signers {
            text.append_pair("signer", signer);
        }
        text.append_pair("issued", &self.issued.timestamp_millis().to_string());
        text.append_pair("expires", &self.expires.timestamp_millis().to_string());
        if let Some(target) = &self.return_to {
            text.append_pair("to", target.as_str());
        }
        if let Some(tag) = &self.tag {
            text.append_pair("tag", tag);
        }
        text.finish()
    }

    fn from_text(text: &str) -> Option<Self> {
        let pairs: Vec<(String, String)> = url::form_urlencoded::parse(text.as_bytes()).into_owned().collect();
        let get = |key: &str| pairs.iter().find(|(k, _)| k == key).map(|(_, value)| value.clone());
        let time = |key: &str| DateTime::from_timestamp_millis(get(key)?.parse().ok()?);
        Some(Self {
            request_id: get("id")?,
            handle: get("handle")?,
            sp: EntityId::new(get("sp")?).ok()?,
            idp: EntityId::new(get("idp")?).ok()?,
            signers: pairs.iter().filter(|(k, _)| k == "signer").map(|(_, value)| value.clone()).collect(),
            issued: time("issued")?,
            expires: time("expires")?,
            return_to: get("to").map(ReturnTo::restored),
            tag: get("tag"),
        })
    }
}

/// The cookie of the logout with this handle.
pub(crate) fn cookie_name(handle: &str) -> String {
    format!("__Host-saml-logout-{handle}")
}
