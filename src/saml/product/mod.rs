//! Identity providers as products: how one is recognised, how it is set up, and what its own settings are called.
//!
//! Everything here is data, read on public pages of the products or of those who set them up, each row with its page. It serves
//! texts for people; no decision about a message looks at it. A product is one file.

mod ad_fs;
mod auth0;
mod entra_id;
mod google_workspace;
mod guide;
mod jump_cloud;
mod keycloak;
mod mark;
mod okta;
mod one_login;
mod ping_federate;
mod sec_sign_id;
mod shibboleth;
mod simple_saml_php;
#[cfg(test)]
mod tests;

use std::fmt;

pub use self::guide::{FieldToEnter, FieldToTake, Guide, IdpValue, SpValue, Way};

use self::mark::{Mark, Place};
use super::Status;
use super::metadata::IdentityProvider;

/// A product that identity providers run on, for texts: which menu to open there, which field to fill.
///
/// ```
/// use saml_sp::{Error, IdentityProvider, Product};
///
/// /// A line for the page on which an administrator tests the connection.
/// fn advice(idp: &IdentityProvider, error: &Error) -> String {
///     let product = Product::recognise(idp);
///     match product.and_then(|product| product.remedy(error.code())) {
///         Some(remedy) => remedy.to_owned(),
///         None => error.hint(),
///     }
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub enum Product {
    /// Microsoft Entra ID, once Azure Active Directory.
    EntraId,
    /// Microsoft Active Directory Federation Services.
    AdFs,
    /// Okta.
    Okta,
    /// Google Workspace and Cloud Identity.
    GoogleWorkspace,
    /// Keycloak, and Red Hat's build of it.
    Keycloak,
    /// Auth0.
    Auth0,
    /// OneLogin.
    OneLogin,
    /// PingFederate.
    PingFederate,
    /// The Shibboleth Identity Provider.
    Shibboleth,
    /// SimpleSAMLphp.
    SimpleSamlPhp,
    /// JumpCloud.
    JumpCloud,
    /// SecSign ID.
    SecSignId,
}

/// What a product's administrator can click or type when an answer of it fails with one of these codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Remedy {
    /// Codes of this library, which [`manual::checks`](crate::manual::checks) lists, or URIs of [status
    /// codes](crate::urn::status). No other remedy of the product has one of them.
    pub codes: &'static [&'static str],
    /// What to do, in the words of the product's own pages: plain text, one or two sentences.
    pub text: &'static str,
    /// The public page that names these settings.
    pub source: &'static str,
}

/// What is known about a product.
struct Facts {
    name: &'static str,
    marks: &'static [Mark],
    remedies: &'static [Remedy],
    guide: Guide,
}

