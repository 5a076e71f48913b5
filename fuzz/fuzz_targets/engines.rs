//! Documents spelled by octets, signed, and sometimes altered: two engines that agree byte for byte.
#![no_main]

libfuzzer_sys::fuzz_target!(|octets: &[u8]| saml_sp::fuzzing::engines(octets));
