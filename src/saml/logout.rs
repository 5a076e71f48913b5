//! LogoutRequest and LogoutResponse (core 3.7): both directions.

use std::borrow::Cow;

use chrono::{DateTime, Utc};

use super::assertion::SignedDocument;
use super::ids::MessageId;
use super::name_id::issuer_of;
use super::{EntityId, MessageError, NameId, Status, part, urn};
use crate::text::instant::{self, Instant};
use crate::text::quoted::Quoted;
use crate::text::whitespace;
use crate::xml::{Element, Fragment, Name, WriteError, Writer, ns};

/// At most this many SessionIndexes are read: one user's sessions with one service provider. Real requests have one or two.
const MAX_SESSION_INDEXES: usize = 256;

/// What every protocol message has around it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Frame {
    /// `LogoutRequest` or `LogoutResponse`.
    pub(crate) element: &'static str,
    pub(crate) id: String,
    pub(crate) version: String,
    pub(crate) issue_instant: Instant,
    pub(crate) issuer: Option<String>,
    pub(crate) destination: Option<String>,
}

/// A received message, read from signed octets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum LogoutMessage {
    Request(Frame, Request),
    Response(Frame, Response),
}

/// Whom to log out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Request {
    pub(crate) name_id: NameId,
    /// Empty for all sessions of that name (core 3.7.3).
    pub(crate) session_indexes: Vec<String>,
    pub(crate) not_on_or_after: Option<DateTime<Utc>>,
    pub(crate) reason: Option<Quoted>,
}

/// What became of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Response {
    pub(crate) in_response_to: Option<String>,
    pub(crate) status: Status,
}

/// The name of a logout message's element; anything else is another kind of message.
pub(crate) fn element_name(root: Element<'_>) -> Result<&'static str, MessageError> {
    if root.is(Name::samlp("LogoutRequest")) {
        Ok("LogoutRequest")
    } else if root.is(Name::samlp("LogoutResponse")) {
        Ok("LogoutResponse")
    } else {
        let wanted = "SAML 2.0 LogoutRequest or LogoutResponse";
        Err(MessageError::Unexpected { found: Quoted::new(root.local()), wanted })
    }
}

impl LogoutMessage {
    /// This is the only way to one: [`SignedDocument`] can only be made from signed octets.
    pub(crate) fn read(signed: &SignedDocument<'_>) -> Result<Self, MessageError> {
        let root = signed.root();
        let within = element_name(root)?;
        let frame = Frame {
            element: within,
            id: part::attribute(root, "ID", within)?.to_owned(),
            version: part::attribute(root, "Version", within)?.to_owned(),
            issue_instant: part::required_instant(root, "IssueInstant", within)?,
            issuer: issuer_of(root, within)?.map(Cow::into_owned),
            destination: part::uri_attribute(root, "Destination").filter(|value| !value.is_empty()),
        };
        if within == "LogoutRequest" {
            return Ok(Self::Request(frame, Request::read(root)?));
        }
        let in_response_to = root.attribute("InResponseTo").map(|value| whitespace::trim(value).to_owned());
        let status = Status::read(part::required(root, Name::samlp("Status"), within)?)?;
        Ok(Self::Response(frame, Response { in_response_to, status }))
    }
}

impl Request {
    fn read(root: Element<'_>) -> Result<Self, MessageError> {
        let within = "LogoutRequest";
        let name_id = NameId::within(root, within)?.ok_or(MessageError::Missing { part: "NameID", within })?;
        let indexes = || root.children().filter(|child| child.is(Name::samlp("SessionIndex")));
        if indexes().nth(MAX_SESSION_INDEXES).is_some() {
            return Err(MessageError::Value {
                part: "LogoutRequest",
                found: Quoted::new(format!("with {} SessionIndexes", indexes().count())),
                wanted: "256 at most",
            });
        }
        Ok(Self {
            name_id,
            session_indexes: indexes()
                .map(|index| part::text(index, "SessionIndex").map(Cow::into_owned))
                .collect::<Result<_, _>>()?,
            not_on_or_after: part::instant(root, "NotOnOrAfter")?.map(|instant| instant.utc),
            reason: root.attribute("Reason").map(Quoted::new),
        })
    }
}

/// A request on its way out. Everything in it was checked when the logout began.
pub(crate) struct NewRequest<'a> {
    pub(crate) id: &'a MessageId,
    pub(crate) issue_instant: DateTime<Utc>,
    pub(crate) destination: &'a str,
    pub(crate) issuer: &'a EntityId,
    pub(crate) not_on_or_after: DateTime<Utc>,
    pub(crate) reason: Option<&'static str>,
    pub(crate) name_id: NewName<'a>,
    pub(crate) session_indexes: &'a [String],
}

