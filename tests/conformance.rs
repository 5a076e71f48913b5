//! What the profiles and the standard ask of a service provider, requirement by requirement, and what carries each of them here.
//!
//! The list is `tests/conformance/ids.json`; `CONFORMANCE.md` is made from it. A requirement has tests, or something that
//! serves whoever has to do it, or the reason why it is not built: one without any fails here, and so does a test that is
//! named there and does not exist, one that carries an id in its name and does not stand there, and a CONFORMANCE.md of another day.
//!
//! ```sh
//! SAML_SP_WRITE_CONFORMANCE=1 cargo test --test conformance     # writes it anew
//! ```
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)] // a test may stop where it stands

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde_json::Value;

const DOCUMENT: &str = "CONFORMANCE.md";
const LIST: &str = "tests/conformance/ids.json";
/// Where the attacks are, which are rows of a table and no functions of their own.
const VECTORS: &str = "tests/corpus/index.json";

/// Who has to do it: the library, the host application, both of them, or the identity provider, which is their peer.
const KINDS: [&str; 4] = ["L", "H", "L+H", "P"];
const LEVELS: [&str; 7] = ["", "MUST", "MUST NOT", "SHOULD", "SHOULD NOT", "MAY", "RECOMMENDED"];

/// One document, with the requirements of it that matter here.
struct Part {
    title: String,
    about: String,
    duties: Vec<Duty>,
}

struct Duty {
    id: String,
    /// As the document has it; empty where our list does not say.
    level: String,
    kind: String,
    /// In our words.
    duty: String,
    /// `file::function`, from the repository's root on.
    tests: Vec<String>,
    /// What of the library serves the host.
    serves: Option<String>,
    /// Where it is done in another way, or not all of it.
    short: Option<String>,
    not_built: Option<String>,
}

/// In what state a requirement is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum State {
    Tested,
    Host,
    NotBuilt,
}

impl Duty {
    fn read(value: &Value) -> Self {
        let text = |field: &str| value[field].as_str().map(str::to_owned);
        let known = ["id", "level", "kind", "duty", "tests", "serves", "short", "not_built"];
        for field in value.as_object().unwrap().keys() {
            assert!(known.contains(&field.as_str()), "{}: the field {field} has no meaning", value["id"]);
        }
        Self {
            id: text("id").unwrap(),
            level: text("level").unwrap(),
            kind: text("kind").unwrap(),
            duty: text("duty").unwrap(),
            tests: value["tests"]
                .as_array()
                .map_or_else(Vec::new, |tests| tests.iter().map(|test| test.as_str().unwrap().to_owned()).collect()),
            serves: text("serves"),
            short: text("short"),
            not_built: text("not_built"),
        }
    }

