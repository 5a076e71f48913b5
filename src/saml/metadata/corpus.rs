//! Real metadata of many products, where there is some: `SAML_SP_CORPUS` names a folder with `metadata/*.xml` and its
//! `metadata/index.json`, the facts that another program read.
//!
//! Every document either has identity providers that agree with the facts, or stands in `tests/corpus-lists/metadata.json`
//! with the code that refuses it, the rule behind it and the section behind that. The list is data: a document that is
//! not in it and is refused fails, and so does one that is in it and passes.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::*;
use crate::crypto::{AlgorithmPolicy, Certificate};

#[test]
fn real_documents_are_read_or_stand_in_the_list() {
    let Some(folder) = folder() else { return };
    let index = json(&folder.join("index.json"));
    let listed = listed();
    let mut problems = Vec::new();
    let mut counts = BTreeMap::new();
    for facts in index.as_array().unwrap() {
        let file = facts["file"].as_str().unwrap();
        let bytes = std::fs::read(folder.join(file)).unwrap();
        let outcome = read(&bytes);
        let what = match &outcome {
            Ok(metadata) => format!("{} usable", metadata.identity_providers().len()),
            Err(error) => error.code().to_owned(),
        };
        *counts.entry(what).or_insert(0) += 1;
        match (outcome, listed.get(file)) {
            (Ok(metadata), None) => {
                problems.extend(disagreements(&metadata, facts).into_iter().map(|p| format!("{file}: {p}")));
            }
            (Ok(_), Some(code)) => problems.push(format!("{file}: unexpected success, listed as {code}: take it out")),
            (Err(error), Some(code)) if error.code() == code => {}
            (Err(error), Some(code)) => {
                problems.push(format!("{file}: listed as {code}, is {}: {error}", error.code()))
            }
            (Err(error), None) => problems.push(format!("{file}: {}: {error}", error.code())),
        }
    }
    println!("{counts:#?}");
    assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
}

/// A document passes when somebody in it can be used; its error is that of asking for the only one.
fn read(bytes: &[u8]) -> Result<Metadata, MetadataError> {
    read_by(bytes, &MetadataTrust::Transport)
}

fn read_by(bytes: &[u8], trust: &MetadataTrust) -> Result<Metadata, MetadataError> {
    let now = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
    let metadata = Metadata::read_at(bytes, trust, &Limits::default(), now)?;
    match metadata.only_identity_provider() {
        Ok(_) | Err(MetadataError::SeveralIdps { .. }) => Ok(metadata),
        Err(error) => Err(error),
    }
}

/// Every document whose signature verified for the other program verifies here, and reads the same through it.
#[test]
fn real_signatures_verify_with_the_certificate_they_carry() {
    let Some(folder) = folder() else { return };
    let mut problems = Vec::new();
    let mut verified = 0;
    for facts in json(&folder.join("index.json")).as_array().unwrap() {
        let good = |signature: &Value| signature["verdict"] == "OK" && signature["parent"] == facts["root"];
        if !facts["signatures"].as_array().is_some_and(|signatures| signatures.iter().any(good)) {
            continue;
        }
        let file = facts["file"].as_str().unwrap();
        let bytes = std::fs::read(folder.join(file)).unwrap();
        let signer = MetadataSigner::from(carried_certificate(&bytes))
            .algorithms(AlgorithmPolicy::new().dangerous_allow_sha1().dangerous_allow_small_rsa())
            .dangerous_allow_missing_valid_until();
        match (read_by(&bytes, &MetadataTrust::SignedBy(signer)), read(&bytes)) {
            (Ok(signed), Ok(unsigned)) => {
                let keys = |metadata: &Metadata| -> Vec<_> {
                    metadata.identity_providers().iter().map(|idp| idp.signing_keys().to_vec()).collect()
                };
                assert_eq!(keys(&signed), keys(&unsigned), "{file}");
                verified += 1;
            }
            (Err(signed), Err(unsigned)) if signed == unsigned => verified += 1,
            (outcome, _) => problems.push(format!("{file}: {:?}", outcome.err().map(|error| error.to_string()))),
        }
    }
    println!("{verified} signed documents verify");
    assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
}

