//! Metadata over HTTP. An administrator types the URL, and this server follows it: so it must lead nowhere that only this server
//! can reach, and it must end.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use saml_sp::Quoted;
use ureq::http::{Response, Uri, header};
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};
use ureq::{Agent, Body};
use url::{Host, Url};

/// Ours are followed by hand, each checked as the first was.
const REDIRECTS: usize = 3;

/// Longer ones are nobody's; they would be kept in the database and sent again.
const ETAG_BYTES: usize = 1024;

/// Where the fetch may go besides the internet.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reach {
    /// The networks that are one's own: the administrator says that identity providers are there.
    pub(crate) private: bool,
    /// This machine: only while the application itself listens here alone.
    pub(crate) loopback: bool,
}

/// What a fetch may cost.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    /// For everything: names, connections, redirects, the document.
    pub(crate) time: Duration,
    /// Of the document. One identity provider has tens of KB; the list of a large federation has more than this, and is not meant.
    pub(crate) bytes: u64,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { time: Duration::from_secs(10), bytes: 20 * 1024 * 1024 }
    }
}

/// A client for metadata. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Fetch {
    agent: Agent,
    reach: Reach,
    bounds: Bounds,
    /// Whether there is any certification authority to trust.
    authorities: bool,
}

/// What was fetched.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Fetched {
    /// The document is the one that the ETag names.
    NotModified,
    Document {
        bytes: Vec<u8>,
        /// To be given next time.
        etag: Option<String>,
    },
}

impl Fetch {
    /// Trusts the certification authorities of this machine.
    pub(crate) fn new(reach: Reach) -> Self {
        let found = rustls_native_certs::load_native_certs().certs;
        let authorities = found.iter().map(|der| Certificate::from_der(der).to_owned()).collect();
        Self::with(reach, Bounds::default(), authorities)
    }

    pub(crate) fn with(reach: Reach, bounds: Bounds, authorities: Vec<Certificate<'static>>) -> Self {
        let trusted = !authorities.is_empty();
        let tls = TlsConfig::builder()
            .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
            .root_certs(RootCerts::from(authorities));
        let config = Agent::config_builder()
            .tls_config(tls.build())
            // One of the environment would resolve names for us, and reach what we must not.
            .proxy(None)
            .max_redirects(0)
            .http_status_as_error(false)
            // Each fetch resolves its name and is checked.
            .max_idle_connections(0)
            .accept("application/samlmetadata+xml, application/xml;q=0.9, */*;q=0.5")
            .user_agent("secure-share")
            .build();
        let agent = Agent::with_parts(config, DefaultConnector::default(), Checked { reach, dns: <_>::default() });
        Self { agent, reach, bounds, authorities: trusted }
    }

    /// The document at this URL, unless it still is the one of the ETag. It blocks.
    ///
    /// What the server says about its type is not looked at: many send metadata as text or as anything. Reading it decides.
    pub(crate) fn get(&self, url: &str, etag: Option<&str>) -> Result<Fetched, FetchError> {
        let end = Instant::now() + self.bounds.time;
        let mut url = Url::parse(url.trim()).map_err(|why| FetchError::no_url(url, why.to_string()))?;
        for _ in 0..=REDIRECTS {
            self.check(&url)?;
            let response = self.ask(&url, etag, end)?;
            match response.status().as_u16() {
                200 => return self.document(&url, response),
                304 if etag.is_some() => return Ok(Fetched::NotModified),
                301 | 302 | 303 | 307 | 308 => url = next(&url, &response)?,
                status => return Err(FetchError::Status { host: host(&url), status }),
            }
        }
        Err(FetchError::Redirects { host: host(&url) })
    }

    /// What can be said before a name is resolved.
    fn check(&self, url: &Url) -> Result<(), FetchError> {
        if !url.username().is_empty() || url.password().is_some() {
            return Err(FetchError::Credentials { host: host(url) });
        }
        match url.scheme() {
            "https" if self.authorities => Ok(()),
            "https" => Err(FetchError::NoAuthorities),
            "http" if is_this_machine(url) && self.reach.loopback => Ok(()),
            "http" => Err(FetchError::NotHttps { host: host(url) }),
            scheme => Err(FetchError::no_url(url.as_str(), format!("{scheme} is not fetched"))),
        }
    }

