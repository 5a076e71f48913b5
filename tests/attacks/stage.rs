//! Where attacks are played: one identity provider, one service provider, one request, and answers in every base shape.

use std::sync::OnceLock;

use saml_sp::testing::forge::{Place, Tree};
use saml_sp::testing::{
    Answer, Encrypted, Encryption, Logout, ReceivedRequest, Sign, SignatureStyle, TestIdp, TestIdpError,
};
use saml_sp::{Clock, DecryptionKey, IdentityProvider, ServiceProvider, Session, VerifyingKey};
use serde_json::{Value, json};

use crate::vector::Made;

pub(crate) const SP: &str = "https://app.example.com/saml";
pub(crate) const ACS: &str = "https://app.example.com/saml/acs";
pub(crate) const SLO: &str = "https://app.example.com/saml/slo";
pub(crate) const SLO_SOAP: &str = "https://app.example.com/saml/slo/soap";
pub(crate) const IDP: &str = "https://idp.example.com/metadata";
pub(crate) const NOW: &str = "2026-01-15T12:00:00Z";
pub(crate) const REQUEST: &str = "_request";
pub(crate) const MALLORY: &str = "mallory";

/// What is signed, and what is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    AssertionSigned,
    ResponseSigned,
    BothSigned,
    /// The assertion signed, then encrypted; the Response is not signed.
    EncryptedAssertionSigned,
    /// The assertion encrypted, then the Response signed.
    EncryptedResponseSigned,
    /// The assertion signed, then encrypted, then the Response signed.
    EncryptedBothSigned,
    /// No message: a metadata document, signed as a whole.
    Metadata,
    /// A logout message by Redirect, its query signed.
    Query,
    /// A logout message by POST, signed.
    Form,
    /// A logout message by SOAP, signed.
    Soap,
}

use Shape::*;

pub(crate) const ALL: &[Shape] = &[
    AssertionSigned,
    ResponseSigned,
    BothSigned,
    EncryptedAssertionSigned,
    EncryptedResponseSigned,
    EncryptedBothSigned,
];
pub(crate) const PLAIN: &[Shape] = &[AssertionSigned, ResponseSigned, BothSigned];
pub(crate) const ENCRYPTED: &[Shape] = &[EncryptedAssertionSigned, EncryptedResponseSigned, EncryptedBothSigned];
/// The Response has a signature, whatever else has.
pub(crate) const RESPONSE_SIGNED: &[Shape] =
    &[ResponseSigned, BothSigned, EncryptedResponseSigned, EncryptedBothSigned];
/// The Response has none: its parts can be written over by anybody.
pub(crate) const RESPONSE_UNSIGNED: &[Shape] = &[AssertionSigned, EncryptedAssertionSigned];
/// The assertion has a signature of its own, which stays good whatever is written around it.
pub(crate) const ASSERTION_SIGNED: &[Shape] =
    &[AssertionSigned, BothSigned, EncryptedAssertionSigned, EncryptedBothSigned];
/// For what is no message.
pub(crate) const METADATA: &[Shape] = &[Metadata];
/// A logout message, however it comes.
pub(crate) const LOGOUT: &[Shape] = &[Query, Form, Soap];
/// A logout message that carries its signature.
pub(crate) const LOGOUT_IN_XML: &[Shape] = &[Form, Soap];

impl Shape {
    pub(crate) fn name(self) -> &'static str {
        match self {
            AssertionSigned => "assertion",
            ResponseSigned => "response",
            BothSigned => "both",
            EncryptedAssertionSigned => "encrypted-assertion",
            EncryptedResponseSigned => "encrypted-response",
            EncryptedBothSigned => "encrypted-both",
            Metadata => "metadata",
            Query => "redirect",
            Form => "post",
            Soap => "soap",
        }
    }

    pub(crate) fn sign(self) -> Sign {
        match self {
            AssertionSigned | EncryptedAssertionSigned => Sign::Assertion,
            ResponseSigned | EncryptedResponseSigned => Sign::Response,
            BothSigned | EncryptedBothSigned => Sign::Both,
            Metadata | Query | Form | Soap => Sign::Nothing,
        }
    }

    pub(crate) fn is_encrypted(self) -> bool {
        ENCRYPTED.contains(&self)
    }

    pub(crate) fn assertion_is_signed(self) -> bool {
        ASSERTION_SIGNED.contains(&self)
    }

    pub(crate) fn response_is_signed(self) -> bool {
        RESPONSE_SIGNED.contains(&self)
    }
}

