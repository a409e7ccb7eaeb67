use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::*;
use crate::merkle::{
    MerkleError, Tree, inclusion_path, leaf_hash, prove_consistency, root_of_path,
    verify_consistency,
};
use crate::{LogTime, RecordKind, Shard};

#[track_caller]
fn check(tiles: impl Iterator<Item = Tile>, want: &Expect) {
    want.assert_eq(&tiles.map(|tile| format!("{tile}\n")).collect::<String>());
}

fn head(sequence: u64) -> RecordHead {
    RecordHead {
        kind: RecordKind::ACCEPTED,
        network: "demo".parse().unwrap(),
        shard: Shard(0),
        epoch: 1,
        writer: 2,
        sequence,
        at: LogTime(sequence),
        previous: Digest([1; 32]),
        body: Digest([2; 32]),
    }
}

fn tree(size: u64) -> Tree {
    let mut tree = Tree::default();
    (0..size).for_each(|at| tree.push(head(at).hash()));
    tree
}

/// Makes something of the tiles of a tree, and counts how many that took.
fn fetching<T>(
    tree: &Tree,
    size: u64,
    make: impl Fn(&FetchedTiles) -> Result<T, MerkleError>,
) -> (T, usize) {
    let (mut tiles, mut count) = (FetchedTiles::new(size), 0);
    loop {
        match make(&tiles) {
            Ok(made) => return (made, count),
            Err(MerkleError::Missing { level, index }) => {
                let tile = tiles.tile_of(level, index).unwrap();
                tiles.insert(&tile, &tile.hashes(tree).unwrap()).unwrap();
                count += 1;
            }
            Err(error) => panic!("{error}"),
        }
    }
}

