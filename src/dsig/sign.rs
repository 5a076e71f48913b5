//! Enveloped signatures over our own documents, in two halves, since the key may be somewhere else: [`prepare`] says which
//! octets are to be signed, [`Prepared::finish`] puts the value in.

use super::signature::ENVELOPED;
use crate::c14n::{C14nError, Canonicalization, Method, canonicalize};
use crate::crypto::{DigestAlgorithm, SignatureAlgorithm, digest};
#[cfg(any(test, feature = "testing"))]
use crate::crypto::{SigningKey, SigningKeyError};
use crate::text::base64;
use crate::xml::{Document, Element, Name, WriteError, Writer, XmlError, XmlLimits, ns};

/// How to sign.
#[derive(Clone, Debug)]
pub(crate) struct SignOptions {
    pub(crate) algorithm: SignatureAlgorithm,
    pub(crate) digest: DigestAlgorithm,
    /// Over SignedInfo.
    pub(crate) signed_info: Canonicalization,
    /// The transform behind enveloped-signature; `None` leaves it out, which means inclusive 1.0.
    pub(crate) reference: Option<Canonicalization>,
    /// The certificate to put into KeyInfo, in DER; `None` leaves KeyInfo out.
    pub(crate) certificate: Option<Vec<u8>>,
    /// The empty Reference URI instead of `#` and the ID.
    pub(crate) empty_uri: bool,
}

impl SignOptions {
    /// Exclusive canonicalization and SHA-256 throughout.
    pub(crate) fn new(algorithm: SignatureAlgorithm) -> Self {
        let exclusive = Canonicalization::new(Method::Exclusive { comments: false });
        Self {
            algorithm,
            digest: DigestAlgorithm::Sha256,
            signed_info: exclusive.clone(),
            reference: Some(exclusive),
            certificate: None,
            empty_uri: false,
        }
    }
}

