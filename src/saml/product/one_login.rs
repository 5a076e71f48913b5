//! OneLogin.

use super::mark::Mark;
use super::{Facts, Remedy};

/// Set up with the connector "SAML Custom Connector (Advanced)", field by field.
const CONNECTOR: &str = "https://baserow.io/user-docs/configure-sso-with-onelogin";
const SSO_TAB: &str = "https://support.workstars.com/hc/en-gb/articles/8166534041873";
const URLS: &str = "https://www.componentspace.com/documentation/saml-for-asp-net-core/integrations/ComponentSpace%20OneLogin%20Integration%20Guide.html";

pub(super) const FACTS: Facts = Facts { name: "OneLogin", marks: MARKS, remedies: REMEDIES };

const MARKS: &[Mark] = &[
    Mark::entity_id("https://app.onelogin.com/saml/metadata/*", URLS),
    Mark::sign_on("https://*.onelogin.com/trust/saml2/*", URLS),
];

const REMEDIES: &[Remedy] = &[
    Remedy {
        codes: &["signature-missing"],
        text: "Applications > the app > Configuration: set SAML signature element to Assertion, Response or Both.",
        source: CONNECTOR,
    },
    Remedy {
        codes: &["decrypt-unauthenticated-cbc"],
        text: "Applications > the app > Configuration: set SAML signature element to Both, so that a signature covers what is encrypted.",
        source: CONNECTOR,
    },
    Remedy {
        codes: &["decrypt-algorithm-refused"],
        text: "Applications > the app > Configuration: SAML encryption method is TRIPLEDES-CBC at first; set it to an AES method, with SAML \
               signature element Both.",
        source: CONNECTOR,
    },
    Remedy {
        codes: &["decrypt-failed", "decrypt-no-key"],
        text: "Applications > the app > Configuration: give SAML Encryption the current certificate of this service, or uncheck \
               Encrypt assertion.",
        source: CONNECTOR,
    },
    Remedy {
        codes: &["sha1-refused"],
        text: "Applications > the app > SSO: set SAML Signature Algorithm to SHA-256.",
        source: SSO_TAB,
    },
    Remedy {
        codes: &["signature-wrong-key"],
        text: "Applications > the app > More Actions > SAML Metadata has the certificate in use; SSO > X.509 Certificate > View Details \
               shows it.",
        source: SSO_TAB,
    },
    Remedy {
        codes: &["audience-mismatch", "audience-missing"],
        text: "Applications > the app > Configuration: Audience (EntityID) has to be the entity ID of this service.",
        source: CONNECTOR,
    },
    Remedy {
        codes: &["destination-missing", "destination-mismatch", "recipient-missing", "recipient-mismatch"],
        text: "Applications > the app > Configuration: Recipient and ACS (Consumer) URL have to be the ACS URL of this service, and ACS \
               (Consumer) URL Validator a regular expression that matches it.",
        source: CONNECTOR,
    },
    Remedy {
        codes: &["issuer-mismatch", "assertion-issuer-mismatch"],
        text: "The entity ID to configure here is the Issuer URL of Applications > the app > SSO; SAML issuer type under Configuration \
               changes it.",
        source: SSO_TAB,
    },
    Remedy {
        codes: &["attribute-missing"],
        text: "Applications > the app > Parameters: add the field, check Include in SAML assertion, and choose its value, such as Email.",
        source: CONNECTOR,
    },
    Remedy {
        codes: &["name-id-policy-mismatch"],
        text: "Applications > the app > Configuration: set SAML nameID format to the one that this service asks for.",
        source: CONNECTOR,
    },
];
