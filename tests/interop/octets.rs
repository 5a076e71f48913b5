//! The octets that were signed, and beside them what the library read from them, for another reader: `read_by_lxml.py`.

use std::path::{Path, PathBuf};

use saml_sp::Identity;
use serde_json::{Map, Value, json};

/// Where they go; nowhere, unless CI asks.
pub(crate) fn folder() -> Option<PathBuf> {
    let folder = PathBuf::from(std::env::var_os("SAML_SP_EMIT")?);
    std::fs::create_dir_all(&folder).unwrap();
    Some(folder)
}

/// Without the white space of XML around it.
fn trimmed(text: &str) -> &str {
    text.trim_matches([' ', '\t', '\r', '\n'])
}

pub(crate) fn emit(folder: &Path, name: &str, octets: &str, identity: &Identity) {
    let attributes: Map<String, Value> = identity
        .attributes()
        .iter()
        .map(|attribute| {
            let values = attribute.values.iter().map(|value| value.text().map(trimmed));
            (attribute.name.clone(), json!(values.collect::<Vec<_>>()))
        })
        .collect();
    let name_id = identity.name_id();
    let read = json!({
        "name_id": name_id.map(|name_id| &name_id.value),
        "format": name_id.and_then(|name_id| name_id.format.as_ref()),
        "attributes": attributes,
    });
    std::fs::write(folder.join(format!("{name}.xml")), octets).unwrap();
    std::fs::write(folder.join(format!("{name}.json")), read.to_string()).unwrap();
}
