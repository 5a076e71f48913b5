//! Real messages and metadata of many products, through the judge's door, where there are some: `SAML_SP_CORPUS` names
//! a folder with `responses/*.xml`, `metadata/*.xml` and an `index.json` in each, the facts that another program read.
//!
//! Every response is accepted with the NameID and attributes of the facts, or stands in `tests/corpus-lists/responses.json`
//! with the code that refuses it, the rule behind it and the section behind that. The list is data: a response that is
//! not in it and is refused fails, and so does one that is in it and passes. Relaxations are by name, and only those that
//! the facts about a file call for.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)] // a test may stop where it stands

#[path = "../examples/judge/door.rs"]
#[expect(dead_code, reason = "the example's own file; what runs over lines is tested elsewhere")]
mod door;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

/// The most unencrypted responses that may stand in the list, of 87.
const MOST_LISTED: usize = 22;
/// The most encrypted ones, of 11.
const MOST_LISTED_ENCRYPTED: usize = 5;

#[test]
fn corpus_of_responses_is_accepted_or_stands_in_the_list() {
    let Some(folder) = corpus("responses") else { return };
    let list = listed("responses.json");
    let index = json(&folder.join("index.json"));
    let mut problems = Vec::new();
    let mut counts = BTreeMap::new();
    let mut seen = BTreeSet::new();
    for facts in index.as_array().unwrap() {
        let file = facts["file"].as_str().unwrap();
        seen.insert(file);
        let verdict = door::answer(case(&folder, facts).to_string().as_bytes());
        *counts.entry(verdict["code"].as_str().unwrap_or("accepted").to_owned()).or_insert(0) += 1;
        let code = verdict["code"].as_str();
        match (verdict["verdict"].as_str().unwrap(), list.get(file)) {
            ("accept", None) => {
                problems.extend(differences(&verdict, facts).map(|problem| format!("{file}: {problem}")))
            }
            ("accept", Some(code)) => {
                problems.push(format!("{file}: unexpected success, listed as {code}: take it out"));
            }
            ("reject", Some(listed)) if code == Some(listed) => {}
            (_, listed) => problems.push(format!("{file}: listed as {listed:?}: {verdict}")),
        }
    }
    println!("{counts:#?}");
    problems
        .extend(list.keys().filter(|file| !seen.contains(file.as_str())).map(|file| format!("{file}: no such file")));
    let encrypted =
        |file: &str| index.as_array().unwrap().iter().any(|facts| facts["file"] == file && facts["encrypted"] == true);
    let plain = list.keys().filter(|file| !encrypted(file)).count();
    assert!(plain <= MOST_LISTED, "{plain} in the list are not encrypted, {MOST_LISTED} are the most");
    let others = list.len() - plain;
    assert!(
        others <= MOST_LISTED_ENCRYPTED,
        "{others} in the list are encrypted, {MOST_LISTED_ENCRYPTED} are the most"
    );
    assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
}

/// The judge reads what the library's own harness reads: each document by its only provider, or by each name.
#[test]
fn corpus_of_metadata_passes_the_judge_or_stands_in_the_list() {
    let Some(folder) = corpus("metadata") else { return };
    let list = listed("metadata.json");
    let index = json(&folder.join("index.json"));
    let mut problems = Vec::new();
    for facts in index.as_array().unwrap() {
        let file = facts["file"].as_str().unwrap();
        let document = std::fs::read(folder.join(file)).unwrap();
        let bytes = STANDARD.encode(&document);
        let judged = |entity_id: &Value| {
            let case = json!({
                "id": file, "op": "metadata", "metadata_base64": bytes, "entity_id": entity_id, "signed_by": null,
                "now": "2027-01-15T08:00:00Z",
            });
            door::answer(case.to_string().as_bytes())
        };
        let mut verdict = judged(&Value::Null);
        if verdict["code"] == "metadata-several-idps" {
            let document = String::from_utf8(document).unwrap();
            let verdicts = attribute_values(&document, "entityID").map(|name| judged(&json!(name)));
            verdict = verdicts.into_iter().find(|verdict| verdict["verdict"] == "accept").unwrap_or(verdict);
        }
        match (verdict["verdict"].as_str().unwrap(), list.get(file)) {
            ("accept", None) => {
                if verdict["signing_keys"].as_array().unwrap().is_empty() {
                    problems.push(format!("{file}: accepted without a key: {verdict}"));
                }
            }
            ("reject", Some(listed)) if verdict["code"] == json!(listed) => {}
            (_, listed) => problems.push(format!("{file}: listed as {listed:?}: {verdict}")),
        }
    }
    assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
}

