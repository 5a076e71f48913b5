//! Messages that cost known stacks seconds: each is answered by a limit, or for what its bytes cost. That the steps are
//! linear is counted in `profile::login::cost`, `xml` and `c14n`; the heap in `tests/heap`. CWE-407 is work out of
//! proportion, CWE-770 an amount without limit.

use saml_sp::testing::{Answer, Encrypted, TestIdpError};

use crate::stage::{PLAIN, Shape, Stage};
use crate::vector::{Made, Outcome, vectors};

/// The wrapper is anybody's, and the assertion's signature stays good.
const OPEN: &[Shape] = &[Shape::AssertionSigned];
const OPEN_ENCRYPTED: &[Shape] = &[Shape::EncryptedAssertionSigned];

const SIGNATURES: &str = "xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"";

type MadeHere = Result<Made, TestIdpError>;

/// The genuine message with this right behind the first `place`.
fn behind(stage: &Stage, place: &str, markup: &str) -> MadeHere {
    let xml = stage.genuine()?.to_xml();
    let at = xml.find(place).unwrap_or_else(|| panic!("no {place} in {xml}")) + place.len();
    Ok([&xml[..at], markup, &xml[at..]].concat().into())
}

/// In the wrapper, which nobody signed.
fn beside(stage: &Stage, markup: &str) -> MadeHere {
    behind(stage, "</saml:Issuer>", &format!("<x xmlns=\"urn:example:x\">{markup}</x>"))
}

/// Signed by the identity provider.
fn changed(stage: &Stage, change: impl FnOnce(&mut Answer)) -> MadeHere {
    Ok(stage.changed(change)?.into())
}

fn each(n: usize, piece: impl Fn(usize) -> String) -> String {
    (0..n).map(piece).collect()
}

/// One inside the other.
fn nested(n: usize, name: impl Fn(usize) -> String, declared: impl Fn(usize) -> String) -> String {
    let open = each(n, |n| format!("<{}{}>", name(n), declared(n)));
    (0..n).rev().fold(open, |text, n| format!("{text}</{}>", name(n)))
}

