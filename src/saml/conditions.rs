//! Conditions (core 2.5.1).

use chrono::{DateTime, Duration, Utc};

use super::{MessageError, part};
use crate::text::instant::{self, Instant};
use crate::text::quoted::Quoted;
use crate::xml::{Element, Name};

/// A span of time, half-open: from NotBefore on, until just before NotOnOrAfter (core 2.5.1.2).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Window {
    /// The first moment inside, if there is a lower bound.
    pub not_before: Option<DateTime<Utc>>,
    /// The first moment after, if there is an upper bound.
    pub not_on_or_after: Option<DateTime<Utc>>,
}

impl Window {
    pub(crate) fn read(element: Element<'_>) -> Result<Self, MessageError> {
        let utc = |instant: Option<Instant>| instant.map(|instant| instant.utc);
        Ok(Self {
            not_before: utc(part::instant(element, "NotBefore")?),
            not_on_or_after: utc(part::instant(element, "NotOnOrAfter")?),
        })
    }

    /// True where `now` is inside, with `skew` granted at either end.
    ///
    /// The sums saturate: a bound at the end of representable time is no bound on that side.
    pub(crate) fn contains(&self, now: DateTime<Utc>, skew: Duration) -> bool {
        let begun = self.not_before.is_none_or(|bound| now >= bound.checked_sub_signed(skew).unwrap_or(bound));
        let over = self.not_on_or_after.is_some_and(|bound| now >= bound.checked_add_signed(skew).unwrap_or(bound));
        begun && !over
    }

    /// True where both bounds stand and leave no moment between them (core 2.5.1.2 forbids it).
    pub(crate) fn is_empty(&self) -> bool {
        matches!((self.not_before, self.not_on_or_after), (Some(from), Some(until)) if from >= until)
    }
}

impl std::fmt::Display for Window {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let bound = |bound: Option<DateTime<Utc>>| bound.map_or_else(|| "open".to_owned(), instant::format);
        write!(f, "from {} until before {}", bound(self.not_before), bound(self.not_on_or_after))
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Conditions {
    pub(crate) window: Window,
    /// Restrictions are joined by AND, the audiences of one by OR (core 2.5.1.4).
    pub(crate) audience_restrictions: Vec<Vec<String>>,
    pub(crate) one_time_use: bool,
    /// The name of a condition we do not know: it makes the assertion's validity undetermined (core 2.5.1).
    pub(crate) unknown: Option<Quoted>,
}

impl Conditions {
    pub(crate) fn read(element: Element<'_>) -> Result<Self, MessageError> {
        let within = "Conditions";
        let mut conditions = Self { window: Window::read(element)?, ..Self::default() };
        conditions.one_time_use = part::optional(element, Name::saml("OneTimeUse"), within)?.is_some();
        // ProxyRestriction binds those who issue assertions on the strength of this one (core 2.5.1.6); we do not.
        part::optional(element, Name::saml("ProxyRestriction"), within)?;
        for child in element.children() {
            if child.is(Name::saml("AudienceRestriction")) {
                let audiences = child.children().filter(|audience| audience.is(Name::saml("Audience")));
                let audiences = audiences.map(|audience| part::uri(audience, "Audience"));
                conditions.audience_restrictions.push(audiences.collect::<Result<_, _>>()?);
            } else if !child.is(Name::saml("OneTimeUse")) && !child.is(Name::saml("ProxyRestriction")) {
                conditions.unknown.get_or_insert_with(|| Quoted::new(child.local()));
            }
        }
        Ok(conditions)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + seconds, 0).unwrap()
    }

    /// The off-by-one at NotOnOrAfter that other libraries had.
    #[test]
    fn window_is_half_open() {
        let window = Window { not_before: Some(at(0)), not_on_or_after: Some(at(10)) };
        let none = Duration::zero();
        assert!(!window.contains(at(-1), none));
        assert!(window.contains(at(0), none));
        assert!(window.contains(at(9), none));
        assert!(!window.contains(at(10), none));
    }

    #[test]
    fn iip_g01_skew_is_granted_at_both_ends() {
        let window = Window { not_before: Some(at(0)), not_on_or_after: Some(at(10)) };
        let skew = Duration::seconds(180);
        assert!(!window.contains(at(-181), skew));
        assert!(window.contains(at(-180), skew));
        assert!(window.contains(at(189), skew));
        assert!(!window.contains(at(190), skew));
    }

    #[test]
    fn bounds_at_the_ends_of_time_do_not_overflow() {
        let window =
            Window { not_before: Some(DateTime::<Utc>::MIN_UTC), not_on_or_after: Some(DateTime::<Utc>::MAX_UTC) };
        assert!(window.contains(at(0), Duration::seconds(180)));
    }
}
