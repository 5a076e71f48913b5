//! Our own metadata, part by part: what is written, what is refused, and that it says what the configuration does.
//!
//! The whole document is judged by others as well: tests/emitted.rs writes it, tests/interop/judge_emitted.sh has the judges.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test may stop where it stands

mod configured;
mod described;
mod everything;
#[path = "../keys/mod.rs"]
mod keys;
mod odd;
mod signed;

use chrono::{DateTime, Utc};
use saml_sp::{Clock, ServiceProvider, ServiceProviderBuilder, ServiceProviderMetadata, UiInfo, Whose};

const SP: &str = "https://app.example.com/saml";
const ACS: &str = "https://app.example.com/saml/acs";

fn now() -> DateTime<Utc> {
    "2026-01-15T12:00:00Z".parse().unwrap()
}

fn builder() -> ServiceProviderBuilder {
    ServiceProvider::builder(SP, ACS).clock(Clock::Fixed(now()))
}

fn metadata() -> ServiceProviderMetadata {
    builder().build().unwrap().metadata()
}

/// What is between these two, at their first place.
#[track_caller]
fn between<'x>(xml: &'x str, from: &str, to: &str) -> &'x str {
    let (_, rest) = xml.split_once(from).unwrap_or_else(|| panic!("no {from} in {xml}"));
    rest.split_once(to).unwrap_or_else(|| panic!("no {to} after {from} in {xml}")).0
}

/// The Algorithm of each element of this name.
fn algorithms<'x>(xml: &'x str, element: &str) -> Vec<&'x str> {
    xml.split(&format!("<{element} ")).skip(1).map(|rest| between(rest, "Algorithm=\"", "\"")).collect()
}

#[track_caller]
fn refused(metadata: &ServiceProviderMetadata, code: &str, shows: &[&str]) {
    let error = metadata.to_xml().map_or_else(|error| error, |xml| panic!("published: {xml}"));
    assert_eq!((error.code(), error.whose()), (code, Whose::Application), "{error}");
    let text = error.to_string();
    for part in shows {
        assert!(text.contains(part), "no {part} in {text}");
    }
    assert!(!error.hint().is_empty());
}

fn ui_info() -> UiInfo {
    UiInfo::new()
        .display_name("en", "Example <Cloud> & \"Söhne\"")
        .display_name("de", "Beispielwolke")
        .description("en", "Keeps\nthings.")
        .keywords("en", ["cloud", "two words"])
        .logo("https://app.example.com/logo.png?a=1&b=2", 120, 60)
        .logo_in("de", "data:image/png;base64,iVBORw0KGgo=", 16, 16)
        .information_url("en", "http://app.example.com/about#us")
        .privacy_statement_url("en", "https://app.example.com/privacy")
}
