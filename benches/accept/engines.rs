//! The second engine on the messages of the first, so that both stand side by side: `--features xmlsec`.

use std::hint::black_box;

use saml_sp::testing::Sign;
use saml_sp::{Engine, Expect, PostedResponse, ServiceProvider};

use crate::Case;
use crate::floor::Floor;
use crate::messages::{ACS, Door};

pub(crate) fn by_xmlsec(door: &Door) -> [Case<'_>; 3] {
    [(18, "6k"), (70, "16k"), (330, "64k")].map(|(groups, size)| {
        let builder = ServiceProvider::builder(door.sp.entity_id().as_str(), ACS);
        let sp = builder.engine(Engine::Xmlsec).build().unwrap();
        let form = door.signed(Sign::Assertion, groups);
        let accept = move |form: &str| {
            let posted = PostedResponse::new(black_box(form), None);
            sp.accept(&door.idp, &posted, Expect::unsolicited(ACS)).unwrap()
        };
        let floor = Floor::of(door, &form, accept(&form).signed_octets().as_bytes(), false);
        let floor_form = form.clone();
        Case {
            name: format!("accept-by-xmlsec/assertion-{}-{size}", door.key.name()),
            bytes: form.len(),
            run: Box::new(move || drop(black_box(accept(&form)))),
            floor: Box::new(move || floor.run(&floor_form)),
        }
    })
}
