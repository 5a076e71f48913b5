//! The pending login: what we asked, whom, and when. It binds the answer to this browser.

use chrono::{DateTime, Duration, Utc};

use crate::error::{Error, Rejection};
use crate::profile::outstanding::Outstanding;
use crate::profile::return_to::ReturnTo;
use crate::profile::seal::{self, Purpose, SealKeys};
use crate::saml::{EntityId, NameId};

const PURPOSE: Purpose = Purpose { what: "sealed pending login", associated_data: "saml-sp pending login 1" };

/// A login that waits for its answer.
///
/// Keep it where only this browser can find it again: in the server-side session, sealed in a cookie
/// ([`cookie`](Self::cookie)), or in a record under a secret that is in a cookie ([`manual::state`](crate::manual::state)).
/// Whoever can plant one in another's browser can sign them in as somebody else. It is neither `Clone` nor `Deserialize`:
/// [`ServiceProvider::accept`](crate::ServiceProvider::accept) takes it by value, one answer per request.
#[derive(Debug, PartialEq, Eq)]
pub struct PendingLogin {
    pub(crate) request_id: String,
    pub(crate) handle: String,
    pub(crate) sp: EntityId,
    pub(crate) idp: EntityId,
    /// The signing keys that were trusted when the login began, each by the start of its SHA-256 in hexadecimal. Only
    /// they may sign the answer: entityIDs are typed by administrators, and another tenant may have typed this one.
    pub(crate) signers: Vec<String>,
    pub(crate) acs_url: String,
    pub(crate) issued: DateTime<Utc>,
    pub(crate) expires: DateTime<Utc>,
    pub(crate) asked: Asked,
    pub(crate) return_to: Option<ReturnTo>,
    pub(crate) tag: Option<String>,
}

/// What the request demanded and the answer must hold to.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Asked {
    pub(crate) force_authn: bool,
    pub(crate) max_authn_age: Option<Duration>,
    pub(crate) name_id_format: Option<String>,
    pub(crate) sp_name_qualifier: Option<String>,
    /// Empty where no authentication context was asked for.
    pub(crate) accepted_contexts: Vec<String>,
    pub(crate) subject: Option<NameId>,
}

impl PendingLogin {
    /// The random handle that travels as RelayState and comes back as [`PostedResponse::handle`](crate::PostedResponse::handle). It is
    /// no secret: a store of the application's own needs one that only this browser has, see [`manual::state`](crate::manual::state).
    #[must_use]
    pub fn handle(&self) -> &str {
        &self.handle
    }

    /// The ID of the AuthnRequest, which the answer's InResponseTo must repeat.
    #[must_use]
    pub fn request_id(&self) -> &str {
        &self.request_id
    }

    /// The identity provider that was asked.
    #[must_use]
    pub fn idp(&self) -> &EntityId {
        &self.idp
    }

    /// The application's own tag, for example the tenant: choose the identity provider of the answer by it.
    ///
    /// Where the URL of the ACS chose the identity provider, compare the tag with that tenant before
    /// [`accept`](crate::ServiceProvider::accept): two tenants may have registered the same entityID.
    #[must_use]
    pub fn tag(&self) -> Option<&str> {
        self.tag.as_deref()
    }

    /// The first moment at which an answer comes too late.
    #[must_use]
    pub fn expires(&self) -> DateTime<Utc> {
        self.expires
    }

    /// The name of the cookie for this login: `__Host-saml-` and the handle, so that several tabs do not overwrite
    /// each other.
    #[must_use]
    pub fn cookie_name(&self) -> String {
        cookie_name(&self.handle)
    }

    /// The value of a `Set-Cookie` header that keeps this login, sealed, in the browser.
    ///
    /// `SameSite=None` is needed: the answer is a cross-site POST, on which browsers send no other cookie. `__Host-`
    /// and `Secure` keep subdomains and networks from planting one.
    ///
    /// # Errors
    /// `config-too-long` when it does not fit a cookie, `config-no-randomness`.
    pub fn cookie(&self, keys: &SealKeys) -> Result<String, Error> {
        let lifetime = self.expires.signed_duration_since(self.issued).num_seconds();
        Ok(seal::set_cookie(&self.cookie_name(), &self.seal(keys)?, lifetime))
    }

