//! Surgery at random: what a fuzzer, or a property test, does to a message.

use super::{Place, ROOT, Tree};

/// A message that has grown to so many parts is not copied from any more: copies of copies double it each time.
const MAX_ITEMS: usize = 20_000;

/// Texts and names that mean something to a service provider, for elements and attributes to get.
const TEXTS: [&str; 6] = ["mallory", "", " ", "alice", "_forged", "#_forged"];
const NAMES: [&str; 12] = [
    "saml:Assertion",
    "saml:EncryptedAssertion",
    "saml:Advice",
    "saml:NameID",
    "saml:Subject",
    "saml:AttributeValue",
    "samlp:Response",
    "samlp:Extensions",
    "samlp:StatusDetail",
    "ds:Object",
    "ds:Signature",
    "ds:KeyInfo",
];
const ATTRIBUTES: [&str; 12] = [
    "ID",
    "Id",
    "xml:id",
    "saml:ID",
    "URI",
    "Algorithm",
    "Recipient",
    "InResponseTo",
    "xmlns",
    "xmlns:saml",
    "xmlns:samlp",
    "xmlns:ds",
];
const NAMESPACES: [&str; 4] = [
    "urn:oasis:names:tc:SAML:2.0:assertion",
    "urn:oasis:names:tc:SAML:2.0:protocol",
    "http://www.w3.org/2000/09/xmldsig#",
    "urn:example:other",
];
const MARKUP: [&str; 5] =
    ["<!---->", "<![CDATA[mallory]]>", "&#109;allory", "\n", "<saml:NameID>mallory</saml:NameID>"];

impl Tree {
    /// Operates as these octets say: four of them are one operation, of which the last three choose what it is done to and
    /// with. Elements are moved, copied, cut out, wrapped, renamed and written over, by names and values that mean something
    /// in SAML; an operation that cannot be done is passed over. The same octets do the same to the same message.
    ///
    /// Whatever a signed message has become, a service provider must refuse it or take it for what was signed: a property for
    /// a fuzzer to attack, or for a test with octets from a random generator.
    ///
    /// ```
    /// # use saml_sp::testing::forge::Tree;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let mut message = Tree::parse("<a><b/><c>alice</c></a>")?;
    /// message.operate(&[4, 2, 0, 0]);
    /// assert_eq!(message.to_xml(), "<a><b></b><c>mallory</c></a>");
    /// # Ok(())
    /// # }
    /// ```
    pub fn operate(&mut self, octets: &[u8]) {
        for operation in octets.as_chunks::<4>().0 {
            // What cannot be done to this place is not done.
            let _ = self.operate_once(*operation);
        }
    }

    fn operate_once(&mut self, [what, at, with, how]: [u8; 4]) -> Result<(), super::TestIdpError> {
        let elements = self.elements(ROOT);
        let place = |choice: u8| pick(&elements, choice).copied().unwrap_or(ROOT);
        let (at, other) = (place(at), place(with));
        match what % 12 {
            0 => self.insert_before(other, at),
            1 => self.append(other, at),
            2 | 3 if self.items.len() > MAX_ITEMS => Ok(()),
            2 | 3 => {
                let copy = self.copy(at);
                self.disguise(copy, how)?;
                if what % 12 == 2 { self.insert_before(other, copy) } else { self.prepend(other, copy) }
            }
            4 => self.set_text(at, pick(&TEXTS, with).unwrap_or(&"")),
            5 => self.rename(at, pick(&NAMES, with).unwrap_or(&"x")),
            6 => {
                let name = pick(&ATTRIBUTES, with).unwrap_or(&"ID");
                let value = if name.starts_with("xmlns") { pick(&NAMESPACES, how) } else { pick(&TEXTS, how) };
                self.set(at, name, value.unwrap_or(&""))
            }
            7 => {
                let id = self.attribute(other, "ID").unwrap_or_default().to_owned();
                self.set(at, "ID", &id)
            }
            8 => {
                let name = pick(&NAMES, with).unwrap_or(&"x");
                let wrapper = self.wrap(at, "<x/>")?;
                self.rename(wrapper, name)
            }
            9 => self.split_text(at, usize::from(how % 8), pick(&MARKUP, with).unwrap_or(&"")),
            10 => {
                let markup = self.raw(pick(&MARKUP, with).unwrap_or(&""));
                self.append(at, markup)
            }
            _ => self.remove(at),
        }
    }

    /// A copy as an attacker wants it: about mallory, under another ID, without its signature; or as it is.
    fn disguise(&mut self, copy: Place, how: u8) -> Result<(), super::TestIdpError> {
        if how & 1 != 0
            && let Ok(name) = self.under(copy, "NameID")
        {
            self.set_text(name, "mallory")?;
        }
        if how & 2 != 0 {
            self.set(copy, "ID", "_forged")?;
        }
        if how & 4 != 0
            && let Ok(signature) = self.under(copy, "Signature")
        {
            self.remove(signature)?;
        }
        Ok(())
    }
}

fn pick<T>(from: &[T], choice: u8) -> Option<&T> {
    from.get(usize::from(choice).checked_rem(from.len())?)
}
