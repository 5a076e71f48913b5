//! Floor 0: text and numbers as they stand on the wire.

pub(crate) mod whose;
