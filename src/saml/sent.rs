//! What an identity provider sent, for people, read leniently: nothing is required or believed.

use super::response::Envelope;
use crate::text::instant;
use crate::text::personal::Personal;
use crate::text::quoted::Quoted;
use crate::xml::{Element, Name};

/// What a Response says, as far as checks and applications look at it, for the page of an administrator. Texts are cut at 200
/// characters, but for those of the person.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Sent {
    /// The Response outside its assertion.
    pub response: SentResponse,
    /// Its assertion; `None` where there is none, or where it is encrypted and not shown.
    pub assertion: Option<SentAssertion>,
    /// What is encrypted and not shown, in document order, the first 64: `EncryptedAssertion`, `EncryptedID`, `EncryptedAttribute`.
    pub encrypted: Vec<&'static str>,
}

/// A Response outside its assertion (core 3.2.2).
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct SentResponse {
    /// True where a signature that verified covers it; otherwise anybody may have written it.
    pub signed: bool,
    /// ID.
    pub id: Option<Quoted>,
    /// IssueInstant; in UTC where it could be read.
    pub issue_instant: Option<Quoted>,
    /// Issuer.
    pub issuer: Option<Quoted>,
    /// Destination.
    pub destination: Option<Quoted>,
    /// InResponseTo.
    pub in_response_to: Option<Quoted>,
    /// The status codes, outermost first: the first three where the Response was refused, else the first eight.
    pub status: Vec<Quoted>,
    /// StatusMessage.
    pub status_message: Option<Quoted>,
}

/// An assertion (core 2.3.3).
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct SentAssertion {
    /// True where it was read from octets under a signature that verified; otherwise anybody may have written it.
    pub signed: bool,
    /// ID.
    pub id: Option<Quoted>,
    /// IssueInstant.
    pub issue_instant: Option<Quoted>,
    /// Issuer.
    pub issuer: Option<Quoted>,
    /// The subject's name.
    pub name_id: Option<SentNameId>,
    /// The subject's confirmations.
    pub confirmations: Vec<SentConfirmation>,
    /// Conditions.
    pub conditions: Option<SentConditions>,
    /// The authentication statements.
    pub authn_statements: Vec<SentAuthnStatement>,
    /// The attributes, an entry for each element, also where a Name is repeated.
    pub attributes: Vec<SentAttribute>,
}

/// A NameID (core 2.2.3).
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct SentNameId {
    /// The name.
    pub value: Personal,
    /// Format.
    pub format: Option<Quoted>,
    /// NameQualifier.
    pub name_qualifier: Option<Quoted>,
    /// SPNameQualifier.
    pub sp_name_qualifier: Option<Quoted>,
}

/// A SubjectConfirmation (core 2.4.1).
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct SentConfirmation {
    /// Method.
    pub method: Option<Quoted>,
    /// Recipient.
    pub recipient: Option<Quoted>,
    /// NotBefore.
    pub not_before: Option<Quoted>,
    /// NotOnOrAfter.
    pub not_on_or_after: Option<Quoted>,
    /// InResponseTo.
    pub in_response_to: Option<Quoted>,
}

/// Conditions (core 2.5.1).
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct SentConditions {
    /// NotBefore.
    pub not_before: Option<Quoted>,
    /// NotOnOrAfter.
    pub not_on_or_after: Option<Quoted>,
    /// The audiences of each AudienceRestriction.
    pub audience_restrictions: Vec<Vec<Quoted>>,
    /// The names of the other conditions.
    pub others: Vec<Quoted>,
}

/// An AuthnStatement (core 2.7.2).
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct SentAuthnStatement {
    /// AuthnInstant.
    pub authn_instant: Option<Quoted>,
    /// SessionIndex.
    pub session_index: Option<Quoted>,
    /// SessionNotOnOrAfter.
    pub session_not_on_or_after: Option<Quoted>,
    /// AuthnContextClassRef.
    pub class_ref: Option<Quoted>,
}

