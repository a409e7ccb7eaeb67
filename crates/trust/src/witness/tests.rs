use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::*;
use crate::merkle::{Tree, prove_consistency};
use crate::{Checkpoint, LogTime, NoteSigner, SigningKey};

fn signer(seed: u8) -> NoteSigner {
    NoteSigner::new("nuncio/demo/0", SigningKey::from_seed(&[seed; 32])).unwrap()
}

fn tree(leaves: impl IntoIterator<Item = u8>) -> Tree {
    let mut tree = Tree::default();
    leaves.into_iter().for_each(|leaf| tree.push(Digest::of(&[leaf])));
    tree
}

fn note(tree: &Tree, size: u64, by: &NoteSigner) -> String {
    let (origin, root) = ("nuncio/demo/0".parse().unwrap(), tree.root_at(size).unwrap());
    Checkpoint { origin, size, root, at: LogTime(size) }.sign(by).unwrap()
}

fn submission(tree: &Tree, old: u64, new: u64) -> Submission {
    let proof = prove_consistency(tree, old, new).unwrap_or_default();
    Submission { old, proof, note: note(tree, new, &signer(1)) }
}

fn witness() -> Witness {
    let mut witness = Witness::default();
    witness.follow("nuncio/demo/0", vec![signer(1).verifier().clone()], None);
    witness
}

/// Each line is `<old> <new>` of a tree of ten leaves, or `forked <old> <new>` of one that differs
/// from the sixth leaf on.
#[track_caller]
fn check(script: &str, want: &Expect) {
    let (good, forked) = (tree(0..10), tree((0..5).chain(100..105)));
    let mut witness = witness();
    let mut said = String::new();
    for line in script.lines() {
        let mut words = line.split_whitespace().peekable();
        let tree = if words.next_if_eq(&"forked").is_some() { &forked } else { &good };
        let mut number = || words.next().unwrap().parse().unwrap();
        let submission = submission(tree, number(), number());
        let parsed = Submission::parse(&submission.to_string()).unwrap();
        assert_eq!(parsed, submission);
        let answer = match witness.decide(&submission) {
            Ok(seen) => {
                witness.store(seen);
                "cosigned".to_owned()
            }
            Err(refusal) => format!("{} {refusal}", refusal.status()),
        };
        said += &format!("{}: {answer}\n", line.trim());
    }
    want.assert_eq(&said);
}

