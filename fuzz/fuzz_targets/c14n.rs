//! Any bytes as XML: canonical octets are XML, and canonical.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| saml_sp::fuzzing::c14n(bytes));
