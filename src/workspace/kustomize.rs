//! The user's own kustomize, and what it builds.

use std::env;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use super::below::{resolve_typed, text_of, work_tree_around};
use super::error::WorkspaceError;
use super::remote::without_credentials;
use crate::limits::INPUT_BYTES;

/// How long a build may take.
const LONGEST: Duration = Duration::from_secs(60);
/// How much is told of what it says when it fails, in bytes.
const MOST_SAID: u64 = 4096;

/// The programs that build a kustomization, with the words before its folder, in the order in which they are taken.
const PROGRAMS: [(&str, &str); 2] = [("kubectl", "kustomize"), ("kustomize", "build")];

/// Builds the kustomization in a folder with the user's own `kubectl kustomize` or `kustomize build`. What it may
/// read is not bounded here.
///
/// # Errors
/// Neither program is found; it fails, takes too long, or writes too much.
pub fn build_kustomization(folder: &Path) -> Result<String, WorkspaceError> {
    let real = resolve_typed(folder)?;
    let (program, (name, word)) = find(work_tree_around(&real).unwrap_or(&real)).ok_or(WorkspaceError::NoKustomize)?;
    let command = format!("{name} {word}");
    let failed = |why: String| WorkspaceError::Kustomize { command: command.clone(), folder: folder.to_owned(), why };
    let mut child = Command::new(program)
        .arg(word)
        // A name that begins with a dash is none of its options.
        .arg(real)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| failed(error.to_string()))?;
    let (sender, receiver) = mpsc::channel();
    let (out, err) = (child.stdout.take(), child.stderr.take());
    let said = thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut err) = err {
            _ = err.by_ref().take(MOST_SAID).read_to_end(&mut bytes);
            // A full pipe must not stop it.
            _ = std::io::copy(&mut err, &mut std::io::sink());
        }
        String::from_utf8_lossy(&bytes).trim().to_owned()
    });
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let outcome = out.map(|out| out.take(INPUT_BYTES as u64 + 1).read_to_end(&mut bytes)).transpose();
        _ = sender.send(outcome.map(|_| bytes));
    });
    let bytes = match receiver.recv_timeout(LONGEST) {
        Ok(Ok(bytes)) if bytes.len() > INPUT_BYTES => {
            end(&mut child);
            return Err(failed(format!("it writes more than {} MiB", INPUT_BYTES >> 20)));
        }
        Ok(Ok(bytes)) => bytes,
        Ok(Err(error)) => {
            end(&mut child);
            return Err(failed(error.to_string()));
        }
        Err(_) => {
            end(&mut child);
            return Err(failed(format!("it takes longer than {} seconds", LONGEST.as_secs())));
        }
    };
    let status = child.wait().map_err(|error| failed(error.to_string()))?;
    if !status.success() {
        let said = said.join().unwrap_or_default();
        return Err(failed(if said.is_empty() { status.to_string() } else { without_credentials(&said) }));
    }
    text_of(bytes, folder)
}

fn end(child: &mut Child) {
    _ = child.kill();
    _ = child.wait();
}

/// The first program that is installed: on a path of its own, and not in the repository, where it could be
/// anybody's.
fn find(work_tree: &Path) -> Option<(PathBuf, (&'static str, &'static str))> {
    let path = env::var_os("PATH")?;
    let folders: Vec<PathBuf> = env::split_paths(&path).filter(|folder| folder.is_absolute()).collect();
    PROGRAMS.into_iter().find_map(|program| {
        let file = format!("{}{}", program.0, env::consts::EXE_SUFFIX);
        let candidates = folders.iter().map(|folder| folder.join(&file));
        let found = candidates
            .into_iter()
            .find(|file| is_executable(file) && fs::canonicalize(file).is_ok_and(|real| !real.starts_with(work_tree)));
        found.map(|found| (found, program))
    })
}

#[cfg(unix)]
fn is_executable(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    fs::metadata(file).is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_executable(file: &Path) -> bool {
    file.is_file()
}
