//! The command line, and what it names.

use std::error::Error as StdError;
use std::net::SocketAddr;
use std::path::PathBuf;

use saml_sp::{
    Certificate, DecryptionKey, IdentityProvider, Location, Metadata, MetadataTrust, ServiceProviderBuilder,
};

const USAGE: &str = "usage: axum_login [--listen 127.0.0.1:3000] [--base-url http://127.0.0.1:3000] [--idp-metadata FILE] \
                     [--decryption-key FILE [--encryption-certificate FILE]] [--print-sp-metadata]";

pub(crate) struct Options {
    pub(crate) listen: SocketAddr,
    base_url: Option<String>,
    pub(crate) idp_metadata: Option<PathBuf>,
    pub(crate) encryption: Encryption,
    pub(crate) print_sp_metadata: bool,
}

/// Where encrypted answers are opened: the private key, and the certificate to publish in our metadata.
#[derive(Default)]
pub(crate) struct Encryption {
    key: Option<PathBuf>,
    certificate: Option<PathBuf>,
}

impl Encryption {
    pub(crate) fn set(&self, mut builder: ServiceProviderBuilder) -> Result<ServiceProviderBuilder, Box<dyn StdError>> {
        if let Some(file) = &self.key {
            builder = builder.decryption_key(DecryptionKey::from_pem(&std::fs::read_to_string(file)?)?);
        }
        if let Some(file) = &self.certificate {
            builder = builder.encryption_certificate(Certificate::from_pasted(std::fs::read(file)?)?.certificate);
        }
        Ok(builder)
    }
}

impl Options {
    pub(crate) fn read(mut arguments: impl Iterator<Item = String>) -> Result<Self, Box<dyn StdError>> {
        let listen = SocketAddr::from(([127, 0, 0, 1], 3000));
        let encryption = Encryption::default();
        let mut options = Self { listen, base_url: None, idp_metadata: None, encryption, print_sp_metadata: false };
        while let Some(name) = arguments.next() {
            let mut value = || arguments.next().ok_or_else(|| format!("{name} wants a value; {USAGE}"));
            match name.as_str() {
                "--listen" => options.listen = value()?.parse().map_err(|reason| format!("--listen: {reason}"))?,
                "--base-url" => options.base_url = Some(value()?.trim_end_matches('/').to_owned()),
                "--idp-metadata" => options.idp_metadata = Some(value()?.into()),
                "--decryption-key" => options.encryption.key = Some(value()?.into()),
                "--encryption-certificate" => options.encryption.certificate = Some(value()?.into()),
                "--print-sp-metadata" => options.print_sp_metadata = true,
                _ => return Err(format!("{name} is no option; {USAGE}").into()),
            }
        }
        Ok(options)
    }

    /// What browsers and the identity provider know us by. Never taken from a request: its Host is anybody's.
    pub(crate) fn base_url(&self, listening: SocketAddr) -> String {
        self.base_url.clone().unwrap_or_else(|| format!("http://{listening}"))
    }
}

/// The identity provider in memory signs anybody in as anybody, so nobody else may reach it.
pub(crate) fn on_loopback_only(base_url: &str, listening: SocketAddr) -> Result<(), Box<dyn StdError>> {
    let reached = Location::new(base_url).map_err(|reason| format!("--base-url {base_url}: {reason}"))?;
    if reached.is_loopback() && listening.ip().is_loopback() {
        return Ok(());
    }
    Err("without --idp-metadata there is an identity provider in memory that asks for no password: it stays on loopback".into())
}

pub(crate) fn only_identity_provider(bytes: &[u8]) -> Result<IdentityProvider, Box<dyn StdError>> {
    // The file came from an administrator's hands.
    let metadata = Metadata::read(bytes, MetadataTrust::Transport)?;
    let idp = metadata.only_identity_provider()?;
    for note in metadata.notes().iter().chain(idp.notes()) {
        eprintln!("{}: {note}", idp.entity_id());
    }
    Ok(idp)
}
