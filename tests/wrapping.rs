//! Signature wrapping (Somorovsky et al. 2012, "On Breaking SAML"), with live signatures: an error, or the identity that
//! was signed; never the attacker's.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test may stop where it stands

mod world;

use saml_sp::Expect;
use saml_sp::testing::Sign;
use world::*;

/// A signed message, taken apart.
struct Parts {
    world: World,
    pending: saml_sp::PendingLogin,
    /// The whole message.
    xml: String,
    /// Its Assertion, with its Signature where it has one.
    assertion: String,
    /// Its first Signature: the Response's, or the Assertion's where that alone is signed.
    signature: String,
    response_id: String,
    assertion_id: String,
}

impl Parts {
    fn new(sign: Sign) -> Self {
        let world = World::new();
        let (pending, request) = world.begin();
        let mut answer = world.test_idp.answer(&request, "alice");
        answer.sign = sign;
        let xml = world.test_idp.sign(&answer).unwrap();
        Self {
            assertion: cut(&xml, "<saml:Assertion ", "</saml:Assertion>").to_owned(),
            signature: cut(&xml, "<ds:Signature ", "</ds:Signature>").to_owned(),
            response_id: answer.response_id,
            assertion_id: answer.assertion_id,
            world,
            pending,
            xml,
        }
    }

    /// The assertion as the attacker wants it, without a signature and with this ID attribute.
    fn forged_assertion(&self, id: &str) -> String {
        let forged = unsigned(&self.assertion).replace(">alice<", &format!(">{MALLORY}<"));
        replace(&forged, &format!("ID=\"{}\"", self.assertion_id), id)
    }

    /// The whole message as the attacker wants it, unsigned, under other IDs.
    fn forged_response(&self) -> String {
        let forged = unsigned(&unsigned(&self.xml)).replace(">alice<", &format!(">{MALLORY}<"));
        let forged = replace(&forged, &format!("ID=\"{}\"", self.response_id), "ID=\"_evil\"");
        replace(&forged, &format!("ID=\"{}\"", self.assertion_id), "ID=\"_evil-assertion\"")
    }

    /// What comes of it: the code of the error, or `victim`.
    fn outcome(self, xml: &str) -> String {
        assert!(xml.contains(MALLORY), "nothing forged in {xml}");
        match self.world.take(xml, Expect::AnswerTo(self.pending)) {
            Ok(accepted) => {
                let login = accepted.confirm(saml_sp::Seen::FirstTime).unwrap();
                assert_eq!(login.identity.name_id().unwrap().value, "alice", "{xml}");
                "victim".to_owned()
            }
            Err(rejected) => rejected.error.code().to_owned(),
        }
    }
}

/// Without its first Signature, if there is one.
fn unsigned(xml: &str) -> String {
    if !xml.contains("<ds:Signature ") {
        return xml.to_owned();
    }
    xml.replacen(cut(xml, "<ds:Signature ", "</ds:Signature>"), "", 1)
}

fn into_signature(signature: &str, content: &str) -> String {
    replace(signature, "</ds:Signature>", &format!("<ds:Object>{content}</ds:Object></ds:Signature>"))
}

/// The signed Response, cloned without its Signature into an Object of it, inside a forged Response.
#[test]
fn xsw1_response_inside_its_own_signature() {
    for sign in [Sign::Response, Sign::Both] {
        let parts = Parts::new(sign);
        let original = unsigned(&parts.xml);
        let signature = into_signature(&parts.signature, &original);
        let xml = replace(&parts.forged_response(), "<samlp:Status>", &format!("{signature}<samlp:Status>"));
        assert_eq!(parts.outcome(&xml), "signature-shape");
    }
}

/// The same with the clone beside the Signature.
#[test]
fn xsw2_response_before_its_detached_signature() {
    for sign in [Sign::Response, Sign::Both] {
        for signature_first in [true, false] {
            let parts = Parts::new(sign);
            let original = unsigned(&parts.xml);
            let both = if signature_first {
                format!("{}{original}<samlp:Status>", parts.signature)
            } else {
                format!("{original}{}<samlp:Status>", parts.signature)
            };
            let forged = parts.forged_response();
            let xml = replace(&forged, "<samlp:Status>", &both);
            assert_eq!(parts.outcome(&xml), "reference-elsewhere");
        }
    }
}

/// The forged assertion first, the signed one behind it; and the other way round.
#[test]
fn xsw3_forged_assertion_beside_the_signed_one() {
    for id in ["ID=\"_evil\"", "", "Id=\"_evil\""] {
        for forged_first in [true, false] {
            let parts = Parts::new(Sign::Assertion);
            let (forged, signed) = (parts.forged_assertion(id), &parts.assertion);
            let both = if forged_first { format!("{forged}{signed}") } else { format!("{signed}{forged}") };
            let xml = replace(&parts.xml, signed, &both);
            assert_eq!(parts.outcome(&xml), "assertion-count");
        }
    }
}

