//! `"op":"metadata"`: what an identity provider's metadata says, as the library reads it.

use std::borrow::Cow;

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use chrono::SecondsFormat;
use saml_sp::{
    AlgorithmPolicy, Certificate, Endpoint, IdentityProvider, Limits, Metadata, MetadataSigner, MetadataTrust,
};
use serde_json::{Map, Value, json};

use super::Stop;
use super::case::{Fields, Relaxation};
use super::sp::engine;

const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

pub(crate) fn judge(case: &Fields<'_>) -> Result<Map<String, Value>, Stop> {
    let now = case.time("now")?;
    let entity_id = case.optional_text("entity_id")?;
    let signed_by = case.optional_text("signed_by")?;
    let engine = engine(case)?;
    let allow = Relaxation::read(case)?;
    let document = document(case)?;
    let trust = match signed_by {
        None => MetadataTrust::Transport,
        Some(pasted) => MetadataTrust::signed_by(signer(pasted, &allow)?.engine(engine)),
    };
    let metadata = Metadata::read_with(&document, trust, &Limits::default(), now)?;
    Ok(facts(&super::idp::choose(&metadata, entity_id)?))
}

/// The document's bytes: those of `metadata_base64` where they are there, else the text of `metadata`.
fn document<'a>(case: &Fields<'a>) -> Result<Cow<'a, [u8]>, Stop> {
    let text = case.optional_text("metadata")?;
    match (case.optional_text("metadata_base64")?, text) {
        (Some(base64), _) => {
            let base64: String = base64.split_ascii_whitespace().collect();
            let bytes = BASE64.decode(base64);
            Ok(Cow::Owned(bytes.map_err(|reason| Stop::no_case(format!("metadata_base64: not base64: {reason}")))?))
        }
        (None, Some(text)) => Ok(Cow::Borrowed(text.as_bytes())),
        (None, None) => Err(Stop::no_case("the case: one of metadata, metadata_base64 is missing")),
    }
}

fn signer(pasted: &str, allow: &[Relaxation]) -> Result<MetadataSigner, Stop> {
    let policy = allow.iter().fold(AlgorithmPolicy::new(), |policy, relaxation| match relaxation {
        Relaxation::Sha1 => policy.dangerous_allow_sha1(),
        Relaxation::SmallRsa => policy.dangerous_allow_small_rsa(),
        _ => policy,
    });
    let certificate = Certificate::from_pasted(pasted)?.certificate;
    Ok(MetadataSigner::from(certificate).algorithms(policy))
}

fn facts(idp: &IdentityProvider) -> Map<String, Value> {
    let sso =
        |endpoint: &Endpoint| json!({"binding": endpoint.binding().name(), "location": endpoint.location().as_str()});
    let slo = |endpoint: &Endpoint| {
        json!({
            "binding": endpoint.binding().name(),
            "location": endpoint.location().as_str(),
            "response_location": endpoint.response_location().map(|location| location.as_str()),
        })
    };
    let key = |sha256: [u8; 32]| sha256.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let mut facts = Map::new();
    let mut put = |name: &str, value: Value| facts.insert(name.to_owned(), value);
    put("entity_id", json!(idp.entity_id().as_str()));
    put("sso", idp.single_sign_on().iter().map(sso).collect());
    put("slo", idp.single_logout().iter().map(slo).collect());
    put("signing_keys", idp.signing_keys().iter().map(|trusted| key(trusted.spki_sha256())).collect());
    put("name_id_formats", idp.name_id_formats().collect());
    put("valid_until", json!(idp.valid_until().map(|until| until.to_rfc3339_opts(SecondsFormat::AutoSi, true))));
    facts
}
