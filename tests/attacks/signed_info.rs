//! SignedInfo and what stands in it: which of several counts, what a value says, what a Reference names.
//!
//! Where nobody but the identity provider could have made the message, its signature is made anew over the odd shape:
//! it is genuine, and refused all the same. `names` has what a Reference names, `parts` the other parts of a
//! Signature, and HMACs.

pub(crate) mod names;
pub(crate) mod parts;

use saml_sp::testing::forge::{Place, Tree};
use saml_sp::testing::{Sign, TestIdpError};

use crate::stage::Shape::{AssertionSigned, BothSigned, EncryptedResponseSigned, ResponseSigned};
use crate::stage::{ALL, MALLORY, PLAIN, Shape, Stage};
use crate::vector::{Made, Outcome, vectors};

const DS: &str = "http://www.w3.org/2000/09/xmldsig#";
const ASSERTION_VISIBLE: &[Shape] = &[AssertionSigned, BothSigned];
const ONE: &[Shape] = &[AssertionSigned];
/// Nothing but the Response is signed.
const RESPONSE_ALONE: &[Shape] = &[ResponseSigned, EncryptedResponseSigned];
const SHAPE: Outcome = Outcome::Reject("signature-shape");
const MISMATCH: Outcome = Outcome::Reject("digest-mismatch");
const REFERENCES: Outcome = Outcome::Reject("signature-references");
const ELSEWHERE: Outcome = Outcome::Reject("reference-elsewhere");

type Done = Result<(), TestIdpError>;

/// A genuine message (its outer signature taken away where both were signed) that says mallory now, with everything as
/// it was in its Signature; `put` puts the digest of what it says now where careless software finds it.
fn forged(stage: &Stage, put: fn(&mut Tree, Place, &str) -> Done) -> Result<Made, TestIdpError> {
    let mut tree = stage.genuine()?;
    if stage.shape.sign() == Sign::Both {
        tree.remove(tree.find("Signature")?)?;
    }
    tree.set_text(tree.find("NameID")?, MALLORY)?;
    let signature = tree.find("Signature")?;
    let signed = tree.parent(signature).unwrap();
    let id = tree.attribute(signed, "ID").unwrap().to_owned();
    let mut unsigned = tree.clone();
    unsigned.remove(signature)?;
    let digested = Tree::parse(&stage.foreign.sign_element(&unsigned.to_xml(), &id)?)?;
    put(&mut tree, signature, &digested.text(digested.find("DigestValue")?))?;
    Ok(tree.into())
}

/// A second SignedInfo, with this digest, cut out.
fn second_signed_info(tree: &mut Tree, signature: Place, digest: &str) -> Result<Place, TestIdpError> {
    let genuine = tree.under(signature, "SignedInfo")?;
    let second = tree.copy(genuine);
    tree.set_text(tree.under(second, "DigestValue")?, digest)?;
    Ok(second)
}

/// An element of XML Signature around this, cut out.
fn signature_part(tree: &mut Tree, name: &str, content: &str) -> Result<Place, TestIdpError> {
    tree.element(&format!("<ds:{name} xmlns:ds=\"{DS}\">{content}</ds:{name}>"))
}

/// A copy of the Reference with this digest, cut out.
fn second_reference(tree: &mut Tree, signature: Place, digest: &str) -> Result<Place, TestIdpError> {
    let genuine = tree.under(signature, "Reference")?;
    let second = tree.copy(genuine);
    tree.set_text(tree.under(second, "DigestValue")?, digest)?;
    Ok(second)
}

/// The identity provider signs markup before, or in, the part of this name.
fn with_markup(stage: &Stage, part: &str, before: bool, markup: &str) -> Result<Made, TestIdpError> {
    let xml = stage.resigned(|tree, signature| {
        let part = tree.under(signature, part)?;
        let markup = tree.raw(markup);
        if before { tree.insert_before(part, markup) } else { tree.append(part, markup) }
    })?;
    Ok(xml.into())
}

