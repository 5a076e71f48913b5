//! The spelling of messages: what means the same to a reader of XML, and trips whoever reads text.

use chrono::{DateTime, Utc};

use crate::text::instant;
use crate::xml::ns;

/// How a message of the test identity provider is spelled. By default with the prefixes of the standard, all declared at the
/// document element, and fractions of seconds only where there are any.
///
/// ```
/// use saml_sp::testing::{Declared, TestIdp};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let test_idp = TestIdp::with_ecdsa("https://idp.example.com/metadata")?;
/// let mut answer = test_idp.unsolicited("https://app.example.com/saml", "https://app.example.com/saml/acs", "alice");
/// answer.style.assertion_prefix = "";
/// answer.style.declared = Declared::WhereItBegins;
/// assert!(test_idp.sign(&answer)?.contains("<Assertion xmlns="));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MessageStyle {
    /// The prefix of the protocol's elements.
    pub protocol_prefix: &'static str,
    /// The prefix of the assertion's elements; empty for none: their namespace is the default one then.
    pub assertion_prefix: &'static str,
    /// Where the namespace of the assertion's elements is declared.
    pub declared: Declared,
    /// Whether the Assertion declares its namespace as the default one too, which nothing there uses.
    pub idle_default: bool,
    /// Whether the prefix `xs` is declared at the Response and at the Assertion already.
    pub schema_on_top: bool,
    /// The digits behind the decimal point of every time, at most nine; `None` for as many as it takes.
    pub fraction_digits: Option<usize>,
    /// The Format of every Issuer.
    pub issuer_format: Option<&'static str>,
}

/// Where the test identity provider declares the namespace of the assertion's elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Declared {
    /// At the document element.
    AtRoot,
    /// At each element that is in it while its parent is not: the Response's Issuer and the Assertion.
    WhereItBegins,
    /// There, and again at each child of the Assertion.
    Repeated,
}

impl MessageStyle {
    pub(super) const PLAIN: Self = Self {
        protocol_prefix: "samlp",
        assertion_prefix: "saml",
        declared: Declared::AtRoot,
        idle_default: false,
        schema_on_top: false,
        fraction_digits: None,
        issuer_format: None,
    };

    pub(super) fn time(&self, moment: DateTime<Utc>) -> String {
        let Some(digits) = self.fraction_digits else { return instant::format(moment) };
        let fraction = format!("{:09}", moment.timestamp_subsec_nanos());
        let fraction = fraction.get(..digits).unwrap_or(&fraction);
        let point = if fraction.is_empty() { "" } else { "." };
        format!("{}{point}{fraction}Z", moment.format("%Y-%m-%dT%H:%M:%S"))
    }

    /// A message that was written with the prefixes `samlp` and `saml`, in this style. It is text of our own writer: a `<`
    /// stands only where a tag begins, and no tag is both start and end.
    pub(super) fn dress(&self, xml: &str) -> String {
        let mut out = String::with_capacity(xml.len());
        let mut inside: usize = 0;
        for (index, piece) in xml.split('<').enumerate() {
            if index == 0 {
                continue;
            }
            let (slash, tag) = piece.strip_prefix('/').map_or(("<", piece), |tag| ("</", tag));
            let is_end = slash == "</";
            out.push_str(slash);
            if let Some(tag) = tag.strip_prefix("saml:") {
                let (name, rest) = tag.split_at_checked(tag.find([' ', '>']).unwrap_or(tag.len())).unwrap_or((tag, ""));
                push_name(self.assertion_prefix, name, &mut out);
                if is_end {
                    inside = inside.saturating_sub(1);
                } else {
                    out.push_str(&self.declarations(inside, name));
                    inside = inside.saturating_add(1);
                }
                out.push_str(rest);
            } else if let Some(tag) = tag.strip_prefix("samlp:") {
                let root = (index == 1).then(|| self.root(tag));
                push_name(self.protocol_prefix, root.as_deref().unwrap_or(tag), &mut out);
            } else {
                out.push_str(tag);
            }
        }
        out
    }

