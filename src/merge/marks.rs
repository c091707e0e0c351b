//! Lines at the top of a file that name what a merge has left open.
//!
//! Git merges the bases of a criss-cross merge with each other first, by the same driver, and takes what
//! comes of it for the base of the merge proper. Where that is a conflict, a base that held one of the
//! two values would decide for the other one in silence. So the conflict is told to the next merge in a
//! comment.

use super::{Conflict, Doubt};
use crate::notation::FieldPattern;

/// What such a line begins with.
const MARK: &str = "# plimsoll merge left open: ";
/// What it names where that is no field of an object.
const WHOLE: &str = "(file)";
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// A text with a line at its top for each conflict; with one for all of it where there are none, for it
/// could not be merged.
#[must_use]
pub fn marked(text: &str, conflicts: &[Conflict]) -> String {
    let name = |conflict: &Conflict| {
        let name = conflict.name();
        let pattern = FieldPattern::parse(&name).ok().filter(|_| !name.contains(char::is_control));
        let tells =
            pattern.zip(conflict.object.as_ref()).is_some_and(|(pattern, object)| pattern.covers(object, &conflict.field));
        if tells { name } else { WHOLE.to_owned() }
    };
    let mut names: Vec<String> = conflicts.iter().map(name).collect();
    if names.is_empty() {
        names.push(WHOLE.to_owned());
    }
    names.dedup();
    let (start, rest) = text.strip_prefix(BYTE_ORDER_MARK).map_or(("", text), |rest| (BYTE_ORDER_MARK, rest));
    let marks: String = names.iter().flat_map(|name| [MARK, name, "\n"]).collect();
    format!("{start}{marks}{rest}")
}

/// Whether a text has such lines.
#[must_use]
pub fn is_marked(text: &str) -> bool {
    text.trim_start_matches(BYTE_ORDER_MARK).starts_with(MARK)
}

/// A text without such lines, and what they leave in doubt; nothing of one that is all in doubt.
#[must_use]
pub fn unmarked(text: &str) -> (&str, Vec<Doubt>) {
    if !is_marked(text) {
        return (text, Vec::new());
    }
    let mut rest = text.trim_start_matches(BYTE_ORDER_MARK);
    let mut doubts = Vec::new();
    while let Some(marked) = rest.strip_prefix(MARK) {
        let (name, behind) = marked.split_once('\n').unwrap_or((marked, ""));
        doubts.push(FieldPattern::parse(name.trim_end()).map_or(Doubt::All, Doubt::Fields));
        rest = behind;
    }
    if doubts.contains(&Doubt::All) { ("", vec![Doubt::All]) } else { (rest, doubts) }
}

#[cfg(test)]
mod tests {
    use super::super::{CommentSource, ConflictReason, MergePolicy, SourceFile, merge};
    use super::*;

    fn config(value: &str) -> String {
        format!("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  doors: \"1\"\n  seats: {value}\n")
    }

    #[test]
    fn what_one_merge_leaves_open_the_next_one_does_not_decide() {
        let run = |base: &str, ours: &str, theirs: &str| {
            let (base, doubts) = unmarked(base);
            let file = |text| [SourceFile { path: "a", text }];
            let policy = MergePolicy { comments: CommentSource::OfBoth, doubts, ..MergePolicy::default() };
            merge(&file(base), &file(ours), &file(theirs), &policy).unwrap()
        };
        let (one, two, three) = (config("1"), config("2"), config("3"));
        let inner = run(&one, &two, &three);
        let base = marked(&two, &inner.conflicts);
        assert!(base.starts_with("# plimsoll merge left open: ConfigMap/a.data.seats\napiVersion"), "{base}");
        for (ours, theirs) in [(&two, &three), (&three, &two)] {
            assert_eq!(run(&base, ours, theirs).conflicts.len(), 1);
        }
        assert!(run(&base, &two, &two).conflicts.is_empty());
        let gone = two.replace("  seats: 2\n", "");
        assert_eq!(run(&base, &gone, &two).conflicts[0].reason, ConflictReason::OursRemoved);
        assert_eq!(run(&base, &two, &gone).conflicts[0].reason, ConflictReason::TheirsRemoved);
        // Where all of it is in doubt, nothing of it is decided.
        let base = marked(&two, &[]);
        assert_eq!(run(&base, &two, &three).conflicts.len(), 1);
        assert!(is_marked(&base) && unmarked(&base) == ("", vec![Doubt::All]));
    }
}
