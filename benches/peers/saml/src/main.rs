//! saml, with its strong defaults; base64 is left to its caller, and is timed with it.

#[path = "../../worker.rs"]
mod worker;

use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use saml::binding::{SsoResponseBinding, SsoResponseEndpoint};
use saml::descriptor::IdpDescriptor;
use saml::dsig::algorithms::{DigestAlgorithm, PeerCryptoPolicy, SignatureAlgorithm};
use saml::replay::ReplayMode;
use saml::sp::{
    ConsumeResponse, ServiceProvider, ServiceProviderConfig, SpLogoutSigning, SpLogoutWantSigned, SpWantSigned,
};
use worker::{Message, Result};

fn main() -> Result<()> {
    let message = Message::read()?;
    let idp = IdpDescriptor::from_metadata_xml(message.metadata.as_bytes())?;
    let sp = ServiceProvider::new(ServiceProviderConfig {
        entity_id: message.sp.clone(),
        acs: vec![SsoResponseEndpoint::post(&message.acs, 0, true)],
        slo: Vec::new(),
        name_id_formats: Vec::new(),
        signing_key: None,
        decryption_key: None,
        sign_authn_requests: false,
        want_signed: SpWantSigned { response: false, assertions: true },
        allow_unsolicited: true,
        logout_signing: SpLogoutSigning { sign_requests: false, sign_responses: false },
        logout_want_signed: SpLogoutWantSigned { requests: false, responses: false },
        default_peer_crypto_policy: PeerCryptoPolicy::strong_defaults(),
        outbound_signature_algorithm: SignatureAlgorithm::RsaSha256,
        outbound_digest_algorithm: DigestAlgorithm::Sha256,
    })?;
    message.serve(|form| {
        let identity = sp.consume_response(ConsumeResponse {
            idp: &idp,
            peer_crypto_policy: None,
            saml_response: &STANDARD.decode(form)?,
            binding: SsoResponseBinding::HttpPost,
            relay_state: None,
            tracker: None,
            expected_destination: &message.acs,
            now: SystemTime::now(),
            clock_skew: Duration::from_secs(60),
            replay_cache: None,
            replay_mode: ReplayMode::All,
            holder_of_key_cert: None,
        })?;
        Ok(identity.name_id().value.clone())
    })
}
