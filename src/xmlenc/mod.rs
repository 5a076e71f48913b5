//! Floor 3: XML Encryption. A ciphertext that was received, or that was signed, becomes the one element it holds.
//!
//! An assertion with a signature of its own is opened in the received document ([`Decryptor::splice`]) and then has to
//! prove itself there. Everything else is opened in the signed octets that carry its ciphertext ([`Decryptor::open`]),
//! so that no unsigned namespace declaration can give a meaning to one of its prefixes.

pub(crate) mod encrypt;
mod error;
mod shape;
mod unwrap;

pub use error::DecryptError;
pub(crate) use unwrap::{Keys, Question, Unwrapped};

use std::borrow::Cow;
use std::ops::Range;

use crate::crypto::{ContentCipher, KeyTransport, decrypt};
use crate::dsig::SignedOctets;
use crate::text::quoted::Quoted;
use crate::xml::{Document, Element, Name, XmlLimits, ns};
use shape::{Encrypted, WrappedKey};
use unwrap::{Key, MAX_KEY_DECRYPTIONS};

/// What is allowed beyond AES-GCM, AES-CBC under a signature, and RSA-OAEP. Each by a `dangerous_…` method of its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Policy {
    pub(crate) unauthenticated_cbc: bool,
    pub(crate) rsa_1_5: bool,
    pub(crate) triple_des: bool,
}

impl Policy {
    /// The identifiers of what is opened wherever it stands, the best first: ciphers for the content, then transports
    /// for its key.
    ///
    /// AES-CBC, which counts under a signature, is not among them by default: whoever encrypts by this list cannot read
    /// from it that the Response has to be signed, and one that is not would be refused.
    pub(crate) fn always_opened(self) -> Vec<&'static str> {
        let ciphers = ContentCipher::ALL.into_iter().filter(|cipher| match cipher {
            ContentCipher::TripleDesCbc => self.triple_des && self.unauthenticated_cbc,
            cipher => cipher.is_authenticated() || self.unauthenticated_cbc,
        });
        // Every pair of hashes is taken, so none is named.
        let oaep = [KeyTransport::RSA_OAEP, KeyTransport::RSA_OAEP_MGF1P];
        let rsa_1_5 = self.rsa_1_5.then_some(KeyTransport::RSA_15);
        ciphers.map(ContentCipher::uri).chain(oaep).chain(rsa_1_5).collect()
    }
}

/// Where an encrypted element stands, and what belongs inside.
struct Kind {
    holder: &'static str,
    content: &'static str,
}

const ASSERTION: Kind = Kind { holder: "EncryptedAssertion", content: "Assertion" };
const NAME_ID: Kind = Kind { holder: "EncryptedID", content: "NameID" };
const ATTRIBUTE: Kind = Kind { holder: "EncryptedAttribute", content: "Attribute" };

/// Opens what one message holds, with bounds on the work.
pub(crate) struct Decryptor<'a> {
    keys: &'a Keys,
    recipient: &'a str,
    policy: Policy,
    /// The same ciphertext is opened in the received document and in the signed octets, and a message in steps once a
    /// step, at the cost of one private-key operation.
    unwrapped: &'a mut Unwrapped,
    /// Which of our keys opened the element before; it is tried first for the next.
    fits: Fits,
    opened: Vec<Decrypted>,
}

/// How a part of an answer was encrypted that was opened. Parts that differ in nothing are one entry.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Decrypted {
    /// `EncryptedAssertion`, `EncryptedID` or `EncryptedAttribute`.
    pub element: &'static str,
    /// The content encryption, by name, such as `AES-128-GCM`.
    pub content: &'static str,
    /// The key transport, such as `RSA-OAEP with SHA-1, MGF1 with SHA-1`.
    pub key_transport: String,
    /// Whether one of them is taken for the sake of old products only: CBC, Triple DES, RSA 1.5. Worth a warning in
    /// the log (IIP-ALG05), and a word to whoever runs the identity provider.
    pub outdated: bool,
}

#[derive(Clone, Copy, Default)]
struct Fits {
    here: usize,
    elsewhere: usize,
}

/// A received document in which one plaintext has taken the place of its ciphertext.
pub(crate) struct Spliced {
    text: String,
    content: Range<usize>,
    kind: &'static Kind,
    /// False where anybody may have altered the ciphertext: then everything that comes after must look the same.
    pub(crate) authentic: bool,
}

