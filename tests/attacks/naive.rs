//! What careless software makes of a message: any XML, any Signature anywhere, any element with that ID, the trusted
//! key.
//!
//! It shows that a vector is *live* (a signature in it verifies), and that it would work: [`Seen::identity`] is who a
//! service provider takes the user for that checks "a signature" and then reads some NameID. Each carelessness was in
//! a product: any SignedInfo of a Signature (CVE-2025-29774), a DigestValue from anywhere (CVE-2024-45409) or out of a
//! comment (CVE-2025-29775), an HMAC whose secret is the public key.

use aws_lc_rs::aead::{AES_128_GCM, AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::cipher::{AES_128, AES_256, DecryptingKey, DecryptionContext, UnboundCipherKey};
use aws_lc_rs::digest::{Context, SHA1_FOR_LEGACY_USE_ONLY, SHA256, SHA384, SHA512};
use aws_lc_rs::hmac;
use aws_lc_rs::iv::FixedLength;
use aws_lc_rs::rsa::{OAEP_SHA1_MGF1SHA1, OaepPrivateDecryptingKey, Pkcs1PrivateDecryptingKey, PrivateDecryptingKey};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P256_SHA256_FIXED, RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY,
    RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY, RSA_PSS_2048_8192_SHA256, UnparsedPublicKey, VerificationAlgorithm,
};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use saml_sp::VerifyingKey;

use crate::stage::MALLORY;

pub(crate) mod query;

#[derive(Default)]
pub(crate) struct Seen {
    /// Whether a signature in the message verifies.
    pub(crate) live: bool,
    /// The name that is read, where a signature verifies; mallory's if one of the common ways to read finds it, for an
    /// attacker chooses the product.
    pub(crate) identity: Option<String>,
}

impl Seen {
    /// What is seen of two messages, by products of which one takes the first and one the last.
    pub(crate) fn or(self, other: Self) -> Self {
        let mallorys = other.identity.as_deref() == Some(MALLORY);
        let identity = if mallorys { other.identity } else { self.identity.or(other.identity) };
        Self { live: self.live || other.live, identity }
    }
}

/// Looks at a message as it came; `decryption` is the service provider's private key, PEM.
pub(crate) fn look_at(bytes: &[u8], trusted: VerifyingKey, decryption: &str) -> Seen {
    let received = Dom::read(&decoded(bytes));
    let opened = received.opened(decryption);
    // A ciphertext may hold another one.
    let opened_again = opened.opened(decryption);
    let live = [&received, &opened, &opened_again].into_iter().any(|dom| dom.verifies(&trusted));
    Seen { live, identity: opened_again.identity().filter(|_| live) }
}

/// The canonical SignedInfo of the first Signature, as whoever forges a signature value needs it.
pub(crate) fn signed_info(xml: &str) -> String {
    let dom = Dom::read(xml);
    let signed_info = dom.all("SignedInfo").next().unwrap();
    dom.canonical(signed_info, "http://www.w3.org/2001/10/xml-exc-c14n#", &[], &[])
}

/// Any encoding that can be guessed: UTF-16 and UTF-32 of either byte order, or else UTF-8.
fn decoded(bytes: &[u8]) -> String {
    let zeros = |of: usize, at: usize| bytes.iter().skip(at).step_by(of).take(16).all(|byte| *byte == 0);
    let marked = usize::from(bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff])) * 2;
    let wide = bytes.len() > 8 && (zeros(2, marked) || zeros(2, marked + 1));
    if !wide {
        return String::from_utf8_lossy(bytes).into_owned();
    }
    // Every message of ours is ASCII up to there; what is not is lost, and with it the signature.
    bytes.iter().filter(|byte| byte.is_ascii() && **byte != 0).map(|byte| char::from(*byte)).collect()
}

#[derive(Clone)]
enum Part {
    Element { name: String, attributes: Vec<(String, String)>, inside: Vec<usize> },
    Text(String),
    Comment(String),
}

#[derive(Clone)]
struct Node {
    parent: usize,
    part: Part,
}

/// The parts of a document; the first one is around everything.
#[derive(Clone)]
struct Dom(Vec<Node>);

