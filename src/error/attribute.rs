//! What an application asked of a user's attributes, and did not find.

use crate::saml::EntityId;
use crate::text::quoted::Quoted;
use crate::text::whose::Whose;

/// Why somebody who is signed in is not what the application asks for. The texts hold names of attributes and what a rule
/// wants, never a value that only arrived.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AttributeError {
    /// A required field has no value.
    #[error("there is no {wanted}: looked for {}; the identity provider sent {}", list(tried), list(received))]
    #[non_exhaustive]
    Missing {
        /// The field.
        wanted: String,
        /// The names that it is looked for under.
        tried: Vec<Quoted>,
        /// The names of the attributes that did arrive.
        received: Vec<Quoted>,
    },
    /// A scoped value that the identity provider may not give: others speak for that scope (SDP-SP17).
    #[error("the {field} from {} has a scope that it may not use; it may use {}", Quoted::new(idp.as_str()), list(allowed))]
    #[non_exhaustive]
    Scope {
        /// The field.
        field: String,
        /// The identity provider.
        idp: EntityId,
        /// The scopes of its metadata and of the configuration.
        allowed: Vec<Quoted>,
    },
    /// Somebody whom the rules do not let in.
    #[error("the rules do not let this user in:\n{rules}")]
    #[non_exhaustive]
    NotAdmitted {
        /// The rules, one a line, each met or not.
        rules: String,
    },
}

impl AttributeError {
    /// A stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Missing { .. } => "attribute-missing",
            Self::Scope { .. } => "attribute-scope",
            Self::NotAdmitted { .. } => "not-admitted",
        }
    }

    /// What an operator can do about it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Missing { .. } => {
                "Let the identity provider send it (claims, attribute statements, mappers), or tell AttributeMap::alias under \
                 which of the received names it comes. With Entra ID a user without a mailbox has no email."
            }
            Self::Scope { .. } => {
                "Import the identity provider's metadata with its shibmd:Scope, or name the scope with AttributeMap::allow_scope, if it is \
                 its own."
            }
            Self::NotAdmitted { .. } => {
                "Assign the user to one of the groups at the identity provider, and see that it sends them for this application."
            }
        }
    }

    /// Who can put it right.
    #[must_use]
    pub fn whose(&self) -> Whose {
        match self {
            Self::Missing { .. } | Self::Scope { .. } => Whose::IdentityProvider,
            Self::NotAdmitted { .. } => Whose::User,
        }
    }
}

fn list(values: &[Quoted]) -> String {
    if values.is_empty() {
        return "none".to_owned();
    }
    values.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
