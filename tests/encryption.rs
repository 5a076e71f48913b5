//! What identity providers encrypt, opened; and what must not be opened, answered with one error.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)] // a test may stop where it stands

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use saml_sp::testing::{Answer, Encrypted, Encryption, Sign, TestIdp};
use saml_sp::{
    Accepted, Certificate, Credential, DecryptionKey, Error, Expect, IdentityProvider, PostedResponse, Seen,
    ServiceProvider, ServiceProviderBuilder, Whose,
};

const ACS: &str = "https://app.example.com/saml/acs";
const SP: &str = "https://app.example.com/saml";
const IDP: &str = "https://idp.example.com/metadata";

const GCM: [&str; 3] = ["aes128-gcm", "aes192-gcm", "aes256-gcm"];
const CBC: [&str; 3] = ["aes128-cbc", "aes192-cbc", "aes256-cbc"];
const OAEP_MGF1P: &str = "http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p";
const OAEP: &str = "http://www.w3.org/2009/xmlenc11#rsa-oaep";
const RSA_15: &str = "http://www.w3.org/2001/04/xmlenc#rsa-1_5";
const DIGESTS: [&str; 4] = [
    "http://www.w3.org/2000/09/xmldsig#sha1",
    "http://www.w3.org/2001/04/xmlenc#sha256",
    "http://www.w3.org/2001/04/xmldsig-more#sha384",
    "http://www.w3.org/2001/04/xmlenc#sha512",
];

fn content_uri(name: &str) -> String {
    let space =
        if name.ends_with("gcm") { "http://www.w3.org/2009/xmlenc11#" } else { "http://www.w3.org/2001/04/xmlenc#" };
    format!("{space}{name}")
}

struct World {
    test_idp: TestIdp,
    idp: IdentityProvider,
    pem: String,
    key: DecryptionKey,
}

impl World {
    fn new() -> Self {
        let test_idp = TestIdp::with_ecdsa(IDP).unwrap();
        let idp = test_idp.identity_provider().unwrap();
        let pem = TestIdp::new("https://nobody.example.com").unwrap().private_key().unwrap();
        Self { test_idp, idp, key: DecryptionKey::from_pem(&pem).unwrap(), pem }
    }

    fn builder(&self) -> ServiceProviderBuilder {
        ServiceProvider::builder(SP, ACS).decryption_key(DecryptionKey::from_pem(&self.pem).unwrap())
    }

    fn answer(&self, sign: Sign, what: Encrypted, style: impl FnOnce(&mut Encryption)) -> Answer {
        let mut answer = self.test_idp.unsolicited(SP, ACS, "alice");
        answer.sign = sign;
        answer.attribute("mail", ["alice@example.com"]).attribute("groups", ["admins", "on-call"]);
        let mut encryption = Encryption::of(what, &self.key);
        style(&mut encryption);
        answer.encryption.push(encryption);
        answer
    }

    fn accept(&self, sp: &ServiceProvider, answer: &Answer) -> Result<Accepted, Error> {
        self.accept_xml(sp, &self.test_idp.sign(answer).unwrap())
    }

    fn accept_xml(&self, sp: &ServiceProvider, xml: &str) -> Result<Accepted, Error> {
        let field = STANDARD.encode(xml);
        sp.accept(&self.idp, &PostedResponse::new(&field, None), Expect::unsolicited(ACS))
    }

    #[track_caller]
    fn is_alice(&self, sp: &ServiceProvider, answer: &Answer) {
        let accepted = self.accept(sp, answer).unwrap();
        assert!(accepted.was_encrypted());
        let identity = accepted.confirm(Seen::FirstTime).unwrap().identity;
        assert_eq!(identity.name_id().unwrap().value, "alice");
        assert_eq!(identity.attribute("mail"), Some("alice@example.com"));
        assert_eq!(identity.attribute_values("groups").collect::<Vec<_>>(), ["admins", "on-call"]);
    }

    #[track_caller]
    fn refused(&self, sp: &ServiceProvider, answer: &Answer, code: &str) -> Error {
        let error = self.accept(sp, answer).unwrap_err();
        assert_eq!(error.code(), code, "{error}");
        error
    }
}

const SIGNED: [Sign; 3] = [Sign::Assertion, Sign::Response, Sign::Both];

#[test]
fn iip_alg04_gcm_whatever_is_signed_and_encrypted() {
    let world = World::new();
    let sp = world.builder().build().unwrap();
    for name in GCM {
        for sign in SIGNED {
            for what in [Encrypted::Assertion, Encrypted::NameId, Encrypted::Attributes] {
                world.is_alice(&sp, &world.answer(sign, what, |e| e.content = content_uri(name)));
            }
        }
    }
}

