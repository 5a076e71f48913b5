//! One login between an application and the identity provider in memory, with every clock stopped.
#![allow(dead_code)] // each test program uses its part
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test may stop where it stands

use chrono::{DateTime, Duration, Utc};
use saml_sp::testing::{Answer, ReceivedRequest, Sign, TestIdp};
use saml_sp::{
    Accepted, Clock, Error, Expect, IdentityProvider, Login, LoginOptions, LoginRequest, Outcome, PendingLogin,
    PostedResponse, Rejected, Report, Seen, ServiceProvider, ServiceProviderBuilder, Whose,
};

pub(crate) const SP: &str = "https://app.example.com/saml";
pub(crate) const ACS: &str = "https://app.example.com/saml/acs";
pub(crate) const IDP: &str = "https://idp.example.com/metadata";
pub(crate) const MALLORY: &str = "mallory";

/// The moment at which answers arrive, unless a test says otherwise. The login began a minute before.
pub(crate) fn noon() -> DateTime<Utc> {
    "2026-01-15T12:00:00Z".parse().unwrap()
}

/// The shortest time that can be told apart.
pub(crate) fn tick() -> Duration {
    Duration::nanoseconds(1)
}

pub(crate) fn skew() -> Duration {
    Duration::seconds(180)
}

pub(crate) fn minutes(n: i64) -> Duration {
    Duration::minutes(n)
}

pub(crate) fn days(n: i64) -> Duration {
    Duration::days(n)
}

/// The form field of a message.
pub(crate) fn form_value(xml: &str) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(xml)
}

pub(crate) type Outcomes = Result<Accepted, Box<Rejected>>;

/// A login that waits for its answer. Everything is a value: the same world answers as often as a test asks.
pub(crate) struct World {
    pub(crate) test_idp: TestIdp,
    pub(crate) idp: IdentityProvider,
    pub(crate) builder: ServiceProviderBuilder,
    pub(crate) options: LoginOptions,
    pub(crate) begun: DateTime<Utc>,
    pub(crate) arrives: DateTime<Utc>,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::of(TestIdp::with_ecdsa(IDP).unwrap())
    }

    pub(crate) fn of(test_idp: TestIdp) -> Self {
        let test_idp = test_idp.clock(Clock::Fixed(noon()));
        Self {
            idp: test_idp.identity_provider().unwrap(),
            test_idp,
            builder: ServiceProvider::builder(SP, ACS),
            options: LoginOptions::new(),
            begun: noon() - minutes(1),
            arrives: noon(),
        }
    }

    pub(crate) fn asking(options: LoginOptions) -> Self {
        Self { options, ..Self::new() }
    }

    /// As built by `change`.
    pub(crate) fn built(mut self, change: impl FnOnce(ServiceProviderBuilder) -> ServiceProviderBuilder) -> Self {
        self.builder = change(self.builder);
        self
    }

    /// The answer arrives at another moment.
    pub(crate) fn at(mut self, arrives: DateTime<Utc>) -> Self {
        self.arrives = arrives;
        self
    }

    pub(crate) fn sp_at(&self, now: DateTime<Utc>) -> ServiceProvider {
        self.builder.clone().clock(Clock::Fixed(now)).build().unwrap()
    }

    pub(crate) fn sp(&self) -> ServiceProvider {
        self.sp_at(self.arrives)
    }

    pub(crate) fn begin(&self) -> (PendingLogin, ReceivedRequest) {
        let LoginRequest { send, pending } = self.sp_at(self.begun).begin_login_with(&self.idp, &self.options).unwrap();
        (pending, self.test_idp.receive(&send).unwrap())
    }

    pub(crate) fn take(&self, xml: &str, expect: Expect) -> Outcomes {
        self.sp().accept_or_report(&self.idp, &PostedResponse::new(&form_value(xml), None), expect)
    }

    /// The outcome of a login whose answer a test changes before it is signed.
    pub(crate) fn answered(&self, change: impl FnOnce(&mut Answer)) -> Outcomes {
        self.answered_with(change, |xml| xml)
    }

    /// As [`answered`](Self::answered), and the signed text is altered on its way.
    pub(crate) fn answered_with(
        &self,
        change: impl FnOnce(&mut Answer),
        alter: impl FnOnce(String) -> String,
    ) -> Outcomes {
        let (pending, request) = self.begin();
        let mut answer = self.test_idp.answer(&request, "alice");
        change(&mut answer);
        let xml = alter(self.test_idp.sign(&answer).unwrap());
        self.take(&xml, Expect::AnswerTo(pending))
    }

    /// The outcome of a login whose answer a test changes as text before the elements of `sign` are signed.
    pub(crate) fn written(
        &self,
        sign: Sign,
        change: impl FnOnce(&mut Answer),
        rewrite: impl FnOnce(String) -> String,
    ) -> Outcomes {
        let (pending, request) = self.begin();
        let mut answer = self.test_idp.answer(&request, "alice");
        change(&mut answer);
        let xml = self.rewritten(&mut answer, sign, rewrite);
        self.take(&xml, Expect::AnswerTo(pending))
    }

    /// The message of [`written`](Self::written).
    pub(crate) fn rewritten(&self, answer: &mut Answer, sign: Sign, rewrite: impl FnOnce(String) -> String) -> String {
        answer.sign = Sign::Nothing;
        let unsigned = self.test_idp.sign(answer).unwrap();
        let mut xml = rewrite(unsigned.clone());
        assert_ne!(xml, unsigned, "nothing was rewritten");
        if matches!(sign, Sign::Assertion | Sign::Both) {
            xml = self.test_idp.sign_element(&xml, &answer.assertion_id).unwrap();
        }
        if matches!(sign, Sign::Response | Sign::Both) {
            xml = self.test_idp.sign_element(&xml, &answer.response_id).unwrap();
        }
        xml
    }

    /// The outcome of an answer that nobody asked for.
    pub(crate) fn unsolicited(&self, change: impl FnOnce(&mut Answer)) -> Outcomes {
        let mut answer = self.test_idp.unsolicited(SP, ACS, "alice");
        change(&mut answer);
        self.take(&self.test_idp.sign(&answer).unwrap(), Expect::unsolicited(ACS))
    }
}

