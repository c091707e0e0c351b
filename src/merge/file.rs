//! The merge of one file of ours: edits of its text, and what of it is read again.

use std::collections::{BTreeMap, BTreeSet};

use super::documents::{FileSides, MergeDocument, Paired, ReadFile};
use super::fields::{DocumentMerge, MergedNode, Ties, is_tied};
use super::meaning::equal;
use super::recomment::recomment;
use super::verify::{Expected, all_are, lost_comments, values};
use super::{CommentSource, Conflict, FieldChange, MergePolicy, MergeRefusal, Note, refuse};
use crate::notation::Field;
use crate::yaml::edit::{Piece, Splice};
use crate::yaml::{Place, Span, YamlText};

/// What becomes of the documents of one file of ours.
#[derive(Default)]
pub struct FileTasks<'t> {
    /// Those that theirs has, too.
    pub both: BTreeMap<usize, Paired<'t>>,
    /// Those that go.
    pub removed: BTreeSet<usize>,
    /// New documents, for the end of the file.
    pub added: Vec<MergeDocument<'t>>,
}

/// What the documents of a file that both have come to.
#[derive(Default)]
pub struct Both<'t> {
    /// The tasks for each.
    pub edits: BTreeMap<usize, MergedNode<'t>>,
    /// What theirs changes.
    pub changes: Vec<FieldChange>,
    /// What both changed.
    pub conflicts: Vec<Conflict>,
    /// What a person should know.
    pub notes: Vec<Note>,
}

/// What the files of a merge have in common.
#[derive(Clone, Copy)]
pub struct Merge<'t, 'p> {
    /// The three sides.
    pub sides: &'t FileSides<'t>,
    /// What to do where the texts do not tell.
    pub policy: &'p MergePolicy,
}

