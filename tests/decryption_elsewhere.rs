//! Decryption keys that never come here: answers accepted in steps, and what may be asked of such a key, and when.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test may stop where it stands

mod keys;

use std::cell::RefCell;
use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::Duration;
use keys::Pair;
use saml_sp::testing::{Answer, Encrypted, Encryption, Sign, TestIdp, unwrap_elsewhere};
use saml_sp::{
    AcceptStep, Accepted, Certificate, Credential, DecryptionKey, DigestAlgorithm, Error, Expect, IdentityProvider,
    KeyTransport, LoginRequest, PostedResponse, Rejected, Seen, ServiceProvider, ServiceProviderBuilder, ToUnwrap,
    Whose,
};

const ACS: &str = "https://app.example.com/saml/acs";
const SP: &str = "https://app.example.com/saml";
const IDP: &str = "https://idp.example.com/metadata";
const RSA_15: &str = "http://www.w3.org/2001/04/xmlenc#rsa-1_5";
const SIGNED: [Sign; 3] = [Sign::Assertion, Sign::Response, Sign::Both];
const PARTS: [Encrypted; 3] = [Encrypted::Assertion, Encrypted::NameId, Encrypted::Attributes];

struct World {
    test_idp: TestIdp,
    idp: IdentityProvider,
    /// The key elsewhere.
    pair: Pair,
    hsm: Hsm,
}

/// Holds private keys, and writes down what it was asked.
struct Hsm {
    keys: Vec<DecryptionKey>,
    asked: RefCell<Vec<Asked>>,
}

#[derive(Debug, PartialEq, Eq)]
struct Asked {
    certificate: Certificate,
    algorithm: KeyTransport,
    wrapped: Vec<u8>,
}

impl Hsm {
    fn unwrap(&self, asked: &ToUnwrap) -> Option<Vec<u8>> {
        self.asked.borrow_mut().push(Asked {
            certificate: asked.certificate().clone(),
            algorithm: asked.algorithm().clone(),
            wrapped: asked.wrapped().to_vec(),
        });
        self.keys.iter().find_map(|key| unwrap_elsewhere(key, asked))
    }

    fn take(&self) -> Vec<Asked> {
        self.asked.take()
    }
}

impl World {
    fn new() -> Self {
        let test_idp = TestIdp::with_ecdsa(IDP).unwrap();
        let pair = Pair::rsa();
        let hsm = Hsm { keys: vec![pair.decryption()], asked: RefCell::default() };
        Self { idp: test_idp.identity_provider().unwrap(), test_idp, hsm, pair }
    }

    fn builder(&self) -> ServiceProviderBuilder {
        ServiceProvider::builder(SP, ACS).credential(elsewhere(&self.pair))
    }

    fn sp(&self) -> ServiceProvider {
        self.builder().build().unwrap()
    }

    fn answer(&self, sign: Sign, what: Encrypted, style: impl FnOnce(&mut Encryption)) -> Answer {
        self.answer_to(&self.pair, sign, what, style)
    }

    fn answer_to(&self, pair: &Pair, sign: Sign, what: Encrypted, style: impl FnOnce(&mut Encryption)) -> Answer {
        let mut answer = self.test_idp.unsolicited(SP, ACS, "alice");
        answer.sign = sign;
        answer.attribute("mail", ["alice@example.com"]).attribute("groups", ["admins", "on-call"]);
        let mut encryption = Encryption::of(what, &pair.decryption());
        style(&mut encryption);
        answer.encryption.push(encryption);
        answer
    }

    fn xml(&self, answer: &Answer) -> String {
        self.test_idp.sign(answer).unwrap()
    }

    /// Every step, with this key service.
    fn steps(
        &self,
        sp: &ServiceProvider,
        xml: &str,
        unwrap: impl Fn(&ToUnwrap) -> Option<Vec<u8>>,
    ) -> Result<Accepted, Error> {
        let field = STANDARD.encode(xml);
        let mut step = sp.accept_in_steps(&self.idp, &PostedResponse::new(&field, None), Expect::unsolicited(ACS))?;
        loop {
            match step {
                AcceptStep::Accepted(accepted) => return Ok(accepted),
                AcceptStep::Unwrap(asked) => {
                    let key = unwrap(&asked);
                    step = asked.resume(key.as_deref())?;
                }
            }
        }
    }

    fn steps_or_report(&self, sp: &ServiceProvider, xml: &str) -> Result<Accepted, Box<Rejected>> {
        let field = STANDARD.encode(xml);
        let posted = PostedResponse::new(&field, None);
        let mut step = sp.accept_in_steps_or_report(&self.idp, &posted, Expect::unsolicited(ACS))?;
        loop {
            match step {
                AcceptStep::Accepted(accepted) => return Ok(accepted),
                AcceptStep::Unwrap(asked) => {
                    let key = self.hsm.unwrap(&asked);
                    step = asked.resume_or_report(key.as_deref())?;
                }
            }
        }
    }

