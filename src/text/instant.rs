//! Moments and durations: `xs:dateTime` and `xs:duration` as peers write them, `DateTime<Utc>` for us.
//!
//! Core 1.3.3 asks for UTC. Real peers send seven fractional digits, offsets, or no zone at all; each is read, and the
//! form is remembered so that reports can say so. Reading is one pass over the bytes: no growing number, and no pattern
//! that backtracks (CVE-2018-6519: one long timestamp kept a server busy).

use chrono::{DateTime, Duration, NaiveDate, NaiveDateTime, NaiveTime, SecondsFormat, Utc};

use super::quoted::Quoted;
use super::whitespace::trim;

/// How the zone of a moment was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Lexical {
    /// `Z`, as SAML asks.
    Utc,
    /// No zone: taken as UTC.
    NoZone,
    /// An explicit offset, converted.
    Offset,
}

/// One `xs:dateTime`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Instant {
    pub(crate) utc: DateTime<Utc>,
    pub(crate) lexical: Lexical,
}

/// Why a text is no moment or duration.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InstantError {
    /// Not of the form `2026-01-15T12:00:00Z`, or a date that no calendar has.
    #[error("{found} is no xs:dateTime")]
    NotDateTime {
        /// The text.
        found: Quoted,
    },
    /// A 61st second, which core 1.3.3 forbids and which no clock here can show.
    #[error("{found} is a leap second")]
    LeapSecond {
        /// The text.
        found: Quoted,
    },
    /// A year beyond what can be computed with.
    #[error("{found} is out of range")]
    OutOfRange {
        /// The text.
        found: Quoted,
    },
    /// Not of the form `P1DT12H`.
    #[error("{found} is no xs:duration")]
    NotDuration {
        /// The text.
        found: Quoted,
    },
}

impl InstantError {
    /// The stable name of this error.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotDateTime { .. } => "datetime-invalid",
            Self::LeapSecond { .. } => "datetime-leap-second",
            Self::OutOfRange { .. } => "datetime-out-of-range",
            Self::NotDuration { .. } => "duration-invalid",
        }
    }

    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::NotDateTime { .. } | Self::OutOfRange { .. } => {
                "the peer must send moments as xs:dateTime in UTC, such as 2026-01-15T12:00:00Z"
            }
            Self::LeapSecond { .. } => "SAML forbids leap seconds; the peer's clock library has to smear or clamp them",
            Self::NotDuration { .. } => "the peer must send durations as xs:duration, such as PT1H or P7D",
        }
    }
}

impl Instant {
    /// Reads `xs:dateTime` (XML Schema part 2, 3.2.7), white space around it allowed.
    ///
    /// Fractions may have any number of digits, those beyond nanoseconds are cut; `24:00:00` is the next day's midnight.
    pub(crate) fn parse(text: &str) -> Result<Self, InstantError> {
        let found = || Quoted::new(text);
        let mut rest = Rest(trim(text).as_bytes());
        let Some((date, time, lexical, offset_minutes)) = date_time(&mut rest) else {
            return Err(InstantError::NotDateTime { found: found() });
        };
        if time.second == 60 {
            return Err(InstantError::LeapSecond { found: found() });
        }
        let (clock, next_day) = time.clock().ok_or_else(|| InstantError::NotDateTime { found: found() })?;
        let year = date.year.ok_or_else(|| InstantError::OutOfRange { found: found() })?;
        if !(-9999..=9999).contains(&year) {
            return Err(InstantError::OutOfRange { found: found() });
        }
        let day = NaiveDate::from_ymd_opt(year, date.month, date.day)
            .ok_or_else(|| InstantError::NotDateTime { found: found() })?;
        let local = NaiveDateTime::new(day, clock);
        // Nothing is to be added as a rule, and seven moments are read for a login.
        let utc = if next_day || offset_minutes != 0 {
            let added = Duration::days(i64::from(next_day));
            local
                .checked_add_signed(added)
                .and_then(|local| local.checked_sub_signed(Duration::minutes(offset_minutes)))
                .ok_or_else(|| InstantError::OutOfRange { found: found() })?
        } else {
            local
        };
        Ok(Self { utc: utc.and_utc(), lexical })
    }
}

