//! Transforms and canonicalization: what was hashed is not what was received.
//!
//! Real identity providers use enveloped-signature and one canonicalization. Everything else that XML Signature knows
//! is refused by name, under a genuine signature as well; and what no canonicalization covers gives no other meaning
//! to what one does.

use saml_sp::testing::forge::{Place, Tree};
use saml_sp::testing::{Encrypted, Encryption, Sign, SignatureStyle, TestIdpError};
use serde_json::json;

use crate::stage::Shape::{AssertionSigned, ResponseSigned};
use crate::stage::{ALL, ENCRYPTED, PLAIN, RESPONSE_SIGNED, RESPONSE_UNSIGNED, Stage};
use crate::vector::{Made, Outcome, vectors};

const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
const EXCLUSIVE_COMMENTS: &str = "http://www.w3.org/2001/10/xml-exc-c14n#WithComments";
const INCLUSIVE: &str = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315";
const INCLUSIVE_11: &str = "http://www.w3.org/2006/12/xml-c14n11";
const XPATH: &str = "http://www.w3.org/TR/1999/REC-xpath-19991116";
const XSLT: &str = "http://www.w3.org/TR/1999/REC-xslt-19991116";
const FILTER: &str = "http://www.w3.org/2002/06/xmldsig-filter2";
const BASE64: &str = "http://www.w3.org/2000/09/xmldsig#base64";
const DECRYPT: &str = "http://www.w3.org/2002/07/decrypt#XML";
const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";
const SAML: &str = "urn:oasis:names:tc:SAML:2.0:assertion";

const TRANSFORM: Outcome = Outcome::Reject("signature-transform");
const SHAPE: Outcome = Outcome::Reject("signature-shape");
const UNKNOWN: Outcome = Outcome::Reject("algorithm-unknown");
const TOO_MANY: Outcome = Outcome::Reject("c14n-too-many-prefixes");
const MISMATCH: Outcome = Outcome::Reject("digest-mismatch");
const CONTENT: Outcome = Outcome::Reject("decrypt-content");
const RELATIVE: Outcome = Outcome::Reject("xml-relative-namespace");

type Recipe = Result<Made, TestIdpError>;

fn transform(uri: &str) -> String {
    transform_with(uri, "")
}

fn transform_with(uri: &str, parameter: &str) -> String {
    format!("<ds:Transform Algorithm=\"{uri}\">{parameter}</ds:Transform>")
}

fn prefix_list(namespace: &str, prefixes: &str) -> String {
    format!("<ec:InclusiveNamespaces xmlns:ec=\"{namespace}\" PrefixList=\"{prefixes}\"></ec:InclusiveNamespaces>")
}

/// The identity provider signs these transforms. Who passes over those that he does not know computes the same digest:
/// by the last one where that is exclusive canonicalization, else by inclusive.
fn transforms(stage: &Stage, list: &str) -> Recipe {
    let last = list.rsplit("Algorithm=\"").next().and_then(|rest| rest.split('"').next()).unwrap_or_default();
    let method = if last.contains("xml-exc-c14n") { EXCLUSIVE } else { INCLUSIVE };
    let xml = stage.resigned_in(
        |style| style.transform = Some(method.to_owned()),
        |tree, signature| tree.set_raw(tree.under(signature, "Transforms")?, list),
    )?;
    Ok(xml.into())
}

fn named(stage: &Stage, uris: &[&str]) -> Recipe {
    transforms(stage, &uris.iter().map(|uri| transform(uri)).collect::<String>())
}

/// The identity provider signs SignedInfo under a canonicalization method of this name, which is inclusive for whoever
/// does not know it.
fn canonicalization_method(stage: &Stage, uri: &str) -> Recipe {
    let xml = stage.resigned_in(
        |style| style.canonicalization = INCLUSIVE.to_owned(),
        |tree, signature| tree.set(tree.under(signature, "CanonicalizationMethod")?, "Algorithm", uri),
    )?;
    Ok(xml.into())
}

/// The identity provider signs markup in a method: the first of this name with this algorithm, or any where it is
/// empty.
fn parameter(stage: &Stage, method: &str, algorithm: &str, markup: &str) -> Recipe {
    let xml = stage.resigned(|tree, signature| {
        let signed_info = tree.under(signature, "SignedInfo")?;
        let inside =
            |place: &Place| std::iter::successors(Some(*place), |at| tree.parent(*at)).any(|at| at == signed_info);
        let mut methods = tree.find_all(method).into_iter().filter(inside);
        let fits = |place: &Place| algorithm.is_empty() || tree.attribute(*place, "Algorithm") == Some(algorithm);
        let place = methods.find(fits).unwrap();
        let markup = tree.raw(markup);
        tree.append(place, markup)
    })?;
    Ok(xml.into())
}

