//! From what identity providers send to what an application asks for.

use std::borrow::Cow;
use std::fmt;

use super::Identity;
use super::groups::Groups;
use super::known::{KNOWN, OVERAGE};
use crate::error::{AttributeError, Error, Rejection};
use crate::saml::metadata::IdentityProvider;
use crate::saml::{Attribute, AttributeValue, urn};
use crate::text::quoted::Quoted;
use crate::text::whitespace;

/// Something that an application wants to know about a user.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Field {
    /// An e-mail address. Any identity provider can send any: link no accounts by it alone.
    Email,
    /// The given name.
    FirstName,
    /// The family name.
    LastName,
    /// A name for people.
    DisplayName,
    /// A name that the user signs in by.
    Username,
    /// Groups, or roles.
    Groups,
    /// eduPersonPrincipalName, such as `alice@example.org`; scoped.
    EduPersonPrincipalName,
    /// The general-purpose subject identifier (SAML V2.0 Subject Identifier Attributes Profile, 3.3); scoped.
    SubjectId,
    /// The pairwise subject identifier (3.4 there); scoped.
    PairwiseId,
    /// One of the application's own, by a name of its own.
    Own(Cow<'static, str>),
}

impl Field {
    /// One of the application's own.
    pub fn own(name: impl Into<Cow<'static, str>>) -> Self {
        Self::Own(name.into())
    }

    /// Whether its values end in `@` and a scope, which says for whom the identity provider may speak.
    fn is_scoped(&self) -> bool {
        matches!(self, Self::EduPersonPrincipalName | Self::SubjectId | Self::PairwiseId)
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Email => "email",
            Self::FirstName => "first name",
            Self::LastName => "last name",
            Self::DisplayName => "display name",
            Self::Username => "username",
            Self::Groups => "groups",
            Self::EduPersonPrincipalName => "eduPersonPrincipalName",
            Self::SubjectId => "subject-id",
            Self::PairwiseId => "pairwise-id",
            Self::Own(name) => name,
        })
    }
}

/// Where to find each [`Field`] among the attributes: under the names that the application gives, or else those that products are
/// known to use. Names are compared exactly; a FriendlyName is for people and decides nothing.
///
/// | field | looked for under |
/// |---|---|
/// | email | `mail` by its OID, the claim `…/emailaddress` (Entra ID, AD FS, Auth0), Keycloak's OID, `email`, `mail`, `User.email` (OneLogin); else the NameID, where its Format is `emailAddress` |
/// | first name | `givenName` by its OID, the claim `…/givenname`, `firstName`, `givenName`, `User.FirstName` |
/// | last name | `sn` by its OID, the claim `…/surname`, `lastName`, `sn`, `User.LastName` |
/// | display name | `displayName` by its OID, Microsoft's claim `displayname`, `displayName` |
/// | username | `uid` by its OID, the claim `…/upn`, `username`, `uid`, the claim `…/name` |
/// | groups | Microsoft's claim `groups`, AD FS's `Group`, `isMemberOf` by its OID, `groups`, `memberOf`, `Role` (Keycloak) |
/// | eduPersonPrincipalName, subject-id, pairwise-id | their own names |
///
/// ```
/// use saml_sp::{AttributeMap, Error, Field, IdentityProvider, Login};
///
/// fn account(idp: &IdentityProvider, login: &Login) -> Result<(String, Option<String>), Error> {
///     let map = AttributeMap::new().alias(Field::own("department"), "dept").require(Field::Email);
///     let user = map.read(&login.identity, idp)?;
///     Ok((user.get(&Field::Email).unwrap_or_default().to_owned(), user.get(&Field::own("department")).map(str::to_owned)))
/// }
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AttributeMap {
    aliases: Vec<(Field, String)>,
    required: Vec<Field>,
    scopes: Vec<String>,
    group_separator: Option<char>,
    group_prefix: Option<String>,
}

impl AttributeMap {
    /// The names of the table, and nothing required.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Looks for a field under this name, and no more under those of the table; under several in the order in which they are
    /// given. To keep one of the table's, give it too.
    #[must_use]
    pub fn alias(mut self, field: Field, name: impl Into<String>) -> Self {
        self.aliases.push((field, name.into()));
        self
    }

    /// Makes [`read`](Self::read) fail where this field has no value.
    #[must_use]
    pub fn require(mut self, field: Field) -> Self {
        self.required.push(field);
        self
    }

