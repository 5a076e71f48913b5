//! From a start tag to its records: names resolved, declarations in force, duplicates and reserved names refused.

use super::attributes::{LastPrefix, QName, Spelled, Tag, decode_value, element_name};
use super::build::Builder;
use super::characters::is_absolute_uri;
use super::error::{Fault, Flaw, XmlErrorKind};
use super::ids::ID_NAME_LENGTH;
use super::intern::end_of;
use super::name::{NAMESPACE_XML, NO_NAMESPACE, NUMBERED, ns};
use super::tree::{
    AttributeRecord, DeclarationRecord, ElementRecord, NO_PREFIX, PREFIX_XML, Span, UNBOUND, What, text_at,
};
use super::work;

/// So many attributes are compared with one another to find two of one name.
const FEW: usize = 8;

/// What the attributes of a tag have shown that decides what is still to be done for it.
struct Form {
    /// Every declaration stands before every attribute.
    declarations_first: bool,
    /// An attribute has a prefix.
    prefixed: bool,
    /// An attribute's name is as short as those of IDs.
    short_name: bool,
}

impl Default for Form {
    fn default() -> Self {
        Self { declarations_first: true, prefixed: false, short_name: false }
    }
}

const XMLNS: &str = "xmlns";

impl Builder<'_> {
    /// Reads a whole start tag and appends its records. All its limits but depth and number of elements are kept here.
    ///
    /// Returns the offset behind it, and whether it is an empty-element tag.
    pub(super) fn read_start_tag(&mut self, at: u32) -> Result<(u32, bool), Fault> {
        if let Some(before) = self.before.take()
            && let Some(same) = self.same_again(before, at)
        {
            return Ok(same);
        }
        let attributes = self.document.attributes.len();
        let declarations = self.document.declarations.len();
        let (name, prefix) = self.element_name(at)?;
        let mut tag = Tag::of(self.document.source, name);
        let mut form = Form::default();
        while let Some(spelled) = tag.next_attribute()? {
            if self.is_declaration(&spelled) {
                // Canonical XML writes declarations before attributes.
                form.declarations_first &= self.document.attributes.len() == attributes;
                let so_many = self.document.declarations.len().saturating_sub(declarations).saturating_add(1);
                self.count_declaration(so_many, spelled.at())?;
                self.declare(&spelled, at, so_many)?;
            } else {
                self.attribute(&spelled, attributes, &mut form)?;
            }
        }
        let (end, empty) = tag.end()?;
        let namespace = self.resolve(prefix, name.at())?;
        if form.prefixed {
            self.resolve_attributes(attributes)?;
        }
        // Names in order are different names.
        let sorted = self.document.attributes.len() - attributes < 2 || self.in_canonical_order(attributes);
        if !sorted {
            self.refuse_duplicates(attributes)?;
        }
        if form.short_name {
            self.ids.note(&self.document, attributes, namespace);
        }
        self.document.elements.push(ElementRecord {
            prefix,
            namespace,
            local: name.local,
            content: Span::new(end, end),
            attributes: Span::new(Span::offset(attributes), Span::offset(self.document.attributes.len())),
            declarations: Span::new(Span::offset(declarations), Span::offset(self.document.declarations.len())),
            canonical_end: false,
            canonical_start: tag.is_tight() && form.declarations_first && sorted,
        });
        Ok((end, empty))
    }

    /// The element's name, and the number of its prefix.
    fn element_name(&mut self, tag: u32) -> Result<(QName, u32), Fault> {
        let source = self.document.source;
        if let Some(name) = self.last_prefix.name(source, tag) {
            return Ok((name, self.last_prefix.number));
        }
        let name = element_name(source, tag)?;
        let prefix = self.prefix_number(name.prefix);
        self.last_prefix = LastPrefix::of(source, name, prefix);
        Ok((name, prefix))
    }

    /// A start tag that repeats the one before, of the same parent, letter by letter. In the same place the same
    /// letters mean the same, so that it has the same attributes and declarations, in the tables once: the values of long lists
    /// come like that, each with its type and the declarations for it.
    fn same_again(&mut self, before: u32, at: u32) -> Option<(u32, bool)> {
        let node = self.document.nodes.get(Span::index(before))?;
        let What::Element(element) = node.what else { return None };
        let record = self.document.elements.get(Span::index(element))?;
        let known = Span::new(node.span.start, record.content.start);
        let by = at - known.start;
        let tag = known.moved(by);
        let bytes = self.document.source.as_bytes();
        let spelled = bytes.get(tag.range())?;
        // Different tags differ at their ends, as a rule: that is asked without a call.
        let before = bytes.get(known.range())?;
        if before.last_chunk::<8>() != spelled.last_chunk::<8>()
            || before != spelled
            || self.ids.any_since(record.attributes.start)
        {
            return None;
        }
        let empty = spelled.ends_with(b"/>");
        let content = Span::new(tag.end, tag.end);
        let record = ElementRecord { local: record.local.moved(by), content, canonical_end: false, ..*record };
        for (declaration, number) in
            self.document.declarations.get(record.declarations.range())?.iter().zip(record.declarations.start..)
        {
            *self.bindings.get_mut(Span::index(declaration.prefix))? = number;
        }
        self.in_scope = self.in_scope.saturating_add(record.declarations.len());
        self.document.elements.push(record);
        Some((tag.end, empty))
    }

    /// `xmlns="…"` or `xmlns:p="…"` (Namespaces in XML 1.0, 3).
    fn is_declaration(&self, spelled: &Spelled) -> bool {
        let QName { prefix, local } = spelled.name;
        let word = if prefix.len() == 0 { local } else { prefix };
        word.len() == XMLNS.len() && self.source(word) == XMLNS
    }

    fn attribute(&mut self, spelled: &Spelled, first: usize, form: &mut Form) -> Result<(), Fault> {
        let limit = self.document.limits.attributes;
        if self.document.attributes.len().saturating_sub(first) >= limit {
            return Err(Fault::new(XmlErrorKind::TooManyAttributes { limit }, spelled.at()));
        }
        let QName { prefix, local } = spelled.name;
        form.prefixed |= prefix.len() > 0;
        form.short_name |= local.len() == ID_NAME_LENGTH;
        let prefix = if prefix.len() == 0 { NO_PREFIX } else { self.prefix_number(prefix) };
        let value = self.value(spelled)?;
        self.document.attributes.push(AttributeRecord { prefix, namespace: NO_NAMESPACE, local, value });
        Ok(())
    }

    fn count_declaration(&mut self, declarations: usize, at: u32) -> Result<(), Fault> {
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

    /// A declaration (Namespaces in XML 1.0, 3 and 5); the `so_many`th of the tag that begins at `tag`.
    fn declare(&mut self, spelled: &Spelled, tag: u32, so_many: usize) -> Result<(), Fault> {
        let at = spelled.at();
        let default = spelled.name.prefix.len() == 0;
        let prefix = if default { NO_PREFIX } else { self.prefix_number(spelled.name.local) };
        let value = self.value(spelled)?;
        let name = text_at(self.document.source, &self.document.decoded, value);
        let reserved = match name {
            ns::XML => prefix != PREFIX_XML,
            ns::XMLNS => true,
            _ => prefix == PREFIX_XML,
        };
        if reserved || (!default && self.source(spelled.name.local) == XMLNS) {
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
        let end = spelled.value.end + 1 - tag;
        self.document.declarations.push(DeclarationRecord { prefix, namespace, outer, end });
        Ok(())
    }

    /// What an attribute value means.
    #[inline]
    fn value(&mut self, spelled: &Spelled) -> Result<Span, Fault> {
        if spelled.decode { self.decoded(spelled) } else { Ok(spelled.value) }
    }

    #[cold]
    fn decoded(&mut self, spelled: &Spelled) -> Result<Span, Fault> {
        let start = self.document.decoded.len();
        let raw = self.document.source.get(spelled.value.range()).unwrap_or_default();
        decode_value(raw, spelled.value.start, &mut self.document.decoded)?;
        Ok(self.decoded_since(start))
    }

    fn prefix_number(&mut self, prefix: Span) -> u32 {
        let (source, decoded) = (self.document.source, &self.document.decoded);
        match source.get(prefix.range()).unwrap_or_default() {
            "" => NO_PREFIX,
            "xml" => PREFIX_XML,
            text => {
                let prefixes = &mut self.document.prefixes;
                let number = prefixes.intern(text, prefix, |span| text_at(source, decoded, span)).saturating_add(2);
                if Span::index(number) >= self.bindings.len() {
                    self.bindings.push(UNBOUND);
                }
                number
            }
        }
    }

    fn namespace_number(&mut self, value: Span) -> u32 {
        let (source, decoded) = (self.document.source, &self.document.decoded);
        let text = text_at(source, decoded, value);
        match NUMBERED.iter().position(|name| *name == text) {
            Some(number) => Span::offset(number),
            None => {
                let own = self.document.namespaces.intern(text, value, |span| text_at(source, decoded, span));
                own + Span::offset(NUMBERED.len())
            }
        }
    }

    /// The namespace a prefix stands for here.
    fn resolve(&self, prefix: u32, at: u32) -> Result<u32, Fault> {
        let binding = self.bindings.get(Span::index(prefix)).unwrap_or(UNBOUND);
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
            let Some((prefix, at)) = self.document.attributes.get(index).map(|a| (a.prefix, a.local.start)) else {
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
    fn twin(&self, attributes: &[AttributeRecord]) -> Option<u32> {
        let same = |a: &AttributeRecord, b: &AttributeRecord| {
            work::count(1);
            a.namespace == b.namespace && a.local.len() == b.local.len() && self.local(a) == self.local(b)
        };
        let mut numbered = attributes.iter().enumerate();
        let twin = numbered.find(|(n, b)| attributes.iter().take(*n).any(|a| same(a, b)));
        twin.map(|(_, b)| b.local.start)
    }

    /// The same by sorting, because a caller may have raised the limit on attributes: by the ends of their names, which are numbers.
    fn twin_of_many(&self, attributes: &[AttributeRecord]) -> Option<u32> {
        let ends = attributes.iter().map(|attribute| (attribute.namespace, end_of(self.local(attribute)), attribute));
        let mut sorted: Vec<(u32, u64, &AttributeRecord)> = ends.collect();
        sorted.sort_unstable_by(|(a_namespace, a_end, a), (b_namespace, b_end, b)| {
            work::count(1);
            let ends = a_namespace.cmp(b_namespace).then(a_end.cmp(b_end));
            ends.then_with(|| {
                work::count(a.local.len().min(b.local.len()));
                self.local(a).cmp(self.local(b)).then(a.local.start.cmp(&b.local.start))
            })
        });
        let neighbours = sorted.iter().zip(sorted.iter().skip(1));
        let twins = neighbours.filter(|((a_namespace, a_end, a), (b_namespace, b_end, b))| {
            a_namespace == b_namespace && a_end == b_end && self.local(a) == self.local(b)
        });
        twins.map(|(_, (.., b))| b.local.start).min()
    }

    fn local(&self, attribute: &AttributeRecord) -> &str {
        self.source(attribute.local)
    }

    fn source(&self, span: Span) -> &str {
        self.document.source.get(span.range()).unwrap_or_default()
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
