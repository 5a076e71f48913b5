//! An identity provider in memory, for tests: ours and yours.
//!
//! It signs with fresh keys, answers requests as real products do, and misbehaves where it is told to: every part of an
//! [`Answer`] is a field that a test can change before it is signed. [`TestIdp::like`] makes one that imitates a product, from
//! its metadata to the escapes in its logout queries, so that "works with Entra ID" is a unit test.
//!
//! ```
//! use saml_sp::testing::TestIdp;
//! use saml_sp::{Expect, LoginRequest, PostedResponse, ReplayCache, ServiceProvider};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let test_idp = TestIdp::new("https://idp.example.com/metadata")?;
//! let idp = test_idp.identity_provider()?;
//! let sp = ServiceProvider::builder("https://app.example.com/saml", "https://app.example.com/saml/acs").build()?;
//!
//! let LoginRequest { send, pending } = sp.begin_login(&idp)?;
//! let request = test_idp.receive(&send)?;
//! let mut answer = test_idp.answer(&request, "alice");
//! answer.attribute("mail", ["alice@example.com"]);
//! let form = test_idp.post(&answer)?;
//!
//! let posted = PostedResponse::new(&form.saml_response, form.relay_state.as_deref());
//! let login = sp.accept(&idp, &posted, Expect::AnswerTo(pending))?.confirm_with(&ReplayCache::default())?;
//! assert_eq!(login.identity.attribute("mail"), Some("alice@example.com"));
//! # Ok(())
//! # }
//! ```

mod answer;
mod answer_xml;
mod elsewhere;
mod encryption;
pub mod forge;
mod keys;
mod known;
mod logout;
mod message_style;
mod metadata;
mod pending;
mod products;
mod request;
mod style;
mod user;

pub use answer::{Answer, AnswerAttribute, AnswerConfirmation, AnswerNameId, Sign};
pub use elsewhere::unwrap_elsewhere;
pub use encryption::{Encrypted, Encryption};
pub use keys::signing_credential;
pub use logout::{Logout, LogoutForm, ReceivedLogoutMessage};
pub use message_style::{Declared, MessageStyle};
pub use pending::{pending_login, pending_logout};
pub use request::ReceivedRequest;
pub use style::{CarriedCertificate, SignatureStyle};
pub use user::TestUser;

use crate::binding::post::PostForm;
use crate::binding::redirect::Spelling;
use crate::crypto::{Curve, DigestAlgorithm, SignatureAlgorithm, SigningKey};
use crate::dsig::sign::{self, SignOptions};
use crate::limits::Limits;
use crate::saml::urn::Binding;
use crate::sp::Clock;
use crate::text::base64;

/// Why the test identity provider could not do what a test asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the test identity provider cannot {doing}: {reason}")]
#[non_exhaustive]
pub struct TestIdpError {
    /// What it was to do.
    pub doing: &'static str,
    /// What was in the way.
    pub reason: String,
}

impl TestIdpError {
    pub(crate) fn new(doing: &'static str, reason: impl ToString) -> Self {
        Self { doing, reason: reason.to_string() }
    }
}

/// The form that the test identity provider has the browser post to the ACS.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Form {
    /// The URL it goes to: the request's ACS URL.
    pub action: String,
    /// The field `SAMLResponse`.
    pub saml_response: String,
    /// The field `RelayState`.
    pub relay_state: Option<String>,
}

impl Form {
    /// The page by which an identity provider has the browser post the form by itself. Send it as
    /// [`PostForm::html`](crate::PostForm::html) says.
    #[must_use]
    pub fn html(&self) -> String {
        let mut fields = vec![("SAMLResponse", self.saml_response.clone())];
        fields.extend(self.relay_state.clone().map(|state| ("RelayState", state)));
        PostForm { action: self.action.clone(), fields }.html()
    }
}

/// An identity provider in memory, plain or [like a product](Self::like).
#[derive(Debug)]
pub struct TestIdp {
    entity_id: String,
    /// What it imitates.
    imitation: Option<&'static products::Imitation>,
    /// In the place of all others.
    sso_url: Option<String>,
    slo_endpoints: Vec<(Binding, String)>,
    slo_response_url: Option<String>,
    /// The one that signs.
    key: keys::KeyPair,
    /// Those that are published with it.
    further_keys: Vec<keys::KeyPair>,
    algorithm: SignatureAlgorithm,
    digest: DigestAlgorithm,
    style: SignatureStyle,
    message_style: MessageStyle,
    spelling: Option<Spelling>,
    clock: Clock,
    wants_signed_requests: bool,
    known: Vec<known::Known>,
}

