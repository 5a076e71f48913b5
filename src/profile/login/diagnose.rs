//! The report on one answer: what `accept` came to, and every row of the table, whatever it came to.
//!
//! The walk in is walked once, by `open`, exactly as `accept` walks it: what it decrypts and in which order is not decided
//! here. The report is put together afterwards, from what it returned and from the message as received.

use chrono::{DateTime, Utc};

use super::accept::Expected;
use super::checks::{CHECKS, Check, Context, Test};
use super::examine::{Examined, Known, examine};
use super::open::{Opened, Proof};
use super::report::{CertificateFacts, Failure, Finding, FoundSignature, Outcome, Report, Stage};
use super::sides::{Sides, sides};
use crate::crypto::VerifyingKey;
use crate::error::{Error, Rejection};
use crate::profile::settings::Settings;
use crate::saml::assertion::{Assertion, SignedDocument};
use crate::saml::metadata::IdentityProvider;
use crate::saml::product::Product;
use crate::saml::response::Envelope;
use crate::saml::sent::{Sent, SentResponse};

/// What a report is about.
pub(super) struct Subject<'a> {
    pub(super) settings: &'a Settings,
    pub(super) idp: &'a IdentityProvider,
    pub(super) expected: &'a Expected<'a>,
    /// The keys to look at signatures with.
    pub(super) keys: &'a [VerifyingKey],
    pub(super) now: DateTime<Utc>,
    /// The bytes of the form value.
    pub(super) message: Result<&'a [u8], &'a Error>,
}

impl Subject<'_> {
    /// The report. `opened` is what the walk came to, as far as it may be spoken of: where it read the plaintext of unauthenticated CBC,
    /// every failure is the one error and its report is that error's.
    pub(super) fn report(&self, opened: Result<&Opened, &Error>) -> Report {
        let known = opened.err().map_or(Known::All, |error| Known::Until(error, self.keys));
        let mut examined = examine(self.settings, known, self.message);
        let findings = match opened {
            Ok(Opened { envelope, signed, .. }) => {
                self.rows(Some(envelope), signed.as_ref().map(|signed| (&signed.assertion, true)))
            }
            Err(_) => {
                let unproven = examined.assertion.as_ref().map(|unproven| (unproven.claims(), false));
                self.rows(examined.envelope.as_ref(), unproven)
            }
        };
        let stages = self.stages(&examined, opened);
        let sent = examined.sent.take();
        let mut report = Report {
            now: self.now,
            product: Product::recognise(self.idp),
            stages,
            findings,
            signatures: examined.signatures,
            trusted: self.idp.certificates().iter().map(CertificateFacts::of).collect(),
            sent,
            notes: Vec::new(),
        };
        report.add_remedies(examined.envelope.as_ref().map(|envelope| &envelope.status));
        report.note_entity_ids(&self.settings.entity_id, self.idp.entity_id());
        if let Ok(opened) = opened {
            self.prove(&mut report, opened);
        }
        report
    }

    /// Every row.
    fn rows(&self, envelope: Option<&Envelope>, assertion: Option<(&Assertion, bool)>) -> Vec<Finding> {
        let context = envelope.map(|envelope| self.context(envelope, assertion.is_none_or(|(_, signed)| signed)));
        let finding = |check: &Check| {
            let skipped = Finding {
                check: check.id,
                cites: check.cites,
                signed: false,
                found: String::new(),
                wanted: String::new(),
                outcome: Outcome::Skipped,
            };
            let (Some(envelope), Some(context)) = (envelope, &context) else { return skipped };
            let claims = assertion.map(|(claims, _)| claims);
            let Some(verdict) = check.run(envelope, claims, context) else { return skipped };
            let Sides { found, wanted } = sides(check, envelope, claims, context).unwrap_or_default();
            let signed = match check.test {
                Test::Envelope(_) => envelope.signed,
                Test::Assertion(_) => assertion.is_some_and(|(_, signed)| signed),
            };
            Finding { signed, found, wanted, outcome: Outcome::of(verdict.as_ref()), ..skipped }
        };
        CHECKS.iter().map(finding).collect()
    }

    /// `proven`: of claims that nobody has proven a row asks what it would ask if somebody had.
    fn context(&self, envelope: &Envelope, proven: bool) -> Context<'_> {
        let (acs, pending) = match self.expected {
            Expected::AnswerTo(pending) => (pending.acs_url.as_str(), Some(*pending)),
            Expected::Unsolicited { at } => (*at, None),
        };
        Context {
            settings: self.settings,
            idp: self.idp,
            moment: self.settings.moment(self.now),
            acs,
            pending,
            signed_in_response_to: envelope.in_response_to.is_some() && (envelope.signed || !proven),
        }
    }

    fn stages(&self, examined: &Examined, opened: Result<&Opened, &Error>) -> Vec<Stage> {
        let stopped = [opened.err(), examined.stopped.as_ref()].into_iter().flatten();
        let mut failures: Vec<(&str, Failure)> =
            stopped.filter_map(|error| Some((stage_of(error, examined)?, Failure::of(error)))).collect();
        let signatures = examined.signatures.iter();
        failures.extend(signatures.filter_map(|signature| Some((SIGNATURES, signature.outcome.failure()?.clone()))));
        let (opened, login) = (opened.ok(), !failures.iter().any(|(stage, _)| *stage == LOGIN));
        let decrypted = opened.is_some_and(|opened| !opened.decrypted.is_empty());
        let stages = [
            (LOGIN, login, String::new()),
            (
                ENCODING,
                examined.octets.is_some(),
                examined.octets.map(|octets| format!("{octets} octets")).unwrap_or_default(),
            ),
            (XML, examined.root.is_some(), examined.root.clone().unwrap_or_default()),
            (
                MESSAGE,
                examined.envelope.is_some(),
                examined.envelope.as_ref().map(|envelope| envelope.status.to_string()).unwrap_or_default(),
            ),
            (
                SIGNATURES,
                !examined.signatures.is_empty() || opened.is_some_and(|opened| !opened.proofs.is_empty()),
                signed_elements(opened, examined),
            ),
            (DECRYPTION, decrypted, encrypted_elements(opened, examined)),
            (ASSERTION, opened.is_some_and(|opened| opened.signed.is_some()), String::new()),
        ];
        let outcome = |stage: &str, done| match failures.iter().find(|(failed, _)| *failed == stage) {
            Some((_, failure)) => Outcome::Fail(failure.clone()),
            None if done => Outcome::Pass,
            None => Outcome::Skipped,
        };
        stages.into_iter().map(|(stage, done, found)| Stage { stage, found, outcome: outcome(stage, done) }).collect()
    }

    /// What verification has proven takes the place of what was only received.
    fn prove(&self, report: &mut Report, opened: &Opened) {
        for Proof { element, algorithm, digest, key } in &opened.proofs {
            let known = report.signatures.iter_mut().find(|signature| signature.element == *element);
            if let Some(known) = known {
                known.key = Some(key.clone());
                continue;
            }
            // The assertion's own, where it came encrypted.
            report.signatures.push(FoundSignature {
                element,
                algorithms: Some((algorithm, digest)),
                digest_matches: Some(true),
                key: Some(key.clone()),
                carried: None,
                outcome: Outcome::Pass,
            });
        }
        let octets = opened.signed.as_ref().map(|signed| &signed.octets);
        let document = octets.and_then(|octets| SignedDocument::parse(octets, &self.settings.limits).ok());
        let (assertion, encrypted) = document.as_ref().map(SignedDocument::sent).unwrap_or_default();
        report.sent = Some(Sent { response: SentResponse::of(&opened.envelope), assertion, encrypted });
        report.note_decrypted(&opened.decrypted);
        report.note_times(document.iter().flat_map(SignedDocument::times));
    }
}

