//! Diagnosis: what an administrator reads who sets up single sign-on.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test may stop where it stands

mod inspect;
#[path = "../keys/mod.rs"]
mod keys;
mod pains;
mod report;
#[path = "../world/mod.rs"]
mod world;
