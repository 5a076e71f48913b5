//! The three names of SAML: who (an entity), which message, where (a location).
//!
//! They are compared code point by code point and never normalised (core 1.3.1, 1.3.2); what XSD's `anyURI` says about
//! white space (collapse) is done once, when a value is made.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;
use std::sync::Arc;

use url::{Host, Url};

use crate::crypto::hex;
use crate::crypto::random::{self, RandomFailed};
use crate::text::whitespace;

/// The longest entityID, in characters (metadata 2.2.1, core 8.3.6).
const ENTITY_ID_CHARACTERS: usize = 1024;

/// The name of an entity: of a service provider, an identity provider or an audience.
///
/// Any non-empty string of at most 1,024 characters, after leading and trailing XML white space is gone and inner runs of
/// it are one space. The standard wants a URI; real ones are free text too, see [`is_absolute_uri`](Self::is_absolute_uri).
/// Two are equal when they are the same code points: `https://a.example` and `https://a.example/` are two entities.
///
/// An entityID is typed by whoever configures it and proves nothing: choose the identity provider of a login by your
/// own tenant, not by this name.
///
/// ```
/// let id = saml_sp::EntityId::new(" https://idp.example.com/saml\n")?;
/// assert_eq!(id.as_str(), "https://idp.example.com/saml");
/// assert_ne!(id, saml_sp::EntityId::new("https://idp.example.com/saml/")?);
/// # Ok::<(), saml_sp::InvalidEntityId>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct EntityId(Arc<str>);

/// Why a string is no [`EntityId`].
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidEntityId {
    /// Nothing is left when the white space is gone.
    #[error("an entityID is empty")]
    Empty,
    /// More than 1,024 characters.
    #[error("an entityID has {characters} characters, {max} are the most (metadata 2.2.1)")]
    TooLong {
        /// What was found.
        characters: usize,
        /// What the standard allows.
        max: usize,
    },
    /// A character that no XML document can carry, so that no message can name this entity.
    #[error("an entityID has the character U+{:04X}, which XML cannot carry", u32::from(*.character))]
    NotXml {
        /// The character.
        character: char,
    },
}

impl InvalidEntityId {
    /// The stable name of this error.
    #[must_use]
    pub fn code(&self) -> &'static str {
        "bad-entity-id"
    }

    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Empty => "copy the entityID (also called issuer, audience or identifier) from the entity's metadata",
            Self::TooLong { .. } => "an entityID is one short name, usually a URL: was a whole document pasted here?",
            Self::NotXml { .. } => "remove the control character; was the entityID copied from a binary file?",
        }
    }
}

impl EntityId {
    /// Takes a name as it stands in a document or in a configuration.
    ///
    /// # Errors
    /// [`InvalidEntityId`] when it is empty, too long, or has a character that XML cannot carry.
    pub fn new(text: impl AsRef<str>) -> Result<Self, InvalidEntityId> {
        let text = whitespace::collapse(text.as_ref());
        let characters = text.chars().count();
        if characters == 0 {
            return Err(InvalidEntityId::Empty);
        }
        if characters > ENTITY_ID_CHARACTERS {
            return Err(InvalidEntityId::TooLong { characters, max: ENTITY_ID_CHARACTERS });
        }
        match text.chars().find(|&character| !is_xml_character(character)) {
            Some(character) => Err(InvalidEntityId::NotXml { character }),
            None => Ok(Self(Arc::from(text))),
        }
    }

    /// The name, as it is compared.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this is what the standard asks for (core 8.3.6): an absolute URI. Reports note where it is not.
    #[must_use]
    pub fn is_absolute_uri(&self) -> bool {
        let Some((scheme, rest)) = self.0.split_once(':') else { return false };
        let mut scheme = scheme.chars();
        scheme.next().is_some_and(|first| first.is_ascii_alphabetic())
            && scheme.all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
            && !rest.is_empty()
            && !rest.contains(' ')
    }
}

impl fmt::Display for EntityId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for EntityId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EntityId({:?})", &*self.0)
    }
}

impl AsRef<str> for EntityId {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl FromStr for EntityId {
    type Err = InvalidEntityId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::new(text)
    }
}

impl TryFrom<&str> for EntityId {
    type Error = InvalidEntityId;

    fn try_from(text: &str) -> Result<Self, Self::Error> {
        Self::new(text)
    }
}

impl TryFrom<String> for EntityId {
    type Error = InvalidEntityId;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::new(text)
    }
}

/// The ID of a message that we send.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct MessageId(Arc<str>);

impl MessageId {
    /// Octets of randomness in one: the 160 bits that core 1.3.4 recommends.
    pub(crate) const BYTES: usize = 20;

    /// A new one.
    pub(crate) fn random() -> Result<Self, RandomFailed> {
        random::bytes::<{ Self::BYTES }>().map(|octets| Self::from_random(&octets))
    }

