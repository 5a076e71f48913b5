//! A logout message as the framework hands it over.

use crate::saml::urn::Binding;

/// A logout message that arrived at one of our logout URLs, by one of three bindings.
///
/// ```
/// use saml_sp::Inbound;
///
/// // GET: the query as it stands in the URL, before anything decodes it: its octets are what is signed.
/// let by_redirect = Inbound::query("SAMLRequest=fZ…&SigAlg=…&Signature=…");
/// // POST, a form: the fields as the framework decoded them.
/// let by_post = Inbound::form(Some("PHNhbWxwOkxvZ291dFJlcXVlc3Q+…"), None, Some("the RelayState"));
/// // POST, text/xml: the body.
/// let by_soap = Inbound::soap(b"<soap:Envelope>...</soap:Envelope>");
/// # _ = (by_redirect, by_post, by_soap);
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Inbound<'a>(pub(super) Arrived<'a>);

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Arrived<'a> {
    Query(&'a str),
    Decoded(&'a [(&'a str, &'a str)]),
    Form { request: Option<&'a str>, response: Option<&'a str>, relay_state: Option<&'a str> },
    Soap(&'a [u8]),
}

impl<'a> Inbound<'a> {
    /// By Redirect: the query of the URL, without its question mark and exactly as it came. A framework that sorts, decodes or
    /// encodes it anew breaks the signature.
    #[must_use]
    pub fn query(raw: &'a str) -> Self {
        Self(Arrived::Query(raw.strip_prefix('?').unwrap_or(raw)))
    }

    /// By Redirect, where the framework gives away decoded parameters only, each with its name and value.
    ///
    /// What was signed is lost then, and is made anew in each of the spellings that products are known to use, until the
    /// signature verifies by one; [`ReceivedLogout::spelling`](crate::ReceivedLogout::spelling) says by which. It costs
    /// several verifications for each trusted key, and fails for a product that spells in yet another way. Prefer
    /// [`query`](Self::query).
    #[must_use]
    pub fn decoded_query(parameters: &'a [(&'a str, &'a str)]) -> Self {
        Self(Arrived::Decoded(parameters))
    }

    /// By POST: the fields `SAMLRequest` and `SAMLResponse`, one of which is there, and `RelayState`, as the framework decoded
    /// them (once).
    #[must_use]
    pub fn form(saml_request: Option<&'a str>, saml_response: Option<&'a str>, relay_state: Option<&'a str>) -> Self {
        Self(Arrived::Form { request: saml_request, response: saml_response, relay_state })
    }

    /// By SOAP: the body of an HTTP request, or of the response to one of ours.
    #[must_use]
    pub fn soap(body: &'a [u8]) -> Self {
        Self(Arrived::Soap(body))
    }

    pub(super) fn binding(&self) -> Binding {
        match self.0 {
            Arrived::Query(_) | Arrived::Decoded(_) => Binding::Redirect,
            Arrived::Form { .. } => Binding::Post,
            Arrived::Soap(_) => Binding::Soap,
        }
    }
}

impl std::fmt::Debug for Inbound<'_> {
    /// Sizes only: the message holds personal data.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let length = match self.0 {
            Arrived::Query(query) => query.len(),
            Arrived::Decoded(parameters) => parameters.iter().map(|(_, value)| value.len()).sum(),
            Arrived::Form { request, response, .. } => request.or(response).map_or(0, str::len),
            Arrived::Soap(body) => body.len(),
        };
        write!(f, "Inbound({}, {length} bytes)", self.binding())
    }
}
