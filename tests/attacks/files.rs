//! The vectors as files, for other libraries: `tests/corpus`, in the judge's case format.
//!
//! Of the base shapes of a vector the files have one, so that all shapes are there among the vectors; all of them would be four times
//! as much. Everything in a file is made anew with fresh keys each time; names, citations and outcomes are not. So the index in the
//! repository must be the one that the vectors here have, and its files must be judged as it says.
//!
//! ```sh
//! SAML_SP_WRITE_CORPUS=tests/corpus cargo test --test attacks files     # writes it anew
//! SAML_SP_ATTACKS=folder            cargo test --test attacks files     # judges another copy
//! ```

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::vector::{Trial, Vector};
use crate::{FAMILIES, door};

fn folder() -> PathBuf {
    let stored = || Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    std::env::var_os("SAML_SP_ATTACKS").map_or_else(stored, PathBuf::from)
}

/// The base shape in which a vector is in the files: always the same, and each shape often.
fn trial(vector: &Vector) -> Trial {
    let sum: usize = vector.name.bytes().map(usize::from).sum();
    vector.trial(vector.shapes[sum % vector.shapes.len()])
}

/// What the index says of a vector. Whether it is live was measured.
fn entry(vector: &Vector, trial: &Trial) -> Value {
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    json!({
        "name": vector.name,
        "family": vector.family,
        "what": words(vector.what),
        "cites": vector.cites,
        "live": trial.live,
        "not_live": vector.not_live.filter(|_| !trial.live),
        "fools_naive": fools(trial),
        "file": format!("{}/{}.json", vector.family, vector.name),
        "expected": expected(trial),
    })
}

/// Whether a careless service provider takes the user for somebody else than a right one does.
fn fools(trial: &Trial) -> bool {
    trial.naive.as_deref().is_some_and(|name| trial.expected != Ok(name))
}

/// What the verdict has to say, in the judge's own fields.
fn expected(trial: &Trial) -> Value {
    match trial.expected {
        Err(code) => json!({"verdict": "reject", "code": code}),
        Ok(entity_id) if trial.case["op"] == "metadata" => json!({"verdict": "accept", "entity_id": entity_id}),
        Ok("none") => json!({"verdict": "accept", "name_id": null}),
        Ok(name_id) => json!({"verdict": "accept", "name_id": name_id}),
    }
}

/// The case with what must come of it, on one line.
fn line(trial: &Trial) -> String {
    let mut case = trial.case.clone();
    case["expected"] = expected(trial);
    format!("{case}\n")
}

#[test]
fn the_files_are_of_the_vectors_that_are_here_and_judged_as_their_index_says() {
    let made = FAMILIES.iter().copied().flatten().map(|vector| (vector, trial(vector)));
    let writes_to = std::env::var_os("SAML_SP_WRITE_CORPUS").map(PathBuf::from);
    let mut index = Vec::new();
    for (vector, trial) in made {
        let entry = entry(vector, &trial);
        if let Some(folder) = &writes_to {
            let file = folder.join(entry["file"].as_str().unwrap());
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, line(&trial)).unwrap();
        }
        index.push(entry);
    }
    let index = Value::Array(index);
    if let Some(folder) = &writes_to {
        std::fs::write(folder.join("index.json"), format!("{index:#}\n")).unwrap();
    }
    let stored: Value = serde_json::from_slice(&std::fs::read(folder().join("index.json")).unwrap()).unwrap();
    let (stored, made) = (stored.as_array().unwrap(), index.as_array().unwrap());
    for (stored, made) in stored.iter().zip(made) {
        assert_eq!(stored, made, "the corpus is of another day: write it anew");
    }
    assert_eq!(stored.len(), made.len(), "the corpus is of another day: write it anew");
    there_is_enough_of_everything(made);
    judged_as_the_index_says();
}

fn there_is_enough_of_everything(index: &[Value]) {
    let count = |what: &dyn Fn(&Value) -> bool| index.iter().filter(|entry| what(entry)).count();
    let is_attack = |entry: &Value| entry["family"] != "controls";
    let attacks = count(&is_attack);
    let controls = count(&|entry| !is_attack(entry));
    let live = count(&|entry| is_attack(entry) && entry["live"] == true);
    let fooling = count(&|entry| is_attack(entry) && entry["fools_naive"] == true);
    println!("{attacks} attacks, {live} of them live, {fooling} fool a careless service provider; {controls} controls");
    assert!(attacks >= 250 && controls >= 60, "{attacks} attacks, {controls} controls");
    assert!(live >= 150, "only {live} live attacks");
    assert!(fooling >= 60, "only {fooling} attacks that fool a careless service provider");
}

fn judged_as_the_index_says() {
    let folder = folder();
    let index: Value = serde_json::from_slice(&std::fs::read(folder.join("index.json")).unwrap()).unwrap();
    for entry in index.as_array().unwrap() {
        let file = entry["file"].as_str().unwrap();
        let case = std::fs::read(folder.join(file)).unwrap();
        let verdict = door::answer(&case);
        for (field, wanted) in entry["expected"].as_object().unwrap() {
            assert_eq!(verdict[field], *wanted, "{file}: {field} of {verdict}");
        }
        assert_eq!(serde_json::from_slice::<Value>(&case).unwrap()["expected"], entry["expected"], "{file}");
    }
}
