//! Microsoft Entra ID.

use super::guide::{Guide, IdpValue, SpValue, Way, enter, take, take_shape};
use super::mark::Mark;
use super::{Facts, Product, Remedy};
use crate::saml::urn::status;

const METADATA: &str = "https://learn.microsoft.com/en-us/entra/identity-platform/federation-metadata";
const CLOUDS: &str = "https://learn.microsoft.com/en-us/entra/identity-platform/authentication-national-cloud";
const PROTOCOL: &str = "https://learn.microsoft.com/en-us/entra/identity-platform/single-sign-on-saml-protocol";
const CLAIMS: &str = "https://learn.microsoft.com/en-us/entra/identity-platform/saml-claims-customization";
const SIGNING: &str = "https://learn.microsoft.com/en-us/entra/identity/enterprise-apps/certificate-signing-options";
const SET_UP: &str =
    "https://learn.microsoft.com/en-us/entra/identity/enterprise-apps/add-application-portal-setup-sso";
const CERTIFICATES: &str = "https://learn.microsoft.com/en-us/entra/identity/enterprise-apps/tutorial-manage-certificates-for-federated-single-sign-on";
const ENCRYPTION: &str = "https://learn.microsoft.com/en-us/entra/identity/enterprise-apps/howto-saml-token-encryption";

pub(super) const FACTS: Facts = Facts { name: "Microsoft Entra ID", marks: MARKS, remedies: REMEDIES, guide: GUIDE };

const MARKS: &[Mark] = &[
    Mark::entity_id("https://sts.windows.net/*", METADATA),
    Mark::sign_on("https://login.microsoftonline.com/*", METADATA),
    Mark::sign_on("https://login.microsoftonline.us/*", CLOUDS),
    Mark::sign_on("https://login.partner.microsoftonline.cn/*", CLOUDS),
];

const REMEDIES: &[Remedy] = &[
    Remedy {
        codes: &["signature-missing", "decrypt-unauthenticated-cbc"],
        text: "Enterprise applications > the application > Single sign-on > SAML Certificates (SAML Signing Certificate) > Edit: \
               set Signing Option to \"Sign SAML response and assertion\".",
        source: SIGNING,
    },
    Remedy {
        codes: &["sha1-refused"],
        text: "Enterprise applications > the application > Single sign-on > SAML Certificates (SAML Signing Certificate) > Edit: \
               set Signing Algorithm to SHA-256.",
        source: SIGNING,
    },
    Remedy {
        codes: &["signature-wrong-key"],
        text: "Signing certificates belong to the application and are replaced: read its own App Federation Metadata Url again \
               (Single sign-on > SAML Certificates), the one with ?appid= at the end, and not the tenant's.",
        source: CERTIFICATES,
    },
    Remedy {
        codes: &["decrypt-failed", "decrypt-no-key"],
        text: "Enterprise applications > the application > Token encryption: use Import Certificate with the current encryption \
               certificate of this service, then choose Activate token encryption in its \"...\" menu; or deactivate it there.",
        source: ENCRYPTION,
    },
    Remedy {
        codes: &["audience-mismatch", "audience-missing"],
        text: "Enterprise applications > the application > Single sign-on > Basic SAML Configuration > Edit: Identifier (Entity ID) \
               has to be the entity ID of this service, as a whole URL. A bare application id comes back with \"spn:\" before it.",
        source: SET_UP,
    },
    Remedy {
        codes: &["destination-mismatch", "recipient-mismatch"],
        text: "Enterprise applications > the application > Single sign-on > Basic SAML Configuration > Edit: Reply URL (Assertion \
               Consumer Service URL) has to be the ACS URL of this service.",
        source: SET_UP,
    },
    Remedy {
        codes: &["issuer-mismatch", "assertion-issuer-mismatch"],
        text: "The entity ID to configure here is the Microsoft Entra Identifier of the page Single sign-on: \
               https://sts.windows.net/, the tenant id, and a slash at the end.",
        source: SET_UP,
    },
    Remedy {
        codes: &["attribute-missing"],
        text: "Enterprise applications > the application > Single sign-on > Attributes & Claims > Edit > Add new claim. A claim whose \
               source is empty for the user is not sent: without a mailbox there is no emailaddress.",
        source: CLAIMS,
    },
    Remedy {
        codes: &["name-id-policy-mismatch", status::INVALID_NAME_ID_POLICY],
        text: "Enterprise applications > the application > Single sign-on > Attributes & Claims > Unique User Identifier (Name ID): \
               choose source and format. Requests may ask for persistent, emailAddress, unspecified and transient only.",
        source: PROTOCOL,
    },
    Remedy {
        codes: &["authn-context-mismatch", status::NO_AUTHN_CONTEXT],
        text: "AADSTS75011: the user signed in by another method than RequestedAuthnContext asks for, such as several factors. Let \
               this service ask for none.",
        source: "https://learn.microsoft.com/en-us/troubleshoot/azure/active-directory/error-code-aadsts75011-auth-method-mismatch",
    },
    Remedy {
        codes: &[status::REQUEST_UNSUPPORTED],
        text: "The AADSTS number of the status message says which part of the request is not supported: a Subject is not, nor is \
               Scoping with details, nor another Comparison than exact.",
        source: PROTOCOL,
    },
];

