//! Messages that look odd and are right: they must be accepted, and say what was signed.
//!
//! A long file, because each control is one entry of one table: what careful software may write is a large space.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Duration, Utc};
use saml_sp::testing::forge::{Place, Tree};
use saml_sp::testing::{
    Answer, CarriedCertificate, Encrypted, Encryption, Sign, SignatureStyle, TestIdp, TestIdpError,
};
use saml_sp::{Clock, DigestAlgorithm, SignatureAlgorithm};
use serde_json::json;

use crate::stage::{ALL, ENCRYPTED, IDP, METADATA, NOW, PLAIN, RESPONSE_SIGNED, RESPONSE_UNSIGNED, SP, Shape, Stage};
use crate::vector::{Made, Outcome, vectors};

const SAML: &str = "urn:oasis:names:tc:SAML:2.0:assertion";
const SAMLP: &str = "urn:oasis:names:tc:SAML:2.0:protocol";

/// One signature, in the open: it can be written differently without another over it noticing.
const SINGLY_SIGNED: &[Shape] = &[Shape::AssertionSigned, Shape::ResponseSigned, Shape::EncryptedResponseSigned];
/// The ciphertext lies under a signature.
const ENCRYPTED_SIGNED: &[Shape] = &[Shape::EncryptedResponseSigned, Shape::EncryptedBothSigned];

fn now() -> DateTime<Utc> {
    NOW.parse().unwrap()
}

/// What is granted at either end of a window.
fn skew() -> Duration {
    Duration::seconds(180)
}

type MadeHere = Result<Made, TestIdpError>;

/// The identity provider signs this.
fn changed(stage: &Stage, change: impl FnOnce(&mut Answer)) -> MadeHere {
    Ok(stage.changed(change)?.into())
}

/// The identity provider writes its XML so, and signs it.
fn written(stage: &Stage, rewrite: impl FnOnce(&mut Tree) -> Result<(), TestIdpError>) -> MadeHere {
    Ok(stage.written(rewrite)?.into())
}

/// As [`written`], to the letter.
fn spelled(stage: &Stage, respell: impl FnOnce(String) -> String) -> MadeHere {
    let answer = stage.answer();
    let mut plain = answer.clone();
    (plain.sign, plain.encryption) = (Sign::Nothing, Vec::new());
    Ok(stage.sealed(respell(stage.idp.sign(&plain)?), &answer)?.into())
}

/// The genuine message with this before and behind it.
fn around(stage: &Stage, before: &str, behind: &str) -> MadeHere {
    Ok(format!("{before}{}{behind}", stage.genuine()?.to_xml()).into())
}

fn named(stage: &Stage, name: &str) -> MadeHere {
    changed(stage, |answer| name.clone_into(&mut answer.name_id.as_mut().unwrap().value))
}

/// The same key, in other hands.
fn by(stage: &Stage, change: impl FnOnce(TestIdp) -> TestIdp) -> MadeHere {
    let twin = TestIdp::with_private_key(IDP, &stage.idp.private_key()?)?.clock(Clock::Fixed(now()));
    Ok(change(twin).sign(&stage.answer())?.into())
}

fn styled(stage: &Stage, change: impl FnOnce(&mut SignatureStyle)) -> MadeHere {
    let mut style = SignatureStyle::default();
    change(&mut style);
    by(stage, |idp| idp.signature_style(style))
}

fn canonicalized(stage: &Stage, signed_info: &str, element: Option<&str>) -> MadeHere {
    styled(stage, |style| {
        signed_info.clone_into(&mut style.canonicalization);
        style.transform = element.map(str::to_owned);
    })
}

fn digested(stage: &Stage, digest: DigestAlgorithm) -> MadeHere {
    by(stage, |idp| idp.algorithms(SignatureAlgorithm::EcdsaSha256, digest))
}

/// The genuine message, whose one Signature is altered where no signature covers it.
fn edited(stage: &Stage, edit: impl FnOnce(&mut Tree, Place) -> Result<(), TestIdpError>) -> MadeHere {
    let mut tree = stage.genuine()?;
    let signature = tree.find("Signature")?;
    edit(&mut tree, signature)?;
    Ok(tree.into())
}

/// The identity provider writes its Signature so.
fn respelled_signature(stage: &Stage, respell: impl FnOnce(&str) -> String) -> MadeHere {
    let tree = stage.genuine()?;
    let signature = tree.find("Signature")?;
    let id = tree.parent(signature).and_then(|signed| tree.attribute(signed, "ID")).unwrap().to_owned();
    let (xml, spelled) = (tree.to_xml(), tree.xml_of(signature));
    let xml = xml.replacen(&spelled, &respell(&spelled), 1);
    Ok(stage.idp.sign_again(&xml, &id)?.into())
}

fn posted(stage: &Stage, write: impl FnOnce(&str) -> String) -> MadeHere {
    Ok(Made::field(write(&STANDARD.encode(stage.genuine()?.to_xml()))))
}

/// The assertion is encrypted so.
fn encrypted(stage: &Stage, change: impl FnOnce(&mut Encryption)) -> MadeHere {
    changed(stage, |answer| change(&mut answer.encryption[0]))
}

fn in_lines(text: &str, width: usize, end: &str) -> String {
    text.as_bytes().chunks(width).map(|line| String::from_utf8_lossy(line)).collect::<Vec<_>>().join(end)
}

