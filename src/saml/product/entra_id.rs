//! Microsoft Entra ID.

use super::mark::Mark;
use super::{Facts, Remedy};
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

pub(super) const FACTS: Facts = Facts { name: "Microsoft Entra ID", marks: MARKS, remedies: REMEDIES };

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
