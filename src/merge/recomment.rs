//! Comments of theirs, put into the merged text.

use std::collections::BTreeMap;
use std::ops::Range;

use super::comments::{Commented, Recommented, merge};
use super::documents::{MergeDocument, Paired};
use super::identity::{name_of, of_list};
use super::verify::{Expected, all_are};
use super::{CommentSource as Whose, Conflict, MergePolicy, Note, Side, refuse};
use crate::notation::{Field, FieldStep};
use crate::yaml::edit::{DocumentComments, Splice};
use crate::yaml::{Node, Place, YamlText};

/// Up to how many changes are tried one by one where they do not all go together.
const MOST_TRIED: usize = 50;

/// What becomes of the comments of a merged text.
#[derive(Default)]
pub struct Recommenting {
    /// The text with them; `None` where it stays as it is.
    pub text: Option<String>,
    /// What both sides changed.
    pub conflicts: Vec<Conflict>,
    /// What a person should know.
    pub notes: Vec<Note>,
    /// Comments of theirs that have lost what they stood at.
    pub dropped: Vec<String>,
}

/// Merges the comments of a file, of which the three sides are given. Of each document of the merged text
/// that theirs has, too, `pairs` has the sides.
pub fn recomment<'t>(
    [base, ours, theirs]: [Option<&'t YamlText<'t>>; 3],
    merged: &YamlText<'_>,
    expected: &[Expected<'_>],
    pairs: &[Option<&Paired<'t>>],
    policy: &MergePolicy,
) -> Recommenting {
    let mut parts = Parts::default();
    let roots: Vec<(&Node, Range<usize>)> = holding(merged);
    let of = |text: &YamlText<'_>, root: &Node, part: &Range<usize>| DocumentComments::of(text, root, part.clone());
    let mut edits: Vec<(usize, Recommented<'_>)> = Vec::new();
    let mut outcome = Recommenting::default();
    let mut sides = Vec::new();
    for (at, (pair, (root, part))) in pairs.iter().zip(&roots).enumerate() {
        let Some(Paired { base, ours: Some(in_ours), theirs: Some(theirs), .. }) = pair else { continue };
        let base = base.map(|base| (base, of(base.text, base.root, &parts.of(0, &base))));
        sides.push((at, in_ours, base, *theirs, of(theirs.text, theirs.root, &parts.of(2, theirs)), of(merged, root, part)));
    }
    for (at, in_ours, base, theirs, of_theirs, of_merged) in &sides {
        let commented =
            |document: &MergeDocument<'t>, comments| Commented { source: document.text.source, root: document.root, comments };
        let here = Commented { source: merged.source, root: roots[*at].0, comments: of_merged };
        let base = base.as_ref().map(|(base, comments)| commented(base, comments));
        let found = merge(here, base, commented(theirs, of_theirs), (in_ours.path, in_ours.key), policy);
        let placed = |conflict: Conflict| {
            let place = place_of(in_ours.root, &conflict.field);
            conflict.at(place)
        };
        outcome.conflicts.extend(found.conflicts.into_iter().map(placed));
        outcome.notes.extend(found.settled.into_iter().map(|(conflict, side)| conflict.settled(side)));
        edits.extend(found.edits.into_iter().map(|edit| (*at, edit)));
    }
    let comments: BTreeMap<usize, &DocumentComments> = sides.iter().map(|(at, .., of_merged)| (*at, of_merged)).collect();
    let attempt = |edits: &[(usize, Recommented<'_>)]| written(merged, expected, &comments, edits);
    let mut left = Vec::new();
    let mut written = if edits.is_empty() { None } else { attempt(&edits) };
    if !edits.is_empty() && written.is_none() {
        let mut fine: Vec<(usize, Recommented<'_>)> = Vec::new();
        for (number, edit) in edits.into_iter().enumerate() {
            fine.push(edit);
            match (number < MOST_TRIED).then(|| attempt(&fine)).flatten() {
                Some(found) => written = Some(found),
                None => left.extend(fine.pop()),
            }
        }
    }
    let (text, counts) = written.unzip();
    outcome.text = text;
    if policy.comments == Whose::OfOurs {
        return outcome;
    }
    for (at, edit) in left {
        let Some((_, in_ours, ..)) = sides.iter().find(|side| side.0 == at) else { continue };
        let conflict = edit.left_over(in_ours.path, in_ours.key).at(place_of(in_ours.root, &edit.field));
        match policy.side(&conflict) {
            Some(Side::Ours) => outcome.notes.push(conflict.settled(Side::Ours)),
            _ => outcome.conflicts.push(conflict),
        }
    }
    let counts = counts.unwrap_or_else(|| CommentCounts::of(merged));
    outcome.dropped = lost([base, ours, theirs], &counts, &outcome.conflicts);
    outcome
}

/// The text with other comments, and how often each stands there; `None` where it would then mean something
/// else, or they have no place.
fn written(
    merged: &YamlText<'_>,
    expected: &[Expected<'_>],
    comments: &BTreeMap<usize, &DocumentComments>,
    edits: &[(usize, Recommented<'_>)],
) -> Option<(String, CommentCounts)> {
    let mut splice = Splice::new(merged);
    let mut wanted = CommentCounts::of(merged);
    for (at, edit) in edits {
        let comments = comments.get(at)?;
        comments.at(edit.start, edit.spot).iter().for_each(|span| wanted.take(merged.source[span.range()].trim_end()));
        edit.lines.iter().for_each(|line| wanted.add(line));
        if !splice.put_comments(comments, edit.start, edit.spot, &edit.lines) {
            return None;
        }
    }
    let (text, _) = splice.finish();
    let read = refuse::read("the merged text", &text).ok()?;
    let fits = all_are(expected, &read, true) && CommentCounts::of(&read) == wanted;
    fits.then_some((text, wanted))
}

/// Comments of theirs that are new there and that the merged text lacks.
fn lost(sides: [Option<&YamlText<'_>>; 3], merged: &CommentCounts, conflicts: &[Conflict]) -> Vec<String> {
    let [base, ours, theirs] = sides.map(|text| text.map(CommentCounts::of).unwrap_or_default());
    let is_told = |line: &str| {
        conflicts
            .iter()
            .filter_map(|conflict| conflict.theirs.as_ref()?.as_str())
            .any(|theirs| theirs.lines().any(|known| known == line))
    };
    let missing = |line: &&String| {
        let (before, now) = (base.get(line), theirs.get(line));
        now > before && merged.get(line) < now - before + before.min(ours.get(line)) && !is_told(line)
    };
    theirs.0.keys().filter(missing).cloned().collect()
}

/// How often each comment stands in a text.
#[derive(Debug, Default, PartialEq, Eq)]
struct CommentCounts(BTreeMap<String, usize>);

impl CommentCounts {
    fn of(text: &YamlText<'_>) -> Self {
        let mut counts = Self::default();
        counts.add_all(text);
        counts
    }

    fn add_all(&mut self, text: &YamlText<'_>) {
        text.comments.iter().for_each(|span| self.add(text.source[span.range()].trim_end()));
    }

    fn add(&mut self, line: &str) {
        *self.0.entry(line.to_owned()).or_default() += 1;
    }

    fn take(&mut self, line: &str) {
        if let Some(count) = self.0.get_mut(line) {
            *count -= 1;
            if *count == 0 {
                self.0.remove(line);
            }
        }
    }

    fn get(&self, line: &str) -> usize {
        self.0.get(line).copied().unwrap_or_default()
    }
}

/// The parts of texts that hold one document each.
#[derive(Default)]
struct Parts(BTreeMap<(u8, usize), BTreeMap<usize, Range<usize>>>);

impl Parts {
    fn of(&mut self, side: u8, document: &MergeDocument<'_>) -> Range<usize> {
        let parts = self.0.entry((side, document.file)).or_insert_with(|| parts(document.text).collect());
        parts.get(&document.index).cloned().unwrap_or_default()
    }
}

/// The documents of a text that hold something, by their indexes, each with the bytes up to the next.
fn parts(text: &YamlText<'_>) -> impl Iterator<Item = (usize, Range<usize>)> {
    let holding: Vec<usize> = (0..text.documents.len()).filter(|index| text.documents[*index].holds_something).collect();
    let start = |at: usize| if at == 0 { 0 } else { text.documents[holding[at]].span.start as usize };
    let starts: Vec<usize> = (0..holding.len()).map(start).chain([text.source.len()]).collect();
    holding.into_iter().enumerate().map(move |(at, index)| (index, starts[at]..starts[at + 1]))
}

fn holding<'n>(text: &'n YamlText<'_>) -> Vec<(&'n Node, Range<usize>)> {
    parts(text).map(|(index, part)| (&text.documents[index].root, part)).collect()
}

/// Where a field stands, or what is nearest to it.
fn place_of(root: &Node, field: &Field) -> Place {
    let (mut node, mut place) = (root, root.place);
    let mut keys = ["", ""];
    for step in field.steps() {
        let next = match step {
            FieldStep::Key(key) => {
                keys = [keys[1], key];
                node.entries().iter().find(|entry| entry.key == *key).map(|entry| (&entry.node, entry.place))
            }
            FieldStep::Element(label) => {
                let is_it =
                    |item: &&Node| of_list(keys[0], keys[1]).any(|by| name_of(item, by).is_some_and(|(_, name)| name == *label));
                let by_place = || label.parse::<usize>().ok().and_then(|at| node.items().get(at));
                node.items().iter().find(is_it).or_else(by_place).map(|item| (item, item.place))
            }
        };
        let Some((found, at)) = next else { return place };
        (node, place) = (found, at);
    }
    place
}