    fn plain(&self, sp: &ServiceProvider, xml: &str) -> Result<Accepted, Error> {
        let field = STANDARD.encode(xml);
        sp.accept(&self.idp, &PostedResponse::new(&field, None), Expect::unsolicited(ACS))
    }

    /// Alice, after this many questions.
    #[track_caller]
    fn is_alice(&self, sp: &ServiceProvider, answer: &Answer, questions: usize) {
        let accepted = self.steps(sp, &self.xml(answer), |asked| self.hsm.unwrap(asked)).unwrap();
        assert_eq!(self.hsm.take().len(), questions);
        assert_eq!(accepted.was_encrypted(), !answer.encryption.is_empty());
        let identity = accepted.confirm(Seen::FirstTime).unwrap().identity;
        assert_eq!(identity.name_id().unwrap().value, "alice");
        assert_eq!(identity.attribute("mail"), Some("alice@example.com"));
        assert_eq!(identity.attribute_values("groups").collect::<Vec<_>>(), ["admins", "on-call"]);
    }

    /// Refused with this code, after this many questions.
    #[track_caller]
    fn refused(&self, sp: &ServiceProvider, xml: &str, code: &str, questions: usize) -> Error {
        let error = self.steps(sp, xml, |asked| self.hsm.unwrap(asked)).unwrap_err();
        assert_eq!((error.code(), self.hsm.take().len()), (code, questions), "{error}");
        error
    }
}

fn elsewhere(pair: &Pair) -> Credential {
    Credential::active(pair.certificate()).decryption_elsewhere()
}

fn gcm(name: &str) -> String {
    format!("http://www.w3.org/2009/xmlenc11#{name}")
}

fn cbc(encryption: &mut Encryption) {
    encryption.content = "http://www.w3.org/2001/04/xmlenc#aes128-cbc".to_owned();
}

fn between<'x>(xml: &'x str, start: &str, end: &str) -> (usize, usize, &'x str) {
    let from = xml.find(start).unwrap();
    let to = from + xml[from..].find(end).unwrap() + end.len();
    (from, to, &xml[from..to])
}

/// The last CipherValue: that of the content where the key is inside the EncryptedData.
fn last_cipher_value(xml: &str) -> (usize, usize) {
    let start = xml.rfind("<xenc:CipherValue>").unwrap() + "<xenc:CipherValue>".len();
    (start, start + xml[start..].find('<').unwrap())
}

/// The first: that of the wrapped key.
fn first_cipher_value(xml: &str) -> (usize, usize) {
    let start = xml.find("<xenc:CipherValue>").unwrap() + "<xenc:CipherValue>".len();
    (start, start + xml[start..].find('<').unwrap())
}

/// `xml` with one octet of a base64 value changed.
fn flipped(xml: &str, (start, end): (usize, usize), at: usize) -> String {
    let mut octets = STANDARD.decode(&xml[start..end]).unwrap();
    octets[at] ^= 1;
    [&xml[..start], &STANDARD.encode(octets), &xml[end..]].concat()
}

/// An answer with one EncryptedKey for each of these octets, before the one that is there.
fn with_keys(xml: &str, wrapped: impl Iterator<Item = Vec<u8>>) -> String {
    let (start, _, key) = between(xml, "<xenc:EncryptedKey", "</xenc:EncryptedKey>");
    let key = key.replace(" Id=\"_encrypted-key\"", "");
    let (from, to) = first_cipher_value(&key);
    let more: String = wrapped.map(|octets| [&key[..from], &STANDARD.encode(octets), &key[to..]].concat()).collect();
    [&xml[..start], &more, &xml[start..]].concat()
}

/// Octets of the length of the modulus, that no key unwraps.
fn junk(n: u8) -> Vec<u8> {
    vec![n; 256]
}

#[test]
fn what_is_not_encrypted_is_accepted_at_once() {
    let world = World::new();
    for sign in SIGNED {
        let mut answer = world.answer(sign, Encrypted::Assertion, |_| ());
        answer.encryption.clear();
        world.is_alice(&world.sp(), &answer, 0);
    }
    let failure = world.test_idp.sign(&{
        let mut answer = world.answer(Sign::Response, Encrypted::Assertion, |_| ());
        answer.audience_restrictions = vec![vec!["https://other.example.com".to_owned()]];
        answer.encryption.clear();
        answer
    });
    world.refused(&world.sp(), &failure.unwrap(), "audience-mismatch", 0);
}

