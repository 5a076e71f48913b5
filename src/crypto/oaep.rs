//! RSA encryption and decryption through the C interface of AWS-LC: the only `unsafe` of the default build.
//!
//! aws-lc-rs has RSA-OAEP with one hash for the label and MGF1; XML Encryption names two, and SHA-256 with MGF1-SHA-1 is
//! what others send. `EVP_PKEY_CTX_set_rsa_mgf1_md` can do it, and aws-lc-rs does not pass it on. RSA 1.5 needs the
//! operation without padding, so that its padding can be looked at in constant time (see `key_transport`). One path
//! serves all of them.
//!
//! What stands here is small on purpose. Keys are checked by aws-lc-rs before they come here, no pointer leaves, each is
//! checked when it comes and freed by the `Drop` of what owns it, and nothing is shared with aws-lc-rs, so that two versions
//! of the C library in one program do no harm.

use std::ffi::c_int;
use std::mem::MaybeUninit;
use std::ptr::{self, NonNull};

use aws_lc_sys as c;
use zeroize::Zeroizing;

use super::algorithm::DigestAlgorithm;
use super::provider::RsaPadding;

/// An RSA key, public or private.
pub(super) struct RsaKey(NonNull<c::EVP_PKEY>);

// evp.h says of EVP_PKEY: it "may be used concurrently on multiple threads by non-mutating functions". Nothing here mutates a key
// once `parse` has made it: EVP_PKEY_CTX_new takes a reference, by an atomic counter, and the operations cache Montgomery
// values and blinding factors behind a lock of their own.
#[expect(unsafe_code, reason = "the library's documented promise about EVP_PKEY, which a pointer cannot show")]
unsafe impl Send for RsaKey {}
#[expect(unsafe_code, reason = "as above")]
unsafe impl Sync for RsaKey {}

impl Drop for RsaKey {
    fn drop(&mut self) {
        #[expect(unsafe_code, reason = "we own one reference, taken in `parse`, and give it back once")]
        // SAFETY: the pointer came from a parse that succeeded, and nobody else frees it. The last reference clears the
        // numbers: AWS-LC overwrites what it frees.
        unsafe {
            c::EVP_PKEY_free(self.0.as_ptr());
        }
    }
}

impl RsaKey {
    /// Reads PKCS#8.
    pub(super) fn private(pkcs8: &[u8]) -> Option<Self> {
        Self::parse(pkcs8, c::EVP_parse_private_key)
    }

    /// Reads SubjectPublicKeyInfo.
    pub(super) fn public(spki: &[u8]) -> Option<Self> {
        Self::parse(spki, c::EVP_parse_public_key)
    }

    fn parse(der: &[u8], parse: unsafe extern "C" fn(*mut c::CBS) -> *mut c::EVP_PKEY) -> Option<Self> {
        c::init();
        let _errors = ErrorQueue;
        let mut input = MaybeUninit::<c::CBS>::uninit();
        #[expect(unsafe_code, reason = "calls into C with a slice that outlives the calls")]
        // SAFETY: CBS_init writes the whole CBS, so that it is initialized for the other two. It borrows `der`, which lives
        // longer than this function's use of it. `parse` is one of the two functions named above; it reads through the CBS,
        // copies what it keeps, and gives a reference of our own or null.
        let (key, rest) = unsafe {
            c::CBS_init(input.as_mut_ptr(), der.as_ptr(), der.len());
            let key = parse(input.as_mut_ptr());
            (key, c::CBS_len(input.as_ptr()))
        };
        let key = Self(NonNull::new(key)?);
        (rest == 0 && key.is_rsa()).then_some(key)
    }

    fn is_rsa(&self) -> bool {
        #[expect(unsafe_code, reason = "reads a field of a key that we own")]
        // SAFETY: the pointer is valid for as long as `self`.
        let id = unsafe { c::EVP_PKEY_id(self.0.as_ptr()) };
        id == c::EVP_PKEY_RSA
    }

    /// Length of the modulus, and so of every ciphertext.
    pub(super) fn modulus_bytes(&self) -> usize {
        #[expect(unsafe_code, reason = "reads a number out of a key that we own")]
        // SAFETY: the pointer is valid for as long as `self`.
        let size = unsafe { c::EVP_PKEY_size(self.0.as_ptr()) };
        usize::try_from(size).unwrap_or_default()
    }

    /// The private operation and the padding's removal; `None` for any failure.
    pub(super) fn decrypt(&self, padding: RsaPadding<'_>, input: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        self.run(c::EVP_PKEY_decrypt_init, c::EVP_PKEY_decrypt, padding, input)
    }

    /// The padding and the public operation; `None` for any failure.
    pub(super) fn encrypt(&self, padding: RsaPadding<'_>, input: &[u8]) -> Option<Vec<u8>> {
        self.run(c::EVP_PKEY_encrypt_init, c::EVP_PKEY_encrypt, padding, input).map(|output| output.to_vec())
    }

