//! The command line, and what it names.

use std::error::Error as StdError;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use saml_sp::{
    Binding, Certificate, Credential, DecryptionKey, IdentityProvider, Location, Metadata, MetadataTrust,
    ServiceProviderBuilder, SigningKey,
};

const USAGE: &str = "usage: axum_login [--listen 127.0.0.1:3000] [--base-url http://127.0.0.1:3000] [--idp-metadata FILE] \
                     [--signing-key FILE --signing-certificate FILE [--always-sign-requests] [--slo-binding redirect|post|soap ...]] \
                     [--decryption-key FILE [--encryption-certificate FILE]] [--print-sp-metadata]";

pub(crate) struct Options {
    pub(crate) listen: SocketAddr,
    base_url: Option<String>,
    pub(crate) idp_metadata: Option<PathBuf>,
    pub(crate) keys: Keys,
    pub(crate) print_sp_metadata: bool,
}

/// Our keys, each a file with a private key and one with its certificate.
#[derive(Default)]
pub(crate) struct Keys {
    signing: Option<(PathBuf, PathBuf)>,
    /// In the place of a file: made now, and lost at the end.
    fresh: bool,
    /// By which bindings we take logout messages, where we sign; all of them unless one is named.
    slo: Vec<Binding>,
    /// Not only where the identity provider wants it.
    always_sign: bool,
    /// Without a certificate it opens answers and stands in no metadata.
    decryption: Option<(PathBuf, Option<PathBuf>)>,
}

impl Keys {
    /// A key of our own where none was named, for the identity provider in memory.
    pub(crate) fn or_fresh(self) -> Self {
        Self { fresh: self.signing.is_none(), ..self }
    }

    pub(crate) fn sign(&self) -> bool {
        self.signing.is_some() || self.fresh
    }

    pub(crate) fn slo_bindings(&self) -> Vec<Binding> {
        if self.slo.is_empty() { vec![Binding::Redirect, Binding::Post, Binding::Soap] } else { self.slo.clone() }
    }

    pub(crate) fn set(&self, mut builder: ServiceProviderBuilder) -> Result<ServiceProviderBuilder, Box<dyn StdError>> {
        if let Some((key, certificate)) = &self.signing {
            let key = SigningKey::from_pem(&std::fs::read_to_string(key)?)?;
            builder = builder.credential(active(certificate)?.signing(key));
        }
        if self.fresh {
            builder = builder.credential(saml_sp::testing::signing_credential()?);
        }
        if self.always_sign {
            builder = builder.always_sign_requests();
        }
        if let Some((key, certificate)) = &self.decryption {
            let key = DecryptionKey::from_pem(&std::fs::read_to_string(key)?)?;
            builder = match certificate {
                Some(certificate) => builder.credential(active(certificate)?.decryption(key)),
                None => builder.decryption_key(key),
            };
        }
        Ok(builder)
    }
}

fn active(certificate: &Path) -> Result<Credential, Box<dyn StdError>> {
    Ok(Credential::active(Certificate::from_pasted(std::fs::read(certificate)?)?.certificate))
}

impl Options {
    pub(crate) fn read(mut arguments: impl Iterator<Item = String>) -> Result<Self, Box<dyn StdError>> {
        let listen = SocketAddr::from(([127, 0, 0, 1], 3000));
        let keys = Keys::default();
        let mut options = Self { listen, base_url: None, idp_metadata: None, keys, print_sp_metadata: false };
        let [mut signing_key, mut signing_certificate, mut decryption_key, mut encryption_certificate] =
            [const { None }; 4];
        while let Some(name) = arguments.next() {
            let mut value = || arguments.next().ok_or_else(|| format!("{name} wants a value; {USAGE}"));
            match name.as_str() {
                "--listen" => options.listen = value()?.parse().map_err(|reason| format!("--listen: {reason}"))?,
                "--base-url" => options.base_url = Some(value()?.trim_end_matches('/').to_owned()),
                "--idp-metadata" => options.idp_metadata = Some(value()?.into()),
                "--signing-key" => signing_key = Some(value()?.into()),
                "--signing-certificate" => signing_certificate = Some(value()?.into()),
                "--always-sign-requests" => options.keys.always_sign = true,
                "--slo-binding" => options.keys.slo.push(binding(&value()?)?),
                "--decryption-key" => decryption_key = Some(value()?.into()),
                "--encryption-certificate" => encryption_certificate = Some(value()?.into()),
                "--print-sp-metadata" => options.print_sp_metadata = true,
                _ => return Err(format!("{name} is no option; {USAGE}").into()),
            }
        }
        if signing_key.is_some() != signing_certificate.is_some() {
            return Err(format!("--signing-key and --signing-certificate go together; {USAGE}").into());
        }
        if encryption_certificate.is_some() && decryption_key.is_none() {
            return Err(format!("--encryption-certificate wants --decryption-key; {USAGE}").into());
        }
        options.keys.signing = signing_key.zip(signing_certificate);
        options.keys.decryption = decryption_key.map(|key| (key, encryption_certificate));
        Ok(options)
    }

    /// What browsers and the identity provider know us by. Never taken from a request: its Host is anybody's.
    pub(crate) fn base_url(&self, listening: SocketAddr) -> String {
        self.base_url.clone().unwrap_or_else(|| format!("http://{listening}"))
    }
}

fn binding(name: &str) -> Result<Binding, String> {
    let known = [Binding::Redirect, Binding::Post, Binding::Soap];
    known.into_iter().find(|binding| binding.name() == name).ok_or_else(|| format!("--slo-binding {name}; {USAGE}"))
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
