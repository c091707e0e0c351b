//! What the Pods may do in the Kubernetes API.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Service;
use super::faults::{Faults, annotations_fit, at};
use super::model::is_default;

/// What the Pods may do in the Kubernetes API.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ServiceAccountAnswer {
    /// Whether the service calls the Kubernetes API and needs a token for it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub api_access: bool,
    /// Annotations of the `ServiceAccount`, such as those that tie it to an identity of the platform.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(extend("propertyNames" = {"format": "label-key"}))]
    pub annotations: BTreeMap<String, String>,
}

pub fn check(service: &Service, faults: &mut Faults) {
    annotations_fit(&service.service_account.annotations, at("service-account").key("annotations"), faults);
}
