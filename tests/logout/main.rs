//! Single logout, from the outside: what applications call, with the identity provider in memory at the other end.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test may stop where it stands

#[path = "../keys/mod.rs"]
mod keys;
#[path = "../world/mod.rs"]
mod world;

mod configured;
mod inbound;
mod outbound;
mod query;
mod stage;
mod stored;
mod test_idp;
