//! `"op":"login"`: one answer, as if it had just been posted to the ACS.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, TimeDelta, Utc};
use saml_sp::{
    Accepted, Attribute, Clock, DecryptionKey, EncodingError, Engine, EntityId, Error, Expect, IdentityProvider,
    Limits, Metadata, MetadataTrust, PostedResponse, Seen, ServiceProvider, ServiceProviderBuilder, testing,
};
use serde_json::{Map, Value, json};

use super::Stop;
use super::case::{Fields, Relaxation};

/// Everything is read before anything is judged: a line with a field missing is no case, whatever else is wrong with it.
struct Case<'a> {
    engine: Engine,
    entity_id: &'a str,
    acs_url: &'a str,
    /// PEM.
    decryption_keys: Vec<&'a str>,
    idp: Idp<'a>,
    message: Message<'a>,
    /// The request's ID; `None` for an unsolicited answer.
    answer_to: Option<&'a str>,
    now: DateTime<Utc>,
    allow: Vec<Relaxation>,
}

enum Idp<'a> {
    Metadata { document: &'a str, entity_id: Option<&'a str> },
    Manual { entity_id: &'a str, sso_url: &'a str, slo_url: Option<&'a str>, certificates: Vec<&'a str> },
}

enum Message<'a> {
    /// Base64: what the form field holds.
    Posted(&'a str),
    Xml(&'a str),
    Query,
}

pub(crate) fn judge(fields: &Fields<'_>) -> Result<Map<String, Value>, Stop> {
    let case = Case::read(fields)?;
    let idp = case.idp.build(case.now, case.allow.contains(&Relaxation::HttpEndpoints))?;
    let sp = case.sp(case.now)?;
    let encoded;
    let form_value = match case.message {
        Message::Posted(value) => value,
        Message::Xml(text) => {
            encoded = STANDARD.encode(text);
            &encoded
        }
        // Whatever the query holds: the library has no door for a Response that comes this way.
        Message::Query => return Err(EncodingError::ResponseByRedirect.into()),
    };
    let expect = match case.answer_to {
        // Begun as any other login, by the same configuration: an identity provider that could not have been asked is
        // refused here.
        Some(id) => Expect::AnswerTo(testing::pending_login(&case.sp(case.begun())?, &idp, id)?),
        None => Expect::unsolicited(case.acs_url),
    };
    let accepted = sp.accept(&idp, &PostedResponse::new(form_value, None), expect)?;
    Ok(facts(accepted)?)
}

impl<'a> Case<'a> {
    fn read(case: &Fields<'a>) -> Result<Self, Stop> {
        let sp = case.object("sp", "sp.")?;
        // Of use once logout and signed requests are built; until then their types are all that counts.
        for name in ["slo_url", "signing_key", "signing_certificate"] {
            sp.optional_text(name)?;
        }
        let message = case.object("message", "message.")?;
        Ok(Self {
            engine: match case.optional_text("engine")? {
                None | Some("native") => Engine::Native,
                Some(engine) => return Err(Stop::no_case(format!("engine: {engine:?} is not built; there is native"))),
            },
            entity_id: sp.text("entity_id")?,
            acs_url: sp.text("acs_url")?,
            decryption_keys: sp.optional_texts("decryption_keys")?,
            idp: Idp::read(&case.object("idp", "idp.")?)?,
            message: match message.one_of(&["post", "xml", "base64_xml", "query"])? {
                "xml" => Message::Xml(message.text("xml")?),
                "query" => message.text("query").map(|_| Message::Query)?,
                // Base64 of the bytes is what the form carries.
                name => Message::Posted(message.text(name)?),
            },
            answer_to: answer_to(&case.object("expect", "expect.")?)?,
            now: case.time("now")?,
            allow: Relaxation::read(case)?,
        })
    }

    fn begun(&self) -> DateTime<Utc> {
        self.now.checked_sub_signed(TimeDelta::minutes(1)).unwrap_or(self.now)
    }

    fn sp(&self, now: DateTime<Utc>) -> Result<ServiceProvider, Stop> {
        let builder = ServiceProvider::builder(self.entity_id, self.acs_url);
        let mut builder = builder.engine(self.engine).clock(Clock::Fixed(now));
        for pem in &self.decryption_keys {
            builder = builder.decryption_key(DecryptionKey::from_pem(pem)?);
        }
        Ok(self.allow.iter().fold(builder, relax).build()?)
    }
}

fn relax(builder: ServiceProviderBuilder, relaxation: &Relaxation) -> ServiceProviderBuilder {
    match relaxation {
        Relaxation::Sha1 => builder.dangerous_allow_sha1(),
        Relaxation::SmallRsa => builder.dangerous_allow_small_rsa(),
        Relaxation::MissingAudience => builder.dangerous_allow_missing_audience(),
        Relaxation::MissingDestination => builder.dangerous_allow_missing_destination(),
        Relaxation::OldAssertion => builder.dangerous_allow_old_assertions(),
        Relaxation::UnauthenticatedCbc => builder.dangerous_allow_unauthenticated_cbc(),
        Relaxation::Rsa15 => builder.dangerous_allow_rsa_1_5(),
        Relaxation::TripleDes => builder.dangerous_allow_triple_des(),
        // The identity provider's.
        Relaxation::HttpEndpoints => builder,
    }
}

/// `{"answer_to": id}` or `{"unsolicited": true}`, and never both.
fn answer_to<'a>(expect: &Fields<'a>) -> Result<Option<&'a str>, Stop> {
    let unsolicited = expect.optional_flag("unsolicited")?.unwrap_or(false);
    match (expect.optional_text("answer_to")?, unsolicited) {
        (Some(id), false) => Ok(Some(id)),
        (None, true) => Ok(None),
        (None, false) => Err(Stop::no_case("expect: wanted an answer_to, or unsolicited: true")),
        (Some(_), true) => Err(Stop::no_case("expect: answer_to and unsolicited exclude one another")),
    }
}

