//! The tree against RFC 6962's own definitions and known figures.
#![allow(clippy::unwrap_used)]

use hemrond_audit::frontier::Frontier;
use hemrond_audit::tree::{
    self, Hash, Node, append, consistency, continues, includes, inclusion, leaf, root,
};
use proptest::prelude::*;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// A log in memory.
#[derive(Default, Clone)]
struct Log {
    size: u64,
    nodes: BTreeMap<Node, Hash>,
}

impl Log {
    fn of(entries: &[Vec<u8>]) -> Self {
        let mut log = Self::default();
        for entry in entries {
            let nodes = &log.nodes;
            let complete =
                append(&mut |node| nodes.get(&node).copied(), log.size, leaf(entry)).unwrap();
            log.nodes.extend(complete);
            log.size += 1;
        }
        log
    }

    fn look(&self) -> impl FnMut(Node) -> Option<Hash> + '_ {
        |node| self.nodes.get(&node).copied()
    }

    fn root(&self, size: u64) -> Hash {
        root(&mut self.look(), size).unwrap()
    }
}

/// RFC 6962 §2.1, word by word.
fn by_definition(entries: &[Vec<u8>]) -> Hash {
    match entries {
        [] => Sha256::digest([]).into(),
        [one] => Sha256::digest([&[0], one.as_slice()].concat()).into(),
        more => {
            let mut k = 1;
            while k * 2 < more.len() {
                k *= 2;
            }
            let (left, right) = more.split_at(k);
            let both = [&[1][..], &by_definition(left), &by_definition(right)].concat();
            Sha256::digest(both).into()
        }
    }
}

/// The entries and roots of the Certificate Transparency project's reference tests.
#[test]
fn the_roots_are_those_of_certificate_transparencys_own_tests() {
    let entries: Vec<Vec<u8>> = [
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    ]
    .iter()
    .map(|text| hex::decode(text).unwrap())
    .collect();
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
    let log = Log::of(&entries);
    for (size, expected) in roots.iter().enumerate() {
        assert_eq!(hex::encode(log.root(size as u64)), *expected, "{size}");
    }
}

/// AC20: every two sizes of every tree up to 70 entries prove that the later one went on.
#[test]
fn any_two_sizes_of_a_tree_prove_that_the_later_went_on_and_no_other_pair_does() {
    let entries: Vec<Vec<u8>> = (0u8..70).map(|number| vec![number]).collect();
    let log = Log::of(&entries);
    for new in 0..=70u64 {
        let new_root = log.root(new);
        assert_eq!(
            new_root,
            by_definition(&entries[..usize::try_from(new).unwrap()])
        );
        for old in 0..=new {
            let old_root = log.root(old);
            let path = consistency(&mut log.look(), old, new).unwrap();
            assert!(
                continues((old, &old_root), (new, &new_root), &path),
                "{old} to {new}"
            );
            for step in 0..path.len() {
                let mut forged = path.clone();
                forged[step][7] ^= 1;
                assert!(!continues((old, &old_root), (new, &new_root), &forged));
            }
            let mut longer = path.clone();
            longer.push([7; 32]);
            assert!(!continues((old, &old_root), (new, &new_root), &longer));
            if old > 0 {
                assert!(!continues((old, &[7; 32]), (new, &new_root), &path));
                assert!(!continues((old, &old_root), (new, &[7; 32]), &path));
            }
        }
        for index in 0..new {
            let path = inclusion(&mut log.look(), index, new).unwrap();
            let hash = leaf(&entries[usize::try_from(index).unwrap()]);
            assert!(
                includes(&hash, index, new, &path, &new_root),
                "{index} of {new}"
            );
            assert!(!includes(&[7; 32], index, new, &path, &new_root));
            assert!(!includes(&hash, index + 1, new, &path, &new_root));
        }
    }
}

#[test]
fn the_edge_is_all_that_any_number_of_appends_needs() {
    let entries: Vec<Vec<u8>> = (0u8..70).map(|number| vec![number]).collect();
    let log = Log::of(&entries);
    for size in 0..70 {
        let edge = tree::edge(size);
        assert_eq!(edge.len(), size.count_ones() as usize);
        let mut held: BTreeMap<Node, Hash> = edge
            .into_iter()
            .map(|node| (node, log.nodes[&node]))
            .collect();
        for (place, entry) in (size..).zip(&entries[usize::try_from(size).unwrap()..]) {
            let complete =
                append(&mut |node| held.get(&node).copied(), place, leaf(entry)).unwrap();
            for (node, hash) in &complete {
                assert_eq!(log.nodes[node], *hash);
            }
            held.extend(complete);
        }
    }
}

