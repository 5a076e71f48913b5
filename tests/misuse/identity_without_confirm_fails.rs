//! There is no identity before `confirm`.
use saml_sp::{Accepted, Identity};

pub fn who(accepted: Accepted) -> Option<Identity> {
    Some(accepted.identity)
}

fn main() {}