    /// The value of a `Set-Cookie` header that deletes the cookie of this login. Send it with every answer of the ACS.
    #[must_use]
    pub fn delete_cookie(&self) -> String {
        seal::set_cookie(&self.cookie_name(), "", 0)
    }

    /// This login as text that only our keys open: authenticated encryption (AES-256-GCM, random nonce), bound to
    /// purpose, version and the service provider's entityID. At most 3 KiB of URL-safe characters.
    ///
    /// # Errors
    /// `config-too-long`, `config-no-randomness`.
    pub fn seal(&self, keys: &SealKeys) -> Result<String, Error> {
        Ok(seal::seal(keys, &PURPOSE, &self.sp, &self.to_text())?)
    }

    /// Opens what [`seal`](Self::seal) made for this service provider.
    pub(crate) fn open(sealed: &str, keys: &SealKeys, sp: &EntityId) -> Result<Self, Error> {
        let opened = seal::open(keys, &PURPOSE, sp, sealed);
        opened.and_then(|text| Self::from_text(&text)).ok_or_else(|| Rejection::PendingForged { what: "login" }.into())
    }

    /// The storage form: what a query string is, since a well-kept library reads and writes those.
    fn to_text(&self) -> String {
        let mut text = url::form_urlencoded::Serializer::new(String::new());
        let mut put = |key: &str, value: &str| {
            text.append_pair(key, value);
        };
        put("id", &self.request_id);
        put("handle", &self.handle);
        put("sp", self.sp.as_str());
        put("idp", self.idp.as_str());
        put("acs", &self.acs_url);
        for signer in &self.signers {
            put("signer", signer);
        }
        put("issued", &self.issued.timestamp_millis().to_string());
        put("expires", &self.expires.timestamp_millis().to_string());
        let mut put_some = |key: &str, value: Option<&str>| {
            if let Some(value) = value {
                put(key, value);
            }
        };
        let age = self.asked.max_authn_age.map(|age| age.num_milliseconds().to_string());
        put_some("force", self.asked.force_authn.then_some("1"));
        put_some("age", age.as_deref());
        put_some("format", self.asked.name_id_format.as_deref());
        put_some("spnq", self.asked.sp_name_qualifier.as_deref());
        put_some("to", self.return_to.as_ref().map(ReturnTo::as_str));
        put_some("tag", self.tag.as_deref());
        for class in &self.asked.accepted_contexts {
            put_some("class", Some(class));
        }
        if let Some(subject) = &self.asked.subject {
            put_some("s", Some(&subject.value));
            put_some("sf", subject.format.as_deref());
            put_some("snq", subject.name_qualifier.as_deref());
            put_some("sspnq", subject.sp_name_qualifier.as_deref());
            put_some("sspid", subject.sp_provided_id.as_deref());
        }
        text.finish()
    }

    fn from_text(text: &str) -> Option<Self> {
        let pairs: Vec<(String, String)> = url::form_urlencoded::parse(text.as_bytes()).into_owned().collect();
        let get = |key: &str| pairs.iter().find(|(k, _)| k == key).map(|(_, value)| value.clone());
        let all = |key: &str| pairs.iter().filter(|(k, _)| k == key).map(|(_, value)| value.clone()).collect();
        let time = |key: &str| DateTime::from_timestamp_millis(get(key)?.parse().ok()?);
        let max_authn_age = match get("age") {
            Some(age) => Some(Duration::try_milliseconds(age.parse().ok()?)?),
            None => None,
        };
        let subject = get("s").map(|value| NameId {
            value,
            format: get("sf"),
            name_qualifier: get("snq"),
            sp_name_qualifier: get("sspnq"),
            sp_provided_id: get("sspid"),
        });
        Some(Self {
            request_id: get("id")?,
            handle: get("handle")?,
            sp: EntityId::new(get("sp")?).ok()?,
            idp: EntityId::new(get("idp")?).ok()?,
            signers: all("signer"),
            acs_url: get("acs")?,
            issued: time("issued")?,
            expires: time("expires")?,
            asked: Asked {
                force_authn: get("force").is_some(),
                max_authn_age,
                name_id_format: get("format"),
                sp_name_qualifier: get("spnq"),
                accepted_contexts: all("class"),
                subject,
            },
            return_to: get("to").map(ReturnTo::restored),
            tag: get("tag"),
        })
    }

