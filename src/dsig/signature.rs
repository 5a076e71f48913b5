//! The shape gate: one shape of `ds:Signature`, recognised by position and exact expanded names.
//!
//! A toolkit would implement XML Signature and then forbid most of it. Here the rest is not implemented, so it cannot
//! be reached: no XPath, no second Reference, no Object, no HMAC, no external URI.

use super::SignatureError;
use crate::c14n::{Canonicalization, Method};
use crate::crypto::{Certificate, DigestAlgorithm, SignatureAlgorithm};
use crate::limits::Limits;
use crate::text::base64;
use crate::text::quoted::Quoted;
use crate::xml::{Element, Name, Node, is_name_chars};

pub(super) const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
/// A signature value is at most the size of an RSA-8192 modulus, a digest at most that of SHA-512.
const MAX_SIGNATURE_BYTES: usize = 1024;
const MAX_DIGEST_BYTES: usize = 64;
/// The longest SignedInfo, in bytes of the message: real ones have about 1 KB, and each trusted key hashes it once.
const MAX_SIGNED_INFO: usize = 16 * 1024;
/// The longest certificate that is read for a message, in bytes of base64: real ones have 1 to 4 KB, and this one is
/// anybody's.
const MAX_CARRIED_TEXT: usize = 16 * 1024;

pub(super) const SUPPORTED_SIGNATURES: &str =
    "RSA and RSA-PSS with SHA-256/384/512, ECDSA with SHA-256/384/512, Ed25519";
const SUPPORTED_DIGESTS: &str = "SHA-256, SHA-384, SHA-512";
const SUPPORTED_C14N: &str = "exclusive, inclusive 1.0 and inclusive 1.1 canonicalization";

/// A Signature of the one shape, at its place in the received document. Nothing about it is proven yet.
pub(crate) struct Signature<'d> {
    /// The element that it signs: its own parent, never another.
    pub(super) signed: Element<'d>,
    pub(super) element: Element<'d>,
    pub(super) signed_info: Element<'d>,
    pub(super) signed_info_c14n: Canonicalization,
    pub(super) reference_c14n: Canonicalization,
    pub(crate) algorithm: SignatureAlgorithm,
    pub(crate) digest_algorithm: DigestAlgorithm,
    pub(super) digest_value: Vec<u8>,
    pub(super) signature_value: Vec<u8>,
    key_info: Option<Element<'d>>,
}

impl<'d> Signature<'d> {
    /// The Signature that is a direct child of `signed`, or `None` where there is no such child.
    ///
    /// # Errors
    /// More than one, or one of any other shape.
    pub(crate) fn of(signed: Element<'d>, limits: &Limits) -> Result<Option<Self>, SignatureError> {
        let mut found = signed.children().filter(|child| child.is(Name::ds("Signature")));
        let Some(element) = found.next() else { return Ok(None) };
        let more = found.count();
        let gate = Gate { signed, name: signed_name(signed), limits };
        if more > 0 {
            return Err(SignatureError::Several { element: gate.name, found: more.saturating_add(1) });
        }
        gate.signature(element).map(Some)
    }

    /// The name of the signed element, for messages.
    pub(crate) fn signed_name(&self) -> &'static str {
        signed_name(self.signed)
    }

    /// The error where the content is not what was signed.
    pub(super) fn digest_mismatch(&self) -> SignatureError {
        SignatureError::DigestMismatch {
            element: self.signed_name(),
            algorithm: self.digest_algorithm,
            encrypted_inside: self.signed.children().any(|child| child.is(Name::saml("EncryptedAssertion"))),
        }
    }

    /// The certificate that the message carries: named in errors and reports, never trusted.
    pub(crate) fn carried_certificate(&self) -> Option<Certificate> {
        let x509 = self.key_info?.descendants_or_self().find(|e| e.is(Name::ds("X509Certificate")))?;
        let text = x509.text().filter(|text| text.len() <= MAX_CARRIED_TEXT)?;
        // DER in base64, as a rule; some products put a whole PEM file there.
        let der = base64::decode(text.as_bytes(), text.len()).ok();
        let certificate = der.and_then(|der| Certificate::from_der(&der).ok());
        certificate.or_else(|| Certificate::from_pasted(text.as_bytes()).ok().map(|pasted| pasted.certificate))
    }
}

/// Names of elements that SAML lets be signed, so that errors can carry them without copying foreign text.
fn signed_name(element: Element<'_>) -> &'static str {
    const KNOWN: [&str; 9] = [
        "Response",
        "Assertion",
        "EntityDescriptor",
        "EntitiesDescriptor",
        "LogoutRequest",
        "LogoutResponse",
        "AuthnRequest",
        "IDPSSODescriptor",
        "ArtifactResponse",
    ];
    KNOWN.into_iter().find(|known| *known == element.local()).unwrap_or("the element")
}

/// The first children of an element: one more than any list of this grammar has, and `None` behind the last.
type Children<'d> = [Option<Element<'d>>; 4];

struct Gate<'d, 'l> {
    signed: Element<'d>,
    name: &'static str,
    limits: &'l Limits,
}

