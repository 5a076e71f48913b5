//! Surgery that the fuzzer chooses, on messages with live signatures: an error, or the identity that was signed.
#![no_main]

mod parties;

use libfuzzer_sys::fuzz_target;
use parties::{PARTIES, Parties};
use saml_sp::Seen;

fuzz_target!(|choices: &[u8]| {
    let Some((first, operations)) = choices.split_first() else { return };
    let Parties { messages, .. } = &*PARTIES;
    let mut message = messages[usize::from(*first) % messages.len()].clone();
    message.operate(operations.get(..64).unwrap_or(operations));
    let Ok(accepted) = PARTIES.accept(message.to_xml().as_bytes()) else { return };
    let identity = accepted.confirm(Seen::FirstTime).unwrap().identity;
    assert_eq!(identity.name_id().map(|name_id| name_id.value.as_str()), Some("alice"));
    assert_eq!(identity.attribute("mail"), Some("alice@example.com"));
});
