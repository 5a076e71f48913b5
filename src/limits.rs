//! Upper bounds for work that anybody can ask for before a signature is checked.

/// Upper bounds for one message or one metadata document.
///
/// Everything before the signature check is open to anybody, so its cost is bounded here. Each number says what it
/// counts and where it comes from; each has its own error code. The defaults leave a wide margin above real
/// documents: change one only for a partner whose real messages need it.
///
/// ```
/// let mut limits = saml_sp::Limits::default();
/// limits.message_bytes = 4 * 1024 * 1024; // bytes
/// ```
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one message after base64 and DEFLATE are undone (`xml-too-large`).
    ///
    /// 1 MiB. The largest of the real responses we try has 14 KB; one with 5,000 group names has about 600 KB.
    pub message_bytes: usize,
    /// Bytes of one metadata document (`xml-too-large`).
    ///
    /// 64 MiB. The largest of the real documents we try has 331 KB; interfederation aggregates have tens of MB.
    pub metadata_bytes: usize,
    /// Elements inside one another, the root being the first (`xml-too-deep`).
    ///
    /// 64. Real messages and real metadata reach 9; the margin is for structured attribute values.
    pub depth: usize,
    /// Elements of one message (`xml-too-many-elements`).
    ///
    /// 32,768. Real responses reach 74; one with 5,000 group names has about 5,100.
    pub elements: usize,
    /// Elements of one metadata document (`xml-too-many-elements`).
    ///
    /// 1,048,576. Real metadata has one element for each 157 bytes, which makes 430,000 in the largest document allowed.
    pub metadata_elements: usize,
    /// Attributes of one element, namespace declarations not counted (`xml-too-many-attributes`).
    ///
    /// 64. Real elements have 6 at most.
    pub attributes: usize,
    /// Namespace declarations of one element (`xml-too-many-declarations`).
    ///
    /// 64. Real roots have 13 at most.
    pub namespace_declarations: usize,
    /// Namespace declarations on an element and all its ancestors together (`xml-too-many-in-scope`).
    ///
    /// 128. Real documents have 13 at most.
    pub in_scope_declarations: usize,
    /// Prefixes in the PrefixList of one exclusive canonicalization (`c14n-too-many-prefixes`).
    ///
    /// 64. Real lists have a handful: `xs`, `xsi`, the prefixes of SAML.
    pub prefix_list: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            message_bytes: 1024 * 1024,
            metadata_bytes: 64 * 1024 * 1024,
            depth: 64,
            elements: 32 * 1024,
            metadata_elements: 1024 * 1024,
            attributes: 64,
            namespace_declarations: 64,
            in_scope_declarations: 128,
            prefix_list: 64,
        }
    }
}

impl Limits {
    /// The numbers the parser needs for a message.
    pub(crate) fn message(&self) -> XmlLimits {
        XmlLimits {
            bytes: self.message_bytes,
            depth: self.depth,
            elements: self.elements,
            attributes: self.attributes,
            namespace_declarations: self.namespace_declarations,
            in_scope_declarations: self.in_scope_declarations,
            prefix_list: self.prefix_list,
        }
    }

    /// The numbers for signed octets of a message: canonical bytes, which may be longer than what was received, by as
    /// much as canonicalization allows (`c14n-too-large`).
    pub(crate) fn octets(&self) -> XmlLimits {
        XmlLimits { bytes: usize::MAX, ..self.message() }
    }

    /// The numbers the parser needs for a metadata document.
    pub(crate) fn metadata(&self) -> XmlLimits {
        XmlLimits { bytes: self.metadata_bytes, elements: self.metadata_elements, ..self.message() }
    }

    /// The numbers for signed octets of a metadata document, as [`octets`](Self::octets) are for a message.
    pub(crate) fn metadata_octets(&self) -> XmlLimits {
        XmlLimits { bytes: usize::MAX, ..self.metadata() }
    }
}

/// The subset of [`Limits`] that one document is parsed under.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct XmlLimits {
    pub(crate) bytes: usize,
    pub(crate) depth: usize,
    pub(crate) elements: usize,
    pub(crate) attributes: usize,
    pub(crate) namespace_declarations: usize,
    pub(crate) in_scope_declarations: usize,
    pub(crate) prefix_list: usize,
}
