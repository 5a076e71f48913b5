//! Limits, at, below and above; and any bytes at all.
//!
//! That the work before the signature check is linear is counted where it is done (`xml`, `c14n`, `profile::login`).
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test may stop where it stands

mod world;

use saml_sp::testing::{CarriedCertificate, Sign, SignatureStyle, TestIdp};
use saml_sp::{
    Error, Expect, Identity, IdentityProvider, Limits, Metadata, MetadataTrust, PostedResponse, SealKeys, Seen,
    ServiceProvider, Session,
};
use world::*;

/// A genuine message whose unsigned wrapper carries `extensions`, taken under these limits: its outcome is the limit's.
fn wrapped(limits: Limits, extensions: &str) -> Result<(), &'static str> {
    let world = World::new().built(|builder| builder.limits(limits));
    let outcome = world.answered_with(
        |_| (),
        |xml| {
            replace(&xml, "<samlp:Status>", &format!("<samlp:Extensions>{extensions}</samlp:Extensions><samlp:Status>"))
        },
    );
    outcome.map(|_| ()).map_err(|rejected| {
        let error = rejected.error;
        assert!(!error.hint().is_empty());
        error.code()
    })
}

fn limits(change: impl FnOnce(&mut Limits)) -> Limits {
    let mut limits = Limits::default();
    change(&mut limits);
    limits
}

/// Below and at the limit it is accepted, above it is `code`.
#[track_caller]
fn at_below_and_above(limit: usize, code: &'static str, outcome: impl Fn(usize) -> Result<(), &'static str>) {
    assert_eq!(outcome(limit - 1), Ok(()));
    assert_eq!(outcome(limit), Ok(()));
    assert_eq!(outcome(limit + 1), Err(code));
}

#[test]
fn message_bytes() {
    let world = World::new();
    let xml = world.test_idp.sign(&world.test_idp.unsolicited(SP, ACS, "alice")).unwrap();
    for (room, fits) in [(xml.len() + 1, true), (xml.len(), true), (xml.len() - 1, false)] {
        let world = World::new().built(|builder| builder.limits(limits(|limits| limits.message_bytes = room)));
        let error = world.take(&xml, Expect::unsolicited(ACS)).unwrap_err().error;
        // Signed by another world's key: what fits gets as far as that.
        let expected = if fits { "signature-wrong-key" } else { "message-too-large" };
        assert_eq!(error.code(), expected, "{error}");
        assert!(fits || error.to_string().contains(&room.to_string()), "{error}");
    }
    // The default, in bytes of the decoded message.
    at_below_and_above(1024 * 1024, "message-too-large", |n| {
        let world = World::new();
        let outcome = world.answered_with(
            |_| (),
            |xml| {
                let pad = n - xml.len() - "<!---->".len();
                format!("{xml}<!--{}-->", "p".repeat(pad))
            },
        );
        outcome.map(|_| ()).map_err(|rejected| rejected.error.code())
    });
}

#[test]
fn depth() {
    // Response and Extensions are two.
    let nested = |n: usize| format!("<x xmlns=\"urn:x\">{}{}", "<x>".repeat(n - 3), "</x>".repeat(n - 2));
    at_below_and_above(64, "xml-too-deep", |n| wrapped(Limits::default(), &nested(n)));
    at_below_and_above(12, "xml-too-deep", |n| wrapped(limits(|limits| limits.depth = 12), &nested(n)));
}

#[test]
fn elements() {
    let world = World::new();
    let xml = world.test_idp.sign(&world.test_idp.unsolicited(SP, ACS, "alice")).unwrap();
    let own = xml.matches('<').count() - xml.matches("</").count();
    let many = |n: usize| format!("<x xmlns=\"urn:x\">{}</x>", "<y/>".repeat(n - own - 2));
    at_below_and_above(32 * 1024, "xml-too-many-elements", |n| wrapped(Limits::default(), &many(n)));
    at_below_and_above(50, "xml-too-many-elements", |n| wrapped(limits(|limits| limits.elements = 50), &many(n)));
}

