use proptest::prelude::*;

use super::*;
use crate::Algorithm;

fn context() -> FrameContext {
    FrameContext { network: "demo".parse().unwrap(), terminal: "ALPHDEFFA".parse().unwrap() }
}

fn statements(count: u32) -> Vec<Statement> {
    (0..count).map(|at| Statement::of(&at.to_be_bytes(), &Digest::of(b"payload"))).collect()
}

fn key() -> SigningKey {
    SigningKey::from_seed(&[7; 32])
}

#[test]
fn each_message_of_a_frame_is_verifiable_alone() {
    for count in 1..=20 {
        let statements = statements(count);
        let signature = sign_frame(&key(), &context(), &statements).unwrap();
        assert_eq!(signature.verify(key().public(), &context(), &statements), Ok(()));
        let proofs = frame_proofs(&statements, &signature).unwrap();
        assert_eq!(proofs.len(), statements.len());
        for (statement, proof) in statements.iter().zip(&proofs) {
            assert_eq!(proof.verify(key().public(), &context(), statement), Ok(()));
            assert_eq!(FrameProof::decode(&proof.encode()).as_ref(), Ok(proof));
        }
    }
}

#[test]
fn a_frame_signed_with_p256_is_verifiable() {
    let key = SigningKey::generate(Algorithm::P256).unwrap();
    let statements = statements(3);
    let signature = sign_frame(&key, &context(), &statements).unwrap();
    assert_eq!(signature.verify(key.public(), &context(), &statements), Ok(()));
}

#[test]
fn another_network_or_terminal_is_refused() {
    let statements = statements(3);
    let signature = sign_frame(&key(), &context(), &statements).unwrap();
    let others = [
        FrameContext { network: "live".parse().unwrap(), ..context() },
        FrameContext { terminal: "ALPHDEFFB".parse().unwrap(), ..context() },
    ];
    let proof = frame_proofs(&statements, &signature).unwrap().remove(1);
    for other in others {
        assert_eq!(
            signature.verify(key().public(), &other, &statements),
            Err(FrameError::Signature)
        );
        assert_eq!(
            proof.verify(key().public(), &other, &statements[1]),
            Err(FrameError::Signature)
        );
    }
}

#[test]
fn another_order_number_or_content_of_messages_is_refused() {
    let good = statements(4);
    let signature = sign_frame(&key(), &context(), &good).unwrap();
    let verify = |statements: &[Statement]| {
        signature.verify(key().public(), &context(), statements).unwrap_err()
    };
    let mut swapped = good.clone();
    swapped.swap(0, 1);
    assert_eq!(verify(&swapped), FrameError::Signature);
    let mut changed = good.clone();
    changed[3].0.0[31] ^= 1;
    assert_eq!(verify(&changed), FrameError::Signature);
    assert_eq!(verify(&good[..3]), FrameError::Size);
    assert_eq!(verify(&[]), FrameError::Size);
}

#[test]
fn another_key_is_named_in_the_error() {
    let statements = statements(1);
    let signature = sign_frame(&key(), &context(), &statements).unwrap();
    let other = SigningKey::from_seed(&[8; 32]);
    assert_eq!(
        signature.verify(other.public(), &context(), &statements),
        Err(FrameError::Key { named: key().id() })
    );
}

#[test]
fn a_proof_with_a_hash_too_many_or_too_few_is_refused() {
    let statements = statements(5);
    let signature = sign_frame(&key(), &context(), &statements).unwrap();
    let proof = frame_proofs(&statements, &signature).unwrap().remove(0);
    let mut long = proof.clone();
    long.path.push(Digest::default());
    let mut short = proof.clone();
    short.path.pop();
    for proof in [long, short] {
        assert_eq!(proof.verify(key().public(), &context(), &statements[0]), Err(FrameError::Path));
    }
    let bytes = proof.encode();
    assert_eq!(FrameProof::decode(&bytes[..bytes.len() - 1]), Err(CodecError::Short));
    assert_eq!(FrameProof::decode(&[&bytes[..], &[0]].concat()), Err(CodecError::Long));
}

#[test]
fn the_signed_bytes_are_as_documented() {
    let bytes = context().signed_bytes(2, &Digest([9; 32]));
    let want =
        [b"nuncio frame 1\n".as_slice(), b"demo", &[0; 28], b"ALPHDEFFA", &[0, 0, 0, 2], &[9; 32]]
            .concat();
    assert_eq!(bytes, want);
}

proptest! {
    #[test]
    fn no_bytes_make_decoding_a_proof_fail_badly(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        if let Ok(proof) = FrameProof::decode(&bytes) {
            prop_assert_eq!(proof.encode(), bytes);
        }
    }

    #[test]
    fn a_proof_for_one_place_fits_no_other(count in 2_u32..40, at in any::<prop::sample::Index>(), to in any::<prop::sample::Index>()) {
        let statements = statements(count);
        let (at, to) = (at.index(count as usize), to.index(count as usize));
        let signature = sign_frame(&key(), &context(), &statements).unwrap();
        let proof = frame_proofs(&statements, &signature).unwrap().remove(at);
        let moved = FrameProof { index: u32::try_from(to).unwrap(), ..proof };
        let verified = moved.verify(key().public(), &context(), &statements[at]);
        prop_assert_eq!(verified.is_ok(), at == to);
    }
}
