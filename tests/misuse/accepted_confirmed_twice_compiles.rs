//! An accepted answer is confirmed once.
use saml_sp::{Accepted, Error, Login, Seen};

pub fn twice(accepted: Accepted, another: Accepted) -> Result<[Login; 2], Error> {
    println!("{}", another.replay_key());
    Ok([accepted.confirm(Seen::FirstTime)?, another.confirm(Seen::FirstTime)?])
}

fn main() {}
