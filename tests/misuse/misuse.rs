//! Misuses that do not compile, each next to a twin that differs in one line and does.
//!
//! `*.stderr` hold what the compiler says. Where a new compiler words it differently, look that it is still
//! the same error, and record it with `TRYBUILD=overwrite cargo test --test misuse`.
#![allow(clippy::unwrap_used)] // a test may stop where it stands

use std::collections::BTreeMap;

#[test]
fn misuses_do_not_compile_and_their_twins_do() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("*_fails.rs");
    cases.pass("*_compiles.rs");
}

/// What fails, fails for that one line.
#[test]
fn twins_differ_in_one_line() {
    let mut twins: BTreeMap<String, [String; 2]> = BTreeMap::new();
    for entry in std::fs::read_dir(".").unwrap() {
        let path = entry.unwrap().path();
        let stem = path.file_stem().unwrap().to_str().unwrap().to_owned();
        if path.extension().is_none_or(|extension| extension != "rs") {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        if let Some(name) = stem.strip_suffix("_fails") {
            assert!(path.with_extension("stderr").exists(), "{stem} has no recorded message");
            twins.entry(name.to_owned()).or_default()[0] = text;
        } else if let Some(name) = stem.strip_suffix("_compiles") {
            twins.entry(name.to_owned()).or_default()[1] = text;
        }
    }
    assert_eq!(twins.len(), 12);
    for (name, [fails, compiles]) in twins {
        assert_eq!(fails.lines().count(), compiles.lines().count(), "{name}");
        let differ = fails.lines().zip(compiles.lines()).filter(|(one, other)| one != other).count();
        assert_eq!(differ, 1, "{name}");
    }
}
