//! Where canonical bytes go: as few, long copies of the source as possible, and bounded.

use super::C14nError;
use crate::xml::{escape_attribute, escape_text, work};
use std::ops::Range;

/// Output may be so many times the document's length, plus [`MARGIN`] bytes. Real signed elements stay below twice
/// the document: the worst genuine case is a list of short attribute values that each repeat the declaration of `xsi`.
const FACTOR: usize = 4;
const MARGIN: usize = 16 * 1024;

/// Collects canonical bytes; what stands together in the source is copied together.
pub(super) struct Sink<'a> {
    source: &'a str,
    pub(super) out: &'a mut Vec<u8>,
    /// Bytes of the source that are to be copied next.
    pending: Range<usize>,
    limit: usize,
    left: usize,
}

impl<'a> Sink<'a> {
    pub(super) fn new(source: &'a str, out: &'a mut Vec<u8>) -> Self {
        let limit = source.len().saturating_mul(FACTOR).saturating_add(MARGIN);
        Self { source, out, pending: 0..0, limit, left: limit }
    }

    /// Bytes of the source as they stand.
    pub(super) fn copy(&mut self, range: Range<usize>) -> Result<(), C14nError> {
        if self.pending.end == range.start {
            self.pending.end = range.end;
            return Ok(());
        }
        self.flush()?;
        self.pending = range;
        Ok(())
    }

    pub(super) fn write(&mut self, text: &str) -> Result<(), C14nError> {
        self.flush()?;
        self.append(text)
    }

    pub(super) fn text(&mut self, text: &str) -> Result<(), C14nError> {
        self.flush()?;
        let mut result = Ok(());
        escape_text(text, |piece| result = std::mem::replace(&mut result, Ok(())).and_then(|()| self.append(piece)));
        result
    }

    /// ` prefix:local="value"`; either part of the name may be empty.
    pub(super) fn attribute(&mut self, prefix: &str, local: &str, value: &str) -> Result<(), C14nError> {
        self.write(" ")?;
        self.qname(prefix, local)?;
        self.write("=\"")?;
        let mut result = Ok(());
        escape_attribute(value, |piece| {
            result = std::mem::replace(&mut result, Ok(())).and_then(|()| self.append(piece))
        });
        result?;
        self.write("\"")
    }

    pub(super) fn qname(&mut self, prefix: &str, local: &str) -> Result<(), C14nError> {
        self.write(prefix)?;
        if !prefix.is_empty() && !local.is_empty() {
            self.write(":")?;
        }
        self.write(local)
    }

    /// What is still to be copied; the last call.
    pub(super) fn flush(&mut self) -> Result<(), C14nError> {
        let range = std::mem::replace(&mut self.pending, 0..0);
        if range.is_empty() {
            return Ok(());
        }
        self.append(self.source.get(range).unwrap_or_default())
    }

    fn append(&mut self, text: &str) -> Result<(), C14nError> {
        self.left = self.left.checked_sub(text.len()).ok_or(C14nError::TooLarge { limit: self.limit })?;
        work::count(text.len());
        if self.out.capacity().saturating_sub(self.out.len()) < text.len() {
            // Doubled as usual, but never beyond what may be written.
            self.out.reserve_exact(self.out.len().max(text.len()).min(text.len().saturating_add(self.left)));
        }
        self.out.extend_from_slice(text.as_bytes());
        Ok(())
    }
}
