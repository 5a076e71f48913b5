//! The identity provider of a case.

use chrono::{DateTime, Utc};
use saml_sp::{EntityId, IdentityProvider, Limits, Metadata, MetadataError, MetadataTrust};

use super::Stop;
use super::case::{Fields, Relaxation, SloUrls};

pub(crate) enum Idp<'a> {
    Metadata { document: &'a str, entity_id: Option<&'a str> },
    Manual { entity_id: &'a str, sso_url: &'a str, slo_urls: SloUrls<'a>, certificates: Vec<&'a str> },
}

impl<'a> Idp<'a> {
    pub(crate) fn read(case: &Fields<'a>) -> Result<Self, Stop> {
        let idp = case.object("idp", "idp.")?;
        Ok(match idp.optional_text("metadata")? {
            Some(document) => Self::Metadata { document, entity_id: idp.optional_text("entity_id")? },
            None => Self::Manual {
                entity_id: idp.text("entity_id")?,
                sso_url: idp.text("sso_url")?,
                slo_urls: SloUrls::read(&idp, "idp.slo_url.")?,
                certificates: idp.texts("certificates")?,
            },
        })
    }

    pub(crate) fn build(&self, now: DateTime<Utc>, allow: &[Relaxation]) -> Result<IdentityProvider, Stop> {
        let idp = match self {
            Self::Metadata { document, entity_id } => {
                let trust = MetadataTrust::Transport;
                let metadata = Metadata::read_with(document.as_bytes(), trust, &Limits::default(), now)?;
                choose(&metadata, *entity_id)?
            }
            Self::Manual { entity_id, sso_url, slo_urls, certificates } => {
                let mut certificates = certificates.iter();
                // Without any the library says that there is none.
                let first = certificates.next().copied().unwrap_or_default();
                let mut idp = IdentityProvider::manual(entity_id, sso_url, first)?.with_sso_post_url(sso_url)?;
                for further in certificates {
                    idp = idp.with_signing_certificate(further)?;
                }
                for (binding, url) in &slo_urls.0 {
                    idp = idp.with_slo_url(binding.clone(), url, None)?;
                }
                idp
            }
        };
        let http_endpoints = allow.contains(&Relaxation::HttpEndpoints);
        Ok(if http_endpoints { idp.dangerous_allow_http_endpoints() } else { idp })
    }
}

/// The identity provider of this name, or the only one.
pub(crate) fn choose(metadata: &Metadata, entity_id: Option<&str>) -> Result<IdentityProvider, MetadataError> {
    match entity_id {
        Some(entity_id) => metadata.identity_provider(&EntityId::new(entity_id)?),
        None => metadata.only_identity_provider(),
    }
}
