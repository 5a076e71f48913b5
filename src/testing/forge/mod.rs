//! Surgery on messages: what attackers do, in a few lines.
//!
//! A signed message becomes a [`Tree`], whose elements can be moved, copied, wrapped, renamed and written over; what is
//! written again is the same message but for what was changed, so that signatures over untouched parts still verify. With
//! [`TestIdp::sign_element`](super::TestIdp::sign_element) and [`sign_again`](super::TestIdp::sign_again) the altered
//! message can be signed anew, with [`Encryption::encrypt`](super::Encryption::encrypt) encrypted anew. Attack your own
//! application with it:
//!
//! ```
//! use saml_sp::testing::TestIdp;
//! use saml_sp::testing::forge::Tree;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let idp = TestIdp::with_ecdsa("https://idp.example.com")?;
//! # let genuine = idp.sign(&idp.unsolicited("https://app.example.com", "https://app.example.com/acs", "alice"))?;
//! // Signature wrapping: a forged assertion in front of the signed one.
//! let mut message = Tree::parse(&genuine)?;
//! let signed = message.find("Assertion")?;
//! let forged = message.copy(signed);
//! message.set(forged, "ID", "_forged")?;
//! message.remove(message.under(forged, "Signature")?)?;
//! message.set_text(message.under(forged, "NameID")?, "mallory")?;
//! message.insert_before(signed, forged)?;
//! assert!(message.to_xml().find("mallory") < message.to_xml().find("alice"));
//! # Ok(())
//! # }
//! ```

mod operate;

use std::collections::HashMap;

use super::TestIdpError;
use crate::limits::Limits;
use crate::xml::{Document, Element, Node as Part};

/// An XML document that can be taken apart and put together anew.
///
/// Names are compared without their prefixes, in any namespace, as careless software does. Whatever is written is written
/// as it is: nothing here checks that a message is still well-formed, or that a prefix is declared.
#[derive(Clone, Debug)]
pub struct Tree {
    items: Vec<Item>,
}

/// A place in a [`Tree`]: an element or a piece of text, in the document or cut out of it. Of use with its own tree only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place(usize);

#[derive(Clone, Debug)]
struct Item {
    parent: Option<Place>,
    content: Content,
}

#[derive(Clone, Debug)]
enum Content {
    Element {
        name: String,
        /// With namespace declarations, as qualified names and values that are not escaped.
        attributes: Vec<(String, String)>,
        children: Vec<Place>,
    },
    Text(String),
    /// Written as it is.
    Raw(String),
}

const ROOT: Place = Place(0);

impl Tree {
    /// Reads a message within the limits for messages.
    ///
    /// # Errors
    /// Where it is not XML as this library reads it.
    pub fn parse(xml: &str) -> Result<Self, TestIdpError> {
        let mut tree = Self { items: Vec::new() };
        tree.graft(xml)?;
        Ok(tree)
    }

    /// The document as text. What was cut out is not part of it.
    #[must_use]
    pub fn to_xml(&self) -> String {
        self.xml_of(ROOT)
    }

    /// One element as text, as it stands.
    #[must_use]
    pub fn xml_of(&self, place: Place) -> String {
        enum Step {
            Open(Place),
            Close(Place),
        }
        let mut out = String::new();
        let mut steps = vec![Step::Open(place)];
        while let Some(step) = steps.pop() {
            match step {
                Step::Close(place) => {
                    if let Some(Content::Element { name, .. }) = self.content(place) {
                        out.extend(["</", name, ">"]);
                    }
                }
                Step::Open(place) => match self.content(place) {
                    Some(Content::Element { name, attributes, children }) => {
                        out.extend(["<", name]);
                        for (name, value) in attributes {
                            out.extend([" ", name, "=\""]);
                            escape(value, true, &mut out);
                            out.push('"');
                        }
                        out.push('>');
                        steps.push(Step::Close(place));
                        steps.extend(children.iter().rev().copied().map(Step::Open));
                    }
                    Some(Content::Text(text)) => escape(text, false, &mut out),
                    Some(Content::Raw(raw)) => out.push_str(raw),
                    None => {}
                },
            }
        }
        out
    }

    /// The document element.
    #[must_use]
    pub fn root(&self) -> Place {
        ROOT
    }

    /// The first element of the document with this local name.
    ///
    /// # Errors
    /// Where there is none.
    pub fn find(&self, local: &str) -> Result<Place, TestIdpError> {
        self.find_all(local).into_iter().next().ok_or_else(|| missing(local))
    }

    /// All elements of the document with this local name, in document order.
    #[must_use]
    pub fn find_all(&self, local: &str) -> Vec<Place> {
        self.elements(ROOT).into_iter().filter(|place| self.local(*place) == local).collect()
    }

