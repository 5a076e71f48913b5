//! Answers encrypted to a key that never comes here: accepted in steps, with the key service asked in between.

use std::fmt;

use super::ServiceProvider;
use crate::crypto::{Certificate, KeyTransport};
use crate::error::Error;
use crate::profile::login::accept::Accepted;
use crate::profile::login::report::Rejected;
use crate::profile::login::steps::{Step, Walk};
use crate::profile::login::{Expect, PostedResponse};
use crate::saml::metadata::IdentityProvider;
use crate::xmlenc::Question;

/// How far an answer came that is accepted in steps.
#[derive(Debug)]
#[must_use]
#[expect(
    clippy::exhaustive_enums,
    reason = "apps match on it: an answer is accepted, or a key elsewhere has to be asked"
)]
pub enum AcceptStep {
    /// It passed every check but the replay record's.
    Accepted(Accepted),
    /// A key elsewhere has to unwrap a content key first.
    Unwrap(ToUnwrap),
}

/// A wrapped content key, for the decryption key elsewhere that may open it; and the answer that waits for it.
///
/// # What the key service has to do
///
/// Decrypt [`wrapped`](Self::wrapped) with the private key of [`certificate`](Self::certificate), by
/// [`algorithm`](Self::algorithm):
///
/// | algorithm | the operation | its parameters |
/// |---|---|---|
/// | [`KeyTransport::RsaOaep`] | RSAES-OAEP-DECRYPT (RFC 8017 section 7.1.2) | the hash, the hash of MGF1, the label, nearly always empty |
/// | [`KeyTransport::Rsa15`], where allowed by name | RSAES-PKCS1-V1_5-DECRYPT (section 7.2.2) | none |
///
/// The result is the content key itself: 16, 24 or 32 octets. PKCS#11 calls the first `CKM_RSA_PKCS_OAEP`. Many key services know
/// OAEP with one hash for both purposes and no label only: what they cannot do is
/// a failure like any other, and the identity provider has to be told what they can. What most products send, SHA-1 for both,
/// is among it.
///
/// # What to do with its answer
///
/// A failure goes into [`resume`](Self::resume) as `None`, whatever the service says about it. Who answers otherwise than
/// this library does, by another page or another status code, lets the sender ask the private key questions, one message at
/// a time. Only where the service could not be reached, which has nothing to do with the message, ask again, or answer
/// that logins do not work now. Do not retry what was refused: that shows in the time.
///
/// Anybody who can reach the ACS can cause questions: AES-GCM needs no signature around it. There are at most 32 for one
/// message, a key that does not fit in length is never asked, and a key is never asked the same twice for a message;
/// bound what you spend on a browser. What is encrypted with AES-CBC under no signature is refused before.
///
/// It holds the posted message and the pending login, and the content keys learnt so far, which are overwritten when it is
/// dropped. Dropping it ends the login. Neither the service provider nor the identity provider can become another one
/// while it waits.
#[must_use = "the answer is not accepted before the content key is known"]
pub struct ToUnwrap {
    sp: ServiceProvider,
    walk: Walk,
    question: Question,
}

impl ServiceProvider {
    /// Takes an answer that was posted to the ACS, as [`accept`](Self::accept) does, where a decryption key is in an HSM
    /// or a key management service ([`Credential::decryption_elsewhere`](crate::Credential::decryption_elsewhere)).
    ///
    /// The library does not wait for anybody: where such a key is needed the result is what to ask it, and
    /// [`ToUnwrap::resume`] goes on with what it said. An answer with nothing encrypted is accepted at once. Decryption keys
    /// that are here are tried first; the [active](crate::KeyState::Active) key elsewhere before the others.
    ///
    /// Each step walks through the message from the start, with the time of that moment: signatures are verified once a step,
    /// and what expired in between is refused.
    ///
    /// ```no_run
    /// use saml_sp::{AcceptStep, Accepted, Expect, IdentityProvider, PostedResponse, ServiceProvider, ToUnwrap};
    ///
    /// # type Error = Box<dyn std::error::Error>;
    /// # struct Kms;
    /// impl Kms {
    ///     /// Whatever the key service says about the ciphertext is `None`; an error only where it does not answer.
    ///     async fn unwrap(&self, asked: &ToUnwrap) -> Result<Option<Vec<u8>>, Error> {
    ///         # _ = (asked.certificate(), asked.algorithm(), asked.wrapped());
    ///         # Ok(None)
    ///     }
    /// }
    ///
    /// async fn accept(
    ///     kms: &Kms,
    ///     sp: &ServiceProvider,
    ///     idp: &IdentityProvider,
    ///     posted: &PostedResponse<'_>,
    ///     expect: Expect,
    /// ) -> Result<Accepted, Error> {
    ///     let mut step = sp.accept_in_steps(idp, posted, expect)?;
    ///     loop {
    ///         match step {
    ///             AcceptStep::Accepted(accepted) => return Ok(accepted),
    ///             AcceptStep::Unwrap(asked) => {
    ///                 let key = kms.unwrap(&asked).await?;
    ///                 step = asked.resume(key.as_deref())?;
    ///             }
    ///         }
    ///     }
    /// }
    /// ```
    ///
    /// # Errors
    /// As [`accept`](Self::accept), and none of its own.
    pub fn accept_in_steps(
        &self,
        idp: &IdentityProvider,
        posted: &PostedResponse<'_>,
        expect: Expect,
    ) -> Result<AcceptStep, Error> {
        let step = Walk::new(idp, posted, expect).walk(&self.settings, self.clock.now())?;
        Ok(AcceptStep::new(self.clone(), step))
    }

