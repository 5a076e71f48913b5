//! The algorithms a message can name, by their XML identifiers.
//!
//! The lists are closed: whatever is not here (HMAC, MD5, DSA, SHA-224, RIPEMD) is unknown, not merely refused.

/// How a signature was made.
///
/// The identifiers are those of XML Signature 1.1 (section 6.4) and RFC 9231 (section 2.3).
///
/// ```
/// # use saml_sp::SignatureAlgorithm;
/// let algorithm = SignatureAlgorithm::from_uri("http://www.w3.org/2001/04/xmldsig-more#rsa-sha256");
/// assert_eq!(algorithm, Some(SignatureAlgorithm::RsaSha256));
/// ```
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SignatureAlgorithm {
    /// RSA PKCS#1 v1.5 with SHA-1: collisions are practical, so it is refused unless allowed by name.
    RsaSha1,
    /// RSA PKCS#1 v1.5 with SHA-256.
    RsaSha256,
    /// RSA PKCS#1 v1.5 with SHA-384.
    RsaSha384,
    /// RSA PKCS#1 v1.5 with SHA-512.
    RsaSha512,
    /// RSA-PSS with SHA-256, MGF1 with SHA-256, a salt of 32 bytes.
    RsaPssSha256,
    /// RSA-PSS with SHA-384, MGF1 with SHA-384, a salt of 48 bytes.
    RsaPssSha384,
    /// RSA-PSS with SHA-512, MGF1 with SHA-512, a salt of 64 bytes.
    RsaPssSha512,
    /// ECDSA with SHA-1: refused unless allowed by name.
    EcdsaSha1,
    /// ECDSA with SHA-256, on any of our curves.
    EcdsaSha256,
    /// ECDSA with SHA-384, on any of our curves.
    EcdsaSha384,
    /// ECDSA with SHA-512, on any of our curves.
    EcdsaSha512,
    /// Ed25519 (RFC 8032), which brings its own hash.
    Ed25519,
}

impl SignatureAlgorithm {
    /// All of them, weakest first within a family.
    pub(crate) const ALL: [Self; 12] = [
        Self::RsaSha1,
        Self::RsaSha256,
        Self::RsaSha384,
        Self::RsaSha512,
        Self::RsaPssSha256,
        Self::RsaPssSha384,
        Self::RsaPssSha512,
        Self::EcdsaSha1,
        Self::EcdsaSha256,
        Self::EcdsaSha384,
        Self::EcdsaSha512,
        Self::Ed25519,
    ];

    /// The algorithm of an XML identifier; `None` for one we do not know. Compared byte for byte, as XML Signature identifiers are.
    #[must_use]
    pub fn from_uri(uri: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.uri() == uri)
    }

    /// The XML identifier.
    #[must_use]
    pub const fn uri(self) -> &'static str {
        match self {
            Self::RsaSha1 => "http://www.w3.org/2000/09/xmldsig#rsa-sha1",
            Self::RsaSha256 => "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
            Self::RsaSha384 => "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384",
            Self::RsaSha512 => "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512",
            Self::RsaPssSha256 => "http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1",
            Self::RsaPssSha384 => "http://www.w3.org/2007/05/xmldsig-more#sha384-rsa-MGF1",
            Self::RsaPssSha512 => "http://www.w3.org/2007/05/xmldsig-more#sha512-rsa-MGF1",
            Self::EcdsaSha1 => "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha1",
            Self::EcdsaSha256 => "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256",
            Self::EcdsaSha384 => "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384",
            Self::EcdsaSha512 => "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512",
            Self::Ed25519 => "http://www.w3.org/2021/04/xmldsig-more#eddsa-ed25519",
        }
    }

    /// The name for people: "RSA with SHA-256".
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::RsaSha1 => "RSA with SHA-1",
            Self::RsaSha256 => "RSA with SHA-256",
            Self::RsaSha384 => "RSA with SHA-384",
            Self::RsaSha512 => "RSA with SHA-512",
            Self::RsaPssSha256 => "RSA-PSS with SHA-256",
            Self::RsaPssSha384 => "RSA-PSS with SHA-384",
            Self::RsaPssSha512 => "RSA-PSS with SHA-512",
            Self::EcdsaSha1 => "ECDSA with SHA-1",
            Self::EcdsaSha256 => "ECDSA with SHA-256",
            Self::EcdsaSha384 => "ECDSA with SHA-384",
            Self::EcdsaSha512 => "ECDSA with SHA-512",
            Self::Ed25519 => "Ed25519",
        }
    }

    /// What kind of key makes such signatures.
    pub(crate) const fn family(self) -> KeyFamily {
        match self {
            Self::RsaSha1
            | Self::RsaSha256
            | Self::RsaSha384
            | Self::RsaSha512
            | Self::RsaPssSha256
            | Self::RsaPssSha384
            | Self::RsaPssSha512 => KeyFamily::Rsa,
            Self::EcdsaSha1 | Self::EcdsaSha256 | Self::EcdsaSha384 | Self::EcdsaSha512 => KeyFamily::Ecdsa,
            Self::Ed25519 => KeyFamily::Ed25519,
        }
    }

    /// The hash over the signed octets; `None` where the scheme has its own.
    pub(crate) const fn digest(self) -> Option<DigestAlgorithm> {
        match self {
            Self::RsaSha1 | Self::EcdsaSha1 => Some(DigestAlgorithm::Sha1),
            Self::RsaSha256 | Self::RsaPssSha256 | Self::EcdsaSha256 => Some(DigestAlgorithm::Sha256),
            Self::RsaSha384 | Self::RsaPssSha384 | Self::EcdsaSha384 => Some(DigestAlgorithm::Sha384),
            Self::RsaSha512 | Self::RsaPssSha512 | Self::EcdsaSha512 => Some(DigestAlgorithm::Sha512),
            Self::Ed25519 => None,
        }
    }
}

