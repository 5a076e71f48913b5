//! Secure Share, part by part, without a browser.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test may stop where it stands

mod app;
#[path = "../browser/mod.rs"]
mod browser;

mod test_idp;