impl TestIdp {
    /// One with this entityID and a fresh RSA key of 2048 bits, which signs with RSA and SHA-256.
    ///
    /// Its single sign-on URL is `https://idp.test/sso`; see [`sso_url`](Self::sso_url).
    ///
    /// # Errors
    /// Where no key can be made.
    pub fn new(entity_id: impl Into<String>) -> Result<Self, TestIdpError> {
        Self::with_key(entity_id.into(), SigningKey::generate_rsa(2048))
    }

    /// One with a fresh ECDSA key on P-256, which signs with ECDSA and SHA-256.
    ///
    /// # Errors
    /// Where no key can be made.
    pub fn with_ecdsa(entity_id: impl Into<String>) -> Result<Self, TestIdpError> {
        Self::with_key(entity_id.into(), SigningKey::generate_ecdsa(Curve::P256))
    }

    /// One with a fresh Ed25519 key.
    ///
    /// # Errors
    /// Where no key can be made.
    pub fn with_ed25519(entity_id: impl Into<String>) -> Result<Self, TestIdpError> {
        Self::with_key(entity_id.into(), SigningKey::generate_ed25519())
    }

    /// One with a private key of yours, in PEM (PKCS#8, PKCS#1 or SEC1), for messages that must verify again later.
    ///
    /// # Errors
    /// Where the text holds no private key that we know.
    pub fn with_private_key(entity_id: impl Into<String>, pem: &str) -> Result<Self, TestIdpError> {
        Self::with_key(entity_id.into(), SigningKey::from_pem(pem))
    }

    /// One with a fresh RSA key of 1,024 bits, which no service provider should accept any more.
    ///
    /// # Errors
    /// Where no key can be made.
    pub fn with_small_rsa(entity_id: impl Into<String>) -> Result<Self, TestIdpError> {
        Self::with_key(entity_id.into(), SigningKey::generate_rsa(1024))
    }

    fn with_key(entity_id: String, key: Result<SigningKey, impl ToString>) -> Result<Self, TestIdpError> {
        let key = keys::KeyPair::around(key.map_err(|error| TestIdpError::new("make a key", error))?)?;
        Ok(Self {
            entity_id,
            imitation: None,
            sso_url: None,
            slo_endpoints: Vec::new(),
            slo_response_url: None,
            algorithm: key.private.algorithm(),
            key,
            further_keys: Vec::new(),
            digest: DigestAlgorithm::Sha256,
            style: SignatureStyle::default(),
            message_style: MessageStyle::PLAIN,
            spelling: None,
            clock: Clock::System,
            wants_signed_requests: false,
            known: Vec::new(),
        })
    }

    /// Another single sign-on URL, for Redirect and POST alike.
    #[must_use]
    pub fn sso_url(mut self, url: impl Into<String>) -> Self {
        self.sso_url = Some(url.into());
        self
    }

    /// Another clock.
    #[must_use]
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// Another signature algorithm, one that fits the key, and another digest.
    #[must_use]
    pub fn algorithms(mut self, signature: SignatureAlgorithm, digest: DigestAlgorithm) -> Self {
        self.algorithm = signature;
        self.digest = digest;
        self
    }

