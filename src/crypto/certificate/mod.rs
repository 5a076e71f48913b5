//! Certificates: containers of a public key, with a name and dates for people.
//!
//! Nothing in a certificate but its key takes part in a decision (SAML metadata interoperability profile; IIP-MD12): it may be
//! expired, self-signed by MD5, or carry extensions that nobody knows. What it says about itself is shown in reports.

mod name;
mod pasted;
mod pem;
#[cfg(any(test, feature = "testing"))]
mod self_signed;

use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use x509_parser::certificate::{X509Certificate, X509CertificateParser};
use x509_parser::nom::Parser as _;

pub use pasted::Pasted;
pub(crate) use pem::pem_blocks;
#[cfg(any(test, feature = "testing"))]
pub(crate) use self_signed::self_signed;

use super::digest::sha256;
use super::key::{KeyError, VerifyingKey};
use crate::text::base64::Base64Error;
use crate::text::quoted::Quoted;

/// An X.509 certificate, read as a container of a public key.
///
/// Neither its dates nor its issuer are checked: trust in it comes from where it was configured. Cheap to clone; equal when
/// the octets are.
///
/// ```
/// # use saml_sp::{Certificate, CertificateError};
/// let refused = Certificate::from_pasted("-----BEGIN PRIVATE KEY-----\nMC4CAQ\n-----END PRIVATE KEY-----");
/// assert!(matches!(refused, Err(CertificateError::PrivateKey)));
/// ```
#[derive(Clone)]
pub struct Certificate(Arc<Read>);

struct Read {
    der: Vec<u8>,
    subject: String,
    issuer: String,
    /// The names as encoded, to find out who issued whom.
    raw_subject: Vec<u8>,
    raw_issuer: Vec<u8>,
    serial: Vec<u8>,
    not_before: DateTime<Utc>,
    not_after: DateTime<Utc>,
    sha256: Fingerprint,
    key: VerifyingKey,
}

impl Certificate {
    /// Reads one certificate in DER, and nothing after it.
    ///
    /// # Errors
    /// [`CertificateError::NotCertificate`], or [`CertificateError::Key`] where the certificate reads but its key is of a kind we
    /// do not know.
    pub fn from_der(der: &[u8]) -> Result<Self, CertificateError> {
        let (rest, certificate) = parse(der)?;
        if !rest.is_empty() {
            return Err(CertificateError::TrailingBytes { bytes: rest.len() });
        }
        Self::read(&certificate)
    }

    /// Reads whatever an administrator pasted: PEM with anything around it, a chain, bare base64 in any wrapping, DER.
    ///
    /// Of several certificates the one counts that issued no other of them; [`Pasted::note`] says which it was.
    ///
    /// # Errors
    /// [`CertificateError`] says what the text is instead: a private key (which then is no secret any more), a public key, a
    /// request for a certificate, XML, a certificate cut off; or that several certificates have nothing to do with each other.
    pub fn from_pasted(text: impl AsRef<[u8]>) -> Result<Pasted, CertificateError> {
        Pasted::read(text.as_ref())
    }

    fn read(certificate: &X509Certificate<'_>) -> Result<Self, CertificateError> {
        let moment = |time: &x509_parser::time::ASN1Time| {
            DateTime::from_timestamp(time.timestamp(), 0).ok_or(CertificateError::NotCertificate)
        };
        let key = VerifyingKey::from_spki(certificate.public_key().raw)?;
        Ok(Self(Arc::new(Read {
            der: certificate.as_raw().to_vec(),
            subject: name::one_line(certificate.subject()),
            issuer: name::one_line(certificate.issuer()),
            raw_subject: certificate.subject().as_raw().to_vec(),
            raw_issuer: certificate.issuer().as_raw().to_vec(),
            serial: certificate.raw_serial().to_vec(),
            not_before: moment(&certificate.validity().not_before)?,
            not_after: moment(&certificate.validity().not_after)?,
            sha256: Fingerprint::new(sha256(certificate.as_raw())),
            key,
        })))
    }

