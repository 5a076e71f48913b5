//! Both engines at once, for tests and fuzzers: what they disagree on is a bug in one of them.
#![allow(clippy::panic, clippy::indexing_slicing, reason = "no part of a build that anybody uses")]

use super::sign::{self, SignOptions};
use super::{Engine, Signature, SignatureError, Verified, verify};
use crate::c14n::{Canonicalization, Method};
use crate::crypto::{AlgorithmPolicy, DigestAlgorithm, SigningKey, VerifyingKey};
use crate::limits::Limits;
use crate::xml::Document;

/// What both engines say of a signature.
#[derive(Debug)]
pub(crate) struct Both {
    pub(crate) native: Result<Verified, SignatureError>,
    pub(crate) xmlsec: Result<Verified, SignatureError>,
}

impl Both {
    pub(crate) fn of(signature: &Signature<'_>, keys: &[VerifyingKey], policy: &AlgorithmPolicy) -> Self {
        let by = |engine| verify(engine, signature, keys, policy);
        Self { native: by(Engine::Native), xmlsec: by(Engine::Xmlsec) }
    }

    /// Of the element with the ID `_signed` in a document; none where it has no Signature that passes the gate.
    pub(crate) fn in_document(xml: &str, keys: &[VerifyingKey]) -> Option<Self> {
        let limits = Limits::default();
        let document = Document::parse(xml.as_bytes(), &limits.message()).ok()?;
        let mut elements = document.root().descendants_or_self();
        let signed = elements.find(|element| element.attribute("ID") == Some("_signed"))?;
        let signature = Signature::of(signed, &limits).ok()??;
        Some(Self::of(&signature, keys, &AlgorithmPolicy::default()))
    }

    /// The same octets by the same key, or the same error. What libxmlsec1 does not know proves nothing.
    pub(crate) fn agree(&self) -> bool {
        matches!(self.xmlsec, Err(SignatureError::UnsupportedByEngine { .. })) || self.native == self.xmlsec
    }
}

/// What both engines say, of what libxmlsec1 knows.
#[cfg(test)]
pub(crate) fn agreed(
    signature: &Signature<'_>,
    keys: &[VerifyingKey],
    policy: &AlgorithmPolicy,
) -> Result<Verified, SignatureError> {
    let both = Both::of(signature, keys, policy);
    assert_eq!(both.native, both.xmlsec);
    both.native
}

/// What became of a document that octets spell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Our own rules refuse it before it can be signed.
    Unsigned,
    /// Signed, and accepted by both for the same octets.
    Accepted(Signed),
    /// Signed and then altered, and refused by both.
    Refused,
}

/// How an accepted document was signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Signed {
    /// Only a part of the document.
    pub(crate) subtree: bool,
    pub(crate) prefix_list: bool,
    pub(crate) method: Method,
}

/// Signs a document that these octets spell, by a method they choose, and lets both engines verify it.
///
/// # Panics
/// Where they disagree: whether it is signed, or for which octets.
pub(crate) fn compare(octets: &[u8], key: &SigningKey) -> Outcome {
    let mut choices = Choices(octets.iter());
    let reference = method(&mut choices);
    let mut options = SignOptions::new(key.algorithm());
    options.signed_info = method(&mut choices);
    options.digest = choices.of(&[DigestAlgorithm::Sha256, DigestAlgorithm::Sha384, DigestAlgorithm::Sha512]);
    // The transform may be left out where that means the same.
    let implied = choices.one_in(2) && reference.method == Method::Inclusive10 { comments: false };
    options.reference = if implied { None } else { Some(reference.clone()) };
    let altered = choices.one_in(4).then(|| choices.next());
    let (xml, subtree) = document(&mut choices);
    options.empty_uri = !subtree && choices.one_in(2);

    let limits = Limits::default();
    let Ok(mut xml) = sign::enveloped(&xml, "_signed", key, &options, &limits.message()) else {
        return Outcome::Unsigned;
    };
    if let Some(at) = altered {
        xml = with_another_letter(&xml, usize::from(at));
    }
    let verified = Both::in_document(&xml, std::slice::from_ref(key.verifying_key()));
    match verified {
        Some(Both { native: Ok(native), xmlsec: Ok(xmlsec) }) if native == xmlsec => {}
        Some(both) if altered.is_some() && both.native.is_err() && both.agree() => return Outcome::Refused,
        None if altered.is_some() => return Outcome::Unsigned,
        other => panic!("signed, and not accepted by both for the same: {xml}\n{other:?}"),
    }
    Outcome::Accepted(Signed { subtree, prefix_list: !reference.prefixes.is_empty(), method: reference.method })
}

