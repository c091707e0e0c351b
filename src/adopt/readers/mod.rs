//! What the objects say, topic by topic: the counterpart of `plan`.

mod account;
mod config;
mod env;
mod exposure;
mod identity;
mod image;
mod mesh;
mod placement;
mod ports;
mod probes;
mod resources;
mod runtime;
mod scale;
mod security;
mod stop;
mod storage;

use serde_json::Value as Json;

use super::draft::Draft;
use super::draft_judge::DraftJudge;
use super::family::Family;
use super::object::ObjectField;
use crate::plan::{CATALOGUE, Content};
use crate::service::Tier;

/// What the readers share.
pub struct AdoptReader<'r> {
    /// The workload and what belongs to it.
    pub family: &'r Family<'r>,
    /// The spec of the Pods.
    pub pod: ObjectField<'r>,
    /// The container that the service file is about.
    pub container: ObjectField<'r>,
    /// What is judged by.
    pub judge: DraftJudge<'r>,
    /// The tier by which parameters are read.
    pub tier: Tier,
    /// What has been found.
    pub draft: Draft,
}

impl<'r> AdoptReader<'r> {
    /// A parameter of the checklist as text; empty where there is none.
    pub fn word(&self, item: &str, param: &str) -> &'r str {
        self.judge.checklist.param(item, param, self.tier).and_then(Json::as_str).unwrap_or_default()
    }

    /// A parameter of the checklist as a number; 0 where there is none.
    pub fn number(&self, item: &str, param: &str) -> i64 {
        self.judge.checklist.param(item, param, self.tier).and_then(Json::as_i64).unwrap_or_default()
    }

    /// A label of the Pods.
    pub fn pod_label(&self, key: &str) -> Option<ObjectField<'r>> {
        self.family.template()?.find("metadata.labels")?.get(key)
    }

    /// An annotation of the Pods.
    pub fn pod_annotation(&self, key: &str) -> Option<ObjectField<'r>> {
        self.family.template()?.find("metadata.annotations")?.get(key)
    }

    /// An annotation of the workload.
    pub fn annotation(&self, key: &str) -> Option<ObjectField<'r>> {
        self.family.workload.at().find("metadata.annotations")?.get(key)
    }

    /// A value of the plan as the draft stands.
    pub fn decided(&self, pointer: &str) -> Option<Json> {
        self.judge.decided(&self.draft)?.pointer(pointer).cloned()
    }

    /// Of several values the first with which the plan has what the test asks for.
    pub fn first_that<'v>(
        &self,
        field: &str,
        values: &'v [Json],
        at: &ObjectField<'_>,
        fits: impl Fn(&Json) -> bool,
    ) -> Option<&'v Json> {
        values.iter().find(|value| {
            let mut draft = self.draft.clone();
            draft.say(field, (*value).clone(), at);
            self.judge.decided(&draft).is_some_and(|decided| fits(&decided))
        })
    }

    /// The port's name in the service file, by the name or number that an object uses.
    pub fn port_name(&self, port: &ObjectField<'_>) -> Option<String> {
        let wanted = port.scalar()?;
        let ports = self.decided("/container/ports")?;
        let is_it = |port: &&Json| port["name"] == wanted.as_str() || port["number"] == wanted;
        ports.as_array()?.iter().find(is_it)?["name"].as_str().map(str::to_owned)
    }
}

/// Reads everything; each topic may use what those before it found.
pub fn read(reader: &mut AdoptReader<'_>) {
    for read in [
        identity::read,
        image::read,
        ports::read,
        resources::read,
        storage::read,
        exposure::read,
        read_passed,
        security::read,
        mesh::read,
        placement::read,
        account::read,
        probes::read,
        stop::read,
        scale::read,
        config::read,
        resources::read_disk,
        // What a runtime is told depends on everything above.
        runtime::read,
        env::read,
    ] {
        read(reader);
    }
}

/// Reads the answers that stand in manifests as they are, by the catalogue.
fn read_passed(r: &mut AdoptReader<'_>) {
    for key in CATALOGUE {
        let (Content::Passed(field), Some(path)) = (&key.content, key.read_from) else { continue };
        let at = match path.strip_prefix("containers[*].") {
            Some(path) => r.container.find(path),
            None => r.pod.find(path),
        };
        if let Some(at) = at {
            r.draft.say(field, at.node.to_json(), &at);
        }
    }
}
