//! The session: a name to log out, never a proof.

use chrono::{DateTime, Utc};

use crate::error::{ConfigError, Error};
use crate::profile::logout::begin::Ending;
use crate::profile::logout::receive::name_key;
use crate::saml::{EntityId, NameId};

/// The storage form's version, its first pair.
const VERSION: &str = "1";
/// The longest storage form, in bytes, so that it fits a column or a session cookie store.
const MAX_BYTES: usize = 4 * 1024;

/// What the application keeps to end the session at the identity provider later.
///
/// Store it next to the application's own session ([`to_bytes`](Self::to_bytes)). Whoever can write there could have
/// another session logged out, nothing more: no identity is ever made of it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Session {
    pub(crate) idp: EntityId,
    pub(crate) name_id: Option<NameId>,
    pub(crate) session_indexes: Vec<String>,
    pub(crate) not_on_or_after: Option<DateTime<Utc>>,
}

impl Session {
    /// The identity provider that the user signed in at.
    #[must_use]
    pub fn idp(&self) -> &EntityId {
        &self.idp
    }

    /// The name under which a logout is asked for, with all its qualifiers.
    #[must_use]
    pub fn name_id(&self) -> Option<&NameId> {
        self.name_id.as_ref()
    }

    /// The identity provider's names for the session: one as a rule, none where it gave none.
    #[must_use]
    pub fn session_indexes(&self) -> &[String] {
        &self.session_indexes
    }

    /// The key to find this session by when the identity provider asks for a logout: that of its
    /// [`LogoutRequest`](crate::LogoutRequest::name_key) is the same. 64 hexadecimal digits; `None` without a NameID.
    ///
    /// It tells users apart within one tenant, as [`subject_key`](crate::Identity::subject_key) does: keep it together with the
    /// tenant. It stands for the identity provider and the value of the NameID, transient ones too. Products leave the Format and
    /// the qualifiers out of their logout requests or write them in another way, so these do not count.
    #[must_use]
    pub fn name_key(&self) -> Option<String> {
        Some(name_key(self.idp.as_str(), &self.name_id.as_ref()?.value))
    }

    pub(crate) fn ending(&self) -> Ending<'_> {
        Ending { idp: &self.idp, name_id: self.name_id.as_ref(), session_indexes: &self.session_indexes }
    }

    /// The moment from which the application must no longer use its session (SessionNotOnOrAfter, profiles 4.1.4.3).
    #[must_use]
    pub fn not_on_or_after(&self) -> Option<DateTime<Utc>> {
        self.not_on_or_after
    }

    /// The storage form: versioned ASCII, at most 4 KiB.
    ///
    /// # Errors
    /// `config-too-long` when the identity provider's names do not fit.
    pub fn to_bytes(&self) -> Result<Vec<u8>, Error> {
        let mut text = url::form_urlencoded::Serializer::new(String::new());
        text.append_pair("v", VERSION).append_pair("idp", self.idp.as_str());
        let mut put = |key: &str, value: Option<&str>| {
            if let Some(value) = value {
                text.append_pair(key, value);
            }
        };
        if let Some(name_id) = &self.name_id {
            put("n", Some(&name_id.value));
            put("f", name_id.format.as_deref());
            put("nq", name_id.name_qualifier.as_deref());
            put("spnq", name_id.sp_name_qualifier.as_deref());
            put("spid", name_id.sp_provided_id.as_deref());
        }
        for index in &self.session_indexes {
            put("index", Some(index));
        }
        put("until", self.not_on_or_after.map(|until| until.timestamp_millis().to_string()).as_deref());
        let bytes = text.finish().into_bytes();
        if bytes.len() > MAX_BYTES {
            return Err(ConfigError::TooLong { what: "stored session", found: bytes.len(), limit: MAX_BYTES }.into());
        }
        Ok(bytes)
    }

    /// Reads what [`to_bytes`](Self::to_bytes) wrote.
    ///
    /// # Errors
    /// `config-stored-session`.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        Self::parse(bytes).ok_or_else(|| ConfigError::StoredSession.into())
    }

    fn parse(bytes: &[u8]) -> Option<Self> {
        if bytes.len() > MAX_BYTES {
            return None;
        }
        let pairs: Vec<(String, String)> = url::form_urlencoded::parse(bytes).into_owned().collect();
        let get = |key: &str| pairs.iter().find(|(k, _)| k == key).map(|(_, value)| value.clone());
        if get("v")? != VERSION {
            return None;
        }
        let not_on_or_after = match get("until") {
            Some(until) => Some(DateTime::from_timestamp_millis(until.parse().ok()?)?),
            None => None,
        };
        Some(Self {
            idp: EntityId::new(get("idp")?).ok()?,
            name_id: get("n").map(|value| NameId {
                value,
                format: get("f"),
                name_qualifier: get("nq"),
                sp_name_qualifier: get("spnq"),
                sp_provided_id: get("spid"),
            }),
            session_indexes: pairs.iter().filter(|(k, _)| k == "index").map(|(_, value)| value.clone()).collect(),
            not_on_or_after,
        })
    }
}
