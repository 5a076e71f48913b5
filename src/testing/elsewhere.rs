//! What stands in the place of an HSM.

use crate::crypto::DecryptionKey;
use crate::sp::ToUnwrap;

/// What an HSM with this private key answers to a question; `None` where it is not the right key or the padding is wrong.
///
/// ```
/// use saml_sp::testing::{Encrypted, Encryption, TestIdp, unwrap_elsewhere};
/// use saml_sp::{AcceptStep, Certificate, Credential, DecryptionKey, Expect, PostedResponse, ServiceProvider};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let pair = TestIdp::new("https://keys.example.com")?;
/// let (hsm, certificate) = (DecryptionKey::from_pem(&pair.private_key()?)?, Certificate::from_pasted(pair.certificate())?);
/// let sp = ServiceProvider::builder("https://app.example.com/saml", "https://app.example.com/saml/acs")
///     .credential(Credential::active(certificate.certificate).decryption_elsewhere())
///     .build()?;
///
/// let test_idp = TestIdp::new("https://idp.example.com/metadata")?;
/// let mut answer = test_idp.unsolicited(sp.entity_id().as_str(), sp.acs_url(), "alice");
/// answer.encryption.push(Encryption::of(Encrypted::Assertion, &hsm));
/// let form = test_idp.post(&answer)?;
///
/// let posted = PostedResponse::new(&form.saml_response, None);
/// let expect = Expect::unsolicited(sp.acs_url());
/// let mut step = sp.accept_in_steps(&test_idp.identity_provider()?, &posted, expect)?;
/// while let AcceptStep::Unwrap(asked) = step {
///     let key = unwrap_elsewhere(&hsm, &asked);
///     step = asked.resume(key.as_deref())?;
/// }
/// assert!(matches!(step, AcceptStep::Accepted(_)));
/// # Ok(())
/// # }
/// ```
#[must_use]
pub fn unwrap_elsewhere(key: &DecryptionKey, asked: &ToUnwrap) -> Option<Vec<u8>> {
    (key.spki_sha256() == asked.certificate().key().spki_sha256()).then_some(())?;
    key.stand_in(asked.algorithm(), asked.wrapped())
}