/// Keys, made once a run.
pub(crate) struct Keys {
    pub(crate) idp: TestIdp,
    /// The attacker's: the same entityID, another key.
    pub(crate) foreign: TestIdp,
    /// Of the service provider, PEM.
    pub(crate) decryption: String,
    /// Of the service provider too: it has to sign logouts.
    signing: TestIdp,
}

fn keys() -> &'static Keys {
    static KEYS: OnceLock<Keys> = OnceLock::new();
    KEYS.get_or_init(|| {
        let at = |idp: TestIdp| idp.clock(Clock::Fixed(NOW.parse().unwrap()));
        Keys {
            idp: at(TestIdp::with_ecdsa(IDP).unwrap()),
            foreign: at(TestIdp::with_ecdsa(IDP).unwrap()),
            decryption: TestIdp::new("keys").unwrap().private_key().unwrap(),
            signing: TestIdp::with_ecdsa("keys").unwrap(),
        }
    })
}

/// One base shape, and everything to play an attack with.
pub(crate) struct Stage {
    pub(crate) shape: Shape,
    pub(crate) idp: &'static TestIdp,
    pub(crate) foreign: &'static TestIdp,
}

impl Stage {
    pub(crate) fn new(shape: Shape) -> Self {
        Self { shape, idp: &keys().idp, foreign: &keys().foreign }
    }

    /// What the identity provider says of alice, in answer to our request; not signed yet.
    pub(crate) fn answer(&self) -> Answer {
        self.answer_about("alice")
    }

    pub(crate) fn answer_about(&self, user: &str) -> Answer {
        let mut answer = self.idp.answer(&request(), user);
        answer.sign = self.shape.sign();
        answer.attribute("mail", [format!("{user}@example.com")]).attribute("groups", ["staff"]);
        if self.shape.is_encrypted() {
            answer.encryption.push(self.encryption(Encrypted::Assertion));
        }
        answer
    }

    /// To the service provider's key, as anybody can.
    pub(crate) fn encryption(&self, what: Encrypted) -> Encryption {
        Encryption::of(what, &DecryptionKey::from_pem(&keys().decryption).unwrap())
    }

    /// The message that the identity provider made, in this shape.
    pub(crate) fn genuine(&self) -> Result<Tree, TestIdpError> {
        Tree::parse(&self.idp.sign(&self.answer())?)
    }

    /// As [`genuine`](Self::genuine), with the answer changed before it is signed.
    pub(crate) fn changed(&self, change: impl FnOnce(&mut Answer)) -> Result<Tree, TestIdpError> {
        let mut answer = self.answer();
        change(&mut answer);
        Tree::parse(&self.idp.sign(&answer)?)
    }

    /// As the identity provider would have made it if it wrote its XML so: the unsigned message is altered, then
    /// signed and encrypted in this shape.
    pub(crate) fn written(
        &self,
        rewrite: impl FnOnce(&mut Tree) -> Result<(), TestIdpError>,
    ) -> Result<String, TestIdpError> {
        let answer = self.answer();
        let mut plain = answer.clone();
        (plain.sign, plain.encryption) = (Sign::Nothing, Vec::new());
        let mut tree = Tree::parse(&self.idp.sign(&plain)?)?;
        rewrite(&mut tree)?;
        self.sealed(tree.to_xml(), &answer)
    }

    /// Signs and encrypts a message that was written for this answer, in this shape.
    pub(crate) fn sealed(&self, mut xml: String, answer: &Answer) -> Result<String, TestIdpError> {
        if matches!(self.shape.sign(), Sign::Assertion | Sign::Both) {
            xml = self.idp.sign_element(&xml, &answer.assertion_id)?;
        }
        for encryption in &answer.encryption {
            xml = encryption.encrypt(&xml, &answer.assertion_id)?;
        }
        if matches!(self.shape.sign(), Sign::Response | Sign::Both) {
            xml = self.idp.sign_element(&xml, &answer.response_id)?;
        }
        Ok(xml)
    }

