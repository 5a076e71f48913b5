//! Published attacks, each with a live signature, and controls that must be accepted. `README.md` says how to read them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test may stop where it stands

#[path = "../../examples/judge/door.rs"]
#[expect(dead_code, reason = "the judge's own file; lines are read one by one here")]
mod door;
mod naive;
#[path = "../interop/octets.rs"]
mod octets;
mod properties;
mod stage;
mod vector;

mod controls;
mod cost;
mod encryption;
mod keys;
mod logout;
mod parser;
mod protocol;
mod signed_info;
mod text;
mod transforms;
mod wrapping;

use vector::Vector;

/// Every family, in the order of the index.
const FAMILIES: &[&[Vector]] = &[
    wrapping::VECTORS,
    wrapping::planted::VECTORS,
    wrapping::parked::VECTORS,
    wrapping::moved::VECTORS,
    wrapping::reused::VECTORS,
    wrapping::encrypted::VECTORS,
    signed_info::VECTORS,
    signed_info::names::VECTORS,
    signed_info::parts::VECTORS,
    transforms::VECTORS,
    parser::VECTORS,
    text::VECTORS,
    keys::VECTORS,
    encryption::VECTORS,
    protocol::VECTORS,
    logout::VECTORS,
    logout::query::VECTORS,
    logout::inside::VECTORS,
    cost::VECTORS,
    controls::VECTORS,
    logout::controls::VECTORS,
];

mod everywhere;
mod files;
mod suite;
