//! Service providers of different needs, and one identity provider like each product that knows them all.

use std::sync::LazyLock;

use chrono::{DateTime, Utc};
use saml_sp::testing::{Answer, Form, ReceivedRequest, TestIdp, TestUser};
use saml_sp::{
    Accepted, Binding, Clock, Credential, Engine, Error, Expect, IdentityProvider, LoginOptions, LoginRequest,
    PendingLogin, PostedResponse, Product, ServiceProvider,
};

use crate::keys::Pair;

pub(crate) const ACS: &str = "https://app.example.com/saml/acs";
pub(crate) const SLO: &str = "https://app.example.com/saml/slo";

/// An application without a key to encrypt to, one with, and one whose name is a bare application id.
pub(crate) const PLAIN: &str = "https://app.example.com/saml";
pub(crate) const OPENS: &str = "https://app.example.com/saml/encrypted";
pub(crate) const BARE_ID: &str = "6b1f7a3e-94c2-4f0d-8e55-2d7c9a10b3f4";

/// A moment with a fraction that no product can write without rounding.
pub(crate) fn noon() -> DateTime<Utc> {
    "2026-01-15T12:00:00.1234567Z".parse().unwrap()
}

pub(crate) struct Stage {
    pub(crate) product: Product,
    pub(crate) test_idp: TestIdp,
    pub(crate) idp: IdentityProvider,
}

static STAGES: LazyLock<Vec<Stage>> =
    LazyLock::new(|| Product::ALL.iter().map(|product| Stage::new(*product)).collect());

pub(crate) fn like(product: Product) -> &'static Stage {
    STAGES.iter().find(|stage| stage.product == product).unwrap()
}

pub(crate) fn stages() -> impl Iterator<Item = &'static Stage> {
    STAGES.iter()
}

pub(crate) fn sp(entity_id: &str, engine: Engine, now: DateTime<Utc>) -> ServiceProvider {
    static SIGNS: LazyLock<Pair> = LazyLock::new(Pair::ecdsa);
    static READS: LazyLock<Pair> = LazyLock::new(Pair::rsa);
    let mut builder = ServiceProvider::builder(entity_id, ACS)
        .clock(Clock::Fixed(now))
        .engine(engine)
        .credential(Credential::active(SIGNS.certificate()).signing(SIGNS.signing()))
        .slo_url(Binding::Redirect, SLO)
        .slo_url(Binding::Post, SLO)
        .slo_url(Binding::Soap, SLO);
    if entity_id == OPENS {
        builder = builder.credential(Credential::active(READS.certificate()).decryption(READS.decryption()));
    }
    builder.build().unwrap()
}

/// Each message goes through every engine that is built in.
pub(crate) fn engines() -> Vec<Engine> {
    #[cfg(feature = "xmlsec")]
    return vec![Engine::Native, Engine::Xmlsec];
    #[cfg(not(feature = "xmlsec"))]
    vec![Engine::Native]
}

impl Stage {
    fn new(product: Product) -> Self {
        Self::with(product, TestIdp::like(product).unwrap())
    }

    pub(crate) fn with(product: Product, test_idp: TestIdp) -> Self {
        let mut test_idp = test_idp.clock(Clock::Fixed(noon()));
        for entity_id in [PLAIN, OPENS, BARE_ID] {
            test_idp.know(&sp(entity_id, Engine::Native, noon()).metadata().to_xml().unwrap()).unwrap();
        }
        let idp = test_idp.identity_provider().unwrap();
        Self { product, test_idp, idp }
    }

    pub(crate) fn begin(&self, entity_id: &str, options: &LoginOptions) -> (PendingLogin, ReceivedRequest) {
        let LoginRequest { send, pending } =
            sp(entity_id, Engine::Native, noon()).begin_login_with(&self.idp, options).unwrap();
        (pending, self.test_idp.receive(&send).unwrap())
    }

    pub(crate) fn take(&self, entity_id: &str, form: &Form, pending: PendingLogin) -> Result<Accepted, Error> {
        let posted = PostedResponse::new(&form.saml_response, form.relay_state.as_deref());
        let sealing = saml_sp::SealKeys::ephemeral().unwrap();
        let sealed = pending.seal(&sealing).unwrap();
        let mut outcomes = engines().into_iter().map(|engine| {
            let sp = sp(entity_id, engine, noon());
            sp.accept(&self.idp, &posted, Expect::AnswerTo(sp.open_pending(&sealing, &sealed).unwrap()))
        });
        let outcome = outcomes.next().unwrap();
        for other in outcomes {
            match (&outcome, other) {
                (Ok(accepted), Ok(other)) => {
                    assert_eq!(accepted.signed_octets(), other.signed_octets());
                    assert_eq!(accepted.proofs().len(), other.proofs().len());
                }
                (Err(error), Err(other)) => assert_eq!(error.code(), other.code()),
                (_, other) => panic!("{}: one engine takes it and the other does not: {other:?}", self.product),
            }
        }
        outcome
    }

    /// The outcome of a login whose answer a test changes before it is signed.
    pub(crate) fn login(&self, entity_id: &str, change: impl FnOnce(&mut Answer)) -> Result<Accepted, Error> {
        self.login_with(entity_id, &LoginOptions::new(), change)
    }

    pub(crate) fn login_with(
        &self,
        entity_id: &str,
        options: &LoginOptions,
        change: impl FnOnce(&mut Answer),
    ) -> Result<Accepted, Error> {
        let (pending, request) = self.begin(entity_id, options);
        let mut answer = self.test_idp.answer(&request, "alice");
        change(&mut answer);
        self.take(entity_id, &self.test_idp.post(&answer).unwrap(), pending)
    }

    /// The text of an answer to an application without a key, about this user.
    pub(crate) fn message(&self, user: &TestUser) -> String {
        let (_, request) = self.begin(PLAIN, &LoginOptions::new());
        self.test_idp.sign(&self.test_idp.answer_about(&request, user)).unwrap()
    }
}

/// Refused with this code, and the remedy of the product names the setting.
#[track_caller]
pub(crate) fn is_refused<T: std::fmt::Debug>(product: Product, outcome: Result<T, Error>, code: &str, setting: &str) {
    let error = outcome.unwrap_err();
    assert_eq!(error.code(), code, "{product}: {error}");
    let remedy = match &error {
        Error::Refused { status, .. } => product.remedy_for_status(status),
        other => product.remedy(other.code()),
    };
    assert!(remedy.is_some_and(|remedy| remedy.contains(setting)), "{product}: {remedy:?}, not {setting}");
}

/// Refused with this code, and the hint, which is for every product, has these words.
#[track_caller]
pub(crate) fn is_refused_with_hint<T: std::fmt::Debug>(outcome: Result<T, Error>, code: &str, words: &str) {
    let error = outcome.unwrap_err();
    assert_eq!(error.code(), code, "{error}");
    assert!(error.hint().contains(words), "{}", error.hint());
}
