//! Any bytes as the query of a logout URL, as it came and as a framework decodes it: an error, for the key has signed nothing.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use saml_sp::testing::TestIdp;
use saml_sp::{
    Binding, Certificate, Credential, Error, IdentityProvider, Inbound, ReceivedLogout, ServiceProvider, SigningKey,
};

static PARTIES: LazyLock<(ServiceProvider, IdentityProvider)> = LazyLock::new(|| {
    let test_idp = TestIdp::with_ecdsa("https://idp.example.com/metadata").unwrap();
    let ours = TestIdp::with_ecdsa("keys").unwrap();
    let certificate = Certificate::from_pasted(ours.certificate()).unwrap().certificate;
    let key = SigningKey::from_pem(&ours.private_key().unwrap()).unwrap();
    let sp = ServiceProvider::builder("https://app.example.com/saml", "https://app.example.com/saml/acs")
        .credential(Credential::active(certificate).signing(key))
        .slo_url(Binding::Redirect, "https://app.example.com/saml/slo");
    (sp.build().unwrap(), test_idp.identity_provider().unwrap())
});

fn refused(result: Result<ReceivedLogout, Error>) {
    // The key is fresh at every start, so nothing that the fuzzer knows can be signed by it.
    let error = result.expect_err("nothing here is signed by a trusted key");
    let _ = (error.to_string(), error.hint(), error.code());
}

fuzz_target!(|bytes: &[u8]| {
    let (sp, idp) = &*PARTIES;
    let query = String::from_utf8_lossy(bytes);
    refused(sp.receive_logout(idp, &Inbound::query(&query)));
    let pairs: Vec<(String, String)> = query.split('&').map(decoded).collect();
    let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    refused(sp.receive_logout(idp, &Inbound::decoded_query(&pairs)));
});

/// As most frameworks do it.
fn decoded(pair: &str) -> (String, String) {
    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
    let decode = |text: &str| {
        let mut octets = Vec::new();
        let mut rest = text.as_bytes();
        while let [first, behind @ ..] = rest {
            let escape = behind.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
            let escape = escape.and_then(|hex| u8::from_str_radix(hex, 16).ok());
            let (octet, left) = match (*first, escape) {
                (b'%', Some(octet)) => (octet, &behind[2..]),
                (b'+', _) => (b' ', behind),
                (other, _) => (other, behind),
            };
            octets.push(octet);
            rest = left;
        }
        String::from_utf8_lossy(&octets).into_owned()
    };
    (decode(name), decode(value))
}
