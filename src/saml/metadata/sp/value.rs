//! What may stand in a description: texts that say something, languages, addresses that people can open.

use crate::saml::ids::{InvalidLocation, Location};
use crate::text::quoted::Quoted;
use crate::text::whitespace;
use crate::xml::{Writer, is_char};

/// Why a value cannot be published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Unpublishable {
    /// Not a URL that a browser opens.
    Url { what: &'static str, found: Quoted, source: InvalidLocation },
    /// Anything else.
    Value { what: &'static str, found: Quoted, reason: &'static str },
}

impl Unpublishable {
    pub(super) fn value(what: &'static str, found: &str, reason: &'static str) -> Self {
        Self::Value { what, found: Quoted::new(found), reason }
    }
}

/// A text in one language.
#[derive(Clone, Debug)]
pub(super) struct InLanguage {
    pub(super) language: String,
    pub(super) text: String,
}

impl InLanguage {
    pub(super) fn new(language: impl Into<String>, text: impl Into<String>) -> Self {
        Self { language: language.into(), text: text.into() }
    }
}

/// Writes an element for each language; none at all is for the caller to judge.
pub(super) fn write_localized(
    xml: &mut Writer,
    name: &'static str,
    texts: &[InLanguage],
    check: fn(&'static str, &str) -> Result<(), Unpublishable>,
) -> Result<(), Unpublishable> {
    check_languages(name, texts.iter().map(|text| text.language.as_str()))?;
    for InLanguage { language, text } in texts {
        check(name, text)?;
        xml.open(name).attribute("xml:lang", language).text(text).close();
    }
    Ok(())
}

/// Each language once: of two, a reader would have to choose, and each reader another. Letter case is no difference
/// (RFC 5646 section 2.1.1).
pub(super) fn check_languages<'l>(
    what: &'static str,
    languages: impl Iterator<Item = &'l str>,
) -> Result<(), Unpublishable> {
    let mut seen: Vec<&str> = Vec::new();
    for language in languages {
        check_language(what, language)?;
        if seen.iter().any(|other| other.eq_ignore_ascii_case(language)) {
            return Err(Unpublishable::value(what, language, "this language is there twice"));
        }
        seen.push(language);
    }
    Ok(())
}

/// The lexical space of `xs:language` (XML Schema part 2, 3.3.3): `en`, `pt-BR`, `zh-Hant-TW`.
pub(super) fn check_language(what: &'static str, language: &str) -> Result<(), Unpublishable> {
    let fits =
        |part: &str, allowed: fn(&u8) -> bool| (1..=8).contains(&part.len()) && part.bytes().all(|b| allowed(&b));
    let mut parts = language.split('-');
    let primary = parts.next().is_some_and(|part| fits(part, u8::is_ascii_alphabetic));
    if primary && parts.all(|part| fits(part, u8::is_ascii_alphanumeric)) {
        Ok(())
    } else {
        Err(Unpublishable::value(what, language, "not a language tag such as en or pt-BR"))
    }
}

/// Something that is not white space (core 1.3.1), in characters that XML carries.
pub(super) fn check_text(what: &'static str, text: &str) -> Result<(), Unpublishable> {
    if !text.chars().all(is_char) {
        return Err(Unpublishable::value(what, text, "it has a control character, which XML cannot carry"));
    }
    if whitespace::trim(text).is_empty() {
        return Err(Unpublishable::value(what, text, "it is empty"));
    }
    Ok(())
}

/// A URI as a name: of a format, of an attribute's name format. Not a location, so any scheme will do.
pub(super) fn check_uri(what: &'static str, uri: &str) -> Result<(), Unpublishable> {
    check_text(what, uri)?;
    if uri.contains(|c: char| c.is_whitespace() || c.is_control()) || !uri.contains(':') {
        return Err(Unpublishable::value(what, uri, "not a URI"));
    }
    check_any_uri(what, uri)
}

/// The lexical space of `xs:anyURI` (XML Schema part 2, 3.2.17): what is a URI reference of RFC 3986 once everything that it
/// does not know is percent-encoded. Readers that validate refuse the whole document for one that is not.
pub(super) fn check_any_uri(what: &'static str, text: &str) -> Result<(), Unpublishable> {
    let refused = |reason| Err(Unpublishable::value(what, text, reason));
    let two_hexadecimal = |rest: &str| rest.bytes().take(2).filter(u8::is_ascii_hexdigit).count() == 2;
    if !text.split('%').skip(1).all(two_hexadecimal) {
        return refused("a % in it is not followed by two hexadecimal digits");
    }
    let (reference, fragment) = text.split_once('#').unwrap_or((text, ""));
    if fragment.contains('#') {
        return refused("it has a second #");
    }
    let mut rest = reference;
    // What stands before the first colon of the first segment is read as a scheme.
    if let Some((scheme, after)) = reference.split_once(':')
        && !scheme.contains(['/', '?'])
    {
        let others = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
        if !scheme.starts_with(|c: char| c.is_ascii_alphabetic()) || !scheme.chars().all(others) {
            return refused("what stands before its colon is no scheme");
        }
        rest = after;
    }
    // Square brackets are for an IPv6 address and nothing else.
    if let Some((_, after)) = rest.strip_prefix("//[").and_then(|address| address.split_once(']')) {
        rest = after;
    }
    if rest.contains(['[', ']']) || fragment.contains(['[', ']']) {
        return refused("a square bracket in it is not percent-encoded");
    }
    Ok(())
}

/// A page for people: as a [`Location`], but it may end in a fragment.
pub(super) fn check_page(what: &'static str, url: &str) -> Result<(), Unpublishable> {
    let (page, fragment) = url.split_once('#').unwrap_or((url, ""));
    let refused = |source| Unpublishable::Url { what, found: Quoted::new(url), source };
    // After the first `#` everything is fragment, and it is held to the same characters.
    if let Some(character) = fragment.chars().find(|&c| c.is_control() || c.is_whitespace() || matches!(c, '\\' | '#'))
    {
        return Err(refused(InvalidLocation::Character { character }));
    }
    Location::new(page).map_err(refused)?;
    check_any_uri(what, url)
}

/// A picture: over https, or in the text itself (SDP-MD10); a page under https that loads one over http shows a warning,
/// or nothing.
pub(super) fn check_picture(what: &'static str, url: &str) -> Result<(), Unpublishable> {
    if let Some(data) = url.strip_prefix("data:") {
        let (kind, content) = data.split_once(',').unwrap_or((data, ""));
        let printable = data.bytes().all(|b| b.is_ascii_graphic() && !matches!(b, b'"' | b'<' | b'>' | b'#' | b'\\'));
        return if kind.starts_with("image/") && !content.is_empty() && printable {
            check_any_uri(what, url)
        } else {
            Err(Unpublishable::value(what, url, "not a data URL of a picture such as data:image/png;base64,…"))
        };
    }
    match Location::new(url) {
        Ok(location) if location.is_https() => check_any_uri(what, url),
        Ok(_) => Err(Unpublishable::value(what, url, "a picture is loaded over https, or is a data URL")),
        Err(source) => Err(Unpublishable::Url { what, found: Quoted::new(url), source }),
    }
}