vectors! { "cost";
    /// Ten thousand elements inside one another: a parser that recurses has no stack left.
    ten_thousand_nested_elements: "CVE-2022-28131", OPEN, Outcome::Reject("xml-too-deep") => |stage| {
        beside(stage, &nested(10_000, |_| "y".to_owned(), |_| String::new()))
    };

    /// Ten thousand status codes inside one another.
    ten_thousand_nested_status_codes: "CVE-2022-28131", OPEN, Outcome::Reject("xml-too-deep") => |stage| {
        behind(stage, "<samlp:Status>", &nested(4_000, |_| "samlp:StatusCode".to_owned(), |_| String::new()))
    };

    /// Tags that are never closed.
    ten_thousand_open_tags: "CVE-2022-28131", OPEN, Outcome::Reject("xml-too-deep") => |stage| {
        beside(stage, &"<y>".repeat(10_000))
    };

    /// Each of four hundred nested elements declares a prefix: seconds in the canonicalization of a C library.
    nested_namespace_declarations: "measured elsewhere: 20 KB of nested declarations, 3 s and more", OPEN, Outcome::Reject("xml-too-deep") => |stage| {
        beside(stage, &nested(400, |n| format!("p{n}:y"), |n| format!(" xmlns:p{n}=\"urn:example:{n}\"")))
    };

    /// The same within the depth allowed: three elements with sixty declarations each.
    nested_declarations_by_the_dozen: "measured elsewhere: 20 KB of nested declarations, 3 s and more", OPEN,
        Outcome::Reject("xml-too-many-in-scope") => |stage| {
        let declared = |n: usize| each(60, |m| format!(" xmlns:p{n}.{m}=\"urn:example:{n}:{m}\""));
        beside(stage, &nested(3, |_| "y".to_owned(), |n| declared(n).replace("xmlns:p", "xmlns:q")))
    };

    /// Fifteen thousand attributes on one element, compared with one another.
    thousands_of_attributes: "RUSTSEC-2026-0194", OPEN, Outcome::Reject("xml-too-many-attributes") => |stage| {
        beside(stage, &format!("<y{}/>", each(15_000, |n| format!(" a{n}=\"\""))))
    };

    /// Eight thousand declarations on one element.
    thousands_of_declarations: "RUSTSEC-2026-0195", OPEN, Outcome::Reject("xml-too-many-declarations") => |stage| {
        beside(stage, &format!("<y{}/>", each(8_000, |n| format!(" xmlns:p{n}=\"urn:p\""))))
    };

    /// As many attributes and declarations as are allowed, on a thousand elements.
    attributes_at_the_limit: "RUSTSEC-2026-0194", OPEN, Outcome::Alice => |stage| {
        let element = format!("<y{}/>", each(64, |n| format!(" a{n}=\"\"")));
        beside(stage, &element.repeat(300))
    };

    /// Forty thousand elements.
    forty_thousand_elements: "CWE-770", OPEN, Outcome::Reject("xml-too-many-elements") => |stage| {
        beside(stage, &"<y/>".repeat(40_000))
    };

    /// Twenty thousand comments.
    twenty_thousand_comments: "CWE-407", OPEN, Outcome::Alice => |stage| {
        beside(stage, &"<!---->".repeat(20_000))
    };

    /// Text in thirty thousand references, each a piece of its own.
    thirty_thousand_references: "CWE-407", OPEN, Outcome::Alice => |stage| {
        beside(stage, &"&#65;".repeat(30_000))
    };

    /// Text in ten thousand sections.
    ten_thousand_sections: "CWE-407", OPEN, Outcome::Alice => |stage| {
        beside(stage, &"<![CDATA[y]]>z".repeat(10_000))
    };

    /// Line ends that are to be normalised one by one.
    line_ends_by_the_thousand: "CWE-407", OPEN, Outcome::Alice => |stage| {
        beside(stage, &"\r\r\n".repeat(50_000))
    };

    /// What almost ends a section, again and again.
    almost_the_end_of_a_section: "CWE-407", OPEN, Outcome::Alice => |stage| {
        beside(stage, &"]] >".repeat(40_000))
    };

    /// An attribute of a hundred and fifty thousand characters, each to be normalised.
    long_attribute: "CWE-407", OPEN, Outcome::Alice => |stage| {
        beside(stage, &format!("<y a=\"{}\"/>", "\t".repeat(150_000)))
    };

    /// Five thousand identifiers that must be unique.
    thousands_of_identifiers: "CWE-407", OPEN, Outcome::Alice => |stage| {
        beside(stage, &each(4_000, |n| format!("<saml:y ID=\"_{n}\"/>")))
    };

    /// Thousands of prefixes, one after another.
    thousands_of_prefixes: "CWE-407", OPEN, Outcome::Alice => |stage| {
        beside(stage, &each(4_000, |n| format!("<p{n}:y xmlns:p{n}=\"urn:example:{n}\"/>")))
    };

    /// A hundred prefixes that differ where nobody looks first, and four thousand attributes with one of them.
    prefixes_alike: "CWE-407", OPEN, Outcome::Alice => |stage| {
        let prefix = |n: usize| format!("p{n:03}yyyyyyyy");
        let known = each(120, |n| format!("<{0}:y xmlns:{0}=\"urn:example:x\"/>", prefix(n)));
        let last = prefix(120);
        let attributes = each(60, |n| format!(" {last}:a{n}=\"\""));
        let elements = each(70, |n| format!("<y{}{attributes}/>", n % 2));
        beside(stage, &format!("{known}<y xmlns:{last}=\"urn:example:x\">{elements}</y>"))
    };

    /// As many attributes as are allowed, on elements that do not repeat one another, and sorted by what differs last.
    attributes_out_of_order: "CWE-407", OPEN, Outcome::Alice => |stage| {
        let attributes = each(64, |n| format!(" a{:02}=\"\"", (n * 37) % 64));
        beside(stage, &each(250, |n| format!("<y{}{attributes}/>", n % 2)))
    };

    /// Four hundred References, each to be canonicalized; the identity provider signed them all.
    hundreds_of_references: "measured elsewhere: 1,000 References, 9 s", OPEN,
        Outcome::Reject("signature-references") => |stage| {
        let tree = stage.genuine()?;
        let id = tree.attribute(tree.find("Assertion")?, "ID").unwrap().to_owned();
        let xml = tree.to_xml();
        let reference = tree.xml_of(tree.find("Reference")?);
        let xml = xml.replacen(&reference, &reference.repeat(400), 1);
        Ok(stage.idp.sign_again(&xml, &id)?.into())
    };

    /// A thousand transforms.
    a_thousand_transforms: "XML Signature Best Practices (W3C) section 2.1.7", OPEN,
        Outcome::Reject("signature-transform") => |stage| {
        let tree = stage.genuine()?;
        let id = tree.attribute(tree.find("Assertion")?, "ID").unwrap().to_owned();
        let xml = tree.to_xml();
        let transform = tree.xml_of(tree.find_all("Transform")[1]);
        let xml = xml.replacen(&transform, &transform.repeat(1_000), 1);
        Ok(stage.idp.sign_again(&xml, &id)?.into())
    };

    /// Twenty thousand prefixes in a PrefixList.
    thousands_of_listed_prefixes: "CWE-407", OPEN,
        Outcome::Reject("c14n-too-many-prefixes") => |stage| {
        let tree = stage.genuine()?;
        let id = tree.attribute(tree.find("Assertion")?, "ID").unwrap().to_owned();
        let xml = tree.to_xml();
        let list = format!(
            "><ec:InclusiveNamespaces xmlns:ec=\"http://www.w3.org/2001/10/xml-exc-c14n#\" PrefixList=\"{}\"/></ds:Transform>",
            each(20_000, |n| format!("p{n} ")),
        );
        let place = "exc-c14n#\"></ds:Transform>";
        assert!(xml.contains(place), "{xml}");
        let xml = xml.replacen(place, &format!("exc-c14n#\"{list}"), 1);
        Ok(stage.idp.sign_again(&xml, &id)?.into())
    };

    /// A SignedInfo of a hundred kilobytes, which every trusted key hashes.
    long_signed_info: "CWE-770", OPEN,
        Outcome::Reject("signature-shape") => |stage| {
        let tree = stage.genuine()?;
        let id = tree.attribute(tree.find("Assertion")?, "ID").unwrap().to_owned();
        let xml = tree.to_xml();
        let xml = xml.replacen("<ds:SignedInfo>", &format!("<ds:SignedInfo>{}", " ".repeat(100_000)), 1);
        Ok(stage.idp.sign_again(&xml, &id)?.into())
    };

    /// A thousand empty Signatures beside the genuine one.
    a_thousand_signatures: "CWE-770", OPEN,
        Outcome::Reject("signature-several") => |stage| behind(stage, "</ds:Signature>", &format!("<ds:Signature {SIGNATURES}/>").repeat(1_000));

    /// A thousand SignedInfos beside the genuine one.
    a_thousand_signed_infos: "CWE-770", OPEN,
        Outcome::Reject("signature-shape") => |stage| behind(stage, "</ds:SignedInfo>", &"<ds:SignedInfo/>".repeat(1_000));

    /// A thousand KeyInfos beside the genuine one.
    a_thousand_key_infos: "CWE-770", OPEN,
        Outcome::Reject("signature-shape") => |stage| behind(stage, "</ds:KeyInfo>", &"<ds:KeyInfo/>".repeat(1_000));

    /// A certificate of a hundred and fifty kilobytes in KeyInfo: nobody reads it.
    long_certificate: "CWE-770", OPEN,
        Outcome::Alice => |stage| behind(stage, "<ds:X509Certificate>", &"A".repeat(150_000));

    /// Three thousand certificates in KeyInfo.
    thousands_of_certificates: "CWE-770", OPEN,
        Outcome::Alice => |stage| behind(stage, "<ds:X509Data>", &"<ds:X509Certificate>AAAA</ds:X509Certificate>".repeat(3_000));

    /// A thousand assertions beside the signed one.
    a_thousand_assertions: "CWE-770", OPEN,
        Outcome::Reject("assertion-count") => |stage| behind(stage, "</saml:Assertion>", &"<saml:Assertion/>".repeat(1_000));

    /// A hundred and fifty kilobytes of white space in the form value.
    white_space_in_the_form_value: "CWE-407", OPEN,
        Outcome::Alice => |stage| {
        use base64::Engine as _;
        let value = base64::engine::general_purpose::STANDARD.encode(stage.genuine()?.to_xml());
        Ok(Made::field(format!("{}{value}", " \r\n".repeat(50_000))))
    };

    /// A thousand EncryptedKeys, each of which would cost a private-key operation.
    a_thousand_encrypted_keys: "measured elsewhere: 1,000 EncryptedKeys, 1.7 s", OPEN_ENCRYPTED,
        Outcome::Reject("decrypt-too-many-keys") => |stage| {
        let mut tree = stage.genuine()?;
        let key = tree.find("EncryptedKey")?;
        let value = tree.under(key, "CipherValue")?;
        let short = tree.text(value).chars().take(60).collect::<String>();
        let text = tree.xml_of(key).replace(&tree.text(value), &short);
        let many = tree.raw(&text.repeat(200));
        tree.insert_after(key, many)?;
        Ok(tree.into())
    };

    /// A CipherValue of an EncryptedKey that is longer than any key.
    long_encrypted_key: "CWE-770", OPEN_ENCRYPTED,
        Outcome::Reject("decrypt-shape"), not_live "nothing can be opened, so that no signature comes to light" => |stage| {
        let mut tree = stage.genuine()?;
        let key = tree.find("EncryptedKey")?;
        tree.set_text(tree.under(key, "CipherValue")?, &"A".repeat(100_000))?;
        Ok(tree.into())
    };

    /// Forty encrypted attributes, which the identity provider signed: forty private-key operations.
    forty_encrypted_attributes: "measured elsewhere: 1,000 EncryptedKeys, 1.7 s", PLAIN,
        Outcome::Reject("decrypt-too-many-keys") => |stage| {
        let made = changed(stage, |answer| {
            for n in 0..40 {
                answer.attribute(format!("a{n}"), ["x"]);
            }
            answer.encryption.push(stage.encryption(Encrypted::Attributes));
        })?;
        Ok(made.with("/sp/decryption_keys", vec![stage.decryption()]))
    };

    /// Two thousand confirmations, of which the last fits.
    thousands_of_confirmations: "CWE-407", OPEN,
        Outcome::Alice => |stage| changed(stage, |answer| {
        let fits = answer.confirmations[0].clone();
        let mut other = fits.clone();
        other.in_response_to = Some("_other".to_owned());
        answer.confirmations = vec![other; 600];
        answer.confirmations.push(fits);
    });

    /// Three thousand audiences, of which the last is ours.
    thousands_of_audiences: "CWE-407", OPEN,
        Outcome::Alice => |stage| changed(stage, |answer| {
        let ours = answer.audience_restrictions[0].clone();
        let others = (0..3_000).map(|n| format!("urn:example:{n}"));
        answer.audience_restrictions = vec![others.chain(ours).collect()];
    });

    /// A thousand attributes of a thousand names.
    thousands_of_attribute_names: "CWE-407", OPEN,
        Outcome::Alice => |stage| changed(stage, |answer| {
        for n in 0..800 {
            answer.attribute(format!("urn:example:{n}"), ["x"]);
        }
    });
}
