//! Any bytes as XML: an error, or a tree whose parts lie where they say.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| saml_sp::fuzzing::xml(bytes));
