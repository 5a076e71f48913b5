//! Which attributes we would like to have (metadata 2.4.4.1), and attributes of the entity itself (SAML V2.0 Metadata
//! Extension for Entity Attributes 1.0).

use super::value::{InLanguage, Unpublishable, check_text, check_uri, write_localized};
use crate::saml::urn::attribute_name_format;
use crate::xml::{Writer, ns};

/// SAML V2.0 Subject Identifier Attributes Profile 1.0.
const SUBJECT_ID_REQUIREMENT: &str = "urn:oasis:names:tc:SAML:profiles:subject-id:req";

/// A set of attributes that a service asks for, with a name that identity providers may show where they ask for consent
/// (metadata 2.4.4.1).
///
/// It is a wish: what is missing in an answer does not make it an error.
///
/// ```
/// use saml_sp::{AttributeConsumingService, RequestedAttribute, urn};
///
/// let wanted = AttributeConsumingService::new(0, "en", "Example Cloud").attribute(
///     RequestedAttribute::new("urn:oid:0.9.2342.19200300.100.1.3")
///         .name_format(urn::attribute_name_format::URI)
///         .friendly_name("mail")
///         .required(),
/// );
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct AttributeConsumingService {
    pub(super) index: u16,
    pub(super) is_default: bool,
    names: Vec<InLanguage>,
    descriptions: Vec<InLanguage>,
    attributes: Vec<RequestedAttribute>,
}

impl AttributeConsumingService {
    /// One of this index, which no other of ours has, and what it is called in one language.
    pub fn new(index: u16, language: impl Into<String>, service_name: impl Into<String>) -> Self {
        let names = vec![InLanguage::new(language, service_name)];
        Self { index, is_default: false, names, descriptions: Vec::new(), attributes: Vec::new() }
    }

    /// What it is called in a further language.
    pub fn service_name(mut self, language: impl Into<String>, name: impl Into<String>) -> Self {
        self.names.push(InLanguage::new(language, name));
        self
    }

    /// What it is for.
    pub fn service_description(mut self, language: impl Into<String>, text: impl Into<String>) -> Self {
        self.descriptions.push(InLanguage::new(language, text));
        self
    }

    /// The one for requests that name none. Without any, it is the first.
    pub fn as_default(mut self) -> Self {
        self.is_default = true;
        self
    }

    /// Asks for this attribute. At least one is needed.
    pub fn attribute(mut self, attribute: RequestedAttribute) -> Self {
        self.attributes.push(attribute);
        self
    }

    pub(super) fn write(&self, xml: &mut Writer) -> Result<(), Unpublishable> {
        let name = "md:AttributeConsumingService";
        if self.attributes.is_empty() {
            return Err(Unpublishable::value(name, &self.index.to_string(), "it asks for no attribute"));
        }
        xml.open(name)
            .attribute("index", &self.index.to_string())
            .optional("isDefault", self.is_default.then_some("true"));
        write_localized(xml, "md:ServiceName", &self.names, check_text)?;
        write_localized(xml, "md:ServiceDescription", &self.descriptions, check_text)?;
        for attribute in &self.attributes {
            attribute.write(xml)?;
        }
        xml.close();
        Ok(())
    }
}

/// An attribute that is asked for, by its exact name.
#[derive(Clone, Debug)]
#[must_use]
pub struct RequestedAttribute {
    name: String,
    name_format: Option<String>,
    friendly_name: Option<String>,
    required: bool,
    values: Vec<String>,
}

