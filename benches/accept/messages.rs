//! The messages: what an identity provider of each kind of key sends.

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use saml_sp::testing::{Answer, Encrypted, Encryption, Sign, TestIdp, pending_login};
use saml_sp::{Certificate, DecryptionKey, IdentityProvider, PendingLogin, ServiceProvider};

pub(crate) const SP: &str = "https://app.example.com/saml";
pub(crate) const ACS: &str = "https://app.example.com/saml/acs";
const IDP: &str = "https://idp.example.com/metadata";

/// With what an identity provider signs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Key {
    Rsa2048,
    EcdsaP256,
    Rsa4096,
}

impl Key {
    /// The first is that of all cases that do not ask for another.
    pub(crate) const ALL: [Self; 3] = [Self::Rsa2048, Self::EcdsaP256, Self::Rsa4096];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Rsa2048 => "rsa2048",
            Self::EcdsaP256 => "p256",
            Self::Rsa4096 => "rsa4096",
        }
    }

    /// Whether one can be made under callgrind while somebody waits.
    pub(crate) fn is_quick(self) -> bool {
        self != Self::Rsa4096
    }
}

/// An identity provider, and the service provider at which its answers arrive.
pub(crate) struct Door {
    pub(crate) key: Key,
    pub(crate) test_idp: TestIdp,
    pub(crate) idp: IdentityProvider,
    pub(crate) sp: ServiceProvider,
    /// The service provider's, PKCS#8.
    pub(crate) decryption: Vec<u8>,
}

impl Door {
    pub(crate) fn new(key: Key) -> Self {
        let test_idp = match key {
            Key::Rsa2048 => TestIdp::new(IDP),
            Key::EcdsaP256 => TestIdp::with_ecdsa(IDP),
            Key::Rsa4096 => TestIdp::with_private_key(IDP, &pem(&rsa(KeySize::Rsa4096))),
        };
        let test_idp = test_idp.unwrap();
        let decryption = rsa(KeySize::Rsa2048);
        let sp = ServiceProvider::builder(SP, ACS).decryption_key(DecryptionKey::from_pem(&pem(&decryption)).unwrap());
        let sp = sp.build().unwrap();
        Self { key, idp: test_idp.identity_provider().unwrap(), test_idp, sp, decryption }
    }

    /// The form value of an answer with so many groups, about 190 bytes each: each value says its type and declares the
    /// prefixes for it, as those of several products do.
    pub(crate) fn signed(&self, sign: Sign, groups: usize) -> String {
        self.posted(sign, groups, Vec::new())
    }

    /// The same, its assertion signed, then encrypted by AES-128-GCM and RSA-OAEP.
    pub(crate) fn encrypted(&self, groups: usize) -> String {
        let key = DecryptionKey::from_pem(&pem(&self.decryption)).unwrap();
        self.posted(Sign::Assertion, groups, vec![Encryption::of(Encrypted::Assertion, &key)])
    }

    /// The form value of an answer with so many groups to a request, its assertion signed; and so many pending logins that wait for it.
    pub(crate) fn answered(&self, groups: usize, times: usize) -> (String, Vec<PendingLogin>) {
        const REQUEST: &str = "_0123456789abcdef0123456789abcdef01234567";
        let mut answer = self.test_idp.unsolicited(SP, ACS, "alice");
        answer.in_response_to = Some(REQUEST.to_owned());
        for confirmation in &mut answer.confirmations {
            confirmation.in_response_to = Some(REQUEST.to_owned());
        }
        let pending = || pending_login(&self.sp, &self.idp, REQUEST).unwrap();
        (self.filled(answer, groups), (0..times).map(|_| pending()).collect())
    }

    fn posted(&self, sign: Sign, groups: usize, encryption: Vec<Encryption>) -> String {
        let mut answer = self.test_idp.unsolicited(SP, ACS, "alice");
        answer.sign = sign;
        answer.encryption = encryption;
        self.filled(answer, groups)
    }

    fn filled(&self, mut answer: Answer, groups: usize) -> String {
        answer.attribute("mail", ["alice@example.com"]);
        answer.attribute("groups", (0..groups).map(|n| format!("group-{n:05}-of-the-organization")));
        self.test_idp.post(&answer).unwrap().saml_response
    }

    /// Metadata of so many identity providers.
    pub(crate) fn federation(&self, count: usize) -> String {
        let one = self.test_idp.metadata().unwrap();
        let all: String = (0..count).map(|n| one.replacen(IDP, &format!("{IDP}/{n}"), 1)).collect();
        format!(
            "<md:EntitiesDescriptor xmlns:md=\"urn:oasis:names:tc:SAML:2.0:metadata\" ID=\"_all\" \
             validUntil=\"2100-01-01T00:00:00Z\">{all}</md:EntitiesDescriptor>"
        )
    }

    pub(crate) fn signed_federation(&self, count: usize) -> String {
        self.test_idp.sign_element(&self.federation(count), "_all").unwrap()
    }

    pub(crate) fn certificate(&self) -> Certificate {
        Certificate::from_pasted(self.test_idp.certificate().as_bytes()).unwrap().certificate
    }
}

fn rsa(size: KeySize) -> Vec<u8> {
    AsDer::<aws_lc_rs::encoding::Pkcs8V1Der<'_>>::as_der(&KeyPair::generate(size).unwrap()).unwrap().as_ref().to_vec()
}

fn pem(der: &[u8]) -> String {
    format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", STANDARD.encode(der))
}