const LOGIN: &str = "login";
const ENCODING: &str = "encoding";
const XML: &str = "xml";
const MESSAGE: &str = "message";
const SIGNATURES: &str = "signatures";
const DECRYPTION: &str = "decryption";
const ASSERTION: &str = "assertion";

/// Where an error has stopped the walk; `None` for a mismatch of which a row speaks.
fn stage_of(error: &Error, examined: &Examined) -> Option<&'static str> {
    Some(match error {
        Error::Encoding(_) => ENCODING,
        Error::Xml(_) if examined.root.is_none() => XML,
        Error::Message(_) if examined.envelope.is_none() => MESSAGE,
        Error::Signature(_) => SIGNATURES,
        Error::Decrypt(_) => DECRYPTION,
        Error::Xml(_) | Error::Message(_) => ASSERTION,
        Error::Rejected(Rejection::IssuerMismatch { .. }) => return None,
        _ => LOGIN,
    })
}

fn signed_elements(opened: Option<&Opened>, examined: &Examined) -> String {
    let received = examined.signatures.iter().map(|signature| signature.element);
    let names: Vec<&str> = match opened {
        Some(opened) => opened.proofs.iter().map(|proof| proof.element).collect(),
        None => received.collect(),
    };
    if names.is_empty() { "no Signature".to_owned() } else { format!("of the {}", names.join(" and of the ")) }
}

fn encrypted_elements(opened: Option<&Opened>, examined: &Examined) -> String {
    let encrypted = examined.sent.as_ref().map(|sent| sent.encrypted.as_slice()).unwrap_or_default();
    match opened {
        _ if encrypted.is_empty() => "nothing is encrypted".to_owned(),
        None => format!("{}, not opened", encrypted.join(", ")),
        Some(opened) => {
            let each = opened.decrypted.iter();
            let each = each.map(|part| format!("{} by {}, {}", part.element, part.content, part.key_transport));
            each.collect::<Vec<_>>().join("; ")
        }
    }
}
