//! A session is a name to log out, never a proof.
use saml_sp::{Identity, Login};

pub fn who(login: &Login) -> &Identity {
    &login.identity
}

fn main() {}
