//! Digests of texts and other bytes.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

/// The SHA-256 digest of some texts, in lower-case hexadecimal.
///
/// Lengths keep the texts apart, so that no two lists of texts that differ give one digest by chance
/// of where one ends and the next begins.
#[must_use]
pub fn sha256<T: AsRef<[u8]>>(texts: &[T]) -> String {
    let mut hasher = Sha256::new();
    for text in texts {
        hasher.update(text.as_ref().len().to_le_bytes());
        hasher.update(text);
    }
    hasher.finalize().iter().fold(String::with_capacity(64), |mut hex, byte| {
        _ = write!(hex, "{byte:02x}");
        hex
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_kept_apart() {
        assert_eq!(sha256(&["a"]).len(), 64);
        assert_ne!(sha256(&["ab", "c"]), sha256(&["a", "bc"]));
        assert_ne!(sha256(&["a"]), sha256(&["a", ""]));
    }
}
