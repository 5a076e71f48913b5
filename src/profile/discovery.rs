//! Asking a discovery service which identity provider a user has (Identity Provider Discovery Service Protocol and Profile,
//! OASIS 2008): a redirect there, and a redirect back with a name in the query.

use percent_encoding::percent_decode_str;
use url::form_urlencoded;

use crate::binding::{EncodingError, redirect};
use crate::error::{ConfigError, Error};
use crate::saml::EntityId;
use crate::saml::ids::Location;
use crate::text::quoted::Quoted;

/// The parameter of the answer, unless another is asked for.
const ENTITY_ID: &str = "entityID";

/// A discovery service, as this application uses it: where users choose their identity provider.
///
/// ```
/// use saml_sp::{Discovery, DiscoveryOptions, EntityId, Error, IdentityProvider, Metadata, ServiceProvider};
///
/// fn configure(sp: &ServiceProvider) -> Result<(Discovery, String), Error> {
///     let discovery =
///         Discovery::new(sp.entity_id(), "https://discovery.example.org/ds", "https://app.example.com/saml/discovered")?;
///     // Discovery services send users back to published URLs only.
///     let published = discovery.response_urls().fold(sp.metadata(), |metadata, url| metadata.discovery_response(url));
///     Ok((discovery, published.to_xml()?))
/// }
///
/// /// Out: the URL for a 303.
/// fn ask(discovery: &Discovery) -> Result<String, Error> {
///     discovery.request_url(&DiscoveryOptions::new().return_to("https://app.example.com/saml/discovered?page=7"))
/// }
///
/// /// Back, at the discovery response URL. Anybody can write such a link: only who is configured here is gone to.
/// fn chosen(discovery: &Discovery, query: &str, federation: &Metadata) -> Result<Option<IdentityProvider>, Error> {
///     let Some(entity_id) = discovery.read_answer(query)? else { return Ok(None) };
///     Ok(Some(federation.identity_provider(&entity_id)?))
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Discovery {
    service: Location,
    sp: EntityId,
    /// At least one, the first is the default.
    response_urls: (Location, Vec<Location>),
    parameter: String,
}

/// What to ask of a discovery service; by default that users may be asked, and come back to the first of our URLs.
///
/// ```
/// use saml_sp::DiscoveryOptions;
///
/// let quietly = DiscoveryOptions::new().return_to("https://app.example.com/saml/discovered?page=7").is_passive();
/// ```
#[derive(Clone, Debug, Default)]
pub struct DiscoveryOptions {
    return_to: Option<String>,
    is_passive: bool,
}

impl DiscoveryOptions {
    /// No wishes.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Wants the answer at this one of our discovery response URLs, which may have a query of its own behind it: what stands
    /// there comes back, by way of the browser, so it is nothing to believe.
    #[must_use]
    pub fn return_to(mut self, url: impl Into<String>) -> Self {
        self.return_to = Some(url.into());
        self
    }

    /// Forbids the service to show anything to the user: it answers with what it remembers, or with nobody.
    #[must_use]
    pub fn is_passive(mut self) -> Self {
        self.is_passive = true;
        self
    }
}

impl Discovery {
    /// The discovery service at this URL, which sends the users of the service provider of this name back to this URL of ours.
    ///
    /// # Errors
    /// `config-url` for what is no absolute http(s) URL; `config-discovery` where the service has no TLS and is not on loopback (whoever
    /// is in between could show a page of their own), or where our URL has a parameter `entityID` already.
    pub fn new(sp: &EntityId, service_url: &str, response_url: &str) -> Result<Self, Error> {
        let service = location("discovery service", service_url)?;
        if !service.is_https() && !service.is_loopback() {
            return Err(refused("discovery service", service_url, "it has no TLS, and is not on loopback").into());
        }
        let own = response_location(response_url, ENTITY_ID)?;
        Ok(Self { service, sp: sp.clone(), response_urls: (own, Vec::new()), parameter: ENTITY_ID.to_owned() })
    }

    /// Adds a further URL of ours to come back to, for [`DiscoveryOptions::return_to`].
    ///
    /// # Errors
    /// `config-url`; `config-discovery` where it has the parameter of the answer already.
    pub fn with_response_url(mut self, url: &str) -> Result<Self, Error> {
        let own = response_location(url, &self.parameter)?;
        self.response_urls.1.push(own);
        Ok(self)
    }

    /// Wants the answer in this parameter (`returnIDParam`), where `entityID` means something else to the application already.
    ///
    /// # Errors
    /// `config-discovery` for anything but letters, digits, `-`, `_` and `.`, and where one of our URLs has the parameter.
    pub fn with_parameter(mut self, name: &str) -> Result<Self, Error> {
        // Nothing that could be spelled in two ways.
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        if name.is_empty() || !name.bytes().all(plain) {
            return Err(
                refused("parameter", name, "it is not made of letters, digits, hyphens, underscores, dots").into()
            );
        }
        for url in self.response_urls() {
            response_location(url, name)?;
        }
        name.clone_into(&mut self.parameter);
        Ok(self)
    }

