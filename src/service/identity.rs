//! Who a service is and who answers for it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Service;
use super::faults::{Faults, annotations_fit, at};

/// How critical a service is: 1 business critical, 2 standard, 3 internal or best effort.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Tier(#[schemars(range(min = 1, max = 3))] pub u8);

impl Tier {
    /// All of them, the most critical first.
    pub const ALL: [Self; 3] = [Self(1), Self(2), Self(3)];
}

impl Default for Tier {
    fn default() -> Self {
        Self(2)
    }
}

/// Who answers for a service.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Owner {
    /// The team, as a label value.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("format" = "dns-label"))]
    pub team: Option<String>,
    /// Where the team is reached when it matters: a channel, a rota, an address.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("format" = "one-line"))]
    pub contact: Option<String>,
    /// Where one reads what to do when the service is in trouble.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("format" = "one-line"))]
    pub runbook: Option<String>,
}

pub fn check(service: &Service, faults: &mut Faults) {
    annotations_fit(&service.annotations, at("annotations"), faults);
}
