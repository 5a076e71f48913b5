//! Peak heap of one `accept`, counted from outside.
//!
//! Whatever the browser posts costs at most 64 KiB and 40 times the message, and less than 16 MiB; a real login costs at
//! most 64 KiB and 8 times the message. The form value itself is the application's and is not counted; what is made of it
//! is, from decoding to the accepted answer.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test may stop where it stands

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Duration, Utc};
use saml_sp::testing::{Encrypted, Encryption, Sign, SignatureStyle, TestIdp, pending_login};
use saml_sp::{
    Clock, DecryptionKey, Expect, IdentityProvider, Limits, Metadata, MetadataTrust, PostedResponse, ServiceProvider,
    ServiceProviderBuilder,
};
use serde_json::Value;

const SP: &str = "https://app.example.com/saml";
const ACS: &str = "https://app.example.com/saml/acs";
const KIB: usize = 1024;

/// The outcome, and how many bytes there were at most beyond those that were there before.
fn peak<T>(of: impl FnOnce() -> T) -> (T, usize) {
    let mut outcome = None;
    let counted = allocation_counter::measure(|| outcome = Some(of()));
    (outcome.unwrap(), usize::try_from(counted.bytes_max).unwrap())
}

/// At most so much for any message within the limits.
fn any(message: usize) -> usize {
    (64 * KIB + 40 * message).min(16 * 1024 * KIB - 1)
}

/// At most so much for a real login.
fn real(message: usize) -> usize {
    64 * KIB + 8 * message
}

/// Where messages arrive.
struct Door {
    test_idp: TestIdp,
    idp: IdentityProvider,
    sp: ServiceProvider,
    key: DecryptionKey,
}

impl Door {
    fn new(style: SignatureStyle) -> Self {
        let now: DateTime<Utc> = "2026-01-15T12:00:00Z".parse().unwrap();
        let test_idp = TestIdp::with_ecdsa("https://idp.example.com/metadata").unwrap();
        let test_idp = test_idp.signature_style(style).clock(Clock::Fixed(now));
        let pem = TestIdp::new("keys").unwrap().private_key().unwrap();
        let key = || DecryptionKey::from_pem(&pem).unwrap();
        let sp = ServiceProvider::builder(SP, ACS).clock(Clock::Fixed(now)).decryption_key(key()).build().unwrap();
        let door = Self { idp: test_idp.identity_provider().unwrap(), test_idp, sp, key: key() };
        // What is made once a process or a thread is made here.
        assert_eq!(door.knock(&door.holding("alice", Sign::Response, true)).1, "ok");
        door
    }

    /// A signed message whose one attribute holds this markup.
    fn holding(&self, markup: &str, sign: Sign, encrypted: bool) -> String {
        let mut answer = self.test_idp.unsolicited(SP, ACS, "alice");
        answer.sign = Sign::Nothing;
        answer.attribute("mail", ["MARKUP"]);
        let mut xml = self.test_idp.sign(&answer).unwrap().replace("MARKUP", markup);
        if matches!(sign, Sign::Assertion | Sign::Both) {
            xml = self.test_idp.sign_element(&xml, &answer.assertion_id).unwrap();
        }
        if encrypted {
            xml = Encryption::of(Encrypted::Assertion, &self.key).encrypt(&xml, &answer.assertion_id).unwrap();
        }
        if matches!(sign, Sign::Response | Sign::Both) {
            xml = self.test_idp.sign_element(&xml, &answer.response_id).unwrap();
        }
        xml
    }

    /// The peak of accepting a message, and its code.
    fn knock(&self, xml: &str) -> (usize, &'static str) {
        let field = STANDARD.encode(xml);
        let posted = PostedResponse::new(&field, None);
        let (outcome, peak) = peak(|| self.sp.accept(&self.idp, &posted, Expect::unsolicited(ACS)));
        (peak, outcome.map_or_else(|error| error.code(), |_| "ok"))
    }