    /// The first element inside another, at any depth, with this local name.
    ///
    /// # Errors
    /// Where there is none.
    pub fn under(&self, place: Place, local: &str) -> Result<Place, TestIdpError> {
        let inside = self.elements(place).into_iter().skip(1);
        inside.into_iter().find(|place| self.local(*place) == local).ok_or_else(|| missing(local))
    }

    /// The element around a place; none around the document element and around what was cut out.
    #[must_use]
    pub fn parent(&self, place: Place) -> Option<Place> {
        self.items.get(place.0)?.parent
    }

    /// The name of an element without its prefix; empty for text.
    #[must_use]
    pub fn local(&self, place: Place) -> &str {
        match self.content(place) {
            Some(Content::Element { name, .. }) => name.rsplit(':').next().unwrap_or_default(),
            _ => "",
        }
    }

    /// The value of an attribute or of a namespace declaration, by its qualified name.
    #[must_use]
    pub fn attribute(&self, place: Place, name: &str) -> Option<&str> {
        let Some(Content::Element { attributes, .. }) = self.content(place) else { return None };
        attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// All text inside an element, at any depth.
    #[must_use]
    pub fn text(&self, place: Place) -> String {
        let texts = self.everything(place).into_iter().filter_map(|place| match self.content(place) {
            Some(Content::Text(text)) => Some(text.as_str()),
            _ => None,
        });
        texts.collect()
    }

    /// Gives an attribute a value, or a new attribute to an element: `ID`, `saml:ID`, `xmlns:saml`.
    ///
    /// # Errors
    /// Where the place is no element.
    pub fn set(&mut self, place: Place, name: &str, value: &str) -> Result<(), TestIdpError> {
        let Content::Element { attributes, .. } = self.content_mut(place)? else { return Err(no_element()) };
        match attributes.iter_mut().find(|(known, _)| known == name) {
            Some((_, old)) => value.clone_into(old),
            None => attributes.push((name.to_owned(), value.to_owned())),
        }
        Ok(())
    }

    /// Takes an attribute away.
    ///
    /// # Errors
    /// Where the element has no such attribute.
    pub fn unset(&mut self, place: Place, name: &str) -> Result<(), TestIdpError> {
        let Content::Element { attributes, .. } = self.content_mut(place)? else { return Err(no_element()) };
        let at = attributes.iter().position(|(known, _)| known == name).ok_or_else(|| missing(name))?;
        attributes.remove(at);
        Ok(())
    }

    /// Gives an element another qualified name.
    ///
    /// # Errors
    /// Where the place is no element.
    pub fn rename(&mut self, place: Place, qualified: &str) -> Result<(), TestIdpError> {
        let Content::Element { name, .. } = self.content_mut(place)? else { return Err(no_element()) };
        qualified.clone_into(name);
        Ok(())
    }

    /// Puts this text in the place of all that is inside an element.
    ///
    /// # Errors
    /// Where the place is no element.
    pub fn set_text(&mut self, place: Place, text: &str) -> Result<(), TestIdpError> {
        let text = self.item(Content::Text(text.to_owned()));
        self.set_children(place, vec![text])
    }

    /// Puts this markup, as it is, in the place of all that is inside an element.
    ///
    /// # Errors
    /// Where the place is no element.
    pub fn set_raw(&mut self, place: Place, raw: &str) -> Result<(), TestIdpError> {
        let raw = self.raw(raw);
        self.set_children(place, vec![raw])
    }

    /// Puts markup into the text of an element that holds nothing else, behind so many characters:
    /// `admin<!---->istrator`.
    ///
    /// # Errors
    /// Where the element does not hold one text of at least so many characters.
    pub fn split_text(&mut self, place: Place, after: usize, raw: &str) -> Result<(), TestIdpError> {
        let text = self.text(place);
        let holds_text =
            self.children(place)?.iter().all(|child| matches!(self.content(*child), Some(Content::Text(_))));
        let (at, _) = text.char_indices().chain([(text.len(), ' ')]).nth(after).ok_or_else(|| missing("character"))?;
        let (before, behind) = text.split_at_checked(at).filter(|_| holds_text).ok_or_else(no_element)?;
        let parts = [Content::Text(before.to_owned()), Content::Raw(raw.to_owned()), Content::Text(behind.to_owned())];
        let parts = parts.into_iter().map(|part| self.item(part)).collect();
        self.set_children(place, parts)
    }

    /// A copy of an element with all that is inside, cut out: it stands nowhere yet.
    pub fn copy(&mut self, place: Place) -> Place {
        let copied = self.everything(place);
        let first = self.items.len();
        let places: HashMap<usize, Place> = copied.iter().zip(first..).map(|(old, new)| (old.0, Place(new))).collect();
        let new = |old: Place| places.get(&old.0).copied();
        let mut copies = Vec::with_capacity(copied.len());
        for old in &copied {
            let Some(item) = self.items.get(old.0) else { continue };
            let mut item = item.clone();
            item.parent = item.parent.filter(|_| *old != place).and_then(new);
            if let Content::Element { children, .. } = &mut item.content {
                *children = children.iter().copied().filter_map(new).collect();
            }
            copies.push(item);
        }
        self.items.extend(copies);
        Place(first)
    }

    /// An element of your own, from its text, cut out. It may use prefixes only that it declares.
    ///
    /// # Errors
    /// Where the text is not one well-formed element.
    pub fn element(&mut self, xml: &str) -> Result<Place, TestIdpError> {
        self.graft(xml)
    }

    /// Markup of your own, written as it is, cut out: a comment, a processing instruction, half a tag.
    pub fn raw(&mut self, markup: &str) -> Place {
        self.item(Content::Raw(markup.to_owned()))
    }

    /// Cuts something out of the document. It can be put in again elsewhere.
    ///
    /// # Errors
    /// For the document element.
    pub fn remove(&mut self, place: Place) -> Result<(), TestIdpError> {
        let parent = self.parent(place);
        if place == ROOT {
            return Err(TestIdpError::new("forge a message", "the document element stays"));
        }
        if let Some(parent) = parent {
            let Content::Element { children, .. } = self.content_mut(parent)? else { return Err(no_element()) };
            children.retain(|child| *child != place);
        }
        if let Some(item) = self.items.get_mut(place.0) {
            item.parent = None;
        }
        Ok(())
    }

    /// Moves something to the end of an element's content.
    ///
    /// # Errors
    /// Where the place is no element, or inside of what is moved.
    pub fn append(&mut self, parent: Place, moved: Place) -> Result<(), TestIdpError> {
        let end = self.children(parent)?.len();
        self.insert(parent, end, moved)
    }

    /// Moves something to the beginning of an element's content.
    ///
    /// # Errors
    /// As for [`append`](Self::append).
    pub fn prepend(&mut self, parent: Place, moved: Place) -> Result<(), TestIdpError> {
        self.insert(parent, 0, moved)
    }

    /// Moves something directly before another.
    ///
    /// # Errors
    /// As for [`append`](Self::append); or where the other stands nowhere.
    pub fn insert_before(&mut self, sibling: Place, moved: Place) -> Result<(), TestIdpError> {
        self.insert_beside(sibling, 0, moved)
    }

    /// Moves something directly behind another.
    ///
    /// # Errors
    /// As for [`insert_before`](Self::insert_before).
    pub fn insert_after(&mut self, sibling: Place, moved: Place) -> Result<(), TestIdpError> {
        self.insert_beside(sibling, 1, moved)
    }

    /// Puts one in the place of another, which is cut out.
    ///
    /// # Errors
    /// As for [`insert_before`](Self::insert_before).
    pub fn replace(&mut self, old: Place, new: Place) -> Result<(), TestIdpError> {
        self.insert_before(old, new)?;
        self.remove(old)
    }

    /// Puts an element of your own, without content, around another.
    ///
    /// # Errors
    /// Where the text is not one well-formed element, or the other stands nowhere.
    pub fn wrap(&mut self, inner: Place, wrapper: &str) -> Result<Place, TestIdpError> {
        let wrapper = self.graft(wrapper)?;
        self.replace(inner, wrapper)?;
        self.append(wrapper, inner)?;
        Ok(wrapper)
    }

    /// Declares on an element every prefix that is declared around it, so that it means the same wherever it is put.
    ///
    /// # Errors
    /// Where the place is no element.
    pub fn declare_inherited(&mut self, place: Place) -> Result<(), TestIdpError> {
        let mut around = self.parent(place);
        while let Some(place_around) = around {
            let Some(Content::Element { attributes, .. }) = self.content(place_around) else { break };
            let is_declaration = |name: &str| name == "xmlns" || name.starts_with("xmlns:");
            let declared: Vec<_> = attributes.iter().filter(|(name, _)| is_declaration(name)).cloned().collect();
            for (name, value) in declared {
                if self.attribute(place, &name).is_none() {
                    self.set(place, &name, &value)?;
                }
            }
            around = self.parent(place_around);
        }
        Ok(())
    }

    fn insert_beside(&mut self, sibling: Place, offset: usize, moved: Place) -> Result<(), TestIdpError> {
        let nowhere = || TestIdpError::new("forge a message", "there is no place beside it");
        let parent = self.parent(sibling).ok_or_else(nowhere)?;
        self.check_outside(parent, moved)?;
        self.remove(moved)?;
        let at = self.children(parent)?.iter().position(|child| *child == sibling).ok_or_else(nowhere)?;
        self.insert(parent, at.saturating_add(offset), moved)
    }

    fn insert(&mut self, parent: Place, at: usize, moved: Place) -> Result<(), TestIdpError> {
        self.check_outside(parent, moved)?;
        self.remove(moved)?;
        let Content::Element { children, .. } = self.content_mut(parent)? else { return Err(no_element()) };
        children.insert(at.min(children.len()), moved);
        if let Some(item) = self.items.get_mut(moved.0) {
            item.parent = Some(parent);
        }
        Ok(())
    }

    /// Nothing can be put into itself.
    fn check_outside(&self, place: Place, moved: Place) -> Result<(), TestIdpError> {
        let mut around = std::iter::successors(Some(place), |place| self.parent(*place));
        if around.any(|around| around == moved) {
            return Err(TestIdpError::new("forge a message", "an element cannot be put into itself"));
        }
        Ok(())
    }

    fn set_children(&mut self, place: Place, new: Vec<Place>) -> Result<(), TestIdpError> {
        for old in self.children(place)? {
            self.remove(old)?;
        }
        new.into_iter().try_for_each(|child| self.append(place, child))
    }

    fn children(&self, place: Place) -> Result<Vec<Place>, TestIdpError> {
        match self.content(place) {
            Some(Content::Element { children, .. }) => Ok(children.clone()),
            _ => Err(no_element()),
        }
    }

    /// A place and all that is inside, in document order.
    fn everything(&self, place: Place) -> Vec<Place> {
        let mut found = Vec::new();
        let mut next = vec![place];
        while let Some(place) = next.pop() {
            found.push(place);
            if let Some(Content::Element { children, .. }) = self.content(place) {
                next.extend(children.iter().rev());
            }
        }
        found
    }

    fn elements(&self, place: Place) -> Vec<Place> {
        let is_element = |place: &Place| matches!(self.content(*place), Some(Content::Element { .. }));
        self.everything(place).into_iter().filter(is_element).collect()
    }

    fn content(&self, place: Place) -> Option<&Content> {
        self.items.get(place.0).map(|item| &item.content)
    }

    fn content_mut(&mut self, place: Place) -> Result<&mut Content, TestIdpError> {
        self.items.get_mut(place.0).map(|item| &mut item.content).ok_or_else(no_element)
    }

    fn item(&mut self, content: Content) -> Place {
        self.items.push(Item { parent: None, content });
        Place(self.items.len().saturating_sub(1))
    }

    /// Takes the element that is the document element of this text into the tree.
    fn graft(&mut self, xml: &str) -> Result<Place, TestIdpError> {
        let document = Document::parse(xml.as_bytes(), &Limits::default().message())
            .map_err(|error| TestIdpError::new("forge a message", error))?;
        let root = self.item(element(document.root()));
        let mut open = vec![(root, document.root())];
        while let Some((place, source)) = open.pop() {
            for part in source.nodes() {
                let child = match part {
                    Part::Element(child) => {
                        let new = self.item(element(child));
                        open.push((new, child));
                        new
                    }
                    Part::Text(text) => self.item(Content::Text(text.to_owned())),
                    Part::Comment(text) => self.item(Content::Raw(format!("<!--{text}-->"))),
                };
                self.append(place, child)?;
            }
        }
        Ok(root)
    }
}

fn element(source: Element<'_>) -> Content {
    let qualified = |prefix: &str, local: &str| {
        if prefix.is_empty() { local.to_owned() } else { format!("{prefix}:{local}") }
    };
    let declarations = source.declarations().map(|(prefix, namespace)| {
        let name = if prefix.is_empty() { "xmlns".to_owned() } else { format!("xmlns:{prefix}") };
        (name, namespace.to_owned())
    });
    let attributes = source.attributes().map(|a| (qualified(a.prefix(), a.local()), a.value().to_owned()));
    Content::Element {
        name: qualified(source.prefix(), source.local()),
        attributes: declarations.chain(attributes).collect(),
        children: Vec::new(),
    }
}

/// As canonical XML escapes (canonical XML 2.3), so that what is read again is the same.
fn escape(text: &str, in_attribute: bool, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\r' => out.push_str("&#xD;"),
            '"' if in_attribute => out.push_str("&quot;"),
            '\t' if in_attribute => out.push_str("&#x9;"),
            '\n' if in_attribute => out.push_str("&#xA;"),
            other => out.push(other),
        }
    }
}

fn missing(what: &str) -> TestIdpError {
    TestIdpError::new("forge a message", format!("there is no {what}"))
}

fn no_element() -> TestIdpError {
    TestIdpError::new("forge a message", "the place is no element, or holds more than text")
}

#[cfg(test)]
mod tests;
