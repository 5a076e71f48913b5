//! samael, with its own default for how a message is reduced to what was signed.

#[path = "../../worker.rs"]
mod worker;

use chrono::Duration;
use samael::metadata::EntityDescriptor;
use samael::service_provider::ServiceProviderBuilder;
use worker::{Message, Result};

fn main() -> Result<()> {
    let message = Message::read()?;
    let idp: EntityDescriptor = samael::metadata::de::from_str(&message.metadata)?;
    let sp = ServiceProviderBuilder::default()
        .entity_id(message.sp.clone())
        .acs_url(message.acs.clone())
        .idp_metadata(idp)
        .allow_idp_initiated(true)
        // Of a message that is made once a run; it has no influence on the time.
        .max_issue_delay(Duration::hours(1))
        .build()?;
    message.serve(|form| {
        let assertion = sp.parse_base64_response(form, None)?;
        let name_id = assertion.subject.and_then(|subject| subject.name_id).ok_or("no NameID")?;
        Ok(name_id.value)
    })
}
