//! The shape of `blueprint.yaml`. The doc comments here are the descriptions in its JSON Schema.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::notation::Text;
use crate::plan::Defaults;
use crate::service::OwnOption;

/// What `blueprint.yaml` says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Blueprint {
    /// The version of this file's format: 2.
    #[schemars(range(min = 2, max = 2))]
    pub schema: u32,
    /// The name of the blueprint.
    #[schemars(extend("format" = "dns-label", "examples" = ["worker"]))]
    pub name: String,
    /// The version of the blueprint.
    #[schemars(extend("format" = "label-value", "examples" = ["1.0.0"]))]
    pub version: String,
    /// What it renders.
    #[schemars(extend("examples" = [{"en": "", "ko": ""}]))]
    pub title: Text,
    /// The kind of the workload, which is one of the objects.
    #[schemars(extend("examples" = ["Deployment"]))]
    pub workload: String,
    /// The fields of the service file that have no default, such as `image`; what is missing of them is
    /// asked for.
    #[schemars(extend("examples" = [["name", "image"]]))]
    pub needs: Vec<String>,
    /// The fields of the service file that it renders, each with all that is in it, such as `scale` or
    /// `scale.fixed`. Others are refused.
    #[schemars(extend("examples" = [["name", "image"]]))]
    pub takes: Vec<String>,
    /// Answers of its own, which stand under `options` in the service file; templates know them by the
    /// same name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(extend("propertyNames" = {"format": "dns-label"}))]
    pub options: BTreeMap<String, OwnOption>,
    /// The fields that the wizard asks for, in this order.
    pub questions: Vec<String>,
    /// What is decided for it, in this order: topics, each of which takes answers, and has keys of the plan.
    pub topics: Vec<String>,
    /// What it decides where nobody else does, topic by topic.
    pub defaults: Defaults,
    /// What it renders, in order.
    pub objects: Vec<ObjectTemplate>,
}

/// One object that a blueprint renders.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ObjectTemplate {
    /// The name of the file under `k8s/`.
    pub file: String,
    /// The name of the template.
    pub template: String,
    /// The value of the plan without which the object is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
}
