//! The provider made of aws-lc-rs; the only file that names it. What it lacks of RSA decryption is in `oaep.rs`.

use aws_lc_rs::aead::{AES_128_GCM, AES_192_GCM, AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::cipher::{self, AES_128, AES_192, AES_256, DecryptingKey, DecryptionContext, UnboundCipherKey};
use aws_lc_rs::digest::{self as hash, Digest as Hash};
use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::iv::FixedLength;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa;
use aws_lc_rs::signature::{
    self, EcdsaKeyPair, EcdsaSigningAlgorithm, Ed25519KeyPair, KeyPair as _, ParsedPublicKey, RsaSignatureEncoding,
    VerificationAlgorithm,
};

use super::algorithm::{DigestAlgorithm, KeyFamily, SignatureAlgorithm};
use super::content::ContentCipher;
use super::digest::Digest;
use super::key::{Curve, KeyType};
use super::oaep::RsaKey;
#[cfg(any(test, feature = "testing"))]
use super::provider::NewKey;
use super::provider::{CryptoProvider, KeyForm, PrivateKey, PublicKey, RsaDecryption, RsaEncryption};
use super::spki::{RsaNumbers, Spki, pkcs8_of_rsa};

/// AWS-LC through its own Rust interface.
pub(crate) const AWS_LC: CryptoProvider = CryptoProvider {
    supports: |key_type, algorithm| verification(key_type, algorithm).is_some(),
    public_key,
    private_key,
    traditional_private_key,
    #[cfg(any(test, feature = "testing"))]
    generate,
    digest: |algorithm, octets| Digest::new(hash::digest(hash_of(algorithm), octets).as_ref()),
    seal,
    open,
    decrypt,
    encrypt,
    rsa_decryption,
    rsa_encryption,
    fill_random: |octets| aws_lc_rs::rand::fill(octets).is_ok(),
    equal: |left, right| aws_lc_rs::constant_time::verify_slices_are_equal(left, right).is_ok(),
};

/// The library's constant for a key and an algorithm, where it has one.
///
/// Missing are RSA below 2048 bits with SHA-384 or PSS, and P-384 with SHA-1; nobody was seen to use them.
fn verification(key_type: KeyType, algorithm: SignatureAlgorithm) -> Option<&'static dyn VerificationAlgorithm> {
    match key_type {
        KeyType::Rsa { bits: 2048..=8192 } => rsa_verification(algorithm),
        KeyType::Rsa { bits: 1024..=2047 } => small_rsa_verification(algorithm),
        KeyType::Rsa { .. } => None,
        KeyType::Ec(curve) => ecdsa_verification(curve, algorithm),
        KeyType::Ed25519 => (algorithm == SignatureAlgorithm::Ed25519).then_some(&signature::ED25519),
    }
}

fn rsa_verification(algorithm: SignatureAlgorithm) -> Option<&'static dyn VerificationAlgorithm> {
    match algorithm {
        SignatureAlgorithm::RsaSha1 => Some(&signature::RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY),
        SignatureAlgorithm::RsaSha256 => Some(&signature::RSA_PKCS1_2048_8192_SHA256),
        SignatureAlgorithm::RsaSha384 => Some(&signature::RSA_PKCS1_2048_8192_SHA384),
        SignatureAlgorithm::RsaSha512 => Some(&signature::RSA_PKCS1_2048_8192_SHA512),
        SignatureAlgorithm::RsaPssSha256 => Some(&signature::RSA_PSS_2048_8192_SHA256),
        SignatureAlgorithm::RsaPssSha384 => Some(&signature::RSA_PSS_2048_8192_SHA384),
        SignatureAlgorithm::RsaPssSha512 => Some(&signature::RSA_PSS_2048_8192_SHA512),
        _ => None,
    }
}

fn small_rsa_verification(algorithm: SignatureAlgorithm) -> Option<&'static dyn VerificationAlgorithm> {
    match algorithm {
        SignatureAlgorithm::RsaSha1 => Some(&signature::RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY),
        SignatureAlgorithm::RsaSha256 => Some(&signature::RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY),
        SignatureAlgorithm::RsaSha512 => Some(&signature::RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY),
        _ => None,
    }
}

