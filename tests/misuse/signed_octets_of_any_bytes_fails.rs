//! Signed octets come from a verified signature, never from bytes.
use saml_sp::{Accepted, SignedOctets};

pub fn audit(accepted: &Accepted, bytes: Vec<u8>) -> SignedOctets {
    println!("{} of {} bytes", accepted.replay_key(), bytes.len());
    let octets = SignedOctets(bytes);
    octets
}

fn main() {}
