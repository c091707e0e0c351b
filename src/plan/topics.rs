//! The topics by which service files, plans, readers and blueprints are cut, each with its one entry point here.
//!
//! Who knows a topic knows all its rooms: the fields and their combinations in `src/service/<topic>.rs`, the
//! decisions in `src/plan/<topic>.rs`, and what manifests of others say in `src/adopt/readers/<topic>.rs`.

use super::catalogue::{CATALOGUE, Content};
use super::planner::Planner;
use super::{
    config, disruption, dns, env, exposure, identity, image, mesh, metrics, placement, ports, probes, resources, rollout,
    runtime, scale, security, stop, storage, upkeep,
};
use crate::service::OWN;

/// A topic.
#[derive(Debug)]
pub struct Topic {
    /// Its name, which is that of its file in each room.
    pub name: &'static str,
    /// The fields of the service file that it decides by, beside those that pass into the plan as they are.
    answers: &'static [&'static str],
    decide: fn(&mut Planner<'_>),
}

const fn topic(name: &'static str, answers: &'static [&'static str], decide: fn(&mut Planner<'_>)) -> Topic {
    Topic { name, answers, decide }
}

/// What is asked of every service, whatever its blueprint.
pub const UPKEEP: Topic = topic("upkeep", OWN, upkeep::decide);

/// All other topics, in an order in which each can use what those before it decided.
pub const TOPICS: &[Topic] = &[
    topic(
        "identity",
        &[
            "name",
            "tier",
            "description",
            "owner",
            "repository",
            "dependencies",
            "kubernetes",
            "environment",
            "component",
            "part-of",
            "labels",
        ],
        identity::decide,
    ),
    topic("image", &["container"], image::decide),
    topic("ports", &["ports"], ports::decide),
    topic("probes", &["probes"], probes::decide),
    topic("stop", &["stop"], stop::decide),
    topic("resources", &["size", "resources"], resources::decide),
    topic("storage", &["writable-paths"], storage::decide),
    topic("runtime", &["runtime"], runtime::decide),
    topic("env", &["env"], env::decide),
    topic("config", &[], config::decide),
    topic("scale", &["scale"], scale::decide),
    topic("disruption", &[], disruption::decide),
    topic("rollout", &[], rollout::decide),
    topic("security", &["run-as-user"], security::decide),
    topic("account", &[], |_| {}),
    topic("placement", &["spot", "platform"], placement::decide),
    topic("mesh", &["mesh"], mesh::decide),
    topic("dns", &[], dns::decide),
    topic("exposure", &["exposure", "platform"], exposure::decide),
    topic("metrics", &[], metrics::decide),
];

impl Topic {
    /// The topic of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        TOPICS.iter().find(|topic| topic.name == name)
    }

    /// The fields of the service file that it takes, at the top of the file.
    pub fn takes(&self) -> impl Iterator<Item = &'static str> {
        let passed = CATALOGUE.iter().filter(|key| key.topic == self.name).filter_map(|key| match key.content {
            Content::Passed(field) => field.split('.').next(),
            Content::Decided { .. } => None,
        });
        self.answers.iter().copied().chain(passed)
    }

    /// Decides all of the topic's keys.
    pub(super) fn decide(&self, p: &mut Planner<'_>) {
        for key in CATALOGUE.iter().filter(|key| key.topic == self.name) {
            if let Content::Passed(field) = key.content {
                p.pass(key, field);
            }
        }
        (self.decide)(p);
    }
}
