//! Required, optional, unrepeatable: how the parts of a message are picked up. Always by exact expanded name and as a
//! direct child; nothing in this crate looks for a descendant.

use std::borrow::Cow;

use super::MessageError;
use crate::text::instant::Instant;
use crate::text::quoted::Quoted;
use crate::text::whitespace;
use crate::xml::{Element, Name};

/// The child of that name, which may stand at most once.
pub(crate) fn optional<'d>(
    parent: Element<'d>,
    name: Name,
    within: &'static str,
) -> Result<Option<Element<'d>>, MessageError> {
    let mut found = parent.children().filter(|child| child.is(name));
    let first = found.next();
    if found.next().is_some() {
        return Err(MessageError::Repeated { part: name.local, within });
    }
    Ok(first)
}

/// The child of that name, which must stand exactly once.
pub(crate) fn required<'d>(parent: Element<'d>, name: Name, within: &'static str) -> Result<Element<'d>, MessageError> {
    optional(parent, name, within)?.ok_or(MessageError::Missing { part: name.local, within })
}

/// An attribute that must be there and must not be empty.
pub(crate) fn attribute<'d>(
    element: Element<'d>,
    part: &'static str,
    within: &'static str,
) -> Result<&'d str, MessageError> {
    let value = element.attribute(part).ok_or(MessageError::Missing { part, within })?;
    if whitespace::trim(value).is_empty() {
        return Err(MessageError::Value { part, found: Quoted::new(value), wanted: "a value" });
    }
    Ok(value)
}

/// The whole text of an element, untouched. Child elements are an error: a prefix of a value is never the value.
pub(crate) fn text<'d>(element: Element<'d>, part: &'static str) -> Result<Cow<'d, str>, MessageError> {
    match element.text() {
        Some(text) if !whitespace::trim(&text).is_empty() => Ok(text),
        Some(text) => Err(MessageError::Value { part, found: Quoted::new(&text), wanted: "a text" }),
        None => Err(MessageError::Value { part, found: Quoted::new("elements"), wanted: "a text" }),
    }
}

/// The text of an element of type anyURI, white space collapsed as XSD says.
pub(crate) fn uri(element: Element<'_>, part: &'static str) -> Result<String, MessageError> {
    text(element, part).map(|value| whitespace::collapse(&value).into_owned())
}

/// An attribute of type anyURI, white space collapsed as XSD says.
pub(crate) fn uri_attribute(element: Element<'_>, local: &str) -> Option<String> {
    element.attribute(local).map(|value| whitespace::collapse(value).into_owned())
}

/// An attribute of type dateTime, where there is one. One that cannot be read is an error, not an absent one.
pub(crate) fn instant(element: Element<'_>, part: &'static str) -> Result<Option<Instant>, MessageError> {
    let Some(value) = element.attribute(part) else { return Ok(None) };
    Instant::parse(value).map(Some).map_err(|_| MessageError::Time { part, found: Quoted::new(value) })
}

/// An attribute of type dateTime that must be there.
pub(crate) fn required_instant(
    element: Element<'_>,
    part: &'static str,
    within: &'static str,
) -> Result<Instant, MessageError> {
    instant(element, part)?.ok_or(MessageError::Missing { part, within })
}
