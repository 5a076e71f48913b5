//! What every check said about one message, for administrators. A report proves nothing and opens nothing.

use std::fmt;

use chrono::{DateTime, Utc};

use super::checks::Verdict;
use super::open::{Opened, Proof};
use crate::error::Error;
use crate::profile::settings::Settings;
use crate::saml::assertion::SignedDocument;
use crate::saml::metadata::IdentityProvider;
use crate::text::instant::{self, Instant, Lexical};
use crate::text::quoted::Quoted;
use crate::xmlenc::Decrypted;

/// The checks on one message, in the order of the table. Its `Display` is one line a check.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Report {
    now: DateTime<Utc>,
    stopped: Option<Failure>,
    pub(super) proofs: Vec<Proof>,
    pub(super) findings: Vec<Finding>,
    notes: Vec<Note>,
}

/// Something that is accepted and yet not as the standard has it: worth telling whoever runs the other side.
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    /// A time without a zone, taken as UTC.
    #[non_exhaustive]
    TimeWithoutZone {
        /// The attribute.
        attribute: &'static str,
        /// Its value.
        found: Quoted,
    },
    /// A time with an explicit offset, converted to UTC.
    #[non_exhaustive]
    TimeWithOffset {
        /// The attribute.
        attribute: &'static str,
        /// Its value.
        found: Quoted,
    },
    /// An entityID that is no absolute URI (core 8.3.6).
    #[non_exhaustive]
    EntityIdNoUri {
        /// The entityID: the identity provider's or ours.
        entity_id: Quoted,
    },
    /// Encrypted in a way that is taken for the sake of old products only (IIP-ALG05).
    #[non_exhaustive]
    OutdatedEncryption {
        /// What, and how.
        found: Decrypted,
    },
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TimeWithoutZone { attribute, found } => {
                write!(f, "{attribute} {found} has no zone and is taken as UTC")
            }
            Self::TimeWithOffset { attribute, found } => write!(f, "{attribute} {found} is converted to UTC"),
            Self::OutdatedEncryption { found: Decrypted { element, content, key_transport, .. } } => {
                write!(
                    f,
                    "the {element} is encrypted by {content}, its key by {key_transport}: AES-GCM and RSA-OAEP are better"
                )
            }
            Self::EntityIdNoUri { entity_id } => write!(f, "the entity ID {entity_id} is no absolute URI"),
        }
    }
}

/// What one check said.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Finding {
    /// The row's name, such as `audience`.
    pub check: &'static str,
    /// The section of the standard that demands it.
    pub cites: &'static str,
    /// How it came out.
    pub outcome: Outcome,
}

/// How a check came out.
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The claim is acceptable, or nothing was claimed and nothing was required.
    Pass,
    /// It is not.
    Fail(Failure),
    /// Not run: the answer has no assertion.
    Skipped,
}

/// Why a check failed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Failure {
    /// The error's stable code.
    pub code: &'static str,
    /// What was found and what was wanted.
    pub message: String,
    /// What an operator can do about it.
    pub hint: String,
}

impl Failure {
    fn of(error: &Error) -> Self {
        Self { code: error.code(), message: error.to_string(), hint: error.hint() }
    }
}

impl Outcome {
    pub(super) fn of(verdict: Option<&Verdict>) -> Self {
        match verdict {
            None => Self::Skipped,
            Some(Ok(())) => Self::Pass,
            Some(Err(error)) => Self::Fail(Failure::of(error)),
        }
    }
}

impl Report {
    pub(super) fn new(now: DateTime<Utc>) -> Self {
        Self { now, stopped: None, proofs: Vec::new(), findings: Vec::new(), notes: Vec::new() }
    }

    pub(super) fn stopped(&mut self, error: &Error) {
        self.stopped = Some(Failure::of(error));
    }

    /// Notes what is odd about an opened message and the two entities.
    pub(super) fn note(&mut self, settings: &Settings, idp: &IdentityProvider, opened: &Opened) {
        for entity_id in [&settings.entity_id, idp.entity_id()] {
            if !entity_id.is_absolute_uri() {
                self.notes.push(Note::EntityIdNoUri { entity_id: Quoted::new(entity_id.as_str()) });
            }
        }
        let outdated = opened.decrypted.iter().filter(|decrypted| decrypted.outdated);
        self.notes.extend(outdated.map(|found| Note::OutdatedEncryption { found: found.clone() }));
        let signed =
            opened.signed.as_ref().and_then(|signed| SignedDocument::parse(&signed.octets, &settings.limits).ok());
        for (attribute, value) in signed.iter().flat_map(SignedDocument::times) {
            let found = || Quoted::new(value);
            match Instant::parse(value).map(|instant| instant.lexical) {
                Ok(Lexical::NoZone) => self.notes.push(Note::TimeWithoutZone { attribute, found: found() }),
                Ok(Lexical::Offset) => self.notes.push(Note::TimeWithOffset { attribute, found: found() }),
                _ => {}
            }
        }
    }

    /// Why the checks were not reached: the message could not be decoded, parsed, verified or read, or the login it
    /// belongs to is not there. `None` when they ran.
    #[must_use]
    pub fn stopped_before_checks(&self) -> Option<&Failure> {
        self.stopped.as_ref()
    }

    /// Whose signatures verified.
    #[must_use]
    pub fn proofs(&self) -> &[Proof] {
        &self.proofs
    }

    /// What was accepted and is yet not as the standard has it.
    #[must_use]
    pub fn notes(&self) -> &[Note] {
        &self.notes
    }

    /// Every check, in order.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "judged at {}", instant::format(self.now))?;
        for proof in &self.proofs {
            writeln!(f, "signed   {} by {} ({}, digest {})", proof.element, proof.key, proof.algorithm, proof.digest)?;
        }
        if let Some(Failure { code, message, hint }) = &self.stopped {
            writeln!(f, "stopped  {code}: {message}\n         {hint}")?;
        }
        for Finding { check, cites, outcome } in &self.findings {
            match outcome {
                Outcome::Pass => writeln!(f, "pass     {check} ({cites})")?,
                Outcome::Skipped => writeln!(f, "skipped  {check} ({cites})")?,
                Outcome::Fail(Failure { code, message, hint }) => {
                    writeln!(f, "FAIL     {check} ({cites})\n         {code}: {message}\n         {hint}")?;
                }
            }
        }
        self.notes.iter().try_for_each(|note| writeln!(f, "note     {note}"))
    }
}
