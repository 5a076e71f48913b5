//! Products: what one is taken for, what an administrator of it is told, and what there is to enter and to take.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test may stop where it stands

mod admin_values;
mod guides;
mod recognised;
mod remedies;

use std::sync::LazyLock;

use saml_sp::testing::TestIdp;
use saml_sp::{Clock, IdentityProvider, ServiceProvider};

/// An identity provider from the three fields of a configuration page.
fn pasted(entity_id: &str, sso_url: &str) -> IdentityProvider {
    static CERTIFICATE: LazyLock<String> = LazyLock::new(|| TestIdp::new("anybody").unwrap().certificate());
    IdentityProvider::manual(entity_id, sso_url, CERTIFICATE.as_str()).unwrap()
}

fn sp() -> ServiceProvider {
    let builder = ServiceProvider::builder("https://app.example.com/saml", "https://app.example.com/saml/acs");
    builder.clock(Clock::Fixed("2026-01-15T12:00:00Z".parse().unwrap())).build().unwrap()
}
