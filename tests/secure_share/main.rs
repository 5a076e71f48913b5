//! Secure Share without a browser: its pages over loopback, and its parts.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test may stop where it stands

// The application's own modules stand where they stand there.
#[path = "../../examples/secure_share/app.rs"]
mod app;
#[path = "../../examples/secure_share/database.rs"]
mod database;
#[path = "../../examples/secure_share/fetch.rs"]
mod fetch;
#[path = "../../examples/secure_share/keys.rs"]
mod keys;
#[path = "../../examples/secure_share/options.rs"]
mod options;
#[path = "../../examples/secure_share/pages/mod.rs"]
mod pages;
#[path = "../../examples/secure_share/providers.rs"]
mod providers;
#[path = "../../examples/secure_share/records/mod.rs"]
mod records;
#[path = "../../examples/secure_share/sso.rs"]
mod sso;
#[path = "../../examples/secure_share/test_idp.rs"]
mod test_idp;
#[path = "../../examples/secure_share/trace.rs"]
mod trace;
#[path = "../../examples/secure_share/wiki.rs"]
mod wiki;

mod administrators;
mod attacks;
mod bad_input;
#[path = "../browser/mod.rs"]
mod browser;
mod site;
mod stores;
mod test_provider;
mod visitors;
