//! The one place where errors become text, hints and exit codes.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde_json::{Value as Json, json};

use super::exit::Exit;
use super::{Output, ui};
use crate::formats::shell_word;
use crate::ops::{self, OpError};
use crate::workspace::{LOCK_FILE, LockFault, WorkspaceError};
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
    /// `--resolve` cannot be read.
    #[error("--resolve {text} {what}")]
    Resolve {
        /// What was given.
        text: String,
        /// What is wrong with it, as half a sentence.
        what: String,
    },
    /// A file cannot be written.
    #[error("cannot write {path}: {source}", path = path.display())]
    Unwritable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file or standard input cannot be read.
    #[error("cannot read {path}: {source}", path = path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

/// One line of a report, with the way out.
struct Line {
    text: String,
    hint: Option<String>,
}

impl CliError {
    /// Reports the error where it belongs, and says how the run ended.
    pub fn report(&self, output: Output) -> Exit {
        match output {
            Output::Text => ui::err(&self.text()),
            Output::Json => ui::out(&format!("{:#}\n", json!({"error": self.json()}))),
        }
        match self {
            Self::Op(OpError::Bug(_)) => Exit::Bug,
            Self::Cancelled => Exit::Cancelled,
            _ => Exit::NotInOrder,
        }
    }

    /// The error of one service among several.
    pub fn in_service(&self, dir: &Path) -> String {
        let text = self.text();
        let dir = dir.strip_prefix(".").unwrap_or(dir);
        if dir == Path::new("") { text } else { format!("{}: {text}", dir.display()) }
    }

    fn text(&self) -> String {
        if matches!(self, Self::Cancelled) {
            return "\nCancelled. Nothing was changed.\n".to_owned();
        }
        let mut text = format!("{} {self}; nothing was changed\n", ui::red("error:"));
        for line in self.lines() {
            _ = writeln!(text, "  {}", line.text);
            if let Some(hint) = line.hint {
                _ = writeln!(text, "    {} {hint}", ui::cyan("hint:"));
            }
        }
        if let Some(hint) = self.hint() {
            _ = writeln!(text, "\n{} {hint}", ui::cyan("hint:"));
        }
        text
    }

    fn lines(&self) -> Vec<Line> {
        match self {
            Self::Op(OpError::Faults(faults) | OpError::ObjectsStand { faults, .. }) => {
                faults.iter().map(|fault| Line { text: fault.to_string(), hint: fault.hint.clone() }).collect()
            }
            Self::Op(OpError::Workspace(errors)) => errors.iter().flat_map(workspace_lines).collect(),
            Self::Op(OpError::Refused(refusals)) => {
                refusals.iter().map(|refusal| Line { text: refusal.to_string(), hint: None }).collect()
            }
            Self::Op(OpError::Exists { paths, .. }) => {
                paths.iter().map(|path| Line { text: path.display().to_string(), hint: None }).collect()
            }
            _ => Vec::new(),
        }
    }

    /// The way out of the error as a whole.
    fn hint(&self) -> Option<String> {
        let text = match self {
            Self::Op(OpError::Faults(faults))
                if faults.iter().any(|fault| fault.message == "is missing" && fault.source.is_none()) =>
            {
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
            Self::Op(OpError::AlreadyThere(_)) => "edit its plimsoll.yaml, and run `plimsoll update` there",
            Self::Op(OpError::NoLock(path)) => {
                let dir = path.parent().unwrap_or(Path::new(""));
                return Some(if ops::adopt::is_lost(dir) {
                    format!("`{}` makes the lock again from the service file, and keeps k8s/ as it is", command("adopt", dir))
                } else {
                    format!("`{}` renders the service file that stands there", command("new", dir))
                });
            }
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
            Self::Resolve { .. } => "write for example --resolve 'Deployment.spec.template.spec.containers[*].image=ours'",
            Self::Op(OpError::TwoServiceFiles(_)) => "edit that file, and run the command without other answers",
            Self::Op(OpError::NoServiceFile(path)) if path.with_file_name(LOCK_FILE).exists() => {
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
            _ => self.lines().into_iter().map(|line| json!({"message": line.text, "hint": line.hint})).collect(),
        };
        json!({"message": self.to_string(), "hint": self.hint(), "faults": faults})
    }
}

/// A command of ours in a folder.
fn command(name: &str, dir: &Path) -> String {
    let dir = dir.strip_prefix(".").unwrap_or(dir);
    if dir == Path::new("") {
        format!("plimsoll {name}")
    } else {
        format!("plimsoll {name} {}", shell_word(&dir.to_string_lossy()))
    }
}

fn workspace_lines(error: &WorkspaceError) -> Vec<Line> {
    let mut lines = vec![Line { text: error.to_string(), hint: error.hint() }];
    // What the user's own git or a hook said is worth more than our summary of it.
    if let WorkspaceError::UserGit { output, .. } = error {
        lines.extend(output.trim_end().lines().map(|line| Line { text: format!("| {line}"), hint: None }));
    }
    lines
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
        "file": file,
        "line": line,
        "column": column,
        "given": given,
    })
}
