//! Our own keys: what each state publishes, and which keys `build` refuses.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test may stop where it stands

mod keys;

use keys::Pair;
use saml_sp::{Credential, KeyState, ServiceProvider, ServiceProviderBuilder, SignatureAlgorithm};

fn builder() -> ServiceProviderBuilder {
    ServiceProvider::builder("https://app.example.com/saml", "https://app.example.com/saml/acs")
}

fn refused(builder: ServiceProviderBuilder) -> &'static str {
    builder.build().unwrap_err().code()
}

/// `(use, certificate)` of each KeyDescriptor, in document order.
fn published(credentials: impl IntoIterator<Item = Credential>) -> Vec<(Option<String>, String)> {
    let sp = credentials.into_iter().fold(builder(), ServiceProviderBuilder::credential).build().unwrap();
    let xml = sp.metadata().to_xml().unwrap();
    let descriptors = xml.split("<md:KeyDescriptor").skip(1);
    descriptors
        .map(|descriptor| {
            let (tag, rest) = descriptor.split_once('>').unwrap();
            let purpose = tag.trim().strip_prefix("use=\"").and_then(|rest| rest.strip_suffix('"'));
            let (_, certificate) = rest.split_once("<ds:X509Certificate>").unwrap();
            (purpose.map(str::to_owned), certificate.split_once('<').unwrap().0.to_owned())
        })
        .collect()
}

#[test]
fn iip_md11_a_key_for_both_is_published_without_use() {
    let pair = Pair::rsa();
    assert_eq!(published([pair.both(KeyState::Active)]), [(None, pair.certificate_base64())]);
}

#[test]
fn next_and_retiring_keys_are_published_to_verify_with_only() {
    let (old, new) = (Pair::rsa(), Pair::rsa());
    for state in [KeyState::Next, KeyState::Retiring] {
        let expected = [(None, old.certificate_base64()), (Some("signing".to_owned()), new.certificate_base64())];
        assert_eq!(published([old.both(KeyState::Active), new.both(state)]), expected, "{state:?}");
        // Whoever reads one key only reads the first: it has to be the one in use, whatever the configuration's order.
        assert_eq!(published([new.both(state), old.both(KeyState::Active)]), expected, "{state:?}");
        let decrypts = Credential::new(state, new.certificate()).decryption(new.decryption());
        assert_eq!(published([decrypts]), [], "{state:?}");
    }
}

#[test]
fn iip_md07_and_08_two_purposes_are_two_descriptors() {
    let (signs, decrypts) = (Pair::ecdsa(), Pair::rsa());
    let found = published([
        Credential::active(signs.certificate()).signing(signs.signing()),
        Credential::active(decrypts.certificate()).decryption(decrypts.decryption()),
    ]);
    let expected = [
        (Some("signing".to_owned()), signs.certificate_base64()),
        (Some("encryption".to_owned()), decrypts.certificate_base64()),
    ];
    assert_eq!(found, expected);
}

#[test]
fn keys_elsewhere_are_published_alike() {
    let pair = Pair::rsa();
    let elsewhere = Credential::active(pair.certificate());
    let elsewhere = elsewhere.signing_elsewhere(SignatureAlgorithm::RsaPssSha256).decryption_elsewhere();
    assert_eq!(published([elsewhere]), [(None, pair.certificate_base64())]);
}

#[test]
fn a_key_has_to_be_the_one_of_its_certificate() {
    let (one, two) = (Pair::rsa(), Pair::rsa());
    let credential = || Credential::active(one.certificate());
    assert_eq!(refused(builder().credential(credential().signing(two.signing()))), "config-credential-key");
    assert_eq!(refused(builder().credential(credential().decryption(two.decryption()))), "config-credential-key");
    assert!(builder().credential(one.both(KeyState::Active)).build().is_ok());
    // An elliptic curve decrypts nothing, wherever the key is.
    let ecdsa = Credential::active(Pair::ecdsa().certificate()).decryption_elsewhere();
    assert_eq!(refused(builder().credential(ecdsa)), "config-credential-key");
}

/// A forgotten key would go unnoticed until an identity provider asks for it.
#[test]
fn a_credential_without_a_key_is_none() {
    let pair = Pair::rsa();
    for state in [KeyState::Next, KeyState::Active, KeyState::Retiring] {
        let error = builder().credential(Credential::new(state, pair.certificate())).build().unwrap_err();
        assert_eq!(error.code(), "config-credential-key");
        assert!(error.to_string().contains("no key") && error.hint().contains("signing_elsewhere"), "{error}");
    }
}

#[test]
fn an_algorithm_elsewhere_has_to_fit_the_certificate() {
    let pair = Pair::rsa();
    let elsewhere =
        |algorithm| builder().credential(Credential::active(pair.certificate()).signing_elsewhere(algorithm));
    for wrong in [SignatureAlgorithm::EcdsaSha256, SignatureAlgorithm::RsaSha1, SignatureAlgorithm::Ed25519] {
        let error = elsewhere(wrong).build().unwrap_err();
        assert_eq!(error.code(), "config-signing-algorithm");
        // Our own key and our own choice: nobody's message, and nobody's trust.
        let text = error.to_string();
        assert!(text.contains(wrong.name()) && text.contains("RSA 2048") && !text.contains("trusted"), "{text}");
    }
    assert!(elsewhere(SignatureAlgorithm::RsaSha512).build().is_ok());
}

/// What does not fit a key that is here is said with the key in hand, in the words and the type of other errors of keys.
#[test]
fn an_algorithm_here_has_to_fit_the_key() {
    for (pair, wrong) in [
        (Pair::rsa(), SignatureAlgorithm::EcdsaSha256),
        (Pair::ecdsa(), SignatureAlgorithm::RsaSha256),
        (Pair::rsa(), SignatureAlgorithm::RsaSha1),
    ] {
        let error = pair.signing().sign_with(wrong).unwrap_err();
        assert_eq!(error.code(), "private-key-algorithm");
        assert!(error.to_string().contains(wrong.name()) && !error.to_string().contains("trusted"), "{error}");
        assert!(!error.hint().contains("identity provider"), "{}", error.hint());
    }
}

#[test]
fn one_key_signs() {
    let (one, two) = (Pair::rsa(), Pair::ecdsa());
    let active = |pair: &Pair| Credential::active(pair.certificate()).signing(pair.signing());
    assert_eq!(refused(builder().credential(active(&one)).credential(active(&two))), "config-two-signing-keys");
    let next = Credential::next(two.certificate()).signing(two.signing());
    assert!(builder().credential(active(&one)).credential(next).build().is_ok());
}

/// Bleichenbacher's oracle gives the private operation of the key: signatures too.
#[test]
fn iip_alg08_rsa_1_5_and_signing_do_not_share_a_key() {
    let (one, two) = (Pair::rsa(), Pair::rsa());
    let signs = || Credential::active(one.certificate()).signing(one.signing());
    let code = "config-rsa-1-5-key-signs";
    let allowed = || builder().dangerous_allow_rsa_1_5();
    assert_eq!(refused(allowed().credential(one.both(KeyState::Retiring))), code);
    assert_eq!(refused(allowed().credential(signs()).decryption_key(one.decryption())), code);
    let elsewhere = Credential::next(one.certificate()).decryption_elsewhere();
    assert_eq!(refused(allowed().credential(signs()).credential(elsewhere)), code);
    assert!(builder().credential(one.both(KeyState::Active)).build().is_ok(), "RSA-OAEP only");
    assert!(allowed().credential(signs()).decryption_key(two.decryption()).build().is_ok(), "two keys");
}