impl<'a> Decryptor<'a> {
    pub(crate) fn new(keys: &'a Keys, recipient: &'a str, policy: Policy, unwrapped: &'a mut Unwrapped) -> Self {
        Self { keys, recipient, policy, unwrapped, fits: Fits::default(), opened: Vec::new() }
    }

    /// How everything was encrypted that was opened.
    pub(crate) fn into_opened(self) -> Vec<Decrypted> {
        self.opened
    }

    /// Opens an EncryptedAssertion in the received document. `signed`: whether a signature over it has verified.
    pub(crate) fn splice(&mut self, holder: Element<'_>, signed: bool) -> Result<Spliced, DecryptError> {
        let encrypted = Encrypted::read(holder, ASSERTION.holder, self.recipient, self.policy)?;
        let plaintext = self.plaintext(&encrypted, signed)?;
        let authentic = signed || encrypted.cipher.is_authenticated();
        // No oracle: what nothing authenticates and is no text has not counted as plaintext.
        let plaintext = text(&plaintext, ASSERTION.holder)?;
        let place = encrypted.data.span();
        let content = place.start..place.start.saturating_add(plaintext.len());
        let text = replaced(holder.document().source(), &[(place, Cow::Borrowed(plaintext))]);
        Ok(Spliced { text, content, kind: &ASSERTION, authentic })
    }

    /// Opens everything encrypted in signed octets: an EncryptedAssertion in a Response's, then the EncryptedID and
    /// the EncryptedAttributes of the assertion; two levels, no more.
    ///
    /// `received` are the ciphertexts of the message as received and, where an EncryptedAssertion was opened, as spliced.
    pub(crate) fn open(
        &mut self,
        octets: SignedOctets,
        received: &[Ciphertexts],
        limits: &XmlLimits,
    ) -> Result<SignedOctets, DecryptError> {
        let mut octets = octets;
        for received in received {
            octets = self.open_level(octets, received, limits)?;
        }
        Ok(octets)
    }

    fn open_level(
        &mut self,
        octets: SignedOctets,
        received: &Ciphertexts,
        limits: &XmlLimits,
    ) -> Result<SignedOctets, DecryptError> {
        let parse =
            |bytes, element| Document::parse(bytes, limits).map_err(|source| DecryptError::Content { element, source });
        let document = parse(octets.as_bytes(), "message")?;
        let holders = holders(document.root());
        if holders.is_empty() {
            return Ok(octets);
        }
        let mut replacements = Vec::with_capacity(holders.len());
        let mut kinds = Vec::with_capacity(holders.len());
        for (index, (holder, kind)) in holders.into_iter().enumerate() {
            let encrypted = Encrypted::read(holder, kind.holder, self.recipient, self.policy)?;
            // A signature over these octets has verified: the ciphertext is the signer's, whatever the cipher.
            let plaintext = self.plaintext(&encrypted, true)?;
            let plaintext = text(&plaintext, kind.holder)?;
            let place = encrypted.data;
            let xsi = place.in_scope("xsi").is_none() && received.xsi.get(index).copied().unwrap_or_default();
            if xsi {
                let name = holder.span().start.saturating_add(1).saturating_add(qualified_length(holder));
                replacements.push((name..name, Cow::Owned(format!(" xmlns:xsi=\"{}\"", ns::XSI))));
                kinds.push(None);
            }
            replacements.push((place.span(), Cow::Owned(plaintext.to_owned())));
            kinds.push(Some(kind));
        }
        let opened = replaced(document.source(), &replacements);
        let document = parse(opened.as_bytes(), "message")?;
        for (place, kind) in places(&replacements).zip(kinds) {
            if let Some(kind) = kind {
                content(&document, &place, kind)?;
            }
        }
        SignedOctets::opened(document.root()).map_err(|_| DecryptError::Shape {
            element: "message",
            part: "canonical form",
            found: Quoted::new("none"),
            wanted: "one",
        })
    }

