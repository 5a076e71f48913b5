//! Who may enter: rules over what an identity provider signed, as a value, decided by a pure function.

use std::fmt;

use super::map::{AttributeMap, plain};
use super::{Groups, Identity};
use crate::error::{AttributeError, Error};
use crate::saml::EntityId;
use crate::text::quoted::Quoted;

/// A rule about who may enter. Nobody passes a rule that names nothing, unless it stands under a `!`; and nobody one that
/// cannot be decided ([`Groups::Overage`]), under a `!` or not.
///
/// ```
/// use saml_sp::{AttributeMap, Error, Gate, Identity};
///
/// fn may_edit(identity: &Identity) -> Result<(), Error> {
///     let map = AttributeMap::new();
///     let gate = Gate::any_group(&map, ["editors", "admins"]).and(!Gate::any_group(&map, ["suspended"]));
///     identity.require(&gate)
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gate(Rule);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Rule {
    AnyOf { attribute: String, values: Vec<String> },
    AllOf { attribute: String, values: Vec<String> },
    AnyGroup { map: Box<AttributeMap>, groups: Vec<String> },
    AuthnContext(Vec<String>),
    Idp(EntityId),
    Not(Box<Self>),
    And(Vec<Self>),
    Or(Vec<Self>),
}

impl Gate {
    /// Whose attribute of exactly this Name has one of these values at least.
    pub fn any_of<I: IntoIterator<Item: Into<String>>>(attribute: impl Into<String>, values: I) -> Self {
        Self(Rule::AnyOf { attribute: attribute.into(), values: values.into_iter().map(Into::into).collect() })
    }

    /// Whose attribute of exactly this Name has all of these values.
    pub fn all_of<I: IntoIterator<Item: Into<String>>>(attribute: impl Into<String>, values: I) -> Self {
        Self(Rule::AllOf { attribute: attribute.into(), values: values.into_iter().map(Into::into).collect() })
    }

    /// Who is in one of these groups at least, wherever this map finds them. Groups that were not sent are none; where they were
    /// too many to be sent ([`Groups::Overage`]) nobody knows.
    pub fn any_group<I: IntoIterator<Item: Into<String>>>(map: &AttributeMap, groups: I) -> Self {
        Self(Rule::AnyGroup { map: Box::new(map.clone()), groups: groups.into_iter().map(Into::into).collect() })
    }

    /// Who authenticated by one of these authentication context classes (IIP-SP07). Under a `!` those pass too of whom no class is named.
    ///
    /// With [`idp`](Self::idp), each identity provider has a demand of its own, also for answers that nobody asked for. What the
    /// request asks for is [`LoginOptions::requested_authn_context`](crate::LoginOptions::requested_authn_context).
    ///
    /// ```
    /// use saml_sp::{EntityId, Gate};
    ///
    /// fn strong_enough(ours: EntityId, partner: EntityId) -> Gate {
    ///     let mfa = "https://refeds.org/profile/mfa";
    ///     let password = "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport";
    ///     Gate::idp(ours).and(Gate::authn_context([password, mfa])).or(Gate::idp(partner).and(Gate::authn_context([mfa])))
    /// }
    /// ```
    pub fn authn_context<I: IntoIterator<Item: Into<String>>>(classes: I) -> Self {
        Self(Rule::AuthnContext(classes.into_iter().map(Into::into).collect()))
    }

    /// Who signed in at this identity provider, by its name: where tenants register their own, another tenant's may have the same.
    #[must_use]
    pub fn idp(entity_id: EntityId) -> Self {
        Self(Rule::Idp(entity_id))
    }

    /// Who passes this and that one.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self(Rule::And(vec![self.0, other.0]))
    }

    /// Who passes this or that one.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self(Rule::Or(vec![self.0, other.0]))
    }

    /// Whether this user passes.
    #[must_use]
    pub fn admits(&self, identity: &Identity) -> bool {
        self.0.admits(identity)
    }

    /// Whether this user passes, rule by rule: for an administrator. It names what is wanted and whether it is met, and no value
    /// beyond.
    #[must_use]
    pub fn explain(&self, identity: &Identity) -> Explanation {
        self.0.explain(identity)
    }
}

impl std::ops::Not for Gate {
    type Output = Self;

    /// Who does not pass. An attribute that was not sent has no values: `!any_of("groups", ["suspended"])` lets those pass too of whom
    /// no groups are known. Of groups ask with [`any_group`](Self::any_group), which tells none from too many.
    fn not(self) -> Self {
        Self(Rule::Not(Box::new(self.0)))
    }
}