/// An Attribute (core 2.7.3.1).
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct SentAttribute {
    /// Name.
    pub name: Option<Quoted>,
    /// NameFormat.
    pub name_format: Option<Quoted>,
    /// FriendlyName.
    pub friendly_name: Option<Quoted>,
    /// Its values.
    pub values: Vec<SentValue>,
}

/// An AttributeValue (core 2.7.3.1.1).
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct SentValue {
    /// `xsi:type`, as it stands there.
    pub xsi_type: Option<Quoted>,
    /// The text, of a structured value that of all elements inside.
    pub text: Personal,
}

const ENCRYPTED: [&str; 3] = ["EncryptedAssertion", "EncryptedID", "EncryptedAttribute"];

impl SentResponse {
    /// As it was read, from signed octets where it is signed.
    pub(crate) fn of(envelope: &Envelope) -> Self {
        let quoted = |text: &Option<String>| text.as_ref().map(Quoted::new);
        Self {
            signed: envelope.signed,
            id: Some(Quoted::new(&envelope.id)),
            issue_instant: Some(Quoted::new(instant::format(envelope.issue_instant.utc))),
            issuer: quoted(&envelope.issuer),
            destination: quoted(&envelope.destination),
            in_response_to: quoted(&envelope.in_response_to),
            status: envelope.status.codes.clone(),
            status_message: envelope.status.message.clone(),
        }
    }

    /// As it stands in a document as received: nobody has proven it.
    pub(crate) fn unproven<'d>(response: Element<'d>) -> Self {
        let status = response.child(Name::samlp("Status"));
        let code = |parent: Element<'d>| parent.child(Name::samlp("StatusCode"));
        // Two levels are what the standard's codes need; a third is room for a surprise.
        let codes = std::iter::successors(status.and_then(code), |outer| code(*outer)).take(3);
        Self {
            signed: false,
            id: attribute(response, "ID"),
            issue_instant: attribute(response, "IssueInstant"),
            issuer: text(response.child(Name::saml("Issuer"))),
            destination: attribute(response, "Destination"),
            in_response_to: attribute(response, "InResponseTo"),
            status: codes.filter_map(|code| attribute(code, "Value")).collect(),
            status_message: text(status.and_then(|status| status.child(Name::samlp("StatusMessage")))),
        }
    }
}

impl SentAssertion {
    /// The assertion in a Response, or the element itself where it is one. One that was opened stands where its
    /// ciphertext stood.
    pub(crate) fn find<'d>(root: Element<'d>, signed: bool) -> Option<Self> {
        let is_assertion = |element: &Element<'d>| element.is(Name::saml("Assertion"));
        let inside = |element: Element<'d>| element.children().find(is_assertion);
        let found = Some(root).filter(is_assertion).or_else(|| inside(root));
        found.or_else(|| inside(root.child(Name::saml("EncryptedAssertion"))?)).map(|found| Self::read(found, signed))
    }

    fn read(assertion: Element<'_>, signed: bool) -> Self {
        let subject = assertion.child(Name::saml("Subject"));
        // One that was opened stands where its ciphertext stood.
        let attributes = all(Some(assertion), "AttributeStatement").flat_map(|statement| statement.children());
        let attributes = attributes.filter_map(|child| {
            let opened = child.is(Name::saml("EncryptedAttribute"));
            if opened { child.child(Name::saml("Attribute")) } else { Some(child) }
        });
        let attributes = attributes.filter(|attribute| attribute.is(Name::saml("Attribute")));
        let opened = || subject?.child(Name::saml("EncryptedID"))?.child(Name::saml("NameID"));
        let name_id = subject.and_then(|subject| subject.child(Name::saml("NameID"))).or_else(opened);
        Self {
            signed,
            id: attribute(assertion, "ID"),
            issue_instant: attribute(assertion, "IssueInstant"),
            issuer: text(assertion.child(Name::saml("Issuer"))),
            name_id: name_id.map(SentNameId::read),
            confirmations: all(subject, "SubjectConfirmation").map(SentConfirmation::read).collect(),
            conditions: assertion.child(Name::saml("Conditions")).map(SentConditions::read),
            authn_statements: all(Some(assertion), "AuthnStatement").map(SentAuthnStatement::read).collect(),
            attributes: attributes.map(SentAttribute::read).collect(),
        }
    }

    pub(crate) fn personal(&mut self) -> impl Iterator<Item = &mut Personal> {
        let names = self.name_id.iter_mut().map(|name_id| &mut name_id.value);
        let values = self.attributes.iter_mut().flat_map(|attribute| &mut attribute.values);
        names.chain(values.map(|value| &mut value.text))
    }
}

