//! Character classes of XML 1.0 (fifth edition) and Namespaces in XML 1.0.

use super::tree::Span;

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
    const ASCII: [bool; 256] = table(b"_-.:");
    let ascii = |byte: u8| ASCII.get(usize::from(byte)).copied().unwrap_or_default();
    !text.is_empty() && (text.bytes().all(ascii) || text.chars().all(is_name_character))
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

/// What one look at a whole document shows.
pub(super) struct Survey {
    /// The byte offset of the first character that production `Char` forbids.
    pub(super) illegal_character: Option<usize>,
    /// How often `<` occurs.
    pub(super) tags: usize,
    /// How often `=` occurs.
    pub(super) equals: usize,
}

/// One pass settles the characters of names, text, values and comments alike, and counts what tables are made for.
///
/// The bytes of UTF-8 are enough: surrogates cannot occur, so only the C0 controls and U+FFFE, U+FFFF (EF BF BE, EF BF BF)
/// are left. In pieces that are short enough for eight-bit sums, and whole for vector units, which add sixteen at a time. Most
/// documents are of ASCII and have no control character but LF, which one signed comparison tells; others are looked at again.
pub(super) fn survey(text: &str) -> Survey {
    const PIECE: usize = 128;
    let (mut suspicious, mut tags, mut equals) = (0, 0_usize, 0_usize);
    let mut look = |piece: &[u8]| {
        let (mut less_than, mut equal) = (0_u8, 0_u8);
        for byte in piece {
            suspicious |= u8::from((byte.cast_signed() < 0x20) & (*byte != b'\n'));
            less_than = less_than.wrapping_add(u8::from(*byte == b'<'));
            equal = equal.wrapping_add(u8::from(*byte == b'='));
        }
        tags = usize::from(less_than).saturating_add(tags);
        equals = usize::from(equal).saturating_add(equals);
    };
    let (pieces, rest) = text.as_bytes().as_chunks::<PIECE>();
    pieces.iter().for_each(|piece| look(piece));
    look(rest);
    let forbidden = |byte: u8| ((byte < b' ') & !is_space(byte)) | (byte == 0xEF);
    let illegal = suspicious != 0 && text.bytes().fold(false, |found, byte| found | forbidden(byte));
    let at = || text.char_indices().find(|(_, c)| !is_char(*c)).map(|(at, _)| at);
    Survey { illegal_character: if illegal { at() } else { None }, tags, equals }
}

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x8080_8080_8080_8080;

/// What stands behind a place in a document.
pub(super) fn behind(source: &str, at: u32) -> &[u8] {
    source.as_bytes().get(Span::index(at)..).unwrap_or_default()
}

/// Where the first byte is that is one of `wanted`, which are ASCII, or less than `below`, which is at most 128.
///
/// Eight bytes are looked at at once, in one integer (the classic test for a zero byte): what it finds beyond the first hit may be
/// wrong, the first hit never is.
#[inline]
pub(super) fn find<const N: usize>(bytes: &[u8], wanted: [u8; N], below: u8) -> Option<usize> {
    let (words, tail) = bytes.as_chunks::<8>();
    for (word, at) in words.iter().zip((0..).step_by(8)) {
        let word = u64::from_le_bytes(*word);
        let mut hits = word.wrapping_sub(ONES * u64::from(below));
        for byte in wanted {
            hits |= (word ^ (ONES * u64::from(byte))).wrapping_sub(ONES);
        }
        // A byte beyond ASCII is none of them.
        let hits = hits & !word & HIGH;
        if hits != 0 {
            return Some(at + Span::index(hits.trailing_zeros() / 8));
        }
    }
    let at = tail.iter().position(|byte| wanted.contains(byte) || *byte < below)?;
    Some(bytes.len() - tail.len() + at)
}

/// The same in a document, from a place on.
#[inline]
pub(super) fn find_from<const N: usize>(source: &str, from: u32, wanted: [u8; N], below: u8) -> Option<u32> {
    find(behind(source, from), wanted, below).map(|length| from + Span::offset(length))
}