fn ecdsa_verification(curve: Curve, algorithm: SignatureAlgorithm) -> Option<&'static dyn VerificationAlgorithm> {
    match (curve, algorithm) {
        (Curve::P256, SignatureAlgorithm::EcdsaSha1) => Some(&signature::ECDSA_P256_SHA1_ASN1),
        (Curve::P256, SignatureAlgorithm::EcdsaSha256) => Some(&signature::ECDSA_P256_SHA256_ASN1),
        (Curve::P256, SignatureAlgorithm::EcdsaSha384) => Some(&signature::ECDSA_P256_SHA384_ASN1),
        (Curve::P256, SignatureAlgorithm::EcdsaSha512) => Some(&signature::ECDSA_P256_SHA512_ASN1),
        (Curve::P384, SignatureAlgorithm::EcdsaSha256) => Some(&signature::ECDSA_P384_SHA256_ASN1),
        (Curve::P384, SignatureAlgorithm::EcdsaSha384) => Some(&signature::ECDSA_P384_SHA384_ASN1),
        (Curve::P384, SignatureAlgorithm::EcdsaSha512) => Some(&signature::ECDSA_P384_SHA512_ASN1),
        (Curve::P521, SignatureAlgorithm::EcdsaSha1) => Some(&signature::ECDSA_P521_SHA1_ASN1),
        (Curve::P521, SignatureAlgorithm::EcdsaSha256) => Some(&signature::ECDSA_P521_SHA256_ASN1),
        (Curve::P521, SignatureAlgorithm::EcdsaSha384) => Some(&signature::ECDSA_P521_SHA384_ASN1),
        (Curve::P521, SignatureAlgorithm::EcdsaSha512) => Some(&signature::ECDSA_P521_SHA512_ASN1),
        _ => None,
    }
}

fn public_key(key_type: KeyType, algorithm: SignatureAlgorithm, spki: &[u8]) -> Option<PublicKey> {
    let parsed = ParsedPublicKey::new(verification(key_type, algorithm)?, spki).ok()?;
    let written: PublicKeyX509Der<'_> = parsed.as_der().ok()?;
    Some(PublicKey {
        spki: written.as_ref().to_vec(),
        verify: Box::new(move |octets, signature| parsed.verify_sig(octets, signature).is_ok()),
    })
}

fn private_key(pkcs8: &[u8]) -> Option<PrivateKey> {
    let rsa = || rsa::KeyPair::from_pkcs8(pkcs8).ok().and_then(rsa_private);
    let ecdsa =
        |curve| EcdsaKeyPair::from_pkcs8(ecdsa_signing(curve), pkcs8).ok().and_then(|key| ec_private(curve, key));
    let ed25519 = || Ed25519KeyPair::from_pkcs8(pkcs8).ok().and_then(ed25519_private);
    rsa().or_else(|| Curve::ALL.into_iter().find_map(ecdsa)).or_else(ed25519)
}

fn traditional_private_key(der: &[u8]) -> Option<PrivateKey> {
    let rsa = || rsa::KeyPair::from_der(der).ok().and_then(rsa_private);
    let ecdsa = |curve| {
        EcdsaKeyPair::from_private_key_der(ecdsa_signing(curve), der).ok().and_then(|key| ec_private(curve, key))
    };
    rsa().or_else(|| Curve::ALL.into_iter().find_map(ecdsa))
}

#[cfg(any(test, feature = "testing"))]
fn generate(new: NewKey) -> Option<PrivateKey> {
    let rsa = |size| rsa::KeyPair::generate(size).ok().and_then(rsa_private);
    match new {
        NewKey::Rsa2048 => rsa(rsa::KeySize::Rsa2048),
        NewKey::Rsa3072 => rsa(rsa::KeySize::Rsa3072),
        NewKey::Rsa4096 => rsa(rsa::KeySize::Rsa4096),
        NewKey::Ecdsa(curve) => {
            EcdsaKeyPair::generate(ecdsa_signing(curve)).ok().and_then(|key| ec_private(curve, key))
        }
        NewKey::Ed25519 => Ed25519KeyPair::generate().ok().and_then(ed25519_private),
    }
}

fn rsa_private(key: rsa::KeyPair) -> Option<PrivateKey> {
    let spki: PublicKeyX509Der<'_> = key.public_key().as_der().ok()?;
    let spki = spki.as_ref().to_vec();
    let key = std::sync::Arc::new(key);
    #[cfg(any(test, feature = "testing"))]
    let exported = std::sync::Arc::clone(&key);
    Some(PrivateKey {
        spki,
        #[cfg(any(test, feature = "testing"))]
        pkcs8: Box::new(move || {
            let der: Pkcs8V1Der<'_> = exported.as_der().ok()?;
            Some(der.as_ref().to_vec())
        }),
        sign: Box::new(move |algorithm, octets| {
            let mut signature = vec![0; key.public_modulus_len()];
            key.sign(rsa_signing(algorithm)?, &SystemRandom::new(), octets, &mut signature).ok()?;
            Some(signature)
        }),
    })
}

