//! What is accepted and yet odd.

use std::fmt;

use crate::text::quoted::Quoted;
use crate::xmlenc::Decrypted;

/// Something that is accepted and yet not as the standard has it: worth telling whoever runs the other side.
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    /// A time without a zone, taken as UTC.
    #[non_exhaustive]
    TimeWithoutZone {
        /// The attribute.
        attribute: &'static str,
        /// Its value.
        found: Quoted,
    },
    /// A time with an explicit offset, converted to UTC.
    #[non_exhaustive]
    TimeWithOffset {
        /// The attribute.
        attribute: &'static str,
        /// Its value.
        found: Quoted,
    },
    /// An entityID that is no absolute URI (core 8.3.6).
    #[non_exhaustive]
    EntityIdNoUri {
        /// The entityID: the identity provider's or ours.
        entity_id: Quoted,
    },
    /// Encrypted in a way that is taken for the sake of old products only (IIP-ALG05).
    #[non_exhaustive]
    OutdatedEncryption {
        /// What, and how.
        found: Decrypted,
    },
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TimeWithoutZone { attribute, found } => {
                write!(f, "{attribute} {found} has no zone and is taken as UTC")
            }
            Self::TimeWithOffset { attribute, found } => write!(f, "{attribute} {found} is converted to UTC"),
            Self::OutdatedEncryption { found: Decrypted { element, content, key_transport, .. } } => {
                write!(
                    f,
                    "the {element} is encrypted by {content}, its key by {key_transport}: AES-GCM and RSA-OAEP are better"
                )
            }
            Self::EntityIdNoUri { entity_id } => write!(f, "the entity ID {entity_id} is no absolute URI"),
        }
    }
}
