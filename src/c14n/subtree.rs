//! The walk over a subtree, and which namespace declarations and attributes each start tag gets.

use super::sink::Sink;
use super::{C14nError, Canonicalization, Method};
use crate::xml::{Attribute, Binding, Document, Element, Step, work};
use std::collections::HashSet;
use std::ops::Range;

/// Writes one subtree.
pub(super) struct Canonicalizer<'a, 'd> {
    apex: Element<'d>,
    document: &'d Document<'d>,
    method: Method,
    /// Prefixes of the PrefixList, by number.
    listed: Vec<bool>,
    /// What the output binds each prefix to at this point; 0 where nothing, or `xmlns=""`, is in force.
    rendered: Vec<u32>,
    /// What to put back at end tags: the declarations of each open element, the innermost last.
    hidden: Vec<Hidden>,
    /// How many elements are open.
    depth: usize,
    /// Where the declarations of the current start tag begin among the hidden.
    mark: usize,
    attributes: Vec<Attribute<'d>>,
    /// Namespaces in the order of their names, made when first needed.
    ranks: Vec<usize>,
    sink: Sink<'a>,
}

/// A declaration that the output has, and what it hides.
#[derive(Clone, Copy)]
struct Hidden {
    prefix: u32,
    outer: u32,
    /// Of its element.
    depth: usize,
}

/// Room for the declarations of a real message.
const FEW: usize = 16;

impl<'a, 'd> Canonicalizer<'a, 'd> {
    pub(super) fn new(apex: Element<'d>, how: &Canonicalization, sink: Sink<'a>) -> Self {
        let document = apex.document();
        let mut listed = Vec::new();
        if matches!(how.method, Method::Exclusive { .. }) && !how.prefixes.is_empty() {
            listed = vec![false; document.prefix_count()];
            for number in how.prefixes.iter().filter_map(|prefix| document.prefix_number(prefix)) {
                if let Some(flag) = listed.get_mut(index(number)) {
                    *flag = true;
                }
            }
        }
        Self {
            apex,
            document,
            method: how.method,
            listed,
            rendered: vec![0; document.prefix_count()],
            hidden: Vec::with_capacity(FEW),
            depth: 0,
            mark: 0,
            attributes: Vec::new(),
            ranks: Vec::new(),
            sink,
        }
    }

    pub(super) fn run(mut self, omit: Option<Element<'_>>) -> Result<(), C14nError> {
        let mut nothing = true;
        for step in self.apex.walk(omit) {
            match step {
                Step::Open(element) => {
                    nothing = false;
                    self.open(element)?;
                }
                Step::Text { canonical: Some(raw), .. } => self.sink.copy(raw)?,
                Step::Text { text, canonical: None } => self.sink.text(text)?,
                Step::Comment(comment) if self.method.comments() => {
                    self.sink.write("<!--")?;
                    self.sink.write(comment)?;
                    self.sink.write("-->")?;
                }
                Step::Comment(_) => {}
                Step::Close(element) => self.close(element)?,
            }
        }
        if nothing { Err(C14nError::Nothing) } else { self.sink.flush() }
    }

    fn open(&mut self, element: Element<'d>) -> Result<(), C14nError> {
        let is_apex = self.depth == 0;
        self.depth = self.depth.saturating_add(1);
        self.mark = self.hidden.len();
        self.attributes.clear();
        match self.method {
            Method::Exclusive { .. } => self.used_declarations(element, is_apex),
            _ if is_apex => self.declarations_in_scope(element),
            _ => element.declared().for_each(|binding| self.declare(binding)),
        }
        if is_apex {
            self.inherited_attributes(element)?;
        }
        // Not a word to write, and none to leave out.
        if self.hidden.len() == self.mark
            && self.attributes.is_empty()
            && let Some(tag) = element.canonical_start_tag()
            && element.declarations().len() == 0
        {
            return self.sink.copy(tag);
        }
        let document = self.document;
        let prefix = |hidden: &Hidden| document.prefix(hidden.prefix);
        if let Some(declared @ [_, _, ..]) = self.hidden.get_mut(self.mark..) {
            declared.sort_unstable_by(|a, b| counted(prefix(a), prefix(b)));
        }
        // Not a word to write: no declaration but its own, and no attribute from above.
        if self.attributes.is_empty()
            && let Some(tag) = element.canonical_start_tag()
            && self.declares_its_own(element)
        {
            return self.copy_start_tag(element, tag);
        }
        self.start_tag(element)
    }

