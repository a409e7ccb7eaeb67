//! Files of keys: PEM and the texts of notes' keys. No file makes a reader fail badly, and a key that
//! is taken is printed so that it comes back.

#![no_main]

use fuzz::plant;
use libfuzzer_sys::fuzz_target;
use trust::{
    Algorithm, Cosigner, CosignerKey, NoteSigner, OpeningKey, PublicKey, SigningKey, VerifierKey,
};

fuzz_target!(
    init: seeds(),
    |text: &str| {
        if let Ok(key) = SigningKey::from_pem(text) {
            let again = key.to_pem().and_then(|pem| SigningKey::from_pem(&pem)).ok();
            assert_eq!(again.map(|it| it.id()), Some(key.id()));
        }
        if let Ok(key) = OpeningKey::from_pem(text) {
            let again = OpeningKey::from_pem(&key.to_pem()).ok();
            assert_eq!(again.map(|it| it.id()), Some(key.id()));
        }
        if let Ok(key) = text.parse::<PublicKey>() {
            assert_eq!(key.to_string().parse().ok().as_ref(), Some(&key));
        }
        if let Ok(key) = text.parse::<VerifierKey>() {
            assert_eq!(key.to_string(), text);
        }
        if let Ok(key) = text.parse::<CosignerKey>() {
            assert_eq!(key.to_string(), text);
        }
        if let Ok(signer) = NoteSigner::from_text(text) {
            assert_eq!(signer.to_secret_text().as_deref(), Some(text));
        }
        let _ = Cosigner::from_text(text);
    }
);

fn seeds() {
    for (name, algorithm) in [("ed25519", Algorithm::Ed25519), ("p256", Algorithm::P256)] {
        let key = SigningKey::generate(algorithm).expect("there are random numbers");
        plant(name, key.to_pem().expect("it is in memory"));
        plant(&format!("{name}-public"), key.public().to_string());
    }
    plant("xwing", OpeningKey::generate().expect("there are random numbers").to_pem());
    let key = || SigningKey::from_seed(&[1; 32]);
    let signer = NoteSigner::new("nuncio/demo/0", key()).expect("it is a name");
    plant("verifier", signer.verifier().to_string());
    plant("signer", signer.to_secret_text().expect("it is in memory"));
    let cosigner = Cosigner::new("witness.example/w1", key()).expect("it is a name");
    plant("witness", cosigner.verifier().to_string());
}
