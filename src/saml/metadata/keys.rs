//! The keys of a role (metadata 2.4.1.1): certificates are only containers for them (MDIOP, IIP-MD12).

use chrono::{DateTime, Utc};

use super::note::MetadataNote;
use crate::crypto::{Certificate, CertificateError, Curve, VerifyingKey};
use crate::dsig;
use crate::text::base64;
use crate::text::quoted::Quoted;
use crate::text::whitespace;

use crate::xml::{Element, Name, ns};

/// The most signing keys that are tried for one login: each costs a verification that anybody can ask for.
pub(super) const MAX_SIGNING_KEYS: usize = dsig::MAX_KEYS;

/// The longest key in bytes after base64: RSA with 16,384 bits has 2,048.
const MAX_KEY_BYTES: usize = 8 * 1024;

/// The keys of one role.
#[derive(Clone, Debug, Default)]
pub(super) struct RoleKeys {
    /// Each once, in document order.
    pub(super) signing: Vec<VerifyingKey>,
    /// Those of the signing keys that came in one.
    pub(super) certificates: Vec<Certificate>,
    pub(super) encryption: Vec<Certificate>,
}

/// A key with the certificate it came in.
struct Found {
    key: VerifyingKey,
    certificate: Option<Certificate>,
}

impl RoleKeys {
    /// Reads every KeyDescriptor that is a direct child of the role.
    pub(super) fn read(role: Element<'_>, now: DateTime<Utc>, notes: &mut Vec<MetadataNote>) -> Self {
        let mut keys = Self::default();
        let mut left_out = 0usize;
        for descriptor in role.children().filter(|child| child.is(Name::md("KeyDescriptor"))) {
            // Without `use` a key is for both (metadata 2.4.1.1, erratum E62; IIP-MD11).
            let (signs, encrypts) = match descriptor.attribute("use").map(whitespace::trim) {
                None => (true, true),
                Some("signing") => (true, false),
                Some("encryption") => (false, true),
                Some(other) => {
                    notes.push(MetadataNote::KeyForUnknownUse { found: Quoted::new(other) });
                    continue;
                }
            };
            let Some(info) = descriptor.child(Name::ds("KeyInfo")) else {
                notes.push(MetadataNote::KeyWithoutMaterial);
                continue;
            };
            for found in read_key_info(info, notes) {
                if encrypts {
                    keys.encryption.extend(found.certificate.clone());
                }
                if signs && !keys.trust(found, now, notes) {
                    left_out = left_out.saturating_add(1);
                }
            }
        }
        if left_out > 0 {
            notes.push(MetadataNote::TooManyKeys { kept: MAX_SIGNING_KEYS, left_out });
        }
        keys
    }

    /// Trusts the key of a certificate as somebody pasted it. False where there are enough already.
    pub(super) fn trust_pasted(
        &mut self,
        certificate: &[u8],
        now: DateTime<Utc>,
        notes: &mut Vec<MetadataNote>,
    ) -> Result<bool, CertificateError> {
        let certificate = from_paste(certificate, notes)?;
        Ok(self.trust(Found { key: certificate.key().clone(), certificate: Some(certificate) }, now, notes))
    }

    /// Adds a signing key, once. False where there are enough already.
    fn trust(&mut self, found: Found, now: DateTime<Utc>, notes: &mut Vec<MetadataNote>) -> bool {
        if self.signing.contains(&found.key) {
            return true;
        }
        if self.signing.len() >= MAX_SIGNING_KEYS {
            return false;
        }
        if let Some(bits) = found.key.rsa_bits().filter(|&bits| bits < 2048) {
            notes.push(MetadataNote::SmallRsaKey { bits });
        }
        if let Some(certificate) = &found.certificate {
            note_validity(certificate, now, notes);
        }
        self.signing.push(found.key);
        self.certificates.extend(found.certificate);
        true
    }
}

/// Reads what one KeyInfo holds: the certificates of its X509Data, or else its key values.
///
/// Names of keys, and URLs to fetch keys from, are nothing to build trust on and are not followed.
fn read_key_info(info: Element<'_>, notes: &mut Vec<MetadataNote>) -> Vec<Found> {
    let noted = notes.len();
    let mut certificates = Vec::new();
    for data in info.children().filter(|child| child.is(Name::ds("X509Data"))) {
        for element in data.children().filter(|child| child.is(Name::ds("X509Certificate"))) {
            // The search for the leaf compares each with each.
            if certificates.len() >= MAX_SIGNING_KEYS {
                break;
            }
            match from_paste(element.descendant_text().as_bytes(), notes) {
                Ok(certificate) => certificates.push(certificate),
                Err(reason) => notes.push(MetadataNote::CertificateUnreadable { reason }),
            }
        }
    }
    if !certificates.is_empty() {
        return leaves(certificates, notes)
            .into_iter()
            .map(|certificate| Found { key: certificate.key().clone(), certificate: Some(certificate) })
            .collect();
    }
    let mut found = Vec::new();
    for child in info.children() {
        let key = if child.is(Name::ds("KeyValue")) {
            read_key_value(child)
        } else if child.is(DER_ENCODED_KEY_VALUE) {
            bytes(child)
                .and_then(|der| VerifyingKey::from_spki(&der).map_err(|_| "DEREncodedKeyValue is no public key"))
        } else {
            continue;
        };
        match key {
            Ok(key) => found.push(Found { key, certificate: None }),
            Err(reason) => notes.push(MetadataNote::KeyUnreadable { reason }),
        }
    }
    if found.is_empty() && notes.len() == noted {
        notes.push(MetadataNote::KeyWithoutMaterial);
    }
    found
}

