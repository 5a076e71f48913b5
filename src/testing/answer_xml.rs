//! An answer of the test identity provider as XML, before it is signed.

use super::answer::{Answer, AnswerAttribute, AnswerNameId};
use crate::saml::urn;
use crate::xml::{WriteError, Writer, ns};

impl Answer {
    pub(super) fn to_xml(&self) -> Result<String, WriteError> {
        let mut w = Writer::new();
        w.open("samlp:Response").attribute("xmlns:samlp", ns::SAMLP).attribute("xmlns:saml", ns::SAML);
        w.attribute("ID", &self.response_id).attribute("Version", &self.version);
        w.attribute("IssueInstant", &self.style.time(self.issue_instant));
        w.optional("Destination", self.destination.as_deref());
        w.optional("InResponseTo", self.in_response_to.as_deref());
        w.optional("Consent", self.consent.as_deref());
        if let Some(issuer) = &self.issuer {
            w.open("saml:Issuer").optional("Format", self.style.issuer_format).text(issuer).close();
        }
        w.open("samlp:Status");
        for code in &self.status {
            w.open("samlp:StatusCode").attribute("Value", code);
        }
        for _ in &self.status {
            w.close();
        }
        if let Some(message) = &self.status_message {
            w.open("samlp:StatusMessage").text(message).close();
        }
        w.close();
        if self.status.first().is_some_and(|code| code == urn::status::SUCCESS) {
            self.assertion(&mut w);
        }
        w.close();
        Ok(self.style.dress(&w.finish()?))
    }

    fn assertion(&self, w: &mut Writer) {
        w.open("saml:Assertion").attribute("ID", &self.assertion_id).attribute("Version", "2.0");
        w.attribute("IssueInstant", &self.style.time(self.issue_instant));
        w.open("saml:Issuer").optional("Format", self.style.issuer_format).text(&self.assertion_issuer).close();
        self.subject(w);
        self.conditions(w);
        if let Some(instant) = self.authn_instant {
            w.open("saml:AuthnStatement").attribute("AuthnInstant", &self.style.time(instant));
            w.optional("SessionIndex", self.session_index.as_deref());
            w.optional("SessionNotOnOrAfter", self.session_not_on_or_after.map(|at| self.style.time(at)).as_deref());
            w.open("saml:AuthnContext");
            if let Some(class) = &self.authn_context {
                w.open("saml:AuthnContextClassRef").text(class).close();
            }
            w.close().close();
        }
        if !self.attributes.is_empty() {
            w.open("saml:AttributeStatement");
            for attribute in &self.attributes {
                attribute.write(w);
            }
            w.close();
        }
        w.close();
    }

    fn subject(&self, w: &mut Writer) {
        if self.name_id.is_none() && self.confirmations.is_empty() {
            return;
        }
        w.open("saml:Subject");
        if let Some(name_id) = &self.name_id {
            name_id.write(w);
        }
        for confirmation in &self.confirmations {
            w.open("saml:SubjectConfirmation").attribute("Method", &confirmation.method);
            w.open("saml:SubjectConfirmationData");
            w.optional("InResponseTo", confirmation.in_response_to.as_deref());
            w.optional("NotBefore", confirmation.not_before.map(|at| self.style.time(at)).as_deref());
            w.optional("NotOnOrAfter", confirmation.not_on_or_after.map(|at| self.style.time(at)).as_deref());
            w.optional("Recipient", confirmation.recipient.as_deref());
            w.close().close();
        }
        w.close();
    }

    fn conditions(&self, w: &mut Writer) {
        w.open("saml:Conditions");
        w.optional("NotBefore", self.not_before.map(|at| self.style.time(at)).as_deref());
        w.optional("NotOnOrAfter", self.not_on_or_after.map(|at| self.style.time(at)).as_deref());
        for audiences in &self.audience_restrictions {
            w.open("saml:AudienceRestriction");
            for audience in audiences {
                w.open("saml:Audience").text(audience).close();
            }
            w.close();
        }
        if self.one_time_use {
            w.open("saml:OneTimeUse").close();
        }
        if let Some(name) = self.unknown_condition {
            w.open(name).attribute("xmlns", "urn:example:unknown-condition").close();
        }
        w.close();
    }
}

impl AnswerNameId {
    pub(super) fn write(&self, w: &mut Writer) {
        w.open("saml:NameID").optional("Format", self.format.as_deref());
        w.optional("NameQualifier", self.name_qualifier.as_deref());
        w.optional("SPNameQualifier", self.sp_name_qualifier.as_deref());
        w.text(&self.value).close();
    }
}

impl AnswerAttribute {
    fn write(&self, w: &mut Writer) {
        w.open("saml:Attribute").attribute("Name", &self.name).optional("NameFormat", self.name_format.as_deref());
        w.optional("FriendlyName", self.friendly_name.as_deref());
        for value in &self.values {
            w.open("saml:AttributeValue");
            match (value, &self.value_type) {
                (Some(text), Some(value_type)) => {
                    w.attribute("xmlns:xsi", ns::XSI).attribute("xmlns:xs", ns::XS);
                    w.attribute("xsi:type", value_type).text(text);
                }
                (Some(text), None) => {
                    w.text(text);
                }
                (None, _) => {
                    w.attribute("xmlns:xsi", ns::XSI).attribute("xsi:nil", "true");
                }
            }
            w.close();
        }
        w.close();
    }
}
