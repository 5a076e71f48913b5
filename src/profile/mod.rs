//! Floor 5: the profiles. What a service provider does with messages, step by step.

pub(crate) mod login;
pub(crate) mod signing;