impl Dom {
    /// As much as can be read, whatever it is.
    fn read(text: &str) -> Self {
        let mut dom = Self(vec![Node {
            parent: 0,
            part: Part::Element { name: String::new(), attributes: Vec::new(), inside: Vec::new() },
        }]);
        let lines = text.replace("\r\n", "\n").replace('\r', "\n");
        let mut rest = lines.trim_start_matches('\u{feff}');
        let mut reader = lax_reader(rest);
        let mut at = 0;
        loop {
            match reader.read_event() {
                Ok(Event::Start(tag)) => at = dom.push(at, element(&tag)),
                Ok(Event::Empty(tag)) => _ = dom.push(at, element(&tag)),
                Ok(Event::End(_)) => at = dom.0[at].parent,
                Ok(Event::Text(text)) => dom.push_text(at, &text),
                Ok(Event::CData(text)) => dom.push_text(at, &text),
                Ok(Event::GeneralRef(name)) => {
                    let reference = format!("&{};", &*name);
                    dom.push_text(at, &unescaped(&reference));
                }
                Ok(Event::Comment(text)) => {
                    _ = dom.push(at, Part::Comment(text.to_string()));
                }
                Ok(Event::Eof) => return dom,
                // What cannot be read is passed over.
                Err(_) => {
                    let broken = usize::try_from(reader.error_position()).unwrap();
                    let Some(next) = rest.get(broken + 1..).and_then(|after| after.find('<')) else { return dom };
                    rest = &rest[broken + 1 + next..];
                    reader = lax_reader(rest);
                }
                Ok(_) => {}
            }
        }
    }

    fn push(&mut self, parent: usize, part: Part) -> usize {
        let new = self.0.len();
        self.0.push(Node { parent, part });
        if let Part::Element { inside, .. } = &mut self.0[parent].part {
            inside.push(new);
        }
        new
    }

    fn push_text(&mut self, parent: usize, more: &str) {
        let last = self.inside(parent).last().copied();
        if let Some(Part::Text(text)) = last.map(|last| &mut self.0[last].part) {
            text.push_str(more);
        } else {
            self.push(parent, Part::Text(more.to_owned()));
        }
    }

    fn inside(&self, at: usize) -> &[usize] {
        match &self.0[at].part {
            Part::Element { inside, .. } => inside,
            _ => &[],
        }
    }

    fn local(&self, at: usize) -> &str {
        match &self.0[at].part {
            Part::Element { name, .. } => name.rsplit(':').next().unwrap(),
            _ => "",
        }
    }

    fn attribute(&self, at: usize, local: &str) -> Option<&str> {
        self.attributes(at, local).next()
    }

    /// Those of this local name, in any namespace.
    fn attributes(&self, at: usize, local: &str) -> impl Iterator<Item = &str> {
        let attributes = match &self.0[at].part {
            Part::Element { attributes, .. } => attributes.as_slice(),
            _ => &[],
        };
        attributes
            .iter()
            .filter(move |(name, _)| name.rsplit(':').next() == Some(local))
            .map(|(_, value)| value.as_str())
    }

    /// All elements of this local name that stand in the document, in order.
    fn all(&self, local: &str) -> impl Iterator<Item = usize> {
        self.within(0).into_iter().filter(move |place| self.local(*place) == local)
    }

    fn within(&self, at: usize) -> Vec<usize> {
        let mut found = Vec::new();
        let mut next = vec![at];
        while let Some(place) = next.pop() {
            found.push(place);
            next.extend(self.inside(place).iter().rev());
        }
        found
    }

    fn under(&self, at: usize, local: &str) -> Option<usize> {
        self.within(at).into_iter().find(|place| self.local(*place) == local)
    }

    fn text(&self, at: usize) -> String {
        let texts = self.within(at).into_iter().filter_map(|place| match &self.0[place].part {
            Part::Text(text) => Some(text.as_str()),
            _ => None,
        });
        texts.collect()
    }

    fn bytes(&self, at: usize) -> Vec<u8> {
        let own = self.inside(at).iter().filter_map(|place| match &self.0[*place].part {
            Part::Text(text) => Some(text.as_str()),
            _ => None,
        });
        let text: String = own.flat_map(str::split_ascii_whitespace).collect();
        STANDARD_NO_PAD.decode(text.trim_end_matches('=')).unwrap_or_default()
    }

