//! OneLogin.

use super::guide::{Guide, IdpValue, SpValue, Way, enter, take, take_shape};
use super::mark::Mark;
use super::{Facts, Product, Remedy};

/// Set up with the connector "SAML Custom Connector (Advanced)", field by field.
const CONNECTOR: &str = "https://baserow.io/user-docs/configure-sso-with-onelogin";
const SSO_TAB: &str = "https://support.workstars.com/hc/en-gb/articles/8166534041873";
const URLS: &str = "https://www.componentspace.com/documentation/saml-for-asp-net-core/integrations/ComponentSpace%20OneLogin%20Integration%20Guide.html";

pub(super) const FACTS: Facts = Facts { name: "OneLogin", marks: MARKS, remedies: REMEDIES, guide: GUIDE };

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

const GUIDE: Guide = Guide {
    product: Product::OneLogin,
    ways: &[Way {
        name: "SAML Custom Connector (Advanced)",
        place: "Administration > Applications > Applications > Add App > SAML Custom Connector (Advanced)",
        enter: &[
            enter("Configuration > Audience (EntityID)", SpValue::EntityId),
            enter("Configuration > Recipient", SpValue::AcsUrl),
            enter("Configuration > ACS (Consumer) URL Validator", SpValue::AcsUrlPattern),
            enter("Configuration > ACS (Consumer) URL", SpValue::AcsUrl),
            enter("Configuration > Single Logout URL", SpValue::SloUrl),
            enter("Configuration > SAML Encryption", SpValue::EncryptionCertificate),
        ],
        take: &[
            take("More Actions > SAML Metadata", IdpValue::Metadata),
            take_shape("SSO > Issuer URL", "https://app.onelogin.com/saml/metadata/{app id}", IdpValue::EntityId),
            take_shape(
                "SSO > SAML 2.0 Endpoint (HTTP)",
                "https://{subdomain}.onelogin.com/trust/saml2/http-post/sso/{app id}",
                IdpValue::SsoUrl,
            ),
            take("SSO > X.509 Certificate > View Details", IdpValue::SigningCertificate),
            take_shape(
                "SSO > SLO Endpoint (HTTP)",
                "https://{subdomain}.onelogin.com/trust/saml2/http-redirect/slo/{app id}",
                IdpValue::SloUrl,
            ),
        ],
    }],
    attributes: "Parameters > add a field > Include in SAML assertion. email, firstName and lastName are names that AttributeMap finds; so \
                 are User.email, User.FirstName and User.LastName.",
    groups: "Parameters > a field named groups or memberOf, with the roles or groups of the user as its value and Include in SAML \
             assertion checked.",
    encryption: "Configuration > Encrypt assertion. SAML encryption method is TRIPLEDES-CBC at first, which is refused: choose an AES \
                 one, and Both as SAML signature element.",
    logout: "Single Logout URL, with Sign SLO Request and Sign SLO Response checked: what is not signed is refused here.",
    oddities: &[
        "The URL Validator is a regular expression: dots and slashes in it are escaped.",
        "SAML signature element is Response or Assertion; either is enough where nothing is encrypted.",
        "An empty Recipient makes answers without one (recipient-missing).",
    ],
    sources: &[CONNECTOR, SSO_TAB, URLS],
};