#[test]
fn attributes() {
    let many = |n: usize| {
        let attributes: String = (0..n).map(|i| format!(" a{i}=\"\"")).collect();
        format!("<x xmlns=\"urn:x\"{attributes}/>")
    };
    at_below_and_above(64, "xml-too-many-attributes", |n| wrapped(Limits::default(), &many(n)));
    at_below_and_above(9, "xml-too-many-attributes", |n| wrapped(limits(|limits| limits.attributes = 9), &many(n)));
}

fn declarations(n: usize) -> String {
    (0..n).map(|i| format!(" xmlns:p{i}=\"urn:p\"")).collect()
}

#[test]
fn namespace_declarations() {
    let many = |n: usize| format!("<p0:x{}/>", declarations(n));
    at_below_and_above(64, "xml-too-many-declarations", |n| wrapped(Limits::default(), &many(n)));
    let seven = || limits(|limits| limits.namespace_declarations = 7);
    at_below_and_above(7, "xml-too-many-declarations", |n| wrapped(seven(), &many(n)));
}

#[test]
fn in_scope_declarations() {
    // The Response has two of its own.
    let nested = |n: usize| {
        let half = (n - 2) / 2;
        format!("<p0:x{}><p0:y{}/></p0:x>", declarations(half), declarations(n - 2 - half))
    };
    at_below_and_above(128, "xml-too-many-in-scope", |n| wrapped(Limits::default(), &nested(n)));
    let twenty = || limits(|limits| limits.in_scope_declarations = 20);
    at_below_and_above(20, "xml-too-many-in-scope", |n| wrapped(twenty(), &nested(n)));
}

/// One long declaration repeated on every sibling that uses it: output that has nothing to do with the input's size.
#[test]
fn canonical_form() {
    let world = World::new();
    let xml = world.test_idp.sign(&world.test_idp.unsolicited(SP, ACS, "alice")).unwrap();
    let code = |n: usize| {
        let long = format!("xmlns:long=\"urn:{}\"", "x".repeat(4000));
        let xml = replace(&xml, "<samlp:Response ", &format!("<samlp:Response {long} "));
        let xml = replace(&xml, "<saml:Subject>", &format!("{}<saml:Subject>", "<long:x/>".repeat(n)));
        world.take(&xml, Expect::unsolicited(ACS)).unwrap_err().error.code()
    };
    let most = (1..100).find(|n| code(n + 1) == "c14n-too-large").unwrap();
    assert_eq!(code(most), "digest-mismatch");
    // Four times the document and 16 KiB, as documented: about ten of these.
    assert!((5..20).contains(&most), "{most}");
}

fn aggregate(n: usize) -> Vec<u8> {
    let extensions = format!("<md:Extensions><x xmlns=\"urn:x\">{}</x></md:Extensions>", "<y/>".repeat(n));
    let metadata = TestIdp::with_ecdsa(IDP).unwrap().metadata().unwrap();
    let tag = cut(&metadata, "<md:EntityDescriptor", ">").to_owned();
    replace(&metadata, &tag, &format!("{tag}{extensions}")).into_bytes()
}

#[test]
fn metadata_bytes_and_elements() {
    let read = |bytes: &[u8], limits: Limits| {
        Metadata::read_with(bytes, MetadataTrust::Transport, &limits, noon())
            .and_then(|metadata| metadata.only_identity_provider())
            .map(|_| ())
            .map_err(|error| error.code())
    };
    let document = aggregate(100);
    let length = document.len();
    for (room, expected) in [(length + 1, Ok(())), (length, Ok(())), (length - 1, Err("xml-too-large"))] {
        assert_eq!(read(&document, limits(|limits| limits.metadata_bytes = room)), expected);
        // A message's limit is another.
        assert_eq!(read(&document, limits(|limits| limits.message_bytes = 10)), Ok(()));
    }
    let text = String::from_utf8(document.clone()).unwrap();
    let elements = text.matches('<').count() - text.matches("</").count();
    for (room, expected) in [(elements + 1, Ok(())), (elements, Ok(())), (elements - 1, Err("xml-too-many-elements"))] {
        assert_eq!(read(&document, limits(|limits| limits.metadata_elements = room)), expected);
        assert_eq!(read(&document, limits(|limits| limits.elements = 10)), Ok(()));
    }
}

