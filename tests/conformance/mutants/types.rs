//! The types of the kinds, as an API server publishes them.

use std::collections::BTreeMap;

use plimsoll::yaml::{Route, RouteStep};
use serde_json::Value as Json;

use crate::api_server::{ApiServer, Request};

/// Where the types of groups are published.
const GROUPS: &[&str] = &[
    "api/v1",
    "apis/admissionregistration.k8s.io/v1",
    "apis/apps/v1",
    "apis/autoscaling/v2",
    "apis/batch/v1",
    "apis/networking.k8s.io/v1",
    "apis/policy/v1",
    "apis/rbac.authorization.k8s.io/v1",
    "apis/scheduling.k8s.io/v1",
];

/// All types of a version, by their names.
#[derive(Debug)]
pub struct Types(BTreeMap<String, Json>);

impl Types {
    /// Asks a server for its types.
    pub fn of(server: &ApiServer) -> Result<Self, String> {
        let requests: Vec<Request> = GROUPS
            .iter()
            .map(|group| Request { method: "GET", path: format!("/openapi/v3/{group}"), ..Request::default() })
            .collect();
        let mut types = BTreeMap::new();
        for mut answer in server.send(&requests)? {
            if let Json::Object(schemas) = answer.body["components"]["schemas"].take() {
                types.extend(schemas);
            }
        }
        Ok(Self(types))
    }

    /// The type of a kind.
    pub fn of_kind(&self, api_version: &str, kind: &str) -> Option<&Json> {
        let (group, version) = api_version.split_once('/').unwrap_or(("", api_version));
        self.0.values().find(|schema| {
            let named = schema["x-kubernetes-group-version-kind"].as_array();
            named.is_some_and(|named| {
                named.len() == 1 && named[0]["group"] == group && named[0]["version"] == version && named[0]["kind"] == kind
            })
        })
    }

    /// The type itself where only its name is given.
    pub fn resolved<'t>(&'t self, schema: &'t Json) -> &'t Json {
        let name = schema["$ref"].as_str().or_else(|| schema["allOf"][0]["$ref"].as_str());
        let found = name.and_then(|name| self.0.get(name.rsplit('/').next().unwrap_or_default()));
        found.unwrap_or(schema)
    }

    /// The type of what stands at a route below a type.
    pub fn at<'t>(&'t self, schema: &'t Json, route: &Route) -> Option<&'t Json> {
        route.steps().iter().try_fold(self.resolved(schema), |schema, step| {
            let below = match step {
                RouteStep::Key(key) => schema["properties"].get(key).or_else(|| schema.get("additionalProperties")),
                RouteStep::Index(_) => schema.get("items"),
            };
            below.map(|below| self.resolved(below))
        })
    }
}
