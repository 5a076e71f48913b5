//! The identity provider in memory in the likeness of each product, as they come: each signs its user in under the default policy, or is refused with advice that
//! names its own setting. What the imitations imitate is asserted too, for a habit that is not in the message proves nothing.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test may stop where it stands

#[path = "../keys/mod.rs"]
mod keys;

mod habits;
mod logins;
mod logouts;
mod refused;
mod single;
mod stage;
