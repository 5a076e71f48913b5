use std::borrow::Cow;

use super::pem::{self, PemBlock, pem_blocks};
use super::{Certificate, CertificateError, parse};
use crate::crypto::der;
use crate::text::quoted::Quoted;

/// A chain of eight certificates with large keys is below 32 KiB; this leaves room for descriptions around each.
const MAX_BYTES: usize = 256 * 1024;
/// Longer chains than any in use; it bounds the comparison of each certificate with each other.
const MAX_CERTIFICATES: usize = 32;

/// What was found in a pasted text.
///
/// ```
/// # use saml_sp::Certificate;
/// let pasted = Certificate::from_pasted(include_str!("../testdata/chain.pem"))?;
/// assert_eq!(pasted.certificate.subject(), "C=AQ, O=Example, CN=idp.example.com");
/// assert_eq!(pasted.others.len(), 2);
/// assert!(pasted.note().is_some());
/// # Ok::<(), saml_sp::CertificateError>(())
/// ```
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pasted {
    /// The certificate that issued no other in the text; its key is the one meant.
    pub certificate: Certificate,
    /// The other certificates, in the order of the text, each once.
    pub others: Vec<Certificate>,
}

impl Pasted {
    /// Which certificate was taken, where there was a choice.
    #[must_use]
    pub fn note(&self) -> Option<String> {
        let count = self.others.len() + 1;
        (count > 1).then(|| {
            let subject = Quoted::new(self.certificate.subject());
            format!(
                "of {count} certificates pasted, the key of {subject} counts ({})",
                self.certificate.sha256().short()
            )
        })
    }

    pub(super) fn read(input: &[u8]) -> Result<Self, CertificateError> {
        if input.len() > MAX_BYTES {
            return Err(CertificateError::TooLong { found: input.len(), max: MAX_BYTES });
        }
        if is_der(input) {
            return Self::choose(vec![from_pasted_der(input)?]);
        }
        let text = text_of(input);
        match Self::read_text(&text)? {
            Content::Certificates(certificates) => Self::choose(certificates),
            // Some products put PEM into base64 once more. Once is enough.
            Content::Text(inner) => match Self::read_text(&inner)? {
                Content::Certificates(certificates) => Self::choose(certificates),
                Content::Text(_) => Err(CertificateError::NotCertificate),
            },
        }
    }

    fn read_text(text: &str) -> Result<Content, CertificateError> {
        if text.trim().is_empty() {
            return Err(CertificateError::Empty);
        }
        if text.contains("-----BEGIN") {
            return from_pem(text).map(Content::Certificates);
        }
        if text.trim_start().starts_with('<') {
            return Err(CertificateError::Xml);
        }
        if text.trim_start().starts_with("Certificate:") {
            return Err(CertificateError::Description);
        }
        let octets = pem::decode_pasted(text).map_err(CertificateError::Base64)?;
        match String::from_utf8(octets) {
            Ok(inner) if inner.contains("-----BEGIN") => Ok(Content::Text(inner)),
            Ok(other) => Ok(Content::Certificates(vec![from_pasted_der(other.as_bytes())?])),
            Err(error) => Ok(Content::Certificates(vec![from_pasted_der(error.as_bytes())?])),
        }
    }

    /// Which one is meant.
    fn choose(mut certificates: Vec<Certificate>) -> Result<Self, CertificateError> {
        let leaves: Vec<&Certificate> =
            certificates.iter().filter(|candidate| !certificates.iter().any(|other| candidate.issued(other))).collect();
        // A renewed certificate keeps its key; then there is nothing to choose, and the newest has the best dates.
        let newest = leaves.iter().copied().max_by_key(|leaf| leaf.not_after()).or(certificates.first());
        let newest = newest.ok_or(CertificateError::Empty)?;
        if let Some(stranger) = leaves.iter().find(|leaf| leaf.key() != newest.key()) {
            return Err(CertificateError::Unrelated {
                first: Quoted::new(newest.subject()),
                second: Quoted::new(stranger.subject()),
            });
        }
        let certificate = newest.clone();
        certificates.retain(|other| *other != certificate);
        Ok(Self { certificate, others: certificates })
    }
}

enum Content {
    Certificates(Vec<Certificate>),
    /// Text that was found inside base64.
    Text(String),
}

/// Base64 of a certificate begins with `M`, and `0` with a second octet above ASCII is no text.
fn is_der(input: &[u8]) -> bool {
    matches!(input, [0x30, 0x80..=0xff, ..])
}

/// Editors on Windows save UTF-16, and put a byte order mark in front of anything.
fn text_of(input: &[u8]) -> Cow<'_, str> {
    let utf16 = |rest: &[u8], unit: fn([u8; 2]) -> u16| {
        let units = rest.chunks_exact(2).filter_map(|pair| pair.first_chunk::<2>().copied()).map(unit);
        char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect::<String>()
    };
    match input {
        [0xff, 0xfe, rest @ ..] => Cow::Owned(utf16(rest, u16::from_le_bytes)),
        [0xfe, 0xff, rest @ ..] => Cow::Owned(utf16(rest, u16::from_be_bytes)),
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest),
        _ => String::from_utf8_lossy(input),
    }
}

