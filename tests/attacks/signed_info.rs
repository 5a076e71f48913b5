//! SignedInfo and what stands in it: which of several counts, what a value says, what a Reference names.
//!
//! Where nobody but the identity provider could have made the message, its signature is made anew over the odd shape: it is
//! genuine, and refused all the same.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use saml_sp::testing::forge::{Place, Tree};
use saml_sp::testing::{Sign, TestIdpError};

use crate::naive;
use crate::stage::Shape::{AssertionSigned, BothSigned, EncryptedResponseSigned, ResponseSigned};
use crate::stage::{ALL, MALLORY, PLAIN, RESPONSE_UNSIGNED, Shape, Stage};
use crate::vector::{Made, Outcome, vectors};

const DS: &str = "http://www.w3.org/2000/09/xmldsig#";
const ASSERTION_VISIBLE: &[Shape] = &[AssertionSigned, BothSigned];
const ONE: &[Shape] = &[AssertionSigned];
/// Nothing but the Response is signed.
const RESPONSE_ALONE: &[Shape] = &[ResponseSigned, EncryptedResponseSigned];
const SHAPE: Outcome = Outcome::Reject("signature-shape");
const REFERENCES: Outcome = Outcome::Reject("signature-references");
const ELSEWHERE: Outcome = Outcome::Reject("reference-elsewhere");

type Done = Result<(), TestIdpError>;

/// A genuine message (its outer signature taken away where both were signed) that says mallory now, with everything as it
/// was in its Signature; `put` puts the digest of what it says now where careless software finds it.
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

/// The identity provider signs a Reference with this URI; `{}` is the ID of what is signed.
fn uri(stage: &Stage, uri: &str) -> Result<Made, TestIdpError> {
    let xml = stage.resigned(|tree, signature| {
        let id = tree.attribute(tree.parent(signature).unwrap(), "ID").unwrap().to_owned();
        tree.set(tree.under(signature, "Reference")?, "URI", &uri.replace("{}", &id))
    })?;
    Ok(xml.into())
}