    /// The underscore makes it an `xs:NCName`, which hexadecimal digits alone are not.
    pub(crate) fn from_random(octets: &[u8]) -> Self {
        Self(Arc::from(format!("_{}", hex(octets))))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MessageId({:?})", &*self.0)
    }
}

/// Where messages go: an absolute `http` or `https` URL without user info and fragment.
///
/// Kept exactly as it was written and compared code point by code point: `:443` or a percent-encoding more is another
/// location. It was parsed once, to know that a browser will read it as we do.
///
/// ```
/// use saml_sp::Location;
///
/// let sso = Location::new("https://idp.example.com/sso?tenant=7")?;
/// assert!(sso.is_https());
/// assert!(Location::new("javascript:alert(1)").is_err());
/// assert!(Location::new("https://idp.example.com@evil.example/").is_err());
/// # Ok::<(), saml_sp::InvalidLocation>(())
/// ```
#[derive(Clone)]
pub struct Location(Arc<Parts>);

struct Parts {
    text: String,
    url: Url,
}

/// Why a string is no [`Location`].
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidLocation {
    /// Not `http://…` or `https://…`: a relative reference, or a scheme such as `javascript:`.
    #[error("a location is not an absolute http(s) URL")]
    NotHttp,
    /// White space, a control character or a backslash, which URL parsers read in different ways.
    #[error("a location has the character U+{:04X}", u32::from(*.character))]
    Character {
        /// The first such character.
        character: char,
    },
    /// `user:password@` before the host, which hides the host from a reader.
    #[error("a location has user info before the host")]
    UserInfo,
    /// `#…` at the end, which never reaches a server.
    #[error("a location has a fragment")]
    Fragment,
    /// The host or the port is broken.
    #[error("a location is no URL: {reason}")]
    Malformed {
        /// What the URL parser says.
        reason: url::ParseError,
    },
}

impl InvalidLocation {
    /// The stable name of this error.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotHttp => "location-not-http",
            Self::Character { .. } => "location-bad-character",
            Self::UserInfo => "location-user-info",
            Self::Fragment => "location-fragment",
            Self::Malformed { .. } => "location-malformed",
        }
    }

    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::NotHttp => "write the whole URL, beginning with https://",
            Self::Character { .. } => "percent-encode the character, or remove it if it came by copying",
            Self::UserInfo => "remove everything between https:// and the @ sign",
            Self::Fragment => "remove the # and what follows it",
            Self::Malformed { .. } => "open the URL in a browser and copy it from its address bar",
        }
    }
}

impl Location {
    /// Takes a URL exactly as it is written. White space around it is an error here: values from XML are collapsed
    /// before, values from a configuration should have none.
    ///
    /// # Errors
    /// [`InvalidLocation`] says which rule it breaks.
    pub fn new(text: impl Into<String>) -> Result<Self, InvalidLocation> {
        let text = text.into();
        // The `url` crate, like browsers, drops TAB, CR and LF, trims, and takes `\` for `/`. Programs that read
        // RFC 3986 do not: refusing these leaves one reading.
        if let Some(character) = text.chars().find(|&c| c.is_control() || c.is_whitespace() || c == '\\') {
            return Err(InvalidLocation::Character { character });
        }
        let authority = authority(&text).ok_or(InvalidLocation::NotHttp)?;
        if authority.contains('@') {
            return Err(InvalidLocation::UserInfo);
        }
        if text.contains('#') {
            return Err(InvalidLocation::Fragment);
        }
        let url = Url::parse(&text).map_err(|reason| InvalidLocation::Malformed { reason })?;
        if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
            return Err(InvalidLocation::NotHttp);
        }
        Ok(Self(Arc::new(Parts { text, url })))
    }

    /// The URL as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0.text
    }

    /// Whether messages to this location are protected by TLS.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.0.url.scheme() == "https"
    }

    /// Whether messages to this location never leave the machine: `localhost`, a name below it, 127.0.0.0/8 or `::1`.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        match self.0.url.host() {
            Some(Host::Domain(name)) => {
                let name = name.strip_suffix('.').unwrap_or(name);
                name == "localhost" || name.ends_with(".localhost")
            }
            Some(Host::Ipv4(address)) => IpAddr::V4(address).is_loopback(),
            Some(Host::Ipv6(address)) => IpAddr::V6(address).is_loopback(),
            None => false,
        }
    }
}

/// What stands between `http(s)://` and the next `/`, `?` or `#`; none if it is empty.
fn authority(text: &str) -> Option<&str> {
    let (scheme, rest) = text.split_once("://")?;
    if !scheme.eq_ignore_ascii_case("https") && !scheme.eq_ignore_ascii_case("http") {
        return None;
    }
    rest.split(['/', '?', '#']).next().filter(|authority| !authority.is_empty())
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Location({:?})", self.as_str())
    }
}

impl PartialEq for Location {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Location {}

impl std::hash::Hash for Location {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

impl FromStr for Location {
    type Err = InvalidLocation;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::new(text)
    }
}

impl TryFrom<&str> for Location {
    type Error = InvalidLocation;

