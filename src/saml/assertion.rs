//! Assertion (core 2.3.3): readable from signed octets, and from nothing else.

use chrono::{DateTime, Utc};

use super::attribute::Attributes;
use super::conditions::Conditions;
use super::name_id::issuer_of;
use super::sent::{self, SentAssertion};
use super::subject::Subject;
use super::{MessageError, part, urn};
use crate::dsig::SignedOctets;
use crate::text::instant::Instant;
use crate::text::quoted::Quoted;
use crate::text::shared::Collected;
use crate::xml::{Document, Element, Name};

/// No `Clone`: whoever owns one holds what was read from signed octets. Diagnosis borrows others ([`super::unproven`]).
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Assertion {
    pub(crate) id: String,
    pub(crate) issue_instant: Instant,
    pub(crate) issuer: String,
    pub(crate) subject: Option<Subject>,
    pub(crate) conditions: Option<Conditions>,
    pub(crate) authn_statements: Vec<AuthnStatement>,
    pub(crate) attributes: Attributes,
}

/// AuthnStatement (core 2.7.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AuthnStatement {
    pub(crate) instant: DateTime<Utc>,
    pub(crate) session_index: Option<String>,
    pub(crate) session_not_on_or_after: Option<DateTime<Utc>>,
    pub(crate) class_ref: Option<String>,
}

impl Assertion {
    /// The assertion in a document parsed from signed octets: its root, or the one assertion of the Response that is
    /// its root.
    ///
    /// This is the only way to an `Assertion` of one's own: [`SignedDocument`] can only be made from [`SignedOctets`].
    pub(crate) fn read(signed: &SignedDocument<'_>) -> Result<Self, MessageError> {
        let root = signed.0.root();
        if root.is(Name::saml("Assertion")) {
            return Self::read_element(root);
        }
        if root.is(Name::samlp("Response")) {
            // One that was opened stands where its ciphertext stood.
            let holder = part::optional(root, Name::saml("EncryptedAssertion"), "Response")?.unwrap_or(root);
            return Self::read_element(part::required(holder, Name::saml("Assertion"), "Response")?);
        }
        Err(MessageError::Unexpected { found: Quoted::new(root.local()), wanted: "Response or Assertion" })
    }

    pub(super) fn read_element(element: Element<'_>) -> Result<Self, MessageError> {
        let within = "Assertion";
        let version = part::attribute(element, "Version", within)?;
        if version != urn::VERSION {
            return Err(MessageError::Value {
                part: "Assertion Version",
                found: Quoted::new(version),
                wanted: urn::VERSION,
            });
        }
        let mut assertion = Self {
            id: part::attribute(element, "ID", within)?.to_owned(),
            issue_instant: part::required_instant(element, "IssueInstant", within)?,
            issuer: issuer_of(element, within)?.ok_or(MessageError::Missing { part: "Issuer", within })?.into_owned(),
            subject: part::optional(element, Name::saml("Subject"), within)?.map(Subject::read).transpose()?,
            conditions: part::optional(element, Name::saml("Conditions"), within)?.map(Conditions::read).transpose()?,
            authn_statements: Vec::new(),
            attributes: Attributes::default(),
        };
        // Of real assertions, lists of groups among them, values are a fifth at most.
        let mut texts = Collected::with_capacity(element.span().len() / 4);
        // Advice is never read: it may hold whole assertions (CVE-2026-2092).
        for child in element.children() {
            if child.is(Name::saml("AuthnStatement")) {
                assertion.authn_statements.push(AuthnStatement::read(child)?);
            } else if child.is(Name::saml("AttributeStatement")) {
                assertion.attributes.read_statement(child, &mut texts)?;
            }
        }
        assertion.attributes.share(texts);
        Ok(assertion)
    }
}

impl AuthnStatement {
    fn read(element: Element<'_>) -> Result<Self, MessageError> {
        let within = "AuthnStatement";
        let context = part::optional(element, Name::saml("AuthnContext"), within)?;
        let class_ref = match context {
            Some(context) => part::optional(context, Name::saml("AuthnContextClassRef"), "AuthnContext")?,
            None => None,
        };
        Ok(Self {
            instant: part::required_instant(element, "AuthnInstant", within)?.utc,
            session_index: element.attribute("SessionIndex").map(str::to_owned),
            session_not_on_or_after: part::instant(element, "SessionNotOnOrAfter")?.map(|instant| instant.utc),
            class_ref: class_ref.map(|class| part::uri(class, "AuthnContextClassRef")).transpose()?,
        })
    }
}

/// Signed octets, parsed. The one door from bytes to what an assertion says.
pub(crate) struct SignedDocument<'o>(Document<'o>);

impl<'o> SignedDocument<'o> {
    pub(crate) fn parse(
        octets: &'o SignedOctets,
        limits: &crate::limits::Limits,
    ) -> Result<Self, crate::xml::XmlError> {
        Document::parse(octets.as_bytes(), &limits.octets()).map(Self)
    }

    /// Every attribute of type dateTime, with its value; what stands inside the value of an attribute is the user's and none.
    pub(crate) fn times(&self) -> impl Iterator<Item = (&'static str, &str)> {
        const TIMES: [&str; 5] = ["IssueInstant", "NotBefore", "NotOnOrAfter", "AuthnInstant", "SessionNotOnOrAfter"];
        let of_user = |element: Element<'_>| element.ancestors_or_self().any(|e| e.is(Name::saml("AttributeValue")));
        let elements = self.0.root().descendants_or_self();
        let elements = elements.filter(move |element| element.attributes().len() > 0 && !of_user(*element));
        elements.flat_map(|element| TIMES.iter().filter_map(move |name| Some((*name, element.attribute(name)?))))
    }

    /// For a report: what stands there, read leniently.
    pub(crate) fn sent(&self) -> (Option<SentAssertion>, Vec<&'static str>) {
        (SentAssertion::find(self.0.root(), true), sent::encrypted(self.0.root()))
    }

    pub(super) fn root(&self) -> Element<'_> {
        self.0.root()
    }
}
