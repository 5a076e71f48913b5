//! Identity providers by product: what their messages look like, and what goes wrong most often.
//!
//! What to enter in which field of a product, and what to take from it, is in [`idps`](super::idps).
//!
//! Every product asks for the same three facts about us, under names of its own:
//!
//! | our name | what they call it |
//! |---|---|
//! | entity id | Identifier, Entity ID, SP Entity ID, Audience URI, Relying party trust identifier, Client ID, Issuer |
//! | assertion consumer service URL | Reply URL, ACS URL, Single sign-on URL, Endpoint (SAML Assertion Consumer, POST), Valid redirect URI |
//! | metadata | Upload metadata file, Import from file or URL |
//!
//! and has the same three about itself: entity id (Issuer, Microsoft Entra Identifier, Identity Provider Issuer), login URL, signing
//! certificate. A metadata document holds all of them, survives key rotation, and is the better way where it exists;
//! [`IdentityProvider::manual`](crate::IdentityProvider::manual) takes the three as they are pasted.
//!
//! # Microsoft Entra ID
//!
//! - Signs the assertion only, by default. That is enough here.
//! - Use the metadata URL *of the application* (with `?appid=`): signing keys are per application, and rotate.
//! - Attribute names are long claim URIs, such as `http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress`, and a user without a mailbox
//!   has no such attribute. Beyond 150 groups there is no group attribute but a link.
//! - An audience that begins with `spn:` means that the application's identifier was entered as a bare id.
//! - AADSTS75011 means that a `RequestedAuthnContext` was sent that the user's way of signing in does not meet: do not ask for one.
//! - Token encryption is AES-256-CBC: choose *Sign SAML response and assertion* with it.
//! - *Require verification certificates* wants signed requests, and its metadata does not say so: use
//!   [`with_authn_requests_signed(true)`](crate::IdentityProvider::with_authn_requests_signed). It takes RSA with SHA-256 only, so no ECDSA key.
//!
//! # AD FS
//!
//! - The relying party trust has a signature algorithm setting; SHA-256 is what works here.
//! - `InvalidNameIDPolicy` means that no claim rule issues the format that was asked for. By default we ask for none.
//! - Where our metadata has an encryption certificate it encrypts by AES-256-CBC: `Set-AdfsRelyingPartyTrust -SamlResponseSignature
//!   MessageAndAssertion` lets the Response's signature cover that.
//! - A `Responder` status without detail has its reason in the AD FS event log only.
//!
//! # Okta
//!
//! - The Issuer has the form `http://www.okta.com/exk…`; it is in the metadata.
//! - Groups are sent only where a group attribute statement with a filter is set.
//!
//! # Google Workspace
//!
//! - "Signed response" off signs the assertion, on signs the Response instead; both work here.
//! - `app_not_configured_for_user` on Google's page means that entity id or ACS URL differ from what was entered there.
//! - There is no single logout.
//!
//! # Keycloak
//!
//! - Sends one `Attribute` element per value, all of one name: they are merged here, in document order.
//! - "Client signature required" is on by default, for requests: its metadata wants signed requests, so a login needs a credential that
//!   signs, whose certificate goes into the client's *Keys* tab.
//!
//! # Shibboleth, SimpleSAMLphp and federations
//!
//! - Attribute names are `urn:oid:…` URIs; friendly names are for people and are never matched.
//! - A transient NameID is another one at every login. Link accounts by `subject-id` or `pairwise-id` there.
//! - Shibboleth encrypts assertions where our metadata has an encryption key (`Credential::decryption`), by
//!   AES-GCM since version 4.
//! - SimpleSAMLphp 1.19 encrypts assertions and NameIDs by AES-128-CBC. NameIDs are opened under the signature of the Assertion or the
//!   Response, assertions under the Response's: leave `saml20.sign.response` on, as it is by default.
//! - SimpleSAMLphp verifies requests where our metadata says that they are signed (`ServiceProviderBuilder::always_sign_requests`); its own
//!   `validate.authnrequest` does not change that.
//! - SimpleSAMLphp signs its logout messages with `sign.logout` on, and looks at the signatures of ours with `validate.logout` on: both are off by
//!   default.
//!
//! # LemonLDAP::NG
//!
//! - "Sign SSO message" off signs the assertion alone, on the Response as well. Encryption is by AES-128-CBC and wants it on.
//! - "Signature method" RSA SHA1 is refused here.
//! - A persistent NameID is empty, and refused (`message-bad-value`), for a user who had none yet: allow it to create one, with
//!   `LoginOptions::name_id_policy(NameIdPolicy::any().allow_create())`.
//! - "Sign SLO message" has to be on. Its page shows a logout here as done whatever our answer was; the truth is in its log.
//! - What it confirms holds as long as the session there, 20 hours by default, and stays in the replay record as long.
//!
//! # samlp and samlify, for Node
//!
//! - samlify signs the assertion where our metadata asks for it ([`want_assertions_signed`](crate::ServiceProviderMetadata::want_assertions_signed)),
//!   else the Response. Then it encrypts, which breaks the Response's signature: give `createLoginResponse` its `encryptThenSign`
//!   (the setting `messageSigningOrder` does not change it), or ask for signed assertions.
//! - samlify's own response template has no AuthnStatement (`authn-statement-missing` here), and a value filled into `{AuthnStatement}` is escaped to
//!   text: write the element into the template.
//! - samlp encrypts first. With AES-CBC in place of its default, AES-256-GCM, set `signResponse`.
//!
//! # When it does not work
//!
//! | code | most often |
//! |---|---|
//! | `digest-mismatch` | something between the provider and us changed the message |
//! | `signature-wrong-key` | the provider rotated its key: fetch the metadata again |
//! | `audience-mismatch` | entity id: a trailing slash, http for https, letter case, `spn:` |
//! | `destination-mismatch`, `recipient-mismatch` | the ACS URL entered there is not the one configured here; a proxy between is not the reason, since the HTTP request is not looked at |
//! | `decrypt-failed` | the provider has an older or another encryption certificate of ours |
//! | `decrypt-unauthenticated-cbc` | only the assertion is signed, inside: Entra ID *Sign SAML response and assertion*, AD FS `-SamlResponseSignature MessageAndAssertion`, Okta *Response: Signed* |
//! | `pending-missing` | the cookie did not come back: see [`state`](super::state#the-cookie) |
//! | `conditions-window`, `confirmation-window` | clocks: the error shows both times and the skew |
