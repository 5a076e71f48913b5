//! From a start tag to its records: names resolved, declarations in force, duplicates and reserved names refused.

use super::attributes::{QName, Spelled, Tag, decode_value};
use super::build::Builder;
use super::characters::is_absolute_uri;
use super::error::{Fault, Flaw, XmlErrorKind};
use super::name::ns;
use super::tree::{
    AttributeRecord, DeclarationRecord, ElementRecord, NAMESPACE_XML, NO_NAMESPACE, NO_PREFIX, PREFIX_XML, Span,
    UNBOUND, What, text_at,
};
use super::work;
use std::ops::Range;

/// So many attributes are compared with one another to find two of one name.
const FEW: usize = 8;

/// A start tag whose attributes and declarations are in their tables.
pub(super) struct StartTag {
    pub(super) record: ElementRecord,
    /// It is an empty-element tag.
    pub(super) empty: bool,
}

/// What stands in a tag beside attributes and declarations.
struct Parts {
    name: QName,
    /// The offset behind it.
    end: usize,
    empty: bool,
    /// It is spelled as canonical XML would, the order of attributes left out of account.
    tight: bool,
}

impl Builder<'_> {
    /// Reads a whole start tag. All its limits but depth and number of elements are kept here.
    pub(super) fn read_start_tag(&mut self, at: usize) -> Result<StartTag, Fault> {
        if let Some(before) = self.before.take()
            && let Some(same) = self.same_again(before, at)
        {
            return Ok(same);
        }
        let attributes_start = self.document.attributes.len();
        let declarations_start = self.document.declarations.len();
        let Parts { name, end, empty, tight } = self.read_parts(at)?;
        let prefix = self.prefix_number(&name.prefix);
        let namespace = self.resolve(prefix, name.prefix.start)?;
        self.resolve_attributes(attributes_start)?;
        let in_order = self.in_canonical_order(attributes_start);
        // Names in order are different names.
        if !in_order {
            self.refuse_duplicates(attributes_start)?;
        }
        self.ids.note(&self.document, attributes_start, namespace);
        let record = ElementRecord {
            prefix,
            namespace,
            local: Span::new(&name.local),
            content: Span::new(&(end..end)),
            attributes: Span::new(&(attributes_start..self.document.attributes.len())),
            declarations: Span::new(&(declarations_start..self.document.declarations.len())),
            canonical_end: false,
            canonical_start: tight && !empty && in_order,
        };
        Ok(StartTag { record, empty })
    }

    /// A start tag that repeats the one before, of the same parent, letter by letter. In the same place the same
    /// letters mean the same, so that its records are taken over, moved: the values of long lists come like that, each
    /// with its type and the declarations for it.
    fn same_again(&mut self, before: u32, at: usize) -> Option<StartTag> {
        let node = self.document.nodes.get(Span::index(before))?;
        let What::Element(element) = node.what else { return None };
        let record = self.document.elements.get(Span::index(element))?;
        let known = Span { start: node.span.start, end: record.content.start };
        let bytes = self.document.source.as_bytes();
        let tag = at..at.saturating_add(known.len());
        let spelled = bytes.get(tag.clone())?;
        if bytes.get(known.range())? != spelled {
            return None;
        }
        let empty = spelled.ends_with(b"/>");
        let by = Span::offset(tag.start).saturating_sub(known.start);
        let attributes_start = self.document.attributes.len();
        let declarations_start = self.document.declarations.len();
        for index in record.attributes.range() {
            let known = self.document.attributes.get(index)?;
            // A value is only read, and reads the same where it stood first.
            self.document.attributes.push(AttributeRecord { local: known.local.moved(by), ..*known });
        }
        for index in record.declarations.range() {
            let known = *self.document.declarations.get(index)?;
            let end = known.end.saturating_add(by);
            *self.bindings.get_mut(Span::index(known.prefix))? = Span::offset(self.document.declarations.len());
            self.document.declarations.push(DeclarationRecord { end, ..known });
        }
        self.in_scope = self.in_scope.saturating_add(record.declarations.len());
        let record = ElementRecord {
            local: record.local.moved(by),
            content: Span::new(&(tag.end..tag.end)),
            attributes: Span::new(&(attributes_start..self.document.attributes.len())),
            declarations: Span::new(&(declarations_start..self.document.declarations.len())),
            canonical_end: false,
            ..*record
        };
        self.ids.note(&self.document, attributes_start, record.namespace);
        Some(StartTag { record, empty })
    }

    /// The attributes and declarations of one tag, appended to their tables, and what else is in it.
    fn read_parts(&mut self, at: usize) -> Result<Parts, Fault> {
        let source = self.document.source;
        let mut tag = Tag::new(source, at);
        let name = tag.name()?;
        let mut in_order = true;
        let (mut attributes, mut declarations) = (0_usize, 0_usize);
        while let Some(spelled) = tag.next_attribute()? {
            let at = spelled.name.prefix.start;
            let prefix = source.get(spelled.name.prefix.clone()).unwrap_or_default();
            let default = prefix.is_empty() && source.get(spelled.name.local.clone()) == Some("xmlns");
            if default || prefix == "xmlns" {
                // Canonical XML writes declarations before attributes.
                in_order &= attributes == 0;
                declarations = declarations.saturating_add(1);
                self.count_declaration(declarations, at)?;
                self.declare(&spelled, default, declarations)?;
            } else {
                attributes = attributes.saturating_add(1);
                if attributes > self.document.limits.attributes {
                    let limit = self.document.limits.attributes;
                    return Err(Fault::new(XmlErrorKind::TooManyAttributes { limit }, at));
                }
                let prefix = self.prefix_number(&spelled.name.prefix);
                let value = self.value(&spelled)?;
                let local = Span::new(&spelled.name.local);
                self.document.attributes.push(AttributeRecord { prefix, namespace: NO_NAMESPACE, local, value });
            }
        }
        let (end, empty) = tag.end()?;
        Ok(Parts { name, end, empty, tight: tag.is_tight() && in_order })
    }

    fn count_declaration(&mut self, declarations: usize, at: usize) -> Result<(), Fault> {
        let limits = &self.document.limits;
        if declarations > limits.namespace_declarations {
            let limit = limits.namespace_declarations;
            return Err(Fault::new(XmlErrorKind::TooManyDeclarations { limit }, at));
        }
        self.in_scope = self.in_scope.saturating_add(1);
        if self.in_scope > limits.in_scope_declarations {
            return Err(Fault::new(XmlErrorKind::TooManyInScope { limit: limits.in_scope_declarations }, at));
        }
        Ok(())
    }

    /// `xmlns="…"` or `xmlns:p="…"` (Namespaces in XML 1.0, 3 and 5); the `so_many`th of its element.
    fn declare(&mut self, spelled: &Spelled, default: bool, so_many: usize) -> Result<(), Fault> {
        let at = spelled.name.prefix.start;
        let prefix = if default { NO_PREFIX } else { self.prefix_number(&spelled.name.local) };
        let value = self.value(spelled)?;
        let name = text_at(self.document.source, &self.document.decoded, value);
        let reserved = match name {
            ns::XML => prefix != PREFIX_XML,
            ns::XMLNS => true,
            _ => prefix == PREFIX_XML,
        };
        if reserved || (!default && self.document.source.get(spelled.name.local.clone()) == Some("xmlns")) {
            return Err(Fault::flaw(Flaw::ReservedPrefix, at));
        }
        if name.is_empty() && !default {
            return Err(Fault::flaw(Flaw::EmptyPrefixDeclaration, at));
        }
        // Each name is looked at once: attribute values of real messages repeat two of them hundreds of times.
        let known = self.document.namespaces.len();
        let namespace = self.namespace_number(value);
        if self.document.namespaces.len() > known
            && !is_absolute_uri(text_at(self.document.source, &self.document.decoded, value))
        {
            return Err(Fault::new(XmlErrorKind::RelativeNamespace, at));
        }
        let number = Span::offset(self.document.declarations.len());
        let Some(binding) = self.bindings.get_mut(Span::index(prefix)) else { return Ok(()) };
        let outer = *binding;
        // This element's declarations are the last ones: a prefix bound to one of them is declared twice.
        let first = number.saturating_sub(Span::offset(so_many.saturating_sub(1)));
        if outer != UNBOUND && outer >= first {
            return Err(Fault::new(XmlErrorKind::DuplicateAttribute, at));
        }
        *binding = number;
        let end = Span::offset(spelled.value.end.saturating_add("\"".len()));
        self.document.declarations.push(DeclarationRecord { prefix, namespace, outer, end });
        Ok(())
    }

    /// What an attribute value means.
    fn value(&mut self, spelled: &Spelled) -> Result<Span, Fault> {
        if !spelled.decode {
            return Ok(Span::new(&spelled.value));
        }
        let start = self.document.decoded.len();
        let raw = self.document.source.get(spelled.value.clone()).unwrap_or_default();
        decode_value(raw, spelled.value.start, &mut self.document.decoded)?;
        Ok(self.decoded_since(start))
    }

    fn prefix_number(&mut self, prefix: &Range<usize>) -> u32 {
        let (source, decoded) = (self.document.source, &self.document.decoded);
        match source.get(prefix.clone()).unwrap_or_default() {
            "" => NO_PREFIX,
            "xml" => PREFIX_XML,
            text => {
                let prefixes = &mut self.document.prefixes;
                let number =
                    prefixes.intern(text, Span::new(prefix), |span| text_at(source, decoded, span)).saturating_add(2);
                if Span::index(number) >= self.bindings.len() {
                    self.bindings.push(UNBOUND);
                }
                number
            }
        }
    }

    fn namespace_number(&mut self, value: Span) -> u32 {
        let (source, decoded) = (self.document.source, &self.document.decoded);
        match text_at(source, decoded, value) {
            "" => NO_NAMESPACE,
            ns::XML => NAMESPACE_XML,
            text => {
                self.document.namespaces.intern(text, value, |span| text_at(source, decoded, span)).saturating_add(2)
            }
        }
    }

    /// The namespace a prefix stands for here.
    fn resolve(&self, prefix: u32, at: usize) -> Result<u32, Fault> {
        let binding = self.bindings.get(Span::index(prefix)).copied().unwrap_or(UNBOUND);
        match self.document.declarations.get(Span::index(binding)) {
            Some(declaration) => Ok(declaration.namespace),
            None if prefix == NO_PREFIX => Ok(NO_NAMESPACE),
            None if prefix == PREFIX_XML => Ok(NAMESPACE_XML),
            None => Err(Fault::new(XmlErrorKind::UndeclaredPrefix, at)),
        }
    }

    /// Attributes without a prefix are in no namespace, whatever the default (Namespaces in XML 1.0, 6.2).
    fn resolve_attributes(&mut self, start: usize) -> Result<(), Fault> {
        for index in start..self.document.attributes.len() {
            let Some((prefix, at)) = self.document.attributes.get(index).map(|a| (a.prefix, a.local.range().start))
            else {
                break;
            };
            if prefix == NO_PREFIX {
                continue;
            }
            let namespace = self.resolve(prefix, at)?;
            if let Some(attribute) = self.document.attributes.get_mut(index) {
                attribute.namespace = namespace;
            }
        }
        Ok(())
    }

    /// No two attributes with one expanded name (Namespaces in XML 1.0, 6.3).
    fn refuse_duplicates(&self, start: usize) -> Result<(), Fault> {
        let attributes = self.document.attributes.get(start..).unwrap_or_default();
        let twin = if attributes.len() <= FEW { self.twin(attributes) } else { self.twin_of_many(attributes) };
        match twin {
            Some(at) => Err(Fault::new(XmlErrorKind::DuplicateAttribute, at)),
            None => Ok(()),
        }
    }

    /// Where the first attribute stands that has the name of one before it.
    fn twin(&self, attributes: &[AttributeRecord]) -> Option<usize> {
        let same = |a: &AttributeRecord, b: &AttributeRecord| {
            work::count(1);
            a.namespace == b.namespace && a.local.len() == b.local.len() && self.local(a) == self.local(b)
        };
        let mut numbered = attributes.iter().enumerate();
        let twin = numbered.find(|(n, b)| attributes.iter().take(*n).any(|a| same(a, b)));
        twin.map(|(_, b)| b.local.range().start)
    }

    /// The same by sorting, because a caller may have raised the limit on attributes.
    fn twin_of_many(&self, attributes: &[AttributeRecord]) -> Option<usize> {
        let mut sorted: Vec<&AttributeRecord> = attributes.iter().collect();
        sorted.sort_unstable_by(|a, b| {
            work::count(a.local.len().min(b.local.len()).saturating_add(1));
            let names = a.namespace.cmp(&b.namespace).then_with(|| self.local(a).cmp(self.local(b)));
            names.then(a.local.start.cmp(&b.local.start))
        });
        let neighbours = sorted.iter().zip(sorted.iter().skip(1));
        let twins = neighbours.filter(|(a, b)| a.namespace == b.namespace && self.local(a) == self.local(b));
        twins.map(|(_, b)| b.local.range().start).min()
    }

    fn local(&self, attribute: &AttributeRecord) -> &str {
        self.document.source.get(attribute.local.range()).unwrap_or_default()
    }

    /// Whether attributes stand in the order canonical XML gives them (Canonical XML 1.0, 2.2).
    ///
    /// Two different namespaces among the attributes are not looked into: rare, and `false` only costs speed.
    fn in_canonical_order(&self, attributes: usize) -> bool {
        let attributes = self.document.attributes.get(attributes..).unwrap_or_default();
        let name_order = |a: &AttributeRecord, b: &AttributeRecord| {
            (a.namespace == NO_NAMESPACE && b.namespace != NO_NAMESPACE)
                || (a.namespace == b.namespace && self.local(a) < self.local(b))
        };
        attributes.iter().zip(attributes.iter().skip(1)).all(|(a, b)| name_order(a, b))
    }
}
