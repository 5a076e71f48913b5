//! The identity provider as applications see it: made from metadata or by hand, at this moment.
//!
//! The values live below (`saml::metadata`); here the clock is read for them.

use chrono::{DateTime, Utc};

pub use crate::saml::metadata::{
    Changes, Endpoint, EntityAttribute, EntityIds, IdentityProvider, Localized, Logo, Mdq, Metadata, MetadataError,
    MetadataNote, MetadataSigner, MetadataTrust,
};

use crate::limits::Limits;

impl Metadata {
    /// Reads a metadata document: an EntityDescriptor, or an EntitiesDescriptor with groups in groups.
    ///
    /// Whatever is not known in it is passed over; what is known and wrong is an error or a [note](Self::notes). An
    /// identity provider that cannot be used does not spoil the document: asking for it gives the reason. A document that
    /// has expired is read, with a note, and logins with it are refused.
    ///
    /// ```no_run
    /// use saml_sp::{Metadata, MetadataTrust};
    ///
    /// let bytes = std::fs::read("idp-metadata.xml")?;
    /// let metadata = Metadata::read(&bytes, MetadataTrust::Transport)?;
    /// let idp = metadata.only_identity_provider()?;
    /// for note in metadata.notes().iter().chain(idp.notes()) {
    ///     eprintln!("{}: {note}", idp.entity_id());
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`MetadataError`] if this is no metadata, if it has an entityID twice, or if it is not to be trusted as asked.
    pub fn read(bytes: &[u8], trust: MetadataTrust) -> Result<Self, MetadataError> {
        Self::read_with(bytes, trust, &Limits::default(), Utc::now())
    }

    /// As [`read`](Self::read), with other limits and as of another moment.
    ///
    /// ```no_run
    /// use saml_sp::{Limits, Metadata, MetadataTrust};
    ///
    /// let mut limits = Limits::default();
    /// limits.metadata_bytes = 256 * 1024;
    /// let bytes = std::fs::read("idp-metadata.xml")?;
    /// let metadata = Metadata::read_with(&bytes, MetadataTrust::Transport, &limits, chrono::Utc::now())?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As for [`read`](Self::read).
    pub fn read_with(
        bytes: &[u8],
        trust: MetadataTrust,
        limits: &Limits,
        now: DateTime<Utc>,
    ) -> Result<Self, MetadataError> {
        Self::read_at(bytes, &trust, limits, now)
    }
}

impl IdentityProvider {
    /// One from the three fields that every configuration page has: its entityID (issuer), its sign-on URL, its signing
    /// certificate in whatever form it was copied (PEM, bare base64, DER, a chain).
    ///
    /// Users are sent to the URL by the Redirect binding, as products that show one URL expect it;
    /// [`with_sso_post_url`](Self::with_sso_post_url) adds one for POST. The certificate is one trusted key, see
    /// [`with_signing_certificate`](Self::with_signing_certificate) for more.
    ///
    /// ```no_run
    /// use saml_sp::{Binding, IdentityProvider};
    ///
    /// let pasted = std::fs::read("signing-certificate.pem")?;
    /// let idp = IdentityProvider::manual("https://idp.example.com/saml", "https://idp.example.com/sso", pasted)?
    ///     .with_slo_url(Binding::Redirect, "https://idp.example.com/slo", None)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`MetadataError`] says which of the three cannot be read, and why.
    pub fn manual(entity_id: &str, sso_url: &str, certificate: impl AsRef<[u8]>) -> Result<Self, MetadataError> {
        Self::manual_at(entity_id, sso_url, certificate.as_ref(), Utc::now())
    }

    /// Trusts one further signing key, for the time in which the identity provider changes keys.
    ///
    /// # Errors
    /// [`MetadataError::Certificate`] if it cannot be read, [`MetadataError::TooManyKeys`] beyond 16.
    pub fn with_signing_certificate(self, certificate: impl AsRef<[u8]>) -> Result<Self, MetadataError> {
        self.with_signing_certificate_at(certificate.as_ref(), Utc::now())
    }
}
