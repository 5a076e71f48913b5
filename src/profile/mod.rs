//! Floor 5: the profiles. What a service provider does with messages, step by step.

pub(crate) mod discovery;
pub(crate) mod login;
pub(crate) mod logout;
pub(crate) mod outbound;
pub(crate) mod outstanding;
pub(crate) mod replay;
pub(crate) mod return_to;
pub(crate) mod seal;
pub(crate) mod settings;
pub(crate) mod signing;