#[test]
fn iip_alg04_gcm_by_a_key_elsewhere_whatever_is_signed_and_encrypted() {
    let world = World::new();
    let sp = world.sp();
    for name in ["aes128-gcm", "aes192-gcm", "aes256-gcm"] {
        for sign in SIGNED {
            // An EncryptedAssertion is opened twice under a Response's signature, and its key is asked for once.
            for (what, questions) in PARTS.into_iter().zip([1, 1, 2]) {
                world.is_alice(&sp, &world.answer(sign, what, |e| e.content = gcm(name)), questions);
            }
        }
    }
}

#[test]
fn iip_alg05_cbc_by_a_key_elsewhere_under_a_signature() {
    let world = World::new();
    let sp = world.sp();
    for (sign, what, questions) in [
        (Sign::Response, Encrypted::Assertion, 1),
        (Sign::Both, Encrypted::Assertion, 1),
        (Sign::Assertion, Encrypted::NameId, 1),
        (Sign::Assertion, Encrypted::Attributes, 2),
    ] {
        world.is_alice(&sp, &world.answer(sign, what, cbc), questions);
    }
}

/// What the key service is told is what the message says.
#[test]
fn iip_alg06_every_pair_of_hashes_reaches_the_key_elsewhere() {
    let world = World::new();
    let sp = world.sp();
    let all = [
        ("http://www.w3.org/2000/09/xmldsig#sha1", "mgf1sha1", DigestAlgorithm::Sha1),
        ("http://www.w3.org/2001/04/xmlenc#sha256", "mgf1sha256", DigestAlgorithm::Sha256),
        ("http://www.w3.org/2001/04/xmldsig-more#sha384", "mgf1sha384", DigestAlgorithm::Sha384),
        ("http://www.w3.org/2001/04/xmlenc#sha512", "mgf1sha512", DigestAlgorithm::Sha512),
    ];
    for (uri, _, digest) in all {
        for (_, mask, mgf1) in all {
            let answer = world.answer(Sign::Assertion, Encrypted::Assertion, |e| {
                e.key_transport = gcm("rsa-oaep");
                e.digest = Some(uri.to_owned());
                e.mask_generation = Some(gcm(mask));
                e.label = b"label".to_vec();
            });
            let xml = world.xml(&answer);
            assert!(world.steps(&sp, &xml, |asked| world.hsm.unwrap(asked)).is_ok());
            let algorithm = KeyTransport::RsaOaep { digest, mgf1, label: b"label".to_vec() };
            let (start, end) = first_cipher_value(&xml);
            let wrapped = STANDARD.decode(&xml[start..end]).unwrap();
            assert_eq!(wrapped.len(), 256);
            let certificate = world.pair.certificate();
            assert_eq!(world.hsm.take(), [Asked { certificate, algorithm, wrapped }]);
        }
    }
}

#[test]
fn two_levels_are_several_steps() {
    let world = World::new();
    for sign in SIGNED {
        let mut answer = world.answer(sign, Encrypted::Assertion, |_| ());
        answer.encryption.push(Encryption::of(Encrypted::NameId, &world.pair.decryption()));
        answer.encryption.push(Encryption::of(Encrypted::Attributes, &world.pair.decryption()));
        // The assertion, its NameID, two attributes.
        world.is_alice(&world.sp(), &answer, 4);
    }
}

/// Several elements under one wrapped key: it is asked once.
#[test]
fn the_same_wrapped_key_is_asked_once() {
    let world = World::new();
    let xml = world.xml(&world.answer(Sign::Nothing, Encrypted::Attributes, |_| ()));
    let (_, end, attribute) = between(&xml, "<saml:EncryptedAttribute", "</saml:EncryptedAttribute>");
    let copied = [&xml[..end], &attribute.repeat(9), &xml[end..]].concat();
    let (_, _, id) = between(&copied, "<saml:Assertion ID=\"", "\" ");
    let id = id.trim_start_matches("<saml:Assertion ID=\"").trim_end_matches("\" ");
    let signed = world.test_idp.sign_element(&copied, id).unwrap();
    let accepted = world.steps(&world.sp(), &signed, |asked| world.hsm.unwrap(asked)).unwrap();
    assert_eq!(world.hsm.take().len(), 2);
    let identity = accepted.confirm(Seen::FirstTime).unwrap().identity;
    assert_eq!(identity.attribute_values("mail").count(), 10);
}

