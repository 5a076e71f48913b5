//! Both scanners on one document: ours, and the one over quick-xml.

use super::{Document, XmlError, XmlLimits};

/// What a document is, both scanners agreeing on every table of it, or on what is wrong with it and where.
pub(crate) fn parse_by_both<'i>(bytes: &'i [u8], limits: &XmlLimits) -> Result<Document<'i>, XmlError> {
    let read = Document::parse(bytes, limits);
    let second = Document::parse_metadata(bytes, limits);
    assert!(read == second, "{}\nby ours: {read:?}\nby quick-xml: {second:?}", String::from_utf8_lossy(bytes));
    read
}