/// One X509Certificate, in any dress: real ones have PEM armour, line breaks, whole chains (simplesamlphp #999).
fn from_paste(text: &[u8], notes: &mut Vec<MetadataNote>) -> Result<Certificate, CertificateError> {
    let pasted = Certificate::from_pasted(text)?;
    if !pasted.others.is_empty() {
        notes.push(MetadataNote::CertificateChain {
            taken: Quoted::new(pasted.certificate.subject()),
            others: pasted.others.len(),
        });
    }
    Ok(pasted.certificate)
}

/// All certificates of one X509Data are about one key (XML Signature 4.5.4): the others are its chain, and to trust the
/// key of an issuer would be to trust whatever else it issued. Those that issued no other here are kept.
fn leaves(certificates: Vec<Certificate>, notes: &mut Vec<MetadataNote>) -> Vec<Certificate> {
    let is_issuer = |certificate: &Certificate| {
        certificates.iter().any(|other| {
            other.sha256() != certificate.sha256()
                && other.issuer() == certificate.subject()
                && other.subject() != certificate.subject()
        })
    };
    let (issuers, leaves): (Vec<&Certificate>, Vec<&Certificate>) = certificates.iter().partition(|c| is_issuer(c));
    // Certificates that issued each other in a circle leave none: then there is no chain to speak of.
    let Some(first) = leaves.first() else { return certificates };
    if !issuers.is_empty() {
        notes.push(MetadataNote::CertificateChain { taken: Quoted::new(first.subject()), others: issuers.len() });
    }
    leaves.into_iter().cloned().collect()
}

fn note_validity(certificate: &Certificate, now: DateTime<Utc>, notes: &mut Vec<MetadataNote>) {
    let subject = || Quoted::new(certificate.subject());
    if now >= certificate.not_after() {
        notes.push(MetadataNote::CertificateExpired { subject: subject(), not_after: certificate.not_after() });
    } else if now < certificate.not_before() {
        notes.push(MetadataNote::CertificateNotYetValid { subject: subject(), not_before: certificate.not_before() });
    }
}

const DER_ENCODED_KEY_VALUE: Name = Name::new(ns::DS11, "DEREncodedKeyValue");
const EC_KEY_VALUE: Name = Name::new(ns::DS11, "ECKeyValue");
const NAMED_CURVE: Name = Name::new(ns::DS11, "NamedCurve");
const PUBLIC_KEY: Name = Name::new(ns::DS11, "PublicKey");

/// RSAKeyValue or ECKeyValue (XML Signature 4.5.2).
fn read_key_value(value: Element<'_>) -> Result<VerifyingKey, &'static str> {
    if let Some(rsa) = value.child(Name::ds("RSAKeyValue")) {
        let modulus = rsa.child(Name::ds("Modulus")).ok_or("RSAKeyValue without Modulus")?;
        let exponent = rsa.child(Name::ds("Exponent")).ok_or("RSAKeyValue without Exponent")?;
        return VerifyingKey::from_rsa(&bytes(modulus)?, &bytes(exponent)?).map_err(|_| "RSAKeyValue is no RSA key");
    }
    let ec = value.child(EC_KEY_VALUE).ok_or("KeyValue is neither RSAKeyValue nor ECKeyValue")?;
    let curve =
        ec.child(NAMED_CURVE).and_then(|curve| curve.attribute("URI")).ok_or("ECKeyValue without NamedCurve")?;
    let point = ec.child(PUBLIC_KEY).ok_or("ECKeyValue without PublicKey")?;
    let curve = Curve::from_uri(&whitespace::collapse(curve))
        .ok_or("ECKeyValue on a curve that is not P-256, P-384 or P-521")?;
    VerifyingKey::from_ec(curve, &bytes(point)?).map_err(|_| "ECKeyValue is no point of its curve")
}

fn bytes(element: Element<'_>) -> Result<Vec<u8>, &'static str> {
    let text = element.text().ok_or("a key value has elements inside")?;
    base64::decode(text.as_bytes(), MAX_KEY_BYTES).map_err(|_| "a key value is not base64")
}
