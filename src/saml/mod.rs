//! Floor 4: SAML messages as values.

pub(crate) mod assertion;
pub(crate) mod attribute;
pub(crate) mod authn_request;
pub(crate) mod conditions;
mod error;
pub(crate) mod ids;
pub(crate) mod logout;
pub(crate) mod metadata;
pub(crate) mod name_id;
mod part;
pub(crate) mod product;
pub(crate) mod response;
pub(crate) mod sent;
pub(crate) mod status;
pub(crate) mod subject;
pub(crate) mod unproven;
pub mod urn;

pub use attribute::{Attribute, AttributeValue};
pub use conditions::Window;
pub use error::MessageError;
pub use ids::EntityId;
pub use name_id::NameId;
pub use status::Status;