    /// Within the bound for any message.
    fn bounded(&self, what: &str, xml: &str) -> &'static str {
        let (peak, code) = self.knock(xml);
        let most = any(xml.len());
        assert!(xml.len() <= 1024 * KIB, "{what}: {} bytes", xml.len());
        println!("{what}: {code}, {} KiB for {} KiB", peak / KIB, xml.len() / KIB);
        assert!(peak <= most, "{what}: {peak} bytes for {}, {most} at most ({code})", xml.len());
        code
    }
}

/// Puts `what` right behind the first `place`.
fn behind(xml: &str, place: &str, what: &str) -> String {
    let at = xml.find(place).unwrap() + place.len();
    [&xml[..at], what, &xml[at..]].concat()
}

/// Pieces one after another, as many as fit and as are allowed.
fn filled(most: usize, room: usize, piece: impl Fn(usize) -> String) -> String {
    let mut text = String::with_capacity(room);
    for n in 0..most {
        let next = piece(n);
        if text.len() + next.len() > room {
            break;
        }
        text.push_str(&next);
    }
    text
}

/// What may be written in 32,768 elements, less those of the message around.
const ELEMENTS: usize = 32_600;

/// A name, and the n-th piece of markup.
type Piece = (&'static str, fn(usize) -> String);

#[test]
fn what_is_held_at_once_is_counted() {
    let (_, one_after_the_other) = peak(|| (0..10).map(|_| vec![0_u8; 100 * KIB].len()).sum::<usize>());
    let (_, together) = peak(|| (0..10).map(|_| vec![0_u8; 100 * KIB]).collect::<Vec<_>>().len());
    assert!((100 * KIB..200 * KIB).contains(&one_after_the_other), "{one_after_the_other}");
    assert!((1000 * KIB..1100 * KIB).contains(&together), "{together}");
}

/// Every recorded login at a real identity provider.
#[test]
fn a_real_login_costs_eight_times_its_message_at_most() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/interop/recorded");
    let mut count = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let json: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        let text = |pointer: &str| json.pointer(pointer).and_then(Value::as_str);
        let now: DateTime<Utc> = text("/now").unwrap().parse().unwrap();
        let at = |now: DateTime<Utc>| {
            let builder = ServiceProvider::builder(text("/sp/entity_id").unwrap(), text("/sp/acs_url").unwrap())
                .pending_lifetime(Duration::hours(24))
                .clock(Clock::Fixed(now))
                .dangerous_allow_sha1()
                .dangerous_allow_unauthenticated_cbc()
                .dangerous_allow_triple_des()
                .dangerous_allow_rsa_1_5();
            let key = text("/sp/decryption_key").map(|pem| DecryptionKey::from_pem(pem).unwrap());
            key.into_iter().fold(builder, ServiceProviderBuilder::decryption_key).build().unwrap()
        };
        let document = text("/idp_metadata").unwrap().as_bytes();
        let metadata = Metadata::read_with(document, MetadataTrust::Transport, &Limits::default(), now).unwrap();
        let idp = metadata.only_identity_provider().unwrap().with_authn_requests_signed(false);
        let field = text("/answer/SAMLResponse").unwrap();
        let sp = at(now);
        // The second time: what is made once a process is there.
        for warm in [false, true] {
            let begun = at(now - Duration::minutes(1));
            let pending = pending_login(&begun, &idp, text("/request/id").unwrap()).unwrap();
            let posted = PostedResponse::new(field, None);
            let (_, peak) = peak(|| sp.accept(&idp, &posted, Expect::AnswerTo(pending)));
            let message = STANDARD.decode(field).unwrap().len();
            assert!(!warm || peak <= real(message), "{}: {peak} bytes for {message}", path.display());
        }
        count += 1;
    }
    assert!(count >= 39, "{count} recordings");
}