impl Product {
    /// All of them, those that applications meet most often first.
    pub const ALL: &'static [Self] = &[
        Self::EntraId,
        Self::AdFs,
        Self::Okta,
        Self::GoogleWorkspace,
        Self::Keycloak,
        Self::Auth0,
        Self::OneLogin,
        Self::PingFederate,
        Self::Shibboleth,
        Self::SimpleSamlPhp,
        Self::JumpCloud,
        Self::SecSignId,
    ];

    /// What it is called.
    ///
    /// ```
    /// assert_eq!(saml_sp::Product::EntraId.name(), "Microsoft Entra ID");
    /// ```
    #[must_use]
    pub fn name(self) -> &'static str {
        self.facts().name
    }

    /// The product that this looks like, from its entityID, else from its sign-on URLs; `None` where they show nothing.
    ///
    /// It is a guess, for texts, and never for decisions: names and paths can be configured, and anybody can give a server such a
    /// URL. It looks at the configuration only, never at a message.
    ///
    /// ```no_run
    /// use saml_sp::{IdentityProvider, Product};
    ///
    /// let pasted = std::fs::read("realm.pem")?;
    /// let (issuer, sso) = ("https://id.example.com/realms/staff", "https://id.example.com/realms/staff/protocol/saml");
    /// let idp = IdentityProvider::manual(issuer, sso, pasted)?;
    /// assert_eq!(Product::recognise(&idp), Some(Product::Keycloak));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn recognise(idp: &IdentityProvider) -> Option<Self> {
        let entity_id = idp.entity_id().as_str();
        let marked = |place, text: &str| {
            let marks = |product: Self| product.facts().marks.iter();
            Self::ALL.iter().copied().find(|&product| marks(product).any(|mark| mark.place == place && mark.fits(text)))
        };
        let mut sign_on = idp.single_sign_on().iter().map(|endpoint| endpoint.location().as_str());
        marked(Place::EntityId, entity_id).or_else(|| sign_on.find_map(|location| marked(Place::SignOn, location)))
    }

    /// What to click or type in this product when an answer of it fails with this code: one of
    /// [`Error::code`](crate::Error::code), or the URI of a [status code](crate::urn::status). `None` where no setting of the
    /// product is known to matter; [`Error::hint`](crate::Error::hint) always says something.
    ///
    /// ```
    /// use saml_sp::Product;
    ///
    /// assert!(Product::AdFs.remedy("decrypt-unauthenticated-cbc").is_some_and(|text| text.contains("MessageAndAssertion")));
    /// assert_eq!(Product::AdFs.remedy("replayed"), None);
    /// ```
    #[must_use]
    pub fn remedy(self, code: &str) -> Option<&'static str> {
        self.facts().remedies.iter().find(|remedy| remedy.codes.contains(&code)).map(|remedy| remedy.text)
    }

    /// The remedy for an answer that refuses, by its innermost status code for which there is one, else by `status-not-success`.
    ///
    /// ```
    /// use saml_sp::{Error, Product};
    ///
    /// fn advice(product: Product, error: &Error) -> Option<&'static str> {
    ///     match error {
    ///         Error::Refused { status, .. } => product.remedy_for_status(status),
    ///         other => product.remedy(other.code()),
    ///     }
    /// }
    /// ```
    #[must_use]
    pub fn remedy_for_status(self, status: &Status) -> Option<&'static str> {
        if status.is_success() {
            return None;
        }
        let mut inwards_out = status.codes.iter().rev();
        inwards_out.find_map(|code| self.remedy(code.as_str())).or_else(|| self.remedy("status-not-success"))
    }

    /// Every remedy that is known for this product, with the page it was read on.
    ///
    /// ```
    /// use saml_sp::Product;
    ///
    /// for remedy in Product::Keycloak.remedies() {
    ///     println!("{}: {} ({})", remedy.codes.join(", "), remedy.text, remedy.source);
    /// }
    /// ```
    pub fn remedies(self) -> impl Iterator<Item = &'static Remedy> {
        self.facts().remedies.iter()
    }

    /// How a connection is set up at this product: what to enter there, what to take from there.
    ///
    /// ```
    /// use saml_sp::{IdpValue, Product};
    ///
    /// let enterprise = &Product::EntraId.guide().ways[0];
    /// let metadata = enterprise.take.iter().find(|field| field.value == IdpValue::Metadata);
    /// assert!(metadata.and_then(|field| field.shape).is_some_and(|url| url.ends_with("?appid={application id}")));
    /// ```
    #[must_use]
    pub fn guide(self) -> &'static Guide {
        &self.facts().guide
    }

    fn facts(self) -> &'static Facts {
        match self {
            Self::EntraId => &entra_id::FACTS,
            Self::AdFs => &ad_fs::FACTS,
            Self::Okta => &okta::FACTS,
            Self::GoogleWorkspace => &google_workspace::FACTS,
            Self::Keycloak => &keycloak::FACTS,
            Self::Auth0 => &auth0::FACTS,
            Self::OneLogin => &one_login::FACTS,
            Self::PingFederate => &ping_federate::FACTS,
            Self::Shibboleth => &shibboleth::FACTS,
            Self::SimpleSamlPhp => &simple_saml_php::FACTS,
            Self::JumpCloud => &jump_cloud::FACTS,
            Self::SecSignId => &sec_sign_id::FACTS,
        }
    }
}

impl fmt::Display for Product {
    /// Its name.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
