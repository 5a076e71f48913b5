//! An answer of the test identity provider, part by part.

use chrono::{DateTime, Duration, TimeDelta, Utc};

use super::{Encryption, MessageStyle, ReceivedRequest, TestIdp, TestUser};
use crate::crypto::{hex, random};
use crate::saml::urn;

/// Which elements the test identity provider signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "there is nothing else to sign")]
pub enum Sign {
    /// The Assertion: what Entra ID does by default.
    Assertion,
    /// The Response: what Google does with "Signed response".
    Response,
    /// Both, the Assertion first.
    Both,
    /// Nothing, which no service provider may accept.
    Nothing,
}

/// A NameID to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AnswerNameId {
    /// The name.
    pub value: String,
    /// The Format attribute.
    pub format: Option<String>,
    /// The NameQualifier attribute.
    pub name_qualifier: Option<String>,
    /// The SPNameQualifier attribute.
    pub sp_name_qualifier: Option<String>,
}

/// A SubjectConfirmation to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AnswerConfirmation {
    /// The Method attribute.
    pub method: String,
    /// The Recipient attribute.
    pub recipient: Option<String>,
    /// The NotBefore attribute.
    pub not_before: Option<DateTime<Utc>>,
    /// The NotOnOrAfter attribute.
    pub not_on_or_after: Option<DateTime<Utc>>,
    /// The InResponseTo attribute.
    pub in_response_to: Option<String>,
}

/// An Attribute to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AnswerAttribute {
    /// The Name attribute.
    pub name: String,
    /// The NameFormat attribute.
    pub name_format: Option<String>,
    /// The FriendlyName attribute.
    pub friendly_name: Option<String>,
    /// The `xsi:type` of each value, whose prefix may be `xs`; `None` for values that say nothing of their type.
    pub value_type: Option<String>,
    /// The values; `None` is sent as `xsi:nil`.
    pub values: Vec<Option<String>>,
}

/// A Response and its Assertion, before they are written and signed. Every field can be changed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Answer {
    /// Which elements to sign.
    pub sign: Sign,
    /// Where the form goes. [`destination`](Self::destination) and the confirmation's Recipient are set apart.
    pub acs_url: String,
    /// The form field RelayState.
    pub relay_state: Option<String>,
    /// The Response's ID.
    pub response_id: String,
    /// The Response's Version.
    pub version: String,
    /// The Response's Destination.
    pub destination: Option<String>,
    /// The Response's InResponseTo.
    pub in_response_to: Option<String>,
    /// The Response's Consent.
    pub consent: Option<String>,
    /// The Response's Issuer.
    pub issuer: Option<String>,
    /// The status codes, outermost first. With any but Success on top no assertion is sent.
    pub status: Vec<String>,
    /// The StatusMessage.
    pub status_message: Option<String>,
    /// The Assertion's ID.
    pub assertion_id: String,
    /// The IssueInstant of both.
    pub issue_instant: DateTime<Utc>,
    /// The Assertion's Issuer.
    pub assertion_issuer: String,
    /// The NameID.
    pub name_id: Option<AnswerNameId>,
    /// The SubjectConfirmations.
    pub confirmations: Vec<AnswerConfirmation>,
    /// The NotBefore of the Conditions.
    pub not_before: Option<DateTime<Utc>>,
    /// The NotOnOrAfter of the Conditions.
    pub not_on_or_after: Option<DateTime<Utc>>,
    /// The AudienceRestrictions, each with its Audiences.
    pub audience_restrictions: Vec<Vec<String>>,
    /// Whether OneTimeUse is sent.
    pub one_time_use: bool,
    /// The local name of a condition in a namespace that nobody knows.
    pub unknown_condition: Option<&'static str>,
    /// The AuthnInstant; `None` leaves the AuthnStatement out.
    pub authn_instant: Option<DateTime<Utc>>,
    /// The AuthnContextClassRef.
    pub authn_context: Option<String>,
    /// The SessionIndex.
    pub session_index: Option<String>,
    /// The SessionNotOnOrAfter.
    pub session_not_on_or_after: Option<DateTime<Utc>>,
    /// The attributes.
    pub attributes: Vec<AnswerAttribute>,
    /// What is encrypted; nothing by default.
    pub encryption: Vec<Encryption>,
    /// How all of it is spelled.
    pub style: MessageStyle,
}