    fn try_from(text: &str) -> Result<Self, Self::Error> {
        Self::new(text)
    }
}

/// The production `Char` of XML 1.0.
fn is_xml_character(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r' | ' '..='\u{fffd}' | '\u{10000}'..)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn core_1_3_2_entity_id_is_collapsed_then_exact() {
        let id = EntityId::new("\n https://idp.example.com/a  b\t").unwrap();
        assert_eq!(id.as_str(), "https://idp.example.com/a b");
        assert_ne!(EntityId::new("https://a.example").unwrap(), EntityId::new("https://a.example/").unwrap());
        assert_ne!(EntityId::new("https://A.example").unwrap(), EntityId::new("https://a.example").unwrap());
        assert_ne!(EntityId::new("a\u{a0}").unwrap(), EntityId::new("a").unwrap(), "only XML white space is trimmed");
    }

    #[test]
    fn entity_id_of_1024_characters_is_the_longest() {
        assert!(EntityId::new("é".repeat(1024)).is_ok());
        let error = EntityId::new("é".repeat(1025)).unwrap_err();
        assert_eq!(error, InvalidEntityId::TooLong { characters: 1025, max: 1024 });
        assert_eq!(EntityId::new(" \r\n\t ").unwrap_err(), InvalidEntityId::Empty);
        assert_eq!(EntityId::new("a\0").unwrap_err(), InvalidEntityId::NotXml { character: '\0' });
    }

    #[test]
    fn free_text_entity_ids_are_taken_and_told_apart_from_uris() {
        for uri in ["https://idp.example.com", "urn:mace:example", "spn:00000002-0000", "a+b:c"] {
            assert!(EntityId::new(uri).unwrap().is_absolute_uri(), "{uri}");
        }
        for text in ["gefssprd", "idp.example.com/x", ":x", "1a:b", "urn:", "the idp: ours", "a b:c"] {
            assert!(!EntityId::new(text).unwrap().is_absolute_uri(), "{text}");
        }
    }

    #[test]
    fn core_1_3_4_random_ids_are_ncnames_of_160_bits() {
        let id = MessageId::from_random(&[0xa5; MessageId::BYTES]);
        assert_eq!(id.as_str(), format!("_{}", "a5".repeat(20)));
        assert_ne!(MessageId::random().unwrap(), MessageId::random().unwrap());
    }

    #[test]
    fn location_is_kept_as_written() {
        for text in [
            "https://idp.example.com",
            "HTTPS://IDP.example.com:443/%7Ea?b=c&d",
            "http://127.0.0.1:80/",
            "https://[::1]/x",
        ] {
            assert_eq!(Location::new(text).unwrap().as_str(), text);
        }
        assert_ne!(Location::new("https://a.example:443/").unwrap(), Location::new("https://a.example/").unwrap());
    }

    #[test]
    fn endpoint_urls_that_are_script_or_hide_the_host_are_refused() {
        for (text, code) in [
            ("javascript:alert(1)", "location-not-http"),
            ("javascript://x.example/%0aalert(1)", "location-not-http"),
            ("data:text/html,x", "location-not-http"),
            ("ftp://idp.example.com/", "location-not-http"),
            ("/sso", "location-not-http"),
            ("//idp.example.com/sso", "location-not-http"),
            ("https:idp.example.com", "location-not-http"),
            ("https:///idp.example.com", "location-not-http"),
            ("", "location-not-http"),
            (" https://idp.example.com/", "location-bad-character"),
            ("https://idp.example.com/\r\nSet-Cookie: a=b", "location-bad-character"),
            ("https://idp.example.com\\@evil.example/", "location-bad-character"),
            ("java\tscript:alert(1)", "location-bad-character"),
            ("https://idp.example.com@evil.example/", "location-user-info"),
            ("https://@evil.example/", "location-user-info"),
            ("https://idp.example.com/#x", "location-fragment"),
            ("https://idp.example.com/#", "location-fragment"),
            ("https://idp.example.com:99999/", "location-malformed"),
            ("https://a b/", "location-bad-character"),
        ] {
            assert_eq!(Location::new(text).unwrap_err().code(), code, "{text:?}");
        }
        assert!(Location::new("https://idp.example.com/a@b").is_ok());
    }

    #[test]
    fn loopback_is_the_machine_itself() {
        for text in [
            "http://localhost:8080/",
            "http://LOCALHOST/",
            "http://idp.localhost/",
            "http://127.1.2.3/",
            "http://[::1]:1/",
        ] {
            assert!(Location::new(text).unwrap().is_loopback(), "{text}");
        }
        for text in [
            "http://localhost.example.com/",
            "http://10.0.0.1/",
            "http://127.0.0.1.example.com/",
            "http://notlocalhost/",
        ] {
            assert!(!Location::new(text).unwrap().is_loopback(), "{text}");
        }
    }
}
