//! The identifiers that the standard gives to bindings, formats, status codes and classes.

use std::fmt;

/// The `Version` of the messages of SAML 2.0 (core 3.2.1, 3.2.2) and of its assertions (core 2.3.3).
pub(crate) const VERSION: &str = "2.0";

/// The value of `protocolSupportEnumeration` for SAML 2.0 (metadata 2.4.1), and the namespace of its protocol messages.
pub const PROTOCOL: &str = "urn:oasis:names:tc:SAML:2.0:protocol";

/// The URIs of the bindings (bindings 3).
pub mod binding {
    /// The binding `HTTP-Redirect`.
    pub const REDIRECT: &str = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect";
    /// The binding `HTTP-POST`.
    pub const POST: &str = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST";
    /// The binding `SOAP`.
    pub const SOAP: &str = "urn:oasis:names:tc:SAML:2.0:bindings:SOAP";
    /// The binding `HTTP-Artifact`.
    pub const ARTIFACT: &str = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Artifact";
    /// The binding `PAOS`.
    pub const PAOS: &str = "urn:oasis:names:tc:SAML:2.0:bindings:PAOS";
}

/// The URIs of name identifier formats (core 8.3).
pub mod name_id_format {
    /// The NameID format `unspecified`.
    pub const UNSPECIFIED: &str = "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified";
    /// The NameID format `emailAddress`.
    pub const EMAIL_ADDRESS: &str = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress";
    /// The NameID format `X509SubjectName`.
    pub const X509_SUBJECT_NAME: &str = "urn:oasis:names:tc:SAML:1.1:nameid-format:X509SubjectName";
    /// The NameID format `WindowsDomainQualifiedName`.
    pub const WINDOWS_DOMAIN_QUALIFIED_NAME: &str =
        "urn:oasis:names:tc:SAML:1.1:nameid-format:WindowsDomainQualifiedName";
    /// The NameID format `kerberos`.
    pub const KERBEROS: &str = "urn:oasis:names:tc:SAML:2.0:nameid-format:kerberos";
    /// The NameID format `entity`.
    pub const ENTITY: &str = "urn:oasis:names:tc:SAML:2.0:nameid-format:entity";
    /// The NameID format `persistent`.
    pub const PERSISTENT: &str = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent";
    /// The NameID format `transient`.
    pub const TRANSIENT: &str = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient";
    /// The NameID format `encrypted`.
    pub const ENCRYPTED: &str = "urn:oasis:names:tc:SAML:2.0:nameid-format:encrypted";
}

/// The URIs of status codes (core 3.2.2.2): the first four at the top, the rest below them.
pub mod status {
    /// The status code `Success`.
    pub const SUCCESS: &str = "urn:oasis:names:tc:SAML:2.0:status:Success";
    /// The status code `Requester`.
    pub const REQUESTER: &str = "urn:oasis:names:tc:SAML:2.0:status:Requester";
    /// The status code `Responder`.
    pub const RESPONDER: &str = "urn:oasis:names:tc:SAML:2.0:status:Responder";
    /// The status code `VersionMismatch`.
    pub const VERSION_MISMATCH: &str = "urn:oasis:names:tc:SAML:2.0:status:VersionMismatch";

    /// The status code `AuthnFailed`.
    pub const AUTHN_FAILED: &str = "urn:oasis:names:tc:SAML:2.0:status:AuthnFailed";
    /// The status code `InvalidAttrNameOrValue`.
    pub const INVALID_ATTR_NAME_OR_VALUE: &str = "urn:oasis:names:tc:SAML:2.0:status:InvalidAttrNameOrValue";
    /// The status code `InvalidNameIDPolicy`.
    pub const INVALID_NAME_ID_POLICY: &str = "urn:oasis:names:tc:SAML:2.0:status:InvalidNameIDPolicy";
    /// The status code `NoAuthnContext`.
    pub const NO_AUTHN_CONTEXT: &str = "urn:oasis:names:tc:SAML:2.0:status:NoAuthnContext";
    /// The status code `NoAvailableIDP`.
    pub const NO_AVAILABLE_IDP: &str = "urn:oasis:names:tc:SAML:2.0:status:NoAvailableIDP";
    /// The status code `NoPassive`.
    pub const NO_PASSIVE: &str = "urn:oasis:names:tc:SAML:2.0:status:NoPassive";
    /// The status code `NoSupportedIDP`.
    pub const NO_SUPPORTED_IDP: &str = "urn:oasis:names:tc:SAML:2.0:status:NoSupportedIDP";
    /// The status code `PartialLogout`.
    pub const PARTIAL_LOGOUT: &str = "urn:oasis:names:tc:SAML:2.0:status:PartialLogout";
    /// The status code `ProxyCountExceeded`.
    pub const PROXY_COUNT_EXCEEDED: &str = "urn:oasis:names:tc:SAML:2.0:status:ProxyCountExceeded";
    /// The status code `RequestDenied`.
    pub const REQUEST_DENIED: &str = "urn:oasis:names:tc:SAML:2.0:status:RequestDenied";
    /// The status code `RequestUnsupported`.
    pub const REQUEST_UNSUPPORTED: &str = "urn:oasis:names:tc:SAML:2.0:status:RequestUnsupported";
    /// The status code `RequestVersionDeprecated`.
    pub const REQUEST_VERSION_DEPRECATED: &str = "urn:oasis:names:tc:SAML:2.0:status:RequestVersionDeprecated";
    /// The status code `RequestVersionTooHigh`.
    pub const REQUEST_VERSION_TOO_HIGH: &str = "urn:oasis:names:tc:SAML:2.0:status:RequestVersionTooHigh";
    /// The status code `RequestVersionTooLow`.
    pub const REQUEST_VERSION_TOO_LOW: &str = "urn:oasis:names:tc:SAML:2.0:status:RequestVersionTooLow";
    /// The status code `ResourceNotRecognized`.
    pub const RESOURCE_NOT_RECOGNIZED: &str = "urn:oasis:names:tc:SAML:2.0:status:ResourceNotRecognized";
    /// The status code `TooManyResponses`.
    pub const TOO_MANY_RESPONSES: &str = "urn:oasis:names:tc:SAML:2.0:status:TooManyResponses";
    /// The status code `UnknownAttrProfile`.
    pub const UNKNOWN_ATTR_PROFILE: &str = "urn:oasis:names:tc:SAML:2.0:status:UnknownAttrProfile";
    /// The status code `UnknownPrincipal`.
    pub const UNKNOWN_PRINCIPAL: &str = "urn:oasis:names:tc:SAML:2.0:status:UnknownPrincipal";
    /// The status code `UnsupportedBinding`.
    pub const UNSUPPORTED_BINDING: &str = "urn:oasis:names:tc:SAML:2.0:status:UnsupportedBinding";
}

