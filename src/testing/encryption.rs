//! What the test identity provider encrypts, and how.

use super::TestIdpError;
use crate::c14n::{Canonicalization, Method, canonicalize};
use crate::crypto::{self, ContentCipher, ContentKey, DecryptionKey, DigestAlgorithm, KeyTransport};
use crate::limits::Limits;
use crate::text::base64;
use crate::xml::{Document, Element, Name, WriteError, Writer, ns};

/// Which part of an answer is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Encrypted {
    /// The whole assertion, after it was signed and before the Response is.
    Assertion,
    /// The NameID, before anything is signed.
    NameId,
    /// Each attribute by itself, before anything is signed.
    Attributes,
}

/// How the test identity provider encrypts a part of an answer to a service provider's key. By default as Shibboleth
/// does: AES-128-GCM, the key by RSA-OAEP with SHA-1, the EncryptedKey inside the EncryptedData.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Encryption {
    /// The part.
    pub what: Encrypted,
    /// The URI of the content encryption.
    pub content: String,
    /// The URI of the key transport.
    pub key_transport: String,
    /// The URI of the digest of RSA-OAEP; `None` leaves it out, which means SHA-1.
    pub digest: Option<String>,
    /// The URI of the mask generation of `xmlenc11#rsa-oaep`; `None` leaves it out, which means MGF1 with SHA-1.
    pub mask_generation: Option<String>,
    /// The OAEPparams; empty leaves them out.
    pub label: Vec<u8>,
    /// The Recipient of the EncryptedKey.
    pub recipient: Option<String>,
    /// Whether the EncryptedKey stands beside the EncryptedData, with a RetrievalMethod that points to it.
    pub detached_key: bool,
    /// Whether the plaintext is cut out as it stands and so leans on prefixes that are declared around it; otherwise
    /// it declares what it uses.
    pub leans_on_outer_prefixes: bool,
    /// Whether the Response is signed first and its assertion encrypted afterwards, as samlify does by default: the
    /// signature of the Response is broken then.
    pub after_signing: bool,
    /// Other bytes to encrypt, for tests of what must not be taken.
    pub plaintext: Option<Vec<u8>>,
    /// DER SubjectPublicKeyInfo.
    to: Vec<u8>,
}

/// The element around an EncryptedData.
struct Holder {
    name: &'static str,
    /// The attribute that declares its namespace.
    declares: &'static str,
}

impl Encrypted {
    /// With the prefix of the element that it stands for.
    fn holder(self, prefix: &str) -> Holder {
        let (declares, names) = match prefix {
            "" => ("xmlns", ["EncryptedAssertion", "EncryptedID", "EncryptedAttribute"]),
            "saml2" => ("xmlns:saml2", ["saml2:EncryptedAssertion", "saml2:EncryptedID", "saml2:EncryptedAttribute"]),
            _ => ("xmlns:saml", ["saml:EncryptedAssertion", "saml:EncryptedID", "saml:EncryptedAttribute"]),
        };
        let [assertion, name_id, attribute] = names;
        let name = match self {
            Self::Assertion => assertion,
            Self::NameId => name_id,
            Self::Attributes => attribute,
        };
        Holder { name, declares }
    }
}

impl Encryption {
    /// Of this part, to this key.
    #[must_use]
    pub fn of(what: Encrypted, to: &DecryptionKey) -> Self {
        Self::to_spki(what, to.spki().to_vec())
    }

    pub(super) fn to_spki(what: Encrypted, to: Vec<u8>) -> Self {
        Self {
            what,
            content: "http://www.w3.org/2009/xmlenc11#aes128-gcm".to_owned(),
            key_transport: "http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p".to_owned(),
            digest: None,
            mask_generation: None,
            label: Vec::new(),
            recipient: None,
            detached_key: false,
            leans_on_outer_prefixes: false,
            after_signing: false,
            plaintext: None,
            to,
        }
    }

