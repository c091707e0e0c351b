//! New text for files of JSON, laid out as the file is.

use super::super::{Node, Value};
use super::Piece;

/// How a file of JSON is laid out.
#[derive(Debug)]
pub(super) struct Layout {
    /// What each level is indented by; `None` where all stands on one line.
    step: Option<String>,
    /// What stands between a key and its value.
    colon: &'static str,
    /// What stands between members on one line.
    pub comma: &'static str,
}

impl Layout {
    /// The layout of a text; `None` for one that is not JSON.
    pub fn of(source: &str) -> Option<Self> {
        serde_json::from_str::<serde::de::IgnoredAny>(source).ok()?;
        let step = source.lines().skip(1).map(blanks).find(|blanks| !blanks.is_empty());
        let (colon, comma) = if source.contains("\": ") { (": ", ", ") } else { (":", ",") };
        Some(Self { step: step.map(str::to_owned), colon, comma })
    }

    /// An entry or element, on lines of its own that are indented by `indent` or within a line.
    pub fn member(&self, piece: Piece<'_>, indent: Option<&str>) -> String {
        let value = self.value(piece.node, indent);
        match piece.entry {
            Some(entry) => format!("{}{}{value}", quoted(&entry.key), self.colon),
            None => value,
        }
    }

    /// A value that begins on a line indented by `indent`, or one that stays within a line.
    pub fn value(&self, node: &Node, indent: Option<&str>) -> String {
        let inner = indent.zip(self.step.as_deref()).map(|(indent, step)| format!("{indent}{step}"));
        let (members, brackets): (Vec<String>, _) = match &node.value {
            Value::Map(entries) => {
                let member = |entry: &super::Entry| {
                    format!("{}{}{}", quoted(&entry.key), self.colon, self.value(&entry.node, inner.as_deref()))
                };
                (entries.iter().map(member).collect(), ['{', '}'])
            }
            Value::List(items) => (items.iter().map(|item| self.value(item, inner.as_deref())).collect(), ['[', ']']),
            _ => return node.to_json().to_string(),
        };
        let [open, close] = brackets;
        match (inner, indent) {
            (Some(inner), Some(indent)) if !members.is_empty() => {
                format!("{open}\n{inner}{}\n{indent}{close}", members.join(&format!(",\n{inner}")))
            }
            _ => format!("{open}{}{close}", members.join(self.comma)),
        }
    }
}

/// The blanks that a line begins with.
pub(super) fn blanks(line: &str) -> &str {
    &line[..line.len() - line.trim_start_matches([' ', '\t']).len()]
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