impl Answer {
    /// Adds an attribute with these text values, NameFormat `uri` where the name has a colon, else `basic`, typed `xs:string`.
    pub fn attribute<I: IntoIterator<Item: Into<String>>>(&mut self, name: impl Into<String>, values: I) -> &mut Self {
        let name = name.into();
        let format =
            if name.contains(':') { urn::attribute_name_format::URI } else { urn::attribute_name_format::BASIC };
        let values = values.into_iter().map(|value| Some(value.into())).collect();
        self.attributes.push(AnswerAttribute {
            name,
            name_format: Some(format.to_owned()),
            friendly_name: None,
            value_type: Some("xs:string".to_owned()),
            values,
        });
        self
    }

    /// Moves each of its moments by this much, as if the clock of the identity provider were wrong: later, or earlier where it is
    /// negative. What is not there stays away, and lifetimes stay as long as they are.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use chrono::TimeDelta;
    /// use saml_sp::testing::TestIdp;
    /// use saml_sp::{Expect, PostedResponse, ServiceProvider};
    ///
    /// let sp = ServiceProvider::builder("https://app.example.com/saml", "https://app.example.com/saml/acs").build()?;
    /// let test_idp = TestIdp::with_ecdsa("https://idp.example.com/metadata")?;
    /// let mut answer = test_idp.unsolicited(sp.entity_id().as_str(), sp.acs_url(), "alice");
    /// answer.shift(-TimeDelta::hours(1));
    /// let form = test_idp.post(&answer)?;
    ///
    /// let posted = PostedResponse::new(&form.saml_response, None);
    /// let refused = sp.accept(&test_idp.identity_provider()?, &posted, Expect::unsolicited(sp.acs_url())).unwrap_err();
    /// assert_eq!(refused.code(), "confirmation-window");
    /// # Ok(())
    /// # }
    /// ```
    pub fn shift(&mut self, by: TimeDelta) -> &mut Self {
        let confirmed = self.confirmations.iter_mut().flat_map(|one| [&mut one.not_before, &mut one.not_on_or_after]);
        let bounds = [&mut self.not_before, &mut self.not_on_or_after];
        let session = [&mut self.authn_instant, &mut self.session_not_on_or_after];
        // Beyond the years that can be told, the last of them.
        let end = if by < TimeDelta::zero() { DateTime::<Utc>::MIN_UTC } else { DateTime::<Utc>::MAX_UTC };
        for moment in confirmed.chain(bounds).chain(session).flatten().chain([&mut self.issue_instant]) {
            *moment = moment.checked_add_signed(by).unwrap_or(end);
        }
        self
    }

    /// Makes it the answer to this request.
    pub(super) fn answers(&mut self, request: &ReceivedRequest) {
        self.relay_state.clone_from(&request.relay_state);
        self.in_response_to = Some(request.id.clone());
        for confirmation in &mut self.confirmations {
            confirmation.in_response_to = Some(request.id.clone());
        }
        if let (Some(name_id), Some(format)) = (&mut self.name_id, &request.name_id_format) {
            name_id.format = Some(format.clone());
        }
    }
}

impl TestIdp {
    /// A good answer to this request about this user, as most products send it: the Assertion signed, a persistent
    /// NameID, five minutes of validity. One that is [like a product](Self::like) answers as that product does.
    #[must_use]
    pub fn answer(&self, request: &ReceivedRequest, user: &str) -> Answer {
        if self.imitation.is_some() {
            return self.answer_about(request, &TestUser::new(user));
        }
        let mut answer = self.plain(&request.issuer, &request.acs_url, user);
        answer.answers(request);
        answer
    }

    /// An answer that nobody asked for.
    #[must_use]
    pub fn unsolicited(&self, sp_entity_id: &str, acs_url: &str, user: &str) -> Answer {
        if self.imitation.is_some() {
            return self.unsolicited_about(sp_entity_id, acs_url, &TestUser::new(user));
        }
        self.plain(sp_entity_id, acs_url, user)
    }

