//! A number with its noun.

/// A number with its noun, as in `1 file` and `2 files`.
#[must_use]
pub fn counted(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}
