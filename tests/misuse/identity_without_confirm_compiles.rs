//! There is no identity before `confirm`.
use saml_sp::{Accepted, Identity};

pub fn who(accepted: Accepted) -> Option<Identity> {
    Some(accepted.confirm(saml_sp::Seen::FirstTime).ok()?.identity)
}

fn main() {}
