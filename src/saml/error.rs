//! What can be wrong with a message as such, before any of its claims is judged.

use crate::text::quoted::Quoted;
use crate::text::whose::Whose;

/// Why a message could not be read.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MessageError {
    /// Another kind of document than the one expected here.
    #[error("this is a {found}, wanted a {wanted}")]
    #[non_exhaustive]
    Unexpected {
        /// The root's name.
        found: Quoted,
        /// The name we wanted.
        wanted: &'static str,
    },
    /// A required element or attribute is not there.
    #[error("{within} has no {part}")]
    #[non_exhaustive]
    Missing {
        /// What is missing.
        part: &'static str,
        /// Where it belongs.
        within: &'static str,
    },
    /// An element that may stand once stands more than once.
    #[error("{within} has {part} more than once")]
    #[non_exhaustive]
    Repeated {
        /// What is repeated.
        part: &'static str,
        /// Where.
        within: &'static str,
    },
    /// A value that cannot be one of its type.
    #[error("{part} is {found}, wanted {wanted}")]
    #[non_exhaustive]
    Value {
        /// The element or attribute.
        part: &'static str,
        /// What stands there.
        found: Quoted,
        /// What belongs there.
        wanted: &'static str,
    },
    /// A moment in time that cannot be read. It is never taken for an absent one.
    #[error("{part} is {found}, wanted a time such as 2026-01-15T12:00:00Z")]
    #[non_exhaustive]
    Time {
        /// The attribute.
        part: &'static str,
        /// What stands there.
        found: Quoted,
    },
    /// A Response of success without exactly one assertion.
    #[error("a successful Response carries exactly one assertion, this one has {found}")]
    #[non_exhaustive]
    Assertions {
        /// How many Assertion and EncryptedAssertion elements there are.
        found: usize,
    },
    /// A Response that reports a failure and carries an assertion all the same (profiles 4.1.4.2).
    #[error("the Response reports {status} and yet carries an assertion")]
    #[non_exhaustive]
    AssertionInFailure {
        /// The status code.
        status: Quoted,
    },
}

impl MessageError {
    /// A stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unexpected { .. } => "message-unexpected",
            Self::Missing { .. } => "message-missing-part",
            Self::Repeated { .. } => "message-repeated-part",
            Self::Value { .. } => "message-bad-value",
            Self::Time { .. } => "message-bad-time",
            Self::Assertions { .. } => "assertion-count",
            Self::AssertionInFailure { .. } => "assertion-in-failure",
        }
    }

    /// What an operator can do about it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Unexpected { .. } => {
                "Check which URL the identity provider posts to: only its Responses belong to the ACS."
            }
            Self::Assertions { .. } => {
                "Exactly one assertion per answer; with more, which one speaks has no safe answer. Look at what the \
                 identity provider sends, or at who rearranged it."
            }
            Self::AssertionInFailure { .. } => "No assertion is ever read from a failure. Keep a copy of the message.",
            Self::Value { part: "NameID", .. } => {
                "The identity provider sent no name. Some have none yet for this user and make one only when asked: \
                 NameIdPolicy::allow_create, or a NameID of another Format."
            }
            Self::Missing { .. } | Self::Repeated { .. } | Self::Value { .. } | Self::Time { .. } => {
                "The identity provider's message breaks SAML core here; its administrator or vendor can mend it."
            }
        }
    }

    /// Who can put it right.
    #[must_use]
    pub fn whose(&self) -> Whose {
        match self {
            Self::Assertions { .. } | Self::AssertionInFailure { .. } => Whose::Attack,
            _ => Whose::IdentityProvider,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// LemonLDAP::NG sends an empty persistent NameID where AllowCreate was not asked for.
    #[test]
    fn an_empty_name_says_how_to_get_one() {
        let bad = |part| MessageError::Value { part, found: Quoted::new(""), wanted: "text" };
        assert!(bad("NameID").hint().contains("allow_create"));
        assert!(!bad("Version").hint().contains("allow_create"));
    }
}
