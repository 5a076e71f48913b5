//! A rejection beside the accept that it prevents: that of a genuine message of the same length.

use std::hint::black_box;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use saml_sp::testing::{Sign, TestIdp, pending_login};
use saml_sp::{Clock, Expect, IdentityProvider, PostedResponse, ServiceProvider};
use serde_json::Value;

use crate::measure::interleaved;
use crate::messages::{ACS, Door, SP};

pub(crate) fn all(door: &Door, wanted: &impl Fn(&str) -> bool) {
    let genuine = door.signed(Sign::Assertion, 18);
    let xml = String::from_utf8(STANDARD.decode(&genuine).unwrap()).unwrap();
    let other = TestIdp::new(door.test_idp.entity_id()).unwrap().identity_provider().unwrap();
    let forms = [
        ("junk", "%".repeat(genuine.len()), &door.idp),
        ("junk-in-base64", STANDARD.encode("junk".repeat(xml.len() / 4)), &door.idp),
        ("wrong-key", genuine.clone(), &other),
        ("tampered", tampered(&genuine), &door.idp),
    ];
    for (name, form, idp) in forms {
        if wanted(&format!("reject/{name}")) {
            let reject = || code(&door.sp, idp, &form, Expect::unsolicited(ACS));
            compare(door, name, &form, reject(), || _ = reject());
        }
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus/cost");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    for file in files {
        let name = format!("cost-{}", file.file_stem().unwrap().to_string_lossy());
        if wanted(&format!("reject/{name}")) {
            attack(door, &name, &serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap());
        }
    }
}

/// A stored attack on cost. Those that end in a login are there too: they must cost what their bytes cost.
fn attack(door: &Door, name: &str, case: &Value) {
    let text = |pointer: &str| case.pointer(pointer).and_then(Value::as_str);
    let Some(form) =
        text("/message/post").map(str::to_owned).or_else(|| text("/message/xml").map(|xml| STANDARD.encode(xml)))
    else {
        return println!("reject/{name} has no message that is posted");
    };
    let now: DateTime<Utc> = text("/now").unwrap().parse().unwrap();
    let (Some(entity_id), Some(sso)) = (text("/idp/entity_id"), text("/idp/sso_url")) else {
        return println!("reject/{name} has another identity provider");
    };
    let idp = IdentityProvider::manual(entity_id, sso, text("/idp/certificates/0").unwrap()).unwrap();
    let mut sp = ServiceProvider::builder(SP, ACS).clock(Clock::Fixed(now));
    for key in case.pointer("/sp/decryption_keys").and_then(Value::as_array).into_iter().flatten() {
        sp = sp.decryption_key(saml_sp::DecryptionKey::from_pem(key.as_str().unwrap()).unwrap());
    }
    let sp = sp.build().unwrap();
    let pending = || match text("/expect/answer_to") {
        Some(id) => Expect::AnswerTo(pending_login(&sp, &idp, id).unwrap()),
        None => Expect::unsolicited(ACS),
    };
    // Beginning a login is no part of what is measured.
    let prepared = std::sync::Mutex::new((0..10_000).map(|_| pending()).collect::<Vec<_>>());
    let next = || prepared.lock().unwrap().pop().unwrap();
    let outcome = code(&sp, &idp, &form, next());
    compare(door, name, &form, outcome, || _ = code(&sp, &idp, &form, next()));
}

fn code(sp: &ServiceProvider, idp: &IdentityProvider, form: &str, expect: Expect) -> &'static str {
    sp.accept(idp, &PostedResponse::new(black_box(form), None), expect).map_or_else(|error| error.code(), |_| "ok")
}

fn compare(door: &Door, name: &str, form: &str, outcome: &str, reject: impl Fn()) {
    let genuine = door.signed(Sign::Assertion, (form.len() * 3 / 4).saturating_sub(2_900) / 189);
    let accept = || assert_eq!(code(&door.sp, &door.idp, &genuine, Expect::unsolicited(ACS)), "ok");
    let (ratio, accepted) = interleaved(form.len(), reject, accept);
    let (bytes, beside) = (form.len(), genuine.len());
    println!("reject {name} {ratio:.2} ({outcome}, {bytes} bytes; an accept of {beside} bytes takes {accepted:.1?})");
}

/// Another user's name in a signed answer.
pub(crate) fn tampered(genuine: &str) -> String {
    let xml = String::from_utf8(STANDARD.decode(genuine).unwrap()).unwrap();
    STANDARD.encode(xml.replacen("alice", "admin", 1))
}
