//! The Single Logout profile (profiles 4.4), from the service provider's side, in both directions.
//!
//! Out: `begin` asks an identity provider to end a session, `pending` waits for its answer. In: `receive` takes either kind of
//! message from signed bytes to checked claims, `accept` holds an answer against its request, `respond` answers a request.
//! `claimed` reads from whom a message says it is. No message counts without a signature.

pub(crate) mod accept;
pub(crate) mod begin;
pub(crate) mod claimed;
pub(crate) mod inbound;
pub(crate) mod pending;
pub(crate) mod receive;
pub(crate) mod respond;