/// As core 1.3.3 wants it: UTC, and milliseconds only where there are any.
pub(crate) fn format(moment: DateTime<Utc>) -> String {
    let format = if moment.timestamp_subsec_millis() == 0 { SecondsFormat::Secs } else { SecondsFormat::Millis };
    moment.to_rfc3339_opts(format, true)
}

/// Reads `xs:duration` (XML Schema part 2, 3.2.6), white space around it allowed.
///
/// A month is 30 days and a year 365, both too short rather than too long on average: what they bound here
/// (`cacheDuration`) is asked for again a little early. What is too large to count becomes the largest countable duration.
pub(crate) fn parse_duration(text: &str) -> Result<Duration, InstantError> {
    let mut rest = Rest(trim(text).as_bytes());
    duration(&mut rest).ok_or_else(|| InstantError::NotDuration { found: Quoted::new(text) })
}

struct Date {
    /// `None` when it has more digits than any calendar.
    year: Option<i32>,
    month: u32,
    day: u32,
}

struct Time {
    hour: u32,
    minute: u32,
    second: u32,
    nanosecond: u32,
}

impl Time {
    /// The time of day, and whether it is `24:00:00`, which belongs to the next day.
    fn clock(&self) -> Option<(NaiveTime, bool)> {
        let end_of_day = self.hour == 24;
        if end_of_day && (self.minute, self.second, self.nanosecond) != (0, 0, 0) {
            return None;
        }
        let hour = if end_of_day { 0 } else { self.hour };
        Some((NaiveTime::from_hms_nano_opt(hour, self.minute, self.second, self.nanosecond)?, end_of_day))
    }
}

fn date_time(rest: &mut Rest<'_>) -> Option<(Date, Time, Lexical, i64)> {
    let negative = rest.take(b'-');
    let year = rest.digits();
    // At least four digits, and no zero in front of more than four.
    if year.len() < 4 || (year.len() > 4 && year.first() == Some(&b'0')) {
        return None;
    }
    let year = number(year).and_then(|year| i32::try_from(year).ok()).map(|year| if negative { -year } else { year });
    rest.expect(b'-')?;
    let month = rest.two_digits()?;
    rest.expect(b'-')?;
    let day = rest.two_digits()?;
    rest.expect(b'T')?;
    let hour = rest.two_digits()?;
    rest.expect(b':')?;
    let minute = rest.two_digits()?;
    rest.expect(b':')?;
    let second = rest.two_digits()?;
    let nanosecond = if rest.take(b'.') { nanoseconds(rest.digits())? } else { 0 };
    let (lexical, offset_minutes) = zone(rest)?;
    rest.0.is_empty().then_some(())?;
    Some((Date { year, month, day }, Time { hour, minute, second, nanosecond }, lexical, offset_minutes))
}

fn zone(rest: &mut Rest<'_>) -> Option<(Lexical, i64)> {
    if rest.0.is_empty() {
        return Some((Lexical::NoZone, 0));
    }
    if rest.take(b'Z') {
        return Some((Lexical::Utc, 0));
    }
    let sign = if rest.take(b'+') {
        1
    } else {
        rest.expect(b'-')?;
        -1
    };
    let hours = rest.two_digits()?;
    rest.expect(b':')?;
    let minutes = rest.two_digits()?;
    // XML Schema part 2, 3.2.7.3: at most fourteen hours.
    if minutes > 59 || hours * 60 + minutes > 14 * 60 {
        return None;
    }
    Some((Lexical::Offset, sign * i64::from(hours * 60 + minutes)))
}

