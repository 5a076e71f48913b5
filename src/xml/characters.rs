//! Character classes of XML 1.0 (fifth edition) and Namespaces in XML 1.0.

/// White space: production `S` (XML 1.0, 2.3).
pub(super) const fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

/// Production `Char` (XML 1.0, 2.2).
pub(crate) const fn is_char(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..='\u{10FFFF}')
}

/// Production `NCName` (Namespaces in XML 1.0, 3): a name without a colon.
pub(crate) fn is_ncname(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(|first| first != ':' && is_name_start(first))
        && chars.all(|c| c != ':' && is_name_character(c))
}

/// Production `Nmtoken` (XML 1.0, 2.3): one or more name characters, of which a digit may be the first.
///
/// Real identity providers issue IDs that begin with a digit, which `xs:ID` forbids.
pub(crate) fn is_name_chars(text: &str) -> bool {
    !text.is_empty() && text.chars().all(is_name_character)
}

/// Production `NameStartChar` (XML 1.0, 2.3).
const fn is_name_start(c: char) -> bool {
    matches!(c,
        'a'..='z' | 'A'..='Z' | '_' | ':'
        | '\u{C0}'..='\u{D6}' | '\u{D8}'..='\u{F6}' | '\u{F8}'..='\u{2FF}' | '\u{370}'..='\u{37D}'
        | '\u{37F}'..='\u{1FFF}' | '\u{200C}'..='\u{200D}' | '\u{2070}'..='\u{218F}' | '\u{2C00}'..='\u{2FEF}'
        | '\u{3001}'..='\u{D7FF}' | '\u{F900}'..='\u{FDCF}' | '\u{FDF0}'..='\u{FFFD}' | '\u{10000}'..='\u{EFFFF}')
}

/// Production `NameChar` (XML 1.0, 2.3).
const fn is_name_character(c: char) -> bool {
    is_name_start(c) || matches!(c, '0'..='9' | '-' | '.' | '\u{B7}' | '\u{300}'..='\u{36F}' | '\u{203F}'..='\u{2040}')
}

/// The byte offset of the first character that production `Char` forbids.
///
/// One pass over the whole document settles names, text, values and comments alike. The bytes of UTF-8 are enough:
/// surrogates cannot occur, so only the C0 controls and U+FFFE, U+FFFF (EF BF BE, EF BF BF) are left.
pub(super) fn illegal_character(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let suspicious =
        bytes.iter().fold(false, |found, byte| found | (*byte < b' ' && !is_space(*byte)) | (*byte == 0xEF));
    if !suspicious {
        return None;
    }
    text.char_indices().find(|(_, c)| !is_char(*c)).map(|(at, _)| at)
}

/// How often a byte occurs; in pieces short enough for eight-bit sums, which vector units add sixteen at a time.
pub(super) fn count(text: &str, wanted: u8) -> usize {
    let pieces = text.as_bytes().chunks(usize::from(u8::MAX));
    pieces.map(|piece| usize::from(piece.iter().map(|byte| u8::from(*byte == wanted)).sum::<u8>())).sum()
}

/// An absolute URI: a scheme and characters of RFC 3986 (2 and 3.1), with at most one fragment.
///
/// Names without a scheme are relative references, whose meaning W3C withdrew and on which canonicalization must fail
/// (Canonical XML 1.0, 1.3). Names that are no URI at all make other canonicalizers fail, so that nobody can have
/// signed them. Brackets, which only an address of IP version 6 has, are left out. So is `&`, which
/// libxml2 forgets to escape in declarations: on such a name no two signers agree.
pub(super) fn is_absolute_uri(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else { return false };
    let (path, fragment) = rest.split_once('#').unwrap_or((rest, ""));
    scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'))
        && is_uri_part(path)
        && is_uri_part(fragment)
}

fn is_uri_part(text: &str) -> bool {
    let mut pieces = text.split('%');
    let plain =
        |piece: &str| piece.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~:/?@!$'()*+,;=".contains(&byte));
    pieces.next().is_none_or(plain)
        && pieces
            .all(|piece| plain(piece) && piece.len() >= 2 && piece.bytes().take(2).all(|byte| byte.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ncname_begins_with_a_letter_or_underscore() {
        for good in ["a", "_a", "a-1.b", "é", "名", "a\u{B7}", "\u{10000}"] {
            assert!(is_ncname(good), "{good}");
        }
        for bad in ["", "1a", "-a", ".a", "a:b", ":a", "a b", "\u{B7}a", "\u{D7}", "a\u{2003}", "\u{F0000}"] {
            assert!(!is_ncname(bad), "{bad}");
        }
    }

    #[test]
    fn name_characters_may_begin_with_a_digit() {
        assert!(is_name_chars("1a-b.c_d"));
        for bad in ["", "a b", "a'b", "xpointer(/)", "a%20b", "a/b"] {
            assert!(!is_name_chars(bad), "{bad}");
        }
    }

    #[test]
    fn absolute_uris_have_a_scheme() {
        for good in ["urn:x", "http://a/b", "a+b-c.1:", "mailto:a", "http://a:80/b?c=d;e#f%20g", "urn:#"] {
            assert!(is_absolute_uri(good), "{good}");
        }
        for bad in [
            "",
            "a",
            "../a",
            "a/b:c",
            ":a",
            "1a:b",
            "#a",
            "//host/a",
            "é:a",
            "urn:a b",
            "urn:é",
            "urn:a#b#c",
            "urn:%2",
            "urn:%zz",
            "urn:a\"",
            "urn:<",
            "http://[::1]/",
        ] {
            assert!(!is_absolute_uri(bad), "{bad}");
        }
    }

    #[test]
    fn illegal_characters_are_found_where_they_are() {
        assert_eq!(illegal_character("a\t\r\n\u{7F}\u{FFFD}\u{FEFF}\u{10FFFF}"), None);
        for bad in ["a\0", "a\u{1}", "a\u{B}", "a\u{1F}", "a\u{FFFE}", "a\u{FFFF}"] {
            assert_eq!(illegal_character(bad), Some(1), "{bad:?}");
        }
    }
}
