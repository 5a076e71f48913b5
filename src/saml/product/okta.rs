//! Okta.

use super::guide::{Guide, IdpValue, SpValue, Way, enter, take, take_shape};
use super::mark::Mark;
use super::{Facts, Product, Remedy};

const FIELDS: &str = "https://help.okta.com/en-us/Content/Topics/Apps/aiw-saml-reference.htm";
const GROUPS: &str = "https://help.okta.com/en-us/content/topics/apps/define-group-attribute-statements.htm";
const ENCRYPTION: &str = "https://support.okta.com/help/s/article/okta-saml-error-your-request-resulted-in-an-error-error-encrypting-saml-assertion-causes-and-remediations";
const DOMAINS: &str = "https://developer.okta.com/docs/concepts/okta-organizations/";
const URLS: &str = "https://github.com/node-saml/passport-saml/issues/283";
const ISSUER: &str = "https://developers.make.com/white-label-documentation/manage-login/okta-saml/steps-on-okta";

pub(super) const FACTS: Facts = Facts { name: "Okta", marks: MARKS, remedies: REMEDIES, guide: GUIDE };

const MARKS: &[Mark] = &[
    Mark::entity_id("http://www.okta.com/*", URLS),
    Mark::sign_on("https://*.okta.com/*/sso/saml*", DOMAINS),
    Mark::sign_on("https://*.oktapreview.com/*/sso/saml*", DOMAINS),
    Mark::sign_on("https://*.okta-emea.com/*/sso/saml*", DOMAINS),
];

const REMEDIES: &[Remedy] = &[
    Remedy {
        codes: &["signature-missing"],
        text: "SAML Settings of the app > Show Advanced Settings: set Response, or Assertion Signature, to Signed.",
        source: FIELDS,
    },
    Remedy {
        codes: &["sha1-refused"],
        text: "SAML Settings of the app > Show Advanced Settings: set Signature Algorithm to RSA-SHA256 and Digest Algorithm to SHA256.",
        source: ISSUER,
    },
    Remedy {
        codes: &["decrypt-unauthenticated-cbc"],
        text: "SAML Settings of the app > Show Advanced Settings: set Encryption Algorithm to AES256-GCM, or Response to Signed.",
        source: ENCRYPTION,
    },
    Remedy {
        codes: &["decrypt-algorithm-refused"],
        text: "SAML Settings of the app > Show Advanced Settings: set Encryption Algorithm to AES256-GCM and Key Transport Algorithm \
               to RSA-OAEP.",
        source: ISSUER,
    },
    Remedy {
        codes: &["decrypt-failed", "decrypt-no-key"],
        text: "SAML Settings of the app > Show Advanced Settings: upload the current certificate of this service as Encryption \
               Certificate, or set Assertion Encryption to Unencrypted.",
        source: ISSUER,
    },
    Remedy {
        codes: &["audience-mismatch", "audience-missing"],
        text: "SAML Settings of the app > General: Audience URI (SP Entity ID) has to be the entity ID of this service.",
        source: FIELDS,
    },
    Remedy {
        codes: &["destination-mismatch", "recipient-mismatch"],
        text: "SAML Settings of the app > General: Single sign-on URL has to be the ACS URL of this service, with \"Use this for \
               Recipient URL and Destination URL\" selected.",
        source: FIELDS,
    },
    Remedy {
        codes: &["issuer-mismatch", "assertion-issuer-mismatch"],
        text: "The entity ID to configure here is the Issuer of this very app, http://www.okta.com/ and an id that begins with exk: each \
               app has its own, and SAML Issuer ID under Show Advanced Settings changes it.",
        source: ISSUER,
    },
    Remedy {
        codes: &["attribute-missing"],
        text: "SAML Settings of the app: add it under Attribute Statements, such as email with the value user.email; groups under Group \
               Attribute Statements with a filter. Nothing is sent that is not listed there.",
        source: GROUPS,
    },
    Remedy {
        codes: &["name-id-policy-mismatch"],
        text: "SAML Settings of the app > General: Name ID format has to be the one that this service asks for, with an Application \
               username that fits.",
        source: FIELDS,
    },
];

const GUIDE: Guide = Guide {
    product: Product::Okta,
    ways: &[Way {
        name: "SAML 2.0 app integration",
        place: "Admin Console > Applications > Applications > Create App Integration > SAML 2.0",
        enter: &[
            enter("Single sign-on URL", SpValue::AcsUrl),
            enter("Audience URI (SP Entity ID)", SpValue::EntityId),
            enter("Show Advanced Settings > Encryption Certificate", SpValue::EncryptionCertificate),
            enter("Show Advanced Settings > Signature Certificate", SpValue::SigningCertificate),
            enter("Show Advanced Settings > Enable Single Logout > Single Logout URL", SpValue::SloUrl),
            enter("Show Advanced Settings > Enable Single Logout > SP Issuer", SpValue::EntityId),
        ],
        take: &[
            take("Sign On > Metadata details > Metadata URL", IdpValue::Metadata),
            take_shape("Sign On > Issuer", "http://www.okta.com/{external key}", IdpValue::EntityId),
            take_shape(
                "Sign On > Sign on URL",
                "https://{org}.okta.com/app/{app}/{external key}/sso/saml",
                IdpValue::SsoUrl,
            ),
            take("Sign On > Signing Certificate", IdpValue::SigningCertificate),
            take("Identity Provider Single Logout URL", IdpValue::SloUrl),
        ],
    }],
    attributes: "Nothing is sent that is not listed under Attribute Statements: email as user.email, firstName as user.firstName and \
                 lastName as user.lastName are names that AttributeMap finds.",
    groups: "Group Attribute Statements, with the name groups and a filter: Starts with, Equals, Contains or Matches regex. Without a \
             statement no group is sent.",
    encryption: "Show Advanced Settings > Assertion Encryption: take AES256-GCM as Encryption Algorithm and RSA-OAEP as Key Transport \
                 Algorithm. With AES256-CBC set Response to Signed.",
    logout: "Enable Single Logout appears once a Signature Certificate is uploaded. Requests have to be signed by its key, or the \
             answer is AuthnFailed. It signs the user out of Okta and of this service, and not of other apps.",
    oddities: &[
        "Each app has its own issuer and its own certificate: never mix the fields of two apps.",
        "With Signed Requests it takes the ACS URL from the request, and forgets those that were entered.",
        "Honor Force Authentication set to No ignores ForceAuthn (authn-before-request).",
    ],
    sources: &[FIELDS, GROUPS, ENCRYPTION],
};
