//! Products that somebody else runs. Each habit with the public page or thread that shows it.

use super::imitation::{Imitation, Published, Sends, Signed, Validity, WebServices, What};
use crate::binding::redirect::Spelling;
use crate::crypto::{DigestAlgorithm, SignatureAlgorithm};
use crate::saml::urn::{self, binding, name_id_format};
use crate::testing::{Declared, MessageStyle, Sign};

/// No prefix on anything of the assertion's namespace: python3-saml #445, kimai #1975.
pub(super) const BARE: MessageStyle =
    MessageStyle { assertion_prefix: "", declared: Declared::WhereItBegins, ..MessageStyle::PLAIN };

/// What OpenSAML writes: `saml2` and `saml2p`, declared where they begin; milliseconds.
pub(super) const OPEN_SAML: MessageStyle = MessageStyle {
    protocol_prefix: "saml2p",
    assertion_prefix: "saml2",
    declared: Declared::WhereItBegins,
    fraction_digits: Some(3),
    ..MessageStyle::PLAIN
};

const ENTRA_SAML: &str = "https://login.microsoftonline.com/7a1b0c52-5f3e-4d68-9c1d-0a5b9d2e4f71/saml2";

pub(super) const ENTRA_ID: Imitation = Imitation {
    // kimai #1975.
    entity_id: "https://sts.windows.net/7a1b0c52-5f3e-4d68-9c1d-0a5b9d2e4f71/",
    metadata: Published {
        // learn.microsoft.com federation-metadata: its own namespace the default one, signed.
        default_namespace: true,
        signed: true,
        // Before the role that counts: Sustainsys #1049, n8n PR 11724, baserow PR 5022.
        web_services: Some(WebServices {
            url: "https://login.microsoftonline.com/7a1b0c52-5f3e-4d68-9c1d-0a5b9d2e4f71/wsfed",
        }),
        // Several, which rotate unannounced: python3-saml #145, lastpass sdk #17.
        signing_keys: 2,
        // Logout by Redirect only: learn.microsoft.com single-sign-out-saml-protocol.
        slo: &[(binding::REDIRECT, ENTRA_SAML)],
        sso: &[(binding::REDIRECT, ENTRA_SAML), (binding::POST, ENTRA_SAML)],
        ..Published::PLAIN
    },
    // passport-saml #405, spring-security #10219.
    sign: Sign::Assertion,
    // The signature has no prefix either: python3-saml #445.
    signature: Signed { prefix: "", ..Imitation::PLAIN.signature },
    // Seven digits, as .NET formats a DateTime: learn.microsoft.com single-sign-on-saml-protocol.
    style: MessageStyle { fraction_digits: Some(7), ..BARE },
    name_id: What::PrincipalName,
    name_id_format: Some(name_id_format::EMAIL_ADDRESS),
    window: Validity { before: 300, after: 3_900, confirmed: 3_600, session: None },
    authn_context: urn::authn_context::PASSWORD,
    // learn.microsoft.com reference-saml-tokens: Name, and nothing about format or type.
    name_format: None,
    value_type: None,
    attributes: &[
        Sends::new(
            "http://schemas.microsoft.com/identity/claims/tenantid",
            What::Always(&["7a1b0c52-5f3e-4d68-9c1d-0a5b9d2e4f71"]),
        ),
        Sends::new(
            "http://schemas.microsoft.com/identity/claims/objectidentifier",
            What::Always(&["2c6f9d80-51c4-4d0b-8d1e-3c1f2b7a6e95"]),
        ),
        Sends::new("http://schemas.microsoft.com/identity/claims/displayname", What::DisplayName),
        Sends::new("http://schemas.microsoft.com/ws/2008/06/identity/claims/groups", What::Groups),
        Sends::new(
            "http://schemas.microsoft.com/identity/claims/identityprovider",
            What::Always(&["https://sts.windows.net/7a1b0c52-5f3e-4d68-9c1d-0a5b9d2e4f71/"]),
        ),
        Sends::new(
            "http://schemas.microsoft.com/claims/authnmethodsreferences",
            What::Always(&[
                "http://schemas.microsoft.com/ws/2008/06/identity/authenticationmethod/password",
                "http://schemas.microsoft.com/claims/multipleauthn",
            ]),
        ),
        Sends::new("http://schemas.xmlsoap.org/ws/2005/05/identity/claims/givenname", What::FirstName),
        Sends::new("http://schemas.xmlsoap.org/ws/2005/05/identity/claims/surname", What::LastName),
        // Missing without a mailbox: azure-docs #8702.
        Sends::new("http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress", What::Email),
        // `#EXT#` for guests: azure-docs #8702, flipbox saml-sp #170.
        Sends::new("http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name", What::PrincipalName),
    ],
    // argo-cd #8754, azure-docs #110752.
    overage: Some((150, "http://schemas.microsoft.com/claims/groups.link")),
    // OpenCTI #7607, php-saml #567.
    refuses_other_contexts: Some(
        "AADSTS75011: Authentication method 'X509, MultiFactor' by which the user authenticated with the service doesn't match \
         requested authentication method 'Password, ProtectedTransport'.",
    ),
    // python3-saml #169, Sustainsys #1443.
    prefixes_bare_ids: true,
    // pysaml2 #957, php-saml #243.
    spelling: Some(Spelling::DotNet),
    ..Imitation::PLAIN
};

