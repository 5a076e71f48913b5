//! Any bytes as the plaintext of an encrypted assertion, name or attribute, under a live signature or none: an error, or the
//! name that the bytes hold where they were signed.
#![no_main]

mod parties;

use libfuzzer_sys::fuzz_target;
use parties::PARTIES;
use saml_sp::testing::{Encrypted, Sign};

fuzz_target!(|bytes: &[u8]| {
    let Some((choice, plaintext)) = bytes.split_first() else { return };
    let what = [Encrypted::Assertion, Encrypted::NameId, Encrypted::Attributes][usize::from(choice % 3)];
    let sign = [Sign::Nothing, Sign::Response, Sign::Assertion, Sign::Both][usize::from(choice / 3 % 4)];
    let Some(message) = PARTIES.encrypted(what, sign, plaintext) else { return };
    if let Ok(accepted) = PARTIES.accept(message.as_bytes()) {
        // Nobody signed an assertion that stands in an unsigned Response, whatever it is encrypted in.
        assert!(sign != Sign::Nothing && !(sign == Sign::Assertion && what == Encrypted::Assertion));
        let octets = String::from_utf8(accepted.signed_octets().as_bytes().to_vec()).unwrap();
        assert!(octets.contains("Assertion"));
    }
});