    /// Takes scoped values with this scope from the identity provider, beside those that its metadata declares (shibmd:Scope):
    /// for one that declares none. Without any of the two a scoped value is not taken (SDP-SP17).
    #[must_use]
    pub fn allow_scope(mut self, scope: impl Into<String>) -> Self {
        self.scopes.push(scope.into());
        self
    }

    /// Cuts each value of the groups at this character: some send all of them as one text.
    #[must_use]
    pub fn split_groups_at(mut self, separator: char) -> Self {
        self.group_separator = Some(separator);
        self
    }

    /// Keeps only groups that begin with this, as they are.
    #[must_use]
    pub fn only_groups_with_prefix(mut self, prefix: impl Into<String>) -> Self {
        self.group_prefix = Some(prefix.into());
        self
    }

    /// The fields of an identity. `idp` is the one that signed it: its metadata says which scopes it may use.
    ///
    /// # Errors
    /// `wrong-idp` for another identity provider; `attribute-missing` where a required field has no value; `attribute-scope`
    /// where it had one that is not the identity provider's to give. Other fields are left out for that, see
    /// [`MappedAttributes::out_of_scope`].
    pub fn read(&self, identity: &Identity, idp: &IdentityProvider) -> Result<MappedAttributes, Error> {
        if identity.idp() != idp.entity_id() {
            let (pending, given) = (identity.idp().clone(), idp.entity_id().clone());
            return Err(Rejection::WrongIdp { what: "identity", pending, given }.into());
        }
        let mut fields: Vec<(Field, Vec<String>)> = Vec::new();
        let mut out_of_scope = Vec::new();
        let own = self.aliases.iter().map(|(field, _)| field);
        let groups = self.groups(identity);
        for field in KNOWN.iter().map(|(field, _)| field).chain(own).chain(&self.required) {
            if fields.iter().any(|(known, _)| known == field) {
                continue;
            }
            let mut values = match field {
                Field::Groups => groups.listed().to_vec(),
                field => self.values(identity, field),
            };
            if field.is_scoped() && !values.iter().all(|value| self.is_in_scope(value, idp)) {
                // One wrong value spoils the others: an attribute is believed or it is not.
                values.clear();
                out_of_scope.push(field.clone());
            }
            fields.push((field.clone(), values));
        }
        let mapped = MappedAttributes { fields, out_of_scope, groups };
        match self.required.iter().find(|field| mapped.get(field).is_none()) {
            Some(field) if mapped.out_of_scope.contains(field) => Err(self.scope(field, idp).into()),
            Some(missing) => Err(self.missing(missing, identity).into()),
            None => Ok(mapped),
        }
    }

    /// The groups of an identity, or why they are not known.
    #[must_use]
    pub fn groups(&self, identity: &Identity) -> Groups {
        if let Some(link) = identity.attribute(OVERAGE) {
            return Groups::Overage { link: link.to_owned() };
        }
        match self.attribute(identity, &Field::Groups) {
            Some(attribute) => Groups::Listed(self.listed(attribute)),
            None => Groups::Absent,
        }
    }

    /// Each group once, in order.
    fn listed(&self, attribute: &Attribute) -> Vec<String> {
        let mut groups: Vec<String> = Vec::with_capacity(attribute.values.len());
        let mut seen = std::collections::HashSet::new();
        let prefix = self.group_prefix.as_deref().unwrap_or_default();
        for text in attribute.values.iter().filter_map(plain) {
            let parts: Vec<&str> = match self.group_separator {
                Some(separator) => text.split(separator).map(str::trim).filter(|part| !part.is_empty()).collect(),
                None => vec![text],
            };
            let wanted = parts.into_iter().filter(|group| group.starts_with(prefix));
            groups.extend(wanted.filter(|group| seen.insert((*group).to_owned())).map(str::to_owned));
        }
        groups
    }