    /// Our URLs to come back to, the default one first: what
    /// [`discovery_response`](crate::ServiceProviderMetadata::discovery_response) has to publish.
    pub fn response_urls(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&self.response_urls.0).chain(&self.response_urls.1).map(Location::as_str)
    }

    /// Where to send the browser.
    ///
    /// # Errors
    /// `config-discovery` where [`DiscoveryOptions::return_to`] is none of our URLs, with or without a query behind it, or has the
    /// parameter of the answer in that query; `config-url` where it is no URL at all.
    pub fn request_url(&self, options: &DiscoveryOptions) -> Result<String, Error> {
        let back = match &options.return_to {
            None => self.response_urls.0.as_str(),
            Some(url) => {
                response_location(url, &self.parameter)?;
                if !self.response_urls().any(|own| is_below(url, own)) {
                    return Err(refused("return URL", url, "it is none of our discovery response URLs").into());
                }
                url
            }
        };
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("entityID", self.sp.as_str()).append_pair("return", back);
        if self.parameter != ENTITY_ID {
            query.append_pair("returnIDParam", &self.parameter);
        }
        if options.is_passive {
            query.append_pair("isPassive", "true");
        }
        Ok(redirect::url(self.service.as_str(), &query.finish()))
    }

    /// Which identity provider was chosen, from the query (without its question mark) with which the browser came back; `None` where
    /// nobody was.
    ///
    /// It is anybody's word: whoever makes a user follow a link chooses for them. Look the name up among the identity providers that
    /// are configured here, and begin a login there; who the user is, only the answer to that login says.
    ///
    /// # Errors
    /// `discovery-answer` where the parameter stands there twice or under another spelling, or is no entityID.
    pub fn read_answer(&self, query: &str) -> Result<Option<EntityId>, Error> {
        let mut answer = None;
        for pair in query.split('&') {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            if percent_decode_str(name).decode_utf8_lossy() != self.parameter {
                continue;
            }
            let refused = |reason| EncodingError::DiscoveryAnswer {
                parameter: Quoted::new(&self.parameter),
                found: Quoted::new(pair),
                reason,
            };
            if name != self.parameter {
                return Err(refused("its name is spelled in another way").into());
            }
            let value = value.replace('+', " ");
            let value = percent_decode_str(&value).decode_utf8().map_err(|_| refused("it is not UTF-8"))?;
            let entity_id = EntityId::new(&value).map_err(|_| refused("it is no entityID"))?;
            if answer.replace(entity_id).is_some() {
                return Err(refused("it stands there more than once").into());
            }
        }
        Ok(answer)
    }
}

fn refused(what: &'static str, found: &str, reason: &'static str) -> ConfigError {
    ConfigError::Discovery { what, found: Quoted::new(found), reason }
}

fn location(what: &'static str, url: &str) -> Result<Location, ConfigError> {
    Location::new(url).map_err(|source| ConfigError::Url { what, found: Quoted::new(url), source })
}

/// A URL of ours to which the answer can be added: with the parameter there already, two would come back.
fn response_location(url: &str, parameter: &str) -> Result<Location, ConfigError> {
    let location = location("discovery response URL", url)?;
    let query = url.split_once('?').map_or("", |(_, query)| query);
    if form_urlencoded::parse(query.as_bytes()).any(|(name, _)| name == parameter) {
        return Err(refused("discovery response URL", url, "it has the parameter of the answer in its query"));
    }
    Ok(location)
}

