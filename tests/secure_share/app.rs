//! The example's own files.

#[path = "../../examples/secure_share/test_idp.rs"]
pub(crate) mod test_idp;
