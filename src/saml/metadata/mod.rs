//! Metadata: who the identity providers are, by their own word or a federation's.
//!
//! A document is read once, into values that hold everything parsed. Whether to believe it is asked first
//! ([`MetadataTrust`]); where a signature is asked for, what is read is what was signed, and nothing else.

mod diff;
mod endpoint;
mod entity;
mod error;
mod extensions;
mod identity_provider;
mod keys;
mod lifetime;
mod mdq;
mod note;
pub(crate) mod sp;
mod trust;

#[cfg(test)]
mod corpus;
#[cfg(test)]
mod tests;

use std::collections::HashSet;

use chrono::{DateTime, Utc};

pub use self::diff::Changes;
pub use self::endpoint::Endpoint;
pub use self::error::{EntityIds, MetadataError};
pub use self::identity_provider::{EntityAttribute, IdentityProvider, Localized, Logo};
pub use self::mdq::Mdq;
pub use self::note::MetadataNote;
pub use self::trust::{MetadataSigner, MetadataTrust};

use self::entity::Entity;
use self::lifetime::Lifetime;
use self::trust::ValidUntil;
use crate::dsig;
use crate::limits::Limits;
use crate::saml::ids::EntityId;
use crate::text::quoted::Quoted;
use crate::xml::{Document, Element, Name};

const ENTITY: Name = Name::md("EntityDescriptor");
const ENTITIES: Name = Name::md("EntitiesDescriptor");

/// A metadata document that was read: one entity, or a federation of them.
///
/// ```no_run
/// use saml_sp::{EntityId, Metadata, MetadataTrust};
///
/// let metadata = Metadata::read(&std::fs::read("federation.xml")?, MetadataTrust::Transport)?;
/// for idp in metadata.identity_providers() {
///     println!("{} is {}", idp.entity_id(), idp.display_name().unwrap_or("nameless"));
/// }
/// let ours = metadata.identity_provider(&EntityId::new("https://idp.example.com/saml")?)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Metadata {
    identity_providers: Vec<IdentityProvider>,
    /// Identity providers that cannot be used, and why.
    refused: Vec<(EntityId, MetadataError)>,
    /// Every entity of the document, identity provider or not.
    entities: HashSet<EntityId>,
    /// Why the first identity provider without a usable name was left out.
    nameless: Option<MetadataError>,
    notes: Vec<MetadataNote>,
}

impl Metadata {
    /// Reads a document, of at most the limits' size, as of this moment.
    pub(crate) fn read_at(
        bytes: &[u8],
        trust: &MetadataTrust,
        limits: &Limits,
        now: DateTime<Utc>,
    ) -> Result<Self, MetadataError> {
        let document = Document::parse_metadata(bytes, &limits.metadata())?;
        let root = metadata_root(&document)?;
        let signer = match trust {
            MetadataTrust::Transport => return Self::collect(root, now),
            MetadataTrust::SignedBy(signer) => signer,
        };
        let signature = dsig::Signature::of(root, limits)?.ok_or(MetadataError::NotSigned)?;
        let verified = dsig::verify(signer.engine, &signature, &signer.keys, &signer.policy)?;
        let signed = Document::parse_metadata(verified.octets.as_bytes(), &limits.metadata_octets())?;
        let root = metadata_root(&signed)?;
        let valid_until = Lifetime::default().narrowed_by(root, &mut Vec::new())?.valid_until;
        match (signer.valid_until, valid_until) {
            (ValidUntil::Required | ValidUntil::AtMost(_), None) => return Err(MetadataError::NoValidUntil),
            (ValidUntil::AtMost(max), Some(valid_until)) if valid_until.signed_duration_since(now) > max => {
                return Err(MetadataError::ValidUntilTooFar { valid_until, max });
            }
            _ => {}
        }
        Self::collect(root, now)
    }