    fn identity(&self) -> Option<String> {
        let path = ["Response", "Assertion", "Subject", "NameID"];
        let by_path = path
            .iter()
            .try_fold(0, |at, local| self.inside(at).iter().copied().find(|place| self.local(*place) == *local));
        let (first, last) = (self.all("NameID").next(), self.all("NameID").last());
        let names = [first, last, by_path].into_iter().flatten().map(|place| self.text(place));
        let names: Vec<String> = names.collect();
        names.iter().find(|name| *name == MALLORY).or(names.first()).cloned()
    }

    /// Every EncryptedData that our key opens, opened where it stands.
    fn opened(&self, decryption: &str) -> Self {
        let mut dom = self.clone();
        for holder in self.all("EncryptedData").collect::<Vec<_>>() {
            let around = dom.0[holder].parent;
            let Some(plaintext) = dom.decrypt(around, holder, decryption) else { continue };
            let plain = Self::read(&String::from_utf8_lossy(&plaintext));
            dom.graft(around, &plain, 0);
            if let Part::Element { inside, .. } = &mut dom.0[around].part {
                inside.retain(|place| *place != holder);
            }
        }
        dom
    }

    fn graft(&mut self, to: usize, from: &Self, at: usize) {
        for place in from.inside(at) {
            let part = match &from.0[*place].part {
                Part::Element { name, attributes, .. } => {
                    Part::Element { name: name.clone(), attributes: attributes.clone(), inside: Vec::new() }
                }
                other => other.clone(),
            };
            let new = self.push(to, part);
            self.graft(new, from, *place);
        }
    }

    /// AES-GCM or AES-CBC with a key by RSA-OAEP with SHA-1 throughout or by RSA 1.5; other vectors are not opened
    /// here.
    fn decrypt(&self, around: usize, data: usize, decryption: &str) -> Option<Vec<u8>> {
        let pkcs8 =
            STANDARD.decode(decryption.lines().filter(|line| !line.starts_with('-')).collect::<String>()).ok()?;
        let beside = self.within(around).into_iter().filter(|place| self.local(*place) == "EncryptedKey");
        beside.chain(self.all("EncryptedKey")).find_map(|key| self.decrypt_with(key, data, &pkcs8))
    }

    fn decrypt_with(&self, wrapped: usize, data: usize, pkcs8: &[u8]) -> Option<Vec<u8>> {
        let wrapped = self.bytes(self.under(wrapped, "CipherValue")?);
        let key = PrivateDecryptingKey::from_pkcs8(pkcs8).ok()?;
        let oaep = OaepPrivateDecryptingKey::new(key.clone()).ok()?;
        let mut output = vec![0; oaep.min_output_size()];
        let mut rest = vec![0; oaep.min_output_size()];
        let content_key = match oaep.decrypt(&OAEP_SHA1_MGF1SHA1, &wrapped, &mut output, None) {
            Ok(content_key) => content_key,
            Err(_) => Pkcs1PrivateDecryptingKey::new(key).ok()?.decrypt(&wrapped, &mut rest).ok()?,
        };
        // The content's own CipherValue is the last one inside.
        let value = self.within(data).into_iter().rfind(|place| self.local(*place) == "CipherValue")?;
        let mut octets = self.bytes(value);
        let method = self.under(data, "EncryptionMethod").and_then(|method| self.attribute(method, "Algorithm"));
        if method?.ends_with("-cbc") {
            let cipher = if content_key.len() == 16 { &AES_128 } else { &AES_256 };
            let key = DecryptingKey::cbc(UnboundCipherKey::new(cipher, content_key).ok()?).ok()?;
            let iv = FixedLength::<16>::try_from(octets.get(..16)?).ok()?;
            let plaintext = key.decrypt(octets.get_mut(16..)?, DecryptionContext::Iv128(iv)).ok()?;
            let padding = usize::from(*plaintext.last()?);
            return Some(plaintext.get(..plaintext.len().checked_sub(padding)?)?.to_vec());
        }
        let cipher = if content_key.len() == 16 { &AES_128_GCM } else { &AES_256_GCM };
        let cipher = LessSafeKey::new(UnboundKey::new(cipher, content_key).ok()?);
        let nonce = Nonce::try_assume_unique_for_key(octets.get(..12)?).ok()?;
        Some(cipher.open_in_place(nonce, Aad::empty(), octets.get_mut(12..)?).ok()?.to_vec())
    }

    /// Whether any Signature, anywhere, holds for any Reference in it.
    fn verifies(&self, trusted: &VerifyingKey) -> bool {
        self.all("Signature").any(|signature| self.holds(signature, trusted).is_some())
    }

