//! From whom a logout message says it is, before anything is proven.

use super::inbound::{Arrived, Inbound};
use super::receive::{check_length, element_in, element_of, field_of};
use crate::binding::redirect::{Query, Spelling};
use crate::binding::{post, soap};
use crate::error::Error;
use crate::profile::settings::Settings;
use crate::saml::MessageError;
use crate::saml::name_id::issuer_of;
use crate::xml::{Document, Element};

/// The kind of message, and the name of its issuer. It is read as [`receive`](super::receive) reads it, with the same errors,
/// except that a query is inflated before its signature is verified: without a key nobody can say whose it would have to be.
pub(crate) fn claimed_issuer(settings: &Settings, inbound: &Inbound<'_>) -> Result<(&'static str, String), Error> {
    let limits = &settings.limits;
    match inbound.0 {
        Arrived::Query(query) => of_query(settings, query),
        Arrived::Decoded(parameters) => {
            check_length(parameters, limits.message_bytes)?;
            // The signature depends on the spelling, the message does not.
            of_query(settings, &Spelling::FormUrlEncoded.query(parameters))
        }
        Arrived::Form { request, response, .. } => {
            let (field, value) = field_of(request, response)?;
            let bytes = post::decode(field, value, limits)?;
            issuer(Document::parse(&bytes, &limits.message())?.root(), Some(element_in(field)))
        }
        Arrived::Soap(body) => issuer(soap::message(&Document::parse(body, &limits.message())?)?, None),
    }
}

fn of_query(settings: &Settings, query: &str) -> Result<(&'static str, String), Error> {
    let query = Query::read(query, &settings.limits)?;
    let bytes = query.unverified_message(&settings.limits)?;
    issuer(Document::parse(&bytes, &settings.limits.message())?.root(), Some(element_in(query.parameter())))
}

fn issuer(root: Element<'_>, wanted: Option<&'static str>) -> Result<(&'static str, String), Error> {
    let element = element_of(root, wanted)?;
    let issuer = issuer_of(root, element)?.ok_or(MessageError::Missing { part: "Issuer", within: element })?;
    Ok((element, issuer.into_owned()))
}