    /// Walks the tree of groups in document order. The depth of groups is the document's; nothing here recurses.
    fn collect(root: Element<'_>, now: DateTime<Utc>) -> Result<Self, MetadataError> {
        let mut metadata = Self {
            identity_providers: Vec::new(),
            refused: Vec::new(),
            entities: HashSet::new(),
            nameless: None,
            notes: Vec::new(),
        };
        let mut pending = vec![(root, Lifetime::default())];
        while let Some((element, inherited)) = pending.pop() {
            if element.is(ENTITY) {
                metadata.take(Entity::read(element, inherited, now))?;
                continue;
            }
            let lifetime = inherited.narrowed_by(element, &mut metadata.notes)?;
            let below = pending.len();
            pending.extend(element.children().filter(|c| c.is(ENTITY) || c.is(ENTITIES)).map(|c| (c, lifetime)));
            // A stack gives back the last first.
            if let Some(children) = pending.get_mut(below..) {
                children.reverse();
            }
        }
        Ok(metadata)
    }

    fn take(&mut self, entity: Entity) -> Result<(), MetadataError> {
        if let Some(entity_id) = entity.id()
            && !self.entities.insert(entity_id.clone())
        {
            return Err(MetadataError::DuplicateEntity { entity_id: entity_id.clone() });
        }
        match entity {
            Entity::IdentityProvider(idp) => self.identity_providers.push(idp),
            Entity::Refused { entity_id, reason } => {
                self.notes.push(MetadataNote::EntityLeftOut {
                    entity_id: Some(entity_id.clone()),
                    reason: Box::new(reason.clone()),
                });
                self.refused.push((entity_id, reason));
            }
            Entity::Nameless { reason } => {
                self.notes.push(MetadataNote::EntityLeftOut { entity_id: None, reason: Box::new(reason.clone()) });
                self.nameless.get_or_insert(reason);
            }
            Entity::Other { .. } => {}
        }
        Ok(())
    }

    /// The identity providers that can be used, in document order.
    #[must_use]
    pub fn identity_providers(&self) -> &[IdentityProvider] {
        &self.identity_providers
    }

    /// The identity provider of this name.
    ///
    /// # Errors
    /// [`MetadataError::UnknownEntity`] if no entity has the name; if one has it and cannot be used, the reason.
    pub fn identity_provider(&self, entity_id: &EntityId) -> Result<IdentityProvider, MetadataError> {
        if let Some(idp) = self.identity_providers.iter().find(|idp| idp.entity_id() == entity_id) {
            return Ok(idp.clone());
        }
        if let Some((_, reason)) = self.refused.iter().find(|(id, _)| id == entity_id) {
            return Err(reason.clone());
        }
        if self.entities.contains(entity_id) {
            return Err(MetadataError::NotIdp { entity_id: entity_id.clone() });
        }
        Err(MetadataError::UnknownEntity { wanted: entity_id.clone(), among: self.names() })
    }

    /// The one identity provider of a document that has one.
    ///
    /// # Errors
    /// [`MetadataError::SeveralIdps`] names them if there are more. If there is none that can be used: the reason why.
    pub fn only_identity_provider(&self) -> Result<IdentityProvider, MetadataError> {
        match self.identity_providers.as_slice() {
            [only] => Ok(only.clone()),
            [] => Err(self.why_none()),
            _ => Err(MetadataError::SeveralIdps { among: self.names() }),
        }
    }

    /// What an administrator should know about the document as a whole, and which of its entities are left out.
    #[must_use]
    pub fn notes(&self) -> &[MetadataNote] {
        &self.notes
    }

    fn why_none(&self) -> MetadataError {
        match (self.refused.as_slice(), &self.nameless) {
            ([(_, reason)], _) => reason.clone(),
            ([(_, first), ..], _) => {
                MetadataError::NoneUsable { refused: self.refused.len(), first: Box::new(first.clone()) }
            }
            ([], Some(reason)) => reason.clone(),
            ([], None) => MetadataError::NoIdp { entities: self.entities.len() },
        }
    }

    fn names(&self) -> EntityIds {
        EntityIds::of(self.identity_providers.iter().map(IdentityProvider::entity_id))
    }
}

fn metadata_root<'d>(document: &'d Document<'_>) -> Result<Element<'d>, MetadataError> {
    let root = document.root();
    if root.is(ENTITY) || root.is(ENTITIES) {
        return Ok(root);
    }
    let namespace = if root.namespace().is_empty() { "no namespace" } else { root.namespace() };
    Err(MetadataError::NotMetadata { found: Quoted::new(format!("{} of {namespace}", root.local())) })
}
