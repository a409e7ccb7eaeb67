//! What must happen with keys in a token, when all is well and when it is not.

use std::thread;
use std::time::Duration;

use cryptoki::context::Pkcs11;
use cryptoki::session::{Session, UserType};
use cryptoki::types::AuthPin;
use keys::{KeyFileError, Module, Patience};
use trust::{Algorithm, KeyError, NoteSigner, SigningKey};

use crate::{PIN, Token, play};

/// A key in the token, as a hub or gateway gets it.
fn key(token: &Token, algorithm: Algorithm, patience: Patience) -> SigningKey {
    let uri = token.uri("signing");
    let public = Module::open(&uri).unwrap().generate(&uri, algorithm).unwrap();
    let key = keys::signing_key(&token.key_file("signing"), patience).unwrap();
    assert_eq!(key.public(), &public);
    key
}

/// A session beside that of the key, as another program in this process would have it.
fn beside(token: &Token) -> Session {
    let library = Pkcs11::new(token.uri("x").module()).unwrap();
    let slot = library.get_slots_with_initialized_token().unwrap()[0];
    library.open_rw_session(slot).unwrap()
}

fn reason(result: Result<trust::Signature, KeyError>) -> &'static str {
    match result {
        Err(KeyError::Module { reason }) => reason,
        other => panic!("{other:?}"),
    }
}

fn words(error: &KeyFileError) -> &'static str {
    let KeyFileError::Module { reason, .. } = error else { panic!("{error:?}") };
    reason
}

#[test]
fn keys_of_both_algorithms_sign_in_the_token() {
    play("keys_of_both_algorithms_sign_in_the_token", |token| {
        for (label, algorithm) in [("one", Algorithm::Ed25519), ("two", Algorithm::P256)] {
            let uri = token.uri(label);
            let module = Module::open(&uri).unwrap();
            let public = module.generate(&uri, algorithm).unwrap();
            let key = keys::signing_key(&token.key_file(label), Patience::default()).unwrap();
            assert_eq!((key.public(), key.public().algorithm()), (&public, algorithm));
            for message in [b"".as_slice(), b"message", &[7; 100_000]] {
                let signature = key.sign(message).unwrap();
                assert_eq!(public.verify(message, &signature), Ok(()));
            }
            assert_eq!(key.to_pem(), Err(KeyError::Private));
            let again = module.generate(&uri, algorithm).unwrap_err();
            assert_eq!(words(&again), "the token has several keys with this label");
        }
        let uri = token.uri("three");
        let module = Module::open(&uri).unwrap();
        let listed: Vec<String> =
            module.list(&uri).unwrap().iter().map(|key| key.label.as_str().to_owned()).collect();
        assert_eq!(listed, ["one", "two"]);
        let missing = module.signing_key(&uri, Patience::default()).unwrap_err();
        assert_eq!(words(&missing), "the token has no key with this label");
    });
}

#[test]
fn a_log_signs_its_checkpoints_in_the_token() {
    play("a_log_signs_its_checkpoints_in_the_token", |token| {
        let key = key(token, Algorithm::Ed25519, Patience::default());
        let known = NoteSigner::new("nuncio/demo/0", key).unwrap().verifier().clone();
        let path = token.key_file("signing");
        let patience = Patience::default();
        let signer = keys::note_signer(&path, std::slice::from_ref(&known), patience).unwrap();
        assert_eq!((signer.verifier(), signer.to_secret_text()), (&known, None));
        let note = trust::note::sign("text\n", &signer).unwrap();
        assert!(trust::note::open_bare(&note, &[known]).is_ok());
        let other = NoteSigner::new("nuncio/demo/0", SigningKey::from_seed(&[1; 32])).unwrap();
        let foreign = keys::note_signer(&path, &[other.verifier().clone()], patience);
        assert!(matches!(foreign, Err(KeyFileError::Foreign { .. })));
    });
}

#[test]
fn a_token_that_is_removed_signs_nothing_and_signs_again_when_it_is_back() {
    play("a_token_that_is_removed_signs_nothing_and_signs_again_when_it_is_back", |token| {
        let key = key(token, Algorithm::Ed25519, Patience::default());
        assert!(key.sign(b"before").is_ok());
        token.remove();
        assert_eq!(reason(key.sign(b"while")), "the token is not there");
        assert_eq!(reason(key.sign(b"while")), "the token is not there");
        token.bring_back();
        assert!(key.sign(b"after").is_ok());
    });
}

#[test]
fn a_patient_caller_waits_until_the_token_is_back() {
    play("a_patient_caller_waits_until_the_token_is_back", |token| {
        let key = key(token, Algorithm::P256, Patience(Duration::from_secs(60)));
        token.remove();
        let signed = thread::scope(|scope| {
            let signing = scope.spawn(|| key.sign(b"while"));
            #[expect(clippy::disallowed_methods, reason = "the token is away for a while")]
            thread::sleep(Duration::from_millis(400));
            assert!(!signing.is_finished(), "nothing is signed without the token");
            token.bring_back();
            signing.join().unwrap()
        });
        let signed = signed.unwrap();
        assert_eq!(key.public().verify(b"while", &signed), Ok(()));
    });
}

