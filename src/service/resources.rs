//! What the container requests, and may take at most.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Service;
use super::faults::{Faults, at, bytes, positive};
use crate::notation::Quantity;
use crate::yaml::Route;

/// A ready-made size.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Size {
    /// For services with little traffic.
    #[default]
    Small,
    /// For the usual service.
    Medium,
    /// For services that work hard.
    Large,
}

impl Size {
    /// The size as the service file and a blueprint's table of sizes name it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Small => "small",
            Self::Medium => "medium",
            Self::Large => "large",
        }
    }
}

/// Exact cpu and memory of the container.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Resources {
    /// The cpu that is requested.
    #[schemars(extend("examples" = ["500m"]))]
    pub cpu: Quantity,
    /// The memory that is requested, and the limit.
    #[schemars(extend("examples" = ["512Mi"]))]
    pub memory: Quantity,
    /// Local disk for logs and the container's own layer, without the writable paths.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ephemeral_storage: Option<Quantity>,
    /// A cpu limit, where throttling is understood and wanted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cpu_limit: Option<CpuLimit>,
}

/// A cpu limit and its reason.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct CpuLimit {
    /// The limit.
    #[schemars(extend("examples" = ["2"]))]
    pub cpu: Quantity,
    /// Why throttling is wanted.
    #[schemars(extend("format" = "one-line", "examples" = ["fixed share of a licensed core"]))]
    pub reason: String,
}

pub fn check(service: &Service, faults: &mut Faults) {
    if service.size.is_some() && service.resources.is_some() {
        faults.add(at("size"), "`size` and `resources` are both given", "keep one of them");
    }
    if let Some(resources) = &service.resources {
        let here = at("resources");
        let amounts = [
            ("cpu", Some(&resources.cpu)),
            ("memory", Some(&resources.memory)),
            ("ephemeral-storage", resources.ephemeral_storage.as_ref()),
        ];
        for (name, amount) in amounts {
            positive(amount, here.key(name), faults);
        }
        cores(&resources.cpu, here.key("cpu"), faults);
        bytes(&resources.memory, here.key("memory"), faults);
        if let Some(disk) = &resources.ephemeral_storage {
            bytes(disk, here.key("ephemeral-storage"), faults);
        }
        if let Some(limit) = &resources.cpu_limit {
            cores(&limit.cpu, here.key("cpu-limit").key("cpu"), faults);
        }
        if resources.memory.is_positive() && resources.memory.is_whole() && resources.memory.whole() < 4 << 20 {
            faults.add(
                here.key("memory"),
                format!("{} of memory starts no container", resources.memory),
                "write for example 512Mi",
            );
        }
        if let Some(limit) = resources.cpu_limit.as_ref().filter(|limit| limit.cpu < resources.cpu) {
            faults.add(
                here.key("cpu-limit").key("cpu"),
                format!("the limit {} is below the request {}", limit.cpu, resources.cpu),
                "raise the limit",
            );
        }
    }
}

/// The most cores that are taken for meant; more are millicores without their `m`.
const MOST_CORES: i128 = 256;

/// Judges an amount of cpu; Kubernetes knows nothing finer than a thousandth of a core.
fn cores(amount: &Quantity, route: Route, faults: &mut Faults) {
    if amount.whole() > MOST_CORES {
        faults.add(
            route,
            format!("{amount} cores are more than a Pod can be meant to have"),
            "write cores, such as 2, or thousandths, such as 500m",
        );
    } else if amount.is_positive() && !amount.is_whole_milli() {
        faults.add(route, format!("{amount} is finer than a thousandth of a core"), "write at least 1m, in whole thousandths");
    }
}
