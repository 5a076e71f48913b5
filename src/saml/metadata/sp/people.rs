//! Who stands behind an entity (metadata 2.3.2.1, 2.3.2.2).

use super::value::{InLanguage, Unpublishable, check_page, check_text, write_localized};
use crate::xml::Writer;

const REFEDS: &str = "http://refeds.org/metadata";
const REFEDS_SECURITY: &str = "http://refeds.org/metadata/contactType/security";

/// The organization that runs the service, in one language or several (metadata 2.3.2.1).
///
/// ```
/// use saml_sp::Organization;
///
/// let ours = Organization::new("en", "Example Ltd", "Example", "https://example.com/en")
///     .also_in("de", "Example GmbH", "Example", "https://example.com/de");
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Organization {
    names: Vec<InLanguage>,
    display_names: Vec<InLanguage>,
    urls: Vec<InLanguage>,
}

impl Organization {
    /// In this language its name for machines, its name for people, and its home page.
    pub fn new(
        language: impl Into<String>,
        name: impl Into<String>,
        display_name: impl Into<String>,
        url: impl Into<String>,
    ) -> Self {
        let nothing = Self { names: Vec::new(), display_names: Vec::new(), urls: Vec::new() };
        nothing.also_in(language, name, display_name, url)
    }

    /// The same in a further language.
    pub fn also_in(
        mut self,
        language: impl Into<String>,
        name: impl Into<String>,
        display_name: impl Into<String>,
        url: impl Into<String>,
    ) -> Self {
        let language = language.into();
        self.names.push(InLanguage::new(&language, name));
        self.display_names.push(InLanguage::new(&language, display_name));
        self.urls.push(InLanguage::new(language, url));
        self
    }

    pub(super) fn write(&self, xml: &mut Writer) -> Result<(), Unpublishable> {
        xml.open("md:Organization");
        write_localized(xml, "md:OrganizationName", &self.names, check_text)?;
        write_localized(xml, "md:OrganizationDisplayName", &self.display_names, check_text)?;
        write_localized(xml, "md:OrganizationURL", &self.urls, check_page)?;
        xml.close();
        Ok(())
    }
}

/// Somebody to write to (metadata 2.3.2.2). Metadata is public: an address of a group outlives one of a person.
///
/// ```
/// use saml_sp::ContactPerson;
///
/// let technical = ContactPerson::technical("saml@example.com").given_name("Identity").surname("Team");
/// let security = ContactPerson::security("Incident Response", "security@example.com").telephone("+45 35 32 26 26");
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct ContactPerson {
    kind: &'static str,
    security: bool,
    company: Option<String>,
    given_name: Option<String>,
    surname: Option<String>,
    emails: Vec<String>,
    telephones: Vec<String>,
}

impl ContactPerson {
    /// For questions about the configuration. Federations ask for one (SDP-MD11).
    pub fn technical(email: impl Into<String>) -> Self {
        Self::new("technical", email)
    }

    /// For users who need help.
    pub fn support(email: impl Into<String>) -> Self {
        Self::new("support", email)
    }

    /// For questions of policy and contracts.
    pub fn administrative(email: impl Into<String>) -> Self {
        Self::new("administrative", email)
    }

    /// For bills.
    pub fn billing(email: impl Into<String>) -> Self {
        Self::new("billing", email)
    }

    /// For anything else.
    pub fn other(email: impl Into<String>) -> Self {
        Self::new("other", email)
    }

    /// For security incidents, as REFEDS and Sirtfi mark them; they ask for a name as well. What is sent there must not
    /// be archived in public.
    pub fn security(given_name: impl Into<String>, email: impl Into<String>) -> Self {
        Self { security: true, ..Self::new("other", email) }.given_name(given_name)
    }

    fn new(kind: &'static str, email: impl Into<String>) -> Self {
        let emails = vec![email.into()];
        Self { kind, security: false, company: None, given_name: None, surname: None, emails, telephones: Vec::new() }
    }

    /// The company.
    pub fn company(mut self, name: impl Into<String>) -> Self {
        self.company = Some(name.into());
        self
    }

    /// The given name, or what the group is called.
    pub fn given_name(mut self, name: impl Into<String>) -> Self {
        self.given_name = Some(name.into());
        self
    }

    /// The surname.
    pub fn surname(mut self, name: impl Into<String>) -> Self {
        self.surname = Some(name.into());
        self
    }

    /// A further address, with `mailto:` in front or without.
    pub fn email(mut self, address: impl Into<String>) -> Self {
        self.emails.push(address.into());
        self
    }

    /// A telephone number, as people write it.
    pub fn telephone(mut self, number: impl Into<String>) -> Self {
        self.telephones.push(number.into());
        self
    }

    pub(super) fn write(&self, xml: &mut Writer) -> Result<(), Unpublishable> {
        xml.open("md:ContactPerson");
        if self.security {
            xml.attribute("xmlns:remd", REFEDS);
        }
        xml.attribute("contactType", self.kind);
        if self.security {
            xml.attribute("remd:contactType", REFEDS_SECURITY);
        }
        let names = [("md:Company", &self.company), ("md:GivenName", &self.given_name), ("md:SurName", &self.surname)];
        for (name, text) in names {
            if let Some(text) = text {
                check_text(name, text)?;
                xml.open(name).text(text).close();
            }
        }
        for email in &self.emails {
            xml.open("md:EmailAddress").text(&mailto(email)?).close();
        }
        for number in &self.telephones {
            check_text("md:TelephoneNumber", number)?;
            xml.open("md:TelephoneNumber").text(number).close();
        }
        xml.close();
        Ok(())
    }
}

/// The address as the `mailto:` URI that metadata 2.3.2.2 wants; nothing of what RFC 6068 would read as header fields or
/// as an escape.
fn mailto(email: &str) -> Result<String, Unpublishable> {
    let address = email.strip_prefix("mailto:").unwrap_or(email);
    let plain = |c: char| !c.is_whitespace() && !c.is_control() && !r#""%#?&<>()[]\,;:"#.contains(c);
    match address.split_once('@') {
        Some((local, domain))
            if !local.is_empty() && !domain.is_empty() && !domain.contains('@') && address.chars().all(plain) =>
        {
            check_text("md:EmailAddress", address)?;
            Ok(format!("mailto:{address}"))
        }
        _ => Err(Unpublishable::value("md:EmailAddress", email, "not an address such as saml@example.com")),
    }
}
