//! Keys and algorithms: a message says which key signed it and how, and none of that is believed.

use std::sync::OnceLock;

use aws_lc_rs::{digest, hmac};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use saml_sp::testing::forge::Tree;
use saml_sp::testing::{TestIdp, TestIdpError};
use saml_sp::{Clock, DigestAlgorithm, SignatureAlgorithm, VerifyingKey};
use serde_json::json;

use crate::naive;
use crate::stage::{ALL, IDP, MALLORY, NOW, PLAIN, Shape, Stage};
use crate::vector::{Made, Outcome, vectors};

const STRANGER: Outcome = Outcome::Reject("signature-wrong-key");
const UNKNOWN: Outcome = Outcome::Reject("algorithm-unknown");
const SHA_1: Outcome = Outcome::Reject("sha1-refused");
const ONE: &[Shape] = &[Shape::AssertionSigned, Shape::ResponseSigned];

type Recipe = Result<Made, TestIdpError>;

/// An identity provider under the same entityID, made once.
macro_rules! kept {
    ($name:ident, $doc:literal, $new:expr) => {
        #[doc = $doc]
        fn $name() -> &'static TestIdp {
            static KEPT: OnceLock<TestIdp> = OnceLock::new();
            KEPT.get_or_init(|| at_noon($new))
        }
    };
}
kept!(rsa, "With an RSA key.", TestIdp::new(IDP).unwrap());
kept!(small_rsa, "With an RSA key of 1,024 bits.", TestIdp::with_small_rsa(IDP).unwrap());
kept!(ed25519, "With an Ed25519 key.", TestIdp::with_ed25519(IDP).unwrap());
kept!(
    sha_1_digests,
    "That hashes with SHA-1.",
    TestIdp::with_ecdsa(IDP).unwrap().algorithms(SignatureAlgorithm::EcdsaSha256, DigestAlgorithm::Sha1)
);
kept!(rsa_sha_1, "That signs with SHA-1.", with_the_key_of(rsa(), SignatureAlgorithm::RsaSha1));
kept!(rsa_pss, "That signs with RSA-PSS.", with_the_key_of(rsa(), SignatureAlgorithm::RsaPssSha256));

fn at_noon(idp: TestIdp) -> TestIdp {
    idp.clock(Clock::Fixed(NOW.parse().unwrap()))
}

fn with_the_key_of(idp: &TestIdp, algorithm: SignatureAlgorithm) -> TestIdp {
    let same = TestIdp::with_private_key(IDP, &idp.private_key().unwrap()).unwrap();
    same.algorithms(algorithm, DigestAlgorithm::Sha256)
}

/// The same stage with another identity provider.
fn by(stage: &Stage, idp: &'static TestIdp) -> Stage {
    Stage { shape: stage.shape, idp, foreign: stage.foreign }
}

/// What another identity provider says of alice, which is trusted here.
fn genuine_by(stage: &Stage, idp: &'static TestIdp) -> Recipe {
    Ok(Made::from(by(stage, idp).genuine()?).trusting(idp))
}

/// The attacker signs with a key of his own.
fn by_the_attacker(stage: &Stage) -> Result<Tree, TestIdpError> {
    let attacker = by(stage, stage.foreign);
    let mut answer = attacker.answer_about(MALLORY);
    answer.sign = stage.shape.sign();
    Tree::parse(&attacker.idp.sign(&answer)?)
}

/// This markup in the KeyInfo of the outermost Signature, which no other signature covers.
fn with_key_info(mut tree: Tree, content: &str) -> Recipe {
    let signature = tree.find("Signature")?;
    tree.set_raw(tree.under(signature, "KeyInfo")?, content)?;
    Ok(tree.into())
}

/// The attacker signs, and writes this into KeyInfo.
fn attacker_says(stage: &Stage, content: &str) -> Recipe {
    with_key_info(by_the_attacker(stage)?, content)
}

/// The identity provider signed, and somebody writes this into KeyInfo.
fn genuine_says(stage: &Stage, content: &str) -> Recipe {
    with_key_info(stage.genuine()?, content)
}

fn x509(certificate: &str) -> String {
    format!("<ds:X509Data><ds:X509Certificate>{certificate}</ds:X509Certificate></ds:X509Data>")
}

/// The trusted certificate with the attacker's key in it: subject, issuer, serial number and validity are those of the
/// identity provider. Nobody signed it, as nobody did the other.
fn certificate_in_the_name_of_the_identity_provider(stage: &Stage) -> String {
    let mut der = STANDARD.decode(stage.idp.certificate()).unwrap();
    let (ours, theirs) = (key(stage.idp), key(stage.foreign));
    let at = der.windows(ours.spki().len()).position(|window| window == ours.spki()).unwrap();
    der[at..at + ours.spki().len()].copy_from_slice(theirs.spki());
    STANDARD.encode(der)
}

