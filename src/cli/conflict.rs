//! A conflict of a merge, for people.

use super::ui::{self, Line, TextLines};
use crate::change::short;
use crate::merge::Conflict;

/// A conflict with its place, what is behind it and its three values.
pub fn shown(file: &str, conflict: &Conflict, why: &str) -> TextLines {
    let (line, column, name) = (conflict.line, conflict.column, conflict.name());
    let mut text = TextLines::from(format!("{file}:{line}:{column}: {name}: {why}"));
    let sides = [("base", &conflict.base), ("ours", &conflict.ours), ("theirs", &conflict.theirs)];
    // A conflict about a file as a whole has no values to show.
    for (side, value) in sides.into_iter().filter(|_| sides.iter().any(|(_, value)| value.is_some())) {
        let value = value.as_ref().map_or_else(|| ui::dim("absent"), |value| short(value).into());
        text.line(Line::from(format!("      {side:<7} ")) + value);
    }
    text
}