impl SentNameId {
    fn read(name_id: Element<'_>) -> Self {
        Self {
            value: Personal::new(name_id.descendant_text()),
            format: attribute(name_id, "Format"),
            name_qualifier: attribute(name_id, "NameQualifier"),
            sp_name_qualifier: attribute(name_id, "SPNameQualifier"),
        }
    }
}

impl SentConfirmation {
    fn read(confirmation: Element<'_>) -> Self {
        let data = confirmation.child(Name::saml("SubjectConfirmationData"));
        let of_data = |local| data.and_then(|data| attribute(data, local));
        Self {
            method: attribute(confirmation, "Method"),
            recipient: of_data("Recipient"),
            not_before: of_data("NotBefore"),
            not_on_or_after: of_data("NotOnOrAfter"),
            in_response_to: of_data("InResponseTo"),
        }
    }
}

impl SentConditions {
    fn read(conditions: Element<'_>) -> Self {
        let (mut audience_restrictions, mut others) = (Vec::new(), Vec::new());
        for child in conditions.children() {
            if child.is(Name::saml("AudienceRestriction")) {
                let audiences = child.children().filter(|audience| audience.is(Name::saml("Audience")));
                audience_restrictions.push(audiences.filter_map(|audience| text(Some(audience))).collect());
            } else {
                others.push(Quoted::new(child.local()));
            }
        }
        Self {
            not_before: attribute(conditions, "NotBefore"),
            not_on_or_after: attribute(conditions, "NotOnOrAfter"),
            audience_restrictions,
            others,
        }
    }
}

impl SentAuthnStatement {
    fn read(statement: Element<'_>) -> Self {
        let context = statement.child(Name::saml("AuthnContext"));
        Self {
            authn_instant: attribute(statement, "AuthnInstant"),
            session_index: attribute(statement, "SessionIndex"),
            session_not_on_or_after: attribute(statement, "SessionNotOnOrAfter"),
            class_ref: text(context.and_then(|context| context.child(Name::saml("AuthnContextClassRef")))),
        }
    }
}

impl SentAttribute {
    fn read(element: Element<'_>) -> Self {
        let values = element.children().filter(|child| child.is(Name::saml("AttributeValue")));
        Self {
            name: attribute(element, "Name"),
            name_format: attribute(element, "NameFormat"),
            friendly_name: attribute(element, "FriendlyName"),
            values: values.map(SentValue::read).collect(),
        }
    }
}

impl SentValue {
    fn read(value: Element<'_>) -> Self {
        let xsi_type = value.attribute_in(Name::xsi("type"));
        Self { xsi_type: xsi_type.map(Quoted::new), text: Personal::new(value.descendant_text()) }
    }
}

/// The names of the ciphertexts that still stand in a Response or an Assertion.
pub(crate) fn encrypted(root: Element<'_>) -> Vec<&'static str> {
    let unopened = |element: Element<'_>| {
        let name = ENCRYPTED.into_iter().find(|name| element.is(Name::saml(name)))?;
        element.child(Name::xenc("EncryptedData")).map(|_| name)
    };
    root.descendants_or_self().filter_map(unopened).take(64).collect()
}

/// The children of that name in the namespace of assertions.
fn all<'d>(parent: Option<Element<'d>>, local: &'static str) -> impl Iterator<Item = Element<'d>> {
    let children = parent.into_iter().flat_map(|parent| parent.children());
    children.filter(move |child| child.is(Name::saml(local)))
}

fn attribute(element: Element<'_>, local: &str) -> Option<Quoted> {
    element.attribute(local).map(Quoted::new)
}

fn text(element: Option<Element<'_>>) -> Option<Quoted> {
    element.map(|element| Quoted::new(element.descendant_text()))
}