    /// The subject in one line, in the order of the certificate: "C=US, O=Example, CN=idp.example.com". Foreign text: put it
    /// into a [`Quoted`](crate::Quoted) before it goes to a log.
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.0.subject
    }

    /// The issuer in one line, like the subject.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.0.issuer
    }

    /// The serial number as encoded, big-endian; some are negative or longer than RFC 5280 allows.
    #[must_use]
    pub fn serial(&self) -> &[u8] {
        &self.0.serial
    }

    /// The first moment of its validity, in UTC.
    #[must_use]
    pub fn not_before(&self) -> DateTime<Utc> {
        self.0.not_before
    }

    /// The last moment of its validity, in UTC (RFC 5280 section 4.1.2.5 includes both ends).
    #[must_use]
    pub fn not_after(&self) -> DateTime<Utc> {
        self.0.not_after
    }

    /// What the dates say about a moment; for reports, it decides nothing.
    #[must_use]
    pub fn validity(&self, now: DateTime<Utc>) -> Validity {
        if now < self.0.not_before {
            Validity::NotYet { since: self.0.not_before }
        } else if now > self.0.not_after {
            Validity::Expired { at: self.0.not_after }
        } else {
            Validity::Current
        }
    }

    /// SHA-256 of the octets.
    #[must_use]
    pub fn sha256(&self) -> Fingerprint {
        self.0.sha256
    }

    /// The public key.
    #[must_use]
    pub fn key(&self) -> &VerifyingKey {
        &self.0.key
    }

    /// The octets.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.0.der
    }

    /// By name alone: chains are read to find the key somebody meant, not to prove anything.
    fn issued(&self, other: &Self) -> bool {
        let self_issued = other.0.raw_issuer == other.0.raw_subject;
        !self_issued && self.0.raw_subject == other.0.raw_issuer
    }
}

fn parse(der: &[u8]) -> Result<(&[u8], X509Certificate<'_>), CertificateError> {
    // Extensions are of no interest, and broken ones no reason to refuse a key.
    let mut parser = X509CertificateParser::new().with_deep_parse_extensions(false);
    parser.parse(der).map_err(|_| CertificateError::NotCertificate)
}

impl PartialEq for Certificate {
    fn eq(&self, other: &Self) -> bool {
        self.0.der == other.0.der
    }
}

impl Eq for Certificate {}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Certificate({}, {})", Quoted::new(self.subject()), self.sha256())
    }
}

/// What the dates of a certificate say about a moment.
///
/// ```
/// # use saml_sp::{Certificate, Validity};
/// let pasted = Certificate::from_pasted(include_str!("../testdata/ed25519.pem"))?;
/// let year_2000 = chrono::DateTime::UNIX_EPOCH + chrono::Duration::days(10_957);
/// assert!(matches!(pasted.certificate.validity(year_2000), Validity::NotYet { .. }));
/// # Ok::<(), saml_sp::CertificateError>(())
/// ```
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Validity {
    /// Within both.
    Current,
    /// Before the first.
    #[non_exhaustive]
    NotYet {
        /// The first moment.
        since: DateTime<Utc>,
    },
    /// After the last.
    #[non_exhaustive]
    Expired {
        /// The last moment.
        at: DateTime<Utc>,
    },
}

/// A SHA-256 fingerprint: upper-case hexadecimal pairs with colons, as openssl and administration pages show it.
///
/// ```
/// # use saml_sp::Certificate;
/// let pasted = Certificate::from_pasted(include_str!("../testdata/ed25519.pem"))?;
/// let shown = pasted.certificate.sha256().to_string();
/// assert_eq!(shown.split(':').count(), 32);
/// # Ok::<(), saml_sp::CertificateError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    pub(crate) const fn new(sha256: [u8; 32]) -> Self {
        Self(sha256)
    }

    /// The 32 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The first eight bytes, enough to tell certificates apart in a message: "4F:1A:09:C3:55:0E:71:9D…".
    #[must_use]
    pub fn short(&self) -> String {
        let mut text = String::with_capacity("4F:1A:09:C3:55:0E:71:9D…".len());
        _ = self.write_short(&mut text);
        text
    }

    /// What it displays; a report has one for each certificate.
    pub(crate) fn describe(&self) -> String {
        let mut text = String::with_capacity(3 * self.0.len());
        _ = write_pairs(&self.0, &mut text);
        text
    }

    pub(in crate::crypto) fn write_short(&self, to: &mut impl fmt::Write) -> fmt::Result {
        write_pairs(self.0.first_chunk::<8>().map_or(&[], |first| first), to)?;
        to.write_char('…')
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_pairs(&self.0, f)
    }
}