#[test]
fn two_levels_an_encrypted_name_and_attributes_inside_an_encrypted_assertion() {
    let world = World::new();
    let sp = world.builder().build().unwrap();
    for sign in SIGNED {
        let mut answer = world.answer(sign, Encrypted::Assertion, |_| {});
        answer.encryption.push(Encryption::of(Encrypted::NameId, &world.key));
        answer.encryption.push(Encryption::of(Encrypted::Attributes, &world.key));
        world.is_alice(&sp, &answer);
    }
}

#[test]
fn iip_alg05_cbc_only_under_a_signature_that_verified_before() {
    let world = World::new();
    let sp = world.builder().build().unwrap();
    let relaxed = world.builder().dangerous_allow_unauthenticated_cbc().build().unwrap();
    for name in CBC {
        let cbc = |e: &mut Encryption| e.content = content_uri(name);
        for sign in [Sign::Response, Sign::Both] {
            world.is_alice(&sp, &world.answer(sign, Encrypted::Assertion, cbc));
        }
        for sign in SIGNED {
            world.is_alice(&sp, &world.answer(sign, Encrypted::NameId, cbc));
            world.is_alice(&sp, &world.answer(sign, Encrypted::Attributes, cbc));
        }
        let alone = world.answer(Sign::Assertion, Encrypted::Assertion, cbc);
        let error = world.refused(&sp, &alone, "decrypt-unauthenticated-cbc");
        assert!(error.hint().contains("Sign SAML response and assertion"), "{}", error.hint());
        world.is_alice(&relaxed, &alone);
    }
}

#[test]
fn iip_alg08_triple_des_and_rsa_1_5_by_name_only() {
    let world = World::new();
    let sp = world.builder().build().unwrap();
    let triple_des = |e: &mut Encryption| e.content = content_uri("tripledes-cbc");
    let answer = world.answer(Sign::Both, Encrypted::Assertion, triple_des);
    world.refused(&sp, &answer, "decrypt-algorithm-refused");
    world.is_alice(&world.builder().dangerous_allow_triple_des().build().unwrap(), &answer);
    let rsa_15 = |e: &mut Encryption| e.key_transport = RSA_15.to_owned();
    let answer = world.answer(Sign::Both, Encrypted::Assertion, rsa_15);
    world.refused(&sp, &answer, "decrypt-algorithm-refused");
    world.is_alice(&world.builder().dangerous_allow_rsa_1_5().build().unwrap(), &answer);
}

/// Products that send CBC can send better, and whoever runs this side is told.
#[test]
fn iip_alg05_what_is_outdated_is_warned_of() {
    let world = World::new();
    let sp = world.builder().dangerous_allow_triple_des().dangerous_allow_rsa_1_5().build().unwrap();
    for (name, transport, content, key_transport, outdated) in [
        ("aes128-gcm", OAEP_MGF1P, "AES-128-GCM", "RSA-OAEP with SHA-1, MGF1 with SHA-1", false),
        ("aes256-cbc", OAEP_MGF1P, "AES-256-CBC", "RSA-OAEP with SHA-1, MGF1 with SHA-1", true),
        ("tripledes-cbc", OAEP_MGF1P, "3DES-CBC", "RSA-OAEP with SHA-1, MGF1 with SHA-1", true),
        ("aes128-gcm", RSA_15, "AES-128-GCM", "RSA 1.5", true),
    ] {
        for (what, element) in [
            (Encrypted::Assertion, "EncryptedAssertion"),
            (Encrypted::NameId, "EncryptedID"),
            (Encrypted::Attributes, "EncryptedAttribute"),
        ] {
            let style = |e: &mut Encryption| {
                e.content = content_uri(name);
                e.key_transport = transport.to_owned();
            };
            let mut answer = world.answer(Sign::Both, what, style);
            let accepted = world.accept(&sp, &answer).unwrap();
            let [part] = accepted.decrypted() else { panic!("{:?}", accepted.decrypted()) };
            assert_eq!((part.element, part.content, part.key_transport.as_str()), (element, content, key_transport));
            assert_eq!(part.outdated, outdated, "{name}, {transport}");
            // A report has it too.
            answer.audience_restrictions.clear();
            let field = STANDARD.encode(world.test_idp.sign(&answer).unwrap());
            let posted = PostedResponse::new(&field, None);
            let rejected = sp.accept_or_report(&world.idp, &posted, Expect::unsolicited(ACS)).unwrap_err();
            let line = format!("note     the {element} is encrypted by {content}, its key by {key_transport}: ");
            assert_eq!(rejected.report.to_string().contains(&line), outdated, "{}", rejected.report);
        }
    }
}

