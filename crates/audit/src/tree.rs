//! The Merkle tree of RFC 6962 §2.1 over a log that only grows, kept as the hashes of its complete
//! subtrees.
//!
//! A log of millions of entries lies in a database and is appended to by several processes, so the
//! tree is never held as a whole: [`Node`]s name complete subtrees, every function takes a way to
//! look one up, and none needs more than a few per level.

use sha2::{Digest as _, Sha256};

/// A hash in the tree.
pub type Hash = [u8; 32];

/// A complete subtree: `level` 0 is a leaf, and each level is twice as wide as the one below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Node {
    /// How high: it spans 2^level leaves.
    pub level: u8,
    /// Its place among the subtrees of its level, from 0.
    pub index: u64,
}

/// The hash of an empty tree.
#[must_use]
pub fn empty() -> Hash {
    Sha256::digest([]).into()
}

/// The hash of a leaf.
#[must_use]
pub fn leaf(data: &[u8]) -> Hash {
    let mut hash = Sha256::new();
    hash.update([0]);
    hash.update(data);
    hash.finalize().into()
}

pub(crate) fn parent(left: &Hash, right: &Hash) -> Hash {
    let mut hash = Sha256::new();
    hash.update([1]);
    hash.update(left);
    hash.update(right);
    hash.finalize().into()
}

/// A subtree that a computation needed and nobody gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the tree has no hash at level {}, place {}", .0.level, .0.index)]
pub struct Missing(pub Node);

/// How subtrees are looked up.
pub trait Nodes {
    /// The hash of a complete subtree.
    fn node(&mut self, node: Node) -> Option<Hash>;
}

impl<F: FnMut(Node) -> Option<Hash>> Nodes for F {
    fn node(&mut self, node: Node) -> Option<Hash> {
        self(node)
    }
}

/// Collects what a computation will look up, so that it can be fetched at once.
#[must_use]
pub fn needed<T>(compute: impl FnOnce(&mut dyn Nodes) -> Result<T, Missing>) -> Vec<Node> {
    let mut wanted = Vec::new();
    let mut note = |node: Node| {
        wanted.push(node);
        Some([0; 32])
    };
    // What comes out is of no meaning, and with every node given nothing is missing.
    let _ = compute(&mut note);
    wanted.sort_unstable();
    wanted.dedup();
    wanted
}

/// The largest power of two below `width`, which is at least 2.
const fn split(width: u64) -> u64 {
    1 << (63 - (width - 1).leading_zeros())
}

/// The hash over the leaves from `first` on, `width` of them. `first` is a multiple of the next
/// power of two.
fn range(nodes: &mut dyn Nodes, first: u64, width: u64) -> Result<Hash, Missing> {
    if width.is_power_of_two() {
        let level = width.trailing_zeros();
        let node = Node {
            level: u8::try_from(level).unwrap_or(u8::MAX),
            index: first >> level,
        };
        return nodes.node(node).ok_or(Missing(node));
    }
    let left = split(width);
    let right = range(nodes, first + left, width - left)?;
    Ok(parent(&range(nodes, first, left)?, &right))
}

/// The root of the tree over the first `size` leaves.
///
/// # Errors
/// When a subtree is missing.
pub fn root(nodes: &mut dyn Nodes, size: u64) -> Result<Hash, Missing> {
    if size == 0 {
        return Ok(empty());
    }
    range(nodes, 0, size)
}

/// Adds a leaf to a tree of `size` leaves: the subtrees that are complete from now on, the leaf
/// first.
///
/// # Errors
/// When a subtree is missing.
pub fn append(nodes: &mut dyn Nodes, size: u64, leaf: Hash) -> Result<Vec<(Node, Hash)>, Missing> {
    let mut node = Node {
        level: 0,
        index: size,
    };
    let mut hash = leaf;
    let mut complete = vec![(node, hash)];
    // A place with an odd number ends a pair.
    while node.index % 2 == 1 {
        let left = Node {
            level: node.level,
            index: node.index - 1,
        };
        hash = parent(&nodes.node(left).ok_or(Missing(left))?, &hash);
        node = Node {
            level: node.level + 1,
            index: node.index / 2,
        };
        complete.push((node, hash));
    }
    Ok(complete)
}

