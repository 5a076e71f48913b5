use std::borrow::Cow;
use std::fmt::{self, Write as _};

use super::displayed;

/// How much of a foreign text an error shows, in characters: enough for an entityID or a URL, too little to flood a log.
const MAX_CHARACTERS: usize = 200;

/// Text that somebody else wrote, in a form that is safe to print.
///
/// `Display` and `Debug` put it in double quotes and escape what could deceive the reader of a log: control characters
/// (line breaks that would forge a log line), bidirectional overrides, invisible characters, quotes and backslashes.
/// More than 200 characters are cut, and an ellipsis stands for the rest.
///
/// ```
/// # use saml_sp::Quoted;
/// assert_eq!(Quoted::new("https://idp.example.com/\n[info] ok").to_string(), r#""https://idp.example.com/\u{a}[info] ok""#);
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Quoted(Cow<'static, str>);

impl Quoted {
    /// Keeps the first 200 characters of `text`.
    pub fn new(text: impl AsRef<str>) -> Self {
        let text = text.as_ref();
        // No text has more characters than octets.
        let cut = if text.len() <= MAX_CHARACTERS { None } else { text.char_indices().nth(MAX_CHARACTERS) };
        Self(Cow::Owned(match cut.and_then(|(end, _)| text.get(..end)) {
            Some(kept) => format!("{kept}…"),
            None => text.to_owned(),
        }))
    }

    /// A constant of ours that a message repeats: nothing is copied. Not longer than 200 characters.
    pub(crate) const fn known(text: &'static str) -> Self {
        Self(Cow::Borrowed(text))
    }

    /// What it displays; a report has a hundred.
    pub(crate) fn describe(&self) -> String {
        displayed(self, self.0.len().saturating_add("\"\"".len()))
    }

    /// The text as it was, except that it is cut: neither quoted nor escaped, so not for logs.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Quoted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char('"')?;
        // Nearly all of them.
        if self.0.bytes().all(|byte| matches!(byte, b' '..=b'~') && !matches!(byte, b'"' | b'\\')) {
            f.write_str(&self.0)?;
            return f.write_char('"');
        }
        for character in self.0.chars() {
            match character {
                '"' | '\\' => write!(f, "\\{character}")?,
                _ if deceives(character) => write!(f, "{}", character.escape_unicode())?,
                _ => f.write_char(character)?,
            }
        }
        f.write_char('"')
    }
}

impl fmt::Debug for Quoted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Characters that change how their neighbours look, or that nobody sees.
fn deceives(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180e}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stands_in_quotes() {
        assert_eq!(Quoted::new("https://idp.example.com/ü").to_string(), "\"https://idp.example.com/ü\"");
        assert_eq!(format!("{:?}", Quoted::new("a")), "\"a\"");
    }

    #[test]
    fn cannot_end_its_own_quotes() {
        assert_eq!(Quoted::new(r#"a" \ "b"#).to_string(), r#""a\" \\ \"b""#);
    }

    #[test]
    fn cannot_forge_a_log_line_or_turn_the_text_around() {
        assert_eq!(Quoted::new("a\r\nb\u{1b}[2J").to_string(), r#""a\u{d}\u{a}b\u{1b}[2J""#);
        assert_eq!(
            Quoted::new("a\u{202e}b\u{2066}c\u{200b}d\u{2028}").to_string(),
            r#""a\u{202e}b\u{2066}c\u{200b}d\u{2028}""#
        );
    }

    #[test]
    fn is_cut_after_200_characters() {
        let exact = "ä".repeat(200);
        assert_eq!(Quoted::new(&exact).as_str(), exact);
        let long = format!("{exact}b");
        assert_eq!(Quoted::new(&long).as_str(), format!("{exact}…"));
    }
}
