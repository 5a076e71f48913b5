//! How a connection is set up at a product: what to enter there, what to take from there, and what else to know.

use std::fmt;

use super::mark::Place;
use super::{Product, Remedy};

/// How a connection is set up at a product, in its own words.
///
/// Its `Display` is Markdown; all of them together are the chapter [`manual::idps`](crate::manual::idps).
/// [`AdminValues::for_product`](crate::AdminValues::for_product) has the fields with the values of a service provider in them.
///
/// ```
/// use saml_sp::Product;
///
/// let guide = Product::SecSignId.guide();
/// for way in guide.ways {
///     for entry in way.enter {
///         println!("{}: {}", entry.field, entry.value);
///     }
/// }
/// assert!(guide.to_string().contains("Audience Restriction"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Guide {
    /// Of which product.
    pub product: Product,
    /// The ways in which it can be set up there; at least one, and any one is enough.
    pub ways: &'static [Way],
    /// How attributes are set up, and under which names they come.
    pub attributes: &'static str,
    /// How groups are set up, and under which name they come.
    pub groups: &'static str,
    /// How it encrypts, and what has to be set with that.
    pub encryption: &'static str,
    /// What it knows of single logout.
    pub logout: &'static str,
    /// What surprises people.
    pub oddities: &'static [&'static str],
    /// The public pages on which this was read.
    pub sources: &'static [&'static str],
}

/// One way to set up a connection at a product.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Way {
    /// What the product calls it.
    pub name: &'static str,
    /// The menus that lead there, or the file.
    pub place: &'static str,
    /// What to enter there.
    pub enter: &'static [FieldToEnter],
    /// What to take from there.
    pub take: &'static [FieldToTake],
}

/// A field of a product, and which value of ours goes into it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FieldToEnter {
    /// The product's own name for it.
    pub field: &'static str,
    /// Our value.
    pub value: SpValue,
}

/// Something that a product shows, and what it is to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FieldToTake {
    /// The product's own name for it.
    pub field: &'static str,
    /// What it looks like, with what differs in braces, such as `{tenant}`.
    pub shape: Option<&'static str>,
    /// What it is to us.
    pub value: IdpValue,
}

/// A value of a service provider that products ask for; [`AdminValues`](crate::AdminValues) has them all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SpValue {
    /// The entityID, which is the audience of assertions and the issuer of requests too.
    EntityId,
    /// The URL that answers are posted to, which is their destination and recipient too.
    AcsUrl,
    /// A regular expression that matches this URL and no other.
    AcsUrlPattern,
    /// The URL that takes logout messages.
    SloUrl,
    /// The certificate to verify our requests and logout messages with.
    SigningCertificate,
    /// The certificate to encrypt to us with.
    EncryptionCertificate,
    /// The metadata document.
    Metadata,
}

/// What an identity provider gives, by the argument that takes it here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum IdpValue {
    /// A metadata document, or the URL of one: [`Metadata::read`](crate::Metadata::read). It has all the others.
    Metadata,
    /// The first argument of [`IdentityProvider::manual`](crate::IdentityProvider::manual).
    EntityId,
    /// The second argument of [`IdentityProvider::manual`](crate::IdentityProvider::manual).
    SsoUrl,
    /// The third argument of [`IdentityProvider::manual`](crate::IdentityProvider::manual).
    SigningCertificate,
    /// For [`IdentityProvider::with_slo_url`](crate::IdentityProvider::with_slo_url).
    SloUrl,
}

impl fmt::Display for SpValue {
    /// What it is, in a few words.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::EntityId => "entity ID",
            Self::AcsUrl => "ACS URL",
            Self::AcsUrlPattern => "regular expression of the ACS URL",
            Self::SloUrl => "logout URL",
            Self::SigningCertificate => "certificate that verifies our signatures",
            Self::EncryptionCertificate => "certificate to encrypt to us",
            Self::Metadata => "metadata",
        })
    }
}

impl fmt::Display for IdpValue {
    /// What it is, in a few words.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Metadata => "metadata",
            Self::EntityId => "entity ID",
            Self::SsoUrl => "sign-on URL",
            Self::SigningCertificate => "signing certificate",
            Self::SloUrl => "logout URL",
        })
    }
}

