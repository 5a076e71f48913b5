//! Google Workspace and Cloud Identity.

use super::guide::{Guide, IdpValue, SpValue, Way, enter, take, take_shape};
use super::mark::Mark;
use super::{Facts, Product, Remedy};

const SET_UP: &str = "https://support.google.com/a/answer/6087519";
const ERRORS: &str = "https://support.google.com/a/answer/6301076";
const URLS: &str = "https://github.com/BookStackApp/BookStack/issues/3366";

pub(super) const FACTS: Facts = Facts { name: "Google Workspace", marks: MARKS, remedies: REMEDIES, guide: GUIDE };

const MARKS: &[Mark] = &[
    Mark::entity_id("https://accounts.google.com/o/saml2?idpid=*", URLS),
    Mark::sign_on("https://accounts.google.com/o/saml2/*", URLS),
];

const REMEDIES: &[Remedy] = &[
    Remedy {
        codes: &["signature-missing"],
        text: "Admin console > Apps > Web and mobile apps > the app > Service provider details: Signed response off signs the assertion, \
               on signs the response instead; either is enough here.",
        source: "https://github.com/node-saml/passport-saml/discussions/865",
    },
    Remedy {
        codes: &["signature-wrong-key"],
        text: "Download the metadata of this app again (Admin console > Apps > Web and mobile apps > the app): its certificate was \
               replaced, or another app's is configured here.",
        source: SET_UP,
    },
    Remedy {
        codes: &["audience-mismatch", "audience-missing"],
        text: "Admin console > Apps > Web and mobile apps > the app > Service provider details: Entity ID has to be the entity ID of this \
               service, in the same letter case.",
        source: ERRORS,
    },
    Remedy {
        codes: &["destination-mismatch", "recipient-mismatch"],
        text: "Admin console > Apps > Web and mobile apps > the app > Service provider details: ACS URL has to be the ACS URL of this \
               service, over https.",
        source: SET_UP,
    },
    Remedy {
        codes: &["attribute-missing"],
        text: "Admin console > Apps > Web and mobile apps > the app > SAML attribute mapping: map Primary email to email, First name to \
               firstName, Last name to lastName. Nothing is sent that is not mapped there.",
        source: SET_UP,
    },
    Remedy {
        codes: &["metadata-no-slo-endpoint"],
        text: "Google has no single logout for SAML apps: end the session here, and send the user to a page of this service.",
        source: "https://docs.arandasoft.com/common/en/pages/modulo_autenticacion_externa/obtener_datos_google.html",
    },
];

const GUIDE: Guide = Guide {
    product: Product::GoogleWorkspace,
    ways: &[Way {
        name: "Custom SAML app",
        place: "Admin console > Apps > Web and mobile apps > Add app > Add custom SAML app",
        enter: &[
            enter("Service provider details > ACS URL", SpValue::AcsUrl),
            enter("Service provider details > Entity ID", SpValue::EntityId),
        ],
        take: &[
            take("Google Identity Provider details > Download metadata", IdpValue::Metadata),
            take_shape(
                "Google Identity Provider details > Entity ID",
                "https://accounts.google.com/o/saml2?idpid={customer id}",
                IdpValue::EntityId,
            ),
            take_shape(
                "Google Identity Provider details > SSO URL",
                "https://accounts.google.com/o/saml2/idp?idpid={customer id}",
                IdpValue::SsoUrl,
            ),
            take("Google Identity Provider details > Certificate", IdpValue::SigningCertificate),
        ],
    }],
    attributes: "Attribute mapping: Primary email to email, First name to firstName and Last name to lastName are names that \
                 AttributeMap finds. Name ID format EMAIL with Basic Information > Primary email makes the NameID an address.",
    groups: "Attribute mapping has a part of its own for group membership: choose the groups, and name the attribute groups.",
    encryption: "There is none.",
    logout: "There is none: a logout ends the session here only.",
    oddities: &[
        "Signed response off signs the assertion, on signs the response in its place; either is enough here.",
        "app_not_configured_for_user on its page means that the entity ID of the request is not the Entity ID entered there, letter \
         case included; app_not_enabled_for_user, that User access is off for the user.",
        "The ACS URL has to begin with https.",
        "Start URL stays empty: it becomes the RelayState of logins that begin there.",
    ],
    sources: &[SET_UP, ERRORS],
};
