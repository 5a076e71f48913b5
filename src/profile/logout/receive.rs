//! A logout message on its way in: from what arrived to claims that were signed and checked.

use chrono::{DateTime, Duration, Utc};

use super::inbound::{Arrived, Inbound};
use crate::binding::redirect::{self, Query, Spelling};
use crate::binding::{EncodingError, post, soap};
use crate::crypto::{hex, sha256};
use crate::dsig::{self, Signature, SignatureError, SignedOctets};
use crate::error::{ConfigError, Error, Rejection};
use crate::profile::replay::ReplayKey;
use crate::profile::settings::Settings;
use crate::saml::MessageError;
use crate::saml::assertion::SignedDocument;
use crate::saml::ids::Location;
use crate::saml::logout::{Frame, LogoutMessage, Request, Response, element_name};
use crate::saml::metadata::IdentityProvider;
use crate::saml::name_id::issuer_of;
use crate::saml::urn::{self, Binding};
use crate::text::quoted::Quoted;
use crate::xml::{Document, Element};
use crate::xmlenc::{Ciphertexts, Decryptor, Unwrapped};

/// How old a LogoutRequest may be that says nothing about it: a logout passes from one service provider to the next, and
/// waits for each. It bounds how long the replay record has to keep one.
const MAX_REQUEST_AGE: Duration = Duration::hours(1);

/// How a message arrived that was signed, checked, and arrived where it belongs.
pub(crate) struct Arrival {
    pub(crate) frame: Frame,
    pub(crate) binding: Binding,
    /// As it came, to be sent back.
    pub(crate) relay_state: Option<String>,
    pub(crate) spelling: Option<Spelling>,
    pub(crate) octets: SignedOctets,
}

pub(crate) enum Received {
    Request(Arrival, Request),
    Response(Arrival, Response),
}

/// Octets that were signed, and what came beside them.
struct Proven {
    octets: SignedOctets,
    ciphertexts: Ciphertexts,
    relay_state: Option<String>,
    spelling: Option<Spelling>,
}

pub(crate) fn receive(
    settings: &Settings,
    idp: &IdentityProvider,
    inbound: &Inbound<'_>,
    now: DateTime<Utc>,
) -> Result<Received, Error> {
    idp.check_valid(now, settings.skew)?;
    let binding = inbound.binding();
    let reader = Reader { settings, idp };
    let Proven { octets, ciphertexts, relay_state, spelling } = match inbound.0 {
        Arrived::Query(query) => reader.query(query, None)?,
        Arrived::Decoded(parameters) => reader.decoded(parameters)?,
        Arrived::Form { request, response, relay_state } => reader.form(request, response, relay_state)?,
        Arrived::Soap(body) => reader.soap(body)?,
    };
    let octets = reader.decrypt(octets, ciphertexts)?;
    let message = LogoutMessage::read(&SignedDocument::parse(&octets, &settings.limits)?)?;
    let arrival = |frame| Arrival { frame, binding, relay_state, spelling, octets };
    match message {
        LogoutMessage::Request(frame, request) => {
            check_frame(settings, idp, &frame, &inbound.binding())?;
            check_times(settings, &frame, &request, now)?;
            Ok(Received::Request(arrival(frame), request))
        }
        LogoutMessage::Response(frame, response) => {
            check_frame(settings, idp, &frame, &inbound.binding())?;
            Ok(Received::Response(arrival(frame), response))
        }
    }
}

struct Reader<'a> {
    settings: &'a Settings,
    idp: &'a IdentityProvider,
}

