//! AuthnRequest (core 3.4.1), as it goes out.

use chrono::{DateTime, Utc};

use super::ids::MessageId;
use super::urn;
use super::{EntityId, NameId};
use crate::text::instant;
use crate::xml::{Fragment, WriteError, Writer, ns};

/// NameIDPolicy (core 3.4.1.1): what kind of NameID is wanted. By default none is asked for (SDP-SP04).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NameIdPolicy {
    pub(crate) format: Option<String>,
    pub(crate) sp_name_qualifier: Option<String>,
    pub(crate) allow_create: bool,
}

impl NameIdPolicy {
    /// A policy without Format: any NameID will do (IIP-SP03).
    #[must_use]
    pub fn any() -> Self {
        Self::default()
    }

    /// A NameID of exactly this Format; an answer with another one is rejected (`name-id-policy-mismatch`), except for
    /// the format `unspecified`, which leaves the choice to the identity provider.
    #[must_use]
    pub fn format(format: impl Into<String>) -> Self {
        Self { format: Some(format.into()), ..Self::default() }
    }

    /// A name within this service provider's or affiliation's namespace.
    #[must_use]
    pub fn sp_name_qualifier(mut self, qualifier: impl Into<String>) -> Self {
        self.sp_name_qualifier = Some(qualifier.into());
        self
    }

    /// Lets the identity provider make a new name for the user. Not sent with the transient format, where it has no
    /// meaning (errata E14).
    #[must_use]
    pub fn allow_create(mut self) -> Self {
        self.allow_create = true;
        self
    }
}

/// How the answer's authentication context relates to the ones asked for (core 3.3.2.2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Comparison {
    Exact,
    Minimum,
    Maximum,
    Better,
}

impl Comparison {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Minimum => "minimum",
            Self::Maximum => "maximum",
            Self::Better => "better",
        }
    }
}

/// RequestedAuthnContext (core 3.3.2.2.1): how the user must be authenticated. By default none is asked for: an exact
/// `PasswordProtectedTransport` locks out everybody who signs in with a second factor (Entra ID: AADSTS75011).
///
/// The classes have no order that is known everywhere. So every comparison but `exact` says which classes the
/// application accepts in the answer; one outside them is rejected (`authn-context-mismatch`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestedAuthnContext {
    pub(crate) comparison: Comparison,
    pub(crate) classes: Vec<String>,
    pub(crate) accepted: Vec<String>,
}

impl RequestedAuthnContext {
    /// Exactly one of these classes.
    #[must_use]
    pub fn exact<I: IntoIterator<Item: Into<String>>>(classes: I) -> Self {
        let classes: Vec<String> = classes.into_iter().map(Into::into).collect();
        Self { comparison: Comparison::Exact, accepted: classes.clone(), classes }
    }

    /// At least as strong as one of `classes`; the answer must name one of `accepted`.
    #[must_use]
    pub fn minimum<I, J>(classes: I, accepted: J) -> Self
    where
        I: IntoIterator<Item: Into<String>>,
        J: IntoIterator<Item: Into<String>>,
    {
        Self::comparing(Comparison::Minimum, classes, accepted)
    }

    /// As strong as possible, without exceeding one of `classes`; the answer must name one of `accepted`.
    #[must_use]
    pub fn maximum<I, J>(classes: I, accepted: J) -> Self
    where
        I: IntoIterator<Item: Into<String>>,
        J: IntoIterator<Item: Into<String>>,
    {
        Self::comparing(Comparison::Maximum, classes, accepted)
    }

    /// Stronger than each of `classes`; the answer must name one of `accepted`.
    #[must_use]
    pub fn better<I, J>(classes: I, accepted: J) -> Self
    where
        I: IntoIterator<Item: Into<String>>,
        J: IntoIterator<Item: Into<String>>,
    {
        Self::comparing(Comparison::Better, classes, accepted)
    }

    fn comparing<I, J>(comparison: Comparison, classes: I, accepted: J) -> Self
    where
        I: IntoIterator<Item: Into<String>>,
        J: IntoIterator<Item: Into<String>>,
    {
        Self {
            comparison,
            classes: classes.into_iter().map(Into::into).collect(),
            accepted: accepted.into_iter().map(Into::into).collect(),
        }
    }
}

/// Scoping (core 3.4.1.2): which identity providers a proxy may ask, and on whose behalf.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scoping {
    pub(crate) proxy_count: Option<u32>,
    pub(crate) idps: Vec<EntityId>,
    pub(crate) requesters: Vec<EntityId>,
}