/// The identity provider signs a part that is in the attacker's namespace.
fn foreign_part(stage: &Stage, name: &str) -> Result<Made, TestIdpError> {
    let xml = stage.resigned(|tree, signature| {
        let part = tree.under(signature, name)?;
        tree.rename(part, &format!("o:{name}"))?;
        tree.set(part, "xmlns:o", "urn:example:other")
    })?;
    Ok(xml.into())
}

vectors! { "signed-info";
    // ---- Several SignedInfo

    /// A SignedInfo with the digest of the forged content in front of the genuine one: the value is checked over one,
    /// the References are taken from the other.
    second_signed_info_in_front: "CVE-2025-29774; CVE-2019-3465", PLAIN,
        SHAPE => |stage| forged(stage, |tree, signature, digest| {
        let second = second_signed_info(tree, signature, digest)?;
        tree.prepend(signature, second)
    });

    /// The same behind the genuine one.
    second_signed_info_behind: "CVE-2025-29774; CVE-2019-3465", PLAIN,
        SHAPE => |stage| forged(stage, |tree, signature, digest| {
        let second = second_signed_info(tree, signature, digest)?;
        tree.insert_after(tree.under(signature, "SignedInfo")?, second)
    });

    /// The same at the end of the Signature.
    second_signed_info_at_the_end: "CVE-2025-29774", PLAIN, SHAPE => |stage| forged(stage, |tree, signature, digest| {
        let second = second_signed_info(tree, signature, digest)?;
        tree.append(signature, second)
    });

    /// The second one in a ds:Object in front.
    second_signed_info_in_an_object: "CVE-2025-29774", PLAIN, SHAPE => |stage| forged(stage, |tree, signature, digest| {
        let second = second_signed_info(tree, signature, digest)?;
        let object = signature_part(tree, "Object", "")?;
        tree.append(object, second)?;
        tree.prepend(signature, object)
    });

    /// The second one in KeyInfo, which is never looked into: the content is not what was signed.
    second_signed_info_in_key_info: "CVE-2025-29774", PLAIN,
        MISMATCH => |stage| forged(stage, |tree, signature, digest| {
        let second = second_signed_info(tree, signature, digest)?;
        tree.prepend(tree.under(signature, "KeyInfo")?, second)
    });

    /// The genuine one inside the forged one.
    signed_info_in_a_signed_info: "CVE-2019-3465", PLAIN, SHAPE => |stage| forged(stage, |tree, signature, digest| {
        let second = second_signed_info(tree, signature, digest)?;
        let genuine = tree.under(signature, "SignedInfo")?;
        tree.prepend(signature, second)?;
        tree.append(second, genuine)
    });

    /// The forged one in another namespace, in front.
    second_signed_info_in_another_namespace: "CVE-2025-29774", PLAIN,
        SHAPE => |stage| forged(stage, |tree, signature, digest| {
        let second = second_signed_info(tree, signature, digest)?;
        tree.rename(second, "o:SignedInfo")?;
        tree.set(second, "xmlns:o", "urn:example:other")?;
        tree.prepend(signature, second)
    });

    /// The genuine Signature inside one of the attacker's, whose SignedInfo has the forged digest.
    signature_in_a_signature: "CVE-2025-29774", PLAIN, SHAPE => |stage| forged(stage, |tree, signature, digest| {
        let second = second_signed_info(tree, signature, digest)?;
        let outer = signature_part(tree, "Signature", "")?;
        tree.insert_before(signature, outer)?;
        tree.append(outer, second)?;
        tree.append(outer, signature)
    });

    // ---- What a digest says

    /// The digest of the forged content in a comment in front of the genuine one: the comment is not in the canonical
    /// SignedInfo, and the first child of the element.
    forged_digest_in_a_comment: "CVE-2025-29775", PLAIN, SHAPE => |stage| forged(stage, |tree, signature, digest| {
        let comment = tree.raw(&format!("<!--{digest}-->"));
        tree.prepend(tree.under(signature, "DigestValue")?, comment)
    });

    /// The same behind the genuine one.
    forged_digest_in_a_comment_behind: "CVE-2025-29775", PLAIN,
        SHAPE => |stage| forged(stage, |tree, signature, digest| {
        let comment = tree.raw(&format!("<!--{digest}-->"));
        tree.append(tree.under(signature, "DigestValue")?, comment)
    });

    /// A comment in the middle of the digest, whose text is in two pieces then.
    comment_in_the_middle_of_the_digest: "CVE-2025-29775", ALL, SHAPE => |stage| {
        let xml = stage.altered(|tree, signature| {
            tree.split_text(tree.under(signature, "DigestValue")?, 20, "<!---->")
        })?;
        Ok(xml.into())
    };

    /// A processing instruction in the digest.
    instruction_in_the_digest: "CVE-2025-29775", PLAIN, Outcome::Reject("xml-processing-instruction") => |stage| {
        forged(stage, |tree, signature, digest| {
            tree.set_text(tree.find("NameID")?, "alice")?;
            let instruction = tree.raw(&format!("<?digest {digest}?>"));
            tree.prepend(tree.under(signature, "DigestValue")?, instruction)
        })
    };

    /// A CDATA section in the digest, which is text like any other.
    cdata_in_the_digest: "CVE-2025-29775", ALL, Outcome::Alice => |stage| {
        let xml = stage.altered(|tree, signature| {
            let value = tree.under(signature, "DigestValue")?;
            let text = tree.text(value);
            let (start, end) = text.split_at(20);
            tree.set_raw(value, &format!("{start}<![CDATA[{end}]]>"))
        })?;
        Ok(xml.into())
    };

    /// An element inside the digest.
    element_in_the_digest: "CVE-2025-29775", ALL, SHAPE =>
        |stage| with_markup(stage, "DigestValue", false, "<x xmlns=\"urn:example:x\"/>");

    /// Two digests in one Reference, the genuine one last.
    two_digests_in_a_reference: "CVE-2025-29775", ALL, SHAPE => |stage| {
        with_markup(stage, "DigestValue", true, "<ds:DigestValue>AAAA</ds:DigestValue>")
    };

    /// Two digests in one Reference, the genuine one first.
    two_digests_in_a_reference_the_genuine_one_first: "CVE-2025-29775", ALL, SHAPE => |stage| {
        with_markup(stage, "Reference", false, "<ds:DigestValue>AAAA</ds:DigestValue>")
    };

    /// The digest of the forged content in StatusDetail, in front of the Signature: `//ds:DigestValue` finds it first.
    forged_digest_in_status_detail: "CVE-2024-45409", ASSERTION_VISIBLE,
        MISMATCH => |stage| forged(stage, |tree, _, digest| {
        let value = signature_part(tree, "DigestValue", digest)?;
        let detail = tree.element("<samlp:StatusDetail xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\"/>")?;
        tree.append(detail, value)?;
        tree.append(tree.find("Status")?, detail)
    });

    /// The digest of the forged content in Extensions.
    forged_digest_in_extensions: "CVE-2024-45409", ASSERTION_VISIBLE,
        MISMATCH => |stage| forged(stage, |tree, _, digest| {
        let value = signature_part(tree, "DigestValue", digest)?;
        let extensions = tree.element("<samlp:Extensions xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\"/>")?;
        tree.append(extensions, value)?;
        tree.insert_before(tree.find("Status")?, extensions)
    });

    /// The digest of the forged content in KeyInfo.
    forged_digest_in_key_info: "CVE-2024-45409", PLAIN, MISMATCH => |stage| forged(stage, |tree, signature, digest| {
        let value = signature_part(tree, "DigestValue", digest)?;
        tree.prepend(tree.under(signature, "KeyInfo")?, value)
    });

    /// The digest of the forged content in a ds:Object of the Signature.
    forged_digest_in_an_object: "CVE-2024-45409", PLAIN, SHAPE => |stage| forged(stage, |tree, signature, digest| {
        let object = signature_part(tree, "Object", &format!("<ds:DigestValue>{digest}</ds:DigestValue>"))?;
        tree.append(signature, object)
    });

    /// The digest of the forged content as a child of the Signature.
    forged_digest_in_the_signature: "CVE-2024-45409", PLAIN, SHAPE => |stage| forged(stage, |tree, signature, digest| {
        let value = signature_part(tree, "DigestValue", digest)?;
        tree.prepend(signature, value)
    });

    /// A comment in the signature value.
    comment_in_the_signature_value: "CVE-2025-29775", ALL, SHAPE => |stage| {
        let xml = stage.altered(|tree, signature| {
            let comment = tree.raw("<!-- -->");
            tree.prepend(tree.under(signature, "SignatureValue")?, comment)
        })?;
        Ok(xml.into())
    };

    /// A second signature value behind the genuine one.
    two_signature_values: "CVE-2025-29775", ALL, SHAPE => |stage| {
        let xml = stage.altered(|tree, signature| {
            let value = tree.under(signature, "SignatureValue")?;
            let second = tree.copy(value);
            tree.set_text(second, "AAAA")?;
            tree.insert_after(value, second)
        })?;
        Ok(xml.into())
    };

    /// A signature value in another namespace.
    signature_value_in_another_namespace: "CVE-2025-66567", ALL, SHAPE => |stage| {
        let xml = stage.altered(|tree, signature| {
            let value = tree.under(signature, "SignatureValue")?;
            tree.rename(value, "o:SignatureValue")?;
            tree.set(value, "xmlns:o", "urn:example:other")
        })?;
        Ok(xml.into())
    };

    // ---- Comments in SignedInfo, which is read before it is canonicalized

    /// A comment in front of the Reference.
    comment_before_the_reference: "CVE-2025-29775", ALL, SHAPE =>
        |stage| with_markup(stage, "Reference", true, "<!-- -->");

    /// A comment in front of the canonicalization method.
    comment_before_the_canonicalization_method: "CVE-2025-29775", ALL, SHAPE =>
        |stage| with_markup(stage, "CanonicalizationMethod", true, "<!-- -->");

    /// A comment in SignatureMethod.
    comment_in_the_signature_method: "CVE-2025-29775", ALL, SHAPE =>
        |stage| with_markup(stage, "SignatureMethod", false, "<!-- -->");

    /// A comment among the transforms.
    comment_among_the_transforms: "CVE-2025-29775", ALL, SHAPE =>
        |stage| with_markup(stage, "Transform", true, "<!-- -->");

    /// A comment at the end of SignedInfo.
    comment_at_the_end_of_signed_info: "CVE-2025-29775", ALL, SHAPE =>
        |stage| with_markup(stage, "SignedInfo", false, "<!-- -->");

    // ---- References

    /// Two References, both to what is signed.
    two_references: "CVE-2026-33487", ALL, REFERENCES => |stage| {
        let xml = stage.resigned(|tree, signature| {
            let reference = tree.under(signature, "Reference")?;
            let second = tree.copy(reference);
            tree.insert_after(reference, second)
        })?;
        Ok(xml.into())
    };

    /// Two References, the second to something else: which one is checked, and which one taken?
    two_references_to_two_elements: "CVE-2026-33487", ALL, REFERENCES => |stage| {
        let xml = stage.resigned(|tree, signature| {
            let reference = tree.under(signature, "Reference")?;
            let second = tree.copy(reference);
            tree.set(second, "URI", "#_another")?;
            tree.insert_after(reference, second)
        })?;
        Ok(xml.into())
    };

    /// The same with the wrong one in front.
    two_references_the_wrong_one_first: "CVE-2026-33487", ALL, REFERENCES => |stage| {
        let xml = stage.resigned(|tree, signature| {
            let reference = tree.under(signature, "Reference")?;
            let second = tree.copy(reference);
            tree.set(second, "URI", "#_another")?;
            tree.insert_before(reference, second)
        })?;
        Ok(xml.into())
    };

    /// Three References to what is signed.
    three_references: "CVE-2026-33487", PLAIN, REFERENCES => |stage| {
        let xml = stage.resigned(|tree, signature| {
            let reference = tree.under(signature, "Reference")?;
            for _ in 0..2 {
                let further = tree.copy(reference);
                tree.insert_after(reference, further)?;
            }
            Ok(())
        })?;
        Ok(xml.into())
    };

    /// A genuine signature over no Reference at all: it signs nothing.
    no_reference: "CVE-2026-33487", ALL, REFERENCES, not_live "nothing is referenced" => |stage| {
        let xml = stage.resigned(|tree, signature| tree.remove(tree.under(signature, "Reference")?))?;
        Ok(xml.into())
    };

    /// The sole Reference is in another namespace: there is none.
    reference_in_another_namespace: "CVE-2026-33487; CVE-2025-66567", ALL, REFERENCES =>
        |stage| foreign_part(stage, "Reference");

    /// No Signature at all.
    no_signature: "CVE-2026-33487", ONE, Outcome::Reject("signature-missing"), not_live "there is none" =>
        |stage| Ok(stage.forged_response()?.into());

    /// A Signature without anything in it.
    empty_signature: "CVE-2026-33487", PLAIN, SHAPE, not_live "nothing is in it" => |stage| {
        let xml = stage.altered(|tree, signature| tree.set_raw(signature, ""))?;
        Ok(xml.into())
    };

    /// A second Reference, with the digest of the forged content, in KeyInfo.
    forged_reference_in_key_info: "CVE-2026-33487", PLAIN, MISMATCH => |stage| forged(stage, |tree, signature, digest| {
        let second = second_reference(tree, signature, digest)?;
        tree.prepend(tree.under(signature, "KeyInfo")?, second)
    });

    /// A Manifest in an Object of the Signature, whose Reference has the digest of the forged content.
    forged_reference_in_a_manifest: "CVE-2026-33487", PLAIN, SHAPE => |stage| forged(stage, |tree, signature, digest| {
        let second = second_reference(tree, signature, digest)?;
        let object = signature_part(tree, "Object", "<ds:Manifest Id=\"_manifest\"/>")?;
        tree.append(tree.under(object, "Manifest")?, second)?;
        tree.append(signature, object)
    });

    /// A signed Reference to a Manifest in the Signature: what is signed is a list of things that nobody checks.
    reference_to_a_manifest: "CVE-2026-33487", PLAIN, SHAPE => |stage| {
        let xml = stage.resigned(|tree, signature| {
            let reference = tree.under(signature, "Reference")?;
            let genuine = tree.copy(reference);
            tree.set(reference, "URI", "#_manifest")?;
            tree.set(reference, "Type", &format!("{DS}Manifest"))?;
            let object = signature_part(tree, "Object", "<ds:Manifest Id=\"_manifest\"/>")?;
            tree.append(tree.under(object, "Manifest")?, genuine)?;
            tree.append(signature, object)
        })?;
        Ok(xml.into())
    };

    /// A Manifest in KeyInfo, referenced by the signature: the Reference names something else than its own element.
    reference_to_a_manifest_in_key_info: "CVE-2026-33487", PLAIN, ELSEWHERE => |stage| {
        let xml = stage.resigned(|tree, signature| {
            let reference = tree.under(signature, "Reference")?;
            let genuine = tree.copy(reference);
            tree.set(reference, "URI", "#_manifest")?;
            let manifest = signature_part(tree, "Manifest", "")?;
            tree.set(manifest, "Id", "_manifest")?;
            tree.append(manifest, genuine)?;
            tree.append(tree.under(signature, "KeyInfo")?, manifest)
        })?;
        Ok(xml.into())
    };

    /// A Reference of the type Object, which says what it is not.
    reference_of_another_type: "CVE-2026-33487", ALL, Outcome::Alice => |stage| {
        let xml = stage.resigned(|tree, signature| {
            tree.set(tree.under(signature, "Reference")?, "Type", &format!("{DS}Object"))
        })?;
        Ok(xml.into())
    };
}