/// Replaces what stands exactly once.
pub(crate) fn replace(xml: &str, from: &str, to: &str) -> String {
    assert_eq!(xml.matches(from).count(), 1, "{from:?} in {xml}");
    xml.replacen(from, to, 1)
}

/// From `start` to the end of the first `end` behind it.
pub(crate) fn cut<'x>(xml: &'x str, start: &str, end: &str) -> &'x str {
    let from = xml.find(start).unwrap_or_else(|| panic!("no {start} in {xml}"));
    let until = xml[from..].find(end).unwrap_or_else(|| panic!("no {end} in {xml}")) + from + end.len();
    &xml[from..until]
}

#[track_caller]
pub(crate) fn accepts(outcome: Outcomes) -> Login {
    match outcome {
        Ok(accepted) => accepted.confirm(Seen::FirstTime).unwrap(),
        Err(rejected) => panic!("{}\n{}", rejected.error, rejected.report),
    }
}

/// An error that somebody can act on: its code, whose it is, both sides of the comparison, and a hint.
#[track_caller]
pub(crate) fn is_error(error: &Error, code: &str, whose: Whose, shows: &[&str]) {
    let text = error.to_string();
    assert_eq!(error.code(), code, "{text}");
    assert_eq!(error.whose(), whose, "{text}");
    for part in shows {
        assert!(text.contains(part), "{text:?} does not show {part:?}");
    }
    assert!(!error.hint().is_empty(), "{text}");
}

/// Rejected by this row of the table, first of all rows, and by no row before it.
#[track_caller]
pub(crate) fn rejects(outcome: Outcomes, row: &str, code: &str, whose: Whose, shows: &[&str]) -> Error {
    let rejected = outcome.expect_err("accepted");
    is_error(&rejected.error, code, whose, shows);
    let failed = rejected.report.findings().iter().find(|finding| !matches!(finding.outcome, Outcome::Pass));
    let failed = failed.unwrap_or_else(|| panic!("no row failed:\n{}", rejected.report));
    assert_eq!(failed.check, row, "{}", rejected.report);
    let Outcome::Fail(failure) = &failed.outcome else { panic!("{}", rejected.report) };
    assert_eq!(
        (failure.code, &failure.message, &failure.hint),
        (code, &rejected.error.to_string(), &rejected.error.hint())
    );
    assert_eq!(stopped_at(&rejected.report), None);
    rejected.error
}

/// The stage that ended the walk before the table, with its code.
pub(crate) fn stopped_at(report: &Report) -> Option<(&'static str, &'static str)> {
    report.stages().iter().find_map(|stage| Some((stage.stage, stage.outcome.failure()?.code)))
}

/// Refused before the table was reached: what its rows say then is no more than information.
#[track_caller]
pub(crate) fn stops(outcome: Outcomes, code: &str, whose: Whose, shows: &[&str]) -> Error {
    let rejected = outcome.expect_err("accepted");
    is_error(&rejected.error, code, whose, shows);
    assert!(rejected.report.causes().iter().any(|cause| cause.code == code), "{}", rejected.report);
    assert!(rejected.report.findings().iter().all(|finding| !finding.signed), "{}", rejected.report);
    rejected.error
}