/// Long lists of groups are real too.
#[test]
fn a_login_with_thousands_of_groups_costs_eight_times_its_message_at_most() {
    let door = Door::new(SignatureStyle::default());
    let groups = filled(5_000, 700 * KIB, |n| {
        format!("cn=group-{n},ou=groups,dc=example,dc=com</saml:AttributeValue><saml:AttributeValue>")
    });
    for sign in [Sign::Assertion, Sign::Response, Sign::Both] {
        let xml = door.holding(&groups, sign, false);
        let (peak, code) = door.knock(&xml);
        assert_eq!(code, "ok");
        assert!(peak <= real(xml.len()), "{peak} bytes for {}", xml.len());
    }
}

/// Markup that fills one table of the parser or another, where anybody can write it: in the wrapper, in the assertion
/// whose digest does not fit then, in the Signature.
#[test]
fn unsigned_markup_of_any_kind_is_bounded() {
    let door = Door::new(SignatureStyle::default());
    let signed = door.holding("alice", Sign::Assertion, false);
    let pieces: [Piece; 17] = [
        ("elements", |_| "<a/>".to_owned()),
        ("elements and texts", |_| "<a/>x".to_owned()),
        ("end tags", |_| "</a>".to_owned()),
        ("tags that are none", |_| "<".to_owned()),
        ("attributes that are none", |_| "=".to_owned()),
        ("both", |_| "<<====".to_owned()),
        ("comments", |_| "<!---->".to_owned()),
        ("comments and texts", |_| "<!---->x".to_owned()),
        ("comments with line ends", |_| "<!--\r-->\r".to_owned()),
        ("references", |_| "&#65;".to_owned()),
        ("sections", |_| "<![CDATA[<=<=<=<=<=<=<=<=<=<=<=<=<=<=<=<=]]>".to_owned()),
        ("attributes", |_| "<a b='' c='' d='' e='' f='' g='' h=''/>".to_owned()),
        ("prefixes", |n| format!("<p{n:x}:a xmlns:p{n:x}='u:'/>")),
        ("namespaces", |n| format!("<a xmlns='u:{n:x}'/>")),
        ("prefixes and namespaces", |n| format!("<p{n:x}:a xmlns:p{n:x}='u:{n:x}'/>")),
        ("identifiers", |n| format!("<saml:a ID='{n:x}'/>")),
        ("what grows when it is canonical", |_| "<samlp:a/>".to_owned()),
    ];
    for (name, piece) in pieces {
        let all = ["<samlp:Status>", "</ds:Signature>", "</ds:SignedInfo>"];
        // Between signatures canonicalization runs too.
        for (room, places) in [(4 * KIB, &all[..]), (128 * KIB, &all[1..2]), (1016 * KIB, &all[1..2])] {
            let text = filled(usize::MAX, room, piece);
            for place in places {
                door.bounded(&format!("{name} behind {place}"), &behind(&signed, place, &text));
            }
        }
    }
}

/// A report holds what was sent, whoever sent it, in the same bounds.
#[test]
fn a_report_on_what_nobody_signed_is_bounded() {
    let door = Door::new(SignatureStyle::default());
    let pieces: [Piece; 4] = [
        ("attribute values", |_| "</saml:AttributeValue><saml:AttributeValue>".to_owned()),
        ("attributes of the user", |n| {
            format!(
                "</saml:AttributeValue></saml:Attribute><saml:Attribute Name='{n:x}' NameFormat='a' FriendlyName='b'><saml:AttributeValue>"
            )
        }),
        ("audiences", |_| "<saml:Audience>urn:x</saml:Audience>".to_owned()),
        ("confirmations", |n| format!("<saml:SubjectConfirmation Method='{n:x}'/>")),
    ];
    for (name, piece) in pieces {
        let text = filled(ELEMENTS, 1010 * KIB, piece);
        let xml = match name {
            "audiences" => behind(&door.holding("alice", Sign::Nothing, false), "<saml:AudienceRestriction>", &text),
            "confirmations" => behind(&door.holding("alice", Sign::Nothing, false), "</saml:NameID>", &text),
            _ => door.holding(&text, Sign::Nothing, false),
        };
        let field = STANDARD.encode(&xml);
        let posted = PostedResponse::new(&field, None);
        let (outcome, peak) =
            peak(|| door.sp.accept_or_report(&door.idp, &posted, Expect::unsolicited(ACS)).unwrap_err());
        println!("report, {name}: {} KiB for {} KiB", peak / KIB, xml.len() / KIB);
        assert_eq!(outcome.error.code(), "signature-missing", "{name}");
        assert!(outcome.report.sent().unwrap().assertion.is_some(), "{name}");
        assert!(peak <= any(xml.len()), "{name}: {peak} bytes for {}", xml.len());
    }
}

