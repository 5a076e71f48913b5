//! Under which names products send what applications ask for: data, each row with who sends it.

use super::map::Field;

/// A field, and the names that it is looked for under, in this order. Names are compared exactly.
pub(super) const KNOWN: &[(Field, &[&str])] = &[
    (
        Field::Email,
        &[
            // eduPerson and Shibboleth: mail
            "urn:oid:0.9.2342.19200300.100.1.3",
            // Entra ID, AD FS, Auth0
            "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress",
            // Keycloak, its built-in mapper for X.500 names
            "urn:oid:1.2.840.113549.1.9.1",
            // Okta, Google Workspace and JumpCloud, by convention: an administrator types the name there
            "email",
            // SimpleSAMLphp, LDAP
            "mail",
            // OneLogin
            "User.email",
        ],
    ),
    (
        Field::FirstName,
        &[
            "urn:oid:2.5.4.42",
            "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/givenname",
            "firstName",
            "givenName",
            "User.FirstName",
        ],
    ),
    (
        Field::LastName,
        &[
            "urn:oid:2.5.4.4",
            "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/surname",
            "lastName",
            "sn",
            "User.LastName",
        ],
    ),
    (
        Field::DisplayName,
        &[
            "urn:oid:2.16.840.1.113730.3.1.241",
            // Entra ID
            "http://schemas.microsoft.com/identity/claims/displayname",
            "displayName",
        ],
    ),
    (
        Field::Username,
        &[
            // uid
            "urn:oid:0.9.2342.19200300.100.1.1",
            // AD FS, Auth0
            "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn",
            "username",
            "uid",
            // Entra ID: the user principal name. Auth0 sends a name for people under it.
            "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name",
        ],
    ),
    (
        Field::Groups,
        &[
            // Entra ID, object ids unless another source is chosen
            "http://schemas.microsoft.com/ws/2008/06/identity/claims/groups",
            // AD FS
            "http://schemas.xmlsoap.org/claims/Group",
            // eduMember: isMemberOf
            "urn:oid:1.3.6.1.4.1.5923.1.5.1.1",
            "groups",
            // OneLogin, JumpCloud, LDAP
            "memberOf",
            // Keycloak, its list of roles
            "Role",
        ],
    ),
    (Field::EduPersonPrincipalName, &["urn:oid:1.3.6.1.4.1.5923.1.1.1.6", "eduPersonPrincipalName"]),
    (Field::SubjectId, &["urn:oasis:names:tc:SAML:attribute:subject-id"]),
    (Field::PairwiseId, &["urn:oasis:names:tc:SAML:attribute:pairwise-id"]),
];

/// Where Entra ID puts a link in the place of more groups than fit.
pub(super) const OVERAGE: &str = "http://schemas.microsoft.com/claims/groups.link";
