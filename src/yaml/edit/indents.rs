//! How far a text indents, and new lines laid out in the same way.

use std::collections::BTreeMap;

use super::super::{Document, Node, Style, Value, YamlText, read};
use super::layout::{begins_line, column, line_start};

/// How far a text indents, where it does; each in columns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Indents {
    /// A mapping, from the key that holds it.
    pub map: Option<usize>,
    /// The dashes of a list, from the key that holds it.
    pub list: Option<usize>,
    /// What follows a dash, from the dash.
    pub dash: Option<usize>,
}

/// How often a text indents by how much.
#[derive(Default)]
struct IndentCounts {
    map: BTreeMap<usize, usize>,
    list: BTreeMap<usize, usize>,
    dash: BTreeMap<usize, usize>,
}

impl Indents {
    /// What is most frequent in a text.
    pub fn of(text: &YamlText<'_>) -> Self {
        let mut counts = IndentCounts::default();
        text.documents.iter().for_each(|document| counts.take(text.source, &document.root));
        let most = |counts: BTreeMap<usize, usize>| counts.into_iter().max_by_key(|(_, count)| *count).map(|(indent, _)| indent);
        Self { map: most(counts.map), list: most(counts.list), dash: most(counts.dash) }
    }

    /// The same lines, indented so; their first column stays. `None` where a value has several lines, or
    /// where nothing changes.
    pub fn laid_out(self, lines: &str) -> Option<String> {
        let text = read("new lines", lines).ok()?;
        let [Document { root, .. }] = text.documents.as_slice() else { return None };
        let mut columns = BTreeMap::new();
        self.place(lines, root, column(lines, start(root)?), &mut columns)?;
        let mut out = String::with_capacity(lines.len());
        let mut at = 0;
        for line in lines.split_inclusive('\n') {
            let body = line.trim_start_matches(' ');
            // A comment goes with what follows it.
            let place = if body.starts_with('#') { columns.range(at..).next().map(|(_, it)| it) } else { columns.get(&at) };
            match place {
                _ if body.trim().is_empty() => out.push_str(line),
                Some((column, gap)) => {
                    out.push_str(&" ".repeat(*column));
                    match (gap, body.strip_prefix("- ")) {
                        (Some(gap), Some(rest)) => {
                            out.push('-');
                            out.push_str(&" ".repeat(gap - 1));
                            out.push_str(rest.trim_start_matches(' '));
                        }
                        _ => out.push_str(body),
                    }
                }
                None => out.push_str(line),
            }
            at += line.len();
        }
        let again = read("new lines", &out).ok()?;
        let same = again.documents.len() == 1 && again.documents[0].root.to_json() == root.to_json();
        (same && out != lines).then_some(out)
    }

    /// Notes for each line on which a key or dash stands its column, and how far what follows a dash is
    /// from it.
    fn place(self, source: &str, node: &Node, to: usize, columns: &mut BTreeMap<usize, (usize, Option<usize>)>) -> Option<()> {
        if node.writing.style != Style::Block {
            return (!source[node.writing.span.range()].contains('\n')).then_some(());
        }
        for entry in node.entries() {
            let at = entry.span.start as usize;
            columns.entry(line_start(source, at)).or_insert((to, None));
            let indent = if matches!(entry.node.value, Value::List(_)) { self.list } else { self.map };
            self.place(source, &entry.node, to + indent.unwrap_or(2), columns)?;
        }
        for item in node.items() {
            let (dash, gap) = (item.writing.dash? as usize, self.dash.unwrap_or(2).max(2));
            let wide = (item.writing.style == Style::Block).then_some(gap);
            columns.entry(line_start(source, dash)).or_insert((to, wide));
            self.place(source, item, to + gap, columns)?;
        }
        Some(())
    }
}

impl IndentCounts {
    fn take(&mut self, source: &str, node: &Node) {
        let column_of = |at: usize| column(source, at);
        for entry in node.entries() {
            let key = column_of(entry.span.start as usize);
            if let Some(first) = start(&entry.node).filter(|first| begins_line(source, *first)) {
                let counts = if matches!(entry.node.value, Value::List(_)) { &mut self.list } else { &mut self.map };
                *counts.entry(column_of(first).saturating_sub(key)).or_default() += 1;
            }
            self.take(source, &entry.node);
        }
        for item in node.items() {
            if let (Some(dash), Some(first)) = (item.writing.dash, start(item)) {
                *self.dash.entry(column_of(first).saturating_sub(column_of(dash as usize))).or_default() += 1;
            }
            self.take(source, item);
        }
    }
}

/// Where the first member of a collection by indentation begins.
fn start(node: &Node) -> Option<usize> {
    let first = match &node.value {
        _ if node.writing.style != Style::Block => None,
        Value::Map(entries) => entries.first().map(|entry| entry.span.start),
        Value::List(items) => items.first().and_then(|item| item.writing.dash),
        _ => None,
    };
    first.map(|first| first as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINES: &str =
        "  probe:\n    # why\n    httpGet:\n      path: /\n    list:\n      - name: a\n        value: b\n      - c\n";

    fn laid_out(like: &str) -> Option<String> {
        Indents::of(&read("like", like).unwrap()).laid_out(LINES)
    }

    #[test]
    fn lines_are_laid_out_as_a_text_is() {
        assert_eq!(laid_out("a:\n  b: 1\nc:\n  - d: 1\n"), None);
        let wide = "a:\n    b: 1\nc:\n-   d: 1\n";
        let expected = "  probe:\n      # why\n      httpGet:\n          path: /\n      list:\n      -   name: a\n          value: b\n      - c\n";
        assert_eq!(laid_out(wide).as_deref(), Some(expected));
        let flush = "a:\n  b: 1\nc:\n- d: 1\n";
        let expected = "  probe:\n    # why\n    httpGet:\n      path: /\n    list:\n    - name: a\n      value: b\n    - c\n";
        assert_eq!(laid_out(flush).as_deref(), Some(expected));
    }

    #[test]
    fn values_of_several_lines_stay_as_they_are() {
        let indents = Indents { map: Some(4), ..Indents::default() };
        assert_eq!(indents.laid_out("a:\n  b: |\n    text\n"), None);
        assert_eq!(indents.laid_out("a:\n  b: [1,\n    2]\n"), None);
        assert_eq!(indents.laid_out("a:\n  b: 1\n").as_deref(), Some("a:\n    b: 1\n"));
    }
}
