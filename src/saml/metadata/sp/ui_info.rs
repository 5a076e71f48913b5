//! What an identity provider shows to the user about us (SAML V2.0 Metadata Extensions for Login and Discovery User
//! Interface 1.0).

use super::value::write_localized;
use super::value::{InLanguage, Unpublishable, check_language, check_languages, check_page, check_picture, check_text};
use crate::xml::{Writer, ns};

/// How the service presents itself on the pages of identity providers: on the login page, where consent is asked.
///
/// ```
/// use saml_sp::UiInfo;
///
/// let ours = UiInfo::new()
///     .display_name("en", "Example Cloud")
///     .display_name("de", "Beispielwolke")
///     .logo("https://app.example.com/logo.png", 120, 60)
///     .privacy_statement_url("en", "https://app.example.com/privacy");
/// ```
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct UiInfo {
    display_names: Vec<InLanguage>,
    descriptions: Vec<InLanguage>,
    keywords: Vec<(String, Vec<String>)>,
    logos: Vec<OwnLogo>,
    information_urls: Vec<InLanguage>,
    privacy_statement_urls: Vec<InLanguage>,
}

#[derive(Clone, Debug)]
struct OwnLogo {
    language: Option<String>,
    url: String,
    width: u32,
    height: u32,
}

impl UiInfo {
    /// Nothing yet. Federations ask for a display name, a logo and a privacy statement (SDP-MD09, SDP-MD10).
    pub fn new() -> Self {
        Self::default()
    }

    /// What the service is called in this language.
    pub fn display_name(mut self, language: impl Into<String>, name: impl Into<String>) -> Self {
        self.display_names.push(InLanguage::new(language, name));
        self
    }

    /// What it is for, in a sentence.
    pub fn description(mut self, language: impl Into<String>, text: impl Into<String>) -> Self {
        self.descriptions.push(InLanguage::new(language, text));
        self
    }

    /// Words to find it by. A space is written as `+`, so no word may have a `+` of its own.
    pub fn keywords<W: Into<String>>(
        mut self,
        language: impl Into<String>,
        words: impl IntoIterator<Item = W>,
    ) -> Self {
        self.keywords.push((language.into(), words.into_iter().map(Into::into).collect()));
        self
    }

    /// A picture for every language: an https URL, or a `data:image/…` URL; and its size in pixels.
    pub fn logo(mut self, url: impl Into<String>, width: u32, height: u32) -> Self {
        self.logos.push(OwnLogo { language: None, url: url.into(), width, height });
        self
    }

    /// A picture for one language.
    pub fn logo_in(mut self, language: impl Into<String>, url: impl Into<String>, width: u32, height: u32) -> Self {
        self.logos.push(OwnLogo { language: Some(language.into()), url: url.into(), width, height });
        self
    }

    /// A page about the service.
    pub fn information_url(mut self, language: impl Into<String>, url: impl Into<String>) -> Self {
        self.information_urls.push(InLanguage::new(language, url));
        self
    }

    /// The page that says what happens to personal data.
    pub fn privacy_statement_url(mut self, language: impl Into<String>, url: impl Into<String>) -> Self {
        self.privacy_statement_urls.push(InLanguage::new(language, url));
        self
    }

    pub(super) fn write(&self, xml: &mut Writer) -> Result<(), Unpublishable> {
        xml.open("mdui:UIInfo").attribute("xmlns:mdui", ns::MDUI);
        write_localized(xml, "mdui:DisplayName", &self.display_names, check_text)?;
        write_localized(xml, "mdui:Description", &self.descriptions, check_text)?;
        check_languages("mdui:Keywords", self.keywords.iter().map(|(language, _)| language.as_str()))?;
        for (language, words) in &self.keywords {
            let words = words.iter().map(|word| keyword(word)).collect::<Result<Vec<_>, _>>()?;
            let list = words.join(" ");
            check_text("mdui:Keywords", &list)?;
            xml.open("mdui:Keywords").attribute("xml:lang", language).text(&list).close();
        }
        for logo in &self.logos {
            logo.write(xml)?;
        }
        write_localized(xml, "mdui:InformationURL", &self.information_urls, check_page)?;
        write_localized(xml, "mdui:PrivacyStatementURL", &self.privacy_statement_urls, check_page)?;
        xml.close();
        Ok(())
    }
}

/// One item of a list that is parted by white space.
fn keyword(word: &str) -> Result<String, Unpublishable> {
    check_text("mdui:Keywords", word)?;
    if word.contains('+') {
        return Err(Unpublishable::value("mdui:Keywords", word, "a + stands for a space here"));
    }
    Ok(word.split_whitespace().collect::<Vec<_>>().join("+"))
}

impl OwnLogo {
    fn write(&self, xml: &mut Writer) -> Result<(), Unpublishable> {
        check_picture("mdui:Logo", &self.url)?;
        if let Some(language) = &self.language {
            check_language("mdui:Logo", language)?;
        }
        if self.width == 0 || self.height == 0 {
            return Err(Unpublishable::value(
                "mdui:Logo",
                &self.url,
                "its width and its height are at least one pixel",
            ));
        }
        xml.open("mdui:Logo")
            .attribute("height", &self.height.to_string())
            .attribute("width", &self.width.to_string())
            .optional("xml:lang", self.language.as_deref())
            .text(&self.url)
            .close();
        Ok(())
    }
}
