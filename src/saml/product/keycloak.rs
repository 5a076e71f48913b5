//! Keycloak.

use super::guide::{Guide, IdpValue, SpValue, Way, enter, take, take_shape};
use super::mark::Mark;
use super::{Facts, Product, Remedy};

/// The chapter "Creating a SAML client" of the Server Administration Guide.
const CLIENT: &str = "https://www.keycloak.org/docs/latest/server_admin/#_client-saml-configuration";
const MAPPERS: &str = "https://www.keycloak.org/docs/latest/server_admin/#_protocol-mappers";

pub(super) const FACTS: Facts = Facts { name: "Keycloak", marks: MARKS, remedies: REMEDIES, guide: GUIDE };

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

const GUIDE: Guide = Guide {
    product: Product::Keycloak,
    ways: &[
        Way {
            name: "SAML client",
            place: "Admin console > the realm > Clients > Create client > Client type SAML",
            enter: &[
                enter("Client ID", SpValue::EntityId),
                enter("Settings > Valid redirect URIs", SpValue::AcsUrl),
                enter("Advanced > Assertion Consumer Service POST Binding URL", SpValue::AcsUrl),
                enter("Advanced > Logout Service Redirect Binding URL", SpValue::SloUrl),
                enter("Keys > Client signature required", SpValue::SigningCertificate),
                enter("Keys > Encrypt assertions", SpValue::EncryptionCertificate),
            ],
            take: &[
                take_shape("SAML 2.0 Identity Provider Metadata", DESCRIPTOR, IdpValue::Metadata),
                take_shape("entityID of the metadata", "https://{server}/realms/{realm}", IdpValue::EntityId),
                take_shape("SAML endpoint", ENDPOINT, IdpValue::SsoUrl),
                take("Realm settings > Keys > the active RS256 key > Certificate", IdpValue::SigningCertificate),
                take_shape("SAML endpoint", ENDPOINT, IdpValue::SloUrl),
            ],
        },
        Way {
            name: "Import of our metadata",
            place: "Admin console > the realm > Clients > Import client",
            enter: &[enter("Resource file", SpValue::Metadata)],
            take: &[take_shape("SAML 2.0 Identity Provider Metadata", DESCRIPTOR, IdpValue::Metadata)],
        },
    ],
    attributes: "Mappers of the client, or of its client scopes: User Property and User Attribute mappers have a SAML Attribute Name. The \
                 built-in ones for X.500 names send urn:oid names, which AttributeMap knows.",
    groups: "A Group list mapper sends groups under the name that it is given; the built-in role list sends every role as Role, the \
             realm's default ones too.",
    encryption: "Keys > Encrypt assertions uses our certificate; keep Sign documents on with it, so that a signature covers the \
                 ciphertext.",
    logout: "Front channel logout on makes it redirect the browser, off makes it call from server to server. Give it the URL for each \
             binding under Advanced.",
    oddities: &[
        "There is one Attribute element per value, all of one name: they are merged here.",
        "Client signature required is on at first, so its metadata wants signed requests: give this service a signing credential, or \
         turn it off.",
        "Its entity ID follows the host name that it was started with.",
    ],
    sources: &[CLIENT, MAPPERS],
};

const DESCRIPTOR: &str = "https://{server}/realms/{realm}/protocol/saml/descriptor";
const ENDPOINT: &str = "https://{server}/realms/{realm}/protocol/saml";
