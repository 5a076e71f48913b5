//! Trust: metadata that is believed because it is signed.

use super::*;
use crate::crypto::certificate::self_signed;
use crate::crypto::{AlgorithmPolicy, DigestAlgorithm, SignatureAlgorithm, SigningKey};
use crate::dsig::sign::{SignOptions, enveloped};

const UNTIL: &str = r#"ID="_root" validUntil="2027-01-29T12:00:00Z""#;

fn signer() -> SigningKey {
    SigningKey::generate_ecdsa(crate::crypto::Curve::P256).unwrap()
}

fn sign(xml: &str, key: &SigningKey) -> String {
    sign_with(xml, key, &SignOptions::new(SignatureAlgorithm::EcdsaSha256))
}

fn sign_with(xml: &str, key: &SigningKey, options: &SignOptions) -> String {
    enveloped(xml, "_root", key, options, &Limits::default().metadata()).unwrap()
}

fn read_by(xml: &str, signer: impl Into<MetadataSigner>) -> Result<Metadata, MetadataError> {
    Metadata::read_at(xml.as_bytes(), &MetadataTrust::signed_by(signer), &Limits::default(), now())
}

#[test]
fn iip_md03_what_a_known_key_signed_is_read() {
    let key = signer();
    for xml in [entity(ID, UNTIL, &good_role()), group(UNTIL, &group("", &entity(ID, "", &good_role())))] {
        let metadata = read_by(&sign(&xml, &key), key.verifying_key().clone()).unwrap();
        let idp = metadata.only_identity_provider().unwrap();
        assert_eq!(keys_of(&idp), [RSA_KEY]);
        assert_eq!(idp.valid_until(), Some(time("2027-01-29T12:00:00Z")));
    }
}

/// The limit is about what was received: canonical octets have two tags for each `<a/>`, and may be longer.
#[test]
fn canonical_octets_may_be_longer_than_the_limit() {
    let key = signer();
    let signed = sign(&entity(ID, UNTIL, &(good_role() + &"<md:Unknown/>".repeat(1000))), &key);
    let mut limits = Limits { metadata_bytes: signed.len(), ..Limits::default() };
    let trust = MetadataTrust::signed_by(key.verifying_key().clone());
    assert!(Metadata::read_at(signed.as_bytes(), &trust, &limits, now()).is_ok());
    limits.metadata_bytes -= 1;
    let error = Metadata::read_at(signed.as_bytes(), &trust, &limits, now()).unwrap_err();
    assert_eq!(error.code(), "xml-too-large");
}

#[test]
fn iip_md03_and_sdp_md02_another_key_proves_nothing() {
    let signed = sign(&entity(ID, UNTIL, &good_role()), &signer());
    let other = signer().verifying_key().clone();
    assert_eq!(read_by(&signed, other).unwrap_err().code(), "signature-wrong-key");
}

/// Its dates, its issuer and its own signature are not looked at (MDIOP).
#[test]
fn iip_md03_of_a_certificate_the_key_alone_counts() {
    let key = signer();
    let signed = sign(&entity(ID, UNTIL, &good_role()), &key);
    for (from, until) in
        [("2001-01-01T00:00:00Z", "2002-01-01T00:00:00Z"), ("2300-01-01T00:00:00Z", "2301-01-01T00:00:00Z")]
    {
        let mut der = self_signed(&key, "federation", time(from), time(until)).unwrap();
        let last = der.len() - 1;
        der[last] ^= 1;
        let certificate = Certificate::from_pasted(&der).unwrap().certificate;
        assert!(read_by(&signed, certificate).is_ok(), "{from}");
    }
}

#[test]
fn a_signer_may_change_its_key() {
    let (old, new) = (signer(), signer());
    let both = MetadataSigner::new(old.verifying_key().clone()).or_key(new.verifying_key().clone());
    for key in [old, new] {
        assert!(read_by(&sign(&entity(ID, UNTIL, &good_role()), &key), both.clone()).is_ok());
    }
}

