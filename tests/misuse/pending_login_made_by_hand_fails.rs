//! A pending login comes from `begin_login`, or from its sealed form.
use saml_sp::{LoginRequest, PendingLogin};

pub fn another_request(request: LoginRequest) -> PendingLogin {
    PendingLogin { request_id: "_chosen".to_owned(), ..request.pending }
}

fn main() {}
