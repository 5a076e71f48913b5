//! NameID (core 2.2.3) and Issuer (core 2.2.5).

use std::borrow::Cow;

use super::{MessageError, part};
use crate::text::quoted::Quoted;
use crate::text::whitespace;
use crate::xml::{Element, Name, WriteError, Writer, ns};

/// A name for a subject, exactly as the identity provider wrote it: nothing is trimmed, folded or normalised.
#[derive(Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct NameId {
    /// The name itself, never empty.
    pub value: String,
    /// Its Format; absent means `unspecified` (core 8.3.1).
    pub format: Option<String>,
    /// The identity provider (or other domain) that the name is qualified by.
    pub name_qualifier: Option<String>,
    /// The service provider or affiliation that the name is for.
    pub sp_name_qualifier: Option<String>,
    /// The name that the service provider gave to the subject.
    pub sp_provided_id: Option<String>,
}

impl NameId {
    /// A name without format and qualifiers, which are fields to set: to ask about one user
    /// ([`LoginOptions::subject`](crate::LoginOptions::subject)).
    ///
    /// ```
    /// let mut name_id = saml_sp::NameId::new("alice@example.com");
    /// name_id.format = Some("urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress".into());
    /// ```
    #[must_use]
    pub fn new(value: impl Into<String>) -> Self {
        let value = value.into();
        Self { value, format: None, name_qualifier: None, sp_name_qualifier: None, sp_provided_id: None }
    }

    /// The name in an element: as NameID, or as what an EncryptedID was opened to, which stands where its ciphertext
    /// stood.
    pub(crate) fn within(parent: Element<'_>, within: &'static str) -> Result<Option<Self>, MessageError> {
        let opened = part::optional(parent, Name::saml("EncryptedID"), within)?;
        let plain = part::optional(parent, Name::saml("NameID"), within)?;
        let name_id = match (opened, plain) {
            (Some(_), Some(_)) => return Err(MessageError::Repeated { part: "NameID", within }),
            (Some(opened), None) => Some(part::required(opened, Name::saml("NameID"), "EncryptedID")?),
            (None, plain) => plain,
        };
        name_id.map(Self::read).transpose()
    }

    /// By itself: for encryption.
    pub(crate) fn to_xml(&self) -> Result<String, WriteError> {
        let mut w = Writer::new();
        w.open("saml:NameID").attribute("xmlns:saml", ns::SAML);
        self.write_rest(&mut w);
        w.finish()
    }

    pub(crate) fn write(&self, w: &mut Writer) {
        w.open("saml:NameID");
        self.write_rest(w);
    }

    fn write_rest(&self, w: &mut Writer) {
        w.optional("NameQualifier", self.name_qualifier.as_deref());
        w.optional("SPNameQualifier", self.sp_name_qualifier.as_deref());
        w.optional("Format", self.format.as_deref());
        w.optional("SPProvidedID", self.sp_provided_id.as_deref());
        w.text(&self.value).close();
    }

    /// `None` for an element that holds no plain name: no text, or elements inside.
    pub(crate) fn read(element: Element<'_>) -> Result<Self, MessageError> {
        Ok(Self {
            value: part::text(element, "NameID")?.into_owned(),
            format: part::uri_attribute(element, "Format"),
            name_qualifier: element.attribute("NameQualifier").map(str::to_owned),
            sp_name_qualifier: element.attribute("SPNameQualifier").map(str::to_owned),
            sp_provided_id: element.attribute("SPProvidedID").map(str::to_owned),
        })
    }
}

impl std::fmt::Debug for NameId {
    /// Format and qualifiers; the name itself is personal data and stays out of logs.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NameId")
            .field("format", &self.format)
            .field("name_qualifier", &self.name_qualifier)
            .field("sp_name_qualifier", &self.sp_name_qualifier)
            .finish_non_exhaustive()
    }
}

const ENTITY_FORMAT: &str = super::urn::name_id_format::ENTITY;

/// An Issuer's entityID, XML white space around it trimmed (core 1.3.1); its Format must be absent or `entity`
/// (profiles 4.1.4.2).
pub(crate) fn read_issuer(element: Element<'_>) -> Result<Cow<'_, str>, MessageError> {
    if let Some(format) = part::uri_attribute(element, "Format")
        && format != ENTITY_FORMAT
    {
        return Err(MessageError::Value {
            part: "Issuer Format",
            found: Quoted::new(format),
            wanted: "none, or urn:oasis:names:tc:SAML:2.0:nameid-format:entity",
        });
    }
    part::text(element, "Issuer").map(|text| match text {
        Cow::Borrowed(text) => Cow::Borrowed(whitespace::trim(text)),
        Cow::Owned(text) => Cow::Owned(whitespace::trim(&text).to_owned()),
    })
}

/// The Issuer child of a message, where there is one.
pub(crate) fn issuer_of<'d>(parent: Element<'d>, within: &'static str) -> Result<Option<Cow<'d, str>>, MessageError> {
    part::optional(parent, Name::saml("Issuer"), within)?.map(read_issuer).transpose()
}