/// The example of tlog-tiles, section "Partial Tiles".
#[test]
fn a_tree_of_70000_has_the_tiles_of_the_specification() {
    let all: Vec<Tile> = Tile::new_in(0, 70_000).collect();
    let count =
        |kind, full| all.iter().filter(|tile| tile.kind == kind && tile.is_full() == full).count();
    for (kind, full, partial) in [
        (TileKind::Entries, 273, 112),
        (TileKind::Hashes { level: 0 }, 273, 112),
        (TileKind::Hashes { level: 1 }, 1, 17),
        (TileKind::Hashes { level: 2 }, 0, 1),
    ] {
        assert_eq!((count(kind, true), count(kind, false)), (full, 1), "{kind:?}");
        let last = all.iter().rev().find(|tile| tile.kind == kind).unwrap();
        assert_eq!(last.width, partial, "{kind:?}");
    }
    assert_eq!(all.len(), 2 * 274 + 2 + 1);
    let two = |tile: &&Tile| tile.kind != TileKind::Entries;
    check(
        Tile::new_in(0, 256).collect::<Vec<_>>().iter().filter(two).copied(),
        &expect![[r#"
            tile/0/000
            tile/1/000.p/1
        "#]],
    );
}

#[test]
fn only_what_changed_is_new() {
    check(
        Tile::new_in(255, 515),
        &expect![[r#"
            tile/entries/000
            tile/entries/001
            tile/entries/002.p/3
            tile/0/000
            tile/0/001
            tile/0/002.p/3
            tile/1/000.p/2
        "#]],
    );
    check(Tile::new_in(515, 515), &expect![""]);
    check(
        Tile::new_in(256, 257),
        &expect![[r#"
        tile/entries/001.p/1
        tile/0/001.p/1
    "#]],
    );
}

#[test]
fn paths_are_those_of_the_specification() {
    for (index, path) in [
        (0, "tile/0/000"),
        (999, "tile/0/999"),
        (1_000, "tile/0/x001/000"),
        (1_234_067, "tile/0/x001/x234/067"),
    ] {
        let tile = Tile { kind: TileKind::Hashes { level: 0 }, index, width: 256 };
        assert_eq!(tile.to_string(), path);
        assert_eq!(path.parse(), Ok(tile));
    }
    for path in [
        "",
        "tile",
        "tile/0",
        "tile/0/",
        "tile/0/0",
        "tile/0/0000",
        "tile/0/x000/001",
        "tile/00/000",
        "tile/8/000",
        "tile/+1/000",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/01",
        "tile/0/000.p/",
        "tile/0/000.p",
        "tile/0/x001",
        "tile/0/001/002",
        "tile/entries/-01",
        "tile/data/000",
        "tile/0/000/",
        "tile/0/999/999",
        "tile/0/x999/x999/x999/x999/x999/x999/999",
    ] {
        assert_eq!(path.parse::<Tile>(), Err(TileError::Path), "{path}");
    }
}

#[test]
fn an_entry_hashes_to_the_leaf_in_the_tile() {
    let tree = tree(300);
    let entries = Tile::at(TileKind::Entries, 1, 300).unwrap();
    let heads: Vec<RecordHead> = (256..300).map(head).collect();
    let bundle = entry_bundle(heads.iter());
    assert_eq!(read_entry_bundle(&entries, &bundle), Ok(heads));
    let tile = Tile::at(TileKind::Hashes { level: 0 }, 1, 300).unwrap();
    let hashes = read_hashes(&tile, &tile.hashes(&tree).unwrap()).unwrap();
    // As a program reads it that knows nothing of records.
    for (entry, hash) in bundle.chunks(142).zip(&hashes) {
        assert_eq!(entry[..2], [0, 140]);
        assert_eq!(leaf_hash(&entry[2..]), *hash);
    }
}

#[test]
fn what_is_no_bundle_or_tile_is_refused() {
    let tile = Tile::at(TileKind::Entries, 0, 2).unwrap();
    let bundle = entry_bundle([head(0), head(1)].iter());
    for end in (0..bundle.len()).filter(|end| *end != 142) {
        assert!(read_entry_bundle(&tile, &bundle[..end]).is_err(), "the first {end} bytes");
    }
    assert_eq!(read_entry_bundle(&tile, &bundle[..142]), Err(TileError::Width));
    let longer = [&bundle[..], &[0, 1, 2]].concat();
    assert!(matches!(read_entry_bundle(&tile, &longer), Err(TileError::Head(_))));
    let tile = Tile::at(TileKind::Hashes { level: 0 }, 0, 2).unwrap();
    for length in [0, 32, 63, 65, 96] {
        assert_eq!(read_hashes(&tile, &vec![0; length]), Err(TileError::Width));
    }
}

#[test]
fn a_proof_for_one_of_100000_leaves_takes_few_tiles() {
    let tree = tree(100_000);
    let (path, count) = fetching(&tree, 100_000, |tiles| inclusion_path(tiles, 100_000, 4_711));
    let root = root_of_path(&head(4_711).hash(), 4_711, 100_000, &path);
    assert_eq!(root, Ok(tree.root()));
    assert!(count <= 5, "{count} tiles");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn proofs_from_tiles_are_those_of_the_tree(new in 1_usize..2_000, old in any::<prop::sample::Index>(), leaf in any::<prop::sample::Index>()) {
        let (old, leaf) = (old.index(new) as u64, leaf.index(new) as u64);
        let new = new as u64;
        let tree = tree(new);
        let (path, _) = fetching(&tree, new, |tiles| inclusion_path(tiles, new, leaf));
        prop_assert_eq!(path, inclusion_path(&tree, new, leaf).unwrap());
        let (proof, _) = fetching(&tree, new, |tiles| prove_consistency(tiles, old, new));
        prop_assert_eq!(verify_consistency((old, &tree.root_at(old).unwrap()), (new, &tree.root()), &proof), Ok(()));
    }

    #[test]
    fn a_path_comes_back(level in 0_u8..8, index in 0_u64..(1 << 56), width in 1_u16..=256, entries: bool) {
        let kind = if entries { TileKind::Entries } else { TileKind::Hashes { level } };
        let tile = Tile { kind, index, width };
        prop_assert_eq!(tile.to_string().parse(), Ok(tile));
    }
}
