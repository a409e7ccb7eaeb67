use proptest::prelude::*;

use super::*;

/// The tree of RFC 6962, 2.1, by its definition.
fn naive(leaves: &[Digest]) -> Digest {
    match leaves {
        [] => Digest::of(&[]),
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
            node_hash(&naive(left), &naive(right))
        }
    }
}

/// PATH of RFC 6962, 2.1.1, by its definition.
fn naive_path(leaves: &[Digest], index: usize) -> Vec<Digest> {
    if leaves.len() <= 1 {
        return Vec::new();
    }
    let cut = leaves.len().next_power_of_two() / 2;
    let (left, right) = leaves.split_at(cut);
    let (mut path, beside) = if index < cut {
        (naive_path(left, index), naive(right))
    } else {
        (naive_path(right, index - cut), naive(left))
    };
    path.push(beside);
    path
}

/// PROOF of RFC 6962, 2.1.2, by its definition.
fn naive_consistency(old: usize, leaves: &[Digest], whole: bool) -> Vec<Digest> {
    if old == leaves.len() {
        return if whole { Vec::new() } else { vec![naive(leaves)] };
    }
    let cut = leaves.len().next_power_of_two() / 2;
    let (left, right) = leaves.split_at(cut);
    let (mut proof, beside) = if old <= cut {
        (naive_consistency(old, left, whole), naive(right))
    } else {
        (naive_consistency(old - cut, right, false), naive(left))
    };
    proof.push(beside);
    proof
}

fn leaves(count: u64) -> Vec<Digest> {
    (0..count).map(|at| leaf_hash(&at.to_be_bytes())).collect()
}

fn tree(leaves: &[Digest]) -> Tree {
    let mut tree = Tree::default();
    leaves.iter().for_each(|leaf| tree.push(*leaf));
    tree
}

