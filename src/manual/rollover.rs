//! Keys that change without a failed login: ours, and the identity provider's.
//!
//! # Our keys: three edits
//!
//! Identity providers know our keys from a copy of our metadata, and each follows at its own pace: some fetch it every hour,
//! some wait for a person. So a key is first known, then used, then forgotten. [`KeyState`](crate::KeyState) names the three:
//!
//! | edit | the new key | the old key | before the next edit |
//! |---|---|---|---|
//! | 1 | `Credential::next` | `Credential::active` | every identity provider has the new metadata, and every node the new configuration |
//! | 2 | `Credential::active` | `Credential::retiring` | the same |
//! | 3 | `Credential::active` | removed, and destroyed | |
//!
//! Why a key that is `Next` is published to verify with and not to encrypt to: an identity provider has to know a key before
//! we sign with it, and we have to have a key, on every node, before anybody encrypts to it. `Retiring` publishes the same
//! for the mirrored reasons: nodes that still have the configuration before sign with the old key, and identity providers that
//! still have the metadata before encrypt to it.
//!
//! Our metadata has the active key first, for readers that take one key of several.
//!
//! Those who had our certificate pasted into a form are told by hand, once with each edit that changes what they use. Where the form
//! holds several certificates to verify with, add the new one with edit 1 and remove the old one with edit 3; Entra ID tries the two
//! that were added last. Where it holds one, as Okta's *Signature Certificate*, an upload replaces it, and no state of ours bridges that: upload
//! it in the moment of edit 2. The certificate to encrypt to is changed at any time between edits 1 and 3, since both keys decrypt.
//!
//! # Their keys
//!
//! An [`IdentityProvider`](crate::IdentityProvider) holds up to 16 signing keys, and each is tried. Fetch the metadata again as
//! [`refresh_after`](crate::IdentityProvider::refresh_after) says, look at
//! [`diff`](crate::IdentityProvider::diff), and use the new value in the place of the old one. What was set by hand on the old value, such as
//! [`with_authn_requests_signed`](crate::IdentityProvider::with_authn_requests_signed), is not in the new one: set it again, in the same
//! function that reads the document. A provider that publishes its
//! next key before it signs with it rolls over unnoticed. One that does not is met by `signature-wrong-key`, whose message
//! names the keys we have: fetch the metadata once more when it occurs, at most every few minutes, and never take a key from
//! the message.
//!
//! A login that began before the refresh ends with the keys it began with: the pending login remembers which keys were
//! trusted, and only those of them that still are may sign its answer (`idp-keys-changed`). Who refreshes in the middle of a
//! rollover loses no login by that, since the old key is still among the new ones.