/// Each content encryption with each way in which its key comes.
#[test]
fn sdp_alg01_sdp_sp10_every_content_with_every_key_transport() {
    let world = World::new();
    let sp = world.builder().dangerous_allow_triple_des().dangerous_allow_rsa_1_5().build().unwrap();
    for name in GCM.iter().chain(&CBC).chain(&["tripledes-cbc"]) {
        for (transport, digest, mask) in [
            (OAEP_MGF1P, None, None),
            (OAEP_MGF1P, Some(DIGESTS[1]), None),
            (OAEP, None, None),
            (OAEP, Some(DIGESTS[1]), None),
            (OAEP, Some(DIGESTS[1]), Some("http://www.w3.org/2009/xmlenc11#mgf1sha256")),
            (RSA_15, None, None),
        ] {
            let style = |e: &mut Encryption| {
                e.content = content_uri(name);
                e.key_transport = transport.to_owned();
                e.digest = digest.map(str::to_owned);
                e.mask_generation = mask.map(str::to_owned);
            };
            world.is_alice(&sp, &world.answer(Sign::Both, Encrypted::Assertion, style));
        }
    }
}

#[test]
fn iip_alg06_every_pair_of_hashes_for_oaep() {
    let world = World::new();
    let sp = world.builder().build().unwrap();
    for digest in DIGESTS {
        world.is_alice(
            &sp,
            &world.answer(Sign::Assertion, Encrypted::Assertion, |e| {
                e.key_transport = OAEP_MGF1P.to_owned();
                e.digest = Some(digest.to_owned());
            }),
        );
        for mask in ["mgf1sha1", "mgf1sha256", "mgf1sha384", "mgf1sha512"] {
            world.is_alice(
                &sp,
                &world.answer(Sign::Assertion, Encrypted::Assertion, |e| {
                    e.key_transport = OAEP.to_owned();
                    e.digest = Some(digest.to_owned());
                    e.mask_generation = Some(format!("http://www.w3.org/2009/xmlenc11#{mask}"));
                    e.label = b"label".to_vec();
                }),
            );
        }
    }
}

#[test]
fn the_encrypted_key_beside_the_data_and_named_recipients() {
    let world = World::new();
    let sp = world.builder().build().unwrap();
    for sign in SIGNED {
        world.is_alice(&sp, &world.answer(sign, Encrypted::Assertion, |e| e.detached_key = true));
        world.is_alice(&sp, &world.answer(sign, Encrypted::Assertion, |e| e.recipient = Some(SP.to_owned())));
    }
    let other =
        world.answer(Sign::Both, Encrypted::Assertion, |e| e.recipient = Some("https://other.example.com".to_owned()));
    world.refused(&sp, &other, "decrypt-shape");
}

#[test]
fn iip_sp08_sdp_sp38_several_keys_each_is_tried() {
    let world = World::new();
    let other =
        || DecryptionKey::from_pem(&TestIdp::new("https://x.example.com").unwrap().private_key().unwrap()).unwrap();
    let sp = ServiceProvider::builder(SP, ACS).decryption_key(other()).decryption_key(other());
    let sp = sp.decryption_key(DecryptionKey::from_pem(&world.pem).unwrap()).build().unwrap();
    let mut answer = world.answer(Sign::Both, Encrypted::Assertion, |_| {});
    answer.encryption.push(Encryption::of(Encrypted::Attributes, &world.key));
    world.is_alice(&sp, &answer);
    let wrong = ServiceProvider::builder(SP, ACS).decryption_key(other()).build().unwrap();
    assert_eq!(world.refused(&wrong, &answer, "decrypt-failed").whose(), Whose::ServiceProvider);
    let none = ServiceProvider::builder(SP, ACS).build().unwrap();
    assert_eq!(world.refused(&none, &answer, "decrypt-no-key").whose(), Whose::ServiceProvider);
}

#[test]
fn the_certificate_to_encrypt_to_stands_in_our_metadata() {
    let holder = TestIdp::new("https://keys.example.com").unwrap();
    let certificate = || Certificate::from_pasted(holder.certificate()).unwrap().certificate;
    let key = DecryptionKey::from_pem(&holder.private_key().unwrap()).unwrap();
    let sp = ServiceProvider::builder(SP, ACS).credential(Credential::active(certificate()).decryption(key));
    let sp = sp.build().unwrap();
    let xml = sp.metadata().to_xml().unwrap();
    let published = format!("<ds:X509Certificate>{}</ds:X509Certificate>", holder.certificate());
    assert!(xml.contains("<md:KeyDescriptor use=\"encryption\">") && xml.contains(&published), "{xml}");
    // Nobody may encrypt to a key that we do not have.
    let world = World::new();
    let another = Credential::active(certificate()).decryption(DecryptionKey::from_pem(&world.pem).unwrap());
    assert_eq!(world.builder().credential(another).build().unwrap_err().code(), "config-credential-key");
    let without = Credential::active(certificate());
    assert_eq!(world.builder().credential(without).build().unwrap_err().code(), "config-credential-key");
    assert!(!world.builder().build().unwrap().metadata().to_xml().unwrap().contains("KeyDescriptor"));
}

