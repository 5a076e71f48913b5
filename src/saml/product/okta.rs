//! Okta.

use super::mark::Mark;
use super::{Facts, Remedy};

const FIELDS: &str = "https://help.okta.com/en-us/Content/Topics/Apps/aiw-saml-reference.htm";
const GROUPS: &str = "https://help.okta.com/en-us/content/topics/apps/define-group-attribute-statements.htm";
const ENCRYPTION: &str = "https://support.okta.com/help/s/article/okta-saml-error-your-request-resulted-in-an-error-error-encrypting-saml-assertion-causes-and-remediations";
const DOMAINS: &str = "https://developer.okta.com/docs/concepts/okta-organizations/";
const URLS: &str = "https://github.com/node-saml/passport-saml/issues/283";
const ISSUER: &str = "https://developers.make.com/white-label-documentation/manage-login/okta-saml/steps-on-okta";

pub(super) const FACTS: Facts = Facts { name: "Okta", marks: MARKS, remedies: REMEDIES };

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
