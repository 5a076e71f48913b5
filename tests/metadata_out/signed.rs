//! Signed documents.

use chrono::Duration;
use saml_sp::{Credential, Error, KeyState, Limits, Metadata, MetadataTrust, ServiceProvider, Whose};

use crate::keys::Pair;
use crate::*;

fn signing(pair: &Pair) -> ServiceProvider {
    let credential = Credential::active(pair.certificate()).signing(pair.signing());
    builder().credential(credential).build().unwrap()
}

fn read_signed(xml: &str, by: &Pair) -> Result<Metadata, Error> {
    let trust = MetadataTrust::signed_by(by.certificate());
    Ok(Metadata::read_with(xml.as_bytes(), trust, &Limits::default(), now())?)
}

#[test]
fn every_kind_of_key_signs_the_document() {
    for pair in [Pair::rsa(), Pair::ecdsa(), Pair::ed25519()] {
        let metadata = signing(&pair).metadata().valid_for(Duration::days(14)).ui_info(ui_info());
        let xml = metadata.to_signed_xml().unwrap();
        assert!(read_signed(&xml, &pair).is_ok());
        assert_eq!(read_signed(&xml, &Pair::rsa()).unwrap_err().code(), "signature-wrong-key");
        let altered = xml.replacen("Beispielwolke", "Beispielwerke", 1);
        assert_eq!(read_signed(&altered, &pair).unwrap_err().code(), "digest-mismatch");
        // First of all children, and without it the document is the unsigned one with an ID.
        let (before, rest) = xml.split_once("<ds:Signature ").unwrap();
        let (signature, after) = rest.split_once("</ds:Signature>").unwrap();
        assert!(before.ends_with('>') && before.matches('<').count() == 1, "{before}");
        let id = between(before, " ID=\"", "\"");
        assert!(signature.contains(&format!("URI=\"#{id}\"")) && signature.contains(&pair.certificate_base64()));
        let unsigned = [before, after].concat().replacen(&format!(" ID=\"{id}\""), "", 1);
        assert_eq!(unsigned, metadata.to_xml().unwrap());
        // A new one each time: an ID names one document.
        assert_ne!(between(&metadata.to_signed_xml().unwrap(), " ID=\"", "\""), id);
    }
}

#[test]
fn a_key_elsewhere_signs_the_document_in_two_steps() {
    for pair in [Pair::rsa(), Pair::ecdsa()] {
        let hsm = pair.hsm();
        let credential = Credential::active(pair.certificate()).signing_elsewhere(hsm.algorithm());
        let sp = builder().credential(credential).build().unwrap();
        let metadata = sp.metadata().valid_for(Duration::days(14));
        let to_sign = metadata.to_sign().unwrap();
        assert_eq!(to_sign.algorithm(), hsm.algorithm());
        let signature = hsm.sign(to_sign.octets());
        assert!(read_signed(&to_sign.finish(&signature).unwrap(), &pair).is_ok());
        let foreign = metadata.to_sign().unwrap().finish(&signature).unwrap_err();
        assert_eq!(foreign.code(), "config-foreign-signature", "another ID, other octets");
        assert_eq!(metadata.to_signed_xml().unwrap_err().code(), "config-signing-key-elsewhere");
    }
}

#[test]
fn without_an_active_key_there_is_no_signature() {
    let pair = Pair::rsa();
    for sp in [
        builder().build().unwrap(),
        builder().credential(pair.both(KeyState::Next)).build().unwrap(),
        builder().credential(Credential::active(pair.certificate()).decryption(pair.decryption())).build().unwrap(),
    ] {
        for error in [sp.metadata().to_signed_xml().unwrap_err(), sp.metadata().to_sign().unwrap_err()] {
            assert_eq!((error.code(), error.whose()), ("config-no-signing-key", Whose::Application), "{error}");
            assert!(error.to_string().contains("metadata"), "{error}");
        }
    }
}

#[test]
fn a_value_that_cannot_be_published_is_not_signed_either() {
    let metadata = signing(&Pair::ecdsa()).metadata().name_id_format("");
    assert_eq!(metadata.to_signed_xml().unwrap_err().code(), "config-description");
}