#[test]
fn signed_by_wants_a_signature_on_the_document_element() {
    let key = signer();
    let unsigned = entity(ID, UNTIL, &good_role());
    assert_eq!(read_by(&unsigned, key.verifying_key().clone()).unwrap_err().code(), "metadata-not-signed");
    // The signed entity put into a group of the attacker's, beside another one.
    let inside = group(
        r#"validUntil="2027-01-29T12:00:00Z""#,
        &(entity("urn:forged", "", &good_role()) + &sign(&unsigned, &key)),
    );
    assert_eq!(read_by(&inside, key.verifying_key().clone()).unwrap_err().code(), "metadata-not-signed");
}

#[test]
fn altered_content_is_refused() {
    let key = signer();
    let signed = sign(&entity(ID, UNTIL, &good_role()), &key);
    for forged in [
        signed.replace(SSO, &SSO.replace("idp.example.com", "evil.example")),
        signed.replace("2027-01-29", "2037-01-29"),
        signed.replace(&base64_of(RSA_CERTIFICATE), &base64_of(SECOND_CERTIFICATE)),
    ] {
        assert_ne!(forged, signed);
        assert_eq!(read_by(&forged, key.verifying_key().clone()).unwrap_err().code(), "digest-mismatch");
    }
}

#[test]
fn what_no_signature_covers_is_not_read() {
    // A comment never reaches the signed octets, so that nothing that it splits can be read as split.
    let key = signer();
    let signed = sign(&entity(ID, UNTIL, &good_role()), &key);
    let commented = signed.replace("<md:IDPSSODescriptor", "<!-- x --><md:IDPSSODescriptor");
    assert!(read_by(&commented, key.verifying_key().clone()).is_ok());
}

#[test]
fn iip_md04_and_sdp_md03_valid_until_is_required_and_bounded() {
    let key = signer();
    let trust = || MetadataSigner::new(key.verifying_key().clone());
    let endless = sign(&entity(ID, r#"ID="_root""#, &good_role()), &key);
    assert_eq!(read_by(&endless, trust()).unwrap_err().code(), "metadata-no-valid-until");
    assert!(read_by(&endless, trust().dangerous_allow_missing_valid_until()).is_ok());
    // Only the document element's bounds the whole document.
    let inner = entity(ID, r#"validUntil="2027-01-29T12:00:00Z""#, &good_role());
    let within = sign(&group(r#"ID="_root""#, &inner), &key);
    assert_eq!(read_by(&within, trust()).unwrap_err().code(), "metadata-no-valid-until");

    let two_weeks = sign(&entity(ID, UNTIL, &good_role()), &key);
    assert!(read_by(&two_weeks, trust()).is_ok());
    assert!(read_by(&two_weeks, trust().valid_for_at_most(TimeDelta::days(14))).is_ok());
    let short = trust().valid_for_at_most(TimeDelta::days(14) - TimeDelta::seconds(1));
    let error = read_by(&two_weeks, short).unwrap_err();
    assert_eq!(error.code(), "metadata-valid-until-too-far");
    let missing = trust().valid_for_at_most(TimeDelta::days(14));
    assert_eq!(read_by(&endless, missing).unwrap_err().code(), "metadata-no-valid-until");
}

#[test]
fn iip_md04_the_past_is_imported_with_a_note_and_refused_at_use() {
    let key = signer();
    let past = sign(&entity(ID, r#"ID="_root" validUntil="2026-01-01T00:00:00Z""#, &good_role()), &key);
    let idp = read_by(&past, key.verifying_key().clone()).unwrap().only_identity_provider().unwrap();
    assert!(matches!(idp.notes(), [MetadataNote::Expired { .. }]));
    assert_eq!(idp.check_valid(now(), TimeDelta::minutes(3)).unwrap_err().code(), "metadata-expired");
}

#[test]
fn sha1_is_allowed_by_name_only() {
    let key = signer();
    let mut options = SignOptions::new(SignatureAlgorithm::EcdsaSha256);
    options.digest = DigestAlgorithm::Sha1;
    let signed = sign_with(&entity(ID, UNTIL, &good_role()), &key, &options);
    let trust = MetadataSigner::new(key.verifying_key().clone());
    assert!(matches!(read_by(&signed, trust.clone()).unwrap_err(), MetadataError::Signature(_)));
    assert!(read_by(&signed, trust.algorithms(AlgorithmPolicy::new().dangerous_allow_sha1())).is_ok());
}