    fn ask(&self, url: &Url, etag: Option<&str>, end: Instant) -> Result<Response<Body>, FetchError> {
        let left = end.saturating_duration_since(Instant::now());
        let mut request = self.agent.get(url.as_str());
        if let Some(etag) = etag {
            request = request.header(header::IF_NONE_MATCH, etag);
        }
        let request = request.config().timeout_global(Some(left)).build();
        request.call().map_err(|error| self.failed(url, error))
    }

    fn document(&self, url: &Url, mut response: Response<Body>) -> Result<Fetched, FetchError> {
        let limit = self.bounds.bytes;
        if response.body().content_length().is_some_and(|length| length > limit) {
            return Err(FetchError::TooLarge { host: host(url), limit });
        }
        let etag = response.headers().get(header::ETAG).and_then(|etag| etag.to_str().ok());
        let etag = etag.filter(|etag| etag.len() <= ETAG_BYTES).map(str::to_owned);
        let bytes = response.body_mut().with_config().limit(limit).read_to_vec();
        Ok(Fetched::Document { bytes: bytes.map_err(|error| self.failed(url, error))?, etag })
    }

    fn failed(&self, url: &Url, error: ureq::Error) -> FetchError {
        let host = host(url);
        match error {
            ureq::Error::Timeout(_) => FetchError::TooSlow { host, limit: self.bounds.time },
            ureq::Error::BodyExceedsLimit(limit) => FetchError::TooLarge { host, limit },
            ureq::Error::Other(ours) => match ours.downcast::<FetchError>() {
                Ok(ours) => *ours,
                Err(other) => FetchError::Connection { host, why: Quoted::new(other.to_string()) },
            },
            ureq::Error::Rustls(error) => FetchError::Tls { host, why: Quoted::new(error.to_string()) },
            ureq::Error::Io(error) => match error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
                Some(error) => FetchError::Tls { host, why: Quoted::new(error.to_string()) },
                None => FetchError::Connection { host, why: Quoted::new(error.to_string()) },
            },
            other => FetchError::Connection { host, why: Quoted::new(other.to_string()) },
        }
    }
}

/// Where a redirect leads.
fn next(url: &Url, response: &Response<Body>) -> Result<Url, FetchError> {
    let location = response.headers().get(header::LOCATION).and_then(|location| location.to_str().ok());
    let location = location.unwrap_or_default();
    let next = url.join(location).map_err(|why| FetchError::no_url(location, why.to_string()))?;
    // Whoever stands in between could alter what comes from there, the path of the certificates too.
    if url.scheme() == "https" && next.scheme() == "http" {
        return Err(FetchError::NotHttps { host: host(&next) });
    }
    Ok(next)
}

fn host(url: &Url) -> Quoted {
    Quoted::new(url.host_str().unwrap_or_default())
}

/// Whether the host is this machine by its very name. What the name leads to is checked all the same.
fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => {
            let name = name.strip_suffix('.').unwrap_or(name);
            name == "localhost" || name.ends_with(".localhost")
        }
        Some(Host::Ipv4(address)) => Place::of(address.into()) == Place::Loopback,
        Some(Host::Ipv6(address)) => Place::of(address.into()) == Place::Loopback,
        None => false,
    }
}

/// Resolves names, and gives away only addresses that may be reached: those are connected to, so that a name cannot lead
/// elsewhere when it is asked for a second time.
struct Checked {
    reach: Reach,
    dns: DefaultResolver,
}

impl Resolver for Checked {
    fn resolve(
        &self,
        uri: &Uri,
        config: &ureq::config::Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let host = || Quoted::new(uri.host().unwrap_or_default());
        let found = self.dns.resolve(uri, config, timeout).map_err(|error| match error {
            ureq::Error::Io(error) => refuse(FetchError::Unknown { host: host(), why: Quoted::new(error.to_string()) }),
            ureq::Error::HostNotFound => refuse(FetchError::Unknown { host: host(), why: Quoted::new("no address") }),
            other => other,
        })?;
        for socket in &*found {
            let (address, place) = (socket.ip(), Place::of(socket.ip()));
            let allowed = match place {
                Place::Internet => true,
                Place::Loopback => self.reach.loopback,
                Place::Private => self.reach.private,
                Place::Nowhere => false,
            };
            if !allowed {
                return Err(refuse(FetchError::Address { host: host(), address, place }));
            }
            // A name that was taken for this machine's.
            if uri.scheme_str() != Some("https") && place != Place::Loopback {
                return Err(refuse(FetchError::NotHttps { host: host() }));
            }
        }
        Ok(found)
    }
}

