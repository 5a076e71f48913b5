//! Any bytes, posted to the ACS: an error or the identity of the seed, never a panic.
#![no_main]

use std::sync::LazyLock;

use base64::Engine as _;
use libfuzzer_sys::fuzz_target;
use saml_sp::testing::TestIdp;
use saml_sp::{Expect, IdentityProvider, PostedResponse, ServiceProvider};

const ACS: &str = "https://app.example.com/saml/acs";

static PARTIES: LazyLock<(ServiceProvider, IdentityProvider)> = LazyLock::new(|| {
    let test_idp = TestIdp::with_ecdsa("https://idp.example.com/metadata").unwrap();
    let sp = ServiceProvider::builder("https://app.example.com/saml", ACS).build().unwrap();
    (sp, test_idp.identity_provider().unwrap())
});

fuzz_target!(|message: &[u8]| {
    let (sp, idp) = &*PARTIES;
    let field = base64::engine::general_purpose::STANDARD.encode(message);
    // The key is fresh at every start, so nothing that the fuzzer knows can be signed by it.
    let result = sp.accept_or_report(idp, &PostedResponse::new(&field, None), Expect::unsolicited(ACS));
    let rejected = result.expect_err("nothing here is signed by a trusted key");
    let _ = (rejected.report.to_string(), rejected.error.hint(), rejected.error.code());
});