const OKTA_APP: &str = "https://example.okta.com/app/example_app_1/exk1a2b3c4d5E6f7G8h9/sso/saml";

/// gosaml2's recorded answer; the sample of an answer in GitLab's documentation of group SAML.
pub(super) const OKTA: Imitation = Imitation {
    entity_id: "http://www.okta.com/exk1a2b3c4d5E6f7G8h9",
    metadata: Published {
        name_id_formats: &[name_id_format::UNSPECIFIED, name_id_format::EMAIL_ADDRESS],
        sso: &[(binding::POST, OKTA_APP), (binding::REDIRECT, OKTA_APP)],
        // Single logout is an option, off at first: help.okta.com, Application Integration Wizard.
        slo: &[],
        ..Published::PLAIN
    },
    sign: Sign::Both,
    signature: Signed { prefix_list: "xs", ..Imitation::PLAIN.signature },
    style: MessageStyle {
        declared: Declared::Repeated,
        schema_on_top: true,
        issuer_format: Some(name_id_format::ENTITY),
        ..OPEN_SAML
    },
    name_id: What::Email,
    name_id_format: Some(name_id_format::UNSPECIFIED),
    name_format: Some(urn::attribute_name_format::UNSPECIFIED),
    attributes: TYPED_BY_ADMINISTRATORS,
    ..Imitation::PLAIN
};

/// Hosted products send what an administrator maps, by the names that he types; groups only where he sets them up.
const TYPED_BY_ADMINISTRATORS: &[Sends] = &[
    Sends::new("email", What::Email),
    Sends::new("firstName", What::FirstName),
    Sends::new("lastName", What::LastName),
    Sends::new("groups", What::Groups),
];

pub(super) const GOOGLE_WORKSPACE: Imitation = Imitation {
    entity_id: "https://accounts.google.com/o/saml2?idpid=C01abc2de",
    metadata: Published {
        name_id_formats: &[name_id_format::EMAIL_ADDRESS],
        sso: &[
            (binding::REDIRECT, "https://accounts.google.com/o/saml2/idp?idpid=C01abc2de"),
            (binding::POST, "https://accounts.google.com/o/saml2/idp?idpid=C01abc2de"),
        ],
        // There is none: idp-metadata as downloaded, nextcloud user_saml #556.
        slo: &[],
        ..Published::PLAIN
    },
    // "Signed response" is off: authentik #22811, passport-saml #852.
    sign: Sign::Assertion,
    style: OPEN_SAML,
    name_id: What::Email,
    name_id_format: Some(name_id_format::EMAIL_ADDRESS),
    authn_context: urn::authn_context::UNSPECIFIED,
    name_format: None,
    // python3-saml #254.
    value_type: Some("xs:anyType"),
    attributes: TYPED_BY_ADMINISTRATORS,
    ..Imitation::PLAIN
};

const AUTH0_APP: &str = "https://example.eu.auth0.com/samlp/0x3e4zVFCnvHwF7UGT2GZYUHgA0Y6tJo";

