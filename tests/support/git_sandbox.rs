//! Repositories in temporary folders, cut off from the user's configuration.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;
use std::time::Duration;

use plimsoll::workspace::{Commit, CommitRequest, Repo, Session, WorkspaceError, WriteSet};
use tempfile::TempDir;

use super::git_snapshot::{Snapshot, collect};

/// The time of every commit, in the form git stores it.
pub const COMMIT_TIME: &str = "1700000000 +0900";

/// Cuts git and libgit2 off from the machine, once for the whole process.
#[expect(unsafe_code, reason = "the environment of a process can only be set so")]
fn isolate() {
    static HOME: OnceLock<TempDir> = OnceLock::new();
    HOME.get_or_init(|| {
        let home = tempfile::tempdir().unwrap();
        // SAFETY: every test comes here first and waits; none has read the
        // environment or called libgit2 before.
        unsafe {
            for name in [
                "GIT_AUTHOR_NAME",
                "GIT_AUTHOR_EMAIL",
                "GIT_COMMITTER_NAME",
                "GIT_COMMITTER_EMAIL",
                "EMAIL",
                "GIT_DIR",
                "GIT_WORK_TREE",
                "GIT_INDEX_FILE",
                "XDG_STATE_HOME",
            ] {
                std::env::remove_var(name);
            }
            std::env::set_var("HOME", home.path());
            std::env::set_var("XDG_CONFIG_HOME", home.path());
            std::env::set_var("GIT_CONFIG_GLOBAL", "/dev/null");
            std::env::set_var("GIT_CONFIG_NOSYSTEM", "1");
            std::env::set_var("GIT_AUTHOR_DATE", COMMIT_TIME);
            std::env::set_var("GIT_COMMITTER_DATE", COMMIT_TIME);
            std::env::set_var("LC_ALL", "C.UTF-8");
            for level in
                [git2::ConfigLevel::System, git2::ConfigLevel::Global, git2::ConfigLevel::XDG, git2::ConfigLevel::ProgramData]
            {
                git2::opts::set_search_path(level, "").unwrap();
            }
        }
        home
    });
}

/// An empty temporary folder, with git isolated.
pub fn folder() -> TempDir {
    isolate();
    tempfile::tempdir().unwrap()
}

/// A repository with a work tree.
pub struct Sandbox {
    _folder: TempDir,
    pub root: PathBuf,
}

impl Sandbox {
    /// A repository without a commit.
    pub fn empty() -> Self {
        let folder = folder();
        let root = fs::canonicalize(folder.path()).unwrap().join("repo");
        fs::create_dir(&root).unwrap();
        git(&root, ["init", "--quiet", "--initial-branch=main"]);
        git(&root, ["config", "user.name", "Tester"]);
        git(&root, ["config", "user.email", "tester@example.com"]);
        Self { _folder: folder, root }
    }

    /// A repository with one commit and with work of others in every state.
    pub fn busy() -> Self {
        let sandbox = Self::empty();
        for name in ["kept", "staged", "modified", "both", "deleted", "gone"] {
            sandbox.write(&format!("others/{name}"), &format!("{name}\n"));
        }
        sandbox.git(["add", "--all"]);
        sandbox.git(["commit", "--quiet", "--message=first"]);
        sandbox.write("others/kept", "stashed\n");
        sandbox.git(["stash", "--quiet"]);
        sandbox.write("others/staged", "staged edit\n");
        sandbox.write("others/both", "staged half\n");
        sandbox.write("others/added", "added\n");
        sandbox.git(["add", "others"]);
        sandbox.git(["rm", "--quiet", "--cached", "others/gone"]);
        sandbox.write("others/both", "other half\n");
        sandbox.write("others/modified", "edit\n");
        sandbox.write("others/intended", "intended\n");
        sandbox.git(["add", "--intent-to-add", "others/intended"]);
        sandbox.write("others/untracked", "untracked\n");
        fs::remove_file(sandbox.path("others/deleted")).unwrap();
        sandbox
    }

    pub fn path(&self, path: &str) -> PathBuf {
        self.root.join(path)
    }

    pub fn write(&self, path: &str, text: &str) {
        write(&self.path(path), text);
    }

