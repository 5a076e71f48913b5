//! SimpleSAMLphp.

use super::mark::Mark;
use super::{Facts, Remedy};

const SP_REMOTE: &str = "https://simplesamlphp.org/docs/stable/simplesamlphp-reference-sp-remote.html";
const ROUTES: &str =
    "https://github.com/simplesamlphp/simplesamlphp/blob/master/modules/saml/routing/routes/routes.yml";
const IDP: &str = "https://simplesamlphp.org/docs/stable/simplesamlphp-idp.html";

pub(super) const FACTS: Facts = Facts { name: "SimpleSAMLphp", marks: MARKS, remedies: REMEDIES };

const MARKS: &[Mark] = &[
    Mark::entity_id("http*/saml2/idp/metadata.php*", IDP),
    Mark::sign_on("http*/saml2/idp/SSOService.php*", IDP),
    Mark::sign_on("http*/module.php/saml/idp/singleSignOnService*", ROUTES),
];

const REMEDIES: &[Remedy] = &[
    Remedy {
        codes: &["signature-missing", "decrypt-unauthenticated-cbc"],
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
    Remedy {
        codes: &["query-signature-mismatch"],
        text: "metadata/saml20-sp-remote.php, in the entry of this service: 'sign.logout' => true makes it sign its logout messages.",
        source: SP_REMOTE,
    },
];