fn from_pem(text: &str) -> Result<Vec<Certificate>, CertificateError> {
    // Before anything else: a secret in the wrong place must be reported even where a certificate stands beside it.
    if pem_blocks(text)
        .any(|block| block.map_or_else(|cut| is_private(cut.label.as_str()), |block| is_private(&block.label)))
    {
        return Err(CertificateError::PrivateKey);
    }
    let mut certificates: Vec<Certificate> = Vec::new();
    let mut skipped = None;
    for block in pem_blocks(text) {
        let block = block.map_err(|cut| CertificateError::CutOff { label: cut.label })?;
        match from_block(&block) {
            Ok(certificate) if certificates.contains(&certificate) => {}
            Ok(_) if certificates.len() == MAX_CERTIFICATES => {
                return Err(CertificateError::TooMany { max: MAX_CERTIFICATES });
            }
            Ok(certificate) => certificates.push(certificate),
            Err(
                error @ (CertificateError::PublicKey | CertificateError::Request | CertificateError::OtherPem { .. }),
            ) => skipped = skipped.or(Some(error)),
            Err(error) => return Err(error),
        }
    }
    match (certificates.is_empty(), skipped) {
        (true, Some(error)) => Err(error),
        (true, None) => Err(CertificateError::NotCertificate),
        (false, _) => Ok(certificates),
    }
}

fn is_private(label: &str) -> bool {
    label.contains("PRIVATE")
}

fn from_block(block: &PemBlock<'_>) -> Result<Certificate, CertificateError> {
    match block.label.as_str() {
        "CERTIFICATE" | "X509 CERTIFICATE" => from_pasted_der(&block.decode().map_err(CertificateError::Base64)?),
        // OpenSSL's own form: the certificate, and then what it may be used for.
        "TRUSTED CERTIFICATE" => {
            let octets = block.decode().map_err(CertificateError::Base64)?;
            parse(&octets).and_then(|(_, certificate)| Certificate::read(&certificate))
        }
        "CERTIFICATE REQUEST" | "NEW CERTIFICATE REQUEST" => Err(CertificateError::Request),
        "PUBLIC KEY" | "RSA PUBLIC KEY" | "EC PUBLIC KEY" => Err(CertificateError::PublicKey),
        other => Err(CertificateError::OtherPem { label: Quoted::new(other) }),
    }
}

/// A certificate, or the error that says what it is instead.
fn from_pasted_der(octets: &[u8]) -> Result<Certificate, CertificateError> {
    match Certificate::from_der(octets) {
        Err(CertificateError::NotCertificate) => Err(what_instead(octets)),
        result => result,
    }
}

/// Tells the structures apart by their first elements: each is a SEQUENCE.
fn what_instead(octets: &[u8]) -> CertificateError {
    let Some(outer) = der::read_tagged(octets, der::SEQUENCE) else { return CertificateError::NotCertificate };
    let Some(first) = der::read(outer.content) else { return CertificateError::NotCertificate };
    let second = der::read(first.rest);
    let second_tag = second.map(|second| second.tag);
    match (first.tag, first.content, second_tag) {
        // PKCS#8 (RFC 5958): version, algorithm, key. PKCS#1 (RFC 8017) and SEC 1 (RFC 5915): version, then the numbers.
        (der::INTEGER, [0 | 1], Some(der::SEQUENCE | der::INTEGER | der::OCTET_STRING)) => CertificateError::PrivateKey,
        // PKCS#12 (RFC 7292): version 3, a container that exists to carry private keys.
        (der::INTEGER, [3], Some(der::SEQUENCE)) => CertificateError::PrivateKey,
        // Encrypted PKCS#8: algorithm, octets.
        (der::SEQUENCE, _, Some(der::OCTET_STRING)) => CertificateError::PrivateKey,
        (der::SEQUENCE, _, Some(der::BIT_STRING)) => CertificateError::PublicKey,
        (der::INTEGER, _, Some(der::INTEGER)) => CertificateError::PublicKey,
        (der::SEQUENCE, request, Some(der::SEQUENCE)) if is_request(request) => CertificateError::Request,
        _ => CertificateError::NotCertificate,
    }
}

/// CertificationRequestInfo (RFC 2986): version, a name made of SETs, a public key.
fn is_request(info: &[u8]) -> bool {
    let name = der::read_tagged(info, der::INTEGER)
        .filter(|version| version.content == [0])
        .and_then(|version| der::read_tagged(version.rest, der::SEQUENCE));
    name.is_some_and(|name| {
        let made_of_sets = name.content.is_empty() || der::read_tagged(name.content, der::SET).is_some();
        made_of_sets && der::read_tagged(name.rest, der::SEQUENCE).is_some()
    })
}
