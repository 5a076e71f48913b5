//! Products that an organization runs itself. Each habit with the public page or thread that shows it.

use super::hosted::{BARE, OPEN_SAML};
use super::imitation::{Imitation, Published, Sends, Signed, Validity, WebServices, What};
use crate::binding::redirect::Spelling;
use crate::saml::urn::{self, attribute_name_format, binding, name_id_format};
use crate::testing::{MessageStyle, Sign};

const AD_FS_SSO: &str = "https://fs.example.com/adfs/ls/";

pub(super) const AD_FS: Imitation = Imitation {
    // The Federation Service identifier, with http.
    entity_id: "http://fs.example.com/adfs/services/trust",
    metadata: Published {
        default_namespace: true,
        signed: true,
        // i8beef #15, #69.
        web_services: Some(WebServices { url: AD_FS_SSO }),
        encryption_key: true,
        name_id_formats: &[name_id_format::EMAIL_ADDRESS, name_id_format::PERSISTENT, name_id_format::TRANSIENT],
        sso: &[(binding::REDIRECT, AD_FS_SSO), (binding::POST, AD_FS_SSO)],
        slo: &[(binding::REDIRECT, AD_FS_SSO), (binding::POST, AD_FS_SSO)],
        ..Published::PLAIN
    },
    // SamlResponseSignature is AssertionOnly: learn.microsoft.com Set-AdfsRelyingPartyTrust.
    sign: Sign::Assertion,
    // No prefix on the Assertion: ruby-saml #276. Milliseconds: gosaml2 #57.
    style: MessageStyle { fraction_digits: Some(3), ..BARE },
    // flipbox saml-sp #87.
    consent: Some("urn:oasis:names:tc:SAML:2.0:consent:unspecified"),
    name_id: What::PrincipalName,
    name_id_format: Some(name_id_format::UNSPECIFIED),
    // NotBefore is this very moment: gosaml2 #57, saml-client PR 19.
    window: Validity { before: 0, after: 3_600, confirmed: 300, session: None },
    // By the recorded answer in php-saml's and auth0's test suites: aes256-cbc, rsa-oaep-mgf1p.
    encrypts_by: Some("http://www.w3.org/2001/04/xmlenc#aes256-cbc"),
    name_format: None,
    value_type: None,
    attributes: &[
        Sends::new("http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress", What::Email),
        Sends::new("http://schemas.xmlsoap.org/ws/2005/05/identity/claims/givenname", What::FirstName),
        Sends::new("http://schemas.xmlsoap.org/ws/2005/05/identity/claims/surname", What::LastName),
        Sends::new("http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name", What::DisplayName),
        Sends::new("http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn", What::PrincipalName),
        Sends::new("http://schemas.xmlsoap.org/claims/Group", What::Groups),
    ],
    // mod_auth_mellon's user guide, laravel-saml2 #179, Sustainsys #632.
    refuses_other_formats: true,
    // php-saml #251, java-saml #225, python-saml #139.
    spelling: Some(Spelling::DotNet),
    ..Imitation::PLAIN
};

const KEYCLOAK_REALM: &str = "https://id.example.com/realms/staff/protocol/saml";

pub(super) const KEYCLOAK: Imitation = Imitation {
    entity_id: "https://id.example.com/realms/staff",
    metadata: Published {
        // "Client signature required" is on: keycloak #30680.
        wants_signed_requests: true,
        name_id_formats: &[
            name_id_format::PERSISTENT,
            name_id_format::TRANSIENT,
            name_id_format::UNSPECIFIED,
            name_id_format::EMAIL_ADDRESS,
        ],
        sso: &[(binding::POST, KEYCLOAK_REALM), (binding::REDIRECT, KEYCLOAK_REALM), (binding::SOAP, KEYCLOAK_REALM)],
        slo: &[(binding::POST, KEYCLOAK_REALM), (binding::REDIRECT, KEYCLOAK_REALM), (binding::SOAP, KEYCLOAK_REALM)],
        ..Published::PLAIN
    },
    // "Sign documents" is on, "Sign assertions" off: keycloak's server administration guide.
    sign: Sign::Response,
    signature: Signed { prefix: "dsig", ..Imitation::PLAIN.signature },
    // The same namespace as prefix and as default: keycloak #22962.
    style: MessageStyle { idle_default: true, fraction_digits: Some(3), ..MessageStyle::PLAIN },
    name_id: What::UserName,
    name_id_format: Some(name_id_format::UNSPECIFIED),
    window: Validity { before: 0, after: 60, confirmed: 300, session: Some(36_000) },
    authn_context: urn::authn_context::UNSPECIFIED,
    // One Attribute for each role: user_saml #222, snipe-it #13916, python3-saml #39.
    groups_apart: true,
    attributes: &[
        Sends::new("urn:oid:1.2.840.113549.1.9.1", What::Email).friendly("email").format(attribute_name_format::URI),
        Sends::new("urn:oid:2.5.4.42", What::FirstName).friendly("givenName").format(attribute_name_format::URI),
        Sends::new("urn:oid:2.5.4.4", What::LastName).friendly("surname").format(attribute_name_format::URI),
        Sends::new("Role", What::Groups),
    ],
    ..Imitation::PLAIN
};