/// The identity provider signs elements whose ID is this.
fn id(stage: &Stage, id: &str) -> Result<Made, TestIdpError> {
    Ok(stage
        .changed(|answer| match stage.shape.sign() {
            Sign::Response => answer.response_id = id.to_owned(),
            _ => answer.assertion_id = id.to_owned(),
        })?
        .into())
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
    // ---- Several SignedInfo

    /// A SignedInfo with the digest of the forged content in front of the genuine one: the value is checked over one, the
    /// References are taken from the other.
    second_signed_info_in_front: "CVE-2025-29774; CVE-2019-3465", PLAIN, SHAPE => |stage| forged(stage, |tree, signature, digest| {
        let second = second_signed_info(tree, signature, digest)?;
        tree.prepend(signature, second)
    });

    /// The same behind the genuine one.
    second_signed_info_behind: "CVE-2025-29774; CVE-2019-3465", PLAIN, SHAPE => |stage| forged(stage, |tree, signature, digest| {
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
    second_signed_info_in_key_info: "CVE-2025-29774", PLAIN, Outcome::Reject("digest-mismatch") => |stage| forged(stage, |tree, signature, digest| {
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
    second_signed_info_in_another_namespace: "CVE-2025-29774", PLAIN, SHAPE => |stage| forged(stage, |tree, signature, digest| {
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
    forged_digest_in_a_comment_behind: "CVE-2025-29775", PLAIN, SHAPE => |stage| forged(stage, |tree, signature, digest| {
        let comment = tree.raw(&format!("<!--{digest}-->"));
        tree.append(tree.under(signature, "DigestValue")?, comment)
    });

    /// A comment in the middle of the digest, whose text is in two pieces then.
    comment_in_the_middle_of_the_digest: "CVE-2025-29775", ALL, SHAPE => |stage| {
        let xml = stage.altered(|tree, signature| tree.split_text(tree.under(signature, "DigestValue")?, 20, "<!---->"))?;
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
    element_in_the_digest: "CVE-2025-29775", ALL, SHAPE => |stage| with_markup(stage, "DigestValue", false, "<x xmlns=\"urn:example:x\"/>");

    /// Two digests in one Reference, the genuine one last.
    two_digests_in_a_reference: "CVE-2025-29775", ALL, SHAPE => |stage| {
        with_markup(stage, "DigestValue", true, "<ds:DigestValue>AAAA</ds:DigestValue>")
    };

    /// Two digests in one Reference, the genuine one first.
    two_digests_in_a_reference_the_genuine_one_first: "CVE-2025-29775", ALL, SHAPE => |stage| {
        with_markup(stage, "Reference", false, "<ds:DigestValue>AAAA</ds:DigestValue>")
    };

    /// The digest of the forged content in StatusDetail, in front of the Signature: `//ds:DigestValue` finds it first.
    forged_digest_in_status_detail: "CVE-2024-45409", ASSERTION_VISIBLE, Outcome::Reject("digest-mismatch") => |stage| forged(stage, |tree, _, digest| {
        let value = signature_part(tree, "DigestValue", digest)?;
        let detail = tree.element("<samlp:StatusDetail xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\"/>")?;
        tree.append(detail, value)?;
        tree.append(tree.find("Status")?, detail)
    });

    /// The digest of the forged content in Extensions.
    forged_digest_in_extensions: "CVE-2024-45409", ASSERTION_VISIBLE, Outcome::Reject("digest-mismatch") => |stage| forged(stage, |tree, _, digest| {
        let value = signature_part(tree, "DigestValue", digest)?;
        let extensions = tree.element("<samlp:Extensions xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\"/>")?;
        tree.append(extensions, value)?;
        tree.insert_before(tree.find("Status")?, extensions)
    });

    /// The digest of the forged content in KeyInfo.
    forged_digest_in_key_info: "CVE-2024-45409", PLAIN, Outcome::Reject("digest-mismatch") => |stage| forged(stage, |tree, signature, digest| {
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
    comment_before_the_reference: "CVE-2025-29775", ALL, SHAPE => |stage| with_markup(stage, "Reference", true, "<!-- -->");

    /// A comment in front of the canonicalization method.
    comment_before_the_canonicalization_method: "CVE-2025-29775", ALL, SHAPE => |stage| with_markup(stage, "CanonicalizationMethod", true, "<!-- -->");

    /// A comment in SignatureMethod.
    comment_in_the_signature_method: "CVE-2025-29775", ALL, SHAPE => |stage| with_markup(stage, "SignatureMethod", false, "<!-- -->");

    /// A comment among the transforms.
    comment_among_the_transforms: "CVE-2025-29775", ALL, SHAPE => |stage| with_markup(stage, "Transform", true, "<!-- -->");

    /// A comment at the end of SignedInfo.
    comment_at_the_end_of_signed_info: "CVE-2025-29775", ALL, SHAPE => |stage| with_markup(stage, "SignedInfo", false, "<!-- -->");

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

    /// A genuine signature over no Reference at all: it signs nothing.
    no_reference: "CVE-2026-33487", ALL, REFERENCES, not_live "nothing is referenced" => |stage| {
        let xml = stage.resigned(|tree, signature| tree.remove(tree.under(signature, "Reference")?))?;
        Ok(xml.into())
    };

    /// The sole Reference is in another namespace: there is none.
    reference_in_another_namespace: "CVE-2026-33487; CVE-2025-66567", ALL, REFERENCES => |stage| foreign_part(stage, "Reference");

    /// No Signature at all.
    no_signature: "CVE-2026-33487", ONE, Outcome::Reject("signature-missing"), not_live "there is none" => |stage| Ok(stage.forged_response()?.into());

    /// A Signature without anything in it.
    empty_signature: "CVE-2026-33487", PLAIN, SHAPE, not_live "nothing is in it" => |stage| {
        let xml = stage.altered(|tree, signature| tree.set_raw(signature, ""))?;
        Ok(xml.into())
    };

    /// A second Reference, with the digest of the forged content, in KeyInfo.
    forged_reference_in_key_info: "CVE-2026-33487", PLAIN, Outcome::Reject("digest-mismatch") => |stage| forged(stage, |tree, signature, digest| {
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
        let xml = stage.resigned(|tree, signature| tree.set(tree.under(signature, "Reference")?, "Type", &format!("{DS}Object")))?;
        Ok(xml.into())
    };

    // ---- What a Reference names

    /// The whole document, by XPointer.
    uri_xpointer_to_the_root: "CVE-2015-20108", RESPONSE_ALONE, ELSEWHERE => |stage| uri(stage, "#xpointer(/)");

    /// The right element, by XPointer.
    uri_xpointer_by_id: "CVE-2015-20108", ALL, ELSEWHERE => |stage| uri(stage, "#xpointer(id('{}'))");

    /// The same in other quotes.
    uri_xpointer_in_double_quotes: "CVE-2015-20108", ALL, ELSEWHERE => |stage| uri(stage, "#xpointer(id(\"{}\"))");

    /// An XPointer of which an XPath is made: the quote ends the string that it was put into.
    uri_that_leaves_its_xpath: "CVE-2015-20108", ALL, ELSEWHERE, not_live "no element has this ID" => |stage| uri(stage, "#{}' or '1'='1");

    /// The element scheme of XPointer.
    uri_element_scheme: "CVE-2015-20108", ALL, ELSEWHERE => |stage| uri(stage, "#element('{}')");

    /// The ID with its first character percent-encoded.
    uri_percent_encoded: "CVE-2015-20108", ALL, ELSEWHERE => |stage| {
        let xml = stage.resigned(|tree, signature| {
            let reference = tree.under(signature, "Reference")?;
            let encoded = tree.attribute(reference, "URI").unwrap().replacen("#_", "#%5F", 1);
            tree.set(reference, "URI", &encoded)
        })?;
        Ok(xml.into())
    };

    /// The ID alone, as a relative URI.
    uri_without_a_number_sign: "CVE-2015-20108", ALL, ELSEWHERE => |stage| uri(stage, "{}");

    /// Two number signs.
    uri_with_two_number_signs: "CVE-2015-20108", ALL, ELSEWHERE => |stage| uri(stage, "##{}");

    /// White space in front, which anyURI collapses.
    uri_behind_white_space: "CVE-2015-20108", ALL, ELSEWHERE => |stage| uri(stage, " #{}");

    /// White space behind.
    uri_before_white_space: "CVE-2015-20108", ALL, ELSEWHERE => |stage| uri(stage, "#{} ");

    /// The identity provider's own address with the ID as its fragment: a document to be fetched.
    uri_of_a_server: "CVE-2015-20108", ALL, ELSEWHERE => |stage| uri(stage, "https://idp.example.com/response#{}");

    /// A document to be fetched, without a fragment.
    uri_of_a_server_without_a_fragment: "CVE-2015-20108", ALL, ELSEWHERE, not_live "what it names is elsewhere" => |stage| uri(stage, "http://127.0.0.1/");

    /// A file of the service provider.
    uri_of_a_file: "CVE-2015-20108", ALL, ELSEWHERE, not_live "what it names is elsewhere" => |stage| uri(stage, "file:///etc/passwd");

    /// An attachment.
    uri_of_an_attachment: "CVE-2015-20108", ALL, ELSEWHERE => |stage| uri(stage, "cid:{}");

    /// The number sign alone.
    uri_of_an_empty_fragment: "CVE-2015-20108", RESPONSE_ALONE, ELSEWHERE => |stage| uri(stage, "#");

    /// Another element's ID.
    uri_of_another_element: "CVE-2015-20108", ALL, ELSEWHERE, not_live "no element has this ID" => |stage| uri(stage, "#_another");

    /// The ID in capitals: IDs are compared byte for byte.
    uri_in_capitals: "CVE-2015-20108", ALL, ELSEWHERE, not_live "no element has this ID" => |stage| {
        let xml = stage.resigned(|tree, signature| {
            let reference = tree.under(signature, "Reference")?;
            let capitals = tree.attribute(reference, "URI").unwrap().to_uppercase();
            tree.set(reference, "URI", &capitals)
        })?;
        Ok(xml.into())
    };

    /// No URI: the application is to know what is meant.
    no_uri: "CVE-2015-20108", RESPONSE_ALONE, ELSEWHERE => |stage| {
        let xml = stage.resigned(|tree, signature| tree.unset(tree.under(signature, "Reference")?, "URI"))?;
        Ok(xml.into())
    };

    /// A signature over the whole document, as a child of the assertion: it signs what it does not stand in.
    empty_uri_in_the_assertion: "CVE-2015-20108", &[ResponseSigned], ELSEWHERE => |stage| {
        let idp = stage.styled(|style| style.empty_reference = true)?;
        let mut tree = Tree::parse(&idp.sign(&stage.answer())?)?;
        let signature = tree.find("Signature")?;
        tree.insert_before(tree.find("Subject")?, signature)?;
        Ok(tree.into())
    };

    /// A signature over a whole document that is an assertion, which was put into a Response: the empty URI means another
    /// document now.
    empty_uri_of_a_smaller_document: "CVE-2015-20108", ONE, ELSEWHERE, not_live "the empty URI is the whole document, which is another" => |stage| {
        let idp = stage.styled(|style| style.empty_reference = true)?;
        Ok(idp.sign(&stage.answer())?.into())
    };

    /// The URI in the namespace of XML Signature, which is another attribute.
    uri_in_a_namespace: "CVE-2025-66567", ALL, ELSEWHERE => |stage| {
        let xml = stage.resigned(|tree, signature| {
            let reference = tree.under(signature, "Reference")?;
            let uri = tree.attribute(reference, "URI").unwrap().to_owned();
            tree.unset(reference, "URI")?;
            tree.set(reference, "ds:URI", &uri)
        })?;
        Ok(xml.into())
    };

    /// Two URIs, one in the namespace of XML Signature: the other one counts.
    two_uris: "CVE-2025-66567", ALL, Outcome::Alice => |stage| {
        let xml = stage.resigned(|tree, signature| tree.set(tree.under(signature, "Reference")?, "ds:URI", "#_another"))?;
        Ok(xml.into())
    };

    /// What is signed has an ID that is an XPointer.
    id_that_is_an_xpointer: "CVE-2015-20108", ALL, ELSEWHERE => |stage| id(stage, "xpointer(/)");

    /// What is signed has an ID with a quote.
    id_with_a_quote: "CVE-2015-20108", ALL, ELSEWHERE => |stage| id(stage, "a' or '1'='1");

    /// What is signed has an ID that means another when it is decoded.
    id_with_percent_encoding: "CVE-2015-20108", ALL, ELSEWHERE => |stage| id(stage, "%5Fa");

    /// What is signed has an ID with a space.
    id_with_a_space: "CVE-2015-20108", ALL, ELSEWHERE => |stage| id(stage, "a b");

    /// What is signed has an ID with a number sign.
    id_with_a_number_sign: "CVE-2015-20108", ALL, ELSEWHERE => |stage| id(stage, "a#b");

    /// The Response has the assertion's ID too, in a namespace: a lookup by local name finds it first.
    namespaced_id_on_the_response: "CVE-2025-66567", RESPONSE_UNSIGNED, Outcome::Alice => |stage| {
        let mut tree = stage.genuine()?;
        let id = tree.attribute(stage.carrier(&tree)?, "ID").unwrap_or("_encrypted").to_owned();
        tree.set(tree.root(), "samlp:ID", &id)?;
        Ok(tree.into())
    };

    /// The identity provider signs an assertion with a second ID in a namespace.
    namespaced_id_on_the_assertion: "CVE-2025-66567", ALL, Outcome::Alice => |stage| {
        let xml = stage.written(|tree| tree.set(tree.find("Assertion")?, "saml:ID", "_another"))?;
        Ok(xml.into())
    };

    // ---- Parts in another namespace

    /// The canonicalization method in another namespace.
    canonicalization_method_in_another_namespace: "CVE-2025-66567", ALL, SHAPE => |stage| foreign_part(stage, "CanonicalizationMethod");

    /// The signature method in another namespace.
    signature_method_in_another_namespace: "CVE-2025-66567", ALL, SHAPE => |stage| foreign_part(stage, "SignatureMethod");

    /// The digest method in another namespace.
    digest_method_in_another_namespace: "CVE-2025-66567", ALL, SHAPE => |stage| foreign_part(stage, "DigestMethod");

    /// The digest in another namespace.
    digest_in_another_namespace: "CVE-2025-66567", ALL, SHAPE => |stage| foreign_part(stage, "DigestValue");

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

    /// The Response is signed by the attacker, the assertion by the identity provider: every signature that is there has
    /// to hold.
    response_signed_by_the_attacker: "OneUptime #2981", RESPONSE_UNSIGNED, Outcome::Reject("signature-wrong-key") => |stage| {
        let genuine = stage.genuine()?;
        let id = genuine.attribute(genuine.root(), "ID").unwrap().to_owned();
        Ok(stage.foreign.sign_element(&genuine.to_xml(), &id)?.into())
    };

    /// The assertion is signed by somebody else, the Response around it by the identity provider.
    assertion_signed_by_the_attacker: "OneUptime #2981", RESPONSE_ALONE, Outcome::Reject("signature-wrong-key") => |stage| {
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
    hmac_with_the_public_key_in_pem: "HMAC confusion; CVE-2009-0217", ONE, Outcome::Reject("algorithm-unknown") => |stage| {
        hmac_of(stage, naive::public_key_pem(stage.trusted().spki()).as_bytes(), 256)
    };

    /// A genuine ECDSA signature with an HMACOutputLength, which has no meaning there.
    output_length_for_ecdsa: "CVE-2009-0217", ALL, SHAPE => |stage| {
        with_markup(stage, "SignatureMethod", false, "<ds:HMACOutputLength>0</ds:HMACOutputLength>")
    };
}
