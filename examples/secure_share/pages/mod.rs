//! The pages. Whatever is foreign is escaped by `html!`.

pub(crate) mod admin;
pub(crate) mod layout;
pub(crate) mod share;
