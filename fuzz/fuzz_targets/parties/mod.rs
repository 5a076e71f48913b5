//! An identity provider, a service provider, and what the one has signed for the other. Keys are fresh at every start.
#![allow(dead_code)] // each target uses its part

use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use saml_sp::testing::forge::Tree;
use saml_sp::testing::{Answer, Encrypted, Encryption, Sign, TestIdp};
use saml_sp::{Accepted, Clock, DecryptionKey, Error, Expect, IdentityProvider, PostedResponse, ServiceProvider};

const SP: &str = "https://app.example.com/saml";
const ACS: &str = "https://app.example.com/saml/acs";

pub struct Parties {
    test_idp: TestIdp,
    idp: IdentityProvider,
    sp: ServiceProvider,
    to: DecryptionKey,
    /// Signed in every way, encrypted or not.
    pub messages: Vec<Tree>,
}

pub static PARTIES: LazyLock<Parties> = LazyLock::new(|| {
    // The clock stands still, so that messages stay fresh for as long as the fuzzer runs.
    let now = Clock::Fixed("2026-01-15T12:00:00Z".parse().unwrap());
    let test_idp = TestIdp::with_ecdsa("https://idp.example.com/metadata").unwrap().clock(now);
    let pem = TestIdp::new("keys").unwrap().private_key().unwrap();
    let key = || DecryptionKey::from_pem(&pem).unwrap();
    let sp = ServiceProvider::builder(SP, ACS).decryption_key(key()).clock(now).build().unwrap();
    let idp = test_idp.identity_provider().unwrap();
    let mut parties = Parties { test_idp, idp, sp, to: key(), messages: Vec::new() };
    for sign in [Sign::Assertion, Sign::Response, Sign::Both] {
        for encrypted in [None, Some(Encrypted::Assertion), Some(Encrypted::NameId)] {
            let mut answer = parties.answer(sign);
            answer.encryption.extend(encrypted.map(|what| Encryption::of(what, &parties.to)));
            parties.messages.push(Tree::parse(&parties.test_idp.sign(&answer).unwrap()).unwrap());
        }
    }
    parties
});

impl Parties {
    fn answer(&self, sign: Sign) -> Answer {
        let mut answer = self.test_idp.unsolicited(SP, ACS, "alice");
        answer.sign = sign;
        answer.attribute("mail", ["alice@example.com"]);
        answer
    }

    pub fn accept(&self, xml: &[u8]) -> Result<Accepted, Error> {
        let field = STANDARD.encode(xml);
        self.sp.accept(&self.idp, &PostedResponse::new(&field, None), Expect::unsolicited(ACS))
    }

    /// A message in which these bytes were encrypted in the place of a part.
    pub fn encrypted(&self, what: Encrypted, sign: Sign, plaintext: &[u8]) -> Option<String> {
        let mut answer = self.answer(sign);
        let mut encryption = Encryption::of(what, &self.to);
        encryption.plaintext = Some(plaintext.to_vec());
        answer.encryption.push(encryption);
        self.test_idp.sign(&answer).ok()
    }
}
