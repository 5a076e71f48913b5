//! Keycloak.

use super::mark::Mark;
use super::{Facts, Remedy};

/// The chapter "Creating a SAML client" of the Server Administration Guide.
const CLIENT: &str = "https://www.keycloak.org/docs/latest/server_admin/#_client-saml-configuration";
const MAPPERS: &str = "https://www.keycloak.org/docs/latest/server_admin/#_protocol-mappers";

pub(super) const FACTS: Facts = Facts { name: "Keycloak", marks: MARKS, remedies: REMEDIES };

const MARKS: &[Mark] =
    &[Mark::entity_id("http*/realms/*", CLIENT), Mark::sign_on("http*/realms/*/protocol/saml*", CLIENT)];

const REMEDIES: &[Remedy] = &[
    Remedy {
        codes: &["signature-missing"],
        text: "Clients > the client > Settings > Signature and Encryption: turn Sign documents or Sign assertions on.",
        source: CLIENT,
    },
    Remedy {
        codes: &["decrypt-unauthenticated-cbc"],
        text: "Clients > the client > Settings > Signature and Encryption: turn Sign documents on, so that a signature covers what is \
               encrypted.",
        source: CLIENT,
    },
    Remedy {
        codes: &["sha1-refused"],
        text: "Clients > the client > Settings > Signature and Encryption: set Signature algorithm to RSA_SHA256.",
        source: CLIENT,
    },
    Remedy {
        codes: &["signature-wrong-key"],
        text: "The realm's keys were rotated, or the certificate of another realm is configured here: read \
               <server>/realms/<realm>/protocol/saml/descriptor again.",
        source: CLIENT,
    },
    Remedy {
        codes: &["decrypt-failed", "decrypt-no-key"],
        text: "Clients > the client > Keys: import the current encryption certificate of this service, or turn Encrypt assertions off.",
        source: CLIENT,
    },
    Remedy {
        codes: &["audience-mismatch", "audience-missing"],
        text: "Clients > the client > Settings: Client ID has to be the entity ID of this service.",
        source: CLIENT,
    },
    Remedy {
        codes: &["destination-mismatch", "recipient-mismatch"],
        text: "Clients > the client > Advanced > Assertion Consumer Service POST Binding URL (or Master SAML Processing URL in Settings) has \
               to be the ACS URL of this service, which Valid redirect URIs must admit.",
        source: CLIENT,
    },
    Remedy {
        codes: &["issuer-mismatch", "assertion-issuer-mismatch"],
        text: "The entity ID to configure here is <server>/realms/<realm>, under the host name that Keycloak itself uses; a changed host name, \
               or a path such as /auth of older versions, changes it.",
        source: CLIENT,
    },
    Remedy {
        codes: &["response-by-redirect"],
        text: "Clients > the client > Settings > SAML capabilities: turn Force POST binding on.",
        source: CLIENT,
    },
    Remedy {
        codes: &["authn-statement-missing"],
        text: "Clients > the client > Settings > SAML capabilities: turn Include AuthnStatement on.",
        source: CLIENT,
    },
    Remedy {
        codes: &["name-id-policy-mismatch"],
        text: "Clients > the client > Settings > SAML capabilities: set Name ID format to the one that this service asks for, or turn Force \
               name ID format off.",
        source: CLIENT,
    },
    Remedy {
        codes: &["attribute-missing"],
        text: "Clients > the client > Client scopes > the client's dedicated scope > Add mapper: a User Property or User Attribute mapper with \
               the SAML attribute name, such as email.",
        source: MAPPERS,
    },
    Remedy {
        codes: &["config-no-signing-key"],
        text: "Keycloak wants signed requests: give this service a signing credential and import its certificate at Clients > the client > Keys, \
               or turn Client signature required off there and read the metadata again.",
        source: CLIENT,
    },
];
