//! HTTP-Redirect (bindings 3.4): DEFLATE, base64, percent-encoding, in the standard's order.

use crate::text::{base64, deflate};

/// The URL that carries `xml` to `location`, which may have a query already.
pub(crate) fn encode(location: &str, parameter: &'static str, xml: &str, relay_state: Option<&str>) -> String {
    let separator = match location.find('?') {
        None => "?",
        Some(_) if location.ends_with(['?', '&']) => "",
        Some(_) => "&",
    };
    let mut url = format!("{location}{separator}{parameter}=");
    url.extend(url::form_urlencoded::byte_serialize(base64::encode(&deflate::deflate(xml.as_bytes())).as_bytes()));
    // Left out where there is none: an empty one is another message to a verifier of signatures (bindings 3.4.4.1).
    if let Some(state) = relay_state {
        url.push_str("&RelayState=");
        url.extend(url::form_urlencoded::byte_serialize(state.as_bytes()));
    }
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parameters(url: &str) -> Vec<(String, String)> {
        url::Url::parse(url).unwrap().query_pairs().into_owned().collect()
    }

    #[test]
    fn message_survives_the_round_trip() {
        let url = encode("https://idp.example.com/sso", "SAMLRequest", "<a>é</a>", Some("x y&z"));
        let pairs = parameters(&url);
        let bytes = base64::decode(pairs[0].1.as_bytes(), 1000).unwrap();
        assert_eq!(pairs[0].0, "SAMLRequest");
        assert_eq!(deflate::inflate(&bytes, 1000).unwrap(), "<a>é</a>".as_bytes());
        assert_eq!(pairs[1], ("RelayState".to_owned(), "x y&z".to_owned()));
    }

    #[test]
    fn location_keeps_its_own_query() {
        assert!(
            encode("https://i.example/sso?tenant=1", "SAMLRequest", "<a/>", None)
                .starts_with("https://i.example/sso?tenant=1&SAMLRequest=")
        );
        assert!(
            encode("https://i.example/sso?", "SAMLRequest", "<a/>", None)
                .starts_with("https://i.example/sso?SAMLRequest=")
        );
        assert!(!encode("https://i.example/sso", "SAMLRequest", "<a/>", None).contains("RelayState"));
    }
}