    fn holds(&self, signature: usize, trusted: &VerifyingKey) -> Option<()> {
        let value = self.bytes(self.under(signature, "SignatureValue")?);
        let infos = self.within(signature).into_iter().filter(|place| self.local(*place) == "SignedInfo");
        let mut genuine = infos.filter(|info| self.is_signed(*info, &value, trusted).is_some());
        genuine.next()?;
        let mut references = self.within(signature).into_iter().filter(|place| self.local(*place) == "Reference");
        references.any(|reference| self.digest_fits(reference, signature).is_some()).then_some(())
    }

    fn is_signed(&self, signed_info: usize, value: &[u8], trusted: &VerifyingKey) -> Option<()> {
        let method = self.under(signed_info, "CanonicalizationMethod")?;
        let octets = self.canonical(signed_info, self.attribute(method, "Algorithm")?, &self.prefixes(method), &[]);
        let method = self.under(signed_info, "SignatureMethod")?;
        let algorithm = self.attribute(method, "Algorithm")?;
        if algorithm.ends_with("#hmac-sha256") {
            let bits = self.under(method, "HMACOutputLength").and_then(|length| self.text(length).parse().ok());
            return self.is_authenticated(octets.as_bytes(), value, bits.unwrap_or(256) / 8, trusted);
        }
        is_signed(algorithm, octets.as_bytes(), value, trusted).then_some(())
    }