impl RequestedAttribute {
    /// The attribute of this name, by the identity provider's naming: often `urn:oid:…`.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), name_format: None, friendly_name: None, required: false, values: Vec::new() }
    }

    /// How the name is meant, one of [`urn::attribute_name_format`](crate::urn::attribute_name_format) or another URI.
    pub fn name_format(mut self, uri: impl Into<String>) -> Self {
        self.name_format = Some(uri.into());
        self
    }

    /// The name for people.
    pub fn friendly_name(mut self, name: impl Into<String>) -> Self {
        self.friendly_name = Some(name.into());
        self
    }

    /// The service cannot do without it. Many identity providers release nothing that is not required.
    pub fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// Only this value is of interest, and further ones added in the same way.
    pub fn value(mut self, value: impl Into<String>) -> Self {
        self.values.push(value.into());
        self
    }

    fn write(&self, xml: &mut Writer) -> Result<(), Unpublishable> {
        let element = "md:RequestedAttribute";
        check_text(element, &self.name)?;
        if let Some(format) = &self.name_format {
            check_uri(element, format)?;
        }
        if let Some(name) = &self.friendly_name {
            check_text(element, name)?;
        }
        xml.open(element)
            .optional("FriendlyName", self.friendly_name.as_deref())
            .attribute("Name", &self.name)
            .optional("NameFormat", self.name_format.as_deref())
            .optional("isRequired", self.required.then_some("true"));
        for value in &self.values {
            write_value(xml, value)?;
        }
        xml.close();
        Ok(())
    }
}

/// Which of the two subject identifiers a service needs (SAML V2.0 Subject Identifier Attributes Profile 1.0).
///
/// ```
/// use saml_sp::{ServiceProvider, SubjectIdRequirement};
///
/// let sp = ServiceProvider::builder("https://app.example.com/saml", "https://app.example.com/saml/acs").build()?;
/// let xml = sp.metadata().subject_id(SubjectIdRequirement::PairwiseId).to_xml()?;
/// assert!(xml.contains("pairwise-id"));
/// # Ok::<(), saml_sp::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "the profile has these four values")]
pub enum SubjectIdRequirement {
    /// None: users may stay unknown.
    None,
    /// Either; the identity provider is to prefer `pairwise-id`.
    Any,
    /// The one that is the same at every service: `urn:oasis:names:tc:SAML:attribute:subject-id`.
    SubjectId,
    /// One that no other service gets: `urn:oasis:names:tc:SAML:attribute:pairwise-id`.
    PairwiseId,
}

/// Attributes of an entity, each Name once.
#[derive(Clone, Debug, Default)]
pub(crate) struct EntityAttributes(Vec<(String, Vec<String>)>);

impl EntityAttributes {
    pub(crate) const CATEGORY: &'static str = "http://macedir.org/entity-category";

    /// Adds values to the attribute of this name.
    /// Of the requirement of a subject identifier the last word counts: two values would contradict one another.
    pub(crate) fn add<V: Into<String>>(&mut self, name: impl Into<String>, values: impl IntoIterator<Item = V>) {
        let name = name.into();
        let values = values.into_iter().map(Into::into);
        if name == SUBJECT_ID_REQUIREMENT {
            self.0.retain(|(known, _)| *known != name);
        }
        match self.0.iter_mut().find(|(known, _)| *known == name) {
            Some((_, known)) => known.extend(values),
            None => self.0.push((name, values.collect())),
        }
    }

    pub(crate) fn set_subject_id(&mut self, requirement: SubjectIdRequirement) {
        let value = match requirement {
            SubjectIdRequirement::None => "none",
            SubjectIdRequirement::Any => "any",
            SubjectIdRequirement::SubjectId => "subject-id",
            SubjectIdRequirement::PairwiseId => "pairwise-id",
        };
        self.add(SUBJECT_ID_REQUIREMENT, [value]);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn write(&self, xml: &mut Writer) -> Result<(), Unpublishable> {
        xml.open("mdattr:EntityAttributes").attribute("xmlns:mdattr", ns::MDATTR).attribute("xmlns:saml", ns::SAML);
        for (name, values) in &self.0 {
            check_text("saml:Attribute", name)?;
            // Who reads entity attributes compares the format as well; every one that is registered is a URI.
            xml.open("saml:Attribute").attribute("Name", name).attribute("NameFormat", attribute_name_format::URI);
            if values.is_empty() {
                return Err(Unpublishable::value("saml:Attribute", name, "it has no value"));
            }
            for value in values {
                check_text("saml:AttributeValue", value)?;
                xml.open("saml:AttributeValue").text(value).close();
            }
            xml.close();
        }
        xml.close();
        Ok(())
    }
}

fn write_value(xml: &mut Writer, value: &str) -> Result<(), Unpublishable> {
    check_text("saml:AttributeValue", value)?;
    xml.open("saml:AttributeValue").attribute("xmlns:saml", ns::SAML).text(value).close();
    Ok(())
}
