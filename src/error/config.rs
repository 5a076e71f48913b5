//! What can be wrong with configuration and arguments: found before a message is sent or read.

use crate::crypto::SignatureAlgorithm;
use crate::crypto::private_key::PrivateKeyError;
use crate::saml::ids::{InvalidEntityId, InvalidLocation};
use crate::text::quoted::Quoted;
use crate::xml::XmlError;

/// Why a configuration or an argument is not usable.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// Not an entityID.
    #[error("the entity ID {found}: {source}")]
    #[non_exhaustive]
    EntityId {
        /// What was given.
        found: Quoted,
        /// Why it is none.
        source: InvalidEntityId,
    },
    /// Not a URL that messages can go to.
    #[error("the {what} {found}: {source}")]
    #[non_exhaustive]
    Url {
        /// Which URL.
        what: &'static str,
        /// What was given.
        found: Quoted,
        /// Why it is none.
        source: InvalidLocation,
    },
    /// An ACS URL that this service provider was not built with.
    #[error("{found} is not one of this service provider's ACS URLs")]
    #[non_exhaustive]
    UnknownAcs {
        /// What was given.
        found: Quoted,
    },
    /// The identity provider has no single sign-on endpoint for a binding we can send by.
    #[error("the identity provider {idp} has no {binding} endpoint for single sign-on")]
    #[non_exhaustive]
    NoEndpoint {
        /// Its entityID.
        idp: Quoted,
        /// The binding, or both.
        binding: &'static str,
    },
    /// A logout message that needs a logout URL of ours for this binding, and there is none.
    #[error("this service provider has no logout URL for {binding}")]
    #[non_exhaustive]
    NoSloUrl {
        /// The binding, or those that would do.
        binding: &'static str,
    },
    /// A second logout URL for a binding, or one for a binding that we take no logout messages by.
    #[error("the logout URL {found} for {binding}: {reason}")]
    #[non_exhaustive]
    SloUrl {
        /// What was given.
        found: Quoted,
        /// For which binding.
        binding: Quoted,
        /// The rule it breaks.
        reason: &'static str,
    },
    /// A session without a NameID, which a logout request must have (core 3.7.1).
    #[error("the session has no NameID, and a LogoutRequest needs one")]
    NoNameId,
    /// A name is to be encrypted, and the identity provider's metadata has no key for it.
    #[error(
        "the NameID is to be encrypted, and the metadata of {idp} has no RSA key to encrypt to, of 2048 bits or more"
    )]
    #[non_exhaustive]
    NoEncryptionKey {
        /// Its entityID.
        idp: Quoted,
    },
    /// A URL or a parameter by which no discovery service can be asked.
    #[error("the {what} {found}: {reason}")]
    #[non_exhaustive]
    Discovery {
        /// Which.
        what: &'static str,
        /// What was given.
        found: Quoted,
        /// The rule it breaks.
        reason: &'static str,
    },
    /// A path to return to that could lead to another origin.
    #[error("{found} is not a path on our own origin: {reason}")]
    #[non_exhaustive]
    ReturnTo {
        /// What was given.
        found: Quoted,
        /// The rule it breaks.
        reason: &'static str,
    },
    /// An argument that is too long.
    #[error("the {what} has {found} bytes, at most {limit} fit")]
    #[non_exhaustive]
    TooLong {
        /// Which.
        what: &'static str,
        /// Its size in bytes.
        found: usize,
        /// The limit in bytes.
        limit: usize,
    },
    /// A span of time that makes no sense here.
    #[error("the {what} must be between {least} and {most} seconds, not {found}")]
    #[non_exhaustive]
    OutOfRange {
        /// Which setting.
        what: &'static str,
        /// What was given, in seconds.
        found: i64,
        /// The least allowed.
        least: i64,
        /// The most allowed.
        most: i64,
    },
    /// A decryption key that is too short.
    #[error("the decryption key is RSA with {found} bits; we want at least {least}")]
    #[non_exhaustive]
    SmallDecryptionKey {
        /// Its length in bits.
        found: usize,
        /// The least allowed.
        least: usize,
    },
    /// A private key that is not the one of its certificate, or that cannot serve the purpose.
    #[error("the {purpose} key of the credential of {subject} is not the key of its certificate")]
    #[non_exhaustive]
    CredentialKey {
        /// `signing` or `decryption`.
        purpose: &'static str,
        /// The subject of the certificate.
        subject: Quoted,
    },
    /// A certificate without a private key of any purpose.
    #[error("the credential of {subject} has no key, neither to sign nor to decrypt")]
    #[non_exhaustive]
    CredentialWithoutKey {
        /// The subject of the certificate.
        subject: Quoted,
    },
    /// An algorithm that a signing key elsewhere does not have, or that we do not sign by.
    #[error("the algorithm to sign by: {source}")]
    #[non_exhaustive]
    SigningAlgorithm {
        /// Why.
        source: PrivateKeyError,
    },
    /// A second active key that signs.
    #[error("the credential of {subject} is active and signs, and so is another")]
    #[non_exhaustive]
    TwoSigningKeys {
        /// The subject of the second certificate.
        subject: Quoted,
    },
    /// A message has to be signed, and no active credential signs.
    #[error("messages to {wanted_by} have to be signed, and there is no active credential that signs")]
    #[non_exhaustive]
    NoSigningKey {
        /// Whose: the entityID of the identity provider, `everybody`, or `logouts`.
        wanted_by: Quoted,
    },
    /// The metadata is to be signed, and no active credential signs.
    #[error("the metadata is to be signed, and there is no active credential that signs")]
    NoMetadataSigner,
    /// A message has to be signed by a key that is not here.
    #[error("the signing key of the credential of {subject} is elsewhere")]
    #[non_exhaustive]
    SigningKeyElsewhere {
        /// The subject of the certificate.
        subject: Quoted,
    },
    /// The identity provider declares algorithms, and none of them is one that we use.
    #[error("{idp} declares that it knows {declared}, and we use {ours}")]
    #[non_exhaustive]
    NoCommonAlgorithm {
        /// Its entityID.
        idp: Quoted,
        /// What its metadata lists, as URIs.
        declared: Quoted,
        /// What we have.
        ours: &'static str,
    },
    /// What came back from a key elsewhere is not its signature.
    #[error("this is not a signature of the octets by {algorithm} and the {key}")]
    #[non_exhaustive]
    ForeignSignature {
        /// What was asked for.
        algorithm: SignatureAlgorithm,
        /// The key that was to sign.
        key: Quoted,
    },
    /// The signing key made no signature.
    #[error("the signing key made no signature by {algorithm}")]
    #[non_exhaustive]
    NotSigned {
        /// What was asked for.
        algorithm: SignatureAlgorithm,
    },
    /// RSA 1.5 is allowed, and a key that decrypts also signs.
    #[error("RSA 1.5 is allowed for decryption, and the key of the credential of {subject} also signs")]
    #[non_exhaustive]
    Rsa15KeySigns {
        /// The subject of its certificate.
        subject: Quoted,
    },
    /// A text that cannot stand in XML: a control character.
    #[error("it cannot be written: a value holds a character that XML cannot carry")]
    Unwritable,
    /// A value that cannot stand in our metadata.
    #[error("the {what} {found} cannot be published: {reason}")]
    #[non_exhaustive]
    Description {
        /// The element it is for.
        what: &'static str,
        /// What was given.
        found: Quoted,
        /// The rule it breaks.
        reason: &'static str,
    },
    /// An extension that is not one well-formed element.
    #[error("the extension is not one well-formed XML element: {source}")]
    #[non_exhaustive]
    Extension {
        /// Why.
        source: XmlError,
    },
    /// A RequestedAuthnContext that asks for no class, or accepts none.
    #[error("the requested authentication context names no class, or accepts none")]
    NoAuthnContextClass,
    /// An extension in no namespace, or in one of SAML's own (core 3.2.1).
    #[error("the extension is an element of the namespace {found}, wanted one that is not SAML's")]
    #[non_exhaustive]
    ExtensionNamespace {
        /// Its namespace, empty where it is in none.
        found: Quoted,
    },
    /// Stored bytes that are not a session of this library.
    #[error("these bytes are not a stored session")]
    StoredSession,
    /// No randomness from the operating system.
    #[error("the operating system gave no random bytes")]
    NoRandomness,
}

