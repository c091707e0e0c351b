//! What the service may write to.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Service;
use super::faults::{Faults, at, bytes, positive};
use super::model::is_default;
use crate::notation::Quantity;

/// A path to which the service writes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct WritablePath {
    /// The folder.
    #[schemars(extend("format" = "mount-path", "examples" = ["/tmp"]))]
    pub path: String,
    /// How much it may hold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<Quantity>,
    /// Whether it is kept in memory, within the memory limit, instead of on disk.
    #[serde(default, skip_serializing_if = "is_default")]
    pub in_memory: bool,
}

pub fn check(service: &Service, faults: &mut Faults) {
    let list = at("writable-paths");
    let writable = service.writable_paths.iter().flatten().enumerate();
    let config = service.config.mount_path.iter().map(|path| (path.as_str(), at("config").key("mount-path")));
    faults.twice(
        writable.clone().map(|(index, path)| (path.path.as_str(), list.index(index).key("path"))).chain(config),
        "the path",
        "a path is mounted once",
    );
    for (index, path) in writable {
        positive(path.size.as_ref(), list.index(index).key("size"), faults);
        if let Some(size) = &path.size {
            bytes(size, list.index(index).key("size"), faults);
        }
    }
}
