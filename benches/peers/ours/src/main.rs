//! The library itself, by the engine that it was built with: `ours FOLDER`. And the message: `ours FOLDER make`.

#[path = "../../worker.rs"]
mod worker;

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{Duration, Utc};
use saml_sp::testing::TestIdp;
use saml_sp::{Engine, Expect, Metadata, MetadataTrust, PostedResponse, Seen, ServiceProvider};
use worker::{Message, Result};

const SP: &str = "https://app.example.com/saml";
const ACS: &str = "https://app.example.com/saml/acs";
const IDP: &str = "https://idp.example.com/metadata";

fn main() -> Result<()> {
    if std::env::args().nth(2).as_deref() == Some("make") {
        let folder = std::env::args().nth(1).ok_or("no folder")?;
        return make(Path::new(&folder));
    }
    let message = Message::read()?;
    let idp = Metadata::read(message.metadata.as_bytes(), MetadataTrust::Transport)?.only_identity_provider()?;
    let sp = ServiceProvider::builder(&message.sp, &message.acs).engine(engine()).build()?;
    message.serve(|form| {
        let posted = PostedResponse::new(form, None);
        let accepted = sp.accept(&idp, &posted, Expect::unsolicited(&message.acs))?;
        let login = accepted.confirm(Seen::FirstTime)?;
        Ok(login.identity.name_id().ok_or("no NameID")?.value.clone())
    })
}

fn engine() -> Engine {
    #[cfg(feature = "xmlsec")]
    return Engine::Xmlsec;
    #[cfg(not(feature = "xmlsec"))]
    Engine::Native
}

/// An answer that nobody asked for, of about 6 KB, its assertion signed by a fresh key of RSA-2048 with SHA-256: that of
/// `accept/assertion-rsa2048-6k`, but valid for an hour. The altered one has another octet in the name of the user.
fn make(folder: &Path) -> Result<()> {
    let idp = TestIdp::new(IDP)?;
    let mut answer = idp.unsolicited(SP, ACS, "alice");
    let until = Utc::now() + Duration::hours(1);
    answer.not_on_or_after = Some(until);
    answer.confirmations[0].not_on_or_after = Some(until);
    answer.attribute("mail", ["alice@example.com"]);
    answer.attribute("groups", (0..18).map(|n| format!("group-{n:05}-of-the-organization")));
    let genuine = idp.post(&answer)?.saml_response;
    let xml = String::from_utf8(STANDARD.decode(&genuine)?)?;
    let altered = xml.replacen(">alice<", ">blice<", 1);
    assert_ne!(xml, altered, "the user's name stands there");
    let files = [
        ("sp", SP),
        ("acs", ACS),
        ("idp", IDP),
        ("metadata", &idp.metadata()?),
        ("certificate", &idp.certificate()),
        ("genuine", &genuine),
        ("altered", &STANDARD.encode(&altered)),
    ];
    for (name, content) in files {
        std::fs::write(folder.join(name), content)?;
    }
    println!("{} bytes of XML, {} as a form value", xml.len(), genuine.len());
    Ok(())
}
