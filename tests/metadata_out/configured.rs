//! What the configuration knows: URLs, keys, algorithms.

use saml_sp::testing::{Encrypted, Encryption, Sign, TestIdp};
use saml_sp::{
    Certificate, Clock, Credential, Expect, KeyState, LoginRequest, PostedResponse, ServiceProvider,
    ServiceProviderBuilder, SignatureAlgorithm,
};

use crate::keys::Pair;
use crate::*;

pub(crate) const EXPIRED: &str = include_str!("../keys/expired.pem");
pub(crate) const NOT_YET_VALID: &str = include_str!("../keys/not_yet_valid.pem");

#[test]
fn the_least_document() {
    let xml = metadata().to_xml().unwrap();
    let role = concat!(
        r#"</md:Extensions><md:SPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">"#,
        r#"<md:AssertionConsumerService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" "#,
        r#"Location="https://app.example.com/saml/acs" index="0" isDefault="true"></md:AssertionConsumerService>"#,
        r#"</md:SPSSODescriptor></md:EntityDescriptor>"#,
    );
    assert!(xml.ends_with(role), "{xml}");
    let start = concat!(
        r#"<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" "#,
        r#"entityID="https://app.example.com/saml"><md:Extensions><alg:DigestMethod "#,
    );
    assert!(xml.starts_with(start), "{xml}");
}

#[test]
fn several_acs_urls_keep_their_indexes() {
    let sp = builder().acs_url("https://b.example.com/acs?x=1&y=2").acs_url("http://c.internal/acs").build().unwrap();
    let xml = sp.metadata().to_xml().unwrap();
    let services: Vec<_> = xml.split("<md:AssertionConsumerService ").skip(1).collect();
    for (service, (location, rest)) in services.iter().zip([
        (ACS, " index=\"0\" isDefault=\"true\">"),
        ("https://b.example.com/acs?x=1&amp;y=2", " index=\"1\">"),
        ("http://c.internal/acs", " index=\"2\">"),
    ]) {
        assert!(service.contains(&format!(" Location=\"{location}\"{rest}")), "{service}");
    }
    assert_eq!(services.len(), 3);
}

/// Neither is demanded by the library, so neither is asked for by default; and a written "false" would switch off what an
/// identity provider does by itself.
#[test]
fn wishes_for_signatures_stand_there_only_where_they_are_meant() {
    let xml = metadata().to_xml().unwrap();
    assert!(!xml.contains("Signed="), "{xml}");
    let xml = metadata().want_assertions_signed().to_xml().unwrap();
    assert!(xml.contains("<md:SPSSODescriptor WantAssertionsSigned=\"true\" protocol"), "{xml}");
    let pair = Pair::ecdsa();
    let credential = Credential::active(pair.certificate()).signing(pair.signing());
    let sp = builder().credential(credential).always_sign_requests().build().unwrap();
    let xml = sp.metadata().want_assertions_signed().to_xml().unwrap();
    assert!(
        xml.contains("<md:SPSSODescriptor AuthnRequestsSigned=\"true\" WantAssertionsSigned=\"true\" protocol"),
        "{xml}"
    );
}

const SHA256: &str = "http://www.w3.org/2001/04/xmlenc#sha256";
const SHA384: &str = "http://www.w3.org/2001/04/xmldsig-more#sha384";
const SHA512: &str = "http://www.w3.org/2001/04/xmlenc#sha512";
const SHA1: &str = "http://www.w3.org/2000/09/xmldsig#sha1";
const MORE: &str = "http://www.w3.org/2001/04/xmldsig-more#";
const XENC: &str = "http://www.w3.org/2001/04/xmlenc#";
const XENC11: &str = "http://www.w3.org/2009/xmlenc11#";