impl std::fmt::Display for SignatureAlgorithm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// Keys that share their algorithms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum KeyFamily {
    Rsa,
    Ecdsa,
    Ed25519,
}

/// How a reference was hashed.
///
/// The identifiers are those of XML Signature 1.1, section 6.2.
///
/// ```
/// # use saml_sp::DigestAlgorithm;
/// let algorithm = DigestAlgorithm::from_uri("http://www.w3.org/2001/04/xmlenc#sha256");
/// assert_eq!(algorithm, Some(DigestAlgorithm::Sha256));
/// ```
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DigestAlgorithm {
    /// Collisions are practical, so it is refused unless allowed by name.
    Sha1,
    /// 32 bytes.
    Sha256,
    /// 48 bytes.
    Sha384,
    /// 64 bytes.
    Sha512,
}

impl DigestAlgorithm {
    pub(crate) const ALL: [Self; 4] = [Self::Sha1, Self::Sha256, Self::Sha384, Self::Sha512];

    /// The algorithm of an XML identifier; `None` for one we do not know.
    #[must_use]
    pub fn from_uri(uri: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.uri() == uri)
    }

    /// The XML identifier.
    #[must_use]
    pub const fn uri(self) -> &'static str {
        match self {
            Self::Sha1 => "http://www.w3.org/2000/09/xmldsig#sha1",
            Self::Sha256 => "http://www.w3.org/2001/04/xmlenc#sha256",
            Self::Sha384 => "http://www.w3.org/2001/04/xmldsig-more#sha384",
            Self::Sha512 => "http://www.w3.org/2001/04/xmlenc#sha512",
        }
    }

    /// The name for people: "SHA-256".
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sha1 => "SHA-1",
            Self::Sha256 => "SHA-256",
            Self::Sha384 => "SHA-384",
            Self::Sha512 => "SHA-512",
        }
    }
}

impl std::fmt::Display for DigestAlgorithm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_lead_back_to_their_algorithm() {
        for algorithm in SignatureAlgorithm::ALL {
            assert_eq!(SignatureAlgorithm::from_uri(algorithm.uri()), Some(algorithm));
        }
        for algorithm in DigestAlgorithm::ALL {
            assert_eq!(DigestAlgorithm::from_uri(algorithm.uri()), Some(algorithm));
        }
    }

    #[test]
    fn hmac_md5_dsa_and_near_misses_are_unknown() {
        for uri in [
            "",
            "http://www.w3.org/2000/09/xmldsig#hmac-sha1",
            "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256",
            "http://www.w3.org/2001/04/xmldsig-more#rsa-md5",
            "http://www.w3.org/2000/09/xmldsig#dsa-sha1",
            "http://www.w3.org/2001/04/xmldsig-more#rsa-sha224",
            "http://www.w3.org/2007/05/xmldsig-more#rsa-pss",
            "http://www.w3.org/2001/04/xmldsig-more#RSA-SHA256",
            "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256 ",
            "https://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
        ] {
            assert_eq!(SignatureAlgorithm::from_uri(uri), None, "{uri}");
        }
        for uri in ["http://www.w3.org/2001/04/xmldsig-more#md5", "http://www.w3.org/2001/04/xmldsig-more#sha224"] {
            assert_eq!(DigestAlgorithm::from_uri(uri), None, "{uri}");
        }
    }
}
