//! The parts of a Signature: SignedInfo, SignatureValue and perhaps KeyInfo, in this order, of the namespace of XML
//! Signature, once. There is no place for an Object, for a second Signature, or for the length of an HMAC.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use saml_sp::testing::forge::{Place, Tree};
use saml_sp::testing::{Sign, TestIdpError};

use super::{ONE, RESPONSE_ALONE, SHAPE, foreign_part, signature_part, with_markup};
use crate::naive;

use crate::stage::{ALL, MALLORY, PLAIN, RESPONSE_UNSIGNED, Stage};
use crate::vector::{Made, Outcome, vectors};

/// A message about mallory under an HMAC of so many bits.
fn hmac_of(stage: &Stage, secret: &[u8], bits: usize) -> Result<Made, TestIdpError> {
    let mut answer = stage.answer_about(MALLORY);
    answer.encryption.clear();
    let mut tree = Tree::parse(&stage.foreign.sign(&answer)?)?;
    let method = tree.find("SignatureMethod")?;
    tree.set(method, "Algorithm", "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256")?;
    if bits < 256 {
        let length = signature_part(&mut tree, "HMACOutputLength", &bits.to_string())?;
        tree.append(method, length)?;
    }
    let octets = naive::signed_info(&tree.to_xml());
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), octets.as_bytes());
    tree.set_text(tree.find("SignatureValue")?, &STANDARD.encode(&tag.as_ref()[..bits / 8]))?;
    Ok(tree.into())
}

/// A Signature of the attacker's own key, from a message about mallory, cut out.
fn foreign_signature(stage: &Stage, tree: &mut Tree) -> Result<Place, TestIdpError> {
    let mut answer = stage.answer_about(MALLORY);
    answer.encryption.clear();
    let other = Tree::parse(&stage.foreign.sign(&answer)?)?;
    tree.element(&other.xml_of(other.find("Signature")?))
}

