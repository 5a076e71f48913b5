//! Which algorithms we take, as metadata says it: made from the policies that will judge the messages, so that nothing is
//! advertised that would be refused (IIP-MD09, SDP-MD04).

use crate::crypto::{AlgorithmPolicy, DigestAlgorithm, KeyTransport, Verifiable};
use crate::xml::{Writer, ns};
use crate::xmlenc;

/// What to sign by and to encrypt with, so that we can read it; in each list the best first, which is how
/// the reader is to choose (SAML V2.0 Metadata Profile for Algorithm Support 1.0).
#[derive(Clone, Debug)]
pub(crate) struct Capabilities {
    digests: Vec<DigestAlgorithm>,
    signatures: Vec<Verifiable>,
    encryption: Vec<&'static str>,
}

impl Capabilities {
    pub(crate) fn new(algorithms: &AlgorithmPolicy, decryption: xmlenc::Policy) -> Self {
        Self {
            digests: algorithms.allowed_digests(),
            signatures: algorithms.verifiable(),
            encryption: decryption.always_opened(),
        }
    }

    /// Children of Extensions.
    pub(super) fn write_signing(&self, xml: &mut Writer) {
        for digest in &self.digests {
            xml.open("alg:DigestMethod").attribute("xmlns:alg", ns::ALG).attribute("Algorithm", digest.uri()).close();
        }
        for Verifiable { algorithm, rsa_bits } in &self.signatures {
            let bits = |bits: usize| bits.to_string();
            xml.open("alg:SigningMethod")
                .attribute("xmlns:alg", ns::ALG)
                .attribute("Algorithm", algorithm.uri())
                .optional("MaxKeySize", rsa_bits.as_ref().map(|range| bits(*range.end())).as_deref())
                .optional("MinKeySize", rsa_bits.as_ref().map(|range| bits(*range.start())).as_deref())
                .close();
        }
    }

    /// Children of a KeyDescriptor that others encrypt to.
    ///
    /// What a key elsewhere can do is not ours to know. So of RSA-OAEP it is said to take the one form that PKCS#11 modules,
    /// AWS KMS, Azure Key Vault and Google Cloud KMS have in common: SHA-1, for the digest and for MGF1.
    pub(super) fn write_encryption(&self, xml: &mut Writer, elsewhere: bool) {
        for algorithm in self.encryption.iter().filter(|uri| !elsewhere || **uri != KeyTransport::RSA_OAEP) {
            xml.open("md:EncryptionMethod").attribute("Algorithm", algorithm);
            if elsewhere && *algorithm == KeyTransport::RSA_OAEP_MGF1P {
                let digest = DigestAlgorithm::Sha1.uri();
                xml.open("ds:DigestMethod").attribute("xmlns:ds", ns::DS).attribute("Algorithm", digest).close();
            }
            xml.close();
        }
    }
}
