//! Microsoft Active Directory Federation Services.

use super::guide::{Guide, IdpValue, SpValue, Way, enter, take, take_shape};
use super::mark::Mark;
use super::{Facts, Product, Remedy};
use crate::saml::urn::status;

const TRUST: &str = "https://learn.microsoft.com/en-us/powershell/module/adfs/set-adfsrelyingpartytrust";
const WIZARD: &str =
    "https://learn.microsoft.com/en-us/windows-server/identity/ad-fs/operations/create-a-relying-party-trust";
const LDAP: &str = "https://learn.microsoft.com/en-us/windows-server/identity/ad-fs/operations/create-a-rule-to-send-ldap-attributes-as-claims";
const TRANSFORM: &str = "https://learn.microsoft.com/en-us/windows-server/identity/ad-fs/operations/create-a-rule-to-transform-an-incoming-claim";
const LOGGING: &str =
    "https://learn.microsoft.com/en-us/windows-server/identity/ad-fs/troubleshooting/ad-fs-tshoot-logging";
const NAMES: &str = "https://componentspace.com/forums/52/ADFS-SAML-SSO-ADFS-as-the-Service-ProviderReplying-Party";

pub(super) const FACTS: Facts = Facts { name: "AD FS", marks: MARKS, remedies: REMEDIES, guide: GUIDE };

const MARKS: &[Mark] = &[Mark::entity_id("*/adfs/services/trust", NAMES), Mark::sign_on("*/adfs/ls*", NAMES)];

const REMEDIES: &[Remedy] = &[
    Remedy {
        codes: &["signature-missing", "decrypt-unauthenticated-cbc"],
        text: "In PowerShell on the federation server: Set-AdfsRelyingPartyTrust -TargetName \"<trust>\" \
               -SamlResponseSignature MessageAndAssertion.",
        source: TRUST,
    },
    Remedy {
        codes: &["sha1-refused"],
        text: "In PowerShell on the federation server: Set-AdfsRelyingPartyTrust -TargetName \"<trust>\" \
               -SignatureAlgorithm http://www.w3.org/2001/04/xmldsig-more#rsa-sha256.",
        source: TRUST,
    },
    Remedy {
        codes: &["decrypt-failed", "decrypt-no-key"],
        text: "Give the trust the current encryption certificate of this service (Set-AdfsRelyingPartyTrust -TargetName \"<trust>\" \
               -EncryptionCertificate …), or turn encryption off with -EncryptClaims $false.",
        source: TRUST,
    },
    Remedy {
        codes: &["audience-mismatch", "audience-missing"],
        text: "The relying party identifier of the trust has to be the entity ID of this service: Set-AdfsRelyingPartyTrust \
               -TargetName \"<trust>\" -Identifier \"<entity ID>\".",
        source: TRUST,
    },
    Remedy {
        codes: &["destination-mismatch", "recipient-mismatch"],
        text: "The SAML endpoint of the trust (Relying party SAML 2.0 SSO service URL in the wizard, -SamlEndpoint in PowerShell) \
               has to be the ACS URL of this service.",
        source: WIZARD,
    },
    Remedy {
        codes: &["issuer-mismatch", "assertion-issuer-mismatch"],
        text: "The entity ID to configure here is the Federation Service identifier, usually http://<server>/adfs/services/trust: \
               with http, although the service is reached over https.",
        source: NAMES,
    },
    Remedy {
        codes: &["conditions-window"],
        text: "AD FS counts from the very millisecond of its own clock: Set-AdfsRelyingPartyTrust -TargetName \"<trust>\" \
               -NotBeforeSkew 1 lets assertions begin somewhat earlier.",
        source: TRUST,
    },
    Remedy {
        codes: &["attribute-missing"],
        text: "Relying Party Trusts > the trust > Edit Claim Issuance Policy > Add Rule > Send LDAP Attributes as Claims: map \
               E-Mail-Addresses to E-Mail Address, Given-Name to Given Name, and so on.",
        source: LDAP,
    },
    Remedy {
        codes: &["name-id-policy-mismatch", status::INVALID_NAME_ID_POLICY],
        text: "No claim rule issues a NameID of the format that was asked for. Relying Party Trusts > the trust > Edit Claim Issuance \
               Policy > Add Rule > Transform an Incoming Claim: Outgoing claim type Name ID, with that Outgoing name ID format. Or ask for none.",
        source: TRANSFORM,
    },
    Remedy {
        codes: &["status-not-success"],
        text: "The reason is on the federation server only: Event Viewer > Applications and Services Logs > AD FS > Admin, at \
               this time.",
        source: LOGGING,
    },
];

const GUIDE: Guide = Guide {
    product: Product::AdFs,
    ways: &[Way {
        name: "Relying party trust",
        place: "AD FS Management > Relying Party Trusts > Add Relying Party Trust > Claims aware",
        enter: &[
            enter("Select Data Source > Import data about the relying party", SpValue::Metadata),
            enter("Configure Identifiers > Relying party trust identifier", SpValue::EntityId),
            enter("Configure URL > Relying party SAML 2.0 SSO service URL", SpValue::AcsUrl),
            enter("Endpoints > SAML Logout", SpValue::SloUrl),
            enter("Signature (-RequestSigningCertificate)", SpValue::SigningCertificate),
            enter("Configure Certificate, for token encryption", SpValue::EncryptionCertificate),
        ],
        take: &[
            take_shape(
                "Federation metadata",
                "https://{server}/FederationMetadata/2007-06/FederationMetadata.xml",
                IdpValue::Metadata,
            ),
            take_shape("Federation Service identifier", "http://{server}/adfs/services/trust", IdpValue::EntityId),
            take_shape("SAML 2.0 endpoint", "https://{server}/adfs/ls/", IdpValue::SsoUrl),
            take("Certificates > Token-signing", IdpValue::SigningCertificate),
            take_shape("SAML 2.0 endpoint", "https://{server}/adfs/ls/", IdpValue::SloUrl),
        ],
    }],
    attributes: "Nothing is sent without a rule: the trust > Edit Claim Issuance Policy > Add Rule > Send LDAP Attributes as Claims. \
                 E-Mail Address comes as http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress, UPN as \
                 http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn. A NameID needs a rule of its own: Transform an Incoming \
                 Claim, to Name ID.",
    groups: "A rule Send LDAP Attributes as Claims from one of the Token-Groups attributes to Group sends all of them, a rule Send Group \
             Membership as a Claim one; the name is http://schemas.xmlsoap.org/claims/Group.",
    encryption: "Where the trust has an encryption certificate it encrypts by AES-256-CBC: set -SamlResponseSignature \
                 MessageAndAssertion with it, or -EncryptClaims $false.",
    logout: "Its messages and ours have to be signed: give the trust our certificate. The NameID of a request has to be the one that \
             was issued, with its format and qualifiers.",
    oddities: &[
        "A Responder status has no reason in it: that is in the event log, AD FS > Admin.",
        "Its times count in milliseconds and grant nothing for clocks that differ; -NotBeforeSkew does.",
        "The signature algorithm of the trust (-SignatureAlgorithm) is for both directions, so it has to fit what we sign by as well.",
    ],
    sources: &[WIZARD, TRUST, LDAP, TRANSFORM, LOGGING],
};