    /// An HMAC whose secret is "the key": the public one, as bytes or as PEM, or the certificate.
    fn is_authenticated(&self, octets: &[u8], value: &[u8], length: usize, trusted: &VerifyingKey) -> Option<()> {
        let certificates = self.all("X509Certificate").flat_map(|place| [self.bytes(place), self.text(place).into()]);
        let keys = [trusted.spki().to_vec(), public_key_pem(trusted.spki()).into_bytes()];
        keys.into_iter().chain(certificates).find_map(|key| {
            let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &key), octets);
            (tag.as_ref().get(..length)? == value).then_some(())
        })
    }

    fn digest_fits(&self, reference: usize, signature: usize) -> Option<()> {
        let uri = self.attribute(reference, "URI").unwrap_or_default();
        let ids = [uri.trim_start_matches('#').to_owned(), fragment(uri)];
        let hash = match self.attribute(self.under(reference, "DigestMethod")?, "Algorithm")? {
            uri if uri.ends_with("sha1") => &SHA1_FOR_LEGACY_USE_ONLY,
            uri if uri.ends_with("sha256") => &SHA256,
            uri if uri.ends_with("sha384") => &SHA384,
            uri if uri.ends_with("sha512") => &SHA512,
            _ => return None,
        };
        let wanted: Vec<Vec<u8>> = self.all("DigestValue").flat_map(|place| self.digests(place)).collect();
        let last = self.within(reference).into_iter().rfind(|place| self.local(*place) == "Transform");
        let method = last.and_then(|last| self.attribute(last, "Algorithm")).unwrap_or_default();
        let prefixes = last.map(|last| self.prefixes(last)).unwrap_or_default();
        let is = |place: &usize| {
            ids.iter().any(String::is_empty) && self.0[*place].parent == 0 && !self.local(*place).is_empty()
                || ["ID", "Id", "id"]
                    .iter()
                    .any(|name| self.attributes(*place, name).any(|value| ids.iter().any(|id| id == value)))
        };
        self.within(0).into_iter().filter(is).find_map(|target| {
            // enveloped-signature takes one Signature away; some take all that stand there.
            let all: Vec<usize> =
                self.inside(target).iter().copied().filter(|place| self.local(*place) == "Signature").collect();
            // Comments are hashed by who goes by the name of the method alone (XML Signature 4.4.3.3 leaves them out).
            let methods = [method, method.trim_end_matches("WithComments")];
            let ways = methods.iter().flat_map(|method| [(method, vec![signature]), (method, all.clone())]);
            ways.into_iter().find_map(|(method, omitted)| {
                let octets = self.canonical(target, method, &prefixes, &omitted);
                let mut context = Context::new(hash);
                context.update(octets.as_bytes());
                wanted.iter().any(|wanted| context.clone().finish().as_ref() == wanted).then_some(())
            })
        })
    }

    /// What a DigestValue may be taken to say: all its text, or any piece of it.
    fn digests(&self, at: usize) -> Vec<Vec<u8>> {
        let pieces = self.inside(at).iter().filter_map(|place| match &self.0[*place].part {
            Part::Text(text) | Part::Comment(text) => Some(STANDARD.decode(text.trim()).unwrap_or_default()),
            Part::Element { .. } => None,
        });
        pieces.chain([self.bytes(at)]).collect()
    }

    fn prefixes(&self, at: usize) -> Vec<String> {
        let list = self.under(at, "InclusiveNamespaces").and_then(|list| self.attribute(list, "PrefixList"));
        list.unwrap_or_default().split_ascii_whitespace().map(|p| p.replace("#default", "")).collect()
    }

    /// A canonical form of an element, without some Signatures: exclusive, or by any other name inclusive.
    fn canonical(&self, at: usize, method: &str, prefixes: &[String], omit: &[usize]) -> String {
        let exclusive = method.contains("exc-c14n");
        let (comments, id_inherited) = (method.ends_with("WithComments"), !method.contains("xml-c14n11"));
        let how = How { exclusive, comments, id_inherited, prefixes, omit };
        let mut out = String::new();
        self.write(at, &how, &[], true, &mut out);
        out
    }

    fn write(&self, at: usize, how: &How<'_>, shown: &[(String, String)], apex: bool, out: &mut String) {
        if how.omit.contains(&at) {
            return;
        }
        match &self.0[at].part {
            Part::Text(text) => escape(text, false, out),
            Part::Comment(text) if how.comments => out.push_str(&format!("<!--{text}-->")),
            Part::Comment(_) => {}
            Part::Element { name, attributes, inside } => {
                let in_scope = self.in_scope(at);
                let uses = |prefix: &str| {
                    let own = name.split_once(':').map_or("", |(prefix, _)| prefix);
                    let mut prefixed = attributes.iter().filter_map(|(name, _)| name.split_once(':'));
                    own == prefix || prefixed.any(|(known, _)| known == prefix && known != "xmlns" && known != "xml")
                };
                let mut shown = shown.to_vec();
                out.push('<');
                out.push_str(name);
                let mut declared: Vec<_> = in_scope
                    .iter()
                    .filter(|(prefix, _)| !how.exclusive || uses(prefix) || how.prefixes.contains(prefix))
                    .filter(|(prefix, namespace)| {
                        let before = shown.iter().rfind(|(known, _)| known == prefix).map_or("", |(_, known)| known);
                        before != namespace
                    })
                    .cloned()
                    .collect();
                declared.sort();
                for (prefix, namespace) in &declared {
                    out.push_str(&if prefix.is_empty() {
                        " xmlns=\"".to_owned()
                    } else {
                        format!(" xmlns:{prefix}=\"")
                    });
                    escape(namespace, true, out);
                    out.push('"');
                }
                shown.extend(declared);
                let namespace = |name: &str| {
                    let prefix = name.split_once(':').map(|(prefix, _)| prefix)?;
                    in_scope.iter().find(|(known, _)| known == prefix).map(|(_, namespace)| namespace.clone())
                };
                let mut sorted: Vec<_> = attributes.iter().filter(|(name, _)| !is_declaration(name)).cloned().collect();
                if apex && !how.exclusive {
                    let inherited = self.inherited_xml(at).into_iter();
                    sorted.extend(inherited.filter(|(name, _)| how.id_inherited || name != "xml:id"));
                }
                sorted.sort_by_key(|(name, _)| (namespace(name), name.rsplit(':').next().unwrap().to_owned()));
                for (name, value) in sorted {
                    out.push_str(&format!(" {name}=\""));
                    escape(&value, true, out);
                    out.push('"');
                }
                out.push('>');
                inside.iter().for_each(|child| self.write(*child, how, &shown, false, out));
                out.push_str(&format!("</{name}>"));
            }
        }
    }

    /// Prefix and namespace of every declaration that holds here.
    fn in_scope(&self, at: usize) -> Vec<(String, String)> {
        let mut found: Vec<(String, String)> = Vec::new();
        for place in self.around(at) {
            let Part::Element { attributes, .. } = &self.0[place].part else { continue };
            for (name, value) in attributes.iter().filter(|(name, _)| is_declaration(name)) {
                let prefix = name.split_once(':').map_or("", |(_, prefix)| prefix);
                if !found.iter().any(|(known, _)| known == prefix) {
                    found.push((prefix.to_owned(), value.clone()));
                }
            }
        }
        if !found.iter().any(|(prefix, _)| prefix.is_empty()) {
            found.push((String::new(), String::new()));
        }
        found
    }

    /// Itself and everything around it.
    fn around(&self, at: usize) -> impl Iterator<Item = usize> {
        std::iter::successors(Some(at), |at| (*at != 0).then(|| self.0[*at].parent))
    }

    fn inherited_xml(&self, at: usize) -> Vec<(String, String)> {
        let mut found: Vec<(String, String)> = Vec::new();
        for place in self.around(at) {
            let Part::Element { attributes, .. } = &self.0[place].part else { continue };
            for (name, value) in attributes.iter().filter(|(name, _)| name.starts_with("xml:")) {
                if !found.iter().any(|(known, _)| known == name)
                    && (place != at)
                    && self.attribute(at, &name[4..]).is_none()
                {
                    found.push((name.clone(), value.clone()));
                }
            }
        }
        found
    }
}

