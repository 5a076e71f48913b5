//! Floor 4: bindings. How a message becomes a form field or a URL, and back.

pub(crate) mod post;
pub(crate) mod redirect;
pub(crate) mod relay_state;

use crate::text::base64::Base64Error;
use crate::text::whose::Whose;

/// Why the text of a message could not be turned into bytes.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EncodingError {
    /// The field is empty.
    #[error("the SAMLResponse field is empty")]
    Empty,
    /// More than [`Limits::message_bytes`](crate::Limits::message_bytes).
    #[error("the message has more than {limit} bytes")]
    #[non_exhaustive]
    TooLarge {
        /// The limit, in bytes of decoded message.
        limit: usize,
    },
    /// Not base64.
    #[error("the SAMLResponse field is not base64: {source}")]
    #[non_exhaustive]
    NotBase64 {
        /// Where and why decoding stopped.
        source: Base64Error,
    },
    /// A Response in the query of a URL. The library never reads one: an application whose ACS got a GET request makes
    /// this error itself, for its log.
    #[error("a SAMLResponse came in the query of a URL; a Response never comes by the Redirect binding")]
    ResponseByRedirect,
}

impl EncodingError {
    /// A stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "message-empty",
            Self::TooLarge { .. } => "message-too-large",
            Self::NotBase64 { .. } => "message-not-base64",
            Self::ResponseByRedirect => "response-by-redirect",
        }
    }

    /// What an operator can do about it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Empty => "Pass the form field named SAMLResponse, and route only POST requests to the ACS.",
            Self::TooLarge { .. } => {
                "Ask the identity provider to send fewer attribute values (groups assigned to this app only), or raise \
                 Limits::message_bytes."
            }
            Self::NotBase64 { .. } => {
                "Pass the form field as the framework decoded it: once. A field decoded twice has spaces where plus \
                 signs were."
            }
            Self::ResponseByRedirect => {
                "Choose HTTP-POST for our assertion consumer service at the identity provider: profiles 4.1.2 rules \
                 HTTP-Redirect out for a Response."
            }
        }
    }

    /// Who can put it right.
    #[must_use]
    pub fn whose(&self) -> Whose {
        match self {
            Self::TooLarge { .. } | Self::ResponseByRedirect => Whose::IdentityProvider,
            _ => Whose::Application,
        }
    }
}