#[test]
fn trusted_keys() {
    let certificates: Vec<String> = (0..17).map(|_| TestIdp::with_ecdsa(IDP).unwrap().certificate()).collect();
    let mut idp = IdentityProvider::manual(IDP, "https://idp.test/sso", &certificates[0]).unwrap();
    for certificate in &certificates[1..16] {
        idp = idp.with_signing_certificate(certificate).unwrap();
    }
    assert_eq!(idp.signing_keys().len(), 16);
    let error = idp.with_signing_certificate(&certificates[16]).unwrap_err();
    assert_eq!(error.code(), "metadata-too-many-keys");
    assert!(error.to_string().contains("16"), "{error}");
}

#[test]
fn spans_of_time() {
    let build = |change: fn(saml_sp::ServiceProviderBuilder) -> saml_sp::ServiceProviderBuilder| {
        change(ServiceProvider::builder(SP, ACS)).build().map(|_| ()).map_err(|error| error.code())
    };
    let refused = Err("config-out-of-range");
    assert_eq!(build(|builder| builder.skew(minutes(0))), Ok(()));
    assert_eq!(build(|builder| builder.skew(minutes(10))), Ok(()));
    assert_eq!(build(|builder| builder.skew(minutes(10) + tick())), refused);
    assert_eq!(build(|builder| builder.skew(-tick())), refused);
    assert_eq!(build(|builder| builder.pending_lifetime(minutes(24 * 60))), Ok(()));
    assert_eq!(build(|builder| builder.pending_lifetime(minutes(24 * 60) + tick())), refused);
    assert_eq!(build(|builder| builder.pending_lifetime(minutes(0))), refused);
    assert_eq!(build(|builder| builder.max_assertion_age(days(3650))), Ok(()));
    assert_eq!(build(|builder| builder.max_assertion_age(days(3650) + tick())), refused);
    assert_eq!(build(|builder| builder.max_assertion_age(-minutes(1))), refused);
    assert_eq!(build(|builder| builder.max_assertion_age(chrono::Duration::MAX)), refused);
    assert_eq!(build(|builder| builder.skew(chrono::Duration::MIN)), refused);
}

/// The ends of representable time, in a signed message and on the clock.
#[test]
fn ends_of_time() {
    for time in [
        "-262142-01-01T00:00:00Z",
        "+262142-12-31T23:59:59Z",
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59.9999999Z",
        "262142-12-31T23:59:59.999999999Z",
        "99999999999999-01-01T00:00:00Z",
    ] {
        for attribute in ["NotBefore", "NotOnOrAfter", "AuthnInstant", "IssueInstant"] {
            for options in
                [saml_sp::LoginOptions::new(), saml_sp::LoginOptions::new().force_authn().max_authn_age(minutes(1))]
            {
                let outcome = World::asking(options).written(
                    Sign::Assertion,
                    |_| (),
                    |xml| {
                        let (wrapper, rest) = xml.split_once("<saml:Assertion").unwrap();
                        let value = cut(rest, &format!(" {attribute}=\""), "Z\"");
                        let rest = rest.replace(value, &format!(" {attribute}=\"{time}\""));
                        format!("{wrapper}<saml:Assertion{rest}")
                    },
                );
                drop(outcome); // whatever it is, it is an answer
            }
        }
    }
    for now in [chrono::DateTime::<chrono::Utc>::MIN_UTC, chrono::DateTime::<chrono::Utc>::MAX_UTC] {
        let world = World::new();
        let begun = world.sp_at(now).begin_login(&world.idp);
        if let Ok(begun) = begun {
            assert!(begun.pending.seal(&SealKeys::new([0; 32])).is_ok());
        }
        let world = world.at(now);
        let xml = world.test_idp.sign(&world.test_idp.unsolicited(SP, ACS, "alice")).unwrap();
        assert!(world.take(&xml, Expect::unsolicited(ACS)).is_err());
    }
}