/// Whether this is a signature, by the algorithm that the message names.
fn is_signed(algorithm: &str, octets: &[u8], value: &[u8], trusted: &VerifyingKey) -> bool {
    let algorithms: &[&dyn VerificationAlgorithm] = match algorithm.rsplit('#').next().unwrap_or_default() {
        "ecdsa-sha256" => &[&ECDSA_P256_SHA256_FIXED, &ECDSA_P256_SHA256_ASN1],
        "rsa-sha1" => &[&RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY],
        "rsa-sha256" => &[&RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY],
        "sha256-rsa-MGF1" => &[&RSA_PSS_2048_8192_SHA256],
        _ => &[],
    };
    let holds = |algorithm| UnparsedPublicKey::new(algorithm, trusted.spki()).verify(octets, value).is_ok();
    algorithms.iter().any(|algorithm| holds(*algorithm))
}

/// The ID that a URI can be taken to mean: its last fragment, decoded, or what an XPointer names; nothing for the whole
/// document.
fn fragment(uri: &str) -> String {
    let uri = uri.trim().rsplit(['#', ':']).next().unwrap_or_default();
    let uri = uri.replace("%5F", "_").replace("&#95;", "_");
    let pointer = uri.strip_prefix("xpointer(").or_else(|| uri.strip_prefix("element("));
    let Some(pointer) = pointer else { return uri };
    let quoted = pointer.split(['\'', '"']).nth(1);
    quoted.unwrap_or(pointer.trim_matches(['/', ')'])).to_owned()
}

/// A public key as PEM has it, which is what some keyed an HMAC with.
pub(crate) fn public_key_pem(spki: &[u8]) -> String {
    let text = STANDARD.encode(spki);
    let lines: Vec<&str> = text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", lines.join("\n"))
}

struct How<'h> {
    exclusive: bool,
    comments: bool,
    /// Canonical XML 1.1 does not inherit xml:id, 1.0 does.
    id_inherited: bool,
    prefixes: &'h [String],
    omit: &'h [usize],
}

fn lax_reader(text: &str) -> Reader<&[u8]> {
    let mut reader = Reader::from_str(text);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    config.allow_dangling_amp = true;
    reader
}

fn is_declaration(name: &str) -> bool {
    name == "xmlns" || name.starts_with("xmlns:")
}

fn element(tag: &BytesStart<'_>) -> Part {
    let qualified = tag.name();
    let name: &str = qualified.as_ref();
    let name = name.to_owned();
    let mut attributes = tag.attributes();
    attributes.with_checks(false);
    let attributes = attributes.flatten().map(|attribute| {
        let value = attribute.value.into_owned();
        let key: &str = attribute.key.as_ref();
        (key.to_owned(), unescaped(&value))
    });
    let attributes = attributes.collect();
    Part::Element { name, attributes, inside: Vec::new() }
}

fn unescaped(text: &str) -> String {
    quick_xml::escape::unescape(text).map_or_else(|_| text.to_owned(), std::borrow::Cow::into_owned)
}

fn escape(text: &str, in_attribute: bool, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' if !in_attribute => out.push_str("&gt;"),
            '"' if in_attribute => out.push_str("&quot;"),
            '\t' if in_attribute => out.push_str("&#x9;"),
            '\n' if in_attribute => out.push_str("&#xA;"),
            '\r' => out.push_str("&#xD;"),
            other => out.push(other),
        }
    }
}
