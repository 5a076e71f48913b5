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
    let placed = with_id(&document, id)?;
    let signed_info = placed
        .children()
        .find(|child| child.is(Name::ds("Signature")))
        .and_then(|signature| signature.child(Name::ds("SignedInfo")))
        .ok_or_else(|| SignError::NoSuchId { id: id.to_owned() })?;
    let mut octets = Vec::new();
    canonicalize(signed_info, None, &options.signed_info, &mut octets)?;
    let value = base64::encode(&key.sign(options.algorithm, &octets)?);
    Ok(splice(xml, at, &signature(id, &digest_value, &value, options)?))
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
    w.open("ds:Reference").attribute("URI", &format!("#{id}"));
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