impl<'t> Merge<'t, '_> {
    /// Plans the documents of a file that both have.
    pub fn both(&self, file: &FileTasks<'t>, ties: Ties, may_move: bool) -> Both<'t> {
        let mut outcome = Both::default();
        for (index, paired) in &file.both {
            let (Some(ours), Some(theirs)) = (paired.ours, paired.theirs) else { continue };
            let twice = ours.text.documents[ours.index].duplicate_keys.iter().map(|(_, place)| *place).collect();
            let mut at_work = DocumentMerge {
                file: ours.path,
                object: ours.key.cloned(),
                policy: self.policy,
                ties,
                may_move,
                twice: &twice,
                field: Field::default(),
                changes: Vec::new(),
                conflicts: Vec::new(),
                notes: Vec::new(),
            };
            let piece = Piece::root(theirs.text, theirs.root);
            let made = at_work.both(paired.base.map(|base| base.root), ours.root, piece);
            outcome.edits.insert(*index, made);
            outcome.changes.extend(at_work.changes);
            outcome.conflicts.extend(at_work.conflicts);
            outcome.notes.extend(at_work.notes);
        }
        outcome
    }

    /// Merges the documents of one file of ours; no text where it stays as it is.
    pub fn merge_file(
        &self,
        (path, ours): (&str, &'t YamlText<'t>),
        tasks: &FileTasks<'t>,
    ) -> Result<(Both<'t>, Option<Spliced>), Unmergeable> {
        let is_tied =
            |paired: &Paired<'t>| [paired.ours, paired.theirs].into_iter().flatten().any(|document| is_tied(document.root));
        let mut ties: &[Ties] = &[Ties::Leave];
        if tasks.both.values().any(is_tied) {
            ties = &[Ties::Follow, Ties::Break, Ties::Leave];
        }
        let mut may_move = true;
        loop {
            let mut both = self.both(tasks, ties[0], may_move);
            let changes = !(both.changes.is_empty() && tasks.removed.is_empty() && tasks.added.is_empty());
            if !changes && self.policy.comments == CommentSource::OfOurs {
                return Ok((both, None));
            }
            match self.splice((path, ours), tasks, &mut both) {
                Ok(spliced) => {
                    let says = spliced.text.as_deref() != Some(ours.source) || !spliced.dropped.is_empty();
                    return Ok((both, says.then_some(spliced)));
                }
                Err(Unmergeable { is_order: true, .. }) if may_move => may_move = false,
                Err(_) if ties.len() > 1 => (ties, may_move) = (&ties[1..], true),
                Err(error) => return Err(error),
            }
        }
    }

    /// Whether the file may be replaced by the new render as a whole, if its bytes are those of base.
    pub fn is_untouched(&self, tasks: &FileTasks<'t>, text: &YamlText<'_>) -> bool {
        let count = |text: &YamlText<'_>| text.documents.iter().filter(|document| document.holds_something).count();
        let mut documents = tasks.both.values().filter_map(|paired| Some((paired.base?, paired.ours?, paired.theirs?)));
        let stays = |(base, ours, theirs): (MergeDocument<'_>, MergeDocument<'_>, MergeDocument<'_>)| {
            base.path == ours.path && theirs.path == ours.path && equal(base.root, ours.root)
        };
        let of_theirs = tasks.both.values().filter_map(|paired| paired.theirs).chain(tasks.added.iter().copied());
        let theirs_count = of_theirs.clone().next().map_or(0, |theirs| count(theirs.text));
        self.policy.owned.is_empty()
            && self.policy.doubts.is_empty()
            && tasks.both.values().all(|paired| paired.base.is_some())
            && documents.all(stays)
            && tasks.both.len() + tasks.removed.len() == count(text)
            && of_theirs.count() == theirs_count
    }

    fn splice(
        &self,
        (path, ours): (&str, &'t YamlText<'t>),
        tasks: &FileTasks<'t>,
        both: &mut Both<'t>,
    ) -> Result<Spliced, Unmergeable> {
        let (text, gone, expected) = edited(ours, tasks, &both.edits)?;
        let mut dropped: Vec<String> = gone.iter().map(|comment| ours.source[comment.range()].trim_end().to_owned()).collect();
        if expected.is_empty() && !tasks.removed.is_empty() {
            return Ok(Spliced { text: None, dropped, ends_with_block_scalar: false });
        }
        let read = read_again(&text)?;
        check(&expected, &read, false)?;
        if let Some(comment) = lost_comments(ours, &read, &gone).first() {
            return Err(Unmergeable::unsafely(format!("the comment `{comment}` would be lost")));
        }
        let moved = moved(&read, &expected)?;
        let read = match &moved {
            Some(moved) => read_again(moved)?,
            None => read,
        };
        // What stands in each document of the merged text, in their order.
        let stays = |index: &usize| !tasks.removed.contains(index) && ours.documents[*index].holds_something;
        let pairs: Vec<Option<&Paired<'t>>> = (0..ours.documents.len())
            .filter(stays)
            .map(|index| tasks.both.get(&index))
            .chain(tasks.added.iter().map(|_| None))
            .collect();
        let at_path = |files: &'t [ReadFile<'t>]| files.iter().find(|(known, ..)| *known == path).map(|(_, text, _)| &**text);
        let sides = [at_path(&self.sides.base), Some(ours), at_path(&self.sides.theirs)];
        let comments = recomment(sides, &read, &expected, &pairs, self.policy);
        both.conflicts.extend(comments.conflicts);
        both.notes.extend(comments.notes);
        dropped.extend(comments.dropped);
        let text = comments.text.unwrap_or_else(|| read.source.to_owned());
        let ends_with_block_scalar = read
            .documents
            .iter()
            .rfind(|document| document.holds_something)
            .is_some_and(|last| last.root.ends_with_block_scalar());
        Ok(Spliced { text: Some(text), dropped, ends_with_block_scalar })
    }
}

/// A file of ours after its edits.
pub struct Spliced {
    /// Its text; `None` where nothing of it stays.
    pub text: Option<String>,
    /// Comments that went with what they stood at.
    pub dropped: Vec<String>,
    /// Whether a block scalar ends it.
    pub ends_with_block_scalar: bool,
}

/// Why a file cannot be merged.
#[derive(Debug)]
pub struct Unmergeable {
    /// Where it stands in ours.
    pub place: Place,
    /// What is in the way, as half a sentence.
    pub what: String,
    /// Whether it could be if no list got another order.
    is_order: bool,
}

impl Unmergeable {
    fn unsafely(what: impl std::fmt::Display) -> Self {
        Self { place: Place { line: 1, column: 1 }, what: format!("cannot be merged safely: {what}"), is_order: false }
    }
}

/// The text after its edits, the comments that went with what was removed, and the values that it shall
/// have.
type EditedText<'t> = (String, Vec<Span>, Vec<Expected<'t>>);