impl<'d> Gate<'d, '_> {
    fn signature(&self, element: Element<'d>) -> Result<Signature<'d>, SignatureError> {
        // Signature = SignedInfo, SignatureValue, KeyInfo? and nothing else: no Object in which a signed original
        // could be parked (XSW2, XSW6, XSW8).
        let parts = self.element_only(element, "Signature")?;
        let wrong = || self.unexpected_children("Signature", element, "SignedInfo, SignatureValue, KeyInfo?");
        let (signed_info, signature_value, key_info) = match parts {
            [Some(info), Some(value), None, None] => (info, value, None),
            [Some(info), Some(value), Some(key_info), None] if key_info.is(Name::ds("KeyInfo")) => {
                (info, value, Some(key_info))
            }
            _ => return Err(wrong()),
        };
        if !signed_info.is(Name::ds("SignedInfo")) || !signature_value.is(Name::ds("SignatureValue")) {
            return Err(wrong());
        }
        // A comment in SignedInfo reads differently before and after canonicalization (CVE-2025-29775).
        if signed_info.contains_comment() {
            return Err(self.shape("SignedInfo", "a comment", "none"));
        }
        let parts = self.element_only(signed_info, "SignedInfo")?;
        // One Reference, to the signature's own parent (core 5.4.2). With two, "which one did I verify?" has no safe
        // answer; that question is every signature-wrapping CVE.
        let references = signed_info.children().filter(|part| part.is(Name::ds("Reference"))).count();
        if references != 1 {
            return Err(SignatureError::References { element: self.name, found: references });
        }
        let wrong = || {
            self.unexpected_children("SignedInfo", signed_info, "CanonicalizationMethod, SignatureMethod, Reference")
        };
        let [Some(c14n_method), Some(signature_method), Some(reference), None] = parts else { return Err(wrong()) };
        if !c14n_method.is(Name::ds("CanonicalizationMethod")) || !signature_method.is(Name::ds("SignatureMethod")) {
            return Err(wrong());
        }
        let signed_info_c14n = self.canonicalization(c14n_method)?;
        self.empty(signature_method, "SignatureMethod")?;
        let uri = self.algorithm(signature_method)?;
        let algorithm =
            SignatureAlgorithm::from_uri(uri).ok_or_else(|| self.unknown("signature", uri, SUPPORTED_SIGNATURES))?;
        let (reference_c14n, digest_algorithm, digest_value) = self.reference(reference)?;
        let signature_value = self.base64(signature_value, "SignatureValue", MAX_SIGNATURE_BYTES)?;
        if signed_info.span().len() > MAX_SIGNED_INFO {
            return Err(self.shape("SignedInfo", "more than 16 KB", "about 1 KB"));
        }
        Ok(Signature {
            signed: self.signed,
            element,
            signed_info,
            signed_info_c14n,
            reference_c14n,
            algorithm,
            digest_algorithm,
            digest_value,
            signature_value,
            key_info,
        })
    }

    fn reference(
        &self,
        reference: Element<'d>,
    ) -> Result<(Canonicalization, DigestAlgorithm, Vec<u8>), SignatureError> {
        self.reference_uri(reference)?;
        let parts = self.element_only(reference, "Reference")?;
        let wrong = || self.unexpected_children("Reference", reference, "Transforms, DigestMethod, DigestValue");
        let [Some(transforms), Some(digest_method), Some(digest_value), None] = parts else { return Err(wrong()) };
        if !transforms.is(Name::ds("Transforms"))
            || !digest_method.is(Name::ds("DigestMethod"))
            || !digest_value.is(Name::ds("DigestValue"))
        {
            return Err(wrong());
        }
        let c14n = self.transforms(transforms)?;
        self.empty(digest_method, "DigestMethod")?;
        let uri = self.algorithm(digest_method)?;
        let digest = DigestAlgorithm::from_uri(uri).ok_or_else(|| self.unknown("digest", uri, SUPPORTED_DIGESTS))?;
        let value = self.base64(digest_value, "DigestValue", MAX_DIGEST_BYTES)?;
        Ok((c14n, digest, value))
    }

    /// `#` and the parent's own ID, byte for byte; the empty URI on the document element alone, where it means the
    /// same bytes (metadata, some old identity providers).
    fn reference_uri(&self, reference: Element<'d>) -> Result<(), SignatureError> {
        let own = self.signed.attribute("ID");
        let found = reference.attribute("URI");
        let same = match (found, own) {
            (Some(""), _) => self.signed.parent().is_none(),
            // IDs of real products begin with digits, which XML forbids and everybody accepts; anything beyond name
            // characters would make the URI a place for XPointer and percent-encoding games.
            (Some(uri), Some(id)) => uri.strip_prefix('#') == Some(id) && is_name_chars(id),
            _ => false,
        };
        if same {
            return Ok(());
        }
        Err(SignatureError::ReferenceElsewhere {
            element: self.name,
            found: Quoted::new(found.unwrap_or("no URI at all")),
            wanted: Quoted::new(own.map_or_else(|| "(the element has no ID)".to_owned(), |id| format!("#{id}"))),
        })
    }

    /// enveloped-signature, then at most one canonicalization; none means inclusive 1.0 (XML Signature 4.4.3.2).
    fn transforms(&self, transforms: Element<'d>) -> Result<Canonicalization, SignatureError> {
        let list = self.element_only(transforms, "Transforms")?;
        let refused = || {
            let uris = transforms.children().map(|transform| transform.attribute("Algorithm").unwrap_or("(none)"));
            let uris: Vec<&str> = uris.take(8).collect();
            SignatureError::Transform { element: self.name, found: Quoted::new(uris.join(", ")) }
        };
        if transforms.children().any(|transform| !transform.is(Name::ds("Transform"))) {
            return Err(self.unexpected_children("Transforms", transforms, "Transform"));
        }
        let [Some(enveloped), c14n, None, None] = list else { return Err(refused()) };
        if enveloped.attribute("Algorithm") != Some(ENVELOPED) {
            return Err(refused());
        }
        self.empty(enveloped, "Transform")?;
        let Some(c14n) = c14n else {
            return Ok(Canonicalization::new(Method::Inclusive10 { comments: false }));
        };
        if Method::from_uri(self.algorithm(c14n)?).is_none() {
            return Err(refused());
        }
        // A same-document Reference selects no comments (XML Signature 4.4.3.3), whatever the transform would keep.
        self.canonicalization(c14n)
    }

    /// The canonicalization that `method` names. Comments never reach us: same-document References select none, and
    /// SignedInfo with one is refused above.
    fn canonicalization(&self, method: Element<'d>) -> Result<Canonicalization, SignatureError> {
        let uri = self.algorithm(method)?;
        let Some(parsed) = Method::from_uri(uri) else {
            return Err(self.unknown("canonicalization", uri, SUPPORTED_C14N));
        };
        let part = "InclusiveNamespaces";
        let how = Canonicalization::new(parsed.without_comments());
        let children = self.element_only(method, "a canonicalization method")?;
        let list = match children {
            [None, ..] => return Ok(how),
            [Some(list), None, ..] if list.is(Name::ec(part)) && matches!(how.method, Method::Exclusive { .. }) => list,
            _ => {
                return Err(self.unexpected_children(
                    "a canonicalization method",
                    method,
                    "InclusiveNamespaces? (exclusive only)",
                ));
            }
        };
        self.empty(list, part)?;
        let prefixes = list.attribute("PrefixList").unwrap_or_default();
        how.with_prefix_list(prefixes, self.limits.prefix_list)
            .map_err(|source| SignatureError::Canonicalization { element: self.name, source })
    }

    fn algorithm(&self, method: Element<'d>) -> Result<&'d str, SignatureError> {
        method.attribute("Algorithm").ok_or_else(|| self.shape("Algorithm", "no such attribute", "an identifier"))
    }

    /// One text node of base64, no comment that could split it (CVE-2025-29775).
    fn base64(&self, element: Element<'d>, part: &'static str, max: usize) -> Result<Vec<u8>, SignatureError> {
        let mut nodes = element.nodes();
        let text = match (nodes.next(), nodes.next()) {
            (Some(Node::Text(text)), None) => text,
            (None, _) => return Err(self.shape(part, "nothing", "one text of base64")),
            _ => return Err(self.shape(part, "something else", "one text of base64")),
        };
        match base64::decode(text.as_bytes(), max) {
            Ok(value) if !value.is_empty() => Ok(value),
            _ => Err(SignatureError::Base64 { element: self.name, part }),
        }
    }

    /// The element children of an element that may hold no text beside them.
    fn element_only(&self, element: Element<'d>, part: &'static str) -> Result<Children<'d>, SignatureError> {
        if !element.is_element_only() {
            return Err(self.shape(part, "text", "elements only"));
        }
        let mut children = element.children();
        Ok(std::array::from_fn(|_| children.next()))
    }

    /// No children at all: parameters (HMACOutputLength, XPath, RSAPSSParams) have nowhere to stand.
    fn empty(&self, element: Element<'d>, part: &'static str) -> Result<(), SignatureError> {
        match self.element_only(element, part)? {
            [None, ..] => Ok(()),
            _ => Err(self.unexpected_children(part, element, "no parameters")),
        }
    }

    /// Other children than `wanted`; ten of them at most are named.
    fn unexpected_children(&self, part: &'static str, found: Element<'d>, wanted: &'static str) -> SignatureError {
        let names: Vec<&str> = found.children().map(|child| child.local()).take(10).collect();
        self.shape(part, &names.join(", "), wanted)
    }

    fn shape(&self, part: &'static str, found: &str, wanted: &'static str) -> SignatureError {
        SignatureError::Shape { element: self.name, part, found: Quoted::new(found), wanted }
    }

    fn unknown(&self, role: &'static str, uri: &str, supported: &'static str) -> SignatureError {
        SignatureError::AlgorithmUnknown { element: self.name, role, found: Quoted::new(uri), supported }
    }
}
