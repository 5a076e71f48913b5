//! From the form value to the signed assertion: steps 1 to 7 of the walk in. Nothing here judges a claim, but one: an
//! Issuer that is not the chosen identity provider ends the walk before any key is touched.

use super::Settings;
use crate::binding::post;
use crate::crypto::VerifyingKey;
use crate::dsig::{self, Signature, SignatureError, SignedOctets, Verified};
use crate::error::{Error, Rejection};
use crate::saml::assertion::{Assertion, SignedDocument};
use crate::saml::metadata::IdentityProvider;
use crate::saml::response::{AssertionElement, Envelope};
use crate::text::quoted::Quoted;
use crate::xml::{Document, Element, Name};
use crate::xmlenc::{self, DecryptError, Decrypted, Decryptor, Unwrapped};

/// A message taken apart. What it says is not judged yet.
pub(super) struct Opened {
    pub(super) envelope: Envelope,
    /// `None` for an answer whose status is not Success.
    pub(super) signed: Option<SignedAssertion>,
    pub(super) proofs: Vec<Proof>,
    /// What was decrypted.
    pub(super) decrypted: Vec<Decrypted>,
    /// False where the plaintext of unauthenticated CBC was read: then every failure looks the same.
    pub(super) authentic: bool,
}

pub(super) struct SignedAssertion {
    pub(super) assertion: Assertion,
    /// The octets that the assertion was read from.
    pub(super) octets: SignedOctets,
}

/// Which element's own signature verified, and how. Response first.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Proof {
    /// `Response` or `Assertion`.
    pub element: &'static str,
    /// The signature algorithm, by name.
    pub algorithm: &'static str,
    /// The digest algorithm, by name.
    pub digest: &'static str,
    /// The key that verified it, by type and the start of its SHA-256.
    pub key: String,
}

pub(super) fn open(
    settings: &Settings,
    idp: &IdentityProvider,
    keys: &[VerifyingKey],
    saml_response: &str,
    unwrapped: &mut Unwrapped,
) -> Result<Opened, Error> {
    // 1, 2: form value to bytes to a document.
    let bytes = post::decode(saml_response, &settings.limits)?;
    let document = Document::parse(&bytes, &settings.limits.message())?;
    let root = document.root();
    // 3, 4: claims. The issuer never selects keys: the application chose the identity provider.
    let (claims, assertion) = Envelope::claims(root)?;
    if let Some(issuer) = &claims.issuer
        && issuer != idp.entity_id().as_str()
    {
        let found = Quoted::new(issuer);
        return Err(Rejection::IssuerMismatch { found, wanted: idp.entity_id().clone() }.into());
    }
    // 5: every signature that is there must verify, at its place in the received document, before anything is
    // decrypted; one must be there.
    let verifier = Verifier { settings, keys };
    let response = verifier.verify(root)?;
    let (recipient, policy) = (settings.entity_id.as_str(), settings.decryption);
    let mut decryptor = Decryptor::new(&settings.decryption_keys, recipient, policy, unwrapped);
    match assertion {
        None => failure(settings, claims, response),
        Some(AssertionElement::Plain(element)) => read(&verifier, decryptor, claims, response, &[root], element),
        Some(AssertionElement::Encrypted(holder)) => {
            // 6: opened in the received document, where a signature of its own has to prove itself.
            let spliced = decryptor.splice(holder, response.is_some())?;
            let opened = spliced.parse(&settings.limits.octets()).map_err(Error::from).and_then(|document| {
                let element = spliced.content(&document)?;
                read(&verifier, decryptor, claims, response, &[root, document.root()], element)
            });
            match opened {
                Ok(opened) => Ok(Opened { authentic: spliced.authentic, ..opened }),
                Err(error) => Err(obscured(error, spliced.authentic)),
            }
        }
    }
}

/// One error for everything that comes after a plaintext that nothing authenticates.
pub(super) fn obscured(error: Error, authentic: bool) -> Error {
    if authentic { error } else { DecryptError::Failed.into() }
}

type Proven = Option<(Verified, Proof)>;

/// An answer whose status is not Success: its envelope, as it was signed where it is signed.
fn failure(settings: &Settings, claims: Envelope, response: Proven) -> Result<Opened, Error> {
    let (envelope, proofs) = match response {
        Some((verified, proof)) => {
            (Envelope::signed(&SignedDocument::parse(&verified.octets, &settings.limits)?)?, vec![proof])
        }
        None => (claims, Vec::new()),
    };
    Ok(Opened { envelope, signed: None, proofs, decrypted: Vec::new(), authentic: true })
}

/// 5 to 7: the assertion from its own octets where it has a signature, else from the Response's. `received` are the
/// documents it stands in: as received, then as spliced.
fn read(
    verifier: &Verifier<'_>,
    mut decryptor: Decryptor<'_>,
    claims: Envelope,
    response: Proven,
    received: &[Element<'_>],
    assertion: Element<'_>,
) -> Result<Opened, Error> {
    let limits = &verifier.settings.limits;
    let inner = verifier.verify(assertion)?;
    // From here on nothing reads the received document any more.
    let mut proofs = Vec::with_capacity(2);
    let mut envelope = claims;
    let mut octets = None;
    if let Some((verified, proof)) = response {
        proofs.push(proof);
        let document = SignedDocument::parse(&verified.octets, limits)?;
        envelope = Envelope::signed(&document)?;
        if inner.is_none() && !received.iter().any(|element| xmlenc::is_encrypted(*element)) {
            let signed = SignedAssertion { assertion: Assertion::read(&document)?, octets: verified.octets };
            return Ok(Opened { envelope, signed: Some(signed), proofs, decrypted: Vec::new(), authentic: true });
        }
        octets = Some((verified.octets, received));
    }
    let own = [assertion];
    if let Some((verified, proof)) = inner {
        proofs.push(proof);
        octets = Some((verified.octets, &own));
    }
    let Some((mut octets, received)) = octets else {
        let elsewhere = received.first().and_then(|root| stray_signature(*root));
        return Err(SignatureError::Missing { elsewhere }.into());
    };
    if received.iter().any(|element| xmlenc::is_encrypted(*element)) {
        octets = decryptor.open(octets, received, &limits.octets())?;
    }
    let assertion = Assertion::read(&SignedDocument::parse(&octets, limits)?)?;
    let signed = Some(SignedAssertion { assertion, octets });
    Ok(Opened { envelope, signed, proofs, decrypted: decryptor.into_opened(), authentic: true })
}

struct Verifier<'a> {
    settings: &'a Settings,
    keys: &'a [VerifyingKey],
}

impl Verifier<'_> {
    fn verify(&self, element: Element<'_>) -> Result<Option<(Verified, Proof)>, SignatureError> {
        let Some(signature) = Signature::of(element, &self.settings.limits)? else { return Ok(None) };
        let verified = dsig::verify(self.settings.engine, &signature, self.keys, &self.settings.algorithms)?;
        let proof = Proof {
            element: signature.signed_name(),
            algorithm: verified.algorithm.name(),
            digest: verified.digest.name(),
            key: self.keys.get(verified.key).map(ToString::to_string).unwrap_or_default(),
        };
        Ok(Some((verified, proof)))
    }
}

/// Where a Signature stands that signs nothing we read, for the message only.
fn stray_signature(root: Element<'_>) -> Option<Quoted> {
    let signature = root.descendants_or_self().find(|element| element.is(Name::ds("Signature")))?;
    signature.parent().map(|parent| Quoted::new(parent.local()))
}