    /// Writes an executable script.
    pub fn script(&self, path: &str, text: &str) {
        self.write(path, &format!("#!/bin/sh\n{text}\n"));
        set_mode(&self.path(path), 0o755);
    }

    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap()
    }

    /// Writes a file and commits it, by git itself.
    pub fn commit_file(&self, path: &str, text: &str) {
        self.write(path, text);
        self.git(["add", path]);
        self.git(["commit", "--quiet", "--message=more", "--only", "--", path]);
    }

    pub fn git<const N: usize>(&self, arguments: [&str; N]) -> String {
        git(&self.root, arguments)
    }

    pub fn repo(&self) -> Repo {
        Repo::discover(&self.root).unwrap()
    }

    /// Checks, writes and commits as a caller of the layer does.
    pub fn commit(&self, files: &[(&str, &str)]) -> Result<Commit, Vec<WorkspaceError>> {
        self.commit_with(files, CommitRequest::default())
    }

    pub fn commit_with(&self, files: &[(&str, &str)], request: CommitRequest) -> Result<Commit, Vec<WorkspaceError>> {
        write_and_commit(&self.repo(), files, request)
    }

    pub fn snapshot(&self, ours: &[&str]) -> Snapshot {
        Snapshot::take(&self.root, ours)
    }

    /// Commits `files`, which others must not notice, and checks the outcome.
    pub fn commit_unnoticed(&self, files: &[(&str, &str)], request: CommitRequest) -> Commit {
        let ours: Vec<_> = files.iter().map(|(path, _)| *path).collect();
        let before = self.snapshot(&ours);
        let commit = self.commit_with(files, request).unwrap();
        assert_eq!(self.snapshot(&ours), before);
        assert_eq!(self.git(["rev-parse", "HEAD"]), commit.id);
        assert_eq!(self.git(["symbolic-ref", "HEAD"]), format!("refs/heads/{}", commit.branch));
        check_committed(&self.root, files);
        commit
    }

    /// Has `files` refused; nothing at all may change.
    pub fn refused(&self, files: &[(&str, &str)], request: CommitRequest) -> Vec<WorkspaceError> {
        // `git diff` refreshes the index: the internals are read next to the run.
        let snapshot = self.snapshot(&[]);
        let internals = self.internals();
        let starts_branch = request.branch.is_some();
        let faults = self.commit_with(files, request).unwrap_err();
        for (path, bytes) in self.internals() {
            let before = internals.get(&path);
            // HEAD was on another branch for a while: logs grow, and are never cut.
            let has_grown =
                starts_branch && path.ends_with("logs/HEAD") && before.is_some_and(|before| bytes.starts_with(before));
            assert!(has_grown || before == Some(&bytes), "{} changed", path.display());
        }
        assert_eq!(self.internals().len(), internals.len());
        assert_eq!(self.snapshot(&[]), snapshot);
        faults
    }

    /// HEAD, index, references and logs, byte for byte.
    fn internals(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let git_folder = self.git(["rev-parse", "--absolute-git-dir"]);
        let mut files = BTreeMap::new();
        for part in ["HEAD", "index", "index.lock", "refs", "logs", "packed-refs"] {
            collect(&Path::new(&git_folder).join(part), &mut files);
        }
        files
    }
}

/// Checks, writes and commits; after an error nothing is left of it.
pub fn write_and_commit(repo: &Repo, files: &[(&str, &str)], request: CommitRequest) -> Result<Commit, Vec<WorkspaceError>> {
    let session = begin(repo);
    let set = write_set(repo.root(), files);
    let paths = files.iter().map(|(path, _)| path.into()).collect();
    let held = session.hold().map_err(|fault| vec![fault])?;
    let ready = repo.preflight(&CommitRequest { paths, ..request })?;
    let faults = set.preflight();
    if !faults.is_empty() {
        return Err(faults);
    }
    held.commit(&set, &ready, "service: add manifests\n").map_err(|fault| vec![fault])
}

/// A session that has nobody to wait for and nothing to put right.
pub fn begin(repo: &Repo) -> Session<'_> {
    repo.begin(Duration::ZERO, &|notice| panic!("{notice}")).unwrap()
}

/// A set of files with their texts.
pub fn write_set(root: &Path, files: &[(&str, &str)]) -> WriteSet {
    let mut set = WriteSet::new(root);
    for (path, text) in files {
        set.put(*path, text.as_bytes().to_vec());
    }
    set
}

/// Checks that `files` are committed, that git sees no difference, and that
/// every object is sound.
pub fn check_committed(root: &Path, files: &[(&str, &str)]) {
    for (path, text) in files {
        assert_eq!(git(root, ["show", &format!("HEAD:{path}")]), text.trim_end());
        assert_eq!(git(root, ["--literal-pathspecs", "status", "--porcelain", "--", path]), "");
    }
    git(root, ["fsck", "--strict", "--no-dangling"]);
}

pub fn git<const N: usize>(root: &Path, arguments: [&str; N]) -> String {
    let output = try_git(root, arguments);
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let problem = text(&output.stderr);
    assert!(output.status.success(), "git {arguments:?}: {problem}");
    text(&output.stdout).trim_end().to_owned()
}

pub fn try_git<const N: usize>(root: &Path, arguments: [&str; N]) -> Output {
    isolate();
    Command::new("git")
        .args(arguments)
        .current_dir(root)
        // Looking should not refresh the index that is compared.
        .env("GIT_OPTIONAL_LOCKS", "0")
        .output()
        .unwrap()
}

pub fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

pub fn set_mode(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}
