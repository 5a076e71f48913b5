//! HTTP-Redirect (bindings 3.4): DEFLATE, base64, percent-encoding, in the standard's order.

use crate::crypto::SignatureAlgorithm;
use crate::text::{base64, deflate};

/// The query that carries `xml`. With an algorithm these are the octets to be signed (bindings 3.4.4.1): the message, the
/// RelayState, SigAlg, in this order and encoded as they travel.
pub(crate) fn query(
    parameter: &'static str,
    xml: &str,
    relay_state: Option<&str>,
    algorithm: Option<SignatureAlgorithm>,
) -> String {
    let mut query = format!("{parameter}=");
    encode(&base64::encode(&deflate::deflate(xml.as_bytes())), &mut query);
    // Left out where there is none: an empty one is another message to a verifier of signatures.
    if let Some(state) = relay_state {
        query.push_str("&RelayState=");
        encode(state, &mut query);
    }
    if let Some(algorithm) = algorithm {
        query.push_str("&SigAlg=");
        encode(algorithm.uri(), &mut query);
    }
    query
}

/// The signature behind the octets that it signs.
pub(crate) fn signed(mut query: String, signature: &[u8]) -> String {
    query.push_str("&Signature=");
    encode(&base64::encode(signature), &mut query);
    query
}

/// The URL of a query at `location`, which may have a query already.
pub(crate) fn url(location: &str, query: &str) -> String {
    let separator = match location.find('?') {
        None => "?",
        Some(_) if location.ends_with(['?', '&']) => "",
        Some(_) => "&",
    };
    format!("{location}{separator}{query}")
}

fn encode(value: &str, query: &mut String) {
    query.extend(url::form_urlencoded::byte_serialize(value.as_bytes()));
}

#[cfg(test)]
mod tests {
    use super::{query, signed};
    use crate::crypto::SignatureAlgorithm;
    use crate::text::{base64, deflate};

    fn parameters(url: &str) -> Vec<(String, String)> {
        url::Url::parse(url).unwrap().query_pairs().into_owned().collect()
    }

    fn encode(location: &str, parameter: &'static str, xml: &str, relay_state: Option<&str>) -> String {
        super::url(location, &query(parameter, xml, relay_state, None))
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

    #[test]
    fn a_signature_covers_what_stands_before_it_in_the_order_of_the_standard() {
        let octets = query("SAMLRequest", "<a/>", Some("a b"), Some(SignatureAlgorithm::RsaSha256));
        let names: Vec<_> = octets.split('&').map(|pair| pair.split_once('=').unwrap().0).collect();
        assert_eq!(names, ["SAMLRequest", "RelayState", "SigAlg"]);
        assert!(
            octets.ends_with("&RelayState=a+b&SigAlg=http%3A%2F%2Fwww.w3.org%2F2001%2F04%2Fxmldsig-more%23rsa-sha256")
        );
        assert_eq!(signed(octets.clone(), &[0xfb, 0xff]), format!("{octets}&Signature=%2B%2F8%3D"));
        assert!(!query("SAMLRequest", "<a/>", None, Some(SignatureAlgorithm::RsaSha256)).contains("RelayState"));
    }
}
