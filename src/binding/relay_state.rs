//! RelayState: what we send is a random handle, never a URL; what comes back is untrusted until it is one of ours.

use crate::crypto::hex;
use crate::crypto::random::{self, RandomFailed};

/// Bytes of randomness in a handle: 128 bits, which leaves it well under the 80 bytes of bindings 3.4.3.
const HANDLE_BYTES: usize = 16;

/// A new random handle, in lower-case hexadecimal: fit for a cookie name, a URL and a form.
pub(crate) fn new_handle() -> Result<String, RandomFailed> {
    Ok(hex(&random::bytes::<HANDLE_BYTES>()?))
}

/// True where `text` has the shape of a handle of ours.
pub(crate) fn is_handle(text: &str) -> bool {
    text.len() == 2 * HANDLE_BYTES && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}
