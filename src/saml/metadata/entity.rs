//! One entity of a document, and the role in it that is an identity provider (metadata 2.3.2, 2.4.3).

use chrono::{DateTime, Utc};

use super::endpoint::{Endpoint, read_boolean, read_location};
use super::error::MetadataError;
use super::identity_provider::{Declared, IdentityProvider, Parts, bindings};
use super::keys::RoleKeys;
use super::lifetime::Lifetime;
use super::note::MetadataNote;
use crate::saml::ids::EntityId;
use crate::saml::urn::{self, Binding};
use crate::text::quoted::Quoted;
use crate::text::whitespace;

use crate::xml::{Element, Name};

const IDP_ROLE: Name = Name::md("IDPSSODescriptor");
const XSI_TYPE: Name = Name::xsi("type");

/// What an EntityDescriptor turned out to be.
pub(super) enum Entity {
    IdentityProvider(IdentityProvider),
    /// An identity provider that cannot be used.
    Refused {
        entity_id: EntityId,
        reason: MetadataError,
    },
    /// An identity provider without a name that can be one.
    Nameless {
        reason: MetadataError,
    },
    /// Something else, such as a service provider; its name counts, so that no other takes it.
    Other {
        entity_id: Option<EntityId>,
    },
}

impl Entity {
    pub(super) fn read(entity: Element<'_>, inherited: Lifetime, now: DateTime<Utc>) -> Self {
        let is_idp = entity.child(IDP_ROLE).is_some();
        let entity_id = match read_entity_id(entity) {
            Ok(entity_id) => entity_id,
            Err(reason) if is_idp => return Self::Nameless { reason },
            Err(_) => return Self::Other { entity_id: None },
        };
        if !is_idp {
            return Self::Other { entity_id: Some(entity_id) };
        }
        match read_identity_provider(entity, &entity_id, inherited, now) {
            Ok(idp) => Self::IdentityProvider(idp),
            Err(reason) => Self::Refused { entity_id, reason },
        }
    }

    pub(super) fn id(&self) -> Option<&EntityId> {
        match self {
            Self::IdentityProvider(idp) => Some(idp.entity_id()),
            Self::Refused { entity_id, .. } => Some(entity_id),
            Self::Nameless { .. } => None,
            Self::Other { entity_id } => entity_id.as_ref(),
        }
    }
}

fn read_entity_id(entity: Element<'_>) -> Result<EntityId, MetadataError> {
    let text = entity.attribute("entityID").ok_or(MetadataError::BadEntityId { reason: None })?;
    EntityId::new(text).map_err(|reason| MetadataError::BadEntityId { reason: Some(reason) })
}

/// The first SAML 2.0 role that can be used, or why the first one cannot. Keys and endpoints come from that one element:
/// a role of SAML 1 or WS-Federation beside it may have other keys, for other purposes.
fn read_identity_provider(
    entity: Element<'_>,
    entity_id: &EntityId,
    inherited: Lifetime,
    now: DateTime<Utc>,
) -> Result<IdentityProvider, MetadataError> {
    let mut notes = Vec::new();
    if !entity_id.is_absolute_uri() {
        notes.push(MetadataNote::EntityIdNoUri);
    }
    let lifetime = inherited.narrowed_by(entity, &mut notes)?;
    let mut chosen = None;
    let mut first_reason = None;
    for child in entity.children() {
        if !child.is(IDP_ROLE) {
            notes.extend(unknown_role(child));
            continue;
        }
        let protocols = child.attribute("protocolSupportEnumeration").unwrap_or_default();
        let speaks_saml2 = protocols.split([' ', '\t', '\r', '\n']).any(|uri| uri == urn::PROTOCOL);
        if chosen.is_some() || !speaks_saml2 {
            notes.push(MetadataNote::FurtherIdpRole { protocols: Quoted::new(protocols) });
            continue;
        }
        match read_role(entity, child, entity_id, lifetime, now) {
            Ok(parts) => chosen = Some(parts),
            Err(reason) => {
                notes.push(MetadataNote::FurtherIdpRole { protocols: Quoted::new(protocols) });
                first_reason.get_or_insert(reason);
            }
        }
    }
    let Some(mut parts) = chosen else {
        return Err(first_reason.unwrap_or_else(|| MetadataError::NoSaml2Role {
            entity_id: entity_id.clone(),
            found: Quoted::new(
                entity
                    .child(IDP_ROLE)
                    .and_then(|role| role.attribute("protocolSupportEnumeration"))
                    .unwrap_or_default(),
            ),
        }));
    };
    notes.append(&mut parts.notes);
    if let Some(valid_until) = parts.valid_until.filter(|&valid_until| valid_until <= now) {
        notes.push(MetadataNote::Expired { valid_until });
    }
    parts.notes = notes;
    Ok(IdentityProvider::from_parts(parts))
}

