//! Any bytes as a certificate, as what an administrator pastes, and as a private key: an error or something usable.
#![no_main]

use libfuzzer_sys::fuzz_target;
use saml_sp::{Certificate, DecryptionKey, SigningKey};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(certificate) = Certificate::from_der(bytes) {
        let _ = (certificate.subject().len(), certificate.sha256().to_string(), certificate.key().description());
        assert_eq!(certificate.der(), bytes);
    }
    if let Ok(pasted) = Certificate::from_pasted(bytes) {
        assert!(Certificate::from_der(pasted.certificate.der()).is_ok());
    }
    let _ = (DecryptionKey::from_der(bytes).is_ok(), SigningKey::from_der(bytes).is_ok());
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _ = (DecryptionKey::from_pem(text).is_ok(), SigningKey::from_pem(text).is_ok());
    }
});