/// Whether `url` is this one of ours to the letter, or that and a query.
fn is_below(url: &str, own: &str) -> bool {
    let separator = if own.contains('?') { '&' } else { '?' };
    url.strip_prefix(own).is_some_and(|rest| rest.is_empty() || rest.starts_with(separator))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SP: &str = "https://app.example.com/saml?a=b c";
    const DS: &str = "https://ds.example.org/choose";
    const OURS: &str = "https://app.example.com/discovered";

    fn discovery() -> Discovery {
        Discovery::new(&EntityId::new(SP).unwrap(), DS, OURS).unwrap()
    }

    fn parameters(url: &str) -> Vec<(String, String)> {
        url::Url::parse(url).unwrap().query_pairs().into_owned().collect()
    }

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn iip_sp04_sdp_sp23_a_discovery_service_is_asked_for_an_identity_provider() {
        let url = discovery().request_url(&DiscoveryOptions::new()).unwrap();
        assert!(url.starts_with("https://ds.example.org/choose?entityID=https%3A%2F%2Fapp"), "{url}");
        assert_eq!(parameters(&url), pairs(&[("entityID", SP), ("return", OURS)]));

        let discovery =
            Discovery::new(&EntityId::new(SP).unwrap(), "https://ds.example.org/?federation=x", OURS).unwrap();
        let discovery = discovery.with_parameter("idp").unwrap();
        let back = format!("{OURS}?entityID=kept&page=%2Fa%26b");
        let url = discovery.request_url(&DiscoveryOptions::new().return_to(&back).is_passive()).unwrap();
        let expected =
            [("federation", "x"), ("entityID", SP), ("return", &back), ("returnIDParam", "idp"), ("isPassive", "true")];
        assert_eq!(parameters(&url), pairs(&expected));
    }

    #[test]
    fn iip_sp04_the_answer_names_one_identity_provider_or_nobody() {
        let read = |query| discovery().read_answer(query).unwrap().map(|id| id.as_str().to_owned());
        assert_eq!(
            read("entityID=https%3A%2F%2Fidp.example.org%2Fa%2Bb").as_deref(),
            Some("https://idp.example.org/a+b")
        );
        assert_eq!(read("page=7&entityID=the+idp&x=%zz").as_deref(), Some("the idp"));
        assert_eq!(read(""), None);
        assert_eq!(read("page=7&entityid=https%3A%2F%2Fidp.example.org&idp=x"), None, "another name");
        let other = discovery().with_parameter("idp").unwrap();
        assert_eq!(other.read_answer("entityID=a&idp=b").unwrap(), Some(EntityId::new("b").unwrap()));
    }

    #[test]
    fn answers_that_have_two_meanings_or_none_are_refused() {
        for (query, reason) in [
            ("entityID=a&entityID=b", "more than once"),
            ("entityID=a&x=y&entityID=a", "more than once"),
            ("entityID=a&entity%49D=b", "spelled in another way"),
            ("%65ntityID=a", "spelled in another way"),
            ("entityID=", "no entityID"),
            ("entityID", "no entityID"),
            ("entityID=%00", "no entityID"),
            ("entityID=%ff", "not UTF-8"),
        ] {
            let error = discovery().read_answer(query).unwrap_err();
            assert_eq!((error.code(), error.whose()), ("discovery-answer", crate::Whose::Attack), "{query}");
            assert!(error.to_string().contains(reason), "{query}: {error}");
            assert!(error.to_string().contains("\"entityID\"") && !error.hint().is_empty(), "{error}");
        }
        let long = format!("entityID={}", "a".repeat(1025));
        assert_eq!(discovery().read_answer(&long).unwrap_err().code(), "discovery-answer");
    }

    #[test]
    fn users_come_back_to_our_own_urls_only() {
        let tenant = "https://app.example.com/discovered?tenant=1";
        let discovery = Discovery::new(&EntityId::new(SP).unwrap(), DS, OURS).unwrap();
        let only = Discovery::new(&EntityId::new(SP).unwrap(), DS, tenant).unwrap();
        let both = discovery.clone().with_response_url(tenant).unwrap();
        assert_eq!(both.response_urls().collect::<Vec<_>>(), [OURS, tenant]);
        let ask = |discovery: &Discovery, url: &str| discovery.request_url(&DiscoveryOptions::new().return_to(url));
        for url in [tenant, "https://app.example.com/discovered?tenant=1&page=7"] {
            assert!(ask(&only, url).is_ok() && ask(&both, url).is_ok(), "{url}");
        }
        for (url, code) in [
            ("https://app.example.com/discovered?tenant=12", "config-discovery"),
            ("https://app.example.com/discovered?tenant=1?page=7", "config-discovery"),
            ("https://app.example.com/discovered", "config-discovery"),
            ("https://app.example.com:443/discovered?tenant=1", "config-discovery"),
            ("https://evil.example/discovered?tenant=1", "config-discovery"),
            ("https://app.example.com/discovered?tenant=1&entityID=x", "config-discovery"),
            ("https://app.example.com/discovered?tenant=1&entity%49D=x", "config-discovery"),
            ("/discovered?tenant=1", "config-url"),
            ("javascript:alert(1)", "config-url"),
        ] {
            let error = ask(&only, url).unwrap_err();
            assert_eq!(error.code(), code, "{url}");
            assert!(error.to_string().contains(url) && !error.hint().is_empty(), "{error}");
        }
        for url in ["https://app.example.com/discovered.evil.example", "https://app.example.com/discovered/../x"] {
            assert_eq!(ask(&discovery, url).unwrap_err().code(), "config-discovery", "{url}");
        }
    }

    #[test]
    fn services_and_parameters_that_cannot_be() {
        let sp = EntityId::new(SP).unwrap();
        let code = |service, ours| Discovery::new(&sp, service, ours).unwrap_err().code();
        assert_eq!(code("http://ds.example.org/", OURS), "config-discovery");
        assert_eq!(code("ds.example.org", OURS), "config-url");
        assert_eq!(code(DS, "/discovered"), "config-url");
        assert_eq!(code(DS, "https://app.example.com/discovered?entityID=a"), "config-discovery");
        assert!(Discovery::new(&sp, "http://localhost:8080/ds", "http://localhost/discovered").is_ok());
        for name in ["", "a b", "a&b", "é", "a=b", "a%20"] {
            assert_eq!(discovery().with_parameter(name).unwrap_err().code(), "config-discovery", "{name}");
        }
        let tenant = "https://app.example.com/discovered?idp=1";
        let discovery = discovery().with_response_url(tenant).unwrap();
        assert_eq!(discovery.with_parameter("idp").unwrap_err().code(), "config-discovery");
    }
}
