//! Every check of the table: what it rejects, with both sides of the comparison, and the last value that passes.
//!
//! Tests carry the ids of the conformance documents where one applies.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test may stop where it stands

#[path = "../world/mod.rs"]
mod world;

mod asked;
mod assertion;
mod attributes;
mod configured;
mod confirmation;
mod envelope;
mod mapped;
mod parts;
mod pending;
mod replay;
mod stored;
mod tenants;

use world::World;

/// The rows, each with the test file that rejects by it. A row without tests, or a test without its row, fails here.
const ROWS: &[(&str, &str)] = &[
    ("version", include_str!("envelope.rs")),
    ("issuer", include_str!("envelope.rs")),
    ("destination", include_str!("envelope.rs")),
    ("in-response-to", include_str!("envelope.rs")),
    ("status", include_str!("envelope.rs")),
    ("assertion-issuer", include_str!("assertion.rs")),
    ("issue-instant", include_str!("assertion.rs")),
    ("confirmation-method", include_str!("confirmation.rs")),
    ("confirmation-recipient", include_str!("confirmation.rs")),
    ("confirmation-window", include_str!("confirmation.rs")),
    ("confirmation-in-response-to", include_str!("confirmation.rs")),
    ("conditions-window", include_str!("assertion.rs")),
    ("audience", include_str!("assertion.rs")),
    ("unknown-condition", include_str!("assertion.rs")),
    ("authn-statement", include_str!("assertion.rs")),
    ("authn-instant", include_str!("asked.rs")),
    ("authn-context", include_str!("asked.rs")),
    ("session-expiry", include_str!("assertion.rs")),
    ("name-id-policy", include_str!("asked.rs")),
    ("subject-match", include_str!("asked.rs")),
];

/// The row that passes everything: the replay record answers for it.
const NEVER_REJECTS: &str = "one-time-use";

#[test]
fn every_row_of_the_table_has_its_tests() {
    let rejected = World::new().answered(|answer| answer.version = "1.1".to_owned()).unwrap_err();
    let table: Vec<&str> = rejected.report.findings().iter().map(|finding| finding.check).collect();
    let tested: Vec<&str> = ROWS.iter().map(|(row, _)| *row).chain([NEVER_REJECTS]).collect();
    assert_eq!(table, tested);
    for (row, tests) in ROWS {
        assert!(tests.contains(&format!("\"{row}\"")), "no test rejects by {row}");
    }
    for finding in rejected.report.findings() {
        assert!(!finding.cites.is_empty());
    }
}

#[test]
fn a_report_shows_every_row() {
    let rejected = World::new().answered(|answer| {
        answer.version = "1.1".to_owned();
        answer.audience_restrictions.clear();
    });
    let report = rejected.unwrap_err().report.to_string();
    assert!(report.starts_with("judged at 2026-01-15T12:00:00Z\nrefused: audience-missing\n"), "{report}");
    for line in ["FAIL     version (core 3.2.2; unsigned)", "FAIL     audience (", "pass     issue-instant: "] {
        assert!(report.contains(line), "{report}");
    }
}
