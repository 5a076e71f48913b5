//! The columns of the tables, and how a row becomes an answer.

use chrono::Duration;

use super::{hosted, installed};
use crate::binding::redirect::Spelling;
use crate::crypto::{DigestAlgorithm, SignatureAlgorithm};
use crate::saml::product::Product;
use crate::saml::urn;
use crate::testing::answer::new_id;
use crate::testing::{Answer, AnswerAttribute, Encrypted, Encryption, MessageStyle, Sign, TestIdp, TestUser};

/// A product as it comes, before an administrator has changed a setting.
#[derive(Debug)]
pub(in crate::testing) struct Imitation {
    pub(in crate::testing) entity_id: &'static str,
    pub(in crate::testing) metadata: Published,
    pub(super) sign: Sign,
    pub(super) algorithms: (SignatureAlgorithm, DigestAlgorithm),
    pub(super) signature: Signed,
    pub(super) style: MessageStyle,
    pub(super) consent: Option<&'static str>,
    /// What the NameID is, and the Format that says so.
    pub(super) name_id: What,
    pub(super) name_id_format: Option<&'static str>,
    /// Whether the NameID has NameQualifier and SPNameQualifier.
    pub(super) qualifies: bool,
    pub(super) window: Validity,
    pub(super) authn_context: &'static str,
    /// The content encryption, where a key of the service provider is known.
    pub(super) encrypts_by: Option<&'static str>,
    /// The NameFormat of attributes without one of their own, and the `xsi:type` of their values.
    pub(super) name_format: Option<&'static str>,
    pub(super) value_type: Option<&'static str>,
    pub(super) attributes: &'static [Sends],
    /// Whether each group is an Attribute of its own.
    pub(super) groups_apart: bool,
    /// More groups than this are not sent, but a link under this name.
    pub(super) overage: Option<(usize, &'static str)>,
    /// The StatusMessage for a request of an exact authentication context that is not the product's.
    pub(super) refuses_other_contexts: Option<&'static str>,
    pub(super) refuses_other_formats: bool,
    /// Whether a bare application id becomes an audience with `spn:` before it.
    pub(super) prefixes_bare_ids: bool,
    /// How it spells its queries, where it matters.
    pub(super) spelling: Option<Spelling>,
    pub(in crate::testing) signs_logout: bool,
}

/// How its signatures look.
#[derive(Clone, Copy, Debug)]
pub(super) struct Signed {
    pub(super) prefix: &'static str,
    pub(super) prefix_list: &'static str,
    pub(super) carries_certificate: bool,
}

/// Seconds before and after the moment of an answer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Validity {
    /// From this long ago.
    pub(super) before: i64,
    pub(super) after: i64,
    /// The confirmation's own end.
    pub(super) confirmed: i64,
    /// The end of the session there.
    pub(super) session: Option<i64>,
}

/// What its metadata says.
#[derive(Clone, Copy, Debug)]
pub(in crate::testing) struct Published {
    /// It has none: its administrator copies three fields.
    pub(in crate::testing) by_hand: bool,
    pub(in crate::testing) wants_signed_requests: bool,
    /// Whether its elements have no prefix.
    pub(in crate::testing) default_namespace: bool,
    pub(in crate::testing) signed: bool,
    pub(in crate::testing) protocols: &'static str,
    pub(in crate::testing) web_services: Option<WebServices>,
    pub(in crate::testing) scope: Option<&'static str>,
    pub(in crate::testing) signing_keys: usize,
    /// Whether it has a key for those who encrypt to it, before the others.
    pub(in crate::testing) encryption_key: bool,
    pub(in crate::testing) name_id_formats: &'static [&'static str],
    /// Bindings and Locations.
    pub(in crate::testing) sso: &'static [(&'static str, &'static str)],
    pub(in crate::testing) slo: &'static [(&'static str, &'static str)],
}

/// The roles of WS-Federation in metadata of Microsoft's.
#[derive(Clone, Copy, Debug)]
pub(in crate::testing) struct WebServices {
    pub(in crate::testing) url: &'static str,
}

