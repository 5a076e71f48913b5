//! The xmlsec engine: libxml2 parses and canonicalizes, libxmlsec1 with OpenSSL verifies.
//!
//! The shape gate has run on our parse of the same text. Here the Signature is found again in libxml2's tree, by its
//! place and not by a search, and libxmlsec1 may use nothing but what the gate read: one ID, one key, and exactly the
//! algorithms of this Signature. The octets are the ones it hashed. What would be out of proportion for them to do is
//! refused before, by our own canonicalization and a count.
//!
//! The crates' safe API looks for a Signature by itself and knows no restrictions, hence the raw pointers. Two rules
//! hold throughout: a node lives as long as its [`Tree`], and what a context points to lives as long as the context;
//! neither leaves this file.
#![expect(unsafe_code, reason = "libxml2 and libxmlsec1 are C libraries, and the crates' safe API is not enough")]

use std::cell::RefCell;
use std::collections::VecDeque;
use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::ptr::{self, NonNull};
use std::sync::Once;

use libxml::bindings as xml2;
use xmlsec::bindings as xmlsec1;
use xmlsec::{XmlSecKey, XmlSecKeyFormat, XmlSecSignatureContext};

use super::candidates::{Candidates, MAX_KEYS};
use super::signature::ENVELOPED;
use super::{Signature, SignatureError, SignedOctets, native};
use crate::crypto::VerifyingKey;
use crate::text::quoted::Quoted;
use crate::xml::Element;

// From xmlsec/errors.h, xmlsec/io.h and openssl/err.h, which the crate's bindings leave out.
unsafe extern "C" {
    fn ERR_set_mark() -> c_int;
    fn ERR_pop_to_mark() -> c_int;
    fn xmlSecErrorsSetCallback(callback: Option<unsafe extern "C" fn()>);
    fn xmlSecIOCleanupCallbacks();
}

/// No network, no message on stderr. What is not asked for is not done: no recovery, no entities, no DTD.
const PARSE: u32 = xml2::xmlParserOption_XML_PARSE_NONET
    | xml2::xmlParserOption_XML_PARSE_NOERROR
    | xml2::xmlParserOption_XML_PARSE_NOWARNING;

/// Keep the octets that are hashed; never follow a Manifest.
const FLAGS: u32 = xmlsec1::XMLSEC_DSIG_FLAGS_STORE_SIGNEDINFO_REFERENCES | xmlsec1::XMLSEC_DSIG_FLAGS_IGNORE_MANIFESTS;

/// `""` and `#id`. The second would let `#xpointer(…)` through, which the shape gate does not.
const SAME_DOCUMENT: u32 = xmlsec1::xmlSecTransformUriTypeEmpty | xmlsec1::xmlSecTransformUriTypeSameDocument;

/// The most work for libxml2, in declarations in scope of an element and listed prefixes, times its depth: real messages and metadata have less
/// than one for each byte, and each took 60 ns. The constant is for what is short and odd, and 60 ms.
const WORK: usize = 1_000_000;
const WORK_FOR_A_BYTE: usize = 16;

/// The octets, and the place of the key that signed them; none where no usable key did.
pub(super) fn verify(
    signature: &Signature<'_>,
    keys: &Candidates<'_>,
) -> Result<Option<(SignedOctets, usize)>, SignatureError> {
    bound(signature, keys)?;
    initialize();
    let _quiet = Quiet::new();
    let unsupported = |found: &str| unsupported(signature, found);
    let tree = Tree::parse(signature.signed.document().source())
        .ok_or_else(|| unsupported("a document that libxml2 does not read"))?;
    let node = tree.find(signature.element).ok_or_else(|| unsupported("a document that libxml2 reads otherwise"))?;
    if let Some(id) = signature.signed.attribute("ID") {
        tree.declare_id(node, id).ok_or_else(|| unsupported("the ID of the signed element"))?;
    }
    for (index, key) in keys.usable() {
        if let Some(octets) = attempt(signature, node, key)? {
            return Ok(Some((octets, index)));
        }
    }
    Ok(None)
}