    /// A start tag as it is spelled, less the declarations that nothing uses.
    fn copy_start_tag(&mut self, element: Element<'d>, tag: Range<usize>) -> Result<(), C14nError> {
        let mut behind = element.name_end();
        self.sink.copy(tag.start..behind)?;
        let mut wanted = declared(&self.hidden, self.mark, &self.rendered).peekable();
        for (binding, spelled) in element.spelled_declarations() {
            behind = spelled.end;
            if wanted.next_if_eq(&binding).is_some() {
                self.sink.copy(spelled)?;
            }
        }
        self.sink.copy(behind..tag.end)
    }

    fn close(&mut self, element: Element<'d>) -> Result<(), C14nError> {
        while let Some(hidden) = self.hidden.pop_if(|hidden| hidden.depth == self.depth) {
            if let Some(rendered) = self.rendered.get_mut(index(hidden.prefix)) {
                *rendered = hidden.outer;
            }
        }
        self.depth = self.depth.saturating_sub(1);
        match element.canonical_end_tag() {
            Some(tag) => self.sink.copy(tag),
            None => {
                self.sink.write("</")?;
                self.sink.qname(element.prefix(), element.local())?;
                self.sink.write(">")
            }
        }
    }

    /// Exclusive: the prefixes a start tag visibly utilizes, and those of the PrefixList as the inclusive method has
    /// them (Exclusive XML Canonicalization 1.0, 3).
    fn used_declarations(&mut self, element: Element<'d>, is_apex: bool) {
        self.declare(element.binding());
        for attribute in element.attributes() {
            // Without a prefix an attribute is in no namespace, and does not use the default one.
            if !attribute.binding().is_default() {
                self.declare(attribute.binding());
            }
        }
        if self.listed.is_empty() {
            return;
        }
        if is_apex {
            self.declarations_in_scope(element);
        } else {
            for binding in element.declared() {
                if self.is_listed(binding) {
                    self.declare(binding);
                }
            }
        }
    }

    /// Everything that ancestors and the element itself declare, the nearest declaration of each prefix counting; of
    /// the exclusive method's PrefixList only.
    fn declarations_in_scope(&mut self, element: Element<'d>) {
        let mut seen = vec![false; self.rendered.len()];
        for binding in element.ancestors_or_self().flat_map(|ancestor| ancestor.declared()) {
            work::count(1);
            let Some(seen) = seen.get_mut(index(binding.prefix)) else { continue };
            if !std::mem::replace(seen, true) && (self.listed.is_empty() || self.is_listed(binding)) {
                self.declare(binding);
            }
        }
    }

    fn is_listed(&self, binding: Binding) -> bool {
        self.listed.get(index(binding.prefix)).copied().unwrap_or_default()
    }

    /// Gives the current start tag a declaration, unless the output has it in force already. For the default
    /// namespace, "none" is in force at first: `xmlns=""` is written only against another default.
    fn declare(&mut self, binding: Binding) {
        work::count(1);
        if binding.is_xml() {
            return;
        }
        let Some(rendered) = self.rendered.get_mut(index(binding.prefix)) else { return };
        if *rendered == binding.namespace {
            return;
        }
        self.hidden.push(Hidden { prefix: binding.prefix, outer: *rendered, depth: self.depth });
        *rendered = binding.namespace;
    }

    /// Whether the current start tag gets no declarations but some of those it is spelled with, and these stand in order.
    fn declares_its_own(&self, element: Element<'d>) -> bool {
        let mut wanted = declared(&self.hidden, self.mark, &self.rendered).peekable();
        element.declared().for_each(|own| _ = wanted.next_if_eq(&own));
        wanted.next().is_none()
    }

