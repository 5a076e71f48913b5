//! The shape of something encrypted (XML Encryption 3, core 6.1): read by position and exact names, every algorithm
//! judged, before any key is touched.

use super::{DecryptError, Policy};
use crate::crypto::{ContentCipher, DigestAlgorithm, KeyTransport};
use crate::text::base64;
use crate::text::quoted::Quoted;
use crate::xml::{Element, Name, ns};

const ELEMENT_TYPE: &str = "http://www.w3.org/2001/04/xmlenc#Element";

const SUPPORTED_CONTENT: &str = "AES-GCM and AES-CBC with 128, 192 and 256 bits";
const SUPPORTED_TRANSPORT: &str = "rsa-oaep-mgf1p and rsa-oaep";
const SUPPORTED_DIGESTS: &str = "SHA-1, SHA-256, SHA-384, SHA-512";

/// An RSA-8192 ciphertext.
const MAX_WRAPPED: usize = 1024;
/// A label is a few bytes in practice.
const MAX_LABEL: usize = 1024;
/// EncryptedKeys that one element may carry, usable or not: real ones have one per recipient, two at most.
const MAX_ENCRYPTED_KEYS: usize = 32;

/// An element of SAML that holds one EncryptedData, and nothing about it is proven.
pub(super) struct Encrypted<'d> {
    /// EncryptedAssertion, EncryptedID or EncryptedAttribute.
    pub(super) name: &'static str,
    /// What the plaintext takes the place of.
    pub(super) data: Element<'d>,
    pub(super) cipher: ContentCipher,
    pub(super) ciphertext: Vec<u8>,
    /// In the order in which they are tried: ours by name, then those for nobody by name.
    pub(super) keys: Vec<WrappedKey>,
}

#[derive(Clone, PartialEq, Eq)]
pub(super) struct WrappedKey {
    pub(super) transport: KeyTransport,
    pub(super) wrapped: Vec<u8>,
}

impl<'d> Encrypted<'d> {
    /// Reads the element; `recipient` is our entityID.
    pub(super) fn read(
        holder: Element<'d>,
        name: &'static str,
        recipient: &str,
        policy: Policy,
    ) -> Result<Self, DecryptError> {
        let gate = Gate { name, policy };
        let data = gate.only(holder, "EncryptedData", Name::xenc("EncryptedData"))?;
        let data = data.ok_or_else(|| gate.shape("EncryptedData", "none", "exactly one"))?;
        if let Some(kind) = data.attribute("Type").filter(|kind| *kind != ELEMENT_TYPE) {
            return Err(gate.shape("Type", kind, ELEMENT_TYPE));
        }
        let cipher = gate.content_cipher(data)?;
        let ciphertext = gate.cipher_value(data, data.document().source().len())?;
        let keys = gate.keys(holder, data, recipient)?;
        Ok(Self { name, data, cipher, ciphertext, keys })
    }
}

struct Gate {
    name: &'static str,
    policy: Policy,
}

impl Gate {
    /// The one child of this name, if there is one: which of two was meant has no answer.
    fn only<'d>(&self, of: Element<'d>, part: &'static str, name: Name) -> Result<Option<Element<'d>>, DecryptError> {
        let mut found = of.children().filter(|child| child.is(name));
        match (found.next(), found.next()) {
            (_, Some(_)) => Err(self.shape(part, "several", "one")),
            (first, None) => Ok(first),
        }
    }

    fn content_cipher(&self, data: Element<'_>) -> Result<ContentCipher, DecryptError> {
        let uri = self.method(data)?.1;
        let cipher =
            ContentCipher::from_uri(uri).ok_or_else(|| self.unknown("content encryption", uri, SUPPORTED_CONTENT))?;
        if cipher == ContentCipher::TripleDesCbc && !self.policy.triple_des {
            return Err(self.refused(cipher.name()));
        }
        Ok(cipher)
    }

