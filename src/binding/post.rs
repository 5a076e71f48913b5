//! HTTP-POST (bindings 3.5): a base64 form field in, an auto-submitting form out.

use super::EncodingError;
use crate::limits::Limits;
use crate::text::base64::{self, Base64Error};

/// Form value to bytes. Line breaks and missing padding are fine, anything else is not base64.
pub(crate) fn decode(field: &'static str, value: &str, limits: &Limits) -> Result<Vec<u8>, EncodingError> {
    match base64::decode(value.as_bytes(), limits.message_bytes) {
        Ok(bytes) if bytes.is_empty() => Err(EncodingError::Empty { field }),
        Ok(bytes) => Ok(bytes),
        Err(Base64Error::TooLong { max }) => Err(EncodingError::TooLarge { limit: max }),
        Err(source) => Err(EncodingError::NotBase64 { field, source }),
    }
}

/// The one script of the form. Its hash stands in [`PostForm::CONTENT_SECURITY_POLICY`], so no nonce is needed.
const SUBMIT: &str = "document.forms[0].submit();";

/// A message for the identity provider, as a form that the browser submits to it.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PostForm {
    /// Where the form goes: the identity provider's endpoint.
    pub action: String,
    /// The hidden fields, in order: `SAMLRequest` or `SAMLResponse`, then `RelayState` where there is one. Values are not yet escaped.
    pub fields: Vec<(&'static str, String)>,
}

impl PostForm {
    /// A `Content-Security-Policy` for the page that [`html`](Self::html) makes: nothing but its one script, and no
    /// framing (SDP-SP03). There is no `form-action` in it, for browsers apply that to the redirects after a form too,
    /// and those are the identity provider's.
    pub const CONTENT_SECURITY_POLICY: &'static str = "default-src 'none'; \
        script-src 'sha256-8lDeP0UDwCO6/RhblgeH/ctdBzjVpJxrXizsnIk3cEQ='; base-uri 'none'; frame-ancestors 'none'";

    pub(crate) fn new(action: &str, parameter: &'static str, xml: &str, relay_state: Option<&str>) -> Self {
        let mut fields = vec![(parameter, base64::encode(xml.as_bytes()))];
        fields.extend(relay_state.map(|state| ("RelayState", state.to_owned())));
        Self { action: action.to_owned(), fields }
    }

    /// A whole page with the form, a script that submits it, and a button for browsers without scripts.
    ///
    /// Send it as `text/html; charset=utf-8`, with `Cache-Control: no-store` and
    /// [`CONTENT_SECURITY_POLICY`](Self::CONTENT_SECURITY_POLICY).
    #[must_use]
    pub fn html(&self) -> String {
        let mut page = String::from(
            "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Continue</title></head><body>\n",
        );
        page.push_str("<form method=\"post\" action=\"");
        escape(&self.action, &mut page);
        page.push_str("\">\n");
        for (name, value) in &self.fields {
            page.push_str("<input type=\"hidden\" name=\"");
            escape(name, &mut page);
            page.push_str("\" value=\"");
            escape(value, &mut page);
            page.push_str("\">\n");
        }
        page.push_str("<button type=\"submit\">Continue</button>\n</form>\n<script>");
        page.push_str(SUBMIT);
        page.push_str("</script>\n</body></html>\n");
        page
    }
}

impl std::fmt::Debug for PostForm {
    /// Where to, and how much: the message may hold a name.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let bytes: usize = self.fields.iter().map(|(_, value)| value.len()).sum();
        write!(f, "PostForm({}, {bytes} bytes)", self.action)
    }
}

fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::{DigestAlgorithm, digest};

    #[test]
    fn the_policy_carries_the_hash_of_the_script() {
        let hash = base64::encode(digest(DigestAlgorithm::Sha256, SUBMIT.as_bytes()).as_ref());
        assert!(PostForm::CONTENT_SECURITY_POLICY.contains(&format!("'sha256-{hash}'")), "{hash}");
    }

    /// Reflected scripts by way of RelayState and of endpoint URLs.
    #[test]
    fn nothing_in_the_form_escapes_its_quotes() {
        let form = PostForm::new(
            "https://idp.example.com/sso?a=\"><script>",
            "SAMLRequest",
            "<x/>",
            Some("\"'><script>alert(1)</script>&"),
        );
        let html = form.html();
        assert_eq!(html.matches("<script>").count(), 1);
        assert!(html.contains("value=\"&quot;&#39;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&amp;\""));
    }

    #[test]
    fn bind_3_5_4_the_form_is_posted_by_its_script_or_its_button() {
        let html = PostForm::new("https://idp.example.com/sso", "SAMLRequest", "<x/>", None).html();
        assert!(html.contains("<form method=\"post\" action=\"https://idp.example.com/sso\">"), "{html}");
        assert!(html.contains("<input type=\"hidden\" name=\"SAMLRequest\" value=\"PHgvPg==\">"), "{html}");
        assert!(html.contains("<button type=\"submit\">") && !html.contains("RelayState"), "{html}");
    }

    fn decode(value: &str, limits: &Limits) -> Result<Vec<u8>, EncodingError> {
        super::decode("SAMLResponse", value, limits)
    }

    #[test]
    fn form_values_with_line_breaks_decode() {
        assert_eq!(decode("PGEv\r\nPg==\r\n", &Limits::default()).unwrap(), b"<a/>");
        assert_eq!(decode("PGEvPg", &Limits::default()).unwrap(), b"<a/>");
        assert_eq!(decode("", &Limits::default()), Err(EncodingError::Empty { field: "SAMLResponse" }));
        assert_eq!(decode(" \n", &Limits::default()).unwrap_err().code(), "message-empty");
        assert!(matches!(decode("PGEv%3D", &Limits::default()), Err(EncodingError::NotBase64 { .. })));
    }

    #[test]
    fn limit_at_below_and_above() {
        let limits = Limits { message_bytes: 4, ..Limits::default() };
        assert!(decode(&base64::encode(b"abc"), &limits).is_ok());
        assert!(decode(&base64::encode(b"abcd"), &limits).is_ok());
        assert_eq!(decode(&base64::encode(b"abcde"), &limits), Err(EncodingError::TooLarge { limit: 4 }));
    }
}