vectors! { "controls";
    // ---- how XML can be written

    /// The message as it was made.
    the_genuine_message: "", ALL, Outcome::Alice => |stage| Ok(stage.genuine()?.into());

    /// Prefixes that nobody expects, those of other products' namespaces among them.
    odd_prefixes: "", ALL, Outcome::Alice => |stage| spelled(stage, |xml| {
        let xml = xml.replace("xmlns:samlp=", "xmlns:saml-1.x=").replace("<samlp:", "<saml-1.x:");
        let xml = xml.replace("</samlp:", "</saml-1.x:").replace("xmlns:saml=", "xmlns:ds=");
        xml.replace("<saml:", "<ds:").replace("</saml:", "</ds:")
    });

    /// No prefixes: the default namespace changes from element to element.
    default_namespaces: "", ALL, Outcome::Alice => |stage| spelled(stage, |xml| {
        let assertion = "xmlns=\"urn:oasis:names:tc:SAML:2.0:assertion\"";
        let xml = xml.replace("<saml:Issuer", &format!("<Issuer {assertion}"));
        let xml = xml.replace("<saml:Assertion", &format!("<Assertion {assertion}"));
        xml.replace("xmlns:samlp", "xmlns").replace("samlp:", "").replace("<saml:", "<").replace("</saml:", "</")
    });

    /// Each element declares its prefix anew.
    prefixes_declared_on_every_element: "", ALL, Outcome::Alice => |stage| spelled(stage, |xml| {
        let again = "xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\"";
        let names = ["Assertion", "Subject", "Conditions", "Audience", "AuthnStatement", "AuthnContext", "AttributeStatement"];
        names.iter().fold(xml, |xml, name| {
            let open = format!("<saml:{name}");
            xml.replace(&format!("{open} "), &format!("{open} {again} ")).replace(&format!("{open}>"), &format!("{open} {again}>"))
        })
    });

    /// Declarations that nobody uses.
    unused_declarations: "", ALL, Outcome::Alice => |stage| written(stage, |tree| {
        for place in [tree.root(), tree.find("Assertion")?, tree.find("Subject")?] {
            tree.set(place, "xmlns:unused", "urn:example:unused")?;
            tree.set(place, "xmlns", "urn:example:default")?;
        }
        Ok(())
    });

    /// Every element on a line of its own.
    pretty_printed: "", ALL, Outcome::Alice => |stage| spelled(stage, |xml| xml.replace("><", ">\n  <"));

    /// Lines that end as in Windows.
    lines_of_windows: "", ALL, Outcome::Alice => |stage| spelled(stage, |xml| xml.replace("><", ">\r\n\t<"));

    /// Comments between elements, where no text is.
    comments_between_elements: "", ALL, Outcome::Alice => |stage| written(stage, |tree| {
        let comment = tree.raw("<!-- here -->");
        tree.insert_before(tree.find("Subject")?, comment)
    });

    /// Comments in every place between two tags.
    comments_everywhere: "", ALL, Outcome::Alice => |stage| spelled(stage, |xml| xml.replace("><", "><!-- c --><"));

    /// Values in single quotes.
    single_quotes: "", ALL, Outcome::Alice => |stage| spelled(stage, |xml| xml.replace('"', "'"));

    /// White space of all kinds inside tags.
    white_space_in_tags: "", ALL, Outcome::Alice => |stage| spelled(stage, |xml| xml.replace(" ID=\"", "\n\t  ID =\r\n \"").replace("</saml:NameID>", "</saml:NameID\n>"));

    /// Empty elements with an end tag of their own, and without.
    empty_elements_in_both_forms: "", ALL, Outcome::Alice => |stage| spelled(stage, |xml| xml.replace("></saml:SubjectConfirmationData>", "/>").replace("/>", " />"));

    /// Attributes in another order.
    attributes_in_another_order: "", ALL, Outcome::Alice => |stage| written(stage, |tree| {
        for place in [tree.root(), tree.find("Assertion")?] {
            let id = tree.attribute(place, "ID").unwrap_or_default().to_owned();
            tree.unset(place, "ID")?;
            tree.set(place, "ID", &id)?;
        }
        Ok(())
    });

    /// Attributes of XML itself, which inclusive canonicalization inherits.
    xml_lang_and_space: "", ALL, Outcome::Alice => |stage| written(stage, |tree| {
        tree.set(tree.root(), "xml:lang", "de")?;
        tree.set(tree.root(), "xml:space", "preserve")?;
        tree.set(tree.find("Assertion")?, "xml:lang", "en")
    });

    /// A hint where the schema is.
    hint_where_the_schema_is: "", ALL, Outcome::Alice => |stage| written(stage, |tree| {
        tree.set(tree.root(), "xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance")?;
        tree.set(tree.root(), "xsi:schemaLocation", "urn:oasis:names:tc:SAML:2.0:protocol saml-schema-protocol-2.0.xsd")
    });

    /// A declaration as most write it.
    xml_declaration_double: "", ALL, Outcome::Alice => |stage| around(stage, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>", "");

    /// A declaration in single quotes.
    xml_declaration_single: "", ALL, Outcome::Alice => |stage| around(stage, "<?xml version='1.0' encoding='UTF-8'?>", "");

    /// An encoding in small letters.
    xml_declaration_small: "", ALL, Outcome::Alice => |stage| around(stage, "<?xml version=\"1.0\" encoding=\"utf-8\"?>", "");

    /// A declaration with everything.
    xml_declaration_standalone: "", ALL, Outcome::Alice => |stage| around(stage, "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>", "");

    /// A declaration without an encoding, and a line break.
    xml_declaration_bare: "", ALL, Outcome::Alice => |stage| around(stage, "<?xml version=\"1.0\"?>\r\n", "");

    /// White space inside the declaration.
    xml_declaration_spaced: "", ALL, Outcome::Alice => |stage| around(stage, "<?xml  version = \"1.0\"\n encoding = \"UTF-8\" ?>\n", "");

    /// Two kinds of quotes in one declaration.
    xml_declaration_mixed_quotes: "", ALL, Outcome::Alice => |stage| around(stage, "<?xml version='1.0' encoding=\"UTF-8\" standalone='no'?>", "");

    /// A byte order mark.
    byte_order_mark: "", ALL, Outcome::Alice => |stage| around(stage, "\u{feff}", "");

    /// A byte order mark and a declaration.
    byte_order_mark_and_declaration: "", ALL, Outcome::Alice => |stage| around(stage, "\u{feff}<?xml version=\"1.0\" encoding=\"UTF-8\"?>", "");

    /// Comments and white space around the document element.
    comments_around_the_root: "", ALL, Outcome::Alice => |stage| around(stage, "<!-- before -->\n", "\n<!-- behind -->\n");

    // ---- names and values

    /// A NameID that the identity provider wrote with a CDATA section, and signed.
    cdata_in_a_signed_name: "", ALL, Outcome::Alice => |stage| written(stage, |tree| tree.set_raw(tree.find("NameID")?, "al<![CDATA[ice]]>"));

    /// A NameID in character references.
    character_references_in_a_signed_name: "", ALL, Outcome::Alice => |stage| written(stage, |tree| tree.set_raw(tree.find("NameID")?, "&#97;&#x6C;&#x000069;ce"));

    /// A comment in a NameID that the identity provider wrote: the text is whole.
    comment_in_a_signed_name: "", ALL, Outcome::Alice => |stage| written(stage, |tree| tree.set_raw(tree.find("NameID")?, "al<!-- mallory -->ice"));

    /// All five predefined entities.
    predefined_entities_in_a_name: "", ALL, Outcome::Name("<&>\"'") => |stage| named(stage, "<&>\"'");

    /// A name in several scripts, and beyond the first plane.
    name_in_many_scripts: "", ALL, Outcome::Name("J\u{fc}rgen \u{3a9} \u{645} \u{4f60} \u{1f600}") => |stage| named(stage, "J\u{fc}rgen \u{3a9} \u{645} \u{4f60} \u{1f600}");

    /// The same letter, composed and decomposed: nothing is normalised.
    name_that_is_not_normalised: "", ALL, Outcome::Name("e\u{301}\u{e9}") => |stage| named(stage, "e\u{301}\u{e9}");

    /// White space around a name belongs to it.
    name_with_spaces_around: "", ALL, Outcome::Name(" alice\t") => |stage| named(stage, " alice\t");

    /// A carriage return in a name, which canonical XML writes as a reference.
    name_with_a_carriage_return: "", ALL, Outcome::Name("a\rb\nc") => |stage| named(stage, "a\rb\nc");

    /// No NameID: attributes are enough.
    no_name: "", ALL, Outcome::Name("none") => |stage| changed(stage, |answer| answer.name_id = None);

    /// A name with all its qualifiers.
    qualified_name: "", ALL, Outcome::Alice => |stage| changed(stage, |answer| {
        let name_id = answer.name_id.as_mut().unwrap();
        name_id.name_qualifier = Some(IDP.to_owned());
        name_id.sp_name_qualifier = Some(SP.to_owned());
    });

    /// A name without a Format.
    name_without_format: "", ALL, Outcome::Alice => |stage| changed(stage, |answer| answer.name_id.as_mut().unwrap().format = None);

    /// The confirmation names who confirms: not the user.
    name_in_the_confirmation: "", ALL, Outcome::Alice => |stage| written(stage, |tree| {
        let name = tree.element(&format!("<saml:NameID xmlns:saml=\"{SAML}\">the-gateway</saml:NameID>"))?;
        tree.prepend(tree.find("SubjectConfirmation")?, name)
    });

    /// One attribute in several elements: one attribute with all values.
    repeated_attributes: "", ALL, Outcome::Says("/attributes/groups/1", "board") => |stage| changed(stage, |answer| _ = answer.attribute("groups", ["board"]));

    /// Several AttributeStatements.
    several_attribute_statements: "", ALL, Outcome::Says("/attributes/mail/1", "second@example.com") => |stage| written(stage, |tree| {
        let first = tree.find("AttributeStatement")?;
        let second = tree.copy(first);
        tree.set_text(tree.under(second, "AttributeValue")?, "second@example.com")?;
        tree.insert_after(first, second)
    });

    /// No attributes.
    no_attributes: "", ALL, Outcome::Alice => |stage| changed(stage, |answer| answer.attributes.clear());

    /// An attribute without values.
    attribute_without_values: "", ALL, Outcome::Alice => |stage| changed(stage, |answer| _ = answer.attribute("empty", [""; 0]));

    /// An empty value.
    attribute_with_an_empty_value: "", ALL, Outcome::Says("/attributes/empty/0", "") => |stage| changed(stage, |answer| _ = answer.attribute("empty", [""]));

    /// A value that is nil, beside one that is not.
    attribute_with_nil: "", ALL, Outcome::Says("/attributes/maybe/1", "y") => |stage| changed(stage, |answer| {
        answer.attribute("maybe", ["x", "y"]);
        answer.attributes.last_mut().unwrap().values[0] = None;
    });

    /// A value of elements, as eduPersonTargetedID has.
    structured_value: "", ALL, Outcome::Says("/attributes/mail/0", "targeted") => |stage| written(stage, |tree| {
        let inside = format!("<saml:NameID xmlns:saml=\"{SAML}\">targeted</saml:NameID>");
        tree.set_raw(tree.find("AttributeValue")?, &inside)
    });

    /// A value of fifty thousand characters.
    long_value: "", PLAIN, Outcome::Alice => |stage| changed(stage, |answer| _ = answer.attribute("long", ["x".repeat(50_000)]));

    /// A thousand values.
    many_values: "", PLAIN, Outcome::Says("/attributes/many/999", "group-999") => |stage| changed(stage, |answer| _ = answer.attribute("many", (0..1_000).map(|n| format!("group-{n}"))));

    /// An attribute whose name is no URI and no ASCII.
    attribute_of_any_name: "", ALL, Outcome::Alice => |stage| changed(stage, |answer| _ = answer.attribute("Abteilung f\u{fc}r \u{1f600}", ["x"]));

    /// Values typed by a prefix that is only content.
    typed_values: "", ALL, Outcome::Alice => |stage| written(stage, |tree| tree.set(tree.find("AttributeValue")?, "xsi:type", "unheard:of"));

    /// Attributes of other namespaces where the schema lets them stand.
    unknown_attributes: "", ALL, Outcome::Alice => |stage| written(stage, |tree| {
        for name in ["SubjectConfirmationData", "Attribute"] {
            let place = tree.find(name)?;
            tree.set(place, "xmlns:x", "urn:example:x")?;
            tree.set(place, "x:NotOnOrAfter", "2000-01-01T00:00:00Z")?;
            tree.set(place, "x:Name", "admin")?;
        }
        Ok(())
    });

    /// Elements that nobody knows, in Extensions and in the confirmation's data.
    unknown_elements: "", ALL, Outcome::Alice => |stage| written(stage, |tree| {
        let extensions = tree.element(&format!("<samlp:Extensions xmlns:samlp=\"{SAMLP}\"><x xmlns=\"urn:example:x\"/></samlp:Extensions>"))?;
        tree.insert_before(tree.find("Status")?, extensions)?;
        let inside = tree.element("<x:Key xmlns:x=\"urn:example:x\">y</x:Key>")?;
        tree.append(tree.find("SubjectConfirmationData")?, inside)
    });

    /// Advice with an assertion that somebody else made: ignored.
    advice_with_a_foreign_assertion: "", ALL, Outcome::Alice => |stage| {
        let xml = stage.written(|tree| {
            let forged = stage.forged_assertion(tree)?;
            let advice = tree.element(&format!("<saml:Advice xmlns:saml=\"{SAML}\"/>"))?;
            tree.append(advice, forged)?;
            tree.insert_after(tree.find("Conditions")?, advice)
        })?;
        Ok(xml.into())
    };

    // ---- what identity providers say

    /// Two audiences: one of them is enough.
    two_audiences: "", ALL, Outcome::Alice => |stage| changed(stage, |answer| answer.audience_restrictions = vec![vec!["https://other.example.com/saml".to_owned(), SP.to_owned()]]);

    /// Two restrictions, both to us.
    two_restrictions: "", ALL, Outcome::Alice => |stage| changed(stage, |answer| answer.audience_restrictions = vec![vec![SP.to_owned()], vec![SP.to_owned(), IDP.to_owned()]]);

    /// White space around names that the schema collapses, and around Issuers.
    white_space_around_names: "", ALL, Outcome::Alice => |stage| changed(stage, |answer| {
        answer.audience_restrictions = vec![vec![format!("\n    {SP}\n  ")]];
        answer.assertion_issuer = format!("\n  {IDP}\n");
        answer.issuer = Some(format!(" {IDP}\t"));
        answer.authn_context = answer.authn_context.take().map(|class| format!("\n{class}\n"));
    });

    /// Two confirmations of which the second fits.
    two_confirmations_of_which_one_fits: "", ALL, Outcome::Alice => |stage| changed(stage, |answer| {
        let mut other = answer.confirmations[0].clone();
        other.recipient = Some("https://other.example.com/saml/acs".to_owned());
        answer.confirmations.insert(0, other);
    });

    /// A holder-of-key confirmation beside the bearer's.
    holder_of_key_beside_a_bearer: "", ALL, Outcome::Alice => |stage| changed(stage, |answer| {
        let mut other = answer.confirmations[0].clone();
        other.method = "urn:oasis:names:tc:SAML:2.0:cm:holder-of-key".to_owned();
        answer.confirmations.insert(0, other);
    });

    /// Only the confirmation answers.
    in_response_to_on_the_confirmation_only: "", ALL, Outcome::Alice => |stage| changed(stage, |answer| answer.in_response_to = None);

    /// Only the signed Response answers.
    in_response_to_on_the_signed_response_only: "", RESPONSE_SIGNED, Outcome::Alice => |stage| changed(stage, |answer| answer.confirmations[0].in_response_to = None);

    /// An answer that nobody asked for, at the door for those.
    unsolicited: "", ALL, Outcome::Alice => |stage| {
        let made = changed(stage, |answer| {
            answer.in_response_to = None;
            answer.confirmations[0].in_response_to = None;
        })?;
        Ok(made.unsolicited())
    };

    /// OneTimeUse: every assertion is taken once.
    one_time_use: "", ALL, Outcome::Alice => |stage| changed(stage, |answer| answer.one_time_use = true);

    /// A ProxyRestriction binds others.
    proxy_restriction: "", ALL, Outcome::Alice => |stage| written(stage, |tree| {
        let proxy = format!("<saml:ProxyRestriction xmlns:saml=\"{SAML}\" Count=\"0\"><saml:Audience>urn:x</saml:Audience></saml:ProxyRestriction>");
        let proxy = tree.element(&proxy)?;
        tree.append(tree.find("Conditions")?, proxy)
    });

    /// No Destination on a Response that nobody signed.
    no_destination_on_an_unsigned_response: "", RESPONSE_UNSIGNED, Outcome::Alice => |stage| changed(stage, |answer| answer.destination = None);

    /// An empty Destination on a Response that nobody signed.
    empty_destination_on_an_unsigned_response: "", RESPONSE_UNSIGNED, Outcome::Alice => |stage| changed(stage, |answer| answer.destination = Some(String::new()));

    /// No Issuer on a Response that nobody signed.
    no_issuer_on_an_unsigned_response: "", &[Shape::AssertionSigned], Outcome::Alice => |stage| changed(stage, |answer| answer.issuer = None);

    /// Issuers with their Format.
    issuers_with_the_format_entity: "", ALL, Outcome::Alice => |stage| written(stage, |tree| {
        let format = "urn:oasis:names:tc:SAML:2.0:nameid-format:entity";
        tree.find_all("Issuer").into_iter().try_for_each(|issuer| tree.set(issuer, "Format", format))
    });

    /// Success with a message, a code below it and details.
    success_with_details: "", ALL, Outcome::Alice => |stage| written(stage, |tree| {
        let code = format!("<samlp:StatusCode xmlns:samlp=\"{SAMLP}\" Value=\"urn:example:warm\"/>");
        let below = tree.element(&code)?;
        tree.append(tree.find("StatusCode")?, below)?;
        let details = format!("<samlp:StatusDetail xmlns:samlp=\"{SAMLP}\"><x xmlns=\"urn:x\"/></samlp:StatusDetail>");
        for text in [format!("<samlp:StatusMessage xmlns:samlp=\"{SAMLP}\">fine</samlp:StatusMessage>"), details] {
            let part = tree.element(&text)?;
            tree.append(tree.find("Status")?, part)?;
        }
        Ok(())
    });

    /// Consent, and everything else that an AuthnStatement may say.
    all_optional_parts: "", ALL, Outcome::Alice => |stage| written(stage, |tree| {
        tree.set(tree.root(), "Consent", "urn:oasis:names:tc:SAML:2.0:consent:obtained")?;
        let locality = tree.element(&format!("<saml:SubjectLocality xmlns:saml=\"{SAML}\" Address=\"192.0.2.1\"/>"))?;
        tree.prepend(tree.find("AuthnStatement")?, locality)?;
        let authority = format!("<saml:AuthenticatingAuthority xmlns:saml=\"{SAML}\">urn:proxied</saml:AuthenticatingAuthority>");
        let authority = tree.element(&authority)?;
        tree.append(tree.find("AuthnContext")?, authority)
    });

    /// Two AuthnStatements: the session ends with the newer one, and the older one is over.
    two_authn_statements: "", ALL, Outcome::Alice => |stage| written(stage, |tree| {
        let newer = tree.find("AuthnStatement")?;
        let older = tree.copy(newer);
        tree.set(older, "AuthnInstant", "2026-01-15T08:00:00Z")?;
        tree.set(older, "SessionNotOnOrAfter", "2026-01-15T09:00:00Z")?;
        tree.insert_before(newer, older)
    });

    // ---- times

    /// With an offset from UTC.
    time_with_offset: "", ALL, Outcome::Alice => |stage| written(stage, |tree| {
        for name in ["Conditions", "SubjectConfirmationData"] {
            tree.set(tree.find(name)?, "NotOnOrAfter", "2026-01-15T17:35:00+05:30")?;
        }
        Ok(())
    });

    /// With an offset to the west.
    time_with_negative_offset: "", ALL, Outcome::Alice => |stage| written(stage, |tree| {
        for name in ["Conditions", "SubjectConfirmationData"] {
            tree.set(tree.find(name)?, "NotOnOrAfter", "2026-01-15T06:05:00-06:00")?;
        }
        Ok(())
    });

    /// Without a zone: UTC.
    time_with_no_zone: "", ALL, Outcome::Alice => |stage| written(stage, |tree| {
        for name in ["Conditions", "SubjectConfirmationData"] {
            tree.set(tree.find(name)?, "NotOnOrAfter", "2026-01-15T12:05:00")?;
        }
        Ok(())
    });

    /// With seven digits behind the point, as .NET writes them.
    time_with_seven_digits: "", ALL, Outcome::Alice => |stage| written(stage, |tree| {
        for name in ["Conditions", "SubjectConfirmationData"] {
            tree.set(tree.find(name)?, "NotOnOrAfter", "2026-01-15T12:05:00.1234567Z")?;
        }
        Ok(())
    });

    /// With forty digits behind the point.
    time_with_forty_digits: "", ALL, Outcome::Alice => |stage| written(stage, |tree| {
        for name in ["Conditions", "SubjectConfirmationData"] {
            tree.set(tree.find(name)?, "NotOnOrAfter", "2026-01-15T12:05:00.1111111111111111111111111111111111111111Z")?;
        }
        Ok(())
    });

    /// At the end of a day.
    time_with_end_of_day: "", ALL, Outcome::Alice => |stage| written(stage, |tree| {
        for name in ["Conditions", "SubjectConfirmationData"] {
            tree.set(tree.find(name)?, "NotOnOrAfter", "2026-01-15T24:00:00Z")?;
        }
        Ok(())
    });

    /// With white space around it.
    time_with_white_space: "", ALL, Outcome::Alice => |stage| written(stage, |tree| {
        for name in ["Conditions", "SubjectConfirmationData"] {
            tree.set(tree.find(name)?, "NotOnOrAfter", " 2026-01-15T12:05:00Z\n")?;
        }
        Ok(())
    });

    /// At the end of the calendars of many programs.
    time_with_end_of_calendars: "", ALL, Outcome::Alice => |stage| written(stage, |tree| {
        for name in ["Conditions", "SubjectConfirmationData"] {
            tree.set(tree.find(name)?, "NotOnOrAfter", "9999-12-31T23:59:59.9999999Z")?;
        }
        Ok(())
    });

    /// The last millisecond before every bound, the skew included.
    just_before_the_end: "", ALL, Outcome::Alice => |stage| changed(stage, |answer| {
        let end = Some(now() - skew() + Duration::milliseconds(1));
        (answer.not_before, answer.not_on_or_after) = (Some(now() - Duration::hours(1)), end);
        (answer.confirmations[0].not_on_or_after, answer.session_not_on_or_after) = (end, end);
    });

    /// The first moment of every bound, the skew included.
    just_after_the_beginning: "", ALL, Outcome::Alice => |stage| changed(stage, |answer| {
        let begin = now() + skew();
        answer.issue_instant = begin;
        (answer.not_before, answer.confirmations[0].not_before) = (Some(begin), Some(begin));
    });

    /// Almost a day old, and valid for a week.
    almost_a_day_old: "", ALL, Outcome::Alice => |stage| changed(stage, |answer| {
        answer.issue_instant = now() - Duration::hours(24);
        answer.not_before = None;
        answer.not_on_or_after = Some(now() + Duration::days(7));
        answer.confirmations[0].not_on_or_after = answer.not_on_or_after;
    });

    /// Conditions without bounds: the confirmation has one.
    conditions_without_bounds: "", ALL, Outcome::Alice => |stage| changed(stage, |answer| (answer.not_before, answer.not_on_or_after) = (None, None));

    // ---- signatures

    /// No KeyInfo.
    no_key_info: "", ALL, Outcome::Alice => |stage| styled(stage, |style| style.carries = CarriedCertificate::Nothing);

    /// Another certificate in KeyInfo than the one that is trusted: it is never asked.
    foreign_certificate_in_key_info: "", ALL, Outcome::Alice => |stage| {
        let foreign = stage.foreign.certificate();
        styled(stage, |style| style.carries = CarriedCertificate::Other(foreign))
    };

    /// Inclusive canonicalization throughout.
    inclusive: "", PLAIN, Outcome::Alice => |stage| canonicalized(stage, "http://www.w3.org/TR/2001/REC-xml-c14n-20010315", Some("http://www.w3.org/TR/2001/REC-xml-c14n-20010315"));

    /// Inclusive canonicalization with comments.
    inclusive_with_comments: "", PLAIN, Outcome::Alice => |stage| canonicalized(stage, "http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments", Some("http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments"));

    /// Inclusive canonicalization 1.1.
    inclusive_1_1: "", PLAIN, Outcome::Alice => |stage| canonicalized(stage, "http://www.w3.org/2006/12/xml-c14n11", Some("http://www.w3.org/2006/12/xml-c14n11"));

    /// Exclusive canonicalization with comments.
    exclusive_with_comments: "", ALL, Outcome::Alice => |stage| canonicalized(stage, "http://www.w3.org/2001/10/xml-exc-c14n#WithComments", Some("http://www.w3.org/2001/10/xml-exc-c14n#WithComments"));

    /// SignedInfo inclusive, the element exclusive.
    inclusive_inside_exclusive: "", PLAIN, Outcome::Alice => |stage| canonicalized(stage, "http://www.w3.org/TR/2001/REC-xml-c14n-20010315", Some("http://www.w3.org/2001/10/xml-exc-c14n#"));

    /// SignedInfo exclusive, the element inclusive 1.1.
    exclusive_inside_inclusive: "", PLAIN, Outcome::Alice => |stage| canonicalized(stage, "http://www.w3.org/2001/10/xml-exc-c14n#", Some("http://www.w3.org/2006/12/xml-c14n11"));

    /// Enveloped-signature alone, which means inclusive canonicalization.
    enveloped_signature_alone: "", PLAIN, Outcome::Alice => |stage| canonicalized(stage, "http://www.w3.org/2001/10/xml-exc-c14n#", None);

    /// A PrefixList.
    prefix_list: "", PLAIN, Outcome::Alice => |stage| styled(stage, |style| style.prefix_list = "saml xs #default unheard-of".to_owned());

    /// The empty Reference on the document element.
    empty_reference: "", &[Shape::ResponseSigned], Outcome::Alice => |stage| styled(stage, |style| style.empty_reference = true);

    /// Key names, key values and foreign data in KeyInfo.
    key_info_of_any_kind: "", SINGLY_SIGNED, Outcome::Alice => |stage| edited(stage, |tree, signature| {
        let info = tree.under(signature, "KeyInfo")?;
        tree.set(info, "Id", "_key-info")?;
        tree.set_raw(
            info,
            "<ds:KeyName>the key</ds:KeyName><ds:KeyValue><ds:RSAKeyValue><ds:Modulus>AQAB</ds:Modulus>\
             <ds:Exponent>AQAB</ds:Exponent></ds:RSAKeyValue></ds:KeyValue><x xmlns=\"urn:example:x\"/>",
        )
    });

    /// A KeyInfo that points elsewhere: nobody goes there.
    key_info_that_points_elsewhere: "", SINGLY_SIGNED, Outcome::Alice => |stage| edited(stage, |tree, signature| {
        let info = tree.under(signature, "KeyInfo")?;
        tree.set_raw(info, "<ds:RetrievalMethod URI=\"https://keys.example.com/\" Type=\"http://www.w3.org/2000/09/xmldsig#X509Data\"/>")
    });

    /// A whole chain in KeyInfo, with names and serials.
    certificate_chain_in_key_info: "", SINGLY_SIGNED, Outcome::Alice => |stage| {
        let foreign = stage.foreign.certificate();
        edited(stage, |tree, signature| {
            let data = tree.under(signature, "X509Data")?;
            let own = tree.text(data);
            tree.set_raw(
                data,
                &format!(
                    "<ds:X509SubjectName>CN=x</ds:X509SubjectName><ds:X509Certificate>{foreign}</ds:X509Certificate>\
                     <ds:X509Certificate>{own}</ds:X509Certificate>"
                ),
            )
        })
    };

    /// No certificate at all in X509Data.
    empty_key_info: "", SINGLY_SIGNED, Outcome::Alice => |stage| edited(stage, |tree, signature| {
        let info = tree.under(signature, "KeyInfo")?;
        tree.set_raw(info, "<ds:X509Data><ds:X509Certificate>\n</ds:X509Certificate></ds:X509Data>")
    });

    /// The Signature as the last child, where products of other standards put it.
    signature_at_the_end: "", SINGLY_SIGNED, Outcome::Alice => |stage| edited(stage, |tree, signature| {
        let signed = tree.parent(signature).unwrap();
        tree.append(signed, signature)
    });

    /// The Signature before the Issuer.
    signature_at_the_beginning: "", SINGLY_SIGNED, Outcome::Alice => |stage| edited(stage, |tree, signature| {
        let signed = tree.parent(signature).unwrap();
        tree.prepend(signed, signature)
    });

    /// A signature value in lines of 64 characters.
    signature_value_in_lines: "", SINGLY_SIGNED, Outcome::Alice => |stage| edited(stage, |tree, signature| {
        let value = tree.under(signature, "SignatureValue")?;
        let lines = in_lines(&tree.text(value), 64, "\n");
        tree.set_text(value, &lines)
    });

    /// A signature value without padding.
    signature_value_without_padding: "", SINGLY_SIGNED, Outcome::Alice => |stage| edited(stage, |tree, signature| {
        let value = tree.under(signature, "SignatureValue")?;
        let bare = tree.text(value).trim_end_matches('=').to_owned();
        tree.set_text(value, &bare)
    });

    /// A signature value with white space around, and an Id.
    signature_value_with_white_space: "", SINGLY_SIGNED, Outcome::Alice => |stage| edited(stage, |tree, signature| {
        let value = tree.under(signature, "SignatureValue")?;
        let text = format!("\r\n      {}\t", tree.text(value));
        tree.set(value, "Id", "_value")?;
        tree.set_text(value, &text)
    });

    /// White space and line breaks within SignedInfo, in the digest too.
    signed_info_in_lines: "", SINGLY_SIGNED, Outcome::Alice => |stage| respelled_signature(stage, |signature| {
        let (before, digest) = signature.split_once("<ds:DigestValue>").unwrap();
        let (digest, behind) = digest.split_once('=').unwrap();
        let digest = in_lines(digest, 20, "\n");
        format!("{before}<ds:DigestValue>\n{digest}=\n{behind}").replace("><", ">\n    <")
    });

    /// A Signature without prefixes.
    signature_without_prefixes: "", SINGLY_SIGNED, Outcome::Alice => |stage| respelled_signature(stage, |signature| signature.replace("xmlns:ds=", "xmlns=").replace("<ds:", "<").replace("</ds:", "</"));

    /// A Signature with a prefix of somebody's own.
    signature_with_an_odd_prefix: "", SINGLY_SIGNED, Outcome::Alice => |stage| respelled_signature(stage, |signature| signature.replace("xmlns:ds=", "xmlns:saml2.sig-1=").replace("ds:", "saml2.sig-1:"));

    /// An Id on the Signature and on its parts.
    identifiers_in_the_signature: "", SINGLY_SIGNED, Outcome::Alice => |stage| respelled_signature(stage, |signature| {
        signature.replace("<ds:SignedInfo>", "<ds:SignedInfo Id=\"_info\">").replace("<ds:Reference ", "<ds:Reference Id=\"_reference\" ")
    });

    /// An identifier that begins with a digit, as real ones do.
    identifier_that_begins_with_a_digit: "", ALL, Outcome::Alice => |stage| changed(stage, |answer| {
        answer.assertion_id = "0-assertion.1".to_owned();
        answer.response_id = "1-response.2".to_owned();
    });

    /// Long identifiers of letters outside ASCII.
    identifier_outside_ascii: "", ALL, Outcome::Alice => |stage| changed(stage, |answer| {
        answer.assertion_id = "\u{e9}".repeat(200);
        answer.response_id = "\u{4f60}".repeat(200);
    });

    /// Digests of 384 bits.
    digest_of_384_bits: "", ALL, Outcome::Alice => |stage| digested(stage, DigestAlgorithm::Sha384);

    /// Digests of 512 bits.
    digest_of_512_bits: "", ALL, Outcome::Alice => |stage| digested(stage, DigestAlgorithm::Sha512);

    /// The key that signs is the second of those that are trusted: a rollover.
    second_trusted_key: "", ALL, Outcome::Alice => |stage| {
        let made: Made = stage.genuine()?.into();
        Ok(made.with("/idp/certificates", vec![stage.foreign.certificate(), stage.idp.certificate()]))
    };

    /// The identity provider by its metadata.
    identity_provider_by_metadata: "", ALL, Outcome::Alice => |stage| {
        let made: Made = stage.genuine()?.into();
        Ok(made.with("/idp", json!({"metadata": stage.idp.metadata()?})))
    };

    // ---- how it is posted

    /// Base64 in lines.
    base64_in_lines: "", ALL, Outcome::Alice => |stage| posted(stage, |base64| in_lines(base64, 76, "\r\n"));

    /// Base64 in one line with a line break at the end.
    base64_with_a_line_break_at_the_end: "", ALL, Outcome::Alice => |stage| posted(stage, |base64| format!("{base64}\r\n"));

    /// Base64 without padding.
    base64_without_padding: "", ALL, Outcome::Alice => |stage| posted(stage, |base64| base64.trim_end_matches('=').to_owned());

    // ---- encryption

    /// The EncryptedKey beside the EncryptedData, with a RetrievalMethod to it.
    detached_encrypted_key: "", ENCRYPTED, Outcome::Alice => |stage| encrypted(stage, |encryption| encryption.detached_key = true);

    /// An EncryptedKey by name to us.
    encrypted_key_with_recipient: "", ENCRYPTED, Outcome::Alice => |stage| encrypted(stage, |encryption| encryption.recipient = Some(SP.to_owned()));

    /// A plaintext that leans on prefixes of the Response.
    plaintext_that_leans_on_the_response: "", ENCRYPTED, Outcome::Alice => |stage| encrypted(stage, |encryption| encryption.leans_on_outer_prefixes = true);

    /// A label for the key.
    encrypted_key_with_a_label: "", ENCRYPTED_SIGNED, Outcome::Alice => |stage| encrypted(stage, |encryption| encryption.label = b"label".to_vec());

    /// Content by AES-192-GCM, under the Response's signature.
    content_by_aes_192_gcm: "", ENCRYPTED_SIGNED, Outcome::Alice => |stage| encrypted(stage, |encryption| encryption.content = "http://www.w3.org/2009/xmlenc11#aes192-gcm".to_owned());

    /// Content by AES-256-GCM, under the Response's signature.
    content_by_aes_256_gcm: "", ENCRYPTED_SIGNED, Outcome::Alice => |stage| encrypted(stage, |encryption| encryption.content = "http://www.w3.org/2009/xmlenc11#aes256-gcm".to_owned());

    /// Content by AES-128-CBC, under the Response's signature.
    content_by_aes_128_cbc: "", ENCRYPTED_SIGNED, Outcome::Alice => |stage| encrypted(stage, |encryption| encryption.content = "http://www.w3.org/2001/04/xmlenc#aes128-cbc".to_owned());

    /// Content by AES-192-CBC, under the Response's signature.
    content_by_aes_192_cbc: "", ENCRYPTED_SIGNED, Outcome::Alice => |stage| encrypted(stage, |encryption| encryption.content = "http://www.w3.org/2001/04/xmlenc#aes192-cbc".to_owned());

    /// Content by AES-256-CBC, under the Response's signature.
    content_by_aes_256_cbc: "", ENCRYPTED_SIGNED, Outcome::Alice => |stage| encrypted(stage, |encryption| encryption.content = "http://www.w3.org/2001/04/xmlenc#aes256-cbc".to_owned());

    /// Content by 3DES, where it is allowed by name.
    content_by_triple_des: "", ENCRYPTED_SIGNED, Outcome::Alice => |stage| {
        let made = encrypted(stage, |encryption| encryption.content = "http://www.w3.org/2001/04/xmlenc#tripledes-cbc".to_owned())?;
        Ok(made.allowing("triple-des"))
    };

    /// The key by RSA 1.5, where it is allowed by name.
    key_by_rsa_1_5: "", ENCRYPTED_SIGNED, Outcome::Alice => |stage| {
        let made = encrypted(stage, |encryption| encryption.key_transport = "http://www.w3.org/2001/04/xmlenc#rsa-1_5".to_owned())?;
        Ok(made.allowing("rsa-1-5"))
    };

    /// The key by RSA-OAEP with SHA-256, its mask by SHA-1.
    key_by_oaep_with_sha_256: "", ENCRYPTED_SIGNED, Outcome::Alice => |stage| encrypted(stage, |encryption| encryption.digest = Some("http://www.w3.org/2001/04/xmlenc#sha256".to_owned()));

    /// The key by RSA-OAEP of XML Encryption 1.1, SHA-256 throughout.
    key_by_oaep_1_1_with_sha_256: "", ENCRYPTED_SIGNED, Outcome::Alice => |stage| encrypted(stage, |encryption| {
        encryption.key_transport = "http://www.w3.org/2009/xmlenc11#rsa-oaep".to_owned();
        encryption.digest = Some("http://www.w3.org/2001/04/xmlenc#sha256".to_owned());
        encryption.mask_generation = Some("http://www.w3.org/2009/xmlenc11#mgf1sha256".to_owned());
    });

    /// The key by RSA-OAEP of XML Encryption 1.1, SHA-384 throughout.
    key_by_oaep_1_1_with_sha_384: "", ENCRYPTED_SIGNED, Outcome::Alice => |stage| encrypted(stage, |encryption| {
        encryption.key_transport = "http://www.w3.org/2009/xmlenc11#rsa-oaep".to_owned();
        encryption.digest = Some("http://www.w3.org/2001/04/xmldsig-more#sha384".to_owned());
        encryption.mask_generation = Some("http://www.w3.org/2009/xmlenc11#mgf1sha384".to_owned());
    });

    /// The key by RSA-OAEP of XML Encryption 1.1, SHA-512 throughout.
    key_by_oaep_1_1_with_sha_512: "", ENCRYPTED_SIGNED, Outcome::Alice => |stage| encrypted(stage, |encryption| {
        encryption.key_transport = "http://www.w3.org/2009/xmlenc11#rsa-oaep".to_owned();
        encryption.digest = Some("http://www.w3.org/2001/04/xmlenc#sha512".to_owned());
        encryption.mask_generation = Some("http://www.w3.org/2009/xmlenc11#mgf1sha512".to_owned());
    });

    /// A ciphertext without the Type of what is inside.
    encrypted_data_without_type: "", &[Shape::EncryptedAssertionSigned], Outcome::Alice => |stage| {
        let mut tree = stage.genuine()?;
        tree.unset(tree.find("EncryptedData")?, "Type")?;
        Ok(tree.into())
    };

    /// The ciphertext in lines.
    cipher_value_in_lines: "", &[Shape::EncryptedAssertionSigned], Outcome::Alice => |stage| {
        let mut tree = stage.genuine()?;
        for value in tree.find_all("CipherValue") {
            let lines = in_lines(&tree.text(value), 76, "\r\n");
            tree.set_text(value, &lines)?;
        }
        Ok(tree.into())
    };

    /// Two EncryptedKeys, the first for another recipient.
    encrypted_key_for_another_recipient: "", &[Shape::EncryptedAssertionSigned], Outcome::Alice => |stage| {
        let mut tree = stage.genuine()?;
        let ours = tree.find("EncryptedKey")?;
        let theirs = tree.copy(ours);
        tree.set(theirs, "Recipient", "https://other.example.com/saml")?;
        tree.set_text(tree.under(theirs, "CipherValue")?, "AAAA")?;
        tree.insert_before(ours, theirs)?;
        Ok(tree.into())
    };

    /// Several keys of ours: the second opens.
    second_decryption_key: "", ENCRYPTED, Outcome::Alice => |stage| {
        let made: Made = stage.genuine()?.into();
        Ok(made.with("/sp/decryption_keys", vec![TestIdp::new("other")?.private_key()?, stage.decryption().to_owned()]))
    };

    /// The name is encrypted, and signed so.
    encrypted_name: "", PLAIN, Outcome::Alice => |stage| {
        let made = changed(stage, |answer| answer.encryption.push(stage.encryption(Encrypted::NameId)))?;
        Ok(made.with("/sp/decryption_keys", vec![stage.decryption()]))
    };

    /// The attributes are encrypted, and signed so.
    encrypted_attributes: "", PLAIN, Outcome::Says("/attributes/mail/0", "alice@example.com") => |stage| {
        let made = changed(stage, |answer| answer.encryption.push(stage.encryption(Encrypted::Attributes)))?;
        Ok(made.with("/sp/decryption_keys", vec![stage.decryption()]))
    };

    /// Two levels: an encrypted name in an encrypted assertion.
    both_levels_of_encryption: "", ENCRYPTED, Outcome::Alice => |stage| changed(stage, |answer| answer.encryption.push(stage.encryption(Encrypted::NameId)));

    // ---- metadata

    /// The metadata document as it was signed.
    the_genuine_metadata: "", METADATA, Outcome::Publishes("/entity_id", IDP) => |stage| stage.metadata(|_| Ok(()));

    /// Extensions that nobody knows.
    metadata_with_extensions: "", METADATA, Outcome::Publishes("/sso/1/binding", "post") => |stage| stage.metadata(|tree| {
        let extensions = tree.element("<md:Extensions xmlns:md=\"urn:oasis:names:tc:SAML:2.0:metadata\"><x xmlns=\"urn:x\"/></md:Extensions>")?;
        tree.prepend(tree.root(), extensions)
    });
}
