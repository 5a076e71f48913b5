//! A message as it was received, looked at for a report: what it says and what its signatures are worth. No private key is
//! asked here, whatever the outcome, so that a report tells nothing of a ciphertext that `accept` would not.

use super::report::{CertificateFacts, FoundSignature, Outcome};
use crate::crypto::VerifyingKey;
use crate::dsig::{self, Signature, SignatureError};
use crate::error::Error;
use crate::profile::settings::Settings;
use crate::saml::response::{AssertionElement, Claims, Envelope};
use crate::saml::sent::{self, Sent, SentAssertion, SentResponse};
use crate::saml::unproven::Unproven;
use crate::text::quoted::Quoted;
use crate::xml::{Document, Element, Name};

/// What was found before anything is proven.
#[derive(Default)]
pub(super) struct Examined {
    /// What ended the look: the field, the document or the message could not be read.
    pub(super) stopped: Option<Error>,
    /// Octets of the document.
    pub(super) octets: Option<usize>,
    /// The name of its document element, quoted.
    pub(super) root: Option<String>,
    pub(super) envelope: Option<Envelope>,
    pub(super) signatures: Vec<FoundSignature>,
    pub(super) assertion: Option<Unproven>,
    pub(super) sent: Option<Sent>,
}

/// What is known of the signatures already, so that nothing is verified twice.
#[derive(Clone, Copy)]
pub(super) enum Known<'a> {
    /// Every one of them has verified.
    All,
    /// The walk ended with this error, by these trusted keys.
    Until(&'a Error, &'a [VerifyingKey]),
}

pub(super) fn examine(settings: &Settings, known: Known<'_>, message: Result<&[u8], &Error>) -> Examined {
    let mut examined = Examined::default();
    let looked = message.map_err(Clone::clone).and_then(|message| examined.look(settings, known, message));
    examined.stopped = looked.err();
    examined
}

impl Examined {
    fn look(&mut self, settings: &Settings, known: Known<'_>, message: &[u8]) -> Result<(), Error> {
        self.octets = Some(message.len());
        let document = Document::parse(message, &settings.limits.message())?;
        let root = document.root();
        self.root = Some(Quoted::new(root.local()).describe());
        if root.is(Name::samlp("Response")) {
            self.sent = Some(Sent {
                response: SentResponse::unproven(root),
                assertion: SentAssertion::find(root, false),
                encrypted: sent::encrypted(root),
            });
            self.signatures.extend(signature(settings, known, root));
        }
        let claims = Claims::read(root)?;
        let assertion = claims.assertion;
        self.envelope = Some(claims.into_envelope());
        if let Some(AssertionElement::Plain(element)) = assertion {
            self.signatures.extend(signature(settings, known, element));
            self.assertion = Unproven::read(element).ok();
        }
        Ok(())
    }
}

fn signature(settings: &Settings, known: Known<'_>, element: Element<'_>) -> Option<FoundSignature> {
    let found = |element| FoundSignature {
        element,
        algorithms: None,
        digest_matches: None,
        key: None,
        carried: None,
        outcome: Outcome::Pass,
    };
    let signature = match Signature::of(element, &settings.limits) {
        Ok(None) => return None,
        Ok(Some(signature)) => signature,
        Err(error) => {
            let name = if element.is(Name::samlp("Response")) { "Response" } else { "Assertion" };
            return Some(FoundSignature { outcome: Outcome::of::<()>(Err(&error.into())), ..found(name) });
        }
    };
    // The key that made it, in words, where that is found out here.
    let verified = match known {
        Known::All => Ok(None),
        Known::Until(Error::Signature(error), _) if error.element() == Some(signature.signed_name()) => {
            Err(error.clone())
        }
        Known::Until(_, keys) => dsig::verify(settings.engine, &signature, keys, &settings.algorithms)
            .map(|verified| keys.get(verified.key).map(VerifyingKey::describe)),
    };
    Some(FoundSignature {
        algorithms: Some((signature.algorithm.name(), signature.digest_algorithm.name())),
        digest_matches: match &verified {
            Ok(_) | Err(SignatureError::WrongKey { .. }) => Some(true),
            Err(SignatureError::DigestMismatch { .. }) => Some(false),
            Err(_) => None,
        },
        key: verified.as_ref().ok().cloned().flatten(),
        carried: signature.carried_certificate().as_ref().map(CertificateFacts::of),
        outcome: Outcome::of(verified.map_err(Error::from).as_ref()),
        ..found(signature.signed_name())
    })
}