/// auth0.com/docs customize-saml-assertions; the answers in nextcloud server #7860 and Sustainsys #630.
pub(super) const AUTH0: Imitation = Imitation {
    entity_id: "urn:example.eu.auth0.com",
    metadata: Published {
        name_id_formats: &[name_id_format::EMAIL_ADDRESS, name_id_format::PERSISTENT, name_id_format::TRANSIENT],
        sso: &[(binding::REDIRECT, AUTH0_APP), (binding::POST, AUTH0_APP)],
        slo: &[
            (binding::REDIRECT, "https://example.eu.auth0.com/samlp/0x3e4zVFCnvHwF7UGT2GZYUHgA0Y6tJo/logout"),
            (binding::POST, "https://example.eu.auth0.com/samlp/0x3e4zVFCnvHwF7UGT2GZYUHgA0Y6tJo/logout"),
        ],
        ..Published::PLAIN
    },
    // `signResponse` is false, `signatureAlgorithm` and `digestAlgorithm` are SHA-1.
    sign: Sign::Assertion,
    algorithms: (SignatureAlgorithm::RsaSha1, DigestAlgorithm::Sha1),
    signature: Signed { prefix: "", ..Imitation::PLAIN.signature },
    style: MessageStyle { declared: Declared::WhereItBegins, fraction_digits: Some(3), ..MessageStyle::PLAIN },
    name_id: What::Always(&["auth0|5f3297bd8f6e5a0068a1b2c3"]),
    name_id_format: Some(name_id_format::UNSPECIFIED),
    // `lifetimeInSeconds`.
    window: Validity { before: 0, after: 3_600, confirmed: 3_600, session: None },
    authn_context: urn::authn_context::UNSPECIFIED,
    name_format: Some(urn::attribute_name_format::URI),
    attributes: &[
        Sends::new(
            "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/nameidentifier",
            What::Always(&["auth0|5f3297bd8f6e5a0068a1b2c3"]),
        ),
        Sends::new("http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress", What::Email),
        Sends::new("http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name", What::DisplayName),
        Sends::new("http://schemas.xmlsoap.org/ws/2005/05/identity/claims/givenname", What::FirstName),
        Sends::new("http://schemas.xmlsoap.org/ws/2005/05/identity/claims/surname", What::LastName),
        Sends::new("http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn", What::Email),
        Sends::new("http://schemas.auth0.com/identities/default/provider", What::Always(&["auth0"])),
        Sends::new(
            "http://schemas.auth0.com/identities/default/connection",
            What::Always(&["Username-Password-Authentication"]),
        ),
        Sends::new("http://schemas.auth0.com/identities/default/isSocial", What::Always(&["false"]))
            .typed("xs:boolean"),
        Sends::new("http://schemas.auth0.com/clientID", What::Always(&["0x3e4zVFCnvHwF7UGT2GZYUHgA0Y6tJo"])),
        Sends::new(
            "http://schemas.auth0.com/created_at",
            What::Always(&["Tue Aug 11 2020 13:21:19 GMT+0000 (Coordinated Universal Time)"]),
        )
        .typed("xs:anyType"),
        Sends::new("http://schemas.auth0.com/email_verified", What::Always(&["true"])).typed("xs:boolean"),
        Sends::new("http://schemas.auth0.com/nickname", What::UserName),
    ],
    ..Imitation::PLAIN
};

pub(super) const ONE_LOGIN: Imitation = Imitation {
    entity_id: "https://app.onelogin.com/saml/metadata/3f1a9d52-7b64-4f6e-8a9c-1d2e3f405162",
    metadata: Published {
        name_id_formats: &[name_id_format::EMAIL_ADDRESS],
        sso: &[
            (
                binding::REDIRECT,
                "https://example.onelogin.com/trust/saml2/http-redirect/sso/3f1a9d52-7b64-4f6e-8a9c-1d2e3f405162",
            ),
            (
                binding::POST,
                "https://example.onelogin.com/trust/saml2/http-post/sso/3f1a9d52-7b64-4f6e-8a9c-1d2e3f405162",
            ),
        ],
        slo: &[(binding::REDIRECT, "https://example.onelogin.com/trust/saml2/http-redirect/slo/1234567")],
        ..Published::PLAIN
    },
    // "SAML signature element" is Response: pulumi.com/docs, OneLogin.
    sign: Sign::Response,
    name_id: What::Email,
    name_id_format: Some(name_id_format::EMAIL_ADDRESS),
    window: Validity { before: 180, after: 180, confirmed: 180, session: Some(86_400) },
    // gosaml2 PR 23.
    attributes: &[
        Sends::new("User.email", What::Email),
        Sends::new("User.FirstName", What::FirstName),
        Sends::new("User.LastName", What::LastName),
        Sends::new("memberOf", What::Groups),
    ],
    ..Imitation::PLAIN
};

pub(super) const JUMP_CLOUD: Imitation = Imitation {
    // "IdP Entity ID" is any text that an administrator types: jumpcloud.com sso-application-connector-fields.
    entity_id: "JumpCloud",
    metadata: Published {
        wants_signed_requests: false,
        name_id_formats: &[name_id_format::UNSPECIFIED],
        sso: &[
            (binding::REDIRECT, "https://sso.jumpcloud.com/saml2/example"),
            (binding::POST, "https://sso.jumpcloud.com/saml2/example"),
        ],
        ..Published::PLAIN
    },
    // "Sign Assertion" is unchecked, and guides tell to check it.
    sign: Sign::Response,
    style: OPEN_SAML,
    name_id: What::Email,
    name_id_format: Some(name_id_format::UNSPECIFIED),
    name_format: Some(urn::attribute_name_format::UNSPECIFIED),
    // Seen in metabase PR 23714, not verified for JumpCloud: the type, and one Attribute for each group.
    value_type: Some("xs:anyType"),
    groups_apart: true,
    attributes: &[
        Sends::new("email", What::Email),
        Sends::new("firstName", What::FirstName),
        Sends::new("lastName", What::LastName),
        Sends::new("memberOf", What::Groups),
    ],
    ..Imitation::PLAIN
};
