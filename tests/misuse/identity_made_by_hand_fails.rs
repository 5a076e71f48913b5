//! An identity cannot be put together from parts.
use saml_sp::{Identity, Login};

pub fn promote(login: Login) -> Identity {
    Identity { name_id: None, ..login.identity }
}

fn main() {}
