//! Text around base64: PEM (RFC 7468) as people paste it.

use std::borrow::Cow;

use crate::text::base64::{self, Base64Error};
use crate::text::quoted::Quoted;

const BEGIN: &str = "-----BEGIN";
const END: &str = "-----END";
const DASHES: &str = "-----";

/// One block. Its body is text yet: what is refused by its label is never decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PemBlock<'t> {
    /// "CERTIFICATE", with one space between words even where they came without any.
    pub(crate) label: String,
    pub(crate) body: &'t str,
}

impl PemBlock<'_> {
    /// The octets. Headers (RFC 1421) before an empty line are left out, as openssl writes them into old files.
    pub(crate) fn decode(&self) -> Result<Vec<u8>, Base64Error> {
        let without_headers = match self.body.rsplit_once(':') {
            Some((_, after)) => after.split_once('\n').map_or("", |(_, rest)| rest),
            None => self.body,
        };
        decode_pasted(without_headers)
    }
}

/// A block that begins and does not end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CutOff {
    pub(crate) label: Quoted,
}

/// The blocks of a text, whatever stands between them.
pub(crate) fn pem_blocks(text: &str) -> impl Iterator<Item = Result<PemBlock<'_>, CutOff>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let (_, after_begin) = rest.split_once(BEGIN)?;
        rest = "";
        let Some((label, after_label)) = after_begin.split_once(DASHES) else {
            return Some(Err(CutOff { label: Quoted::new(after_begin) }));
        };
        let Some((body, after_end)) = after_label.split_once(END).filter(|(body, _)| !body.contains(BEGIN)) else {
            return Some(Err(CutOff { label: Quoted::new(label.trim()) }));
        };
        // The label after END is not compared: a wrong one harms nobody.
        rest = after_end.split_once(DASHES).map_or("", |(_, rest)| rest);
        Some(Ok(PemBlock { label: normal_label(label), body }))
    })
}

/// Labels survive copying through forms that drop spaces: "CERTIFICATEREQUEST" is meant as what it was.
fn normal_label(label: &str) -> String {
    const WORDS: [&str; 13] = [
        "CERTIFICATE",
        "REQUEST",
        "PRIVATE",
        "PUBLIC",
        "KEY",
        "RSA",
        "EC",
        "DSA",
        "ENCRYPTED",
        "TRUSTED",
        "X509",
        "NEW",
        "OPENSSH",
    ];
    let mut words = Vec::new();
    for mut text in label.split_whitespace() {
        while !text.is_empty() {
            let known = WORDS.into_iter().find(|word| text.starts_with(word));
            let (word, rest) = known.and_then(|word| text.split_at_checked(word.len())).unwrap_or((text, ""));
            words.push(word);
            text = rest;
        }
    }
    words.join(" ")
}

/// Base64 with whatever a form, an editor or a configuration file put around it: any white space, quotes, and line breaks
/// written as `\n`.
pub(super) fn decode_pasted(text: &str) -> Result<Vec<u8>, Base64Error> {
    let unescaped: Cow<'_, str> = if text.contains('\\') {
        Cow::Owned(text.replace("\\r", "").replace("\\n", "\n"))
    } else {
        Cow::Borrowed(text)
    };
    let noise =
        |character: char| character.is_whitespace() || matches!(character, '"' | '\'' | '\u{feff}' | '\u{200b}');
    let compact: String = unescaped.chars().filter(|character| !noise(*character)).collect();
    base64::decode(compact.as_bytes(), compact.len())
}
