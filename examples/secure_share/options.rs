//! The command line.

use std::error::Error as StdError;
use std::net::SocketAddr;
use std::path::PathBuf;

const USAGE: &str = "usage: secure_share [--listen 127.0.0.1:3000] [--base-url URL] [--database FILE] [--redis URL] \
                     [--idp-metadata FILE-OR-URL] [--idp-listen ADDRESS | --no-test-idp] [--allow-private-network] \
                     [--support TEXT] [--pending-cookie none|lax]";

pub(crate) struct Options {
    pub(crate) listen: SocketAddr,
    base_url: Option<String>,
    /// In memory without one, and forgotten at the end.
    pub(crate) database: Option<PathBuf>,
    pub(crate) redis: Option<String>,
    /// A file or a URL, imported at start.
    pub(crate) idp_metadata: Option<String>,
    /// Where the test identity provider listens; the next port, where none is named.
    pub(crate) idp_listen: Option<SocketAddr>,
    pub(crate) test_idp: bool,
    pub(crate) private_network: bool,
    /// Whom people ask who were refused.
    pub(crate) support: String,
    /// `SameSite` of the cookie that a login leaves behind. `lax` breaks logins, to show what that looks like.
    pub(crate) pending_same_site: &'static str,
}

impl Options {
    pub(crate) fn read(mut arguments: impl Iterator<Item = String>) -> Result<Self, Box<dyn StdError>> {
        let mut options = Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 3000)),
            base_url: None,
            database: None,
            redis: None,
            idp_metadata: None,
            idp_listen: None,
            test_idp: true,
            private_network: false,
            support: "the people who run this wiki".to_owned(),
            pending_same_site: "None",
        };
        while let Some(name) = arguments.next() {
            let mut value = || arguments.next().ok_or_else(|| format!("{name} wants a value; {USAGE}"));
            match name.as_str() {
                "--listen" => options.listen = value()?.parse().map_err(|reason| format!("--listen: {reason}"))?,
                "--base-url" => options.base_url = Some(value()?.trim_end_matches('/').to_owned()),
                "--database" => options.database = Some(value()?.into()),
                "--redis" => options.redis = Some(value()?),
                "--idp-metadata" => options.idp_metadata = Some(value()?),
                "--idp-listen" => {
                    options.idp_listen = Some(value()?.parse().map_err(|reason| format!("--idp-listen: {reason}"))?);
                }
                "--no-test-idp" => options.test_idp = false,
                "--allow-private-network" => options.private_network = true,
                "--support" => options.support = value()?,
                "--pending-cookie" => {
                    options.pending_same_site = match value()?.as_str() {
                        "none" => "None",
                        "lax" => "Lax",
                        other => return Err(format!("--pending-cookie {other}; {USAGE}").into()),
                    };
                }
                _ => return Err(format!("{name} is no option; {USAGE}").into()),
            }
        }
        if options.redis.is_some() && options.database.is_none() {
            // What is sealed by one instance is opened by another: the key is in there.
            return Err(format!("--redis is for several instances, which share a --database, too; {USAGE}").into());
        }
        if options.idp_listen.is_some_and(|address| !address.ip().is_loopback()) {
            return Err(format!("--idp-listen: it asks for no passwords, and stays on loopback; {USAGE}").into());
        }
        // Only who is at this machine may meet the identity provider that asks for no passwords.
        options.test_idp &= options.idp_metadata.is_none() && options.listen.ip().is_loopback();
        Ok(options)
    }

    /// What browsers and identity providers know us by. Never taken from a request: its Host is anybody's.
    pub(crate) fn base_url(&self, listening: SocketAddr) -> String {
        self.base_url.clone().unwrap_or_else(|| format!("http://{listening}"))
    }
}
