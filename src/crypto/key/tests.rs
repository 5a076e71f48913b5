use super::*;
use crate::crypto::signing_key::SigningKey;

const OCTETS: &[u8] = b"<ds:SignedInfo/>";

fn keys() -> Vec<SigningKey> {
    let mut keys = vec![SigningKey::generate_rsa(2048).unwrap(), SigningKey::generate_ed25519().unwrap()];
    keys.extend(Curve::ALL.map(|curve| SigningKey::generate_ecdsa(curve).unwrap()));
    keys
}

#[test]
fn every_algorithm_verifies_what_its_key_signed_and_nothing_else() {
    for key in keys() {
        let public = key.verifying_key();
        for algorithm in SignatureAlgorithm::ALL.into_iter().filter(|algorithm| public.can_verify(*algorithm)) {
            let signature = key.sign(algorithm, OCTETS).unwrap();
            assert!(public.verify(algorithm, OCTETS, &signature), "{public:?} {algorithm:?}");
            assert!(!public.verify(algorithm, b"<ds:SignedInfo></ds:SignedInfo>", &signature));
            for other in SignatureAlgorithm::ALL.into_iter().filter(|other| *other != algorithm) {
                assert!(!public.verify(other, OCTETS, &signature), "{algorithm:?} taken for {other:?}");
            }
        }
    }
}
