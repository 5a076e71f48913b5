//! Floor 4: SAML messages as values.

pub(crate) mod metadata;