    /// The names that a field is looked for under, in this order: those that the application gave, else those of the table. Never both:
    /// whoever lacks the attribute that was chosen would be judged by one that nobody chose.
    ///
    /// ```
    /// use saml_sp::{AttributeMap, Field, Report};
    ///
    /// /// For the page that shows a report: whether an e-mail address came, under a name that is looked for.
    /// fn has_email(map: &AttributeMap, report: &Report) -> bool {
    ///     let assertion = report.sent().and_then(|sent| sent.assertion.as_ref());
    ///     let mut sent = assertion.iter().flat_map(|assertion| &assertion.attributes);
    ///     sent.any(|attribute| attribute.name.as_ref().is_some_and(|n| map.names(&Field::Email).any(|known| known == n.as_str())))
    /// }
    /// ```
    pub fn names<'a>(&'a self, field: &'a Field) -> impl Iterator<Item = &'a str> {
        let own = move || self.aliases.iter().filter(move |(known, _)| known == field).map(|(_, name)| name.as_str());
        let table = KNOWN.iter().filter(move |(known, _)| known == field && own().next().is_none());
        own().chain(table.flat_map(|(_, names)| names.iter().copied()))
    }

    /// The first attribute under one of the names that has a value.
    fn attribute<'i>(&self, identity: &'i Identity, field: &Field) -> Option<&'i Attribute> {
        let mut found = self.names(field).filter_map(|name| identity.attributes.get(name));
        found.find(|attribute| attribute.values.iter().any(|value| plain(value).is_some()))
    }

    fn values(&self, identity: &Identity, field: &Field) -> Vec<String> {
        if let Some(attribute) = self.attribute(identity, field) {
            return attribute.values.iter().filter_map(plain).map(str::to_owned).collect();
        }
        let is_chosen = self.aliases.iter().any(|(known, _)| known == field);
        let name_id = identity.name_id().filter(|_| *field == Field::Email && !is_chosen);
        let is_email = |format: &String| format == urn::name_id_format::EMAIL_ADDRESS;
        let email = name_id.filter(|name_id| name_id.format.as_ref().is_some_and(is_email));
        email.map(|name_id| name_id.value.clone()).into_iter().collect()
    }

    fn scopes<'a>(&'a self, idp: &'a IdentityProvider) -> impl Iterator<Item = &'a str> {
        idp.scopes().chain(self.scopes.iter().map(String::as_str))
    }

    fn is_in_scope(&self, value: &str, idp: &IdentityProvider) -> bool {
        // One `@`, with something before it (SAML V2.0 Subject Identifier Attributes Profile, 3.3).
        value
            .split_once('@')
            .is_some_and(|(name, scope)| !name.is_empty() && self.scopes(idp).any(|allowed| allowed == scope))
    }

    fn scope(&self, field: &Field, idp: &IdentityProvider) -> AttributeError {
        let allowed = self.scopes(idp).map(Quoted::new).collect();
        AttributeError::Scope { field: field.to_string(), idp: idp.entity_id().clone(), allowed }
    }

    fn missing(&self, field: &Field, identity: &Identity) -> AttributeError {
        AttributeError::Missing {
            wanted: field.to_string(),
            tried: self.names(field).map(Quoted::new).collect(),
            received: identity.attributes().iter().map(|attribute| Quoted::new(&attribute.name)).collect(),
        }
    }
}

/// A text as it stands. Elements inside a value make no text that anybody meant, and an empty one says nothing: directories
/// send them for what they do not know.
pub(super) fn plain(value: &AttributeValue) -> Option<&str> {
    value.text().filter(|text| value.xml().is_none() && !whitespace::trim(text).is_empty())
}

/// What an [`AttributeMap`] found.
#[derive(Clone, PartialEq, Eq)]
pub struct MappedAttributes {
    fields: Vec<(Field, Vec<String>)>,
    out_of_scope: Vec<Field>,
    groups: Groups,
}

impl MappedAttributes {
    /// The first value of a field.
    #[must_use]
    pub fn get(&self, field: &Field) -> Option<&str> {
        self.all(field).first().map(String::as_str)
    }

    /// All its values, in order; none where it was not sent.
    #[must_use]
    pub fn all(&self, field: &Field) -> &[String] {
        self.fields.iter().find(|(known, _)| known == field).map(|(_, values)| values.as_slice()).unwrap_or_default()
    }

    /// Fields that were sent with a scope which is not the identity provider's (SDP-SP17), and have no value for that.
    #[must_use]
    pub fn out_of_scope(&self) -> &[Field] {
        &self.out_of_scope
    }

    /// The groups, each once.
    #[must_use]
    pub fn groups(&self) -> &Groups {
        &self.groups
    }
}

impl fmt::Debug for MappedAttributes {
    /// Fields and numbers of values: values are personal data and stay out of logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let found = self.fields.iter().filter(|(_, values)| !values.is_empty());
        f.debug_map().entries(found.map(|(field, values)| (field.to_string(), values.len()))).finish()
    }
}