/// The forged assertion around the signed one.
#[test]
fn xsw4_signed_assertion_inside_the_forged_one() {
    let parts = Parts::new(Sign::Assertion);
    let forged = parts.forged_assertion("ID=\"_evil\"");
    let around = replace(&forged, "</saml:Assertion>", &format!("{}</saml:Assertion>", parts.assertion));
    let xml = replace(&parts.xml, &parts.assertion, &around);
    assert_eq!(parts.outcome(&xml), "signature-missing");
}

/// The forged assertion carries the Signature, the signed one stands at the end without it.
#[test]
fn xsw5_signature_in_the_forged_assertion() {
    let parts = Parts::new(Sign::Assertion);
    let forged = parts.forged_assertion("ID=\"_evil\"");
    let forged = replace(&forged, "<saml:Subject>", &format!("{}<saml:Subject>", parts.signature));
    let both = format!("{forged}{}", unsigned(&parts.assertion));
    let xml = replace(&parts.xml, &parts.assertion, &both);
    assert_eq!(parts.outcome(&xml), "assertion-count");
    // With the signed one out of sight of the count.
    let parts = Parts::new(Sign::Assertion);
    let forged = parts.forged_assertion("ID=\"_evil\"");
    let forged = replace(&forged, "<saml:Subject>", &format!("{}<saml:Subject>", parts.signature));
    let xml = replace(&parts.xml, &parts.assertion, &forged);
    let extensions = format!("<samlp:Extensions>{}</samlp:Extensions><samlp:Status>", unsigned(&parts.assertion));
    let xml = replace(&xml, "<samlp:Status>", &extensions);
    assert_eq!(parts.outcome(&xml), "reference-elsewhere");
}

/// The forged assertion carries the Signature, and that the signed assertion.
#[test]
fn xsw6_signed_assertion_in_the_signature_of_the_forged_one() {
    let parts = Parts::new(Sign::Assertion);
    let signature = into_signature(&parts.signature, &unsigned(&parts.assertion));
    let forged = parts.forged_assertion("ID=\"_evil\"");
    let forged = replace(&forged, "<saml:Subject>", &format!("{signature}<saml:Subject>"));
    let xml = replace(&parts.xml, &parts.assertion, &forged);
    assert_eq!(parts.outcome(&xml), "signature-shape");
}

/// The forged assertion in Extensions, before the signed one, under the same ID and others.
#[test]
fn xsw7_forged_assertion_in_extensions() {
    for (id, expected) in [("same", "xml-duplicate-id"), ("ID=\"_evil\"", "victim"), ("", "victim")] {
        let parts = Parts::new(Sign::Assertion);
        let same = format!("ID=\"{}\"", parts.assertion_id);
        let forged = parts.forged_assertion(if id == "same" { &same } else { id });
        let extensions = format!("<samlp:Extensions>{forged}</samlp:Extensions><samlp:Status>");
        let xml = replace(&parts.xml, "<samlp:Status>", &extensions);
        assert_eq!(parts.outcome(&xml), expected);
    }
}

/// The signed assertion in an Object of the Signature that the forged one carries, under the same ID.
#[test]
fn xsw8_signed_assertion_in_an_object() {
    let parts = Parts::new(Sign::Assertion);
    let signature = into_signature(&parts.signature, &unsigned(&parts.assertion));
    let forged = parts.forged_assertion(&format!("ID=\"{}\"", parts.assertion_id));
    let forged = replace(&forged, "<saml:Subject>", &format!("{signature}<saml:Subject>"));
    let xml = replace(&parts.xml, &parts.assertion, &forged);
    assert_eq!(parts.outcome(&xml), "xml-duplicate-id");
}

/// Where one element ends and another begins.
fn seams(xml: &str) -> Vec<usize> {
    let ends = xml.match_indices('>').map(|(at, _)| at + 1).filter(|at| *at < xml.len());
    ends.filter(|at| xml[*at..].starts_with('<')).collect()
}

/// All of the above and what nobody named yet: the forged assertion at every place of a signed message.
#[test]
fn forged_assertion_at_every_place_of_a_signed_message() {
    for sign in [Sign::Assertion, Sign::Response, Sign::Both] {
        let places = seams(&Parts::new(sign).xml).len();
        assert!(places > 30);
        let mut victims = 0;
        for place in 0..places {
            for id in ["ID=\"_evil\"", "Id=\"_evil\"", "", "same"] {
                let parts = Parts::new(sign);
                let at = seams(&parts.xml)[place];
                let same = format!("ID=\"{}\"", parts.assertion_id);
                let forged = parts.forged_assertion(if id == "same" { &same } else { id });
                let xml = format!("{}{forged}{}", &parts.xml[..at], &parts.xml[at..]);
                victims += usize::from(parts.outcome(&xml) == "victim");
            }
        }
        // Passed over where nothing is read: in the unsigned wrapper, and in KeyInfo, which no signature covers.
        assert!(victims > 0);
    }
}