/// The plaintext leans on prefixes that are declared around it, as many products cut it.
#[test]
fn plaintext_that_leans_on_an_outer_prefix() {
    let world = World::new();
    let sp = world.builder().build().unwrap();
    for sign in SIGNED {
        for what in [Encrypted::Assertion, Encrypted::NameId, Encrypted::Attributes] {
            world.is_alice(&sp, &world.answer(sign, what, |e| e.leans_on_outer_prefixes = true));
        }
    }
}

/// The one prefix whose meaning is restored: `xsi`, where the received document binds it to the XML Schema instance
/// namespace at that place. An unsigned binding to anything else gives it no meaning.
#[test]
fn plaintext_that_leans_on_xsi_from_outside_the_signed_octets() {
    const XSI: &str = " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"";
    let world = World::new();
    let sp = world.builder().build().unwrap();
    let mut answer = world.answer(Sign::Nothing, Encrypted::Assertion, |_| {});
    let mut encryption = answer.encryption.pop().unwrap();
    let plain = world.test_idp.sign(&answer).unwrap();
    let (start, end) = (plain.find("<saml:Assertion").unwrap(), plain.find("</samlp:Response>").unwrap());
    assert!(plain[start..end].contains(XSI) && plain[start..end].contains("xsi:type"));
    encryption.plaintext = Some(plain[start..end].replace(XSI, "").into_bytes());
    answer.encryption.push(encryption);
    answer.sign = Sign::Response;
    let signed = world.test_idp.sign(&answer).unwrap();
    // An unused declaration leaves the exclusive octets, and so the signature, as they are.
    let bound = |declaration: &str| signed.replacen("<samlp:Response", &format!("<samlp:Response{declaration}"), 1);
    let identity = world.accept_xml(&sp, &bound(XSI)).unwrap().confirm(Seen::FirstTime).unwrap().identity;
    assert_eq!(identity.attribute("mail"), Some("alice@example.com"));
    for other in ["", " xmlns:xsi=\"urn:evil\""] {
        assert!(
            world.accept_xml(&sp, &bound(other)).is_err_and(|error| error.code() == "decrypt-content"),
            "{other:?}"
        );
    }
    // The declaration finds its place where the name has no prefix.
    const SAML: &str = " xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\"";
    let plaintext =
        plain[start..end].replace(XSI, "").replacen("<saml:Assertion", &format!("<saml:Assertion{SAML}"), 1);
    answer.encryption[0].plaintext = Some(plaintext.into_bytes());
    answer.sign = Sign::Nothing;
    let xml = world.test_idp.sign(&answer).unwrap();
    let xml = xml
        .replace("<saml:EncryptedAssertion", "<EncryptedAssertion xmlns=\"urn:oasis:names:tc:SAML:2.0:assertion\"")
        .replace("</saml:EncryptedAssertion>", "</EncryptedAssertion>");
    let signed = world.test_idp.sign_element(&xml, &answer.response_id).unwrap();
    let signed = signed.replacen("<samlp:Response", &format!("<samlp:Response{XSI}"), 1);
    let identity = world.accept_xml(&sp, &signed).unwrap().confirm(Seen::FirstTime).unwrap().identity;
    assert_eq!(identity.attribute("mail"), Some("alice@example.com"));
}

/// A wrong key of ours says something too under RSA 1.5, and what it makes of the content passes CBC's padding once in
/// sixteen times or so: the right one is tried all the same.
#[test]
fn garbage_from_another_key_of_ours_is_no_plaintext() {
    let world = World::new();
    let other = TestIdp::new("https://x.example.com").unwrap().private_key().unwrap();
    let sp = ServiceProvider::builder(SP, ACS).decryption_key(DecryptionKey::from_pem(&other).unwrap());
    let sp = sp.decryption_key(DecryptionKey::from_pem(&world.pem).unwrap()).dangerous_allow_rsa_1_5().build().unwrap();
    let style = |e: &mut Encryption| {
        e.content = content_uri("aes128-cbc");
        e.key_transport = RSA_15.to_owned();
    };
    for _ in 0..150 {
        world.is_alice(&sp, &world.answer(Sign::Response, Encrypted::Assertion, style));
    }
}

/// Ciphertext is opened where the standard has a place for it, and nowhere else.
#[test]
fn ciphertext_in_a_plain_attribute_is_not_opened() {
    let world = World::new();
    let sp = world.builder().build().unwrap();
    let answer = world.answer(Sign::Nothing, Encrypted::Attributes, |_| {});
    let xml = world.test_idp.sign(&answer).unwrap();
    let opened = |holder: &str| {
        let xml = xml
            .replace("<saml:EncryptedAttribute", &format!("<saml:{holder}"))
            .replace("</saml:EncryptedAttribute>", &format!("</saml:{}>", holder.split(' ').next().unwrap()));
        let signed = world.test_idp.sign_element(&xml, &answer.response_id).unwrap();
        world.accept_xml(&sp, &signed).map(|accepted| accepted.decrypted().len())
    };
    assert_eq!(opened("EncryptedAttribute").unwrap(), 1);
    let plain = opened("Attribute Name=\"mail\"");
    assert!(!matches!(plain, Ok(1..)), "{plain:?}");
    let advice = xml.replace("saml:AttributeStatement", "saml:Advice");
    let signed = world.test_idp.sign_element(&advice, &answer.response_id).unwrap();
    let elsewhere = world.accept_xml(&sp, &signed).map(|accepted| accepted.decrypted().len());
    assert!(!matches!(elsewhere, Ok(1..)), "{elsewhere:?}");
}

