//! From paths to a report.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use jiff::civil::Date;
use rayon::prelude::*;

use super::edition_name::Pins;
use super::kustomized::{self, shown};
use super::{Editions, OpError};
use crate::blueprint::MANIFESTS;
use crate::change::Edition;
use crate::check::{self, CheckContext, CheckedText, PlacedWaiver, Report, STANDARD_INPUT};
use crate::checklist::Checklist;
use crate::limits::Limit;
use crate::notation::{KubeVersion, NEWEST};
use crate::service::{self, Answers, Service, Tier};
use crate::workspace::{Input, WorkspaceError, find_files, find_manifests, read_below, real, stands};
use crate::yaml::{Fault, Route, load_one};

/// What is to be checked, and by what.
#[derive(Clone, Debug)]
pub struct CheckRequest {
    /// Files, folders and patterns; none for the folder one is in.
    pub paths: Vec<PathBuf>,
    /// Whether the paths are folders of kustomizations, of which what they build is checked.
    pub kustomize: bool,
    /// What came on standard input, where `-` was given.
    pub input: Option<String>,
    /// The tier, where one is given.
    pub tier: Option<Tier>,
    /// The checklist by file or name, where one is given.
    pub checklist: Option<String>,
    /// A file with waivers, for manifests that have no service file.
    pub waivers: Option<PathBuf>,
    /// The Kubernetes version of the oldest cluster, where one is given.
    pub kubernetes: Option<KubeVersion>,
    /// The day on which things are judged.
    pub today: Date,
}

/// What came of a check.
#[derive(Debug)]
pub struct Checked {
    /// By what was checked.
    pub checklist: Checklist,
    /// What was found.
    pub report: Report,
    /// The folder of a service whose file names another edition than its lock, which decided.
    pub held_back: Option<PathBuf>,
}

/// A service whose manifests are checked.
struct ServiceFolder {
    is_held_back: bool,
    edition: Arc<Edition>,
    service: Service,
    waivers: Vec<PlacedWaiver>,
    dir: PathBuf,
}

/// Checks manifests. One path that is the folder of a service, or none in such a folder, checks the
/// service by its own tier and waivers; anything else is checked as it stands.
///
/// # Errors
/// A path that names nothing, a service or waiver file that is not in order.
pub fn check(request: &CheckRequest) -> Result<Checked, OpError> {
    let flag = request.checklist.as_deref();
    let here = [PathBuf::from(".")];
    let paths = if request.paths.is_empty() && request.input.is_none() { &here[..] } else { &request.paths };
    let folder = match paths {
        [path] if request.input.is_none() && !request.kustomize && stands(&path.join(service::FILE)) => {
            Some(service_folder(path, flag)?)
        }
        _ => None,
    };
    let (found, mut faults) = match &folder {
        _ if request.kustomize => (Vec::new(), Vec::new()),
        Some(folder) if stands(&folder.dir.join(MANIFESTS)) => find_manifests(&folder.dir, MANIFESTS),
        Some(folder) => (Vec::new(), vec![WorkspaceError::NothingThere { path: folder.dir.join(MANIFESTS) }]),
        None => find_files(paths),
    };
    let held_back = folder.as_ref().filter(|folder| folder.is_held_back).map(|folder| folder.dir.clone());
    let (edition, service, mut waivers) = match folder {
        Some(folder) => (folder.edition, Some(folder.service), folder.waivers),
        None => (Editions::default().of_flag(flag)?, None, Vec::new()),
    };
    let found: Vec<Input> = found.into_iter().filter(|input| !is_same(&input.path, edition.file.as_deref())).collect();
    let mut texts = if request.kustomize { kustomized::build(paths)? } else { read_all(&found, &mut faults) };
    texts.extend(request.input.clone().map(|input| CheckedText::new(STANDARD_INPUT, input)));
    // What cannot be read hides nothing of the rest; where there is no rest, that is all there is to say.
    if texts.is_empty() && !faults.is_empty() {
        return Err(OpError::Workspace(faults));
    }
    texts.extend(faults.iter().map(unread));
    if let Some(path) = &request.waivers {
        waivers.extend(waiver_file(path)?);
    }
    let tier = request.tier.or(service.as_ref().map(Service::tier)).unwrap_or_default();
    let kubernetes = request.kubernetes.or(service.as_ref().map(Service::kubernetes)).unwrap_or(NEWEST);
    let context = CheckContext { tier, kubernetes, whole: true, service, waivers, today: request.today };
    let report = check::check(edition.rules().map_err(OpError::Faults)?, &texts, &context);
    Ok(Checked { checklist: edition.checklist.clone(), report, held_back })
}