impl Reader<'_> {
    fn query(&self, query: &str, spelling: Option<Spelling>) -> Result<Proven, Error> {
        let Settings { limits, algorithms, .. } = self.settings;
        let query = Query::read(query, limits)?;
        let element = element_in(query.parameter());
        let verified = query.verify(element, self.idp.signing_keys(), algorithms)?;
        // Nothing of it is decoded before this line.
        let decode = |parameter, value: &str| Ok::<_, Error>(redirect::message(parameter, value, limits)?);
        let (octets, ciphertexts) = verified.read(decode, &limits.message(), |root| {
            self.expect_element(root, Some(element))?;
            // One in the message too is against the binding (3.4.4.1); it must not be wrong.
            self.signature(root)?;
            Ok(Ciphertexts::of(root))
        })?;
        let relay_state = verified.relay_state().map(redirect::relay_state).transpose()?;
        Ok(Proven { octets, ciphertexts, relay_state, spelling })
    }

    /// The query as each known spelling would have written it, until one verifies.
    fn decoded(&self, parameters: &[(&str, &str)]) -> Result<Proven, Error> {
        check_length(parameters, self.settings.limits.message_bytes)?;
        let mut tried: Vec<String> = Vec::new();
        let mut failed = None;
        for spelling in Spelling::ALL {
            let query = spelling.query(parameters);
            if tried.contains(&query) {
                continue;
            }
            match self.query(&query, Some(spelling)) {
                Err(Error::Signature(mismatch @ SignatureError::QueryMismatch { .. })) => failed = Some(mismatch),
                result => return result,
            }
            tried.push(query);
        }
        Err(failed.unwrap_or(SignatureError::Unsigned { element: "query", part: "Signature" }).into())
    }

    fn form(&self, request: Option<&str>, response: Option<&str>, relay_state: Option<&str>) -> Result<Proven, Error> {
        let limits = &self.settings.limits;
        let (parameter, value) = field_of(request, response)?;
        let bytes = post::decode(parameter, value, limits)?;
        let document = Document::parse(&bytes, &limits.message())?;
        self.enveloped(document.root(), Some(element_in(parameter)), relay_state)
    }

    fn soap(&self, body: &[u8]) -> Result<Proven, Error> {
        let document = Document::parse(body, &self.settings.limits.message())?;
        self.enveloped(soap::message(&document)?, None, None)
    }

    /// A message that carries its signature, verified at its place in the received document.
    fn enveloped(
        &self,
        message: Element<'_>,
        wanted: Option<&'static str>,
        relay_state: Option<&str>,
    ) -> Result<Proven, Error> {
        let element = self.expect_element(message, wanted)?;
        let octets = self.signature(message)?.ok_or(SignatureError::Unsigned { element, part: "Signature" })?;
        let relay_state = relay_state.map(str::to_owned);
        Ok(Proven { octets, ciphertexts: Ciphertexts::of(message), relay_state, spelling: None })
    }

    /// The kind of message, and its Issuer as a claim, which may only end the walk: it never selects keys.
    fn expect_element(&self, root: Element<'_>, wanted: Option<&'static str>) -> Result<&'static str, Error> {
        let element = element_of(root, wanted)?;
        if let Some(issuer) = issuer_of(root, element)? {
            check_issuer(element, &issuer, self.idp)?;
        }
        Ok(element)
    }

    fn signature(&self, element: Element<'_>) -> Result<Option<SignedOctets>, SignatureError> {
        let Settings { limits, algorithms, engine, .. } = self.settings;
        let Some(signature) = Signature::of(element, limits)? else { return Ok(None) };
        Ok(Some(dsig::verify(*engine, &signature, self.idp.signing_keys(), algorithms)?.octets))
    }

    /// An EncryptedID, opened in the octets that carry it, once they were signed.
    fn decrypt(&self, octets: SignedOctets, ciphertexts: Ciphertexts) -> Result<SignedOctets, Error> {
        if ciphertexts.is_empty() {
            return Ok(octets);
        }
        let Settings { limits, decryption_keys, entity_id, decryption, .. } = self.settings;
        let mut unwrapped = Unwrapped::in_one_step();
        let mut decryptor = Decryptor::new(decryption_keys, entity_id.as_str(), *decryption, &mut unwrapped);
        Ok(decryptor.open(octets, &[ciphertexts], &limits.octets())?)
    }
}

/// The field of a form that carries the message.
pub(super) fn field_of<'f>(
    request: Option<&'f str>,
    response: Option<&'f str>,
) -> Result<(&'static str, &'f str), EncodingError> {
    match (request, response) {
        (Some(_), Some(_)) => Err(EncodingError::TwoMessages),
        (Some(request), None) => Ok(("SAMLRequest", request)),
        (None, Some(response)) => Ok(("SAMLResponse", response)),
        (None, None) => Err(EncodingError::Empty { field: "SAMLRequest or SAMLResponse" }),
    }
}

/// At most base64 of the longest message, for it is spelled seven times and hashed as often for each key.
pub(super) fn check_length(parameters: &[(&str, &str)], limit: usize) -> Result<(), EncodingError> {
    if parameters.iter().map(|(_, value)| value.len()).sum::<usize>() / 4 * 3 > limit {
        return Err(EncodingError::TooLarge { limit });
    }
    Ok(())
}

/// A logout message of the kind that this field or parameter carries, where there is one.
pub(super) fn element_of(root: Element<'_>, wanted: Option<&'static str>) -> Result<&'static str, MessageError> {
    let element = element_name(root)?;
    match wanted {
        Some(wanted) if wanted != element => Err(MessageError::Unexpected { found: Quoted::new(element), wanted }),
        _ => Ok(element),
    }
}

