//! `binding`.
