//! `accept` end to end against its cryptographic floor, as interleaved pairs: `cargo bench --bench accept`.
//!
//! The floor is what no implementation can do without: base64 of the form value, SHA-256 of what was signed and of
//! SignedInfo, one RSA verification with a key parsed once.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a benchmark may stop where it stands")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{KeyPair, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair};
use base64::Engine as _;
use saml_sp::testing::{Sign, TestIdp};
use saml_sp::{Expect, PostedResponse, ServiceProvider};

const ACS: &str = "https://app.example.com/saml/acs";
const PAIRS: usize = 4000;

fn main() {
    let test_idp = TestIdp::new("https://idp.example.com/metadata").unwrap();
    let idp = test_idp.identity_provider().unwrap();
    let sp = ServiceProvider::builder("https://app.example.com/saml", ACS).build().unwrap();
    for (name, sign, groups) in [
        ("assertion-rsa2048-6k", Sign::Assertion, 18),
        ("response-rsa2048-6k", Sign::Response, 18),
        ("assertion-rsa2048-64k", Sign::Assertion, 330),
        ("assertion-rsa2048-1m", Sign::Assertion, 5400),
    ] {
        let mut answer = test_idp.unsolicited(sp.entity_id().as_str(), ACS, "alice");
        answer.sign = sign;
        answer.attribute("mail", ["alice@example.com"]);
        answer.attribute("groups", (0..groups).map(|n| format!("group-{n:05}-of-the-organization")));
        let form = test_idp.post(&answer).unwrap();
        let posted = PostedResponse::new(&form.saml_response, None);
        let accept = || sp.accept(&idp, black_box(&posted), Expect::unsolicited(ACS)).unwrap();
        let octets = accept().signed_octets().as_bytes().to_vec();
        let floor = Floor::new();
        let pairs = if groups > 1000 { PAIRS / 40 } else { PAIRS };
        let ratio = interleaved(pairs, || drop(black_box(accept())), || floor.run(&form.saml_response, &octets));
        println!(
            "ratio accept/{name} {:.2} ({} bytes of form value, floor {:?})",
            ratio.0,
            form.saml_response.len(),
            ratio.1
        );
    }
}

/// The median of the ratios of pairs run one after the other, and the floor's median time.
fn interleaved(pairs: usize, mut a: impl FnMut(), mut b: impl FnMut()) -> (f64, Duration) {
    let time = |run: &mut dyn FnMut()| {
        let begun = Instant::now();
        run();
        begun.elapsed()
    };
    let mut measured: Vec<(f64, Duration)> =
        (0..pairs).map(|_| (time(&mut a), time(&mut b))).map(|(a, b)| (a.as_secs_f64() / b.as_secs_f64(), b)).collect();
    measured.sort_by(|x, y| x.0.total_cmp(&y.0));
    let ratio = measured[pairs / 2].0;
    measured.sort_by_key(|pair| pair.1);
    (ratio, measured[pairs / 2].1)
}

struct Floor {
    key: ParsedPublicKey,
    signed_info: Vec<u8>,
    signature: Vec<u8>,
}

impl Floor {
    fn new() -> Self {
        let pair = RsaKeyPair::generate(aws_lc_rs::rsa::KeySize::Rsa2048).unwrap();
        let signed_info = vec![b'x'; 800];
        let mut signature = vec![0; pair.public_modulus_len()];
        let random = aws_lc_rs::rand::SystemRandom::new();
        pair.sign(&RSA_PKCS1_SHA256, &random, &signed_info, &mut signature).unwrap();
        let key = ParsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, pair.public_key().as_ref()).unwrap();
        Self { key, signed_info, signature }
    }

    fn run(&self, form: &str, octets: &[u8]) {
        black_box(base64::engine::general_purpose::STANDARD.decode(black_box(form)).unwrap());
        black_box(digest(&SHA256, black_box(octets)));
        self.key.verify_sig(black_box(&self.signed_info), &self.signature).unwrap();
    }
}
