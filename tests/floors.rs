//! The floors of the house, guarded: a room uses the floors below it, never one above, and its neighbours only where
//! [`NEIGHBOURS`] says so. Reads every `crate::…` and `super::…` path of `src/`, and fails with the two file names.
//!
//! Test code may look anywhere: what stands under `#[cfg(test)]` is not read. Also here: which words may stand where
//! (`unsafe`, the XML tokenizer, the crypto backend).
#![allow(clippy::unwrap_used, clippy::panic)] // a test may stop where it stands

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// The rooms by floor, in half steps: `error` stands between 4 and 5, because it knows the rooms up to `saml` and
/// `profile` speaks it.
const FLOORS: &[(&str, u8)] = &[
    ("few", 0),
    ("text", 0),
    ("limits", 0),
    ("xml", 10),
    ("c14n", 20),
    ("crypto", 20),
    ("dsig", 30),
    ("xmlenc", 30),
    ("binding", 40),
    ("saml", 40),
    ("error", 45),
    ("profile", 50),
    ("sp", 60),
    ("sp_metadata", 60),
    ("idp", 60),
    ("identity", 60),
    ("session", 60),
    ("testing", 70),
    ("fuzzing", 70),
    ("manual", 70),
];

/// Who may look at a neighbour, and at what: `(from, target)`, where the target is a path below the crate.
const NEIGHBOURS: &[(&str, &str)] = &[
    // A decrypted element is written canonical into the octets that carried its ciphertext: the second constructor of
    // SignedOctets. The third and last is the message of a query whose signature verified (dsig::query).
    ("xmlenc", "dsig::SignedOctets"),
    // The facade is one room in five files.
    ("sp", "sp_metadata"),
    ("sp", "idp"),
    ("sp", "identity"),
    ("sp", "session"),
    ("identity", "session"),
];

/// `(word, where it may stand)`: path prefixes below the repository; comments, strings and tests do not count.
const WORDS: &[(&str, &[&str])] = &[
    ("quick_xml", &["src/xml/reader.rs"]),
    ("aws_lc_rs", &["src/crypto/"]),
    ("aws_lc_sys", &["src/crypto/oaep.rs"]),
    ("unsafe", UNSAFE),
    ("libxml", XMLSEC),
    ("xmlsec", &["src/dsig/"]),
];

/// The files that may hold `unsafe`.
const UNSAFE: &[&str] = &["src/crypto/oaep.rs", "src/dsig/xmlsec.rs"];

/// The engine on libxmlsec1.
const XMLSEC: &[&str] = &["src/dsig/xmlsec.rs"];

#[test]
fn nobody_looks_up() {
    let house = House::read(&repository().join("src"));
    assert!(house.files.len() > 10, "only {} files under src: the walk is broken", house.files.len());
    let trespasses = house.trespasses();
    assert!(trespasses.is_empty(), "{} path(s) leave their floor:\n{}", trespasses.len(), trespasses.join("\n"));
}

#[test]
fn every_room_has_a_floor() {
    let house = House::read(&repository().join("src"));
    let homeless: Vec<_> = house.rooms().into_iter().filter(|room| floor(room).is_none()).collect();
    assert!(homeless.is_empty(), "modules without a row in FLOORS: {homeless:?}");
}

#[test]
fn dangerous_words_stay_in_their_rooms() {
    let mut found = String::new();
    for file in House::read(&repository().join("src")).files {
        for word in &file.code {
            for (banned, rooms) in WORDS {
                if word.text == *banned && !rooms.iter().any(|room| file.name.starts_with(room)) {
                    let _ = writeln!(found, "{}:{}: `{banned}` may stand in {rooms:?} only", file.name, word.line);
                }
            }
        }
    }
    assert!(found.is_empty(), "\n{found}");
}

/// Well-kept crates do what they can do, in the library and not in its tests alone: the design names them, and each stays what
/// its room is built on, even where code of our own would be somewhat faster. quick-xml finds the pieces of every metadata
/// document; those of messages, on which a login waits, are found by our own scanner, to which quick-xml is the oracle.
#[test]
fn the_crates_that_the_design_names_are_used() {
    let house = House::read(&repository().join("src"));
    let manifest = std::fs::read_to_string(repository().join("Cargo.toml")).unwrap();
    let (_, dependencies) = manifest.split_once("\n[dependencies]\n").unwrap();
    let dependencies = dependencies.split("\n[").next().unwrap();
    for name in ["base64", "chrono", "flate2", "libxml", "quick-xml", "thiserror", "url", "x509-parser", "xmlsec"] {
        assert!(dependencies.lines().any(|line| line.starts_with(&format!("{name} ="))), "{name} is no dependency");
        let word = name.replace('-', "_");
        assert!(house.files.iter().any(|file| file.code.iter().any(|w| w.text == word)), "src does not use {name}");
    }
}