#[test]
fn iip_md09_digests_and_signatures_of_the_policy_the_best_first() {
    let xml = metadata().to_xml().unwrap();
    assert_eq!(algorithms(&xml, "alg:DigestMethod"), [SHA256, SHA384, SHA512]);
    let pss = |hash: &str| format!("http://www.w3.org/2007/05/xmldsig-more#{hash}-rsa-MGF1");
    let more = |names: &[&str]| names.iter().map(|name| format!("{MORE}{name}")).collect::<Vec<_>>();
    let mut expected = more(&["rsa-sha256", "rsa-sha384", "rsa-sha512"]);
    expected.extend(["sha256", "sha384", "sha512"].map(pss));
    expected.extend(more(&["ecdsa-sha256", "ecdsa-sha384", "ecdsa-sha512"]));
    expected.push("http://www.w3.org/2021/04/xmldsig-more#eddsa-ed25519".to_owned());
    assert_eq!(algorithms(&xml, "alg:SigningMethod"), expected);
    let rsa = format!("Algorithm=\"{MORE}rsa-sha256\" MaxKeySize=\"8192\" MinKeySize=\"2048\">");
    assert!(xml.contains(&rsa), "{xml}");
    assert!(xml.contains(&format!("Algorithm=\"{MORE}ecdsa-sha256\">")), "{xml}");
    assert!(!xml.contains("md5") && !xml.contains(SHA1), "IIP-ALG08: {xml}");
}

#[test]
fn iip_md09_a_relaxed_policy_says_so_last() {
    let xml = builder().dangerous_allow_sha1().build().unwrap().metadata().to_xml().unwrap();
    assert_eq!(algorithms(&xml, "alg:DigestMethod"), [SHA256, SHA384, SHA512, SHA1]);
    let signing = algorithms(&xml, "alg:SigningMethod");
    assert_eq!(signing.last(), Some(&"http://www.w3.org/2000/09/xmldsig#rsa-sha1"));
    // One curve has no SHA-1, and the list cannot say which.
    assert!(!signing.contains(&format!("{MORE}ecdsa-sha1").as_str()));
    let xml = builder().dangerous_allow_small_rsa().build().unwrap().metadata().to_xml().unwrap();
    for (name, least) in [("rsa-sha256", 1024), ("rsa-sha512", 1024), ("rsa-sha384", 2048)] {
        let method = format!("Algorithm=\"{MORE}{name}\" MaxKeySize=\"8192\" MinKeySize=\"{least}\">");
        assert!(xml.contains(&method), "no {method} in {xml}");
    }
}

type Relax = fn(ServiceProviderBuilder) -> ServiceProviderBuilder;

/// By each policy: what is advertised is opened where nothing but the assertion inside is signed, and nothing else is.
#[test]
fn iip_md09_and_sdp_md04_what_is_advertised_for_encryption_is_what_is_opened() {
    let gcm = ["aes128-gcm", "aes192-gcm", "aes256-gcm"].map(|name| format!("{XENC11}{name}"));
    let cbc = ["aes128-cbc", "aes192-cbc", "aes256-cbc"].map(|name| format!("{XENC}{name}"));
    let triple_des = [format!("{XENC}tripledes-cbc")];
    let oaep = [format!("{XENC11}rsa-oaep"), format!("{XENC}rsa-oaep-mgf1p")];
    let rsa_1_5 = [format!("{XENC}rsa-1_5")];
    let (ours, signer) = (Pair::rsa(), TestIdp::with_ecdsa("https://idp.example.com").unwrap());
    let signer = signer.clock(Clock::Fixed(now()));
    let opened = |sp: &ServiceProvider, content: &str, transport: &str| {
        let mut answer = signer.unsolicited(SP, ACS, "alice");
        let mut encryption = Encryption::of(Encrypted::Assertion, &ours.decryption());
        (encryption.content, encryption.key_transport) = (content.to_owned(), transport.to_owned());
        (answer.sign, answer.encryption) = (Sign::Assertion, vec![encryption]);
        let form = signer.post(&answer).unwrap();
        let posted = PostedResponse::new(&form.saml_response, None);
        sp.accept(&signer.identity_provider().unwrap(), &posted, Expect::unsolicited(ACS)).is_ok()
    };
    let all: [(Relax, Vec<&[String]>); 4] = [
        (|b| b, vec![&gcm, &oaep]),
        (ServiceProviderBuilder::dangerous_allow_triple_des, vec![&gcm, &oaep]),
        (ServiceProviderBuilder::dangerous_allow_rsa_1_5, vec![&gcm, &oaep, &rsa_1_5]),
        (
            |b| b.dangerous_allow_unauthenticated_cbc().dangerous_allow_triple_des(),
            vec![&gcm, &cbc, &triple_des, &oaep],
        ),
    ];
    for (relax, expected) in all {
        let decrypts = Credential::active(ours.certificate()).decryption(ours.decryption());
        let sp = relax(builder().credential(decrypts)).build().unwrap();
        let xml = sp.metadata().to_xml().unwrap();
        let advertised = algorithms(&xml, "md:EncryptionMethod");
        assert_eq!(advertised, expected.concat());
        for content in gcm.iter().chain(&cbc).chain(&triple_des) {
            assert_eq!(opened(&sp, content, &oaep[1]), advertised.contains(&content.as_str()), "{content}");
        }
        for transport in oaep.iter().chain(&rsa_1_5) {
            assert_eq!(opened(&sp, &gcm[0], transport), advertised.contains(&transport.as_str()), "{transport}");
        }
    }
}

