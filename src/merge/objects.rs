//! The merge of whole files: objects are paired wherever they stand, planned one by one, and each
//! file of ours is written once.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::documents::{Document, Paired, ReadFile, Sides, pair_documents};
use super::meaning::equal;
use super::plan::{Planned, Planner, Ties, is_tied};
use super::recomment::recomment;
use super::verify::{Expected, all_are, lost_comments, values};
use super::{Change, ChangeKind, Comments, Conflict, File, FileResult, Merged, Note, Policy, Reader, Reason, Refusal, Side, refuse};
use crate::formats::Field;
use crate::yaml::edit::{Piece, Splice, newline_of};
use crate::yaml::{Place, Span, Text};

/// What becomes of the documents of one file of ours.
#[derive(Default)]
struct FilePlan<'t> {
    /// Those that theirs has, too.
    both: BTreeMap<usize, Paired<'t>>,
    removed: BTreeSet<usize>,
    /// New documents, for the end of the file.
    added: Vec<Document<'t>>,
}

/// What the documents of a file that both have come to.
#[derive(Default)]
struct Both<'t> {
    edits: BTreeMap<usize, Planned<'t>>,
    changes: Vec<Change>,
    conflicts: Vec<Conflict>,
    notes: Vec<Note>,
}

/// Merges files.
///
/// # Errors
/// Every file that cannot be read or edited safely, with the line.
pub fn merge<'t>(
    reader: &Reader<'t>,
    base: &[File<'t>],
    ours: &[File<'t>],
    theirs: &[File<'t>],
    policy: &Policy,
) -> Result<Merged, Vec<Refusal>> {
    let is_same =
        |files: &[File<'_>], file: &File<'_>| files.iter().any(|other| other.path == file.path && other.text == file.text);
    let differ = |file: &&File<'_>| !(is_same(base, file) && is_same(ours, file) && is_same(theirs, file));
    // A file that is the same on all sides holds the same objects on all sides.
    let [base, ours, theirs] = [base, ours, theirs].map(|files| files.iter().filter(differ).copied().collect::<Vec<_>>());
    let (base, ours, theirs) = (base.as_slice(), ours.as_slice(), theirs.as_slice());
    let whole: Vec<Whole<'_>> = ours.iter().map(Whole::of).collect();
    let read = |files: &[File<'t>]| files.iter().map(|file| (file.path, reader.read(*file))).collect();
    let read_ours = ours.iter().zip(&whole).map(|(file, whole)| (file.path, whole.read(file.path, reader))).collect();
    let sides = Sides::of(read(base), read_ours, read(theirs))?;
    let mut run = Run {
        sides: &sides,
        policy,
        merged: Merged::default(),
        plans: BTreeMap::new(),
        new_files: BTreeMap::new(),
        refusals: Vec::new(),
    };
    for paired in pair_documents(&sides) {
        run.plan(paired);
    }
    run.write(&whole, ours, base, theirs)
}

/// A text of ours with a line break at its end and without a byte order mark; what it lacked or had
/// of them comes back when it is written.
struct Whole<'t> {
    text: Cow<'t, str>,
    has_mark: bool,
    lacks_newline: bool,
}

impl<'t> Whole<'t> {
    fn of(file: &File<'t>) -> Self {
        let bare = file.text.strip_prefix('\u{feff}');
        let has_mark = bare.is_some();
        let mut text = Cow::Borrowed(bare.unwrap_or(file.text));
        let lacks_newline = !text.is_empty() && !text.ends_with('\n');
        if lacks_newline {
            let newline = newline_of(&text);
            text.to_mut().push_str(newline);
        }
        Self { text, has_mark, lacks_newline }
    }

    fn read<'s>(&'s self, path: &'t str, reader: &Reader<'t>) -> Result<Rc<Text<'s>>, Vec<Refusal>> {
        match &self.text {
            Cow::Borrowed(text) => reader.read(File { path, text }).map(|read| read as Rc<Text<'s>>),
            Cow::Owned(text) => refuse::read(path, text).map(Rc::new),
        }
    }

    fn restore(&self, mut text: String, ends_with_block_scalar: bool) -> String {
        // Readers differ on a block scalar that ends with the text but without a line break.
        if self.lacks_newline && !ends_with_block_scalar {
            let end = text.trim_end_matches(['\r', '\n']).len();
            text.truncate(end);
        }
        if self.has_mark { format!("\u{feff}{text}") } else { text }
    }
}

struct Run<'t, 'p> {
    sides: &'t Sides<'t>,
    policy: &'p Policy,
    merged: Merged,
    plans: BTreeMap<usize, FilePlan<'t>>,
    new_files: BTreeMap<String, Vec<Document<'t>>>,
    refusals: Vec<Refusal>,
}

impl<'t> Run<'t, '_> {
    fn plan(&mut self, paired: Paired<'t>) {
        if let Some(twice) = &paired.twice {
            // Which of them would change is not told; none has to where theirs changes nothing.
            let is_same = |(base, theirs): (Document<'_>, Document<'_>)| equal(base.root, theirs.root);
            if paired.base.is_some() != paired.theirs.is_some() || !paired.base.zip(paired.theirs).is_none_or(is_same) {
                self.refusals.push(twice.clone());
            }
            return;
        }
        match (paired.base, paired.ours, paired.theirs) {
            (_, Some(ours), Some(_)) => _ = self.plans.entry(ours.file).or_default().both.insert(ours.index, paired),
            (Some(base), Some(ours), None) => self.only_ours(base, ours),
            (base, None, Some(theirs)) => self.only_theirs(base, theirs),
            _ => {}
        }
    }

    /// Plans the documents of a file that both have.
    fn both(&self, file: &FilePlan<'t>, ties: Ties, may_move: bool) -> Both<'t> {
        let mut outcome = Both::default();
        for (index, paired) in &file.both {
            let (Some(ours), Some(theirs)) = (paired.ours, paired.theirs) else { continue };
            let twice = ours.text.documents[ours.index].duplicate_keys.iter().map(|(_, place)| *place).collect();
            let mut at_work = Planner {
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
            let planned = at_work.both(paired.base.map(|base| base.root), ours.root, piece);
            outcome.edits.insert(*index, planned);
            outcome.changes.extend(at_work.changes);
            outcome.conflicts.extend(at_work.conflicts);
            outcome.notes.extend(at_work.notes);
        }
        outcome
    }

    fn only_ours(&mut self, base: Document<'t>, ours: Document<'t>) {
        let doubted = self.policy.doubts(ours.key, &Field::default());
        let unchanged = !doubted && super::meaning::same(base.root, ours.root, ("", ""));
        let side =
            if unchanged { Some(Side::Theirs) } else { self.conflict(Reason::TheirsRemoved, Some(base), Some(ours), None) };
        if side != Some(Side::Theirs) {
            return;
        }
        self.change(ours, ChangeKind::Removed);
        self.plans.entry(ours.file).or_default().removed.insert(ours.index);
    }

    fn only_theirs(&mut self, base: Option<Document<'t>>, theirs: Document<'t>) {
        let doubted = self.policy.doubts(theirs.key, &Field::default());
        if base.is_some() || doubted {
            if let (Some(object), true) = (theirs.key, self.policy.deleted_objects_stay) {
                let note = Note::StaysDeleted { object: object.clone(), file: theirs.path.to_owned() };
                self.merged.notes.push(note);
                return;
            }
            if !doubted && base.is_some_and(|base| super::meaning::same(base.root, theirs.root, ("", ""))) {
                return;
            }
            let path = base.map_or(theirs.path, |base| base.path);
            let emptied = self.sides.ours_at(path).is_some_and(|text| !text.documents.iter().any(|document| document.holds_something));
            let reason = if emptied { Reason::Empty } else { Reason::OursRemoved };
            if self.conflict(reason, base, None, Some(theirs)) != Some(Side::Theirs) {
                return;
            }
        }
        self.change(theirs, ChangeKind::Added);
        if let Some(file) = self.sides.our_file(theirs.path) {
            self.plans.entry(file).or_default().added.push(theirs);
        } else {
            self.new_files.entry(theirs.path.to_owned()).or_default().push(theirs);
        }
    }

    fn change(&mut self, document: Document<'t>, kind: ChangeKind) {
        let value = Some(document.root.to_json());
        let (before, after) = if kind == ChangeKind::Removed { (value, None) } else { (None, value) };
        let object = document.key.cloned();
        self.merged.changes.push(Change { file: document.path.to_owned(), object, field: Field::default(), kind, before, after });
    }

    /// A conflict about an object as a whole; for whom it is settled.
    fn conflict(
        &mut self,
        reason: Reason,
        base: Option<Document<'t>>,
        ours: Option<Document<'t>>,
        theirs: Option<Document<'t>>,
    ) -> Option<Side> {
        let known = ours.or(theirs).or(base)?;
        let place = ours.map_or(Place { line: 1, column: 1 }, |ours| ours.root.place);
        let json = |document: Option<Document<'t>>| document.map(|document| document.root.to_json());
        let conflict = Conflict {
            file: ours.or(base).map_or(known.path, |document| document.path).to_owned(),
            object: if reason == Reason::Empty { None } else { known.key.cloned() },
            field: Field::default(),
            line: place.line,
            column: place.column,
            reason,
            base: json(base.filter(|_| reason != Reason::Empty)),
            ours: json(ours),
            theirs: json(theirs.filter(|_| reason != Reason::Empty)),
        };
        let side = self.policy.side(&conflict);
        match side {
            Some(side) => self.merged.notes.push(conflict.settled(side)),
            // A file that holds nothing is one conflict, however many objects it held.
            None if reason == Reason::Empty && self.merged.conflicts.iter().any(|known| known.file == conflict.file) => {}
            None => self.merged.conflicts.push(conflict),
        }
        side
    }

    fn write(
        mut self,
        whole: &[Whole<'_>],
        ours: &[File<'_>],
        base: &[File<'_>],
        theirs: &[File<'_>],
    ) -> Result<Merged, Vec<Refusal>> {
        if self.policy.comments == Comments::OfBoth {
            (0..self.sides.ours.len()).for_each(|file| _ = self.plans.entry(file).or_default());
        }
        for (file, plan) in std::mem::take(&mut self.plans) {
            let (path, text, _) = &self.sides.ours[file];
            let Some(at) = ours.iter().position(|known| known.path == *path) else { continue };
            let same_path = |files: &[File<'_>]| files.iter().find(|other| other.path == *path).map(|file| file.text.to_owned());
            // What nobody has edited takes the new render as it is, comments included.
            if let (true, true, Some(new)) =
                (self.is_untouched(&plan, text), same_path(base).as_deref() == Some(ours[at].text), same_path(theirs))
            {
                let both = self.both(&plan, Ties::Follow, true);
                let is_changed = !(both.changes.is_empty() && both.conflicts.is_empty() && plan.removed.is_empty() && plan.added.is_empty());
                self.merged.changes.extend(both.changes.into_iter().chain(both.conflicts.into_iter().map(Conflict::into_change)));
                if is_changed || self.policy.comments == Comments::OfBoth && new != ours[at].text {
                    self.merged.files.push(FileResult { path: (*path).to_owned(), text: Some(new), dropped_comments: Vec::new() });
                }
                continue;
            }
            match self.merge_file((path, text), &plan) {
                Ok((both, spliced)) => {
                    self.merged.changes.extend(both.changes);
                    self.merged.conflicts.extend(both.conflicts);
                    self.merged.notes.extend(both.notes);
                    let Some(spliced) = spliced else { continue };
                    let text = spliced.text.map(|text| whole[at].restore(text, spliced.ends_with_block_scalar));
                    let is_users = |comment: &String| !base.iter().any(|file| file.text.contains(comment.as_str()));
                    let dropped_comments = spliced.dropped.into_iter().filter(is_users).collect();
                    self.merged.files.push(FileResult { path: (*path).to_owned(), text, dropped_comments });
                }
                Err(what) => {
                    let file = (*path).to_owned();
                    self.refusals.push(Refusal { file, line: what.place.line, column: what.place.column, what: what.what });
                }
            }
        }
        for (path, documents) in std::mem::take(&mut self.new_files) {
            let whole_file = theirs.iter().find(|file| file.path == path);
            let all = self.sides.their_documents(&path);
            let text = match whole_file {
                Some(file) if all == documents.len() => file.text.to_owned(),
                _ => documents.iter().map(Document::body).collect::<Vec<_>>().join("---\n"),
            };
            self.merged.files.push(FileResult { path, text: Some(text), dropped_comments: Vec::new() });
        }
        self.merged.files.sort_by(|one, other| one.path.cmp(&other.path));
        self.merged.changes.sort_by(|one, other| one.file.cmp(&other.file));
        self.merged
            .conflicts
            .sort_by(|one, other| (&one.file, one.line, one.column).cmp(&(&other.file, other.line, other.column)));
        if self.refusals.is_empty() { Ok(self.merged) } else { Err(self.refusals) }
    }

    /// Merges the documents of one file of ours; no text where it stays as it is.
    fn merge_file(&self, (path, ours): (&str, &'t Text<'t>), plan: &FilePlan<'t>) -> Result<(Both<'t>, Option<Spliced>), Unmergeable> {
        let is_tied = |paired: &Paired<'t>| [paired.ours, paired.theirs].into_iter().flatten().any(|document| is_tied(document.root));
        let mut ties: &[Ties] = &[Ties::Leave];
        if plan.both.values().any(is_tied) {
            ties = &[Ties::Follow, Ties::Break, Ties::Leave];
        }
        let mut may_move = true;
        loop {
            let mut both = self.both(plan, ties[0], may_move);
            let changes = !(both.changes.is_empty() && plan.removed.is_empty() && plan.added.is_empty());
            if !changes && self.policy.comments == Comments::OfOurs {
                return Ok((both, None));
            }
            match self.splice((path, ours), plan, &mut both) {
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
    fn is_untouched(&self, plan: &FilePlan<'t>, text: &Text<'_>) -> bool {
        let count = |text: &Text<'_>| text.documents.iter().filter(|document| document.holds_something).count();
        let mut documents = plan.both.values().filter_map(|paired| Some((paired.base?, paired.ours?, paired.theirs?)));
        let stays = |(base, ours, theirs): (Document<'_>, Document<'_>, Document<'_>)| {
            base.path == ours.path && theirs.path == ours.path && equal(base.root, ours.root)
        };
        let of_theirs = plan.both.values().filter_map(|paired| paired.theirs).chain(plan.added.iter().copied());
        let theirs_count = of_theirs.clone().next().map_or(0, |theirs| count(theirs.text));
        self.policy.owned.is_empty()
            && self.policy.doubts.is_empty()
            && plan.both.values().all(|paired| paired.base.is_some())
            && documents.all(stays)
            && plan.both.len() + plan.removed.len() == count(text)
            && of_theirs.count() == theirs_count
    }

    fn splice(&self, (path, ours): (&str, &'t Text<'t>), plan: &FilePlan<'t>, both: &mut Both<'t>) -> Result<Spliced, Unmergeable> {
        let (text, gone, expected) = edited(ours, plan, &both.edits)?;
        let mut dropped: Vec<String> = gone.iter().map(|comment| ours.source[comment.range()].trim_end().to_owned()).collect();
        if expected.is_empty() && !plan.removed.is_empty() {
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
        let stays = |index: &usize| !plan.removed.contains(index) && ours.documents[*index].holds_something;
        let pairs: Vec<Option<&Paired<'t>>> = (0..ours.documents.len())
            .filter(stays)
            .map(|index| plan.both.get(&index))
            .chain(plan.added.iter().map(|_| None))
            .collect();
        let at_path = |files: &'t [ReadFile<'t>]| files.iter().find(|(known, ..)| *known == path).map(|(_, text, _)| &**text);
        let sides = [at_path(&self.sides.base), Some(ours), at_path(&self.sides.theirs)];
        let comments = recomment(sides, &read, &expected, &pairs, self.policy);
        both.conflicts.extend(comments.conflicts);
        both.notes.extend(comments.notes);
        dropped.extend(comments.dropped);
        let text = comments.text.unwrap_or_else(|| read.source.to_owned());
        let ends_with_block_scalar =
            read.documents.iter().rfind(|document| document.holds_something).is_some_and(|last| last.root.ends_with_block_scalar());
        Ok(Spliced { text: Some(text), dropped, ends_with_block_scalar })
    }
}

/// A file of ours after its edits.
struct Spliced {
    text: Option<String>,
    dropped: Vec<String>,
    ends_with_block_scalar: bool,
}

/// Why a file cannot be merged.
#[derive(Debug)]
pub(super) struct Unmergeable {
    place: Place,
    what: String,
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
type Edited<'t> = (String, Vec<Span>, Vec<Expected<'t>>);

fn edited<'t>(
    ours: &'t Text<'t>,
    plan: &FilePlan<'t>,
    edits: &BTreeMap<usize, Planned<'t>>,
) -> Result<Edited<'t>, Unmergeable> {
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
    let first = (0..ours.documents.len()).find(|index| !plan.removed.contains(index));
    if let Some(first) = first.filter(|first| *first > 0 && !source.starts_with("---")) {
        // Without anything before it, a document needs no separator.
        let line = source[starts[first]..].split_inclusive('\n').next().unwrap_or_default();
        let comment = line.find('#').unwrap_or(line.len());
        if line.starts_with("---") && line[3..comment].trim().is_empty() {
            edited.remove(starts[first]..starts[first] + comment);
        }
    }
    for (index, document) in ours.documents.iter().enumerate() {
        if plan.removed.contains(&index) {
            edited.remove(starts[index]..starts[index + 1]);
        } else if let Some(planned) = edits.get(&index) {
            edited.document(&document.root, &planned.edit).map_err(|error| Unmergeable {
                place: place_of(source, error.at),
                what: error.to_string(),
                is_order: false,
            })?;
            expected.push(planned.value.clone());
        } else if document.holds_something {
            expected.push(Expected::Node(&document.root));
        }
    }
    for (number, new) in plan.added.iter().enumerate() {
        let separator = if holds_something || number > 0 { "---\n" } else { "" };
        edited.insert(source.len(), &format!("{separator}{}", new.body()));
        expected.push(Expected::Node(new.root));
    }
    let (text, gone) = edited.finish();
    Ok((text, gone, expected))
}

fn read_again(text: &str) -> Result<Text<'_>, Unmergeable> {
    let said = |refusals: Vec<Refusal>| refusals.iter().map(ToString::to_string).collect::<String>();
    refuse::read("the merged text", text).map_err(|refusals| Unmergeable::unsafely(said(refusals)))
}

fn check(expected: &[Expected<'_>], read: &Text<'_>, moved: bool) -> Result<(), Unmergeable> {
    if all_are(expected, read, moved) {
        return Ok(());
    }
    Err(Unmergeable { is_order: moved, ..Unmergeable::unsafely("the merged text would mean something else") })
}

/// The text with the elements of its lists in their new order; `None` where none has one.
fn moved(read: &Text<'_>, expected: &[Expected<'_>]) -> Result<Option<String>, Unmergeable> {
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
                let comments = |text: &Text<'_>| {
                    let mut all: Vec<String> = text.comments.iter().map(|span| text.source[span.range()].trim_end().to_owned()).collect();
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