/// In tests too.
#[test]
fn nothing_else_is_unsafe() {
    let unsafe_files: Vec<_> = ["src", "tests", "examples"]
        .into_iter()
        .flat_map(|folder| sources(&repository().join(folder)))
        .filter(|(_, text)| code(text).iter().any(|word| word.text == "unsafe"))
        .map(|(name, _)| name)
        .collect();
    assert_eq!(unsafe_files, UNSAFE);
}

#[test]
fn the_lints_that_guard_unsafe_are_still_there() {
    let manifest = std::fs::read_to_string(repository().join("Cargo.toml")).unwrap();
    for lint in ["unsafe_code", "unwrap_used", "expect_used", "panic", "indexing_slicing", "as_conversions"] {
        assert!(manifest.contains(&format!("\n{lint} = \"deny\"")), "Cargo.toml no longer denies {lint}");
    }
}

// ---- self-tests: a guard that never barks proves nothing

#[test]
fn a_deliberate_look_up_is_seen() {
    for (file, text, target) in [
        ("xml/tree.rs", "use crate::dsig::Signature;", "dsig"),
        ("xml/tree.rs", "fn f() { let x = crate::saml::urn::POST; }", "saml"),
        ("xml/mod.rs", "use super::profile::login;", "profile"),
        ("dsig/native.rs", "use super::super::error::Error;", "error"),
        ("dsig/native.rs", "use crate::{xml::{name::Name, Element}, binding::{self, post}};", "binding"),
        ("text/mod.rs", "use crate::{limits};", "limits"),
        ("c14n/mod.rs", "use crate::crypto::Digest;", "crypto"),
        ("saml/metadata/read.rs", "pub(in crate::sp) fn f() {}", "sp"),
        ("profile/login/open.rs", "mod inner { use super::super::super::super::sp::ServiceProvider; }", "sp"),
        ("xml/tree.rs", "macro_rules! m { () => { $crate::idp::X } }", "idp"),
        ("xml/tree.rs", "use crate::ServiceProvider;", "sp"),
        ("xml/tree.rs", "#[cfg(not(test))] use crate::sp::X;", "sp"),
        ("xml/tree.rs", "#[cfg(test)] mod tests { } use crate::sp::X;", "sp"),
        ("xml/tree.rs", "use crate :: /* so far away */ sp :: X;", "sp"),
        ("xmlenc/open.rs", "use crate::dsig::Signature;", "dsig::Signature"),
    ] {
        let trespasses = House::of(&[("lib.rs", FRONT), (file, text)]).trespasses();
        let [report, ..] = trespasses.as_slice() else { unreachable!("nothing seen in {file}: {text}") };
        assert!(report.contains(file) && report.contains(&format!("crate::{target}")), "{report}");
        assert!(report.contains(".rs") && report.contains(" -> src/"), "two file names: {report}");
    }
}

#[test]
fn looking_down_or_from_a_test_is_fine() {
    for (file, text) in [
        ("profile/login/open.rs", "use crate::{dsig::{SignedOctets, native}, error::Error, text::base64};"),
        ("saml/metadata/read.rs", "use super::super::urn; use super::read::x; use self::y::Z;"),
        ("xmlenc/open.rs", "use crate::dsig::SignedOctets;"),
        ("xml/tree.rs", "#[cfg(test)] mod tests { use crate::testing::TestIdp; fn f() { crate::sp::x() } }"),
        (
            "xml/tree.rs",
            "#[cfg(test)]\n#[allow(dead_code)]\nuse crate::testing::{TestIdp, Clock};\nuse crate::text::base64;",
        ),
        ("xml/tree.rs", "#[cfg(all(test, unix))] fn f() { crate::sp::x() }"),
        ("xml/tree.rs", "// use crate::sp::X;\n/* crate::sp /* crate::idp */ */ const S: &str = \"crate::sp\";"),
        ("xml/tree.rs", "const S: &str = r#\"crate::sp \" \"#; const C: char = '\"'; fn f<'a>(_: &'a str) { b'\"'; }"),
        (
            "xml/tree.rs",
            "//! [`ServiceProvider`](crate::sp::ServiceProvider)\npub(crate) fn f() {} pub(super) fn g() {}",
        ),
        ("testing/mod.rs", "use crate::{sp::ServiceProvider, profile::login, ServiceProvider as S};"),
        ("xml/tests.rs", "use crate::testing::TestIdp;"),
        ("lib.rs", "pub use crate::sp::ServiceProvider; mod xml { }"),
    ] {
        let trespasses =
            House::of(&[("lib.rs", FRONT), ("xml/mod.rs", "#[cfg(test)] mod tests;"), (file, text)]).trespasses();
        assert!(trespasses.is_empty(), "{file}: {text}: {trespasses:?}");
    }
}

