//! From tokens to a [`Document`]: nesting, namespaces, duplicates, limits.

use super::attributes::{LastPrefix, normalise_line_ends, tag_end};
use super::characters::{Survey, behind, is_space, same};
use super::error::{Fault, Flaw, XmlErrorKind};
use super::ids::Ids;
use super::intern::Interned;
use super::token::{CDATA, COMMENT, TextForm, Token};
use super::tree::{Document, ElementRecord, NO_PREFIX, Node, PREFIX_XML, Span, UNBOUND, What};
use super::{XmlLimits, work};
use crate::few::Few;

/// The document while it grows.
pub(super) struct Builder<'i> {
    pub(super) document: Document<'i>,
    /// The innermost element whose end tag is still to come, by node, and how many there are.
    open: Option<u32>,
    depth: usize,
    /// The element before, of the same parent, by node.
    pub(super) before: Option<u32>,
    pub(super) last_prefix: LastPrefix,
    /// For each prefix the declaration in force; real documents have 13 in scope at most. Declarations remember what they
    /// hide, so that an end tag restores it in as many steps as its element has declarations.
    pub(super) bindings: Few<u32, 16>,
    pub(super) in_scope: usize,
    text: Pending,
    pub(super) ids: Ids,
}

/// Character data that is not a node yet, because more of it may follow.
enum Pending {
    None,
    /// One piece that means what it spells.
    Source {
        raw: Span,
        plain: bool,
    },
    /// Several pieces, or line ends to normalise: in `decoded` from here on.
    Decoded {
        start: usize,
    },
}

/// Room for what real messages have few of: declarations.
const SMALL: usize = 128;