/// Keeps from these libraries what would cost them more than it costs us: they know no bounds, and anybody can send it.
fn bound(signature: &Signature<'_>, keys: &Candidates<'_>) -> Result<(), SignatureError> {
    // They would write a canonical form of any size, gigabytes for a long namespace name on many siblings.
    let octets = native::reference(signature)?;
    native::signed_info(signature)?;
    let usable = keys.usable().count();
    if usable == 0 {
        // Nobody will ask them about the content, so that it is said here whether that is what was signed.
        return native::check_digest(signature, &octets);
    }
    // libxml2 looks for every declaration in scope of every element, and every listed prefix, up to the root, and does so
    // again for each key.
    let listed = signature.reference_c14n.prefixes.len();
    let work: usize = signature.signed.descendants_or_self().fold(0, |work, element| {
        let (depth, in_scope) = element.ancestors_or_self().fold((0_usize, listed), |(depth, in_scope), around| {
            (depth.saturating_add(1), in_scope.saturating_add(around.declarations().len()))
        });
        work.saturating_add(depth.saturating_mul(in_scope))
    });
    let most = WORK.saturating_add(WORK_FOR_A_BYTE.saturating_mul(signature.signed.document().source().len()));
    if work.saturating_mul(usable) > most {
        return Err(unsupported(signature, "so many namespace declarations around so many elements"));
    }
    Ok(())
}

/// What libxmlsec1 makes of the Signature at `node` with this key: the octets it hashed if the key signed them.
fn attempt(
    signature: &Signature<'_>,
    node: NonNull<xml2::xmlNode>,
    key: &VerifyingKey,
) -> Result<Option<SignedOctets>, SignatureError> {
    let mut context = restricted_context(signature)?;
    let loaded = load(key).ok_or_else(|| unsupported(signature, &format!("a key of type {}", key.key_type())))?;
    context.insert_key(loaded);
    // SAFETY: the context is alive to the end of this function; the node to the end of the caller, with its tree.
    let (done, status, references) = unsafe {
        let context = context.as_ptr();
        let done = xmlsec1::xmlSecDSigCtxVerify(context, node.as_ptr().cast());
        (done, (*context).status, &raw mut (*context).signedInfoReferences)
    };
    let succeeded = xmlsec1::xmlSecDSigStatus_xmlSecDSigStatusSucceeded;
    let invalid = xmlsec1::xmlSecDSigStatus_xmlSecDSigStatusInvalid;
    // SAFETY: the list belongs to the context, and holds contexts of references only.
    let (hashed, reference_status) = unsafe {
        if xmlsec1::xmlSecPtrListGetSize(references) != 1 {
            return Err(unsupported(signature, "this Reference"));
        }
        let reference: xmlsec1::xmlSecDSigReferenceCtxPtr = xmlsec1::xmlSecPtrListGetItem(references, 0).cast();
        (xmlsec1::xmlSecDSigReferenceCtxGetPreDigestBuffer(reference), (*reference).status)
    };
    if reference_status == invalid {
        return Err(signature.digest_mismatch());
    }
    if reference_status != succeeded {
        return Err(unsupported(signature, "this Reference"));
    }
    if done < 0 && !is_padded(signature) {
        return Err(unsupported(signature, "base64 without padding"));
    }
    // It also fails, instead of saying no, where the value has not the length that this key makes.
    if done < 0 || status != succeeded {
        return Ok(None);
    }
    // SAFETY: the buffer belongs to the reference's context, which is alive, and is not written any more.
    let octets = unsafe { octets_of(hashed) };
    octets
        .filter(|octets| !octets.is_empty())
        .map(|octets| Some(SignedOctets(octets)))
        .ok_or_else(|| unsupported(signature, "no octets at all"))
}

