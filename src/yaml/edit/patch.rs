//! Patches: stretches of a text and what takes their place.

use std::ops::Range;

use super::super::Span;

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

    /// Those of some stretches that are taken away; what a patch brings back does not count.
    pub fn removed(&self, stretches: &[Span]) -> Vec<Span> {
        let mut ranges: Vec<&Range<usize>> = self.0.iter().map(|patch| &patch.range).filter(|range| !range.is_empty()).collect();
        ranges.sort_by_key(|range| range.start);
        let furthest: Vec<usize> = ranges
            .iter()
            .scan(0, |furthest, range| {
                *furthest = range.end.max(*furthest);
                Some(*furthest)
            })
            .collect();
        let is_removed = |stretch: &&Span| {
            let before = ranges.partition_point(|range| range.start <= stretch.range().start);
            before.checked_sub(1).is_some_and(|last| stretch.range().end <= furthest[last])
        };
        stretches.iter().filter(is_removed).copied().collect()
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
