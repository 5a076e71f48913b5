//! Signatures of the Redirect binding (bindings 3.4.4.1): over the query as it came, octet by octet.

use super::candidates::Candidates;
use super::signature::SUPPORTED_SIGNATURES;
use super::{SignatureError, SignedOctets};
use crate::crypto::{AlgorithmPolicy, SignatureAlgorithm, VerifyingKey};
use crate::text::quoted::Quoted;
use crate::xml::{Document, Element, XmlError, XmlLimits};

/// For errors: what is signed.
const ELEMENT: &str = "the query";

/// The parts of a query that its signature covers, percent-encoded as they came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SignedParts<'q> {
    /// `SAMLRequest` or `SAMLResponse`.
    pub(crate) parameter: &'static str,
    pub(crate) message: &'q str,
    /// `None` where there is no such parameter; an empty one is one.
    pub(crate) relay_state: Option<&'q str>,
    pub(crate) sig_alg: &'q str,
}

impl SignedParts<'_> {
    /// What is signed: these parameters in this order, wherever they stood in the query.
    pub(crate) fn octets(&self) -> String {
        let Self { parameter, message, relay_state, sig_alg } = self;
        match relay_state {
            Some(state) => format!("{parameter}={message}&RelayState={state}&SigAlg={sig_alg}"),
            None => format!("{parameter}={message}&SigAlg={sig_alg}"),
        }
    }
}

/// A query whose signature verified. What it says is read from here, from the very slices that were signed.
#[derive(Debug)]
pub(crate) struct VerifiedQuery<'q>(SignedParts<'q>);

/// Proves the signature of a query with one of the trusted keys. `algorithm` is what `sig_alg` decodes to.
///
/// Every message of this binding is signed in this way: the engine is for signatures in XML.
pub(crate) fn verify<'q>(
    parts: SignedParts<'q>,
    algorithm: &str,
    signature: &[u8],
    keys: &[VerifyingKey],
    policy: &AlgorithmPolicy,
) -> Result<VerifiedQuery<'q>, SignatureError> {
    let algorithm = SignatureAlgorithm::from_uri(algorithm).ok_or_else(|| SignatureError::AlgorithmUnknown {
        element: ELEMENT,
        role: "signature",
        found: Quoted::new(algorithm),
        supported: SUPPORTED_SIGNATURES,
    })?;
    if let Some(digest) = algorithm.digest() {
        policy.check_digest(digest).map_err(|source| SignatureError::Refused { element: ELEMENT, source })?;
    }
    let candidates = Candidates::new(keys, algorithm, policy);
    let octets = parts.octets();
    // Outside XML some write ECDSA as DER, some as XML does.
    let signed_by =
        |key: &VerifyingKey| key.verify(algorithm, octets.as_bytes(), &key.signature_in_xml_form(signature));
    if candidates.usable().any(|(_, key)| signed_by(key)) {
        return Ok(VerifiedQuery(parts));
    }
    Err(candidates.none_signed_query(ELEMENT, algorithm))
}

impl<'q> VerifiedQuery<'q> {
    /// The RelayState, percent-encoded as it was signed.
    pub(crate) fn relay_state(&self) -> Option<&'q str> {
        self.0.relay_state
    }

    /// The message as octets to read from, written canonical (exclusive, without comments) as all signed octets are; and what
    /// `look` finds in the document that it was. `decode` undoes the binding's encodings of what was signed.
    pub(crate) fn read<T, E: From<XmlError> + From<SignatureError>>(
        &self,
        decode: impl FnOnce(&'static str, &'q str) -> Result<Vec<u8>, E>,
        limits: &XmlLimits,
        look: impl FnOnce(Element<'_>) -> Result<T, E>,
    ) -> Result<(SignedOctets, T), E> {
        let bytes = decode(self.0.parameter, self.0.message)?;
        let document = Document::parse(&bytes, limits)?;
        let root = document.root();
        let found = look(root)?;
        let octets = SignedOctets::written(root)
            .map_err(|source| SignatureError::Canonicalization { element: "the message", source })?;
        Ok((octets, found))
    }
}
