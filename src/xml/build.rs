//! From tokens to a [`Document`]: nesting, namespaces, duplicates, limits.

use super::attributes::{QName, Spelled, Tag, decode_value, normalise_line_ends};
use super::characters::{self, is_absolute_uri, is_space};
use super::error::{Fault, Flaw, XmlErrorKind};
use super::intern::Interned;
use super::name::ns;
use super::scan::{Scanner, TextForm, Token};
use super::tree::{
    AttributeRecord, DeclarationRecord, Document, ElementRecord, NAMESPACE_XML, NO_NAMESPACE, NO_PREFIX, Node,
    PREFIX_XML, Span, UNBOUND, What, text_at,
};
use super::{XmlLimits, work};
use std::collections::HashSet;
use std::ops::Range;

/// The document while it grows.
pub(super) struct Builder<'i> {
    document: Document<'i>,
    /// Elements whose end tag is still to come.
    open: Vec<Open>,
    /// For each prefix the declaration in force. Declarations remember what they hide, so that an end tag restores
    /// it in as many steps as its element has declarations.
    bindings: Vec<u32>,
    in_scope: usize,
    text: Pending,
    /// Attributes by which an element may be referenced.
    ids: Vec<u32>,
    scratch: Vec<(u32, Span, usize)>,
}

struct Open {
    node: u32,
    element: u32,
    /// The qualified name as it is spelled.
    name: Range<usize>,
}

/// Character data that is not a node yet, because more of it may follow.
enum Pending {
    None,
    /// One piece that means what it spells.
    Source {
        range: Range<usize>,
        plain: bool,
    },
    /// Several pieces, or line ends to normalise: in `decoded` from here on.
    Decoded {
        start: usize,
    },
}

impl<'i> Builder<'i> {
    pub(super) fn new(source: &'i str, limits: &XmlLimits) -> Self {
        // A table that grows is there twice for a moment, so that there is room from the start: every element and
        // comment has a tag, and at most one text stands behind each; half the tags are end tags as a rule; every
        // attribute has a `=`. What only looks like many (`<<<<`, `<=<=`) is bounded by what the shortest ones need,
        // and given back at the end.
        let tags = characters::count(source, b'<');
        let starts = (tags / 2).min(source.len() / "<a/>".len()).saturating_add(1).min(limits.elements);
        let attributes = characters::count(source, b'=').min(source.len() / " a=''".len());
        let most = limits.elements.saturating_mul(3).saturating_add(source.len() / 4);
        let beside_attributes = source.len().saturating_sub(attributes.saturating_mul(" a=''".len()));
        let shortest = (beside_attributes / "<a/>x".len()).saturating_add(1).saturating_mul(2);
        let nodes = tags.saturating_mul(2).min(most).min(shortest);
        let document = Document {
            source,
            decoded: String::new(),
            nodes: Vec::with_capacity(nodes),
            elements: Vec::with_capacity(starts),
            attributes: Vec::with_capacity(attributes),
            declarations: Vec::new(),
            prefixes: Interned::default(),
            namespaces: Interned::default(),
            limits: limits.clone(),
        };
        Self {
            document,
            open: Vec::new(),
            bindings: vec![UNBOUND; 2],
            in_scope: 0,
            text: Pending::None,
            ids: Vec::new(),
            scratch: Vec::new(),
        }
    }

