//! Any bytes as a metadata document: an error or identity providers that can be used, never a panic.
#![no_main]

use libfuzzer_sys::fuzz_target;
use saml_sp::{Metadata, MetadataTrust};

fuzz_target!(|document: &[u8]| {
    if let Ok(metadata) = Metadata::read(document, MetadataTrust::Transport) {
        for idp in metadata.identity_providers() {
            assert!(!idp.signing_keys().is_empty());
        }
    }
});
