//! Where the user goes after the login: a path on our own origin, so that no login is an open redirect.

use crate::error::ConfigError;
use crate::text::quoted::Quoted;

/// The longest path, in bytes: it travels in a sealed cookie of at most 3 KiB.
const MAX_BYTES: usize = 1024;

/// A path (with query and fragment) on the application's own origin, or an absolute URL on a listed one.
///
/// To hold one is to know that a redirect to it stays where it may go (CVE-2019-13038).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct ReturnTo(String);

impl ReturnTo {
    /// A path such as `/wiki/page?id=7`.
    ///
    /// ```
    /// use saml_sp::ReturnTo;
    ///
    /// assert_eq!(ReturnTo::path("/wiki/page?id=7")?.as_str(), "/wiki/page?id=7");
    /// assert!(ReturnTo::path("//evil.example").is_err());
    /// # Ok::<(), saml_sp::Error>(())
    /// ```
    ///
    /// # Errors
    /// `config-return-to` for anything but one leading slash, for backslashes and control characters (browsers take
    /// `/\host` for another origin), `config-too-long` above 1,024 bytes.
    pub fn path(path: &str) -> Result<Self, ConfigError> {
        check_length(path)?;
        let refused = |reason| Err(ConfigError::ReturnTo { found: Quoted::new(path), reason });
        if !path.starts_with('/') {
            return refused("it does not start with a slash");
        }
        if path.starts_with("//") {
            return refused("two slashes name another host");
        }
        if path.contains('\\') {
            return refused("browsers read a backslash as a slash");
        }
        // Browsers drop tabs and line breaks from URLs, which would turn "/\t/host" into "//host".
        if path.chars().any(char::is_control) {
            return refused("it has a control character");
        }
        Ok(Self(path.to_owned()))
    }

    /// An absolute URL on one of `origins`, each written as `https://host` or `https://host:port`.
    ///
    /// # Errors
    /// `config-return-to` for a URL of any other origin, with user info, or not http(s); `config-too-long`.
    pub fn absolute(target: &str, origins: &[&str]) -> Result<Self, ConfigError> {
        check_length(target)?;
        let refused = |reason| ConfigError::ReturnTo { found: Quoted::new(target), reason };
        let parsed = url::Url::parse(target).map_err(|_| refused("it is no URL"))?;
        if !matches!(parsed.scheme(), "http" | "https") || !parsed.username().is_empty() || parsed.password().is_some()
        {
            return Err(refused("only http and https without user info lead anywhere"));
        }
        if target.contains('\\') || target.chars().any(|c| c.is_control() || c.is_whitespace()) {
            return Err(refused("it has a character that URL parsers read in different ways"));
        }
        let origin = parsed.origin();
        let listed = origins.iter().any(|own| url::Url::parse(own).is_ok_and(|own| own.origin() == origin));
        if listed { Ok(Self(parsed.into())) } else { Err(refused("its origin is not listed")) }
    }

    /// The path or URL.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// One that was checked when it was made, back from a sealed or stored form.
    pub(super) fn restored(text: String) -> Self {
        Self(text)
    }
}

impl std::fmt::Display for ReturnTo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

fn check_length(text: &str) -> Result<(), ConfigError> {
    if text.len() > MAX_BYTES {
        return Err(ConfigError::TooLong { what: "path to return to", found: text.len(), limit: MAX_BYTES });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// CVE-2019-13038, and `///host`.
    #[test]
    fn open_redirects_are_no_paths() {
        for evil in [
            "",
            "wiki",
            "//host",
            "///host",
            "/\\host",
            "\\\\host",
            "/\t/host",
            "/\n/host",
            "https://host",
            "javascript:alert(1)",
            "/\u{85}/x",
        ] {
            assert_eq!(ReturnTo::path(evil).unwrap_err().code(), "config-return-to", "{evil:?}");
        }
        for good in ["/", "/a//b", "/a?to=https://other.example#x", "/ä"] {
            assert_eq!(ReturnTo::path(good).unwrap().as_str(), good);
        }
    }

    #[test]
    fn length_at_below_and_above() {
        let path = |n: usize| format!("/{}", "a".repeat(n - 1));
        assert!(ReturnTo::path(&path(1023)).is_ok());
        assert!(ReturnTo::path(&path(1024)).is_ok());
        assert_eq!(ReturnTo::path(&path(1025)).unwrap_err().code(), "config-too-long");
    }

    #[test]
    fn absolute_only_by_list() {
        let origins = ["https://app.example.com", "https://other.example:8443"];
        assert!(ReturnTo::absolute("https://app.example.com/x", &origins).is_ok());
        assert!(ReturnTo::absolute("https://other.example:8443/x", &origins).is_ok());
        for evil in [
            "https://app.example.com.evil.example/",
            "https://app.example.com@evil.example/",
            "http://app.example.com/",
            "//app.example.com/",
            "javascript:alert(1)",
            "https://other.example/",
        ] {
            assert!(ReturnTo::absolute(evil, &origins).is_err(), "{evil}");
        }
    }
}