/// A genuine message with a namespace declaration that nobody uses on the first element of this name.
fn declared(stage: &Stage, local: &str, name: &str, namespace: &str) -> Recipe {
    let mut tree = stage.genuine()?;
    tree.set(tree.find(local)?, name, namespace)?;
    Ok(tree.into())
}

/// What the identity provider sends where its signatures have another style, with something on the Response around.
fn around(stage: &Stage, style: fn(&mut SignatureStyle), name: &str, value: &str) -> Recipe {
    let mut tree = Tree::parse(&stage.styled(style)?.sign(&stage.answer())?)?;
    tree.set(tree.root(), name, value)?;
    Ok(tree.into())
}

/// The identity provider encrypts something whose prefixes are declared further out, where no exclusive
/// canonicalization covers them, and signs around it. `write` prepares the message; what it gives is encrypted, cut
/// out as it stands.
fn leaning(
    stage: &Stage,
    write: fn(&mut Tree) -> Result<Place, TestIdpError>,
    encryption: fn(&Stage) -> Encryption,
    rebind: fn(&mut Tree) -> Result<(), TestIdpError>,
) -> Recipe {
    let answer = stage.answer();
    let mut plain = answer.clone();
    (plain.sign, plain.encryption) = (Sign::Nothing, Vec::new());
    let mut tree = Tree::parse(&stage.idp.sign(&plain)?)?;
    let cut_out = write(&mut tree)?;
    let mut encryption = encryption(stage);
    encryption.plaintext = Some(tree.xml_of(cut_out).into_bytes());
    let mut xml = encryption.encrypt(&tree.to_xml(), &answer.assertion_id)?;
    for (id, signed) in [(&answer.assertion_id, Sign::Assertion), (&answer.response_id, Sign::Response)] {
        if stage.shape.sign() == signed {
            xml = stage.idp.sign_element(&xml, id)?;
        }
    }
    let mut tree = Tree::parse(&xml)?;
    rebind(&mut tree)?;
    Ok(Made::from(tree).with("/sp/decryption_keys", json!([stage.decryption()])))
}

fn whole_assertion(stage: &Stage) -> Encryption {
    stage.encryption(Encrypted::Assertion)
}

/// The assertion says alice by one prefix and mallory by another; which of them is SAML's is said on the Response.
fn two_names(tree: &mut Tree) -> Result<Place, TestIdpError> {
    let name = tree.find("NameID")?;
    let other = tree.copy(name);
    tree.set_text(other, "mallory")?;
    tree.insert_before(name, other)?;
    tree.rename(name, "a:NameID")?;
    tree.rename(other, "b:NameID")?;
    tree.set(tree.root(), "xmlns:a", SAML)?;
    tree.set(tree.root(), "xmlns:b", "urn:example:other")?;
    tree.find("Assertion")
}

fn exchange_names(tree: &mut Tree) -> Result<(), TestIdpError> {
    tree.set(tree.root(), "xmlns:a", "urn:example:other")?;
    tree.set(tree.root(), "xmlns:b", SAML)
}

/// The prefix `xsi` is declared on the Response alone.
fn outer_xsi(tree: &mut Tree) -> Result<Place, TestIdpError> {
    for value in tree.find_all("AttributeValue") {
        tree.unset(value, "xmlns:xsi")?;
    }
    tree.set(tree.root(), "xmlns:xsi", XSI)?;
    tree.find("Assertion")
}