/// One attribute.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sends {
    name: &'static str,
    what: What,
    friendly_name: Option<&'static str>,
    name_format: Option<&'static str>,
    value_type: Option<&'static str>,
}

/// What is told about a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// Nothing, where they have none.
    Email,
    FirstName,
    LastName,
    DisplayName,
    /// As they sign in.
    UserName,
    /// As a directory of Microsoft's calls them.
    PrincipalName,
    Groups,
    /// As an organization with this scope calls them.
    Scoped(&'static str),
    /// Another one at every login.
    Transient,
    /// The same for everybody.
    Always(&'static [&'static str]),
}

impl Sends {
    pub(super) const fn new(name: &'static str, what: What) -> Self {
        Self { name, what, friendly_name: None, name_format: None, value_type: None }
    }

    pub(super) const fn friendly(self, name: &'static str) -> Self {
        Self { friendly_name: Some(name), ..self }
    }

    pub(super) const fn format(self, format: &'static str) -> Self {
        Self { name_format: Some(format), ..self }
    }

    pub(super) const fn typed(self, value_type: &'static str) -> Self {
        Self { value_type: Some(value_type), ..self }
    }
}

impl Published {
    pub(in crate::testing) const PLAIN: Self = Self {
        by_hand: false,
        wants_signed_requests: false,
        default_namespace: false,
        signed: false,
        protocols: urn::PROTOCOL,
        web_services: None,
        scope: None,
        signing_keys: 1,
        encryption_key: false,
        name_id_formats: &[],
        sso: &[(urn::binding::REDIRECT, "https://idp.test/sso"), (urn::binding::POST, "https://idp.test/sso")],
        slo: &[],
    };
}

impl Imitation {
    pub(super) const PLAIN: Self = Self {
        entity_id: "https://idp.test/metadata",
        metadata: Published::PLAIN,
        sign: Sign::Assertion,
        algorithms: (SignatureAlgorithm::RsaSha256, DigestAlgorithm::Sha256),
        signature: Signed { prefix: "ds", prefix_list: "", carries_certificate: true },
        style: MessageStyle::PLAIN,
        consent: None,
        name_id: What::UserName,
        name_id_format: Some(urn::name_id_format::PERSISTENT),
        qualifies: false,
        window: Validity { before: 300, after: 300, confirmed: 300, session: None },
        authn_context: urn::authn_context::PASSWORD_PROTECTED_TRANSPORT,
        encrypts_by: None,
        name_format: Some(urn::attribute_name_format::BASIC),
        value_type: Some("xs:string"),
        attributes: &[
            Sends::new("mail", What::Email),
            Sends::new("givenName", What::FirstName),
            Sends::new("sn", What::LastName),
            Sends::new("displayName", What::DisplayName),
            Sends::new("uid", What::UserName),
            Sends::new("groups", What::Groups),
        ],
        groups_apart: false,
        overage: None,
        refuses_other_contexts: None,
        refuses_other_formats: false,
        prefixes_bare_ids: false,
        spelling: None,
        signs_logout: true,
    };

