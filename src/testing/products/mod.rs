//! What products send: a table for each, which the test identity provider takes the look of.

mod hosted;
mod imitation;
mod installed;

pub(super) use imitation::{Imitation, Published, WebServices};

use super::{Answer, ReceivedRequest, Sign, TestIdp, TestIdpError, TestUser};
use crate::crypto::SigningKey;
use crate::saml::product::Product;
use crate::saml::urn;

impl TestIdp {
    /// One that imitates a product as it comes: its entityID and metadata, what it signs and encrypts and how, how it spells its
    /// messages, under which names it tells about users, and how it logs them out. What is a setting there can be changed
    /// here: the fields of an [`Answer`] and the other methods of this type come afterwards.
    ///
    /// | product | how it can be told apart |
    /// |---|---|
    /// | Entra ID | signs the Assertion alone; elements without prefix; seven digits of a second; claim URIs without NameFormat and type; from 151 groups on a link in their place; an `spn:` audience for a bare application id; `NoAuthnContext` where an exact password context is asked for; two roles of WS-Federation in its metadata; logout by Redirect only, with escapes in lower case |
    /// | AD FS | as Entra ID in its metadata, elements and queries; `Consent`; a NotBefore of this very moment; AES-256-CBC where it knows a key of the service provider, without a signature over it; `InvalidNameIDPolicy` for any format but its own |
    /// | Okta | signs both; `saml2` and `saml2p`, declared again and again; `PrefixList="xs"`; no logout |
    /// | Google Workspace | signs the Assertion alone, with [`Sign::Response`] as its option "Signed response"; `xs:anyType`; no logout |
    /// | Keycloak | wants signed requests; signs the Response; one Attribute for each role, all named `Role`; an idle default namespace |
    /// | Auth0 | signs by RSA with SHA-1, which is refused until its `signatureAlgorithm` and `digestAlgorithm` are set ([`algorithms`](Self::algorithms)); many attributes of its own, some `xs:boolean` or `xs:anyType` |
    /// | OneLogin | signs the Response; `User.email` and the like |
    /// | PingFederate | an entityID that is no URI; signs the Response; no KeyInfo |
    /// | Shibboleth | signs the Response; AES-128-GCM where it knows a key; transient NameIDs; names by `urn:oid:`; `PrefixList="xsd"` |
    /// | SimpleSAMLphp | signs both; transient NameIDs; `basic` names; does not sign its logout messages |
    /// | JumpCloud | an entityID that is no URI; signs the Response; one Attribute for each group, typed `xs:anyType`; no logout |
    /// | SecSign ID | no metadata: entityID and sign-on URL are one; no attributes |
    ///
    /// What is known of a product is what people report of it in public: the source tables name the page of each habit.
    ///
    /// ```
    /// use saml_sp::testing::TestIdp;
    /// use saml_sp::{AttributeMap, Expect, Field, PostedResponse, Product, Seen, ServiceProvider};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let sp = ServiceProvider::builder("https://app.example.com/saml", "https://app.example.com/saml/acs").build()?;
    /// let test_idp = TestIdp::like(Product::EntraId)?;
    /// let idp = test_idp.identity_provider()?;
    ///
    /// let begun = sp.begin_login(&idp)?;
    /// let answer = test_idp.answer(&test_idp.receive(&begun.send)?, "alice");
    /// let form = test_idp.post(&answer)?;
    ///
    /// let posted = PostedResponse::new(&form.saml_response, form.relay_state.as_deref());
    /// let login = sp.accept(&idp, &posted, Expect::AnswerTo(begun.pending))?.confirm(Seen::FirstTime)?;
    /// let user = AttributeMap::new().read(&login.identity, &idp)?;
    /// assert_eq!(user.get(&Field::Email), Some("alice@example.com"));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Where no key can be made.
    pub fn like(product: Product) -> Result<Self, TestIdpError> {
        let imitation = Imitation::of(product);
        let mut like = Self::with_key(imitation.entity_id.to_owned(), SigningKey::generate_rsa(2048))?;
        (like.algorithm, like.digest) = imitation.algorithms;
        like.style.prefix = imitation.signature.prefix;
        imitation.signature.prefix_list.clone_into(&mut like.style.prefix_list);
        if !imitation.signature.carries_certificate {
            like.style.carries = super::CarriedCertificate::Nothing;
        }
        like.message_style = imitation.style;
        like.spelling = imitation.spelling;
        like.wants_signed_requests = imitation.metadata.wants_signed_requests;
        like.imitation = Some(imitation);
        for _ in 1..imitation.metadata.signing_keys {
            like.publish_next_key()?;
        }
        Ok(like)
    }

