//! The attributes by which an element may be referenced, and that no two of them are equal.

use super::error::{Fault, XmlErrorKind};
use super::name::{NAMESPACE_XML, NO_NAMESPACE, ns};
use super::tree::{Document, Span};
use super::work;
use crate::few::Few;
use std::collections::HashSet;

/// So many IDs are compared with one another; real messages have two to four.
const FEW: usize = 8;

/// The length of the names of attributes that are IDs.
pub(super) const ID_NAME_LENGTH: usize = "ID".len();

/// The attributes of a document that are IDs, by index.
#[derive(Default)]
pub(super) struct Ids(Few<u32, FEW>);

impl Ids {
    /// Un-namespaced `ID` and `Id`, and `xml:id`, on SAML, ds and xenc elements, among the attributes from `start` on.
    pub(super) fn note(&mut self, document: &Document<'_>, start: usize, namespace: u32) {
        for (attribute, index) in document.attributes.iter().skip(start).zip(start..) {
            if attribute.local.len() != ID_NAME_LENGTH {
                continue;
            }
            let name = (attribute.namespace, document.text(attribute.local));
            let is_id = matches!(name, (NO_NAMESPACE, "ID" | "Id") | (NAMESPACE_XML, "id"));
            if is_id && is_referenced(document.namespace(namespace)) {
                self.0.push(Span::offset(index));
            }
        }
    }

    /// Whether one of the attributes from `start` on is an ID.
    pub(super) fn any_since(&self, start: u32) -> bool {
        self.0.last().is_some_and(|last| last >= start)
    }

    /// A second element with the same ID is how "verified one thing, read another" begins.
    pub(super) fn unique(&self, document: &Document<'_>) -> Result<(), Fault> {
        let all = self.0.as_slice();
        let value = |index: &u32| {
            let attribute = document.attributes.get(Span::index(*index));
            attribute.map(|attribute| document.text(attribute.value))
        };
        let mut seen = HashSet::new();
        for (n, index) in all.iter().enumerate() {
            let repeated = if all.len() <= FEW {
                work::count(n);
                all.iter().take(n).any(|earlier| value(earlier) == value(index))
            } else {
                !seen.insert(value(index))
            };
            if repeated {
                let attribute = document.attributes.get(Span::index(*index));
                let at = attribute.map_or(0, |attribute| attribute.local.start);
                return Err(Fault::new(XmlErrorKind::DuplicateId, at));
            }
        }
        Ok(())
    }
}

/// Whether elements of a namespace are what a signature or an encrypted key can point at.
fn is_referenced(namespace: &str) -> bool {
    namespace.starts_with(ns::SAML_FAMILY) || matches!(namespace, ns::DS | ns::DS11 | ns::XENC | ns::XENC11)
}