impl fmt::Debug for Checked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Checked({:?})", self.reach)
    }
}

fn refuse(error: FetchError) -> ureq::Error {
    ureq::Error::Other(Box::new(error))
}

/// Whose an address is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Internet,
    /// This machine.
    Loopback,
    /// A network of one's own.
    Private,
    /// Of no host, or of one that has no business here.
    Nowhere,
}

/// What is not the internet, by the special-purpose registry of IANA (RFC 6890).
const V4: [(Ipv4Addr, u32, Place); 16] = [
    (Ipv4Addr::new(127, 0, 0, 0), 8, Place::Loopback),     // RFC 1122
    (Ipv4Addr::new(10, 0, 0, 0), 8, Place::Private),       // RFC 1918
    (Ipv4Addr::new(172, 16, 0, 0), 12, Place::Private),    // RFC 1918
    (Ipv4Addr::new(192, 168, 0, 0), 16, Place::Private),   // RFC 1918
    (Ipv4Addr::new(100, 64, 0, 0), 10, Place::Private),    // RFC 6598, shared by customers of a carrier
    (Ipv4Addr::new(198, 18, 0, 0), 15, Place::Private),    // RFC 2544, for measurements
    (Ipv4Addr::new(0, 0, 0, 0), 8, Place::Nowhere),        // RFC 1122; 0.0.0.0 connects to this machine
    (Ipv4Addr::new(169, 254, 0, 0), 16, Place::Nowhere),   // RFC 3927, link-local: where clouds hand out credentials
    (Ipv4Addr::new(192, 0, 0, 0), 24, Place::Nowhere),     // RFC 6890
    (Ipv4Addr::new(192, 0, 2, 0), 24, Place::Nowhere),     // RFC 5737, documentation
    (Ipv4Addr::new(198, 51, 100, 0), 24, Place::Nowhere),  // RFC 5737
    (Ipv4Addr::new(203, 0, 113, 0), 24, Place::Nowhere),   // RFC 5737
    (Ipv4Addr::new(192, 88, 99, 0), 24, Place::Nowhere),   // RFC 7526, once 6to4
    (Ipv4Addr::new(168, 63, 129, 16), 32, Place::Nowhere), // Azure's own, on each of its machines
    (Ipv4Addr::new(224, 0, 0, 0), 4, Place::Nowhere),      // RFC 5771, multicast
    (Ipv4Addr::new(240, 0, 0, 0), 4, Place::Nowhere),      // RFC 1112, and broadcast
];

/// Of these the first that fits; all else outside 2000::/3 (RFC 4291) is nowhere.
const V6: [(Ipv6Addr, u32, Place); 6] = [
    (Ipv6Addr::LOCALHOST, 128, Place::Loopback),                      // RFC 4291
    (Ipv6Addr::new(0xfc00, 0, 0, 0, 0, 0, 0, 0), 7, Place::Private),  // RFC 4193, unique local
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23, Place::Nowhere), // RFC 2928, with Teredo
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32, Place::Nowhere), // RFC 3849, documentation
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20, Place::Nowhere), // RFC 9637, documentation
    (Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3, Place::Internet), // RFC 4291, global unicast
];

impl Place {
    pub(crate) fn of(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(v4) => {
                let within = |(net, prefix, _): &&(Ipv4Addr, u32, Self)| {
                    (u32::from(v4) ^ u32::from(*net)).checked_shr(32 - prefix).unwrap_or(0) == 0
                };
                V4.iter().find(within).map_or(Self::Internet, |(_, _, place)| *place)
            }
            IpAddr::V6(v6) => {
                if let Some(v4) = inside(v6) {
                    return Self::of(v4.into());
                }
                let within = |(net, prefix, _): &&(Ipv6Addr, u32, Self)| {
                    (u128::from(v6) ^ u128::from(*net)).checked_shr(128 - prefix).unwrap_or(0) == 0
                };
                V6.iter().find(within).map_or(Self::Nowhere, |(_, _, place)| *place)
            }
        }
    }
}

