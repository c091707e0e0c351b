//! The one place where errors become text, hints and exit codes.

use std::path::{Path, PathBuf};

use serde_json::{Value as Json, json};

use super::OutputForm;
use super::exit::Exit;
use super::ui::{self, Line, TextLines};
use crate::change::{LOCK_FILE, LockFault};
use crate::limits::Limit;
use crate::notation::{shell_path, shell_word};
use crate::ops::{self, OpError};
use crate::workspace::{WorkspaceError, stands};
use crate::yaml::{Fault, Source};

/// What kept a command from being done.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// The operation could not be done.
    #[error(transparent)]
    Op(#[from] OpError),
    /// The user left.
    #[error("cancelled")]
    Cancelled,
    /// The terminal cannot be asked.
    #[error("cannot ask on this terminal: {0}")]
    Terminal(String),
    /// There is no such item.
    #[error("the checklist has no item `{item}`")]
    NoSuchItem {
        /// What was asked for.
        item: String,
        /// The item that may be meant.
        near: Option<String>,
    },
    /// There is no such command.
    #[error("there is no command `{0}`")]
    NoSuchCommand(String),
    /// There is no service below the folders.
    #[error("there is no service in {}", .0.iter().map(|dir| dir.display().to_string()).collect::<Vec<_>>().join(", "))]
    NoServices(Vec<PathBuf>),
    /// Nobody could be asked whether files shall be written.
    #[error("nobody has agreed to these changes")]
    NotAgreed,
    /// An option that names a field cannot be read.
    #[error("{option} {text} {what}")]
    Field {
        /// The option.
        option: &'static str,
        /// What was given.
        text: String,
        /// What is wrong with it, as half a sentence.
        what: String,
    },
    /// A file cannot be written.
    #[error(transparent)]
    Unwritable(WorkspaceError),
    /// What was done, or found, did not come to where it was to be reported.
    #[error("{0}")]
    Lost(&'static str),
    /// What was to be changed could not be shown.
    #[error("{0}")]
    Unheard(&'static str),
}

/// One line of a report, with the way out.
#[derive(Default)]
struct Fact {
    text: String,
    hint: Option<String>,
    /// The limit that something goes beyond.
    limit: Option<Limit>,
}

impl Fact {
    fn of(text: &impl ToString) -> Self {
        Self { text: text.to_string(), ..Self::default() }
    }
}

impl CliError {
    /// Why nothing was written: what was to be written could not be shown, or the person has left.
    pub fn left() -> Self {
        ui::lost().map_or(Self::Cancelled, Self::Unheard)
    }

    /// Reports the error where it belongs, and says how the run ended.
    pub fn report(&self, output: OutputForm) -> Exit {
        match output {
            OutputForm::Text => ui::err(&self.text()),
            OutputForm::Json => ui::json(&json!({"error": self.json()})),
        }
        match self {
            Self::Op(OpError::Bug(_)) => Exit::Bug,
            Self::Cancelled => Exit::Cancelled,
            _ => Exit::NotInOrder,
        }
    }

    /// The error of one service among several.
    pub fn in_service(&self, dir: &Path) -> TextLines {
        let dir = dir.strip_prefix(".").unwrap_or(dir);
        let dir = if dir == Path::new("") { String::new() } else { format!("{}: ", dir.display()) };
        self.text().behind(&dir.into(), "")
    }

    fn text(&self) -> TextLines {
        let mut text = TextLines::default();
        match self {
            Self::Cancelled => {
                text.gap();
                text.line("Cancelled. Nothing was changed.");
                return text;
            }
            Self::Lost(_) => {
                text.line(ui::red("error:") + format!(" {self}"));
                if let Some(done) = ui::done() {
                    text += done.clone().behind(&"  ".into(), "  ");
                }
            }
            Self::Op(OpError::Workspace(errors)) if !errors.iter().all(WorkspaceError::is_restored) => {
                text.line(ui::red("error:") + format!(" {self}"));
            }
            _ => text.line(ui::red("error:") + format!(" {self}; nothing was changed")),
        }
        for fact in self.facts() {
            text.line(format!("  {}", fact.text));
            if let Some(hint) = fact.hint {
                text.line(Line::from("    ") + ui::cyan("hint:") + format!(" {hint}"));
            }
        }
        if let Some(hint) = self.hint() {
            text.gap();
            text.line(ui::cyan("hint:") + format!(" {hint}"));
        }
        text
    }

    fn facts(&self) -> Vec<Fact> {
        match self {
            Self::Op(OpError::Faults(faults) | OpError::ObjectsStand { faults, .. }) => {
                faults.iter().map(|fault| Fact { hint: fault.hint.clone(), limit: fault.limit, ..Fact::of(fault) }).collect()
            }
            Self::Op(OpError::Workspace(errors)) => errors.iter().flat_map(workspace_facts).collect(),
            Self::Op(OpError::Refused(refusals)) => refusals.iter().map(Fact::of).collect(),
            Self::Op(OpError::AllGone { dir, files, .. }) => {
                files.iter().map(|file| Fact::of(&dir.join(file).display())).collect()
            }
            Self::Op(OpError::Exists { paths, .. }) => paths.iter().map(|path| Fact::of(&path.display())).collect(),
            _ => Vec::new(),
        }
    }

    /// The way out of the error as a whole.
    fn hint(&self) -> Option<String> {
        let text = match self {
            Self::Op(OpError::Faults(faults)) if faults.iter().any(|fault| fault.is_missing && fault.source.is_none()) => {
                "answer with --set KEY=VALUE or --values FILE, or run `plimsoll new` on a terminal"
            }
            Self::Op(OpError::Exists { dir, .. } | OpError::ObjectsStand { dir, .. }) => {
                let adopt = command("adopt", dir);
                return Some(if ops::adopt::is_lost(dir) {
                    format!("`{adopt}` makes the lock again that is lost, and keeps what stands")
                } else {
                    format!("`{adopt}` takes over what stands; `plimsoll new` in another folder starts a service beside it")
                });
            }
            Self::Op(OpError::AlreadyThere(_)) => {
                "edit its plimsoll.yaml, and run `plimsoll update` there; `--take FIELD` takes what owned-elsewhere holds back"
            }
            Self::Op(OpError::NoLock(path)) => {
                let dir = path.parent().unwrap_or(Path::new(""));
                return Some(if ops::adopt::is_lost(dir) {
                    format!("`{}` makes the lock again from the service file, and keeps k8s/ as it is", command("adopt", dir))
                } else {
                    format!("`{}` renders the service file that stands there", command("new", dir))
                });
            }
            Self::Op(OpError::AllGone { dir, files, elsewhere }) => return Some(all_gone(dir, files, elsewhere.as_deref())),
            Self::Op(OpError::NotInRepository(_)) => "make one with `git init`, or pass `--no-commit` to write files only",
            Self::Op(OpError::Lock { fault: LockFault::Newer { .. }, .. }) => "install that version, or a newer one",
            Self::Op(OpError::Lock { path, .. }) => {
                let path = shell_word(&path.to_string_lossy());
                return Some(format!("take one of its versions from git as it is, as with `git checkout HEAD -- {path}`"));
            }
            Self::Op(OpError::Refused(_)) => "mend these lines by hand, and run the command again",
            Self::NotAgreed => "look at them with --dry-run, and write them with --yes",
            Self::Op(OpError::ChangedMeanwhile(_)) => "run the command again",
            Self::NoServices(_) => "a service is a folder with plimsoll.yaml and plimsoll.lock; `plimsoll new` starts one",
            Self::Field { option: "--resolve", .. } => {
                "write for example --resolve 'Deployment.spec.template.spec.containers[*].image=ours'"
            }
            Self::Field { .. } => "write for example --take 'Deployment.spec.template.spec.securityContext.runAsUser'",
            Self::Op(OpError::TwoServiceFiles(_)) => "edit that file, and run the command without other answers",
            Self::Op(OpError::NoServiceFile(path)) if stands(&path.with_file_name(LOCK_FILE)) => {
                let path = shell_word(&path.to_string_lossy());
                return Some(format!("take it back from git, as with `git checkout HEAD -- {path}`"));
            }
            Self::Op(OpError::NoServiceFile(_)) => "`plimsoll new` starts a service",
            Self::Op(OpError::NotAFolder(_)) => "name the folder in which the manifests of the service stand",
            Self::Op(OpError::Bug(_)) => "please report it with the command that you ran",
            Self::NoSuchItem { near: Some(near), .. } => return Some(format!("did you mean `{near}`?")),
            Self::NoSuchItem { near: None, .. } => "`plimsoll checklist` lists them all",
            _ => return None,
        };
        Some(text.to_owned())
    }

    /// The error for programs.
    pub fn json(&self) -> Json {
        let faults: Vec<Json> = match self {
            Self::Op(OpError::Faults(faults) | OpError::ObjectsStand { faults, .. }) => faults.iter().map(fault_json).collect(),
            _ => self
                .facts()
                .into_iter()
                .map(|fact| json!({"message": fact.text, "hint": fact.hint, "limit": fact.limit}))
                .collect(),
        };
        json!({"message": self.to_string(), "hint": self.hint(), "faults": faults})
    }
}

/// A command of ours in a folder.
pub fn command(name: &str, dir: &Path) -> String {
    let dir = dir.strip_prefix(".").unwrap_or(dir);
    if dir == Path::new("") {
        format!("plimsoll {name}")
    } else {
        format!("plimsoll {name} {}", shell_path(&dir.to_string_lossy()))
    }
}

/// The ways back of a service that has lost all its manifests.
fn all_gone(dir: &Path, files: &[String], elsewhere: Option<&Path>) -> String {
    if let (Some(elsewhere), Some((folder, _))) = (elsewhere, files.first().and_then(|file| file.rsplit_once('/'))) {
        let folder = shell_path(&dir.join(folder).to_string_lossy());
        return format!("its objects stand in {}; updates find them below {folder}: move them there", elsewhere.display());
    }
    let words: Vec<String> = files.iter().map(|file| shell_path(&dir.join(file).to_string_lossy())).collect();
    let lock = shell_path(&dir.join(LOCK_FILE).to_string_lossy());
    format!(
        "`git checkout HEAD -- {}` brings them back, or `git sparse-checkout disable`; to render the service anew: `rm {lock} && {}`",
        words.join(" "),
        command("new", dir)
    )
}

fn workspace_facts(error: &WorkspaceError) -> Vec<Fact> {
    let mut facts = vec![Fact { hint: error.hint(), limit: error.limit(), ..Fact::of(error) }];
    // What the user's own git or a hook said is worth more than our summary of it.
    if let WorkspaceError::UserGit { output, .. } = error.root_cause() {
        facts.extend(output.trim_end().lines().map(|line| Fact::of(&format!("| {line}"))));
    }
    facts
}

fn fault_json(fault: &Fault) -> Json {
    let (file, line, column, given) = match &fault.source {
        Some(Source::File(name, place)) => (Some(name.as_ref()), Some(place.line), Some(place.column), None),
        Some(Source::Given(label)) => (None, None, None, Some(label.as_str())),
        None => (None, None, None, None),
    };
    json!({
        "field": fault.route.to_string(),
        "message": fault.message,
        "hint": fault.hint,
        "item": fault.item,
        "limit": fault.limit,
        "file": file,
        "line": line,
        "column": column,
        "given": given,
    })
}