impl<'a> Idp<'a> {
    fn read(idp: &Fields<'a>) -> Result<Self, Stop> {
        Ok(match idp.optional_text("metadata")? {
            Some(document) => Self::Metadata { document, entity_id: idp.optional_text("entity_id")? },
            None => Self::Manual {
                entity_id: idp.text("entity_id")?,
                sso_url: idp.text("sso_url")?,
                slo_url: idp.optional_text("slo_url")?,
                certificates: idp.texts("certificates")?,
            },
        })
    }

    fn build(&self, now: DateTime<Utc>, http_endpoints: bool) -> Result<IdentityProvider, Stop> {
        let idp = match self {
            Self::Metadata { document, entity_id } => {
                let trust = MetadataTrust::Transport;
                let metadata = Metadata::read_with(document.as_bytes(), trust, &Limits::default(), now)?;
                choose(&metadata, *entity_id)?
            }
            Self::Manual { entity_id, sso_url, slo_url, certificates } => {
                let mut certificates = certificates.iter();
                // Without any the library says that there is none.
                let first = certificates.next().copied().unwrap_or_default();
                let mut idp = IdentityProvider::manual(entity_id, sso_url, first)?;
                for further in certificates {
                    idp = idp.with_signing_certificate(further)?;
                }
                match slo_url {
                    Some(url) => idp.with_slo_url(saml_sp::Binding::Redirect, url, None)?,
                    None => idp,
                }
            }
        };
        Ok(if http_endpoints { idp.dangerous_allow_http_endpoints() } else { idp })
    }
}

/// The identity provider of this name, or the only one.
pub(crate) fn choose(metadata: &Metadata, entity_id: Option<&str>) -> Result<IdentityProvider, saml_sp::MetadataError> {
    match entity_id {
        Some(entity_id) => metadata.identity_provider(&EntityId::new(entity_id)?),
        None => metadata.only_identity_provider(),
    }
}

fn facts(accepted: Accepted) -> Result<Map<String, Value>, Error> {
    let signed: Vec<String> = accepted.proofs().iter().map(|proof| proof.element.to_ascii_lowercase()).collect();
    let encrypted = accepted.was_encrypted();
    // Nothing is remembered from line to line.
    let login = accepted.confirm(Seen::FirstTime)?;
    let name_id = login.identity.name_id();
    let attributes: Map<String, Value> =
        login.identity.attributes().iter().map(|attribute| (attribute.name.clone(), values(attribute))).collect();
    let mut facts = Map::new();
    let mut put = |name: &str, value: Value| facts.insert(name.to_owned(), value);
    put("name_id", json!(name_id.map(|name_id| &name_id.value)));
    put("name_id_format", json!(name_id.and_then(|name_id| name_id.format.as_deref())));
    put("attributes", Value::Object(attributes));
    put("session_index", json!(login.session.session_index()));
    put("signed", json!(signed));
    put("encrypted", json!(encrypted));
    Ok(facts)
}

/// Null for `xsi:nil`; for structured values the text of what is inside, trimmed.
fn values(attribute: &Attribute) -> Value {
    attribute.values.iter().map(|value| json!(value.text())).collect()
}