#[test]
fn what_a_proof_will_look_up_is_known_beforehand_and_little() {
    let entries: Vec<Vec<u8>> = (0u32..5_000)
        .map(|number| number.to_be_bytes().into())
        .collect();
    let log = Log::of(&entries);
    let wanted = tree::needed(|nodes| consistency(nodes, 1_234, 5_000));
    assert!(wanted.len() < 60, "{}", wanted.len());
    let few: BTreeMap<Node, Hash> = wanted
        .into_iter()
        .map(|node| (node, log.nodes[&node]))
        .collect();
    let path = consistency(&mut |node| few.get(&node).copied(), 1_234, 5_000).unwrap();
    assert!(continues(
        (1_234, &log.root(1_234)),
        (5_000, &log.root(5_000)),
        &path
    ));
}

proptest! {
    /// AC20: a server that changes, drops, doubles or swaps one entry behind a remembered size
    /// cannot prove that its log went on.
    #[test]
    fn a_forged_history_has_no_proof(
        size in 2usize..60,
        more in 0usize..20,
        place in 0usize..60,
        how in 0u8..4,
    ) {
        let honest: Vec<Vec<u8>> = (0..size).map(|number| vec![1, u8::try_from(number).unwrap()]).collect();
        // The last entry doubled would be an honest addition behind the remembered size.
        let place = place % if how == 2 { size - 1 } else { size };
        let mut forged = honest.clone();
        match how {
            0 => forged[place][1] ^= 0x80,
            1 => { forged.remove(place); }
            2 => forged.insert(place, forged[place].clone()),
            _ => forged.swap(place, (place + 1) % size),
        }
        for number in 0..more {
            forged.push(vec![2, u8::try_from(number).unwrap()]);
        }
        let remembered = Log::of(&honest).root(size as u64);
        let shown = Log::of(&forged);
        let path = if shown.size >= size as u64 {
            consistency(&mut shown.look(), size as u64, shown.size).unwrap()
        } else {
            Vec::new()
        };
        let believed = continues(
            (size as u64, &remembered),
            (shown.size, &shown.root(shown.size)),
            &path,
        );
        prop_assert!(!believed);
    }
}

proptest! {
    /// What is worked out in one pass is what the tree holds, at every size on the way.
    #[test]
    fn one_pass_over_the_leaves_comes_to_the_same_tree(entries: Vec<Vec<u8>>) {
        let log = Log::of(&entries);
        let mut frontier = Frontier::default();
        let mut met = BTreeMap::new();
        prop_assert_eq!(frontier.root(), Some(log.root(0)));
        for (size, entry) in (1..).zip(&entries) {
            let levels = frontier.completes_next();
            let before = met.len();
            frontier.add(Some(leaf(entry)), |node, follows| {
                met.insert(node, follows.unwrap());
                follows
            });
            prop_assert_eq!(u32::try_from(met.len() - before).unwrap(), levels);
            prop_assert_eq!(frontier.size(), size);
            prop_assert_eq!(frontier.root(), Some(log.root(size)));
        }
        prop_assert_eq!(met, log.nodes);
    }
}

/// Of Astrid's entry, destroyed after its time, only the hash is kept: given that, the pass goes on; where
/// that is gone too, nothing above it is made up.
#[test]
fn a_leaf_that_is_not_known_is_settled_or_leaves_a_hole() {
    let entries: Vec<Vec<u8>> = (0u8..5).map(|number| vec![number]).collect();
    let log = Log::of(&entries);
    let pass = |kept: Option<Hash>| {
        let mut frontier = Frontier::default();
        for (index, entry) in (0..).zip(&entries) {
            let known = (index != 1).then(|| leaf(entry));
            frontier.add(known, |_, follows| follows.or(kept));
        }
        frontier.root()
    };
    assert_eq!(pass(Some(leaf(&entries[1]))), Some(log.root(5)));
    assert_eq!(pass(None), None);
}
