//! HTTP-Redirect (bindings 3.4): DEFLATE, base64, percent-encoding, in the standard's order.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use super::{EncodingError, post};
use crate::crypto::{AlgorithmPolicy, SignatureAlgorithm, VerifyingKey};
use crate::dsig::SignatureError;
use crate::dsig::query::{self, SignedParts, VerifiedQuery};
use crate::limits::Limits;
use crate::text::deflate::InflateError;
use crate::text::quoted::Quoted;
use crate::text::{base64, deflate};

/// The query that carries `xml`. With an algorithm these are the octets to be signed (bindings 3.4.4.1): the message, the
/// RelayState, SigAlg, in this order and encoded as they travel.
pub(crate) fn query(
    parameter: &'static str,
    xml: &str,
    relay_state: Option<&str>,
    algorithm: Option<SignatureAlgorithm>,
) -> String {
    let message = base64::encode(&deflate::deflate(xml.as_bytes()));
    // A few of base64's characters become three, and RelayState stands behind.
    let mut query = String::with_capacity(message.len().saturating_mul(5) / 4 + 128);
    query.push_str(parameter);
    query.push('=');
    encode(&message, &mut query);
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
    Spelling::FormUrlEncoded.value(value, query);
}

/// The parameters that count, by their only spelling.
const PARAMETERS: [&str; 6] = ["SAMLRequest", "SAMLResponse", "RelayState", "SigAlg", "Signature", "SAMLEncoding"];

/// The one encoding of the binding (bindings 3.4.4.1).
const DEFLATE: &str = "urn:oasis:names:tc:SAML:2.0:bindings:URL-Encoding:DEFLATE";

/// A received query, taken apart and not decoded: each part is the slice that came, which is what was signed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Query<'q> {
    parameter: &'static str,
    message: &'q str,
    relay_state: Option<&'q str>,
    sig_alg: Option<&'q str>,
    signature: Option<&'q str>,
}

impl<'q> Query<'q> {
    /// Reads the query of a URL, without its question mark. Parameters that mean nothing here may stand anywhere.
    pub(crate) fn read(query: &'q str, limits: &Limits) -> Result<Self, EncodingError> {
        // It is hashed once for each trusted key. Base64 in which each character is escaped has four times the bytes.
        if query.len().div_ceil(4) > limits.message_bytes {
            return Err(EncodingError::TooLarge { limit: limits.message_bytes });
        }
        let mut values = [None; PARAMETERS.len()];
        for pair in query.split('&') {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let decoded = decode(name);
            let known = |(known, slot): (&&'static str, _)| (**known == *decoded).then_some((*known, slot));
            let Some((known, slot)) = PARAMETERS.iter().zip(&mut values).find_map(known) else { continue };
            // A framework, a proxy or a log would read it as the parameter; nobody who is honest writes it so.
            if known != name {
                return Err(EncodingError::Disguised { found: Quoted::new(name), name: known });
            }
            if slot.replace(value).is_some() {
                return Err(EncodingError::Repeated { name: known });
            }
        }
        let [request, response, relay_state, sig_alg, signature, encoding] = values;
        if let Some(found) = encoding.map(decode)
            && found != DEFLATE
        {
            return Err(EncodingError::SamlEncoding { found: Quoted::new(&found) });
        }
        let (parameter, message) = match (request, response) {
            (Some(_), Some(_)) => return Err(EncodingError::TwoMessages),
            (Some(request), None) => ("SAMLRequest", request),
            (None, Some(response)) => ("SAMLResponse", response),
            (None, None) => return Err(EncodingError::Empty { field: "SAMLRequest or SAMLResponse" }),
        };
        Ok(Self { parameter, message, relay_state, sig_alg, signature })
    }

    /// Whether it carries a SAMLRequest or a SAMLResponse.
    pub(crate) fn parameter(&self) -> &'static str {
        self.parameter
    }

    /// The message, of which nothing is proven.
    pub(crate) fn unverified_message(&self, limits: &Limits) -> Result<Vec<u8>, EncodingError> {
        message(self.parameter, self.message, limits)
    }

    /// The query once its signature has verified (bindings 3.4.4.1); one without is nobody's.
    pub(crate) fn verify(
        &self,
        element: &'static str,
        keys: &[VerifyingKey],
        policy: &AlgorithmPolicy,
    ) -> Result<VerifiedQuery<'q>, SignatureError> {
        let unsigned = |part| SignatureError::Unsigned { element, part };
        let sig_alg = self.sig_alg.filter(|value| !value.is_empty()).ok_or_else(|| unsigned("SigAlg"))?;
        let signature = self.signature.filter(|value| !value.is_empty()).ok_or_else(|| unsigned("Signature"))?;
        let not_base64 = |_| SignatureError::Base64 { element, part: "Signature" };
        let signature = decode(signature);
        let value = base64::decode(signature.as_bytes(), signature.len()).map_err(not_base64)?;
        let parts =
            SignedParts { parameter: self.parameter, message: self.message, relay_state: self.relay_state, sig_alg };
        query::verify(parts, &decode(sig_alg), &value, keys, policy)
    }
}

