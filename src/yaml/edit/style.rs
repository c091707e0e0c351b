//! New scalars in the style of the old ones.

use super::super::{Node, Style, Value, write};

/// A string on one line, in the style that the old one has; `None` where it cannot have that, or has it.
pub fn on_one_line(new: &Node, old: &Node, in_flow: bool) -> Option<String> {
    let value = strings(new, old)?;
    if value.contains('\n') {
        return None;
    }
    match old.writing.style {
        Style::Plain => {
            let is_plain = write::scalar(value) == value && !(in_flow && value.contains([',', '[', ']', '{', '}', ':']));
            is_plain.then(|| value.to_owned())
        }
        Style::Double => Some(write::double_quoted(value)),
        Style::Single => write::single_quoted(value),
        _ => None,
    }
}

/// A string as a literal or folded block, as the old one is: its header, and its lines without
/// indentation. `None` where it cannot be one.
pub fn as_block(new: &Node, old: &Node) -> Option<(&'static str, String)> {
    let value = strings(new, old)?;
    let (bare, keeps) = value.strip_suffix('\n').map_or((value, false), |bare| (bare, true));
    let is_legal = |c: char| matches!(c, '\n' | '\t') || write::is_printable(c);
    let indented = |line: &str| line.starts_with([' ', '\t']);
    // The first line tells the indentation, and blank lines at the end would become part of the text.
    if bare.is_empty() || bare.ends_with('\n') || bare.starts_with('\n') || indented(bare) || !bare.chars().all(is_legal) {
        return None;
    }
    match old.writing.style {
        Style::Literal => Some((if keeps { "|" } else { "|-" }, bare.to_owned())),
        // Lines that are indented are not folded.
        Style::Folded if !bare.lines().any(indented) => {
            let mut folded = String::with_capacity(bare.len());
            let mut before = ' ';
            for c in bare.chars() {
                if c == '\n' && before != '\n' {
                    folded.push('\n');
                }
                folded.push(c);
                before = c;
            }
            Some((if keeps { ">" } else { ">-" }, folded))
        }
        _ => None,
    }
}

/// The new string, where both are strings in different styles.
fn strings<'n>(new: &'n Node, old: &Node) -> Option<&'n str> {
    old.as_str().filter(|_| old.writing.style != new.writing.style)?;
    match &new.value {
        Value::String(value) => Some(value),
        _ => None,
    }
}