#[test]
fn keys_here_are_tried_first() {
    let world = World::new();
    let here = Pair::rsa();
    let sp = world.builder().decryption_key(here.decryption()).build().unwrap();
    for sign in SIGNED {
        for what in PARTS {
            world.is_alice(&sp, &world.answer_to(&here, sign, what, |_| ()), 0);
        }
        world.is_alice(&sp, &world.answer(sign, Encrypted::Assertion, |_| ()), 1);
        world.is_alice(&sp, &world.answer(sign, Encrypted::Attributes, |_| ()), 2);
        let mut both = world.answer_to(&here, sign, Encrypted::Assertion, |_| ());
        both.encryption.push(Encryption::of(Encrypted::NameId, &world.pair.decryption()));
        world.is_alice(&sp, &both, 1);
    }
    // In one step the keys here are all there is, and whether they open it has two answers, not three.
    let xml = world.xml(&world.answer(Sign::Both, Encrypted::Assertion, |_| ()));
    let error = world.plain(&sp, &xml).unwrap_err();
    assert_eq!(error.code(), "decrypt-failed");
    assert!(error.hint().contains("accept_in_steps"), "{}", error.hint());
    // A key that is here and elsewhere is asked here only.
    let twice = world.builder().decryption_key(world.pair.decryption()).build().unwrap();
    world.is_alice(&twice, &world.answer(Sign::Both, Encrypted::Assertion, |_| ()), 0);
    let stranger = world.xml(&world.answer_to(&here, Sign::Both, Encrypted::Assertion, |_| ()));
    world.refused(&twice, &stranger, "decrypt-failed", 0);
}

/// The active key elsewhere before the others, and the one that fitted before all.
#[test]
fn iip_sp08_sdp_sp38_several_keys_elsewhere_each_is_asked() {
    let mut world = World::new();
    let (next, retiring) = (Pair::rsa(), Pair::rsa());
    world.hsm.keys.extend([next.decryption(), retiring.decryption()]);
    let sp = ServiceProvider::builder(SP, ACS)
        .credential(Credential::retiring(retiring.certificate()).decryption_elsewhere())
        .credential(Credential::next(next.certificate()).decryption_elsewhere())
        .credential(elsewhere(&world.pair))
        // Twice in the configuration is once.
        .credential(Credential::next(world.pair.certificate()).decryption_elsewhere())
        .build()
        .unwrap();
    world.is_alice(&sp, &world.answer(Sign::Both, Encrypted::Assertion, |_| ()), 1);
    let mut answer = world.answer_to(&next, Sign::Both, Encrypted::Assertion, |_| ());
    answer.encryption.push(Encryption::of(Encrypted::NameId, &next.decryption()));
    let accepted = world.steps(&sp, &world.xml(&answer), |asked| world.hsm.unwrap(asked)).unwrap();
    assert!(accepted.was_encrypted());
    let asked: Vec<_> = world.hsm.take().into_iter().map(|asked| asked.certificate).collect();
    let (active, old, new) = (world.pair.certificate(), retiring.certificate(), next.certificate());
    assert_eq!(asked, [active, old, new.clone(), new], "the NameID inside: the key that fitted is asked first");
}

#[test]
fn several_encrypted_keys_and_recipients() {
    let world = World::new();
    let sp = world.sp();
    let xml = world.xml(&world.answer(Sign::Assertion, Encrypted::Assertion, |e| e.detached_key = true));
    let many = with_keys(&xml, (1..=3).map(junk));
    assert!(world.steps(&sp, &many, |asked| world.hsm.unwrap(asked)).is_ok());
    assert_eq!(world.hsm.take().len(), 4);
    let own = world.answer(Sign::Assertion, Encrypted::Assertion, |e| e.recipient = Some(SP.to_owned()));
    world.is_alice(&sp, &own, 1);
    // Ours by name is asked before those for nobody by name.
    let xml = world.xml(&own);
    let mut named = with_keys(&xml, std::iter::once(junk(1)));
    named = named.replacen(&format!(" Recipient=\"{SP}\""), "", 1);
    assert!(world.steps(&sp, &named, |asked| world.hsm.unwrap(asked)).is_ok());
    assert_eq!(world.hsm.take().len(), 1);
    // A key for somebody else is not asked for at all.
    let other = world.answer(Sign::Assertion, Encrypted::Assertion, |e| e.recipient = Some("urn:other".to_owned()));
    world.refused(&sp, &world.xml(&other), "decrypt-shape", 0);
}

/// 32 private operations for one message, here and elsewhere together, and too many is said before any of them.
#[test]
fn a_flood_of_encrypted_keys_asks_nothing() {
    let world = World::new();
    let (one, here) = (world.sp(), Pair::rsa());
    let two = world.builder().decryption_key(here.decryption()).build().unwrap();
    let other = Credential::next(Pair::rsa().certificate()).decryption_elsewhere();
    let both_elsewhere = world.builder().credential(other).build().unwrap();
    let xml = world.xml(&world.answer(Sign::Assertion, Encrypted::Assertion, |e| e.detached_key = true));
    let flood = |count: u8| with_keys(&xml, (1..count).map(junk));
    for (sp, allowed, questions) in [(&one, 32, 32), (&two, 16, 16), (&both_elsewhere, 16, 31)] {
        assert!(world.steps(sp, &flood(allowed), |asked| world.hsm.unwrap(asked)).is_ok());
        assert_eq!(world.hsm.take().len(), questions);
        for count in [allowed + 1, 200] {
            world.refused(sp, &flood(count), "decrypt-too-many-keys", 0);
        }
    }
}

