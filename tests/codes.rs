//! The book lists every code that an error can have, and no other: a code is part of the public interface.
#![allow(clippy::unwrap_used, clippy::panic)] // a test may stop where it stands

use std::collections::BTreeSet;
use std::path::Path;

/// What stands in double quotes inside each `fn code(&self)` of `src/`.
fn in_the_code(folder: &Path, codes: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            in_the_code(&path, codes);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let source = std::fs::read_to_string(&path).unwrap();
            for body in source.split("fn code(&self) -> &'static str {").skip(1) {
                let body = body.split("\n    }\n").next().unwrap();
                codes.extend(body.split('"').skip(1).step_by(2).map(str::to_owned));
            }
        }
    }
}

/// The first column of the tables below the heading "Codes of a login".
fn in_the_book(book: &str) -> BTreeSet<String> {
    let (_, tables) = book.split_once("//! # Codes of a login").unwrap();
    let rows = tables.lines().filter_map(|line| line.strip_prefix("//! | `"));
    let mut codes = BTreeSet::new();
    for row in rows {
        // A cell may name several.
        let cell = row.split(" | ").next().unwrap();
        codes.extend(cell.trim_end_matches('`').split("`, `").map(str::to_owned));
    }
    codes
}

#[test]
fn the_book_lists_every_code_and_no_other() {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut code = BTreeSet::new();
    in_the_code(&repository.join("src"), &mut code);
    let book = in_the_book(&std::fs::read_to_string(repository.join("src/manual/checks.rs")).unwrap());
    assert!(code.len() > 100, "only {} codes were found", code.len());
    let missing: Vec<_> = code.difference(&book).collect();
    let gone: Vec<_> = book.difference(&code).collect();
    assert!(missing.is_empty() && gone.is_empty(), "not in the book: {missing:?}; not in the code: {gone:?}");
}
