//! A service provider on libxmlsec1, and a message for it.

use saml_sp::testing::{Sign, TestIdp};
use saml_sp::{Engine, IdentityProvider, ServiceProvider};

pub(crate) const ACS: &str = "https://app.example.com/saml/acs";

/// Both the Response and its assertion are signed.
pub(crate) fn for_xmlsec() -> (ServiceProvider, IdentityProvider, String) {
    let test_idp = TestIdp::new("https://idp.example.com/metadata").unwrap();
    let builder = ServiceProvider::builder("https://app.example.com/saml", ACS);
    let sp = builder.engine(Engine::Xmlsec).build().unwrap();
    let mut answer = test_idp.unsolicited(sp.entity_id().as_str(), ACS, "alice");
    answer.sign = Sign::Both;
    let form = test_idp.post(&answer).unwrap().saml_response;
    (sp, test_idp.identity_provider().unwrap(), form)
}
