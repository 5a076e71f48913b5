//! Two independent engines over everything there is: they accept the same messages, for the same octets, and refuse the
//! others for the same reason. `cargo test --features xmlsec --test engines`.
//!
//! Where they differ and both have a right to, it stands in `tests/engines/divergences.json` with the reason.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)] // a test may stop where it stands

#[path = "../examples/judge/door.rs"]
#[expect(dead_code, reason = "the judge's own file; lines are read one by one here")]
mod door;
#[path = "engines/message.rs"]
mod message;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use saml_sp::{Expect, PostedResponse};
use serde_json::{Value, json};

fn tests() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests")
}

fn read(path: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))).unwrap()
}

/// The verdict of one engine. Words may differ, verdict, code and facts may not: the octets are among the facts.
fn verdict(case: &Value, engine: &str) -> Value {
    let mut case = case.clone();
    case["engine"] = json!(engine);
    let mut verdict = door::answer(case.to_string().as_bytes());
    verdict.as_object_mut().unwrap().remove("message");
    verdict
}

/// Every case of the corpus of attacks and controls.
fn corpus() -> Vec<(String, Value)> {
    let folder = tests().join("corpus");
    let index = read(&folder.join("index.json"));
    let files = index.as_array().unwrap().iter().map(|entry| entry["file"].as_str().unwrap().to_owned());
    files.map(|file| (file.clone(), read(&folder.join(file)))).collect()
}

#[test]
fn engines_agree() {
    let listed = read(&tests().join("engines/divergences.json"));
    let listed: BTreeMap<&str, &Value> =
        listed.as_array().unwrap().iter().map(|line| (line["case"].as_str().unwrap(), line)).collect();
    let (mut accepted, mut refused, mut problems) = (0, 0, Vec::new());
    let mut seen = Vec::new();
    for (name, case) in corpus() {
        let (native, xmlsec) = (verdict(&case, "native"), verdict(&case, "xmlsec"));
        match (native == xmlsec, listed.get(name.as_str())) {
            (true, None) if native["verdict"] == "accept" => accepted += 1,
            (true, None) => refused += 1,
            (true, Some(_)) => problems.push(format!("{name}: they agree now, take it out of the list")),
            (false, Some(line)) if line["native"] == native["code"] && line["xmlsec"] == xmlsec["code"] => {}
            (false, _) => problems.push(format!("{name}\n  native {native}\n  xmlsec {xmlsec}")),
        }
        seen.push(name);
    }
    println!("{accepted} accepted and {refused} refused by both, {} differ", listed.len());
    problems.extend(
        listed.keys().filter(|name| !seen.iter().any(|seen| seen == *name)).map(|name| format!("{name}: no such case")),
    );
    assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
    assert!(accepted >= 250 && refused >= 750, "{accepted} accepted, {refused} refused");
}

/// Contexts and trees are made for each call, and what belongs to the process is made once, whoever comes first.
#[test]
fn eight_threads_verify_at_once() {
    let (sp, idp, form) = message::for_xmlsec();
    let barrier = std::sync::Barrier::new(8);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                barrier.wait();
                for _ in 0..50 {
                    let accepted =
                        sp.accept(&idp, &PostedResponse::new(&form, None), Expect::unsolicited(message::ACS)).unwrap();
                    assert_eq!(accepted.proofs().len(), 2);
                }
            });
        }
    });
}
