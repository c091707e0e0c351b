//! The parts of the suite: who judges, and what comes of it in one line.

use plimsoll::notation::{self, KubeVersion};

use crate::api_server::{ApiServer, Programs};
use crate::tools::{self, Release, Tools, Trouble};
use crate::{checkov, created, fixtures, kustomize, mutants, oracle, peers, policies, schemas, sets, types, updates};

/// A judge.
pub struct Part {
    /// What it is chosen by.
    pub name: &'static str,
    /// What the table calls it.
    pub about: &'static str,
    /// Asks it; the result in one line.
    pub judge: fn(&Tools) -> Result<String, Trouble>,
}

/// All judges, those first that need the least.
pub const PARTS: &[Part] = &[
    Part { name: "types", about: "the table of Kubernetes' types", judge: types::judge },
    Part { name: "schemas", about: "kubeconform -strict", judge: judged_by_schemas },
    Part { name: "kube-score", about: "kube-score on what we render", judge: judged_by_kube_score },
    Part { name: "checkov", about: "checkov on what we render", judge: judged_by_checkov },
    Part { name: "kustomize", about: "kustomize build beside what we write", judge: built_by_kustomize },
    Part { name: "kube-score-fixtures", about: "we on kube-score's own fixtures", judge: fixtures::of_kube_score },
    Part {
        name: "pod-security-fixtures",
        about: "we on the fixtures of the Pod Security Standards",
        judge: fixtures::of_pod_security,
    },
    Part { name: "newest", about: "API server of Kubernetes 1.37.1", judge: |tools| created_in(tools, tools::NEWEST) },
    Part { name: "policies", about: "exported policies in that API server", judge: judged_by_policies },
    Part { name: "oracle", about: "Kubernetes' own functions", judge: judged_by_functions },
    Part { name: "oldest", about: "API server of Kubernetes 1.29.15", judge: |tools| created_in(tools, tools::OLDEST) },
    Part { name: "mutants", about: "valid objects changed at random in both API servers", judge: judged_by_both },
];

fn judged_by_schemas(tools: &Tools) -> Result<String, Trouble> {
    let mut manifests = 0;
    let versions: Vec<KubeVersion> =
        (notation::OLDEST.minor..=notation::NEWEST.minor).map(|minor| KubeVersion { minor }).collect();
    for version in &versions {
        manifests += schemas::judge(tools, *version, &sets::all(*version))?;
    }
    Ok(format!("{manifests} manifests valid in {} versions, {} to {}", versions.len(), notation::OLDEST, notation::NEWEST))
}

fn judged_by_kube_score(tools: &Tools) -> Result<String, Trouble> {
    peers::judge(tools).map(|judged| judged.told("nothing at warning or above"))
}

fn judged_by_checkov(tools: &Tools) -> Result<String, Trouble> {
    checkov::judge(tools).map(|judged| judged.told("nothing"))
}

fn built_by_kustomize(tools: &Tools) -> Result<String, Trouble> {
    kustomize::judge(tools).map(|builds| format!("{builds} builds hold all objects that were written, and no other"))
}

fn start(tools: &Tools, release: Release, without: &[&str]) -> Result<ApiServer, Trouble> {
    // One etcd and one client serve both versions.
    let shared = tools.build(tools::NEWEST, &["client", "etcd"])?;
    let own = match std::env::var_os("KUBEBUILDER_ASSETS").filter(|_| release.version == tools::NEWEST.version) {
        Some(assets) => assets.into(),
        None => tools.build(release, &["kube-apiserver"])?,
    };
    let etcd = Some(own.join("etcd")).filter(|etcd| etcd.exists()).unwrap_or_else(|| shared.join("etcd"));
    let programs = Programs { etcd, api_server: own.join("kube-apiserver"), client: shared.join("client") };
    Ok(ApiServer::start(&programs, without)?)
}

fn created_in(tools: &Tools, release: Release) -> Result<String, Trouble> {
    let server = start(tools, release, &[])?;
    let newest = release.version == tools::NEWEST.version;
    let sets = sets::all(if newest { notation::NEWEST } else { notation::OLDEST });
    let objects = created::judge(&server, &sets)?;
    let mut changes = sets::changes(&sets);
    let mut updated = 0;
    if newest {
        let by_command = updates::changes();
        updated = by_command.len();
        changes.extend(by_command);
    }
    let applied = created::roll(&server, &changes)?;
    let by_update = if updated > 0 { format!(" ({updated} of them by `plimsoll update`)") } else { String::new() };
    Ok(format!(
        "{objects} objects of {} services created, and {applied} applied in {} changes{by_update}: no error, no warning",
        sets.len(),
        changes.len()
    ))
}

fn judged_by_policies(tools: &Tools) -> Result<String, Trouble> {
    let verdicts = policies::judge(&start(tools, tools::NEWEST, &[])?)?;
    Ok(format!(
        "{} policies give our verdicts: {} passes and {} failures equal",
        verdicts.policies, verdicts.passes, verdicts.failures
    ))
}

fn judged_by_both(tools: &Tools) -> Result<String, Trouble> {
    // They look for objects that a mutant names.
    let without = ["Priority", "RuntimeClass"];
    let newest = start(tools, tools::NEWEST, &without)?;
    let oldest = start(tools, tools::OLDEST, &without)?;
    mutants::judge(&[(newest, notation::NEWEST), (oldest, notation::OLDEST)])
}

fn judged_by_functions(tools: &Tools) -> Result<String, Trouble> {
    let equal = oracle::judge(&tools.build(tools::NEWEST, &["oracle"])?.join("oracle"))?;
    Ok(format!("{} random answers of {} kinds equal", equal.values().sum::<usize>(), equal.len()))
}
