//! Keys: whose signatures are believed.

use super::*;
use crate::crypto::SigningKey;
use crate::text::base64;

#[test]
fn iip_md11_key_without_use_signs() {
    let idp = idp(&(key("", &[&base64_of(RSA_CERTIFICATE)]) + SSO)).unwrap();
    assert_eq!(keys_of(&idp), [RSA_KEY]);
    assert_eq!(idp.encryption_certificates().len(), 1);
}

#[test]
fn keys_for_encryption_never_sign() {
    let encryption = key(r#"use="encryption""#, &[&base64_of(RSA_CERTIFICATE)]);
    assert_eq!(idp(&(encryption.clone() + SSO)).unwrap_err().code(), "metadata-no-signing-key");
    let signing = key(r#"use="signing""#, &[&base64_of(EC_CERTIFICATE)]);
    let idp = idp(&(encryption + &signing + SSO)).unwrap();
    assert_eq!(keys_of(&idp), [EC_KEY]);
    assert_eq!(idp.encryption_certificates().len(), 1);
}

#[test]
fn iip_md07_several_signing_keys_each_once_in_document_order() {
    let one = |pem: &str| key(r#"use="signing""#, &[&base64_of(pem)]);
    let idp = idp(&(one(EC_CERTIFICATE) + &one(RSA_CERTIFICATE) + &one(EC_CERTIFICATE) + SSO)).unwrap();
    assert_eq!(keys_of(&idp), [EC_KEY, RSA_KEY]);
    assert_eq!(idp.certificates().len(), 2);
}

#[test]
fn certificates_in_any_dress() {
    let wrapped = base64_of(RSA_CERTIFICATE).chars().enumerate().fold(String::new(), |mut text, (n, c)| {
        if n % 50 == 0 {
            text.push_str("\r\n\t ");
        }
        text.push(c);
        text
    });
    for dress in
        [RSA_CERTIFICATE, &wrapped, &format!("\n{RSA_CERTIFICATE}\n"), &RSA_CERTIFICATE.replace('\n', "&#13;\n")]
    {
        let idp = idp(&(key("", &[dress]) + SSO)).unwrap();
        assert_eq!(keys_of(&idp), [RSA_KEY], "{dress}");
    }
}

#[test]
fn a_chain_is_one_key_that_of_the_certificate_that_issued_no_other() {
    let issued = Certificate::from_pasted(ISSUED_CERTIFICATE.as_bytes()).unwrap().certificate;
    for certificates in [[CA_CERTIFICATE, ISSUED_CERTIFICATE], [ISSUED_CERTIFICATE, CA_CERTIFICATE]] {
        let separate = key("", &[&base64_of(certificates[0]), &base64_of(certificates[1])]);
        let together = key("", &[&certificates.concat()]);
        for chain in [separate, together] {
            let idp = idp(&(chain + SSO)).unwrap();
            assert_eq!(idp.signing_keys(), [issued.key().clone()]);
            assert!(matches!(idp.notes(), [MetadataNote::CertificateChain { others: 1, .. }]), "{:?}", idp.notes());
        }
    }
}

#[test]
fn a_broken_certificate_beside_a_good_one_is_a_note() {
    let broken = key("", &["MIIB"]);
    let idp_of = |content: String| idp(&(content + SSO));
    let good = idp_of(broken.clone() + &rsa_key()).unwrap();
    assert_eq!(keys_of(&good), [RSA_KEY]);
    assert!(matches!(good.notes(), [MetadataNote::CertificateUnreadable { .. }]));
    let same = idp_of(key("", &["MIIB", &base64_of(RSA_CERTIFICATE)])).unwrap();
    assert_eq!(keys_of(&same), [RSA_KEY]);
    let error = idp_of(broken).unwrap_err();
    assert_eq!(error.code(), "metadata-no-signing-key");
    assert!(matches!(error, MetadataError::NoSigningKey { first_problem: Some(_), .. }));
}

#[test]
fn iip_md12_certificates_out_of_their_time_are_keys_all_the_same() {
    let xml = entity(ID, "", &good_role());
    for (moment, expired) in [("2300-01-01T00:00:00Z", true), ("2001-01-01T00:00:00Z", false)] {
        let idp = Metadata::read_at(xml.as_bytes(), &MetadataTrust::Transport, &Limits::default(), time(moment))
            .unwrap()
            .only_identity_provider()
            .unwrap();
        assert_eq!(keys_of(&idp), [RSA_KEY]);
        let [note] = idp.notes() else { panic!("{:?}", idp.notes()) };
        assert_eq!(matches!(note, MetadataNote::CertificateExpired { .. }), expired);
        assert_eq!(matches!(note, MetadataNote::CertificateNotYetValid { .. }), !expired);
    }
}

#[test]
fn key_values_without_a_certificate() {
    let rsa = format!(
        "<ds:KeyValue><ds:RSAKeyValue><ds:Modulus>{RSA_MODULUS}</ds:Modulus><ds:Exponent>AQAB</ds:Exponent></ds:RSAKeyValue></ds:KeyValue>"
    );
    let ec = format!(
        r#"<ds:KeyValue><ds11:ECKeyValue><ds11:NamedCurve URI="urn:oid:1.2.840.10045.3.1.7"/><ds11:PublicKey>{EC_POINT}</ds11:PublicKey></ds11:ECKeyValue></ds:KeyValue>"#
    );
    let der = format!("<ds11:DEREncodedKeyValue>{RSA_SPKI}</ds11:DEREncodedKeyValue>");
    for (value, expected) in [(&rsa, RSA_KEY), (&ec, EC_KEY), (&der, RSA_KEY)] {
        let idp = idp(&(key_info(r#"use="signing""#, value) + SSO)).unwrap();
        assert_eq!(keys_of(&idp), [expected]);
        assert!(idp.certificates().is_empty());
        assert_eq!(idp.notes(), []);
    }
    let beside = key_info(
        "",
        &format!(
            "{ec}<ds:X509Data><ds:X509Certificate>{}</ds:X509Certificate></ds:X509Data>",
            base64_of(RSA_CERTIFICATE)
        ),
    );
    assert_eq!(keys_of(&idp(&(beside + SSO)).unwrap()), [RSA_KEY], "a certificate speaks for its KeyInfo");
    for broken in [
        rsa.replace("AQAB", ""),
        rsa.replace("ds:Modulus", "ds:Module"),
        ec.replace("3.1.7", "3.1.1"),
        ec.replace("BGYv", "BGYw"),
    ] {
        assert_eq!(idp(&(key_info("", &broken) + SSO)).unwrap_err().code(), "metadata-no-signing-key", "{broken}");
    }
}

#[test]
fn names_and_addresses_of_keys_are_not_followed() {
    for content in ["<ds:KeyName>idp</ds:KeyName>", r#"<ds:RetrievalMethod URI="https://evil.example/key"/>"#, ""] {
        let error = idp(&(key_info("", content) + SSO)).unwrap_err();
        assert_eq!(error.code(), "metadata-no-signing-key");
        assert!(error.to_string().contains("neither a certificate nor a key"), "{error}");
    }
}

#[test]
fn small_keys_are_noted() {
    let idp = idp(&(key("", &[&base64_of(SMALL_CERTIFICATE)]) + SSO)).unwrap();
    assert_eq!(idp.notes(), [MetadataNote::SmallRsaKey { bits: 1024 }]);
}

#[test]
fn sixteen_signing_keys_are_tried_and_no_more() {
    let fresh = || {
        let key = SigningKey::generate_ed25519().unwrap();
        let spki = base64::encode(key.verifying_key().spki());
        key_info("", &format!("<ds11:DEREncodedKeyValue>{spki}</ds11:DEREncodedKeyValue>"))
    };
    let fifteen: String = (0..15).map(|_| fresh()).collect();
    let sixteen = idp(&(fifteen.clone() + &rsa_key() + SSO)).unwrap();
    assert_eq!(sixteen.signing_keys().len(), 16);
    assert_eq!(sixteen.notes(), []);

    let further = idp(&(fifteen + &rsa_key() + &fresh() + &fresh() + SSO)).unwrap();
    assert_eq!(further.signing_keys().len(), 16);
    assert_eq!(further.notes(), [MetadataNote::TooManyKeys { kept: 16, left_out: 2 }]);

    let again = sixteen.with_signing_certificate_at(RSA_CERTIFICATE.as_bytes(), now()).unwrap();
    assert_eq!(again.signing_keys().len(), 16, "a key that is trusted already is no further one");
    let error = again.with_signing_certificate_at(EC_CERTIFICATE.as_bytes(), now()).unwrap_err();
    assert_eq!(error.code(), "metadata-too-many-keys");
}
