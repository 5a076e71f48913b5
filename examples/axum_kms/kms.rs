//! A key management service as applications meet it: slow, asynchronous, and the private key never leaves it.

use std::time::Duration;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{OAEP_SHA1_MGF1SHA1, OaepPrivateDecryptingKey, PrivateDecryptingKey};
use aws_lc_rs::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use saml_sp::{DigestAlgorithm, KeyTransport};
use tokio::sync::{mpsc, oneshot};

/// How long a real one takes, over the network.
const LATENCY: Duration = Duration::from_millis(50);

/// The client: what a vendor's SDK would be.
#[derive(Clone)]
pub(crate) struct Kms(mpsc::Sender<Order>);

type Order = (Job, oneshot::Sender<Option<Vec<u8>>>);

/// It could not be reached, or could not do its work: that has nothing to do with what it was asked.
pub(crate) struct Unreachable;

enum Job {
    Sign(Vec<u8>),
    Decrypt(Vec<u8>),
}

impl Kms {
    /// Starts the service in a task of its own, with two RSA keys as PKCS#8: each has one use, as in AWS KMS.
    pub(crate) fn start(signing: &[u8], decryption: &[u8]) -> Result<Self, Box<dyn std::error::Error>> {
        let signs = RsaKeyPair::from_pkcs8(signing).map_err(|_| "no RSA key")?;
        let decrypts = OaepPrivateDecryptingKey::new(PrivateDecryptingKey::from_pkcs8(decryption)?)?;
        let (client, mut jobs) = mpsc::channel::<Order>(16);
        tokio::spawn(async move {
            while let Some((job, reply)) = jobs.recv().await {
                tokio::time::sleep(LATENCY).await;
                let done = match job {
                    Job::Sign(octets) => sign(&signs, &octets),
                    Job::Decrypt(octets) => decrypt(&decrypts, &octets),
                };
                // Whoever does not wait any more needs no answer.
                let _ = reply.send(done);
            }
        });
        Ok(Self(client))
    }

    /// Signs by RSA with SHA-256.
    pub(crate) async fn sign(&self, octets: &[u8]) -> Result<Vec<u8>, Unreachable> {
        self.ask(Job::Sign(octets.to_vec())).await?.ok_or(Unreachable)
    }

    /// Decrypts by RSA-OAEP with SHA-1 throughout; `None` where the octets are not for this key, and for what the service
    /// does not know.
    pub(crate) async fn decrypt(&self, by: &KeyTransport, octets: &[u8]) -> Result<Option<Vec<u8>>, Unreachable> {
        let sha1 = DigestAlgorithm::Sha1;
        if *by != (KeyTransport::RsaOaep { digest: sha1, mgf1: sha1, label: Vec::new() }) {
            return Ok(None);
        }
        self.ask(Job::Decrypt(octets.to_vec())).await
    }

    async fn ask(&self, job: Job) -> Result<Option<Vec<u8>>, Unreachable> {
        let (reply, answer) = oneshot::channel();
        self.0.send((job, reply)).await.map_err(|_| Unreachable)?;
        answer.await.map_err(|_| Unreachable)
    }
}

fn sign(key: &RsaKeyPair, octets: &[u8]) -> Option<Vec<u8>> {
    let mut signature = vec![0; key.public_modulus_len()];
    key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), octets, &mut signature).ok()?;
    Some(signature)
}

fn decrypt(key: &OaepPrivateDecryptingKey, octets: &[u8]) -> Option<Vec<u8>> {
    let mut output = vec![0; key.min_output_size()];
    key.decrypt(&OAEP_SHA1_MGF1SHA1, octets, &mut output, None).map(|plaintext| plaintext.to_vec()).ok()
}
