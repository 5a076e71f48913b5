//! What the test identity provider reads from a request.

use super::TestIdpError;
use crate::limits::Limits;
use crate::profile::login::begin::Outbound;
use crate::text::{base64, deflate};
use crate::xml::{Document, Name};

/// A request as the test identity provider received it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReceivedRequest {
    /// The request's ID.
    pub id: String,
    /// The service provider's entityID.
    pub issuer: String,
    /// Where the answer goes.
    pub acs_url: String,
    /// Whether a new authentication is demanded.
    pub force_authn: bool,
    /// Whether nothing may be shown to the user.
    pub is_passive: bool,
    /// The NameID Format that is asked for.
    pub name_id_format: Option<String>,
    /// What must be sent back with the answer.
    pub relay_state: Option<String>,
    /// The whole message.
    pub xml: String,
}

impl super::TestIdp {
    /// Reads a request on its way out of a service provider.
    ///
    /// # Errors
    /// Where it carries no AuthnRequest.
    pub fn receive(&self, outbound: &Outbound) -> Result<ReceivedRequest, TestIdpError> {
        match outbound {
            Outbound::Redirect(url) => {
                let (_, query) = url.split_once('?').unwrap_or_default();
                self.receive_query(query)
            }
            Outbound::Post(form) => {
                let field =
                    |name| form.fields.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str());
                self.receive_form(field("SAMLRequest").unwrap_or_default(), field("RelayState"))
            }
        }
    }

    /// Reads the query of a request by the Redirect binding.
    ///
    /// # Errors
    /// Where it carries no AuthnRequest.
    pub fn receive_query(&self, query: &str) -> Result<ReceivedRequest, TestIdpError> {
        let get =
            |name| url::form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == name).map(|(_, value)| value);
        let bytes = decode(&get("SAMLRequest").unwrap_or_default())?;
        let max = Limits::default().message_bytes;
        let xml = deflate::inflate(&bytes, max).map_err(|error| TestIdpError::new("inflate a request", error))?;
        read(&xml, get("RelayState").as_deref())
    }

    /// Reads the form fields of a request by the POST binding.
    ///
    /// # Errors
    /// Where they carry no AuthnRequest.
    pub fn receive_form(&self, saml_request: &str, relay_state: Option<&str>) -> Result<ReceivedRequest, TestIdpError> {
        read(&decode(saml_request)?, relay_state)
    }
}

fn decode(text: &str) -> Result<Vec<u8>, TestIdpError> {
    base64::decode(text.as_bytes(), Limits::default().message_bytes)
        .map_err(|error| TestIdpError::new("decode a request", error))
}

fn read(bytes: &[u8], relay_state: Option<&str>) -> Result<ReceivedRequest, TestIdpError> {
    let doing = "read a request";
    let document =
        Document::parse(bytes, &Limits::default().message()).map_err(|error| TestIdpError::new(doing, error))?;
    let root = document.root();
    if !root.is(Name::samlp("AuthnRequest")) {
        return Err(TestIdpError::new(doing, format!("it is a {}", root.local())));
    }
    let attribute = |name: &'static str| root.attribute(name).map(str::to_owned);
    let required = |name| attribute(name).ok_or_else(|| TestIdpError::new(doing, format!("it has no {name}")));
    let issuer = root.child(Name::saml("Issuer")).and_then(|issuer| issuer.text().map(std::borrow::Cow::into_owned));
    let policy = root.child(Name::samlp("NameIDPolicy"));
    Ok(ReceivedRequest {
        id: required("ID")?,
        issuer: issuer.ok_or_else(|| TestIdpError::new(doing, "it has no Issuer"))?,
        acs_url: required("AssertionConsumerServiceURL")?,
        force_authn: attribute("ForceAuthn").as_deref() == Some("true"),
        is_passive: attribute("IsPassive").as_deref() == Some("true"),
        name_id_format: policy.and_then(|policy| policy.attribute("Format")).map(str::to_owned),
        relay_state: relay_state.map(str::to_owned),
        xml: document.source().to_owned(),
    })
}