/// Under a signature each element is bounded by itself, and all of them together.
#[test]
fn one_message_asks_32_questions_at_most() {
    let world = World::new();
    let mut answer = world.answer(Sign::Assertion, Encrypted::Attributes, |_| ());
    for n in 0..40 {
        answer.attribute(format!("a{n}"), ["x"]);
    }
    world.refused(&world.sp(), &world.xml(&answer), "decrypt-too-many-keys", 32);
}

/// A wrapped key that cannot be one of this key is not carried anywhere.
#[test]
fn a_wrapped_key_of_another_length_is_not_asked() {
    let world = World::new();
    let xml = world.xml(&world.answer(Sign::Assertion, Encrypted::Assertion, |e| e.detached_key = true));
    let lengths = with_keys(&xml, [0, 1, 255, 257, 512].into_iter().map(|length| vec![1; length]));
    assert!(world.steps(&world.sp(), &lengths, |asked| world.hsm.unwrap(asked)).is_ok());
    assert_eq!(world.hsm.take().len(), 1);
}

/// Nothing is asked before every signature that stands in the received document has verified.
#[test]
fn nothing_is_asked_under_a_broken_signature() {
    let world = World::new();
    let sp = world.sp();
    let stranger = TestIdp::with_ecdsa(IDP).unwrap();
    let other_key = |answer: &Answer| stranger.sign(answer).unwrap();
    for what in PARTS {
        for sign in [Sign::Response, Sign::Both] {
            let answer = world.answer(sign, what, |_| ());
            let altered = world.xml(&answer).replacen("<saml:Issuer>", "<saml:Issuer> ", 1);
            world.refused(&sp, &altered, "digest-mismatch", 0);
            world.refused(&sp, &other_key(&answer), "signature-wrong-key", 0);
        }
    }
    for what in [Encrypted::NameId, Encrypted::Attributes] {
        let answer = world.answer(Sign::Assertion, what, |_| ());
        let xml = world.xml(&answer);
        let (_, _, statement) = between(&xml, "<saml:AuthnStatement", ">");
        let altered = xml.replacen(statement, &statement.replace('>', " x=\"\">"), 1);
        world.refused(&sp, &altered, "digest-mismatch", 0);
        world.refused(&sp, &other_key(&answer), "signature-wrong-key", 0);
        world.refused(&sp, &world.xml(&world.answer(Sign::Nothing, what, |_| ())), "signature-missing", 0);
    }
    // A signature inside the ciphertext can be looked at only when it is open; what is below it waits for it.
    let mut two_levels = world.answer(Sign::Assertion, Encrypted::Assertion, |_| ());
    two_levels.encryption.push(Encryption::of(Encrypted::NameId, &world.pair.decryption()));
    world.refused(&sp, &other_key(&two_levels), "signature-wrong-key", 1);
    let answer = world.answer(Sign::Assertion, Encrypted::Assertion, |_| ());
    world.refused(&sp, &other_key(&answer), "signature-wrong-key", 1);
    let foreign = world.xml(&answer).replacen(IDP, "https://other.example.com", 1);
    world.refused(&sp, &foreign, "issuer-mismatch", 0);
}

#[test]
fn nothing_is_asked_for_what_is_refused_by_its_algorithms() {
    let world = World::new();
    let sp = world.sp();
    let refused = |sign, style: fn(&mut Encryption), code| {
        world.refused(&sp, &world.xml(&world.answer(sign, Encrypted::Assertion, style)), code, 0);
    };
    refused(Sign::Assertion, cbc, "decrypt-unauthenticated-cbc");
    refused(Sign::Both, |e| e.key_transport = RSA_15.to_owned(), "decrypt-algorithm-refused");
    refused(
        Sign::Both,
        |e| e.content = "http://www.w3.org/2001/04/xmlenc#tripledes-cbc".to_owned(),
        "decrypt-algorithm-refused",
    );
    refused(Sign::Both, |e| e.content = "urn:rot13".to_owned(), "decrypt-algorithm-unknown");
    refused(Sign::Both, |e| e.digest = Some("urn:rot13".to_owned()), "decrypt-algorithm-unknown");
}