/// The inputs and roots that the Certificate Transparency implementations share.
#[test]
fn the_roots_are_those_of_certificate_transparency() {
    let inputs: [&[u8]; 8] = [
        b"",
        b"\x00",
        b"\x10",
        b"\x20\x21",
        b"\x30\x31",
        b"\x40\x41\x42\x43",
        b"\x50\x51\x52\x53\x54\x55\x56\x57",
        b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
    ];
    let roots = [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];
    let leaves = inputs.map(leaf_hash);
    let mut grown = Tree::default();
    for (size, want) in roots.iter().enumerate() {
        assert_eq!(root(&leaves[..size]).to_string(), *want, "{size} leaves");
        assert_eq!(grown.root().to_string(), *want, "{size} leaves");
        if let Some(leaf) = leaves.get(size) {
            grown.push(*leaf);
        }
    }
    let proof = prove_consistency(&grown, 6, 8).unwrap();
    assert_eq!(
        proof.iter().map(Digest::to_string).collect::<Vec<_>>(),
        [
            "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ]
    );
}

#[test]
fn roots_and_paths_of_all_sizes_to_64_are_those_of_the_definition() {
    let leaves = leaves(64);
    let tree = tree(&leaves);
    for size in 1..=64_usize {
        let part = &leaves[..size];
        assert_eq!(root(part), naive(part));
        assert_eq!(tree.root_at(size as u64), Ok(naive(part)));
        assert_eq!(Frontier::of(&tree, size as u64).unwrap().root(), naive(part));
        let levels = Levels::of(part.to_vec());
        for index in 0..size {
            let want = naive_path(part, index);
            assert_eq!(levels.path(index), want);
            assert_eq!(inclusion_path(&tree, size as u64, index as u64), Ok(want.clone()));
            assert_eq!(path_length(index as u64, size as u64), want.len());
            let root = root_of_path(&part[index], index as u64, size as u64, &want);
            assert_eq!(root, Ok(naive(part)));
        }
    }
}

#[test]
fn a_frontier_from_a_store_grows_as_the_one_that_filled_it() {
    let leaves = leaves(40);
    let tree = tree(&leaves);
    let mut frontier = Frontier::of(&tree, 21).unwrap();
    leaves[21..].iter().for_each(|leaf| frontier.push(*leaf, |_, _, _| ()));
    assert_eq!(frontier, Frontier::of(&tree, 40).unwrap());
    assert_eq!(frontier.root(), tree.root());
}

#[test]
fn consistency_holds_for_all_pairs_to_64_and_no_hash_can_be_changed_added_or_left_out() {
    let leaves = leaves(64);
    let tree = tree(&leaves);
    for new in 0..=64_usize {
        for old in 0..=new {
            let proof = prove_consistency(&tree, old as u64, new as u64).unwrap();
            if old > 0 {
                assert_eq!(proof, naive_consistency(old, &leaves[..new], true));
            }
            let (old_root, new_root) = (root(&leaves[..old]), root(&leaves[..new]));
            let verify = |proof: &[Digest]| {
                verify_consistency((old as u64, &old_root), (new as u64, &new_root), proof)
            };
            assert_eq!(verify(&proof), Ok(()), "{old} in {new}");
            let longer = [&proof[..], &[Digest::default()]].concat();
            assert_eq!(verify(&longer), Err(MerkleError::Hashes), "{old} in {new}");
            for at in 0..proof.len() {
                let mut changed = proof.clone();
                changed[at].0[0] ^= 1;
                assert_eq!(verify(&changed), Err(MerkleError::Root), "{old} in {new}");
                assert_eq!(verify(&proof[..at]), Err(MerkleError::Hashes), "{old} in {new}");
            }
            let other = Digest([1; 32]);
            assert_eq!(
                verify_consistency((old as u64, &other), (new as u64, &new_root), &proof),
                Err(MerkleError::Root)
            );
            if old > 0 {
                assert_eq!(
                    verify_consistency((old as u64, &old_root), (new as u64, &other), &proof),
                    Err(MerkleError::Root)
                );
            }
        }
    }
    assert_eq!(prove_consistency(&tree, 2, 1), Err(MerkleError::Sizes));
}

#[test]
fn a_proof_that_the_store_cannot_make_names_the_missing_node() {
    let tree = tree(&leaves(3));
    let missing = MerkleError::Missing { level: 1, index: 1 };
    assert_eq!(prove(&tree, 4, &[0]), Err(missing));
    assert_eq!(inclusion_path(&tree, 4, 0), Err(missing));
    assert_eq!(Frontier::of(&tree, 4), Err(MerkleError::Missing { level: 2, index: 0 }));
}

#[test]
fn leaves_out_of_order_outside_the_tree_or_none_are_refused() {
    let tree = tree(&leaves(8));
    for indexes in [&[][..], &[1, 1], &[2, 1], &[8], &[0, 8]] {
        assert_eq!(prove(&tree, 8, indexes), Err(MerkleError::Leaves), "{indexes:?}");
        let named: Vec<_> = indexes.iter().map(|at| (*at, Digest::default())).collect();
        assert_eq!(root_from(8, &named, &[]), Err(MerkleError::Leaves), "{indexes:?}");
    }
    assert_eq!(root_from(0, &[(0, Digest::default())], &[]), Err(MerkleError::Leaves));
}

/// A proof of the largest tree that can be named ends after 64 steps, whatever the hashes are.
#[test]
fn the_largest_tree_is_walked_in_64_steps() {
    let hashes = vec![Digest([1; 32]); 64];
    let leaf = [(u64::MAX - 1, Digest([2; 32]))];
    assert!(root_from(u64::MAX, &leaf, &hashes[..63]).is_ok_and(|root| root != leaf[0].1));
    assert_eq!(root_from(u64::MAX, &leaf, &hashes), Err(MerkleError::Hashes));
    let first = [(0, Digest([2; 32]))];
    assert!(root_from(u64::MAX, &first, &hashes).is_ok());
    assert_eq!(root_from(u64::MAX, &first, &hashes[..63]), Err(MerkleError::Hashes));
    assert!(root_of_path(&leaf[0].1, u64::MAX - 1, u64::MAX, &hashes[..63]).is_ok());
}

proptest! {
    #[test]
    fn a_multiproof_leads_to_the_root_and_to_no_other(
        size in 1_u64..300,
        picks in prop::collection::vec(any::<prop::sample::Index>(), 1..40),
    ) {
        let leaves = leaves(size);
        let tree = tree(&leaves);
        let indexes: std::collections::BTreeSet<u64> =
            picks.iter().map(|pick| pick.index(leaves.len()) as u64).collect();
        let indexes: Vec<u64> = indexes.into_iter().collect();
        let proof = prove(&tree, size, &indexes).unwrap();
        let named: Vec<_> = indexes.iter().map(|at| (*at, leaves[usize::try_from(*at).unwrap()])).collect();
        let want = naive(&leaves);
        prop_assert_eq!(root_from(size, &named, &proof), Ok(want));
        let paths = indexes.iter().map(|at| inclusion_path(&tree, size, *at).unwrap()).collect();
        prop_assert_eq!(split_proof(size, &named, &proof), Ok((want, paths)));
        let longer = [&proof[..], &[Digest::default()]].concat();
        prop_assert_eq!(root_from(size, &named, &longer), Err(MerkleError::Hashes));
        prop_assert_eq!(split_proof(size, &named, &longer), Err(MerkleError::Hashes));
        for at in 0..proof.len() {
            let mut changed = proof.clone();
            changed[at].0[5] ^= 4;
            prop_assert_ne!(root_from(size, &named, &changed), Ok(want));
            prop_assert_eq!(root_from(size, &named, &proof[..at]), Err(MerkleError::Hashes));
        }
        for at in 0..named.len() {
            let mut changed = named.clone();
            changed[at].1.0[5] ^= 4;
            prop_assert_ne!(root_from(size, &changed, &proof), Ok(want));
        }
    }

    #[test]
    fn a_proof_of_one_leaf_has_the_hashes_of_its_path(size in 1_u64..200, at in any::<prop::sample::Index>()) {
        let leaves = leaves(size);
        let tree = tree(&leaves);
        let index = at.index(leaves.len()) as u64;
        let mut proof = prove(&tree, size, &[index]).unwrap();
        let mut path = inclusion_path(&tree, size, index).unwrap();
        proof.sort();
        path.sort();
        prop_assert_eq!(proof, path);
    }
}

#[test]
fn a_proof_of_another_history_shows_what_stands_in_the_place_of_the_first() {
    for size in 2..70_u64 {
        let new = leaves(size);
        for old in 1..=size {
            let proof = prove_consistency(&tree(&new), old, size).unwrap();
            let length = usize::try_from(old).unwrap();
            let shown = shown_within(old, (size, &naive(&new)), &proof);
            if old.is_power_of_two() && old < size {
                assert_eq!(shown, None, "{old} of {size}: the proof does not hold that root");
            } else {
                assert_eq!(shown, Some(naive(&new[..length])), "{old} of {size}");
            }
            // Of a proof that does not belong to the root nothing is shown.
            assert_eq!(shown_within(old, (size, &Digest([9; 32])), &proof).is_some(), old == size);
        }
    }
}