/// The message of a query: percent-encoding, base64, DEFLATE, undone.
pub(crate) fn message(parameter: &'static str, value: &str, limits: &Limits) -> Result<Vec<u8>, EncodingError> {
    let deflated = post::decode(parameter, &decode(value), limits)?;
    deflate::inflate(&deflated, limits.message_bytes).map_err(|source| match source {
        InflateError::TooLong { max } => EncodingError::TooLarge { limit: max },
        source => EncodingError::Inflate { source },
    })
}

/// The RelayState of a query; where it goes back it has to be what came.
pub(crate) fn relay_state(value: &str) -> Result<String, EncodingError> {
    // A form's encoding: here a plus is a space. In base64 it stands for itself.
    let spaced = value.replace('+', " ");
    let decoded = percent_decode_str(&spaced).decode_utf8().map_err(|_| EncodingError::RelayState)?;
    Ok(decoded.into_owned())
}

fn decode(value: &str) -> Cow<'_, str> {
    percent_decode_str(value).decode_utf8_lossy()
}

/// A way in which products spell the values of a query, for a signature over one that came decoded
/// ([`Inbound::decoded_query`](crate::Inbound::decoded_query)).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Spelling {
    /// `application/x-www-form-urlencoded` of the WHATWG: Java's `URLEncoder`, browsers.
    FormUrlEncoded,
    /// RFC 3986: Python's `quote` with nothing safe, PHP's `rawurlencode`, .NET's `Uri.EscapeDataString`.
    Rfc3986,
    /// JavaScript's `encodeURIComponent`.
    EncodeUriComponent,
    /// Python's `urlencode`: as RFC 3986, and a plus for a space.
    Python,
    /// PHP's `urlencode`.
    Php,
    /// .NET's `HttpUtility.UrlEncode`, in lower case: AD FS, Entra ID.
    DotNet,
    /// RFC 3986 in lower case.
    LowerRfc3986,
}

/// What every one of them escapes.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.');

impl Spelling {
    /// The most usual ones first.
    pub(crate) const ALL: [Self; 7] = [
        Self::FormUrlEncoded,
        Self::DotNet,
        Self::Rfc3986,
        Self::EncodeUriComponent,
        Self::Python,
        Self::Php,
        Self::LowerRfc3986,
    ];

    /// A query of these parameters, each value in this spelling.
    pub(crate) fn query(self, parameters: &[(&str, &str)]) -> String {
        let mut query = String::new();
        for (name, value) in parameters {
            if !query.is_empty() {
                query.push('&');
            }
            query.push_str(name);
            query.push('=');
            self.value(value, &mut query);
        }
        query
    }

    fn value(self, value: &str, query: &mut String) {
        const RFC_3986: &AsciiSet = &ESCAPED.remove(b'~');
        const COMPONENT: &AsciiSet = &RFC_3986.remove(b'!').remove(b'*').remove(b'\'').remove(b'(').remove(b')');
        const DOT_NET: &AsciiSet = &ESCAPED.remove(b'!').remove(b'*').remove(b'(').remove(b')');
        const FORM: &AsciiSet = &ESCAPED.remove(b'*');
        let (set, plus, lower) = match self {
            Self::FormUrlEncoded => (FORM, true, false),
            Self::Rfc3986 => (RFC_3986, false, false),
            Self::EncodeUriComponent => (COMPONENT, false, false),
            Self::Python => (RFC_3986, true, false),
            Self::Php => (ESCAPED, true, false),
            Self::DotNet => (DOT_NET, true, true),
            Self::LowerRfc3986 => (RFC_3986, false, true),
        };
        for piece in utf8_percent_encode(value, set) {
            match piece {
                "%20" if plus => query.push('+'),
                escape if lower && escape.starts_with('%') => query.push_str(&escape.to_ascii_lowercase()),
                piece => query.push_str(piece),
            }
        }
    }
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
    fn values_are_encoded_as_the_library_for_urls_encodes_them() {
        let all: String = (0..=255).map(char::from).collect();
        let mut encoded = String::new();
        super::encode(&all, &mut encoded);
        assert_eq!(encoded, url::form_urlencoded::byte_serialize(all.as_bytes()).collect::<String>());
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