fn method(choices: &mut Choices<'_>) -> Canonicalization {
    let comments = choices.one_in(4);
    let methods = [Method::Exclusive { comments }, Method::Inclusive10 { comments }, Method::Inclusive11 { comments }];
    let mut how = Canonicalization::new(choices.of(&methods));
    if matches!(how.method, Method::Exclusive { .. }) {
        // Prefixes that are bound, that are not, and the default namespace.
        how.prefixes =
            (0..choices.below(4)).map(|_| (choices.of(&["", "a", "b", "ds", "xml", "nowhere"])).to_owned()).collect();
    }
    how
}

/// The same text with one ASCII letter replaced by another.
fn with_another_letter(xml: &str, at: usize) -> String {
    let letters: Vec<usize> = xml.char_indices().filter(|(_, c)| c.is_ascii_alphabetic()).map(|(at, _)| at).collect();
    let Some(at) = letters.get((at * letters.len()) / 256) else { return xml.to_owned() };
    let mut bytes = xml.as_bytes().to_vec();
    if let Some(letter) = bytes.get_mut(*at) {
        *letter = if *letter == b'x' { b'y' } else { b'x' };
    }
    String::from_utf8(bytes).unwrap_or_default()
}

const PREFIXES: [&str; 5] = ["", "a", "b", "ds", "é"];
const NAMESPACES: [&str; 5] =
    ["urn:x", "urn:y", "http://www.w3.org/2000/09/xmldsig#", "http://example.com/a?b=c;d#e", "urn:x:%C3%A9"];
const LOCALS: [&str; 4] = ["e", "Issuer", "_-.1", "日"];
const VALUES: [&str; 9] =
    ["v", "", " \n\t ", "a&#10;b&#13;&#9;", "&quot;'", "&lt;>&amp;&gt;", "é\u{1F600}&#x1F600;", "a\r\nb\rc", "]]>"];
const TEXTS: [&str; 11] = [
    "x",
    "\n  ",
    "&amp;&lt;",
    "&#xD;\r\n\r",
    "]]&gt;",
    "é\u{1F600}",
    "\t ",
    "<![CDATA[<&'\">\r\n]]>",
    "<![CDATA[]]>",
    "&#x10FFFF;",
    "a>b\"'",
];
const COMMENTS: [&str; 3] = ["<!---->", "<!-- & < > \r\n é -->", "<!--x-->"];
const XML_ATTRIBUTES: [&str; 4] = [" xml:lang='de'", " xml:space=\"preserve\"", " xml:id='_signed'", " xml:lang=''"];

/// A document with an element of the ID `_signed`, and whether that is a part of it only.
fn document(choices: &mut Choices<'_>) -> (String, bool) {
    let mut out = String::new();
    let mut open: Vec<Open> = Vec::new();
    if choices.one_in(4) {
        out.push_str(choices.of(&[
            "<?xml version=\"1.0\"?>\r\n",
            "<?xml version='1.0' encoding='utf-8' standalone='yes' ?>",
            "<!-- before -->\n",
        ]));
    }
    let depth = choices.below(4);
    for _ in 0..depth {
        start(choices, &mut out, &mut open, "");
        content(choices, &mut out, &mut open, 2);
    }
    start(choices, &mut out, &mut open, " ID='_signed'");
    let signed = open.len();
    // Something between the tags, so that a Signature can stand there.
    out.push_str(choices.of(&TEXTS));
    while !choices.0.as_slice().is_empty() && out.len() < 8000 {
        content(choices, &mut out, &mut open, signed);
    }
    while let Some(element) = open.pop() {
        element.close(&mut out);
    }
    if choices.one_in(8) {
        out.push_str("\n<!-- after -->");
    }
    (out, depth > 0)
}

#[derive(Clone)]
struct Open {
    name: String,
    /// Its whole start tag.
    tag: String,
    /// The element that was closed last inside it.
    before: Option<Box<Self>>,
    /// Every prefix with what it is bound to here, the last one counts.
    bound: Vec<(&'static str, &'static str)>,
}