vectors! { "signed-info";
    // ---- Parts in another namespace

    /// The canonicalization method in another namespace.
    canonicalization_method_in_another_namespace: "CVE-2025-66567", ALL, SHAPE =>
        |stage| foreign_part(stage, "CanonicalizationMethod");

    /// The signature method in another namespace.
    signature_method_in_another_namespace: "CVE-2025-66567", ALL, SHAPE =>
        |stage| foreign_part(stage, "SignatureMethod");

    /// The digest method in another namespace.
    digest_method_in_another_namespace: "CVE-2025-66567", ALL, SHAPE => |stage| foreign_part(stage, "DigestMethod");

    /// The digest in another namespace.
    digest_in_another_namespace: "CVE-2025-66567", ALL, SHAPE => |stage| foreign_part(stage, "DigestValue");

    /// SignedInfo itself in another namespace.
    signed_info_in_another_namespace: "CVE-2025-66567", ALL, SHAPE,
        not_live "its name is part of what was signed" => |stage| {
        let xml = stage.altered(|tree, signature| {
            let signed_info = tree.under(signature, "SignedInfo")?;
            tree.rename(signed_info, "o:SignedInfo")?;
            tree.set(signed_info, "xmlns:o", "urn:example:other")
        })?;
        Ok(xml.into())
    };

    /// KeyInfo in another namespace: something foreign stands in the Signature.
    key_info_in_another_namespace: "CVE-2025-66567", ALL, SHAPE => |stage| {
        let xml = stage.altered(|tree, signature| {
            let key_info = tree.under(signature, "KeyInfo")?;
            tree.rename(key_info, "o:KeyInfo")?;
            tree.set(key_info, "xmlns:o", "urn:example:other")
        })?;
        Ok(xml.into())
    };

    /// The algorithm as an attribute of the namespace of XML Signature.
    algorithm_in_a_namespace: "CVE-2025-66567", ALL, SHAPE => |stage| {
        let xml = stage.resigned(|tree, signature| {
            let method = tree.under(signature, "SignatureMethod")?;
            let algorithm = tree.attribute(method, "Algorithm").unwrap().to_owned();
            tree.unset(method, "Algorithm")?;
            tree.set(method, "ds:Algorithm", &algorithm)
        })?;
        Ok(xml.into())
    };

    /// The whole Signature in another namespace: it is none. Where the Response is signed as well, that one counts.
    signature_in_another_namespace: "CVE-2025-66567", ALL,
        Outcome::Depends(|shape| (shape.sign() != Sign::Both).then_some("signature-missing")) => |stage| {
        let xml = stage.altered(|tree, signature| {
            tree.rename(signature, "o:Signature")?;
            tree.set(signature, "xmlns:o", "urn:example:other")
        })?;
        Ok(xml.into())
    };

    // ---- Other children of Signature

    /// An Object at the end of the Signature.
    object_at_the_end: "Somorovsky et al. 2012", ALL, SHAPE => |stage| {
        let xml = stage.altered(|tree, signature| {
            let object = signature_part(tree, "Object", "anything")?;
            tree.append(signature, object)
        })?;
        Ok(xml.into())
    };

    /// An Object in front of SignedInfo.
    object_in_front: "Somorovsky et al. 2012", ALL, SHAPE => |stage| {
        let xml = stage.altered(|tree, signature| {
            let object = signature_part(tree, "Object", "anything")?;
            tree.prepend(signature, object)
        })?;
        Ok(xml.into())
    };

    /// Something of another namespace at the end of the Signature.
    foreign_element_at_the_end: "Somorovsky et al. 2012", ALL, SHAPE => |stage| {
        let xml = stage.altered(|tree, signature| {
            let foreign = tree.element("<o:Object xmlns:o=\"urn:example:other\"/>")?;
            tree.append(signature, foreign)
        })?;
        Ok(xml.into())
    };

    /// Text in the Signature.
    text_in_the_signature: "Somorovsky et al. 2012", ALL, SHAPE => |stage| {
        let xml = stage.altered(|tree, signature| {
            let text = tree.raw("text");
            tree.append(signature, text)
        })?;
        Ok(xml.into())
    };

    /// Text in SignedInfo, which a pretty printer would not write.
    text_in_signed_info: "Somorovsky et al. 2012", ALL, SHAPE => |stage| with_markup(stage, "Reference", true, "text");

    /// Text in the Reference.
    text_in_the_reference: "Somorovsky et al. 2012", ALL, SHAPE =>
        |stage| with_markup(stage, "Transforms", true, "text");

    /// Something foreign at the end of SignedInfo.
    foreign_element_in_signed_info: "Somorovsky et al. 2012", ALL, SHAPE => |stage| {
        with_markup(stage, "SignedInfo", false, "<x xmlns=\"urn:example:x\"></x>")
    };

    /// The two methods in the other order.
    signature_method_in_front: "Somorovsky et al. 2012", ALL, SHAPE => |stage| {
        let xml = stage.resigned(|tree, signature| {
            let method = tree.under(signature, "SignatureMethod")?;
            tree.prepend(tree.under(signature, "SignedInfo")?, method)
        })?;
        Ok(xml.into())
    };

    /// The value in front of what it is a signature of.
    signature_value_in_front: "Somorovsky et al. 2012", ALL, SHAPE => |stage| {
        let xml = stage.altered(|tree, signature| {
            let value = tree.under(signature, "SignatureValue")?;
            tree.prepend(signature, value)
        })?;
        Ok(xml.into())
    };

    /// KeyInfo in front of SignedInfo.
    key_info_in_front: "CVE-2021-21239", ALL, SHAPE => |stage| {
        let xml = stage.altered(|tree, signature| {
            let key_info = tree.under(signature, "KeyInfo")?;
            tree.prepend(signature, key_info)
        })?;
        Ok(xml.into())
    };

    /// KeyInfo between SignedInfo and the value.
    key_info_in_the_middle: "CVE-2021-21239", ALL, SHAPE => |stage| {
        let xml = stage.altered(|tree, signature| {
            let key_info = tree.under(signature, "KeyInfo")?;
            tree.insert_after(tree.under(signature, "SignedInfo")?, key_info)
        })?;
        Ok(xml.into())
    };

    /// Two KeyInfo.
    two_key_infos: "CVE-2021-21239", ALL, SHAPE => |stage| {
        let xml = stage.altered(|tree, signature| {
            let second = signature_part(tree, "KeyInfo", "")?;
            tree.append(signature, second)
        })?;
        Ok(xml.into())
    };

    /// KeyInfo in SignedInfo, signed.
    key_info_in_signed_info: "CVE-2021-21239", ALL, SHAPE => |stage| {
        with_markup(stage, "SignedInfo", false, "<ds:KeyInfo><ds:KeyName>x</ds:KeyName></ds:KeyInfo>")
    };

    /// A Signature of the attacker's in the KeyInfo of the genuine one, which nobody looks at.
    foreign_signature_in_key_info: "CVE-2021-21239", PLAIN, Outcome::Alice => |stage| {
        let mut tree = stage.genuine()?;
        let foreign = foreign_signature(stage, &mut tree)?;
        tree.prepend(tree.find("KeyInfo")?, foreign)?;
        Ok(tree.into())
    };

    // ---- Several Signatures

    /// The genuine Signature and a copy.
    the_signature_twice: "OneUptime #2981", ALL, Outcome::Reject("signature-several") => |stage| {
        let xml = stage.altered(|tree, signature| {
            let second = tree.copy(signature);
            tree.insert_after(signature, second)
        })?;
        Ok(xml.into())
    };

    /// The attacker's Signature in front of the genuine one.
    foreign_signature_in_front: "OneUptime #2981", ALL, Outcome::Reject("signature-several") => |stage| {
        let xml = stage.altered(|tree, signature| {
            let foreign = foreign_signature(stage, tree)?;
            tree.insert_before(signature, foreign)
        })?;
        Ok(xml.into())
    };

    /// An empty Signature behind the genuine one.
    empty_signature_behind: "OneUptime #2981", ALL, Outcome::Reject("signature-several") => |stage| {
        let xml = stage.altered(|tree, signature| {
            let empty = signature_part(tree, "Signature", "")?;
            tree.insert_after(signature, empty)
        })?;
        Ok(xml.into())
    };

    /// The Response is signed by the attacker, the assertion by the identity provider: every signature that is there
    /// has to hold.
    response_signed_by_the_attacker: "OneUptime #2981", RESPONSE_UNSIGNED,
        Outcome::Reject("signature-wrong-key") => |stage| {
        let genuine = stage.genuine()?;
        let id = genuine.attribute(genuine.root(), "ID").unwrap().to_owned();
        Ok(stage.foreign.sign_element(&genuine.to_xml(), &id)?.into())
    };

    /// The assertion is signed by somebody else, the Response around it by the identity provider.
    assertion_signed_by_the_attacker: "OneUptime #2981", RESPONSE_ALONE,
        Outcome::Reject("signature-wrong-key") => |stage| {
        let answer = stage.answer();
        let mut plain = answer.clone();
        (plain.sign, plain.encryption) = (Sign::Nothing, Vec::new());
        let xml = stage.foreign.sign_element(&stage.idp.sign(&plain)?, &answer.assertion_id)?;
        Ok(stage.sealed(xml, &answer)?.into())
    };

    // ---- HMAC

    /// An HMAC of which no bit is sent, over a forged message.
    hmac_of_no_bits: "CVE-2009-0217", ONE, SHAPE => |stage| hmac_of(stage, b"", 0);

    /// An HMAC of eight bits, which is guessed in 256 tries.
    hmac_of_eight_bits: "CVE-2009-0217", ONE, SHAPE => |stage| hmac_of(stage, stage.trusted().spki(), 8);

    /// An HMAC whose secret is the public key as PEM has it.
    hmac_with_the_public_key_in_pem: "HMAC confusion; CVE-2009-0217", ONE,
        Outcome::Reject("algorithm-unknown") => |stage| {
        hmac_of(stage, naive::public_key_pem(stage.trusted().spki()).as_bytes(), 256)
    };

    /// A genuine ECDSA signature with an HMACOutputLength, which has no meaning there.
    output_length_for_ecdsa: "CVE-2009-0217", ALL, SHAPE => |stage| {
        with_markup(stage, "SignatureMethod", false, "<ds:HMACOutputLength>0</ds:HMACOutputLength>")
    };
}