    /// Another form of signature.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use saml_sp::testing::{CarriedCertificate, SignatureStyle, TestIdp};
    ///
    /// let mut style = SignatureStyle::default();
    /// style.carries = CarriedCertificate::Nothing;
    /// let test_idp = TestIdp::with_ecdsa("https://idp.example.com/metadata")?.signature_style(style);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn signature_style(mut self, style: SignatureStyle) -> Self {
        self.style = style;
        self
    }

    /// Another spelling of messages, for the answers and logout messages that are made from now on.
    #[must_use]
    pub fn message_style(mut self, style: MessageStyle) -> Self {
        self.message_style = style;
        self
    }

    /// Another spelling of the values in its queries, and so of the octets that it signs there.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use saml_sp::Spelling;
    /// use saml_sp::testing::TestIdp;
    ///
    /// let test_idp = TestIdp::with_ecdsa("https://idp.example.com/metadata")?.query_spelling(Spelling::DotNet);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn query_spelling(mut self, spelling: Spelling) -> Self {
        self.spelling = Some(spelling);
        self
    }

    /// The entityID.
    #[must_use]
    pub fn entity_id(&self) -> &str {
        &self.entity_id
    }

    /// The certificate of the signing key as an administrator would paste it: base64 of the DER.
    #[must_use]
    pub fn certificate(&self) -> String {
        self.key.certificate_base64()
    }

    /// The private key in PEM (PKCS#8), to be kept beside recorded messages; see
    /// [`with_private_key`](Self::with_private_key).
    ///
    /// # Errors
    /// Where the cryptographic library does not hand it out.
    pub fn private_key(&self) -> Result<String, TestIdpError> {
        let der =
            self.key.private.to_pkcs8_der().ok_or_else(|| TestIdpError::new("write its key", "it stays inside"))?;
        let mut pem = String::from("-----BEGIN PRIVATE KEY-----\n");
        for (index, symbol) in base64::encode(&der).chars().enumerate() {
            if index > 0 && index % 64 == 0 {
                pem.push('\n');
            }
            pem.push(symbol);
        }
        pem.push_str("\n-----END PRIVATE KEY-----\n");
        Ok(pem)
    }

    /// Signs an answer and wraps it into the form that the browser posts.
    ///
    /// # Errors
    /// Where a value cannot stand in XML, or the key cannot sign with the algorithm.
    pub fn post(&self, answer: &Answer) -> Result<Form, TestIdpError> {
        Ok(Form {
            action: answer.acs_url.clone(),
            saml_response: base64::encode(self.sign(answer)?.as_bytes()),
            relay_state: answer.relay_state.clone(),
        })
    }

    /// Signs an answer: the XML that [`post`](Self::post) encodes.
    ///
    /// # Errors
    /// Where a value cannot stand in XML, or the key cannot sign with the algorithm.
    pub fn sign(&self, answer: &Answer) -> Result<String, TestIdpError> {
        let mut xml = answer.to_xml().map_err(|error| TestIdpError::new("write an answer", error))?;
        let parts = |what: fn(Encrypted) -> bool| answer.encryption.iter().filter(move |part| what(part.what));
        for part in parts(|what| what != Encrypted::Assertion) {
            xml = part.encrypt(&xml, &answer.assertion_id)?;
        }
        if matches!(answer.sign, Sign::Assertion | Sign::Both) {
            xml = self.sign_element(&xml, &answer.assertion_id)?;
        }
        let sign_response = |xml: String| match answer.sign {
            Sign::Response | Sign::Both => self.sign_element(&xml, &answer.response_id),
            _ => Ok(xml),
        };
        if parts(|what| what == Encrypted::Assertion).any(|part| part.after_signing) {
            xml = sign_response(xml)?;
            return parts(|what| what == Encrypted::Assertion)
                .try_fold(xml, |xml, part| part.encrypt(&xml, &answer.assertion_id));
        }
        for part in parts(|what| what == Encrypted::Assertion) {
            xml = part.encrypt(&xml, &answer.assertion_id)?;
        }
        sign_response(xml)
    }

    /// Signs the element of a document whose ID this is, with this identity provider's key: for messages that a test
    /// writes itself.
    ///
    /// # Errors
    /// Where the document is not well-formed or has no such element.
    pub fn sign_element(&self, xml: &str, id: &str) -> Result<String, TestIdpError> {
        let options = self.sign_options()?;
        let signed = sign::enveloped(xml, id, &self.key.private, &options, &Limits::default().message())
            .map_err(|error| TestIdpError::new("sign", error))?;
        // What is hashed is without the Signature, whatever its prefix: only SignedInfo has to be signed anew.
        self.style.dress(&signed).map_or(Ok(signed), |dressed| self.sign_again(&dressed, id))
    }

    /// Signs anew what the Signature of the element with this ID says, whatever that is: a test alters SignedInfo in a
    /// signed message, and this makes the signature over it a genuine one. Digests are left as they stand.
    ///
    /// # Errors
    /// Where the document is not well-formed, or the element has no Signature with a SignedInfo and a SignatureValue.
    pub fn sign_again(&self, xml: &str, id: &str) -> Result<String, TestIdpError> {
        let options = self.sign_options()?;
        sign::again(xml, id, &self.key.private, &options, &Limits::default().message())
            .map_err(|error| TestIdpError::new("sign again", error))
    }

    fn sign_options(&self) -> Result<SignOptions, TestIdpError> {
        self.style.options(self.algorithm, self.digest, &self.key.certificate)
    }
}