/// A front page as lib.rs has it, for the self-tests.
const FRONT: &str = "mod xml; mod sp; pub use sp::{ServiceProvider, login::{Login as SignIn}}; pub use crate::idp::*;";

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn floor(room: &str) -> Option<u8> {
    FLOORS.iter().find(|(name, _)| *name == room).map(|(_, floor)| *floor)
}

// ---- the house: every file with its module path

struct House {
    files: Vec<File>,
    /// What lib.rs re-exports, so that `crate::ServiceProvider` is known to live in `sp`.
    front: BTreeMap<String, Vec<String>>,
}

struct File {
    name: String,
    module: Vec<String>,
    code: Vec<Word>,
}

impl House {
    fn read(src: &Path) -> Self {
        Self::new(
            sources(src).into_iter().map(|(name, text)| (name.trim_start_matches("src/").to_owned(), text)).collect(),
        )
    }

    fn of(files: &[(&str, &str)]) -> Self {
        // A later file of the same name replaces an earlier one.
        let files: BTreeMap<_, _> = files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        Self::new(files.into_iter().collect())
    }

    fn new(sources: Vec<(String, String)>) -> Self {
        let mut front = BTreeMap::new();
        let mut test_only = Vec::new();
        let mut files = Vec::new();
        for (name, text) in sources {
            let mut module: Vec<String> = name.trim_end_matches(".rs").split('/').map(str::to_owned).collect();
            if module.last().is_some_and(|last| last == "mod" || last == "lib") {
                module.pop();
            }
            let all = code(&text);
            for child in test_modules(&all) {
                test_only.push([module.as_slice(), &[child]].concat());
            }
            let code = without_tests(&all);
            if name == "lib.rs" {
                for (_, path) in paths(&code, &module, true) {
                    if let Some(leaf) = path.last().filter(|leaf| *leaf != "*") {
                        front.insert(leaf.clone(), path.clone());
                    }
                }
            }
            files.push(File { name: format!("src/{name}"), module, code });
        }
        files.retain(|file| !test_only.iter().any(|test| file.module.starts_with(test)));
        Self { files, front }
    }

    fn rooms(&self) -> Vec<String> {
        let mut rooms: Vec<_> = self.files.iter().filter_map(|file| file.module.first().cloned()).collect();
        rooms.dedup();
        rooms
    }

    /// The file that holds a module, as well as it can be told from its path.
    fn file_of(&self, path: &[String]) -> String {
        (1..=path.len())
            .rev()
            .filter_map(|length| path.get(..length))
            .find_map(|module| self.files.iter().find(|file| file.module == module))
            .map_or_else(|| format!("src/{}", path.first().map_or("lib.rs", String::as_str)), |file| file.name.clone())
    }

    fn trespasses(&self) -> Vec<String> {
        let mut reports = Vec::new();
        for file in &self.files {
            let Some(room) = file.module.first() else { continue }; // lib.rs is the front page: it lists everything
            let Some(here) = floor(room) else { continue }; // every_room_has_a_floor says so
            for (line, path) in paths(&file.code, &file.module, false) {
                let path = self.behind_front(path);
                if let Some(why) = refusal(room, here, &path) {
                    reports.push(format!(
                        "{}:{line} -> {}: crate::{}: {why}",
                        file.name,
                        self.file_of(&path),
                        path.join("::")
                    ));
                }
            }
        }
        reports
    }

    fn behind_front(&self, path: Vec<String>) -> Vec<String> {
        match path.first() {
            Some(first) if floor(first).is_none() => self.front.get(first).cloned().unwrap_or(path),
            _ => path,
        }
    }
}

fn refusal(room: &str, here: u8, path: &[String]) -> Option<String> {
    let target = path.first()?; // none: a room's own root, reached by `super`
    if target == room || here == 70 {
        return None;
    }
    let Some(there) = floor(target) else {
        return Some(format!("{target} is no room, and no name that lib.rs re-exports"));
    };
    if there < here {
        return None;
    }
    let whole = path.join("::");
    if NEIGHBOURS.iter().any(|(from, to)| *from == room && (whole == *to || whole.starts_with(&format!("{to}::")))) {
        return None;
    }
    let floors =
        format!("{room} is on floor {}, {target} on floor {}", f32::from(here) / 10.0, f32::from(there) / 10.0);
    Some(if there == here { format!("a neighbour: {floors}") } else { format!("looks up: {floors}") })
}