/// The first nine digits of a fraction of a second; the others are below what a moment here can hold.
fn nanoseconds(digits: &[u8]) -> Option<u32> {
    if digits.is_empty() {
        return None;
    }
    let padded = digits.iter().copied().chain(std::iter::repeat(b'0')).take(9);
    Some(padded.fold(0, |value, digit| value * 10 + u32::from(digit - b'0')))
}

/// Seconds of each designator, in the order they must come in.
const DATE_PARTS: [(u8, i64); 3] = [(b'Y', 365 * 86_400), (b'M', 30 * 86_400), (b'D', 86_400)];
const TIME_PARTS: [(u8, i64); 3] = [(b'H', 3_600), (b'M', 60), (b'S', 1)];

fn duration(rest: &mut Rest<'_>) -> Option<Duration> {
    let negative = rest.take(b'-');
    rest.expect(b'P')?;
    let mut total = Sum::default();
    let mut parts = total.add_parts(rest, &DATE_PARTS)?;
    if rest.take(b'T') {
        let time_parts = total.add_parts(rest, &TIME_PARTS)?;
        // `P1DT` has nothing where something must be.
        (time_parts > 0).then_some(())?;
        parts += time_parts;
    }
    (parts > 0 && rest.0.is_empty()).then_some(())?;
    let whole = Duration::try_seconds(total.seconds).unwrap_or(Duration::MAX);
    let length = whole.checked_add(&Duration::nanoseconds(total.nanoseconds)).unwrap_or(Duration::MAX);
    Some(if negative { -length } else { length })
}

#[derive(Default)]
struct Sum {
    seconds: i64,
    nanoseconds: i64,
}

impl Sum {
    /// Adds parts as long as they come in order; how many there were.
    fn add_parts(&mut self, rest: &mut Rest<'_>, designators: &[(u8, i64)]) -> Option<usize> {
        let mut parts = 0;
        let mut designators = designators.iter();
        while rest.0.first().is_some_and(u8::is_ascii_digit) {
            let value = number(rest.digits()).unwrap_or(i64::MAX);
            let fraction = if rest.take(b'.') { Some(nanoseconds(rest.digits())?) } else { None };
            let (found, rest_after) = rest.0.split_first()?;
            let (letter, seconds) = designators.by_ref().find(|(letter, _)| letter == found)?;
            *rest = Rest(rest_after);
            if let Some(fraction) = fraction {
                // Only seconds have fractions.
                (*letter == b'S').then_some(())?;
                self.nanoseconds = i64::from(fraction);
            }
            self.seconds = self.seconds.saturating_add(value.saturating_mul(*seconds));
            parts += 1;
        }
        Some(parts)
    }
}

/// What is left to read.
struct Rest<'t>(&'t [u8]);

impl<'t> Rest<'t> {
    fn take(&mut self, byte: u8) -> bool {
        match self.0.split_first() {
            Some((first, rest)) if *first == byte => {
                self.0 = rest;
                true
            }
            _ => false,
        }
    }

    fn expect(&mut self, byte: u8) -> Option<()> {
        self.take(byte).then_some(())
    }

    fn digits(&mut self) -> &'t [u8] {
        let length = self.0.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (digits, rest) = self.0.split_at_checked(length).unwrap_or((self.0, &[]));
        self.0 = rest;
        digits
    }

    fn two_digits(&mut self) -> Option<u32> {
        let ([tens, ones], rest) = self.0.split_first_chunk::<2>()?;
        (tens.is_ascii_digit() && ones.is_ascii_digit()).then_some(())?;
        self.0 = rest;
        Some(u32::from(tens - b'0') * 10 + u32::from(ones - b'0'))
    }
}