    pub(super) fn build(mut self) -> Result<Document<'i>, Fault> {
        let mut scanner = Scanner::new(self.document.source);
        while let Some(token) = scanner.next_token()? {
            match token {
                Token::Start { tag, empty } => self.start_tag(&tag, empty)?,
                Token::End { tag, name } => self.end_tag(&tag, &name)?,
                Token::Text { raw, form } => self.text(raw, form)?,
                Token::Reference { raw, character } => {
                    self.inside_root(Flaw::TextOutsideRoot, raw.start)?;
                    self.reference(character);
                }
                Token::CData { content, form } => {
                    self.inside_root(Flaw::CData, content.start)?;
                    self.append(content, TextForm { canonical: false, ..form });
                }
                Token::Comment { content, form } => self.comment(&content, form),
            }
        }
        let end = self.document.source.len();
        if !self.open.is_empty() {
            return Err(Fault::flaw(Flaw::Unclosed, end));
        }
        if self.document.nodes.is_empty() {
            return Err(Fault::flaw(Flaw::NoRoot, end));
        }
        self.unique_ids()?;
        give_back(&mut self.document.nodes);
        give_back(&mut self.document.elements);
        give_back(&mut self.document.attributes);
        Ok(self.document)
    }

    fn start_tag(&mut self, range: &Range<usize>, empty: bool) -> Result<(), Fault> {
        work::count(range.len());
        self.flush_text();
        let limits = &self.document.limits;
        if self.open.is_empty() && !self.document.nodes.is_empty() {
            return Err(Fault::flaw(Flaw::SecondRoot, range.start));
        }
        if self.open.len() >= limits.depth {
            return Err(Fault::new(XmlErrorKind::TooDeep { limit: limits.depth }, range.start));
        }
        if self.document.elements.len() >= limits.elements {
            return Err(Fault::new(XmlErrorKind::TooManyElements { limit: limits.elements }, range.start));
        }
        let attributes_start = self.document.attributes.len();
        let declarations_start = self.document.declarations.len();
        let (name, tight) = self.read_tag(range, empty)?;
        let prefix = self.prefix_number(&name.prefix);
        let namespace = self.resolve(prefix, name.prefix.start)?;
        self.resolve_attributes(attributes_start)?;
        self.refuse_duplicates(attributes_start)?;
        self.note_ids(attributes_start, namespace);

        let element = Span::offset(self.document.elements.len());
        self.document.elements.push(ElementRecord {
            prefix,
            namespace,
            local: Span::new(&name.local),
            content: Span::new(&(range.end..range.end)),
            attributes: Span::new(&(attributes_start..self.document.attributes.len())),
            declarations: Span::new(&(declarations_start..self.document.declarations.len())),
            canonical_end: false,
            canonical_start: tight && !empty && self.in_canonical_order(attributes_start, declarations_start),
        });
        let node = self.push(What::Element(element), Span::new(range));
        self.open.push(Open { node, element, name: name.prefix.start..name.local.end });
        if empty {
            self.close();
        }
        Ok(())
    }

    /// The attributes and declarations of one tag, appended to their tables; its name; whether it is spelled tight.
    fn read_tag(&mut self, range: &Range<usize>, empty: bool) -> Result<(QName, bool), Fault> {
        let source = self.document.source;
        let mut tag = Tag::new(source, range, empty);
        let name = tag.name()?;
        let mut tight = true;
        let mut last = tag.at();
        let (mut attributes, mut declarations) = (0_usize, 0_usize);
        while let Some(spelled) = tag.next_attribute()? {
            tight &= spelled.canonical;
            last = tag.at();
            let at = spelled.name.prefix.start;
            let prefix = source.get(spelled.name.prefix.clone()).unwrap_or_default();
            let default = prefix.is_empty() && source.get(spelled.name.local.clone()) == Some("xmlns");
            if default || prefix == "xmlns" {
                // Canonical XML writes declarations before attributes.
                tight &= attributes == 0;
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
        Ok((name, tight && tag.ends_tight(last)))
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
        self.document.declarations.push(DeclarationRecord { prefix, namespace, outer });
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

    fn decoded_since(&self, start: usize) -> Span {
        let base = self.document.source.len();
        Span::new(&(base.saturating_add(start)..base.saturating_add(self.document.decoded.len())))
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

    /// No two attributes with one expanded name (Namespaces in XML 1.0, 6.3); sorted, because a caller may have
    /// raised the limit on attributes.
    fn refuse_duplicates(&mut self, start: usize) -> Result<(), Fault> {
        let source = self.document.source;
        let attributes = self.document.attributes.get(start..).unwrap_or_default();
        if attributes.len() < 2 {
            return Ok(());
        }
        let name = |local: Span| source.get(local.range()).unwrap_or_default();
        self.scratch.clear();
        self.scratch.extend(attributes.iter().map(|a| (a.namespace, a.local, a.local.range().start)));
        self.scratch.sort_unstable_by(|a, b| {
            work::count(a.1.len().min(b.1.len()).saturating_add(1));
            a.0.cmp(&b.0).then_with(|| name(a.1).cmp(name(b.1))).then(a.2.cmp(&b.2))
        });
        let twins = self.scratch.iter().zip(self.scratch.iter().skip(1));
        match twins.filter(|(a, b)| a.0 == b.0 && name(a.1) == name(b.1)).map(|(_, b)| b.2).min() {
            Some(at) => Err(Fault::new(XmlErrorKind::DuplicateAttribute, at)),
            None => Ok(()),
        }
    }

    /// Whether attributes and declarations stand in the order canonical XML gives them (Canonical XML 1.0, 2.2).
    ///
    /// Two different namespaces among the attributes are not looked into: rare, and `false` only costs speed.
    fn in_canonical_order(&self, attributes: usize, declarations: usize) -> bool {
        let document = &self.document;
        let declarations = document.declarations.get(declarations..).unwrap_or_default();
        let attributes = document.attributes.get(attributes..).unwrap_or_default();
        let prefix_order =
            |a: &DeclarationRecord, b: &DeclarationRecord| document.prefix(a.prefix) < document.prefix(b.prefix);
        let name_order = |a: &AttributeRecord, b: &AttributeRecord| {
            (a.namespace == NO_NAMESPACE && b.namespace != NO_NAMESPACE)
                || (a.namespace == b.namespace && document.text(a.local) < document.text(b.local))
        };
        declarations.iter().all(|declaration| declaration.prefix != PREFIX_XML)
            && declarations.iter().zip(declarations.iter().skip(1)).all(|(a, b)| prefix_order(a, b))
            && attributes.iter().zip(attributes.iter().skip(1)).all(|(a, b)| name_order(a, b))
    }

    /// Un-namespaced `ID` and `Id`, and `xml:id`, on SAML, ds and xenc elements.
    fn note_ids(&mut self, start: usize, namespace: u32) {
        for index in start..self.document.attributes.len() {
            let Some(attribute) = self.document.attributes.get(index) else { break };
            let name = (attribute.namespace, self.document.text(attribute.local));
            let is_id = matches!(name, (NO_NAMESPACE, "ID" | "Id") | (NAMESPACE_XML, "id"));
            if is_id && is_referenced(self.document.namespace(namespace)) {
                self.ids.push(Span::offset(index));
            }
        }
    }

    /// A second element with the same ID is how "verified one thing, read another" begins.
    fn unique_ids(&self) -> Result<(), Fault> {
        let mut seen = HashSet::with_capacity(self.ids.len());
        for index in &self.ids {
            let Some(attribute) = self.document.attributes.get(Span::index(*index)) else { continue };
            if !seen.insert(self.document.text(attribute.value)) {
                return Err(Fault::new(XmlErrorKind::DuplicateId, attribute.local.range().start));
            }
        }
        Ok(())
    }

    fn end_tag(&mut self, tag: &Range<usize>, name: &Range<usize>) -> Result<(), Fault> {
        self.flush_text();
        let source = self.document.source;
        let Some(open) = self.open.last() else { return Err(Fault::flaw(Flaw::EndTag, tag.start)) };
        if source.get(name.clone()) != source.get(open.name.clone()) {
            return Err(Fault::flaw(Flaw::EndTag, tag.start));
        }
        let tight = name.end.saturating_add(1) == tag.end;
        if let Some(node) = self.document.nodes.get_mut(Span::index(open.node)) {
            node.span.end = Span::offset(tag.end);
        }
        if let Some(element) = self.document.elements.get_mut(Span::index(open.element)) {
            element.content.end = Span::offset(tag.start);
            element.canonical_end = tight;
        }
        self.close();
        Ok(())
    }

    /// Ends the innermost element: its subtree is complete, its declarations go out of scope.
    fn close(&mut self) {
        let Some(open) = self.open.pop() else { return };
        let after = Span::offset(self.document.nodes.len());
        if let Some(node) = self.document.nodes.get_mut(Span::index(open.node)) {
            node.after = after;
        }
        let Some(element) = self.document.elements.get(Span::index(open.element)) else { return };
        let declarations = self.document.declarations.get(element.declarations.range()).unwrap_or_default();
        self.in_scope = self.in_scope.saturating_sub(declarations.len());
        work::count(declarations.len());
        for declaration in declarations {
            if let Some(binding) = self.bindings.get_mut(Span::index(declaration.prefix)) {
                *binding = declaration.outer;
            }
        }
    }

    fn push(&mut self, what: What, span: Span) -> u32 {
        let index = Span::offset(self.document.nodes.len());
        let parent = self.open.last().map_or(index, |open| open.node);
        self.document.nodes.push(Node { parent, after: index.saturating_add(1), span, what });
        index
    }

    fn inside_root(&self, flaw: Flaw, at: usize) -> Result<(), Fault> {
        if self.open.is_empty() { Err(Fault::flaw(flaw, at)) } else { Ok(()) }
    }

    fn text(&mut self, raw: Range<usize>, form: TextForm) -> Result<(), Fault> {
        if !self.open.is_empty() {
            self.append(raw, form);
            return Ok(());
        }
        let text = self.document.source.get(raw.clone()).unwrap_or_default();
        match text.bytes().position(|byte| !is_space(byte)) {
            Some(at) => Err(Fault::flaw(Flaw::TextOutsideRoot, raw.start.saturating_add(at))),
            None => Ok(()),
        }
    }

    fn append(&mut self, range: Range<usize>, form: TextForm) {
        work::count(range.len());
        let source = self.document.source;
        match &self.text {
            Pending::None if !form.carriage_return => {
                self.text = Pending::Source { range, plain: form.canonical };
                return;
            }
            Pending::None | Pending::Source { .. } => self.decode_pending(),
            Pending::Decoded { .. } => {}
        }
        normalise_line_ends(source.get(range).unwrap_or_default(), &mut self.document.decoded);
    }

    fn reference(&mut self, character: char) {
        self.decode_pending();
        self.document.decoded.push(character);
    }

    fn decode_pending(&mut self) {
        let start = self.document.decoded.len();
        match std::mem::replace(&mut self.text, Pending::Decoded { start }) {
            Pending::None => {}
            Pending::Source { range, .. } => {
                self.document.decoded.push_str(self.document.source.get(range).unwrap_or_default());
            }
            earlier @ Pending::Decoded { .. } => self.text = earlier,
        }
    }

    fn flush_text(&mut self) {
        let (span, plain) = match std::mem::replace(&mut self.text, Pending::None) {
            Pending::None => return,
            Pending::Source { range, plain } => (Span::new(&range), plain),
            Pending::Decoded { start } => (self.decoded_since(start), false),
        };
        if span.len() > 0 {
            self.push(What::Text { plain }, span);
        }
    }

    /// Comments outside the root belong to no subtree and are forgotten.
    fn comment(&mut self, content: &Range<usize>, form: TextForm) {
        self.flush_text();
        if self.open.is_empty() {
            return;
        }
        let span = if form.carriage_return {
            let start = self.document.decoded.len();
            normalise_line_ends(
                self.document.source.get(content.clone()).unwrap_or_default(),
                &mut self.document.decoded,
            );
            self.decoded_since(start)
        } else {
            Span::new(content)
        };
        self.push(What::Comment, span);
    }
}

/// Frees what only looked like being needed; in real documents that is not worth a copy.
fn give_back<T>(table: &mut Vec<T>) {
    if table.capacity() > table.len().saturating_mul(4).saturating_add(1024) {
        table.shrink_to_fit();
    }
}

/// Whether elements of a namespace are what a signature or an encrypted key can point at.
fn is_referenced(namespace: &str) -> bool {
    namespace.starts_with(ns::SAML_FAMILY) || matches!(namespace, ns::DS | ns::DS11 | ns::XENC | ns::XENC11)
}
