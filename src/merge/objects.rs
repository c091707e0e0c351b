//! The merge of whole files: objects are paired wherever they stand, merged one by one, and each
//! file of ours is written once.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::rc::Rc;

use super::documents::{FileSides, MergeDocument, Paired, pair_documents};
use super::fields::Ties;
use super::file::{FileTasks, Merge};
use super::meaning::equal;
use super::{
    ChangeKind, CommentSource, Conflict, ConflictReason, FieldChange, FileResult, MergePolicy, MergeRefusal, Merged, Note, Side,
    SourceFile, TextReader, refuse,
};
use crate::notation::Field;
use crate::yaml::edit::newline_of;
use crate::yaml::{Place, YamlText};

/// Merges files.
///
/// # Errors
/// Every file that cannot be read or edited safely, with the line.
pub fn merge<'t>(
    reader: &TextReader<'t>,
    base: &[SourceFile<'t>],
    ours: &[SourceFile<'t>],
    theirs: &[SourceFile<'t>],
    policy: &MergePolicy,
) -> Result<Merged, Vec<MergeRefusal>> {
    let is_same = |files: &[SourceFile<'_>], file: &SourceFile<'_>| {
        files.iter().any(|other| other.path == file.path && other.text == file.text)
    };
    let differ = |file: &&SourceFile<'_>| !(is_same(base, file) && is_same(ours, file) && is_same(theirs, file));
    // A file that is the same on all sides holds the same objects on all sides.
    let [base, ours, theirs] = [base, ours, theirs].map(|files| files.iter().filter(differ).copied().collect::<Vec<_>>());
    let (base, ours, theirs) = (base.as_slice(), ours.as_slice(), theirs.as_slice());
    let whole: Vec<Whole<'_>> = ours.iter().map(Whole::of).collect();
    let read = |files: &[SourceFile<'t>]| files.iter().map(|file| (file.path, reader.read(*file))).collect();
    let read_ours = ours.iter().zip(&whole).map(|(file, whole)| (file.path, whole.read(file.path, reader))).collect();
    let sides = FileSides::of(read(base), read_ours, read(theirs))?;
    let mut run = ObjectsMerge {
        files: Merge { sides: &sides, policy },
        merged: Merged::default(),
        tasks: BTreeMap::new(),
        new_files: BTreeMap::new(),
        refusals: Vec::new(),
    };
    for paired in pair_documents(&sides) {
        run.take(paired);
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
    fn of(file: &SourceFile<'t>) -> Self {
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

    fn read<'s>(&'s self, path: &'t str, reader: &TextReader<'t>) -> Result<Rc<YamlText<'s>>, Vec<MergeRefusal>> {
        match &self.text {
            Cow::Borrowed(text) => reader.read(SourceFile { path, text }).map(|read| read as Rc<YamlText<'s>>),
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

struct ObjectsMerge<'t, 'p> {
    files: Merge<'t, 'p>,
    merged: Merged,
    tasks: BTreeMap<usize, FileTasks<'t>>,
    new_files: BTreeMap<String, Vec<MergeDocument<'t>>>,
    refusals: Vec<MergeRefusal>,
}

impl<'t> ObjectsMerge<'t, '_> {
    fn take(&mut self, paired: Paired<'t>) {
        if let Some(twice) = &paired.twice {
            // Which of them would change is not told; none has to where theirs changes nothing.
            let is_same = |(base, theirs): (MergeDocument<'_>, MergeDocument<'_>)| equal(base.root, theirs.root);
            if paired.base.is_some() != paired.theirs.is_some() || !paired.base.zip(paired.theirs).is_none_or(is_same) {
                self.refusals.push(twice.clone());
            }
            return;
        }
        match (paired.base, paired.ours, paired.theirs) {
            (_, Some(ours), Some(_)) => _ = self.tasks.entry(ours.file).or_default().both.insert(ours.index, paired),
            (Some(base), Some(ours), None) => self.only_ours(base, ours),
            (base, None, Some(theirs)) => self.only_theirs(base, theirs),
            _ => {}
        }
    }

    fn only_ours(&mut self, base: MergeDocument<'t>, ours: MergeDocument<'t>) {
        let doubted = self.files.policy.doubts(ours.key, &Field::default());
        let unchanged = !doubted && super::meaning::same(base.root, ours.root, ("", ""));
        let side = if unchanged {
            Some(Side::Theirs)
        } else {
            self.conflict(ConflictReason::TheirsRemoved, Some(base), Some(ours), None)
        };
        if side != Some(Side::Theirs) {
            return;
        }
        self.change(ours, ChangeKind::Removed);
        self.tasks.entry(ours.file).or_default().removed.insert(ours.index);
    }

    fn only_theirs(&mut self, base: Option<MergeDocument<'t>>, theirs: MergeDocument<'t>) {
        let doubted = self.files.policy.doubts(theirs.key, &Field::default());
        if base.is_some() || doubted {
            if let (Some(object), true) = (theirs.key, self.files.policy.deleted_objects_stay && !doubted) {
                let note = Note::StaysDeleted { object: object.clone(), file: theirs.path.to_owned() };
                self.merged.notes.push(note);
                return;
            }
            if !doubted && base.is_some_and(|base| super::meaning::same(base.root, theirs.root, ("", ""))) {
                return;
            }
            let path = base.map_or(theirs.path, |base| base.path);
            let emptied = self
                .files
                .sides
                .ours_at(path)
                .is_some_and(|text| !text.documents.iter().any(|document| document.holds_something));
            let reason = if emptied { ConflictReason::Empty } else { ConflictReason::OursRemoved };
            if self.conflict(reason, base, None, Some(theirs)) != Some(Side::Theirs) {
                return;
            }
        }
        self.change(theirs, ChangeKind::Added);
        if let Some(file) = self.files.sides.our_file(theirs.path) {
            self.tasks.entry(file).or_default().added.push(theirs);
        } else {
            self.new_files.entry(theirs.path.to_owned()).or_default().push(theirs);
        }
    }

    fn change(&mut self, document: MergeDocument<'t>, kind: ChangeKind) {
        let value = Some(document.root.to_json());
        let (before, after) = if kind == ChangeKind::Removed { (value, None) } else { (None, value) };
        let object = document.key.cloned();
        self.merged.changes.push(FieldChange {
            file: document.path.to_owned(),
            object,
            field: Field::default(),
            kind,
            before,
            after,
        });
    }

    /// A conflict about an object as a whole; for whom it is settled.
    fn conflict(
        &mut self,
        reason: ConflictReason,
        base: Option<MergeDocument<'t>>,
        ours: Option<MergeDocument<'t>>,
        theirs: Option<MergeDocument<'t>>,
    ) -> Option<Side> {
        let known = ours.or(theirs).or(base)?;
        let place = ours.map_or(Place { line: 1, column: 1 }, |ours| ours.root.place);
        let json = |document: Option<MergeDocument<'t>>| document.map(|document| document.root.to_json());
        let conflict = Conflict {
            file: ours.or(base).map_or(known.path, |document| document.path).to_owned(),
            object: if reason == ConflictReason::Empty { None } else { known.key.cloned() },
            field: Field::default(),
            line: place.line,
            column: place.column,
            reason,
            base: json(base.filter(|_| reason != ConflictReason::Empty)),
            ours: json(ours),
            theirs: json(theirs.filter(|_| reason != ConflictReason::Empty)),
        };
        let side = self.files.policy.side(&conflict);
        match side {
            Some(side) => self.merged.notes.push(conflict.settled(side)),
            // A file that holds nothing is one conflict, however many objects it held.
            None if reason == ConflictReason::Empty && self.merged.conflicts.iter().any(|known| known.file == conflict.file) => {}
            None => self.merged.conflicts.push(conflict),
        }
        side
    }

    fn write(
        mut self,
        whole: &[Whole<'_>],
        ours: &[SourceFile<'_>],
        base: &[SourceFile<'_>],
        theirs: &[SourceFile<'_>],
    ) -> Result<Merged, Vec<MergeRefusal>> {
        if self.files.policy.comments == CommentSource::OfBoth {
            (0..self.files.sides.ours.len()).for_each(|file| _ = self.tasks.entry(file).or_default());
        }
        for (file, in_file) in std::mem::take(&mut self.tasks) {
            let (path, text, _) = &self.files.sides.ours[file];
            let Some(at) = ours.iter().position(|known| known.path == *path) else { continue };
            let same_path =
                |files: &[SourceFile<'_>]| files.iter().find(|other| other.path == *path).map(|file| file.text.to_owned());
            // What nobody has edited takes the new render as it is, comments included.
            if let (true, true, Some(new)) =
                (self.files.is_untouched(&in_file, text), same_path(base).as_deref() == Some(ours[at].text), same_path(theirs))
            {
                let both = self.files.both(&in_file, Ties::Follow, true);
                let is_changed = !(both.changes.is_empty()
                    && both.conflicts.is_empty()
                    && in_file.removed.is_empty()
                    && in_file.added.is_empty());
                self.merged.changes.extend(both.changes.into_iter().chain(both.conflicts.into_iter().map(Conflict::into_change)));
                if is_changed || self.files.policy.comments == CommentSource::OfBoth && new != ours[at].text {
                    self.merged.files.push(FileResult {
                        path: (*path).to_owned(),
                        text: Some(new),
                        dropped_comments: Vec::new(),
                    });
                }
                continue;
            }
            match self.files.merge_file((path, text), &in_file) {
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
                    self.refusals.push(MergeRefusal { file, line: what.place.line, column: what.place.column, what: what.what });
                }
            }
        }
        for (path, documents) in std::mem::take(&mut self.new_files) {
            let whole_file = theirs.iter().find(|file| file.path == path);
            let all = self.files.sides.their_documents(&path);
            let text = match whole_file {
                Some(file) if all == documents.len() => file.text.to_owned(),
                _ => documents.iter().map(MergeDocument::body).collect::<Vec<_>>().join("---\n"),
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
}