fn write_pairs(bytes: &[u8], to: &mut impl fmt::Write) -> fmt::Result {
    let digit = |value: u8| char::from(b"0123456789ABCDEF".get(usize::from(value)).copied().unwrap_or_default());
    for (index, byte) in bytes.iter().enumerate() {
        if index > 0 {
            to.write_char(':')?;
        }
        to.write_char(digit(byte >> 4))?;
        to.write_char(digit(byte & 15))?;
    }
    Ok(())
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Why something is no certificate we can take a key from.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CertificateError {
    /// Nothing but white space.
    #[error("there is no certificate here, only white space")]
    Empty,
    /// Longer than any chain of certificates.
    #[error("{found} bytes are too many for certificates; we take at most {max}")]
    TooLong {
        /// Length of what was given, in bytes.
        found: usize,
        /// The bound, in bytes.
        max: usize,
    },
    /// More certificates than any chain has.
    #[error("there are more than {max} certificates here")]
    TooMany {
        /// The bound.
        max: usize,
    },
    /// A private key, in whatever form.
    #[error("this contains a private key, not only a certificate")]
    PrivateKey,
    /// A public key without a certificate.
    #[error("this is a bare public key, not a certificate")]
    PublicKey,
    /// What is sent to a certification authority.
    #[error("this is a request for a certificate, not a certificate")]
    Request,
    /// Another kind of PEM.
    #[error("this is PEM of the kind {label}, not CERTIFICATE")]
    OtherPem {
        /// The label after BEGIN.
        label: Quoted,
    },
    /// A PEM block that begins and does not end.
    #[error("the PEM block {label} begins and does not end")]
    CutOff {
        /// The label after BEGIN.
        label: Quoted,
    },
    /// What tools print about a certificate, without the certificate.
    #[error("this is the description of a certificate, without the certificate itself")]
    Description,
    /// XML, perhaps a whole metadata document.
    #[error("this is XML, not a certificate")]
    Xml,
    /// Neither DER nor PEM nor base64.
    #[error("the certificate is not base64: {0}")]
    Base64(Base64Error),
    /// Octets that are no certificate.
    #[error("these octets are no X.509 certificate")]
    NotCertificate,
    /// Something follows the certificate.
    #[error("{bytes} bytes follow the end of the certificate")]
    TrailingBytes {
        /// How many.
        bytes: usize,
    },
    /// A certificate whose key we cannot use.
    #[error("the key of the certificate: {0}")]
    Key(#[from] KeyError),
    /// Several certificates of which none belongs to another.
    #[error("{first} and {second} are two certificates that do not belong together")]
    Unrelated {
        /// Subject of one that issued no other.
        first: Quoted,
        /// Subject of another.
        second: Quoted,
    },
}

impl CertificateError {
    /// The stable name of this error.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "certificate-empty",
            Self::TooLong { .. } => "certificate-too-long",
            Self::TooMany { .. } => "certificate-too-many",
            Self::PrivateKey => "certificate-is-private-key",
            Self::PublicKey => "certificate-is-public-key",
            Self::Request => "certificate-is-request",
            Self::OtherPem { .. } => "certificate-is-other-pem",
            Self::CutOff { .. } => "certificate-cut-off",
            Self::Description => "certificate-is-description",
            Self::Xml => "certificate-is-xml",
            Self::Base64(_) => "certificate-not-base64",
            Self::NotCertificate => "certificate-invalid",
            Self::TrailingBytes { .. } => "certificate-trailing-bytes",
            Self::Key(error) => error.code(),
            Self::Unrelated { .. } => "certificate-unrelated",
        }
    }

    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Empty | Self::Xml | Self::TooLong { .. } | Self::OtherPem { .. } => {
                "paste the identity provider's signing certificate: from BEGIN CERTIFICATE to END CERTIFICATE, or what stands inside X509Certificate in its metadata"
            }
            Self::PrivateKey => {
                "paste the certificate alone; the private key has now been where it should never be, so have it replaced"
            }
            Self::PublicKey | Self::Request => "ask for the certificate that the identity provider signs with",
            Self::CutOff { .. } | Self::Description | Self::NotCertificate | Self::Base64(_) => {
                "copy the certificate again, from BEGIN CERTIFICATE to END CERTIFICATE; a part was lost or changed on the way"
            }
            Self::TrailingBytes { .. } => "give one certificate, and nothing after it",
            Self::Key(error) => error.hint(),
            Self::TooMany { .. } | Self::Unrelated { .. } => {
                "paste one certificate at a time; the identity provider can have several trusted keys, each added by itself"
            }
        }
    }
}

#[cfg(test)]
mod tests;
