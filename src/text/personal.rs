//! What a report knows about a person.

use std::fmt;

use super::quoted::Quoted;

/// A name or a value of a person, in a report: there, and hidden until somebody asks for it.
///
/// `Display`, `Debug` and serde say how long it is. [`reveal`](Self::reveal) reads it, and
/// [`Report::with_values`](crate::Report::with_values) shows all of a report's.
#[derive(Clone, PartialEq, Eq)]
pub struct Personal {
    text: String,
    shown: bool,
}

impl Personal {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), shown: false }
    }

    pub(crate) fn show(&mut self) {
        self.shown = true;
    }

    /// The text, whole and as it was sent: for a page that only administrators see, and never for a log.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for Personal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.shown {
            Quoted::new(&self.text).fmt(f)
        } else {
            write!(f, "({} characters, hidden)", self.text.chars().count())
        }
    }
}

impl fmt::Debug for Personal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// `{ "characters": 5, "text": null }` while it is hidden.
#[cfg(feature = "serde")]
impl serde::Serialize for Personal {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct as _;
        let mut personal = serializer.serialize_struct("Personal", 2)?;
        personal.serialize_field("characters", &self.text.chars().count())?;
        personal.serialize_field("text", &self.shown.then_some(&self.text))?;
        personal.end()
    }
}
