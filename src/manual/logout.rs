//! Logging out, here and at the identity provider.
//!
//! A login makes two sessions: the application's, and the identity provider's. Ending the first is the application's own
//! matter and always works. Single logout tells the other side, in either direction; it is optional (SDP-SP24), many
//! products do it badly, and a user who wants to be sure closes the browser.
//!
//! # What to set up
//!
//! ```
//! use saml_sp::{Binding, Credential, ServiceProvider, SigningKey};
//!
//! # fn build(certificate: saml_sp::Certificate, key: SigningKey) -> Result<ServiceProvider, saml_sp::Error> {
//! ServiceProvider::builder("https://app.example.com/saml", "https://app.example.com/saml/acs")
//!     .credential(Credential::active(certificate).signing(key))
//!     .slo_url(Binding::Redirect, "https://app.example.com/saml/slo")
//!     .slo_url(Binding::Post, "https://app.example.com/saml/slo")
//!     .build()
//! # }
//! ```
//!
//! Every logout message is signed, ours and theirs, so there has to be a key. The URLs stand in our metadata: give it to the
//! identity providers again. One URL may take both bindings of the browser, GET for Redirect and POST for the form.
//!
//! # We begin
//!
//! 1. End the application's session (SDP-SP34). The answer may never come, and nothing may depend on it.
//! 2. [`begin_logout`](crate::ServiceProvider::begin_logout) with the [`Session`](crate::Session) that the login gave. Keep the
//!    [`PendingLogout`](crate::PendingLogout) for this browser, and send it away.
//! 3. The answer comes to the logout URL: [`receive_logout`](crate::ServiceProvider::receive_logout), then
//!    [`LogoutAnswer::accept`](crate::LogoutAnswer::accept) with the pending logout. [`LoggedOut::everywhere`](crate::LoggedOut::everywhere)
//!    is false where another application's session goes on: tell the user to close the browser.
//!
//! Ask only where the user wants it. An idle session ends here and nowhere else (SDP-SP35): a request would sign the user out
//! of everything.
//!
//! An identity provider without a logout endpoint (Google Workspace has none) is `metadata-no-slo-endpoint`; step 1 was all
//! there is.
//!
//! # They begin
//!
//! 1. The request comes to the logout URL, by way of the user's browser or, by SOAP, straight from the identity provider.
//!    [`receive_logout`](crate::ServiceProvider::receive_logout) takes it only with a signature of that identity provider.
//! 2. [`confirm`](crate::AcceptedLogout::confirm) it with the replay record, the same one as for logins: an old request that comes
//!    again would end a newer session.
//! 3. End what it names: all sessions under its [`name_key`](crate::LogoutRequest::name_key), or those of them that have one of its
//!    [`session_indexes`](crate::LogoutRequest::session_indexes). So the application's store needs both beside each session:
//!    [`Session::name_key`](crate::Session::name_key), and the indexes. A request by SOAP brings no cookie; look sessions up by these
//!    alone, always, and where tenants register their own identity providers among the sessions of this tenant: another
//!    may have registered the same entityID.
//! 4. [`respond`](crate::LogoutRequest::respond). Where the user had no session here, that is
//!    [`Done`](crate::LogoutOutcome::Done) too.
//!
//! # The query as it came
//!
//! By Redirect the octets of the query are signed, not what they decode to. Entra ID and AD FS write escapes in lower case, which
//! is legal; whoever decodes and encodes again breaks the signature. So pass the raw query
//! ([`Inbound::query`](crate::Inbound::query)): of axum `RawQuery` or `Uri::query`, of actix-web `HttpRequest::query_string`. Where a
//! framework hides it there is [`Inbound::decoded_query`](crate::Inbound::decoded_query), which tries the spellings that products
//! use.
//!
//! What is read is read from the slices that were signed. A parameter that stands twice, or that is there under a name
//! that only decodes to the right one, ends it: a proxy might have read the other one.
//!
//! # What is not built
//!
//! A login that began before a logout and is finished after it: the assertion was made before, and is taken. Where that matters keep a
//! confirmed request until its [`keep_until`](crate::LogoutRequest::keep_until), and refuse a login whose session it
//! [`ends`](crate::LogoutRequest::ends) (core 3.7.3).
//!
//! A name in a request that is encrypted to a key in an HSM (`decrypt-key-elsewhere`): give the service provider one key that is here, for
//! names, or have the name sent in the clear.
//!
//! The asynchronous extension (`aslo:Asynchronous`), which tells an identity provider that no answer is awaited; the answer is taken always
//! (SDP-SP32). Logout by Artifact. Requests with a BaseID.