/// Known stacks need seconds for each of these.
#[test]
fn expensive_documents_are_answered_by_a_limit() {
    let deep = |n: usize| format!("{}{}", "<x>".repeat(n), "</x>".repeat(n));
    let nested: String = (0..400).map(|i| format!("<p{i}:x xmlns:p{i}=\"urn:example:p{i}\">")).collect();
    let nested = (0..400).rev().fold(nested, |text, i| format!("{text}</p{i}:x>"));
    let many: String = (0..60_000).map(|i| format!(" a{i}=\"\"")).collect();
    for (extensions, code) in [
        (deep(30_000), "xml-too-deep"),
        (deep(100_000), "xml-too-many-elements"),
        (nested, "xml-too-deep"),
        (format!("<x xmlns=\"urn:x\"{many}/>"), "xml-too-many-attributes"),
        (format!("<x xmlns=\"urn:x\"{}/>", declarations(20_000)), "xml-too-many-declarations"),
    ] {
        assert_eq!(wrapped(Limits::default(), &extensions), Err(code));
    }
    let world = World::new();
    let outcome = world.answered_with(
        |_| (),
        |xml| {
            let reference = cut(&xml, "<ds:Reference ", "</ds:Reference>").to_owned();
            replace(&xml, &reference, &reference.repeat(1000))
        },
    );
    assert_eq!(outcome.unwrap_err().error.code(), "signature-references");
}

/// Thirty thousand elements inside one another, where a limit was raised to let them in, on a stack of 256 KiB: nothing
/// recurses on the depth of the input, neither reading nor canonicalizing nor dropping.
#[test]
fn deep_documents_on_a_small_stack() {
    let deep = format!("{}{}", "<x>".repeat(30_000), "</x>".repeat(30_000));
    let outcome = move |place: &'static str| {
        let world = World::new().built(|builder| builder.limits(limits(|limits| limits.depth = 40_000)));
        let nested = |xml: String| replace(&xml, place, &format!("{place}<x xmlns=\"urn:x\">{deep}</x>"));
        world.answered_with(|_| (), nested).map(|_| ()).map_err(|rejected| rejected.error.code())
    };
    let small = |place| {
        let outcome = outcome.clone();
        std::thread::Builder::new().stack_size(256 * 1024).spawn(move || outcome(place)).unwrap().join().unwrap()
    };
    // In the wrapper; in the signed assertion, which is canonicalized to find that it was altered; in the Signature.
    assert_eq!(small("<samlp:Status>"), Ok(()));
    assert_eq!(small("<saml:Subject>"), Err("digest-mismatch"));
    assert_eq!(small("<ds:SignedInfo>"), Err("signature-shape"));
}

// ---- any bytes at all

/// A small generator of numbers, the same at every run (xorshift64*, Vigna 2016).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, n: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(n).unwrap()).unwrap()
    }
}

struct Target {
    sp: ServiceProvider,
    idp: IdentityProvider,
    message: Vec<u8>,
    signed: (String, String),
}

impl Target {
    fn new(sign: Sign) -> Self {
        // Without KeyInfo: nothing is read there, and the message is half as long.
        let mut style = SignatureStyle::default();
        style.carries = CarriedCertificate::Nothing;
        let world = World::of(TestIdp::with_ecdsa(IDP).unwrap().signature_style(style));
        let mut answer = world.test_idp.unsolicited(SP, ACS, "alice");
        answer.sign = sign;
        answer.attribute("groups", ["staff"]);
        let message = world.test_idp.sign(&answer).unwrap().into_bytes();
        let mut target = Self { sp: world.sp(), idp: world.idp, message, signed: (String::new(), String::new()) };
        target.signed = target.take(&target.message).unwrap();
        target
    }

    /// What the identity says, or the error, which must be whole.
    fn take(&self, bytes: &[u8]) -> Result<(String, String), Error> {
        use base64::Engine as _;
        let field = base64::engine::general_purpose::STANDARD.encode(bytes);
        let accepted = self.sp.accept(&self.idp, &PostedResponse::new(&field, None), Expect::unsolicited(ACS))?;
        let login = accepted.confirm(Seen::FirstTime)?;
        let session = String::from_utf8(login.session.to_bytes().unwrap()).unwrap();
        Ok((says(&login.identity), session))
    }

