//! What every stage and every check said about one message, for administrators. A report proves nothing and opens nothing.

mod display;
mod note;

pub use note::Note;

use chrono::{DateTime, Utc};

use crate::crypto::Certificate;
use crate::error::Error;
use crate::saml::product::Product;
use crate::saml::sent::{Sent, SentAssertion};
use crate::saml::{EntityId, Status};
use crate::text::instant::{self, Instant, Lexical};
use crate::text::quoted::Quoted;
use crate::text::whose::Whose;
use crate::xmlenc::Decrypted;

/// One answer, taken apart for the person who sets up single sign-on: what was sent, what failed, what was expected, and what to
/// change where.
///
/// It is made of answers that fail and of such that pass ([`diagnose`](crate::ServiceProvider::diagnose)), and shows also
/// what nobody signed, marked as that. No [`Identity`](crate::Identity) can be made of it. The NameID and the
/// values of attributes are hidden, in the text, in `Debug` and for serde, unless [`with_values`](Self::with_values) is asked. A StatusMessage is
/// shown, cut, as in every error: some products write a user's name into it.
///
/// `Display` is the whole report as text. For a page: [`stages`](Self::stages), [`findings`](Self::findings),
/// [`signatures`](Self::signatures), [`sent`](Self::sent); all of it is foreign text that HTML must escape.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Report {
    pub(super) now: DateTime<Utc>,
    pub(super) product: Option<Product>,
    pub(super) stages: Vec<Stage>,
    pub(super) findings: Vec<Finding>,
    pub(super) signatures: Vec<FoundSignature>,
    pub(super) trusted: Vec<CertificateFacts>,
    pub(super) sent: Option<Sent>,
    pub(super) notes: Vec<Note>,
}

/// What one stage of the walk in came to. The stages, in order:
///
/// | stage | what is done |
/// |---|---|
/// | `login` | the login that the answer belongs to, and the identity provider's metadata |
/// | `encoding` | the form field |
/// | `xml` | the document |
/// | `message` | a Response with a status, and with one assertion where that is Success |
/// | `signatures` | each signature of the Response and of the assertion |
/// | `decryption` | what is encrypted |
/// | `assertion` | its parts, read from what was signed |
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Stage {
    /// Its name.
    pub stage: &'static str,
    /// What was found there, in a few words; may be empty.
    pub found: String,
    /// How it came out.
    pub outcome: Outcome,
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
    /// True where what it judged stands under a signature that verified. Otherwise anybody may have written it: a failure counts, a
    /// pass is information.
    pub signed: bool,
    /// What the message says.
    pub found: String,
    /// What is wanted.
    pub wanted: String,
    /// How it came out.
    pub outcome: Outcome,
}

/// How a stage or a check came out.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub enum Outcome {
    /// It is acceptable, or nothing was claimed and nothing was required.
    Pass,
    /// It is not.
    Fail(Failure),
    /// Not looked at: there was nothing to look at, or what came before has failed.
    Skipped,
}

/// Why something failed.
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
    /// What to click or type in the identity provider's [product](Report::product), where that is known.
    pub remedy: Option<&'static str>,
    /// Who can put it right.
    pub whose: Whose,
}

/// A Signature at the Response or at the assertion.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct FoundSignature {
    /// `Response` or `Assertion`.
    pub element: &'static str,
    /// The signature algorithm and the digest algorithm, by name; `None` for a Signature of an unexpected shape.
    pub algorithms: Option<(&'static str, &'static str)>,
    /// Whether the content is what was signed; `None` where that was not found out.
    pub digest_matches: Option<bool>,
    /// Which of the trusted keys made it, by type and the start of its SHA-256.
    pub key: Option<String>,
    /// The certificate that the message carries. It is never trusted, only named.
    pub carried: Option<CertificateFacts>,
    /// How it came out.
    pub outcome: Outcome,
}

