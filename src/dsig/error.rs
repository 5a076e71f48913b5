//! What can be wrong with a signature, in words an operator can act on.

use crate::c14n::C14nError;
use crate::crypto::{AlgorithmRefused, DigestAlgorithm, SignatureAlgorithm};
use crate::text::quoted::Quoted;
use crate::text::whose::Whose;

/// Why a signature was not accepted.
///
/// `element` is the element that the signature signs: `Response`, `Assertion`, `EntityDescriptor`, …
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// Nothing that we read is signed.
    #[error("neither the Response nor the Assertion is signed{}", elsewhere.as_ref().map(|place| format!("; a Signature stands in {place}, where it signs nothing we read")).unwrap_or_default())]
    #[non_exhaustive]
    Missing {
        /// The element in which a Signature does stand, if there is one.
        elsewhere: Option<Quoted>,
    },
    /// A message that counts only with a signature of its own has none: a logout message.
    #[error("the {element} is not signed: it has no {part}")]
    #[non_exhaustive]
    Unsigned {
        /// The message.
        element: &'static str,
        /// What is missing: `Signature` for the element, `SigAlg` or `Signature` for a parameter of the query.
        part: &'static str,
    },
    /// The signature of a query (bindings 3.4.4.1) is by none of the trusted keys over the octets that were received.
    #[error("no key that we trust made the {} signature of the query over it as it came: we trust {trusted}", algorithm.name())]
    #[non_exhaustive]
    QueryMismatch {
        /// The signature algorithm.
        algorithm: SignatureAlgorithm,
        /// The trusted keys, by type and the start of the SHA-256 of their public key.
        trusted: String,
    },
    /// More than one `ds:Signature` child: which one was verified would have no safe answer.
    #[error("{element} carries {found} signatures, at most one is allowed")]
    #[non_exhaustive]
    Several {
        /// The element that carries them.
        element: &'static str,
        /// How many there are.
        found: usize,
    },
    /// A part of the Signature is not what the one allowed shape has at its place.
    #[error("the signature of {element} has an unexpected shape: {part}: found {found}, wanted {wanted}")]
    #[non_exhaustive]
    Shape {
        /// The signed element.
        element: &'static str,
        /// The part of the Signature.
        part: &'static str,
        /// What stands there.
        found: Quoted,
        /// What belongs there.
        wanted: &'static str,
    },
    /// Not exactly one Reference (core 5.4.2).
    #[error("the signature of {element} has {found} References, exactly one is allowed")]
    #[non_exhaustive]
    References {
        /// The signed element.
        element: &'static str,
        /// How many there are.
        found: usize,
    },
    /// The Reference names something other than the element in which the Signature stands.
    #[error("the signature in {element} references {found}, but only its own element {wanted} may be signed by it")]
    #[non_exhaustive]
    ReferenceElsewhere {
        /// The element in which the Signature stands.
        element: &'static str,
        /// The Reference's URI.
        found: Quoted,
        /// `#` and the element's own ID.
        wanted: Quoted,
    },
    /// A transform outside enveloped-signature and one canonicalization, or in another order (core 5.4.4).
    #[error("the signature of {element} uses transforms we do not apply: {found}")]
    #[non_exhaustive]
    Transform {
        /// The signed element.
        element: &'static str,
        /// The transforms' identifiers, in order.
        found: Quoted,
    },
    /// An algorithm identifier we do not know.
    #[error("the signature of {element} uses the unknown {role} algorithm {found}; supported: {supported}")]
    #[non_exhaustive]
    AlgorithmUnknown {
        /// The signed element.
        element: &'static str,
        /// `signature`, `digest` or `canonicalization`.
        role: &'static str,
        /// The identifier.
        found: Quoted,
        /// What we support, by name.
        supported: &'static str,
    },
    /// An algorithm or a key that the policy refuses.
    #[error("the signature of {element}: {source}")]
    #[non_exhaustive]
    Refused {
        /// The signed element.
        element: &'static str,
        /// What is refused, and why.
        source: AlgorithmRefused,
    },
    /// Digest or signature value is not base64.
    #[error("{part} of the signature of {element} is not base64")]
    #[non_exhaustive]
    Base64 {
        /// The signed element.
        element: &'static str,
        /// `DigestValue` or `SignatureValue`.
        part: &'static str,
    },
    /// The signed element could not be canonicalized.
    #[error("{element} cannot be canonicalized: {source}")]
    #[non_exhaustive]
    Canonicalization {
        /// The element.
        element: &'static str,
        /// Why.
        source: C14nError,
    },
    /// The content is not what was signed.
    #[error("the {} digest of {element} does not match: its content is not what was signed", algorithm.name())]
    #[non_exhaustive]
    DigestMismatch {
        /// The signed element.
        element: &'static str,
        /// The digest algorithm.
        algorithm: DigestAlgorithm,
        /// True where an EncryptedAssertion is inside: an identity provider that signs first and encrypts afterwards
        /// breaks its own signature.
        encrypted_inside: bool,
    },
    /// The content's digest is right, the signature value is not by any of the trusted keys.
    #[error("the {} signature of {element} is not by a trusted key: we trust {trusted}, the message carries {carried}", algorithm.name())]
    #[non_exhaustive]
    WrongKey {
        /// The signed element.
        element: &'static str,
        /// The signature algorithm.
        algorithm: SignatureAlgorithm,
        /// The trusted keys, by type and the start of the SHA-256 of their public key.
        trusted: String,
        /// The certificate in the message's KeyInfo, likewise (never trusted, only named).
        carried: String,
    },
    /// The chosen engine, libxmlsec1, cannot verify it. Only with the feature `xmlsec`.
    #[error(
        "the signature of {element} cannot be verified by this engine: libxmlsec1, as it is on this system, does not take {found}"
    )]
    #[non_exhaustive]
    UnsupportedByEngine {
        /// The signed element.
        element: &'static str,
        /// An algorithm's identifier, a kind of key, or what it must not be asked for because it would cost too much.
        found: Quoted,
    },
}