    /// Decrypts with each key for us and each key of ours, those here before those elsewhere, within the budget.
    fn plaintext(&mut self, encrypted: &Encrypted<'_>, signed: bool) -> Result<Vec<u8>, DecryptError> {
        let (element, cipher, keys) = (encrypted.name, encrypted.cipher, self.keys);
        let authentic = signed || cipher.is_authenticated();
        if !authentic && !self.policy.unauthenticated_cbc {
            return Err(DecryptError::UnauthenticatedCbc { element, found: cipher.name() });
        }
        let elsewhere = if self.unwrapped.in_steps { keys.elsewhere.as_slice() } else { &[] };
        if keys.here.is_empty() && elsewhere.is_empty() {
            // By configuration alone: where keys here were tried in vain, the answer is the one error, as always.
            let none = keys.elsewhere.is_empty();
            return Err(if none { DecryptError::NoKey { element } } else { DecryptError::KeyElsewhere { element } });
        }
        // Asked before any key is touched: where the budget ended would tell how far a decryption had come.
        let ours = keys.here.len().saturating_add(elsewhere.len());
        if encrypted.keys.len().saturating_mul(ours) > MAX_KEY_DECRYPTIONS {
            return Err(DecryptError::TooManyKeys { limit: MAX_KEY_DECRYPTIONS });
        }
        if !authentic {
            // What is asked of a key elsewhere can be seen and timed. So all of it is asked, whatever opens: a question
            // that depended on what the keys here made of the ciphertext would be the oracle.
            for wrapped in &encrypted.keys {
                for certificate in elsewhere {
                    self.unwrapped.content_key(Key::Elsewhere(certificate), wrapped, cipher)?;
                }
            }
        }
        for wrapped in &encrypted.keys {
            for (index, key) in starting_at(&keys.here, self.fits.here) {
                if let Some(plaintext) = self.plaintext_by(Key::Here(key), wrapped, encrypted)? {
                    self.fits.here = index;
                    return Ok(plaintext);
                }
            }
        }
        for wrapped in &encrypted.keys {
            for (index, certificate) in starting_at(elsewhere, self.fits.elsewhere) {
                if let Some(plaintext) = self.plaintext_by(Key::Elsewhere(certificate), wrapped, encrypted)? {
                    self.fits.elsewhere = index;
                    return Ok(plaintext);
                }
            }
        }
        Err(DecryptError::Failed)
    }

    fn plaintext_by(
        &mut self,
        key: Key<'_>,
        wrapped: &WrappedKey,
        encrypted: &Encrypted<'_>,
    ) -> Result<Option<Vec<u8>>, DecryptError> {
        let cipher = encrypted.cipher;
        let content_key = self.unwrapped.content_key(key, wrapped, cipher)?;
        let plaintext = content_key.and_then(|key| decrypt(cipher, key, &encrypted.ciphertext));
        // Garbage passes CBC's padding once in sixteen times or so; the next key may be the right one.
        let plaintext = plaintext.filter(|plaintext| cipher.is_authenticated() || text(plaintext, "").is_ok());
        if plaintext.is_some() {
            let outdated = !cipher.is_authenticated() || wrapped.transport == KeyTransport::Rsa15;
            let (content, key_transport) = (cipher.name(), wrapped.transport.describe());
            let decrypted = Decrypted { element: encrypted.name, content, key_transport, outdated };
            if !self.opened.contains(&decrypted) {
                self.opened.push(decrypted);
            }
        }
        Ok(plaintext)
    }
}

/// The ciphertexts of a received Response, Assertion or LogoutRequest, at the places at which they are opened.
#[derive(Debug, Default)]
pub(crate) struct Ciphertexts {
    /// For each whether the prefix `xsi` was bound to its one meaning there, which is fixed and may be restored.
    xsi: Vec<bool>,
}

impl Ciphertexts {
    pub(crate) fn of(message: Element<'_>) -> Self {
        let bound = |place: Element<'_>| place.in_scope("xsi") == Some(ns::XSI);
        let holders = holders(message).into_iter();
        Self { xsi: holders.map(|(holder, _)| holder.child(Name::xenc("EncryptedData")).is_some_and(bound)).collect() }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.xsi.is_empty()
    }
}

/// All of them with their places, beginning with the one at `first`.
fn starting_at<T>(all: &[T], first: usize) -> impl Iterator<Item = (usize, &T)> {
    let places = || all.iter().enumerate();
    places().skip(first).chain(places().take(first))
}

impl Spliced {
    /// The document with the plaintext in its place: every gate runs again, with the full parser.
    pub(crate) fn parse(&self, limits: &XmlLimits) -> Result<Document<'_>, DecryptError> {
        Document::parse(self.text.as_bytes(), limits)
            .map_err(|source| DecryptError::Content { element: self.kind.holder, source })
    }

    /// The element that the plaintext is.
    pub(crate) fn content<'d>(&self, document: &'d Document<'_>) -> Result<Element<'d>, DecryptError> {
        content(document, &self.content, self.kind)
    }
}

