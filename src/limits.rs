//! `limits`.
