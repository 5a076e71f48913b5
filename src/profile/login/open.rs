//! From the form value to the signed assertion: steps 1 to 7 of the walk in. Nothing here judges a claim, but one: an
//! Issuer that is not the chosen identity provider ends the walk before any key is touched.

use crate::binding::post;
use crate::crypto::VerifyingKey;
use crate::dsig::{self, Signature, SignatureError, SignedOctets, Verified};
use crate::error::{Error, Rejection};
use crate::profile::settings::Settings;
use crate::saml::assertion::{Assertion, SignedDocument};
use crate::saml::metadata::IdentityProvider;
use crate::saml::response::{AssertionElement, Claims, Envelope};
use crate::text::quoted::Quoted;
use crate::xml::{Document, Element, Name};
use crate::xmlenc::{Ciphertexts, DecryptError, Decrypted, Decryptor, Spliced, Unwrapped};

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

/// 1: the bytes of the form value.
pub(super) fn decode(settings: &Settings, saml_response: &str) -> Result<Vec<u8>, Error> {
    Ok(post::decode("SAMLResponse", saml_response, &settings.limits)?)
}

/// One document is there at a time: of each only octets and claims are left when the next one is read. A message that was
/// made to fill the tables of a parser fills them once (tests/heap).
pub(super) fn open(
    settings: &Settings,
    idp: &IdentityProvider,
    keys: &[VerifyingKey],
    message: &[u8],
    unwrapped: &mut Unwrapped,
) -> Result<Opened, Error> {
    let verifier = Verifier { settings, keys };
    let (recipient, policy) = (settings.entity_id.as_str(), settings.decryption);
    let mut decryptor = Decryptor::new(&settings.decryption_keys, recipient, policy, unwrapped);
    let (mut proven, content) = received(&verifier, &mut decryptor, idp, message)?;
    match content {
        Content::None => failure(settings, proven),
        Content::Plain => read(&verifier, decryptor, proven),
        Content::Encrypted(spliced) => {
            // 6: opened in the received document, where a signature of its own has to prove itself.
            let authentic = spliced.authentic;
            match proven.add(&verifier, spliced).and_then(|()| read(&verifier, decryptor, proven)) {
                Ok(opened) => Ok(Opened { authentic, ..opened }),
                Err(error) => Err(obscured(error, authentic)),
            }
        }
    }
}

/// What verification leaves of the documents that were received.
struct Proven {
    response: Response,
    assertion: Signed,
    /// Of the Response, where it is signed and has any: as received, then as spliced.
    in_response: Vec<Ciphertexts>,
    in_assertion: Ciphertexts,
    /// Where a Signature stands that signs nothing we read, for the message only.
    stray: Option<Quoted>,
}

type Signed = Option<(Verified, Proof)>;

/// The Response itself.
enum Response {
    Signed(Verified, Proof),
    /// Under no signature of its own: claims.
    Unsigned(Envelope),
}

impl Response {
    fn is_signed(&self) -> bool {
        matches!(self, Self::Signed(..))
    }
}

/// The assertion of a received message.
enum Content {
    None,
    /// With a signature of its own or without, verified.
    Plain,
    /// Opened, and its signature not looked at yet.
    Encrypted(Spliced),
}

/// 2 to 5: every signature that is there must verify, at its place in the received document, before anything is decrypted.
fn received(
    verifier: &Verifier<'_>,
    decryptor: &mut Decryptor<'_>,
    idp: &IdentityProvider,
    message: &[u8],
) -> Result<(Proven, Content), Error> {
    // 2: bytes to a document.
    let document = Document::parse(message, &verifier.settings.limits.message())?;
    let root = document.root();
    // 3, 4: claims. The issuer never selects keys: the application chose the identity provider.
    let claims = Claims::read(root)?;
    if let Some(issuer) = claims.issuer.as_deref()
        && issuer != idp.entity_id().as_str()
    {
        let found = Quoted::new(issuer);
        return Err(Rejection::IssuerMismatch { element: "Response", found, wanted: idp.entity_id().clone() }.into());
    }
    let assertion = claims.assertion;
    let response = match verifier.verify(root)? {
        Some((verified, proof)) => Response::Signed(verified, proof),
        None => Response::Unsigned(claims.into_envelope()),
    };
    let mut proven = Proven {
        response,
        assertion: None,
        in_response: Vec::new(),
        in_assertion: Ciphertexts::default(),
        stray: None,
    };
    proven.note_response(root);
    let content = match assertion {
        None => return Ok((proven, Content::None)),
        Some(AssertionElement::Plain(element)) => {
            proven.verify_assertion(verifier, element)?;
            Content::Plain
        }
        Some(AssertionElement::Encrypted(holder)) => {
            Content::Encrypted(decryptor.splice(holder, proven.response.is_signed())?)
        }
    };
    if !proven.response.is_signed() && proven.assertion.is_none() {
        proven.stray = stray_signature(root);
    }
    Ok((proven, content))
}

