//! What every check said about one message, for administrators. A report proves nothing and opens nothing.

use std::fmt;

use chrono::{DateTime, Utc};

use super::checks::Verdict;
use super::open::Proof;
use crate::error::Error;
use crate::text::instant;

/// The checks on one message, in the order of the table. Its `Display` is one line a check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    now: DateTime<Utc>,
    stopped: Option<Failure>,
    pub(super) proofs: Vec<Proof>,
    pub(super) findings: Vec<Finding>,
}

/// What one check said.
#[derive(Clone, Debug, PartialEq, Eq)]
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
        Self { now, stopped: None, proofs: Vec::new(), findings: Vec::new() }
    }

    pub(super) fn stopped(&mut self, error: &Error) {
        self.stopped = Some(Failure::of(error));
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
        Ok(())
    }
}