fn key(idp: &TestIdp) -> VerifyingKey {
    idp.identity_provider().unwrap().signing_keys()[0].clone()
}

/// As the identity provider of the stage would have signed it had it named these algorithms: the outermost SignedInfo
/// is
/// altered and signed again, with the key and the algorithm that it really has.
fn signed_as(
    stage: &Stage,
    element: &str,
    alter: impl FnOnce(&mut Tree, saml_sp::testing::forge::Place) -> Result<(), TestIdpError>,
) -> Result<String, TestIdpError> {
    let mut tree = stage.genuine()?;
    let signature = tree.find("Signature")?;
    let signed = tree.parent(signature).unwrap();
    let id = tree.attribute(signed, "ID").unwrap().to_owned();
    let place = tree.under(signature, element)?;
    alter(&mut tree, place)?;
    stage.idp.sign_again(&tree.to_xml(), &id)
}

/// The message names this signature algorithm, whatever signed it.
fn named(stage: &Stage, uri: &str) -> Recipe {
    Ok(signed_as(stage, "SignatureMethod", |tree, method| tree.set(method, "Algorithm", uri))?.into())
}

/// The value of the outermost signature altered.
fn value(stage: &Stage, alter: impl FnOnce(Vec<u8>) -> Vec<u8>) -> Recipe {
    let mut tree = stage.genuine()?;
    let signature = tree.find("Signature")?;
    let place = tree.under(signature, "SignatureValue")?;
    let octets = STANDARD.decode(tree.text(place).split_ascii_whitespace().collect::<String>()).unwrap();
    tree.set_text(place, &STANDARD.encode(alter(octets)))?;
    Ok(tree.into())
}

/// The same for a message about mallory, which the attacker signed as well as he could.
fn forged_value(stage: &Stage, octets: &[u8]) -> Recipe {
    let mut tree = by_the_attacker(stage)?;
    for signature in tree.find_all("SignatureValue") {
        tree.set_text(signature, &STANDARD.encode(octets))?;
    }
    Ok(tree.into())
}

/// A message about mallory under an HMAC whose key everybody knows.
fn hmac_with(stage: &Stage, secret: &[u8]) -> Recipe {
    let mut tree = by_the_attacker(stage)?;
    let signature = tree.find("Signature")?;
    let method = tree.under(signature, "SignatureMethod")?;
    tree.set(method, "Algorithm", "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256")?;
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), naive::signed_info(&tree.to_xml()).as_bytes());
    let place = tree.under(signature, "SignatureValue")?;
    tree.set_text(place, &STANDARD.encode(tag.as_ref()))?;
    Ok(tree.into())
}

/// The order of P-256 (SP 800-186 section 3.2.1.3), big-endian.
const ORDER: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6, 0xfa, 0xad, 0xa7,
    0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
];
/// The order of the group of Ed25519 (RFC 8032 section 5.1), little-endian.
const ORDER_25519: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

/// `ORDER - s`.
fn negative(s: &[u8]) -> Vec<u8> {
    let mut borrow = 0;
    let mut out: Vec<u8> = ORDER
        .iter()
        .zip(s)
        .rev()
        .map(|(n, s)| {
            let difference = i16::from(*n) - i16::from(*s) - borrow;
            borrow = i16::from(difference < 0);
            u8::try_from(difference.rem_euclid(256)).unwrap()
        })
        .collect();
    out.reverse();
    out
}

/// DER of an ECDSA signature (RFC 3279 section 2.2.3).
fn der(fixed: &[u8]) -> Vec<u8> {
    let integer = |octets: &[u8]| {
        let digits: Vec<u8> = octets.iter().copied().skip_while(|octet| *octet == 0).collect();
        let sign = if digits[0] >= 0x80 { vec![0] } else { Vec::new() };
        let body = [sign, digits].concat();
        [vec![2, u8::try_from(body.len()).unwrap()], body].concat()
    };
    let body = [integer(&fixed[..32]), integer(&fixed[32..])].concat();
    [vec![0x30, u8::try_from(body.len()).unwrap()], body].concat()
}

