//! saml-rs with its default cryptography, its recommended validation, and a signature asked of the assertion.

#[path = "../../worker.rs"]
mod worker;

use std::time::SystemTime;

use saml_rs::{
    AcsEndpoint, BrowserInput, EntityId, FormField, IdpDescriptor, MetadataTrustPolicy, ReplayPolicy, Saml,
    SamlValidationContext, SpConfig, SpValidationPolicy, SsoResponse,
};
use worker::{Message, Result};

fn main() -> Result<()> {
    let message = Message::read()?;
    let idp = IdpDescriptor::from_metadata_xml_for(
        EntityId::try_new("https://idp.example.com/metadata")?,
        &message.metadata,
        MetadataTrustPolicy::UnsignedForCompatibility,
    )?;
    let sp = Saml::sp(
        SpConfig::builder(EntityId::try_new(&message.sp)?)
            .acs_endpoint(AcsEndpoint::post(&message.acs)?)
            .validation(SpValidationPolicy::recommended())
            .build()?,
    )?;
    message.serve(|form| {
        let input = BrowserInput::<SsoResponse>::post(vec![FormField::new("SAMLResponse", form)]);
        let validation = SamlValidationContext::new(SystemTime::now(), ReplayPolicy::DisabledForCompatibility);
        Ok(sp.accept_unsolicited_sso(&idp, input, validation)?.name_id().value().to_owned())
    })
}
