//! Auth0.

use super::mark::Mark;
use super::{Facts, Remedy};

const ADDON: &str = "https://auth0.com/docs/authenticate/protocols/saml/saml-configuration/customize-saml-assertions";
const SIGNING: &str =
    "https://auth0.com/docs/authenticate/protocols/saml/saml-sso-integrations/sign-and-encrypt-saml-requests";
const ISSUER: &str = "https://github.com/kasmtech/workspaces-issues/issues/147";
const URLS: &str = "https://auth0.com/docs/authenticate/protocols/saml/saml-identity-provider-configuration-settings";

pub(super) const FACTS: Facts = Facts { name: "Auth0", marks: MARKS, remedies: REMEDIES };

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
