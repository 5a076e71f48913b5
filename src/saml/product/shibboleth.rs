//! The Shibboleth Identity Provider.

use super::guide::{Guide, IdpValue, SpValue, Way, enter, take, take_shape};
use super::mark::Mark;
use super::{Facts, Product, Remedy};
use crate::saml::urn::status;

const SSO: &str = "https://shibboleth.atlassian.net/wiki/spaces/IDP4/pages/1265631694";
const GCM: &str = "https://shibboleth.atlassian.net/wiki/spaces/IDP4/pages/1285914730";
const NAME_ID: &str =
    "https://shibboleth.atlassian.net/wiki/spaces/IDP4/pages/1265631671/NameIDGenerationConfiguration";
const CONFIGURATION: &str = "https://docs.jans.io/head/janssen-server/shibboleth-idp/configuration";
const RELEASE: &str = "https://wiki.univie.ac.at/pages/viewpage.action?pageId=261654826";

pub(super) const FACTS: Facts = Facts { name: "Shibboleth", marks: MARKS, remedies: REMEDIES, guide: GUIDE };

const MARKS: &[Mark] =
    &[Mark::entity_id("http*/idp/shibboleth", CONFIGURATION), Mark::sign_on("https://*/idp/profile/SAML2/*", SSO)];

const REMEDIES: &[Remedy] = &[
    Remedy {
        codes: &["signature-missing", "decrypt-unauthenticated-cbc"],
        text: "conf/relying-party.xml: leave signResponses of the SAML2.SSO profile true, as it is by default, for this service too.",
        source: SSO,
    },
    Remedy {
        codes: &["decrypt-failed", "decrypt-no-key"],
        text: "Load the current metadata of this service: encryption is to the certificate in it. Or set encryptAssertions of the SAML2.SSO \
               profile to false for this service, in conf/relying-party.xml.",
        source: SSO,
    },
    Remedy {
        codes: &["decrypt-algorithm-refused", "decrypt-algorithm-unknown"],
        text: "Since version 4 new installations encrypt by AES-GCM, and metadata that lists EncryptionMethod, as this service's does, decides \
               before idp.encryption.config: load it again.",
        source: GCM,
    },
    Remedy {
        codes: &["attribute-missing"],
        text: "conf/attribute-filter.xml releases nothing to a service by itself: add an AttributeFilterPolicy with this service's entity ID, or for \
               its entity category.",
        source: RELEASE,
    },
    Remedy {
        codes: &["name-id-policy-mismatch", status::INVALID_NAME_ID_POLICY],
        text: "conf/saml-nameid.xml: enable a generator for the format that this service asks for; the default is transient. Or ask for none.",
        source: NAME_ID,
    },
];

const GUIDE: Guide = Guide {
    product: Product::Shibboleth,
    ways: &[Way {
        name: "Metadata",
        place: "conf/metadata-providers.xml, or the federation that both are in",
        enter: &[enter("A MetadataProvider with our document", SpValue::Metadata)],
        take: &[
            take("metadata/idp-metadata.xml, or what the federation publishes", IdpValue::Metadata),
            take_shape("idp.entityID of conf/idp.properties", "https://{server}/idp/shibboleth", IdpValue::EntityId),
            take_shape("Sign-on endpoint", "https://{server}/idp/profile/SAML2/Redirect/SSO", IdpValue::SsoUrl),
            take("credentials/idp-signing.crt", IdpValue::SigningCertificate),
        ],
    }],
    attributes: "Nothing is released without a policy in conf/attribute-filter.xml. Names are urn:oid URIs, which AttributeMap knows; \
                 friendly names decide nothing. Link accounts by subject-id or pairwise-id, since the NameID is transient at first: \
                 another at every login.",
    groups: "isMemberOf, which AttributeMap knows, or eduPersonEntitlement, released by the same policy.",
    encryption: "It encrypts assertions to the key of our metadata, by AES-GCM since version 4 where the installation is new; \
                 EncryptionMethod of our metadata says what we take. It fails where it should encrypt and our metadata has no key, \
                 unless encryptionOptional is true.",
    logout: "It answers logout requests where its metadata has endpoints for them; many have none.",
    oddities: &[
        "It signs the response, and not the assertion, which is what encryption wants.",
        "RSA-OAEP with SHA-256 for both hashes occurs, and is taken.",
    ],
    sources: &[SSO, GCM, NAME_ID, RELEASE],
};
