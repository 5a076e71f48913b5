//! Logout messages of the test identity provider, part by part, and what it reads of ours.

use std::borrow::Cow;

use chrono::{DateTime, Duration, Utc};

use super::answer::{Answer, AnswerNameId, new_id};
use super::{Encryption, MessageStyle, TestIdp, TestIdpError};
use crate::binding::{redirect, soap};
use crate::limits::Limits;
use crate::profile::logout::begin::LogoutCall;
use crate::profile::logout::respond::LogoutReply;
use crate::profile::outbound::Outbound;
use crate::saml::urn::{self, Binding};
use crate::session::Session;
use crate::text::{base64, deflate};
use crate::xml::{Document, Element, Name, WriteError, Writer, ns};

/// A LogoutRequest or LogoutResponse to be sent, before it is written and signed. Every field can be changed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Logout {
    /// The element: `LogoutRequest`, `LogoutResponse`.
    pub element: &'static str,
    /// The ID.
    pub id: String,
    /// The Version.
    pub version: String,
    /// The IssueInstant.
    pub issue_instant: DateTime<Utc>,
    /// The Issuer.
    pub issuer: Option<String>,
    /// The Destination.
    pub destination: Option<String>,
    /// Whether it is signed.
    pub sign: bool,
    /// The parameter or form field RelayState.
    pub relay_state: Option<String>,
    /// The NotOnOrAfter of a request.
    pub not_on_or_after: Option<DateTime<Utc>>,
    /// The Reason of a request.
    pub reason: Option<String>,
    /// The NameID of a request.
    pub name_id: Option<AnswerNameId>,
    /// The SessionIndexes of a request.
    pub session_indexes: Vec<String>,
    /// How the NameID is encrypted; not at all by default.
    pub encryption: Option<Encryption>,
    /// The InResponseTo of a response.
    pub in_response_to: Option<String>,
    /// The status codes of a response, outermost first.
    pub status: Vec<String>,
    /// How all of it is spelled.
    pub style: MessageStyle,
}

/// The form that the test identity provider has the browser post to a logout URL.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LogoutForm {
    /// The field `SAMLRequest`.
    pub saml_request: Option<String>,
    /// The field `SAMLResponse`.
    pub saml_response: Option<String>,
    /// The field `RelayState`.
    pub relay_state: Option<String>,
}

/// A logout message as the test identity provider received it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReceivedLogoutMessage {
    /// `LogoutRequest` or `LogoutResponse`.
    pub element: String,
    /// The ID.
    pub id: String,
    /// The service provider's entityID.
    pub issuer: String,
    /// The Destination.
    pub destination: Option<String>,
    /// The NameID of a request, as it stands in the message.
    pub name_id: Option<String>,
    /// The SessionIndexes of a request.
    pub session_indexes: Vec<String>,
    /// The InResponseTo of a response.
    pub in_response_to: Option<String>,
    /// The status codes of a response, outermost first.
    pub status: Vec<String>,
    /// What must be sent back with the answer, or came back with it.
    pub relay_state: Option<String>,
    /// The whole message.
    pub xml: String,
}

impl TestIdp {
    /// Takes logout messages at this URL, by Redirect, POST and SOAP; none are taken by default.
    #[must_use]
    pub fn slo_url(self, url: impl Into<String>) -> Self {
        let url = url.into();
        let everywhere = [Binding::Redirect, Binding::Post, Binding::Soap];
        everywhere.into_iter().fold(self, |idp, binding| idp.slo_endpoint(binding, &url))
    }

