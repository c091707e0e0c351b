//! `plimsoll merge`.

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::{Value as Json, json};

use super::error::CliError;
use super::exit::Exit;
use super::ui::{self, Line, TextLines};
use super::update::resolve;
use super::{OutputForm, conflict};
use crate::merge::{CommentSource, Conflict, MergePolicy, Note, Side};
use crate::notation::{shell_path, shell_word};
use crate::ops::{self, MergeRequest, MergedFile, OpError};

/// Merge three files of Kubernetes objects by their structure
///
/// Takes what changed from BASE to THEIRS over into OURS, field by field; comments, order and layout of
/// everything else stay byte for byte. The merged text goes to standard output, or to FILE. Where both
/// sides changed the same field, all such conflicts are listed, and nothing is written.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct MergeArgs {
    /// What both sides began with
    base: PathBuf,
    /// The file that is edited
    ours: PathBuf,
    /// The file whose changes are taken over
    theirs: PathBuf,
    /// Write the merged text to this file; OURS to merge in place
    #[arg(long = "into", short = 'o', value_name = "FILE")]
    into: Option<PathBuf>,
    /// The file's path in the repository, where git hands over another one
    #[arg(long, value_name = "PATH")]
    name: Option<String>,
    /// How long git's conflict markers are, by which it tells whether it merges a base first
    #[arg(long, value_name = "NUMBER", requires = "name")]
    marker_size: Option<u32>,
    /// Settle conflicts: keep ours or take theirs, such as Deployment.spec.*=ours
    #[arg(long, value_name = "FIELD=SIDE")]
    resolve: Vec<String>,
    /// Settle all other conflicts by keeping ours
    #[arg(long = "ours", conflicts_with = "take_theirs")]
    keep_ours: bool,
    /// Settle all other conflicts by taking theirs
    #[arg(long = "theirs")]
    take_theirs: bool,
    /// How the result is written
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub output: OutputForm,
}

const EXAMPLES: &str = "\
Examples:
  plimsoll merge base.yaml ours.yaml theirs.yaml > merged.yaml
  plimsoll merge base.yaml ours.yaml theirs.yaml -o ours.yaml --resolve 'Deployment.spec.replicas=ours'

As git's merge driver for files that .gitattributes gives `merge=plimsoll`:
  git config merge.plimsoll.driver 'plimsoll merge %O %A %B -o %A --name %P --marker-size %L'

Exit codes:
  0  merged
  2  a file cannot be read or edited safely; nothing was written
  3  conflicts; nothing was written

Git merges the bases of a criss-cross merge first, and takes the result for the base of the merge proper.
With conflicts, and without --marker-size with those of any merge that git does, lines of comment at the
top of the file name them.";

/// How long git's conflict markers are in the merge proper.
const MARKER_SIZE: u32 = 7;

impl MergeArgs {
    /// Runs the command.
    pub fn run(&self) -> Result<Exit, CliError> {
        let marks = self.marked_file();
        let outcome = match ops::merge_files(&self.request()?) {
            Err(error @ OpError::Refused(_)) => {
                if let Some(path) = marks {
                    ops::write_open(path, None)?;
                }
                return Err(error.into());
            }
            outcome => outcome?,
        };
        let is_merged = outcome.merged.conflicts.is_empty();
        match (&self.into, marks) {
            (Some(path), _) if is_merged => ops::write_merged(path, &outcome.text)?,
            (_, Some(path)) if !is_merged => ops::write_open(path, Some((&outcome.text, &outcome.merged.conflicts)))?,
            _ => {}
        }
        if self.output == OutputForm::Json {
            ui::json(&self.json(&outcome));
        } else {
            if is_merged && self.into.is_none() {
                #[expect(clippy::disallowed_methods, reason = "data: the merged file as it is")]
                ui::data(&outcome.text);
            }
            ui::err(&self.asides(&outcome));
            ui::err(&self.conflicts(&outcome.merged.conflicts));
        }
        Ok(if is_merged { Exit::Done } else { Exit::Conflict })
    }

    fn request(&self) -> Result<MergeRequest, CliError> {
        let otherwise = match (self.keep_ours, self.take_theirs) {
            (true, _) => Some(Side::Ours),
            (_, true) => Some(Side::Theirs),
            _ => None,
        };
        let resolve = self.resolve.iter().map(|text| resolve(text)).collect::<Result<_, _>>()?;
        let (base, ours, theirs) = (self.base.clone(), self.ours.clone(), self.theirs.clone());
        Ok(MergeRequest {
            base,
            ours,
            theirs,
            name: self.name.clone(),
            policy: MergePolicy { resolve, otherwise, comments: CommentSource::OfBoth, ..MergePolicy::default() },
        })
    }