/// The case of one recorded response: what its service provider would have been configured with.
fn case(folder: &Path, facts: &Value) -> Value {
    let text = |value: &Value| value.as_str().map(|text| text.trim().to_owned());
    let read = |file: &Value| std::fs::read_to_string(folder.join(file.as_str().unwrap())).unwrap();
    let xml = read(&facts["file"]);
    let certificates: Vec<String> = facts["cert_files"].as_array().unwrap().iter().map(read).collect();
    // Where it arrived: the Recipient, if that is a URL.
    let arrived = [text(&facts["recipient"][0]), text(&facts["destination"])];
    let is_url = |url: &String| url.starts_with("http://") || url.starts_with("https://");
    let acs_url = arrived.iter().flatten().find(|url| is_url(url)).or(arrived.iter().flatten().next()).cloned();
    let expect = match in_response_to(&xml) {
        Some(id) => json!({"answer_to": id}),
        None => json!({"unsolicited": true}),
    };
    json!({
        "id": facts["file"],
        "op": "login",
        "engine": "native",
        "sp": {
            "entity_id": text(&facts["audiences"][0][0]).unwrap_or_else(|| "https://sp.example.com/".to_owned()),
            "acs_url": acs_url.unwrap_or_else(|| "https://sp.example.com/acs".to_owned()),
            "decryption_keys": facts["sp_key"].as_str().map(|_| vec![read(&facts["sp_key"])]),
        },
        "idp": {
            "entity_id": text(&facts["assertion_issuer"]),
            "sso_url": "https://idp.example.com/sso",
            "certificates": certificates,
        },
        "message": {"xml": &xml},
        "expect": expect,
        "now": moment(&xml, &facts["freeze_time"]),
        "allow": relaxations(facts, &xml),
    })
}

/// The request that the message answers: the index has the Response's InResponseTo only, and some have but the one of
/// the confirmation.
fn in_response_to(xml: &str) -> Option<&str> {
    attribute_values(xml, "InResponseTo").next()
}

/// A moment in the validity of the message: the middle, and ten minutes after the start where that is years ahead, but
/// not before it was issued.
fn moment(xml: &str, freeze_time: &Value) -> String {
    let parse = |text: &str| chrono::DateTime::parse_from_rfc3339(text).ok().map(|time| time.to_utc());
    let bound = |name: &str| parse(freeze_time[name].as_str().unwrap()).unwrap();
    let (from, until) = (bound("from_"), bound("until"));
    let middle = from + ((until - from) / 2).min(chrono::TimeDelta::minutes(10));
    let issued = attribute_values(xml, "IssueInstant").filter_map(parse).filter(|issued| *issued < until);
    issued.chain([middle]).max().unwrap().to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true)
}

/// Every value of an attribute, by its text alone: good enough to make up a case.
fn attribute_values<'a>(xml: &'a str, name: &'static str) -> impl Iterator<Item = &'a str> {
    xml.match_indices(name).filter_map(move |(at, _)| {
        let value = xml[at..].strip_prefix(name)?.strip_prefix('=')?;
        let quote = value.chars().next()?;
        value[1..].split(quote).next()
    })
}

