//! How the objects of a file get into a cluster, and what kubectl calls them there.

use std::path::Path;

use super::kustomize::{Around, Build};
use crate::notation::{ObjectKey, shell_word};

/// The flag that names a namespace, where there is one.
pub fn namespace_flag(namespace: Option<&str>) -> String {
    namespace.map_or_else(String::new, |namespace| format!(" --namespace {}", shell_word(namespace)))
}

/// How the objects of a file get into the cluster.
pub struct Cluster(Option<Build>);

impl Cluster {
    /// The way of a file.
    pub fn of(around: &Around, file: &str) -> Self {
        Self(around.build_of(file))
    }

    /// The name of an object there.
    pub fn name(&self, object: &ObjectKey) -> String {
        let (prefix, suffix) = self.0.as_ref().map_or(("", ""), |build| (build.prefix.as_str(), build.suffix.as_str()));
        format!("{prefix}{}{suffix}", object.name)
    }

    /// Its namespace there, where one is known.
    pub fn namespace<'o>(&'o self, object: &'o ObjectKey) -> Option<&'o str> {
        self.0.as_ref().and_then(|build| build.namespace.as_deref()).or(object.namespace.as_deref())
    }

    /// The object as kubectl names it.
    pub fn word(&self, object: &ObjectKey) -> String {
        let group = if object.is_built_in() { String::new() } else { format!(".{}", object.group) };
        shell_word(&format!("{}{group}/{}", object.kind.to_lowercase(), self.name(object)))
    }

    /// The same with its namespace.
    pub fn target(&self, object: &ObjectKey) -> String {
        format!("{}{}", self.word(object), namespace_flag(self.namespace(object)))
    }

    /// The command that applies the folder of a file.
    pub fn apply_folder(&self, dir: &Path, file: &str) -> String {
        self.apply(dir, file.rsplit_once('/').map_or(file, |(folder, _)| folder))
    }

    /// The command that applies a file or folder.
    pub fn apply(&self, dir: &Path, path: &str) -> String {
        let shown = |path: &Path| match path.to_string_lossy().trim_end_matches('/') {
            "" => ".".to_owned(),
            path => shell_word(path),
        };
        match &self.0 {
            Some(build) => format!("kubectl apply -k {}", shown(&dir.join(&build.folder))),
            None => format!("kubectl apply -f {}", shown(&dir.join(path))),
        }
    }
}
