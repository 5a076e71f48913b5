//! Text that is cut short, or that looks like another: the name is the one that was signed, byte for byte, or there is
//! none.

use saml_sp::testing::forge::{Place, Tree};
use saml_sp::testing::{Answer, TestIdpError};

use crate::stage::{ACS, ALL, ENCRYPTED, IDP, PLAIN, RESPONSE_UNSIGNED, SP, Stage};
use crate::vector::{Made, Outcome, vectors};

const TRUNCATION: &str = "VU#475445: CVE-2017-11427, CVE-2018-0489";
const LOOK_ALIKE: &str = "UTS #39 section 4; core 2.2.3";
const OTHER_AUDIENCE: Outcome = Outcome::Reject("audience-mismatch");

type Recipe = Result<Made, TestIdpError>;

/// The identity provider's own name for the user is this.
fn named(stage: &Stage, name: &str) -> Recipe {
    Ok(stage.changed(|answer| name.clone_into(&mut answer.name_id.as_mut().unwrap().value))?.into())
}

/// As [`named`], and afterwards the text of the NameID is written in another way, of which the signature knows nothing.
fn renamed(stage: &Stage, name: &str, rewrite: impl FnOnce(&mut Tree, Place) -> Result<(), TestIdpError>) -> Recipe {
    let mut tree = stage.changed(|answer| name.clone_into(&mut answer.name_id.as_mut().unwrap().value))?;
    let place = tree.find("NameID")?;
    rewrite(&mut tree, place)?;
    Ok(tree.into())
}

/// The NameID holds this markup, and the identity provider signed it so.
fn written_name(stage: &Stage, markup: &str) -> Recipe {
    Ok(stage.written(|tree| tree.set_raw(tree.find("NameID")?, markup))?.into())
}

/// An answer changed before it was signed; afterwards a comment behind so many characters of the text of one element.
fn split(stage: &Stage, change: impl FnOnce(&mut Answer), element: &str, after: usize) -> Recipe {
    let mut tree = stage.changed(change)?;
    let place =
        if element == "Response" { tree.find("Issuer")? } else { tree.under(tree.find("Assertion")?, element)? };
    tree.split_text(place, after, "<!---->")?;
    Ok(tree.into())
}

/// For this audience and no other.
fn audience(stage: &Stage, audience: &str) -> Recipe {
    Ok(stage.changed(|answer| answer.audience_restrictions = vec![vec![audience.to_owned()]])?.into())
}

/// The assertion by this issuer.
fn issuer(stage: &Stage, issuer: &str) -> Recipe {
    Ok(stage.changed(|answer| issuer.clone_into(&mut answer.assertion_issuer))?.into())
}

/// To this recipient.
fn recipient(stage: &Stage, recipient: &str) -> Recipe {
    Ok(stage.changed(|answer| answer.confirmations[0].recipient = Some(recipient.to_owned()))?.into())
}

