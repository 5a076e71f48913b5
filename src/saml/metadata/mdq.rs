//! The metadata query protocol (draft-young-md-query): the metadata of one entity, fetched when it is needed.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::error::MetadataError;
use crate::crypto::{DigestAlgorithm, digest, hex};
use crate::saml::ids::{EntityId, Location};
use crate::text::quoted::Quoted;

/// All but the characters that RFC 3986 calls unreserved.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A service that answers with the metadata of one entity at a time, as large federations have one.
///
/// The library makes the URL and reads what comes back. The application fetches it, keeps it for
/// [`refresh_after`](crate::IdentityProvider::refresh_after), and asks the next service where one does not answer.
///
/// ```
/// use saml_sp::{EntityId, Error, IdentityProvider, Mdq, Metadata, MetadataSigner, MetadataTrust};
///
/// fn look_up(
///     mdq: &Mdq, entity_id: &EntityId, federation: MetadataSigner, fetch: impl Fn(&str) -> Vec<u8>,
/// ) -> Result<IdentityProvider, Error> {
///     // A GET that accepts `application/samlmetadata+xml`.
///     let document = fetch(&mdq.url(entity_id));
///     // Whatever else the document holds: only the entity that was asked for is taken from it.
///     Ok(Metadata::read(&document, MetadataTrust::SignedBy(federation))?.identity_provider(entity_id)?)
/// }
///
/// let mdq = Mdq::new("https://mdq.example.org/global")?;
/// let url = mdq.url(&EntityId::new("https://idp.example.org/saml")?);
/// assert_eq!(url, "https://mdq.example.org/global/entities/https%3A%2F%2Fidp.example.org%2Fsaml");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mdq {
    base: Location,
}

impl Mdq {
    /// The service at this base URL. Without TLS it will do where the documents are believed for their
    /// [signature](crate::MetadataTrust::SignedBy).
    ///
    /// # Errors
    /// [`MetadataError::Location`] if it is no absolute http(s) URL.
    pub fn new(base_url: &str) -> Result<Self, MetadataError> {
        let base = Location::new(base_url).map_err(|reason| MetadataError::Location {
            what: "metadata query URL",
            found: Quoted::new(base_url),
            reason,
        })?;
        Ok(Self { base })
    }

    /// Where the metadata of this entity is. A query of the base URL stays behind it.
    #[must_use]
    pub fn url(&self, entity_id: &EntityId) -> String {
        let base = self.base.as_str();
        let (path, query) = base.find('?').map_or((base, ""), |at| base.split_at(at));
        let path = path.strip_suffix('/').unwrap_or(path);
        let name = match entity_id.as_str() {
            // As segments of a path they mean other paths, however they are escaped. Its digest names an entity as well.
            dots @ ("." | "..") => format!("{{sha1}}{}", hex(digest(DigestAlgorithm::Sha1, dots.as_bytes()).as_ref())),
            name => name.to_owned(),
        };
        format!("{path}/entities/{}{query}", utf8_percent_encode(&name, ESCAPED))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn iip_md01_the_metadata_of_one_entity_has_a_url() {
        let url = |base, id| Mdq::new(base).unwrap().url(&EntityId::new(id).unwrap());
        let expected = "https://mdq.example.org/entities/http%3A%2F%2Fidp.example.org%2Fidp";
        assert_eq!(url("https://mdq.example.org", "http://idp.example.org/idp"), expected);
        assert_eq!(url("https://mdq.example.org/", "http://idp.example.org/idp"), expected);
        assert_eq!(url("http://127.0.0.1/x/?key=1", "urn:a:b"), "http://127.0.0.1/x/entities/urn%3Aa%3Ab?key=1");
        // Nothing of a name can leave its segment of the path.
        let odd = url("https://mdq.example.org", "a/../?x=%2F&y#é +~");
        assert_eq!(odd, "https://mdq.example.org/entities/a%2F..%2F%3Fx%3D%252F%26y%23%C3%A9%20%2B~");
        // And one that is a step in a path goes by its digest.
        for (dots, sha1) in
            [(".", "3a52ce780950d4d969792a2559cd519d7ee8c727"), ("..", "9d891e731f75deae56884d79e9816736b7488080")]
        {
            let url = url("https://mdq.example.org/x", dots);
            assert_eq!(url, format!("https://mdq.example.org/x/entities/%7Bsha1%7D{sha1}"));
            assert_eq!(url::Url::parse(&url).unwrap().path_segments().unwrap().count(), 3);
        }
        let back = url::Url::parse(&odd).unwrap();
        let segment = back.path_segments().unwrap().next_back().unwrap();
        assert_eq!(percent_encoding::percent_decode_str(segment).decode_utf8().unwrap(), "a/../?x=%2F&y#é +~");
        for base in ["mdq.example.org", "ftp://mdq.example.org", "https://mdq.example.org/#x"] {
            assert!(matches!(Mdq::new(base).unwrap_err(), MetadataError::Location { .. }), "{base}");
        }
    }
}
