//! What can be wrong with something encrypted. Up to authenticated plaintext there is one answer for everything.

use crate::text::quoted::Quoted;
use crate::text::whose::Whose;
use crate::xml::XmlError;

/// Why something encrypted was not opened.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecryptError {
    /// It did not decrypt. Key, padding, tag and, where nothing authenticates the plaintext, everything after it: one
    /// error for all, for any difference would be an oracle (Bleichenbacher 1998; Jager and Somorovsky 2011).
    #[error("the encrypted part of the message does not decrypt with our keys")]
    Failed,
    /// Encrypted, and we have no key at all.
    #[error("the message has an {element}, and this service provider has no decryption key")]
    #[non_exhaustive]
    NoKey {
        /// `EncryptedAssertion`, `EncryptedID` or `EncryptedAttribute`.
        element: &'static str,
    },
    /// Encrypted, and our keys are in an HSM or a key management service, which this call cannot ask. Follows from the
    /// configuration and from what everybody can see of the message, and is said before any key is touched.
    #[error("the message has an {element}, and the decryption keys of this service provider are elsewhere")]
    #[non_exhaustive]
    KeyElsewhere {
        /// `EncryptedAssertion`, `EncryptedID` or `EncryptedAttribute`.
        element: &'static str,
    },
    /// An algorithm that we do not know. Named before any key is touched.
    #[error("the {element} uses the unknown {role} algorithm {found}; supported: {supported}")]
    #[non_exhaustive]
    AlgorithmUnknown {
        /// The encrypted element.
        element: &'static str,
        /// `content encryption`, `key transport`, `digest` or `mask generation`.
        role: &'static str,
        /// The identifier.
        found: Quoted,
        /// What we support, by name.
        supported: &'static str,
    },
    /// An algorithm that is allowed by name only. Named before any key is touched.
    #[error("the {element} uses {found}, which is refused unless allowed by name")]
    #[non_exhaustive]
    AlgorithmRefused {
        /// The encrypted element.
        element: &'static str,
        /// The algorithm's name.
        found: &'static str,
    },
    /// CBC where no signature covers the ciphertext: whoever alters it can ask us what it says.
    #[error("the {element} is encrypted with {found}, and no verified signature covers the ciphertext")]
    #[non_exhaustive]
    UnauthenticatedCbc {
        /// The encrypted element.
        element: &'static str,
        /// The algorithm's name.
        found: &'static str,
    },
    /// A part is missing, or is not what belongs at its place.
    #[error("the {element} has an unexpected shape: {part}: found {found}, wanted {wanted}")]
    #[non_exhaustive]
    Shape {
        /// The encrypted element.
        element: &'static str,
        /// The part.
        part: &'static str,
        /// What stands there.
        found: Quoted,
        /// What belongs there.
        wanted: &'static str,
    },
    /// More key decryptions than one message may cause.
    #[error("the message asks for more than {limit} key decryptions")]
    #[non_exhaustive]
    TooManyKeys {
        /// The limit.
        limit: usize,
    },
    /// Authentic plaintext that is not XML at its place.
    #[error("the decrypted {element} cannot stand in its place: {source}")]
    #[non_exhaustive]
    Content {
        /// The encrypted element.
        element: &'static str,
        /// Why.
        source: XmlError,
    },
    /// Authentic plaintext that is not the one element expected.
    #[error("the {element} holds {found}, wanted one {wanted}")]
    #[non_exhaustive]
    ContentUnexpected {
        /// The encrypted element.
        element: &'static str,
        /// The root inside, or what else it is.
        found: Quoted,
        /// The element that belongs there.
        wanted: &'static str,
    },
}

impl DecryptError {
    /// A stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Failed => "decrypt-failed",
            Self::NoKey { .. } => "decrypt-no-key",
            Self::KeyElsewhere { .. } => "decrypt-key-elsewhere",
            Self::AlgorithmUnknown { .. } => "decrypt-algorithm-unknown",
            Self::AlgorithmRefused { .. } => "decrypt-algorithm-refused",
            Self::UnauthenticatedCbc { .. } => "decrypt-unauthenticated-cbc",
            Self::Shape { .. } => "decrypt-shape",
            Self::TooManyKeys { .. } => "decrypt-too-many-keys",
            Self::Content { .. } => "decrypt-content",
            Self::ContentUnexpected { .. } => "decrypt-content-unexpected",
        }
    }

    /// What an operator can do about it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Failed => {
                "Give the identity provider the encryption certificate of this service provider again, and keep the \
                 key of the old one until it is used no more. Keys in an HSM or a key management service are asked by \
                 ServiceProvider::accept_in_steps only. More is not said on purpose."
            }
            Self::NoKey { .. } => {
                "Give the service provider a Credential with its decryption key, or turn token encryption off for this application at the \
                 identity provider."
            }
            Self::KeyElsewhere { .. } => {
                "Call ServiceProvider::accept_in_steps, which hands out what the key service is to unwrap. accept tries \
                 only keys that are in this process."
            }
            Self::AlgorithmUnknown { .. } => "Choose AES-GCM and RSA-OAEP at the identity provider.",
            Self::AlgorithmRefused { .. } => {
                "Choose AES-GCM and RSA-OAEP at the identity provider. The dangerous_allow methods of the builder say \
                 what each relaxation endangers."
            }
            Self::UnauthenticatedCbc { .. } => {
                "Let the identity provider sign the Response too (Entra ID: Signing Option, Sign SAML response and \
                 assertion; AD FS: Set-AdfsRelyingPartyTrust -SamlResponseSignature MessageAndAssertion; Okta: \
                 Response: Signed), or encrypt with AES-GCM where the product has it."
            }
            Self::Shape { .. } | Self::Content { .. } | Self::ContentUnexpected { .. } => {
                "The identity provider's encryption breaks the standard here; its vendor can mend it."
            }
            Self::TooManyKeys { .. } => "No identity provider encrypts like this. Keep a copy of the message.",
        }
    }

    /// Who can put it right.
    #[must_use]
    pub fn whose(&self) -> Whose {
        match self {
            Self::NoKey { .. } | Self::Failed => Whose::ServiceProvider,
            Self::KeyElsewhere { .. } => Whose::Application,
            Self::TooManyKeys { .. } => Whose::Attack,
            _ => Whose::IdentityProvider,
        }
    }
}
