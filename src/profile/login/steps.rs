//! Accepting where a decryption key is in an HSM or a key management service: the walk stops where such a key has to be
//! asked, and is walked again from the start once it has answered.
//!
//! Nothing that was verified or parsed is kept from one step to the next, only what private keys said: so there is no
//! second way through the checks, and no state between steps that could be out of date. The price is that signatures are
//! verified once a step.

use chrono::{DateTime, Utc};

use super::accept::{Accepted, Judged, accepted, judge};
use super::open::Opened;
use super::report::Rejected;
use super::{Expect, PostedResponse};
use crate::error::Error;
use crate::profile::settings::Settings;
use crate::saml::metadata::IdentityProvider;
use crate::xmlenc::{Question, Unwrapped};

/// An answer on its way in, with everything that the next step needs. Neither the identity provider nor what is expected
/// can become another one between two steps.
pub(crate) struct Walk {
    idp: IdentityProvider,
    saml_response: String,
    expect: Expect,
    unwrapped: Unwrapped,
}

/// How far a walk came.
pub(crate) enum Step {
    Accepted(Accepted),
    Unwrap(Walk, Question),
}

impl Walk {
    pub(crate) fn new(idp: &IdentityProvider, posted: &PostedResponse<'_>, expect: Expect) -> Self {
        let saml_response = posted.saml_response.to_owned();
        Self { idp: idp.clone(), saml_response, expect, unwrapped: Unwrapped::in_steps() }
    }

    /// The key elsewhere has answered; `None` for every failure.
    pub(crate) fn answer(&mut self, question: Question, key: Option<&[u8]>) {
        self.unwrapped.answer(question, key);
    }

    /// Steps 1 to 8, up to the first failure or question.
    pub(crate) fn walk(mut self, settings: &Settings, now: DateTime<Utc>) -> Result<Step, Error> {
        let judged = judge(settings, &self.idp, &self.saml_response, &self.expect, now, &mut self.unwrapped);
        self.step(settings, judged, now)
    }

    /// As [`walk`](Self::walk), and a report where it fails.
    pub(crate) fn walk_or_report(mut self, settings: &Settings, now: DateTime<Utc>) -> Result<Step, Box<Rejected>> {
        let expected = self.expect.as_expected();
        let judged = Judged::new(settings, &self.idp, &self.saml_response, &expected, now, &mut self.unwrapped);
        if let Some(question) = self.unwrapped.take_question() {
            return Ok(Step::Unwrap(self, question));
        }
        let (judged, report) = judged.into_result();
        self.step(settings, judged, now).map_err(|error| Box::new(Rejected { error, report }))
    }

    fn step(mut self, settings: &Settings, judged: Result<Opened, Error>, now: DateTime<Utc>) -> Result<Step, Error> {
        // Whatever the error has become on its way up: it was a question that stopped the walk.
        if let Some(question) = self.unwrapped.take_question() {
            return Ok(Step::Unwrap(self, question));
        }
        accepted(settings, &self.idp, judged?, self.expect, now).map(Step::Accepted)
    }
}
