//! Status (core 3.2.2.1).

use super::{MessageError, part, urn};
use crate::text::quoted::Quoted;
use crate::xml::{Element, Name};

/// At most this many nested status codes are kept: real ones have two levels.
const MAX_LEVELS: usize = 8;

/// What the identity provider said about the request: a tree of codes and a message for people.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Status {
    /// The codes, outermost first: never empty. The first is one of the four that core 3.2.2.2 allows at the top.
    pub codes: Vec<Quoted>,
    /// The StatusMessage, as foreign text: for a log, never for HTML without escaping.
    pub message: Option<Quoted>,
    success: bool,
}

impl Status {
    pub(crate) fn read(element: Element<'_>) -> Result<Self, MessageError> {
        let mut codes = Vec::new();
        let mut success = false;
        let mut code = Some(part::required(element, Name::samlp("StatusCode"), "Status")?);
        while let Some(current) = code
            && codes.len() < MAX_LEVELS
        {
            let value = part::attribute(current, "Value", "StatusCode")?;
            if codes.is_empty() {
                // Some products put a second-level code on top (AuthnFailed); that is a failure with an odd shape.
                success = value == urn::status::SUCCESS;
            }
            codes.push(if value == urn::status::SUCCESS {
                Quoted::known(urn::status::SUCCESS)
            } else {
                Quoted::new(value)
            });
            code = part::optional(current, Name::samlp("StatusCode"), "StatusCode")?;
        }
        let message = part::optional(element, Name::samlp("StatusMessage"), "Status")?;
        Ok(Self { codes, message: message.map(|m| Quoted::new(m.descendant_text())), success })
    }

    /// True for `urn:oasis:names:tc:SAML:2.0:status:Success` on top, whatever is nested below it.
    #[must_use]
    pub fn is_success(&self) -> bool {
        self.success
    }

    /// True where any of the codes is this one.
    pub(crate) fn names(&self, code: &str) -> bool {
        let code = Quoted::new(code);
        self.codes.contains(&code)
    }
}

impl std::fmt::Display for Status {
    /// The codes joined by slashes, then the message.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (index, code) in self.codes.iter().enumerate() {
            write!(f, "{}{code}", if index == 0 { "" } else { " / " })?;
        }
        match &self.message {
            Some(message) => write!(f, ", message {message}"),
            None => Ok(()),
        }
    }
}