/// The offset behind an NCName of ASCII characters that begins at a place; none where there is none.
///
/// Eight bytes are looked at at once, for letters, of which most names are made; what else a name may have goes by a table.
pub(super) fn ascii_ncname_end(bytes: &[u8], from: u32) -> Option<u32> {
    const ALL: [bool; 256] = table(b"_-.");
    let rest = bytes.get(Span::index(from)..)?;
    let first = rest.first()?;
    if !first.is_ascii_alphabetic() && *first != b'_' {
        return None;
    }
    let mut end = from;
    for word in rest.as_chunks::<8>().0 {
        let word = u64::from_le_bytes(*word);
        // Each byte in lower case and below 128: a sum reaches the high bit from `a` on, the other from behind `z` on.
        let lower = (word & !HIGH) | (ONES * 0x20);
        let letters = (lower + ONES * (0x80 - 0x61)) & !(lower + ONES * (0x80 - 0x7B)) & !word & HIGH;
        if letters != HIGH {
            end += (letters ^ HIGH).trailing_zeros() / 8;
            break;
        }
        end += 8;
    }
    let in_name = |byte: &u8| ALL.get(usize::from(*byte)).copied().unwrap_or_default();
    while bytes.get(Span::index(end)).is_some_and(in_name) {
        end += 1;
    }
    Some(end)
}

/// Whether two names are equal, eight bytes at a time: names are short, and the call that `==` becomes takes longer for them.
///
/// Not inlined: the callers are many, and all of them lose more by their size than the call costs.
#[inline(never)]
pub(super) fn same(a: &[u8], b: &[u8]) -> bool {
    fn words(text: &[u8]) -> impl Iterator<Item = u64> {
        text.as_chunks::<8>().0.iter().map(|word| u64::from_le_bytes(*word))
    }
    if a.len() != b.len() {
        return false;
    }
    match (a.last_chunk::<8>(), b.last_chunk::<8>()) {
        (Some(last), Some(other)) => u64::from_le_bytes(*last) == u64::from_le_bytes(*other) && words(a).eq(words(b)),
        _ => a.iter().zip(b).all(|(a, b)| a == b),
    }
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
    if text.bytes().all(is_uri_byte) {
        return true;
    }
    let mut pieces = text.split('%');
    let plain = |piece: &str| piece.bytes().all(is_uri_byte);
    pieces.next().is_none_or(plain)
        && pieces
            .all(|piece| plain(piece) && piece.len() >= 2 && piece.bytes().take(2).all(|byte| byte.is_ascii_hexdigit()))
}

fn is_uri_byte(byte: u8) -> bool {
    const ALL: [bool; 256] = table(b"-._~:/?@!$'()*+,;=");
    ALL.get(usize::from(byte)).copied().unwrap_or_default()
}

