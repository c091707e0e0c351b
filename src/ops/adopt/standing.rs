//! What stands in a folder, and the service file that it asks for.

use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use super::arrange::{self, Arranged};
use super::merge::{self, Judge};
use super::{AdoptRequest, Adoption};
use crate::adopt::{self, At, Desk, Family, Object, Proposal, Text};
use crate::manifest::Secrets;
use crate::merge::{Change, ChangeKind};
use crate::ops::check::MANIFESTS;
use crate::ops::shown::hide_in_change;
use crate::ops::update::{self, Aftermath, Cause, Changed, FromTo, Update, explained, items_of};
use crate::ops::{OpError, Toolbox};
use crate::service;
use crate::workspace::{LOCK_FILE, Lock, LockedFile, read_manifests};
use crate::yaml::{Fault, Source, read};

/// The manifests of a folder.
#[derive(Debug)]
pub struct Standing<'r> {
    request: &'r AdoptRequest,
    toolbox: &'r Toolbox,
    /// The texts with their paths below the folder.
    texts: Vec<(String, String)>,
    objects: Vec<Object>,
}

impl<'r> Standing<'r> {
    /// Reads the manifests of a folder: those in `k8s/`, or all below the folder where there is none.
    ///
    /// # Errors
    /// Plimsoll wrote there before, a file that cannot be read, or a checklist that is not in order.
    pub fn read(request: &'r AdoptRequest, toolbox: &'r Toolbox) -> Result<Self, OpError> {
        let dir = &request.dir;
        if !dir.is_dir() {
            return Err(OpError::NotAFolder(dir.clone()));
        }
        if dir.join(LOCK_FILE).exists() {
            return Err(OpError::AlreadyThere(dir.clone()));
        }
        let file = dir.join(service::FILE);
        if file.exists() {
            return Err(OpError::Exists(vec![file]));
        }
        let folder = if dir.join(MANIFESTS).is_dir() { MANIFESTS } else { "." };
        let mut texts = read_manifests(dir, &[folder]).map_err(OpError::Workspace)?;
        // Values, lists of packages and the like are nobody's manifests.
        texts.retain(|(_, text)| text.contains("apiVersion") && text.contains("kind"));
        Self::of(request, toolbox, texts)
    }

    /// The same of texts that have been read, by their paths below the folder.
    ///
    /// # Errors
    /// A text that cannot be read.
    pub fn of(request: &'r AdoptRequest, toolbox: &'r Toolbox, texts: Vec<(String, String)>) -> Result<Self, OpError> {
        let named = |(path, text): &(String, String)| Text { name: shown(&request.dir, path), text: text.clone() };
        let named: Vec<Text> = texts.iter().map(named).collect();
        let objects = adopt::read(&named).map_err(OpError::Faults)?;
        Ok(Self { request, toolbox, texts, objects })
    }