    fn run(
        &self,
        begin: unsafe extern "C" fn(*mut c::EVP_PKEY_CTX) -> c_int,
        operation: unsafe extern "C" fn(*mut c::EVP_PKEY_CTX, *mut u8, *mut usize, *const u8, usize) -> c_int,
        padding: RsaPadding<'_>,
        input: &[u8],
    ) -> Option<Zeroizing<Vec<u8>>> {
        let _errors = ErrorQueue;
        let context = Context::new(self)?;
        #[expect(unsafe_code, reason = "calls into C with a context that we own")]
        // SAFETY: `begin` is one of the two functions named above, and the context is valid.
        let begun = unsafe { begin(context.0.as_ptr()) };
        (begun == 1).then_some(())?;
        context.set_padding(padding)?;
        let mut output = Zeroizing::new(vec![0; self.modulus_bytes()]);
        let mut length = output.len();
        #[expect(unsafe_code, reason = "calls into C with two buffers and their true lengths")]
        // SAFETY: `operation` is one of the two functions named above and fits `begin`. It writes at most `length` octets to
        // `output`, which has as many, and reads `input.len()` octets of `input`; the buffers are apart, since `output` is new.
        let done =
            unsafe { operation(context.0.as_ptr(), output.as_mut_ptr(), &raw mut length, input.as_ptr(), input.len()) };
        (done == 1 && length <= output.len()).then_some(())?;
        output.truncate(length);
        Some(output)
    }
}

/// One operation with one key.
struct Context(NonNull<c::EVP_PKEY_CTX>);

impl Drop for Context {
    fn drop(&mut self) {
        #[expect(unsafe_code, reason = "we own the context and free it once")]
        // SAFETY: the pointer came from EVP_PKEY_CTX_new, and nobody else frees it. What it holds (its reference to the key,
        // the label, its buffer) goes with it.
        unsafe {
            c::EVP_PKEY_CTX_free(self.0.as_ptr());
        }
    }
}

impl Context {
    fn new(key: &RsaKey) -> Option<Self> {
        #[expect(unsafe_code, reason = "calls into C with a key that we own")]
        // SAFETY: the key is valid, and the context takes a reference of its own; no engine is what null stands for.
        let context = unsafe { c::EVP_PKEY_CTX_new(key.0.as_ptr(), ptr::null_mut()) };
        NonNull::new(context).map(Self)
    }

    fn set_padding(&self, padding: RsaPadding<'_>) -> Option<()> {
        let mode = match padding {
            RsaPadding::Oaep { .. } => c::RSA_PKCS1_OAEP_PADDING,
            RsaPadding::None => c::RSA_NO_PADDING,
        };
        #[expect(unsafe_code, reason = "calls into C with a context that we own")]
        // SAFETY: the context is valid, and the mode is a constant of the library.
        let set = unsafe { c::EVP_PKEY_CTX_set_rsa_padding(self.0.as_ptr(), mode) };
        (set == 1).then_some(())?;
        match padding {
            RsaPadding::Oaep { digest, mgf1, label } => {
                self.set_hashes(digest, mgf1)?;
                self.set_label(label)
            }
            RsaPadding::None => Some(()),
        }
    }

    fn set_hashes(&self, digest: DigestAlgorithm, mgf1: DigestAlgorithm) -> Option<()> {
        let (digest, mgf1) = (hash(digest)?, hash(mgf1)?);
        #[expect(unsafe_code, reason = "calls into C with a context that we own and hashes that live for ever")]
        // SAFETY: the context is valid and set to OAEP; `hash` gives static tables of the library, never null.
        let (set_digest, set_mgf1) = unsafe {
            (
                c::EVP_PKEY_CTX_set_rsa_oaep_md(self.0.as_ptr(), digest.as_ptr()),
                c::EVP_PKEY_CTX_set_rsa_mgf1_md(self.0.as_ptr(), mgf1.as_ptr()),
            )
        };
        (set_digest == 1 && set_mgf1 == 1).then_some(())
    }

    fn set_label(&self, label: &[u8]) -> Option<()> {
        // The empty label is what a context has from the start.
        if label.is_empty() {
            return Some(());
        }
        #[expect(unsafe_code, reason = "hands a copy of the label to C, which frees it with OPENSSL_free")]
        // SAFETY: OPENSSL_memdup copies as many octets as the slice has into memory of the library's own allocator, or gives
        // null. Where set0 answers 1 the context owns the copy; where it does not it has not kept it, and we free it. The
        // copy is not touched after either.
        let set = unsafe {
            let copy = c::OPENSSL_memdup(label.as_ptr().cast(), label.len());
            if copy.is_null() {
                return None;
            }
            let set = c::EVP_PKEY_CTX_set0_rsa_oaep_label(self.0.as_ptr(), copy.cast(), label.len());
            if set != 1 {
                c::OPENSSL_free(copy);
            }
            set
        };
        (set == 1).then_some(())
    }
}

fn hash(algorithm: DigestAlgorithm) -> Option<NonNull<c::EVP_MD>> {
    #[expect(unsafe_code, reason = "functions without arguments that give static tables")]
    // SAFETY: they have no precondition.
    let table = unsafe {
        match algorithm {
            DigestAlgorithm::Sha1 => c::EVP_sha1(),
            DigestAlgorithm::Sha256 => c::EVP_sha256(),
            DigestAlgorithm::Sha384 => c::EVP_sha384(),
            DigestAlgorithm::Sha512 => c::EVP_sha512(),
        }
    };
    NonNull::new(table.cast_mut())
}

/// Leaves no error behind for whoever uses the library next on this thread, and none that tells why a decryption failed.
struct ErrorQueue;

impl Drop for ErrorQueue {
    fn drop(&mut self) {
        #[expect(unsafe_code, reason = "a function without arguments that empties a queue of this thread")]
        // SAFETY: it has no precondition.
        unsafe {
            c::ERR_clear_error();
        }
    }
}

#[cfg(test)]
mod tests;