    pub(super) fn plain(&self, sp_entity_id: &str, acs_url: &str, user: &str) -> Answer {
        let now = self.clock.now();
        let until = now + Duration::minutes(5);
        Answer {
            sign: Sign::Assertion,
            acs_url: acs_url.to_owned(),
            relay_state: None,
            response_id: new_id(),
            version: "2.0".to_owned(),
            destination: Some(acs_url.to_owned()),
            in_response_to: None,
            consent: None,
            issuer: Some(self.entity_id.clone()),
            status: vec![urn::status::SUCCESS.to_owned()],
            status_message: None,
            assertion_id: new_id(),
            issue_instant: now,
            assertion_issuer: self.entity_id.clone(),
            name_id: Some(AnswerNameId {
                value: user.to_owned(),
                format: Some(urn::name_id_format::PERSISTENT.to_owned()),
                name_qualifier: None,
                sp_name_qualifier: None,
            }),
            confirmations: vec![AnswerConfirmation {
                method: urn::confirmation::BEARER.to_owned(),
                recipient: Some(acs_url.to_owned()),
                not_before: None,
                not_on_or_after: Some(until),
                in_response_to: None,
            }],
            not_before: Some(now),
            not_on_or_after: Some(until),
            audience_restrictions: vec![vec![sp_entity_id.to_owned()]],
            one_time_use: false,
            unknown_condition: None,
            authn_instant: Some(now),
            authn_context: Some(urn::authn_context::PASSWORD_PROTECTED_TRANSPORT.to_owned()),
            session_index: Some(new_id()),
            session_not_on_or_after: None,
            attributes: Vec::new(),
            encryption: Vec::new(),
            style: self.message_style,
        }
    }

    /// An answer to this request that reports a failure: the codes outermost first, without assertion.
    #[must_use]
    pub fn failure<I: IntoIterator<Item: Into<String>>>(&self, request: &ReceivedRequest, codes: I) -> Answer {
        let mut answer = self.answer(request, "nobody");
        answer.status = codes.into_iter().map(Into::into).collect();
        answer.sign = Sign::Response;
        answer
    }
}

/// 128 random bits; tests without randomness still get an ID, if always the same.
pub(super) fn new_id() -> String {
    format!("_{}", hex(&random::bytes::<16>().unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer() -> Answer {
        let mut answer = TestIdp::with_ecdsa("idp").unwrap().unsolicited("sp", "https://app.example.com/acs", "alice");
        answer.session_not_on_or_after = answer.not_on_or_after;
        answer.confirmations[0].not_before = answer.not_before;
        answer
    }

    /// In the order in which they stand in the message.
    fn moments(answer: &Answer) -> Vec<String> {
        let xml = answer.to_xml().unwrap();
        let names = ["IssueInstant", "NotBefore", "NotOnOrAfter", "AuthnInstant"];
        let mut found: Vec<_> =
            names.iter().flat_map(|name| xml.match_indices(&format!("{name}=\"")).collect::<Vec<_>>()).collect();
        found.sort_unstable();
        found.iter().map(|(at, name)| xml[at + name.len()..].split('"').next().unwrap().to_owned()).collect()
    }

    #[test]
    fn each_moment_of_the_message_is_shifted() {
        let before = answer();
        let mut after = before.clone();
        after.shift(TimeDelta::days(-366)).shift(TimeDelta::hours(1));
        let (before, after) = (moments(&before), moments(&after));
        assert_eq!(before.len(), 8);
        let by = TimeDelta::days(-366) + TimeDelta::hours(1);
        let read = |text: &String| DateTime::parse_from_rfc3339(text).unwrap();
        for (before, after) in before.iter().zip(&after) {
            assert_eq!(read(after) - read(before), by);
        }
    }

    #[test]
    fn what_is_not_there_is_not_made_by_a_shift_and_time_has_an_end() {
        let mut answer = answer();
        (answer.not_before, answer.session_not_on_or_after) = (None, None);
        answer.shift(TimeDelta::hours(1));
        assert_eq!((answer.not_before, answer.session_not_on_or_after), (None, None));
        answer.shift(TimeDelta::MAX);
        assert_eq!(answer.issue_instant, DateTime::<Utc>::MAX_UTC);
        answer.shift(TimeDelta::MIN).shift(TimeDelta::MIN);
        assert_eq!(answer.not_on_or_after, Some(DateTime::<Utc>::MIN_UTC));
    }
}