#[test]
fn a_witness_follows_a_log_and_never_goes_back() {
    check(
        "0 3
         0 4
         3 7
         7 7
         7 5
         5 9
         7 10",
        &expect![[r#"
            0 3: cosigned
            0 4: 409 the last checkpoint that this witness cosigned has the size 3
            3 7: cosigned
            7 7: cosigned
            7 5: 400 the checkpoint is smaller than the old size
            5 9: 409 the last checkpoint that this witness cosigned has the size 7
            7 10: cosigned
        "#]],
    );
}

#[test]
fn a_second_history_is_never_cosigned() {
    check(
        "0 7
         forked 7 7
         forked 7 9
         forked 0 9
         7 9",
        &expect![[r#"
            0 7: cosigned
            forked 7 7: 409 the log signed another root for the size 7 before
            forked 7 9: 422 the proof does not show that the checkpoint continues the last one
            forked 0 9: 409 the last checkpoint that this witness cosigned has the size 7
            7 9: cosigned
        "#]],
    );
}

#[test]
fn an_empty_log_is_followed_too() {
    check(
        "0 0
         0 0
         0 1",
        &expect![[r#"
            0 0: cosigned
            0 0: cosigned
            0 1: cosigned
        "#]],
    );
}

#[test]
fn who_signed_is_looked_at_before_anything_else() {
    let tree = tree(0..3);
    let by = |note: String| Submission { note, ..submission(&tree, 0, 3) };
    let stranger = note(&tree, 3, &signer(2));
    assert_eq!(witness().decide(&by(stranger.clone())), Err(WitnessRefusal::Unsigned));
    let good = note(&tree, 3, &signer(1));
    let other = good.replace("nuncio/demo/0\n", "nuncio/other/0\n");
    assert_eq!(witness().decide(&by(other)), Err(WitnessRefusal::UnknownLog));
    let altered = good.replace("\n3\n", "\n4\n");
    assert_eq!(witness().decide(&by(altered)), Err(WitnessRefusal::Unsigned));
    assert_eq!(witness().decide(&by("no note".into())), Err(WitnessRefusal::Malformed));
    // A stranger's line beside the log's changes nothing, and is not kept.
    let line = stranger.split_once("\n\n").unwrap().1;
    let seen = witness().decide(&by(format!("{good}{line}"))).unwrap();
    assert_eq!(seen.note, good);
    assert_eq!(seen.head, TreeHead { origin: "nuncio/demo/0".into(), size: 3, root: tree.root() });
}

#[test]
fn a_first_checkpoint_has_no_proof() {
    let tree = tree(0..3);
    let with_proof = Submission { proof: vec![Digest::default()], ..submission(&tree, 0, 3) };
    assert_eq!(witness().decide(&with_proof), Err(WitnessRefusal::Unproven));
}

#[test]
fn other_ways_to_write_a_submission_are_refused() {
    let good = submission(&tree(0..9), 5, 9).to_string();
    assert!(Submission::parse(&good).is_ok());
    for (from, to) in [
        ("old 5", "old 05"),
        ("old 5", "old +5"),
        ("old 5", "old  5"),
        ("old 5", "old 5\r"),
        ("old 5", "new 5"),
        ("old 5", "old 18446744073709551616"),
        ("=\n", "\n"),
        ("\n\n", "\n"),
    ] {
        let bad = good.replace(from, to);
        assert_ne!(bad, good);
        assert_eq!(Submission::parse(&bad), Err(WitnessRefusal::Malformed), "{bad}");
    }
    let many = format!("old 1\n{}\nnote\n", format!("{}\n", STANDARD.encode([0; 32])).repeat(64));
    assert_eq!(Submission::parse(&many), Err(WitnessRefusal::Malformed));
}

#[test]
fn checkpoints_of_other_logs_are_read() {
    let root = STANDARD.encode([7; 32]);
    let head = TreeHead { origin: "sum.golang.org".into(), size: 1, root: Digest([7; 32]) };
    assert_eq!(TreeHead::parse(&format!("sum.golang.org\n1\n{root}\n")), Some(head.clone()));
    assert_eq!(TreeHead::parse(&format!("sum.golang.org\n1\n{root}\nmore\n")), Some(head));
    for text in [
        String::new(),
        format!("a\n1\n{root}"),
        format!("\n1\n{root}\n"),
        format!("a\n01\n{root}\n"),
        format!("a\n1\n{}\n", &root[4..]),
    ] {
        assert_eq!(TreeHead::parse(&text), None, "{text:?}");
    }
}

proptest! {
    /// Whatever two histories a log submits, in whatever order: all that is cosigned is of one.
    #[test]
    fn what_a_witness_cosigns_is_one_history(steps in prop::collection::vec((any::<bool>(), 0_u64..12, 0_u64..12), 1..40)) {
        let trees = [tree(0..12), tree((0..4).chain(100..108))];
        let mut witness = witness();
        let mut cosigned: Vec<(u64, Digest)> = Vec::new();
        for (which, old, new) in steps {
            let tree = &trees[usize::from(which)];
            if let Ok(seen) = witness.decide(&submission(tree, old, new)) {
                cosigned.push((seen.head.size, seen.head.root));
                witness.store(seen);
            }
        }
        prop_assert!(cosigned.is_sorted_by_key(|(size, _)| *size));
        let of_one = trees.iter().any(|tree| {
            cosigned.iter().all(|(size, root)| tree.root_at(*size) == Ok(*root))
        });
        prop_assert!(of_one, "{cosigned:?}");
    }
}
