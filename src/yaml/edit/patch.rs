//! Patches: stretches of a text and what takes their place.

use std::ops::Range;

/// Patches of one text, in the order in which they were made.
#[derive(Debug, Default)]
pub struct Patches(Vec<Patch>);

#[derive(Debug)]
struct Patch {
    range: Range<usize>,
    text: String,
}

impl Patches {
    /// Adds a patch; its lines end with `\n` or `\r\n`.
    pub fn push(&mut self, range: Range<usize>, text: String) {
        self.0.push(Patch { range, text });
    }

    /// Whether a stretch is taken away and does not come back in its patch.
    pub fn remove(&self, stretch: Range<usize>) -> bool {
        self.0.iter().any(|patch| patch.range.start <= stretch.start && stretch.end <= patch.range.end && !patch.range.is_empty())
    }

    /// The text with every patch applied, their lines ending with `newline`. Of insertions at the same
    /// place, the first made comes first.
    pub fn apply(mut self, source: &str, newline: &str) -> String {
        self.0.sort_by_key(|patch| (patch.range.start, !patch.range.is_empty()));
        let mut text = String::with_capacity(source.len());
        let mut at = 0;
        for patch in self.0 {
            let start = patch.range.start.max(at);
            text.push_str(&source[at..start]);
            for (number, line) in patch.text.split('\n').enumerate() {
                if number > 0 {
                    text.push_str(newline);
                }
                text.push_str(line.strip_suffix('\r').unwrap_or(line));
            }
            at = patch.range.end.max(start);
        }
        text.push_str(&source[at..]);
        text
    }
}