vectors! { "transforms";
    // ---- Transforms that XML Signature knows, and nobody needs

    /// An XPath filter alone.
    xpath_alone: "XML Signature Best Practices (W3C) section 2.1.3", PLAIN, TRANSFORM => |stage| named(stage, &[XPATH]);

    /// An XPath filter behind enveloped-signature.
    xpath_behind_enveloped: "XML Signature Best Practices (W3C) section 2.1.3", PLAIN, TRANSFORM =>
        |stage| named(stage, &[ENVELOPED, XPATH]);

    /// An XPath filter in front of enveloped-signature.
    xpath_before_enveloped: "XML Signature Best Practices (W3C) section 2.1.3", PLAIN, TRANSFORM =>
        |stage| named(stage, &[XPATH, ENVELOPED, EXCLUSIVE]);

    /// An XPath filter between the two.
    xpath_in_the_middle: "XML Signature Best Practices (W3C) section 2.1.3", ALL, TRANSFORM =>
        |stage| named(stage, &[ENVELOPED, XPATH, EXCLUSIVE]);

    /// An XPath filter behind the canonicalization.
    xpath_behind_canonicalization: "XML Signature Best Practices (W3C) section 2.1.3", PLAIN, TRANSFORM =>
        |stage| named(stage, &[ENVELOPED, INCLUSIVE, XPATH]);

    /// An XPath filter that leaves the Subject out of what is signed.
    xpath_that_leaves_the_subject_out: "XML Signature Best Practices (W3C) section 3.1", PLAIN, TRANSFORM => |stage| {
        let filter = transform_with(XPATH, "<ds:XPath>not(ancestor-or-self::*[local-name()='Subject'])</ds:XPath>");
        transforms(stage, &[transform(ENVELOPED), filter, transform(EXCLUSIVE)].concat())
    };

    /// An XPath filter that takes very long.
    xpath_that_takes_long: "XML Signature Best Practices (W3C) section 2.1.3", PLAIN, TRANSFORM => |stage| {
        let slow = "<ds:XPath>count(//. | //@* | //namespace::*) &gt; count(//.//.//.//.)</ds:XPath>";
        let filter = transform_with(XPATH, slow);
        transforms(stage, &[transform(ENVELOPED), filter, transform(EXCLUSIVE)].concat())
    };

    /// A stylesheet.
    xslt: "XML Signature Best Practices (W3C) section 2.1.1", ALL, TRANSFORM => |stage| named(stage, &[ENVELOPED, XSLT, EXCLUSIVE]);

    /// A stylesheet that writes another assertion.
    xslt_that_writes_the_assertion: "XML Signature Best Practices (W3C) section 2.1.1", PLAIN, TRANSFORM => |stage| {
        let sheet = "<xsl:stylesheet xmlns:xsl=\"http://www.w3.org/1999/XSL/Transform\" version=\"1.0\">\
            <xsl:template match=\"/\"><xsl:copy-of select=\"document('http://127.0.0.1/')\"/></xsl:template>\
            </xsl:stylesheet>";
        let sheet = transform_with(XSLT, sheet);
        transforms(stage, &[transform(ENVELOPED), sheet, transform(EXCLUSIVE)].concat())
    };

    /// An XPath filter of the second kind.
    xpath_filter_2: "XML Signature Best Practices (W3C) section 3.1", PLAIN, TRANSFORM => |stage| {
        let subtract = format!("<f:XPath xmlns:f=\"{FILTER}\" Filter=\"subtract\">//*</f:XPath>");
        let filter = transform_with(FILTER, &subtract);
        transforms(stage, &[transform(ENVELOPED), filter, transform(EXCLUSIVE)].concat())
    };

    /// Base64: what is hashed is the text, decoded, without a single tag.
    base64_of_the_text: "XML Signature 1.1 section 6.6.2", PLAIN, TRANSFORM =>
        |stage| named(stage, &[ENVELOPED, BASE64]);

    /// Decryption as a transform, which would ask our key.
    decryption: "Decryption Transform for XML Signature (W3C)", PLAIN, TRANSFORM =>
        |stage| named(stage, &[ENVELOPED, DECRYPT, EXCLUSIVE]);

    /// A transform that nobody knows.
    unknown_transform: "core 5.4.4", PLAIN, TRANSFORM =>
        |stage| named(stage, &[ENVELOPED, "urn:example:transform"]);

    // ---- Order and number

    /// No transform: the Signature would be part of what it signs.
    no_transform: "core 5.4.4", PLAIN, TRANSFORM => |stage| named(stage, &[]);

    /// Canonicalization without enveloped-signature.
    canonicalization_alone: "core 5.4.4", ALL, TRANSFORM => |stage| named(stage, &[EXCLUSIVE]);

    /// The two in the other order.
    canonicalization_before_enveloped: "core 5.4.4", PLAIN, TRANSFORM =>
        |stage| named(stage, &[EXCLUSIVE, ENVELOPED]);

    /// enveloped-signature twice.
    enveloped_twice: "core 5.4.4", PLAIN, TRANSFORM =>
        |stage| named(stage, &[ENVELOPED, ENVELOPED]);

    /// Three transforms, of which the last repeats.
    canonicalization_twice: "core 5.4.4", ALL, TRANSFORM =>
        |stage| named(stage, &[ENVELOPED, EXCLUSIVE, EXCLUSIVE]);

    /// Two canonicalizations, inclusive and exclusive.
    two_canonicalizations: "core 5.4.4", PLAIN, TRANSFORM =>
        |stage| named(stage, &[ENVELOPED, INCLUSIVE, EXCLUSIVE]);

    /// As many transforms as fit.
    a_hundred_transforms: "XML Signature Best Practices (W3C) section 2.1.7", PLAIN, TRANSFORM =>
        |stage| named(stage, &[EXCLUSIVE; 100]);

    /// No Transforms element, which XML Signature allows.
    no_transforms_element: "core 5.4.4", PLAIN, SHAPE => |stage| {
        let xml = stage.resigned_in(
            |style| style.transform = Some(INCLUSIVE.to_owned()),
            |tree, signature| tree.remove(tree.under(signature, "Transforms")?),
        )?;
        Ok(xml.into())
    };

    /// Two lists of transforms.
    two_transforms_elements: "core 5.4.4; XML Signature 1.1 section 4.4.3.4", ALL, SHAPE => |stage| {
        let xml = stage.resigned(|tree, signature| {
            let list = tree.under(signature, "Transforms")?;
            let second = tree.copy(list);
            tree.insert_after(list, second)
        })?;
        Ok(xml.into())
    };

    /// A transform in another namespace.
    transform_in_another_namespace: "CVE-2025-66567", ALL, SHAPE => |stage| {
        let foreign = transform(EXCLUSIVE).replace("ds:Transform", "o:Transform");
        let foreign = foreign.replace(" Algorithm", " xmlns:o=\"urn:example:other\" Algorithm");
        transforms(stage, &[transform(ENVELOPED), foreign].concat())
    };

    /// The list of transforms in another namespace.
    transforms_in_another_namespace: "CVE-2025-66567", ALL, SHAPE => |stage| {
        let xml = stage.resigned(|tree, signature| {
            let list = tree.under(signature, "Transforms")?;
            tree.rename(list, "o:Transforms")?;
            tree.set(list, "xmlns:o", "urn:example:other")
        })?;
        Ok(xml.into())
    };

    /// A transform whose algorithm is an attribute in a namespace.
    transform_named_in_a_namespace: "CVE-2025-66567", ALL, TRANSFORM => |stage| {
        let enveloped = transform(ENVELOPED).replace(" Algorithm", " ds:Algorithm");
        transforms(stage, &[enveloped, transform(EXCLUSIVE)].concat())
    };

    /// A transform without a name.
    transform_without_a_name: "core 5.4.4; XML Signature 1.1 section 4.4.3.4", ALL, TRANSFORM => |stage| {
        transforms(stage, &["<ds:Transform></ds:Transform>".to_owned(), transform(EXCLUSIVE)].concat())
    };

    /// A parameter for enveloped-signature, which has none.
    parameter_of_enveloped: "core 5.4.4; XML Signature 1.1 section 4.4.3.4", ALL, SHAPE => |stage| {
        parameter(stage, "Transform", ENVELOPED, "<ds:XPath>self::x</ds:XPath>")
    };

    /// A parameter for the canonicalization.
    parameter_of_canonicalization: "core 5.4.4; XML Signature 1.1 section 4.4.3.4", ALL, SHAPE => |stage| {
        parameter(stage, "Transform", EXCLUSIVE, "<ds:XPath>self::x</ds:XPath>")
    };

    /// A parameter for the digest.
    parameter_of_the_digest: "XML Signature 1.1 section 4.4.3.5", ALL, SHAPE => |stage| {
        parameter(stage, "DigestMethod", "", "<x xmlns=\"urn:example:x\"/>")
    };

    /// Text among the transforms.
    text_among_the_transforms: "core 5.4.4; XML Signature 1.1 section 4.4.3.4", ALL, SHAPE =>
        |stage| parameter(stage, "Transforms", "", "text");

    // ---- Names of methods

    /// The name of exclusive canonicalization without its last character.
    method_without_its_number_sign: "XML Signature 1.1 section 6.1", PLAIN, TRANSFORM => |stage| {
        named(stage, &[ENVELOPED, "http://www.w3.org/2001/10/xml-exc-c14n"])
    };

    /// The name of a method with white space around it.
    method_with_white_space: "XML Signature 1.1 section 6.1", PLAIN, TRANSFORM => |stage| {
        named(stage, &[ENVELOPED, " http://www.w3.org/2001/10/xml-exc-c14n# "])
    };

    /// Canonical XML 2.0, whose parameters can leave out almost everything.
    canonical_xml_2: "core 5.4.3; XML Signature 1.1 section 4.4.1", PLAIN, UNKNOWN => |stage| {
        canonicalization_method(stage, "http://www.w3.org/2010/xml-c14n2")
    };

    /// A filter as the canonicalization of SignedInfo: what is checked is what it leaves.
    xpath_as_canonicalization: "core 5.4.3; XML Signature 1.1 section 4.4.1", PLAIN, UNKNOWN =>
        |stage| canonicalization_method(stage, XPATH);

    /// A stylesheet as the canonicalization of SignedInfo.
    xslt_as_canonicalization: "core 5.4.3; XML Signature 1.1 section 4.4.1", PLAIN, UNKNOWN =>
        |stage| canonicalization_method(stage, XSLT);

    /// No canonicalization, by a name that some invented for it.
    no_canonicalization: "core 5.4.3; XML Signature 1.1 section 4.4.1", PLAIN, UNKNOWN =>
        |stage| canonicalization_method(stage, "urn:example:none");

    /// An empty name.
    canonicalization_of_no_name: "core 5.4.3; XML Signature 1.1 section 4.4.1", PLAIN, UNKNOWN =>
        |stage| canonicalization_method(stage, "");

    // ---- PrefixList

    /// One prefix more than anybody needs.
    prefix_list_of_sixty_five: "Exclusive XML Canonicalization 1.0 section 4", ALL, TOO_MANY => |stage| {
        let prefixes = (0..65).map(|n| format!("p{n}")).collect::<Vec<_>>().join(" ");
        parameter(stage, "Transform", EXCLUSIVE, &prefix_list(EXCLUSIVE, &prefixes))
    };

    /// As many prefixes as fit: each is looked up on each element.
    prefix_list_of_twenty_thousand: "Exclusive XML Canonicalization 1.0 section 4", PLAIN, TOO_MANY => |stage| {
        let prefixes = (0..20_000).map(|n| format!("p{n}")).collect::<Vec<_>>().join(" ");
        parameter(stage, "Transform", EXCLUSIVE, &prefix_list(EXCLUSIVE, &prefixes))
    };

    /// The same for SignedInfo.
    prefix_list_of_twenty_thousand_for_signed_info: "Exclusive XML Canonicalization 1.0 section 4", PLAIN, TOO_MANY => |stage| {
        let prefixes = (0..20_000).map(|n| format!("p{n}")).collect::<Vec<_>>().join(" ");
        parameter(stage, "CanonicalizationMethod", "", &prefix_list(EXCLUSIVE, &prefixes))
    };

    /// InclusiveNamespaces in another namespace: who passes over it hashes something else than who does not.
    prefix_list_in_another_namespace: "CVE-2025-66567", ALL, SHAPE => |stage| {
        parameter(stage, "Transform", EXCLUSIVE, &prefix_list("urn:example:other", "never"))
    };

    /// InclusiveNamespaces in the namespace of XML Signature.
    prefix_list_in_the_signature_namespace: "CVE-2025-66567", ALL, SHAPE => |stage| {
        parameter(stage, "Transform", EXCLUSIVE, &prefix_list("http://www.w3.org/2000/09/xmldsig#", "never"))
    };

    /// Two lists.
    two_prefix_lists: "Exclusive XML Canonicalization 1.0 section 4", ALL, SHAPE => |stage| {
        parameter(stage, "Transform", EXCLUSIVE, &prefix_list(EXCLUSIVE, "never").repeat(2))
    };

    /// A list for enveloped-signature.
    prefix_list_of_enveloped: "core 5.4.4; XML Signature 1.1 section 4.4.3.4", ALL, SHAPE => |stage| {
        parameter(stage, "Transform", ENVELOPED, &prefix_list(EXCLUSIVE, "never"))
    };

    /// A list for inclusive canonicalization.
    prefix_list_of_inclusive: "Exclusive XML Canonicalization 1.0 section 4", PLAIN, SHAPE => |stage| {
        let list = transform_with(INCLUSIVE, &prefix_list(EXCLUSIVE, "never"));
        transforms(stage, &[transform(ENVELOPED), list].concat())
    };

    /// A list for the digest.
    prefix_list_of_the_digest: "XML Signature 1.1 section 4.4.3.5", ALL, SHAPE => |stage| {
        parameter(stage, "DigestMethod", "", &prefix_list(EXCLUSIVE, "never"))
    };

    /// Something inside the list.
    element_in_the_prefix_list: "Exclusive XML Canonicalization 1.0 section 4", ALL, SHAPE => |stage| {
        let list = prefix_list(EXCLUSIVE, "never").replace("></", "><x xmlns=\"urn:example:x\"></x></");
        parameter(stage, "Transform", EXCLUSIVE, &list)
    };

    // ---- Void canonicalization

    /// A relative namespace name on the Response: libxml2 canonicalizes it to nothing, and some took nothing for a
    /// result.
    relative_namespace_on_the_response: "CVE-2025-66475; CVE-2025-66568", ALL, RELATIVE =>
        |stage| declared(stage, "Response", "xmlns:void", "void");

    /// The same on the assertion.
    relative_namespace_on_the_assertion: "CVE-2025-66475; CVE-2025-66568", PLAIN, RELATIVE =>
        |stage| declared(stage, "Assertion", "xmlns:void", "1");

    /// The same on SignedInfo, whose canonical form is what is verified.
    relative_namespace_on_signed_info: "CVE-2025-66578", PLAIN, RELATIVE =>
        |stage| declared(stage, "SignedInfo", "xmlns:void", "./void");

    /// The same on the Signature.
    relative_namespace_on_the_signature: "CVE-2025-66578", PLAIN, RELATIVE =>
        |stage| declared(stage, "Signature", "xmlns:void", "/void");

    /// The same in KeyInfo, which no signature covers.
    relative_namespace_in_key_info: "CVE-2025-66578", PLAIN, RELATIVE =>
        |stage| declared(stage, "X509Data", "xmlns:void", "?void");

    /// A fragment as the name of a namespace.
    fragment_for_a_namespace: "CVE-2025-66475", ALL, RELATIVE =>
        |stage| declared(stage, "Response", "xmlns:void", "#void");

    /// A relative namespace name on what carries the ciphertext.
    relative_namespace_on_the_encrypted_assertion: "CVE-2025-66475", ENCRYPTED, RELATIVE =>
        |stage| declared(stage, "EncryptedAssertion", "xmlns:void", "void");

    /// A relative namespace name in a ciphertext that the attacker made of a signed assertion.
    relative_namespace_in_a_ciphertext: "CVE-2025-66475", &[AssertionSigned], CONTENT => |stage| {
        let mut tree = stage.genuine()?;
        let assertion = tree.find("Assertion")?;
        tree.declare_inherited(assertion)?;
        tree.set(assertion, "xmlns:void", "void")?;
        let mut encryption = stage.encryption(Encrypted::Assertion);
        encryption.plaintext = Some(tree.xml_of(assertion).into_bytes());
        let sealed = tree.element(&encryption.encrypt("<sealed ID=\"_sealed\"/>", "_sealed")?)?;
        tree.replace(assertion, sealed)?;
        Ok(Made::from(tree).with("/sp/decryption_keys", json!([stage.decryption()])))
    };

    /// A relative namespace name, and the digest of nothing under a genuine signature: a forged message for whoever
    /// hashes what is left.
    relative_namespace_with_the_digest_of_nothing: "CVE-2025-66475; CVE-2025-66578", PLAIN, RELATIVE,
        not_live "the canonical form is nothing only where canonicalization fails softly" => |stage| {
        let xml = stage.resigned(|tree, signature| {
            tree.set_text(tree.under(signature, "DigestValue")?, "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=")
        })?;
        let mut tree = Tree::parse(&xml)?;
        tree.set_text(tree.find("NameID")?, "mallory")?;
        tree.set(tree.root(), "xmlns:void", "void")?;
        Ok(tree.into())
    };

    // ---- Comments

    /// The transform keeps comments; a Reference to an element of the same document never does (XML Signature 4.4.3.3).
    comments_where_the_transform_keeps_them: "VU#475445", PLAIN, Outcome::Alice => |stage| {
        let idp = stage.styled(|style| style.transform = Some(EXCLUSIVE_COMMENTS.to_owned()))?;
        let mut tree = Tree::parse(&idp.sign(&stage.answer())?)?;
        tree.split_text(tree.find("NameID")?, 3, "<!-- -->")?;
        Ok(tree.into())
    };

    /// SignedInfo is signed with a comment in it.
    signed_comment_in_signed_info: "CVE-2025-29775", ALL, SHAPE => |stage| {
        let xml = stage.resigned_in(
            |style| style.canonicalization = EXCLUSIVE_COMMENTS.to_owned(),
            |tree, signature| {
                let comment = tree.raw("<!-- -->");
                tree.prepend(tree.under(signature, "Reference")?, comment)
            },
        )?;
        Ok(xml.into())
    };

    // ---- What exclusive canonicalization does not cover

    /// An unused prefix on a signed Response.
    unused_prefix_on_a_signed_response: "Exclusive XML Canonicalization 1.0 section 1.3", RESPONSE_SIGNED,
        Outcome::Alice =>
        |stage| declared(stage, "Response", "xmlns:evil", "urn:example:evil");

    /// A default namespace on a signed Response, all of whose elements have prefixes.
    default_namespace_on_a_signed_response: "Exclusive XML Canonicalization 1.0 section 1.3", RESPONSE_SIGNED,
        Outcome::Alice =>
        |stage| declared(stage, "Response", "xmlns", "urn:example:evil");

    /// `xsi` rebound on a signed Response.
    xsi_rebound_on_a_signed_response: "Exclusive XML Canonicalization 1.0 section 1.3", RESPONSE_SIGNED,
        Outcome::Alice =>
        |stage| declared(stage, "Response", "xmlns:xsi", "urn:example:evil");

    /// `xenc` rebound on the Response around a ciphertext.
    xenc_rebound_around_a_ciphertext: "Exclusive XML Canonicalization 1.0 section 1.3", ENCRYPTED, Outcome::Alice =>
        |stage| declared(stage, "Response", "xmlns:xenc", "urn:example:evil");

    /// `ds` rebound on the Response: every Signature declares it for itself.
    ds_rebound_on_the_response: "Exclusive XML Canonicalization 1.0 section 1.3", ALL, Outcome::Alice =>
        |stage| declared(stage, "Response", "xmlns:ds", "urn:example:evil");

    /// `xs`, by which the type of a value is named, is declared on the Response alone, and rebound there: text is never
    /// resolved.
    xs_rebound_under_the_type_of_a_value: "Exclusive XML Canonicalization 1.0 section 1.3", PLAIN,
        Outcome::Says("/attributes/mail/0", "alice@example.com") => |stage| {
        let xml = stage.written(|tree| {
            for value in tree.find_all("AttributeValue") {
                tree.unset(value, "xmlns:xs")?;
            }
            tree.set(tree.root(), "xmlns:xs", "http://www.w3.org/2001/XMLSchema")
        })?;
        let mut tree = Tree::parse(&xml)?;
        tree.set(tree.root(), "xmlns:xs", "urn:example:evil")?;
        Ok(tree.into())
    };

    /// The ciphertext under the Response's signature names two users by two prefixes, which the Response declares: to
    /// exchange them there breaks no signature.
    prefixes_exchanged_around_a_ciphertext: "Exclusive XML Canonicalization 1.0 section 1.3", &[ResponseSigned],
        CONTENT => |stage| {
        leaning(stage, two_names, whole_assertion, exchange_names)
    };

    /// The same as the identity provider sent it: what no signature covers gives no meaning, right or wrong.
    prefixes_declared_around_a_ciphertext: "Exclusive XML Canonicalization 1.0 section 1.3", &[ResponseSigned],
        CONTENT => |stage| {
        leaning(stage, two_names, whole_assertion, |_| Ok(()))
    };

    /// The same for a name that is encrypted by itself, under the assertion's signature.
    prefix_rebound_around_an_encrypted_name: "Exclusive XML Canonicalization 1.0 section 1.3",
        &[AssertionSigned, ResponseSigned], CONTENT => |stage| {
        leaning(
            stage,
            |tree| {
                let name = tree.find("NameID")?;
                tree.rename(name, "a:NameID")?;
                tree.set(tree.root(), "xmlns:a", SAML)?;
                Ok(name)
            },
            |stage| stage.encryption(Encrypted::NameId),
            |tree| tree.set(tree.root(), "xmlns:a", "urn:example:evil"),
        )
    };

    /// `xsi`, which the plaintext leans on, bound on the Response to the one meaning that it can have, which is
    /// restored.
    xsi_bound_around_a_ciphertext: "Exclusive XML Canonicalization 1.0 section 1.3", &[ResponseSigned],
        Outcome::Says("/attributes/mail/0", "alice@example.com") => |stage| {
        leaning(stage, outer_xsi, whole_assertion, |_| Ok(()))
    };

    /// Another prefix is bound to the namespace of `xsi` around a ciphertext, so that an attribute in it says that a
    /// value is none.
    nil_by_a_prefix_around_a_ciphertext: "Exclusive XML Canonicalization 1.0 section 1.3", &[ResponseSigned],
        CONTENT => |stage| {
        leaning(
            stage,
            |tree| {
                let value = tree.find("AttributeValue")?;
                tree.set(value, "o:nil", "true")?;
                tree.set(tree.root(), "xmlns:o", "urn:example:other")?;
                tree.find("Assertion")
            },
            whole_assertion,
            |tree| tree.set(tree.root(), "xmlns:o", XSI),
        )
    };

    /// The PrefixList pins a prefix that the assertion leans on: to rebind it breaks the signature.
    prefix_of_the_list_rebound: "Exclusive XML Canonicalization 1.0 section 1.3", &[AssertionSigned], MISMATCH,
        not_live "the list is there for this" => |stage| {
        let idp = stage.styled(|style| style.prefix_list = "xs".to_owned())?;
        let mut tree = Tree::parse(&idp.sign(&stage.answer())?)?;
        tree.set(tree.root(), "xmlns:xs", "urn:example:evil")?;
        Ok(tree.into())
    };

    /// A declaration on the unsigned Response around an assertion under inclusive canonicalization, which covers it.
    prefix_around_an_inclusive_signature: "Exclusive XML Canonicalization 1.0 section 1.3", &[AssertionSigned],
        MISMATCH,
        not_live "inclusive canonicalization covers it" => |stage| {
        around(stage, |style| style.transform = Some(INCLUSIVE.to_owned()), "xmlns:evil", "urn:example:evil")
    };

    // ---- Attributes of XML, which inclusive canonicalization inherits

    /// xml:lang on the unsigned Response around an assertion under inclusive canonicalization.
    xml_lang_around_an_inclusive_signature: "Canonical XML 1.1 section 2.4", &[AssertionSigned], MISMATCH,
        not_live "inclusive canonicalization inherits it" => |stage| {
        around(stage, |style| style.transform = Some(INCLUSIVE.to_owned()), "xml:lang", "en")
    };

    /// The same around exclusive canonicalization, which inherits nothing.
    xml_lang_around_an_exclusive_signature: "Canonical XML 1.1 section 2.4", RESPONSE_UNSIGNED,
        Outcome::Alice => |stage| {
        around(stage, |_| {}, "xml:lang", "en")
    };

    /// xml:id on the unsigned Response around inclusive 1.1, which does not inherit it.
    xml_id_around_an_inclusive_1_1_signature: "Canonical XML 1.1 section 2.4", &[AssertionSigned], Outcome::Alice => |stage| {
        around(stage, |style| style.transform = Some(INCLUSIVE_11.to_owned()), "xml:id", "_response")
    };

    /// xml:base on the Response and on the assertion under inclusive 1.1, which would join them.
    xml_base_under_inclusive_1_1: "Canonical XML 1.1 section 2.4", &[AssertionSigned], Outcome::Reject("c14n-xml-base"),
        not_live "the assertion was altered" => |stage| {
        let idp = stage.styled(|style| style.transform = Some(INCLUSIVE_11.to_owned()))?;
        let mut tree = Tree::parse(&idp.sign(&stage.answer())?)?;
        tree.set(tree.root(), "xml:base", "https://evil.example.com/")?;
        tree.set(tree.find("Assertion")?, "xml:base", "x/")?;
        Ok(tree.into())
    };

    /// xml:base on the unsigned Response alone under inclusive 1.1.
    xml_base_around_an_inclusive_1_1_signature: "Canonical XML 1.1 section 2.4", &[AssertionSigned], MISMATCH,
        not_live "inclusive canonicalization inherits it" => |stage| {
        around(stage, |style| style.transform = Some(INCLUSIVE_11.to_owned()), "xml:base", "https://evil.example.com/")
    };
}