/// Whose session is to end.
pub(crate) enum NewName<'a> {
    Plain(&'a NameId),
    /// An EncryptedID.
    Encrypted(Fragment),
}

impl NewRequest<'_> {
    /// In the schema's order: Issuer, (Signature,) NameID or EncryptedID, SessionIndex.
    pub(crate) fn to_xml(&self) -> Result<String, WriteError> {
        let mut w = Writer::new();
        w.open("samlp:LogoutRequest").attribute("xmlns:saml", ns::SAML).attribute("xmlns:samlp", ns::SAMLP);
        w.attribute("ID", self.id.as_str()).attribute("Version", urn::VERSION);
        w.attribute("IssueInstant", &instant::format(self.issue_instant)).attribute("Destination", self.destination);
        w.attribute("NotOnOrAfter", &instant::format(self.not_on_or_after));
        w.optional("Reason", self.reason);
        w.open("saml:Issuer").text(self.issuer.as_str()).close();
        match &self.name_id {
            NewName::Plain(name_id) => name_id.write(&mut w),
            NewName::Encrypted(encrypted_id) => {
                w.fragment(encrypted_id);
            }
        }
        for index in self.session_indexes {
            w.open("samlp:SessionIndex").text(index).close();
        }
        w.close();
        w.finish()
    }
}

/// A response on its way out.
pub(crate) struct NewResponse<'a> {
    pub(crate) id: &'a MessageId,
    pub(crate) in_response_to: &'a str,
    pub(crate) issue_instant: DateTime<Utc>,
    /// `None` where it goes back on the connection that the request came by.
    pub(crate) destination: Option<&'a str>,
    pub(crate) issuer: &'a EntityId,
    /// The status code, and one below it.
    pub(crate) status: (&'static str, Option<&'static str>),
}

impl NewResponse<'_> {
    pub(crate) fn to_xml(&self) -> Result<String, WriteError> {
        let mut w = Writer::new();
        w.open("samlp:LogoutResponse").attribute("xmlns:saml", ns::SAML).attribute("xmlns:samlp", ns::SAMLP);
        w.attribute("ID", self.id.as_str()).attribute("Version", urn::VERSION);
        w.attribute("IssueInstant", &instant::format(self.issue_instant));
        w.optional("Destination", self.destination).attribute("InResponseTo", self.in_response_to);
        w.open("saml:Issuer").text(self.issuer.as_str()).close();
        let (code, second) = self.status;
        w.open("samlp:Status").open("samlp:StatusCode").attribute("Value", code);
        if let Some(second) = second {
            w.open("samlp:StatusCode").attribute("Value", second).close();
        }
        w.close().close().close();
        w.finish()
    }
}

/// The URIs of reasons (core 3.7.3).
pub(crate) mod reason {
    /// The user wants it.
    pub(crate) const USER: &str = "urn:oasis:names:tc:SAML:2.0:logout:user";
    /// An administrator wants it.
    pub(crate) const ADMIN: &str = "urn:oasis:names:tc:SAML:2.0:logout:admin";
}

/// True where the status tells of sessions elsewhere that go on (core 3.2.2.2).
pub(crate) fn is_partial(status: &Status) -> bool {
    status.names(urn::status::PARTIAL_LOGOUT)
}