impl SignatureError {
    /// A stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Missing { .. } | Self::Unsigned { .. } => "signature-missing",
            Self::QueryMismatch { .. } => "query-signature-mismatch",
            Self::Several { .. } => "signature-several",
            Self::Shape { .. } => "signature-shape",
            Self::References { .. } => "signature-references",
            Self::ReferenceElsewhere { .. } => "reference-elsewhere",
            Self::Transform { .. } => "signature-transform",
            Self::AlgorithmUnknown { .. } => "algorithm-unknown",
            Self::Refused { source, .. } => source.code(),
            Self::Base64 { .. } => "signature-base64",
            Self::Canonicalization { source, .. } => source.code(),
            Self::DigestMismatch { .. } => "digest-mismatch",
            Self::WrongKey { .. } => "signature-wrong-key",
            Self::UnsupportedByEngine { .. } => "unsupported-by-engine",
        }
    }

    /// The element whose signature it is about.
    pub(crate) fn element(&self) -> Option<&'static str> {
        match self {
            Self::Missing { .. } | Self::QueryMismatch { .. } => None,
            Self::Unsigned { element, .. }
            | Self::Several { element, .. }
            | Self::Shape { element, .. }
            | Self::References { element, .. }
            | Self::ReferenceElsewhere { element, .. }
            | Self::Transform { element, .. }
            | Self::AlgorithmUnknown { element, .. }
            | Self::Refused { element, .. }
            | Self::Base64 { element, .. }
            | Self::Canonicalization { element, .. }
            | Self::DigestMismatch { element, .. }
            | Self::WrongKey { element, .. }
            | Self::UnsupportedByEngine { element, .. } => Some(element),
        }
    }

    /// What an operator can do about it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Missing { .. } => {
                "Let the identity provider sign the assertion, the response or both (Entra ID: Signing Option; Google: \
                 Signed response; AD FS: SamlResponseSignature)."
            }
            Self::Unsigned { .. } => {
                "Let the identity provider sign its logout messages, requests and responses (SimpleSAMLphp: sign.logout; Keycloak: \
                 Sign documents; LemonLDAP::NG: Sign SLO message); unsigned ones are never taken, for anybody can write them."
            }
            Self::QueryMismatch { .. } => {
                "Pass the query as it stands in the URL, before any decoding: the octets themselves are signed. If it is, \
                 either something on the way encoded it anew, or the identity provider rolled its certificate: import \
                 its metadata again."
            }
            Self::Several { .. } | Self::References { .. } | Self::ReferenceElsewhere { .. } => {
                "No identity provider signs like this; somebody may have rearranged the message. Keep a copy of it."
            }
            Self::Shape { .. } | Self::Transform { .. } | Self::Base64 { .. } => {
                "SAML allows one shape of signature (core 5.4): enveloped, one reference, one canonicalization. Check \
                 what altered the message on its way, or report the product that makes it."
            }
            Self::Canonicalization { source, .. } => source.hint(),
            Self::AlgorithmUnknown { .. } => "Choose RSA or ECDSA with SHA-256 at the identity provider.",
            Self::Refused { source, .. } => source.hint(),
            Self::DigestMismatch { encrypted_inside: true, .. } => {
                "The Response was probably signed first and its assertion encrypted afterwards, which breaks the \
                 signature. Let the identity provider encrypt first and sign then (samlify: encryptThenSign, an argument \
                 of createLoginResponse)."
            }
            Self::DigestMismatch { .. } => {
                "The key was not even asked: the content changed after signing. Look for something that reformats the \
                 message (a proxy, a logger, a copy through an editor, another character set), or for an attack."
            }
            Self::WrongKey { .. } => {
                "The content is unaltered, the key is another one. If the identity provider rolled its certificate, \
                 import its metadata again or add the new certificate beside the old."
            }
            Self::UnsupportedByEngine { .. } => {
                "Build the service provider with Engine::Native, which needs no library of the system, or install a \
                 libxmlsec1 that takes it."
            }
        }
    }

    /// Who can put it right.
    #[must_use]
    pub fn whose(&self) -> Whose {
        match self {
            Self::Several { .. } | Self::References { .. } | Self::ReferenceElsewhere { .. } => Whose::Attack,
            Self::Canonicalization { source, .. } => source.whose(),
            Self::WrongKey { .. } | Self::QueryMismatch { .. } | Self::UnsupportedByEngine { .. } => {
                Whose::ServiceProvider
            }
            _ => Whose::IdentityProvider,
        }
    }
}
