//! What we encrypt: the name in a logout request, where the application asks for it.

use crate::crypto::{self, ContentCipher, ContentKey, DigestAlgorithm, KeyTransport, VerifyingKey};
use crate::text::base64;
use crate::xml::{WriteError, Writer, ns};

/// AES-128-GCM, the key by RSA-OAEP with SHA-1: what SAML implementations have to know (IIP-ALG04, IIP-ALG06), and what
/// Shibboleth sends. The hash of OAEP needs no collision resistance.
const CIPHER: ContentCipher = ContentCipher::Aes128Gcm;
const TRANSPORT: KeyTransport =
    KeyTransport::RsaOaep { digest: DigestAlgorithm::Sha1, mgf1: DigestAlgorithm::Sha1, label: Vec::new() };

/// An EncryptedID around a NameID that declares every prefix it uses. `None` where the key does not encrypt: it is not RSA,
/// or there is no randomness.
pub(crate) fn encrypted_id(name_id: &str, to: &VerifyingKey) -> Option<Result<String, WriteError>> {
    let key = ContentKey::generate(CIPHER)?;
    let ciphertext = crypto::encrypt(CIPHER, &key, name_id.as_bytes())?;
    let wrapped = crypto::wrap_key(to.spki(), &TRANSPORT, &key)?;
    let mut w = Writer::new();
    w.open("saml:EncryptedID").attribute("xmlns:saml", ns::SAML);
    w.open("xenc:EncryptedData").attribute("xmlns:xenc", ns::XENC);
    w.attribute("Type", "http://www.w3.org/2001/04/xmlenc#Element");
    w.open("xenc:EncryptionMethod").attribute("Algorithm", CIPHER.uri()).close();
    w.open("ds:KeyInfo").attribute("xmlns:ds", ns::DS).open("xenc:EncryptedKey");
    w.open("xenc:EncryptionMethod").attribute("Algorithm", KeyTransport::RSA_OAEP_MGF1P);
    w.open("ds:DigestMethod").attribute("Algorithm", DigestAlgorithm::Sha1.uri()).close().close();
    cipher_data(&mut w, &wrapped);
    w.close().close();
    cipher_data(&mut w, &ciphertext);
    w.close().close();
    Some(w.finish())
}

fn cipher_data(w: &mut Writer, octets: &[u8]) {
    w.open("xenc:CipherData").open("xenc:CipherValue").text(&base64::encode(octets)).close().close();
}
