//! The example with keys in a key management service, as a browser sees it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test may stop where it stands

#[path = "../examples/axum_kms.rs"]
#[expect(dead_code, reason = "the example's own file; its main is not called here")]
mod axum_kms;
mod browser;

use browser::{Browser, serve};

#[test]
fn a_login_with_every_private_key_elsewhere() {
    let mut browser = Browser::new(serve(|base_url| axum_kms::router(base_url).unwrap()));
    let login = browser.get("/saml/login");
    let to_idp = login.header("location").unwrap();
    assert!(to_idp.contains("&SigAlg=") && to_idp.contains("&Signature="), "{to_idp}");
    let page = browser.get(to_idp);
    let form = ["SAMLResponse", "RelayState"].map(|name| (name.to_owned(), page.field(name)));
    let home = browser.post("/saml/acs", &form);
    assert_eq!((home.status, home.body.as_str()), (200, "alice is signed in\n"));
    assert!(browser.cookies.is_empty(), "the pending login is used up");

    // An unsigned request gets no answer from this identity provider, and an altered answer no login from us.
    let unsigned = to_idp.split_once("&SigAlg").unwrap().0;
    assert_eq!(browser.get(unsigned).status, 403);
    let to_idp = browser.get("/saml/login").header("location").unwrap().to_owned();
    let page = browser.get(&to_idp);
    let altered = page.field("SAMLResponse").replace('A', "B");
    let form = [("SAMLResponse".to_owned(), altered), ("RelayState".to_owned(), page.field("RelayState"))];
    assert_eq!(browser.post("/saml/acs", &form).status, 403);
}
