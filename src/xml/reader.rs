//! A document cut into pieces by quick-xml, which lives in this file and nowhere else: how metadata is read.
//!
//! quick-xml finds where a tag, a comment or a section ends. It is lax on purpose (names, characters, `]]>`, the XML
//! declaration, everything inside a tag), so that each piece is held against XML 1.0 in `token` and by the reader of tags before
//! anybody sees it. A DOCTYPE or a processing instruction is refused on sight, before quick-xml looks inside.
//!
//! `scan` does the same work for messages. The two are each other's oracle: on every document the same tree, or the
//! same error at the same place.

use super::build::Builder;
use super::error::{Fault, Flaw};
use super::token::{Markup, TextForm, Token, declaration};
use super::tree::Span;
use quick_xml::Reader;
use quick_xml::errors::{Error as ReaderError, SyntaxError};
use quick_xml::events::Event;

/// Gives all pieces of a document to its builder.
///
/// The source has no byte order mark and consists of characters that XML allows.
pub(super) fn read(builder: &mut Builder<'_>) -> Result<(), Fault> {
    let mut pieces = Pieces::new(builder.document.source);
    let mut behind = 0;
    while let Some(token) = pieces.next(behind)? {
        behind = builder.token(token)?;
    }
    Ok(())
}

/// Cuts a source into tokens.
struct Pieces<'i> {
    source: &'i str,
    reader: Reader<&'i [u8]>,
}

impl<'i> Pieces<'i> {
    fn new(source: &'i str) -> Self {
        let mut reader = Reader::from_str(source);
        let config = reader.config_mut();
        // The tree compares end tags with the start tags it keeps anyway; a second copy of all names is not needed.
        config.check_end_names = false;
        config.allow_unmatched_ends = true;
        config.trim_markup_names_in_closing_tags = false;
        Self { source, reader }
    }

    /// The next piece, or `None` at the end of the document. `behind` is where the piece before ended, says the builder.
    fn next(&mut self, behind: u32) -> Result<Option<Token>, Fault> {
        let start = self.offset();
        if start != behind {
            // Two opinions on where a piece ends are none.
            return Err(Fault::flaw(Flaw::Tag, behind.min(start)));
        }
        if self.source.as_bytes().get(Span::index(start)) == Some(&b'<') {
            Markup::of(self.source, start)?;
        }
        let event = self.reader.read_event().map_err(|error| fault(&error, start))?;
        let raw = Span::new(start, self.offset());
        match event {
            Event::Start(_) | Event::Empty(_) => Ok(Some(Token::Start { at: start })),
            Event::End(_) => Ok(Some(Token::End { at: start })),
            Event::Text(_) => TextForm::of_text(self.source, raw).map(|form| Some(Token::Text { raw, form })),
            Event::GeneralRef(_) => Token::reference(self.source, raw).map(Some),
            Event::CData(_) => Ok(Some(Token::cdata(self.source, raw))),
            Event::Comment(_) => Token::comment(self.source, raw).map(Some),
            Event::Decl(_) => {
                let text = self.source.get(raw.range()).unwrap_or_default();
                declaration(text).map_err(|kind| Fault::new(kind, start))?;
                self.next(raw.end)
            }
            // Refused on sight.
            Event::PI(_) | Event::DocType(_) => Err(Fault::flaw(Flaw::Markup, start)),
            Event::Eof => Ok(None),
        }
    }

    fn offset(&self) -> u32 {
        u32::try_from(self.reader.buffer_position()).unwrap_or(u32::MAX)
    }
}

fn fault(error: &ReaderError, at: u32) -> Fault {
    let flaw = match error {
        ReaderError::Syntax(SyntaxError::UnclosedComment) => Flaw::Comment,
        ReaderError::Syntax(SyntaxError::UnclosedCData) => Flaw::CData,
        ReaderError::Syntax(SyntaxError::UnclosedXmlDecl | SyntaxError::UnclosedPI) => Flaw::Declaration,
        ReaderError::IllFormed(_) => Flaw::Ampersand,
        _ => Flaw::Tag,
    };
    Fault::flaw(flaw, at)
}
