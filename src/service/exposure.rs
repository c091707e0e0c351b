//! From where the service can be reached.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// From where a service can be reached.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Exposure {
    /// From inside the cluster, and from outside only through an Ingress or a Gateway.
    #[default]
    Cluster,
    /// From the private network around the cluster, through the platform's internal load balancer.
    InternalLoadBalancer,
}
