//! `dsig`.
