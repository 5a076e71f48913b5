//! Encryption: anybody can encrypt to our public key, and whoever may ask often enough what a ciphertext says need not
//! break it.

use std::collections::BTreeSet;

use aws_lc_rs::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::cipher::{AES_128, EncryptingKey, EncryptionContext, UnboundCipherKey};
use aws_lc_rs::iv::FixedLength;
use aws_lc_rs::rsa::{OAEP_SHA1_MGF1SHA1, OaepPublicEncryptingKey, PrivateDecryptingKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use saml_sp::testing::forge::{Place, Tree};
use saml_sp::testing::{Encrypted, Encryption, Sign, TestIdpError};
use serde_json::json;

use crate::door;
use crate::stage::{ENCRYPTED, MALLORY, PLAIN, Shape, Stage};
use crate::vector::{Made, Outcome, vectors};

const GCM: &str = "http://www.w3.org/2009/xmlenc11#aes128-gcm";
const CBC: &str = "http://www.w3.org/2001/04/xmlenc#aes128-cbc";
const RSA_15: &str = "http://www.w3.org/2001/04/xmlenc#rsa-1_5";
const OAEP_11: &str = "http://www.w3.org/2009/xmlenc11#rsa-oaep";
const XENC: &str = "xmlns:xenc=\"http://www.w3.org/2001/04/xmlenc#\"";
const SAML: &str = "xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\"";

/// The assertion encrypted and nothing signed around it: whatever holds the ciphertext can be written over.
const OPEN: &[Shape] = &[Shape::EncryptedAssertionSigned];
/// The ciphertext lies under a signature.
const COVERED: &[Shape] = &[Shape::EncryptedResponseSigned, Shape::EncryptedBothSigned];

/// The ciphertext of something that is signed itself.
const SIGNED_INSIDE: &[Shape] = &[Shape::EncryptedAssertionSigned, Shape::EncryptedBothSigned];

/// What a change around the ciphertext comes to: where a signature covers it, that is looked at first.
macro_rules! or_digest {
    ($code:literal) => {
        Outcome::RejectBy(|shape| if shape.response_is_signed() { "digest-mismatch" } else { $code })
    };
}
/// The one error.
const FAILED: Outcome = or_digest!("decrypt-failed");
const BAD_SHAPE: Outcome = or_digest!("decrypt-shape");
const UNAUTHENTICATED: Outcome = or_digest!("decrypt-unauthenticated-cbc");
const UNKNOWN: Outcome = Outcome::Reject("decrypt-algorithm-unknown");
const UNEXPECTED: Outcome = Outcome::Reject("decrypt-content-unexpected");
const NO_XML: Outcome = Outcome::Reject("decrypt-content");
const NO_EFFECT: Outcome = Outcome::Depends(|shape: Shape| shape.response_is_signed().then_some("digest-mismatch"));

type Recipe = Result<Made, TestIdpError>;

/// A genuine message, encrypted in this way.
fn encrypted(stage: &Stage, style: impl FnOnce(&mut Encryption)) -> Result<Tree, TestIdpError> {
    stage.changed(|answer| style(&mut answer.encryption[0]))
}

fn cbc(encryption: &mut Encryption) {
    CBC.clone_into(&mut encryption.content);
}

fn gcm(_: &mut Encryption) {}

/// The ciphertext of the content, altered.
fn content(stage: &Stage, style: fn(&mut Encryption), alter: impl FnOnce(Vec<u8>) -> Vec<u8>) -> Recipe {
    let mut tree = encrypted(stage, style)?;
    let place = *tree.find_all("CipherValue").last().unwrap();
    cipher_value(&mut tree, place, alter)?;
    Ok(tree.into())
}

/// The ciphertext of the key, altered.
fn wrapped(stage: &Stage, style: fn(&mut Encryption), alter: impl FnOnce(Vec<u8>) -> Vec<u8>) -> Recipe {
    let mut tree = encrypted(stage, style)?;
    let place = tree.find("CipherValue")?;
    cipher_value(&mut tree, place, alter)?;
    Ok(tree.into())
}

fn cipher_value(tree: &mut Tree, place: Place, alter: impl FnOnce(Vec<u8>) -> Vec<u8>) -> Result<(), TestIdpError> {
    let octets = alter(STANDARD.decode(tree.text(place)).unwrap());
    tree.set_text(place, &STANDARD.encode(octets))
}

/// As [`content`], in CBC and where that is allowed without a signature.
fn oracle(stage: &Stage, alter: impl FnOnce(Vec<u8>) -> Vec<u8>) -> Recipe {
    Ok(content(stage, cbc, alter)?.allowing("unauthenticated-cbc"))
}

fn flipped(mut octets: Vec<u8>, at: usize, bits: u8) -> Vec<u8> {
    octets[at] ^= bits;
    octets
}

/// Markup around the ciphertext, altered.
fn around(stage: &Stage, alter: impl FnOnce(&mut Tree, Place) -> Result<(), TestIdpError>) -> Recipe {
    let mut tree = stage.genuine()?;
    let holder = tree.find("EncryptedAssertion")?;
    alter(&mut tree, holder)?;
    Ok(tree.into())
}

/// The Algorithm of the EncryptionMethod of the content, or of the key.
fn relabelled(stage: &Stage, style: fn(&mut Encryption), of: &str, uri: &str) -> Recipe {
    let mut tree = encrypted(stage, style)?;
    let method = tree.under(tree.find(of)?, "EncryptionMethod")?;
    tree.set(method, "Algorithm", uri)?;
    Ok(tree.into())
}

/// What the identity provider encrypted was this, made from the assertion as it would have been.
fn plaintext(stage: &Stage, alter: impl FnOnce(&str) -> Vec<u8>) -> Recipe {
    let answer = stage.answer();
    let mut plain = answer.clone();
    plain.encryption.clear();
    plain.sign = if stage.shape.assertion_is_signed() { Sign::Assertion } else { Sign::Nothing };
    let mut tree = Tree::parse(&stage.idp.sign(&plain)?)?;
    let assertion = tree.find("Assertion")?;
    tree.declare_inherited(assertion)?;
    let other = alter(&tree.xml_of(assertion));
    let mut sealed = answer;
    sealed.encryption[0].plaintext = Some(other);
    sealed.sign = if stage.shape.response_is_signed() { Sign::Response } else { Sign::Nothing };
    Ok(stage.idp.sign(&sealed)?.into())
}

fn text(stage: &Stage, text: &str) -> Recipe {
    plaintext(stage, |_| text.as_bytes().to_vec())
}

/// What anybody can make: octets under a content key of one's own, to our public key.
fn by_hand(stage: &Stage, algorithm: &str, octets: impl FnOnce(&[u8; 16]) -> Vec<u8>) -> Recipe {
    let key = *b"attacker's key!!";
    let pem: String = stage.decryption().lines().filter(|line| !line.starts_with('-')).collect();
    let ours = PrivateDecryptingKey::from_pkcs8(&STANDARD.decode(pem).unwrap()).unwrap().public_key();
    let ours = OaepPublicEncryptingKey::new(ours).unwrap();
    let mut output = vec![0; ours.ciphertext_size()];
    let wrapped = ours.encrypt(&OAEP_SHA1_MGF1SHA1, &key, &mut output, None).unwrap();
    let mut tree = stage.genuine()?;
    let values = tree.find_all("CipherValue");
    tree.set_text(values[0], &STANDARD.encode(wrapped))?;
    tree.set_text(values[1], &STANDARD.encode(octets(&key)))?;
    let method = tree.under(tree.find("EncryptedData")?, "EncryptionMethod")?;
    tree.set(method, "Algorithm", algorithm)?;
    Ok(tree.into())
}

/// IV and CBC of what is padded already.
fn cbc_of(key: &[u8; 16], padded: &[u8]) -> Vec<u8> {
    let key = EncryptingKey::cbc(UnboundCipherKey::new(&AES_128, key).unwrap()).unwrap();
    let mut blocks = padded.to_vec();
    let iv = EncryptionContext::Iv128(FixedLength::from([7; 16]));
    key.less_safe_encrypt(&mut blocks, iv).unwrap();
    [vec![7; 16], blocks].concat()
}

fn gcm_of(key: &[u8; 16], plaintext: &[u8]) -> Vec<u8> {
    let key = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, key).unwrap());
    let mut sealed = plaintext.to_vec();
    key.seal_in_place_append_tag(Nonce::assume_unique_for_key([7; 12]), Aad::empty(), &mut sealed).unwrap();
    [vec![7; 12], sealed].concat()
}

