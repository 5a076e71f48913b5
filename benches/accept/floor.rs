//! What no implementation can do without: the same cryptographic operations on the same bytes, with keys parsed once, and
//! base64. Each floor verifies the genuine signature of the message it stands beside.

use std::hint::black_box;

use aws_lc_rs::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rsa::{OAEP_SHA1_MGF1SHA1, OaepPrivateDecryptingKey, PrivateDecryptingKey};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::{Compress, Compression, FlushCompress};
use x509_parser::prelude::{FromDer, X509Certificate};

use crate::messages::{Door, Key};

pub(crate) struct Floor {
    key: ParsedPublicKey,
    verified: Vec<Verified>,
    decrypted: Option<Decrypted>,
}

/// What one signature asks for.
struct Verified {
    octets: Vec<u8>,
    signed_info: String,
    /// In base64.
    signature: String,
}

/// What one EncryptedAssertion asks for.
struct Decrypted {
    key: OaepPrivateDecryptingKey,
    /// In base64.
    wrapped: String,
    /// In base64: nonce, ciphertext and tag.
    content: String,
}

impl Floor {
    /// Of an answer whose identity is read from `octets`.
    pub(crate) fn of(door: &Door, form: &str, octets: &[u8], response_signed: bool) -> Self {
        let mut xml = String::from_utf8(STANDARD.decode(form).unwrap()).unwrap();
        let mut floor = Self { key: public(door), verified: Vec::new(), decrypted: None };
        if xml.contains("<xenc:EncryptedData") {
            let decrypted = Decrypted::of(door, &xml);
            xml = String::from_utf8(decrypted.run()).unwrap();
            floor.decrypted = Some(decrypted);
        }
        let mut signatures: Vec<&str> = xml.match_indices("<ds:Signature ").map(|(at, _)| &xml[at..]).collect();
        if response_signed && signatures.len() == 2 {
            let signature = cut(signatures.remove(0), "", "</ds:Signature>");
            floor
                .verified
                .push(Verified::of(xml.replacen(&format!("{signature}</ds:Signature>"), "", 1).as_bytes(), signature));
        }
        floor.verified.push(Verified::of(octets, signatures[0]));
        floor
    }

    pub(crate) fn of_metadata(door: &Door, xml: &str) -> Self {
        let signature = cut(xml, "<ds:Signature ", "</ds:Signature>");
        let octets = xml.replacen(&format!("<ds:Signature {signature}</ds:Signature>"), "", 1);
        Self { key: public(door), verified: vec![Verified::of(octets.as_bytes(), signature)], decrypted: None }
    }

    pub(crate) fn run(&self, form: &str) {
        black_box(STANDARD.decode(black_box(form)).unwrap());
        if let Some(decrypted) = &self.decrypted {
            black_box(decrypted.run());
        }
        for verified in &self.verified {
            black_box(digest(&SHA256, black_box(&verified.octets)));
            let signature = STANDARD.decode(black_box(&verified.signature)).unwrap();
            self.key.verify_sig(black_box(verified.signed_info.as_bytes()), &signature).unwrap();
        }
    }
}

impl Verified {
    fn of(octets: &[u8], signature: &str) -> Self {
        let info = cut(signature, "<ds:SignedInfo>", "</ds:SignedInfo>");
        let value = cut(signature, "<ds:SignatureValue>", "</ds:SignatureValue>");
        Self {
            octets: octets.to_vec(),
            // Canonical but for the one declaration that stands further out.
            signed_info: format!(
                "<ds:SignedInfo xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\">{info}</ds:SignedInfo>"
            ),
            signature: value.to_owned(),
        }
    }
}

impl Decrypted {
    fn of(door: &Door, xml: &str) -> Self {
        let key = PrivateDecryptingKey::from_pkcs8(&door.decryption).unwrap();
        let mut values =
            xml.split("<xenc:CipherValue>").skip(1).map(|rest| cut(rest, "", "</xenc:CipherValue>").to_owned());
        let (wrapped, content) = (values.next().unwrap(), values.next().unwrap());
        Self { key: OaepPrivateDecryptingKey::new(key).unwrap(), wrapped, content }
    }

    fn run(&self) -> Vec<u8> {
        let mut room = vec![0; self.key.min_output_size()];
        let wrapped = STANDARD.decode(black_box(&self.wrapped)).unwrap();
        let key = self.key.decrypt(&OAEP_SHA1_MGF1SHA1, &wrapped, &mut room, None).unwrap();
        let key = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, key).unwrap());
        let mut content = STANDARD.decode(black_box(&self.content)).unwrap();
        let (nonce, ciphertext) = content.split_at_mut(12);
        let nonce = Nonce::try_assume_unique_for_key(nonce).unwrap();
        key.open_in_place(nonce, Aad::empty(), ciphertext).unwrap().to_vec()
    }
}

/// What `begin_login` hands to the browser: compressed and encoded.
pub(crate) fn deflate_and_encode(xml: &str) {
    let mut out = Vec::with_capacity(xml.len() + 1024);
    let mut compress = Compress::new(Compression::best(), false);
    compress.compress_vec(black_box(xml.as_bytes()), &mut out, FlushCompress::Finish).unwrap();
    black_box(STANDARD.encode(&out));
}

fn public(door: &Door) -> ParsedPublicKey {
    let der = STANDARD.decode(door.test_idp.certificate()).unwrap();
    let spki = X509Certificate::from_der(&der).unwrap().1.subject_pki.raw.to_vec();
    match door.key {
        Key::EcdsaP256 => ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, spki).unwrap(),
        Key::Rsa2048 | Key::Rsa4096 => ParsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, spki).unwrap(),
    }
}

/// What stands between two marks.
fn cut<'x>(text: &'x str, from: &str, to: &str) -> &'x str {
    text.split_once(from).unwrap().1.split_once(to).unwrap().0
}
