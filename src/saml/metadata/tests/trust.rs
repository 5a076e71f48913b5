//! Trust: metadata that is believed because it is signed.

use super::*;

#[test]
fn iip_md03_signed_by_wants_a_signature() {
    let signer = Certificate::from_pasted(RSA_CERTIFICATE.as_bytes()).unwrap().certificate;
    let trust = MetadataTrust::signed_by(signer);
    let xml = entity(ID, "", &good_role());
    let error = Metadata::read_at(xml.as_bytes(), &trust, &Limits::default(), now()).unwrap_err();
    assert_eq!(error.code(), "metadata-not-signed");
}