/// A forged assertion, not signed, encrypted to our public key: the EncryptedAssertion.
fn forged(stage: &Stage, style: impl FnOnce(&mut Encryption)) -> Result<String, TestIdpError> {
    let mut answer = stage.answer_about(MALLORY);
    answer.sign = Sign::Nothing;
    let mut encryption = stage.encryption(Encrypted::Assertion);
    style(&mut encryption);
    answer.encryption = vec![encryption];
    let tree = Tree::parse(&stage.idp.sign(&answer)?)?;
    Ok(tree.xml_of(tree.find("EncryptedAssertion")?))
}

/// A genuine message in which the name or the attributes are encrypted, before it was signed.
fn inside(stage: &Stage, what: Encrypted, style: impl FnOnce(&mut Encryption)) -> Recipe {
    let mut encryption = stage.encryption(what);
    style(&mut encryption);
    opened(stage.changed(|answer| answer.encryption.insert(0, encryption))?)
}

/// With our key, which shapes that are not encrypted do not need otherwise.
fn opened(tree: Tree) -> Recipe {
    Ok(Made::from(tree).with("/sp/decryption_keys", json!([Stage::new(Shape::AssertionSigned).decryption()])))
}

/// A name, or an attribute, that is encrypted and holds this instead.
fn holds(stage: &Stage, what: Encrypted, plaintext: &str) -> Recipe {
    inside(stage, what, |encryption| encryption.plaintext = Some(plaintext.as_bytes().to_vec()))
}

/// Every failure is one and the same verdict, word for word: which of the many it was is what an attacker would like to
/// know.
#[test]
fn failures_to_decrypt_cannot_be_told_apart() {
    let failing = || VECTORS.iter().filter(|vector| vector.outcome.of(OPEN[0]) == Err("decrypt-failed"));
    let mut verdicts = BTreeSet::new();
    for vector in failing().filter(|vector| vector.shapes.contains(&OPEN[0])) {
        let mut verdict = door::answer(vector.trial(OPEN[0]).case.to_string().as_bytes());
        verdict["id"] = json!(null);
        verdicts.insert(verdict.to_string());
    }
    assert!(failing().count() >= 25, "only {}", failing().count());
    assert_eq!(verdicts.len(), 1, "{verdicts:#?}");
}