/// `None` for what does not fit; at most twenty digits are looked at.
fn number(digits: &[u8]) -> Option<i64> {
    digits.iter().try_fold(0_i64, |value, digit| value.checked_mul(10)?.checked_add(i64::from(digit - b'0')))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utc(text: &str) -> String {
        Instant::parse(text).unwrap().utc.to_rfc3339_opts(SecondsFormat::AutoSi, true)
    }

    fn code(text: &str) -> &'static str {
        Instant::parse(text).unwrap_err().code()
    }

    #[test]
    fn utc_no_zone_and_offsets_are_noted() {
        for (text, expected, lexical) in [
            ("2026-01-15T12:00:00Z", "2026-01-15T12:00:00Z", Lexical::Utc),
            ("2026-01-15T12:00:00", "2026-01-15T12:00:00Z", Lexical::NoZone),
            ("2026-01-15T12:00:00+02:00", "2026-01-15T10:00:00Z", Lexical::Offset),
            ("2026-01-15T12:00:00-05:30", "2026-01-15T17:30:00Z", Lexical::Offset),
            ("2026-01-15T12:00:00+00:00", "2026-01-15T12:00:00Z", Lexical::Offset),
            ("2026-01-01T01:00:00+14:00", "2025-12-31T11:00:00Z", Lexical::Offset),
        ] {
            let instant = Instant::parse(text).unwrap();
            assert_eq!((utc(text).as_str(), instant.lexical), (expected, lexical), "{text}");
        }
    }

    #[test]
    fn any_number_of_fractional_digits() {
        assert_eq!(utc("2026-01-15T12:00:00.5Z"), "2026-01-15T12:00:00.500Z");
        assert_eq!(utc("2026-01-15T12:00:00.1234567Z"), "2026-01-15T12:00:00.123456700Z");
        assert_eq!(utc("2026-01-15T12:00:00.1234567899999Z"), "2026-01-15T12:00:00.123456789Z");
        assert_eq!(utc(&format!("2026-01-15T12:00:00.{}Z", "0".repeat(100_000))), "2026-01-15T12:00:00Z");
        assert_eq!(code("2026-01-15T12:00:00.Z"), "datetime-invalid");
    }

    #[test]
    fn cve_2018_6519_long_texts_are_read_once() {
        let long = format!("2026-01-15T12:00:00.{}X", "1".repeat(1_000_000));
        assert_eq!(code(&long), "datetime-invalid");
        assert_eq!(code(&"1".repeat(1_000_000)), "datetime-invalid");
        assert_eq!(code(&format!("{}-01-15T12:00:00Z", "1".repeat(1_000_000))), "datetime-out-of-range");
    }

    #[test]
    fn white_space_around_is_collapsed() {
        assert_eq!(utc("\n\t2026-01-15T12:00:00Z \r"), "2026-01-15T12:00:00Z");
        assert_eq!(code("2026-01-15 T12:00:00Z"), "datetime-invalid");
        assert_eq!(code("\u{a0}2026-01-15T12:00:00Z"), "datetime-invalid");
    }

    #[test]
    fn end_of_day_is_the_next_midnight() {
        assert_eq!(utc("2026-12-31T24:00:00Z"), "2027-01-01T00:00:00Z");
        assert_eq!(utc("2026-12-31T24:00:00.000Z"), "2027-01-01T00:00:00Z");
        assert_eq!(code("2026-12-31T24:00:01Z"), "datetime-invalid");
        assert_eq!(code("2026-12-31T24:00:00.1Z"), "datetime-invalid");
        assert_eq!(code("2026-12-31T25:00:00Z"), "datetime-invalid");
    }

    #[test]
    fn leap_seconds_are_refused_by_name() {
        assert_eq!(code("2016-12-31T23:59:60Z"), "datetime-leap-second");
        assert_eq!(code("2016-12-31T23:59:61Z"), "datetime-invalid");
    }

    #[test]
    fn what_is_no_xs_date_time() {
        for text in [
            "",
            " ",
            "now",
            "2026-01-15",
            "2026-01-15t12:00:00Z",
            "2026-01-15T12:00:00z",
            "2026-01-15 12:00:00Z",
            "2026-1-15T12:00:00Z",
            "26-01-15T12:00:00Z",
            "02026-01-15T12:00:00Z",
            "+2026-01-15T12:00:00Z",
            "2026-02-29T12:00:00Z",
            "2026-13-01T12:00:00Z",
            "2026-00-01T12:00:00Z",
            "2026-01-00T12:00:00Z",
            "2026-01-15T12:60:00Z",
            "2026-01-15T12:00Z",
            "2026-01-15T12:00:00ZZ",
            "2026-01-15T12:00:00Z\0",
            "2026-01-15T12:00:00+0200",
            "2026-01-15T12:00:00+02",
            "2026-01-15T12:00:00+14:01",
            "2026-01-15T12:00:00+01:60",
            "2026-01-15T12:00:00,5Z",
            "２026-01-15T12:00:00Z",
            "1768478400",
        ] {
            assert_eq!(code(text), "datetime-invalid", "{text:?}");
        }
    }

    #[test]
    fn years_that_no_login_needs() {
        assert_eq!(utc("9999-12-31T23:59:59Z"), "9999-12-31T23:59:59Z");
        assert_eq!(code("10000-01-01T00:00:00Z"), "datetime-out-of-range");
        assert!(Instant::parse("0001-01-01T00:00:00+14:00").is_ok());
        assert!(Instant::parse("-9999-01-01T00:00:00+14:00").is_ok());
        assert!(Instant::parse("9999-12-31T24:00:00-14:00").is_ok());
    }

    #[test]
    fn written_in_utc_with_milliseconds_only_when_there_are_any() {
        let moment = |text: &str| Instant::parse(text).unwrap().utc;
        assert_eq!(format(moment("2026-01-15T13:00:00+01:00")), "2026-01-15T12:00:00Z");
        assert_eq!(format(moment("2026-01-15T12:00:00.0257Z")), "2026-01-15T12:00:00.025Z");
        assert_eq!(format(moment("2026-01-15T12:00:00.0000257Z")), "2026-01-15T12:00:00Z");
    }

    #[test]
    fn durations() {
        for (text, seconds) in [
            ("PT0S", 0),
            ("PT1H", 3_600),
            ("P1D", 86_400),
            ("P7D", 604_800),
            ("P1DT1H1M1S", 90_061),
            ("P1M", 30 * 86_400),
            ("P1Y", 365 * 86_400),
            ("PT1M", 60),
            ("-PT1M", -60),
            (" P0Y0M0DT6H0M0.000S\n", 21_600),
            ("P1Y2M3DT4H5M6S", 365 * 86_400 + 63 * 86_400 + 14_706),
        ] {
            assert_eq!(parse_duration(text).unwrap(), Duration::seconds(seconds), "{text}");
        }
        assert_eq!(parse_duration("PT0.25S").unwrap(), Duration::milliseconds(250));
    }

    #[test]
    fn durations_too_long_to_count_are_the_longest() {
        let huge = format!("P{}Y", "9".repeat(1000));
        assert_eq!(parse_duration(&huge).unwrap(), Duration::MAX);
        assert_eq!(parse_duration(&format!("-{huge}")).unwrap(), -Duration::MAX);
        assert_eq!(parse_duration("PT9223372036854776S").unwrap(), Duration::MAX);
    }

    #[test]
    fn what_is_no_xs_duration() {
        for text in [
            "", "P", "PT", "P1", "1D", "P1DT", "PT1D", "P1H", "P1D1Y", "P1D1D", "P1.5D", "PT1.S", "PT.5S", "P-1D",
            "+P1D", "P1D ", "P 1D", "p1d",
        ] {
            let trimmed_is_fine = text == "P1D ";
            assert_eq!(parse_duration(text).is_ok(), trimmed_is_fine, "{text:?}");
        }
    }
}