/// A key for a context to own.
fn load(key: &VerifyingKey) -> Option<XmlSecKey> {
    /// As many as one identity provider may have.
    const KEPT: usize = MAX_KEYS;
    thread_local! {
        /// OpenSSL 3 takes many times as long to load a key as to verify with it. A loaded key stays in its thread.
        static LOADED: RefCell<VecDeque<(VerifyingKey, XmlSecKey)>> = const { RefCell::new(VecDeque::new()) };
    }
    LOADED.with_borrow_mut(|loaded| {
        if let Some((_, known)) = loaded.iter().find(|(known, _)| known == key) {
            return Some(known.clone());
        }
        // The bare public key: a certificate would be copied as a whole at every verification.
        let new = XmlSecKey::from_memory(key.spki(), XmlSecKeyFormat::Der, None).ok()?;
        loaded.truncate(KEPT.saturating_sub(1));
        loaded.push_front((key.clone(), new.clone()));
        Some(new)
    })
}

/// Whether SignatureValue is base64 as libxmlsec1 wants it.
fn is_padded(signature: &Signature<'_>) -> bool {
    let value = signature.element.children().nth(1).and_then(|value| value.text()).unwrap_or_default();
    value.bytes().filter(|byte| !byte.is_ascii_whitespace()).count() % 4 == 0
}

/// A context that may do what this Signature needs, and nothing else.
fn restricted_context(signature: &Signature<'_>) -> Result<XmlSecSignatureContext, SignatureError> {
    let context = XmlSecSignatureContext::new();
    let allow = |uri: &str, enable: Enable| {
        let transform = transform(uri).ok_or_else(|| unsupported(signature, uri))?;
        // SAFETY: the context is alive, and transforms are static.
        match unsafe { enable(context.as_ptr(), transform) } {
            0.. => Ok(()),
            _ => Err(unsupported(signature, uri)),
        }
    };
    for uri in signature.reference_c14n.method.uris().chain([ENVELOPED, signature.digest_algorithm.uri()]) {
        allow(uri, xmlsec1::xmlSecDSigCtxEnableReferenceTransform)?;
    }
    for uri in signature.signed_info_c14n.method.uris().chain([signature.algorithm.uri()]) {
        allow(uri, xmlsec1::xmlSecDSigCtxEnableSignatureTransform)?;
    }
    // SAFETY: the context is alive, and nobody else has its address.
    unsafe {
        let context = context.as_ptr();
        (*context).flags = FLAGS;
        (*context).enabledReferenceUris = SAME_DOCUMENT;
    }
    Ok(context)
}

/// Puts a transform on one of the two lists of a context.
type Enable = unsafe extern "C" fn(xmlsec1::xmlSecDSigCtxPtr, xmlsec1::xmlSecTransformId) -> c_int;

/// The transform that the linked libxmlsec1 has for an identifier.
fn transform(uri: &str) -> Option<xmlsec1::xmlSecTransformId> {
    let uri = CString::new(uri).ok()?;
    // SAFETY: libxmlsec1 is initialized, its list of transforms is not written any more, and the string outlives the call.
    let found = unsafe {
        let known = xmlsec1::xmlSecTransformIdsGet();
        xmlsec1::xmlSecTransformIdListFindByHref(known, uri.as_ptr().cast(), xmlsec1::xmlSecTransformUsageAny)
    };
    (!found.is_null()).then_some(found)
}

/// A copy of what is in a buffer of libxmlsec1.
///
/// # Safety
/// The buffer is null or alive.
unsafe fn octets_of(buffer: xmlsec1::xmlSecBufferPtr) -> Option<Vec<u8>> {
    let buffer = NonNull::new(buffer)?;
    // SAFETY: by the caller.
    let (data, size) =
        unsafe { (xmlsec1::xmlSecBufferGetData(buffer.as_ptr()), xmlsec1::xmlSecBufferGetSize(buffer.as_ptr())) };
    let (data, size) = (NonNull::new(data)?, usize::try_from(size).ok()?);
    // SAFETY: the buffer has this many octets there.
    Some(unsafe { std::slice::from_raw_parts(data.as_ptr(), size) }.to_vec())
}

