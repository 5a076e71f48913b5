//! A report as text, for a terminal or a log.

use std::fmt::{self, Display, Formatter};

use super::{Failure, Finding, FoundSignature, Outcome, Report};
use crate::saml::sent::{Sent, SentAssertion, SentResponse};
use crate::text::instant;

impl Display for Report {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "judged at {}", instant::format(self.now))?;
        match self.causes().first() {
            None => writeln!(f, "accepted, once the replay record has said that it is new")?,
            Some(cause) => {
                writeln!(f, "refused: {}\n         {}\n         {}", cause.code, cause.message, cause.hint)?;
                if let (Some(product), Some(remedy)) = (self.product, cause.remedy) {
                    writeln!(f, "         {product}: {remedy}")?;
                }
            }
        }
        writeln!(f, "\nthe way in")?;
        for stage in &self.stages {
            row(f, &stage.outcome, stage.stage, &stage.found)?;
        }
        for signature in &self.signatures {
            write_signature(f, signature)?;
        }
        if self.signatures.iter().any(|signature| signature.outcome.failure().is_some()) {
            for certificate in &self.trusted {
                writeln!(f, "         we trust {certificate}")?;
            }
        }
        writeln!(f, "\nthe checks")?;
        for finding in &self.findings {
            let Finding { check, cites, signed, found, wanted, outcome } = finding;
            let about = format!("{cites}{}", if *signed { "" } else { "; unsigned" });
            // A failure's message has both sides.
            let name = match outcome {
                Outcome::Pass if found == wanted => format!("{check}: {found}"),
                Outcome::Pass => format!("{check}: {found}, wanted {wanted}"),
                Outcome::Fail(_) | Outcome::Skipped => (*check).to_owned(),
            };
            row(f, outcome, &name, &about)?;
        }
        if let Some(sent) = &self.sent {
            writeln!(f, "\nwhat was sent")?;
            write_sent(f, sent)?;
        }
        self.notes.iter().try_for_each(|note| writeln!(f, "note     {note}"))
    }
}

fn row(f: &mut Formatter<'_>, outcome: &Outcome, name: &str, about: &str) -> fmt::Result {
    let about = if about.is_empty() { String::new() } else { format!(" ({about})") };
    match outcome {
        Outcome::Pass => writeln!(f, "pass     {name}{about}"),
        Outcome::Skipped => writeln!(f, "skipped  {name}{about}"),
        Outcome::Fail(Failure { code, message, hint, remedy, .. }) => {
            writeln!(f, "FAIL     {name}{about}\n         {code}: {message}\n         {hint}")?;
            remedy.iter().try_for_each(|remedy| writeln!(f, "         {remedy}"))
        }
    }
}

fn write_signature(f: &mut Formatter<'_>, signature: &FoundSignature) -> fmt::Result {
    let FoundSignature { element, algorithms, digest_matches, key, carried, .. } = signature;
    write!(f, "         Signature of the {element}")?;
    if let Some((algorithm, digest)) = algorithms {
        write!(f, ": {algorithm}, {digest} digest")?;
    }
    match digest_matches {
        Some(true) => write!(f, " right")?,
        Some(false) => write!(f, " WRONG")?,
        None => {}
    }
    match key {
        Some(key) => writeln!(f, ", by {key}")?,
        None => writeln!(f)?,
    }
    carried.iter().try_for_each(|carried| writeln!(f, "         it carries {carried}"))
}

fn write_sent(f: &mut Formatter<'_>, sent: &Sent) -> fmt::Result {
    let SentResponse { signed, id, issue_instant, issuer, destination, in_response_to, status, status_message } =
        &sent.response;
    writeln!(f, "Response{}", proven(*signed))?;
    line(f, "ID", id.as_ref())?;
    line(f, "IssueInstant", issue_instant.as_ref())?;
    line(f, "Issuer", issuer.as_ref())?;
    line(f, "Destination", destination.as_ref())?;
    line(f, "InResponseTo", in_response_to.as_ref())?;
    status.iter().try_for_each(|code| line(f, "StatusCode", Some(code)))?;
    line(f, "StatusMessage", status_message.as_ref())?;
    if let Some(assertion) = &sent.assertion {
        write_assertion(f, assertion)?;
    }
    let signed = sent.response.signed || sent.assertion.as_ref().is_some_and(|assertion| assertion.signed);
    let why = if signed { "" } else { ": nothing here is signed" };
    sent.encrypted.iter().try_for_each(|element| writeln!(f, "{element}: encrypted, not opened{why}"))
}

fn write_assertion(f: &mut Formatter<'_>, assertion: &SentAssertion) -> fmt::Result {
    writeln!(f, "Assertion{}", proven(assertion.signed))?;
    line(f, "ID", assertion.id.as_ref())?;
    line(f, "IssueInstant", assertion.issue_instant.as_ref())?;
    line(f, "Issuer", assertion.issuer.as_ref())?;
    if let Some(name_id) = &assertion.name_id {
        line(f, "NameID", Some(&name_id.value))?;
        line(f, "  Format", name_id.format.as_ref())?;
        line(f, "  NameQualifier", name_id.name_qualifier.as_ref())?;
        line(f, "  SPNameQualifier", name_id.sp_name_qualifier.as_ref())?;
    }
    for confirmation in &assertion.confirmations {
        line(f, "SubjectConfirmation", confirmation.method.as_ref())?;
        line(f, "  Recipient", confirmation.recipient.as_ref())?;
        line(f, "  NotBefore", confirmation.not_before.as_ref())?;
        line(f, "  NotOnOrAfter", confirmation.not_on_or_after.as_ref())?;
        line(f, "  InResponseTo", confirmation.in_response_to.as_ref())?;
    }
    if let Some(conditions) = &assertion.conditions {
        line(f, "Conditions NotBefore", conditions.not_before.as_ref())?;
        line(f, "Conditions NotOnOrAfter", conditions.not_on_or_after.as_ref())?;
        conditions
            .audience_restrictions
            .iter()
            .flatten()
            .try_for_each(|audience| line(f, "Audience", Some(audience)))?;
        conditions.others.iter().try_for_each(|other| line(f, "Condition", Some(other)))?;
    }
    for statement in &assertion.authn_statements {
        line(f, "AuthnInstant", statement.authn_instant.as_ref())?;
        line(f, "  SessionIndex", statement.session_index.as_ref())?;
        line(f, "  SessionNotOnOrAfter", statement.session_not_on_or_after.as_ref())?;
        line(f, "  AuthnContextClassRef", statement.class_ref.as_ref())?;
    }
    for attribute in &assertion.attributes {
        line(f, "Attribute", attribute.name.as_ref())?;
        line(f, "  NameFormat", attribute.name_format.as_ref())?;
        line(f, "  FriendlyName", attribute.friendly_name.as_ref())?;
        for value in &attribute.values {
            let xsi_type = value.xsi_type.as_ref().map(|found| format!(", xsi:type {found}")).unwrap_or_default();
            writeln!(f, "    {}{xsi_type}", value.text)?;
        }
    }
    Ok(())
}

fn line(f: &mut Formatter<'_>, name: &str, value: Option<&impl Display>) -> fmt::Result {
    value.map_or(Ok(()), |value| writeln!(f, "  {name}: {value}"))
}

fn proven(signed: bool) -> &'static str {
    if signed { "" } else { ", UNPROVEN: under no signature that verified" }
}