#[test]
fn iip_md11_and_sdp_md08_encryption_methods_stand_with_the_keys_to_encrypt_to() {
    let (one, two, three) = (Pair::rsa(), Pair::ecdsa(), Pair::rsa());
    for (credentials, methods) in [
        (vec![one.both(KeyState::Active)], vec![true]),
        (
            vec![
                Credential::active(two.certificate()).signing(two.signing()),
                Credential::active(one.certificate()).decryption(one.decryption()),
                Credential::active(three.certificate()).decryption(three.decryption()),
            ],
            vec![false, true, true],
        ),
        (vec![one.both(KeyState::Next)], vec![false]),
        (vec![], vec![]),
    ] {
        let sp = credentials.into_iter().fold(builder(), ServiceProviderBuilder::credential).build().unwrap();
        let xml = sp.metadata().to_xml().unwrap();
        let keys: Vec<_> = xml.split("</md:KeyDescriptor>").collect();
        let found: Vec<_> = keys[..keys.len() - 1].iter().map(|key| key.contains("<md:EncryptionMethod ")).collect();
        assert_eq!(found, methods, "{xml}");
    }
}

#[test]
fn iip_md12_certificates_out_of_their_time_are_published_as_containers_of_keys() {
    for pem in [EXPIRED, NOT_YET_VALID] {
        let certificate = || Certificate::from_pasted(pem).unwrap().certificate;
        let credential = Credential::active(certificate());
        let credential = credential.signing_elsewhere(SignatureAlgorithm::RsaSha256).decryption_elsewhere();
        let xml = builder().credential(credential).build().unwrap().metadata().to_xml().unwrap();
        let published = between(&xml, "<md:KeyDescriptor><ds:KeyInfo", "</md:KeyDescriptor>");
        let body: String = pem.lines().filter(|line| !line.starts_with("---")).collect();
        assert_eq!(between(published, "<ds:X509Certificate>", "<"), body);
    }
}