/// In a rollover the assertion may be encrypted to one key of ours and what is inside to another, in either order.
#[test]
fn each_part_to_another_key_of_ours() {
    let world = World::new();
    let other = TestIdp::new("https://x.example.com").unwrap().private_key().unwrap();
    let key = |pem: &str| DecryptionKey::from_pem(pem).unwrap();
    for (first, second) in [(&world.pem, &other), (&other, &world.pem)] {
        let sp = ServiceProvider::builder(SP, ACS).decryption_key(key(first)).decryption_key(key(second));
        let mut answer = world.answer(Sign::Both, Encrypted::Assertion, |_| {});
        answer.encryption.push(Encryption::of(Encrypted::NameId, &key(&other)));
        world.is_alice(&sp.build().unwrap(), &answer);
    }
}

/// What is told of an answer is how that was encrypted which opened.
#[test]
fn a_key_that_opens_nothing_is_not_reported() {
    let world = World::new();
    let sp = world.builder().dangerous_allow_rsa_1_5().build().unwrap();
    let answer = world.answer(Sign::Assertion, Encrypted::Assertion, |e| e.detached_key = true);
    let xml = world.test_idp.sign(&answer).unwrap();
    let key = cut(&xml, "<xenc:EncryptedKey", "</xenc:EncryptedKey>");
    let useless = key.replace(" Id=\"_encrypted-key\"", "").replace(OAEP_MGF1P, RSA_15);
    let accepted = world.accept_xml(&sp, &xml.replace(key, &[&useless, key].concat())).unwrap();
    let [part] = accepted.decrypted() else { panic!("{:?}", accepted.decrypted()) };
    assert!(!part.outdated, "{part:?}");
}

/// samlify's default order: the Response signed first, its assertion encrypted afterwards.
#[test]
fn signed_first_and_encrypted_afterwards_is_refused_with_the_order_named() {
    let world = World::new();
    let sp = world.builder().build().unwrap();
    for sign in [Sign::Response, Sign::Both] {
        let answer = world.answer(sign, Encrypted::Assertion, |e| e.after_signing = true);
        let error = world.refused(&sp, &answer, "digest-mismatch");
        assert!(error.hint().contains("encryptThenSign"), "{}", error.hint());
    }
}

/// A tenant whose provider signs another tenant's captured ciphertext, as it was: it opens, and is nobody's login.
#[test]
fn another_providers_ciphertext_under_a_signature_of_ones_own() {
    let (victim, mallory) = (World::new(), TestIdp::with_ecdsa("https://mallory.example.com").unwrap());
    let sp = victim.builder().build().unwrap();
    for (sign, code) in [(Sign::Response, "assertion-issuer-mismatch"), (Sign::Assertion, "signature-wrong-key")] {
        let captured = victim.test_idp.sign(&victim.answer(sign, Encrypted::Assertion, |_| {})).unwrap();
        let captured = cut(&captured, "<saml:EncryptedAssertion", "</saml:EncryptedAssertion>");
        let mut answer = mallory.unsolicited(SP, ACS, "mallory");
        answer.sign = Sign::Nothing;
        let xml = mallory.sign(&answer).unwrap();
        let xml = xml.replace(cut(&xml, "<saml:Assertion ", "</saml:Assertion>"), captured);
        let field = STANDARD.encode(mallory.sign_element(&xml, &answer.response_id).unwrap());
        let posted = PostedResponse::new(&field, None);
        let error = sp.accept(&mallory.identity_provider().unwrap(), &posted, Expect::unsolicited(ACS)).unwrap_err();
        assert_eq!(error.code(), code, "{error}");
    }
}

fn cut<'x>(xml: &'x str, start: &str, end: &str) -> &'x str {
    let from = xml.find(start).unwrap();
    let to = from + xml[from..].find(end).unwrap() + end.len();
    &xml[from..to]
}