/// A certificate, to be compared with another by a person.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct CertificateFacts {
    /// The subject in one line.
    pub subject: Quoted,
    /// Its SHA-256, as openssl and administration pages show it.
    pub sha256: String,
    /// Its public key, by type and the start of its SHA-256: what is compared in verification.
    pub key: String,
    /// The first moment of its validity.
    pub not_before: DateTime<Utc>,
    /// The last moment of its validity. It decides nothing: keys are trusted, not certificates.
    pub not_after: DateTime<Utc>,
}

impl CertificateFacts {
    pub(super) fn of(certificate: &Certificate) -> Self {
        Self {
            subject: Quoted::new(certificate.subject()),
            sha256: certificate.sha256().describe(),
            key: certificate.key().describe(),
            not_before: certificate.not_before(),
            not_after: certificate.not_after(),
        }
    }
}

impl std::fmt::Display for CertificateFacts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { subject, sha256, key, not_before, not_after } = self;
        let (from, until) = (instant::format(*not_before), instant::format(*not_after));
        write!(f, "{subject}, {key}, valid {from} to {until}, SHA-256 {sha256}")
    }
}

impl Failure {
    pub(super) fn of(error: &Error) -> Self {
        Self { code: error.code(), message: error.to_string(), hint: error.hint(), remedy: None, whose: error.whose() }
    }
}

impl Outcome {
    pub(super) fn of<T>(result: Result<T, &Error>) -> Self {
        match result {
            Ok(_) => Self::Pass,
            Err(error) => Self::Fail(Failure::of(error)),
        }
    }

    /// Why it failed, where it has.
    #[must_use]
    pub fn failure(&self) -> Option<&Failure> {
        match self {
            Self::Fail(failure) => Some(failure),
            Self::Pass | Self::Skipped => None,
        }
    }
}

/// Codes by how much they explain, the most telling first: one of them is the reason why the others behind it fail as well.
const TELLING: &[&str] = &[
    "metadata-expired",
    "wrong-idp",
    "wrong-sp",
    "idp-keys-changed",
    "pending-expired",
    "issuer-mismatch",
    "status-not-success",
    "signature-missing",
    "digest-mismatch",
    "signature-wrong-key",
    "decrypt-no-key",
    "decrypt-failed",
    "decrypt-unauthenticated-cbc",
    "assertion-issuer-mismatch",
    "audience-mismatch",
    "audience-missing",
    "destination-mismatch",
    "recipient-mismatch",
    "issued-in-future",
    "confirmation-window",
    "conditions-window",
    "issued-too-long-ago",
];

/// Why an answer was not accepted, with the report on it.
#[derive(Debug)]
#[expect(clippy::exhaustive_structs, reason = "apps take it apart: one for the log, one for the administrator")]
pub struct Rejected {
    /// The first failure.
    pub error: Error,
    /// All of them, and what was sent.
    pub report: Report,
}

impl std::fmt::Display for Rejected {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.error.fmt(f)
    }
}

impl std::error::Error for Rejected {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.error)
    }
}

impl Report {
    pub(super) fn empty(now: DateTime<Utc>) -> Self {
        Self {
            now,
            product: None,
            stages: Vec::new(),
            findings: Vec::new(),
            signatures: Vec::new(),
            trusted: Vec::new(),
            sent: None,
            notes: Vec::new(),
        }
    }

    /// Whether `accept` would have taken the answer.
    #[must_use]
    pub fn is_pass(&self) -> bool {
        self.failures().next().is_none()
    }

    /// Everything that failed, the most telling first: of a wrong issuer and the wrong key that comes with it, the issuer.
    #[must_use]
    pub fn causes(&self) -> Vec<&Failure> {
        let mut causes: Vec<&Failure> = self.failures().collect();
        causes.sort_by_key(|failure| TELLING.iter().position(|code| *code == failure.code).unwrap_or(TELLING.len()));
        causes
    }

    fn failures(&self) -> impl Iterator<Item = &Failure> {
        let stages = self.stages.iter().map(|stage| &stage.outcome);
        stages.chain(self.findings.iter().map(|finding| &finding.outcome)).filter_map(Outcome::failure)
    }

