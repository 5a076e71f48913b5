//! How long metadata holds: validUntil and cacheDuration are inherited, and the least wins (metadata 2.3.1, 2.3.2).

use chrono::{DateTime, TimeDelta, Utc};

use super::error::MetadataError;
use super::note::MetadataNote;
use crate::text::instant::{self, Instant, Lexical};
use crate::text::quoted::Quoted;
use crate::xml::Element;

/// The narrowest bounds of an element and everything around it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Lifetime {
    pub(super) valid_until: Option<DateTime<Utc>>,
    pub(super) refresh_after: Option<TimeDelta>,
}

impl Lifetime {
    /// With what `element` itself says. An unparsable validUntil is an error; an unparsable cacheDuration is only advice
    /// lost.
    pub(super) fn narrowed_by(
        mut self,
        element: Element<'_>,
        notes: &mut Vec<MetadataNote>,
    ) -> Result<Self, MetadataError> {
        if let Some(text) = element.attribute("validUntil") {
            let instant = Instant::parse(text).map_err(|_| MetadataError::BadValidUntil {
                element: Quoted::new(element.local()),
                found: Quoted::new(text),
            })?;
            if instant.lexical != Lexical::Utc {
                notes.push(MetadataNote::TimeZone { found: Quoted::new(text), taken: instant.utc });
            }
            self.valid_until = Some(self.valid_until.map_or(instant.utc, |outer| outer.min(instant.utc)));
        }
        if let Some(text) = element.attribute("cacheDuration") {
            match instant::parse_duration(text) {
                Ok(duration) => {
                    self.refresh_after = Some(self.refresh_after.map_or(duration, |outer| outer.min(duration)));
                }
                Err(_) => notes.push(MetadataNote::CacheDurationUnreadable { found: Quoted::new(text) }),
            }
        }
        Ok(self)
    }
}