fn read_role(
    entity: Element<'_>,
    role: Element<'_>,
    entity_id: &EntityId,
    inherited: Lifetime,
    now: DateTime<Utc>,
) -> Result<Parts, MetadataError> {
    let mut notes = Vec::new();
    let lifetime = inherited.narrowed_by(role, &mut notes)?;
    let noted = notes.len();
    let keys = RoleKeys::read(role, now, &mut notes);
    if keys.signing.is_empty() {
        let first_problem = notes.get(noted).cloned().map(Box::new);
        return Err(MetadataError::NoSigningKey { entity_id: entity_id.clone(), first_problem });
    }
    let single_sign_on = endpoints(role, "SingleSignOnService", Name::md("SingleSignOnService"), &mut notes);
    if !single_sign_on.iter().any(|endpoint| matches!(endpoint.binding, Binding::Redirect | Binding::Post)) {
        return Err(MetadataError::NoSsoEndpoint { entity_id: entity_id.clone(), found: bindings(&single_sign_on) });
    }
    Ok(Parts {
        entity_id: entity_id.clone(),
        keys,
        single_sign_on,
        single_logout: endpoints(role, "SingleLogoutService", Name::md("SingleLogoutService"), &mut notes),
        artifact_resolution: endpoints(
            role,
            "ArtifactResolutionService",
            Name::md("ArtifactResolutionService"),
            &mut notes,
        ),
        name_id_formats: role
            .children()
            .filter(|child| child.is(Name::md("NameIDFormat")))
            .filter_map(|format| Some(whitespace::collapse(&format.text()?).into_owned()))
            .filter(|format| !format.is_empty())
            .collect(),
        wants_authn_requests_signed: role.attribute("WantAuthnRequestsSigned").and_then(read_boolean).unwrap_or(false),
        valid_until: lifetime.valid_until,
        refresh_after: lifetime.refresh_after,
        error_url: role.attribute("errorURL").and_then(|text| read_location(text, "errorURL", &mut notes)),
        declared: Declared::read(entity, role, &mut notes),
        http_endpoints_allowed: false,
        notes,
    })
}

fn endpoints(role: Element<'_>, what: &'static str, name: Name, notes: &mut Vec<MetadataNote>) -> Vec<Endpoint> {
    role.children().filter(|child| child.is(name)).filter_map(|child| Endpoint::read(child, what, notes)).collect()
}

/// A note for a role that nothing here knows: `md:RoleDescriptor` with an xsi:type, as WS-Federation uses it.
fn unknown_role(child: Element<'_>) -> Option<MetadataNote> {
    if child.is(Name::md("RoleDescriptor")) {
        let name = child.attribute_in(XSI_TYPE).unwrap_or("RoleDescriptor");
        return Some(MetadataNote::UnknownRole { name: Quoted::new(name) });
    }
    let known = [
        Name::ds("Signature"),
        Name::md("Extensions"),
        Name::md("SPSSODescriptor"),
        Name::md("AuthnAuthorityDescriptor"),
        Name::md("AttributeAuthorityDescriptor"),
        Name::md("PDPDescriptor"),
        Name::md("AffiliationDescriptor"),
        Name::md("Organization"),
        Name::md("ContactPerson"),
        Name::md("AdditionalMetadataLocation"),
    ];
    let is_known = known.iter().any(|&name| child.is(name));
    (!is_known).then(|| MetadataNote::UnknownRole { name: Quoted::new(child.local()) })
}
