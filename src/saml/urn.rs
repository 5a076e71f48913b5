//! The identifiers that the standard gives to bindings, formats, status codes and classes.

use std::fmt;

/// The value of `protocolSupportEnumeration` for SAML 2.0 (metadata 2.4.1), and the namespace of its protocol messages.
pub(crate) const PROTOCOL: &str = "urn:oasis:names:tc:SAML:2.0:protocol";

/// The URIs of the bindings (bindings 3).
pub(crate) mod binding {
    pub(crate) const REDIRECT: &str = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect";
    pub(crate) const POST: &str = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST";
    pub(crate) const SOAP: &str = "urn:oasis:names:tc:SAML:2.0:bindings:SOAP";
    pub(crate) const ARTIFACT: &str = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Artifact";
    pub(crate) const PAOS: &str = "urn:oasis:names:tc:SAML:2.0:bindings:PAOS";
}

/// The URIs of name identifier formats (core 8.3).
pub(crate) mod name_id_format {
    pub(crate) const UNSPECIFIED: &str = "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified";
    pub(crate) const EMAIL_ADDRESS: &str = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress";
    pub(crate) const X509_SUBJECT_NAME: &str = "urn:oasis:names:tc:SAML:1.1:nameid-format:X509SubjectName";
    pub(crate) const WINDOWS_DOMAIN_QUALIFIED_NAME: &str =
        "urn:oasis:names:tc:SAML:1.1:nameid-format:WindowsDomainQualifiedName";
    pub(crate) const KERBEROS: &str = "urn:oasis:names:tc:SAML:2.0:nameid-format:kerberos";
    pub(crate) const ENTITY: &str = "urn:oasis:names:tc:SAML:2.0:nameid-format:entity";
    pub(crate) const PERSISTENT: &str = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent";
    pub(crate) const TRANSIENT: &str = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient";
    pub(crate) const ENCRYPTED: &str = "urn:oasis:names:tc:SAML:2.0:nameid-format:encrypted";
}

/// The URIs of status codes (core 3.2.2.2): the first four at the top, the rest below them.
pub(crate) mod status {
    pub(crate) const SUCCESS: &str = "urn:oasis:names:tc:SAML:2.0:status:Success";
    pub(crate) const REQUESTER: &str = "urn:oasis:names:tc:SAML:2.0:status:Requester";
    pub(crate) const RESPONDER: &str = "urn:oasis:names:tc:SAML:2.0:status:Responder";
    pub(crate) const VERSION_MISMATCH: &str = "urn:oasis:names:tc:SAML:2.0:status:VersionMismatch";

    pub(crate) const AUTHN_FAILED: &str = "urn:oasis:names:tc:SAML:2.0:status:AuthnFailed";
    pub(crate) const INVALID_ATTR_NAME_OR_VALUE: &str = "urn:oasis:names:tc:SAML:2.0:status:InvalidAttrNameOrValue";
    pub(crate) const INVALID_NAME_ID_POLICY: &str = "urn:oasis:names:tc:SAML:2.0:status:InvalidNameIDPolicy";
    pub(crate) const NO_AUTHN_CONTEXT: &str = "urn:oasis:names:tc:SAML:2.0:status:NoAuthnContext";
    pub(crate) const NO_AVAILABLE_IDP: &str = "urn:oasis:names:tc:SAML:2.0:status:NoAvailableIDP";
    pub(crate) const NO_PASSIVE: &str = "urn:oasis:names:tc:SAML:2.0:status:NoPassive";
    pub(crate) const NO_SUPPORTED_IDP: &str = "urn:oasis:names:tc:SAML:2.0:status:NoSupportedIDP";
    pub(crate) const PARTIAL_LOGOUT: &str = "urn:oasis:names:tc:SAML:2.0:status:PartialLogout";
    pub(crate) const PROXY_COUNT_EXCEEDED: &str = "urn:oasis:names:tc:SAML:2.0:status:ProxyCountExceeded";
    pub(crate) const REQUEST_DENIED: &str = "urn:oasis:names:tc:SAML:2.0:status:RequestDenied";
    pub(crate) const REQUEST_UNSUPPORTED: &str = "urn:oasis:names:tc:SAML:2.0:status:RequestUnsupported";
    pub(crate) const REQUEST_VERSION_DEPRECATED: &str = "urn:oasis:names:tc:SAML:2.0:status:RequestVersionDeprecated";
    pub(crate) const REQUEST_VERSION_TOO_HIGH: &str = "urn:oasis:names:tc:SAML:2.0:status:RequestVersionTooHigh";
    pub(crate) const REQUEST_VERSION_TOO_LOW: &str = "urn:oasis:names:tc:SAML:2.0:status:RequestVersionTooLow";
    pub(crate) const RESOURCE_NOT_RECOGNIZED: &str = "urn:oasis:names:tc:SAML:2.0:status:ResourceNotRecognized";
    pub(crate) const TOO_MANY_RESPONSES: &str = "urn:oasis:names:tc:SAML:2.0:status:TooManyResponses";
    pub(crate) const UNKNOWN_ATTR_PROFILE: &str = "urn:oasis:names:tc:SAML:2.0:status:UnknownAttrProfile";
    pub(crate) const UNKNOWN_PRINCIPAL: &str = "urn:oasis:names:tc:SAML:2.0:status:UnknownPrincipal";
    pub(crate) const UNSUPPORTED_BINDING: &str = "urn:oasis:names:tc:SAML:2.0:status:UnsupportedBinding";
}

/// The URIs of authentication context classes that applications ask for most (authn-context 3.4).
pub(crate) mod authn_context {
    pub(crate) const UNSPECIFIED: &str = "urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified";
    pub(crate) const PASSWORD: &str = "urn:oasis:names:tc:SAML:2.0:ac:classes:Password";
    pub(crate) const PASSWORD_PROTECTED_TRANSPORT: &str =
        "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport";
    pub(crate) const KERBEROS: &str = "urn:oasis:names:tc:SAML:2.0:ac:classes:Kerberos";
    pub(crate) const SMARTCARD: &str = "urn:oasis:names:tc:SAML:2.0:ac:classes:Smartcard";
    pub(crate) const TLS_CLIENT: &str = "urn:oasis:names:tc:SAML:2.0:ac:classes:TLSClient";
    pub(crate) const X509: &str = "urn:oasis:names:tc:SAML:2.0:ac:classes:X509";
}

/// The URIs of subject confirmation methods (profiles 3).
pub(crate) mod confirmation {
    pub(crate) const BEARER: &str = "urn:oasis:names:tc:SAML:2.0:cm:bearer";
    pub(crate) const HOLDER_OF_KEY: &str = "urn:oasis:names:tc:SAML:2.0:cm:holder-of-key";
    pub(crate) const SENDER_VOUCHES: &str = "urn:oasis:names:tc:SAML:2.0:cm:sender-vouches";
}

/// The URIs of attribute name formats (core 8.2).
pub(crate) mod attribute_name_format {
    pub(crate) const UNSPECIFIED: &str = "urn:oasis:names:tc:SAML:2.0:attrname-format:unspecified";
    pub(crate) const URI: &str = "urn:oasis:names:tc:SAML:2.0:attrname-format:uri";
    pub(crate) const BASIC: &str = "urn:oasis:names:tc:SAML:2.0:attrname-format:basic";
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
