//! Response (core 3.3.3): the envelope around an assertion.

use std::borrow::Cow;

use super::assertion::SignedDocument;
use super::name_id::issuer_of;
use super::urn::VERSION;
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
    pub(crate) version: Cow<'static, str>,
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

/// What an [`Envelope`] is made of, as it stands in a document: where the Response is signed, what was received is looked at
/// and not kept.
pub(crate) struct Claims<'d> {
    id: &'d str,
    version: &'d str,
    issue_instant: Instant,
    pub(crate) issuer: Option<Cow<'d, str>>,
    destination: Option<Cow<'d, str>>,
    in_response_to: Option<&'d str>,
    status: Status,
    /// Where the status is Success: for `dsig` and `xmlenc`, the only ones who may look at it.
    pub(crate) assertion: Option<AssertionElement<'d>>,
}

/// The one assertion of a Response, as an element that nobody has proven yet.
#[derive(Clone, Copy)]
pub(crate) enum AssertionElement<'d> {
    Plain(Element<'d>),
    /// An EncryptedAssertion.
    Encrypted(Element<'d>),
}

impl Envelope {
    /// The envelope as it was signed.
    pub(crate) fn signed(document: &SignedDocument<'_>) -> Result<Self, MessageError> {
        Claims::read(document.root()).map(|claims| Self { signed: true, ..claims.into_envelope() })
    }
}

impl<'d> Claims<'d> {
    /// The claims of a received Response.
    pub(crate) fn read(root: Element<'d>) -> Result<Self, MessageError> {
        let within = "Response";
        if !root.is(Name::samlp("Response")) {
            return Err(MessageError::Unexpected { found: Quoted::new(root.local()), wanted: "SAML 2.0 Response" });
        }
        let id = part::attribute(root, "ID", within)?;
        let version = part::attribute(root, "Version", within)?;
        let issue_instant = part::required_instant(root, "IssueInstant", within)?;
        let issuer = issuer_of(root, within)?;
        let status = Status::read(part::required(root, Name::samlp("Status"), within)?)?;
        let assertion = assertion(root, &status)?;
        Ok(Self {
            id,
            version,
            issue_instant,
            issuer,
            // An empty Destination is what some products send for none.
            destination: root.attribute("Destination").map(whitespace::collapse).filter(|value| !value.is_empty()),
            in_response_to: root.attribute("InResponseTo").map(whitespace::trim),
            status,
            assertion,
        })
    }

    /// As claims still.
    pub(crate) fn into_envelope(self) -> Envelope {
        Envelope {
            id: self.id.to_owned(),
            version: if self.version == VERSION { Cow::Borrowed(VERSION) } else { Cow::Owned(self.version.to_owned()) },
            issue_instant: self.issue_instant,
            issuer: self.issuer.map(Cow::into_owned),
            destination: self.destination.map(Cow::into_owned),
            in_response_to: self.in_response_to.map(str::to_owned),
            status: self.status,
            signed: false,
            encrypted: matches!(self.assertion, Some(AssertionElement::Encrypted(_))),
        }
    }
}

fn assertion<'d>(root: Element<'d>, status: &Status) -> Result<Option<AssertionElement<'d>>, MessageError> {
    let mut assertions =
        root.children().filter(|child| child.is(Name::saml("Assertion")) || child.is(Name::saml("EncryptedAssertion")));
    let first = assertions.next();
    let found = assertions.count().saturating_add(usize::from(first.is_some()));
    if !status.is_success() {
        // No assertion is ever read from a failure: signed error responses served as carriers of forged ones.
        if found > 0 {
            let status = status.codes.first().cloned().unwrap_or_else(|| Quoted::new(""));
            return Err(MessageError::AssertionInFailure { status });
        }
        return Ok(None);
    }
    match first {
        Some(element) if found == 1 && element.is(Name::saml("Assertion")) => {
            Ok(Some(AssertionElement::Plain(element)))
        }
        Some(element) if found == 1 => Ok(Some(AssertionElement::Encrypted(element))),
        _ => Err(MessageError::Assertions { found }),
    }
}
