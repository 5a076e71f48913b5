//! Pending logins, cookies, replay records, fleets and tenants: what must be remembered, where, and for how long.
//!
//! # The pending login
//!
//! [`begin_login`](crate::ServiceProvider::begin_login) returns a [`PendingLogin`](crate::PendingLogin) beside the message: the request's id, the identity provider and the keys it signs with, our assertion consumer service,
//! what was asked, when, the return path, and a tag of the app's own. `accept` takes it back **by value**: one answer per request. It
//! expires, after 60 minutes by default (`pending-expired`): long enough for a second factor and a forgotten password, short enough that
//! a stolen cookie is soon worthless.
//!
//! It must be kept where *only this browser* can bring it back. That binding is what stops login CSRF: an attacker who obtains a valid
//! answer for their own account cannot have it accepted in a victim's browser, because the victim's browser has no pending login for it.
//! So it belongs neither in a hidden form field, nor in a URL, nor in a table that is looked up by the message's `InResponseTo` alone.
//!
//! Three places are right:
//!
//! 1. **The user's server-side session**, if there is one before the login, and its cookie travels with the answer (see below).
//! 2. **A sealed cookie**: [`cookie`](crate::PendingLogin::cookie) makes the header, [`seal`](crate::PendingLogin::seal) the text alone: at most
//!    3 KiB under authenticated encryption, which binds purpose, version and our entity id.
//!    [`pending_from_cookies`](crate::ServiceProvider::pending_from_cookies) finds and opens it again. Of [`SealKeys`](crate::SealKeys)
//!    the first seals and all open: rotate by putting a new one in front.
//! 3. **A record of the server's, found by a secret in a cookie of that login**: what `seal` made, in a store that all nodes share, under a
//!    random name of at least 128 bits that stands in such a cookie and nowhere else. The cookie is small, and a record that is
//!    *taken*, read and deleted at once (`DELETE … RETURNING`, `GETDEL`), serves one answer even where the browser brings the cookie again.
//!
//! The handle is not that secret. It travels as RelayState, by way of the identity provider, and whoever posts an answer can name any
//! ([`PostedResponse::handle`](crate::PostedResponse::handle)): it tells which cookie to look at, and a record that it finds alone is
//! anybody's. The third place, which the example `secure_share` uses for logins and logouts:
//!
//! ```
//! use chrono::{DateTime, Utc};
//! use saml_sp::{Error, PendingLogin, PostedResponse, SealKeys, ServiceProvider};
//!
//! trait Records {
//!     fn keep(&self, name: &str, sealed: &str, until: DateTime<Utc>);
//!     /// Once: who comes second finds nothing.
//!     fn take(&self, name: &str) -> Option<String>;
//! }
//!
//! /// The `Set-Cookie` to send along; `name` is random.
//! fn begin(records: &impl Records, keys: &SealKeys, pending: &PendingLogin, name: &str) -> Result<String, Error> {
//!     records.keep(name, &pending.seal(keys)?, pending.expires());
//!     let cookie = format!("__Host-pending-{}={name}", pending.handle());
//!     Ok(format!("{cookie}; Path=/; Secure; HttpOnly; SameSite=None; Max-Age=3600"))
//! }
//!
//! /// At the assertion consumer service; `cookie` is the value of a cookie that the browser sent.
//! fn find(
//!     sp: &ServiceProvider, records: &impl Records, keys: &SealKeys, cookie: impl Fn(&str) -> Option<String>, posted: &PostedResponse<'_>,
//! ) -> Result<PendingLogin, Error> {
//!     let name = posted.handle().and_then(|handle| cookie(&format!("__Host-pending-{handle}")));
//!     let sealed = name.and_then(|name| records.take(&name)).ok_or_else(|| posted.without_pending())?;
//!     sp.open_pending(keys, &sealed)
//! }
//! ```
//!
//! # The cookie
//!
//! ```text
//! Set-Cookie: __Host-saml-<handle>=<sealed>; Path=/; Secure; HttpOnly; SameSite=None; Max-Age=3600
//! ```
//!
//! - **`SameSite=None`, and it must be.** The answer arrives as a POST that a page of the *identity provider* submits: a cross-site
//!   request with an unsafe method. Browsers send neither `Strict` nor `Lax` cookies with it, and the login fails with no pending login
//!   found, most often only in production, where the two sites really differ. This is safe here: the cookie is opaque, authenticated,
//!   used once, and proves nothing by itself. Your *session* cookie can stay `Lax`: answer the POST with a 303 and it travels with
//!   the GET that follows. (A `Strict` one does not, because the provider's page began the navigation.)
//! - **`Secure`** is required by browsers with `SameSite=None`; it needs https in front of the app.
//! - **`__Host-`** makes the browser refuse the cookie unless it is `Secure`, has `Path=/` and no `Domain`, so that a sibling subdomain
//!   can neither set nor overwrite it.
//! - **One cookie per login**, named by the handle that travels as RelayState: two tabs that log in at once do not overwrite each other.
//! - **`Max-Age`** is the pending login's lifetime. Delete the cookie at the assertion consumer service, accepted or not.
//!
//! RelayState on the wire is that random handle and nothing else: 80 bytes are what the bindings promise to carry, and a URL there is an open
//! redirect that waits for somebody. Where the user wanted to go stands inside the pending login, as a [`ReturnTo`](crate::ReturnTo): a path on our own
//! origin.
//!
//! # The replay record
//!
//! A bearer assertion is money: whoever holds it can spend it until it expires (profiles 4.1.4.3 wants the service provider to refuse the
//! second time). `accept` therefore does not return an identity but an
//! [`Accepted`](crate::Accepted), and [`confirm`](crate::Accepted::confirm) asks for the record's answer:
//!
//! - [`replay_key`](crate::Accepted::replay_key): a hash over the provider's entity id and the assertion's own id, from signed bytes.
//! - [`keep_until`](crate::Accepted::keep_until): until when the record must remember it: the last moment at which this assertion could be accepted, skew
//!   included. Forgetting a second earlier opens a window, remembering longer costs memory only.
//!
//! The store must **insert if absent, atomically**; a read followed by a write lets two simultaneous requests both be first.
//!
//! | store | how |
//! |---|---|
//! | one process | [`ReplayCache`](crate::ReplayCache), [`confirm_with`](crate::Accepted::confirm_with) |
//! | Redis | `SET key 1 NX PXAT <keep_until in ms>`: `OK` is the first time, nil is before |
//! | SQL | `INSERT` into a table with a unique key; a unique violation is before. Delete rows after `keep_until` |
//!
//! Round `keep_until` up to the store's unit, never down. Ask right before `confirm`; where something slow stands in between and
//! `keep_until` is over by then, refuse: most stores take an end in the past for a first time, because they have forgotten the real one.
//!
//! If the store cannot be asked, refuse the login. `ReplayCache` when full of live entries refuses too (`replay-record-full`) and never
//! evicts one: a cache that forgets under pressure forgets what an attacker wants it to.
//!
//! **A fleet needs one shared record.** A sealed cookie stops other browsers; it cannot stop the *same* browser from presenting one answer
//! once to each node. The node that has not seen it cannot know.
//!
//! # Answers that nobody asked for
//!
//! [`Expect::Unsolicited`](crate::Expect::Unsolicited) accepts what a provider's own portal sends ("IdP-initiated"). There is no pending login, so nothing binds
//! the answer to this browser: an attacker can log a victim into the *attacker's* account and watch what they do there. That is
//! inherent, not a bug to be fixed by configuration. Offer it only to customers who need it; the replay record still applies; what came as
//! RelayState is
//! [`unverified_relay_state`](crate::PostedResponse::unverified_relay_state). A better portal link points at our own login URL: one more redirect, and the answer
//! is asked for.
//!
//! A missing pending login never falls back to this door. Two doors, and the app says which one it opens: this one only to an answer without
//! a [`handle`](crate::PostedResponse::handle).
//!
//! # Tenants
//!
//! Entity ids are typed in by the administrators of tenants and prove nothing: nothing stops one tenant from registering the entity id
//! of another's provider, with a key of its own. So:
//!
//! - Choose the provider by **your** tenant: an assertion consumer service URL per tenant, or the tag inside the pending login. Never by
//!   looking up the message's Issuer. Only among several identity providers of *one* tenant may the message choose, where nothing else
//!   says it (an answer that nobody asked for, a logout message): [`claimed_idp`](crate::ServiceProvider::claimed_idp) and
//!   [`claimed_idp_of_logout`](crate::ServiceProvider::claimed_idp_of_logout).
//! - Choose once. Where the URL chose the provider, the pending login must be of the same tenant: compare its tag before `accept`.
//!   Otherwise a login that began at one tenant ends at another where both have registered the same provider.
//! - Keep accounts per tenant: the key is (tenant, [`Identity::subject_key`](crate::Identity::subject_key)).
//! - Behind these rules, `accept` refuses a pending login that was begun for another entity id (`wrong-idp`), and takes only signatures
//!   by keys that were trusted when the login began and still are (`idp-keys-changed` where there is none). An unsolicited answer has no
//!   pending login: for it, the choice by tenant is all there is.
//! - Look for the sessions that a logout means among those of its tenant: the key is (tenant,
//!   [`LogoutRequest::name_key`](crate::LogoutRequest::name_key)). A tenant's own provider signs whatever it likes, about names of others too.
//! - Where messages are encrypted, give each tenant a decryption key of its own. A ciphertext does not say whom it came from: who has seen
//!   a message to another tenant can put its ciphertext, as it is or, with AES-CBC, altered, under a signature of their own provider,
//!   and have it opened as theirs.
//! - One service provider entity id per tenant is not needed; one per virtual host with sessions of its own is.
//!
//! With a URL per tenant, each tenant has a service provider value of its own, under one entity id. It is cheap, it can be made when the tenant
//! is, and its metadata names no other tenant's URL:
//!
//! ```
//! use saml_sp::{
//!     Accepted, Error, Expect, IdentityProvider, LoginOptions, LoginRequest, Outbound, PostedResponse, SealKeys, ServiceProvider,
//! };
//!
//! struct Tenant {
//!     name: String,
//!     sp: ServiceProvider,
//!     idp: IdentityProvider,
//! }
//!
//! fn tenant(name: &str, idp: IdentityProvider) -> Result<Tenant, Error> {
//!     let acs_url = format!("https://app.example.com/{name}/saml/acs");
//!     Ok(Tenant { name: name.to_owned(), sp: ServiceProvider::builder("https://app.example.com/saml", acs_url).build()?, idp })
//! }
//!
//! /// Where to send the browser, and the `Set-Cookie` to send along.
//! fn begin(tenant: &Tenant, keys: &SealKeys) -> Result<(Outbound, String), Error> {
//!     let options = LoginOptions::new().tag(&tenant.name);
//!     let LoginRequest { send, pending } = tenant.sp.begin_login_with(&tenant.idp, &options)?;
//!     Ok((send, pending.cookie(keys)?))
//! }
//!
//! /// At the tenant's own URL. What comes out waits for the replay record.
//! fn take(
//!     tenant: &Tenant, keys: &SealKeys, cookies: Option<&str>, posted: &PostedResponse<'_>,
//! ) -> Result<Accepted, Box<dyn std::error::Error>> {
//!     let pending = tenant.sp.pending_from_cookies(keys, cookies, posted)?;
//!     if pending.tag() != Some(&tenant.name) {
//!         return Err(format!("a login of {:?} came to the URL of {:?}", pending.tag(), tenant.name).into());
//!     }
//!     Ok(tenant.sp.accept(&tenant.idp, posted, Expect::AnswerTo(pending))?)
//! }
//! ```
