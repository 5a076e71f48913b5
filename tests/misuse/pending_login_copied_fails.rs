//! A pending login cannot be multiplied.
use saml_sp::PendingLogin;

pub fn keep(pending: PendingLogin) -> PendingLogin {
    pending.clone()
}

fn main() {}