/// The URIs of authentication context classes that applications ask for most (authn-context 3.4).
pub mod authn_context {
    /// The class `unspecified`.
    pub const UNSPECIFIED: &str = "urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified";
    /// The class `Password`.
    pub const PASSWORD: &str = "urn:oasis:names:tc:SAML:2.0:ac:classes:Password";
    /// The class `PasswordProtectedTransport`.
    pub const PASSWORD_PROTECTED_TRANSPORT: &str = "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport";
    /// The class `Kerberos`.
    pub const KERBEROS: &str = "urn:oasis:names:tc:SAML:2.0:ac:classes:Kerberos";
    /// The class `Smartcard`.
    pub const SMARTCARD: &str = "urn:oasis:names:tc:SAML:2.0:ac:classes:Smartcard";
    /// The class `TLSClient`.
    pub const TLS_CLIENT: &str = "urn:oasis:names:tc:SAML:2.0:ac:classes:TLSClient";
    /// The class `X509`.
    pub const X509: &str = "urn:oasis:names:tc:SAML:2.0:ac:classes:X509";
}

/// The URIs of subject confirmation methods (profiles 3).
pub mod confirmation {
    /// The confirmation method `bearer`.
    pub const BEARER: &str = "urn:oasis:names:tc:SAML:2.0:cm:bearer";
    /// The confirmation method `holder-of-key`.
    pub const HOLDER_OF_KEY: &str = "urn:oasis:names:tc:SAML:2.0:cm:holder-of-key";
    /// The confirmation method `sender-vouches`.
    pub const SENDER_VOUCHES: &str = "urn:oasis:names:tc:SAML:2.0:cm:sender-vouches";
}

/// The URIs of attribute name formats (core 8.2).
pub mod attribute_name_format {
    /// The attribute name format `unspecified`.
    pub const UNSPECIFIED: &str = "urn:oasis:names:tc:SAML:2.0:attrname-format:unspecified";
    /// The attribute name format `uri`.
    pub const URI: &str = "urn:oasis:names:tc:SAML:2.0:attrname-format:uri";
    /// The attribute name format `basic`.
    pub const BASIC: &str = "urn:oasis:names:tc:SAML:2.0:attrname-format:basic";
}

/// How a message travels (bindings 3).
///
/// ```
/// use saml_sp::Binding;
///
/// let binding = Binding::from_uri("urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect");
/// assert_eq!(binding, Binding::Redirect);
/// assert_eq!(binding.name(), "redirect");
/// ```
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Binding {
    /// HTTP Redirect: in the query of a URL, deflated.
    Redirect,
    /// HTTP POST: in a form that the browser submits.
    Post,
    /// SOAP, from server to server.
    Soap,
    /// HTTP Artifact: a reference, resolved from server to server.
    Artifact,
    /// Reverse SOAP, for enhanced clients.
    Paos,
    /// Any other, by its URI: of SAML 1.x, of a vendor, of a later standard.
    Other(String),
}

impl Binding {
    /// The binding of this URI, which is compared exactly.
    #[must_use]
    pub fn from_uri(uri: &str) -> Self {
        match uri {
            binding::REDIRECT => Self::Redirect,
            binding::POST => Self::Post,
            binding::SOAP => Self::Soap,
            binding::ARTIFACT => Self::Artifact,
            binding::PAOS => Self::Paos,
            other => Self::Other(other.to_owned()),
        }
    }

    /// The URI that names it in messages and metadata.
    #[must_use]
    pub fn uri(&self) -> &str {
        match self {
            Self::Redirect => binding::REDIRECT,
            Self::Post => binding::POST,
            Self::Soap => binding::SOAP,
            Self::Artifact => binding::ARTIFACT,
            Self::Paos => binding::PAOS,
            Self::Other(uri) => uri,
        }
    }

    /// One word for people, or the URI where we know no word: `redirect`, `post`, `soap`, `artifact`, `paos`.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Redirect => "redirect",
            Self::Post => "post",
            Self::Soap => "soap",
            Self::Artifact => "artifact",
            Self::Paos => "paos",
            Self::Other(uri) => uri,
        }
    }
}

/// The word of [`Binding::name`].
impl fmt::Display for Binding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bindings_go_to_uris_and_back() {
        let vendor = "urn:example:bindings:pigeon";
        for uri in [binding::REDIRECT, binding::POST, binding::SOAP, binding::ARTIFACT, binding::PAOS, vendor] {
            assert_eq!(Binding::from_uri(uri).uri(), uri);
        }
        assert_eq!(Binding::from_uri(binding::REDIRECT).to_string(), "redirect");
        assert_eq!(Binding::from_uri(vendor), Binding::Other(vendor.to_owned()));
    }
}