// ---- reading Rust as far as it is needed here

#[derive(Clone, Debug, PartialEq)]
struct Word {
    text: String,
    line: usize,
}

/// Identifiers, `::` and single punctuation marks, without comments, strings and character literals.
fn code(text: &str) -> Vec<Word> {
    let bytes: Vec<char> = text.chars().collect();
    let at = |i: usize| bytes.get(i).copied().unwrap_or('\0');
    let ident = |c: char| c == '_' || c.is_alphanumeric();
    let (mut words, mut i, mut line) = (Vec::new(), 0, 1);
    while i < bytes.len() {
        let (c, start) = (at(i), i);
        if c == '/' && at(i + 1) == '/' {
            while i < bytes.len() && at(i) != '\n' {
                i += 1;
            }
        } else if c == '/' && at(i + 1) == '*' {
            let mut depth = 0;
            loop {
                match (at(i), at(i + 1)) {
                    ('/', '*') => (depth, i) = (depth + 1, i + 2),
                    ('*', '/') => (depth, i) = (depth - 1, i + 2),
                    _ => i += 1,
                }
                if depth == 0 || i >= bytes.len() {
                    break;
                }
            }
        } else if let Some(end) = string_end(&bytes, i) {
            i = end;
        } else if c == '\'' {
            // A character literal ends with a quote after one (escaped) character; anything else is a lifetime.
            if at(i + 1) == '\\' {
                i += 3;
                while i < bytes.len() && at(i) != '\'' {
                    i += 1;
                }
                i += 1;
            } else if at(i + 2) == '\'' {
                i += 3;
            } else {
                i += 1;
                while ident(at(i)) {
                    i += 1;
                }
            }
        } else if ident(c) {
            while ident(at(i)) {
                i += 1;
            }
            words.push(Word { text: bytes.iter().skip(start).take(i - start).collect(), line });
        } else {
            let double = c == ':' && at(i + 1) == ':';
            i += if double { 2 } else { 1 };
            if double {
                words.push(Word { text: "::".to_owned(), line });
            } else if !c.is_whitespace() {
                words.push(Word { text: c.to_string(), line });
            }
        }
        line += bytes.iter().take(i).skip(start).filter(|c| **c == '\n').count();
    }
    words
}

/// Where the string literal that begins at `i` ends: plain, byte, C and raw ones.
fn string_end(text: &[char], i: usize) -> Option<usize> {
    let at = |i: usize| text.get(i).copied().unwrap_or('\0');
    let mut open = i;
    while matches!(at(open), 'b' | 'c' | 'r') && open < i + 2 {
        open += 1;
    }
    let raw = (i..open).any(|k| at(k) == 'r');
    let hashes = if raw { (open..).take_while(|k| at(*k) == '#').count() } else { 0 };
    if at(open + hashes) != '"' {
        return None;
    }
    let mut k = open + hashes + 1;
    while k < text.len() {
        if at(k) == '\\' && !raw {
            k += 1;
        } else if at(k) == '"' && (1..=hashes).all(|h| at(k + h) == '#') {
            return Some(k + 1 + hashes);
        }
        k += 1;
    }
    Some(text.len())
}

/// The index behind `#[cfg(test)]` or `#[cfg(all(test, …))]` at `i`, if one stands there.
fn cfg_test(code: &[Word], i: usize) -> Option<usize> {
    let is = |k: usize, text: &str| code.get(k).is_some_and(|word| word.text == text);
    let head = is(i, "#") && is(i + 1, "[") && is(i + 2, "cfg") && is(i + 3, "(");
    let test = is(i + 4, "test") && is(i + 5, ")") || is(i + 4, "all") && is(i + 5, "(") && is(i + 6, "test");
    if head && test { Some(closing(code, i + 1)) } else { None }
}

/// The index behind the bracket that closes the one at `i`.
fn closing(code: &[Word], i: usize) -> usize {
    let mut depth = 0;
    for (k, word) in code.iter().enumerate().skip(i) {
        match word.text.as_str() {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return k + 1;
        }
    }
    code.len()
}