/// The IPv4 address to which one of IPv6 leads: mapped (RFC 4291), translated (RFC 6052), 6to4 (RFC 3056).
fn inside(v6: Ipv6Addr) -> Option<Ipv4Addr> {
    let of = |[a, b]: [u16; 2]| Ipv4Addr::from((u32::from(a) << 16) | u32::from(b));
    match v6.segments() {
        [0, 0, 0, 0, 0, 0xffff, a, b] | [0x64, 0xff9b, 0, 0, 0, 0, a, b] | [0x2002, a, b, ..] => Some(of([a, b])),
        _ => None,
    }
}

/// Why there is no document: for the administrator who typed the URL.
#[derive(Debug)]
pub(crate) enum FetchError {
    NoUrl { found: Quoted, why: String },
    Credentials { host: Quoted },
    NotHttps { host: Quoted },
    NoAuthorities,
    Unknown { host: Quoted, why: Quoted },
    Address { host: Quoted, address: IpAddr, place: Place },
    Tls { host: Quoted, why: Quoted },
    Connection { host: Quoted, why: Quoted },
    Status { host: Quoted, status: u16 },
    Redirects { host: Quoted },
    TooLarge { host: Quoted, limit: u64 },
    TooSlow { host: Quoted, limit: Duration },
}

impl FetchError {
    /// What stands before an at sign may be a password.
    fn no_url(found: &str, why: String) -> Self {
        Self::NoUrl { found: Quoted::new(found.rsplit('@').next().unwrap_or_default()), why }
    }
}

impl fmt::Display for FetchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoUrl { found, why } => write!(f, "{found} is not the URL of a document ({why}). Copy it whole, with https:// in front."),
            Self::Credentials { host } => {
                write!(f, "The URL at {host} has a user name or a password in it. Metadata is public: leave them out.")
            }
            Self::NotHttps { host } => write!(
                f,
                "The URL leads to {host} without TLS, where anybody on the way could put in keys of their own. Use https, or \
                 upload the document as a file."
            ),
            Self::NoAuthorities => f.write_str(
                "This machine has no certification authorities, so no server can be trusted. Install its package of them \
                 (often ca-certificates), or upload the document as a file.",
            ),
            Self::Unknown { host, why } => {
                write!(f, "The name {host} has no address here ({why}). Look for a typing mistake, and at this machine's DNS.")
            }
            Self::Address { host, address, place } => write_place(f, host, *address, *place),
            Self::Tls { host, why } => write!(
                f,
                "{host} does not prove who it is ({why}). Its certificate must be for this name, valid, and of a certification \
                 authority that this machine trusts."
            ),
            Self::Connection { host, why } => {
                write!(f, "{host} does not answer as a web server does ({why}). Open the URL in a browser; a firewall may stand between.")
            }
            Self::Status { host, status } => {
                let advice = match status {
                    401 | 403 => "The document must be public for this to work; otherwise upload it as a file.",
                    404 | 410 => "Copy the metadata URL from the identity provider once more.",
                    500..=599 => "Try again later.",
                    _ => "Open the URL in a browser and see what is there.",
                };
                write!(f, "{host} answers with status {status} and not with a document. {advice}")
            }
            Self::Redirects { host } => {
                write!(f, "The URL leads on and on, at last from {host}; {REDIRECTS} redirects are followed. Use the URL at its end.")
            }
            Self::TooLarge { host, limit } => write!(
                f,
                "The document at {host} has more than {} MB. That is a whole federation: use the URL of the one identity \
                 provider, which a metadata query service (MDQ) has, or upload that part as a file.",
                limit.div_ceil(1024 * 1024)
            ),
            Self::TooSlow { host, limit } => {
                write!(f, "{host} was not done within {} seconds. Try again, or upload the document as a file.", limit.as_secs_f32())
            }
        }
    }
}

fn write_place(f: &mut fmt::Formatter<'_>, host: &Quoted, address: IpAddr, place: Place) -> fmt::Result {
    write!(f, "{host} leads to {address}, ")?;
    f.write_str(match place {
        Place::Loopback => {
            "which is this machine. That is allowed only while this application itself listens on loopback alone."
        }
        Place::Private => {
            "which is in a private network. If the identity provider is there, start this application with --allow-private-network."
        }
        Place::Internet | Place::Nowhere => "an address at which no identity provider is. Upload the document as a file.",
    })
}

impl std::error::Error for FetchError {}
