//! Which lines of a text a merge may touch, once it is known which values change.

use std::collections::BTreeSet;

use plimsoll::yaml::{Node, Style, Value, YamlText};

/// The lines of a text, from 0, that may change where the values at these ways do.
pub fn that_may_change(text: &YamlText<'_>, root: &Node, touched: &[String]) -> BTreeSet<usize> {
    let mut lines = BTreeSet::new();
    for pointer in touched {
        // A list whose elements move.
        if let Some(list) = pointer.strip_suffix("/*") {
            lines.extend(moved(text, root, list));
            continue;
        }
        let (pointer, comes) = pointer.strip_suffix("/+").map_or((pointer.as_str(), false), |holder| (holder, true));
        let words: Vec<String> = pointer.split('/').skip(1).map(|word| word.replace("~1", "/").replace("~0", "~")).collect();
        let (mut node, mut start, mut flow, mut next) = (root, root.writing.span.start, None, None);
        let mut way = String::new();
        for word in &words {
            if node.writing.style == Style::Flow && flow.is_none() {
                flow = Some((start, node.writing.span.end));
            }
            let siblings: Vec<(String, &Node, u32)> = if let Value::Map(entries) = &node.value {
                entries.iter().map(|entry| (entry.key.clone(), &entry.node, entry.span.start)).collect()
            } else {
                let begins = |item: &Node| item.writing.dash.unwrap_or(item.writing.span.start);
                node.items().iter().enumerate().map(|(at, item)| (at.to_string(), item, begins(item))).collect()
            };
            let at = siblings.iter().position(|(name, ..)| name == word).unwrap();
            // Those that go, too, are passed over.
            let goes = |name: &str| touched.contains(&format!("{way}/{}", name.replace('~', "~0").replace('/', "~1")));
            next = siblings[at + 1..].iter().find(|(name, ..)| !goes(name)).or(siblings[at + 1..].last()).map(|(.., at)| *at);
            way = format!("{way}/{}", word.replace('~', "~0").replace('/', "~1"));
            (_, node, start) = siblings[at].clone();
        }
        let is_empty = node.entries().is_empty() && node.items().is_empty();
        if let Some((start, end)) = flow {
            lines.extend(line_of(text, start)..=line_of(text, end));
        } else if comes && node.writing.style != Style::Flow && !is_empty {
            // What comes first may take the place behind a dash.
            lines.insert(line_of(text, node.writing.span.start));
        } else {
            let mut last = line_of(text, node.writing.span.end.max(start));
            let behind_dash = |at: u32| {
                let line = text.source[..at as usize].rsplit('\n').next().unwrap();
                line.contains('-') && line.chars().all(|c| matches!(c, ' ' | '-'))
            };
            // The next key takes the place of one behind a dash.
            if let Some(next) = next.filter(|_| behind_dash(start)) {
                last = line_of(text, next);
            }
            // Those that are removed behind it move the chain on.
            let all: Vec<&str> = text.source.split('\n').collect();
            while all.get(last + 1).is_some_and(|line| line.trim_start().starts_with('#') || line.trim().is_empty()) {
                last += 1;
            }
            let mut first = line_of(text, start);
            while first > 0 && all[first - 1].trim_start().starts_with('#') {
                first -= 1;
            }
            lines.extend(first..=last);
        }
    }
    lines
}

/// The lines of a list, with the comments around it.
fn moved(text: &YamlText<'_>, root: &Node, pointer: &str) -> std::ops::RangeInclusive<usize> {
    let words = pointer.split('/').skip(1).map(|word| word.replace("~1", "/").replace("~0", "~"));
    let node = words.fold(root, |node, word| match &node.value {
        Value::Map(_) => node.get(&word).unwrap(),
        _ => &node.items()[word.parse::<usize>().unwrap()],
    });
    let all: Vec<&str> = text.source.split('\n').collect();
    let is_aside = |line: usize| all.get(line).is_some_and(|line| line.trim_start().starts_with('#') || line.trim().is_empty());
    let (mut first, mut last) = (line_of(text, node.writing.span.start), line_of(text, node.writing.span.end));
    while first > 0 && is_aside(first - 1) {
        first -= 1;
    }
    while is_aside(last + 1) {
        last += 1;
    }
    first..=last
}

/// The line of a byte, from 0.
pub fn line_of(text: &YamlText<'_>, at: u32) -> usize {
    text.source[..at as usize].matches('\n').count()
}