#[test]
fn unknown_algorithms_are_named_before_any_key_is_touched() {
    let world = World::new();
    // No key at all: the algorithm is the first to be named all the same.
    let sp = ServiceProvider::builder(SP, ACS).build().unwrap();
    let styles: [fn(&mut Encryption); 4] = [
        |e| e.content = "urn:rot13".to_owned(),
        |e| e.key_transport = "urn:rot13".to_owned(),
        |e| e.digest = Some("urn:rot13".to_owned()),
        |e| {
            e.key_transport = OAEP.to_owned();
            e.mask_generation = Some("urn:rot13".to_owned());
        },
    ];
    for style in styles {
        let error =
            world.refused(&sp, &world.answer(Sign::Both, Encrypted::Assertion, style), "decrypt-algorithm-unknown");
        assert!(error.to_string().contains("urn:rot13"), "{error}");
    }
}

/// IIP-ALG05, attacks part 4: where nothing authenticates the ciphertext, every flipped byte has the same outcome.
#[test]
fn every_flipped_byte_of_unauthenticated_cbc_has_one_outcome() {
    let world = World::new();
    let sp = world.builder().dangerous_allow_unauthenticated_cbc().build().unwrap();
    let answer = world.answer(Sign::Assertion, Encrypted::Assertion, |e| e.content = content_uri("aes128-cbc"));
    let xml = world.test_idp.sign(&answer).unwrap();
    let original = world.accept_xml(&sp, &xml).unwrap();
    let (start, end) = cipher_value(&xml);
    let ciphertext = STANDARD.decode(&xml[start..end]).unwrap();
    let mut outcomes = std::collections::BTreeSet::new();
    for at in 0..ciphertext.len() {
        let mut altered = ciphertext.clone();
        altered[at] ^= 0x01;
        let altered = [&xml[..start], &STANDARD.encode(altered), &xml[end..]].concat();
        let field = STANDARD.encode(&altered);
        let posted = PostedResponse::new(&field, None);
        let error = match sp.accept(&world.idp, &posted, Expect::unsolicited(ACS)) {
            Err(error) => error,
            // A last block of nothing but padding may become another of the same count: the same plaintext.
            Ok(same) => {
                assert_eq!(same.signed_octets(), original.signed_octets());
                continue;
            }
        };
        let rejected = sp.accept_or_report(&world.idp, &posted, Expect::unsolicited(ACS)).unwrap_err();
        assert_eq!(rejected.error, error);
        let report = rejected.report.to_string();
        let report = report.split_once('\n').unwrap().1.to_owned();
        outcomes.insert((format!("{error:?}"), error.to_string(), report));
    }
    assert_eq!(outcomes.len(), 1, "{outcomes:#?}");
    assert!(outcomes.first().unwrap().0.contains("Failed"));
}

/// Every byte of a GCM ciphertext is covered by its tag.
#[test]
fn every_flipped_byte_of_gcm_fails() {
    let world = World::new();
    let sp = world.builder().build().unwrap();
    let xml = world.test_idp.sign(&world.answer(Sign::Assertion, Encrypted::Assertion, |_| {})).unwrap();
    let (start, end) = cipher_value(&xml);
    let ciphertext = STANDARD.decode(&xml[start..end]).unwrap();
    for at in (0..ciphertext.len()).step_by(7) {
        let mut altered = ciphertext.clone();
        altered[at] ^= 0x80;
        let altered = [&xml[..start], &STANDARD.encode(altered), &xml[end..]].concat();
        assert_eq!(world.accept_xml(&sp, &altered).unwrap_err().code(), "decrypt-failed", "byte {at}");
    }
}

/// The last CipherValue: that of the content.
fn cipher_value(xml: &str) -> (usize, usize) {
    let start = xml.rfind("<xenc:CipherValue>").unwrap() + "<xenc:CipherValue>".len();
    (start, start + xml[start..].find('<').unwrap())
}

/// As a signed one does: an encrypted assertion cannot be asked before it is opened.
#[test]
fn prof_4_1_4_2_an_answer_with_an_encrypted_assertion_names_its_issuer() {
    let world = World::new();
    let sp = world.builder().build().unwrap();
    let mut answer = world.answer(Sign::Assertion, Encrypted::Assertion, |_| {});
    world.is_alice(&sp, &answer);
    answer.issuer = None;
    let error = world.refused(&sp, &answer, "issuer-missing");
    assert_eq!(error.whose(), Whose::IdentityProvider);
    assert!(error.to_string().contains(IDP), "{error}");
}

/// A rolled signing key stays diagnosable behind GCM.
#[test]
fn after_a_good_tag_errors_say_what_they_are() {
    let world = World::new();
    let stranger = TestIdp::with_ecdsa(IDP).unwrap();
    let mut answer = world.answer(Sign::Assertion, Encrypted::Assertion, |_| {});
    answer.audience_restrictions = vec![vec!["https://other.example.com".to_owned()]];
    let sp = world.builder().build().unwrap();
    world.refused(&sp, &answer, "audience-mismatch");
    let xml = stranger.sign(&answer).unwrap();
    assert_eq!(world.accept_xml(&sp, &xml).unwrap_err().code(), "signature-wrong-key");
    let words = world.answer(Sign::Response, Encrypted::Assertion, |e| e.plaintext = Some(b"words".to_vec()));
    let error = world.refused(&sp, &words, "decrypt-content-unexpected");
    assert!(error.to_string().contains("holds \"text\", wanted one XML element"), "{error}");
}