fn ec_private(curve: Curve, key: EcdsaKeyPair) -> Option<PrivateKey> {
    let spki: PublicKeyX509Der<'_> = key.public_key().as_der().ok()?;
    let spki = spki.as_ref().to_vec();
    #[cfg(any(test, feature = "testing"))]
    let pkcs8 = key.to_pkcs8v1().ok()?.as_ref().to_vec();
    Some(PrivateKey {
        spki,
        #[cfg(any(test, feature = "testing"))]
        pkcs8: Box::new(move || Some(pkcs8.clone())),
        sign: Box::new(move |algorithm, octets| {
            let hash = ecdsa_hash(curve, algorithm, octets)?;
            key.sign_digest(&hash).ok().map(|signature| signature.as_ref().to_vec())
        }),
    })
}

fn ed25519_private(key: Ed25519KeyPair) -> Option<PrivateKey> {
    let spki: PublicKeyX509Der<'_> = key.public_key().as_der().ok()?;
    let spki = spki.as_ref().to_vec();
    #[cfg(any(test, feature = "testing"))]
    let pkcs8 = key.to_pkcs8v1().ok()?.as_ref().to_vec();
    Some(PrivateKey {
        spki,
        #[cfg(any(test, feature = "testing"))]
        pkcs8: Box::new(move || Some(pkcs8.clone())),
        sign: Box::new(move |algorithm, octets| {
            (algorithm.family() == KeyFamily::Ed25519).then_some(())?;
            key.try_sign(octets).ok().map(|signature| signature.as_ref().to_vec())
        }),
    })
}

fn rsa_signing(algorithm: SignatureAlgorithm) -> Option<&'static RsaSignatureEncoding> {
    match algorithm {
        SignatureAlgorithm::RsaSha256 => Some(&signature::RSA_PKCS1_SHA256),
        SignatureAlgorithm::RsaSha384 => Some(&signature::RSA_PKCS1_SHA384),
        SignatureAlgorithm::RsaSha512 => Some(&signature::RSA_PKCS1_SHA512),
        SignatureAlgorithm::RsaPssSha256 => Some(&signature::RSA_PSS_SHA256),
        SignatureAlgorithm::RsaPssSha384 => Some(&signature::RSA_PSS_SHA384),
        SignatureAlgorithm::RsaPssSha512 => Some(&signature::RSA_PSS_SHA512),
        _ => None,
    }
}

/// The library signs with one hash per curve; `ecdsa_hash` fits the others to it.
fn ecdsa_signing(curve: Curve) -> &'static EcdsaSigningAlgorithm {
    match curve {
        Curve::P256 => &signature::ECDSA_P256_SHA256_FIXED_SIGNING,
        Curve::P384 => &signature::ECDSA_P384_SHA384_FIXED_SIGNING,
        Curve::P521 => &signature::ECDSA_P521_SHA512_FIXED_SIGNING,
    }
}

/// The hash of `octets` at the length of the curve's own hash.
///
/// ECDSA takes the leftmost bits of a hash, as many as the order of the curve has, as a number (FIPS 186-5, 6.4.1): a longer
/// hash may be cut to that length, and a shorter one be given zeros in front, without changing the number.
fn ecdsa_hash(curve: Curve, algorithm: SignatureAlgorithm, octets: &[u8]) -> Option<Hash> {
    let wanted = match curve {
        Curve::P256 => &hash::SHA256,
        Curve::P384 => &hash::SHA384,
        Curve::P521 => &hash::SHA512,
    };
    (algorithm.family() == KeyFamily::Ecdsa).then_some(())?;
    let made = hash::digest(hash_of(algorithm.digest()?), octets);
    let zeros = wanted.output_len().saturating_sub(made.as_ref().len());
    let fitted: Vec<u8> =
        std::iter::repeat_n(0, zeros).chain(made.as_ref().iter().copied()).take(wanted.output_len()).collect();
    Hash::import_less_safe(&fitted, wanted).ok()
}

fn hash_of(algorithm: DigestAlgorithm) -> &'static hash::Algorithm {
    match algorithm {
        DigestAlgorithm::Sha1 => &hash::SHA1_FOR_LEGACY_USE_ONLY,
        DigestAlgorithm::Sha256 => &hash::SHA256,
        DigestAlgorithm::Sha384 => &hash::SHA384,
        DigestAlgorithm::Sha512 => &hash::SHA512,
    }
}

fn seal(key: &[u8; 32], nonce: [u8; 12], associated_data: &[u8], plaintext: &[u8]) -> Option<Vec<u8>> {
    let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key).ok()?);
    let mut text = plaintext.to_vec();
    key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(associated_data), &mut text).ok()?;
    Some(text)
}

fn open(key: &[u8; 32], nonce: [u8; 12], associated_data: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
    let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key).ok()?);
    let mut text = sealed.to_vec();
    let plaintext =
        key.open_in_place(Nonce::assume_unique_for_key(nonce), Aad::from(associated_data), &mut text).ok()?;
    Some(plaintext.to_vec())
}