    /// A genuine message in which one Signature (the assertion's where it has one, else the Response's) is altered, and
    /// its SignedInfo signed again as it stands then: what an identity provider with such signatures would send.
    pub(crate) fn resigned(
        &self,
        alter: impl FnOnce(&mut Tree, Place) -> Result<(), TestIdpError>,
    ) -> Result<String, TestIdpError> {
        self.with_signature(self.idp, alter, true)
    }

    /// As [`resigned`](Self::resigned), by the same key in another style.
    pub(crate) fn resigned_in(
        &self,
        style: impl FnOnce(&mut SignatureStyle),
        alter: impl FnOnce(&mut Tree, Place) -> Result<(), TestIdpError>,
    ) -> Result<String, TestIdpError> {
        self.with_signature(&self.styled(style)?, alter, true)
    }

    /// As [`resigned`](Self::resigned), with the signature value that was there before.
    pub(crate) fn altered(
        &self,
        alter: impl FnOnce(&mut Tree, Place) -> Result<(), TestIdpError>,
    ) -> Result<String, TestIdpError> {
        self.with_signature(self.idp, alter, false)
    }

    /// The identity provider, with signatures of another style.
    pub(crate) fn styled(&self, change: impl FnOnce(&mut SignatureStyle)) -> Result<TestIdp, TestIdpError> {
        let mut style = SignatureStyle::default();
        change(&mut style);
        let idp = TestIdp::with_private_key(IDP, &self.idp.private_key()?)?;
        Ok(idp.clock(Clock::Fixed(NOW.parse().unwrap())).signature_style(style))
    }

    fn with_signature(
        &self,
        idp: &TestIdp,
        alter: impl FnOnce(&mut Tree, Place) -> Result<(), TestIdpError>,
        again: bool,
    ) -> Result<String, TestIdpError> {
        let answer = self.answer();
        let mut plain = answer.clone();
        (plain.sign, plain.encryption) = (Sign::Nothing, Vec::new());
        let finish = |xml: String, id: &str| {
            let mut tree = Tree::parse(&idp.sign_element(&xml, id)?)?;
            let signature = tree.find("Signature")?;
            alter(&mut tree, signature)?;
            if again { idp.sign_again(&tree.to_xml(), id) } else { Ok(tree.to_xml()) }
        };
        let encrypted = |xml: String| {
            answer.encryption.iter().try_fold(xml, |xml, encryption| encryption.encrypt(&xml, &answer.assertion_id))
        };
        let xml = self.idp.sign(&plain)?;
        match self.shape.sign() {
            Sign::Response => finish(encrypted(xml)?, &answer.response_id),
            Sign::Both => {
                let xml = encrypted(finish(xml, &answer.assertion_id)?)?;
                self.idp.sign_element(&xml, &answer.response_id)
            }
            _ => encrypted(finish(xml, &answer.assertion_id)?),
        }
    }

    /// The identity provider's request to log alice out, for the logout URL of this shape; not signed yet.
    pub(crate) fn logout(&self) -> Logout {
        self.logout_of("alice")
    }

    pub(crate) fn logout_of(&self, user: &str) -> Logout {
        let session = Session::from_bytes(format!("v=1&idp={IDP}&n={user}&index=_session").as_bytes()).unwrap();
        let url = if self.shape == Soap { SLO_SOAP } else { SLO };
        let mut logout = self.idp.logout_request(&session, url);
        logout.relay_state = Some("state".to_owned());
        logout
    }

    /// Its answer to our request to log alice out.
    pub(crate) fn logout_answer(&self) -> Logout {
        let mut answer = self.logout();
        (answer.element, answer.name_id, answer.not_on_or_after) = ("LogoutResponse", None, None);
        answer.session_indexes.clear();
        answer.in_response_to = Some(REQUEST.to_owned());
        answer.status = vec!["urn:oasis:names:tc:SAML:2.0:status:Success".to_owned()];
        answer
    }

    /// The element that carries what was signed about the user: the Assertion, or what it is encrypted in.
    pub(crate) fn carrier(&self, tree: &Tree) -> Result<Place, TestIdpError> {
        tree.find(if self.shape.is_encrypted() { "EncryptedAssertion" } else { "Assertion" })
    }