/// A flood of EncryptedKeys costs 32 private-key operations at most, and says so before any of them.
#[test]
fn a_flood_of_encrypted_keys_is_bounded() {
    let world = World::new();
    let one = world.builder().build().unwrap();
    let two = world.builder().decryption_key(DecryptionKey::from_pem(&world.pem).unwrap()).build().unwrap();
    let xml =
        world.test_idp.sign(&world.answer(Sign::Assertion, Encrypted::Assertion, |e| e.detached_key = true)).unwrap();
    let start = xml.find("<xenc:EncryptedKey").unwrap();
    let end = xml.find("</xenc:EncryptedKey>").unwrap() + "</xenc:EncryptedKey>".len();
    let key = xml[start..end].replace(" Id=\"_encrypted-key\"", "");
    let keys = |count: usize| [&xml[..end], &key.repeat(count - 1), &xml[end..]].concat();
    for (sp, allowed) in [(&one, 32), (&two, 16)] {
        assert!(world.accept_xml(sp, &keys(allowed)).is_ok());
        for count in [allowed + 1, 1000] {
            let error = world.accept_xml(sp, &keys(count)).unwrap_err();
            assert_eq!((error.code(), error.whose()), ("decrypt-too-many-keys", Whose::Attack));
        }
    }
    // Those for others count.
    let for_others =
        key.replacen("<xenc:EncryptedKey", "<xenc:EncryptedKey Recipient=\"https://other.example.com\"", 1);
    let among = |count: usize| [&xml[..end], &for_others.repeat(count - 1), &xml[end..]].concat();
    assert!(world.accept_xml(&two, &among(32)).is_ok());
    assert_eq!(world.accept_xml(&two, &among(33)).unwrap_err().code(), "decrypt-too-many-keys");
}

/// Cut, empty, longer, no base64, or none at all: an error each, before and behind the key.
#[test]
fn parts_that_are_cut_empty_missing_or_not_what_belongs_there() {
    let world = World::new();
    let sp = world.builder().build().unwrap();
    let xml = world.test_idp.sign(&world.answer(Sign::Assertion, Encrypted::Assertion, |_| {})).unwrap();
    let (start, end) = cipher_value(&xml);
    let refused = |xml: &str, code: &str, what: &str| {
        let error = world.accept_xml(&sp, xml).unwrap_err();
        assert_eq!(error.code(), code, "{what}: {error}");
    };
    let content = STANDARD.decode(&xml[start..end]).unwrap();
    let with_content = |octets: &[u8]| [&xml[..start], &STANDARD.encode(octets), &xml[end..]].concat();
    // The IV has 12 octets, the tag 16.
    for length in [0, 1, 11, 12, 13, 27, 28, 29, content.len() - 1] {
        refused(&with_content(&content[..length]), "decrypt-failed", "cut");
    }
    refused(&with_content(&[&content[..], &[0]].concat()), "decrypt-failed", "longer");
    refused(&with_content(&vec![0; 500_000]), "decrypt-failed", "foreign");
    let key = cut(&xml, "<xenc:EncryptedKey", "</xenc:EncryptedKey>");
    let value = cut(key, "<xenc:CipherValue>", "</xenc:CipherValue>");
    let with_key = |octets: &[u8]| {
        let value = format!("<xenc:CipherValue>{}</xenc:CipherValue>", STANDARD.encode(octets));
        xml.replace(cut(key, "<xenc:CipherValue>", "</xenc:CipherValue>"), &value)
    };
    for length in [0, 1, 255, 257, 512, 1024] {
        refused(&with_key(&vec![1; length]), "decrypt-failed", "a key of another length");
    }
    refused(&with_key(&[1; 1025]), "decrypt-shape", "longer than any modulus");
    for (from, to) in [
        (value, "<xenc:CipherValue>=</xenc:CipherValue>"),
        (value, "<xenc:CipherValue><x/></xenc:CipherValue>"),
        (value, "<xenc:CipherReference URI=\"https://evil.example.com/\"/>"),
        (value, ""),
        (key, ""),
        (&xml[start..end], "!"),
        (&xml[start..end], "<x/>"),
        ("http://www.w3.org/2001/04/xmlenc#Element", "http://www.w3.org/2001/04/xmlenc#Content"),
        (cut(&xml, "<xenc:EncryptionMethod", "</xenc:EncryptionMethod>"), ""),
        (" Algorithm=\"http://www.w3.org/2009/xmlenc11#aes128-gcm\"", ""),
        (" Algorithm=\"http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p\"", ""),
        (cut(&xml, "<xenc:EncryptedData", "</xenc:EncryptedData>"), ""),
        ("ds:KeyInfo", "xenc:KeyInfo"),
    ] {
        assert!(xml.contains(from), "{from}");
        refused(&xml.replace(from, to), "decrypt-shape", to);
    }
}

