//! Writing XML: the only way to a message, so that nothing reaches one without being escaped.

use super::characters::{find, is_char};
use super::fragment::Fragment;

/// Writes one document, piece by piece, in canonical spelling: start and end tags, double quotes, and the escapes of
/// Canonical XML 1.0 (2.3).
///
/// Names are constants of this library, values are anybody's. A mistake is kept and reported once, by
/// [`finish`](Self::finish).
#[derive(Debug, Default)]
pub(crate) struct Writer {
    out: String,
    open: Vec<&'static str>,
    /// The last start tag still takes attributes: its `>` is not written yet.
    in_tag: bool,
    default_namespace: bool,
    error: Option<WriteError>,
}

/// Why a document could not be written.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum WriteError {
    /// A value has a character that XML cannot carry, not even by reference.
    #[error("U+{character:04X} in {within} cannot be written in XML")]
    Character { character: u32, within: &'static str },
    /// A fragment relies on having no default namespace where one is declared.
    #[error("the fragment does not declare its default namespace")]
    Fragment,
    /// Our own mistake: an attribute outside a start tag, or tags that do not match.
    #[error("tags and attributes were written in an impossible order at {within}")]
    Order { within: &'static str },
}

/// Room for an AuthnRequest; whatever is longer grows.
const REQUEST: usize = 1024;

impl Writer {
    pub(crate) fn new() -> Self {
        Self { out: String::with_capacity(REQUEST), ..Self::default() }
    }

    /// A start tag.
    pub(crate) fn open(&mut self, name: &'static str) -> &mut Self {
        self.end_tag_start();
        if self.open.is_empty() && !self.out.is_empty() {
            self.fail(WriteError::Order { within: name });
        }
        self.out.push('<');
        self.out.push_str(name);
        self.open.push(name);
        self.in_tag = true;
        self
    }

    /// An attribute, or a namespace declaration, of the start tag just opened.
    pub(crate) fn attribute(&mut self, name: &'static str, value: &str) -> &mut Self {
        if !self.in_tag {
            self.fail(WriteError::Order { within: name });
            return self;
        }
        self.check(value, name);
        self.default_namespace |= name == "xmlns" && !value.is_empty();
        self.out.push(' ');
        self.out.push_str(name);
        self.out.push_str("=\"");
        escape_attribute(value, |piece| self.out.push_str(piece));
        self.out.push('"');
        self
    }

    /// An attribute, if there is a value.
    pub(crate) fn optional(&mut self, name: &'static str, value: Option<&str>) -> &mut Self {
        match value {
            Some(value) => self.attribute(name, value),
            None => self,
        }
    }

    /// Character data.
    pub(crate) fn text(&mut self, text: &str) -> &mut Self {
        self.end_tag_start();
        let Some(within) = self.open.last().copied() else {
            self.fail(WriteError::Order { within: "text" });
            return self;
        };
        self.check(text, within);
        escape_text(text, |piece| self.out.push_str(piece));
        self
    }

    /// An element given as XML by the caller.
    pub(crate) fn fragment(&mut self, fragment: &Fragment) -> &mut Self {
        self.end_tag_start();
        if self.open.is_empty() {
            self.fail(WriteError::Order { within: "fragment" });
        }
        if self.default_namespace && !fragment.declares_default() {
            self.fail(WriteError::Fragment);
        }
        self.out.push_str(fragment.as_str());
        self
    }

    /// The end tag of the innermost open element.
    pub(crate) fn close(&mut self) -> &mut Self {
        self.end_tag_start();
        match self.open.pop() {
            Some(name) => {
                self.out.push_str("</");
                self.out.push_str(name);
                self.out.push('>');
            }
            None => self.fail(WriteError::Order { within: "close" }),
        }
        self
    }

    /// The document, or the first mistake.
    pub(crate) fn finish(self) -> Result<String, WriteError> {
        if let Some(error) = self.error {
            return Err(error);
        }
        match self.open.last() {
            Some(name) => Err(WriteError::Order { within: name }),
            None if self.out.is_empty() => Err(WriteError::Order { within: "finish" }),
            None => Ok(self.out),
        }
    }

    fn end_tag_start(&mut self) {
        if self.in_tag {
            self.out.push('>');
            self.in_tag = false;
        }
    }

    fn check(&mut self, value: &str, within: &'static str) {
        // Without a branch for each byte: nearly always there is nothing but printable ASCII.
        let odd = value.bytes().fold(false, |odd, byte| odd | !matches!(byte, b' '..=b'~'));
        if odd && let Some(character) = value.chars().find(|c| !is_char(*c)) {
            self.fail(WriteError::Character { character: character.into(), within });
        }
    }

    fn fail(&mut self, error: WriteError) {
        self.error.get_or_insert(error);
    }
}

/// Text as canonical XML writes it (Canonical XML 1.0, 2.3), in pieces.
pub(crate) fn escape_text(text: &str, out: impl FnMut(&str)) {
    escape(text, (*b"&<>\r", 0), out, |byte| match byte {
        b'&' => Some("&amp;"),
        b'<' => Some("&lt;"),
        b'>' => Some("&gt;"),
        b'\r' => Some("&#xD;"),
        _ => None,
    });
}

/// An attribute value as canonical XML writes it (Canonical XML 1.0, 2.3), in pieces.
pub(crate) fn escape_attribute(value: &str, out: impl FnMut(&str)) {
    escape(value, (*b"&<\"", b' '), out, |byte| match byte {
        b'&' => Some("&amp;"),
        b'<' => Some("&lt;"),
        b'"' => Some("&quot;"),
        b'\t' => Some("&#x9;"),
        b'\n' => Some("&#xA;"),
        b'\r' => Some("&#xD;"),
        _ => None,
    });
}

/// Stops at bytes that are one of `wanted` or less than `below`, and asks for each what it becomes.
fn escape<const N: usize>(
    text: &str,
    (wanted, below): ([u8; N], u8),
    mut out: impl FnMut(&str),
    escaped: impl Fn(u8) -> Option<&'static str>,
) {
    let (mut written, mut at) = (0, 0_usize);
    while let Some(length) = find(text.as_bytes().get(at..).unwrap_or_default(), wanted, below) {
        at = at.saturating_add(length);
        if let Some(replacement) = text.as_bytes().get(at).copied().and_then(&escaped) {
            out(text.get(written..at).unwrap_or_default());
            out(replacement);
            written = at.saturating_add(1);
        }
        at = at.saturating_add(1);
    }
    out(text.get(written..).unwrap_or_default());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_is_escaped() {
        let mut writer = Writer::new();
        writer.open("a").attribute("b", "<&>\"'\t\n\r é").optional("c", None).optional("d", Some(""));
        writer.text("<&>\"'\t\n\r é").open("e").close().close();
        let expected = "<a b=\"&lt;&amp;>&quot;'&#x9;&#xA;&#xD; é\" d=\"\">&lt;&amp;&gt;\"'\t\n&#xD; é<e></e></a>";
        assert_eq!(writer.finish().unwrap(), expected);
    }

    #[test]
    fn what_is_escaped_is_escaped_wherever_it_stands() {
        for (length, at) in (0..20).flat_map(|length| (0..length).map(move |at| (length, at))) {
            for (character, in_text, in_value) in [
                ("&", "&amp;", "&amp;"),
                ("<", "&lt;", "&lt;"),
                (">", "&gt;", ">"),
                ("\"", "\"", "&quot;"),
                ("\t", "\t", "&#x9;"),
                ("\n", "\n", "&#xA;"),
                ("\r", "&#xD;", "&#xD;"),
                ("\u{1}", "\u{1}", "\u{1}"),
                ("\u{FF26}", "\u{FF26}", "\u{FF26}"),
            ] {
                let around = |middle: &str| format!("{}{middle}{middle}{}", "é".repeat(at), "n".repeat(length - at));
                let (mut text, mut value) = (String::new(), String::new());
                escape_text(&around(character), |piece| text.push_str(piece));
                escape_attribute(&around(character), |piece| value.push_str(piece));
                assert_eq!((text, value), (around(in_text), around(in_value)));
            }
        }
    }

    #[test]
    fn a_character_xml_cannot_carry_is_reported_by_finish() {
        let mut writer = Writer::new();
        writer.open("a").attribute("b", "x\u{0}").text("\u{FFFE}").close();
        assert_eq!(writer.finish(), Err(WriteError::Character { character: 0, within: "b" }));
    }

    #[test]
    fn impossible_orders_are_reported() {
        let broken: [fn(&mut Writer); 6] = [
            |_| {},
            |w| _ = w.open("a"),
            |w| _ = w.open("a").close().close(),
            |w| _ = w.open("a").close().open("b").close(),
            |w| _ = w.open("a").text("").attribute("b", "").close(),
            |w| _ = w.text("a").open("a").close(),
        ];
        for write in broken {
            let mut writer = Writer::new();
            write(&mut writer);
            assert!(matches!(writer.finish(), Err(WriteError::Order { .. })));
        }
    }
}
