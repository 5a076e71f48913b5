use super::*;
use crate::crypto::key::Curve;
use crate::crypto::signing_key::SigningKey;
use crate::text::base64;
use crate::text::instant::Instant;

const CHAIN: &str = include_str!("../testdata/chain.pem");
const DESCRIBED: &str = include_str!("../testdata/described.pem");
const MD5_NEGATIVE_SERIAL: &str = include_str!("../testdata/md5_negative_serial.pem");

fn moment(text: &str) -> DateTime<Utc> {
    Instant::parse(text).unwrap().utc
}

fn pasted(text: impl AsRef<[u8]>) -> Pasted {
    Certificate::from_pasted(text).unwrap()
}

fn code(text: impl AsRef<[u8]>) -> &'static str {
    Certificate::from_pasted(text).unwrap_err().code()
}

/// The blocks of the chain in its order: leaf, issuing, root.
fn chain() -> [String; 3] {
    let blocks: Vec<String> = CHAIN.split_inclusive("-----END CERTIFICATE-----\n").map(str::to_owned).collect();
    blocks.try_into().unwrap()
}

fn leaf() -> Certificate {
    pasted(&chain()[0]).certificate
}

fn body(pem: &str) -> String {
    pem.lines().filter(|line| !line.starts_with("-----")).collect()
}

fn pem(label: &str, der: &[u8]) -> String {
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", base64::encode(der))
}

fn self_signed_named(common_name: &str) -> (SigningKey, Certificate) {
    let key = SigningKey::generate_ecdsa(Curve::P256).unwrap();
    let certificate = around(&key, common_name, "2026-01-01T00:00:00Z", "2036-01-01T00:00:00Z");
    (key, certificate)
}

fn around(key: &SigningKey, common_name: &str, not_before: &str, not_after: &str) -> Certificate {
    let der = self_signed(key, common_name, moment(not_before), moment(not_after)).unwrap();
    Certificate::from_der(&der).unwrap()
}

