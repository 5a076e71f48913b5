//! PingFederate.

use super::guide::{Guide, IdpValue, SpValue, Way, enter, take, take_shape};
use super::mark::Mark;
use super::{Facts, Product, Remedy};

const GENERAL: &str = "https://docs.pingidentity.com/pingfederate/12.0/administrators_reference_guide/help_spconnectionconfigtasklet_generalinfostate.html";
const SIGNATURE: &str =
    "https://docs.pingidentity.com/r/en-us/pingfederate-103/help_spprotocolsettingstasklet_spsignaturepolicystate";
const ENCRYPTION: &str =
    "https://docs.pingidentity.com/r/en-us/pingfederate-100/help_sp_credentialstasklet_selectxmlencryptioncertstate";
const KEYS: &str = "https://docs.pingidentity.com/r/en-us/pingfederate-112/help_sp_credentialstasklet_signingcertstate";
const URLS: &str = "https://documentation.pingidentity.com/integrations/aquera/setup/pf_aquera_connector_pf_sso_details_for_the_service_provider.html";

pub(super) const FACTS: Facts = Facts { name: "PingFederate", marks: MARKS, remedies: REMEDIES, guide: GUIDE };

const MARKS: &[Mark] = &[Mark::sign_on("https://*/idp/SSO.saml2*", URLS)];

const REMEDIES: &[Remedy] = &[
    Remedy {
        codes: &["signature-missing"],
        text: "SP connection > Browser SSO > Protocol Settings > Signature Policy: select Always Sign Assertion, Sign Response As Required, or \
               both.",
        source: SIGNATURE,
    },
    Remedy {
        codes: &["decrypt-unauthenticated-cbc"],
        text: "SP connection > Browser SSO > Protocol Settings > Signature Policy: select Sign Response As Required, so that a signature covers \
               what is encrypted.",
        source: SIGNATURE,
    },
    Remedy {
        codes: &["decrypt-algorithm-refused"],
        text: "SP connection > Credentials > Select XML Encryption Certificate: set Key Transport Algorithm to RSA-OAEP and Block Encryption \
               Algorithm to AES.",
        source: ENCRYPTION,
    },
    Remedy {
        codes: &["decrypt-failed", "decrypt-no-key"],
        text: "SP connection > Credentials > Select XML Encryption Certificate: import and choose the current certificate of this service; or turn \
               encryption off at Browser SSO > Protocol Settings > Encryption Policy.",
        source: ENCRYPTION,
    },
    Remedy {
        codes: &["sha1-refused"],
        text: "SP connection > Credentials > Digital Signature Settings: set Signing Algorithm to RSA SHA256.",
        source: "https://docs.pingidentity.com/r/en-us/pingfederate-100/help_sp_credentialstasklet_signingcertstate",
    },
    Remedy {
        codes: &["signature-wrong-key"],
        text: "SP connection > Credentials > Digital Signature Settings shows the Signing Certificate in use, and a Secondary Signing Certificate \
               that comes next: export the connection's metadata again, or trust both here.",
        source: KEYS,
    },
    Remedy {
        codes: &["audience-mismatch", "audience-missing"],
        text: "SP connection > General Info: Partner's Entity ID (Connection ID) has to be the entity ID of this service.",
        source: GENERAL,
    },
    Remedy {
        codes: &["destination-mismatch", "recipient-mismatch"],
        text: "SP connection > Browser SSO > Protocol Settings > Assertion Consumer Service URL has to be the ACS URL of this service; a relative \
               one is joined to Base URL of General Info.",
        source: GENERAL,
    },
    Remedy {
        codes: &["issuer-mismatch", "assertion-issuer-mismatch"],
        text: "The entity ID to configure here is the SAML 2.0 Entity ID of System > Server > Protocol Settings > Federation Info, unless the \
               connection has a Virtual Server ID.",
        source: GENERAL,
    },
];

const GUIDE: Guide = Guide {
    product: Product::PingFederate,
    ways: &[Way {
        name: "SP connection",
        place: "Administrative console > SP Connections > Create Connection > Browser SSO profiles, SAML 2.0",
        enter: &[
            enter("Import Metadata", SpValue::Metadata),
            enter("General Info > Partner's Entity ID (Connection ID)", SpValue::EntityId),
            enter("Browser SSO > Protocol Settings > Assertion Consumer Service URL, POST", SpValue::AcsUrl),
            enter("Browser SSO > Protocol Settings > SLO Service URLs", SpValue::SloUrl),
            enter("Credentials > Signature Verification Settings", SpValue::SigningCertificate),
            enter("Credentials > Select XML Encryption Certificate", SpValue::EncryptionCertificate),
        ],
        take: &[
            take("Metadata Export of the connection", IdpValue::Metadata),
            take("System > Server > Protocol Settings > Federation Info > SAML 2.0 Entity ID", IdpValue::EntityId),
            take_shape("SAML endpoint", "https://{server}:{port}/idp/SSO.saml2", IdpValue::SsoUrl),
            take("Credentials > Digital Signature Settings > Signing Certificate", IdpValue::SigningCertificate),
        ],
    }],
    attributes: "The Attribute Contract of Browser SSO lists what is sent, under names that are chosen there: email, firstName and \
                 lastName are names that AttributeMap finds. SAML_SUBJECT is the NameID.",
    groups: "One more entry of the Attribute Contract, such as groups, filled from a data store.",
    encryption: "Browser SSO > Protocol Settings > Encryption Policy. AES-128 and RSA-OAEP are chosen at first; leave Sign Response As \
                 Required selected with it.",
    logout: "The SLO profiles of Browser SSO > SAML Profiles. It refuses a LogoutResponse without Destination, which ours has.",
    oddities: &[
        "KeyInfo can be left out of its signatures: the keys of its metadata, or the pasted certificate, decide here anyway.",
        "An entity ID may be any text, such as gefssprd; it need not be a URL.",
        "Requests go to /idp/SSO.saml2; other paths below /idp/ speak a protocol of its own.",
    ],
    sources: &[GENERAL, SIGNATURE, ENCRYPTION, KEYS],
};