/// The element that a field or parameter carries.
pub(super) fn element_in(parameter: &'static str) -> &'static str {
    if parameter == "SAMLRequest" { "LogoutRequest" } else { "LogoutResponse" }
}

fn check_frame(settings: &Settings, idp: &IdentityProvider, frame: &Frame, binding: &Binding) -> Result<(), Error> {
    let element = frame.element;
    if frame.version != urn::VERSION {
        return Err(Rejection::Version { element, found: Quoted::new(&frame.version) }.into());
    }
    // Required (profiles 4.4.4.1, 4.4.4.2).
    match &frame.issuer {
        Some(issuer) => check_issuer(element, issuer, idp)?,
        None => return Err(Rejection::IssuerMissing { element, wanted: idp.entity_id().clone() }.into()),
    }
    let ours = settings.slo(binding);
    match (&frame.destination, ours) {
        // What comes back on a connection of ours arrives nowhere.
        (_, None) if *binding == Binding::Soap && element == "LogoutResponse" => Ok(()),
        (_, None) => Err(ConfigError::NoSloUrl { binding: name_of(binding) }.into()),
        (Some(found), Some(wanted)) if found == wanted.as_str() => Ok(()),
        (Some(_), Some(_)) if *binding == Binding::Soap && element == "LogoutResponse" => Ok(()),
        (Some(found), Some(wanted)) => {
            let (found, wanted) = (Quoted::new(found), Quoted::new(wanted.as_str()));
            Err(Rejection::DestinationMismatch { element, found, wanted }.into())
        }
        // Only a signed message that a browser carries has to name it (bindings 3.4.5.2, 3.5.5.2).
        (None, Some(_)) if *binding == Binding::Soap => Ok(()),
        (None, Some(wanted)) => {
            Err(Rejection::DestinationMissing { element, wanted: Quoted::new(wanted.as_str()) }.into())
        }
    }
}

fn name_of(binding: &Binding) -> &'static str {
    match binding {
        Binding::Post => "POST",
        Binding::Soap => "SOAP",
        _ => "Redirect",
    }
}

fn check_issuer(element: &'static str, issuer: &str, idp: &IdentityProvider) -> Result<(), Rejection> {
    let wanted = idp.entity_id();
    if issuer == wanted.as_str() {
        return Ok(());
    }
    Err(Rejection::IssuerMismatch { element, found: Quoted::new(issuer), wanted: wanted.clone() })
}

fn check_times(settings: &Settings, frame: &Frame, request: &Request, now: DateTime<Utc>) -> Result<(), Rejection> {
    let (moment, skew, element, issued) = (settings.moment(now), settings.skew, frame.element, frame.issue_instant.utc);
    if moment.is_ahead(issued) {
        return Err(Rejection::IssuedInFuture { element, issued, now, skew });
    }
    if let Some(ended) = request.not_on_or_after
        && moment.is_past(ended)
    {
        return Err(Rejection::LogoutExpired { ended, now, skew });
    }
    if issued.checked_add_signed(MAX_REQUEST_AGE).is_some_and(|end| moment.is_past(end)) {
        return Err(Rejection::IssuedTooLongAgo { element, issued, max_age: MAX_REQUEST_AGE, now });
    }
    Ok(())
}

/// The first moment at which a request would not be taken again.
pub(crate) fn keep_until(settings: &Settings, frame: &Frame, request: &Request) -> DateTime<Utc> {
    let with =
        |bound: DateTime<Utc>, span: Duration| bound.checked_add_signed(span).unwrap_or(DateTime::<Utc>::MAX_UTC);
    let age = with(frame.issue_instant.utc, MAX_REQUEST_AGE);
    with(request.not_on_or_after.map_or(age, |end| end.min(age)), settings.skew)
}

/// The name under which a request is recorded: never that of an assertion, whatever its ID.
pub(crate) fn replay_key(idp: &IdentityProvider, frame: &Frame) -> ReplayKey {
    ReplayKey::of_logout(idp.entity_id(), &frame.id)
}

/// The name of a user at an identity provider, for finding sessions: 64 hexadecimal digits.
///
/// Of the NameID only the value counts: products leave the Format and the qualifiers out of their logout requests, or write them in
/// another way than in the assertion.
pub(crate) fn name_key(idp: &str, name: &str) -> String {
    // The length in front keeps two pairs with the same concatenation apart.
    hex(&sha256(format!("{}:{idp}{name}", idp.len()).as_bytes()))
}

impl Settings {
    /// Our logout URL for a binding.
    pub(crate) fn slo(&self, binding: &Binding) -> Option<&Location> {
        self.single_logout.iter().find(|service| service.binding == *binding).map(|service| &service.location)
    }
}