const GUIDE: Guide = Guide {
    product: Product::EntraId,
    ways: &[ENTERPRISE, REGISTRATION],
    attributes: "Single sign-on > Attributes & Claims. A name is a long URI, such as \
                 http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress (or givenname, surname, name), which \
                 AttributeMap knows. The NameID is Unique User Identifier (Name ID), at first the user principal name.",
    groups: "Attributes & Claims > Add a group claim. Choose Groups assigned to the application: beyond 150 groups of a user, \
             nested ones included, there is a link in their place. Values are object ids unless Source attribute says otherwise; \
             the name is http://schemas.microsoft.com/ws/2008/06/identity/claims/groups, and Advanced options can change it.",
    encryption: "Token encryption encrypts the assertion by AES-256 (CBC) and needs a P1 or P2 licence. Set Signing Option to \
                 \"Sign SAML response and assertion\" with it, or the answer is refused (decrypt-unauthenticated-cbc).",
    logout: "By Redirect only; the Logout Url has to be https. Its requests may spell percent-encoding in lower case, which makes \
             no difference here.",
    oddities: &[
        "It signs the assertion alone unless Signing Option says otherwise, which is enough here.",
        "With Require verification certificates it takes signed requests only, by RSA with SHA-256, and its metadata does not say \
         so: IdentityProvider::with_authn_requests_signed(true).",
        "The user principal name of a guest holds #EXT#, and a user without a mailbox has no emailaddress claim.",
        "Errors such as AADSTS75011 appear on its own page; only some come back as a status.",
    ],
    sources: &[
        SET_UP,
        METADATA_URL,
        SIGNING,
        CERTIFICATES,
        METADATA,
        PROTOCOL,
        CLAIMS,
        GROUP_CLAIMS,
        ENCRYPTION,
        SIGNED_REQUESTS,
    ],
};

const ENTERPRISE: Way = Way {
    name: "Enterprise application",
    place: "Microsoft Entra admin center > Enterprise applications > New application > Create your own application > Single sign-on > \
            SAML",
    enter: &[
        enter("Basic SAML Configuration > Identifier (Entity ID)", SpValue::EntityId),
        enter("Basic SAML Configuration > Reply URL (Assertion Consumer Service URL)", SpValue::AcsUrl),
        enter("Basic SAML Configuration > Logout Url", SpValue::SloUrl),
        enter("SAML Certificates > Verification certificates", SpValue::SigningCertificate),
        enter("Token encryption > Import Certificate", SpValue::EncryptionCertificate),
    ],
    take: &[
        take_shape("SAML Certificates > App Federation Metadata Url", APPLICATION_METADATA, IdpValue::Metadata),
        take_shape("Set up > Microsoft Entra Identifier", ISSUER, IdpValue::EntityId),
        take_shape("Set up > Login URL", ENDPOINT, IdpValue::SsoUrl),
        take("SAML Certificates > Certificate (Base64)", IdpValue::SigningCertificate),
        take_shape("Set up > Logout URL", ENDPOINT, IdpValue::SloUrl),
    ],
};

const REGISTRATION: Way = Way {
    name: "App registration",
    place: "Microsoft Entra admin center > App registrations > the application; what its pages do not offer stands in Manifest",
    enter: &[
        enter("Expose an API > Application ID URI (identifierUris in the manifest)", SpValue::EntityId),
        enter("Authentication > Redirect URI of the platform Web (replyUrlsWithType in the manifest)", SpValue::AcsUrl),
        enter(
            "keyCredentials with usage Encrypt, and tokenEncryptionKeyId, in the manifest",
            SpValue::EncryptionCertificate,
        ),
    ],
    take: &[
        take_shape("Federation metadata of the tenant", TENANT_METADATA, IdpValue::Metadata),
        take_shape("Issuer", ISSUER, IdpValue::EntityId),
        take_shape("Sign-on endpoint", ENDPOINT, IdpValue::SsoUrl),
    ],
};

const ISSUER: &str = "https://sts.windows.net/{tenant id}/";
const ENDPOINT: &str = "https://login.microsoftonline.com/{tenant id}/saml2";
const TENANT_METADATA: &str =
    "https://login.microsoftonline.com/{tenant id}/FederationMetadata/2007-06/FederationMetadata.xml";
/// The one with the keys of this application: the tenant's may have others.
const APPLICATION_METADATA: &str = "https://login.microsoftonline.com/{tenant id}/federationmetadata/2007-06/federationmetadata.xml?appid={application id}";
/// Where the application's own metadata URL is shown.
const METADATA_URL: &str = "https://docs.clearsquare.co/azure-sso";
const GROUP_CLAIMS: &str =
    "https://learn.microsoft.com/en-us/entra/identity/hybrid/connect/how-to-connect-fed-group-claims";
const SIGNED_REQUESTS: &str =
    "https://learn.microsoft.com/en-us/entra/identity/enterprise-apps/howto-enforce-signed-saml-authentication";
