//! A login from end to end, and who does what.
//!
//! # The walk
//!
//! | step | who | what |
//! |---|---|---|
//! | 1 | app | chooses the identity provider of *its own* tenant (see [`state`](super::state#tenants)) |
//! | 2 | library | [`begin_login`](crate::ServiceProvider::begin_login): writes the AuthnRequest, gives back where to send the browser and the pending login |
//! | 3 | app | keeps the pending login (session or sealed cookie), sends the browser away: a 303 to a URL, or a page with a form |
//! | 4 | provider | asks the user who they are, posts the Response to our assertion consumer service through the browser |
//! | 5 | app | hands the two form fields and the pending login to [`accept`](crate::ServiceProvider::accept) |
//! | 6 | library | reads, verifies, checks (see [`checks`](super::checks)): [`Accepted`](crate::Accepted), or an [`Error`](crate::Error) |
//! | 7 | app | asks its replay record whether this assertion was seen (see [`state`](super::state#the-replay-record)), and tells [`confirm`](crate::Accepted::confirm) |
//! | 8 | library | [`Login`](crate::Login): the identity, the session to store, where the user wanted to go |
//! | 9 | app | starts its own session under a *new* session id, and answers with a 303 to the return path |
//!
//! Steps 2, 6 and 8 do no I/O and do not wait. Where the app awaits a store or a key service, it does so between two calls;
//! [`keys_elsewhere`](super::keys_elsewhere) has those for keys in an HSM.
//!
//! # What the app must get right
//!
//! - **The URL comes from configuration.** The assertion consumer service URL that is compared with the message is the one the
//!   pending login carries, never the one of the HTTP request: a proxy may have changed scheme, host and port, and a `Host` header is
//!   the client's text.
//! - **A new session id after login.** The id from before the login may be known to somebody who planted it.
//! - **Constant text to the browser, the reason to the log.** An error says in its `Display` what was seen and wanted; that is for the
//!   operator. The page a user gets names no values; `whose()` tells which page: the user's own cancelling, or something to report.
//! - **403 or 400, not 500.** A refused message is an answer, not a crash.
//! - **The form field as it came.** Pass the value of `SAMLResponse` after form decoding and nothing else: a `+` turned into a blank is
//!   the usual sign of decoding that was forgotten or done twice.
//! - **Large bodies.** Real Responses reach some hundred kilobytes; a framework's form limit below that refuses users with many groups.
//!
//! # Which identity provider
//!
//! With one, or one for each tenant, the application knows. With a federation the user has to say: show a list
//! ([`display_name`](crate::IdentityProvider::display_name), [`logos`](crate::IdentityProvider::logos)), or send them to a
//! [`Discovery`](crate::Discovery) service. What either says is anybody's word and may only choose among those configured here. Instead of a whole
//! federation's document, [`Mdq`](crate::Mdq) asks for the metadata of the one that was chosen.
//!
//! An answer to a request comes from the one that was asked: [`PendingLogin::idp`](crate::PendingLogin::idp). For one that nobody asked for,
//! [`claimed_idp`](crate::ServiceProvider::claimed_idp) chooses by its Issuer among those of one tenant, and `accept` proves it.
//!
//! Where attributes are missing that only the identity provider can add ([`attributes`](super::attributes)), its
//! [`error_url`](crate::IdentityProvider::error_url) is the page to point users to (SDP-SP12), where it has one.
//!
//! # Authorization is not authentication
//!
//! An accepted login says who the provider says this is. Whether that user may enter is another question: ask it of the attributes
//! ([`Identity::attribute_values`](crate::Identity::attribute_values)), by exact attribute name. An e-mail address is an attribute that any
//! configured provider can assert; link accounts by [`Identity::subject_key`](crate::Identity::subject_key), never by e-mail address
//! alone.
