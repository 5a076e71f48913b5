//! SimpleSAMLphp.

use super::guide::{Guide, IdpValue, SpValue, Way, enter, take, take_shape};
use super::mark::Mark;
use super::{Facts, Product, Remedy};

const SP_REMOTE: &str = "https://simplesamlphp.org/docs/stable/simplesamlphp-reference-sp-remote.html";
const ROUTES: &str =
    "https://github.com/simplesamlphp/simplesamlphp/blob/master/modules/saml/routing/routes/routes.yml";
const IDP: &str = "https://simplesamlphp.org/docs/stable/simplesamlphp-idp.html";

pub(super) const FACTS: Facts = Facts { name: "SimpleSAMLphp", marks: MARKS, remedies: REMEDIES, guide: GUIDE };

const MARKS: &[Mark] = &[
    Mark::entity_id("http*/saml2/idp/metadata.php*", IDP),
    Mark::sign_on("http*/saml2/idp/SSOService.php*", IDP),
    Mark::sign_on("http*/module.php/saml/idp/singleSignOnService*", ROUTES),
];

const REMEDIES: &[Remedy] = &[
    Remedy {
        codes: &["signature-missing"],
        text: "metadata/saml20-sp-remote.php, in the entry of this service: 'saml20.sign.response' => true, which is the default, makes it \
               sign its answers to logins, and 'sign.logout' => true its logout messages.",
        source: SP_REMOTE,
    },
    Remedy {
        codes: &["decrypt-unauthenticated-cbc"],
        text: "metadata/saml20-sp-remote.php, in the entry of this service: 'saml20.sign.response' => true, which is the default.",
        source: SP_REMOTE,
    },
    Remedy {
        codes: &["sha1-refused"],
        text: "metadata/saml20-sp-remote.php, in the entry of this service: 'signature.algorithm' => \
               'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256', which is the default.",
        source: SP_REMOTE,
    },
    Remedy {
        codes: &["decrypt-failed", "decrypt-no-key"],
        text: "metadata/saml20-sp-remote.php, in the entry of this service: put the current certificate into 'certData' or \
               'certificate', or set 'assertion.encryption' => false.",
        source: SP_REMOTE,
    },
    Remedy {
        codes: &["audience-mismatch", "audience-missing"],
        text: "metadata/saml20-sp-remote.php: the key of the entry has to be the entity ID of this service.",
        source: SP_REMOTE,
    },
    Remedy {
        codes: &["destination-mismatch", "recipient-mismatch"],
        text: "metadata/saml20-sp-remote.php, in the entry of this service: 'AssertionConsumerService' has to be its ACS URL.",
        source: SP_REMOTE,
    },
    Remedy {
        codes: &["signature-wrong-key"],
        text: "Read /saml2/idp/metadata.php of the identity provider again: 'certificate' of metadata/saml20-idp-hosted.php was replaced.",
        source: IDP,
    },
    Remedy {
        codes: &["attribute-missing"],
        text: "metadata/saml20-sp-remote.php, in the entry of this service: name it in 'attributes' where that is used, and see that 'authproc' \
               keeps it and maps it to the name that this service expects.",
        source: SP_REMOTE,
    },
    Remedy {
        codes: &["name-id-policy-mismatch"],
        text: "metadata/saml20-sp-remote.php, in the entry of this service: set 'NameIDFormat', and configure a NameID generation filter for it in \
               'authproc'.",
        source: SP_REMOTE,
    },
];

const GUIDE: Guide = Guide {
    product: Product::SimpleSamlPhp,
    ways: &[
        Way {
            name: "saml20-sp-remote",
            place: "metadata/saml20-sp-remote.php",
            enter: &[
                enter("$metadata['…'], the key of the entry", SpValue::EntityId),
                enter("'AssertionConsumerService'", SpValue::AcsUrl),
                enter("'SingleLogoutService'", SpValue::SloUrl),
                enter("'certData', to verify our messages", SpValue::SigningCertificate),
                enter("'certData', to encrypt to us", SpValue::EncryptionCertificate),
            ],
            take: &[
                take_shape("SAML 2.0 IdP metadata", DOCUMENT, IdpValue::Metadata),
                take_shape("entityID of the metadata", DOCUMENT, IdpValue::EntityId),
                take_shape(
                    "Sign-on endpoint",
                    "https://{server}/simplesaml/saml2/idp/SSOService.php",
                    IdpValue::SsoUrl,
                ),
                take("'certificate' of metadata/saml20-idp-hosted.php", IdpValue::SigningCertificate),
            ],
        },
        Way {
            name: "Conversion of our metadata",
            place: "/admin/metadata-converter.php of the installation; its result goes into metadata/saml20-sp-remote.php",
            enter: &[enter("XML metadata", SpValue::Metadata)],
            take: &[take_shape("SAML 2.0 IdP metadata", DOCUMENT, IdpValue::Metadata)],
        },
    ],
    attributes: "'authproc' and 'attributes' decide what is sent. Names are as the source has them (mail, uid) unless core:AttributeMap \
                 with name2oid maps them to urn:oid; our AttributeMap knows both.",
    groups: "Whatever the source has, such as memberOf or groups, under that name.",
    encryption: "'assertion.encryption' => true encrypts by AES-128-CBC: leave 'saml20.sign.response' on, as it is at first. \
                 'nameid.encryption' encrypts NameIDs.",
    logout: "'sign.logout' => true makes it sign its messages, without which they are refused here; 'validate.logout' => true makes it \
             look at our signatures. Both are off at first.",
    oddities: &[
        "It verifies requests where our metadata says that they are signed; its own 'validate.authnrequest' does not change that.",
        "Without a NameID filter for the format that is asked for, it may answer with a transient one.",
        "Version 2 has further paths: /module.php/saml/idp/singleSignOnService and /module.php/saml/idp/metadata.",
    ],
    sources: &[IDP, SP_REMOTE, ROUTES],
};

const DOCUMENT: &str = "https://{server}/simplesaml/saml2/idp/metadata.php";