/// A document of libxml2, of the text that we have parsed.
struct Tree(NonNull<xml2::xmlDoc>);

impl Tree {
    fn parse(text: &str) -> Option<Self> {
        let length = c_int::try_from(text.len()).ok()?;
        // SAFETY: the context is made, used and freed here; text and encoding outlive the call that reads them.
        let document = unsafe {
            let context = NonNull::new(xml2::xmlNewParserCtxt())?;
            // A default of the process could drop white space.
            (*context.as_ptr()).keepBlanks = 1;
            if let Some(sax) = (*context.as_ptr()).sax.as_mut() {
                sax.internalSubset = Some(stop_at_doctype);
            }
            let (text, url, encoding) = (text.as_ptr().cast::<c_char>(), ptr::null(), c"UTF-8".as_ptr());
            let document = xml2::xmlCtxtReadMemory(context.as_ptr(), text, length, url, encoding, PARSE.cast_signed());
            xml2::xmlFreeParserCtxt(context.as_ptr());
            document
        };
        NonNull::new(document).map(Self)
    }

    /// The node that stands where `element` stands in our tree, if it has the same name there.
    fn find(&self, element: Element<'_>) -> Option<NonNull<xml2::xmlNode>> {
        let mut line: Vec<_> = element.ancestors_or_self().collect();
        line.reverse();
        // SAFETY: the document is alive.
        let mut node = NonNull::new(unsafe { xml2::xmlDocGetRootElement(self.0.as_ptr()) })?;
        let mut line = line.into_iter();
        let mut parent = line.next()?;
        for element in line {
            // SAFETY: the node is alive with the document.
            node = NonNull::new(unsafe { xml2::xmlFirstElementChild(node.as_ptr()) })?;
            for _ in parent.children().take_while(|sibling| *sibling != element) {
                // SAFETY: as above.
                node = NonNull::new(unsafe { xml2::xmlNextElementSibling(node.as_ptr()) })?;
            }
            parent = element;
        }
        // SAFETY: as above; a name and a namespace that are there are strings.
        let (local, namespace) = unsafe {
            let node = node.as_ref();
            let namespace = node.ns.as_ref().and_then(|ns| NonNull::new(ns.href.cast_mut()));
            (CStr::from_ptr(node.name.cast()), namespace.map(|href| CStr::from_ptr(href.as_ptr().cast())))
        };
        let namespace = namespace.map(CStr::to_bytes).unwrap_or_default();
        (local.to_bytes() == parent.local().as_bytes() && namespace == parent.namespace().as_bytes()).then_some(node)
    }

    /// Makes the parent of `signature` the one element that this ID means.
    fn declare_id(&self, signature: NonNull<xml2::xmlNode>, id: &str) -> Option<()> {
        let id = CString::new(id).ok()?;
        let (document, id) = (self.0.as_ptr(), id.as_ptr().cast());
        // SAFETY: document and node are alive, the ID outlives the calls, and libxml2 keeps a copy.
        unsafe {
            // What `xml:id` has declared, which SAML knows nothing of.
            let other = xml2::xmlGetID(document, id);
            if !other.is_null() {
                xml2::xmlRemoveID(document, other);
            }
            let attribute = xml2::xmlHasNsProp(signature.as_ref().parent, c"ID".as_ptr().cast(), ptr::null());
            let declared = NonNull::new(attribute).is_some()
                && !xml2::xmlAddID(ptr::null_mut(), document, id, attribute).is_null();
            declared.then_some(())
        }
    }
}

impl Drop for Tree {
    fn drop(&mut self) {
        // SAFETY: nothing else owns it, and no context that points into it is left.
        unsafe { xml2::xmlFreeDoc(self.0.as_ptr()) }
    }
}

