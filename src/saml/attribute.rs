//! Attribute and AttributeValue (core 2.7.3.1).

use super::{MessageError, NameId, part};
use crate::text::shared::{Collected, Shared};
use crate::text::whitespace;
use crate::xml::{Element, Name};

/// An attribute of the subject: one `Name` with all its values.
///
/// Several `Attribute` elements of the same Name are one attribute here (Keycloak sends one element per value).
#[derive(Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Attribute {
    /// The Name, compared exactly, never by letter case.
    pub name: String,
    /// The NameFormat of the first element with this Name; absent means `unspecified`.
    pub name_format: Option<String>,
    /// A label for people. Nothing may be decided by it (core 2.7.3.1): another attribute can carry the same.
    pub friendly_name: Option<String>,
    /// The values in the order of the assertion; empty for an attribute without values.
    pub values: Vec<AttributeValue>,
}

/// One value of an attribute.
#[derive(Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct AttributeValue(Value);

#[derive(Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(untagged))]
enum Value {
    Null,
    Text(Shared),
    /// Boxed: rare and large, where texts come by the thousand.
    Structured(Box<Structured>),
}

#[derive(Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
struct Structured {
    text: String,
    name_id: Option<NameId>,
    xml: String,
}

impl AttributeValue {
    /// The text, untouched. For a structured value the text of all elements inside, trimmed; `None` for `xsi:nil`.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match &self.0 {
            Value::Null => None,
            Value::Text(text) => Some(text.as_str()),
            Value::Structured(value) => Some(&value.text),
        }
    }

    /// True for `xsi:nil="true"`, which is not the empty text.
    #[must_use]
    pub fn is_null(&self) -> bool {
        self.0 == Value::Null
    }

    /// The NameID inside the value, as in eduPersonTargetedID.
    #[must_use]
    pub fn name_id(&self) -> Option<&NameId> {
        match &self.0 {
            Value::Structured(value) => value.name_id.as_ref(),
            _ => None,
        }
    }

    /// The canonical XML of a structured value's AttributeValue element; `None` for plain text and null.
    ///
    /// Prefixes declared further out are not declared again in it.
    #[must_use]
    pub fn xml(&self) -> Option<&str> {
        match &self.0 {
            Value::Structured(value) => Some(&value.xml),
            _ => None,
        }
    }

    fn read(element: Element<'_>, texts: &mut Collected) -> Self {
        let nil = element.attribute_in(Name::xsi("nil"));
        if nil.is_some_and(|nil| matches!(whitespace::trim(nil), "true" | "1")) {
            return Self(Value::Null);
        }
        if let Some(text) = element.text() {
            return Self(Value::Text(texts.push(&text)));
        }
        let text = element.descendant_text();
        let xml = element.document().source().get(element.span()).unwrap_or_default().to_owned();
        let name_id = element.child(Name::saml("NameID")).and_then(|inner| NameId::read(inner).ok());
        Self(Value::Structured(Box::new(Structured { text: whitespace::trim(&text).to_owned(), name_id, xml })))
    }
}

impl std::fmt::Debug for Attribute {
    /// The name and how many values: values are personal data and stay out of logs.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Attribute({:?}, {} values)", self.name, self.values.len())
    }
}

impl std::fmt::Debug for AttributeValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self.0 {
            Value::Null => "AttributeValue(null)",
            Value::Text(_) => "AttributeValue(text)",
            Value::Structured(_) => "AttributeValue(structured)",
        })
    }
}

/// The attributes of all AttributeStatements, merged by Name in the order of first appearance.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Attributes {
    list: Vec<Attribute>,
    /// Where they are more than [`FEW`], their positions, sorted by Name: lookups and merging stay n·log n for any number
    /// of attributes.
    by_name: std::collections::BTreeMap<String, usize>,
}

/// So many names are compared one by one. Real assertions have five to twenty attributes.
const FEW: usize = 16;

#[cfg(feature = "serde")]
impl serde::Serialize for Attributes {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.list.serialize(serializer)
    }
}

impl Attributes {
    pub(crate) fn as_slice(&self) -> &[Attribute] {
        &self.list
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Attribute> {
        self.list.get(self.position(name)?)
    }

    /// Reads an AttributeStatement; `texts` are to be put into place by [`share`](Self::share) behind the last.
    pub(crate) fn read_statement(&mut self, statement: Element<'_>, texts: &mut Collected) -> Result<(), MessageError> {
        for element in statement.children() {
            if element.is(Name::saml("EncryptedAttribute")) {
                // One that was opened stands where its ciphertext stood.
                let opened = part::required(element, Name::saml("Attribute"), "EncryptedAttribute")?;
                self.read(opened, texts)?;
            } else if element.is(Name::saml("Attribute")) {
                self.read(element, texts)?;
            }
        }
        Ok(())
    }

    /// Gives the values their texts.
    pub(crate) fn share(&mut self, texts: Collected) {
        let values = self.list.iter_mut().flat_map(|attribute| &mut attribute.values);
        texts.share(values.filter_map(|value| match &mut value.0 {
            Value::Text(text) => Some(text),
            Value::Null | Value::Structured(_) => None,
        }));
    }

    fn read(&mut self, element: Element<'_>, texts: &mut Collected) -> Result<(), MessageError> {
        let name = part::attribute(element, "Name", "Attribute")?;
        let found = || element.children().filter(|child| child.is(Name::saml("AttributeValue")));
        let mut values = Vec::with_capacity(found().count());
        values.extend(found().map(|value| AttributeValue::read(value, texts)));
        if let Some(known) = self.position(name).and_then(|index| self.list.get_mut(index)) {
            known.values.extend(values);
            return Ok(());
        }
        self.list.push(Attribute {
            name: name.to_owned(),
            name_format: part::uri_attribute(element, "NameFormat"),
            friendly_name: element.attribute("FriendlyName").map(str::to_owned),
            values,
        });
        if self.list.len() > FEW {
            let named = self.list.iter().enumerate().skip(self.by_name.len());
            self.by_name.extend(named.map(|(index, attribute)| (attribute.name.clone(), index)));
        }
        Ok(())
    }

    fn position(&self, name: &str) -> Option<usize> {
        if self.by_name.is_empty() {
            return self.list.iter().position(|attribute| attribute.name == name);
        }
        self.by_name.get(name).copied()
    }
}