/// The largest number whose cube is at most this one, as many octets.
fn cube_root(target: &[u8; 256]) -> Vec<u8> {
    let limbs = |octets: &[u8]| -> Vec<u32> {
        octets.rchunks(4).map(|limb| limb.iter().fold(0, |sum, octet| sum << 8 | u32::from(*octet))).collect()
    };
    let product = |a: &[u32], b: &[u32]| {
        let mut out = vec![0_u32; a.len() + b.len()];
        for (i, a) in a.iter().enumerate() {
            let mut carry = 0;
            for (j, b) in b.iter().enumerate() {
                let sum = u64::from(*a) * u64::from(*b) + u64::from(out[i + j]) + carry;
                out[i + j] = u32::try_from(sum & 0xffff_ffff).unwrap();
                carry = sum >> 32;
            }
            out[i + b.len()] = u32::try_from(carry).unwrap();
        }
        out
    };
    let mut wanted = limbs(target);
    let mut root = vec![0_u32; 22];
    wanted.resize(66, 0);
    for bit in (0..22 * 32).rev() {
        root[bit / 32] |= 1 << (bit % 32);
        let cube = product(&product(&root, &root), &root);
        if cube.iter().rev().gt(wanted.iter().rev()) {
            root[bit / 32] &= !(1 << (bit % 32));
        }
    }
    let mut octets: Vec<u8> = root.iter().rev().flat_map(|limb| limb.to_be_bytes()).collect();
    octets.splice(0..0, vec![0; 256 - octets.len()]);
    octets
}

/// A message about mallory under an RSA signature that nobody made: the cube of the number begins as the padded hash of
/// a
/// genuine one would, and ends in anything. To a service provider that trusts a key with the exponent 3.
fn forged_by_a_cube_root(stage: &Stage) -> Recipe {
    const BEFORE_THE_HASH: [u8; 30] = [
        0, 1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48,
        1, 0x65, 3, 4, 2, 1, 5, 0, 4, 0x20,
    ];
    let attacker = by(stage, rsa());
    let mut tree = Tree::parse(&attacker.idp.sign(&attacker.answer_about(MALLORY))?)?;
    let hash = digest::digest(&digest::SHA256, naive::signed_info(&tree.to_xml()).as_bytes());
    let mut padded = [0xff; 256];
    padded[..30].copy_from_slice(&BEFORE_THE_HASH);
    padded[30..62].copy_from_slice(hash.as_ref());
    let signature = tree.find("Signature")?;
    let place = tree.under(signature, "SignatureValue")?;
    tree.set_text(place, &STANDARD.encode(cube_root(&padded)))?;
    let spki = key(rsa()).spki().to_vec();
    let modulus = STANDARD.encode(&spki[spki.len() - 261..spki.len() - 5]);
    let metadata = rsa().metadata()?;
    let (before, rest) = metadata.split_once("<ds:X509Data>").unwrap();
    let (_, after) = rest.split_once("</ds:X509Data>").unwrap();
    let metadata = format!(
        "{before}<ds:KeyValue><ds:RSAKeyValue><ds:Modulus>{modulus}</ds:Modulus><ds:Exponent>Aw==</ds:Exponent>\
         </ds:RSAKeyValue></ds:KeyValue>{after}"
    );
    Ok(Made::from(tree).with("/idp", json!({"metadata": metadata, "entity_id": IDP})))
}

#[test]
fn cube_roots() {
    for (number, root) in [(999, 9), (1000, 10), (1 << 120, 1 << 40), ((1 << 120) - 1, (1 << 40) - 1)] {
        let mut target = [0; 256];
        target[240..].copy_from_slice(&u128::to_be_bytes(number));
        assert_eq!(cube_root(&target)[240..], u128::to_be_bytes(root), "{number}");
    }
}

/// Metadata of the identity provider, with a further part that holds the attacker's certificate.
fn metadata_with(stage: &Stage, further: impl FnOnce(&str, &str) -> String) -> Recipe {
    let key_info = format!(
        "<ds:KeyInfo xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\">{}</ds:KeyInfo>",
        x509(&stage.foreign.certificate())
    );
    let document = further(&stage.idp.metadata()?, &key_info);
    Ok(Made::from(by_the_attacker(stage)?).with("/idp", json!({"metadata": document, "entity_id": IDP})))
}