    /// Takes logout messages by this binding at this URL, in the place of another one of this binding; by no binding that is not
    /// named. What an imitated product takes by itself is gone then.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use saml_sp::Binding;
    /// use saml_sp::testing::TestIdp;
    ///
    /// let test_idp = TestIdp::with_ecdsa("https://idp.example.com/metadata")?
    ///     .slo_endpoint(Binding::Redirect, "https://idp.example.com/slo")
    ///     .slo_endpoint(Binding::Post, "https://idp.example.com/slo");
    /// assert!(!test_idp.metadata()?.contains("bindings:SOAP"));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn slo_endpoint(mut self, binding: Binding, url: impl Into<String>) -> Self {
        self.slo_endpoints.retain(|(known, _)| *known != binding);
        self.slo_endpoints.push((binding, url.into()));
        self
    }

    /// Takes answers to logout requests at this URL: the ResponseLocation of each endpoint.
    #[must_use]
    pub fn slo_response_url(mut self, url: impl Into<String>) -> Self {
        self.slo_response_url = Some(url.into());
        self
    }

    /// A request to a service provider to end this session, for its logout URL.
    #[must_use]
    pub fn logout_request(&self, session: &Session, slo_url: &str) -> Logout {
        let name_id = session.name_id().map(|name_id| AnswerNameId {
            value: name_id.value.clone(),
            format: name_id.format.clone(),
            name_qualifier: name_id.name_qualifier.clone(),
            sp_name_qualifier: name_id.sp_name_qualifier.clone(),
        });
        Logout {
            not_on_or_after: self.clock.now().checked_add_signed(Duration::minutes(5)),
            name_id,
            session_indexes: session.session_indexes().to_vec(),
            ..self.logout("LogoutRequest", slo_url)
        }
    }

    /// As [`logout_request`](Self::logout_request), to end the session that this answer began.
    #[must_use]
    pub fn logout_of(&self, answer: &Answer, slo_url: &str) -> Logout {
        Logout {
            not_on_or_after: self.clock.now().checked_add_signed(Duration::minutes(5)),
            name_id: answer.name_id.clone(),
            session_indexes: answer.session_index.clone().into_iter().collect(),
            ..self.logout("LogoutRequest", slo_url)
        }
    }

    /// A good answer to a request of a service provider, for its logout URL.
    #[must_use]
    pub fn logout_response(&self, request: &ReceivedLogoutMessage, slo_url: &str) -> Logout {
        Logout {
            in_response_to: Some(request.id.clone()),
            relay_state: request.relay_state.clone(),
            status: vec![urn::status::SUCCESS.to_owned()],
            ..self.logout("LogoutResponse", slo_url)
        }
    }

    fn logout(&self, element: &'static str, slo_url: &str) -> Logout {
        Logout {
            element,
            id: new_id(),
            version: "2.0".to_owned(),
            issue_instant: self.clock.now(),
            issuer: Some(self.entity_id.clone()),
            destination: Some(slo_url.to_owned()),
            sign: self.imitation.is_none_or(|imitation| imitation.signs_logout),
            relay_state: None,
            not_on_or_after: None,
            reason: None,
            name_id: None,
            session_indexes: Vec::new(),
            encryption: None,
            in_response_to: None,
            status: Vec::new(),
            style: self.message_style,
        }
    }

    /// The query that carries a logout message by Redirect.
    ///
    /// # Errors
    /// Where a value cannot stand in XML, or the key cannot sign.
    pub fn logout_query(&self, logout: &Logout) -> Result<String, TestIdpError> {
        let xml = logout.encrypted()?;
        let algorithm = logout.sign.then_some(self.algorithm);
        let Some(spelling) = self.spelling else {
            let query = redirect::query(logout.parameter(), &xml, logout.relay_state.as_deref(), algorithm);
            return if logout.sign { self.sign_query(query) } else { Ok(query) };
        };
        let message = base64::encode(&deflate::deflate(xml.as_bytes()));
        let state = logout.relay_state.as_deref().map(|state| ("RelayState", state));
        let algorithm = algorithm.map(|algorithm| ("SigAlg", algorithm.uri()));
        let parameters: Vec<_> =
            [Some((logout.parameter(), message.as_str())), state, algorithm].into_iter().flatten().collect();
        let query = spelling.query(&parameters);
        if !logout.sign {
            return Ok(query);
        }
        let signature = base64::encode(&self.signature_of(&query)?);
        Ok(format!("{query}&{}", spelling.query(&[("Signature", &signature)])))
    }

    /// Signs the octets of a query as they are, for queries that a test writes itself.
    ///
    /// # Errors
    /// Where the key cannot sign.
    pub fn sign_query(&self, octets: String) -> Result<String, TestIdpError> {
        let signature = self.signature_of(&octets)?;
        Ok(redirect::signed(octets, &signature))
    }

    fn signature_of(&self, octets: &str) -> Result<Vec<u8>, TestIdpError> {
        let signature = self.key.private.sign(self.algorithm, octets.as_bytes());
        signature.map_err(|error| TestIdpError::new("sign a query", error))
    }

    /// The form that carries a logout message by POST.
    ///
    /// # Errors
    /// As for [`logout_query`](Self::logout_query).
    pub fn logout_form(&self, logout: &Logout) -> Result<LogoutForm, TestIdpError> {
        let message = Some(base64::encode(self.signed_logout(logout)?.as_bytes()));
        let relay_state = logout.relay_state.clone();
        Ok(if logout.parameter() == "SAMLRequest" {
            LogoutForm { saml_request: message, saml_response: None, relay_state }
        } else {
            LogoutForm { saml_request: None, saml_response: message, relay_state }
        })
    }

    /// The body that carries a logout message by SOAP.
    ///
    /// # Errors
    /// As for [`logout_query`](Self::logout_query).
    pub fn logout_soap(&self, logout: &Logout) -> Result<String, TestIdpError> {
        let (before, after) = soap::ENVELOPE;
        Ok([before, &self.signed_logout(logout)?, after].concat())
    }

    /// A logout message as XML, signed inside.
    ///
    /// # Errors
    /// As for [`logout_query`](Self::logout_query).
    pub fn signed_logout(&self, logout: &Logout) -> Result<String, TestIdpError> {
        let xml = logout.encrypted()?;
        if logout.sign { self.sign_element(&xml, &logout.id) } else { Ok(xml) }
    }

    /// Reads a logout message on its way out of a service provider by way of the browser. Of one that is [known](Self::know) the
    /// signature is verified, and must be there.
    ///
    /// # Errors
    /// Where it carries no logout message, or one whose signature is missing or wrong.
    pub fn receive_logout(&self, outbound: &Outbound) -> Result<ReceivedLogoutMessage, TestIdpError> {
        match outbound {
            Outbound::Redirect(url) => {
                let (_, query) = url.split_once('?').unwrap_or_default();
                self.receive_logout_query(query)
            }
            Outbound::Post(form) => {
                let field =
                    |name| form.fields.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str());
                self.receive_logout_form(field("SAMLRequest"), field("SAMLResponse"), field("RelayState"))
            }
        }
    }

    /// Reads the query of a logout message by the Redirect binding, as it came.
    ///
    /// ```
    /// use saml_sp::testing::{ReceivedLogoutMessage, TestIdp, TestIdpError};
    ///
    /// /// What a page behind the logout URL does, for GET and for POST.
    /// fn slo(test_idp: &TestIdp, query: &str, form: &[(&str, &str)]) -> Result<ReceivedLogoutMessage, TestIdpError> {
    ///     let field = |name| form.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
    ///     match form.is_empty() {
    ///         true => test_idp.receive_logout_query(query),
    ///         false => test_idp.receive_logout_form(field("SAMLRequest"), field("SAMLResponse"), field("RelayState")),
    ///     }
    /// }
    /// ```
    ///
    /// # Errors
    /// As for [`receive_logout`](Self::receive_logout).
    pub fn receive_logout_query(&self, query: &str) -> Result<ReceivedLogoutMessage, TestIdpError> {
        let get =
            |name| url::form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == name).map(|(_, value)| value);
        let bytes = message(get("SAMLRequest").as_deref(), get("SAMLResponse").as_deref())?;
        let xml = deflate::inflate(&bytes, Limits::default().message_bytes)
            .map_err(|error| TestIdpError::new("inflate a message", error))?;
        let received = ReceivedLogoutMessage::read(&xml, get("RelayState").map(Cow::into_owned))?;
        let signed = self.known(&received.issuer).map(|known| known.verify_query(query));
        received.if_signed(signed)
    }

    /// Reads the form fields of a logout message by the POST binding: a request or a response, and RelayState.
    ///
    /// # Errors
    /// As for [`receive_logout`](Self::receive_logout).
    pub fn receive_logout_form(
        &self,
        saml_request: Option<&str>,
        saml_response: Option<&str>,
        relay_state: Option<&str>,
    ) -> Result<ReceivedLogoutMessage, TestIdpError> {
        let xml = message(saml_request, saml_response)?;
        let received = ReceivedLogoutMessage::read(&xml, relay_state.map(str::to_owned))?;
        let signed = self.known(&received.issuer).map(|known| known.verify_document(&received.xml));
        received.if_signed(signed)
    }

    /// Reads the body of a SOAP request likewise.
    ///
    /// # Errors
    /// As for [`receive_logout`](Self::receive_logout).
    pub fn receive_logout_call(&self, call: &LogoutCall) -> Result<ReceivedLogoutMessage, TestIdpError> {
        self.receive_logout_soap(&call.body)
    }

    /// Reads the answer of a service provider, by whichever channel it came.
    ///
    /// # Errors
    /// As for [`receive_logout`](Self::receive_logout).
    pub fn receive_logout_reply(&self, reply: &LogoutReply) -> Result<ReceivedLogoutMessage, TestIdpError> {
        match reply {
            LogoutReply::Browser(outbound) => self.receive_logout(outbound),
            LogoutReply::Soap(body) => self.receive_logout_soap(body),
        }
    }

    fn receive_logout_soap(&self, body: &str) -> Result<ReceivedLogoutMessage, TestIdpError> {
        let doing = "read a SOAP message";
        let document = Document::parse(body.as_bytes(), &Limits::default().message())
            .map_err(|error| TestIdpError::new(doing, error))?;
        let message = soap::message(&document).map_err(|error| TestIdpError::new(doing, error))?;
        let xml = document.source().get(message.span()).unwrap_or_default();
        let received = ReceivedLogoutMessage::read(xml.as_bytes(), None)?;
        let signed = self.known(&received.issuer).map(|known| known.verify_document(&received.xml));
        received.if_signed(signed)
    }
}

