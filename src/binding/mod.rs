//! Floor 4: bindings. How a message becomes a form field or a URL, and back.

pub(crate) mod post;
pub(crate) mod redirect;
pub(crate) mod relay_state;
pub(crate) mod soap;

use crate::text::base64::Base64Error;
use crate::text::deflate::InflateError;
use crate::text::quoted::Quoted;
use crate::text::whose::Whose;

/// Why the text of a message could not be turned into bytes.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EncodingError {
    /// The field or parameter is empty, or there is none.
    #[error("there is no {field}, or it is empty")]
    #[non_exhaustive]
    Empty {
        /// Its name: `SAMLResponse`, `SAMLRequest`, or both where either may come.
        field: &'static str,
    },
    /// More than [`Limits::message_bytes`](crate::Limits::message_bytes).
    #[error("the message has more than {limit} bytes")]
    #[non_exhaustive]
    TooLarge {
        /// The limit, in bytes of decoded message.
        limit: usize,
    },
    /// Not base64.
    #[error("the {field} is not base64: {source}")]
    #[non_exhaustive]
    NotBase64 {
        /// The field or parameter.
        field: &'static str,
        /// Where and why decoding stopped.
        source: Base64Error,
    },
    /// A Response in the query of a URL. The library never reads one: an application whose ACS got a GET request makes
    /// this error itself, for its log.
    #[error("a SAMLResponse came in the query of a URL; a Response never comes by the Redirect binding")]
    ResponseByRedirect,
    /// A message of the Redirect binding that is no DEFLATE stream.
    #[error("the message of the query: {source}")]
    #[non_exhaustive]
    Inflate {
        /// Where and why it ended.
        source: InflateError,
    },
    /// A parameter that counts stands in the query more than once: which one was meant has no safe answer.
    #[error("the query has {name} more than once")]
    #[non_exhaustive]
    Repeated {
        /// The parameter.
        name: &'static str,
    },
    /// A request and a response in one form or query.
    #[error("there is a SAMLRequest and a SAMLResponse, a message is one of them")]
    TwoMessages,
    /// A name that reads as a parameter that counts once it is decoded, and is spelled in another way.
    #[error("the query has the parameter {found}, which is a way to write {name}")]
    #[non_exhaustive]
    Disguised {
        /// What stands there.
        found: Quoted,
        /// The parameter.
        name: &'static str,
    },
    /// An encoding of the message other than DEFLATE, the only one there is (bindings 3.4.4).
    #[error("the SAMLEncoding is {found}, wanted urn:oasis:names:tc:SAML:2.0:bindings:URL-Encoding:DEFLATE")]
    #[non_exhaustive]
    SamlEncoding {
        /// The identifier.
        found: Quoted,
    },
    /// What came back from a discovery service names no identity provider, or could be read as two.
    #[error("the answer of the discovery service is {found}, its parameter {parameter}: {reason}")]
    #[non_exhaustive]
    DiscoveryAnswer {
        /// The parameter that was asked for.
        parameter: Quoted,
        /// The first part of the query that is no answer.
        found: Quoted,
        /// The rule it breaks.
        reason: &'static str,
    },
    /// A RelayState that is not UTF-8, and so cannot be sent back as it came.
    #[error("the RelayState is not UTF-8")]
    RelayState,
    /// Not a SOAP 1.1 message with one SAML message in its Body (bindings 3.2.2).
    #[error("this is no SOAP message as SAML has it: {part} is {found}, wanted {wanted}")]
    #[non_exhaustive]
    Soap {
        /// The part of the message.
        part: &'static str,
        /// What stands there.
        found: Quoted,
        /// What belongs there.
        wanted: &'static str,
    },
    /// The other side answered with a SOAP fault.
    #[error("the answer is a SOAP fault: {text}")]
    #[non_exhaustive]
    SoapFault {
        /// Its faultstring, as foreign text.
        text: Quoted,
    },
}

impl EncodingError {
    /// A stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty { .. } => "message-empty",
            Self::TooLarge { .. } => "message-too-large",
            Self::NotBase64 { .. } => "message-not-base64",
            Self::ResponseByRedirect => "response-by-redirect",
            Self::Inflate { source } => source.code(),
            Self::Repeated { .. } => "query-repeated",
            Self::TwoMessages => "two-messages",
            Self::Disguised { .. } => "query-disguised",
            Self::SamlEncoding { .. } => "query-encoding",
            Self::DiscoveryAnswer { .. } => "discovery-answer",
            Self::RelayState => "relay-state-not-utf8",
            Self::Soap { .. } => "soap-shape",
            Self::SoapFault { .. } => "soap-fault",
        }
    }

    /// What an operator can do about it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Empty { field: "SAMLResponse" } => {
                "Pass the form field named SAMLResponse, and route only POST requests to the ACS."
            }
            Self::Empty { .. } => {
                "Pass the query or the form as it came; without a message in it somebody opened the URL by hand."
            }
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
            Self::Inflate { source } => source.hint(),
            Self::Repeated { .. } | Self::TwoMessages | Self::Disguised { .. } => {
                "No identity provider sends this; somebody may have altered the query. Keep a copy of it."
            }
            Self::SamlEncoding { .. } => "Configure the identity provider for DEFLATE, which every product knows.",
            Self::DiscoveryAnswer { .. } => {
                "Discovery services name one identity provider; somebody may have written this link. Let the user choose anew."
            }
            Self::RelayState => "The identity provider must send text; what it sent cannot be given back to it.",
            Self::Soap { .. } => {
                "Route only SOAP requests of the identity provider to this URL, and pass the body as it came."
            }
            Self::SoapFault { .. } => "The reason is in the identity provider's log.",
        }
    }

    /// Who can put it right.
    #[must_use]
    pub fn whose(&self) -> Whose {
        match self {
            Self::Empty { .. } | Self::NotBase64 { .. } => Whose::Application,
            Self::Repeated { .. } | Self::TwoMessages | Self::Disguised { .. } | Self::DiscoveryAnswer { .. } => {
                Whose::Attack
            }
            _ => Whose::IdentityProvider,
        }
    }
}
