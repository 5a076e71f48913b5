//! RelayState: what we send is a random handle, never a URL; what comes back is untrusted until it is one of ours.

/// Bytes of randomness in a handle: 128 bits. In lower-case hexadecimal, which is fit for a cookie name, a URL and a form, they
/// stay well under the 80 bytes of bindings 3.4.3.
pub(crate) const HANDLE_BYTES: usize = 16;

/// True where `text` has the shape of a handle of ours.
pub(crate) fn is_handle(text: &str) -> bool {
    text.len() == 2 * HANDLE_BYTES && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}