    /// As [`accept_in_steps`](Self::accept_in_steps), and where it fails every check's outcome comes with the error, as
    /// [`accept_or_report`](Self::accept_or_report) has it. Go on with [`ToUnwrap::resume_or_report`].
    ///
    /// # Errors
    /// The same, boxed with a [`Report`](crate::Report).
    pub fn accept_in_steps_or_report(
        &self,
        idp: &IdentityProvider,
        posted: &PostedResponse<'_>,
        expect: Expect,
    ) -> Result<AcceptStep, Box<Rejected>> {
        let step = Walk::new(idp, posted, expect).walk_or_report(&self.settings, self.clock.now())?;
        Ok(AcceptStep::new(self.clone(), step))
    }
}

impl AcceptStep {
    fn new(sp: ServiceProvider, step: Step) -> Self {
        match step {
            Step::Accepted(accepted) => Self::Accepted(accepted),
            Step::Unwrap(walk, question) => Self::Unwrap(ToUnwrap { sp, walk, question }),
        }
    }
}

impl ToUnwrap {
    /// The certificate whose private key is asked: one of a [`Credential`](crate::Credential) with
    /// [`decryption_elsewhere`](crate::Credential::decryption_elsewhere). Find the key in your service by its
    /// [fingerprint](Certificate::sha256), or by that of its [public key](crate::VerifyingKey::spki_sha256).
    #[must_use]
    pub fn certificate(&self) -> &Certificate {
        self.question.certificate()
    }

    /// How the content key is wrapped. Read from the message and checked against what this service provider allows.
    #[must_use]
    pub fn algorithm(&self) -> &KeyTransport {
        self.question.transport()
    }

    /// The octets to decrypt, exactly as many as the modulus has: 256 for RSA of 2048 bits.
    #[must_use]
    pub fn wrapped(&self) -> &[u8] {
        self.question.wrapped()
    }

    /// Goes on with the content key, or with `None` where the key elsewhere did not open it.
    ///
    /// `None` and a key of the wrong length are one thing, and no error yet: another key may open the message. With RSA 1.5
    /// a random key takes their place (RFC 3218). The octets that you pass are yours to overwrite.
    ///
    /// # Errors
    /// As [`ServiceProvider::accept`]: `decrypt-failed` for everything up to authenticated plaintext.
    pub fn resume(mut self, key: Option<&[u8]>) -> Result<AcceptStep, Error> {
        self.walk.answer(self.question, key);
        let step = self.walk.walk(&self.sp.settings, self.sp.clock.now())?;
        Ok(AcceptStep::new(self.sp, step))
    }

    /// As [`resume`](Self::resume), and where it fails every check's outcome comes with the error.
    ///
    /// # Errors
    /// The same, boxed with a [`Report`](crate::Report).
    pub fn resume_or_report(mut self, key: Option<&[u8]>) -> Result<AcceptStep, Box<Rejected>> {
        self.walk.answer(self.question, key);
        let step = self.walk.walk_or_report(&self.sp.settings, self.sp.clock.now())?;
        Ok(AcceptStep::new(self.sp, step))
    }
}

impl fmt::Debug for ToUnwrap {
    /// What is asked, without the message.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (algorithm, fingerprint) = (self.algorithm(), self.certificate().sha256());
        write!(f, "ToUnwrap({} octets, {algorithm}, {fingerprint})", self.wrapped().len())
    }
}