/// Two where one belongs: which one did the sender mean?
#[test]
fn parts_that_stand_twice() {
    let world = World::new();
    let sp = world.builder().build().unwrap();
    let style = |e: &mut Encryption| {
        e.key_transport = OAEP.to_owned();
        e.digest = Some(DIGESTS[1].to_owned());
        e.mask_generation = Some("http://www.w3.org/2009/xmlenc11#mgf1sha256".to_owned());
        e.label = b"label".to_vec();
    };
    let xml = world.test_idp.sign(&world.answer(Sign::Assertion, Encrypted::Assertion, style)).unwrap();
    assert!(world.accept_xml(&sp, &xml).is_ok());
    let data = cut(&xml, "<xenc:EncryptedData", "</xenc:EncryptedData>");
    let key = cut(&xml, "<xenc:EncryptedKey", "</xenc:EncryptedKey>");
    let content = data.replace(key, "");
    for part in [
        data,
        cut(key, "<xenc:EncryptionMethod", "</xenc:EncryptionMethod>"),
        cut(key, "<xenc:OAEPparams", "</xenc:OAEPparams>"),
        cut(key, "<ds:DigestMethod", "</ds:DigestMethod>"),
        cut(key, "<xenc11:MGF", "</xenc11:MGF>"),
        cut(key, "<xenc:CipherData", "</xenc:CipherData>"),
        cut(key, "<xenc:CipherValue", "</xenc:CipherValue>"),
        cut(&content, "<xenc:EncryptionMethod", "</xenc:EncryptionMethod>"),
        cut(&content, "<xenc:CipherData", "</xenc:CipherData>"),
        cut(&content, "<xenc:CipherValue", "</xenc:CipherValue>"),
    ] {
        let twice = xml.replacen(part, &part.repeat(2), 1);
        let error = world.accept_xml(&sp, &twice).unwrap_err();
        assert_eq!(error.code(), "decrypt-shape", "{part}: {error}");
    }
    let label = cut(key, "<xenc:OAEPparams", "</xenc:OAEPparams>");
    let error = world.accept_xml(&sp, &xml.replace(label, "<xenc:OAEPparams><x/></xenc:OAEPparams>")).unwrap_err();
    assert_eq!(error.code(), "decrypt-shape", "{error}");
}

/// Numbers that are the same in every run (xorshift, Marsaglia 2003).
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(bound).unwrap()).unwrap()
    }
}

/// Whatever is made of the plaintext of an assertion that is signed inside: an error, or what was signed.
#[test]
fn any_surgery_on_the_plaintext_is_an_error_or_the_original() {
    const PIECES: [&str; 12] = [
        "<",
        ">",
        "/>",
        "&#60;",
        "<!---->",
        "<![CDATA[x]]>",
        "<?x?>",
        " ID=\"_x\"",
        " xmlns=\"urn:x\"",
        "\u{0}",
        "\u{feff}",
        "<saml:EncryptedAssertion/>",
    ];
    let world = World::new();
    let sp = world.builder().build().unwrap();
    let mut answer = world.answer(Sign::Assertion, Encrypted::Assertion, |_| {});
    let mut encryption = answer.encryption.pop().unwrap();
    let plain = world.test_idp.sign(&answer).unwrap();
    let original = world.accept_xml(&sp, &plain).unwrap();
    let assertion = cut(&plain, "<saml:Assertion", "</saml:Assertion>").as_bytes();
    answer.sign = Sign::Nothing;
    let mut dice = Dice(0x5eed);
    let mut originals = 0;
    for round in 0..400 {
        let mut octets = assertion.to_vec();
        for _ in 0..dice.below(3) {
            let (a, b) = (dice.below(octets.len()), dice.below(octets.len()));
            let (from, to) = (a.min(b), a.max(b));
            match dice.below(5) {
                0 => drop(octets.drain(from..to.min(from + 40))),
                1 => drop(octets.splice(a..a, octets[from..to].to_vec())),
                2 => octets[a] ^= 1 << dice.below(8),
                3 => drop(octets.splice(a..a, PIECES[dice.below(PIECES.len())].bytes())),
                _ => octets.truncate(to + 1),
            }
        }
        encryption.plaintext = Some(octets);
        answer.encryption = vec![encryption.clone()];
        if let Ok(accepted) = world.accept(&sp, &answer) {
            assert_eq!(accepted.signed_octets(), original.signed_octets(), "round {round}");
            originals += 1;
        }
    }
    assert!((100..300).contains(&originals), "{originals} of 400");
}
