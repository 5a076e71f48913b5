//! SecSign ID.

use super::mark::Mark;
use super::{Facts, Remedy};

const SET_UP: &str =
    "https://www.secsign.com/developers/atlassian/2fa-saml-integration-confluence-cloud-setup-identity-manager/";

pub(super) const FACTS: Facts = Facts { name: "SecSign ID", marks: MARKS, remedies: REMEDIES };

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
