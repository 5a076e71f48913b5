//! SecSign ID.

use super::guide::{Guide, IdpValue, SpValue, Way, enter, take, take_shape};
use super::mark::Mark;
use super::{Facts, Product, Remedy};

const SET_UP: &str =
    "https://www.secsign.com/developers/atlassian/2fa-saml-integration-confluence-cloud-setup-identity-manager/";

pub(super) const FACTS: Facts = Facts { name: "SecSign ID", marks: MARKS, remedies: REMEDIES, guide: GUIDE };

const MARKS: &[Mark] =
    &[Mark::entity_id("https://*/SAML_Login", SET_UP), Mark::sign_on("https://*/SAML_Login*", SET_UP)];

const REMEDIES: &[Remedy] = &[
    Remedy {
        codes: &["audience-mismatch", "audience-missing"],
        text: "Administrator page > the SAML service provider: Service Provider Issuer and Audience Restriction both have to be the entity ID of \
               this service.",
        source: SET_UP,
    },
    Remedy {
        codes: &["destination-mismatch", "recipient-mismatch"],
        text: "Administrator page > the SAML service provider: SAML response URL has to be the ACS URL of this service.",
        source: SET_UP,
    },
    Remedy {
        codes: &["issuer-mismatch", "assertion-issuer-mismatch"],
        text: "The entity ID to configure here is the address of the SecSign ID server with /SAML_Login at the end, and the sign-on URL is the same.",
        source: SET_UP,
    },
    Remedy {
        codes: &["signature-wrong-key"],
        text: "Administrator page > Certificate user > details of the entry for the server: expand the certificate, copy Certificate PEM encoded, \
               and paste it here.",
        source: SET_UP,
    },
];

const GUIDE: Guide = Guide {
    product: Product::SecSignId,
    ways: &[Way {
        name: "SAML service provider",
        place: "SecSign ID administrator page > a new SAML-Service-Provider",
        enter: &[
            enter("Service Provider Issuer", SpValue::EntityId),
            enter("Audience Restriction", SpValue::EntityId),
            enter("SAML response URL", SpValue::AcsUrl),
        ],
        take: &[
            take_shape("Entity ID of the SecSign ID server", "https://{server}/SAML_Login", IdpValue::EntityId),
            take_shape("SSO URL of the SecSign ID server", "https://{server}/SAML_Login", IdpValue::SsoUrl),
            take("Certificate user > details > Certificate PEM encoded", IdpValue::SigningCertificate),
        ],
    }],
    attributes: "Its guides speak of none: do not require attributes before some have been seen.",
    groups: "None are known to us.",
    encryption: "None is known to us.",
    logout: "None is known to us: a logout ends the session here only.",
    oddities: &[
        "The entity ID and the sign-on URL are the same text.",
        "Its guides have no metadata: the certificate is copied by hand, and has to be copied again when it changes.",
    ],
    sources: &[SET_UP],
};
