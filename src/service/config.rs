//! Settings that live in `ConfigMaps`.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Service;
use super::faults::{Faults, at, length};

/// The most bytes that the API server takes for the data of one `ConfigMap`.
const MOST_DATA: usize = 1 << 20;

/// Settings that live in `ConfigMaps`; a change of them rolls the Pods.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ConfigAnswer {
    /// Settings that become environment variables.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(extend("propertyNames" = {"format": "env-name"}))]
    pub env: BTreeMap<String, String>,
    /// Settings that become files, by file name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(extend("propertyNames" = {"format": "config-key"}))]
    pub files: BTreeMap<String, String>,
    /// The folder in which the files stand.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("format" = "mount-path"))]
    pub mount_path: Option<String>,
}

pub fn check(service: &Service, faults: &mut Faults) {
    for (name, data) in [("env", &service.config.env), ("files", &service.config.files)] {
        if length(data) > MOST_DATA {
            let message = format!("holds {} bytes; a ConfigMap takes {MOST_DATA}", length(data));
            faults.add(at("config").key(name), message, "keep large files in the image, or in a volume");
        }
    }
    for name in service.config.env.keys().filter(|name| service.config.env[*name].contains('\0')) {
        faults.add(
            at("config").key("env").key(name.clone()),
            "holds a null character, which no environment can carry",
            "leave it out",
        );
    }
    if service.config.mount_path.is_some() && service.config.files.is_empty() {
        faults.add(at("config").key("mount-path"), "there are no `files` to mount", "leave it out, or add `files`");
    }
}
