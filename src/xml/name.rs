//! Expanded names, and the namespaces that SAML messages use.

/// An expanded name that this library looks for: namespace and local part, compared byte for byte.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Name {
    pub(super) namespace: &'static str,
    /// What the namespace has for a number in every document, if it has one.
    pub(super) number: Option<u32>,
    pub(crate) local: &'static str,
}

/// Namespace names.
pub(crate) mod ns {
    /// SAML assertions.
    pub(crate) const SAML: &str = "urn:oasis:names:tc:SAML:2.0:assertion";
    /// SAML protocol.
    pub(crate) const SAMLP: &str = "urn:oasis:names:tc:SAML:2.0:protocol";
    /// SAML metadata.
    pub(crate) const MD: &str = "urn:oasis:names:tc:SAML:2.0:metadata";
    /// Every SAML namespace begins with this, those of extensions included.
    pub(crate) const SAML_FAMILY: &str = "urn:oasis:names:tc:SAML:";
    /// XML Signature.
    pub(crate) const DS: &str = "http://www.w3.org/2000/09/xmldsig#";
    /// XML Signature 1.1.
    pub(crate) const DS11: &str = "http://www.w3.org/2009/xmldsig11#";
    /// XML Encryption.
    pub(crate) const XENC: &str = "http://www.w3.org/2001/04/xmlenc#";
    /// XML Encryption 1.1.
    pub(crate) const XENC11: &str = "http://www.w3.org/2009/xmlenc11#";
    /// Exclusive XML Canonicalization.
    pub(crate) const EC: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
    /// XML Schema.
    #[cfg(any(test, feature = "testing"))]
    pub(crate) const XS: &str = "http://www.w3.org/2001/XMLSchema";
    /// XML Schema instances.
    pub(crate) const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";
    /// The prefix `xml`.
    pub(crate) const XML: &str = "http://www.w3.org/XML/1998/namespace";
    /// The prefix `xmlns`.
    pub(crate) const XMLNS: &str = "http://www.w3.org/2000/xmlns/";
    /// Metadata extensions for login and discovery user interface.
    pub(crate) const MDUI: &str = "urn:oasis:names:tc:SAML:metadata:ui";
    /// Metadata extensions for entity attributes.
    pub(crate) const MDATTR: &str = "urn:oasis:names:tc:SAML:metadata:attribute";
    /// Metadata extensions for algorithm support.
    pub(crate) const ALG: &str = "urn:oasis:names:tc:SAML:metadata:algsupport";
    /// Metadata extensions for identity provider discovery; the binding of its protocol has the same name.
    pub(crate) const IDPDISC: &str = "urn:oasis:names:tc:SAML:profiles:SSO:idp-discovery-protocol";
    /// SOAP 1.1.
    pub(crate) const SOAP: &str = "http://schemas.xmlsoap.org/soap/envelope/";
    /// Shibboleth's metadata extension for scopes.
    pub(crate) const SHIBMD: &str = "urn:mace:shibboleth:metadata:1.0";
}

/// Namespaces that have the same number in every document, by that number: none, that of the prefix `xml`, and those whose names
/// are asked for most. Those of a document follow.
pub(super) const NUMBERED: [&str; 8] = ["", ns::XML, ns::SAML, ns::SAMLP, ns::MD, ns::DS, ns::XENC, ns::XSI];

/// The numbers of the first two.
pub(super) const NO_NAMESPACE: u32 = 0;
pub(super) const NAMESPACE_XML: u32 = 1;

impl Name {
    /// A name in any namespace.
    pub(crate) const fn new(namespace: &'static str, local: &'static str) -> Self {
        Self { namespace, number: None, local }
    }

    const fn numbered(number: u32, namespace: &'static str, local: &'static str) -> Self {
        Self { namespace, number: Some(number), local }
    }

    /// A name of SAML assertions.
    pub(crate) const fn saml(local: &'static str) -> Self {
        Self::numbered(2, ns::SAML, local)
    }

    /// A name of SAML protocol.
    pub(crate) const fn samlp(local: &'static str) -> Self {
        Self::numbered(3, ns::SAMLP, local)
    }

    /// A name of SAML metadata.
    pub(crate) const fn md(local: &'static str) -> Self {
        Self::numbered(4, ns::MD, local)
    }

    /// A name of XML Signature.
    pub(crate) const fn ds(local: &'static str) -> Self {
        Self::numbered(5, ns::DS, local)
    }

    /// A name of XML Encryption.
    pub(crate) const fn xenc(local: &'static str) -> Self {
        Self::numbered(6, ns::XENC, local)
    }

    /// A name of XML Schema instances.
    pub(crate) const fn xsi(local: &'static str) -> Self {
        Self::numbered(7, ns::XSI, local)
    }

    /// A name of SOAP 1.1.
    pub(crate) const fn soap(local: &'static str) -> Self {
        Self::new(ns::SOAP, local)
    }

    /// A name of Exclusive XML Canonicalization.
    pub(crate) const fn ec(local: &'static str) -> Self {
        Self::new(ns::EC, local)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_know_the_number_of_their_namespace() {
        for name in [Name::saml(""), Name::samlp(""), Name::md(""), Name::ds(""), Name::xenc(""), Name::xsi("")] {
            let number = usize::try_from(name.number.unwrap()).unwrap();
            assert_eq!(NUMBERED[number], name.namespace);
        }
        assert_eq!(NUMBERED[usize::try_from(NO_NAMESPACE).unwrap()], "");
        assert_eq!(NUMBERED[usize::try_from(NAMESPACE_XML).unwrap()], ns::XML);
    }
}
