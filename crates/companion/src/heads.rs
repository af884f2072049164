//! A document's heads as text: hex, separated by spaces.

use hemrond_documents::Hash;

/// Writes heads.
pub(crate) fn write(heads: &[Hash]) -> String {
    heads.iter().map(hex::encode).collect::<Vec<_>>().join(" ")
}

/// Reads heads; none where a word is no hash.
pub(crate) fn read(text: &str) -> Option<Vec<Hash>> {
    text.split_whitespace()
        .map(|word| {
            let mut hash = [0; 32];
            hex::decode_to_slice(word, &mut hash).ok().map(|()| hash)
        })
        .collect()
}
