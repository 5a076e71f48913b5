//! Private keys that never come here: in an HSM, in a key management service.
//!
//! The library does no I/O and waits for nobody. Where it needs such a key, a call ends with what to ask it, and another
//! call goes on with what it said. The wait in between is yours, on whatever runtime.
//!
//! # To decrypt
//!
//! ```
//! use saml_sp::{Certificate, Credential, Error, ServiceProvider};
//!
//! fn build(certificate: Certificate) -> Result<ServiceProvider, Error> {
//!     ServiceProvider::builder("https://app.example.com/saml", "https://app.example.com/saml/acs")
//!         .credential(Credential::active(certificate).decryption_elsewhere())
//!         .build()
//! }
//! ```
//!
//! | step | who | what |
//! |---|---|---|
//! | 1 | app | hands the posted form to [`accept_in_steps`](crate::ServiceProvider::accept_in_steps) in the place of `accept` |
//! | 2 | library | verifies every signature of the received message, tries the decryption keys that are here; gives [`AcceptStep::Accepted`](crate::AcceptStep::Accepted), an error, or a [`ToUnwrap`](crate::ToUnwrap) |
//! | 3 | app | asks the key service to decrypt [`wrapped`](crate::ToUnwrap::wrapped) by [`algorithm`](crate::ToUnwrap::algorithm) |
//! | 4 | app | hands its answer to [`resume`](crate::ToUnwrap::resume): the content key, or `None` |
//! | 5 | library | goes on as in 2, with the content key. Most messages have one; each encrypted NameID or attribute has its own |
//!
//! Nothing but the content key leaves the key service, and nothing but the wrapped one goes there: 256 octets for RSA of 2048 bits.
//! So the message is decrypted here, with the same checks and the same errors as with keys that are here.
//!
//! ## What the key service must be able to do
//!
//! Identity providers choose the algorithm, and most leave no choice to anybody. Those that go by our metadata find the first row of
//! the following in it, and no other, for a key elsewhere. Ask before you buy:
//!
//! | what they send | PKCS#11 | note |
//! |---|---|---|
//! | RSA-OAEP, SHA-1 for digest and MGF1 (`rsa-oaep-mgf1p`) | `CKM_RSA_PKCS_OAEP` with `CKM_SHA_1`, `CKG_MGF1_SHA1` | what nearly everybody sends; AWS KMS calls it `RSAES_OAEP_SHA_1` |
//! | RSA-OAEP, SHA-256 for both (`xmlenc11#rsa-oaep`) | `CKM_SHA256`, `CKG_MGF1_SHA256` | `RSAES_OAEP_SHA_256` |
//! | RSA-OAEP, digest SHA-256, MGF1 with SHA-1 | `CKM_SHA256`, `CKG_MGF1_SHA1` | OpenSAML-based providers set to SHA-256; AWS KMS has no such pair |
//! | RSA 1.5 | `CKM_RSA_PKCS` | only where [allowed by name](crate::ServiceProviderBuilder::dangerous_allow_rsa_1_5) |
//!
//! ## What must not be seen from outside
//!
//! An answer that differs by what the key service said is an oracle for its private key or for the plaintext. The library's part:
//!
//! - A key that does not unwrap, one of the wrong length, and a tag that does not fit end in the same `decrypt-failed`. With RSA 1.5
//!   a random key takes the place of a failure, and the content fails in its stead.
//! - Nothing is asked before every signature that stands in the received message has verified, and nothing for what the policy refuses:
//!   AES-CBC under no signature, an unknown algorithm, too many keys.
//! - A question can be timed. Where AES-CBC under no signature was allowed by name, every key elsewhere is asked, whatever opens the
//!   message in the end; in all other cases keys elsewhere are asked only where those here fail.
//!
//! Yours: every failure that the service reports about the ciphertext is `None`, without a retry. A service that cannot be reached is
//! no answer at all; fail that login with a page of its own, or ask again while the [`ToUnwrap`](crate::ToUnwrap) is there. For RSA 1.5
//! choose a service that rejects implicitly itself, or none: the time of a network round trip that fails is nothing that a library on
//! this side can hide.
//!
//! ## What it costs
//!
//! One round trip per wrapped key, and one verification of the message's signatures more, for each step begins at the beginning:
//! nothing that was verified is kept while the app waits, and every time is judged at the moment of its step. At most 32 private
//! operations per message, here and elsewhere together. Anybody who reaches the assertion consumer service can cause questions, since
//! an unsigned Response around an encrypted signed assertion is what many providers send; bound the rate where the service bills them.
//!
//! # To sign
//!
//! ```
//! use saml_sp::{Error, IdentityProvider, LoginOptions, LoginRequest, ServiceProvider};
//!
//! async fn begin<F: Future<Output = Vec<u8>>>(
//!     sp: &ServiceProvider,
//!     idp: &IdentityProvider,
//!     kms: impl Fn(&[u8]) -> F,
//! ) -> Result<LoginRequest, Error> {
//!     let to_sign = sp.begin_login_to_sign(idp, &LoginOptions::new())?;
//!     let signature = kms(to_sign.octets()).await;
//!     to_sign.finish(&signature)
//! }
//! ```
//!
//! The credential is `Credential::active(certificate).signing_elsewhere(algorithm)`. The algorithm is fixed there, since a key service
//! has it as a property of the key: an identity provider that declares others only is `config-no-common-algorithm`.
//!
//! | algorithm | PKCS#11 | AWS KMS |
//! |---|---|---|
//! | `RsaSha256` | `CKM_SHA256_RSA_PKCS` | `RSASSA_PKCS1_V1_5_SHA_256` |
//! | `RsaPssSha256` | `CKM_SHA256_RSA_PKCS_PSS`, `CKG_MGF1_SHA256`, a salt of 32 bytes | `RSASSA_PSS_SHA_256` |
//! | `EcdsaSha256` | `CKM_ECDSA_SHA256`, which gives r‖s | `ECDSA_SHA_256`, which gives DER |
//!
//! The octets are the message and not its hash. A service that takes a hash gets the hash of them, by the algorithm's own hash function.
//! Either form of an ECDSA signature will do: [`finish`](crate::ToSign::finish) checks what came back with the public key of the
//! certificate, so a wrong key, a hash too many or another padding is `config-foreign-signature` here, and no failed login there.
//!
//! A key service may bind a key to one use (AWS KMS: `SIGN_VERIFY` or `ENCRYPT_DECRYPT`, chosen when it is made). Then there are two
//! certificates and two credentials, one that signs and one that decrypts; two are better anyway.
//!
//! Our metadata is signed in the same two steps: [`ServiceProviderMetadata::to_sign`](crate::ServiceProviderMetadata::to_sign).
//! The example `axum_kms` does all of it, in an application that awaits a slow service.
