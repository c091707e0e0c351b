//! What is said of the manifests and of the checklist, and renders nothing.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Service;
use super::faults::{Faults, at};

/// Which comments the manifests carry.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Comments {
    /// One over each block that a checklist item explains.
    #[default]
    Items,
    /// None at all.
    None,
}

/// A field of the manifests that somebody else writes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct OwnedElsewhere {
    /// The field, from the kind of its object on; `*` stands for any key or element.
    #[schemars(extend("format" = "field-pattern", "examples" = ["Deployment.spec.template.spec.containers[*].image"]))]
    pub field: String,
    /// Who writes it.
    #[schemars(extend("format" = "one-line", "examples" = ["renovate"]))]
    pub by: String,
}

/// A checklist item that this service does not keep, for a stated reason and time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Waiver {
    /// The item.
    #[schemars(extend("format" = "dns-label", "examples" = ["trusted-registry"]))]
    pub item: String,
    /// The objects for which it is waived, as Kind/name or the name alone; all if not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("format" = "one-line"))]
    pub object: Option<String>,
    /// The container for which it is waived; all if not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("format" = "dns-label"))]
    pub container: Option<String>,
    /// Why the service is better off without it.
    #[schemars(extend("format" = "one-line", "examples" = ["vendor image, ticket 112"]))]
    pub reason: String,
    /// Who answers for the waiver.
    #[schemars(extend("format" = "one-line", "examples" = ["payments"]))]
    pub owner: String,
    /// The day on which the waiver ends.
    #[schemars(extend("format" = "date", "examples" = ["2027-03-01"]))]
    pub expires: String,
}

/// What a person states of the service that no manifest shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Attestation {
    /// The item.
    #[schemars(extend("format" = "dns-label", "examples" = ["load-tested"]))]
    pub item: String,
    /// Who states it.
    #[schemars(extend("format" = "one-line", "examples" = ["payments"]))]
    pub by: String,
    /// The day on which it was true.
    #[schemars(extend("format" = "date", "examples" = ["2026-11-01"]))]
    pub on: String,
    /// Where the evidence is found.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("format" = "one-line"))]
    pub link: Option<String>,
    /// The day by which it must be looked at again.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("format" = "date"))]
    pub review_by: Option<String>,
}

pub fn check(service: &Service, faults: &mut Faults) {
    let list = at("waivers");
    let items = service.waivers.iter().enumerate().map(|(index, waiver)| (waiver.item.as_str(), list.index(index).key("item")));
    faults.twice(items, "the item", "keep one waiver");
}
