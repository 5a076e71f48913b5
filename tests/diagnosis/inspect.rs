//! The example `inspect`, with recorded answers as its files.

#[path = "../../examples/inspect.rs"]
#[expect(dead_code, reason = "the example's own file; its command line is not called here")]
mod example;

use std::path::Path;

use example::{Options, inspect};

/// The command line for a recorded login, its files written down.
fn command_line(name: &str) -> Vec<String> {
    let recorded = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/interop/recorded").join(format!("{name}.json"));
    let json: serde_json::Value = serde_json::from_slice(&std::fs::read(recorded).unwrap()).unwrap();
    let text = |path: &str| json.pointer(path).unwrap().as_str().unwrap().to_owned();
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("inspect").join(name);
    std::fs::create_dir_all(&folder).unwrap();
    let file = |file: &str, content: String| {
        let path = folder.join(file);
        std::fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let mut line = vec![file("response.b64", text("/answer/SAMLResponse"))];
    line.extend(["--idp".to_owned(), file("metadata.xml", text("/idp_metadata"))]);
    line.extend(["--sp".to_owned(), text("/sp/entity_id"), "--acs".to_owned(), text("/sp/acs_url")]);
    line.extend(["--at".to_owned(), text("/now")]);
    if let Some(key) = json["sp"]["decryption_key"].as_str() {
        line.extend(["--decryption-key".to_owned(), file("key.pem", key.to_owned())]);
    }
    line
}

fn with(line: &[String], more: &[&str]) -> Options {
    Options::read(line.iter().cloned().chain(more.iter().map(|word| (*word).to_owned()))).unwrap()
}

#[test]
fn captured_answers() {
    for name in ["pysaml2-rsa-both", "simplesamlphp-assertion-rsa-sha512", "pysaml2-encrypted-aes128-gcm", "samlp-both"]
    {
        let line = command_line(name);
        let report = inspect(with(&line, &[])).unwrap();
        assert!(report.is_pass(), "{name}: {report}");
        let now = inspect(with(&line, &["--at", "2030-01-01T00:00:00Z"])).unwrap();
        assert_eq!(now.causes()[0].code, "confirmation-window", "{now}");
        let other = inspect(with(&line, &["--answer-to", "_other"])).unwrap();
        assert!(other.causes().iter().any(|cause| cause.code == "in-response-to-mismatch"), "{other}");
        let unsolicited = inspect(with(&line, &["--unsolicited"])).unwrap();
        assert!(unsolicited.causes().iter().any(|cause| cause.code == "in-response-to-unexpected"), "{unsolicited}");
    }
    let line = command_line("pysaml2-rsa-both");
    assert!(!inspect(with(&line, &[])).unwrap().to_string().contains("alice@example.org"));
    assert!(inspect(with(&line, &["--values"])).unwrap().to_string().contains("alice@example.org"));
}

#[test]
fn what_cannot_be_inspected() {
    let line = command_line("samlp-both");
    for arguments in [&line[..0], &line[1..], &line[..5]] {
        assert!(inspect(with(arguments, &[])).is_err(), "{arguments:?}");
    }
    for wrong in [["--at", "noon"], ["--idp", "/nonexistent"]] {
        assert!(inspect(with(&line, &wrong)).is_err(), "{wrong:?}");
    }
    assert!(Options::read(["--no-such-option".to_owned()].into_iter()).is_err());
    assert!(Options::read(["--idp".to_owned()].into_iter()).is_err());
}
