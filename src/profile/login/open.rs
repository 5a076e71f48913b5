//! From the form value to the signed assertion: steps 1 to 7 of the walk in. Nothing here judges a claim, but one: an
//! Issuer that is not the chosen identity provider ends the walk before any key is touched.

use super::{PostedResponse, Settings};
use crate::binding::post;
use crate::crypto::VerifyingKey;
use crate::dsig::{self, Signature, SignatureError, SignedOctets, Verified};
use crate::error::{Error, Rejection};
use crate::saml::assertion::{Assertion, SignedDocument};
use crate::saml::metadata::IdentityProvider;
use crate::saml::response::Envelope;
use crate::text::quoted::Quoted;
use crate::xml::{Document, Element, Name};

/// A message taken apart. What it says is not judged yet.
pub(super) struct Opened {
    pub(super) envelope: Envelope,
    /// `None` for an answer whose status is not Success.
    pub(super) signed: Option<SignedAssertion>,
    pub(super) proofs: Vec<Proof>,
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
    posted: &PostedResponse<'_>,
) -> Result<Opened, Error> {
    // 1, 2: form value to bytes to a document.
    let bytes = post::decode(posted.saml_response, &settings.limits)?;
    let document = Document::parse(&bytes, &settings.limits.message())?;
    // 3, 4: claims. The issuer never selects keys: the application chose the identity provider.
    let (claims, assertion) = Envelope::claims(document.root())?;
    if let Some(issuer) = &claims.issuer
        && issuer != idp.entity_id().as_str()
    {
        let found = Quoted::new(issuer);
        return Err(Rejection::IssuerMismatch { found, wanted: idp.entity_id().clone() }.into());
    }
    // 5: every signature that is there must verify, at its place in the received document; one must be there.
    let verifier = Verifier { settings, keys };
    let response = verifier.verify(document.root())?;
    let inner = assertion.map(|element| verifier.verify(element)).transpose()?.flatten();
    if assertion.is_some() && response.is_none() && inner.is_none() {
        return Err(SignatureError::Missing { elsewhere: stray_signature(document.root()) }.into());
    }
    // 7: from here on nothing looks at the received document any more.
    let mut proofs = Vec::with_capacity(2);
    let mut envelope = claims;
    let mut signed = None;
    if let Some((verified, proof)) = response {
        proofs.push(proof);
        let octets = verified.octets;
        let document = SignedDocument::parse(&octets, &settings.limits)?;
        envelope = Envelope::signed(&document)?;
        if assertion.is_some() && inner.is_none() {
            let assertion = Assertion::read(&document)?;
            signed = Some(SignedAssertion { assertion, octets });
        }
    }
    if let Some((verified, proof)) = inner {
        proofs.push(proof);
        let assertion = Assertion::read(&SignedDocument::parse(&verified.octets, &settings.limits)?)?;
        signed = Some(SignedAssertion { assertion, octets: verified.octets });
    }
    Ok(Opened { envelope, signed, proofs })
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
