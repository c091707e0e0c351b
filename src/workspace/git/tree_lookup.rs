//! Looks many paths up in one tree, reading each folder once.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use git2::{ObjectType, Oid, Repository, Tree};

/// What a tree has at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TreeItem {
    pub(super) id: Oid,
    pub(super) mode: i32,
    pub(super) kind: Option<ObjectType>,
}

/// The tree of a commit, with the folders that were looked into.
pub(super) struct TreeLookup<'repo> {
    repo: &'repo Repository,
    folders: RefCell<BTreeMap<PathBuf, Option<Rc<Tree<'repo>>>>>,
}

impl<'repo> TreeLookup<'repo> {
    /// The tree of a commit; one without anything before the first commit.
    pub(super) fn of(repo: &'repo Repository, commit: Option<Oid>) -> Result<Self, git2::Error> {
        let root = commit.map(|id| repo.find_commit(id)?.tree()).transpose()?.map(Rc::new);
        Ok(Self { repo, folders: RefCell::new(BTreeMap::from([(PathBuf::new(), root)])) })
    }

    /// What is at a path, if anything is.
    pub(super) fn get(&self, path: &Path) -> Option<TreeItem> {
        let folder = self.folder(path.parent()?)?;
        let entry = folder.get_name_bytes(path.file_name()?.as_encoded_bytes())?;
        Some(TreeItem { id: entry.id(), mode: entry.filemode(), kind: entry.kind() })
    }

    fn folder(&self, path: &Path) -> Option<Rc<Tree<'repo>>> {
        if let Some(known) = self.folders.borrow().get(path) {
            return known.clone();
        }
        let item = self.get(path).filter(|item| item.kind == Some(ObjectType::Tree));
        let folder = item.and_then(|item| self.repo.find_tree(item.id).ok()).map(Rc::new);
        self.folders.borrow_mut().insert(path.to_owned(), folder.clone());
        folder
    }
}
