//! One edit each of a genuine, doubly signed message (tests/golden): the code that each form of a broken document or
//! form value ends with. Nothing here depends on the clock or on what the message claims.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test may stop where it stands

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use saml_sp::{Clock, Expect, IdentityProvider, Limits, Metadata, MetadataTrust, PostedResponse, ServiceProvider};
use serde_json::Value;

struct Golden {
    json: Value,
    xml: String,
}

impl Golden {
    fn read(name: &str) -> Self {
        let path = format!("{}/tests/golden/{name}.json", env!("CARGO_MANIFEST_DIR"));
        let json: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        let xml = STANDARD.decode(json["answer"]["SAMLResponse"].as_str().unwrap()).unwrap();
        Self { xml: String::from_utf8(xml).unwrap(), json }
    }

    fn text(&self, path: &str) -> &str {
        self.json.pointer(path).and_then(Value::as_str).unwrap()
    }

    fn idp(&self) -> IdentityProvider {
        let metadata = Metadata::read(self.text("/idp_metadata").as_bytes(), MetadataTrust::Transport).unwrap();
        metadata.only_identity_provider().unwrap()
    }

    fn refusal_of(&self, form_value: &str, idp: &IdentityProvider, limits: Limits) -> saml_sp::Error {
        let builder = ServiceProvider::builder(self.text("/sp/entity_id"), self.text("/sp/acs_url")).limits(limits);
        let sp = builder.clock(Clock::Fixed(self.text("/now").parse().unwrap())).build().unwrap();
        let pending = saml_sp::testing::pending_login(&sp, &self.idp(), self.text("/request/id")).unwrap();
        sp.accept(idp, &PostedResponse::new(form_value, None), Expect::AnswerTo(pending))
            .expect_err("an edited message")
    }

    fn code_of_bytes(&self, message: &[u8]) -> &'static str {
        self.refusal_of(&STANDARD.encode(message), &self.idp(), Limits::default()).code()
    }

    /// The code after replacing the first of `old`, which must be there.
    fn code(&self, old: &str, new: &str) -> &'static str {
        assert!(self.xml.contains(old), "no {old} to edit");
        self.code_of_bytes(self.xml.replacen(old, new, 1).as_bytes())
    }
}

#[test]
fn lists_and_attributes_that_canonicalization_would_pay_for() {
    let golden = Golden::read("prefix-list-from-response");
    let prefixes: Vec<String> = (0..64).map(|n| format!("p{n}")).chain(["xs".to_owned()]).collect();
    let list = |prefixes: &[String]| format!("PrefixList=\"{}\"", prefixes.join(" "));
    assert_eq!(golden.code("PrefixList=\"xs\"", &list(&prefixes)), "c14n-too-many-prefixes");
    // One fewer is as many as may stand there: the content is the same, and the list is not the one that was signed.
    assert_eq!(golden.code("PrefixList=\"xs\"", &list(&prefixes[1..])), "signature-wrong-key");
    let golden = Golden::read("xml-attributes-inclusive-1-1");
    // One xml:base is written as it is; of several, canonical XML 1.1 would make one (2.4).
    let two = golden.xml.replacen(" xml:lang=\"de\"", " xml:base=\"https://idp.example/\"", 1);
    let two = two.replacen("<saml:Assertion ", "<saml:Assertion xml:base=\"a/\" ", 1);
    assert_eq!(golden.code_of_bytes(two.as_bytes()), "c14n-xml-base");
}

#[test]
fn documents_that_are_not_read() {
    let golden = Golden::read("both-exclusive");
    let declaration = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>";
    for (what, old, new, code) in [
        ("DOCTYPE: CVE-2025-25291", declaration, "<!DOCTYPE x [<!ENTITY e \"e\">]>", "xml-doctype"),
        ("a processing instruction", "<samlp:Status>", "<?x y?><samlp:Status>", "xml-processing-instruction"),
        (
            "a relative namespace: CVE-2025-66475",
            "<samlp:Response ",
            "<samlp:Response xmlns:r=\"relative\" ",
            "xml-relative-namespace",
        ),
        ("an undeclared prefix", "<samlp:Status>", "<samlp:Status x:y=\"\">", "xml-undeclared-prefix"),
        ("an attribute twice", " Version=\"2.0\"", " Version=\"2.0\" Version=\"2.0\"", "xml-duplicate-attribute"),
        ("one ID twice", "ID=\"_a1\"", "ID=\"_r1\"", "xml-duplicate-id"),
        ("a tag that does not close", "</samlp:Status>", "", "xml-not-well-formed"),
        ("another encoding by name", "UTF-8", "ISO-8859-1", "xml-not-utf8"),
        ("XML 1.1", "version=\"1.0\"", "version=\"1.1\"", "xml-not-well-formed"),
        ("an entity", ">ada<", ">&ada;<", "xml-not-well-formed"),
        ("a reference to NUL", ">ada<", ">ada&#0;<", "xml-not-well-formed"),
        ("another message", "samlp:Response", "samlp:ArtifactResponse", "xml-not-well-formed"),
    ] {
        assert_eq!(golden.code(old, new), code, "{what}");
    }
    assert_eq!(golden.code_of_bytes(&[b"<a>\xff</a>".as_slice(), golden.xml.as_bytes()].concat()), "xml-not-utf8");
    let utf16: Vec<u8> = golden.xml.encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(golden.code_of_bytes(&utf16), "xml-not-utf8");
    assert_eq!(
        golden.code_of_bytes(golden.xml.replace("samlp:Response", "samlp:LogoutResponse").as_bytes()),
        "message-unexpected"
    );
    assert_eq!(golden.code_of_bytes(&golden.xml.as_bytes()[..golden.xml.len() / 2]), "xml-not-well-formed");
}

#[test]
fn form_values_that_are_no_message() {
    let golden = Golden::read("both-exclusive");
    let refusal = |value: &str, limits| golden.refusal_of(value, &golden.idp(), limits).code();
    assert_eq!(refusal("", Limits::default()), "message-empty");
    assert_eq!(refusal(" \r\n", Limits::default()), "message-empty");
    assert_eq!(refusal("%3Csaml%3E", Limits::default()), "message-not-base64");
    // Form decoding done twice turns every + into a blank.
    assert_eq!(refusal("PD94 bWw-", Limits::default()), "message-not-base64");
    let mut limits = Limits::default();
    limits.message_bytes = golden.xml.len() - 1;
    assert_eq!(refusal(golden.text("/answer/SAMLResponse"), limits), "message-too-large");
}
