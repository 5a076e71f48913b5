//! What the test identity provider reads from a request.

use super::TestIdpError;
use crate::limits::Limits;
use crate::profile::outbound::Outbound;
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
    /// The authentication contexts that are asked for.
    pub authn_contexts: Vec<String>,
    /// How they are compared; `None` means `exact`.
    pub authn_comparison: Option<String>,
    /// What must be sent back with the answer.
    pub relay_state: Option<String>,
    /// Whether it was signed, by a key in the metadata of the service provider; `false` where that is not known.
    pub signed: bool,
    /// The whole message.
    pub xml: String,
}

impl super::TestIdp {
    /// Reads a request on its way out of a service provider. Of one that is [known](Self::know) signatures are verified.
    ///
    /// # Errors
    /// Where it carries no AuthnRequest, or one whose signature is missing or wrong.
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

    /// Reads the query of a request by the Redirect binding, as it came.
    ///
    /// # Errors
    /// As for [`receive`](Self::receive).
    pub fn receive_query(&self, query: &str) -> Result<ReceivedRequest, TestIdpError> {
        let get =
            |name| url::form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == name).map(|(_, value)| value);
        let bytes = decode(&get("SAMLRequest").unwrap_or_default())?;
        let max = Limits::default().message_bytes;
        let xml = deflate::inflate(&bytes, max).map_err(|error| TestIdpError::new("inflate a request", error))?;
        let request = read(&xml, get("RelayState").as_deref())?;
        let Some(known) = self.known(&request.issuer) else { return Ok(request) };
        let signed = known.verify_query(query)?;
        self.as_wanted(request, signed)
    }

    /// Reads the form fields of a request by the POST binding.
    ///
    /// # Errors
    /// As for [`receive`](Self::receive).
    pub fn receive_form(&self, saml_request: &str, relay_state: Option<&str>) -> Result<ReceivedRequest, TestIdpError> {
        let request = read(&decode(saml_request)?, relay_state)?;
        let Some(known) = self.known(&request.issuer) else { return Ok(request) };
        let signed = known.verify_document(&request.xml)?;
        self.as_wanted(request, signed)
    }

    fn as_wanted(&self, request: ReceivedRequest, signed: bool) -> Result<ReceivedRequest, TestIdpError> {
        let wanted =
            self.wants_signed_requests || self.known(&request.issuer).is_some_and(|known| known.signs_requests);
        if wanted && !signed {
            return Err(TestIdpError::new("take a request", "it has no signature"));
        }
        Ok(ReceivedRequest { signed, ..request })
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
    let asked = root.child(Name::samlp("RequestedAuthnContext"));
    let classes =
        asked.into_iter().flat_map(|asked| asked.children()).filter(|e| e.is(Name::saml("AuthnContextClassRef")));
    Ok(ReceivedRequest {
        id: required("ID")?,
        issuer: issuer.ok_or_else(|| TestIdpError::new(doing, "it has no Issuer"))?,
        acs_url: required("AssertionConsumerServiceURL")?,
        force_authn: attribute("ForceAuthn").as_deref() == Some("true"),
        is_passive: attribute("IsPassive").as_deref() == Some("true"),
        name_id_format: policy.and_then(|policy| policy.attribute("Format")).map(str::to_owned),
        authn_contexts: classes.filter_map(|class| class.text().map(std::borrow::Cow::into_owned)).collect(),
        authn_comparison: asked.and_then(|asked| asked.attribute("Comparison")).map(str::to_owned),
        relay_state: relay_state.map(str::to_owned),
        signed: false,
        xml: document.source().to_owned(),
    })
}