    /// An error, or the identity that was signed: true for the latter.
    fn holds(&self, bytes: &[u8]) -> bool {
        match self.take(bytes) {
            Ok(found) => {
                assert_eq!(found, self.signed, "{}", String::from_utf8_lossy(bytes));
                true
            }
            Err(error) => {
                assert!(!error.code().is_empty() && !error.to_string().is_empty() && !error.hint().is_empty());
                false
            }
        }
    }
}

fn says(identity: &Identity) -> String {
    let attributes = identity.attributes().iter().map(|attribute| {
        let values: Vec<_> = attribute.values.iter().map(|value| value.text()).collect();
        format!("{}={values:?}", attribute.name)
    });
    let name_id = identity.name_id().map(|name_id| (name_id.value.clone(), name_id.format.clone()));
    let authn = (identity.authn_instant(), identity.authn_context());
    format!("{name_id:?} {authn:?} {:?}", attributes.collect::<Vec<_>>())
}

#[test]
fn bytes_flipped_anywhere_in_a_signed_message() {
    let mut numbers = Numbers(1);
    for (sign, step) in [(Sign::Both, 1), (Sign::Assertion, 5), (Sign::Response, 7)] {
        let target = Target::new(sign);
        let mut accepted = 0;
        for at in (0..target.message.len()).step_by(step) {
            let mut bytes = target.message.clone();
            bytes[at] ^= 1 << numbers.below(8);
            accepted += usize::from(target.holds(&bytes));
        }
        // Where only the Assertion is signed, parts of the wrapper may be anything.
        assert!(accepted < target.message.len() / step / 2, "{accepted}");
    }
}

#[test]
fn truncated_anywhere() {
    let target = Target::new(Sign::Both);
    for at in (0..target.message.len()).step_by(3) {
        assert!(!target.holds(&target.message[..at]));
    }
    for at in (1..target.message.len()).step_by(7) {
        assert!(!target.holds(&target.message[at..]));
    }
}

#[test]
fn pieces_of_markup_inserted_or_repeated_anywhere() {
    const PIECES: [&str; 16] = [
        "<",
        ">",
        "&",
        "\"",
        "'",
        "\0",
        "<!---->",
        "<![CDATA[]]>",
        "<?x?>",
        "<!DOCTYPE x>",
        "<x/>",
        "&#0;",
        "\u{feff}",
        " ",
        "\r",
        "xmlns=\"urn:x\" ",
    ];
    let mut numbers = Numbers(2);
    for sign in [Sign::Assertion, Sign::Both] {
        let target = Target::new(sign);
        let text = std::str::from_utf8(&target.message).unwrap();
        for at in (0..text.len()).step_by(5) {
            let piece = match numbers.below(24) {
                n @ 0..16 => PIECES[n],
                // Some of the message itself, from here or from elsewhere.
                _ => {
                    let from = numbers.below(text.len());
                    &text[from..(from + 1 + numbers.below(400)).min(text.len())]
                }
            };
            let mut bytes = target.message.clone();
            bytes.splice(at..at, piece.bytes());
            target.holds(&bytes);
        }
    }
}

#[test]
fn any_bytes() {
    let target = Target::new(Sign::Both);
    let mut numbers = Numbers(3);
    for length in (0..64).chain([100, 1000, 10_000]) {
        for _ in 0..20 {
            let bytes: Vec<u8> = (0..length).map(|_| u8::try_from(numbers.below(256)).unwrap()).collect();
            assert!(!target.holds(&bytes));
            let text = String::from_utf8_lossy(&bytes).into_owned();
            let posted = PostedResponse::new(&text, Some(&text));
            assert!(target.sp.accept(&target.idp, &posted, Expect::unsolicited(ACS)).is_err());
            let keys = SealKeys::new([1; 32]);
            assert!(target.sp.open_pending(&keys, &text).is_err());
            assert!(target.sp.pending_from_cookies(&keys, Some(&text), &posted).is_err());
            assert!(Session::from_bytes(&bytes).is_err());
            assert!(Metadata::read(&bytes, MetadataTrust::Transport).is_err());
        }
    }
}