fn edited<'t>(
    ours: &'t YamlText<'t>,
    tasks: &FileTasks<'t>,
    edits: &BTreeMap<usize, MergedNode<'t>>,
) -> Result<EditedText<'t>, Unmergeable> {
    let source = ours.source;
    let mut edited = Splice::new(ours);
    let mut expected = Vec::new();
    let starts: Vec<usize> = ours
        .documents
        .iter()
        .enumerate()
        .map(|(index, document)| if index == 0 { 0 } else { document.span.start as usize })
        .chain([source.len()])
        .collect();
    let holds_something = ours.documents.iter().any(|document| document.holds_something);
    let first = (0..ours.documents.len()).find(|index| !tasks.removed.contains(index));
    if let Some(first) = first.filter(|first| *first > 0 && !source.starts_with("---")) {
        // Without anything before it, a document needs no separator.
        let line = source[starts[first]..].split_inclusive('\n').next().unwrap_or_default();
        let comment = line.find('#').unwrap_or(line.len());
        if line.starts_with("---") && line[3..comment].trim().is_empty() {
            edited.remove(starts[first]..starts[first] + comment);
        }
    }
    for (index, document) in ours.documents.iter().enumerate() {
        if tasks.removed.contains(&index) {
            edited.remove(starts[index]..starts[index + 1]);
        } else if let Some(made) = edits.get(&index) {
            edited.document(&document.root, &made.edit).map_err(|error| Unmergeable {
                place: place_of(source, error.at),
                what: error.to_string(),
                is_order: false,
            })?;
            expected.push(made.value.clone());
        } else if document.holds_something {
            expected.push(Expected::Node(&document.root));
        }
    }
    for (number, new) in tasks.added.iter().enumerate() {
        let separator = if holds_something || number > 0 { "---\n" } else { "" };
        edited.insert(source.len(), &format!("{separator}{}", new.body()));
        expected.push(Expected::Node(new.root));
    }
    let (text, gone) = edited.finish();
    Ok((text, gone, expected))
}

fn read_again(text: &str) -> Result<YamlText<'_>, Unmergeable> {
    let said = |refusals: Vec<MergeRefusal>| refusals.iter().map(ToString::to_string).collect::<String>();
    refuse::read("the merged text", text).map_err(|refusals| Unmergeable::unsafely(said(refusals)))
}

fn check(expected: &[Expected<'_>], read: &YamlText<'_>, moved: bool) -> Result<(), Unmergeable> {
    if all_are(expected, read, moved) {
        return Ok(());
    }
    Err(Unmergeable { is_order: moved, ..Unmergeable::unsafely("the merged text would mean something else") })
}

/// The text with the elements of its lists in their new order; `None` where none has one.
fn moved(read: &YamlText<'_>, expected: &[Expected<'_>]) -> Result<Option<String>, Unmergeable> {
    let order = |unmergeable: Unmergeable| Unmergeable { is_order: true, ..unmergeable };
    let stays = || Unmergeable { is_order: true, ..Unmergeable::unsafely("its lists cannot be put in their new order") };
    let mut done: Option<String> = None;
    let mut below = usize::MAX;
    loop {
        let again = done.as_deref().map(read_again).transpose().map_err(order)?;
        let now = again.as_ref().unwrap_or(read);
        let mut moves = Vec::new();
        expected.iter().zip(values(now)).for_each(|(expected, node)| expected.moves(node, 0, &mut moves));
        // The inner ones first: an outer one moves them along.
        moves.retain(|(depth, ..)| *depth < below);
        let Some(deepest) = moves.iter().map(|(depth, ..)| *depth).max() else {
            if done.is_some() {
                check(expected, now, true)?;
                let comments = |text: &YamlText<'_>| {
                    let mut all: Vec<String> =
                        text.comments.iter().map(|span| text.source[span.range()].trim_end().to_owned()).collect();
                    all.sort_unstable();
                    all
                };
                if comments(now) != comments(read) {
                    return Err(stays());
                }
            }
            return Ok(done);
        };
        let mut edited = Splice::new(now);
        if !moves.iter().filter(|(depth, ..)| *depth == deepest).all(|(_, list, order)| edited.put_in_order(list, order)) {
            return Err(stays());
        }
        let (text, _) = edited.finish();
        (done, below) = (Some(text), deepest);
    }
}

#[expect(clippy::cast_possible_truncation, reason = "texts are bounded far below 4 GiB")]
fn place_of(source: &str, at: u32) -> Place {
    let before = &source[..at as usize];
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    Place { line: line as u32, column: column as u32 }
}
