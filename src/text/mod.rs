//! Floor 0: text and numbers as they stand on the wire.

pub(crate) mod base64;
pub(crate) mod deflate;
pub(crate) mod instant;
pub(crate) mod personal;
pub(crate) mod quoted;
pub(crate) mod shared;
pub(crate) mod whitespace;
pub(crate) mod whose;

use std::fmt::Write as _;

/// What a value displays, in one allocation where so many bytes are enough.
pub(crate) fn displayed(value: &impl std::fmt::Display, room: usize) -> String {
    let mut text = String::with_capacity(room);
    _ = write!(text, "{value}");
    text
}