    /// Inclusive: what an element whose parent is left out inherits of `xml:…` attributes. Canonical XML 1.0 (2.4)
    /// takes all of them; 1.1 (2.4) takes `xml:lang` and `xml:space`, and joins the values of `xml:base`.
    fn inherited_attributes(&mut self, element: Element<'d>) -> Result<(), C14nError> {
        let all = match self.method {
            Method::Exclusive { .. } => return Ok(()),
            Method::Inclusive10 { .. } => true,
            Method::Inclusive11 { .. } => false,
        };
        let own = element.attributes().filter(|attribute| attribute.binding().is_xml());
        let mut seen: HashSet<&str> = own.map(|attribute| attribute.local()).collect();
        for attribute in element.ancestors_or_self().skip(1).flat_map(|ancestor| ancestor.attributes()) {
            work::count(1);
            if attribute.binding().is_xml()
                && (all || matches!(attribute.local(), "lang" | "space" | "base"))
                && seen.insert(attribute.local())
            {
                self.attributes.push(attribute);
            }
        }
        if all { Ok(()) } else { Self::refuse_base_to_join(element) }
    }

    /// One `xml:base` needs no joining and is written as it is; of several, or of an empty one, we do not make one.
    fn refuse_base_to_join(element: Element<'d>) -> Result<(), C14nError> {
        let attributes = element.ancestors_or_self().flat_map(|ancestor| ancestor.attributes());
        let mut bases = attributes.filter(|attribute| attribute.binding().is_xml() && attribute.local() == "base");
        let empty = bases.next().is_some_and(|base| base.value().is_empty());
        if empty || bases.next().is_some() { Err(C14nError::XmlBase) } else { Ok(()) }
    }

    /// A start tag written anew: declarations by prefix, then attributes by namespace name and local name, those
    /// without a namespace first (Canonical XML 1.0, 2.2).
    fn start_tag(&mut self, element: Element<'d>) -> Result<(), C14nError> {
        let document = self.document;
        self.sink.write("<")?;
        self.sink.qname(element.prefix(), element.local())?;
        for binding in declared(&self.hidden, self.mark, &self.rendered) {
            self.sink.attribute("xmlns", document.prefix(binding.prefix), document.namespace(binding.namespace))?;
        }
        self.attributes.extend(element.attributes());
        self.rank_namespaces();
        let ranks = &self.ranks;
        let rank = |a: &Attribute<'_>| ranks.get(index(a.binding().namespace)).copied().unwrap_or_default();
        self.attributes.sort_unstable_by(|a, b| rank(a).cmp(&rank(b)).then_with(|| counted(a.local(), b.local())));
        for attribute in &self.attributes {
            self.sink.attribute(attribute.prefix(), attribute.local(), attribute.value())?;
        }
        self.sink.write(">")
    }

    /// Orders the namespaces once, and only if a start tag has attributes of two; comparing the names at each tag
    /// would not be linear for long ones.
    fn rank_namespaces(&mut self) {
        let mut namespaces = self.attributes.iter().map(|attribute| attribute.binding().namespace);
        let first = namespaces.next();
        if !self.ranks.is_empty() || namespaces.all(|namespace| Some(namespace) == first) {
            return;
        }
        let count = self.document.namespace_count();
        let mut order: Vec<u32> = (0..u32::try_from(count).unwrap_or(u32::MAX)).collect();
        order.sort_unstable_by(|a, b| counted(self.document.namespace(*a), self.document.namespace(*b)));
        self.ranks = vec![0; count];
        for (rank, number) in order.into_iter().enumerate() {
            if let Some(place) = self.ranks.get_mut(index(number)) {
                *place = rank;
            }
        }
    }
}

/// The declarations of the current start tag. No prefix is declared twice in one, so that what it stands for is what is in force.
fn declared<'h>(hidden: &'h [Hidden], mark: usize, rendered: &'h [u32]) -> impl Iterator<Item = Binding> + 'h {
    let namespace = |prefix: u32| rendered.get(index(prefix)).copied().unwrap_or_default();
    let declared = hidden.get(mark..).unwrap_or_default().iter();
    declared.map(move |hidden| Binding { prefix: hidden.prefix, namespace: namespace(hidden.prefix) })
}

fn counted(a: &str, b: &str) -> std::cmp::Ordering {
    work::count(a.len().min(b.len()).saturating_add(1));
    a.cmp(b)
}

fn index(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