impl Scoping {
    /// No restriction yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// At most this many proxies between the identity provider asked and the one that authenticates.
    #[must_use]
    pub fn proxy_count(mut self, count: u32) -> Self {
        self.proxy_count = Some(count);
        self
    }

    /// Adds an identity provider to the list of those that may authenticate the user.
    #[must_use]
    pub fn idp(mut self, idp: EntityId) -> Self {
        self.idps.push(idp);
        self
    }

    /// Adds an entity on whose behalf the request is made.
    #[must_use]
    pub fn requester(mut self, requester: EntityId) -> Self {
        self.requesters.push(requester);
        self
    }
}

/// The message. Everything in it was checked when the login began.
pub(crate) struct AuthnRequest<'a> {
    pub(crate) id: &'a MessageId,
    pub(crate) issue_instant: DateTime<Utc>,
    pub(crate) destination: &'a str,
    pub(crate) issuer: &'a EntityId,
    pub(crate) acs_url: &'a str,
    pub(crate) force_authn: bool,
    pub(crate) is_passive: bool,
    pub(crate) provider_name: Option<&'a str>,
    pub(crate) attribute_consuming_service: Option<u16>,
    pub(crate) extensions: &'a [Fragment],
    pub(crate) subject: Option<&'a NameId>,
    pub(crate) name_id_policy: Option<&'a NameIdPolicy>,
    pub(crate) requested_authn_context: Option<&'a RequestedAuthnContext>,
    pub(crate) scoping: Option<&'a Scoping>,
}

impl AuthnRequest<'_> {
    /// In the schema's order: Issuer, (Signature,) Extensions, Subject, NameIDPolicy, RequestedAuthnContext, Scoping.
    pub(crate) fn to_xml(&self) -> Result<String, WriteError> {
        let mut w = Writer::new();
        w.open("samlp:AuthnRequest").attribute("xmlns:saml", ns::SAML).attribute("xmlns:samlp", ns::SAMLP);
        w.attribute("ID", self.id.as_str()).attribute("Version", urn::VERSION);
        w.attribute("IssueInstant", &instant::format(self.issue_instant)).attribute("Destination", self.destination);
        w.optional("ProviderName", self.provider_name);
        w.optional("ForceAuthn", self.force_authn.then_some("true"));
        w.optional("IsPassive", self.is_passive.then_some("true"));
        // The URL and not its index (SDP-SP05), byte for byte as in the metadata (SDP-SP06).
        w.attribute("ProtocolBinding", urn::binding::POST).attribute("AssertionConsumerServiceURL", self.acs_url);
        let index = self.attribute_consuming_service.map(|index| index.to_string());
        w.optional("AttributeConsumingServiceIndex", index.as_deref());
        w.open("saml:Issuer").text(self.issuer.as_str()).close();
        if !self.extensions.is_empty() {
            w.open("samlp:Extensions");
            for extension in self.extensions {
                w.fragment(extension);
            }
            w.close();
        }
        if let Some(subject) = self.subject {
            w.open("saml:Subject");
            subject.write(&mut w);
            w.close();
        }
        if let Some(policy) = self.name_id_policy {
            let transient = policy.format.as_deref() == Some(urn::name_id_format::TRANSIENT);
            w.open("samlp:NameIDPolicy").optional("Format", policy.format.as_deref());
            w.optional("SPNameQualifier", policy.sp_name_qualifier.as_deref());
            w.optional("AllowCreate", (policy.allow_create && !transient).then_some("true")).close();
        }
        if let Some(context) = self.requested_authn_context {
            w.open("samlp:RequestedAuthnContext").attribute("Comparison", context.comparison.as_str());
            for class in &context.classes {
                w.open("saml:AuthnContextClassRef").text(class).close();
            }
            w.close();
        }
        if let Some(scoping) = self.scoping {
            self.scoping(scoping, &mut w);
        }
        w.close();
        w.finish()
    }

    fn scoping(&self, scoping: &Scoping, w: &mut Writer) {
        let count = scoping.proxy_count.map(|count| count.to_string());
        w.open("samlp:Scoping").optional("ProxyCount", count.as_deref());
        if !scoping.idps.is_empty() {
            w.open("samlp:IDPList");
            for idp in &scoping.idps {
                w.open("samlp:IDPEntry").attribute("ProviderID", idp.as_str()).close();
            }
            w.close();
        }
        for requester in &scoping.requesters {
            w.open("samlp:RequesterID").text(requester.as_str()).close();
        }
        w.close();
    }
}