/// The signed assertion at every place of a forged message, its Signature inside it or left behind in the forged one.
#[test]
fn signed_assertion_at_every_place_of_a_forged_message() {
    for id in ["ID=\"_evil\"", "", "same"] {
        for signature_stays in [false, true] {
            let forged = |parts: &Parts| {
                let same = format!("ID=\"{}\"", parts.assertion_id);
                let mut forged = parts.forged_assertion(if id == "same" { &same } else { id });
                if signature_stays {
                    forged = replace(&forged, "<saml:Subject>", &format!("{}<saml:Subject>", parts.signature));
                }
                replace(&parts.xml, &parts.assertion, &forged)
            };
            for place in 0..seams(&forged(&Parts::new(Sign::Assertion))).len() {
                let parts = Parts::new(Sign::Assertion);
                let host = forged(&parts);
                let at = seams(&host)[place];
                let guest = if signature_stays { unsigned(&parts.assertion) } else { parts.assertion.clone() };
                let xml = format!("{}{guest}{}", &host[..at], &host[at..]);
                assert_ne!(parts.outcome(&xml), "victim", "the sole Assertion child is the forged one");
            }
        }
    }
}

/// The signed Response at every place of a forged one.
#[test]
fn signed_response_at_every_place_of_a_forged_response() {
    for sign in [Sign::Response, Sign::Both] {
        for signature_stays in [false, true] {
            let host = |parts: &Parts| {
                let forged = parts.forged_response();
                if signature_stays {
                    replace(&forged, "<samlp:Status>", &format!("{}<samlp:Status>", parts.signature))
                } else {
                    forged
                }
            };
            for place in 0..seams(&host(&Parts::new(sign))).len() {
                let parts = Parts::new(sign);
                let host = host(&parts);
                let at = seams(&host)[place];
                let guest = if signature_stays { unsigned(&parts.xml) } else { parts.xml.clone() };
                let xml = format!("{}{guest}{}", &host[..at], &host[at..]);
                assert_ne!(parts.outcome(&xml), "victim", "the root is the forged one");
            }
        }
    }
}

/// A signature over less than the assertion: of the Issuer or the Subject, which no Signature can be a child of and name.
#[test]
fn genuine_signature_over_something_else() {
    let world = World::new();
    let mut answer = world.test_idp.unsolicited(SP, ACS, MALLORY);
    answer.sign = Sign::Nothing;
    let xml = world.test_idp.sign(&answer).unwrap();
    for (part, end) in [("saml:Subject", "</saml:Subject>"), ("saml:Conditions", "</saml:Conditions>")] {
        let named = xml.replacen(&format!("<{part}"), &format!("<{part} ID=\"_part\""), 1);
        let signed = world.test_idp.sign_element(&named, "_part").unwrap();
        assert!(signed.contains(end));
        let outcome = world.take(&signed, Expect::unsolicited(ACS));
        assert_eq!(outcome.unwrap_err().error.code(), "signature-missing");
        // Moved to where a Signature is looked for.
        let signature = cut(&signed, "<ds:Signature ", "</ds:Signature>").to_owned();
        let moved = replace(&signed, &signature, "");
        for place in ["<saml:AuthnStatement ", "<samlp:Status>"] {
            let moved = replace(&moved, place, &format!("{signature}{place}"));
            let outcome = world.take(&moved, Expect::unsolicited(ACS));
            assert_eq!(outcome.unwrap_err().error.code(), "reference-elsewhere");
        }
    }
}

/// GHSA-63ch-w8pw-4mf2: what was signed as one kind of message, presented as another.
#[test]
fn signed_assertion_as_the_whole_message() {
    let parts = Parts::new(Sign::Assertion);
    let alone = parts.assertion.replacen(
        "<saml:Assertion ",
        "<saml:Assertion xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" ",
        1,
    );
    let error = parts.world.take(&alone, Expect::AnswerTo(parts.pending)).unwrap_err().error;
    assert_eq!(error.code(), "message-unexpected");
    assert!(error.to_string().contains("Assertion"));
    // Signed metadata wrapped into a Response in the assertion's place.
    let world = World::new();
    let metadata =
        world.test_idp.metadata().unwrap().replacen("<md:EntityDescriptor ", "<md:EntityDescriptor ID=\"_m\" ", 1);
    let metadata = world.test_idp.sign_element(&metadata, "_m").unwrap();
    let mut answer = world.test_idp.unsolicited(SP, ACS, MALLORY);
    answer.sign = Sign::Nothing;
    let xml = world.test_idp.sign(&answer).unwrap();
    let wrapped = xml.replace(cut(&xml, "<saml:Assertion ", "</saml:Assertion>"), &metadata);
    let error = world.take(&wrapped, Expect::unsolicited(ACS)).unwrap_err().error;
    assert_eq!(error.code(), "assertion-count");
}
