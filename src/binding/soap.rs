//! SOAP 1.1 (bindings 3.2): a message in a Body, alone.

use super::EncodingError;
use crate::text::quoted::Quoted;
use crate::text::whitespace;
use crate::xml::{Document, Element, Name};

/// The value of the `SOAPAction` header (bindings 3.2.2.1).
pub(crate) const ACTION: &str = "http://www.oasis-open.org/committees/security";

/// What stands before a message and behind it. It declares nothing that a canonical form of the message would take in.
pub(crate) const ENVELOPE: (&str, &str) = (
    "<soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"><soap:Body>",
    "</soap:Body></soap:Envelope>",
);

/// A fault that says nothing: for requests that were not taken (bindings 3.2.3.3).
pub(crate) const FAULT: &str = "<soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"><soap:Body>\
    <soap:Fault><faultcode>soap:Client</faultcode><faultstring>the message was not accepted</faultstring></soap:Fault>\
    </soap:Body></soap:Envelope>";

/// The one element in the Body of an envelope.
pub(crate) fn message<'d>(document: &'d Document<'_>) -> Result<Element<'d>, EncodingError> {
    let envelope = document.root();
    if !envelope.is(Name::soap("Envelope")) {
        return Err(shape("the document", envelope.local(), "an Envelope of SOAP 1.1"));
    }
    let mut body = None;
    for child in envelope.children() {
        if child.is(Name::soap("Header")) && body.is_none() {
            header(child)?;
        } else if child.is(Name::soap("Body")) && body.is_none() {
            body = Some(child);
        } else {
            return Err(shape("the Envelope", child.local(), "a Header or none, and one Body"));
        }
    }
    let body = body.ok_or_else(|| shape("the Envelope", "without a Body", "one Body"))?;
    let mut children = body.children();
    match (children.next(), children.next()) {
        (Some(fault), None) if fault.is(Name::soap("Fault")) => {
            let text = fault.children().find(|child| child.is(Name::new("", "faultstring")));
            let text = text.and_then(|text| text.text()).unwrap_or_default();
            Err(EncodingError::SoapFault { text: Quoted::new(&text) })
        }
        (Some(message), None) => Ok(message),
        (None, _) => Err(shape("the Body", "empty", "one message")),
        (Some(_), Some(second)) => Err(shape("the Body", second.local(), "one message")),
    }
}

/// A block that must be understood is one that we do not understand (SOAP 1.1 section 4.2.3).
fn header(header: Element<'_>) -> Result<(), EncodingError> {
    let demands = |block: &Element<'_>| {
        let value = block.attribute_in(Name::soap("mustUnderstand"));
        value.is_some_and(|value| whitespace::trim(value) != "0")
    };
    match header.children().find(demands) {
        Some(block) => Err(shape("the Header", block.local(), "nothing that must be understood")),
        None => Ok(()),
    }
}

fn shape(part: &'static str, found: &str, wanted: &'static str) -> EncodingError {
    EncodingError::Soap { part, found: Quoted::new(found), wanted }
}
