//! Response (core 3.3.3): the envelope around an assertion.

use super::assertion::SignedDocument;
use super::name_id::issuer_of;
use super::{MessageError, Status, part};
use crate::text::instant::Instant;
use crate::text::quoted::Quoted;
use crate::text::whitespace;
use crate::xml::{Element, Name};

/// A Response outside its assertion. Unless it was read from signed octets these are claims: they may cause a
/// rejection, never an acceptance, and never a value in an identity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Envelope {
    pub(crate) id: String,
    pub(crate) version: String,
    pub(crate) issue_instant: Instant,
    pub(crate) issuer: Option<String>,
    pub(crate) destination: Option<String>,
    pub(crate) in_response_to: Option<String>,
    pub(crate) status: Status,
    /// True where it was read from octets under a verified signature.
    pub(crate) signed: bool,
    /// True where its assertion came encrypted.
    pub(crate) encrypted: bool,
}

/// The one assertion of a Response, as an element that nobody has proven yet.
#[derive(Clone, Copy)]
pub(crate) enum AssertionElement<'d> {
    Plain(Element<'d>),
    /// An EncryptedAssertion.
    Encrypted(Element<'d>),
}

impl Envelope {
    /// The claims of a received Response, and the element of its assertion where the status is Success: for `dsig`
    /// and `xmlenc`, the only ones who may look at it.
    pub(crate) fn claims(root: Element<'_>) -> Result<(Self, Option<AssertionElement<'_>>), MessageError> {
        Self::read(root, false)
    }

    /// The envelope as it was signed.
    pub(crate) fn signed(document: &SignedDocument<'_>) -> Result<Self, MessageError> {
        Self::read(document.root(), true).map(|(envelope, _)| envelope)
    }

    fn read(root: Element<'_>, signed: bool) -> Result<(Self, Option<AssertionElement<'_>>), MessageError> {
        let within = "Response";
        if !root.is(Name::samlp("Response")) {
            return Err(MessageError::Unexpected { found: Quoted::new(root.local()), wanted: "SAML 2.0 Response" });
        }
        let mut envelope = Self {
            id: part::attribute(root, "ID", within)?.to_owned(),
            version: part::attribute(root, "Version", within)?.to_owned(),
            issue_instant: part::required_instant(root, "IssueInstant", within)?,
            issuer: issuer_of(root, within)?,
            // An empty Destination is what some products send for none.
            destination: part::uri_attribute(root, "Destination").filter(|value| !value.is_empty()),
            in_response_to: root.attribute("InResponseTo").map(|value| whitespace::trim(value).to_owned()),
            status: Status::read(part::required(root, Name::samlp("Status"), within)?)?,
            signed,
            encrypted: false,
        };
        let mut assertions = root
            .children()
            .filter(|child| child.is(Name::saml("Assertion")) || child.is(Name::saml("EncryptedAssertion")));
        let first = assertions.next();
        let found = assertions.count().saturating_add(usize::from(first.is_some()));
        if !envelope.status.is_success() {
            // No assertion is ever read from a failure: signed error responses served as carriers of forged ones.
            if found > 0 {
                let status = envelope.status.codes.first().cloned().unwrap_or_else(|| Quoted::new(""));
                return Err(MessageError::AssertionInFailure { status });
            }
            return Ok((envelope, None));
        }
        match first {
            Some(element) if found == 1 && element.is(Name::saml("Assertion")) => {
                Ok((envelope, Some(AssertionElement::Plain(element))))
            }
            Some(element) if found == 1 => {
                envelope.encrypted = true;
                Ok((envelope, Some(AssertionElement::Encrypted(element))))
            }
            _ => Err(MessageError::Assertions { found }),
        }
    }
}