vectors! { "text";
    // ---- The name, written otherwise after it was signed

    /// `alice<!---->.evil.example`: canonicalization drops the comment, and whoever takes the first node of text reads
    /// alice.
    comment_in_a_name: TRUNCATION, PLAIN, Outcome::Name("alice.evil.example") =>
        |stage| renamed(stage, "alice.evil.example", |tree, name| tree.split_text(name, 5, "<!---->"));

    /// A comment at the beginning: the first node is none of text.
    comment_before_a_name: TRUNCATION, PLAIN, Outcome::Name("alice.evil.example") =>
        |stage| renamed(stage, "alice.evil.example", |tree, name| tree.split_text(name, 0, "<!--x-->"));

    /// A comment at the end: the last node is none of text.
    comment_behind_a_name: TRUNCATION, PLAIN, Outcome::Name("alice.evil.example") =>
        |stage| renamed(stage, "alice.evil.example", |tree, name| tree.split_text(name, 18, "<!--x-->"));

    /// Several comments: for software that knows of one.
    comments_throughout_a_name: TRUNCATION, PLAIN, Outcome::Name("alice.evil.example") =>
        |stage| renamed(stage, "alice.evil.example", |tree, name|
            tree.set_raw(name, "<!---->al<!---->ice<!--<b>-->.evil<!--&-->.example<!---->"));

    /// A comment that holds the name of somebody else.
    comment_that_is_a_name: TRUNCATION, PLAIN, Outcome::Name("alice.evil.example") =>
        |stage| renamed(stage, "alice.evil.example", |tree, name| tree.split_text(name, 5, "<!--mallory-->"));

    /// A CDATA section for the end of the name, which is a node of its own to some.
    cdata_at_the_end_of_a_name: TRUNCATION, PLAIN, Outcome::Name("alice.evil.example") =>
        |stage| renamed(stage, "alice.evil.example", |tree, name| tree.set_raw(name, "alice<![CDATA[.evil.example]]>"));

    /// An empty CDATA section in the middle.
    cdata_without_content_in_a_name: TRUNCATION, PLAIN, Outcome::Name("alice.evil.example") =>
        |stage| renamed(stage, "alice.evil.example", |tree, name| tree.split_text(name, 5, "<![CDATA[]]>"));

    /// Two CDATA sections and nothing else.
    cdata_sections_for_a_name: TRUNCATION, PLAIN, Outcome::Name("alice.evil.example") =>
        |stage| renamed(stage, "alice.evil.example", |tree, name|
            tree.set_raw(name, "<![CDATA[alice]]><![CDATA[.evil.example]]>"));

    /// A name with markup in it, which a CDATA section shows to whoever searches for tags.
    cdata_that_looks_like_the_end_of_a_name: TRUNCATION, PLAIN, Outcome::Name("alice</saml:NameID><!--") =>
        |stage| renamed(stage, "alice</saml:NameID><!--", |tree, name|
            tree.set_raw(name, "<![CDATA[alice</saml:NameID><!--]]>"));

    /// References for letters: filters before the parser see another name.
    references_for_the_letters_of_a_name: TRUNCATION, PLAIN, Outcome::Alice =>
        |stage| renamed(stage, "alice", |tree, name| tree.set_raw(name, "&#97;&#x6C;i&#0099;e"));

    /// A reference at the place where the name is to be cut.
    reference_in_a_name: TRUNCATION, PLAIN, Outcome::Name("alice.evil.example") =>
        |stage| renamed(stage, "alice.evil.example", |tree, name| tree.set_raw(name, "alice&#46;evil.example"));

    /// A processing instruction, which no canonicalization drops; parsers of one mind refuse it.
    instruction_in_a_name: TRUNCATION, PLAIN, Outcome::Reject("xml-processing-instruction") =>
        |stage| renamed(stage, "alice.evil.example", |tree, name| tree.split_text(name, 5, "<?x?>"));

    /// CR LF for the LF that was signed: it means the same.
    line_end_of_another_kind_in_a_name: "XML 1.0 section 2.11", PLAIN, Outcome::Name("alice\n.evil") =>
        |stage| renamed(stage, "alice\n.evil", |tree, name| tree.set_raw(name, "alice\r\n.evil"));

    // ---- The name, signed as it stands

    /// The identity provider itself writes a comment into the name, with what a user chose around it.
    comment_in_a_name_before_it_was_signed: TRUNCATION, ALL, Outcome::Name("alice.evil.example") =>
        |stage| written_name(stage, "alice<!-- x -->.evil.example");

    /// A CDATA section that was signed and then encrypted.
    cdata_in_an_encrypted_name: TRUNCATION, ENCRYPTED, Outcome::Name("alice.evil.example") =>
        |stage| written_name(stage, "alice<![CDATA[.evil]]>.example");

    /// An element inside the name: is the name what stands before, the text of all, or what stands inside?
    element_in_a_name: TRUNCATION, ALL, Outcome::Reject("message-bad-value") =>
        |stage| written_name(stage, "alice<x xmlns=\"\">.evil</x>.example");

    /// A NameID inside the NameID.
    name_in_a_name: TRUNCATION, ALL, Outcome::Reject("message-bad-value") => |stage|
        written_name(stage, "<saml:NameID xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\">alice</saml:NameID>mallory");

    /// A comment and nothing else: no text is no name.
    name_of_a_comment: TRUNCATION, ALL, Outcome::Reject("message-bad-value") =>
        |stage| written_name(stage, "<!--alice-->");

    /// No text at all.
    name_of_nothing: "core 2.2.3", ALL, Outcome::Reject("message-bad-value") => |stage| named(stage, "");

    /// White space and nothing else.
    name_of_white_space: "core 2.2.3", ALL, Outcome::Reject("message-bad-value") => |stage| named(stage, " \n");

    /// Markup that was escaped, and is text.
    escaped_markup_in_a_name: TRUNCATION, ALL, Outcome::Name("alice<!---->.evil&amp;") =>
        |stage| named(stage, "alice<!---->.evil&amp;");

    // ---- Names that look like another

    /// A Cyrillic а.
    homoglyph_in_a_name: LOOK_ALIKE, ALL, Outcome::Name("\u{430}lice") => |stage| named(stage, "\u{430}lice");

    /// Full-width letters, which NFKC makes ASCII.
    full_width_name: LOOK_ALIKE, ALL, Outcome::Name("ａｌｉｃｅ") => |stage| named(stage, "ａｌｉｃｅ");

    /// A space of no width.
    zero_width_in_a_name: LOOK_ALIKE, ALL, Outcome::Name("al\u{200b}ice") => |stage| named(stage, "al\u{200b}ice");

    /// A joiner of no width at the end.
    zero_width_behind_a_name: LOOK_ALIKE, ALL, Outcome::Name("alice\u{200d}") => |stage| named(stage, "alice\u{200d}");

    /// A byte order mark at the beginning of the name.
    byte_order_mark_before_a_name: LOOK_ALIKE, ALL, Outcome::Name("\u{feff}alice") =>
        |stage| named(stage, "\u{feff}alice");

    /// A soft hyphen.
    soft_hyphen_in_a_name: LOOK_ALIKE, ALL, Outcome::Name("al\u{ad}ice") => |stage| named(stage, "al\u{ad}ice");

    /// Capitals.
    other_case_in_a_name: LOOK_ALIKE, ALL, Outcome::Name("Alice") => |stage| named(stage, "Alice");

    /// A dotless i, which is `I` in capitals.
    dotless_i_in_a_name: LOOK_ALIKE, ALL, Outcome::Name("al\u{131}ce") => |stage| named(stage, "al\u{131}ce");

    /// A ligature.
    ligature_in_a_name: LOOK_ALIKE, ALL, Outcome::Name("\u{fb01}rst") => |stage| named(stage, "\u{fb01}rst");

    /// A letter and its accent in two characters, which NFC makes one.
    decomposed_letter_in_a_name: "UAX #15; core 2.2.3", ALL, Outcome::Name("alice\u{301}") =>
        |stage| named(stage, "alice\u{301}");

    /// The same letter in one character.
    composed_letter_in_a_name: "UAX #15; core 2.2.3", ALL, Outcome::Name("alic\u{e9}") =>
        |stage| named(stage, "alic\u{e9}");

    /// A space behind it.
    space_behind_a_name: LOOK_ALIKE, ALL, Outcome::Name("alice ") => |stage| named(stage, "alice ");

    /// A line end and a tab around it.
    white_space_around_a_name: LOOK_ALIKE, ALL, Outcome::Name("\n\talice\n") => |stage| named(stage, "\n\talice\n");

    /// A carriage return, which is written by reference.
    carriage_return_in_a_name: "XML 1.0 section 2.11", ALL, Outcome::Name("alice\r") => |stage| named(stage, "alice\r");

    /// A space that does not break.
    no_break_space_behind_a_name: LOOK_ALIKE, ALL, Outcome::Name("alice\u{a0}") => |stage| named(stage, "alice\u{a0}");

    /// The end of a line to JavaScript.
    line_separator_in_a_name: LOOK_ALIKE, ALL, Outcome::Name("alice\u{2028}admin") =>
        |stage| named(stage, "alice\u{2028}admin");

    /// Letters from right to left.
    right_to_left_override_in_a_name: LOOK_ALIKE, ALL, Outcome::Name("\u{202e}ecila") =>
        |stage| named(stage, "\u{202e}ecila");

    /// Tags, which nothing shows.
    tag_characters_in_a_name: LOOK_ALIKE, ALL, Outcome::Name("alice\u{e0061}\u{e007f}") =>
        |stage| named(stage, "alice\u{e0061}\u{e007f}");

    /// The character that stands for what could not be read.
    replacement_character_in_a_name: LOOK_ALIKE, ALL, Outcome::Name("al\u{fffd}ce") =>
        |stage| named(stage, "al\u{fffd}ce");

    // ---- Who it is for, and who says so, cut short

    /// An assertion for `https://app.example.com/saml.evil.example`, with a comment behind our name.
    comment_in_an_audience: TRUNCATION, PLAIN, OTHER_AUDIENCE => |stage| split(stage,
        |answer| answer.audience_restrictions = vec![vec![format!("{SP}.evil.example")]], "Audience", SP.len());

    /// The Issuer of the assertion, likewise.
    comment_in_the_assertions_issuer: TRUNCATION, PLAIN,
        Outcome::Reject("assertion-issuer-mismatch") => |stage| split(stage,
        |answer| answer.assertion_issuer = format!("{IDP}.evil.example"), "Issuer", IDP.len());

    /// The Issuer of the Response, likewise.
    comment_in_the_responses_issuer: TRUNCATION, PLAIN, Outcome::Reject("issuer-mismatch") => |stage| split(stage,
        |answer| answer.issuer = Some(format!("{IDP}.evil.example")), "Response", IDP.len());

    /// A comment that cuts nothing off: it means nothing, and the issuer is ours.
    comment_in_the_right_issuer: TRUNCATION, PLAIN, Outcome::Alice => |stage| split(stage, |_| (), "Issuer", 8);

    /// A value of an attribute.
    comment_in_an_attribute_value: TRUNCATION, PLAIN, Outcome::Says("/attributes/role/0", "admin.not") => |stage| {
        let mut tree = stage.changed(|answer| _ = answer.attribute("role", ["admin.not"]))?;
        tree.split_text(*tree.find_all("AttributeValue").last().unwrap(), 5, "<!---->")?;
        Ok(tree.into())
    };

    /// A value of an attribute, by CDATA.
    cdata_in_an_attribute_value: TRUNCATION, PLAIN, Outcome::Says("/attributes/role/0", "admin.not") => |stage| {
        let mut tree = stage.changed(|answer| _ = answer.attribute("role", ["admin.not"]))?;
        tree.set_raw(*tree.find_all("AttributeValue").last().unwrap(), "<![CDATA[admin]]>.not")?;
        Ok(tree.into())
    };

    /// A processing instruction in a value.
    instruction_in_an_attribute_value: TRUNCATION, PLAIN, Outcome::Reject("xml-processing-instruction") => |stage| {
        let mut tree = stage.changed(|answer| _ = answer.attribute("role", ["admin.not"]))?;
        tree.split_text(*tree.find_all("AttributeValue").last().unwrap(), 5, "<?x?>")?;
        Ok(tree.into())
    };

    /// An element in a value, which is legal there: the value is all of its text.
    element_in_an_attribute_value: TRUNCATION, ALL,
        Outcome::Says("/attributes/mail/0", "alice@example.com.evil") => |stage| {
        let xml = stage.written(|tree| {
            tree.set_raw(tree.find("AttributeValue")?, "alice@example.com<x xmlns=\"\">.evil</x>")
        })?;
        Ok(xml.into())
    };

    /// An element in the Audience.
    element_in_an_audience: TRUNCATION, ALL, Outcome::Reject("message-bad-value") => |stage| {
        let xml = stage.written(|tree| tree.set_raw(tree.find("Audience")?, &format!("{SP}<x xmlns=\"\">.evil</x>")))?;
        Ok(xml.into())
    };

    /// An element in the Issuer of the assertion.
    element_in_the_assertions_issuer: TRUNCATION, ALL, Outcome::Reject("message-bad-value") => |stage| {
        let xml = stage.written(|tree| {
            let issuer = tree.under(tree.find("Assertion")?, "Issuer")?;
            tree.set_raw(issuer, &format!("{IDP}<x xmlns=\"\"/>"))
        })?;
        Ok(xml.into())
    };

    /// The Destination in references: it means what it says.
    references_in_the_destination: "XML 1.0 section 4.1", RESPONSE_UNSIGNED, Outcome::Alice => |stage| {
        let xml = stage.genuine()?.to_xml();
        Ok(xml.replacen(&format!("Destination=\"{ACS}\""), &format!("Destination=\"&#104;{}\"", &ACS[1..]), 1).into())
    };

    // ---- Who it is for, and who says so, alike

    /// A Cyrillic а in the audience.
    homoglyph_in_an_audience: LOOK_ALIKE, ALL, OTHER_AUDIENCE =>
        |stage| audience(stage, "https://\u{430}pp.example.com/saml");

    /// Full-width letters.
    full_width_audience: LOOK_ALIKE, ALL, OTHER_AUDIENCE => |stage| audience(stage, "https://ａｐｐ.example.com/saml");

    /// A space of no width.
    zero_width_in_an_audience: LOOK_ALIKE, ALL, OTHER_AUDIENCE =>
        |stage| audience(stage, "https://app.example.com/saml\u{200b}");

    /// Capitals in the host, where URLs do not tell them apart; entityIDs do.
    other_case_in_an_audience: LOOK_ALIKE, ALL, OTHER_AUDIENCE =>
        |stage| audience(stage, "https://APP.example.com/saml");

    /// Percent-encoding, which URLs do not tell apart either.
    percent_encoding_in_an_audience: "RFC 3986 section 6.2.2.2; core 8.3.6", ALL, OTHER_AUDIENCE =>
        |stage| audience(stage, "https://app.example.com/%73aml");

    /// A slash at the end.
    slash_behind_an_audience: LOOK_ALIKE, ALL, OTHER_AUDIENCE =>
        |stage| audience(stage, "https://app.example.com/saml/");

    /// White space inside.
    white_space_in_an_audience: LOOK_ALIKE, ALL, OTHER_AUDIENCE =>
        |stage| audience(stage, "https://app.example.com/ saml");

    /// A space that no type of XML Schema collapses.
    no_break_space_behind_an_audience: LOOK_ALIKE, ALL, OTHER_AUDIENCE =>
        |stage| audience(stage, "https://app.example.com/saml\u{a0}");

    /// White space around it, which anyURI collapses: it is our name.
    white_space_around_an_audience: "XML Schema part 2 section 4.3.6", ALL, Outcome::Alice =>
        |stage| audience(stage, "\n  https://app.example.com/saml\n");

    /// A homoglyph in the Issuer.
    homoglyph_in_the_issuer: LOOK_ALIKE, ALL, Outcome::Reject("assertion-issuer-mismatch") =>
        |stage| issuer(stage, "https://idp.ex\u{430}mple.com/metadata");

    /// Capitals in the Issuer.
    other_case_in_the_issuer: LOOK_ALIKE, ALL, Outcome::Reject("assertion-issuer-mismatch") =>
        |stage| issuer(stage, "https://idp.example.com/Metadata");

    /// A joiner of no width in the Issuer.
    zero_width_in_the_issuer: LOOK_ALIKE, ALL, Outcome::Reject("assertion-issuer-mismatch") =>
        |stage| issuer(stage, "https://idp.example.com/\u{2060}metadata");

    /// A homoglyph in the Recipient.
    homoglyph_in_the_recipient: LOOK_ALIKE, ALL, Outcome::Reject("recipient-mismatch") =>
        |stage| recipient(stage, "https://app.example.c\u{43e}m/saml/acs");

    /// Percent-encoding in the Recipient.
    percent_encoding_in_the_recipient: "RFC 3986 section 6.2.2.2", ALL, Outcome::Reject("recipient-mismatch") =>
        |stage| recipient(stage, "https://app.example.com/saml/%61cs");

    /// A dot behind the host, which names the same machine.
    dot_behind_the_host_of_the_recipient: LOOK_ALIKE, ALL, Outcome::Reject("recipient-mismatch") =>
        |stage| recipient(stage, "https://app.example.com./saml/acs");

    /// A space of no width in the InResponseTo.
    zero_width_in_the_in_response_to: LOOK_ALIKE, ALL, Outcome::Reject("in-response-to-mismatch") => |stage| {
        let tree = stage.changed(|answer| answer.confirmations[0].in_response_to = Some("_request\u{200b}".to_owned()))?;
        Ok(tree.into())
    };

    /// An attribute whose name looks like that of another: the one that is asked for has what was signed under its own
    /// name.
    homoglyph_in_an_attribute_name: LOOK_ALIKE, ALL,
        Outcome::Says("/attributes/mail/0", "alice@example.com") => |stage| {
        let tree = stage.changed(|answer| _ = answer.attribute("m\u{430}il", ["mallory@example.com"]))?;
        Ok(tree.into())
    };

    /// An attribute whose name differs by a space of no width.
    zero_width_in_an_attribute_name: LOOK_ALIKE, ALL,
        Outcome::Says("/attributes/mail/0", "alice@example.com") => |stage| {
        let tree = stage.changed(|answer| _ = answer.attribute("mail\u{200b}", ["mallory@example.com"]))?;
        Ok(tree.into())
    };
}
