//! Whatever is done to a signed message, the outcome is an error or what was signed.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use saml_sp::testing::forge::Tree;
use saml_sp::testing::pending_login;
use saml_sp::{Accepted, Clock, DecryptionKey, Error, Expect, PostedResponse, Seen, ServiceProvider};
use serde_json::json;

use crate::stage::{ACS, ALL, LOGOUT_IN_XML, NOW, REQUEST, SP, Shape, Stage};
use crate::vector::outcome;
use crate::{door, octets};

/// Operations on messages of each shape; a tenth of a second each hundred.
const ROUNDS: u64 = 400;

/// What a message is taken for: the code of an error, or that it is the genuine one.
struct Outcomes {
    sp: ServiceProvider,
    stage: Stage,
    seen: BTreeMap<&'static str, u32>,
}

impl Outcomes {
    fn new(stage: Stage) -> Self {
        let key = DecryptionKey::from_pem(stage.decryption()).unwrap();
        let sp = ServiceProvider::builder(SP, ACS).decryption_key(key).clock(Clock::Fixed(NOW.parse().unwrap()));
        Self { sp: sp.build().unwrap(), stage, seen: BTreeMap::new() }
    }

    fn accept(&self, xml: &str) -> Result<Accepted, Error> {
        let field = STANDARD.encode(xml);
        let idp = self.stage.provider();
        let pending = pending_login(&self.sp, &idp, REQUEST).unwrap();
        self.sp.accept(&idp, &PostedResponse::new(&field, None), Expect::AnswerTo(pending))
    }

    fn note(&mut self, xml: &str, how: &dyn Fn() -> String) {
        let code = match self.accept(xml) {
            Err(error) => {
                let text = format!("{error}\n{error:?}\n{}", error.hint());
                let secrets = ["alice@example.com", "staff"].into_iter().chain(self.stage.decryption().lines().skip(1));
                for secret in secrets.filter(|line| !line.starts_with('-')) {
                    assert!(!text.contains(secret), "{}: {text}", how());
                }
                error.code()
            }
            Ok(accepted) => {
                let identity = accepted.confirm(Seen::FirstTime).unwrap().identity;
                let name = identity.name_id().map(|name_id| name_id.value.as_str());
                assert_eq!(name, Some("alice"), "{}\n{xml}", how());
                assert_eq!(identity.attribute("mail"), Some("alice@example.com"), "{}\n{xml}", how());
                assert_eq!(identity.attribute_values("groups").collect::<Vec<_>>(), ["staff"], "{}\n{xml}", how());
                "accepted"
            }
        };
        *self.seen.entry(code).or_default() += 1;
    }
}

/// One to four operations.
fn at_random(round: u64) -> Vec<u8> {
    let mut octets = Vec::new();
    let mut state = round.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    for _ in 0..=round % 4 {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        octets.extend(&state.to_le_bytes()[..4]);
    }
    octets
}

/// Four or nine pieces, of which most are written in a way of their own somewhere.
fn text_at_random(round: u64) -> String {
    const PIECES: &[&str] = &[
        "a", "B", "&", "<", ">", "]]>", "\"", "'", " ", "\t", "\n", "\r", "é", "\u{2028}", "\u{85}", "😀", "&amp;",
        "--",
    ];
    let seeds = [round, round + 1, round + 2].map(at_random).concat();
    let chosen = seeds.iter().take(if round.is_multiple_of(2) { 4 } else { 9 });
    chosen.map(|octet| PIECES[usize::from(*octet) % PIECES.len()]).collect()
}

#[test]
fn surgery_at_random_ends_in_an_error_or_the_original_identity() {
    for shape in ALL {
        let stage = Stage::new(*shape);
        let genuine = stage.genuine().unwrap();
        let mut outcomes = Outcomes::new(stage);
        outcomes.note(&genuine.to_xml(), &|| "as it was made".to_owned());
        for round in 1..=ROUNDS {
            let octets = at_random(round);
            let mut tree = genuine.clone();
            tree.operate(&octets);
            outcomes.note(&tree.to_xml(), &|| format!("{shape:?}, operate({octets:?})"));
        }
        // The surgery reaches deep: messages are refused for many reasons, and some changes change nothing that was signed.
        assert!(outcomes.seen.len() >= 10 && outcomes.seen["accepted"] > 1, "{shape:?}: {:?}", outcomes.seen);
    }
}

/// The identity provider signs what surgery at random made of its answer: whatever of it is accepted is read as it stands in the
/// octets that were signed. Here that the name stands in them; in CI all of it is read again by lxml.
#[test]
fn what_is_read_of_messages_signed_after_surgery_stands_in_the_signed_octets() {
    let folder = octets::folder();
    for shape in ALL {
        let stage = Stage::new(*shape);
        let outcomes = Outcomes::new(Stage::new(*shape));
        let mut accepted = 0;
        for round in 1..=ROUNDS {
            let surgery = at_random(round);
            let written = stage.written(|tree| {
                tree.operate(&surgery);
                let texts = tree.find_all("AttributeValue").into_iter().chain(tree.find_all("NameID"));
                for (n, place) in (round..).zip(texts) {
                    tree.set_text(place, &text_at_random(n))?;
                }
                Ok(())
            });
            // What is left may have no place for a signature.
            let Ok(xml) = written else { continue };
            let Ok(answer) = outcomes.accept(&xml) else { continue };
            let octets = String::from_utf8(answer.signed_octets().as_bytes().to_vec()).unwrap();
            let identity = answer.confirm(Seen::FirstTime).unwrap().identity;
            let name = identity.name_id().map_or("", |name_id| name_id.value.as_str());
            let escaped = name.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('\r', "&#xD;");
            assert!(octets.contains(&escaped), "{shape:?}, operate({surgery:?})");
            if let Some(folder) = &folder {
                octets::emit(folder, &format!("surgery-{}-{round}", shape.name()), &octets, &identity);
            }
            accepted += 1;
        }
        assert!(accepted > 50, "{shape:?}: only {accepted} of {ROUNDS} accepted");
    }
}

const ENVELOPE: &str =
    "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body>…</s:Body></s:Envelope>";

/// The same with logout messages, by POST and by SOAP: nobody else is logged out, and no other session.
#[test]
fn surgery_at_random_on_logout_messages_ends_in_an_error_or_the_original_request() {
    for shape in LOGOUT_IN_XML {
        let stage = Stage::new(*shape);
        let genuine = Tree::parse(&stage.idp.signed_logout(&stage.logout()).unwrap()).unwrap();
        let mut seen: BTreeMap<String, u32> = BTreeMap::new();
        for round in 0..=ROUNDS {
            let (mut tree, surgery) = (genuine.clone(), at_random(round));
            if round > 0 {
                tree.operate(&surgery);
            }
            let mut case = stage.case("surgery");
            let xml = tree.to_xml();
            case["message"] = match shape {
                Shape::Form => json!({"post": {"SAMLRequest": STANDARD.encode(xml)}}),
                _ => json!({"soap": ENVELOPE.replace("…", &xml)}),
            };
            let verdict = door::answer(case.to_string().as_bytes());
            let outcome = outcome(&verdict);
            if outcome.is_ok() {
                assert_eq!(
                    (&verdict["name_id"], &verdict["session_indexes"]),
                    (&json!("alice"), &json!(["_session"])),
                    "{shape:?}, operate({surgery:?})"
                );
            }
            *seen.entry(outcome.unwrap_or_else(|code| code)).or_default() += 1;
        }
        assert!(seen.len() >= 10 && seen["alice"] > 1, "{shape:?}: {seen:?}");
    }
}