    /// As [`answer`](Self::answer), about a user of your own making: with the attributes that the imitated product has for them,
    /// or under the short names of LDAP where none is imitated.
    ///
    /// ```
    /// use saml_sp::testing::{TestIdp, TestUser};
    /// use saml_sp::{Product, ServiceProvider};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let sp = ServiceProvider::builder("https://app.example.com/saml", "https://app.example.com/saml/acs").build()?;
    /// let test_idp = TestIdp::like(Product::EntraId)?;
    /// let request = test_idp.receive(&sp.begin_login(&test_idp.identity_provider()?)?.send)?;
    ///
    /// let mut user = TestUser::new("alice");
    /// user.groups = (0..151).map(|n| format!("group-{n}")).collect();
    /// let answer = test_idp.answer_about(&request, &user);
    /// assert!(answer.attributes.iter().any(|attribute| attribute.name.ends_with("/groups.link")));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn answer_about(&self, request: &ReceivedRequest, user: &TestUser) -> Answer {
        let mut answer = self.unsolicited_about(&request.issuer, &request.acs_url, user);
        answer.answers(request);
        if let Some(imitation) = self.imitation {
            imitation.object(request, &mut answer);
        }
        answer
    }

    /// As [`unsolicited`](Self::unsolicited), about a user of your own making; see [`answer_about`](Self::answer_about).
    #[must_use]
    pub fn unsolicited_about(&self, sp_entity_id: &str, acs_url: &str, user: &TestUser) -> Answer {
        let mut answer = self.plain(sp_entity_id, acs_url, &user.name);
        let imitation = self.imitation.unwrap_or(&Imitation::PLAIN);
        imitation.tell(user, &mut answer);
        if self.imitation.is_some() {
            imitation.look(user, sp_entity_id, &mut answer);
            answer.encryption.extend(imitation.encrypts(self, sp_entity_id));
        }
        answer
    }
}

impl Imitation {
    /// What the product says in the place of an answer, where it does not like the request.
    fn object(&self, request: &ReceivedRequest, answer: &mut Answer) {
        let is_exact = request.authn_comparison.as_deref().is_none_or(|comparison| comparison == "exact");
        let asks_for_another_context = !request.authn_contexts.is_empty()
            && is_exact
            && !request.authn_contexts.iter().any(|class| class == self.authn_context);
        if let Some(message) = self.refuses_other_contexts
            && asks_for_another_context
        {
            answer.status = vec![urn::status::RESPONDER.to_owned(), urn::status::NO_AUTHN_CONTEXT.to_owned()];
            answer.status_message = Some(message.to_owned());
            answer.sign = Sign::Nothing;
        }
        let is_own_format = |format: &String| Some(format.as_str()) == self.name_id_format || format == UNSPECIFIED;
        if self.refuses_other_formats && !request.name_id_format.as_ref().is_none_or(is_own_format) {
            answer.status = vec![urn::status::REQUESTER.to_owned(), urn::status::INVALID_NAME_ID_POLICY.to_owned()];
            answer.sign = Sign::Response;
        }
    }
}

/// Whoever asks for this asks for none in particular (core 8.3.1).
const UNSPECIFIED: &str = urn::name_id_format::UNSPECIFIED;
