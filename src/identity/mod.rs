//! The identity: what an identity provider signed about a user. It is made in one place, by `Accepted::confirm`.
//!
//! What applications ask of it: fields by whatever name they come (`map`), groups, and who may enter (`gate`).

mod gate;
mod groups;
mod known;
mod map;

pub use gate::{Explanation, Gate};
pub use groups::Groups;
pub use map::{AttributeMap, Field, MappedAttributes};

use chrono::{DateTime, Utc};

use crate::crypto::{hex, sha256};
use crate::error::{Error, Rejection};
use crate::profile::login::accept::Accepted;
use crate::profile::replay::{ReplayCache, Seen};
use crate::profile::return_to::ReturnTo;
use crate::saml::attribute::Attributes;
use crate::saml::{Attribute, EntityId, NameId, urn};
use crate::session::Session;

/// A completed login.
#[derive(Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[expect(clippy::exhaustive_structs, reason = "apps take it apart; every part is for the app")]
pub struct Login {
    /// Who signed in, as the identity provider signed it.
    pub identity: Identity,
    /// What to keep for a logout at the identity provider. Not a proof of anything.
    pub session: Session,
    /// Where the user wanted to go when the login began.
    pub return_to: Option<ReturnTo>,
    /// The application's own tag of the pending login.
    pub tag: Option<String>,
}

/// What an identity provider signed about a user: nothing in it comes from unsigned bytes.
#[derive(Clone)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Identity {
    idp: EntityId,
    name_id: Option<NameId>,
    attributes: Attributes,
    authn_instant: Option<DateTime<Utc>>,
    authn_context: Option<String>,
}

impl Identity {
    /// The identity provider that signed it. Two of them may use the same names for different people.
    #[must_use]
    pub fn idp(&self) -> &EntityId {
        &self.idp
    }

    /// The subject's NameID, where one was sent; a service provider must not require one (SDP-SP13).
    #[must_use]
    pub fn name_id(&self) -> Option<&NameId> {
        self.name_id.as_ref()
    }

    /// The first value of the attribute with exactly this Name; `None` where the attribute, or a text in it, is absent.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.get(name)?.values.first()?.text()
    }

    /// All values of the attribute with exactly this Name, in order, without nulls; none where it is absent.
    pub fn attribute_values<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> + use<'a> {
        let values = self.attributes.get(name).map(|attribute| attribute.values.as_slice()).unwrap_or_default();
        values.iter().filter_map(|value| value.text())
    }

    /// Every attribute, one per Name, in the order of the assertion.
    #[must_use]
    pub fn attributes(&self) -> &[Attribute] {
        self.attributes.as_slice()
    }

    /// When the user authenticated at the identity provider.
    #[must_use]
    pub fn authn_instant(&self) -> Option<DateTime<Utc>> {
        self.authn_instant
    }

    /// How the user authenticated: an authentication context class.
    #[must_use]
    pub fn authn_context(&self) -> Option<&str> {
        self.authn_context.as_deref()
    }

    /// The key for linking an account of the application to this user: identity provider, NameID format, qualifiers
    /// and value together.
    ///
    /// `None` without a NameID and for transient ones, which name another session at every login. Never link by an
    /// e-mail address alone: any configured identity provider can assert any address.
    ///
    /// It tells users apart within one tenant. Where tenants configure their own identity providers, two can register
    /// the same entityID, one of them with a key of its own: keep the key together with the tenant.
    #[must_use]
    pub fn subject_key(&self) -> Option<SubjectKey> {
        let name_id = self.name_id.as_ref()?;
        let format = name_id.format.as_deref().unwrap_or(urn::name_id_format::UNSPECIFIED);
        if format == urn::name_id_format::TRANSIENT {
            return None;
        }
        let qualifier = |value: &Option<String>| value.clone().unwrap_or_default();
        let parts = [
            self.idp.as_str().to_owned(),
            format.to_owned(),
            qualifier(&name_id.name_qualifier),
            qualifier(&name_id.sp_name_qualifier),
            name_id.value.clone(),
        ];
        // The length in front of each part keeps two lists with the same concatenation apart.
        let text: String = parts.iter().map(|part| format!("{}:{part}", part.len())).collect();
        Some(SubjectKey(hex(&sha256(text.as_bytes()))))
    }
}

impl std::fmt::Debug for Identity {
    /// Names and numbers: values are personal data and stay out of logs.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Identity")
            .field("idp", &self.idp)
            .field("name_id", &self.name_id)
            .field("attributes", &self.attributes.as_slice())
            .field("authn_instant", &self.authn_instant)
            .field("authn_context", &self.authn_context)
            .finish()
    }
}

/// The key for account linking: 64 hexadecimal digits, the same at every login of the same subject.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SubjectKey(String);

impl SubjectKey {
    /// The digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for SubjectKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl Accepted {
    /// Closes the question whether the assertion was presented before, with the answer of the application's store.
    ///
    /// # Errors
    /// `replayed` for [`Seen::Before`].
    pub fn confirm(self, seen: Seen) -> Result<Login, Error> {
        if seen == Seen::Before {
            return Err(Rejection::Replayed { element: "assertion" }.into());
        }
        let statement = self.assertion.authn_statement().cloned();
        let Self { assertion, return_to, tag, idp, .. } = self;
        let indexes = assertion.authn_statements.iter().filter_map(|statement| statement.session_index.clone());
        let session_indexes = indexes.collect();
        let name_id = assertion.subject.and_then(|subject| subject.name_id);
        let session = Session {
            idp: idp.clone(),
            name_id: name_id.clone(),
            session_indexes,
            not_on_or_after: statement.as_ref().and_then(|statement| statement.session_not_on_or_after),
        };
        let identity = Identity {
            idp,
            name_id,
            attributes: assertion.attributes,
            authn_instant: statement.as_ref().map(|statement| statement.instant),
            authn_context: statement.and_then(|statement| statement.class_ref),
        };
        Ok(Login { identity, session, return_to, tag })
    }

    /// Closes the question with the record in memory.
    ///
    /// # Errors
    /// `replayed`, `replay-record-full`.
    pub fn confirm_with(self, record: &ReplayCache) -> Result<Login, Error> {
        let seen = record.insert(self.replay_key(), self.keep_until(), self.now)?;
        self.confirm(seen)
    }
}