/// Our own parser has refused every DOCTYPE; should it ever miss one, this parser ends there.
unsafe extern "C" fn stop_at_doctype(
    context: *mut c_void,
    _name: *const xml2::xmlChar,
    _external: *const xml2::xmlChar,
    _system: *const xml2::xmlChar,
) {
    // SAFETY: libxml2 hands its parser context to the functions of its SAX interface.
    unsafe { xml2::xmlStopParser(context.cast()) }
}

/// libxml2 tells errors to a function of the thread, or to stderr. While this lives, to nobody. OpenSSL keeps them for the
/// thread, in which others use it too; what was added while this lived is taken away.
struct Quiet {
    handler: xml2::xmlStructuredErrorFunc,
    context: *mut c_void,
}

impl Quiet {
    fn new() -> Self {
        // SAFETY: both addresses are the calling thread's own, and are read before they are written.
        unsafe {
            let before = Self { handler: *xml2::__xmlStructuredError(), context: *xml2::__xmlStructuredErrorContext() };
            xml2::xmlSetStructuredErrorFunc(ptr::null_mut(), Some(ignore));
            ERR_set_mark();
            before
        }
    }
}

impl Drop for Quiet {
    fn drop(&mut self) {
        // SAFETY: it was set before, for this thread, which this value never leaves.
        unsafe {
            ERR_pop_to_mark();
            xml2::xmlSetStructuredErrorFunc(self.context, self.handler);
        }
    }
}

/// For whichever type of pointer this release of libxml2 hands over.
unsafe extern "C" fn ignore<E>(_context: *mut c_void, _error: E) {}

/// Both libraries are initialized once, and what belongs to the whole process is set once.
fn initialize() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        libxml::init_parser();
        // The crate initializes libxmlsec1 with its first context.
        drop(XmlSecSignatureContext::new());
        // SAFETY: libxmlsec1 is initialized, and no callback at all is allowed.
        unsafe {
            xmlSecErrorsSetCallback(None);
            xmlSecIOCleanupCallbacks();
        }
    });
}

fn unsupported(signature: &Signature<'_>, found: &str) -> SignatureError {
    SignatureError::UnsupportedByEngine { element: signature.signed_name(), found: Quoted::new(found) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::{AlgorithmPolicy, Curve, SigningKey};
    use crate::dsig::sign::{self, SignOptions};
    use crate::limits::Limits;
    use crate::xml::Document;

    unsafe extern "C" {
        fn ERR_peek_error() -> std::ffi::c_ulong;
    }

    /// A TLS connection of the application in the same thread would take what is left there for its own.
    #[test]
    fn openssl_errors_of_a_refused_signature_are_not_left_to_others() {
        let (key, other) = (SigningKey::generate_ecdsa(Curve::P256).unwrap(), SigningKey::generate_rsa(2048).unwrap());
        let limits = Limits::default();
        for signer in [&key, &other] {
            let options = SignOptions::new(signer.algorithm());
            let xml = sign::enveloped("<w ID='_w'>t</w>", "_w", signer, &options, &limits.message()).unwrap();
            let value = xml.find("SignatureValue>").unwrap() + 20;
            let xml =
                format!("{}{}{}", &xml[..value], if &xml[value..=value] == "A" { "B" } else { "A" }, &xml[value + 1..]);
            let document = Document::parse(xml.as_bytes(), &limits.message()).unwrap();
            let signature = Signature::of(document.root(), &limits).unwrap().unwrap();
            let keys = [signer.verifying_key().clone()];
            let policy = AlgorithmPolicy::default();
            let candidates = Candidates::new(&keys, signature.algorithm, &policy);
            assert!(verify(&signature, &candidates).unwrap().is_none());
            // SAFETY: it looks at the calling thread's queue.
            assert_eq!(unsafe { ERR_peek_error() }, 0);
        }
    }
}