    pub(super) fn outstanding(&self) -> Outstanding<'_> {
        let Self { sp, idp, signers, issued, expires, .. } = self;
        Outstanding { what: "login", sp, idp, signers, issued: *issued, expires: *expires }
    }
}

/// The cookie of the login with this handle.
pub(crate) fn cookie_name(handle: &str) -> String {
    format!("__Host-saml-{handle}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::aead;
    use crate::sp::{Clock, ServiceProvider};
    use crate::testing::TestIdp;
    use crate::text::base64;

    fn pending() -> PendingLogin {
        let now = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let sp = ServiceProvider::builder("https://app.example.com", "https://app.example.com/acs");
        let idp = TestIdp::with_ecdsa("https://idp.example.com").unwrap().identity_provider().unwrap();
        sp.clock(Clock::Fixed(now)).build().unwrap().begin_login(&idp).unwrap().pending
    }

    /// What our keys sealed under this purpose.
    fn sealed_for(purpose: &str, text: &str) -> Result<PendingLogin, Error> {
        let sealed = aead::seal(&[7; 32], purpose.as_bytes(), text.as_bytes()).unwrap();
        PendingLogin::open(&base64::encode_url(&sealed), &SealKeys::new([7; 32]), &pending().sp)
    }

    #[test]
    fn sealed_for_another_purpose_or_version_does_not_open() {
        let pending = pending();
        let text = pending.to_text();
        assert_eq!(sealed_for(&format!("{}\n{}", PURPOSE.associated_data, pending.sp), &text).unwrap(), pending);
        for purpose in [
            "",
            PURPOSE.associated_data,
            "saml-sp pending logout 1\nhttps://app.example.com",
            "saml-sp pending login 2\nhttps://app.example.com",
            "saml-sp pending login 1\nhttps://app.example.co",
            "saml-sp pending login 1https://app.example.com",
        ] {
            assert_eq!(sealed_for(purpose, &text).unwrap_err().code(), "pending-forged", "{purpose:?}");
        }
    }

    /// Not even under the right seal is a login made up of what is missing or unreadable.
    #[test]
    fn text_that_is_no_pending_login() {
        let pending = pending();
        let purpose = format!("{}\n{}", PURPOSE.associated_data, pending.sp);
        let text = pending.to_text();
        for required in ["id", "handle", "sp", "idp", "acs", "issued", "expires"] {
            let without: Vec<&str> =
                text.split('&').filter(|pair| !pair.starts_with(&format!("{required}="))).collect();
            assert_eq!(sealed_for(&purpose, &without.join("&")).unwrap_err().code(), "pending-forged", "{required}");
        }
        for (key, value) in
            [("issued", "soon"), ("expires", ""), ("expires", "9223372036854775807"), ("sp", ""), ("idp", "+")]
        {
            let other: Vec<String> = text
                .split('&')
                .map(|pair| if pair.starts_with(&format!("{key}=")) { format!("{key}={value}") } else { pair.into() })
                .collect();
            assert_eq!(sealed_for(&purpose, &other.join("&")).unwrap_err().code(), "pending-forged", "{key}={value}");
        }
        assert_eq!(sealed_for(&purpose, &format!("{text}&age=x")).unwrap_err().code(), "pending-forged");
        assert_eq!(sealed_for(&purpose, "").unwrap_err().code(), "pending-forged");
    }

    #[test]
    fn handles_and_request_ids_are_128_bits_and_more() {
        let pending = pending();
        assert_eq!(pending.handle.len(), 32);
        assert_eq!(pending.request_id.len(), 1 + 40, "core 1.3.4: 160 bits are recommended, and no digit comes first");
        assert!(pending.request_id.starts_with('_'));
    }
}