/// Key, length, tag: one error, one text, one `Debug`.
#[test]
fn whatever_the_key_elsewhere_answers_wrongly_is_one_error() {
    let world = World::new();
    let sp = world.sp();
    let mut errors = BTreeSet::new();
    for sign in SIGNED {
        let xml = world.xml(&world.answer(sign, Encrypted::Assertion, |_| ()));
        let mut wrong: Vec<Option<Vec<u8>>> = vec![None];
        wrong.extend([0, 1, 15, 16, 17, 24, 32, 33, 256, 5000].map(|length| Some(vec![7; length])));
        for key in wrong {
            let error = world.steps(&sp, &xml, |_| key.clone()).unwrap_err();
            errors.insert((error.code(), error.to_string(), format!("{error:?}")));
        }
        // The right key, with one octet more and one less.
        for change in [
            |key: &mut Vec<u8>| key.push(0),
            |key: &mut Vec<u8>| _ = key.pop(),
            |key: &mut Vec<u8>| {
                key[0] ^= 1;
            },
        ] {
            let error = world.steps(&sp, &xml, |asked| world.hsm.unwrap(asked).inspect_mut(change)).unwrap_err();
            errors.insert((error.code(), error.to_string(), format!("{error:?}")));
        }
    }
    assert_eq!(errors.len(), 1, "{errors:#?}");
    assert_eq!(errors.first().unwrap().0, "decrypt-failed");
}

trait InspectMut {
    fn inspect_mut(self, change: impl FnOnce(&mut Vec<u8>)) -> Self;
}

impl InspectMut for Option<Vec<u8>> {
    fn inspect_mut(mut self, change: impl FnOnce(&mut Vec<u8>)) -> Self {
        if let Some(octets) = &mut self {
            change(octets);
        }
        self
    }
}

/// IIP-ALG05, attacks part 4, through this door: where nothing authenticates the ciphertext, every flipped byte, of the
/// wrapped key too, has the same outcome; and the same questions, for they can be timed.
#[test]
fn every_flipped_byte_of_unauthenticated_cbc_has_one_outcome_and_the_same_questions() {
    let world = World::new();
    let here = Pair::rsa();
    let only = world.builder().dangerous_allow_unauthenticated_cbc().build().unwrap();
    let builder = || world.builder().dangerous_allow_unauthenticated_cbc().decryption_key(here.decryption());
    let mixed = builder().build().unwrap();
    let rsa_15 = builder().dangerous_allow_rsa_1_5().build().unwrap();
    // The key that opens it is elsewhere; elsewhere, with another here; here, with another elsewhere.
    for (sp, to, transport) in [
        (&only, &world.pair, None),
        (&mixed, &world.pair, None),
        (&mixed, &here, None),
        (&rsa_15, &here, Some(RSA_15)),
        (&rsa_15, &world.pair, Some(RSA_15)),
    ] {
        let answer = world.answer_to(to, Sign::Assertion, Encrypted::Assertion, |e| {
            cbc(e);
            e.key_transport = transport.map_or(e.key_transport.clone(), str::to_owned);
        });
        let xml = world.xml(&answer);
        world.is_alice(sp, &answer, 1);
        let (content, wrapped) = (last_cipher_value(&xml), first_cipher_value(&xml));
        let mut altered: Vec<String> = (0..200).map(|at| flipped(&xml, content, at)).collect();
        let length = STANDARD.decode(&xml[content.0..content.1]).unwrap().len();
        altered.extend((length - 64..length).map(|at| flipped(&xml, content, at)));
        altered.extend((0..256).step_by(5).map(|at| flipped(&xml, wrapped, at)));
        let original = world.steps(sp, &xml, |asked| world.hsm.unwrap(asked)).unwrap();
        world.hsm.take();
        let mut outcomes = BTreeSet::new();
        for xml in altered {
            let error = match world.steps(sp, &xml, |asked| world.hsm.unwrap(asked)) {
                Err(error) => error,
                // A last block of nothing but padding may become another of the same count: the same plaintext.
                Ok(same) => {
                    assert_eq!(same.signed_octets(), original.signed_octets());
                    world.hsm.take();
                    continue;
                }
            };
            let questions = world.hsm.take().len();
            let rejected = world.steps_or_report(sp, &xml).unwrap_err();
            assert_eq!((&rejected.error, world.hsm.take().len()), (&error, questions));
            let report = rejected.report.to_string();
            let report = report.split_once('\n').unwrap().1.to_owned();
            outcomes.insert((error.code(), format!("{error:?}"), error.to_string(), report, questions));
        }
        assert_eq!(outcomes.len(), 1, "{outcomes:#?}");
        assert_eq!(outcomes.first().unwrap().0, "decrypt-failed");
    }
}

#[test]
fn every_flipped_byte_of_gcm_and_of_its_key_fails() {
    let world = World::new();
    let xml = world.xml(&world.answer(Sign::Assertion, Encrypted::Assertion, |_| ()));
    for (place, octets) in [(last_cipher_value(&xml), 64), (first_cipher_value(&xml), 256)] {
        for at in (0..octets).step_by(3) {
            world.refused(&world.sp(), &flipped(&xml, place, at), "decrypt-failed", 1);
        }
    }
}