/// A long namespace name that every sibling repeats in the canonical form, which is four times the message then.
#[test]
fn the_longest_canonical_form_is_bounded() {
    let door = Door::new(SignatureStyle::default());
    let signed = door.holding("alice", Sign::Assertion, false);
    for (name, siblings, room) in [(100, ELEMENTS, 1000 * KIB), (4_000, 1_000, 1000 * KIB), (100, 400, 8 * KIB)] {
        let long = format!("<samlp:Response xmlns:p=\"urn:{}\" ", "x".repeat(name));
        let siblings = filled(siblings, room, |_| "<p:x/>".to_owned());
        let xml = behind(&signed.replacen("<samlp:Response ", &long, 1), "</ds:Signature>", &siblings);
        let text = "x".repeat(room.saturating_sub(xml.len()));
        let code = door.bounded("repeated declarations", &behind(&xml, "</ds:Signature>", &text));
        assert!(["c14n-too-large", "digest-mismatch"].contains(&code), "{code}");
    }
}

/// The same in messages that the identity provider signed, so that everything behind the signature check runs too.
#[test]
fn signed_markup_of_any_kind_is_bounded() {
    let mut inclusive = SignatureStyle::default();
    inclusive.canonicalization = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315".to_owned();
    inclusive.transform = Some(inclusive.canonicalization.clone());
    let pieces: [Piece; 9] = [
        ("elements", |_| "<a/>".to_owned()),
        ("elements and texts", |_| "<a/>x".to_owned()),
        ("attributes", |_| "<a b='' c='' d='' e='' f=''/>x".to_owned()),
        ("prefixes and namespaces", |n| format!("<p{n:x}:a xmlns:p{n:x}='u:{n:x}'/>")),
        ("declarations", |n| {
            let declared = (0..60).map(|m| format!(" xmlns:p{:x}='u:{:x}'", n * 60 + m, n * 60 + m));
            format!("<a{}/>", declared.collect::<String>())
        }),
        ("sections", |_| "<![CDATA[<=<=<=<=<=<=<=<=<=<=<=<=<=<=<=<=]]>".to_owned()),
        ("identifiers", |n| format!("<saml:a ID='{n:x}'/>")),
        ("attribute values", |_| "</saml:AttributeValue><saml:AttributeValue>".to_owned()),
        ("attributes of the user", |n| {
            format!("</saml:AttributeValue></saml:Attribute><saml:Attribute Name='{n:x}'><saml:AttributeValue>")
        }),
    ];
    let small = [(60 * KIB, Sign::Assertion, false), (128 * KIB, Sign::Both, false), (300 * KIB, Sign::Both, true)];
    let large = [(1010 * KIB, Sign::Both, false)];
    for (style, sizes) in
        [(SignatureStyle::default(), &small[..]), (SignatureStyle::default(), &large), (inclusive, &large)]
    {
        let door = Door::new(style);
        for (name, piece) in pieces {
            for (room, sign, encrypted) in sizes {
                let xml = door.holding(&filled(ELEMENTS, *room, piece), *sign, *encrypted);
                assert_eq!(door.bounded(&format!("{name}, {sign:?}, encrypted {encrypted}"), &xml), "ok");
            }
        }
    }
}
