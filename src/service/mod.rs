//! Layer 1: what a person asked for.
//!
//! [`Service`] is the shape of `plimsoll.yaml`. [`Answers`] gathers what was given in files, by flags
//! and in the wizard; [`load`] turns them into a service or lists every fault at once.

mod account;
mod answers;
mod combinations;
mod config;
mod env;
mod exposure;
mod faults;
mod identity;
mod image;
mod intake;
mod mesh;
mod metrics;
mod model;
mod own_option;
mod placement;
mod ports;
mod probes;
mod question;
mod resources;
mod runtime;
mod scale;
mod schema;
mod stop;
mod storage;
mod upkeep;
mod waiver_file;

pub use account::ServiceAccountAnswer;
pub use answers::Answers;
pub use config::ConfigAnswer;
pub use env::EnvVar;
pub use exposure::Exposure;
pub use identity::{Owner, Tier};
pub use intake::{Intake, OPTIONS, OWN};
pub use mesh::Mesh;
pub use model::Service;
pub use own_option::{OptionSchema, OptionType, OwnOption};
pub use placement::Platform;
pub use ports::{Port, Protocol};
pub use probes::{Probe, Probes};
pub use question::Question;
pub use resources::{CpuLimit, Resources, Size};
pub use runtime::Runtime;
pub use scale::{Metric, MetricType, ObjectRef, Scale};
pub use schema::{schema, schema_of_type};
pub use stop::Stop;
pub use storage::WritablePath;
pub use upkeep::{Attestation, Comments, OwnedElsewhere, Waiver};
pub use waiver_file::load_waivers;

use std::borrow::Cow;

use crate::yaml::{Fault, Route, shape, write};

/// The name of the service file in its folder.
pub const FILE: &str = "plimsoll.yaml";

/// The text of a service file as Plimsoll writes it.
///
/// # Errors
/// The service cannot be serialised, which is a bug.
pub fn text(service: &Service) -> Result<String, serde_json::Error> {
    Ok(text_of(&service.name, &serde_json::to_value(service)?))
}

/// The same of fields that may not make a service yet.
#[must_use]
pub fn text_of(name: &str, fields: &serde_json::Value) -> String {
    format!("# What the service {name} asks for; Plimsoll renders k8s/ from it.\n{}", write::document(fields))
}

/// What loading gives: the service, as far as it can be told, and everything wrong with the answers.
#[derive(Debug)]
pub struct LoadedService {
    /// The service. With faults, faulty answers are left out or stand for an example, so that what
    /// depends on the rest can still be judged; such a service must not be rendered.
    pub service: Service,
    /// Everything that is wrong, each with its source.
    pub faults: Vec<Fault>,
}

/// Turns answers into a service; with the intake of the blueprint that renders it, what that does not take
/// and what it misses are faults too.
#[must_use]
pub fn load(answers: &Answers, intake: Option<&Intake<'_>>) -> LoadedService {
    let (mut node, mut faults) = answers.merged();
    let schema = intake.map_or(Cow::Borrowed(schema()), Intake::schema);
    if let Some(intake) = intake {
        intake.refuse(&mut node, &mut faults);
    }
    faults.extend(shape::check(&schema, &mut node));
    if let Some(intake) = intake {
        intake.require(&schema, &mut node, &mut faults);
    }
    let service: Service = match serde_json::from_value(node.to_json()) {
        Ok(service) => service,
        Err(error) => {
            // Only answers that are no mapping at all leave nothing to build a service from.
            if faults.is_empty() {
                faults.push(Fault::new(Route::root(), format!("cannot be read as a service: {error}")));
            }
            Service::default()
        }
    };
    let shape_faults = faults.len();
    for fault in combinations::check(&service) {
        // What stands in for a faulty answer is not the person's.
        if !faults[..shape_faults].iter().any(|known| known.route.contains(&fault.route) || fault.route.contains(&known.route)) {
            faults.push(fault);
        }
    }
    for fault in &mut faults {
        answers.locate(fault);
    }
    faults.sort_by(|one, other| one.source.cmp(&other.source));
    LoadedService { service, faults }
}
