//! A certificate around a key of a test.

use chrono::{DateTime, Datelike, Utc};

use crate::crypto::algorithm::SignatureAlgorithm;
use crate::crypto::der;
use crate::crypto::key::{KeyType, ecdsa_der};
use crate::crypto::random;
use crate::crypto::signing_key::{SigningKey, SigningKeyError};

const COMMON_NAME: &[u8] = &[0x55, 0x04, 0x03];
const UTF8_STRING: u8 = 0x0c;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
const EXPLICIT_0: u8 = 0xa0;

/// A self-signed X.509 version 3 certificate without extensions, in DER (RFC 5280 section 4.1); times in whole seconds.
pub(crate) fn self_signed(
    key: &SigningKey,
    common_name: &str,
    not_before: DateTime<Utc>,
    not_after: DateTime<Utc>,
) -> Result<Vec<u8>, SigningKeyError> {
    let algorithm = key.algorithm();
    let identifier = algorithm_identifier(algorithm);
    let name = common_name_only(common_name);
    // Positive and twenty octets at most: random, so that two certificates of one test are never the same.
    let serial = random::bytes::<16>().map_err(|_| SigningKeyError::Generation)?;
    let to_be_signed = der::nest(
        der::SEQUENCE,
        &[
            &der::nest(EXPLICIT_0, &[&der::unsigned_integer(&[2])]),
            &der::unsigned_integer(&serial),
            &identifier,
            &name,
            &der::nest(der::SEQUENCE, &[&time(not_before), &time(not_after)]),
            &name,
            key.verifying_key().spki(),
        ],
    );
    let signature = key.sign(algorithm, &to_be_signed)?;
    let signature = match key.verifying_key().key_type() {
        KeyType::Ec(curve) => ecdsa_der(curve, &signature).unwrap_or_default(),
        _ => signature,
    };
    Ok(der::nest(der::SEQUENCE, &[&to_be_signed, &identifier, &der::bit_string(&signature)]))
}

fn algorithm_identifier(algorithm: SignatureAlgorithm) -> Vec<u8> {
    let (oid, parameters): (&[u8], &[u8]) = match algorithm {
        SignatureAlgorithm::EcdsaSha256 => (&[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02], &[]),
        SignatureAlgorithm::EcdsaSha384 => (&[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x03], &[]),
        SignatureAlgorithm::EcdsaSha512 => (&[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x04], &[]),
        SignatureAlgorithm::Ed25519 => (&[0x2b, 0x65, 0x70], &[]),
        // The default of every RSA key: sha256WithRSAEncryption, whose parameters are NULL.
        _ => (&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b], &[der::NULL, 0]),
    };
    der::nest(der::SEQUENCE, &[&der::write(der::OBJECT_IDENTIFIER, oid), parameters])
}

fn common_name_only(common_name: &str) -> Vec<u8> {
    let attribute = der::nest(
        der::SEQUENCE,
        &[&der::write(der::OBJECT_IDENTIFIER, COMMON_NAME), &der::write(UTF8_STRING, common_name.as_bytes())],
    );
    der::nest(der::SEQUENCE, &[&der::nest(der::SET, &[&attribute])])
}

/// RFC 5280 section 4.1.2.5: two digits of the year through 2049, four after it.
fn time(moment: DateTime<Utc>) -> Vec<u8> {
    if (1950..2050).contains(&moment.year()) {
        der::write(UTC_TIME, moment.format("%y%m%d%H%M%SZ").to_string().as_bytes())
    } else {
        der::write(GENERALIZED_TIME, moment.format("%Y%m%d%H%M%SZ").to_string().as_bytes())
    }
}