/// The one element that fills a place exactly, of the expected name: a plaintext of two roots, of loose text, or of
/// tags that close what they did not open fills it in another way.
fn content<'d>(document: &'d Document<'_>, range: &Range<usize>, kind: &Kind) -> Result<Element<'d>, DecryptError> {
    let unexpected = |found: &str| DecryptError::ContentUnexpected {
        element: kind.holder,
        found: Quoted::new(found),
        wanted: kind.content,
    };
    let element = document.root().descendants_or_self().find(|element| element.span() == *range);
    let element = element.ok_or_else(|| unexpected("something that is not one element"))?;
    if element.local() == kind.content && element.namespace() == ns::SAML {
        Ok(element)
    } else {
        Err(unexpected(element.local()))
    }
}

/// Plaintext as text, white space and an XML declaration around it trimmed.
fn text<'p>(plaintext: &'p [u8], element: &'static str) -> Result<&'p str, DecryptError> {
    let unexpected =
        |found| DecryptError::ContentUnexpected { element, found: Quoted::new(found), wanted: "XML element" };
    let text = std::str::from_utf8(plaintext).map_err(|_| unexpected("bytes that are not UTF-8"))?;
    let mut text = text.trim_matches([' ', '\t', '\r', '\n']);
    if let Some(declared) = text.strip_prefix("<?xml ") {
        text = declared.split_once("?>").map_or("", |(_, rest)| rest).trim_start_matches([' ', '\t', '\r', '\n']);
    }
    if text.starts_with('<') { Ok(text) } else { Err(unexpected("text")) }
}

/// The encrypted elements of a Response, an Assertion or a LogoutRequest that are still to be opened, in document order.
fn holders(root: Element<'_>) -> Vec<(Element<'_>, &'static Kind)> {
    let closed = |holder: &Element<'_>| holder.child(Name::xenc("EncryptedData")).is_some();
    let mut assertion = root;
    if root.is(Name::samlp("Response")) {
        let encrypted = root.child(Name::saml(ASSERTION.holder));
        if let Some(holder) = encrypted.filter(closed) {
            return vec![(holder, &ASSERTION)];
        }
        let inside = encrypted.unwrap_or(root).child(Name::saml("Assertion"));
        let Some(inside) = inside else { return Vec::new() };
        assertion = inside;
    }
    if root.is(Name::samlp("LogoutRequest")) {
        return root
            .child(Name::saml(NAME_ID.holder))
            .filter(closed)
            .map(|holder| (holder, &NAME_ID))
            .into_iter()
            .collect();
    }
    let mut found = Vec::new();
    for part in assertion.children() {
        if part.is(Name::saml("Subject")) {
            found.extend(part.child(Name::saml(NAME_ID.holder)).filter(closed).map(|holder| (holder, &NAME_ID)));
        } else if part.is(Name::saml("AttributeStatement")) {
            let attributes = part.children().filter(|child| child.is(Name::saml(ATTRIBUTE.holder)));
            found.extend(attributes.filter(closed).map(|holder| (holder, &ATTRIBUTE)));
        }
    }
    found
}

fn qualified_length(element: Element<'_>) -> usize {
    let prefix = element.prefix().len();
    let colon = usize::from(prefix > 0);
    prefix.saturating_add(colon).saturating_add(element.local().len())
}

/// A stretch of a text, and what comes in its place.
type Replacement<'p> = (Range<usize>, Cow<'p, str>);

/// `source` with some ranges replaced, which are in order and do not overlap.
fn replaced(source: &str, replacements: &[Replacement<'_>]) -> String {
    let mut text = String::with_capacity(source.len());
    let mut from = 0;
    for (range, new) in replacements {
        text.push_str(source.get(from..range.start).unwrap_or_default());
        text.push_str(new);
        from = range.end;
    }
    text.push_str(source.get(from..).unwrap_or_default());
    text
}

/// Where the new texts stand in what [`replaced`] makes.
fn places(replacements: &[Replacement<'_>]) -> impl Iterator<Item = Range<usize>> {
    let (mut from, mut end) = (0_usize, 0_usize);
    replacements.iter().map(move |(range, new)| {
        let start = end.saturating_add(range.start.saturating_sub(from));
        (from, end) = (range.end, start.saturating_add(new.len()));
        start..end
    })
}