impl Rule {
    /// `None` where it cannot be known: groups that were too many to be sent. It stays so under a `!`.
    fn decides(&self, identity: &Identity) -> Option<bool> {
        let has = |attribute: &str, value: &String| {
            let attribute = identity.attributes.get(attribute);
            attribute.is_some_and(|attribute| attribute.values.iter().any(|v| plain(v) == Some(value.as_str())))
        };
        match self {
            Self::AnyOf { attribute, values } => Some(values.iter().any(|value| has(attribute, value))),
            Self::AllOf { attribute, values } => {
                Some(!values.is_empty() && values.iter().all(|value| has(attribute, value)))
            }
            Self::AnyGroup { map, groups } => match map.groups(identity) {
                Groups::Listed(listed) => Some(listed.iter().any(|group| groups.contains(group))),
                Groups::Overage { .. } => None,
                Groups::Absent => Some(false),
            },
            Self::AuthnContext(classes) => {
                Some(identity.authn_context().is_some_and(|class| classes.iter().any(|wanted| wanted == class)))
            }
            Self::Idp(idp) => Some(identity.idp() == idp),
            Self::Not(rule) => rule.decides(identity).map(|met| !met),
            Self::And(rules) => all(rules.iter().map(|rule| rule.decides(identity))),
            Self::Or(rules) => all(rules.iter().map(|rule| rule.decides(identity).map(|met| !met))).map(|none| !none),
        }
    }

    fn admits(&self, identity: &Identity) -> bool {
        self.decides(identity) == Some(true)
    }

    fn explain(&self, identity: &Identity) -> Explanation {
        let rules: &[Self] = match self {
            Self::Not(rule) => std::slice::from_ref(rule),
            Self::And(rules) | Self::Or(rules) => rules,
            _ => &[],
        };
        let parts = rules.iter().map(|rule| rule.explain(identity)).collect();
        Explanation { rule: self.in_words(identity), met: self.decides(identity), parts }
    }

    fn in_words(&self, identity: &Identity) -> String {
        let list = |values: &[String]| values.iter().map(|v| Quoted::new(v).to_string()).collect::<Vec<_>>().join(", ");
        match self {
            Self::AnyOf { attribute, values } => {
                format!("the attribute {} has one of {}", Quoted::new(attribute), list(values))
            }
            Self::AllOf { attribute, values } => {
                format!("the attribute {} has all of {}", Quoted::new(attribute), list(values))
            }
            Self::AnyGroup { map, groups } => {
                let why = match map.groups(identity) {
                    Groups::Listed(_) => "",
                    Groups::Overage { .. } => " (the identity provider sent a link in their place: there are too many)",
                    Groups::Absent => " (the identity provider sent none)",
                };
                format!("a member of one of the groups {}{why}", list(groups))
            }
            Self::AuthnContext(classes) => format!("authenticated by one of {}", list(classes)),
            Self::Idp(idp) => format!("signed in at {}", Quoted::new(idp.as_str())),
            Self::Not(_) => "not".to_owned(),
            Self::And(_) => "each of".to_owned(),
            Self::Or(_) => "one of".to_owned(),
        }
    }
}

/// Whether all are met: one that is not decides, one that is unknown leaves it open.
fn all(met: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut known = true;
    for met in met {
        match met {
            Some(false) => return Some(false),
            Some(true) => {}
            None => known = false,
        }
    }
    known.then_some(true)
}

/// Why somebody passes a [`Gate`] or not. Displayed as a tree, a rule a line.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Explanation {
    /// The rule in words.
    pub rule: String,
    /// Whether it is met; `None` where that is not known, because groups were too many to be sent.
    pub met: Option<bool>,
    /// The rules that it is made of.
    pub parts: Vec<Self>,
}

impl Explanation {
    fn write(&self, depth: usize, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let indent = depth.saturating_mul(2);
        let met = match self.met {
            Some(true) => "yes:",
            Some(false) => "no: ",
            None => "???:",
        };
        writeln!(f, "{:indent$}{met} {}", "", self.rule)?;
        self.parts.iter().try_for_each(|part| part.write(depth.saturating_add(1), f))
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(0, f)
    }
}

impl Identity {
    /// Whether this user may enter.
    ///
    /// # Errors
    /// `not-admitted`, with the rules in words: what is wanted and whether it is met, for the log.
    pub fn require(&self, gate: &Gate) -> Result<(), Error> {
        if gate.admits(self) {
            return Ok(());
        }
        let explanation = gate.explain(self).to_string();
        Err(AttributeError::NotAdmitted { rules: explanation.trim_end().to_owned() }.into())
    }
}