/// Bleichenbacher 1998: the failure that the key elsewhere reports is answered with a random key.
#[test]
fn iip_alg08_rsa_1_5_elsewhere_by_name_only_and_with_implicit_rejection() {
    let world = World::new();
    let sp = world.builder().dangerous_allow_rsa_1_5().build().unwrap();
    let rsa_15 = |e: &mut Encryption| e.key_transport = RSA_15.to_owned();
    for sign in SIGNED {
        let answer = world.answer(sign, Encrypted::Assertion, rsa_15);
        world.is_alice(&sp, &answer, 1);
        let xml = world.xml(&answer);
        let mut errors = BTreeSet::new();
        for wrong in [None, Some(vec![]), Some(vec![7; 16]), Some(vec![7; 32]), Some(vec![7; 245])] {
            let error = world.steps(&sp, &xml, |asked| {
                assert_eq!(*asked.algorithm(), KeyTransport::Rsa15);
                wrong.clone()
            });
            errors.insert(format!("{:?}", error.unwrap_err()));
        }
        assert_eq!(errors.len(), 1, "{errors:?}");
    }
    let signs_too = || Credential::active(world.pair.certificate()).signing(world.pair.signing());
    let refused = ServiceProvider::builder(SP, ACS).dangerous_allow_rsa_1_5();
    let refused = refused.credential(signs_too().decryption_elsewhere()).build().unwrap_err();
    assert_eq!(refused.code(), "config-rsa-1-5-key-signs");
}

/// In one step, keys elsewhere alone are an error that says so, whatever the ciphertext holds.
#[test]
fn in_one_step_the_error_names_the_other_door() {
    let world = World::new();
    let sp = world.sp();
    let mut errors = BTreeSet::new();
    for sign in SIGNED {
        let xml = world.xml(&world.answer(sign, Encrypted::Assertion, |_| ()));
        let error = world.plain(&sp, &xml).unwrap_err();
        assert_eq!((error.code(), error.whose()), ("decrypt-key-elsewhere", Whose::Application));
        assert!(error.hint().contains("accept_in_steps"), "{}", error.hint());
        errors.insert(format!("{error:?}"));
        if sign == Sign::Assertion {
            for at in 0..20 {
                let altered = flipped(&flipped(&xml, first_cipher_value(&xml), at), last_cipher_value(&xml), at);
                errors.insert(format!("{:?}", world.plain(&sp, &altered).unwrap_err()));
            }
        }
        let field = STANDARD.encode(&xml);
        let posted = PostedResponse::new(&field, None);
        let rejected = sp.accept_or_report(&world.idp, &posted, Expect::unsolicited(ACS)).unwrap_err();
        assert_eq!(rejected.report.causes()[0].code, "decrypt-key-elsewhere");
    }
    assert_eq!(errors.len(), 1, "{errors:?}");
    // What needs no key is accepted in one step as ever, and what is refused without one is refused for the same reason.
    let mut plain = world.answer(Sign::Both, Encrypted::Assertion, |_| ());
    plain.encryption.clear();
    assert!(world.plain(&sp, &world.xml(&plain)).is_ok());
    let unauthenticated = world.xml(&world.answer(Sign::Assertion, Encrypted::Assertion, cbc));
    assert_eq!(world.plain(&sp, &unauthenticated).unwrap_err().code(), "decrypt-unauthenticated-cbc");
    // And with no key anywhere, both doors say that.
    let none = ServiceProvider::builder(SP, ACS).build().unwrap();
    let xml = world.xml(&world.answer(Sign::Both, Encrypted::Assertion, |_| ()));
    assert_eq!(world.plain(&none, &xml).unwrap_err().code(), "decrypt-no-key");
    world.refused(&none, &xml, "decrypt-no-key", 0);
}

/// Failures after a good tag say what they are, with the report of every check.
#[test]
fn reports_come_through_steps() {
    let world = World::new();
    let mut answer = world.answer(Sign::Assertion, Encrypted::Assertion, |_| ());
    answer.audience_restrictions = vec![vec!["https://other.example.com".to_owned()]];
    let rejected = world.steps_or_report(&world.sp(), &world.xml(&answer)).unwrap_err();
    assert_eq!(rejected.error.code(), "audience-mismatch");
    assert!(rejected.report.findings().len() > 10);
    let good = world.answer(Sign::Assertion, Encrypted::Assertion, |_| ());
    assert!(world.steps_or_report(&world.sp(), &world.xml(&good)).is_ok());
    answer.encryption.clear();
    let rejected = world.steps_or_report(&world.sp(), &world.xml(&answer)).unwrap_err();
    assert_eq!(rejected.error.code(), "audience-mismatch");
}

