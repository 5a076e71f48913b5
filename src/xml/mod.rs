//! Floor 1: XML as SAML needs it, read once into a tree and written without a way around escaping.
//!
//! The grammar is a subset of XML 1.0 (fifth edition) with Namespaces in XML 1.0: UTF-8 only, no DOCTYPE and hence no
//! entities of its own, no processing instructions, absolute namespace names only. Inside the subset nothing is
//! forgiven: what this parser takes, every conforming parser takes, and reads the same.
//!
//! A document goes through one gate (`tree`: length, UTF-8, characters, number of elements), is cut into pieces (`token`),
//! and built into one tree under one set of limits (`build`, `start_tag`, `attributes`). Who cuts is the only difference between documents:
//! messages and signed octets are cut by `scan`, metadata by `reader`, which is quick-xml. Each is the other's oracle: on every
//! document they end in the same tree or in the same error at the same place, which `both` asserts in tests and under the fuzzer.
//! What they share, it says nothing of: that the quick readers of tags agree with the exact ones, is asserted in `attributes`.

mod attributes;
#[cfg(any(test, fuzzing))]
mod both;
mod build;
mod characters;
mod element;
mod error;
mod excess;
mod fragment;
mod ids;
mod intern;
mod name;
mod reader;
mod scan;
mod start_tag;
mod token;
mod tree;
mod walk;
pub(crate) mod work;
mod write;

pub(crate) use crate::limits::XmlLimits;
#[cfg(any(test, fuzzing))]
pub(crate) use both::parse_by_both;
pub(crate) use characters::{is_char, is_name_chars, is_ncname};
pub(crate) use element::{Attribute, Element, Node};
pub use error::{Flaw, Position, XmlError, XmlErrorKind};
pub(crate) use fragment::Fragment;
pub(crate) use name::{Name, ns};
pub(crate) use tree::Document;
pub(crate) use walk::{Binding, Step};
pub(crate) use write::{WriteError, Writer, escape_attribute, escape_text};

#[cfg(test)]
mod tests;