    fn family(&self) -> Result<Family<'_>, OpError> {
        Family::find(&self.objects, self.request.workload.as_deref()).map_err(OpError::Faults)
    }

    fn container<'o>(&self, family: &Family<'o>) -> Result<At<'o>, OpError> {
        family.container(&self.toolbox.renderer.blueprint().defaults.container).map_err(|fault| OpError::Faults(vec![fault]))
    }

    /// The service file that the manifests ask for.
    ///
    /// # Errors
    /// There is no Deployment, or several of which none is named.
    pub fn propose(&self) -> Result<Proposal, OpError> {
        let defaults = &self.toolbox.renderer.blueprint().defaults;
        let desk = Desk { given: &self.request.given, checklist: &self.toolbox.checklist, defaults };
        adopt::propose(&self.family()?, desk).map_err(OpError::Faults)
    }

    /// What becomes of the folder with a proposal.
    ///
    /// # Errors
    /// Answers that are missing, or files that cannot be merged.
    pub fn plan(&self, proposal: Proposal) -> Result<Adoption, OpError> {
        if !proposal.missing.is_empty() {
            return Err(OpError::Faults(proposal.missing));
        }
        let (family, toolbox) = (self.family()?, self.toolbox);
        let container = self.container(&family)?;
        let (service, plan) = toolbox.plan(&proposal.answers).map_err(OpError::Faults)?;
        let manifests = toolbox.renderer.render(&plan)?;
        let aligned = adopt::align(&manifests, &family, &container).map_err(OpError::Faults)?;
        let arranged = arrange::arrange(&self.request.dir, &self.texts, &family, &aligned)?;
        let others = self.texts.iter().filter(|(path, _)| !arranged.from.contains_key(path)).cloned().collect();
        let judge = Judge { rules: toolbox.rules()?, service: &service, today: self.request.today, others };
        let outcome = merge::merge(&arranged.texts, &aligned, &judge)?;

        // Without comments nothing tells items apart but what they name themselves.
        let rendered = aligned.iter().filter_map(|aligned| read("a manifest", &aligned.manifest.text).ok().map(Rc::new));
        let commented: Vec<_> = rendered.collect();
        let explained = |change: Change| {
            let items = change.object.as_ref().map(|object| items_of(toolbox, &service, &commented, object, &change.field));
            explained(change, items.unwrap_or_default(), false)
        };
        let mut files = vec![Changed { path: service::FILE.to_owned(), before: None, after: Some(proposal.text.clone()) }];
        files.extend(self.changed(&arranged, &outcome.files));
        let (blueprint, checklist) = toolbox.locked();
        let locked = manifests.iter().map(|manifest| LockedFile::new(&manifest.path, &manifest.text)).collect();
        let lock = Lock::new(blueprint, checklist, locked).text();
        let lock = lock.map_err(|error| OpError::Bug(error.to_string()))?;
        let same = |id: String| FromTo { from: id.clone(), to: id };
        let mut update = Update {
            dir: self.request.dir.clone(),
            service: service.name.clone(),
            tier: service.tier(),
            checklist: same(toolbox.checklist_id()),
            blueprint: same(toolbox.blueprint_id()),
            causes: vec![Cause::Adopted],
            changes: outcome.changes.into_iter().map(explained).collect(),
            conflicts: Vec::new(),
            hand_edits: outcome.edits.iter().map(|edit| edit.change.clone()).collect(),
            missing: Vec::new(),
            notes: Vec::new(),
            dropped_comments: outcome.dropped_comments,
            aftermath: Aftermath::default(),
            relied_on: Vec::new(),
            files,
            lock: Some(Changed { path: LOCK_FILE.to_owned(), before: None, after: Some(lock) }),
            missing_files: Vec::new(),
            checklist_described: toolbox.checklist.described(),
            secrets: Secrets::of(&toolbox.checklist),
        };
        update::complete(&mut update, &self.texts, &[]);
        update.hide_secrets();
        let mut edits = outcome.edits;
        for edit in &mut edits {
            hide_in_change(&update.secrets, &mut edit.change);
        }
        let members: Vec<&Object> = aligned.iter().filter_map(|aligned| aligned.standing).collect();
        let stranger = |object: &&Object| !members.iter().any(|member| std::ptr::eq(*member, *object));
        let untouched = self.objects.iter().filter(stranger).map(Object::label).collect();
        let moved = arranged.from.iter().filter(|(from, to)| from != to).map(|(from, to)| (from.clone(), to.clone())).collect();
        Ok(Adoption { proposal, update, edits, untouched, moved, apart: arranged.apart, report: outcome.report })
    }

    /// The files that are other ones afterwards, those that go elsewhere included.
    fn changed(&self, arranged: &Arranged, after: &[(String, String)]) -> Vec<Changed> {
        let before = |path: &str| self.texts.iter().find(|(known, _)| known == path).map(|(_, text)| text.clone());
        let kept = |path: &str| after.iter().any(|(known, _)| known == path);
        let gone = arranged.from.keys().filter(|path| !kept(path));
        let gone = gone.map(|path| Changed { path: path.clone(), before: before(path), after: None });
        let written =
            after.iter().map(|(path, text)| Changed { path: path.clone(), before: before(path), after: Some(text.clone()) });
        written.chain(gone).filter(|changed| changed.before != changed.after).collect()
    }
}

/// A path as people name it.
pub(super) fn shown(dir: &Path, path: &str) -> Arc<str> {
    let path: PathBuf = dir.join(path);
    path.strip_prefix(".").unwrap_or(&path).display().to_string().into()
}

/// Whether a change is a whole object that only people have.
pub(super) fn is_own_object(change: &Change) -> bool {
    change.field.steps().is_empty() && change.kind == ChangeKind::Added
}

/// A fault of a file of the folder as a whole.
pub(super) fn fault_of(dir: &Path, path: &str, message: String) -> Fault {
    let mut fault = Fault::new(crate::yaml::Route::root(), message);
    fault.source = Some(Source::File(shown(dir, path), crate::yaml::Place { line: 1, column: 1 }));
    fault
}