    /// The moment at which it was judged.
    #[must_use]
    pub fn judged_at(&self) -> DateTime<Utc> {
        self.now
    }

    /// The product that the identity provider seems to run on, by its entityID and URLs: a guess, in whose words the remedies are.
    #[must_use]
    pub fn product(&self) -> Option<Product> {
        self.product
    }

    /// Every stage, in order.
    #[must_use]
    pub fn stages(&self) -> &[Stage] {
        &self.stages
    }

    /// Every row of the [table of checks](crate::manual::checks), in order, whether `accept` would have come to it or not. Rows over
    /// an assertion that cannot be shown or read are skipped.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// The signatures at the Response and at the assertion, and what each came to.
    #[must_use]
    pub fn signatures(&self) -> &[FoundSignature] {
        &self.signatures
    }

    /// The certificates of the identity provider as it is configured here: the other side of every wrong key.
    #[must_use]
    pub fn trusted(&self) -> &[CertificateFacts] {
        &self.trusted
    }

    /// What the identity provider sent, as far as checks and applications look at it; `None` where it is no Response.
    #[must_use]
    pub fn sent(&self) -> Option<&Sent> {
        self.sent.as_ref()
    }

    /// What is accepted and is yet not as the standard has it.
    #[must_use]
    pub fn notes(&self) -> &[Note] {
        &self.notes
    }

    /// The same with the person's name and values shown: for a page that only administrators see.
    #[must_use]
    pub fn with_values(mut self) -> Self {
        let assertion = self.sent.as_mut().and_then(|sent| sent.assertion.as_mut());
        assertion.into_iter().flat_map(SentAssertion::personal).for_each(|personal| personal.show());
        self
    }

    /// Adds the words of the product to everything that failed.
    pub(super) fn add_remedies(&mut self, status: Option<&Status>) {
        let Some(product) = self.product else { return };
        let of_stages = self.stages.iter_mut().map(|stage| &mut stage.outcome);
        for outcome in of_stages.chain(self.findings.iter_mut().map(|finding| &mut finding.outcome)) {
            if let Outcome::Fail(failure) = outcome {
                let refused = status.filter(|_| failure.code == "status-not-success");
                let by_status = refused.and_then(|status| product.remedy_for_status(status));
                failure.remedy = by_status.or_else(|| product.remedy(failure.code));
            }
        }
    }

    /// Notes what is odd about the two entities.
    pub(super) fn note_entity_ids(&mut self, ours: &EntityId, theirs: &EntityId) {
        for entity_id in [ours, theirs].into_iter().filter(|entity_id| !entity_id.is_absolute_uri()) {
            self.notes.push(Note::EntityIdNoUri { entity_id: Quoted::new(entity_id.as_str()) });
        }
    }

    pub(super) fn note_decrypted(&mut self, decrypted: &[Decrypted]) {
        let outdated = decrypted.iter().filter(|decrypted| decrypted.outdated);
        self.notes.extend(outdated.map(|found| Note::OutdatedEncryption { found: found.clone() }));
    }

    /// Notes what is odd about times, by their attributes and values.
    pub(super) fn note_times<'t>(&mut self, times: impl Iterator<Item = (&'static str, &'t str)>) {
        for (attribute, value) in times {
            let found = || Quoted::new(value);
            match Instant::parse(value).map(|instant| instant.lexical) {
                Ok(Lexical::NoZone) => self.notes.push(Note::TimeWithoutZone { attribute, found: found() }),
                Ok(Lexical::Offset) => self.notes.push(Note::TimeWithOffset { attribute, found: found() }),
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::TELLING;

    /// A code of another name would be the least telling.
    #[test]
    fn every_telling_code_is_one() {
        let book = include_str!("../../../manual/checks.rs");
        for code in TELLING {
            assert!(book.contains(&format!("//! | `{code}` |")), "{code}");
        }
    }
}