impl Proven {
    /// The assertion of a message in which its plaintext has taken the place of its ciphertext.
    fn add(&mut self, verifier: &Verifier<'_>, spliced: Spliced) -> Result<(), Error> {
        let document = spliced.parse(&verifier.settings.limits.octets())?;
        self.verify_assertion(verifier, spliced.content(&document)?)?;
        self.note_response(document.root());
        Ok(())
    }

    fn verify_assertion(&mut self, verifier: &Verifier<'_>, element: Element<'_>) -> Result<(), Error> {
        self.assertion = verifier.verify(element)?;
        if self.assertion.is_some() {
            self.in_assertion = Ciphertexts::of(element);
        }
        Ok(())
    }

    /// Nothing is opened but in octets that were signed.
    fn note_response(&mut self, root: Element<'_>) {
        if self.response.is_signed() {
            self.in_response.extend(Some(Ciphertexts::of(root)).filter(|ciphertexts| !ciphertexts.is_empty()));
        }
    }
}

/// One error for everything that comes after a plaintext that nothing authenticates.
pub(super) fn obscured(error: Error, authentic: bool) -> Error {
    if authentic { error } else { DecryptError::Failed.into() }
}

/// An answer whose status is not Success: its envelope, as it was signed where it is signed.
fn failure(settings: &Settings, proven: Proven) -> Result<Opened, Error> {
    let (envelope, proofs) = match proven.response {
        Response::Signed(verified, proof) => {
            (Envelope::signed(&SignedDocument::parse(&verified.octets, &settings.limits)?)?, vec![proof])
        }
        Response::Unsigned(claims) => (claims, Vec::new()),
    };
    Ok(Opened { envelope, signed: None, proofs, decrypted: Vec::new(), authentic: true })
}

/// 7: the assertion from its own octets where it has a signature, else from the Response's.
fn read(verifier: &Verifier<'_>, mut decryptor: Decryptor<'_>, proven: Proven) -> Result<Opened, Error> {
    let limits = &verifier.settings.limits;
    let Proven { response, assertion, in_response, in_assertion, stray } = proven;
    let mut proofs = Vec::with_capacity(2);
    let (envelope, mut octets) = match response {
        Response::Signed(verified, proof) => {
            proofs.push(proof);
            let document = SignedDocument::parse(&verified.octets, limits)?;
            let envelope = Envelope::signed(&document)?;
            if assertion.is_none() && in_response.is_empty() {
                let signed = SignedAssertion { assertion: Assertion::read(&document)?, octets: verified.octets };
                return Ok(Opened { envelope, signed: Some(signed), proofs, decrypted: Vec::new(), authentic: true });
            }
            (envelope, Some((verified.octets, in_response)))
        }
        Response::Unsigned(claims) => (claims, None),
    };
    if let Some((verified, proof)) = assertion {
        proofs.push(proof);
        let ciphertexts = if in_assertion.is_empty() { Vec::new() } else { vec![in_assertion] };
        octets = Some((verified.octets, ciphertexts));
    }
    let Some((mut octets, ciphertexts)) = octets else {
        return Err(SignatureError::Missing { elsewhere: stray }.into());
    };
    if !ciphertexts.is_empty() {
        octets = decryptor.open(octets, &ciphertexts, &limits.octets())?;
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
            key: self.keys.get(verified.key).map(VerifyingKey::describe).unwrap_or_default(),
        };
        Ok(Some((verified, proof)))
    }
}

/// Where a Signature stands that signs nothing we read, for the message only.
fn stray_signature(root: Element<'_>) -> Option<Quoted> {
    let signature = root.descendants_or_self().find(|element| element.is(Name::ds("Signature")))?;
    signature.parent().map(|parent| Quoted::new(parent.local()))
}