impl<'i> Builder<'i> {
    pub(super) fn new(source: &'i str, survey: &Survey, limits: &XmlLimits) -> Self {
        // A table that grows is there twice for a moment, so that there is room from the start: every element and
        // comment has a tag, and at most one text stands behind each; half the tags are end tags as a rule; every
        // attribute has a `=`. What only looks like many (`<<<<`, `<=<=`) is bounded by what the shortest ones need,
        // and given back at the end.
        let tags = survey.tags;
        let starts = (tags / 2).min(source.len() / "<a/>".len()).saturating_add(1).min(limits.elements);
        let attributes = survey.equals.min(source.len() / " a=''".len());
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
            declarations: Vec::with_capacity(attributes.min(SMALL)),
            prefixes: Interned::default(),
            namespaces: Interned::default(),
            limits: limits.clone(),
        };
        let mut bindings = Few::default();
        [NO_PREFIX, PREFIX_XML].iter().for_each(|_| bindings.push(UNBOUND));
        Self {
            document,
            open: None,
            depth: 0,
            before: None,
            last_prefix: LastPrefix::default(),
            bindings,
            in_scope: 0,
            text: Pending::None,
            ids: Ids::default(),
        }
    }

    /// What is to be asked, and given back, when all pieces are there.
    pub(super) fn complete(&mut self) -> Result<(), Fault> {
        let end = Span::offset(self.document.source.len());
        if self.open.is_some() {
            return Err(Fault::flaw(Flaw::Unclosed, end));
        }
        if self.document.nodes.is_empty() {
            return Err(Fault::flaw(Flaw::NoRoot, end));
        }
        self.ids.unique(&self.document)?;
        give_back(&mut self.document.nodes);
        give_back(&mut self.document.elements);
        give_back(&mut self.document.attributes);
        Ok(())
    }

    /// Takes one piece. Returns the offset behind it, as the others here do.
    pub(super) fn token(&mut self, token: Token) -> Result<u32, Fault> {
        match token {
            Token::Start { at } => self.start_tag(at),
            Token::End { at } => self.end_tag(at),
            Token::Text { raw, form } => self.text(raw, form),
            Token::Reference { raw, character } => {
                self.inside_root(Flaw::TextOutsideRoot, raw.start)?;
                self.decode_pending();
                self.document.decoded.push(character);
                Ok(raw.end)
            }
            Token::CData { content, form } => {
                work::count(content.len());
                self.inside_root(Flaw::CData, content.start)?;
                self.append(content, form);
                Ok(content.end + Span::offset(CDATA.1.len()))
            }
            Token::Comment { content, form } => {
                self.comment(content, form);
                Ok(content.end + Span::offset(COMMENT.1.len()))
            }
        }
    }

    pub(super) fn start_tag(&mut self, at: u32) -> Result<u32, Fault> {
        self.flush_text();
        self.begin_element(at).map_err(|fault| match tag_end(self.document.source, at) {
            Some(_) => fault,
            // Whatever else is wrong in it, what has no end is no tag.
            None => Fault::flaw(Flaw::Tag, at),
        })
    }

    fn begin_element(&mut self, at: u32) -> Result<u32, Fault> {
        let limits = &self.document.limits;
        let elements = self.document.elements.len();
        if self.open.is_none() && !self.document.nodes.is_empty() {
            return Err(Fault::flaw(Flaw::SecondRoot, at));
        }
        if self.depth >= limits.depth {
            return Err(Fault::new(XmlErrorKind::TooDeep { limit: limits.depth }, at));
        }
        // The gate has counted them; this stays so that the limit does not hang on another file.
        if elements >= limits.elements {
            return Err(Fault::new(XmlErrorKind::TooManyElements { limit: limits.elements }, at));
        }
        let (end, empty) = self.read_start_tag(at)?;
        work::count(Span::new(at, end).len());
        let node = self.push(What::Element(Span::offset(elements)), Span::new(at, end));
        self.open = Some(node);
        self.depth = self.depth.saturating_add(1);
        if empty {
            self.close();
        }
        Ok(end)
    }

    pub(super) fn decoded_since(&self, start: usize) -> Span {
        let base = self.document.source.len();
        Span::new(Span::offset(base + start), Span::offset(base + self.document.decoded.len()))
    }

    pub(super) fn end_tag(&mut self, at: u32) -> Result<u32, Fault> {
        self.flush_text();
        let source = self.document.source;
        let Some((node, element)) = self.open_element() else { return loose_end_tag(source, at, None) };
        // Its qualified name as it is spelled.
        let name = Span::new(node.span.start + 1, element.local.end);
        let here = Span::new(at + 2, at + 2 + (name.end - name.start));
        let bytes = source.as_bytes();
        let again = bytes.get(name.range()).zip(bytes.get(here.range())).is_some_and(|(a, b)| same(a, b));
        let tight = again && bytes.get(Span::index(here.end)) == Some(&b'>');
        let end = if tight { here.end + 1 } else { loose_end_tag(source, at, source.get(name.range()))? };
        node.span.end = end;
        element.content.end = at;
        element.canonical_end = tight;
        self.close();
        Ok(end)
    }

    /// The innermost open element.
    fn open_element(&mut self) -> Option<(&mut Node, &mut ElementRecord)> {
        let node = self.document.nodes.get_mut(Span::index(self.open?))?;
        let What::Element(element) = node.what else { return None };
        Some((node, self.document.elements.get_mut(Span::index(element))?))
    }

    /// Ends the innermost element: its subtree is complete, its declarations go out of scope.
    fn close(&mut self) {
        let after = Span::offset(self.document.nodes.len());
        let (closed, is_root) = (self.open, self.open == Some(0));
        let Some((node, element)) = self.open_element() else { return };
        node.after = after;
        let (parent, declarations) = (node.parent, element.declarations);
        self.open = if is_root { None } else { Some(parent) };
        self.depth = self.depth.saturating_sub(1);
        self.before = closed;
        if declarations.len() > 0 {
            self.restore(declarations);
        }
    }

    fn restore(&mut self, declarations: Span) {
        let declarations = self.document.declarations.get(declarations.range()).unwrap_or_default();
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
        let parent = self.open.unwrap_or(index);
        self.document.nodes.push(Node { parent, after: index.saturating_add(1), span, what });
        index
    }

    pub(super) fn text(&mut self, raw: Span, form: TextForm) -> Result<u32, Fault> {
        work::count(raw.len());
        if self.open.is_none() {
            let text = self.document.source.get(raw.range()).unwrap_or_default();
            if let Some(at) = text.bytes().position(|byte| !is_space(byte)) {
                return Err(Fault::flaw(Flaw::TextOutsideRoot, raw.start + Span::offset(at)));
            }
        } else if form.canonical && matches!(self.text, Pending::None) && self.is_tag(raw.end) {
            // Whole as it is: only references, sections and other texts could be more of it.
            self.push(What::Text { plain: true }, raw);
        } else {
            self.append(raw, form);
        }
        Ok(raw.end)
    }

    /// Whether a start tag or an end tag begins at a place.
    fn is_tag(&self, at: u32) -> bool {
        matches!(behind(self.document.source, at), [b'<', next, ..] if *next != b'!')
    }

    fn inside_root(&self, flaw: Flaw, at: u32) -> Result<(), Fault> {
        if self.open.is_none() { Err(Fault::flaw(flaw, at)) } else { Ok(()) }
    }

    fn append(&mut self, raw: Span, form: TextForm) {
        let source = self.document.source;
        match &self.text {
            Pending::None if !form.carriage_return => {
                self.text = Pending::Source { raw, plain: form.canonical };
                return;
            }
            Pending::None | Pending::Source { .. } => self.decode_pending(),
            Pending::Decoded { .. } => {}
        }
        normalise_line_ends(source.get(raw.range()).unwrap_or_default(), &mut self.document.decoded);
    }

    // Cold to keep it out of the way of what is common.
    #[cold]
    fn decode_pending(&mut self) {
        let start = self.document.decoded.len();
        match std::mem::replace(&mut self.text, Pending::Decoded { start }) {
            Pending::None => {}
            Pending::Source { raw, .. } => {
                self.document.decoded.push_str(self.document.source.get(raw.range()).unwrap_or_default());
            }
            earlier @ Pending::Decoded { .. } => self.text = earlier,
        }
    }

    fn flush_text(&mut self) {
        let (span, plain) = match std::mem::replace(&mut self.text, Pending::None) {
            Pending::None => return,
            Pending::Source { raw, plain } => (raw, plain),
            Pending::Decoded { start } => (self.decoded_since(start), false),
        };
        if span.len() > 0 {
            self.push(What::Text { plain }, span);
        }
    }

    /// Comments outside the root belong to no subtree and are forgotten.
    fn comment(&mut self, content: Span, form: TextForm) {
        self.flush_text();
        if self.open.is_none() {
            return;
        }
        let span = if form.carriage_return {
            let start = self.document.decoded.len();
            let text = self.document.source.get(content.range()).unwrap_or_default();
            normalise_line_ends(text, &mut self.document.decoded);
            self.decoded_since(start)
        } else {
            content
        };
        self.push(What::Comment, span);
    }
}

/// The offset behind an end tag with white space behind its name, or what is wrong with it.
#[cold]
fn loose_end_tag(source: &str, at: u32, wanted: Option<&str>) -> Result<u32, Fault> {
    let end = tag_end(source, at).ok_or_else(|| Fault::flaw(Flaw::Tag, at))?;
    let name = source.get(Span::new(at + 2, end - 1).range()).unwrap_or_default();
    // ASCII white space is that of XML and the form feed, which no document has by now.
    if Some(name.trim_ascii_end()) == wanted { Ok(end) } else { Err(Fault::flaw(Flaw::EndTag, at)) }
}

/// Frees what only looked like being needed; in real documents that is not worth a copy.
fn give_back<T>(table: &mut Vec<T>) {
    if table.capacity() > table.len().saturating_mul(4).saturating_add(1024) {
        table.shrink_to_fit();
    }
}