/// A provider that follows our metadata signs and encrypts with us centuries later, or before the certificates began.
#[test]
fn iip_md12_keys_are_used_whatever_the_dates_of_their_certificates() {
    let ours = Pair::rsa();
    for moment in ["2001-01-15T12:00:00Z", "2300-01-15T12:00:00Z"] {
        let clock = Clock::Fixed(moment.parse().unwrap());
        let sp = builder().credential(ours.both(KeyState::Active)).always_sign_requests().clock(clock).build().unwrap();
        let mut idp = TestIdp::with_ecdsa("https://idp.example.com").unwrap().clock(clock);
        idp.know(&sp.metadata().to_xml().unwrap()).unwrap();
        let known = idp.identity_provider().unwrap();
        let LoginRequest { send, pending } = sp.begin_login(&known).unwrap();
        let request = idp.receive(&send).unwrap();
        assert!(request.signed);
        let mut answer = idp.answer(&request, "alice");
        answer.encryption = vec![idp.encryption(SP, Encrypted::Assertion).unwrap()];
        let form = idp.post(&answer).unwrap();
        let posted = PostedResponse::new(&form.saml_response, None);
        let accepted = sp.accept(&known, &posted, Expect::AnswerTo(pending)).unwrap();
        assert!(accepted.was_encrypted());
    }
}

#[test]
fn sdp_md06_and_07_small_keys_are_not_published() {
    let small =
        Certificate::from_pasted(include_str!("../../src/saml/metadata/testdata/small.pem")).unwrap().certificate;
    let signs = Credential::active(small.clone()).signing_elsewhere(SignatureAlgorithm::RsaSha256);
    assert_eq!(builder().credential(signs).build().unwrap_err().code(), "config-signing-algorithm");
    let decrypts = || builder().credential(Credential::active(small.clone()).decryption_elsewhere());
    assert_eq!(decrypts().build().unwrap_err().code(), "config-small-decryption-key");
    assert!(decrypts().dangerous_allow_small_rsa().build().is_ok());
}

/// What `xs:anyURI` does not take makes a document that some readers refuse as a whole. Free text is one, mostly.
#[test]
fn entity_ids_and_urls_are_published_if_they_are_uris() {
    let published =
        |entity_id: &str, acs: &str| ServiceProvider::builder(entity_id, acs).build().unwrap().metadata().to_xml();
    for entity_id in
        ["our app", "gefssprd", "spn:00000002-0000", "urn:x:y", "a/b:c", "?a:b", "#a", "100%25", "é", "https://[::1]/x"]
    {
        assert!(published(entity_id, ACS).is_ok(), "{entity_id}");
    }
    for (entity_id, shows) in [
        ("100%", "hexadecimal"),
        ("https://app.example.com/%zz", "hexadecimal"),
        ("https://app.example.com/%é0", "hexadecimal"),
        ("a#b#c", "second #"),
        (":a", "scheme"),
        ("12:30", "scheme"),
        ("our app: the first", "scheme"),
        ("app[1]", "bracket"),
        ("https://[::1]/[x]", "bracket"),
        ("https://[::1", "bracket"),
        ("urn:x#[1]", "bracket"),
    ] {
        let error = published(entity_id, ACS).unwrap_err();
        assert_eq!(error.code(), "config-description", "{entity_id}");
        let text = error.to_string();
        assert!(text.contains("entityID") && text.contains(shows), "{text}");
    }
    let error = published(SP, "https://app.example.com/acs?tenant[]=1").unwrap_err();
    assert!(error.to_string().contains("AssertionConsumerService"), "{error}");
    assert!(published(SP, "https://[::1]:8443/acs?tenant%5B%5D=1").is_ok());
}

/// The last index that the schema has is 65535.
#[test]
fn as_many_endpoints_as_have_an_index() {
    let further =
        |count| (0..count).fold(builder(), |builder, n| builder.acs_url(format!("https://app.example.com/{n}")));
    let xml = further(65_535).build().unwrap().metadata().to_xml().unwrap();
    assert!(xml.contains(" index=\"65535\"></md:AssertionConsumerService></md:SPSSODescriptor>"));
    let one_more = further(65_536).build().unwrap().metadata();
    refused(&one_more, "config-description", &["AssertionConsumerService", "https://app.example.com/65535", "65,536"]);
    let many = (0..65_537).fold(metadata(), |metadata, _| metadata.discovery_response("https://app.example.com"));
    refused(&many, "config-description", &["DiscoveryResponse", "65,536"]);
}
