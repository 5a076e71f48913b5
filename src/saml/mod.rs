//! Floor 4: SAML messages as values.

pub(crate) mod ids;
pub(crate) mod metadata;
pub(crate) mod urn;