/// The one message that a query or a form carries.
fn message(request: Option<&str>, response: Option<&str>) -> Result<Vec<u8>, TestIdpError> {
    let text = match (request, response) {
        (Some(text), None) | (None, Some(text)) => text,
        (None, None) => return Err(TestIdpError::new("find a message", "there is no SAMLRequest and no SAMLResponse")),
        (Some(_), Some(_)) => return Err(TestIdpError::new("tell which message is meant", "there are two")),
    };
    base64::decode(text.as_bytes(), Limits::default().message_bytes)
        .map_err(|error| TestIdpError::new("decode a message", error))
}

impl Logout {
    fn parameter(&self) -> &'static str {
        if self.element == "LogoutResponse" { "SAMLResponse" } else { "SAMLRequest" }
    }

    fn encrypted(&self) -> Result<String, TestIdpError> {
        let xml = self.to_xml().map_err(|error| TestIdpError::new("write a logout message", error))?;
        match &self.encryption {
            Some(encryption) => encryption.encrypt(&xml, ""),
            None => Ok(xml),
        }
    }

    fn to_xml(&self) -> Result<String, WriteError> {
        let mut w = Writer::new();
        let (open, request) = match self.element {
            "LogoutResponse" => ("samlp:LogoutResponse", false),
            "LogoutRequest" => ("samlp:LogoutRequest", true),
            other => (other, true),
        };
        w.open(open).attribute("xmlns:saml", ns::SAML).attribute("xmlns:samlp", ns::SAMLP);
        w.attribute("ID", &self.id).attribute("Version", &self.version);
        w.attribute("IssueInstant", &self.style.time(self.issue_instant));
        w.optional("Destination", self.destination.as_deref());
        w.optional("NotOnOrAfter", self.not_on_or_after.map(|at| self.style.time(at)).as_deref());
        w.optional("Reason", self.reason.as_deref());
        w.optional("InResponseTo", self.in_response_to.as_deref());
        if let Some(issuer) = &self.issuer {
            w.open("saml:Issuer").optional("Format", self.style.issuer_format).text(issuer).close();
        }
        if request {
            if let Some(name_id) = &self.name_id {
                name_id.write(&mut w);
            }
            for index in &self.session_indexes {
                w.open("samlp:SessionIndex").text(index).close();
            }
        } else {
            w.open("samlp:Status");
            for code in &self.status {
                w.open("samlp:StatusCode").attribute("Value", code);
            }
            for _ in &self.status {
                w.close();
            }
            w.close();
        }
        w.close();
        Ok(self.style.dress(&w.finish()?))
    }
}