/// Whether a file that a walk found is the checklist itself.
fn is_same(path: &Path, checklist: Option<&Path>) -> bool {
    checklist.is_some_and(|checklist| path.file_name() == checklist.file_name() && real(path) == real(checklist))
}

fn read_all(files: &[Input], faults: &mut Vec<WorkspaceError>) -> Vec<CheckedText> {
    let total = AtomicUsize::new(0);
    let read = |input: &Input| {
        // Beyond the limit everything is refused, so that nothing more needs to be read.
        if total.load(Ordering::Relaxed) > Limit::TotalBytes.most() {
            return None;
        }
        let read = input.read().map(|text| CheckedText::new(&shown(&input.path), text));
        if let Ok(text) = &read {
            total.fetch_add(text.text.len(), Ordering::Relaxed);
        }
        Some(read)
    };
    let (texts, unread): (Vec<_>, Vec<_>) = files.par_iter().filter_map(read).partition_map(|read| match read {
        Ok(text) => rayon::iter::Either::Left(text),
        Err(fault) => rayon::iter::Either::Right(fault),
    });
    faults.extend::<Vec<WorkspaceError>>(unread);
    texts
}

/// The text that stands for what could not be read.
fn unread(error: &WorkspaceError) -> CheckedText {
    let name = error.path().map_or_else(|| "the folder".to_owned(), shown);
    let fault = Fault { hint: error.hint(), limit: error.limit(), ..Fault::new(Route::root(), error.to_string()) };
    CheckedText::unread(&name, fault)
}

fn service_folder(dir: &Path, flag: Option<&str>) -> Result<ServiceFolder, OpError> {
    let path = dir.join(service::FILE);
    let text = read_below(dir, service::FILE)?.ok_or_else(|| OpError::NoServiceFile(path.clone()))?;
    let name = shown(&path);
    let mut answers = Answers::default();
    answers.add_file(&name, &text).map_err(OpError::Faults)?;
    // A checklist that is named beside the service file says nothing of a blueprint.
    let none = Answers::default();
    let (edition, is_held_back) = Editions::default().of_folder(flag, if flag.is_some() { &none } else { &answers }, dir)?;
    let blueprint = edition.renderer.blueprint();
    let is_its_own = flag.is_none() || Pins::of(&answers).blueprint_name() == blueprint.name;
    let intake = is_its_own.then(|| blueprint.contract().intake);
    let loaded = service::load(&answers, intake.as_ref());
    if !loaded.faults.is_empty() {
        return Err(OpError::Faults(loaded.faults));
    }
    let root = load_one(&name, &text).map_err(OpError::Faults)?;
    let waivers = PlacedWaiver::all(&loaded.service.waivers, &name, &text, &root);
    Ok(ServiceFolder { is_held_back, edition, service: loaded.service, waivers, dir: dir.to_owned() })
}

fn waiver_file(path: &Path) -> Result<Vec<PlacedWaiver>, OpError> {
    let text = Input::typed(path).read()?;
    let name = shown(path);
    let waivers = service::load_waivers(&name, &text).map_err(OpError::Faults)?;
    let root = load_one(&name, &text).map_err(|faults: Vec<Fault>| OpError::Faults(faults))?;
    Ok(PlacedWaiver::all(&waivers, &name, &text, &root))
}