/// The subtrees that appends to a tree of `size` leaves look up, however many follow each other:
/// the largest complete ones that it is made of.
#[must_use]
pub fn edge(size: u64) -> Vec<Node> {
    needed(|nodes| root(nodes, size))
}

/// Proves that a leaf stands at its place in a tree of `size` leaves (RFC 6962 §2.1.1).
///
/// # Errors
/// When a subtree is missing.
pub fn inclusion(nodes: &mut dyn Nodes, index: u64, size: u64) -> Result<Vec<Hash>, Missing> {
    let mut path = Vec::new();
    let (mut first, mut width) = (0, size);
    while width > 1 && index < size {
        let left = split(width);
        if index - first < left {
            path.push(range(nodes, first + left, width - left)?);
            width = left;
        } else {
            path.push(range(nodes, first, left)?);
            first += left;
            width -= left;
        }
    }
    path.reverse();
    Ok(path)
}

/// Proves that a tree of `new` leaves is a tree of its first `old` leaves that went on (RFC 6962
/// §2.1.2). Empty where there is nothing to prove.
///
/// # Errors
/// When a subtree is missing.
pub fn consistency(nodes: &mut dyn Nodes, old: u64, new: u64) -> Result<Vec<Hash>, Missing> {
    let mut path = Vec::new();
    if old == 0 || old >= new {
        return Ok(path);
    }
    let (mut first, mut width) = (0, new);
    let mut whole = true;
    while old - first != width {
        let left = split(width);
        if old - first <= left {
            path.push(range(nodes, first + left, width - left)?);
            width = left;
        } else {
            path.push(range(nodes, first, left)?);
            first += left;
            width -= left;
            whole = false;
        }
    }
    if !whole {
        path.push(range(nodes, first, width)?);
    }
    path.reverse();
    Ok(path)
}

/// Whether a proof shows that a leaf stands at its place under a root (RFC 9162 §2.1.3.2).
#[must_use]
pub fn includes(leaf: &Hash, index: u64, size: u64, path: &[Hash], root: &Hash) -> bool {
    if index >= size {
        return false;
    }
    let (mut place, mut last, mut hash) = (index, size - 1, *leaf);
    for step in path {
        if last == 0 {
            return false;
        }
        if place % 2 == 1 || place == last {
            hash = parent(step, &hash);
            while place.is_multiple_of(2) && place != 0 {
                place >>= 1;
                last >>= 1;
            }
        } else {
            hash = parent(&hash, step);
        }
        place >>= 1;
        last >>= 1;
    }
    last == 0 && hash == *root
}

/// Whether a proof shows that the tree under `new_root` went on from the one under `old_root` (RFC
/// 9162 §2.1.4.2).
#[must_use]
pub fn continues(
    (old, old_root): (u64, &Hash),
    (new, new_root): (u64, &Hash),
    path: &[Hash],
) -> bool {
    if old > new {
        return false;
    }
    if old == new {
        return path.is_empty() && old_root == new_root;
    }
    if old == 0 {
        return path.is_empty() && *old_root == empty();
    }
    let (mut place, mut last) = (old - 1, new - 1);
    while place % 2 == 1 {
        place >>= 1;
        last >>= 1;
    }
    let mut steps = path.iter();
    // A complete old tree is a subtree of the new one; its root is known already.
    let first = if old.is_power_of_two() {
        Some(old_root)
    } else {
        steps.next()
    };
    let Some(first) = first else { return false };
    let (mut of_old, mut of_new) = (*first, *first);
    for step in steps {
        if last == 0 {
            return false;
        }
        if place % 2 == 1 || place == last {
            of_old = parent(step, &of_old);
            of_new = parent(step, &of_new);
            while place.is_multiple_of(2) && place != 0 {
                place >>= 1;
                last >>= 1;
            }
        } else {
            of_new = parent(&of_new, step);
        }
        place >>= 1;
        last >>= 1;
    }
    last == 0 && of_old == *old_root && of_new == *new_root
}
