//! The answer of the replay record is an argument, not an option.
use saml_sp::{Accepted, Error, Login};

pub fn close(accepted: Accepted) -> Result<Login, Error> {
    accepted.confirm(saml_sp::Seen::FirstTime)
}

fn main() {}