/// The index behind the item that begins at `i`: its `;`, its block, or, for a field or a variant, its comma.
fn item_end(code: &[Word], mut i: usize) -> usize {
    let is = |k: usize, text: &str| code.get(k).is_some_and(|word| word.text == text);
    while is(i, "#") {
        i = closing(code, i + 1);
    }
    let imports =
        code.iter().skip(i).take(6).map_while(|word| (word.text != "{").then_some(word)).any(|word| word.text == "use");
    while i < code.len() {
        if is(i, ";") || is(i, ",") {
            return i + 1;
        } else if is(i, "}") {
            return i;
        } else if is(i, "{") && !imports {
            return closing(code, i);
        } else if is(i, "(") || is(i, "[") || is(i, "{") {
            i = closing(code, i);
        } else {
            i += 1;
        }
    }
    i
}

fn without_tests(code: &[Word]) -> Vec<Word> {
    let (mut kept, mut i) = (Vec::new(), 0);
    while let Some(word) = code.get(i) {
        if let Some(item) = cfg_test(code, i) {
            i = item_end(code, item);
        } else {
            kept.push(word.clone());
            i += 1;
        }
    }
    kept
}

/// Modules in files of their own that exist for tests only: `#[cfg(test)] mod tests;`.
fn test_modules(code: &[Word]) -> Vec<String> {
    let mut names = Vec::new();
    for i in 0..code.len() {
        let Some(item) = cfg_test(code, i) else { continue };
        let words: Vec<_> = code.iter().take(item_end(code, item)).skip(item).map(|word| word.text.as_str()).collect();
        if let [.., "mod", name, ";"] = words.as_slice() {
            names.push((*name).to_owned());
        }
    }
    names
}

/// Every path that begins with `crate` or `super` (or, for the front page, any path of a `pub use`), absolute, with its
/// line; groups are taken apart.
fn paths(code: &[Word], file: &[String], front: bool) -> Vec<(usize, Vec<String>)> {
    let mut found = Vec::new();
    let mut module: Vec<String> = file.to_vec();
    let (mut depth, mut inline): (usize, Vec<usize>) = (0, Vec::new());
    let mut i = 0;
    while let Some(word) = code.get(i) {
        let next = |k: usize| code.get(i + k).map(|word| word.text.as_str());
        match word.text.as_str() {
            "mod" if next(2) == Some("{") => {
                module.push(next(1).unwrap_or_default().to_owned());
                inline.push(depth);
                depth += 1;
                i += 3;
                continue;
            }
            "{" => depth += 1,
            "}" => {
                depth = depth.saturating_sub(1);
                if inline.last() == Some(&depth) {
                    inline.pop();
                    module.pop();
                }
            }
            "use" if front && i > 0 && code.get(i - 1).is_some_and(|word| word.text == "pub" || word.text == ")") => {
                i = tree(code, i + 1, &[], &module, &mut found);
                continue;
            }
            "crate" | "super" if !front && next(1) == Some("::") => {
                i = tree(code, i, &[], &module, &mut found);
                continue;
            }
            _ => {}
        }
        i += 1;
    }
    found
}

/// Reads one path, or one tree of a `use`, from `i`; returns the index behind it.
fn tree(
    code: &[Word],
    mut i: usize,
    prefix: &[String],
    module: &[String],
    found: &mut Vec<(usize, Vec<String>)>,
) -> usize {
    let mut path = prefix.to_vec();
    let mut above = module.to_vec(); // what `super` still leads out of
    let line = code.get(i).map_or(0, |word| word.line);
    while let Some(word) = code.get(i) {
        match word.text.as_str() {
            "crate" => {}
            "super" => {
                above.pop();
                path.clone_from(&above);
            }
            "self" if path.is_empty() && prefix.is_empty() => path.clone_from(&above),
            "self" => {}
            "{" => {
                let end = closing(code, i);
                i += 1;
                while i + 1 < end {
                    i = tree(code, i, &path, module, found);
                    if code.get(i).is_some_and(|word| word.text == ",") {
                        i += 1;
                    }
                }
                return end;
            }
            name => path.push(name.to_owned()),
        }
        i += 1;
        if code.get(i).is_none_or(|word| word.text != "::") {
            break;
        }
        i += 1;
    }
    if code.get(i).is_some_and(|word| word.text == "as") {
        i += 2;
    }
    found.push((line, path));
    i
}

/// Every Rust file below `src`, by its name from the repository's root on.
fn sources(src: &Path) -> Vec<(String, String)> {
    let (mut folders, mut found) = (vec![src.to_owned()], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path: PathBuf = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(src.parent().unwrap()).unwrap().to_string_lossy().replace('\\', "/");
                found.push((name, std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found.sort();
    found
}
