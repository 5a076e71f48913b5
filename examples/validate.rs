//! One Response, no framework: from the form value to an identity.
//!
//! ```sh
//! cargo run --example validate                                       # with an answer made here and now
//! cargo run --example validate -- IDP-METADATA ENTITY-ID ACS-URL [REQUEST-ID] < form-value
//! ```
//!
//! The form value is what the browser posted as `SAMLResponse`. With the request's ID it is taken as the answer to that
//! request, without as one that nobody asked for.

use std::error::Error as StdError;
use std::process::ExitCode;

use saml_sp::testing::{TestIdp, pending_login};
use saml_sp::{
    Error, Expect, IdentityProvider, Login, LoginRequest, Metadata, MetadataTrust, PostedResponse, ReplayCache,
    ServiceProvider,
};

fn main() -> Result<ExitCode, Box<dyn StdError>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (sp, idp, form_value, expect) = if arguments.is_empty() { made_here()? } else { recorded(&arguments)? };
    match validate(&sp, &idp, &form_value, expect) {
        Ok(login) => {
            println!("name: {}", login.identity.name_id().map_or("none", |name_id| &name_id.value));
            for attribute in login.identity.attributes() {
                let values = attribute.values.iter().filter_map(|value| value.text());
                println!("{}: {}", attribute.name, values.collect::<Vec<_>>().join(", "));
            }
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => {
            eprintln!("{}: {error}\nhint: {}", error.code(), error.hint());
            Ok(ExitCode::FAILURE)
        }
    }
}

/// The main job.
fn validate(sp: &ServiceProvider, idp: &IdentityProvider, form_value: &str, expect: Expect) -> Result<Login, Error> {
    let posted = PostedResponse::new(form_value, None);
    sp.accept(idp, &posted, expect)?.confirm_with(&ReplayCache::default())
}

type Case = (ServiceProvider, IdentityProvider, String, Expect);

/// A login that begins here, at an identity provider in memory that answers at once.
fn made_here() -> Result<Case, Box<dyn StdError>> {
    let test_idp = TestIdp::new("https://idp.example.com/metadata")?;
    let idp = test_idp.identity_provider()?;
    let sp = ServiceProvider::builder("https://app.example.com/saml", "https://app.example.com/saml/acs").build()?;
    let LoginRequest { send, pending } = sp.begin_login(&idp)?;
    let mut answer = test_idp.answer(&test_idp.receive(&send)?, "alice");
    answer.attribute("mail", ["alice@example.com"]).attribute("groups", ["staff", "on-call"]);
    let form = test_idp.post(&answer)?;
    Ok((sp, idp, form.saml_response, Expect::AnswerTo(pending)))
}

/// A form value from standard input, and who it is from and for.
fn recorded(arguments: &[String]) -> Result<Case, Box<dyn StdError>> {
    let [metadata, entity_id, acs_url, request_id @ ..] = arguments else {
        return Err("usage: validate [IDP-METADATA ENTITY-ID ACS-URL [REQUEST-ID]]".into());
    };
    let idp = Metadata::read(&std::fs::read(metadata)?, MetadataTrust::Transport)?.only_identity_provider()?;
    let sp = ServiceProvider::builder(entity_id, acs_url).build()?;
    let expect = match request_id.first() {
        // An application has the pending login of the request; here it begins anew, under the same ID.
        Some(id) => Expect::AnswerTo(pending_login(&sp, &idp, id)?),
        None => Expect::unsolicited(acs_url),
    };
    Ok((sp, idp, std::io::read_to_string(std::io::stdin())?, expect))
}