vectors! { "encryption";
    // ---- CBC

    /// CBC where nothing signs the ciphertext: whoever alters it can ask us what it says.
    cbc_that_nothing_covers: "Jager and Somorovsky 2011", ENCRYPTED,
        Outcome::Depends(|shape| (!shape.response_is_signed()).then_some("decrypt-unauthenticated-cbc")) =>
        |stage| Ok(encrypted(stage, cbc)?.into());

    /// The signature that covered it, taken away; that of the assertion inside is left.
    cbc_with_its_signature_taken_away: "Jager and Somorovsky 2011", &[Shape::EncryptedBothSigned],
        Outcome::Reject("decrypt-unauthenticated-cbc") => |stage| {
        let mut tree = encrypted(stage, cbc)?;
        tree.remove(tree.find("Signature")?)?;
        Ok(tree.into())
    };

    /// A ciphertext altered where CBC is not allowed: the answer is known before any key is asked.
    cbc_altered_where_it_is_not_allowed: "Jager and Somorovsky 2011", ENCRYPTED, UNAUTHENTICATED,
        not_live "the altered ciphertext opens to nothing" => |stage| content(stage, cbc, |octets| flipped(octets, 0, 1));

    /// GCM called CBC: the same key, and a mode in which its keystream can be asked for.
    gcm_called_cbc: "Jager, Paterson and Somorovsky 2013", ENCRYPTED, UNAUTHENTICATED,
        not_live "it opens to nothing" => |stage| relabelled(stage, gcm, "EncryptedData", CBC);

    /// The same where CBC is allowed.
    gcm_called_cbc_where_it_is_allowed: "Jager, Paterson and Somorovsky 2013", ENCRYPTED, FAILED,
        not_live "it opens to nothing" =>
        |stage| Ok(relabelled(stage, gcm, "EncryptedData", CBC)?.allowing("unauthenticated-cbc"));

    /// One bit of the IV flipped, which flips one of `<`: the parser's error would tell the padding's.
    cbc_iv_that_spoils_the_first_tag: "Jager and Somorovsky 2011", ENCRYPTED, FAILED,
        not_live "the altered ciphertext opens to no XML" => |stage| oracle(stage, |octets| flipped(octets, 0, 1));

    /// One bit of the IV flipped, which makes the prefix another one.
    cbc_iv_that_changes_the_prefix: "Jager and Somorovsky 2011", ENCRYPTED, FAILED,
        not_live "the altered ciphertext opens to what was not signed" => |stage| oracle(stage, |octets| flipped(octets, 1, 2));

    /// `<` of the first tag made `8`, and the text after it no XML at all.
    cbc_iv_that_leaves_text: "Jager and Somorovsky 2011", ENCRYPTED, FAILED,
        not_live "the altered ciphertext opens to no XML" => |stage| oracle(stage, |octets| flipped(octets, 0, 4));

    /// A block in the middle spoiled, and the next one flipped.
    cbc_block_in_the_middle: "Jager and Somorovsky 2011", ENCRYPTED, FAILED,
        not_live "the altered ciphertext opens to what was not signed" => |stage| oracle(stage, |octets| flipped(octets, 320, 0x20));

    /// Padding longer than a block.
    cbc_padding_beyond_a_block: "Vaudenay 2002; Jager and Somorovsky 2011", ENCRYPTED, FAILED,
        not_live "the padding is none" => |stage| oracle(stage, |octets| { let at = octets.len() - 17; flipped(octets, at, 0x80) });

    /// Padding of no octets, made by hand.
    cbc_padding_of_nothing: "Vaudenay 2002; GHSA-hwqm-qvj9-4jr2", ENCRYPTED, FAILED,
        not_live "nothing in it is signed" =>
        |stage| Ok(by_hand(stage, CBC, |key| cbc_of(key, &[0; 32]))?.allowing("unauthenticated-cbc"));

    /// Padding and nothing else.
    cbc_of_padding_alone: "GHSA-hwqm-qvj9-4jr2", ENCRYPTED, FAILED, not_live "nothing in it is signed" =>
        |stage| Ok(by_hand(stage, CBC, |key| cbc_of(key, &[16; 16]))?.allowing("unauthenticated-cbc"));

    /// Padding that claims more than there is.
    cbc_padding_beyond_the_text: "GHSA-hwqm-qvj9-4jr2", ENCRYPTED, FAILED, not_live "nothing in it is signed" =>
        |stage| Ok(by_hand(stage, CBC, |key| cbc_of(key, &[0xff; 16]))?.allowing("unauthenticated-cbc"));

    /// Not a number of whole blocks.
    cbc_of_broken_blocks: "GHSA-hwqm-qvj9-4jr2", ENCRYPTED, FAILED,
        not_live "the altered ciphertext opens to nothing" =>
        |stage| oracle(stage, |octets| octets[..octets.len() - 1].to_vec());

    /// The IV and no block.
    cbc_of_an_iv_alone: "GHSA-hwqm-qvj9-4jr2", ENCRYPTED, FAILED, not_live "there is no ciphertext" =>
        |stage| oracle(stage, |octets| octets[..16].to_vec());

    /// Half an IV.
    cbc_of_half_an_iv: "GHSA-hwqm-qvj9-4jr2", ENCRYPTED, FAILED, not_live "there is no ciphertext" =>
        |stage| oracle(stage, |octets| octets[..8].to_vec());

    /// Nothing.
    cbc_of_nothing: "GHSA-hwqm-qvj9-4jr2", ENCRYPTED, FAILED, not_live "there is no ciphertext" =>
        |stage| oracle(stage, |_| Vec::new());

    /// The last block taken away.
    cbc_without_its_last_block: "Vaudenay 2002", ENCRYPTED, FAILED, not_live "what was signed is not whole" =>
        |stage| oracle(stage, |octets| octets[..octets.len() - 16].to_vec());

    /// Two blocks exchanged.
    cbc_with_two_blocks_exchanged: "Jager and Somorovsky 2011", ENCRYPTED, FAILED,
        not_live "the altered ciphertext opens to what was not signed" =>
        |stage| oracle(stage, |octets| [&octets[..64], &octets[80..96], &octets[64..80], &octets[96..]].concat());

    /// The whole ciphertext twice.
    cbc_twice: "Jager and Somorovsky 2011", SIGNED_INSIDE, FAILED =>
        |stage| oracle(stage, |octets| [octets.clone(), octets].concat());

    /// A forged assertion, not signed, that opens very well: even that is the one error, for it would tell that the
    /// padding
    /// was right.
    cbc_of_a_forged_assertion: "Jager and Somorovsky 2011", OPEN, FAILED, not_live "nothing in it is signed" =>
        |stage| {
        let mut tree = stage.genuine()?;
        let forged = tree.element(&forged(stage, cbc)?)?;
        tree.replace(tree.find("EncryptedAssertion")?, forged)?;
        Ok(Made::from(tree).allowing("unauthenticated-cbc"))
    };

    /// A well-formed element that is no assertion.
    cbc_of_another_element: "Jager and Somorovsky 2011", OPEN, FAILED, not_live "nothing in it is signed" =>
        |stage| Ok(by_hand(stage, CBC, |key| cbc_of(key, &[b"<a/>".as_slice(), &[12; 12]].concat()))?
            .allowing("unauthenticated-cbc"));

    /// A DOCTYPE.
    cbc_of_a_doctype: "Jager and Somorovsky 2011; CVE-2025-25291", OPEN, FAILED, not_live "nothing in it is signed" =>
        |stage| Ok(by_hand(stage, CBC, |key| cbc_of(key, &[*b"<!DOCTYPE a><a/>", [16; 16]].concat()))?
            .allowing("unauthenticated-cbc"));

    /// An assertion by another key.
    cbc_of_a_strangers_assertion: "Jager and Somorovsky 2011", OPEN, FAILED,
        not_live "the key that signed it is not trusted" =>
        |stage| {
        let attacker = Stage { shape: stage.shape, idp: stage.foreign, foreign: stage.foreign };
        Ok(Made::from(encrypted(&attacker, cbc)?).allowing("unauthenticated-cbc"))
    };

    /// An assertion for somebody else, signed as it ought to be: that it could be read at all is told to nobody.
    cbc_of_an_assertion_for_somebody_else: "Jager and Somorovsky 2011", OPEN, FAILED => |stage| {
        let tree = stage.changed(|answer| {
            cbc(&mut answer.encryption[0]);
            answer.audience_restrictions = vec![vec!["https://other.example.com".to_owned()]];
        })?;
        Ok(Made::from(tree).allowing("unauthenticated-cbc"))
    };

    // ---- GCM

    /// One bit of the tag.
    gcm_tag_flipped: "CVE-2026-32313", ENCRYPTED, FAILED, not_live "the tag does not fit" =>
        |stage| content(stage, gcm, |octets| { let at = octets.len() - 1; flipped(octets, at, 1) });

    /// A tag of 96 bits, as NIST allows and XML Encryption does not.
    gcm_tag_of_96_bits: "CVE-2026-32600", ENCRYPTED, FAILED, not_live "the tag is not whole" =>
        |stage| content(stage, gcm, |octets| octets[..octets.len() - 4].to_vec());

    /// A tag of 32 bits.
    gcm_tag_of_32_bits: "CVE-2026-32600", ENCRYPTED, FAILED, not_live "the tag is not whole" =>
        |stage| content(stage, gcm, |octets| octets[..octets.len() - 12].to_vec());

    /// A tag of one octet, which is guessed soon.
    gcm_tag_of_one_octet: "CVE-2026-32600", ENCRYPTED, FAILED, not_live "the tag is not whole" =>
        |stage| content(stage, gcm, |octets| octets[..octets.len() - 15].to_vec());

    /// No tag.
    gcm_without_a_tag: "CVE-2026-32313", ENCRYPTED, FAILED, not_live "there is no tag" =>
        |stage| content(stage, gcm, |octets| octets[..octets.len() - 16].to_vec());

    /// A tag of zeros.
    gcm_tag_of_zeros: "CVE-2026-32313", ENCRYPTED, FAILED, not_live "the tag does not fit" =>
        |stage| content(stage, gcm, |octets| [&octets[..octets.len() - 16], &[0; 16]].concat());

    /// One bit of the ciphertext.
    gcm_ciphertext_flipped: "CVE-2026-32313", ENCRYPTED, FAILED, not_live "the tag does not fit" =>
        |stage| content(stage, gcm, |octets| flipped(octets, 100, 0x20));

    /// One bit of the IV.
    gcm_iv_flipped: "CVE-2026-32313", ENCRYPTED, FAILED, not_live "the tag does not fit" =>
        |stage| content(stage, gcm, |octets| flipped(octets, 0, 1));

    /// A shorter IV.
    gcm_iv_short: "XML Encryption 1.1 section 5.2.4", ENCRYPTED, FAILED, not_live "the tag does not fit" =>
        |stage| content(stage, gcm, |octets| octets[4..].to_vec());

    /// A longer IV.
    gcm_iv_long: "XML Encryption 1.1 section 5.2.4", ENCRYPTED, FAILED, not_live "the tag does not fit" =>
        |stage| content(stage, gcm, |octets| [vec![0; 4], octets].concat());

    /// The IV alone.
    gcm_of_an_iv_alone: "CVE-2026-32313", ENCRYPTED, FAILED, not_live "there is no ciphertext" =>
        |stage| content(stage, gcm, |octets| octets[..12].to_vec());

    /// Less than an IV.
    gcm_of_less_than_an_iv: "GHSA-hwqm-qvj9-4jr2", ENCRYPTED, FAILED, not_live "there is no ciphertext" =>
        |stage| content(stage, gcm, |octets| octets[..5].to_vec());

    /// Nothing.
    gcm_of_nothing: "GHSA-hwqm-qvj9-4jr2", ENCRYPTED, FAILED, not_live "there is no ciphertext" =>
        |stage| content(stage, gcm, |_| Vec::new());

    /// An authentic plaintext of no octets.
    gcm_of_an_empty_plaintext: "CVE-2026-32313", ENCRYPTED, or_digest!("decrypt-content-unexpected"),
        not_live "nothing in it is signed" => |stage| by_hand(stage, GCM, |key| gcm_of(key, b""));

    /// CBC called GCM.
    cbc_called_gcm: "Jager, Paterson and Somorovsky 2013", ENCRYPTED, FAILED, not_live "the tag does not fit" =>
        |stage| relabelled(stage, cbc, "EncryptedData", GCM);

    /// A key of 128 bits for a cipher of 256.
    gcm_of_another_key_length: "XML Encryption 1.1 section 5.2.4", SIGNED_INSIDE, FAILED =>
        |stage| relabelled(stage, gcm, "EncryptedData", "http://www.w3.org/2009/xmlenc11#aes256-gcm");

    // ---- The key

    /// RSA 1.5, which was not allowed.
    rsa_1_5_where_it_is_not_allowed: "Bleichenbacher 1998", ENCRYPTED,
        Outcome::Reject("decrypt-algorithm-refused") =>
        |stage| Ok(encrypted(stage, |encryption| RSA_15.clone_into(&mut encryption.key_transport))?.into());

    /// A key under OAEP called RSA 1.5: the answer would say whether it begins with 0 and 2.
    oaep_called_rsa_1_5: "Jager, Paterson and Somorovsky 2013", SIGNED_INSIDE,
        or_digest!("decrypt-algorithm-refused") =>
        |stage| relabelled(stage, gcm, "EncryptedKey", RSA_15);

    /// The same where RSA 1.5 is allowed.
    oaep_called_rsa_1_5_where_it_is_allowed: "Jager, Paterson and Somorovsky 2013", OPEN, FAILED =>
        |stage| Ok(relabelled(stage, gcm, "EncryptedKey", RSA_15)?.allowing("rsa-1-5"));

    /// RSA 1.5, allowed, with a ciphertext altered: another key is drawn, and the tag does not fit.
    rsa_1_5_altered: "Bleichenbacher 1998", ENCRYPTED, FAILED, not_live "the key is another" => |stage| {
        let style = |encryption: &mut Encryption| RSA_15.clone_into(&mut encryption.key_transport);
        Ok(wrapped(stage, style, |octets| flipped(octets, 255, 1))?.allowing("rsa-1-5"))
    };

    /// RSA 1.5, allowed, with a key of another length.
    rsa_1_5_with_a_key_of_another_length: "Bleichenbacher 1998", OPEN, FAILED => |stage| {
        let style = |encryption: &mut Encryption| RSA_15.clone_into(&mut encryption.key_transport);
        let uri = "http://www.w3.org/2009/xmlenc11#aes256-gcm";
        Ok(relabelled(stage, style, "EncryptedData", uri)?.allowing("rsa-1-5"))
    };

    /// One bit of the wrapped key.
    wrapped_key_flipped: "RFC 8017 section 7.1.2", ENCRYPTED, FAILED, not_live "the key does not open" =>
        |stage| wrapped(stage, gcm, |octets| flipped(octets, 0, 1));

    /// Zero, whose power is zero.
    wrapped_key_of_zeros: "RFC 8017 section 7.1.2", ENCRYPTED, FAILED, not_live "the key does not open" =>
        |stage| wrapped(stage, gcm, |octets| vec![0; octets.len()]);

    /// A number above every modulus.
    wrapped_key_above_the_modulus: "RFC 8017 section 7.1.2", ENCRYPTED, FAILED, not_live "the key does not open" =>
        |stage| wrapped(stage, gcm, |octets| vec![0xff; octets.len()]);

    /// Shorter than the modulus.
    wrapped_key_cut_off: "RFC 8017 section 7.1.2", ENCRYPTED, FAILED, not_live "the key does not open" =>
        |stage| wrapped(stage, gcm, |octets| octets[..255].to_vec());

    /// Longer than the modulus.
    wrapped_key_with_a_zero_in_front: "RFC 8017 section 7.1.2", ENCRYPTED, FAILED, not_live "the key does not open" =>
        |stage| wrapped(stage, gcm, |octets| [vec![0], octets].concat());

    /// Nothing.
    wrapped_key_of_nothing: "RFC 8017 section 7.1.2", ENCRYPTED, FAILED, not_live "the key does not open" =>
        |stage| wrapped(stage, gcm, |_| Vec::new());

    /// Longer than the largest modulus that anybody has.
    wrapped_key_beyond_all_measure: "XML Encryption 1.1 section 5.5", ENCRYPTED, BAD_SHAPE,
        not_live "the key does not open" =>
        |stage| wrapped(stage, gcm, |_| vec![1; 100_000]);

    /// Another digest named than was used.
    oaep_with_another_digest: "RFC 8017 section 7.1.2", OPEN, FAILED => |stage| around(stage, |tree, holder| {
        let key = tree.under(holder, "EncryptedKey")?;
        let method = tree.under(key, "EncryptionMethod")?;
        tree.set_raw(method, "<ds:DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"/>")
    });

    /// A label where none was.
    oaep_with_another_label: "RFC 8017 section 7.1.2", OPEN, FAILED => |stage| around(stage, |tree, holder| {
        let key = tree.under(holder, "EncryptedKey")?;
        let method = tree.under(key, "EncryptionMethod")?;
        tree.set_raw(method, "<xenc:OAEPparams>bGFiZWw=</xenc:OAEPparams>")
    });

    /// A label without end.
    oaep_with_a_long_label: "XML Encryption 1.1 section 5.5.2", OPEN, BAD_SHAPE =>
        |stage| around(stage, |tree, holder| {
        let key = tree.under(holder, "EncryptedKey")?;
        let method = tree.under(key, "EncryptionMethod")?;
        tree.set_raw(method, &format!("<xenc:OAEPparams>{}</xenc:OAEPparams>", "AAAA".repeat(10_000)))
    });

    // ---- Algorithms that nobody knows

    /// A cipher of no name.
    unknown_content_encryption: "XML Encryption 1.1 section 5.2", ENCRYPTED, UNKNOWN =>
        |stage| Ok(encrypted(stage, |encryption| "urn:rot13".clone_into(&mut encryption.content))?.into());

    /// No encryption, by a name that says so.
    content_that_is_not_encrypted: "XML Encryption 1.1 section 5.2", ENCRYPTED, UNKNOWN => |stage| Ok(encrypted(stage,
        |encryption| "http://www.w3.org/2001/04/xmlenc#null".clone_into(&mut encryption.content))?.into());

    /// 3DES, which was not allowed.
    triple_des_where_it_is_not_allowed: "SP 800-131A", COVERED,
        Outcome::Reject("decrypt-algorithm-refused") => |stage|
        Ok(encrypted(stage, |encryption| "http://www.w3.org/2001/04/xmlenc#tripledes-cbc".clone_into(&mut encryption.content))?
            .into());

    /// A key wrapped by a secret that we are supposed to share.
    unknown_key_wrap: "XML Encryption 1.1 section 5", ENCRYPTED, UNKNOWN => |stage| Ok(encrypted(stage, |encryption|
        "http://www.w3.org/2001/04/xmlenc#kw-aes128".clone_into(&mut encryption.key_transport))?.into());

    /// A digest for OAEP that is broken.
    unknown_oaep_digest: "XML Encryption 1.1 section 5.5.2", ENCRYPTED, UNKNOWN =>
        |stage| Ok(encrypted(stage, |encryption|
        encryption.digest = Some("http://www.w3.org/2001/04/xmldsig-more#md5".to_owned()))?.into());

    /// A mask of no name.
    unknown_mask_generation: "XML Encryption 1.1 section 5.5.2", ENCRYPTED, UNKNOWN =>
        |stage| Ok(encrypted(stage, |encryption| {
        OAEP_11.clone_into(&mut encryption.key_transport);
        encryption.mask_generation = Some("urn:mask".to_owned());
    })?.into());

    // ---- What stands around the ciphertext

    /// As many EncryptedKeys as make private-key operations dear.
    flood_of_encrypted_keys: "measured elsewhere: 1,000 EncryptedKeys, 1.7 s", OPEN,
        Outcome::Reject("decrypt-too-many-keys") =>
        |stage| around(stage, |tree, holder| {
        let key = tree.under(holder, "EncryptedKey")?;
        let copies = tree.xml_of(key).repeat(1000);
        let copies = tree.raw(&copies);
        tree.insert_after(key, copies)
    });

    /// EncryptedKeys for others, which have to be looked at nevertheless.
    flood_of_foreign_encrypted_keys: "measured elsewhere: 1,000 EncryptedKeys, 1.7 s", OPEN,
        Outcome::Reject("decrypt-too-many-keys") =>
        |stage| around(stage, |tree, holder| {
        let key = tree.under(holder, "EncryptedKey")?;
        let copies = tree.xml_of(key).replace("<xenc:EncryptedKey ", "<xenc:EncryptedKey Recipient=\"urn:x\" ").repeat(1000);
        let copies = tree.raw(&copies);
        tree.insert_before(key, copies)
    });

    /// The attacker's keys before the one that fits: it is tried as well.
    decoys_before_the_encrypted_key: "core 6.1", SIGNED_INSIDE, NO_EFFECT => |stage| around(stage, |tree, holder| {
        let key = tree.under(holder, "EncryptedKey")?;
        for _ in 0..5 {
            let decoy = tree.copy(key);
            let value = tree.under(decoy, "CipherValue")?;
            cipher_value(tree, value, |octets| flipped(octets, 9, 1))?;
            tree.insert_before(key, decoy)?;
        }
        Ok(())
    });

    /// All keys are for somebody else.
    keys_for_somebody_else: "core 6.1", ENCRYPTED, Outcome::Reject("decrypt-shape") => |stage| Ok(encrypted(stage,
        |encryption| encryption.recipient = Some("https://other.example.com".to_owned()))?.into());

    /// A recipient whose name looks like ours.
    key_for_somebody_alike: "UTS #39 section 4", ENCRYPTED,
        Outcome::Reject("decrypt-shape") => |stage| Ok(encrypted(stage,
        |encryption| encryption.recipient = Some("https://app.example.com/saml/".to_owned()))?.into());

    /// No key.
    no_encrypted_key: "core 6.1", OPEN, BAD_SHAPE, not_live "there is no key" => |stage| around(stage, |tree, holder| {
        let key = tree.under(holder, "EncryptedKey")?;
        tree.remove(key)
    });

    /// A key to fetch from a server of the attacker's, beside the one that fits: nothing is fetched.
    retrieval_method_of_a_server: "CVE-2016-9814", SIGNED_INSIDE, NO_EFFECT => |stage| around(stage, |tree, holder| {
        let key = tree.under(holder, "EncryptedKey")?;
        let method = tree.raw("<ds:RetrievalMethod URI=\"http://attacker.example/key\"/>");
        tree.insert_before(key, method)
    });

    /// Two RetrievalMethods that point to one another, and no key.
    retrieval_methods_in_a_loop: "CVE-2016-9814", OPEN, BAD_SHAPE, not_live "there is no key" => |stage|
        around(stage, |tree, holder| {
        let loops = "<ds:RetrievalMethod Id=\"a\" URI=\"#b\"/><ds:RetrievalMethod Id=\"b\" URI=\"#a\"/>";
        let key_info = tree.under(holder, "KeyInfo")?;
        tree.set_raw(key_info, loops)
    });

    /// The key elsewhere in the message, where a RetrievalMethod points to: it counts inside the same element alone.
    encrypted_key_in_the_wrapper: "core 6.1", OPEN, BAD_SHAPE => |stage| around(stage, |tree, holder| {
        let key = tree.under(holder, "EncryptedKey")?;
        tree.set(key, "Id", "_key")?;
        tree.declare_inherited(key)?;
        let key_info = tree.under(holder, "KeyInfo")?;
        let extensions = tree.element("<samlp:Extensions xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\"/>")?;
        tree.insert_before(tree.find("Status")?, extensions)?;
        tree.append(extensions, key)?;
        tree.set_raw(key_info, "<ds:RetrievalMethod URI=\"#_key\"/>")
    });

    /// A key inside the KeyInfo of a key, and so on: only the first level is looked at.
    encrypted_keys_nested: "XML Encryption 1.1 section 3.5", OPEN, BAD_SHAPE => |stage| around(stage, |tree, holder| {
        let key = tree.under(holder, "EncryptedKey")?;
        let mut nested = tree.copy(key);
        for _ in 0..10 {
            let outer = tree.element(&format!("<xenc:EncryptedKey {XENC} Recipient=\"urn:x\">\
                <ds:KeyInfo xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"/></xenc:EncryptedKey>"))?;
            tree.append(tree.under(outer, "KeyInfo")?, nested)?;
            nested = outer;
        }
        tree.replace(key, nested)
    });

    /// A key that both sides would agree upon.
    agreed_key: "XML Encryption 1.1 section 5", OPEN, BAD_SHAPE, not_live "there is no key" => |stage|
        around(stage, |tree, holder| {
        let key_info = tree.under(holder, "KeyInfo")?;
        tree.set_raw(key_info, &format!("<xenc:AgreementMethod {XENC} \
            Algorithm=\"http://www.w3.org/2009/xmlenc11#ECDH-ES\"/>"))
    });

    /// A ciphertext to fetch from a server of the attacker's.
    cipher_reference_of_the_content: "XML Encryption 1.1 section 3.3.1", OPEN, BAD_SHAPE,
        not_live "the ciphertext would have to be fetched" => |stage| around(stage, |tree, holder| {
        let place = *tree.find_all("CipherData").last().unwrap();
        let _ = holder;
        tree.set_raw(place, "<xenc:CipherReference URI=\"http://attacker.example/\"/>")
    });

    /// A wrapped key to read from a file.
    cipher_reference_of_the_key: "XML Encryption 1.1 section 3.3.1", OPEN, BAD_SHAPE,
        not_live "the key would have to be read" => |stage| around(stage, |tree, holder| {
        let place = tree.under(holder, "CipherData")?;
        tree.set_raw(place, "<xenc:CipherReference URI=\"file:///dev/zero\"/>")
    });

    /// Content in the place of an element, which would be text and elements in any number.
    type_of_content: "XML Encryption 1.1 section 3.1", SIGNED_INSIDE, BAD_SHAPE =>
        |stage| around(stage, |tree, holder| {
        let data = tree.under(holder, "EncryptedData")?;
        tree.set(data, "Type", "http://www.w3.org/2001/04/xmlenc#Content")
    });

    /// No EncryptionMethod: is there a default?
    no_encryption_method: "XML Encryption 1.1 section 3.2", OPEN, BAD_SHAPE => |stage|
        around(stage, |tree, holder| {
        let data = tree.under(holder, "EncryptedData")?;
        let method = tree.under(data, "EncryptionMethod")?;
        tree.remove(method)
    });

    /// A comment in the ciphertext: who reads the first text only, reads another one.
    comment_in_the_ciphertext: "VU#475445; CVE-2025-29775", OPEN, Outcome::Alice => |stage| around(stage, |tree, _| {
        let place = *tree.find_all("CipherValue").last().unwrap();
        tree.split_text(place, 400, "<!---->")
    });

    /// The assertion in the clear where an EncryptedData belongs.
    clear_text_in_an_encrypted_assertion: "core 2.3.4", &[Shape::AssertionSigned], BAD_SHAPE => |stage| {
        let mut tree = stage.genuine()?;
        tree.wrap(tree.find("Assertion")?, &format!("<saml:EncryptedAssertion {SAML}/>"))?;
        opened(tree)
    };

    // ---- What is inside

    /// Nothing.
    plaintext_of_nothing: "core 2.3.4", COVERED, UNEXPECTED => |stage| text(stage, "");

    /// White space.
    plaintext_of_white_space: "core 2.3.4", COVERED, UNEXPECTED => |stage| text(stage, " \n");

    /// Text.
    plaintext_of_text: "core 2.3.4", COVERED, UNEXPECTED => |stage| text(stage, "alice");

    /// Octets that are not UTF-8.
    plaintext_that_is_not_utf_8: "XML 1.0 section 4.3.3", COVERED, UNEXPECTED =>
        |stage| plaintext(stage, |_| vec![0xff, 0xfe]);

    /// The assertion in UTF-16.
    plaintext_in_utf_16: "XML 1.0 section 4.3.3", COVERED, UNEXPECTED =>
        |stage| plaintext(stage, |assertion| "\u{feff}".encode_utf16().chain(assertion.encode_utf16())
            .flat_map(u16::to_le_bytes).collect());

    /// A byte order mark before the assertion: in the middle of a document it is a character.
    plaintext_behind_a_byte_order_mark: "XML 1.0 section 4.3.3", ENCRYPTED, UNEXPECTED =>
        |stage| plaintext(stage, |assertion| format!("\u{feff}{assertion}").into_bytes());

    /// A DOCTYPE before the assertion.
    plaintext_with_a_doctype: "CVE-2025-25291", ENCRYPTED, NO_XML =>
        |stage| plaintext(stage, |assertion| format!("<!DOCTYPE a [<!ENTITY b 'c'>]>{assertion}").into_bytes());

    /// A processing instruction before the assertion.
    plaintext_with_an_instruction: "CVE-2025-25291", ENCRYPTED, NO_XML =>
        |stage| plaintext(stage, |assertion| format!("<?x?>{assertion}").into_bytes());

    /// A comment before the assertion.
    plaintext_with_a_comment: "core 2.3.4", ENCRYPTED, UNEXPECTED =>
        |stage| plaintext(stage, |assertion| format!("<!--x-->{assertion}").into_bytes());

    /// Text behind the assertion.
    plaintext_with_text_behind: "core 2.3.4", ENCRYPTED, UNEXPECTED =>
        |stage| plaintext(stage, |assertion| format!("{assertion}text").into_bytes());

    /// NUL behind the assertion, as a padding that was not taken away.
    plaintext_with_nul_behind: "GHSA-hwqm-qvj9-4jr2", ENCRYPTED, NO_XML =>
        |stage| plaintext(stage, |assertion| format!("{assertion}\0").into_bytes());

    /// A forged assertion before the signed one: two roots.
    plaintext_of_a_forged_and_a_signed_assertion: "Somorovsky et al. 2012, XSW 3; CVE-2026-2092", ENCRYPTED, UNEXPECTED =>
        |stage| plaintext(stage, |assertion| format!("<saml:Assertion {SAML} ID=\"_x\"><saml:Subject><saml:NameID>mallory\
            </saml:NameID></saml:Subject></saml:Assertion>{assertion}").into_bytes());

    /// A forged assertion behind the signed one.
    plaintext_of_a_signed_and_a_forged_assertion: "Somorovsky et al. 2012, XSW 4; CVE-2026-2092", ENCRYPTED, UNEXPECTED =>
        |stage| plaintext(stage, |assertion| format!("{assertion}<saml:Assertion {SAML} ID=\"_x\"/>").into_bytes());

    /// A forged assertion around the signed one.
    plaintext_of_a_forged_around_a_signed_assertion: "Somorovsky et al. 2012, XSW 5",
        &[Shape::EncryptedAssertionSigned], Outcome::Reject("signature-missing") =>
        |stage| plaintext(stage, |assertion| format!("<saml:Assertion {SAML} ID=\"_x\"><saml:Subject><saml:NameID>mallory\
            </saml:NameID></saml:Subject><saml:Advice>{assertion}</saml:Advice></saml:Assertion>").into_bytes());

    /// Tags that close the element around the ciphertext and open another.
    plaintext_that_closes_its_holder: "core 2.3.4", ENCRYPTED, UNEXPECTED => |stage| plaintext(stage, |assertion|
        format!("<saml:x {SAML}/></saml:EncryptedAssertion>{assertion}<saml:EncryptedAssertion {SAML}>").into_bytes());

    /// An end tag too few.
    plaintext_without_an_end: "core 2.3.4", COVERED, NO_XML => |stage| text(stage, &format!("<saml:Assertion {SAML}>"));

    /// A CDATA section that begins inside and ends outside.
    plaintext_that_opens_a_section: "core 2.3.4", COVERED, NO_XML => |stage| text(stage, "<![CDATA[");

    /// A comment that begins inside and ends outside.
    plaintext_that_opens_a_comment: "core 2.3.4", COVERED, NO_XML => |stage| text(stage, "<!--");

    /// A prefix that nothing declares.
    plaintext_with_an_undeclared_prefix: "core 6.1", COVERED, NO_XML => |stage| text(stage, "<p:Assertion/>");

    /// An assertion in no namespace.
    plaintext_without_a_namespace: "core 6.1", COVERED, UNEXPECTED => |stage| text(stage, "<Assertion xmlns=\"\"/>");

    /// A whole Response.
    plaintext_of_a_response: "CVE-2026-2092", ENCRYPTED, UNEXPECTED => |stage| plaintext(stage, |assertion|
        format!("<samlp:Response xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\">{assertion}</samlp:Response>").into_bytes());

    /// What is inside is encrypted again.
    plaintext_that_is_encrypted: "core 2.3.4", COVERED, UNEXPECTED => |stage| {
        let again = forged(stage, gcm)?;
        text(stage, &again)
    };

    /// An EncryptedData by itself inside.
    plaintext_of_encrypted_data: "core 2.3.4", COVERED, UNEXPECTED =>
        |stage| text(stage, &format!("<xenc:EncryptedData {XENC}/>"));

    /// The signed assertion inside has the ID of the Response: two elements of one ID.
    plaintext_with_the_id_of_the_response: "Somorovsky et al. 2012", OPEN, NO_XML => |stage| {
        let answer = stage.answer();
        let mut tree = Tree::parse(&stage.idp.sign(&answer)?)?;
        tree.set(tree.root(), "ID", &answer.assertion_id)?;
        Ok(tree.into())
    };

    // ---- Assertions that anybody encrypted

    /// An assertion that nobody signed.
    forged_assertion_encrypted: "CVE-2026-2092", OPEN, or_digest!("signature-missing"), not_live "nothing is signed" =>
        |stage| {
        let mut tree = stage.genuine()?;
        let forged = tree.element(&forged(stage, gcm)?)?;
        tree.replace(tree.find("EncryptedAssertion")?, forged)?;
        Ok(tree.into())
    };

    /// The same in the place of one that a signed Response carried.
    forged_assertion_encrypted_under_a_signature: "CVE-2026-2092", COVERED, Outcome::Reject("digest-mismatch"),
        not_live "the Response is not what was signed" => |stage| {
        let mut tree = stage.genuine()?;
        let forged = tree.element(&forged(stage, gcm)?)?;
        tree.replace(tree.find("EncryptedAssertion")?, forged)?;
        Ok(tree.into())
    };

    /// Forged, encrypted, with the Signature of a signed one, which stands in an Object of it: wrapping that nobody
    /// sees from
    /// outside.
    forged_assertion_with_a_signed_one_in_its_object: "Somorovsky et al. 2012, XSW 8; CVE-2026-2092", OPEN,
        Outcome::Reject("signature-shape") => |stage| plaintext(stage, |assertion| {
        let genuine = Tree::parse(assertion).unwrap();
        let mut original = genuine.clone();
        original.remove(original.find("Signature").unwrap()).unwrap();
        let mut forged = genuine;
        forged.set_text(forged.find("NameID").unwrap(), MALLORY).unwrap();
        forged.set(forged.root(), "ID", "_forged").unwrap();
        let object = forged.element("<ds:Object xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"/>").unwrap();
        let original = forged.element(&original.to_xml()).unwrap();
        forged.append(object, original).unwrap();
        forged.append(forged.find("Signature").unwrap(), object).unwrap();
        forged.to_xml().into_bytes()
    });

    // ---- Names and attributes

    /// CBC under the signature of the assertion, as SimpleSAMLphp makes it: what was signed is not an oracle.
    cbc_of_a_name_that_was_signed: "Jager and Somorovsky 2011", PLAIN, Outcome::Alice =>
        |stage| inside(stage, Encrypted::NameId, cbc);

    /// A name inside an assertion inside: two levels, and no more.
    encrypted_name_in_an_encrypted_assertion: "core 2.2.4", ENCRYPTED, Outcome::Alice =>
        |stage| inside(stage, Encrypted::NameId, gcm);

    /// A signed ciphertext of a name, altered afterwards: the signature says so before any key is asked.
    encrypted_name_altered: "Jager and Somorovsky 2011", PLAIN, Outcome::Reject("digest-mismatch"),
        not_live "what was signed is the ciphertext as it was" => |stage| {
        let made = inside(stage, Encrypted::NameId, cbc)?;
        let mut tree = Tree::parse(&String::from_utf8(made.bytes()).unwrap())?;
        let value = *tree.find_all("CipherValue").last().unwrap();
        cipher_value(&mut tree, value, |octets| flipped(octets, 0, 1))?;
        opened(tree)
    };

    /// A name in the clear beside an encrypted one.
    name_beside_an_encrypted_one: "core 2.4.1", PLAIN, Outcome::Reject("message-repeated-part") => |stage| {
        let mut answer = stage.answer();
        answer.encryption.push(stage.encryption(Encrypted::NameId));
        let mut unsigned = answer.clone();
        unsigned.sign = Sign::Nothing;
        let mut tree = Tree::parse(&stage.idp.sign(&unsigned)?)?;
        let second = tree.element(&format!("<saml:NameID {SAML}>mallory</saml:NameID>"))?;
        tree.insert_before(tree.find("EncryptedID")?, second)?;
        answer.encryption.clear();
        opened(Tree::parse(&stage.sealed(tree.to_xml(), &answer)?)?)
    };

    /// An assertion where a name belongs.
    encrypted_name_that_is_an_assertion: "core 2.2.4", PLAIN, UNEXPECTED =>
        |stage| holds(stage, Encrypted::NameId, &format!("<saml:Assertion {SAML}/>"));

    /// Two names.
    encrypted_name_of_two: "core 2.2.4", PLAIN, UNEXPECTED => |stage| holds(stage, Encrypted::NameId,
        &format!("<saml:NameID {SAML}>alice</saml:NameID><saml:NameID {SAML}>mallory</saml:NameID>"));

    /// A BaseID, of which nobody knows what it means.
    encrypted_name_that_is_a_base_id: "core 2.2.1", PLAIN, UNEXPECTED =>
        |stage| holds(stage, Encrypted::NameId, &format!("<saml:BaseID {SAML}/>"));

    /// An encrypted name inside an encrypted name.
    encrypted_name_in_an_encrypted_name: "core 2.2.4", PLAIN, UNEXPECTED =>
        |stage| holds(stage, Encrypted::NameId, &format!("<saml:EncryptedID {SAML}><xenc:EncryptedData {XENC}/></saml:EncryptedID>"));

    /// A comment in the name inside.
    comment_in_an_encrypted_name: "VU#475445: CVE-2017-11427, CVE-2018-0489", PLAIN, Outcome::Name("alice.evil") =>
        |stage| holds(stage, Encrypted::NameId, &format!("<saml:NameID {SAML}>alice<!---->.evil</saml:NameID>"));

    /// A name that ends the subject and begins another.
    encrypted_name_that_closes_its_holder: "core 2.2.4", PLAIN, UNEXPECTED => |stage| holds(stage, Encrypted::NameId,
        &format!("<saml:NameID {SAML}>alice</saml:NameID></saml:EncryptedID><saml:EncryptedID {SAML}>"));

    /// A name where an attribute belongs.
    encrypted_attribute_that_is_a_name: "core 2.7.3.2", PLAIN, UNEXPECTED =>
        |stage| holds(stage, Encrypted::Attributes, &format!("<saml:NameID {SAML}>mallory</saml:NameID>"));

    /// Two attributes.
    encrypted_attribute_of_two: "core 2.7.3.2", PLAIN, UNEXPECTED => |stage| holds(stage, Encrypted::Attributes,
        &format!("<saml:Attribute {SAML} Name=\"a\"/><saml:Attribute {SAML} Name=\"b\"/>"));

    /// A statement.
    encrypted_attribute_that_is_a_statement: "core 2.7.3.2", PLAIN, UNEXPECTED =>
        |stage| holds(stage, Encrypted::Attributes, &format!("<saml:AttributeStatement {SAML}/>"));

    /// Attributes for somebody else.
    encrypted_attributes_for_somebody_else: "core 2.7.3.2", PLAIN,
        Outcome::Reject("decrypt-shape") => |stage| inside(stage,
        Encrypted::Attributes, |encryption| encryption.recipient = Some("https://other.example.com".to_owned()));

    /// A cipher of no name for an attribute.
    unknown_encryption_of_an_attribute: "core 2.7.3.2", PLAIN, UNKNOWN =>
        |stage| inside(stage, Encrypted::Attributes, |encryption| "urn:rot13".clone_into(&mut encryption.content));

    // ---- Prefixes from outside

    /// A plaintext that leans on prefixes around it, and one of them rebound where no signature covers it.
    prefix_rebound_around_the_ciphertext: "unused prefixes under exclusive canonicalization", ENCRYPTED,
        Outcome::Alice => |stage| {
        let xml = encrypted(stage, |encryption| encryption.leans_on_outer_prefixes = true)?.to_xml();
        let evil = "<samlp:Response xmlns:xsi=\"urn:evil\" xmlns:xs=\"urn:evil\" xmlns:ds=\"urn:evil\" xmlns:x=\"urn:evil\" ";
        Ok(xml.replacen("<samlp:Response ", evil, 1).into())
    };

    /// A plaintext that leans on `xsi` from around it, which the wrapper binds to something else: it has no meaning
    /// then.
    xsi_rebound_around_the_ciphertext: "unused prefixes under exclusive canonicalization", &[Shape::EncryptedResponseSigned], NO_XML => |stage| {
        let made = plaintext(stage, |assertion|
            assertion.replace(" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"", "").into_bytes())?;
        let xml = String::from_utf8(made.bytes()).unwrap();
        Ok(xml.replacen("<samlp:Response ", "<samlp:Response xmlns:xsi=\"urn:evil\" ", 1).into())
    };
}