/// Each step is judged at its own moment.
#[test]
fn a_login_that_expires_while_the_key_is_asked() {
    let world = World::new();
    let sp = world.builder().pending_lifetime(Duration::seconds(1)).build().unwrap();
    let LoginRequest { send, pending } = sp.begin_login(&world.idp).unwrap();
    let mut answer = world.test_idp.answer(&world.test_idp.receive(&send).unwrap(), "alice");
    answer.encryption.push(Encryption::of(Encrypted::Assertion, &world.pair.decryption()));
    let field = STANDARD.encode(world.xml(&answer));
    let step = sp.accept_in_steps(&world.idp, &PostedResponse::new(&field, None), Expect::AnswerTo(pending)).unwrap();
    let AcceptStep::Unwrap(asked) = step else { panic!("nothing asked") };
    let key = world.hsm.unwrap(&asked);
    std::thread::sleep(std::time::Duration::from_millis(1100));
    assert_eq!(asked.resume(key.as_deref()).unwrap_err().code(), "pending-expired");
}

/// The pending login comes through with what it carries.
#[test]
fn an_answer_to_a_login_in_steps() {
    let world = World::new();
    let sp = world.sp();
    let options = saml_sp::LoginOptions::new().tag("tenant-7");
    let LoginRequest { send, pending } = sp.begin_login_with(&world.idp, &options).unwrap();
    let mut answer = world.test_idp.answer(&world.test_idp.receive(&send).unwrap(), "alice");
    answer.encryption.push(Encryption::of(Encrypted::Assertion, &world.pair.decryption()));
    let field = STANDARD.encode(world.xml(&answer));
    let step = sp.accept_in_steps(&world.idp, &PostedResponse::new(&field, None), Expect::AnswerTo(pending)).unwrap();
    let AcceptStep::Unwrap(asked) = step else { panic!("nothing asked") };
    let key = world.hsm.unwrap(&asked);
    let AcceptStep::Accepted(accepted) = asked.resume(key.as_deref()).unwrap() else { panic!("asked again") };
    assert_eq!(accepted.confirm(Seen::FirstTime).unwrap().tag.as_deref(), Some("tenant-7"));
}

/// It waits across an `await` of any runtime, and a log line about it says nothing about the user or the key.
#[test]
fn what_waits_can_be_held_and_shown() {
    fn can_wait<T: Send + Sync + 'static>(_: &T) {}
    let world = World::new();
    let field = STANDARD.encode(world.xml(&world.answer(Sign::Both, Encrypted::NameId, |_| ())));
    let sp = world.sp();
    let step = sp.accept_in_steps(&world.idp, &PostedResponse::new(&field, None), Expect::unsolicited(ACS)).unwrap();
    can_wait(&step);
    let AcceptStep::Unwrap(asked) = &step else { panic!("nothing asked") };
    let shown = format!("{asked:?}");
    let fingerprint = world.pair.certificate().sha256();
    assert_eq!(shown, format!("ToUnwrap(256 octets, RSA-OAEP with SHA-1, MGF1 with SHA-1, {fingerprint})"));
}

/// An identity provider that goes by our metadata sends what every HSM can decrypt.
#[test]
fn sdp_md04_metadata_promises_only_what_every_key_service_does() {
    let world = World::new();
    let methods = |sp: &ServiceProvider| {
        let xml = sp.metadata().to_xml().unwrap();
        let methods =
            xml.split("<md:EncryptionMethod ").skip(1).map(|method| method.split("<md:").next().unwrap().to_owned());
        methods.filter(|method| method.contains("rsa")).collect::<Vec<_>>()
    };
    let [method] = &methods(&world.sp())[..] else { panic!("{:?}", methods(&world.sp())) };
    assert!(method.starts_with("Algorithm=\"http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p\">"), "{method}");
    assert!(
        method
            .contains("Algorithm=\"http://www.w3.org/2000/09/xmldsig#sha1\"></ds:DigestMethod></md:EncryptionMethod>"),
        "{method}"
    );
    let here = Credential::active(world.pair.certificate()).decryption(world.pair.decryption());
    let here = ServiceProvider::builder(SP, ACS).credential(here).build().unwrap();
    let both = methods(&here);
    assert_eq!(both.len(), 2);
    assert!(both.iter().all(|method| !method.contains("DigestMethod")), "{both:?}");
}

/// As for keys that are here.
#[test]
fn a_small_key_elsewhere_is_refused_unless_allowed_by_name() {
    let pasted = include_str!("../src/crypto/testdata/rsa_1024.pem");
    let certificate = Certificate::from_pasted(pasted).unwrap().certificate;
    let builder = || {
        let credential = Credential::active(certificate.clone()).decryption_elsewhere();
        ServiceProvider::builder(SP, ACS).credential(credential)
    };
    assert_eq!(builder().build().unwrap_err().code(), "config-small-decryption-key");
    assert!(builder().dangerous_allow_small_rsa().build().is_ok());
}
