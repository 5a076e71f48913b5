//! Any bytes as XML: no signature in it verifies, for the key has signed nothing.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| saml_sp::fuzzing::dsig(bytes));