    /// Encrypts elements of a message that is signed already or not: the assertion with this ID, or all NameIDs, or all
    /// attributes, as [`what`](Self::what) says.
    ///
    /// # Errors
    /// Where the message is not well-formed, or the key does not encrypt.
    pub fn encrypt(&self, xml: &str, assertion_id: &str) -> Result<String, TestIdpError> {
        let fault = |error: &dyn ToString| TestIdpError::new("encrypt", error.to_string());
        let document = Document::parse(xml.as_bytes(), &Limits::default().message()).map_err(|error| fault(&error))?;
        let all = document.root().descendants_or_self();
        let targets: Vec<Element<'_>> = match self.what {
            Encrypted::Assertion => all.filter(|e| e.attribute("ID") == Some(assertion_id)).collect(),
            Encrypted::NameId => all.filter(|e| e.is(Name::saml("NameID"))).collect(),
            Encrypted::Attributes => all.filter(|e| e.is(Name::saml("Attribute"))).collect(),
        };
        let mut result = xml.to_owned();
        for target in targets.into_iter().rev() {
            let plaintext = self.plaintext_of(target)?;
            let encrypted = self.element(self.what.holder(target.prefix()), &plaintext)?;
            let encrypted = encrypted.map_err(|error| fault(&error))?;
            let span = target.span();
            result.replace_range(span, &encrypted);
        }
        Ok(result)
    }

    fn plaintext_of(&self, target: Element<'_>) -> Result<Vec<u8>, TestIdpError> {
        if let Some(plaintext) = &self.plaintext {
            return Ok(plaintext.clone());
        }
        if self.leans_on_outer_prefixes {
            return Ok(target.document().source().get(target.span()).unwrap_or_default().as_bytes().to_vec());
        }
        let mut octets = Vec::new();
        canonicalize(target, None, &Canonicalization::new(Method::Exclusive { comments: true }), &mut octets)
            .map_err(|error| TestIdpError::new("encrypt", error))?;
        Ok(octets)
    }

    fn element(&self, holder: Holder, plaintext: &[u8]) -> Result<Result<String, WriteError>, TestIdpError> {
        let cannot = |what: &str| TestIdpError::new("encrypt", what);
        // A URI that nobody knows is written as it is, over content that is encrypted by one we know.
        let cipher = ContentCipher::from_uri(&self.content).unwrap_or(ContentCipher::Aes128Gcm);
        let key = ContentKey::generate(cipher).ok_or_else(|| cannot("without randomness"))?;
        let ciphertext = crypto::encrypt(cipher, &key, plaintext).ok_or_else(|| cannot("the content"))?;
        let wrapped = crypto::wrap_key(&self.to, &self.transport(), &key).ok_or_else(|| cannot("the key"))?;
        let mut w = Writer::new();
        w.open(holder.name).attribute(holder.declares, ns::SAML);
        w.open("xenc:EncryptedData").attribute("xmlns:xenc", ns::XENC);
        w.attribute("Type", "http://www.w3.org/2001/04/xmlenc#Element");
        w.open("xenc:EncryptionMethod").attribute("Algorithm", &self.content).close();
        w.open("ds:KeyInfo").attribute("xmlns:ds", ns::DS);
        if self.detached_key {
            w.open("ds:RetrievalMethod").attribute("Type", "http://www.w3.org/2001/04/xmlenc#EncryptedKey");
            w.attribute("URI", "#_encrypted-key").close();
        } else {
            self.encrypted_key(&mut w, &wrapped);
        }
        w.close();
        w.open("xenc:CipherData").open("xenc:CipherValue").text(&base64::encode(&ciphertext)).close().close();
        w.close();
        if self.detached_key {
            self.encrypted_key(&mut w, &wrapped);
        }
        w.close();
        Ok(w.finish())
    }

    fn encrypted_key(&self, w: &mut Writer, wrapped: &[u8]) {
        w.open("xenc:EncryptedKey").attribute("xmlns:xenc", ns::XENC).attribute("xmlns:ds", ns::DS);
        w.optional("Id", self.detached_key.then_some("_encrypted-key"));
        w.optional("Recipient", self.recipient.as_deref());
        w.open("xenc:EncryptionMethod").attribute("Algorithm", &self.key_transport);
        if !self.label.is_empty() {
            w.open("xenc:OAEPparams").text(&base64::encode(&self.label)).close();
        }
        if let Some(digest) = &self.digest {
            w.open("ds:DigestMethod").attribute("Algorithm", digest).close();
        }
        if let Some(mask) = &self.mask_generation {
            w.open("xenc11:MGF").attribute("xmlns:xenc11", ns::XENC11).attribute("Algorithm", mask).close();
        }
        w.close();
        w.open("xenc:CipherData").open("xenc:CipherValue").text(&base64::encode(wrapped)).close().close();
        w.close();
    }

    fn transport(&self) -> KeyTransport {
        if self.key_transport == KeyTransport::RSA_15 {
            return KeyTransport::Rsa15;
        }
        let digest = self.digest.as_deref().and_then(DigestAlgorithm::from_uri).unwrap_or(DigestAlgorithm::Sha1);
        let mgf1 =
            self.mask_generation.as_deref().and_then(KeyTransport::mgf1_from_uri).unwrap_or(DigestAlgorithm::Sha1);
        KeyTransport::RsaOaep { digest, mgf1, label: self.label.clone() }
    }
}