/// Why a document could not be signed.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SignError {
    #[error(transparent)]
    Xml(#[from] XmlError),
    #[error(transparent)]
    Write(#[from] WriteError),
    #[error(transparent)]
    Canonicalization(#[from] C14nError),
    #[cfg(any(test, feature = "testing"))]
    #[error(transparent)]
    Key(#[from] SigningKeyError),
    #[error("no element has the ID {id:?}")]
    NoSuchId { id: String },
    #[error("the element with the ID {id:?} has no Signature with a SignedInfo and a SignatureValue")]
    NoSignature { id: String },
}

/// A document with its Signature in place, but for the value.
#[derive(Debug)]
pub(crate) struct Prepared {
    octets: Vec<u8>,
    before: String,
    after: String,
}

impl Prepared {
    /// The canonical SignedInfo: what is to be signed.
    pub(crate) fn octets(&self) -> &[u8] {
        &self.octets
    }

    /// The signed document. `value` in the form XML carries: ECDSA as r‖s.
    pub(crate) fn finish(self, value: &[u8]) -> String {
        [self.before, base64::encode(value), self.after].concat()
    }
}

#[cfg(any(test, feature = "testing"))]
impl Prepared {
    /// [`finish`](Self::finish) with a key that is here.
    fn sign(self, key: &SigningKey, algorithm: SignatureAlgorithm) -> Result<String, SignError> {
        let value = key.sign(algorithm, &self.octets)?;
        Ok(self.finish(&value))
    }
}

/// Prepares a signature of the element whose ID is `id`; the Signature goes behind its Issuer, or first where it has none.
pub(crate) fn prepare(xml: &str, id: &str, options: &SignOptions, limits: &XmlLimits) -> Result<Prepared, SignError> {
    let document = Document::parse(xml.as_bytes(), limits)?;
    let element = with_id(&document, id)?;
    let issuer = element.children().next().filter(|child| child.is(Name::saml("Issuer")));
    let at = issuer.map_or(element.content_span().start, |issuer| issuer.span().end);
    // The Signature is not there yet: what is hashed now is what remains when a verifier omits it.
    let inclusive = Canonicalization::new(Method::Inclusive10 { comments: false });
    let mut how = options.reference.clone().unwrap_or(inclusive);
    // A same-document Reference selects no comments (XML Signature 4.4.3.3).
    how.method = how.method.without_comments();
    let mut octets = Vec::new();
    canonicalize(element, None, &how, &mut octets)?;
    let digest_value = base64::encode(digest(options.digest, &octets).as_ref());

    // SignedInfo is canonicalized where it will stand: its namespace context is part of what is signed.
    let (before, after) = xml.split_at_checked(at).unwrap_or((xml, ""));
    let with_signature = [before, &signature(id, &digest_value, options)?, after].concat();
    resign(&with_signature, id, options, limits)
}

/// Prepares a new value for the Signature of the element whose ID is `id`, over its SignedInfo as it stands.
fn resign(xml: &str, id: &str, options: &SignOptions, limits: &XmlLimits) -> Result<Prepared, SignError> {
    let document = Document::parse(xml.as_bytes(), limits)?;
    let (signed_info, value) = signature_in(with_id(&document, id)?, id)?;
    let mut octets = Vec::new();
    canonicalize(signed_info, None, &options.signed_info, &mut octets)?;
    let content = value.content_span();
    let text = |range: std::ops::Range<usize>| xml.get(range).unwrap_or_default().to_owned();
    Ok(Prepared { octets, before: text(0..content.start), after: text(content.end..xml.len()) })
}

/// Signs the element whose ID is `id` with a key that is here.
#[cfg(any(test, feature = "testing"))]
pub(crate) fn enveloped(
    xml: &str,
    id: &str,
    key: &SigningKey,
    options: &SignOptions,
    limits: &XmlLimits,
) -> Result<String, SignError> {
    prepare(xml, id, options, limits)?.sign(key, options.algorithm)
}

/// Writes a new SignatureValue into the Signature of the element whose ID is `id`, over its SignedInfo as it stands,
/// whatever that says: for tests of shapes that only a signer could make.
#[cfg(any(test, feature = "testing"))]
pub(crate) fn again(
    xml: &str,
    id: &str,
    key: &SigningKey,
    options: &SignOptions,
    limits: &XmlLimits,
) -> Result<String, SignError> {
    resign(xml, id, options, limits)?.sign(key, options.algorithm)
}

/// The SignedInfo and the SignatureValue of an element's own Signature.
fn signature_in<'d>(signed: Element<'d>, id: &str) -> Result<(Element<'d>, Element<'d>), SignError> {
    let signature = signed.child(Name::ds("Signature"));
    let parts = signature.and_then(|s| Some((s.child(Name::ds("SignedInfo"))?, s.child(Name::ds("SignatureValue"))?)));
    parts.ok_or_else(|| SignError::NoSignature { id: id.to_owned() })
}

fn with_id<'d>(document: &'d Document<'_>, id: &str) -> Result<Element<'d>, SignError> {
    let mut elements = document.root().descendants_or_self();
    elements
        .find(|element| element.attribute("ID") == Some(id))
        .ok_or_else(|| SignError::NoSuchId { id: id.to_owned() })
}

/// A Signature whose value is to be replaced.
fn signature(id: &str, digest_value: &str, options: &SignOptions) -> Result<String, WriteError> {
    let mut w = Writer::new();
    w.open("ds:Signature").attribute("xmlns:ds", ns::DS);
    w.open("ds:SignedInfo");
    method(&mut w, "ds:CanonicalizationMethod", &options.signed_info);
    w.open("ds:SignatureMethod").attribute("Algorithm", options.algorithm.uri()).close();
    let uri = if options.empty_uri { String::new() } else { format!("#{id}") };
    w.open("ds:Reference").attribute("URI", &uri);
    w.open("ds:Transforms");
    w.open("ds:Transform").attribute("Algorithm", ENVELOPED).close();
    if let Some(how) = &options.reference {
        method(&mut w, "ds:Transform", how);
    }
    w.close();
    w.open("ds:DigestMethod").attribute("Algorithm", options.digest.uri()).close();
    w.open("ds:DigestValue").text(digest_value).close();
    w.close().close();
    w.open("ds:SignatureValue").text(".").close();
    if let Some(certificate) = &options.certificate {
        w.open("ds:KeyInfo").open("ds:X509Data").open("ds:X509Certificate");
        w.text(&base64::encode(certificate)).close().close().close();
    }
    w.close();
    w.finish()
}

fn method(w: &mut Writer, name: &'static str, how: &Canonicalization) {
    w.open(name).attribute("Algorithm", how.method.uri());
    if !how.prefixes.is_empty() {
        let names: Vec<&str> = how.prefixes.iter().map(|p| if p.is_empty() { "#default" } else { p }).collect();
        w.open("ec:InclusiveNamespaces")
            .attribute("xmlns:ec", ns::EC)
            .attribute("PrefixList", &names.join(" "))
            .close();
    }
    w.close();
}
