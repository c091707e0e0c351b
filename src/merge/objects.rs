//! The merge of whole files: objects are paired wherever they stand, planned one by one, and each
//! file of ours is written once.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::documents::{Document, Paired, Sides, pair_documents};
use super::plan::{Planned, Planner, is_tied};
use super::verify::{Expected, lost_comments};
use super::{Change, ChangeKind, Conflict, File, FileResult, Merged, Note, Policy, Reader, Reason, Refusal, Side, refuse};
use crate::formats::Field;
use crate::yaml::edit::{Piece, Splice, newline_of};
use crate::yaml::{Place, Text};

/// What becomes of the documents of one file of ours.
#[derive(Default)]
struct FilePlan<'t> {
    edits: BTreeMap<usize, Planned<'t>>,
    removed: BTreeSet<usize>,
    /// New documents, for the end of the file.
    added: Vec<Document<'t>>,
    changes: usize,
    /// Whether each document has come from one file and stands in one file on all sides.
    is_mirrored: bool,
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
    let pairs = pair_documents(&sides)?;
    let mut run = Run { sides: &sides, policy, merged: Merged::default(), plans: BTreeMap::new(), new_files: BTreeMap::new() };
    for paired in &pairs {
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
}

impl<'t> Run<'t, '_> {
    fn plan(&mut self, paired: &Paired<'t>) {
        match (paired.base, paired.ours, paired.theirs) {
            (base, Some(ours), Some(theirs)) => self.both(base, ours, theirs),
            (Some(base), Some(ours), None) => self.only_ours(base, ours),
            (base, None, Some(theirs)) => self.only_theirs(base, theirs),
            _ => {}
        }
    }

    fn planner(
        &self,
        document: Document<'t>,
        base: Option<Document<'t>>,
        ours: Document<'t>,
        theirs: Document<'t>,
    ) -> Planner<'t, '_> {
        Planner {
            file: ours.path,
            object: document.key.cloned(),
            policy: self.policy,
            base: base.map(|base| base.text),
            ours: ours.text,
            theirs: theirs.text,
            field: Field::default(),
            changes: Vec::new(),
            conflicts: Vec::new(),
            notes: Vec::new(),
        }
    }

    fn both(&mut self, base: Option<Document<'t>>, ours: Document<'t>, theirs: Document<'t>) {
        let mut at_work = self.planner(ours, base, ours, theirs);
        let piece = Piece::root(theirs.text, theirs.root);
        let planned = at_work.both(base.map(|base| base.root), ours.root, piece);
        let (changes, conflicts, notes) = (at_work.changes, at_work.conflicts, at_work.notes);
        let plan = self.plans.entry(ours.file).or_insert_with(|| FilePlan { is_mirrored: true, ..FilePlan::default() });
        plan.changes += changes.len();
        plan.is_mirrored &= theirs.path == ours.path && base.is_some_and(|base| base.path == ours.path);
        plan.edits.insert(ours.index, planned);
        self.merged.changes.extend(changes);
        self.merged.conflicts.extend(conflicts);
        self.merged.notes.extend(notes);
    }

    fn only_ours(&mut self, base: Document<'t>, ours: Document<'t>) {
        let unchanged = super::meaning::same(base.root, ours.root, ("", ""));
        let side =
            if unchanged { Some(Side::Theirs) } else { self.conflict(Reason::TheirsRemoved, Some(base), Some(ours), None) };
        if side != Some(Side::Theirs) {
            return;
        }
        self.change(ours, ChangeKind::Removed);
        let plan = self.plans.entry(ours.file).or_default();
        plan.removed.insert(ours.index);
        plan.changes += 1;
    }

    fn only_theirs(&mut self, base: Option<Document<'t>>, theirs: Document<'t>) {
        if let Some(base) = base {
            if let (Some(object), true) = (theirs.key, self.policy.deleted_objects_stay) {
                let note = Note::StaysDeleted { object: object.clone(), file: theirs.path.to_owned() };
                self.merged.notes.push(note);
                return;
            }
            if super::meaning::same(base.root, theirs.root, ("", "")) {
                return;
            }
            let emptied =
                self.sides.ours_at(base.path).is_some_and(|text| !text.documents.iter().any(|document| document.holds_something));
            let reason = if emptied { Reason::Empty } else { Reason::OursRemoved };
            if self.conflict(reason, Some(base), None, Some(theirs)) != Some(Side::Theirs) {
                return;
            }
        }
        self.change(theirs, ChangeKind::Added);
        if let Some(file) = self.sides.our_file(theirs.path) {
            let plan = self.plans.entry(file).or_default();
            plan.added.push(theirs);
            plan.changes += 1;
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
        let mut refusals = Vec::new();
        for (file, plan) in std::mem::take(&mut self.plans) {
            if plan.changes == 0 {
                continue;
            }
            let (path, text, _) = &self.sides.ours[file];
            let Some(at) = ours.iter().position(|known| known.path == *path) else { continue };
            let same_path = |files: &[File<'_>]| files.iter().find(|other| other.path == *path).map(|file| file.text.to_owned());
            // What nobody has edited takes the new render as it is, comments included.
            if let (true, true, Some(new)) =
                (self.is_untouched(&plan, text), same_path(base).as_deref() == Some(ours[at].text), same_path(theirs))
            {
                self.merged.files.push(FileResult { path: (*path).to_owned(), text: Some(new), dropped_comments: Vec::new() });
                continue;
            }
            match splice(text, &plan) {
                Ok(spliced) => {
                    let text = spliced.text.map(|text| whole[at].restore(text, spliced.ends_with_block_scalar));
                    let is_users = |comment: &String| !base.iter().any(|file| file.text.contains(comment.as_str()));
                    let dropped_comments = spliced.dropped.into_iter().filter(is_users).collect();
                    self.merged.files.push(FileResult { path: (*path).to_owned(), text, dropped_comments });
                }
                Err((place, what)) => {
                    refusals.push(Refusal { file: (*path).to_owned(), line: place.line, column: place.column, what });
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
        if refusals.is_empty() { Ok(self.merged) } else { Err(refusals) }
    }

    /// Whether the file may be replaced by the new render as a whole, if its bytes are those of base.
    fn is_untouched(&self, plan: &FilePlan<'t>, text: &Text<'_>) -> bool {
        let documents = text.documents.iter().filter(|document| document.holds_something).count();
        self.policy.owned.is_empty()
            && plan.is_mirrored
            && plan.removed.is_empty()
            && plan.added.is_empty()
            && plan.edits.len() == documents
            && !text.documents.iter().any(|document| is_tied(&document.root))
    }
}

/// A file of ours after its edits.
struct Spliced {
    text: Option<String>,
    dropped: Vec<String>,
    ends_with_block_scalar: bool,
}

fn splice(ours: &Text<'_>, plan: &FilePlan<'_>) -> Result<Spliced, (Place, String)> {
    let nowhere = Place { line: 1, column: 1 };
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
        } else if let Some(planned) = plan.edits.get(&index) {
            edited.document(&document.root, &planned.edit).map_err(|error| (place_of(source, error.at), error.to_string()))?;
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
    let dropped = gone.iter().map(|comment| source[comment.range()].trim_end().to_owned()).collect();
    if expected.is_empty() {
        return Ok(Spliced { text: None, dropped, ends_with_block_scalar: false });
    }
    let merged = refuse::read("the merged text", &text).map_err(|refusals| {
        (nowhere, format!("cannot be merged safely: {}", refusals.iter().map(ToString::to_string).collect::<String>()))
    })?;
    let values: Vec<_> =
        merged.documents.iter().filter(|document| document.holds_something).map(|document| &document.root).collect();
    if values.len() != expected.len() || !expected.iter().zip(&values).all(|(expected, value)| expected.is(value)) {
        return Err((nowhere, "cannot be merged safely: the merged text would mean something else".to_owned()));
    }
    if let Some(comment) = lost_comments(ours, &merged, &gone).first() {
        return Err((nowhere, format!("cannot be merged safely: the comment `{comment}` would be lost")));
    }
    let ends_with_block_scalar = values.last().is_some_and(|root| root.ends_with_block_scalar());
    Ok(Spliced { text: Some(text), dropped, ends_with_block_scalar })
}

#[expect(clippy::cast_possible_truncation, reason = "texts are bounded far below 4 GiB")]
fn place_of(source: &str, at: u32) -> Place {
    let before = &source[..at as usize];
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    Place { line: line as u32, column: column as u32 }
}
