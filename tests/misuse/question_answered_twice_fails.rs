//! Each answer of a key elsewhere is one step: a key that was refused cannot be followed by a second guess.
use saml_sp::{AcceptStep, Error, ToUnwrap};

pub fn twice(asked: ToUnwrap, another: ToUnwrap) -> Result<[AcceptStep; 2], Error> {
    println!("{another:?}");
    Ok([asked.resume(None)?, asked.resume(Some(&[0; 16]))?])
}

fn main() {}