vectors! { "keys";
    // ---- What KeyInfo says, of a signature that is the attacker's

    /// The attacker's own certificate, as toolkits that verify with "the certificate in the message" like it.
    stranger_with_his_certificate: "CVE-2021-21239, CVE-2018-7644", ALL, STRANGER,
        not_live "only the key that the message carries verifies it" => |stage| {
        let attacker = by(stage, stage.foreign);
        Ok(attacker.idp.sign(&attacker.answer_about(MALLORY))?.into())
    };

    /// No KeyInfo at all.
    stranger_without_key_info: "CVE-2021-21239", PLAIN, STRANGER,
        not_live "no key that anybody knows verifies it" => |stage| {
        let mut tree = by_the_attacker(stage)?;
        tree.remove(tree.find("KeyInfo")?)?;
        Ok(tree.into())
    };

    /// The certificate that is trusted, over the attacker's signature: software that compares certificates and verifies
    /// with
    /// another key.
    stranger_with_the_trusted_certificate: "CVE-2018-7711", PLAIN, STRANGER,
        not_live "the key that the message carries does not verify it" =>
        |stage| attacker_says(stage, &x509(&stage.idp.certificate()));

    /// A certificate with the subject, the issuer and the serial number of the trusted one, and another key.
    stranger_with_same_subject_and_serial: "CVE-2021-21239", PLAIN, STRANGER,
        not_live "only the key that the message carries verifies it" =>
        |stage| attacker_says(stage, &x509(&certificate_in_the_name_of_the_identity_provider(stage)));

    /// The trusted certificate first, the attacker's second: one is looked at, the other used.
    stranger_with_two_certificates: "CVE-2018-7711", PLAIN, STRANGER,
        not_live "only the key that the message carries verifies it" => |stage| {
        let both = x509(&stage.idp.certificate()) + &x509(&stage.foreign.certificate());
        attacker_says(stage, &both)
    };

    /// Both certificates in one X509Data, as a chain has them.
    stranger_with_a_chain: "CVE-2018-7711", PLAIN, STRANGER,
        not_live "only the key that the message carries verifies it" => |stage| {
        let (ours, theirs) = (stage.foreign.certificate(), stage.idp.certificate());
        attacker_says(stage, &x509(&format!("{ours}</ds:X509Certificate><ds:X509Certificate>{theirs}")))
    };

    /// The bare public key.
    stranger_with_key_value: "CVE-2016-9814", PLAIN, STRANGER,
        not_live "only the key that the message carries verifies it" => |stage| {
        let spki = key(stage.foreign).spki().to_vec();
        let point = STANDARD.encode(&spki[spki.len() - 65..]);
        attacker_says(stage, &format!("<ds:KeyValue><e:ECKeyValue xmlns:e=\"http://www.w3.org/2009/xmldsig11#\">\
            <e:NamedCurve URI=\"urn:oid:1.2.840.10045.3.1.7\"/><e:PublicKey>{point}</e:PublicKey></e:ECKeyValue></ds:KeyValue>"))
    };

    /// The bare public key in DER.
    stranger_with_der_encoded_key_value: "XML Signature 1.1 section 4.5", PLAIN, STRANGER,
        not_live "only the key that the message carries verifies it" => |stage| {
        let spki = STANDARD.encode(key(stage.foreign).spki());
        attacker_says(stage, &format!("<e:DEREncodedKeyValue xmlns:e=\"http://www.w3.org/2009/xmldsig11#\">{spki}\
            </e:DEREncodedKeyValue>"))
    };

    /// The name of the trusted key.
    stranger_with_key_name: "CVE-2016-9814", PLAIN, STRANGER,
        not_live "no key that anybody knows verifies it" =>
        |stage| attacker_says(stage, &format!("<ds:KeyName>{IDP}</ds:KeyName>"));

    /// Subject, issuer and serial number in words, beside the attacker's certificate.
    stranger_with_issuer_and_serial: "CVE-2021-21239", PLAIN, STRANGER,
        not_live "only the key that the message carries verifies it" => |stage| attacker_says(stage, &format!(
            "<ds:X509Data><ds:X509IssuerSerial><ds:X509IssuerName>CN=test identity provider</ds:X509IssuerName>\
             <ds:X509SerialNumber>1</ds:X509SerialNumber></ds:X509IssuerSerial><ds:X509Certificate>{}</ds:X509Certificate>\
             </ds:X509Data>", stage.foreign.certificate()));

    /// The key behind a URL of the attacker's.
    stranger_with_a_retrieval_method: "CVE-2016-9814", PLAIN, STRANGER,
        not_live "the key would have to be fetched" => |stage| attacker_says(stage,
            "<ds:RetrievalMethod URI=\"http://attacker.example/key\" Type=\"http://www.w3.org/2000/09/xmldsig#X509Data\"/>");

    /// The key elsewhere in the message, where the unsigned wrapper has room for it.
    stranger_with_a_key_in_the_wrapper: "CVE-2016-9814", &[Shape::AssertionSigned], STRANGER,
        not_live "only the key that the message carries verifies it" => |stage| {
        let mut tree = by_the_attacker(stage)?;
        let extensions = tree.raw(&format!("<samlp:Extensions><ds:X509Data xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\" \
            Id=\"key\"><ds:X509Certificate>{}</ds:X509Certificate></ds:X509Data></samlp:Extensions>",
            stage.foreign.certificate()));
        tree.insert_before(tree.find("Status")?, extensions)?;
        with_key_info(tree, "<ds:RetrievalMethod URI=\"#key\" Type=\"http://www.w3.org/2000/09/xmldsig#X509Data\"/>")
    };

    // ---- What KeyInfo says, of a signature that is genuine: nothing is read there, and nothing fetched

    /// The attacker's certificate beside a genuine signature.
    genuine_with_a_foreign_certificate: "CVE-2018-7711", PLAIN, Outcome::Alice =>
        |stage| genuine_says(stage, &x509(&stage.foreign.certificate()));

    /// A key to fetch from a server of the attacker's.
    genuine_with_a_retrieval_method: "CVE-2016-9814", PLAIN, Outcome::Alice =>
        |stage| genuine_says(stage, "<ds:RetrievalMethod URI=\"http://attacker.example/key\"/>");

    /// A key to read from a file.
    genuine_with_a_file_to_read: "CVE-2016-9814", PLAIN, Outcome::Alice =>
        |stage| genuine_says(stage, "<ds:RetrievalMethod URI=\"file:///dev/random\"/>");

    /// Two RetrievalMethods, each of which points to the other.
    genuine_with_a_loop: "CVE-2016-9814", PLAIN, Outcome::Alice => |stage| genuine_says(stage,
        "<ds:RetrievalMethod Id=\"a\" URI=\"#b\"/><ds:RetrievalMethod Id=\"b\" URI=\"#a\"/>");

    /// A RetrievalMethod with an XSLT transform.
    genuine_with_a_transform_to_run: "CVE-2016-9814", PLAIN, Outcome::Alice => |stage| genuine_says(stage,
        "<ds:RetrievalMethod URI=\"\"><ds:Transforms><ds:Transform Algorithm=\"http://www.w3.org/TR/1999/REC-xslt-19991116\">\
         <xsl:stylesheet xmlns:xsl=\"http://www.w3.org/1999/XSL/Transform\" version=\"1.0\"/></ds:Transform></ds:Transforms>\
         </ds:RetrievalMethod>");

    /// Something that is no certificate, and long.
    genuine_with_a_long_certificate: "CVE-2018-7644", PLAIN, Outcome::Alice =>
        |stage| genuine_says(stage, &x509(&"MIIB".repeat(20_000)));

    /// Nothing in it.
    genuine_with_an_empty_key_info: "CVE-2018-7644", PLAIN, Outcome::Alice => |stage| genuine_says(stage, "");

    // ---- Which keys of the metadata count

    /// A key that is published for encryption.
    key_for_encryption: "metadata 2.4.1.1", PLAIN, STRANGER,
        not_live "the key is trusted for something else" => |stage| metadata_with(stage, |metadata, key_info| {
            let further = format!("<md:KeyDescriptor use=\"encryption\">{key_info}</md:KeyDescriptor><md:SingleSignOnService ");
            metadata.replacen("<md:SingleSignOnService ", &further, 1)
        });

    /// A key of the same entity in its role as a service provider.
    key_of_another_role: "metadata 2.4.4", PLAIN, STRANGER,
        not_live "the key is trusted for something else" => |stage| metadata_with(stage, |metadata, key_info| {
            let role = format!("<md:SPSSODescriptor protocolSupportEnumeration=\"urn:oasis:names:tc:SAML:2.0:protocol\">\
                <md:KeyDescriptor use=\"signing\">{key_info}</md:KeyDescriptor><md:AssertionConsumerService index=\"0\" \
                Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST\" Location=\"https://x.example/acs\"/>\
                </md:SPSSODescriptor></md:EntityDescriptor>");
            metadata.replacen("</md:EntityDescriptor>", &role, 1)
        });

    /// A key of the same entity in its role for another protocol.
    key_of_another_protocol: "metadata 2.4.3", PLAIN, STRANGER,
        not_live "the key is trusted for something else" => |stage| metadata_with(stage, |metadata, key_info| {
            let role = format!("<md:IDPSSODescriptor protocolSupportEnumeration=\"urn:oasis:names:tc:SAML:1.1:protocol\">\
                <md:KeyDescriptor>{key_info}</md:KeyDescriptor><md:SingleSignOnService \
                Binding=\"urn:mace:shibboleth:1.0:profiles:AuthnRequest\" Location=\"https://x.example/sso\"/>\
                </md:IDPSSODescriptor></md:EntityDescriptor>");
            metadata.replacen("</md:EntityDescriptor>", &role, 1)
        });

    /// A key of another identity provider in the same document.
    key_of_another_entity: "metadata 2.3.1", PLAIN, STRANGER,
        not_live "the key is trusted for somebody else" => |stage| metadata_with(stage, |metadata, key_info| {
            let (_, ours) = metadata.split_once("<md:EntityDescriptor").unwrap();
            let certificates = ours.find("<ds:KeyInfo").unwrap()..ours.find("</md:KeyDescriptor>").unwrap();
            let mut theirs = ours.to_owned();
            theirs.replace_range(certificates, key_info);
            let theirs = theirs.replacen(IDP, "https://attacker.example/metadata", 1);
            format!("<md:EntitiesDescriptor xmlns:md=\"urn:oasis:names:tc:SAML:2.0:metadata\"><md:EntityDescriptor{theirs}\
                <md:EntityDescriptor{ours}</md:EntitiesDescriptor>")
        });

    /// A key that the metadata no longer has.
    key_that_was_retired: "IIP-MD07", ALL, STRANGER,
        not_live "the key was trusted once" => |stage| {
        let made = Made::from(stage.genuine()?);
        Ok(made.trusting(by(stage, stage.foreign).idp))
    };

    // ---- Weak algorithms

    /// A digest of SHA-1.
    sha_1_digest: "Leurent and Peyrin 2020", ALL, SHA_1 => |stage| genuine_by(stage, sha_1_digests());

    /// A signature over SHA-1.
    sha_1_signature: "Leurent and Peyrin 2020", ALL, SHA_1 => |stage| genuine_by(stage, rsa_sha_1());

    /// RSA with 1,024 bits.
    small_rsa_key: "SP 800-131A", ALL, Outcome::Reject("small-rsa-refused") => |stage| genuine_by(stage, small_rsa());

    /// SHA-1, allowed, does not allow a small key.
    small_rsa_key_where_sha_1_is_allowed: "SP 800-131A", ONE, Outcome::Reject("small-rsa-refused") =>
        |stage| Ok(genuine_by(stage, small_rsa())?.allowing("sha1"));

    /// A small key, allowed, does not allow SHA-1.
    sha_1_where_a_small_key_is_allowed: "Leurent and Peyrin 2020", ONE, SHA_1 =>
        |stage| Ok(genuine_by(stage, rsa_sha_1())?.allowing("small-rsa"));

    /// RSA with MD5.
    md5_signature: "RFC 6151", ONE, UNKNOWN, not_live "nobody here knows MD5" =>
        |stage| named(stage, "http://www.w3.org/2001/04/xmldsig-more#rsa-md5");

    /// A digest of MD5.
    md5_digest: "RFC 6151", ONE, UNKNOWN, not_live "nobody here knows MD5" => |stage| {
        let uri = "http://www.w3.org/2001/04/xmldsig-more#md5";
        Ok(signed_as(stage, "DigestMethod", |tree, method| tree.set(method, "Algorithm", uri))?.into())
    };

    /// DSA.
    dsa_signature: "FIPS 186-5", ONE, UNKNOWN, not_live "nobody here knows DSA" =>
        |stage| named(stage, "http://www.w3.org/2000/09/xmldsig#dsa-sha1");

    /// ECDSA with a hash that is too short.
    sha_224_signature: "RFC 9231 section 2.3.6", ONE, UNKNOWN, not_live "nobody here knows SHA-224" =>
        |stage| named(stage, "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha224");

    // ---- Algorithms that are not what they seem

    /// An HMAC whose secret is the public key, as the message would like it to be used.
    hmac_with_the_public_key: "HMAC confusion; CVE-2009-0217", ONE, UNKNOWN =>
        |stage| hmac_with(stage, key(stage.idp).spki());

    /// An HMAC whose secret is the certificate in DER.
    hmac_with_the_certificate: "HMAC confusion; CVE-2009-0217", ONE, UNKNOWN,
        not_live "the naive verifier tries the public key alone" =>
        |stage| hmac_with(stage, &STANDARD.decode(stage.idp.certificate()).unwrap());

    /// An HMAC whose secret is the certificate as it was pasted.
    hmac_with_the_pem_text: "HMAC confusion; CVE-2009-0217", ONE, UNKNOWN,
        not_live "the naive verifier tries the public key alone" => |stage| {
        let pem = format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", stage.idp.certificate());
        hmac_with(stage, pem.as_bytes())
    };

    /// An HMAC without a secret.
    hmac_with_nothing: "HMAC confusion; CVE-2009-0217", ONE, UNKNOWN,
        not_live "the naive verifier tries the public key alone" => |stage| hmac_with(stage, b"");

    /// RSA, says the message; the key is one for ECDSA.
    rsa_for_an_ecdsa_key: "RFC 8725 section 3.1", ONE, STRANGER, not_live "the key cannot do what is named" =>
        |stage| named(stage, "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256");

    /// ECDSA, says the message; the key is one for RSA.
    ecdsa_for_an_rsa_key: "RFC 8725 section 3.1", ONE, STRANGER, not_live "the key cannot do what is named" =>
        |stage| Ok(named(&by(stage, rsa()), "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256")?.trusting(rsa()));

    /// Ed25519, says the message.
    ed25519_for_an_ecdsa_key: "RFC 8725 section 3.1", ONE, STRANGER, not_live "the key cannot do what is named" =>
        |stage| named(stage, "http://www.w3.org/2021/04/xmldsig-more#eddsa-ed25519");

    /// A longer hash is named than was signed.
    sha_384_named_over_sha_256: "XML Signature 1.1 section 6.4", ONE, STRANGER, not_live "the hash is another" =>
        |stage| named(stage, "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384");

    /// RSA-PSS made, PKCS#1 v1.5 named.
    pss_called_pkcs_1: "RFC 8017 section 8", ONE, STRANGER, not_live "the padding is another" =>
        |stage| Ok(named(&by(stage, rsa_pss()), "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256")?.trusting(rsa()));

    /// PKCS#1 v1.5 made, RSA-PSS named.
    pkcs_1_called_pss: "RFC 8017 section 8", ONE, STRANGER, not_live "the padding is another" =>
        |stage| Ok(named(&by(stage, rsa()), "http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1")?.trusting(rsa()));

    /// RSA-PSS whose parameters the message would choose: hash, mask, a salt of no length.
    pss_with_parameters_of_the_message: "RFC 9231 section 2.3.9", ONE, UNKNOWN,
        not_live "nobody here takes its parameters from a message" =>
        |stage| Ok(named(&by(stage, rsa_pss()), "http://www.w3.org/2007/05/xmldsig-more#rsa-pss")?.trusting(rsa()));

    /// Parameters beside an algorithm that has none.
    pss_with_parameters_beside: "RFC 9231 section 2.3.10", ONE, Outcome::Reject("signature-shape") => |stage| {
        let xml = signed_as(&by(stage, rsa_pss()), "SignatureMethod", |tree, method| tree.set_raw(method,
            "<p:RSAPSSParams xmlns:p=\"http://www.w3.org/2007/05/xmldsig-more#\"><p:SaltLength>0</p:SaltLength></p:RSAPSSParams>"))?;
        Ok(Made::from(xml).trusting(rsa()))
    };

    /// A known identifier in capitals.
    identifier_in_capitals: "XML Signature 1.1 section 6.1", ONE, UNKNOWN, not_live "nobody here knows the name" =>
        |stage| named(stage, "http://www.w3.org/2001/04/xmldsig-more#ECDSA-SHA256");

    /// A known identifier behind another address: for software that looks at how it ends.
    identifier_behind_another_address: "XML Signature 1.1 section 6.1", ONE, UNKNOWN =>
        |stage| named(stage, "http://attacker.example/#ecdsa-sha256");

    /// A known identifier with white space around it.
    identifier_with_white_space: "XML Signature 1.1 section 6.1", ONE, UNKNOWN, not_live "nobody here knows the name" =>
        |stage| named(stage, " http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256 ");

    /// No identifier at all: is there a default?
    identifier_that_is_empty: "XML Signature 1.1 section 6.1", ONE, UNKNOWN, not_live "nobody here knows the name" =>
        |stage| named(stage, "");

    // ---- Values

    /// ECDSA with r = 0 and s = 0.
    ecdsa_of_zeros: "CVE-2022-21449", ONE, STRANGER, not_live "it verifies where the first check is forgotten only" =>
        |stage| forged_value(stage, &[0; 64]);

    /// ECDSA with r and s the order of the group, which are zero as well.
    ecdsa_of_the_order: "CVE-2022-21449", ONE, STRANGER,
        not_live "it verifies where the first check is forgotten only" =>
        |stage| forged_value(stage, &[ORDER, ORDER].concat());

    /// ECDSA with r = 1 and s = 1.
    ecdsa_of_ones: "CVE-2022-21449", ONE, STRANGER, not_live "no verifier takes it" => |stage| {
        let mut one = [0; 32];
        one[31] = 1;
        forged_value(stage, &[one, one].concat())
    };

    /// ECDSA with the negative of s: another value for the same octets, which everybody can compute. What was signed is
    /// what
    /// was signed.
    ecdsa_of_the_negative_s: "SEC 1 section 4.1.4", ONE, Outcome::Alice =>
        |stage| value(stage, |octets| [&octets[..32], &negative(&octets[32..])].concat());

    /// ECDSA in DER, as outside XML; XML Signature has the two numbers side by side.
    ecdsa_in_der: "XML Signature 1.1 section 6.4.3", ONE, STRANGER => |stage| value(stage, |octets| der(&octets));

    /// ECDSA with longer numbers, zeros in front.
    ecdsa_with_zeros_in_front: "XML Signature 1.1 section 6.4.3", ONE, STRANGER, not_live "no verifier takes it" =>
        |stage| value(stage, |octets| [&[0; 16], &octets[..32], &[0; 16], &octets[32..]].concat());

    /// ECDSA without its last octet.
    ecdsa_cut_off: "XML Signature 1.1 section 6.4.3", ONE, STRANGER, not_live "no verifier takes it" =>
        |stage| value(stage, |octets| octets[..63].to_vec());

    /// ECDSA with r alone.
    ecdsa_of_one_number: "XML Signature 1.1 section 6.4.3", ONE, STRANGER, not_live "no verifier takes it" =>
        |stage| value(stage, |octets| octets[..32].to_vec());

    /// ECDSA with something behind.
    ecdsa_with_more_behind: "XML Signature 1.1 section 6.4.3", ONE, STRANGER, not_live "no verifier takes it" =>
        |stage| value(stage, |octets| [octets, vec![0; 2]].concat());

    /// No value.
    signature_of_nothing: "CVE-2018-7644", ONE, Outcome::Reject("signature-shape"), not_live "there is no value" =>
        |stage| value(stage, |_| Vec::new());

    /// RSA with zero: its power is zero, whatever the exponent.
    rsa_of_zero: "RFC 8017 section 8.2.2", ONE, STRANGER, not_live "no verifier takes it" =>
        |stage| Ok(forged_value(stage, &[0; 256])?.trusting(rsa()));

    /// RSA with a zero in front: one octet longer than the modulus.
    rsa_with_a_zero_in_front: "RFC 8017 section 8.2.2", ONE, STRANGER, not_live "no verifier takes it" =>
        |stage| Ok(value(&by(stage, rsa()), |octets| [vec![0], octets].concat())?.trusting(rsa()));

    /// RSA cut off.
    rsa_cut_off: "RFC 8017 section 8.2.2", ONE, STRANGER, not_live "no verifier takes it" =>
        |stage| Ok(value(&by(stage, rsa()), |octets| octets[..128].to_vec())?.trusting(rsa()));

    /// RSA with the largest number, which is above every modulus.
    rsa_above_the_modulus: "RFC 8017 section 8.2.2", ONE, STRANGER, not_live "no verifier takes it" =>
        |stage| Ok(value(&by(stage, rsa()), |octets| vec![0xff; octets.len()])?.trusting(rsa()));

    /// RSA with the exponent 3: a number whose cube begins with the right padding and the right hash.
    rsa_by_a_cube_root: "CVE-2006-4339; CVE-2014-1568", ONE, STRANGER,
        not_live "it verifies where nobody looks at what stands behind the hash" => |stage| forged_by_a_cube_root(stage);

    /// Ed25519 with s plus the order of the group: another value, which RFC 8032 refuses.
    ed25519_with_a_larger_s: "RFC 8032 section 5.1.7", ONE, STRANGER, not_live "no verifier takes it" => |stage| {
        let made = value(&by(stage, ed25519()), |mut octets| {
            let mut carry = 0;
            for (s, order) in octets[32..].iter_mut().zip(ORDER_25519) {
                let sum = u16::from(*s) + u16::from(order) + carry;
                *s = u8::try_from(sum & 0xff).unwrap();
                carry = sum >> 8;
            }
            octets
        })?;
        Ok(made.trusting(ed25519()))
    };

    /// Ed25519 with a point of small order and s = 0.
    ed25519_of_small_order: "RFC 8032 section 5.1.7", ONE, STRANGER, not_live "no verifier takes it" => |stage| {
        let mut octets = [0; 64];
        octets[0] = 1;
        let mut tree = by(stage, ed25519()).genuine()?;
        let place = tree.find("SignatureValue")?;
        tree.set_text(place, &STANDARD.encode(octets))?;
        Ok(Made::from(tree).trusting(ed25519()))
    };

    /// A digest cut to half its length, as a comparison of what is there would take it.
    digest_cut_off: "CVE-2009-0217", ONE,
        Outcome::Reject("digest-mismatch"), not_live "no verifier takes it" => |stage| {
        let xml = signed_as(stage, "DigestValue", |tree, place| {
            let digest = STANDARD.decode(tree.text(place)).unwrap();
            tree.set_text(place, &STANDARD.encode(&digest[..16]))
        })?;
        Ok(xml.into())
    };

    /// No digest.
    digest_of_nothing: "CVE-2009-0217", ONE, Outcome::Reject("signature-shape"), not_live "no verifier takes it" =>
        |stage| Ok(signed_as(stage, "DigestValue", |tree, place| tree.set_text(place, ""))?.into());
}
