//! White space as XML defines it: SP, TAB, CR, LF, and no other.

use std::borrow::Cow;

/// XML 1.0 production 3.
pub(crate) const fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

const SPACES: [char; 4] = [' ', '\t', '\r', '\n'];

/// The text without XML white space around it.
pub(crate) fn trim(text: &str) -> &str {
    let at_an_end = |byte: Option<&u8>| byte.is_some_and(|byte| is_space(*byte));
    if at_an_end(text.as_bytes().first()) || at_an_end(text.as_bytes().last()) {
        text.trim_matches(SPACES)
    } else {
        text
    }
}

/// XSD's `whiteSpace="collapse"` (XML Schema part 2, 4.3.6): trimmed, and each run inside is one space.
pub(crate) fn collapse(text: &str) -> Cow<'_, str> {
    // As a rule there is no white space.
    if !text.bytes().fold(false, |any, byte| any | is_space(byte)) {
        return Cow::Borrowed(text);
    }
    let trimmed = trim(text);
    let mut previous = b'x';
    let collapsed = trimmed.bytes().all(|byte| {
        let fine = !is_space(byte) || (byte == b' ' && previous != b' ');
        previous = byte;
        fine
    });
    if collapsed {
        return Cow::Borrowed(trimmed);
    }
    let words: Vec<&str> = trimmed.split(SPACES).filter(|word| !word.is_empty()).collect();
    Cow::Owned(words.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_xml_white_space_is_trimmed() {
        assert_eq!(trim("\r\n\t a b \n"), "a b");
        assert_eq!(trim("\u{a0}a\u{2003}"), "\u{a0}a\u{2003}");
        assert_eq!(trim(" \n "), "");
    }

    #[test]
    fn runs_become_one_space() {
        assert_eq!(collapse("\n  a \t\r\n b  c\n"), "a b c");
        assert_eq!(collapse("a\tb"), "a b");
        assert_eq!(collapse("   "), "");
        assert_eq!(collapse("a\u{a0}\u{a0}b"), "a\u{a0}\u{a0}b");
    }

    #[test]
    fn nothing_is_copied_without_need() {
        assert!(matches!(collapse("  https://idp.example.com/a b "), Cow::Borrowed("https://idp.example.com/a b")));
    }
}