    fn state(&self) -> Option<State> {
        match (&self.tests[..], &self.not_built, &self.serves) {
            ([], Some(_), None) => Some(State::NotBuilt),
            ([_, ..], None, _) => Some(State::Tested),
            ([], None, Some(_)) if self.kind == "H" => Some(State::Host),
            _ => None,
        }
    }
}

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn text(path: &str) -> String {
    std::fs::read_to_string(repository().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn parts() -> Vec<Part> {
    let list: Value = serde_json::from_str(&text(LIST)).unwrap();
    let part = |part: &Value| Part {
        title: part["part"].as_str().unwrap().to_owned(),
        about: part["about"].as_str().unwrap().to_owned(),
        duties: part["duties"].as_array().unwrap().iter().map(Duty::read).collect(),
    };
    list.as_array().unwrap().iter().map(part).collect()
}

/// The names of the functions of a file that are run as tests: under `#[test]`, or handed to a macro that makes one of each.
fn tests_of(source: &str) -> BTreeSet<&str> {
    let lines: Vec<&str> = source.lines().map(str::trim).collect();
    let mut found = BTreeSet::new();
    for (at, line) in lines.iter().enumerate() {
        let Some((_, rest)) = line.split_once("fn ") else { continue };
        let name = &rest[..rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len())];
        let mut above = lines[..at].iter().rev().take_while(|line| line.starts_with('#') || line.starts_with("//"));
        if above.any(|line| *line == "#[test]") || lines.contains(&name) {
            found.insert(name);
        }
    }
    found
}

/// The ids that a name carries: `iip_alg02_and_03_…` is IIP-ALG02 and IIP-ALG03.
fn ids_in(name: &str) -> Vec<String> {
    let mut ids = Vec::new();
    let mut profile = None;
    let mut family = None;
    for word in name.split('_') {
        let digits = word.trim_start_matches(|c: char| c.is_ascii_lowercase());
        let letters = &word[..word.len() - digits.len()];
        let number = digits.len() == 2 && digits.bytes().all(|b| b.is_ascii_digit());
        match (letters, number) {
            ("iip" | "sdp", false) => (profile, family) = (Some(letters.to_uppercase()), None),
            ("and", false) => {}
            (_, true) if profile.is_some() && (family.is_some() || !letters.is_empty()) => {
                if !letters.is_empty() {
                    family = Some(letters.to_uppercase());
                }
                let (profile, family) = (profile.as_deref().unwrap(), family.as_deref().unwrap());
                ids.push(format!("{profile}-{family}{digits}"));
            }
            _ => (profile, family) = (None, None),
        }
    }
    ids
}

/// Every Rust file of the library and its tests, by its path from the repository's root on.
fn sources() -> Vec<(String, String)> {
    let mut folders: Vec<PathBuf> = ["src", "tests"].iter().map(|folder| repository().join(folder)).collect();
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(repository()).unwrap().to_string_lossy().replace('\\', "/");
                found.push((name, std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

/// What is wrong with the list itself.
fn flaws(parts: &[Part]) -> Vec<String> {
    let mut flaws = Vec::new();
    let mut ids = BTreeSet::new();
    for duty in parts.iter().flat_map(|part| &part.duties) {
        let id = &duty.id;
        if !ids.insert(id) {
            flaws.push(format!("{id} stands there twice"));
        }
        if duty.state().is_none() {
            flaws.push(format!(
                "{id} has neither a test nor a reason, or both; something that serves it is enough for the host's alone"
            ));
        }
        if !KINDS.contains(&duty.kind.as_str()) || !LEVELS.contains(&duty.level.as_str()) {
            flaws.push(format!("{id}: no kind {:?}, or no level {:?}", duty.kind, duty.level));
        }
        if duty.kind.contains('H') && duty.not_built.is_none() && duty.serves.is_none() {
            flaws.push(format!("{id} is the host's, and nothing is said about what serves it"));
        }
        for words in [Some(&duty.duty), duty.serves.as_ref(), duty.short.as_ref(), duty.not_built.as_ref()] {
            if words.is_some_and(|words| !words.ends_with('.') || words.contains(['|', '\n'])) {
                flaws.push(format!("{id}: a sentence for a cell of a table ends with a stop"));
            }
        }
        let distinct: BTreeSet<_> = duty.tests.iter().collect();
        if distinct.len() != duty.tests.len() {
            flaws.push(format!("{id} names a test twice"));
        }
    }
    flaws
}

#[test]
fn every_requirement_has_a_test_or_a_reason() {
    let parts = parts();
    let flaws = flaws(&parts);
    assert!(flaws.is_empty(), "{LIST}:\n{}", flaws.join("\n"));
    let count: usize = parts.iter().map(|part| part.duties.len()).sum();
    assert!(count >= 140, "only {count} requirements: the list has lost some");
}

#[test]
fn every_test_that_is_named_exists() {
    let index: Value = serde_json::from_str(&text(VECTORS)).unwrap();
    let vectors: BTreeSet<&str> = index.as_array().unwrap().iter().map(|v| v["name"].as_str().unwrap()).collect();
    let sources: BTreeMap<String, String> = sources().into_iter().collect();
    let missing: Vec<String> = parts()
        .iter()
        .flat_map(|part| &part.duties)
        .flat_map(|duty| duty.tests.iter().map(move |test| (&duty.id, test)))
        .filter(|(_, test)| {
            let (file, name) = test.split_once("::").unwrap_or((test, ""));
            let found = match file {
                VECTORS => vectors.contains(name),
                file => sources.get(file).is_some_and(|source| tests_of(source).contains(name)),
            };
            !found
        })
        .map(|(id, test)| format!("{id}: {test}"))
        .collect();
    assert!(missing.is_empty(), "{LIST} names tests that are not there:\n{}", missing.join("\n"));
}

/// A test that carries an id is evidence that the list should have.
#[test]
fn every_test_that_carries_an_id_stands_in_the_list() {
    let parts = parts();
    let listed: BTreeMap<&str, &Duty> =
        parts.iter().flat_map(|part| &part.duties).map(|duty| (duty.id.as_str(), duty)).collect();
    let mut stray = Vec::new();
    for (file, source) in sources() {
        for name in tests_of(&source) {
            let test = format!("{file}::{name}");
            for id in ids_in(name) {
                match listed.get(id.as_str()) {
                    None => stray.push(format!("{test}: there is no {id}")),
                    Some(duty) if !duty.tests.contains(&test) => stray.push(format!("{id} does not name {test}")),
                    Some(_) => {}
                }
            }
        }
    }
    assert!(stray.is_empty(), "{LIST}:\n{}", stray.join("\n"));
}

#[test]
fn the_document_is_of_today() {
    let made = document(&parts());
    if std::env::var_os("SAML_SP_WRITE_CONFORMANCE").is_some() {
        std::fs::write(repository().join(DOCUMENT), &made).unwrap();
    }
    let stored = text(DOCUMENT).replace("\r\n", "\n");
    let differs = stored.lines().zip(made.lines()).find(|(stored, made)| stored != made);
    assert!(
        stored == made,
        "{DOCUMENT} is of another day: write it anew (SAML_SP_WRITE_CONFORMANCE=1). First difference: {differs:?}"
    );
}

fn document(parts: &[Part]) -> String {
    let duties = || parts.iter().flat_map(|part| &part.duties);
    let count = |state| duties().filter(|duty| duty.state() == Some(state)).count();
    let mut page = String::from(
        "# Conformance\n\n\
         <!-- Made by tests/conformance.rs from tests/conformance/ids.json: do not edit. -->\n\n\
         What the profiles and the standard ask of a service provider, and what carries it here. The words are ours, and short; the\n\
         documents have the requirement. *Level* is the document's, where our list has it. *Who*: **L** the library, **H** the\n\
         application that uses it, **L+H** both of them, **P** the identity provider.\n\n",
    );
    let named: BTreeSet<&String> = duties().flat_map(|duty| &duty.tests).collect();
    let short = duties().filter(|duty| duty.short.is_some()).count();
    _ = writeln!(
        page,
        "{} requirements: {} with tests ({} different ones), of which {short} are done in another way or not as a whole, and say so; {} \
         that the application alone can do; {} not built.",
        duties().count(),
        count(State::Tested),
        named.len(),
        count(State::Host),
        count(State::NotBuilt),
    );
    for part in parts {
        _ = writeln!(page, "\n## {}\n\n{}\n", part.title, part.about);
        page.push_str("| id | level | who | what | carried by |\n|---|---|---|---|---|\n");
        for duty in &part.duties {
            let Duty { id, level, kind, duty: what, .. } = duty;
            _ = writeln!(page, "| {id} | {level} | {kind} | {what} | {} |", carried(duty));
        }
    }
    page
}

/// The last cell of a row.
fn carried(duty: &Duty) -> String {
    let mut words: Vec<String> = Vec::new();
    words.extend(duty.not_built.as_ref().map(|reason| format!("**Not built.** {reason}")));
    words.extend(duty.short.as_ref().map(|short| format!("*But:* {short}")));
    words.extend(duty.serves.as_ref().map(|serves| format!("*Application:* {serves}")));
    if !duty.tests.is_empty() {
        let link = |test: &String| {
            let (file, name) = test.split_once("::").unwrap_or((test, ""));
            format!("[{name}]({file})")
        };
        words.insert(0, duty.tests.iter().map(link).collect::<Vec<_>>().join(", ") + ".");
    }
    words.join(" ")
}

// ---- self-tests: a guard that never barks proves nothing

#[test]
fn what_is_missing_is_seen() {
    let duty = |json: &str| Duty::read(&serde_json::from_str(json).unwrap());
    let flaws_of = |duties: Vec<Duty>| flaws(&[Part { title: String::new(), about: String::new(), duties }]).len();
    let row =
        |kind: &str, rest: &str| duty(&format!(r#"{{"id":"X","level":"MUST","kind":"{kind}","duty":"Do."{rest}}}"#));
    for (kind, rest) in [("L", r#","tests":["a::b"]"#), ("H", r#","serves":"That.""#), ("L", r#","not_built":"Why.""#)]
    {
        assert_eq!(flaws_of(vec![row(kind, rest)]), 0, "{kind} {rest}");
        assert_eq!(flaws_of(vec![row(kind, rest), row(kind, rest)]), 1, "twice");
    }
    for (kind, rest) in [
        ("L", ""),
        ("L", r#","tests":[]"#),
        ("L", r#","serves":"That.""#),
        ("L", r#","tests":["a::b"],"not_built":"Why.""#),
        ("H", r#","tests":["a::b"]"#),
        ("L", r#","tests":["a::b","a::b"]"#),
        ("L", r#","not_built":"no sentence""#),
    ] {
        assert_eq!(flaws_of(vec![row(kind, rest)]), 1, "{kind} {rest}");
    }
}

#[test]
fn tests_are_told_from_functions() {
    let source = "
        /// Why.
        #[test]
        #[cfg(unix)]
        fn one_of_them() {}
        fn helper() { one_of_them() }
        // #[test]
        fn not_this() {}
        on_both! {
            of_a_macro
        }
        fn of_a_macro(start: Start) {}
    ";
    assert_eq!(tests_of(source).into_iter().collect::<Vec<_>>(), ["of_a_macro", "one_of_them"]);
}

#[test]
fn ids_are_read_from_names() {
    for (name, ids) in [
        ("iip_sp10_unknown_attributes_are_no_failure", &["IIP-SP10"][..]),
        ("iip_md07_and_sdp_sp37_their_keys", &["IIP-MD07", "SDP-SP37"]),
        ("iip_alg02_and_03_every_algorithm", &["IIP-ALG02", "IIP-ALG03"]),
        ("iip_alg01_02_03_sdp_alg01_algorithms", &["IIP-ALG01", "IIP-ALG02", "IIP-ALG03", "SDP-ALG01"]),
        ("core_2_5_1_2_conditions_window_iip_g01", &["IIP-G01"]),
        ("sdp_md09_and_10_how_it_looks", &["SDP-MD09", "SDP-MD10"]),
        ("core_1_3_4_random_ids_of_160_bits", &[]),
        ("x509_certificates_of_16_kib", &[]),
    ] {
        assert_eq!(ids_in(name), ids, "{name}");
    }
}