#[test]
fn a_login_that_is_lost_is_made_again() {
    play("a_login_that_is_lost_is_made_again", |token| {
        let key = key(token, Algorithm::Ed25519, Patience::default());
        // A logout in one session is one in all of the process (PKCS#11, 5.6.8).
        beside(token).logout().unwrap();
        assert!(key.sign(b"after").is_ok());
    });
}

#[test]
fn a_wrong_pin_is_tried_once_and_never_again() {
    play("a_wrong_pin_is_tried_once_and_never_again", |token| {
        const REFUSED: &str = "the PIN was refused, and is not tried again before a restart";
        let key = key(token, Algorithm::Ed25519, Patience(Duration::from_secs(60)));
        // Somebody gives the token another PIN while the program runs, and its login is lost.
        let session = beside(token);
        let (old, new) = (AuthPin::new(PIN.into()), AuthPin::new("14142135".into()));
        session.set_pin(&old, &new).unwrap();
        session.logout().unwrap();
        for _ in 0..20 {
            assert_eq!(reason(key.sign(b"after")), REFUSED);
        }
        // Had each of them tried the PIN, the right one would be refused now by most tokens.
        session.login(UserType::User, Some(&new)).unwrap();
        session.logout().unwrap();
        token.write_pin("wrong wrong");
        let refused = keys::signing_key(&token.key_file("signing"), Patience::default());
        assert_eq!(words(&refused.unwrap_err()), REFUSED);
        token.write_pin("14142135");
        let key = keys::signing_key(&token.key_file("signing"), Patience::default()).unwrap();
        assert!(key.sign(b"with the new PIN").is_ok());
    });
}

// What hsm_failures asks for is here: a token that is removed, a login that is lost and a wrong PIN
// above, a slow module and a limit of sessions below.

#[test]
fn hsm_failures_a_slow_module_is_waited_for() {
    play("hsm_failures_a_slow_module_is_waited_for", |token| {
        let Some(token) = token.troubled() else { return };
        let key = key(&token, Algorithm::Ed25519, Patience::default());
        token.trouble("slow", true);
        #[expect(clippy::disallowed_methods, reason = "a module takes real time")]
        let start = std::time::Instant::now();
        let signed = key.sign(b"slowly").unwrap();
        assert!(start.elapsed() >= Duration::from_secs(2), "the module was slow");
        assert_eq!(key.public().verify(b"slowly", &signed), Ok(()));
        token.trouble("slow", false);
        assert!(key.sign(b"fast").is_ok());
    });
}

#[test]
fn hsm_failures_a_token_without_room_for_a_session_signs_when_it_has_room() {
    play("hsm_failures_a_token_without_room_for_a_session_signs_when_it_has_room", |token| {
        let Some(token) = token.troubled() else { return };
        let first = key(&token, Algorithm::Ed25519, Patience::default());
        assert!(first.sign(b"before").is_ok());
        token.trouble("full", true);
        // Who has a session goes on; who needs one is told, and signs nothing.
        assert!(first.sign(b"while").is_ok());
        token.remove();
        assert_eq!(reason(first.sign(b"while")), "the token is not there");
        token.bring_back();
        assert_eq!(reason(first.sign(b"while")), "the module failed");
        token.trouble("full", false);
        assert!(first.sign(b"after").is_ok());
    });
}

#[test]
fn a_module_that_does_not_know_how_things_stand_is_started_again() {
    play("a_module_that_does_not_know_how_things_stand_is_started_again", |token| {
        let Some(token) = token.troubled() else { return };
        let key = key(&token, Algorithm::Ed25519, Patience::default());
        // Its session is lost, and the module has seen the token before it had a PIN.
        token.trouble("stale", true);
        beside(&token).logout().unwrap();
        assert_eq!(reason(key.sign(b"while")), "the module failed");
        assert!(key.sign(b"after").is_ok(), "the module was started again");
        let patient = Patience(Duration::from_secs(60));
        let key = keys::signing_key(&token.key_file("signing"), patient).unwrap();
        token.trouble("stale", true);
        beside(&token).logout().unwrap();
        assert!(key.sign(b"by one who waits").is_ok());
    });
}

#[test]
fn a_module_or_a_pin_that_is_missing_is_named() {
    play("a_module_or_a_pin_that_is_missing_is_named", |token| {
        let uri = token.uri("signing").to_string();
        let (library, pin) = ("libsofthsm2.so", "/pin");
        let path = token.key_file("signing");
        std::fs::write(&path, uri.replace(library, "none.so")).unwrap();
        let error = keys::signing_key(&path, Patience::default()).unwrap_err();
        assert_eq!(words(&error), "it is no library of PKCS#11");
        std::fs::write(&path, uri.replace(pin, "/no-pin")).unwrap();
        let error = keys::signing_key(&path, Patience::default()).unwrap_err();
        assert!(matches!(error, KeyFileError::Read { .. }), "{error:?}");
    });
}