#[test]
fn one_certificate_in_any_dress() {
    let leaf = leaf();
    let pem = chain()[0].clone();
    let one_line = body(&pem);
    let wrapped_at_ten: String =
        one_line.as_bytes().chunks(10).map(|chunk| format!("  {}\r\n", str::from_utf8(chunk).unwrap())).collect();
    let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain(pem.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let utf16_big: Vec<u8> = [0xfe, 0xff].into_iter().chain(pem.encode_utf16().flat_map(u16::to_be_bytes)).collect();
    for (dress, text) in [
        ("PEM", pem.clone().into_bytes()),
        ("PEM with CRLF", pem.replace('\n', "\r\n").into_bytes()),
        ("PEM with CR", pem.replace('\n', "\r").into_bytes()),
        ("PEM in one line", pem.replace('\n', " ").into_bytes()),
        ("PEM without any white space", pem.replace(['\n', ' '], "").into_bytes()),
        ("PEM indented by a configuration file", pem.replace('\n', "\n      ").into_bytes()),
        ("PEM with escaped line breaks", pem.replace('\n', "\\n").into_bytes()),
        ("PEM with escaped line breaks in quotes", format!("\"{}\"", pem.replace('\n', "\\r\\n")).into_bytes()),
        ("PEM after a byte order mark", format!("\u{feff}{pem}").into_bytes()),
        ("PEM as Windows saves it", utf16),
        ("PEM as nobody saves it", utf16_big),
        ("PEM with another label", pem.replace("CERTIFICATE", "X509 CERTIFICATE").into_bytes()),
        ("PEM that openssl trusts", include_str!("../testdata/trusted.pem").into()),
        ("PEM after a description", DESCRIBED.into()),
        ("PEM between mail headers", format!("Hello,\n\nhere it is:\n{pem}\nRegards").into_bytes()),
        ("PEM twice", format!("{pem}{pem}").into_bytes()),
        ("bare base64", one_line.clone().into_bytes()),
        ("bare base64 after a byte order mark", format!("\u{feff}{one_line}").into_bytes()),
        ("bare base64 in short lines", wrapped_at_ten.into_bytes()),
        ("bare base64 without padding", one_line.trim_end_matches('=').as_bytes().to_vec()),
        ("bare base64 in quotes", format!("'{one_line}'").into_bytes()),
        ("PEM in base64", base64::encode(pem.as_bytes()).into_bytes()),
        ("DER", leaf.der().to_vec()),
    ] {
        let pasted = Certificate::from_pasted(&text);
        assert_eq!(pasted, Ok(Pasted { certificate: leaf.clone(), others: Vec::new() }), "{dress}");
        assert_eq!(pasted.unwrap().note(), None, "{dress}");
    }
}

#[test]
fn what_it_says_about_itself() {
    let leaf = leaf();
    assert_eq!(leaf.subject(), "C=AQ, O=Example, CN=idp.example.com");
    assert_eq!(leaf.issuer(), "C=AQ, O=Example, CN=Example Issuing");
    assert_eq!(leaf.key().description(), "RSA 2048");
    let serial = "10508CB29D47F206C2090F3AB2A9ED9BE29C5BE5";
    assert_eq!(crate::crypto::digest::hex(leaf.serial()).to_uppercase(), serial, "as openssl shows it");
    assert_eq!(leaf.sha256().to_string().len(), 95);
    assert!(leaf.sha256().to_string().starts_with(leaf.sha256().short().trim_end_matches('…')));
    assert_eq!(format!("{leaf:?}"), format!("Certificate(\"{}\", {})", leaf.subject(), leaf.sha256()));
}

#[test]
fn of_a_chain_the_one_that_issued_no_other_counts() {
    let [leaf, issuing, root] = chain();
    let expected = pasted(&leaf).certificate;
    for order in [[&leaf, &issuing, &root], [&root, &issuing, &leaf], [&issuing, &leaf, &root]] {
        let text: String = order.into_iter().map(String::as_str).collect();
        let pasted = pasted(&text);
        assert_eq!(pasted.certificate, expected);
        assert_eq!(pasted.others.len(), 2);
        let note = pasted.note().unwrap();
        assert!(note.contains("of 3 certificates") && note.contains("CN=idp.example.com"), "{note}");
    }
    let pasted = pasted(format!("{root}{issuing}"));
    assert_eq!(pasted.certificate.subject(), "C=AQ, O=Example, CN=Example Issuing");
    assert_eq!(
        code(format!("{leaf}{root}")),
        "certificate-unrelated",
        "without the link between them they are strangers"
    );
}

#[test]
fn strangers_are_refused_by_both_names() {
    let ((_, one), (_, two)) = (self_signed_named("one"), self_signed_named("two"));
    let text = format!("{}{}", pem("CERTIFICATE", one.der()), pem("CERTIFICATE", two.der()));
    let message = Certificate::from_pasted(text).unwrap_err().to_string();
    assert!(message.contains("\"CN=one\"") && message.contains("\"CN=two\""), "{message}");
    // Two keys under one name, as a rollover leaves them: still two keys, and nobody said which.
    let (_, again) = self_signed_named("one");
    assert_eq!(
        code(format!("{}{}", pem("CERTIFICATE", one.der()), pem("CERTIFICATE", again.der()))),
        "certificate-unrelated"
    );
}

#[test]
fn of_a_renewed_certificate_the_newest_counts() {
    let key = SigningKey::generate_ecdsa(Curve::P256).unwrap();
    let old = around(&key, "idp", "2016-01-01T00:00:00Z", "2026-01-01T00:00:00Z");
    let new = around(&key, "idp", "2026-01-01T00:00:00Z", "2036-01-01T00:00:00Z");
    for text in [[&old, &new], [&new, &old]].map(|order| order.map(|one| pem("CERTIFICATE", one.der())).concat()) {
        assert_eq!(pasted(text), Pasted { certificate: new.clone(), others: vec![old.clone()] });
    }
}

#[test]
fn a_private_key_is_refused_whatever_its_form() {
    let key = SigningKey::generate_rsa(2048).unwrap();
    let pkcs8 = key.to_pkcs8_der().unwrap();
    // PKCS#8 is 26 bytes of frame around PKCS#1 for an RSA key of this size.
    let pkcs1 = &pkcs8[26..];
    let ec = SigningKey::generate_ecdsa(Curve::P256).unwrap().to_pkcs8_der().unwrap();
    let ed25519 = SigningKey::generate_ed25519().unwrap().to_pkcs8_der().unwrap();
    let encrypted = [&[0x30, 0x12, 0x30, 0x0b, 6, 9][..], &[0x2a; 9], &[4, 3, 1, 2, 3]].concat();
    let pkcs12 = [0x30, 0x05, 2, 1, 3, 0x30, 0];
    let certificate = &chain()[0];
    for der in [&pkcs8, pkcs1, &ec, &ed25519, &encrypted, &pkcs12] {
        assert_eq!(code(base64::encode(der)), "certificate-is-private-key", "{:x?}", &der[..10.min(der.len())]);
        assert_eq!(code(pem("CERTIFICATE", der)), "certificate-is-private-key", "a wrong label");
    }
    assert_eq!(code(&pkcs8), "certificate-is-private-key");
    for label in [
        "PRIVATE KEY",
        "RSA PRIVATE KEY",
        "EC PRIVATE KEY",
        "ENCRYPTED PRIVATE KEY",
        "OPENSSH PRIVATE KEY",
        "DSA PRIVATE KEY",
    ] {
        assert_eq!(code(pem(label, b"anything")), "certificate-is-private-key", "{label}");
        assert_eq!(code(pem(label, b"x").replace(' ', "")), "certificate-is-private-key", "{label} without spaces");
        assert_eq!(
            code(format!("{certificate}{}", pem(label, b"x"))),
            "certificate-is-private-key",
            "{label} beside a certificate"
        );
        assert_eq!(
            code(format!("{certificate}-----BEGIN {label}-----\nMIIE")),
            "certificate-is-private-key",
            "{label} cut off"
        );
    }
    assert_eq!(code(base64::encode(pem("PRIVATE KEY", &pkcs8).as_bytes())), "certificate-is-private-key", "in base64");
}

#[test]
fn what_is_something_else_is_named() {
    let public_key = include_str!("../testdata/public_key.pem");
    let request = include_str!("../testdata/request.pem");
    let description = DESCRIBED.split("-----BEGIN").next().unwrap();
    for (text, expected) in [
        ("", "certificate-empty"),
        (" \r\n\t", "certificate-empty"),
        ("\u{feff}", "certificate-empty"),
        (public_key, "certificate-is-public-key"),
        (&body(public_key), "certificate-is-public-key"),
        (request, "certificate-is-request"),
        (&body(request), "certificate-is-request"),
        (description, "certificate-is-description"),
        ("<md:EntityDescriptor/>", "certificate-is-xml"),
        ("-----BEGIN PKCS7-----\nMIIB\n-----END PKCS7-----", "certificate-is-other-pem"),
        ("-----BEGIN CERTIFICATE-----\nMIIB", "certificate-cut-off"),
        ("-----BEGIN CERTIFICATE", "certificate-cut-off"),
        ("-----BEGIN", "certificate-cut-off"),
        (
            "-----BEGIN CERTIFICATE-----\n-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
            "certificate-cut-off",
        ),
        ("-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----", "certificate-invalid"),
        ("-----BEGIN CERTIFICATE-----\nMII$\n-----END CERTIFICATE-----", "certificate-not-base64"),
        ("{{.Certificate}}", "certificate-not-base64"),
        ("MIIC...cert1...", "certificate-not-base64"),
        ("MIICpDCCAYwCCQDU", "certificate-invalid"),
        ("https://idp.example.com/cert", "certificate-not-base64"),
    ] {
        assert_eq!(code(text), expected, "{text:?}");
    }
}

#[test]
fn other_pem_beside_a_certificate_is_passed_over() {
    let text = format!("{}{}", include_str!("../testdata/public_key.pem"), chain()[0]);
    assert_eq!(pasted(text).certificate, leaf());
}

#[test]
fn cut_off_anywhere_is_an_error() {
    let der = leaf().der().to_vec();
    for length in 0..der.len() {
        assert!(Certificate::from_der(&der[..length]).is_err(), "{length}");
        assert!(Certificate::from_pasted(&der[..length]).is_err(), "{length}");
    }
    assert_eq!(Certificate::from_der(&[&der[..], &[0, 0]].concat()), Err(CertificateError::TrailingBytes { bytes: 2 }));
}

#[test]
fn bounds_of_size_and_number() {
    let block = &chain()[0];
    let spaces = " ".repeat(256 * 1024 - block.len());
    assert_eq!(pasted(format!("{block}{spaces}")).certificate, leaf());
    assert_eq!(code(format!("{block}{spaces} ")), "certificate-too-long");
    let key = SigningKey::generate_ed25519().unwrap();
    let blocks = |count: usize| -> String {
        (0..count)
            .map(|_| pem("CERTIFICATE", around(&key, "idp", "2026-01-01T00:00:00Z", "2036-01-01T00:00:00Z").der()))
            .collect()
    };
    assert_eq!(pasted(blocks(32)).others.len(), 31);
    assert_eq!(code(blocks(33)), "certificate-too-many");
}

/// IIP-MD12: expired, not yet valid, self-signed: a container all the same.
#[test]
fn iip_md12_expired_certificates_work_and_are_reported() {
    let key = SigningKey::generate_rsa(2048).unwrap();
    let certificate = around(&key, "idp", "2010-01-01T00:00:00Z", "2011-01-01T00:00:00Z");
    assert_eq!(certificate.key(), key.verifying_key());
    let (first, last) = (moment("2010-01-01T00:00:00Z"), moment("2011-01-01T00:00:00Z"));
    assert_eq!((certificate.not_before(), certificate.not_after()), (first, last));
    let second = chrono::Duration::seconds(1);
    assert_eq!(certificate.validity(first - second), Validity::NotYet { since: first });
    assert_eq!(certificate.validity(first), Validity::Current);
    assert_eq!(certificate.validity(last), Validity::Current);
    assert_eq!(certificate.validity(last + second), Validity::Expired { at: last });
}

#[test]
fn iip_md12_containers_that_no_authority_would_issue() {
    for (pem, subject, key) in [
        (MD5_NEGATIVE_SERIAL, "CN=signed with MD5", "RSA 2048"),
        (include_str!("../testdata/version_1.pem"), "C=AQ, O=Example, CN=idp.example.com", "RSA 2048"),
        (include_str!("../testdata/critical_extension.pem"), "CN=unknown critical extension", "ECDSA P-256"),
        (include_str!("../testdata/rsa_1024.pem"), "CN=RSA 1024", "RSA 1024"),
        (include_str!("../testdata/rsa_512.pem"), "CN=RSA 512", "RSA 512"),
        (include_str!("../testdata/rsa_pss.pem"), "CN=pss", "RSA 2048"),
        (include_str!("../testdata/ed25519.pem"), "CN=Ed25519", "Ed25519"),
        (include_str!("../testdata/compressed_point.pem"), "CN=compressed point", "ECDSA P-384"),
        (include_str!("../testdata/other_strings.pem"), "O=Bücher & Söhne, CN=日本.example.com", "RSA 2048"),
    ] {
        let certificate = pasted(pem).certificate;
        assert_eq!((certificate.subject(), certificate.key().description().as_str()), (subject, key));
    }
    assert_eq!(crate::crypto::digest::hex(pasted(MD5_NEGATIVE_SERIAL).certificate.serial()), "fefdfcfbfb");
}

#[test]
fn keys_that_we_do_not_know_are_named() {
    for (pem, expected, named) in [
        (include_str!("../testdata/secp256k1.pem"), "key-unknown-curve", "1.3.132.0.10"),
        (include_str!("../testdata/explicit_curve.pem"), "key-explicit-curve", "instead of naming it"),
        (include_str!("../testdata/dsa.pem"), "key-unknown-algorithm", "1.2.840.10040.4.1"),
    ] {
        let error = Certificate::from_pasted(pem).unwrap_err();
        assert_eq!(error.code(), expected);
        assert!(error.to_string().contains(named), "{error}");
    }
}

#[test]
fn self_signed_certificates_carry_their_key() {
    let mut keys = vec![
        SigningKey::generate_rsa(1024).unwrap(),
        SigningKey::generate_rsa(2048).unwrap(),
        SigningKey::generate_ed25519().unwrap(),
    ];
    keys.extend(Curve::ALL.map(|curve| SigningKey::generate_ecdsa(curve).unwrap()));
    for key in keys {
        let certificate = around(&key, "Ünïcode IdP", "2026-01-01T00:00:00Z", "2056-01-01T00:00:00Z");
        assert_eq!(certificate.key(), key.verifying_key());
        assert_eq!(certificate.subject(), "CN=Ünïcode IdP");
        assert_eq!(certificate.not_after(), moment("2056-01-01T00:00:00Z"));
    }
}

/// No text and no octets make it panic: each byte of real certificates changed in several ways.
#[test]
fn damaged_certificates_are_errors_or_certificates() {
    for pem in [
        &chain()[0],
        MD5_NEGATIVE_SERIAL,
        include_str!("../testdata/other_strings.pem"),
        include_str!("../testdata/ed25519.pem"),
    ] {
        let der = pasted(pem).certificate.der().to_vec();
        for position in 0..der.len() {
            for value in [0, 1, 0x7f, 0x80, 0xff, der[position] ^ 1, der[position].wrapping_add(1)] {
                let mut damaged = der.clone();
                damaged[position] = value;
                let _ = Certificate::from_pasted(&damaged).map(|pasted| format!("{pasted:?} {:?}", pasted.note()));
            }
        }
        for position in 0..pem.len() {
            let mut damaged = pem.as_bytes().to_vec();
            damaged.remove(position);
            let _ = Certificate::from_pasted(&damaged);
        }
    }
}