/// What the facts and the message call for, and nothing else.
fn relaxations(facts: &Value, xml: &str) -> Vec<&'static str> {
    let has = |field: &str, what: &str| facts[field].as_array().is_some_and(|list| list.iter().any(|one| one == what));
    let mut allow = Vec::new();
    if has("tricky", "sig-sha1") || has("tricky", "digest-sha1") {
        allow.push("sha1");
    }
    if has("keys", "RSA-1024") {
        allow.push("small-rsa");
    }
    if facts["audiences"].as_array().is_none_or(Vec::is_empty) {
        allow.push("missing-audience");
    }
    if facts["destination"].is_null() {
        allow.push("missing-destination");
    }
    let names = |algorithm: &str| attribute_values(xml, "Algorithm").any(|uri| uri.ends_with(algorithm));
    if names("xmlenc#rsa-1_5") {
        allow.push("rsa-1-5");
    }
    let response_signed = facts["signed"].as_str().unwrap().contains("Response");
    if names("-cbc") && xml.contains("EncryptedAssertion") && !response_signed {
        allow.push("unauthenticated-cbc");
    }
    allow
}

/// Where the identity is another than the facts say.
fn differences<'a>(verdict: &'a Value, facts: &'a Value) -> impl Iterator<Item = String> + use<'a> {
    let pairs = [
        ("name_id", &verdict["name_id"], facts["name_id"]["value"].clone()),
        ("name_id_format", &verdict["name_id_format"], facts["name_id"]["format"].clone()),
        ("attributes", &verdict["attributes"], attributes(facts)),
        ("encrypted", &verdict["encrypted"], facts["encrypted"].clone()),
        ("signed", &verdict["signed"], signed(facts)),
    ];
    pairs
        .into_iter()
        .filter(|(_, ours, theirs)| *ours != theirs)
        .map(|(what, ours, theirs)| format!("{what}: we read {ours}, the index has {theirs}"))
}

fn signed(facts: &Value) -> Value {
    facts["signed"].as_str().unwrap().split_whitespace().map(str::to_lowercase).collect()
}

/// The attributes of the facts, those of one name merged, as the judge prints them.
fn attributes(facts: &Value) -> Value {
    let mut merged = Map::new();
    for attribute in facts["attributes"].as_array().into_iter().flatten() {
        let values = attribute["values"].as_array().unwrap().iter().map(|value| {
            if value["nested"] == true {
                json!(text_of(value["value"].as_str().unwrap()))
            } else {
                value["value"].clone()
            }
        });
        let known = merged.entry(attribute["name"].as_str().unwrap()).or_insert_with(|| json!([]));
        known.as_array_mut().unwrap().extend(values);
    }
    Value::Object(merged)
}

/// The text between the tags, trimmed. Good enough for the two structured values there are.
fn text_of(xml: &str) -> String {
    let pieces = xml.split('<').map(|piece| piece.split_once('>').map_or(piece, |(_, text)| text));
    pieces.collect::<String>().trim().to_owned()
}

/// The folder, or a word that nothing was tested.
fn corpus(part: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("SAML_SP_CORPUS").map(|folder| PathBuf::from(folder).join(part));
    if folder.is_none() {
        println!("SKIPPED: SAML_SP_CORPUS names no folder with real {part}");
    }
    folder
}

/// File name to code.
fn listed(name: &str) -> BTreeMap<String, String> {
    let list = json(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus-lists").join(name));
    let text = |entry: &Value, field: &str| {
        let text = entry[field].as_str().unwrap_or_else(|| panic!("an entry without {field}: {entry}"));
        assert!(!text.is_empty(), "an entry with an empty {field}: {entry}");
        text.to_owned()
    };
    let entries = list.as_array().unwrap();
    for entry in entries {
        text(entry, "rule");
        text(entry, "cites");
    }
    entries.iter().map(|entry| (text(entry, "file"), text(entry, "code"))).collect()
}

fn json(path: &Path) -> Value {
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap()
}