/// ASCII letters, digits, and what else is given, by byte.
#[expect(clippy::as_conversions, clippy::indexing_slicing, reason = "at compile time, where a wrong index is an error")]
const fn table(beside: &[u8]) -> [bool; 256] {
    let mut all = [false; 256];
    let mut byte = 0_u8;
    while byte < 128 {
        all[byte as usize] = byte.is_ascii_alphanumeric();
        byte += 1;
    }
    let mut index = 0;
    while index < beside.len() {
        all[beside[index] as usize] = true;
        index += 1;
    }
    all
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
        assert!(is_name_chars("1a-b.c_d:e"));
        for bad in ["", "a b", "a'b", "xpointer(/)", "a%20b", "a/b"] {
            assert!(!is_name_chars(bad), "{bad}");
        }
    }

    /// Each range of the productions: its ends belong to it, and what stands beside them does not.
    #[test]
    fn ranges_end_where_xml_ends_them() {
        let start = [
            ('A', 'Z'),
            ('a', 'z'),
            ('\u{C0}', '\u{D6}'),
            ('\u{D8}', '\u{F6}'),
            ('\u{F8}', '\u{2FF}'),
            ('\u{370}', '\u{37D}'),
            ('\u{37F}', '\u{1FFF}'),
            ('\u{200C}', '\u{200D}'),
            ('\u{2070}', '\u{218F}'),
            ('\u{2C00}', '\u{2FEF}'),
            ('\u{3001}', '\u{D7FF}'),
            ('\u{F900}', '\u{FDCF}'),
            ('\u{FDF0}', '\u{FFFD}'),
            ('\u{10000}', '\u{EFFFF}'),
        ];
        let follow = [('0', '9'), ('-', '.'), ('\u{B7}', '\u{B7}'), ('\u{300}', '\u{36F}'), ('\u{203F}', '\u{2040}')];
        let within = |ranges: &[(char, char)], c| ranges.iter().any(|(first, last)| (*first..=*last).contains(&c));
        for (first, last) in start.iter().chain(&follow) {
            let beside = [u32::from(*first) - 1, u32::from(*last) + 1].map(char::from_u32);
            for c in [Some(*first), Some(*last)].into_iter().chain(beside).flatten() {
                let begins = within(&start, c) || c == '_';
                assert_eq!(is_ncname(&c.to_string()), begins, "{c:?}");
                assert_eq!(is_ncname(&format!("a{c}")), begins || within(&follow, c), "{c:?}");
            }
        }
    }

    /// Against the production itself, each ASCII character at each place of names of several lengths.
    #[test]
    fn names_of_ascii_end_where_they_end() {
        for length in 0..20 {
            for (at, byte) in (0..=length).flat_map(|at| (0..128_u8).map(move |byte| (at, byte))) {
                let mut text = "n".repeat(length + 9);
                text.replace_range(at..=at, &char::from(byte).to_string());
                let end = (0..=text.len()).rev().find(|end| is_ncname(&text[..*end])).map(Span::offset);
                assert_eq!(ascii_ncname_end(text.as_bytes(), 0), end, "{text:?}");
            }
        }
        assert_eq!(ascii_ncname_end("abcdefg\u{e9}h".as_bytes(), 0), Some(7));
        assert_eq!(ascii_ncname_end(b"<a-1.b_c:d", 1), Some(8));
        assert_eq!(ascii_ncname_end(b"a", 1), None);
    }

    #[test]
    fn absolute_uris_have_a_scheme() {
        for good in [
            "urn:-._~:/?@!$'()*+,;=",
            "urn:x",
            "http://a/b",
            "a+b-c.1:",
            "mailto:a",
            "http://a:80/b?c=d;e#f%20g",
            "urn:#",
        ] {
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
    fn the_first_byte_is_found_wherever_it_stands() {
        for length in 0..40 {
            for at in 0..length {
                for (hit, other) in
                    [(b'<', b'a'), (b'&', b'%'), (b'\n', b' '), (b'<', 0xFF), (b'&', 0x80), (b'\t', b'=')]
                {
                    let mut bytes = vec![other; length];
                    assert_eq!(find(&bytes, [b'<', b'&'], b' '), None);
                    bytes[at] = hit;
                    assert_eq!(find(&bytes, [b'<', b'&'], b' '), Some(at), "{hit} among {other}, {at} of {length}");
                    bytes[at..].fill(hit);
                    assert_eq!(find(&bytes, [b'<', b'&'], b' '), Some(at));
                }
            }
        }
        let all: Vec<u8> = (0..=255).rev().collect();
        assert_eq!(find(&all, [b'='], 0), Some(usize::from(255 - b'=')));
        assert_eq!(find(&all, [], 0), None);
    }

    #[test]
    fn texts_are_the_same_when_all_their_bytes_are() {
        for length in 0..40 {
            let text = "n".repeat(length);
            assert!(same(text.as_bytes(), text.clone().as_bytes()));
            assert!(!same(text.as_bytes(), "n".repeat(length + 1).as_bytes()), "{length} and one more");
            for at in 0..length {
                let mut other = text.clone();
                other.replace_range(at..=at, "o");
                assert!(!same(text.as_bytes(), other.as_bytes()), "{at} of {length}");
            }
        }
    }

    #[test]
    fn every_mark_is_counted() {
        for length in [0, 1, 127, 128, 129, 1000] {
            let counted = survey(&"<=<".repeat(length));
            assert_eq!((counted.tags, counted.equals), (2 * length, length));
        }
    }

    #[test]
    fn illegal_characters_are_found_where_they_are() {
        let illegal_character = |text: &str| survey(text).illegal_character;
        assert_eq!(illegal_character("a\t\r\n\u{7F}\u{FFFD}\u{FEFF}\u{10FFFF}"), None);
        for bad in ["a\0", "a\u{1}", "a\u{B}", "a\u{1F}", "a\u{FFFE}", "a\u{FFFF}"] {
            assert_eq!(illegal_character(bad), Some(1), "{bad:?}");
        }
    }
}
