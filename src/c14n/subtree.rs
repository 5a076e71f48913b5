//! The walk over a subtree, and which namespace declarations and attributes each start tag gets.

use super::sink::Sink;
use super::{C14nError, Canonicalization, Method};
use crate::few::Few;
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
    rendered: &'a mut [u32],
    /// What to put back at end tags: the declarations of each open element, the innermost last.
    hidden: Few<Hidden, FEW>,
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
#[derive(Clone, Copy, Default)]
struct Hidden {
    prefix: u32,
    outer: u32,
    /// Of its element.
    depth: usize,
}

/// So many prefixes and declarations real messages have at most.
pub(super) const FEW: usize = 16;

impl<'a, 'd> Canonicalizer<'a, 'd> {
    /// `rendered` has a zero for each prefix of the document.
    pub(super) fn new(apex: Element<'d>, how: &Canonicalization, rendered: &'a mut [u32], sink: Sink<'a>) -> Self {
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
            rendered,
            hidden: Few::default(),
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
        // Nothing to write but what it is spelled with, as a rule: no declaration, or one of its own.
        if self.attributes.is_empty()
            && let Some(tag) = element.canonical_start_tag()
        {
            match self.hidden.as_slice().get(self.mark..).unwrap_or_default() {
                [] => return self.copy_start_tag(element, tag, None),
                [one] => {
                    let one = Binding { prefix: one.prefix, namespace: self.in_force(one.prefix) };
                    if let Some((_, spelled)) = element.spelled_declarations().find(|(own, _)| *own == one) {
                        return self.copy_start_tag(element, tag, Some(spelled));
                    }
                }
                _ => {}
            }
        }
        let document = self.document;
        let prefix = |hidden: &Hidden| document.prefix(hidden.prefix);
        if let Some(declared @ [_, _, ..]) = self.hidden.as_mut_slice().get_mut(self.mark..) {
            declared.sort_unstable_by(|a, b| counted(prefix(a), prefix(b)));
        }
        self.start_tag(element)
    }

    /// The start tag as it is spelled, with `declaration` and no other of its own.
    fn copy_start_tag(
        &mut self,
        element: Element<'d>,
        tag: Range<usize>,
        declaration: Option<Range<usize>>,
    ) -> Result<(), C14nError> {
        let Some(behind) = element.declarations_end() else { return self.sink.copy(tag) };
        self.sink.copy(tag.start..element.name_end())?;
        if let Some(declaration) = declaration {
            self.sink.copy(declaration)?;
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

    /// What a prefix stands for in the output.
    fn in_force(&self, prefix: u32) -> u32 {
        self.rendered.get(index(prefix)).copied().unwrap_or_default()
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
        // No prefix is declared twice in one tag, so that what each stands for is what is in force.
        for hidden in self.hidden.as_slice().get(self.mark..).unwrap_or_default() {
            let namespace = document.namespace(self.in_force(hidden.prefix));
            self.sink.attribute("xmlns", document.prefix(hidden.prefix), namespace)?;
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

fn counted(a: &str, b: &str) -> std::cmp::Ordering {
    work::count(a.len().min(b.len()).saturating_add(1));
    a.cmp(b)
}

fn index(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
