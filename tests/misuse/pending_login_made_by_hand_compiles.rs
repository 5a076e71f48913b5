//! A pending login comes from `begin_login`, or from its sealed form.
use saml_sp::{LoginRequest, PendingLogin};

pub fn another_request(request: LoginRequest) -> PendingLogin {
    request.pending
}

fn main() {}
