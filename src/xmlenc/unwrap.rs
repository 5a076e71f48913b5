//! Which private key says what a wrapped key holds: ours here, then ours elsewhere; and what they said, so that none is
//! asked the same twice.

use std::sync::Arc;

use super::DecryptError;
use super::shape::WrappedKey;
use crate::crypto::{Certificate, ContentCipher, ContentKey, DecryptionKey, KeyTransport, answered};

/// RSA private-key operations that one message may cause, here and elsewhere and in all its steps: two levels, a key or
/// two each, a few keys of ours in a rollover stay below ten.
pub(super) const MAX_KEY_DECRYPTIONS: usize = 32;

/// The private keys that open what is encrypted to us.
#[derive(Debug, Default)]
pub(crate) struct Keys {
    pub(crate) here: Vec<Arc<DecryptionKey>>,
    /// The certificates of those that are in an HSM or a key management service, in the order in which they are asked.
    pub(crate) elsewhere: Vec<Certificate>,
}

/// One of them.
#[derive(Clone, Copy)]
pub(super) enum Key<'k> {
    Here(&'k DecryptionKey),
    Elsewhere(&'k Certificate),
}

/// What private keys have said about the wrapped keys of one message. Kept from step to step.
pub(crate) struct Unwrapped {
    answers: Vec<Answer>,
    /// Whether keys elsewhere can be asked between two steps.
    pub(super) in_steps: bool,
    question: Option<Question>,
}

struct Answer {
    /// SHA-256 of the public half of the key that said it.
    by: [u8; 32],
    wrapped: WrappedKey,
    cipher: ContentCipher,
    content_key: Option<ContentKey>,
}

/// What a key elsewhere has to say before the message can be read any further.
pub(crate) struct Question {
    certificate: Certificate,
    wrapped: WrappedKey,
    cipher: ContentCipher,
}

impl Unwrapped {
    /// Nothing is known, and only the keys here can be asked.
    pub(crate) fn in_one_step() -> Self {
        Self { answers: Vec::new(), in_steps: false, question: None }
    }

    /// Nothing is known, and keys elsewhere can be asked.
    pub(crate) fn in_steps() -> Self {
        Self { in_steps: true, ..Self::in_one_step() }
    }

    /// What stopped the reading of the message, where it was a question.
    pub(crate) fn take_question(&mut self) -> Option<Question> {
        self.question.take()
    }

    /// Keeps what a key elsewhere answered; `None` for every failure.
    pub(crate) fn answer(&mut self, question: Question, octets: Option<&[u8]>) {
        let Question { certificate, wrapped, cipher } = question;
        let content_key = answered(&wrapped.transport, octets, cipher);
        self.answers.push(Answer { by: certificate.key().spki_sha256(), wrapped, cipher, content_key });
    }

    /// What this key says that `wrapped` holds; `None` says nothing about why there is nothing.
    pub(super) fn content_key(
        &mut self,
        key: Key<'_>,
        wrapped: &WrappedKey,
        cipher: ContentCipher,
    ) -> Result<Option<&ContentKey>, DecryptError> {
        let by = key.spki_sha256();
        let said = |answer: &Answer| answer.by == by && answer.cipher == cipher && answer.wrapped == *wrapped;
        let at = match self.answers.iter().position(said) {
            Some(at) => at,
            None if self.answers.len() >= MAX_KEY_DECRYPTIONS => {
                return Err(DecryptError::TooManyKeys { limit: MAX_KEY_DECRYPTIONS });
            }
            None => {
                let content_key = self.ask(key, wrapped, cipher)?;
                self.answers.push(Answer { by, wrapped: wrapped.clone(), cipher, content_key });
                self.answers.len().saturating_sub(1)
            }
        };
        Ok(self.answers.get(at).and_then(|answer| answer.content_key.as_ref()))
    }

    fn ask(
        &mut self,
        key: Key<'_>,
        wrapped: &WrappedKey,
        cipher: ContentCipher,
    ) -> Result<Option<ContentKey>, DecryptError> {
        match key {
            Key::Here(key) => Ok(key.unwrap_key(&wrapped.transport, &wrapped.wrapped, cipher)),
            // RFC 8017 sections 7.1.2 and 7.2.2 step 1: as long as the modulus, or no key has to look at it.
            Key::Elsewhere(certificate) if modulus_bytes(certificate) != Some(wrapped.wrapped.len()) => {
                Ok(answered(&wrapped.transport, None, cipher))
            }
            Key::Elsewhere(certificate) => {
                self.question = Some(Question { certificate: certificate.clone(), wrapped: wrapped.clone(), cipher });
                // Ends the walk, and is nobody's result: the question is looked for first.
                Err(DecryptError::KeyElsewhere { element: "message" })
            }
        }
    }
}

impl Key<'_> {
    fn spki_sha256(self) -> [u8; 32] {
        match self {
            Self::Here(key) => key.spki_sha256(),
            Self::Elsewhere(certificate) => certificate.key().spki_sha256(),
        }
    }
}

impl Question {
    pub(crate) fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    pub(crate) fn transport(&self) -> &KeyTransport {
        &self.wrapped.transport
    }

    pub(crate) fn wrapped(&self) -> &[u8] {
        &self.wrapped.wrapped
    }
}

fn modulus_bytes(certificate: &Certificate) -> Option<usize> {
    certificate.key().rsa_bits().map(|bits| bits.div_ceil(8))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::DigestAlgorithm;

    fn wrapped(octet: u8) -> WrappedKey {
        let (digest, mgf1) = (DigestAlgorithm::Sha1, DigestAlgorithm::Sha1);
        WrappedKey { transport: KeyTransport::RsaOaep { digest, mgf1, label: Vec::new() }, wrapped: vec![octet; 256] }
    }

    /// However many steps there are: each private key looks at each wrapped key once, and 32 times in all.
    #[test]
    fn private_operations_are_counted_across_steps() {
        let key = DecryptionKey::from_pem(include_str!("../crypto/testdata/test_only_rsa_2048.pem")).unwrap();
        let mut unwrapped = Unwrapped::in_steps();
        let mut ask = |octet| unwrapped.content_key(Key::Here(&key), &wrapped(octet), ContentCipher::Aes128Gcm).is_ok();
        for _ in 0..3 {
            for octet in 0..32 {
                assert!(ask(octet), "{octet}");
            }
            assert!(!ask(32));
        }
        assert_eq!(unwrapped.answers.len(), 32);
    }
}
