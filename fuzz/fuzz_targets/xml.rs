//! Any bytes as XML: from both scanners the same error, or the same tree, whose parts lie where they say.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| saml_sp::fuzzing::xml(bytes));
