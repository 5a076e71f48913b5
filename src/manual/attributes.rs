//! Attributes: fields by whatever name they come, groups, and who may enter.
//!
//! Everything in an [`Identity`](crate::Identity) was signed. What it means is agreed upon between two configurations: names
//! differ from product to product, and nothing arrives that nobody set up there.
//!
//! # Fields
//!
//! [`AttributeMap`](crate::AttributeMap) knows under which names products send an e-mail address, names, groups and the identifiers of
//! federations. Where the application names attributes for a field, those count and no others. Names are compared exactly. A FriendlyName decides
//! nothing: any attribute can carry any.
//!
//! [`require`](crate::AttributeMap::require) what the application cannot do without. The error has the names that did arrive, which is what
//! an administrator needs to see: put them on the page where the mapping is set. No values stand in it.
//!
//! Never link accounts by an e-mail address alone: each configured identity provider can send any. Link by
//! [`Identity::subject_key`](crate::Identity::subject_key), or in federations by subject-id or pairwise-id.
//!
//! Those two and eduPersonPrincipalName are *scoped*: behind the `@` stands for whom the identity provider speaks. It may use the scopes of
//! its metadata (`shibmd:Scope`), and those that [`allow_scope`](crate::AttributeMap::allow_scope) names; a value with another one
//! is left out. Expressions (`regexp="true"`) count for nothing. A scope of its metadata is worth as much as whoever vouches for the metadata.
//!
//! # Groups
//!
//! [`Groups`](crate::Groups) tells a list from none. Entra ID replaces the groups of a user in more than 150 of them by a link:
//! an application that read this as "in no group" would refuse the busiest people, and one that asks "is not in the group of the suspended" would
//! let them in. Where groups decide, assign them to the application there and have only those sent.
//!
//! # Who may enter
//!
//! A [`Gate`](crate::Gate) is a value: rules over groups, attributes, the authentication context and the identity provider,
//! joined by `and`, `or` and `!`. [`Identity::require`](crate::Identity::require) is the question;
//! [`explain`](crate::Gate::explain) answers an administrator rule by rule, naming what is wanted and whether it is met. A
//! rule that names nothing admits nobody, and one about groups that were too many to be sent neither admits nor, under a `!`, lets pass.
//!
//! ```
//! use saml_sp::{AttributeMap, Error, Field, Gate, IdentityProvider, Login, MappedAttributes};
//!
//! fn welcome(idp: &IdentityProvider, login: &Login) -> Result<MappedAttributes, Error> {
//!     let map = AttributeMap::new().require(Field::Email).only_groups_with_prefix("wiki-");
//!     login.identity.require(&Gate::any_group(&map, ["wiki-readers", "wiki-editors"]))?;
//!     map.read(&login.identity, idp)
//! }
//! ```
