//! What cannot be merged, found before anything is compared.

use super::marks::is_marked;
use super::{MergeRefusal, SourceFile};
use crate::yaml::{self, Node, Place, Source, Style, YamlText, colon_behind};

/// Finds what keeps a file from taking part in a merge.
///
/// # Errors
/// Everything in it that keeps it from being edited safely.
pub fn check_file(file: &SourceFile<'_>) -> Result<(), Vec<MergeRefusal>> {
    read(file.path, file.text).map(drop)
}

/// Reads a file that takes part in a merge.
///
/// # Errors
/// Everything in it that keeps it from being edited safely.
pub fn read<'t>(path: &str, text: &'t str) -> Result<YamlText<'t>, Vec<MergeRefusal>> {
    let refusal =
        |place: Place, what: String| MergeRefusal { file: path.to_owned(), line: place.line, column: place.column, what };
    if let Some(line) = text.lines().position(|line| line.starts_with("<<<<<<< ") || line.starts_with(">>>>>>> ")) {
        return Err(vec![refusal(place(line), "has a conflict marker of git; settle that merge first".to_owned())]);
    }
    if is_marked(text) {
        let what = "has conflicts that `plimsoll merge` has left open; settle them, and take the lines out that name them";
        return Err(vec![refusal(place(0), what.to_owned())]);
    }
    if let Some(line) = text.lines().take_while(|line| *line != "---").position(|line| line.starts_with('%')) {
        return Err(vec![refusal(place(line), "has a YAML directive (`%`), which Kubernetes does not read".to_owned())]);
    }
    let read = yaml::read(path, text).map_err(|fault| {
        let place = match fault.source {
            Some(Source::File(_, place)) => place,
            _ => Place { line: 1, column: 1 },
        };
        let line = text.lines().nth(place.line as usize - 1).unwrap_or_default();
        let blanks = &line[..line.len() - line.trim_start().len()];
        let what = if blanks.contains('\t') { "has a tab in its indentation".to_owned() } else { fault.message };
        vec![refusal(place, what)]
    })?;
    let mut refusals = Vec::new();
    for document in &read.documents {
        walk(&document.root, text, &mut |place, what| refusals.push(refusal(place, what.to_owned())));
    }
    if refusals.is_empty() { Ok(read) } else { Err(refusals) }
}

#[expect(clippy::cast_possible_truncation, reason = "texts are bounded far below 4 GiB")]
fn place(line: usize) -> Place {
    Place { line: line as u32 + 1, column: 1 }
}

fn walk(node: &Node, text: &str, refuse: &mut impl FnMut(Place, &'static str)) {
    let before = |start: u32| {
        let start = start as usize;
        &text[text[..start].rfind('\n').map_or(0, |newline| newline + 1)..start]
    };
    // What aliases and merge keys brought in stands elsewhere.
    if node.writing.tie == yaml::Tie::Alias {
        return;
    }
    let in_block = node.writing.style == Style::Block;
    for entry in node.entries() {
        let own = node.writing.span.start <= entry.span.start && entry.span.end <= node.writing.span.end;
        if !own {
            continue;
        }
        let line = before(entry.span.start);
        if in_block && line.contains('\t') {
            refuse(entry.place, "has a tab in its indentation");
        } else if in_block && (line.trim_end().ends_with('?') || colon_behind(text, entry.span.end as usize).is_none()) {
            refuse(entry.place, "has a key that is not written as `key: value`");
        } else if !in_block && colon_behind(text, entry.span.end as usize).is_none() {
            refuse(entry.place, "has a key without a colon");
        }
        walk(&entry.node, text, refuse);
    }
    for item in node.items() {
        if item.writing.dash.is_some_and(|dash| before(dash).contains('\t')) {
            refuse(item.place, "has a tab in its indentation");
        }
        walk(item, text, refuse);
    }
}