    /// The file at whose top conflicts are named: where git may be merging bases.
    fn marked_file(&self) -> Option<&Path> {
        let in_place = self.name.is_some() && self.into.as_ref() == Some(&self.ours);
        (in_place && self.marker_size.is_none_or(|size| size > MARKER_SIZE)).then_some(&*self.ours)
    }

    fn file(&self) -> String {
        self.name.clone().unwrap_or_else(|| self.ours.display().to_string())
    }

    /// What a person should know beside the merged text.
    fn asides(&self, outcome: &MergedFile) -> TextLines {
        let (mut text, file) = (TextLines::default(), self.file());
        for note in &outcome.merged.notes {
            text.line(format!("{file}: {}", words(note)));
        }
        for comment in outcome.merged.files.iter().flat_map(|file| &file.dropped_comments) {
            text.line(format!("{file}: the comment `{comment}` goes with what it stood beside"));
        }
        text
    }

    fn conflicts(&self, conflicts: &[Conflict]) -> TextLines {
        let mut text = TextLines::default();
        let Some(first) = conflicts.first() else { return text };
        let noun = if conflicts.len() == 1 { "conflict" } else { "conflicts" };
        let file = self.file();
        let written = if self.marked_file().is_some() { "named at its top" } else { "nothing was written" };
        text.line(ui::red("error:") + format!(" {} {noun} in {file}; {written}", conflicts.len()));
        for conflict in conflicts {
            text += conflict::shown(&file, conflict, &conflict.reason.to_string()).behind(&Line::from("  "), "");
        }
        let by_flag = conflicts.iter().find(|conflict| !conflict.reason.by_hand() && conflict.object.is_some());
        let otherwise = if by_flag.is_some() { "=ours" } else { "--ours" };
        let flag = match by_flag {
            Some(conflict) => format!("--resolve {}", shell_word(&format!("{}=theirs", conflict.name()))),
            None => "--theirs".to_owned(),
        };
        let hint = if conflicts.iter().all(|conflict| conflict.reason.by_hand()) {
            format!("edit {file}:{} by hand as theirs has it, or keep it with --ours", first.line)
        } else if let Some(name) = &self.name {
            let [base, ours, theirs] = ["1", "2", "3"].map(|stage| shell_word(&format!(":{stage}:{name}")));
            let name = shell_path(name);
            format!(
                "`plimsoll merge <(git show {base}) <(git show {ours}) <(git show {theirs}) -o {name} {flag}` takes theirs there, \
                 `{otherwise}` keeps what stands there, \
                 and both merge the rest; run it in the root of the repository, then `git add {name}`"
            )
        } else {
            format!("`{flag}` takes theirs there, `{otherwise}` keeps what stands there; --ours or --theirs settles them all")
        };
        text.gap();
        text.line(ui::cyan("hint:") + format!(" {hint}"));
        text
    }

    fn json(&self, outcome: &MergedFile) -> Json {
        let merged = &outcome.merged;
        let is_merged = merged.conflicts.is_empty();
        let dropped: Vec<&String> = merged.files.iter().flat_map(|file| &file.dropped_comments).collect();
        json!({
            "file": self.file(),
            "written": self.into.as_ref().filter(|_| is_merged).map(|path| path.display().to_string()),
            "text": (is_merged && self.into.is_none()).then_some(&outcome.text),
            "changes": merged.changes,
            "conflicts": merged.conflicts,
            "notes": merged.notes,
            "dropped-comments": dropped,
        })
    }
}

fn words(note: &Note) -> String {
    match note {
        Note::OrderKept { field, .. } => format!("the order of {field} stays as it is, though theirs has another one"),
        Note::OwnedElsewhere { field, by, .. } => format!("{field} is left to {by}"),
        Note::Settled { field, side: Side::Ours, .. } => format!("{field} stays as it is, as was chosen"),
        Note::Settled { field, side: Side::Theirs, .. } => format!("{field} is taken from theirs, as was chosen"),
        Note::StaysDeleted { object, .. } => format!("{object} stays removed"),
    }
}