    fn method<'d>(&self, of: Element<'d>) -> Result<(Element<'d>, &'d str), DecryptError> {
        let missing = |part| self.shape(part, "nothing", "an algorithm");
        let method = self.only(of, "EncryptionMethod", Name::xenc("EncryptionMethod"))?;
        let method = method.ok_or_else(|| missing("EncryptionMethod"))?;
        Ok((method, method.attribute("Algorithm").ok_or_else(|| missing("Algorithm"))?))
    }

    /// CipherData with a CipherValue; a CipherReference would be a place to fetch from.
    fn cipher_value(&self, of: Element<'_>, max: usize) -> Result<Vec<u8>, DecryptError> {
        let missing = || self.shape("CipherData", "no CipherValue", "one CipherValue");
        let data = self.only(of, "CipherData", Name::xenc("CipherData"))?.ok_or_else(missing)?;
        let value = self.only(data, "CipherValue", Name::xenc("CipherValue"))?;
        let text = value.and_then(|value| value.text()).ok_or_else(missing)?;
        base64::decode(text.as_bytes(), max).map_err(|_| self.shape("CipherValue", "something else", "base64"))
    }

    /// Every EncryptedKey at its three places: in the KeyInfo, beside the EncryptedData (which is where a
    /// RetrievalMethod within the same element points to).
    fn keys(&self, holder: Element<'_>, data: Element<'_>, recipient: &str) -> Result<Vec<WrappedKey>, DecryptError> {
        let name = Name::xenc("EncryptedKey");
        let inside = data.children().filter(|child| child.is(Name::ds("KeyInfo"))).flat_map(|info| info.children());
        let elements = inside.chain(holder.children()).filter(|child| child.is(name));
        let (mut keys, mut ours, mut problem, mut count) = (Vec::new(), 0_usize, None, 0_usize);
        for element in elements {
            count = count.saturating_add(1);
            if count > MAX_ENCRYPTED_KEYS {
                return Err(DecryptError::TooManyKeys { limit: MAX_ENCRYPTED_KEYS });
            }
            let named = element.attribute("Recipient");
            if named.is_some_and(|named| named != recipient) {
                continue;
            }
            // One of several may use what we do not know; the others are tried, and it is named if there are none.
            match self.key(element) {
                Ok(key) if named.is_some() => {
                    keys.insert(ours, key);
                    ours = ours.saturating_add(1);
                }
                Ok(key) => keys.push(key),
                Err(error) => problem = Some(error),
            }
        }
        match (keys.is_empty(), problem) {
            (false, _) => Ok(keys),
            (true, Some(problem)) => Err(problem),
            (true, None) => Err(self.shape("EncryptedKey", "none for us", "one wrapped for our key")),
        }
    }

    fn key(&self, element: Element<'_>) -> Result<WrappedKey, DecryptError> {
        let (method, uri) = self.method(element)?;
        let transport = match uri {
            KeyTransport::RSA_OAEP_MGF1P => {
                // Its mask generation is MGF1 with SHA-1, whatever the digest (XML Encryption 1.1, 5.5.2).
                KeyTransport::RsaOaep {
                    digest: self.digest(method)?,
                    mgf1: DigestAlgorithm::Sha1,
                    label: self.label(method)?,
                }
            }
            KeyTransport::RSA_OAEP => {
                let (digest, mgf1) = (self.digest(method)?, self.mgf1(method)?);
                KeyTransport::RsaOaep { digest, mgf1, label: self.label(method)? }
            }
            KeyTransport::RSA_15 if self.policy.rsa_1_5 => KeyTransport::Rsa15,
            KeyTransport::RSA_15 => return Err(self.refused("RSA 1.5 key transport")),
            other => return Err(self.unknown("key transport", other, SUPPORTED_TRANSPORT)),
        };
        Ok(WrappedKey { transport, wrapped: self.cipher_value(element, MAX_WRAPPED)? })
    }

    fn digest(&self, method: Element<'_>) -> Result<DigestAlgorithm, DecryptError> {
        let digest = self.only(method, "DigestMethod", Name::ds("DigestMethod"))?;
        let Some(digest) = digest else { return Ok(DigestAlgorithm::Sha1) };
        let uri = digest.attribute("Algorithm").unwrap_or_default();
        DigestAlgorithm::from_uri(uri).ok_or_else(|| self.unknown("digest", uri, SUPPORTED_DIGESTS))
    }

    fn mgf1(&self, method: Element<'_>) -> Result<DigestAlgorithm, DecryptError> {
        let mgf = self.only(method, "MGF", Name::new(ns::XENC11, "MGF"))?;
        let Some(mgf) = mgf else { return Ok(DigestAlgorithm::Sha1) };
        let uri = mgf.attribute("Algorithm").unwrap_or_default();
        KeyTransport::mgf1_from_uri(uri)
            .ok_or_else(|| self.unknown("mask generation", uri, "MGF1 with SHA-1, SHA-256, SHA-384, SHA-512"))
    }

    fn label(&self, method: Element<'_>) -> Result<Vec<u8>, DecryptError> {
        let Some(label) = self.only(method, "OAEPparams", Name::xenc("OAEPparams"))? else { return Ok(Vec::new()) };
        let unreadable = || self.shape("OAEPparams", "something else", "base64");
        let text = label.text().ok_or_else(unreadable)?;
        base64::decode(text.as_bytes(), MAX_LABEL).map_err(|_| unreadable())
    }

    fn shape(&self, part: &'static str, found: &str, wanted: &'static str) -> DecryptError {
        DecryptError::Shape { element: self.name, part, found: Quoted::new(found), wanted }
    }

    fn unknown(&self, role: &'static str, uri: &str, supported: &'static str) -> DecryptError {
        DecryptError::AlgorithmUnknown { element: self.name, role, found: Quoted::new(uri), supported }
    }

    fn refused(&self, found: &'static str) -> DecryptError {
        DecryptError::AlgorithmRefused { element: self.name, found }
    }
}