/// GCM opens; CBC without padding, where 3DES keys that are weak, or not three different ones, are refused.
fn decrypt(content: ContentCipher, key: &[u8], iv: &[u8], ciphertext: &[u8]) -> Option<Vec<u8>> {
    let mut text = ciphertext.to_vec();
    if content.is_authenticated() {
        let nonce = Nonce::try_assume_unique_for_key(iv).ok()?;
        let length = gcm(content, key)?.open_in_place(nonce, Aad::empty(), &mut text).ok()?.len();
        text.truncate(length);
    } else {
        let iv = match content {
            ContentCipher::TripleDesCbc => DecryptionContext::Iv64(FixedLength::from(iv.first_chunk()?)),
            _ => DecryptionContext::Iv128(FixedLength::from(iv.first_chunk()?)),
        };
        DecryptingKey::cbc(cbc(content, key)?).ok()?.decrypt(&mut text, iv).ok()?;
    }
    Some(text)
}

fn encrypt(content: ContentCipher, key: &[u8], iv: &[u8], plaintext: &[u8]) -> Option<Vec<u8>> {
    use aws_lc_rs::cipher::{EncryptingKey, EncryptionContext};
    let mut text = plaintext.to_vec();
    if content.is_authenticated() {
        let nonce = Nonce::try_assume_unique_for_key(iv).ok()?;
        gcm(content, key)?.seal_in_place_append_tag(nonce, Aad::empty(), &mut text).ok()?;
    } else {
        let iv = match content {
            ContentCipher::TripleDesCbc => EncryptionContext::Iv64(FixedLength::from(iv.first_chunk()?)),
            _ => EncryptionContext::Iv128(FixedLength::from(iv.first_chunk()?)),
        };
        EncryptingKey::cbc(cbc(content, key)?).ok()?.less_safe_encrypt(&mut text, iv).ok()?;
    }
    Some(text)
}

fn gcm(content: ContentCipher, key: &[u8]) -> Option<LessSafeKey> {
    let algorithm = match content {
        ContentCipher::Aes128Gcm => &AES_128_GCM,
        ContentCipher::Aes192Gcm => &AES_192_GCM,
        ContentCipher::Aes256Gcm => &AES_256_GCM,
        _ => return None,
    };
    UnboundKey::new(algorithm, key).ok().map(LessSafeKey::new)
}

fn cbc(content: ContentCipher, key: &[u8]) -> Option<UnboundCipherKey> {
    let algorithm: &'static cipher::Algorithm = match content {
        ContentCipher::Aes128Cbc => &AES_128,
        ContentCipher::Aes192Cbc => &AES_192,
        ContentCipher::Aes256Cbc => &AES_256,
        #[expect(deprecated, reason = "as legacy as its name says, and refused by the policy unless allowed by name")]
        ContentCipher::TripleDesCbc => &cipher::DES_EDE3_FOR_LEGACY_USE_ONLY,
        _ => return None,
    };
    UnboundCipherKey::new(algorithm, key).ok()
}

/// The key is read and checked here, and goes on in one form.
fn rsa_decryption(form: KeyForm, der: &[u8]) -> Option<RsaDecryption> {
    let checked = match form {
        KeyForm::Pkcs8 => rsa::KeyPair::from_pkcs8(der),
        KeyForm::Traditional => rsa::KeyPair::from_der(der),
    };
    let Ok(checked) = checked else { return small_rsa_decryption(form, der) };
    let spki: PublicKeyX509Der<'_> = checked.public_key().as_der().ok()?;
    let pkcs8: Pkcs8V1Der<'_> = checked.as_der().ok()?;
    Some(decryption(spki.as_ref().to_vec(), RsaKey::private(pkcs8.as_ref())?))
}

/// aws-lc-rs takes no key below 2048 bits. The C library reads one from 1024 bits on, and checks its numbers by itself.
fn small_rsa_decryption(form: KeyForm, der: &[u8]) -> Option<RsaDecryption> {
    let numbers = RsaNumbers::of(form, der)?;
    (1024..2048).contains(&numbers.bits()).then_some(())?;
    let spki = Spki::rsa(numbers.modulus, numbers.exponent).ok()?.der;
    let key = match form {
        KeyForm::Pkcs8 => RsaKey::private(der)?,
        KeyForm::Traditional => RsaKey::private(&pkcs8_of_rsa(der))?,
    };
    Some(decryption(spki, key))
}

fn decryption(spki: Vec<u8>, key: RsaKey) -> RsaDecryption {
    RsaDecryption {
        spki,
        modulus_bytes: key.modulus_bytes(),
        decrypt: Box::new(move |padding, octets| key.decrypt(padding, octets)),
    }
}

fn rsa_encryption(spki: &[u8]) -> Option<RsaEncryption> {
    let key = RsaKey::public(spki)?;
    Some(RsaEncryption {
        modulus_bytes: key.modulus_bytes(),
        encrypt: Box::new(move |padding, octets| key.encrypt(padding, octets)),
    })
}
