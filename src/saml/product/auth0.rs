//! Auth0.

use super::guide::{Guide, IdpValue, SpValue, Way, enter, take, take_shape};
use super::mark::Mark;
use super::{Facts, Product, Remedy};

const ADDON: &str = "https://auth0.com/docs/authenticate/protocols/saml/saml-configuration/customize-saml-assertions";
const SIGNING: &str =
    "https://auth0.com/docs/authenticate/protocols/saml/saml-sso-integrations/sign-and-encrypt-saml-requests";
const ISSUER: &str = "https://github.com/kasmtech/workspaces-issues/issues/147";
const URLS: &str = "https://auth0.com/docs/authenticate/protocols/saml/saml-identity-provider-configuration-settings";

pub(super) const FACTS: Facts = Facts { name: "Auth0", marks: MARKS, remedies: REMEDIES, guide: GUIDE };

const MARKS: &[Mark] =
    &[Mark::entity_id("urn:*.auth0.com", ISSUER), Mark::sign_on("https://*.auth0.com/samlp/*", URLS)];

const REMEDIES: &[Remedy] = &[
    Remedy {
        codes: &["sha1-refused"],
        text: "Auth0 signs by SHA-1 unless told otherwise. Applications > the application > Addons > SAML2 Web App > Settings: add \
               \"signatureAlgorithm\": \"rsa-sha256\" and \"digestAlgorithm\": \"sha256\".",
        source: ADDON,
    },
    Remedy {
        codes: &["decrypt-unauthenticated-cbc"],
        text: "Applications > the application > Addons > SAML2 Web App > Settings: set \"signResponse\": true, so that the response is \
               signed in place of the assertion.",
        source: ADDON,
    },
    Remedy {
        codes: &["decrypt-failed", "decrypt-no-key"],
        text: "Encryption is set in an Action or Rule of the tenant: its encryptionCert and encryptionPublicKey have to be those of the current \
               certificate of this service.",
        source: SIGNING,
    },
    Remedy {
        codes: &["signature-wrong-key"],
        text: "Read the metadata again, or download the certificate at Applications > the application > Settings > Advanced Settings > \
               Certificates; an Action or Rule can set another key.",
        source: SIGNING,
    },
    Remedy {
        codes: &["audience-mismatch", "audience-missing"],
        text: "Applications > the application > Addons > SAML2 Web App > Settings: remove \"audience\", which is then the issuer of the request, \
               or set it to the entity ID of this service.",
        source: ADDON,
    },
    Remedy {
        codes: &["destination-mismatch", "recipient-mismatch"],
        text: "Applications > the application > Addons > SAML2 Web App > Settings: remove \"recipient\" and \"destination\", and set \
               Application Callback URL to the ACS URL of this service.",
        source: ADDON,
    },
    Remedy {
        codes: &["issuer-mismatch", "assertion-issuer-mismatch"],
        text: "The issuer is urn: and the tenant's domain unless \"issuer\" is set at Applications > the application > Addons > SAML2 Web App > \
               Settings; configure the same here.",
        source: ADDON,
    },
    Remedy {
        codes: &["attribute-missing"],
        text: "Applications > the application > Addons > SAML2 Web App > Settings: add it to \"mappings\", from the field of the profile to the \
               attribute's name.",
        source: ADDON,
    },
    Remedy {
        codes: &["name-id-policy-mismatch"],
        text: "Applications > the application > Addons > SAML2 Web App > Settings: set \"nameIdentifierFormat\" to the format that this service \
               asks for, and \"nameIdentifierProbes\" to where its value comes from.",
        source: ADDON,
    },
    Remedy {
        codes: &["authn-context-mismatch"],
        text: "Auth0 reports unspecified unless \"authnContextClassRef\" is set at Applications > the application > Addons > SAML2 Web App > \
               Settings. Let this service ask for no class.",
        source: ADDON,
    },
];

const GUIDE: Guide = Guide {
    product: Product::Auth0,
    ways: &[Way {
        name: "SAML2 Web App addon",
        place: "Dashboard > Applications > Applications > the application > Addons > SAML2 Web App",
        enter: &[
            enter("Settings > Application Callback URL", SpValue::AcsUrl),
            enter("Settings > \"audience\"", SpValue::EntityId),
            enter("Settings > \"recipient\"", SpValue::AcsUrl),
            enter("Settings > \"destination\"", SpValue::AcsUrl),
            enter("Settings > \"logout\": \"callback\"", SpValue::SloUrl),
            enter("Settings > \"signingCert\"", SpValue::SigningCertificate),
            enter("encryptionCert, in an Action or Rule", SpValue::EncryptionCertificate),
        ],
        take: &[
            take_shape(
                "Usage > Identity Provider Metadata",
                "https://{tenant}.auth0.com/samlp/metadata/{client id}",
                IdpValue::Metadata,
            ),
            take_shape("Usage > Issuer", "urn:{tenant}.auth0.com", IdpValue::EntityId),
            take_shape(
                "Usage > Identity Provider Login URL",
                "https://{tenant}.auth0.com/samlp/{client id}",
                IdpValue::SsoUrl,
            ),
            take("Usage > Identity Provider Certificate", IdpValue::SigningCertificate),
        ],
    }],
    attributes: "\"mappings\" of the addon goes from fields of the profile to attribute names. Without it email comes as \
                 http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress, which AttributeMap knows; what has no mapping gets \
                 a prefix of Auth0 unless \"mapUnknownClaimsAsIs\" is true.",
    groups: "There are none of its own: an Action sets an attribute for them, with api.samlResponse.setAttribute.",
    encryption: "An Action or Rule sets encryptionCert and encryptionPublicKey. Where it does not encrypt by AES-GCM, set \
                 \"signResponse\": true with it.",
    logout: "\"logout\" of the addon has the URL; messages come by POST unless \"binding\" names Redirect. \"slo_enabled\": false ends \
             them.",
    oddities: &[
        "It signs by SHA-1 until \"signatureAlgorithm\" is \"rsa-sha256\" and \"digestAlgorithm\" is \"sha256\": without these two, \
         answers are refused (sha1-refused).",
        "It signs the assertion; \"signResponse\": true signs the response in its place, not both.",
        "Many attributes come that nobody asked for: \"mapIdentities\" and \"passthroughClaimsWithNoMapping\" set to false end them.",
    ],
    sources: &[ADDON, SIGNING],
};