    /// What an element of the assertion's namespace declares, inside of so many others.
    fn declarations(&self, inside: usize, name: &str) -> String {
        let declares = match self.declared {
            Declared::AtRoot => false,
            Declared::WhereItBegins => inside == 0,
            Declared::Repeated => inside <= 1,
        };
        let mut declarations = String::new();
        if declares {
            declarations.push_str(&declaration(self.assertion_prefix, ns::SAML));
        }
        if name == "Assertion" && self.idle_default {
            declarations.push_str(&declaration("", ns::SAML));
        }
        if name == "Assertion" && self.schema_on_top {
            declarations.push_str(&declaration("xs", ns::XS));
        }
        declarations
    }

    fn root(&self, tag: &str) -> String {
        let at_root = match self.declared {
            Declared::AtRoot => declaration(self.assertion_prefix, ns::SAML),
            _ => String::new(),
        };
        let mut protocol = declaration(self.protocol_prefix, ns::SAMLP);
        if self.schema_on_top {
            protocol.push_str(&declaration("xs", ns::XS));
        }
        let tag = tag.replacen(&declaration("samlp", ns::SAMLP), &protocol, 1);
        tag.replacen(&declaration("saml", ns::SAML), &at_root, 1)
    }
}

impl Default for MessageStyle {
    fn default() -> Self {
        Self::PLAIN
    }
}

fn push_name(prefix: &str, rest: &str, out: &mut String) {
    out.push_str(prefix);
    if !prefix.is_empty() {
        out.push(':');
    }
    out.push_str(rest);
}

fn declaration(prefix: &str, namespace: &str) -> String {
    let colon = if prefix.is_empty() { "" } else { ":" };
    format!(" xmlns{colon}{prefix}=\"{namespace}\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dressed(style: MessageStyle) -> String {
        let xml = format!(
            "<samlp:Response{}{}><saml:Issuer>i</saml:Issuer><saml:Assertion ID=\"a\"><saml:Issuer>&lt;saml:i></saml:Issuer></saml:Assertion></samlp:Response>",
            declaration("samlp", ns::SAMLP),
            declaration("saml", ns::SAML)
        );
        style.dress(&xml).replace(ns::SAMLP, "P").replace(ns::SAML, "A").replace(ns::XS, "X")
    }

    #[test]
    fn prefixes_and_where_they_are_declared() {
        assert_eq!(
            dressed(MessageStyle::PLAIN),
            "<samlp:Response xmlns:samlp=\"P\" xmlns:saml=\"A\"><saml:Issuer>i</saml:Issuer><saml:Assertion ID=\"a\"><saml:Issuer>&lt;saml:i></saml:Issuer></saml:Assertion></samlp:Response>"
        );
        let bare = MessageStyle { assertion_prefix: "", declared: Declared::WhereItBegins, ..MessageStyle::PLAIN };
        assert_eq!(
            dressed(bare),
            "<samlp:Response xmlns:samlp=\"P\"><Issuer xmlns=\"A\">i</Issuer><Assertion xmlns=\"A\" ID=\"a\"><Issuer>&lt;saml:i></Issuer></Assertion></samlp:Response>"
        );
        let repeated = MessageStyle {
            protocol_prefix: "",
            assertion_prefix: "saml2",
            declared: Declared::Repeated,
            idle_default: true,
            schema_on_top: true,
            ..MessageStyle::PLAIN
        };
        assert_eq!(
            dressed(repeated),
            "<Response xmlns=\"P\" xmlns:xs=\"X\"><saml2:Issuer xmlns:saml2=\"A\">i</saml2:Issuer><saml2:Assertion xmlns:saml2=\"A\" xmlns=\"A\" xmlns:xs=\"X\" ID=\"a\"><saml2:Issuer xmlns:saml2=\"A\">&lt;saml:i></saml2:Issuer></saml2:Assertion></Response>"
        );
    }

    #[test]
    fn as_many_digits_as_asked_for() {
        let moment = "2026-01-15T12:00:00.0123456Z".parse().unwrap();
        for (digits, text) in [
            (None, "2026-01-15T12:00:00.012Z"),
            (Some(0), "2026-01-15T12:00:00Z"),
            (Some(3), "2026-01-15T12:00:00.012Z"),
            (Some(7), "2026-01-15T12:00:00.0123456Z"),
            (Some(12), "2026-01-15T12:00:00.012345600Z"),
        ] {
            assert_eq!(MessageStyle { fraction_digits: digits, ..MessageStyle::PLAIN }.time(moment), text);
        }
    }
}