impl Open {
    fn close(&self, out: &mut String) {
        out.extend(["</", &self.name, if out.len().is_multiple_of(7) { " >" } else { ">" }]);
    }
}

fn close(out: &mut String, open: &mut Vec<Open>) {
    let Some(element) = open.pop() else { return };
    element.close(out);
    if let Some(around) = open.last_mut() {
        around.before = Some(Box::new(element));
    }
}

/// One thing inside an element. Elements are closed down to `least` open ones.
fn content(choices: &mut Choices<'_>, out: &mut String, open: &mut Vec<Open>, least: usize) {
    match choices.below(8) {
        0 | 1 if open.len() < 24 => start(choices, out, open, ""),
        2 if open.len() > least => close(out, open),
        3 => out.push_str(choices.of(&COMMENTS)),
        4 => {
            start(choices, out, open, "");
            if choices.one_in(2) {
                out.truncate(out.len().saturating_sub(1));
                out.push_str("/>");
                open.pop();
            } else {
                close(out, open);
            }
        }
        // The values of a list: each with the start tag of the one before.
        5 => {
            let Some(before) = open.last().and_then(|around| around.before.clone()) else { return };
            out.push_str(&before.tag);
            open.push(Open { before: None, ..*before });
            out.push_str(choices.of(&TEXTS));
            close(out, open);
        }
        _ => out.push_str(choices.of(&TEXTS)),
    }
}

/// A start tag: declarations, then attributes, then what is given.
fn start(choices: &mut Choices<'_>, out: &mut String, open: &mut Vec<Open>, more: &str) {
    let mut bound = open.last().map(|around| around.bound.clone()).unwrap_or_default();
    let mut tag = String::new();
    let mut declared = Vec::new();
    for _ in 0..choices.below(4) {
        let (prefix, namespace) = (choices.of(&PREFIXES), choices.of(&NAMESPACES));
        let namespace = if prefix.is_empty() && choices.one_in(3) { "" } else { namespace };
        if declared.contains(&prefix) {
            continue;
        }
        declared.push(prefix);
        bound.retain(|(other, _)| *other != prefix);
        bound.push((prefix, namespace));
        let name = if prefix.is_empty() { "xmlns".to_owned() } else { format!("xmlns:{prefix}") };
        tag.push_str(&format!("{}{name}{}{namespace}\"", choices.of(&[" ", "\n\t"]), choices.of(&["=\"", " = \""])));
    }
    let prefixes: Vec<&str> = bound.iter().filter(|(_, name)| !name.is_empty()).map(|(prefix, _)| *prefix).collect();
    let qualified = |choices: &mut Choices<'_>| {
        let prefix = if prefixes.is_empty() || choices.one_in(4) { "" } else { choices.of(&prefixes) };
        (prefix, choices.of(&LOCALS))
    };
    let spelled = |(prefix, local): (&str, &str)| {
        if prefix.is_empty() { local.to_owned() } else { format!("{prefix}:{local}") }
    };
    let mut expanded = Vec::new();
    for _ in 0..choices.below(4) {
        let (prefix, local) = qualified(choices);
        let namespace = bound.iter().find(|(other, _)| *other == prefix && !prefix.is_empty()).map(|(_, name)| *name);
        if expanded.contains(&(namespace, local)) {
            continue;
        }
        expanded.push((namespace, local));
        let quote = choices.of(&["'", "\""]);
        let value = choices.of(&VALUES).replace(quote, "");
        tag.push_str(&format!(" {}={quote}{value}{quote}", spelled((prefix, local))));
    }
    if choices.one_in(6) {
        tag.push_str(choices.of(&XML_ATTRIBUTES));
    }
    let name = spelled(qualified(choices));
    let tag = ["<", &name, &tag, more, choices.of(&["", " ", "\r\n"]), ">"].concat();
    out.push_str(&tag);
    open.push(Open { name, tag, before: None, bound });
}

/// Octets as decisions; none left means the first possibility.
struct Choices<'o>(std::slice::Iter<'o, u8>);

impl Choices<'_> {
    fn next(&mut self) -> u8 {
        self.0.next().copied().unwrap_or_default()
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::from(self.next()) % bound
    }

    fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == n.saturating_sub(1)
    }

    fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }
}

#[cfg(test)]
mod tests;
