//! Floor 0: text and numbers as they stand on the wire.

pub(crate) mod base64;
pub(crate) mod deflate;
pub(crate) mod instant;
pub(crate) mod personal;
pub(crate) mod quoted;
pub(crate) mod shared;
pub(crate) mod whitespace;
pub(crate) mod whose;
