//! JumpCloud.

use super::guide::{Guide, IdpValue, SpValue, Way, enter, take, take_shape};
use super::mark::Mark;
use super::{Facts, Product, Remedy};

const FIELDS: &str = "https://jumpcloud.com/support/sso-application-connector-fields";
const SET_UP: &str = "https://developer.vouchfor.com/docs/setup-sso-on-jumpcloud";
const GROUPS: &str = "https://www.miniorange.com/atlassian/jumpcloud-as-idp";

pub(super) const FACTS: Facts = Facts { name: "JumpCloud", marks: MARKS, remedies: REMEDIES, guide: GUIDE };

const MARKS: &[Mark] = &[Mark::sign_on("https://sso.jumpcloud.com/saml2/*", FIELDS)];

const REMEDIES: &[Remedy] = &[
    Remedy {
        codes: &["signature-missing"],
        text: "SSO Applications > the application > SSO: set Sign to Assertion, Response, or both.",
        source: SET_UP,
    },
    Remedy {
        codes: &["sha1-refused"],
        text: "SSO Applications > the application > SSO: set Signature Algorithm to RSA-SHA256.",
        source: SET_UP,
    },
    Remedy {
        codes: &["audience-mismatch", "audience-missing"],
        text: "SSO Applications > the application > SSO: SP Entity ID has to be the entity ID of this service, in the same letter case.",
        source: FIELDS,
    },
    Remedy {
        codes: &["destination-mismatch", "recipient-mismatch"],
        text: "SSO Applications > the application > SSO: ACS URLs has to hold the ACS URL of this service.",
        source: FIELDS,
    },
    Remedy {
        codes: &["issuer-mismatch", "assertion-issuer-mismatch"],
        text: "SSO Applications > the application > SSO: the entity ID to configure here is what stands in IdP Entity ID, free text that was \
               chosen there.",
        source: GROUPS,
    },
    Remedy {
        codes: &["signature-wrong-key"],
        text: "SSO Applications > the application > SSO: read the metadata again (Copy Metadata URL or Export Metadata); each application has \
               its own certificate.",
        source: FIELDS,
    },
    Remedy {
        codes: &["attribute-missing"],
        text: "SSO Applications > the application > SSO > attributes: add one with the Service Provider Attribute Name email and the JumpCloud \
               Attribute Name email; for groups, check the box under Group Attributes and name the attribute.",
        source: GROUPS,
    },
    Remedy {
        codes: &["name-id-policy-mismatch"],
        text: "SSO Applications > the application > SSO: set SAMLSubject NameID and SAMLSubject NameID Format to what this service asks for.",
        source: SET_UP,
    },
    Remedy {
        codes: &["metadata-no-sso-endpoint"],
        text: "SSO Applications > the application > SSO: check Declare Redirect Endpoint and read the metadata again.",
        source: SET_UP,
    },
];

const GUIDE: Guide = Guide {
    product: Product::JumpCloud,
    ways: &[Way {
        name: "Custom SAML application",
        place: "Admin Portal > SSO Applications > Add New Application > Custom Application > Manage Single Sign-On (SSO) > Configure SSO \
                with SAML",
        enter: &[
            enter("SSO > Service Provider Metadata > Upload Metadata", SpValue::Metadata),
            enter("SSO > SP Entity ID", SpValue::EntityId),
            enter("SSO > ACS URLs", SpValue::AcsUrl),
            enter("SSO > SP Certificate", SpValue::SigningCertificate),
        ],
        take: &[
            take("SSO > Copy Metadata URL, or Export Metadata", IdpValue::Metadata),
            take("SSO > IdP Entity ID", IdpValue::EntityId),
            take_shape("SSO > IDP URL", "https://sso.jumpcloud.com/saml2/{application}", IdpValue::SsoUrl),
            take("SSO > IDP Certificate", IdpValue::SigningCertificate),
        ],
    }],
    attributes: "SSO > attributes: a Service Provider Attribute Name such as email, firstName or lastName, which AttributeMap finds, for \
                 each JumpCloud Attribute Name. SAMLSubject NameID is the email at first.",
    groups: "Check the box under Group Attributes and name the attribute, such as memberOf.",
    encryption: "None is known to us.",
    logout: "None is known to us: a logout ends the session here only.",
    oddities: &[
        "IdP Entity ID is free text, chosen when the application is made: configure the same here, and another for each application.",
        "Check Declare Redirect Endpoint, so that its metadata names a place for requests by Redirect.",
        "The SSO IdP URL cannot be changed once the application is made.",
    ],
    sources: &[FIELDS, SET_UP, GROUPS],
};