impl ConfigError {
    /// A stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::EntityId { .. } => "config-entity-id",
            Self::Url { .. } => "config-url",
            Self::UnknownAcs { .. } => "config-unknown-acs",
            Self::NoEndpoint { .. } => "config-no-endpoint",
            Self::NoSloUrl { .. } => "config-no-slo-url",
            Self::SloUrl { .. } => "config-slo-url",
            Self::NoNameId => "config-no-name-id",
            Self::NoEncryptionKey { .. } => "config-no-encryption-key",
            Self::Discovery { .. } => "config-discovery",
            Self::ReturnTo { .. } => "config-return-to",
            Self::TooLong { .. } => "config-too-long",
            Self::OutOfRange { .. } => "config-out-of-range",
            Self::SmallDecryptionKey { .. } => "config-small-decryption-key",
            Self::CredentialKey { .. } | Self::CredentialWithoutKey { .. } => "config-credential-key",
            Self::SigningAlgorithm { .. } => "config-signing-algorithm",
            Self::TwoSigningKeys { .. } => "config-two-signing-keys",
            Self::NoSigningKey { .. } | Self::NoMetadataSigner => "config-no-signing-key",
            Self::SigningKeyElsewhere { .. } => "config-signing-key-elsewhere",
            Self::NoCommonAlgorithm { .. } => "config-no-common-algorithm",
            Self::ForeignSignature { .. } => "config-foreign-signature",
            Self::NotSigned { .. } => "config-not-signed",
            Self::Rsa15KeySigns { .. } => "config-rsa-1-5-key-signs",
            Self::Unwritable => "config-unwritable",
            Self::Description { .. } => "config-description",
            Self::Extension { .. } | Self::ExtensionNamespace { .. } => "config-extension",
            Self::NoAuthnContextClass => "config-authn-context",
            Self::StoredSession => "config-stored-session",
            Self::NoRandomness => "config-no-randomness",
        }
    }

    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::EntityId { .. } => {
                "Use the URL under which the application is known, for example https://app.example.com/saml."
            }
            Self::Url { .. } => "Give an absolute http or https URL, exactly as the browser will reach it.",
            Self::UnknownAcs { .. } => "Add it with ServiceProviderBuilder::acs_url, and publish the metadata again.",
            Self::NoEndpoint { .. } => {
                "Import the identity provider's metadata, or name the endpoint when building it by hand."
            }
            Self::NoSloUrl { .. } => "Add it with ServiceProviderBuilder::slo_url, and publish the metadata again.",
            Self::SloUrl { .. } => "Give one https URL each for Redirect, POST and SOAP; it may be the same one.",
            Self::NoNameId => {
                "The identity provider named nobody, so it cannot be told whose session ends. End the application's own session only."
            }
            Self::NoEncryptionKey { .. } => {
                "Leave LogoutOptions::encrypt_name_id out; few identity providers open an encrypted name."
            }
            Self::Discovery { .. } => {
                "Give the https URL of the service, and URLs of ours as Discovery::new and with_response_url got them; they and their \
                 queries come from the configuration, never from an HTTP request."
            }
            Self::ReturnTo { .. } => {
                "Pass the path and query of a page of this application, starting with a single slash."
            }
            Self::TooLong { .. } => "Keep long values in the application's own session and pass a short key.",
            Self::OutOfRange { .. } => {
                "Three minutes of skew, an hour for a login and two weeks for metadata are good values."
            }
            Self::SmallDecryptionKey { .. } => {
                "Make a key of 3072 bits, give its certificate to the identity providers, and keep the old one until they use the new. Until \
                 then ServiceProviderBuilder::dangerous_allow_small_rsa takes 1024."
            }
            Self::CredentialKey { .. } => {
                "Give the certificate and the private key that were made together; to decrypt, it has to be RSA."
            }
            Self::CredentialWithoutKey { .. } => {
                "Give it what the certificate is for: signing or signing_elsewhere, decryption or decryption_elsewhere."
            }
            Self::SigningAlgorithm { source: PrivateKeyError::NotForSigning { .. } } => {
                "Use a key of RSA with 2048 to 8192 bits, ECDSA on P-256, P-384 or P-521, or Ed25519."
            }
            Self::SigningAlgorithm { .. } => "Name an algorithm of the key's own type, with SHA-256 or longer.",
            Self::TwoSigningKeys { .. } => "Make one of them Credential::next or Credential::retiring.",
            Self::NoSigningKey { .. } => {
                "Add Credential::active(certificate).signing(key), and give our metadata to the identity provider. Logout messages are \
                 signed always; of logins, if it does not check signatures after all: IdentityProvider::with_authn_requests_signed(false)."
            }
            Self::NoMetadataSigner => {
                "Add Credential::active(certificate).signing(key), or publish the metadata unsigned: ServiceProviderMetadata::to_xml."
            }
            Self::SigningKeyElsewhere { .. } => {
                "Make the message in two steps: ServiceProvider::begin_login_to_sign, begin_logout_to_sign, \
                 LogoutRequest::respond_to_sign or ServiceProviderMetadata::to_sign, then ToSign::finish."
            }
            Self::NoCommonAlgorithm { .. } => {
                "Use a signing key of a type that the identity provider declares, or have its metadata corrected."
            }
            Self::ForeignSignature { .. } => {
                "Sign the octets as they are, hashing them once, by exactly this algorithm, with the key of the active credential."
            }
            Self::NotSigned { .. } => "Look at the machine: signing takes randomness.",
            Self::Rsa15KeySigns { .. } => {
                "Use two credentials with a key each, one to sign and one to decrypt; or take back dangerous_allow_rsa_1_5."
            }
            Self::Unwritable => "Remove control characters from the options of the login.",
            Self::Description { .. } => "Correct the value where ServiceProviderMetadata is filled in.",
            Self::ExtensionNamespace { .. } => "Declare a namespace of the extension's own on its element.",
            Self::Extension { .. } => "Pass a complete element that declares the namespaces it uses.",
            Self::NoAuthnContextClass => {
                "Name at least one class to ask for and one to accept, or leave the requested context out."
            }
            Self::StoredSession => "Pass exactly what Session::to_bytes gave, from this version or an older one.",
            Self::NoRandomness => "Look at the machine: a login cannot be started without randomness.",
        }
    }
}
