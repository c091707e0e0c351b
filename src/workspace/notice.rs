//! What a run tells while it is at work.

use std::fmt;
use std::path::{Path, PathBuf};

/// Something that a person should know, whether or not the run succeeds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// Another run has the lock.
    Waiting {
        /// The repository or folder.
        place: PathBuf,
    },
    /// Somebody has changed what was read before it was written on.
    Overtaken {
        /// What kept it from being written.
        error: String,
    },
    /// A run that was killed has been put right.
    Recovered(Recovered),
}

/// Takes notices as they come.
pub type Tell<'a> = &'a dyn Fn(&Notice);

/// How a run that was killed has been put right.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Recovered {
    /// The commit that it had made, if it came as far. Everything else is then as the run would
    /// have left it; without a commit everything is as before the run.
    pub commit: Option<String>,
    /// The files that were put back.
    pub put_back: Vec<PathBuf>,
    /// The files that were left as they are, because they were edited since.
    pub left: Vec<PathBuf>,
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Waiting { place } => write!(f, "waiting for another run of plimsoll in {} to end", place.display()),
            Self::Overtaken { error } => write!(f, "{error}: beginning again"),
            Self::Recovered(recovered) => recovered.fmt(f),
        }
    }
}

impl fmt::Display for Recovered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an earlier run was killed")?;
        match (&self.commit, self.put_back.len()) {
            (Some(commit), _) => write!(f, " after its commit {commit:.10}: finished what was left to do"),
            (None, 1) => f.write_str(": put 1 file back as it was"),
            (None, count) => write!(f, ": put {count} files back as they were"),
        }?;
        if !self.left.is_empty() {
            write!(f, "; edited since and left as they are: {}", listed(&self.left))?;
        }
        Ok(())
    }
}

fn listed(paths: &[impl AsRef<Path>]) -> String {
    paths.iter().map(|path| path.as_ref().display().to_string()).collect::<Vec<_>>().join(", ")
}
