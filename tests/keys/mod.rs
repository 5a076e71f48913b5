//! Keys of a service provider with their certificates, and an HSM that holds one.
#![allow(dead_code)] // each test program uses its part
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test may stop where it stands

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, RSA_PKCS1_SHA256,
    RsaKeyPair,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use saml_sp::testing::TestIdp;
use saml_sp::{Certificate, Credential, DecryptionKey, KeyState, SignatureAlgorithm, SigningKey};

/// A key with its certificate: those of an identity provider in memory, which can be asked for both.
#[derive(Debug)]
pub(crate) struct Pair(TestIdp);

impl Pair {
    pub(crate) fn rsa() -> Self {
        Self(TestIdp::new("https://keys.example.com").unwrap())
    }

    pub(crate) fn small_rsa() -> Self {
        Self(TestIdp::with_small_rsa("https://keys.example.com").unwrap())
    }

    pub(crate) fn ecdsa() -> Self {
        Self(TestIdp::with_ecdsa("https://keys.example.com").unwrap())
    }

    pub(crate) fn ed25519() -> Self {
        Self(TestIdp::with_ed25519("https://keys.example.com").unwrap())
    }

    pub(crate) fn pem(&self) -> String {
        self.0.private_key().unwrap()
    }

    pub(crate) fn pkcs8(&self) -> Vec<u8> {
        let pem = self.pem();
        let body: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
        STANDARD.decode(body).unwrap()
    }

    /// Base64 of the DER, as it stands in XML.
    pub(crate) fn certificate_base64(&self) -> String {
        self.0.certificate()
    }

    pub(crate) fn certificate(&self) -> Certificate {
        Certificate::from_pasted(self.0.certificate()).unwrap().certificate
    }

    pub(crate) fn signing(&self) -> SigningKey {
        SigningKey::from_pem(&self.pem()).unwrap()
    }

    pub(crate) fn decryption(&self) -> DecryptionKey {
        DecryptionKey::from_pem(&self.pem()).unwrap()
    }

    /// A credential that signs and decrypts.
    pub(crate) fn both(&self, state: KeyState) -> Credential {
        Credential::new(state, self.certificate()).signing(self.signing()).decryption(self.decryption())
    }

    pub(crate) fn hsm(&self) -> Hsm {
        Hsm { pkcs8: self.pkcs8(), algorithm: self.signing().algorithm() }
    }
}

/// A private key behind a door: octets in, signature out. It is another piece of code than the library's, with the same
/// cryptography behind it.
pub(crate) struct Hsm {
    pkcs8: Vec<u8>,
    algorithm: SignatureAlgorithm,
}

impl Hsm {
    pub(crate) fn algorithm(&self) -> SignatureAlgorithm {
        self.algorithm
    }

    /// RSA with SHA-256, ECDSA on P-256 as r‖s, or Ed25519.
    pub(crate) fn sign(&self, octets: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        match self.algorithm {
            SignatureAlgorithm::RsaSha256 => {
                let key = RsaKeyPair::from_pkcs8(&self.pkcs8).unwrap();
                let mut signature = vec![0; key.public_modulus_len()];
                key.sign(&RSA_PKCS1_SHA256, &random, octets, &mut signature).unwrap();
                signature
            }
            SignatureAlgorithm::EcdsaSha256 => {
                let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &self.pkcs8).unwrap();
                key.sign(&random, octets).unwrap().as_ref().to_vec()
            }
            SignatureAlgorithm::Ed25519 => {
                Ed25519KeyPair::from_pkcs8(&self.pkcs8).unwrap().sign(octets).as_ref().to_vec()
            }
            other => panic!("this HSM has no {other}"),
        }
    }

    /// As key management services give ECDSA signatures.
    pub(crate) fn sign_as_der(&self, octets: &[u8]) -> Vec<u8> {
        let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &self.pkcs8).unwrap();
        key.sign(&SystemRandom::new(), octets).unwrap().as_ref().to_vec()
    }
}