pub(super) const PING_FEDERATE: Imitation = Imitation {
    // Any text that an administrator types: uaa #353.
    entity_id: "gefssprd",
    metadata: Published {
        name_id_formats: &[name_id_format::UNSPECIFIED],
        sso: &[
            (binding::POST, "https://sso.example.com/idp/SSO.saml2"),
            (binding::REDIRECT, "https://sso.example.com/idp/SSO.saml2"),
        ],
        slo: &[
            (binding::POST, "https://sso.example.com/idp/SLO.saml2"),
            (binding::REDIRECT, "https://sso.example.com/idp/SLO.saml2"),
        ],
        ..Published::PLAIN
    },
    // "Always sign assertion" is unchecked, and a posted Response must be signed: docs.pingidentity.com, signature policy.
    sign: Sign::Response,
    // The certificate in KeyInfo is an option: cloudflare-docs PR 22477, samlify #223.
    signature: Signed { carries_certificate: false, ..Imitation::PLAIN.signature },
    style: MessageStyle { fraction_digits: Some(3), ..MessageStyle::PLAIN },
    name_id_format: Some(name_id_format::UNSPECIFIED),
    authn_context: urn::authn_context::UNSPECIFIED,
    attributes: &[
        Sends::new("mail", What::Email),
        Sends::new("givenName", What::FirstName),
        Sends::new("sn", What::LastName),
        Sends::new("memberOf", What::Groups),
    ],
    ..Imitation::PLAIN
};

const SHIBBOLETH_REDIRECT: &str = "https://idp.example.edu/idp/profile/SAML2/Redirect/SSO";

pub(super) const SHIBBOLETH: Imitation = Imitation {
    entity_id: "https://idp.example.edu/idp/shibboleth",
    metadata: Published {
        protocols: "urn:oasis:names:tc:SAML:2.0:protocol urn:mace:shibboleth:1.0",
        scope: Some("example.edu"),
        // Beside the one that signs, one for the back channel and one to encrypt to.
        signing_keys: 2,
        encryption_key: true,
        sso: &[
            ("urn:mace:shibboleth:1.0:profiles:AuthnRequest", "https://idp.example.edu/idp/profile/Shibboleth/SSO"),
            (binding::POST, "https://idp.example.edu/idp/profile/SAML2/POST/SSO"),
            (
                "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST-SimpleSign",
                "https://idp.example.edu/idp/profile/SAML2/POST-SimpleSign/SSO",
            ),
            (binding::REDIRECT, SHIBBOLETH_REDIRECT),
        ],
        slo: &[
            (binding::REDIRECT, "https://idp.example.edu/idp/profile/SAML2/Redirect/SLO"),
            (binding::POST, "https://idp.example.edu/idp/profile/SAML2/POST/SLO"),
            (binding::SOAP, "https://idp.example.edu:8443/idp/profile/SAML2/SOAP/SLO"),
        ],
        ..Published::PLAIN
    },
    // signResponses true, signAssertions false: indigo-iam #377.
    sign: Sign::Response,
    // As OpenSAML writes where values are typed.
    signature: Signed { prefix_list: "xsd", ..Imitation::PLAIN.signature },
    style: OPEN_SAML,
    name_id: What::Transient,
    name_id_format: Some(name_id_format::TRANSIENT),
    qualifies: true,
    // Since version 4: ruby-saml #541, crewjam PR 371, pysaml2 #671.
    encrypts_by: Some("http://www.w3.org/2009/xmlenc11#aes128-gcm"),
    // Not always typed: python3-saml #203.
    value_type: None,
    name_format: Some(attribute_name_format::URI),
    attributes: &[
        Sends::new("urn:oid:0.9.2342.19200300.100.1.3", What::Email).friendly("mail"),
        Sends::new("urn:oid:2.5.4.42", What::FirstName).friendly("givenName"),
        Sends::new("urn:oid:2.5.4.4", What::LastName).friendly("sn"),
        Sends::new("urn:oid:2.16.840.1.113730.3.1.241", What::DisplayName).friendly("displayName"),
        Sends::new("urn:oid:1.3.6.1.4.1.5923.1.1.1.6", What::Scoped("example.edu")).friendly("eduPersonPrincipalName"),
        Sends::new("urn:oid:1.3.6.1.4.1.5923.1.5.1.1", What::Groups).friendly("isMemberOf"),
    ],
    ..Imitation::PLAIN
};

/// By recorded answers of version 1.19; simplesamlphp #2602, #535, PR 1662.
pub(super) const SIMPLE_SAML_PHP: Imitation = Imitation {
    entity_id: "https://idp.example.org/simplesaml/saml2/idp/metadata.php",
    metadata: Published {
        encryption_key: true,
        name_id_formats: &[name_id_format::TRANSIENT],
        sso: &[(binding::REDIRECT, "https://idp.example.org/simplesaml/saml2/idp/SSOService.php")],
        slo: &[(binding::REDIRECT, "https://idp.example.org/simplesaml/saml2/idp/SingleLogoutService.php")],
        ..Published::PLAIN
    },
    sign: Sign::Both,
    name_id: What::Transient,
    name_id_format: Some(name_id_format::TRANSIENT),
    window: Validity { before: 30, after: 300, confirmed: 300, session: Some(28_800) },
    authn_context: urn::authn_context::PASSWORD,
    attributes: &[
        Sends::new("uid", What::UserName),
        Sends::new("mail", What::Email),
        Sends::new("givenName", What::FirstName),
        Sends::new("sn", What::LastName),
        Sends::new("groups", What::Groups),
    ],
    // `sign.logout` is off at first.
    signs_logout: false,
    ..Imitation::PLAIN
};

/// secsign.com, 2fa-saml-integration-confluence-cloud-setup-identity-manager: one address, a certificate to copy, and no word
/// about metadata, attributes or logout.
pub(super) const SEC_SIGN_ID: Imitation = Imitation {
    entity_id: "https://id.example.com/SAML_Login",
    metadata: Published {
        by_hand: true,
        sso: &[(binding::REDIRECT, "https://id.example.com/SAML_Login")],
        ..Published::PLAIN
    },
    name_id: What::Email,
    name_id_format: Some(name_id_format::EMAIL_ADDRESS),
    attributes: &[],
    ..Imitation::PLAIN
};
