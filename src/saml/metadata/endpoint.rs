//! Endpoints: where a role takes messages, and by which binding (metadata 2.2.2, 2.2.3).

use super::note::MetadataNote;
use crate::saml::ids::Location;
use crate::saml::urn::Binding;
use crate::text::quoted::Quoted;
use crate::text::whitespace;
use crate::xml::Element;

/// Where an entity takes messages of one kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    pub(crate) binding: Binding,
    pub(crate) location: Location,
    pub(crate) response_location: Option<Location>,
    pub(crate) index: Option<u16>,
    pub(crate) is_default: Option<bool>,
}

impl Endpoint {
    pub(crate) fn new(binding: Binding, location: Location) -> Self {
        Self { binding, location, response_location: None, index: None, is_default: None }
    }

    /// How messages travel to it.
    #[must_use]
    pub fn binding(&self) -> &Binding {
        &self.binding
    }

    /// Where requests go, and responses too unless there is a [`response_location`](Self::response_location).
    #[must_use]
    pub fn location(&self) -> &Location {
        &self.location
    }

    /// Where responses go, if that is another place (metadata 2.2.2).
    #[must_use]
    pub fn response_location(&self) -> Option<&Location> {
        self.response_location.as_ref()
    }

    /// Whether it calls itself the default, or not the default; indexed endpoints only (metadata 2.2.3).
    #[must_use]
    pub fn is_default(&self) -> Option<bool> {
        self.is_default
    }

    /// The number by which an artifact names this endpoint; indexed endpoints only (metadata 2.2.3).
    #[must_use]
    pub fn index(&self) -> Option<u16> {
        self.index
    }

    /// The default among indexed endpoints (metadata 2.2.3): the first that says so, else the first that does not say no,
    /// else the first.
    #[must_use]
    pub fn default_of(endpoints: &[Self]) -> Option<&Self> {
        endpoints
            .iter()
            .find(|endpoint| endpoint.is_default == Some(true))
            .or_else(|| endpoints.iter().find(|endpoint| endpoint.is_default.is_none()))
            .or_else(|| endpoints.first())
    }

    /// Reads one endpoint element. One that cannot be used is absent, with a note: an endpoint is where users are sent.
    pub(super) fn read(element: Element<'_>, what: &'static str, notes: &mut Vec<MetadataNote>) -> Option<Self> {
        let Some(binding) = element.attribute("Binding") else {
            notes.push(MetadataNote::EndpointIncomplete { what, missing: "Binding" });
            return None;
        };
        let Some(location) = element.attribute("Location") else {
            notes.push(MetadataNote::EndpointIncomplete { what, missing: "Location" });
            return None;
        };
        let location = read_location(location, what, notes)?;
        note_http(&location, what, notes);
        let response_location = match element.attribute("ResponseLocation") {
            // An answer must not go to the wrong one of the two: without its ResponseLocation the endpoint is absent.
            Some(text) => Some(read_location(text, what, notes)?),
            None => None,
        };
        if let Some(location) = &response_location {
            note_http(location, what, notes);
        }
        Some(Self {
            binding: Binding::from_uri(&whitespace::collapse(binding)),
            location,
            response_location,
            index: element.attribute("index").and_then(|text| whitespace::trim(text).parse().ok()),
            is_default: element.attribute("isDefault").and_then(read_boolean),
        })
    }
}

/// Reads a URL out of metadata: absolute http(s), or absent with a note.
pub(super) fn read_location(text: &str, what: &'static str, notes: &mut Vec<MetadataNote>) -> Option<Location> {
    Location::new(whitespace::collapse(text))
        .map_err(|reason| notes.push(MetadataNote::LocationLeftOut { what, found: Quoted::new(text), reason }))
        .ok()
}

/// Notes a place for messages that has no TLS.
pub(super) fn note_http(location: &Location, what: &'static str, notes: &mut Vec<MetadataNote>) {
    if !location.is_https() {
        notes.push(MetadataNote::HttpEndpoint { what, location: location.clone() });
    }
}

/// `xs:boolean`.
pub(super) fn read_boolean(text: &str) -> Option<bool> {
    match whitespace::trim(text) {
        "true" | "1" => Some(true),
        "false" | "0" => Some(false),
        _ => None,
    }
}