pub(super) const fn enter(field: &'static str, value: SpValue) -> FieldToEnter {
    FieldToEnter { field, value }
}

pub(super) const fn take(field: &'static str, value: IdpValue) -> FieldToTake {
    FieldToTake { field, shape: None, value }
}

pub(super) const fn take_shape(field: &'static str, shape: &'static str, value: IdpValue) -> FieldToTake {
    FieldToTake { field, shape: Some(shape), value }
}

impl fmt::Display for Guide {
    /// Markdown, with the [remedies](Product::remedies) of the product, by what it is recognised, and the pages for all of it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "# {}", self.product)?;
        for way in self.ways {
            way.fmt(f)?;
        }
        for (what, text) in [
            ("Attributes", self.attributes),
            ("Groups", self.groups),
            ("Encryption", self.encryption),
            ("Logout", self.logout),
        ] {
            writeln!(f, "\n**{what}.** {}", Text(text))?;
        }
        if !self.oddities.is_empty() {
            writeln!(f, "\n**Known oddities**\n")?;
            for oddity in self.oddities {
                writeln!(f, "- {}", Text(oddity))?;
            }
        }
        writeln!(f, "\n**When it fails**\n\n| code | what to do at {} |\n|---|---|", self.product)?;
        for Remedy { codes, text, .. } in self.product.remedies() {
            let codes: Vec<_> =
                codes.iter().map(|code| format!("`{}`", code.rsplit(':').next().unwrap_or(code))).collect();
            writeln!(f, "| {} | {} |", codes.join(", "), Text(text))?;
        }
        let facts = self.product.facts();
        writeln!(f, "\n**Recognised by**, where `*` is anything:\n")?;
        for mark in facts.marks {
            let what = match mark.place {
                Place::EntityId => "entity ID",
                Place::SignOn => "sign-on URL",
            };
            writeln!(f, "- {what} `{}`", mark.shape)?;
        }
        writeln!(f, "\nRead on:\n")?;
        let remedies = facts.remedies.iter().map(|remedy| remedy.source);
        let all = self.sources.iter().copied().chain(remedies).chain(facts.marks.iter().map(|mark| mark.source));
        let mut listed: Vec<&str> = Vec::new();
        for source in all {
            if !listed.contains(&source) {
                listed.push(source);
                writeln!(f, "- <{source}>")?;
            }
        }
        Ok(())
    }
}

impl fmt::Display for Way {
    /// Markdown.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\n## {}\n\nWhere: {}.", Text(self.name), Text(self.place))?;
        if !self.enter.is_empty() {
            writeln!(f, "\n| enter there | the value of this service |\n|---|---|")?;
        }
        for FieldToEnter { field, value } in self.enter {
            writeln!(f, "| {} | {value} |", Text(field))?;
        }
        writeln!(f, "\n| take from there | looks like | it is the |\n|---|---|---|")?;
        for FieldToTake { field, shape, value } in self.take {
            let shape = shape.map(|shape| format!("`{shape}`")).unwrap_or_default();
            writeln!(f, "| {} | {shape} | {value} |", Text(field))?;
        }
        Ok(())
    }
}

/// Plain text, as Markdown that shows exactly that: URLs as code, since those with placeholders are no links.
struct Text<'t>(&'t str);

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, word) in self.0.split(' ').enumerate() {
            if index > 0 {
                f.write_str(" ")?;
            }
            match word.find("http").filter(|_| word.contains("://")).and_then(|at| word.split_at_checked(at)) {
                Some((before, rest)) => {
                    let url = rest.trim_end_matches([',', '.', ':', ';', ')', '\'', '"']);
                    let after = rest.strip_prefix(url).unwrap_or_default();
                    write!(f, "{}`{url}`{}", Escaped(before), Escaped(after))?;
                }
                None => write!(f, "{}", Escaped(word))?,
            }
        }
        Ok(())
    }
}

struct Escaped<'t>(&'t str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for character in self.0.chars() {
            if matches!(character, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '#') {
                f.write_str("\\")?;
            }
            write!(f, "{character}")?;
        }
        Ok(())
    }
}