impl ReceivedLogoutMessage {
    fn read(xml: &[u8], relay_state: Option<String>) -> Result<Self, TestIdpError> {
        let doing = "read a logout message";
        let document =
            Document::parse(xml, &Limits::default().message()).map_err(|error| TestIdpError::new(doing, error))?;
        let root = document.root();
        if !root.is(Name::samlp("LogoutRequest")) && !root.is(Name::samlp("LogoutResponse")) {
            return Err(TestIdpError::new(doing, format!("it is a {}", root.local())));
        }
        let missing = |what: &str| TestIdpError::new(doing, format!("it has no {what}"));
        let attribute = |name: &'static str| root.attribute(name).map(str::to_owned);
        let text = |element: Element<'_>| element.text().map(Cow::into_owned);
        let source = |element: Element<'_>| document.source().get(element.span()).map(str::to_owned);
        let codes = root.child(Name::samlp("Status")).into_iter().flat_map(|status| status.descendants_or_self());
        let codes = codes.filter(|element| element.is(Name::samlp("StatusCode")));
        Ok(Self {
            element: root.local().to_owned(),
            id: attribute("ID").ok_or_else(|| missing("ID"))?,
            issuer: root.child(Name::saml("Issuer")).and_then(text).ok_or_else(|| missing("Issuer"))?,
            destination: attribute("Destination"),
            name_id: root.child(Name::saml("NameID")).and_then(source),
            session_indexes: root.children().filter(|e| e.is(Name::samlp("SessionIndex"))).filter_map(text).collect(),
            in_response_to: attribute("InResponseTo"),
            status: codes.filter_map(|code| code.attribute("Value").map(str::to_owned)).collect(),
            relay_state,
            xml: document.source().to_owned(),
        })
    }

    fn if_signed(self, signed: Option<Result<bool, TestIdpError>>) -> Result<Self, TestIdpError> {
        match signed {
            Some(Ok(false)) => Err(TestIdpError::new("take a logout message", "it has no signature")),
            Some(Err(error)) => Err(error),
            Some(Ok(true)) | None => Ok(self),
        }
    }
}
