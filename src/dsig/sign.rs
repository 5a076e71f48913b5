//! Enveloped signatures over our own documents. Today the in-memory identity provider is the one who signs.

use super::signature::ENVELOPED;
use crate::c14n::{C14nError, Canonicalization, Method, canonicalize};
use crate::crypto::{DigestAlgorithm, SignatureAlgorithm, SigningKey, SigningKeyError, digest};
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
    #[error(transparent)]
    Key(#[from] SigningKeyError),
    #[error("no element has the ID {id:?}")]
    NoSuchId { id: String },
    #[error("the element with the ID {id:?} has no Signature with a SignedInfo and a SignatureValue")]
    NoSignature { id: String },
}

/// Signs the element whose ID is `id`, and puts the Signature behind its Issuer, or first where it has none.
pub(crate) fn enveloped(
    xml: &str,
    id: &str,
    key: &SigningKey,
    options: &SignOptions,
    limits: &XmlLimits,
) -> Result<String, SignError> {
    let document = Document::parse(xml.as_bytes(), limits)?;
    let element = with_id(&document, id)?;
    if element.is_empty_tag() {
        return Err(SignError::NoSuchId { id: id.to_owned() });
    }
    let issuer = element.children().next().filter(|child| child.is(Name::saml("Issuer")));
    let at = issuer.map_or(element.content_span().start, |issuer| issuer.span().end);
    // The Signature is not there yet: what is hashed now is what remains when a verifier omits it.
    let inclusive = Canonicalization::new(Method::Inclusive10 { comments: false });
    let mut octets = Vec::new();
    canonicalize(element, None, options.reference.as_ref().unwrap_or(&inclusive), &mut octets)?;
    let digest_value = base64::encode(digest(options.digest, &octets).as_ref());

    // SignedInfo is canonicalized where it will stand: its namespace context is part of what is signed.
    let unsigned = splice(xml, at, &signature(id, &digest_value, "", options)?);
    let document = Document::parse(unsigned.as_bytes(), limits)?;
    let (signed_info, _) = signature_in(with_id(&document, id)?, id)?;
    let mut octets = Vec::new();
    canonicalize(signed_info, None, &options.signed_info, &mut octets)?;
    let value = base64::encode(&key.sign(options.algorithm, &octets)?);
    Ok(splice(xml, at, &signature(id, &digest_value, &value, options)?))
}

/// Writes a new SignatureValue into the Signature of the element whose ID is `id`, over its SignedInfo as it stands,
/// whatever that says: for tests of shapes that only a signer could make.
pub(crate) fn again(
    xml: &str,
    id: &str,
    key: &SigningKey,
    options: &SignOptions,
    limits: &XmlLimits,
) -> Result<String, SignError> {
    let document = Document::parse(xml.as_bytes(), limits)?;
    let (signed_info, value) = signature_in(with_id(&document, id)?, id)?;
    let mut octets = Vec::new();
    canonicalize(signed_info, None, &options.signed_info, &mut octets)?;
    let text = base64::encode(&key.sign(options.algorithm, &octets)?);
    let content = value.content_span();
    let (before, after) = (xml.get(..content.start).unwrap_or_default(), xml.get(content.end..).unwrap_or_default());
    Ok([before, &text, after].concat())
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

fn splice(xml: &str, at: usize, insert: &str) -> String {
    let (before, after) = xml.split_at_checked(at).unwrap_or((xml, ""));
    [before, insert, after].concat()
}

fn signature(id: &str, digest_value: &str, value: &str, options: &SignOptions) -> Result<String, WriteError> {
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
    w.open("ds:SignatureValue").text(value).close();
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
