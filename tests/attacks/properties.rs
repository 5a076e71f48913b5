//! Whatever is done to a signed message, the outcome is an error or what was signed.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use saml_sp::testing::pending_login;
use saml_sp::{Clock, DecryptionKey, Expect, PostedResponse, Seen, ServiceProvider};

use crate::stage::{ACS, ALL, NOW, REQUEST, SP, Stage};

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

    fn note(&mut self, xml: &str, how: &dyn Fn() -> String) {
        let field = STANDARD.encode(xml);
        let idp = self.stage.provider();
        let pending = pending_login(&self.sp, &idp, REQUEST).unwrap();
        let posted = PostedResponse::new(&field, None);
        let code = match self.sp.accept(&idp, &posted, Expect::AnswerTo(pending)) {
            Err(error) => error.code(),
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

#[test]
fn surgery_at_random_ends_in_an_error_or_the_original_identity() {
    for shape in ALL {
        let stage = Stage::new(*shape);
        let genuine = stage.genuine().unwrap();
        let mut outcomes = Outcomes::new(stage);
        outcomes.note(&genuine.to_xml(), &|| "as it was made".to_owned());
        for round in 1..=ROUNDS {
            let mut octets = Vec::new();
            let mut state = round.wrapping_mul(0x9e37_79b9_7f4a_7c15);
            for _ in 0..=round % 4 {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                octets.extend(&state.to_le_bytes()[..4]);
            }
            let mut tree = genuine.clone();
            tree.operate(&octets);
            outcomes.note(&tree.to_xml(), &|| format!("{shape:?}, operate({octets:?})"));
        }
        // The surgery reaches deep: messages are refused for many reasons, and some changes change nothing that was signed.
        assert!(outcomes.seen.len() >= 10 && outcomes.seen["accepted"] > 1, "{shape:?}: {:?}", outcomes.seen);
    }
}