    pub(super) fn of(product: Product) -> &'static Self {
        match product {
            Product::EntraId => &hosted::ENTRA_ID,
            Product::AdFs => &installed::AD_FS,
            Product::Okta => &hosted::OKTA,
            Product::GoogleWorkspace => &hosted::GOOGLE_WORKSPACE,
            Product::Keycloak => &installed::KEYCLOAK,
            Product::Auth0 => &hosted::AUTH0,
            Product::OneLogin => &hosted::ONE_LOGIN,
            Product::PingFederate => &installed::PING_FEDERATE,
            Product::Shibboleth => &installed::SHIBBOLETH,
            Product::SimpleSamlPhp => &installed::SIMPLE_SAML_PHP,
            Product::JumpCloud => &hosted::JUMP_CLOUD,
            Product::SecSignId => &installed::SEC_SIGN_ID,
        }
    }

    /// What the product tells about a user.
    pub(super) fn tell(&self, user: &TestUser, answer: &mut Answer) {
        for sends in self.attributes {
            let overage = self.overage.filter(|(most, _)| sends.what == What::Groups && user.groups.len() > *most);
            let (name, values) = match overage {
                // The link has the tenant and the user in it.
                Some((_, name)) => {
                    (name, vec![format!("https://graph.windows.net/tenant/users/{}/getMemberObjects", user.name)])
                }
                None => (sends.name, sends.what.of(user)),
            };
            let apart = self.groups_apart && sends.what == What::Groups;
            let several = if apart { values.into_iter().map(|value| vec![value]).collect() } else { vec![values] };
            for values in several.into_iter().filter(|values| !values.is_empty()) {
                answer.attributes.push(AnswerAttribute {
                    name: name.to_owned(),
                    name_format: sends.name_format.or(self.name_format).map(str::to_owned),
                    friendly_name: sends.friendly_name.map(str::to_owned),
                    value_type: sends.value_type.or(self.value_type).map(str::to_owned),
                    values: values.into_iter().map(Some).collect(),
                });
            }
        }
    }

    /// All else by which an answer shows where it is from.
    pub(super) fn look(&self, user: &TestUser, sp_entity_id: &str, answer: &mut Answer) {
        answer.sign = self.sign;
        answer.consent = self.consent.map(str::to_owned);
        if let Some(name_id) = &mut answer.name_id {
            name_id.value = self.name_id.of(user).into_iter().next().unwrap_or_else(|| user.name.clone());
            name_id.format = self.name_id_format.map(str::to_owned);
            name_id.name_qualifier = self.qualifies.then(|| self.entity_id.to_owned());
            name_id.sp_name_qualifier = self.qualifies.then(|| sp_entity_id.to_owned());
        }
        let after = |seconds| answer.issue_instant.checked_add_signed(Duration::seconds(seconds));
        answer.not_before = answer.issue_instant.checked_sub_signed(Duration::seconds(self.window.before));
        answer.not_on_or_after = after(self.window.after);
        answer.session_not_on_or_after = self.window.session.and_then(after);
        let confirmed = after(self.window.confirmed);
        for confirmation in &mut answer.confirmations {
            confirmation.not_on_or_after = confirmed;
        }
        answer.authn_context = Some(self.authn_context.to_owned());
        if self.prefixes_bare_ids && is_bare_id(sp_entity_id) {
            answer.audience_restrictions = vec![vec![format!("spn:{sp_entity_id}")]];
        }
    }

    /// To a service provider whose key it knows, if it does so unasked.
    pub(super) fn encrypts(&self, test_idp: &TestIdp, sp_entity_id: &str) -> Option<Encryption> {
        let content = self.encrypts_by?;
        let mut encryption = test_idp.encryption(sp_entity_id, Encrypted::Assertion).ok()?;
        content.clone_into(&mut encryption.content);
        encryption.digest = Some(DigestAlgorithm::Sha1.uri().to_owned());
        Some(encryption)
    }
}

impl What {
    fn of(self, user: &TestUser) -> Vec<String> {
        match self {
            Self::Email => user.email.clone().into_iter().collect(),
            Self::FirstName => vec![user.first_name.clone()],
            Self::LastName => vec![user.last_name.clone()],
            Self::DisplayName => vec![user.display_name()],
            Self::UserName => vec![user.name.clone()],
            Self::PrincipalName => vec![user.principal_name()],
            Self::Groups => user.groups.clone(),
            Self::Scoped(scope) => vec![format!("{}@{scope}", user.name.split('@').next().unwrap_or_default())],
            Self::Transient => vec![new_id()],
            Self::Always(values) => values.iter().map(|value| (*value).to_owned()).collect(),
        }
    }
}

/// A GUID and nothing else.
fn is_bare_id(entity_id: &str) -> bool {
    entity_id.len() == 36
        && entity_id.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}