/// The certificate in the KeyInfo of the document's own signature: good for this test, never for trust.
fn carried_certificate(bytes: &[u8]) -> Certificate {
    let document = Document::parse(bytes, &Limits::default().metadata()).unwrap();
    let signature = document.root().child(Name::ds("Signature")).unwrap();
    let element = signature.descendants_or_self().find(|element| element.is(Name::ds("X509Certificate"))).unwrap();
    Certificate::from_pasted(element.descendant_text()).unwrap().certificate
}

fn folder() -> Option<PathBuf> {
    let folder = std::env::var_os("SAML_SP_CORPUS").map(|folder| PathBuf::from(folder).join("metadata"));
    if folder.is_none() {
        println!("SKIPPED: SAML_SP_CORPUS names no folder with real metadata");
    }
    folder
}

/// Where we read something else than the other program did. Its lists are of the whole document, so they can be compared
/// exactly only where there is one identity provider and nobody else.
fn disagreements(metadata: &Metadata, facts: &Value) -> Vec<String> {
    let mut found = Vec::new();
    let strings = |value: &Value| -> Vec<String> {
        value.as_array().unwrap().iter().map(|s| s.as_str().unwrap().to_owned()).collect()
    };
    let endpoints = |value: &Value| -> Vec<(String, String)> {
        let field = |endpoint: &Value, name: &str| endpoint[name].as_str().unwrap_or_default().trim().to_owned();
        value.as_array().unwrap().iter().map(|e| (field(e, "binding"), field(e, "location"))).collect()
    };
    let ours = |endpoints: &[Endpoint]| -> Vec<(String, String)> {
        endpoints.iter().map(|e| (e.binding().uri().to_owned(), e.location().as_str().to_owned())).collect()
    };
    let names: Vec<String> = match &facts["entity_id"] {
        Value::Array(_) => strings(&facts["entity_id"]),
        name => vec![name.as_str().unwrap().to_owned()],
    };
    // The index names the first five entities only.
    let complete = facts["n_entities"].as_u64().unwrap() <= 5;
    let (sso, slo) = (endpoints(&facts["sso"]), endpoints(&facts["slo"]));
    for idp in metadata.identity_providers() {
        let mut differ = |what: &str, ours: &dyn std::fmt::Debug, theirs: &dyn std::fmt::Debug| {
            found.push(format!("{} {what}: we read {ours:?}, the index has {theirs:?}", idp.entity_id()));
        };
        if complete && !names.iter().any(|name| name.trim() == idp.entity_id().as_str()) {
            differ("entity_id", idp.entity_id(), &names);
        }
        let (our_sso, our_slo) = (ours(idp.single_sign_on()), ours(idp.single_logout()));
        let alone = facts["n_idp_roles"] == 1;
        if (alone && our_sso != sso) || our_sso.iter().any(|endpoint| !sso.contains(endpoint)) {
            differ("sso", &our_sso, &sso);
        }
        if our_slo.iter().any(|endpoint| !slo.contains(endpoint)) {
            differ("slo", &our_slo, &slo);
        }
        if alone {
            let certificates = facts["signing_certs_per_idp"][0].as_u64().unwrap();
            let (keys, most) = (idp.signing_keys().len(), usize::try_from(certificates).unwrap());
            if keys > most || keys == 0 {
                differ("signing keys", &keys, &most);
            }
            let until =
                facts["valid_until"].as_str().map(|text| crate::text::instant::Instant::parse(text).unwrap().utc);
            // The index has the document element's; bounds further in can only be narrower.
            if until.is_some_and(|until| idp.valid_until().is_none_or(|ours| ours > until)) {
                differ("valid_until", &idp.valid_until(), &until);
            }
        }
        let formats = strings(&facts["name_id_formats"]);
        if let Some(format) = idp.name_id_formats().find(|format| !formats.iter().any(|known| known.trim() == *format))
        {
            differ("name_id_formats", &format, &formats);
        }
    }
    found
}

/// File name to code.
fn listed() -> BTreeMap<String, String> {
    let list = json(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus-lists/metadata.json"));
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