    /// The assertion that the attacker would like to be believed: about mallory, right in every detail, not signed.
    pub(crate) fn forged_assertion(&self, tree: &mut Tree) -> Result<Place, TestIdpError> {
        let mut answer = self.answer_about(MALLORY);
        (answer.sign, answer.encryption) = (Sign::Nothing, Vec::new());
        let mut forged = Tree::parse(&self.idp.sign(&answer)?)?;
        let assertion = forged.find("Assertion")?;
        forged.declare_inherited(assertion)?;
        tree.element(&forged.xml_of(assertion))
    }

    /// The whole message as the attacker would like it to be believed, not signed.
    pub(crate) fn forged_response(&self) -> Result<Tree, TestIdpError> {
        let mut answer = self.answer_about(MALLORY);
        (answer.sign, answer.encryption) = (Sign::Nothing, Vec::new());
        Tree::parse(&self.idp.sign(&answer)?)
    }

    /// The metadata document, with an end, altered and then signed as a whole.
    pub(crate) fn metadata(
        &self,
        rewrite: impl FnOnce(&mut Tree) -> Result<(), TestIdpError>,
    ) -> Result<Made, TestIdpError> {
        let mut tree = Tree::parse(&self.idp.metadata()?)?;
        tree.set(tree.root(), "ID", "_metadata")?;
        tree.set(tree.root(), "validUntil", "2026-02-01T00:00:00Z")?;
        rewrite(&mut tree)?;
        Ok(Made::metadata(self.idp.sign_element(&tree.to_xml(), "_metadata")?))
    }

    /// A case for the judge about a metadata document that is to be filled in.
    pub(crate) fn metadata_case(&self, id: &str) -> Value {
        json!({"id": id, "op": "metadata", "metadata": null, "signed_by": self.idp.certificate(), "now": NOW})
    }

    /// A case for the judge about a logout message that is to be filled in.
    fn logout_case(&self, id: &str) -> Value {
        let ours = &keys().signing;
        json!({
            "id": id, "op": "logout",
            "sp": {"entity_id": SP, "acs_url": ACS, "slo_url": {"redirect": SLO, "post": SLO, "soap": SLO_SOAP},
                   "decryption_keys": [], "signing_key": ours.private_key().unwrap(),
                   "signing_certificate": ours.certificate()},
            "idp": {"entity_id": IDP, "sso_url": "https://idp.example.com/sso",
                    "slo_url": "https://idp.example.com/slo", "certificates": [self.idp.certificate()]},
            "message": null,
            "expect": null,
            "now": NOW,
            "allow": [],
        })
    }

    /// A case for the judge, whose message is to be filled in.
    pub(crate) fn case(&self, id: &str) -> Value {
        if LOGOUT.contains(&self.shape) {
            return self.logout_case(id);
        }
        // A private key has 1,700 characters: only where it is of use.
        let keys: &[&str] = if self.shape.is_encrypted() { &[&keys().decryption] } else { &[] };
        json!({
            "id": id, "op": "login",
            "sp": {"entity_id": SP, "acs_url": ACS, "decryption_keys": keys},
            "idp": {"entity_id": IDP, "sso_url": "https://idp.example.com/sso", "certificates": [self.idp.certificate()]},
            "message": null,
            "expect": {"answer_to": REQUEST},
            "now": NOW,
            "allow": [],
        })
    }

    /// The key that is trusted.
    pub(crate) fn trusted(&self) -> VerifyingKey {
        self.provider().signing_keys()[0].clone()
    }

    pub(crate) fn provider(&self) -> IdentityProvider {
        self.idp.identity_provider().unwrap()
    }

    /// The service provider's private key, PEM.
    pub(crate) fn decryption(&self) -> &'static str {
        &keys().decryption
    }
}

/// Our request as the identity provider received it, under an ID that stands in every case.
fn request() -> ReceivedRequest {
    static REQUESTS: OnceLock<ReceivedRequest> = OnceLock::new();
    let request = REQUESTS.get_or_init(|| {
        let sp = ServiceProvider::builder(SP, ACS).build().unwrap();
        let idp = keys().idp.identity_provider().unwrap();
        let mut request = keys().idp.receive(&sp.begin_login(&idp).unwrap().send).unwrap();
        REQUEST.clone_into(&mut request.id);
        request.relay_state = None;
        request
    });
    request.clone()
}
