//! From whom an answer says it is, before anything is proven.

use super::PostedResponse;
use crate::binding::post;
use crate::error::Error;
use crate::profile::settings::Settings;
use crate::saml::MessageError;
use crate::saml::name_id::issuer_of;
use crate::saml::response::{AssertionElement, Claims};
use crate::xml::Document;

/// The element that names its issuer, and the name. It is read as [`open`](super::open) reads claims, with the same errors.
pub(crate) fn claimed_issuer(
    settings: &Settings,
    posted: &PostedResponse<'_>,
) -> Result<(&'static str, String), Error> {
    let message = post::decode("SAMLResponse", posted.saml_response, &settings.limits)?;
    let document = Document::parse(&message, &settings.limits.message())?;
    let claims = Claims::read(document.root())?;
    if let Some(issuer) = claims.issuer {
        return Ok(("Response", issuer.into_owned()));
    }
    // Only a Response that is neither signed nor carries a ciphertext may go without (profiles 4.1.4.2).
    match claims.assertion {
        Some(AssertionElement::Plain(element)) => {
            let issuer = issuer_of(element, "Assertion")?;
            let issuer = issuer.ok_or(MessageError::Missing { part: "Issuer", within: "Assertion" })?;
            Ok(("Assertion", issuer.into_owned()))
        }
        _ => Err(MessageError::Missing { part: "Issuer", within: "Response" }.into()),
    }
}
