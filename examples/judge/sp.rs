//! The service provider of a case.

use chrono::{DateTime, Utc};
use saml_sp::{
    Certificate, Clock, Credential, DecryptionKey, Engine, ServiceProvider, ServiceProviderBuilder, SigningKey,
};

use super::Stop;
use super::case::{Fields, Relaxation, SloUrls};

pub(crate) struct Sp<'a> {
    engine: Engine,
    entity_id: &'a str,
    pub(crate) acs_url: &'a str,
    further_acs_urls: Vec<&'a str>,
    /// PEM.
    decryption_keys: Vec<&'a str>,
    /// Those of the first decryption keys, in the same order.
    encryption_certificates: Vec<&'a str>,
    slo_urls: SloUrls<'a>,
    /// Key and certificate, in PEM.
    signing: (Option<&'a str>, Option<&'a str>),
    pub(crate) allow: Vec<Relaxation>,
}

/// Who verifies.
pub(crate) fn engine(case: &Fields<'_>) -> Result<Engine, Stop> {
    match case.optional_text("engine")? {
        None | Some("native") => Ok(Engine::Native),
        #[cfg(feature = "xmlsec")]
        Some("xmlsec") => Ok(Engine::Xmlsec),
        Some(other) => {
            Err(Stop::no_case(format!("engine: {other:?} is not built; native is, and xmlsec by its feature")))
        }
    }
}

impl<'a> Sp<'a> {
    pub(crate) fn read(case: &Fields<'a>) -> Result<Self, Stop> {
        let sp = case.object("sp", "sp.")?;
        Ok(Self {
            engine: engine(case)?,
            entity_id: sp.text("entity_id")?,
            acs_url: sp.text("acs_url")?,
            further_acs_urls: sp.optional_texts("further_acs_urls")?,
            decryption_keys: sp.optional_texts("decryption_keys")?,
            encryption_certificates: sp.optional_texts("encryption_certificates")?,
            slo_urls: SloUrls::read(&sp, "sp.slo_url.")?,
            signing: (sp.optional_text("signing_key")?, sp.optional_text("signing_certificate")?),
            allow: Relaxation::read(case)?,
        })
    }

    /// As [`read`](Self::read), for what it may have to sign: a key comes with its certificate.
    pub(crate) fn read_to_sign(case: &Fields<'a>) -> Result<Self, Stop> {
        let sp = Self::read(case)?;
        match sp.signing {
            (Some(_), None) => Err(Stop::no_case("sp.signing_certificate: missing beside signing_key")),
            (None, Some(_)) => Err(Stop::no_case("sp.signing_key: missing beside signing_certificate")),
            _ => Ok(sp),
        }
    }

    /// It takes answers.
    pub(crate) fn build(&self, now: DateTime<Utc>) -> Result<ServiceProvider, Stop> {
        Ok(self.builder(now)?.build()?)
    }

    /// It signs as well, with the signing key where there is one, and every request.
    pub(crate) fn build_to_sign(&self, now: DateTime<Utc>) -> Result<ServiceProvider, Stop> {
        Ok(self.signing_builder(now)?.build()?)
    }

    /// It signs, and takes logout messages.
    pub(crate) fn build_for_logout(&self, now: DateTime<Utc>) -> Result<ServiceProvider, Stop> {
        let builder = self.signing_builder(now)?;
        let urls = self.slo_urls.0.iter();
        Ok(urls.fold(builder, |builder, (binding, url)| builder.slo_url(binding.clone(), *url)).build()?)
    }

    fn signing_builder(&self, now: DateTime<Utc>) -> Result<ServiceProviderBuilder, Stop> {
        let builder = self.builder(now)?;
        let (Some(key), Some(certificate)) = self.signing else { return Ok(builder) };
        let credential = Credential::active(Certificate::from_pasted(certificate)?.certificate);
        Ok(builder.credential(credential.signing(SigningKey::from_pem(key)?)).always_sign_requests())
    }

    fn builder(&self, now: DateTime<Utc>) -> Result<ServiceProviderBuilder, Stop> {
        let builder = ServiceProvider::builder(self.entity_id, self.acs_url);
        let builder = builder.engine(self.engine).clock(Clock::Fixed(now));
        let mut builder = self.further_acs_urls.iter().fold(builder, |builder, url| builder.acs_url(*url));
        let mut certificates = self.encryption_certificates.iter();
        for pem in &self.decryption_keys {
            let key = DecryptionKey::from_pem(pem)?;
            builder = match certificates.next() {
                Some(pasted) => {
                    let certificate = Certificate::from_pasted(pasted)?.certificate;
                    builder.credential(Credential::active(certificate).decryption(key))
                }
                None => builder.decryption_key(key),
            };
        }
        if certificates.next().is_some() {
            return Err(Stop::no_case("sp.encryption_certificates: more of them than decryption_keys"));
        }
        Ok(self.allow.iter().fold(builder, relax))
    }
}

fn relax(builder: ServiceProviderBuilder, relaxation: &Relaxation) -> ServiceProviderBuilder {
    match relaxation {
        Relaxation::Sha1 => builder.dangerous_allow_sha1(),
        Relaxation::SmallRsa => builder.dangerous_allow_small_rsa(),
        Relaxation::MissingAudience => builder.dangerous_allow_missing_audience(),
        Relaxation::MissingDestination => builder.dangerous_allow_missing_destination(),
        Relaxation::OldAssertion => builder.dangerous_allow_old_assertions(),
        Relaxation::UnauthenticatedCbc => builder.dangerous_allow_unauthenticated_cbc(),
        Relaxation::Rsa15 => builder.dangerous_allow_rsa_1_5(),
        Relaxation::TripleDes => builder.dangerous_allow_triple_des(),
        // The identity provider's.
        Relaxation::HttpEndpoints => builder,
    }
}
